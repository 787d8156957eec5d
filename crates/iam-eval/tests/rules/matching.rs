//! Actions and resources: parts 2 and 3 of the rules.

use crate::support::{OBJECT, action, covers, identity, request, user, with_resource};
use iam_eval::{Context, Decision, Layers};

/// Whether a statement on that action element allows an action on `*`.
fn allows(element: &str, name: &str) -> bool {
    let layers = identity(&format!(r#"{{"Effect": "Allow", {element}, "Resource": "*"}}"#));
    let mut request = request(user());
    request.action = action(name);
    layers.decide(&request).is_allowed()
}

fn on(layers: &Layers, resource: &str) -> Decision {
    let mut request = request(user());
    request.resource = resource.into();
    layers.decide(&request)
}

#[test]
fn actions_ignore_ascii_case_and_nothing_else() {
    assert!(allows(r#""Action": "S3:gEtObJect""#, "s3:GetObject"));
    assert!(allows(r#""Action": "s3:get*""#, "S3:GETOBJECT"));
    // U+212A lower-cases to k, U+017F upper-cases to S; IAM does neither.
    assert!(!allows(r#""Action": "kms:Decrypt""#, "\u{212A}ms:Decrypt"));
    assert!(!allows(r#""Action": "s3:List*""#, "s3:Li\u{17F}tBucket"));
}

#[test]
fn action_patterns_are_anchored_at_both_ends() {
    for (pattern, name, expected) in [
        ("s3:Get", "s3:GetObject", false),
        ("s3:Object", "s3:GetObject", false),
        ("s3:GetObject", "s3:GetObjectAcl", false),
        ("s3:*Object", "s3:GetObject", true),
        ("s3:*Object", "s3:GetObjectAcl", false),
        ("s3:?etObject", "s3:GetObject", true),
        ("s3:?GetObject", "s3:GetObject", false),
        ("s3:GetObject*", "s3:GetObject", true),
        ("s3:GetObject?", "s3:GetObject", false),
        ("s3:G*t*O*t", "s3:GetObject", true),
    ] {
        assert_eq!(allows(&format!(r#""Action": "{pattern}""#), name), expected, "{pattern} {name}");
    }
}

#[test]
fn a_service_prefix_is_not_the_beginning_of_another() {
    assert!(!allows(r#""Action": "s3:*""#, "s3express:CreateSession"));
    assert!(!allows(r#""Action": "s3:*""#, "s3-outposts:GetObject"));
    assert!(allows(r#""Action": "*""#, "s3express:CreateSession"));
    assert!(allows(r#""Action": "*:*""#, "s3express:CreateSession"));
}

#[test]
fn variables_in_actions_are_plain_text() {
    assert!(!allows(r#""Action": "s3:${aws:username}""#, "s3:GetObject"));
}

#[test]
fn not_action_is_what_no_pattern_matches() {
    assert!(!allows(r#""NotAction": ["iam:*", "S3:GETobject"]"#, "s3:GetObject"));
    assert!(allows(r#""NotAction": ["iam:*", "s3:GetObject"]"#, "s3:PutObject"));
    assert!(!allows(r#""NotAction": "*""#, "s3:GetObject"));
}

#[test]
fn an_allow_with_not_action_denies_nothing() {
    let layers = identity(
        r#"{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#,
    );
    assert_eq!(layers.decide(&request(user())), Decision::Allowed);
}

#[test]
fn an_empty_list_of_actions_matches_nothing_in_allow_and_deny() {
    assert!(!allows(r#""Action": []"#, "s3:GetObject"));
    let layers = identity(&format!(
        r#"{}, {{"Effect": "Deny", "Action": [], "Resource": "*"}}, {{"Effect": "Deny", "Action": "*", "Resource": []}}"#,
        crate::support::ALL
    ));
    assert_eq!(layers.decide(&request(user())), Decision::Allowed);
}

#[test]
fn resources_compare_case_and_both_ends() {
    let none = Context::new();
    for (pattern, resource, expected) in [
        (OBJECT, OBJECT, true),
        ("arn:aws:s3:::Bucket/key", OBJECT, false),
        ("arn:aws:s3:::bucket", OBJECT, false),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", false),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/", true),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b/c", true),
        ("arn:aws:s3:::bucket/?", "arn:aws:s3:::bucket/é", true),
        ("arn:aws:s3:::bucket/?", "arn:aws:s3:::bucket/", false),
        ("arn:aws:s3:::bucket/??", "arn:aws:s3:::bucket/é", false),
        // Rule 3.4: the last field has colons of its own.
        (
            "arn:aws:logs:eu-west-1:111122223333:log-group:*",
            "arn:aws:logs:eu-west-1:111122223333:log-group:x:log-stream:y",
            true,
        ),
        // Rule 3.5: one glob over the whole text.
        ("arn:aws:logs:*:*:x", "arn:aws:logs:eu-west-1:111122223333:log-group:x", true),
    ] {
        assert_eq!(covers(pattern, resource, &none), expected, "{pattern} {resource}");
    }
}

#[test]
fn a_request_without_resource_is_covered_by_the_star_alone() {
    let none = Context::new();
    assert!(covers("*", "*", &none));
    for pattern in ["arn:aws:s3:::*", "arn:*:*:*:*:*", "arn:aws:s3:::?", "?", "*?", "?*"] {
        assert!(!covers(pattern, "*", &none), "{pattern}");
    }
    let layers = identity(r#"{"Effect": "Allow", "Action": "*", "NotResource": "arn:*:*:*:*:*"}"#);
    assert_eq!(on(&layers, "*"), Decision::Allowed);
    let layers = identity(r#"{"Effect": "Allow", "Action": "*", "NotResource": "*"}"#);
    assert_eq!(on(&layers, "*"), Decision::ImplicitDeny);
}

#[test]
fn wildcards_in_a_request_are_ordinary_characters() {
    let none = Context::new();
    assert!(!covers("arn:aws:s3:::bucket/key", "arn:aws:s3:::bucket/*", &none));
    assert!(!covers("arn:aws:s3:::bucket/key", "arn:aws:s3:::bucket/ke?", &none));
    assert!(covers("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/*", &none));
    assert!(covers("arn:aws:s3:::bucket/${*}", "arn:aws:s3:::bucket/*", &none));
}

#[test]
fn an_arn_with_fewer_fields_is_completed_with_stars_in_identity_policies() {
    let none = Context::new();
    assert!(covers("arn:aws:sqs", "arn:aws:sqs:eu-west-1:111122223333:queue", &none));
    assert!(covers("arn:aws:sqs:eu-west-1", "arn:aws:sqs:eu-west-1:111122223333:queue", &none));
    assert!(!covers("arn:aws:sqs", "arn:aws:sns:eu-west-1:111122223333:topic", &none));
}

#[test]
fn not_resource_is_what_no_pattern_matches_of_any_service() {
    let layers = identity(
        r#"{"Effect": "Allow", "Action": "*", "NotResource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"]}"#,
    );
    assert_eq!(on(&layers, OBJECT), Decision::ImplicitDeny);
    assert_eq!(on(&layers, "arn:aws:s3:::other"), Decision::Allowed);
    assert_eq!(on(&layers, "arn:aws:sqs:eu-west-1:111122223333:queue"), Decision::Allowed);
}

#[test]
fn the_short_form_of_an_api_is_about_the_whole_path_behind_its_id() {
    let ask = |statements: &str, path: &str| {
        let mut request = request(user());
        request.action = action("execute-api:Invoke");
        request.resource = format!("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5{path}").into();
        with_resource(Layers::new(), statements).decide(&request)
    };
    let statement = |effect: &str, element: &str| {
        format!(r#"{{"Effect": "{effect}", "Principal": "*", "Action": "execute-api:Invoke", {element}}}"#)
    };
    let all = statement("Allow", r#""Resource": "execute-api:/*""#);
    assert_eq!(ask(&all, "/dev/GET/pets"), Decision::Allowed);
    let admin = format!("{all}, {}", statement("Deny", r#""Resource": "execute-api:/admin/*""#));
    assert_eq!(ask(&admin, "/admin/GET/pets"), Decision::ExplicitDeny);
    assert_eq!(ask(&admin, "/prod/GET/admin/pets"), Decision::Allowed);
    let prod = format!("{all}, {}", statement("Deny", r#""NotResource": "execute-api:/prod/*""#));
    assert_eq!(ask(&prod, "/prod/GET/pets"), Decision::Allowed);
    assert_eq!(ask(&prod, "/dev/GET/prod/pets"), Decision::ExplicitDeny);
}
