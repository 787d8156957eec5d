//! Digest files and lists of keys: what is read, and what is refused at which place.

use iam_trail::digest::{DigestError, DigestErrorKind, DigestFile, PublicKeys, Signature};
use proptest::prelude::*;
use rsa::PrivateKey;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::DecodePrivateKey;
use serde_json::{Value, json};

use crate::world::{BEGIN, HONEST, ONE, TWO, at, base64, listed, read_keys, spki};

/// The form of the examples of the CloudTrail User Guide, "CloudTrail digest file structure": one with a log file, and one without.
fn example(logs: &Value, newest: &Value) -> Value {
    json!({
        "awsAccountId": "111122223333",
        "digestStartTime": "2015-08-17T14:01:31Z",
        "digestEndTime": "2015-08-17T15:01:31Z",
        "digestS3Bucket": "amzn-s3-demo-bucket",
        "digestS3Object": "AWSLogs/111122223333/CloudTrail-Digest/us-east-2/2015/08/17/111122223333_CloudTrail-Digest_us-east-2_your-trail-name_us-east-2_20150817T150131Z.json.gz",
        "digestPublicKeyFingerprint": "31e8b5433410dfb61a9dc45cc65b22ff",
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": newest,
        "oldestEventTime": newest,
        "previousDigestS3Bucket": "amzn-s3-demo-bucket",
        "previousDigestS3Object": "AWSLogs/111122223333/CloudTrail-Digest/us-east-2/2015/08/17/111122223333_CloudTrail-Digest_us-east-2_your-trail-name_us-east-2_20150817T140131Z.json.gz",
        "previousDigestHashValue": "97fb791cf91ffc440d274f8190dbdd9aa09c34432aba82739df18b6d3c13df2d",
        "previousDigestHashAlgorithm": "SHA-256",
        "previousDigestSignature": "50887ccffad4c002b97caa37cc9dc626",
        "logFiles": logs,
    })
}

fn with_log() -> Value {
    let newest = json!("2015-08-17T14:52:27Z");
    let log = json!({
        "s3Bucket": "amzn-s3-demo-bucket",
        "s3Object": "AWSLogs/111122223333/CloudTrail/us-east-2/2015/08/17/111122223333_CloudTrail_us-east-2_20150817T1445Z_9nYN7gp2eWAJHIfT.json.gz",
        "hashValue": "9bb6196fc6b84d6f075a56548feca262bd99ba3c2de41b618e5b6e22c1fc71f6",
        "hashAlgorithm": "SHA-256",
        "newestEventTime": newest,
        "oldestEventTime": "2015-08-17T14:42:27Z",
    });
    example(&json!([log]), &newest)
}

fn read(members: &Value) -> Result<DigestFile, DigestError> {
    DigestFile::read(members.to_string().as_bytes())
}

#[test]
fn the_examples_of_the_user_guide_are_read() {
    let file = read(&with_log()).unwrap();
    let stream = file.stream();
    assert_eq!((stream.account.as_str(), stream.region.as_str()), ("111122223333", "us-east-2"));
    assert_eq!((stream.trail.as_str(), stream.is_backfill), ("your-trail-name", false));
    assert_eq!(
        (file.start().to_string(), file.end().to_string()),
        ("2015-08-17T14:01:31Z".into(), "2015-08-17T15:01:31Z".into())
    );
    assert_eq!(
        file.log_files()[0].name(),
        "111122223333_CloudTrail_us-east-2_20150817T1445Z_9nYN7gp2eWAJHIfT.json.gz"
    );
    assert_eq!(file.log_files()[0].newest_event_time.as_deref(), Some("2015-08-17T14:52:27Z"));
    assert!(file.previous().unwrap().key.ends_with("20150817T140131Z.json.gz"));
    let empty = read(&example(&json!([]), &Value::Null)).unwrap();
    assert!(empty.log_files().is_empty());
}

#[test]
fn members_that_are_not_known_are_passed_over() {
    let mut members = with_log();
    members["new"] = json!({"a": [1]});
    assert!(read(&members).is_ok());
}

#[test]
fn each_member_is_needed_and_has_its_kind() {
    let optional = ["newestEventTime", "oldestEventTime"];
    for name in with_log().as_object().unwrap().keys() {
        let mut members = with_log();
        members.as_object_mut().unwrap().remove(name);
        let missing = read(&members);
        assert_eq!(missing.is_err(), !optional.contains(&name.as_str()), "{name}");
        if optional.contains(&name.as_str()) {
            continue;
        }
        for value in [json!(1), json!({}), json!(["x"]), json!(true), Value::Null] {
            members[name] = value;
            let error = read(&members).unwrap_err();
            assert_eq!(error.kind, DigestErrorKind::Member, "{name}: {error}");
        }
    }
    for name in ["s3Bucket", "s3Object", "hashValue", "hashAlgorithm"] {
        let mut members = with_log();
        members["logFiles"][0].as_object_mut().unwrap().remove(name);
        assert_eq!(read(&members).unwrap_err().kind, DigestErrorKind::Member);
    }
}

/// A list is no object, even if it has the values of the members in their order.
#[test]
fn lists_are_no_objects() {
    let values =
        |object: &Value, names: &[&str]| -> Value { names.iter().map(|name| object[name].clone()).collect() };
    let mut members = with_log();
    let names = ["s3Bucket", "s3Object", "hashValue", "hashAlgorithm", "oldestEventTime", "newestEventTime"];
    members["logFiles"][0] = values(&members["logFiles"][0], &names);
    assert_eq!(read(&members).unwrap_err().kind, DigestErrorKind::Member);
    let names = [
        "awsAccountId",
        "digestStartTime",
        "digestEndTime",
        "digestS3Bucket",
        "digestS3Object",
        "digestPublicKeyFingerprint",
        "digestSignatureAlgorithm",
        "previousDigestS3Bucket",
        "previousDigestS3Object",
        "previousDigestHashValue",
        "previousDigestHashAlgorithm",
        "previousDigestSignature",
        "logFiles",
    ];
    assert_eq!(read(&values(&with_log(), &names)).unwrap_err().kind, DigestErrorKind::Member);
    let names = ["Fingerprint", "Value", "ValidityStartTime", "ValidityEndTime"];
    let key = values(&listed(ONE, ONE, 0, 9), &names);
    for keys in [json!({"PublicKeyList": [key]}), json!([[listed(ONE, ONE, 0, 9)]])] {
        let error = PublicKeys::read(keys.to_string().as_bytes()).unwrap_err();
        assert_eq!((error.kind, error.line), (DigestErrorKind::Member, 1));
    }
}

#[test]
fn values_that_cannot_be_are_refused() {
    for (name, value) in [
        ("digestStartTime", json!("2015-08-17T15:01:32Z")),
        ("digestEndTime", json!("2015-08-17 15:01:31Z")),
        ("digestEndTime", json!("1439823691")),
        ("digestEndTime", json!("2015-08-17T15:01:31+00:00")),
        ("digestEndTime", json!("2015-02-30T15:01:31Z")),
        ("digestS3Bucket", json!("")),
        ("digestS3Bucket", json!("a\nb")),
        ("digestS3Object", json!("AWSLogs/111122223333/CloudTrail/us-east-2/x.json.gz")),
        ("digestS3Object", json!("a_CloudTrail-Digest_us-east-2__us-east-2_20150817T150131Z.json.gz")),
        ("digestSignatureAlgorithm", json!("SHA1withRSA")),
        ("previousDigestHashAlgorithm", json!("SHA-1")),
        ("previousDigestHashValue", json!("97fb")),
    ] {
        let mut members = with_log();
        members[name] = value;
        assert_eq!(read(&members).unwrap_err().kind, DigestErrorKind::Member, "{name}");
    }
    let mut members = with_log();
    members["logFiles"][0]["hashAlgorithm"] = json!("MD5");
    assert!(read(&members).unwrap_err().text.contains("the algorithm is not SHA-256"));
}

#[test]
fn errors_have_their_place() {
    let json = serde_json::to_string_pretty(&with_log()).unwrap();
    let twice = json.replacen('{', "{\n  \"digestEndTime\": \"2015-08-17T15:01:31Z\",", 1);
    let error = DigestFile::read(twice.as_bytes()).unwrap_err();
    let line = twice.lines().enumerate().filter(|(_, line)| line.contains("digestEndTime")).nth(1).unwrap().0;
    assert_eq!((error.kind, error.line), (DigestErrorKind::Member, line + 1));
    assert!(error.text.contains("duplicate field `digestEndTime`"), "{error}");
    let error = DigestFile::read(&json.as_bytes()[..100]).unwrap_err();
    assert_eq!((error.kind, error.line > 1), (DigestErrorKind::Json, true));
    let more = format!("{json}{json}");
    assert_eq!(DigestFile::read(more.as_bytes()).unwrap_err().kind, DigestErrorKind::Json);
    assert_eq!(DigestFile::read(b"\x1f\x8b\x00").unwrap_err().kind, DigestErrorKind::Compression);
    let long = vec![b' '; usize::try_from(DigestFile::MOST_BYTES).unwrap() + 1];
    assert_eq!(DigestFile::read(&long).unwrap_err().kind, DigestErrorKind::TooLong);
}

#[test]
fn keys_are_read_in_each_form() {
    let file = HONEST[0].made[0].signed_file();
    let times = |text: &str| (json!(text), json!(text));
    let (from, until) = (at(0).to_string(), at(900).to_string());
    let offset = |text: &str| text.replace('Z', ".123000+00:00");
    for (from, until) in [
        (json!(BEGIN), json!(BEGIN + 900 * 3_600)),
        (json!(1_793_491_291.5), json!(1_800_000_000.25)),
        (json!("1793491291.0"), json!("1800000000.0")),
        (json!(from), json!(until)),
        (json!(offset(&from)), json!(offset(&until))),
    ] {
        for (list, value) in
            [("PublicKeyList", listed(ONE, ONE, 0, 0)["Value"].clone()), ("publicKeyList", json!(spki(ONE)))]
        {
            let key = json!({"Fingerprint": ONE, "Value": value, "ValidityStartTime": from, "ValidityEndTime": until});
            let keys = read_keys(&json!({list: [key]}));
            assert_eq!(keys.fingerprints().collect::<Vec<_>>(), [ONE]);
            let report = iam_trail::digest::ChainReport::validate([file.clone()], &keys);
            assert_eq!(report.digests[0].signature, Signature::Valid, "{from} {until}");
        }
    }
    for (bad, _) in [times("yesterday"), times(""), times("1.2.3"), times("-1")] {
        let mut key = listed(ONE, ONE, 0, 9);
        key["ValidityStartTime"] = bad;
        let json = json!({"PublicKeyList": [key]}).to_string();
        assert_eq!(PublicKeys::read(json.as_bytes()).unwrap_err().kind, DigestErrorKind::Member);
    }
}

#[test]
fn keys_that_are_none_are_refused() {
    let small = PrivateKey::from_pkcs8_der(include_bytes!("../keys/rsa-small.der")).unwrap();
    let small = base64(small.to_public_key().to_pkcs1_der().unwrap().as_bytes());
    let mut keys = read_keys(&json!({"PublicKeyList": [listed(ONE, ONE, 0, 9)]}));
    for value in [json!(small), json!("AAAA"), json!("!"), json!("")] {
        let mut key = listed(ONE, ONE, 0, 9);
        key["Value"] = value;
        let json = json!({"PublicKeyList": [listed(TWO, TWO, 0, 9), key]}).to_string();
        assert_eq!(keys.add(json.as_bytes()).unwrap_err().kind, DigestErrorKind::Key);
        assert_eq!(keys.fingerprints().count(), 1);
    }
    let other = json!({"PublicKeyList": [listed(ONE, TWO, 0, 9)]}).to_string();
    assert_eq!(keys.add(other.as_bytes()).unwrap_err().kind, DigestErrorKind::Key);
    let same = json!({"PublicKeyList": [listed(ONE, ONE, 0, 9), listed(TWO, TWO, 0, 9)]}).to_string();
    keys.add(same.as_bytes()).unwrap();
    assert_eq!(format!("{keys:?}"), format!("{{{ONE:?}, {TWO:?}}}"));
}

proptest! {
    #[test]
    fn nothing_that_is_given_panics(
        place in any::<prop::sample::Index>(),
        length in 0..40_usize,
        bytes in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        for mut json in [with_log().to_string(), json!({"PublicKeyList": [listed(ONE, ONE, 0, 9)]}).to_string()].map(String::into_bytes) {
            let at = place.index(json.len());
            let end = (at + length).min(json.len());
            json.splice(at..end, bytes.iter().copied());
            let _ = (DigestFile::read(&json), PublicKeys::read(&json));
        }
        let _ = (DigestFile::read(&bytes), PublicKeys::read(&bytes));
    }
}
