//! The program of the long runs: what it answers, and what it does with words that it does not know.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::process::{Command, Stdio};

/// Exit code and everything that was said.
fn run(words: &[&str]) -> (Option<i32>, String) {
    let program = env!("CARGO_BIN_EXE_iam-harness");
    let output = Command::new(program).args(words).stdin(Stdio::null()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn words_that_it_does_not_know_are_refused() {
    for words in [
        &[][..],
        &["diff"],
        &["diff", "x"],
        &["diff", "10", "1", "x"],
        &["diff", "10", "1", "python3", "adapter.py"],
        &["laws", "10", "1", "D1", "--", "sh"],
        &["serve"],
        &["serve", "other"],
    ] {
        let (code, said) = run(words);
        assert!(code == Some(2) && said.contains("usage: iam-harness"), "{words:?}: {code:?} {said}");
    }
    for (words, why) in [
        (&["laws", "10", "1", "ZZ"][..], "there is no law ZZ"),
        (&["diff", "5", "1", "--"], "-- is followed by a program"),
        (&["diff", "5", "1", "--", "./no-such-program"], "cannot start the adapter ./no-such-program"),
        (&["diff", "0"], "nothing was compared"),
    ] {
        let (code, said) = run(words);
        assert!(code == Some(1) && said.contains(why), "{words:?}: {code:?} {said}");
    }
}

#[test]
fn runs_tell_what_they_found() {
    let (code, said) = run(&["laws", "50", "1", "D2", "S1"]);
    assert!(code == Some(0) && said.contains("D2  held on") && said.contains("S1  held on"), "{said}");
    let (code, said) = run(&["diff", "50", "1", "7"]);
    assert!(code == Some(0) && said.contains("50 same, 0 different"), "{said}");
    let (code, said) = run(&["diff", "5", "1", "--", "sh", "-c", "exit 3"]);
    assert!(code == Some(1) && said.contains("sh -c exit 3 failed at case 0"), "{said}");
}

#[test]
fn pairs_of_managed_policies_are_compared() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/aws-managed");
    let (code, said) = run(&["pairs", folder, "20"]);
    assert_eq!(code, Some(0), "{said}");
    // As many as there are policies, squared (the manifest is none); each is within itself, and ViewOnlyAccess and SecurityAudit not within ReadOnlyAccess.
    assert!(said.contains("100 pairs of 10 policies, closed catalogue: "), "{said}");
    assert!(said.contains("100 pairs of 10 policies, open action names: "), "{said}");
    assert!(!said.contains(" 0 hold") && said.contains(", 0 unknown"), "{said}");
    let (code, said) = run(&["pairs", "/nonexistent"]);
    assert!(code == Some(1) && said.contains("/nonexistent"), "{said}");
}
