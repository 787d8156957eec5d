//! The tokens of one provider: what the trust policy asks of each claim, and whether others' tokens get in.

use iam_policy::{Condition, Effect, Quantifier, Statement, Test, Values};

use super::asked::{About, Asked, WITH_ASSERTION, WITH_TOKEN, usual};
use super::caller::TrustVerdict;
use super::combined::{SET_SOURCE_IDENTITY, TAG_SESSION, is_about, test};
use super::keys::{issuer, policies};
use super::shared::{Tenancy, is_of_one_owner};

/// The callers of one identity provider, and what the trust policy asks of them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenTrust {
    /// The provider as the trust policy names it: its ARN, or the domain of a built-in provider.
    pub provider: Box<str>,
    /// Its issuer: host and path, or the domain. For a SAML provider, its ARN.
    pub issuer: Box<str>,
    /// Whether it is a SAML provider.
    pub is_saml: bool,
    /// Whether it is one of DoiT's.
    pub is_doit: bool,
    /// Whether any token opens a session.
    pub admitted: TrustVerdict,
    /// What is asked of the claims, of the session tags and of the name of the session.
    pub keys: Vec<KeyTrust>,
    /// For a provider that many organizations share: whether a token opens a session that belongs to no owner whom the policy names.
    pub strangers: Option<TrustVerdict>,
}

/// What a trust policy asks of one condition key of the calls.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeyTrust {
    /// The key.
    pub key: Box<str>,
    /// The tests that each call meets one of, if `other` is proven never. Without tests, nothing is asked.
    pub tests: Vec<Condition>,
    /// Whether the tests only have whole values, so that the key has one of finitely many.
    pub is_exact: bool,
    /// Whether a call opens a session that meets none of the tests.
    pub other: TrustVerdict,
}

impl TokenTrust {
    /// Whether it is proven that only tokens open sessions that the policy's own values describe: no token does, or none of another owner.
    pub fn is_pinned(&self) -> bool {
        self.admitted.is_never()
            || match &self.strangers {
                Some(strangers) => strangers.is_never(),
                None => self.keys.iter().any(|own| own.is_exact && own.other.is_never()),
            }
    }
}

impl KeyTrust {
    /// The tests as they read in a policy: operator and values.
    pub fn told(&self) -> Vec<String> {
        let told = |condition: &Condition| {
            let values: Vec<String> = condition.values.texts().into_iter().map(iam_json::quoted).collect();
            format!("{} {}", condition.test.value, values.join(", "))
        };
        self.tests.iter().map(told).collect()
    }
}

/// A provider that callers may come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) provider: Box<str>,
    pub(super) is_saml: bool,
}

/// What the trust policy asks of the callers of a provider.
pub(super) fn of(about: About<'_>, named: &Named, is_doit: bool) -> TokenTrust {
    let provider = &*named.provider;
    let mut asked = if named.is_saml {
        Asked::assertions(about, provider)
    } else {
        Asked::tokens(about, provider, usual("someone", "an-audience"), true)
    };
    let admitted = asked.any();
    let mut keys = Vec::new();
    let mut strangers = None;
    if !admitted.is_never() {
        for key in listed(about, named) {
            keys.push(of_key(&mut asked, about, &key, named, &admitted));
        }
        if let Some(tenancy) = Tenancy::of(issuer(provider)).filter(|_| !named.is_saml) {
            let tests = tests(about, named);
            let owners: Vec<Vec<Condition>> = tests
                .into_iter()
                .filter(|own| is_of_one_owner(tenancy, issuer(provider), own))
                .map(|own| vec![own])
                .collect();
            strangers = Some(asked.beyond(&owners));
        }
    }
    TokenTrust {
        provider: provider.into(),
        issuer: issuer(provider).into(),
        is_saml: named.is_saml,
        is_doit,
        admitted,
        keys,
        strangers,
    }
}

/// The keys that are looked at: subject and audience, and what the statements about these calls test, without what no caller chooses.
fn listed(about: About<'_>, named: &Named) -> Vec<String> {
    let issuer = issuer(&named.provider);
    let mut keys = if named.is_saml {
        vec!["saml:sub".to_owned(), "saml:aud".to_owned()]
    } else {
        vec![format!("{issuer}:sub"), format!("{issuer}:aud")]
    };
    let prefix = if named.is_saml { "saml:".to_owned() } else { format!("{issuer}:") };
    for statement in statements(about, named) {
        for condition in &statement.conditions {
            let key = condition.key.value.as_str();
            let begins =
                |prefix: &str| key.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
            let is_chosen =
                begins(&prefix) || begins("aws:RequestTag/") || begins("sts:") || begins("aws:TagKeys");
            if is_chosen && !keys.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                keys.push(key.to_owned());
            }
        }
    }
    keys
}

/// The statements about the calls of a provider.
fn statements<'a>(about: About<'a>, named: &Named) -> impl Iterator<Item = &'a Statement> {
    let call = if named.is_saml { WITH_ASSERTION } else { WITH_TOKEN };
    let is_about_it = move |own: &&Statement| {
        [call, TAG_SESSION, SET_SOURCE_IDENTITY].iter().any(|action| is_about(own, action))
    };
    policies(about.role).flat_map(|policy| &policy.statements).filter(is_about_it)
}

/// The tests of the statements, as tests that are true of the values that they name.
fn tests(about: About<'_>, named: &Named) -> Vec<Condition> {
    let mut found: Vec<Condition> = Vec::new();
    for statement in statements(about, named) {
        for condition in &statement.conditions {
            let Some(own) = positive(condition, statement.effect.value) else { continue };
            if !found.contains(&own) {
                found.push(own);
            }
        }
    }
    found
}

fn of_key(
    asked: &mut Asked<'_>,
    about: About<'_>,
    key: &str,
    named: &Named,
    admitted: &TrustVerdict,
) -> KeyTrust {
    let own = tests(about, named);
    let own: Vec<Condition> =
        own.into_iter().filter(|test| test.key.value.as_str().eq_ignore_ascii_case(key)).collect();
    let exact: Vec<Condition> = own.iter().filter(|test| is_exact(test)).cloned().collect();
    let narrow: Vec<Condition> = own.iter().filter(|test| !is_for_all(test)).cloned().collect();
    let mut last = None;
    // The narrowest tests that every call meets.
    let mut tried: Option<Vec<Condition>> = None;
    for some in [exact, narrow, own] {
        if some.is_empty() || tried.as_ref() == Some(&some) {
            continue;
        }
        let other = asked.beyond(&some.iter().map(|test| vec![test.clone()]).collect::<Vec<_>>());
        let is_exact = some.iter().all(is_exact);
        let is_never = other.is_never();
        last = Some(KeyTrust { key: key.into(), tests: some.clone(), is_exact, other });
        if is_never {
            break;
        }
        tried = Some(some);
    }
    last.unwrap_or_else(|| KeyTrust {
        key: key.into(),
        tests: Vec::new(),
        is_exact: false,
        other: admitted.clone(),
    })
}

/// The test that is true only of requests with the key, and of the values that it names. `None` if it names none.
fn positive(condition: &Condition, effect: Effect) -> Option<Condition> {
    let test: Test = condition.test.value;
    let is_list = matches!(condition.values, Values::Null(_)) || condition.values.is_empty();
    // A Deny of some values names them no less than one of all others. But what a Deny is about does not get in.
    let is_excluded = (effect == Effect::Deny) != test.operator.is_negated();
    if is_list || is_excluded {
        return None;
    }
    let mut own = condition.clone();
    let quantifier = test.quantifier.map(|_| Quantifier::ForAnyValue);
    let operator = test.operator.affirmative();
    own.test.value = Test::new(quantifier, operator, false);
    Some(own)
}

/// Whether a test names whole values only.
fn is_exact(condition: &Condition) -> bool {
    match &condition.values {
        Values::String(values) | Values::Arn(values) => {
            values.iter().all(|own| !own.value.has_wildcards() && !own.value.has_variables())
        }
        Values::Bool(_) | Values::Binary(_) => true,
        Values::Numeric(_) | Values::Date(_) | Values::Ip(_) | Values::Null(_) => false,
    }
}

/// Whether a test is of the form `*`, `?*` and the like in one of its values.
fn is_for_all(condition: &Condition) -> bool {
    condition.values.texts().iter().any(|text| text.chars().all(|c| matches!(c, '*' | '?')))
}

/// The test that a key has this value.
pub(super) fn equals(key: &str, value: &str) -> Vec<Condition> {
    test("StringEquals", key, &[value])
}

/// The tests of the subject, or of another claim, that name whole values only.
pub(super) fn exact_tests(about: About<'_>, provider: &str, claim: &str) -> Vec<Condition> {
    let named = Named { provider: provider.into(), is_saml: false };
    let key = format!("{}:{claim}", issuer(provider));
    let mut own = tests(about, &named);
    own.retain(|test| test.key.value.as_str().eq_ignore_ascii_case(&key) && is_exact(test));
    own
}
