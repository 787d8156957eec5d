//! What is wrong with a chain, and where.

use std::fmt;

macro_rules! faults {
    ($($(#[doc = $summary:literal])+ $name:ident = $code:literal, $help:literal;)*) => {
        /// The kind of a fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum FaultCode {
            $($(#[doc = $summary])+ $name,)*
        }

        impl FaultCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What it means, and what to do.
            pub const fn help(self) -> &'static str {
                match self {
                    $(Self::$name => $help,)*
                }
            }
        }
    };
}

faults! {
    /// The file has no record.
    Empty = "NO_RECORDS", "nothing was checked: give the file of the chain";
    /// The line is larger than 16 MiB.
    TooLarge = "LINE_TOO_LARGE", "a record has at most 16 MiB";
    /// The line is no JSON object, or an object in it has two members with one name.
    NotJson = "NOT_JSON", "the line was cut or changed, or this is no file of signed records";
    /// The line is another object than a signed record.
    NotASignedRecord = "NOT_A_SIGNED_RECORD", "a line has the members that a signed record has, and no others";
    /// The line says the same in other bytes.
    NotCanonical = "NOT_CANONICAL", "a record has one form: sorted members, no white space, one spelling of each text";
    /// The last line has no end.
    NoLineEnd = "NO_LINE_END", "the file was cut within its last line end, or the last line was not written completely";
    /// A member of the record is not the one that was signed.
    MemberChanged = "MEMBER_CHANGED", "the record was changed after it was signed";
    /// A member of the record that was signed is missing.
    MemberMissing = "MEMBER_MISSING", "the record was changed after it was signed";
    /// The record has a member that was not signed.
    MemberAdded = "MEMBER_ADDED", "the record was changed after it was signed";
    /// Records are missing before this one.
    Missing = "RECORDS_MISSING", "lines were removed or moved, or the file begins in the middle of a chain: then give the head before it";
    /// The record's number was there before.
    Repeated = "RECORD_REPEATED", "a line is there twice, or was moved";
    /// The record was signed after another record than the one before it.
    AnotherPrevious = "ANOTHER_PREVIOUS", "a line before was changed or exchanged, or two chains were mixed";
    /// The record was signed by a key that was not given.
    AnotherKey = "ANOTHER_KEY", "give the public key of whoever signed, if you trust it";
    /// The signature is wrong.
    BadSignature = "BAD_SIGNATURE", "what was signed (number, previous record, digests, signer) or the signature was changed";
    /// The expected head is not in the file.
    HeadMissing = "HEAD_MISSING", "lines were cut off the end, or the chain was written anew after the head was kept";
    /// There are more faults than are listed.
    More = "MORE_FAULTS", "mend the first ones, and check again";
}

/// A fault of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The line, from 1. The number of lines if the fault is about the file as a whole.
    pub line: usize,
    /// The place in the line (RFC 6901). Empty for the whole line.
    pub pointer: String,
    /// The kind of fault.
    pub code: FaultCode,
    /// What was found: a sentence without its full stop. It may hold text from the file.
    pub found: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comma = if self.pointer.is_empty() { "" } else { ", " };
        write!(f, "line {}{comma}{}: {}: {}", self.line, self.pointer, self.code.name(), self.found)
    }
}
