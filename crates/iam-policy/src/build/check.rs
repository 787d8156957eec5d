//! The checks of the reader in deployed mode, for parts that a program has put together.

use crate::action::ActionElement;
use crate::code;
use crate::condition::{Condition, Flag, Values};
use crate::error::BuildError;
use crate::operator::{Family, Operator};
use crate::pattern::Pattern;
use crate::policy::{Effect, PolicyKind, Statement};
use crate::principal::{NamedPrincipal, PrincipalElement, Principals};
use crate::resource::ResourceElement;
use iam_json::Spanned;
use iam_json::quoted;

/// The statement for a policy of this kind, with its patterns in the syntax of version 2012-10-17.
pub(super) fn statement(statement: Statement, kind: PolicyKind) -> Result<Statement, BuildError> {
    principal(&statement, kind)?;
    if kind == PolicyKind::Rcp && statement.action.is_not() {
        return Err(BuildError::new(code::RCP_SYNTAX_ERROR_NOTACTION, "NotAction".to_owned()));
    }
    let action = action(statement.action)?;
    let resource = match (statement.resource, kind) {
        (Some(_), PolicyKind::Trust) => {
            return Err(BuildError::new(
                code::ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE,
                "a resource element".to_owned(),
            ));
        }
        (None, PolicyKind::Trust | PolicyKind::Resource | PolicyKind::Kms) => None,
        (
            None,
            PolicyKind::Identity
            | PolicyKind::Managed
            | PolicyKind::AwsManaged
            | PolicyKind::Boundary
            | PolicyKind::Session
            | PolicyKind::Scp
            | PolicyKind::Rcp
            | PolicyKind::VpcEndpoint,
        ) => {
            return Err(BuildError::new(code::MISSING_RESOURCE, "a statement without Resource".to_owned()));
        }
        (Some(element), _) => Some(resource(element, kind)?),
    };
    let conditions = conditions(statement.conditions, kind)?;
    Ok(Statement { action, resource, conditions, ..statement })
}

/// Checks the principal element as the kind of policy demands (rules 1.13, 1.22 to 1.26).
fn principal(statement: &Statement, kind: PolicyKind) -> Result<(), BuildError> {
    let wrong = |code, found: &str| Err(BuildError::new(code, found.to_owned()));
    let Some(element) = &statement.principal else {
        if kind.names_principals() {
            return wrong(code::MISSING_PRINCIPAL, "a statement without Principal");
        }
        return Ok(());
    };
    if !kind.names_principals() {
        let code = if kind == PolicyKind::Scp {
            code::SCP_SYNTAX_ERROR_PRINCIPAL
        } else {
            code::UNSUPPORTED_PRINCIPAL
        };
        return wrong(code, "a principal element");
    }
    let entries = element.principals().entries();
    let is_everyone = matches!(element.principals(), Principals::Everyone(_));
    if matches!(element, PrincipalElement::NotPrincipal(_)) {
        if kind == PolicyKind::Trust {
            return wrong(code::ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL, "NotPrincipal");
        }
        if statement.effect.value == Effect::Allow {
            return wrong(code::ALLOW_WITH_NOT_PRINCIPAL, "everyone else is let in");
        }
        if is_everyone || entries.iter().any(|entry| entry.value == NamedPrincipal::Aws) {
            return wrong(code::INVALID_PRINCIPAL_FORMAT, "`*` under NotPrincipal");
        }
        if entries.is_empty() {
            return wrong(code::EMPTY_ARRAY_NOT_ELEMENT, "NotPrincipal");
        }
    }
    let is_every_aws = matches!(entries, [entry] if entry.value == NamedPrincipal::Aws);
    let is_not = matches!(element, PrincipalElement::NotPrincipal(_));
    if kind == PolicyKind::Rcp && (is_not || !(is_everyone || is_every_aws)) {
        return wrong(code::RCP_SYNTAX_ERROR_PRINCIPAL, "another principal than `*`");
    }
    self::entries(entries)?;
    let federated = entries.iter().find(|entry| matches!(entry.value, NamedPrincipal::Federated(_)));
    match federated {
        Some(entry) if kind != PolicyKind::Trust => {
            wrong(code::FEDERATED_PRINCIPAL_NOT_SUPPORTED, &quoted(entry.value.text()))
        }
        Some(_) | None => Ok(()),
    }
}

/// Checks that each principal has a text of its own kind.
///
/// The variants of [`NamedPrincipal`] take any text, and one of another kind would name somebody else in the document.
pub(super) fn entries(entries: &[Spanned<NamedPrincipal>]) -> Result<(), BuildError> {
    match entries.iter().find(|entry| !entry.value.reads_back()) {
        Some(entry) => Err(BuildError::new(code::INVALID_PRINCIPAL_FORMAT, quoted(entry.value.text()))),
        None => Ok(()),
    }
}

/// Checks the actions (rule 1.14).
fn action(element: ActionElement) -> Result<ActionElement, BuildError> {
    if element.is_not() && element.patterns().is_empty() {
        return Err(BuildError::new(code::EMPTY_ARRAY_NOT_ELEMENT, "NotAction".to_owned()));
    }
    // Variables are plain text in actions in every version.
    Ok(element)
}

/// Checks the resources and writes their patterns in the syntax of version 2012-10-17.
fn resource(element: ResourceElement, kind: PolicyKind) -> Result<ResourceElement, BuildError> {
    if element.is_not() && element.patterns().is_empty() {
        return Err(BuildError::new(code::EMPTY_ARRAY_NOT_ELEMENT, "NotResource".to_owned()));
    }
    let mut patterns = element.patterns().iter().map(|own| &own.value);
    if let Some(short) = patterns.find(|own| own.is_of_this_api() && kind != PolicyKind::Resource) {
        return Err(BuildError::new(code::INVALID_ARN_PREFIX, quoted(short.text())));
    }
    Ok(element.in_2012())
}

/// Whether wildcards have a meaning in the values of an operator that compares texts.
pub(super) const fn has_wildcards(operator: Operator) -> bool {
    matches!(operator, Operator::StringLike | Operator::StringNotLike)
}

/// The conditions in the syntax of version 2012-10-17.
///
/// Conditions with the same operator stand together, in the order in which the operators first appear. Only those of a session policy may
/// have values that cannot be read.
pub(super) fn conditions(conditions: Vec<Condition>, kind: PolicyKind) -> Result<Vec<Condition>, BuildError> {
    let mut groups: Vec<Vec<Condition>> = Vec::new();
    for condition in conditions {
        let condition = self::condition(condition, kind)?;
        let of_test =
            |group: &&mut Vec<Condition>| group.first().is_some_and(|first| first.test == condition.test);
        let Some(group) = groups.iter_mut().find(of_test) else {
            groups.push(vec![condition]);
            continue;
        };
        if let Some(other) = group.iter().find(|other| other.key == condition.key) {
            let is_same = other.key.value.as_str() == condition.key.value.as_str();
            let code =
                if is_same { code::DUPLICATE_JSON_KEY } else { code::DUPLICATE_KEYS_WITH_DIFFERENT_CASE };
            let found = format!("{} of {} twice", condition.test.value, quoted(condition.key.value.as_str()));
            return Err(BuildError::new(code, found));
        }
        group.push(condition);
    }
    Ok(groups.into_iter().flatten().collect())
}

fn condition(condition: Condition, kind: PolicyKind) -> Result<Condition, BuildError> {
    let test = condition.test.value;
    if !test.is_valid() {
        return Err(BuildError::new(code::NULL_WITH_IF_EXISTS, test.to_string()));
    }
    let mismatch = |what: &str| {
        let found = format!("{what} under {test} of {}", quoted(condition.key.value.as_str()));
        Err(BuildError::new(code::INVALID_CONDITION_DATA_TYPE, found))
    };
    // STS takes such values in session policies. IAM stores none.
    if let Some(text) = condition.values.unreadable().filter(|_| kind != PolicyKind::Session) {
        let code = match test.operator.family() {
            Family::Numeric => code::TYPE_MISMATCH_NUMBER,
            Family::Date => code::INVALID_DATE_VALUE,
            Family::Ip => code::TYPE_MISMATCH_IP_RANGE,
            Family::Binary => code::TYPE_MISMATCH_BINARY,
            Family::Arn => code::INVALID_ARN_IN_CONDITION,
            Family::String | Family::Bool | Family::Null => code::INVALID_CONDITION_DATA_TYPE,
        };
        return Err(BuildError::new(code, quoted(text)));
    }
    let values = match (condition.values, test.operator.family()) {
        (Values::String(patterns), Family::String) => {
            match rewritten(&patterns, has_wildcards(test.operator)) {
                Some(patterns) => Values::String(patterns),
                None => return mismatch("wildcards"),
            }
        }
        (Values::Arn(patterns), Family::Arn) => {
            let rewritten = patterns.into_iter().map(|p| Spanned::new(p.value.in_2012(), p.span));
            Values::Arn(rewritten.collect())
        }
        (Values::Bool(flags), Family::Bool) => {
            let is_variable = |flag: &Spanned<Flag>| match &flag.value {
                Flag::Literal(_) => true,
                Flag::Variable(pattern) => {
                    pattern.has_variables() && pattern.in_2012_without_wildcards().as_ref() == Some(pattern)
                }
            };
            if !flags.iter().all(is_variable) {
                return mismatch("texts");
            }
            Values::Bool(flags)
        }
        (values @ Values::Numeric(_), Family::Numeric)
        | (values @ Values::Date(_), Family::Date)
        | (values @ Values::Binary(_), Family::Binary)
        | (values @ Values::Ip(_), Family::Ip)
        | (values @ Values::Null(_), Family::Null) => values,
        (_, _) => return mismatch("values of another type"),
    };
    Ok(Condition { values, ..condition })
}

/// The patterns in the syntax of version 2012-10-17. `None` if one of them cannot be written in it.
///
/// `wildcards` says whether wildcards have a meaning for the operator.
fn rewritten(patterns: &[Spanned<Pattern>], wildcards: bool) -> Option<Vec<Spanned<Pattern>>> {
    let one = |p: &Pattern| if wildcards { Some(p.in_2012()) } else { p.in_2012_without_wildcards() };
    patterns.iter().map(|p| Some(Spanned::new(one(&p.value)?, p.span))).collect()
}

/// Whether a pattern of resources or condition values has `${`, which has another meaning in older versions.
pub(super) fn has_dollar(statements: &[Statement]) -> bool {
    statements.iter().any(|statement| {
        let resources = statement.resource.iter().flat_map(ResourceElement::patterns);
        let mut texts = resources.map(|p| p.value.text());
        let has_any = texts.any(|text| text.contains("${"));
        has_any || statement.conditions.iter().flat_map(|c| c.values.texts()).any(|text| text.contains("${"))
    })
}
