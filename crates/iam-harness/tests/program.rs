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
