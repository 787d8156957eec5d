//! Event selectors: what a trail records in full.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use iam_trail::Selectors;
use serde_json::{Value, json};

const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:123456789012:trail/own";

/// Whether reads and writes are recorded, what is left out, and the types of data.
fn read(own: &Value) -> (bool, bool, Vec<String>, Vec<String>) {
    let own = Selectors::read(own.to_string().as_bytes()).unwrap();
    assert_eq!(own.trail(), TRAIL);
    let texts = |own: Vec<&str>| own.into_iter().map(ToOwned::to_owned).collect::<Vec<_>>();
    let (left_out, data) = (own.left_out().into_iter().collect(), own.data_types().collect());
    (own.has_reads(), own.has_writes(), texts(left_out), texts(data))
}

fn basic(selectors: &Value) -> (bool, bool, Vec<String>, Vec<String>) {
    read(&json!({"TrailARN": TRAIL, "EventSelectors": selectors}))
}

fn advanced(selectors: &[Value]) -> (bool, bool, Vec<String>, Vec<String>) {
    let selectors: Vec<Value> =
        selectors.iter().map(|own| json!({"Name": "x", "FieldSelectors": own})).collect();
    read(&json!({"TrailARN": TRAIL, "AdvancedEventSelectors": selectors}))
}

fn texts(own: &[&str]) -> Vec<String> {
    own.iter().copied().map(ToOwned::to_owned).collect()
}

#[test]
fn basic_selectors() {
    // As AWS prints a new trail's.
    let new = json!({"ReadWriteType": "All", "IncludeManagementEvents": true, "DataResources": [], "ExcludeManagementEventSources": []});
    assert_eq!(basic(&json!([new])), (true, true, vec![], vec![]));
    let without_kms = json!({"ReadWriteType": "All", "IncludeManagementEvents": true, "ExcludeManagementEventSources": ["kms.amazonaws.com"]});
    assert_eq!(basic(&json!([without_kms])), (true, true, texts(&["kms.amazonaws.com"]), vec![]));
    assert_eq!(basic(&json!([without_kms, new])), (true, true, vec![], vec![]));
    let reads = json!({"ReadWriteType": "ReadOnly", "IncludeManagementEvents": true});
    assert_eq!(basic(&json!([reads])), (true, false, vec![], vec![]));
    let objects = |values: &[&str]| {
        json!({"ReadWriteType": "All", "IncludeManagementEvents": false,
            "DataResources": [{"Type": "AWS::S3::Object", "Values": values}, {"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}]})
    };
    let both = texts(&["AWS::Lambda::Function", "AWS::S3::Object"]);
    assert_eq!(basic(&json!([objects(&["arn:aws:s3"])])), (false, false, vec![], both.clone()));
    assert_eq!(basic(&json!([objects(&["arn:aws-cn:s3:::"])])).3, both);
    // One bucket is not all.
    assert_eq!(basic(&json!([objects(&["arn:aws:s3:::logs/"])])).3, texts(&["AWS::Lambda::Function"]));
    let half = json!({"ReadWriteType": "WriteOnly", "IncludeManagementEvents": false,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]});
    assert_eq!(basic(&json!([half])).3, texts(&[]));
}

#[test]
fn advanced_selectors() {
    let is = |field: &str, own: &str| json!({"Field": field, "Equals": [own]});
    let management = json!([is("eventCategory", "Management")]);
    assert_eq!(advanced(&[management]), (true, true, vec![], vec![]));
    let data =
        |more: Value| json!([is("eventCategory", "Data"), is("resources.type", "AWS::SQS::Queue"), more]);
    let read_only = |own: &str| data(is("readOnly", own));
    assert_eq!(advanced(&[read_only("true")]).3, texts(&[]));
    assert_eq!(advanced(&[read_only("true"), read_only("false")]).3, texts(&["AWS::SQS::Queue"]));
    // A filter that is not about all resources, or not known.
    for filter in [
        json!({"Field": "resources.ARN", "StartsWith": ["arn:aws:sqs:us-east-1:"]}),
        json!({"Field": "eventName", "NotEquals": ["SendMessage"]}),
        json!({"Field": "resources.type", "NotEquals": ["AWS::SQS::Queue"]}),
        json!({"Field": "readOnly", "Equals": ["true", "false"]}),
        json!({"Field": "userIdentity.arn", "Equals": ["x"]}),
        json!({"Field": "eventSource", "Equals": ["sqs.amazonaws.com"]}),
    ] {
        assert_eq!(advanced(&[data(filter.clone())]), (false, false, vec![], vec![]), "{filter}");
    }
}

#[test]
fn the_types_are_told_and_other_texts_refused() {
    let all = Selectors::everything(TRAIL);
    assert_eq!(
        (all.other_data_types().count(), all.data_types().count()),
        (0, Selectors::all_data_types().count())
    );
    assert!(
        Selectors::all_data_types().all(|own| own.starts_with("AWS::") && own.matches("::").count() == 2)
    );
    assert!(Selectors::all_data_types().count() > 50);
    let refused = |text: &str| Selectors::read(text.as_bytes()).unwrap_err().to_string();
    for (text, says) in [
        ("", "EOF"),
        ("[]", "expected an object"),
        ("{}", "TrailARN"),
        (r#"{"TrailARN": "x"}"#, "neither"),
        (r#"{"TrailARN": "x", "TrailARN": "x"}"#, "duplicate"),
        (r#"{"TrailARN": "x", "EventSelectors": [["All", true]]}"#, "expected an object"),
        (r#"{"TrailARN": "x", "EventSelectors": [{"ReadWriteType": "None"}]}"#, "unknown variant"),
    ] {
        assert!(refused(text).contains(says), "{text}: {}", refused(text));
    }
}
