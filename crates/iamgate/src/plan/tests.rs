//! The parts of a judgement, each alone, for a role and a profile with few policies.

use std::borrow::Cow;

use iam_eval::{Context, ContextValue, Decision};
use iam_policy::Limits;

use super::asked::{Verified, VerifiedPerson};
use super::*;
use crate::built_in;
use crate::finding::{Example, FindingCode};
use crate::input::File;
use crate::managed::ManagedPolicies;
use crate::snapshot::RoleSnapshot;
use crate::trust::IdentityProviders;

const ACCOUNT: &str = "123456789012";
const ISSUER: &str = "support.cre.doit-intl.com";
const NOW: i64 = 1_795_000_000;
const CATALOGUE: &str = "iam-catalog actions 1\nsource a test\ndate 2026-01-01\ncounts 4 8\n\
    @ecr - ECR\nLAssumedImages\n\
    @iam - IAM\nWPassRole\n\
    @sqs - SQS\nRGetQueueAttributes\nLListQueues\nWSendMessage\n\
    @sts - STS\nWAssumeRole c\nRGetCallerIdentity\nRGetSessionToken c\n";
const DETAILS: &str =
    "iam-catalog details 1\nsource a test\ndate 2026-01-01\ncounts 0 0\ngbaws:SecureTransport\n";

/// Claims of a token that everybody accepts, with these members before the others.
fn token(more: &str) -> String {
    format!(
        r#"{{{more} "iss": "https://{ISSUER}", "aud": "{ACCOUNT}", "sub": "ana@doit.com", "https://aws.amazon.com/tags":
            {{"principal_tags": {{"DoitEnvironment": ["{ACCOUNT}"]}}, "transitive_tag_keys": ["DoitEnvironment"]}}}}"#
    )
}

fn file(name: &str, text: &str) -> File {
    File { name: name.to_owned(), text: text.to_owned() }
}

fn claims(text: &str) -> Claims {
    Claims::from_json(&file("claims", text), &Limits::default()).unwrap()
}

fn policy(statements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
}

/// The text of a statement that allows these actions.
fn allowing(actions: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": [{actions}], "Resource": "*"}}"#)
}

/// A profile for an account whose inline policy has these statements.
fn profile(account: &str, statements: &str) -> Profile {
    let text = format!(
        r#"{{"schema": "iamgate/profile", "version": 1, "name": "small", "about": "A test.", "parameters": ["account"], "PolicyArns": [],
            "Policy": {}, "levels": ["List", "Read"], "exceptions": [], "future": ["*:Get*", "*:List*"], "never_allowed": [], "always_denied": [],
            "kept": [], "budget": 2048, "tag": {{"key": "DoitEnvironment", "value": "{{{{account}}}}", "transitive": true}}, "pins": {{}},
            "refuse": []}}"#,
        policy(statements)
    );
    Profile::load(&file("small.json", &text), account, &ManagedPolicies::default(), &Limits::default())
        .unwrap()
}

/// The role of the example with these policies of its own, and further files.
fn role(statements: &str, more: &[(&str, &str)]) -> RoleSnapshot {
    let mut files = built_in::files(built_in::SUPPORT_GATEWAY);
    files.retain(|own| own.name == "role.json" || own.name == "trust.json");
    files.push(file("inline/own.json", &policy(statements)));
    files.extend(more.iter().map(|(name, text)| file(name, text)));
    RoleSnapshot::from_folder(&files, &ManagedPolicies::default(), &Limits::default()).unwrap()
}

struct World {
    gate: Gate,
    role: RoleSnapshot,
    profile: Profile,
    providers: IdentityProviders,
    claims: Claims,
    call: Context,
}

impl World {
    fn new(role: RoleSnapshot, profile: Profile) -> Self {
        let (catalog, details) = (Catalog::parse(CATALOGUE).unwrap(), Details::parse(DETAILS).unwrap());
        let pins = Pins::none()
            .with_profile(profile.sha256())
            .with_catalog(&catalog_sha256(&catalog))
            .with_details(&details_sha256(&details));
        let gate = Gate::new(catalog, details).pinning(pins);
        let providers = built_in::providers(ACCOUNT).unwrap();
        Self { gate, role, profile, providers, claims: claims(&token("")), call: Context::new() }
    }

    /// A role and a profile that allow reads of queues.
    fn reads() -> Self {
        let reads = allowing(r#""sqs:Get*", "sqs:List*""#);
        Self::new(role(&reads, &[]), profile(ACCOUNT, &reads))
    }

    fn asked(&self) -> Asked<'_> {
        Asked::rehearsal(&Rehearsal {
            role: &self.role,
            profile: &self.profile,
            providers: &self.providers,
            provider: ISSUER,
            claims: &self.claims,
            engineer: "ana@doit.com",
            case: "4711",
            duration_seconds: 3_600,
            now: Instant::from_epoch_seconds(NOW),
            call: &self.call,
        })
    }

    fn judged(&self) -> Judged {
        self.gate.judge(&self.asked())
    }

    fn found(&self, code: FindingCode) -> Vec<Finding> {
        self.judged().findings.into_iter().filter(|own| own.code == code).collect()
    }
}

/// What a sign-in and a token say that are good until these seconds.
fn verified(token: i64, engineer: i64) -> Verified {
    Verified {
        token: "00".into(),
        expires: token,
        issuer: format!("https://{ISSUER}").into(),
        engineer: VerifiedPerson {
            name: "ana@doit.com".into(),
            issuer: "https://login.example.com".into(),
            subject: "00u1".into(),
            token: "11".into(),
            expires: engineer,
        },
    }
}

fn codes(refusals: &[Refusal]) -> Vec<&str> {
    refusals.iter().map(Refusal::code).collect()
}

#[test]
fn a_session_that_only_reads_is_judged_without_refusal() {
    let judged = World::reads().judged();
    assert!(judged.refusals.is_empty() && judged.session.is_some(), "{:?}", judged.refusals);
    assert_eq!(judged.known.summary.services, 1);
}

#[test]
fn times_of_a_token_are_compared_with_the_time_of_the_plan() {
    let mut world = World::reads();
    for (name, seconds, wanted) in [
        ("exp", NOW, Some("TOKEN_EXPIRED")),
        ("exp", NOW.saturating_add(1), None),
        ("nbf", NOW.saturating_add(59), None),
        ("nbf", NOW.saturating_add(60), None),
        ("nbf", NOW.saturating_add(61), Some("TOKEN_NOT_YET_VALID")),
        ("nbf", NOW.saturating_add(7_000), Some("TOKEN_NOT_YET_VALID")),
        ("iat", NOW.saturating_add(60), None),
        ("iat", NOW.saturating_add(61), Some("TOKEN_NOT_YET_VALID")),
        // An expiry that lies far ahead is no error.
        ("exp", NOW.saturating_add(7_000), None),
    ] {
        world.claims = claims(&token(&format!(r#""{name}": {seconds},"#)));
        let mut refusals = Vec::new();
        token::check(&world.asked(), &mut refusals);
        assert_eq!(codes(&refusals), Vec::from_iter(wanted), "{name} {seconds}");
        let shown = Instant::from_epoch_seconds(seconds).to_string();
        assert!(refusals.iter().all(|own| own.to_string().contains(&shown)), "{refusals:?}");
    }
    world.claims = claims(&token(r#""exp": "tomorrow", "nbf": [1, 2],"#));
    let mut refusals = Vec::new();
    token::check(&world.asked(), &mut refusals);
    assert_eq!(codes(&refusals), ["TOKEN_TIME", "TOKEN_TIME"]);
}

/// A text with an at sign names a person, who has to be the engineer. Other texts name nobody.
#[test]
fn claims_that_are_missing_or_name_another_person_are_told() {
    let mut world = World::reads();
    let times = r#""iat": 1795000000, "exp": 1795000600,"#;
    for (more, subject, wanted) in [
        (times, "ana@doit.com", None),
        (times, "6f1c", None),
        (times, "bob@doit.com", Some(("TOKEN_OF_ANOTHER_PERSON", "for `bob@doit.com` (sub)"))),
        (r#""iat": 1795000000,"#, "ana@doit.com", Some(("TOKEN_CLAIM_MISSING", "the claims have no exp,"))),
        ("", "6f1c", Some(("TOKEN_CLAIM_MISSING", "the claims have no iat, no exp,"))),
    ] {
        world.claims = claims(&token(more).replace("ana@doit.com", subject));
        let mut found = Vec::new();
        token::findings(&world.asked(), &mut found);
        let codes: Vec<&str> = found.iter().map(|own| own.code.name()).collect();
        assert_eq!(codes, Vec::from_iter(wanted.map(|(code, _)| code)), "{more} {subject}");
        let (_, words) = wanted.unwrap_or_default();
        assert!(found.iter().all(|own| own.says.contains(words)), "{found:?}");
    }
}

#[test]
fn a_sign_in_that_has_expired_is_refused() {
    let world = World::reads();
    for (expires, wanted) in [(NOW, Some("ENGINEER_EXPIRED")), (NOW.saturating_add(1), None)] {
        let mut asked = world.asked();
        asked.verified = Some(Cow::Owned(verified(NOW.saturating_add(600), expires)));
        let mut refusals = Vec::new();
        token::check(&asked, &mut refusals);
        assert_eq!(codes(&refusals), Vec::from_iter(wanted), "{expires}");
    }
}

#[test]
fn a_token_of_another_issuer_is_refused() {
    let mut world = World::reads();
    let arn = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}");
    for (issuer, provider, is_refused) in [
        (format!("https://{ISSUER}"), ISSUER, false),
        (format!("https://{ISSUER}"), &*arn, false),
        (ISSUER.to_owned(), ISSUER, true),
        ("https://login.example.com".to_owned(), ISSUER, true),
        (format!("https://{ISSUER}"), "login.example.com", true),
    ] {
        let text = token("").replace(&format!("https://{ISSUER}"), &issuer);
        world.claims = claims(&text);
        let asked = Asked { provider, ..world.asked() };
        let mut refusals = Vec::new();
        token::check(&asked, &mut refusals);
        assert_eq!(codes(&refusals).contains(&"TOKEN_ISSUER"), is_refused, "{issuer} {provider}");
    }
}

#[test]
fn what_the_claims_say_of_a_verified_token_follows_from_them() {
    let mut own = verified(1, 2);
    own.follow(&claims(r#"{"iss": "https://login.example.com", "exp": 1795000600}"#));
    assert_eq!((&*own.issuer, own.expires), ("https://login.example.com", 1_795_000_600));
    assert_eq!(own.provider(), "login.example.com");
    // What they do not say stays.
    own.follow(&claims(r#"{"exp": "soon", "iss": ["a", "b"]}"#));
    assert_eq!((&*own.issuer, own.expires), ("https://login.example.com", 1_795_000_600));
    assert_eq!(own.engineer, verified(1, 2).engineer);
}

#[test]
fn a_profile_of_another_account_is_refused() {
    let reads = allowing(r#""sqs:Get*""#);
    let other = World::new(role(&reads, &[]), profile("111122223333", &reads));
    let mut refusals = Vec::new();
    checks::account(&other.asked(), &mut refusals);
    assert_eq!(codes(&refusals), ["PROFILE_ACCOUNT"]);
    refusals.clear();
    checks::account(&World::reads().asked(), &mut refusals);
    assert_eq!(codes(&refusals), [""; 0]);
}

#[test]
fn the_tag_of_the_profile_is_wanted_with_value_and_transitive() {
    let mut world = World::reads();
    for (text, wanted) in [
        (token(""), None),
        (token("").replace(&format!(r#"["{ACCOUNT}"]"#), r#"["111122223333"]"#), Some("111122223333")),
        (token("").replace(r#"{"DoitEnvironment""#, r#"{"Team""#), Some("has no tag")),
        (token("").replace(r#"["DoitEnvironment"]"#, "[]"), Some("is not transitive")),
        (
            token("").replace(r#"["DoitEnvironment"]"#, r#"["doitenvironment"]"#),
            Some("transitive tag keys are"),
        ),
    ] {
        world.claims = claims(&text);
        let mut refusals = Vec::new();
        checks::tags(&world.asked(), &mut refusals);
        assert_eq!(codes(&refusals), Vec::from_iter(wanted.map(|_| "SESSION_TAG")), "{text}");
        let told: String = refusals.iter().map(ToString::to_string).collect();
        assert!(told.contains(wanted.unwrap_or_default()), "{told}");
    }
}

#[test]
fn more_characters_than_the_budget_are_refused() {
    let mut world = World::reads();
    let characters = world.profile.characters();
    assert_eq!(world.judged().call.characters(), characters);
    for (budget, wanted) in [(characters, Vec::new()), (characters.saturating_sub(1), vec!["OVER_BUDGET"])] {
        world.profile = world.profile.with_budget(budget);
        let pins = world.gate.pins().clone().with_profile(world.profile.sha256());
        world.gate = world.gate.pinning(pins);
        assert_eq!(codes(&world.judged().refusals), wanted);
    }
}

#[test]
fn only_content_that_is_pinned_is_judged() {
    let mut world = World::reads();
    let details = details_sha256(&world.gate.details);
    world.gate = world.gate.pinning(Pins::none());
    assert_eq!(
        codes(&world.judged().refusals),
        ["PROFILE_NOT_PINNED", "CATALOGUE_NOT_PINNED", "DETAILS_NOT_PINNED"]
    );
    world.gate = world.gate.pinning(Pins::none().with_details(&details));
    assert_eq!(codes(&world.judged().refusals), ["PROFILE_NOT_PINNED", "CATALOGUE_NOT_PINNED"]);
    let own = world.profile.sha256();
    assert!(!Pins::none().has_profile(own) && !Pins::built_in().has_profile(own));
    assert!(Pins::none().with_profile(own).has_profile(own));
}

#[test]
fn only_assuming_a_role_and_handing_one_on_are_hops() {
    let everything = allowing(r#""*""#);
    let world = World::new(role(&everything, &[]), profile(ACCOUNT, &everything));
    for (code, wanted) in [
        (FindingCode::RoleChaining, &["sts:AssumeRole"][..]),
        (FindingCode::PassRole, &["iam:PassRole"]),
        (FindingCode::CredentialsHandedOut, &["sts:AssumeRole"]),
    ] {
        let found = world.found(code);
        let shown = found.iter().map(|own| match &own.example {
            Some(Example::Request(shown)) => {
                assert_eq!(shown.layers.decide(&shown.request), Decision::Allowed);
                shown.request.action.as_str()
            }
            Some(Example::Caller(_)) | None => "",
        });
        let mut shown: Vec<&str> = shown.collect();
        shown.sort_unstable();
        assert_eq!(shown, wanted, "{code:?}");
    }
    // Neither the service nor the beginning of the name alone makes one.
    let others = allowing(r#""ecr:*", "iam:Get*", "sts:Get*""#);
    let world = World::new(role(&others, &[]), profile(ACCOUNT, &others));
    assert_eq!(world.found(FindingCode::RoleChaining), []);
    assert_eq!(world.found(FindingCode::PassRole), []);
    assert_eq!(world.found(FindingCode::CredentialsHandedOut).len(), 1);
}

/// A key has only the values that the details know for its type.
#[test]
fn a_hop_under_a_condition_that_no_request_meets_is_none() {
    for (value, wanted) in [("true", 1), ("maybe", 0)] {
        let hop = format!(
            r#"{{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*", "Condition": {{"StringEquals": {{"aws:SecureTransport": "{value}"}}}}}}"#
        );
        let world = World::new(role(&allowing(r#""*""#), &[]), profile(ACCOUNT, &hop));
        let found = world.found(FindingCode::RoleChaining);
        assert_eq!(found.len(), wanted, "{value}: {found:?}");
    }
}

#[test]
fn policies_of_resources_are_unknown_until_the_snapshot_has_some() {
    let found = World::reads().found(FindingCode::ResourcePoliciesUnknown);
    assert!(
        matches!(&*found, [Finding { example: Some(Example::Request(shown)), .. }]
            if shown.request.action.as_str() == "s3:PutObject" && shown.layers.resource.is_some()),
        "{found:?}"
    );
    let own = policy(&format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{ACCOUNT}:root"}}, "Action": "sqs:*", "Resource": "*"}}"#
    ));
    let reads = allowing(r#""sqs:Get*""#);
    let world = World::new(role(&reads, &[("resources/q.json", &own)]), profile(ACCOUNT, &reads));
    assert_eq!(world.found(FindingCode::ResourcePoliciesUnknown), []);
}

/// A session is found for whom a policy of a resource or a control policy is.
#[test]
fn a_policy_names_a_session_by_its_whole_arn() {
    let role_of = |principal: &str| {
        let own = policy(&format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "sqs:*", "Resource": "*"}}"#
        ));
        role(&allowing(r#""sqs:Get*""#), &[("resources/q.json", &own)])
    };
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/DoiT-Support-Gateway/session");
    let principal = crate::proof::session_principal(Some(&role_of("*")));
    assert_eq!(principal.arn(), Some(&*session));
    for (named, is_named) in [
        (session.clone(), true),
        // Whether case counts is not asked here: who is named but for case has an answer of its own.
        (session.replace("/session", "/SESSION"), true),
        (format!("{session}s"), false),
        (format!("arn:aws:iam::{ACCOUNT}:role/DoiT-Support-Gateway"), false),
        ("*".to_owned(), false),
    ] {
        assert_eq!(escapes::names(&role_of(&named), &principal), is_named, "{named}");
    }
}

/// Promise, trust and ways out are remembered, also for another engineer. What is found for a session that a policy names is not.
#[test]
fn three_answers_are_remembered_for_a_role_under_a_profile() {
    let world = World::reads();
    world.judged();
    assert_eq!(world.gate.memory.weights().len(), 3);
    world.gate.judge(&Asked { engineer: "bob@doit.com", ..world.asked() });
    assert_eq!(world.gate.memory.weights().len(), 3);
    let named = policy(&format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:sts::{ACCOUNT}:assumed-role/DoiT-Support-Gateway/session"}}, "Action": "sqs:*",
            "Resource": "*"}}"#
    ));
    let reads = allowing(r#""sqs:Get*""#);
    let world = World::new(role(&reads, &[("resources/q.json", &named)]), profile(ACCOUNT, &reads));
    world.judged();
    assert_eq!(world.gate.memory.weights().len(), 2);
    assert_eq!(format!("{:?}", world.gate.memory), "Memory { .. }");
}

/// A record is replayed under its own premises, which are nearly always those of the gate.
#[test]
fn what_is_remembered_is_kept_under_the_same_premises_alone() {
    let world = World::reads();
    world.judged();
    let under = |premises| world.gate.clone().assuming(premises).memory.weights().len();
    assert_eq!(under(Premises::default()), 3);
    assert_eq!(under(Premises::default().knowing("aws:SourceVpc", ContextValue::single("vpc-1"))), 0);
}

/// An answer weighs at least as much as its texts, and not much more.
#[test]
fn what_is_remembered_weighs_its_texts() {
    let everything = allowing(r#""*""#);
    let world = World::new(role(&everything, &[]), profile(ACCOUNT, &everything));
    let judged = world.judged();
    let known = &judged.known;
    let claims = known.proof.claims.iter().map(|claim| claim.says.len());
    let refusals = known.refusals.iter().map(|own| own.to_string().len());
    let promise: usize = claims.chain(refusals).sum();
    let (token, own): (Vec<&Finding>, Vec<&Finding>) =
        judged.findings.iter().partition(|own| own.code.name().starts_with("TOKEN_"));
    assert!(!token.is_empty());
    let (trust, escapes): (Vec<&Finding>, Vec<&Finding>) =
        own.into_iter().partition(|own| own.code.name().starts_with("TRUST_"));
    let texts = |own: &[&Finding]| own.iter().map(|own| own.says.len().saturating_add(own.help.len())).sum();
    let (trust, escapes): (usize, usize) = (texts(&trust), texts(&escapes));
    let weights = world.gate.memory.weights();
    // What an answer without texts weighs.
    let empty = memory::Weight::default().bytes();
    for (weight, texts) in weights.iter().zip([promise, trust, escapes]) {
        let weight = &weight.saturating_sub(empty);
        assert!(texts > 100 && (texts..texts.saturating_mul(100)).contains(weight), "{texts} {weights:?}");
    }
    // Requests and the policies that they meet are counted.
    assert!(weights.last().is_some_and(|escapes| *escapes > 8_000), "{weights:?}");
}

#[test]
fn a_record_says_whether_tokens_were_verified() {
    let world = World::reads();
    for is_verified in [false, true] {
        let mut asked = world.asked();
        asked.verified = is_verified.then(|| Cow::Owned(verified(1_795_000_600, 1_795_000_600)));
        let record = record::of(&world.gate, &asked, &world.gate.judge(&asked)).to_string();
        let file = file("record.json", &record);
        let read = DecisionRecord::read(&file).unwrap();
        assert_eq!(read.has_verified(), is_verified);
    }
}
