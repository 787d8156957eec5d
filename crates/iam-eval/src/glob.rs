//! Matching of texts against patterns with wildcards and variables, without allocation.

use iam_policy::{ARN_FIELDS, Pattern, Piece};

use crate::context::ContextValue;
use crate::meter::{Evidence, Meter};
use crate::truth::Outcomes;

/// How two characters are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterCase {
    /// Byte by byte.
    Sensitive,
    /// Ignoring the case of ASCII letters. Unicode case never matters: `K` (U+212A) is not `k`.
    Ascii,
}

impl LetterCase {
    fn equal(self, a: &[u8], b: &[u8]) -> bool {
        match self {
            Self::Sensitive => a == b,
            // Most names are spelled as AWS spells them.
            Self::Ascii => a == b || a.eq_ignore_ascii_case(b),
        }
    }
}

/// The values of a pattern's variables, in order. `None` for an unknown value, which may be any text.
type Slots<'c> = [Option<&'c str>; Pattern::MAX_VARIABLES];

/// The values of a pattern that has no variables.
const NO_SLOTS: &Slots<'static> = &[None; Pattern::MAX_VARIABLES];

/// A pattern with values for its variables.
struct Filled<'p> {
    pattern: &'p Pattern,
    slots: &'p Slots<'p>,
}

/// A position in a filled pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Cursor {
    piece: usize,
    /// The offset in the text of the piece, in bytes.
    offset: usize,
    /// The number of variables before the piece.
    slot: usize,
}

const START: Cursor = Cursor { piece: 0, offset: 0, slot: 0 };

/// What comes next at a position.
enum Chunk<'p> {
    Text(&'p [u8]),
    AnyRun,
    AnyOne,
    End,
}

impl<'p> Filled<'p> {
    /// The chunk at `at`, which ends at `end` if there is one, and the position after it.
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

    /// Whether the pattern from `start` to `end` matches all of `text`. False if the steps run out.
    ///
    /// Only the last star is tried again. The text between two stars is best matched as far left as possible, so a longer run for an
    /// earlier star never helps. The time is therefore at most the product of both lengths.
    fn matches(
        &self,
        start: Cursor,
        end: Option<Cursor>,
        text: &str,
        case: LetterCase,
        meter: &Meter,
    ) -> bool {
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
            // The bytes that were passed since the star are passed again.
            if !meter.spend(covered.len().saturating_sub(rest.len()).saturating_add(1)) {
                return false;
            }
            let Some(covered) = skip_character(covered) else { return false };
            star = Some((behind, covered));
            (at, rest) = (behind, covered);
        }
    }

    /// Whether the end of a text can match the part of the pattern after its last star.
    ///
    /// Most texts that do not match fail here, before a star is tried at every position.
    fn may_end(&self, start: Cursor, text: &[u8], case: LetterCase) -> bool {
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

    /// The position of the colon that ends the field beginning at `start`, and the position after the colon.
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

    /// Whether the pattern matches an ARN field by field. A wildcard does not cross a colon before the last field (rule 4.21).
    fn matches_arn(&self, arn: &str, meter: &Meter) -> bool {
        if !arn.starts_with("arn:") {
            return false;
        }
        let (mut at, mut rest) = (START, arn);
        for _ in 1..ARN_FIELDS {
            let (Some((end, next)), Some((field, tail))) = (self.colon(at), rest.split_once(':')) else {
                return false;
            };
            if !self.matches(at, Some(end), field, LetterCase::Sensitive, meter) {
                return false;
            }
            (at, rest) = (next, tail);
        }
        self.matches(at, None, rest, LetterCase::Sensitive, meter)
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
/// At most the product of both lengths. No allocation, no recursion.
///
/// # Examples
/// ```
/// use iam_eval::{LetterCase, matches};
/// use iam_policy::{Pattern, Syntax};
///
/// let pattern = Pattern::parse("s3:get*", Syntax::new(true, false)).unwrap();
/// assert!(matches(&pattern, "s3:GetObject", LetterCase::Ascii));
/// assert!(!matches(&pattern, "s3:GetObject", LetterCase::Sensitive));
/// ```
pub fn matches(pattern: &Pattern, text: &str, case: LetterCase) -> bool {
    matches_within(pattern, text, case, &Meter::endless())
}

/// As [`matches`]. False if the steps of the meter run out.
pub(crate) fn matches_within(pattern: &Pattern, text: &str, case: LetterCase, meter: &Meter) -> bool {
    if let Some(answer) = at_once(pattern, text, case) {
        return answer;
    }
    Filled { pattern, slots: NO_SLOTS }.matches(START, None, text, case, meter)
}

/// The result for a plain text, or a plain text and a star. `None` for other patterns.
///
/// Most patterns are of these two forms, which need no pieces.
fn at_once(pattern: &Pattern, text: &str, case: LetterCase) -> Option<bool> {
    let text = text.as_bytes();
    if let Some(literal) = pattern.as_literal() {
        return Some(case.equal(literal.as_bytes(), text));
    }
    let prefix = pattern.as_prefix()?.as_bytes();
    Some(text.get(..prefix.len()).is_some_and(|start| case.equal(prefix, start)))
}

/// The state of a pattern's variables in a context.
enum Variables {
    /// All variables have a value.
    Known,
    /// A variable has no value: the pattern is a null entry (rules 3.25, 3.26).
    Null,
    /// A variable depends on an unknown key.
    Unknown,
    /// A variable's key has two spellings in the context (rule 4.5).
    Ambiguous,
}

fn fill<'c>(pattern: &'c Pattern, evidence: Evidence<'c>, slots: &mut Slots<'c>) -> Variables {
    let mut state = Variables::Known;
    for (variable, slot) in pattern.variables().zip(slots.iter_mut()) {
        match evidence.context.value(variable.key) {
            Some(ContextValue::Single(value)) => *slot = Some(value),
            // A key with several values counts as having no value (rule 3.23).
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
    Text(LetterCase),
    /// As an ARN, field by field.
    Arn,
    /// The text matches no pattern. Only null entries are found.
    Never,
}

/// Compares a pattern with a text after its variables are replaced. `null` is the outcome if a variable has no value.
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
        // The text matches nothing. Only whether the entry is null is unknown.
        Variables::Unknown | Variables::Ambiguous if comparison == Comparison::Never => {
            Outcomes::FALSE.either(null)
        }
        // The unknown key may be absent, which makes a null entry. If no text in place of the unknown value makes the pattern match, no
        // value does. The text may contain colons, so an ARN is not compared field by field here.
        Variables::Unknown => {
            let case = match comparison {
                Comparison::Text(case) => case,
                Comparison::Arn | Comparison::Never => LetterCase::Sensitive,
            };
            let may_match = Filled { pattern, slots: &slots }.matches(START, None, text, case, meter);
            if may_match { Outcomes::OPEN.either(null) } else { Outcomes::FALSE.either(null) }
        }
        Variables::Ambiguous => Outcomes::INDETERMINATE,
    }
}

/// Compares a flag with variables to `seen` (rule 7.12). Indeterminate unless the variables become `true` or `false`.
pub(crate) fn compare_flag(pattern: &Pattern, seen: bool, evidence: Evidence<'_>) -> Outcomes {
    let is =
        |word: &str| compare(pattern, word, Comparison::Text(LetterCase::Ascii), evidence, Outcomes::FALSE);
    let (same, other) = if seen { (is("true"), is("false")) } else { (is("false"), is("true")) };
    let mut slots = [None; Pattern::MAX_VARIABLES];
    match fill(pattern, evidence, &mut slots) {
        // Some value of the key makes a text that is neither `true` nor `false`.
        Variables::Unknown => same.either(Outcomes::INDETERMINATE),
        // A null value is never equal to anything (rule 3.26).
        Variables::Null => Outcomes::FALSE,
        Variables::Known | Variables::Ambiguous if same == Outcomes::FALSE && other == Outcomes::FALSE => {
            Outcomes::INDETERMINATE
        }
        Variables::Known | Variables::Ambiguous => same,
    }
}
