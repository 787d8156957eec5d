//! Cursors over the nodes of a document.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::code;
use crate::document::{Document, Node};
use crate::limits::Limits;
use crate::parse;
use crate::problem::{Place, Problem, Report};
use crate::span::Span;

/// The kind of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true`
    True,
    /// `false`
    False,
    /// A number. Its text is kept as written.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// The name of the kind with its article, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::True | Self::False => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// One value of a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Value<'d> {
    document: &'d Document<'d>,
    index: u32,
}

/// A member of an object.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Member<'d> {
    /// The name of the member. It is a string.
    pub key: Value<'d>,
    /// The value of the member.
    pub value: Value<'d>,
}

impl<'d> Value<'d> {
    pub(crate) fn new(document: &'d Document<'_>, index: u32) -> Self {
        Self { document, index }
    }

    fn node(self) -> &'d Node {
        const NONE: &Node = &Node {
            kind: Kind::Null,
            escaped: false,
            span: Span::new(0, 0),
            after: u32::MAX,
            white_space: 0,
        };
        self.document.nodes.get(self.index as usize).unwrap_or(NONE)
    }

    pub(crate) const fn index(self) -> u32 {
        self.index
    }

    /// The document that the value belongs to.
    pub fn document(self) -> &'d Document<'d> {
        self.document
    }

    /// The kind of the value.
    pub fn kind(self) -> Kind {
        self.node().kind
    }

    /// The bytes of the value in the document. Those of a string include its quotation marks.
    pub fn span(self) -> Span {
        self.node().span
    }

    /// The text of the value as written.
    pub fn raw(self) -> &'d str {
        self.span().of(self.document.text)
    }

    /// The text of a string with its escapes resolved. For any other value, the text as written.
    pub fn string(self) -> Cow<'d, str> {
        self.as_string().unwrap_or_else(|| Cow::Borrowed(self.raw()))
    }

    /// Whether both values are strings with the same text.
    pub(crate) fn same_string(self, other: &Self) -> bool {
        let (own, others) = (self.node(), other.node());
        if own.escaped || others.escaped {
            return self.string() == other.string();
        }
        let length = |span: Span| span.end.saturating_sub(span.start);
        length(own.span) == length(others.span) && self.raw() == other.raw()
    }

    /// The text of a string. `None` if the value is not a string.
    pub fn as_string(self) -> Option<Cow<'d, str>> {
        let node = self.node();
        if node.kind != Kind::String {
            return None;
        }
        let within = Span::new(node.span.start.saturating_add(1), node.span.end.saturating_sub(1));
        let inner = within.of(self.document.text);
        Some(if node.escaped { Cow::Owned(unescape(inner)) } else { Cow::Borrowed(inner) })
    }

    /// The elements of an array. Empty for any other value.
    pub fn items(self) -> Items<'d> {
        let node = self.node();
        let (next, end) =
            if node.kind == Kind::Array { (self.index.saturating_add(1), node.after) } else { (0, 0) };
        Items { document: self.document, next, end }
    }

    /// The members of an object in document order, duplicates included. Empty for any other value.
    pub fn members(self) -> Members<'d> {
        let node = self.node();
        let (next, end) =
            if node.kind == Kind::Object { (self.index.saturating_add(1), node.after) } else { (0, 0) };
        Members { document: self.document, next, end }
    }

    /// The amount of white space between the tokens of the value, in bytes.
    pub fn white_space(self) -> usize {
        self.node().white_space as usize
    }

    /// The first member with this name. `None` if there is none.
    pub fn member(self, name: &str) -> Option<Value<'d>> {
        self.members().find(|m| m.key.string() == name).map(|m| m.value)
    }

    /// Returns the value if its own text would be accepted as a document within these limits, and no object in it has two members with the
    /// same name.
    ///
    /// The text is not read again. Places refer to the value's document.
    ///
    /// # Errors
    /// `DOCUMENT_TOO_LARGE`, `NESTING_TOO_DEEP`, or `DUPLICATE_JSON_KEY` for every repeated member.
    ///
    /// # Limits
    /// `document_bytes` and `depth`, counted from the value.
    pub fn within(self, limits: impl Into<Limits>) -> Result<Self, Report> {
        let limits = limits.into();
        let lines = || self.document.lines();
        let (span, bytes) = (self.span(), self.raw().len());
        if bytes > limits.document_bytes {
            let place = Place::new(self.pointer(), Span::new(span.start, span.start.saturating_add(1)));
            let (found, help) = (format!("{bytes} bytes"), parse::most_bytes(limits.document_bytes));
            return Err(Problem::refusal(code::DOCUMENT_TOO_LARGE, place, found, help, lines()).into());
        }
        if let Some(deep) = self.deeper_than(limits.depth) {
            let start = deep.span().start;
            let place = Place::new(deep.pointer(), Span::new(start, start.saturating_add(1)));
            let (found, help) = (parse::too_deep(limits.depth), parse::DEPTH_NEEDED.to_owned());
            return Err(Problem::refusal(code::NESTING_TOO_DEEP, place, found, help, lines()).into());
        }
        let inside = self.index..self.node().after;
        let own = self.document.duplicates.iter().filter(|twice| inside.contains(&twice.object));
        if own.clone().next().is_none() { Ok(self) } else { Err(self.document.duplicates_of(own, lines())) }
    }

    /// The first array or object inside more than `depth` arrays and objects of the value, the value counted. `None` if there is none.
    fn deeper_than(self, depth: usize) -> Option<Self> {
        let mut open: Vec<u32> = Vec::new();
        let inside = self.index as usize..self.node().after as usize;
        for (index, node) in (self.index..).zip(self.document.nodes.get(inside).unwrap_or_default()) {
            while open.pop_if(|after| *after <= index).is_some() {}
            if matches!(node.kind, Kind::Array | Kind::Object) {
                if open.len() >= depth {
                    return Some(Self::new(self.document, index));
                }
                open.push(node.after);
            }
        }
        None
    }

    /// Whether the value is the outermost value of its document.
    pub const fn is_root(self) -> bool {
        self.index == 0
    }

    /// The JSON pointer (RFC 6901) of the value in its document.
    ///
    /// # Cost
    /// Linear in the length of the document.
    pub fn pointer(self) -> String {
        pointer_of(self.document, self.index)
    }

    /// The JSON pointer of the innermost value at a byte of the document.
    ///
    /// At the name of a member, the member's pointer.
    pub fn pointer_at(self, offset: u32) -> String {
        let at = |value: &Value<'_>| value.span().start <= offset && offset < value.span().end;
        walk(self.document, at, |_| false)
    }
}

/// Iterator over the elements of an array.
#[derive(Clone, Debug)]
pub struct Items<'d> {
    document: &'d Document<'d>,
    next: u32,
    end: u32,
}

impl<'d> Iterator for Items<'d> {
    type Item = Value<'d>;

    fn next(&mut self) -> Option<Value<'d>> {
        if self.next >= self.end {
            return None;
        }
        let value = Value::new(self.document, self.next);
        self.next = value.node().after;
        Some(value)
    }
}

/// Iterator over the members of an object.
#[derive(Clone, Debug)]
pub struct Members<'d> {
    document: &'d Document<'d>,
    next: u32,
    end: u32,
}

impl<'d> Iterator for Members<'d> {
    type Item = Member<'d>;

    fn next(&mut self) -> Option<Member<'d>> {
        if self.next >= self.end {
            return None;
        }
        let key = Value::new(self.document, self.next);
        let value = Value::new(self.document, key.node().after);
        self.next = value.node().after;
        Some(Member { key, value })
    }
}

fn unescape(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        let (plain, escape) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let (c, length) = escaped_character(escape);
        out.push(c);
        rest = escape.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The character of the escape at the beginning of `text`, and the escape's length in bytes.
///
/// The parser has accepted the text, so no other form of escape occurs.
fn escaped_character(text: &str) -> (char, usize) {
    let simple = match text.as_bytes().get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{C}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => {
            let unit = |from: usize, to: usize| {
                text.get(from..to).and_then(|h| u32::from_str_radix(h, 16).ok()).unwrap_or(0xFFFD)
            };
            let first = unit(2, 6);
            if !(0xD800..=0xDBFF).contains(&first) {
                return (char::from_u32(first).unwrap_or('\u{FFFD}'), 6);
            }
            let second = unit(8, 12);
            let code = 0x1_0000u32.saturating_add((first & 0x3FF) << 10).saturating_add(second & 0x3FF);
            return (char::from_u32(code).unwrap_or('\u{FFFD}'), 12);
        }
        Some(&other) => char::from(other),
        None => '\u{FFFD}',
    };
    (simple, 2)
}

/// Writes a member name as a segment of a JSON pointer.
pub fn escape_pointer(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(name)
    }
}

/// The JSON pointer of a node, found by a walk from the root.
pub(crate) fn pointer_of(document: &Document<'_>, target: u32) -> String {
    walk(
        document,
        |value| value.index <= target && target < value.node().after,
        |value| value.index == target,
    )
}

/// Walks down to the parts that contain the target, and writes the path. The name of a member leads to the member's value.
fn walk(
    document: &Document<'_>,
    inside: impl Fn(&Value<'_>) -> bool,
    found: impl Fn(&Value<'_>) -> bool,
) -> String {
    let mut pointer = String::new();
    let mut here = Value::new(document, 0);
    while !found(&here) {
        let step = match here.kind() {
            Kind::Object => here.members().find(|m| inside(&m.key) || inside(&m.value)).map(|m| {
                let _ = write!(pointer, "/{}", escape_pointer(&m.key.string()));
                m.value
            }),
            Kind::Array => here.items().enumerate().find(|(_, v)| inside(v)).map(|(i, v)| {
                let _ = write!(pointer, "/{i}");
                v
            }),
            Kind::Null | Kind::True | Kind::False | Kind::Number | Kind::String => None,
        };
        match step {
            Some(next) => here = next,
            None => break,
        }
    }
    pointer
}

/// The JSON pointers of several nodes, found in one walk over all nodes.
pub(crate) fn pointers_of(document: &Document<'_>, targets: &BTreeSet<u32>) -> BTreeMap<u32, String> {
    /// An array or object that is open.
    struct Open {
        after: u32,
        is_object: bool,
        /// The length of the container's own path.
        length: usize,
        /// The number of direct children that have been passed.
        passed: usize,
    }
    let mut found = BTreeMap::new();
    let (mut path, mut open) = (String::new(), Vec::<Open>::new());
    for (index, node) in (0u32..).zip(&document.nodes) {
        while open.pop_if(|container| container.after <= index).is_some() {}
        if let Some(container) = open.last_mut() {
            let is_key = container.is_object && container.passed.is_multiple_of(2);
            if is_key {
                path.truncate(container.length);
                let _ = write!(path, "/{}", escape_pointer(&Value::new(document, index).string()));
            } else if !container.is_object {
                path.truncate(container.length);
                let _ = write!(path, "/{}", container.passed);
            }
            container.passed = container.passed.saturating_add(1);
            if is_key {
                continue;
            }
        }
        if targets.contains(&index) {
            found.insert(index, path.clone());
        }
        if matches!(node.kind, Kind::Array | Kind::Object) {
            let is_object = node.kind == Kind::Object;
            open.push(Open { after: node.after, is_object, length: path.len(), passed: 0 });
        }
    }
    found
}
