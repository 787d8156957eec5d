//! Answers to many small questions: each one checked, and all of them counted.

use iam_analysis::{Doubt, Question, Verdict};
use iam_eval::{Reading, Request};
use iam_testkit::Source;

use crate::questions::SmallQuestion;

/// A hash of the answers to the questions of these numbers, with their witnesses.
///
/// It is the same on every machine.
pub fn answers_digest(seed: u64, numbers: std::ops::Range<u64>) -> u64 {
    let drawn = numbers.filter_map(|number| SmallQuestion::draw(&mut Source::of_case(seed, number)));
    // FNV-1a.
    drawn.map(|question| format!("{:?}", question.answer())).fold(0xCBF2_9CE4_8422_2325, |hash, text| {
        text.bytes()
            .fold(hash, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
    })
}

/// The counts of answers to many questions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answers {
    /// Answers [`Verdict::Holds`]. None of them has a counterexample.
    pub holds: u64,
    /// Answers [`Verdict::Fails`]. Each has a witness.
    pub fails: u64,
    /// Answers [`Verdict::Unknown`] because of variables, or characters that are compared in more than one way.
    pub by_variables: u64,
    /// Answers [`Verdict::Unknown`] because the claim holds under the first reading and not under another, which has a request.
    pub by_readings: u64,
    /// Answers [`Verdict::Unknown`] because of mixed types.
    pub by_types: u64,
    /// Questions with a refused policy.
    pub refused: u64,
}

/// The two sides of a hunt for false proofs. A planted fault takes the place of one of them.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Sides {
    /// The answer to a question.
    pub prover: fn(&SmallQuestion) -> Verdict,
    /// What the evaluator takes a request for.
    pub taken: fn(&mut Request),
    /// A key that the policies of every question may use, to hunt for what has to do with it; `k:v` for variables.
    pub about: Option<&'static str>,
}

/// The analysis, and the evaluator that takes requests for what they are.
impl Default for Sides {
    fn default() -> Self {
        Self { prover: SmallQuestion::answer, taken: |_| (), about: None }
    }
}

impl Answers {
    /// Answers the questions of these numbers, checks the answers and counts them.
    ///
    /// # Errors
    /// The first wrong answer.
    pub fn of(seed: u64, numbers: std::ops::Range<u64>) -> Result<Self, String> {
        Self::checked(seed, numbers, None)
    }

    /// As [`Self::of`], with random requests under random readings in place of every request: the hunt for false proofs.
    ///
    /// # Errors
    /// The first wrong answer.
    pub fn hunted(seed: u64, numbers: std::ops::Range<u64>) -> Result<Self, String> {
        Self::checked(seed, numbers, Some(Sides::default()))
    }

    /// As [`Self::hunted`], between two sides of which one may have a fault.
    ///
    /// # Errors
    /// The first wrong answer.
    pub fn hunted_between(sides: Sides, seed: u64, numbers: std::ops::Range<u64>) -> Result<Self, String> {
        Self::checked(seed, numbers, Some(sides))
    }

    fn checked(seed: u64, numbers: std::ops::Range<u64>, hunt: Option<Sides>) -> Result<Self, String> {
        /// The number of random requests for each proof.
        const REQUESTS: u32 = 120;
        let mut answers = Self::default();
        for number in numbers {
            let about = hunt.and_then(|sides| sides.about);
            let Some(question) = SmallQuestion::draw_about(about, &mut Source::of_case(seed, number)) else {
                answers.refused = answers.refused.saturating_add(1);
                continue;
            };
            let verdict = hunt.map_or_else(|| question.answer(), |sides| (sides.prover)(&question));
            let wrong = |why: &str| {
                Err(format!(
                    "question {number} of seed {seed}: {why}\n{}\n{verdict:#?}",
                    question.texts.join("\n")
                ))
            };
            let slot = match &verdict {
                Verdict::Fails(_) => &mut answers.fails,
                Verdict::Holds => {
                    let source = &mut Source::of_case(seed ^ 1, number);
                    let found = if let Some(sides) = hunt {
                        question.sampled_counterexample(source, REQUESTS, sides.taken)
                    } else if let Some(request) = question.counterexample() {
                        Some((Reading::FIRST, request))
                    } else {
                        question.counterexample_under_a_reading(source)
                    };
                    if let Some((reading, request)) = found {
                        return wrong(&format!("it does not hold under {reading:?} for {request:?}"));
                    }
                    &mut answers.holds
                }
                Verdict::Unknown(doubts) => {
                    if verdict.is_defect() {
                        return wrong("the evaluator says otherwise");
                    }
                    if let [Doubt::Readings { points, request }, ..] = doubts.as_slice() {
                        let asked = Question::new(&question.allowed).beyond(&question.beyond);
                        let reading = Reading::with_other(points.iter().copied());
                        if points.is_empty() || !asked.is_shown_under(request, reading) {
                            return wrong("its request shows nothing under the reading that it names");
                        }
                        let first = if hunt.is_some() { None } else { question.counterexample() };
                        if let Some(request) = first {
                            return wrong(&format!("the first reading has {request:?}"));
                        }
                        &mut answers.by_readings
                    } else if doubts
                        .iter()
                        .any(|d| matches!(d, Doubt::Variables { .. } | Doubt::Characters { .. }))
                    {
                        &mut answers.by_variables
                    } else {
                        &mut answers.by_types
                    }
                }
            };
            *slot = slot.saturating_add(1);
        }
        Ok(answers)
    }

    /// Adds the counts of another run.
    pub const fn add(&mut self, other: &Self) {
        self.holds = self.holds.saturating_add(other.holds);
        self.fails = self.fails.saturating_add(other.fails);
        self.by_variables = self.by_variables.saturating_add(other.by_variables);
        self.by_readings = self.by_readings.saturating_add(other.by_readings);
        self.by_types = self.by_types.saturating_add(other.by_types);
        self.refused = self.refused.saturating_add(other.refused);
    }
}
