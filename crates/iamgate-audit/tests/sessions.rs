//! Sessions held against their plans: one honest session, and each way in which another differs from it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use std::sync::LazyLock;

use iam_trail::Event;
use iamgate::iam_policy::value::Instant;
use iamgate::{Claims, Context, DecisionRecord, File, Gate, Limits, Rehearsal, RoleArn, built_in};
use iamgate_audit::{
    Audit, AuditReport, CallKind, Coverage, EventVerdict, Logged, PlannedSession, SessionVerdict, Validated,
    When,
};
use serde_json::{Value, json};

const ACCOUNT: &str = "123456789012";
const PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/support.cre.doit-intl.com";
const NOW: i64 = 1_795_000_000;

/// A session that was planned, for one of two cases.
fn planned(case: &str) -> PlannedSession {
    static PLANNED: LazyLock<[PlannedSession; 2]> = LazyLock::new(|| ["4711", "4712"].map(plan));
    PLANNED[usize::from(case != "4711")].clone()
}

fn plan(case: &str) -> PlannedSession {
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

fn time(seconds: i64) -> String {
    Instant::from_epoch_seconds(NOW.saturating_add(seconds)).to_string()
}

/// The record of the call that opens the session as planned, half a minute after the plan.
fn opening(plan: &PlannedSession) -> Value {
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
fn call(plan: &PlannedSession, number: u32, source: &str, name: &str, parameters: &Value) -> Value {
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

/// An honest session.
fn honest(plan: &PlannedSession) -> Vec<Value> {
    let mut denied = call(plan, 3, "secretsmanager", "GetSecretValue", &json!({"secretId": "prod"}));
    denied["errorCode"] = json!("AccessDenied");
    denied["errorMessage"] = json!(
        "User: x is not authorized to perform: secretsmanager:GetSecretValue on resource: prod because no session policy allows the secretsmanager:GetSecretValue action"
    );
    vec![
        opening(plan),
        call(plan, 1, "ec2", "DescribeVpcs", &json!({})),
        call(plan, 2, "s3", "ListBuckets", &json!({"Host": "s3.amazonaws.com"})),
        denied,
    ]
}

/// All that can be known of the records, and nothing is missing.
fn whole() -> Coverage {
    let at = |seconds: i64| Instant::from_epoch_seconds(NOW.saturating_add(seconds));
    let mut coverage = Coverage::default();
    coverage.until = Some(at(40_000));
    coverage.regions = Some(vec!["us-east-1".into()]);
    coverage.validated = vec![
        Validated { region: "us-east-1".into(), from: at(-3_600), to: at(2_000) },
        Validated { region: "us-east-1".into(), from: at(2_000), to: at(7_200) },
    ];
    coverage.has_reads = Logged::Yes;
    coverage.has_data_events = Logged::Yes;
    coverage
}

fn audited(plans: Vec<PlannedSession>, events: &[Value], coverage: &Coverage) -> AuditReport {
    let role: RoleArn = plans[0].role.clone();
    let mut audit = Audit::new(&role, [PROVIDER.into()], plans).unwrap();
    for event in events {
        audit.take(&Event::read(&event.to_string()).unwrap(), "a file");
    }
    audit.finish(coverage)
}

/// The verdict on the only session, and the codes of its reasons.
fn said(events: &[Value], coverage: &Coverage) -> (SessionVerdict, Vec<&'static str>) {
    let report = audited(vec![planned("4711")], events, coverage);
    let own = &report.sessions[0];
    (own.verdict, own.reasons.iter().map(iamgate_audit::SessionReason::code).collect())
}

#[test]
fn an_honest_session_is_complete() {
    let plan = planned("4711");
    let events = honest(&plan);
    assert_eq!(said(&events, &whole()), (SessionVerdict::Complete, vec![]));
    let mut turned = events.clone();
    turned.reverse();
    turned.extend(events);
    assert_eq!(said(&turned, &whole()), (SessionVerdict::Complete, vec![]));
    let report = audited(vec![plan], &turned, &whole());
    assert_eq!((report.events, report.copies), (8, 4));
    let calls = &report.sessions[0].calls;
    let verdicts: Vec<(&str, &str, u64)> =
        calls.iter().map(|(kind, calls)| (kind.verdict.name(), &*kind.name, calls.count)).collect();
    assert_eq!(
        verdicts,
        [
            ("as_planned", "DescribeVpcs", 1),
            ("as_planned", "ListBuckets", 1),
            ("denied_as_planned", "GetSecretValue", 1)
        ]
    );
}

#[test]
fn a_timeline_has_every_call_whatever_the_order_of_the_events() {
    let plan = planned("4711");
    let mut events = honest(&plan);
    for number in 10..30 {
        let mut own = call(&plan, number, "ec2", "DescribeVpcs", &json!({}));
        own["eventTime"] = json!(time(i64::from(number).saturating_mul(150)));
        events.push(own);
    }
    let mut service = call(&plan, 40, "kms", "GenerateDataKey", &json!({"keyId": "alias/x"}));
    service["userIdentity"]["invokedBy"] = json!("s3.amazonaws.com");
    events.push(service);
    let report = audited(vec![plan.clone()], &events, &whole());
    let own = &report.sessions[0];
    events.reverse();
    let other = audited(vec![plan.clone()], &events, &whole());
    assert_eq!(other.sessions[0].timeline, own.timeline);
    // The opening first or last: it says nothing of the bins.
    let without = audited(vec![plan], &events[..events.len().saturating_sub(1)], &whole());
    assert_eq!(without.sessions[0].timeline, own.timeline);
    for (kind, calls) in &own.calls {
        let of_kind = |other: &CallKind| {
            (other.verdict.name(), other.by_service) == (kind.verdict.name(), kind.by_service)
                && other.source == kind.source
        };
        let all: u64 = own.calls.iter().filter(|(other, _)| of_kind(other)).map(|(_, own)| own.count).sum();
        let cells = own.timeline.services[&kind.source].iter().filter(|(cell, _)| {
            (cell.verdict, cell.by_service) == (kind.verdict.without_reason(), kind.by_service)
        });
        assert_eq!(cells.map(|(_, count)| count).sum::<u64>(), all, "{kind:?} {calls:?}");
    }
    let ec2 = &own.timeline.services["ec2.amazonaws.com"];
    assert!(ec2.keys().all(|cell| matches!(cell.when, When::In(_) | When::After)), "{ec2:?}");
}

#[test]
fn what_is_not_known_of_the_records_is_a_reason() {
    let events = honest(&planned("4711"));
    let with = |change: &dyn Fn(&mut Coverage)| {
        let mut coverage = whole();
        change(&mut coverage);
        said(&events, &coverage)
    };
    let partly = SessionVerdict::CompleteNotValidated;
    assert_eq!(with(&|own| own.until = None), (partly, vec!["NOT_KNOWN_UNTIL_WHEN"]));
    assert_eq!(with(&|own| own.regions = None), (partly, vec!["REGIONS_NOT_TOLD"]));
    assert_eq!(with(&|own| own.validated.truncate(1)), (partly, vec!["NOT_VALIDATED"]));
    assert_eq!(with(&|own| own.validated.clear()), (partly, vec!["NOT_VALIDATED"]));
    let two = |own: &mut Coverage| own.regions = Some(vec!["us-east-1".into(), "eu-west-1".into()]);
    assert_eq!(with(&two), (partly, vec!["NOT_VALIDATED"]));
    assert_eq!(with(&|own| own.has_reads = Logged::Unknown), (partly, vec!["READS_NOT_TOLD"]));
    assert_eq!(with(&|own| own.has_data_events = Logged::Unknown), (partly, vec!["DATA_EVENTS_NOT_TOLD"]));
    let soon = |own: &mut Coverage| own.until = Some(Instant::from_epoch_seconds(NOW.saturating_add(4_000)));
    assert_eq!(with(&soon), (SessionVerdict::Provisional, vec!["NOT_SETTLED"]));
    let incomplete = SessionVerdict::Incomplete;
    assert_eq!(with(&|own| own.has_reads = Logged::No), (incomplete, vec!["NO_READS"]));
    assert_eq!(with(&|own| own.has_data_events = Logged::No), (incomplete, vec!["NO_DATA_EVENTS"]));
    assert_eq!(with(&|own| own.damaged.push("a.json.gz".into())), (incomplete, vec!["DAMAGED_FILES"]));
    let rest = &events[1..];
    assert_eq!(said(rest, &whole()), (incomplete, vec!["NO_RECORD_OF_ISSUANCE"]));
}

#[test]
fn each_part_of_the_call_is_held_against_the_plan() {
    let plan = planned("4711");
    let changed = |place: &[&str], value: Value| {
        let mut events = honest(&plan);
        let mut own = &mut events[0];
        for name in place {
            own = &mut own[*name];
        }
        *own = value;
        said(&events, &whole())
    };
    let otherwise = (SessionVerdict::Broken, vec!["ISSUED_OTHERWISE"]);
    let wider = plan.policy.replace("Deny", "Allow");
    assert_eq!(changed(&["requestParameters", "policy"], json!(wider)), otherwise);
    assert_eq!(changed(&["requestParameters", "policy"], json!(format!("{} ", plan.policy))), otherwise);
    assert_eq!(changed(&["requestParameters", "durationSeconds"], json!(7_200)), otherwise);
    let arns = json!([{"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}]);
    assert_eq!(changed(&["requestParameters", "policyArns"], arns), otherwise);
    let tags = json!({"DoitEnvironment": "999999999999"});
    assert_eq!(changed(&["requestParameters", "principalTags"], tags), otherwise);
    assert_eq!(changed(&["requestParameters", "principalTags"], Value::Null), otherwise);
    assert_eq!(changed(&["requestParameters", "transitiveTagKeys"], json!([])), otherwise);
    assert_eq!(changed(&["requestParameters", "sourceIdentity"], json!("somebody")), otherwise);
    assert_eq!(changed(&["responseElements", "provider"], json!("accounts.google.com")), otherwise);
    // Nothing shows that the records of the longer time are all there.
    let longer = changed(&["responseElements", "credentials", "expiration"], json!(time(9_000)));
    assert_eq!(longer, (SessionVerdict::Broken, vec!["ISSUED_OTHERWISE", "NOT_VALIDATED"]));
    let untold = (SessionVerdict::Incomplete, vec!["ISSUANCE_UNTOLD"]);
    assert_eq!(changed(&["requestParameters", "policy"], Value::Null), untold);
    assert_eq!(changed(&["requestParameters", "policyArns"], Value::Null), untold);
    // The same in another order, or as texts.
    let mut arns: Vec<&str> = plan.policy_arns.iter().map(|own| &**own).collect();
    arns.reverse();
    assert_eq!(changed(&["requestParameters", "policyArns"], json!(arns)).0, SessionVerdict::Complete);
}

#[test]
fn misdeeds_break_a_session() {
    let plan = planned("4711");
    let with = |event: Value| {
        let mut events = honest(&plan);
        events.push(event);
        said(&events, &whole())
    };
    let outside = (SessionVerdict::Broken, vec!["OUTSIDE_THE_PLAN"]);
    for (source, name, parameters) in [
        ("s3", "PutObject", json!({"bucketName": "logs", "key": "x"})),
        ("secretsmanager", "GetSecretValue", json!({"secretId": "prod"})),
        (
            "sts",
            "AssumeRole",
            json!({"roleArn": "arn:aws:iam::123456789012:role/admin", "roleSessionName": "x"}),
        ),
        ("iam", "CreateUser", json!({"userName": "mallory"})),
        ("ec2", "TerminateInstances", Value::Null),
    ] {
        assert_eq!(with(call(&plan, 50, source, name, &parameters)), outside, "{name}");
    }
    let mut other = call(&plan, 50, "ec2", "DescribeVpcs", &json!({}));
    other["userIdentity"]["accessKeyId"] = json!("ASIAEXAMPLEEXAMPLE02");
    assert_eq!(with(other.clone()), (SessionVerdict::Broken, vec!["ANOTHER_ACCESS_KEY"]));
    other["sessionCredentialFromConsole"] = json!("true");
    assert_eq!(with(other), (SessionVerdict::Complete, vec![]));
    let mut other = call(&plan, 50, "ec2", "DescribeVpcs", &json!({}));
    other["userIdentity"]["sessionContext"]["attributes"]["creationDate"] = json!(time(900));
    assert_eq!(with(other), (SessionVerdict::Broken, vec!["ANOTHER_BEGINNING"]));
    let mut other = call(&plan, 50, "ec2", "DescribeVpcs", &json!({}));
    other["eventTime"] = json!(time(9_000));
    assert_eq!(with(other), (SessionVerdict::Broken, vec!["AFTER_THE_END"]));
    let mut again = opening(&plan);
    again["eventID"] = json!("00000000-0000-4000-8000-000000000009");
    assert_eq!(with(again), (SessionVerdict::Broken, vec!["ISSUED_AGAIN"]));
    let mut late = opening(&plan);
    late["eventTime"] = json!(time(-900));
    let mut events = honest(&plan);
    events[0] = late;
    assert!(said(&events, &whole()).1.contains(&"ANOTHER_BEGINNING"));
}

#[test]
fn a_session_that_nobody_planned_is_the_worst_finding() {
    let (plan, other) = (planned("4711"), planned("4712"));
    let mut events = honest(&plan);
    let of_other = |from: u32, event: &Value| {
        let mut event = event.clone();
        event["eventID"] = json!(format!("00000000-0000-4000-8000-0000000009{from:02}"));
        event
    };
    for (number, event) in (0_u32..).zip(&honest(&other)) {
        events.push(of_other(number, event));
    }
    let report = audited(vec![plan.clone()], &events, &whole());
    assert_eq!(report.sessions[0].verdict, SessionVerdict::Complete);
    assert_eq!(report.verdict(), SessionVerdict::Broken);
    let found = &report.unplanned[0];
    assert_eq!((report.unplanned.len(), &found.name, found.events), (1, &other.name, 4));
    // Once it is known, it is one like the other.
    let report = audited(vec![plan.clone(), other.clone()], &events, &whole());
    assert_eq!((report.verdict(), report.unplanned.len()), (SessionVerdict::Complete, 0));
    // A session that the customer opened is nobody's business.
    let mut own = call(&other, 60, "ec2", "TerminateInstances", &Value::Null);
    own["userIdentity"]["sessionContext"]["webIdFederationData"] = Value::Null;
    let report = audited(vec![plan.clone()], &[own], &whole());
    assert_eq!((report.unplanned.len(), report.of_others), (0, 1));
    // A call that was refused opened nothing.
    let mut refused = opening(&other);
    refused["errorCode"] = json!("AccessDenied");
    let report = audited(vec![plan], &[refused], &whole());
    assert_eq!((report.unplanned.len(), report.refused_openings), (0, 1));
}

#[test]
fn what_a_service_does_in_the_name_of_the_session_is_told_apart() {
    let plan = planned("4711");
    let mut events = honest(&plan);
    let mut own = call(&plan, 50, "kms", "GenerateDataKey", &json!({"keyId": "alias/x"}));
    own["userIdentity"]["invokedBy"] = json!("s3.amazonaws.com");
    own["sourceIPAddress"] = json!("s3.amazonaws.com");
    own["userIdentity"]["accessKeyId"] = json!("ASIAEXAMPLEEXAMPLE09");
    events.push(own);
    assert_eq!(said(&events, &whole()), (SessionVerdict::Complete, vec![]));
    let report = audited(vec![plan], &events, &whole());
    let kinds: Vec<(EventVerdict, bool)> = report.sessions[0]
        .calls
        .keys()
        .filter(|own| &*own.name == "GenerateDataKey")
        .map(|own| (own.verdict, own.by_service))
        .collect();
    assert_eq!(kinds, [(EventVerdict::Outside, true)]);
}
