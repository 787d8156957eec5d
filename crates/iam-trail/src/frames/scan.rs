//! Where one JSON value ends, by its brackets and texts. The rest of the grammar is for whoever parses the value.

use memchr::memchr3;

/// How a value goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It needs more bytes.
    More,
    /// It ends before this index.
    End(usize),
    /// A list that is a member of the value began before this index.
    List(usize),
    /// At this index a line begins with a brace, within the value.
    Line(usize),
    /// At this index it breaks.
    Broken(usize, Break),
}

/// Why a value breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// A text holds the end of a line.
    Text,
    /// A bracket closes what another one opened.
    Bracket,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    Brackets,
    Text,
    Escape,
    Scalar,
}

/// Finds the end of one value, over chunks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan {
    state: State,
    /// The open brackets, the innermost lowest: 1 for an object.
    kinds: u64,
    depth: u32,
    limit: u32,
    /// Brackets beyond the limit; they are only counted.
    beyond: u64,
    too_deep: bool,
    /// Whether the value may be one of several lines.
    lines: bool,
    /// The last byte before these ended a line.
    at_line: bool,
}

impl Scan {
    /// A value at the top of a file, where lines and lists are looked at.
    pub(super) const fn top(limit: u32) -> Self {
        Self { lines: true, ..Self::element(limit) }
    }

    /// A value in a list.
    pub(super) const fn element(limit: u32) -> Self {
        // The stack has 64 bits, and a value is at least one object.
        let limit = match limit {
            0 => 1,
            1..=64 => limit,
            65.. => 64,
        };
        Self {
            state: State::Start,
            kinds: 0,
            depth: 0,
            limit,
            beyond: 0,
            too_deep: false,
            lines: false,
            at_line: false,
        }
    }

    /// Whether the value nests deeper than the limit.
    pub(super) const fn is_too_deep(&self) -> bool {
        self.too_deep
    }

    /// Reads on at an index of these bytes.
    pub(super) fn run(&mut self, bytes: &[u8], mut at: usize) -> Step {
        if self.at_line {
            let Some(&byte) = bytes.get(at) else { return Step::More };
            self.at_line = false;
            if byte == b'{' {
                return Step::Line(at);
            }
        }
        if self.state == State::Start {
            self.state = match bytes.get(at) {
                None => return Step::More,
                Some(b'{' | b'[') => State::Brackets,
                Some(b'"') => {
                    at = at.wrapping_add(1);
                    State::Text
                }
                Some(_) => {
                    at = at.wrapping_add(1);
                    State::Scalar
                }
            };
        }
        match self.state {
            State::Start | State::Brackets => self.brackets(bytes, at),
            State::Scalar => scalar(bytes, at),
            State::Text | State::Escape => match self.text(bytes, at) {
                Ok(next) => {
                    self.state = State::Brackets;
                    if self.depth == 0 { Step::End(next) } else { self.brackets(bytes, next) }
                }
                Err(step) => step,
            },
        }
    }

    fn brackets(&mut self, bytes: &[u8], mut at: usize) -> Step {
        // In registers.
        let (mut kinds, mut depth) = (self.kinds, self.depth);
        let step = loop {
            let Some(&byte) = bytes.get(at) else { break Step::More };
            at = at.wrapping_add(1);
            match byte {
                b'"' => match self.text(bytes, at) {
                    Ok(next) => at = next,
                    Err(step) => break step,
                },
                b'{' | b'[' => {
                    let kind = u64::from(byte == b'{');
                    let is_member = kind == 0 && depth == 1 && kinds & 1 == 1;
                    if depth < self.limit {
                        depth = depth.wrapping_add(1);
                        kinds = (kinds << 1) | kind;
                    } else {
                        self.beyond = self.beyond.saturating_add(1);
                        self.too_deep = true;
                    }
                    if is_member && self.lines && self.beyond == 0 {
                        break Step::List(at);
                    }
                }
                b'}' | b']' => {
                    if self.beyond > 0 {
                        self.beyond = self.beyond.saturating_sub(1);
                    } else if kinds & 1 == u64::from(byte == b'}') {
                        kinds >>= 1;
                        depth = depth.saturating_sub(1);
                        if depth == 0 {
                            break Step::End(at);
                        }
                    } else {
                        break Step::Broken(at.wrapping_sub(1), Break::Bracket);
                    }
                }
                b'\n' if self.lines => match bytes.get(at) {
                    Some(b'{') => break Step::Line(at),
                    Some(_) => {}
                    None => self.at_line = true,
                },
                _ => {}
            }
        };
        (self.kinds, self.depth) = (kinds, depth);
        step
    }

    /// The index after a text that `at` is in.
    #[inline]
    fn text(&mut self, bytes: &[u8], mut at: usize) -> Result<usize, Step> {
        if self.state == State::Escape {
            match bytes.get(at) {
                None => return Err(Step::More),
                Some(b'\n') => {}
                Some(_) => at = at.wrapping_add(1),
            }
        }
        loop {
            let Some(found) = bytes.get(at..).and_then(|rest| memchr3(b'"', b'\\', b'\n', rest)) else {
                self.state = State::Text;
                return Err(Step::More);
            };
            at = at.wrapping_add(found);
            match (bytes.get(at), bytes.get(at.wrapping_add(1))) {
                (Some(b'\\'), Some(b'\n')) => at = at.wrapping_add(1),
                (Some(b'\\'), Some(_)) => at = at.wrapping_add(2),
                (Some(b'\\'), None) => {
                    self.state = State::Escape;
                    return Err(Step::More);
                }
                (Some(b'\n'), _) if self.lines => return Err(Step::Broken(at, Break::Text)),
                // No text holds the end of a line: so one that was not closed ends there, and the record is refused later.
                (Some(_) | None, _) => return Ok(at.wrapping_add(1)),
            }
        }
    }
}

/// The end of a number or a word.
fn scalar(bytes: &[u8], at: usize) -> Step {
    let ends =
        |byte: &u8| matches!(byte, b',' | b'[' | b']' | b'{' | b'}' | b'"' | b' ' | b'\t' | b'\r' | b'\n');
    match bytes.get(at..).and_then(|rest| rest.iter().position(ends)) {
        Some(found) => Step::End(at.wrapping_add(found)),
        None => Step::More,
    }
}

/// What a text is that should be one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    /// It is one, by its brackets.
    Yes,
    /// It nests too deep.
    TooDeep,
    /// It is something else.
    No,
}

/// Whether a text is one object or list, with white space around.
pub(super) fn whole(text: &str, limit: u32) -> Whole {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let mut scan = Scan::element(limit);
    if !text.starts_with(['{', '[']) || scan.run(text.as_bytes(), 0) != Step::End(text.len()) {
        Whole::No
    } else if scan.is_too_deep() {
        Whole::TooDeep
    } else {
        Whole::Yes
    }
}
