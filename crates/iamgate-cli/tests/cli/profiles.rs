//! `iamgate profiles build` and `iamgate profiles review`, on small policies of their own.

use std::fs;

use serde_json::{Value, json};

use super::preview::folder;
use super::run::{exits, output, show, stderr, stdout, with_stdin};

const PROFILE: &str = "small/profiles/small.json";
const PROFILES: [&str; 2] = ["--profiles", "small/profiles"];

/// The program with the first version of the managed policies, for any role.
fn build<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["profiles", "build", "small", "--managed", "small/v1", "--any-role"][..], &PROFILES, more].concat()
}

fn json(args: &[&str], code: i32) -> Value {
    let run = exits(output(&[args, &["--format", "json"]].concat()), code);
    serde_json::from_str(&stdout(&run)).unwrap_or_else(|error| panic!("{error}: {}", stderr(&run)))
}

fn text(path: &str) -> String {
    fs::read_to_string(format!("{}/tests/cli/data/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn a_guard_for_people() {
    insta::assert_snapshot!(show(&build(&[])));
}

#[test]
fn a_guard_is_the_profile_with_another_list() {
    let said = json(&build(&[]), 0);
    assert_eq!((&said["schema"], &said["outcome"]), (&json!("iamgate/profile-guard"), &json!("written")));
    let written = &said["written"];
    assert_eq!(written["promise"], "holds");
    assert_eq!(written["added_later"], json!({"services": 2, "credentials": ["secretsmanager", "sqs"]}));
    let (old, new) = (text(PROFILE), written["text"].as_str().unwrap());
    let (mut before, mut after): (Value, Value) =
        (serde_json::from_str(&old).unwrap(), serde_json::from_str(new).unwrap());
    let patterns: Vec<&Value> =
        said["patterns"].as_array().unwrap().iter().map(|own| &own["pattern"]).collect();
    let guard = "/Policy/Statement/0/Action";
    assert_eq!(after.pointer(guard).unwrap().as_array().unwrap().iter().collect::<Vec<_>>(), patterns);
    *before.pointer_mut(guard).unwrap() = Value::Null;
    *after.pointer_mut(guard).unwrap() = Value::Null;
    assert_eq!(before, after);
    assert_eq!(
        written["changes"]["refused_newly"],
        json!(["secretsmanager:GetRandomPassword", "sqs:ReceiveMessage"])
    );
    assert_eq!(written["changes"]["gained_elsewhere"], json!(["sqs:GetQueueAttributes"]));
    // A profile that is named by its path is the same.
    let by_path = ["profiles", "build", PROFILE, "--managed", "small/v1", "--any-role"];
    assert_eq!(json(&by_path, 0), said);
    let from_stdin = ["profiles", "build", "-", "--managed", "small/v1", "--any-role", "--format", "json"];
    let run = exits(with_stdin(&from_stdin, old.as_bytes()), 0);
    assert_eq!(serde_json::from_str::<Value>(&stdout(&run)).unwrap(), said);
}

#[test]
fn the_reads_of_a_role_are_told_apart() {
    let role = folder("guard-role");
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:GetQueueAttributes", "Resource": "*"}}"#;
    fs::write(role.join("inline/own.json"), policy).unwrap();
    fs::write(role.join("role.json"), r#"{"RoleName": "R", "Arn": "arn:aws:iam::123456789012:role/R"}"#)
        .unwrap();
    let args = ["profiles", "build", PROFILE, "--managed", "small/v1", "--role", role.to_str().unwrap()];
    let said = json(&args, 0);
    assert_eq!(said["role"], "arn:aws:iam::123456789012:role/R");
    assert_eq!(said["written"]["changes"]["gained"], json!(["sqs:GetQueueAttributes"]));
    // Without a role that is named, it is DoiT's.
    let said = json(&["profiles", "build", PROFILE, "--managed", "small/v1"], 0);
    assert_eq!(said["role"], "arn:aws:iam::123456789012:role/DoiT-Support-Gateway");
}

#[test]
fn a_guard_that_does_not_fit_says_what_to_give_up() {
    let args = build(&["--budget", "250"]);
    insta::assert_snapshot!(show(&args));
    let said = json(&args, 1);
    assert_eq!((&said["outcome"], &said["budget"]), (&json!("too-long"), &json!(250)));
    assert!(said["characters"].as_u64().unwrap() > 250 && said.get("written").is_none());
    let refused = said["patterns"][0]["refused"].as_array().unwrap();
    assert!(refused.iter().all(|own| !own["reasons"].as_array().unwrap().is_empty()), "{said}");
}

#[test]
fn a_conflict_is_told_with_every_action() {
    let args = build(&["--keep", "secretsmanager:GetSecretValue", "--keep", "sqs:*"]);
    insta::assert_snapshot!(show(&args));
    let said = json(&args, 1);
    let actions: Vec<&Value> =
        said["conflicts"].as_array().unwrap().iter().map(|own| &own["action"]).collect();
    assert_eq!((&said["outcome"], actions.len()), (&json!("conflict"), 2));
    assert_eq!(said["conflicts"][0]["reasons"], json!([{"kind": "never-allowed", "class": "Credentials"}]));
}

#[test]
fn a_profile_is_written_and_nothing_else_is_overwritten() {
    let path = folder("built-profile");
    let file = |name: &str| path.join(name).to_str().unwrap().to_owned();
    let new = file("new.json");
    let run = exits(output(&build(&["--write", &new])), 0);
    assert!(stderr(&run).contains("Wrote ") && !stdout(&run).contains("--write FILE"), "{}", stderr(&run));
    let written = fs::read_to_string(&new).unwrap();
    assert_eq!(json(&build(&[]), 0)["written"]["text"], written);
    // The input is overwritten if it is named.
    let own = file("small.json");
    fs::write(&own, text(PROFILE)).unwrap();
    exits(output(&["profiles", "build", &own, "--managed", "small/v1", "--any-role", "--write", &own]), 0);
    assert_eq!(fs::read_to_string(&own).unwrap(), written);
    // And again: nothing changes.
    let again = exits(
        output(&["profiles", "build", &own, "--managed", "small/v1", "--any-role", "--write", &own]),
        0,
    );
    assert!(stdout(&again).contains("it denies the same actions"), "{}", stdout(&again));
    assert_eq!(fs::read_to_string(&own).unwrap(), written);
    for (name, content) in [
        ("notes.json", "not JSON".to_owned()),
        ("policy.json", r#"{"Version": "2012-10-17"}"#.to_owned()),
        ("other.json", written.replace(r#""small""#, r#""large""#)),
    ] {
        let path = file(name);
        fs::write(&path, &content).unwrap();
        let run = exits(output(&build(&["--write", &path])), 2);
        assert!(stderr(&run).contains("NOT_OVERWRITTEN") && stdout(&run).is_empty(), "{}", stderr(&run));
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    exits(output(&build(&["--write", path.to_str().unwrap()])), 2);
    // Without a proof, nothing is written.
    let none = file("none.json");
    let run = exits(output(&build(&["--budget", "250", "--write", &none])), 1);
    assert!(stderr(&run).contains("Not written") && !path.join("none.json").exists(), "{}", stderr(&run));
}

/// A folder with the profile, which keeps its promise with the first version.
fn kept_promise(name: &str) -> String {
    let profiles = folder(name);
    let path = profiles.join("small.json");
    exits(output(&build(&["--write", path.to_str().unwrap()])), 0);
    profiles.to_str().unwrap().to_owned()
}

#[test]
fn a_review_for_people() {
    let profiles = kept_promise("shown-profiles");
    let review = |version: &str| {
        show(&["profiles", "review", "--before", "small/v1", "--managed", version, "--profiles", &profiles])
    };
    // The size of the catalogue does not matter.
    insta::with_settings!({filters => vec![(r"\(\d+ actions\)", "(N actions)")]}, {
        insta::assert_snapshot!("review_harmless", review("small/v2"));
        insta::assert_snapshot!("review_harmful", review("small/v3"));
    });
}

#[test]
fn a_review_has_evidence_verdict_and_pins() {
    let profiles = kept_promise("reviewed-profiles");
    let named = ["--profiles", &*profiles];
    let with = |version: &str, code| {
        let args = ["profiles", "review", "--before", "small/v1", "--managed", version];
        json(&[&args[..], &named].concat(), code)
    };
    let same = with("small/v1", 0);
    assert_eq!((&same["policies"][0]["same"], &same["profiles"][0]["reaching"]), (&json!(true), &json!([])));
    let harmless = with("small/v2", 0);
    let own = &harmless["profiles"][0];
    assert_eq!((&own["promise"], &own["reaching"]), (&json!("holds"), &json!(["sns:ListTopics"])));
    let manifest: Value = serde_json::from_str(&text("small/v2/MANIFEST.json")).unwrap();
    let pin = &own["pins"]["arn:aws:iam::aws:policy/SmallReads"];
    assert_eq!((&pin["version"], &pin["sha256"]), (&json!("v2"), &manifest["policies"][0]["sha256"]));
    let harmful = with("small/v3", 1);
    let policy = &harmful["policies"][0];
    let added: Vec<&Value> = policy["added"].as_array().unwrap().iter().map(|own| &own["action"]).collect();
    assert_eq!(added, ["secretsmanager:BatchGetSecretValue"]);
    assert_eq!(policy["added"][0]["classes"][0]["class"], "Credentials");
    assert_eq!(
        (&policy["unknown"], &policy["wildcards"]),
        (&json!(["sqs:InventQueue"]), &json!(["sns:Invent*"]))
    );
    assert!(policy["removed"].as_array().unwrap().contains(&json!("sqs:ListQueues")), "{policy}");
    // A claim that fails has a request.
    let claims = harmful["profiles"][0]["claims"].as_array().unwrap();
    let broken: Vec<&Value> = claims.iter().filter(|claim| claim["verdict"] == "fails").collect();
    assert!(
        !broken.is_empty() && broken.iter().all(|claim| claim["broken"][0]["request"].is_object()),
        "{claims:?}"
    );
    // Compared with versions of another name, nothing is known of the old ones.
    let run = json(&["profiles", "review", "--managed", "small/v1", named[0], named[1]], 0);
    assert_eq!((&run["policies"][0]["old"], &run["policies"][0]["same"]), (&Value::Null, &json!(false)));
    assert_eq!(run["profiles"][0]["other_pins"], json!(["arn:aws:iam::aws:policy/SmallReads"]));
}

#[test]
fn questions_without_an_answer() {
    for (args, code) in [
        (&["profiles", "build", "unheard"][..], "PROFILE_NOT_FOUND"),
        (&["profiles", "build", "unheard.json"], "FILE_NOT_FOUND"),
        (&["profiles", "build", PROFILE], "UNRESOLVED_POLICY_ARN"),
        (&["profiles", "build", PROFILE, "--managed", "small/v1", "--keep", "nothing"], "--keep `nothing`"),
        (&["profiles", "build", PROFILE, "--managed", "small/v1", "--budget", "2049"], "STS takes 2048"),
        (&["profiles", "build", PROFILE, "--role", "small/v1", "--any-role"], "cannot be used with"),
        (
            &["profiles", "build", PROFILE, "--managed", "small/v1", "--role", "/nonexistent"],
            "FILE_NOT_FOUND",
        ),
        (&["profiles", "build"], "PROFILE"),
        (&["profiles", "review"], "--managed"),
        (&["profiles", "review", PROFILE, "--managed", "/nonexistent"], "FILE_NOT_FOUND"),
        (&["profiles", "review", "--managed", "small/v1"], "UNRESOLVED_POLICY_ARN"),
        (&["profiles", "--managed", "small/v1", "review"], "cannot be used with"),
    ] {
        let run = exits(output(args), 2);
        assert!(stderr(&run).contains(code) && stdout(&run).is_empty(), "{args:?}: {}", stderr(&run));
    }
    // A profile whose session policies allow nothing that it refuses.
    let harmless = text(PROFILE)
        .replace(
            r#""never_allowed": [
    "Credentials",
    "StoredData"
  ]"#,
            r#""never_allowed": []"#,
        )
        .replace(r#""kept": []"#, r#""kept": [{"actions": ["*"], "why": "All."}]"#);
    let run = exits(
        with_stdin(&["profiles", "build", "-", "--managed", "small/v1", "--any-role"], harmless.as_bytes()),
        2,
    );
    assert!(stderr(&run).contains("NO_GUARD_NEEDED"), "{}", stderr(&run));
}
