//! The public keys of CloudTrail, and the signatures that they confirm.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use iam_policy::value::{Instant, decode_base64};
use rsa::PublicKey;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs1v15::{Signature as RsaSignature, VerifyingKey};
use rsa::pkcs8::DecodePublicKey;
use rsa::signature::Verifier;
use rsa::traits::PublicKeyParts;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use sha2::Sha256;

use super::error::{DigestError, DigestErrorKind};
use super::file::DigestFile;
use super::hash::decode_hex;
use super::object::Object;
use super::report::Signature;

/// The public keys with which digest files are verified, by fingerprint.
///
/// Whoever gives them decides what is valid, so they come from AWS itself and not from the bucket: from `aws cloudtrail list-public-keys`, for
/// each Region and for the time of the digest files. The list does not say which Region a key belongs to.
#[derive(Clone, Default)]
pub struct PublicKeys {
    keys: BTreeMap<String, Key>,
}

#[derive(Clone)]
struct Key {
    verifying: VerifyingKey<Sha256>,
    /// The bytes of the modulus, and so of a signature.
    size: usize,
    from: Instant,
    until: Instant,
}

#[derive(Deserialize)]
struct List {
    #[serde(rename = "PublicKeyList", alias = "publicKeyList")]
    keys: Vec<Object<Listed>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    fingerprint: String,
    value: String,
    #[serde(deserialize_with = "time")]
    validity_start_time: Instant,
    #[serde(deserialize_with = "time")]
    validity_end_time: Instant,
}

/// A digest file is signed some time after it ends, so its key may be newer than it. `validate-logs` asks for keys of two hours more, too.
const SLACK_SECONDS: i64 = 7_200;

/// The bytes of the smallest key: 2,048 bits, as AWS's keys have.
const LEAST_BYTES: usize = 256;

impl PublicKeys {
    /// Reads what `aws cloudtrail list-public-keys` prints as JSON: keys in DER, as PKCS #1 or as SubjectPublicKeyInfo, in base64. Times are epoch
    /// seconds or texts.
    ///
    /// # Errors
    /// The text is no JSON; a member is missing, there twice, or has another kind of value; a key is no RSA key, or has less than 2,048 bits; two
    /// keys have one fingerprint.
    pub fn read(json: &[u8]) -> Result<Self, DigestError> {
        let mut keys = Self::default();
        keys.add(json)?;
        Ok(keys)
    }

    /// Adds the keys of another such text. A key that is there already is there once.
    ///
    /// # Errors
    /// Those of [`read`](Self::read). No key is added then.
    pub fn add(&mut self, json: &[u8]) -> Result<(), DigestError> {
        let Object(List { keys: listed }) = serde_json::from_slice(json)?;
        let mut keys = self.keys.clone();
        for Object(listed) in listed {
            let error = |text: &str| {
                let text = format!("the key with the fingerprint {:?} {text}", listed.fingerprint);
                DigestError::new(DigestErrorKind::Key, text)
            };
            let der = decode_base64(&listed.value).ok_or_else(|| error("is not in base64"))?;
            let key = PublicKey::from_pkcs1_der(&der)
                .ok()
                .or_else(|| PublicKey::from_public_key_der(&der).ok())
                .ok_or_else(|| error("is not an RSA key in DER"))?;
            let size = key.size();
            if size < LEAST_BYTES {
                return Err(error("has less than 2048 bits"));
            }
            let (from, until) = (listed.validity_start_time, listed.validity_end_time);
            let key = Key { verifying: VerifyingKey::new(key), size, from, until };
            match keys.entry(listed.fingerprint.clone()) {
                Entry::Vacant(entry) => drop(entry.insert(key)),
                Entry::Occupied(entry) if entry.get().is(&key) => {}
                Entry::Occupied(_) => return Err(error("differs from another with that fingerprint")),
            }
        }
        self.keys = keys;
        Ok(())
    }

    /// The fingerprints, in order.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    /// Whether CloudTrail signed the digest file with this signature.
    pub(super) fn verify(&self, file: &DigestFile, signature: &str) -> Signature {
        let Some(key) = self.keys.get(file.fingerprint()) else {
            return Signature::KeyMissing;
        };
        if !key.confirms(&file.signed(), signature) {
            return Signature::NotValid;
        }
        if key.is_of_its_time(file) { Signature::Valid } else { Signature::KeyOfOtherTime }
    }
}

impl Key {
    fn is(&self, other: &Self) -> bool {
        let public = |key: &Self| key.verifying.as_ref().clone();
        (self.from, self.until) == (other.from, other.until) && public(self) == public(other)
    }

    fn confirms(&self, signed: &str, signature: &str) -> bool {
        // No signature is longer than the key. The check comes first, so that no long text is decoded.
        if signature.len() != self.size.saturating_mul(2) {
            return false;
        }
        let bytes = decode_hex(signature).unwrap_or_default();
        RsaSignature::try_from(bytes.as_slice())
            .is_ok_and(|signature| self.verifying.verify(signed.as_bytes(), &signature).is_ok())
    }

    /// Whether the key was in use when the digest file was signed. Backfill digest files are signed at any time after their end.
    fn is_of_its_time(&self, file: &DigestFile) -> bool {
        let end = file.end().epoch_seconds();
        let after_begin = end >= self.from.epoch_seconds().saturating_sub(SLACK_SECONDS);
        let before_end = end <= self.until.epoch_seconds();
        before_end && (after_begin || file.stream().is_backfill)
    }
}

impl fmt::Debug for PublicKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys.keys()).finish()
    }
}

/// Epoch seconds as a number or text, or a date and time. What is less than a second is cut.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
    struct Read;
    impl Visitor<'_> for Read {
        type Value = Instant;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a time")
        }

        fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Instant, E> {
            i64::try_from(seconds)
                .map(Instant::from_epoch_seconds)
                .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(seconds), &self))
        }

        fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Instant, E> {
            self.visit_str(&seconds.to_string())
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Instant, E> {
            let whole = match text.split_once('.') {
                Some((whole, part)) if [whole, part].iter().all(|digits| is_number(digits)) => whole,
                Some(_) | None => text,
            };
            Instant::parse(whole).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
        }
    }
    deserializer.deserialize_any(Read)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
