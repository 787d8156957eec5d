//! Answers name the days of the data about AWS on which they rest, and never an age.

use serde_json::Value;

use super::run::{iamgate, scratch, stdout};

const ROLE: &str = "../../../../../policies/doit/support-gateway";
const READS: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}}"#;
const BUCKET: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:GetObject", "Resource": "*"}}"#;

fn json_on(day: &str, args: &[&str]) -> String {
    let with = [args, &["--format", "json"]].concat();
    stdout(&iamgate(&with).env("IAMGATE_TODAY", day).output().unwrap())
}

/// Arguments, and the data on which the answer rests.
#[test]
fn an_answer_names_the_days_of_its_data_and_no_age() {
    let reads = scratch("dates-reads.json", READS.as_bytes());
    let bucket = scratch("dates-bucket.json", BUCKET.as_bytes());
    let (reads, bucket) = (reads.to_str().unwrap(), bucket.to_str().unwrap());
    let own = ["--action", "s3:GetObject", "--resource", "arn:aws:s3:::b/k"];
    let table: &[(&[&str], &[&str])] = &[
        (&["preview", ROLE], &["catalogue", "managed_policies"]),
        (&["preview", ROLE, "--before-role", ROLE], &["catalogue", "managed_policies"]),
        (&["effective", ROLE], &["details", "managed_policies"]),
        (&["shrink", reads], &["catalogue", "details"]),
        (&["diff", reads, reads], &["catalogue", "details"]),
        (&["profiles"], &["catalogue", "details", "managed_policies"]),
        (&["prove", "read-only", "--any-role"], &["catalogue", "details", "managed_policies"]),
        (&["prove", "not-granted", reads, "--action", "s3:PutObject"], &["catalogue", "details"]),
        (&["prove", "no-public", bucket, "--owner", "111122223333"], &["details"]),
        (&["preflight", reads, "--account", "111122223333"], &["details"]),
        (&[&["could", ROLE][..], &own].concat(), &["managed_policies"]),
    ];
    for (args, wanted) in table {
        let text = json_on("2026-12-01", args);
        let answer: Value = serde_json::from_str(&text).unwrap();
        let data = answer["data"].as_object().unwrap_or_else(|| panic!("{args:?}\n{text}"));
        assert_eq!(data.keys().collect::<Vec<_>>(), *wanted, "{args:?}");
        for day in data.values() {
            let day = day.as_str().unwrap();
            assert!(day.len() == 10 && day.starts_with("202"), "{args:?}: {day}");
        }
        assert_eq!(json_on("2036-12-01", args), text, "{args:?}");
    }
}

#[test]
fn people_are_told_the_days_too() {
    let reads = scratch("dates-people.json", READS.as_bytes());
    let reads = reads.to_str().unwrap();
    for args in [
        &["effective", ROLE][..],
        &["shrink", reads],
        &["diff", reads, reads],
        &["profiles"],
        &["prove", "not-granted", reads, "--action", "s3:PutObject"],
        &["preflight", reads, "--account", "111122223333"],
    ] {
        let run = iamgate(args).output().unwrap();
        let told = format!("{}{}", stdout(&run), super::run::stderr(&run));
        assert_eq!(told.matches("\nData of AWS: ").count(), 1, "{args:?}\n{told}");
    }
}
