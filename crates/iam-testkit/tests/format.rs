//! The reader of vector files refuses what is not in the format, each with its place.

use iam_policy::{Code, code};
use iam_testkit::format;

const DECISION: &str = r#"{"id": "a", "section": "s", "about": "a", "source": "s", "certainty": "documented",
 "request": {"principal": {"type": "anonymous"}, "action": "s3:GetObject", "resource": "*", "context": {}},
 "policies": {"identity": []}, "expect": {"decision": "allowed"}, "why": "w"}"#;

const DOCUMENT: &str = r#"{"id": "a", "kind": "scp", "about": "a", "source": "s", "certainty": "judgement", "text": "{", "expect": "reject", "why": "w"}"#;

const SESSION: &str = r#"{"id": "a", "about": "a", "source": "s", "certainty": "documented", "operation": "AssumeRole",
 "role": {"arn": "r", "role_id": "R", "max_session_duration": 3600, "tags": {}}, "request": {"role_session_name": "n"},
 "caller": null, "provider": null, "token": null, "expect": {"result": "ok", "context": {"aws:userid": "R:n"}}, "why": "w"}"#;

fn file(cases: &[&str]) -> String {
    format!("[{}]", cases.join(","))
}

/// The codes and pointers of what is wrong with a file; empty if nothing is.
fn problems(text: &str) -> Vec<(Code, String)> {
    let document = match format::open(text) {
        Ok(document) => document,
        Err(report) => {
            return report.into_problems().into_iter().map(|p| (p.code, p.place.pointer)).collect();
        }
    };
    match format::read(&document) {
        Ok(_) => Vec::new(),
        Err(report) => report.into_problems().into_iter().map(|p| (p.code, p.place.pointer)).collect(),
    }
}

#[track_caller]
fn refused(text: &str, code: Code, pointer: &str) {
    assert_eq!(problems(text), [(code, pointer.to_owned())], "{text}");
}

#[test]
fn cases_of_each_format_are_read() {
    for case in [DECISION, DOCUMENT, SESSION] {
        assert_eq!(problems(&file(&[case])), []);
    }
}

#[test]
fn extensions_are_read() {
    let case = DECISION
        .replace(r#""context": {}"#, r#""context": {}, "unknown": ["aws:SourceIp"]"#)
        .replace(r#""identity": []"#, r#""identity": [], "vpc_endpoint": []"#)
        .replace(r#""allowed""#, r#""depends""#);
    assert_eq!(problems(&file(&[&case])), []);
}

#[test]
fn depends_needs_an_unknown_key_or_a_key_in_two_spellings() {
    let case = DECISION.replace(r#""allowed""#, r#""depends""#);
    refused(&file(&[&case]), code::INVALID_MEMBER, "/0/expect/decision");
    let with = |context: &str| case.replace(r#""context": {}"#, &format!(r#""context": {context}"#));
    refused(&file(&[&with(r#"{"a:b": "1", "a:c": "2"}"#)]), code::INVALID_MEMBER, "/0/expect/decision");
    assert_eq!(problems(&file(&[&with(r#"{"a:b": "1", "A:b": "2"}"#)])), []);
}

#[test]
fn files_without_cases_are_refused() {
    refused("[]", code::INVALID_MEMBER, "");
    refused("{}", code::INVALID_MEMBER, "");
    refused("[{}]", code::MISSING_MEMBER, "/0");
    refused("", code::EMPTY_DOCUMENT, "");
}

#[test]
fn members_that_the_format_does_not_have_are_refused() {
    refused(
        &file(&[&DECISION.replace("\"why\"", "\"because\": 1, \"why\"")]),
        code::UNKNOWN_MEMBER,
        "/0/because",
    );
    refused(
        &file(&[&DECISION.replace("\"action\"", "\"actions\": 1, \"action\"")]),
        code::UNKNOWN_MEMBER,
        "/0/request/actions",
    );
    refused(
        &file(&[&DECISION.replace("\"identity\"", "\"permissions\"")]),
        code::UNKNOWN_MEMBER,
        "/0/policies/permissions",
    );
    refused(
        &file(&[&DECISION.replace("\"anonymous\"", "\"anonymous\", \"arn\": \"a\"")]),
        code::UNKNOWN_MEMBER,
        "/0/request/principal/arn",
    );
    refused(
        &file(&[&SESSION.replace("\"result\": \"ok\"", "\"result\": \"rejected\"")]),
        code::UNKNOWN_MEMBER,
        "/0/expect/context",
    );
}

#[test]
fn missing_members_and_unknown_words_are_refused() {
    refused(&file(&[&DOCUMENT.replace(r#", "why": "w""#, "")]), code::MISSING_MEMBER, "/0");
    refused(&file(&[&DOCUMENT.replace("\"scp\"", "\"bucket\"")]), code::INVALID_MEMBER, "/0/kind");
    refused(&file(&[&DOCUMENT.replace("judgement", "guess")]), code::INVALID_MEMBER, "/0/certainty");
    refused(
        &file(&[&DECISION.replace("\"allowed\"", "\"deny\"")]),
        code::INVALID_MEMBER,
        "/0/expect/decision",
    );
    refused(
        &file(&[&DECISION.replace("anonymous", "robot")]),
        code::INVALID_MEMBER,
        "/0/request/principal/type",
    );
    refused(
        &file(&[&SESSION.replace("\"R:n\"", "null")]),
        code::INVALID_MEMBER,
        "/0/expect/context/aws:userid",
    );
}

#[test]
fn duplicates_of_members_and_ids_are_refused() {
    refused(
        &file(&[&DOCUMENT.replace("\"why\"", "\"kind\": \"rcp\", \"why\"")]),
        code::DUPLICATE_JSON_KEY,
        "/0/kind",
    );
    refused(&file(&[DOCUMENT, DOCUMENT]), code::INVALID_MEMBER, "/1/id");
}

#[test]
fn cases_of_two_formats_do_not_share_a_file() {
    assert!(!problems(&file(&[DOCUMENT, &DECISION.replace("\"a\"", "\"b\"")])).is_empty());
}
