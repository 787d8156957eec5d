//! Runs the program in the folder of the test data.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use assert_cmd::assert::OutputAssertExt as _;
use assert_cmd::cargo::CommandCargoExt as _;

/// The program, without colours that the environment might turn on.
pub(crate) fn iamgate(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("iamgate").unwrap();
    command
        .args(args)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/data"))
        .env("IAMGATE_TODAY", "2026-12-01")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::null());
    command
}

pub(crate) fn output(args: &[&str]) -> Output {
    iamgate(args).output().unwrap()
}

/// Runs the program with a text on stdin.
pub(crate) fn with_stdin(args: &[&str], text: &[u8]) -> Output {
    let mut command = assert_cmd::Command::from_std(iamgate(args));
    command.write_stdin(text).output().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Both streams and the exit code, for snapshots.
pub(crate) fn show(args: &[&str]) -> String {
    let output = output(args);
    let mut shown = format!("exit {}\n", output.status.code().unwrap());
    for (name, text) in [("stdout", stdout(&output)), ("stderr", stderr(&output))] {
        if !text.is_empty() {
            let _ = write!(shown, "---- {name}\n{text}");
        }
    }
    shown
}

/// Asserts the exit code, and that nothing panicked.
#[track_caller]
pub(crate) fn exits(output: Output, code: i32) -> Output {
    assert!(!stderr(&output).contains("[BUG]"), "{}", stderr(&output));
    output.clone().assert().code(code);
    output
}

/// A file of this test run.
pub(crate) fn scratch(name: &str, content: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path
}
