//! What is shown about digest files.

use std::fmt;
use std::ops::Range;

use iam_policy::value::Instant;

use super::file::DigestFile;
use super::stream::Stream;

/// What is shown about digest files. The order in which they were given does not matter, nor whether one was given twice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainReport {
    /// Each digest file once, by [`Stream`] and time.
    pub digests: Vec<DigestReport>,
    /// Each account, Region and trail.
    pub streams: Vec<StreamReport>,
}

/// What is shown about one digest file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DigestReport {
    /// The file.
    pub file: DigestFile,
    /// Whether its signature is known, and valid.
    pub signature: Signature,
    /// Whether it is CloudTrail's.
    pub standing: Standing,
    /// Whether the digest file before it is the one that it names. This is CloudTrail's word only if the file itself is shown.
    pub previous: PreviousState,
}

/// Whether the signature of a digest file is valid. If several are known, one that is valid is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signature {
    /// No signature is known: none was given beside the file, and no other digest file that was given has one.
    NotKnown,
    /// The signature is not verified, since the key with the fingerprint is not given.
    KeyMissing,
    /// The key confirms none of the signatures.
    NotValid,
    /// The key confirms the signature, but was not in use when the digest file was signed.
    KeyOfOtherTime,
    /// The key confirms the signature.
    Valid,
}

/// Whether a digest file is CloudTrail's, with every byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It is: its own signature is valid.
    Signed,
    /// It is: its own signature is not verified, but a later digest file that is shown states its hash.
    Stated,
    /// Nothing shows it, and nothing speaks against it.
    NotShown,
    /// Nothing shows it, and something speaks against it: a signature of it is not valid, or a digest file that is shown states another hash for
    /// its S3 object. Where it is the signature, either the file or the signature is not CloudTrail's.
    Refused,
}

impl Standing {
    /// Whether the digest file is shown to be CloudTrail's.
    pub const fn is_shown(self) -> bool {
        matches!(self, Self::Signed | Self::Stated)
    }
}

/// The digest file before another, as that names it. The numbers are places in [`ChainReport::digests`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PreviousState {
    /// It names none: the chain starts here.
    Start,
    /// It was given, with the hash that is stated.
    Confirmed(usize),
    /// Its S3 object was given, but with another hash than is stated.
    Changed(usize),
    /// It was not given.
    Missing,
}

/// What is shown about the digest files of one account, Region and trail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamReport {
    /// Account, Region and trail.
    pub stream: Stream,
    /// Where its digest files are in [`ChainReport::digests`].
    pub digests: Range<usize>,
    /// What is not as in one unbroken chain, by time.
    pub breaks: Vec<Break>,
    /// The times that are validated. They do not overlap, except in backfill digest files.
    pub validated: Vec<Interval>,
}

/// A time for which digest files of one chain are shown, without a hole.
///
/// Each digest file is shown to be CloudTrail's, each names the one before it with its hash, and each starts when the one before it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Interval {
    /// The place in [`ChainReport::streams`].
    pub stream: usize,
    /// The begin of the time in which the log files were delivered.
    pub from: Instant,
    /// The end of that time.
    pub until: Instant,
    /// The digest files, as places in [`ChainReport::digests`], by time.
    pub digests: Vec<usize>,
    /// How many log files they name.
    pub log_files: usize,
}

/// The kind of a [`Break`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum BreakKind {
    /// The digest file is not shown to be CloudTrail's: its signature, or the key, is not known.
    NotShown,
    /// Something speaks against the digest file: see [`Standing::Refused`].
    Refused,
    /// A new chain starts after another. Nothing shows whether there was one between them.
    Restart,
    /// The digest file before it was not given.
    PreviousMissing,
    /// The digest file before it was given with other bytes.
    PreviousChanged,
    /// The digest file before it is one of another account, Region or trail.
    PreviousElsewhere,
    /// It does not start when the digest file before it ends.
    TimesApart,
    /// Another digest file that is shown is about the same time. Neither counts as validated.
    Overlap,
}

impl BreakKind {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotShown => "DIGEST_NOT_SHOWN",
            Self::Refused => "DIGEST_REFUSED",
            Self::Restart => "CHAIN_RESTART",
            Self::PreviousMissing => "PREVIOUS_DIGEST_MISSING",
            Self::PreviousChanged => "PREVIOUS_DIGEST_CHANGED",
            Self::PreviousElsewhere => "PREVIOUS_DIGEST_ELSEWHERE",
            Self::TimesApart => "DIGEST_TIMES_APART",
            Self::Overlap => "DIGEST_OVERLAP",
        }
    }
}

/// A place where a chain is not unbroken and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Break {
    /// The kind.
    pub kind: BreakKind,
    /// The digest file, as a place in [`ChainReport::digests`].
    pub digest: usize,
    /// Whether that digest file is shown. If it is not, what it says about the one before it may be false.
    pub is_shown: bool,
    /// The begin of the time that is not validated: of the digest file itself, or the end of the last one before it that is shown. `None` if none
    /// is.
    pub from: Option<Instant>,
    /// The end of the time that is not validated.
    pub until: Instant,
    /// The digest file, and what is wrong, as a sentence without a full stop.
    pub text: String,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.text)
    }
}
