//! Every built-in session vector: it is read, and what is rejected is rejected by a check of STS, not because it could not be read.
//! What a created session holds is compared in `conformance.rs`.

use std::collections::{BTreeMap, BTreeSet};

use iam_eval::session::{RefusalCode, SessionLimits, wire};
use iam_json::Document;
use iam_policy::Limits;
use iam_testkit::vectors::{FILES, missing_for};

use super::NOW;

/// Every rejected vector of `aws/sessions.json`, in the order of the file, and why.
const REASONS: [(&str, &str); 23] = [
    ("sts-name-2", "SESSION_NAME_LENGTH"),
    ("sts-name-4", "SESSION_NAME_LENGTH"),
    ("sts-name-5", "SESSION_NAME_CHARACTERS"),
    ("sts-name-6", "SESSION_NAME_CHARACTERS"),
    ("sts-name-9", "SESSION_NAME_CHARACTERS"),
    ("sts-dur-over", "DURATION_TOO_LONG DURATION_EXCEEDS_ROLE"),
    ("sts-dur-role-max", "DURATION_EXCEEDS_ROLE"),
    ("sts-pol-other-account", "POLICY_ARN_OF_OTHER_ACCOUNT"),
    ("sts-tag-51", "TOO_MANY_TAGS"),
    ("sts-tag-key-129", "TAG_KEY_LENGTH"),
    ("sts-tag-value-257", "TAG_VALUE_LENGTH"),
    ("sts-tag-key-empty", "TAG_KEY_LENGTH"),
    ("sts-tag-key-aws", "TAG_RESERVED"),
    ("sts-tag-value-aws", "TAG_RESERVED"),
    ("sts-tag-chars-bad", "TAG_CHARACTERS"),
    ("sts-tag-same-key-case", "TAG_TWICE"),
    ("sts-src-aws", "SOURCE_IDENTITY_CHARACTERS"),
    ("sts-roles-other", "ROLE_NOT_IN_TOKEN"),
    ("sts-dur-chain", "DURATION_EXCEEDS_CHAINING"),
    ("sts-chain-conflict", "TAG_INHERITED"),
    ("sts-chain-conflict-case", "TAG_INHERITED"),
    ("sts-src-chain-change", "SOURCE_IDENTITY_CHANGED"),
    ("sts-gft-name-33", "SESSION_NAME_LENGTH"),
];

/// The id, whether it is to be created, and the codes of its refusals.
type Outcome = (String, bool, Vec<RefusalCode>);

fn outcomes(wanted: impl Fn(&str) -> bool) -> Vec<Outcome> {
    // A vector may hold documents of any length, as text.
    let mut limits = Limits::default();
    limits.document_bytes = usize::MAX;
    let mut outcomes = Vec::new();
    for (_, text) in FILES.iter().filter(|(name, _)| wanted(name)) {
        let document = Document::parse(text, &limits).expect("valid JSON");
        for case in document.root().items() {
            let member = |name: &str| case.member(name).expect("every vector has it");
            let is_ok = member("expect").member("result").expect("a result").string() == "ok";
            let opening = wire::opening(case, NOW).expect("the vector is read");
            let refusals = opening.open(&SessionLimits::default()).err();
            let codes = refusals.iter().flatten().map(|refusal| refusal.code).collect();
            outcomes.push((member("id").string().into_owned(), is_ok, codes));
        }
    }
    outcomes
}

#[test]
fn every_vector_is_read_and_decided() {
    let outcomes = outcomes(|name| name.contains("sessions"));
    assert_eq!(outcomes.len(), 52 + 12 + 23 + 3 + 230 + 3);
    let failed: Vec<&Outcome> =
        outcomes.iter().filter(|(_, is_ok, codes)| *is_ok != codes.is_empty()).collect();
    let unlisted: Vec<&&Outcome> = failed.iter().filter(|(id, ..)| missing_for(id).is_none()).collect();
    assert!(unlisted.is_empty(), "{unlisted:?}");
}

#[test]
fn rejected_for_the_right_reason() {
    let seen: Vec<(String, String)> = outcomes(|name| name == "aws/sessions.json")
        .into_iter()
        .filter(|(_, is_ok, _)| !is_ok)
        .map(|(id, _, codes)| {
            let names: Vec<&str> = codes.iter().map(|code| code.name()).collect();
            (id, names.join(" "))
        })
        .collect();
    let wanted: Vec<(String, String)> =
        REASONS.iter().map(|(id, codes)| ((*id).to_owned(), (*codes).to_owned())).collect();
    assert_eq!(seen, wanted);
}

/// Names are what programs compare: each is there once, in capitals.
#[test]
fn codes_are_distinct() {
    let names: BTreeSet<&str> = RefusalCode::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), RefusalCode::ALL.len());
    assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')));
    let by_name: BTreeMap<&str, &str> =
        RefusalCode::ALL.iter().map(|code| (code.name(), code.rule())).collect();
    assert!(by_name.values().all(|rule| !rule.is_empty()));
}
