//! An engine's verdict on a request: the decision, and the statements that apply.

use std::fmt;

use crate::case::Layer;
use crate::format::Decision;

/// A decision, with the statements that apply if the engine reports them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The decision.
    pub decision: Decision,
    /// The statements that apply. `None` if the engine does not report them.
    pub statements: Option<Statements>,
}

/// The Allow and Deny statements that apply to a request, in every layer that is asked, even if another statement overrides them.
///
/// Comparing them, and not only decisions, finds a wrong match that another statement hides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statements {
    /// The statements that certainly apply, sorted.
    pub applying: Vec<StatementPlace>,
    /// The statements for which this depends on an unknown key, sorted.
    pub perhaps: Vec<StatementPlace>,
}

/// The place of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementPlace {
    /// The layer of the policy.
    pub layer: Layer,
    /// The level of SCPs and RCPs, counted from the root. Otherwise 0.
    pub level: usize,
    /// The index of the policy in the layer or level.
    pub policy: usize,
    /// The index of the statement in the policy.
    pub statement: usize,
}

impl From<Decision> for Verdict {
    fn from(decision: Decision) -> Self {
        Self { decision, statements: None }
    }
}

impl Verdict {
    /// Whether the verdicts differ in the decision, or in the statements if both have them.
    pub fn differs(&self, other: &Self) -> bool {
        let statements = match (&self.statements, &other.statements) {
            (Some(own), Some(others)) => own != others,
            (None, _) | (_, None) => false,
        };
        self.decision != other.decision || statements
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.decision.name())?;
        let Some(statements) = &self.statements else { return Ok(()) };
        for place in &statements.applying {
            write!(f, "\n{place} applies")?;
        }
        for place in &statements.perhaps {
            write!(f, "\n{place} applies perhaps")?;
        }
        Ok(())
    }
}

impl fmt::Display for StatementPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.layer.name())?;
        if self.layer.has_levels() {
            write!(f, "[{}]", self.level)?;
        }
        // A resource has one policy.
        if self.layer != Layer::Resource {
            write!(f, "[{}]", self.policy)?;
        }
        write!(f, ".Statement[{}]", self.statement)
    }
}
