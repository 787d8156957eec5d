//! Chunks of lines.
//!
//! A chunk is the result of one read. So a typed line is answered at once, and a file is read in large pieces.

use std::io::{self, BufRead, BufReader, Read};

/// Some lines of a stream, with their numbers.
#[derive(Debug)]
pub struct Chunk {
    bytes: Vec<u8>,
    /// The end of each line, and whether the line is complete.
    ends: Vec<(usize, bool)>,
    /// The number of the first line, counted from 1.
    first: u64,
}

impl Chunk {
    /// The lines without their line ends, with their numbers, counted from 1 in the stream. `None` for a line that is too long.
    pub fn lines(&self) -> impl Iterator<Item = (u64, Option<&[u8]>)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(end, _)| *end));
        let lines = starts.zip(&self.ends).zip(self.first..);
        lines.map(|((start, (end, is_whole)), number)| {
            (number, if *is_whole { self.bytes.get(start..*end) } else { None })
        })
    }

    /// The number of bytes of the stream in this chunk, without those of lines that are too long.
    pub const fn bytes(&self) -> usize {
        self.bytes.len().saturating_add(self.ends.len())
    }
}

/// The lines of a stream in chunks. A chunk has all lines that one read returned, including the rest of the last line.
///
/// Lines end at line feeds and at the end of the stream. After an error of the reader, the next call asks the reader for the chunk again.
#[derive(Debug)]
pub struct Lines<R> {
    from: BufReader<R>,
    line: u64,
    most: usize,
}

impl<R: Read> Lines<R> {
    /// The lines of a reader. A line of more than `most` bytes is skipped, and uses no memory.
    pub const fn new(from: BufReader<R>, most: usize) -> Self {
        Self { from, line: 1, most }
    }

    /// The next chunk; `None` at the end of the stream.
    fn chunk(&mut self) -> io::Result<Option<Chunk>> {
        let mut chunk = Chunk { bytes: Vec::new(), ends: Vec::new(), first: self.line };
        while self.line(&mut chunk)? {
            // Complete lines are returned before the next read, because the next line may not come for hours.
            if !self.from.buffer().contains(&b'\n') {
                break;
            }
        }
        Ok((!chunk.ends.is_empty()).then_some(chunk))
    }

    /// Adds a line. False at the end of the stream.
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

impl<R: Read> Iterator for Lines<R> {
    type Item = io::Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        self.chunk().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lengths of the lines, by number.
    fn lines(text: &[u8], buffer: usize, most: usize) -> Vec<(u64, Option<usize>)> {
        let mut found = Vec::new();
        for chunk in Lines::new(BufReader::with_capacity(buffer, text), most) {
            found.extend(chunk.unwrap().lines().map(|(number, line)| (number, line.map(<[u8]>::len))));
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
        let chunks = Lines::new(BufReader::with_capacity(8, &b"ab\ncd\nef\ngh\n"[..]), 9);
        let sizes: Vec<usize> = chunks.map(|chunk| chunk.unwrap().lines().count()).collect();
        assert_eq!(sizes, [2, 2], "eight bytes hold two lines and a half");
    }
}
