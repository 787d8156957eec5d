//! Sessions that were planned, and records of their calls.

use iamgate::iam_policy::value::Instant;
use iamgate::{Claims, Context, DecisionRecord, File, Gate, Limits, Rehearsal, built_in};
use iamgate_audit::PlannedSession;
use serde_json::{Value, json};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/support.cre.doit-intl.com";
pub(crate) const NOW: i64 = 1_795_000_000;

/// A session that was planned for a case, under the profile `standard`.
pub(crate) fn plan(case: &str) -> PlannedSession {
    let managed = built_in::managed().unwrap();
    let role = built_in::support_gateway(&managed).unwrap();
    let profile = built_in::profile("standard", ACCOUNT, &managed).unwrap();
    let providers = built_in::providers(ACCOUNT).unwrap();
    let text = json!({"iss": "https://support.cre.doit-intl.com", "aud": ACCOUNT, "sub": "ana@doit.com",
        "https://aws.amazon.com/tags": {"principal_tags": {"DoitEnvironment": [ACCOUNT]},
            "transitive_tag_keys": ["DoitEnvironment"]}});
    let claims = File { name: "token".into(), text: text.to_string() };
    let claims = Claims::from_json(&claims, &Limits::default()).unwrap();
    let gate = Gate::embedded().unwrap();
    let rehearsal = Rehearsal {
        role: &role,
        profile: &profile,
        providers: &providers,
        provider: "support.cre.doit-intl.com",
        claims: &claims,
        engineer: "ana@doit.com",
        case,
        duration_seconds: 3_600,
        now: Instant::from_epoch_seconds(NOW),
        call: &Context::new(),
    };
    let judgement = gate.rehearse(&rehearsal).unwrap();
    let file = File { name: "record".into(), text: judgement.record().into() };
    let record = DecisionRecord::read(&file).unwrap();
    let replay = record.replay(&gate, &role, &profile, &providers);
    assert!(replay.differences.is_empty());
    PlannedSession::of(&record, &replay.outcome.unwrap(), &role, &profile, &providers).unwrap()
}

pub(crate) fn time(seconds: i64) -> String {
    Instant::from_epoch_seconds(NOW.saturating_add(seconds)).to_string()
}

/// The record of the call that opens the session as planned, half a minute after the plan.
pub(crate) fn opening(plan: &PlannedSession) -> Value {
    let tags: serde_json::Map<String, Value> =
        plan.tags.iter().map(|(key, value)| (key.to_owned(), json!(value))).collect();
    let arns: Vec<Value> = plan.policy_arns.iter().map(|own| json!({"arn": own})).collect();
    json!({
        "eventVersion": "1.08",
        "userIdentity": {"type": "WebIdentityUser", "principalId": format!("{PROVIDER}:{ACCOUNT}:ana"),
            "userName": "ana", "identityProvider": PROVIDER},
        "eventTime": time(30), "eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity",
        "awsRegion": "us-east-1", "sourceIPAddress": "198.51.100.7", "userAgent": "broker",
        "requestParameters": {"roleArn": plan.role.as_str(), "roleSessionName": plan.name,
            "durationSeconds": plan.duration_seconds, "policy": plan.policy, "policyArns": arns,
            "principalTags": tags, "transitiveTagKeys": plan.transitive_tag_keys},
        "responseElements": {"credentials": {"accessKeyId": "ASIAEXAMPLEEXAMPLE01", "expiration": time(3_630)},
            "assumedRoleUser": {"assumedRoleId": format!("AROAEXAMPLE:{}", plan.name)}, "provider": PROVIDER},
        "eventID": "00000000-0000-4000-8000-000000000001", "eventType": "AwsApiCall", "readOnly": true,
    })
}

/// The record of a call of the session.
pub(crate) fn call(
    plan: &PlannedSession,
    number: u32,
    source: &str,
    name: &str,
    parameters: &Value,
) -> Value {
    let role = plan.role.as_str();
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/{}/{}", plan.role.name(), plan.name);
    json!({
        "eventVersion": "1.11",
        "userIdentity": {"type": "AssumedRole", "principalId": format!("AROAEXAMPLE:{}", plan.name), "arn": session,
            "accountId": ACCOUNT, "accessKeyId": "ASIAEXAMPLEEXAMPLE01",
            "sessionContext": {"sessionIssuer": {"type": "Role", "principalId": "AROAEXAMPLE", "arn": role,
                    "accountId": ACCOUNT, "userName": plan.role.name()},
                "webIdFederationData": {"federatedProvider": PROVIDER, "attributes": {}},
                "attributes": {"creationDate": time(30), "mfaAuthenticated": "false"}}},
        "eventTime": time(60), "eventSource": format!("{source}.amazonaws.com"), "eventName": name,
        "awsRegion": "us-east-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2",
        "requestParameters": parameters, "eventType": "AwsApiCall",
        "eventID": format!("00000000-0000-4000-8000-0000000001{number:02}"),
    })
}
