//! What is no regular file does not hang, and a link that leaves its folder shows nothing of its target.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::preview::{folder, role};
use super::run::{exits, iamgate, output, stderr, stdout};

const POLICY: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
const READ: &str = r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#;

/// The errors of a run that must end soon.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "a test that hangs must end")]
fn told(args: &[&str]) -> String {
    let mut run = iamgate(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while run.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            run.kill().unwrap();
            panic!("{args:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    stderr(&exits(run.wait_with_output().unwrap(), 2))
}

#[test]
fn a_pipe_that_nobody_writes_to_does_not_hang() {
    let own = role("files-pipe", READ);
    let pipe = format!("{own}/inline/pipe.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for args in [
        vec!["check", &pipe],
        vec!["preview", &own],
        vec!["preview", &pipe],
        vec!["effective", &own],
        vec!["roles", &pipe],
        vec!["shrink", &pipe],
        vec!["eval", &pipe],
        vec!["eval", "--batch", &pipe],
        vec!["conformance", &pipe],
        vec!["prove", "no-public", &pipe, "--owner", "111122223333"],
        vec!["check", "/dev/zero"],
        vec!["preview", "/dev/zero"],
    ] {
        assert!(told(&args).contains("error[NOT_A_FILE]"), "{args:?}: {}", told(&args));
    }
    // Looking for policies in a folder passes it over.
    exits(output(&["check", &own]), 0);
}

#[test]
fn a_pipe_of_the_shell_is_read() {
    for script in [
        "cat \"$P\" | \"$I\" check /dev/stdin",
        "cat \"$P\" | \"$I\" check /dev/fd/0",
        "\"$I\" check - < \"$P\"",
    ] {
        let path = folder("files-shell").join("p.json");
        fs::write(&path, POLICY).unwrap();
        let program = iamgate(&[]).get_program().to_owned();
        let run = Command::new("sh").args(["-c", script]).env("P", &path).env("I", program).output().unwrap();
        assert!(stdout(&exits(run, 0)).contains("ok"), "{script}");
    }
}

#[test]
fn a_link_that_leaves_its_folder_is_followed_only_if_asked() {
    let secret = folder("files-secret").join("secret.txt");
    fs::write(&secret, "hunter2 is the password\n").unwrap();
    let own = role("files-link", READ);
    let link = format!("{own}/inline/link.json");
    symlink(&secret, &link).unwrap();
    for args in
        [vec!["check", &link], vec!["preview", &own], vec!["effective", &own], vec!["eval", "--batch", &link]]
    {
        let told = told(&args);
        assert!(told.contains("error[LINK_LEAVES_FOLDER]") && !told.contains("hunter2"), "{args:?}: {told}");
    }
    // A folder behind a link is not left out in silence.
    fs::remove_file(&link).unwrap();
    let elsewhere = role("files-elsewhere", READ);
    symlink(format!("{elsewhere}/inline"), format!("{own}/inline/more")).unwrap();
    assert!(told(&["preview", &own]).contains("error[LINK_LEAVES_FOLDER]"));
    fs::remove_file(format!("{own}/inline/more")).unwrap();
    // Within the folder, a link is a file like others; and one that leaves it is followed if asked.
    fs::rename(format!("{own}/inline/own.json"), format!("{elsewhere}/moved.json")).unwrap();
    symlink(format!("{elsewhere}/moved.json"), format!("{own}/inline/own.json")).unwrap();
    assert!(told(&["preview", &own]).contains("error[LINK_LEAVES_FOLDER]"));
    exits(output(&["preview", &own, "--follow-links"]), 0);
    fs::remove_file(format!("{own}/inline/own.json")).unwrap();
    fs::write(format!("{own}/inline/real.json"), POLICY).unwrap();
    symlink("real.json", format!("{own}/inline/own.json")).unwrap();
    exits(output(&["preview", &own]), 0);
}
