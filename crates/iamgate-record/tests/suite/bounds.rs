//! The largest record, line and key: at the bound all is well, and one byte more is refused.

use iamgate_record::{FaultCode, FileKey, PublicKey, RecordChain, RecordError};

use crate::world::*;

const MOST: usize = 16 << 20;

#[test]
fn a_record_and_its_line_have_at_most_16_mib() {
    let own = key(ED25519);
    let line = |record: &str| RecordChain::new().append(record, &own);
    // White space counts in what is given, and is no part of the line.
    let padded = |length: usize| format!("{{{}}}", " ".repeat(length - 2));
    assert_eq!(line(&padded(MOST)), line("{}"));
    assert_eq!(line(&padded(MOST + 1)), Err(RecordError::TooLarge));
    let record = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length));
    let room = MOST - line(&record(0)).expect("a line").trim_end().len();
    let longest = line(&record(room)).expect("a line of 16 MiB");
    assert_eq!(longest.trim_end().len(), MOST);
    assert_eq!(faults(&check(&longest)), []);
    assert_eq!(line(&record(room + 1)), Err(RecordError::TooLarge));
    let longer = longest.replacen("xx", "xxx", 1);
    assert_eq!(faults(&check(&longer)), [(1, "", FaultCode::TooLarge)]);
}

#[test]
fn a_key_has_at_most_16384_bytes_with_the_white_space_around_it() {
    let padded = |text: &str, length: usize| format!("{text}{}", " ".repeat(length - text.len()));
    for private in [ED25519, P256] {
        let own = public(private);
        assert_eq!(PublicKey::read(&padded(&own.jwk(), 16_384)), Ok(own.clone()));
        assert!(FileKey::from_pem(&padded(private, 16_384)).is_ok());
        for length in [16_385, 20_000] {
            assert_eq!(PublicKey::read(&padded(&own.jwk(), length)), Err(RecordError::NotAPublicKey));
            let key = FileKey::from_pem(&padded(private, length));
            assert_eq!(key.err(), Some(RecordError::NotAPrivateKey));
        }
    }
}
