//! What a template or code does not tell: choices, defaults of parameters, values. Nothing is proven, compared or mended as if it were known.

use serde_json::Value;

use super::config::{answer, codes, project, run_in};
use super::run::{exits, stderr, stdout};

/// A template of YAML with a managed policy of these statements, each in one line.
fn template(sections: &str, statements: &[&str]) -> String {
    let list = statements.iter().fold(String::new(), |list, own| list + "          - " + own + "\n");
    format!(
        "AWSTemplateFormatVersion: '2010-09-09'\n{sections}Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n{list}"
    )
}

const ALLOW: &str = "{Effect: Allow, Action: 's3:DeleteBucket', Resource: 'arn:aws:s3:::b'}";
const LOCKED: &str =
    "!If [Locked, {Effect: Deny, Action: 's3:DeleteBucket', Resource: '*'}, !Ref 'AWS::NoValue']";
const BY_DEFAULT: &str = "{Effect: Deny, Action: 's3:DeleteBucket', Resource: !Ref D}";
const CONDITIONS: &str = "Conditions:\n  Locked: !Equals [!Ref 'AWS::Region', us-east-1]\n";
const PARAMETERS: &str = "Parameters:\n  D: {Type: String, Default: '*'}\n";

/// Code with blocks in a block of a policy.
fn code(blocks: &str) -> String {
    format!(
        "data \"aws_iam_policy_document\" \"d\" {{\n  statement {{\n    actions   = [\"s3:DeleteBucket\"]\n    resources = [\"arn:aws:s3:::b\"]\n  }}\n{blocks}}}\n"
    )
}

fn dynamic(each: &str) -> String {
    code(&format!(
        "  dynamic \"statement\" {{\n    for_each = {each}\n    content {{\n      effect    = \"Deny\"\n      actions   = [\"s3:*\"]\n      resources = [\"*\"]\n    }}\n  }}\n"
    ))
}

/// Files with what is not known, and its name. The first two have policies of which it is not known whether they are deployed.
fn files() -> Vec<(&'static str, String, &'static str)> {
    let encoded = "resource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = concat([{ Effect = \"Allow\", Action = \"s3:DeleteBucket\", Resource = \"arn:aws:s3:::b\" }], var.locked ? [{ Effect = \"Deny\", Action = \"s3:*\", Resource = \"*\" }] : []) })\n}\n";
    let counted = "resource \"aws_iam_policy\" \"p\" {\n  count  = var.on ? 1 : 0\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Deny\", Action = \"s3:*\", Resource = \"*\" }] })\n}\n";
    let conditional = template("", &[ALLOW]).replace("    Type:", "    Condition: IsProd\n    Type:");
    vec![
        ("counted.tf", counted.to_owned(), "count = `var.on ? 1 : 0`"),
        ("conditional.yaml", conditional, "Condition `IsProd`"),
        ("choice.yaml", template(CONDITIONS, &[ALLOW, LOCKED]), "Fn::If `Locked`"),
        ("default.yaml", template(PARAMETERS, &[ALLOW, BY_DEFAULT]), "the default of parameter `D`"),
        ("dynamic.tf", dynamic("var.locked"), "dynamic \"statement\""),
        ("encoded.tf", encoded.to_owned(), "the condition `var.locked`"),
    ]
}

#[test]
fn nothing_is_proven_of_a_policy_with_choices_or_defaults() {
    for (name, text, what) in files() {
        let root = project("unknown-proof", &[(name, &text), ("a.json", POLICY)]);
        for args in [
            vec!["prove", "not-granted", name, "--action", "s3:DeleteBucket"],
            vec![
                "eval",
                "--principal",
                USER,
                "--identity",
                name,
                "--action",
                "s3:DeleteBucket",
                "--resource",
                "arn:aws:s3:::b",
            ],
            vec!["diff", "a.json", name],
            vec!["diff", name, "a.json"],
        ] {
            let run = exits(run_in(&root, &args), 2);
            assert!(
                stderr(&run).contains("UNKNOWN_VALUES") && stderr(&run).contains(what),
                "{args:?} {run:?}"
            );
        }
    }
    // A choice that the code decides is none.
    let root = project("unknown-decided", &[("d.tf", &dynamic("[1]")), ("a.json", POLICY)]);
    let run = exits(run_in(&root, &["diff", "a.json", "d.tf"]), 0);
    assert!(stdout(&run).contains("s3:GetObject on arn:aws:s3:::b/"), "{run:?}");
    exits(run_in(&root, &["diff", "d.tf", "a.json"]), 1);
    let root = project("unknown-decided", &[("d.tf", &dynamic("[1]"))]);
    exits(run_in(&root, &["prove", "not-granted", "d.tf", "--action", "s3:DeleteBucket"]), 0);
    let root = project("unknown-decided", &[("d.tf", &dynamic("[]"))]);
    exits(run_in(&root, &["prove", "not-granted", "d.tf", "--action", "s3:DeleteBucket"]), 1);
}

const USER: &str = "arn:aws:iam::111122223333:user/u";

const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}"#;

#[test]
fn assertions_hold_only_if_they_hold_on_every_side() {
    let config = "[check]\nselect = [\"ASSERTION_BROKEN\", \"ASSERTION_UNKNOWN\"]\n[[check.assert]]\nname = \"a\"\nnever-allows = [\"s3:DeleteBucket\"]\n";
    let found = |name: &str, text: &str| {
        let root = project("unknown-assertion", &[(name, text), ("iamgate.toml", config)]);
        let run = run_in(&root, &["check", name, "--format", "json"]);
        let answer: Value = serde_json::from_str(&stdout(&run)).unwrap();
        codes(&answer["files"][0]["findings"])
    };
    for (name, text, what) in files().into_iter().skip(2) {
        assert_eq!(found(name, &text), ["ASSERTION_UNKNOWN"], "{what}");
    }
    // An assertion is about the policy where it is deployed.
    let (name, text, _) = files().swap_remove(1);
    assert_eq!(found(name, &text), ["ASSERTION_BROKEN"]);
    let other = "{Effect: Allow, Action: !If [Locked, 's3:GetObject', 's3:ListBucket'], Resource: '*'}";
    let wide = "{Effect: Allow, Action: !If [Locked, 's3:GetObject', 's3:*'], Resource: '*'}";
    let not = "{Effect: Allow, NotAction: !If [Locked, 's3:*', 'iam:*'], Resource: '*'}";
    let deny = "{Effect: Deny, Action: 's3:DeleteBucket', Resource: '*'}";
    let by_default = "{Effect: Allow, Action: !Ref D, Resource: '*'}";
    let resource = "{Effect: Allow, Action: 's3:GetObject', Resource: !Sub 'arn:aws:s3:::${D}-x'}";
    for (statements, expected) in [
        (vec![other], vec![]),
        (vec![wide], vec!["ASSERTION_UNKNOWN"]),
        (vec![not], vec!["ASSERTION_UNKNOWN"]),
        (vec![wide, deny], vec![]),
        (vec![ALLOW, other], vec!["ASSERTION_BROKEN"]),
        (vec![by_default], vec!["ASSERTION_UNKNOWN"]),
        (vec![by_default, deny], vec![]),
        (vec![resource], vec![]),
    ] {
        let text = template(&format!("{CONDITIONS}{PARAMETERS}"), &statements);
        assert_eq!(found("t.yaml", &text), expected, "{statements:?}");
    }
}

#[test]
fn parts_that_are_not_deployed_together_are_not_compared_and_not_mended() {
    let sid = "{Sid: One, Effect: Allow, Action: 's3:ListBucket', Resource: 'arn:aws:s3:::b'}";
    let both = format!("!If [Locked, {sid}, {sid}]");
    let values = "{Effect: Allow, Action: [!If [Locked, 's3:Get*', 's3:GetObject'], 's3:getbucketacl'], Resource: ['arn:aws:s3:::d', 'arn:aws:s3:::d/*'], Condition: {Bool: {'aws:SecureTransport': !If [Locked, 'true', 'false']}}}";
    let wrong = "{Effect: Allow, Action: 's3:GetObjekt', Resource: '*'}";
    let text = template(
        CONDITIONS,
        &[
            &both,
            values,
            "!If [Locked, !Ref 'AWS::NoValue', {Effect: Allow, Action: 's3:GetObjekt', Resource: '*'}]",
        ],
    );
    let root = project("unknown-parts", &[("t.yaml", &text)]);
    let found = answer(&root, &["check", "t.yaml"], 1);
    // All sides are checked.
    assert_eq!(codes(&found["files"][0]["findings"]), ["INVALID_ACTION"], "{found:#}");
    assert!(found["notes"][0]["unchecked"].to_string().contains("choices are made only when"), "{found:#}");
    let same = template("", &[sid, &sid.replace("Sid: One, ", ""), wrong]);
    let root = project("unknown-same", &[("t.yaml", &same)]);
    let found = answer(&root, &["check", "t.yaml"], 1);
    assert!(codes(&found["files"][0]["findings"]).contains(&"REDUNDANT_STATEMENT".to_owned()), "{found:#}");
    // Nothing is mended where something is one of several sides.
    let of = |statement: &str| {
        template(
            CONDITIONS,
            &[
                "{Effect: Allow, Action: 's3:ListBucket', Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b']}",
                statement,
            ],
        )
    };
    for (statement, is_mended) in [(wrong, true), (LOCKED, false)] {
        let text = of(statement);
        let root = project("unknown-mend", &[("t.yaml", &text)]);
        run_in(&root, &["check", "--fix", "t.yaml"]);
        let after = std::fs::read_to_string(root.join("t.yaml")).unwrap();
        assert_eq!(after != text, is_mended, "{after}");
    }
}

#[test]
fn defaults_are_told_and_what_depends_on_them_is_not_found() {
    let wrong = "{Effect: Allow, Action: 's3:GetObjekt', Resource: !Ref D}";
    let beside = "{Effect: Allow, Action: 's3:ListBucket', Resource: [!Ref D, 'arn:aws:s3:::b']}";
    let apart = "{Effect: Allow, Action: ['s3:Get*', 's3:GetObject'], Resource: !Ref D}";
    let text = template(PARAMETERS, &[wrong, beside, apart, ALLOW, BY_DEFAULT]);
    let root = project("unknown-default", &[("t.yaml", &text)]);
    let found = answer(&root, &["check", "t.yaml"], 1);
    let list = codes(&found["files"][0]["findings"]);
    let has = |code: &str| list.iter().any(|own| own == code);
    assert!(has("INVALID_ACTION") && has("REDUNDANT_ACTION"), "{list:?}");
    assert!(!has("REDUNDANT_RESOURCE") && !has("ALLOW_TAKEN_BACK"), "{list:?}");
    let note = found["notes"][0]["unchecked"].to_string();
    assert!(note.contains("4 defaults of parameters are taken") && note.contains("parameter `D`"), "{note}");
}

#[test]
fn whether_a_policy_is_deployed_is_told_and_its_own_findings_are_made() {
    let wrong = "{Effect: Allow, Action: ['s3:GetObjekt', 's3:Get*', 's3:GetObject'], Resource: '*'}";
    let text = template("", &[wrong]).replace("    Type:", "    Condition: IsProd\n    Type:");
    let root = project("unknown-whole", &[("t.yaml", &text)]);
    let found = answer(&root, &["check", "t.yaml"], 1);
    let list = codes(&found["files"][0]["findings"]);
    assert!(["INVALID_ACTION", "REDUNDANT_ACTION"].iter().all(|own| list.contains(&(*own).to_owned())));
    let note = found["notes"][0]["unchecked"].to_string();
    assert!(note.contains("1 choice decides whether policies are deployed: Condition `IsProd`"), "{note}");
}

#[test]
fn a_value_that_is_not_known_is_not_one_of_the_text() {
    let values = "{Effect: Allow, Action: 's3:GetObject', Resource: [!Ref A, 'xxx', 'XZX', !Sub '${B}*']}";
    let root = project("unknown-letters", &[("t.yaml", &template("", &[values]))]);
    let run = run_in(&root, &["check", "t.yaml", "--format", "json"]);
    assert!(!stdout(&run).contains("REDUNDANT"), "{run:?}");
}

#[test]
fn two_values_that_are_not_known_are_not_the_same() {
    let by = |name: &str| format!("{{Effect: Allow, Action: 's3:ListBucket', Resource: !GetAtt {name}.Arn}}");
    let values = "{Effect: Allow, Action: 's3:GetObject', Resource: [!Ref A, !Ref B, !Sub '${C}*', 'arn:aws:s3:::c', 'arn:aws:s3:::c']}";
    let text = template("", &[&by("B1"), &by("B2"), values, "!Ref X", "!Ref Y"]);
    let root = project("unknown-same-values", &[("t.yaml", &text)]);
    let run = run_in(&root, &["check", "t.yaml", "--format", "json"]);
    let found: Value = serde_json::from_str(&stdout(&run)).unwrap();
    let findings = found["files"][0]["findings"].as_array().unwrap();
    let redundant: Vec<&Value> =
        findings.iter().filter(|own| own["issueCode"].as_str().unwrap().starts_with("REDUNDANT")).collect();
    assert_eq!(redundant.len(), 1, "{redundant:#?}");
    assert_eq!(redundant[0]["issueCode"], "REDUNDANT_RESOURCE");
}

#[test]
fn conditions_that_are_not_known_are_not_missing() {
    let of = |condition: &str| {
        format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  B:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: b\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement: [{{Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*'{condition}}}]\n"
        )
    };
    let organization = "{StringEquals: {'aws:PrincipalOrgID': o-1234567890}}";
    for (condition, is_found) in [
        (String::new(), true),
        (format!(", Condition: !If [A, {organization}, {organization}]"), false),
        (", Condition: {StringEquals: !If [A, {'aws:PrincipalOrgID': o-1}, {'aws:PrincipalAccount': '111122223333'}]}".to_owned(), false),
        (", Condition: {StringEquals: {'aws:PrincipalOrgID': !Ref Organization}}".to_owned(), false),
    ] {
        let root = project("unknown-condition", &[("t.yaml", &of(&condition))]);
        let run = run_in(&root, &["check", "t.yaml", "--format", "json"]);
        assert_eq!(stdout(&run).contains("RESOURCE_POLICY_ADMITS_EVERYONE"), is_found, "{condition} {run:?}");
    }
}

#[test]
fn an_issuer_that_is_not_known_is_no_other_one() {
    let trust = |provider: &str| {
        format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - Effect: Allow\n            Principal: {{Federated: !Sub 'arn:aws:iam::111122223333:oidc-provider/{provider}'}}\n            Action: sts:AssumeRoleWithWebIdentity\n            Condition: {{StringEquals: {{'oidc.eks.us-east-1.amazonaws.com/id/A:sub': x, 'oidc.eks.us-east-1.amazonaws.com/id/A:aud': sts.amazonaws.com}}}}\n"
        )
    };
    let by_default = trust("${Issuer}")
        .replace("Resources:", "Parameters:\n  Issuer: {Type: String, Default: idp.example.com}\nResources:");
    let root = project("unknown-issuer", &[("t.yaml", &by_default)]);
    let run = run_in(&root, &["check", "t.yaml", "--format", "json"]);
    assert!(!stdout(&run).contains("CONDITION_KEY_OF_ANOTHER_ISSUER"), "{run:?}");
    for (provider, is_other) in [("idp.example.com", true), ("${Issuer}", false), ("${Issuer}/id/A", false)] {
        let root = project("unknown-issuer", &[("t.yaml", &trust(provider))]);
        let run = run_in(&root, &["check", "t.yaml", "--format", "json"]);
        let found: Value = serde_json::from_str(&stdout(&run)).unwrap();
        let list = codes(&found["files"][0]["findings"]);
        assert_eq!(
            list.contains(&"CONDITION_KEY_OF_ANOTHER_ISSUER".to_owned()),
            is_other,
            "{provider}: {list:?}"
        );
    }
}

#[test]
fn broken_code_that_may_have_policies_is_no_other_file() {
    let broken = [
        ("a.tf", "resource \"aws_iam_policy\" \"x\" {\n  policy = jsonencode({\n}\n", true),
        ("b.tf", "locals {\n  x = { Statement = [ }\n}\n", true),
        ("c.tf", "data \"aws_iam_policy_document\" \"x\" {\n  statement {\n}\n", true),
        ("d.tf", "resource \"aws_s3_bucket\" \"x\" {\n", false),
    ];
    for (name, text, is_refused) in broken {
        let root = project("unknown-broken", &[(name, text), ("a.json", POLICY)]);
        let run = exits(run_in(&root, &["check", "."]), if is_refused { 2 } else { 0 });
        assert_eq!(stdout(&run).contains("cannot be read"), is_refused, "{name}: {run:?}");
    }
}
