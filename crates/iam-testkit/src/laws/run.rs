//! Tests of an engine with laws, and reports of what broke a law.

use std::fmt::{self, Write};

use super::{Breach, Held, Law, Trial};
use crate::case::{Case, shrink};
use crate::census::Census;
use crate::engine::{Answer, Engine};
use crate::format::Decision;
use crate::source::Source;
use crate::verdict::Verdict;

/// The maximum number of shrinking steps for a case that breaks a law.
const SHRINKING: usize = 20_000;

/// A run: a seed and the numbers of its cases.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    seed: u64,
    first: u64,
    cases: u64,
}

/// The result of testing an engine with laws.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// The cases that were generated and their decisions.
    pub census: Census,
    /// For each law in order, on how many cases it held, and on how many it was idle.
    pub laws: Vec<Tally>,
    /// The first case that broke a law, which ends the run. `None` if no law was broken.
    pub broken: Option<Broken>,
}

/// The result of one law.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// The law.
    pub id: &'static str,
    /// The number of cases on which the law held.
    pub held: u64,
    /// The number of cases about which the law says nothing.
    pub idle: u64,
}

/// A broken law, with the smallest case that breaks it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Broken {
    /// The law.
    pub law: Law,
    /// The engine.
    pub engine: String,
    /// The seed of the run. Seed and number reproduce the case.
    pub seed: u64,
    /// The number of the case.
    pub number: u64,
    /// The smallest case that breaks the law.
    pub case: Case,
    /// The engine's verdict on the case.
    pub verdict: Verdict,
    /// The engine's explanation of the verdict. `None` if it does not explain.
    pub explanation: Option<String>,
    /// The changed case with its explanation. `None` if the law made no other case.
    pub changed: Option<(Case, Option<String>)>,
    /// What was expected.
    pub expected: String,
    /// The actual answer.
    pub actual: String,
}

impl Run {
    /// A run over `cases` cases of a seed.
    pub const fn new(seed: u64, cases: u64) -> Self {
        Self { seed, first: 0, cases }
    }

    /// The run starting with the case of this number. Runs with disjoint numbers can run in parallel.
    #[must_use]
    pub const fn starting_at(mut self, first: u64) -> Self {
        self.first = first;
        self
    }

    /// Tests the engine with one law.
    pub fn of(self, law: &Law, engine: &dyn Engine) -> Report {
        self.of_all(std::slice::from_ref(law), engine)
    }

    /// Tests the engine with several laws, each on every case.
    pub fn of_all(self, laws: &[Law], engine: &dyn Engine) -> Report {
        let mut report = Report {
            laws: laws.iter().map(|law| Tally { id: law.id, held: 0, idle: 0 }).collect(),
            ..Report::default()
        };
        for number in self.first..self.first.saturating_add(self.cases) {
            let case = crate::generate::case(&mut Source::of_case(self.seed, number));
            if let Err(broken) = check(laws, engine, &case, self.seed, number, &mut report) {
                report.broken = Some(*broken);
                break;
            }
        }
        report
    }

    /// Tests the engine with laws on the one case that these bytes make. Fuzz targets call it.
    pub fn of_bytes(laws: &[Law], engine: &dyn Engine, bytes: &[u8]) -> Report {
        let mut report = Report {
            laws: laws.iter().map(|law| Tally { id: law.id, held: 0, idle: 0 }).collect(),
            ..Report::default()
        };
        let mut source = Source::of_bytes(bytes);
        let case = crate::generate::case(&mut source);
        let seed =
            bytes.iter().fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        if let Err(broken) = check(laws, engine, &case, seed, 0, &mut report) {
            report.broken = Some(*broken);
        }
        report
    }
}

impl Report {
    /// Adds the report of another run of the same laws.
    pub fn add(&mut self, other: Self) {
        self.census.add(&other.census);
        for (own, others) in self.laws.iter_mut().zip(other.laws) {
            own.held = own.held.saturating_add(others.held);
            own.idle = own.idle.saturating_add(others.idle);
        }
        self.broken = self.broken.take().or(other.broken);
    }
}

fn check(
    laws: &[Law],
    engine: &dyn Engine,
    case: &Case,
    seed: u64,
    number: u64,
    report: &mut Report,
) -> Result<(), Box<Broken>> {
    let verdict = match engine.judge(case) {
        Answer::Decided(verdict) => verdict,
        Answer::Skipped(_) => return Ok(()),
        Answer::Refused(reason) => {
            let refused = |c: &Case| matches!(engine.judge(c), Answer::Refused(_));
            let case = shrink(case, SHRINKING, refused);
            return Err(Box::new(Broken {
                law: VALID,
                engine: engine.name().to_owned(),
                seed,
                number,
                verdict: Decision::ImplicitDeny.into(),
                explanation: None,
                case,
                changed: None,
                expected: "a verdict".to_owned(),
                actual: format!("refused: {reason}"),
            }));
        }
    };
    report.census.count(case, verdict.decision);
    for (law, tally) in laws.iter().zip(&mut report.laws) {
        match apply(law, engine, case, &verdict, seed, number) {
            Ok(Held::True) => tally.held = tally.held.saturating_add(1),
            Ok(Held::Idle) => tally.idle = tally.idle.saturating_add(1),
            Err(_) => return Err(Box::new(broken(law, engine, case, &verdict, seed, number))),
        }
    }
    Ok(())
}

const VALID: Law =
    super::law("V1", &[], "a generated case is valid: an engine decides it", |_| Ok(Held::True));

/// Applies a law to a case.
///
/// What the law draws depends only on the number of the case, so that a smaller case is changed in the same way.
fn apply(
    law: &Law,
    engine: &dyn Engine,
    case: &Case,
    verdict: &Verdict,
    seed: u64,
    number: u64,
) -> super::Checked {
    let of_law =
        law.id.bytes().fold(seed, |mixed, byte| mixed.wrapping_mul(257).wrapping_add(u64::from(byte)));
    let mut source = Source::of_case(of_law, number);
    (law.check)(&mut Trial { engine, case, verdict, source: &mut source })
}

/// Shrinks the case that broke a law, and makes the report.
fn broken(law: &Law, engine: &dyn Engine, case: &Case, verdict: &Verdict, seed: u64, number: u64) -> Broken {
    let breach = |case: &Case| -> Option<(Verdict, Box<Breach>)> {
        let Answer::Decided(verdict) = engine.judge(case) else { return None };
        let breach = apply(law, engine, case, &verdict, seed, number).err()?;
        Some((verdict, breach))
    };
    let case = shrink(case, SHRINKING, |c| breach(c).is_some());
    let again = breach(&case);
    let explain = |case: &Case| engine.explain(case).map(|explanation| explanation.text);
    let (verdict, breach) = again.unwrap_or_else(|| {
        let expected = "the same answer when asked again".to_owned();
        let actual = "another one".to_owned();
        (verdict.clone(), Box::new(Breach { changed: None, expected, actual }))
    });
    Broken {
        law: *law,
        engine: engine.name().to_owned(),
        seed,
        number,
        explanation: explain(&case),
        changed: breach.changed.map(|changed| {
            let words = explain(&changed);
            (changed, words)
        }),
        case,
        verdict,
        expected: breach.expected,
        actual: breach.actual,
    }
}

impl Broken {
    /// The case with the wrong answer as an entry of a vector file. A person must check the expectation.
    pub fn vector(&self) -> String {
        let case = self.changed.as_ref().map_or(&self.case, |(changed, _)| changed);
        let about = format!("{}: {}", self.law.id, self.law.says);
        vector(case, &format!("law/{}-{}-{}", self.law.id, self.seed, self.number), &about, &self.expected)
    }
}

/// A case as an entry of a vector file.
pub(crate) fn vector(case: &Case, id: &str, about: &str, expected: &str) -> String {
    let text = case.to_json();
    let members = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or_default();
    let mut out = String::from("{");
    for (name, value) in [
        ("id", id),
        ("section", "law"),
        ("about", about),
        ("source", "the laws of the test kit"),
        ("certainty", "judgement"),
    ] {
        let _ = write!(out, "\"{name}\": ");
        crate::case::write_string(&mut out, value);
        out.push_str(", ");
    }
    let _ = write!(
        out,
        "{members}, \"expect\": {{\"decision\": \"{}\"}}, \"why\": ",
        decision_in(expected).name()
    );
    crate::case::write_string(&mut out, expected);
    out.push('}');
    out
}

/// The first decision that a text names. An implicit denial if the text names none or says "not allowed".
fn decision_in(text: &str) -> Decision {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_ascii_lowercase() && c != '_').filter(|w| !w.is_empty()).collect();
    let named = words.iter().enumerate().find_map(|(i, word)| {
        let is_negated = i.checked_sub(1).and_then(|before| words.get(before)) == Some(&"not");
        Decision::from_name(word).map(|decision| if is_negated { Decision::ImplicitDeny } else { decision })
    });
    named.unwrap_or(Decision::ImplicitDeny)
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "law {} is broken by {}: {}", self.law.id, self.engine, self.law.says)?;
        if !self.law.rules.is_empty() {
            writeln!(f, "rules:    {}", self.law.rules.join(", "))?;
        }
        writeln!(f, "seed:     {}, case {}", self.seed, self.number)?;
        writeln!(f, "expected: {}", self.expected)?;
        writeln!(f, "actual:   {}\n", self.actual)?;
        writeln!(f, "smallest case:\n{}\n", self.case.to_json())?;
        let own = self.explanation.clone().unwrap_or_else(|| self.verdict.to_string());
        match &self.changed {
            None => writeln!(f, "{own}\n")?,
            Some((changed, words)) => {
                writeln!(f, "changed to:\n{}\n", changed.to_json())?;
                let other = words.clone().unwrap_or_else(|| self.actual.clone());
                writeln!(f, "{}", side_by_side(("the case", &own), ("the changed case", &other)))?;
            }
        }
        writeln!(f, "as a vector:\n{}", self.vector())
    }
}

/// Two texts in two columns, each under its title.
pub(crate) fn side_by_side(left: (&str, &str), right: (&str, &str)) -> String {
    let lines = |(title, text): (&str, &str)| -> Vec<String> {
        [title.to_owned(), "-".repeat(title.chars().count())]
            .into_iter()
            .chain(text.lines().map(str::to_owned))
            .collect()
    };
    let (left, right) = (lines(left), lines(right));
    let width = left.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for i in 0..left.len().max(right.len()) {
        let at = |side: &[String]| side.get(i).cloned().unwrap_or_default();
        let _ = writeln!(out, "{:width$}  |  {}", at(&left), at(&right));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Decision, decision_in};

    #[test]
    fn a_vector_expects_what_the_report_says() {
        for (text, expected) in [
            ("explicit_deny, as before", Decision::ExplicitDeny),
            ("as before: allowed\nidentity[0].Statement[0] applies", Decision::Allowed),
            ("not allowed, since the session policy does not allow it", Decision::ImplicitDeny),
            ("one says explicit_deny; other says allowed", Decision::ExplicitDeny),
            ("a verdict", Decision::ImplicitDeny),
        ] {
            assert_eq!(decision_in(text), expected, "{text}");
        }
    }
}
