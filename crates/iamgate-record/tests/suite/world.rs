//! A chain of records.

use iamgate_record::{ChainReport, FaultCode, FileKey, Head, PublicKey, RecordChain, Signer as _, verify};
use serde_json::json;

pub(crate) const ED25519: &str = include_str!("../keys/ed25519.pem");
pub(crate) const OTHER: &str = include_str!("../keys/other.pem");
pub(crate) const P256: &str = include_str!("../keys/p256.pem");

pub(crate) fn key(pem: &str) -> FileKey {
    FileKey::from_pem(pem).expect("a key")
}

pub(crate) fn public(pem: &str) -> PublicKey {
    key(pem).public_key().clone()
}

/// A record with members of every kind.
pub(crate) fn record(number: usize) -> String {
    json!({
        "verdict": if number.is_multiple_of(2) { "planned" } else { "refused" },
        "inputs": {"role": [{"name": "role.json", "sha256": "ab".repeat(32)}], "claims": "c\u{f6}d\u{e9} \u{1f512} \u{7f}\n"},
        "request": {"engineer": "ana@doit.com", "case": format!("{number}"), "duration_seconds": 3_600, "context": {}},
        "findings": [], "call": null, "is_real": true, "a/b~c": [1.5, -0.0, 1e300, false, [null, {}]],
    })
    .to_string()
}

pub(crate) fn chain(pem: &str, records: usize) -> Vec<String> {
    let (mut chain, key) = (RecordChain::new(), key(pem));
    (0..records).map(|number| chain.append(&record(number), &key).expect("a line")).collect()
}

pub(crate) fn check(text: &str) -> ChainReport {
    verify(text, &[public(ED25519)], None, None)
}

/// The faults as `(line, pointer, code)`.
pub(crate) fn faults(report: &ChainReport) -> Vec<(usize, &str, FaultCode)> {
    report.faults.iter().map(|fault| (fault.line, &*fault.pointer, fault.code)).collect()
}

pub(crate) fn head(text: &str) -> Head {
    check(text).head.expect("a head")
}
