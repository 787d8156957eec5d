//! SHA-256 of the uncompressed bytes of a file, in chunks.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer};
use sha2::{Digest, Sha256};

use super::error::{DigestError, DigestErrorKind};
use crate::limits::Limits;
use crate::unpack::Unpack;

/// A SHA-256. It is written in lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sum([u8; 32]);

impl Sum {
    /// The hash with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash of the bytes as they are. What CloudTrail delivers is hashed by [`LogHash`], which unpacks it.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits, in either case. `None` if the text is something else.
    pub fn parse(text: &str) -> Option<Self> {
        decode_hex(text)?.try_into().ok().map(Self)
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("the hash is not 64 hexadecimal digits"))
    }
}

/// The bytes that the hexadecimal digits write, in either case. `None` if the text is something else.
pub(super) fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

/// Hashes a log file as CloudTrail does: SHA-256 of its uncompressed bytes. The file is compressed with gzip or not, and comes in chunks.
///
/// Everything that unpacks is hashed, also what stands after the first member of a compressed file: the hash is that of the bytes that
/// [`Reader`](crate::Reader) reads. Memory does not depend on the file.
#[derive(Debug)]
pub struct LogHash {
    packing: Packing,
    hasher: Hasher,
    limit: u64,
    error: Option<DigestError>,
}

/// Whether the file is compressed.
#[derive(Debug)]
enum Packing {
    /// Not known before two bytes; this is the first, if there was one.
    Unknown(Option<u8>),
    Plain,
    Gzip(Unpack),
}

/// What was hashed, and how many bytes may follow.
struct Hasher {
    sha: Sha256,
    left: u64,
}

impl Hasher {
    /// Hashes the bytes. `false` if they are more than are left.
    fn update(&mut self, bytes: &[u8]) -> bool {
        let Some(left) = u64::try_from(bytes.len()).ok().and_then(|length| self.left.checked_sub(length))
        else {
            return false;
        };
        self.left = left;
        self.sha.update(bytes);
        true
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("left", &self.left).finish_non_exhaustive()
    }
}

impl LogHash {
    /// Hashes a file of at most [`Limits::file_bytes`] uncompressed bytes.
    pub fn new(limits: Limits) -> Self {
        Self {
            packing: Packing::Unknown(None),
            hasher: Hasher { sha: Sha256::new(), left: limits.file_bytes },
            limit: limits.file_bytes,
            error: None,
        }
    }

    /// Hashes the next bytes of the file, in a chunk of any size. After an error they are not looked at.
    pub fn update(&mut self, chunk: &[u8]) {
        if self.error.is_some() || chunk.is_empty() {
            return;
        }
        if let Packing::Unknown(first) = self.packing {
            let mut start = first.into_iter().chain(chunk.iter().copied());
            self.packing = match (start.next(), start.next()) {
                (only, None) => {
                    self.packing = Packing::Unknown(only);
                    return;
                }
                (Some(one), Some(two)) if [one, two] == Unpack::MAGIC => {
                    Packing::Gzip(Unpack::new(self.limit))
                }
                (_, Some(_)) => Packing::Plain,
            };
            if let Some(first) = first {
                self.feed(&[first]);
            }
        }
        self.feed(chunk);
    }

    /// The hash of the file.
    ///
    /// # Errors
    /// The file is damaged, ends too early, or is longer than the limit: its hash is not known.
    pub fn finish(mut self) -> Result<Sum, DigestError> {
        match std::mem::replace(&mut self.packing, Packing::Plain) {
            Packing::Unknown(Some(only)) => self.feed(&[only]),
            Packing::Gzip(unpack) if self.error.is_none() => unpack.finish()?,
            Packing::Unknown(None) | Packing::Plain | Packing::Gzip(_) => {}
        }
        match self.error {
            Some(error) => Err(error),
            None => Ok(Sum(self.hasher.sha.finalize().into())),
        }
    }

    fn feed(&mut self, chunk: &[u8]) {
        let hasher = &mut self.hasher;
        let result = match &mut self.packing {
            Packing::Gzip(unpack) => {
                // The unpacker has the same limit, and says so.
                let mut each = |bytes: &[u8]| {
                    hasher.update(bytes);
                };
                unpack.feed(chunk, &mut each).map_err(DigestError::from)
            }
            Packing::Plain | Packing::Unknown(_) if hasher.update(chunk) => Ok(()),
            Packing::Plain | Packing::Unknown(_) => Err(too_long(self.limit)),
        };
        self.error = result.err();
    }
}

/// The uncompressed bytes of a file that is compressed with gzip or not, at most so many.
pub(super) fn uncompressed(file: &[u8], limit: u64) -> Result<Vec<u8>, DigestError> {
    if file.get(..2) != Some(Unpack::MAGIC.as_slice()) {
        let fits = u64::try_from(file.len()).is_ok_and(|length| length <= limit);
        return if fits { Ok(file.to_vec()) } else { Err(too_long(limit)) };
    }
    let (mut unpack, mut bytes) = (Unpack::new(limit), Vec::new());
    unpack.feed(file, &mut |more| bytes.extend_from_slice(more))?;
    unpack.finish()?;
    Ok(bytes)
}

fn too_long(limit: u64) -> DigestError {
    DigestError::new(DigestErrorKind::TooLong, format!("the file has more than {limit} bytes"))
}
