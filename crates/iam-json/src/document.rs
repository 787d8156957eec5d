//! Strict JSON (RFC 8259): one pass over borrowed text into a flat list of nodes with byte positions.
//!
//! `serde_json` keeps no positions of values, and its maps silently keep the last of two equal members. Nested raw values would give
//! positions, but would scan the text once per level. For this reason the project has its own reader. It refuses what the RFC refuses,
//! notes every duplicate member, bounds depth and size, and does not recurse. The benchmark `reading` compares it with `serde_json`. A
//! property test checks that both accept the same texts.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use crate::code;
use crate::limits::Limits;
use crate::parse;
use crate::problem::{Place, Problem, Report};
use crate::span::{LineIndex, Span};
use crate::value::{self, Kind, Value};
use crate::visible::quoted;

/// A JSON text that has been read. It has the text's values in document order.
#[derive(Clone, Debug)]
pub struct Document<'t> {
    pub(crate) text: &'t str,
    pub(crate) nodes: Vec<Node>,
    /// Offsets at which lines begin, without the first line.
    pub(crate) starts: Vec<u32>,
    /// The lines, once somebody has asked for them.
    pub(crate) lines: OnceLock<Arc<LineIndex>>,
    pub(crate) duplicates: Vec<Duplicate>,
}

/// Two members of one object with the same name, and the place of each name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Duplicate {
    pub(crate) first: Span,
    pub(crate) second: Span,
    /// The index of the node of the second name.
    pub(crate) name: u32,
    /// The index of the object's node. It is used to find the object's pointer.
    pub(crate) object: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// Whether the string has escapes and must be decoded before it is compared.
    pub(crate) escaped: bool,
    pub(crate) span: Span,
    /// The index of the first node after this value and everything inside it.
    pub(crate) after: u32,
    /// The amount of white space between the tokens inside an array or object, in bytes.
    pub(crate) white_space: u32,
}

impl<'t> Document<'t> {
    /// Reads a text that contains exactly one JSON value.
    ///
    /// # Errors
    /// `EMPTY_DOCUMENT`, `BYTE_ORDER_MARK`, `JSON_SYNTAX_ERROR`, `DOCUMENT_TOO_LARGE` or `NESTING_TOO_DEEP`. Reading stops at the first of
    /// these. Duplicate members are no error here; see [`Document::refuse_duplicates`].
    ///
    /// # Limits
    /// `document_bytes` and `depth`.
    pub fn parse(text: &'t str, limits: impl Into<Limits>) -> Result<Self, Report> {
        parse::parse(text, limits.into()).map_err(|failure| {
            // The text before the failure is enough for the place. The whole text may be far longer.
            let before = text.get(..failure.span.start as usize).unwrap_or_default();
            let lines = LineIndex::of(before);
            Report::from(Problem::refusal(
                failure.code,
                Place::root(failure.span),
                failure.found,
                failure.help,
                &lines,
            ))
        })
    }

    /// Returns the document if no object has two members with the same name.
    ///
    /// # Errors
    /// `DUPLICATE_JSON_KEY` for every repeated member.
    pub fn refuse_duplicates(self) -> Result<Self, Report> {
        if self.duplicates.is_empty() { Ok(self) } else { Err(self.duplicate_report(self.lines())) }
    }

    /// The outermost value.
    pub fn root(&self) -> Value<'_> {
        Value::new(self, 0)
    }

    /// The text that was read.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The lines of the text.
    ///
    /// # Cost
    /// The first call is linear in the length of the text. Later calls return the same lines.
    pub fn lines(&self) -> &Arc<LineIndex> {
        self.lines.get_or_init(|| Arc::new(LineIndex::from_starts(self.text, self.starts.clone())))
    }

    /// The report of [`Document::refuse_duplicates`].
    ///
    /// Empty if no object has two members with the same name.
    pub fn duplicate_report(&self, lines: &LineIndex) -> Report {
        self.duplicates_of(self.duplicates.iter(), lines)
    }

    /// The report of some of the document's duplicates.
    pub(crate) fn duplicates_of<'a>(
        &self,
        duplicates: impl Iterator<Item = &'a Duplicate> + Clone,
        lines: &LineIndex,
    ) -> Report {
        let objects: BTreeSet<u32> = duplicates.clone().map(|duplicate| duplicate.object).collect();
        if objects.is_empty() {
            // Without duplicates, the walk over the whole document is saved.
            return Report::from_iter([]);
        }
        let pointers = value::pointers_of(self, &objects);
        let problems = duplicates.map(|duplicate| {
            let name = Value::new(self, duplicate.name).string();
            let pointer = pointers.get(&duplicate.object).map_or("", String::as_str);
            Problem::refusal(
                code::DUPLICATE_JSON_KEY,
                Place {
                    pointer: format!("{pointer}/{}", value::escape_pointer(&name)),
                    span: duplicate.second,
                },
                format!("a second member {}", quoted(&name)),
                "keep one of the two; JSON readers differ in which one they use".to_owned(),
                lines,
            )
            .with_related(duplicate.first, "the first one is here", lines)
        });
        problems.collect()
    }
}

/// Decodes bytes as UTF-8 text.
///
/// # Errors
/// `NOT_UTF8` with the place of the first invalid byte, or `BYTE_ORDER_MARK` for UTF-16 and UTF-32.
pub fn text_of(bytes: &[u8]) -> Result<&str, Report> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = error.valid_up_to();
        let before = bytes.get(..valid).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default();
        let offset = u32::try_from(valid).unwrap_or(u32::MAX);
        let lines = LineIndex::of(before);
        let (code, found) = match bytes {
            [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, 0, 0xFE, 0xFF, ..] => {
                (code::BYTE_ORDER_MARK, "a UTF-16 or UTF-32 byte order mark".to_owned())
            }
            _ => {
                let byte = bytes.get(valid).copied().unwrap_or_default();
                (code::NOT_UTF8, format!("the byte 0x{byte:02X}, which is not UTF-8 here"))
            }
        };
        let place = Place::root(Span::new(offset, offset.saturating_add(1)));
        Report::from(Problem::refusal(
            code,
            place,
            found,
            "save the document as UTF-8 without a byte order mark".to_owned(),
            &lines,
        ))
    })
}
