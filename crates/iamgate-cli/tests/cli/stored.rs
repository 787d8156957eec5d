//! What AWS stores, attaches and limits, as `check` and `eval` say it.

use std::fs;
use std::path::PathBuf;

use super::run::{exits, output, scratch, stdout};

const ALL: &[u8] =
    br#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
const READS: &[u8] =
    br#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
const WRITES: &[u8] =
    br#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}}"#;
const NO_WRITES: &[u8] =
    br#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}}"#;
const RCP: &[u8] =
    br#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "*"}}"#;

/// A question of a session of a role about an object, with more flags.
fn question(name: &str, action: &str, flags: &[&str], code: i32) -> String {
    let all = scratch(&format!("stored-{name}-all.json"), ALL);
    let mut args =
        vec!["eval", "--principal", "arn:aws:sts::111122223333:assumed-role/app/s1", "--action", action];
    args.extend(["--resource", "arn:aws:s3:::bucket/key", "--resource-account", "111122223333"]);
    args.extend(["--identity", all.to_str().unwrap()]);
    args.extend(flags);
    stdout(&exits(output(&args), code))
}

/// The answer of `check` for a text.
fn check(name: &str, kind: &str, mode: &str, text: &str, code: i32) -> String {
    let path = scratch(&format!("stored-{name}.json"), text.as_bytes());
    stdout(&exits(output(&["check", "--kind", kind, "--mode", mode, path.to_str().unwrap()]), code))
}

fn trust(roles: usize) -> String {
    let statement = |i| {
        format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::111122223333:role/{}{i:03}"}},"Action":"sts:AssumeRole"}}"#,
            "r".repeat(40)
        )
    };
    let statements: Vec<String> = (0..roles).map(statement).collect();
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

/// The quota of a trust policy is 2,048 characters, and 8,192 where it was raised.
#[test]
fn both_quotas_of_a_trust_policy_are_named() {
    for (roles, strict, level) in [(20, 0, "warning["), (70, 2, "warning[")] {
        for (mode, code, level) in [("strict", strict, level), ("deployed", 0, "warning[")] {
            let said = check(&format!("trust-{roles}-{mode}"), "trust", mode, &trust(roles), code);
            assert!(said.contains(level) && said.contains("2048") && said.contains("8192"), "{said}");
        }
    }
    assert!(check("trust-10", "trust", "strict", &trust(10), 0).contains("ok"));
}

/// AWS does not hold its own policies to the quotas of customers, and somebody has to say that a policy is AWS's.
#[test]
fn a_policy_of_aws_may_be_long() {
    let buckets: Vec<String> = (0..4_000).map(|i| format!("\"arn:aws:s3:::a-bucket-{i:06}/*\"")).collect();
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:GetObject","Resource":[{}]}}]}}"#,
        buckets.join(",")
    );
    assert!(text.len() > 131_072, "longer than the largest policy of AWS is: {}", text.len());
    for mode in ["strict", "deployed"] {
        assert!(
            check(&format!("aws-{mode}"), "aws_managed", mode, &text, 0).contains("AWS managed policy  ok")
        );
    }
    assert!(check("aws-customer", "managed", "strict", &text, 2).contains("aws_managed"));
    check("aws-unknown", "managed", "deployed", &text, 0);
}

/// AWS has published actions with a stray blank. They match nothing.
#[test]
fn a_stray_blank_is_read_as_deployed() {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2: DescribeAccountAttributes","s3.s:ListBucket"],"Resource":"*"}]}"#;
    // Access Analyzer calls the service that does not exist an error.
    let said = check("blank", "managed", "deployed", text, 1);
    assert_eq!(said.matches("warning[ACTION_MATCHES_NOTHING]").count(), 2, "{said}");
    check("blank-strict", "managed", "strict", text, 2);
}

/// A folder of a role whose inline policies are too long together, though each is not.
#[test]
fn inline_policies_of_a_role_are_added_up() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("stored-role");
    fs::create_dir_all(folder.join("inline")).unwrap();
    let policy = |length: usize| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"{}","Effect":"Allow","Action":"s3:*","Resource":"*"}}]}}"#,
            "a".repeat(length)
        )
    };
    for (length, code) in [(4_900, 0), (5_100, 1)] {
        for name in ["a", "b"] {
            fs::write(folder.join(format!("inline/{name}.json")), policy(length)).unwrap();
        }
        let said = stdout(&exits(output(&["check", folder.to_str().unwrap()]), code));
        assert_eq!(said.contains("INLINE_POLICIES_EXCEED_ROLE_QUOTA"), code == 1, "{said}");
    }
}

/// AWS attaches RCPFullAWSAccess wherever resource control policies are enabled.
#[test]
fn a_resource_control_policy_alone_only_denies() {
    let rcp = scratch("stored-rcp.json", RCP);
    let flags = ["--rcp", rcp.to_str().unwrap()];
    let said = question("rcp-get", "s3:GetObject", &flags, 0);
    assert!(said.contains("RCPFullAWSAccess"), "{said}");
    assert!(question("rcp-put", "s3:PutObject", &flags, 1).contains("denied explicitly"));
}

/// FullAWSAccess is attached at first, and can be detached. So it is not assumed, but spoken of.
#[test]
fn a_service_control_policy_that_only_denies_is_not_enough() {
    let scp = scratch("stored-scp.json", NO_WRITES);
    let said = question("scp-get", "s3:GetObject", &["--scp", scp.to_str().unwrap()], 1);
    assert!(said.contains("FullAWSAccess"), "{said}");
    let all = scratch("stored-scp-all.json", ALL);
    let both = format!("{},{}", all.display(), scp.display());
    question("scp-both", "s3:GetObject", &["--scp", &both], 0);
    let text = std::str::from_utf8(NO_WRITES).unwrap();
    let said = check("scp-only-denies", "scp", "strict", text, 0);
    assert!(!said.contains("SCP_WITHOUT_ALLOW"), "most such policies only deny: {said}");
    let path = scratch("stored-scp-only-denies.json", text.as_bytes());
    let path = path.to_str().unwrap();
    let asked = ["check", "--kind", "scp", "--select", "SCP_WITHOUT_ALLOW", path];
    let said = stdout(&exits(output(&asked), 0));
    assert!(said.contains("SCP_WITHOUT_ALLOW") && said.contains("FullAWSAccess"), "{said}");
}

/// Each call of `sts:GetScopedCredentials` narrows the session once more.
#[test]
fn scope_down_policies_intersect() {
    let [reads, writes, all] = [("reads", READS), ("writes", WRITES), ("all", ALL)]
        .map(|(name, text)| scratch(&format!("stored-scope-{name}.json"), text));
    let of = |paths: &[&PathBuf]| -> Vec<String> {
        paths.iter().flat_map(|path| ["--scope".to_owned(), path.display().to_string()]).collect()
    };
    for (name, paths, code) in [
        ("one", vec![&reads], 0),
        ("three", vec![&all, &reads, &all], 0),
        ("first", vec![&writes, &all, &reads], 1),
        ("last", vec![&all, &reads, &writes], 1),
    ] {
        let flags = of(&paths);
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let said = question(&format!("scope-{name}"), "s3:GetObject", &flags, code);
        assert!(code == 0 || said.contains("the scope-down policies do not allow it"), "{said}");
    }
}

/// A role that names everyone, with and without a test of the caller.
#[test]
fn a_trust_policy_for_every_account_is_reported() {
    let of = |condition: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"*"}},"Action":"sts:AssumeRole"{condition}}}]}}"#
        )
    };
    for (name, condition, is_open) in [
        ("none", "", true),
        ("any-arn", r#","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/ops"}}"#, true),
        ("every", r#","Condition":{"StringLike":{"aws:PrincipalArn":"*"}}"#, true),
        ("negated", r#","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}"#, true),
        ("exists", r#","Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-abcdefghij"}}"#, true),
        ("tag", r#","Condition":{"StringEquals":{"aws:PrincipalTag/team":"ops"}}"#, true),
        ("null", r#","Condition":{"Null":{"aws:PrincipalOrgID":"false"}}"#, true),
        ("organization", r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}}"#, false),
        ("external-id", r#","Condition":{"StringEquals":{"sts:ExternalId":"1234"}}"#, false),
        ("arn", r#","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}"#, false),
    ] {
        for mode in ["strict", "deployed"] {
            let said =
                check(&format!("every-{name}-{mode}"), "trust", mode, &of(condition), i32::from(is_open));
            assert_eq!(said.contains("TRUST_POLICY_ADMITS_EVERY_ACCOUNT"), is_open, "{name}: {said}");
        }
    }
}

/// A case in JSON and the same question by flags get the same answer, also if the case does not say what its resource is.
#[test]
fn a_case_and_flags_agree_on_roles_and_keys() {
    for (name, action, resource) in [
        ("role", "sts:AssumeRole", "arn:aws:iam::111122223333:role/app"),
        ("tag-session", "sts:TagSession", "arn:aws:iam::111122223333:role/app"),
        ("key", "kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ] {
        let identity = std::str::from_utf8(ALL).unwrap();
        let case = format!(
            r#"{{"request": {{"principal": {{"type": "iam_user", "arn": "arn:aws:iam::111122223333:user/ana", "account": "111122223333"}},
                "action": "{action}", "resource": "{resource}"}}, "policies": {{"identity": [{identity}]}}}}"#
        );
        let path = scratch(&format!("stored-case-{name}.json"), case.as_bytes());
        let by_case = stdout(&exits(output(&["eval", path.to_str().unwrap()]), 1));
        let all = scratch(&format!("stored-case-{name}-all.json"), ALL);
        let args = [
            "eval",
            "--principal",
            "arn:aws:iam::111122223333:user/ana",
            "--action",
            action,
            "--resource",
            resource,
        ];
        let by_flags =
            stdout(&exits(output(&[&args[..], &["--identity", all.to_str().unwrap()]].concat()), 1));
        assert_eq!(by_case, by_flags, "{name}");
    }
}
