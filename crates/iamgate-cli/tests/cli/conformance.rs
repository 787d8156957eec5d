//! `iamgate conformance`.

use std::process::Stdio;

use iam_testkit::vectors;
use insta::assert_snapshot;

use super::run::{exits, iamgate, output, scratch, show, stderr, stdout};

#[test]
fn all_vectors_that_are_built_in_pass_but_those_that_are_pending() {
    let run = exits(output(&["conformance"]), 0);
    let text = stdout(&run);
    let last = text.lines().last().unwrap();
    let pending = vectors::pending().count();
    let skipped = if pending == 0 { String::new() } else { format!("{pending} skipped, ") };
    let differing = format!("{} different on purpose, ", vectors::not_followed().count());
    let rest = last.strip_prefix(&skipped).unwrap().strip_prefix(&differing).unwrap();
    let passed = rest.strip_suffix(" passed, 0 failed").unwrap();
    assert!(passed.parse::<usize>().unwrap() > 9_000, "{last}");
    for row in vectors::pending() {
        let line = format!("skipped {}: pending: {}\n", row.id, row.missing);
        assert!(text.contains(&line), "{line}");
    }
    for row in vectors::not_followed() {
        let line = format!("differs on purpose {}: {}\n", row.id, row.reason);
        assert!(text.contains(&line), "{line}");
    }
    assert_eq!(stderr(&run), "");
}

#[test]
fn a_failure_is_listed_with_expected_and_actual() {
    assert_snapshot!(show(&["conformance", "vectors.json"]));
}

#[test]
fn the_score_as_json() {
    assert_snapshot!(show(&["conformance", "vectors.json", "--format", "json"]));
}

#[test]
fn a_file_that_is_no_vector_file_has_no_score() {
    let run = exits(output(&["conformance", "role.json"]), 2);
    assert!(stderr(&run).contains("error[INVALID_MEMBER]"), "{}", stderr(&run));
    let path = scratch("vectors-empty.json", b"[]");
    exits(output(&["conformance", path.to_str().unwrap()]), 2);
}

#[test]
fn a_full_disk_is_no_answer() {
    let Ok(full) = std::fs::File::create("/dev/full") else { return };
    for args in [&["check", "role.json"][..], &["eval", "case.json"], &["eval", "--batch", "batch.jsonl"]] {
        let run = exits(iamgate(args).stdout(full.try_clone().unwrap()).output().unwrap(), 2);
        assert!(stderr(&run).contains("error[WRITE_FAILED]"), "{args:?}: {}", stderr(&run));
    }
}

#[test]
fn a_closed_pipe_does_not_change_the_answer() {
    for (args, code) in
        [(&["conformance", "vectors.json"][..], 1), (&["check", "bad.json"], 2), (&["check", "role.json"], 0)]
    {
        let mut child = iamgate(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let run = exits(child.wait_with_output().unwrap(), code);
        assert_eq!(stderr(&run), "", "{args:?}");
    }
}
