//! Every bound, at it and one over; and every other reason of a refusal.

use iam_eval::session::{Caller, Opening, Parameters, Tags};
use iam_eval::{Context, ContextValue};

use super::{NOW, assume, chained, codes, role, token, user, web, with_claims};

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
    assert_eq!(codes(federated(lasting(3_601), root())), ["DURATION_TOO_LONG"]);
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
    assert_eq!(identity(&"a".repeat(64)), NONE);
    assert_eq!(identity("a"), ["SOURCE_IDENTITY_LENGTH"]);
    assert_eq!(identity(&"a".repeat(65)), ["SOURCE_IDENTITY_LENGTH"]);
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
    assert_eq!(codes(web(everything, token("{}"))), ["PARAMETER_UNKNOWN", "TAGS_NOT_IN_TOKEN"]);
}

#[test]
fn claims() {
    let tags = |tags: &str| codes(with_claims(&format!(r#"{{"https://aws.amazon.com/tags": {tags}}}"#)));
    assert_eq!(tags(r#"{"principal_tags": {"a": "1", "b": ["2"]}, "transitive_tag_keys": ["a"]}"#), NONE);
    assert_eq!(
        tags(r#"{"principal_tags": {"a": ["1", "2"], "b": [], "c": 1}}"#),
        ["TAG_WITH_SEVERAL_VALUES"; 3]
    );
    assert_eq!(tags("[]"), ["CLAIM_INVALID"]);
    assert_eq!(tags(r#"{"principal_tags": []}"#), ["CLAIM_INVALID"]);
    assert_eq!(tags(r#"{"transitive_tag_keys": "a"}"#), ["CLAIM_INVALID"]);
    // Nested and flattened at once: they add up, and one key in both is one too many.
    let both = |flat: &str| {
        codes(with_claims(&format!(
            r#"{{"https://aws.amazon.com/tags": {{"principal_tags": {{"a": "1"}}}},
                "https://aws.amazon.com/tags/principal_tags/{flat}": "1"}}"#
        )))
    };
    assert_eq!(both("b"), NONE);
    assert_eq!(both("A"), ["TAG_TWICE"]);
    for claims in [
        r#"{"sub": ["a", "b"]}"#,
        r#"{"sub": null}"#,
        r#"{"aud": {}}"#,
        r#"{"azp": ["a"]}"#,
        r#"{"sub": "a", "sub": "b"}"#,
        r#"{"https://aws.amazon.com/source_identity": ["ana"]}"#,
        r#"{"https://aws.amazon.com/roles": null}"#,
        r#"["sub"]"#,
    ] {
        assert_eq!(codes(with_claims(claims)), ["CLAIM_INVALID"], "{claims}");
    }
    assert_eq!(codes(with_claims(r#"{"https://aws.amazon.com/roles": []}"#)), ["ROLE_NOT_IN_TOKEN"]);
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
