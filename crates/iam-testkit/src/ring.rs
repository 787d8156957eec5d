//! Comparison of engines on the same cases. Differences are grouped.
//!
//! There are many differences with few causes. Each differing case is shrunk while the engines still give the same kinds of answers. Cases
//! that are then alike except for names form a group, with the smallest case as its example.

use std::collections::BTreeMap;
use std::fmt;

use crate::case::{Case, shrink};
use crate::census::Census;
use crate::engine::{Answer, Engine};
use crate::laws::{side_by_side, vector};
use crate::readings::{Readings, Under};
use crate::source::Source;

/// The maximum number of shrinking steps for a differing case.
const SHRINKING: usize = 2_000;

/// The result of comparing two engines.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Comparison {
    /// The cases that were generated, with the first engine's decisions.
    pub census: Census,
    /// The number of cases with the same answer from both engines.
    pub same: u64,
    /// The number of cases that an engine skipped, by its reason.
    pub skipped: BTreeMap<String, u64>,
    /// Why the comparison ended before all cases were compared. `None` if it did not.
    pub ended: Option<String>,
    /// The differences by kind.
    pub groups: BTreeMap<String, Group>,
}

/// Differences that look alike.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Group {
    /// The number of cases in the group.
    pub count: u64,
    /// The first case of the group, shrunk.
    pub example: Case,
    /// The answers to the example, each with the name of the engine.
    pub answers: [(String, String); 2],
    /// The seed and the number of the case from which the example was shrunk.
    pub origin: (u64, u64),
}

/// Compares two engines on the cases of a seed, starting with the case `first`.
///
/// The comparison stops after `most` differences, because shrinking the cases of a broken engine would take hours.
pub fn compare(
    one: &dyn Engine,
    other: &dyn Engine,
    seed: u64,
    first: u64,
    cases: u64,
    most: u64,
) -> Comparison {
    compare_with(one, other, (seed, first, cases, most), |_| None)
}

/// As [`compare`], each case under a reading that is drawn for it.
///
/// An engine that has one reading skips every case.
pub fn compare_readings(
    one: &dyn Engine,
    other: &dyn Engine,
    seed: u64,
    first: u64,
    cases: u64,
    most: u64,
) -> Comparison {
    let draw = |number| Some(Readings::draw(&mut Source::of_case(!seed, number)));
    compare_with(one, other, (seed, first, cases, most), draw)
}

fn compare_with(
    one: &dyn Engine,
    other: &dyn Engine,
    (seed, first, cases, most): (u64, u64, u64, u64),
    readings: impl Fn(u64) -> Option<Readings>,
) -> Comparison {
    let mut comparison = Comparison::default();
    let mut differing = 0_u64;
    for number in first..first.saturating_add(cases) {
        let case = crate::generate::case(&mut Source::of_case(seed, number));
        let under = readings(number).map(|r| [one, other].map(|engine| Under::new(engine, r.clone())));
        let (one, other): (&dyn Engine, &dyn Engine) = match &under {
            Some([one, other]) => (one, other),
            None => (one, other),
        };
        let (answer, second) = (one.judge(&case), other.judge(&case));
        if let Answer::Decided(verdict) = &answer {
            comparison.census.count(&case, verdict.decision);
        }
        if let Some((engine, why)) = [one, other].iter().find_map(|e| Some((e.name(), e.failed()?))) {
            comparison.ended = Some(format!("{engine} failed at case {number}: {why}"));
            break;
        }
        if let (Answer::Skipped(reason), _) | (_, Answer::Skipped(reason)) = (&answer, &second) {
            let counted = comparison.skipped.entry(reason.clone()).or_default();
            *counted = counted.saturating_add(1);
        } else if differ(&answer, &second) {
            comparison.put(one, other, &case, (seed, number));
            differing = differing.saturating_add(1);
            if differing >= most {
                comparison.ended = Some(format!("it stops after {most} differences"));
                break;
            }
        } else {
            comparison.same = comparison.same.saturating_add(1);
        }
    }
    let failed = || [one, other].iter().find_map(|e| Some(format!("{} failed: {}", e.name(), e.failed()?)));
    comparison.ended = comparison.ended.take().or_else(failed);
    comparison
}

/// Compares two engines on the one case that these bytes make.
pub fn compare_bytes(one: &dyn Engine, other: &dyn Engine, bytes: &[u8]) -> Comparison {
    let mut comparison = Comparison::default();
    let case = crate::generate::case(&mut Source::of_bytes(bytes));
    if differ(&one.judge(&case), &other.judge(&case)) {
        comparison.put(one, other, &case, (0, 0));
    } else {
        comparison.same = 1;
    }
    comparison
}

/// Whether two answers contradict each other. A skipped case contradicts nothing.
fn differ(one: &Answer, other: &Answer) -> bool {
    match (one, other) {
        (Answer::Skipped(_), _) | (_, Answer::Skipped(_)) | (Answer::Refused(_), Answer::Refused(_)) => false,
        (Answer::Decided(one), Answer::Decided(other)) => one.differs(other),
        (Answer::Decided(_), Answer::Refused(_)) | (Answer::Refused(_), Answer::Decided(_)) => true,
    }
}

/// The kind of an answer, without its statements. Shrinking keeps it.
fn kind(answer: &Answer) -> &'static str {
    match answer {
        Answer::Decided(verdict) => verdict.decision.name(),
        Answer::Refused(_) => "refused",
        Answer::Skipped(_) => "skipped",
    }
}

fn words(answer: &Answer) -> String {
    match answer {
        Answer::Decided(verdict) => verdict.to_string(),
        Answer::Refused(reason) => format!("refused: {reason}"),
        Answer::Skipped(reason) => format!("skipped: {reason}"),
    }
}

impl Comparison {
    fn put(&mut self, one: &dyn Engine, other: &dyn Engine, case: &Case, origin: (u64, u64)) {
        let kinds = (kind(&one.judge(case)), kind(&other.judge(case)));
        let example = shrink(case, SHRINKING, |smaller| {
            let (answer, second) = (one.judge(smaller), other.judge(smaller));
            (kind(&answer), kind(&second)) == kinds && differ(&answer, &second)
        });
        let answers = (one.judge(&example), other.judge(&example));
        let statements = if kinds.0 == kinds.1 { " (other statements apply)" } else { "" };
        let look = format!("{} / {}{statements}; {}", kinds.0, kinds.1, shape(&example));
        let group = self.groups.entry(look).or_insert_with(|| Group {
            count: 0,
            example,
            answers: [
                (one.name().to_owned(), words(&answers.0)),
                (other.name().to_owned(), words(&answers.1)),
            ],
            origin,
        });
        group.count = group.count.saturating_add(1);
    }

    /// Whether cases were compared and all answers agreed.
    pub fn agrees(&self) -> bool {
        self.groups.is_empty() && self.same > 0 && self.ended.is_none()
    }

    /// Adds the results of another comparison of the same engines.
    pub fn add(&mut self, other: Self) {
        self.census.add(&other.census);
        self.same = self.same.saturating_add(other.same);
        for (reason, count) in other.skipped {
            let counted = self.skipped.entry(reason).or_default();
            *counted = counted.saturating_add(count);
        }
        self.ended = self.ended.take().or(other.ended);
        for (look, group) in other.groups {
            match self.groups.get_mut(&look) {
                Some(own) => own.count = own.count.saturating_add(group.count),
                None => drop(self.groups.insert(look, group)),
            }
        }
    }
}

/// The layers, elements and operators of a case, without names.
fn shape(case: &Case) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (layer, document) in case.documents() {
        for statement in &document.statements {
            let effect = if statement.allow { "Allow" } else { "Deny" };
            let not = |not: bool, name: &'static str| if not { Some(name) } else { None };
            let elements = [
                not(matches!(statement.principal, crate::case::Principals::Listed { .. }), "Principal"),
                not(statement.action.not, "NotAction"),
                not(statement.resource.as_ref().is_some_and(|r| r.not), "NotResource"),
            ];
            let mut words: Vec<&str> = vec![layer.name(), effect];
            words.extend(elements.into_iter().flatten());
            words.extend(statement.conditions.iter().map(|test| &*test.operator));
            parts.push(words.join(" "));
        }
    }
    if !case.request.unknown.is_empty() {
        parts.push("unknown keys".to_owned());
    }
    parts.sort_unstable();
    parts.dedup();
    parts.join(", ")
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let differing = self.groups.values().fold(0_u64, |sum, group| sum.saturating_add(group.count));
        writeln!(f, "{}", self.census)?;
        let skipped = self.skipped.values().fold(0_u64, |sum, count| sum.saturating_add(*count));
        writeln!(
            f,
            "{} same, {differing} different in {} groups, {skipped} skipped",
            self.same,
            self.groups.len()
        )?;
        for (reason, count) in &self.skipped {
            writeln!(f, "  skipped {count}: {reason}")?;
        }
        if let Some(why) = &self.ended {
            writeln!(f, "not all cases were compared: {why}")?;
        } else if self.same == 0 && differing == 0 {
            writeln!(f, "nothing was compared")?;
        }
        let mut groups: Vec<_> = self.groups.iter().collect();
        groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.count));
        for (look, group) in groups {
            let (seed, number) = group.origin;
            writeln!(
                f,
                "\n{} cases: {look}\n(seed {seed}, case {number})\n{}",
                group.count,
                group.example.to_json()
            )?;
            let [(one, first), (other, second)] = &group.answers;
            writeln!(f, "{}", side_by_side((one, first), (other, second)))?;
            let id = format!("difference/{seed}-{number}");
            let expected = format!("{one} says {first}; {other} says {second}");
            writeln!(f, "as a vector: {}", vector(&group.example, &id, look, &expected))?;
        }
        Ok(())
    }
}
