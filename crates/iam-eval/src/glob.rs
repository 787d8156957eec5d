//! Matching of texts against patterns with wildcards and variables, without allocation.

use iam_policy::{ARN_FIELDS, Pattern, Piece, count_fields};

use crate::context::ContextValue;
use crate::lower::{equal_lowered, lowered};
use crate::meter::{Evidence, Meter};
use crate::reading::{Point, Readings};
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

/// What `?` stands for (rule 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// A UTF-16 unit. A character above U+FFFF has two, each of two of its four bytes.
    Utf16,
    Character,
}

impl Unit {
    /// The text without its first unit. `None` if there is none.
    fn skip(self, bytes: &[u8]) -> Option<&[u8]> {
        match (self, bytes.first()?) {
            // The first half of a character of four bytes, or its second half.
            (Self::Utf16, 0x80..=0xBF | 0xF0..=0xFF) => bytes.get(2..),
            (Self::Utf16 | Self::Character, _) => {
                let rest = bytes.get(1..)?;
                let behind = rest.iter().position(|b| b & 0xC0 != 0x80).unwrap_or(rest.len());
                rest.get(behind..)
            }
        }
    }

    /// The text without its last unit. `None` if there is none.
    fn skip_back(self, bytes: &[u8]) -> Option<&[u8]> {
        let first = bytes.iter().rposition(|b| b & 0xC0 != 0x80)?;
        let (before, character) = bytes.split_at_checked(first)?;
        match (self, character) {
            (Self::Utf16, [0xF0..=0xFF, _, _, _]) => bytes.get(..first.saturating_add(2)),
            (Self::Utf16 | Self::Character, _) => Some(before),
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
    unit: Unit,
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
                Chunk::AnyOne => self.unit.skip(rest),
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
            let Some(covered) = self.unit.skip(covered) else { return false };
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
                Piece::AnyOne => self.unit.skip_back(rest),
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
    ///
    /// `None` if the pattern has fewer than six fields.
    fn matches_arn(&self, arn: &str, meter: &Meter) -> Option<bool> {
        let (mut at, mut rest) = (START, arn);
        let mut matches = true;
        for _ in 1..ARN_FIELDS {
            let (end, next) = self.colon(at)?;
            // The text is an ARN, so it has this many colons. After a field that differs, only the form of the pattern matters.
            if let Some((field, tail)) = rest.split_once(':').filter(|_| matches) {
                matches = self.matches(at, Some(end), field, LetterCase::Sensitive, meter);
                rest = tail;
            }
            at = next;
        }
        Some(matches && self.matches(at, None, rest, LetterCase::Sensitive, meter))
    }
}

/// Whether a pattern without variables matches all of `text`. `?` is one UTF-16 unit (rule 3.3).
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
    Filled { pattern, slots: NO_SLOTS, unit: Unit::Utf16 }.matches(START, None, text, case, meter)
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
    /// A variable depends on an unknown key, or on a key in several spellings.
    Unknown,
}

/// Finds the values of a pattern's variables. `list_default` says that a key with several values is replaced by the default (rule 3.23).
fn fill<'c>(
    pattern: &'c Pattern,
    evidence: Evidence<'c>,
    list_default: bool,
    slots: &mut Slots<'c>,
) -> Variables {
    let mut state = Variables::Known;
    for (variable, slot) in pattern.variables().zip(slots.iter_mut()) {
        let default = match evidence.context.value(variable.key) {
            Some(ContextValue::Single(value)) => Some(&**value),
            None => variable.default,
            // An empty list is no value: the key is absent (rule 4.8).
            Some(ContextValue::Multiple(values)) if values.is_empty() => variable.default,
            Some(ContextValue::Multiple(_)) => variable.default.filter(|_| list_default),
            Some(ContextValue::Twice(_) | ContextValue::Unknown) => {
                state = Variables::Unknown;
                continue;
            }
        };
        match default {
            Some(text) => *slot = Some(text),
            None => return Variables::Null,
        }
    }
    state
}

/// Whether the pattern has a variable with a default whose key has several values.
fn has_list_default(pattern: &Pattern, evidence: Evidence<'_>) -> bool {
    pattern.variables().any(|variable| {
        variable.default.is_some()
            && matches!(evidence.context.value(variable.key), Some(ContextValue::Multiple(v)) if !v.is_empty())
    })
}

/// How a pattern is compared with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// As one text.
    Text(LetterCase),
    /// As one text, after lower-casing (rule 4.16). The pattern has no wildcards.
    Lowered,
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
    match comparison {
        Comparison::Text(case) => {
            if let Some(answer) = at_once(pattern, text, case) {
                return Outcomes::known(answer);
            }
        }
        Comparison::Lowered => {
            if let Some(literal) = pattern.as_literal() {
                // Texts that are equal without ASCII case are equal after lower-casing, too.
                if literal.eq_ignore_ascii_case(text) {
                    return Outcomes::TRUE;
                }
                evidence.meter.read(text);
                if literal.is_ascii() && text.is_ascii() {
                    return Outcomes::FALSE;
                }
            }
        }
        Comparison::Never => {}
    }
    // Under most readings the unit of `?` is one, and in ASCII texts it is the same.
    let is_alike = !evidence.readings.has_other(Point::QuestionMark) || text.is_ascii();
    let units = if is_alike { Readings::FIRST } else { evidence.readings };
    let with_unit = |list_default: bool| {
        units.choose(
            Point::QuestionMark,
            || compare_as(pattern, text, comparison, Unit::Utf16, list_default, evidence, null),
            || compare_as(pattern, text, comparison, Unit::Character, list_default, evidence, null),
        )
    };
    if has_list_default(pattern, evidence) {
        evidence.readings.choose(Point::ListVariable, || with_unit(false), || with_unit(true))
    } else {
        with_unit(false)
    }
}

fn compare_as(
    pattern: &Pattern,
    text: &str,
    comparison: Comparison,
    unit: Unit,
    list_default: bool,
    evidence: Evidence<'_>,
    null: Outcomes,
) -> Outcomes {
    let meter = evidence.meter;
    let known = |slots: &Slots<'_>| {
        let filled = Filled { pattern, slots, unit };
        match comparison {
            Comparison::Text(case) => Outcomes::known(filled.matches(START, None, text, case, meter)),
            Comparison::Lowered => filled.equals_lowered(text, evidence),
            Comparison::Never => Outcomes::FALSE,
        }
    };
    if !pattern.has_variables() {
        return known(NO_SLOTS);
    }
    let mut slots = [None; Pattern::MAX_VARIABLES];
    match fill(pattern, evidence, list_default, &mut slots) {
        Variables::Known => known(&slots),
        Variables::Null => null,
        // The unknown key may be absent, which makes a null entry. If no text in place of the unknown value makes the pattern match, no
        // value does.
        Variables::Unknown => {
            let filled = Filled { pattern, slots: &slots, unit };
            let may_match = match comparison {
                Comparison::Text(case) => filled.matches(START, None, text, case, meter),
                Comparison::Lowered if text.is_ascii() && filled.is_ascii() => {
                    filled.matches(START, None, text, LetterCase::Ascii, meter)
                }
                // Whether a sigma is final may depend on the unknown value beside it.
                Comparison::Lowered => filled.may_equal_lowered(text, evidence),
                // The text matches nothing. Only whether the entry is null is unknown.
                Comparison::Never => false,
            };
            if may_match { Outcomes::OPEN.either(null) } else { Outcomes::FALSE.either(null) }
        }
    }
}

impl Filled<'_> {
    /// The texts of the pattern, variables included. The pattern has no wildcards, and every variable has a value.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let mut slots = self.slots.iter();
        self.pattern.pieces().filter_map(move |piece| match piece {
            Piece::Text(text) => Some(text),
            Piece::Variable(_) => slots.next().copied().flatten(),
            Piece::AnyRun | Piece::AnyOne => None,
        })
    }

    fn is_ascii(&self) -> bool {
        self.texts().all(str::is_ascii)
    }

    /// Pays for one look at the values of the variables.
    fn read(&self, meter: &Meter) {
        self.slots.iter().flatten().for_each(|value| {
            meter.read(value);
        });
    }

    /// Whether some values of the unknown variables make the text of the pattern equal `text` without case, if both sigmas are one.
    fn may_equal_lowered(&self, text: &str, evidence: Evidence<'_>) -> bool {
        let own: usize = self.texts().map(str::len).sum();
        if !evidence.meter.spend(own.saturating_add(text.len())) {
            return false;
        }
        let folded = |text: &str| lowered(text).replace('\u{3c2}', "\u{3c3}");
        let whole = folded(text);
        let mut rest = whole.as_str();
        let mut slots = self.slots.iter();
        // Whether any text may come before the next known text.
        let mut is_free = false;
        let mut known = String::new();
        for piece in self.pattern.pieces() {
            let own = match piece {
                Piece::Text(text) => Some(text),
                Piece::Variable(_) => slots.next().copied().flatten(),
                Piece::AnyRun | Piece::AnyOne => None,
            };
            match own {
                Some(text) => known.push_str(&folded(text)),
                None => match behind(rest, &known, is_free) {
                    Some(behind) => {
                        (rest, is_free) = (behind, true);
                        known.clear();
                    }
                    None => return false,
                },
            }
        }
        // A value is unknown, so that any text may come before the last known one.
        rest.ends_with(&known)
    }

    /// Whether the text of the pattern equals `text` without case (rule 4.16).
    fn equals_lowered(&self, text: &str, evidence: Evidence<'_>) -> Outcomes {
        let ascii = || Outcomes::known(self.matches(START, None, text, LetterCase::Ascii, evidence.meter));
        self.read(evidence.meter);
        if text.is_ascii() && self.is_ascii() {
            return ascii();
        }
        let lowered = || {
            let length: usize = self.texts().map(str::len).sum();
            if !evidence.meter.spend(length.saturating_add(text.len())) {
                return Outcomes::FALSE;
            }
            let own: String = self.texts().collect();
            Outcomes::known(equal_lowered(&own, text))
        };
        evidence.readings.choose(Point::LetterCase, lowered, ascii)
    }
}

/// The text behind a known text: at the beginning, or behind any text if that is free.
fn behind<'t>(text: &'t str, known: &str, is_free: bool) -> Option<&'t str> {
    if is_free { text.split_once(known).map(|(_, behind)| behind) } else { text.strip_prefix(known) }
}

/// The results that are possible for a pattern of an ARN operator and a text that is an ARN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Arns {
    pub(crate) matches: bool,
    pub(crate) differs: bool,
    /// The pattern is no ARN (rule 4.22).
    pub(crate) unreadable: bool,
}

/// Compares a pattern with an ARN, field by field, after its variables are replaced.
pub(crate) fn compare_arn(pattern: &Pattern, arn: &str, evidence: Evidence<'_>) -> Arns {
    let mut arns = Arns::default();
    let mut note = |unit: Unit, list_default: bool| {
        let mut slots = [None; Pattern::MAX_VARIABLES];
        match fill(pattern, evidence, list_default, &mut slots) {
            Variables::Known => {
                let filled = Filled { pattern, slots: &slots, unit };
                filled.read(evidence.meter);
                match filled.matches_arn(arn, evidence.meter) {
                    Some(true) => arns.matches = true,
                    Some(false) => arns.differs = true,
                    None => arns.unreadable = true,
                }
            }
            // A null value is never equal to anything (rule 3.26).
            Variables::Null => arns.differs = true,
            // The value may have colons, so that the fields are not known: the pattern is compared as one text.
            Variables::Unknown => {
                let filled = Filled { pattern, slots: &slots, unit };
                arns.matches |= filled.matches(START, None, arn, LetterCase::Sensitive, evidence.meter);
                arns.differs = true;
                arns.unreadable |= count_fields(pattern) < ARN_FIELDS;
            }
        }
    };
    let readings = evidence.readings;
    let list_defaults: &[bool] = if has_list_default(pattern, evidence) {
        match (readings.has_first(Point::ListVariable), readings.has_other(Point::ListVariable)) {
            (true, true) => &[false, true],
            (true, false) => &[false],
            (false, _) => &[true],
        }
    } else {
        &[false]
    };
    for list_default in list_defaults {
        if readings.has_first(Point::QuestionMark) || arn.is_ascii() {
            note(Unit::Utf16, *list_default);
        }
        if readings.has_other(Point::QuestionMark) && !arn.is_ascii() {
            note(Unit::Character, *list_default);
        }
    }
    arns
}
