//! Every kind of unusable input gives one error with code and place, exit code 2, and no panic.

use std::fs::File;
use std::path::PathBuf;

use super::run::{exits, output, scratch, stderr, stdout, with_stdin};

const STATEMENT: &str = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;

fn policy(statement: &str) -> String {
    format!("{{\"Version\": \"2012-10-17\",\n \"Statement\": {statement}}}")
}

/// Runs `check` on a document, where findings are data, and `eval`, where they are errors.
#[track_caller]
fn refused(name: &str, content: &[u8], kind: &str, code: &str, place: &str) {
    let path = scratch(name, content);
    let path = path.to_str().unwrap();
    let checked = exits(output(&["check", "--kind", kind, path]), 2);
    let told = stdout(&checked) + &stderr(&checked);
    assert!(told.contains(&format!("error[{code}]")), "no {code} in\n{told}");
    assert!(told.contains(&format!("{name}{place}")), "not at {place}:\n{told}");
    let question = ["--principal", "anonymous", "--action", "s3:GetObject", "--resource", "*"];
    let flag = match kind {
        "identity" => "--identity",
        "session" => "--session",
        _ => return,
    };
    let evaluated = exits(output(&[&["eval", flag, path], &question[..]].concat()), 2);
    assert_eq!(stdout(&evaluated), "", "an answer to a question that has none");
    assert!(stderr(&evaluated).contains(&format!("error[{code}]")), "no {code} in\n{}", stderr(&evaluated));
}

#[test]
fn text_that_is_no_json() {
    refused("empty.json", b"", "identity", "EMPTY_DOCUMENT", ":1:1");
    refused("blank.json", b" \n\t", "identity", "EMPTY_DOCUMENT", ":2:2");
    // It is YAML, and no policy.
    refused("yaml.json", b"Version: 2012-10-17", "identity", "MISSING_STATEMENT", ":1:1");
    let text = policy(STATEMENT);
    let (half, _) = text.split_at(60);
    refused("truncated.json", half.as_bytes(), "identity", "JSON_SYNTAX_ERROR", ":2:");
    refused(
        "latin1.json",
        b"{\"Version\": \"2012-10-17\",\n \"Id\": \"caf\xE9\"}",
        "identity",
        "NOT_UTF8",
        ":2:12",
    );
    // AWS would refuse these as they are. Questions about what they say are answered.
    let marked = format!("\u{FEFF}{text}");
    let utf16: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused("bom.json", marked.as_bytes(), "managed", "BYTE_ORDER_MARK", ":1:1");
    refused("utf16.json", &utf16, "managed", "BYTE_ORDER_MARK", ":1:1");
}

#[test]
fn duplicate_members_at_every_level() {
    let duplicate = |text: &str, name: &str| {
        refused(&format!("duplicate-{name}.json"), text.as_bytes(), "identity", "DUPLICATE_JSON_KEY", ":2:");
    };
    duplicate("{\"Version\": \"2012-10-17\",\n \"Version\": \"2012-10-17\", \"Statement\": []}", "policy");
    let effect = r#"{"Effect": "Allow", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}"#;
    duplicate(&policy(effect), "statement");
    let condition =
        |condition: &str| policy(&STATEMENT.replace('}', &format!(", \"Condition\": {condition}}}")));
    duplicate(&condition(r#"{"Bool": {"aws:a": "true"}, "Bool": {"aws:b": "true"}}"#), "operator");
    duplicate(&condition(r#"{"Bool": {"aws:a": "true", "aws:a": "false"}}"#), "key");
    duplicate(&policy(&STATEMENT.replace("Effect", "Eff\\u0065ct\": \"Deny\", \"Effect")), "escape");
}

#[test]
fn what_policies_do_not_have() {
    let element = STATEMENT.replace("Resource", "Resources");
    refused("element.json", policy(&element).as_bytes(), "identity", "INVALID_POLICY_ELEMENT", ":2:");
    let operator = STATEMENT.replace('}', r#", "Condition": {"StringEqual": {"aws:a": "b"}}}"#);
    refused("operator.json", policy(&operator).as_bytes(), "identity", "INVALID_CONDITION_OPERATOR", ":2:");
    let version = policy(STATEMENT).replace("2012-10-17", "2012-10-18");
    refused("version.json", version.as_bytes(), "identity", "INVALID_VERSION", ":1:13");
    let lower = STATEMENT.replace("Effect", "effect");
    refused("lower-element.json", policy(&lower).as_bytes(), "identity", "INVALID_POLICY_ELEMENT", ":2:");
    let allow = STATEMENT.replace("Allow", "allow");
    refused("lower-effect.json", policy(&allow).as_bytes(), "identity", "INVALID_EFFECT", ":2:");
}

#[test]
fn a_policy_of_another_kind() {
    refused("identity.json", policy(STATEMENT).as_bytes(), "trust", "MISSING_PRINCIPAL", ":2:");
    let trust = r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}"#;
    refused("trust.json", policy(trust).as_bytes(), "identity", "UNSUPPORTED_PRINCIPAL", ":2:");
    refused("trust-as-session.json", policy(trust).as_bytes(), "session", "UNSUPPORTED_PRINCIPAL", ":2:");
}

#[test]
fn documents_that_are_too_large() {
    let nested = "[".repeat(100_000);
    refused("nested.json", nested.as_bytes(), "identity", "NESTING_TOO_DEEP", ":1:129");
    let many = format!("[{}\"a:b\"]", "\"a:b\",".repeat(10_000));
    let many = policy(&STATEMENT.replace("\"s3:GetObject\"", &many));
    refused("many.json", many.as_bytes(), "identity", "TOO_MANY_VALUES", ":2:");
    let values = format!("[{}1]", "1,".repeat(269_999));
    refused("values.json", policy(&values).as_bytes(), "identity", "DOCUMENT_TOO_LARGE", "");
}

#[test]
fn a_huge_file_is_refused_before_it_is_read() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("huge.json");
    File::create(&path).unwrap().set_len(200 << 20).unwrap();
    let path = path.to_str().unwrap();
    for args in [["check", path], ["conformance", path], ["eval", path]] {
        let run = exits(output(&args), 2);
        assert!(stderr(&run).contains("error[DOCUMENT_TOO_LARGE]"), "{args:?}: {}", stderr(&run));
        // The size comes from the file's metadata. The file is not read.
        assert!(stderr(&run).contains(": 209715200 bytes"), "{}", stderr(&run));
    }
}

#[test]
fn stdin_has_the_same_bounds() {
    let run = exits(with_stdin(&["check", "-"], &vec![b' '; (32 << 20) + 1]), 2);
    assert!(stderr(&run).contains("error[DOCUMENT_TOO_LARGE]: <stdin>"), "{}", stderr(&run));
    let run = exits(with_stdin(&["check", "-"], b"{"), 2);
    assert!(stdout(&run).contains("<stdin>:1:2"), "{}", stdout(&run));
}

#[test]
fn files_that_are_not_there() {
    for args in [
        &["check", "absent.json"][..],
        &["eval", "absent.json"],
        &["explain", "absent.json"],
        &["conformance", "absent.json"],
        &["eval", "--batch", "absent.json"],
    ] {
        let run = exits(output(args), 2);
        assert!(stderr(&run).contains("error[FILE_NOT_FOUND]: absent.json"), "{args:?}: {}", stderr(&run));
    }
    for args in [&["eval", "folder"][..], &["conformance", "folder"], &["eval", "--batch", "folder"]] {
        let run = exits(output(args), 2);
        assert!(stderr(&run).contains("error[IS_A_DIRECTORY]: folder"), "{args:?}: {}", stderr(&run));
    }
}

#[test]
fn nothing_found_is_never_success() {
    for path in ["none", "none/*.json", "nowhere/**/*.json", "folder/p*.json"] {
        let run = exits(output(&["check", path]), 2);
        assert!(stderr(&run).contains("error[NO_POLICIES_FOUND]"), "{path}: {}", stderr(&run));
    }
}

#[test]
fn a_case_that_is_not_one() {
    let case = |name: &str, content: &str, code: &str| {
        let path = scratch(name, content.as_bytes());
        let run = exits(output(&["eval", path.to_str().unwrap()]), 2);
        assert!(stderr(&run).contains(&format!("error[{code}]")), "{content}: {}", stderr(&run));
    };
    case("case-empty.json", "", "EMPTY_DOCUMENT");
    case("case-object.json", "{}", "MISSING_MEMBER");
    case("case-array.json", "[]", "INVALID_MEMBER");
    let request = r#"{"principal": {"type": "anonymous"}, "action": "s3:GetObject", "resource": "*"}"#;
    case(
        "case-member.json",
        &format!(r#"{{"request": {request}, "policy": {{}}, "policies": {{}}}}"#),
        "UNKNOWN_MEMBER",
    );
    case(
        "case-twice.json",
        &format!(r#"{{"request": {request}, "policies": {{}}, "policies": {{}}}}"#),
        "DUPLICATE_JSON_KEY",
    );
    let policies = r#"{"identity": [{"Version": "2012-10-17", "Statement": {"Effect": "Permit"}}]}"#;
    case(
        "case-policy.json",
        &format!(r#"{{"request": {request}, "policies": {policies}}}"#),
        "INVALID_EFFECT",
    );
}

#[test]
fn flags_that_make_no_request() {
    let wrong = |args: &[&str], message: &str| {
        let run = exits(output(&[&["eval"], args].concat()), 2);
        assert!(stderr(&run).contains(message), "{args:?}: {}", stderr(&run));
    };
    let with =
        |principal, action, resource| ["--principal", principal, "--action", action, "--resource", resource];
    let ana = "arn:aws:iam::111122223333:user/ana";
    wrong(&with("ana", "s3:GetObject", "*"), "--principal `ana` is nobody");
    wrong(&with("arn:aws:iam::1:user/ana", "s3:GetObject", "*"), "is nobody");
    wrong(&with(ana, "s3:Get*", "*"), "--action `s3:Get*` names no action");
    wrong(&with(ana, "s3:GetObject", "bucket"), "--resource `bucket` is no ARN");
    wrong(
        &with("arn:aws:iam::111122223333:role/path/Support", "s3:GetObject", "*"),
        "--principal arn:aws:sts::111122223333:assumed-role/Support/SESSION --role-arn arn:aws:iam::111122223333:role/path/Support",
    );
    wrong(&with("arn:aws:sts::111122223333:federated-user/bo", "s3:GetObject", "*"), "--user-arn ARN");
    let extra = |more: &[&'static str]| [&with(ana, "s3:GetObject", "*"), more].concat();
    wrong(&extra(&["--context", "aws:SourceIp"]), "has no value");
    wrong(&extra(&["--context", "a:b=1", "--context", "A:B=2"]), "the key `A:B` is given twice");
    wrong(&extra(&["--context", "a:b=1", "--unknown", "a:b"]), "the key `a:b` is given twice");
    wrong(&extra(&["--context", "a:b=[1"]), "a list is written in JSON");
    wrong(&extra(&["--resource-account", "12"]), "is no account");
    wrong(&extra(&["--role-arn", "arn"]), "no role session");
    wrong(&extra(&["--user-arn", "arn"]), "no federated user");
    wrong(&extra(&["case.json"]), "cannot be used with");
    wrong(&["--principal", ana], "required");
    wrong(&[], "required");
}

#[test]
fn an_empty_message_is_told() {
    for text in ["", "  "] {
        let said = stderr(&exits(output(&["why", "--message", text]), 2));
        assert!(said.starts_with("error[NO_ACCESS_DENIED_MESSAGE]: an empty message"), "{said}");
    }
}
