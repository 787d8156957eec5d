//! Checking a chain with public keys alone.

use std::collections::BTreeSet;

use iam_json::{Document, Json, Kind, Value, escape_pointer};

use crate::canonical::{Hash, bytes, hash, sha256};
use crate::chain::Head;
use crate::fault::{Fault, FaultCode};
use crate::key::PublicKey;
use crate::line::{self, MEMBERS, MOST_BYTES, SCHEMA, Statement, VERSION};

/// The largest number of faults that are listed.
const MOST_FAULTS: usize = 100;

/// The result of checking a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainReport {
    /// The number of lines.
    pub records: usize,
    /// The head: number and hash of the last line, whether or not it is intact. `None` if no line can be read.
    pub head: Option<Head>,
    /// The ids of the keys whose signatures were right, sorted.
    pub keys: Vec<Box<str>>,
    /// The line that is the head which was expected; `None` if none was expected, or it is not there.
    pub expected_at: Option<usize>,
    /// The faults, in the order of lines.
    pub faults: Vec<Fault>,
}

impl ChainReport {
    /// Whether there is no fault.
    pub const fn is_intact(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Checks the text of a file of records.
///
/// `after` is the head of the chain before the file's first line; `None` if the file begins with the first record. `expected` is a head that
/// somebody kept: it has to be in the file. Without it, nothing can be said about lines that were cut off the end.
pub fn verify(text: &str, keys: &[PublicKey], after: Option<Head>, expected: Option<Head>) -> ChainReport {
    let mut verifier = ChainVerifier::new(keys, after, expected);
    let mut rest = text;
    while !rest.is_empty() {
        let Some((line, next)) = rest.split_once('\n') else {
            verifier.line(rest);
            verifier.fault("", FaultCode::NoLineEnd, "the last line has no line end".to_owned());
            break;
        };
        verifier.line(line);
        rest = next;
    }
    verifier.finish()
}

/// Checks a chain line by line, in memory that does not grow with it.
#[derive(Clone, Debug)]
pub struct ChainVerifier<'k> {
    keys: &'k [PublicKey],
    expected: Option<Head>,
    expected_at: Option<usize>,
    /// The line before: its number in the chain and its hash. `None` before the first record.
    before: Option<Head>,
    /// Whether the line before has a fault of its own, so that another hash of it is no news.
    is_before_bad: bool,
    lines: usize,
    right: BTreeSet<Box<str>>,
    faults: Vec<Fault>,
    head: Option<Head>,
}

impl<'k> ChainVerifier<'k> {
    /// A verifier for the lines after a head, with the keys that are trusted. See [`verify`].
    pub const fn new(keys: &'k [PublicKey], after: Option<Head>, expected: Option<Head>) -> Self {
        Self {
            keys,
            expected,
            expected_at: None,
            before: after,
            is_before_bad: false,
            lines: 0,
            right: BTreeSet::new(),
            faults: Vec::new(),
            head: None,
        }
    }

    /// Checks the next line, which is given without its line end.
    pub fn line(&mut self, text: &str) {
        self.lines = self.lines.saturating_add(1);
        let faults = self.faults.len();
        let sequence = self.check(text);
        let next = self.before.map_or(1, |head| head.sequence.saturating_add(1));
        let head = Head { sequence: sequence.unwrap_or(next), sha256: sha256(text) };
        if self.expected == Some(head) {
            self.expected_at = Some(self.lines);
        }
        self.is_before_bad = self.faults.len() > faults;
        (self.before, self.head) = (Some(head), Some(head));
    }

    /// The result, after the last line.
    pub fn finish(mut self) -> ChainReport {
        if self.lines == 0 {
            self.fault("", FaultCode::Empty, "there is no record".to_owned());
        }
        if let Some(expected) = self.expected.filter(|_| self.expected_at.is_none()) {
            self.fault("", FaultCode::HeadMissing, format!("no line is the head {expected}"));
        }
        ChainReport {
            records: self.lines,
            head: self.head,
            keys: self.right.into_iter().collect(),
            expected_at: self.expected_at,
            faults: self.faults,
        }
    }

    fn fault(&mut self, pointer: &str, code: FaultCode, found: String) {
        let line = self.lines;
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault { line, pointer: pointer.to_owned(), code, found });
        } else if self.faults.len() == MOST_FAULTS {
            let found = "there are more faults than these".to_owned();
            self.faults.push(Fault { line, pointer: String::new(), code: FaultCode::More, found });
        }
    }

    /// Checks a line and returns its number in the chain. `None` if it has none.
    fn check(&mut self, text: &str) -> Option<i64> {
        if text.len() > MOST_BYTES {
            self.fault("", FaultCode::TooLarge, format!("the line has {} bytes", text.len()));
            return None;
        }
        let document = match line::object(text) {
            Ok(document) => document,
            Err(found) => {
                self.fault("", FaultCode::NotJson, found);
                return None;
            }
        };
        let own = self.read(&document)?;
        let canonical = line::canonical(document.root());
        if canonical != text {
            let same = canonical.bytes().zip(text.bytes()).take_while(|(own, other)| own == other).count();
            let pointer = document.root().pointer_at(u32::try_from(same).unwrap_or(u32::MAX));
            self.fault(&pointer, FaultCode::NotCanonical, "the line is not in canonical form".to_owned());
        }
        self.place(&own);
        self.members(own.record, own.digests);
        self.signature(&own);
        Some(own.sequence)
    }

    /// The parts of a line, if it has the form of a signed record.
    fn read<'d>(&mut self, document: &'d Document<'_>) -> Option<Line<'d>> {
        let root = document.root();
        let mut names = BTreeSet::new();
        for member in root.members() {
            let name = member.key.string();
            if !MEMBERS.contains(&&*name) {
                let pointer = format!("/{}", escape_pointer(&name));
                self.fault(
                    &pointer,
                    FaultCode::NotASignedRecord,
                    "a member that a signed record has not".to_owned(),
                );
                return None;
            }
            names.insert(name);
        }
        for name in MEMBERS {
            if !names.contains(name) {
                let found = format!("the member {name} is missing");
                self.fault(&format!("/{name}"), FaultCode::NotASignedRecord, found);
                return None;
            }
        }
        match line_of(root) {
            Ok(line) => Some(line),
            Err(pointer) => {
                self.fault(pointer, FaultCode::NotASignedRecord, "the member has another form".to_owned());
                None
            }
        }
    }

    /// Checks number and predecessor.
    fn place(&mut self, own: &Line<'_>) {
        let expected = self.before.map_or(1, |head| head.sequence.saturating_add(1));
        if own.sequence > expected {
            let found = match own.sequence.saturating_sub(1) {
                last if last == expected => {
                    format!("record {expected} is missing before this one, which is record {}", own.sequence)
                }
                last => format!("records {expected} to {last} are missing before this one"),
            };
            self.fault("/sequence", FaultCode::Missing, found);
        } else if own.sequence < expected {
            let found = format!("record {} stands where record {expected} should be", own.sequence);
            self.fault("/sequence", FaultCode::Repeated, found);
        } else if own.previous != self.before.map(|head| head.sha256) && !self.is_before_bad {
            let found = if self.before.is_none() {
                "the first record names one before it"
            } else {
                "the record was signed after another one than the line before"
            };
            self.fault("/previous", FaultCode::AnotherPrevious, found.to_owned());
        }
    }

    /// Compares each member of the record with its digest.
    fn members(&mut self, record: Value<'_>, digests: Value<'_>) {
        for member in record.members() {
            let name = member.key.string();
            let pointer = format!("/record/{}", escape_pointer(&name));
            match digests.member(&name) {
                None => {
                    self.fault(&pointer, FaultCode::MemberAdded, "the member was not signed".to_owned());
                }
                Some(signed)
                    if signed.as_string().is_none_or(|signed| *signed != *line::digest(member.value)) =>
                {
                    let found = "the member is not the one that was signed".to_owned();
                    self.fault(&pointer, FaultCode::MemberChanged, found);
                }
                Some(_) => {}
            }
        }
        for signed in digests.members() {
            let name = signed.key.string();
            if record.member(&name).is_none() {
                let pointer = format!("/record/{}", escape_pointer(&name));
                let found = "a member that was signed is missing".to_owned();
                self.fault(&pointer, FaultCode::MemberMissing, found);
            }
        }
    }

    fn signature(&mut self, own: &Line<'_>) {
        let Some(key) = self.keys.iter().find(|key| *key.id() == *own.key) else {
            let found = "the record names a key that was not given".to_owned();
            return self.fault("/signer/key", FaultCode::AnotherKey, found);
        };
        if *key.algorithm() != *own.algorithm {
            let found = "the algorithm is not the one of the key".to_owned();
            return self.fault("/signer/algorithm", FaultCode::BadSignature, found);
        }
        let statement = Statement {
            digests: Json::read(own.digests),
            previous: own.previous,
            sequence: own.sequence,
            algorithm: key.algorithm(),
            key: key.id().into(),
        };
        let signature = bytes(&own.signature).unwrap_or_default();
        if key.verifies(statement.message().as_bytes(), &signature) {
            self.right.insert(key.id().into());
        } else {
            let found = "the signature does not fit what it signs".to_owned();
            self.fault("/signature", FaultCode::BadSignature, found);
        }
    }
}

/// The parts of a line.
struct Line<'d> {
    record: Value<'d>,
    digests: Value<'d>,
    previous: Option<Hash>,
    sequence: i64,
    algorithm: Box<str>,
    key: Box<str>,
    signature: Box<str>,
}

/// Reads the members of a line. The error is the pointer of the first one with another form.
fn line_of(root: Value<'_>) -> Result<Line<'_>, &'static str> {
    let text = |name: &str| root.member(name).and_then(Value::as_string);
    let object = |name: &str| root.member(name).filter(|value| value.kind() == Kind::Object);
    let number = |name: &str| {
        let value = root.member(name).filter(|value| value.kind() == Kind::Number)?;
        value.raw().parse::<i64>().ok().filter(|number| number.to_string() == value.raw())
    };
    if text("schema").as_deref() != Some(SCHEMA) {
        return Err("/schema");
    }
    if number("version") != Some(VERSION) {
        return Err("/version");
    }
    let previous = match root.member("previous") {
        Some(value) if value.kind() == Kind::Null => None,
        Some(value) => Some(value.as_string().and_then(|text| hash(&text)).ok_or("/previous")?),
        None => return Err("/previous"),
    };
    let signer = object("signer").filter(|signer| signer.members().count() == 2).ok_or("/signer")?;
    let signed_by = |name: &str, pointer| signer.member(name).and_then(Value::as_string).ok_or(pointer);
    Ok(Line {
        record: object("record").ok_or("/record")?,
        digests: object("digests").ok_or("/digests")?,
        previous,
        sequence: number("sequence").filter(|number| *number >= 1).ok_or("/sequence")?,
        algorithm: signed_by("algorithm", "/signer/algorithm")?.into(),
        key: signed_by("key", "/signer/key")?.into(),
        signature: text("signature").ok_or("/signature")?.into(),
    })
}
