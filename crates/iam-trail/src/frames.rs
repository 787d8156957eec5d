//! A file's bytes, in chunks, to the records in it. Each record is given as its JSON; no tree is built.

mod looks;
mod names;
mod records;
mod scan;
mod value;

use std::fmt;

use memchr::memchr;

use crate::finding::{Finding, Place, TrailCode};
use crate::limits::Limits;
pub(crate) use records::Members;
use scan::Scan;

/// What a file gives: a record, or something that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found<'a> {
    /// A record.
    Record {
        /// One object, by its brackets. Whether it is JSON in all of its parts is for whoever parses it.
        json: &'a str,
        /// Where the record, or what carries it, begins in the file.
        place: Place,
    },
    /// Something that was not read, or not completely.
    Finding(Finding),
}

/// Splits the bytes of one file, uncompressed, into records.
///
/// The file is recognised by its shape:
///
/// | shape | from |
/// | --- | --- |
/// | `{"Records": [{record}, …]}` | a file that CloudTrail delivers |
/// | records one after another, with or without line ends; a list of records; one record | `jq`, and most programs |
/// | `{"Events": [{"CloudTrailEvent": "record as text"}, …]}` | `aws cloudtrail lookup-events` |
/// | `{"detail-type": "… via CloudTrail", "detail": {record}}` | EventBridge |
/// | `{"QueryResultRows": [[{"eventID": "…"}, {"eventName": "…"}, …], …]}` | `aws cloudtrail get-query-results` (CloudTrail Lake) |
/// | `{"eventid": "…", "eventname": "…", "useridentity": {…}, …}` | exports of Athena and CloudTrail Lake |
///
/// A member of a lower-case name, and a column, get CloudTrail's letter case. A column `eventJson` is the record. Shapes may alternate within a file.
///
/// At most one record is kept, so memory is bounded by [`Limits::record_bytes`]; a record that lies in one chunk is not copied. Chunks may have any
/// size; what is given does not depend on it. After broken text between lines, reading goes on at the next line that begins with a brace; within
/// a list, at the next record if the brackets allow it. What is passed over has a finding.
///
/// ```
/// use iam_trail::{Found, Frames, Limits};
///
/// let file = br#"{"Records":[{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventName":"GetObject"}]}"#;
/// let (mut frames, mut records) = (Frames::new(Limits::default()), Vec::new());
/// let mut each = |found: Found<'_>| match found {
///     Found::Record { json, place } => records.push((json.len(), place.offset)),
///     other => panic!("{other:?}"),
/// };
/// for chunk in file.chunks(10) {
///     frames.feed(chunk, &mut each);
/// }
/// frames.finish(&mut each);
/// assert_eq!(records, [(80, 12)]);
/// ```
///
/// # Source
/// CloudTrail User Guide, "CloudTrail log file examples"; CloudTrail API Reference, `LookupEvents` and `GetQueryResults`; EventBridge Events
/// Reference, "AWS service events delivered via AWS CloudTrail".
pub struct Frames {
    limits: Limits,
    stage: Stage,
    /// What is around the value that is read.
    around: Around,
    /// The value that is read.
    value: Value,
    /// Uncompressed bytes so far.
    read: u64,
    /// Values so far.
    number: u64,
    /// Records so far.
    given: u64,
    /// The beginning of the file.
    head: Vec<u8>,
    /// What is passed over.
    skip: Option<Skip>,
    /// A list that records stand in was there.
    had_list: bool,
    /// Missing columns were told.
    told_columns: bool,
}

/// What the next byte is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// One of the first four, by which the encoding is told.
    Lead,
    /// Between values at the top.
    Between,
    /// In a value, at the top or in a list.
    Value,
    /// Between the values of a list.
    List(Expect),
    /// On the way to the next line that begins with a brace.
    Skip,
    /// Not looked at any more.
    Done,
}

/// What may come next in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    /// A value, or the end.
    First,
    /// A comma, or the end.
    Comma,
    /// A value.
    Value,
}

/// What is around the value that is read.
enum Around {
    /// Nothing: the value is at the top.
    Top,
    /// A list, which begins at this byte.
    List(u64),
    /// A list that is a member of this object.
    Member(Value),
}

/// A value that is read.
struct Value {
    scan: Scan,
    /// Where it begins in the file.
    at: u64,
    /// Its bytes of earlier chunks; if it is too long, only the last ones.
    held: Vec<u8>,
    /// The number of its bytes in earlier chunks.
    kept: u64,
    /// The values of a list in it were read apart, and are not among its bytes.
    has_list: bool,
}

/// What is passed over.
struct Skip {
    at: u64,
    number: u64,
    why: String,
    /// The last byte ended a line.
    at_line: bool,
}

type Each<'e> = &'e mut dyn FnMut(Found<'_>);

impl Frames {
    /// A splitter for one file.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            stage: Stage::Lead,
            around: Around::Top,
            value: Value::new(Scan::top(limits.nesting), 0),
            read: 0,
            number: 0,
            given: 0,
            head: Vec::new(),
            skip: None,
            had_list: false,
            told_columns: false,
        }
    }

    /// The number of uncompressed bytes that were read so far.
    pub const fn bytes(&self) -> u64 {
        self.read
    }

    /// The number of values so far, which [`Place::record`] counts.
    #[cfg(feature = "gzip")]
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// Reads the next bytes of the file, and gives what they complete, in the order of the file.
    pub fn feed(&mut self, chunk: &[u8], each: &mut dyn FnMut(Found<'_>)) {
        if self.stage == Stage::Done || chunk.is_empty() {
            return;
        }
        let room = usize::try_from(self.limits.file_bytes.saturating_sub(self.read)).unwrap_or(usize::MAX);
        let (chunk, over) = chunk.split_at_checked(room).unwrap_or((chunk, &[]));
        let base = self.read;
        self.read = base.saturating_add(wide(chunk.len()));
        self.head.extend(chunk.iter().take(looks::HEAD.saturating_sub(self.head.len())));
        if self.stage != Stage::Lead {
            self.run(base, chunk, each);
        } else if self.read >= 4 {
            let before = self.head.get(..usize::try_from(base).unwrap_or(0)).unwrap_or_default().to_vec();
            self.lead(&before, chunk, each);
        }
        if !over.is_empty() {
            let text =
                format!("the file has more than {} bytes; the rest is not read", self.limits.file_bytes);
            self.end_skip(self.read, each);
            self.stage = Stage::Done;
            self.tell(TrailCode::FileTooLong, self.read, text, each);
        }
    }

    /// Ends the file. Tells whether it ended too early, and whether it had no record at all.
    pub fn finish(mut self, each: &mut dyn FnMut(Found<'_>)) {
        if self.stage == Stage::Lead {
            let head = self.head.clone();
            self.lead(&head, &[], each);
        }
        let mut is_whole = self.skip.is_none();
        self.end_values(&mut |found| {
            is_whole = false;
            each(found);
        });
        let nothing = self.given == 0;
        // What is not JSON from its beginning on needs no second finding.
        let is_foreign = nothing && self.number == 0 && self.skip.is_some();
        if !is_foreign {
            self.end_skip(self.read, each);
        }
        if nothing {
            let like = looks::like(&self.head, self.had_list);
            let text = format!("no record of CloudTrail was found; the file {like}");
            let code = looks::code(&self.head, self.had_list && is_whole && self.number == 0);
            each(Found::Finding(Finding::new(code, Place { offset: 0, record: 0 }, text)));
        }
    }

    /// Looks at the first bytes. `before` came in earlier chunks.
    fn lead(&mut self, before: &[u8], chunk: &[u8], each: Each<'_>) {
        if looks::binary(&self.head).is_some() {
            self.stage = Stage::Done;
            return;
        }
        self.stage = Stage::Between;
        let mark = if self.head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let (first, second) = (mark.min(before.len()), mark.saturating_sub(before.len()));
        self.run(wide(first), before.get(first..).unwrap_or_default(), each);
        let base = wide(before.len()).saturating_add(wide(second));
        self.run(base, chunk.get(second..).unwrap_or_default(), each);
    }

    /// Reads bytes that begin at `base` of the file.
    fn run(&mut self, base: u64, chunk: &[u8], each: Each<'_>) {
        let mut at = 0;
        while at < chunk.len() {
            at = match self.stage {
                Stage::Lead | Stage::Done => return,
                Stage::Between => self.between(base, chunk, at),
                Stage::Value => self.in_value(base, chunk, at, each),
                Stage::List(expect) => self.in_list(base, chunk, at, expect, each),
                Stage::Skip => self.pass(base, chunk, at, each),
            };
        }
    }

    fn between(&mut self, base: u64, chunk: &[u8], at: usize) -> usize {
        let Some((at, byte)) = significant(chunk, at) else { return chunk.len() };
        let place = base.saturating_add(wide(at));
        match byte {
            b'{' => {
                self.begin(Scan::top(self.limits.nesting), place);
                at
            }
            b'[' => {
                self.around = Around::List(place);
                self.had_list = true;
                self.stage = Stage::List(Expect::First);
                at.saturating_add(1)
            }
            _ => {
                self.begin_skip(place, "the text between the records is not JSON".to_owned());
                at
            }
        }
    }

    fn in_list(&mut self, base: u64, chunk: &[u8], at: usize, expect: Expect, each: Each<'_>) -> usize {
        let Some((at, byte)) = significant(chunk, at) else { return chunk.len() };
        let place = base.saturating_add(wide(at));
        let mut wrong = |own: &mut Self, text: &str| {
            own.tell(TrailCode::BrokenJson, place, text.to_owned(), each);
        };
        match (byte, expect) {
            (b',', Expect::Comma) => self.stage = Stage::List(Expect::Value),
            (b',', Expect::First | Expect::Value) => wrong(self, "the list has a comma too many"),
            (b']', _) => {
                if expect == Expect::Value {
                    wrong(self, "the list has a comma before its end");
                }
                match std::mem::replace(&mut self.around, Around::Top) {
                    // The object reads the bracket itself.
                    Around::Member(object) => {
                        self.value = object;
                        self.stage = Stage::Value;
                        return at;
                    }
                    Around::List(_) | Around::Top => self.stage = Stage::Between,
                }
            }
            (b'}' | b':', _) => {
                self.around = Around::Top;
                self.begin_skip(place, "the list of records is closed by another bracket".to_owned());
                return at;
            }
            (_, Expect::First | Expect::Comma | Expect::Value) => {
                if expect == Expect::Comma {
                    wrong(self, "the list lacks a comma between two values");
                }
                self.begin(Scan::element(self.limits.nesting), place);
                return at;
            }
        }
        at.saturating_add(1)
    }

    /// Looks for the next line that begins with a brace.
    fn pass(&mut self, base: u64, chunk: &[u8], mut at: usize, each: Each<'_>) -> usize {
        let begins = |byte: Option<&u8>| matches!(byte, Some(b'{' | b'['));
        let was_at_line = self.skip.as_mut().is_some_and(|skip| std::mem::take(&mut skip.at_line));
        if !(was_at_line && begins(chunk.get(at))) {
            loop {
                let Some(found) = chunk.get(at..).and_then(|rest| memchr(b'\n', rest)) else {
                    return chunk.len();
                };
                at = at.saturating_add(found).saturating_add(1);
                if begins(chunk.get(at)) {
                    break;
                }
                if at == chunk.len() {
                    if let Some(skip) = &mut self.skip {
                        skip.at_line = true;
                    }
                    return at;
                }
            }
        }
        self.end_skip(base.saturating_add(wide(at)), each);
        self.stage = Stage::Between;
        at
    }

    fn begin(&mut self, scan: Scan, at: u64) {
        self.value.begin(scan, at);
        self.number = self.number.saturating_add(1);
        self.stage = Stage::Value;
    }

    fn begin_skip(&mut self, at: u64, why: String) {
        self.skip = Some(Skip { at, number: self.number, why, at_line: false });
        self.stage = Stage::Skip;
    }

    fn end_skip(&mut self, end: u64, each: Each<'_>) {
        if let Some(Skip { at, number, why, .. }) = self.skip.take() {
            let text = format!("{why}; bytes {at} to {end} are not read");
            let place = Place { offset: at, record: number };
            each(Found::Finding(Finding::new(TrailCode::BrokenJson, place, text)));
        }
    }

    fn tell(&self, code: TrailCode, offset: u64, text: String, each: Each<'_>) {
        each(Found::Finding(Finding::new(code, Place { offset, record: self.number }, text)));
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames")
            .field("stage", &self.stage)
            .field("bytes", &self.read)
            .field("records", &self.given)
            .finish_non_exhaustive()
    }
}

/// The first byte that is no white space, and its index.
fn significant(chunk: &[u8], at: usize) -> Option<(usize, u8)> {
    let rest = chunk.get(at..)?;
    let found = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))?;
    Some((at.saturating_add(found), *rest.get(found)?))
}

/// A length as a place in a file.
fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
