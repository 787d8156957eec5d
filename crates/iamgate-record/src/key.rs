//! Public keys.

use std::fmt;

use ed25519_dalek::pkcs8::DecodePublicKey as _;
use iam_json::{Document, Json, Limits};
use p256::ecdsa::signature::Verifier as _;

use crate::canonical::{base64url, bytes, sha256};
use crate::error::RecordError;

/// The largest text of a key, in bytes.
pub(crate) const MOST_BYTES: usize = 16_384;

/// A public key with which signatures of records are checked: Ed25519, or ECDSA over P-256 with SHA-256.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    kind: Kind,
    id: Box<str>,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
}

impl PublicKey {
    /// Reads a key: PEM with `BEGIN PUBLIC KEY`, or a JWK.
    ///
    /// # Errors
    /// [`RecordError::PrivateKey`] if it is a private key, [`RecordError::NotAPublicKey`] if it is none or one of another kind.
    pub fn read(text: &str) -> Result<Self, RecordError> {
        if text.len() > MOST_BYTES {
            return Err(RecordError::NotAPublicKey);
        }
        let text = text.trim_ascii();
        if text.contains("PRIVATE KEY") {
            return Err(RecordError::PrivateKey);
        }
        if text.starts_with('{') {
            return Self::of_jwk(text);
        }
        if let Ok(key) = ed25519_dalek::VerifyingKey::from_public_key_pem(text) {
            return Self::of_ed25519(key);
        }
        match p256::ecdsa::VerifyingKey::from_public_key_pem(text) {
            Ok(key) => Ok(Self::of_p256(key)),
            Err(_) => Err(RecordError::NotAPublicKey),
        }
    }

    fn of_jwk(text: &str) -> Result<Self, RecordError> {
        let refused = |_| RecordError::NotAPublicKey;
        let document = Document::parse(text, Limits::of_bytes(MOST_BYTES)).map_err(refused)?;
        let document = document.refuse_duplicates().map_err(refused)?;
        let root = document.root();
        if root.member("d").is_some() {
            return Err(RecordError::PrivateKey);
        }
        let text = |name: &str| root.member(name)?.as_string();
        let part = |name: &str| -> Option<[u8; 32]> { bytes(&text(name)?)?.try_into().ok() };
        let key = match (text("kty").as_deref(), text("crv").as_deref()) {
            (Some("OKP"), Some("Ed25519")) => {
                let key = part("x").and_then(|x| ed25519_dalek::VerifyingKey::from_bytes(&x).ok());
                return key.ok_or(RecordError::NotAPublicKey).and_then(Self::of_ed25519);
            }
            (Some("EC"), Some("P-256")) => part("x").zip(part("y")).and_then(|(x, y)| {
                let point: Vec<u8> = [4].iter().chain(&x).chain(&y).copied().collect();
                p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).ok()
            }),
            _ => None,
        };
        key.map(Self::of_p256).ok_or(RecordError::NotAPublicKey)
    }

    /// The key, unless every message has a signature for it (a key of small order).
    pub(crate) fn of_ed25519(key: ed25519_dalek::VerifyingKey) -> Result<Self, RecordError> {
        if key.is_weak() {
            return Err(RecordError::NotAPublicKey);
        }
        Ok(Self::of(Kind::Ed25519(key)))
    }

    pub(crate) fn of_p256(key: p256::ecdsa::VerifyingKey) -> Self {
        Self::of(Kind::P256(key))
    }

    fn of(kind: Kind) -> Self {
        let id = base64url(&sha256(&kind.jwk().to_string())).into();
        Self { kind, id }
    }

    /// The id: the thumbprint of the key (RFC 7638), that is the SHA-256 of its JWK in base64url.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name of the algorithm: `Ed25519` or `ES256`.
    pub const fn algorithm(&self) -> &'static str {
        match self.kind {
            Kind::Ed25519(_) => "Ed25519",
            Kind::P256(_) => "ES256",
        }
    }

    /// The key as a JWK with its required members only.
    pub fn jwk(&self) -> String {
        self.kind.jwk().to_string()
    }

    /// Whether a signature of 64 bytes is the one form that counts, and right.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.kind {
            Kind::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Kind::P256(key) => p256::ecdsa::Signature::from_slice(signature).is_ok_and(|signature| {
                signature.normalize_s() == signature && key.verify(message, &signature).is_ok()
            }),
        }
    }

    /// The form of a signature that counts. For ECDSA, it is the one with the smaller S.
    pub(crate) fn canonical_signature(&self, signature: Vec<u8>) -> Vec<u8> {
        match &self.kind {
            Kind::Ed25519(_) => signature,
            Kind::P256(_) => match p256::ecdsa::Signature::from_slice(&signature) {
                Ok(read) => read.normalize_s().to_bytes().to_vec(),
                Err(_) => signature,
            },
        }
    }
}

impl Kind {
    fn jwk(&self) -> Json {
        match self {
            Self::Ed25519(key) => Json::object([
                ("crv", Json::text("Ed25519")),
                ("kty", Json::text("OKP")),
                ("x", Json::text(base64url(key.as_bytes()))),
            ]),
            Self::P256(key) => {
                let point = key.to_sec1_point(false);
                let part = |part: Option<&[u8]>| Json::text(base64url(part.unwrap_or_default()));
                Json::object([
                    ("crv", Json::text("P-256")),
                    ("kty", Json::text("EC")),
                    ("x", part(point.x().map(|x| &**x))),
                    ("y", part(point.y().map(|y| &**y))),
                ])
            }
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("algorithm", &self.algorithm())
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
