//! Why a key cannot be read or a record cannot be signed.

use std::fmt;

/// Why a key cannot be read or a record cannot be signed. No text from outside is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordError {
    /// The text is no public key of a supported kind.
    NotAPublicKey,
    /// The text is a private key where a public one is needed.
    PrivateKey,
    /// The text is no private key of a supported kind.
    NotAPrivateKey,
    /// The record is no JSON object, or an object in it has two members with one name.
    NotAnObject,
    /// The record is larger than 16 MiB.
    TooLarge,
    /// The signer did not sign, or its signature does not fit its public key.
    NotSigned,
    /// The chain has as many records as a number can count.
    Full,
}

impl RecordError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        self.entry().0
    }

    /// How to mend it.
    pub const fn help(self) -> &'static str {
        self.entry().2
    }

    /// What is wrong.
    pub const fn found(self) -> &'static str {
        self.entry().1
    }

    const fn entry(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NotAPublicKey => (
                "INVALID_PUBLIC_KEY",
                "no public key",
                "give an Ed25519 or P-256 key: as PEM (BEGIN PUBLIC KEY) or as one JWK",
            ),
            Self::PrivateKey => (
                "PRIVATE_KEY",
                "a private key",
                "give the public key; `openssl pkey -in private.pem -pubout` writes it. A private key that others have seen is worth nothing",
            ),
            Self::NotAPrivateKey => (
                "INVALID_PRIVATE_KEY",
                "no private key",
                "give an Ed25519 or P-256 key as PEM (BEGIN PRIVATE KEY, PKCS #8); `openssl genpkey -algorithm ed25519` writes one",
            ),
            Self::NotAnObject => (
                "INVALID_RECORD",
                "no record",
                "give one JSON object in which no object has two members with one name",
            ),
            Self::TooLarge => {
                ("RECORD_TOO_LARGE", "a record of more than 16 MiB", "leave out what is not needed")
            }
            Self::NotSigned => (
                "RECORD_NOT_SIGNED",
                "the record could not be signed",
                "check that the signer answers, and that its public key belongs to it",
            ),
            Self::Full => ("CHAIN_FULL", "the chain has no more numbers", "begin a new chain"),
        }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, found, help) = self.entry();
        write!(f, "{code}: {found}; {help}")
    }
}

impl std::error::Error for RecordError {}
