//! Names that AWS's tables do not have are told, with the nearest that they have, by every verb that takes one.

use std::fs;

use serde_json::{Value, json};

use super::preview::folder;
use super::run::{exits, output, stderr, stdout, with_stdin};

const ROLE: &str = "../../../../../policies/doit/support-gateway";
const ANA: &str = "arn:aws:iam::111122223333:user/ana";

/// A file of this run.
fn file(name: &str, text: &str) -> String {
    let path = folder(name).join("file.json");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn deny_all(name: &str) -> String {
    file(
        name,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#,
    )
}

/// Warnings are on stderr for people, and a member of the JSON.
#[track_caller]
fn told(args: &[&str], exit: i32, near: &str) {
    let run = exits(output(args), exit);
    let said = stderr(&run);
    assert!(said.contains("warning: ") && said.contains(near), "{args:?}: {said}");
    let run = exits(output(&[args, &["--format", "json"]].concat()), exit);
    let said: Value = serde_json::from_str(&stdout(&run)).unwrap();
    let names = said["unknown_names"].as_array().unwrap_or_else(|| panic!("{args:?}: {said}"));
    assert!(names.iter().any(|name| name["near"].to_string().contains(near)), "{args:?}: {names:?}");
}

#[track_caller]
fn silent(args: &[&str], exit: i32) {
    let run = exits(output(args), exit);
    assert!(!stderr(&run).contains("warning"), "{args:?}: {}", stderr(&run));
    let run = exits(output(&[args, &["--format", "json"]].concat()), exit);
    let said: Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(said["unknown_names"], Value::Null, "{args:?}");
}

#[test]
fn a_proof_about_an_unknown_name_is_no_bare_proof() {
    let deny = deny_all("names-proof");
    for (action, near) in [
        ("dyanmodb:GetItem", "dynamodb:GetItem"),
        ("s3:GetObjekt", "s3:GetObject"),
        ("S3:GETOBJEKT", "s3:GetObject"),
        ("s3:Gte*", "s3:Get*"),
        ("dyanmodb:*", "dynamodb:*"),
        ("iam:PasRole", "iam:PassRole"),
    ] {
        let args = ["prove", "not-granted", &deny, "--action", action];
        told(&args, 1, near);
        let said = stdout(&exits(output(&args), 1));
        assert!(said.starts_with("Proven of the text only") && said.contains("2026-"), "{action}: {said}");
    }
    for action in ["dynamodb:GetItem", "DYNAMODB:getitem", "s3:*", "*", "s3:Get*", "*:Get*"] {
        let args = ["prove", "not-granted", &deny, "--action", action, "--resource", "arn:aws:s3:::b"];
        silent(&args, 0);
        assert!(stdout(&exits(output(&args), 0)).starts_with("Proven: none of this"), "{action}");
    }
    told(&["prove", "not-granted", &deny, "--action", "s3:*", "--resource", "arn:aws:s4:::b"], 1, "s3");
    told(&["prove", "read-only", ROLE, "--context", "aws:SourceIpp=10.0.0.1"], 0, "aws:SourceIp");
}

#[test]
fn a_request_with_an_unknown_name_is_told() {
    let deny = deny_all("names-request");
    let own = ["--principal", ANA, "--identity", &deny];
    for verb in ["eval", "explain"] {
        let ask = |action, resource, more: &[&str], near: &str| {
            let args = [&[verb, "--action", action, "--resource", resource][..], &own, more].concat();
            if near.is_empty() { silent(&args, 1) } else { told(&args, 1, near) }
        };
        ask("s3:GetObjekt", "arn:aws:s3:::b/k", &[], "s3:GetObject");
        ask("s4:GetObject", "arn:aws:s3:::b/k", &[], "s3:GetObject");
        ask("sqs:SendMessage", "arn:aws:sqss:eu-west-1:111122223333:q", &[], "sqs");
        ask("s3:GetObject", "arn:aws:s3:::b/k", &["--context", "aws:SourceIpp=10.0.0.1"], "aws:SourceIp");
        ask("s3:getobject", "arn:aws:s3:::b/k", &["--context", "AWS:sourceip=10.0.0.1"], "");
        ask("s3:GetObject", "arn:aws:s3:::b/k", &["--context", "token.example.com:sub=x"], "");
        ask("es:ESHttpGet", "arn:aws:es:eu-west-1:111122223333:domain/d", &[], "");
        ask(
            "elasticloadbalancing:DescribeTags",
            "arn:aws:elasticloadbalancing:eu-west-1:111122223333:x",
            &[],
            "",
        );
    }
    let could = |more: &[&'static str]| [&["could", ROLE, "--action"][..], more].concat();
    told(&could(&["s3:GetObjekt", "--resource", "arn:aws:s3:::b/k"]), 1, "s3:GetObject");
    // The tag that matters is not given.
    told(&could(&["ec2:DescribeInstances", "--for-tag", "DoitEnvironmnt=1"]), 3, "DoitEnvironment");
    told(&could(&["ec2:DescribeInstances", "--absent", "aws:SourceIpp"]), 3, "aws:SourceIp");
    silent(&could(&["ec2:DescribeInstances", "--for-tag", "DoitEnvironment=123456789012"]), 0);
}

#[test]
fn lines_of_a_batch_tell_unknown_actions() {
    let deny = deny_all("names-batch");
    let line = |action: &str| {
        format!(
            r#"{{"id": 1, "request": {{"principal": {{"type": "iam_user", "arn": "{ANA}", "account": "111122223333"}}, "action": "{action}", "resource": "*"}}}}"#
        )
    };
    let text = [line("s3:GetObjekt"), line("s3:GETobject"), line("s3:GetObjekt")].join("\n");
    for verb in ["eval", "explain"] {
        let run = exits(with_stdin(&[verb, "--batch", "-", "--identity", &deny], text.as_bytes()), 0);
        let lines: Vec<Value> = stdout(&run).lines().map(|own| serde_json::from_str(own).unwrap()).collect();
        let near = |at: usize| lines[at]["unknown_names"][0]["near"].clone();
        assert_eq!(
            (near(0), near(1), near(2)),
            (json!(["s3:GetObject"]), Value::Null, json!(["s3:GetObject"]))
        );
    }
}

#[test]
fn tags_profiles_and_services_are_told() {
    told(&["preview", ROLE, "--for-tag", "DoitEnvironmnt=1"], 0, "DoitEnvironment");
    silent(&["preview", ROLE, "--for-tag", "DoitEnvironment=1"], 0);
    told(&["effective", ROLE, "--absent", "aws:SourceIpp"], 0, "aws:SourceIp");
    let said = stderr(&exits(output(&["preview", ROLE, "--profile", "standart"]), 2));
    assert!(said.contains("did you mean `standard`?"), "{said}");
    let said = stderr(&exits(output(&["restrict", "arn:aws:sqss:eu-west-1:111122223333:q"]), 2));
    assert!(said.contains("near it: `sqs`"), "{said}");
}

#[test]
fn one_action_needs_no_permission() {
    let deny = deny_all("names-identity");
    let no_permission = "AWS asks for no permission for sts:GetCallerIdentity";
    let says = |args: &[&str], exit: i32| {
        let said = stdout(&exits(output(args), exit));
        assert!(said.contains(no_permission), "{args:?}: {said}");
        let run = exits(output(&[args, &["--format", "json"]].concat()), exit);
        let said: Value = serde_json::from_str(&stdout(&run)).unwrap();
        assert_eq!(said["needs_no_permission"], json!(true), "{args:?}");
    };
    for action in ["sts:GetCallerIdentity", "STS:getcalleridentity", "sts:*"] {
        says(&["prove", "not-granted", &deny, "--action", action], 1);
    }
    says(
        &[
            "eval",
            "--principal",
            ANA,
            "--action",
            "sts:getCallerIdentity",
            "--resource",
            "*",
            "--identity",
            &deny,
        ],
        0,
    );
    says(&["could", ROLE, "--action", "sts:GetCallerIdentity"], 0);
    // No statement allows it to this role, and yet it is possible.
    let role = folder("names-identity-role");
    for own in ["role.json", "trust.json"] {
        let path = format!("{}/tests/cli/data/{ROLE}/{own}", env!("CARGO_MANIFEST_DIR"));
        fs::copy(path, role.join(own)).unwrap();
    }
    fs::create_dir_all(role.join("inline")).unwrap();
    fs::copy(&deny, role.join("inline/own.json")).unwrap();
    let said = stdout(&exits(output(&["preview", role.to_str().unwrap()]), 0));
    let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(no_permission), "{said}");
    silent(
        &[
            "eval",
            "--principal",
            ANA,
            "--action",
            "sts:GetFederationToken",
            "--resource",
            "*",
            "--identity",
            &deny,
        ],
        1,
    );
}
