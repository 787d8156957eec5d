//! Every shape of file gives the records that are in it.

use crate::common::{Got, findings, outline, record, records, split, text, whole};
use iam_trail::{Event, Limits};

/// Asserts that a file gives records 1, 2, … of `record`, whole and byte by byte, and nothing else.
fn gives(file: &str, count: u32) {
    let got = whole(file);
    let own: Vec<String> = (1..=count).map(record).collect();
    assert_eq!(records(&got), own, "{file}: {got:#?}");
    assert!(findings(&got).is_empty(), "{file}: {got:#?}");
    assert_eq!(split(file.as_bytes().chunks(1), Limits::default()), got, "{file}");
}

#[test]
fn files_of_cloudtrail() {
    let (one, two) = (record(1), record(2));
    gives(&format!(r#"{{"Records":[{one},{two}]}}"#), 2);
    gives(&format!("{{ \"Records\" :\n\t[\r\n{one} ,\n{two}\n]\n}}\n"), 2);
    gives(&format!("\u{feff}{{\"Records\":[{one}]}}"), 1);
    gives(
        &format!(r#"{{"a":{{"Records":[1]}},"x":["Records",[1,2]],"Records":[{one}],"b":"]}}","c":[[]]}}"#),
        1,
    );
    // Two files one after another, as `cat` writes them.
    gives(&format!("{{\"Records\":[{one}]}}\n{{\"Records\":[{two}]}}"), 2);
    gives(&format!(r#"{{"Records":[{one}]}}{{"Records":[{two}]}}"#), 2);
    // White space up to the most that is looked at.
    gives(&format!(r#"{{"Records"{0}:{0}[{one}]}}"#, " ".repeat(100)), 1);
}

#[test]
fn records_one_after_another() {
    let (one, two, three) = (record(1), record(2), record(3));
    gives(&one, 1);
    gives(&format!("{one}\n{two}\n{three}\n"), 3);
    gives(&format!("{one}\r\n\r\n{two}\r\n"), 2);
    gives(&format!("{one}{two} {three}"), 3);
    gives(&format!("[{one},{two},{three}]"), 3);
    gives(&format!("[\n{one},\n{two}]\n[{three}]"), 3);
    gives(&format!("{one}\n[{two}]\n{{\"Records\":[{three}]}}"), 3);
    gives(&format!(" \u{20}\n{one}"), 1);
}

#[test]
fn printed_with_line_ends() {
    // Objects of a list may begin a line.
    let pretty = "{\n\"eventName\": \"A\",\n\"eventSource\":\n{\n},\n\"resources\": [\n{\n\"a\":1},\n{\n\"b\":2}\n]\n}\n";
    let got = whole(format!("{pretty}{pretty}"));
    assert_eq!(records(&got), [pretty.trim_end(), pretty.trim_end()]);
    assert_eq!(outline(&got), format!("1@0 2@{}", pretty.len()));
}

#[test]
fn outputs_of_lookup_events() {
    let entry = |id: u32| {
        format!(
            r#"{{"EventId":"{id}","EventTime":1.5,"Resources":[{{"a":[]}}],"CloudTrailEvent":{}}}"#,
            text(&record(id))
        )
    };
    let (one, two) = (entry(1), entry(2));
    gives(&format!(r#"{{"Events":[{one},{two}]}}"#), 2);
    gives(&format!("{{\n    \"Events\": [\n        {one},\n        {two}\n    ]\n}}\n"), 2);
    gives(&format!("{one}\n{two}\n"), 2);
    gives(&format!(r#"{{"NextToken":null,"Events":[{one}]}}"#), 1);
    for file in [
        format!(r#"{{"Events":[{one},{two}],"NextToken":"AbC"}}"#),
        format!(r#"{{"NextToken":"AbC","Events":[{one},{two}]}}"#),
    ] {
        let got = whole(&file);
        assert_eq!(records(&got), [record(1), record(2)]);
        let found = findings(&got);
        assert_eq!(found.len(), 1, "{got:#?}");
        assert_eq!(found[0].code.name(), "OUTPUT_CUT");
        assert!(found[0].to_string().contains("run the command again"), "{}", found[0]);
    }
}

#[test]
fn events_of_eventbridge() {
    let envelope = |id: u32, kind: &str| {
        format!(
            r#"{{"version":"0","id":"x","detail-type":"{kind}","source":"aws.s3","resources":["a"],"detail":{}}}"#,
            record(id)
        )
    };
    let (one, two) =
        (envelope(1, "AWS API Call via CloudTrail"), envelope(2, "AWS Console Sign In via CloudTrail"));
    gives(&one, 1);
    gives(&format!("{one}\n{two}"), 2);
    gives(&format!("[{one},{two}]"), 2);
    gives(
        &format!(r#"{{"account":"1","detail":{},"detail-type":"AWS API Call via CloudTrail"}}"#, record(1)),
        1,
    );
    let got = whole(envelope(1, "EC2 Instance State-change Notification"));
    assert_eq!(outline(&got), "NOT_A_RECORD:1@0 NO_RECORDS:0@0");
    assert!(findings(&got)[0].text.contains("EC2 Instance State-change"));
}

#[test]
fn rows_of_cloudtrail_lake() {
    let whole_record = text(&record(1));
    gives(
        &format!(r#"{{"QueryStatus":"FINISHED","QueryResultRows":[[{{"eventJson":{whole_record}}}]]}}"#),
        1,
    );
    gives(&format!(r#"[[{{"eventID":"1"}},{{"eventjson":{whole_record}}}]]"#), 1);
    let row = r#"[{"eventID":"7"},{"eventname":"GetObject"},{"EVENTSOURCE":"s3.amazonaws.com"},{"errorCode":""},{"eventTime":"t"},{"awsRegion":"r"},{"mine":"x"},
        {"userIdentity":"{\"principalid\":\"p\",\"sessioncontext\":{\"attributes\":{\"creationdate\":\"d\"}}}"},{"requestParameters":"null"},{"readOnly":"true"}]"#;
    let got = whole(format!(r#"{{"QueryResultRows":[{row}],"QueryStatus":"FINISHED"}}"#));
    assert_eq!(outline(&got), "1@20");
    let event = Event::read(records(&got)[0]).unwrap();
    assert_eq!(event.event_name.as_deref(), Some("GetObject"));
    assert_eq!(event.event_source.as_deref(), Some("s3.amazonaws.com"));
    assert_eq!(event.error_code, None);
    assert_eq!(event.read_only.map(|flag| flag.0), Some(true));
    let who = event.user_identity.unwrap();
    assert_eq!(who.principal_id.as_deref(), Some("p"));
    let session = who.session_context.unwrap();
    assert_eq!(session.attributes.unwrap().creation_date.as_deref(), Some("d"));
}

#[test]
fn rows_that_say_less() {
    let rows = |rows: &str, rest: &str| whole(format!(r#"{{"QueryResultRows":[{rows}]{rest}}}"#));
    // Told once, before the first row.
    let short = r#"[{"eventID":"7"},{"eventName":"A"}],[{"eventID":"8"},{"eventName":"B"}]"#;
    let got = rows(short, r#","QueryStatus":"RUNNING""#);
    assert_eq!(outline(&got), "COLUMNS_MISSING:1@20 1@20 2@56 OUTPUT_CUT:2@0");
    assert!(
        findings(&got)[0]
            .text
            .ends_with("eventTime, eventSource, awsRegion, userIdentity, requestParameters, errorCode")
    );
    let got = rows(r#"[{"eventID":"7"},{"eventName":"A"},{"userIdentity":"{type=Role, arn=a}"}]"#, "");
    assert_eq!(outline(&got), "COLUMN_NOT_JSON:1@20 NO_RECORDS:0@0");
    assert_eq!(findings(&got)[0].event_id.as_deref(), Some("7"));
    for (row, code) in [
        (r#"[{"n":"7"},{"_col1":"A"}]"#, "NOT_A_RECORD"),
        ("[]", "NOT_A_RECORD"),
        ("[1]", "NOT_A_RECORD"),
        (r#"[{"eventID":"7" "a"}]"#, "BROKEN_JSON"),
        (r#"[{"eventJson":"{"}]"#, "BROKEN_JSON"),
        (r#"[{"eventJson":"{\"a\":1}"}]"#, "NOT_A_RECORD"),
        (r#"[{"eventJson":"[{}]"}]"#, "BROKEN_JSON"),
        (r#"[{"eventJson":"{\"a\" 1}"}]"#, "BROKEN_JSON"),
        (r#"[{"eventJson":"{}"},{"eventjson":"{}"}]"#, "RECORD_REFUSED"),
    ] {
        assert_eq!(outline(&rows(row, "")), format!("{code}:1@20 NO_RECORDS:0@0"), "{row}");
    }
    let deep = text(&format!("{}{}", "[".repeat(65), "]".repeat(65)));
    let got = rows(
        &format!(
            r#"[{{"eventID":"7"}},{{"eventName":"A"}},{{"resources":{deep}}}],[{{"eventJson":{deep}}}]"#
        ),
        "",
    );
    assert_eq!(
        findings(&got).iter().map(|own| own.code.name()).collect::<Vec<_>>(),
        ["RECORD_TOO_DEEP", "RECORD_TOO_DEEP", "NO_RECORDS"]
    );
}

#[test]
fn lines_in_lower_case() {
    let line = r#"{"eventversion":"1.08","useridentity":{"type":"AssumedRole","principalid":"p","accesskeyid":"k","sessioncontext":
        {"webidfederationdata":{"federatedprovider":"f","attributes":{"username":"v"}},"sessionissuer":{"username":"r"}}},"eventid":"7","eventname":"GetObject",
        "eventsource":"s3.amazonaws.com","sourceipaddress":"1.2.3.4","requestparameters":"{\"bucketname\":\"b\"}","responseelements":"null","additionaleventdata":"",
        "resources":[{"arn":"a","accountid":"1","type":"t"}],"tlsdetails":{"tlsversion":"v"},"vpcendpointid":null,"partition_0":"x","readonly":"false"}"#;
    let got = whole(line);
    assert_eq!(outline(&got), "1@0");
    let event = Event::read(records(&got)[0]).unwrap();
    assert_eq!(event.source_ip_address.as_deref(), Some("1.2.3.4"));
    // What a request had keeps its names.
    assert_eq!(event.request_parameters.unwrap().get(), r#"{"bucketname":"b"}"#);
    assert!(
        event.response_elements.is_none()
            && event.additional_event_data.is_none()
            && event.vpc_endpoint_id.is_none()
    );
    assert_eq!(event.resources.unwrap()[0].account_id.as_deref(), Some("1"));
    assert_eq!(event.tls_details.unwrap().tls_version.as_deref(), Some("v"));
    let who = event.user_identity.unwrap();
    assert_eq!((who.principal_id.as_deref(), who.access_key_id.as_deref()), (Some("p"), Some("k")));
    let session = who.session_context.unwrap();
    assert_eq!(session.session_issuer.unwrap().user_name.as_deref(), Some("r"));
    let web = session.web_id_federation_data.unwrap();
    assert_eq!(web.federated_provider.as_deref(), Some("f"));
    // And so do the attributes, which are data.
    assert_eq!(web.attributes.unwrap().get(), r#"{"username":"v"}"#);
    let got = whole(r#"{"eventid":"7","eventname":"A","requestparameters":"{bucketname=b}"}"#);
    assert_eq!(outline(&got), "COLUMN_NOT_JSON:1@0 NO_RECORDS:0@0");
}

#[test]
fn two_members_of_one_name_stay_two() {
    let got = crate::common::read(
        [&br#"{"eventname":"A","eventname":"B","eventid":"7","eventsource":"s"}"#[..]],
        Limits::default(),
    );
    assert_eq!(outline(&got), "RECORD_REFUSED:1@0");
    assert_eq!(findings(&got)[0].event_id.as_deref(), Some("7"));
    let one = record(1);
    for file in [
        format!(r#"{{"detail":{one},"detail-type":"A via CloudTrail","detail":{one}}}"#),
        format!(r#"{{"CloudTrailEvent":{0},"CloudTrailEvent":{0}}}"#, text(&one)),
    ] {
        assert_eq!(outline(&whole(&file)), "RECORD_REFUSED:1@0 NO_RECORDS:0@0");
    }
}

#[test]
fn files_without_records() {
    let credentials =
        "user,arn,user_creation_time,password_enabled\n<root_account>,arn:aws:iam::111122223333:root,x,y\n";
    let utf16: Vec<u8> = "\u{feff}{\"Records\":[]}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (file, what) in [
        (&b""[..], "is empty"),
        (b" \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"{}", "JSON of another kind"),
        (br#"{"Records":[]}"#, "its list of records is empty"),
        (b"[]", "its list of records is empty"),
        (br#"{"Version":"2012-10-17","Statement":[]}"#, "a policy of IAM"),
        (br#"{"awsAccountId":"1","digestStartTime":"x","logFiles":[]}"#, "a digest file"),
        (br#"{"messageType":"DATA_MESSAGE","logEvents":[{"message":"{}"}]}"#, "CloudWatch Logs"),
        (br#"{"QueryStatus":"RUNNING"}"#, "without rows"),
        (credentials.as_bytes(), "a credential report"),
        (b"eventversion,useridentity,eventtime,eventname,x\n", "a table with commas"),
        (b"Event name,Event time\n", "the event history"),
        (b"<!DOCTYPE html><html>", "XML or HTML"),
        (b"plain words", "is not JSON"),
        (b"\xff\xff\xff", "is not JSON"),
        (b"PK\x03\x04xx", "ZIP"),
        (b"PAR1xx", "Parquet"),
        (&utf16, "UTF-16"),
        (&utf16[2..], "UTF-16"),
    ] {
        let got = whole(file);
        assert!(records(&got).is_empty(), "{what}");
        let Some(Got::Finding(last)) = got.last() else { panic!("{what}") };
        let code = match what {
            "its list of records is empty" => "EMPTY_LIST",
            "ZIP" | "Parquet" | "UTF-16" => "OTHER_FORMAT",
            _ => "NO_RECORDS",
        };
        assert_eq!(last.code.name(), code, "{what}");
        assert!(last.text.contains(what), "{last}");
        assert_eq!(split(file.chunks(1), Limits::default()), got);
    }
}
