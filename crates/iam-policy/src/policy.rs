//! The typed model of a policy: the content of a document that has been read.

mod names;

use std::sync::Arc;

use iam_json::{LineIndex, Mode, Place, Position, Problem, Span, Spanned};

use crate::action::ActionElement;
use crate::code;
use crate::condition::Condition;
use crate::limits::Limits;
use crate::principal::PrincipalElement;
use crate::resource::ResourceElement;
use crate::size::Size;

/// The kind of a policy. It decides which elements a document may have, and how long it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyKind {
    /// Inline policy of a user, group or role.
    Identity,
    /// Customer managed policy, or any managed policy if it is not known whose it is.
    Managed,
    /// Permissions boundary: a managed policy that limits the principal it is attached to.
    Boundary,
    /// Inline session policy.
    Session,
    /// Resource-based policy of a bucket, queue, topic, …
    Resource,
    /// Trust policy of a role.
    Trust,
    /// Key policy of a KMS key.
    Kms,
    /// Service control policy.
    Scp,
    /// Resource control policy.
    Rcp,
    /// VPC endpoint policy.
    VpcEndpoint,
    /// Policy that AWS publishes. AWS does not hold its own policies to the quotas of customers.
    AwsManaged,
}

impl Policy {
    /// The finding that the inline policies of one role are longer together than AWS stores. `None` if they are not.
    ///
    /// The finding stands at the beginning of the last policy.
    ///
    /// # Source
    /// IAM User Guide, `reference_iam-quotas`: the quota is a sum, and white space is not counted.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::{Limits, Mode, Policy, PolicyKind};
    ///
    /// let text = format!(r#"{{"Statement": {{"Sid": "{}", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}}"#, "a".repeat(6_000));
    /// let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default())?;
    /// let sum = |count| Policy::beyond_role_quota(&vec![&policy; count], Mode::Strict, &Limits::default());
    /// assert!(sum(1).is_none());
    /// assert_eq!(sum(2).unwrap().code.name(), "INLINE_POLICIES_EXCEED_ROLE_QUOTA");
    /// # Ok::<(), iam_policy::Report>(())
    /// ```
    pub fn beyond_role_quota(inline: &[&Self], mode: Mode, limits: &Limits) -> Option<Problem> {
        let lengths = inline.iter().map(|policy| policy.size.characters_without_white_space);
        let sum = lengths.fold(0_usize, usize::saturating_add);
        let last = inline.last().filter(|_| sum > limits.inline_policy_characters)?;
        let found = format!("{sum} characters in {} policies, white space not counted", inline.len());
        let most = limits.inline_policy_characters;
        let help = format!(
            "a role holds at most {most} in all its inline policies; move some into a managed policy"
        );
        let place = Place::new(String::new(), Span::new(0, 1));
        Some(Problem::new(mode, code::INLINE_POLICIES_EXCEED_ROLE_QUOTA, place, found, help, &last.lines))
    }
}

impl PolicyKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Identity,
        Self::Managed,
        Self::Boundary,
        Self::Session,
        Self::Resource,
        Self::Trust,
        Self::Kms,
        Self::Scp,
        Self::Rcp,
        Self::VpcEndpoint,
        Self::AwsManaged,
    ];

    /// The name of the kind in test vectors and on the command line, such as `vpc_endpoint`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Managed => "managed",
            Self::AwsManaged => "aws_managed",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::Resource => "resource",
            Self::Trust => "trust",
            Self::Kms => "kms",
            Self::Scp => "scp",
            Self::Rcp => "rcp",
            Self::VpcEndpoint => "vpc_endpoint",
        }
    }

    /// The kind with this name. `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind with its article, for messages.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Identity => "an identity policy",
            Self::Managed => "a managed policy",
            Self::AwsManaged => "an AWS managed policy",
            Self::Boundary => "a permissions boundary",
            Self::Session => "a session policy",
            Self::Resource => "a resource-based policy",
            Self::Trust => "a role trust policy",
            Self::Kms => "a KMS key policy",
            Self::Scp => "a service control policy",
            Self::Rcp => "a resource control policy",
            Self::VpcEndpoint => "a VPC endpoint policy",
        }
    }

    /// Whether statements of this kind of policy name principals (rule 1.13).
    pub const fn names_principals(self) -> bool {
        match self {
            Self::Resource | Self::Trust | Self::Kms | Self::Rcp | Self::VpcEndpoint => true,
            Self::Identity
            | Self::Managed
            | Self::AwsManaged
            | Self::Boundary
            | Self::Session
            | Self::Scp => false,
        }
    }
}

/// The version of the policy language (rules 1.5, 1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// No `Version` element. It means the same as 2008-10-17.
    Missing,
    /// `2008-10-17`: variables are plain text.
    V2008,
    /// `2012-10-17`
    V2012,
}

impl Version {
    /// The text of the element. `None` for [`Version::Missing`].
    pub const fn text(self) -> Option<&'static str> {
        match self {
            Self::Missing => None,
            Self::V2008 => Some("2008-10-17"),
            Self::V2012 => Some("2012-10-17"),
        }
    }

    /// Whether `${...}` is a variable.
    pub const fn has_variables(self) -> bool {
        matches!(self, Self::V2012)
    }
}

/// `Allow` or `Deny`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

impl Effect {
    /// The text of the element.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// A policy that has been read, or made in a program.
///
/// Two policies are equal if their documents say the same, whatever the places and the notation: `"a"` equals `["a"]`, `10` equals `"10"`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Policy {
    /// The kind of policy that it was read as.
    pub kind: PolicyKind,
    /// The version of the policy language.
    pub version: Version,
    /// The `Id`. It has no effect on decisions.
    pub id: Option<Spanned<Box<str>>>,
    /// The statements, in order.
    pub statements: Vec<Statement>,
    /// The length of the document.
    pub size: Size,
    /// Problems that did not refuse the document, in the order of the text.
    pub findings: Vec<Problem>,
    pub(crate) lines: Arc<LineIndex>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// The place of the statement in the document.
    pub place: Spanned<()>,
    /// The `Sid`. It has no effect on decisions.
    pub sid: Option<Spanned<Box<str>>>,
    /// Whether the statement allows or denies.
    pub effect: Spanned<Effect>,
    /// The principals that the statement applies to. `None` in policies that are attached to principals.
    pub principal: Option<PrincipalElement>,
    /// The actions that the statement applies to.
    pub action: ActionElement,
    /// The resources that the statement applies to. `None` stands for the resource that the policy is attached to.
    pub resource: Option<ResourceElement>,
    /// The tests of its `Condition`: all must be true.
    pub conditions: Vec<Condition>,
}

impl Statement {
    /// The names of its elements.
    pub const ELEMENTS: [&'static str; 9] = [
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
}

impl Policy {
    /// The policy with these statements instead of its own, such as some of them. Places are those of the document that was read.
    #[must_use]
    pub fn with_only(&self, statements: Vec<Statement>) -> Self {
        Self {
            kind: self.kind,
            version: self.version,
            id: self.id.clone(),
            statements,
            size: self.size,
            findings: Vec::new(),
            lines: Arc::clone(&self.lines),
        }
    }

    /// The line and column of a byte of the document that was read.
    pub fn position(&self, offset: u32) -> Position {
        self.lines.position(offset)
    }

    /// The line and column where a span of the document begins.
    pub fn position_of(&self, span: Span) -> Position {
        self.lines.position(span.start)
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.version == other.version
            && self.id == other.id
            && self.statements == other.statements
    }
}

impl Eq for Policy {}
