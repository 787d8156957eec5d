//! `iamgate check` under `iamgate.toml`, and with comments that hide findings.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;

use super::run::{exits, iamgate, stderr, stdout};

/// Tags are tested for every value, and every role may be passed.
pub(crate) const APP: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Roles", "Effect": "Allow", "Action": ["iam:PassRole", "s3:PutObject"], "Resource": "*"},
    {"Sid": "Tags", "Effect": "Allow", "Action": "s3:PutObjectTagging", "Resource": "*",
     "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}}
  ]
}
"#;

pub(crate) const TAGS: &str = "FORALLVALUES_WITHOUT_NULL_CHECK";
pub(crate) const ROLES: &str = "PASS_ROLE_WITH_STAR_IN_RESOURCE";

/// A new folder with files. It is the root of a repository.
pub(crate) fn project(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join(".git")).unwrap();
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

/// Runs the program in a folder.
pub(crate) fn run_in(root: &PathBuf, args: &[&str]) -> Output {
    iamgate(args).current_dir(root).output().unwrap()
}

pub(crate) fn answer(root: &PathBuf, args: &[&str], code: i32) -> Value {
    let run = exits(run_in(root, &[args, &["--format", "json"]].concat()), code);
    serde_json::from_str(&stdout(&run)).unwrap()
}

/// The codes of a list of findings.
pub(crate) fn codes(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|own| own["issueCode"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn codes_are_selected_ignored_and_given_levels() {
    let root = project(
        "config-codes",
        &[
            ("app.json", APP),
            ("old/app.json", APP),
            (
                "iamgate.toml",
                "[check]\nfail-on = \"error\"\nignore = [\"pass_role_with_star_in_resource\"]\n\n[check.levels]\nFORALLVALUES_WITHOUT_NULL_CHECK = \
                 \"suggestion\"\n\n[[check.path]]\nfiles = [\"old\"]\nignore = [\"FORALLVALUES_WITHOUT_NULL_CHECK\"]\n",
            ),
        ],
    );
    let found = answer(&root, &["check", "."], 0);
    assert_eq!(codes(&found["files"][0]["findings"]), [TAGS]);
    assert_eq!(found["files"][0]["findings"][0]["findingType"], "SUGGESTION");
    assert_eq!(codes(&found["files"][1]["findings"]), [""; 0]);
    assert_eq!(found["config"]["file"], "iamgate.toml");
    assert_eq!(found["config"]["failOn"], "ERROR");
    // Flags win.
    answer(&root, &["check", ".", "--fail-on", "suggestion"], 1);
    let found = answer(&root, &["check", "app.json", "--select", ROLES], 0);
    assert_eq!(codes(&found["files"][0]["findings"]), [ROLES]);
    let found = answer(
        &root,
        &["check", "app.json", "--ignore", "invalid_action,forallvalues_without_null_check"],
        0,
    );
    assert_eq!(codes(&found["files"][0]["findings"]), [""; 0]);
    let found = answer(&root, &["check", "app.json", "--select", "all"], 0);
    assert_eq!(codes(&found["files"][0]["findings"]), [ROLES, TAGS]);
    let found = answer(&root, &["check", ".", "--isolated"], 1);
    assert_eq!(codes(&found["files"][1]["findings"]), [ROLES, TAGS]);
    assert!(found.get("config").is_none());
}

#[test]
fn a_configuration_is_found_upwards_and_its_paths_are_from_its_folder() {
    let settings = format!("[[check.path]]\nfiles = [\"a/*.json\"]\nignore = [\"{TAGS}\"]\n");
    let root = project(
        "config-upwards",
        &[
            ("team/a/app.json", APP),
            ("team/a/deep/app.json", APP),
            ("team/iamgate.toml", &settings),
            ("other/app.json", APP),
        ],
    );
    let found = answer(&root, &["check", "team/a"], 1);
    assert_eq!(found["config"]["file"], "team/iamgate.toml");
    assert_eq!(codes(&found["files"][0]["findings"]), [ROLES]);
    assert_eq!(codes(&found["files"][1]["findings"]), [ROLES, TAGS], "one star stays in its folder");
    let deep = root.join("team/a");
    assert_eq!(codes(&answer(&deep, &["check", "../a/*.json"], 1)["files"][0]["findings"]), [ROLES]);
    let whole = root.join("team/a/app.json");
    assert_eq!(
        codes(&answer(&deep, &["check", whole.to_str().unwrap()], 1)["files"][0]["findings"]),
        [ROLES]
    );
    assert!(answer(&root, &["check", "other"], 1).get("config").is_none());
    let named = answer(&root, &["check", "other", "--config", "team/iamgate.toml"], 1);
    assert_eq!(named["config"]["file"], "team/iamgate.toml");
    // Nothing above the root of a repository counts.
    let inner = project("config-upwards/inner", &[("app.json", APP)]);
    fs::write(root.join("iamgate.toml"), "[check]\nignore = [\"NOTHING\"]\n").unwrap();
    assert!(answer(&inner, &["check", "app.json"], 1).get("config").is_none());
}

#[test]
fn kinds_follow_paths() {
    let scp =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}"#;
    let root = project(
        "config-kinds",
        &[
            ("scp/a.json", scp),
            ("b.json", scp),
            ("iamgate.toml", "[[check.path]]\nfiles = [\"scp/\"]\nkind = \"scp\"\n"),
        ],
    );
    let found = answer(&root, &["check", "."], 0);
    let kinds: Vec<(&Value, &Value)> =
        found["files"].as_array().unwrap().iter().map(|own| (&own["file"], &own["kind"])).collect();
    assert_eq!(kinds, [(&"b.json".into(), &"identity".into()), (&"scp/a.json".into(), &"scp".into())]);
    let flag = answer(&root, &["check", "scp/a.json", "--kind", "boundary"], 0);
    assert_eq!(flag["files"][0]["kind"], "boundary");
}

#[test]
fn excluded_files_are_named_and_not_checked() {
    let root = project(
        "config-exclude",
        &[
            ("app.json", APP),
            ("vendor/x/app.json", APP),
            ("iamgate.toml", "[check]\nexclude = [\"vendor\"]\n"),
        ],
    );
    let found = answer(&root, &["check", "."], 1);
    assert_eq!(found["files"].as_array().unwrap().len(), 1);
    assert_eq!(found["config"]["excluded"][0], "vendor/x/app.json");
    let run = exits(run_in(&root, &["check", "vendor/x/app.json"]), 0);
    assert!(
        stderr(&run).contains("1 file left out by the configuration: vendor/x/app.json"),
        "{}",
        stderr(&run)
    );
}

#[test]
fn findings_are_accepted_with_a_reason_until_a_day() {
    let accept = |more: &str| {
        format!(
            "[[check.accept]]\nfile = \"app.json\"\ncode = \"{TAGS}\"\nreason = \"a gate sets tags\"\n{more}\n[[check.accept]]\nfile = \"*.json\"\ncode = \"{ROLES}\"\nreason = \"r\"\n"
        )
    };
    let root = project("config-accept", &[("app.json", APP)]);
    let with = |more: &str, code: i32| {
        fs::write(root.join("iamgate.toml"), accept(more)).unwrap();
        answer(&root, &["check", "app.json"], code)
    };
    let found = with("sid = \"Tags\"\n", 0);
    assert_eq!(codes(&found["files"][0]["findings"]), [""; 0]);
    let hidden = &found["files"][0]["suppressed"];
    assert_eq!(codes(hidden), [ROLES, TAGS]);
    assert_eq!(
        (&hidden[1]["by"], &hidden[1]["reason"]),
        (&"configuration".into(), &"a gate sets tags".into())
    );
    assert!(found.get("notices").is_none());
    // Another statement.
    let found = with("sid = \"Roles\"\n", 1);
    assert_eq!(codes(&found["files"][0]["findings"]), [TAGS]);
    assert_eq!(
        (&found["notices"][0]["code"], &found["notices"][0]["line"]),
        (&"UNUSED_SUPPRESSION".into(), &3.into())
    );
    // The tests' today is 2026-12-01: a day is over when the next one begins.
    with("until = 2026-12-01\n", 0);
    let found = with("until = \"2026-11-30\"\n", 1);
    assert_eq!(codes(&found["files"][0]["findings"]), [TAGS]);
    assert_eq!(found["notices"][0]["code"], "EXPIRED_SUPPRESSION");
    let run = run_in(&root, &["check", "app.json"]);
    assert!(stderr(&run).contains("warning[EXPIRED_SUPPRESSION]: iamgate.toml:3: "), "{}", stderr(&run));
    // A file that is not checked says nothing of its acceptances.
    fs::write(
        root.join("other.json"),
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}"#,
    )
    .unwrap();
    fs::write(
        root.join("iamgate.toml"),
        format!("[[check.accept]]\nfile = \"app.json\"\ncode = \"{TAGS}\"\nreason = \"r\"\n"),
    )
    .unwrap();
    assert!(answer(&root, &["check", "other.json"], 0).get("notices").is_none());
}

#[test]
fn comments_hide_findings_where_the_format_has_comments() {
    let yaml = "Version: '2012-10-17'\nStatement:\n  - Effect: Allow\n    # iamgate: ignore INVALID_ACTION -- a typo that AWS has\n    Action: sqs:SendMesage\n    Resource: '*'\n";
    let jsonc = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\"Effect\": \"Allow\",\n    \"Action\": \"sqs:SendMesage\", // iamgate: ignore invalid_action\n    \"Resource\": \"*\"}\n}\n";
    let root = project("comments", &[("a.yaml", yaml), ("b.jsonc", jsonc)]);
    let found = answer(&root, &["check", "a.yaml"], 0);
    assert_eq!(codes(&found["files"][0]["findings"]), [""; 0]);
    assert_eq!(found["files"][0]["suppressed"][0]["reason"], "a typo that AWS has");
    assert_eq!(found["files"][0]["suppressed"][0]["by"], "comment");
    let found = answer(&root, &["check", "b.jsonc", "--mode", "deployed"], 0);
    assert_eq!(codes(&found["files"][0]["suppressed"]), ["INVALID_ACTION"]);
    // Elsewhere it hides nothing, and says so.
    fs::write(
        root.join("a.yaml"),
        yaml.replace("    # iamgate: ignore INVALID_ACTION -- a typo that AWS has\n", "")
            .replace("Version", "# iamgate: ignore INVALID_ACTION\nVersion"),
    )
    .unwrap();
    let found = answer(&root, &["check", "a.yaml"], 1);
    assert_eq!(codes(&found["files"][0]["findings"]), ["UNUSED_SUPPRESSION", "INVALID_ACTION"]);
    // A code that nobody asked for is no reason to call its comment unused.
    fs::write(root.join("a.yaml"), yaml).unwrap();
    let found = answer(&root, &["check", "a.yaml", "--select", "UNUSED_SUPPRESSION"], 0);
    assert_eq!(codes(&found["files"][0]["findings"]), [""; 0]);
    // Plain strings are no comments.
    let string = r##"{"Version": "2012-10-17", "Statement": {"Sid": "# iamgate: ignore INVALID_ACTION", "Effect": "Allow", "Action": "sqs:SendMesage", "Resource": "*"}}"##;
    fs::write(root.join("c.json"), string).unwrap();
    let found = answer(&root, &["check", "c.json", "--mode", "deployed"], 1);
    assert!(codes(&found["files"][0]["findings"]).contains(&"INVALID_ACTION".to_owned()));
}

#[test]
fn what_refuses_a_document_cannot_be_hidden() {
    let yaml = "Version: '2012-10-17'\nStatement:\n  - Effect: allow # iamgate: ignore INVALID_EFFECT\n    Action: s3:PutObject\n    Resource: '*'\n";
    let root = project(
        "refused",
        &[
            ("a.yaml", yaml),
            (
                "iamgate.toml",
                "[check]\nignore = [\"INVALID_EFFECT\"]\n[check.levels]\nINVALID_EFFECT = \"suggestion\"\n",
            ),
        ],
    );
    let found = answer(&root, &["check", "a.yaml", "--write-baseline", "base.json"], 2);
    assert_eq!(found["files"][0]["accepted"], false);
    let own = codes(&found["files"][0]["findings"]);
    assert!(own.contains(&"INVALID_EFFECT".to_owned()), "{own:?}");
    assert_eq!(
        found["files"][0]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["issueCode"] == "INVALID_EFFECT")
            .unwrap()["findingType"],
        "ERROR"
    );
    assert!(!fs::read_to_string(root.join("base.json")).unwrap().contains("INVALID_EFFECT"));
}

#[test]
fn policies_never_allow_what_an_assertion_says() {
    let policy = |resource: &str, condition: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [
  {{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}},
  {{"Effect": "Allow", "Action": "iam:Pass*", "Resource": "{resource}"{condition}}}
]}}"#
        )
    };
    let root = project(
        "config-assert",
        &[
            ("in.json", &policy("arn:aws:iam::111122223333:role/app/x", "")),
            (
                "out.json",
                &policy(
                    "arn:aws:iam::111122223333:role/*",
                    r#", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}"#,
                ),
            ),
            (
                "trust.json",
                r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}}"#,
            ),
            (
                "iamgate.toml",
                "[check]\nselect = [\"ASSERTION_BROKEN\"]\n[[check.assert]]\nname = \"app roles only\"\nnever-allows = [\"iam:PassRole\"]\nexcept-on = [\"arn:aws:iam::*:role/app/*\"]\n",
            ),
        ],
    );
    let found = answer(&root, &["check", "."], 1);
    let files = found["files"].as_array().unwrap();
    assert_eq!(codes(&files[0]["findings"]), [""; 0]);
    let finding = &files[1]["findings"][0];
    assert_eq!(
        (&finding["issueCode"], &finding["findingType"]),
        (&"ASSERTION_BROKEN".into(), &"ERROR".into())
    );
    let said = finding["findingDetails"].as_str().unwrap();
    assert!(
        said.contains("`app roles only`: it allows `iam:PassRole` on `arn:aws:iam::111122223333:role/"),
        "{said}"
    );
    assert!(
        said.contains("`iam:passedtoservice` = `ec2.amazonaws.com`")
            || said.contains("`iam:PassedToService` = `ec2.amazonaws.com`"),
        "{said}"
    );
    assert_eq!(finding["locations"][0]["span"]["start"]["line"], 3, "{finding}");
    assert_eq!(codes(&files[2]["findings"]), [""; 0]);
    // A name that nobody knows would always hold.
    fs::write(
        root.join("iamgate.toml"),
        "[[check.assert]]\nname = \"a\"\nnever-allows = [\"iam:PasRole\"]\n",
    )
    .unwrap();
    let found = answer(&root, &["check", "in.json", "--fail-on", "error"], 1);
    assert!(found["notices"][0]["message"].as_str().unwrap().contains("iam:PassRole"), "{found}");
}

#[test]
fn an_assertion_about_a_template_is_answered_as_far_as_it_is_known() {
    let template = |statements: &str| {
        format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nParameters:\n  Role:\n    Type: String\nResources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n{statements}"
        )
    };
    let allow = |resource: &str| {
        format!(
            "          - Effect: Allow\n            Action: iam:PassRole\n            Resource: {resource}\n"
        )
    };
    let config = "[check]\nselect = [\"ASSERTION_BROKEN\", \"ASSERTION_UNKNOWN\"]\n[[check.assert]]\nname = \"a\"\nnever-allows = [\"iam:PassRole\"]\nexcept-on = [\"arn:aws:iam::*:role/app/*\"]\n";
    let other =
        "          - Effect: Allow\n            Action: s3:PutObject\n            Resource: !Ref Role\n";
    for (statements, expected) in [
        (allow("!Sub 'arn:aws:iam::111122223333:role/app/${Role}'"), vec![]),
        (allow("!Ref Role"), vec!["ASSERTION_UNKNOWN"]),
        (format!("{other}{}", allow("'*'")), vec!["ASSERTION_BROKEN"]),
        (other.to_owned(), vec![]),
    ] {
        let root =
            project("config-template", &[("t.yaml", &template(&statements)), ("iamgate.toml", config)]);
        let found = answer(&root, &["check", "t.yaml"], i32::from(!expected.is_empty()));
        assert_eq!(codes(&found["files"][0]["findings"]), expected, "{statements}");
    }
}

#[test]
fn a_configuration_that_cannot_be_used_says_where_and_what_would_be_right() {
    for (text, place, told) in [
        ("[check\n", "iamgate.toml:1:7", "docs/check.md"),
        ("[check]\nignored = []\n", "iamgate.toml:2:1", "did you mean ignore?"),
        ("[chekc]\n", "iamgate.toml:1:2", "did you mean check?"),
        (
            "[check]\nignore = [\"MISSING_VERSION\", \"INVALID_ACTIONS\"]\n",
            "iamgate.toml:2:30",
            "did you mean INVALID_ACTION?",
        ),
        ("[check.levels]\nINVALID_ACTION = \"warn\"\n", "iamgate.toml:2:18", "did you mean warning?"),
        ("[check.levels]\nINVALID_ACTON = \"warning\"\n", "iamgate.toml:2:1", "did you mean INVALID_ACTION?"),
        ("[[check.path]]\nfiles = [\"a\"]\nkind = \"scpp\"\n", "iamgate.toml:3:8", "did you mean scp?"),
        ("[[check.path]]\nfiles = [\"a[\"]\n", "iamgate.toml:2:10", "globs know"),
        ("[[check.accept]]\nfile = \"a\"\ncode = \"MISSING_VERSION\"\n", "iamgate.toml:1:1", "docs/check.md"),
        (
            "[[check.accept]]\nfile = \"a\"\ncode = \"MISSING_VERSION\"\nreason = \" \"\n",
            "iamgate.toml:4:10",
            "say why",
        ),
        (
            "[[check.accept]]\nfile = \"a\"\ncode = \"MISSING_VERSION\"\nreason = \"r\"\nuntil = \"soon\"\n",
            "iamgate.toml:5:9",
            "2026-12-31",
        ),
        ("[[check.assert]]\nname = \"a\"\nnever-allows = []\n", "iamgate.toml:3:16", "iam:PassRole"),
        ("[[check.assert]]\nname = \"a\"\nnever-allows = [\"iam\"]\n", "iamgate.toml:2:8", "s3:Get*"),
        ("[check]\nignore = [\"ALL\"]\n", "iamgate.toml:2:11", "exclude"),
        ("[check]\nexclude = [\"\"]\n", "iamgate.toml:2:12", "name a file"),
        ("[[check.path]]\nfiles = [\"a\", \"./\"]\n", "iamgate.toml:2:15", "name a file"),
        ("[[check.path]]\nfiles = [\"/\"]\n", "iamgate.toml:2:10", "name a file"),
        ("[[check.path]]\nfiles = []\n", "iamgate.toml:2:9", "name a file"),
        (
            "[[check.assert]]\nname = \"a\"\nnever-allows = [\"iam:PassRole\"]\nfiles = []\n",
            "iamgate.toml:4:9",
            "name a file",
        ),
        (
            "[[check.accept]]\nfile = \" \"\ncode = \"MISSING_VERSION\"\nreason = \"r\"\n",
            "iamgate.toml:2:8",
            "name a file",
        ),
    ] {
        let root = project("config-wrong", &[("app.json", APP), ("iamgate.toml", text)]);
        let run = exits(run_in(&root, &["check", "app.json"]), 2);
        let said = stderr(&run);
        assert!(
            said.contains("error[INVALID_CONFIG]") && said.contains(place) && said.contains(told),
            "{text}: {said}"
        );
        let found = answer(&root, &["check", "app.json"], 2);
        assert_eq!(found["errors"][0]["code"], "INVALID_CONFIG");
        assert_eq!(found["schema"], "iamgate/check");
        let sarif = stdout(&exits(run_in(&root, &["check", "app.json", "--format", "sarif"]), 2));
        assert!(sarif.contains("\"id\": \"INVALID_CONFIG\""), "{sarif}");
    }
}

#[test]
fn the_last_day_of_an_acceptance_is_a_real_day() {
    for (day, is_one) in [
        ("2027-06-30", true),
        ("\"2028-02-29\"", true),
        ("\"2027-02-29\"", false),
        ("\"2027-6-30\"", false),
        ("\"2027-06-3x\"", false),
        ("\"20270630T0\"", false),
        ("\"2027/06/30\"", false),
        ("\"1798675200\"", false),
        ("\"+027-06-30\"", false),
        ("2027-06-30T00:00:00Z", false),
        ("20270630", false),
    ] {
        let text = format!(
            "[[check.accept]]\nfile = \"app.json\"\ncode = \"{TAGS}\"\nreason = \"r\"\nuntil = {day}\n"
        );
        let root = project("config-until", &[("app.json", APP), ("iamgate.toml", &text)]);
        let run = exits(run_in(&root, &["check", "app.json"]), if is_one { 1 } else { 2 });
        assert_eq!(stderr(&run).contains("is no day"), !is_one, "{day}: {}", stderr(&run));
    }
}

#[test]
fn the_last_list_about_a_file_wins() {
    let found = |settings: &str, args: &[&str]| {
        let root = project(
            "config-last",
            &[("app.json", APP), ("new/app.json", APP), ("new/x/app.json", APP), ("iamgate.toml", settings)],
        );
        let run = run_in(&root, &[&["check", ".", "--format", "json"], args].concat());
        let found: Value = serde_json::from_str(&stdout(&run)).unwrap();
        let files = found["files"].as_array().unwrap().clone();
        let of = |at: usize| codes(&files[at]["findings"]).join(" ");
        (of(0), of(1), of(2), found["notices"].clone())
    };
    let both = format!("{ROLES} {TAGS}");
    // A list of codes to report takes the place of all before: those to report and those to ignore.
    let settings = format!(
        "[check]\nignore = [\"{TAGS}\"]\n[[check.path]]\nfiles = [\"new\"]\nselect = [\"all\"]\n[[check.path]]\nfiles = [\"new/x\"]\nselect = [\"{TAGS}\"]\n"
    );
    let (outside, new, inner, notices) = found(&settings, &[]);
    assert_eq!((outside.as_str(), new.as_str(), inner.as_str()), (ROLES, both.as_str(), TAGS));
    assert!(notices.is_null(), "{notices}");
    // One of codes to ignore is added to those before.
    let settings = format!(
        "[check]\nselect = [\"{TAGS}\", \"{ROLES}\"]\n[[check.path]]\nfiles = [\"new\"]\nignore = [\"{ROLES}\"]\n[[check.path]]\nfiles = [\"new/x\"]\nignore = [\"{TAGS}\"]\n"
    );
    let (outside, new, inner, notices) = found(&settings, &[]);
    assert_eq!((outside.as_str(), new.as_str(), inner.as_str()), (both.as_str(), TAGS, ""));
    // Nothing is left of a list, which is told.
    let said = notices[0]["message"].as_str().unwrap();
    assert!(said.contains("every code that is selected is ignored too") && said.contains("new/x/app.json"));
    // The order of the entries counts, not how narrow their globs are.
    let settings = format!(
        "[[check.path]]\nfiles = [\"new/x\"]\nignore = [\"{TAGS}\"]\n[[check.path]]\nfiles = [\"new\"]\nselect = [\"{TAGS}\"]\n"
    );
    let (outside, new, inner, _) = found(&settings, &[]);
    assert_eq!((outside.as_str(), new.as_str(), inner.as_str()), (both.as_str(), TAGS, TAGS));
    // Flags win over the file.
    let (outside, new, inner, _) = found(&settings, &["--select", ROLES]);
    assert_eq!((outside.as_str(), new.as_str(), inner.as_str()), (ROLES, ROLES, ROLES));
    let (outside, new, inner, _) = found(&settings, &["--ignore", TAGS]);
    assert_eq!((outside.as_str(), new.as_str(), inner.as_str()), (ROLES, "", ""));
}

#[test]
fn a_configuration_that_cannot_be_read_is_an_error() {
    let root = project("config-unread", &[("app.json", APP), ("iamgate.toml/x", "")]);
    let run = exits(run_in(&root, &["check", "app.json"]), 2);
    assert!(stderr(&run).contains("error[IS_A_DIRECTORY]: iamgate.toml: "), "{}", stderr(&run));
    let run = exits(run_in(&root, &["check", "app.json", "--config", "absent.toml"]), 2);
    assert!(stderr(&run).contains("error[FILE_NOT_FOUND]: absent.toml: "), "{}", stderr(&run));
    exits(run_in(&root, &["check", "app.json", "--isolated"]), 1);
    exits(run_in(&root, &["check", "app.json", "--isolated", "--config", "x"]), 2);
    let run = exits(run_in(&root, &["check", "app.json", "--isolated", "--ignore", "INVALID_ACTIONS"]), 2);
    assert!(stderr(&run).contains("did you mean INVALID_ACTION?"), "{}", stderr(&run));
}

#[test]
fn files_without_policies_can_be_left_out() {
    let root = project("others", &[("app.json", APP), ("package.json", "{\"name\": \"x\"}")]);
    exits(run_in(&root, &["check", "package.json"]), 2);
    exits(run_in(&root, &["check", "package.json", "--skip-others"]), 0);
    let found = answer(&root, &["check", "package.json", "app.json", "--skip-others"], 1);
    assert_eq!((&found["skipped"][0], found["files"].as_array().unwrap().len()), (&"package.json".into(), 1));
}

#[test]
fn a_file_is_looked_at_once_whatever_ways_it_is_named() {
    let root = project("twice", &[("a/app.json", APP), ("b.json", APP)]);
    let whole = root.join("a/app.json");
    let ways = ["a/app.json", "./a//app.json", "a", "a/*.json", "a/../a/app.json", "."];
    let paths = [&["check", whole.to_str().unwrap()], &ways[..]].concat();
    let found = answer(&root, &paths, 1);
    let names: Vec<&str> =
        found["files"].as_array().unwrap().iter().map(|own| own["file"].as_str().unwrap()).collect();
    assert_eq!(names, [whole.to_str().unwrap(), "b.json"]);
    // A path that leads nowhere is not another file's.
    let found = answer(&root, &["check", "a/app.json", "b.json/../a/app.json"], 2);
    assert_eq!(found["errors"][0]["file"], "b.json/../a/app.json");
    #[cfg(unix)]
    {
        // Behind a link, `..` leads elsewhere.
        fs::create_dir_all(root.join("c/d")).unwrap();
        std::os::unix::fs::symlink("../c/d", root.join("a/link")).unwrap();
        fs::write(root.join("c/app.json"), APP.replace("iam:PassRole", "s3:PutObject")).unwrap();
        let found = answer(&root, &["check", "a/app.json", "a/link/../app.json", "c/app.json"], 1);
        let files = found["files"].as_array().unwrap();
        assert_ne!(files[0]["findings"], files[1]["findings"]);
    }
}

/// An inline policy of about 6000 characters.
fn long(bucket: &str) -> String {
    let resources: Vec<String> =
        (0..150).map(|number| format!("\"arn:aws:s3:::{bucket}-{number:030}\"")).collect();
    format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": [{}]}}}}"#,
        resources.join(", ")
    )
}

#[test]
fn the_policies_of_a_role_are_looked_at_together_however_they_are_named() {
    let trust = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}}"#;
    let allow = |action: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}}}"#
        )
    };
    let root = project(
        "config-roles",
        &[
            ("role/trust.json", trust),
            ("role/inline/a.json", &long("a")),
            ("role/inline/b.json", &long("b")),
            ("role/inline/c.json", &allow("iam:PassRole")),
            ("role/inline/d.json", &allow("ec2:RunInstances")),
        ],
    );
    let found = |args: &[&str]| {
        let found = answer(&root, &[&["check"], args].concat(), 1);
        let files = found["files"].as_array().unwrap().clone();
        let mut all: Vec<(String, String)> = files
            .iter()
            .flat_map(|own| {
                let file = own["file"].as_str().unwrap().trim_start_matches("./").to_owned();
                codes(&own["findings"]).into_iter().map(move |code| (file.clone(), code))
            })
            .collect();
        all.sort();
        all
    };
    let whole = found(&["role"]);
    let has = |code: &str| whole.iter().any(|(_, own)| own == code);
    assert!(has("INLINE_POLICIES_EXCEED_ROLE_QUOTA") && has("PRIVILEGE_ESCALATION"), "{whole:?}");
    let each = ["role/inline/a.json", "role/inline/b.json", "role/inline/c.json", "role/inline/d.json"];
    assert_eq!(found(&[&["role/trust.json"], &each[..]].concat()), whole);
    assert_eq!(found(&["./role/inline", "role/trust.json"]), whole);
    assert_eq!(found(&["role", "role/inline"]), whole, "nothing is added up twice");
}

#[cfg(unix)]
#[test]
fn a_configuration_that_leads_nowhere_is_an_error() {
    let root = project("config-link", &[("sub/app.json", APP)]);
    std::os::unix::fs::symlink("absent.toml", root.join("iamgate.toml")).unwrap();
    let said = stderr(&exits(run_in(&root, &["check", "sub/app.json"]), 2));
    assert!(said.contains("iamgate.toml: a symbolic link to nothing"), "{said}");
    answer(&root, &["check", "sub/app.json", "--isolated"], 1);
    // So is a policy that does.
    std::os::unix::fs::symlink("absent.json", root.join("sub/link[1].json")).unwrap();
    let said = stderr(&exits(run_in(&root, &["check", "--isolated", "sub/link[1].json"]), 2));
    assert!(said.contains("sub/link[1].json: a symbolic link to nothing"), "{said}");
}

#[test]
fn a_selection_of_nothing_is_told_as_such() {
    let root = project("config-none", &[("app.json", APP), ("iamgate.toml", "[check]\nselect = []\n")]);
    let found = answer(&root, &["check", "app.json"], 0);
    let said = found["notices"][0]["message"].as_str().unwrap();
    assert_eq!(said, "no code is selected, so nothing is reported of app.json");
    assert!(answer(&root, &["check", "app.json", "--select", ROLES], 1).get("notices").is_none());
}

#[test]
fn globs_that_no_file_can_have_are_errors() {
    let root = project("config-never", &[("own/app.json", APP), ("beside/app.json", APP)]);
    let found = |glob: &str, code: i32| {
        let text = format!("[check]\nexclude = [\"{glob}\"]\n");
        fs::write(root.join("own/iamgate.toml"), text).unwrap();
        run_in(&root, &["check", "own/app.json", "beside/app.json"]);
        exits(run_in(&root, &["check", "own/app.json", "beside/app.json"]), code)
    };
    for (glob, told) in [
        ("/own", "a path from the root"),
        ("vendor/../own", "a path with detours"),
        ("a/./b", "a path with detours"),
        ("a//b", "a path with detours"),
        ("../own/app.json", "a path that goes up and comes back"),
        (&"../".repeat(60), "a path that goes up beyond the root"),
    ] {
        let said = stderr(&found(glob, 2));
        assert!(said.contains("error[INVALID_CONFIG]") && said.contains(told), "{glob}: {said}");
    }
    // What stands beside the folder of the configuration can be checked with it.
    let said = stderr(&found("../beside", 1));
    assert!(said.contains("1 file left out by the configuration: beside/app.json"), "{said}");
    let said = stderr(&found("./app.json", 1));
    assert!(said.contains("1 file left out by the configuration: own/app.json"), "{said}");
}
