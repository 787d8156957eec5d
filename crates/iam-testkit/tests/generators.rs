//! Generated cases have what the rules are hard about.

use std::collections::BTreeMap;

use iam_testkit::case::{Caller, Case, Document, Layer, Principals};
use iam_testkit::format::Held;
use iam_testkit::{Source, generate};

const CASES: u64 = 20_000;

/// What a case is counted as, and whether it is one.
type Kind = (&'static str, fn(&Case) -> bool);

fn values(case: &Case) -> impl Iterator<Item = &str> {
    case.request.context.iter().flat_map(|(_, held)| {
        match held {
            Held::One(one) => std::slice::from_ref(one).iter(),
            Held::Many(many) => many.iter(),
        }
        .map(String::as_str)
    })
}

fn resources(case: &Case) -> impl Iterator<Item = (&Document, bool, &str)> {
    case.documents().flat_map(|(_, document)| {
        document.statements.iter().flat_map(move |statement| {
            statement
                .resource
                .iter()
                .flat_map(move |r| r.list.iter().map(move |text| (document, r.not, &**text)))
        })
    })
}

/// Whether a test of this operator has a value that holds this text.
fn tests(case: &Case, operator: &str, wanted: fn(&str) -> bool) -> bool {
    let mut tests = case.documents().flat_map(|(_, d)| d.statements.iter().flat_map(|s| &s.conditions));
    tests.any(|test| test.operator.contains(operator) && test.values.iter().any(|value| wanted(value)))
}

/// Whether the number of fields of an ARN is too small. Colons of variables do not count.
fn is_short(text: &str) -> bool {
    let outside = text
        .split("${")
        .enumerate()
        .map(|(at, part)| if at == 0 { part } else { part.split_once('}').map_or("", |(_, rest)| rest) });
    text.starts_with("arn:") && outside.map(|part| part.matches(':').count()).sum::<usize>() < 5
}

fn is_early(text: &str) -> bool {
    text.split_once("${").is_some_and(|(head, _)| head.matches(':').count() < 5)
}

fn list_of<'c>(case: &'c Case, key: &str) -> Option<&'c Vec<String>> {
    case.request.context.iter().find(|(name, _)| name == key).and_then(|(_, held)| match held {
        Held::Many(values) if !values.is_empty() => Some(values),
        Held::Many(_) | Held::One(_) => None,
    })
}

const KINDS: &[Kind] = &[
    ("an early variable", |c| resources(c).any(|(d, _, text)| d.variables && is_early(text))),
    ("an early variable in NotResource", |c| {
        resources(c).any(|(d, not, text)| d.variables && not && is_early(text))
    }),
    ("an incomplete ARN", |c| resources(c).any(|(_, _, text)| is_short(text) && !text.contains('$'))),
    ("an incomplete ARN with a variable", |c| {
        resources(c).any(|(d, _, text)| d.variables && is_short(text) && text.contains('$'))
    }),
    ("a character above U+FFFF in a resource", |c| c.request.resource.chars().any(|l| l > '\u{ffff}')),
    ("a character above U+FFFF in a value, and ? in a pattern", |c| {
        values(c).any(|v| v.chars().any(|l| l > '\u{ffff}')) && tests(c, "Like", |v| v.contains('?'))
    }),
    ("a list as variable with a default", |c| {
        list_of(c, "aws:TagKeys").is_some()
            && (resources(c).any(|(_, _, text)| text.contains("${aws:TagKeys, "))
                || tests(c, "", |v| v.contains("${aws:TagKeys, ")))
    }),
    ("a list of empty texts", |c| {
        c.request
            .context
            .iter()
            .any(|(_, held)| matches!(held, Held::Many(v) if !v.is_empty() && v.iter().all(String::is_empty)))
    }),
    ("a letter beyond ASCII, without case", |c| {
        values(c).any(|v| !v.is_ascii()) && tests(c, "IgnoreCase", |v| !v.is_ascii() || v.len() == 1)
    }),
    ("a mapped address", |c| values(c).any(|v| v.starts_with("::ffff:"))),
    ("an IPv4 network with host bits", |c| tests(c, "IpAddress", |v| v == "10.1.2.77/24")),
    ("a dead network", |c| tests(c, "IpAddress", |v| v == "2001:db8::5/64" || v.starts_with("::ffff:"))),
    ("an unreadable number in a policy", |c| tests(c, "Numeric", |v| v == "many")),
    ("an unreadable date in a policy", |c| tests(c, "Date", |v| v == "noon")),
    ("an ARN pattern that may be unreadable", |c| tests(c, "Arn", |v| v == "${x:Text}" || v == "red")),
    ("decimals of milliseconds", |c| {
        tests(c, "Date", |v| v.contains(".0009")) || values(c).any(|v| v.contains(".0004"))
    }),
    ("an exponent", |c| tests(c, "Numeric", |v| v.contains('e')) || values(c).any(|v| v == "1e1")),
    ("several session policies", |c| {
        c.policies.get(&Layer::Session).is_some_and(|l| l.iter().flatten().count() > 1)
    }),
    ("a service with several names", |c| {
        matches!(c.request.principal, Caller::AwsService { .. })
            && list_of(c, "aws:PrincipalServiceNamesList").is_some()
    }),
    ("a service and {\"AWS\": \"*\"}", |c| {
        let star = |p: &Principals| matches!(p, Principals::Listed { names, .. } if names.iter().any(|(k, n)| *k == "AWS" && n == "*"));
        matches!(c.request.principal, Caller::AwsService { .. })
            && c.documents().any(|(_, d)| d.statements.iter().any(|s| star(&s.principal)))
    }),
    ("a key in two spellings", Case::has_key_twice),
    ("a request that needs no permission", Case::needs_no_permission),
    ("an RCP and a request without resource", |c| {
        c.request.resource == "*" && c.policies.contains_key(&Layer::Rcp)
    }),
];

#[test]
fn what_is_hard_is_generated() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for number in 0..CASES {
        let case = generate::case(&mut Source::of_case(11, number));
        for (kind, is_one) in KINDS {
            *counts.entry(kind).or_default() += usize::from(is_one(&case));
        }
    }
    let rare: Vec<_> = counts.iter().filter(|(_, count)| **count < 20).collect();
    assert!(rare.is_empty(), "{rare:?}\n{counts:#?}");
}

/// Every value that is hard to read is drawn for a request, under a positive and under a negated operator.
#[test]
fn odd_values_meet_every_operator() {
    const ODD: [(&str, &str, &[&str]); 6] = [
        ("x:Number", "Numeric", &["many", "", "NaN", "1e1", "10."]),
        ("x:Date", "Date", &["noon", "", "2026-05-01T12:00:00", "+1777636800"]),
        ("x:Address", "IpAddress", &["localhost", "::ffff:10.1.2.3", "2001:db8::192.0.2.1", "2001:db8:::1"]),
        ("x:Arn", "Arn", &["red", "", "arn:aws:sns:eu-west-1:111122223333"]),
        ("x:Flag", "Bool", &["yes", "", "1"]),
        ("x:Bytes", "Binary", &["AQ", "AR=="]),
    ];
    let mut met: BTreeMap<(&str, &str, bool), usize> = BTreeMap::new();
    for number in 0..CASES {
        let case = generate::case(&mut Source::of_case(12, number));
        for (key, operator, texts) in ODD {
            let Some((_, Held::One(seen))) = case.request.context.iter().find(|(name, _)| name == key) else {
                continue;
            };
            let Some(text) = texts.iter().find(|text| *text == seen) else { continue };
            for test in case.documents().flat_map(|(_, d)| d.statements.iter().flat_map(|s| &s.conditions)) {
                if test.key == key && test.operator.contains(operator) {
                    *met.entry((key, text, test.operator.contains("Not"))).or_default() += 1;
                }
            }
        }
    }
    for (key, operator, texts) in ODD {
        for text in texts {
            assert!(met.contains_key(&(key, *text, false)), "{key} {text}: {met:?}");
            let has_negated = !matches!(operator, "Bool" | "Binary");
            assert_eq!(met.contains_key(&(key, *text, true)), has_negated, "{key} {text}: {met:?}");
        }
    }
    assert!(met.values().min().unwrap() > &0);
}
