//! `iamgate preview` on the real role, and on roles and profiles that are worse.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use super::run::{exits, iamgate, output, stderr, stdout, with_stdin};

const POLICIES: &str = "../../../../../policies";
const ROLE: &str = "../../../../../policies/doit/support-gateway";

/// An empty folder of this test run.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        fs::remove_dir_all(&path).unwrap();
    }
    fs::create_dir_all(path.join("inline")).unwrap();
    path
}

/// A folder with a role that has these inline statements.
pub(crate) fn role(name: &str, statements: &str) -> String {
    let path = folder(name);
    let about = r#"{"RoleName": "R", "Arn": "arn:aws:iam::123456789012:role/R"}"#;
    fs::write(path.join("role.json"), about).unwrap();
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    fs::write(path.join("inline/own.json"), policy).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A folder with a profile `weak`: `standard` with one text replaced.
pub(crate) fn weak(name: &str, from: &str, to: &str) -> String {
    let path = folder(name);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/doit/profiles/standard.json");
    let text = fs::read_to_string(data).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path.join("weak.json"), text.replacen(from, to, 1)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn json(args: &[&str], code: i32) -> Value {
    let run = exits(output(&[&["preview"], args, &["--format", "json"]].concat()), code);
    assert_eq!(stderr(&run), "");
    serde_json::from_str(&stdout(&run)).unwrap()
}

#[test]
fn the_real_role_for_people() {
    let run = exits(output(&["preview", ROLE]), 0);
    let text = stdout(&run);
    assert_eq!(stderr(&run), "");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let answer = "DoiT can assume the role DoiT-Support-Gateway, and nobody else can (proven).";
    assert!(words.starts_with(answer), "{words}");
    for wanted in
        ["all 4,552 6,479 4,170", "Neither List nor Read, and possible (27)", "2,019 of 2,048 characters"]
    {
        assert!(words.contains(wanted), "no {wanted} in {text}");
    }
    let finding =
        "inline/DenyAccessToPotentiallySensitiveData denies part of what inline/EKSSSMTroubleshooting allows";
    assert!(words.contains(finding), "{text}");
    assert!(!text.contains('\x1b'), "colours in a pipe");
}

/// The first sentence says who gets in, and what follows is not said of a session that nobody can open.
#[test]
fn the_answer_takes_the_trust_policy_into_account() {
    let trust = |principal: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {principal}, "Action": "sts:AssumeRole"}}}}"#
        )
    };
    let (ec2, everybody) = (trust(r#"{"Service": "ec2.amazonaws.com"}"#), trust(r#"{"AWS": "*"}"#));
    let impossible = trust(r#"{"AWS": "111122223333"}"#).replace(
        r#""Action""#,
        r#""Condition": {"StringEquals": {"aws:PrincipalAccount": "444455556666"}}, "Action""#,
    );
    for (trust, says, others) in [
        (ec2.as_str(), "DoiT cannot assume the role Support, but others can", "somebody"),
        (&everybody, "DoiT cannot assume the role Support, but others can", "somebody"),
        (&impossible, "and nobody else can (proven), so that no session is opened. If it could,", "nobody"),
        ("", "Who can assume the role Support is not known: the snapshot has no trust policy.", ""),
    ] {
        let path = folder("trusted");
        let _ = fs::remove_file(path.join("trust.json"));
        fs::create_dir_all(path.join("inline")).unwrap();
        let role = r#"{"RoleName": "Support", "Arn": "arn:aws:iam::111122223333:role/Support"}"#;
        fs::write(path.join("role.json"), role).unwrap();
        let all =
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
        fs::write(path.join("inline/all.json"), all).unwrap();
        if !trust.is_empty() {
            fs::write(path.join("trust.json"), trust).unwrap();
        }
        let answer = json(&[path.to_str().unwrap()], 0);
        let text = answer["answer"].as_str().unwrap();
        assert!(text.contains(says), "{text}");
        assert!(text.contains("unless the policy of a resource grants more"), "{text}");
        assert_eq!(answer["who"]["others"].as_str().unwrap_or_default(), others, "{text}");
    }
}

#[test]
fn full_leaves_nothing_out() {
    let (short, full) = (output(&["preview", ROLE]), output(&["preview", ROLE, "--full"]));
    let (short, full) = (stdout(&exits(short, 0)), stdout(&exits(full, 0)));
    for service in ["aoss", "workspaces-web"] {
        let row = |text: &str| text.lines().any(|line| line.trim_start().starts_with(&format!("{service} ")));
        assert!(row(&full) && !row(&short), "{service}");
    }
    let value = json(&[ROLE], 0);
    for survivor in value["not_read"].as_array().unwrap() {
        assert!(full.contains(survivor["action"].as_str().unwrap()), "{survivor}");
    }
}

#[test]
fn every_profile_for_programs() {
    for (profile, both, others) in [
        ("standard", 4_170, 27),
        ("standard-quota", 4_167, 28),
        ("standard-no-logs", 4_168, 27),
        ("narrow", 3_664, 26),
        ("diagnostics", 4_124, 30),
    ] {
        let value = json(&[ROLE, "--profile", profile], 0);
        assert_eq!((&value["schema"], &value["version"]), (&"iamgate/preview".into(), &1.into()));
        assert_eq!((&value["keeps_promise"], &value["profile"]["name"]), (&true.into(), &profile.into()));
        let levels = value["levels"].as_array().unwrap();
        let sum: u64 = levels.iter().map(|level| level["both"].as_u64().unwrap()).sum();
        assert_eq!((sum, value["not_read"].as_array().unwrap().len()), (both, others), "{profile}");
        assert_eq!(value["outside"], Value::Array(Vec::new()), "{profile}");
    }
}

#[test]
fn the_real_role_for_a_comment() {
    let run = exits(output(&["preview", ROLE, "--format", "markdown"]), 0);
    let text = stdout(&run);
    assert!(text.starts_with("**DoiT can assume the role DoiT-Support-Gateway"), "{text}");
    assert!(text.contains("| Read | 2,334 | 3,738 | 2,168 |"), "{text}");
    assert!(text.contains("- `support:CreateCase`: "), "{text}");
}

#[test]
fn the_same_input_gives_the_same_output() {
    for format in ["human", "json", "markdown"] {
        let args = ["preview", ROLE, "--format", format, "--full"];
        assert_eq!(output(&args).stdout, output(&args).stdout, "{format}");
    }
}

#[test]
fn a_profile_that_is_weaker_than_it_promises() {
    let hole = weak("profiles-hole", "\"ec2:GetPas*\",", "");
    let args = [ROLE, "--profiles", &hole, "--profile", "weak"];
    let value = json(&args, 1);
    assert_eq!(value["keeps_promise"], false);
    assert_eq!(value["outside"][0]["action"], "ec2:GetPasswordData");
    assert_eq!(value["outside"].as_array().unwrap().len(), 1);
    for format in ["human", "markdown"] {
        let run = exits(output(&[&["preview"], &args[..], &["--format", format]].concat()), 1);
        let text = stdout(&run);
        assert!(text.contains("Outside the promise") && text.contains("ec2:GetPasswordData"), "{text}");
    }
    let budget = weak("profiles-budget", "\"budget\": 2048", "\"budget\": 1000");
    let run = exits(output(&["preview", ROLE, "--profiles", &budget, "--profile", "weak"]), 1);
    let words = stdout(&run).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("Its session policies have 2019 characters; 1000 is the most."), "{words}");
}

#[test]
fn an_administrator_keeps_the_promise() {
    let admin = role("role-admin", r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    for profile in ["standard", "narrow", "diagnostics"] {
        let value = json(&[&admin, "--profile", profile], 0);
        for survivor in value["not_read"].as_array().unwrap() {
            assert!(survivor["why"].is_string(), "{profile}: {survivor}");
        }
    }
}

#[test]
fn account_details_in_a_file_and_on_stdin() {
    let details = r#"{"RoleDetailList": [{"RoleName": "R", "Arn": "arn:aws:iam::123456789012:role/R",
        "AttachedManagedPolicies": [{"PolicyName": "SecurityAudit", "PolicyArn": "arn:aws:iam::aws:policy/SecurityAudit"}]}]}"#;
    let run = exits(with_stdin(&["preview", "-", "--format", "json"], details.as_bytes()), 0);
    let value: Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(value["role"]["name"], "R");
    let path = super::run::scratch("details.json", details.as_bytes());
    let path = path.to_str().unwrap();
    assert_eq!(json(&[path], 0)["levels"], value["levels"]);
    assert_eq!(json(&[path, "--role", "R"], 0)["levels"], value["levels"]);
    let run = exits(output(&["preview", path, "--role", "S"]), 2);
    assert!(stderr(&run).contains("error[ROLE_NOT_FOUND]"), "{}", stderr(&run));
}

#[test]
fn a_closed_pipe_does_not_change_the_answer() {
    for format in ["human", "json", "markdown"] {
        let mut command = iamgate(&["preview", ROLE, "--full", "--format", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let run = exits(child.wait_with_output().unwrap(), 0);
        assert_eq!(stderr(&run), "", "{format}");
    }
}

#[test]
fn a_full_disk_is_no_answer() {
    let Ok(full) = fs::File::create("/dev/full") else { return };
    let run = exits(iamgate(&["preview", ROLE]).stdout(full).output().unwrap(), 2);
    assert!(stderr(&run).contains("error[WRITE_FAILED]"), "{}", stderr(&run));
}

/// Each example of `policies/examples` gives the decisions in its requests.
#[test]
fn the_examples_pass_their_own_requests() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/examples");
    let mut names: Vec<String> = fs::read_dir(examples)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 9, "{names:?}");
    for name in names {
        let (policy, requests) = (
            format!("{POLICIES}/examples/{name}/policy.json"),
            format!("{POLICIES}/examples/{name}/requests.json"),
        );
        let run = exits(output(&["conformance", &requests]), 0);
        let text = stdout(&run);
        let last = text.lines().last().unwrap();
        assert!(last.ends_with(" passed, 0 failed") && !last.starts_with("0 "), "{name}: {last}");
        // The requests have the policy that is shown, not another.
        let read = |path: &str| -> Value {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/data").join(path);
            serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
        };
        let policy = read(&policy);
        let cases = read(&requests);
        let uses = |case: &Value| case["policies"].to_string().contains(&policy.to_string());
        assert!(cases.as_array().unwrap().iter().all(uses), "{name}");
    }
}

#[test]
fn old_data_are_told_on_stderr_and_the_answer_is_the_same() {
    let on = |day: &str| exits(iamgate(&["preview", ROLE]).env("IAMGATE_TODAY", day).output().unwrap(), 0);
    let (new, old) = (on("2026-12-01"), on("2036-12-01"));
    assert_eq!(stdout(&new), stdout(&old));
    assert_eq!(stderr(&new), "");
    let warning = stderr(&old);
    assert!(
        warning.starts_with("warning: the list of AWS actions is of ") && warning.lines().count() == 1,
        "{warning}"
    );
    // `check` reads no catalogue.
    let check = iamgate(&["check", "../../../../../policies/examples"])
        .env("IAMGATE_TODAY", "2036-12-01")
        .output()
        .unwrap();
    assert!(!stderr(&check).contains("days old"), "{}", stderr(&check));
}

#[test]
fn a_variable_that_says_no_day_is_told_on_stderr_and_the_answer_is_the_same() {
    let good = exits(iamgate(&["preview", ROLE]).output().unwrap(), 0);
    for day in ["tomorrow", "", "2026-13-01", "1795000000"] {
        let run = exits(iamgate(&["preview", ROLE]).env("IAMGATE_TODAY", day).output().unwrap(), 0);
        assert_eq!(stdout(&run), stdout(&good), "{day}");
        let told = stderr(&run);
        let wanted = format!("warning: the environment variable IAMGATE_TODAY is `{day}`, which is no day");
        assert!(told.starts_with(&wanted) && told.contains("2026-12-01, or unset"), "{told}");
    }
}
