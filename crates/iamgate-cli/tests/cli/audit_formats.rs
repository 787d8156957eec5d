//! `iamgate audit` in the formats of other programs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use super::audit::{ROLE, call, opening, path, planned, write};
use super::config::run_in;
use super::reports::sarif;
use super::run::{exits, output, stdout};

/// A session with a call of each kind that is to be told: its folder, and the decision record.
fn with_misdeeds(name: &str) -> (PathBuf, Value) {
    let (folder, record) = planned(name);
    let object = json!({"bucketName": "logs", "key": "a|b`c` <b>@all"});
    let mut by_service = call(&record, 12, "kms", "GenerateDataKey", &json!({"keyId": "alias/x"}));
    by_service["userIdentity"]["invokedBy"] = json!("s3.amazonaws.com");
    let all = [
        opening(&record),
        call(&record, 2, "ec2", "DescribeVpcs", &json!({})),
        call(&record, 9, "s3", "PutObject", &object),
        call(&record, 10, "s3", "PutObject", &object),
        call(&record, 11, "mystery", "Frobnicate", &json!({})),
        by_service,
    ];
    write(&folder, "events.json", &all);
    (folder, record)
}

fn audited(folder: &Path, format: &str) -> Output {
    let words = ["audit", ROLE, "--record", &path(folder, "record.json"), "--events"];
    output(&[&words[..], &[&path(folder, "events.json"), "--format", format]].concat())
}

#[test]
fn each_line_can_be_read_without_the_others() {
    let (folder, record) = with_misdeeds("audit-jsonl");
    let text = stdout(&exits(audited(&folder, "jsonl"), 1));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let types: Vec<&str> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["audit", "session", "calls", "calls", "calls", "calls"]);
    for line in &lines {
        let head = (&line["schema"], &line["version"]);
        assert_eq!(head, (&"iamgate/audit".into(), &1.into()));
        assert!(line["role"].as_str().unwrap().ends_with(":role/DoiT-Support-Gateway"), "{line}");
    }
    let name = &record["call"]["RoleSessionName"];
    assert_eq!((&lines[0]["verdict"], &lines[1]["name"]), (&"broken".into(), name));
    // The same as in one piece.
    let whole: Value = serde_json::from_str(&stdout(&audited(&folder, "json"))).unwrap();
    let own = &whole["sessions"][0];
    assert_eq!(own["reasons"], lines[1]["reasons"]);
    for (line, calls) in lines[2..].iter().zip(own["calls"].as_array().unwrap()) {
        assert_eq!((&line["session"], &line["plan"]), (name, &own["plan"]));
        for (member, value) in calls.as_object().unwrap() {
            assert_eq!(&line[member], value, "{member}");
        }
    }
    // A session without its record, and files that cannot be read.
    fs::write(
        folder.join("events.json"),
        format!("{}[", fs::read_to_string(folder.join("events.json")).unwrap()),
    )
    .unwrap();
    let words = ["audit", ROLE, "--events", &path(&folder, "events.json"), "--format", "jsonl"];
    let text = stdout(&exits(output(&words), 1));
    let types: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(types, ["audit", "unplanned", "finding"]);
    // No answer is a line, too.
    let words = ["audit", ROLE, "--events", "absent.json", "--format", "jsonl"];
    let line: Value = serde_json::from_str(&stdout(&exits(output(&words), 2))).unwrap();
    assert_eq!((&line["type"], &line["code"]), (&"error".into(), &"FILE_NOT_FOUND".into()));
}

#[test]
fn a_ticket_has_the_verdict_first_and_the_premises_last() {
    let (folder, record) = with_misdeeds("audit-markdown");
    let text = stdout(&exits(audited(&folder, "markdown"), 1));
    assert!(
        text.starts_with("**Audit of `arn:aws:iam::123456789012:role/DoiT-Support-Gateway`: broken**\n"),
        "{text}"
    );
    let places = [
        format!("\n### `{}`: broken\n", record["call"]["RoleSessionName"].as_str().unwrap()),
        "\n- `OUTSIDE_THE_PLAN`: 2 calls succeeded that the plan denies. To do: look at the event".to_owned(),
        "\n| outside the plan | 2 | `s3:PutObject` (2) |\n".to_owned(),
        "| cannot be judged | 1 | `mystery:Frobnicate` |\n".to_owned(),
        "| as planned | 1 | `ec2:DescribeVpcs` |\n".to_owned(),
        "| outside the plan, by services in its name | 1 | `kms:GenerateDataKey` |\n".to_owned(),
        "\n**Outside the plan**\n\n- 2 PutObject calls of s3.amazonaws.com\n".to_owned(),
        "  - first at 2026-11-26T12:09:00Z, event `e-9` in `".to_owned(),
        "  - last at 2026-11-26T12:10:00Z, event `e-10` in `".to_owned(),
        "\n**Cannot be judged**\n\n- 1 Frobnicate call of mystery.amazonaws.com (unknown service)\n"
            .to_owned(),
        "\n> All of this holds if the policies of the role".to_owned(),
    ];
    let mut rest = text.as_str();
    for place in &places {
        rest = rest
            .split_once(place.as_str())
            .unwrap_or_else(|| panic!("{place} is not in its place: {text}"))
            .1;
    }
    assert_eq!(rest.lines().count(), 1, "{rest}");
    // What comes from outside is a code span.
    assert!(text.contains("`` arn:aws:s3:::logs/a\\|b`c` ``") && text.contains(" `<b>@all` "), "{text}");
}

#[test]
fn sarif_has_a_result_for_each_point_and_its_fingerprint_stays() {
    let (folder, record) = with_misdeeds("audit-sarif");
    fs::write(folder.join("a b.json"), fs::read(folder.join("events.json")).unwrap()).unwrap();
    let role = format!("{}/tests/cli/data/{ROLE}", env!("CARGO_MANIFEST_DIR"));
    let run = |events: &[&str]| {
        let words = ["audit", &role, "--record", "record.json", "--format", "sarif", "--events"];
        sarif(&stdout(&exits(run_in(&folder, &[&words[..], events].concat()), 1)))
    };
    let report = run(&["a b.json"]);
    let results = report["runs"][0]["results"].as_array().unwrap().clone();
    let of = |code: &str| results.iter().filter(|own| own["ruleId"] == code).collect::<Vec<_>>();
    let outside = of("OUTSIDE_THE_PLAN");
    assert_eq!((outside.len(), &outside[0]["level"]), (1, &"error".into()));
    let place = &outside[0]["locations"][0];
    assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], "a%20b.json");
    let session = record["call"]["RoleSessionName"].as_str().unwrap();
    assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], format!("{session}#e-9"));
    let last = &outside[0]["relatedLocations"][0]["logicalLocations"][0];
    assert_eq!(last["name"], "e-10");
    assert_eq!((of("NOT_JUDGED").len(), &of("NOT_JUDGED")[0]["level"]), (1, &"warning".into()));
    assert_eq!(of("OUTSIDE_BY_A_SERVICE")[0]["level"], "note");
    // What has no event has the decision record.
    let place = &of("REGIONS_NOT_TOLD")[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "record.json");
    assert_eq!(place["region"]["startLine"], 1);

    let prints = |report: &Value| -> BTreeSet<String> {
        let all = report["runs"][0]["results"].as_array().unwrap().iter();
        all.map(|own| own["partialFingerprints"]["iamgate/v1"].to_string()).collect()
    };
    // The page of each rule is there.
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../iamgate-audit/CODES.md")).unwrap();
    for rule in report["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
        let (id, link) = (rule["id"].as_str().unwrap(), rule["helpUri"].as_str().unwrap());
        assert!(page.contains(&format!("\n## {id}\n")), "{id}");
        let place = format!("/crates/iamgate-audit/CODES.md#{}", id.to_ascii_lowercase());
        assert!(link.ends_with(&place), "{link}");
    }
    let before = prints(&report);
    assert_eq!(before.len(), results.len(), "a fingerprint is there twice");
    // In another file, and twice, the events are the same.
    assert_eq!(prints(&run(&["events.json"])), before);
    assert_eq!(prints(&run(&["events.json", "a b.json"])), before);
    // Another event is another point.
    let text = fs::read_to_string(folder.join("events.json")).unwrap().replace("\"e-9\"", "\"e-99\"");
    fs::write(folder.join("events.json"), text).unwrap();
    assert_eq!(prints(&run(&["events.json"])).difference(&before).count(), 1);
}

#[test]
fn sarif_tells_of_sessions_without_a_plan_and_of_files() {
    let (folder, _) = with_misdeeds("audit-sarif-files");
    let role = format!("{}/tests/cli/data/{ROLE}", env!("CARGO_MANIFEST_DIR"));
    fs::write(
        folder.join("cut.json"),
        r#"{"Records":[{"eventName":"x","eventSource":"s3.amazonaws.com"},{"eventNa"#,
    )
    .unwrap();
    let words = ["audit", &role, "--format", "sarif", "--events", "events.json", "cut.json"];
    let report = sarif(&stdout(&exits(run_in(&folder, &words), 1)));
    let results = report["runs"][0]["results"].as_array().unwrap();
    let codes: Vec<&str> = results.iter().map(|own| own["ruleId"].as_str().unwrap()).collect();
    assert_eq!(codes, ["UNPLANNED_SESSION", "TRUNCATED"]);
    assert_eq!(results[0]["level"], "error");
    let uri = &results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "cut.json");

    let words = ["audit", &role, "--format", "sarif", "--events", "absent.json"];
    let report = sarif(&stdout(&exits(run_in(&folder, &words), 2)));
    let own = &report["runs"][0]["invocations"][0];
    assert_eq!(own["executionSuccessful"], false);
    assert_eq!(own["toolExecutionNotifications"][0]["descriptor"]["id"], "FILE_NOT_FOUND");
}
