//! DoiT's support session against the trust policy of `DoiT-Support-Gateway`.

use iam_eval::session::{Authorization, Opening, Parameters, Role, Session};
use iam_eval::{ContextValue, Decision, Layers};
use iam_policy::PolicyKind;

use super::{NOW, opened, policy, token};

const PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/support.cre.doit-intl.com";

/// The trust policy as DoiT publishes it, for the account 123456789012.
const TRUST: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "Federated": [
          "arn:aws:iam::123456789012:oidc-provider/support.cre.doit-intl.com",
          "arn:aws:iam::123456789012:oidc-provider/securetoken.google.com/doit-support"
        ]
      },
      "Action": [
        "sts:AssumeRoleWithWebIdentity",
        "sts:TagSession"
      ],
      "Condition": {
        "StringEqualsIfExists": {
          "securetoken.google.com/doit-support:aud": "doit-support",
          "support.cre.doit-intl.com:aud": "123456789012"
        },
        "ForAllValues:StringEquals": {
          "sts:TransitiveTagKeys": [
            "DoitEnvironment"
          ]
        },
        "Null": {
          "sts:TransitiveTagKeys": "false"
        },
        "StringEquals": {
          "aws:RequestTag/DoitEnvironment": "123456789012"
        }
      }
    }
  ]
}"#;

/// A support session with that tag, declared transitive under those keys.
fn session(audience: &str, tag: &str, account: &str, transitive: &[&str]) -> Session {
    let transitive: Vec<String> = transitive.iter().map(|key| format!("{key:?}")).collect();
    let claims = format!(
        r#"{{"iss": "https://support.cre.doit-intl.com", "sub": "engineer", "aud": "{audience}",
            "https://aws.amazon.com/tags": {{
                "principal_tags": {{"{tag}": ["{account}"], "ticket": ["4711"]}},
                "transitive_tag_keys": [{}]}}}}"#,
        transitive.join(", ")
    );
    let mut role = Role::new("arn:aws:iam::123456789012:role/DoiT-Support-Gateway", "AROAEXAMPLE");
    role.max_session_duration = 21_600;
    opened(Opening::web_identity(role, Parameters::named("ticket-4711"), PROVIDER, token(&claims), NOW))
}

fn authorize(session: &Session, trust: &str) -> Authorization {
    let mut layers = Layers::new();
    layers.resource = Some(policy(PolicyKind::Trust, trust));
    session.authorize(&layers)
}

fn denied_all(authorization: &Authorization) -> bool {
    authorization.decisions.len() == 2
        && authorization.decisions.iter().all(|(_, decision)| *decision == Decision::ImplicitDeny)
}

#[test]
fn the_support_session_is_allowed() {
    let session = session("123456789012", "DoitEnvironment", "123456789012", &["DoitEnvironment"]);
    let authorization = authorize(&session, TRUST);
    let actions: Vec<&str> =
        authorization.decisions.iter().map(|(request, _)| request.action.as_str()).collect();
    assert_eq!(actions, ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]);
    assert!(authorization.is_allowed());
    assert_eq!(&*session.arn, "arn:aws:sts::123456789012:assumed-role/DoiT-Support-Gateway/ticket-4711");
    assert_eq!(
        session.context().value("aws:PrincipalTag/doitenvironment"),
        Some(&ContextValue::single("123456789012"))
    );
    assert_eq!(session.transitive_tag_keys, ["DoitEnvironment".into()]);
}

/// Keys are compared without case, the values of `sts:TransitiveTagKeys` with it.
#[test]
fn the_transitive_key_in_other_case_is_refused() {
    let other = session("123456789012", "DoiTEnvironment", "123456789012", &["DoiTEnvironment"]);
    assert!(denied_all(&authorize(&other, TRUST)));
    // The tag alone in other case is the same key.
    let tag_only = session("123456789012", "DoiTEnvironment", "123456789012", &["DoitEnvironment"]);
    assert!(authorize(&tag_only, TRUST).is_allowed());
}

#[test]
fn without_a_transitive_key_or_with_another_one_it_is_refused() {
    assert!(denied_all(&authorize(&session("123456789012", "DoitEnvironment", "123456789012", &[]), TRUST)));
    let more = session("123456789012", "DoitEnvironment", "123456789012", &["DoitEnvironment", "ticket"]);
    assert!(denied_all(&authorize(&more, TRUST)));
}

#[test]
fn another_account_or_audience_is_refused() {
    let account = session("123456789012", "DoitEnvironment", "210987654321", &["DoitEnvironment"]);
    assert!(denied_all(&authorize(&account, TRUST)));
    let audience = session("210987654321", "DoitEnvironment", "123456789012", &["DoitEnvironment"]);
    assert!(denied_all(&authorize(&audience, TRUST)));
}

#[test]
fn without_tag_session_the_call_fails() {
    let without = TRUST.replace("\"sts:TagSession\"", "\"sts:SetSourceIdentity\"");
    let session = session("123456789012", "DoitEnvironment", "123456789012", &["DoitEnvironment"]);
    let authorization = authorize(&session, &without);
    assert!(!authorization.is_allowed());
    let missing: Vec<&str> = authorization.missing().map(|(request, _)| request.action.as_str()).collect();
    assert_eq!(missing, ["sts:TagSession"]);
}
