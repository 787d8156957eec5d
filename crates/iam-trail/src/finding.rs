//! What was not read of a file, where, and why.

use std::fmt;

macro_rules! codes {
    ($($(#[doc = $summary:literal])+ $name:ident = $code:literal, $help:literal;)*) => {
        /// The kind of a finding about a file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum TrailCode {
            $($(#[doc = $summary])+ $name,)*
        }

        impl TrailCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What to do.
            pub const fn help(self) -> &'static str {
                match self {
                    $(Self::$name => $help,)*
                }
            }
        }
    };
}

codes! {
    /// The text is not JSON.
    BrokenJson = "BROKEN_JSON", "fetch the file again, and do not edit it";
    /// The file ends before its last value does.
    Truncated = "TRUNCATED", "fetch the file again: events after this place are missing";
    /// A value is longer than [`Limits::record_bytes`](crate::Limits::record_bytes).
    TooLong = "RECORD_TOO_LONG", "raise the limit of a record if the file is trusted";
    /// A value nests deeper than [`Limits::nesting`](crate::Limits::nesting).
    TooDeep = "RECORD_TOO_DEEP", "look at the record: CloudTrail writes none like it";
    /// The file is longer than [`Limits::file_bytes`](crate::Limits::file_bytes).
    FileTooLong = "FILE_TOO_LONG", "cut the file into smaller ones, or raise the limit of a file";
    /// A value is not UTF-8.
    NotUtf8 = "NOT_UTF8", "fetch the file again, and keep its encoding";
    /// A value is JSON, and no record.
    NotARecord = "NOT_A_RECORD", "give CloudTrail's records only";
    /// A record has a member twice, or a value of another type.
    Refused = "RECORD_REFUSED", "look at the record: CloudTrail writes none like it";
    /// The output of a command has a token for more, or the query was not finished.
    OutputCut = "OUTPUT_CUT", "run the command again without a bound on the number of items, or fetch the other pages too";
    /// A column has a text that is not JSON where CloudTrail has an object or a list.
    ColumnNotJson = "COLUMN_NOT_JSON", "query the column eventJson instead, which has the whole record";
    /// The rows of a query lack columns.
    ColumnsMissing = "COLUMNS_MISSING", "query the column eventJson, which has the whole record";
    /// The compressed stream is damaged.
    GzipBroken = "GZIP_BROKEN", "fetch the file again: events after this place are missing";
    /// The compressed stream ends too early.
    GzipTruncated = "GZIP_TRUNCATED", "fetch the file again: events after this place are missing";
    /// The file has no record.
    NoRecords = "NO_RECORDS", "give the files that CloudTrail delivers, or the output of `aws cloudtrail lookup-events`";
    /// The file is in a format that is not read here. It may have records.
    OtherFormat = "OTHER_FORMAT", "unpack or convert the file as the finding says";
    /// The file is of the right form, and its list of records is empty. CloudTrail delivers such files.
    EmptyList = "EMPTY_LIST", "nothing is to be done";
    /// There are more findings than are listed.
    MoreFindings = "MORE_FINDINGS", "mend the first ones, and read the file again";
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Place {
    /// Bytes from the beginning of the uncompressed file.
    pub offset: u64,
    /// The number of the record in the file, from 1. Values that cannot be read count too. 0 before the first.
    pub record: u64,
}

/// Something of a file that was not read, or not completely.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The kind.
    pub code: TrailCode,
    /// Where it is. For a record the offset is where the record begins (or the object that carries it), for broken text the place that breaks.
    pub place: Place,
    /// The id of the event, where it can be told.
    pub event_id: Option<String>,
    /// What is wrong, as a sentence without a full stop. What to do is [`TrailCode::help`].
    pub text: String,
}

impl Finding {
    pub(crate) const fn new(code: TrailCode, place: Place, text: String) -> Self {
        Self { code, place, event_id: None, text }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: byte {}, record {}", self.code.name(), self.place.offset, self.place.record)?;
        if let Some(id) = &self.event_id {
            write!(f, ", event {id:?}")?;
        }
        write!(f, ": {}; {}", self.text, self.code.help())
    }
}

/// The beginning of a foreign text, for a sentence.
pub(crate) fn short(text: &str) -> String {
    const MOST: usize = 200;
    let mut short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
