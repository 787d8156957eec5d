//! What a session's requests carry, and what a trust policy sees.

use iam_eval::session::{Opening, Parameters, Role, Token};
use iam_eval::{Action, Context, ContextValue};

use super::{NOW, PROVIDER, assume, chained, opened, token, user, with_claims};

fn one(text: &str) -> ContextValue {
    ContextValue::single(text)
}

fn several(texts: &[&str]) -> ContextValue {
    ContextValue::multiple(texts.iter().copied())
}

#[test]
fn audiences() {
    let aud = |claims: &str, key: &str| {
        opened(with_claims(claims)).trust_context().value(&format!("idp.example.com:{key}")).cloned()
    };
    assert_eq!(aud(r#"{"aud": ["a"]}"#, "aud"), Some(one("a")));
    assert_eq!(aud(r#"{"aud": ["a", "b"]}"#, "aud"), Some(several(&["a", "b"])));
    assert_eq!(aud(r#"{"aud": ["a", "b"], "azp": "c"}"#, "aud"), Some(one("c")));
    assert_eq!(aud(r#"{"aud": ["a", "b"], "azp": "c"}"#, "oaud"), Some(several(&["a", "b"])));
    assert_eq!(aud(r#"{"amr": "mfa"}"#, "amr"), Some(several(&["mfa"])));
    assert_eq!(aud("{}", "aud"), None);
}

#[test]
fn further_claims_belong_to_their_provider() {
    let claims = r#"{"sub": "s", "repository": "acme/shop", "user_id": "u", "email": "e"}"#;
    let open = |provider: &str| {
        let role = Role::new("arn:aws:iam::111122223333:role/app", "AROAEXAMPLE1");
        opened(Opening::web_identity(role, Parameters::named("s1"), provider, token(claims), NOW))
    };
    let github = open("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com");
    let key = "token.actions.githubusercontent.com:repository";
    assert_eq!(github.trust_context().value(key), Some(&one("acme/shop")));
    assert_eq!(github.context().value(key), None);
    assert_eq!(github.trust_context().value("token.actions.githubusercontent.com:user_id"), None);
    let amazon = open("www.amazon.com");
    assert_eq!(amazon.context().value("www.amazon.com:user_id"), Some(&one("u")));
    assert_eq!(amazon.context().value("www.amazon.com:email"), None);
    assert_eq!(amazon.trust_context().value("www.amazon.com:email"), Some(&one("e")));
    assert_eq!(open(PROVIDER).trust_context().value("idp.example.com:repository"), None);
}

#[test]
fn what_is_not_known_of_a_caller_is_unknown_and_can_be_stated() {
    let mut opening = assume(Parameters::named("s1"), user());
    let session = opened(opening.clone());
    for key in ["aws:userid", "aws:MultiFactorAuthPresent", "aws:SourceIp", "aws:PrincipalOrgID"] {
        assert_eq!(session.trust_context().value(key), Some(&ContextValue::Unknown), "{key}");
    }
    assert_eq!(session.trust_context().value("aws:username"), Some(&one("ana")));
    assert_eq!(session.trust_context().value("aws:CurrentTime"), Some(&one("2026-01-01T00:00:00Z")));
    opening.call = Context::new().with("aws:MultiFactorAuthPresent", one("true"));
    let session = opened(opening);
    assert_eq!(session.trust_context().value("aws:MultiFactorAuthPresent"), Some(&one("true")));
    assert_eq!(session.context().value("aws:MultiFactorAuthPresent"), None);
}

#[test]
fn keys_of_the_session_cannot_be_shadowed() {
    let session = opened(with_claims(r#"{"sub": "user-7"}"#));
    let request = |key: &str| {
        let further = Context::new().with(key, one("x"));
        session.request(Action::new("s3:GetObject").expect("an action"), "arn:aws:s3:::b/k", &further)
    };
    for key in [
        "aws:userid",
        "AWS:UserId",
        "aws:username",
        "aws:PrincipalArn",
        "aws:PrincipalTag/new",
        "aws:PrincipalOrgID",
        "aws:FederatedProvider",
        "aws:TokenIssueTime",
        "aws:SourceIdentity",
        "aws:MultiFactorAuthPresent",
        "sts:ExternalId",
        "saml:sub",
        "ec2:RoleDelivery",
        "idp.example.com:sub",
        "IDP.example.com:email",
        "accounts.google.com:sub",
    ] {
        assert_eq!(*request(key).unwrap_err().keys, [key.into()], "{key}");
    }
    let request = request("aws:RequestedRegion").expect("the key describes the request");
    assert_eq!(request.context.value("aws:RequestedRegion"), Some(&one("x")));
    assert_eq!(request.context.value("aws:userid"), Some(&one("AROAEXAMPLE1:s1")));
    assert_eq!(request.principal, session.principal);
}

#[test]
fn a_transitive_key_counts_once() {
    let mut parameters = Parameters::named("s1");
    parameters.tags = [("Moon", "2")].into_iter().collect();
    parameters.transitive_tag_keys = vec!["Moon".into(), "MOON".into()];
    let session = opened(assume(parameters, chained(&[("Star", "1")], None)));
    assert_eq!(session.transitive_tag_keys, ["Star".into(), "Moon".into()]);
}

#[test]
fn session_policies_of_the_session() {
    let mut parameters = Parameters::named("kiosk");
    let federated =
        |parameters: &Parameters| opened(Opening::federation_token(parameters.clone(), user(), NOW));
    assert!(!federated(&parameters).has_session_policies());
    parameters.policy_arns = vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".into()];
    assert!(federated(&parameters).has_session_policies());
    parameters.policy_arns.clear();
    let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    parameters.policy = Some(text.into());
    let session = federated(&parameters);
    assert_eq!(session.policy.as_deref().map(|policy| policy.statements.len()), Some(1));
    assert!(session.has_session_policies());
    assert_eq!(Token::default(), token("{}"));
}
