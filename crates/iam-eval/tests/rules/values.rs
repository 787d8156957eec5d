//! What operators compare: rules 4.20 to 4.26 and the table of operators.

use crate::support::{key, one, outcome};
use iam_eval::{Context, ContextValue, Outcomes};
use iam_policy::{Operator, Test};

fn test(operator: &str, wanted: &str, seen: &str) -> Outcomes {
    outcome(&format!(r#"{{"{operator}": {{"x:k": "{wanted}"}}}}"#), &key(Some(one(seen))))
}

/// An operator and its negation on the same values: opposite, or both without a comparison.
#[track_caller]
fn both(positive: &str, negated: &str, wanted: &str, seen: &str, expected: Outcomes) {
    assert_eq!(test(positive, wanted, seen), expected, "{positive} {wanted} {seen}");
    assert_eq!(test(negated, wanted, seen), expected.not(), "{negated} {wanted} {seen}");
}

#[test]
fn the_negated_operators_are_exactly_those_of_rule_4_6() {
    let negated: Vec<&str> = Operator::ALL.iter().filter(|o| o.is_negated()).map(|o| o.name()).collect();
    let expected = [
        "StringNotEquals",
        "StringNotEqualsIgnoreCase",
        "StringNotLike",
        "NumericNotEquals",
        "DateNotEquals",
        "NotIpAddress",
        "ArnNotEquals",
        "ArnNotLike",
    ];
    assert_eq!(negated, expected);
}

#[test]
fn strings() {
    for (wanted, seen, equals, folded, like) in [
        ("a", "a", true, true, true),
        ("a", "A", false, true, false),
        ("K", "\u{212A}", false, true, false),
        ("\u{212A}", "k", false, true, false),
        ("é", "É", false, true, false),
        ("s", "\u{17F}", false, false, false),
        ("ß", "ẞ", false, true, false),
        ("ß", "SS", false, false, false),
        ("ΟΣ", "ος", false, true, false),
        ("ΟΣ", "οσ", false, false, false),
        ("\u{10400}", "\u{10428}", false, false, false),
        ("?", "\u{10400}", false, false, false),
        ("??", "\u{10400}", false, false, true),
        ("a??b", "a\u{10400}b", false, false, true),
        ("*?", "\u{10400}", false, false, true),
        ("?*", "\u{10400}", false, false, true),
        ("\u{10400}?", "\u{10400}\u{10428}", false, false, false),
        ("\u{10400}??", "\u{10400}\u{10428}", false, false, true),
        ("?é", "éé", false, false, true),
        ("a*", "ab", false, false, true),
        ("a*", "a*", true, true, true),
        ("a?c", "a/c", false, false, true),
        ("*", "", false, false, true),
        ("?", "", false, false, false),
        ("", "", true, true, true),
        ("", "a", false, false, false),
        ("a*c", "a/b:c", false, false, true),
        ("a.c", "abc", false, false, false),
        ("[ab]", "a", false, false, false),
    ] {
        both("StringEquals", "StringNotEquals", wanted, seen, Outcomes::known(equals));
        both("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", wanted, seen, Outcomes::known(folded));
        both("StringLike", "StringNotLike", wanted, seen, Outcomes::known(like));
    }
}

#[test]
fn arns_compare_field_by_field_and_strings_do_not() {
    let arn = "arn:aws:iam::111122223333:role/a:b";
    for (wanted, arn_like, string_like) in [
        (arn, true, true),
        ("arn:aws:iam::111122223333:role/*", true, true),
        ("arn:aws:iam::*:role/a:*", true, true),
        ("arn:aws:iam:*:*:*", true, true),
        // A star does not reach over a colon before the last field.
        ("arn:aws:iam:*:role/a:b", false, true),
        ("arn:*:111122223333:role/a:b:*", false, false),
        ("arn:aws:*:role/a:b:*", false, false),
        ("arn:aws:iam::111122223333:ROLE/a:b", false, false),
        ("arn:aws:i?m::111122223333:role/a?b", true, true),
        ("arn:aws:iam:?:111122223333:role/*", false, false),
        ("arn:aws:*:*:*:*", true, true),
        ("*:*:*:*:*:*", true, true),
    ] {
        for (positive, negated) in [("ArnLike", "ArnNotLike"), ("ArnEquals", "ArnNotEquals")] {
            if wanted.bytes().filter(|b| *b == b':').count() >= 5 {
                both(positive, negated, wanted, arn, Outcomes::known(arn_like));
            }
        }
        both("StringLike", "StringNotLike", wanted, arn, Outcomes::known(string_like));
    }
}

#[test]
fn what_is_no_arn_matches_no_arn_pattern() {
    for seen in ["", "*", "arn", "arn:aws:s3", "arn:aws:s3::bucket", "a:b:c:d:e:f", "ARN:aws:s3:::b", "text"]
    {
        for operator in ["ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"] {
            assert_eq!(test(operator, "*:*:*:*:*:*", seen), Outcomes::FALSE, "{operator} {seen}");
        }
    }
    both("ArnLike", "ArnNotLike", "arn:*:*:*:*:*", "arn:::::", Outcomes::TRUE);
}

#[test]
fn numbers_compare_exactly() {
    for (wanted, seen, order) in [
        ("10", "10", 0),
        ("10", "10.0", 0),
        ("10", "+010", 0),
        ("0", "-0", 0),
        ("10", "9", -1),
        ("10", "9.999999999999999999999", -1),
        ("10", "100", 1),
        ("-1", "-2", -1),
        ("9007199254740992", "9007199254740993", 1),
        ("0.1", "0.10000000000000000001", 1),
    ] {
        both("NumericEquals", "NumericNotEquals", wanted, seen, Outcomes::known(order == 0));
        for (operator, expected) in [
            ("NumericLessThan", order < 0),
            ("NumericLessThanEquals", order <= 0),
            ("NumericGreaterThan", order > 0),
            ("NumericGreaterThanEquals", order >= 0),
        ] {
            assert_eq!(test(operator, wanted, seen), Outcomes::known(expected), "{operator} {wanted} {seen}");
        }
    }
}

#[test]
fn what_cannot_be_read_has_the_answer_of_its_operator() {
    for (family, wanted, junk, negated) in [
        (
            "Numeric",
            "10",
            &["", "ten", "12abc", "0x10", " 10", "10 ", "NaN", "1_0", ".5"][..],
            Outcomes::TRUE,
        ),
        (
            "Date",
            "2026-03-01",
            &["", "2026", "tomorrow", "2026-13-01", "2026-03-01 12:00:00Z"],
            Outcomes::TRUE,
        ),
        (
            "Ip",
            "10.0.0.0/8",
            &["", "10.0.0", "10.0.0.0/8", "localhost", "10.0.0.1:80", "[::1]"],
            Outcomes::FALSE,
        ),
        ("Bool", "true", &["", "1", "yes", "truee", " true"], Outcomes::FALSE),
        ("Binary", "YQ==", &["*", "YQ=", "Y Q==", "YQ", "YR=="], Outcomes::FALSE),
    ] {
        for operator in Operator::ALL.iter().filter(|o| o.name().contains(family)) {
            let expected = if operator.is_negated() { negated } else { Outcomes::FALSE };
            let name = Test::new(None, *operator, false).to_string();
            for seen in junk {
                assert_eq!(test(&name, wanted, seen), expected, "{name} {seen}");
            }
        }
    }
    for seen in ["", "yes", "1", " true ", "FALSE"] {
        assert_eq!(test("Bool", "false", seen), Outcomes::TRUE, "{seen}");
    }
}

#[test]
fn dates_are_instants() {
    for (wanted, seen, order) in [
        ("2026-03-01T12:00:00Z", "2026-03-01T13:00:00+01:00", 0),
        ("2026-03-01", "2026-03-01T00:00:00Z", 0),
        ("2026-03", "2026-03-01", 0),
        ("2026-03-01T12:00:00Z", "1772366400", 0),
        ("2026-03-01T12:00:00Z", "2026-03-01T11:59:59.999Z", -1),
        ("2026-03-01T12:00Z", "2026-03-01T12:00:01Z", 1),
    ] {
        both("DateEquals", "DateNotEquals", wanted, seen, Outcomes::known(order == 0));
        for (operator, expected) in [
            ("DateLessThan", order < 0),
            ("DateLessThanEquals", order <= 0),
            ("DateGreaterThan", order > 0),
            ("DateGreaterThanEquals", order >= 0),
        ] {
            assert_eq!(test(operator, wanted, seen), Outcomes::known(expected), "{operator} {wanted} {seen}");
        }
    }
}

#[test]
fn addresses_lie_in_ranges_of_their_own_family() {
    for (wanted, seen, expected) in [
        ("203.0.113.0/24", "203.0.113.255", true),
        ("203.0.113.0/24", "203.0.114.0", false),
        ("203.0.113.77/24", "203.0.113.1", true),
        ("203.0.113.7", "203.0.113.7", true),
        ("203.0.113.7", "203.0.113.8", false),
        ("0.0.0.0/0", "255.255.255.255", true),
        ("0.0.0.0/0", "::1", false),
        ("::/0", "2001:db8::1", true),
        ("::/0", "203.0.113.7", false),
        ("2001:DB8:0::/32", "2001:db8:0:0:0:0:0:1", true),
        ("2001:db8::1", "2001:db8::2", false),
        ("0.0.0.0/0", "::ffff:203.0.113.7", true),
        ("::/0", "::ffff:203.0.113.7", false),
        ("::ffff:203.0.113.0/120", "203.0.113.7", false),
        ("::ffff:203.0.113.0/120", "::ffff:203.0.113.7", false),
        ("2001:db8::5/64", "2001:db8::5", false),
        ("192.000.002.001", "192.0.2.1", true),
    ] {
        both("IpAddress", "NotIpAddress", wanted, seen, Outcomes::known(expected));
    }
}

#[test]
fn bool_ignores_case_and_takes_quotation_marks_or_none() {
    for (wanted, seen, expected) in
        [("true", "TRUE", true), ("False", "false", true), ("true", "false", false)]
    {
        assert_eq!(test("Bool", wanted, seen), Outcomes::known(expected), "{wanted} {seen}");
    }
    assert_eq!(outcome(r#"{"Bool": {"x:k": true}}"#, &key(Some(one("true")))), Outcomes::TRUE);
    assert_eq!(outcome(r#"{"NumericEquals": {"x:k": 10}}"#, &key(Some(one("10")))), Outcomes::TRUE);
}

#[test]
fn bytes_compare_as_bytes() {
    assert_eq!(test("BinaryEquals", "YQ==", "YQ=="), Outcomes::TRUE);
    assert_eq!(test("BinaryEquals", "YQ==", "Yg=="), Outcomes::FALSE);
    assert_eq!(test("BinaryEquals", "YQ==", ""), Outcomes::FALSE);
}

#[test]
fn string_operators_work_on_keys_of_every_type() {
    for seen in ["10", "true", "2026-03-01T12:00:00Z", "203.0.113.7", "arn:aws:s3:::b"] {
        assert_eq!(test("StringEquals", seen, seen), Outcomes::TRUE);
        assert_eq!(test("StringLike", "*", seen), Outcomes::TRUE);
    }
    assert_eq!(test("StringEquals", "10", "10.0"), Outcomes::FALSE);
}

/// An unknown variable beside letters beyond ASCII: it may become what makes the texts equal, or nothing can.
#[test]
fn unknown_variables_are_lowered_with_the_rest() {
    for (wanted, seen, may) in [
        ("${x:v}red", "A\u{3a3}\u{10400}", false),
        ("${x:v}red", "\u{c9}RED", true),
        ("\u{c9}${x:v}", "\u{e9}t\u{e9}", true),
        ("\u{c9}${x:v}\u{c9}", "\u{e9}", false),
        ("\u{c9}${x:v}\u{c9}${x:w}", "\u{e9}x\u{e9}y", true),
        ("\u{3a3}${x:v}", "\u{3c2}x", true),
        ("k${x:v}", "\u{212A}", true),
        ("\u{212A}${x:v}", "kx", true),
        ("\u{212A}${x:v}", "sx", false),
    ] {
        let context = Context::new()
            .with("x:k", one(seen))
            .with("x:v", ContextValue::Unknown)
            .with("x:w", ContextValue::Unknown);
        let condition = format!(r#"{{"StringEqualsIgnoreCase": {{"x:k": "{wanted}"}}}}"#);
        let expected = if may { Outcomes::OPEN } else { Outcomes::FALSE };
        assert_eq!(outcome(&condition, &context), expected, "{wanted} {seen}");
    }
}
