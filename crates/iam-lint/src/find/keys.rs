//! Condition keys: whether they exist, go with the operator, and mean what the author thinks.

use iam_json::quoted;
use iam_policy::{Operator, PolicyKind, Quantifier, Test};

use super::facts::Facts;
use super::guess::is_close;
use super::trust::issuers;
use super::{Run, service_of};
use crate::code;
use crate::data::{self, OF_SOME_SERVICES, PAIRS, PROVIDERS, TAGS, WRITTEN_BY_CALLERS};
use crate::glob::like;
use crate::view::{Cond, Statement};

/// How many actions a finding names.
const NAMED: usize = 8;

/// How to write the key of a claim.
pub(crate) const CLAIM: &str = "write the key of a claim as PROVIDER:CLAIM, with the provider as the principal names it, such as oidc.example.org:sub";

/// Names of claims that are keys of providers.
const CLAIMS: [&str; 10] =
    ["amr", "aud", "azp", "email", "iss", "job_workflow_ref", "oaud", "ref", "repository", "sub"];

fn is_claim(name: &str) -> bool {
    CLAIMS.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// A text without what does not belong into a key: a scheme, and colons at its ends.
fn bare(text: &str) -> &str {
    let rest = text.strip_prefix("https").map(|rest| rest.trim_start_matches([':', '/']));
    rest.unwrap_or(text).trim_matches(':')
}

/// The marks that stand in place of the colon before a claim.
const MARKS: [char; 5] = [':', '/', '.', '#', '|'];

/// The key that is meant by a text that is none: a claim of a provider, or a key that lacks its prefix. `None` if that is not clear.
pub(crate) fn meant_key(statement: &Statement<'_>, text: &str, facts: Option<&Facts<'_>>) -> Option<String> {
    let text = bare(text);
    let issuers = issuers(statement);
    let of_issuer = |issuer: &&&str| {
        let head = text.get(..issuer.len()).filter(|head| head.eq_ignore_ascii_case(issuer))?;
        let claim = text.get(head.len()..)?.strip_prefix(MARKS)?;
        let is_name = claim.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        (is_name && !claim.is_empty()).then(|| format!("{issuer}:{claim}"))
    };
    if let Some(own) = issuers.iter().find_map(|issuer| of_issuer(&issuer)) {
        return Some(own);
    }
    if let ([issuer], true) = (issuers.as_slice(), is_claim(text)) {
        return Some(format!("{issuer}:{text}"));
    }
    // The text itself tells the provider.
    if let Some((head, claim)) =
        text.rsplit_once(MARKS).filter(|(head, claim)| is_host(head) && is_claim(claim))
    {
        return Some(format!("{head}:{claim}"));
    }
    let facts = facts.filter(|_| !text.contains(MARKS))?;
    let global = facts.sections.global_key(&format!("aws:{text}")).map(|key| key.name.to_owned());
    global.or_else(|| {
        let services = Run::services(statement);
        let keys = services.iter().filter_map(|service| {
            let key = facts.sections.key_of(service, &format!("{service}:{text}"))?;
            key.name.eq_ignore_ascii_case(&format!("{service}:{text}")).then(|| key.name.to_owned())
        });
        let keys: Vec<String> = keys.collect();
        match keys.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    })
}

/// The provider that a text names without a claim.
pub(crate) fn provider_alone<'t>(statement: &'t Statement<'_>, text: &'t str) -> Option<&'t str> {
    let text = bare(text);
    let own = issuers(statement).into_iter().find(|issuer| issuer.eq_ignore_ascii_case(text));
    own.or_else(|| is_host(text).then_some(text))
}

/// Whether a text begins with the name of a host, as the names of providers do.
fn is_host(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.matches('.').count() > 1 && host.split('.').all(is_label)
}

/// Whether a statement of a trust policy is about an identity provider.
pub(crate) fn is_of_provider(kind: PolicyKind, statement: &Statement<'_>) -> bool {
    kind == PolicyKind::Trust && statement.principal_entries().iter().any(|entry| entry.kind == "Federated")
}

/// The likeliest of some names; all of the first ones if they go on from the same beginning.
fn likely(near: &[String]) -> Option<String> {
    let [first, others @ ..] = near else { return None };
    let shared = |other: &String| {
        let same = first.bytes().zip(other.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
        same.saturating_mul(2) > first.len().max(other.len())
    };
    let named: Vec<&str> = std::iter::once(first)
        .chain(others.iter().filter(|own| shared(own)))
        .take(3)
        .map(String::as_str)
        .collect();
    Some(named.join(" or "))
}

/// What follows for requests that lack a key which only some services set, and what to do. Of what a Deny names, nothing is taken out.
fn without_key(statement: &Statement<'_>, cond: &Cond<'_>) -> &'static str {
    let mut tests = statement.conditions.iter().filter(|own| own.is(&cond.key.text));
    match (statement.denies(), tests.all(Cond::holds_without_key)) {
        (true, true) => {
            "requests of the other services lack the key, so that they are always denied: if that is not meant, move them into another Deny with a key that they have, such as aws:SourceVpce"
        }
        (true, false) => {
            "requests of the other services lack the key, so that they are never denied here: write another Deny for those services with a key that they have, such as aws:SourceVpce"
        }
        (false, true) => {
            "requests of the other services lack the key, so that they are always allowed: move them into another statement with a key that they have, such as aws:SourceVpce"
        }
        (false, false) => {
            "requests of the other services lack the key, so that they are never allowed here: write another statement for those services with a key that they have, such as aws:SourceVpce"
        }
    }
}

impl Run<'_, '_> {
    pub(super) fn key(&mut self, statement: &Statement<'_>, cond: &Cond<'_>) {
        let name = quoted(&cond.key.text);
        if !self.old_name(statement, cond) {
            self.unknown_key(statement, cond);
        }
        if cond.is_one_of(&WRITTEN_BY_CALLERS) {
            let help = "test who calls, or from which network: every caller can send this value";
            self.at(code::UNTRUSTWORTHY_CONDITION_KEY, &cond.key, name.clone(), help);
        }
        for (key, partners) in PAIRS {
            if cond.is(key) && cond.operator() != Some(Operator::Null) && !statement.tests(partners) {
                let help = format!("test one of {} in the same statement", partners.join(", "));
                self.at(code::MISSING_PAIRED_CONDITION_KEYS, &cond.key, name.clone(), help);
            }
        }
        self.unsupported_service(statement, cond);
        self.absent_in_denied(statement, cond);
        if cond.is("dynamodb:Attributes") {
            self.attributes(statement, cond);
        }
        if cond.is("s3:prefix")
            && matches!(cond.operator(), Some(operator) if crate::reading::compares_text(operator))
        {
            let is_round =
                (statement.denies() && !cond.is_negated()) || (statement.allows() && cond.is_negated());
            if is_round {
                let help = "allow with StringLike, or deny with StringNotLike";
                self.at(code::S3_PREFIX_IN_NEGATIVE_CONTEXT, &cond.key, name.clone(), help);
            }
        }
        let is_owner = cond.is("s3:ResourceAccount")
            || (cond.is_one_of(&["aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths"])
                && !self.settings.is_guessed);
        let compares_principal = cond.values.iter().any(|value| value.text.contains("${"));
        if self.is_of_resource() && is_owner && !compares_principal {
            let help = "test it in identity-based policies; here the owner is always the same";
            self.at(code::IRRELEVANT_CONDITION_KEY_IN_POLICY, &cond.key, name, help);
        }
    }

    /// Reports a Deny that requests without multi-factor authentication escape because they do not have its key.
    fn absent_in_denied(&mut self, statement: &Statement<'_>, cond: &Cond<'_>) {
        let (present, age) = ("aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge");
        // ForAllValues is true without the key, too.
        let escapes = |test: &Test| !test.if_exists && test.quantifier != Some(Quantifier::ForAllValues);
        let Some(test) = cond.test.filter(|test| statement.denies() && escapes(test)) else { return };
        let wants_none = cond.is(present)
            && !cond.is_negated()
            && test.operator != Operator::Null
            && cond.values.iter().all(|value| value.text.eq_ignore_ascii_case("false"));
        let wants_old = cond.is(age)
            && matches!(test.operator, Operator::NumericGreaterThan | Operator::NumericGreaterThanEquals);
        // A second Deny may be about the requests without the key.
        let others =
            self.doc.statements.iter().filter(|other| other.denies() && other.is_about_all_of(statement));
        let is_made_up_for = others.into_iter().any(|other| {
            other.conditions.iter().any(|other| {
                let is_null = other.operator() == Some(Operator::Null);
                let is_wider = is_null || other.test.is_some_and(|test| test.if_exists);
                is_wider && other.is_one_of(&[present, age])
            })
        });
        if (wants_none || wants_old) && !is_made_up_for {
            // The key is a boolean, whatever it is compared as.
            let operator = if wants_none { Operator::Bool } else { test.operator };
            let help = format!(
                "write {}IfExists: requests with access keys of a user do not have the key",
                operator.name()
            );
            self.at(code::DENY_MISSES_ABSENT_KEY, &cond.key, quoted(&cond.key.text), help);
        }
    }

    /// Reports aws:ARN, the old name of a key.
    fn old_name(&mut self, statement: &Statement<'_>, cond: &Cond<'_>) -> bool {
        if !cond.is("aws:ARN") {
            return false;
        }
        let name = quoted(&cond.key.text);
        if statement.service_principals().next().is_some() {
            let help = "write aws:SourceArn: calls of services do not have this key";
            self.at(code::UNSUPPORTED_GLOBAL_CONDITION_KEY, &cond.key, name, help);
        } else {
            self.at(code::DEPRECATED_GLOBAL_CONDITION_KEY, &cond.key, name, "write aws:PrincipalArn");
        }
        true
    }

    fn unknown_key(&mut self, statement: &Statement<'_>, cond: &Cond<'_>) {
        let text = &*cond.key.text;
        let Some((prefix, name)) = text.split_once(':') else { return };
        if prefix.is_empty() || name.is_empty() {
            return;
        }
        let is_bare_tag = TAGS.iter().any(|tag| {
            text.eq_ignore_ascii_case(tag)
                || text.strip_suffix('/').is_some_and(|head| head.eq_ignore_ascii_case(tag))
        });
        if is_bare_tag {
            let help = "name the tag behind the slash, as in aws:ResourceTag/team";
            self.at(code::MISSING_TAG_KEY_IN_CONDITION, &cond.key, quoted(text), help);
            return;
        }
        // Customers choose the names of identity providers.
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let is_provider =
            !prefix.chars().all(is_name) || PROVIDERS.iter().any(|own| own.eq_ignore_ascii_case(prefix));
        let Some(facts) = self.facts.as_ref().filter(|_| !is_provider) else { return };
        if facts.key(text, &Self::services(statement)).is_some() || facts.is_key_anywhere(text) {
            return;
        }
        let suggestion = |near: Option<&str>, else_: &str| {
            near.map_or_else(|| else_.to_owned(), |near| format!("did you mean {near}?"))
        };
        let (code, help) = if prefix.eq_ignore_ascii_case("aws") {
            let near = facts.near_keys(text, facts.sections.global_keys());
            let help = suggestion(likely(&near).as_deref(), "write a key of AWS's list of global keys");
            (code::INVALID_GLOBAL_CONDITION_KEY, help)
        } else if facts.sections.has_service(prefix) {
            let near = facts.near_keys(text, facts.sections.keys_of(prefix));
            let help = suggestion(likely(&near).as_deref(), "write a key of the service's table");
            (code::INVALID_SERVICE_CONDITION_KEY, help)
        } else {
            let near = facts.near(prefix, facts.sections.services(), |own| *own);
            let near = near.into_iter().find(|own| is_close(prefix, own));
            let help = if is_of_provider(self.kind(), statement) {
                CLAIM.to_owned()
            } else {
                suggestion(near, "write the prefix of a service")
            };
            (code::INVALID_SERVICE, help)
        };
        self.at(code, &cond.key, quoted(text), help);
    }

    /// The services that the statement names in its actions.
    pub(crate) fn services(statement: &Statement<'_>) -> Vec<String> {
        let texts = statement.actions.as_ref().map_or(&[][..], |list| &list.texts);
        let mut services: Vec<String> = texts.iter().filter_map(|text| service_of(&text.text)).collect();
        services.sort_unstable();
        services.dedup();
        services
    }

    /// A key that only some services set, on actions of others.
    fn unsupported_service(&mut self, statement: &Statement<'_>, cond: &Cond<'_>) {
        // One finding for a key, however often it is tested.
        let is_first = || {
            let mut same = statement.conditions.iter().filter(|own| own.is(&cond.key.text));
            same.next().is_some_and(|own| own.key.value.span() == cond.key.value.span())
        };
        if !cond.is_one_of(&OF_SOME_SERVICES) || !is_first() {
            return;
        }
        let Some(list) = &statement.actions else { return };
        let sets = |action: &str| {
            service_of(action).is_some_and(|service| data::sets(&cond.key.text, &service))
                && !action.eq_ignore_ascii_case("iam:PassRole")
        };
        if list.is_not {
            let found = format!(
                "{}: NotAction leaves in all other services, most of which do not set the key",
                quoted(&cond.key.text)
            );
            let help = without_key(statement, cond);
            self.on(code::USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES, list.value, found, help);
        } else {
            let lacking = list.texts.iter().filter(|text| !sets(&text.text)).map(|text| quoted(&text.text));
            let lacking: Vec<String> = lacking.collect();
            let Some(named) = lacking.get(..lacking.len().min(NAMED)).filter(|named| !named.is_empty())
            else {
                return;
            };
            let more = match lacking.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let found = format!("{} with {}{more}", quoted(&cond.key.text), named.join(", "));
            let help = without_key(statement, cond);
            self.at(code::USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES, &cond.key, found, help);
        }
    }

    fn attributes(&mut self, statement: &Statement<'_>, cond: &Cond<'_>) {
        let reads = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan"];
        let is_read =
            statement.action_texts().iter().any(|text| reads.iter().any(|read| like(&text.text, read)));
        let selects = statement.conditions.iter().any(|own| {
            own.is("dynamodb:Select")
                && own.values.iter().any(|value| value.text.eq_ignore_ascii_case("SPECIFIC_ATTRIBUTES"))
        });
        if statement.allows() && is_read && !selects && cond.operator() != Some(Operator::Null) {
            let help = "add \"StringEquals\": {\"dynamodb:Select\": \"SPECIFIC_ATTRIBUTES\"}";
            self.at(code::DYNAMODB_ATTRIBUTES_WITHOUT_SELECT, &cond.key, quoted(&cond.key.text), help);
        }
    }

    /// ForAllValues and ForAnyValue on the audience of a token. `true` if the key is an audience.
    pub(super) fn audience(&mut self, cond: &Cond<'_>) -> bool {
        let Some((issuer, claim)) = cond.key.text.rsplit_once(':') else { return false };
        let is_token = issuer.contains('.') || issuer.eq_ignore_ascii_case("saml");
        if !is_token || !(claim.eq_ignore_ascii_case("aud") || claim.eq_ignore_ascii_case("oaud")) {
            return false;
        }
        let help = "leave the set operator out: the request has one value";
        match cond.quantifier() {
            Some(Quantifier::ForAllValues) => {
                self.at(code::CONFIRM_AUDIENCE_CLAIM_TYPE, &cond.key, quoted(&cond.key.text), help);
            }
            Some(Quantifier::ForAnyValue) => {
                self.at(code::FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE, &cond.key, quoted(&cond.key.text), help);
            }
            None => {}
        }
        true
    }
}
