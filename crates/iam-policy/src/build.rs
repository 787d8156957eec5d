//! Policies made in a program: statements, conditions and whole policies as values.
//!
//! A policy made here can be printed and read again: [`Mode::Deployed`](crate::Mode::Deployed) accepts its text and yields an equal policy,
//! unless the text exceeds a limit. A value of these types is always well formed. A function that has to check its input returns a
//! [`BuildError`].
//!
//! To learn whether AWS would accept a policy as a new one, quotas included, read its text in [`Mode::Strict`](crate::Mode::Strict).

mod check;
mod conditions;
mod place;
mod statement;

use std::sync::Arc;

pub use conditions::Conditions;
pub use statement::{Grantees, IdentityStatement, ResourceStatement, Sid, TrustStatement};

use crate::action::{ActionElement, ActionPattern};
use crate::code;
use crate::error::BuildError;
use crate::policy::{Effect, Policy, PolicyKind, Statement, Version};
use crate::resource::ResourceElement;
use crate::size::Size;
use iam_json::{LineIndex, Spanned};

/// Making and changing policies.
impl Policy {
    /// A policy of these statements, with version 2012-10-17.
    ///
    /// In older versions `${` is plain text. The patterns of statements from such documents are rewritten so that their meaning stays the
    /// same.
    ///
    /// # Errors
    /// There is no statement, or a statement does not belong into a policy of this kind.
    ///
    /// # Cost
    /// Linear in the length of the policy. Its text is written once, to find its size and the places of its parts.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::{Conditions, IdentityStatement, Limits, Mode, Policy, PolicyKind};
    ///
    /// let read = IdentityStatement::allow("s3:Get*".parse()?, "arn:aws:s3:::reports/*".parse()?)
    ///     .when(Conditions::parse("IpAddress", "aws:SourceIp", ["203.0.113.0/24"])?);
    /// let policy = Policy::new(PolicyKind::Session, [read])?;
    /// assert_eq!(
    ///     policy.to_string(),
    ///     r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::reports/*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}]}"#
    /// );
    /// // Whether STS would take it:
    /// assert!(Policy::parse(&policy.to_string(), PolicyKind::Session, Mode::Strict, &Limits::default()).is_ok());
    /// # Ok::<(), iam_policy::BuildError>(())
    /// ```
    pub fn new<S: Into<Statement>>(
        kind: PolicyKind,
        statements: impl IntoIterator<Item = S>,
    ) -> Result<Self, BuildError> {
        let statements: Vec<Statement> = statements.into_iter().map(Into::into).collect();
        if statements.is_empty() {
            return Err(BuildError::new(code::EMPTY_ARRAY_STATEMENT, "no statement".to_owned()));
        }
        let checked = statements
            .into_iter()
            .enumerate()
            .map(|(i, own)| check::statement(own, kind).map_err(|error| error.at(i)));
        Ok(Self::assembled(kind, Version::V2012, None, checked.collect::<Result<_, _>>()?))
    }

    /// A managed policy of these statements. Without any statement, it applies to no action.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::{ActionElement, IdentityStatement, Policy, ResourceElement};
    ///
    /// let policy = Policy::managed([
    ///     IdentityStatement::allow(ActionElement::any(), ResourceElement::any()),
    ///     IdentityStatement::deny("iam:*".parse()?, ResourceElement::any()),
    /// ]);
    /// assert_eq!(policy.statements.len(), 2);
    /// # Ok::<(), iam_policy::BuildError>(())
    /// ```
    pub fn managed(statements: impl IntoIterator<Item = IdentityStatement>) -> Self {
        let mut statements: Vec<Statement> = statements.into_iter().map(Into::into).collect();
        if statements.is_empty() {
            statements.push(IdentityStatement::about_nothing().into());
        }
        Self::assembled(PolicyKind::Managed, Version::V2012, None, statements)
    }

    /// A resource-based policy of these statements. Without any statement, it applies to no action.
    pub fn resource(statements: impl IntoIterator<Item = ResourceStatement>) -> Self {
        let mut statements: Vec<Statement> = statements.into_iter().map(Into::into).collect();
        if statements.is_empty() {
            statements.push(ResourceStatement::about_nothing().into());
        }
        Self::assembled(PolicyKind::Resource, Version::V2012, None, statements)
    }

    /// A managed policy that allows every action on every resource.
    ///
    /// # Examples
    /// ```
    /// let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    /// assert_eq!(iam_policy::Policy::everything().to_string(), text);
    /// ```
    pub fn everything() -> Self {
        Self::allowing([ActionPattern::any()])
    }

    /// The policy RCPFullAWSAccess of AWS, which is attached wherever resource control policies are enabled (rule 1.23).
    pub fn rcp_full_access() -> Self {
        let all = ResourceStatement::new(
            Effect::Allow,
            Grantees::everyone(),
            ActionElement::any(),
            ResourceElement::any(),
        );
        Self { kind: PolicyKind::Rcp, ..Self::resource([all]) }
    }

    /// A managed policy that allows these actions on every resource.
    pub fn allowing(actions: impl IntoIterator<Item = ActionPattern>) -> Self {
        Self::managed([IdentityStatement::allow(actions.into_iter().collect(), ResourceElement::any())])
    }

    /// The policy with one more statement at its end.
    ///
    /// If a pattern of the policy has `${`, the version becomes 2012-10-17 and the pattern is rewritten so that its meaning stays the same.
    /// Otherwise the version stays.
    ///
    /// # Errors
    /// The statement does not belong into a policy of this kind.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::{ActionElement, Conditions, Grantees, Limits, Mode, Policy, PolicyKind, ResourceElement, ResourceStatement};
    ///
    /// let text = r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sns:Publish","Resource":"*"}}"#;
    /// let policy = Policy::parse(text, PolicyKind::Resource, Mode::Deployed, &Limits::default())?;
    /// let deny = ResourceStatement::deny(Grantees::everyone(), ActionElement::any(), ResourceElement::any())
    ///     .when(Conditions::parse("Bool", "aws:SecureTransport", ["false"])?);
    /// assert_eq!(policy.with_statement(deny)?.statements.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_statement(&self, statement: impl Into<Statement>) -> Result<Self, BuildError> {
        self.with_all([statement.into()])
    }

    /// The policy with the statements of `other` after its own.
    ///
    /// The result allows what one of the two policies allows and denies what one of them denies.
    /// For its version see [`Policy::with_statement`].
    ///
    /// # Errors
    /// A statement of `other` does not belong into a policy of this kind.
    ///
    /// # Examples
    /// ```
    /// use iam_policy::{Policy, action_pattern};
    ///
    /// let both = Policy::allowing([action_pattern!("s3:Get*")]).and(&Policy::allowing([action_pattern!("sqs:*")]))?;
    /// assert_eq!(both.statements.len(), 2);
    /// # Ok::<(), iam_policy::BuildError>(())
    /// ```
    pub fn and(&self, other: &Self) -> Result<Self, BuildError> {
        self.with_all(other.statements.iter().cloned())
    }

    fn with_all(&self, more: impl IntoIterator<Item = Statement>) -> Result<Self, BuildError> {
        let made = Self::new(self.kind, self.statements.iter().cloned().chain(more))?;
        let version = if check::has_dollar(&made.statements) { Version::V2012 } else { self.version };
        Ok(Self::assembled(made.kind, version, self.id.clone(), made.statements))
    }

    /// The same statements as a policy of another kind.
    ///
    /// # Errors
    /// A statement does not belong into a policy of that kind.
    pub fn used_as(&self, kind: PolicyKind) -> Result<Self, BuildError> {
        let made = Self::new(kind, self.statements.iter().cloned())?;
        Ok(Self::assembled(kind, Version::V2012, self.id.clone(), made.statements))
    }

    /// The policy with an `Id`, which has no effect on decisions.
    ///
    /// AWS accepts an `Id` in resource-based policies only.
    #[must_use]
    pub fn with_id(self, id: &str) -> Self {
        Self::assembled(
            self.kind,
            self.version,
            Some(Spanned::new(id.into(), iam_json::Span::default())),
            self.statements,
        )
    }

    /// A policy of checked parts. Its size and the places of its parts refer to its canonical text.
    fn assembled(
        kind: PolicyKind,
        version: Version,
        id: Option<Spanned<Box<str>>>,
        statements: Vec<Statement>,
    ) -> Self {
        let mut policy = Self {
            kind,
            version,
            id,
            statements,
            size: Size::default(),
            findings: Vec::new(),
            lines: Arc::default(),
        };
        let text = place::place(&mut policy);
        policy.size = Size::of(&text);
        policy.lines = Arc::new(LineIndex::of(&text));
        policy
    }
}
