//! Sessions held against their plans: one honest session, and each way in which another differs from it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod common;

use std::sync::LazyLock;

use iam_trail::{Event, Selectors};
use iamgate::RoleArn;
use iamgate::iam_policy::value::Instant;
use iamgate_audit::{
    Audit, AuditReport, CallKind, Coverage, Delivered, Digests, EventVerdict, PlannedSession, SessionVerdict,
    When,
};
use serde_json::{Value, json};

use common::{ACCOUNT, NOW, PROVIDER, call, opening, plan, time};

/// A session that was planned, for one of two cases.
fn planned(case: &str) -> PlannedSession {
    static PLANNED: LazyLock<[PlannedSession; 2]> = LazyLock::new(|| ["4711", "4712"].map(plan));
    PLANNED[usize::from(case != "4711")].clone()
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
    let mut coverage = Coverage::default();
    coverage.until = Some(at(40_000));
    coverage.regions = Some(["us-east-1".into()].into());
    coverage.selectors = Some(Selectors::everything("trail"));
    let mut digests = Digests::default();
    let times =
        [Delivered { from: at(-3_600), until: at(2_000) }, Delivered { from: at(2_000), until: at(12_000) }];
    digests.validated.insert("us-east-1".into(), times.into());
    coverage.digests = Some(digests);
    coverage
}

fn at(seconds: i64) -> Instant {
    Instant::from_epoch_seconds(NOW.saturating_add(seconds))
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
    let of_digests = |change: &dyn Fn(&mut Digests)| with(&|own| change(own.digests.as_mut().unwrap()));
    let partly = SessionVerdict::CompleteNotValidated;
    // Digest files show that all was delivered, whenever it was asked for.
    assert_eq!(with(&|own| own.until = None), (SessionVerdict::Complete, vec![]));
    assert_eq!(with(&|own| own.digests = None), (partly, vec!["NOT_VALIDATED"]));
    let none = |own: &mut Coverage| (own.digests, own.until) = (None, None);
    assert_eq!(with(&none), (partly, vec!["NOT_KNOWN_UNTIL_WHEN", "NOT_VALIDATED"]));
    let soon = |own: &mut Coverage| (own.digests, own.until) = (None, Some(at(4_000)));
    assert_eq!(with(&soon), (SessionVerdict::Provisional, vec!["NOT_SETTLED", "NOT_VALIDATED"]));
    assert_eq!(with(&|own| own.regions = None), (partly, vec!["REGIONS_NOT_TOLD"]));
    assert_eq!(with(&|own| own.selectors = None), (partly, vec!["SELECTORS_NOT_TOLD"]));
    let incomplete = SessionVerdict::Incomplete;
    let times = |own: &mut Digests, times: &[(i64, i64)]| {
        let times = times.iter().map(|(from, until)| Delivered { from: at(*from), until: at(*until) });
        own.validated.insert("us-east-1".into(), times.collect());
    };
    // The session ends an hour after it began; its last records may be delivered two hours later.
    let gap = (incomplete, vec!["DIGEST_GAP"]);
    for gaps in [&[][..], &[(-3_600, 2_000)], &[(2_000, 12_000)], &[(-3_600, 2_000), (5_600, 12_000)]] {
        assert_eq!(of_digests(&|own| times(own, gaps)), gap, "{gaps:?}");
    }
    let early = |own: &mut Coverage| {
        own.until = None;
        times(own.digests.as_mut().unwrap(), &[(-3_600, 5_600)]);
    };
    assert_eq!(
        with(&early),
        (SessionVerdict::Provisional, vec!["DIGESTS_END_EARLY", "NOT_KNOWN_UNTIL_WHEN"])
    );
    let two = |own: &mut Coverage| own.regions = Some(["us-east-1".into(), "eu-west-1".into()].into());
    assert_eq!(with(&two), gap);
    assert_eq!(
        of_digests(&|own| _ = own.not_shown.insert("a file".into())),
        (partly, vec!["FILES_NOT_SHOWN"])
    );
    assert_eq!(
        of_digests(&|own| _ = own.not_shown.insert("other".into())),
        (SessionVerdict::Complete, vec![])
    );
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
    assert_eq!(longer, (SessionVerdict::Broken, vec!["ISSUED_OTHERWISE", "DIGEST_GAP"]));
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
fn a_false_record_with_the_id_of_a_true_one_hides_nothing() {
    let plan = planned("4711");
    let written = call(&plan, 50, "s3", "PutObject", &json!({"bucketName": "logs", "key": "x"}));
    let mut hidden = call(&plan, 50, "ec2", "DescribeVpcs", &json!({}));
    let broken = (SessionVerdict::Broken, vec!["OUTSIDE_THE_PLAN", "ONE_ID_TWICE"]);
    for turn in [false, true] {
        let mut events = honest(&plan);
        events.extend([hidden.clone(), written.clone()]);
        if turn {
            events.reverse();
        }
        assert_eq!(said(&events, &whole()), broken);
    }
    // The same in the name of another session, and for the opening.
    let other = planned("4712");
    hidden["userIdentity"]["arn"] =
        json!(format!("arn:aws:sts::{ACCOUNT}:assumed-role/{}/{}", other.role.name(), other.name));
    let events = [vec![hidden], honest(&plan), vec![written]].concat();
    let report = audited(vec![plan.clone(), other], &events, &whole());
    assert_eq!(report.sessions[0].verdict, SessionVerdict::Broken);
    let mut false_one = opening(&plan);
    false_one["requestParameters"]["policy"] = json!("{}");
    let mut events = honest(&plan);
    events.push(false_one);
    let (verdict, codes) = said(&events, &whole());
    assert_eq!(verdict, SessionVerdict::Broken);
    assert!(codes.contains(&"ISSUED_OTHERWISE") && codes.contains(&"ONE_ID_TWICE"), "{codes:?}");
}

#[test]
fn calls_that_leave_no_record_are_told() {
    let events = honest(&planned("4711"));
    let with = |text: Value| {
        let mut coverage = whole();
        coverage.selectors = Some(Selectors::read(text.to_string().as_bytes()).unwrap());
        said(&events, &coverage)
    };
    let trail = "arn:aws:cloudtrail:us-east-1:123456789012:trail/own";
    let types: Vec<&str> = Selectors::all_data_types().collect();
    let field = |name: &str, values: Value| json!({"Field": name, "Equals": values});
    let management = json!({"FieldSelectors": [field("eventCategory", json!(["Management"]))]});
    let data = json!({"FieldSelectors": [field("eventCategory", json!(["Data"])), field("resources.type", json!(types))]});
    let advanced = |own: Value| json!({"TrailARN": trail, "AdvancedEventSelectors": own});
    assert_eq!(with(advanced(json!([management, data]))), (SessionVerdict::Complete, vec![]));
    let incomplete = |codes: &[&'static str]| (SessionVerdict::Incomplete, codes.to_vec());
    assert_eq!(with(advanced(json!([management]))), incomplete(&["NO_DATA_EVENTS"]));
    assert_eq!(with(advanced(json!([data]))), incomplete(&["NO_READS", "NO_WRITES"]));
    let some = json!({"FieldSelectors": [field("eventCategory", json!(["Management"])),
        {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}]});
    assert_eq!(with(advanced(json!([some, data]))), incomplete(&["SOURCE_LEFT_OUT"]));
    let writes = json!({"TrailARN": trail, "EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}]});
    assert_eq!(with(writes), incomplete(&["NO_READS", "NO_DATA_EVENTS"]));
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
