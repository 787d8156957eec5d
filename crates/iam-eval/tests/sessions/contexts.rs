//! What a session's requests carry, and what a trust policy sees.

use iam_eval::session::{Opening, Parameters, ProviderClaim, Role, Session, Token};
use iam_eval::{Action, Context, ContextValue, Principal};

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
        let claims = format!(r#"{{"sub": "user-7", {claims}}}"#);
        opened(with_claims(&claims)).trust_context().value(&format!("idp.example.com:{key}")).cloned()
    };
    assert_eq!(aud(r#""aud": ["a"]"#, "aud"), Some(one("a")));
    assert_eq!(aud(r#""aud": ["a", "b"], "azp": "c""#, "aud"), Some(one("c")));
    assert_eq!(aud(r#""aud": ["a", "b"], "azp": "c""#, "oaud"), Some(several(&["a", "b"])));
    assert_eq!(aud(r#""amr": "mfa""#, "amr"), Some(several(&["mfa"])));
    assert_eq!(aud(r#""azp": "c""#, "oaud"), None);
    let claims = r#"{"sub": "s", "aud": "us-east-1:pool", "azp": "client"}"#;
    let cognito = web_identity("cognito-identity.amazonaws.com", claims);
    for key in ["aud", "oaud"] {
        let key = format!("cognito-identity.amazonaws.com:{key}");
        assert_eq!(cognito.trust_context().value(&key), Some(&one("us-east-1:pool")), "{key}");
    }
}

fn web_identity(provider: &str, claims: &str) -> Session {
    let role = Role::new("arn:aws:iam::111122223333:role/app", "AROAEXAMPLE1");
    opened(Opening::web_identity(role, Parameters::named("s1"), provider, token(claims), NOW))
}

/// Rule 6.3: the caller has the account of its provider, and no ARN.
#[test]
fn keys_of_a_federated_caller_follow_from_its_provider() {
    let oidc = web_identity(PROVIDER, r#"{"sub": "s"}"#);
    let saml = Principal::Saml { provider: "arn:aws:iam::111122223333:saml-provider/corp".into() }.keys();
    let arn = |value| Some(one(value));
    for (context, provider) in
        [(oidc.trust_context(), PROVIDER), (&saml, "arn:aws:iam::111122223333:saml-provider/corp")]
    {
        assert_eq!(context.value("aws:PrincipalAccount"), Some(&one("111122223333")));
        assert_eq!(context.value("aws:PrincipalType"), Some(&one("User")));
        assert_eq!(context.value("aws:userid").cloned(), arn(provider));
        assert_eq!(context.value("aws:PrincipalArn"), None);
        assert_eq!(context.value("aws:username"), None);
    }
    // Nobody observed these keys for a built-in provider, which has no ARN.
    let google = web_identity("accounts.google.com", r#"{"sub": "s"}"#);
    for key in ["aws:PrincipalAccount", "aws:PrincipalType", "aws:userid"] {
        assert_eq!(google.trust_context().value(key), Some(&ContextValue::Unknown), "{key}");
    }
    assert_eq!(google.context().value("aws:PrincipalAccount"), Some(&one("111122223333")));
    assert_eq!(google.context().value("aws:PrincipalType"), Some(&one("AssumedRole")));
}

/// AWS's page and Google's tokens spell the claim in two ways, so the nested number leaves the key unknown.
#[test]
fn the_organization_of_google() {
    let key = "accounts.google.com:google/organization_number";
    let of = |claims: &str| web_identity("accounts.google.com", claims).trust_context().value(key).cloned();
    assert_eq!(of(r#"{"sub": "s", "google:organization_number": 123}"#), Some(one("123")));
    let nested = r#"{"sub": "s", "google": {"organization_number": "123"}}"#;
    assert_eq!(of(nested), Some(ContextValue::Unknown));
    assert_eq!(of(r#"{"sub": "s", "google": {"compute_engine": {}}}"#), None);
    let elsewhere = web_identity(PROVIDER, nested);
    assert_eq!(elsewhere.trust_context().value("idp.example.com:google/organization_number"), None);
}

/// Each claim of the table is a key of its issuers, and of no other issuer.
#[test]
fn claims_of_one_provider() {
    for claim in ProviderClaim::ALL {
        let claims = format!(r#"{{"sub": "s", "{}": "v"}}"#, claim.claim);
        for issuer in claim.issuers.iter().map(|pattern| pattern.replace('*', "acme")) {
            let provider = format!("arn:aws:iam::111122223333:oidc-provider/{issuer}");
            let session = web_identity(&provider, &claims);
            let key = format!("{issuer}:{}", claim.key);
            assert_eq!(session.trust_context().value(&key), Some(&one("v")), "{key}");
            assert_eq!(session.context().value(&key).is_some(), claim.in_session, "{key}");
        }
        let other = web_identity(PROVIDER, &claims);
        assert_eq!(other.trust_context().value(&format!("idp.example.com:{}", claim.key)), None);
    }
}

#[test]
fn further_claims_belong_to_their_provider() {
    let claims = r#"{"sub": "s", "repository": "acme/shop", "user_id": "u", "email": "e"}"#;
    let open = |provider: &str| web_identity(provider, claims);
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
