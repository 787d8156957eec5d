//! Laws of operators, set operators and absent keys. Each is tested with a single statement.

use std::borrow::Cow;

use super::{Breach, Checked, Held, Trial};
use crate::case::{Caller, Case, Document, Layer, Request, ResourceKind, Statement, Test, Text};
use crate::format::{self, Decision};
use crate::generate::{FAMILIES, Family, absent_key, test_of};
use crate::source::Source;

/// A user's request for this resource, with an identity policy of these statements.
pub(super) fn probe_case(
    resource: Text,
    statements: Vec<Statement>,
    context: Vec<(Text, format::Held)>,
) -> Case {
    let request = Request {
        principal: Caller::IamUser {
            arn: Cow::Borrowed("arn:aws:iam::111122223333:user/ana"),
            account: Cow::Borrowed("111122223333"),
        },
        action: Cow::Borrowed("s3:GetObject"),
        resource,
        resource_account: None,
        resource_kind: ResourceKind::Generic,
        context,
        unknown: Vec::new(),
    };
    Case { request, policies: [(Layer::Identity, vec![vec![Document::of(statements)]])].into() }
}

/// Whether tests hold. `None` if a pattern of an ARN operator could not be read (rule 4.22).
///
/// The tests are asked in an Allow and in a Deny. A pattern that cannot be read makes the Deny apply, and the Allow not.
pub(super) fn holds(
    trial: &Trial<'_, '_>,
    tests: &[Test],
    context: &[(Text, format::Held)],
) -> Result<Option<bool>, Box<Breach>> {
    let tested = |allow: bool| {
        let mut statement = Statement::plain(allow);
        statement.conditions = tests.to_vec();
        statement
    };
    let ask = |statements: Vec<Statement>| {
        trial.judge(&probe_case(Cow::Borrowed("*"), statements, context.to_vec()))
    };
    let Some(verdict) = ask(vec![tested(true), tested(false)])? else { return Ok(None) };
    let (allows, denies) = if let Some(statements) = &verdict.statements {
        let applies = |statement: usize| statements.applying.iter().any(|place| place.statement == statement);
        (applies(0), applies(1))
    } else {
        let Some(alone) = ask(vec![tested(true)])? else { return Ok(None) };
        (alone.decision == Decision::Allowed, verdict.decision == Decision::ExplicitDeny)
    };
    Ok((allows == denies).then_some(allows))
}

/// True if the result is as expected. Idle if a pattern could not be read.
fn expect(holds: Option<bool>, expected: bool, about: &str) -> Checked {
    match holds {
        Some(held) if held == expected => Ok(Held::True),
        None => Ok(Held::Idle),
        Some(held) => Err(Box::new(Breach {
            changed: None,
            expected: format!("{about}: {expected}"),
            actual: held.to_string(),
        })),
    }
}

/// A family with a positive and a negated operator, a test with the positive one, and one to three values of the request.
struct Probe {
    negated: &'static str,
    test: Test,
    seen: Vec<&'static str>,
}

const KEY: &str = "x:Probed";

fn family(source: &mut Source<'_>, wanted: impl Fn(&Family) -> bool) -> Option<&'static Family> {
    let fitting: Vec<&'static Family> = FAMILIES.iter().filter(|f| wanted(f)).collect();
    source.choose(&fitting).copied()
}

fn probe(source: &mut Source<'_>) -> Option<Probe> {
    const PAIRS: [(&str, &str); 8] = [
        ("StringEquals", "StringNotEquals"),
        ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
        ("StringLike", "StringNotLike"),
        ("NumericEquals", "NumericNotEquals"),
        ("DateEquals", "DateNotEquals"),
        ("IpAddress", "NotIpAddress"),
        ("ArnEquals", "ArnNotEquals"),
        ("ArnLike", "ArnNotLike"),
    ];
    let (positive, negated) = *source.pick(&PAIRS);
    let family = family(source, |f| f.operators.contains(&positive))?;
    let count = source.between(1, 3);
    let seen: Vec<&'static str> =
        (0..count).filter_map(|_| source.choose(family.samples).map(|sample| sample.seen)).collect();
    let wanted = source.chance(50);
    let test = test_of(source, family, positive, KEY, &seen, wanted, true);
    Some(Probe { negated, test, seen })
}

fn named(test: &Test, operator: String) -> [Test; 1] {
    [Test { operator: Cow::Owned(operator), key: test.key.clone(), values: test.values.clone() }]
}

fn one(value: &str) -> Vec<(Text, format::Held)> {
    vec![(Cow::Borrowed(KEY), format::Held::One(value.to_owned()))]
}

fn many(values: &[&str]) -> Vec<(Text, format::Held)> {
    vec![(Cow::Borrowed(KEY), format::Held::Many(values.iter().map(|v| (*v).to_owned()).collect()))]
}

pub(super) fn negation(trial: &mut Trial<'_, '_>) -> Checked {
    let Some(Probe { negated, test, seen }) = probe(trial.source) else { return Ok(Held::Idle) };
    let context = one(seen.first().copied().unwrap_or_default());
    let Some(held) = holds(trial, std::slice::from_ref(&test), &context)? else { return Ok(Held::Idle) };
    expect(holds(trial, &named(&test, negated.to_owned()), &context)?, !held, negated)?;
    let operator =
        if trial.source.chance(50) { negated.to_owned() } else { test.operator.clone().into_owned() };
    let positive = operator != negated;
    let if_exists = named(&test, format!("{operator}IfExists"));
    expect(holds(trial, &if_exists, &context)?, held == positive, "IfExists of a present key")?;
    expect(holds(trial, &if_exists, &[])?, true, "IfExists of an absent key")
}

pub(super) fn sets(trial: &mut Trial<'_, '_>) -> Checked {
    let Some(Probe { negated, test, seen }) = probe(trial.source) else { return Ok(Held::Idle) };
    let context = many(&seen);
    let mut each = Vec::new();
    for value in &seen {
        let Some(held) = holds(trial, std::slice::from_ref(&test), &one(value))? else {
            return Ok(Held::Idle);
        };
        each.push(held);
    }
    let (any, all) = (each.contains(&true), !each.contains(&false));
    let of = |set: &str, operator: &str| named(&test, format!("{set}:{operator}"));
    expect(holds(trial, &of("ForAnyValue", &test.operator), &context)?, any, "ForAnyValue")?;
    expect(holds(trial, &of("ForAllValues", &test.operator), &context)?, all, "ForAllValues")?;
    expect(
        holds(trial, &of("ForAllValues", negated), &context)?,
        !any,
        "ForAllValues of the negated operator",
    )?;
    expect(holds(trial, &of("ForAnyValue", negated), &context)?, !all, "ForAnyValue of the negated operator")
}

pub(super) fn ordering(trial: &mut Trial<'_, '_>) -> Checked {
    let kind = *trial.source.pick(&["Numeric", "Date"]);
    let equals = if kind == "Date" { "DateEquals" } else { "NumericEquals" };
    let Some(family) = family(trial.source, |f| f.operators.contains(&equals)) else { return Ok(Held::Idle) };
    let Some(sample) = trial.source.choose(family.samples) else { return Ok(Held::Idle) };
    let values = [sample.equal, sample.above, sample.below].concat();
    let Some(value) = trial.source.choose(&values).copied() else { return Ok(Held::Idle) };
    let context = one(sample.seen);
    let test =
        Test { operator: Cow::Borrowed(equals), key: Cow::Borrowed(KEY), values: vec![Cow::Borrowed(value)] };
    let ask = |operator: &str| holds(trial, &named(&test, format!("{kind}{operator}")), &context);
    let (equal, above) = (sample.equal.contains(&value), sample.above.contains(&value));
    expect(ask("Equals")?, equal, "equal")?;
    expect(ask("LessThan")?, above, "less")?;
    expect(ask("LessThanEquals")?, above || equal, "less or equal")?;
    expect(ask("GreaterThan")?, !above && !equal, "greater")?;
    expect(ask("GreaterThanEquals")?, !above, "greater or equal")
}

pub(super) fn lists(trial: &mut Trial<'_, '_>) -> Checked {
    let Some(Probe { negated, test, seen }) = probe(trial.source) else { return Ok(Held::Idle) };
    let context = one(seen.first().copied().unwrap_or_default());
    let mut any = false;
    for value in &test.values {
        let single = Test { values: vec![value.clone()], ..test.clone() };
        let Some(held) = holds(trial, &[single], &context)? else { return Ok(Held::Idle) };
        any |= held;
    }
    expect(holds(trial, std::slice::from_ref(&test), &context)?, any, "one of the values")?;
    expect(holds(trial, &named(&test, negated.to_owned()), &context)?, !any, "none of the values")
}

pub(super) fn conjunction(trial: &mut Trial<'_, '_>) -> Checked {
    let (Some(first), Some(second)) = (probe(trial.source), probe(trial.source)) else {
        return Ok(Held::Idle);
    };
    let other = Test { key: Cow::Borrowed("x:Other"), ..second.test };
    let mut context = one(first.seen.first().copied().unwrap_or_default());
    context.extend(second.seen.first().map(|v| (other.key.clone(), format::Held::One((*v).to_owned()))));
    let tests = [first.test, other];
    let (Some(a), Some(b)) = (holds(trial, &tests[..1], &context)?, holds(trial, &tests[1..], &context)?)
    else {
        return Ok(Held::Idle);
    };
    expect(holds(trial, &tests, &context)?, a && b, "both tests")
}

pub(super) fn absent(trial: &mut Trial<'_, '_>) -> Checked {
    let Some(Probe { negated, test, seen }) = probe(trial.source) else { return Ok(Held::Idle) };
    // A key with an empty list counts as absent (rule 4.8), and another key does not replace it.
    let mut context = if trial.source.chance(50) { many(&[]) } else { Vec::new() };
    let value = seen.first().copied().unwrap_or_default().to_owned();
    context.push((absent_key(trial.source), format::Held::One(value)));
    let negate = trial.source.chance(50);
    let operator = if negate { negated } else { &*test.operator };
    let is_list = context.len() > 1;
    for (set, if_exists, expected) in [
        ("", "", negate),
        ("", "IfExists", true),
        ("ForAllValues:", "", true),
        ("ForAnyValue:", "", false),
        ("ForAllValues:", "IfExists", true),
        ("ForAnyValue:", "IfExists", true),
    ] {
        let asked = named(&test, format!("{set}{operator}{if_exists}"));
        expect(
            holds(trial, &asked, &context)?,
            expected,
            &format!("{} of an absent key", asked[0].operator),
        )?;
    }
    let null =
        |value: &'static str| [Test { operator: "Null".into(), key: KEY.into(), values: vec![value.into()] }];
    expect(
        holds(trial, &null("true"), &context)?,
        true,
        if is_list { "Null of an empty list" } else { "Null" },
    )?;
    expect(holds(trial, &null("false"), &context)?, false, "Null false of an absent key")
}

/// Values of a request that no operator of a type can read: the type's operators, without and with negation, the values, and whether the negated
/// operator is true (rule 4.9).
const UNREADABLE: [(&str, Option<&str>, &[&str], bool); 7] = [
    ("NumericEquals", Some("NumericNotEquals"), &["many", "", "NaN", "0x10", " 10", "1e", ".5"], true),
    ("NumericLessThan", None, &["many", "", "Infinity"], false),
    ("DateEquals", Some("DateNotEquals"), &["noon", "", "2026", "2026-02-30", "-1"], true),
    ("DateGreaterThan", None, &["noon", ""], false),
    (
        "IpAddress",
        Some("NotIpAddress"),
        &["localhost", "", "10.1.2", "10.1.2.3/32", "2001:db8::192.0.2.1"],
        false,
    ),
    ("ArnLike", Some("ArnNotLike"), &["red", "", "arn:aws:sns:eu-west-1:111122223333"], false),
    ("BinaryEquals", None, &["AQ", "AR==", " AQ== ", "?"], false),
];

pub(super) fn unreadable(trial: &mut Trial<'_, '_>) -> Checked {
    let (positive, negated, texts, is_true) = *trial.source.pick(&UNREADABLE);
    let Some(family) = family(trial.source, |f| f.operators.contains(&positive)) else {
        return Ok(Held::Idle);
    };
    let Some(text) = trial.source.choose(texts).copied() else { return Ok(Held::Idle) };
    let test = test_of(trial.source, family, positive, KEY, &[], false, false);
    let if_exists = if trial.source.chance(50) { "IfExists" } else { "" };
    for set in ["", "ForAnyValue:", "ForAllValues:"] {
        for (operator, expected) in [(Some(positive), false), (negated, is_true)] {
            let Some(operator) = operator else { continue };
            let asked = named(&test, format!("{set}{operator}{if_exists}"));
            // For a set operator, one value is a set of one (rule 4.13).
            let context = if !set.is_empty() && trial.source.chance(50) { many(&[text]) } else { one(text) };
            // A list of empty texts only is a null data set (rule 4.8).
            let is_null = set == "ForAllValues:"
                && text.is_empty()
                && matches!(context.first(), Some((_, format::Held::Many(_))));
            let about = format!("{} of {text:?}", asked[0].operator);
            expect(holds(trial, &asked, &context)?, expected || is_null, &about)?;
        }
    }
    Ok(Held::True)
}

pub(super) fn lists_without_set_operator(trial: &mut Trial<'_, '_>) -> Checked {
    let Some(Probe { negated, test, seen }) = probe(trial.source) else { return Ok(Held::Idle) };
    let context = many(&seen);
    for operator in [&*test.operator, negated] {
        for if_exists in ["", "IfExists"] {
            let asked = named(&test, format!("{operator}{if_exists}"));
            let about = format!("{} of a multivalued key", asked[0].operator);
            expect(holds(trial, &asked, &context)?, false, &about)?;
        }
    }
    Ok(Held::True)
}
