//! `iamgate audit`: real files, and bad ones.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::run::{exits, output, stderr, stdout, with_stdin};

const ROLE: &str = "../../../../../policies/doit/support-gateway";
const CLAIMS: &str = "../../../../../policies/doit/example-claims.json";
const PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/support.cre.doit-intl.com";

/// A folder with a decision record, and what it says.
fn planned(name: &str) -> (PathBuf, Value) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let words = ["plan", ROLE, "--claims", CLAIMS, "--engineer", "ana@doit.com", "--case", "4711"];
    let more = ["--at", "2026-11-26T12:00:00Z", "--format", "json"];
    let record = stdout(&exits(output(&[&words[..], &more].concat()), 0));
    fs::write(folder.join("record.json"), &record).unwrap();
    (folder, serde_json::from_str(&record).unwrap())
}

/// The record of the call that opened the session.
fn opening(record: &Value) -> Value {
    let (call, tags) = (&record["call"], &record["tags"]);
    json!({
        "userIdentity": {"type": "WebIdentityUser", "identityProvider": PROVIDER},
        "eventTime": "2026-11-26T12:00:20Z", "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRoleWithWebIdentity", "awsRegion": "us-east-1", "eventID": "e-1", "eventType": "AwsApiCall",
        "requestParameters": {"roleArn": call["RoleArn"], "roleSessionName": call["RoleSessionName"],
            "durationSeconds": 3600, "policy": call["Policy"], "policyArns": call["PolicyArns"],
            "principalTags": tags["principal_tags"], "transitiveTagKeys": tags["transitive_tag_keys"]},
        "responseElements": {"credentials": {"accessKeyId": "ASIAX1", "expiration": "2026-11-26T13:00:20Z"},
            "provider": PROVIDER},
    })
}

/// The record of a call of the session.
fn call(record: &Value, number: u32, source: &str, name: &str, parameters: &Value) -> Value {
    let session = record["call"]["RoleSessionName"].as_str().unwrap();
    json!({
        "userIdentity": {"type": "AssumedRole", "principalId": format!("AROAX:{session}"),
            "arn": format!("arn:aws:sts::123456789012:assumed-role/DoiT-Support-Gateway/{session}"),
            "accessKeyId": "ASIAX1",
            "sessionContext": {"webIdFederationData": {"federatedProvider": PROVIDER},
                "attributes": {"creationDate": "2026-11-26T12:00:20Z"}}},
        "eventTime": format!("2026-11-26T12:{number:02}:00Z"), "eventSource": format!("{source}.amazonaws.com"),
        "eventName": name, "awsRegion": "us-east-1", "sourceIPAddress": "198.51.100.7",
        "requestParameters": parameters, "eventID": format!("e-{number}"), "eventType": "AwsApiCall",
    })
}

fn write(folder: &Path, name: &str, events: &[Value]) -> String {
    let path = folder.join(name);
    fs::write(&path, json!({"Records": events}).to_string()).unwrap();
    path.to_string_lossy().into_owned()
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_string_lossy().into_owned()
}

#[test]
fn a_session_is_as_planned_or_says_where_it_is_not() {
    let (folder, record) = planned("audit");
    let honest = [opening(&record), call(&record, 2, "ec2", "DescribeVpcs", &json!({}))];
    let events = write(&folder, "honest.json", &honest);
    let own = path(&folder, "record.json");
    let text = stdout(&exits(output(&["audit", ROLE, "--record", &own, "--events", &events]), 0));
    assert!(
        text.contains(": complete, not validated\n  issued as planned at 2026-11-26T12:00:20Z"),
        "{text}"
    );
    assert!(text.contains("  calls: 1 as planned\n"), "{text}");

    let misdeed = call(&record, 9, "s3", "PutObject", &json!({"bucketName": "logs", "key": "x"}));
    write(&folder, "later.json", &[misdeed]);
    let folder_of_all = path(&folder, "");
    fs::remove_file(&own).unwrap();
    fs::create_dir(folder.join("records")).unwrap();
    fs::write(folder.join("records/one"), record.to_string()).unwrap();
    let own = path(&folder, "records/one");
    let words = ["audit", ROLE, "--record", &own, "--events", &folder_of_all];
    let text = stdout(&exits(output(&words), 1));
    assert!(text.contains("1 call succeeded that the plan denies"), "{text}");
    let answer = "s3:PutObject on arn:aws:s3:::logs/x is denied: the identity policies and the session policies do not allow it";
    assert!(text.contains(answer), "{text}");
    let answer: Value =
        serde_json::from_str(&stdout(&exits(output(&[&words[..], &["--format", "json"]].concat()), 1)))
            .unwrap();
    assert_eq!(answer["verdict"], "broken");
    assert_eq!(answer["sessions"][0]["reasons"][0]["code"], "OUTSIDE_THE_PLAN");

    // Without its record, it is a session that nobody planned.
    let text = stdout(&exits(output(&["audit", ROLE, "--events", &events]), 1));
    assert!(text.starts_with("a session that no record plans: ana@doit.com+4711+"), "{text}");
    // From stdin, a line an event.
    let lines: Vec<String> = honest.iter().map(Value::to_string).collect();
    let words = ["audit", ROLE, "--record", &own, "--events", "-"];
    exits(with_stdin(&words, lines.join("\n").as_bytes()), 0);
}

#[test]
fn bad_input_is_told_with_its_place() {
    let (folder, record) = planned("audit-bad");
    let own = path(&folder, "record.json");
    let honest = [opening(&record), call(&record, 2, "ec2", "DescribeVpcs", &json!({}))];
    let good = write(&folder, "good.json", &honest);
    let said = |words: &[&str], code: i32| {
        let all = exits(output(&[&["audit", ROLE][..], words].concat()), code);
        format!("{}{}", stdout(&all), stderr(&all))
    };
    let with = |name: &str, text: &[u8]| {
        fs::write(folder.join(name), text).unwrap();
        path(&folder, name)
    };
    // Files of events: what is wrong is told, and the rest is read.
    for (name, text, code) in [
        ("empty.json", &b""[..], "NO_RECORDS"),
        ("text.json", b"hello", "NO_RECORDS"),
        ("cut.json", br#"{"Records":[{"eventName":"x"},{"eventNa"#, "TRUNCATED"),
        ("policy.json", br#"{"Version": "2012-10-17", "Statement": []}"#, "NO_RECORDS"),
        (
            "twice.json",
            br#"{"eventName":"a","eventName":"b","eventSource":"s3.amazonaws.com"}"#,
            "RECORD_REFUSED",
        ),
        ("broken.json.gz", b"\x1f\x8b\x08\x00garbage", "GZIP"),
    ] {
        let bad = with(name, text);
        let told = said(&["--record", &own, "--events", &good, &bad], 3);
        assert!(told.contains(code) && told.contains(name), "{name}: {told}");
        // A file of another kind has no record that could be missing.
        let verdict = if code == "NO_RECORDS" { "complete, not validated" } else { "incomplete" };
        assert!(told.contains(verdict), "{name}: {told}");
    }
    // Nothing else: there is no answer.
    let empty = path(&folder, "empty.json");
    assert!(said(&["--record", &own, "--events", &empty], 2).contains("NO_EVENTS"));
    assert!(said(&["--record", &own, "--events", &path(&folder, "none.json")], 2).contains("FILE_NOT_FOUND"));
    fs::create_dir(folder.join("void")).unwrap();
    assert!(said(&["--record", &own, "--events", &path(&folder, "void")], 2).contains("NO_EVENTS"));
    assert!(said(&["--record", "-", "--events", "-"], 2).contains("`-` twice"));
    let until = said(&["--record", &own, "--events", &good, "--until", "soon"], 2);
    assert!(
        until.contains("--until \"soon\" is no time") || until.contains("--until `soon` is no time"),
        "{until}"
    );
    // Decision records.
    assert!(said(&["--record", &good, "--events", &good], 2).contains("no decision record"));
    let other = with("other.json", record.to_string().replace("4711", "4712").as_bytes());
    let told = said(&["--record", &other, "--events", &good], 1);
    assert!(told.contains("RECORD_DIFFERS") && told.contains("a session that no record plans"), "{told}");
    let told = said(&["--record", &own, &own, "--events", &good], 3);
    assert!(told.contains("RECORD_TWICE"), "{told}");
}
