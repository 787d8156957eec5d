//! Answers about all tokens and callers: siblings of weak trust policies, and sampled calls against every proof.

mod sampler;
mod told;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::time::{Duration, Instant as Clock};

use super::roles::{ACCOUNT, profile, role_with};
use super::support::folder;
use iam_testkit::Source;
use iamgate::iam_catalog::Details;
use iamgate::iam_eval::session::Token;
use iamgate::iam_eval::{Context, Decision};
use iamgate::iam_json::Document;
use iamgate::iam_policy::value::Instant;
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};
use iamgate::{
    IdentityProviders, OthersAdmitted, RoleSnapshot, TrustReport, TrustVerdict, TrustedCaller, trust,
    try_token,
};

const NOW: i64 = 1_795_000_000;

fn providers() -> IdentityProviders {
    let file = folder("doit").into_iter().find(|f| f.name == "identity-providers.json").unwrap();
    IdentityProviders::load(&file, ACCOUNT, &Limits::default()).unwrap()
}

fn report(role: &RoleSnapshot) -> TrustReport {
    let (now, details) = (Instant::from_epoch_seconds(NOW), Details::embedded().unwrap());
    trust(role, &providers(), profile("standard").tag(), now, &Context::new(), &details)
}

fn trusting(text: &str) -> RoleSnapshot {
    role_with(&[("trust.json", text)])
}

/// A statement. Its condition is members of a `Condition` block with semicolons between them; an operator may occur in several.
fn statement(effect: &str, principal: &str, action: &str, condition: &str) -> String {
    let mut block = serde_json::Map::new();
    for part in condition.split(';').filter(|part| !part.trim_ascii().is_empty()) {
        let own: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&format!("{{{part}}}")).unwrap();
        for (operator, keys) in own {
            let all = block.entry(operator).or_insert_with(|| serde_json::json!({}));
            all.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        }
    }
    let block = serde_json::Value::Object(block);
    format!(r#"{{"Effect": "{effect}", "Principal": {principal}, "Action": {action}, "Condition": {block}}}"#)
}

fn document(statements: &[String]) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","))
}

const SUPPORT: &str = r#"{"Federated": "arn:aws:iam::123456789012:oidc-provider/support.cre.doit-intl.com"}"#;
const GITHUB: &str =
    r#"{"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}"#;
const BOTH: &str = r#"["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]"#;
const AUD: &str = r#""StringEquals": {"support.cre.doit-intl.com:aud": "123456789012"}"#;
const TAG: &str = r#""StringEquals": {"aws:RequestTag/DoitEnvironment": "123456789012"}"#;
const BOTH_TESTS: &str = r#""StringEquals": {"support.cre.doit-intl.com:aud": "123456789012", "aws:RequestTag/DoitEnvironment": "123456789012"}"#;

/// What is not proven of tokens of DoiT's first provider: the differences of tokens that get in, without subject and transitivity.
fn open(role: &RoleSnapshot) -> Vec<&'static str> {
    let report = report(role);
    replay(role, &report);
    let mut source = Source::seeded(3);
    sampler::hunt(role, &report, &mut source, 400);
    let trials = &report.providers[0].trials;
    let open = trials.iter().filter(|own| {
        own.is_of_profile && !own.verdict.is_never() && own.differs != "whose tag is not transitive"
    });
    for own in trials {
        assert!(!matches!(own.verdict, TrustVerdict::Unknown(_)), "{own:?}");
    }
    open.map(|own| own.differs).collect()
}

fn one(condition: &str) -> Vec<&'static str> {
    open(&trusting(&document(&[statement("Allow", SUPPORT, BOTH, condition)])))
}

/// Every caller that is shown opens a session, read from the text that is shown.
fn replay(role: &RoleSnapshot, report: &TrustReport) -> usize {
    assert!(!report.is_defect());
    let mut count = 0;
    for verdict in report.verdicts() {
        if let Some(caller) = verdict.caller() {
            again(role, caller);
            count = usize::saturating_add(count, 1);
        }
    }
    sampler::differ(report);
    count
}

fn again(role: &RoleSnapshot, caller: &TrustedCaller) {
    for request in &caller.requests {
        assert_eq!(caller.layers.decide(request), Decision::Allowed, "{request:?}");
    }
    let Some(opening) = &caller.opening else { return };
    let text = caller.to_json().to_string();
    let document = Document::parse(&text, &Limits::default()).unwrap();
    let token = Token::from_json(document.root());
    let iamgate::iam_eval::session::Caller::Provider { provider, .. } = &opening.caller else { panic!() };
    let name = &opening.parameters.name;
    let answer = try_token(role, provider, token, name, opening.now, &opening.call);
    assert!(answer.is_admitted(), "{text} {answer:?}");
}

#[test]
fn fixed_values_are_not_what_is_proven() {
    let weak = r#""StringLike": {"aws:RequestTag/DoitEnvironment": "????????????", "support.cre.doit-intl.com:aud": "????????????"},
        "StringNotEquals": {"support.cre.doit-intl.com:sub": "another-subject"}"#;
    assert_eq!(one(weak), ["of another audience", "with another value of the tag"]);
    let role = trusting(&document(&[statement("Allow", SUPPORT, BOTH, weak)]));
    let report = report(&role);
    let codes: Vec<&str> = report.findings.iter().map(|own| own.code.name()).collect();
    for code in ["TRUST_AUDIENCE_NOT_PINNED", "TRUST_SUBJECT_NOT_PINNED", "TRUST_TAG_NOT_REQUIRED"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
    assert!(!report.is_pinned() && report.others() == OthersAdmitted::Nobody);
}

#[test]
fn each_weak_test_is_told_from_a_strong_one() {
    let all = ["of another audience", "without the tag", "with another value of the tag"];
    assert_eq!(one(BOTH_TESTS), [""; 0]);
    assert_eq!(one(""), all);
    assert_eq!(one(AUD), &all[1..]);
    assert_eq!(one(TAG), &all[..1]);
    let with = |more: &str| one(&format!("{BOTH_TESTS}; {more}"));
    assert_eq!(with(r#""StringLike": {"support.cre.doit-intl.com:aud": "*"}"#), [""; 0]);
    let aud = |test: &str| one(&format!("{TAG}; {test}"));
    for weak in [
        r#""StringLike": {"support.cre.doit-intl.com:aud": "12345678901?"}"#,
        r#""StringLike": {"support.cre.doit-intl.com:aud": ["nobody", "1*2"]}"#,
        r#""StringEquals": {"support.cre.doit-intl.com:sub": "x"}"#,
        r#""StringEqualsIfExists": {"support.cre.doit-intl.com:audience": "123456789012"}"#,
        r#""StringNotEquals": {"support.cre.doit-intl.com:aud": ["another-audience", "x", ""]}"#,
        r#""StringNotLike": {"support.cre.doit-intl.com:aud": "another*"}"#,
        r#""StringNotEqualsIgnoreCase": {"support.cre.doit-intl.com:aud": "ANOTHER-AUDIENCE"}"#,
        r#""Null": {"support.cre.doit-intl.com:aud": "false"}"#,
        r#""ForAllValues:StringNotEquals": {"support.cre.doit-intl.com:aud": "another-audience"}"#,
        r#""NumericGreaterThan": {"support.cre.doit-intl.com:aud": "5"}"#,
        r#""NumericEquals": {"support.cre.doit-intl.com:aud": "123456789012"}"#,
        r#""StringEquals": {"support.cre.doit-intl.com:oaud": "123456789012"}"#,
        r#""StringEquals": {"support.cre.doit-intl.com:aud": ["123456789012", "210987654321"]}"#,
        r#""DateLessThan": {"aws:CurrentTime": "2031-01-01T00:00:00Z"}"#,
        r#""StringEquals": {"support.cre.doit-intl.com:aud": "${support.cre.doit-intl.com:aud}"}"#,
    ] {
        let own = aud(weak);
        assert_eq!(own, ["of another audience"], "{weak}");
    }
    // The audience has no letters, so case does not matter.
    for strong in [
        r#""StringEqualsIgnoreCase": {"support.cre.doit-intl.com:aud": "123456789012"}"#,
        r#""StringLike": {"support.cre.doit-intl.com:aud": "123456789012"}"#,
        r#""ForAnyValue:StringEquals": {"support.cre.doit-intl.com:aud": "123456789012"}"#,
        r#""ForAllValues:StringEquals": {"support.cre.doit-intl.com:aud": "123456789012"}"#,
        r#""StringEqualsIfExists": {"SUPPORT.CRE.DOIT-INTL.COM:AUD": "123456789012"}"#,
        r#""StringEquals": {"support.cre.doit-intl.com:aud": "${aws:PrincipalAccount}"}"#,
        r#""StringEquals": {"support.cre.doit-intl.com:aud": "${aws:ResourceAccount}"}"#,
    ] {
        assert_eq!(aud(strong), [""; 0], "{strong}");
    }
    // Nobody gets in.
    assert_eq!(aud(r#""DateLessThan": {"aws:CurrentTime": "2021-01-01T00:00:00Z"}"#), [""; 0]);
    assert_eq!(aud(r#""Null": {"support.cre.doit-intl.com:aud": "true"}"#), [""; 0]);
}

#[test]
fn tags_are_tied_to_their_keys() {
    let tag = |test: &str| one(&format!("{AUD}; {test}"));
    let another = ["with another value of the tag"];
    for weak in [
        r#""StringLike": {"aws:RequestTag/DoitEnvironment": "1*"}"#,
        r#""StringNotEquals": {"aws:RequestTag/DoitEnvironment": "another-value"}, "Null": {"aws:RequestTag/DoitEnvironment": "false"}"#,
        r#""ForAnyValue:StringEquals": {"aws:TagKeys": "DoitEnvironment"}"#,
    ] {
        assert_eq!(tag(weak), another, "{weak}");
    }
    let both = ["without the tag", "with another value of the tag"];
    for weak in [
        r#""StringNotEquals": {"aws:RequestTag/DoitEnvironment": "another-value"}"#,
        r#""ForAllValues:StringEquals": {"aws:TagKeys": "DoitEnvironment"}"#,
        r#""Null": {"sts:TransitiveTagKeys": "false"}"#,
    ] {
        assert_eq!(tag(weak), both, "{weak}");
    }
    assert_eq!(
        tag(r#""StringEqualsIfExists": {"aws:RequestTag/DoitEnvironment": "123456789012"}"#),
        ["without the tag"]
    );
    // Exactly one tag, in whatever case, and its value is the account: a value that is known of it.
    let strong = r#""StringEquals": {"aws:RequestTag/doitENVIRONMENT": "123456789012"}"#;
    assert_eq!(tag(strong), [""; 0]);
    // A statement that demands the key among those passed, and no such tag, admits nobody.
    let none = r#""ForAnyValue:StringEquals": {"aws:TagKeys": "DoitEnvironment"}, "Null": {"aws:RequestTag/DoitEnvironment": "true"}"#;
    assert_eq!(tag(none), [""; 0]);
    // Tags cannot be transitive without being passed.
    let none = r#""ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "DoitEnvironment"}, "Null": {"aws:RequestTag/DoitEnvironment": "true"}"#;
    assert_eq!(tag(none), [""; 0]);
}

#[test]
fn all_requests_of_a_call_count() {
    let call = r#""sts:AssumeRoleWithWebIdentity""#;
    let both = |first: &str, second: &str| {
        open(&trusting(&document(&[
            statement("Allow", SUPPORT, call, first),
            statement("Allow", SUPPORT, r#""sts:TagSession""#, second),
        ])))
    };
    // Tags may be passed only as the second statement says.
    assert_eq!(both(AUD, TAG), ["without the tag"]);
    assert_eq!(both(BOTH_TESTS, ""), [""; 0]);
    assert_eq!(both("", BOTH_TESTS), ["of another audience", "without the tag"]);
    // A Deny of one of the requests is enough.
    let deny = |action: &str, test: &str| {
        open(&trusting(&document(&[
            statement("Allow", SUPPORT, BOTH, ""),
            statement("Deny", SUPPORT, action, test),
        ])))
    };
    let pinned = r#""StringNotEquals": {"aws:RequestTag/DoitEnvironment": "123456789012"}"#;
    assert_eq!(deny(call, pinned), ["of another audience"]);
    assert_eq!(deny(r#""sts:TagSession""#, pinned), ["of another audience", "without the tag"]);
    let audience = r#""StringNotEquals": {"support.cre.doit-intl.com:aud": "123456789012"}"#;
    assert_eq!(deny(r#""sts:*""#, audience), ["without the tag", "with another value of the tag"]);
    let everybody = open(&trusting(&document(&[
        statement("Allow", SUPPORT, BOTH, BOTH_TESTS),
        statement("Deny", r#""*""#, r#""sts:*""#, r#""Null": {"sts:SourceIdentity": "true"}"#),
    ])));
    assert_eq!(everybody, [""; 0]);
    // Nobody has a source identity that needs a permission of its own.
    let role = trusting(&document(&[statement(
        "Allow",
        SUPPORT,
        BOTH,
        r#""Null": {"sts:SourceIdentity": "false"}"#,
    )]));
    assert!(report(&role).tokens[0].admitted.is_never());
}

#[test]
fn several_statements_are_one_answer() {
    let strong = statement("Allow", SUPPORT, BOTH, BOTH_TESTS);
    let weak =
        statement("Allow", SUPPORT, BOTH, r#""StringLike": {"support.cre.doit-intl.com:sub": "*@doit.com"}"#);
    let all = ["of another audience", "without the tag", "with another value of the tag"];
    assert_eq!(open(&trusting(&document(&[strong.clone(), weak]))), all);
    // A Deny for everybody but DoiT's provider.
    let others = statement("Allow", GITHUB, BOTH, "");
    let support = "arn:aws:iam::123456789012:oidc-provider/support.cre.doit-intl.com";
    let denied = statement(
        "Deny",
        r#""*""#,
        r#""sts:*""#,
        &format!(r#""StringNotEquals": {{"aws:FederatedProvider": "{support}"}}"#),
    );
    let role = trusting(&document(&[strong, others, denied]));
    assert_eq!(report_others(&role), OthersAdmitted::Nobody);
}

fn report_others(role: &RoleSnapshot) -> OthersAdmitted {
    report(role).others()
}

/// The answer about tokens of owners whom the policy does not name.
fn strangers(condition: &str) -> Option<bool> {
    let role =
        trusting(&document(&[statement("Allow", GITHUB, r#""sts:AssumeRoleWithWebIdentity""#, condition)]));
    let report = report(&role);
    replay(&role, &report);
    sampler::hunt(&role, &report, &mut Source::seeded(4), 400);
    report.tokens[0].strangers.as_ref().unwrap().is_possible()
}

#[test]
fn tokens_of_other_owners() {
    let aud = r#""StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}"#;
    let sub = |operator: &str, value: &str| {
        strangers(&format!(r#"{aud}; "{operator}": {{"token.actions.githubusercontent.com:sub": {value}}}"#))
    };
    assert_eq!(strangers(aud), Some(true));
    for weak in [
        r#""*""#,
        r#""repo:*""#,
        r#""repo:acme*""#,
        r#""repo:*/app:ref:refs/heads/main""#,
        r#""?*""#,
        r#"["repo:acme/*", "repo:ac*"]"#,
    ] {
        assert_eq!(sub("StringLike", weak), Some(true), "{weak}");
    }
    for strong in [
        r#""repo:acme/*""#,
        r#""repo:acme/app:*""#,
        r#"["repo:acme/*", "repo:other/app:ref:refs/heads/main"]"#,
    ] {
        assert_eq!(sub("StringLike", strong), Some(false), "{strong}");
    }
    assert_eq!(sub("StringEquals", r#""repo:acme/app:ref:refs/heads/main""#), Some(false));
    assert_eq!(sub("StringNotLike", r#""repo:acme/*""#), Some(true));
    assert_eq!(sub("StringLikeIfExists", r#""repo:acme/*""#), Some(false));
    let claim = |claim: &str, value: &str| {
        strangers(&format!(
            r#"{aud}; "StringLike": {{"token.actions.githubusercontent.com:{claim}": "{value}"}}"#
        ))
    };
    assert_eq!(claim("repository", "acme/*"), Some(false));
    assert_eq!(claim("repository_owner_id", "12345"), Some(false));
    assert_eq!(claim("job_workflow_ref", "acme/app/.github/workflows/deploy.yml@*"), Some(false));
    assert_eq!(claim("environment", "production"), Some(true));
    // AWS makes no key of this claim, so that nobody gets in.
    assert_eq!(report_of_claim("repository_owner"), Some(false));
}

fn report_of_claim(claim: &str) -> Option<bool> {
    let condition = format!(r#""StringEquals": {{"token.actions.githubusercontent.com:{claim}": "acme"}}"#);
    let role = trusting(&document(&[statement("Allow", GITHUB, BOTH, &condition)]));
    report(&role).tokens[0].admitted.is_possible()
}

#[test]
fn callers_with_credentials() {
    let others = |principal: &str, condition: &str| {
        let role = trusting(&document(&[statement(
            "Allow",
            principal,
            r#"["sts:AssumeRole", "sts:TagSession"]"#,
            condition,
        )]));
        let report = report(&role);
        replay(&role, &report);
        sampler::hunt(&role, &report, &mut Source::seeded(5), 400);
        (report.others(), report.callers.iter().any(|own| own.stranger.caller().is_some()))
    };
    let (nobody, somebody) = (OthersAdmitted::Nobody, OthersAdmitted::Somebody);
    assert_eq!(others(r#""*""#, ""), (somebody, true));
    assert_eq!(
        others(r#"{"AWS": "*"}"#, r#""StringEquals": {"aws:PrincipalAccount": "210987654321"}"#),
        (somebody, true)
    );
    assert_eq!(others(r#"{"AWS": "210987654321"}"#, ""), (somebody, false));
    assert_eq!(
        others(r#"{"AWS": "210987654321"}"#, r#""StringEquals": {"aws:PrincipalAccount": "123456789012"}"#),
        (nobody, false)
    );
    assert_eq!(
        others(
            r#"{"AWS": "arn:aws:iam::210987654321:role/x"}"#,
            r#""StringEquals": {"sts:ExternalId": "secret"}"#
        ),
        (somebody, false)
    );
    assert_eq!(
        others(
            r#"{"AWS": "arn:aws:iam::210987654321:role/x"}"#,
            r#""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}"#
        ),
        (nobody, false)
    );
    assert_eq!(
        others(
            r#"{"AWS": "arn:aws:iam::123456789012:user/ana"}"#,
            r#""Bool": {"aws:MultiFactorAuthPresent": "true"}"#
        ),
        (somebody, false)
    );
    // Root users cannot assume roles, so nobody has this type.
    assert_eq!(
        others(
            r#"{"AWS": "arn:aws:iam::123456789012:root"}"#,
            r#""StringEquals": {"aws:PrincipalType": "Account"}"#
        ),
        (nobody, false)
    );
    assert_eq!(others(r#"{"Service": "ec2.amazonaws.com"}"#, "").0, somebody);
    assert_eq!(others(r#"{"AWS": "210987654321"}"#, r#""StringEquals": {"aws:RequestTag/team": "x"}, "ForAllValues:StringEquals": {"aws:TagKeys": "other"}"#).0, nobody);
    assert_eq!(
        others(r#"{"AWS": "210987654321"}"#, r#""StringEquals": {"aws:RequestTag/team": "x"}"#).0,
        somebody
    );
}

/// A service acts for a resource whose ARN tells its account, or for one such as a bucket, whose ARN does not; and a statement for everybody may
/// ask for the name of the service.
#[test]
fn services_act_for_resources_of_every_kind() {
    let others = |principal: &str, condition: &str| {
        let role = trusting(&document(&[statement("Allow", principal, r#""sts:AssumeRole""#, condition)]));
        let report = report(&role);
        replay(&role, &report);
        report.others()
    };
    let bucket = r#""ArnLike": {"aws:SourceArn": "arn:aws:s3:::payroll"}"#;
    let topic = r#""ArnLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:*"}"#;
    let service = r#"{"Service": "s3.amazonaws.com"}"#;
    assert_eq!(others(service, bucket), OthersAdmitted::Somebody);
    assert_eq!(others(service, topic), OthersAdmitted::Somebody);
    assert_eq!(others(r#""*""#, bucket), OthersAdmitted::Somebody);
    let named = r#""StringEquals": {"aws:PrincipalServiceName": "sns.amazonaws.com"}"#;
    assert_eq!(others(r#"{"AWS": "*"}"#, named), OthersAdmitted::Somebody);
    assert_eq!(others(service, named), OthersAdmitted::Nobody);
    let both = format!("{bucket}, {}", r#""StringLike": {"aws:SourceArn": "arn:aws:sns:*"}"#);
    assert_eq!(others(service, &both), OthersAdmitted::Nobody);
}

#[test]
fn assertions_of_saml_providers() {
    let saml = r#"{"Federated": "arn:aws:iam::123456789012:saml-provider/Okta"}"#;
    let of = |action: &str, condition: &str| {
        let role = trusting(&document(&[statement("Allow", saml, action, condition)]));
        let report = report(&role);
        replay(&role, &report);
        report.tokens.first().map(|own| own.admitted.is_possible())
    };
    let aud = r#""StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}"#;
    assert_eq!(of(r#""sts:AssumeRoleWithSAML""#, aud), Some(Some(true)));
    assert_eq!(of(r#""sts:AssumeRoleWithWebIdentity""#, aud), None);
    assert_eq!(
        of(r#""sts:AssumeRoleWithSAML""#, r#""StringEquals": {"aws:PrincipalType": "AssumedRole"}"#),
        Some(Some(false))
    );
}

/// The trust policies of the corpus. Set `IAMGATE_CORPUS` to its folder; without it the test looks at nothing.
#[test]
#[expect(clippy::disallowed_methods, reason = "the times are shown and decide nothing")]
fn proofs_withstand_sampled_calls_of_the_corpus() {
    let Some(corpus) = std::env::var_os("IAMGATE_CORPUS") else {
        let _ = writeln!(std::io::stderr(), "no corpus: set IAMGATE_CORPUS");
        return;
    };
    let samples = std::env::var("IAMGATE_SAMPLES").ok().and_then(|n| n.parse().ok()).unwrap_or(200);
    let mut files = Vec::new();
    for folder in fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap()) {
        if folder.file_name().to_string_lossy().starts_with("trust-") {
            files.extend(fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    files.sort();
    let (mut counts, mut times, mut unread) = (BTreeMap::new(), Vec::new(), 0);
    let (mut replayed, mut tried, mut admitted, mut unknown) = (0, 0, 0, Vec::new());
    for (number, path) in files.iter().enumerate() {
        let text = fs::read_to_string(path).unwrap();
        let read = Policy::parse(&text, PolicyKind::Trust, Mode::Deployed, &Limits::default());
        if read.is_err() {
            unread += 1;
            continue;
        }
        let role = trusting(&text);
        let start = Clock::now();
        let report = report(&role);
        times.push((start.elapsed(), path.file_name().unwrap().to_owned()));
        replayed += replay(&role, &report);
        for verdict in report.verdicts() {
            let name = match verdict {
                TrustVerdict::Never => "holds",
                TrustVerdict::Possible(_) => "fails",
                TrustVerdict::Unknown(doubts) => {
                    let told: Vec<String> = doubts.iter().map(ToString::to_string).collect();
                    unknown.push((path.file_name().unwrap().to_owned(), told));
                    "unknown"
                }
            };
            *counts.entry(name).or_insert(0_usize) += 1;
        }
        let own = sampler::hunt(&role, &report, &mut Source::seeded(number as u64), samples);
        tried += own.tried;
        admitted += own.admitted;
    }
    times.sort();
    let total: Duration = times.iter().map(|(time, _)| *time).sum();
    let _ = writeln!(
        std::io::stderr(),
        "corpus: {} trust policies, {unread} not read; answers {counts:?}; {replayed} callers opened their session again; {tried} sampled calls, of which {admitted} open a session; {total:?} together, median {:?}, longest {:?}",
        files.len(),
        times.get(times.len() / 2),
        times.last()
    );
    for (name, doubts) in &unknown {
        let _ = writeln!(std::io::stderr(), "unknown {} {doubts:?}", name.to_string_lossy());
    }
    let all: usize = counts.values().sum();
    assert!(unknown.len() * 100 <= all, "{unknown:?}");
}

/// What a call may have beside what DoiT's tokens have: a source identity, other tags, an address.
#[test]
fn whatever_else_a_call_may_have_is_in_question() {
    let admitted = |action: &str, condition: &str| {
        let role = trusting(&document(&[statement("Allow", SUPPORT, action, condition)]));
        let report = report(&role);
        assert!(replay(&role, &report) > 0, "{condition}");
        sampler::hunt(&role, &report, &mut Source::seeded(6), 400);
        report.tokens[0].admitted.is_possible()
    };
    let all = r#"["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]"#;
    assert_eq!(admitted(all, r#""StringEquals": {"sts:SourceIdentity": "someone"}"#), Some(true));
    let other = r#""Null": {"aws:TagKeys": "false", "aws:RequestTag/DoitEnvironment": "true"}"#;
    assert_eq!(admitted(BOTH, other), Some(true));
    assert_eq!(admitted(BOTH, r#""IpAddress": {"aws:SourceIp": "192.0.2.0/24"}"#), Some(true));
    assert_eq!(
        admitted(BOTH, r#""StringEquals": {"sts:RoleSessionName": "${support.cre.doit-intl.com:sub}"}"#),
        Some(true)
    );
}
