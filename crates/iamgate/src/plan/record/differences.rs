//! Where two records differ.

use std::fmt;

use iam_json::{Json, Kind, Value, escape_pointer};

/// The largest number of differences that are listed.
const MOST: usize = 100;

/// A place at which a record that was read is not what its decision, made again, gives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The place in the record (RFC 6901). Empty if only the layout differs.
    pub pointer: String,
    /// What differs there.
    pub kind: DifferenceKind,
}

/// What differs at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// The record has another value there.
    Changed,
    /// The record lacks the member or the item.
    Missing,
    /// The record has a member or an item that is not part of it.
    Added,
    /// The record says the same in other bytes.
    Layout,
}

impl DifferenceKind {
    /// The name: `changed`, `missing`, `added` or `layout`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Added => "added",
            Self::Layout => "layout",
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind == DifferenceKind::Layout {
            return f.write_str("their layout");
        }
        write!(f, "{} ({})", self.pointer, self.kind.name())
    }
}

/// Compares the text of a record with the record of the same decision, made again.
///
/// Nothing differs only if the bytes are the same, but for a line end.
pub(super) fn differences(own: &Json, text: &str, read: Value<'_>) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(own, read, &mut String::new(), &mut found);
    let is_same_text = text.trim_end_matches(['\n', '\r']) == own.to_string();
    if found.is_empty() && !is_same_text {
        found.push(Difference { pointer: String::new(), kind: DifferenceKind::Layout });
    }
    found
}

/// Compares a value with one that was read. The depth is that of a document, which is bounded.
fn compare(own: &Json, read: Value<'_>, at: &mut String, found: &mut Vec<Difference>) {
    if found.len() >= MOST || own.is_same(read) {
        return;
    }
    let before = found.len();
    match (own, read.kind()) {
        (Json::Object(members), Kind::Object) => {
            for member in read.members() {
                let name = member.key.string();
                inside(at, &name, |at| match members.get(&*name) {
                    Some(own) => compare(own, member.value, at, found),
                    None => tell(at, DifferenceKind::Added, found),
                });
            }
            for name in members.keys().filter(|name| read.member(name).is_none()) {
                inside(at, name, |at| tell(at, DifferenceKind::Missing, found));
            }
        }
        (Json::List(items), Kind::Array) => {
            let mut others = read.items();
            for (index, own) in items.iter().enumerate() {
                inside(at, &index.to_string(), |at| match others.next() {
                    Some(other) => compare(own, other, at, found),
                    None => tell(at, DifferenceKind::Missing, found),
                });
            }
            for (index, _) in others.enumerate() {
                let index = items.len().saturating_add(index).to_string();
                inside(at, &index, |at| tell(at, DifferenceKind::Added, found));
            }
        }
        _ => tell(at, DifferenceKind::Changed, found),
    }
    // What is not the same differs somewhere: at the latest here.
    if found.len() == before {
        tell(at, DifferenceKind::Changed, found);
    }
}

fn tell(at: &str, kind: DifferenceKind, found: &mut Vec<Difference>) {
    if found.len() < MOST {
        found.push(Difference { pointer: at.to_owned(), kind });
    }
}

fn inside(at: &mut String, name: &str, then: impl FnOnce(&mut String)) {
    let length = at.len();
    at.push('/');
    at.push_str(&escape_pointer(name));
    then(at);
    at.truncate(length);
}

#[cfg(test)]
mod tests {
    use iam_json::{Document, Limits};

    use super::*;

    fn found(own: &str, read: &str) -> Vec<String> {
        let limits = Limits::of_bytes(1 << 20);
        let (own, other) = (Document::parse(own, limits).unwrap(), Document::parse(read, limits).unwrap());
        differences(&Json::read(own.root()), read, other.root()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_difference_is_told_once_at_its_place() {
        let own = r#"{"a":[1,{"b":2}],"c/d":null}"#;
        for (read, wanted) in [
            (r#"{"a":[1,{"b":2}],"c/d":null}"#, &[][..]),
            ("{\"a\":[1,{\"b\":2}],\"c/d\":null}\r\n", &[]),
            (r#"{"a": [1,{"b":2}],"c/d":null}"#, &["their layout"]),
            (r#"{"a":[1,{"b":3}],"c/d":null}"#, &["/a/1/b (changed)"]),
            (r#"{"a":[1],"c/d":null}"#, &["/a/1 (missing)"]),
            (r#"{"a":[1,{"b":2},3,4],"c/d":null}"#, &["/a/2 (added)", "/a/3 (added)"]),
            (r#"{"a":[1,{"b":2}]}"#, &["/c~1d (missing)"]),
            (r#"{"a":[1,{"b":2}],"c/d":null,"e":1}"#, &["/e (added)"]),
            (r#"{"a":1,"c/d":2}"#, &["/a (changed)", "/c~1d (changed)"]),
            ("[]", &[" (changed)"]),
        ] {
            assert_eq!(found(own, read), wanted, "{read}");
        }
    }

    #[test]
    fn a_hundred_differences_are_told_at_most() {
        let list = |item: &str, count: usize| format!("[{}]", vec![item; count].join(","));
        for (count, wanted) in [(99, 99), (100, 100), (101, 100), (300, 100)] {
            assert_eq!(found(&list("1", count), &list("2", count)).len(), wanted, "{count}");
        }
        let object = |more: usize| format!(r#"{{"a":{},"b":1}}"#, list("1", more));
        assert_eq!(found(&object(0), &object(300)).len(), 100);
    }
}
