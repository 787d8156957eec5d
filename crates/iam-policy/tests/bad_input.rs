//! Texts that are no policies, and policies with mistakes: each is refused, and says where and why.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use iam_json::text_of;
use iam_policy::{Code, Limits, Mode, Policy, PolicyKind, Report, code};

use PolicyKind::{Identity, Managed, Resource, Trust};

/// What refuses `text` in `mode`.
#[track_caller]
fn refused(text: &str, kind: PolicyKind, mode: Mode) -> Report {
    let read = Policy::parse(text, kind, mode, &Limits::default());
    assert!(read.is_err(), "accepted {mode:?}: {text}");
    let report = read.unwrap_err();
    let lines: Vec<&str> = text.split('\n').collect();
    for problem in report.problems() {
        assert!(problem.place.span.start <= problem.place.span.end, "{problem}");
        assert!(problem.place.span.end as usize <= text.len(), "{problem}");
        assert!(problem.position.line as usize <= lines.len(), "{problem}");
        let line = lines[problem.position.line as usize - 1];
        assert!(problem.position.column as usize <= line.chars().count() + 1, "{problem}");
    }
    assert!(report.problems().iter().any(iam_policy::Problem::is_refusal));
    report
}

/// In both modes exactly these codes refuse `text`.
#[track_caller]
fn only(text: &str, kind: PolicyKind, codes: &[Code]) {
    for mode in [Mode::Strict, Mode::Deployed] {
        let mut expected = codes.to_vec();
        expected.sort_unstable();
        assert_eq!(refused(text, kind, mode).refusals(), expected, "{mode:?}: {text}");
    }
}

/// `CODE line:column pointer` of everything that refuses `text` in strict mode.
fn places(text: &str, kind: PolicyKind) -> Vec<String> {
    let report = refused(text, kind, Mode::Strict);
    let refusals = report.problems().iter().filter(|p| p.is_refusal());
    refusals.map(|p| format!("{} {} {}", p.code, p.position, p.place.pointer)).collect()
}

/// A policy with every kind of element and value, on several lines.
const WHOLE: &str = r#"{
  "Version": "2012-10-17",
  "Id": "Caf\u00e9 é",
  "Statement": [
    {
      "Sid": "first",
      "Effect": "Allow",
      "Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:role/r"], "Service": "sns.amazonaws.com"},
      "Action": ["s3:GetObject", "s3:List*"],
      "Resource": "arn:aws:s3:::b/${aws:username}/*",
      "Condition": {
        "StringLike": {"aws:PrincipalTag/team": ["a\"b", "c"]},
        "NumericLessThan": {"s3:max-keys": 10.5},
        "Bool": {"aws:SecureTransport": true},
        "Null": {"aws:TokenIssueTime": false}
      }
    }
  ]
}"#;

#[test]
fn a_policy_cut_off_anywhere_is_refused() {
    let whole = WHOLE.to_owned();
    assert!(Policy::parse(&whole, Resource, Mode::Strict, &Limits::default()).is_ok());
    let mut refusals = 0;
    for end in 0..whole.len() {
        // A cut inside of a character leaves bytes that are no text.
        match text_of(&whole.as_bytes()[..end]) {
            Ok(text) => {
                let code = if text.is_empty() { code::EMPTY_DOCUMENT } else { code::JSON_SYNTAX_ERROR };
                only(text, Resource, &[code]);
            }
            Err(report) => {
                assert_eq!(report.refusals(), [code::NOT_UTF8]);
                assert!((report.problems()[0].place.span.start as usize) < end);
            }
        }
        refusals += 1;
    }
    assert_eq!(refusals, whole.len());
}

#[test]
fn a_policy_with_something_behind_it_is_refused() {
    let whole = WHOLE.to_owned();
    for behind in ["}", "]", ",", "{}", "x", "\0", "//", "\u{FEFF}", "\u{A0}"] {
        only(&format!("{whole}{behind}"), Resource, &[code::JSON_SYNTAX_ERROR]);
    }
    // White space is what RFC 8259 says.
    assert!(
        Policy::parse(&format!(" \t\r\n{whole} \t\r\n"), Resource, Mode::Strict, &Limits::default()).is_ok()
    );
}

#[test]
fn byte_order_marks() {
    let text = r#"{"Version":"2012-10-17"}"#;
    only(&format!("\u{FEFF}{text}"), Identity, &[code::BYTE_ORDER_MARK]);
    only("\u{FEFF}", Identity, &[code::BYTE_ORDER_MARK]);
    let little: Vec<u8> =
        [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        assert_eq!(text_of(&bytes).unwrap_err().refusals(), [code::BYTE_ORDER_MARK]);
    }
    // UTF-16 without a mark is text with zeros in it.
    let unmarked: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    only(text_of(&unmarked).unwrap(), Identity, &[code::JSON_SYNTAX_ERROR]);
}

#[test]
fn duplicate_members_at_every_level() {
    let one = |from: &str, to: &str| {
        let text = WHOLE.to_owned();
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text.replace(from, to)
    };
    for (text, pointer) in [
        (one("\"Id\":", "\"Version\": \"2012-10-17\", \"Id\":"), "/Version"),
        (one("\"Statement\":", "\"Statement\": [], \"Statement\":"), "/Statement"),
        (one("\"Effect\":", "\"Effect\": \"Allow\", \"Effect\":"), "/Statement/0/Effect"),
        (one("\"Action\":", "\"Action\": \"*\", \"Action\":"), "/Statement/0/Action"),
        (one("\"Service\":", "\"AWS\": \"111122223333\", \"Service\":"), "/Statement/0/Principal/AWS"),
        (
            one("\"Bool\":", "\"StringLike\": {\"a:b\": \"c\"}, \"Bool\":"),
            "/Statement/0/Condition/StringLike",
        ),
        (
            one("\"aws:SecureTransport\":", "\"aws:SecureTransport\": true, \"aws:SecureTransport\":"),
            "/Statement/0/Condition/Bool/aws:SecureTransport",
        ),
        // Escaped spellings are the same name.
        (one("\"Id\":", "\"V\\u0065rsion\": \"2012-10-17\", \"Id\":"), "/Version"),
        (one("\"Effect\":", "\"\\u0045ffect\": \"Deny\", \"Effect\":"), "/Statement/0/Effect"),
        (one("\"Service\":", "\"\\u0041\\u0057\\u0053\": [], \"Service\":"), "/Statement/0/Principal/AWS"),
        (one("\"Bool\":", "\"Bo\\u006Fl\": {\"a:b\": true}, \"Bool\":"), "/Statement/0/Condition/Bool"),
        (
            one("[\"a\\\"b\", \"c\"]}", "\"a\", \"aws:PrincipalTag\\/team\": \"b\"}"),
            "/Statement/0/Condition/StringLike/aws:PrincipalTag~1team",
        ),
    ] {
        for mode in [Mode::Strict, Mode::Deployed] {
            let report = refused(&text, Resource, mode);
            let found: Vec<&str> = report
                .problems()
                .iter()
                .filter(|p| p.code == code::DUPLICATE_JSON_KEY)
                .map(|p| p.place.pointer.as_str())
                .collect();
            assert_eq!(found, [pointer], "{report}");
            let problem = report.problems().iter().find(|p| p.code == code::DUPLICATE_JSON_KEY).unwrap();
            assert!(problem.related.as_ref().unwrap().span < problem.place.span);
        }
    }
}

/// Of three equal members the second and the third are reported, among many others too, where names are sorted to find them.
#[test]
fn every_further_member_is_reported() {
    for others in [0, 20] {
        let members = (0..others).map(|i| format!("\"a{i}\":0,")).collect::<Vec<_>>().concat();
        let text = format!("{{{members}\"x\":1,\"y\":2,\"x\":3,\"\\u0078\":4,\"z\":5}}");
        let report = refused(&text, Identity, Mode::Strict);
        let found: Vec<usize> = report
            .problems()
            .iter()
            .filter(|p| p.code == code::DUPLICATE_JSON_KEY)
            .map(|p| p.place.span.start as usize)
            .collect();
        let second = text.rfind("\"x\"").unwrap();
        assert_eq!(found, [second, text.find("\"\\u0078\"").unwrap()], "{others}");
    }
}

/// A policy with one statement of these members.
fn policy(members: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{{{members}}}}}"#)
}

#[test]
fn what_does_not_exist() {
    let plain = r#""Effect":"Allow","Action":"s3:*","Resource":"*""#;
    only(&policy(&format!("{plain},\"Conditions\":{{}}")), Identity, &[code::INVALID_POLICY_ELEMENT]);
    only(&policy(&format!("{plain},\"Comment\":null")), Identity, &[code::INVALID_POLICY_ELEMENT]);
    only(&policy(&format!("{plain},\"\":1")), Identity, &[code::INVALID_POLICY_ELEMENT]);
    only(
        &policy(&plain.replace("\"Effect", "\"effect")),
        Identity,
        &[code::INVALID_POLICY_ELEMENT, code::MISSING_EFFECT],
    );
    only(&policy(&plain.replace("Allow", "allow")), Identity, &[code::INVALID_EFFECT]);
    only(&policy(&plain.replace("Allow", "DENY")), Identity, &[code::INVALID_EFFECT]);
    only(&policy(&plain.replace("Allow", "Allow ")), Identity, &[code::INVALID_EFFECT]);
    for version in ["2012-10-18", "2012-10-17 ", "2013-01-01", "2012", ""] {
        only(&policy(plain).replace("2012-10-17", version), Identity, &[code::INVALID_VERSION]);
    }
    only(&policy(plain).replace("\"2012-10-17\"", "20121017"), Identity, &[code::DATA_TYPE_MISMATCH]);
    let condition =
        |operator: &str| policy(&format!("{plain},\"Condition\":{{\"{operator}\":{{\"a:b\":\"1\"}}}}"));
    for operator in [
        "StringEqual",
        "IfExists",
        "StringEqualsIfExistsIfExists",
        "ForAnyValue:",
        "ForSomeValue:StringEquals",
        "ForAnyValue:ForAnyValue:StringEquals",
        "ForAllValues StringEquals",
        "StringEquals ",
        "BinaryNotEquals",
        "BoolNotEquals",
        "",
    ] {
        only(&condition(operator), Identity, &[code::INVALID_CONDITION_OPERATOR]);
    }
}

#[test]
fn kinds_in_each_others_place() {
    let identity = policy(r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*""#);
    let trust = policy(r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"111122223333"}"#);
    assert!(Policy::parse(&identity, Identity, Mode::Strict, &Limits::default()).is_ok());
    assert!(Policy::parse(&trust, Trust, Mode::Strict, &Limits::default()).is_ok());
    only(&identity, Trust, &[code::MISSING_PRINCIPAL, code::ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE]);
    only(&trust, Identity, &[code::MISSING_RESOURCE, code::UNSUPPORTED_PRINCIPAL]);
    only(&trust, Managed, &[code::MISSING_RESOURCE, code::UNSUPPORTED_PRINCIPAL]);
    only(&trust, PolicyKind::Scp, &[code::MISSING_RESOURCE, code::SCP_SYNTAX_ERROR_PRINCIPAL]);
}

#[test]
fn values_that_are_no_policies() {
    for text in ["null", "true", "0", "\"\"", "[]", "[{}]", "\"{}\""] {
        only(text, Identity, &[code::NOT_A_POLICY]);
    }
    only("{}", Identity, &[code::MISSING_STATEMENT]);
    for statement in ["null", "true", "1", "\"\"", "\"{}\"", "[null]", "[[]]", "[\"a\"]"] {
        only(
            &format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#),
            Identity,
            &[code::DATA_TYPE_MISMATCH],
        );
    }
    let missing = [code::MISSING_EFFECT, code::MISSING_ACTION, code::MISSING_RESOURCE];
    for statement in ["{}", "[{}]"] {
        only(&format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#), Identity, &missing);
    }
    let members = [
        ("Sid", "\"a\""),
        ("Effect", "\"Allow\""),
        ("Action", "\"s3:*\""),
        ("Resource", "\"*\""),
        ("Condition", "{\"Bool\":{\"a:b\":true}}"),
    ];
    for (element, _) in members {
        for value in ["null", "0", "false", "[[\"a\"]]", "[null]"] {
            let written = members.map(|(name, usual)| {
                let value = if name == element { value } else { usual };
                format!("\"{name}\":{value}")
            });
            only(&policy(&written.join(",")), Identity, &[code::DATA_TYPE_MISMATCH]);
        }
    }
    for principal in
        ["null", "0", "[\"*\"]", "{\"AWS\":null}", "{\"AWS\":{}}", "{\"AWS\":[[]]}", "{\"AWS\":[1]}"]
    {
        let text =
            policy(&format!(r#""Effect":"Allow","Action":"s3:*","Resource":"*","Principal":{principal}"#));
        only(&text, Resource, &[code::DATA_TYPE_MISMATCH]);
    }
}

/// Everything is told at once, in the order of the text.
#[test]
fn a_document_with_many_mistakes() {
    let text = r#"{
  "Version": "2012-10-18",
  "Statement": [
    {
      "Sid": "é", "Effect": "allow",
      "Action": ["s3:GetObject", "s3"],
      "Resource": ["*", 1, "b"]
    },
    {
      "Action": "s3:*",
      "Resource": "*",
      "Condition": {
        "StringEqual": {"a:b": "c"},
        "DateLessThan": {"aws:CurrentTime": ["2026-02-30", "2026-03-01"]},
        "NumericEquals": {"s3:max-keys": "ten"}
      },
      "Extra": {},
      "Sid": "x", "Sid": "x"
    },
    "Deny"
  ]
}"#;
    let expected = [
        "INVALID_VERSION 2:14 /Version",
        "UNSUPPORTED_SID 5:14 /Statement/0/Sid",
        "INVALID_EFFECT 5:29 /Statement/0/Effect",
        "INVALID_ACTION 6:34 /Statement/0/Action/1",
        "DATA_TYPE_MISMATCH 7:25 /Statement/0/Resource/1",
        "INVALID_ARN_PREFIX 7:28 /Statement/0/Resource/2",
        "MISSING_EFFECT 9:5 /Statement/1",
        "INVALID_CONDITION_OPERATOR 13:9 /Statement/1/Condition/StringEqual",
        "INVALID_DATE_VALUE 14:46 /Statement/1/Condition/DateLessThan/aws:CurrentTime/0",
        "TYPE_MISMATCH_NUMBER 15:42 /Statement/1/Condition/NumericEquals/s3:max-keys",
        "INVALID_POLICY_ELEMENT 17:7 /Statement/1/Extra",
        "DUPLICATE_JSON_KEY 18:19 /Statement/1/Sid",
        "DATA_TYPE_MISMATCH 20:5 /Statement/2",
    ];
    assert_eq!(places(text, Identity), expected);
    let report = refused(text, Identity, Mode::Strict).to_string();
    assert_eq!(report.lines().count(), expected.len());
}
