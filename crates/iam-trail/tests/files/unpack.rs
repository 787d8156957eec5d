//! Files compressed with gzip.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::io::Write as _;

use crate::common::{findings, outline, read, record, records};
use flate2::{Compression, GzBuilder, write::GzEncoder};
use iam_trail::{Finding, Limits, TrailCode, Unpack};

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn unpack<'c>(chunks: impl IntoIterator<Item = &'c [u8]>, limit: u64) -> (Vec<u8>, Option<Finding>) {
    let (mut unpack, mut all) = (Unpack::new(limit), Vec::new());
    for chunk in chunks {
        let result = unpack.feed(chunk, &mut |bytes| {
            assert!(!bytes.is_empty() && bytes.len() <= 131_072);
            all.extend_from_slice(bytes);
        });
        if let Err(finding) = result {
            // Later bytes are not looked at.
            assert_eq!(unpack.feed(b"more", &mut |_| panic!("{finding}")), Ok(()));
            return (all, Some(finding));
        }
    }
    assert_eq!(unpack.bytes(), u64::try_from(all.len()).unwrap());
    (all, unpack.finish().err())
}

#[test]
fn members_in_chunks_of_any_size() {
    let text: Vec<u8> = (0..200_000_u32).flat_map(|n| n.wrapping_mul(n).to_le_bytes()).collect();
    let mut packed = pack(&text);
    packed.extend(
        GzBuilder::new()
            .filename("a")
            .comment("b")
            .extra(vec![7; 300])
            .write(Vec::new(), Compression::none())
            .finish()
            .unwrap(),
    );
    packed.extend(pack(b"end"));
    let expected = [&*text, b"end"].concat();
    for size in [1, 2, 7, 1_000, 65_536, usize::MAX] {
        assert_eq!(unpack(packed.chunks(size.min(packed.len())), u64::MAX), (expected.clone(), None));
    }
    packed.extend([0; 600]);
    assert_eq!(unpack([&*packed], u64::MAX), (expected.clone(), None));
    packed.extend(b"garbage");
    let (all, finding) = unpack(packed.chunks(5), u64::MAX);
    assert_eq!((all, finding.map(|own| own.code)), (expected, Some(TrailCode::GzipBroken)));
}

#[test]
fn headers_with_a_check() {
    let plain = pack(b"text");
    let mut packed = plain[..10].to_vec();
    packed[3] = 2 | 4;
    // An empty extra field, and the check.
    packed.extend([0, 0, 1, 2]);
    packed.extend(&plain[10..]);
    assert_eq!(unpack([&*packed], 4), (b"text".to_vec(), None));
}

#[test]
fn cut_and_changed_files() {
    let text = format!("{}\n{}\n", record(1), record(2));
    let packed = pack(text.as_bytes());
    for cut in 2..packed.len() {
        let got = read([&packed[..cut]], Limits::default());
        let found = findings(&got);
        assert_eq!(
            found.iter().filter(|own| own.code == TrailCode::GzipTruncated).count(),
            1,
            "{cut}: {got:?}"
        );
    }
    // The whole of the text is there before the check is.
    assert_eq!(records(&read([&packed[..packed.len() - 8]], Limits::default())).len(), 2);
    for at in 2..packed.len() {
        let mut changed = packed.clone();
        changed[at] ^= 0x10;
        let got = read([&*changed], Limits::default());
        // The time, the system and flags that are unknown say nothing, nor do the bits that fill the last byte before the check.
        if !matches!(at, 3..=9) && at != packed.len() - 9 {
            assert!(!findings(&got).is_empty(), "{at}");
        }
    }
    for (file, code) in
        [(&b"\x1f\x8b\x07xxx"[..], "GZIP_BROKEN"), (b"\x1f\x8b", "GZIP_TRUNCATED"), (b"\x1f", "NO_RECORDS")]
    {
        let got = read(file.chunks(1), Limits::default());
        assert_eq!(findings(&got)[0].code.name(), code);
        assert_eq!(findings(&got).last().unwrap().code, TrailCode::NoRecords);
    }
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(format!("{{\"Records\":[{},", record(1)).as_bytes()).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..300 {
        encoder.write_all(&zeros).unwrap();
    }
    let packed = encoder.finish().unwrap();
    assert!(packed.len() < 400_000);
    let mut limits = Limits::default();
    limits.file_bytes = 5_000_000;
    for size in [1_000, packed.len()] {
        let got = read(packed.chunks(size), limits);
        assert_eq!(outline(&got), "1@12 FILE_TOO_LONG:1@5000000 TRUNCATED:1@5000000");
    }
    let (all, finding) = unpack([&*packed], 1_000);
    assert_eq!((all.len(), finding.map(|own| own.code)), (1_000, Some(TrailCode::FileTooLong)));
}
