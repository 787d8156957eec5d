//! One digest file.

use std::collections::BTreeSet;

use iam_policy::value::Instant;
use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::error::{DigestError, DigestErrorKind};
use super::hash::{Sum, uncompressed};
use super::object::Object;
use super::stream::{Stream, last_part};

/// A digest file: the log files that CloudTrail delivered in some time, and the digest file before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestFile {
    stream: Stream,
    start: Instant,
    end: Instant,
    /// The end as it is signed.
    end_text: String,
    bucket: String,
    key: String,
    fingerprint: String,
    previous: Option<PreviousDigest>,
    log_files: Vec<LogFile>,
    sum: Sum,
    signatures: BTreeSet<String>,
}

/// What a digest file says about the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PreviousDigest {
    /// The S3 bucket.
    pub bucket: String,
    /// The S3 key.
    pub key: String,
    /// The hash of its uncompressed bytes.
    pub sum: Sum,
    /// Its signature, in hexadecimal digits.
    pub signature: String,
}

/// A log file that a digest file names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogFile {
    /// The S3 bucket.
    pub bucket: String,
    /// The S3 key.
    pub key: String,
    /// The hash of its uncompressed bytes.
    pub sum: Sum,
    /// The time of the oldest event, as the digest file writes it.
    pub oldest_event_time: Option<String>,
    /// The time of the newest event, as the digest file writes it.
    pub newest_event_time: Option<String>,
}

impl LogFile {
    /// The last part of the key, which is the name that a copy of the file usually keeps.
    pub fn name(&self) -> &str {
        last_part(&self.key)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    aws_account_id: String,
    #[serde(deserialize_with = "time")]
    digest_start_time: (Instant, String),
    #[serde(deserialize_with = "time")]
    digest_end_time: (Instant, String),
    #[serde(deserialize_with = "place")]
    digest_s3_bucket: String,
    #[serde(deserialize_with = "place")]
    digest_s3_object: String,
    digest_public_key_fingerprint: String,
    #[serde(rename = "digestSignatureAlgorithm", deserialize_with = "sha256_with_rsa")]
    _algorithm: (),
    // Each is there, and null in a starting digest file.
    #[serde(deserialize_with = "Option::deserialize")]
    previous_digest_s3_bucket: Option<Place>,
    #[serde(deserialize_with = "Option::deserialize")]
    previous_digest_s3_object: Option<Place>,
    #[serde(deserialize_with = "Option::deserialize")]
    previous_digest_hash_value: Option<Sum>,
    #[serde(deserialize_with = "Option::deserialize")]
    previous_digest_hash_algorithm: Option<Sha256Name>,
    #[serde(deserialize_with = "Option::deserialize")]
    previous_digest_signature: Option<String>,
    log_files: Vec<Object<Listed>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    s3_bucket: Place,
    s3_object: Place,
    hash_value: Sum,
    #[serde(rename = "hashAlgorithm")]
    _algorithm: Sha256Name,
    oldest_event_time: Option<String>,
    newest_event_time: Option<String>,
}

impl From<Listed> for LogFile {
    fn from(listed: Listed) -> Self {
        let Listed { s3_bucket: Place(bucket), s3_object: Place(key), hash_value: sum, .. } = listed;
        let (oldest_event_time, newest_event_time) = (listed.oldest_event_time, listed.newest_event_time);
        Self { bucket, key, sum, oldest_event_time, newest_event_time }
    }
}

#[derive(Deserialize)]
struct Place(#[serde(deserialize_with = "place")] String);

#[derive(Deserialize)]
struct Sha256Name(#[serde(deserialize_with = "sha256")] ());

impl DigestFile {
    /// The most uncompressed bytes of a digest file: 64 MiB (67,108,864). One log file takes about 400.
    pub const MOST_BYTES: u64 = 67_108_864;

    /// Reads a digest file, compressed with gzip or not.
    ///
    /// Members that AWS's page does not list are passed over: the signature covers them too.
    ///
    /// # Errors
    /// The file is damaged, too long or no JSON; a member is missing, there twice, or has another kind of value; an algorithm is not SHA-256 and
    /// `SHA256withRSA`; the time ends before it starts; only some of the members about the digest file before it are null; or its key is not the
    /// key of a digest file.
    pub fn read(file: &[u8]) -> Result<Self, DigestError> {
        let json = uncompressed(file, Self::MOST_BYTES)?;
        let Object(members): Object<Members> = serde_json::from_slice(&json)?;
        let error = |text: &str| Err(DigestError::new(DigestErrorKind::Member, text));
        let previous = match (
            members.previous_digest_s3_bucket,
            members.previous_digest_s3_object,
            members.previous_digest_hash_value,
            members.previous_digest_hash_algorithm,
            members.previous_digest_signature,
        ) {
            (None, None, None, None, None) => None,
            (Some(Place(bucket)), Some(Place(key)), Some(sum), Some(Sha256Name(())), Some(signature)) => {
                Some(PreviousDigest { bucket, key, sum, signature })
            }
            _ => return error("only some of the members about the previous digest file are null"),
        };
        let (start, _) = members.digest_start_time;
        let (end, end_text) = members.digest_end_time;
        if end < start {
            return error("digestEndTime is before digestStartTime");
        }
        let Some(stream) = Stream::read(&members.aws_account_id, &members.digest_s3_object) else {
            return error("digestS3Object is not the key of a digest file");
        };
        Ok(Self {
            stream,
            start,
            end,
            end_text,
            bucket: members.digest_s3_bucket,
            key: members.digest_s3_object,
            fingerprint: members.digest_public_key_fingerprint,
            previous,
            log_files: members.log_files.into_iter().map(|Object(listed)| listed.into()).collect(),
            sum: Sum::of(&json),
            signatures: BTreeSet::new(),
        })
    }

    /// Adds the signature that the metadata of the S3 object has as `x-amz-meta-signature`, in hexadecimal digits.
    ///
    /// White space around it is passed over. It need not be trusted: it counts only if the key confirms it. The newest digest file of a chain cannot be validated without it.
    #[must_use]
    pub fn with_signature(mut self, signature: impl AsRef<str>) -> Self {
        self.signatures.insert(signature.as_ref().trim_ascii().to_owned());
        self
    }

    /// Account, Region and trail.
    pub const fn stream(&self) -> &Stream {
        &self.stream
    }

    /// The begin of the time in which CloudTrail delivered the log files.
    pub const fn start(&self) -> Instant {
        self.start
    }

    /// The end of the time in which CloudTrail delivered the log files.
    pub const fn end(&self) -> Instant {
        self.end
    }

    /// The S3 bucket that CloudTrail delivered it to.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The S3 key that CloudTrail delivered it to.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The fingerprint of the public key that the signature is verified with.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The digest file before it. `None` for a starting digest file.
    pub const fn previous(&self) -> Option<&PreviousDigest> {
        self.previous.as_ref()
    }

    /// The log files that it names. There may be none.
    pub fn log_files(&self) -> &[LogFile] {
        &self.log_files
    }

    /// The hash of its uncompressed bytes.
    pub const fn sum(&self) -> Sum {
        self.sum
    }

    /// The signatures that were given beside the file.
    pub fn signatures(&self) -> impl Iterator<Item = &str> {
        self.signatures.iter().map(String::as_str)
    }

    pub(super) fn take_signatures(&mut self, other: Self) {
        self.signatures.extend(other.signatures);
    }

    /// What CloudTrail signs: the end, bucket and key, the hash, and the signature of the digest file before it.
    pub(super) fn signed(&self) -> String {
        let previous = self.previous.as_ref().map_or("null", |previous| &previous.signature);
        format!("{}\n{}/{}\n{}\n{previous}", self.end_text, self.bucket, self.key, self.sum)
    }
}

/// A time in UTC to the second, `2015-08-17T14:01:31Z`, and its text.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(Instant, String), D::Error> {
    let text = String::deserialize(deserializer)?;
    match Instant::parse(&text) {
        Some(instant) if text.len() == 20 && text.ends_with('Z') => Ok((instant, text)),
        Some(_) | None => Err(de::Error::custom("the time is not of the form 2015-08-17T14:01:31Z")),
    }
}

/// A part of an S3 path, which ends a line of what is signed.
fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() || text.contains(char::is_control) {
        return Err(de::Error::custom("the bucket or key is empty, or has a control character"));
    }
    Ok(text)
}

fn sha256<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    algorithm(deserializer, "SHA-256")
}

fn sha256_with_rsa<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    algorithm(deserializer, "SHA256withRSA")
}

fn algorithm<'de, D: Deserializer<'de>>(deserializer: D, name: &str) -> Result<(), D::Error> {
    if String::deserialize(deserializer)? == name {
        return Ok(());
    }
    Err(de::Error::custom(format!("the algorithm is not {name}")))
}
