//! The checks of STS before it asks a policy, and the session that a valid call creates.

mod policies;
mod tags;

use std::ops::RangeInclusive;

use iam_json::quoted;
use iam_policy::IamResource;

use super::created::Session;
use super::refusal::{Refusal, RefusalCode, Refusals};
use super::tags::Tags;
use super::token::Claim;
use super::{Caller, Opening, Operation, SessionLimits, context, provider, reserved};
use crate::context::{Context, ContextValue};
use crate::request::Principal;

const NAME_CHARACTERS: &str = "letters, digits and _ + = , . @ -";

/// Collects refusals.
struct Checks<'c> {
    opening: &'c Opening,
    limits: &'c SessionLimits,
    refusals: Vec<Refusal>,
}

/// The properties that the call passes to the new session.
#[derive(Debug, Default)]
pub(super) struct Passed {
    pub(super) tags: Tags,
    pub(super) transitive: Vec<Box<str>>,
    pub(super) source_identity: Option<Box<str>>,
}

pub(super) fn open(opening: Opening, limits: &SessionLimits) -> Result<Session, Refusals> {
    let mut checks = Checks { opening: &opening, limits, refusals: Vec::new() };
    checks.caller();
    checks.parameters();
    checks.name();
    let duration_seconds = checks.duration();
    let policy = checks.policies();
    let passed = checks.passed();
    checks.tags(&passed);
    checks.source_identity(&passed);
    checks.external_id();
    checks.roles();
    let source_identity = passed.source_identity.as_deref().or(opening.caller.source_identity());
    let trust_context = checks.trust_context(&passed, source_identity);
    if let Some(refusals) = Refusals::new(checks.refusals) {
        return Err(refusals);
    }
    let (principal_tags, transitive_tag_keys) = tags::merged(&opening, &passed);
    let (principal, arn) = principal(&opening);
    let context = context::session(&opening, &principal, &principal_tags, source_identity);
    Ok(Session {
        principal,
        arn,
        duration_seconds,
        principal_tags,
        transitive_tag_keys,
        source_identity: source_identity.map(Into::into),
        policy,
        policy_arns: opening.parameters.policy_arns.clone(),
        context,
        trust_context,
        passes_tags: !passed.tags.is_empty() || !opening.caller.inherited_tags().is_empty(),
        opened: opening,
    })
}

fn principal(opening: &Opening) -> (Principal, Box<str>) {
    let (account, partition) = (opening.account(), opening.partition());
    if let Some(role) = &opening.role {
        // The session's ARN does not contain the role's path (rule 5.4).
        let (role_name, name) = (role.name(), &opening.parameters.name);
        let arn = IamResource::AssumedRole { role: role_name, session: name }.arn(partition, account);
        let arn: Box<str> = arn.into();
        let (role_arn, account) = (role.arn.clone(), account.into());
        return (Principal::AssumedRole { arn: arn.clone(), role_arn, account, service_linked: false }, arn);
    }
    let arn = opening.federated_user_arn();
    let user_arn = opening.caller.arn().unwrap_or_default().into();
    (Principal::FederatedUser { arn: arn.clone(), user_arn, account: account.into() }, arn)
}

impl Checks<'_> {
    fn refuse(&mut self, code: RefusalCode, found: impl Into<String>, help: impl Into<String>) {
        self.refusals.push(Refusal::new(code, found, help));
    }

    /// Checks that this caller can make this call (rule 6.12).
    fn caller(&mut self) {
        let (operation, caller) = (self.opening.operation, &self.opening.caller);
        let help = match (operation, caller) {
            (Operation::AssumeRoleWithWebIdentity, Caller::Provider { .. })
            | (Operation::AssumeRole, Caller::IamUser { .. } | Caller::AssumedRole { .. })
            | (Operation::GetFederationToken, Caller::IamUser { .. } | Caller::Root { .. }) => None,
            (Operation::AssumeRoleWithWebIdentity, _) => Some("a token of an identity provider is needed"),
            (_, Caller::Provider { .. }) => Some("the call needs AWS credentials"),
            (Operation::AssumeRole, Caller::Root { .. }) => Some("the root user cannot assume roles"),
            (Operation::AssumeRole, Caller::FederatedUser { .. }) => {
                Some("federated users call only sts:GetCallerIdentity")
            }
            (Operation::GetFederationToken, _) => {
                Some("the call needs the credentials of an IAM user or the root user")
            }
        };
        if let Some(help) = help {
            self.refuse(RefusalCode::CallerNotAllowed, operation.name(), help);
        }
        if operation != Operation::GetFederationToken && self.opening.role.is_none() {
            self.refuse(RefusalCode::RoleMissing, operation.name(), "name the role");
        }
    }

    /// Checks that the call has no parameters that STS would ignore: they must not appear to have an effect.
    fn parameters(&mut self) {
        let (operation, parameters) = (self.opening.operation, &self.opening.parameters);
        let federated = operation == Operation::GetFederationToken;
        let web = operation == Operation::AssumeRoleWithWebIdentity;
        let foreign = [
            ("RoleArn", federated && self.opening.role.is_some()),
            ("ExternalId", (federated || web) && parameters.external_id.is_some()),
            ("SourceIdentity", federated && parameters.source_identity.is_some()),
            ("TransitiveTagKeys", federated && !parameters.transitive_tag_keys.is_empty()),
        ];
        for (name, _) in foreign.into_iter().filter(|(_, is_foreign)| *is_foreign) {
            let help = format!("{} has no such parameter", operation.name());
            self.refuse(RefusalCode::ParameterUnknown, name, help);
        }
    }

    fn name(&mut self) {
        let name = &*self.opening.parameters.name;
        let most = match self.opening.operation {
            Operation::GetFederationToken => self.limits.federated_name_most,
            Operation::AssumeRole | Operation::AssumeRoleWithWebIdentity => self.limits.name_most,
        };
        self.length(RefusalCode::SessionNameLength, name, self.limits.name_least..=most);
        if !name.chars().all(is_name_character) {
            self.refuse(RefusalCode::SessionNameCharacters, quoted(name), NAME_CHARACTERS);
        }
    }

    fn length(&mut self, code: RefusalCode, text: &str, bounds: RangeInclusive<usize>) {
        let length = text.chars().count();
        if !bounds.contains(&length) {
            let help = format!("{} to {} characters", bounds.start(), bounds.end());
            self.refuse(code, format!("{length} characters"), help);
        }
    }

    /// The duration of the session in seconds.
    fn duration(&mut self) -> i64 {
        let limits = self.limits;
        let is_root = matches!(self.opening.caller, Caller::Root { .. });
        let (most, default) = match self.opening.operation {
            Operation::GetFederationToken if is_root => {
                (limits.federated_duration_most, limits.root_duration_most)
            }
            Operation::GetFederationToken => {
                (limits.federated_duration_most, limits.federated_duration_default)
            }
            Operation::AssumeRole | Operation::AssumeRoleWithWebIdentity => {
                (limits.duration_most, limits.duration_default)
            }
        };
        let Some(seconds) = self.opening.parameters.duration_seconds else { return default };
        let found = format!("{seconds} seconds");
        if seconds < limits.duration_least {
            let help = format!("at least {} seconds", limits.duration_least);
            self.refuse(RefusalCode::DurationTooShort, found.clone(), help);
        }
        let is_chained = matches!(self.opening.caller, Caller::AssumedRole { .. });
        let role = self.opening.role.as_ref().map(|role| role.max_session_duration);
        let bounds = [
            (RefusalCode::DurationTooLong, Some(most)),
            (RefusalCode::DurationExceedsRole, role),
            (RefusalCode::DurationExceedsChaining, is_chained.then_some(limits.chained_duration_most)),
        ];
        for (code, bound) in bounds {
            if let Some(bound) = bound.filter(|bound| seconds > *bound) {
                let help = format!("at most {bound} seconds; STS fails and does not shorten");
                self.refuse(code, found.clone(), help);
            }
        }
        // STS makes a session of the root user as long as it may be, and does not fail.
        if is_root { seconds.min(limits.root_duration_most) } else { seconds }
    }

    /// The properties that the call passes, from the token or from the parameters.
    fn passed(&mut self) -> Passed {
        let parameters = &self.opening.parameters;
        let Caller::Provider { provider, token } = &self.opening.caller else {
            return Passed {
                tags: parameters.tags.clone(),
                transitive: parameters.transitive_tag_keys.clone(),
                source_identity: parameters.source_identity.clone(),
            };
        };
        let outside = !parameters.tags.is_empty()
            || !parameters.transitive_tag_keys.is_empty()
            || parameters.source_identity.is_some();
        if outside && self.opening.operation == Operation::AssumeRoleWithWebIdentity {
            let help = "the call has no parameter for them; ask the provider to put them into the token";
            self.refuse(RefusalCode::TagsNotInToken, "tags or a source identity as parameters", help);
        }
        let source_identity = match token.source_identity() {
            Some(Claim::One(text)) => Some(text.clone()),
            // A list is reported by the refusals of the token.
            Some(Claim::Many(_)) | None => None,
        };
        self.refusals.extend(token.refusals());
        self.refusals.extend(provider::refusals(provider, token));
        Passed { tags: token.tags.clone(), transitive: token.transitive.clone(), source_identity }
    }

    fn source_identity(&mut self, passed: &Passed) {
        let Some(identity) = passed.source_identity.as_deref() else { return };
        let bounds = self.limits.source_identity_least..=self.limits.source_identity_most;
        self.length(RefusalCode::SourceIdentityLength, identity, bounds);
        if !identity.chars().all(is_name_character) {
            self.refuse(RefusalCode::SourceIdentityCharacters, quoted(identity), NAME_CHARACTERS);
        }
        if let Some(earlier) = self.opening.caller.source_identity()
            && earlier != identity
        {
            let help = format!("the calling session has {}", quoted(earlier));
            self.refuse(RefusalCode::SourceIdentityChanged, quoted(identity), help);
        }
    }

    fn external_id(&mut self) {
        let Some(id) = self.opening.parameters.external_id.as_deref() else { return };
        let bounds = self.limits.external_id_least..=self.limits.external_id_most;
        self.length(RefusalCode::ExternalIdLength, id, bounds);
        if !id.chars().all(|c| is_name_character(c) || matches!(c, ':' | '/')) {
            let help = "letters, digits and _ + = , . @ : / -";
            self.refuse(RefusalCode::ExternalIdCharacters, quoted(id), help);
        }
    }

    /// A token that lists roles must list this role (rule 6.4).
    fn roles(&mut self) {
        let (Caller::Provider { token, .. }, Some(role)) = (&self.opening.caller, &self.opening.role) else {
            return;
        };
        if let Some(roles) = token.roles()
            && !roles.contains(&&*role.arn)
        {
            let help = format!("the provider has to list {}", quoted(&role.arn));
            self.refuse(RefusalCode::RoleNotInToken, format!("{} roles", roles.len()), help);
        }
    }

    /// The context that a trust policy sees. Keys of [`Opening::call`] are added, and never replace a known value.
    fn trust_context(&mut self, passed: &Passed, source_identity: Option<&str>) -> Context {
        let mut context = context::trust(self.opening, passed, source_identity);
        for (key, value) in self.opening.call.iter() {
            let is_known = context.value(key).is_some_and(|known| *known != ContextValue::Unknown);
            if is_known || reserved::in_calls(key) {
                let help = "state only keys that do not follow from the call";
                self.refuse(RefusalCode::KeyReserved, quoted(key), help);
            } else {
                context.set(key, value.clone());
            }
        }
        context
    }
}

/// `[\w+=,.@-]`
const fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '=' | ',' | '.' | '@' | '-')
}
