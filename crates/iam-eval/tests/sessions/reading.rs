//! Calls as JSON: each problem has its code and its place.

use iam_eval::session::wire;
use iam_json::Document;
use iam_policy::{Code, Limits, code};

use super::NOW;

const ROLE: &str = r#"{"arn": "arn:aws:iam::111122223333:role/app", "role_id": "AROAEXAMPLE"}"#;
const CALLER: &str = r#"{"type": "iam_user", "arn": "arn:aws:iam::111122223333:user/ana"}"#;

/// The problems of a call of `AssumeRole` with those further members.
#[track_caller]
fn problems(members: &str) -> Vec<(Code, String)> {
    let text = format!(r#"{{"operation": "AssumeRole", "role": {ROLE}, {members}}}"#);
    let document = Document::parse(&text, &Limits::default()).expect("valid JSON");
    match wire::opening(document.root(), NOW) {
        Ok(_) => Vec::new(),
        Err(report) => report.problems().iter().map(|p| (p.code, p.place.pointer.clone())).collect(),
    }
}

fn one(code: Code, pointer: &str) -> Vec<(Code, String)> {
    vec![(code, pointer.to_owned())]
}

#[test]
fn a_call_is_read() {
    let request = r#""request": {"role_session_name": "s1", "duration_seconds": null, "policy": null}"#;
    assert_eq!(problems(&format!(r#"{request}, "caller": {CALLER}, "provider": null, "token": null"#)), []);
}

#[test]
fn what_is_missing_or_too_much_is_named() {
    let request = r#""request": {"role_session_name": "s1"}"#;
    assert_eq!(problems(&format!(r#""caller": {CALLER}"#)), one(code::MISSING_MEMBER, ""));
    assert_eq!(
        problems(&format!(r#""request": {{}}, "caller": {CALLER}"#)),
        one(code::MISSING_MEMBER, "/request")
    );
    assert_eq!(
        problems(&format!(
            r#""request": {{"role_session_name": "s1", "duration": 900}}, "caller": {CALLER}"#
        )),
        one(code::UNKNOWN_MEMBER, "/request/duration")
    );
    assert_eq!(problems(request), one(code::INVALID_MEMBER, ""));
    assert_eq!(
        problems(&format!(r#"{request}, "provider": "idp.example.com""#)),
        one(code::MISSING_MEMBER, "")
    );
}

/// Claims that nobody would read must not look as if they had an effect.
#[test]
fn a_token_belongs_to_a_provider_and_is_an_object() {
    let request = r#""request": {"role_session_name": "s1"}"#;
    assert_eq!(
        problems(&format!(r#"{request}, "caller": {CALLER}, "token": {{}}"#)),
        one(code::INVALID_MEMBER, "/token")
    );
    assert_eq!(
        problems(&format!(r#"{request}, "provider": "idp.example.com", "token": "eyJ""#)),
        one(code::INVALID_MEMBER, "/token")
    );
    assert_eq!(
        problems(&format!(
            r#"{request}, "provider": "idp.example.com", "token": {{"sub": "a", "sub": "b"}}"#
        )),
        one(code::DUPLICATE_JSON_KEY, "/token/sub")
    );
}
