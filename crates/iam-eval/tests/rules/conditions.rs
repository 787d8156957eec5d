//! Conditions: rules 4.1 to 4.13.

use crate::support::{ALL, effects, identity, key, many, one, outcome, request, user};
use iam_eval::{Context, ContextValue, Decision, Outcomes};
use iam_policy::{Operator, Quantifier, Test};

const FALSE: Outcomes = Outcomes::FALSE;
const TRUE: Outcomes = Outcomes::TRUE;

/// A value that the operator can compare.
fn value(operator: Operator) -> &'static str {
    match operator.name() {
        name if name.contains("Numeric") => "10",
        name if name.contains("Date") => "2026-03-01T00:00:00Z",
        name if name.contains("Ip") => "203.0.113.7",
        name if name.contains("Arn") => "arn:aws:s3:::bucket",
        name if name.contains("Binary") => "YQ==",
        "Bool" | "Null" => "true",
        _ => "text",
    }
}

/// Every operator but `Null` with every set operator, with and without `IfExists`.
fn tests() -> Vec<Test> {
    let mut tests = Vec::new();
    for operator in Operator::ALL.iter().copied().filter(|o| *o != Operator::Null) {
        for quantifier in [None, Some(Quantifier::ForAllValues), Some(Quantifier::ForAnyValue)] {
            tests.extend([false, true].map(|if_exists| Test::new(quantifier, operator, if_exists)));
        }
    }
    tests
}

#[test]
fn all_keys_under_all_operators_must_hold() {
    let context = Context::new().with("x:a", one("1")).with("x:b", one("2"));
    for (condition, expected) in [
        (r#"{"StringEquals": {"x:a": "1", "x:b": "2"}}"#, TRUE),
        (r#"{"StringEquals": {"x:a": "1", "x:b": "3"}}"#, FALSE),
        (r#"{"StringEquals": {"x:a": "1"}, "StringLike": {"x:b": "*"}}"#, TRUE),
        (r#"{"StringEquals": {"x:a": "1"}, "StringNotLike": {"x:b": "*"}}"#, FALSE),
        (r#"{"StringEquals": {"x:a": "1"}, "StringNotEquals": {"x:a": "1"}}"#, FALSE),
    ] {
        assert_eq!(outcome(condition, &context), expected, "{condition}");
    }
}

#[test]
fn values_are_or_for_positive_and_nor_for_negated_operators() {
    for (seen, positive) in [("a", true), ("b", true), ("c", false)] {
        let context = key(Some(one(seen)));
        let test = |operator: &str| outcome(&format!(r#"{{"{operator}": {{"x:k": ["a", "b"]}}}}"#), &context);
        assert_eq!(test("StringEquals"), Outcomes::known(positive));
        assert_eq!(test("StringNotEquals"), Outcomes::known(!positive));
    }
}

#[test]
fn keys_ignore_case_with_the_tag_key_but_tag_values_do_not() {
    let context = Context::new().with("aws:ResourceTag/Env", one("Prod"));
    for (condition, expected) in [
        (r#"{"StringEquals": {"AWS:resourcetag/ENV": "Prod"}}"#, TRUE),
        (r#"{"StringEquals": {"aws:ResourceTag/env": "prod"}}"#, FALSE),
        (r#"{"StringEqualsIgnoreCase": {"aws:ResourceTag/env": "prod"}}"#, TRUE),
        (r#"{"StringLike": {"aws:ResourceTag/env": "p*"}}"#, FALSE),
    ] {
        assert_eq!(outcome(condition, &context), expected, "{condition}");
    }
}

#[test]
fn an_absent_key_is_as_in_the_table_of_rule_4_7() {
    for test in tests() {
        let expected = match (test.if_exists, test.quantifier) {
            (true, _) | (_, Some(Quantifier::ForAllValues)) => true,
            (_, Some(Quantifier::ForAnyValue)) => false,
            (_, None) => test.operator.name().contains("Not"),
        };
        let condition = format!(r#"{{"{test}": {{"x:k": "{}"}}}}"#, value(test.operator));
        for context in [key(None), key(Some(many(&[])))] {
            assert_eq!(outcome(&condition, &context), Outcomes::known(expected), "{test} {context:?}");
        }
    }
}

#[test]
fn if_exists_leaves_a_present_key_to_the_operator() {
    for test in tests().into_iter().filter(|t| t.if_exists) {
        let plain = Test::new(test.quantifier, test.operator, false);
        let wanted = value(test.operator);
        for seen in [wanted, "", "junk", "11", "2026-04-01T00:00:00Z", "::1", "false"] {
            let twice = ContextValue::Twice([("x:K".into(), one(seen)), ("x:k".into(), one(wanted))].into());
            for seen in [one(seen), many(&[seen]), many(&[seen, wanted]), twice] {
                let context = key(Some(seen));
                let ask = |test: Test| outcome(&format!(r#"{{"{test}": {{"x:k": "{wanted}"}}}}"#), &context);
                assert_eq!(ask(test), ask(plain), "{test} {context:?}");
            }
        }
    }
}

#[test]
fn null_asks_for_a_value() {
    for (value, absent) in
        [(None, true), (Some(many(&[])), true), (Some(one("")), false), (Some(many(&["a"])), false)]
    {
        let context = key(value);
        assert_eq!(outcome(r#"{"Null": {"x:k": "true"}}"#, &context), Outcomes::known(absent), "{context:?}");
        assert_eq!(outcome(r#"{"Null": {"x:k": false}}"#, &context), Outcomes::known(!absent), "{context:?}");
    }
}

#[test]
fn null_with_a_set_operator_is_constant() {
    for value in [None, Some(one("a")), Some(many(&["a", "b"])), Some(ContextValue::Unknown)] {
        for wanted in ["true", "false"] {
            let context = key(value.clone());
            let all = format!(r#"{{"ForAllValues:Null": {{"x:k": "{wanted}"}}}}"#);
            let any = format!(r#"{{"ForAnyValue:Null": {{"x:k": "{wanted}"}}}}"#);
            assert_eq!(outcome(&all, &context), TRUE);
            assert_eq!(outcome(&any, &context), FALSE);
        }
    }
}

#[test]
fn a_multivalued_key_without_set_operator_never_matches_even_with_one_value() {
    for test in tests().into_iter().filter(|t| t.quantifier.is_none()) {
        let wanted = value(test.operator);
        for values in [&[wanted][..], &[wanted, wanted], &["", ""]] {
            let condition = format!(r#"{{"{test}": {{"x:k": "{wanted}"}}}}"#);
            assert_eq!(outcome(&condition, &key(Some(many(values)))), FALSE, "{test} {values:?}");
        }
    }
}

#[test]
fn set_operators_work_value_by_value_on_partly_overlapping_sets() {
    // seen, then ForAllValues: and ForAnyValue: of Equals and NotEquals against a and b.
    for (seen, [all, any, all_not, any_not]) in [
        (&["a"][..], [true, true, false, false]),
        (&["a", "b"], [true, true, false, false]),
        (&["a", "c"], [false, true, false, true]),
        (&["c", "a", "d"], [false, true, false, true]),
        (&["c", "d"], [false, false, true, true]),
        (&["", "a"], [false, true, false, true]),
        (&["a", "a"], [true, true, false, false]),
    ] {
        let context = key(Some(many(seen)));
        for (operator, expected) in [
            ("ForAllValues:StringEquals", all),
            ("ForAnyValue:StringEquals", any),
            ("ForAllValues:StringNotEquals", all_not),
            ("ForAnyValue:StringNotEquals", any_not),
        ] {
            let condition = format!(r#"{{"{operator}": {{"x:k": ["a", "b"]}}}}"#);
            assert_eq!(outcome(&condition, &context), Outcomes::known(expected), "{operator} {seen:?}");
        }
    }
}

#[test]
fn a_set_operator_sees_one_value_of_a_single_valued_key() {
    let like_a_set = |seen: &str| {
        for operator in ["ForAllValues:StringEquals", "ForAnyValue:StringEquals"] {
            let condition = format!(r#"{{"{operator}": {{"x:k": ["a", "b"]}}}}"#);
            assert_eq!(
                outcome(&condition, &key(Some(one(seen)))),
                Outcomes::known(seen == "a"),
                "{operator}"
            );
        }
    };
    like_a_set("a");
    like_a_set("c");
    // Single-valued and empty is present (rule 4.8).
    like_a_set("");
}

#[test]
fn a_set_of_empty_texts_is_a_null_data_set_for_all_values() {
    for values in [&[""][..], &["", ""]] {
        let context = key(Some(many(values)));
        for operator in
            ["ForAllValues:StringEquals", "ForAllValues:StringNotEquals", "ForAllValues:NumericEquals"]
        {
            let condition = format!(r#"{{"{operator}": {{"x:k": "10"}}}}"#);
            assert_eq!(outcome(&condition, &context), TRUE, "{operator} {values:?}");
        }
        let condition = r#"{"ForAnyValue:StringEquals": {"x:k": "10"}}"#;
        assert_eq!(outcome(condition, &context), FALSE);
    }
}

#[test]
fn an_empty_list_of_values_is_as_in_rule_4_11() {
    for test in tests() {
        let condition = format!(r#"{{"{test}": {{"x:k": []}}}}"#);
        let negated = test.operator.name().contains("Not");
        let (absent, present) = match (test.quantifier, test.if_exists) {
            // Rule 4.7: IfExists answers first.
            (_, true) | (Some(Quantifier::ForAllValues), _) => (true, false),
            (Some(Quantifier::ForAnyValue), _) => (false, false),
            (None, false) => (negated, negated),
        };
        assert_eq!(outcome(&condition, &key(None)), Outcomes::known(absent), "{test} absent");
        let seen = value(test.operator);
        assert_eq!(outcome(&condition, &key(Some(one(seen)))), Outcomes::known(present), "{test} one");
        if test.quantifier.is_some() {
            assert_eq!(
                outcome(&condition, &key(Some(many(&[seen, seen])))),
                Outcomes::known(present),
                "{test}"
            );
        }
    }
}

#[test]
fn what_cannot_be_read_is_compared_value_by_value() {
    let context =
        Context::new().with("x:n", one("many")).with("x:s", many(&["many", "10"])).with("x:t", one("a"));
    for (condition, expected) in [
        (r#"{"NumericEquals": {"x:n": "10"}}"#, FALSE),
        (r#"{"NumericNotEquals": {"x:n": "10"}}"#, TRUE),
        (r#"{"NumericNotEquals": {"x:n": []}}"#, TRUE),
        (r#"{"ForAnyValue:NumericEquals": {"x:s": "10"}}"#, TRUE),
        (r#"{"ForAnyValue:NumericEquals": {"x:s": "11"}}"#, FALSE),
        (r#"{"ForAllValues:NumericEquals": {"x:s": "10"}}"#, FALSE),
        (r#"{"ForAnyValue:NumericNotEquals": {"x:s": "10"}}"#, TRUE),
        (r#"{"ForAllValues:NumericNotEquals": {"x:s": "11"}}"#, TRUE),
        (r#"{"ForAllValues:NumericNotEquals": {"x:s": "10"}}"#, FALSE),
        (r#"{"NumericNotEquals": {"x:n": "10"}, "StringEquals": {"x:t": "a"}}"#, TRUE),
    ] {
        assert_eq!(outcome(condition, &context), expected, "{condition}");
    }
    let decisions = effects(r#"{"NumericLessThan": {"x:k": "10"}}"#, &key(Some(one("ten"))));
    assert_eq!(decisions, (Decision::ImplicitDeny, Decision::Allowed));
}

#[test]
fn of_two_spellings_of_a_key_either_value_may_count() {
    let twice = |first: &str, second: &str| {
        let mut context = Context::new();
        context.add("x:K", one(first));
        context.add("x:k", one(second));
        context
    };
    for test in tests() {
        let condition = format!(r#"{{"{test}": {{"x:k": "{}"}}}}"#, value(test.operator));
        let of = |seen: &str| outcome(&condition, &key(Some(one(seen))));
        for (first, second) in [("10", "10"), ("10", "11"), ("junk", value(test.operator))] {
            let expected = of(first).either(of(second));
            assert_eq!(outcome(&condition, &twice(first, second)), expected, "{test} {first} {second}");
        }
    }
    assert_eq!(outcome(r#"{"Null": {"x:k": "true"}}"#, &twice("a", "b")), FALSE);
    // A decision that is the same for either value does not depend on which one counts, even if other statements apply.
    let statements = r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"x:k": "a"}}},
        {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::bucket/${x:other, 'key'}", "Condition": {"StringEquals": {"x:k": "b"}}}"#;
    for (second, expected) in [("b", Decision::Allowed), ("c", Decision::Depends)] {
        let asked = request(user()).with_context(twice("a", second));
        assert_eq!(identity(statements).decide(&asked), expected, "{second}");
        assert_eq!(identity(statements).compile().decide(&asked), expected, "{second}");
        assert_eq!(identity(statements).explain(&asked).decision, expected, "{second}");
        assert_eq!(identity(statements).applying(&asked).0, expected, "{second}");
    }
    // Keys that no policy names and values that are equal make no choice.
    let mut many_twice = twice("a", "a");
    for n in 0..9 {
        many_twice.add(format!("y:n{n}"), one("1"));
        many_twice.add(format!("Y:n{n}"), one("2"));
    }
    let asked = request(user()).with_context(many_twice);
    assert_eq!(identity(statements).decide(&asked), Decision::Allowed);
    assert_eq!(identity(statements).compile().decide(&asked), Decision::Allowed);
    // A Deny that applies for either value is a deciding statement, though a variable cannot show it for both at once.
    let excluded = format!(
        r#"{ALL}, {{"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::bucket/${{x:k}}/x"}}"#
    );
    let trace_of = identity(&excluded);
    let asked = request(user()).with_context(twice("a", "a"));
    let trace = trace_of.explain(&asked);
    assert_eq!(trace.decision, Decision::ExplicitDeny);
    assert_eq!(trace.deciding.len(), 1, "{trace:?}");
    let variable = r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::bucket/${x:k}"}"#;
    for (second, expected) in [("key", Decision::Allowed), ("other", Decision::Depends)] {
        let asked = request(user()).with_context(twice("key", second));
        assert_eq!(identity(variable).decide(&asked), expected, "{second}");
    }
}
