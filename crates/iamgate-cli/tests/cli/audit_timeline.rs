//! The picture of `iamgate audit --timeline`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::audit::{ROLE, call, opening, path, planned, write};
use super::run::{exits, output, stderr, stdout};

/// Draws the session of a folder, and returns the picture.
fn drawn(folder: &Path, events: &[&str], code: i32) -> String {
    let (record, picture) = (path(folder, "record.json"), path(folder, "timeline.svg"));
    let events: Vec<String> = events.iter().map(|own| path(folder, own)).collect();
    let words = ["audit", ROLE, "--record", &record, "--timeline", &picture, "--events"];
    let words: Vec<&str> = words.into_iter().chain(events.iter().map(String::as_str)).collect();
    let run = exits(output(&words), code);
    assert!(
        stderr(&run).contains("note: the timeline is in ") && stdout(&run).contains("calls: "),
        "{run:?}"
    );
    let text = fs::read_to_string(picture).unwrap();
    well_formed(&text);
    text
}

/// Whether each element that begins ends, and only elements that draw or tell are there.
fn well_formed(text: &str) {
    let own = ["svg", "title", "desc", "style", "rect", "text", "tspan", "g", "path", "circle"];
    let mut open: Vec<&str> = Vec::new();
    let mut parts = text.split('<');
    assert_eq!(parts.next(), Some(""));
    for part in parts {
        let (tag, content) = part.split_once('>').unwrap();
        assert!(!content.contains('>'), "{part}");
        assert!([" on", "href", "url("].iter().all(|own| !tag.contains(own)), "{part}");
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        assert!(own.contains(&name), "{part}");
        // What stands for a character is all that begins so.
        for entity in content.split('&').skip(1) {
            assert!(
                ["amp;", "lt;", "gt;", "quot;", "apos;"].iter().any(|own| entity.starts_with(own)),
                "{part}"
            );
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{part}");
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    let style = text.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    assert!(!style.contains("url(") && !style.contains("@import"), "{style}");
}

#[test]
fn a_picture_shows_each_verdict_and_is_told_in_words() {
    let (folder, record) = planned("audit-timeline");
    let mut by_service = call(&record, 12, "kms", "GenerateDataKey", &json!({"keyId": "alias/x"}));
    by_service["userIdentity"]["invokedBy"] = json!("s3.amazonaws.com");
    let mut denied = call(&record, 13, "secretsmanager", "GetSecretValue", &json!({"secretId": "prod"}));
    let mut refused = call(&record, 14, "ec2", "DescribeInstances", &json!({}));
    let mut failed = call(&record, 15, "ec2", "DescribeImages", &json!({}));
    for (event, code) in
        [(&mut denied, "AccessDenied"), (&mut refused, "AccessDenied"), (&mut failed, "InvalidParameter")]
    {
        event["errorCode"] = json!(code);
    }
    let object = json!({"bucketName": "logs", "key": "x"});
    let all = [
        opening(&record),
        call(&record, 2, "ec2", "DescribeVpcs", &json!({})),
        call(&record, 3, "ec2", "DescribeVpcs", &json!({})),
        call(&record, 9, "s3", "PutObject", &object),
        call(&record, 11, "mystery", "Frobnicate", &json!({})),
        by_service,
        denied,
        refused,
        failed,
    ];
    write(&folder, "events.json", &all);
    let text = drawn(&folder, &["events.json"], 1);
    let session = record["call"]["RoleSessionName"].as_str().unwrap();
    let words = text.split_once("<desc id=\"about\">").unwrap().1.split_once("</desc>").unwrap().0;
    for told in [
        format!("The session {session}: broken."),
        "Marked times: issued 2026-11-26T12:00:20Z, credentials end 2026-11-26T13:00:20Z.".to_owned(),
        "s3: 1 outside the plan. ec2: 1 refused by others, 2 as planned, 1 no decision.".to_owned(),
        "kms: 1 outside the plan by services. mystery: 1 cannot be judged. secretsmanager: 1 denied as planned.".to_owned(),
    ] {
        assert!(words.contains(&told), "{told}: {words}");
    }
    // A mark in the time, and one as the key of its row.
    for (class, marks) in [
        ("outside_the_plan", 4),
        ("as_planned", 3),
        ("denied_as_planned", 4),
        ("refused_by_others", 2),
        ("cannot_be_judged", 2),
        ("not_a_decision", 2),
    ] {
        assert_eq!(text.matches(&format!("class=\"mark {class}\"")).count(), marks, "{class}: {text}");
    }
    assert_eq!(text.matches("class=\"by\"").count(), 2, "{text}");
    assert!(text.contains("<title>s3, outside the plan: 1 call, 12:0"), "{text}");
    assert!(
        text.contains(">issued 12:00:20</text>") && text.contains(">credentials end 13:00:20</text>"),
        "{text}"
    );

    // In another order, in other files, and twice, it is the same picture.
    let mut turned = all.to_vec();
    turned.reverse();
    let (late, early) = turned.split_at(4);
    write(&folder, "late.json", late);
    write(&folder, "early.json", early);
    assert_eq!(drawn(&folder, &["late.json", "early.json", "events.json"], 1), text);
    // The counts in JSON are those of the calls.
    let words = ["audit", ROLE, "--record", &path(&folder, "record.json"), "--format", "json", "--events"];
    let run = output(&[&words[..], &[&path(&folder, "events.json")]].concat());
    let answer: Value = serde_json::from_str(&stdout(&run)).unwrap();
    let own = &answer["sessions"][0]["timeline"];
    assert_eq!((&own["begin"], &own["bin_seconds"]), (&"2026-11-26T11:59:00Z".into(), &20.into()));
    let rows = own["rows"].as_array().unwrap();
    let ec2 = rows.iter().find(|own| own["source"] == "ec2.amazonaws.com" && own["verdict"] == "as_planned");
    assert_eq!(ec2.unwrap()["bins"], json!({"9": 1, "12": 1}));
    let sum = |row: &Value| row["bins"].as_object().unwrap().values().filter_map(Value::as_u64).sum::<u64>();
    assert_eq!(rows.iter().map(sum).sum::<u64>(), 8);
}

#[test]
fn what_has_no_place_in_the_time_is_beside_it() {
    let (folder, record) = planned("audit-timeline-beside");
    let at = |number: u32, time: &Value| {
        let mut own = call(&record, number, "ec2", "DescribeVpcs", &json!({}));
        own["eventTime"] = time.clone();
        own
    };
    let all = [
        at(1, &json!("2026-11-26T12:01:00Z")),
        at(2, &json!("2026-11-01T12:01:00Z")),
        at(3, &json!("2027-11-26T12:01:00Z")),
        at(4, &json!("soon")),
        at(5, &Value::Null),
    ];
    write(&folder, "events.json", &all);
    let text = drawn(&folder, &["events.json"], 3);
    for told in [
        ">earlier</text>",
        ">later</text>",
        ">no time</text>",
        ": 1 call, before 2026-11-26T",
        ": 1 call, after 2026-11-26T",
        ": 2 calls, the records do not tell when",
        "Nothing shows when it was issued; planned 2026-11-26T12:00:00Z, end by the plan 2026-11-26T13:00:00Z.",
        ">planned 12:00:00</text>",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    // Nothing at all.
    let other = call(&record, 9, "ec2", "DescribeVpcs", &json!({}));
    let other: Value = serde_json::from_str(&other.to_string().replace("+4711+", "+4712+")).unwrap();
    write(&folder, "events.json", &[other]);
    assert!(drawn(&folder, &["events.json"], 1).contains(">No record has a call of the session.</text>"));
}

#[test]
fn many_services_are_twelve_lanes_and_the_others() {
    let (folder, record) = planned("audit-timeline-many");
    let mut all = vec![opening(&record)];
    for service in 0_u32..200 {
        for time in 0..=service.rem_euclid(9) {
            let mut own = call(&record, time, &format!("x{service:03}"), "Frobnicate", &json!({}));
            own["eventID"] = json!(format!("e-{service}-{time}"));
            all.push(own);
        }
    }
    let outside = call(&record, 9, "s3", "PutObject", &json!({"bucketName": "logs", "key": "x"}));
    all.push(outside);
    write(&folder, "events.json", &all);
    let text = drawn(&folder, &["events.json"], 1);
    // What was wrong comes first although it is one call.
    let lanes: Vec<&str> = text
        .split("<text class=\"name\"")
        .skip(1)
        .map(|own| own.split_once("<title>").unwrap().1.split_once('<').unwrap().0)
        .collect();
    assert_eq!((lanes.len(), lanes[0], lanes[1]), (13, "s3", "x008"), "{lanes:?}");
    assert_eq!(lanes[12], "116+ other services");
}

#[test]
fn texts_from_outside_stay_in_their_place() {
    let (folder, record) = planned("audit-timeline-hostile");
    let hostile = "\"><script>INJ</script>&#x3c;<image href='x'/>\u{1b}[2J\u{202e}";
    let all = [opening(&record), call(&record, 2, hostile, hostile, &json!({}))];
    write(&folder, "events.json", &all);
    let text = drawn(&folder, &["events.json"], 3);
    assert!(text.contains("&lt;script&gt;INJ&lt;/script&gt;"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
}

#[test]
fn only_a_picture_of_this_program_is_overwritten() {
    let (folder, record) = planned("audit-timeline-file");
    write(&folder, "events.json", &[opening(&record), call(&record, 2, "ec2", "DescribeVpcs", &json!({}))]);
    let words =
        ["audit", ROLE, "--record", &path(&folder, "record.json"), "--events", &path(&folder, "events.json")];
    let to = |file: &str, code: i32| {
        let run = exits(output(&[&words[..], &["--timeline", file]].concat()), code);
        (stdout(&run), stderr(&run))
    };
    drawn(&folder, &["events.json"], 0);
    drawn(&folder, &["events.json"], 0);
    for (name, text) in [
        ("notes.txt", "notes"),
        ("other.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"),
        ("page.html", "<p>data-from=\"iamgate audit --timeline\"</p>"),
    ] {
        fs::write(folder.join(name), text).unwrap();
        let (answer, said) = to(&path(&folder, name), 2);
        assert!(answer.is_empty() && said.contains("WRITE_REFUSED"), "{said}");
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), text);
    }
    fs::write(folder.join("empty.svg"), "").unwrap();
    assert!(to(&path(&folder, "empty.svg"), 0).1.contains("note: the timeline is in "));
    assert!(to(&path(&folder, ""), 2).1.contains("IS_A_DIRECTORY"));
    assert!(to(&path(&folder, "absent/timeline.svg"), 2).1.contains("FILE_NOT_FOUND"));
    assert!(to("-", 2).1.contains("--timeline with `-`"));
}
