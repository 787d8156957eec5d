//! Readings: how an engine answers at the points that the rules leave open (part 8 of `SEMANTICS.md` of the crate `iam-eval`).

use std::fmt;

use crate::case::Case;
use crate::engine::{Answer, Engine, Question};
use crate::source::Source;

/// The name of every point, in the order of part 8.
pub const POINTS: [&str; 17] = [
    "variable-in-arn",
    "incomplete-arn",
    "null-not-resource",
    "question-mark",
    "list-variable",
    "empty-text-list",
    "unreadable-number",
    "unreadable-address",
    "unreadable-arn",
    "unreadable-pattern",
    "dead-network",
    "letter-case",
    "milliseconds",
    "bool-variable",
    "star-and-services",
    "session-policies",
    "rcp-without-resource",
];

/// One reading, or all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readings {
    /// The reading that has the other answer at these points, and the first answer at all others.
    Other(Vec<&'static str>),
    /// Every reading at once. The decision is [`crate::format::Decision::Depends`] if they may not agree.
    Open,
}

impl Readings {
    /// Draws one reading: the first answers, the other answer at one or two points, or any answers.
    pub fn draw(source: &mut Source<'_>) -> Self {
        let (kind, percent) = (source.below(8), source.between(1, 99));
        let one = |source: &mut Source<'_>| *source.pick(&POINTS);
        Self::Other(match kind {
            0 => Vec::new(),
            1 | 2 => vec![one(source)],
            3 => vec![one(source), one(source)],
            _ => POINTS.into_iter().filter(|_| source.chance(percent)).collect(),
        })
    }
}

/// An engine that decides under other readings than its own.
pub struct Under<'e> {
    engine: &'e dyn Engine,
    readings: Readings,
    name: String,
}

impl<'e> Under<'e> {
    /// The engine under these readings.
    pub fn new(engine: &'e dyn Engine, readings: Readings) -> Self {
        let name = match &readings {
            Readings::Open => format!("{} under every reading", engine.name()),
            Readings::Other(points) if points.is_empty() => engine.name().to_owned(),
            Readings::Other(points) => format!("{} with other {}", engine.name(), points.join(", ")),
        };
        Self { engine, readings, name }
    }
}

impl fmt::Debug for Under<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Under").field(&self.name).finish()
    }
}

impl Engine for Under<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    fn failed(&self) -> Option<String> {
        self.engine.failed()
    }

    fn decide(&self, _: &Question<'_>) -> Answer {
        Answer::Skipped("vectors are about the first reading".to_owned())
    }

    fn judge(&self, case: &Case) -> Answer {
        let none = || Answer::Skipped("has one reading".to_owned());
        self.engine.judge_under(case, &self.readings).unwrap_or_else(none)
    }
}

#[cfg(test)]
mod tests {
    use super::{POINTS, Readings};
    use crate::Source;

    #[test]
    fn every_answer_of_every_point_is_drawn() {
        let (mut other, mut first, mut none) = ([0; POINTS.len()], [0; POINTS.len()], 0);
        for number in 0..500 {
            let Readings::Other(points) = Readings::draw(&mut Source::of_case(1, number)) else { continue };
            none += usize::from(points.is_empty());
            for (at, point) in POINTS.iter().enumerate() {
                let counts = if points.contains(point) { &mut other } else { &mut first };
                counts[at] += 1;
            }
        }
        assert!(other.iter().chain(&first).all(|count| *count > 50), "{other:?} {first:?}");
        assert!(none > 20, "{none}");
    }
}
