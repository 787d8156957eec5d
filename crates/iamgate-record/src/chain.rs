//! Writing a chain.

use std::fmt;
use std::str::FromStr;

use crate::canonical::{Hash, base64url, hash, hexadecimal, sha256};
use crate::error::RecordError;
use crate::line::{self, MOST_BYTES, Statement};
use crate::signer::Signer;

/// The head of a chain: the number and the SHA-256 of its last line. Whoever keeps it sees later whether anything before was changed or cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head {
    pub(crate) sequence: i64,
    pub(crate) sha256: Hash,
}

impl Head {
    /// The number of the line, from 1.
    pub const fn sequence(&self) -> i64 {
        self.sequence
    }

    /// The SHA-256 of the line without its line end.
    pub const fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }
}

/// `NUMBER:SHA256`, the hash in hexadecimal with small letters.
impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sequence, hexadecimal(&self.sha256))
    }
}

/// The error of a text that is no head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAHead;

impl fmt::Display for NotAHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no head of a chain; it is NUMBER:SHA256, as `iamgate record verify` prints it")
    }
}

impl std::error::Error for NotAHead {}

/// Reads what `Display` writes.
impl FromStr for Head {
    type Err = NotAHead;

    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let (number, sha256) = text.split_once(':').ok_or(NotAHead)?;
        let sequence: i64 = number.parse().map_err(|_| NotAHead)?;
        if sequence < 1 || number != sequence.to_string() {
            return Err(NotAHead);
        }
        Ok(Self { sequence, sha256: hash(sha256).ok_or(NotAHead)? })
    }
}

/// A chain of records that is being written. It keeps the head, not the records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordChain {
    head: Option<Head>,
}

impl RecordChain {
    /// A new chain.
    pub const fn new() -> Self {
        Self { head: None }
    }

    /// The chain that goes on after this head.
    pub const fn after(head: Head) -> Self {
        Self { head: Some(head) }
    }

    /// The head. `None` if the chain has no record.
    pub const fn head(&self) -> Option<Head> {
        self.head
    }

    /// Signs a record, which is a JSON object, and returns its line with the line end.
    ///
    /// The line is part of the chain from now on: the caller writes it to the end of the file before anything else.
    ///
    /// # Errors
    /// The record is no object, is larger than 16 MiB, or was not signed. The chain is then as it was.
    pub fn append(&mut self, record: &str, signer: &dyn Signer) -> Result<String, RecordError> {
        if record.len() > MOST_BYTES {
            return Err(RecordError::TooLarge);
        }
        let document = line::object(record).map_err(|_| RecordError::NotAnObject)?;
        let key = signer.public_key();
        let sequence = self.head.map_or(0, |head| head.sequence).checked_add(1).ok_or(RecordError::Full)?;
        let statement = Statement {
            digests: line::digests(document.root()),
            previous: self.head.map(|head| head.sha256),
            sequence,
            algorithm: key.algorithm(),
            key: key.id().into(),
        };
        let message = statement.message();
        let signature = key.canonical_signature(signer.sign(message.as_bytes())?);
        if !key.verifies(message.as_bytes(), &signature) {
            return Err(RecordError::NotSigned);
        }
        let mut text = statement.line(line::record(document.root()), base64url(&signature));
        if text.len() > MOST_BYTES {
            return Err(RecordError::TooLarge);
        }
        self.head = Some(Head { sequence, sha256: sha256(&text) });
        text.push('\n');
        Ok(text)
    }
}
