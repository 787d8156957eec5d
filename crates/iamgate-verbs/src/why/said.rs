//! What a message says, in words.

use std::borrow::Cow;

use iam_denial::{Cause, Denial, Form, PolicyType, Who};
use iamgate::iam_json::visible;

/// What a message says, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Said {
    /// Why AWS denied access, as one sentence without a full stop.
    pub reason: String,
    /// What else the message says, by name. Names are such as `who` and `resource`.
    pub parts: Vec<(&'static str, String)>,
}

impl Said {
    /// What a message says. `action` is the action as the catalogue writes it.
    pub(super) fn new(denial: &Denial, action: Option<&str>) -> Self {
        let mut parts = Vec::new();
        let mut add = |name, value: Option<String>| parts.extend(value.map(|value| (name, value)));
        let plain = |own: &Option<iam_denial::Spanned<String>>| {
            own.as_ref().map(|own| visible(&own.value).into_owned())
        };
        add("who", Some(denial.who.as_ref().map_or_else(|| "AWS does not say who".to_owned(), who)));
        let asked = plain(&denial.action);
        let is_other = denial.missing.as_ref().is_some_and(|missing| {
            denial.action.as_ref().is_none_or(|own| !own.value.eq_ignore_ascii_case(&missing.value))
        });
        if is_other {
            add("action", asked);
            add("missing", action.map(|own| visible(own).into_owned()).or_else(|| plain(&denial.missing)));
        } else {
            let known = action.map(|own| visible(own).into_owned());
            add(
                "action",
                Some(known.or(asked).unwrap_or_else(|| "AWS does not say which action".to_owned())),
            );
        }
        if denial.action.is_none() {
            add("operation", plain(&denial.operation));
        }
        add("resource", denial.resource.as_ref().map(|own| visible(&own.text.value).into_owned()));
        add("policy", plain(&denial.policy));
        let statements: Vec<Cow<'_, str>> = denial.statements.iter().map(|own| visible(&own.value)).collect();
        add("statement", (!statements.is_empty()).then(|| statements.join(", ")));
        add("request id", plain(&denial.request_id));
        add("authorization id", plain(&denial.authorization_id));
        Self { reason: reason(denial, action), parts }
    }
}

/// A text in backticks, whole. ARNs are too long to be cut.
pub(super) fn ticked(text: &str) -> String {
    format!("`{}`", visible(text))
}

/// Who was denied, with what the ARN says.
fn who(who: &Who) -> String {
    let text = visible(&who.text.value);
    let account = who.account().map(|own| format!(", account {}", visible(own))).unwrap_or_default();
    if let Some((role, session)) = who.role_and_session() {
        format!("{text} (session {} of the role {}{account})", visible(session), visible(role))
    } else if let Some(user) = who.user() {
        format!("{text} (the user {}{account})", visible(user))
    } else {
        text.into_owned()
    }
}

/// A type of policy with its article.
pub(super) const fn with_article(policy_type: PolicyType) -> &'static str {
    match policy_type {
        PolicyType::Identity => "an identity-based policy",
        PolicyType::Resource => "a resource-based policy",
        PolicyType::Boundary => "the permissions boundary",
        PolicyType::Session => "a session policy",
        PolicyType::Scp => "a service control policy",
        PolicyType::Rcp => "a resource control policy",
        PolicyType::VpcEndpoint => "the VPC endpoint policy",
        PolicyType::RoleTrust => "the trust policy of the role",
        _ => "a policy of another type",
    }
}

fn reason(denial: &Denial, action: Option<&str>) -> String {
    let it = action.map_or_else(|| "it".to_owned(), |own| visible(own).into_owned());
    let layer = denial.layer.as_ref();
    let named = layer.map(|own| {
        own.policy_type.map_or_else(
            || format!("a policy that AWS calls {}", ticked(&own.words.value)),
            |kind| with_article(kind).to_owned(),
        )
    });
    match (denial.cause, named) {
        (Cause::ExplicitDeny, Some(named)) => format!("a statement of {named} denies {it}"),
        (Cause::ExplicitDeny, None) => format!("a statement denies {it}, and AWS does not say of which policy"),
        (Cause::NotAllowed, Some(named)) => match layer.and_then(|own| own.policy_type) {
            Some(kind) => format!("no {} allows {it}", kind.words()),
            None => format!("no statement of {named} allows {it}"),
        },
        (Cause::NotAllowed, None) => format!("no statement allows {it}, and AWS does not say in which policy one is missing"),
        (Cause::OneOfThree, _) => {
            "the key does not exist in this Region, or no policy of it allows this, or one denies it: AWS does not say which".to_owned()
        }
        (Cause::Unknown | _, Some(named)) => format!("{named} is the reason; AWS does not say whether a statement denies it or none allows it"),
        (Cause::Unknown | _, None) if denial.form == Form::CrossAccountPassRole => {
            "the role that was to be passed is in another account, where it cannot be passed from".to_owned()
        }
        (Cause::Unknown | _, None) if denial.encoded.is_some() => "AWS tells why in an encoded message".to_owned(),
        (Cause::Unknown | _, None) => "AWS does not say why".to_owned(),
    }
}
