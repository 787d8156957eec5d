//! `iamgate prove`, `diff`, `effective` and `shrink`: answers about every request.

use std::fs;

use serde_json::Value;

use super::preview::{folder, role};
use super::run::{exits, output, scratch, stderr, stdout, with_stdin};

const ROLE: &str = "../../../../../policies/doit/support-gateway";
const MANAGED: &str = "../../../../../policies/aws-managed";

/// A file with a policy of these statements.
fn policy(name: &str, statements: &str) -> String {
    let path = folder(name).join("policy.json");
    fs::write(&path, format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn json(args: &[&str], code: i32) -> Value {
    let run = exits(output(&[args, &["--format", "json"]].concat()), code);
    assert_eq!(stderr(&run), "");
    serde_json::from_str(&stdout(&run)).unwrap()
}

/// The request of an answer, decided by `eval` over an identity policy.
fn replayed(request: &Value, policy: &str) -> i32 {
    let text: Value = serde_json::from_str(&fs::read_to_string(policy).unwrap()).unwrap();
    let case = serde_json::json!({"request": request, "policies": {"identity": [text]}});
    with_stdin(&["eval", "-"], case.to_string().as_bytes()).status.code().unwrap()
}

#[test]
fn the_promise_of_the_real_role_is_proven() {
    let run = exits(output(&["prove", "read-only", ROLE]), 0);
    let text = stdout(&run);
    assert!(
        text.starts_with("Proven: no session of `DoiT-Support-Gateway` under the profile `standard`"),
        "{text}"
    );
    assert_eq!(text.matches("  holds  ").count(), 7, "{text}");
    let proof = json(&["prove", "read-only", "--any-role", "--profile", "narrow"], 0);
    assert_eq!((&proof["verdict"], &proof["schema"]), (&"holds".into(), &"iamgate/prove".into()));
    let proof = json(&["prove", "read-only", ROLE, "--resource-policies", "any"], 1);
    assert_eq!(proof["claims"][0]["verdict"], "fails");
    let count = proof["claims"][0]["broken"][0]["actions"].as_array().unwrap().len();
    assert!(count > 1_000, "{count}");
}

/// What is assumed stands in the text and in JSON.
#[test]
fn a_proof_names_its_premises() {
    let known = ["prove", "read-only", ROLE, "--context", "aws:PrincipalTag/team=x"];
    let text = stdout(&exits(output(&known), 0));
    let says = r#"every request has `aws:PrincipalTag/team` = "x""#;
    assert!(text.contains(says) && text.contains("Other keys are free"), "{text}");
    let proof = json(&known, 0);
    let premise = |code: &str| {
        let all = proof["premises"].as_array().unwrap().iter();
        all.filter(|own| own["code"] == code)
            .map(|own| own["says"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(premise("PREMISE_CONTEXT"), [says]);
    assert_eq!(
        premise("PREMISE_RESOURCE_POLICIES"),
        ["no policy of a resource names the session itself, or everyone"]
    );
    assert!(!premise("PREMISE_MANAGED_VERSION").is_empty() && premise("PREMISE_SCP").is_empty());
    let any = json(&["prove", "read-only", ROLE, "--resource-policies", "any"], 1);
    assert!(!any["premises"].to_string().contains("PREMISE_RESOURCE_POLICIES"), "{}", any["premises"]);
}

#[test]
fn what_is_not_granted_is_proven_or_shown() {
    let path = policy(
        "not-granted",
        r#"{"Effect": "Allow", "Action": ["s3:Get*", "kms:*"], "Resource": "arn:aws:s3:::a/*"},
           {"Effect": "Deny", "Action": "s3:GetObjectVersion*", "Resource": "*"}"#,
    );
    exits(output(&["prove", "not-granted", &path, "--action", "s3:Put*", "s3:GetObjectVersion"]), 2);
    exits(
        output(&["prove", "not-granted", &path, "--action", "s3:Put*", "--action", "s3:GetObjectVersion"]),
        0,
    );
    exits(output(&["prove", "not-granted", &path, "--action", "s3:*", "--resource", "arn:aws:s3:::b/*"]), 0);
    let proof =
        json(&["prove", "not-granted", &path, "--action", "s3:*", "--resource", "arn:aws:s3:::a/*"], 1);
    let request = &proof["broken"][0]["request"];
    assert!(request["resource"].as_str().unwrap().starts_with("arn:aws:s3:::a/"), "{request}");
    assert_eq!(replayed(request, &path), 0);
    for (more, flag, code) in [
        (&["--action", "no action"][..], "--action", "INVALID_ACTION"),
        (&["--action", "zz"], "--action", "INVALID_ACTION"),
        (&["--action", "s3:*", "--resource", "zz"], "--resource", "INVALID_ARN_PREFIX"),
    ] {
        let run = exits(output(&[&["prove", "not-granted", &path][..], more].concat()), 2);
        let said = stderr(&run);
        assert_eq!(said.matches(code).count(), 1, "{said}");
        assert!(said.contains(&format!(" {flag}: ")) && said.contains("help: write "), "{said}");
    }
}

#[test]
fn new_access_is_shown_by_requests_that_replay() {
    let old = policy("diff-old", r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#);
    let new = policy(
        "diff-new",
        r#"{"Effect": "Allow", "Action": ["s3:Get*", "s3:PutObject"], "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}}"#,
    );
    let same = exits(output(&["diff", &old, &old]), 0);
    assert!(stdout(&same).starts_with("No difference"), "{}", stdout(&same));
    let wider = json(&["diff", &old, &new], 1);
    let (gained, lost) = (wider["gained"].as_array().unwrap(), wider["lost"].as_array().unwrap());
    assert_eq!(gained[0]["actions"], serde_json::json!(["s3:PutObject"]));
    assert_eq!((gained.len(), lost.is_empty()), (1, false));
    for (answers, by, not_by) in [(gained, &new, &old), (lost, &old, &new)] {
        for answer in answers {
            let request = &answer["request"];
            assert_eq!((replayed(request, by), replayed(request, not_by)), (0, 1), "{answer}");
        }
    }
    let text = stdout(&exits(output(&["diff", &old, &new, "--closed"]), 1));
    assert!(text.contains("+ s3:PutObject\n") && text.contains("Only actions of the catalogue"), "{text}");
}

/// A Deny of an ARN with missing fields denies everything of the service, or nothing (rule 3.7): it is open.
#[test]
fn a_program_gets_the_open_points_and_a_request_of_a_doubt() {
    let policy = folder("doubt").join("policy.json");
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3"}]}"#;
    fs::write(&policy, text).unwrap();
    let policy = policy.to_str().unwrap();
    let answer = json(&["prove", "not-granted", policy, "--action", "s3:GetObject"], 2);
    let doubt = &answer["broken"][0]["doubts"][0];
    assert_eq!((&answer["verdict"], &doubt["kind"]), (&"unknown".into(), &"readings".into()), "{answer}");
    let points = doubt["readings"].as_array().unwrap();
    assert_eq!(points.len(), 1, "{answer}");
    assert_eq!(
        (&points[0]["point"], &points[0]["rule"]),
        (&"incomplete-arn".into(), &"3.7".into()),
        "{answer}"
    );
    assert!(points[0]["answer"].as_str().unwrap().len() > 10, "{answer}");
    assert!(doubt["says"].as_str().unwrap().contains("(rule 3.7)"), "{answer}");
    // The request is one that `eval` reads, and the point is the one that it tells.
    assert_eq!(doubt["request"]["resource"], "arn:aws:s3:::b/k", "{answer}");
    assert_eq!(replayed(&doubt["request"], policy), 1);
}

#[test]
fn a_session_as_one_policy_says_whether_it_is_exact() {
    let snapshot = role(
        "effective",
        r#"{"Sid": "Reads", "Effect": "Allow", "Action": ["s3:*", "ec2:Describe*"], "Resource": "*"},
           {"Sid": "Never", "Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "*"}"#,
    );
    let args = ["effective", &snapshot, "--context", "aws:PrincipalTag/DoitEnvironment=123456789012"];
    // Whether one of the profile's session policies has to allow, or each of them, is open.
    let run = exits(output(&args), 0);
    let written: Value = serde_json::from_str(&stdout(&run)).unwrap();
    assert!(stderr(&run).contains("equal to role and session as iamgate decides"), "{}", stderr(&run));
    assert!(
        stderr(&run)
            .contains("if each of several session policies has to allow (rule 5.14), it does not hold for "),
        "{}",
        stderr(&run)
    );
    assert!(stderr(&run).contains("allows nothing: identity `own` `Never`"), "{}", stderr(&run));
    // The tag is known, so the policy has no condition on it.
    assert!(!written.to_string().contains("DoitEnvironment"), "{written}");
    let other = exits(output(&["effective", &snapshot, "--absent", "aws:PrincipalTag/DoitEnvironment"]), 0);
    assert!(!stdout(&other).contains("\"Allow\""), "{}", stdout(&other));
    // The groups of actions that differ for the same point are one line.
    assert_eq!(stderr(&run).matches("(rule 5.14)").count(), 1, "{}", stderr(&run));
    let answer = json(&args, 0);
    assert_eq!(answer["exact"], false);
    let doubts =
        answer["covers_doubts"].as_array().into_iter().chain(answer["within_doubts"].as_array()).flatten();
    let points: Vec<&Value> = doubts.map(|doubt| &doubt["readings"][0]["point"]).collect();
    assert!(!points.is_empty() && points.iter().all(|point| **point == "session-policies"), "{answer}");
    exits(output(&["effective", &snapshot, "--context", "nonsense"]), 2);
}

#[test]
fn a_shorter_policy_says_what_it_adds() {
    let support = format!("{MANAGED}/AWSSupportAccess.json");
    let run = exits(output(&["shrink", &support]), 0);
    assert!(stdout(&run).len() < 140 && stderr(&run).contains("Equal"), "{}{}", stdout(&run), stderr(&run));
    let reads = format!("{MANAGED}/CloudWatchReadOnlyAccess.json");
    // Nothing is added unasked.
    let unasked = json(&["shrink", &reads, "--fit", "2048"], 2);
    assert!(unasked["equal"] == true && unasked["added"] == serde_json::json!([]), "{unasked}");
    let shrunk = json(&["shrink", &reads, "--fit", "2048", "--may-add"], 1);
    let shorter = json(&["shrink", &reads, "--fit", "900", "--may-add"], 2);
    let added = shorter["added"].as_array().unwrap();
    let sensitive: Vec<bool> = added.iter().map(|own| own["classes"] != serde_json::json!([])).collect();
    assert!(sensitive.first() == Some(&true) && sensitive.is_sorted_by(|a, b| a >= b), "{shorter}");
    assert!(shrunk["characters"].as_u64().unwrap() <= 2048 && shrunk["covers"] == "holds", "{shrunk}");
    let text = shrunk["policy"].to_string();
    let path = folder("shrunk").join("policy.json");
    fs::write(&path, &text).unwrap();
    for answer in shrunk["adds"].as_array().unwrap() {
        let request = &answer["request"];
        let verdicts = (replayed(request, path.to_str().unwrap()), replayed(request, &reads_of(&reads)));
        assert_eq!(verdicts, (0, 1), "{answer}");
    }
    let too_long = exits(output(&["shrink", &reads, "--fit", "200", "--may-add"]), 2);
    assert!(stderr(&too_long).contains("Too long"), "{}", stderr(&too_long));
}

#[test]
fn an_action_in_two_spellings_is_written_once() {
    let own = folder("twins").join("policy.json");
    let twins = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:getobject", "sqs:*"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["S3:GETOBJECT", "sqs:*"], "Resource": "*"}]}"#;
    fs::write(&own, twins).unwrap();
    let run = exits(output(&["shrink", own.to_str().unwrap()]), 0);
    assert_eq!(stdout(&run).to_ascii_lowercase().matches("s3:getobject").count(), 1, "{}", stdout(&run));
}

/// The path from the folder in which the tests run, which is not the program's folder.
fn reads_of(path: &str) -> String {
    format!("{}/tests/cli/data/{path}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn bad_input_is_no_answer() {
    for (args, wanted) in [
        (&["prove", "read-only"][..], "<ROLE|--any-role>"),
        (&["prove", "read-only", "/nonexistent"], "/nonexistent"),
        (&["prove", "read-only", "--any-role", "--profile", "none"], "PROFILE_NOT_FOUND"),
        (&["prove", "read-only", "--any-role", "--account", "12"], "INVALID_ACCOUNT"),
        (&["diff", "/nonexistent", "/nonexistent"], "/nonexistent"),
        (&["effective", "/nonexistent"], "/nonexistent"),
        (&["shrink", "-"], "<stdin>"),
    ] {
        let run = exits(output(args), 2);
        assert!(stderr(&run).contains(wanted), "{args:?}: {}", stderr(&run));
    }
    let refused = json(&["shrink", "/nonexistent"], 2);
    assert_eq!(refused["schema"], "iamgate/shrink");
    assert_eq!(refused["errors"][0]["code"], "FILE_NOT_FOUND");
}

#[test]
fn outsiders_of_a_resource_policy_are_found() {
    let bucket = |name: &str, statement: &str| policy(name, statement);
    let owner = ["--owner", "111122223333"];
    let ask = |path: &str, more: &[&str], code: i32| {
        json(&[&["prove", "no-public", path][..], &owner, more].concat(), code)
    };
    let org = bucket(
        "no-public-org",
        r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}}"#,
    );
    assert_eq!(ask(&org, &["--organization", "o-exampleorgid"], 0)["verdict"], "holds");
    let stranger = ask(&org, &[], 1);
    assert_eq!(
        stranger["outsiders"][0]["kinds"],
        serde_json::json!(["assumed_role", "iam_user", "federated_user", "root"]),
        "{stranger}"
    );
    let exists = fs::read_to_string(&org).unwrap().replace("StringEquals", "StringEqualsIfExists");
    fs::write(&org, exists).unwrap();
    let open = ask(&org, &["--organization", "o-exampleorgid"], 1);
    assert!(open["outsiders"][0]["who"].as_str().unwrap().contains("callers without credentials"), "{open}");
    let named = bucket(
        "no-public-named",
        r#"{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::444455556666:role/partner", "arn:aws:iam::111122223333:root"]},
            "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}"#,
    );
    let partner = ask(&named, &[], 1);
    assert_eq!(
        partner["outsiders"][0]["broken"][0]["request"]["principal"]["role_arn"],
        "arn:aws:iam::444455556666:role/partner"
    );
    assert_eq!(ask(&named, &["--trust", "444455556666"], 0)["outsiders"], serde_json::json!([]));
    let run = exits(output(&["prove", "no-public", &named, "--owner", "12"]), 2);
    assert!(stderr(&run).contains("is no account"), "{}", stderr(&run));
    // What is no id of an organization is never a part of a policy.
    for id in ["o-${", "o-*", "o-Example000000", "exampleorgid", "o-\"}", ""] {
        let run = exits(
            output(&["prove", "no-public", &named, "--owner", "111122223333", "--organization", id]),
            2,
        );
        assert!(stderr(&run).contains("is no organization"), "{id}: {}", stderr(&run));
    }
}

/// A proof says what it rests on, and a policy that names everyone is explained.
#[test]
fn a_proof_about_outsiders_says_what_it_rests_on() {
    let topic = policy(
        "no-public-topic",
        r#"{"Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "SNS:Publish",
            "Resource": "arn:aws:sns:us-east-1:111122223333:t", "Condition": {"StringEquals": {"AWS:SourceOwner": "111122223333"}}}"#,
    );
    let run = exits(output(&["prove", "no-public", &topic, "--owner", "111122223333"]), 0);
    for text in [
        "Proven, if what is said below is so",
        "`__default_statement_ID` names everyone; everybody who is outside fails the test of `AWS:SourceOwner`",
        "The callers' own policies may allow everything.",
        "is in the partition aws.",
    ] {
        assert!(stdout(&run).contains(text), "{text}: {}", stdout(&run));
    }
    let trail = policy(
        "no-public-trail",
        r#"{"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}"#,
    );
    let answer = json(&["prove", "no-public", &trail, "--owner", "111122223333"], 0);
    assert_eq!(answer["verdict"], "holds");
    assert_eq!(answer["services"][0]["service"], "cloudtrail.amazonaws.com");
    assert_eq!(answer["services"][0]["broken"][0]["verdict"], "fails");
}

#[test]
fn the_short_form_of_an_api_does_not_reach_into_paths() {
    let statement = |effect: &str, resource: &str| {
        format!(
            r#"{{"Effect": "{effect}", "Principal": "*", "Action": "execute-api:Invoke", "Resource": {resource}}}"#
        )
    };
    let prove = |name: &str, allowed: &str, code: i32| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{}, {}]}}"#,
            statement("Allow", allowed),
            statement("Deny", r#""execute-api:/admin/*""#)
        );
        let file = scratch(name, text.as_bytes());
        exits(output(&["prove", "no-public", file.to_str().unwrap(), "--owner", "111122223333"]), code);
    };
    prove("short-other.json", r#""execute-api:/prod/GET/admin/*""#, 1);
    prove("short-same.json", r#""execute-api:/admin/GET/*""#, 0);
    let both = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        statement("Allow", r#"["execute-api:/GET/*", "execute-api:/prod/GET/*"]"#)
    );
    let file = scratch("short-both.json", both.as_bytes());
    let text = stdout(&exits(output(&["shrink", file.to_str().unwrap(), "--kind", "resource"]), 0));
    assert!(text.contains("execute-api:/prod/GET/*") && text.contains("execute-api:/GET/*"), "{text}");
}
