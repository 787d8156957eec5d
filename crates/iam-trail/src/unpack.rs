//! Files compressed with gzip, in chunks.
//!
//! # Source
//! RFC 1952, sections 2.2 and 2.3.

use std::fmt;

use flate2::{Crc, Decompress, FlushDecompress, Status};

use crate::finding::{Finding, Place, TrailCode};

/// The most bytes that are given at once.
const OUT: usize = 131_072;

/// Unpacks a file that is compressed with gzip: one member, or several one after another.
///
/// Memory does not depend on the file. A file that unpacks to more than the limit stops there.
pub struct Unpack {
    inflate: Box<Decompress>,
    out: Vec<u8>,
    state: State,
    flags: u8,
    crc: Crc,
    written: u64,
    limit: u64,
    members: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In the ten bytes that each member begins with.
    Fixed(u8),
    /// In the length of the extra field.
    ExtraLength { read: u8, length: u16 },
    /// In the extra field.
    Extra(u16),
    /// In the name.
    Name,
    /// In the comment.
    Comment,
    /// In the check of the header.
    HeaderCheck(u8),
    /// In the compressed bytes.
    Body,
    /// In the check and the length, of which so many bytes were read.
    Trailer { read: u8, bytes: u64 },
    /// In the zeros after the last member.
    Padding,
    /// The rest is not looked at.
    Done,
}

const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;
const HEADER_CHECK: u8 = 2;

impl Unpack {
    /// The bytes that a compressed file begins with.
    pub const MAGIC: [u8; 2] = [0x1f, 0x8b];

    /// Unpacks at most `limit` bytes.
    pub fn new(limit: u64) -> Self {
        Self {
            inflate: Box::new(Decompress::new(false)),
            out: vec![0; OUT],
            state: State::Fixed(0),
            flags: 0,
            crc: Crc::new(),
            written: 0,
            limit,
            members: 0,
        }
    }

    /// The number of bytes that were unpacked so far.
    pub const fn bytes(&self) -> u64 {
        self.written
    }

    /// Unpacks the next bytes of the file, and gives what they unpack to, at most 128 KiB at once.
    ///
    /// # Errors
    /// The stream is damaged, or longer than the limit. What could be unpacked before was given. Later bytes are not looked at.
    pub fn feed(&mut self, mut chunk: &[u8], each: &mut dyn FnMut(&[u8])) -> Result<(), Finding> {
        while let Some((&byte, rest)) = chunk.split_first() {
            match self.state {
                State::Done => return Ok(()),
                State::Body => chunk = self.body(chunk, each)?,
                State::Padding if byte == 0 => chunk = rest,
                State::Padding => {
                    self.state = State::Fixed(0);
                }
                State::Fixed(_)
                | State::ExtraLength { .. }
                | State::Extra(_)
                | State::Name
                | State::Comment
                | State::HeaderCheck(_)
                | State::Trailer { .. } => {
                    self.state = self.field(byte)?;
                    chunk = rest;
                }
            }
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// The stream ends too early.
    pub fn finish(self) -> Result<(), Finding> {
        match self.state {
            State::Done | State::Padding => Ok(()),
            State::Fixed(_)
            | State::ExtraLength { .. }
            | State::Extra(_)
            | State::Name
            | State::Comment
            | State::HeaderCheck(_)
            | State::Body
            | State::Trailer { .. } => {
                Err(self.finding(TrailCode::GzipTruncated, "the compressed stream ends too early".to_owned()))
            }
        }
    }

    fn finding(&self, code: TrailCode, text: String) -> Finding {
        Finding::new(code, Place { offset: self.written, record: 0 }, text)
    }

    fn broken(&mut self, text: &str) -> Finding {
        self.state = State::Done;
        self.finding(TrailCode::GzipBroken, text.to_owned())
    }

    /// The state after a byte of a header or a trailer.
    fn field(&mut self, byte: u8) -> Result<State, Finding> {
        Ok(match self.state {
            State::Fixed(at @ 0..=1) if Self::MAGIC.get(usize::from(at)) != Some(&byte) => {
                return Err(self.broken(if self.members == 0 {
                    "the file is not compressed with gzip"
                } else {
                    "bytes follow the compressed stream that are not part of it; they are not read"
                }));
            }
            State::Fixed(2) if byte != 8 => {
                return Err(self.broken("the compressed stream has a method that is not deflate"));
            }
            State::Fixed(3) => {
                self.flags = byte;
                State::Fixed(4)
            }
            State::Fixed(9) => self.after_header(u8::MAX),
            State::Fixed(at) => State::Fixed(at.saturating_add(1)),
            State::ExtraLength { read: 0, .. } => State::ExtraLength { read: 1, length: u16::from(byte) },
            State::ExtraLength { length, .. } => match length | (u16::from(byte) << 8) {
                0 => self.after_header(EXTRA),
                length => State::Extra(length),
            },
            State::Extra(..=1) => self.after_header(EXTRA),
            State::Extra(left) => State::Extra(left.saturating_sub(1)),
            State::Name if byte == 0 => self.after_header(NAME),
            State::Comment if byte == 0 => self.after_header(COMMENT),
            State::HeaderCheck(0) => State::HeaderCheck(1),
            State::HeaderCheck(_) => self.after_header(HEADER_CHECK),
            State::Trailer { read, bytes } => {
                let bytes = (bytes >> 8) | (u64::from(byte) << 56);
                if read < 7 {
                    State::Trailer { read: read.saturating_add(1), bytes }
                } else {
                    self.check(bytes)?;
                    State::Padding
                }
            }
            state @ (State::Name | State::Comment | State::Body | State::Padding | State::Done) => state,
        })
    }

    /// The field after this one, which is [`u8::MAX`] for the fixed ones. They come in the order of this list.
    fn after_header(&mut self, after: u8) -> State {
        let fields = [EXTRA, NAME, COMMENT, HEADER_CHECK];
        let from = fields.iter().position(|field| *field == after).map_or(0, |at| at.saturating_add(1));
        match fields.into_iter().skip(from).find(|field| self.flags & field != 0) {
            Some(EXTRA) => State::ExtraLength { read: 0, length: 0 },
            Some(NAME) => State::Name,
            Some(COMMENT) => State::Comment,
            Some(_) => State::HeaderCheck(0),
            None => {
                self.inflate.reset(false);
                self.crc.reset();
                State::Body
            }
        }
    }

    /// Compares what a member says of itself: the check in the lower half, the length in the upper.
    fn check(&mut self, bytes: u64) -> Result<(), Finding> {
        let said = u64::from(self.crc.sum()) | (u64::from(self.crc.amount()) << 32);
        if said != bytes {
            return Err(self.broken("the check of the compressed stream is wrong: what was unpacked may differ from what was packed"));
        }
        self.members = self.members.saturating_add(1);
        Ok(())
    }

    /// Unpacks until the bytes or the member end. Gives the bytes that are left.
    fn body<'c>(&mut self, mut chunk: &'c [u8], each: &mut dyn FnMut(&[u8])) -> Result<&'c [u8], Finding> {
        loop {
            let (was_in, was_out) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(chunk, &mut self.out, FlushDecompress::None);
            let used = usize::try_from(self.inflate.total_in().saturating_sub(was_in)).unwrap_or(usize::MAX);
            let made =
                usize::try_from(self.inflate.total_out().saturating_sub(was_out)).unwrap_or(usize::MAX);
            chunk = chunk.get(used..).unwrap_or_default();
            let room = usize::try_from(self.limit.saturating_sub(self.written)).unwrap_or(usize::MAX);
            let given = self.out.get(..made.min(room)).unwrap_or_default();
            self.written = self.written.saturating_add(u64::try_from(given.len()).unwrap_or(u64::MAX));
            self.crc.update(given);
            if !given.is_empty() {
                each(given);
            }
            if made > room {
                self.state = State::Done;
                let text =
                    format!("the file unpacks to more than {} bytes; the rest is not read", self.limit);
                return Err(self.finding(TrailCode::FileTooLong, text));
            }
            match status {
                Ok(Status::StreamEnd) => {
                    self.state = State::Trailer { read: 0, bytes: 0 };
                    return Ok(chunk);
                }
                // A full buffer may leave something behind even where all bytes are used.
                Ok(Status::Ok | Status::BufError) if chunk.is_empty() && made < self.out.len() => {
                    return Ok(chunk);
                }
                Ok(Status::Ok | Status::BufError) if used > 0 || made > 0 => {}
                Ok(Status::Ok | Status::BufError) | Err(_) => {
                    return Err(self.broken("the compressed stream is damaged"));
                }
            }
        }
    }
}

impl fmt::Debug for Unpack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpack")
            .field("state", &self.state)
            .field("bytes", &self.written)
            .field("members", &self.members)
            .finish_non_exhaustive()
    }
}
