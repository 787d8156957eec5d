//! Readings under which a request would be answered differently (part 8 of the rules).

use iamgate::iam_eval::{Decision, Point, Readings};
use serde::Serialize;

use super::case::Case;

/// The points of part 8 of the rules at which the other answer would change the decision on a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenPoints {
    /// The points at which the other answer alone changes it, each with the decision then.
    pub alone: Vec<(Point, Decision)>,
    /// Whether the other answers may change it only at several points together.
    pub only_together: bool,
}

impl OpenPoints {
    /// The points that matter to a case.
    pub(crate) fn of(case: &Case) -> Self {
        if case.unknown.is_some() {
            return Self::default();
        }
        let alone = case.layers.differing(&case.request);
        let is_open = || case.layers.decide_under(&case.request, Readings::OPEN) == Decision::Depends;
        let only_together = alone.is_empty() && case.decision() != Decision::Depends && is_open();
        Self { alone, only_together }
    }

    /// Whether every reading gives the same answer.
    pub const fn is_empty(&self) -> bool {
        self.alone.is_empty() && !self.only_together
    }

    /// One sentence for each point, without a full stop. Empty if every reading gives the same answer.
    pub fn sentences(&self) -> Vec<String> {
        let of = |(point, decision): &(Point, Decision)| {
            let [_, other] = point.answers();
            let word = super::sentence::word(*decision);
            format!(
                "the evidence about AWS leaves open whether {other}; then the answer is: {word} ({point}, rule {})",
                point.rule()
            )
        };
        let mut sentences: Vec<String> = self.alone.iter().map(of).collect();
        if self.only_together {
            sentences.push(
                "the evidence about AWS leaves points open that may change the answer together (part 8 of the rules)"
                    .to_owned(),
            );
        }
        sentences
    }
}

/// A point at which the other answer would change the decision.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ReadingJson {
    point: &'static str,
    rule: &'static str,
    answer: &'static str,
    decision: &'static str,
}

impl ReadingJson {
    pub(crate) fn list(points: &OpenPoints) -> Vec<Self> {
        let of = |(point, decision): &(Point, Decision)| {
            let [_, answer] = point.answers();
            Self { point: point.name(), rule: point.rule(), answer, decision: decision.name() }
        };
        points.alone.iter().map(of).collect()
    }
}
