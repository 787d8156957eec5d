//! Roles that may be passed, and service-linked roles that may be created.

use super::{has, has_not, help_of, on};

const PASS: &str = "PASS_ROLE_WITH_STAR_IN_RESOURCE";
const CREATE: &str = "CREATE_SLR_WITH_STAR_IN_RESOURCE";

#[test]
fn all_roles_of_one_account_are_many() {
    let account = "arn:aws:iam::123456789012";
    for last in ["*", "role*", "role/*", "r*"] {
        has("identity", &on("iam:PassRole", &format!("{account}:{last}")), PASS);
        has("identity", &on("iam:CreateServiceLinkedRole", &format!("{account}:{last}")), CREATE);
    }
    has(
        "identity",
        &on("iam:CreateServiceLinkedRole", &format!("{account}:role/aws-service-role/*")),
        CREATE,
    );
    has("aws_managed", &on("iam:PassRole", "arn:aws:iam::123456789012"), PASS);
    has("identity", &on("iam:*", &format!("{account}:*")), "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE");
    for last in ["user/*", "role/web", "role/web-*", "policy*"] {
        has_not("identity", &on("iam:PassRole", &format!("{account}:{last}")), PASS);
    }
    let ops = format!("{account}:role/aws-service-role/ops.amazonaws.com/*");
    has_not("identity", &on("iam:CreateServiceLinkedRole", &ops), CREATE);
}

#[test]
fn a_deny_of_all_but_a_few_leaves_a_few() {
    let all = r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": ["arn:aws:iam::123456789012:role/a", "*"]}"#;
    let with = |deny: &str| format!("{all}, {{\"Effect\": \"Deny\", \"Action\": \"iam:*\", {deny}}}");
    for deny in [
        r#""NotResource": "arn:aws:iam::123456789012:role/a""#,
        r#""NotResource": ["arn:aws:iam::123456789012:role/a", "arn:aws:s3:::x"]"#,
        r#""Resource": "*", "Condition": {"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}"#,
        r#""Resource": "*", "Condition": {"StringNotEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}}"#,
    ] {
        has_not("identity", &with(deny), PASS);
    }
    for deny in [
        r#""NotResource": "arn:aws:iam::123456789012:role/*""#,
        r#""NotResource": ["arn:aws:iam::123456789012:role/a", "*"]"#,
        r#""Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}"#,
        r#""Resource": "*", "Condition": {"StringNotLike": {"iam:PassedToService": "*"}}"#,
        r#""Resource": "*", "Condition": {"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com", "aws:username": "x"}}"#,
    ] {
        has("identity", &with(deny), PASS);
    }
}

#[test]
fn helps_keep_what_else_the_statement_allows() {
    let help = |actions: &str, code: &str| {
        help_of("identity", &format!(r#"{{"Effect": "Allow", {actions}, "Resource": "*"}}"#), code)
    };
    let not = help(r#""NotAction": "ec2:*""#, "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION");
    assert!(not.starts_with("name iam:CreateServiceLinkedRole under NotAction;"), "{not}");
    let wild = help(r#""Action": "iam:*""#, "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE");
    assert!(wild.starts_with("list the actions that are needed; if iam:PassRole is one,"), "{wild}");
    let beside = help(r#""Action": ["iam:PassRole", "ec2:RunInstances"]"#, PASS);
    assert!(
        beside.starts_with("move iam:PassRole into a statement of its own: there name the roles"),
        "{beside}"
    );
    assert!(help(r#""Action": "iam:PassRole""#, PASS).starts_with("name the roles"));
}
