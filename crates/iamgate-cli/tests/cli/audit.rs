//! `iamgate audit`: real files, and bad ones.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::run::{exits, output, stderr, stdout, with_stdin};

pub(crate) const ROLE: &str = "../../../../../policies/doit/support-gateway";
const CLAIMS: &str = "../../../../../policies/doit/example-claims.json";
const PRIVATE: &str = "../../../../iamgate-record/tests/keys/ed25519.pem";
const PUBLIC: &str = "../../../../iamgate-record/tests/keys/ed25519.pub.pem";
const PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/support.cre.doit-intl.com";

/// A folder with a decision record, and what it says.
pub(crate) fn planned(name: &str) -> (PathBuf, Value) {
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
pub(crate) fn opening(record: &Value) -> Value {
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
pub(crate) fn call(record: &Value, number: u32, source: &str, name: &str, parameters: &Value) -> Value {
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

pub(crate) fn write(folder: &Path, name: &str, events: &[Value]) -> String {
    let path = folder.join(name);
    fs::write(&path, json!({"Records": events}).to_string()).unwrap();
    path.to_string_lossy().into_owned()
}

pub(crate) fn path(folder: &Path, name: &str) -> String {
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
    assert!(said(&["--record", &empty, "--events", &good], 2).contains("NO_RECORDS"));
    let second = with("second.json", format!("{record}\n{{\n").as_bytes());
    assert!(
        said(&["--record", &second, "--events", &good], 2).contains("second.json:2:2"),
        "the second line"
    );
    assert!(said(&["--record", &good, "--events", &good], 2).contains("no decision record"));
    let other = with("other.json", record.to_string().replace("4711", "4712").as_bytes());
    let told = said(&["--record", &other, "--events", &good], 1);
    assert!(told.contains("RECORD_DIFFERS") && told.contains("a session that no record plans"), "{told}");
    let told = said(&["--record", &own, &own, "--events", &good], 3);
    assert!(told.contains("RECORD_TWICE"), "{told}");
}

#[test]
fn records_of_a_signed_chain_are_read_and_verified() {
    let (folder, record) = planned("audit-signed");
    let own = path(&folder, "record.json");
    let events = write(&folder, "events.json", &[opening(&record)]);
    let signed = stdout(&exits(output(&["record", "sign", &own, "--key", PRIVATE]), 0));
    let chain = path(&folder, "chain");
    fs::write(&chain, &signed).unwrap();
    let said = |words: &[&str], code: i32| {
        let all = exits(output(&[&["audit", ROLE, "--events", &events][..], words].concat()), code);
        format!("{}{}", stdout(&all), stderr(&all))
    };
    let told = said(&["--record", &chain], 0);
    assert!(
        told.contains(": complete, not validated") && told.contains("nobody has verified their signatures"),
        "{told}"
    );
    let told = said(&["--record", &chain, "--record-key", PUBLIC], 0);
    assert!(told.contains("all that were signed with the key"), "{told}");
    fs::write(&chain, signed.replace("4711", "4712")).unwrap();
    let told = said(&["--record", &chain, "--record-key", PUBLIC], 2);
    assert!(told.contains("RECORDS_NOT_INTACT") && told.contains("line 1"), "{told}");
    // A record alone is no chain.
    assert!(said(&["--record", &own, "--record-key", PUBLIC], 2).contains("RECORDS_NOT_INTACT"));
    assert!(said(&["--record-key", PUBLIC], 2).contains("--record"));
}

#[test]
fn what_is_known_of_the_trail_is_read() {
    let (folder, record) = planned("audit-trail");
    let own = path(&folder, "record.json");
    let events = write(&folder, "events.json", &[opening(&record)]);
    let said = |words: &[&str], code: i32| {
        let all = exits(
            output(&[&["audit", ROLE, "--record", &own, "--events", &events][..], words].concat()),
            code,
        );
        format!("{}{}", stdout(&all), stderr(&all))
    };
    let with = |name: &str, text: &str| {
        fs::write(folder.join(name), text).unwrap();
        path(&folder, name)
    };
    let trail = "arn:aws:cloudtrail:us-east-1:123456789012:trail/own";
    let selectors = json!({"TrailARN": trail, "EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true}]});
    let selectors = with("selectors", &selectors.to_string());
    let told = said(&["--selectors", &selectors], 3);
    assert!(
        told.contains("incomplete") && told.contains("the trail does not have the data events"),
        "{told}"
    );
    assert!(said(&["--selectors", &selectors, "--trail", "other"], 2).contains("ANOTHER_TRAIL"));
    assert!(said(&["--selectors", &own], 2).contains("NO_SELECTORS"));
    let keys = with("keys", r#"{"PublicKeyList": []}"#);
    assert!(said(&["--keys", &keys], 2).contains("NO_DIGEST_FILES"));
    assert!(said(&["--keys", &own], 2).contains("NO_PUBLIC_KEYS"));
    let digest = "123456789012_CloudTrail-Digest_us-east-1_own_us-east-1_20261126T130000Z.json.gz";
    let digest = with(digest, "{}");
    let told = said(&["--events", &digest], 3);
    assert!(told.contains("DIGESTS_NOT_USED") && told.contains("list-public-keys"), "{told}");
    let told = said(&["--events", &digest, "--keys", &keys], 2);
    assert!(told.contains("NO_DIGEST_FILES"), "{told}");
}

#[test]
fn calls_are_judged_under_the_managed_policies_that_aws_has_now() {
    let (folder, record) = planned("audit-managed");
    let own = path(&folder, "record.json");
    let honest = [opening(&record), call(&record, 2, "ec2", "DescribeVpcs", &json!({}))];
    let events = write(&folder, "events.json", &honest);
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/aws-managed");
    let now = folder.join("now");
    fs::create_dir(&now).unwrap();
    for entry in fs::read_dir(built_in).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), now.join(entry.file_name())).unwrap();
    }
    let said = |words: &[&str], code: i32| {
        let all = [&["audit", ROLE, "--record", &own, "--events", &events][..], words].concat();
        stdout(&exits(output(&all), code))
    };
    let now_path = path(&folder, "now");
    let told = said(&["--managed-now", &now_path], 0);
    assert!(told.contains("under the profile standard: 1 the same"), "{told}");
    // AWS makes each policy of the session the one for support cases alone.
    let file = now.join("MANIFEST.json");
    let mut manifest: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let policies = manifest["policies"].as_array_mut().unwrap();
    let support = policies.iter().find(|own| own["file"] == "AWSSupportAccess.json").unwrap().clone();
    for own in policies {
        (own["file"], own["sha256"], own["bytes"]) =
            (support["file"].clone(), support["sha256"].clone(), support["bytes"].clone());
    }
    fs::write(&file, manifest.to_string()).unwrap();
    let told = said(&["--managed-now", &now_path], 1);
    assert!(told.contains("under the profile standard: 1 would be denied"), "{told}");
    assert!(told.contains("with the managed policies of the other folder"), "{told}");
    // The sessions themselves are held against the policies of their plan.
    assert!(told.contains(": complete, not validated"), "{told}");
}
