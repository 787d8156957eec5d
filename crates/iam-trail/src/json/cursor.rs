//! A place in a text of JSON, and the steps from one to the next.

use super::plain::plain;

/// The text is not JSON, ends too early, or has what is not read here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop;

/// A place in a text.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// How many brackets may still be opened within the open ones.
    pub(super) room: u32,
    /// How many could be opened within the outermost one.
    inner: u32,
    /// Names that the members of the outermost object may not have.
    avoid: &'static [&'static str],
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str, room: u32, avoid: &'static [&'static str]) -> Self {
        Self { text, at: 0, room, inner: room.saturating_sub(1), avoid }
    }

    /// Whether a member with this name makes that nothing is read.
    pub(super) fn avoids(&self, name: &str) -> bool {
        self.room == self.inner && self.avoid.contains(&name)
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    #[inline]
    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// The next byte that is no white space. It is not read.
    #[inline]
    pub(super) fn peek(&mut self) -> Result<u8, Stop> {
        loop {
            let byte = *self.bytes().get(self.at).ok_or(Stop)?;
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Ok(byte);
            }
            self.step();
        }
    }

    #[inline]
    pub(super) fn step(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    /// Reads this byte, after white space.
    #[inline]
    pub(super) fn expect(&mut self, wanted: u8) -> Result<(), Stop> {
        if self.peek()? != wanted {
            return Err(Stop);
        }
        self.step();
        Ok(())
    }

    /// Reads a word.
    #[inline]
    pub(super) fn word(&mut self, word: &str) -> Result<(), Stop> {
        let rest = self.bytes().get(self.at..).ok_or(Stop)?;
        if !rest.starts_with(word.as_bytes()) {
            return Err(Stop);
        }
        self.at = self.at.wrapping_add(word.len());
        Ok(())
    }

    /// Reads a text without escapes, after white space. `None`, and nothing is read, if there is none.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "half of the time goes into short texts, and a tenth of that into calls"
    )]
    pub(super) fn text(&mut self) -> Option<&'a str> {
        let start = match self.bytes().get(self.at) {
            Some(b'"') => self.at,
            Some(_) | None => self.white()?,
        };
        let start = start.wrapping_add(1);
        let end = start.wrapping_add(plain(self.bytes().get(start..)?)?);
        if self.bytes().get(end) != Some(&b'"') {
            return None;
        }
        self.at = end.wrapping_add(1);
        self.text.get(start..end)
    }

    /// The place of a quotation mark behind white space.
    #[cold]
    fn white(&mut self) -> Option<usize> {
        let byte = self.peek().ok()?;
        (byte == b'"').then_some(self.at)
    }

    /// Reads a text, after white space, with its quotation marks.
    #[cold]
    pub(super) fn quoted(&mut self) -> Result<&'a str, Stop> {
        if self.peek()? == b'"' { self.skip() } else { Err(Stop) }
    }

    /// Reads the rest of a text and the quotation mark behind it.
    #[inline]
    fn rest_of_text(&mut self) -> Result<(), Stop> {
        loop {
            let rest = self.bytes().get(self.at..).ok_or(Stop)?;
            self.at = self.at.wrapping_add(plain(rest).ok_or(Stop)?);
            match self.bytes().get(self.at) {
                Some(b'"') => {
                    self.step();
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                Some(_) | None => return Err(Stop),
            }
        }
    }

    /// Reads an escape.
    #[inline(never)]
    fn escape(&mut self) -> Result<(), Stop> {
        self.step();
        let digits = match self.bytes().get(self.at) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 0,
            Some(b'u') => 4,
            Some(_) | None => return Err(Stop),
        };
        self.step();
        let own = self.bytes().get(self.at..self.at.wrapping_add(digits)).ok_or(Stop)?;
        self.at = self.at.wrapping_add(digits);
        if own.iter().all(u8::is_ascii_hexdigit) { Ok(()) } else { Err(Stop) }
    }

    /// Passes over a value, after white space. Gives its JSON.
    #[inline]
    pub(super) fn skip(&mut self) -> Result<&'a str, Stop> {
        self.peek()?;
        let start = self.at;
        self.pass()?;
        self.text.get(start..self.at).ok_or(Stop)
    }

    fn pass(&mut self) -> Result<(), Stop> {
        // The open brackets, the innermost lowest: 1 for an object. `room` is at most 64.
        let (mut kinds, mut depth) = (0_u64, 0_u32);
        loop {
            // A value.
            let byte = self.peek()?;
            match byte {
                b'"' => {
                    self.step();
                    self.rest_of_text()?;
                }
                b'{' | b'[' => {
                    self.step();
                    if depth >= self.room {
                        return Err(Stop);
                    }
                    let is_object = byte == b'{';
                    let next = self.peek()?;
                    if next == if is_object { b'}' } else { b']' } {
                        self.step();
                    } else {
                        depth = depth.wrapping_add(1);
                        kinds = (kinds << 1) | u64::from(is_object);
                        if is_object {
                            self.name()?;
                        }
                        continue;
                    }
                }
                b't' => self.word("true")?,
                b'f' => self.word("false")?,
                b'n' => self.word("null")?,
                _ => self.number()?,
            }
            // What is behind a value.
            loop {
                if depth == 0 {
                    return Ok(());
                }
                let is_object = kinds & 1 == 1;
                match self.peek()? {
                    b',' => {
                        self.step();
                        if is_object {
                            self.name()?;
                        }
                        break;
                    }
                    b'}' if is_object => {}
                    b']' if !is_object => {}
                    _ => return Err(Stop),
                }
                self.step();
                kinds >>= 1;
                depth = depth.wrapping_sub(1);
            }
        }
    }

    /// Reads the name of a member and the colon behind it.
    #[inline]
    fn name(&mut self) -> Result<(), Stop> {
        self.expect(b'"')?;
        self.rest_of_text()?;
        self.expect(b':')
    }

    fn number(&mut self) -> Result<(), Stop> {
        if self.bytes().get(self.at) == Some(&b'-') {
            self.step();
        }
        match self.bytes().get(self.at) {
            Some(b'0') => self.step(),
            Some(b'1'..=b'9') => self.digits()?,
            Some(_) | None => return Err(Stop),
        }
        if self.bytes().get(self.at) == Some(&b'.') {
            self.step();
            self.digits()?;
        }
        if matches!(self.bytes().get(self.at), Some(b'e' | b'E')) {
            self.step();
            if matches!(self.bytes().get(self.at), Some(b'+' | b'-')) {
                self.step();
            }
            self.digits()?;
        }
        // A digit after a zero.
        if self.bytes().get(self.at).is_some_and(u8::is_ascii_digit) { Err(Stop) } else { Ok(()) }
    }

    /// Reads at least one digit.
    fn digits(&mut self) -> Result<(), Stop> {
        let start = self.at;
        while self.bytes().get(self.at).is_some_and(u8::is_ascii_digit) {
            self.step();
        }
        if self.at == start { Err(Stop) } else { Ok(()) }
    }
}
