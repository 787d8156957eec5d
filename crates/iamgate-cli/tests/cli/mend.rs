//! `iamgate check --fix` and `--diff`.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::run::{exits, output, scratch, stderr, stdout, with_stdin};

/// A policy with a redundant action, an empty Sid, and an action that does not exist.
const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "",
      "Effect": "Allow",
      "Action": [
        "sqs:Get*",
        "sqs:GetQueueUrl",
        "sqs:SendMesage"
      ],
      "Resource": "*"
    }
  ]
}
"#;

fn file(name: &str, text: &str) -> (PathBuf, String) {
    let path = scratch(name, text.as_bytes());
    let shown = path.to_str().unwrap().to_owned();
    (path, shown)
}

/// The lines of a text without those that have one of the words.
fn without(text: &str, words: &[&str]) -> String {
    text.split_inclusive('\n').filter(|line| !words.iter().any(|word| line.contains(word))).collect()
}

#[test]
fn safe_fixes_are_written_and_others_when_asked_for() {
    let (path, name) = file("mend-safe.json", POLICY);
    let run = exits(output(&["check", &name, "--fix"]), 1);
    let safe = without(POLICY, &["\"Sid\"", "GetQueueUrl"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), safe);
    let said = stderr(&run);
    assert!(said.contains("2 findings: EMPTY_SID_VALUE 1, REDUNDANT_ACTION 1"), "{said}");
    let open = "note: 1 finding can be mended with --fix --unsafe\n";
    assert!(stdout(&run).ends_with(open), "{}", stdout(&run));
    assert!(stdout(&run).contains("INVALID_ACTION") && !stdout(&run).contains("REDUNDANT_ACTION"));
    let run = exits(output(&["check", &name, "--fix", "--unsafe"]), 0);
    assert!(stderr(&run).contains("INVALID_ACTION 1"), "{}", stderr(&run));
    assert_eq!(fs::read_to_string(&path).unwrap(), safe.replace("SendMesage", "SendMessage"));
    let run = exits(output(&["check", &name, "--fix", "--unsafe"]), 0);
    assert!(!stderr(&run).contains("mended"), "{}", stderr(&run));
}

#[test]
fn a_diff_writes_nothing() {
    let (path, name) = file("mend-diff.json", POLICY);
    let run = exits(output(&["check", &name, "--diff"]), 1);
    let shown = stdout(&run);
    assert!(shown.contains(&format!("--- a/{name}\n+++ b/{name}\n")), "{shown}");
    let changed: Vec<&str> = shown.lines().skip(2).filter(|line| line.starts_with(['-', '+'])).collect();
    assert_eq!(changed, ["-      \"Sid\": \"\",", "-        \"sqs:GetQueueUrl\","]);
    exits(output(&["check", &name, "--diff", "--fix", "--unsafe"]), 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), POLICY);
    exits(output(&["check", "role.json", "--diff"]), 0);
    exits(output(&["check", "absent.json", "--diff"]), 2);
}

#[test]
fn a_diff_has_the_ends_of_lines_of_the_file() {
    for (name, end) in [("mend-diff-feed.json", "\n"), ("mend-diff-return.json", "\r\n")] {
        let text = POLICY.trim_end().replace('\n', end);
        let (_, name) = file(name, &text);
        let shown = stdout(&exits(output(&["check", &name, "--diff"]), 1));
        let mut expected = format!("--- a/{name}\n+++ b/{name}\n@@ -2,11 +2,9 @@\n");
        for line in text.split_inclusive('\n').skip(1).take(11) {
            let is_gone = line.contains("\"Sid\"") || line.contains("GetQueueUrl");
            expected.push(if is_gone { '-' } else { ' ' });
            expected.push_str(line);
        }
        assert!(shown.starts_with(&expected), "{shown:?}\n{expected:?}");
        assert_eq!(shown.contains('\r'), end == "\r\n");
    }
}

#[test]
fn a_diff_of_what_has_no_answer_is_none() {
    let refused = POLICY.replace("\"Allow\"", "\"Alow\"").replace("\"Effect\"", "\"Efect\"");
    let policy = |text: &str| format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{text}]}}");
    for (name, text) in [
        ("mend-no-json.json", "{".to_owned()),
        ("mend-no-policy.json", "{\"name\": \"x\"}".to_owned()),
        ("mend-refused.json", policy("{\"Effect\": 7, \"Action\": \"s3:Get*\", \"Resource\": \"*\"}")),
        ("mend-refused-too.json", refused),
        ("mend-empty.json", String::new()),
    ] {
        let (path, name) = file(name, &text);
        exits(output(&["check", &name]), 2);
        let run = exits(output(&["check", &name, "--diff"]), 2);
        assert!(stderr(&run).contains("error["), "{}", stderr(&run));
        exits(output(&["check", "role.json", &name, "--diff"]), 2);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    // What is refused only until it is mended has an answer.
    let (_, name) = file("mend-refused-first.json", &POLICY.replace("\"Allow\"", "\"allow\""));
    exits(output(&["check", &name, "--diff"]), 1);
}

#[test]
fn only_what_is_checked_is_mended() {
    let root = super::config::project(
        "mend-targets",
        &[
            ("notes.txt", POLICY),
            ("vendor/app.json", POLICY),
            ("app.json", POLICY),
            ("package.json", "{\"name\": \"x\"}"),
            ("iamgate.toml", "[check]\nexclude = [\"vendor\"]\n"),
        ],
    );
    let args =
        ["check", "notes.txt", "vendor/app.json", "package.json", "app.json", "./app.json", "--skip-others"];
    let run = exits(super::config::run_in(&root, &[&args[..], &["--diff"]].concat()), 1);
    assert_eq!(stdout(&run).matches("+++ b/").count(), 1, "{}", stdout(&run));
    let run = exits(super::config::run_in(&root, &[&args[..], &["--fix"]].concat()), 1);
    assert_eq!(stderr(&run).matches("mended: ").count(), 1, "{}", stderr(&run));
    let text = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    assert_eq!((text("notes.txt"), text("vendor/app.json")), (POLICY.to_owned(), POLICY.to_owned()));
    assert_eq!(text("app.json"), without(POLICY, &["\"Sid\"", "GetQueueUrl"]));
}

#[test]
fn every_policy_of_a_stream_is_mended() {
    let (path, name) = file("mend-stream.json", &format!("{POLICY}{POLICY}{POLICY}"));
    let run = exits(output(&["check", &name, "--fix"]), 1);
    assert!(!stderr(&run).contains("not mended"), "{}", stderr(&run));
    let safe = without(POLICY, &["\"Sid\"", "GetQueueUrl"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{safe}{safe}{safe}"));
}

#[test]
fn stdin_is_shown_and_never_written() {
    let run = exits(with_stdin(&["check", "-", "--diff"], POLICY.as_bytes()), 1);
    assert!(stdout(&run).contains("-      \"Sid\": \"\","));
    let run = exits(with_stdin(&["check", "-", "--fix"], POLICY.as_bytes()), 2);
    assert!(stderr(&run).contains("stdin cannot be written"), "{}", stderr(&run));
    let run = exits(output(&["check", "role.json", "--unsafe"]), 2);
    assert!(stderr(&run).contains("--fix"), "{}", stderr(&run));
}

#[test]
fn comments_and_the_ends_of_lines_are_kept() {
    let text = POLICY
        .replace("\"sqs:GetQueueUrl\",", "\"sqs:GetQueueUrl\", // the address")
        .replace("  \"Version\"", "  // ours\n  \"Version\"")
        .replace('\n', "\r\n");
    let (path, name) = file("mend-comments.jsonc", &text);
    exits(output(&["check", &name, "--fix"]), 1);
    let expected =
        without(&text, &["\"Sid\""]).replace("\"sqs:GetQueueUrl\", // the address", "// the address");
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn yaml_is_mended_as_yaml() {
    let text = "# ours\nVersion: '2012-10-17'\nStatement:\n  - Sid: ''\n    Effect: allow # yes\n    Action:\n      - sqs:Get*\n      - sqs:GetQueueUrl # the address\n    Resource: '*'\n";
    let (path, name) = file("mend.yaml", text);
    exits(output(&["check", &name, "--fix"]), 0);
    let expected = "# ours\nVersion: '2012-10-17'\nStatement:\n  - Effect: Allow # yes\n    Action:\n      - sqs:Get*\n      # the address\n    Resource: '*'\n";
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn comments_behind_quoted_values_stay() {
    let text = "Version: '2012-10-17'\nStatement:\n  - Sid: ''  # none\n    Effect: \"allow\" # only at night; 4711\n    Action:\n      - 'sqs:Get*'\n      - 'sqs:GetQueueUrl'  # it''s\n    Resource: '*' # all\n";
    let (path, name) = file("mend-quoted.yaml", text);
    exits(output(&["check", &name, "--fix"]), 0);
    let mended = fs::read_to_string(&path).unwrap();
    for comment in ["# only at night; 4711", "# it''s", "# all"] {
        assert!(mended.contains(comment), "{mended}");
    }
    assert!(mended.contains("Effect: \"Allow\" #") && !mended.contains("GetQueueUrl'"), "{mended}");
}

#[test]
fn what_an_alias_uses_elsewhere_is_left() {
    let text = "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - Effect: &e allow\n            Action: &acts [sqs:*, sqs:GetQueueUrl]\n            Resource: '*'\n  T:\n    Type: Custom::Thing\n    Properties: {Actions: *acts, E: *e}\n";
    let (path, name) = file("mend-elsewhere.yaml", text);
    exits(output(&["check", &name, "--fix"]), 2);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_version_is_no_safe_fix_of_what_is_not_known() {
    let text = "Resources:\n  P:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: b\n      PolicyDocument:\n        Id: x\n        Statement:\n          - {Effect: Allow, Principal: {AWS: '111122223333'}, Action: 's3:GetObject', Resource: !GetAtt B.Arn}\n";
    let (path, name) = file("mend-version.yaml", text);
    output(&["check", &name, "--fix"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    output(&["check", &name, "--fix", "--unsafe"]);
    assert!(fs::read_to_string(&path).unwrap().contains("2012-10-17"));
}

#[test]
fn policies_in_other_texts_are_mended_there() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:Get*","sqs:GetQueueUrl"],"Resource":"*"}]}"#;
    let left = policy.replace(",\"sqs:GetQueueUrl\"", "");
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let in_text = |text: &str| format!("{{\n  \"Policy\":   {} }}\n", quoted(text));
    let template = |text: &str| {
        format!(
            "{{\"Resources\": {{\"P\": {{\"Type\": \"AWS::IAM::ManagedPolicy\", \"Properties\": {{\"PolicyDocument\": {text}}}}}}}}}"
        )
    };
    for (name, wrap) in
        [("mend-string.json", &in_text as &dyn Fn(&str) -> String), ("mend-template.json", &template)]
    {
        let (path, name) = file(name, &wrap(policy));
        exits(output(&["check", &name, "--fix"]), 0);
        assert_eq!(fs::read_to_string(&path).unwrap(), wrap(&left), "{name}");
    }
}

#[test]
fn what_has_no_place_in_the_file_is_left_and_named() {
    let text = "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - Effect: Allow\n            Action: &own\n              - sqs:Get*\n              - sqs:GetQueueUrl\n            Resource: '*'\n          - Effect: Deny\n            Action: *own\n            Resource: arn:aws:sqs:us-east-1:111122223333:q\n";
    let (path, name) = file("mend-alias.yaml", text);
    let run = exits(output(&["check", &name, "--fix"]), 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert!(stderr(&run).contains("it cannot be made in place"), "{}", stderr(&run));
}

#[test]
fn findings_have_their_fixes_for_programs() {
    let (_, name) = file("mend-programs.json", POLICY);
    let run = exits(output(&["check", &name, "--format", "json"]), 1);
    let answer: Value = serde_json::from_str(&stdout(&run)).unwrap();
    let findings = answer["files"][0]["findings"].as_array().unwrap();
    let fix =
        |code: &str| findings.iter().find(|own| own["issueCode"] == code).map(|own| &own["fix"]).unwrap();
    let own = fix("INVALID_ACTION");
    assert_eq!((&own["safe"], &own["edits"][0]["text"]), (&false.into(), &"\"sqs:SendMessage\"".into()));
    let at = usize::try_from(own["edits"][0]["offset"].as_u64().unwrap()).unwrap();
    let length = usize::try_from(own["edits"][0]["length"].as_u64().unwrap()).unwrap();
    assert_eq!(POLICY.get(at..at + length).unwrap(), "\"sqs:SendMesage\"");
    assert_eq!(fix("EMPTY_SID_VALUE")["safe"], true);
    let run = exits(output(&["check", &name, "--format", "sarif"]), 1);
    let answer: Value = serde_json::from_str(&stdout(&run)).unwrap();
    let results = answer["runs"][0]["results"].as_array().unwrap();
    let own = results.iter().find(|own| own["ruleId"] == "INVALID_ACTION").unwrap();
    let replacement = &own["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "\"sqs:SendMessage\"");
    assert_eq!(replacement["deletedRegion"]["byteOffset"], at);
    let run = exits(output(&["check", &name, "--fix", "--format", "json"]), 1);
    let answer: Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(answer["mended"][0]["codes"]["REDUNDANT_ACTION"], 1);
}

#[test]
fn a_byte_order_mark_is_removed_and_other_encodings_are_left() {
    let (path, name) = file("mend-mark.json", &format!("\u{FEFF}{POLICY}"));
    exits(output(&["check", &name, "--fix"]), 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), without(POLICY, &["\"Sid\"", "GetQueueUrl"]));
    let wide: Vec<u8> =
        [0xFEFF].into_iter().chain(POLICY.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let path = scratch("mend-wide.json", &wide);
    let run = exits(output(&["check", path.to_str().unwrap(), "--fix"]), 2);
    assert!(stderr(&run).contains("not UTF-8"), "{}", stderr(&run));
    assert_eq!(fs::read(&path).unwrap(), wide);
}

#[cfg(unix)]
#[test]
fn modes_are_kept_and_what_must_not_be_written_is_not() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let (path, name) = file("mend-mode.json", POLICY);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    exits(output(&["check", &name, "--fix"]), 1);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);

    let (path, name) = file("mend-read-only.json", POLICY);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let run = exits(output(&["check", &name, "--fix"]), 2);
    assert!(
        stderr(&run).contains("UNWRITABLE_FILE") && stderr(&run).contains("read-only"),
        "{}",
        stderr(&run)
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), POLICY);
    fs::remove_file(&path).unwrap();

    // A link out of its folder is not written through, also where it is followed for reading.
    let (path, _) = file("mend-target.json", POLICY);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("mend-links");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    let link = folder.join("link.json");
    symlink(&path, &link).unwrap();
    let run = exits(output(&["check", link.to_str().unwrap(), "--fix", "--follow-links"]), 2);
    assert!(stderr(&run).contains("LINK_LEAVES_FOLDER"), "{}", stderr(&run));
    assert_eq!(fs::read_to_string(&path).unwrap(), POLICY);

    // A link inside stays a link.
    fs::write(folder.join("own.json"), POLICY).unwrap();
    let inner = folder.join("inner.json");
    symlink("own.json", &inner).unwrap();
    exits(output(&["check", inner.to_str().unwrap(), "--fix"]), 1);
    assert!(fs::symlink_metadata(&inner).unwrap().is_symlink());
    assert_eq!(
        fs::read_to_string(folder.join("own.json")).unwrap(),
        without(POLICY, &["\"Sid\"", "GetQueueUrl"])
    );
    let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|own| own.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

#[test]
fn a_diff_has_no_other_format_and_no_baseline() {
    let (_, name) = file("mend-diff-flags.json", POLICY);
    for more in [["--format", "sarif"], ["--baseline", "base.json"], ["--write-baseline", "base.json"]] {
        let run = exits(output(&[&["check", &name, "--diff"][..], &more].concat()), 2);
        assert!(stderr(&run).contains("cannot be used with") && stdout(&run).is_empty(), "{}", stderr(&run));
    }
}
