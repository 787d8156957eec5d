//! Statements described for people, by policy and Sid.

use std::fmt;

use iam_eval::{Layer, PolicyRef, StatementRef};
use iam_policy::{Position, Statement};

use crate::managed::NamedPolicy;
use crate::profile::Profile;
use crate::snapshot::RoleSnapshot;

/// A statement described for people. Displays as `policy/Sid`, or as `policy#number` if it has no Sid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct DecidingStatement {
    /// The layer of its policy: [`Layer::Identity`] is the role.
    pub layer: Layer,
    /// The policy's name.
    pub policy: Box<str>,
    /// Its Sid; `None` if it has none or an empty one.
    pub sid: Option<Box<str>>,
    /// The number of the statement in its policy, counted from 1.
    pub number: usize,
    /// Where it begins in the document.
    pub position: Position,
}

impl fmt::Display for DecidingStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sid {
            Some(sid) => write!(f, "{}/{sid}", self.policy),
            None => write!(f, "{}#{}", self.policy, self.number),
        }
    }
}

/// The named policies of role, boundary and session, in the same order as in the layers of the session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Documents<'p> {
    role: &'p RoleSnapshot,
    profile: &'p Profile,
}

impl<'p> Documents<'p> {
    pub(crate) const fn new(role: &'p RoleSnapshot, profile: &'p Profile) -> Self {
        Self { role, profile }
    }

    fn policy(self, at: PolicyRef) -> Option<&'p NamedPolicy> {
        let policies: &[NamedPolicy] = match at.layer {
            Layer::Identity => self.role.policies(),
            Layer::Boundary => self.role.boundary().map(std::slice::from_ref).unwrap_or_default(),
            Layer::Session => self.profile.policies(),
            Layer::Scope | Layer::Resource | Layer::VpcEndpoint | Layer::Scp | Layer::Rcp => {
                return None;
            }
        };
        policies.get(at.index)
    }

    /// The statement at a place; `None` if the place is not in a policy of role, boundary or session.
    pub(crate) fn statement(self, at: StatementRef) -> Option<&'p Statement> {
        self.policy(at.policy)?.policy().statements.get(at.index)
    }

    /// Describes statements by policy and Sid.
    pub(crate) fn describe(
        self,
        statements: impl IntoIterator<Item = StatementRef>,
    ) -> Vec<DecidingStatement> {
        statements.into_iter().filter_map(|at| self.described(at)).collect()
    }

    fn described(self, at: StatementRef) -> Option<DecidingStatement> {
        let (named, statement) = (self.policy(at.policy)?, self.statement(at)?);
        Some(DecidingStatement {
            layer: at.policy.layer,
            policy: named.name().into(),
            sid: statement.sid.as_ref().map(|sid| sid.value.clone()).filter(|sid| !sid.is_empty()),
            number: at.index.saturating_add(1),
            position: named.policy().position_of(statement.place.span),
        })
    }
}

/// Statements described by policy and `Sid`, as far as they are in a policy of the role, its boundary, or the profile.
///
/// The places are those in the layers of [`session_layers`](crate::session_layers).
pub fn described(
    role: &RoleSnapshot,
    profile: &Profile,
    statements: impl IntoIterator<Item = StatementRef>,
) -> Vec<DecidingStatement> {
    Documents::new(role, profile).describe(statements)
}
