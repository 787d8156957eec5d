//! The problems that reading a policy finds, by the names and levels of IAM Access Analyzer.

use std::collections::BTreeSet;

use iam_catalog::{ActionDetails, KeyType};
use iam_json::{Code, Level, Problem, Span, quoted};
use iam_policy::{Family, Operator, PolicyKind, Quantifier, Test, code as read};

use crate::code;
use crate::data::{ALWAYS_THERE, SENSITIVE, is_literal_star};
use crate::find::facts::Facts;
use crate::find::keys::{CLAIM, is_of_provider, meant_key, provider_alone};
use crate::find::trust::{are_strangers_denied, lets_assume};
use crate::find::{Run, forms, service_of};
use crate::fix::{meant_operator, prefixed};
use crate::glob::is_every;
use crate::table::rule;
use crate::view::{Cond, Doc, Statement, Text};

/// What the help of a problem goes on with that refuses a policy below the level of an error.
pub(crate) const NOT_READ: &str = "; with it the policy is not read";

/// A problem of reading as this crate names it.
///
/// Its level is that of IAM Access Analyzer. If reading refuses the policy although the level is lower, the help says so.
pub fn shown(mut problem: Problem, kind: PolicyKind) -> Problem {
    let code = renamed(&problem, kind).or_else(|| rule(problem.code.name()).map(|rule| rule.code));
    let Some(code) = code else { return problem };
    let refuses = problem.is_refusal();
    if problem.code == read::INVALID_CONDITION_OPERATOR
        && let Some(test) = operator(&problem.place.pointer).and_then(meant_operator)
    {
        problem.help = format!("did you mean {test}?");
    }
    problem.code = code;
    problem.level = code.level(iam_json::Mode::Strict);
    if refuses && problem.level != Level::Error {
        let is_deleted = [code::INVALID_ROLE_REFERENCE, code::INVALID_USER_REFERENCE].contains(&problem.code);
        problem.help.push_str(NOT_READ);
        problem.help.push_str(if is_deleted {
            ", because AWS shows such an id of what was deleted and takes none in a new policy"
        } else {
            ", because AWS does not store it so"
        });
    }
    problem
}

/// Replaces a help that says how to change the document, if it is one of AWS's own, which nobody else can change.
pub fn addressed(problem: &mut Problem, kind: PolicyKind) {
    if kind != PolicyKind::AwsManaged {
        return;
    }
    let grants = [code::CREDENTIALS_OF_ANY_RESOURCE, code::DATA_OF_ANY_RESOURCE, code::PRIVILEGE_ESCALATION];
    let help = if problem.level == Level::SecurityWarning || grants.contains(&problem.code) {
        "the document is AWS's: deny these actions beside it, or use a policy of your own"
    } else {
        "the document is AWS's, and nobody else can change it"
    };
    help.clone_into(&mut problem.help);
}

/// The code, where reading has another name for it.
fn renamed(problem: &Problem, kind: PolicyKind) -> Option<Code> {
    let pointer = problem.place.pointer.as_str();
    let is = |code: Code| problem.code == code;
    if is(read::INVALID_DATE_VALUE) {
        return Some(code::TYPE_MISMATCH_DATE);
    }
    if is(read::TYPE_MISMATCH_BINARY) {
        return Some(code::TYPE_MISMATCH_STRING);
    }
    if is(read::UNREADABLE_CONDITION_VALUE) {
        return match test(pointer)?.operator.family() {
            Family::Numeric => Some(code::TYPE_MISMATCH_NUMBER),
            Family::Date => Some(code::TYPE_MISMATCH_DATE),
            Family::Ip => Some(code::TYPE_MISMATCH_IP_RANGE),
            Family::String | Family::Bool | Family::Binary | Family::Arn | Family::Null => None,
        };
    }
    if is(read::MIXED_CONDITION_DATA_TYPES) {
        return Some(code::INVALID_CONDITION_DATA_TYPE);
    }
    if is(read::INVALID_CONDITION_DATA_TYPE) {
        return Some(code::DATA_TYPE_MISMATCH);
    }
    if is(read::EMPTY_ARRAY_CONDITION) {
        let test = test(pointer)?;
        return Some(match (test.quantifier, test.if_exists) {
            (Some(Quantifier::ForAllValues), _) => code::EMPTY_ARRAY_CONDITION_FORALLVALUES,
            (Some(Quantifier::ForAnyValue), false) => code::EMPTY_ARRAY_CONDITION_FORANYVALUE,
            (_, true) => code::EMPTY_ARRAY_CONDITION_IFEXISTS,
            (None, false) => code::EMPTY_ARRAY_CONDITION,
        });
    }
    if is(read::DELETED_PRINCIPAL) {
        // The letters say what the id is of (IAM User Guide, `reference_identifiers`).
        let of = |letters: &str| problem.found.trim_start_matches('`').starts_with(letters);
        return of("AROA")
            .then_some(code::INVALID_ROLE_REFERENCE)
            .or_else(|| of("AIDA").then_some(code::INVALID_USER_REFERENCE));
    }
    if is(read::MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL) {
        let is_github = problem.found.contains("token.actions.githubusercontent.com");
        return Some(if is_github {
            code::MISSING_GITHUB_REPO_CONDITION_KEY
        } else {
            code::OIDC_TENANT_NOT_TESTED
        });
    }
    if is(read::INVALID_PRINCIPAL_FORMAT) {
        let under = |name: &str| pointer.contains(name);
        if kind == PolicyKind::Trust && under("/Principal/Federated") {
            return Some(code::INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY);
        }
        return under("/Principal/Service").then_some(code::INVALID_SERVICE_PRINCIPAL_FORMAT);
    }
    let wildcard = || {
        let service = problem.found.split(':').nth(2).unwrap_or_default();
        service.contains(['*', '?']).then_some(code::WILDCARD_IN_SERVICE_NAME)
    };
    match () {
        () if is(read::INCOMPLETE_ARN) => Some(code::MISSING_ARN_FIELD),
        () if is(read::INVALID_ARN_REGION) => Some(code::ARN_REGION_NOT_ALLOWED),
        () if is(read::WILDCARD_IN_ARN_FIELD) => wildcard(),
        () if is(read::RESOURCE_NOT_AN_ARN) => Some(code::INVALID_ARN_PREFIX),
        () if is(read::RCP_UNSUPPORTED_SERVICE) => Some(code::RCP_SYNTAX_ERROR_ACTION),
        () if is(read::UNSUPPORTED_ACTION_IN_TRUST_POLICY) => Some(code::UNSUPPORTED_ACTION_IN_POLICY),
        () if is(read::EMPTY_TRUST_CONDITION) => Some(code::EMPTY_OBJECT_CONDITION),
        () if is(read::CONDITION_OPERATOR_CASE) => Some(code::INVALID_CONDITION_OPERATOR),
        () if is(read::UNKNOWN_OPERATOR_WITHOUT_TESTS) => Some(code::INVALID_CONDITION_OPERATOR),
        () if is(read::EMPTY_ARRAY_STATEMENT) => Some(code::MISSING_STATEMENT),
        () if is(read::POLICY_SIZE_EXCEEDS_DEFAULT_ROLE_TRUST_POLICY_QUOTA) => {
            Some(code::POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA)
        }
        () => None,
    }
}

/// The operator in a pointer such as `/Statement/0/Condition/StringEquals/aws:SourceVpc`.
fn test(pointer: &str) -> Option<Test> {
    Test::parse(operator(pointer)?).ok()
}

/// The operator in a pointer, as it is written.
fn operator(pointer: &str) -> Option<&str> {
    pointer.split_once("/Condition/")?.1.split('/').next()
}

/// The problems of reading of which the rest of the document says more.
const TOLD_BY_OTHERS: [Code; 6] = [
    code::INVALID_ARN_PREFIX,
    read::TRUST_POLICY_ADMITS_EVERY_ACCOUNT,
    code::ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL,
    code::INVALID_CONDITION_KEY_FORMAT,
    read::FORALLVALUES_WITHOUT_NULL_CHECK,
    code::WILDCARD_WITHOUT_LIKE_OPERATOR,
];

/// The problems of reading, with what the rest of the document and the catalogue say of them.
pub(crate) fn in_their_place(
    doc: &Doc<'_>,
    kind: PolicyKind,
    facts: Option<&Facts<'_>>,
    found: &mut Vec<Problem>,
) {
    found.retain_mut(|problem| {
        if !TOLD_BY_OTHERS.contains(&problem.code) {
            return true;
        }
        let place = problem.place.span;
        let behind = doc.statements.partition_point(|own| own.value.span().start <= place.start);
        let Some(statement) = behind.checked_sub(1).and_then(|at| doc.statements.get(at)) else {
            return true;
        };
        let cond = statement.conditions.iter().find(|cond| {
            let spans = cond.values.iter().map(|own| own.value.span());
            cond.key.value.span() == place || spans.into_iter().any(|span| span == place)
        });
        let is = |code: Code| problem.code == code;
        let help = if is(read::TRUST_POLICY_ADMITS_EVERY_ACCOUNT) {
            return lets_assume(statement) && !are_strangers_denied(doc, statement);
        } else if is(code::ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL) {
            in_place_of_everyone(statement)
        } else if is(code::INVALID_CONDITION_KEY_FORMAT) {
            cond.and_then(|cond| right_key(statement, cond, facts))
                .or_else(|| is_of_provider(kind, statement).then(|| CLAIM.to_owned()))
        } else if is(code::INVALID_ARN_PREFIX) {
            facts.zip(text_at(statement, place)).map(|(facts, text)| in_place_of_no_arn(facts, statement, text))
        } else if is(read::FORALLVALUES_WITHOUT_NULL_CHECK)
            && let Some((cond, facts)) = cond.zip(facts)
        {
            match presence(statement, cond, facts) {
                Presence::Always => return false,
                Presence::Never(others) => {
                    let such = if others.is_empty() {
                        String::new()
                    } else {
                        format!(", such as {}", others.join(" or "))
                    };
                    Some(format!(
                        "none of the actions has the key by AWS's tables, so that this test is always true: leave it out, or test a key that they have{such}"
                    ))
                }
                Presence::OfSome { without, is_sure } => Some(split(cond, &without, is_sure)),
                Presence::Unknown => None,
            }
        } else if is(code::WILDCARD_WITHOUT_LIKE_OPERATOR)
            && let Some(cond) = cond
        {
            let key = facts.and_then(|facts| facts.key(&cond.key.text, &Run::services(statement)));
            let is_arn = key.is_some_and(|key| key.key_type == KeyType::Arn);
            let is_all = cond.values.iter().any(|own| own.value.span() == place && is_every(&own.text));
            in_place_of_wildcard(cond, is_all, is_arn).map(str::to_owned)
        } else {
            None
        };
        if let Some(help) = help {
            problem.help = help;
        }
        true
    });
}

/// The key that is meant by a text that is none. `None` if that is not clear.
fn right_key(statement: &Statement<'_>, cond: &Cond<'_>, facts: Option<&Facts<'_>>) -> Option<String> {
    if let Some(own) = meant_key(statement, &cond.key.text, facts) {
        return Some(format!("write {own}"));
    }
    let provider = provider_alone(statement, &cond.key.text)?;
    Some(format!("write {provider}:CLAIM, such as {provider}:sub"))
}

/// The text of a resource at a place.
fn text_at<'s, 'd>(statement: &'s Statement<'d>, place: Span) -> Option<&'s Text<'d>> {
    statement.resources.as_ref()?.texts.iter().find(|own| own.value.span() == place)
}

/// What to write in place of a resource that is neither an ARN nor `*`.
fn in_place_of_no_arn(facts: &Facts<'_>, statement: &Statement<'_>, text: &Text<'_>) -> String {
    let mut beside = statement.resources.iter().flat_map(|list| &list.texts);
    let has_all = beside.any(|own| own.text == "*");
    let all =
        if has_all { "; `*` beside it is every resource already" } else { ", or \"*\" for every resource" };
    if let Some(own) = prefixed(facts, &text.text) {
        return format!("did you mean {}?", quoted(&own));
    }
    match forms::of_no_arn(facts, statement, &text.text) {
        Some(forms) => format!("write an ARN such as {}{all}", forms.join(" or ")),
        None if has_all => "leave it out: `*` beside it is every resource already".to_owned(),
        None => "write \"*\" or an ARN such as arn:aws:s3:::bucket/*".to_owned(),
    }
}

/// What to write in place of `"Principal": "*"` in a trust policy. `None` if nothing but names will do.
fn in_place_of_everyone(statement: &Statement<'_>) -> Option<String> {
    const MAP: &str = r#"write {"AWS": "*"}"#;
    if statement.denies() {
        return Some(format!("{MAP}: alone, IAM takes the star under AWS only"));
    }
    (!statement.conditions.is_empty()).then(|| {
        format!("name the principals that may assume the role, or {MAP} if the condition limits who calls")
    })
}

/// What to write in place of a wildcard that is compared as it is written. `None` for other keys than those of identifiers and ARNs.
fn in_place_of_wildcard(cond: &Cond<'_>, is_all: bool, is_arn: bool) -> Option<&'static str> {
    if cond.is_one_of(&SENSITIVE) {
        return Some("write whole identifiers: AWS makes them, and no part of them is yours");
    }
    if is_all {
        return Some(
            "write what is meant: here the star equals only a star, and under StringLike the test would be true of every value",
        );
    }
    is_arn.then_some("use ArnLike or ArnNotLike if a wildcard is meant")
}

/// Whether requests for the actions of a statement have a key.
enum Presence {
    Always,
    /// Never; with keys of lists that all of the actions have.
    Never(Vec<String>),
    /// Those of some entries never, and those of others always or perhaps.
    OfSome {
        without: Vec<String>,
        is_sure: bool,
    },
    Unknown,
}

/// What to do about ForAllValues if some of the actions never have the key. To ask for the key in their statement would take them out of it.
fn split(cond: &Cond<'_>, without: &[String], is_sure: bool) -> String {
    const NAMED: usize = 4;
    let named: Vec<&str> = without.iter().take(NAMED).map(String::as_str).collect();
    let more = match without.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (have, them) = if without.len() == 1 { ("has", "it") } else { ("have", "them") };
    let then = if is_sure {
        String::new()
    } else {
        let key = &*cond.key.text;
        format!(", and add \"Null\": {{\"{key}\": \"false\"}} there if the key must be there")
    };
    format!(
        "{}{more} never {have} the key by AWS's tables, so that this test is always true of {them}: split the statement, with the test beside the actions that have the key{then}",
        named.join(", ")
    )
}

/// Keys of lists that all of some actions have, by the tables; those that speak of tags first for a key that does.
fn keys_of_lists(actions: &[(String, ActionDetails<'_, '_>)], key: &str) -> Vec<String> {
    const NAMED: usize = 3;
    let Some(((_, first), others)) = actions.split_first() else { return Vec::new() };
    let keys = first.condition_keys().into_iter().filter(|own| own.multivalued && !own.is_family());
    let keys = keys.filter(|own| {
        let has = |(_, action): &(String, ActionDetails<'_, '_>)| {
            action.condition_keys().iter().any(|known| known.matches(own.name))
        };
        others.iter().all(has)
    });
    let of_tags = |name: &str| name.to_ascii_lowercase().ends_with("tagkeys");
    let names = keys.map(|own| own.name.to_owned()).filter(|name| of_tags(name) == of_tags(key));
    names.take(NAMED).collect()
}

fn presence(statement: &Statement<'_>, cond: &Cond<'_>, facts: &Facts<'_>) -> Presence {
    let key = &*cond.key.text;
    let texts = statement.action_texts();
    let mut actions = Vec::new();
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for text in texts {
        let own = facts.actions_of(&text.text);
        // What the catalogue does not have, nothing is known of.
        if own.is_empty() {
            return Presence::Unknown;
        }
        if own.iter().any(|(name, own)| facts.has_key(name, own, key)) {
            with.extend(own.iter().cloned());
        } else {
            without.push(quoted(&text.text));
        }
        actions.extend(own);
    }
    if actions.is_empty() {
        return Presence::Unknown;
    }
    let always = |name: &str, own: &ActionDetails<'_, '_>| {
        let is = |(action, known): &(&str, &str)| {
            action.eq_ignore_ascii_case(name) && known.eq_ignore_ascii_case(key)
        };
        let is_of_tags = key.eq_ignore_ascii_case("aws:TagKeys") && is_tagging(own.name());
        ALWAYS_THERE.iter().any(is) || (is_of_tags && facts.has_key(name, own, key))
    };
    if actions.iter().all(|(name, own)| always(name, own)) {
        return Presence::Always;
    }
    // Of other global keys the tables of the actions do not speak, and of keys of identity providers neither.
    let is_told = match facts.sections.global_key(key) {
        Some(_) => key.eq_ignore_ascii_case("aws:TagKeys"),
        None => service_of(key).is_some_and(|service| facts.sections.has_service(&service)),
    };
    match (with.is_empty(), without.is_empty()) {
        (true, _) if is_told => Presence::Never(keys_of_lists(&actions, key)),
        (false, false) if is_told => {
            Presence::OfSome { without, is_sure: with.iter().all(|(name, own)| always(name, own)) }
        }
        (_, true | false) => Presence::Unknown,
    }
}

/// Whether an action sets or removes the tags that the request names, and nothing else, by its name.
fn is_tagging(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["tag", "untag", "addtags", "removetags", "createtags"].iter().any(|verb| name.starts_with(verb))
}

/// What is said of texts that have a variable in a place where none is replaced, and is no other fault of them.
const VEILED: [Code; 4] = [
    code::INVALID_PRINCIPAL_FORMAT,
    code::INVALID_ACTION,
    code::INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY,
    code::INVALID_SERVICE_PRINCIPAL_FORMAT,
];

/// The findings in the order of the text, without those that say again, or less well, what another one says.
pub(crate) fn without_repeats(doc: &Doc<'_>, mut found: Vec<Problem>) -> Vec<Problem> {
    found.sort_by(|a, b| {
        (a.place.span.start, a.place.span.end, a.code).cmp(&(b.place.span.start, b.place.span.end, b.code))
    });
    found.dedup_by(|later, earlier| later.code == earlier.code && later.place.span == earlier.place.span);
    let at = |codes: &[Code]| -> BTreeSet<(u32, u32)> {
        let of = found.iter().filter(|problem| codes.contains(&problem.code));
        of.map(|problem| (problem.place.span.start, problem.place.span.end)).collect()
    };
    let single = at(&[
        code::FORALLVALUES_WITH_SINGLE_VALUED_KEY,
        code::CONFIRM_AUDIENCE_CLAIM_TYPE,
        code::REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION,
        code::EQUIVALENT_TO_NULL_TRUE,
    ]);
    // Requests that select attributes name them.
    let selected: BTreeSet<(u32, u32)> = doc
        .statements
        .iter()
        .filter(|own| own.tests(&["dynamodb:Select"]))
        .flat_map(|own| own.conditions.iter().filter(|cond| cond.is("dynamodb:Attributes")))
        .map(|cond| (cond.key.value.span().start, cond.key.value.span().end))
        .collect();
    // A star is what the request says, and no wildcard.
    let literal: BTreeSet<(u32, u32)> = doc
        .statements
        .iter()
        .flat_map(|own| &own.conditions)
        .flat_map(|cond| cond.values.iter().filter(|value| is_literal_star(&cond.key.text, &value.text)))
        .map(|value| (value.value.span().start, value.value.span().end))
        .collect();
    let variables = at(&[code::VARIABLE_UNSUPPORTED_IN_ELEMENT]);
    // A variable of no name that there is is the least that is wrong with these.
    let misplaced = at(&[code::INVALID_ARN_PREFIX, code::INVALID_VARIABLE_FOR_OPERATOR]);
    let exact = found.iter().any(|problem| {
        problem.code == code::MISMATCHED_ACTION_FOR_PRINCIPAL && problem.place.pointer.contains("/Action")
    });
    found.retain(|problem| {
        let span = (problem.place.span.start, problem.place.span.end);
        let is_less = (problem.code == read::FORALLVALUES_WITHOUT_NULL_CHECK
            && (single.contains(&span) || selected.contains(&span)))
            || (problem.code == code::WILDCARD_WITHOUT_LIKE_OPERATOR && literal.contains(&span))
            || (VEILED.contains(&problem.code) && variables.contains(&span))
            || (problem.code == code::UNKNOWN_VARIABLE && misplaced.contains(&span))
            || (problem.code == code::MISMATCHED_ACTION_FOR_PRINCIPAL
                && exact
                && !problem.place.pointer.contains("/Action"));
        !is_less
    });
    found
}

/// Whether an operator compares strings or ARNs.
pub(crate) fn compares_text(operator: Operator) -> bool {
    matches!(operator.family(), Family::String | Family::Arn)
}
