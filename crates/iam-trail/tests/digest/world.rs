//! A CloudTrail of the tests: it makes digest files and log files, and signs them.

use std::sync::LazyLock;

use iam_policy::value::Instant;
use iam_trail::Limits;
use iam_trail::digest::{ChainReport, DigestFile, GivenLog, LogHash, PublicKeys, StreamReport, Sum};
use rsa::PrivateKey;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey};
use rsa::signature::{SignatureEncoding, Signer};
use serde_json::{Value, json};
use sha2::Sha256;

pub(crate) const HOURS: usize = 50;

/// When the first digest file begins: 2026-11-01T00:01:31Z.
pub(crate) const BEGIN: i64 = 1_793_491_291;

pub(crate) const ONE: &str = "11111111111111111111111111111111";
pub(crate) const TWO: &str = "22222222222222222222222222222222";

static KEY_ONE: LazyLock<PrivateKey> =
    LazyLock::new(|| PrivateKey::from_pkcs8_der(include_bytes!("../keys/rsa-one.der")).unwrap());
static KEY_TWO: LazyLock<PrivateKey> =
    LazyLock::new(|| PrivateKey::from_pkcs8_der(include_bytes!("../keys/rsa-two.der")).unwrap());

/// Chains in two Regions, as CloudTrail makes them: 50 hours each.
pub(crate) static HONEST: LazyLock<[Trail; 2]> = LazyLock::new(|| {
    ["eu-central-1", "us-east-1"].map(|region| {
        let mut trail = Trail::new(region, "all_of_it");
        for hour in 0..HOURS {
            trail.hour((hour * 7 + region.len()) % 4);
        }
        trail
    })
});

/// Both keys, valid for the year.
pub(crate) static KEYS: LazyLock<PublicKeys> = LazyLock::new(|| {
    let list = [listed(ONE, ONE, 0, 10_000), listed(TWO, TWO, 0, 10_000)];
    read_keys(&json!({ "PublicKeyList": list }))
});

pub(crate) fn private(key: &str) -> &'static PrivateKey {
    if key == ONE { &KEY_ONE } else { &KEY_TWO }
}

/// A public key as `list-public-keys` prints it, valid for these hours.
pub(crate) fn listed(fingerprint: &str, key: &str, from: i64, until: i64) -> Value {
    let der = private(key).to_public_key().to_pkcs1_der().unwrap();
    json!({
        "Fingerprint": fingerprint,
        "Value": base64(der.as_bytes()),
        "ValidityStartTime": BEGIN + from * 3_600,
        "ValidityEndTime": BEGIN + until * 3_600,
    })
}

/// The same key in its other form.
pub(crate) fn spki(key: &str) -> String {
    base64(private(key).to_public_key().to_public_key_der().unwrap().as_bytes())
}

pub(crate) fn read_keys(list: &Value) -> PublicKeys {
    PublicKeys::read(list.to_string().as_bytes()).unwrap()
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = digits[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place > chunk.len() { '=' } else { char::from(digit) });
        }
    }
    text
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap());
    bytes.iter().flat_map(digits).collect()
}

pub(crate) fn at(hour: i64) -> Instant {
    Instant::from_epoch_seconds(BEGIN + hour * 3_600)
}

/// A log file: its S3 key and its uncompressed bytes.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(crate) key: String,
    pub(crate) bytes: Vec<u8>,
}

impl Log {
    pub(crate) fn given(&self) -> GivenLog {
        let mut hash = LogHash::new(Limits::default());
        hash.update(&self.bytes);
        GivenLog::new(self.key.as_str(), hash.finish().unwrap())
    }
}

/// A digest file, with what stands beside it.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) members: Value,
    pub(crate) json: String,
    pub(crate) signature: String,
    pub(crate) logs: Vec<Log>,
}

impl Made {
    /// A digest file with these members, signed with this key.
    pub(crate) fn sign(members: Value, key: &str) -> Self {
        let json = members.to_string();
        let text = |name: &str| members[name].as_str().unwrap_or("null").to_owned();
        let signed = format!(
            "{}\n{}/{}\n{}\n{}",
            text("digestEndTime"),
            text("digestS3Bucket"),
            text("digestS3Object"),
            Sum::of(json.as_bytes()),
            text("previousDigestSignature")
        );
        let signature = SigningKey::<Sha256>::new(private(key).clone()).sign(signed.as_bytes());
        Self { members, json, signature: hex(&signature.to_bytes()), logs: Vec::new() }
    }

    pub(crate) fn file(&self) -> DigestFile {
        DigestFile::read(self.json.as_bytes()).unwrap()
    }

    /// The file with its own signature.
    pub(crate) fn signed_file(&self) -> DigestFile {
        self.file().with_signature(self.signature.as_str())
    }

    /// The members that name this digest file as the previous one.
    pub(crate) fn name_in(&self, members: &mut Value) {
        members["previousDigestS3Bucket"] = self.members["digestS3Bucket"].clone();
        members["previousDigestS3Object"] = self.members["digestS3Object"].clone();
        members["previousDigestHashValue"] = Sum::of(self.json.as_bytes()).to_string().into();
        members["previousDigestHashAlgorithm"] = "SHA-256".into();
        members["previousDigestSignature"] = self.signature.as_str().into();
    }
}

/// A trail in a Region, while CloudTrail writes its files.
#[derive(Clone, Debug)]
pub(crate) struct Trail {
    pub(crate) region: String,
    pub(crate) name: String,
    pub(crate) key: &'static str,
    pub(crate) suffix: &'static str,
    pub(crate) next_hour: i64,
    pub(crate) is_start: bool,
    pub(crate) made: Vec<Made>,
}

impl Trail {
    pub(crate) fn new(region: &str, name: &str) -> Self {
        Self {
            region: region.to_owned(),
            name: name.to_owned(),
            key: ONE,
            suffix: "",
            next_hour: 0,
            is_start: true,
            made: Vec::new(),
        }
    }

    /// The members of the next digest file, and the log files that it names.
    pub(crate) fn members(&self, logs: usize) -> (Value, Vec<Log>) {
        let (start, end) = (at(self.next_hour).to_string(), at(self.next_hour + 1).to_string());
        let (region, compact) = (&self.region, end.replace(['-', ':'], ""));
        let day = end.get(..10).unwrap().replace('-', "/");
        let logs: Vec<Log> = (0..logs)
            .map(|number| Log {
                key: format!(
                    "AWSLogs/111122223333/CloudTrail/{region}/{day}/111122223333_CloudTrail_{region}_{compact}_{number}.json.gz"
                ),
                bytes: format!(r#"{{"Records":[{{"eventID":"{region}-{compact}-{number}"}}]}}"#).into_bytes(),
            })
            .collect();
        let entry = |log: &Log| {
            json!({
                "s3Bucket": "logs", "s3Object": log.key, "hashValue": Sum::of(&log.bytes).to_string(),
                "hashAlgorithm": "SHA-256", "newestEventTime": start, "oldestEventTime": start,
            })
        };
        let (name, suffix) = (&self.name, self.suffix);
        let mut members = json!({
            "awsAccountId": "111122223333",
            "digestStartTime": start,
            "digestEndTime": end,
            "digestS3Bucket": "logs",
            "digestS3Object": format!(
                "AWSLogs/111122223333/CloudTrail-Digest/{region}/{day}/111122223333_CloudTrail-Digest_{region}_{name}_us-east-1_{compact}{suffix}.json.gz"
            ),
            "digestPublicKeyFingerprint": self.key,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": if logs.is_empty() { Value::Null } else { start.as_str().into() },
            "oldestEventTime": if logs.is_empty() { Value::Null } else { start.as_str().into() },
            "previousDigestS3Bucket": null,
            "previousDigestS3Object": null,
            "previousDigestHashValue": null,
            "previousDigestHashAlgorithm": null,
            "previousDigestSignature": null,
            "logFiles": logs.iter().map(entry).collect::<Vec<Value>>(),
        });
        if let Some(previous) = self.made.last().filter(|_| !self.is_start) {
            previous.name_in(&mut members);
        }
        (members, logs)
    }

    /// Writes the digest file of the next hour.
    pub(crate) fn hour(&mut self, logs: usize) -> &mut Self {
        let (members, logs) = self.members(logs);
        self.push(Made { logs, ..Made::sign(members, self.key) })
    }

    pub(crate) fn push(&mut self, made: Made) -> &mut Self {
        self.made.push(made);
        self.next_hour += 1;
        self.is_start = false;
        self
    }

    /// The digest files without their signatures, except that of the last one.
    pub(crate) fn files(&self) -> Vec<DigestFile> {
        let mut files: Vec<DigestFile> = self.made.iter().map(Made::file).collect();
        files.pop();
        files.extend(self.made.last().map(Made::signed_file));
        files
    }

    /// The digest files with their signatures.
    pub(crate) fn signed_files(&self) -> Vec<DigestFile> {
        self.made.iter().map(Made::signed_file).collect()
    }

    pub(crate) fn logs(&self) -> impl Iterator<Item = &Log> {
        self.made.iter().flat_map(|made| &made.logs)
    }
}

pub(crate) fn validate(files: Vec<DigestFile>) -> ChainReport {
    ChainReport::validate(files, &KEYS)
}

/// The validated hours of a stream: `(from, until)`.
pub(crate) fn hours(stream: &StreamReport) -> Vec<(i64, i64)> {
    let hour = |instant: Instant| (instant.epoch_seconds() - BEGIN) / 3_600;
    stream.validated.iter().map(|interval| (hour(interval.from), hour(interval.until))).collect()
}

/// The breaks of a stream: the name, the place in the report, and from when until when.
pub(crate) fn breaks(stream: &StreamReport) -> Vec<(&'static str, usize, Option<i64>, i64)> {
    let hour = |instant: Instant| (instant.epoch_seconds() - BEGIN) / 3_600;
    let told = stream.breaks.iter();
    told.map(|told| (told.kind.name(), told.digest, told.from.map(hour), hour(told.until))).collect()
}
