//! The JSON parser: all of RFC 8259, and nothing beside it.

use iam_reference::json::{Json, parse};

fn text(t: &str) -> Json {
    Json::String(t.to_owned())
}

#[test]
fn reads_every_kind() {
    let value =
        parse(" {\"a\" : [null, true,false , -0.50e+2], \"\\u00e9\\n\": \"\\ud83d\\ude00/\\/\"} ").unwrap();
    let list = vec![Json::Null, Json::Bool(true), Json::Bool(false), Json::Number("-0.50e+2".to_owned())];
    assert_eq!(
        value,
        Json::Object(vec![("a".to_owned(), Json::Array(list)), ("\u{e9}\n".to_owned(), text("\u{1f600}//"))])
    );
    assert_eq!(value.get("a").and_then(|a| a.array().ok()).map(<[Json]>::len), Some(4));
    assert_eq!(value.get("b"), None);
    assert_eq!(parse("[]"), Ok(Json::Array(vec![])));
    assert_eq!(parse("{}"), Ok(Json::Object(vec![])));
    assert_eq!(parse("0"), Ok(Json::Number("0".to_owned())));
}

#[test]
fn refuses_what_is_not_json() {
    for bad in [
        "",
        " ",
        "{",
        "[",
        "[1,]",
        "[,1]",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\" 1}",
        "{'a':1}",
        "1 2",
        "01",
        "1.",
        ".5",
        "+1",
        "-",
        "1e",
        "1e+",
        "1e5.5",
        "0x10",
        "NaN",
        "Null",
        "nul",
        "\"",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u+123\"",
        "\"\\ud83d\"",
        "\"\\ude00\"",
        "\"\\ud83d\\u0041\"",
        "\"\\ud83d\\n\"",
        "\"\\ud83d \\ude00\"",
        "\"\\u00e\u{e9}\"",
        "\u{feff}1",
        "\u{a0}1",
        "// c\n1",
        "[1}",
        "tru",
        "truefalse",
        "--1",
        "1-1",
    ] {
        assert!(parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn refuses_a_member_given_twice() {
    assert!(parse(r#"{"a": 1, "a": 1}"#).is_err());
    assert!(parse(r#"[{"b": {"a": 1, "\u0061": 2}}]"#).is_err());
    assert!(parse(r#"{"a": 1, "A": {"a": 1}}"#).is_ok());
}

#[test]
fn refuses_deep_nesting() {
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(parse(&nested(100)).is_ok());
    assert!(parse(&nested(1_000)).is_err());
    assert!(parse(&"{\"a\":[".repeat(100_000)).is_err());
}
