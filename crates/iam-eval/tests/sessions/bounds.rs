//! Every bound, at it and one over; and every other reason of a refusal.

use iam_eval::session::{Caller, Opening, Parameters, Tags};
use iam_eval::{Context, ContextValue};

use super::{NOW, assume, chained, codes, opened, role, token, user, web, with_claims};

const NONE: [&str; 0] = [];

fn named(name: &str) -> Parameters {
    Parameters::named(name)
}

fn with(change: impl FnOnce(&mut Parameters)) -> Parameters {
    let mut parameters = named("s1");
    change(&mut parameters);
    parameters
}

fn federated(parameters: Parameters, caller: Caller) -> Opening {
    Opening::federation_token(parameters, caller, NOW)
}

fn lasting(seconds: i64) -> Parameters {
    with(|p| p.duration_seconds = Some(seconds))
}

fn tagged(tags: impl IntoIterator<Item = (String, String)>) -> Opening {
    let tags: Tags = tags.into_iter().collect();
    assume(with(|p| p.tags = tags), user())
}

#[test]
fn names() {
    let open = |name: &str| codes(assume(named(name), user()));
    assert_eq!(open(&"a".repeat(2)), NONE);
    assert_eq!(open(&"a".repeat(64)), NONE);
    assert_eq!(open("a"), ["SESSION_NAME_LENGTH"]);
    assert_eq!(open(&"a".repeat(65)), ["SESSION_NAME_LENGTH"]);
    assert_eq!(open("é"), ["SESSION_NAME_LENGTH", "SESSION_NAME_CHARACTERS"]);
    assert_eq!(codes(federated(named(&"a".repeat(32)), user())), NONE);
    assert_eq!(codes(federated(named(&"a".repeat(33)), user())), ["SESSION_NAME_LENGTH"]);
}

#[test]
fn durations() {
    let root = || Caller::Root { arn: "arn:aws:iam::111122223333:root".into() };
    let role_of_an_hour = |seconds| {
        let mut role = role();
        role.max_session_duration = 3_600;
        Opening::assume_role(role, lasting(seconds), chained(&[], None), NOW)
    };
    assert_eq!(codes(assume(lasting(899), user())), ["DURATION_TOO_SHORT"]);
    assert_eq!(codes(assume(lasting(900), user())), NONE);
    assert_eq!(codes(assume(lasting(43_200), user())), NONE);
    assert_eq!(codes(assume(lasting(43_201), user())), ["DURATION_TOO_LONG", "DURATION_EXCEEDS_ROLE"]);
    assert_eq!(codes(assume(lasting(3_600), chained(&[], None))), NONE);
    assert_eq!(codes(assume(lasting(3_601), chained(&[], None))), ["DURATION_EXCEEDS_CHAINING"]);
    assert_eq!(codes(role_of_an_hour(3_601)), ["DURATION_EXCEEDS_ROLE", "DURATION_EXCEEDS_CHAINING"]);
    assert_eq!(codes(federated(lasting(129_600), user())), NONE);
    assert_eq!(codes(federated(lasting(129_601), user())), ["DURATION_TOO_LONG"]);
    assert_eq!(codes(federated(lasting(3_600), root())), NONE);
    // STS shortens a session of the root user and does not fail.
    for (asked, made) in [(3_600, 3_600), (3_601, 3_600), (129_600, 3_600), (900, 900)] {
        assert_eq!(opened(federated(lasting(asked), root())).duration_seconds, made, "{asked}");
    }
    assert_eq!(opened(federated(named("s1"), root())).duration_seconds, 3_600);
    assert_eq!(codes(federated(lasting(129_601), root())), ["DURATION_TOO_LONG"]);
}

#[test]
fn session_policies() {
    let arns = |count: usize| (0..count).map(|i| format!("arn:aws:iam::aws:policy/p{i}").into()).collect();
    let inline = |characters: usize| {
        let empty =
            r#"{"Version":"2012-10-17","Statement":{"Sid":"","Effect":"Deny","Action":"*","Resource":"*"}}"#;
        let sid = "a".repeat(characters - empty.len());
        empty.replace(r#""Sid":"""#, &format!(r#""Sid":"{sid}""#)).into()
    };
    let one = |arn: &str| codes(assume(with(|p| p.policy_arns = vec![arn.into()]), user()));
    assert_eq!(codes(assume(with(|p| p.policy_arns = arns(10)), user())), NONE);
    assert_eq!(codes(assume(with(|p| p.policy_arns = arns(11)), user())), ["TOO_MANY_POLICY_ARNS"]);
    assert_eq!(one("arn:aws:iam::111122223333:policy/path/p"), NONE);
    assert_eq!(one("arn:aws:iam::444455556666:policy/p"), ["POLICY_ARN_OF_OTHER_ACCOUNT"]);
    assert_eq!(one("arn:aws-cn:iam::aws:policy/p"), ["POLICY_ARN_OF_OTHER_ACCOUNT"]);
    assert_eq!(one("arn:aws:iam::aws:policy/"), ["INVALID_POLICY_ARN"]);
    assert_eq!(one("arn:aws:iam::111122223333:role/p"), ["INVALID_POLICY_ARN"]);
    assert_eq!(codes(assume(with(|p| p.policy = Some(inline(2_048))), user())), NONE);
    assert_eq!(codes(assume(with(|p| p.policy = Some(inline(2_049))), user())), ["SESSION_POLICY_TOO_LONG"]);
    let both = |characters| {
        with(|p| {
            p.policy = Some(inline(characters));
            p.policy_arns = arns(1);
        })
    };
    let arn = "arn:aws:iam::aws:policy/p0".len();
    assert_eq!(codes(assume(both(2_048 - arn), user())), NONE);
    assert_eq!(codes(assume(both(2_049 - arn), user())), ["SESSION_POLICY_TOO_LONG"]);
    let refused = with(|p| p.policy = Some(r#"{"Statement":{"Effect":"allow"}}"#.into()));
    let found = codes(assume(refused, user()));
    assert!(found.len() > 1 && found.iter().all(|code| *code == "SESSION_POLICY_REFUSED"), "{found:?}");
}

#[test]
fn tags() {
    let many = |count: usize| tagged((0..count).map(|i| (format!("k{i}"), String::new())));
    let one = |key: &str, value: &str| codes(tagged([(key.to_owned(), value.to_owned())]));
    assert_eq!(codes(many(50)), NONE);
    assert_eq!(codes(many(51)), ["TOO_MANY_TAGS"]);
    assert_eq!(one(&"k".repeat(128), &"v".repeat(256)), NONE);
    assert_eq!(one(&"k".repeat(129), ""), ["TAG_KEY_LENGTH"]);
    assert_eq!(one("", "v"), ["TAG_KEY_LENGTH"]);
    assert_eq!(one("k", &"v".repeat(257)), ["TAG_VALUE_LENGTH"]);
    assert_eq!(one("k#", "v*"), ["TAG_CHARACTERS", "TAG_CHARACTERS"]);
    assert_eq!(one("AWS:k", "aws:v"), ["TAG_RESERVED", "TAG_RESERVED"]);
    assert_eq!(one("team", "xaws:"), NONE);
    let pairs = |keys: [&str; 2]| tagged(keys.map(|key| (key.to_owned(), "v".to_owned())));
    assert_eq!(codes(pairs(["Team", "tEAM"])), ["TAG_TWICE"]);
    let inherits = |tags: &[(&str, &str)]| {
        let tags = tags.iter().copied().collect();
        codes(assume(with(|p| p.tags = tags), chained(&[("Star", "1")], None)))
    };
    assert_eq!(inherits(&[("Moon", "1")]), NONE);
    assert_eq!(inherits(&[("STAR", "1")]), ["TAG_INHERITED"]);
}

#[test]
fn transitive_keys() {
    let open = |keys: usize, named: &[&str]| {
        let mut parameters = named_tags(keys);
        parameters.transitive_tag_keys.extend(named.iter().map(|key| (*key).into()));
        codes(assume(parameters, user()))
    };
    assert_eq!(open(50, &[]), NONE);
    assert_eq!(open(50, &["K0"]), ["TOO_MANY_TRANSITIVE_KEYS"]);
    assert_eq!(open(1, &["other"]), ["TRANSITIVE_KEY_WITHOUT_TAG"]);
}

fn named_tags(count: usize) -> Parameters {
    with(|p| {
        p.tags = (0..count).map(|i| (format!("k{i}"), "v")).collect();
        p.transitive_tag_keys = (0..count).map(|i| format!("k{i}").into()).collect();
    })
}

#[test]
fn source_identity_and_external_id() {
    let identity = |text: &str| codes(assume(with(|p| p.source_identity = Some(text.into())), user()));
    let id = |text: &str| codes(assume(with(|p| p.external_id = Some(text.into())), user()));
    assert_eq!(identity(&"a".repeat(2)), NONE);
    assert_eq!(identity(&"a".repeat(256)), NONE);
    assert_eq!(identity("a"), ["SOURCE_IDENTITY_LENGTH"]);
    assert_eq!(identity(&"a".repeat(257)), ["SOURCE_IDENTITY_LENGTH"]);
    assert_eq!(identity("aws:x"), ["SOURCE_IDENTITY_CHARACTERS"]);
    let other = with(|p| p.source_identity = Some("Saanvi".into()));
    assert_eq!(codes(assume(other, chained(&[], Some("Diego")))), ["SOURCE_IDENTITY_CHANGED"]);
    assert_eq!(id(&"a".repeat(1_224)), NONE);
    assert_eq!(id(":/"), NONE);
    assert_eq!(id(&"a".repeat(1_225)), ["EXTERNAL_ID_LENGTH"]);
    assert_eq!(id("a"), ["EXTERNAL_ID_LENGTH"]);
    assert_eq!(id("a b"), ["EXTERNAL_ID_CHARACTERS"]);
}

#[test]
fn callers_and_parameters_of_another_call() {
    let root = || Caller::Root { arn: "arn:aws:iam::111122223333:root".into() };
    let federated_user =
        || Caller::FederatedUser { arn: "arn:aws:sts::111122223333:federated-user/kiosk".into() };
    for caller in [root(), federated_user()] {
        assert_eq!(codes(assume(named("s1"), caller)), ["CALLER_NOT_ALLOWED"]);
    }
    for caller in [chained(&[], None), federated_user()] {
        assert_eq!(codes(federated(named("s1"), caller)), ["CALLER_NOT_ALLOWED"]);
    }
    let mut without_role = assume(named("s1"), user());
    without_role.role = None;
    assert_eq!(codes(without_role), ["ROLE_MISSING"]);
    let everything = with(|p| {
        p.external_id = Some("id".into());
        p.source_identity = Some("ana".into());
        p.tags = [("k", "v")].into_iter().collect();
        p.transitive_tag_keys = vec!["k".into()];
    });
    let mut with_role = federated(everything.clone(), user());
    with_role.role = Some(role());
    assert_eq!(codes(with_role), ["PARAMETER_UNKNOWN"; 4]);
    assert_eq!(codes(web(everything, token(r#"{"sub": ""}"#))), ["PARAMETER_UNKNOWN", "TAGS_NOT_IN_TOKEN"]);
}

/// The codes for a token with a subject and those further claims.
fn further(claims: &str) -> Vec<&'static str> {
    codes(with_claims(&format!(r#"{{"sub": "user-7", {claims}}}"#)))
}

#[test]
fn tags_in_a_token() {
    let tags = |tags: &str| further(&format!(r#""https://aws.amazon.com/tags": {tags}"#));
    assert_eq!(tags(r#"{"principal_tags": {"a": ["1"], "b": [""]}, "transitive_tag_keys": ["a"]}"#), NONE);
    assert_eq!(tags(r#"{"principal_tags": {"a": ["1", "2"], "b": []}}"#), ["TAG_WITH_SEVERAL_VALUES"; 2]);
    assert_eq!(tags(r#"{"principal_tags": {"a": "1", "b": 1, "c": [1], "d": null}}"#), ["CLAIM_INVALID"; 4]);
    // The key of a tag of the wrong form is there: only the form is refused.
    assert_eq!(tags(r#"{"principal_tags": {"a": "1"}, "transitive_tag_keys": ["a"]}"#), ["CLAIM_INVALID"]);
    assert_eq!(tags("[]"), ["CLAIM_INVALID"]);
    assert_eq!(tags(r#"{"principal_tags": []}"#), ["CLAIM_INVALID"]);
    assert_eq!(tags(r#"{"transitive_tag_keys": "a"}"#), ["CLAIM_INVALID"]);
    let flat = |value: &str| further(&format!(r#""https://aws.amazon.com/tags/principal_tags/a": {value}"#));
    assert_eq!(flat(r#""1""#), NONE);
    for value in [r#"["1"]"#, "1", "null"] {
        assert_eq!(flat(value), ["CLAIM_INVALID"], "{value}");
    }
    // Nested and flattened at once: they add up, and one key in both is one too many.
    let both = |flat: &str| {
        further(&format!(
            r#""https://aws.amazon.com/tags": {{"principal_tags": {{"a": ["1"]}}}},
               "https://aws.amazon.com/tags/principal_tags/{flat}": "1""#
        ))
    };
    assert_eq!(both("b"), NONE);
    assert_eq!(both("A"), ["TAG_TWICE"]);
}

#[test]
fn claims_of_the_wrong_form() {
    for claims in [
        r#"{"sub": ["a", "b"]}"#,
        r#"{"sub": null}"#,
        r#"{"sub": "a", "aud": {}}"#,
        r#"{"sub": "a", "azp": ["a"]}"#,
        r#"{"sub": "a", "sub": "b"}"#,
        r#"{"sub": "a", "https://aws.amazon.com/source_identity": ["ana"]}"#,
        r#"{"sub": "a", "https://aws.amazon.com/roles": {}}"#,
    ] {
        assert_eq!(codes(with_claims(claims)), ["CLAIM_INVALID"], "{claims}");
    }
    assert_eq!(codes(with_claims(r#"["sub"]"#)), ["CLAIM_INVALID", "CLAIM_MISSING"]);
}

#[test]
fn a_subject_is_needed_and_may_be_anything() {
    assert_eq!(codes(with_claims(r#"{"aud": "a"}"#)), ["CLAIM_MISSING"]);
    for subject in [r#""""#, r#""a""#, "123", &format!("{:?}", "a".repeat(300))] {
        assert_eq!(codes(with_claims(&format!(r#"{{"sub": {subject}}}"#))), NONE, "{subject}");
    }
    // These providers give access tokens, which have no claims of their own.
    for provider in ["www.amazon.com", "graph.facebook.com", "Graph.Facebook.com"] {
        let opening = Opening::web_identity(role(), named("s1"), provider, token("{}"), NOW);
        assert_eq!(codes(opening), NONE, "{provider}");
    }
    let google = Opening::web_identity(role(), named("s1"), "accounts.google.com", token("{}"), NOW);
    assert_eq!(codes(google), ["CLAIM_MISSING"]);
}

#[test]
fn several_audiences_need_an_authorized_party() {
    assert_eq!(further(r#""aud": ["a"]"#), NONE);
    assert_eq!(further(r#""aud": ["a", "b"]"#), ["CLAIM_MISSING"]);
    assert_eq!(further(r#""aud": ["a", "b"], "azp": "c""#), NONE);
    assert_eq!(further(r#""aud": ["a", "b"], "azp": null"#), ["CLAIM_INVALID"]);
}

#[test]
fn roles_in_a_token() {
    const OWN: &str = "arn:aws:iam::111122223333:role/svc/app";
    let roles = |value: &str| further(&format!(r#""https://aws.amazon.com/roles": {value}"#));
    for value in [
        format!(r#""{OWN}""#),
        format!(r#"" {OWN}\t""#),
        format!(r#""arn:aws:iam::111122223333:role/other; {OWN}""#),
        format!(r#"["{OWN}", "{OWN}"]"#),
        format!(r#"["no ARN", 1, null, {{}}, " {OWN} "]"#),
        "null".to_owned(),
    ] {
        assert_eq!(roles(&value), NONE, "{value}");
    }
    for value in [
        r#""""#,
        "[]",
        "[null]",
        r#"["arn:aws:iam::111122223333:role/app"]"#,
        r#""arn:aws:iam::111122223333:role/svc/*""#,
        r#""arn:aws:iam::111122223333:role/svc/APP""#,
        // Semicolons separate the roles of a text, not those of an array.
        r#"["arn:aws:iam::111122223333:role/svc/app;x"]"#,
    ] {
        assert_eq!(roles(value), ["ROLE_NOT_IN_TOKEN"], "{value}");
    }
}

#[test]
fn what_follows_from_the_call_cannot_be_stated() {
    let stated = |key: &str| {
        let mut opening = assume(named("s1"), user());
        opening.call = Context::new().with(key, ContextValue::single("x"));
        codes(opening)
    };
    for key in [
        "aws:SourceIp",
        "aws:MultiFactorAuthPresent",
        "aws:userid",
        "aws:PrincipalOrgID",
        "idp.example.com:ref",
    ] {
        assert_eq!(stated(key), NONE, "{key}");
    }
    for key in [
        "AWS:PrincipalArn",
        "aws:username",
        "aws:CurrentTime",
        "aws:RequestTag/a",
        "aws:TagKeys",
        "sts:ExternalId",
        "aws:PrincipalTag/a",
        "aws:ResourceTag/a",
    ] {
        assert_eq!(stated(key), ["KEY_RESERVED"], "{key}");
    }
}

/// Rule 6.5: with a web identity each of the three comes from the token alone.
#[test]
fn a_web_identity_passes_nothing_as_a_parameter() {
    let opened = |change: fn(&mut Parameters)| codes(web(with(change), token(r#"{"sub": "a"}"#)));
    let refused = |found: Vec<&str>| found.contains(&"TAGS_NOT_IN_TOKEN");
    let tags = |p: &mut Parameters| p.tags = [("a".to_owned(), "b".to_owned())].into_iter().collect();
    let transitive = |p: &mut Parameters| p.transitive_tag_keys = vec!["a".into()];
    let identity = |p: &mut Parameters| p.source_identity = Some("ana".into());
    assert!(refused(opened(tags)));
    assert!(refused(opened(transitive)));
    assert!(refused(opened(identity)));
    assert!(!refused(opened(|_| ())));
}

/// A claim that STS reads must be a text or a list of texts; another may be anything.
#[test]
fn claims_have_the_form_that_is_expected() {
    let of = |claims: &str| codes(web(named("s1"), token(claims)));
    for name in ["aud", "azp", "amr", "email"] {
        let claims = format!(r#"{{"sub": "a", "{name}": {{"b": 1}}}}"#);
        assert_eq!(of(&claims), ["CLAIM_INVALID"], "{name}");
    }
    assert_eq!(of(r#"{"sub": "a", "else": {"b": 1}}"#), NONE);
}
