//! What can go wrong is an error that `?` carries, and what people print has words.

use std::error::Error;
use std::fmt::Display;

use iam_eval::session::{Operation, Refusal, RefusalCode, Refusals, ReservedKeys};
use iam_eval::{
    Certainty, Change, Decision, Grant, InvalidPrincipal, Layer, NotAsked, Outcomes, Part, Point, PointError,
    Principal, PrincipalArnError, Reason, ResourceKind,
};

/// Holds at compile time.
const fn is_error<T: Error + Display + Send + Sync + 'static>() {}

/// Holds at compile time.
const fn is_shown<T: Display>() {}

const _: () = {
    is_error::<InvalidPrincipal>();
    is_error::<PointError>();
    is_error::<PrincipalArnError>();
    is_error::<Refusal>();
    is_error::<Refusals>();
    is_error::<ReservedKeys>();
    is_shown::<RefusalCode>();
    is_shown::<Change>();
    is_shown::<Layer>();
    is_shown::<NotAsked>();
};

#[test]
fn words_are_those_of_the_json() {
    let reason = Reason::NotGranted { missing: vec![Layer::VpcEndpoint] };
    assert_eq!(format!("{reason} {}", reason.layers()[0]), "not_granted vpc_endpoint");
    let words =
        [Outcomes::FALSE, Outcomes::INDETERMINATE, Outcomes::TRUE, Outcomes::OPEN].map(|o| o.to_string());
    assert_eq!(words, ["false", "indeterminate", "true", "open"]);
    assert_eq!(Outcomes::TRUE.either(Outcomes::INDETERMINATE).to_string(), "open");
    let words = [Certainty::Never, Certainty::Maybe, Certainty::Always].map(|c| c.to_string());
    assert_eq!(words, ["never", "maybe", "always"]);
    let words = [Grant::None, Grant::Account, Grant::Limited, Grant::Direct].map(|g| g.to_string());
    assert_eq!(words, ["none", "account", "limited", "direct"]);
    let words = [Decision::Allowed, Decision::ExplicitDeny, Decision::ImplicitDeny, Decision::Depends];
    assert_eq!(words.map(|d| d.to_string()), ["allowed", "explicit_deny", "implicit_deny", "depends"]);
    assert_eq!(ResourceKind::ALL.map(|k| k.to_string()), ["generic", "iam_role_trust", "kms_key"]);
}

#[test]
fn calls_and_changes_have_the_names_of_the_json() {
    let operations =
        [Operation::AssumeRole, Operation::AssumeRoleWithWebIdentity, Operation::GetFederationToken];
    let words = operations.map(|operation| operation.to_string());
    assert_eq!(words, ["AssumeRole", "AssumeRoleWithWebIdentity", "GetFederationToken"]);
    let changes = [Change::Match(Part::Action), Change::Stop, Change::AddAllow, Change::Name];
    assert_eq!(changes.map(|change| change.to_string()), ["match", "stop", "add_allow", "name"]);
}

/// Each reason has the rule that it follows from, and the rules have it.
#[test]
fn why_a_layer_is_not_asked_is_said_with_its_rule() {
    let rules = include_str!("../../SEMANTICS.md");
    for (why, rule) in [
        (NotAsked::NoAccount, "5.13"),
        (NotAsked::NoMember, "5.40"),
        (NotAsked::ServiceLinkedScp, "5.40"),
        (NotAsked::ServiceLinkedRcp, "5.41"),
        (NotAsked::RetireGrant, "5.41"),
        (NotAsked::NoPermissionNeeded, "5.55"),
    ] {
        let words = why.to_string();
        assert!(words.len() > 20 && words.ends_with(&format!(" (rule {rule})")), "{words}");
        assert!(rules.contains(&format!("**{rule}")), "{rule}");
    }
}

#[test]
fn an_arn_that_is_nobodys_is_answered_with_what_to_write() {
    let said = |arn: &str| Principal::from_arn(arn).map_err(|error| error.to_string());
    assert_eq!(
        said("arn:aws:s3:::bucket").unwrap_err(),
        "`arn:aws:s3:::bucket` is not the ARN of a user, a session, a federated user, a root user or an identity provider"
    );
    assert_eq!(
        said("arn:aws:iam::111122223333:role/ops/app").unwrap_err(),
        "a role acts through a session, such as arn:aws:sts::111122223333:assumed-role/app/SESSION"
    );
    let federated = said("arn:aws:sts::111122223333:federated-user/fred").unwrap_err();
    assert!(federated.starts_with("a federated user has the permissions of the user who made it"));
    // A policy names nobody; the id of a user who was deleted is no ARN.
    for nobody in
        ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111122223333:policy/p", "111122223333"]
    {
        assert!(said(nobody).is_err_and(|words| words.starts_with('`')), "{nobody}");
    }
}

#[test]
fn a_principal_that_contradicts_itself_says_where() {
    let ana = Principal::IamUser {
        arn: "arn:aws:iam::111122223333:user/ana".into(),
        account: "444455556666".into(),
    };
    assert_eq!(ana.check().unwrap_err().to_string(), "account: `444455556666`; the account in the ARN");
}

#[test]
fn a_text_that_names_no_point_is_told() {
    let error = "none".parse::<Point>().unwrap_err();
    assert_eq!(error.to_string(), "no point of part 8 of the rules has this name");
}
