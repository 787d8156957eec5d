//! Tests of conditions: operators, and tests that say less than they seem to.

use iam_catalog::KeyType;
use iam_json::{Change, Kind, json_text, quoted};
use iam_policy::{Family, Operator, Quantifier, Test};

use super::{Fix, Site, Spot, last_member, member, without_statement};
use crate::data::SENSITIVE;
use crate::find::Run;
use crate::find::arns::Fields;
use crate::find::rcp::{asked_for_org, is_of_all};
use crate::find::types::is_of_type;
use crate::find::wildcards::asks_by_null;
use crate::glob::is_every;
use crate::view::{Cond, Statement};

/// One key in two spellings under one operator.
pub(super) fn twice(site: &Site<'_, '_>) -> Option<Fix> {
    let statement = site.statement()?;
    let name = site.spot.key?.string();
    let mut same = site.spot.parent.members().filter(|own| own.key.string().eq_ignore_ascii_case(&name));
    let (first, later) = (same.next()?, same.next()?);
    // The operator must be one, or else its members are no tests.
    statement.conditions.iter().find(|own| own.key.value.span() == first.key.span())?.test?;
    let spot = Spot { parent: site.spot.parent, key: Some(later.key), value: later.value };
    if first.value.raw() == later.value.raw() {
        return Fix::new(true, format!("leave {} out", quoted(&later.key.string())), vec![spot.removed()]);
    }
    let raws = |value: iam_json::Value<'_>| -> Vec<String> {
        let single = (value.kind() != Kind::Array).then(|| value.raw().to_owned());
        single.into_iter().chain(value.items().map(|own| own.raw().to_owned())).collect()
    };
    let mut all = raws(first.value);
    all.extend(raws(later.value));
    let json = format!("[{}]", all.join(", "));
    let says = format!("write all values under {}", quoted(&first.key.string()));
    Fix::new(false, says, vec![Change::Write { span: first.value.span(), json }, spot.removed()])
}

/// A condition, or an operator, without a test.
pub(super) fn empty(site: &Site<'_, '_>) -> Option<Fix> {
    let mut spot = site.spot;
    if spot.value.kind() != Kind::Object || spot.value.members().next().is_some() {
        return None;
    }
    let statement = site.statement()?;
    let condition = member(statement.value, "Condition")?;
    if spot.value.span() != condition.value.span() && spot.others() == 0 {
        spot = condition;
    }
    Fix::new(true, "leave it out", vec![spot.removed()])
}

pub(super) fn null(site: &Site<'_, '_>) -> Option<Fix> {
    other(site, Test::new(None, Operator::Null, false), None, false)
}

/// ForAnyValue, where no negation makes it a trap.
pub(super) fn qualifier(site: &Site<'_, '_>) -> Option<Fix> {
    let test = site.cond()?.1.test.filter(|test| !test.operator.is_negated())?;
    other(site, Test::new(Some(Quantifier::ForAnyValue), test.operator, test.if_exists), None, false)
}

pub(super) fn without_qualifier(site: &Site<'_, '_>) -> Option<Fix> {
    let test = site.cond()?.1.test?;
    other(site, Test::new(None, test.operator, test.if_exists), None, false)
}

/// StringLike for a value with a wildcard. Of one that [is every value](is_every) nobody knows what is meant.
pub(super) fn like(site: &Site<'_, '_>) -> Option<Fix> {
    let (statement, cond) = site.cond()?;
    // Of identifiers that AWS makes, no part will do.
    if cond.values.iter().any(|value| is_every(&value.text)) || cond.is_one_of(&SENSITIVE) {
        return None;
    }
    let key = site.facts.and_then(|facts| facts.key(&cond.key.text, &Run::services(statement)));
    if key.is_some_and(|key| key.key_type == KeyType::Arn) {
        let is_arn = |text: &str| Fields::of(text).is_some() || text.starts_with("${");
        return cond.values.iter().all(|value| is_arn(&value.text)).then(|| {
            by_table(
                site,
                &[
                    (Operator::StringEquals, Operator::ArnLike),
                    (Operator::StringNotEquals, Operator::ArnNotLike),
                ],
            )
        })?;
    }
    by_table(
        site,
        &[
            (Operator::StringEquals, Operator::StringLike),
            (Operator::StringNotEquals, Operator::StringNotLike),
        ],
    )
}

/// ArnLike, where every value is a pattern of whole ARNs: AWS takes no other under it.
pub(super) fn of_arns(site: &Site<'_, '_>) -> Option<Fix> {
    if !site
        .cond()?
        .1
        .values
        .iter()
        .all(|value| Fields::of(&value.text).is_some() || value.text.starts_with("${"))
    {
        return None;
    }
    by_table(
        site,
        &[(Operator::StringLike, Operator::ArnLike), (Operator::StringNotLike, Operator::ArnNotLike)],
    )
}

fn by_table(site: &Site<'_, '_>, table: &[(Operator, Operator)]) -> Option<Fix> {
    with_operator(site, |own| table.iter().find(|(from, _)| *from == own).map(|(_, to)| *to))
}

/// For each type, the operator that asks whether values are equal, and the one that asks whether they are not.
const OF_TYPES: [(KeyType, Operator, Option<Operator>); 6] = [
    (KeyType::String, Operator::StringEquals, Some(Operator::StringNotEquals)),
    (KeyType::Arn, Operator::ArnEquals, Some(Operator::ArnNotEquals)),
    (KeyType::Bool, Operator::Bool, None),
    (KeyType::Numeric, Operator::NumericEquals, Some(Operator::NumericNotEquals)),
    (KeyType::Date, Operator::DateEquals, Some(Operator::DateNotEquals)),
    (KeyType::IpAddress, Operator::IpAddress, Some(Operator::NotIpAddress)),
];

/// The operator of the key's type that compares in the same way.
pub(super) fn of_type(site: &Site<'_, '_>) -> Option<Fix> {
    let (statement, cond) = site.cond()?;
    let key = site.facts?.key(&cond.key.text, &Run::services(statement))?;
    // Of a value that is none of its type, nobody knows what is meant.
    if !cond.values.iter().all(|value| is_of_type(&value.text, key.key_type)) {
        return None;
    }
    let (_, equal, unequal) = OF_TYPES.iter().find(|(own, ..)| *own == key.key_type)?;
    // A wildcard under an operator that knows it stays one.
    let is_pattern = |own: Operator| {
        own.family() == Family::Arn && cond.values.iter().any(|value| value.text.contains(['*', '?']))
    };
    with_operator(site, |own| {
        if key.key_type == KeyType::String && is_pattern(own) {
            return Some(if own.is_negated() { Operator::StringNotLike } else { Operator::StringLike });
        }
        (!is_of_order(own)).then(|| if own.is_negated() { *unequal } else { Some(*equal) })?
    })
}

/// Whether an operator asks for something else than whether two values are equal.
fn is_of_order(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::NumericLessThan
            | Operator::NumericLessThanEquals
            | Operator::NumericGreaterThan
            | Operator::NumericGreaterThanEquals
            | Operator::DateLessThan
            | Operator::DateLessThanEquals
            | Operator::DateGreaterThan
            | Operator::DateGreaterThanEquals
            | Operator::Null
    )
}

fn with_operator(site: &Site<'_, '_>, other_of: impl Fn(Operator) -> Option<Operator>) -> Option<Fix> {
    let test = site.cond()?.1.test?;
    let operator = other_of(test.operator)?;
    other(site, Test::new(test.quantifier, operator, test.if_exists), None, false)
}

/// A test that is never true.
pub(super) fn never(site: &Site<'_, '_>) -> Option<Fix> {
    let (statement, cond) = site.cond()?;
    if cond.is_negated() || cond.quantifier().is_some() || cond.operator() == Some(Operator::Null) {
        return None;
    }
    Fix::new(
        false,
        "leave the statement out: the test is never true",
        without_statement(site.doc, statement)?,
    )
}

/// A test that is true only without the key.
pub(super) fn absent(site: &Site<'_, '_>) -> Option<Fix> {
    let (_, cond) = site.cond()?;
    let test = cond.test?;
    let is_empty = cond.values.is_empty();
    let is_safe = match test.quantifier {
        Some(Quantifier::ForAllValues) => is_empty || cond.is_negated(),
        Some(Quantifier::ForAnyValue) => false,
        // A list with an empty text is no value for Null, and one for the test (rule 4.8).
        None if is_empty => test.if_exists && !cond.is_negated() && is_single(site),
        None => is_single(site),
    };
    if is_empty && test.quantifier.is_none() && cond.is_negated() {
        return None;
    }
    other(site, Test::new(None, Operator::Null, false), Some("\"true\""), is_safe)
}

/// A test that is true of every value.
pub(super) fn present(site: &Site<'_, '_>) -> Option<Fix> {
    let (statement, cond) = site.cond()?;
    if asks_by_null(statement, &cond.key.text) {
        return Fix::new(is_single(site), "leave the test out", vec![untested(statement, cond)?]);
    }
    let is_safe = site.cond()?.1.quantifier().is_none() && is_single(site);
    other(site, Test::new(None, Operator::Null, false), Some("\"false\""), is_safe)
}

/// A test that is always true.
pub(super) fn always(site: &Site<'_, '_>) -> Option<Fix> {
    let (statement, cond) = site.cond()?;
    let is_safe = cond.quantifier().is_some() || is_single(site);
    Fix::new(is_safe, "leave the test out", vec![untested(statement, cond)?])
}

/// Whether the catalogue says that the key has one value.
fn is_single(site: &Site<'_, '_>) -> bool {
    let Some((statement, cond)) = site.cond() else { return false };
    let key = site.facts.and_then(|facts| facts.key(&cond.key.text, &Run::services(statement)));
    key.is_some_and(|key| !key.multivalued)
}

pub(super) fn select(site: &Site<'_, '_>) -> Option<Fix> {
    added(site, "StringEquals", "dynamodb:Select", "SPECIFIC_ATTRIBUTES")
}

pub(super) fn no_service(site: &Site<'_, '_>) -> Option<Fix> {
    who_calls(site, "false")
}

pub(super) fn service(site: &Site<'_, '_>) -> Option<Fix> {
    who_calls(site, "true")
}

/// A test of who calls. A statement about services and others at once must become two.
fn who_calls(site: &Site<'_, '_>, is_service: &str) -> Option<Fix> {
    if is_of_all(site.statement()?) {
        return None;
    }
    added(site, "BoolIfExists", "aws:PrincipalIsAWSService", is_service)
}

pub(super) fn source(site: &Site<'_, '_>) -> Option<Fix> {
    // Beside a test of the organization, it would change nothing.
    if asked_for_org(site.statement()?).is_some() {
        return None;
    }
    added(site, "Null", "aws:SourceAccount", "false")
}

/// A test added to the statement's condition.
fn added(site: &Site<'_, '_>, operator: &str, key: &str, value: &str) -> Option<Fix> {
    let statement = site.statement()?;
    if statement.conditions.iter().any(|own| own.operator.text == operator && own.is(key)) {
        return None;
    }
    let condition = member(statement.value, "Condition")?;
    let says = format!("add {}: {{{}: {}}}", json_text(operator), json_text(key), json_text(value));
    let change = if let Some(own) = member(condition.value, operator) {
        last_member(own.value)?.followed_by(key, json_text(value))
    } else {
        let json = format!("{{{}: {}}}", json_text(key), json_text(value));
        last_member(condition.value)?.followed_by(operator, json)
    };
    Fix::new(false, says, vec![change])
}

/// The same test with another operator, and perhaps with another value, as JSON.
fn other(site: &Site<'_, '_>, test: Test, value: Option<&str>, is_safe: bool) -> Option<Fix> {
    let (statement, cond) = site.cond()?;
    let name = test.to_string();
    if !test.is_valid() || name == cond.operator.text {
        return None;
    }
    let changes = retested(statement, cond, &name, value)?;
    let says = match value {
        Some(value) => format!("test {} with {name}: {value}", quoted(&cond.key.text)),
        None => format!("test {} with {name}", quoted(&cond.key.text)),
    };
    Fix::new(is_safe, says, changes)
}

/// The changes that put a test under another operator. `None` if that has a test of the key already.
pub(super) fn retested(
    statement: &Statement<'_>,
    cond: &Cond<'_>,
    operator: &str,
    value: Option<&str>,
) -> Option<Vec<Change>> {
    let condition = member(statement.value, "Condition")?;
    let old = condition.value.members().find(|own| own.key.span() == cond.operator.value.span())?;
    let old = Spot { parent: condition.value, key: Some(old.key), value: old.value };
    let is_alone = old.value.members().count() == 1;
    let target = member(condition.value, operator);
    let json = value.map_or_else(|| cond.value.raw().to_owned(), str::to_owned);
    let Some(target) = target else {
        if is_alone {
            let mut changes = vec![super::written(old.key?, operator)];
            changes
                .extend(value.map(|json| Change::Write { span: cond.value.span(), json: json.to_owned() }));
            return Some(changes);
        }
        let json = format!("{{{}: {json}}}", json_text(&cond.key.text));
        return Some(vec![untested(statement, cond)?, old.followed_by(operator, json)]);
    };
    let is_there = target.value.members().any(|own| own.key.string().eq_ignore_ascii_case(&cond.key.text));
    let last = last_member(target.value).filter(|_| !is_there)?;
    Some(vec![untested(statement, cond)?, last.followed_by(&cond.key.text, json)])
}

/// The change that leaves a test out, with the operator and the condition if nothing else is in them.
fn untested(statement: &Statement<'_>, cond: &Cond<'_>) -> Option<Change> {
    let condition = member(statement.value, "Condition")?;
    let operator = condition.value.members().find(|own| own.key.span() == cond.operator.value.span())?;
    let operator = Spot { parent: condition.value, key: Some(operator.key), value: operator.value };
    let test = Spot { parent: operator.value, key: Some(cond.key.value), value: cond.value };
    let spot = [test, operator].into_iter().find(|own| own.others() > 0).unwrap_or(condition);
    Some(spot.removed())
}

/// Whether an operator compares with addresses, for which a mask may stand.
pub(super) fn is_of_addresses(cond: &Cond<'_>) -> bool {
    cond.family() == Some(Family::Ip)
}
