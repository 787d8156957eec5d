//! Who made a call, how it ended, and what its record states about condition keys.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use iam_eval::{Context, ContextValue, Principal};
use iam_trail::{Event, NoCaller, Outcome, Stated, Way, principal};
use serde_json::{Value, json};

/// A call of a session of DoiT's role, with these members in place of its own. `null` takes a member out.
fn record(changes: &Value) -> String {
    let mut record = json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:ana+1234+ab",
            "arn": "arn:aws:sts::111122223333:assumed-role/DoiT-Support-Gateway/ana+1234+ab",
            "accountId": "111122223333",
            "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAEXAMPLE",
                    "arn": "arn:aws:iam::111122223333:role/vendors/DoiT-Support-Gateway",
                    "accountId": "111122223333",
                    "userName": "DoiT-Support-Gateway"
                },
                "webIdFederationData": {
                    "federatedProvider": "arn:aws:iam::111122223333:oidc-provider/auth.example.com",
                    "attributes": {}
                },
                "attributes": {"creationDate": "2026-11-30T09:00:00Z", "mfaAuthenticated": "false"}
            }
        },
        "eventTime": "2026-11-30T09:15:02Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetBucketPolicy",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.31",
        "tlsDetails": {"tlsVersion": "TLSv1.3"}
    });
    merge(&mut record, changes);
    record.to_string()
}

fn merge(own: &mut Value, changes: &Value) {
    let (Value::Object(members), Value::Object(changes)) = (&mut *own, changes) else {
        *own = changes.clone();
        return;
    };
    for (name, value) in changes {
        if value.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name.clone()).or_insert_with(|| json!({})), value);
        }
    }
}

fn identity(changes: &Value) -> Value {
    json!({ "userIdentity": changes })
}

/// What the record with these changes states about a key: `unknown`, `absent`, or the value.
fn stated(changes: &Value, key: &str) -> String {
    let json = record(changes);
    let event = Event::read(&json).unwrap();
    match Stated::of(&event, &principal(&event).unwrap()).value(key) {
        None => "absent".to_owned(),
        Some(ContextValue::Unknown) => "unknown".to_owned(),
        Some(ContextValue::Single(value)) => value.into(),
        Some(other @ (ContextValue::Multiple(_) | ContextValue::Twice(_))) => format!("{other:?}"),
    }
}

#[test]
fn a_call_of_a_federated_session_states_its_keys() {
    for (key, value) in [
        ("aws:PrincipalArn", "arn:aws:iam::111122223333:role/vendors/DoiT-Support-Gateway"),
        ("AWS:principalarn", "arn:aws:iam::111122223333:role/vendors/DoiT-Support-Gateway"),
        ("aws:PrincipalAccount", "111122223333"),
        ("aws:PrincipalType", "AssumedRole"),
        ("aws:userid", "AROAEXAMPLE:ana+1234+ab"),
        ("aws:username", "absent"),
        ("aws:FederatedProvider", "arn:aws:iam::111122223333:oidc-provider/auth.example.com"),
        ("aws:TokenIssueTime", "2026-11-30T09:00:00Z"),
        ("aws:MultiFactorAuthPresent", "absent"),
        ("aws:MultiFactorAuthAge", "absent"),
        ("aws:SourceIdentity", "absent"),
        ("aws:SourceIp", "203.0.113.7"),
        ("aws:SourceVpce", "absent"),
        ("aws:SourceVpc", "absent"),
        ("aws:VpcSourceIp", "absent"),
        ("aws:ViaAWSService", "false"),
        ("aws:CalledVia", "absent"),
        ("aws:CalledViaLast", "absent"),
        ("aws:UserAgent", "aws-cli/2.31"),
        ("aws:RequestedRegion", "eu-west-1"),
        ("aws:SecureTransport", "true"),
        ("aws:CurrentTime", "2026-11-30T09:15:02Z"),
        ("aws:EpochTime", "1796030102"),
        ("aws:PrincipalTag/DoiTEnvironment", "unknown"),
        ("aws:PrincipalOrgID", "unknown"),
        ("aws:ResourceTag/team", "unknown"),
        ("aws:RequestTag/team", "unknown"),
        ("aws:referer", "unknown"),
        ("s3:prefix", "unknown"),
    ] {
        assert_eq!(stated(&json!({}), key), value, "{key}");
    }
}

#[test]
fn what_a_record_does_not_say_is_unknown() {
    let service = json!({
        "sourceIPAddress": "cloudformation.amazonaws.com",
        "userIdentity": {"invokedBy": "cloudformation.amazonaws.com"}
    });
    let assumed = identity(&json!({"sessionContext": {"webIdFederationData": null}}));
    let with_mfa = identity(
        &json!({"sessionContext": {"webIdFederationData": {"federatedProvider": null}, "attributes": {"mfaAuthenticated": "true"}}}),
    );
    for (changes, key, value) in [
        (json!({"sourceIPAddress": "10.0.0.7"}), "aws:SourceIp", "unknown"),
        (json!({"sourceIPAddress": "10.0.0.7"}), "aws:VpcSourceIp", "unknown"),
        (json!({"sourceIPAddress": "100.64.0.7"}), "aws:SourceIp", "unknown"),
        (json!({"sourceIPAddress": "100.128.0.7"}), "aws:SourceIp", "100.128.0.7"),
        (json!({"sourceIPAddress": "2001:db8::1"}), "aws:SourceIp", "unknown"),
        (json!({"sourceIPAddress": "10.0.0.7", "vpcEndpointId": "vpce-1"}), "aws:SourceVpce", "vpce-1"),
        (json!({"sourceIPAddress": "10.0.0.7", "vpcEndpointId": "vpce-1"}), "aws:VpcSourceIp", "10.0.0.7"),
        (json!({"sourceIPAddress": "10.0.0.7", "vpcEndpointId": "vpce-1"}), "aws:SourceIp", "absent"),
        (json!({"sourceIPAddress": "10.0.0.7", "vpcEndpointId": "vpce-1"}), "aws:SourceVpc", "unknown"),
        (json!({"sourceIPAddress": "AWS Internal"}), "aws:ViaAWSService", "unknown"),
        (json!({"sourceIPAddress": null}), "aws:CalledVia", "unknown"),
        (service.clone(), "aws:ViaAWSService", "unknown"),
        (service.clone(), "aws:CalledViaLast", "unknown"),
        (service.clone(), "aws:SourceIp", "unknown"),
        (service.clone(), "aws:UserAgent", "unknown"),
        (service.clone(), "aws:SourceIdentity", "unknown"),
        (service, "aws:PrincipalAccount", "111122223333"),
        (json!({"userAgent": "[aws-cli/2.31]"}), "aws:UserAgent", "unknown"),
        (json!({"userAgent": "console.amazonaws.com"}), "aws:UserAgent", "unknown"),
        (json!({"userAgent": "a".repeat(1000)}), "aws:UserAgent", "unknown"),
        (json!({"userAgent": null}), "aws:UserAgent", "unknown"),
        (json!({"awsRegion": null}), "aws:RequestedRegion", "unknown"),
        (json!({"tlsDetails": null}), "aws:SecureTransport", "unknown"),
        (json!({"eventTime": "soon"}), "aws:CurrentTime", "unknown"),
        (json!({"eventTime": null}), "aws:EpochTime", "unknown"),
        (assumed.clone(), "aws:FederatedProvider", "unknown"),
        (assumed.clone(), "aws:MultiFactorAuthPresent", "unknown"),
        (assumed, "aws:MultiFactorAuthAge", "absent"),
        (with_mfa.clone(), "aws:FederatedProvider", "absent"),
        (with_mfa.clone(), "aws:MultiFactorAuthPresent", "true"),
        (with_mfa, "aws:MultiFactorAuthAge", "unknown"),
        (identity(&json!({"principalId": null})), "aws:userid", "unknown"),
        (identity(&json!({"sessionContext": {"attributes": null}})), "aws:TokenIssueTime", "unknown"),
        (identity(&json!({"sessionContext": {"sourceIdentity": "ana"}})), "aws:SourceIdentity", "ana"),
    ] {
        assert_eq!(stated(&changes, key), value, "{key} of {changes}");
    }
}

#[test]
fn a_key_of_a_user_that_does_not_end_has_no_session() {
    let user = |key: &str| {
        let mut user = json!({"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "arn:aws:iam::111122223333:user/ops/ana"});
        merge(&mut user, &json!({ "accessKeyId": key }));
        user.as_object_mut().unwrap().insert("sessionContext".to_owned(), Value::Null);
        identity(&user)
    };
    for (key, value) in [("AKIAEXAMPLE", "absent"), ("ASIAEXAMPLE", "unknown")] {
        for name in ["aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"] {
            assert_eq!(stated(&user(key), name), value, "{name} of {key}");
        }
    }
    assert_eq!(stated(&user("AKIAEXAMPLE"), "aws:username"), "ana");
    assert_eq!(stated(&user("AKIAEXAMPLE"), "aws:userid"), "AIDAEXAMPLE");
    assert_eq!(stated(&user("AKIAEXAMPLE"), "aws:FederatedProvider"), "unknown");
}

#[test]
fn a_context_has_every_key_that_is_asked_for() {
    let json = record(&json!({}));
    let event = Event::read(&json).unwrap();
    let stated = Stated::of(&event, &principal(&event).unwrap())
        .with("aws:PrincipalTag/DoiTEnvironment", ContextValue::single("prod"))
        .without("aws:PrincipalTag/Team")
        .with("aws:SourceIp", ContextValue::Unknown);
    let asked = [
        "aws:principaltag/doitenvironment",
        "aws:PrincipalTag/team",
        "aws:SourceIp",
        "aws:username",
        "aws:PrincipalAccount",
        "aws:principalaccount",
    ];
    let wanted = Context::new()
        .with("aws:principaltag/doitenvironment", ContextValue::single("prod"))
        .with("aws:SourceIp", ContextValue::Unknown)
        .with("aws:PrincipalAccount", ContextValue::single("111122223333"));
    assert_eq!(stated.context(asked), wanted);
    assert!(stated.iter().any(|own| own == ("aws:PrincipalTag/Team", None)));
}

#[test]
fn a_caller_is_told_or_the_reason_why_not() {
    let session = Principal::AssumedRole {
        arn: "arn:aws:sts::111122223333:assumed-role/DoiT-Support-Gateway/ana+1234+ab".into(),
        role_arn: "arn:aws:iam::111122223333:role/vendors/DoiT-Support-Gateway".into(),
        account: "111122223333".into(),
        service_linked: false,
    };
    let root =
        Principal::Root { arn: "arn:aws:iam::111122223333:root".into(), account: "111122223333".into() };
    let service = Principal::AwsService { service: "config.amazonaws.com".into() };
    let token = Principal::WebIdentity { provider: "arn:aws:iam::111122223333:oidc-provider/x".into() };
    let issuer = |arn: &str| json!({"sessionContext": {"sessionIssuer": {"arn": arn}}});
    for (changes, wanted) in [
        (json!({}), Ok(session)),
        (json!({"type": "Root", "arn": "arn:aws:iam::111122223333:root"}), Ok(root)),
        (json!({"type": "AWSService", "invokedBy": "config.amazonaws.com"}), Ok(service)),
        (
            json!({"type": "WebIdentityUser", "identityProvider": "arn:aws:iam::111122223333:oidc-provider/x"}),
            Ok(token),
        ),
        (json!({"type": "AWSService", "invokedBy": "AWS Internal"}), Err(NoCaller::NotTold)),
        (json!({"type": "AWSService"}), Err(NoCaller::NotTold)),
        (json!({"type": "AWSAccount"}), Err(NoCaller::NotTold)),
        (json!({"type": "Unknown"}), Err(NoCaller::NotTold)),
        (json!({"type": "FederatedUser"}), Err(NoCaller::NotTold)),
        (json!({"type": null}), Err(NoCaller::NoIdentity)),
        (json!({"type": "IAMUser"}), Err(NoCaller::NoArn)),
        (json!({"type": "Root"}), Err(NoCaller::NoArn)),
        (json!({"type": "IAMUser", "arn": null}), Err(NoCaller::NoArn)),
        (json!({"arn": "arn:aws:iam::111122223333:user/ana"}), Err(NoCaller::NoArn)),
        (json!({"arn": null}), Err(NoCaller::NoArn)),
        (json!({"sessionContext": {"sessionIssuer": null}}), Err(NoCaller::NoRole)),
        (issuer("arn:aws:iam::111122223333:role/Other"), Err(NoCaller::NoRole)),
        (issuer("arn:aws:iam::444455556666:role/DoiT-Support-Gateway"), Err(NoCaller::NoRole)),
        (issuer("arn:aws:iam::111122223333:user/DoiT-Support-Gateway"), Err(NoCaller::NoRole)),
    ] {
        let json = record(&identity(&changes));
        assert_eq!(principal(&Event::read(&json).unwrap()), wanted, "{changes}");
    }
    assert_eq!(principal(&Event::read("{}").unwrap()), Err(NoCaller::NoIdentity));
}

/// Rules 5.40 and 5.41: SCPs and RCPs do not apply to service-linked roles.
#[test]
fn a_service_linked_role_is_told_by_its_path() {
    for (path, wanted) in [("aws-service-role/config.amazonaws.com/", true), ("aws-service-roles/", false)] {
        let changes = json!({
            "arn": "arn:aws:sts::111122223333:assumed-role/Own/s1",
            "sessionContext": {"sessionIssuer": {"arn": format!("arn:aws:iam::111122223333:role/{path}Own")}}
        });
        let json = record(&identity(&changes));
        let principal = principal(&Event::read(&json).unwrap()).unwrap();
        let is_linked = matches!(principal, Principal::AssumedRole { service_linked: true, .. });
        assert_eq!(is_linked, wanted, "{path}");
    }
}

#[test]
fn the_way_of_a_call_is_told_by_its_address_and_who_invoked_it() {
    let invoked = |service: &str| identity(&json!({ "invokedBy": service }));
    for (changes, wanted) in [
        (json!({}), Way::Direct),
        (json!({"sourceIPAddress": "2001:db8::1"}), Way::Direct),
        (json!({"sourceIPAddress": "rds.amazonaws.com"}), Way::Service("rds.amazonaws.com")),
        (json!({"sourceIPAddress": "AWS Internal"}), Way::Aws),
        (json!({"sourceIPAddress": "192.0.2.0/24"}), Way::Unknown),
        (json!({"sourceIPAddress": "HIDDEN"}), Way::Unknown),
        (json!({"sourceIPAddress": null}), Way::Unknown),
        (json!({"sourceIPAddress": ""}), Way::Unknown),
        (invoked(""), Way::Direct),
        (invoked("signin.amazonaws.com"), Way::Direct),
        (invoked("bedrock.amazonaws.com"), Way::Service("bedrock.amazonaws.com")),
        (invoked("AWS Internal"), Way::Aws),
    ] {
        let json = record(&changes);
        assert_eq!(Way::of(&Event::read(&json).unwrap()), wanted, "{changes}");
    }
}

#[test]
fn a_call_ends_as_its_error_says() {
    for (code, message, wanted) in [
        (None, None, Outcome::Succeeded),
        (Some(""), None, Outcome::Succeeded),
        (None, Some("Failed authentication"), Outcome::Failed),
        (Some("AccessDenied"), None, Outcome::Denied),
        (Some("AccessDeniedException"), None, Outcome::Denied),
        (Some("Client.UnauthorizedOperation"), None, Outcome::Denied),
        (Some("UnauthorizedException"), None, Outcome::Denied),
        (Some("Client.DryRunOperation"), None, Outcome::DryRun),
        (Some("ThrottlingException"), None, Outcome::Throttled),
        (Some("Throttling"), None, Outcome::Throttled),
        (Some("Client.RequestLimitExceeded"), None, Outcome::Throttled),
        (Some("TooManyRequestsException"), None, Outcome::Throttled),
        (Some("SlowDown"), None, Outcome::Throttled),
        // A quota of resources.
        (Some("LimitExceededException"), None, Outcome::Failed),
        (Some("Client.VpcLimitExceeded"), None, Outcome::Failed),
        (Some("NoSuchBucket"), Some("The specified bucket does not exist"), Outcome::Failed),
    ] {
        let json = record(&json!({"errorCode": code, "errorMessage": message}));
        let outcome = Outcome::of(&Event::read(&json).unwrap());
        assert_eq!(outcome, wanted, "{code:?} {message:?}");
        assert_eq!(outcome.is_done(), wanted == Outcome::Succeeded);
    }
    let names: Vec<_> = Outcome::ALL.into_iter().map(Outcome::name).collect();
    assert_eq!(names, ["succeeded", "denied", "dry_run", "throttled", "failed"]);
}
