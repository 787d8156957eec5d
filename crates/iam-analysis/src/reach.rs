//! How far layers allow each action: always, on some resources, under conditions, or never.

use std::sync::Arc;

use iam_eval::{Layers, Request};
use iam_policy::Policy;

use crate::actions::ActionNames;
use crate::analysis::{Analysis, Question};
use crate::classes::Actions;
use crate::verdict::{Doubt, Verdict};

/// How far an action is allowed. An action without an [`ActionReach`] is never allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// For every resource and every context.
    Always,
    /// For some requests and not for others. The statements' resources, conditions, or both decide.
    Limited {
        /// Whether a statement that matches the action distinguishes resources.
        by_resource: bool,
        /// Whether a statement that matches the action has conditions.
        by_condition: bool,
    },
    /// Whether any request is allowed is not known.
    Unknown,
}

/// Actions that are allowed to the same extent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ActionReach {
    /// The actions, from the list of the analysis.
    pub actions: Vec<Box<str>>,
    /// The places of the actions in that list: see [`ActionNames::place`].
    pub places: Vec<usize>,
    /// How far the actions are allowed.
    pub reach: Reach,
    /// Why that is not known, for [`Reach::Unknown`].
    pub doubts: Vec<Doubt>,
    /// An allowed request for the first action. `None` if none is known.
    pub allowed: Option<Request>,
    /// A request for the first action that is not allowed. `None` if none is known.
    pub refused: Option<Request>,
}

impl Analysis {
    /// How far the layers allow each action of the analysis's list.
    ///
    /// Actions that are never allowed are left out.
    pub fn reach(&mut self, question: &Question<'_>) -> Vec<ActionReach> {
        let listed = question.clone().about(Actions::Listed);
        let possible = self.by_action(&listed);
        let everything = everything();
        // What everybody may do beyond these layers is what the layers refuse.
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
            let (allowed, doubts) = match answer.verdict {
                Verdict::Fails(witness) => (Some(witness.request), Vec::new()),
                Verdict::Unknown(doubts) => (None, doubts),
                Verdict::Holds => (None, Vec::new()),
            };
            let (actions, places) = (answer.actions, answer.places);
            reaches.push(ActionReach { actions, places, reach, doubts, allowed, refused });
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
