//! Layers as one readable policy: what role, session and boundary allow together.
//!
//! Each combination of one Allow from every layer becomes one Allow with the actions, resources and conditions that all of them have in
//! common. Denies stay as they are. The result is then made smaller, and the analysis checks each step. At the end the result is compared
//! with the layers in both directions, so the construction itself need not be trusted.

mod draft;
mod fit;
mod meet;
mod smaller;

use std::fmt;
use std::sync::Arc;

use iam_eval::Layers;
use iam_policy::{BuildError, Effect, Policy};

pub use fit::{Fitted, Widening};

use crate::analysis::{Analysis, Question};
use crate::effective::draft::Draft;
use crate::space::Space;
use crate::verdict::{Doubt, Verdict};

/// Layers as one policy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Effective {
    /// The policy, as a managed policy.
    pub policy: Arc<Policy>,
    /// Whether the policy allows nothing that the layers do not allow.
    pub within: Verdict,
    /// Whether the layers allow nothing that the policy does not allow.
    pub covers: Verdict,
    /// What the policy language cannot say in one statement. The policy allows less than the layers by these.
    pub left_out: Vec<LeftOut>,
    /// Allow statements with no request left, and the Deny statements responsible.
    pub dead: Vec<Dead>,
    /// Why the policy may have more statements than it needs. `None` if all were looked at.
    pub unfinished: Option<Unfinished>,
}

/// Why a policy may be longer than it needs to be: not everything was tried. What it allows does not depend on that.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfinished {
    /// There are too many statements to look for superfluous ones.
    ManyStatements {
        /// Their number.
        statements: usize,
        /// The largest number of Allow statements, and of Deny statements, that are looked at.
        most: usize,
    },
    /// The steps ran out.
    OutOfSteps {
        /// The number of statements that are left.
        statements: usize,
        /// Their characters.
        characters: usize,
    },
    /// A shorter policy was written and not proven to be equal, so the given one is the answer.
    NotProven(Vec<Doubt>),
}

/// Writes a sentence without a full stop.
impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ManyStatements { statements, most } => write!(
                f,
                "superfluous statements were not looked for, because there are {statements}, and at most {most} that allow and {most} that deny are \
                 compared; divide the policy, and ask about each part"
            ),
            Self::OutOfSteps { statements, characters } => write!(
                f,
                "the steps ran out while superfluous statements were looked for among {statements} with {characters} characters; divide the policy, \
                 and ask about each part"
            ),
            Self::NotProven(doubts) => {
                f.write_str("a shorter policy was written, and is not proven to allow the same")?;
                doubts.first().map_or(Ok(()), |doubt| write!(f, ": {doubt}"))
            }
        }
    }
}

impl Effective {
    /// Whether the policy is proven to allow exactly what the layers allow.
    pub fn is_exact(&self) -> bool {
        self.within == Verdict::Holds && self.covers == Verdict::Holds
    }
}

/// Statements whose intersection cannot be written as one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// The statements: the layer, and the numbers of policy and statement, counted from 1.
    pub statements: Vec<Origin>,
    /// The reason.
    pub why: Box<str>,
}

/// The place of a statement in the layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Origin {
    /// The layer.
    pub layer: iam_eval::Layer,
    /// The number of its policy in the layer, from 1.
    pub policy: usize,
    /// Its number in the policy, from 1.
    pub statement: usize,
}

/// An Allow statement that never applies, or applies only to requests that are denied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dead {
    /// The statement.
    pub allow: Origin,
    /// The Denies that take everything the statement allows. Empty if it has nothing in common with the Allows of another layer.
    pub shadowed_by: Vec<Origin>,
}

/// The maximum number of Allow statements that combinations may make.
const MOST: usize = 4_096;

impl Analysis {
    /// The identity, boundary, session and scope-down policies of some layers as one policy, in a space.
    ///
    /// Facts of the space are put in: a condition that they decide is removed, and a variable becomes its value. The conditions that remain
    /// are residual: "allowed only if".
    ///
    /// # Errors
    /// There are more than 4,096 combinations of statements, or a pattern with facts in place of variables cannot be written.
    pub fn effective(space: &Space, layers: &Layers) -> Result<Effective, EffectiveError> {
        let mut levels: Vec<(iam_eval::Layer, Vec<Draft>)> = Vec::new();
        let mut denies: Vec<Draft> = Vec::new();
        let groups = [
            (iam_eval::Layer::Identity, Some(&layers.identity)),
            (iam_eval::Layer::Boundary, layers.boundary.as_ref()),
            (iam_eval::Layer::Session, layers.session.as_ref()),
        ];
        let scope = layers.scope.iter().flatten().map(|level| (iam_eval::Layer::Scope, Some(level)));
        for (layer, policies) in groups.into_iter().chain(scope) {
            let Some(policies) = policies else { continue };
            let mut allows = Vec::new();
            for (at, policy) in policies.iter().enumerate() {
                for (number, statement) in policy.statements.iter().enumerate() {
                    let origin =
                        Origin { layer, policy: at.saturating_add(1), statement: number.saturating_add(1) };
                    let Some(draft) = Draft::of(statement, policy.version, space, origin)? else { continue };
                    if draft.effect == Effect::Allow { allows.push(draft) } else { denies.push(draft) }
                }
            }
            levels.push((layer, allows));
        }
        let all: Vec<Origin> =
            levels.iter().flat_map(|(_, own)| own).flat_map(|d| d.origins.iter().copied()).collect();
        let mut left_out: Vec<LeftOut> = Vec::new();
        let mut together: Vec<Draft> = Vec::new();
        for (number, (layer, level)) in levels.into_iter().enumerate() {
            if number == 0 {
                together = level;
                continue;
            }
            if together.len().saturating_mul(level.len()) > MOST {
                let (first, second) = (together.len(), level.len());
                return Err(EffectiveError::TooMany { first, second, layer });
            }
            let mut next = Vec::new();
            for a in &together {
                for b in &level {
                    match meet::statements(a, b) {
                        Ok(both) => next.extend(both),
                        Err(why) => {
                            let statements = a.origins.iter().chain(&b.origins).copied().collect();
                            left_out.push(LeftOut { statements, why: why.into() });
                        }
                    }
                }
            }
            together = next;
        }
        let lives = |origin: &Origin| together.iter().any(|draft| draft.origins.contains(origin));
        let alone: Vec<Dead> = all
            .into_iter()
            .filter(|origin| !lives(origin))
            .map(|allow| Dead { allow, shadowed_by: Vec::new() })
            .collect();
        let smaller::Minimised { drafts, mut dead, unfinished } = smaller::minimised(space, together, denies);
        dead.extend(alone);
        dead.sort_by_key(|dead| dead.allow);
        dead.dedup_by_key(|dead| dead.allow);
        let policy = Arc::new(draft::policy(&drafts));
        let own = of(&policy);
        let given = layers.policies().map(|(place, policy)| {
            let number = place.index.saturating_add(1);
            (Arc::clone(policy), format!("{} policy {number}", place.layer.name()))
        });
        let mut judge = Self::new(space.clone()).called(given);
        let within = judge.never(&Question::new(&own).beyond(layers));
        let covers = judge.never(&Question::new(layers).beyond(&own));
        if covers == Verdict::Holds {
            // Other statements allow these requests too.
            left_out.clear();
        }
        Ok(Effective { policy, within, covers, left_out, dead, unfinished })
    }
}

/// Why layers cannot be written as one policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EffectiveError {
    /// There are too many combinations of statements.
    TooMany {
        /// The number of Allow statements of the layers before.
        first: usize,
        /// The number of Allow statements of this layer.
        second: usize,
        /// The layer with which there are too many.
        layer: iam_eval::Layer,
    },
    /// A part of a statement cannot be written once facts stand in place of its variables.
    Part(BuildError),
}

impl fmt::Display for EffectiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany { first, second, layer } => write!(
                f,
                "the {second} Allow statements of {} and {first} of the layers before them make more than {MOST} combinations",
                layer.description()
            ),
            Self::Part(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EffectiveError {}

impl From<BuildError> for EffectiveError {
    fn from(error: BuildError) -> Self {
        Self::Part(error)
    }
}

/// Layers with one identity policy.
fn of(policy: &Arc<Policy>) -> Layers {
    let mut layers = Layers::new();
    layers.identity.push(Arc::clone(policy));
    layers
}
