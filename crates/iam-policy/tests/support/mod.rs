//! Generators: policies that strict mode accepts, JSON texts, and texts with slips in them.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use iam_policy::{Family, Operator, PolicyKind, Quantifier, Test};

#[path = "../../../iam-json/tests/support/mod.rs"]
mod json;

pub(crate) use json::*;

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
