//! Conditions whose operator, key and values fit each other.

use std::borrow::Cow;

use super::text::{matching, near};
use crate::case::{Case, Document, Layer, Test, Text};
use crate::format::Held;
use crate::source::Source;

/// Operators of one type, with keys and samples of values for them.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) operators: &'static [&'static str],
    pub(crate) keys: &'static [&'static str],
    pub(crate) samples: &'static [Sample],
    /// Values of a request that are hard to read, or that cannot be read.
    pub(super) odd: &'static [&'static str],
    /// Values of a policy that are hard to read. AWS stores them in every kind of policy.
    odd_wanted: &'static [&'static str],
    /// Values of a policy that only STS takes, in a session policy (rule 1.20).
    unreadable: &'static [&'static str],
}

/// A value of a request, and values of a policy by their relation to it.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) seen: &'static str,
    /// Values equal to it, or ranges that contain it.
    pub(crate) equal: &'static [&'static str],
    /// Larger values. Without an order, different values.
    pub(crate) above: &'static [&'static str],
    /// Smaller values. Without an order, different values.
    pub(crate) below: &'static [&'static str],
}

const fn sample(
    seen: &'static str,
    equal: &'static [&'static str],
    above: &'static [&'static str],
    below: &'static [&'static str],
) -> Sample {
    Sample { seen, equal, above, below }
}

const TEXTS: &[Sample] = &[
    sample("red", &["red"], &["Red", "redd", "r?d"], &["re", "RED", ""]),
    sample("blue", &["blue"], &["Blue", "blue*"], &["blu", "BLUE"]),
    sample("RED", &["RED"], &["red"], &["R"]),
    sample("prod-1", &["prod-1"], &["prod-2", "Prod-1"], &["prod-"]),
];

/// Every family of operators.
pub(crate) const FAMILIES: &[Family] = &[
    Family {
        operators: &[
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ],
        keys: &["aws:PrincipalTag/team", "aws:PrincipalTag/DoiTEnvironment", "x:Text"],
        samples: TEXTS,
        odd: &[
            "",
            "*",
            "a:b",
            "\u{e9}",
            "\u{c9}",
            "\u{212a}",
            "\u{df}",
            "\u{1e9e}",
            "\u{17f}",
            "\u{130}",
            "\u{39f}\u{3a3}",
            "\u{3bf}\u{3c2}",
            "\u{3bf}\u{3c3}",
            "A\u{3a3}\u{10400}",
            "\u{10400}",
            "\u{10428}",
            "r\u{10400}d",
            "rEd",
        ],
        odd_wanted: &["\u{e9}", "\u{c9}", "K", "k", "\u{df}", "s", "i", "?", "??", "*?", "r??d", "", "SS"],
        unreadable: &[],
    },
    Family {
        operators: &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        keys: &["x:Number"],
        samples: &[
            sample("10", &["10", "10.0", "+10", "0010"], &["11", "10.01"], &["9", "-10", "9.99"]),
            sample("-2.50", &["-2.5"], &["-2.4", "0"], &["-2.51", "-3"]),
            sample("0", &["0", "-0", "0.0"], &["0.1", "1"], &["-1", "-0.1"]),
            sample("9007199254740993", &["9007199254740993"], &["9007199254740994"], &["9007199254740992"]),
        ],
        odd: &["", "many", "NaN", "Infinity", "0x10", "1e1", "10.", "-25e-1", " 10", ".5", "1e"],
        odd_wanted: &["1e1", "10.", "100e-1", "+10.0"],
        unreadable: &["many", "NaN", ""],
    },
    Family {
        operators: &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        keys: &["aws:CurrentTime", "x:Date"],
        samples: &[
            sample(
                "2026-05-01T12:00:00Z",
                &[
                    "2026-05-01T14:00:00+02:00",
                    "2026-05-02T01:00:00+13:00",
                    "2026-05-01T12:00:00Z",
                    "1777636800",
                ],
                &["2026-05-01T12:00:01Z", "2026-06"],
                &["2026-05-01", "2026-05-01T11:59:59Z"],
            ),
            sample("2026-05-01", &["2026-05", "2026-05-01T00:00:00Z"], &["2026-05-02"], &["2026-04-30"]),
            sample("1000000000", &["2001-09-09T01:46:40Z"], &["1000000001"], &["999999999", "2001-09-09"]),
        ],
        odd: &[
            "",
            "noon",
            "2026",
            "2026-05-01T12:00:00",
            "2026-05-01T12:00:00.0004Z",
            "2026-05-01T12:00:00.4Z",
            "+1777636800",
            "-1",
        ],
        odd_wanted: &[
            "2026-05-01T12:00:00",
            "2026-05-01T12:00:00.0009Z",
            "2026-05-01T12:00:00.4001Z",
            "+1777636800",
        ],
        unreadable: &["noon", ""],
    },
    Family {
        operators: &["Bool"],
        keys: &["aws:SecureTransport", "x:Flag"],
        samples: &[
            sample("true", &["true", "True"], &["false"], &["false"]),
            sample("false", &["false"], &["true"], &["TRUE"]),
        ],
        odd: &["", "yes", "1", " true", "TRUE", "False"],
        odd_wanted: &["yes", "TRUE", "0", "False"],
        unreadable: &[],
    },
    Family {
        operators: &["IpAddress", "NotIpAddress"],
        keys: &["aws:SourceIp", "x:Address"],
        samples: &[
            sample(
                "10.1.2.3",
                &["10.1.2.3", "10.0.0.0/8", "10.1.2.3/32", "0.0.0.0/0", "10.1.2.2/31"],
                &["10.1.2.4/31", "::/0"],
                &["11.0.0.0/8", "10.1.2.2"],
            ),
            sample(
                "2001:db8::1",
                &["2001:db8::/32", "2001:db8::1", "::/0"],
                &["2001:db9::/32", "2001:db8::2"],
                &["0.0.0.0/0"],
            ),
            sample("192.0.2.128", &["192.0.2.128/25"], &["192.0.2.0/25"], &["192.0.2.129"]),
        ],
        odd: &[
            "",
            "localhost",
            "::ffff:10.1.2.3",
            "::ffff:a01:203",
            "2001:db8::192.0.2.1",
            "2001:db8:::1",
            "2001:db8::1:",
            ":2001:db8::1",
            "10.001.002.003",
            "10.1.2.3/32",
            "10.1.2",
            "2001:db8::5",
        ],
        odd_wanted: &[
            "10.1.2.77/24",
            "010.001.002.003",
            "2001:DB8::/032",
            "2001:db8:::1",
            "2001:db8::1:/128",
        ],
        unreadable: &[
            "localhost",
            "2001:db8::5/64",
            "::ffff:10.1.2.0/120",
            "::ffff:a01:200/120",
            "2001:db8::192.0.2.0/120",
            "10.0.0.0/33",
        ],
    },
    Family {
        operators: &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
        keys: &["aws:SourceArn", "x:Arn"],
        samples: &[
            sample(
                "arn:aws:sns:eu-west-1:111122223333:red",
                &["arn:aws:sns:eu-west-1:111122223333:red", "arn:aws:sns:*:*:re?", "arn:*:*:*:*:*"],
                &["arn:aws:sns:*:*:red:*"],
                &["arn:aws:s3:::*", "arn:aws:sns:eu-west-1::red"],
            ),
            sample(
                "arn:aws:s3:::bucket/red:key",
                &["arn:aws:s3:::bucket/*", "arn:aws:s3:*:*:bucket/red:key"],
                &["arn:aws:s3:::bucket/red"],
                &["arn:aws:s3:::Bucket/*"],
            ),
        ],
        odd: &[
            "",
            "red",
            "arn:aws:sns:eu-west-1:111122223333",
            "arn:aws:sns:eu-west-1:111122223333:r\u{10400}d",
        ],
        odd_wanted: &[
            "${x:Text}",
            "arn:aws:${x:Text}",
            "${aws:PrincipalTag/team, 'red'}",
            "arn:aws:sns:*:*:r?d",
            "arn:aws:sns:*:*:r??d",
        ],
        unreadable: &["red", "arn:aws:sns"],
    },
    Family {
        operators: &["BinaryEquals"],
        keys: &["x:Bytes"],
        samples: &[
            sample("AQID", &["AQID"], &["AQIE"], &["AQI="]),
            sample("AQ==", &["AQ=="], &["Ag=="], &["AQE="]),
        ],
        odd: &["", "AQ", "AR==", " AQ== ", "no base64"],
        odd_wanted: &[],
        unreadable: &[],
    },
    Family {
        operators: &["Null"],
        keys: &["x:Maybe", "aws:TagKeys"],
        samples: TEXTS,
        odd: &[""],
        odd_wanted: &[],
        unreadable: &[],
    },
];

/// The keys that a generated context has for a family.
pub(super) const fn keys(family: &Family) -> &'static [&'static str] {
    family.keys
}

/// The value that the request has for a key. `None` if the request has the key twice or not at all.
fn held<'c>(case: &'c Case, key: &str) -> Option<&'c Held> {
    case.request.context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, held)| held)
}

/// Draws the tests of a condition. If `wanted`, they should hold.
pub(super) fn tests(
    source: &mut Source<'_>,
    case: &Case,
    layer: Layer,
    wanted: bool,
    variables: bool,
) -> Vec<Test> {
    let count = if source.chance(50) { 0 } else { source.between(1, 2) };
    let mut tests: Vec<Test> = Vec::new();
    for _ in 0..count {
        let test = test(source, case, layer, wanted, variables);
        let is_new = |old: &Test| old.operator != test.operator || !old.key.eq_ignore_ascii_case(&test.key);
        if tests.iter().all(is_new) {
            tests.push(test);
        }
    }
    tests
}

fn test(source: &mut Source<'_>, case: &Case, layer: Layer, wanted: bool, variables: bool) -> Test {
    // Every operator is equally likely.
    let operators =
        FAMILIES.iter().flat_map(|family| family.operators.iter().map(move |operator| (family, *operator)));
    let at = source.below(operators.clone().count());
    let Some((family, operator)) = operators.clone().nth(at) else { return null("x:Maybe", "true") };
    let key = source.choose(family.keys).copied().unwrap_or("x:Maybe");
    let seen: Vec<&str> = match held(case, key) {
        None => Vec::new(),
        Some(Held::One(value)) => vec![value],
        Some(Held::Many(values)) => values.iter().map(String::as_str).collect(),
    };
    if operator == "Null" {
        let is_null = seen.is_empty() == (wanted || source.chance(50));
        return null(key, if is_null { "true" } else { "false" });
    }
    let is_multiple = matches!(held(case, key), Some(Held::Many(_)));
    let set = match source.below(10) {
        0..4 if !(is_multiple && wanted) => "",
        0..7 => "ForAnyValue:",
        _ => "ForAllValues:",
    };
    let if_exists = if source.chance(40) { "IfExists" } else { "" };
    let mut test = test_of(source, family, operator, key, &seen, wanted, variables);
    test.operator = Cow::Owned(format!("{set}{operator}{if_exists}"));
    if source.chance(10) {
        odd_value(source, family, layer, variables, &mut test.values);
    }
    if source.chance(4) {
        test.key = super::swap_case(&test.key).into();
    }
    // A test without values compares nothing, but has an outcome (rule 4.11).
    if source.chance(2) && operator != "Bool" {
        test.values.clear();
    }
    test
}

/// Puts a value that is hard to read, or one that cannot be read, into a list of values.
fn odd_value(
    source: &mut Source<'_>,
    family: &Family,
    layer: Layer,
    variables: bool,
    values: &mut Vec<Text>,
) {
    let is_session = layer == Layer::Session && source.chance(60);
    let pool =
        if is_session && !family.unreadable.is_empty() { family.unreadable } else { family.odd_wanted };
    // Bool takes one value.
    let is_single = family.operators == ["Bool"];
    let Some(odd) = source.choose(pool).copied().filter(|odd| variables || !odd.contains('$')) else {
        return;
    };
    let at = source.below(values.len().saturating_add(1)).min(values.len());
    if values.iter().any(|value| *value == odd) {
        return;
    }
    match values.get_mut(at) {
        Some(old) if is_single || source.chance(50) => *old = Cow::Borrowed(odd),
        _ if is_single => {}
        _ => values.insert(at, Cow::Borrowed(odd)),
    }
}

/// Whether AWS stores the document in session policies alone, because a value of a condition cannot be read (rule 1.20).
pub(crate) fn is_for_sessions(document: &Document) -> bool {
    let is_unreadable = |test: &Test| {
        FAMILIES.iter().any(|family| {
            family.operators.iter().any(|operator| test.operator.contains(operator))
                && test.values.iter().any(|value| family.unreadable.contains(&&**value))
        })
    };
    document.statements.iter().any(|statement| statement.conditions.iter().any(is_unreadable))
}

fn null(key: &'static str, value: &'static str) -> Test {
    Test { operator: Cow::Borrowed("Null"), key: Cow::Borrowed(key), values: vec![Cow::Borrowed(value)] }
}

/// Draws a test with this operator. If `wanted`, it holds for the values of the request.
pub(crate) fn test_of(
    source: &mut Source<'_>,
    family: &Family,
    operator: &'static str,
    key: &'static str,
    seen: &[&str],
    wanted: bool,
    variables: bool,
) -> Test {
    let count = if operator == "Bool" { 1 } else { source.between(1, 3) };
    let mut values: Vec<Text> = Vec::new();
    for i in 0..count {
        let at = seen.get(i).or_else(|| seen.first());
        let known = at.and_then(|seen| family.samples.iter().find(|sample| sample.seen == *seen));
        let Some(sample) = known.or_else(|| source.choose(family.samples)) else { continue };
        let aimed = wanted || source.chance(50);
        let pool = pool_of(source, operator, sample, aimed);
        let mut value: Text = source.choose(pool).map_or(Cow::Borrowed(sample.seen), |v| Cow::Borrowed(*v));
        if operator.starts_with("String") {
            value = spelled(source, operator, value, aimed, variables);
        } else if variables && source.chance(12) {
            value = variable(source, operator).unwrap_or(value);
        }
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Test { operator: Cow::Borrowed(operator), key: Cow::Borrowed(key), values }
}

/// Values of a policy for which the operator holds for the sample, or for which it does not.
fn pool_of(source: &mut Source<'_>, operator: &str, sample: &Sample, holds: bool) -> &'static [&'static str] {
    let Sample { equal, above, below, .. } = *sample;
    let either = |source: &mut Source<'_>, a, b| if source.chance(50) { b } else { a };
    match (operator, holds) {
        ("NumericLessThan" | "DateLessThan", true)
        | ("NumericGreaterThanEquals" | "DateGreaterThanEquals", false) => above,
        ("NumericLessThan" | "DateLessThan", false)
        | ("NumericGreaterThanEquals" | "DateGreaterThanEquals", true) => either(source, equal, below),
        ("NumericGreaterThan" | "DateGreaterThan", true)
        | ("NumericLessThanEquals" | "DateLessThanEquals", false) => below,
        ("NumericGreaterThan" | "DateGreaterThan", false)
        | ("NumericLessThanEquals" | "DateLessThanEquals", true) => either(source, equal, above),
        (negated, true) if negated.contains("Not") => either(source, above, below),
        (negated, false) if negated.contains("Not") => equal,
        (_, true) => equal,
        (_, false) => either(source, above, below),
    }
}

/// Another form of a value: with wildcards, with a variable, in other case, or off by one character.
fn spelled(source: &mut Source<'_>, operator: &str, value: Text, aimed: bool, variables: bool) -> Text {
    let constant = match &value {
        Cow::Borrowed(text) => *text,
        Cow::Owned(_) => return value,
    };
    match source.below(10) {
        0 | 1 if operator.ends_with("Like") && (aimed || source.chance(50)) => matching(source, constant, 0),
        2 if !aimed => near(source, constant, 0),
        3 if operator.ends_with("IgnoreCase") => super::swap_case(constant).into(),
        4 if variables => Cow::Borrowed(*source.pick(&[
            "${x:Text}",
            "${aws:PrincipalTag/team}",
            "${x:Text, 'red'}",
            "${x:None, 'red'}",
            "${x:None}",
            "${aws:TagKeys, 'red'}",
            "${*}",
            "${x:Flag}red",
        ])),
        _ => value,
    }
}

/// A value with a variable, for operators other than string operators that may have one (rules 1.21, 7.12). `None` for other operators.
fn variable(source: &mut Source<'_>, operator: &str) -> Option<Text> {
    let picked = if operator == "Bool" {
        *source.pick(&["${x:Flag}", "${x:None, 'true'}", "t${x:Text}", "${x:None}", "${aws:SecureTransport}"])
    } else if operator.starts_with("Arn") {
        *source.pick(&[
            "${x:Arn}",
            "arn:aws:sns:*:*:${x:Text}",
            "arn:aws:s3:::bucket/${aws:PrincipalTag/team}:key",
            "arn:aws:s3:::bucket/${x:None, 'red'}*",
            "arn:aws:${x:None, 'sns'}:*:*:*",
            "${x:None}",
        ])
    } else {
        return None;
    };
    Some(Cow::Borrowed(picked))
}
