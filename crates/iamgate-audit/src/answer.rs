//! What a plan says about one action.

use std::sync::Arc;

use iamgate::iam_eval::StatementRef;
use iamgate::{Layer, Principal, Request};

/// Whether the plan allows something, over all values of what is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Says {
    /// It is denied for every value, under every reading of the rules that the evidence about AWS leaves open.
    Denied,
    /// It hangs on the value, or nobody found out.
    Depends,
    /// It is allowed for every value, under the first reading of the rules, by which plans are made.
    Allowed,
}

impl Says {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Depends => "depends",
            Self::Allowed => "allowed",
        }
    }

    /// All of these are needed: one that is denied denies. Of nothing, it is allowed.
    pub(crate) fn all(each: impl IntoIterator<Item = Self>) -> Self {
        each.into_iter().min().unwrap_or(Self::Allowed)
    }

    /// One of these is enough. Of nothing, it is denied.
    pub(crate) fn any(each: impl IntoIterator<Item = Self>) -> Self {
        each.into_iter().max().unwrap_or(Self::Denied)
    }

    /// One of these is what AWS asked, and it is not known which. Of nothing, it depends.
    pub(crate) fn one_of(each: impl IntoIterator<Item = Self>) -> Self {
        let mut each = each.into_iter();
        let Some(first) = each.next() else { return Self::Depends };
        if each.all(|own| own == first) { first } else { Self::Depends }
    }

    /// The same, of something that AWS may not have asked: its denial does not deny.
    pub(crate) const fn if_asked(self) -> Self {
        match self {
            Self::Denied | Self::Depends => Self::Depends,
            Self::Allowed => Self::Allowed,
        }
    }
}

/// What is missing to an answer: of what is unknown, that for which some statement about the action asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Missing {
    /// The resource, or a part of it.
    Resource,
    /// The values of the keys in [`Answer::keys`].
    Key,
    /// The policy of the resource, which may grant what the policies of the role do not.
    ResourcePolicy,
    /// The evidence about AWS leaves two readings of a rule open.
    Reading,
    /// The analysis gave no answer: the question was too large, or variables make keys hang on each other.
    Undecided,
}

impl Missing {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Key => "condition_key",
            Self::ResourcePolicy => "resource_policy",
            Self::Reading => "reading",
            Self::Undecided => "undecided",
        }
    }
}

/// What the plan says about one action on some resource, with the reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The answer.
    pub says: Says,
    /// The statements that bring it about: the Allow statements or the Deny statements that apply. Empty for a denial because nothing
    /// allows, and where it depends.
    pub deciding: Vec<StatementRef>,
    /// For a denial without a Deny statement: the layers that would have to allow, and do not.
    pub silent: Vec<Layer>,
    /// Where it depends, what is missing.
    pub missing: Vec<Missing>,
    /// Where it depends, the unknown keys for which statements about the action ask.
    pub keys: Vec<Box<str>>,
    /// Where it depends, a request that the plan allows and one that it denies, as far as they are known.
    pub examples: Option<Box<(Option<Request>, Option<Request>)>>,
}

impl Answer {
    /// The same answer about requests by another session of the role: it is the one that examples name.
    pub(crate) fn by(own: Arc<Self>, principal: &Principal) -> Arc<Self> {
        let is_by =
            |request: &Option<Request>| request.as_ref().is_none_or(|own| own.principal == *principal);
        if own.examples.as_deref().is_none_or(|(allowed, denied)| is_by(allowed) && is_by(denied)) {
            return own;
        }
        let mut other = Self::clone(&own);
        if let Some((allowed, denied)) = other.examples.as_deref_mut() {
            for request in [allowed, denied].into_iter().flatten() {
                request.principal.clone_from(principal);
            }
        }
        Arc::new(other)
    }

    /// An answer without reasons.
    pub(crate) const fn new(says: Says) -> Self {
        Self {
            says,
            deciding: Vec::new(),
            silent: Vec::new(),
            missing: Vec::new(),
            keys: Vec::new(),
            examples: None,
        }
    }
}
