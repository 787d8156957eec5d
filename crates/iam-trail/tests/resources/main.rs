//! The resources of requests, by cases after AWS's documentation of the operations' parameters.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod more_services;
mod services;

use iam_catalog::Sections;
use iam_trail::{ArnPattern, Event, Piece, ResourceReader, ResourceRules, Resources, UnknownResource};

/// An event of IAM user `ann` of account 111122223333 in us-east-1.
fn event(source: &str, name: &str, rest: &str) -> String {
    format!(
        r#"{{"eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","recipientAccountId":"111122223333",
        "userIdentity":{{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/dev/ann","userName":"ann"}},{rest}}}"#
    )
}

/// The outcome in one line: `type ARN` joined by `; `, and `? type` for what is untold.
fn text(resources: &Resources<'_>) -> String {
    match resources {
        Resources::NoResource => "none".to_owned(),
        Resources::Unnamed(_) => "unnamed".to_owned(),
        Resources::Unknown(reason) => format!("unknown {}", reason.name()),
        Resources::Known { arns, untold } => {
            let mut lines: Vec<String> =
                arns.iter().map(|own| format!("{} {}", own.resource_type, own.arn)).collect();
            lines.extend(untold.iter().map(|own| format!("? {}", own.resource_type.unwrap_or("any"))));
            lines.join("; ")
        }
        _ => "another".to_owned(),
    }
}

fn resources_of(event: &str, action: &str) -> String {
    let rules = ResourceRules::embedded().unwrap();
    let catalog = Sections::embedded().unwrap();
    let event = Event::read(event).unwrap();
    text(&ResourceReader::new(&event).resources(action, &rules, &catalog))
}

/// Asserts the resources of requests with parameters: operation, parameters, and what is expected. `Operation>service:Action` asks about
/// another action.
fn assert_cases(source: &str, service: &str, cases: &[(&str, &str, &str)]) {
    let rules = ResourceRules::embedded().unwrap();
    let catalog = Sections::embedded().unwrap();
    for (operation, parameters, expected) in cases {
        let (name, action) = match operation.split_once('>') {
            Some((name, action)) => (name, action.to_owned()),
            None => (*operation, format!("{service}:{operation}")),
        };
        let json = event(source, name, &format!(r#""requestParameters":{parameters}"#));
        let event = Event::read(&json).unwrap();
        let found = text(&ResourceReader::new(&event).resources(&action, &rules, &catalog));
        let expected = expected.replace("$E", "us-east-1:111122223333").replace("$A", "111122223333");
        assert_eq!(found, expected, "{operation} {parameters}");
    }
}

#[test]
fn what_a_record_lacks_is_unknown() {
    let denied = |rest: &str| {
        event("s3", "GetBucketPolicy", &format!(r#""errorCode":"AccessDenied","requestParameters":{rest}"#))
    };
    assert_eq!(resources_of(&denied("null"), "s3:GetBucketPolicy"), "unknown no_parameters");
    assert_eq!(resources_of(&denied("[1]"), "s3:GetBucketPolicy"), "unknown malformed");
    assert_eq!(resources_of(&denied("7"), "s3:GetBucketPolicy"), "unknown malformed");
    assert_eq!(resources_of(&denied(r#""text""#), "s3:GetBucketPolicy"), "unknown malformed");
    assert_eq!(
        resources_of(&denied(r#""{\"bucketName\":\"b\"}""#), "s3:GetBucketPolicy"),
        "bucket arn:aws:s3:::b"
    );
    let omitted = r#"{"omitted":true,"originalSize":200000,"reason":"requestParameters too large"}"#;
    assert_eq!(resources_of(&denied(omitted), "s3:GetBucketPolicy"), "unknown omitted");
    assert_eq!(
        resources_of(&denied(r#"{"bucketName":"b","BucketName":"c"}"#), "s3:GetBucketPolicy"),
        "unknown ambiguous"
    );
    assert_eq!(resources_of(&denied("{}"), "s3:NoSuchAction"), "unknown unknown_action");
    let deep = format!("{}{}", r#"{"a":"#.repeat(200), "}".repeat(200));
    let deep = denied(&deep.replace("{}", "{\"a\":1}"));
    assert!(Event::read(&deep).is_err() || resources_of(&deep, "s3:GetBucketPolicy") == "unknown malformed");
    let many: Vec<String> = (0..1_001).map(|at| format!("\"/p{at}\"")).collect();
    let many =
        event("ssm", "GetParameters", &format!(r#""requestParameters":{{"names":[{}]}}"#, many.join(",")));
    assert_eq!(resources_of(&many, "ssm:GetParameters"), "unknown too_many");
}

#[test]
fn the_record_stands_first() {
    let rest = r#""requestParameters":{"keyId":"alias/a"},"resources":[{"ARN":"arn:aws:kms:us-east-1:111122223333:key/k","type":"AWS::KMS::Key"}]"#;
    let known = "key arn:aws:kms:us-east-1:111122223333:key/k";
    assert_eq!(resources_of(&event("kms", "Encrypt", rest), "kms:Encrypt"), known);
    // An ARN of a type that the action does not support is left aside.
    let rest = r#""requestParameters":{"bucketName":"b","key":"k"},"resources":[{"ARN":"arn:aws:s3:::b/k"},{"ARN":"arn:aws:s3:::b"}]"#;
    assert_eq!(resources_of(&event("s3", "GetObject", rest), "s3:GetObject"), "object arn:aws:s3:::b/k");
    assert_eq!(resources_of(&event("s3", "ListObjects", rest), "s3:ListBucket"), "bucket arn:aws:s3:::b");
    // The record's resources are those of the operation's own action.
    assert_eq!(resources_of(&event("s3", "CopyObject", rest), "s3:GetObject"), "unknown missing");
    // The record stands also where parameters are not there.
    let rest = r#""errorCode":"AccessDenied","requestParameters":null,"resources":[{"ARN":"arn:aws:iam::111122223333:role/r"}]"#;
    assert_eq!(
        resources_of(&event("sts", "AssumeRole", rest), "sts:AssumeRole"),
        "role arn:aws:iam::111122223333:role/r"
    );
}

#[test]
fn ec2_may_decide_on_a_star() {
    let failed = |code: &str| {
        let rest = format!(r#""errorCode":"{code}","requestParameters":{{"instanceId":"i-1"}}"#);
        resources_of(&event("ec2", "GetPasswordData", &rest), "ec2:GetPasswordData")
    };
    let asked = "instance arn:aws:ec2:us-east-1:111122223333:{instance/i-1|*}";
    assert_eq!(failed("Client.UnauthorizedOperation"), asked);
    let json = event("ec2", "GetPasswordData", r#""errorCode":"X","requestParameters":{"instanceId":"i-1"}"#);
    let event = Event::read(&json).unwrap();
    let (rules, catalog) = (ResourceRules::embedded().unwrap(), Sections::embedded().unwrap());
    let found = ResourceReader::new(&event).resources("ec2:GetPasswordData", &rules, &catalog);
    let Resources::Known { arns, .. } = found else { panic!("{found:?}") };
    let covers = |name: &str| arns[0].arn.covers(&format!("arn:aws:ec2:us-east-1:111122223333:{name}"));
    assert!(["instance/i-1", "instance/*", "*/*", "*"].into_iter().all(covers));
    assert!(!["instance/i-2", "volume/*", "instance/i-1/*", "instance"].into_iter().any(covers));
    assert_eq!(failed("Client.DryRunOperation"), "instance arn:aws:ec2:us-east-1:111122223333:instance/i-1");
}

#[test]
fn the_place_is_the_callers() {
    let json = event("sqs", "CreateQueue", r#""requestParameters":{"queueName":"q"}"#);
    let elsewhere =
        json.replace(r#""recipientAccountId":"111122223333""#, r#""recipientAccountId":"444455556666""#);
    assert_eq!(resources_of(&elsewhere, "sqs:CreateQueue"), "queue arn:aws:sqs:us-east-1:{?}:q");
    let china = json.replace("arn:aws:iam", "arn:aws-cn:iam").replace("us-east-1", "cn-north-1");
    assert_eq!(resources_of(&china, "sqs:CreateQueue"), "queue arn:aws-cn:sqs:cn-north-1:111122223333:q");
    let nobody = r#"{"eventSource":"sqs.amazonaws.com","eventName":"CreateQueue","awsRegion":"us-gov-west-1","requestParameters":{"queueName":"q"}}"#;
    assert_eq!(resources_of(nobody, "sqs:CreateQueue"), "queue arn:aws-us-gov:sqs:us-gov-west-1:{?}:q");
}

#[test]
fn what_is_unknown_is_no_text() {
    let rules = ResourceRules::embedded().unwrap();
    let catalog = Sections::embedded().unwrap();
    let json = event("iam", "GetRole", r#""requestParameters":{"roleName":"r"}"#);
    let event = Event::read(&json).unwrap();
    let found = ResourceReader::new(&event).resources("iam:GetRole", &rules, &catalog);
    let Resources::Known { arns, .. } = found else { panic!("{found:?}") };
    let arn = &arns[0].arn;
    assert_eq!((arn.exact(), arn.asked()), (None, None));
    assert_eq!(arn.pieces()[1], Piece::Unknown);
    assert!(
        arn.covers("arn:aws:iam::111122223333:role/r") && arn.covers("arn:aws:iam::111122223333:role/a/b/r")
    );
    assert!(
        !arn.covers("arn:aws:iam::111122223333:role/r/s") && !arn.covers("arn:aws:iam::111122223333:user/r")
    );
    let known = ArnPattern::known("arn:aws:s3:::b");
    assert!(known.covers("arn:aws:s3:::b") && !known.covers("arn:aws:s3:::bc"));
    let names: Vec<&str> = UnknownResource::ALL.iter().map(|own| own.name()).collect();
    assert!(names.iter().all(|own| names.iter().filter(|other| *other == own).count() == 1));
}

#[test]
fn the_table_is_of_the_catalogue() {
    let rules = ResourceRules::embedded().unwrap();
    let catalog = Sections::embedded().unwrap();
    let mut lines = 0_usize;
    for [service, operation, action, kind, fill] in rules.lines() {
        lines += 1;
        let line = format!("{service} {operation} {action} {kind} {fill}");
        let action = if action.is_empty() { format!("{service}:{operation}") } else { action.to_owned() };
        let types: Vec<(String, Vec<String>)> = if operation.is_empty() {
            let own = catalog.resource_types(service);
            own.map(|own| (own.name().to_owned(), own.arns().map(str::to_owned).collect())).collect()
        } else {
            let details = catalog.action(&action).unwrap_or_else(|| panic!("{line}"));
            let own = details.resources().map(iam_catalog::ActionResource::resource_type);
            own.map(|own| (own.name().to_owned(), own.arns().map(str::to_owned).collect())).collect()
        };
        assert!(!types.is_empty(), "{line}");
        let own = types.iter().find(|(name, _)| name == kind);
        assert!(kind == "*" || own.is_some(), "{line}");
        for item in fill.split(' ').filter(|item| *item != "-") {
            if let Some((name, _)) = item.split_once('=').filter(|(name, _)| !name.is_empty()) {
                let placeholder = format!("${{{name}}}");
                let (_, forms) = own.unwrap_or_else(|| panic!("{line}"));
                assert!(forms.iter().any(|form| form.contains(&placeholder)), "{line}");
            } else if !item.starts_with('=') {
                // The only placeholder beside those of the place.
                let (_, forms) = own.unwrap_or_else(|| panic!("{line}"));
                let place = |form: &str| {
                    ["${Partition}", "${Region}", "${Account}"]
                        .iter()
                        .filter(|own| form.contains(**own))
                        .count()
                };
                assert!(forms.iter().all(|form| form.matches("${").count() == place(form) + 1), "{line}");
            }
            assert!(item.bytes().all(|own| own.is_ascii_graphic()), "{line}");
        }
    }
    assert!(lines > 4_000, "{lines} lines");
}
