//! Plans are sealed: made for one token, good for minutes, used once, and only with content that is pinned.

use iamgate::iam_policy::Limits;
use iamgate::iam_policy::value::Instant;
use iamgate::iamgate_token::{
    Algorithm, EngineerIssuer, FileKey, KeySet, NameClaim, NewStsToken, RecentTokens, Rules, StsIssuer,
    StsToken, TokenSigner as _, TokenVerifier, VerifiedEngineer,
};
use iamgate::{
    Catalog, Context, Details, FindingCode, Gate, IdentityProviders, ManagedPolicies, NotSent, Pins, Plan,
    Profile, Refused, RoleSnapshot, SessionRequest, StsCall, built_in, catalog_sha256,
};

use super::roles::{ACCOUNT, PROFILES, edited, profile, role, role_with};

const ISSUER: &str = "https://support.cre.doit-intl.com";
const LOGIN: &str = "https://login.example.com";
pub(crate) const NOW: i64 = 1_795_000_000;
const KEY: &[u8] = include_bytes!("../../../iamgate-token/tests/keys/es256.der");

fn key() -> FileKey {
    FileKey::from_der("es", Algorithm::Es256, KEY).unwrap()
}

fn verifier() -> TokenVerifier {
    let rules = |issuer| Rules::new(issuer, &[Algorithm::Es256]).unwrap();
    let engineers = EngineerIssuer::new(rules(LOGIN), "broker").unwrap().named_by(NameClaim::VerifiedEmail);
    let sts = StsIssuer::new(rules(ISSUER)).unwrap();
    TokenVerifier::new().with_engineers(engineers).unwrap().with_sts(sts).unwrap()
}

fn keys(issuer: &str) -> KeySet {
    KeySet::parse(issuer, &format!(r#"{{"keys": [{}]}}"#, key().public_jwk())).unwrap()
}

/// A token for STS with this id, which is good for so many seconds.
pub(crate) fn token(id: &str, seconds: i64) -> StsToken {
    let new = NewStsToken::new(ISSUER, ACCOUNT, "6f1c", id, NOW).valid_for(seconds).with_tag(
        "DoitEnvironment",
        ACCOUNT,
        true,
    );
    verifier().mint(&new, &key(), &keys(ISSUER), &mut RecentTokens::new(10), NOW).unwrap()
}

/// The sign-in of an engineer, which is good for so many seconds.
pub(crate) fn engineer(name: &str, seconds: i64) -> VerifiedEngineer {
    let part = |json: String| base64(json.as_bytes());
    let claims = format!(
        r#"{{"iss": "{LOGIN}", "aud": "broker", "sub": "00u1", "email": "{name}", "email_verified": true, "iat": {NOW}, "exp": {}}}"#,
        NOW.saturating_add(seconds)
    );
    let message =
        format!("{}.{}", part(r#"{"alg":"ES256","kid":"es","typ":"JWT"}"#.to_owned()), part(claims));
    let text = format!("{message}.{}", base64(&key().sign(message.as_bytes()).unwrap()));
    let verifier = verifier();
    let token = verifier.engineer(&text).unwrap();
    token.verify(&keys(LOGIN), &mut RecentTokens::new(10), NOW).unwrap()
}

/// As RFC 7515 writes bytes.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| (byte >> at) & 1)).collect();
    let letter = |six: &[u8]| {
        let padded = six.iter().copied().chain(std::iter::repeat(0)).take(6);
        char::from(LETTERS[padded.fold(0_usize, |sum, bit| (sum << 1) | usize::from(bit))])
    };
    bits.chunks(6).map(letter).collect()
}

pub(crate) struct World {
    pub(crate) gate: Gate,
    pub(crate) role: RoleSnapshot,
    pub(crate) profile: Profile,
    pub(crate) providers: IdentityProviders,
}

impl World {
    pub(crate) fn new() -> Self {
        let providers = built_in::providers(ACCOUNT).unwrap();
        Self { gate: Gate::embedded().unwrap(), role: role(""), profile: profile("standard"), providers }
    }

    pub(crate) fn plan(
        &self,
        engineer: &VerifiedEngineer,
        token: &StsToken,
        now: i64,
    ) -> Result<Plan, Box<Refused>> {
        self.gate.plan(&SessionRequest {
            role: &self.role,
            profile: &self.profile,
            providers: &self.providers,
            engineer,
            token,
            case: "4711",
            duration_seconds: 3_600,
            now: Instant::from_epoch_seconds(now),
            call: &Context::new(),
        })
    }
}

fn at(seconds: i64) -> Instant {
    Instant::from_epoch_seconds(seconds)
}

fn sent(call: Result<StsCall, NotSent>) -> &'static str {
    call.map_or_else(NotSent::code, |_| "sent")
}

fn codes(refused: &Refused) -> Vec<&'static str> {
    refused.refusals.iter().map(iamgate::Refusal::code).collect()
}

#[test]
fn a_plan_gives_one_call_with_its_token() {
    let world = World::new();
    let (ana, own) = (engineer("ana@doit.com", 600), token("1", 600));
    let plan = world.plan(&ana, &own, NOW).unwrap_or_else(|refused| panic!("{refused}"));
    assert_eq!(plan.expires(), at(NOW + 300));
    assert!(plan.record().contains(r#""rehearsal":false"#) && plan.record().contains(r#""subject":"00u1""#));
    assert!(!plan.record().contains(r#""verified_token":null"#));
    let parameters = plan.judgement().parameters().clone();
    let call = plan.into_call(own, at(NOW + 10)).unwrap();
    assert!(!format!("{call:?}").contains("eyJ"), "{call:?}");
    let (sent, text) = call.into_parts();
    assert_eq!(sent, parameters);
    assert_eq!(text.split('.').count(), 3);
}

#[test]
fn a_plan_ends_before_its_tokens_and_is_of_one_token() {
    let world = World::new();
    for (session, sign_in, wanted) in [(600, 600, 300), (120, 600, 120), (600, 90, 90)] {
        for (after, code) in [
            (wanted - 1, "sent"),
            (wanted, "PLAN_EXPIRED"),
            (-60, "sent"),
            (-61, "PLAN_TOO_EARLY"),
            (86_400, "PLAN_EXPIRED"),
        ] {
            let own = token("1", session);
            let plan = world.plan(&engineer("ana@doit.com", sign_in), &own, NOW).unwrap();
            assert_eq!(plan.expires(), at(NOW + wanted));
            assert_eq!(sent(plan.into_call(own, at(NOW + after))), code, "{session} {sign_in} {after}");
        }
    }
    let plan = world.plan(&engineer("ana@doit.com", 600), &token("1", 600), NOW).unwrap();
    assert_eq!(sent(plan.into_call(token("2", 600), at(NOW))), "PLAN_OF_ANOTHER_TOKEN");
    // A token or a sign-in that has expired gives no plan at all.
    let refused = world.plan(&engineer("ana@doit.com", 600), &token("1", 120), NOW + 120).unwrap_err();
    assert_eq!(codes(&refused), ["TOKEN_EXPIRED"]);
    let refused = world.plan(&engineer("ana@doit.com", 90), &token("1", 120), NOW + 90).unwrap_err();
    assert_eq!(codes(&refused), ["ENGINEER_EXPIRED"]);
}

#[test]
fn sessions_have_names_of_their_own() {
    let world = World::new();
    let name = |who: &VerifiedEngineer, token: &StsToken, now| {
        world.plan(who, token, now).unwrap().judgement().parameters().role_session_name().to_owned()
    };
    let (ana, first) = (engineer("ana@doit.com", 600), token("1", 600));
    let own = name(&ana, &first, NOW);
    assert!(own.starts_with("ana@doit.com+4711+"), "{own}");
    assert_eq!(own, name(&ana, &first, NOW));
    for other in [name(&ana, &token("2", 600), NOW), name(&ana, &first, NOW + 1)] {
        assert!(other.starts_with("ana@doit.com+4711+") && other != own, "{other}");
    }
    let long =
        name(&engineer("somebody.with.a.long.name.of.two.families@support.example.com", 600), &first, NOW);
    assert_eq!(long.len(), 64);
}

#[test]
fn a_token_of_another_person_is_found() {
    let world = World::new();
    let mint = |subject| {
        let new =
            NewStsToken::new(ISSUER, ACCOUNT, subject, "1", NOW).with_tag("DoitEnvironment", ACCOUNT, true);
        verifier().mint(&new, &key(), &keys(ISSUER), &mut RecentTokens::new(10), NOW).unwrap()
    };
    let ana = engineer("ana@doit.com", 600);
    for (subject, wanted) in [("bob@evil.com", true), ("ana@doit.com", false), ("6f1c", false)] {
        let plan = world.plan(&ana, &mint(subject), NOW).unwrap();
        let codes: Vec<FindingCode> = plan.judgement().findings().iter().map(|own| own.code).collect();
        assert_eq!(codes.contains(&FindingCode::TokenOfAnotherPerson), wanted, "{subject}: {codes:?}");
        assert!(!codes.contains(&FindingCode::TokenClaimMissing), "{codes:?}");
    }
}

#[test]
fn only_pinned_content_is_judged() {
    let mut world = World::new();
    let (ana, own) = (engineer("ana@doit.com", 600), token("1", 600));
    // A profile of another promise, also of the same name.
    world.profile = edited("standard", |json| json["about"] = "another".into());
    let refused = world.plan(&ana, &own, NOW).unwrap_err();
    assert_eq!(codes(&refused), ["PROFILE_NOT_PINNED"]);
    assert!(
        refused.to_string().contains("`standard`") && refused.to_string().contains(world.profile.sha256()),
        "{refused}"
    );
    assert!(
        refused.record.contains(r#""pins":{"catalogue":"built in","details":"built in","profile":null}"#)
    );
    world.gate = world.gate.pinning(Pins::built_in().with_profile(world.profile.sha256()));
    let plan = world.plan(&ana, &own, NOW).unwrap();
    assert!(
        plan.record().contains(r#""pins":{"catalogue":"built in","details":"built in","profile":"given"}"#)
    );

    // A catalogue in which every action is a read.
    let text = Catalog::embedded().unwrap().to_string();
    let weak: String = text
        .lines()
        .enumerate()
        .map(|(number, line)| match line.split_at_checked(1) {
            Some(("W" | "P" | "T", rest)) if number > 3 => format!("R{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let weak = Catalog::parse(Box::leak(weak.into_boxed_str())).unwrap();
    let pin = catalog_sha256(&weak);
    let mut world = World { gate: Gate::new(weak, Details::embedded().unwrap()), ..World::new() };
    let refused = world.plan(&ana, &own, NOW).unwrap_err();
    assert!(codes(&refused).contains(&"CATALOGUE_NOT_PINNED"), "{refused}");
    world.gate = world.gate.pinning(Pins::built_in().with_catalog(&pin));
    assert!(
        !world.plan(&ana, &own, NOW).is_err_and(|refused| codes(&refused).contains(&"CATALOGUE_NOT_PINNED"))
    );

    // Details without a condition key.
    let text = Details::embedded().unwrap().to_string().replacen(
        "gbaws:MultiFactorAuthPresent",
        "gsaws:MultiFactorAuthPresent",
        1,
    );
    let other = Details::parse(Box::leak(text.into_boxed_str())).unwrap();
    world.gate = Gate::new(Catalog::embedded().unwrap(), other);
    assert!(codes(&world.plan(&ana, &own, NOW).unwrap_err()).contains(&"DETAILS_NOT_PINNED"));

    world.gate = Gate::embedded().unwrap().pinning(Pins::none());
    let refused = world.plan(&ana, &own, NOW).unwrap_err();
    assert_eq!(codes(&refused), ["PROFILE_NOT_PINNED", "CATALOGUE_NOT_PINNED", "DETAILS_NOT_PINNED"]);
}

/// A gate that has judged a role before says the same, byte for byte, and remembers nothing of another role, profile, account or premise.
#[test]
fn what_a_gate_remembers_changes_nothing() {
    let mut world = World::new();
    let (ana, own) = (engineer("ana@doit.com", 600), token("1", 600));
    let first = world.plan(&ana, &own, NOW).unwrap();
    assert_eq!(world.plan(&ana, &own, NOW).unwrap().record(), first.record());
    assert_eq!(World::new().plan(&ana, &own, NOW).unwrap().record(), first.record());
    // A role without a policy that allows anything.
    world.role = role_with(&[
        ("managed-arns.json", ""),
        (
            "inline/inline.json",
            &super::roles::policy_text(r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#),
        ),
    ]);
    assert_eq!(codes(&world.plan(&ana, &own, NOW).unwrap_err()), ["ALLOWS_NOTHING"]);
    world.role = role("");
    // The same profile for another account.
    world.profile = built_in::profile("standard", "999999999999", &built_in::managed().unwrap()).unwrap();
    let refused = world.plan(&ana, &own, NOW).unwrap_err();
    assert!(codes(&refused).contains(&"PROFILE_ACCOUNT"), "{refused}");
    world.profile = profile("standard");
    assert_eq!(world.plan(&ana, &own, NOW).unwrap().record(), first.record());
    // Other premises are another gate's.
    let mut premises = iamgate::Premises::default();
    premises.resource_policies = iamgate::ResourcePolicies::Any;
    world.gate = world.gate.assuming(premises);
    assert!(world.plan(&ana, &own, NOW).is_err());
}

/// A profile means the same in every account, and has the same hash.
#[test]
fn built_in_profiles_are_pinned_in_every_account() {
    let managed = built_in::managed().unwrap();
    for account in [ACCOUNT, "000000000000", "999999999999", "111122223333"] {
        for name in PROFILES {
            let own = built_in::profile(name, account, &managed).unwrap();
            assert!(Pins::built_in().has_profile(own.sha256()), "{name} {account}");
            assert_eq!(own.account(), account);
        }
    }
}

/// Every member of a profile's file is in its hash, and so is each document of a managed policy.
#[test]
fn what_a_profile_says_is_hashed() {
    use serde_json::{Value, json};

    let own = profile("standard");
    let changes: [(&str, Value); 12] = [
        ("name", json!("other")),
        ("about", json!("other")),
        ("levels", json!(["Read"])),
        ("exceptions", json!([])),
        ("future", json!(["*:List*"])),
        ("never_allowed", json!([])),
        ("always_denied", json!([])),
        ("kept", json!([])),
        ("budget", json!(2_047)),
        ("tag", json!({"key": "DoitEnvironment", "value": "{{account}}", "transitive": false})),
        ("refuse", json!([])),
        ("guard", json!({"needed": [], "seldom": []})),
    ];
    let mut hashes = vec![own.sha256().to_owned()];
    for (name, value) in changes {
        hashes.push(edited("standard", |json| json[name] = value).sha256().to_owned());
    }
    hashes.push(
        super::roles::widened("standard", r#"{"Effect": "Deny", "Action": "a:b", "Resource": "*"}"#)
            .sha256()
            .to_owned(),
    );
    hashes.push(edited("standard", |json| json["pins"] = json!({})).sha256().to_owned());
    let others = other_document();
    hashes.push(
        Profile::load(&built_in::file(built_in::PROFILES[4]), ACCOUNT, &others, &Limits::default())
            .unwrap()
            .sha256()
            .to_owned(),
    );
    let count = hashes.len();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
    // The layout of the file is not in it.
    assert_eq!(edited("standard", |_| {}).sha256(), own.sha256());
}

/// The pinned policies, of which SecurityAudit is another one.
fn other_document() -> ManagedPolicies {
    let mut files = built_in::files(built_in::MANAGED);
    let audit = files.iter().position(|file| file.name == "SecurityAudit.json").unwrap();
    let old = super::small::hash(&files[audit].text);
    files[audit].text = files[audit].text.replacen("iam:Get*", "iam:Put*", 1);
    let new = super::small::hash(&files[audit].text);
    assert_ne!(old, new);
    let manifest = files.iter_mut().find(|file| file.name == "MANIFEST.json").unwrap();
    manifest.text = manifest.text.replace(&old, &new);
    ManagedPolicies::load(&files, &Limits::default()).unwrap()
}

/// A role's hash covers each document, also of those that come from the pinned policies.
#[test]
fn what_a_role_is_is_hashed() {
    let own = role("");
    let (policy, trust) = (
        super::roles::policy_text(r#"{"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}"#),
        super::roles::role_file("trust.json"),
    );
    let files = built_in::files(built_in::SUPPORT_GATEWAY);
    let mut hashes = vec![
        own.sha256().to_owned(),
        RoleSnapshot::from_folder(&files, &other_document(), &Limits::default()).unwrap().sha256().to_owned(),
    ];
    for (name, text) in [
        ("managed/more.json", &*policy),
        ("inline/other.json", &policy),
        ("boundary.json", &policy),
        ("scp/0/own.json", &policy),
        ("trust.json", ""),
        ("managed-versions.json", r#"{"arn:aws:iam::aws:policy/SecurityAudit": "v9999"}"#),
        (
            "role.json",
            &super::roles::role_file("role.json").replacen(
                "\"MaxSessionDuration\": ",
                "\"MaxSessionDuration\": 1",
                1,
            ),
        ),
    ] {
        hashes.push(role_with(&[(name, text)]).sha256().to_owned());
    }
    hashes
        .push(role_with(&[("trust.json", &trust.replacen(ACCOUNT, "210987654321", 1))]).sha256().to_owned());
    let count = hashes.len();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
    assert_eq!(own.visible().sha256(), own.sha256());
    assert_eq!(own.sha256(), role_with(&[("trust.json", &trust.replace('\n', " "))]).sha256());
}
