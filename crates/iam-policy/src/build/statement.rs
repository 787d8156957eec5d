//! Statements by family: each type belongs into every policy of its family.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::{Conditions, check};
use crate::action::ActionElement;
use crate::arn::{AccountId, Literal, RoleArn, SessionArn};
use crate::code;
use crate::error::BuildError;
use crate::policy::{Effect, PolicyKind, Statement};
use crate::principal::{NamedPrincipal, PrincipalElement, PrincipalError, Principals};
use crate::resource::ResourceElement;
use iam_json::Spanned;
use iam_json::quoted;

/// A `Sid` as IAM accepts it: one or more letters and digits (rule 1.9).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid(Cow<'static, str>);

impl Sid {
    #[doc(hidden)]
    pub const fn literal(text: &'static str) -> Option<Literal<Self>> {
        if is_sid(text) { Some(Literal::new(text)) } else { None }
    }

    #[doc(hidden)]
    pub const fn constant(literal: Literal<Self>) -> Self {
        Self(Cow::Borrowed(literal.text()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Sid {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Self, BuildError> {
        if is_sid(text) {
            return Ok(Self(Cow::Owned(text.to_owned())));
        }
        let code = if text.is_empty() { code::EMPTY_SID_VALUE } else { code::UNSUPPORTED_SID };
        Err(BuildError::new(code, quoted(text)))
    }
}

const fn is_sid(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        if !first.is_ascii_alphanumeric() {
            return false;
        }
        rest = behind;
    }
    !text.is_empty()
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Makes a [`Sid`](crate::Sid) from a literal. A literal that is not a `Sid` does not compile.
#[macro_export]
macro_rules! sid {
    ($text:expr) => {
        const {
            match $crate::Sid::literal($text) {
                Some(sid) => $crate::Sid::constant(sid),
                // INVARIANT (compile time): this is evaluated when the caller is compiled, and never runs.
                None => panic!("a Sid is letters and digits"),
            }
        }
    };
}

/// A statement for policies without a principal element. It names resources.
///
/// Such policies are attached to principals or, as service control policies, to accounts.
///
/// # Examples
/// ```
/// use iam_policy::{ActionElement, ConditionKey, Conditions, IdentityStatement, Policy, sid};
///
/// let tag: ConditionKey = "aws:PrincipalTag/team".parse()?;
/// let deny = IdentityStatement::deny(ActionElement::all_but(["s3:*".parse()?]), "*".parse()?)
///     .with_sid(sid!("OnlyS3"))
///     .when(Conditions::is_present(&tag));
/// assert_eq!(
///     deny.to_string(),
///     r#"{"Sid":"OnlyS3","Effect":"Deny","NotAction":"s3:*","Resource":"*","Condition":{"Null":{"aws:PrincipalTag/team":"false"}}}"#
/// );
/// # Ok::<(), iam_policy::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityStatement(Statement);

impl IdentityStatement {
    /// A statement of that effect about these actions on these resources.
    pub fn new(effect: Effect, actions: ActionElement, resources: ResourceElement) -> Self {
        Self(made(effect, None, actions, Some(resources)))
    }

    /// A statement that allows these actions on these resources.
    pub fn allow(actions: ActionElement, resources: ResourceElement) -> Self {
        Self::new(Effect::Allow, actions, resources)
    }

    /// A statement that denies these actions on these resources.
    pub fn deny(actions: ActionElement, resources: ResourceElement) -> Self {
        Self::new(Effect::Deny, actions, resources)
    }

    /// A statement that applies to no action.
    pub(super) fn about_nothing() -> Self {
        Self::deny(ActionElement::none(), ResourceElement::any())
    }
}

/// A statement for resource-based policies. It names principals.
///
/// It also names resources, unless it applies to the resource that the policy is attached to.
///
/// # Examples
/// ```
/// use iam_policy::{Grantees, ResourceStatement, RoleArn};
///
/// let role: RoleArn = "arn:aws:iam::111122223333:role/Reader".parse()?;
/// let reader = Grantees::try_from(&role)?;
/// let allow = ResourceStatement::allow(reader, "sqs:ReceiveMessage".parse()?, "*".parse()?);
/// assert_eq!(
///     allow.to_string(),
///     r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/Reader"},"Action":"sqs:ReceiveMessage","Resource":"*"}"#
/// );
/// let deny = ResourceStatement::deny(Grantees::everyone(), "ecr:*".parse()?, "*".parse()?).without_resource();
/// assert_eq!(deny.to_string(), r#"{"Effect":"Deny","Principal":"*","Action":"ecr:*"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceStatement(Statement);

impl ResourceStatement {
    /// A statement of that effect about these principals, actions and resources.
    pub fn new(
        effect: Effect,
        principals: impl Into<Grantees>,
        actions: ActionElement,
        resources: ResourceElement,
    ) -> Self {
        let principals = PrincipalElement::Principal(principals.into().0);
        Self(made(effect, Some(principals), actions, Some(resources)))
    }

    /// A statement that allows these principals these actions on these resources.
    pub fn allow(
        principals: impl Into<Grantees>,
        actions: ActionElement,
        resources: ResourceElement,
    ) -> Self {
        Self::new(Effect::Allow, principals, actions, resources)
    }

    /// A statement that denies these principals these actions on these resources.
    pub fn deny(principals: impl Into<Grantees>, actions: ActionElement, resources: ResourceElement) -> Self {
        Self::new(Effect::Deny, principals, actions, resources)
    }

    /// A statement that denies everybody except these principals these actions on these resources (`NotPrincipal`).
    ///
    /// # Errors
    /// The principals are empty or everyone.
    pub fn deny_all_but(
        principals: impl Into<Grantees>,
        actions: ActionElement,
        resources: ResourceElement,
    ) -> Result<Self, BuildError> {
        let principals = PrincipalElement::NotPrincipal(principals.into().0);
        let statement = made(Effect::Deny, Some(principals), actions, Some(resources));
        check::statement(statement, PolicyKind::Resource).map(Self)
    }

    /// The statement without its resource element: it applies to the resource that the policy is attached to.
    #[must_use]
    pub fn without_resource(self) -> Self {
        Self(Statement { resource: None, ..self.0 })
    }

    /// A statement that applies to no action.
    pub(super) fn about_nothing() -> Self {
        Self::deny(Grantees::everyone(), ActionElement::none(), ResourceElement::any())
    }
}

/// A statement for the trust policy of a role: it says who may assume the role.
///
/// # Examples
/// ```
/// use iam_policy::{Policy, PolicyKind, NamedPrincipal, TrustStatement};
///
/// let ec2 = NamedPrincipal::parse_service("ec2.amazonaws.com")?;
/// let policy = Policy::new(PolicyKind::Trust, [TrustStatement::allow([ec2], "sts:AssumeRole".parse()?)])?;
/// assert_eq!(
///     policy.statements[0].to_string(),
///     r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustStatement(Statement);

impl TrustStatement {
    /// A statement that allows these principals these actions.
    pub fn allow(principals: impl IntoIterator<Item = NamedPrincipal>, actions: ActionElement) -> Self {
        Self::new(Effect::Allow, principals, actions)
    }

    /// A statement that denies these principals these actions.
    pub fn deny(principals: impl IntoIterator<Item = NamedPrincipal>, actions: ActionElement) -> Self {
        Self::new(Effect::Deny, principals, actions)
    }

    fn new(
        effect: Effect,
        principals: impl IntoIterator<Item = NamedPrincipal>,
        actions: ActionElement,
    ) -> Self {
        let entries = principals.into_iter().map(Spanned::placeless).collect();
        let principals = PrincipalElement::Principal(Principals::Entries(entries));
        Self(made(effect, Some(principals), actions, None))
    }
}

/// The principals that a statement of a resource-based policy names: everyone, or a list.
///
/// The list has no identity providers, because callers that an identity provider has authenticated appear as sessions of roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grantees(Principals);

impl Grantees {
    /// Everyone, callers without credentials included: the bare `*`.
    pub fn everyone() -> Self {
        Self(Principals::Everyone(Spanned::placeless(())))
    }

    /// These principals.
    ///
    /// # Errors
    /// One of the principals is an identity provider, or its text is not that of such a principal.
    pub fn of(principals: impl IntoIterator<Item = NamedPrincipal>) -> Result<Self, BuildError> {
        let entries: Vec<Spanned<NamedPrincipal>> = principals.into_iter().map(Spanned::placeless).collect();
        check::entries(&entries)?;
        match entries.iter().find(|entry| matches!(entry.value, NamedPrincipal::Federated(_))) {
            Some(entry) => {
                Err(BuildError::new(code::FEDERATED_PRINCIPAL_NOT_SUPPORTED, quoted(entry.value.text())))
            }
            None => Ok(Self(Principals::Entries(entries))),
        }
    }

    /// One principal, read from an entry under `AWS`.
    ///
    /// # Errors
    /// As [`NamedPrincipal::parse_aws`].
    pub fn aws(text: &str) -> Result<Self, PrincipalError> {
        NamedPrincipal::parse_aws(text).map(Self::one)
    }

    fn one(principal: NamedPrincipal) -> Self {
        Self(Principals::Entries(vec![Spanned::placeless(principal)]))
    }
}

impl From<AccountId> for Grantees {
    fn from(account: AccountId) -> Self {
        Self::one(NamedPrincipal::Account { text: account.as_str().into() })
    }
}

/// Fails if the path of the role has characters that a policy cannot name, such as `*`.
impl TryFrom<&RoleArn> for Grantees {
    type Error = BuildError;

    fn try_from(role: &RoleArn) -> Result<Self, BuildError> {
        Self::of([NamedPrincipal::Role(role.as_str().into())])
    }
}

impl From<&SessionArn> for Grantees {
    fn from(session: &SessionArn) -> Self {
        Self::one(NamedPrincipal::Session(session.as_str().into()))
    }
}

fn made(
    effect: Effect,
    principal: Option<PrincipalElement>,
    action: ActionElement,
    resource: Option<ResourceElement>,
) -> Statement {
    // Patterns of older documents are rewritten so that their meaning stays the same.
    let resource = resource.map(ResourceElement::in_2012);
    let place = Spanned::placeless(());
    Statement {
        place,
        sid: None,
        effect: Spanned::placeless(effect),
        principal,
        action,
        resource,
        conditions: Vec::new(),
    }
}

macro_rules! statements {
    ($($name:ident)*) => {$(
        impl $name {
            /// The statement with this `Sid`.
            #[must_use]
            pub fn with_sid(mut self, sid: Sid) -> Self {
                self.0.sid = Some(Spanned::placeless(sid.as_str().into()));
                self
            }

            /// The statement with these conditions. They replace the conditions it had.
            #[must_use]
            pub fn when(mut self, conditions: Conditions) -> Self {
                self.0.conditions = conditions.into_vec();
                self
            }

            /// The statement, as a policy holds it.
            pub const fn statement(&self) -> &Statement {
                &self.0
            }
        }

        impl From<$name> for Statement {
            fn from(statement: $name) -> Self {
                statement.0
            }
        }

        /// Writes canonical JSON.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

statements! { IdentityStatement ResourceStatement TrustStatement }

/// Accepts statements that fit policies without a principal element.
impl TryFrom<Statement> for IdentityStatement {
    type Error = BuildError;

    fn try_from(statement: Statement) -> Result<Self, BuildError> {
        check::statement(statement, PolicyKind::Managed).map(Self)
    }
}

/// Accepts statements that fit resource-based policies.
impl TryFrom<Statement> for ResourceStatement {
    type Error = BuildError;

    fn try_from(statement: Statement) -> Result<Self, BuildError> {
        check::statement(statement, PolicyKind::Resource).map(Self)
    }
}

/// Accepts statements that fit trust policies.
impl TryFrom<Statement> for TrustStatement {
    type Error = BuildError;

    fn try_from(statement: Statement) -> Result<Self, BuildError> {
        check::statement(statement, PolicyKind::Trust).map(Self)
    }
}
