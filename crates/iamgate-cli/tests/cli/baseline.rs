//! `iamgate check --baseline`.

use std::fs;

use serde_json::Value;

use super::config::{APP, ROLES, TAGS, answer, codes, project, run_in};
use super::run::{exits, stderr, stdout};

#[test]
fn only_new_findings_count() {
    let root = project("baseline-new", &[("app.json", APP)]);
    let run = exits(run_in(&root, &["check", "app.json", "--write-baseline", "base.json"]), 0);
    assert!(stderr(&run).contains("note: 2 findings written to base.json"), "{}", stderr(&run));
    let found = answer(&root, &["check", "app.json", "--baseline", "base.json"], 0);
    assert_eq!(codes(&found["files"][0]["findings"]), [""; 0]);
    assert_eq!(codes(&found["files"][0]["suppressed"]), [ROLES, TAGS]);
    assert_eq!(found["config"]["baseline"], "base.json");
    // Lines move, a statement is added before the others, and white space changes.
    let moved = APP.replace(
        "\"Statement\": [\n",
        "\n\n\"Statement\": [ {\"Effect\": \"Deny\", \"Action\": \"ec2:*\", \"Resource\": \"*\"},\n",
    );
    fs::write(root.join("app.json"), moved.replace("[\"team\"]", "[ \"team\"  ]")).unwrap();
    answer(&root, &["check", "./app.json", "--baseline", "base.json"], 0);
    // The same finding in another statement is new.
    let more = APP.replace(
        "\"Statement\": [\n",
        "\"Statement\": [{\"Sid\": \"More\", \"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"*\"},\n",
    );
    fs::write(root.join("app.json"), &more).unwrap();
    let found = answer(&root, &["check", "app.json", "--select", ROLES, "--baseline", "base.json"], 1);
    assert_eq!(codes(&found["files"][0]["findings"]), [ROLES]);
    // Without Sids, the count decides.
    let twice = more.replace("\"Sid\": \"More\", ", "").replace("\"Sid\": \"Roles\", ", "");
    fs::write(
        root.join("app.json"),
        twice.replace("[\"iam:PassRole\", \"s3:PutObject\"]", "\"iam:PassRole\""),
    )
    .unwrap();
    let with = ["check", "app.json", "--select", ROLES];
    let found = answer(&root, &[&with[..], &["--baseline", "base.json"]].concat(), 1);
    assert_eq!(codes(&found["files"][0]["findings"]), [ROLES, ROLES]);
    exits(run_in(&root, &[&with[..], &["--write-baseline", "two.json"]].concat()), 0);
    answer(&root, &[&with[..], &["--baseline", "two.json"]].concat(), 0);
    let one = fs::read_to_string(root.join("two.json")).unwrap().replace("\"count\": 2", "\"count\": 1");
    fs::write(root.join("one.json"), one).unwrap();
    let found = answer(&root, &[&with[..], &["--baseline", "one.json"]].concat(), 1);
    assert_eq!(codes(&found["files"][0]["findings"]), [ROLES]);
    // Another file has findings of its own.
    fs::write(root.join("other.json"), APP).unwrap();
    answer(&root, &["check", "other.json", "--baseline", "base.json"], 1);
}

#[test]
fn findings_that_are_gone_are_told() {
    let root = project(
        "baseline-stale",
        &[("sub/app.json", APP), ("sub/iamgate.toml", "[check]\nbaseline = \"../base.json\"\n")],
    );
    exits(run_in(&root, &["check", "sub", "--write-baseline", "base.json"]), 0);
    let text = fs::read_to_string(root.join("base.json")).unwrap();
    assert!(text.contains("\"file\": \"sub/app.json\""), "{text}");
    fs::write(root.join("sub/app.json"), APP.replace("iam:PassRole", "s3:PutObject")).unwrap();
    let inner = root.join("sub");
    let found = answer(&inner, &["check", "app.json"], 0);
    assert_eq!(found["notices"].as_array().unwrap().len(), 1);
    assert_eq!(found["notices"][0]["code"], "STALE_BASELINE");
    let said = found["notices"][0]["message"].as_str().unwrap();
    assert!(said.starts_with(&format!("1 finding of {ROLES} at /Statement/Roles")), "{said}");
    // What was not asked for is not gone.
    assert!(answer(&inner, &["check", "app.json", "--select", ROLES], 0).get("notices").is_none());
}

#[test]
fn a_baseline_that_cannot_be_used_is_an_error() {
    let root = project(
        "baseline-wrong",
        &[
            ("app.json", APP),
            ("text.json", "no json"),
            ("policy.json", APP),
            ("folder/x", ""),
            ("new.json", r#"{"schema": "iamgate/baseline", "version": 2, "entries": []}"#),
            (
                "odd.json",
                r#"{"schema": "iamgate/baseline", "version": 1, "findings": [{"file": "a", "cod": "b"}]}"#,
            ),
        ],
    );
    for (file, code, told) in [
        ("text.json", "INVALID_BASELINE", "line 1 column"),
        ("policy.json", "INVALID_BASELINE", "missing field `schema`"),
        ("new.json", "INVALID_BASELINE", "of version 2"),
        ("odd.json", "INVALID_BASELINE", "unknown field `cod`"),
        ("folder", "IS_A_DIRECTORY", "a folder"),
        ("absent.json", "FILE_NOT_FOUND", "--write-baseline"),
    ] {
        let run = exits(run_in(&root, &["check", "app.json", "--baseline", file]), 2);
        let said = stderr(&run);
        assert!(said.contains(&format!("error[{code}]: {file}")) && said.contains(told), "{said}");
    }
    // A file that is no baseline is not overwritten.
    let run = exits(run_in(&root, &["check", "app.json", "--write-baseline", "policy.json"]), 2);
    assert!(stderr(&run).contains("error[WRITE_REFUSED]: policy.json"), "{}", stderr(&run));
    assert_eq!(fs::read_to_string(root.join("policy.json")).unwrap(), APP);
    exits(run_in(&root, &["check", "app.json", "--write-baseline", "no/folder.json"]), 2);
    exits(run_in(&root, &["check", "app.json", "--write-baseline", "base.json"]), 0);
    exits(run_in(&root, &["check", "app.json", "--write-baseline", "base.json"]), 0);
}

#[test]
fn one_broken_assertion_does_not_hide_another() {
    let config = |names: &[&str]| {
        let one =
            |name: &&str| format!("[[check.assert]]\nname = \"{name}\"\nnever-allows = [\"iam:PassRole\"]\n");
        let all: Vec<String> = names.iter().map(one).collect();
        format!("[check]\nselect = [\"ASSERTION_BROKEN\"]\n{}", all.join(""))
    };
    let root = project("baseline-assert", &[("app.json", APP), ("iamgate.toml", &config(&["a"]))]);
    let with = ["check", "app.json", "--baseline", "base.json"];
    exits(run_in(&root, &["check", "app.json", "--write-baseline", "base.json"]), 0);
    answer(&root, &with, 0);
    fs::write(root.join("iamgate.toml"), config(&["b"])).unwrap();
    answer(&root, &with, 1);
    fs::write(root.join("iamgate.toml"), config(&["b", "a"])).unwrap();
    let found = answer(&root, &with, 1);
    let said = found["files"][0]["findings"][0]["findingDetails"].as_str().unwrap();
    assert!(said.contains("`b`"), "{said}");
    assert_eq!(codes(&found["files"][0]["findings"]).len(), 1);
    // Its fingerprint is another one too.
    let prints = |name: &str| {
        fs::write(root.join("iamgate.toml"), config(&[name])).unwrap();
        let run = run_in(&root, &["check", "app.json", "--format", "gitlab"]);
        let all: Value = serde_json::from_str(&stdout(&run)).unwrap();
        all[0]["fingerprint"].clone()
    };
    assert_ne!(prints("a"), prints("b"));
}

#[test]
fn findings_about_other_statements_are_known_by_them() {
    let policy = |first: &str, action: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{first}
  {{"Sid": "One", "Effect": "Allow", "Action": "{action}", "Resource": "*"}},
  {{"Sid": "Two", "Effect": "Allow", "Action": "sqs:Get*", "Resource": "*"}},
  {{"Effect": "Allow", "Action": "sqs:List*", "Resource": "*"}}
]}}"#
        )
    };
    let root = project("baseline-others", &[("app.json", &policy("", "sqs:GetQueueUrl"))]);
    let with = ["check", "app.json", "--select", "STATEMENT_ADDS_NOTHING", "--fail-on", "suggestion"];
    exits(run_in(&root, &[&with[..], &["--write-baseline", "base.json"]].concat()), 0);
    let with = [&with[..], &["--baseline", "base.json"]].concat();
    let deny = r#"{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"},"#;
    fs::write(root.join("app.json"), policy(deny, "sqs:GetQueueUrl")).unwrap();
    answer(&root, &with, 0);
    fs::write(root.join("app.json"), policy("", "sqs:ListQueues")).unwrap();
    answer(&root, &with, 1);
}

#[test]
fn documents_of_a_stream_keep_their_names_when_lines_move() {
    // One policy a line, and as `jq` writes a stream.
    let line = APP.replace('\n', "") + "\n";
    for (name, before, after) in [
        ("a.ndjson", format!("{line}{line}"), format!("\n{line}\n\n{line}")),
        ("b.json", format!("{line}{line}"), format!("{APP}\n{APP}")),
    ] {
        let root = project("baseline-stream", &[(name, &before)]);
        let prints = || {
            let run = run_in(&root, &["check", name, "--format", "gitlab"]);
            let all: Value = serde_json::from_str(&stdout(&run)).unwrap();
            let all: Vec<Value> =
                all.as_array().unwrap().iter().map(|own| own["fingerprint"].clone()).collect();
            all
        };
        let old = prints();
        assert_eq!(old.len(), 4);
        exits(run_in(&root, &["check", name, "--write-baseline", "base.json"]), 0);
        fs::write(root.join(name), &after).unwrap();
        let found = answer(&root, &["check", name, "--baseline", "base.json"], 0);
        assert!(found.get("notices").is_none(), "{found}");
        assert_eq!(prints(), old);
        let names: Vec<&str> =
            found["files"].as_array().unwrap().iter().map(|own| own["document"].as_str().unwrap()).collect();
        assert_eq!(names, ["policy number 1", "policy number 2"]);
    }
}

#[test]
fn a_baseline_of_some_findings_keeps_the_others() {
    let root = project("baseline-some", &[("app.json", APP), ("other.json", APP)]);
    let write = |args: &[&str]| {
        stderr(&exits(run_in(&root, &[&["check"], args, &["--write-baseline", "base.json"]].concat()), 0))
    };
    let text = || fs::read_to_string(root.join("base.json")).unwrap();
    write(&["app.json", "other.json"]);
    let whole = text();
    let said = write(&["app.json", "other.json", "--select", ROLES]);
    assert!(said.contains("note: 4 findings written to base.json, 2 of them as before"), "{said}");
    assert_eq!(text(), whole);
    write(&["app.json", "other.json", "--ignore", TAGS]);
    assert_eq!(text(), whole);
    write(&["app.json"]);
    assert_eq!(text(), whole, "of files that are not looked at");
    answer(&root, &["check", "app.json", "other.json", "--baseline", "base.json"], 0);
    // What was asked for and is gone goes, also with its file.
    fs::write(root.join("app.json"), APP.replace("\"iam:PassRole\", ", "")).unwrap();
    let said = write(&["app.json", "other.json", "--select", ROLES]);
    assert!(said.contains("note: 3 findings written"), "{said}");
    fs::remove_file(root.join("other.json")).unwrap();
    let said = write(&["app.json"]);
    assert!(said.contains("note: 1 finding written to base.json\n"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_baseline_is_written_at_once_and_only_where_it_is_named() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let root = project("baseline-place", &[("app.json", APP)]);
    let write = |file: &str, code: i32| {
        stderr(&exits(run_in(&root, &["check", "app.json", "--write-baseline", file]), code))
    };
    // A link to nothing would make a file somewhere else.
    let elsewhere = root.with_extension("elsewhere.json");
    let _ = fs::remove_file(&elsewhere);
    symlink(&elsewhere, root.join("link.json")).unwrap();
    let said = write("link.json", 2);
    assert!(said.contains("UNWRITABLE_FILE") && said.contains("link to nothing"), "{said}");
    assert!(!elsewhere.exists());
    // Who has the old file open reads all of it.
    write("base.json", 0);
    let old = fs::read_to_string(root.join("base.json")).unwrap();
    fs::set_permissions(root.join("base.json"), fs::Permissions::from_mode(0o640)).unwrap();
    fs::hard_link(root.join("base.json"), root.join("open.json")).unwrap();
    fs::write(root.join("app.json"), APP.replace("iam:PassRole", "s3:PutObject")).unwrap();
    write("base.json", 0);
    assert_eq!(fs::read_to_string(root.join("open.json")).unwrap(), old);
    assert_ne!(fs::read_to_string(root.join("base.json")).unwrap(), old);
    assert_eq!(fs::metadata(root.join("base.json")).unwrap().permissions().mode() & 0o777, 0o640);
    let names = fs::read_dir(&root).unwrap().map(|own| own.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().all(|name| !name.starts_with(".iamgate-")));
}

/// A policy with an action that another one includes, which can be mended.
const TWICE: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sqs:Get*", "sqs:GetQueueUrl"], "Resource": "*"}]}"#;

#[test]
fn nothing_is_mended_if_the_baseline_cannot_be_used() {
    let root = project("baseline-first", &[("app.json", TWICE), ("other.json", APP), ("folder/x", "")]);
    for more in [
        ["--baseline", "absent.json"],
        ["--baseline", "other.json"],
        ["--write-baseline", "other.json"],
        ["--write-baseline", "folder"],
        ["--write-baseline", "no/folder.json"],
    ] {
        for format in ["human", "json"] {
            let run =
                run_in(&root, &[&["check", "app.json", "--fix", "--format", format][..], &more].concat());
            let said = stderr(&exits(run, 2));
            assert!(!said.contains("mended"), "{said}");
            assert_eq!(fs::read_to_string(root.join("app.json")).unwrap(), TWICE, "{more:?}");
        }
    }
    fs::write(root.join("iamgate.toml"), "[check]\nbaseline = \"absent.json\"\n").unwrap();
    exits(run_in(&root, &["check", "app.json", "--fix"]), 2);
    assert_eq!(fs::read_to_string(root.join("app.json")).unwrap(), TWICE);
    let run = exits(run_in(&root, &["check", "app.json", "--fix", "--write-baseline", "base.json"]), 0);
    assert!(stderr(&run).contains("REDUNDANT_ACTION 1"), "{}", stderr(&run));
}

#[test]
fn a_baseline_is_written_to_a_file_only() {
    let root = project("baseline-no-file", &[("app.json", APP), ("folder/x", "")]);
    let wrong = [("folder", "IS_A_DIRECTORY"), ("-", "USAGE")];
    let device = cfg!(unix).then_some(("/dev/null", "NOT_A_FILE"));
    for (file, code) in wrong.into_iter().chain(device) {
        let run = exits(run_in(&root, &["check", "app.json", "--write-baseline", file]), 2);
        let said = stderr(&run);
        assert!(said.starts_with(&format!("error[{code}]")) && said.contains("name a file"), "{said}");
        assert!(!said.contains("remove") && !said.contains("stdin"), "{said}");
    }
    assert!(!root.join("-").exists());
}

#[test]
fn what_is_refused_for_now_stays_in_the_baseline() {
    let line = APP.replace('\n', "") + "\n";
    let both = format!("{line}{line}");
    let root = project("baseline-refused", &[("app.json", APP), ("a.ndjson", &both)]);
    let write = |file: &str, code: i32| {
        stderr(&exits(run_in(&root, &["check", file, "--write-baseline", "base.json"]), code))
    };
    let text = || fs::read_to_string(root.join("base.json")).unwrap();
    write("app.json", 0);
    let whole = text();
    fs::write(root.join("app.json"), "{").unwrap();
    let said = write("app.json", 2);
    assert!(said.contains("note: 2 findings written to base.json, 2 of them as before"), "{said}");
    assert_eq!(text(), whole);
    let found = answer(&root, &["check", "app.json", "--baseline", "base.json"], 2);
    assert!(found.get("notices").is_none(), "{found:#}");
    // Of a file with several documents, those that are read are written anew.
    fs::remove_file(root.join("base.json")).unwrap();
    write("a.ndjson", 0);
    assert_eq!(text().matches("\"code\"").count(), 4);
    let refused = line.replace("\"Allow\", \"Action\": [", "7, \"Action\": [");
    fs::write(root.join("a.ndjson"), format!("{}{refused}", line.replace("\"iam:PassRole\", ", ""))).unwrap();
    let said = write("a.ndjson", 2);
    assert!(said.contains("note: 3 findings written"), "{said}");
    let text = text();
    assert_eq!(text.matches("policy number 2").count(), 2, "{text}");
    assert_eq!(text.matches(ROLES).count(), 1, "{text}");
}

#[test]
fn a_file_that_holds_no_policy_any_more_has_no_findings() {
    let root = project("baseline-no-policy", &[("sub/app.json", APP), ("sub/other.json", APP)]);
    let write = || exits(run_in(&root, &["check", "sub", "--write-baseline", "base.json"]), 0);
    write();
    fs::write(root.join("sub/app.json"), "{\"Resources\": {}}").unwrap();
    let found = answer(&root, &["check", "sub", "--baseline", "base.json"], 0);
    let notices = found["notices"].as_array().unwrap();
    assert_eq!(notices.len(), 2, "{found:#}");
    assert!(notices.iter().all(|own| own["message"].as_str().unwrap().contains("sub/app.json")));
    write();
    let text = fs::read_to_string(root.join("base.json")).unwrap();
    assert!(!text.contains("sub/app.json") && text.contains("sub/other.json"), "{text}");
    // A file that was not read may hold anything.
    fs::rename(root.join("sub/other.json"), root.join("sub/other.txt")).unwrap();
    fs::write(root.join("base.json"), text.replace("other.json", "other.txt")).unwrap();
    let with = ["check", "sub/other.txt", "--skip-others"];
    exits(run_in(&root, &[&with[..], &["--write-baseline", "base.json"]].concat()), 0);
    assert!(fs::read_to_string(root.join("base.json")).unwrap().contains("other.txt"));
}

#[test]
fn ways_to_more_permissions_are_known_by_their_names_and_the_statement() {
    let policy = |statements: &str| format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let allow = |action: &str, resource: &str| {
        format!(r#"{{"Effect": "Allow", "Action": {action}, "Resource": "{resource}"}}"#)
    };
    let role = "arn:aws:iam::111122223333:role/*";
    let (pass, run) = (allow("\"iam:PassRole\"", role), allow("\"ec2:RunInstances\"", "*"));
    let trust =
        r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#;
    let (app, buckets) = (policy(&format!("{pass}, {run}")), policy(&allow("\"s3:ListAllMyBuckets\"", "*")));
    let root = project("baseline-ways", &[("r/inline/app.json", &app), ("r/inline/b.json", &buckets)]);
    let with = ["check", "r", "--select", "PRIVILEGE_ESCALATION"];
    let found = |code: i32| {
        let found = answer(&root, &[&with[..], &["--baseline", "base.json"]].concat(), code);
        codes(&found["files"][0]["findings"]).len()
    };
    exits(run_in(&root, &[&with[..], &["--write-baseline", "base.json"]].concat()), 0);
    assert!(fs::read_to_string(root.join("base.json")).unwrap().contains("PRIVILEGE_ESCALATION"));
    assert_eq!(found(0), 0);
    // Other words for the same ways.
    fs::write(root.join("r/trust.json"), policy(trust)).unwrap();
    let all = answer(&root, &with, 1);
    let said = all["files"][0]["findings"][0]["findingDetails"].as_str().unwrap();
    assert!(said.contains("with all policies of the role"), "{said}");
    assert_eq!(found(0), 0);
    // One more way, and a statement that allows more.
    let more = allow("[\"ec2:RunInstances\", \"lambda:CreateFunction\", \"lambda:InvokeFunction\"]", "*");
    for new in [format!("{pass}, {more}"), format!("{}, {run}", pass.replace(role, "*"))] {
        fs::write(root.join("r/inline/app.json"), policy(&new)).unwrap();
        assert_eq!(found(1), 1, "{new}");
    }
}

#[test]
fn data_of_any_resource_is_known_by_its_statement() {
    let policy = |action: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [
  {{"Sid": "Read", "Effect": "Allow", "Action": {action}, "Resource": "*"}}]}}"#
        )
    };
    let root = project("baseline-data", &[("app.json", &policy("\"s3:GetObject\""))]);
    let with = ["check", "app.json", "--select", "DATA_OF_ANY_RESOURCE"];
    exits(run_in(&root, &[&with[..], &["--write-baseline", "base.json"]].concat()), 0);
    let with = [&with[..], &["--baseline", "base.json", "--fail-on", "suggestion"]].concat();
    answer(&root, &with, 0);
    fs::write(root.join("app.json"), policy("\"s3:GetObject\"").replace(": ", " :  ")).unwrap();
    answer(&root, &with, 0);
    fs::write(root.join("app.json"), policy("[\"s3:GetObject\", \"dynamodb:Scan\"]")).unwrap();
    answer(&root, &with, 1);
}
