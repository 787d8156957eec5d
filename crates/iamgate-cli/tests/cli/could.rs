//! `iamgate could` and `iamgate roles`.

use serde_json::Value;

use super::run::{exits, output, stderr, stdout, with_stdin};

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

#[test]
fn a_message_is_taken_apart() {
    let message = "An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:sts::1:assumed-role/a/b is not \
                   authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::payroll/x\" with an explicit deny in a session policy";
    let words = ["could", ROLE, "--message", "-", "--format", "json"];
    let answer: Value =
        serde_json::from_str(&stdout(&exits(with_stdin(&words, message.as_bytes()), 1))).unwrap();
    assert_eq!(answer["request"]["resource"], "arn:aws:s3:::payroll/x");
    assert_eq!(
        (&answer["message"]["layer"], &answer["message"]["explicit"]),
        (&"session".into(), &true.into())
    );
    assert_eq!(answer["decision"], "explicit_deny");
    let text = stdout(&exits(with_stdin(&words[..4], message.as_bytes()), 1));
    assert!(text.ends_with("AWS says: an explicit deny in a policy of the layer session.\n"), "{text}");
    let refused = exits(with_stdin(&words[..4], b"Access Denied"), 2);
    assert!(stderr(&refused).contains("NO_ACCESS_DENIED_MESSAGE"), "{}", stderr(&refused));
    for wrong in [&["--action", "s3:*"][..], &["--action", "s3:GetObject", "--resource", "bucket"], &[]] {
        said(wrong, 2);
    }
}

#[test]
fn the_roles_of_an_account_and_one_as_files() {
    let account = r#"{"RoleDetailList": [{"RoleName": "One", "Arn": "arn:aws:iam::111122223333:role/One", "RolePolicyList": [{"PolicyName": "p",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}]}, {"RoleName": "T\u0007wo", "Arn": "arn:aws:iam::111122223333:role/Two"}]}"#;
    let run = |words: &[&str], code| exits(with_stdin(words, account.as_bytes()), code);
    let text = stdout(&run(&["roles", "-"], 0));
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("One  arn:aws:iam::111122223333:role/One") && !text.contains('\u{7}'), "{text}");
    let text = stdout(&run(&["roles", "-", "--role", "One"], 0));
    assert!(text.contains("role.json") && text.contains("inline/p.json"), "{text}");
    assert!(stderr(&run(&["roles", "-", "--role", "None"], 2)).contains("ROLE_NOT_FOUND"));
    exits(with_stdin(&["roles", "-"], b"{\"RoleDetailList\": []}"), 1);
    exits(with_stdin(&["roles", "-"], b"[1]"), 2);
}
