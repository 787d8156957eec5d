//! Hashes of log files.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use iam_trail::Limits;
use iam_trail::digest::{DigestError, DigestErrorKind, LogHash, Sum};
use proptest::prelude::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn hash(file: &[u8], chunk: usize) -> Result<Sum, DigestError> {
    let mut hash = LogHash::new(Limits::default());
    file.chunks(chunk).for_each(|chunk| hash.update(chunk));
    hash.finish()
}

proptest! {
    #[test]
    fn chunks_and_compression_do_not_matter(bytes in prop::collection::vec(any::<u8>(), 0..2_000), chunk in 1..300_usize) {
        prop_assume!(!bytes.starts_with(&[0x1f, 0x8b]));
        let expected = Sum::of(&bytes);
        prop_assert_eq!(hash(&bytes, chunk).unwrap(), expected);
        prop_assert_eq!(hash(&gzip(&bytes), chunk).unwrap(), expected);
    }

    #[test]
    fn a_hash_is_read_as_it_is_written(bytes in any::<[u8; 32]>()) {
        let sum = Sum::from_bytes(bytes);
        prop_assert_eq!(Sum::parse(&sum.to_string()), Some(sum));
        prop_assert_eq!(Sum::parse(&sum.to_string().to_ascii_uppercase()), Some(sum));
        prop_assert_eq!(sum.bytes(), &bytes);
    }
}

#[test]
fn what_is_added_to_a_compressed_file_counts() {
    let (first, second) = (gzip(b"first"), gzip(b"second"));
    let both = [first.as_slice(), &second].concat();
    assert_eq!(hash(&both, 7).unwrap(), Sum::of(b"firstsecond"));
    let garbage = [first.as_slice(), b"garbage"].concat();
    assert_eq!(hash(&garbage, 7).unwrap_err().kind, DigestErrorKind::Compression);
    for cut in 2..first.len() {
        assert_eq!(hash(&first[..cut], 3).unwrap_err().kind, DigestErrorKind::Compression);
    }
}

#[test]
fn a_file_over_the_limit_has_no_hash() {
    let mut limits = Limits::default();
    limits.file_bytes = 5;
    for (file, fits) in [
        (b"12345".to_vec(), true),
        (b"123456".to_vec(), false),
        (gzip(b"12345"), true),
        (gzip(b"123456"), false),
    ] {
        let mut hash = LogHash::new(limits);
        file.chunks(2).for_each(|chunk| hash.update(chunk));
        let kind = hash.finish().map_err(|error| error.kind);
        assert_eq!(kind, if fits { Ok(Sum::of(b"12345")) } else { Err(DigestErrorKind::TooLong) });
    }
}

#[test]
fn what_is_no_hash_is_not_read() {
    let hex = "00".repeat(32);
    assert!(Sum::parse(&hex).is_some());
    for text in [
        "",
        "00",
        &"00".repeat(33),
        &hex.replace('0', "g"),
        &format!("{}é", "00".repeat(31)),
        &"+1".repeat(32),
    ] {
        assert_eq!(Sum::parse(text), None, "{text}");
    }
}
