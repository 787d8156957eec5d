//! The kind of a document, inferred from its content.

use iamgate::iam_json::{Kind, Value};
use iamgate::iam_policy::PolicyKind;

/// The statements of a policy.
fn statements(root: Value<'_>) -> Vec<Value<'_>> {
    match root.member("Statement") {
        Some(list) if list.kind() == Kind::Array => list.items().collect(),
        Some(statement) => vec![statement],
        None => Vec::new(),
    }
}

/// The most probable kind of a policy.
pub(crate) fn kind(root: Value<'_>) -> PolicyKind {
    let statements = statements(root);
    let has = |names: [&str; 2]| {
        statements.iter().any(|statement| names.iter().any(|name| statement.member(name).is_some()))
    };
    let names_principals = has(["Principal", "NotPrincipal"]);
    if !names_principals {
        PolicyKind::Identity
    } else if !has(["Resource", "NotResource"]) && statements.iter().all(|s| is_about_roles(*s)) {
        PolicyKind::Trust
    } else {
        PolicyKind::Resource
    }
}

/// Whether every action of a policy is one of KMS, as in the policies of keys.
pub(crate) fn is_about_keys(root: Value<'_>) -> bool {
    let is_key =
        |action: Value<'_>| action.string().get(..4).is_some_and(|own| own.eq_ignore_ascii_case("kms:"));
    let all = statements(root);
    !all.is_empty()
        && all.iter().all(|statement| match statement.member("Action") {
            Some(list) if list.kind() == Kind::Array => list.items().all(is_key),
            Some(action) => is_key(action),
            None => false,
        })
}

/// Whether every action of a statement is one that trust policies grant. `NotAction` says nothing about the kind.
fn is_about_roles(statement: Value<'_>) -> bool {
    let is_trust = |action: Value<'_>| {
        let action = action.string().to_ascii_lowercase();
        action.starts_with("sts:assumerole")
            || ["sts:tagsession", "sts:setsourceidentity"].contains(&&*action)
    };
    match statement.member("Action") {
        Some(list) if list.kind() == Kind::Array => list.items().all(is_trust),
        Some(action) => is_trust(action),
        None => statement.member("NotAction").is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iamgate::iam_json::Document;
    use iamgate::iam_policy::Limits;

    #[track_caller]
    fn inferred(text: &str, expected: PolicyKind) {
        let document = Document::parse(text, &Limits::default()).unwrap();
        assert_eq!(kind(document.root()), expected, "{text}");
    }

    #[test]
    fn the_kind_follows_from_principals_resources_and_actions() {
        inferred(r#"{"Statement": [{"Action": "s3:*", "Resource": "*"}]}"#, PolicyKind::Identity);
        inferred(
            r#"{"Statement": {"Principal": "*", "Action": "s3:*", "Resource": "*"}}"#,
            PolicyKind::Resource,
        );
        inferred(
            r#"{"Statement": {"Principal": {"AWS": "1"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}}"#,
            PolicyKind::Trust,
        );
        inferred(
            r#"{"Statement": {"Principal": {"AWS": "1"}, "Action": ["sts:AssumeRole", "s3:GetObject"]}}"#,
            PolicyKind::Resource,
        );
        inferred(
            r#"{"Statement": {"Principal": {"Service": "ec2.amazonaws.com"}, "NotAction": "sts:TagSession"}}"#,
            PolicyKind::Trust,
        );
        inferred(
            r#"{"Statement": {"Principal": {"Service": "ec2.amazonaws.com"}, "NotAction": "s3:*", "Resource": "*"}}"#,
            PolicyKind::Resource,
        );
        inferred("[]", PolicyKind::Identity);
    }

    #[test]
    fn key_policies_have_actions_of_kms_only() {
        for (text, expected) in [
            (r#"{"Statement": [{"Action": "kms:*"}, {"Action": ["KMS:Decrypt", "kms:Encrypt"]}]}"#, true),
            (r#"{"Statement": {"Action": ["kms:Decrypt", "s3:GetObject"]}}"#, false),
            (r#"{"Statement": {"NotAction": "kms:Decrypt"}}"#, false),
            (r#"{"Statement": []}"#, false),
        ] {
            let document = Document::parse(text, &Limits::default()).unwrap();
            assert_eq!(is_about_keys(document.root()), expected, "{text}");
        }
    }
}
