//! The typed model of a policy: the content of a document that has been read.

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

/// The kind of a policy. It decides which elements a document may have, and how long it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyKind {
    /// Inline policy of a user, group or role.
    Identity,
    /// Customer managed policy, or an AWS managed one.
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

    /// The name of the kind in test vectors and on the command line, such as `vpc_endpoint`.
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

    /// The kind with this name. `None` if there is none.
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

    /// Whether statements of this kind of policy name principals (rule 1.13).
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

impl Policy {
    /// Reads a document.
    ///
    /// # Errors
    /// If a problem refuses the document, the report has all problems that were found, in the order of the text. `CODES.md` lists their
    /// codes.
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

    /// Reads a policy that is a value inside a larger document.
    ///
    /// Places refer to the larger document. The limits on bytes and the quotas apply to the value's own text.
    ///
    /// # Errors
    /// As [`Policy::parse`]. Duplicate members of the larger document outside the value are not reported; the caller must refuse them.
    pub fn from_value(
        value: Value<'_>,
        kind: PolicyKind,
        mode: Mode,
        limits: &Limits,
        lines: &Arc<LineIndex>,
    ) -> Result<Self, Report> {
        read::policy(value, kind, mode, limits, lines)
    }

    /// The policy as canonical JSON: minified, elements in the order of the IAM grammar, and a list of one value as that value.
    ///
    /// Reading the text in the same mode yields an equal policy, unless the text exceeds a limit. The text can be longer than the one that
    /// was read: numbers get quotation marks, and characters may become escapes.
    pub fn to_json(&self) -> String {
        print::policy(self)
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

/// Writes canonical JSON; see [`Policy::to_json`]. `{:#}` writes it for people: each member and each item has a line of its own.
///
/// # Examples
/// ```
/// let text = format!("{:#}", iam_policy::Policy::everything());
/// assert_eq!(
///     text,
///     r#"{
///   "Version": "2012-10-17",
///   "Statement": [
///     {
///       "Effect": "Allow",
///       "Action": "*",
///       "Resource": "*"
///     }
///   ]
/// }"#
/// );
/// ```
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&if f.alternate() { print::laid_out(self) } else { print::policy(self) })
    }
}

/// Writes canonical JSON: the text of the statement in [`Policy::to_json`].
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
