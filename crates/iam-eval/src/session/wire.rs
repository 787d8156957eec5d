//! Calls to STS as JSON: the members of the session vectors (`FORMAT.md` of the test kit).

use iam_json::quoted;
use iam_json::{Kind, Value};
use iam_policy::value::Instant;
use iam_policy::{Mode, Report, code};

use super::{Caller, Opening, Operation, Parameters, Role, Tags, Token};
use crate::context::Context;
use crate::wire::{Wire, WireLimits};

/// Reads a call from an object, with the limits of a document of its own: see [`Wire::opening`].
///
/// Places in a report refer to the object's document.
///
/// # Errors
/// As [`Wire::opening`]. Duplicate members are reported too, and an object that is too large or nests too deeply.
pub fn opening(case: Value<'_>, now: Instant) -> Result<Opening, Report> {
    let limits = WireLimits::default();
    let case = case.within(&limits.policy)?;
    Wire::new(case.document(), Mode::Strict, &limits).opening(case, now)
}

impl Wire<'_> {
    /// Reads `operation`, `role`, `request`, `caller`, `provider` and `token` of an object.
    ///
    /// `now` is the time of the call.
    ///
    /// Other members are ignored. A parameter that is null counts as missing.
    ///
    /// # Errors
    /// `MISSING_MEMBER`, `UNKNOWN_MEMBER`, `INVALID_MEMBER`.
    pub fn opening(&mut self, case: Value<'_>, now: Instant) -> Result<Opening, Report> {
        let read = self.read_opening(case, now);
        self.form.finish(read)
    }

    fn read_opening(&mut self, case: Value<'_>, now: Instant) -> Option<Opening> {
        let present = |name: &str| case.member(name).filter(|v| v.kind() != Kind::Null);
        let Some(operation) = case.member("operation") else {
            self.form.report(code::MISSING_MEMBER, case, "no member `operation`", "add operation");
            return None;
        };
        let operation = self.operation(operation)?;
        let role = match present("role") {
            Some(role) => Some(self.role(role)?),
            None => None,
        };
        let Some(request) = present("request") else {
            self.form.report(code::MISSING_MEMBER, case, "no member `request`", "add request");
            return None;
        };
        let parameters = self.parameters(request, operation)?;
        let caller = match (present("provider"), present("caller")) {
            (Some(provider), None) => {
                let provider = self.form.text(provider, "ARN or domain of the provider")?;
                let Some(token) = present("token") else {
                    self.form.report(code::MISSING_MEMBER, case, "no member `token`", "add the claims");
                    return None;
                };
                if token.kind() != Kind::Object {
                    let found = token.kind().name();
                    self.form.report(code::INVALID_MEMBER, token, found, "an object of claims");
                    return None;
                }
                Caller::Provider { provider, token: Token::from_json(token) }
            }
            (None, Some(caller)) => {
                if let Some(token) = present("token") {
                    let found = "a token without a provider";
                    self.form.report(code::INVALID_MEMBER, token, found, "null, or the provider");
                    return None;
                }
                self.caller(caller)?
            }
            _ => {
                self.form.report(
                    code::INVALID_MEMBER,
                    case,
                    "a caller and a provider, or neither",
                    "one of the two",
                );
                return None;
            }
        };
        Some(Opening { operation, role, parameters, caller, now, call: Context::new() })
    }

    fn operation(&mut self, value: Value<'_>) -> Option<Operation> {
        const ALL: [Operation; 3] =
            [Operation::AssumeRole, Operation::AssumeRoleWithWebIdentity, Operation::GetFederationToken];
        const HELP: &str = "AssumeRole, AssumeRoleWithWebIdentity or GetFederationToken";
        let text = self.form.text(value, HELP)?;
        let found = ALL.into_iter().find(|o| o.name() == &*text);
        if found.is_none() {
            self.form.report(code::INVALID_MEMBER, value, quoted(&text), HELP);
        }
        found
    }

    fn role(&mut self, value: Value<'_>) -> Option<Role> {
        let [arn, id, duration, tags] =
            self.form.members(value, ["arn", "role_id", "max_session_duration", "tags"], 2)?;
        let mut role =
            Role::new(self.form.text(arn?, "the role's ARN")?, self.form.text(id?, "the role's unique id")?);
        if let Some(duration) = duration {
            role.max_session_duration = self.form.integer(duration)?;
        }
        role.tags = self.tags(tags)?;
        Some(role)
    }

    fn parameters(&mut self, value: Value<'_>, operation: Operation) -> Option<Parameters> {
        let name = if operation == Operation::GetFederationToken { "name" } else { "role_session_name" };
        let names = [
            name,
            "duration_seconds",
            "policy",
            "policy_arns",
            "tags",
            "transitive_tag_keys",
            "source_identity",
            "external_id",
        ];
        let [name, duration, policy, arns, tags, transitive, identity, external_id] =
            self.form.members(value, names, 1)?;
        let [duration, policy, arns, tags, transitive, identity, external_id] =
            [duration, policy, arns, tags, transitive, identity, external_id]
                .map(|value| value.filter(|v| v.kind() != Kind::Null));
        let mut optional = |value: Option<Value<'_>>| match value {
            Some(value) => self.form.text(value, "a string").map(Some),
            None => Some(None),
        };
        let (name, policy, source_identity, external_id) =
            (optional(name)??, optional(policy)?, optional(identity)?, optional(external_id)?);
        Some(Parameters {
            name,
            duration_seconds: match duration {
                Some(duration) => Some(self.form.integer(duration)?),
                None => None,
            },
            policy,
            policy_arns: self.form.texts(arns, "a list of strings")?,
            tags: self.tags(tags)?,
            transitive_tag_keys: self.form.texts(transitive, "a list of strings")?,
            source_identity,
            external_id,
        })
    }

    fn caller(&mut self, value: Value<'_>) -> Option<Caller> {
        const KINDS: &str = "iam_user, assumed_role, federated_user or root";
        let names =
            ["type", "arn", "tags", "principal_tags", "transitive_tags", "source_identity", "role_arn"];
        let [kind, arn, tags, principal_tags, transitive_tags, identity, role_arn] =
            self.form.members(value, names, 2)?;
        let (kind, arn) = (kind?, self.form.text(arn?, "the caller's ARN")?);
        let tags = self.tags(tags)?;
        match &*self.form.text(kind, KINDS)? {
            "iam_user" => Some(Caller::IamUser { arn, tags }),
            "root" => Some(Caller::Root { arn }),
            "federated_user" => Some(Caller::FederatedUser { arn }),
            "assumed_role" => Some(Caller::AssumedRole {
                arn,
                role_arn: match role_arn {
                    Some(role_arn) => Some(self.form.text(role_arn, "the role's ARN")?),
                    None => None,
                },
                principal_tags: self.tags(principal_tags)?,
                transitive_tags: self.tags(transitive_tags)?,
                source_identity: match identity {
                    Some(identity) => Some(self.form.text(identity, "a string")?),
                    None => None,
                },
            }),
            other => {
                self.form.report(code::INVALID_MEMBER, kind, quoted(other), KINDS);
                None
            }
        }
    }

    fn tags(&mut self, value: Option<Value<'_>>) -> Option<Tags> {
        let Some(value) = value else { return Some(Tags::new()) };
        if value.kind() != Kind::Object {
            self.form.report(
                code::INVALID_MEMBER,
                value,
                value.kind().name(),
                "an object of tag keys and values",
            );
            return None;
        }
        let pairs: Option<Vec<(Box<str>, Box<str>)>> = value
            .members()
            .map(|m| self.form.text(m.value, "a string").map(|text| (m.key.string().into(), text)))
            .collect();
        pairs.map(Tags::from_iter)
    }
}
