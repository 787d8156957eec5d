//! How far layers allow each action: always, on some resources, under conditions, or never.

use std::sync::Arc;

use iam_eval::{Layers, Request};
use iam_policy::Policy;

use crate::actions::ActionNames;
use crate::analysis::{Analysis, Question};
use crate::classes::Actions;
use crate::verdict::Verdict;

/// How far an action is allowed. One that is in no [`ActionReach`] is never allowed, by any request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// On every resource, whatever the context.
    Always,
    /// By some requests and not by others; which, decide the statements' resources, conditions or both.
    Limited {
        /// Whether a statement that bears on it tells resources apart.
        by_resource: bool,
        /// Whether a statement that bears on it has conditions.
        by_condition: bool,
    },
    /// It is not known whether any request is allowed.
    Unknown,
}

/// Actions that are allowed alike.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ActionReach {
    /// The actions, of the list of the analysis.
    pub actions: Vec<Box<str>>,
    /// Their places in that list, as [`ActionNames::place`] has them.
    pub places: Vec<usize>,
    /// How far they are allowed.
    pub reach: Reach,
    /// A request for the first of them that is allowed, if one is known.
    pub allowed: Option<Request>,
    /// A request for the first of them that is not, if one is known.
    pub refused: Option<Request>,
}

impl Analysis {
    /// How far the layers allow each action of the list of the analysis; those that they never allow are left out.
    pub fn reach(&mut self, question: &Question<'_>) -> Vec<ActionReach> {
        let listed = question.clone().about(Actions::Listed);
        let possible = self.by_action(&listed);
        let everything = everything();
        // What everybody may do beyond these layers is what they refuse.
        let mut beyond = Question::new(&everything).beyond(question.allowed_by);
        beyond.principal = question.principal;
        beyond.resource = question.resource;
        let (allowing, refusing) = (self.pose(question), self.pose(&beyond));
        let mut reaches = Vec::new();
        for answer in possible.into_iter().filter(|answer| answer.verdict != Verdict::Holds) {
            let some = ActionNames::new([&*answer.example]);
            let refused = self.never_about(&refusing, &Actions::Among(some));
            let bearing = self.bearing(&allowing, &answer.example);
            let (reach, refused) = match (&answer.verdict, refused) {
                (Verdict::Unknown(_) | Verdict::Holds, refused) => (Reach::Unknown, request(refused)),
                (Verdict::Fails(_), Verdict::Holds) => (Reach::Always, None),
                (Verdict::Fails(_), refused) => {
                    let (by_resource, by_condition) = bearing;
                    (Reach::Limited { by_resource, by_condition }, request(refused))
                }
            };
            reaches.push(ActionReach {
                actions: answer.actions,
                places: answer.places,
                reach,
                allowed: request(answer.verdict),
                refused,
            });
        }
        reaches
    }
}

fn request(verdict: Verdict) -> Option<Request> {
    match verdict {
        Verdict::Fails(witness) => Some(witness.request),
        Verdict::Holds | Verdict::Unknown(_) => None,
    }
}

/// Layers that allow every request.
fn everything() -> Layers {
    let mut layers = Layers::new();
    layers.identity.push(Arc::new(Policy::everything()));
    layers
}
