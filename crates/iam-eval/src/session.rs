//! Sessions: what STS makes of a role, a request and a token (part 6 of the rules).
//!
//! [`Opening`] holds what a call to STS is made of; [`Opening::open`] returns the [`Session`] it would create, or every reason why STS
//! would refuse. Whether the trust policy lets the caller in is a decision like any other: [`Session::trust_requests`] are the
//! requests to decide, [`Session::refused_by`] decides them.
//!
//! Signature, issuer, registered audience and expiry of a token are the caller's to check. Time is an input.

mod checks;
mod context;
mod limits;
mod refusal;
mod tags;
mod token;
pub mod wire;

pub use limits::SessionLimits;
pub use refusal::{Refusal, RefusalCode};
pub use tags::Tags;
pub use token::{Claim, Token};

use crate::combine::Decision;
use crate::context::{Context, ContextValue};
use crate::layers::Layers;
use crate::request::{Action, Principal, Request, ResourceKind};
use iam_policy::value::Instant;

/// A call of STS that creates a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new operation must be looked at wherever sessions are built")]
pub enum Operation {
    /// `AssumeRole`
    AssumeRole,
    /// `AssumeRoleWithWebIdentity`
    AssumeRoleWithWebIdentity,
    /// `GetFederationToken`
    GetFederationToken,
}

impl Operation {
    /// The name of the call.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AssumeRole => "AssumeRole",
            Self::AssumeRoleWithWebIdentity => "AssumeRoleWithWebIdentity",
            Self::GetFederationToken => "GetFederationToken",
        }
    }

    fn action(self) -> &'static str {
        match self {
            Self::AssumeRole => "sts:AssumeRole",
            Self::AssumeRoleWithWebIdentity => "sts:AssumeRoleWithWebIdentity",
            Self::GetFederationToken => "sts:GetFederationToken",
        }
    }
}

/// The role that is assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Role {
    /// Its ARN, with its path.
    pub arn: Box<str>,
    /// Its unique id, such as `AROA…`.
    pub id: Box<str>,
    /// Its setting, in seconds: 3,600 to 43,200.
    pub max_session_duration: i64,
    /// Its tags.
    pub tags: Tags,
}

impl Role {
    /// A role without tags, with the default maximum of one hour.
    pub fn new(arn: impl Into<Box<str>>, id: impl Into<Box<str>>) -> Self {
        Self { arn: arn.into(), id: id.into(), max_session_duration: 3_600, tags: Tags::default() }
    }

    fn account(&self) -> &str {
        arn_field(&self.arn, 4)
    }

    /// The name without the path.
    fn name(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }
}

/// The parameters of the call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameters {
    /// `RoleSessionName`, or `Name` of a federated user.
    pub name: Box<str>,
    /// `DurationSeconds`.
    pub duration_seconds: Option<i64>,
    /// `Policy`: the inline session policy.
    pub policy: Option<Box<str>>,
    /// `PolicyArns`.
    pub policy_arns: Vec<Box<str>>,
    /// `Tags`. A web identity passes its tags inside the token.
    pub tags: Tags,
    /// `TransitiveTagKeys`.
    pub transitive_tag_keys: Vec<Box<str>>,
    /// `SourceIdentity`.
    pub source_identity: Option<Box<str>>,
    /// `ExternalId`.
    pub external_id: Option<Box<str>>,
}

impl Parameters {
    /// Parameters of a session of that name.
    pub fn named(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// Who calls STS.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new caller must be looked at wherever sessions are built")]
pub enum Caller {
    /// Nobody that AWS knows: an identity provider vouches for the caller.
    Provider {
        /// ARN of the provider, or the domain of a built-in one.
        provider: Box<str>,
        /// The claims of the token.
        token: Token,
    },
    /// An IAM user.
    IamUser {
        /// Its ARN.
        arn: Box<str>,
        /// Its tags.
        tags: Tags,
    },
    /// The root user of an account.
    Root {
        /// Its ARN.
        arn: Box<str>,
    },
    /// A session of a role: role chaining.
    AssumedRole {
        /// The session's ARN.
        arn: Box<str>,
        /// The role's ARN, if it is known; without it trust policies that name the role cannot be decided.
        role_arn: Option<Box<str>>,
        /// The session's principal tags.
        principal_tags: Tags,
        /// Those of them that are transitive.
        transitive_tags: Tags,
        /// The session's source identity.
        source_identity: Option<Box<str>>,
    },
    /// A federated user.
    FederatedUser {
        /// Its ARN.
        arn: Box<str>,
    },
}

/// What a call to STS is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opening {
    /// The call.
    pub operation: Operation,
    /// The role; none for [`Operation::GetFederationToken`].
    pub role: Option<Role>,
    /// The parameters.
    pub parameters: Parameters,
    /// Who calls.
    pub caller: Caller,
    /// The time of the call.
    pub now: Instant,
}

/// A session that STS would create.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// Who makes requests with it.
    pub principal: Principal,
    /// The session's ARN.
    pub arn: Box<str>,
    /// How long it lasts, in seconds.
    pub duration_seconds: i64,
    /// Its principal tags: of a session tag, a role tag and an inherited one of the same key one remains (rules 6.8, 6.9).
    pub principal_tags: Tags,
    /// The keys of the transitive ones.
    pub transitive_tag_keys: Vec<Box<str>>,
    /// Its source identity.
    pub source_identity: Option<Box<str>>,
    /// Whether tags, and whether a source identity, were passed: what the trust policy has to allow beside the call.
    passes: [bool; 2],
    context: Context,
    trust_context: Context,
    opened: Opening,
}

impl Opening {
    /// A call of `AssumeRoleWithWebIdentity`.
    pub fn web_identity(
        role: Role,
        parameters: Parameters,
        provider: impl Into<Box<str>>,
        token: Token,
        now: Instant,
    ) -> Self {
        Self {
            operation: Operation::AssumeRoleWithWebIdentity,
            role: Some(role),
            parameters,
            caller: Caller::Provider { provider: provider.into(), token },
            now,
        }
    }

    /// A call of `AssumeRole`.
    pub fn assume_role(role: Role, parameters: Parameters, caller: Caller, now: Instant) -> Self {
        Self { operation: Operation::AssumeRole, role: Some(role), parameters, caller, now }
    }

    /// A call of `GetFederationToken`.
    pub fn federation_token(parameters: Parameters, caller: Caller, now: Instant) -> Self {
        Self { operation: Operation::GetFederationToken, role: None, parameters, caller, now }
    }

    /// The session that STS would create if the policies allow the call.
    ///
    /// # Errors
    /// Every reason why STS refuses before it looks at a policy.
    ///
    /// # Limits
    /// All of [`SessionLimits`].
    pub fn open(self, limits: &SessionLimits) -> Result<Session, Vec<Refusal>> {
        checks::open(self, limits)
    }

    /// The ARN of the federated user that `GetFederationToken` makes.
    fn federated_user_arn(&self) -> Box<str> {
        let partition = match &self.caller {
            Caller::IamUser { arn, .. }
            | Caller::Root { arn }
            | Caller::AssumedRole { arn, .. }
            | Caller::FederatedUser { arn } => arn_field(arn, 1),
            Caller::Provider { .. } => "",
        };
        format!("arn:{partition}:sts::{}:federated-user/{}", self.account(), self.parameters.name).into()
    }

    /// The account in which the session is created.
    fn account(&self) -> &str {
        match (&self.role, &self.caller) {
            (Some(role), _) => role.account(),
            (
                None,
                Caller::IamUser { arn, .. }
                | Caller::Root { arn }
                | Caller::AssumedRole { arn, .. }
                | Caller::FederatedUser { arn },
            ) => arn_field(arn, 4),
            (None, Caller::Provider { .. }) => "",
        }
    }
}

impl Session {
    /// The condition keys that AWS sets in every request of the session (rules 6.1, 6.2).
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// The condition keys while the trust policy is evaluated (rules 6.3, 6.4, 6.10).
    pub const fn trust_context(&self) -> &Context {
        &self.trust_context
    }

    /// A request of the session, with further keys that describe it.
    ///
    /// # Errors
    /// The keys that only AWS may set: a caller that could set them would choose its own tags.
    pub fn request(
        &self,
        action: Action,
        resource: impl Into<Box<str>>,
        further: &Context,
    ) -> Result<Request, Vec<Box<str>>> {
        let reserved: Vec<Box<str>> =
            further.iter().map(|(key, _)| key).filter(|key| self.reserves(key)).map(Into::into).collect();
        if !reserved.is_empty() {
            return Err(reserved);
        }
        let mut context = self.context.clone();
        for (key, value) in further.iter() {
            context.set(key, value.clone());
        }
        Ok(Request::new(self.principal.clone(), action, resource).with_context(context))
    }

    /// Whether only AWS sets the key for requests of this session.
    fn reserves(&self, key: &str) -> bool {
        let begins =
            |prefix: &str| key.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
        self.context.value(key).is_some()
            || context::RESERVED.iter().any(|prefix| begins(prefix))
            || context::RESERVED_KEYS.iter().any(|known| known.eq_ignore_ascii_case(key))
    }

    /// The requests that the trust policy has to allow: the call, and what it passes (rules 2.8, 6.6). None for a federated user.
    pub fn trust_requests(&self) -> Vec<Request> {
        let Some(role) = &self.opened.role else { return Vec::new() };
        let passed = ["sts:TagSession", "sts:SetSourceIdentity"]
            .into_iter()
            .zip(self.passes)
            .filter(|(_, passes)| *passes);
        let actions = std::iter::once(self.opened.operation.action()).chain(passed.map(|(action, _)| action));
        actions
            .filter_map(Action::new)
            .map(|action| {
                Request::new(self.opened.caller.principal(), action, role.arn.clone())
                    .owned_by(role.account())
                    .on(ResourceKind::IamRoleTrust)
                    .with_context(self.trust_context.clone())
            })
            .collect()
    }

    /// The first request that the layers do not allow, and the decision: STS then refuses the whole call. `layers` hold the trust
    /// policy as resource policy, and of callers with an account their own policies.
    pub fn refused_by(&self, layers: &Layers) -> Option<(Request, Decision)> {
        self.trust_requests().into_iter().map(|request| (layers.decide(&request), request)).find_map(
            |(decision, request)| {
                if decision.is_allowed() { None } else { Some((request, decision)) }
            },
        )
    }
}

impl Caller {
    /// Who the caller is in the request to STS.
    fn principal(&self) -> Principal {
        match self {
            Self::Provider { provider, .. } => Principal::WebIdentity { provider: provider.clone() },
            Self::IamUser { arn, .. } => Principal::iam_user(arn.clone(), arn_field(arn, 4)),
            Self::Root { arn } => Principal::Root { arn: arn.clone(), account: arn_field(arn, 4).into() },
            Self::AssumedRole { arn, role_arn, .. } => {
                Principal::assumed_role(arn.clone(), role_arn.clone().unwrap_or_default(), arn_field(arn, 4))
            }
            Self::FederatedUser { arn } => Principal::FederatedUser {
                arn: arn.clone(),
                user_arn: Box::default(),
                account: arn_field(arn, 4).into(),
            },
        }
    }
}

/// A field of an ARN, counted from 0; empty if there is none.
fn arn_field(arn: &str, index: usize) -> &str {
    arn.split(':').nth(index).unwrap_or_default()
}

fn single(value: &str) -> ContextValue {
    ContextValue::single(value)
}
