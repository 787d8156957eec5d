//! Statements of trust policies that trust every tenant of a shared OIDC provider (rule 1.25).

mod issuers;

use self::issuers::{Gate, Issuer};
use super::{Path, Reader, opening};
use crate::action::{ActionElement, ActionPattern};
use crate::arn::{ArnFields, IamResource};
use crate::code;
use crate::condition::{Condition, Values};
use crate::operator::{Operator, Test};
use crate::policy::PolicyKind;
use crate::principal::{NamedPrincipal, PrincipalElement};
use iam_json::Value;

/// The call whose trust the gate looks at.
const CALL: &str = "sts:AssumeRoleWithWebIdentity";

/// The characters of a blank value.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// Claims that say for whom a token is, and not from whom, unless the table of issuers says otherwise.
const OF_AUDIENCE: [&str; 4] = ["amr", "aud", "azp", "oaud"];

impl Reader<'_> {
    /// Reports an Allow statement of a trust policy that trusts every tenant of a shared provider.
    ///
    /// IAM refuses to store some of them. It stores others, and was not asked about those that are older than this gate.
    pub(super) fn tenancy(
        &mut self,
        principal: &PrincipalElement,
        action: &ActionElement,
        conditions: &[Condition],
        statement: Value<'_>,
        path: &Path<'_>,
    ) {
        if self.kind != PolicyKind::Trust || !names_call(action) {
            return;
        }
        for entry in principal.principals().entries() {
            let NamedPrincipal::Federated(name) = &entry.value else { continue };
            let provider = match ArnFields::split(name).and_then(|fields| fields.iam()) {
                Some(IamResource::OidcProvider(issuer)) => issuer,
                _ => name,
            };
            let Some(issuer) = Issuer::of(provider) else { continue };
            let keys = issuer.keys(provider);
            let names = keys.join(" or ");
            if !is_stored(issuer.gate, &keys, conditions) && !tests_number(&issuer, provider, conditions) {
                let operators = match issuer.gate {
                    Gate::General | Gate::GitHub => "StringEquals or StringLike",
                    Gate::BuiltIn => "StringEquals",
                };
                let help = format!(
                    "test {names} with {operators}, or every tenant of {provider} can assume the role"
                );
                let code = code::MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL;
                self.report(code, path, opening(statement), format!("no test of {names} that counts"), help);
            } else if !conditions.iter().any(|c| narrows(&issuer, provider, &keys, c)) {
                let help = format!(
                    "write the name of your tenant before the first `*`; every tenant of {provider} can assume the role"
                );
                let code = code::OIDC_CONDITION_ADMITS_EVERY_TENANT;
                self.report(
                    code,
                    path,
                    opening(statement),
                    format!("wildcards in the test of {names}"),
                    help,
                );
            }
        }
    }
}

/// Whether the statement is about the call of web identities.
fn names_call(action: &ActionElement) -> bool {
    let is_named = action.patterns().iter().any(|pattern| matches_call(&pattern.value));
    is_named != action.is_not()
}

/// Whether the pattern matches the call. The case of letters does not matter.
fn matches_call(pattern: &ActionPattern) -> bool {
    // Whether the pattern up to here matches the first letters of the call, for each number of them.
    let mut matched: Vec<bool> = std::iter::once(true).chain(CALL.bytes().map(|_| false)).collect();
    for wanted in pattern.text().bytes() {
        matched = if wanted == b'*' {
            let mut any = false;
            let reached = matched.iter().map(|at| {
                any |= at;
                any
            });
            reached.collect()
        } else {
            let fits = |letter: u8| wanted == b'?' || wanted.eq_ignore_ascii_case(&letter);
            let next = matched.iter().zip(CALL.bytes()).map(|(at, letter)| *at && fits(letter));
            std::iter::once(false).chain(next).collect()
        };
    }
    matched.last().copied().unwrap_or_default()
}

/// Whether IAM stores a statement with these conditions: one operator tests the claims, and all its tests of them are good.
fn is_stored(gate: Gate, keys: &[String], conditions: &[Condition]) -> bool {
    let is_key = |condition: &Condition| {
        let name = condition.key.value.as_str();
        keys.iter()
            .any(|key| if gate == Gate::BuiltIn { key == name } else { key.eq_ignore_ascii_case(name) })
    };
    let mut tests =
        conditions.iter().filter(|c| is_key(c) && counts(gate, c.test.value)).map(|c| c.test.value);
    tests.any(|test| {
        let mut of_test = conditions.iter().filter(|c| c.test.value == test && is_key(c));
        of_test.all(|condition| is_good(gate, &condition.values))
    })
}

/// Whether a condition compares the number that stands for the tenant.
fn tests_number(issuer: &Issuer, provider: &str, conditions: &[Condition]) -> bool {
    let key = format!("{provider}:{}", issuer.number);
    let is_test = |test: Test| !test.if_exists && test.operator == Operator::NumericEquals;
    let mut tests = conditions.iter().filter(|c| is_test(c.test.value));
    tests.any(|condition| condition.key.value.as_str() == key)
}

/// Whether the gate counts an operator as a test.
fn counts(gate: Gate, test: Test) -> bool {
    let is_exact = matches!(test.operator, Operator::StringEquals | Operator::StringEqualsIgnoreCase);
    let compares = is_exact || (test.operator == Operator::StringLike && gate != Gate::BuiltIn);
    compares && !test.if_exists
}

/// Whether the gate lets all the values pass.
fn is_good(gate: Gate, values: &Values) -> bool {
    let Values::String(patterns) = values else { return false };
    patterns.iter().all(|pattern| {
        let text = pattern.value.text();
        match gate {
            Gate::General => text != "*",
            Gate::GitHub => !text.starts_with('*') && !text.trim_matches(BLANKS).is_empty(),
            Gate::BuiltIn => true,
        }
    })
}

/// Whether a condition keeps some tenants out: it compares a claim with values that do not begin with wildcards.
fn narrows(issuer: &Issuer, provider: &str, keys: &[String], condition: &Condition) -> bool {
    let test = condition.test.value;
    if test.if_exists || test.operator.is_negated() {
        return false;
    }
    let name = condition.key.value.as_str();
    let is_tenant = keys.iter().any(|key| key.eq_ignore_ascii_case(name));
    let is_other_claim = || {
        let (prefix, claim) = name.split_at_checked(provider.len()).unwrap_or_default();
        let claim = claim.strip_prefix(':').filter(|_| prefix.eq_ignore_ascii_case(provider));
        claim.is_some_and(|claim| !OF_AUDIENCE.iter().any(|of| of.eq_ignore_ascii_case(claim)))
    };
    if !is_tenant && !is_other_claim() {
        return false;
    }
    match &condition.values {
        Values::String(patterns) if test.operator == Operator::StringLike => {
            patterns.iter().all(|pattern| !is_open(pattern.value.text(), issuer.before_tenant))
        }
        Values::String(_) | Values::Numeric(_) => true,
        Values::Arn(_)
        | Values::Date(_)
        | Values::Bool(_)
        | Values::Binary(_)
        | Values::Ip(_)
        | Values::Null(_) => false,
    }
}

/// Whether a pattern has a `*` where the name of the tenant begins.
fn is_open(text: &str, before_tenant: &str) -> bool {
    let tenant = text.strip_prefix(before_tenant).unwrap_or(text);
    tenant.trim_start_matches('?').starts_with('*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_actions_match_the_call() {
        for (text, expected) in [
            ("*", true),
            ("sts:*", true),
            ("sts:AssumeRoleWithWebIdentity", true),
            ("STS:assumerolewithwebidentity", true),
            ("sts:AssumeRole*", true),
            ("sts:*Identity", true),
            ("sts:*With*Identity*", true),
            ("sts:AssumeRoleWith???Identity", true),
            ("sts:AssumeRoleWithWebIdentity?", false),
            ("sts:AssumeRole", false),
            ("sts:AssumeRoleWithSAML", false),
            ("sts:TagSession", false),
            ("sts:*WithWeb", false),
            ("s3:*", false),
        ] {
            assert_eq!(matches_call(&ActionPattern::parse(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn a_pattern_is_open_where_the_tenant_begins() {
        for (text, before, expected) in [
            ("*", "", true),
            ("**", "repo:", true),
            ("?*", "repo:", true),
            ("*:ref:main", "", true),
            ("repo:*", "repo:", true),
            ("repo:*/shop:*", "repo:", true),
            ("repo:acme/*", "repo:", false),
            ("acme:*", "", false),
            ("??", "", false),
            ("", "", false),
        ] {
            assert_eq!(is_open(text, before), expected, "{text}");
        }
    }
}
