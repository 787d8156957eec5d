//! Policies and roles in what people have: outputs of commands, templates, plans, YAML, texts of Windows. Each case is written anew.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::run::{exits, output, scratch, stderr, stdout, with_stdin};

fn policy() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-reports/*"}]})
}

fn trust() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
}

fn arn(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/nightly")
}

fn detail(account: &str) -> Value {
    json!({"Path": "/", "RoleName": "nightly", "RoleId": "AROAEXAMPLENIGHTLY001", "Arn": arn(account), "AssumeRolePolicyDocument": trust(),
           "RolePolicyList": [{"PolicyName": "read", "PolicyDocument": policy()}], "AttachedManagedPolicies": [], "Tags": []})
}

fn dump(account: &str) -> Value {
    json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [detail(account)], "Policies": []})
}

fn file(name: &str, text: &str) -> String {
    scratch(&format!("wrapped-{name}"), text.as_bytes()).to_str().unwrap().to_owned()
}

/// A file to check: the names of its documents, and the exit code.
#[track_caller]
fn checked(name: &str, text: &str, documents: &[&str], code: i32) -> Value {
    let path = file(name, text);
    let run = exits(output(&["check", &path, "--format", "json"]), code);
    let answer: Value = serde_json::from_str(&stdout(&run)).unwrap();
    let own: Vec<&str> = answer["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own["document"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(own, documents, "{answer:#}");
    answer
}

#[test]
fn n01_get_policy_version() {
    let text = json!({"PolicyVersion": {"Document": policy(), "VersionId": "v3", "IsDefaultVersion": true}});
    checked("n01.json", &text.to_string(), &["managed policy, version v3"], 0);
    let wrong = text.to_string().replace("Allow", "allow");
    let path = file("n01-wrong.json", &wrong);
    let run = exits(output(&["check", &path, "--format", "json"]), 2);
    let answer: Value = serde_json::from_str(&stdout(&run)).unwrap();
    let start = &answer["files"][0]["findings"][0]["locations"][0]["span"]["start"];
    assert_eq!(start["offset"], wrong.find("\"allow\"").unwrap());
    for format in ["sarif", "github", "human"] {
        let run = exits(output(&["check", &path, "--format", format]), 2);
        assert!(stdout(&run).contains("INVALID_EFFECT"), "{}", stdout(&run));
    }
}

#[test]
fn n02_get_role() {
    let mut role = detail("111122223333");
    role.as_object_mut()
        .unwrap()
        .retain(|name, _| name != "RolePolicyList" && name != "AttachedManagedPolicies");
    let path = file("n02.json", &json!({"Role": role}).to_string());
    let run = exits(output(&["check", &path]), 0);
    assert!(stderr(&run).contains("get-account-authorization-details"), "{}", stderr(&run));
    let run = output(&["trust", &path]);
    assert!(stdout(&run).contains("lambda.amazonaws.com"), "{}", stdout(&run));
    assert!(stdout(&exits(output(&["roles", &path]), 0)).contains(&arn("111122223333")));
    for verb in ["preview", "plan"] {
        let args: Vec<&str> = if verb == "plan" {
            vec![verb, &path, "--engineer", "a@doit.com", "--case", "1"]
        } else {
            vec![verb, &path]
        };
        let run = output(&args);
        assert_eq!(run.status.code(), Some(2), "{}", stderr(&run));
    }
    assert!(stderr(&output(&["preview", &path])).contains("NO_PERMISSIONS"));
}

const TEMPLATE: &str = "Resources:\n  Nightly:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: 2012-10-17\n        Statement:\n          - Effect: Allow\n            Action: s3:GetObject\n            Resource: !Sub \"arn:aws:s3:::${Reports}/*\"\n";

#[test]
fn n03_cloudformation() {
    let answer = checked("n03.yaml", TEMPLATE, &["AWS::IAM::ManagedPolicy Nightly"], 0);
    assert!(answer["notes"][0]["unchecked"][0].as_str().unwrap().contains("Ref `Reports`"), "{answer:#}");
    let wrong = TEMPLATE.replace("Effect: Allow", "Effect: allow");
    let path = file("n03-wrong.yaml", &wrong);
    let run = exits(output(&["check", &path]), 2);
    assert!(stdout(&run).contains("n03-wrong.yaml:8:21"), "{}", stdout(&run));
    let run = exits(output(&["prove", "not-granted", &path, "--action", "s3:*"]), 2);
    assert!(stderr(&run).contains("UNKNOWN_VALUES"), "{}", stderr(&run));
}

#[test]
fn n04_terraform_plan() {
    let resource = json!({"address": "aws_iam_policy.nightly", "mode": "managed", "type": "aws_iam_policy", "name": "nightly", "values": {"policy": policy().to_string()}});
    let plan = json!({"format_version": "1.2", "planned_values": {"root_module": {"resources": [resource]}}});
    checked("n04.json", &plan.to_string(), &["aws_iam_policy.nightly"], 0);
}

#[test]
fn n05_what_is_not_json_is_named() {
    let text = policy().to_string();
    let python = text.replace('"', "'");
    let smart = text.replacen('"', "\u{201C}", 1);
    for (name, text, said) in [
        ("n05-python.json", python.as_str(), "Python"),
        ("n05-smart.json", &smart, "typographic"),
        ("n05-comment.json", &format!("// nightly\n{text}"), "a comment"),
        ("n05-comma.json", &text.replace("}]", "},]"), "a comma before a closing bracket"),
        ("n05.tf", "resource \"aws_iam_policy\" \"nightly\" {\n}\n", "Terraform"),
    ] {
        let run = exits(output(&["check", &file(name, text)]), 2);
        let shown = stdout(&run) + &stderr(&run);
        assert!(shown.contains(said), "{name}: {shown}");
    }
    exits(output(&["check", &file("n05.jsonc", &format!("// nightly\n{text}"))]), 0);
}

#[test]
fn n06_yaml() {
    let text = "Version: 2012-10-17\nStatement:\n  - Effect: Allow\n    Action: s3:GetObject\n    Resource: arn:aws:s3:::example-reports/*\n";
    checked("n06.yaml", text, &[""], 0);
    let same = file("n06.json", &policy().to_string());
    let run = exits(output(&["diff", &file("n06-same.yaml", text), &same]), 0);
    assert!(!stdout(&run).is_empty());
}

#[test]
fn n07_accounts() {
    let (one, two) = ("111122223333", "444455556666");
    let merged = json!({"RoleDetailList": [detail(one), detail(two)], "Policies": []});
    let forms = [
        ("array.json", json!([dump(one), dump(two)]).to_string()),
        ("concat.json", format!("{:#}\n{:#}", dump(one), dump(two))),
        ("lines.ndjson", format!("{}\n{}\n", dump(one), dump(two))),
        ("by-account.json", json!({one: dump(one), two: dump(two)}).to_string()),
        ("merged.json", merged.to_string()),
        ("roles.json", json!([detail(one), detail(two)]).to_string()),
    ];
    let mut answers = Vec::new();
    for (name, text) in forms {
        let path = file(&format!("n07-{name}"), &text);
        let listed = stdout(&exits(output(&["roles", &path]), 0));
        assert!(listed.contains(&arn(one)) && listed.contains(&arn(two)), "{name}: {listed}");
        for args in [vec!["preview", &path], vec!["preview", &path, "--role", "nightly"]] {
            let run = exits(output(&args), 2);
            assert!(
                stderr(&run).contains("ROLE_NOT_FOUND") && stderr(&run).contains("--role")
                    || stderr(&run).contains(&arn(two)),
                "{name}: {}",
                stderr(&run)
            );
        }
        let run = exits(output(&["preview", &path, "--role", &arn(two), "--format", "json"]), 0);
        let mut answer: Value = serde_json::from_str(&stdout(&run)).unwrap();
        assert!(answer.to_string().contains(two), "{name}");
        answer.as_object_mut().unwrap().retain(|name, _| name == "counts" || name == "answer");
        answers.push(answer);
        exits(output(&["check", &path]), 0);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn n09_everyday_forms() {
    let text = policy().to_string();
    let encoded: String = text.bytes().fold(String::new(), |out, byte| out + &format!("%{byte:02X}"));
    checked("n09-array.json", &json!([policy(), policy()]).to_string(), &["policy 1", "policy 2"], 0);
    checked("n09-lines.ndjson", &format!("{text}\n{text}\n"), &["policy in line 1", "policy in line 2"], 0);
    checked("n09-string.json", &json!(text).to_string(), &[""], 0);
    checked("n09-url.json", &encoded, &[""], 0);
    checked(
        "n09-statement.json",
        &policy()["Statement"][0].to_string(),
        &["statement without a policy around"],
        0,
    );
    checked("n09-bucket.json", &json!({"Policy": text}).to_string(), &["policy"], 0);
    let scp = json!({"Policy": {"PolicySummary": {"Name": "guard", "Type": "SERVICE_CONTROL_POLICY"}, "Content": json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}).to_string()}});
    let answer = checked("n09-scp.json", &scp.to_string(), &["policy guard of the organization"], 0);
    assert_eq!(answer["files"][0]["kind"], "scp");
    let run = exits(with_stdin(&["check", "-"], json!({"AttachedPolicies": []}).to_string().as_bytes()), 2);
    assert!(stderr(&run).contains("get-account-authorization-details"), "{}", stderr(&run));
}

#[test]
fn case_24_texts_of_windows() {
    let text = format!("{:#}", dump("111122223333")).replace('\n', "\r\n");
    let utf16: Vec<u8> =
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let mut marked = b"\xEF\xBB\xBF".to_vec();
    marked.extend(text.as_bytes());
    let plain = stdout(&exits(with_stdin(&["preview", "-"], text.as_bytes()), 0));
    for bytes in [utf16, marked] {
        let path = scratch("wrapped-24.json", &bytes);
        let path = path.to_str().unwrap();
        assert_eq!(stdout(&exits(output(&["preview", path]), 0)), plain);
        exits(output(&["check", path]), 0);
        exits(output(&["roles", path]), 0);
    }
    // AWS does not read the mark: a policy to be given to it must not have one.
    let run = exits(with_stdin(&["check", "-"], format!("\u{FEFF}{}", policy()).as_bytes()), 2);
    assert!(stdout(&run).contains("BYTE_ORDER_MARK"), "{}", stdout(&run));
}

#[test]
fn case_42_a_trailing_comma_has_its_place() {
    let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"*\",}\n  ]\n}\n";
    let run = exits(output(&["check", &file("42.json", text)]), 2);
    assert!(stdout(&run).contains("42.json:4:66"), "{}", stdout(&run));
}

#[test]
fn case_53_parts_of_outputs_are_refused() {
    let mut part = dump("111122223333");
    part["IsTruncated"] = json!(true);
    part["Marker"] = json!("x");
    let path = file("53.json", &part.to_string());
    for verb in ["check", "roles", "preview", "trust"] {
        let run = exits(output(&[verb, &path]), 2);
        assert!(stderr(&run).contains("TRUNCATED_OUTPUT"), "{verb}: {}", stderr(&run));
    }
}

#[test]
fn in_a_folder_no_file_with_policies_is_left_out() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("wrapped-folder");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let wrapped = json!({"deep": [{"er": {"thing": policy().to_string().replace("Allow", "allow")}}]});
    fs::write(folder.join("unknown.json"), wrapped.to_string()).unwrap();
    fs::write(folder.join("stack.template"), TEMPLATE).unwrap();
    fs::write(folder.join("package.json"), r#"{"name": "x", "version": "1.0.0", "scripts": {}}"#).unwrap();
    fs::write(folder.join("chart.yaml"), "a: {{ .Values.x }}\n").unwrap();
    let run = exits(output(&["check", folder.to_str().unwrap()]), 2);
    assert!(
        stdout(&run).contains("INVALID_EFFECT") && stdout(&run).contains("AWS::IAM::ManagedPolicy Nightly"),
        "{}",
        stdout(&run)
    );
    assert!(stderr(&run).contains("2 other files"), "{}", stderr(&run));
    fs::remove_file(folder.join("unknown.json")).unwrap();
    exits(output(&["check", folder.to_str().unwrap()]), 0);
    fs::remove_file(folder.join("stack.template")).unwrap();
    let run = exits(output(&["check", folder.to_str().unwrap()]), 2);
    assert!(stderr(&run).contains("NO_POLICIES_FOUND"), "{}", stderr(&run));
}

#[test]
fn wrapped_and_bare_policies_have_the_same_findings() {
    let texts = [
        policy().to_string(),
        policy().to_string().replace("s3:GetObject", "s3:Get Object"),
        policy().to_string().replace("Effect", "effect"),
    ];
    for text in texts {
        let codes = |name: &str, text: &str| {
            let run = output(&["check", &file(name, text), "--kind", "identity", "--format", "json"]);
            let answer: Value = serde_json::from_str(&stdout(&run)).unwrap();
            let findings = answer["files"][0]["findings"].as_array().unwrap().clone();
            findings
                .iter()
                .map(|own| {
                    (
                        own["issueCode"].clone(),
                        own["locations"][0]["path"].clone(),
                        own["findingDetails"].clone(),
                    )
                })
                .collect::<Vec<_>>()
        };
        let bare = codes("same.json", &text);
        let document: Value = serde_json::from_str(&text).unwrap();
        for wrapped in [
            json!({"RoleName": "r", "PolicyName": "p", "PolicyDocument": document}).to_string(),
            json!({"RoleName": "r", "PolicyName": "p", "PolicyDocument": text}).to_string(),
            json!(text).to_string(),
        ] {
            assert_eq!(codes("same-wrapped.json", &wrapped), bare, "{wrapped}");
        }
    }
}

#[test]
fn n10_terraform_code() {
    let code = r#"# Nightly reports.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "nightly" {
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "nightly" {
  role = aws_iam_role.nightly.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([{
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = "${aws_s3_bucket.reports.arn}/$${aws:username}/*"
    }], var.more)
  })
}

resource "aws_iam_policy" "elsewhere" {
  policy = file("policy.json")
}
"#;
    let names = ["data.aws_iam_policy_document.trust", "aws_iam_role_policy.nightly"];
    let answer = checked("n10.tf", code, &names, 0);
    assert_eq!(
        (&answer["files"][0]["kind"], &answer["files"][1]["kind"]),
        (&json!("trust"), &json!("identity"))
    );
    let unchecked = answer["notes"][0]["unchecked"].to_string();
    for part in ["2 values", "aws_s3_bucket.reports.arn", "var.more", "aws_iam_policy.elsewhere"] {
        assert!(unchecked.contains(part), "{part}: {unchecked}");
    }
    // A finding has its place in the code.
    let wrong = code.replace("\"s3:GetObject\"", "\"s3:GetObjekt\"").replace("\"Allow\"", "\"allow\"");
    let path = file("n10-wrong.tf", &wrong);
    let said = stdout(&exits(output(&["check", &path]), 2));
    let line = 1 + wrong.split_once("\"allow\"").unwrap().0.matches('\n').count();
    assert!(said.contains(&format!("n10-wrong.tf:{line}:18")), "{said}");
    // Code that cannot be read, or has no policy, is named as such.
    for (name, text, part) in [
        (
            "n10-broken.tf",
            "resource \"aws_iam_policy\" \"x\" {\n  policy = jsonencode({\n}\n",
            "cannot be read",
        ),
        ("n10-none.tf", "resource \"aws_s3_bucket\" \"x\" {}\n", "no policy is written in it"),
        ("n10-file.tf", "resource \"aws_iam_policy\" \"x\" {\n  policy = file(\"x\")\n}\n", "made elsewhere"),
    ] {
        let run = exits(output(&["check", &file(name, text)]), 2);
        let said = stdout(&run) + &stderr(&run);
        assert!(said.contains(part) && said.contains("terraform show -json"), "{name}: {said}");
    }
    let one = code.split_inclusive("\n\n").find(|own| own.contains("\"aws_iam_role_policy\"")).unwrap();
    // The values that a policy does not have yet are no reason to guess.
    let run = exits(output(&["prove", "not-granted", &file("n10-one.tf", one), "--action", "s3:*"]), 2);
    assert!(stderr(&run).contains("UNKNOWN_VALUES"), "{}", stderr(&run));
}

#[test]
fn n11_folders_of_terraform_code() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("wrapped-n11");
    fs::create_dir_all(&folder).unwrap();
    let files = [
        (
            "policy.tf",
            "resource \"aws_iam_policy\" \"x\" {\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"s3:GetObject\", Resource = \"*\" }] })\n}\n",
        ),
        ("variables.tf", "variable \"x\" {}\n"),
        ("elsewhere.tf", "resource \"aws_iam_policy\" \"y\" {\n  policy = var.x\n}\n"),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
    let run = exits(output(&["check", folder.to_str().unwrap(), "--format", "json"]), 0);
    let answer: Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(answer["files"].as_array().unwrap().len(), 1);
    assert_eq!(answer["files"][0]["document"], "aws_iam_policy.x");
    assert!(answer["notes"].to_string().contains("aws_iam_policy.y"), "{answer:#}");
}
