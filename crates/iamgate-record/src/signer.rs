//! Who signs records.

use std::fmt;

use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use p256::ecdsa::signature::Signer as _;

use crate::error::RecordError;
use crate::key::{MOST_BYTES, PublicKey};

/// Signs records: a key in a file ([`FileKey`]), or a service that never gives its key away.
pub trait Signer {
    /// The public key, by which the signatures can be checked.
    fn public_key(&self) -> &PublicKey;

    /// Signs a message. The result has 64 bytes: an Ed25519 signature, or R and S of ECDSA with SHA-256 (a service that answers in DER is
    /// converted by the caller).
    ///
    /// # Errors
    /// [`RecordError::NotSigned`].
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, RecordError>;
}

/// A private key that the program has read from a file. `Debug` does not show it.
///
/// The same record at the same place has the same signature: Ed25519 and RFC 6979 need no random numbers.
pub struct FileKey {
    kind: Kind,
    public: PublicKey,
}

enum Kind {
    Ed25519(ed25519_dalek::SigningKey),
    P256(p256::ecdsa::SigningKey),
}

impl FileKey {
    /// Reads a private key: PEM with `BEGIN PRIVATE KEY` (PKCS #8).
    ///
    /// # Errors
    /// [`RecordError::NotAPrivateKey`] if it is none of Ed25519 or P-256.
    pub fn from_pem(text: &str) -> Result<Self, RecordError> {
        let refused = Err(RecordError::NotAPrivateKey);
        if text.len() > MOST_BYTES {
            return refused;
        }
        let text = text.trim_ascii();
        if let Ok(key) = ed25519_dalek::SigningKey::from_pkcs8_pem(text) {
            let public = PublicKey::of_ed25519(key.verifying_key())?;
            return Ok(Self { kind: Kind::Ed25519(key), public });
        }
        let Ok(key) = p256::ecdsa::SigningKey::from_pkcs8_pem(text) else { return refused };
        let public = PublicKey::of_p256(*key.verifying_key());
        Ok(Self { kind: Kind::P256(key), public })
    }
}

impl Signer for FileKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, RecordError> {
        match &self.kind {
            Kind::Ed25519(key) => Ok(key.sign(message).to_bytes().to_vec()),
            Kind::P256(key) => {
                let signature: p256::ecdsa::Signature =
                    key.try_sign(message).map_err(|_| RecordError::NotSigned)?;
                Ok(signature.to_bytes().to_vec())
            }
        }
    }
}

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileKey").field("public", &self.public).finish_non_exhaustive()
    }
}
