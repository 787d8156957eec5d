//! What an engine says of a request: the decision, and the statements that apply.

use std::fmt;

use crate::case::Layer;
use crate::format::Decision;

/// A decision, with the statements that apply where an engine tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The decision.
    pub decision: Decision,
    /// The statements that apply; nothing if the engine does not tell.
    pub statements: Option<Statements>,
}

/// The statements that apply to a request: in every layer that bears on it, Allow and Deny, whatever becomes of them.
///
/// To compare these and not only decisions finds a wrong match that another statement hides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statements {
    /// Those that apply for certain, sorted.
    pub applying: Vec<StatementPlace>,
    /// Those of which it hangs on a key that is not known, sorted.
    pub perhaps: Vec<StatementPlace>,
}

/// Where a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementPlace {
    /// Its layer.
    pub layer: Layer,
    /// The level of SCPs and RCPs, from the root; else 0.
    pub level: usize,
    /// The index of its policy in the layer or level.
    pub policy: usize,
    /// Its index in the policy.
    pub statement: usize,
}

impl From<Decision> for Verdict {
    fn from(decision: Decision) -> Self {
        Self { decision, statements: None }
    }
}

impl Verdict {
    /// Whether the verdicts differ in the decision, or in the statements if both tell them.
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
