//! Records as events.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use iam_trail::{Event, Flag, RawJson};

fn problem(json: &str) -> String {
    Event::read(json).unwrap_err().to_string()
}

#[test]
fn members_are_read_in_every_form_that_records_have() {
    let json = r#"{"eventName": "a\u0062", "eventID": "plain", "readOnly": "true", "managementEvent": false, "sessionCredentialFromConsole": "false",
        "requestParameters": {"n": 1.0}, "responseElements": null, "p_log_type": {"more": []},
        "resources": [{"ARN": "x", "type": "AWS::S3::Bucket"}, {"arn": "y", "accountId": "1"}, {}],
        "userIdentity": {"sessionContext": {"sessionIssuer": {}, "webIdFederationData": {}, "attributes": {"mfaAuthenticated": true}}}}"#;
    let event = Event::read(json).unwrap();
    assert_eq!(event.event_name.as_deref(), Some("ab"));
    assert_eq!(event.event_id.as_deref(), Some("plain"));
    assert_eq!(
        (event.read_only, event.management_event, event.session_credential_from_console),
        (Some(Flag(true)), Some(Flag(false)), Some(Flag(false)))
    );
    assert_eq!(event.request_parameters.map(RawJson::get), Some(r#"{"n": 1.0}"#));
    assert!(event.response_elements.is_none());
    let arns: Vec<_> = event.resources.iter().flatten().map(|own| own.arn.as_deref()).collect();
    assert_eq!(arns, [Some("x"), Some("y"), None]);
    let session = event.user_identity.unwrap().session_context.unwrap();
    assert_eq!(session.attributes.unwrap().mfa_authenticated, Some(Flag(true)));
    assert!(session.session_issuer.unwrap().arn.is_none());
}

#[test]
fn what_is_no_record_is_refused_with_its_place() {
    assert_eq!(
        problem(r#"{"eventName": "a", "eventName": "b"}"#),
        "duplicate field `eventName` at line 1 column 30"
    );
    assert_eq!(
        problem(r#"{"userIdentity": {"arn": 5}}"#),
        "invalid type: integer `5`, expected a text at line 1 column 26"
    );
    assert_eq!(
        problem(r#"{"readOnly": "perhaps"}"#),
        "invalid value: string \"perhaps\", expected true or false at line 1 column 22"
    );
    for json in ["", "[]", "5", "{", r#"{"eventName": "a"} x"#, r#"{"resources": {}}"#] {
        assert!(Event::read(json).is_err(), "{json}");
    }
}
