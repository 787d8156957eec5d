//! `iamgate check`.

use insta::assert_snapshot;
use serde_json::Value;

use super::run::{exits, output, scratch, show, stdout};

#[test]
fn findings_for_people() {
    assert_snapshot!(show(&["check", "bad.json", "role.json", "trust.json", "bucket.json"]));
}

#[test]
fn findings_in_the_form_of_access_analyzer() {
    assert_snapshot!(show(&["check", "bad.json", "--format", "json"]));
}

#[test]
fn findings_as_workflow_commands() {
    assert_snapshot!(show(&["check", "bad.json", "absent.json", "--format", "github"]));
}

#[test]
fn findings_as_sarif() {
    assert_snapshot!(
        show(&["check", "bad.json", "absent.json", "--format", "sarif"])
            .replace(env!("CARGO_PKG_VERSION"), "VERSION")
    );
}

#[test]
fn one_line_of_json_per_file() {
    let run = exits(output(&["check", "role.json", "trust.json", "absent.json", "--format", "jsonl"]), 2);
    let lines: Vec<Value> = stdout(&run).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!((&lines[0]["file"], &lines[0]["kind"]), (&"role.json".into(), &"identity".into()));
    assert_eq!((&lines[1]["file"], &lines[1]["kind"]), (&"trust.json".into(), &"trust".into()));
    assert_eq!(lines[2]["error"]["code"], "FILE_NOT_FOUND");
    assert!(lines.iter().all(|line| line["schema"] == "iamgate/check" && line["version"] == 1));
}

#[test]
fn folders_and_globs() {
    assert_snapshot!("folder", show(&["check", "folder"]));
    assert_snapshot!("glob", show(&["check", "folder/**/t*.json"]));
    exits(output(&["check", "./folder/*.json"]), 0);
}

#[test]
fn a_security_warning_is_a_no_unless_told_otherwise() {
    exits(output(&["check", "warns.json"]), 1);
    exits(output(&["check", "warns.json", "--fail-on", "error"]), 0);
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/data/role.json")).unwrap();
    let path = scratch("no-version.json", text.replace("\"Version\": \"2012-10-17\",", "").as_bytes());
    let path = path.to_str().unwrap();
    exits(output(&["check", path]), 0);
    exits(output(&["check", path, "--fail-on", "warning"]), 1);
}

#[test]
fn deployed_documents_are_read_as_aws_reads_them() {
    let policy = r#"{"Version": "2012-10-17", "Id": "x", "Statement": {"Effect": "Allow", "Action": "*:*", "Resource": "*"}}"#;
    let path = scratch("deployed.json", policy.as_bytes());
    let path = path.to_str().unwrap();
    exits(output(&["check", path]), 2);
    // It passes every role, which is a warning.
    exits(output(&["check", path, "--mode", "deployed"]), 1);
    exits(output(&["check", path, "--mode", "deployed", "--fail-on", "error"]), 0);
}

#[test]
fn colour_is_for_those_who_want_it() {
    let plain = stdout(&output(&["check", "bad.json"]));
    assert!(!plain.contains('\u{1B}'));
    let coloured = stdout(&output(&["check", "bad.json", "--color", "always"]));
    assert!(coloured.contains('\u{1B}'));
    let mut forced = super::run::iamgate(&["check", "bad.json"]);
    assert!(stdout(&forced.env("CLICOLOR_FORCE", "1").output().unwrap()).contains('\u{1B}'));
    let mut none = super::run::iamgate(&["check", "bad.json"]);
    assert_eq!(stdout(&none.env("NO_COLOR", "1").output().unwrap()), plain);
    let mut both = super::run::iamgate(&["check", "bad.json", "--color", "never"]);
    assert_eq!(stdout(&both.env("CLICOLOR_FORCE", "1").output().unwrap()), plain);
}

#[test]
fn a_name_cannot_command_the_terminal() {
    let run = output(&["check", "a\u{1B}[2Jb.json"]);
    assert!(!super::run::stderr(&run).contains('\u{1B}'));
}

#[test]
fn rules_are_listed_and_explained() {
    let list = exits(output(&["check", "--list-rules"]), 0);
    let lines = stdout(&list).lines().count();
    assert!(lines > 153, "{lines}");
    assert_snapshot!("explain", show(&["check", "--explain", "invalid_action"]));
    assert_snapshot!("explain-unknown", show(&["check", "--explain", "INVALID_ACTIONS"]));
}

#[test]
fn an_error_of_access_analyzer_is_a_no_although_the_policy_is_read() {
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:SendMesage", "Resource": "*"}}"#;
    let path = scratch("typo.json", text.as_bytes());
    let run = exits(output(&["check", path.to_str().unwrap(), "--format", "json"]), 1);
    let answer: Value = serde_json::from_str(&stdout(&run)).unwrap();
    let finding = &answer["files"][0]["findings"][0];
    assert_eq!((&finding["findingType"], &finding["issueCode"]), (&"ERROR".into(), &"INVALID_ACTION".into()));
    assert_eq!(answer["files"][0]["accepted"], true);
}
