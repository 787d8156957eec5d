//! What heads, keys, faults and errors say.

use iamgate_record::{FaultCode, Head, RecordError};
use sha2::{Digest as _, Sha256};

use crate::world::*;

/// The faults of these lines of a chain of six, as they are shown.
fn shown(order: &[usize]) -> Vec<String> {
    let lines = chain(ED25519, 6);
    let text: String = order.iter().map(|at| &*lines[*at]).collect();
    check(&text).faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_head_has_the_hash_of_the_last_line_without_its_end() {
    let lines = chain(ED25519, 2);
    let own = head(&lines.concat());
    let wanted: [u8; 32] = Sha256::digest(lines[1].trim_end().as_bytes()).into();
    assert_eq!(own.sha256(), &wanted);
    assert_ne!(own.sha256(), head(&lines[0]).sha256());
    let error = "3".parse::<Head>().expect_err("no head").to_string();
    assert!(error.contains("NUMBER:SHA256") && error.contains("iamgate record verify"), "{error}");
}

#[test]
fn a_fault_says_which_records_are_missing() {
    assert_eq!(
        shown(&[0, 1, 3]),
        ["line 3, /sequence: RECORDS_MISSING: record 3 is missing before this one, which is record 4"
            .to_owned()]
    );
    assert_eq!(
        shown(&[0, 1, 5]),
        ["line 3, /sequence: RECORDS_MISSING: records 3 to 5 are missing before this one".to_owned()]
    );
    assert_eq!(shown(&[]), ["line 0: NO_RECORDS: there is no record".to_owned()]);
}

#[test]
fn a_line_in_another_form_is_told_at_the_first_place_that_differs() {
    let line = &chain(ED25519, 1)[0];
    for (old, new, pointer) in [
        ("engineer", "\\u0065ngineer", "/record/request/engineer"),
        ("planned", "pl\\u0061nned", "/record/verdict"),
        ("signed-record", "signed\\u002drecord", "/schema"),
        ("Ed25519", "\\u0045d25519", "/signer/algorithm"),
    ] {
        let changed = line.replacen(old, new, 1);
        assert_eq!(faults(&check(&changed)), [(1, pointer, FaultCode::NotCanonical)], "{old}");
    }
}

#[test]
fn an_error_says_its_code_what_is_wrong_and_how_to_mend_it() {
    let error = RecordError::TooLarge;
    assert_eq!((error.code(), error.found()), ("RECORD_TOO_LARGE", "a record of more than 16 MiB"));
    assert_eq!(error.help(), "leave out what is not needed");
    assert_eq!(
        error.to_string(),
        "RECORD_TOO_LARGE: a record of more than 16 MiB; leave out what is not needed"
    );
    assert!(RecordError::PrivateKey.help().contains("openssl pkey -in private.pem -pubout"));
}

#[test]
fn a_key_shows_its_algorithm_and_id_and_no_secret() {
    for (pem, algorithm) in [(ED25519, "Ed25519"), (P256, "ES256")] {
        let public = format!("PublicKey {{ algorithm: {algorithm:?}, id: {:?}, .. }}", public(pem).id());
        assert_eq!(format!("{:?}", key(pem)), format!("FileKey {{ public: {public}, .. }}"));
    }
}
