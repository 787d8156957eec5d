//! Lines that are missing, moved, repeated or cut, and files that are none.

use iamgate_record::{FaultCode, Head, RecordChain, RecordError, Signer, verify};

use crate::world::*;

#[test]
fn a_chain_is_intact_under_its_key() {
    for pem in [ED25519, P256] {
        let (text, keys) = (chain(pem, 5).concat(), [public(pem)]);
        let report = verify(&text, &keys, None, None);
        assert_eq!(faults(&report), []);
        assert_eq!((report.records, report.head.expect("a head").sequence()), (5, 5));
        assert_eq!(report.keys, [keys[0].id().into()]);
        assert_eq!(chain(pem, 5).concat(), text, "the same records have the same signatures");
    }
}

#[test]
fn a_chain_goes_on_where_it_ended_and_with_another_key() {
    let mut text = chain(ED25519, 2).concat();
    let mut more = RecordChain::after(head(&text));
    text.push_str(&more.append(&record(2), &key(P256)).expect("a line"));
    let keys = [public(P256), public(ED25519)];
    let report = verify(&text, &keys, None, more.head());
    assert_eq!(faults(&report), []);
    assert_eq!((report.keys.len(), report.expected_at), (2, Some(3)));
    // A file that begins in the middle is checked from the head before it.
    let (first, rest) = text.split_once('\n').expect("lines");
    let first = head(&format!("{first}\n"));
    assert_eq!(faults(&verify(rest, &keys, Some(first), None)), []);
    assert_eq!(faults(&verify(rest, &keys, None, None)), [(1, "/sequence", FaultCode::Missing)]);
    let other: Head = format!("1:{}", "ab".repeat(32)).parse().expect("a head");
    assert_eq!(
        faults(&verify(rest, &keys, Some(other), None)),
        [(1, "/previous", FaultCode::AnotherPrevious)]
    );
}

#[test]
fn lines_that_are_missing_moved_repeated_or_inserted_are_told() {
    let lines = chain(ED25519, 6);
    let of = |order: &[usize]| order.iter().map(|at| &*lines[*at]).collect::<String>();
    let told = |order: &[usize]| {
        faults(&check(&of(order))).first().map(|(line, pointer, code)| (*line, (*pointer).to_owned(), *code))
    };
    let sequence = |line, code| Some((line, "/sequence".to_owned(), code));
    assert_eq!(told(&[0, 1, 2, 3, 4, 5]), None);
    assert_eq!(told(&[1, 2, 3, 4, 5]), sequence(1, FaultCode::Missing));
    assert_eq!(told(&[0, 1, 3, 4, 5]), sequence(3, FaultCode::Missing));
    assert_eq!(told(&[0, 1, 5]), sequence(3, FaultCode::Missing));
    assert_eq!(told(&[0, 2, 1, 3, 4, 5]), sequence(2, FaultCode::Missing));
    assert_eq!(told(&[0, 1, 1, 2, 3]), sequence(3, FaultCode::Repeated));
    assert_eq!(told(&[0, 1, 2, 3, 4, 5, 0]), sequence(7, FaultCode::Repeated));
    assert_eq!(told(&[0, 0]), sequence(2, FaultCode::Repeated));
    for at in 0..6 {
        let without: Vec<usize> = (0..6).filter(|line| *line != at).collect();
        assert_eq!(told(&without).is_none(), at == 5, "without line {at}");
        for to in 0..6 {
            let mut moved = without.clone();
            moved.insert(to, at);
            assert_eq!(told(&moved).is_none(), at == to, "line {at} moved to {to}");
        }
    }
    // A genuine line of another chain of the same key.
    let mut other = RecordChain::new();
    let strange: Vec<String> =
        (7..13).map(|number| other.append(&record(number), &key(ED25519)).expect("a line")).collect();
    let mixed = [&*lines[0], &*strange[1], &*lines[2]].concat();
    assert_eq!(faults(&check(&mixed)), [(2, "/previous", FaultCode::AnotherPrevious)]);
    let mixed = [&*strange[0], &*lines[1], &*lines[2]].concat();
    assert_eq!(faults(&check(&mixed)), [(2, "/previous", FaultCode::AnotherPrevious)]);
}

#[test]
fn a_cut_at_the_end_is_told_by_whoever_kept_the_head() {
    let lines = chain(ED25519, 4);
    let (all, cut) = (lines.concat(), lines[..3].concat());
    let kept = head(&all);
    let keys = [public(ED25519)];
    assert_eq!(faults(&verify(&cut, &keys, None, None)), [], "nobody can see it in the file");
    assert_eq!(faults(&verify(&cut, &keys, None, Some(kept))), [(3, "", FaultCode::HeadMissing)]);
    // The file has grown since the head was kept.
    let report = verify(&all, &keys, None, Some(head(&cut)));
    assert_eq!((faults(&report).len(), report.expected_at), (0, Some(3)));
    // Somebody with the key wrote the chain anew.
    let mut anew = RecordChain::new();
    let anew: String =
        (1..5).map(|number| anew.append(&record(number), &key(ED25519)).expect("a line")).collect();
    assert_eq!(faults(&verify(&anew, &keys, None, Some(kept))), [(4, "", FaultCode::HeadMissing)]);
    // Cut within the last line.
    for length in (cut.len()..all.len()).filter(|length| all.is_char_boundary(*length)) {
        let report = verify(&all[..length], &keys, None, None);
        assert_eq!(report.is_intact(), length == cut.len(), "{length} bytes");
        if !report.is_intact() {
            assert!(report.faults.iter().all(|fault| fault.line == 4));
            assert_eq!(report.faults.last().expect("a fault").code, FaultCode::NoLineEnd);
        }
    }
}

#[test]
fn files_that_are_no_chains() {
    let line = &chain(ED25519, 1)[0];
    let first = |text: &str| faults(&check(text)).first().map(|(line, _, code)| (*line, *code));
    assert_eq!(first(""), Some((0, FaultCode::Empty)));
    for text in [
        "\n",
        "x\n",
        "[]\n",
        "null\n",
        "\"a\"\n",
        "{\n",
        "{}{}\n",
        "\u{feff}{}\n",
        "<html>\n",
        "{\"a\":1,\"a\":1}\n",
        "\0\n",
    ] {
        assert_eq!(first(text), Some((1, FaultCode::NotJson)), "{text:?}");
    }
    assert_eq!(first(&format!("{line}\n")), Some((2, FaultCode::NotJson)), "an empty line");
    assert_eq!(first("{}\n"), Some((1, FaultCode::NotASignedRecord)));
    assert_eq!(first(&format!("{}\n", record(0))), Some((1, FaultCode::NotASignedRecord)));
    let twice = line.replacen("\"record\":{", "\"record\":{\"call\":null,", 1);
    assert_eq!(first(&twice), Some((1, FaultCode::NotJson)));
    let layout = line.replacen(':', ": ", 1);
    assert_eq!(first(&layout), Some((1, FaultCode::NotCanonical)));
    assert_eq!(first(&line.replace('\n', "\r\n")), Some((1, FaultCode::NotCanonical)));
    assert_eq!(first(&line.replacen("engineer", "\\u0065ngineer", 1)), Some((1, FaultCode::NotCanonical)));
    assert_eq!(first(&line.replacen("\\ud83d", "\\uD83D", 1)), Some((1, FaultCode::NotCanonical)));
    let deep = format!("{{\"a\":{}{}}}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(first(&deep), Some((1, FaultCode::NotJson)));
    let huge = format!("{{\"a\":\"{}\"}}\n", "x".repeat(16 << 20));
    assert_eq!(first(&huge), Some((1, FaultCode::TooLarge)));
    let many = "x\n".repeat(10_000);
    let report = check(&many);
    assert_eq!((report.records, report.faults.len()), (10_000, 101));
    assert_eq!(report.faults[100].code, FaultCode::More);
}

/// A signer whose signature does not fit its key.
struct Liar(iamgate_record::FileKey, Vec<u8>);
impl Signer for Liar {
    fn public_key(&self) -> &iamgate_record::PublicKey {
        self.0.public_key()
    }
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, RecordError> {
        Ok(self.1.clone())
    }
}

#[test]
fn records_that_are_not_signed() {
    let mut chain = RecordChain::new();
    let mut append =
        |text: &str, signer: &dyn Signer| chain.append(text, signer).map(|_| ()).map_err(RecordError::code);
    let own = key(ED25519);
    for text in ["", "[]", "null", "{", "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"b\":1}}"] {
        assert_eq!(append(text, &own), Err("INVALID_RECORD"), "{text}");
    }
    assert_eq!(append(&format!("{{\"a\":\"{}\"}}", "x".repeat(16 << 20)), &own), Err("RECORD_TOO_LARGE"));
    assert_eq!(
        append(&format!("{{\"a\":\"{}\"}}", "x".repeat((16 << 20) - 100)), &own),
        Err("RECORD_TOO_LARGE")
    );
    for signature in [vec![], vec![0; 64], vec![0; 65], vec![255; 64]] {
        for pem in [ED25519, P256] {
            assert_eq!(append("{}", &Liar(key(pem), signature.clone())), Err("RECORD_NOT_SIGNED"));
        }
    }
    assert_eq!(chain.head(), None, "nothing was appended");
    let last: Head = format!("{}:{}", i64::MAX, "0".repeat(64)).parse().expect("a head");
    assert_eq!(RecordChain::after(last).append("{}", &own), Err(RecordError::Full));
}

#[test]
fn heads_are_read_as_they_are_written() {
    let own = head(&chain(ED25519, 3).concat());
    assert_eq!(own.to_string().parse(), Ok(own));
    assert_eq!(own.sequence(), 3);
    let hash = "0".repeat(64);
    for text in [
        "",
        "3",
        ":",
        "3:",
        &hash,
        &format!("0:{hash}"),
        &format!("-1:{hash}"),
        &format!("03:{hash}"),
        &format!("3:{hash}0"),
        &format!("3:{}", "A".repeat(64)),
        &format!("3:{}g", "0".repeat(63)),
        &format!("3: {hash}"),
        &format!("9223372036854775808:{hash}"),
    ] {
        assert!(text.parse::<Head>().is_err(), "{text}");
    }
}

/// What the writer of a record gave stands in the line, but for white space and the order of its own members.
#[test]
fn a_record_keeps_its_bytes() {
    let mut chain = RecordChain::new();
    let line =
        chain.append("{ \"b\": {\"z\": 1.50, \"a\": [1e2]},\n\"a\": \"x\" }", &key(ED25519)).expect("a line");
    assert!(line.contains(r#""record":{"a":"x","b":{"z":1.50,"a":[1e2]}}"#), "{line}");
    assert!(check(&line).is_intact());
    let moved = line.replacen(r#"{"z":1.50,"a":[1e2]}"#, r#"{"a":[1e2],"z":1.50}"#, 1);
    assert_eq!(faults(&check(&moved)), [(1, "/record/b", FaultCode::MemberChanged)]);
    let moved =
        line.replacen(r#"{"a":"x","b":{"z":1.50,"a":[1e2]}}"#, r#"{"b":{"z":1.50,"a":[1e2]},"a":"x"}"#, 1);
    assert_eq!(faults(&check(&moved))[0].2, FaultCode::NotCanonical);
}
