//! The names that somebody may have meant.

/// The maximum length in bytes of a name that is compared.
const MOST_BYTES: usize = 256;

/// The maximum number of names that are told.
const MOST: usize = 3;

/// Up to three known items whose names are near a text, the nearest first.
///
/// A name is near if few letters must be inserted, removed, replaced or swapped with the next one: one in names of up to four bytes, two in
/// those of up to eight, else three, and at most twice as many as in the nearest name. A name is also near if it contains the text, or the text contains it, and both have at least four bytes.
/// ASCII case does not matter.
///
/// # Cost
/// `O(n)` in the bytes of all names, times the length of the text, which is cut off at 256 bytes: nothing is near a longer one.
///
/// # Examples
/// ```
/// use iam_catalog::nearest;
///
/// let known = ["GetItem", "GetRecords", "PutItem"];
/// assert_eq!(nearest("getitme", known, |name| *name), ["GetItem"]);
/// assert!(nearest("ListTables", known, |name| *name).is_empty());
/// ```
pub fn nearest<T>(wanted: &str, known: impl IntoIterator<Item = T>, name: impl Fn(&T) -> &str) -> Vec<T> {
    if wanted.is_empty() || wanted.len() > MOST_BYTES {
        return Vec::new();
    }
    let wanted = wanted.to_ascii_lowercase();
    let most = match wanted.len() {
        0..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let mut near: Vec<(usize, String, T)> = Vec::new();
    let (mut own, mut rows) = (String::new(), Rows::default());
    for item in known {
        own.clear();
        own.push_str(name(&item));
        own.make_ascii_lowercase();
        if own.len() > MOST_BYTES {
            continue;
        }
        let contains = wanted.len().min(own.len()) >= 4 && (own.contains(&wanted) || wanted.contains(&own));
        if !contains && own.len().abs_diff(wanted.len()) > most {
            continue;
        }
        let most = if contains { usize::MAX } else { most };
        if let Some(changes) = rows.changes(wanted.as_bytes(), own.as_bytes(), most) {
            near.push((changes, own.clone(), item));
        }
    }
    near.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    // Beside one that is very near, others were not meant.
    let best = near.first().map_or(0, |(changes, ..)| changes.saturating_mul(2));
    near.into_iter()
        .filter(|(changes, own, _)| *changes <= best || own.contains(&wanted))
        .take(MOST)
        .map(|(_, _, item)| item)
        .collect()
}

/// The number of bytes that must be inserted, removed, replaced or swapped with the next one to turn one text into the other, without regard to
/// ASCII case.
///
/// # Cost
/// `O(n)` in the bytes of the one, times those of the other.
pub fn changes(one: &str, other: &str) -> usize {
    let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    Rows::default().changes(one.as_bytes(), other.as_bytes(), usize::MAX).unwrap_or(usize::MAX)
}

/// Three rows of the table that compares two texts: for each beginning of the second text, the number of changes that turn a beginning of
/// the first into it.
#[derive(Default)]
struct Rows {
    before_last: Vec<usize>,
    last: Vec<usize>,
    row: Vec<usize>,
}

impl Rows {
    /// The number of bytes that must be inserted, removed, replaced or swapped with the next one to turn one text into the other. `None` if
    /// it is more than `most`.
    fn changes(&mut self, a: &[u8], b: &[u8], most: usize) -> Option<usize> {
        let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX);
        let least_of = |row: &[usize]| row.iter().copied().min().unwrap_or_default();
        let Self { before_last, last, row } = self;
        before_last.clear();
        last.clear();
        last.extend(0..=b.len());
        let mut previous = None;
        for (i, x) in a.iter().enumerate() {
            row.clear();
            row.push(i.saturating_add(1));
            let mut left = None;
            for (j, y) in b.iter().enumerate() {
                let behind = j.saturating_add(1);
                let mut least = at(last, j).saturating_add(usize::from(x != y));
                least = least.min(at(last, behind).saturating_add(1)).min(at(row, j).saturating_add(1));
                if previous == Some(y) && left == Some(x) {
                    least = least.min(at(before_last, j.saturating_sub(1)).saturating_add(1));
                }
                row.push(least);
                left = Some(y);
            }
            // Each later row is made of these two, and none of its numbers is less than all of theirs.
            if least_of(row) > most && least_of(last) > most {
                return None;
            }
            std::mem::swap(before_last, last);
            std::mem::swap(last, row);
            previous = Some(x);
        }
        last.last().copied().filter(|changes| *changes <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted_in_bytes() {
        for (a, b, wanted) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("abc", "abc", 0),
            ("dyanmodb", "dynamodb", 1),
            ("ab", "ba", 1),
            ("abcd", "acbd", 1),
        ] {
            let count = |most| Rows::default().changes(a.as_bytes(), b.as_bytes(), most);
            assert_eq!(count(usize::MAX), Some(wanted), "{a} {b}");
            assert_eq!(count(wanted), Some(wanted), "{a} {b}");
            assert_eq!(wanted.checked_sub(1).and_then(count), None, "{a} {b}");
        }
    }

    #[test]
    fn names_are_near_by_few_changes_or_because_one_contains_the_other() {
        let known = ["GetObject", "GetObjectAcl", "PutObject", "s3", "ec2", "ReadOnlyAccess"];
        let near = |wanted: &str| nearest(wanted, known, |name| *name);
        assert_eq!(near("GetObjekt"), ["GetObject"]);
        assert_eq!(near("getobject"), ["GetObject", "GetObjectAcl"]);
        assert_eq!(near("GetObjects"), ["GetObject"]);
        assert_eq!(near("s4"), ["s3"]);
        assert_eq!(near("Access"), ["ReadOnlyAccess"]);
        assert!(near("").is_empty() && near("Terminate").is_empty() && near(&"s".repeat(257)).is_empty());
    }
}
