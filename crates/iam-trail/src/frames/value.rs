//! One value of a file over several chunks: its end, the list of records in it, and how reading goes on where it breaks.

use memchr::memmem;

use super::records::{self, Members};
use super::scan::{Break, Scan, Step};
use super::{Around, Each, Expect, Found, Frames, LISTS, Stage, Value, wide};
use crate::finding::{Finding, Place, TrailCode};

/// How many bytes before a place are looked at.
const BACK: usize = 256;

impl Value {
    pub(super) const fn new(scan: Scan, at: u64) -> Self {
        Self { scan, at, held: Vec::new(), kept: 0, has_list: false }
    }

    pub(super) fn begin(&mut self, scan: Scan, at: u64) {
        self.scan = scan;
        self.at = at;
        self.held.clear();
        self.kept = 0;
        self.has_list = false;
    }

    fn length(&self, part: &[u8]) -> u64 {
        self.kept.saturating_add(wide(part.len()))
    }

    /// Keeps bytes for the next chunk, if the value is not too long.
    fn hold(&mut self, part: &[u8], most: usize) {
        self.kept = self.length(part);
        if self.kept <= wide(most) {
            self.held.extend_from_slice(part);
        } else {
            let last = part.len().saturating_sub(BACK);
            self.held.extend_from_slice(part.get(last..).unwrap_or_default());
            self.held.drain(..self.held.len().saturating_sub(BACK));
        }
    }

    /// The bytes before the end of `part`, backwards. Not more than are always held.
    fn back<'v>(&'v self, part: &'v [u8]) -> impl Iterator<Item = u8> + 'v {
        let white = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        part.iter()
            .rev()
            .chain(self.held.iter().rev())
            .take(BACK)
            .skip_while(move |byte| white(byte))
            .copied()
    }

    /// Whether the list whose bracket is at the end of `part` is one that records stand in.
    fn is_list_of_records(&self, part: &[u8]) -> bool {
        let before = part.split_last().map_or(part, |(_, before)| before);
        let mut back = self.back(before);
        if back.next() != Some(b':') {
            return false;
        }
        let mut back = back.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        if back.next() != Some(b'"') {
            return false;
        }
        let mut name = Vec::new();
        while let Some(byte) = back.next().filter(|_| name.len() < 16) {
            if byte == b'"' {
                name.reverse();
                let is_known = LISTS.iter().any(|own| own.as_bytes() == name);
                return is_known && back.next() != Some(b'\\');
            }
            name.push(byte);
        }
        false
    }

    /// Whether a line that begins with a brace after `part` cannot belong to the value.
    fn is_cut_before(&self, part: &[u8]) -> bool {
        self.back(part).next().is_some_and(|byte| !matches!(byte, b',' | b':' | b'['))
    }
}

impl Frames {
    /// Reads on in a value. Its bytes in this chunk begin at `start`.
    pub(super) fn in_value(&mut self, base: u64, chunk: &[u8], start: usize, each: Each<'_>) -> usize {
        let mut at = start;
        loop {
            let part = |end: usize| chunk.get(start..end).unwrap_or_default();
            match self.value.scan.run(chunk, at) {
                Step::More => {
                    self.value.hold(part(chunk.len()), self.limits.record_bytes);
                    return chunk.len();
                }
                Step::End(end) => {
                    self.complete(part(end), each);
                    self.stage = self.behind();
                    return end;
                }
                Step::List(end) if self.value.is_list_of_records(part(end)) => {
                    self.enter(part(end));
                    return end;
                }
                Step::Line(line) if self.value.is_cut_before(part(line)) => {
                    return self.broken(base, chunk, start, line, None, each);
                }
                Step::List(next) | Step::Line(next) => at = next,
                Step::Broken(place, why) => return self.broken(base, chunk, start, place, Some(why), each),
            }
        }
    }

    /// Gives a value that begins at `at`, if it lies whole in the chunk and is a record like most, without looking for its end first. `text` is
    /// the beginning of the chunk that is UTF-8. Gives the index at which reading goes on.
    pub(super) fn at_once(&mut self, text: &str, at: usize, each: Each<'_>) -> usize {
        let lengths = records::SHORTEST..=self.limits.record_bytes;
        let place = Place { offset: self.value.at, record: self.number };
        let own = text.get(at..).filter(|own| records::begins_as_record(own));
        let Some(length) = own.and_then(|own| each.at_once(own, lengths, place)) else {
            self.stage = Stage::Value;
            return at;
        };
        self.given = self.given.saturating_add(1);
        self.stage = self.behind();
        at.saturating_add(length)
    }

    /// The stage behind a value.
    const fn behind(&self) -> Stage {
        match self.around {
            Around::Top => Stage::Between,
            Around::List(_) | Around::Member(_) => Stage::List(Expect::Comma),
        }
    }

    /// Enters a list of records that is a member of the value.
    fn enter(&mut self, part: &[u8]) {
        self.value.hold(part, self.limits.record_bytes);
        if !self.value.has_list {
            // The value is not a record.
            self.number = self.number.saturating_sub(1);
        }
        self.value.has_list = true;
        self.had_list = true;
        let fresh = Value::new(Scan::element(self.limits.nesting), 0);
        self.around = Around::Member(std::mem::replace(&mut self.value, fresh));
        self.stage = Stage::List(Expect::First);
    }

    /// A value that ends with `part`.
    fn complete(&mut self, part: &[u8], each: Each<'_>) {
        let most = self.limits.record_bytes;
        let length = self.value.length(part);
        if self.value.scan.is_too_deep() {
            let text =
                format!("a value nests deeper than {}, and is passed over", self.limits.nesting.clamp(1, 64));
            self.tell(TrailCode::TooDeep, self.value.at, text, each);
        } else if length > wide(most) {
            let text = if self.value.has_list {
                format!(
                    "what stands beside the records has more than {most} bytes, so that the end of the output is not known"
                )
            } else {
                format!("a value of {length} bytes is longer than {most} bytes, and is passed over")
            };
            self.tell(TrailCode::TooLong, self.value.at, text, each);
        } else if self.value.held.is_empty() {
            self.whole(part, each);
        } else {
            let mut held = std::mem::take(&mut self.value.held);
            held.extend_from_slice(part);
            self.whole(&held, each);
            held.clear();
            self.value.held = held;
        }
    }

    /// All bytes of a value.
    fn whole(&mut self, bytes: &[u8], each: Each<'_>) {
        let place = Place { offset: self.value.at, record: self.number };
        let json = match std::str::from_utf8(bytes) {
            Ok(json) => json,
            Err(error) => {
                let bad = place.offset.saturating_add(wide(error.valid_up_to()));
                let text = format!("a value has a byte that is not UTF-8 at {bad}, and is passed over");
                self.tell(TrailCode::NotUtf8, place.offset, text, each);
                return;
            }
        };
        if self.value.has_list {
            self.around_list(json, each);
            return;
        }
        match records::record(json, self.limits.nesting.clamp(1, 64)) {
            Ok(got) => {
                if !got.missing.is_empty() && !self.told_columns {
                    self.told_columns = true;
                    let text = format!("the rows lack the columns {}", got.missing.join(", "));
                    self.tell(TrailCode::ColumnsMissing, place.offset, text, each);
                }
                self.given = self.given.saturating_add(1);
                each.found(Found::Record { json: &got.json, place });
            }
            Err(no) => {
                each.found(Found::Finding(Finding {
                    code: no.code,
                    place,
                    event_id: no.event_id,
                    text: no.text,
                }));
            }
        }
    }

    /// An object whose lists of records were read: `json` has them empty.
    fn around_list(&self, json: &str, each: Each<'_>) {
        let members = match Members::read(json) {
            Ok(members) => members,
            Err(error) => {
                let text = format!("what stands beside the records is not JSON: {error}");
                self.tell(TrailCode::BrokenJson, self.value.at, text, each);
                return;
            }
        };
        let state = members.text("QueryStatus");
        if members.get("NextToken").is_some_and(|token| !matches!(token, "null" | "\"\"")) {
            let text = "the output has a NextToken, so there are more records than it has".to_owned();
            self.tell(TrailCode::OutputCut, self.value.at, text, each);
        } else if state.as_deref().is_some_and(|state| state != "FINISHED") {
            let text =
                "the query was not finished, so there may be more records than the output has".to_owned();
            self.tell(TrailCode::OutputCut, self.value.at, text, each);
        }
    }

    /// A value that breaks at `at`, or before a line that begins there. Gives the index at which reading goes on.
    fn broken(
        &mut self,
        base: u64,
        chunk: &[u8],
        start: usize,
        at: usize,
        why: Option<Break>,
        each: Each<'_>,
    ) -> usize {
        let part = chunk.get(start..at).unwrap_or_default();
        let place = base.saturating_add(wide(at));
        let from = self.value.at;
        let why = match why {
            Some(Break::Text) => "a text is not closed before the end of its line",
            Some(Break::Bracket) => "a bracket closes what another one opened",
            None => "a value is not closed before the next one",
        };
        let why = format!("{why}, in the value that begins at byte {from}");
        if let Some((line, again)) = self.next_line(part) {
            self.end_at_line(TrailCode::BrokenJson, place, &why, line, each);
            let Some(again) = again else {
                return usize::try_from(line.saturating_sub(base)).unwrap_or(at);
            };
            self.run(line, &again, each);
            return at;
        }
        if chunk.get(at) == Some(&b'{') && matches!(self.around, Around::Top) {
            self.end_at_line(TrailCode::BrokenJson, place, &why, place, each);
        } else {
            self.around = Around::Top;
            self.begin_skip(place, why);
        }
        at
    }

    /// The first line within the value that begins with a brace: its place in the file, and the bytes from there on that are held. The value may
    /// have taken it in because it was not closed.
    fn next_line(&mut self, part: &[u8]) -> Option<(u64, Option<Vec<u8>>)> {
        let value = &mut self.value;
        let is_whole = value.length(part) <= wide(self.limits.record_bytes);
        let is_simple = matches!(self.around, Around::Top) && !value.has_list && !value.scan.is_too_deep();
        if !is_whole || !is_simple {
            return None;
        }
        if value.held.is_empty() {
            let found = memmem::find(part, b"\n{")?.saturating_add(1);
            return Some((value.at.saturating_add(wide(found)), None));
        }
        value.held.extend_from_slice(part);
        let found = memmem::find(&value.held, b"\n{")?.saturating_add(1);
        Some((value.at.saturating_add(wide(found)), value.held.get(found..).map(<[u8]>::to_vec)))
    }

    /// Ends a broken value where a line begins.
    fn end_at_line(&mut self, code: TrailCode, place: u64, why: &str, line: u64, each: Each<'_>) {
        let text = format!("{why}; bytes {} to {line} are not read", self.value.at);
        self.tell(code, place, text, each);
        self.stage = Stage::Between;
    }

    /// Ends what is open where the file ends.
    pub(super) fn end_values(&mut self, each: Each<'_>) {
        loop {
            let from = match (self.stage, &self.around) {
                (Stage::Lead | Stage::Between | Stage::Skip | Stage::Done, _) => return,
                (Stage::List(_), Around::List(at)) => format!("the list that begins at byte {at}"),
                (Stage::List(_), Around::Member(object)) => {
                    format!("the list of the object that begins at byte {}", object.at)
                }
                (Stage::Begin | Stage::Value | Stage::List(_), _) => {
                    format!("the value that begins at byte {}", self.value.at)
                }
            };
            let text = format!("the file ends within {from}");
            let Some((line, again)) = self.next_line(&[]).filter(|_| self.stage == Stage::Value) else {
                self.tell(TrailCode::Truncated, self.read, text, each);
                return;
            };
            self.end_at_line(TrailCode::Truncated, self.read, &text, line, each);
            self.run(line, &again.unwrap_or_default(), each);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::frames::{Found, Frames};
    use crate::limits::Limits;

    #[test]
    fn a_value_of_300_megabytes_takes_the_memory_of_one_record() {
        for (start, byte) in [(&b"{\"eventName\":"[..], b' '), (b"{\"Records\":[{\"eventName\":\"", b'x')] {
            let (mut frames, filler) = (Frames::new(Limits::default()), vec![byte; 1 << 18]);
            let mut each = |found: Found<'_>| panic!("{found:?}");
            frames.feed(start, &mut each);
            for _ in 0..1_200 {
                frames.feed(&filler, &mut each);
                assert!(frames.value.held.capacity() <= 2 << 20);
            }
        }
    }
}
