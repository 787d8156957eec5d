//! Matching: patterns with wildcards and variables against texts, in time linear in each star and without allocation.

use iam_policy::{ARN_FIELDS, Pattern, Piece};

use crate::context::ContextValue;
use crate::meter::{Evidence, Meter};
use crate::truth::Outcomes;

/// How two characters are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// As they are.
    Sensitive,
    /// ASCII letters without case. Never Unicode: `K` (U+212A) is not `k`.
    Ascii,
}

impl Case {
    fn equal(self, a: &[u8], b: &[u8]) -> bool {
        match self {
            Self::Sensitive => a == b,
            // Most names are written as AWS writes them.
            Self::Ascii => a == b || a.eq_ignore_ascii_case(b),
        }
    }
}

/// The values of a pattern's variables, in order; nothing for one that is not known, in whose place any text may stand.
type Slots<'c> = [Option<&'c str>; Pattern::MAX_VARIABLES];

/// The values of a pattern without variables.
const NO_SLOTS: &Slots<'static> = &[None; Pattern::MAX_VARIABLES];

/// A pattern whose variables have values.
struct Filled<'p> {
    pattern: &'p Pattern,
    slots: &'p Slots<'p>,
}

/// A place in a filled pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Cursor {
    piece: usize,
    /// Byte of the piece's text.
    offset: usize,
    /// How many variables stand before the piece.
    slot: usize,
}

const START: Cursor = Cursor { piece: 0, offset: 0, slot: 0 };

/// What follows at a place.
enum Chunk<'p> {
    Text(&'p [u8]),
    AnyRun,
    AnyOne,
    End,
}

impl<'p> Filled<'p> {
    /// What follows at `at`, up to `end` if there is one, and the place behind it.
    fn chunk(&self, at: Cursor, end: Option<Cursor>) -> (Chunk<'p>, Cursor) {
        if Some(at) == end {
            return (Chunk::End, at);
        }
        let Some(piece) = self.pattern.piece(at.piece) else { return (Chunk::End, at) };
        let mut next = Cursor { piece: at.piece.saturating_add(1), offset: 0, slot: at.slot };
        let text = match piece {
            Piece::AnyRun => return (Chunk::AnyRun, next),
            Piece::AnyOne => return (Chunk::AnyOne, next),
            Piece::Text(text) => text,
            Piece::Variable(_) => {
                next.slot = next.slot.saturating_add(1);
                match self.slots.get(at.slot).copied().flatten() {
                    Some(value) => value,
                    None => return (Chunk::AnyRun, next),
                }
            }
        };
        match end {
            Some(end) if end.piece == at.piece => {
                (Chunk::Text(text.as_bytes().get(at.offset..end.offset).unwrap_or_default()), end)
            }
            _ => (Chunk::Text(text.as_bytes().get(at.offset..).unwrap_or_default()), next),
        }
    }

    /// Whether the pattern from `start` to `end` matches all of `text`; false if the steps do not suffice.
    ///
    /// Only the last star is ever tried again: what an earlier one covers cannot help a later one, since the text between two stars
    /// is best placed as far left as it goes. So the time is at most the product of both lengths.
    fn matches(&self, start: Cursor, end: Option<Cursor>, text: &str, case: Case, meter: &Meter) -> bool {
        let (mut at, mut rest) = (start, text.as_bytes());
        if end.is_none() && !self.may_end(start, rest, case) {
            return false;
        }
        let mut star: Option<(Cursor, &[u8])> = None;
        loop {
            let (chunk, next) = self.chunk(at, end);
            let after = match chunk {
                Chunk::AnyRun => {
                    if matches!(self.chunk(next, end).0, Chunk::End) {
                        return true;
                    }
                    star = Some((next, rest));
                    Some(rest)
                }
                Chunk::Text(expected) => rest
                    .split_at_checked(expected.len())
                    .filter(|(head, _)| case.equal(head, expected))
                    .map(|(_, tail)| tail),
                Chunk::AnyOne => skip_character(rest),
                Chunk::End if rest.is_empty() => return true,
                Chunk::End => None,
            };
            if let Some(after) = after {
                (at, rest) = (next, after);
                continue;
            }
            let Some((behind, covered)) = star else { return false };
            // What was passed since the star is passed again.
            if !meter.spend(covered.len().saturating_sub(rest.len()).saturating_add(1)) {
                return false;
            }
            let Some(covered) = skip_character(covered) else { return false };
            star = Some((behind, covered));
            (at, rest) = (behind, covered);
        }
    }

    /// Whether a text ends with what stands behind the last star of the pattern: what does not match mostly fails here, before any star
    /// is tried at every place.
    fn may_end(&self, start: Cursor, text: &[u8], case: Case) -> bool {
        let mut rest = text;
        let behind_start = start.piece.saturating_add(1)..self.pattern.len();
        for piece in behind_start.rev().map_while(|index| self.pattern.piece(index)) {
            let before = match piece {
                Piece::Text(expected) => {
                    let at = rest.len().checked_sub(expected.len()).and_then(|at| rest.split_at_checked(at));
                    at.filter(|(_, tail)| case.equal(tail, expected.as_bytes())).map(|(before, _)| before)
                }
                Piece::AnyOne => {
                    let first = rest.iter().rposition(|b| b & 0xC0 != 0x80);
                    first.and_then(|at| rest.get(..at))
                }
                Piece::AnyRun | Piece::Variable(_) => return true,
            };
            match before {
                Some(before) => rest = before,
                None => return false,
            }
        }
        true
    }

    /// Where the field that begins at `start` ends: at the next colon.
    fn colon(&self, start: Cursor) -> Option<(Cursor, Cursor)> {
        let mut at = start;
        loop {
            let (chunk, next) = self.chunk(at, None);
            match chunk {
                Chunk::Text(text) => {
                    if let Some(found) = text.iter().position(|b| *b == b':') {
                        let end = Cursor { offset: at.offset.saturating_add(found), ..at };
                        return Some((end, Cursor { offset: end.offset.saturating_add(1), ..end }));
                    }
                }
                Chunk::AnyRun | Chunk::AnyOne => {}
                Chunk::End => return None,
            }
            at = next;
        }
    }

    /// Whether the pattern matches an ARN field by field: a wildcard never crosses a colon before the last field (rule 4.21).
    fn matches_arn(&self, arn: &str, meter: &Meter) -> bool {
        if !arn.starts_with("arn:") {
            return false;
        }
        let (mut at, mut rest) = (START, arn);
        for _ in 1..ARN_FIELDS {
            let (Some((end, next)), Some((field, tail))) = (self.colon(at), rest.split_once(':')) else {
                return false;
            };
            if !self.matches(at, Some(end), field, Case::Sensitive, meter) {
                return false;
            }
            (at, rest) = (next, tail);
        }
        self.matches(at, None, rest, Case::Sensitive, meter)
    }
}

fn skip_character(bytes: &[u8]) -> Option<&[u8]> {
    let mut length = 1;
    while bytes.get(length).is_some_and(|b| b & 0xC0 == 0x80) {
        length = length.checked_add(1)?;
    }
    bytes.get(length..)
}

/// Whether a pattern without variables matches all of `text`.
///
/// # Cost
/// At most the product of both lengths; no allocation, no recursion.
///
/// # Examples
/// ```
/// use iam_eval::{Case, matches};
/// use iam_policy::{Pattern, Syntax};
///
/// let pattern = Pattern::parse("s3:get*", Syntax::new(true, false)).unwrap();
/// assert!(matches(&pattern, "s3:GetObject", Case::Ascii));
/// assert!(!matches(&pattern, "s3:GetObject", Case::Sensitive));
/// ```
pub fn matches(pattern: &Pattern, text: &str, case: Case) -> bool {
    matches_within(pattern, text, case, &Meter::endless())
}

/// As [`matches`], as long as the steps suffice.
pub(crate) fn matches_within(pattern: &Pattern, text: &str, case: Case, meter: &Meter) -> bool {
    if let Some(answer) = at_once(pattern, text, case) {
        return answer;
    }
    Filled { pattern, slots: NO_SLOTS }.matches(START, None, text, case, meter)
}

/// Most patterns are a text, or a text and a star: these are compared without looking at pieces.
fn at_once(pattern: &Pattern, text: &str, case: Case) -> Option<bool> {
    let text = text.as_bytes();
    if let Some(literal) = pattern.as_literal() {
        return Some(case.equal(literal.as_bytes(), text));
    }
    let prefix = pattern.as_prefix()?.as_bytes();
    Some(text.get(..prefix.len()).is_some_and(|start| case.equal(prefix, start)))
}

/// What the variables of a pattern are in a context.
enum Variables {
    /// All have a value.
    Known,
    /// One has no value: the pattern is a null entry (rules 3.25, 3.26).
    Null,
    /// One depends on an unknown key.
    Unknown,
    /// One has two spellings in the context (rule 4.5).
    Ambiguous,
}

fn fill<'c>(pattern: &'c Pattern, evidence: Evidence<'c>, slots: &mut Slots<'c>) -> Variables {
    let mut state = Variables::Known;
    for (variable, slot) in pattern.variables().zip(slots.iter_mut()) {
        match evidence.context.value(variable.key) {
            Some(ContextValue::Single(value)) => *slot = Some(value),
            // A multivalued key counts as having no value (rule 3.23).
            None | Some(ContextValue::Multiple(_)) => match variable.default {
                Some(default) => *slot = Some(default),
                None => return Variables::Null,
            },
            Some(ContextValue::Ambiguous) => state = Variables::Ambiguous,
            Some(ContextValue::Unknown) => state = Variables::Unknown,
        }
    }
    state
}

/// How a pattern is compared with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// As one text.
    Text(Case),
    /// As an ARN, field by field.
    Arn,
    /// Not at all: the text matches no pattern; only null entries are told apart.
    Never,
}

/// Compares a pattern with a text, variables replaced. `null` is the outcome where a variable has no value.
pub(crate) fn compare(
    pattern: &Pattern,
    text: &str,
    comparison: Comparison,
    evidence: Evidence<'_>,
    null: Outcomes,
) -> Outcomes {
    let meter = evidence.meter;
    if let Comparison::Text(case) = comparison
        && let Some(answer) = at_once(pattern, text, case)
    {
        return Outcomes::known(answer);
    }
    let known = |slots: &Slots<'_>| {
        let filled = Filled { pattern, slots };
        Outcomes::known(match comparison {
            Comparison::Text(case) => filled.matches(START, None, text, case, meter),
            Comparison::Arn => filled.matches_arn(text, meter),
            Comparison::Never => false,
        })
    };
    if !pattern.has_variables() {
        return known(NO_SLOTS);
    }
    let mut slots = [None; Pattern::MAX_VARIABLES];
    match fill(pattern, evidence, &mut slots) {
        Variables::Known => known(&slots),
        Variables::Null => null,
        // On a text that matches nothing, only whether the entry is null is open.
        Variables::Unknown | Variables::Ambiguous if comparison == Comparison::Never => {
            Outcomes::FALSE.either(null)
        }
        // A key that may be absent may make a null entry. What does not match with any text in the place of the unknown value matches
        // for no value; that text may hold colons, so the fields of an ARN are not told apart.
        Variables::Unknown => {
            let case = match comparison {
                Comparison::Text(case) => case,
                Comparison::Arn | Comparison::Never => Case::Sensitive,
            };
            let may_match = Filled { pattern, slots: &slots }.matches(START, None, text, case, meter);
            if may_match { Outcomes::OPEN.either(null) } else { Outcomes::FALSE.either(null) }
        }
        Variables::Ambiguous => Outcomes::INDETERMINATE,
    }
}

/// Whether a text made only of variables and characters becomes `true` or `false` (rule 7.12): equal to `seen`, or indeterminate.
pub(crate) fn compare_flag(pattern: &Pattern, seen: bool, evidence: Evidence<'_>) -> Outcomes {
    let is = |word: &str| compare(pattern, word, Comparison::Text(Case::Ascii), evidence, Outcomes::FALSE);
    let (same, other) = if seen { (is("true"), is("false")) } else { (is("false"), is("true")) };
    let mut slots = [None; Pattern::MAX_VARIABLES];
    match fill(pattern, evidence, &mut slots) {
        // Some value makes it a third word.
        Variables::Unknown => same.either(Outcomes::INDETERMINATE),
        // A null value is never equal to anything (rule 3.26).
        Variables::Null => Outcomes::FALSE,
        Variables::Known | Variables::Ambiguous if same == Outcomes::FALSE && other == Outcomes::FALSE => {
            Outcomes::INDETERMINATE
        }
        Variables::Known | Variables::Ambiguous => same,
    }
}
