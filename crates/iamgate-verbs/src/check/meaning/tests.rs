//! Tests of what the statements of a policy mean together.

use iam_lint::{Class, rules};

use super::*;

fn added(
    policy: &Arc<Policy>,
    document: &Document<'_>,
    kind: (PolicyKind, bool),
    found: Vec<Problem>,
    built_in: &BuiltIn,
) -> Vec<(Problem, About)> {
    let meaning = Meaning::of(policy, document, kind, built_in).unwrap();
    meaning.added_to(found, meaning.granted())
}

fn codes(text: &str, kind: PolicyKind) -> Vec<(&'static str, String)> {
    let policy = Policy::parse(text, kind, Mode::Strict, &Limits::default()).unwrap();
    let document = Document::parse(text, &Limits::default()).unwrap();
    let found = added(&Arc::new(policy), &document, (kind, false), Vec::new(), &BuiltIn::complete());
    found.iter().map(|(problem, _)| (problem.code.name(), problem.found.clone())).collect()
}

#[test]
fn every_rule_of_the_analysis_finds_its_failing_example_and_not_the_mended_one() {
    let mut count = 0;
    for rule in rules().filter(|rule| rule.class == Class::Analysis) {
        let kind = PolicyKind::from_name(rule.failing.kind).unwrap();
        let has = |text: &str| codes(text, kind).iter().any(|(code, _)| *code == rule.name());
        assert!(has(&rule.failing.document()), "{}", rule.name());
        assert!(!has(&rule.passing.document()), "{}", rule.name());
        count += 1;
    }
    assert!(count > 5);
}

#[test]
fn a_source_of_any_account_stays_told() {
    let of = |tests: &str| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage",
            "Resource": "arn:aws:sqs:us-east-1:111122223333:q", "Condition": {{{tests}}}}}]}}"#
        );
        let policy = Policy::parse(&text, PolicyKind::Resource, Mode::Strict, &Limits::default()).unwrap();
        let document = Document::parse(&text, &Limits::default()).unwrap();
        let settings = iam_lint::Settings::new(PolicyKind::Resource);
        let read = iam_lint::lint(document.root(), Vec::new(), &settings);
        let kind = (PolicyKind::Resource, false);
        let found = added(&Arc::new(policy), &document, kind, read, &BuiltIn::complete());
        found.into_iter().any(|(own, _)| own.code == code::RESOURCE_POLICY_ADMITS_EVERYONE)
    };
    assert!(of(r#""ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}"#));
    assert!(!of(r#""ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}"#));
}

#[test]
fn a_deny_that_keeps_everybody_out_is_counted_in() {
    let allow =
        r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}"#;
    let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}}"#;
    let of = |statements: &str| {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        let everyone = code::RESOURCE_POLICY_ADMITS_EVERYONE.name();
        codes(&text, PolicyKind::Resource).iter().filter(|(code, _)| *code == everyone).count()
    };
    assert_eq!(of(allow), 1);
    assert_eq!(of(&format!("{allow}, {deny}")), 0);
}

#[test]
fn a_condition_that_leaves_a_way_open_is_named() {
    let help = |condition: &str| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [
            {{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::222222222222:role/*"{condition}}},
            {{"Effect": "Allow", "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"], "Resource": "*"}}]}}"#
        );
        let policy =
            Arc::new(Policy::parse(&text, PolicyKind::Identity, Mode::Strict, &Limits::default()).unwrap());
        let details = BuiltIn::complete();
        let found = ways(&[&policy], None, details.sections().unwrap().unwrap());
        let [own] = &found[..] else { panic!("{}", found.len()) };
        assert!(own.found.contains("any role of account 222222222222"), "{}", own.found);
        own.help.clone()
    };
    assert!(help("").contains("add a condition"));
    let limited = help(r#", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}"#);
    assert!(limited.contains("the condition on iam:PassedToService leaves this open"), "{limited}");
    assert!(!limited.contains("add a condition"), "{limited}");
}

#[test]
fn statements_are_called_by_their_sids() {
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Sid": "One", "Effect": "Allow", "Action": "sqs:GetQueueUrl", "Resource": "*"},
        {"Effect": "Allow", "Action": "sqs:Get*", "Resource": "*"}]}"#;
    let found = codes(text, PolicyKind::Identity);
    assert_eq!(
        found,
        [("STATEMENT_ADDS_NOTHING", "`One` says nothing that statement 2 does not say".to_owned())]
    );
}

#[test]
fn statements_that_share_a_sid_are_called_by_their_numbers() {
    let policy = |sid: &str, action: &str| {
        format!(
            r#"{{"Sid": "{sid}", "Effect": "Allow", "Principal": {{"AWS": "111122223333"}}, "Action": "{action}", "Resource": "arn:aws:s3:::b/*"}}"#
        )
    };
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}, {}]}}"#,
        policy("Same", "s3:GetObject"),
        policy("Same", "s3:Get*")
    );
    let found = codes(&text, PolicyKind::Resource);
    let expected = "statement 1 says nothing that statement 2 does not say".to_owned();
    assert!(found.contains(&("STATEMENT_ADDS_NOTHING", expected)), "{found:?}");
}

#[test]
fn reads_stand_at_the_resource_and_have_all_their_actions() {
    for (resource, place) in [
        (r#""*""#, r#""*""#),
        (r#"["arn:aws:s3:::b/*", "*"]"#, r#""*""#),
        (r#"["arn:aws:dynamodb:*"]"#, r#""arn:aws:dynamodb:*""#),
        (r#"["arn:aws:dynamodb:*:*:table/a*", "arn:aws:dynamodb:*:*:table/*"]"#, "["),
    ] {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "dynamodb:*", "Resource": {resource}}}}}"#
        );
        let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &Limits::default()).unwrap();
        let document = Document::parse(&text, &Limits::default()).unwrap();
        let kind = (PolicyKind::Identity, false);
        let found = added(&Arc::new(policy), &document, kind, Vec::new(), &BuiltIn::complete());
        let own = found.iter().find(|(own, _)| own.code == code::DATA_OF_ANY_RESOURCE);
        let (own, about) = own.unwrap();
        assert_eq!(own.place.span.of(&text), place);
        assert!(own.place.pointer.starts_with("/Statement/Resource"), "{}", own.place.pointer);
        assert!(own.found.ends_with("more") && about.actions.len() > NAMED, "{:?}", about.actions);
    }
}

#[test]
fn of_an_included_statement_its_own_limit_is_told() {
    let help = |inner: &str, outer: &str| {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{inner}, {outer}]}}"#);
        let policy = Policy::parse(&text, PolicyKind::Identity, Mode::Strict, &Limits::default()).unwrap();
        let document = Document::parse(&text, &Limits::default()).unwrap();
        let kind = (PolicyKind::Identity, false);
        let found = added(&Arc::new(policy), &document, kind, Vec::new(), &BuiltIn::complete());
        let own = found.into_iter().find(|(own, _)| own.code == code::STATEMENT_ADDS_NOTHING);
        own.map(|(own, _)| own.help)
    };
    let get = |resource: &str, test: &str| {
        format!(r#"{{"Effect": "Allow", "Action": "sqs:GetQueueUrl", "Resource": "{resource}"{test}}}"#)
    };
    let all = r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}"#;
    let queue = "arn:aws:sqs:us-east-1:123456789012:jobs";
    assert_eq!(help(&get(queue, ""), all).as_deref(), Some("leave it out"));
    let tested = get(queue, r#", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-12345678"}}"#);
    assert!(help(&tested, all).unwrap().contains("narrow the wider statement"));
    // What no request meets is not called included.
    assert_eq!(help(&get("arn:aws:sqs:<region>:123456789012:jobs", ""), all), None);
}

fn everyone(statements: &str) -> Vec<String> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let name = code::RESOURCE_POLICY_ADMITS_EVERYONE.name();
    codes(&text, PolicyKind::Resource)
        .into_iter()
        .filter(|(code, _)| *code == name)
        .map(|own| own.1)
        .collect()
}

#[test]
fn a_witness_is_an_action_that_has_the_keys() {
    let allow = |action: &str, resource: &str, test: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": "*", "Action": {action}, "Resource": "{resource}", "Condition": {{"StringEquals": {{{test}}}}}}}"#
        )
    };
    let objects = "arn:aws:s3:::b/*";
    let found = everyone(&allow("\"s3:*\"", objects, r#""s3:x-amz-storage-class": "GLACIER""#));
    let sections = iamgate::iam_catalog::Sections::embedded().unwrap();
    let (_, witness) = found.iter().find_map(|text| text.split_once("may call ")).unwrap();
    let known = sections.action(witness.split(' ').next().unwrap()).unwrap();
    assert!(known.condition_keys().iter().any(|key| key.matches("s3:x-amz-storage-class")), "{found:?}");
    assert!(found.len() == 1 && witness.contains(" on arn:aws:s3:::b/"), "{found:?}");
    let found = everyone(&allow("\"s3:*\"", "arn:aws:s3:::b", r#""s3:prefix": "home/""#));
    assert!(found.len() == 1 && found[0].contains("may call s3:List"), "{found:?}");
    for (action, resource, test) in [
        // No action has the key, or none of those that are named, or none that is about the resource.
        ("\"s3:*\"", objects, r#""s3:x-amz-storage-klass": "GLACIER""#),
        ("[\"s3:DeleteObject\"]", objects, r#""s3:x-amz-storage-class": "GLACIER""#),
        ("\"sqs:*\"", objects, r#""aws:PrincipalTag/team": "blue""#),
    ] {
        assert_eq!(everyone(&allow(action, resource, test)), [""; 0], "{action} {test}");
    }
    assert_eq!(everyone(&allow("\"s3:*\"", objects, r#""aws:PrincipalTag/team": "blue""#)).len(), 1);
}

#[test]
fn everyone_is_let_in_to_resources_that_the_actions_have() {
    let allow = |action: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": "*", "Action": {action}, "Resource": "arn:aws:s3:::b/*"}}"#
        )
    };
    assert_eq!(
        everyone(&allow("\"s3:GetObject\"")),
        ["everyone, without a condition, and no Deny keeps them out"]
    );
    assert_eq!(everyone(&allow("[\"sqs:SendMessage\", \"sns:Publish\"]")), [""; 0]);
    assert_eq!(everyone(&allow("[\"sqs:SendMessage\", \"s3:GetObject\"]")).len(), 1);
}

#[test]
fn samples_are_requests_that_there_are() {
    let allow = |resource: &str| {
        everyone(&format!(
            r#"{{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "{resource}",
            "Condition": {{"Bool": {{"aws:SecureTransport": "false"}}}}}}"#
        ))
    };
    // No request has a key of a name that is none.
    assert_eq!(allow("arn:aws:s3:::${Bucket::Name}/*"), [""; 0]);
    assert_eq!(allow("arn:aws:s3:::b/*").len(), 1);
    let found = allow("arn:aws:s3:::b/${aws:UserAgent}/*");
    assert!(found.len() == 1 && !found[0].contains("fresh"), "{found:?}");
}

#[test]
fn all_actions_are_told_in_short_and_policies_of_aws_are_not_to_be_edited() {
    let of = |kind: PolicyKind| {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
        let policy = Policy::parse(text, kind, Mode::Strict, &Limits::default()).unwrap();
        let document = Document::parse(text, &Limits::default()).unwrap();
        let found = added(&Arc::new(policy), &document, (kind, false), Vec::new(), &BuiltIn::complete());
        let own = found.into_iter().map(|own| own.0);
        own.filter(|own| own.code.name().ends_with("_OF_ANY_RESOURCE")).collect::<Vec<_>>()
    };
    let (own, of_aws) = (of(PolicyKind::Identity), of(PolicyKind::AwsManaged));
    assert_eq!((own.len(), of_aws.len()), (2, 2));
    let is_short = |own: &Problem| own.found.contains(" actions, among them ") && !own.found.contains("more");
    assert!(own.iter().all(|own| is_short(own) && own.help.starts_with("name the resources")));
    assert!(of_aws.iter().all(|own| is_short(own) && own.help.contains("deny these actions beside it")));
}

#[test]
fn reads_say_the_truth_about_conditions() {
    let of = |test: &str| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"{test}}}]}}"#
        );
        let found = codes(&text, PolicyKind::Identity);
        let found: Vec<String> = found.into_iter().map(|own| own.1).collect();
        found.join("; ")
    };
    assert!(of("").contains("name, without a condition: s3:GetObject"));
    let tag = r#", "Condition": {"StringNotEquals": {"s3:ExistingObjectTag/secret": "yes"}}"#;
    assert!(of(tag).contains("under a condition that resources without the tag meet: s3:GetObject"));
    let other = r#", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-12345678"}}"#;
    assert!(of(other).contains("under a condition that does not limit them"));
    for kind in [PolicyKind::Boundary, PolicyKind::Scp] {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
        assert!(!codes(text, kind).iter().any(|own| own.0.ends_with("_OF_ANY_RESOURCE")));
    }
}
