//! Digests: each hour, for each Region, CloudTrail signs which files it has delivered.
//!
//! # Source
//! CloudTrail User Guide, "CloudTrail digest file structure" and "Custom implementations of CloudTrail log file integrity validation". Hashes
//! are over the content before compression, as `aws cloudtrail validate-logs` computes them.

use std::sync::LazyLock;

use iam_policy::value::Instant;
use rsa::PrivateKey;
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding as _, Signer as _};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::setup::CloudSetup;
use crate::trail::{Times, gzip};

/// A digest.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DigestFile {
    /// The account.
    pub account: Box<str>,
    /// The Region.
    pub region: Box<str>,
    /// The bucket.
    pub bucket: Box<str>,
    /// The key of the object.
    pub key: Box<str>,
    /// The end of its hour, in seconds since 1970.
    pub end: i64,
    /// The content before compression.
    pub json: String,
    /// The signature in hexadecimal: the object's metadata `signature`. `signature-algorithm` is `SHA256withRSA`.
    pub signature: Box<str>,
}

impl DigestFile {
    /// The object as it is in the bucket: compressed with gzip.
    pub fn gzip(&self) -> Vec<u8> {
        gzip(self.json.as_bytes())
    }
}

/// A public key of digests, as `aws cloudtrail list-public-keys` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DigestKey {
    /// The Region whose digests are signed with it.
    pub region: Box<str>,
    /// The fingerprint by which digests name it.
    pub fingerprint: Box<str>,
    /// The key in DER (PKCS #1).
    pub der: Vec<u8>,
}

impl CloudSetup {
    /// The public keys of the digests: one for each Region.
    pub fn digest_keys(&self) -> Vec<DigestKey> {
        let keyed = self.regions.iter().filter_map(|region| Some((region, signer(self, region)?)));
        keyed
            .map(|(region, own)| DigestKey {
                region: region.clone(),
                fingerprint: own.fingerprint.clone(),
                der: own.public.clone(),
            })
            .collect()
    }
}

/// A private key that everybody knows.
struct Signer {
    key: SigningKey<Sha256>,
    public: Vec<u8>,
    fingerprint: Box<str>,
}

/// The keys of the double. Regions beyond the third share them.
static SIGNERS: LazyLock<Vec<Signer>> = LazyLock::new(|| {
    let files: [&[u8]; 3] = [
        include_bytes!("../keys/digest-1.der"),
        include_bytes!("../keys/digest-2.der"),
        include_bytes!("../keys/digest-3.der"),
    ];
    files.iter().filter_map(|der| Signer::new(der)).collect()
});

impl Signer {
    fn new(der: &[u8]) -> Option<Self> {
        let private = PrivateKey::from_pkcs1_der(der).ok()?;
        let public = private.to_public_key().to_pkcs1_der().ok()?.as_bytes().to_vec();
        let fingerprint = sha256(&public).get(..32)?.into();
        Some(Self { key: SigningKey::new(private), public, fingerprint })
    }
}

fn signer(setup: &CloudSetup, region: &str) -> Option<&'static Signer> {
    let at = setup.regions.iter().position(|own| &**own == region)?;
    SIGNERS.get(at.checked_rem(SIGNERS.len())?)
}

/// A file that a digest lists.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    delivered: i64,
    entry: LogFileEntry,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LogFileEntry {
    s3_bucket: Box<str>,
    s3_object: Box<str>,
    hash_value: String,
    hash_algorithm: &'static str,
    newest_event_time: Option<Box<str>>,
    oldest_event_time: Option<Box<str>>,
}

impl Listed {
    /// A file with its events' times, sorted.
    pub(crate) fn of(delivered: i64, bucket: &str, key: &str, json: &str, times: &[Box<str>]) -> Self {
        let entry = LogFileEntry {
            s3_bucket: bucket.into(),
            s3_object: key.into(),
            hash_value: sha256(json.as_bytes()),
            hash_algorithm: "SHA-256",
            newest_event_time: times.last().cloned(),
            oldest_event_time: times.first().cloned(),
        };
        Self { delivered, entry }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'c> {
    aws_account_id: &'c str,
    digest_start_time: String,
    digest_end_time: String,
    #[serde(rename = "digestS3Bucket")]
    digest_s3_bucket: &'c str,
    #[serde(rename = "digestS3Object")]
    digest_s3_object: &'c str,
    digest_public_key_fingerprint: &'c str,
    digest_signature_algorithm: &'static str,
    newest_event_time: Option<&'c str>,
    oldest_event_time: Option<&'c str>,
    #[serde(rename = "previousDigestS3Bucket")]
    previous_digest_s3_bucket: Option<&'c str>,
    #[serde(rename = "previousDigestS3Object")]
    previous_digest_s3_object: Option<&'c str>,
    previous_digest_hash_value: Option<&'c str>,
    previous_digest_hash_algorithm: Option<&'static str>,
    previous_digest_signature: Option<&'c str>,
    log_files: Vec<&'c LogFileEntry>,
}

/// The digests of one account and Region.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    start: i64,
    previous: Option<Previous>,
    /// Files that no digest lists yet.
    pub(crate) files: Vec<Listed>,
}

#[derive(Clone, Debug)]
struct Previous {
    key: Box<str>,
    hash: Box<str>,
    signature: Box<str>,
}

const HOUR: i64 = 3_600;

impl Chain {
    pub(crate) const fn new(start: i64) -> Self {
        Self { start, previous: None, files: Vec::new() }
    }

    /// The digests of the hours that have ended by now.
    pub(crate) fn until(
        &mut self,
        now: i64,
        setup: &CloudSetup,
        account: &str,
        region: &str,
    ) -> Vec<DigestFile> {
        let mut digests = Vec::new();
        let Some(signer) = signer(setup, region) else { return digests };
        while self.start.saturating_add(HOUR) <= now {
            let end = self.start.saturating_add(HOUR);
            digests.push(self.digest(end, setup, account, region, signer));
            self.start = end;
        }
        digests
    }

    fn digest(
        &mut self,
        end: i64,
        setup: &CloudSetup,
        account: &str,
        region: &str,
        signer: &Signer,
    ) -> DigestFile {
        let (listed, later) =
            std::mem::take(&mut self.files).into_iter().partition(|own| own.delivered <= end);
        self.files = later;
        let listed: Vec<Listed> = listed;
        let ended = Instant::from_epoch_seconds(end);
        let Times { year, month, day, second, .. } = Times::of(ended);
        let (bucket, trail) = (&*setup.bucket, &*setup.trail);
        let home = setup.regions.first().map_or("us-east-1", |own| &**own);
        let key = format!(
            "AWSLogs/{account}/CloudTrail-Digest/{region}/{year}/{month}/{day}/{account}_CloudTrail-Digest_{region}_{trail}_{home}_{second}Z.json.gz"
        );
        let previous = self.previous.as_ref();
        let content = Content {
            aws_account_id: account,
            digest_start_time: Instant::from_epoch_seconds(self.start).to_string(),
            digest_end_time: ended.to_string(),
            digest_s3_bucket: bucket,
            digest_s3_object: &key,
            digest_public_key_fingerprint: &signer.fingerprint,
            digest_signature_algorithm: "SHA256withRSA",
            newest_event_time: listed.iter().filter_map(|own| own.entry.newest_event_time.as_deref()).max(),
            oldest_event_time: listed.iter().filter_map(|own| own.entry.oldest_event_time.as_deref()).min(),
            previous_digest_s3_bucket: previous.map(|_| bucket),
            previous_digest_s3_object: previous.map(|own| &*own.key),
            previous_digest_hash_value: previous.map(|own| &*own.hash),
            previous_digest_hash_algorithm: previous.map(|_| "SHA-256"),
            previous_digest_signature: previous.map(|own| &*own.signature),
            log_files: listed.iter().map(|own| &own.entry).collect(),
        };
        let json = serde_json::to_string(&content).unwrap_or_default();
        let hash = sha256(json.as_bytes());
        let before = previous.map_or("null", |own| &*own.signature);
        let signed = format!("{ended}\n{bucket}/{key}\n{hash}\n{before}");
        let signature = signer.key.try_sign(signed.as_bytes()).map(|own| hexadecimal(&own.to_bytes()));
        let signature: Box<str> = signature.unwrap_or_default().into();
        let key: Box<str> = key.into();
        self.previous = Some(Previous { key: key.clone(), hash: hash.into(), signature: signature.clone() });
        let (account, region, bucket) = (account.into(), region.into(), bucket.into());
        DigestFile { account, region, bucket, key, end, json, signature }
    }
}

fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}
