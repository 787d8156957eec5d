//! The member `request`.

use iam_json::quoted;
use iam_json::{Kind, Value};
use iam_policy::code;

use super::Wire;
use crate::context::{Context, ContextValue};
use crate::request::{Action, Principal, Request, ResourceKind};

impl Wire<'_> {
    pub(super) fn read_request(&mut self, value: Value<'_>) -> Option<Request> {
        let names =
            ["principal", "action", "resource", "resource_account", "resource_kind", "context", "unknown"];
        let [principal, action, resource, account, kind, context, unknown] =
            self.form.members(value, names, 3)?;
        let principal = principal.and_then(|v| self.checked_principal(v));
        let action = action.and_then(|v| self.action(v));
        let resource = resource.and_then(|v| self.resource(v));
        let account = match account {
            Some(v) if v.kind() != Kind::Null => {
                Some(self.account(v, resource.as_deref().unwrap_or_default())?)
            }
            _ => None,
        };
        let kind = match kind {
            Some(v) => Some(self.resource_kind(v)?),
            None => None,
        };
        let mut keys = match context {
            Some(v) => self.context(v)?,
            None => Context::new(),
        };
        if let Some(v) = unknown {
            self.unknown(v, &mut keys)?;
        }
        let mut request = Request::new(principal?, action?, resource?).with_context(keys);
        request.resource_account = account;
        // A stated kind counts. Rule 5.54 applies to requests that do not state one.
        request.resource_kind = kind.unwrap_or(request.resource_kind);
        Some(request)
    }

    fn resource(&mut self, value: Value<'_>) -> Option<Box<str>> {
        const HELP: &str = "an ARN, or \"*\" for a request without a resource";
        let text = self.form.text(value, HELP)?;
        if !Request::is_resource(&text) {
            self.form.report(code::INVALID_MEMBER, value, quoted(&text), HELP);
        }
        Some(text)
    }

    fn account(&mut self, value: Value<'_>, resource: &str) -> Option<Box<str>> {
        const HELP: &str = "the account that owns the resource, 12 digits, or null";
        let text = self.form.text(value, HELP)?;
        if !Request::is_owner(&text, resource) {
            self.form.report(code::INVALID_MEMBER, value, quoted(&text), HELP);
        }
        Some(text)
    }

    /// Reads a principal whose members agree.
    fn checked_principal(&mut self, value: Value<'_>) -> Option<Principal> {
        let principal = self.principal(value)?;
        if let Err(error) = principal.check() {
            let member = value.member(error.member).unwrap_or(value);
            self.form.report(code::INVALID_MEMBER, member, error.found, error.help);
        }
        Some(principal)
    }

    fn action(&mut self, value: Value<'_>) -> Option<Action> {
        let text = self.form.text(value, "the name of an action, such as \"s3:GetObject\"")?;
        let action = Action::new(&text);
        if action.is_none() {
            let help = "service prefix, colon, name, without wildcards, such as s3:GetObject";
            self.form.report(code::INVALID_MEMBER, value, quoted(&text), help);
        }
        action
    }

    fn resource_kind(&mut self, value: Value<'_>) -> Option<ResourceKind> {
        const HELP: &str = "generic, iam_role_trust or kms_key";
        let text = self.form.text(value, HELP)?;
        let kind = text.parse().ok();
        if kind.is_none() {
            self.form.report(code::INVALID_MEMBER, value, quoted(&text), HELP);
        }
        kind
    }

    fn principal(&mut self, value: Value<'_>) -> Option<Principal> {
        const KINDS: &str =
            "iam_user, assumed_role, federated_user, root, aws_service, anonymous, web_identity or saml";
        let Some(kind) = value.member("type") else {
            self.form.report(code::MISSING_MEMBER, value, "no member `type`", format!("add type: {KINDS}"));
            return None;
        };
        let kind_text = self.form.text(kind, KINDS)?;
        let texts = |wire: &mut Self, names: &[&'static str]| -> Option<Vec<Box<str>>> {
            let found: Vec<Option<Box<str>>> = names
                .iter()
                .map(|name| {
                    if let Some(v) = value.member(name) {
                        return wire.form.text(v, "a string");
                    }
                    let (found, help) = (format!("no member {}", quoted(name)), format!("add {name}"));
                    wire.form.report(code::MISSING_MEMBER, value, found, help);
                    None
                })
                .collect();
            for member in value.members() {
                let name = member.key.string();
                if !names.contains(&&*name) && !["type", "service_linked"].contains(&&*name) {
                    let help = format!("a principal of type {kind_text} has type, {}", names.join(", "));
                    wire.form.report_at(
                        code::UNKNOWN_MEMBER,
                        member.value,
                        member.key.span(),
                        quoted(&name),
                        help,
                    );
                }
            }
            found.into_iter().collect()
        };
        let service_linked = value.member("service_linked");
        if let (Some(member), true) = (service_linked, &*kind_text != "assumed_role") {
            self.form.report(code::UNKNOWN_MEMBER, member, "`service_linked`", "only assumed_role has it");
        }
        match &*kind_text {
            "iam_user" => texts(self, &["arn", "account"])
                .and_then(pair)
                .map(|(arn, account)| Principal::IamUser { arn, account }),
            "root" => texts(self, &["arn", "account"])
                .and_then(pair)
                .map(|(arn, account)| Principal::Root { arn, account }),
            "assumed_role" => {
                let service_linked = match service_linked.map(|v| (v, v.kind())) {
                    None | Some((_, Kind::False)) => false,
                    Some((_, Kind::True)) => true,
                    Some((v, other)) => {
                        self.form.report(code::INVALID_MEMBER, v, other.name(), "true or false");
                        false
                    }
                };
                texts(self, &["arn", "role_arn", "account"]).and_then(triple).map(
                    |(arn, role_arn, account)| Principal::AssumedRole {
                        arn,
                        role_arn,
                        account,
                        service_linked,
                    },
                )
            }
            "federated_user" => texts(self, &["arn", "user_arn", "account"])
                .and_then(triple)
                .map(|(arn, user_arn, account)| Principal::FederatedUser { arn, user_arn, account }),
            "aws_service" => {
                texts(self, &["service"])?.pop().map(|service| Principal::AwsService { service })
            }
            "web_identity" => {
                texts(self, &["provider"])?.pop().map(|provider| Principal::WebIdentity { provider })
            }
            "saml" => texts(self, &["provider"])?.pop().map(|provider| Principal::Saml { provider }),
            "anonymous" => texts(self, &[]).map(|_| Principal::Anonymous),
            other => {
                self.form.report(code::INVALID_MEMBER, kind, quoted(other), KINDS);
                None
            }
        }
    }

    fn context(&mut self, value: Value<'_>) -> Option<Context> {
        if value.kind() != Kind::Object {
            self.form.report(
                code::INVALID_MEMBER,
                value,
                value.kind().name(),
                "an object of condition keys and values",
            );
            return None;
        }
        let count = value.members().count();
        if count > self.limits.context_keys {
            let most = self.limits.context_keys;
            self.form.report(
                code::INVALID_MEMBER,
                value,
                format!("{count} keys"),
                format!("at most {most} are read"),
            );
            return None;
        }
        let mut context = Context::new();
        let mut complete = true;
        for member in value.members() {
            match self.context_value(member.value) {
                Some(value) => context.add(member.key.string(), value),
                None => complete = false,
            }
        }
        complete.then_some(context)
    }

    fn context_value(&mut self, value: Value<'_>) -> Option<ContextValue> {
        if value.kind() != Kind::Array {
            return self.scalar(value).map(ContextValue::Single);
        }
        let count = value.items().count();
        if count > self.limits.context_values {
            let most = self.limits.context_values;
            self.form.report(
                code::INVALID_MEMBER,
                value,
                format!("{count} values"),
                format!("at most {most} are read"),
            );
            return None;
        }
        let values: Vec<Option<Box<str>>> = value.items().map(|v| self.scalar(v)).collect();
        values.into_iter().collect::<Option<Vec<_>>>().map(ContextValue::multiple)
    }

    fn scalar(&mut self, value: Value<'_>) -> Option<Box<str>> {
        match value.kind() {
            Kind::String => self.form.text(value, "a string"),
            Kind::Number | Kind::True | Kind::False => Some(value.raw().into()),
            Kind::Null | Kind::Array | Kind::Object => {
                let help = "a string, a number, a boolean, or an array of these; leave an absent key out";
                self.form.report(code::INVALID_MEMBER, value, value.kind().name(), help);
                None
            }
        }
    }

    /// Reads the list of keys that are not known.
    fn unknown(&mut self, value: Value<'_>, context: &mut Context) -> Option<()> {
        const HELP: &str = "a list of condition keys that are not in the context";
        if value.kind() != Kind::Array {
            self.form.report(code::INVALID_MEMBER, value, value.kind().name(), HELP);
            return None;
        }
        for item in value.items() {
            let key = self.form.text(item, HELP)?;
            if context.value(&key).is_some() {
                self.form.report(
                    code::INVALID_MEMBER,
                    item,
                    format!("{}, which has a value", quoted(&key)),
                    HELP,
                );
                return None;
            }
            context.set(key, ContextValue::Unknown);
        }
        Some(())
    }
}

fn pair(texts: Vec<Box<str>>) -> Option<(Box<str>, Box<str>)> {
    <[_; 2]>::try_from(texts).ok().map(|[a, b]| (a, b))
}

fn triple(texts: Vec<Box<str>>) -> Option<(Box<str>, Box<str>, Box<str>)> {
    <[_; 3]>::try_from(texts).ok().map(|[a, b, c]| (a, b, c))
}
