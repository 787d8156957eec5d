//! `iamgate plan`, `trust`, `preflight`, `restrict` and `profiles`.

use std::fs;

use serde_json::{Value, json};

use super::preview::folder;
use super::run::{exits, output, show, stderr, stdout, with_stdin};

const ROLE: &str = "../../../../../policies/doit/support-gateway";
const CLAIMS: &str = "../../../../../policies/doit/example-claims.json";
const PAGE: &str = "../../../../../policies/doit/installer-permissions.json";
const CORRECTED: &str = "../../../../../policies/doit/installer-permissions-corrected.json";
const ACCOUNT: &str = "123456789012";

/// The flags of a session, and further flags.
fn plan<'a>(role: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let asked =
        ["--engineer", "ana@doit.com", "--case", "4711", "--at", "2026-11-26T12:00:00Z", "--claims", CLAIMS];
    [&["plan", role][..], &asked, more].concat()
}

/// A file of this run.
fn file(name: &str, text: &str) -> String {
    let path = folder(name).join("file.json");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A role with one policy, and with the trust policy of the real role.
fn role(name: &str, statement: &str) -> String {
    let path = folder(name);
    fs::create_dir_all(path.join("inline")).unwrap();
    for own in ["role.json", "trust.json"] {
        fs::copy(format!("{}/tests/cli/data/{ROLE}/{own}", env!("CARGO_MANIFEST_DIR")), path.join(own))
            .unwrap();
    }
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    fs::write(path.join("inline/own.json"), policy).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_plan_for_people() {
    insta::assert_snapshot!(show(&plan(ROLE, &[])));
}

#[test]
fn a_plan_is_the_parameters_of_a_call() {
    let run = exits(output(&plan(ROLE, &["--format", "sts", "--duration", "900"])), 0);
    let call: Value = serde_json::from_str(&stdout(&run)).unwrap();
    let names: Vec<&String> = call.as_object().unwrap().keys().collect();
    assert_eq!(names, ["DurationSeconds", "Policy", "PolicyArns", "RoleArn", "RoleSessionName"]);
    assert_eq!(call["DurationSeconds"], json!(900));
    let name = call["RoleSessionName"].as_str().unwrap();
    assert!(name.starts_with("ana@doit.com+4711+") && name.len() == 26, "{name}");
    // The inline policy is a text, in the form that STS accepts.
    assert!(serde_json::from_str::<Value>(call["Policy"].as_str().unwrap()).unwrap()["Statement"].is_array());
}

#[test]
fn a_record_is_replayed() {
    let run = exits(output(&plan(ROLE, &["--format", "json"])), 0);
    let record = file("record", &stdout(&run));
    let again = exits(output(&["plan", ROLE, "--replay", &record]), 0);
    assert!(stdout(&again).starts_with("Replayed: the same decision"), "{}", stdout(&again));
    let other = exits(output(&["plan", ROLE, "--replay", &record, "--profile", "narrow"]), 1);
    let said = stdout(&other);
    assert!(
        said.starts_with("Not the same") && said.contains("inputs") && !said.contains("engine,"),
        "{said}"
    );
    // What was changed is named, whether it was changed, removed or added; a different layout has no name.
    let text = stdout(&run);
    let laid_out: Value = serde_json::from_str(&text).unwrap();
    for (changed, names) in [
        (format!("{laid_out:#}"), "their layout"),
        (text.replacen(r#""verdict":"planned""#, r#""verdict":"refused""#, 1), "/verdict (changed)"),
        (text.replacen(r#""verdict":"planned","#, "", 1), "/verdict (missing)"),
        (text.replacen('{', r#"{"more":null,"#, 1), "/more (added)"),
        (
            text.replacen(r#""version":1"#, r#""version":1.0"#, 1).replacen(
                r#""call":{"#,
                r#""call":{"x":1,"#,
                1,
            ),
            "/call/x (added), /version (changed)",
        ),
    ] {
        assert_ne!(changed, text, "{names}");
        let changed = file("changed-record", &changed);
        let said = stdout(&exits(output(&["plan", ROLE, "--replay", &changed]), 1));
        assert!(said.contains(&format!("differ in {names}.")), "{names}: {said}");
    }
    let mut no_claims = laid_out;
    no_claims["request"]["claims"] = json!([]);
    let no_claims = no_claims.to_string();
    for (text, code) in [
        (&*no_claims, "error[INVALID_CLAIMS]: the claims of"),
        ("{}", "INVALID_MEMBER"),
        ("", "EMPTY_DOCUMENT"),
        (r#"{"schema": "iamgate/decision-record", "request": {}}"#, "MISSING_MEMBER"),
    ] {
        let broken = file("broken-record", text);
        let run = exits(output(&["plan", ROLE, "--replay", &broken]), 2);
        assert!(stderr(&run).contains(code), "{text}: {}", stderr(&run));
    }
}

/// A refusal has a request, and `iamgate eval` gives the same answer to it.
#[test]
fn a_refusal_has_a_witness_that_eval_replays() {
    let profiles = folder("weak-profiles");
    let own = fs::read_to_string(format!(
        "{}/../../policies/doit/profiles/standard.json",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap();
    let mut profile: Value = serde_json::from_str(&own).unwrap();
    let statements = profile["Policy"]["Statement"].as_array_mut().unwrap();
    // The policy fits only without the guard.
    statements.remove(0);
    statements.push(json!({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}));
    fs::write(profiles.join("standard.json"), profile.to_string()).unwrap();
    let everything = role("admin-role", r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let args = ["--profiles", profiles.to_str().unwrap()];
    let people = exits(output(&plan(&everything, &args)), 1);
    assert!(stdout(&people).starts_with("Refused: no session of"), "{}", stdout(&people));
    let run = exits(output(&plan(&everything, &[&args[..], &["--format", "json"]].concat())), 1);
    let record: Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!((&record["verdict"], &record["call"]), (&json!("refused"), &Value::Null));
    let refusals = record["refusals"].as_array().unwrap();
    let broken: Vec<&Value> = refusals.iter().filter(|own| own["code"] == "NOT_READ_ONLY").collect();
    assert!(!broken.is_empty());
    for refusal in broken {
        let replayed = exits(with_stdin(&["eval", "-"], refusal["witness"].to_string().as_bytes()), 0);
        assert!(stdout(&replayed).contains("llowed"), "{}", stdout(&replayed));
    }
    // With --format sts, the output contains nothing that could be taken for a call.
    let nothing = exits(output(&plan(&everything, &[&args[..], &["--format", "sts"]].concat())), 1);
    assert!(stdout(&nothing).is_empty() && stderr(&nothing).contains("NOT_READ_ONLY"));
}

/// Every witness of a role with boundary, control policies and resource policies: `eval` and `explain` give the decision of the refusal.
#[test]
fn witnesses_of_every_layer_are_replayed() {
    let profiles = folder("weaker-profiles");
    let own = fs::read_to_string(format!(
        "{}/../../policies/doit/profiles/standard.json",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap();
    let mut profile: Value = serde_json::from_str(&own).unwrap();
    let statements = profile["Policy"]["Statement"].as_array_mut().unwrap();
    statements.remove(0);
    statements.push(json!({"Effect": "Allow", "Action": ["sqs:*", "kms:*"], "Resource": "*"}));
    fs::write(profiles.join("standard.json"), profile.to_string()).unwrap();
    let all = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    let role = role("layered-role", all);
    let document = |statement: &str| format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let args = ["--profiles", profiles.to_str().unwrap(), "--format", "json"];
    // The name of the session does not depend on the policies of the role, so that it can be asked for before.
    let told = stdout(&exits(output(&plan(&role, &args)), 1));
    let session =
        told.split([' ', '"', ',', '\\']).find(|word| word.contains(":assumed-role/")).unwrap().to_owned();
    let grant = format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "{session}"}}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}}"#
    );
    let everyone = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    for (name, statement) in [
        ("boundary.json", all),
        ("scp/0/full.json", all),
        ("scp/1/full.json", all),
        ("rcp/0/full.json", everyone),
        ("resources/bucket.json", &grant),
    ] {
        let path = std::path::Path::new(&role).join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, document(statement)).unwrap();
    }
    let run = exits(output(&plan(&role, &args)), 1);
    let record: Value = serde_json::from_str(&stdout(&run)).unwrap();
    let refusals = record["refusals"].as_array().unwrap();
    let witnesses: Vec<&Value> =
        refusals.iter().map(|own| &own["witness"]).filter(|w| !w.is_null()).collect();
    assert!(witnesses.len() > 2, "{record}");
    assert!(refusals.iter().any(|own| own["code"] == "RESOURCE_POLICY_REACHES_SESSION"), "{record}");
    for witness in witnesses {
        assert!(
            witness["policies"]["boundary"].is_array() && witness["policies"]["scp"].is_array(),
            "{witness}"
        );
        for verb in ["eval", "explain"] {
            let asked = with_stdin(&[verb, "-", "--format", "json"], witness.to_string().as_bytes());
            let answer: Value = serde_json::from_str(&stdout(&exits(asked, 0))).unwrap();
            assert_eq!(answer["decision"], "allowed", "{witness}");
        }
    }
}

#[test]
fn a_session_that_cannot_be_is_refused_in_words() {
    let too_long = exits(output(&plan(ROLE, &["--duration", "50000"])), 1);
    assert!(stdout(&too_long).contains("DURATION_TOO_LONG: STS would refuse"), "{}", stdout(&too_long));
    let unknown = exits(output(&plan(ROLE, &["--provider", "accounts.google.com"])), 1);
    assert!(stdout(&unknown).contains("UNKNOWN_PROVIDER"));
}

#[test]
fn bad_input_is_told_with_its_place() {
    for (claims, code) in [
        ("[1]", "INVALID_CLAIMS"),
        ("", "EMPTY_DOCUMENT"),
        (r#"{"sub": "x"}"#, "NO_ISSUER"),
        (r#"{"a": 1, "a": 2}"#, "DUPLICATE"),
    ] {
        let claims = file("bad-claims", claims);
        let args = ["plan", ROLE, "--engineer", "ana", "--case", "1", "--claims", &claims];
        let run = exits(output(&args), 2);
        assert!(stderr(&run).contains(code), "{}", stderr(&run));
    }
    for (args, code) in [
        (&["plan", ROLE, "--claims", "/nonexistent", "--engineer", "a", "--case", "b"][..], "FILE_NOT_FOUND"),
        (&["plan", ROLE, "--claims", CLAIMS], "--engineer"),
        (&["plan", ROLE], "--claims"),
        (&["plan", "/nonexistent", "--claims", CLAIMS, "--engineer", "ana", "--case", "1"], "FILE_NOT_FOUND"),
        (
            &["plan", ROLE, "--claims", CLAIMS, "--engineer", "ana", "--case", "1", "--at", "noon"],
            "--at `noon` is no time",
        ),
        (&["trust", ROLE, "--providers", CLAIMS], "the members are schema, version, providers"),
        (&["trust", "/nonexistent"], "FILE_NOT_FOUND"),
        (&["preflight", PAGE, "--account", "12"], "INVALID_ACCOUNT"),
        (&["preflight", CLAIMS, "--account", ACCOUNT], "NOT_A_POLICY"),
        (
            &["preflight", PAGE, "--account", ACCOUNT, "--steps", CLAIMS],
            "the members are schema, version, steps",
        ),
        (&["restrict", "payroll", "--account", ACCOUNT], "is no ARN of a resource"),
        (&["restrict", "arn:aws:s3:::payroll"], "give --account"),
        (
            &["restrict", "arn:aws:sqs:eu-west-1:123456789012:q", "--account", "111122223333"],
            "--account `111122223333`, and the ARN says `123456789012`",
        ),
        (
            &["plan", "-", "--claims", "-", "--engineer", "a", "--case", "b"],
            "standard input can be read once",
        ),
        (&["plan", ROLE, "--replay", CLAIMS, "--duration", "900"], "cannot be used with"),
        (&["restrict", "arn:aws:s3:::payroll", "--account", "x"], "is no account"),
        (
            &["restrict", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1", "--account", ACCOUNT],
            "NO_RESOURCE_POLICY",
        ),
        (&["restrict", "arn:aws:s3:::payroll", "--account", ACCOUNT, "--policy", CLAIMS], "NOT_A_POLICY"),
        (
            &["restrict", "arn:aws:s3:::Payroll", "--account", ACCOUNT],
            "AWS permits no resource with the name in",
        ),
        (
            &["restrict", "arn:aws:s3:::payroll", "--account", ACCOUNT, "--tag", ""],
            "is no key of a session tag",
        ),
        (
            &["restrict", "arn:aws:s3:::payroll", "--account", ACCOUNT, "--tag", "a*"],
            "is no key of a session tag",
        ),
        (&["profiles", "--profiles", "/nonexistent"], "FILE_NOT_FOUND"),
    ] {
        let run = exits(output(args), 2);
        assert!(stderr(&run).contains(code) && stdout(&run).is_empty(), "{args:?}: {}", stderr(&run));
    }
}

#[test]
fn trust_for_people_and_programs() {
    insta::assert_snapshot!(show(&["trust", ROLE, "--at", "2026-11-26T12:00:00Z"]));
    let run = exits(output(&["trust", ROLE, "--format", "json", "--at", "2026-11-26T12:00:00Z"]), 0);
    let trust: Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!((&trust["admits_doit"], trust["providers"].as_array().unwrap().len()), (&json!(true), 2));
    assert!(trust["findings"][0]["admitted"].is_string());
    let open = role("open-role", r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#);
    let trusting = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;
    fs::write(format!("{open}/trust.json"), trusting).unwrap();
    let run = exits(output(&["trust", &open]), 1);
    let said = stdout(&run);
    assert!(
        said.starts_with("Not admitted")
            && said.contains("TRUST_WILDCARD_PRINCIPAL")
            && said.contains("Callers with credentials of AWS"),
        "{said}"
    );
    fs::remove_file(format!("{open}/trust.json")).unwrap();
    assert!(stderr(&exits(output(&["trust", &open]), 2)).contains("NO_TRUST_POLICY"));
}

/// A trust policy alone is enough, for any provider, and so is one token.
#[test]
fn trust_takes_a_trust_policy_alone_and_one_token() {
    let file = |name: &str, text: &str| {
        let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
        fs::write(&path, text).unwrap();
        path
    };
    let statement = |principal: &str, test: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"Federated": "arn:aws:iam::123456789012:oidc-provider/{principal}"}},
            "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"], "Condition": {{{test}}}}}]}}"#
        )
    };
    let weak = r#""StringLike": {"aws:RequestTag/DoitEnvironment": "????????????", "support.cre.doit-intl.com:aud": "????????????"},
        "StringNotEquals": {"support.cre.doit-intl.com:sub": "another-subject"}"#;
    let doit = file("weak-trust.json", &statement("support.cre.doit-intl.com", weak));
    let said = stdout(&exits(output(&["trust", &doit]), 1));
    assert!(!said.contains("Nobody else"), "{said}");
    assert!(said.contains("TRUST_AUDIENCE_NOT_PINNED") && said.contains("TRUST_TAG_NOT_REQUIRED"), "{said}");
    let repository = r#""StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme*"}"#;
    let github = file("github-trust.json", &statement("token.actions.githubusercontent.com", repository));
    let run = exits(output(&["trust", &github, "--format", "json"]), 1);
    let trust: Value = serde_json::from_str(&stdout(&run)).unwrap();
    let own = &trust["tokens"][0];
    assert_eq!((&own["strangers"]["verdict"], &own["pinned"]), (&json!("fails"), &json!(false)));
    // The token that is shown is admitted, if it is asked about.
    let shown = file("shown-claims.json", &own["strangers"]["example"]["claims"].to_string());
    let issuer = ["--provider", "token.actions.githubusercontent.com"];
    let ask = |claims: &str| output(&[&["trust", &github, "--claims", claims][..], &issuer[..]].concat());
    assert!(stdout(&exits(ask(&shown), 0)).starts_with("Admitted"));
    let other = file("other-claims.json", r#"{"sub": "repo:other/app:ref:refs/heads/main", "aud": "x"}"#);
    let said = stdout(&exits(ask(&other), 1));
    assert!(said.starts_with("Not admitted") && said.contains("repo:acme*"), "{said}");
    let nobody = stderr(&exits(output(&["trust", &github, "--claims", &other]), 2));
    assert!(nobody.contains("NO_ISSUER"), "{nobody}");
    let list = file("list-claims.json", "[]");
    assert!(stderr(&exits(ask(&list), 2)).contains("INVALID_CLAIMS"));
    let identity = file(
        "no-trust.json",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#,
    );
    assert!(stderr(&exits(output(&["trust", &identity]), 2)).contains("MISSING_PRINCIPAL"));
}

#[test]
fn preflight_tells_what_lacks_and_why() {
    insta::assert_snapshot!(show(&["preflight", PAGE, "--account", ACCOUNT]));
    exits(output(&["preflight", CORRECTED, "--account", ACCOUNT]), 0);
    let run = exits(output(&["preflight", PAGE, "--account", ACCOUNT, "--format", "json"]), 1);
    let said: Value = serde_json::from_str(&stdout(&run)).unwrap();
    let steps = said["steps"].as_array().unwrap();
    assert_eq!(steps.iter().filter(|step| step["decision"] != "allowed").count(), 6);
}

#[test]
fn restrict_writes_a_policy_that_can_be_used() {
    insta::assert_snapshot!(show(&["restrict", "arn:aws:s3:::payroll", "--account", ACCOUNT]));
    let own = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::payroll/*"}}"#;
    let own = file("bucket", own);
    let args = ["restrict", "arn:aws:s3:::payroll", "--account", ACCOUNT, "--policy", &own];
    let written = file("restricted", &stdout(&exits(output(&args), 0)));
    exits(output(&["check", "--kind", "resource", "--fail-on", "error", &written]), 0);
    // The second time, the statement is there.
    let again = exits(output(&[&args[..5], &[&written]].concat()), 0);
    assert_eq!(stdout(&again), fs::read_to_string(&written).unwrap());
    assert!(stderr(&again).contains("The policy already has this statement"), "{}", stderr(&again));
    let index = format!("arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/users/index/by-name");
    let told = stderr(&exits(output(&["restrict", &index]), 0));
    assert!(
        told.starts_with("Proven") && told.contains("gets anything on the index, by the policy of the table"),
        "{told}"
    );
    // Some have a policy that cannot have the statement, and the page says so.
    for (arn, page) in [
        (format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:layer:shared:3"), "API_AddLayerVersionPermission.html"),
        (
            format!("arn:aws:wafv2:eu-west-1:{ACCOUNT}:regional/rulegroup/own/1"),
            "API_PutPermissionPolicy.html",
        ),
    ] {
        let told = stderr(&exits(output(&["restrict", &arn]), 2));
        assert!(
            told.contains("NO_RESOURCE_POLICY") && told.contains(page) && told.contains("NoDoitSessions"),
            "{told}"
        );
    }
    // A topic always has a policy, and it cannot name every action.
    let topic = format!("arn:aws:sns:eu-west-1:{ACCOUNT}:alarms");
    let told = stderr(&exits(output(&["restrict", &topic]), 2));
    assert!(told.contains("POLICY_NEEDED") && told.contains("aws sns get-topic-attributes"), "{told}");
    let owned = format!(
        r#"{{"Version": "2008-10-17", "Statement": {{"Effect": "Allow", "Principal": {{"AWS": "*"}}, "Action": ["SNS:Publish"], "Resource": "{topic}",
            "Condition": {{"StringEquals": {{"AWS:SourceOwner": "{ACCOUNT}"}}}}}}}}"#
    );
    let owned = file("topic", &owned);
    let run = exits(output(&["restrict", &topic, "--policy", &owned]), 1);
    let told = stderr(&run);
    assert!(
        told.starts_with("Proven") && told.contains("Still possible: the policy of a topic cannot"),
        "{told}"
    );
    let after = file("topic-after", &stdout(&run));
    for (action, exit) in [("sns:ListTagsForResource", 1), ("sns:TagResource", 0)] {
        let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/DoiT-Support-Gateway/ana");
        let everything = file(
            "everything",
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
        );
        let tag = "aws:PrincipalTag/DoitEnvironment=1";
        let own = ["--identity", &everything, "--resource-policy", &after, "--principal", &session];
        let args = [&["eval", "--action", action, "--resource", &topic, "--context", tag][..], &own].concat();
        exits(output(&args), exit);
    }
    let run = exits(output(&[&args[..], &["--format", "json"]].concat()), 0);
    let said: Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert_eq!(
        (&said["what"], &said["policy_of"], &said["added"]),
        (&json!("bucket"), &json!("bucket"), &json!(true))
    );
    assert_eq!(
        (&said["denies"], said["policy"]["Statement"].as_array().unwrap().len()),
        (&json!("holds"), 2)
    );
    // Role sessions of the account had access, and strangers had what the policy gives everybody.
    let access = |who: &str| {
        let all = said["unchanged"].as_array().unwrap();
        all.iter().find(|own| own["who"] == who).unwrap()["had_access"].clone()
    };
    assert_eq!(access("role sessions of the account"), json!(true));
    assert_eq!(access("callers without credentials"), json!(true));
    assert!(said["premises"].as_array().unwrap().len() == 5 && said["left"] == json!([]));
}

#[test]
fn profiles_are_listed() {
    let text = stdout(&exits(output(&["profiles"]), 0));
    assert!(text.contains("standard-quota") && text.contains("ReadOnlyAccess v190"), "{text}");
    let run = exits(output(&["profiles", "--format", "json"]), 0);
    let said: Value = serde_json::from_str(&stdout(&run)).unwrap();
    let profiles = said["profiles"].as_array().unwrap();
    assert_eq!(profiles.len(), 5);
    assert!(
        profiles.iter().all(|own| own["managed_policies"]
            .as_array()
            .unwrap()
            .iter()
            .all(|m| m["is_pinned"] == true))
    );
}

#[test]
fn a_preview_for_sessions_with_a_tag_or_without() {
    let counts = |more: &[&str]| {
        let run = exits(output(&[&["preview", ROLE, "--format", "json"][..], more].concat()), 0);
        let said: Value = serde_json::from_str(&stdout(&run)).unwrap();
        let levels = said["levels"].as_array().unwrap().iter();
        levels.map(|level| level["both"].as_u64().unwrap()).sum::<u64>()
    };
    let own = format!("DoitEnvironment={ACCOUNT}");
    let known = counts(&["--for-tag", &own]);
    // The pin of the profile: sessions with the account's tag keep everything, and others get nothing (rule 4.7).
    assert_eq!(known, counts(&[]));
    assert!(known > 4_000, "{known}");
    assert_eq!(counts(&["--for-tag", "DoitEnvironment=999999999999"]), 0);
    assert_eq!(counts(&["--for-tag", "DoiTEnvironment"]), 0);
    for bad in ["=x", "aws:PrincipalTag/x=y"] {
        assert!(stderr(&exits(output(&["preview", ROLE, "--for-tag", bad]), 2)).contains("is no tag"));
    }
}

#[test]
fn a_preview_says_what_changed() {
    let json = |args: &[&str], code| -> Value {
        let run = exits(output(&[&["preview"][..], args, &["--format", "json"]].concat()), code);
        serde_json::from_str(&stdout(&run)).unwrap()
    };
    let names = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|own| own["action"].as_str().unwrap().to_owned()).collect()
    };
    let old = role(
        "old-role",
        r#"{"Effect": "Allow", "Action": ["s3:ListBucket", "sqs:ListQueues"], "Resource": "*"}"#,
    );
    let statement = r#"{"Effect": "Allow", "Action": ["s3:ListBucket", "ec2:DescribeVpcs"], "Resource": ["arn:aws:s3:::a", "arn:aws:ec2:*:*:*"]},
        {"Effect": "Allow", "Action": "ec2:DescribeVpcs", "Resource": "*"}"#;
    let new = role("new-role", statement);
    let said = json(&[&new, "--before-role", &old], 1);
    assert_eq!(names(&said["gained"]), ["ec2:DescribeVpcs"]);
    assert_eq!(names(&said["lost"]), ["sqs:ListQueues"]);
    assert_eq!(names(&said["moved"]), ["s3:ListBucket"]);
    // Each example is a request that the evaluator allows.
    let policy = json!({"Version": "2012-10-17", "Statement": serde_json::from_str::<Value>(&format!("[{statement}]")).unwrap()});
    let case = json!({"request": said["gained"][0]["request"], "policies": {"identity": [policy]}});
    exits(with_stdin(&["eval", "-"], case.to_string().as_bytes()), 0);
    assert_eq!(json(&[&new, "--before-role", &new], 0)["gained"], json!([]));
    let narrower = json(&[ROLE, "--profile", "narrow", "--before-profile", "standard"], 1);
    assert!(names(&narrower["lost"]).len() > 100);
    let catalogue = concat!(env!("CARGO_MANIFEST_DIR"), "/../iam-catalog/data/actions.txt");
    assert_eq!(json(&[ROLE, "--before-catalogue", catalogue], 0)["lost"], json!([]));
    assert!(
        stderr(&exits(output(&["preview", ROLE, "--before-catalogue", CLAIMS]), 2))
            .contains("INVALID_CATALOGUE")
    );
    let text = stdout(&exits(output(&["preview", &new, "--before-role", &old]), 1));
    assert!(text.contains("1 action became possible, 1 no longer is, and 1 is in another way"), "{text}");
    let page = stdout(&exits(output(&["preview", &new, "--before-role", &old, "--format", "markdown"]), 1));
    assert!(page.contains("| `ec2:DescribeVpcs` | List | never | under conditions |"), "{page}");
}

/// Claims that no honest token has, and requests in the name of somebody else.
#[test]
fn claims_are_checked_against_the_request_and_the_time() {
    let with = |change: &dyn Fn(&mut Value), more: &[&str]| {
        let mut claims: Value = serde_json::from_str(
            &fs::read_to_string(format!(
                "{}/../../policies/doit/example-claims.json",
                env!("CARGO_MANIFEST_DIR")
            ))
            .unwrap(),
        )
        .unwrap();
        claims["iat"] = json!(1_795_000_000);
        claims["exp"] = json!(1_795_000_120);
        change(&mut claims);
        let path = folder("claims-of-nobody").join("claims.json");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, claims.to_string()).unwrap();
        let mut args = vec![
            "plan",
            ROLE,
            "--claims",
            path.to_str().unwrap(),
            "--case",
            "4711",
            "--at",
            "1795000000",
            "--format",
            "json",
        ];
        if !more.contains(&"--engineer") {
            args.extend(["--engineer", "ana@doit.com"]);
        }
        args.extend(more);
        let run = output(&args);
        let record: Value = serde_json::from_str(&stdout(&run)).unwrap();
        assert_eq!(record["inputs"]["verified_token"], Value::Null);
        assert_eq!(record["plan"]["rehearsal"], json!(true));
        let codes = |list: &Value| {
            list.as_array()
                .unwrap()
                .iter()
                .map(|own| own["code"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        (codes(&record["refusals"]), codes(&record["findings"]))
    };
    assert_eq!(with(&|_| {}, &[]).0, [""; 0]);
    let set = |name: &'static str, value: Value| move |claims: &mut Value| claims[name] = value.clone();
    for (name, value, code) in [
        ("exp", json!(1), "TOKEN_EXPIRED"),
        ("exp", json!(1_795_000_000), "TOKEN_EXPIRED"),
        ("exp", json!("tomorrow"), "TOKEN_TIME"),
        ("nbf", json!(9_999_999_999_u64), "TOKEN_NOT_YET_VALID"),
        ("iat", json!(1_795_000_061), "TOKEN_NOT_YET_VALID"),
        ("iss", json!("https://evil.example.com"), "TOKEN_ISSUER"),
        ("iss", json!("support.cre.doit-intl.com"), "TOKEN_ISSUER"),
    ] {
        let (refusals, _) = with(&set(name, value.clone()), &["--provider", "support.cre.doit-intl.com"]);
        assert_eq!(refusals, [code], "{name} {value}");
    }
    let (refusals, _) = with(
        &|claims| {
            claims.as_object_mut().unwrap().remove("sub");
        },
        &[],
    );
    assert_eq!(refusals, ["CLAIM_MISSING"]);
    let (refusals, findings) = with(&set("sub", json!("bob@evil.com")), &[]);
    assert!(refusals.is_empty() && findings.contains(&"TOKEN_OF_ANOTHER_PERSON".to_owned()), "{findings:?}");
    let (_, findings) = with(
        &|claims| {
            claims.as_object_mut().unwrap().remove("exp");
        },
        &[],
    );
    assert!(findings.contains(&"TOKEN_CLAIM_MISSING".to_owned()), "{findings:?}");
}

/// The record says which content was built in, and which the command line named.
#[test]
fn the_record_says_whose_pins_they_are() {
    let pins = |more: &[&str]| {
        let mut args = vec!["--format", "json"];
        args.extend(more);
        let record: Value = serde_json::from_str(&stdout(&exits(output(&plan(ROLE, &args)), 0))).unwrap();
        record["pins"].clone()
    };
    assert_eq!(pins(&[]), json!({"profile": "built in", "catalogue": "built in", "details": "built in"}));
    let policies = format!("{}/../../policies", env!("CARGO_MANIFEST_DIR"));
    // The same content is the built-in content, wherever it was read.
    assert_eq!(pins(&["--profiles", &format!("{policies}/doit/profiles")])["profile"], "built in");
    let own = folder("pinned-profiles");
    fs::create_dir_all(&own).unwrap();
    let text = fs::read_to_string(format!("{policies}/doit/profiles/standard.json")).unwrap();
    let mut profile: Value = serde_json::from_str(&text).unwrap();
    profile["about"] = json!("a copy");
    fs::write(own.join("standard.json"), profile.to_string()).unwrap();
    assert_eq!(pins(&["--profiles", own.to_str().unwrap()])["profile"], "given");
}
