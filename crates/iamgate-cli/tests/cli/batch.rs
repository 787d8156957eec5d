//! Streams of cases.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use super::run::{exits, iamgate, output, scratch, stderr, stdout, with_stdin};

fn case(id: &str, action: &str) -> String {
    format!(
        r#"{{"id": {id}, "request": {{"principal": {{"type": "iam_user", "arn": "arn:aws:iam::111122223333:user/ana", "account": "111122223333"}}, "action": "{action}", "resource": "*"}}, "policies": {{"identity": [{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}}]}}}}"#
    )
}

#[test]
fn every_line_is_answered_in_order() {
    let input = format!(
        "{}\n\n{}\r\n{}",
        case("\"a\"", "s3:GetObject"),
        case("2", "ec2:RunInstances"),
        case("\"é\"", "s3:PutObject")
    );
    let run = exits(with_stdin(&["eval", "--batch", "-"], input.as_bytes()), 0);
    assert_eq!(
        stdout(&run),
        "{\"id\":\"a\",\"decision\":\"allowed\"}\n{\"id\":2,\"decision\":\"implicit_deny\"}\n{\"id\":\"é\",\"decision\":\"allowed\"}\n"
    );
    assert_eq!(stderr(&run), "");
}

#[test]
fn a_broken_line_says_so_and_the_rest_goes_on() {
    let good = case("1", "s3:GetObject");
    let long = format!("\"{}\"", "x".repeat(5 << 20));
    let lines: Vec<(&[u8], &str, u64)> = vec![
        (good.as_bytes(), "", 1),
        (b"{\"id\": 2,", "JSON_SYNTAX_ERROR", 2),
        (b"{\"id\": 3}", "MISSING_MEMBER", 3),
        (b"\xFF\xFF", "NOT_UTF8", 4),
        (long.as_bytes(), "DOCUMENT_TOO_LARGE", 5),
        (b"\xEF\xBB\xBF{}", "BYTE_ORDER_MARK", 6),
        (b"{\"id\": 7, \"id\": 8}", "DUPLICATE_JSON_KEY", 7),
        (good.as_bytes(), "", 8),
    ];
    let input: Vec<u8> = lines.iter().flat_map(|(line, ..)| [*line, b"\n"].concat()).collect();
    let run = exits(with_stdin(&["eval", "--batch", "-"], &input), 2);
    assert_eq!(stderr(&run), "6 of 8 lines could not be answered; their results say why\n");
    let text = stdout(&run);
    let results: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(results.len(), lines.len());
    for (result, (_, code, number)) in results.iter().zip(&lines) {
        if code.is_empty() {
            assert_eq!(result["decision"], "allowed");
        } else {
            assert_eq!(
                (&result["error"]["code"], &result["error"]["line"]),
                (&(*code).into(), &(*number).into())
            );
            assert!(
                result["error"]["column"].as_u64().unwrap() >= 1 && result["error"]["message"].is_string()
            );
        }
    }
    assert_eq!(results[2]["id"], 3);
}

#[test]
fn policies_of_one_line_do_not_answer_the_next() {
    let other = case("1", "s3:GetObject").replace("Allow", "Deny");
    let trust = case("1", "s3:GetObject")
        .replace("\"resource\": \"*\"", "\"resource\": \"*\", \"resource_kind\": \"kms_key\"");
    let first = case("1", "s3:GetObject");
    let input = [&*first, &*other, &*first, &*trust, &*first].join("\n");
    let run = exits(with_stdin(&["eval", "--batch", "-"], input.as_bytes()), 0);
    let text = stdout(&run);
    let decisions: Vec<&str> =
        text.split('"').filter(|part| part.contains("allow") || part.contains("deny")).collect();
    assert_eq!(decisions, ["allowed", "explicit_deny", "allowed", "implicit_deny", "allowed"]);
}

#[test]
fn a_stream_without_cases_is_no_success() {
    let run = exits(with_stdin(&["eval", "--batch", "-"], b"\n \n"), 2);
    assert!(stderr(&run).contains("error[EMPTY_DOCUMENT]"), "{}", stderr(&run));
}

#[test]
fn explanations_come_line_by_line_too() {
    let run = exits(with_stdin(&["explain", "--batch", "-"], case("1", "s3:GetObject").as_bytes()), 0);
    let result: serde_json::Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(result["decision"], "allowed");
    assert_eq!(result["trace"]["layers"][0]["statements"][0]["applies"], "always");
}

/// As with every verb, the exit code is that of the answers so far, and nothing is reported.
#[test]
fn a_closed_pipe_ends_the_stream_quietly() {
    for (first, code) in [(case("1", "s3:GetObject"), 0), ("{".to_owned(), 2)] {
        let mut child = iamgate(&["eval", "--batch", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        writeln!(stdin, "{first}").unwrap();
        let mut answer = String::new();
        out.read_line(&mut answer).unwrap();
        assert_eq!(answer.contains("allowed"), code == 0, "{answer}");
        drop(out);
        let line = case("1", "s3:GetObject") + "\n";
        // The program may close its stdin before all of this is written.
        while stdin.write_all(line.as_bytes()).is_ok() {}
        drop(stdin);
        let run = exits(child.wait_with_output().unwrap(), code);
        assert_eq!(stderr(&run), "");
    }
}

#[test]
fn a_long_stream_needs_no_more_memory_than_a_short_one() {
    const LINES: usize = 200_000;
    let mut child =
        iamgate(&["eval", "--batch", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let ids = out.lines().map(|line| line.unwrap()).enumerate();
        ids.map(|(number, line)| {
            assert!(line.starts_with(&format!("{{\"id\":{number},")), "{line} at {number}");
        })
        .count()
    });
    let mut peak = String::new();
    for number in 0..LINES {
        writeln!(stdin, "{}", case(&number.to_string(), "s3:GetObject")).unwrap();
        if number == LINES - 1 {
            let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
            peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned();
        }
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert_eq!(reader.join().unwrap(), LINES);
    // Without /proc, memory cannot be measured.
    if !peak.is_empty() {
        let kilobytes: u64 = peak.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!(kilobytes < 32_768, "{peak} after {LINES} lines");
    }
}

#[test]
fn vectors_are_cases() {
    let (_, text) =
        iam_testkit::vectors::FILES.iter().find(|(name, _)| *name == "aws/decisions.json").unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    let lines: Vec<String> = cases.iter().map(ToString::to_string).collect();
    let run = with_stdin(&["eval", "--batch", "-"], lines.join("\n").as_bytes());
    let text = stdout(&run);
    assert_eq!(text.lines().count(), cases.len());
    for (case, line) in cases.iter().zip(text.lines()) {
        let result: serde_json::Value = serde_json::from_str(line).unwrap();
        if case["or_reject"] != true {
            assert_eq!((&result["id"], &result["decision"]), (&case["id"], &case["expect"]["decision"]));
        }
    }
}

#[test]
fn a_file_is_a_stream_too() {
    let run = exits(output(&["eval", "--batch", "batch.jsonl"]), 0);
    assert_eq!(stdout(&run), "{\"id\":\"one\",\"decision\":\"allowed\"}\n");
}

/// The answers are the same, in the same order, on any number of cores.
#[test]
fn jobs_change_nothing_but_the_time() {
    let actions = ["s3:GetObject", "ec2:RunInstances", "nonsense", "s3:PutObject"];
    let mut input = String::new();
    for number in 0..20_000_usize {
        match number % 97 {
            13 => input.push_str("{\"id\": 13,\n"),
            14 => input.push('\n'),
            _ => input.push_str(&(case(&number.to_string(), actions[number % 4]) + "\n")),
        }
    }
    let alone = exits(with_stdin(&["eval", "--batch", "-", "--jobs", "1"], input.as_bytes()), 2);
    for jobs in ["2", "7"] {
        let run = exits(with_stdin(&["eval", "--batch", "-", "--jobs", jobs], input.as_bytes()), 2);
        assert!(run.stdout == alone.stdout, "{jobs} jobs");
        assert_eq!(stderr(&run), stderr(&alone));
    }
    assert_eq!(stdout(&alone).lines().count(), 20_000 - 20_000_usize.div_ceil(97));
}

#[test]
fn a_line_is_answered_before_the_next_one_comes() {
    for jobs in ["1", "3"] {
        let mut child = iamgate(&["eval", "--batch", "-", "--jobs", jobs])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
        for number in 0..10 {
            writeln!(stdin, "{}", case(&number.to_string(), "s3:GetObject")).unwrap();
            stdin.flush().unwrap();
            let answer = answers.next().unwrap().unwrap();
            assert_eq!(answer, format!("{{\"id\":{number},\"decision\":\"allowed\"}}"));
        }
        drop(stdin);
        assert!(child.wait().unwrap().success());
    }
}

fn request(id: u32, action: &str, kind: &str) -> String {
    format!(
        r#"{{"id": {id}, "request": {{"principal": {{"type": "iam_user", "arn": "arn:aws:iam::111122223333:user/ana", "account": "111122223333"}}, "action": "{action}", "resource": "*", "resource_kind": "{kind}"}}}}"#
    )
}

#[test]
fn policies_can_be_given_once_for_all_lines() {
    let allow = |principal: &str, action: &str, resource: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {principal} "Action": "{action}"{resource}}}}}"#
        )
    };
    let identity = scratch("batch-identity.json", allow("", "s3:*", r#", "Resource": "*""#).as_bytes());
    let identity = identity.to_str().unwrap();
    let lines = [
        request(1, "s3:GetObject", "generic"),
        request(2, "ec2:RunInstances", "generic"),
        case("3", "s3:GetObject"),
    ];
    let run =
        exits(with_stdin(&["eval", "--batch", "-", "--identity", identity], lines.join("\n").as_bytes()), 2);
    let results: Vec<serde_json::Value> =
        stdout(&run).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (&results[0]["decision"], &results[1]["decision"]),
        (&"allowed".into(), &"implicit_deny".into())
    );
    // A line with its own policies contradicts the flags.
    assert_eq!(results[2]["error"]["code"], "UNKNOWN_MEMBER");
    let run = exits(with_stdin(&["explain", "--batch", "-", "--identity", identity], lines[0].as_bytes()), 0);
    let explained: serde_json::Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(explained["trace"]["layers"][0]["statements"][0]["applies"], "always");

    // A trust policy cannot be the policy of a bucket. Requests on other kinds of resource get no answer, and the others do.
    let everyone = r#""Principal": {"AWS": "111122223333"},"#;
    let trust = scratch("batch-trust.json", allow(everyone, "s3:GetObject", "").as_bytes());
    let arguments =
        ["eval", "--batch", "-", "--identity", identity, "--resource-policy", trust.to_str().unwrap()];
    let lines = [request(1, "s3:GetObject", "iam_role_trust"), request(2, "s3:GetObject", "generic")];
    let run = with_stdin(&arguments, lines.join("\n").as_bytes());
    assert_eq!(stdout(&run).lines().count(), 2);
    assert!(stdout(&run).starts_with("{\"id\":1,\"decision\":\"allowed\"}\n"), "{}", stdout(&run));
}

#[test]
fn policies_that_cannot_be_read_are_told_before_any_line() {
    let run = exits(with_stdin(&["eval", "--batch", "-", "--identity", "absent.json"], b"{}"), 2);
    assert!(stderr(&run).contains("FILE_NOT_FOUND") && run.stdout.is_empty(), "{}", stderr(&run));
    let run = exits(with_stdin(&["eval", "--batch", "-", "--identity", "-"], b"{}"), 2);
    assert!(stderr(&run).contains("stdin is both"), "{}", stderr(&run));
    for arguments in [&["--jobs", "0"][..], &["--jobs", "x"], &["--action", "s3:GetObject"]] {
        exits(with_stdin(&[&["eval", "--batch", "-"], arguments].concat(), b"{}"), 2);
    }
}
