//! Plans and refusals: the call of STS, byte for byte, and every reason why there is none.

use super::roles::{
    ACCOUNT, ATTACHED, PROFILES, edited, policy_text, profile, role, role_file, role_with, unguarded, widened,
};
use super::support::{folder, managed};
use iamgate::iam_catalog::{Catalog, Details};
use iamgate::iam_eval::{Context, ContextValue, Decision};
use iamgate::iam_policy::Limits;
use iamgate::iam_policy::value::Instant;
use iamgate::{
    Claims, File, FindingCode, Gate, IdentityProviders, Judgement, ManagedPolicy, Pins, Profile, Refused,
    Rehearsal, RoleSnapshot,
};

const ISSUER: &str = "support.cre.doit-intl.com";

pub(crate) fn providers() -> IdentityProviders {
    let file = folder("doit").into_iter().find(|f| f.name == "identity-providers.json").unwrap();
    IdentityProviders::load(&file, ACCOUNT, &Limits::default()).unwrap()
}

pub(crate) fn claims(text: &str) -> Claims {
    Claims::from_json(&File { name: "claims.json".into(), text: text.into() }, &Limits::default()).unwrap()
}

/// The claims of the example.
pub(crate) fn example() -> String {
    folder("doit").into_iter().find(|f| f.name == "example-claims.json").unwrap().text
}

/// A request with the example's claims, in which parts may be replaced.
fn ask(
    role: &RoleSnapshot,
    profile: &Profile,
    claims: &Claims,
    change: impl FnOnce(&mut Rehearsal<'_>),
) -> Result<Judgement, Box<Refused>> {
    let (catalog, details) = (Catalog::embedded().unwrap(), Details::embedded().unwrap());
    let providers = providers();
    let mut asked = Rehearsal {
        role,
        profile,
        providers: &providers,
        provider: ISSUER,
        claims,
        engineer: "ana@doit.com",
        case: "4711",
        duration_seconds: 3_600,
        now: Instant::from_epoch_seconds(1_795_000_000),
        call: &Context::new(),
    };
    change(&mut asked);
    Gate::new(catalog, details).pinning(Pins::built_in().with_profile(profile.sha256())).rehearse(&asked)
}

pub(crate) fn plan(role: &RoleSnapshot, profile: &Profile) -> Result<Judgement, Box<Refused>> {
    ask(role, profile, &claims(&example()), |_| {})
}

/// The ARN of the session that [`plan`] opens under a profile. Its name does not depend on the policies of the role.
pub(crate) fn session_arn(name: &str) -> String {
    let plan = plan(&role(""), &profile(name)).unwrap();
    format!(
        "arn:aws:sts::{ACCOUNT}:assumed-role/DoiT-Support-Gateway/{}",
        plan.parameters().role_session_name()
    )
}

/// The file of a version of a managed policy that an account has.
fn shown(policy: &ManagedPolicy, version: &str, document: &str) -> String {
    format!(r#"{{"Arn": "{}", "VersionId": "{version}", "Document": {document}}}"#, policy.arn())
}

/// The trust policy of the real role, which also tests the address of the caller.
pub(crate) fn from_an_address() -> String {
    let (from, to) = (r#""Condition": {"#, r#""Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"},"#);
    let text = role_file("trust.json");
    assert!(text.contains(from));
    text.replacen(from, to, 1)
}

fn codes(refused: &Refused) -> Vec<&'static str> {
    let mut codes: Vec<&str> = refused.refusals.iter().map(iamgate::Refusal::code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[track_caller]
fn refused(outcome: Result<Judgement, Box<Refused>>, wanted: &[&str]) -> Refused {
    let refused = outcome.map(|plan| plan.record().to_owned()).expect_err("a refusal");
    assert_eq!(codes(&refused), wanted, "{refused}");
    assert!(refused.record.contains(r#""verdict":"refused""#) && refused.record.contains(r#""call":null"#));
    *refused
}

#[test]
fn every_profile_has_a_plan_for_every_role() {
    for name in PROFILES {
        for more in ATTACHED {
            let plan = plan(&role(more), &profile(name))
                .unwrap_or_else(|refused| panic!("{name} {more}: {refused}"));
            // The call is what the profile says, and never exceeds what STS accepts.
            assert!(plan.quotas().iter().all(|quota| quota.used <= quota.most), "{:?}", plan.quotas());
            assert!(plan.record().contains(r#""verdict":"planned""#));
            assert!(!plan.record().contains(r#""verdict":"fails""#), "{name} {more}");
            assert_eq!(plan.session().principal_tags.value("doitenvironment"), Some(ACCOUNT));
        }
    }
}

#[test]
fn calls_are_byte_exact() {
    for name in PROFILES {
        let plan = plan(&role(""), &profile(name)).unwrap();
        insta::assert_snapshot!(format!("call_{name}"), plan.parameters().to_json());
    }
}

#[test]
fn the_same_decision_is_the_same_bytes() {
    let role = role("");
    let first = plan(&role, &profile("standard")).unwrap();
    assert_eq!(first.record(), plan(&role, &profile("standard")).unwrap().record());
    // The layout of the claims does not matter, and their content does.
    let text = example().replace('\n', "").replace("  ", "");
    assert_eq!(first.record(), ask(&role, &profile("standard"), &claims(&text), |_| {}).unwrap().record());
    let other = example().replace("ana@doit.com", "bob@doit.com");
    assert_ne!(first.record(), ask(&role, &profile("standard"), &claims(&other), |_| {}).unwrap().record());
}

#[test]
fn a_profile_outside_the_promise_is_refused_with_a_request() {
    let role = role("AdministratorAccess");
    let weak = widened("standard", r#"{"Effect": "Allow", "Action": "ec2:Terminate*", "Resource": "*"}"#);
    let refused = refused(plan(&role, &weak), &["NOT_READ_ONLY", "SESSION_POLICY_TOO_LONG"]);
    let (request, layers) = refused.refusals.iter().find_map(iamgate::Refusal::witness).unwrap();
    assert_eq!(layers.decide(request), Decision::Allowed);
    assert!(request.action.as_str().starts_with("ec2:"), "{request:?}");
}

#[test]
fn tokens_must_be_as_the_trust_policy_and_the_profile_want_them() {
    let (role, profile) = (role(""), profile("standard"));
    let ask = |from: &str, to: &str| {
        let text = example().replace(from, to);
        assert_ne!(text, example(), "{from}");
        ask(&role, &profile, &claims(&text), |_| {})
    };
    let others = "\"210987654321\"\n      ]";
    refused(ask("\"123456789012\"\n      ]", others), &["NOT_ADMITTED", "SESSION_TAG"]);
    refused(ask(r#""aud": "123456789012""#, r#""aud": "other""#), &["NOT_ADMITTED"]);
    // The key of a tag has no case. As a value of sts:TransitiveTagKeys it has case (rules 4.4, 6.8).
    refused(
        ask(
            "\"transitive_tag_keys\": [\n      \"DoitEnvironment\"",
            "\"transitive_tag_keys\": [\n      \"DoiTEnvironment\"",
        ),
        &["NOT_ADMITTED", "SESSION_TAG"],
    );
    assert!(ask("\"DoitEnvironment\": [", "\"DoiTEnvironment\": [").is_ok());
    refused(ask(r#""transitive_tag_keys""#, r#""unknown_member""#), &["CLAIM_INVALID", "SESSION_TAG"]);
    // Tags may come in claims of their own (rule 6.5).
    let flat = r#"{"sub": "ana@doit.com", "aud": "123456789012", "https://aws.amazon.com/tags/principal_tags/DoitEnvironment": "123456789012",
        "https://aws.amazon.com/tags/transitive_tag_keys": ["DoitEnvironment"]}"#;
    assert!(self::ask(&role, &profile, &claims(flat), |_| {}).is_ok());
    let list = flat.replace(r#""123456789012","#, r#"["123456789012"],"#).replacen(
        r#"["123456789012"],"#,
        r#""123456789012","#,
        1,
    );
    refused(self::ask(&role, &profile, &claims(&list), |_| {}), &["CLAIM_INVALID"]);
    // A nested tag is a list of one text (rule 7.29).
    refused(ask("[\n        \"123456789012\"\n      ]", "\"123456789012\""), &["CLAIM_INVALID"]);
    refused(ask(r#""sub": "ana@doit.com","#, ""), &["CLAIM_MISSING"]);
    // A value that a tag may not have.
    refused(ask("\"123456789012\"\n      ]", "\"12<3\"\n      ]"), &["SESSION_TAG", "TAG_CHARACTERS"]);
    refused(ask(r#""ana@doit.com""#, "[1, 2]"), &["CLAIM_INVALID"]);
}

#[test]
fn limits_of_sts_are_kept() {
    let (role, profile, claims) = (role(""), profile("standard"), claims(&example()));
    let with = |change: fn(&mut Rehearsal<'_>)| ask(&role, &profile, &claims, change);
    assert!(with(|asked| asked.duration_seconds = 21_600).is_ok());
    refused(with(|asked| asked.duration_seconds = 21_601), &["DURATION_EXCEEDS_ROLE"]);
    refused(with(|asked| asked.duration_seconds = 899), &["DURATION_TOO_SHORT"]);
    refused(with(|asked| asked.engineer = "ana doit"), &["SESSION_NAME_CHARACTERS"]);
    let long = |asked: &mut Rehearsal<'_>| {
        asked.engineer = "a-name-of-more-than-sixty-characters-that-somebody-has-chosen-to-have";
    };
    let name = with(long).unwrap().parameters().role_session_name().to_owned();
    assert!(name.len() == 64 && name.starts_with("a-name-of-more-than-sixty-characters-th"), "{name}");
    refused(with(|asked| asked.engineer = "ana=doit"), &["SESSION_NAME"]);
    refused(with(|asked| asked.case = "00000000001111111111222222222233333"), &["SESSION_NAME"]);
    refused(with(|asked| asked.engineer = ""), &["SESSION_NAME"]);
    refused(with(|asked| asked.case = ""), &["SESSION_NAME"]);
    refused(with(|asked| asked.case = "47+11"), &["SESSION_NAME"]);
    assert!(with(|asked| asked.engineer = "ana+doit@doit.com").is_ok());
    refused(with(|asked| asked.provider = "accounts.google.com"), &["TOKEN_ISSUER", "UNKNOWN_PROVIDER"]);
    let arn = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}");
    assert!(ask(&role, &profile, &claims, |asked| asked.provider = Box::leak(arn.into_boxed_str())).is_ok());
}

#[test]
fn profiles_that_do_not_fit_are_refused_and_changed_ones_are_proven() {
    let role = role("");
    let standard = profile("standard");
    let long = standard.clone().with_budget(standard.characters() - 1);
    refused(plan(&role, &long), &["OVER_BUDGET"]);

    // In another partition each ARN is longer by seven characters.
    let there = |name: &str| role_file(name).replace("arn:aws:", "arn:aws-us-gov:");
    let gov = role_with(
        &["role.json", "trust.json", "managed-arns.json"]
            .map(|name| (name, there(name)))
            .each_ref()
            .map(|(name, text)| (*name, &**text)),
    );
    let made = plan(&gov, &profile("standard")).unwrap();
    assert!(made.parameters().policy_arns().all(|arn| arn.starts_with("arn:aws-us-gov:iam::aws:policy/")));
    assert_eq!(made.quotas()[0].used, profile("standard").characters() + 4 * "-us-gov".len());
    let refused_there =
        refused(plan(&gov, &profile("diagnostics")), &["OVER_BUDGET", "SESSION_POLICY_TOO_LONG"]);
    assert!(refused_there.refusals.len() >= 2);

    // The document here is not the pinned one. It is proven, and told.
    let first = profile("standard").managed()[0].found().clone();
    let old = edited("standard", |json| {
        json["pins"][first.arn()] = serde_json::json!({"version": "v1", "sha256": "0".repeat(64)});
    });
    let told = plan(&role, &old).unwrap();
    assert!(told.findings().iter().any(|f| f.code == FindingCode::ManagedPolicyNotReviewed));
    let old = edited("standard", |json| {
        json["pins"].as_object_mut().unwrap().remove(first.arn());
    });
    let told = plan(&role, &old).unwrap();
    assert!(told.findings().iter().any(|f| f.code == FindingCode::ManagedPolicyNotPinned));

    let versions = |plan: &Judgement| -> Vec<String> {
        plan.managed().iter().map(|policy| format!("{} {}", policy.name(), policy.version())).collect()
    };
    let reviewed = versions(&told);
    assert_eq!(reviewed.len(), old.managed().len());
    assert!(reviewed[0].ends_with(first.version()), "{reviewed:?}");

    // The account has the reviewed text under another version. The plan holds for that version.
    let renamed = role_with(&[("aws-managed/own.json", &shown(&first, "v999", &first.policy().to_json()))]);
    let made = plan(&renamed, &profile("standard")).unwrap();
    assert_eq!(versions(&made)[0], format!("{} v999", first.name()));
    assert!(made.record().contains(r#""managed_session_policies":[{"arn":"#), "{}", made.record());

    // The account has another version than the reviewed one.
    let tags = policy_text(r#"{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*"}"#);
    let audit = managed().policy("arn:aws:iam::aws:policy/SecurityAudit").unwrap().clone();
    let moved = role_with(&[("aws-managed/own.json", &shown(&audit, audit.version(), &tags))]);
    let refused = refused(plan(&moved, &profile("standard")), &["NOT_READ_ONLY"]);
    let told = refused.findings.iter().find(|f| f.code == FindingCode::ManagedPolicyNotReviewed).unwrap();
    let Some(iamgate::Example::Request(example)) = &told.example else { panic!("{told:?}") };
    let witnesses = refused.refusals.iter().map(|refusal| refusal.witness().unwrap());
    for (request, layers) in witnesses.chain([(&example.request, &example.layers)]) {
        assert_eq!((request.action.as_str(), layers.decide(request)), ("ec2:CreateTags", Decision::Allowed));
    }
}

#[test]
fn a_role_that_nobody_may_assume_or_that_allows_nothing_is_refused() {
    let alone = role_with(&[("trust.json", "")]);
    refused(plan(&alone, &profile("standard")), &["NO_TRUST_POLICY"]);
    let writes = policy_text(r#"{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}"#);
    let idle = role_with(&[("managed-arns.json", ""), ("inline/inline.json", &writes)]);
    refused(plan(&idle, &profile("standard")), &["ALLOWS_NOTHING"]);
}

/// Access that session policies do not limit (rules 5.20, 5.24).
#[test]
fn resource_policies_that_reach_the_session_are_found() {
    let with = |principal: &str, condition: &str| {
        let text = policy_text(&format!(
            r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::payroll/*"{condition}}}"#
        ));
        plan(&role_with(&[("resources/payroll.json", &text)]), &profile("standard"))
    };
    let session = session_arn("standard");
    let found =
        refused(with(&format!(r#"{{"AWS": "{session}"}}"#), ""), &["RESOURCE_POLICY_REACHES_SESSION"]);
    assert_eq!(found.refusals[0].witness().unwrap().0.action.as_str(), "s3:PutObject");
    let named = format!(
        r#", "Condition": {{"ArnEquals": {{"aws:PrincipalArn": "arn:aws:iam::{ACCOUNT}:role/DoiT-Support-Gateway"}}}}"#
    );
    refused(with(r#""*""#, &named), &["RESOURCE_POLICY_REACHES_SESSION"]);
    // The session policies limit a resource policy that names the role.
    let role_arn = format!(r#"{{"AWS": "arn:aws:iam::{ACCOUNT}:role/DoiT-Support-Gateway"}}"#);
    let plan = with(&role_arn, "").unwrap();
    assert!(plan.findings().iter().all(|f| f.code != FindingCode::ResourcePoliciesUnknown));
    // For unknown resource policies: one that could exist, under which the evaluator allows the request.
    let plan = self::plan(&role(""), &profile("standard")).unwrap();
    let unknown = plan.findings().iter().find(|f| f.code == FindingCode::ResourcePoliciesUnknown).unwrap();
    let Some(iamgate::Example::Request(shown)) = &unknown.example else { panic!("{unknown:?}") };
    assert_eq!(shown.request.action.as_str(), "s3:PutObject");
    assert_eq!(shown.layers.decide(&shown.request), Decision::Allowed);
}

#[test]
fn claims_that_are_none() {
    for (text, code) in
        [("", "JSON"), ("[]", "INVALID_CLAIMS"), (r#"{"a": 1, "a": 2}"#, "DUPLICATE"), ("nothing", "JSON")]
    {
        let file = File { name: "claims.json".into(), text: text.into() };
        let error = Claims::from_json(&file, &Limits::default()).unwrap_err().to_string();
        assert!(error.to_ascii_uppercase().contains(code), "{text}: {error}");
    }
}

/// No exception permits what a resource policy grants, and one grant does not hide another.
#[test]
fn exceptions_do_not_cover_what_resources_grant() {
    let session = session_arn("standard");
    let with = |profile: &Profile, action: &str, resource: &str, principal: &str| {
        let text = policy_text(&format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": {action}, "Resource": "{resource}"}}"#
        ));
        plan(&role_with(&[("resources/own.json", &text)]), profile)
    };
    let codes = ["RESOURCE_POLICY_REACHES_SESSION"];
    // The exception of `diagnostics` is for another role.
    let other = format!("arn:aws:iam::{ACCOUNT}:role/admin");
    refused(with(&profile("diagnostics"), r#""iam:PassRole""#, &other, &session_arn("diagnostics")), &codes);
    // The session policies already allow the cases, but not the object. Its finding is not hidden by theirs.
    let several = r#"["support:CreateCase", "s3:PutObject"]"#;
    assert!(with(&profile("standard"), r#""support:CreateCase""#, "*", &session).is_ok());
    let found = refused(with(&profile("standard"), several, "arn:aws:s3:::b/*", &session), &codes);
    // Each witness is a case: under its policies the evaluator allows the request.
    for refusal in &found.refusals {
        let (request, layers) = refusal.witness().unwrap();
        assert_eq!(layers.decide(request), Decision::Allowed, "{refusal}");
    }
    // A resource policy may grant the role what the session policies allow, although the role's own policies do not (rule 5.21).
    let role_arn = format!("arn:aws:iam::{ACCOUNT}:role/DoiT-Support-Gateway");
    assert!(with(&profile("standard"), r#""a4b:GetAddressBook""#, "arn:aws:a4b:::x", &role_arn).is_ok());
}

/// STS uses the policies of the account. So the promise is proven for these, not for the reviewed copies.
#[test]
fn the_promise_is_about_what_the_account_has() {
    let tags = policy_text(r#"{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*"}"#);
    let audit = managed().policy("arn:aws:iam::aws:policy/SecurityAudit").unwrap().clone();
    let all = policy_text(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let moved = role_with(&[
        ("managed/more.json", &all),
        ("aws-managed/own.json", &shown(&audit, audit.version(), &tags)),
    ]);
    let lenient = edited("standard", |json| json["refuse"] = serde_json::json!([]));
    let found = refused(plan(&moved, &lenient), &["NOT_READ_ONLY"]);
    assert_eq!(found.refusals[0].witness().unwrap().0.action.as_str(), "ec2:CreateTags");
}

/// A trust policy may test where the call comes from. A broker that knows it can say so.
#[test]
fn what_is_known_of_the_call_counts() {
    let near = role_with(&[("trust.json", &from_an_address())]);
    let (profile, claims) = (profile("standard"), claims(&example()));
    let from = |address: Option<&str>| {
        let address = address.map(|address| ("aws:SourceIp", ContextValue::single(address)));
        let call = address.map_or_else(Context::new, |(key, value)| Context::new().with(key, value));
        ask(&near, &profile, &claims, |asked| asked.call = Box::leak(Box::new(call)))
    };
    refused(from(None), &["NOT_ADMITTED"]);
    refused(from(Some("203.0.113.9")), &["NOT_ADMITTED"]);
    let plan = from(Some("192.0.2.9")).unwrap();
    assert!(plan.record().contains(r#""context":{"aws:SourceIp":"192.0.2.9"}"#));
    // The broker may not set keys that only AWS may set.
    let forged: &Context =
        Box::leak(Box::new(Context::new().with("aws:PrincipalTag/x", ContextValue::single("y"))));
    refused(ask(&near, &profile, &claims, |asked| asked.call = forged), &["KEY_RESERVED"]);
}

/// Ways out of the session: other sessions, and credentials.
#[test]
fn hops_and_credentials_are_found_with_a_request() {
    let everything = role("AdministratorAccess");
    let without_guard = |statement: &str| {
        // The inline policy, which has the guard, is another one.
        let weak = unguarded("standard", statement);
        plan(&everything, &weak).map(|plan| plan.record().to_owned()).unwrap_err()
    };
    // The managed policies of the profile have reads that return credentials. The guard denied them.
    for (allowed, shown, code) in [
        ("sts:AssumeRole", "sts:AssumeRole", "ROLE_CHAINING"),
        ("s3:ListBucket", "cloudwatch:GetSpaceCredentials", "CREDENTIALS_HANDED_OUT"),
    ] {
        let refused =
            without_guard(&format!(r#"{{"Effect": "Allow", "Action": "{allowed}", "Resource": "*"}}"#));
        let own = refused.refusals.iter().filter(|refusal| refusal.code() == code);
        let actions: Vec<&str> =
            own.filter_map(|refusal| Some(refusal.witness()?.0.action.as_str())).collect();
        assert!(actions.contains(&shown), "{code}: {actions:?}");
    }
    // What an exception of the promise permits is reported, and refuses nothing.
    let plan = plan(&role(""), &profile("diagnostics")).unwrap();
    let pass = plan.findings().iter().find(|finding| finding.code == FindingCode::PassRole).unwrap();
    assert!(pass.is_permitted && pass.says.contains("role/SupportDiagnostics"), "{pass}");
}
