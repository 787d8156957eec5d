//! The denials of events that other people recorded.
//!
//! The events are not part of this repository. The environment variable `IAMGATE_CLOUDTRAIL` names the folder that has them: `ACCESS-DENIED.tsv`
//! with a denial a line, and `*.jsonl` with an event a line. Without the folder the tests say so, and pass.
#![expect(clippy::print_stderr, reason = "a test that was left out says so")]

use std::fs;
use std::path::PathBuf;

use iam_denial::{Denial, read};
use serde_json::{Value, json};

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("IAMGATE_CLOUDTRAIL").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("no events: set IAMGATE_CLOUDTRAIL");
    }
    folder
}

/// The word after some words of a message.
fn after<'t>(message: &'t str, words: &str) -> Option<&'t str> {
    message.split_once(words).map(|(_, rest)| rest.split(' ').next().unwrap_or_default())
}

/// Asserts that what a message says was read.
fn assert_read(denial: &Denial, message: &str) {
    let action = after(message, "is not authorized to perform: ");
    assert_eq!(denial.action.as_ref().map(|own| own.value.as_str()), action, "{message}");
    if let Some(who) = after(message, "User: ") {
        assert_eq!(denial.who.as_ref().map(|own| own.text.value.as_str()), Some(who), "{message}");
    }
    let resource = message
        .split_once(" on resource: ")
        .map(|(_, rest)| rest.split(" because ").next().unwrap_or_default());
    if let Some(resource) = resource {
        let own = denial.resource.as_ref().map(|own| own.text.value.as_str());
        assert_eq!(
            own,
            Some(
                resource
                    .strip_prefix('"')
                    .and_then(|own| own.strip_suffix('"'))
                    .unwrap_or(resource)
                    .trim_end_matches(' ')
            ),
            "{message}"
        );
    }
    for (words, layer) in [("no identity-based policy", "identity"), ("no resource-based policy", "resource")]
    {
        if message.contains(words) {
            let named = denial.layer.as_ref().and_then(|own| own.policy_type);
            assert_eq!(named.map(iam_denial::PolicyType::name), Some(layer), "{message}");
        }
    }
    assert_eq!(
        denial.encoded.is_some(),
        message.contains("Encoded authorization failure message: "),
        "{message}"
    );
}

#[test]
fn each_denial_is_taken_apart() {
    let Some(folder) = folder() else { return };
    let table = fs::read_to_string(folder.join("ACCESS-DENIED.tsv")).unwrap();
    let mut rows = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [_, source, name, code, _, message] = cells[..] else { panic!("{line}") };
        let event = json!({"eventVersion": "1.10", "eventSource": source, "eventName": name, "errorCode": code, "errorMessage": message});
        let found = read(&event.to_string());
        assert_eq!(found.len(), 1, "{line}: {found:#?}");
        assert_read(&found[0], message);
        assert_eq!(found[0].operation.as_ref().map(|own| own.value.as_str()), Some(name));
        assert_eq!(found[0].service.as_ref().map(|own| own.value.as_str()), Some(source));
        // The message alone, as a program prints it.
        if message.contains("authorized to perform") {
            let found = read(message);
            assert_eq!(found.len(), 1, "{line}: {found:#?}");
            assert_read(&found[0], message);
        }
        rows += 1;
    }
    assert!(rows > 200, "{rows} rows");
}

#[test]
fn exactly_the_denied_events_have_a_denial() {
    let Some(folder) = folder() else { return };
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|own| own == "jsonl"));
    assert!(!files.is_empty());
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let mut denied = 0;
        for line in text.lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            let code = event["errorCode"].as_str().unwrap_or_default();
            let message = event["errorMessage"].as_str().unwrap_or_default();
            let is_denied = code.contains("AccessDenied")
                || code.contains("Unauthorized")
                || message.contains("not authorized to perform")
                || message == "Access Denied";
            let found = read(line);
            assert_eq!(found.len(), usize::from(is_denied), "{line}");
            denied += found.len();
        }
        // All lines at once give the same.
        assert_eq!(read(&text).len(), denied, "{}", path.display());
    }
}
