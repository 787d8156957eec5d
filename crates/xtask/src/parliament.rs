//! The program beside parliament: `cargo xtask parliament`, with `IAMGATE_CORPUS`.
//!
//! parliament reads the identity policies of the corpus, the boundaries, and AWS's managed policies beside it. Of each of its issues the table has
//! the documents in which both find something, those in which one alone does, and of those of parliament alone what explains them. What nothing
//! explains is listed: it is a fault of one of the two.
//!
//! Needs Python 3 with `venv`, and installs parliament from PyPI in `target/parliament`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use iam_policy::ActionPattern;
use iamgate::iam_catalog::Details;
use iamgate::iam_eval;
use serde::Deserialize;
use serde_json::Value;

use super::{Outcome, structure, tools};

/// parliament needs a part of setuptools that newer versions do not have.
const TOOLS: [&str; 2] = ["parliament==1.6.4", "setuptools<81"];
const FOLDER: &str = "target/parliament";
const PROGRAM: &str = "target/debug/iamgate";

/// Prints a line of JSON for each file of a list: its issues, each with what they are about.
const DRIVER: &str = r#"
import json, sys
from parliament import analyze_policy_string

def about(finding):
    detail = finding.detail
    if isinstance(detail, list):
        return [part.get("action", "") + " " + part.get("required_format", "") for part in detail if isinstance(part, dict)]
    return [str(detail)]

for path in sys.stdin.read().splitlines():
    try:
        found = analyze_policy_string(open(path).read(), path).findings
        issues = [[finding.issue, text] for finding in found for text in about(finding)]
    except Exception as error:
        issues = [["EXCEPTION", type(error).__name__]]
    print(json.dumps({"file": path, "issues": issues}))
"#;

/// What parliament calls an issue, how the codes of the program for it begin, and why the program has none for what it does not tell.
const ISSUES: [(&str, &[&str], &str); 20] = [
    ("BAD_PATTERN_FOR_MFA", &["DENY_MISSES_ABSENT_KEY"], ""),
    ("DUPLICATE_SID", &["UNIQUE_SIDS"], ""),
    ("EXCEPTION", &[], "parliament stops at the document"),
    (
        "INVALID_ARN",
        &[
            "INVALID_ARN",
            "INVALID_PARTITION",
            "INVALID_SERVICE",
            "MISSING_ARN",
            "ARN_ACCOUNT",
            "ARN_REGION",
            "UNKNOWN_VARIABLE",
        ],
        "",
    ),
    ("INVALID_SID", &["UNSUPPORTED_SID"], ""),
    ("INVALID_VERSION", &["INVALID_VERSION"], ""),
    ("MALFORMED", &["MISSING_", "UNSUPPORTED_ELEMENT", "INVALID_", "DATA_TYPE"], ""),
    ("MISMATCHED_TYPE", &["TYPE_MISMATCH", "INVALID_ARN_IN_CONDITION"], ""),
    ("MISMATCHED_TYPE_BUT_USABLE", &[], "AWS compares the text of an ARN with the operators for texts"),
    ("NO_VERSION", &["MISSING_VERSION"], ""),
    (
        "OLD_VERSION",
        &[],
        "AWS evaluates policies of 2008; what follows from the version is told where it matters",
    ),
    ("PRIVILEGE_ESCALATION", &["PRIVILEGE_ESCALATION"], ""),
    (
        "RESOURCE_EFFECTIVELY_STAR",
        &[],
        "a wildcard alone is no mistake: what follows from it has findings of its own",
    ),
    (
        "RESOURCE_MISMATCH",
        &["ACTION_WITHOUT_ITS_RESOURCE", "UNSUPPORTED_RESOURCE", "INVALID_ARN_RESOURCE"],
        "",
    ),
    (
        "RESOURCE_POLICY_PRIVILEGE_ESCALATION",
        &["PRIVILEGE_ESCALATION"],
        "the policy of a bucket cannot give more than its own account's policies may; it is told where it is open to any bucket's",
    ),
    ("RESOURCE_STAR", &[], "a wildcard alone is no mistake: what follows from it has findings of its own"),
    ("UNKNOWN_ACTION", &["INVALID_ACTION", "ACTION_PATTERN", "INVALID_SERVICE_IN_ACTION"], ""),
    (
        "UNKNOWN_CONDITION_FOR_ACTION",
        &[
            "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
            "INVALID_SERVICE_CONDITION_KEY",
            "INVALID_GLOBAL_CONDITION_KEY",
            "INVALID_CONDITION_KEY",
            "ALLOW_WITH_UNSUPPORTED_TAG",
            "USE_CONDITION_KEY",
            "MISSING_ACTION_FOR",
        ],
        "",
    ),
    ("UNKNOWN_OPERATOR", &["INVALID_CONDITION_OPERATOR"], ""),
    ("UNKNOWN_PREFIX", &["INVALID_SERVICE_IN_ACTION"], ""),
];

/// What one of the two says of a document: issues or codes, each with what they are about.
type Said = BTreeMap<String, Vec<String>>;

#[derive(Deserialize)]
struct Line {
    file: PathBuf,
    issues: Vec<(String, String)>,
}

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    let Some(corpus) = std::env::var_os("IAMGATE_CORPUS").map(PathBuf::from) else {
        return Ok("parliament: not run, because IAMGATE_CORPUS names no folder".into());
    };
    tools::python(&root, FOLDER, &TOOLS)?;
    tools::run(&root, &["cargo", "build", "--quiet", "--locked", "-p", "iamgate-cli"])?;
    let mut files = Vec::new();
    for folder in ["identity", "boundary", "../managed/policies"] {
        structure::files(&corpus.join(folder), "json", &mut files)?;
    }
    files.sort();
    let (theirs, ours) = (of_parliament(&root, &files)?, of_program(&root, &files)?);
    let details = Details::embedded().map_err(|e| e.to_string())?;
    println!(
        "| issue | both | only iamgate | only parliament | explained |\n| --- | --- | --- | --- | --- |"
    );
    let (mut reasons, mut unexplained) = (BTreeMap::new(), Vec::new());
    for (issue, codes, why) in ISSUES {
        let has = |said: Option<&Said>| {
            said.is_some_and(|own| own.keys().any(|code| codes.iter().any(|begin| code.starts_with(begin))))
        };
        let (mut both, mut more, mut less, mut explained) = (0, 0, 0, 0);
        for file in &files {
            let their = theirs.get(file).and_then(|own| own.get(issue));
            match (their, has(ours.get(file))) {
                (Some(_), true) => both += 1,
                (None, true) => more += 1,
                (None, false) => {}
                (Some(about), false) => {
                    less += 1;
                    let text = fs::read_to_string(file).unwrap_or_default();
                    let open = about.iter().find(|own| reason(issue, own, &text, &details).is_none());
                    if let (Some(own), "") = (open, why) {
                        unexplained.push(format!("{issue} {}: {own}", file.display()));
                    } else {
                        explained += 1;
                        let found = about.iter().find_map(|own| reason(issue, own, &text, &details));
                        *reasons.entry((issue, found.unwrap_or(why))).or_insert(0) += 1;
                    }
                }
            }
        }
        println!("| {issue} | {both} | {more} | {less} | {explained} |");
    }
    for ((issue, why), documents) in reasons {
        println!("{issue}: {documents} documents: {why}");
    }
    for own in &unexplained {
        println!("not explained: {own}");
    }
    Ok(format!(
        "parliament: {} documents; of what only parliament finds, {} are not explained",
        files.len(),
        unexplained.len()
    ))
}

/// Why the program does not tell what parliament tells, if the tables show it.
fn reason(issue: &str, about: &str, text: &str, details: &Details<'_>) -> Option<&'static str> {
    let mut words = about.split(' ');
    match issue {
        "INVALID_ARN" => {
            let of_aws = [":iam::aws:", ":aws:policy/"].iter().any(|own| text.contains(own));
            let field = words.next()?;
            if field == "Account" && of_aws {
                Some("the account of AWS's own policies is `aws`")
            } else if field == "Unexpected"
                && PARTITIONS.iter().any(|own| text.contains(&format!("arn:{own}:")))
            {
                Some("its tables are older: AWS has the partition")
            } else {
                None
            }
        }
        "MISMATCHED_TYPE" => mismatched(about, text),
        "BAD_PATTERN_FOR_MFA" => {
            let denies = |own: &Value| own["Effect"] == "Deny" && own["Condition"]["Bool"].is_object();
            let is_allowed = !statements(text).iter().any(denies);
            is_allowed.then_some("the test is of an Allow: what lacks the key is not allowed by it")
        }
        "UNKNOWN_ACTION" => {
            let asked = words.next_back()?;
            let pattern = ActionPattern::parse(asked)?;
            let prefix = pattern.service()?;
            let mut all = details.actions(prefix);
            all.find(|own| iam_eval::action_matches(&pattern, &format!("{prefix}:{}", own.name())))?;
            Some("its tables are older: AWS has the action")
        }
        "UNKNOWN_PREFIX" => {
            details.actions(words.next_back()?).next()?;
            Some("its tables are older: AWS has the service")
        }
        "UNKNOWN_CONDITION_FOR_ACTION" => {
            let action = words.next_back()?;
            let key = words.nth(2)?;
            let known = details.action(action)?;
            if known.condition_keys().iter().any(|own| own.matches(key)) {
                Some("its tables are older: AWS gives the action the key")
            } else if key == "aws:PrincipalOrgMasterAccountId" {
                Some("AWS's own policy AWSSSOServiceRolePolicy tests the key")
            } else if details.condition_key(key).is_some_and(|own| own.global) {
                Some("a global key, which requests of every action may have")
            } else if !text.to_ascii_lowercase().contains(&action.to_ascii_lowercase()) {
                Some("the action is one of a pattern, of which others have the key")
            } else {
                None
            }
        }
        "RESOURCE_MISMATCH" => {
            let action = words.next()?;
            let types = details.action(action)?.resources().count();
            let format = words.next().unwrap_or_default();
            if format == "*" || types == 0 {
                Some("an action without resource types: on what AWS decides it is not documented")
            } else if !text.to_ascii_lowercase().contains(&action.to_ascii_lowercase()) {
                Some("the action is one of a pattern, of which others have the resource")
            } else if types > 1 {
                Some(
                    "an action of several resource types: the statement has one, and others may have the rest",
                )
            } else if resources_of(action, text).iter().any(|own| own == "*" || is_of(own, format)) {
                Some("a resource of the type is there, or all are")
            } else if resources_of(action, text).iter().any(|own| has_open_field(own)) {
                Some(
                    "a wildcard in a field of an ARN may stand for colons, so that the pattern may have the resource",
                )
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Partitions that parliament does not know.
const PARTITIONS: [&str; 5] = ["aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"];

/// Why a value of another type than the key's is none that AWS refuses.
fn mismatched(about: &str, text: &str) -> Option<&'static str> {
    let (wanted, given) = about.split_once(" requires a value of type ")?;
    let key = wanted.rsplit(' ').next()?;
    let (type_, value) = given.split_once(' ')?;
    let value = value.trim_start_matches("but given ").trim_matches(['[', ']', '\'']);
    let is_text = |name: &str| name.starts_with("String");
    match type_ {
        "Arn" if value == "String" => Some("AWS compares texts with the operators for ARNs"),
        "ARN" if operators_of(key, text).iter().all(|own| is_text(own)) => {
            Some("AWS compares the text of an ARN with the operators for texts")
        }
        "Numeric" => value.parse::<f64>().ok().map(|_| "a number may have decimals"),
        "Date" => value.ends_with('Z').then_some("a time may have fractions of seconds"),
        _ => None,
    }
}

/// The operators under which a document tests a key.
fn operators_of(key: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for statement in statements(text) {
        for (operator, tests) in statement["Condition"].as_object().into_iter().flatten() {
            if tests.as_object().is_some_and(|own| own.keys().any(|own| own.eq_ignore_ascii_case(key))) {
                found.push(operator.clone());
            }
        }
    }
    found
}

/// The resources of the statements that name an action.
fn resources_of(action: &str, text: &str) -> Vec<String> {
    let of = |statement: &Value| {
        let named = texts(&statement["Action"]).iter().any(|own| own.eq_ignore_ascii_case(action));
        if named { texts(&statement["Resource"]) } else { Vec::new() }
    };
    statements(text).iter().flat_map(of).collect()
}

fn statements(text: &str) -> Vec<Value> {
    let policy: Value = serde_json::from_str(text).unwrap_or_default();
    match &policy["Statement"] {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    }
}

/// A text, or the texts of a list.
fn texts(value: &Value) -> Vec<String> {
    let all = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    all.iter().filter_map(|own| own.as_str().map(str::to_owned)).collect()
}

/// Whether the last part of an ARN begins with the type of a format, and the service is the same.
fn is_of(resource: &str, format: &str) -> bool {
    let fields = |text: &str| -> Option<(String, String)> {
        let mut all = text.splitn(6, ':');
        let service = all.nth(2)?.to_owned();
        let last = all.nth(2)?;
        let end = last.find(['/', ':', '*']).unwrap_or(last.len());
        Some((service, last.get(..end)?.to_owned()))
    };
    match (fields(resource), fields(format)) {
        (Some((service, type_)), Some((other, wanted))) => {
            service == other && (type_ == wanted || wanted.is_empty())
        }
        _ => false,
    }
}

fn has_open_field(resource: &str) -> bool {
    resource.splitn(6, ':').take(5).any(|field| field.contains('*'))
}

fn of_parliament(root: &Path, files: &[PathBuf]) -> Result<BTreeMap<PathBuf, Said>, String> {
    let (driver, list) = (root.join(FOLDER).join("driver.py"), root.join(FOLDER).join("files.txt"));
    let mut text = String::new();
    for file in files {
        let _ = writeln!(text, "{}", file.display());
    }
    fs::write(&driver, DRIVER).map_err(|e| format!("{}: {e}", driver.display()))?;
    fs::write(&list, text).map_err(|e| format!("{}: {e}", list.display()))?;
    let words = [&format!("{FOLDER}/bin/python"), &*driver.to_string_lossy()];
    let input = fs::File::open(&list).map_err(|e| format!("{}: {e}", list.display()))?;
    let mut command = tools::command(root, &words)?;
    let output = command.stdin(input).stderr(Stdio::null()).output();
    let output = output.map_err(|e| format!("{}: {e}", words.join(" ")))?;
    let mut said = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let line: Line = serde_json::from_str(line).map_err(|e| format!("parliament: {e}: {line}"))?;
        let own: &mut Said = said.entry(line.file).or_default();
        for (issue, about) in line.issues {
            own.entry(issue).or_default().push(about);
        }
    }
    let missing = files.iter().find(|file| !said.contains_key(*file));
    missing.map_or(Ok(said), |file| Err(format!("parliament says nothing of {}", file.display())))
}

fn of_program(root: &Path, files: &[PathBuf]) -> Result<BTreeMap<PathBuf, Said>, String> {
    let mut said: BTreeMap<PathBuf, Said> = BTreeMap::new();
    let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    let words = [PROGRAM, "check", "--skip-others", "--format", "json"];
    let output = tools::command(root, &words)?.args(folders).output();
    let output = output.map_err(|e| format!("{}: {e}", words.join(" ")))?;
    let read: Value =
        serde_json::from_slice(&output.stdout).map_err(|e| format!("{}: {e}", words.join(" ")))?;
    for own in read["files"].as_array().into_iter().flatten() {
        let file = said.entry(own["file"].as_str().unwrap_or_default().into()).or_default();
        for finding in own["findings"].as_array().into_iter().flatten() {
            let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            file.entry(text("issueCode")).or_default().push(text("findingDetails"));
        }
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tables_show_explains_a_difference() {
        let details = Details::embedded().expect("read");
        let is_explained =
            |issue: &str, about: &str, text: &str| reason(issue, about, text, &details).is_some();
        assert!(is_explained("UNKNOWN_ACTION", "Unknown action s3:GetObject", ""));
        assert!(!is_explained("UNKNOWN_ACTION", "Unknown action s3:GetObjects", ""));
        assert!(is_explained("UNKNOWN_PREFIX", "Unknown prefix s3", ""));
        assert!(!is_explained("UNKNOWN_PREFIX", "Unknown prefix s33", ""));
        let tag = "Unknown condition aws:ViaAWSService for action s3:GetObject";
        assert!(is_explained("UNKNOWN_CONDITION_FOR_ACTION", tag, ""));
        let key = "Unknown condition iam:PassedToService for action s3:GetObject";
        assert!(is_explained("UNKNOWN_CONDITION_FOR_ACTION", key, "s3:Get*"));
        assert!(!is_explained("UNKNOWN_CONDITION_FOR_ACTION", key, "S3:GetObject"));
        assert!(is_explained("RESOURCE_MISMATCH", "eks:ListClusters *", "eks:ListClusters"));
        assert!(is_explained(
            "RESOURCE_MISMATCH",
            "ec2:RunInstances arn:*:ec2:*:*:image/*",
            "ec2:RunInstances"
        ));
        assert!(is_explained("UNKNOWN_ACTION", "Unknown action appstream:Get*", ""));
        assert!(!is_explained("UNKNOWN_ACTION", "Unknown action s3:Getz*", ""));
        let mfa = |effect: &str| {
            format!(r#"{{"Statement": {{"Effect": "{effect}", "Condition": {{"Bool": {{"a": "false"}}}}}}}}"#)
        };
        assert!(is_explained("BAD_PATTERN_FOR_MFA", "", &mfa("Allow")));
        assert!(!is_explained("BAD_PATTERN_FOR_MFA", "", &mfa("Deny")));
        let partition = "Unexpected partition";
        assert!(is_explained("INVALID_ARN", partition, "arn:aws-iso-f:s3:::a"));
        assert!(!is_explained("INVALID_ARN", partition, "arn:aws-iso-x:s3:::a"));
        let account = "Account expected to be of form like 123456789012";
        assert!(is_explained("INVALID_ARN", account, "arn:aws:iam::aws:policy/a"));
        assert!(!is_explained("INVALID_ARN", account, "arn:aws:iam::12:policy/a"));
        let statement = |action: &str, resource: &str| {
            format!(r#"{{"Statement": {{"Action": "{action}", "Resource": ["{resource}"]}}}}"#)
        };
        let things = "iot:Connect arn:*:iot:*:*:client/*";
        assert!(is_explained(
            "RESOURCE_MISMATCH",
            things,
            &statement("iot:Connect", "arn:aws:iot:a:1:client/b")
        ));
        assert!(is_explained(
            "RESOURCE_MISMATCH",
            things,
            &statement("iot:Connect", "arn:aws:iot:*:1:thing/b")
        ));
        assert!(!is_explained(
            "RESOURCE_MISMATCH",
            things,
            &statement("iot:Connect", "arn:aws:iot:a:1:thing/b")
        ));
        let test = |operator: &str| {
            format!(r#"{{"Statement": [{{"Condition": {{"{operator}": {{"a:B": "c"}}}}}}]}}"#)
        };
        let type_ = "Type mismatch: a:B requires a value of type ARN but given ['c']";
        assert!(is_explained("MISMATCHED_TYPE", type_, &test("StringLike")));
        assert!(!is_explained("MISMATCHED_TYPE", type_, &test("ArnLike")));
        let number = |value: &str| {
            format!("Type mismatch: s3:a requires a value of type Numeric but given ['{value}']")
        };
        assert!(is_explained("MISMATCHED_TYPE", &number("1.2"), ""));
        assert!(!is_explained("MISMATCHED_TYPE", &number("a"), ""));
        let queue = "sqs:SendMessage arn:*:sqs:*:*:*";
        assert!(!is_explained("RESOURCE_MISMATCH", queue, "sqs:SendMessage"));
        assert!(ISSUES.is_sorted_by_key(|(issue, ..)| issue));
    }
}
