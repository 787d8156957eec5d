//! Decision cases as values. Generators make them, laws change them, and shrinking reduces them.
//!
//! A case has the content of a case in the vector format, with owned texts and without the members that describe a vector.
//! [`Case::to_json`] writes it in that format.

mod render;
mod shrink;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use render::write_string;
pub use render::{Spelling, document_text};
pub use shrink::shrink;
#[cfg(feature = "proptest")]
pub(crate) use shrink::smaller;

use crate::format::Held;

/// A text of a case. Most texts are constants.
pub type Text = Cow<'static, str>;

/// A request and the policies that apply to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The request.
    pub request: Request,
    /// The policies by layer and level. All layers except SCPs and RCPs have one level. A layer without entry does not exist.
    ///
    /// A case shares its documents with the cases that laws make from it, so that an engine may recognize a document by its address.
    pub policies: BTreeMap<Layer, Vec<Vec<Arc<Document>>>>,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The principal that makes the request.
    pub principal: Caller,
    /// The requested action, such as `s3:GetObject`.
    pub action: Text,
    /// The resource: an ARN, or `*`.
    pub resource: Text,
    /// The account that owns the resource. `None` if the case does not state it.
    pub resource_account: Option<Text>,
    /// The kind of the resource.
    pub resource_kind: ResourceKind,
    /// The condition keys with their values.
    pub context: Vec<(Text, Held)>,
    /// The condition keys whose values are not known.
    pub unknown: Vec<Text>,
}

/// The principal that makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the members are those of the vector format")]
pub enum Caller {
    /// An IAM user.
    IamUser { arn: Text, account: Text },
    /// A session of a role.
    AssumedRole { arn: Text, role_arn: Text, account: Text, service_linked: bool },
    /// A session of `GetFederationToken`.
    FederatedUser { arn: Text, user_arn: Text, account: Text },
    /// The root user of an account.
    Root { arn: Text, account: Text },
    /// An AWS service.
    AwsService { service: Text },
    /// The caller of `AssumeRoleWithWebIdentity`.
    WebIdentity { provider: Text },
    /// The caller of `AssumeRoleWithSAML`.
    Saml { provider: Text },
    /// A caller without credentials.
    Anonymous,
}

/// The kind of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// `generic`
    Generic,
    /// `iam_role_trust`: the resource is a role, and its policy is the trust policy.
    IamRoleTrust,
    /// `kms_key`: the resource is a key, and its policy is the key policy.
    KmsKey,
}

/// One kind of policy in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Identity policies.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
    /// The scope-down policies of scoped credentials.
    Scope,
    /// The resource-based policy.
    Resource,
    /// The VPC endpoint policy.
    VpcEndpoint,
    /// Service control policies.
    Scp,
    /// Resource control policies.
    Rcp,
}

/// A policy document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Whether the version is `2012-10-17`, which has variables. Otherwise it is `2008-10-17`.
    pub variables: bool,
    /// Its statements.
    pub statements: Vec<Statement>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Whether the statement allows. Otherwise it denies.
    pub allow: bool,
    /// The principals that the statement names, in layers whose statements name principals.
    pub principal: Principals,
    /// `Action` or `NotAction`.
    pub action: Names,
    /// `Resource` or `NotResource`. `None` in trust policies.
    pub resource: Option<Names>,
    /// The tests of its condition. No two tests have the same operator and key.
    pub conditions: Vec<Test>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principals {
    /// `"*"`
    Everyone,
    /// Names with their kind: `AWS`, `Service` or `Federated`.
    Listed {
        /// Whether the element is `NotPrincipal`.
        not: bool,
        /// Each kind with a name.
        names: Vec<(&'static str, Text)>,
    },
}

/// An element with patterns, in its plain or its `Not` form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// Whether the element has the `Not` form.
    pub not: bool,
    /// The patterns.
    pub list: Vec<Text>,
}

/// One test of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The operator with set operator and `IfExists`, as in a policy.
    pub operator: Text,
    /// The condition key.
    pub key: Text,
    /// The values in the policy.
    pub values: Vec<Text>,
}

impl Layer {
    /// Every layer.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Boundary,
        Self::Session,
        Self::Scope,
        Self::Resource,
        Self::VpcEndpoint,
        Self::Scp,
        Self::Rcp,
    ];

    /// The name of the layer's member in `policies` of the vector format.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::Scope => "scope",
            Self::Resource => "resource",
            Self::VpcEndpoint => "vpc_endpoint",
            Self::Scp => "scp",
            Self::Rcp => "rcp",
        }
    }

    /// The layer with this name. `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.name() == name)
    }

    /// Whether statements of the layer name principals (rule 1.13).
    pub const fn names_principals(self) -> bool {
        matches!(self, Self::Resource | Self::VpcEndpoint | Self::Rcp)
    }

    /// Whether the layer has levels.
    pub const fn has_levels(self) -> bool {
        matches!(self, Self::Scope | Self::Scp | Self::Rcp)
    }
}

impl Caller {
    /// The caller's account. `None` if the caller has none.
    pub const fn account(&self) -> Option<&Text> {
        match self {
            Self::IamUser { account, .. }
            | Self::AssumedRole { account, .. }
            | Self::FederatedUser { account, .. }
            | Self::Root { account, .. } => Some(account),
            Self::AwsService { .. } | Self::WebIdentity { .. } | Self::Saml { .. } | Self::Anonymous => None,
        }
    }

    /// The caller's ARN. `None` if the caller has none.
    pub const fn arn(&self) -> Option<&Text> {
        match self {
            Self::IamUser { arn, .. }
            | Self::AssumedRole { arn, .. }
            | Self::FederatedUser { arn, .. }
            | Self::Root { arn, .. } => Some(arn),
            Self::AwsService { .. } | Self::WebIdentity { .. } | Self::Saml { .. } | Self::Anonymous => None,
        }
    }

    /// Whether the caller is the session of a service-linked role.
    pub const fn is_service_linked(&self) -> bool {
        matches!(self, Self::AssumedRole { service_linked: true, .. })
    }
}

/// The partition of an ARN. `None` if the text is not an ARN.
pub(crate) fn partition(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').next()
}

impl Names {
    /// An element with one pattern.
    pub fn one(pattern: impl Into<Text>) -> Self {
        Self { not: false, list: vec![pattern.into()] }
    }
}

impl Statement {
    /// A statement for every action, resource and principal.
    pub fn plain(allow: bool) -> Self {
        Self {
            allow,
            principal: Principals::Everyone,
            action: Names::one("*"),
            resource: Some(Names::one("*")),
            conditions: Vec::new(),
        }
    }
}

impl Document {
    /// A document of the current version.
    pub fn of(statements: Vec<Statement>) -> Arc<Self> {
        Arc::new(Self { variables: true, statements })
    }
}

impl Case {
    /// Every document with its layer, in order.
    pub fn documents(&self) -> impl Iterator<Item = (Layer, &Document)> {
        self.policies.iter().flat_map(|(layer, levels)| levels.iter().flatten().map(|d| (*layer, &**d)))
    }

    /// As [`Case::documents`], with mutable documents.
    pub fn documents_mut(&mut self) -> impl Iterator<Item = (Layer, &mut Document)> {
        let documents = |(layer, levels): (&Layer, _)| (*layer, levels);
        self.policies.iter_mut().map(documents).flat_map(
            |(layer, levels): (Layer, &mut Vec<Vec<Arc<Document>>>)| {
                levels.iter_mut().flatten().map(move |document| (layer, Arc::make_mut(document)))
            },
        )
    }

    /// The document with this number in the order of [`Case::documents`].
    ///
    /// It is no longer shared and may be changed.
    pub fn document_mut(&mut self, number: usize) -> Option<&mut Document> {
        self.policies.values_mut().flatten().flatten().nth(number).map(Arc::make_mut)
    }

    /// Every statement with its layer, in order.
    pub fn statements_mut(&mut self) -> impl Iterator<Item = (Layer, &mut Statement)> {
        self.documents_mut().flat_map(|(layer, d)| d.statements.iter_mut().map(move |s| (layer, s)))
    }

    /// Whether the request is answered whatever the policies of principal and resource say (rule 5.55).
    pub fn needs_no_permission(&self) -> bool {
        let is_signed = match self.request.principal {
            Caller::IamUser { .. }
            | Caller::AssumedRole { .. }
            | Caller::FederatedUser { .. }
            | Caller::Root { .. }
            | Caller::AwsService { .. } => true,
            Caller::Anonymous | Caller::WebIdentity { .. } | Caller::Saml { .. } => false,
        };
        is_signed && self.request.action.eq_ignore_ascii_case("sts:GetCallerIdentity")
    }

    /// Whether the request has a key in two spellings that differ in ASCII case (rule 4.5).
    pub fn has_key_twice(&self) -> bool {
        let context = &self.request.context;
        let is_again = |(at, (key, _)): (usize, &(Text, Held))| {
            context.iter().take(at).any(|(other, _)| other.eq_ignore_ascii_case(key))
        };
        context.iter().enumerate().any(is_again)
    }

    /// Whether a layer applies to the request (rules 5.13, 5.40, 5.41, 5.55).
    pub fn bears(&self, layer: Layer) -> bool {
        let (principal, action) = (&self.request.principal, &self.request.action);
        if self.needs_no_permission() {
            return layer == Layer::VpcEndpoint;
        }
        match layer {
            Layer::Identity | Layer::Boundary | Layer::Session | Layer::Scope => {
                principal.account().is_some()
            }
            Layer::Scp => principal.account().is_some() && !principal.is_service_linked(),
            Layer::Rcp => !principal.is_service_linked() && !action.eq_ignore_ascii_case("kms:RetireGrant"),
            Layer::Resource | Layer::VpcEndpoint => true,
        }
    }

    /// The account that owns the resource: the stated one, or the one in the resource's ARN (rule 7.38).
    ///
    /// `None` if neither is there.
    pub fn owner(&self) -> Option<&str> {
        let in_arn = || self.request.resource.split(':').nth(4).filter(|account| account.len() == 12);
        self.request.resource_account.as_deref().or_else(in_arn)
    }

    /// Whether caller and resource are known to be in different partitions (rule 5.34).
    pub fn is_cross_partition(&self) -> bool {
        match (self.request.principal.arn().and_then(|arn| partition(arn)), partition(&self.request.resource))
        {
            (Some(own), Some(other)) => own != other,
            (None, _) | (_, None) => false,
        }
    }

    /// Whether caller and resource are in different accounts (rule 5.13).
    pub fn is_cross_account(&self) -> bool {
        match (self.request.principal.account(), self.owner()) {
            (Some(own), Some(owner)) => own != owner,
            (None, _) | (_, None) => false,
        }
    }
}
