//! The combination of layers as one pure function (rules 5.10 to 5.53).

use std::fmt;

use crate::principal::Grant;

/// The decision on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// The request is allowed.
    Allowed,
    /// A Deny statement applies.
    ExplicitDeny,
    /// A layer that must allow the request does not; or the request crosses partitions, a federated user has no session policy, or the steps
    /// of the decision ran out. [`crate::Reason`] says which.
    ImplicitDeny,
    /// The decision depends on the value of an unknown key, on which of several spellings of a key AWS takes, or on the reading if several
    /// readings are asked for. Never returned otherwise.
    Depends,
}

impl Decision {
    /// Every decision, in the order of their declaration.
    pub const ALL: [Self; 4] = [Self::Allowed, Self::ExplicitDeny, Self::ImplicitDeny, Self::Depends];

    /// The name in test vectors and in JSON output, such as `explicit_deny`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicit_deny",
            Self::ImplicitDeny => "implicit_deny",
            Self::Depends => "depends",
        }
    }

    /// Whether the request is certainly allowed.
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The relation of principal and resource. It decides whose policies are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
// No other variant: these are the cases of part 5 of the rules.
pub enum Relation {
    /// The principal has no account: only the resource's policies are asked (rules 5.13, 5.52).
    NoAccount,
    /// The principal's account owns the resource, or nothing owns it.
    SameAccount {
        /// Whether the resource policy must take part in the grant, as role trust and KMS key policies must (rule 5.23).
        needs_resource_policy: bool,
    },
    /// Another account owns the resource (rule 5.30).
    CrossAccount,
    /// The resource lies in another partition (rule 5.34).
    CrossPartition,
}

/// What each layer says. For a layer that does not exist or does not apply, the value is `true`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one answer for each layer; the truth table is over exactly these"
)]
pub struct Facts {
    /// A Deny statement applies in some layer.
    pub denied: bool,
    /// Identity policies allow.
    pub identity: bool,
    /// The boundary allows.
    pub boundary: bool,
    /// A session policy allows.
    pub session: bool,
    /// Every level of scope-down policies allows.
    pub scope: bool,
    /// How strongly the resource policy allows.
    pub resource: Grant,
    /// The VPC endpoint policy allows.
    pub vpc_endpoint: bool,
    /// Every level of SCPs allows.
    pub scp: bool,
    /// Every level of RCPs allows.
    pub rcp: bool,
}

/// The decision that follows from what the layers say. It is never [`Decision::Depends`].
pub const fn combine(facts: Facts, relation: Relation) -> Decision {
    if facts.denied {
        return Decision::ExplicitDeny;
    }
    let limits = facts.boundary && facts.session;
    let own = facts.identity && limits;
    let granted = match relation {
        Relation::CrossPartition => false,
        Relation::NoAccount => !matches!(facts.resource, Grant::None),
        Relation::CrossAccount => !matches!(facts.resource, Grant::None) && own,
        Relation::SameAccount { needs_resource_policy } => match facts.resource {
            Grant::Direct => true,
            Grant::Limited => limits,
            Grant::Account => own,
            Grant::None => own && !needs_resource_policy,
        },
    };
    if granted && facts.scope && facts.vpc_endpoint && facts.scp && facts.rcp {
        Decision::Allowed
    } else {
        Decision::ImplicitDeny
    }
}
