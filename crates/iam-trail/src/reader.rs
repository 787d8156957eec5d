//! A file's bytes, in chunks, to typed events.

use std::ops::RangeInclusive;

use crate::event::Event;
use crate::finding::{Finding, Place, TrailCode, short};
use crate::frames::{Found, Frames, LISTS, Members, Take};
use crate::json;
use crate::limits::Limits;
#[cfg(feature = "gzip")]
use crate::unpack::Unpack;

/// What a file gives: an event, or something that was not read.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "an item lives as long as one call, and nearly all are events")]
pub enum Item<'a> {
    /// An event. Whether its `eventID` was there before, in this file or another, is for the caller to see.
    Record {
        /// The event. It borrows from the JSON.
        event: Event<'a>,
        /// The record: one object in JSON.
        json: &'a str,
        /// Where the record, or what carries it, begins in the uncompressed file.
        place: Place,
    },
    /// Something that was not read, or not completely.
    Finding(Finding),
}

/// Reads the events of one file, compressed with gzip or not, in the shapes of [`Frames`].
///
/// Each record is parsed once, when it is complete. Memory is bounded by [`Limits::record_bytes`], whatever the file.
///
/// ```
/// use iam_trail::{Item, Limits, Reader};
///
/// let (mut reader, mut names) = (Reader::new(Limits::default()), Vec::new());
/// let file = br#"{"eventSource":"s3.amazonaws.com","eventName":"GetObject"}{"eventSource":"s3.amazonaws.com"}"#;
/// let mut each = |item: Item<'_>| match item {
///     Item::Record { event, .. } => names.push(event.event_name.map(|name| name.as_str().to_owned())),
///     Item::Finding(finding) => names.push(Some(finding.code.name().to_owned())),
///     _ => {}
/// };
/// reader.feed(file, &mut each);
/// reader.finish(&mut each);
/// assert_eq!(names, [Some("GetObject".to_owned()), Some("NOT_A_RECORD".to_owned())]);
/// ```
#[derive(Debug)]
pub struct Reader {
    frames: Frames,
    told: Told,
    nesting: u32,
    #[cfg(feature = "gzip")]
    packing: Packing,
    #[cfg(feature = "gzip")]
    limit: u64,
}

/// Whether the file is compressed.
#[cfg(feature = "gzip")]
#[derive(Debug)]
enum Packing {
    /// Not known before two bytes; this is the first, if there was one.
    Unknown(Option<u8>),
    Plain,
    Gzip(Unpack),
}

/// The findings that were given.
#[derive(Debug)]
struct Told {
    left: u64,
    over: u64,
}

type Each<'e> = &'e mut dyn FnMut(Item<'_>);

/// Takes what a file gives as events.
struct Typed<'t, 'e> {
    told: &'t mut Told,
    each: Each<'e>,
    nesting: u32,
}

impl Take for Typed<'_, '_> {
    fn found(&mut self, found: Found<'_>) {
        self.told.take(found, self.each);
    }

    fn at_once(&mut self, text: &str, lengths: RangeInclusive<usize>, place: Place) -> Option<usize> {
        let (event, length) = json::first(text, self.nesting, &LISTS)?;
        let json = text.get(..length).filter(|_| lengths.contains(&length))?;
        (self.each)(Item::Record { event, json, place });
        Some(length)
    }
}

impl Told {
    fn tell(&mut self, finding: Finding, each: Each<'_>) {
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            each(Item::Finding(finding));
        } else {
            self.over = self.over.saturating_add(1);
        }
    }

    fn take(&mut self, found: Found<'_>, each: Each<'_>) {
        match found {
            Found::Finding(finding) => self.tell(finding, each),
            Found::Record { json, place } => match Event::read(json) {
                Ok(event) => each(Item::Record { event, json, place }),
                Err(error) => {
                    let text = format!("the record is not read: {}", short(&error.to_string()));
                    let mut finding = Finding::new(TrailCode::Refused, place, text);
                    if error.is_syntax() || error.is_eof() {
                        finding.code = TrailCode::BrokenJson;
                    }
                    let members = Members::read(json).ok();
                    finding.event_id = members.and_then(|own| own.text("eventID")).map(|id| short(&id));
                    self.tell(finding, each);
                }
            },
        }
    }
}

impl Reader {
    /// A reader for one file.
    pub fn new(limits: Limits) -> Self {
        Self {
            frames: Frames::new(limits),
            told: Told { left: limits.findings, over: 0 },
            nesting: limits.nesting,
            #[cfg(feature = "gzip")]
            packing: Packing::Unknown(None),
            #[cfg(feature = "gzip")]
            limit: limits.file_bytes,
        }
    }

    /// The number of uncompressed bytes that were read so far.
    pub const fn bytes(&self) -> u64 {
        self.frames.bytes()
    }

    /// Reads the next bytes of the file, in a chunk of any size, and gives what they complete, in the order of the file.
    pub fn feed(&mut self, chunk: &[u8], each: &mut dyn FnMut(Item<'_>)) {
        #[cfg(feature = "gzip")]
        self.sort(chunk, each);
        #[cfg(not(feature = "gzip"))]
        self.plain(chunk, each);
    }

    /// Ends the file.
    pub fn finish(self, each: &mut dyn FnMut(Item<'_>)) {
        #[cfg(feature = "gzip")]
        let this = self.end_packing(each);
        #[cfg(not(feature = "gzip"))]
        let this = self;
        let Self { frames, mut told, nesting, .. } = this;
        frames.finish_to(&mut Typed { told: &mut told, each, nesting });
        if told.over > 0 {
            let text = format!("there are {} more findings", told.over);
            each(Item::Finding(Finding::new(TrailCode::MoreFindings, Place { offset: 0, record: 0 }, text)));
        }
    }

    fn plain(&mut self, chunk: &[u8], each: Each<'_>) {
        self.frames.feed_to(chunk, &mut Typed { told: &mut self.told, each, nesting: self.nesting });
    }

    #[cfg(feature = "gzip")]
    fn end_packing(mut self, each: Each<'_>) -> Self {
        match std::mem::replace(&mut self.packing, Packing::Plain) {
            Packing::Unknown(Some(first)) => self.plain(&[first], each),
            Packing::Gzip(unpack) => {
                if let Err(mut finding) = unpack.finish() {
                    finding.place.record = self.frames.number();
                    self.told.tell(finding, each);
                }
            }
            Packing::Unknown(None) | Packing::Plain => {}
        }
        self
    }

    #[cfg(feature = "gzip")]
    fn sort(&mut self, chunk: &[u8], each: Each<'_>) {
        if let Packing::Unknown(first) = self.packing {
            let mut start = first.into_iter().chain(chunk.iter().copied());
            self.packing = match (start.next(), start.next()) {
                (None, _) => return,
                (only, None) => {
                    self.packing = Packing::Unknown(only);
                    return;
                }
                (Some(one), Some(two)) if [one, two] == Unpack::MAGIC => {
                    Packing::Gzip(Unpack::new(self.limit))
                }
                (Some(_), Some(_)) => Packing::Plain,
            };
            if let Some(first) = first {
                self.unpacked(&[first], each);
            }
        }
        self.unpacked(chunk, each);
    }

    #[cfg(feature = "gzip")]
    fn unpacked(&mut self, chunk: &[u8], each: Each<'_>) {
        let Packing::Gzip(unpack) = &mut self.packing else {
            self.plain(chunk, each);
            return;
        };
        let (frames, told, nesting) = (&mut self.frames, &mut self.told, self.nesting);
        let result = unpack.feed(chunk, &mut |bytes| {
            frames.feed_to(bytes, &mut Typed { told: &mut *told, each: &mut *each, nesting });
        });
        if let Err(mut finding) = result {
            finding.place.record = frames.number();
            self.told.tell(finding, each);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str =
        r#"{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventName":"GetObject","eventID":"1"}"#;

    /// The lengths of the records that are taken at once, and the number of those that are not.
    #[derive(Default)]
    struct Ways {
        at_once: Vec<usize>,
        found: usize,
    }

    impl Take for Ways {
        fn found(&mut self, _: Found<'_>) {
            self.found = self.found.saturating_add(1);
        }

        fn at_once(&mut self, text: &str, lengths: RangeInclusive<usize>, place: Place) -> Option<usize> {
            let mut told = Told { left: 0, over: 0 };
            let mut typed = Typed { told: &mut told, each: &mut |_| (), nesting: 2 };
            let length = typed.at_once(text, lengths, place)?;
            self.at_once.push(length);
            Some(length)
        }
    }

    fn ways(chunks: &[&str], most: usize) -> (Vec<usize>, usize) {
        let limits = Limits { record_bytes: most, ..Limits::default() };
        let (mut frames, mut ways) = (Frames::new(limits), Ways::default());
        for chunk in chunks {
            frames.feed_to(chunk.as_bytes(), &mut ways);
        }
        frames.finish_to(&mut ways);
        (ways.at_once, ways.found)
    }

    #[test]
    fn records_that_lie_whole_in_a_chunk_are_read_at_once() {
        let length = RECORD.len();
        for file in [
            format!("{RECORD}\n{RECORD}"),
            format!(" [{RECORD} , {RECORD}]"),
            format!("{{\"Records\":[{RECORD},{RECORD}]}}"),
        ] {
            assert_eq!(ways(&[&file], 1_000), (vec![length; 2], 0), "{file}");
            assert_eq!(ways(&[&file], length), (vec![length; 2], 0), "{file}");
            // The two records, and the finding that nothing could be read where both are too long.
            assert_eq!(ways(&[&file], length.saturating_sub(1)), (vec![], 3), "{file}");
        }
        // What lies in two chunks, and what is a record by more than its first member, goes the other way.
        let (one, two) = RECORD.split_at(30);
        assert_eq!(ways(&[RECORD, one, two, RECORD], 1_000), (vec![length; 2], 1));
        let small = r#"{"eventSource":"s","eventName":"N"}"#;
        assert_eq!(ways(&[small, RECORD], 1_000), (vec![length], 1));
        // A list of records in what begins as a record.
        let list = RECORD.replace("\"1\"", "\"1\",\"Records\":[]");
        assert_eq!(ways(&[&list, RECORD], 1_000), (vec![length], 0));
        let deep = RECORD.replace("\"1\"", "\"1\",\"x\":[[]]");
        assert_eq!(ways(&[&deep, RECORD], 1_000), (vec![length], 1));
    }
}
