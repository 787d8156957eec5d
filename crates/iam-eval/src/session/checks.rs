//! What STS checks before it looks at a policy, and what it makes of a call that passes.

use iam_policy::{Mode, Policy, PolicyKind, quoted};

use super::refusal::{Refusal, RefusalCode};
use super::tags::Tags;
use super::token::Claim;
use super::{Caller, Opening, Operation, Session, SessionLimits, context};
use crate::request::Principal;

/// Collects refusals.
struct Checks<'c> {
    opening: &'c Opening,
    limits: &'c SessionLimits,
    refusals: Vec<Refusal>,
}

/// What is passed to the new session, and what it inherits.
#[derive(Debug, Default)]
pub(super) struct Passed {
    pub(super) tags: Tags,
    pub(super) transitive: Vec<Box<str>>,
    pub(super) source_identity: Option<Box<str>>,
}

pub(super) fn open(opening: Opening, limits: &SessionLimits) -> Result<Session, Vec<Refusal>> {
    let mut checks = Checks { opening: &opening, limits, refusals: Vec::new() };
    checks.caller();
    checks.name();
    let duration_seconds = checks.duration();
    checks.policies();
    let passed = checks.passed();
    checks.tags(&passed);
    checks.source_identity(&passed);
    checks.external_id();
    checks.token();
    if !checks.refusals.is_empty() {
        return Err(checks.refusals);
    }
    let inherited = inherited(&opening.caller);
    let mut principal_tags = match (&opening.role, &opening.caller) {
        (Some(role), _) => role.tags.clone(),
        // A federated user has the tags of its IAM user.
        (None, Caller::IamUser { tags, .. }) => tags.clone(),
        (None, _) => Tags::new(),
    };
    for (key, value) in inherited.iter().chain(passed.tags.iter()) {
        principal_tags.set(key, value);
    }
    let mut transitive_tag_keys: Vec<Box<str>> = inherited.iter().map(|(key, _)| key.into()).collect();
    transitive_tag_keys.extend(passed.transitive.iter().cloned());
    let inherited_identity = match &opening.caller {
        Caller::AssumedRole { source_identity, .. } => source_identity.clone(),
        Caller::Provider { .. }
        | Caller::IamUser { .. }
        | Caller::Root { .. }
        | Caller::FederatedUser { .. } => None,
    };
    let source_identity = passed.source_identity.clone().or_else(|| inherited_identity.clone());
    let (principal, arn) = principal(&opening);
    // Rule 6.11: in a chained call an inherited identity has to be allowed as a new one has.
    let passes = [!passed.tags.is_empty() || !inherited.is_empty(), source_identity.is_some()];
    let trust_context = context::trust(&opening, &passed, source_identity.as_deref());
    let context = context::session(&opening, &principal_tags, source_identity.as_deref());
    Ok(Session {
        principal,
        arn,
        duration_seconds,
        principal_tags,
        transitive_tag_keys,
        source_identity,
        passes,
        context,
        trust_context,
        opened: opening,
    })
}

fn principal(opening: &Opening) -> (Principal, Box<str>) {
    let (account, name) = (opening.account(), &opening.parameters.name);
    if let Some(role) = &opening.role {
        let partition = super::arn_field(&role.arn, 1);
        // The session's ARN has no path (rule 5.4).
        let arn: Box<str> =
            format!("arn:{partition}:sts::{account}:assumed-role/{}/{name}", role.name()).into();
        return (Principal::assumed_role(arn.clone(), role.arn.clone(), account), arn);
    }
    let user_arn = match &opening.caller {
        Caller::IamUser { arn, .. }
        | Caller::Root { arn }
        | Caller::FederatedUser { arn }
        | Caller::AssumedRole { arn, .. } => arn.clone(),
        Caller::Provider { provider, .. } => provider.clone(),
    };
    let arn = opening.federated_user_arn();
    (Principal::FederatedUser { arn: arn.clone(), user_arn, account: account.into() }, arn)
}

/// The transitive tags of the calling session (rule 6.9).
fn inherited(caller: &Caller) -> Tags {
    match caller {
        Caller::AssumedRole { transitive_tags, .. } => transitive_tags.clone(),
        Caller::Provider { .. }
        | Caller::IamUser { .. }
        | Caller::Root { .. }
        | Caller::FederatedUser { .. } => Tags::new(),
    }
}

impl Checks<'_> {
    fn refuse(&mut self, code: RefusalCode, found: impl Into<String>, help: impl Into<String>) {
        self.refusals.push(Refusal::new(code, found, help));
    }

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

    fn name(&mut self) {
        let name = &*self.opening.parameters.name;
        let most = match self.opening.operation {
            Operation::GetFederationToken => self.limits.federated_name_most,
            Operation::AssumeRole | Operation::AssumeRoleWithWebIdentity => self.limits.name_most,
        };
        let length = name.chars().count();
        if length < self.limits.name_least || length > most {
            let help = format!("{} to {most} characters", self.limits.name_least);
            self.refuse(RefusalCode::SessionNameLength, format!("{length} characters"), help);
        }
        if !name.chars().all(is_name_character) {
            self.refuse(
                RefusalCode::SessionNameCharacters,
                quoted(name),
                "letters, digits and _ + = , . @ -",
            );
        }
    }

    /// How long the session lasts.
    fn duration(&mut self) -> i64 {
        let limits = self.limits;
        let is_root = matches!(self.opening.caller, Caller::Root { .. });
        let (most, default) = match self.opening.operation {
            Operation::GetFederationToken if is_root => {
                (limits.root_duration_most, limits.root_duration_most)
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
            self.refuse(
                RefusalCode::DurationTooShort,
                found,
                format!("at least {} seconds", limits.duration_least),
            );
        } else if seconds > most {
            self.refuse(RefusalCode::DurationTooLong, found, format!("at most {most} seconds"));
        } else if matches!(self.opening.caller, Caller::AssumedRole { .. })
            && seconds > limits.chained_duration_most
        {
            let help =
                format!("at most {} seconds; STS fails and does not shorten", limits.chained_duration_most);
            self.refuse(RefusalCode::DurationExceedsChaining, found, help);
        } else if let Some(role) = &self.opening.role
            && seconds > role.max_session_duration
        {
            let help =
                format!("at most {} seconds; STS fails and does not shorten", role.max_session_duration);
            self.refuse(RefusalCode::DurationExceedsRole, found, help);
        }
        seconds
    }

    fn policies(&mut self) {
        let parameters = &self.opening.parameters;
        let (arns, most) = (&parameters.policy_arns, self.limits.policy_arns);
        if arns.len() > most {
            self.refuse(
                RefusalCode::TooManyPolicyArns,
                format!("{} ARNs", arns.len()),
                format!("at most {most}"),
            );
        }
        for arn in arns {
            let fields: Vec<&str> = arn.splitn(6, ':').collect();
            match fields.as_slice() {
                ["arn", partition, "iam", "", account, policy]
                    if policy.strip_prefix("policy/").is_some_and(|name| !name.is_empty()) =>
                {
                    let own_partition =
                        self.opening.role.as_ref().map_or("aws", |role| super::arn_field(&role.arn, 1));
                    // AWS managed policies exist in every account.
                    if (*account != "aws" && *account != self.opening.account())
                        || (self.opening.role.is_some() && *partition != own_partition)
                    {
                        let help =
                            format!("a policy of account {} or an AWS managed one", self.opening.account());
                        self.refuse(RefusalCode::PolicyArnOfOtherAccount, quoted(arn), help);
                    }
                }
                _ => self.refuse(
                    RefusalCode::InvalidPolicyArn,
                    quoted(arn),
                    "write it like arn:aws:iam::aws:policy/ReadOnlyAccess",
                ),
            }
        }
        let inline = parameters.policy.as_deref();
        let characters = inline.unwrap_or_default().chars().count();
        let with_arns = arns.iter().fold(characters, |sum, arn| sum.saturating_add(arn.chars().count()));
        let most = self.limits.policy_characters;
        if with_arns > most {
            let found = format!("{characters} characters inline, {with_arns} with the ARNs");
            self.refuse(
                RefusalCode::SessionPolicyTooLong,
                found,
                format!("at most {most} characters, white space counted"),
            );
        }
        if let Some(text) = inline
            && let Err(report) = Policy::parse(text, PolicyKind::Session, Mode::Strict, &self.limits.policy)
        {
            for problem in report
                .problems()
                .iter()
                .filter(|p| p.is_refusal() && p.code != iam_policy::Code::SessionPolicyTooLong)
            {
                let found = format!("{} at {}: {}", problem.code, problem.position, problem.found);
                self.refuse(RefusalCode::SessionPolicyRefused, found, problem.help.clone());
            }
        }
    }

    /// What the call passes, from the token or from the parameters.
    fn passed(&mut self) -> Passed {
        let parameters = &self.opening.parameters;
        let Caller::Provider { token, .. } = &self.opening.caller else {
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
            Some(Claim::Many(_)) => {
                self.refuse(RefusalCode::ClaimInvalid, "a list as source identity", "a text");
                None
            }
            None => None,
        };
        self.refusals.extend(token.refusals.iter().cloned());
        Passed { tags: token.tags.clone(), transitive: token.transitive.clone(), source_identity }
    }

    fn tags(&mut self, passed: &Passed) {
        let limits = self.limits;
        if passed.tags.len() > limits.tags {
            self.refuse(
                RefusalCode::TooManyTags,
                format!("{} tags", passed.tags.len()),
                format!("at most {}", limits.tags),
            );
        }
        let inherited = inherited(&self.opening.caller);
        let mut seen: Vec<&str> = Vec::new();
        for (key, value) in passed.tags.iter() {
            let (key_length, value_length) = (key.chars().count(), value.chars().count());
            if key_length == 0 || key_length > limits.tag_key {
                self.refuse(
                    RefusalCode::TagKeyLength,
                    format!("{key_length} characters"),
                    format!("1 to {} characters", limits.tag_key),
                );
            }
            if value_length > limits.tag_value {
                let found = format!("{value_length} characters for {}", quoted(key));
                self.refuse(
                    RefusalCode::TagValueLength,
                    found,
                    format!("at most {} characters", limits.tag_value),
                );
            }
            if !key.chars().chain(value.chars()).all(is_tag_character) {
                self.refuse(
                    RefusalCode::TagCharacters,
                    quoted(key),
                    "letters, digits, spaces and _ . : / = + - @",
                );
            }
            let reserved = |text: &str| text.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("aws:"));
            if reserved(key) || reserved(value) {
                self.refuse(RefusalCode::TagReserved, quoted(key), "the prefix belongs to AWS");
            }
            if seen.iter().any(|earlier| earlier.eq_ignore_ascii_case(key)) {
                self.refuse(RefusalCode::TagTwice, quoted(key), "keep one; tag keys of sessions ignore case");
            }
            if inherited.value(key).is_some() {
                self.refuse(
                    RefusalCode::TagInherited,
                    quoted(key),
                    "leave it out: the calling session passes it on",
                );
            }
            seen.push(key);
        }
        if passed.transitive.len() > limits.transitive_tag_keys {
            let found = format!("{} keys", passed.transitive.len());
            self.refuse(
                RefusalCode::TooManyTransitiveKeys,
                found,
                format!("at most {}", limits.transitive_tag_keys),
            );
        }
        for key in &passed.transitive {
            if passed.tags.value(key).is_none() {
                self.refuse(
                    RefusalCode::TransitiveKeyWithoutTag,
                    quoted(key),
                    "pass the tag, or leave the key out",
                );
            }
        }
    }

    fn source_identity(&mut self, passed: &Passed) {
        let Some(identity) = passed.source_identity.as_deref() else { return };
        let length = identity.chars().count();
        if length < self.limits.name_least || length > self.limits.source_identity_most {
            let help =
                format!("{} to {} characters", self.limits.name_least, self.limits.source_identity_most);
            self.refuse(RefusalCode::SourceIdentityLength, format!("{length} characters"), help);
        }
        if !identity.chars().all(is_name_character) {
            self.refuse(
                RefusalCode::SourceIdentityCharacters,
                quoted(identity),
                "letters, digits and _ + = , . @ -",
            );
        }
        if let Caller::AssumedRole { source_identity: Some(earlier), .. } = &self.opening.caller
            && **earlier != *identity
        {
            self.refuse(
                RefusalCode::SourceIdentityChanged,
                quoted(identity),
                format!("the calling session has {}", quoted(earlier)),
            );
        }
    }

    fn external_id(&mut self) {
        let Some(id) = self.opening.parameters.external_id.as_deref() else { return };
        let length = id.chars().count();
        let valid = (2..=self.limits.external_id_most).contains(&length)
            && id.chars().all(|c| is_name_character(c) || matches!(c, ':' | '/'));
        if !valid {
            let help = format!("2 to {} letters, digits and _ + = , . @ : / -", self.limits.external_id_most);
            self.refuse(RefusalCode::ExternalIdInvalid, format!("{length} characters"), help);
        }
    }

    /// Rule 6.4: a token that lists roles lists this one.
    fn token(&mut self) {
        let (Caller::Provider { token, .. }, Some(role)) = (&self.opening.caller, &self.opening.role) else {
            return;
        };
        if let Some(roles) = token.roles()
            && !roles.contains(&&*role.arn)
        {
            self.refuse(
                RefusalCode::RoleNotInToken,
                format!("{} roles", roles.len()),
                format!("the provider has to list {}", role.arn),
            );
        }
    }
}

/// `[\w+=,.@-]`
const fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '=' | ',' | '.' | '@' | '-')
}

fn is_tag_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@')
}
