//! Whether two policies decide alike, asked of requests that are made from what they say.

use std::collections::BTreeSet;
use std::sync::Arc;

use iamgate::iam_json::{Document, Kind, Value};
use iamgate::iam_policy::{
    ActionElement, ArnFields, Conditions, IdentityStatement, Limits, Mode, Policy, PolicyKind,
    ResourceElement, RoleArn, Test,
};
use iamgate::{Action, Context, ContextValue, Layers, Principal, Program, Request};

/// The number of requests that are asked about one pair of policies.
const REQUESTS: usize = 20_000;

/// The number of statements that are looked at.
const STATEMENTS: usize = 200;

/// The account of the resources, and of callers of whom nothing else is known.
const ACCOUNT: &str = "111122223333";

/// What stands for a variable, and for a wildcard.
const WORD: &str = "Qz7";

/// A request that two policies of a kind decide differently, in words. `None` if none was found, or if the first one cannot be read: it
/// decides nothing.
///
/// The requests are made from the actions, resources, principals and values of both policies, and from others near them.
pub(super) fn difference(before: &str, after: &str, kind: PolicyKind) -> Option<String> {
    let read = |text| Policy::parse(text, kind, Mode::Deployed, &Limits::default()).map(Arc::new);
    let old = read(before).ok()?;
    let Ok(new) = read(after) else { return Some("the policy cannot be read any more".to_owned()) };
    let pairs: Vec<(Program, Program)> = [false, true]
        .map(|allows| (layers(&old, kind, allows).compile(), layers(&new, kind, allows).compile()))
        .into();
    let said = said(before, after, kind);
    let budget = REQUESTS.checked_div(said.len()).unwrap_or_default();
    for statement in &said {
        for number in 0..statement.count().min(budget) {
            let Some(request) = statement.request(number) else { continue };
            let decided = pairs.iter().map(|(old, new)| (old.decide(&request), new.decide(&request)));
            if let Some((was, is)) = { decided }.find(|(was, is)| was != is) {
                return Some(format!(
                    "{} on {} was {} and would be {}",
                    request.action.as_str(),
                    request.resource,
                    was.name(),
                    is.name()
                ));
            }
        }
    }
    None
}

/// Layers in which the policy decides. For the policy of a resource, identity policies allow everything to callers of other accounts, or
/// they allow nothing.
fn layers(policy: &Arc<Policy>, kind: PolicyKind, allows: bool) -> Layers {
    let mut layers = Layers::new();
    let policy = Arc::clone(policy);
    match kind {
        PolicyKind::Identity | PolicyKind::Managed | PolicyKind::AwsManaged => layers.identity.push(policy),
        PolicyKind::Resource | PolicyKind::Trust | PolicyKind::Kms => layers.resource = Some(policy),
        PolicyKind::Boundary => layers.boundary = Some(vec![policy]),
        PolicyKind::Session => layers.session = Some(vec![policy]),
        PolicyKind::Scp => layers.scp = Some(vec![vec![policy]]),
        PolicyKind::Rcp => layers.rcp = Some(vec![vec![policy, Arc::new(Policy::rcp_full_access())]]),
        PolicyKind::VpcEndpoint => layers.vpc_endpoint = Some(vec![policy]),
    }
    if layers.identity.is_empty() && (layers.resource.is_none() || allows) {
        layers.identity.push(Arc::new(Policy::everything()));
    }
    layers
}

/// What the statements say that are not in both policies. If all of them are, what each one says.
fn said(before: &str, after: &str, kind: PolicyKind) -> Vec<Said> {
    let limits = Limits::default();
    let (Ok(old), Ok(new)) = (Document::parse(before, &limits), Document::parse(after, &limits)) else {
        return Vec::new();
    };
    let (old, new) = (statements(old.root()), statements(new.root()));
    let raws =
        |all: &[Value<'_>]| -> BTreeSet<String> { all.iter().map(|own| own.raw().to_owned()).collect() };
    let (olds, news) = (raws(&old), raws(&new));
    let mut changed: Vec<Value<'_>> = old.iter().filter(|own| !news.contains(own.raw())).copied().collect();
    changed.extend(new.iter().filter(|own| !olds.contains(own.raw())));
    if changed.is_empty() {
        changed.extend(&old);
    }
    changed.into_iter().take(STATEMENTS).map(|own| Said::of(own, kind)).collect()
}

fn statements(root: Value<'_>) -> Vec<Value<'_>> {
    match root.member("Statement") {
        Some(list) if list.kind() == Kind::Array => list.items().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

/// What a statement says, as parts of requests.
struct Said {
    actions: Vec<Action>,
    resources: Vec<String>,
    principals: Vec<Principal>,
    contexts: Vec<Context>,
}

impl Said {
    fn of(statement: Value<'_>, kind: PolicyKind) -> Self {
        let texts = |names: [&str; 2]| -> Vec<String> {
            names.iter().filter_map(|name| statement.member(name)).flat_map(texts_of).collect()
        };
        let mut actions: Vec<String> =
            texts(["Action", "NotAction"]).iter().flat_map(|own| instances(own)).collect();
        actions.push(format!("zz:{WORD}"));
        let written = texts(["Resource", "NotResource"]);
        let mut resources: Vec<String> = written.iter().flat_map(|own| instances(own)).collect();
        resources.push(format!("arn:aws:zz:::{WORD}"));
        resources.push(format!("arn:aws:iam::{ACCOUNT}:role/{WORD}"));
        resources.retain(|own| Request::is_resource(own));
        let mut principals: Vec<Principal> = ["Principal", "NotPrincipal"]
            .iter()
            .filter_map(|name| statement.member(name))
            .flat_map(|own| {
                let list = own.members().flat_map(|kind| {
                    let name = kind.key.string().into_owned();
                    texts_of(kind.value).into_iter().map(move |text| (name.clone(), text))
                });
                list.collect::<Vec<_>>()
            })
            .filter_map(|(kind, text)| principal(&kind, &text))
            .collect();
        let caller = if kind == PolicyKind::Session { role(ACCOUNT, WORD) } else { user(ACCOUNT) };
        if !matches!(
            kind,
            PolicyKind::Resource
                | PolicyKind::Trust
                | PolicyKind::Kms
                | PolicyKind::Rcp
                | PolicyKind::VpcEndpoint
        ) {
            principals.clear();
        }
        principals.push(caller);
        Self {
            actions: distinct(actions, 12).iter().filter_map(|own| Action::new(own)).collect(),
            resources: distinct(resources, 12),
            principals: principals.into_iter().rev().take(6).collect(),
            contexts: contexts(statement, &written),
        }
    }

    fn count(&self) -> usize {
        [self.actions.len(), self.resources.len(), self.principals.len(), self.contexts.len()]
            .into_iter()
            .fold(1, usize::saturating_mul)
    }

    /// One of the requests. Numbers that follow each other are of requests far from each other.
    fn request(&self, number: usize) -> Option<Request> {
        let mut rest = number.saturating_mul(7919).checked_rem(self.count())?;
        let mut place = |length: usize| {
            let place = rest.checked_rem(length);
            rest = rest.checked_div(length).unwrap_or_default();
            place
        };
        let context = self.contexts.get(place(self.contexts.len())?)?;
        let action = self.actions.get(place(self.actions.len())?)?;
        let resource = self.resources.get(place(self.resources.len())?)?;
        let principal = self.principals.get(place(self.principals.len())?)?;
        let request = Request::new(principal.clone(), action.clone(), resource.as_str());
        Some(request.owned_by(ACCOUNT).with_context(context.clone()))
    }
}

/// The texts of a value or a list, as they are compared.
fn texts_of(value: Value<'_>) -> Vec<String> {
    let single = (value.kind() != Kind::Array).then(|| value.string().into_owned());
    single.into_iter().chain(value.items().map(|own| own.string().into_owned())).collect()
}

fn distinct(all: Vec<String>, most: usize) -> Vec<String> {
    let mut seen = BTreeSet::new();
    all.into_iter().filter(|own| seen.insert(own.clone())).take(most).collect()
}

/// Texts that a pattern matches, as far as its variables have the value [`WORD`].
fn instances(pattern: &str) -> Vec<String> {
    let plain = filled(pattern).replace('?', "q");
    let mut all = vec![plain.replace('*', WORD)];
    if plain.contains('*') {
        all.push(plain.replace('*', ""));
    }
    all
}

/// A text in whose variables a value stands.
fn filled(text: &str) -> String {
    let mut parts = text.split("${");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}') {
            Some((_, rest)) => {
                out.push_str(WORD);
                out.push_str(rest);
            }
            None => out.push_str(part),
        }
    }
    out
}

/// The names of the variables of texts.
fn variables<'t>(all: impl Iterator<Item = &'t String>) -> BTreeSet<String> {
    let names =
        all.flat_map(|text| text.split("${").skip(1).filter_map(|part| part.split(['}', ',']).next()));
    names.filter(|name| name.contains(':')).map(str::to_owned).collect()
}

/// Contexts in which the tests of a statement come out differently.
fn contexts(statement: Value<'_>, resources: &[String]) -> Vec<Context> {
    let mut keys: Vec<(String, Vec<ContextValue>)> = Vec::new();
    let mut values: Vec<String> = resources.to_vec();
    for operator in statement.member("Condition").into_iter().flat_map(Value::members) {
        let is_set = Test::parse(&operator.key.string()).is_ok_and(|test| test.quantifier.is_some());
        for test in operator.value.members() {
            let texts = texts_of(test.value);
            let mut near: Vec<String> = texts.iter().flat_map(|text| nearby(text)).collect();
            near.extend([String::new(), WORD.to_owned(), "true".to_owned(), "false".to_owned()]);
            let near = distinct(near, 14);
            let mut own: Vec<ContextValue> =
                near.iter().map(|text| ContextValue::single(text.as_str())).collect();
            if is_set {
                own.extend(near.iter().take(6).map(|text| ContextValue::multiple([text.as_str()])));
                own.push(ContextValue::multiple(near.iter().take(3).map(String::as_str)));
                own.push(ContextValue::multiple(Vec::<&str>::new()));
            }
            values.extend(texts);
            let name = test.key.string().into_owned();
            match keys.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case(&name)) {
                Some((_, others)) => others.extend(own),
                None => keys.push((name, own)),
            }
        }
    }
    for name in variables(values.iter()) {
        if !keys.iter().any(|(key, _)| key.eq_ignore_ascii_case(&name)) {
            keys.push((name, vec![ContextValue::single(WORD)]));
        }
    }
    let with = |chosen: &dyn Fn(usize) -> Option<ContextValue>| {
        let mut context = Context::new();
        for (number, (key, _)) in keys.iter().enumerate() {
            if let Some(value) = chosen(number) {
                context.set(key.as_str(), value);
            }
        }
        context
    };
    // A test is noticed where all others are passed.
    let passing: Vec<Option<ContextValue>> =
        keys.iter().map(|(key, own)| passing(statement, key, own, &variables(values.iter()))).collect();
    let first = |number: usize| passing.get(number).cloned().flatten();
    let mut all = vec![with(&|_| None), with(&first)];
    for (number, (_, own)) in keys.iter().enumerate() {
        all.push(with(&|other| if other == number { None } else { first(other) }));
        for value in own {
            all.push(with(&|other| if other == number { Some(value.clone()) } else { first(other) }));
            all.push(with(&|other| (other == number).then(|| value.clone())));
        }
    }
    all.truncate(400);
    all
}

/// The first of the values with which a key passes its tests in a statement; `None` if it does so by its absence.
fn passing(
    statement: Value<'_>,
    key: &str,
    own: &[ContextValue],
    variables: &BTreeSet<String>,
) -> Option<ContextValue> {
    let first = || own.first().cloned();
    let mut tests = Conditions::none();
    for operator in statement.member("Condition").into_iter().flat_map(Value::members) {
        for test in operator.value.members().filter(|own| own.key.string().eq_ignore_ascii_case(key)) {
            let one = Conditions::parse(&operator.key.string(), &test.key.string(), texts_of(test.value));
            let Ok(both) = one.and_then(|one| tests.and(one)) else { return first() };
            tests = both;
        }
    }
    let everything = IdentityStatement::allow(ActionElement::any(), ResourceElement::any());
    let policy = Arc::new(Policy::managed([everything.when(tests)]));
    let program = layers(&policy, PolicyKind::Identity, false).compile();
    let action = Action::new("zz:Do")?;
    let passes = |value: Option<&ContextValue>| {
        let mut context = Context::new();
        for name in variables {
            context.set(name.as_str(), ContextValue::single(WORD));
        }
        if let Some(value) = value {
            context.set(key, value.clone());
        }
        let request = Request::new(user(ACCOUNT), action.clone(), "arn:aws:zz:::x").with_context(context);
        program.decide(&request).is_allowed()
    };
    let present = own.iter().find(|value| passes(Some(value))).cloned();
    if present.is_none() && passes(None) { None } else { present.or_else(first) }
}

/// Values of a key near one that a test names.
fn nearby(text: &str) -> Vec<String> {
    let mut all = instances(text);
    all.push(format!("{}x", filled(text)));
    all.push(text.to_ascii_uppercase());
    if let Ok(number) = text.parse::<i64>() {
        all.extend([number.saturating_sub(1), number.saturating_add(1)].map(|own| own.to_string()));
    }
    if let Some((address, _)) = text.split_once('/')
        && let Some((head, last)) = address.rsplit_once(['.', ':'])
    {
        all.push(address.to_owned());
        let mark = if address.contains(':') { ":" } else { "." };
        all.extend(["0", "200"].map(|own| format!("{head}{mark}{own}")));
        all.push(format!("{}{mark}{last}", head.replace(|c: char| c.is_ascii_digit(), "1")));
    }
    if text.contains('T') && text.ends_with('Z') {
        all.extend(["1990-01-01T00:00:00Z".to_owned(), "2090-01-01T00:00:00Z".to_owned()]);
    }
    all
}

fn principal(kind: &str, text: &str) -> Option<Principal> {
    match kind {
        "AWS" => {
            if let Ok(role) = RoleArn::parse(text) {
                let account = role.account().to_string();
                let mut caller = self::role(&account, role.name());
                if let Principal::AssumedRole { role_arn, .. } = &mut caller {
                    *role_arn = text.into();
                }
                return Some(caller);
            }
            let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
            let account = if is_account { text } else { ArnFields::account_of(text).unwrap_or(ACCOUNT) };
            let named = Principal::from_arn(text).ok();
            named.filter(|own| !matches!(own, Principal::Root { .. })).or_else(|| Some(user(account)))
        }
        "Service" => Some(Principal::AwsService { service: text.into() }),
        "Federated"
            if ArnFields::split(text).is_some_and(|own| own.resource_type() == Some("saml-provider")) =>
        {
            Some(Principal::Saml { provider: text.into() })
        }
        "Federated" => Some(Principal::WebIdentity { provider: text.into() }),
        _ => None,
    }
}

fn user(account: &str) -> Principal {
    Principal::IamUser { arn: format!("arn:aws:iam::{account}:user/{WORD}").into(), account: account.into() }
}

fn role(account: &str, name: &str) -> Principal {
    Principal::AssumedRole {
        arn: format!("arn:aws:sts::{account}:assumed-role/{name}/{WORD}").into(),
        role_arn: format!("arn:aws:iam::{account}:role/{name}").into(),
        account: account.into(),
        service_linked: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(statement: &str) -> String {
        format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#)
    }

    #[track_caller]
    fn differ(kind: PolicyKind, before: &str, after: &str, expected: bool) {
        let found = difference(&policy(before), &policy(after), kind);
        assert_eq!(found.is_some(), expected, "{found:?}\n{before}\n{after}");
    }

    #[test]
    fn a_change_of_any_part_is_noticed() {
        let own = r#"{"Effect": "Allow", "Action": ["s3:Get*", "s3:Put*"], "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b"], "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}, "IpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "60"}}}"#;
        for kind in [PolicyKind::Identity, PolicyKind::Boundary, PolicyKind::Session, PolicyKind::Scp] {
            differ(kind, own, own, false);
            for (from, to) in [
                ("s3:Get*", "s3:GetObject"),
                (r#", "s3:Put*""#, ""),
                ("a/*", "a/b/*"),
                (r#", "arn:aws:s3:::b""#, ""),
                ("vpc-1", "vpc-2"),
                ("192.0.2.0/24", "192.0.2.0/25"),
                ("\"60\"", "\"61\""),
                ("StringEquals", "StringEqualsIfExists"),
                ("Allow", "Deny"),
            ] {
                assert!(own.contains(from), "{from}");
                differ(kind, own, &own.replacen(from, to, 1), true);
            }
        }
    }

    #[test]
    fn policies_of_resources_are_asked_by_their_principals() {
        let own = r#"{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::444455556666:role/a", "777788889999"]}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:q"}"#;
        differ(PolicyKind::Resource, own, own, false);
        differ(PolicyKind::Resource, own, &own.replace("role/a", "role/b"), true);
        differ(PolicyKind::Resource, own, &own.replace("777788889999", "777788889990"), true);
    }

    #[test]
    fn what_cannot_be_read_decides_nothing() {
        let right = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
        differ(PolicyKind::Identity, &right.replace("Allow", "allow"), right, false);
        differ(PolicyKind::Identity, right, &right.replace("Allow", "allow"), true);
    }
}
