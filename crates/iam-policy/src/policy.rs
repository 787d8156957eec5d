//! The typed model of a policy: what a document says once it has been read.

mod names;

use std::fmt;
use std::sync::Arc;

use iam_json::{Document, LineIndex, Mode, Position, Problem, Report, Span, Spanned, Value};

use crate::action::ActionElement;
use crate::condition::Condition;
use crate::principal::PrincipalElement;
use crate::resource::ResourceElement;
use crate::size::Size;
use crate::{limits::Limits, print, read};

/// What kind of policy a document is: it decides which elements belong into it, and how large it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyKind {
    /// Inline policy of a user, group or role.
    Identity,
    /// Customer managed policy, or an AWS managed one.
    Managed,
    /// Permissions boundary: a managed policy in another place.
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
}

impl PolicyKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
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
    ];

    /// The name used in test vectors and on the command line, such as `vpc_endpoint`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Managed => "managed",
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

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind with its article, for messages.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Identity => "an identity policy",
            Self::Managed => "a managed policy",
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

    /// Whether its statements name principals (rule 1.13).
    pub const fn names_principals(self) -> bool {
        match self {
            Self::Resource | Self::Trust | Self::Kms | Self::Rcp | Self::VpcEndpoint => true,
            Self::Identity | Self::Managed | Self::Boundary | Self::Session | Self::Scp => false,
        }
    }
}

/// The version of the policy language (rules 1.5, 1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// No `Version` element; means what 2008-10-17 means.
    Missing,
    /// `2008-10-17`: variables are plain text.
    V2008,
    /// `2012-10-17`
    V2012,
}

impl Version {
    /// The text of the element, if there is one.
    pub const fn text(self) -> Option<&'static str> {
        match self {
            Self::Missing => None,
            Self::V2008 => Some("2008-10-17"),
            Self::V2012 => Some("2012-10-17"),
        }
    }

    /// Whether `${...}` stands for a value.
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
    /// The element's text.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// A policy that has been read.
///
/// Equality compares what the documents say, not where or how they say it: `"a"` equals `["a"]`, `10` equals `"10"`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Policy {
    /// What kind of policy it was read as.
    pub kind: PolicyKind,
    /// Its version.
    pub version: Version,
    /// Its `Id`; no effect on decisions.
    pub id: Option<Spanned<Box<str>>>,
    /// Its statements, in order.
    pub statements: Vec<Statement>,
    /// How long the document is.
    pub size: Size,
    /// What is worth knowing about it, in the order of the text; none of it refused the document.
    pub findings: Vec<Problem>,
    pub(crate) lines: Arc<LineIndex>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// Where it stands.
    pub place: Spanned<()>,
    /// Its `Sid`; no effect on decisions.
    pub sid: Option<Spanned<Box<str>>>,
    /// Whether it allows or denies.
    pub effect: Spanned<Effect>,
    /// Whom it is about; nothing in policies that are attached to principals.
    pub principal: Option<PrincipalElement>,
    /// The actions it is about.
    pub action: ActionElement,
    /// The resources it is about; nothing means the resource that the policy is attached to.
    pub resource: Option<ResourceElement>,
    /// The tests of its `Condition`: all must be true.
    pub conditions: Vec<Condition>,
}

impl Policy {
    /// Reads a document.
    ///
    /// # Errors
    /// Every problem that was found, in the order of the text, if one of them refuses the document. See `CODES.md`.
    ///
    /// # Limits
    /// All of [`Limits`].
    ///
    /// # Cost
    /// Linear in the length of the text.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::{Effect, Limits, Mode, Policy, PolicyKind};
    ///
    /// let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}"#;
    /// let policy = Policy::parse(text, PolicyKind::Session, Mode::Strict, &Limits::default())?;
    /// assert_eq!(policy.statements[0].effect.value, Effect::Deny);
    ///
    /// let refused = Policy::parse(&text.replace("Deny", "deny"), PolicyKind::Session, Mode::Strict, &Limits::default());
    /// assert_eq!(refused.unwrap_err().problems()[0].code.name(), "INVALID_EFFECT");
    /// # Ok::<(), iam_policy::Report>(())
    /// ```
    pub fn parse(text: &str, kind: PolicyKind, mode: Mode, limits: &Limits) -> Result<Self, Report> {
        let document = Document::parse(text, limits)?;
        let lines = Arc::new(document.lines());
        read::policy(document.root(), kind, mode, limits, &lines)
    }

    /// Reads a policy that is a value inside a larger document. Places are those of the larger document; the limits on bytes and
    /// quotas apply to the value's own text.
    ///
    /// # Errors
    /// As [`Policy::parse`]. Duplicate members anywhere in the larger document are the caller's to refuse.
    pub fn from_value(
        value: Value<'_>,
        kind: PolicyKind,
        mode: Mode,
        limits: &Limits,
        lines: &Arc<LineIndex>,
    ) -> Result<Self, Report> {
        read::policy(value, kind, mode, limits, lines)
    }

    /// The document in canonical form: minified, elements in the order of the IAM grammar, a list of one value as that value.
    ///
    /// Reading it in the same mode yields an equal policy, with limits that leave room for it: numbers gain quotation marks, and characters
    /// may become escapes.
    pub fn to_json(&self) -> String {
        print::policy(self)
    }

    /// Line and column of a byte of the document that was read.
    pub fn position(&self, offset: u32) -> Position {
        self.lines.position(offset)
    }

    /// Line and column where something begins.
    pub fn position_of(&self, span: Span) -> Position {
        self.lines.position(span.start)
    }
}

/// Canonical JSON; see [`Policy::to_json`].
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

/// Canonical JSON: what stands for the statement in [`Policy::to_json`].
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print::statement(self))
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
