//! The parser: a loop with an explicit stack. Nesting costs heap memory and no call stack.

use std::sync::OnceLock;

use crate::code::{self, Code};
use crate::document::{Document, Duplicate, Node};
use crate::limits::Limits;
use crate::span::Span;
use crate::swar;
use crate::value::{Kind, Value};

/// Why and where reading stopped.
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) span: Span,
    pub(crate) found: String,
    pub(crate) help: String,
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// The amount of white space between tokens so far, in bytes.
    white_space: u32,
    /// Offsets at which lines begin, without the first line. Line feeds occur only in white space between tokens.
    lines: Vec<u32>,
    nodes: Vec<Node>,
    /// The indices of the open arrays and objects.
    open: Vec<usize>,
}

type Step = Result<(), Failure>;

pub(crate) fn parse(text: &str, limits: Limits) -> Result<Document<'_>, Failure> {
    let bytes = text.as_bytes();
    // Offsets have 32 bits. The limit may be larger than that.
    let most = limits.document_bytes.min(u32::MAX as usize);
    if bytes.len() > most {
        return Err(Failure {
            code: code::DOCUMENT_TOO_LARGE,
            span: Span::new(0, narrow(text.chars().next().map_or(0, char::len_utf8))),
            found: format!("{} bytes", bytes.len()),
            help: most_bytes(most),
        });
    }
    let mut parser = Parser {
        text,
        bytes,
        at: 0,
        white_space: 0,
        lines: Vec::new(),
        nodes: Vec::with_capacity(bytes.len() / 24),
        open: Vec::new(),
    };
    if text.starts_with('\u{FEFF}') {
        return Err(parser.failure(
            code::BYTE_ORDER_MARK,
            "a byte order mark",
            "save the document as UTF-8 without a byte order mark",
        ));
    }
    parser.white_space();
    if parser.peek().is_none() {
        return Err(parser.failure(
            code::EMPTY_DOCUMENT,
            "nothing but white space",
            "a JSON document holds one value",
        ));
    }
    parser.document(limits.depth)?;
    let mut document = Document {
        text,
        nodes: parser.nodes,
        starts: parser.lines,
        lines: OnceLock::new(),
        duplicates: Vec::new(),
    };
    document.duplicates = duplicates(&document);
    Ok(document)
}

/// The advice for a text that is too long.
pub(crate) fn most_bytes(most: usize) -> String {
    format!("at most {most} bytes are read as one document")
}

/// What is wrong with a text that nests too deeply.
pub(crate) fn too_deep(depth: usize) -> String {
    format!("more than {depth} arrays and objects inside each other")
}

/// The advice for a text that nests too deeply.
pub(crate) const DEPTH_NEEDED: &str = "policies need 6";

impl Parser<'_> {
    fn document(&mut self, depth: usize) -> Step {
        self.value(depth)?;
        loop {
            // A value has just ended. Close the containers that end here, or continue with the next value.
            self.white_space();
            let Some(&container) = self.open.last() else { break };
            let is_object = self.nodes.get(container).is_some_and(|n| n.kind == Kind::Object);
            match self.peek() {
                Some(b',') => {
                    let comma = self.at;
                    self.step();
                    self.white_space();
                    if self.peek() == Some(if is_object { b'}' } else { b']' }) {
                        return Err(trailing_comma(comma, is_object));
                    }
                    if is_object {
                        self.key()?;
                    }
                    self.value(depth)?;
                }
                Some(b'}') if is_object => self.close(container),
                Some(b']') if !is_object => self.close(container),
                _ => {
                    let help =
                        if is_object { "expected `,` or `}` here" } else { "expected `,` or `]` here" };
                    return Err(self.unexpected(help));
                }
            }
        }
        if self.peek().is_some() { Err(self.unexpected("the document should end here")) } else { Ok(()) }
    }

    /// Reads a value. For an array or object, reads its beginning, and its first member or element if there is one.
    fn value(&mut self, depth: usize) -> Step {
        loop {
            self.white_space();
            let start = self.at;
            match self.peek() {
                Some(b'"') => return self.string(),
                Some(b'-' | b'0'..=b'9') => return self.number(),
                Some(b't') => return self.word("true", Kind::True),
                Some(b'f') => return self.word("false", Kind::False),
                Some(b'n') => return self.word("null", Kind::Null),
                Some(opening @ (b'{' | b'[')) => {
                    if self.open.len() >= depth {
                        return Err(self.failure(code::NESTING_TOO_DEEP, &too_deep(depth), DEPTH_NEEDED));
                    }
                    self.step();
                    let is_object = opening == b'{';
                    self.open.push(self.nodes.len());
                    self.push(if is_object { Kind::Object } else { Kind::Array }, start, false);
                    self.white_space();
                    match self.peek() {
                        Some(b'}') if is_object => {
                            self.close_last();
                            return Ok(());
                        }
                        Some(b']') if !is_object => {
                            self.close_last();
                            return Ok(());
                        }
                        _ if is_object => self.key()?,
                        _ => {}
                    }
                }
                _ => return Err(self.unexpected("expected a value here")),
            }
        }
    }

    fn close_last(&mut self) {
        if let Some(&container) = self.open.last() {
            self.close(container);
        }
    }

    fn close(&mut self, container: usize) {
        self.step();
        self.open.pop();
        let (end, after) = (narrow(self.at), narrow(self.nodes.len()));
        if let Some(node) = self.nodes.get_mut(container) {
            node.span.end = end;
            node.after = after;
            node.white_space = self.white_space.saturating_sub(node.white_space);
        }
    }

    fn key(&mut self) -> Step {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("expected a member name in double quotation marks here"));
        }
        self.string()?;
        self.white_space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("expected `:` after the member name"));
        }
        self.step();
        Ok(())
    }

    fn word(&mut self, word: &str, kind: Kind) -> Step {
        let start = self.at;
        if !self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            return Err(self.unexpected("expected a value here; text stands in double quotation marks"));
        }
        self.at = self.at.saturating_add(word.len());
        self.push(kind, start, false);
        Ok(())
    }

    fn number(&mut self) -> Step {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.step();
        }
        match self.peek() {
            Some(b'0') => {
                self.step();
                if self.peek().is_some_and(|b| b.is_ascii_digit()) {
                    return Err(self.unexpected("a number does not begin with 0"));
                }
            }
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.unexpected("expected a digit here")),
        }
        if self.peek() == Some(b'.') {
            self.step();
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.step();
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.step();
            }
            self.some_digits()?;
        }
        self.push(Kind::Number, start, false);
        Ok(())
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.step();
        }
    }

    fn some_digits(&mut self) -> Step {
        let start = self.at;
        self.digits();
        if self.at == start { Err(self.unexpected("expected a digit here")) } else { Ok(()) }
    }

    fn string(&mut self) -> Step {
        let start = self.at;
        self.step();
        let mut escaped = false;
        loop {
            self.at = self.at.saturating_add(plain(self.bytes.get(self.at..).unwrap_or_default()));
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.step();
                    self.escape()?;
                }
                Some(0..=0x1F) => {
                    return Err(self.unexpected("a control character in a string must be escaped"));
                }
                Some(_) => self.step(),
                None => {
                    let span = Span::new(narrow(start), narrow(self.at));
                    return Err(Failure {
                        code: code::JSON_SYNTAX_ERROR,
                        span,
                        found: "a string that does not end".to_owned(),
                        help: "close it with a double quotation mark".to_owned(),
                    });
                }
            }
        }
        self.step();
        self.push(Kind::String, start, escaped);
        Ok(())
    }

    fn escape(&mut self) -> Step {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.step(),
            Some(b'u') => {
                let start = self.at.saturating_sub(1);
                self.step();
                let unit = self.hex()?;
                let paired = match unit {
                    0xD800..=0xDBFF
                        if self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(b"\\u")) =>
                    {
                        self.step();
                        self.step();
                        (0xDC00..=0xDFFF).contains(&self.hex()?)
                    }
                    0xD800..=0xDFFF => false,
                    _ => true,
                };
                if !paired {
                    return Err(Failure {
                        code: code::JSON_SYNTAX_ERROR,
                        span: Span::new(narrow(start), narrow(self.at)),
                        found: "half of a surrogate pair".to_owned(),
                        help: "write the character itself".to_owned(),
                    });
                }
            }
            _ => return Err(self.unexpected("expected one of \" \\ / b f n r t u after a backslash")),
        }
        Ok(())
    }

    fn hex(&mut self) -> Result<u32, Failure> {
        let mut unit = 0u32;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|b| char::from(b).to_digit(16)) else {
                return Err(self.unexpected("expected four hexadecimal digits after \\u"));
            };
            unit = (unit << 4) | digit;
            self.step();
        }
        Ok(unit)
    }

    #[inline]
    fn white_space(&mut self) {
        // Usually there is no white space.
        if self.peek().is_some_and(|byte| byte <= b' ') {
            let start = self.at;
            while let Some(byte @ (b' ' | b'\t' | b'\n' | b'\r')) = self.peek() {
                self.step();
                if byte == b'\n' {
                    self.lines.push(narrow(self.at));
                }
            }
            self.white_space = self.white_space.saturating_add(narrow(self.at.saturating_sub(start)));
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn push(&mut self, kind: Kind, start: usize, escaped: bool) {
        let after = narrow(self.nodes.len().saturating_add(1));
        let span = Span::new(narrow(start), narrow(self.at));
        // For an array or object, this is the amount before it, until it is closed.
        let is_open = matches!(kind, Kind::Array | Kind::Object);
        let white_space = if is_open { self.white_space } else { 0 };
        self.nodes.push(Node { kind, escaped, span, after, white_space });
    }

    fn failure(&self, code: Code, found: &str, help: &str) -> Failure {
        let width = self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let span = Span::new(narrow(self.at), narrow(self.at.saturating_add(width)));
        Failure { code, span, found: found.to_owned(), help: help.to_owned() }
    }

    /// A syntax error at the current position: what was found, and what was expected.
    fn unexpected(&self, help: &str) -> Failure {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = match rest.chars().next() {
            None => match self.open.last().and_then(|&i| self.nodes.get(i)) {
                Some(node) => {
                    let what = if node.kind == Kind::Object { "an object" } else { "an array" };
                    format!("the end of the text inside {what} that is still open")
                }
                None => "the end of the text".to_owned(),
            },
            Some(c) if c.is_ascii_alphabetic() => {
                let word: String = rest.chars().take_while(char::is_ascii_alphanumeric).take(20).collect();
                format!("`{word}`")
            }
            Some(c) if c.is_control() => format!("the control character U+{:04X}", u32::from(c)),
            Some(c) => format!("`{c}`"),
        };
        self.failure(code::JSON_SYNTAX_ERROR, &found, help)
    }
}

/// A comma after the last value of an array or object. Its place is the comma, because the bracket may be lines below.
fn trailing_comma(at: usize, is_object: bool) -> Failure {
    let (what, closing) = if is_object { ("member", '}') } else { ("value", ']') };
    Failure {
        code: code::JSON_SYNTAX_ERROR,
        span: Span::new(narrow(at), narrow(at.saturating_add(1))),
        found: format!("`,` before `{closing}`"),
        help: format!("no comma follows the last {what}; remove it, or add a {what} behind it"),
    }
}

/// The number of bytes at the beginning that are no quotation mark, backslash or control character. The result may be too small.
fn plain(bytes: &[u8]) -> usize {
    let mut passed = 0usize;
    for chunk in bytes.as_chunks::<8>().0 {
        let word = u64::from_le_bytes(*chunk);
        // Besides the control characters and `"`, only the space and `!` are below the bound. Both are rare.
        let hit = swar::below(word, b'"'.saturating_add(1)) | swar::equal(word, b'\\');
        if hit != 0 {
            return passed.saturating_add(swar::first(hit) as usize);
        }
        passed = passed.saturating_add(8);
    }
    passed
}

/// INVARIANT (offsets): the text has at most `u32::MAX` bytes, and there are fewer nodes than bytes.
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

fn duplicates(document: &Document<'_>) -> Vec<Duplicate> {
    /// Up to this number, comparing all pairs is faster than sorting.
    const FEW: usize = 8;
    let mut found = Vec::new();
    let mut keys: Vec<(Value<'_>, usize)> = Vec::new();
    for (index, node) in document.nodes.iter().enumerate() {
        if node.kind != Kind::Object {
            continue;
        }
        let object = narrow(index);
        keys.clear();
        keys.extend(Value::new(document, object).members().map(|m| m.key).zip(0..));
        let mut report = |first: Value<'_>, second: Value<'_>| {
            found.push(Duplicate {
                first: first.span(),
                second: second.span(),
                name: second.index(),
                object,
            });
        };
        if keys.len() <= FEW {
            for (i, (key, _)) in keys.iter().enumerate() {
                let earlier = keys.iter().take(i).find(|(other, _)| other.same_string(key));
                if let Some((first, _)) = earlier {
                    report(*first, *key);
                }
            }
        } else {
            keys.sort_by(|(a, i), (b, j)| a.string().cmp(&b.string()).then(i.cmp(j)));
            for pair in keys.windows(2) {
                if let [(first, _), (second, _)] = pair
                    && first.same_string(second)
                {
                    report(*first, *second);
                }
            }
        }
    }
    found.sort_by_key(|d| d.second);
    found
}
