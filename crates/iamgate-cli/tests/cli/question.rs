//! `iamgate eval` and `iamgate explain`, one request at a time.

use insta::assert_snapshot;
use serde_json::Value;

use super::run::{exits, output, scratch, show, stderr, stdout, with_stdin};

const ANA: [&str; 8] = [
    "--principal",
    "arn:aws:sts::111122223333:assumed-role/Support/ana",
    "--identity",
    "role.json",
    "--session",
    "session.json",
    "--resource-account",
    "111122223333",
];

fn ask(verb: &'static str, more: &[&'static str]) -> Vec<&'static str> {
    [&[verb], &ANA[..], more].concat()
}

#[test]
fn a_case_that_is_allowed() {
    assert_snapshot!("eval_allowed", show(&["eval", "case.json"]));
    assert_snapshot!("explain_allowed", show(&["explain", "case.json"]));
}

#[test]
fn a_deny_names_its_statement() {
    let question = [
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::secrets/a",
        "--context",
        "aws:PrincipalTag/team=green",
    ];
    assert_snapshot!("explain_explicit_deny", show(&ask("explain", &question)));
    let run = exits(output(&ask("eval", &question)), 1);
    assert_eq!(
        stdout(&run),
        "denied explicitly: the session policies (`NoSecrets`, session.json:5:5) deny it\n"
    );
}

#[test]
fn what_is_missing_is_named() {
    let question = ["--action", "s3:PutObject", "--resource", "arn:aws:s3:::reports/a"];
    assert_snapshot!("explain_implicit_deny", show(&ask("explain", &question)));
}

#[test]
fn an_unknown_key_decides() {
    let question = [
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::secrets/a",
        "--unknown",
        "aws:PrincipalTag/team",
    ];
    assert_snapshot!("explain_depends", show(&ask("explain", &question)));
    exits(output(&ask("eval", &question)), 3);
}

#[test]
fn traces_as_json() {
    assert_snapshot!("explain_json", show(&["explain", "case.json", "--format", "json"]));
    assert_snapshot!("eval_json", show(&["eval", "case.json", "--format", "json"]));
    let run = exits(output(&["eval", "bad.json", "--format", "json"]), 2);
    let answer: Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(
        (&answer["schema"], &answer["errors"][0]["code"]),
        (&"iamgate/eval".into(), &"DUPLICATE_JSON_KEY".into())
    );
    assert_eq!(stderr(&run), "");
}

#[test]
fn a_case_from_stdin() {
    let text = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/data/case.json")).unwrap();
    let run = exits(with_stdin(&["eval", "-"], &text), 0);
    assert!(stdout(&run).contains("<stdin>:16:46"), "{}", stdout(&run));
}

/// The decision on a request that flags give.
#[track_caller]
fn decides(args: &[&str], code: i32) {
    let run = exits(output(&[&["eval"], args].concat()), code);
    assert_eq!(stderr(&run), "");
}

#[test]
fn the_owner_of_the_resource_is_told_from_its_arn() {
    let ask = |owner: &'static str| {
        [
            "--principal",
            "arn:aws:iam::111122223333:user/ana",
            "--identity",
            "queue.json",
            "--action",
            "sqs:SendMessage",
            "--resource",
            owner,
        ]
    };
    decides(&ask("arn:aws:sqs:eu-west-1:111122223333:q"), 0);
    decides(&ask("arn:aws:sqs:eu-west-1:444455556666:q"), 1);
}

#[test]
fn a_list_makes_a_key_multivalued() {
    let ask = |context: &'static str| {
        [
            "--principal",
            "arn:aws:iam::111122223333:user/ana",
            "--identity",
            "warns.json",
            "--action",
            "s3:PutObjectTagging",
            "--resource",
            "arn:aws:s3:::b/k",
            "--context",
            context,
        ]
    };
    decides(&ask("aws:TagKeys=[\"team\"]"), 0);
    decides(&ask("aws:TagKeys=[\"team\", \"x\"]"), 1);
    decides(&ask("aws:TagKeys=team"), 0);
}

#[test]
fn trust_policies_are_recognised() {
    let ask = |context: &'static str| {
        [
            "--principal",
            "arn:aws:iam::111122223333:oidc-provider/idp.example.com",
            "--resource-policy",
            "trust.json",
            "--action",
            "sts:AssumeRoleWithWebIdentity",
            "--resource",
            "arn:aws:iam::111122223333:role/Support",
            "--context",
            context,
        ]
    };
    decides(&ask("idp.example.com:aud=support"), 0);
    decides(&ask("idp.example.com:aud=other"), 1);
}

#[test]
fn levels_of_service_control_policies_are_all_asked() {
    let ask = |more: &[&'static str]| {
        [
            &[
                "--principal",
                "arn:aws:iam::111122223333:user/ana",
                "--identity",
                "role.json",
                "--action",
                "ec2:RunInstances",
                "--resource",
                "*",
            ],
            more,
        ]
        .concat()
    };
    decides(&ask(&[]), 0);
    decides(&ask(&["--scp", "role.json"]), 0);
    // The second level allows only queues. If the level also has a policy that allows more, it does not restrict.
    decides(&ask(&["--scp", "role.json", "--scp", "queue.json"]), 1);
    decides(&ask(&["--scp", "role.json", "--scp", "queue.json,role.json"]), 0);
}

const ADMIN: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

/// The kind of the resource follows from action and ARN, both for flags and for JSON. The policy of a role or a key must then allow the request
/// too; an identity policy alone is not enough.
#[test]
fn roles_and_keys_are_known_by_flags_and_in_json_alike() {
    let admin = scratch("kinds-admin.json", ADMIN.as_bytes());
    let role = "arn:aws:iam::111122223333:role/app";
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";
    let ben = |action: &str, kind: &str| {
        let resource = if kind == "trust" { "" } else { r#", "Resource": "*""# };
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::111122223333:user/ben"}},
                "Action": "{action}"{resource}}}]}}"#
        )
    };
    for (action, resource, kind, code) in [
        ("sts:AssumeRole", role, "trust", 1),
        ("sts:TagSession", role, "trust", 1),
        ("sts:SetSourceIdentity", role, "trust", 1),
        ("sts:SetContext", role, "trust", 1),
        ("kms:Decrypt", key, "kms", 1),
        ("iam:GetRole", role, "", 0),
        ("sts:TagSession", "arn:aws:sts::111122223333:federated-user/ana", "", 0),
        ("sts:SetContext", "arn:aws:sts::111122223333:self", "", 0),
    ] {
        for own in [String::new(), ben(action, kind)] {
            if kind.is_empty() && !own.is_empty() {
                continue;
            }
            let mut flags =
                vec!["eval", "--principal", "arn:aws:iam::111122223333:user/ana", "--action", action];
            flags.extend(["--resource", resource, "--identity", admin.to_str().unwrap()]);
            let path = scratch("kinds-resource.json", own.as_bytes());
            if !own.is_empty() {
                flags.extend(["--resource-policy", path.to_str().unwrap()]);
            }
            exits(output(&flags), code);
            let policy = if own.is_empty() { "null" } else { &own };
            let case = format!(
                r#"{{"request": {{"principal": {{"type": "iam_user", "arn": "arn:aws:iam::111122223333:user/ana", "account": "111122223333"}},
                    "action": "{action}", "resource": "{resource}"}}, "policies": {{"identity": [{ADMIN}], "resource": {policy}}}}}"#
            );
            exits(with_stdin(&["eval", "-"], case.as_bytes()), code);
        }
    }
}

/// A statement allows the request and names only the role. So the advice is the missing ARN of the session.
#[test]
fn advice_names_the_session_where_the_role_is_named_already() {
    let session = "arn:aws:sts::111122223333:assumed-role/app/s1";
    let bucket = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}"#;
    let boundary = ADMIN.replace("\"Action\": \"*\"", "\"Action\": \"sqs:*\"");
    let [bucket, boundary] = [("flip-bucket.json", bucket), ("flip-boundary.json", &boundary)]
        .map(|(name, text)| scratch(name, text.as_bytes()).to_str().unwrap().to_owned());
    let run = output(&[
        "explain",
        "--principal",
        session,
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::b/k",
        "--resource-policy",
        &bucket,
        "--boundary",
        &boundary,
    ]);
    let said = stdout(&exits(run, 1));
    assert!(
        said.contains(&format!(
            "if statement 1 in the resource-based policy named \"{session}\"; it names its role"
        )),
        "{said}"
    );
    assert!(!said.contains("the resource-based policy had a statement"), "{said}");
}

/// A variable in the account field: the pages say that it matches nothing.
#[test]
fn a_point_that_is_open_is_told() {
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:*",
        "Resource": "arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:q"}}"#;
    let path = scratch("open-point.json", policy.as_bytes()).to_string_lossy().into_owned();
    let asked = |more: &[&str]| {
        let question = [
            "eval",
            "--principal",
            "arn:aws:iam::111122223333:user/ana",
            "--action",
            "sqs:SendMessage",
            "--resource",
            "arn:aws:sqs:eu-west-1:111122223333:q",
            "--context",
            "aws:PrincipalAccount=111122223333",
            "--identity",
            &path,
        ];
        output(&[&question, more].concat())
    };
    let plain = exits(asked(&[]), 0);
    assert!(
        stdout(&plain)
            .contains("open: the evidence about AWS leaves open whether a resource with a variable")
    );
    assert!(stdout(&plain).contains("then the answer is: denied (variable-in-arn, rule 3.29)"));
    let strict = exits(asked(&["--strict-readings", "--format", "json"]), 3);
    let answer: Value = serde_json::from_str(&stdout(&strict)).unwrap();
    assert_eq!(answer["decision"], "allowed");
    assert_eq!(answer["readings"][0]["point"], "variable-in-arn");
    assert_eq!(answer["readings"][0]["decision"], "implicit_deny");
}
