//! Lines in chunks.

use std::io::{self, BufRead, BufReader, Read};

/// Some lines of a stream.
#[derive(Debug)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    /// Where each line ends, and whether all of it is there.
    ends: Vec<(usize, bool)>,
    /// The number of the first line, counted from 1.
    first: u64,
}

impl Chunk {
    /// The lines with their numbers, without their ends; nothing for one that is too long.
    pub(super) fn lines(&self) -> impl Iterator<Item = (u64, Option<&[u8]>)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(end, _)| *end));
        let lines = starts.zip(&self.ends).zip(self.first..);
        lines.map(|((start, (end, is_whole)), number)| {
            (number, if *is_whole { self.bytes.get(start..*end) } else { None })
        })
    }

    /// Bytes of the stream, about.
    pub(super) const fn len(&self) -> usize {
        self.bytes.len().saturating_add(self.ends.len())
    }
}

/// Reads a stream chunk by chunk.
#[derive(Debug)]
pub(super) struct Reader<R> {
    from: R,
    line: u64,
    most: usize,
}

impl<R: Read> Reader<BufReader<R>> {
    /// Lines of more than `most` bytes are passed over.
    pub(super) const fn new(from: BufReader<R>, most: usize) -> Self {
        Self { from, line: 1, most }
    }

    /// The lines that one read brought, and the line whose beginning it brought; nothing at the end of the stream.
    pub(super) fn next(&mut self) -> io::Result<Option<Chunk>> {
        let mut chunk = Chunk { bytes: Vec::new(), ends: Vec::new(), first: self.line };
        while self.line(&mut chunk)? {
            // What is there goes first: the next line may not come for hours.
            if !self.from.buffer().contains(&b'\n') {
                break;
            }
        }
        Ok((!chunk.ends.is_empty()).then_some(chunk))
    }

    /// Adds a line; false at the end of the stream.
    fn line(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        let start = chunk.bytes.len();
        let most = (self.most as u64).saturating_add(1);
        (&mut self.from).take(most).read_until(b'\n', &mut chunk.bytes)?;
        let length = chunk.bytes.len().saturating_sub(start);
        let is_ended = length > 0 && chunk.bytes.last() == Some(&b'\n');
        if is_ended {
            chunk.bytes.pop();
        } else if length == 0 {
            return Ok(false);
        }
        let is_whole = is_ended || length <= self.most;
        if !is_whole {
            self.from.skip_until(b'\n')?;
            chunk.bytes.truncate(start);
        }
        chunk.ends.push((chunk.bytes.len(), is_whole));
        self.line = self.line.saturating_add(1);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lengths of the lines, by number.
    fn lines(text: &[u8], buffer: usize, most: usize) -> Vec<(u64, Option<usize>)> {
        let mut reader = Reader::new(BufReader::with_capacity(buffer, text), most);
        let mut found = Vec::new();
        while let Some(chunk) = reader.next().unwrap() {
            found.extend(chunk.lines().map(|(number, line)| (number, line.map(<[u8]>::len))));
        }
        found
    }

    #[test]
    fn lines_end_at_line_feeds_and_at_the_end_of_the_stream() {
        for buffer in [1, 2, 3, 100] {
            assert_eq!(lines(b"ab\n\nc", buffer, 9), [(1, Some(2)), (2, Some(0)), (3, Some(1))]);
            assert_eq!(lines(b"ab\n", buffer, 9), [(1, Some(2))]);
            assert_eq!(lines(b"", buffer, 9), []);
        }
    }

    #[test]
    fn a_line_at_the_bound_is_read_and_a_longer_one_is_passed_over() {
        for buffer in [1, 7, 100] {
            let text = b"123456789\n1234567890\nab\n123456789\n1234567890";
            let expected = [(1, Some(9)), (2, None), (3, Some(2)), (4, Some(9)), (5, None)];
            assert_eq!(lines(text, buffer, 9), expected, "{buffer}");
        }
    }

    #[test]
    fn a_chunk_is_what_a_read_brought() {
        let mut reader = Reader::new(BufReader::with_capacity(8, &b"ab\ncd\nef\ngh\n"[..]), 9);
        let mut sizes = Vec::new();
        while let Some(chunk) = reader.next().unwrap() {
            sizes.push(chunk.lines().count());
        }
        assert_eq!(sizes, [2, 2], "eight bytes hold two lines and a half");
    }
}
