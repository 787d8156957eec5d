//! Laws about patterns and the texts they match.

use std::borrow::Cow;

use super::conditions::{holds, probe_case};
use super::{Breach, Checked, Held, Trial};
use crate::case::{Case, Layer, Names, Statement, Test, Text};
use crate::format::{self, Decision};
use crate::generate::glob as draw;
use crate::source::Source;

const ANY_RUN: u16 = b'*' as u16;
const ANY_ONE: u16 = b'?' as u16;

/// Whether a pattern matches a text, by definition: `*` is any run of UTF-16 units, `?` exactly one, and the whole text must match.
fn matches(pattern: &[u16], text: &[u16]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([ANY_RUN, rest @ ..], _) => {
            (0..=text.len()).any(|n| text.get(n..).is_some_and(|t| matches(rest, t)))
        }
        ([ANY_ONE, rest @ ..], [_, tail @ ..]) => matches(rest, tail),
        ([letter, rest @ ..], [first, tail @ ..]) => letter == first && matches(rest, tail),
        ([], _) | (_, []) => false,
    }
}

/// A request for this resource, with an Allow for this pattern.
fn asking(pattern: String, resource: String, context: Vec<(Text, format::Held)>) -> Case {
    let mut statement = Statement::plain(true);
    statement.resource = Some(Names::one(pattern));
    probe_case(resource.into(), vec![statement], context)
}

const HEAD: &str = "arn:aws:s3:::bucket/";

fn expect(trial: &Trial<'_, '_>, case: &Case, is_match: bool) -> Checked {
    let expected = if is_match { Decision::Allowed } else { Decision::ImplicitDeny };
    trial.expect(case, expected.name(), |decision| decision == expected)
}

pub(super) fn glob(trial: &mut Trial<'_, '_>) -> Checked {
    let (pattern, text) = draw(trial.source);
    let units = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
    let expected = matches(&units(&pattern), &units(&text));
    let case = asking(format!("{HEAD}{pattern}"), format!("{HEAD}{text}"), Vec::new());
    expect(trial, &case, expected)?;
    let test = |operator: &'static str, value: &str| Test {
        operator: Cow::Borrowed(operator),
        key: Cow::Borrowed("x:Probed"),
        values: vec![Cow::Owned(value.to_owned())],
    };
    let context = [(Cow::Borrowed("x:Probed"), format::Held::One(text.clone()))];
    let like = holds(trial, &[test("StringLike", &pattern)], &context)?;
    let equal = holds(trial, &[test("StringEquals", &pattern)], &context)?;
    let wrong = |operator: &str, expected: bool, actual: bool| {
        Err(Box::new(Breach {
            changed: None,
            expected: format!("{operator} {pattern:?} of {text:?} is {expected}"),
            actual: actual.to_string(),
        }))
    };
    match (like, equal) {
        (Some(like), _) if like != expected => wrong("StringLike", expected, like),
        (_, Some(equal)) if equal != (pattern == text) => wrong("StringEquals", pattern == text, equal),
        (Some(_), Some(_)) => Ok(Held::True),
        (None, _) | (_, None) => Ok(Held::Idle),
    }
}

/// A text of characters that have a meaning in policies.
fn strange(source: &mut Source<'_>) -> String {
    let length = source.below(5);
    (0..length)
        .map(|_| *source.pick(&['a', '*', '?', '$', '{', '}', '/', '\'', '\u{e9}', ':', '\u{10400}']))
        .collect()
}

pub(super) fn substituted(trial: &mut Trial<'_, '_>) -> Checked {
    let value = strange(trial.source);
    let other = match trial.source.below(3) {
        0 => strange(trial.source),
        1 => value.replacen(['*', '?'], "a", 1),
        _ => value.clone(),
    };
    let tail = strange(trial.source);
    let joined = format!("{other}{tail}");
    let key = *trial.source.pick(&["x:Text", "aws:PrincipalTag/team"]);
    let (pattern, resource, expected) = match trial.source.below(5) {
        0 => (format!("${{{key}}}*"), joined.clone(), joined.starts_with(&value)),
        1 => (format!("*${{{key}}}"), joined.clone(), joined.ends_with(&value)),
        2 => (format!("*${{{key}}}*"), joined.clone(), joined.contains(&value)),
        3 => (format!("${{{key}, 'a'}}/x"), format!("{other}/x"), value == other),
        _ => (format!("${{{key}}}"), other.clone(), value == other),
    };
    let context = vec![(Cow::Borrowed(key), format::Held::One(value))];
    let case = asking(format!("{HEAD}{pattern}"), format!("{HEAD}{resource}"), context);
    expect(trial, &case, expected)
}

pub(super) fn widened(trial: &mut Trial<'_, '_>) -> Checked {
    if trial.verdict.decision != Decision::Allowed {
        return Ok(Held::Idle);
    }
    let mut case = trial.case.clone();
    let source = &mut *trial.source;
    let mut widen = |names: &mut Names, kept: fn(&str) -> usize| {
        for name in names.list.iter_mut().filter(|name| !name.contains('$')) {
            let from = kept(name);
            let count = name.chars().count();
            if count > from && source.chance(60) {
                let at = source.between(from, count.saturating_sub(1));
                let until = source.between(at, count);
                let head: String = name.chars().take(at).collect();
                let tail: String = name.chars().skip(until).collect();
                *name = Cow::Owned(format!("{head}*{tail}"));
            }
        }
    };
    for (layer, statement) in case.statements_mut() {
        if !statement.allow || layer == Layer::Rcp {
            continue;
        }
        if !statement.action.not {
            widen(&mut statement.action, |name| name.find(':').map_or(1, |colon| colon.saturating_add(1)));
        }
        for names in statement.resource.iter_mut().filter(|names| !names.not) {
            widen(names, |name| {
                name.match_indices(':').nth(4).map_or(usize::MAX, |(at, _)| at.saturating_add(1))
            });
        }
    }
    trial.expect(&case, "allowed, as before", |decision| decision == Decision::Allowed)
}
