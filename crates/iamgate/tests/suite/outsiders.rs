//! Whom resource policies let in from outside: single policies, and sampled callers against every proof.
#![expect(clippy::arithmetic_side_effects, reason = "counts of what was drawn")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use iam_testkit::Source;
use iam_testkit::case::{Layer, Spelling, document_text};
use iamgate::iam_analysis::{CallerKind, Doubt, Inside, Verdict, VerdictKind};
use iamgate::iam_catalog::Details;
use iamgate::iam_eval::{Decision, Layers, Point, Principal, Reading, Request};
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind, account_id};
use iamgate::{Outsiders, outsiders};

use super::sampled::Pool;

fn read(text: &str) -> Option<Arc<Policy>> {
    Policy::parse(text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).ok().map(Arc::new)
}

fn policy(statements: &str) -> Arc<Policy> {
    read(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)).unwrap()
}

fn inside() -> Inside {
    Inside::of(account_id!("111122223333"))
}

fn ask(policy: &Arc<Policy>, inside: &Inside) -> Outsiders {
    let answer = outsiders(policy, inside, &Details::embedded().unwrap());
    replay(policy, inside, &answer);
    answer
}

/// The layers of a caller whose own policies allow everything.
fn layers(policy: &Arc<Policy>) -> Layers {
    let mut layers = Layers::new();
    layers.resource = Some(Arc::clone(policy));
    layers.identity.push(Arc::new(Policy::everything()));
    layers.session = Some(vec![Arc::new(Policy::everything())]);
    layers
}

/// Every request of an answer is allowed, and its caller is possible and from outside.
fn replay(policy: &Arc<Policy>, inside: &Inside, answer: &Outsiders) {
    let layers = layers(policy);
    assert!(!answer.is_defect(), "{answer:?}");
    let people = answer.let_in.iter().flat_map(|own| &own.answers);
    let services = answer.services.iter().flat_map(|own| &own.answers);
    for answer in people.chain(services) {
        let Verdict::Fails(witness) = &answer.verdict else { continue };
        let request = &witness.request;
        assert_eq!(layers.decide(request), Decision::Allowed, "{request:?}");
        request.principal.check().unwrap();
        for (key, value) in request.principal.keys().iter() {
            assert_eq!(request.context.value(key), Some(value), "{key} of {request:?}");
        }
        let is_inside = |account: &str| {
            inside.owner.as_str() == account || inside.accounts.iter().any(|own| own.as_str() == account)
        };
        assert!(!request.principal.account().is_some_and(is_inside), "{request:?}");
    }
}

fn star(condition: &str) -> Arc<Policy> {
    policy(&format!(
        r#"{{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {condition}}}"#
    ))
}

#[test]
fn who_fits_a_test_is_let_in() {
    for condition in [
        r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin"}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/x"}}"#,
        r#"{"StringEquals": {"aws:PrincipalAccount": "444455556666"}}"#,
        r#"{"StringLike": {"aws:PrincipalAccount": "4444*"}}"#,
        r#"{"StringEquals": {"aws:PrincipalType": "User"}}"#,
        r#"{"StringEquals": {"aws:PrincipalType": "Account"}}"#,
        r#"{"StringNotEquals": {"aws:PrincipalTag/team": "a"}}"#,
    ] {
        assert_eq!(ask(&star(condition), &inside()).verdict(), VerdictKind::Fails, "{condition}");
    }
    for (principal, resource) in [
        ("arn:aws:sts::444455556666:federated-user/bob", "arn:aws:s3:::b/*"),
        ("arn:aws-us-gov:iam::444455556666:root", "*"),
        ("arn:aws-cn:iam::111122223333:root", "arn:aws-cn:s3:::b/*"),
    ] {
        let named = policy(&format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "s3:GetObject", "Resource": "{resource}"}}"#
        ));
        let wanted = if principal.contains("111122223333") { VerdictKind::Holds } else { VerdictKind::Fails };
        assert_eq!(ask(&named, &inside()).verdict(), wanted, "{principal}");
    }
}

#[test]
fn callers_without_credentials_have_no_tags() {
    let answer = ask(&star(r#"{"StringLike": {"aws:PrincipalTag/team": "*"}}"#), &inside());
    let [outsider] = answer.let_in.as_slice() else { panic!("{answer:?}") };
    assert_eq!(outsider.kinds, [CallerKind::Session, CallerKind::User, CallerKind::FederatedUser]);
}

#[test]
fn the_default_policy_of_a_topic_is_explained() {
    let topic = policy(
        r#"{"Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["SNS:Publish", "SNS:Subscribe"],
            "Resource": "arn:aws:sns:us-east-1:111122223333:t", "Condition": {"StringEquals": {"AWS:SourceOwner": "111122223333"}}}"#,
    );
    let answer = ask(&topic, &inside());
    assert_eq!(answer.verdict(), VerdictKind::Holds);
    assert_eq!(answer.verdict_on_services(), VerdictKind::Holds);
    let [held] = answer.held.as_slice() else { panic!("{answer:?}") };
    assert_eq!(held.keys, ["AWS:SourceOwner".into()]);
}

#[test]
fn the_organization_of_the_resource_is_that_of_the_owner() {
    let own = star(r#"{"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}"#);
    // Members of the organization are outside, unless it is said to belong in.
    assert_eq!(ask(&own, &inside()).verdict(), VerdictKind::Fails);
    let mut with = inside();
    with.organizations.push("o-exampleorgid".into());
    assert_eq!(ask(&own, &with).verdict(), VerdictKind::Holds);
    let account = star(r#"{"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}"#);
    assert_eq!(ask(&account, &inside()).verdict(), VerdictKind::Holds);
    let not = star(r#"{"StringNotEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}"#);
    assert_eq!(ask(&not, &inside()).verdict(), VerdictKind::Fails);
}

/// Services that conditions tell by a pattern or by an exception, and not by a whole name.
#[test]
fn services_of_every_name_are_in_question() {
    for (condition, found) in [
        (r#"{"StringLike": {"aws:PrincipalServiceName": "sns.*"}}"#, Some("sns.amazonaws.com")),
        (
            r#"{"ForAnyValue:StringLike": {"aws:PrincipalServiceNamesList": "sns.*"}}"#,
            Some("sns.amazonaws.com"),
        ),
        (
            r#"{"Bool": {"aws:PrincipalIsAWSService": "true"}, "StringNotLike": {"aws:PrincipalServiceName": "o*"}}"#,
            Some(""),
        ),
        (
            r#"{"StringLike": {"aws:PrincipalServiceName": "sns.*"}, "StringEquals": {"aws:SourceAccount": "111122223333"}}"#,
            None,
        ),
    ] {
        let answer = ask(&star(condition), &inside());
        assert_eq!(answer.verdict(), VerdictKind::Holds, "{condition}");
        let wanted = if found.is_some() { VerdictKind::Fails } else { VerdictKind::Holds };
        assert_eq!(answer.verdict_on_services(), wanted, "{condition}");
        for own in &answer.services {
            let Verdict::Fails(witness) = &own.answers[0].verdict else { panic!("{own:?}") };
            let Principal::AwsService { service } = &witness.request.principal else { panic!("{witness:?}") };
            assert!(found == Some("") || found == Some(&**service), "{condition} {service}");
        }
    }
    // A service that the statement names is told once.
    let named = star(r#"{"StringEquals": {"aws:PrincipalServiceName": "sns.amazonaws.com"}}"#);
    let answer = ask(&named, &inside());
    let names: Vec<_> = answer.services.iter().map(|own| own.service.as_deref()).collect();
    assert_eq!(names, [Some("sns.amazonaws.com")]);
}

#[test]
fn services_are_told_apart() {
    let of = |condition: &str| {
        policy(&format!(
            r#"{{"Effect": "Allow", "Principal": {{"Service": "cloudtrail.amazonaws.com"}}, "Action": "s3:PutObject",
                "Resource": "arn:aws:s3:::b/*", "Condition": {condition}}}"#
        ))
    };
    let open = ask(&of("{}"), &inside());
    assert_eq!((open.verdict(), open.verdict_on_services()), (VerdictKind::Holds, VerdictKind::Fails));
    assert_eq!(open.services[0].service.as_deref(), Some("cloudtrail.amazonaws.com"));
    let bound = of(r#"{"StringEquals": {"aws:SourceAccount": "111122223333"}}"#);
    assert_eq!(ask(&bound, &inside()).verdict_on_services(), VerdictKind::Holds);
    // Everyone is also every service.
    let events = star(r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:*"}}"#);
    let answer = ask(&events, &inside());
    assert_eq!((answer.verdict(), answer.verdict_on_services()), (VerdictKind::Holds, VerdictKind::Fails));
    let identity = policy(
        r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"},
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#,
    );
    let answer = ask(&identity, &inside());
    assert_eq!((answer.verdict(), answer.verdict_on_services()), (VerdictKind::Holds, VerdictKind::Unknown));
}

#[test]
fn whom_a_policy_does_not_identify_is_not_known() {
    let canonical = policy(
        r#"{"Effect": "Allow", "Principal": {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#,
    );
    let answer = ask(&canonical, &inside());
    assert_eq!(answer.verdict(), VerdictKind::Unknown);
    let Verdict::Unknown(doubts) = &answer.let_in[0].answers[0].verdict else { panic!("{answer:?}") };
    assert!(matches!(doubts.as_slice(), [Doubt::Unidentified { .. }]), "{doubts:?}");
    let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    let denied = policy(&format!(
        r#"{{"Effect": "Allow", "Principal": {{"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}},
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}, {deny}"#
    ));
    assert_eq!(ask(&denied, &inside()).verdict(), VerdictKind::Holds);
    // It is not known whom a Deny for a canonical id keeps out, or whom it spares.
    let users = r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalType": ["User", "Account"]}}}"#;
    for deny in [r#""Principal""#, r#""NotPrincipal""#] {
        let canonical =
            r#"{"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#;
        let policy = policy(&format!(
            r#"{users}, {{"Effect": "Deny", {deny}: {canonical}, "Action": "s3:*", "Resource": "*"}}"#
        ));
        assert_eq!(ask(&policy, &inside()).verdict(), VerdictKind::Unknown, "{deny}");
    }
}

/// Where the answer is another one than S3's public status (observed on buckets of 123456789012), the question is another one, too.
#[test]
fn public_is_another_question() {
    use VerdictKind::{Fails, Holds};
    let owner = Inside::of(account_id!("123456789012"));
    // The condition, whether S3 calls the bucket public, whether somebody is let in from outside, and a service for accounts outside.
    for (condition, is_public, people, services) in [
        // The same answer.
        ("{}", true, Fails, Holds),
        (r#"{"StringEquals": {"aws:PrincipalAccount": "123456789012"}}"#, false, Holds, Holds),
        (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/fixed"}}"#, true, Fails, Holds),
        (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:*"}}"#, false, Holds, Holds),
        // S3: a fixed organization, network, access point or user is not the public. Here: its callers are outside.
        (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}"#, false, Fails, Holds),
        (r#"{"StringEquals": {"aws:SourceVpc": "vpc-12345678"}}"#, false, Fails, Fails),
        (r#"{"IpAddress": {"aws:SourceIp": "11.0.0.0/8"}}"#, false, Fails, Fails),
        (r#"{"StringEquals": {"s3:DataAccessPointAccount": "123456789012"}}"#, false, Fails, Fails),
        (r#"{"StringEquals": {"aws:userid": "AIDAEXAMPLE12345678"}}"#, false, Fails, Holds),
        // S3: a resource of any account is the public. Here: only services have these keys.
        (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:*:fixed"}}"#, true, Holds, Fails),
        // S3: a variable is the public. Here: services have no user name, so that nothing fits.
        (
            r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:${aws:username}"}}"#,
            true,
            Holds,
            Holds,
        ),
    ] {
        let answer = ask(&star(condition), &owner);
        assert_eq!(answer.verdict(), people, "{condition}");
        // Where everybody is let in, services are not told apart.
        let is_told = answer.let_in.iter().all(|own| own.kinds.len() < CallerKind::PEOPLE.len());
        let wanted = if is_told { services } else { Holds };
        assert_eq!(answer.verdict_on_services(), wanted, "{condition}");
        let is_same = is_public == (people == Fails);
        let is_about_others = ["OrgID", "SourceVpc", "SourceIp", "DataAccessPoint", "userid", "SourceArn"];
        assert!(is_same || is_about_others.iter().any(|key| condition.contains(key)), "{condition}");
    }
}

/// The number of callers that each proof must withstand.
const SAMPLES: usize = 10_000;

/// Puts sampled callers to a policy of which it is proven that it lets nobody in. The number of requests that were possible.
fn hunt(policy: &Arc<Policy>, inside: &Inside, answer: &Outsiders, seed: u64, samples: usize) -> usize {
    let (pool, layers) = (Pool::new(policy, inside, &answer.partitions), layers(policy));
    let program = layers.compile();
    let mut source = Source::seeded(seed);
    let mut asked = 0;
    // Some draws are no possible callers, or on no resource of the policy.
    for _ in 0..samples.saturating_mul(20) {
        if asked == samples {
            break;
        }
        let Some(request) = pool.request(&mut source).filter(needs_permission) else { continue };
        asked += 1;
        let point = Point::ALL[source.below(Point::ALL.len())];
        for reading in [Reading::FIRST, Reading::with_other([point])] {
            assert_ne!(program.decide_under(&request, reading), Decision::Allowed, "{reading:?} {request:?}");
        }
    }
    asked
}

/// Whether the action is not the one that needs no permission (rule 5.55).
fn needs_permission(request: &Request) -> bool {
    !request.action.as_str().eq_ignore_ascii_case("sts:GetCallerIdentity")
}

/// Whether one of the sampled callers is let in.
fn is_found(policy: &Arc<Policy>, inside: &Inside, answer: &Outsiders, seed: u64, samples: usize) -> bool {
    let (pool, program) = (Pool::new(policy, inside, &answer.partitions), layers(policy).compile());
    let mut source = Source::seeded(seed);
    (0..samples).any(|_| {
        let request = pool.request(&mut source).filter(needs_permission);
        request.is_some_and(|request| program.decide(&request) == Decision::Allowed)
    })
}

fn doubts(answer: &Outsiders) -> Vec<String> {
    let answers = answer.let_in.iter().flat_map(|own| &own.answers);
    let doubts =
        answers.filter_map(
            |answer| if let Verdict::Unknown(doubts) = &answer.verdict { Some(doubts) } else { None },
        );
    let mut all: Vec<String> = doubts.flatten().map(ToString::to_string).collect();
    all.sort();
    all.dedup();
    all
}

/// A proof about a policy withstands callers whom the sampler lets in elsewhere.
#[test]
fn proofs_withstand_sampled_callers_of_generated_policies() {
    let (mut held, mut asked, mut found, mut kinds) = (0, 0, 0, BTreeMap::new());
    for number in 0..600 {
        let mut source = Source::of_case(11, number);
        let case = iam_testkit::generate::case(&mut source);
        let Some(document) = case.policies.get(&Layer::Resource).and_then(|levels| levels.first()?.first())
        else {
            continue;
        };
        let Some(policy) = read(&document_text(document, Layer::Resource, Spelling::default())) else {
            continue;
        };
        let owner = if number % 2 == 0 { account_id!("111122223333") } else { account_id!("999988887777") };
        let inside = Inside::of(owner);
        let answer = ask(&policy, &inside);
        *kinds.entry(answer.verdict().name()).or_insert(0) += 1;
        if answer.verdict() == VerdictKind::Holds {
            held += 1;
            asked += hunt(&policy, &inside, &answer, number, 300);
        } else if answer.verdict() == VerdictKind::Fails {
            found += usize::from(is_found(&policy, &inside, &answer, number, 300));
        }
    }
    let _ = writeln!(
        std::io::stderr(),
        "generated: {kinds:?}, {asked} requests against {held} proofs; the sampler finds {found} of those that fail"
    );
    assert!(held > 80 && asked > 10_000 && found > 80, "{kinds:?} {asked} {found}");
}

/// A policy of which everything is about the caller.
fn about_callers(source: &mut Source<'_>) -> String {
    const PRINCIPALS: [&str; 10] = [
        r#""Principal": "*""#,
        r#""Principal": {"AWS": "*"}"#,
        r#""Principal": {"AWS": "444455556666"}"#,
        r#""Principal": {"AWS": ["arn:aws:iam::444455556666:role/a/x", "arn:aws:iam::111122223333:root"]}"#,
        r#""Principal": {"AWS": "arn:aws:sts::444455556666:assumed-role/x/s1"}"#,
        r#""Principal": {"AWS": "arn:aws:iam::444455556666:user/ana"}"#,
        r#""Principal": {"AWS": "arn:aws:sts::444455556666:federated-user/bob"}"#,
        r#""NotPrincipal": {"AWS": ["arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:role/a/x", "arn:aws:sts::444455556666:assumed-role/x/s1"]}"#,
        r#""NotPrincipal": {"AWS": ["arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:user/ana", "arn:aws:sts::444455556666:federated-user/bob"]}"#,
        r#""NotPrincipal": {"AWS": "arn:aws:iam::444455556666:root"}"#,
    ];
    const ARNS: [&str; 12] = [
        "arn:aws:iam::*:role/*",
        "arn:aws:iam::444455556666:role/a/x",
        "arn:aws:iam::44445555????:*",
        "arn:aws:iam::*:user/*ana",
        "arn:*:*::*:*",
        "*",
        "*x",
        "arn:aws:iam::111122223333:*",
        "arn:aws:sts::*:federated-user/b?b",
        "arn:aws:iam::*:root",
        "*/a/*",
        "arn:aws:iam::${aws:PrincipalAccount}:role/*",
    ];
    const IDS: [&str; 8] =
        ["AROA*:s1", "*:s1", "444455556666:*", "444455556666", "AIDA*", "*", "anonymous", "*bob"];
    const ACCOUNTS: [&str; 6] = ["444455556666", "111122223333", "4444*", "*", "????????????", "anonymous"];
    const ORGS: [&str; 4] = ["o-exampleorgid", "o-strangers01", "o-*", "*"];
    const PATHS: [&str; 5] = ["o-exampleorgid/*", "o-strangers01/r-ab12/*", "o-*/r-ab12/ou-1/", "*", "o-*"];
    const NAMES: [&str; 5] = ["ana", "x", "*", "a*", "${aws:username}"];
    const TYPES: [&str; 5] = ["User", "AssumedRole", "Account", "FederatedUser", "Anon*"];
    const TAGS: [&str; 3] = ["a", "*", "${aws:username}"];
    let mut statements = Vec::new();
    for number in 0..source.between(1, 3) {
        let is_allow = number == 0 || source.chance(30);
        let principal = if is_allow { PRINCIPALS[source.below(7)] } else { PRINCIPALS[source.below(10)] };
        let mut conditions = BTreeMap::new();
        for _ in 0..source.below(4) {
            let (key, values): (&str, &[&str]) = match source.below(11) {
                0 | 1 => ("aws:PrincipalArn", &ARNS),
                2 => ("aws:userid", &IDS),
                3 | 4 => ("aws:PrincipalAccount", &ACCOUNTS),
                5 => ("aws:PrincipalOrgID", &ORGS),
                6 => ("aws:PrincipalOrgPaths", &PATHS),
                7 => ("aws:username", &NAMES),
                8 => ("aws:PrincipalType", &TYPES),
                9 => ("kms:CallerAccount", &ACCOUNTS),
                _ => ("aws:PrincipalTag/t", &TAGS),
            };
            let operator = *source.pick(&[
                "StringLike",
                "StringNotLike",
                "StringEquals",
                "StringNotEquals",
                "ArnLike",
                "ArnNotLike",
                "StringEqualsIgnoreCase",
                "StringLikeIfExists",
                "StringNotLikeIfExists",
                "Null",
            ]);
            let is_list = key.ends_with("Paths");
            let set = if is_list || source.chance(8) {
                *source.pick(&["ForAnyValue:", "ForAllValues:"])
            } else {
                ""
            };
            let (operator, values) = match operator {
                "Null" => ("Null".to_owned(), vec![(*source.pick(&["true", "false"])).to_owned()]),
                arn if arn.starts_with("Arn") && key != "aws:PrincipalArn" => continue,
                other => {
                    let mut own: Vec<String> = (0..source.between(1, 2))
                        .map(|_| source.choose(values).unwrap().to_string())
                        .collect();
                    if other.starts_with("Arn") {
                        own.retain(|text| text.starts_with("arn:"));
                    }
                    if own.is_empty() {
                        continue;
                    }
                    (format!("{set}{other}"), own)
                }
            };
            let tests: &mut BTreeMap<&str, Vec<String>> = conditions.entry(operator).or_default();
            tests.insert(key, values);
        }
        let effect = if is_allow { "Allow" } else { "Deny" };
        statements.push(format!(
            r#"{{"Effect": "{effect}", {principal}, "Action": "s3:GetObject", "Resource": "*", "Condition": {conditions:?}}}"#
        ));
    }
    let text = statements.join(", ").replace(r#", "Condition": {}"#, "");
    format!(r#"{{"Version": "2012-10-17", "Statement": [{text}]}}"#)
}

#[test]
fn proofs_withstand_sampled_callers_of_policies_about_callers() {
    let run =
        |name: &str, default: u64| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default);
    let (mut held, mut asked, mut found, mut kinds) = (0, 0, 0, BTreeMap::new());
    for number in 0..run("IAMGATE_POLICIES", 600) {
        let mut source = Source::of_case(23, number);
        let text = about_callers(&mut source);
        let Some(policy) = read(&text) else { panic!("{text}") };
        let mut inside = inside();
        if source.chance(50) {
            inside.organizations.push("o-exampleorgid".into());
        }
        if source.chance(20) {
            inside.accounts.push(account_id!("444455556666"));
        }
        let answer = ask(&policy, &inside);
        *kinds.entry(answer.verdict().name()).or_insert(0) += 1;
        match answer.verdict() {
            VerdictKind::Holds => {
                held += 1;
                asked += hunt(&policy, &inside, &answer, number, 400);
            }
            VerdictKind::Fails => found += usize::from(is_found(&policy, &inside, &answer, number, 400)),
            VerdictKind::Unknown => {}
        }
    }
    let _ = writeln!(
        std::io::stderr(),
        "about callers: {kinds:?}, {asked} requests against {held} proofs; the sampler finds {found} of those that fail"
    );
    assert!(held > 80 && asked > 10_000 && found > 80, "{kinds:?} {asked} {found}");
}

/// The documents of the corpus that AWS would not store, or that are no documents yet, with the reasons.
const REFUSED: &str = include_str!("../../../iam-policy/tests/corpus/REFUSED.tsv");

/// The policies of the corpus. Set `IAMGATE_CORPUS` to its folder; without it the test looks at nothing.
#[test]
#[expect(clippy::disallowed_methods, reason = "the times are shown and decide nothing")]
fn proofs_withstand_sampled_callers_of_the_corpus() {
    let Some(folder) = std::env::var_os("IAMGATE_CORPUS") else {
        let _ = writeln!(std::io::stderr(), "no corpus: set IAMGATE_CORPUS");
        return;
    };
    let samples = std::env::var("IAMGATE_SAMPLES").ok().and_then(|n| n.parse().ok()).unwrap_or(SAMPLES);
    let details = Details::embedded().unwrap();
    let (mut counts, mut services) = (BTreeMap::new(), BTreeMap::new());
    let (mut times, mut unknown, mut asked, mut unread, mut found, mut few) =
        (Vec::new(), Vec::new(), 0, 0, 0, 0);
    let mut files: Vec<_> = fs::read_dir(std::path::Path::new(&folder).join("resource"))
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    files.sort();
    for (number, path) in files.iter().enumerate() {
        let Some(policy) = read(&fs::read_to_string(path).unwrap()) else {
            let name = path.file_name().unwrap().to_string_lossy();
            let row = format!("resource/{name}\tresource\tdeployed\t");
            assert!(
                REFUSED.lines().any(|line| line.starts_with(&row)),
                "{name} is refused, and no table says why"
            );
            unread += 1;
            continue;
        };
        let inside = inside();
        let start = Instant::now();
        let answer = outsiders(&policy, &inside, &details);
        times.push((start.elapsed(), path.file_name().unwrap().to_owned()));
        replay(&policy, &inside, &answer);
        *counts.entry(answer.verdict().name()).or_insert(0) += 1;
        *services.entry(answer.verdict_on_services().name()).or_insert(0) += 1;
        match answer.verdict() {
            VerdictKind::Holds => {
                let own = hunt(&policy, &inside, &answer, number as u64, samples);
                // A policy whose statements are about what needs no permission has no requests to put to it.
                if own < samples {
                    few += 1;
                    let _ = writeln!(std::io::stderr(), "{own} requests to {}", path.display());
                }
                asked += own;
            }
            VerdictKind::Unknown => unknown.push((path.file_name().unwrap().to_owned(), doubts(&answer))),
            VerdictKind::Fails => {
                found += usize::from(is_found(&policy, &inside, &answer, number as u64, 2_000));
            }
        }
    }
    times.sort();
    let total: Duration = times.iter().map(|(time, _)| *time).sum();
    let _ = writeln!(
        std::io::stderr(),
        "corpus: {counts:?}, services {services:?}, {unread} not read; {asked} requests, fewer than {samples} for {few}; the sampler finds {found} of those that fail; {total:?} together, median {:?}, longest {:?}",
        times.get(times.len() / 2),
        times.last()
    );
    for (name, doubts) in &unknown {
        let _ = writeln!(std::io::stderr(), "unknown {} {doubts:?}", name.to_string_lossy());
    }
    assert!(unknown.len() * 100 <= files.len(), "{unknown:?}");
}
