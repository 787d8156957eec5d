//! `iamgate check --baseline`.

use std::fs;

use super::config::{APP, ROLES, TAGS, answer, codes, project, run_in};
use super::run::{exits, stderr};

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
