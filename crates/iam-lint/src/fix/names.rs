//! Names of actions, keys, services and operators, where one known name is near.

use iam_catalog::nearest;
use iam_json::{Value, quoted};
use iam_policy::{Operator, Quantifier, Test};

use super::conditions::retested;
use super::{Fix, Site, meant};
use crate::find::keys::meant_key;
use crate::find::{Run, actions, trust};

pub(super) fn action(site: &Site<'_, '_>) -> Option<Fix> {
    let statement = site.statement()?;
    let list = statement.actions.as_ref()?;
    let text = list.texts.iter().find(|own| own.value.span() == site.spot.value.span())?;
    let unknown = actions::unknown(site.facts?, statement, text)?;
    if unknown.meant.is_some() && unknown.superseded(list).is_some() {
        return super::lists::one_of_several(site);
    }
    site.write(false, &unknown.meant?)
}

/// The call that the principals of a trust policy can make.
pub(super) fn call(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text().filter(|text| text.starts_with("sts:"))?;
    let statement = site.statement()?;
    // The principal may be what is wrong.
    if trust::provider_of(statement, &text).is_some() {
        return None;
    }
    let calls = trust::calls_of(statement);
    let [call] = calls.as_slice() else { return None };
    (!call.eq_ignore_ascii_case(&text)).then(|| site.write(false, call))?
}

pub(super) fn key(site: &Site<'_, '_>) -> Option<Fix> {
    let facts = site.facts?;
    let (statement, cond) = site.cond()?;
    let text = &*cond.key.text;
    let meant = match site.problem.code.name() {
        "DEPRECATED_GLOBAL_CONDITION_KEY" => "aws:PrincipalArn".to_owned(),
        "UNSUPPORTED_GLOBAL_CONDITION_KEY" => "aws:SourceArn".to_owned(),
        "INVALID_CONDITION_KEY_FORMAT" => meant_key(statement, text, Some(facts))?,
        _ => {
            let (prefix, _) = text.split_once(':')?;
            let near = if prefix.eq_ignore_ascii_case("aws") {
                facts.near_keys(text, facts.sections.global_keys())
            } else {
                facts.near_keys(text, facts.sections.keys_of(prefix))
            };
            super::meant(text, near, |key| key.as_str())?
        }
    };
    // Names of families end with the place of a part that somebody must name.
    if meant.contains(['$', '{']) || meant.ends_with('/') {
        return None;
    }
    let is_there =
        statement.conditions.iter().any(|own| own.operator.text == cond.operator.text && own.is(&meant));
    (!is_there).then(|| {
        let says = format!("write {}", quoted(&meant));
        Fix::new(false, says, vec![super::written(cond.key.value, &meant)])
    })?
}

/// The prefix of a key, or the service of an ARN.
pub(super) fn service(site: &Site<'_, '_>) -> Option<Fix> {
    let facts = site.facts?;
    let Some((statement, cond)) =
        site.cond().filter(|(_, cond)| Some(cond.key.value.span()) == site.spot.key.map(Value::span))
    else {
        return super::arns::service(site);
    };
    let (prefix, name) = cond.key.text.split_once(':')?;
    let near = meant(prefix, facts.near(prefix, facts.sections.services(), |own| *own), |own| *own)?;
    let meant = format!("{near}:{name}");
    facts.key(&meant, &Run::services(statement))?;
    Fix::new(false, format!("write {}", quoted(&meant)), vec![super::written(cond.key.value, &meant)])
}

pub(super) fn operator(site: &Site<'_, '_>) -> Option<Fix> {
    let key = site.spot.key?;
    let text = key.string();
    let test = meant_operator(&text)?;
    let meant = test.to_string();
    let is_safe = meant.eq_ignore_ascii_case(&text);
    let says = format!("write {}", quoted(&meant));
    // Without a test under it, its name is all there is.
    let changes = match site.cond() {
        Some((statement, cond)) if site.spot.value.members().count() == 1 => {
            retested(statement, cond, &meant, None)?
        }
        _ if super::member(site.spot.parent, &meant).is_none() => vec![super::written(key, &meant)],
        _ => return None,
    };
    Fix::new(is_safe, says, changes)
}

/// The operator that must be meant by a text that is none. `None` if several may be, or none.
pub(crate) fn meant_operator(text: &str) -> Option<Test> {
    let (quantifier, rest) = match text.split_once(':') {
        Some((word, rest)) => {
            (Some(meant(word, nearest(word, Quantifier::ALL, |own| own.name()), |own| own.name())?), rest)
        }
        None => (None, text),
    };
    let ending = rest.len().checked_sub("IfExists".len()).and_then(|at| rest.get(at..));
    let if_exists = ending.is_some_and(|own| own.eq_ignore_ascii_case("IfExists"));
    let base = if if_exists { rest.get(..rest.len().saturating_sub("IfExists".len()))? } else { rest };
    let all = || Operator::ALL.iter().copied();
    let cased = all().find(|own| own.name().eq_ignore_ascii_case(base));
    let near = || meant(base, nearest(base, all(), |own| own.name()), |own| own.name());
    let operator = cased.or_else(near)?;
    let test = Test::new(quantifier, operator, if_exists);
    (test.is_valid() && test.to_string() != text).then_some(test)
}
