//! `iamgate could` and `iamgate roles`.

use serde_json::Value;

use super::run::{exits, output, scratch, stderr, stdout, with_stdin};

const ROLE: &str = "../../../../../policies/doit/support-gateway";

fn could(more: &[&str]) -> Vec<String> {
    ["could", ROLE].iter().chain(more).map(|word| (*word).to_owned()).collect()
}

/// The output of the program, which must end with this exit code.
#[track_caller]
fn said(more: &[&str], code: i32) -> String {
    let words = could(more);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    stdout(&exits(output(&words), code))
}

#[test]
fn a_session_could_or_could_not_or_it_depends() {
    let object = ["--action", "s3:GetObject", "--resource", "arn:aws:s3:::payroll/x"];
    let text = said(&object, 1);
    assert!(text.starts_with("denied explicitly: the session policies"), "{text}");
    let regions = ["--action", "ec2:DescribeRegions"];
    let text = said(&regions, 3);
    assert!(text.starts_with("it depends: on `aws:PrincipalTag/DoitEnvironment`"), "{text}");
    said(&[&regions[..], &["--for-tag", "DoitEnvironment=123456789012"]].concat(), 0);
    said(&[&regions[..], &["--context", "aws:PrincipalTag/DoitEnvironment=999999999999"]].concat(), 1);
    said(&[&regions[..], &["--for-tag", "DoitEnvironment"]].concat(), 1);
    let stopped =
        ["--action", "ec2:StopInstances", "--resource", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1"];
    assert!(said(&stopped, 1).starts_with("denied: "));
}

#[test]
fn a_resource_policy_counts() {
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"Null": {"aws:PrincipalTag/DoitEnvironment": "false"}}}}"#;
    let words = could(&[
        "--action",
        "s3:GetBucketLocation",
        "--resource",
        "arn:aws:s3:::a",
        "--resource-policy",
        "-",
    ]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let tagged = [&words[..], &["--for-tag", "DoitEnvironment=123456789012"]].concat();
    let text = stdout(&exits(with_stdin(&tagged, policy.as_bytes()), 1));
    assert!(text.contains("the resource-based policy (statement 1, <stdin>:1:40) denies it"), "{text}");
}

/// What a variable stands for is as little known as what a condition tests.
#[test]
fn a_variable_whose_key_is_not_known_leaves_the_answer_open() {
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "support:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "support:CreateCase",
        "Resource": "arn:aws:support:us-east-1:123456789012:case/${aws:PrincipalTag/team}"}]}"#;
    let role = scratch(
        "could-variable.json",
        format!(
            r#"{{"RoleDetailList": [{{"RoleName": "R", "Arn": "arn:aws:iam::123456789012:role/R",
        "RolePolicyList": [{{"PolicyName": "p", "PolicyDocument": {policy}}}]}}]}}"#
        )
        .as_bytes(),
    );
    let role = role.to_str().unwrap();
    let resource = "arn:aws:support:us-east-1:123456789012:case/red";
    let words =
        ["could", role, "--profile", "standard", "--action", "support:CreateCase", "--resource", resource];
    let tagged = ["--for-tag", "DoitEnvironment=123456789012"];
    let words = [&words[..], &tagged].concat();
    let text = stdout(&exits(output(&words), 3));
    assert!(text.starts_with("it depends: on `aws:PrincipalTag/team`"), "{text}");
    let of = |team: &str, code: i32| {
        let tag = format!("team={team}");
        exits(output(&[&words[..], &["--for-tag", &tag]].concat()), code);
    };
    of("red", 1);
    of("blue", 0);
    exits(output(&[&words[..], &["--for-tag", "team"]].concat()), 0);
}

/// A key and a role have a policy that must take part. If it is not given, a denial is not certain.
#[test]
fn a_policy_that_must_take_part_and_is_not_known_leaves_the_answer_open() {
    let allows = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["kms:*", "sts:*", "s3:*"],
        "Resource": "*"}}"#;
    let role = scratch(
        "could-open.json",
        format!(
            r#"{{"RoleDetailList": [{{"RoleName": "R", "Arn": "arn:aws:iam::123456789012:role/R",
        "RolePolicyList": [{{"PolicyName": "p", "PolicyDocument": {allows}}}]}}]}}"#
        )
        .as_bytes(),
    );
    let role = role.to_str().unwrap();
    let tag = "DoitEnvironment=123456789012";
    let ask = |action: &str, resource: &str, more: &[&str], code: i32| {
        let words = [&["could", role, "--action", action, "--resource", resource][..], more].concat();
        stdout(&exits(output(&words), code))
    };
    let key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let text = ask("kms:DescribeKey", key, &["--for-tag", tag], 3);
    assert!(text.starts_with("it depends: on the key policy, which is not known\n"), "{text}");
    assert!(text.contains("resource-based policy  not known\n"), "{text}");
    let text = ask("kms:DescribeKey", key, &[], 3);
    let wanted = "it depends: on the key policy, which is not known, and on `aws:PrincipalTag/DoitEnvironment`, whose value is not known\n";
    assert!(text.starts_with(wanted), "{text}");
    let json = ask("kms:DescribeKey", key, &["--for-tag", tag, "--format", "json"], 3);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["decision"], &json["reason"]["kind"]), (&"depends".into(), &"unknown".into()));
    assert_eq!(json["reason"]["layers"], serde_json::json!(["resource"]));
    // A policy of another account's resource must take part too.
    let foreign = "arn:aws:kms:eu-west-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let text = ask("kms:DescribeKey", foreign, &["--for-tag", tag], 3);
    assert!(text.starts_with("it depends: on the key policy"), "{text}");
    // What the session policies deny stays denied, whatever the policy of the key says.
    let text = ask("kms:Decrypt", key, &["--for-tag", tag], 1);
    assert!(text.starts_with("denied explicitly: "), "{text}");
    let other = "arn:aws:iam::123456789012:role/Other";
    // The guard denies every action of STS, so this is asked under a profile that denies only some.
    let profiles = super::preview::weak("could-profiles", "\"sts:*\",", "\"sts:Assume*\",");
    let text = ask(
        "sts:SetSourceIdentity",
        other,
        &["--for-tag", tag, "--profiles", &profiles, "--profile", "weak"],
        3,
    );
    assert!(text.starts_with("it depends: on the role's trust policy, which is not known\n"), "{text}");
    assert!(ask("sts:AssumeRole", other, &["--for-tag", tag], 1).starts_with("denied explicitly: "));
    // A policy that is given is known.
    let given = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:DescribeKey", "Resource": "*"}}"#;
    let given = scratch("could-key.json", given.as_bytes());
    let text =
        ask("kms:DescribeKey", key, &["--for-tag", tag, "--resource-policy", given.to_str().unwrap()], 0);
    assert!(text.starts_with("allowed: "), "{text}");
    // A bucket of the account needs no policy.
    ask("s3:GetBucketLocation", "arn:aws:s3:::a", &["--for-tag", tag], 0);
}

#[test]
fn an_action_is_named_and_messages_are_for_another_verb() {
    for wrong in [&["--action", "s3:*"][..], &["--action", "s3:GetObject", "--resource", "bucket"], &[]] {
        said(wrong, 2);
    }
    let refused = stderr(&exits(output(&["could", ROLE, "--message", "-"]), 2));
    assert!(refused.contains("iamgate why ROLE --message"), "{refused}");
}

#[test]
fn the_roles_of_an_account_and_one_as_files() {
    let account = r#"{"RoleDetailList": [{"RoleName": "One", "Arn": "arn:aws:iam::111122223333:role/One", "RolePolicyList": [{"PolicyName": "p",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}]}, {"RoleName": "Two", "Arn": "arn:aws:iam::111122223333:role/team/Two"}]}"#;
    let run = |words: &[&str], code| exits(with_stdin(words, account.as_bytes()), code);
    let text = stdout(&run(&["roles", "-"], 0));
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("One  arn:aws:iam::111122223333:role/One"), "{text}");
    let text = stdout(&run(&["roles", "-", "--role", "One"], 0));
    assert!(text.contains("role.json") && text.contains("inline/p.json"), "{text}");
    assert!(stderr(&run(&["roles", "-", "--role", "None"], 2)).contains("ROLE_NOT_FOUND"));
    exits(with_stdin(&["roles", "-"], b"{\"RoleDetailList\": []}"), 1);
    exits(with_stdin(&["roles", "-"], b"[1]"), 2);
    let hostile = account.replace("\"Two\"", "\"T\\u0007wo\"");
    let refused = stderr(&exits(with_stdin(&["roles", "-"], hostile.as_bytes()), 2));
    assert!(refused.contains("ROLE_NAME_MISMATCH") && !refused.contains('\u{7}'), "{refused}");
}
