//! The public keys of an issuer (JWKS, RFC 7517).

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_json::{Document, Kind, Limits, Value};
use jsonwebtoken::DecodingKey;
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;

use crate::error::TokenError;
use crate::issuer::Algorithm;
use crate::jws::{self, MOST_KEY_ID, Parts};

/// The largest set, in bytes.
const MOST_BYTES: usize = 131_072;

/// The largest number of keys of a set.
const MOST_KEYS: usize = 64;

/// The smallest and the largest RSA modulus, in bytes: 2,048 and 8,192 bits (NIST SP 800-131A; the library has the same bounds).
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1_024;

/// The public keys of one issuer, as far as they can verify tokens.
#[derive(Clone, Debug)]
pub struct KeySet {
    issuer: Box<str>,
    keys: Vec<Key>,
    skipped: Vec<SkippedKey>,
}

/// A key of a set that is not used, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedKey {
    /// The position of the key in the set, from 0.
    pub at: usize,
    /// Why it is not used.
    pub why: &'static str,
}

#[derive(Clone, Debug)]
struct Key {
    id: Option<Box<str>>,
    /// The algorithms that fit the form of the key, or the one that the key names.
    algorithms: Vec<Algorithm>,
    public: DecodingKey,
}

impl KeySet {
    /// Reads the keys of an issuer: a JSON object with a list `keys`. `issuer` is the text of `iss` whose keys these are.
    ///
    /// Keys that cannot verify tokens are skipped: those for encryption, of unknown kinds or weak ones, shared secrets, and keys whose private
    /// half is in the set. [`skipped`](Self::skipped) lists them.
    ///
    /// # Errors
    /// The text is not such an object, is larger than 131,072 bytes or 64 keys, has two keys with one id, or no key that can be used.
    pub fn parse(issuer: &str, text: &str) -> Result<Self, TokenError> {
        if text.len() > MOST_BYTES {
            return Err(TokenError::KeysTooLarge);
        }
        let document =
            Document::parse(text, Limits::of_bytes(MOST_BYTES)).map_err(|_| TokenError::KeysForm)?;
        let document = document.refuse_duplicates().map_err(|_| TokenError::KeysForm)?;
        let list = document.root().member("keys").filter(|list| list.kind() == Kind::Array);
        let list = list.ok_or(TokenError::KeysForm)?;
        let mut own = Self { issuer: issuer.into(), keys: Vec::new(), skipped: Vec::new() };
        let mut ids = BTreeSet::new();
        for (at, value) in list.items().enumerate() {
            if at >= MOST_KEYS {
                return Err(TokenError::KeysTooLarge);
            }
            match Key::read(value) {
                Ok(key) => {
                    if key.id.as_ref().is_some_and(|id| !ids.insert(id.clone())) {
                        return Err(TokenError::KeyIdTwice);
                    }
                    own.keys.push(key);
                }
                Err(why) => own.skipped.push(SkippedKey { at, why }),
            }
        }
        if own.keys.is_empty() { Err(TokenError::NoUsableKey) } else { Ok(own) }
    }

    /// The issuer whose keys these are.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The number of keys that can verify tokens.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no key. A set that was read has at least one.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys that are not used.
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }

    /// Whether a token that names this key, or none, finds its key here.
    pub fn has(&self, key_id: Option<&str>) -> bool {
        self.find(key_id).is_ok()
    }

    /// The key that a token names. A token that names none finds the only key of a set.
    fn find(&self, key_id: Option<&str>) -> Result<&Key, TokenError> {
        match (key_id, self.keys.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(TokenError::KeyIdMissing),
            (Some(id), keys) => {
                keys.iter().find(|key| key.id.as_deref() == Some(id)).ok_or(TokenError::UnknownKey)
            }
        }
    }

    /// Verifies the signature of a token.
    pub(crate) fn verify(&self, token: &Parts<'_>) -> Result<(), TokenError> {
        let key = self.find(token.header.key_id.as_deref())?;
        let algorithm = token.header.algorithm;
        if !key.algorithms.contains(&algorithm) {
            return Err(TokenError::KeyNotForAlgorithm);
        }
        // The factory is called directly: the library's default provider is chosen by features of the whole program, and may be missing.
        let verifier = (DEFAULT_PROVIDER.verifier_factory)(&foreign(algorithm), &key.public)
            .map_err(|_| TokenError::KeyNotForAlgorithm)?;
        verifier.verify(token.signed.as_bytes(), &token.signature).map_err(|_| TokenError::BadSignature)
    }
}

impl Key {
    fn read(value: Value<'_>) -> Result<Self, &'static str> {
        let text = |name: &str| match value.member(name) {
            None => Ok(None),
            Some(member) => member.as_string().map(Some).ok_or("a member that should be a text is none"),
        };
        if value.kind() != Kind::Object {
            return Err("it is no object");
        }
        if ["d", "p", "q", "dp", "dq", "qi", "oth"].iter().any(|name| value.member(name).is_some()) {
            return Err("its private half is in the set, so anybody can sign with it");
        }
        if text("use")?.is_some_and(|purpose| purpose != "sig") {
            return Err("it is not for signatures");
        }
        if let Some(operations) = value.member("key_ops") {
            let mut names = operations.items().map(Value::as_string);
            if !names.any(|name| name.as_deref() == Some("verify")) {
                return Err("its operations do not include verify");
            }
        }
        let id: Option<Box<str>> = text("kid")?.map(Box::from);
        if id.as_deref().is_some_and(|id| id.len() > MOST_KEY_ID) {
            return Err("its id is too long");
        }
        let part = |name: &str| -> Result<Vec<u8>, &'static str> {
            let part = text(name)?.ok_or("a part of the key is missing")?;
            jws::bytes(&part).map_err(|_| "a part of the key is not base64url")
        };
        let (fitting, public): (&[Algorithm], DecodingKey) =
            match (text("kty")?.as_deref(), text("crv")?.as_deref()) {
                (Some("RSA"), _) => (&RSA, rsa(&part("n")?, &part("e")?)?),
                (Some("EC"), Some("P-256")) => (&[Algorithm::Es256], ec(&part("x")?, &part("y")?, 32)?),
                (Some("EC"), Some("P-384")) => (&[Algorithm::Es384], ec(&part("x")?, &part("y")?, 48)?),
                (Some("OKP"), Some("Ed25519")) => (&[Algorithm::EdDsa], ed25519(&part("x")?)?),
                (Some("oct"), _) => return Err("it is a shared secret"),
                _ => return Err("its kind or curve is not supported"),
            };
        let algorithms = match text("alg")? {
            None => fitting.to_vec(),
            Some(name) => match Algorithm::named(&name).filter(|own| fitting.contains(own)) {
                Some(own) => vec![own],
                None => return Err("its algorithm is not supported, or is not one for its kind"),
            },
        };
        Ok(Self { id, algorithms, public })
    }
}

const RSA: [Algorithm; 6] = [
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
];

/// An RSA key. Its exponent is odd and greater than 2^16 (FIPS 186-5 5.4), and in practice 65,537.
fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<DecodingKey, &'static str> {
    if !RSA_BYTES.contains(&modulus.len()) || modulus.first() == Some(&0) {
        return Err("its modulus is not of 2,048 to 8,192 bits");
    }
    let value =
        exponent.iter().try_fold(0_u32, |sum, byte| sum.checked_mul(256)?.checked_add((*byte).into()));
    if !value.is_some_and(|value| value > 65_536 && value % 2 == 1) {
        return Err("its exponent is not an odd number above 65,536 of at most 32 bits");
    }
    Ok(DecodingKey::from_rsa_raw_components(modulus, exponent))
}

/// A key on a curve whose coordinates have `bytes` bytes. Whether the point is on the curve is checked with each signature.
fn ec(x: &[u8], y: &[u8], bytes: usize) -> Result<DecodingKey, &'static str> {
    if x.len() != bytes || y.len() != bytes {
        return Err("its coordinates have the wrong length");
    }
    let point: Vec<u8> = [4].iter().chain(x).chain(y).copied().collect();
    Ok(DecodingKey::from_ec_der(&point))
}

fn ed25519(x: &[u8]) -> Result<DecodingKey, &'static str> {
    if x.len() == 32 { Ok(DecodingKey::from_ed_der(x)) } else { Err("its public key has the wrong length") }
}

/// The library's name of an algorithm.
pub(crate) const fn foreign(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
        Algorithm::Rs384 => jsonwebtoken::Algorithm::RS384,
        Algorithm::Rs512 => jsonwebtoken::Algorithm::RS512,
        Algorithm::Ps256 => jsonwebtoken::Algorithm::PS256,
        Algorithm::Ps384 => jsonwebtoken::Algorithm::PS384,
        Algorithm::Ps512 => jsonwebtoken::Algorithm::PS512,
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::Es384 => jsonwebtoken::Algorithm::ES384,
        Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
    }
}

/// Bytes as base64url without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
