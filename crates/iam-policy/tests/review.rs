//! Points of reading that a review found wrong once; each stays right.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use iam_policy::value::Instant;

use iam_policy::{Code, Limits, Mode, Policy, PolicyKind, Report, code};

const MODES: [Mode; 2] = [Mode::Strict, Mode::Deployed];

fn read(text: &str, kind: PolicyKind, mode: Mode) -> Result<Policy, Report> {
    Policy::parse(text, kind, mode, &Limits::default())
}

/// A session policy of version 2012 with that member added to its statement.
fn session(member: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"{member}}}]}}"#
    )
}

/// A resource-based policy that denies, with that principal element.
fn resource(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny",{principal},"Action":"s3:GetObject","Resource":"*"}}]}}"#
    )
}

#[track_caller]
fn pointer(text: &str, kind: PolicyKind, mode: Mode, code: Code) -> String {
    let found = read(text, kind, mode).map_or_else(Report::into_problems, |policy| policy.findings);
    let problem = found.iter().find(|p| p.code == code);
    problem.map(|p| p.place.pointer.clone()).unwrap()
}

#[test]
fn characters_that_only_an_escape_can_write_survive_printing() {
    let text = session(r#","Condition":{"StringEquals":{"aws:username":"\u4e2d\ud83d\ude00\u00e9\u0001"}}"#);
    for mode in MODES {
        let policy = read(&text, PolicyKind::Session, mode).unwrap();
        assert_eq!(read(&policy.to_json(), PolicyKind::Session, mode), Ok(policy));
    }
}

#[test]
fn not_principal_without_entries_is_refused_however_it_is_written() {
    for empty in ["{}", r#"{"AWS":[]}"#, r#"{"AWS":[],"Service":[]}"#] {
        for mode in MODES {
            let text = resource(&format!(r#""NotPrincipal":{empty}"#));
            let report = read(&text, PolicyKind::Resource, mode).unwrap_err();
            assert!(report.has(code::EMPTY_ARRAY_NOT_ELEMENT), "{empty}: {report}");
        }
    }
    let one = r#""NotPrincipal":{"AWS":[],"Service":"ec2.amazonaws.com"}"#;
    assert!(read(&resource(one), PolicyKind::Resource, Mode::Deployed).is_ok());
}

#[test]
fn names_of_principals_hold_no_variables_and_no_white_space() {
    for name in [
        "arn:aws:iam::111122223333:user/${aws:username}",
        "arn:aws:iam::111122223333:role/${aws:PrincipalTag/team}",
        "arn:aws:iam::111122223333:role/a b",
        "arn:aws:iam::111122223333:role//",
        "arn:aws:iam::111122223333:user/\\t",
        "arn:aws:sts::111122223333:assumed-role/r/${aws:username}",
        "arn:aws:sts::111122223333:assumed-role/r/s t",
        "arn:aws:sts::111122223333:federated-user/a b",
    ] {
        for mode in MODES {
            let text = resource(&format!(r#""Principal":{{"AWS":"{name}"}}"#));
            let report = read(&text, PolicyKind::Resource, mode).unwrap_err();
            assert!(report.has(code::INVALID_PRINCIPAL_FORMAT), "{name}: {report}");
        }
    }
    let identity = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE";
    let text = resource(&format!(r#""Principal":{{"AWS":"{identity}"}}"#));
    assert!(read(&text, PolicyKind::Resource, Mode::Strict).is_ok());
    let saml = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRoleWithSAML",
        "Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/${aws:username}"}}}"#;
    assert!(read(saml, PolicyKind::Trust, Mode::Deployed).is_err());
}

#[test]
fn a_condition_key_holds_no_variable() {
    let text = session(r#","Condition":{"StringEquals":{"aws:ResourceTag/${aws:username}":"a"}}"#);
    let report = read(&text, PolicyKind::Session, Mode::Strict).unwrap_err();
    assert!(report.has(code::VARIABLE_UNSUPPORTED_IN_ELEMENT), "{report}");
    let policy = read(&text, PolicyKind::Session, Mode::Deployed).unwrap();
    assert!(policy.findings.iter().any(|p| p.code == code::VARIABLE_UNSUPPORTED_IN_ELEMENT));
}

#[test]
fn pointers_name_the_value_that_the_span_covers() {
    let null = session(r#","Condition":{"StringEquals":{"aws:username":null}}"#);
    let at = "/Statement/0/Condition/StringEquals/aws:username";
    assert_eq!(pointer(&null, PolicyKind::Session, Mode::Strict, code::INVALID_CONDITION_DATA_TYPE), at);

    let principal = session(r#","Principal":"*""#);
    let at = "/Statement/0/Principal";
    assert_eq!(pointer(&principal, PolicyKind::Session, Mode::Strict, code::UNSUPPORTED_PRINCIPAL), at);
    assert_eq!(pointer(&principal, PolicyKind::Scp, Mode::Strict, code::SCP_SYNTAX_ERROR_PRINCIPAL), at);

    let case = session(r#","Condition":{"forallvalues:stringequals":{"aws:TagKeys":"a"}}"#);
    let at = "/Statement/0/Condition/forallvalues:stringequals/aws:TagKeys";
    assert_eq!(
        pointer(&case, PolicyKind::Session, Mode::Deployed, code::FORALLVALUES_WITHOUT_NULL_CHECK),
        at
    );

    let escaped = session(r#","S\u0069d":"a","Sid":"b""#);
    assert_eq!(
        pointer(&escaped, PolicyKind::Session, Mode::Strict, code::DUPLICATE_JSON_KEY),
        "/Statement/0/Sid"
    );
    let escaped = session(r#","Sid":"a","S\u0069d":"b""#);
    assert_eq!(
        pointer(&escaped, PolicyKind::Session, Mode::Strict, code::DUPLICATE_JSON_KEY),
        "/Statement/0/Sid"
    );

    let character = session(",\"Sid\":\"\u{4e2d}\"");
    assert_eq!(
        pointer(&character, PolicyKind::Session, Mode::Deployed, code::UNSUPPORTED_CHARACTER),
        "/Statement/0/Sid"
    );
}

#[test]
fn one_mistake_does_not_hide_another() {
    // Equal Sids, though the second statement is broken.
    let text = r#"{"Version":"2012-10-17","Statement":[
        {"Sid":"a","Effect":"Allow","Action":"s3:GetObject","Resource":"*"},
        {"Sid":"a","Effect":"allow","Action":"s3:GetObject","Resource":"*"}]}"#;
    let report = read(text, PolicyKind::Session, Mode::Strict).unwrap_err();
    assert!(report.has(code::UNIQUE_SIDS_REQUIRED) && report.has(code::INVALID_EFFECT), "{report}");

    // A malformed variable, though the version is wrong.
    let text = session(r#","NotResource":"arn:aws:s3:::${aws:username""#).replace("2012", "2013");
    let report = read(&text, PolicyKind::Session, Mode::Strict).unwrap_err();
    assert!(
        report.has(code::INVALID_VERSION) && report.has(code::UNSUPPORTED_ELEMENT_COMBINATION),
        "{report}"
    );
    assert!(report.has(code::MISSING_BRACE_IN_VARIABLE), "{report}");

    // Both of two elements that exclude each other.
    let text = session(r#","NotAction":"s3""#);
    let report = read(&text, PolicyKind::Session, Mode::Strict).unwrap_err();
    assert!(
        report.has(code::UNSUPPORTED_ELEMENT_COMBINATION) && report.has(code::INVALID_ACTION),
        "{report}"
    );
}

#[test]
fn a_wildcard_alone_under_string_equals_is_warned_of() {
    for (value, warned) in [
        ("*", true),
        ("?", true),
        ("${aws:username}*", true),
        ("a*", true),
        ("${*}", false),
        ("a${?}", false),
    ] {
        let text = session(&format!(r#","Condition":{{"StringEquals":{{"aws:PrincipalTag/a":"{value}"}}}}"#));
        let policy = read(&text, PolicyKind::Session, Mode::Strict).unwrap();
        let found = policy.findings.iter().any(|p| p.code == code::WILDCARD_WITHOUT_LIKE_OPERATOR);
        assert_eq!(found, warned, "{value}");
    }
}

#[test]
fn an_incomplete_arn_at_the_limit_is_completed() {
    let limits = Limits::default();
    let arn = format!("arn:aws:{}", "s".repeat(limits.pattern_bytes - 8));
    let text = session("").replace("\"*\"", &format!("\"{arn}\""));
    let policy = read(&text, PolicyKind::Identity, Mode::Deployed).unwrap();
    assert!(policy.findings.iter().any(|p| p.code == code::INCOMPLETE_ARN));
}

#[test]
fn the_latest_instant_prints_at_once() {
    let latest = Instant::parse("9223372036854775807").unwrap();
    assert_eq!(latest.to_string(), "292277026596-12-04T15:30:07Z");
}
