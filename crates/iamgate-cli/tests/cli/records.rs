//! `iamgate record`: files of signed decision records.

use std::fs;

use serde_json::Value;

use super::preview::folder;
use super::run::{exits, output, stderr, stdout, with_stdin};

const PRIVATE: &str = "../../../../iamgate-record/tests/keys/ed25519.pem";
const PUBLIC: &str = "../../../../iamgate-record/tests/keys/ed25519.pub.pem";
const OTHER: &str = "../../../../iamgate-record/tests/keys/p256.pem";
const OTHER_PUBLIC: &str = "../../../../iamgate-record/tests/keys/p256.pub.pem";
const ROLE: &str = "../../../../../policies/doit/support-gateway";
const CLAIMS: &str = "../../../../../policies/doit/example-claims.json";

/// The decision record of a case.
fn record(case: &str) -> String {
    let args = [
        "plan",
        ROLE,
        "--claims",
        CLAIMS,
        "--engineer",
        "ana@doit.com",
        "--case",
        case,
        "--at",
        "2026-11-26T12:00:00Z",
    ];
    let run = output(&[&args[..], &["--format", "json"]].concat());
    stdout(&run)
}

/// A file with the signed records of three cases.
fn chain(name: &str) -> (String, String) {
    let path = folder(name).join("records.jsonl");
    let path = path.to_str().unwrap().to_owned();
    let mut text =
        stdout(&exits(with_stdin(&["record", "sign", "-", "--key", PRIVATE], record("1").as_bytes()), 0));
    for case in ["2", "3"] {
        fs::write(&path, &text).unwrap();
        let args = ["record", "sign", "-", "--key", PRIVATE, "--chain", &path];
        text += &stdout(&exits(with_stdin(&args, record(case).as_bytes()), 0));
    }
    fs::write(&path, &text).unwrap();
    (path, text)
}

fn check(path: &str, more: &[&str], code: i32) -> Value {
    let args = [&["record", "verify", path, "--key", PUBLIC, "--format", "json"], more].concat();
    serde_json::from_str(&stdout(&exits(output(&args), code))).unwrap()
}

#[test]
fn a_chain_is_written_and_checked() {
    let (path, text) = chain("records");
    let answer = check(&path, &[], 0);
    assert_eq!(
        (&answer["intact"], &answer["records"], &answer["end_checked"]),
        (&true.into(), &3.into(), &false.into())
    );
    let head = answer["head"].as_str().unwrap();
    assert!(head.starts_with("3:"));
    let answer = check(&path, &["--head", head], 0);
    assert_eq!((&answer["end_checked"], &answer["head_at"]), (&true.into(), &3.into()));
    let human = stdout(&exits(output(&["record", "verify", &path, "--key", PUBLIC]), 0));
    assert!(
        human.starts_with("Intact: 3 records, signed by 1 key.\n") && human.contains("was not checked"),
        "{human}"
    );
    assert!(human.contains(head));
    // The head is not in the file once its last line is cut off.
    let cut: String = text.split_inclusive('\n').take(2).collect();
    fs::write(&path, &cut).unwrap();
    assert_eq!(check(&path, &[], 0)["records"], 2);
    assert_eq!(check(&path, &["--head", head], 1)["faults"][0]["code"], "HEAD_MISSING");
    // The rest of a file, from the head before it.
    let rest: String = text.split_inclusive('\n').skip(2).collect();
    fs::write(&path, rest).unwrap();
    assert_eq!(check(&path, &[], 1)["faults"][0]["code"], "RECORDS_MISSING");
    fs::write(&path, &cut).unwrap();
    let before = check(&path, &[], 0)["head"].as_str().unwrap().to_owned();
    let rest: String = text.split_inclusive('\n').skip(2).collect();
    fs::write(&path, rest).unwrap();
    check(&path, &["--after", &before, "--head", head], 0);
}

#[test]
fn what_was_changed_is_told_with_its_place() {
    let (path, text) = chain("records-changed");
    let tell = |changed: String| {
        assert_ne!(changed, text);
        fs::write(&path, changed).unwrap();
        let answer = check(&path, &[], 1);
        let first = &answer["faults"][0];
        (
            first["line"].as_u64().unwrap(),
            first["pointer"].as_str().unwrap().to_owned(),
            first["code"].as_str().unwrap().to_owned(),
        )
    };
    let told = |line: u64, pointer: &str, code: &str| (line, pointer.to_owned(), code.to_owned());
    assert_eq!(
        tell(text.replacen("\"case\":\"2\"", "\"case\":\"5\"", 1)),
        told(2, "/record/request", "MEMBER_CHANGED")
    );
    assert_eq!(
        tell(text.replacen("\"sequence\":3", "\"sequence\":4", 1)),
        told(3, "/sequence", "RECORDS_MISSING")
    );
    let lines: Vec<String> = text.lines().map(|line| format!("{line}\n")).collect();
    assert_eq!(tell([&*lines[0], &lines[2]].concat()), told(2, "/sequence", "RECORDS_MISSING"));
    assert_eq!(tell([&*lines[0], &lines[0], &lines[1]].concat()), told(2, "/sequence", "RECORD_REPEATED"));
    assert_eq!(tell(text.trim_end().to_owned()), told(3, "", "NO_LINE_END"));
    assert_eq!(tell(text.replacen('{', "{ ", 1)).2, "NOT_CANONICAL");
    assert_eq!(tell("not JSON\n".to_owned()), told(1, "", "NOT_JSON"));
    assert_eq!(tell(record("1")), told(1, "/access", "NOT_A_SIGNED_RECORD"));
    let human = exits(output(&["record", "verify", &path, "--key", PUBLIC]), 1);
    assert!(stdout(&human).starts_with("Not intact: 1 fault in 1 record.\n"), "{}", stdout(&human));
    fs::write(&path, "").unwrap();
    assert_eq!(check(&path, &[], 2)["faults"][0]["code"], "NO_RECORDS");
}

#[test]
fn only_keys_that_are_given_count() {
    let (path, _) = chain("records-keys");
    let faults = |key: &str| {
        let run = exits(output(&["record", "verify", &path, "--key", key, "--format", "json"]), 1);
        serde_json::from_str::<Value>(&stdout(&run)).unwrap()["faults"].as_array().unwrap().len()
    };
    assert_eq!(faults(OTHER_PUBLIC), 3);
    exits(output(&["record", "verify", &path, "--key", OTHER_PUBLIC, "--key", PUBLIC]), 0);
    for (args, code) in [
        (vec!["record", "verify", &path, "--key", PRIVATE], "PRIVATE_KEY"),
        (vec!["record", "verify", &path, "--key", CLAIMS], "INVALID_PUBLIC_KEY"),
        (vec!["record", "verify", &path, "--key", PUBLIC, "--head", "abc"], "USAGE"),
        (vec!["record", "verify", "no-such-file", "--key", PUBLIC], "FILE_NOT_FOUND"),
        (vec!["record", "sign", CLAIMS, "--key", PRIVATE], "INVALID_RECORD"),
        (vec!["record", "sign", CLAIMS, "--key", PUBLIC], "INVALID_PRIVATE_KEY"),
        (vec!["record", "sign", CLAIMS, "--key", OTHER, "--chain", &path], "CHAIN_NOT_INTACT"),
        (vec!["record", "sign", "-", "--key", "-"], "USAGE"),
    ] {
        let run = exits(output(&args), 2);
        assert!(stderr(&run).contains(code), "{args:?}: {}", stderr(&run));
        assert!(stdout(&run).is_empty());
    }
}
