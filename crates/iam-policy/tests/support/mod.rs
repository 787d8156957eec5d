//! Generators: policies that strict mode accepts, JSON texts, and texts with slips in them.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use iam_policy::{Family, Operator, PolicyKind, Quantifier, Test};

/// Text with every class of character: plain, quoted, escaped, of two, three and four bytes.
pub(crate) fn texts() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-z/-]{0,8}", 1 => "[ -\u{FF}\t\n\"\\\\]{0,6}", 1 => "[\u{0}-\u{7F}\u{4E00}-\u{4E10}\u{1F600}]{0,4}"]
}

/// Any JSON value of moderate depth.
pub(crate) fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        texts().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(texts(), inner, 0..4)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

/// Parts of JSON, whole and broken.
const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"a\"",
    "\"\\u0061\"",
    "\\",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud800",
    "\\udc00",
    "\\u12",
    "\\n",
    "\\x",
    "0",
    "1",
    "-",
    "+",
    ".",
    "e",
    "E",
    "1.5",
    "-0",
    "1e3",
    "1E-2",
    "01",
    "true",
    "false",
    "null",
    "nul",
    "tru",
    "NaN",
    " ",
    "\n",
    "\r",
    "\t",
    "\u{B}",
    "\u{0}",
    "\u{1F}",
    "\u{7F}",
    "\u{A0}",
    "\u{2028}",
    "\u{FEFF}",
    "é",
    "中",
    "😀",
    "/",
    "//",
    "'",
    "*",
    "${",
    "}}",
    "Effect",
    "aws:",
];

/// Nothing but such parts.
pub(crate) fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(select(TOKENS), 0..12).prop_map(|parts| parts.concat())
}

/// What is done to a text: at a character, take out, put in, put in the place of, or repeat what follows.
#[derive(Clone, Debug)]
pub(crate) enum Slip {
    Remove(Index),
    Insert(Index, &'static str),
    Replace(Index, &'static str),
    Repeat(Index, usize),
    CutOff(Index),
}

pub(crate) fn slips(most: usize) -> impl Strategy<Value = Vec<Slip>> {
    let slip = prop_oneof![
        4 => any::<Index>().prop_map(Slip::Remove),
        4 => (any::<Index>(), select(TOKENS)).prop_map(|(i, t)| Slip::Insert(i, t)),
        4 => (any::<Index>(), select(TOKENS)).prop_map(|(i, t)| Slip::Replace(i, t)),
        2 => (any::<Index>(), 1..20usize).prop_map(|(i, n)| Slip::Repeat(i, n)),
        1 => any::<Index>().prop_map(Slip::CutOff),
    ];
    prop::collection::vec(slip, 0..=most)
}

/// The text with the slips made, one after the other.
pub(crate) fn slipped(text: &str, slips: &[Slip]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for slip in slips {
        let place = |index: &Index| index.index(characters.len() + 1);
        match slip {
            Slip::Remove(index) => {
                let at = place(index);
                characters.splice(at..(at + 1).min(characters.len()), []);
            }
            Slip::Insert(index, token) => {
                let at = place(index);
                characters.splice(at..at, token.chars());
            }
            Slip::Replace(index, token) => {
                let at = place(index);
                characters.splice(at..(at + 1).min(characters.len()), token.chars());
            }
            Slip::Repeat(index, length) => {
                let at = place(index);
                let part: Vec<char> = characters.iter().skip(at).take(*length).copied().collect();
                characters.splice(at..at, part);
            }
            Slip::CutOff(index) => characters.truncate(place(index)),
        }
    }
    characters.into_iter().collect()
}

/// One text as itself or as a list, several as a list.
fn one_or_more(texts: Vec<Value>, list: bool) -> Value {
    match <[Value; 1]>::try_from(texts) {
        Ok([one]) if !list => one,
        Ok([one]) => json!([one]),
        Err(texts) => Value::from(texts),
    }
}

fn lists(of: impl Strategy<Value = String>) -> impl Strategy<Value = Value> {
    (prop::collection::vec(of.prop_map(Value::from), 1..4), any::<bool>())
        .prop_map(|(texts, list)| one_or_more(texts, list))
}

fn actions() -> impl Strategy<Value = Value> {
    lists(prop_oneof![
        "(s3|sqs|ec2):(Get|List|\\*|\\?){1,3}",
        Just("*".to_owned()),
        Just("S3:getobject".to_owned())
    ])
}

fn resources() -> impl Strategy<Value = Value> {
    let variable = select(&["${aws:username}", "${aws:PrincipalTag/team, 'all'}", "${*}", "*", "?", ""][..]);
    let arn = ("[a-z]{1,5}", texts(), variable).prop_map(|(bucket, text, variable)| {
        format!("arn:aws:s3:::{bucket}/{}{variable}", text.replace(['$', '{', '}'], ""))
    });
    lists(prop_oneof![3 => arn, 1 => Just("*".to_owned())])
}

fn principals() -> impl Strategy<Value = Value> {
    let aws = lists(prop_oneof![
        Just("111122223333".to_owned()),
        "arn:aws:iam::11112222333[0-9]:(root|user/[a-z]{1,4}|role/p/[a-z]{1,4})",
        Just("arn:aws:sts::111122223333:assumed-role/r/s".to_owned()),
    ]);
    let service = lists("(sns|sqs)\\.amazonaws\\.com");
    (aws, service, 0..3).prop_map(|(aws, service, which)| match which {
        0 => json!({ "AWS": aws }),
        1 => json!({ "Service": service }),
        _ => json!({ "AWS": aws, "Service": service }),
    })
}

/// A value that every operator of the family compares.
fn operands(family: Family) -> BoxedStrategy<Value> {
    match family {
        Family::String => prop_oneof![
            texts().prop_map(|t| Value::from(t.replace(['$', '{', '}'], ""))),
            Just(json!("${aws:username}*?")),
        ]
        .boxed(),
        Family::Numeric => ("-?[0-9]{1,20}(\\.[0-9]{1,5})?").prop_map(Value::from).boxed(),
        Family::Date => {
            select(&["2026-03-01T12:00:00Z", "2026-03-01", "1772366400"][..]).prop_map(Value::from).boxed()
        }
        Family::Bool | Family::Null => select(&["true", "false", "TRUE"][..]).prop_map(Value::from).boxed(),
        Family::Binary => select(&["", "Zg==", "Zm9v"][..]).prop_map(Value::from).boxed(),
        Family::Ip => {
            select(&["10.0.0.0/8", "203.0.113.7", "2001:db8::/32"][..]).prop_map(Value::from).boxed()
        }
        Family::Arn => "arn:aws:iam::\\*:role/[a-z]{0,3}".prop_map(Value::from).boxed(),
    }
}

/// The members of one operator, with its name.
fn tests() -> impl Strategy<Value = (String, Value)> {
    let quantifiers = select(&[None, Some(Quantifier::ForAllValues), Some(Quantifier::ForAnyValue)][..]);
    (select(Operator::ALL), quantifiers, any::<bool>()).prop_flat_map(|(operator, quantifier, if_exists)| {
        let is_null = operator == Operator::Null;
        let test = Test::new(quantifier.filter(|_| !is_null), operator, if_exists && !is_null);
        let most = if matches!(operator.family(), Family::Bool | Family::Null) { 1 } else { 3 };
        let values = (prop::collection::vec(operands(operator.family()), 0..=most), any::<bool>())
            .prop_map(|(values, list)| one_or_more(values, list));
        let key = select(&["aws:userid", "aws:PrincipalTag/Team A", "s3:prefix", "Aws:SourceIp"][..]);
        prop::collection::btree_map(key, values, 1..3).prop_map(move |keys| {
            let keys: Map<String, Value> = keys.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
            (test.to_string(), Value::Object(keys))
        })
    })
}

fn statements(kind: PolicyKind) -> impl Strategy<Value = Value> {
    let condition = prop::option::of(prop::collection::vec(tests(), 1..3));
    let principal = prop_oneof![1 => Just(json!({ "AWS": "*" })), 3 => principals()];
    (any::<[bool; 4]>(), actions(), resources(), principal, condition).prop_map(
        move |([allow, not_action, not_resource, with_resource], action, resource, principal, condition)| {
            let mut statement = Map::new();
            statement.insert("Effect".into(), json!(if allow { "Allow" } else { "Deny" }));
            statement.insert(if not_action { "NotAction" } else { "Action" }.into(), action);
            if kind != PolicyKind::Trust
                && (with_resource || !matches!(kind, PolicyKind::Resource | PolicyKind::Kms))
            {
                statement.insert(if not_resource { "NotResource" } else { "Resource" }.into(), resource);
            }
            if kind.names_principals() {
                let may_exclude = !allow && kind != PolicyKind::Trust && principal != json!({ "AWS": "*" });
                statement.insert(if may_exclude { "NotPrincipal" } else { "Principal" }.into(), principal);
            }
            if let Some(tests) = condition {
                statement.insert("Condition".into(), Value::Object(tests.into_iter().collect()));
            }
            Value::Object(statement)
        },
    )
}

/// Policies that strict mode accepts, if their quotas are set high enough. Sids count the statements.
pub(crate) fn policies() -> impl Strategy<Value = (PolicyKind, Value)> {
    let kinds = [
        PolicyKind::Identity,
        PolicyKind::Managed,
        PolicyKind::Session,
        PolicyKind::Resource,
        PolicyKind::Trust,
        PolicyKind::Kms,
        PolicyKind::Scp,
        PolicyKind::VpcEndpoint,
    ];
    prop::sample::select(kinds.to_vec()).prop_flat_map(|kind| {
        (prop::collection::vec(statements(kind), 1..4), any::<[bool; 3]>()).prop_map(
            move |(mut statements, [with_sids, list, old])| {
                if with_sids {
                    for (i, statement) in statements.iter_mut().enumerate() {
                        statement["Sid"] = json!(format!("S{i}"));
                    }
                }
                let statement = one_or_more(statements, list);
                let version = if old { "2008-10-17" } else { "2012-10-17" };
                let mut policy = json!({ "Version": version, "Statement": statement });
                if kind.names_principals() && with_sids {
                    policy["Id"] = json!("id");
                }
                (kind, policy)
            },
        )
    })
}

/// The JSON text of a value, characters above U+00FF as escapes.
pub(crate) fn json_text(value: &Value, pretty: bool) -> String {
    let text = if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
    let mut out = String::new();
    for c in text.unwrap_or_default().chars() {
        if u32::from(c) <= 0xFF {
            out.push(c);
        } else {
            out.push_str(&escapes(&c.to_string()));
        }
    }
    out
}

/// Every character as escapes.
pub(crate) fn escapes(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |out, unit| out + &format!("\\u{unit:04X}"))
}

/// The same policy written otherwise: every single value as a list of one.
pub(crate) fn all_lists(policy: &Value) -> Value {
    fn list(value: &mut Value) {
        if !value.is_array() {
            *value = json!([value.take()]);
        }
    }
    let mut policy = policy.clone();
    list(&mut policy["Statement"]);
    for statement in policy["Statement"].as_array_mut().into_iter().flatten() {
        for (name, element) in statement.as_object_mut().into_iter().flatten() {
            match (name.as_str(), element.as_object_mut()) {
                ("Action" | "NotAction" | "Resource" | "NotResource", _) => list(element),
                ("Principal" | "NotPrincipal", Some(kinds)) => kinds.values_mut().for_each(list),
                ("Condition", Some(tests)) => {
                    let keys = tests.values_mut().filter_map(Value::as_object_mut);
                    keys.flat_map(Map::values_mut).for_each(list);
                }
                _ => {}
            }
        }
    }
    policy
}
