//! What sessions did, judged under another profile; and profiles for what they used, with their proofs.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod common;

use std::sync::LazyLock;

use iam_testkit::Source;
use iam_trail::Event;
use iamgate::iam_analysis::Verdict;
use iamgate::iam_catalog::{Catalog, Details};
use iamgate::iam_policy::value::Instant;
use iamgate::{
    Action, Context, ContextValue, Decision, File, Limits, ManagedPolicies, Profile, Request, ResourceKind,
    RoleSnapshot, built_in, session_layers,
};
use iamgate_audit::{
    Audit, AuditReport, Change, Coverage, EventVerdict, Judge, Lack, NotWritten, PlannedSession, Resources,
    Used, UsedProfile, Writing,
};
use serde_json::{Value, json};

use common::{ACCOUNT, NOW, PROVIDER, call, opening, plan, time};

static MANAGED: LazyLock<ManagedPolicies> = LazyLock::new(|| built_in::managed().unwrap());
static CATALOG: LazyLock<Catalog<'static>> = LazyLock::new(|| Catalog::embedded().unwrap());
static DETAILS: LazyLock<Details<'static>> = LazyLock::new(|| Details::embedded().unwrap());

/// DoiT's role, and the same role with a policy that allows everything.
static ROLES: LazyLock<[RoleSnapshot; 2]> = LazyLock::new(|| {
    let role = built_in::support_gateway(&MANAGED).unwrap();
    let mut files = built_in::files(built_in::SUPPORT_GATEWAY);
    for file in &mut files {
        match &*file.name {
            "inline/inline.json" => {
                file.text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#.into();
            }
            "managed-arns.json" => file.text = "[]".into(),
            _ => {}
        }
    }
    [role, RoleSnapshot::from_folder(&files, &MANAGED, &Limits::default()).unwrap()]
});

fn named(name: &str) -> Profile {
    built_in::profile(name, ACCOUNT, &MANAGED).unwrap()
}

fn read(file: &str, text: &Value) -> Profile {
    let file = File { name: file.into(), text: text.to_string() };
    Profile::load(&file, ACCOUNT, &MANAGED, &Limits::default()).unwrap()
}

/// A profile with resources, conditions, exceptions, and whatever else statements may have.
fn of_all_kinds() -> Profile {
    let statements = json!([
        {"Effect": "Allow", "Action": ["ec2:Describe*", "s3:Get*", "s3:List*", "logs:*", "apigateway:*"], "Resource": "*"},
        {"Sid": "Drafts", "Effect": "Allow", "Action": ["s3:PutObject", "s3:DeleteObject"], "Resource": "arn:aws:s3:::drafts/*"},
        {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}},
        {"Effect": "Allow", "NotAction": ["iam:*", "kms:*", "s3:*", "dynamodb:*"], "Resource": "*",
            "Condition": {"StringLike": {"aws:UserAgent": "*console*"}}},
        {"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:${aws:PrincipalTag/DoitEnvironment}-*"},
        {"Effect": "Deny", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::payroll/*"},
        {"Effect": "Deny", "Action": ["kms:*", "logs:DeleteLogGroup", "apigateway:DELETE"], "Resource": "*"},
        {"Sid": "Own", "Effect": "Deny", "NotAction": "s3:List*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalTag/DoitEnvironment": "{{account}}"}}},
    ]);
    read(
        "all-kinds.json",
        &json!({"schema": "iamgate/profile", "version": 1, "name": "all-kinds", "about": "Everything that statements have.",
            "parameters": ["account"], "PolicyArns": [], "Policy": {"Version": "2012-10-17", "Statement": statements},
            "levels": ["List", "Read", "Write", "Tagging", "Permissions management"], "exceptions": [], "future": ["*"],
            "never_allowed": [], "always_denied": ["kms:Decrypt"], "kept": [{"actions": ["*"], "why": "it is a test"}],
            "budget": 2048, "tag": {"key": "DoitEnvironment", "value": "{{account}}", "transitive": true}}),
    )
}

/// A session of one of the roles under a profile.
fn session(role: &RoleSnapshot, profile: &Profile) -> PlannedSession {
    static PLANNED: LazyLock<PlannedSession> = LazyLock::new(|| plan("4711"));
    let mut own = PLANNED.clone();
    own.promise = own.promise.under(role, profile);
    own
}

/// What is said of sessions whose calls these are.
fn audited(
    sessions: Vec<PlannedSession>,
    events: &[Value],
    asked: impl FnOnce(Audit) -> Audit,
) -> AuditReport {
    let role = sessions[0].role.clone();
    let mut audit = asked(Audit::new(&role, [PROVIDER.into()], sessions).unwrap());
    for event in events {
        audit.take(&Event::read(&event.to_string()).unwrap(), "a file");
    }
    audit.finish(&Coverage::default())
}

fn used(sessions: Vec<PlannedSession>, events: &[Value]) -> Used {
    audited(sessions, events, Audit::collecting).used.unwrap()
}

fn written(used: &Used, profile: &Profile, resources: Resources) -> Result<UsedProfile, NotWritten> {
    used.profile(&Writing { profile, catalog: &CATALOG, details: &DETAILS, resources })
}

/// What the inline policy says, statement by statement.
fn statements(own: &UsedProfile) -> Vec<String> {
    own.profile.policies()[0].policy().statements.iter().map(ToString::to_string).collect()
}

const OWN: &str = r#"{"StringNotEquals":{"aws:PrincipalTag/DoitEnvironment":"123456789012"}}"#;

#[test]
fn a_profile_for_what_was_used_is_short_and_readable() {
    let (role, old) = (&ROLES[0], named("standard"));
    let own = session(role, &old);
    let mut refused = call(&own, 6, "ec2", "DescribeHosts", &json!({}));
    refused["errorCode"] = json!("AccessDenied");
    let events = [
        opening(&own),
        call(&own, 1, "ec2", "DescribeVpcs", &json!({})),
        call(&own, 2, "ec2", "DescribeInstances", &json!({})),
        call(&own, 3, "ec2", "DescribeVpcs", &json!({})),
        call(&own, 4, "logs", "FilterLogEvents", &json!({"logGroupName": "/aws/lambda/f"})),
        call(&own, 5, "support", "DescribeCases", &json!({})),
        refused,
        call(&own, 7, "s3", "PutObject", &json!({"bucketName": "logs", "key": "x"})),
        call(&own, 8, "ec2", "NoSuchOperation", &json!({})),
    ];
    let used = used(vec![own], &events);
    assert_eq!((used.calls, used.sessions, used.outside, used.not_judged, used.days()), (5, 1, 1, 1, 0));
    let names: Vec<(&str, u64)> = used.actions.iter().map(|(name, own)| (&**name, own.calls)).collect();
    let expected = [
        ("ec2:DescribeInstances", 1),
        ("ec2:DescribeVpcs", 2),
        ("logs:FilterLogEvents", 1),
        ("support:DescribeCases", 1),
    ];
    assert_eq!(names, expected);
    let own = written(&used, &old, Resources::AllForReads).unwrap();
    let listed =
        r#"["ec2:DescribeInstances","ec2:DescribeVpcs","logs:FilterLogEvents","support:DescribeCases"]"#;
    let expected = [
        r#"{"Sid":"Ec2","Effect":"Allow","Action":["ec2:DescribeInstances","ec2:DescribeVpcs"],"Resource":"*"}"#.to_owned(),
        r#"{"Sid":"Logs","Effect":"Allow","Action":"logs:FilterLogEvents","Resource":"*"}"#.to_owned(),
        r#"{"Sid":"Support","Effect":"Allow","Action":"support:DescribeCases","Resource":"*"}"#.to_owned(),
        format!(r#"{{"Sid":"DenyIf","Effect":"Deny","Action":"*","Resource":"*","Condition":{OWN}}}"#),
        format!(r#"{{"Sid":"NothingElse","Effect":"Deny","NotAction":{listed},"Resource":"*"}}"#),
    ];
    assert_eq!(statements(&own), expected);
    assert_eq!((&own.proof.within, &own.proof.closed), (&Verdict::Holds, &Verdict::Holds));
    assert!(own.proof.is_proven() && !own.proof.is_defect() && own.added.is_empty());
    assert_eq!(
        own.proof.premises(),
        ["a session may do what one of its session policies allows and none denies (rule 5.14)"]
    );
    // The file is one for every account.
    assert_eq!(
        (own.profile.name(), own.text.contains(ACCOUNT), own.text.contains("{{account}}")),
        ("standard-used", false, true)
    );
    let file = File { name: "standard-used.json".into(), text: own.text.clone() };
    let other =
        Profile::load(&file, "999999999999", &ManagedPolicies::default(), &Limits::default()).unwrap();
    assert_eq!(other.sha256(), own.profile.sha256());
    // What the promise says of other actions is left out.
    let kept: Vec<&str> = own
        .profile
        .kept()
        .iter()
        .flat_map(iamgate::Kept::actions)
        .map(iamgate::ActionPattern::text)
        .collect();
    assert_eq!(kept, ["logs:FilterLogEvents"]);
    assert_eq!((own.profile.exceptions().len(), own.profile.future().len()), (1, 0));
}

#[test]
fn resources_and_conditions_of_the_old_profile_stay() {
    let (role, old) = (&ROLES[1], of_all_kinds());
    let own = session(role, &old);
    let in_region = |number, name: &str, table: &str| {
        let mut event = call(&own, number, "dynamodb", name, &json!({"tableName": table}));
        event["resources"] = json!([{"type": "AWS::DynamoDB::Table", "ARN": format!("arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{table}")}]);
        event
    };
    let events = [
        call(&own, 1, "s3", "PutObject", &json!({"bucketName": "drafts", "key": "x"})),
        call(&own, 2, "s3", "GetObject", &json!({"bucketName": "reports", "key": "x"})),
        in_region(3, "PutItem", "one"),
        in_region(4, "PutItem", "two"),
        call(&own, 5, "logs", "PutRetentionPolicy", &Value::Null),
        call(&own, 6, "logs", "CreateLogGroup", &json!({"logGroupName": "a", "tags": {"k": "v"}})),
    ];
    let used = used(vec![own], &events);
    let of = |resources| {
        let own = written(&used, &old, resources).unwrap();
        assert_eq!(
            own.untold,
            ["logs:CreateLogGroup".into(), "logs:PutRetentionPolicy".into(), "logs:TagResource".into()]
        );
        statements(&own)
    };
    let in_us = r#"{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}"#;
    let tables = format!(
        r#"["arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/one","arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/two"]"#
    );
    let wide = of(Resources::AllForReads);
    let all = wide.join("\n");
    let has = |text: &str| assert!(all.contains(text), "{text} in\n{all}");
    has(&format!(
        r#"{{"Sid":"DynamodbOnSomeIf","Effect":"Allow","Action":"dynamodb:PutItem","Resource":{tables},"Condition":{in_us}}}"#
    ));
    // A resource is not told: any one. Of two actions for tags, one is enough.
    has(r#""Action":["logs:CreateLogGroup","logs:PutRetentionPolicy","logs:TagResource"],"Resource":"*"}"#);
    has(r#"{"Sid":"S3","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#);
    has(r#""Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::drafts/*"}"#);
    // What the old profile denies of these actions.
    has(r#""Effect":"Deny","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::payroll/*"}"#);
    has(&format!(
        r#"{{"Sid":"Own","Effect":"Deny","NotAction":"s3:List*","Resource":"*","Condition":{OWN}}}"#
    ));
    assert!(!all.contains("DeleteLogGroup") && !all.contains("kms"), "{all}");
    let narrow = of(Resources::Used).join("\n");
    assert!(narrow.contains(r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/x"}"#), "{narrow}");
}

/// Calls of reads under `standard`, as many as there are.
fn reads(own: &PlannedSession, count: usize) -> Vec<Value> {
    let names = CATALOG.actions().filter(|action| {
        action.sensitivity.is_empty() && action.service == "ec2" && action.name.starts_with("Describe")
    });
    // Every second one, so that wildcards match others too.
    names
        .step_by(2)
        .zip(1..)
        .take(count)
        .map(|(action, number)| call(own, number, "ec2", action.name, &json!({})))
        .collect()
}

#[test]
fn the_strictest_form_that_fits_is_taken() {
    let (role, old) = (&ROLES[0], named("standard"));
    let own = session(role, &old);
    let sids = |count: usize| {
        let used = used(vec![own.clone()], &reads(&own, count));
        let own = written(&used, &old, Resources::AllForReads)?;
        assert!(own.profile.characters() <= 2_048, "{count}");
        let policy = own.profile.policies()[0].policy();
        let sids: Vec<String> =
            policy.statements.iter().filter_map(|own| Some(own.sid.as_ref()?.value.to_string())).collect();
        assert_eq!(own.added.is_empty(), count < 60, "{count}: {:?} {policy}", own.added);
        let closed = own.proof.closed == Verdict::Holds;
        Ok::<_, NotWritten>((sids.join(" "), closed))
    };
    assert_eq!(sids(10).unwrap(), ("Ec2 DenyIf NothingElse".to_owned(), true));
    assert_eq!(sids(30).unwrap(), ("Ec2 DenyIf AlwaysDenied".to_owned(), false));
    assert_eq!(sids(60).unwrap(), ("Used Deny DenyIf AlwaysDenied".to_owned(), false));
}

#[test]
fn nothing_is_written_where_nothing_fits_or_nothing_was_used() {
    let own = session(&ROLES[0], &named("standard"));
    let short = named("standard").with_budget(300);
    let used_reads = used(vec![own.clone()], &reads(&own, 60));
    let error = written(&used_reads, &short, Resources::AllForReads).unwrap_err();
    assert!(
        matches!(error, NotWritten::TooLong { budget: 300, characters, .. } if characters > 300),
        "{error}"
    );
    let none = used(vec![own.clone()], &[opening(&own)]);
    let error = written(&none, &short, Resources::AllForReads).unwrap_err();
    assert_eq!((error.code(), none.calls), ("NOTHING_USED", 0));
}

/// A call that a session may have made.
fn some_call(source: &mut Source<'_>, own: &PlannedSession, number: u32) -> Value {
    let buckets = ["drafts", "payroll", "reports"];
    let bucket = *source.pick(&buckets);
    let table = format!("arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{bucket}");
    let object = json!({"bucketName": bucket, "key": "2026/x"});
    let (service, name, parameters) = match source.below(24) {
        0 => ("s3", "GetObject", object),
        1 => ("s3", "PutObject", object),
        2 => ("s3", "DeleteObject", object),
        3 => ("s3", "ListObjects", json!({"bucketName": bucket})),
        4 => ("s3", "ListBuckets", json!({})),
        5 => ("s3", "GetBucketPolicy", json!({"bucketName": bucket})),
        6 => ("dynamodb", "GetItem", json!({"tableName": bucket})),
        7 => ("dynamodb", "PutItem", json!({"tableName": table})),
        8 => ("dynamodb", "ListTables", json!({})),
        9 => ("logs", "CreateLogGroup", json!({"logGroupName": bucket, "tags": {"k": "v"}})),
        10 => ("logs", "CreateLogGroup", Value::Null),
        11 => ("logs", "FilterLogEvents", json!({"logGroupName": bucket})),
        12 => ("logs", "DescribeLogGroups", json!({})),
        13 => ("apigateway", "GetRestApis", json!({})),
        14 => ("apigateway", "CreateDomainName", json!({"domainName": "a.example.org"})),
        15 => {
            ("apigateway", "TagResource", json!({"resourceArn": "arn:aws:apigateway:us-east-1::/restapis/a"}))
        }
        16 => (
            "sqs",
            "SendMessage",
            json!({"queueUrl": format!("https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/{ACCOUNT}-a")}),
        ),
        17 => ("sqs", "ListQueues", json!({})),
        18 => ("lambda", "ListFunctions20150331", json!({})),
        19 => (
            "lambda",
            "CreateFunction20150331",
            json!({"functionName": "f", "role": format!("arn:aws:iam::{ACCOUNT}:role/r")}),
        ),
        20 => ("support", "DescribeCases", json!({})),
        21 => ("cassandra", "DeleteTable", json!({"keyspaceName": "k", "tableName": "t"})),
        22 => (
            "ec2",
            "RunInstances",
            json!({"instancesSet": {"items": [{"imageId": "ami-1"}]}, "tagSpecificationSet": {}}),
        ),
        _ => (
            "ec2",
            *source.pick(&["DescribeVpcs", "DescribeInstances", "DescribeTags", "DescribeVpnConnections"]),
            json!({}),
        ),
    };
    let mut event = call(own, number, service, name, &parameters);
    if source.chance(30) {
        event["awsRegion"] = json!("eu-west-1");
    }
    if source.chance(30) {
        event["userAgent"] = json!("console.amazonaws.com");
    }
    if source.chance(20) {
        event["requestParameters"] = Value::Null;
    }
    event
}

/// A request, mostly about what was used.
fn some_request(source: &mut Source<'_>, used: &[Box<str>]) -> Request {
    let role = ROLES[0].arn();
    let principal = iamgate::Principal::assumed_role(&role.session(&"session".parse().unwrap()), role);
    let others = [
        "s3:GetObject",
        "s3:PutObject",
        "kms:Decrypt",
        "iam:PassRole",
        "logs:DeleteLogGroup",
        "apigateway:DELETE",
        "s3:ListBucket",
    ];
    let action = match source.choose(used) {
        Some(own) if source.chance(70) => own,
        _ => *source.pick(&others),
    };
    let resources = [
        "*",
        "arn:aws:s3:::drafts/2026/x",
        "arn:aws:s3:::payroll/2026/x",
        "arn:aws:s3:::drafts",
        "arn:aws:sqs:us-east-1:123456789012:123456789012-a",
        "arn:aws:apigateway:us-east-1::/apikeys",
        "arn:aws:dynamodb:us-east-1:123456789012:table/drafts",
        "arn:aws:lambda:us-east-1:123456789012:function:f",
    ];
    let mut context = Context::new();
    for (key, values) in [
        ("aws:PrincipalTag/DoitEnvironment", [ACCOUNT, ACCOUNT, "999999999999"]),
        ("aws:RequestedRegion", ["us-east-1", "eu-west-1", "us-east-1"]),
        ("aws:UserAgent", ["console.amazonaws.com", "aws-cli/2", "a console"]),
    ] {
        if source.chance(80) {
            context.set(key, ContextValue::single(*source.pick(&values)));
        }
    }
    Request::new(principal, Action::new(action).unwrap(), *source.pick(&resources))
        .owned_by(ACCOUNT)
        .on(ResourceKind::Generic)
        .with_context(context)
}

/// The laws of a profile that was written for what was used: every call that succeeded is allowed under it, by its record; and no request is allowed
/// that the old profile does not allow.
#[test]
fn every_used_call_is_allowed_and_nothing_else_than_before() {
    let olds =
        [(&ROLES[1], of_all_kinds()), (&ROLES[1], named("standard")), (&ROLES[0], named("diagnostics"))];
    let (mut wrote, mut allowed, mut denied) = (0_u32, 0_u32, 0_u32);
    for number in 0..120 {
        let mut source = Source::of_case(7, number);
        let (role, old) = &olds[source.below(olds.len())];
        let own = session(role, old);
        let count = u32::try_from(source.below(14)).unwrap();
        let events: Vec<Value> = (0..count).map(|number| some_call(&mut source, &own, number)).collect();
        let used = used(vec![own.clone()], &events);
        let resources = if source.chance(50) { Resources::Used } else { Resources::AllForReads };
        let new = match written(&used, old, resources) {
            Ok(new) => new,
            Err(error) => {
                assert!(
                    matches!(error, NotWritten::NothingUsed | NotWritten::TooLong { .. }),
                    "{number}: {error}"
                );
                assert_eq!(used.calls == 0, matches!(error, NotWritten::NothingUsed), "{number}");
                continue;
            }
        };
        wrote = wrote.saturating_add(1);
        assert!(new.proof.is_proven() && new.profile.characters() <= old.budget(), "{number}");
        let report = audited(vec![own.clone()], &events, |audit| audit.replaying(role, &new.profile));
        let replay = report.replay.unwrap();
        assert!(
            replay.changes.is_empty() && !replay.is_open(),
            "{number}: {:#?}\n{}",
            replay.changes,
            new.text
        );
        // Each by itself, by the evaluator.
        let mut before = Judge::new(own.promise.clone()).unwrap();
        let mut after = Judge::new(own.promise.under(role, &new.profile)).unwrap();
        for event in &events {
            let text = event.to_string();
            let event = Event::read(&text).unwrap();
            if before.verdict(&event) == EventVerdict::AsPlanned {
                assert_eq!(after.verdict(&event), EventVerdict::AsPlanned, "{number}: {text}\n{}", new.text);
            }
        }
        let [old_layers, new_layers] = [old, &new.profile].map(|own| session_layers(None, own));
        let names: Vec<Box<str>> = used.actions.keys().cloned().collect();
        for _ in 0..200 {
            let request = some_request(&mut source, &names);
            if new_layers.decide(&request) == Decision::Allowed {
                allowed = allowed.saturating_add(1);
                assert_eq!(
                    old_layers.decide(&request),
                    Decision::Allowed,
                    "{number}: {request:?}\n{}",
                    new.text
                );
            } else {
                denied = denied.saturating_add(1);
            }
        }
    }
    assert!(wrote > 80 && allowed > 1_000 && denied > 1_000, "{wrote} {allowed} {denied}");
}

#[test]
fn too_little_is_said() {
    let (role, old) = (&ROLES[0], named("standard"));
    let own = session(role, &old);
    let lacks = |sessions: i64, days: i64, is_open: bool| {
        let mut plans = Vec::new();
        let mut events = Vec::new();
        for number in 0..sessions {
            let mut one = own.clone();
            one.name = format!("{}{number}", own.name).into();
            let mut first = opening(&one);
            let mut event = call(&one, 1, "ec2", "DescribeVpcs", &json!({}));
            first["eventID"] = json!(format!("open-{number}"));
            event["eventID"] = json!(format!("call-{number}"));
            if number == sessions.saturating_sub(1) {
                let shift = days.saturating_mul(86_400);
                one.planned = Instant::from_epoch_seconds(NOW.saturating_add(shift));
                one.expires = None;
                first["eventTime"] = json!(time(shift.saturating_add(30)));
                first["responseElements"]["credentials"]["expiration"] =
                    json!(time(shift.saturating_add(3_630)));
                event["eventTime"] = json!(time(shift.saturating_add(60)));
                event["userIdentity"]["sessionContext"]["attributes"]["creationDate"] =
                    first["eventTime"].clone();
            }
            if !(is_open && number == 0) {
                events.push(first);
            }
            events.push(event);
            plans.push(one);
        }
        let report = audited(plans, &events, Audit::collecting);
        report.used.as_ref().unwrap().lacks(&report)
    };
    assert_eq!(lacks(20, 14, false), []);
    assert_eq!(lacks(19, 14, false), [Lack::FewSessions { sessions: 19 }]);
    assert_eq!(lacks(20, 13, false), [Lack::FewDays { days: 13 }]);
    assert_eq!(lacks(20, 14, true), [Lack::NotComplete { sessions: 1 }]);
    assert_eq!(
        lacks(1, 0, true).iter().map(Lack::code).collect::<Vec<_>>(),
        ["FEW_SESSIONS", "FEW_DAYS", "SESSIONS_NOT_COMPLETE"]
    );
}

#[test]
fn calls_are_judged_under_another_profile() {
    let (role, old) = (&ROLES[1], named("standard"));
    let own = session(role, &old);
    let logs = |number| call(&own, number, "logs", "FilterLogEvents", &json!({"logGroupName": "a"}));
    let mut secret = call(&own, 3, "secretsmanager", "GetSecretValue", &json!({"secretId": "prod"}));
    secret["errorCode"] = json!("AccessDenied");
    let mut by_service = logs(4);
    by_service["userIdentity"]["invokedBy"] = json!("cloudformation.amazonaws.com");
    by_service["sourceIPAddress"] = json!("cloudformation.amazonaws.com");
    let vpcs = call(&own, 5, "ec2", "DescribeVpcs", &json!({}));
    let mut throttled = call(&own, 6, "ec2", "DescribeVpcs", &json!({}));
    throttled["errorCode"] = json!("ThrottlingException");
    let mut late = logs(1);
    late["eventTime"] = json!(time(90));
    let events = [late, logs(2), secret, by_service, vpcs, throttled];
    let under = |profile: &Profile, events: &[Value]| {
        audited(vec![own.clone()], events, |audit| audit.replaying(role, profile)).replay.unwrap()
    };
    let narrow = under(&named("narrow"), &events);
    assert_eq!((narrow.same, narrow.undecided, narrow.beyond), (2, 1, 0));
    let kinds: Vec<(Change, &str, bool, u64, usize, &str)> = narrow
        .changes
        .iter()
        .map(|(kind, calls)| {
            let event = &*calls.first.event_id;
            (
                kind.change,
                &*kind.actions[0],
                kind.by_service,
                calls.count,
                calls.sessions,
                event.strip_prefix("00000000-0000-4000-8000-0000000001").unwrap(),
            )
        })
        .collect();
    let expected = [
        (Change::Denied, "logs:FilterLogEvents", false, 2, 1, "02"),
        (Change::Denied, "logs:FilterLogEvents", true, 1, 1, "04"),
    ];
    assert_eq!(kinds, expected);
    // A service's call may not have been asked about.
    assert_eq!((narrow.count(Change::Denied), narrow.is_open()), (2, true));
    let mut turned = events.to_vec();
    turned.reverse();
    assert_eq!(under(&named("narrow"), &turned).changes, narrow.changes);
    // Under the profile of the plan nothing changes.
    let same = under(&old, &events);
    assert!(same.changes.is_empty() && same.same == 5 && !same.is_open());
    // A profile that allows more.
    let open = json!({"schema": "iamgate/profile", "version": 1, "name": "open", "about": "It is a test.", "parameters": [], "PolicyArns": [],
        "Policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
        "levels": [], "exceptions": [], "future": [], "never_allowed": [], "always_denied": [], "kept": [], "budget": 2048});
    let open = under(&read("open.json", &open), &events);
    let allowed: Vec<(Change, &str)> =
        open.changes.keys().map(|own| (own.change, &*own.actions[0])).collect();
    assert_eq!(allowed, [(Change::Allowed, "secretsmanager:GetSecretValue")]);
    assert!(!open.is_open() && open.same == 4);
}

#[test]
fn what_a_record_does_not_tell_matters_only_where_the_profiles_differ() {
    let (role, old) = (&ROLES[1], of_all_kinds());
    let own = session(role, &old);
    // The object is not told, and payroll is denied.
    let read_object = |number| call(&own, number, "s3", "GetObject", &Value::Null);
    let mut refused = read_object(2);
    refused["errorCode"] = json!("AccessDenied");
    let events = [read_object(1), refused];
    let under = |change: &dyn Fn(&str) -> String| {
        let file = of_all_kinds();
        let policy = file.policies()[0].policy().to_json();
        let text = json!({"schema": "iamgate/profile", "version": 1, "name": "x", "about": "It is a test.", "parameters": [], "PolicyArns": [],
            "Policy": serde_json::from_str::<Value>(&change(&policy)).unwrap(),
            "levels": [], "exceptions": [], "future": [], "never_allowed": [], "always_denied": [], "kept": [], "budget": 2048});
        let profile = read("x.json", &text);
        audited(vec![own.clone()], &events, |audit| audit.replaying(role, &profile)).replay.unwrap()
    };
    let told = |report: &iamgate_audit::ReplayReport| -> Vec<(Change, u64)> {
        report.changes.iter().map(|(kind, calls)| (kind.change, calls.count)).collect()
    };
    let same = under(&|policy| policy.to_owned());
    assert!(same.changes.is_empty() && same.same == 2, "{:#?}", same.changes);
    // Other statements are no part of the question.
    let other = under(&|policy| policy.replace("logs:*", "logs:Get*"));
    assert!(other.changes.is_empty() && other.same == 2, "{:#?}", other.changes);
    // More is denied: what succeeded may be denied, and what was denied stays so.
    let more = under(&|policy| policy.replace("arn:aws:s3:::payroll/*", "arn:aws:s3:::p*"));
    assert_eq!((told(&more), more.same), (vec![(Change::NotKnown, 1)], 1));
    let (_, calls) = more.changes.iter().next().unwrap();
    assert!(calls.answers[0].answer.missing.iter().any(|own| own.name() == "resource"), "{calls:?}");
    // Less is denied: the other way round.
    let less = under(&|policy| policy.replace("arn:aws:s3:::payroll/*", "arn:aws:s3:::payroll/secret/*"));
    assert_eq!((told(&less), less.same), (vec![(Change::NotKnown, 1)], 1));
    // Nothing is denied for certain: it is not known whether it was.
    let none = under(&|policy| policy.replace(r#"["s3:GetObject","s3:PutObject"]"#, r#""s3:PutObject""#));
    assert_eq!((told(&none), none.same), (vec![(Change::NotKnown, 1)], 1));
    let (_, calls) = none.changes.iter().next().unwrap();
    assert!(
        !calls.answers.is_empty() && calls.answers.iter().all(|own| own.answer.says.name() == "depends"),
        "{calls:#?}"
    );
    let all = under(&|policy| {
        policy
            .replace(r#"["s3:GetObject","s3:PutObject"]"#, r#""s3:*""#)
            .replace("arn:aws:s3:::payroll/*", "*")
    });
    assert_eq!((told(&all), all.same), (vec![(Change::Denied, 1)], 1));
}
