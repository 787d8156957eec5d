//! The lines of a catalogue text with their numbers, and the head of both texts.

use crate::error::DataError;
use std::fmt;

/// The lines of a text, with the number of the line that was read last.
#[derive(Debug)]
pub(crate) struct Lines<'t> {
    rest: &'t str,
    number: usize,
}

impl<'t> Lines<'t> {
    /// The lines of a text. A line ends with a line feed. A carriage return is accepted only directly before the line feed.
    pub(crate) fn of(text: &'t str) -> Result<Self, DataError> {
        let bytes = text.as_bytes();
        let ends_no_line = |at: &usize| bytes.get(at.saturating_add(1)) != Some(&b'\n');
        match memchr::memchr_iter(b'\r', bytes).find(ends_no_line) {
            None => Ok(Self { rest: text, number: 0 }),
            Some(at) => {
                let before = memchr::memchr_iter(b'\n', bytes.get(..at).unwrap_or_default()).count();
                Err(DataError::at(before.saturating_add(1), "a carriage return that ends no line"))
            }
        }
    }

    /// An error at the line that was read last.
    pub(crate) const fn error(&self, what: &'static str) -> DataError {
        DataError::at(self.number, what)
    }

    /// Reads a line that begins with `label` and a space, and returns what follows.
    fn labelled(&mut self, label: &'static str) -> Result<&'t str, DataError> {
        let line = self.next().unwrap_or_default();
        line.strip_prefix(label)
            .and_then(|rest| rest.strip_prefix(' '))
            .ok_or_else(|| self.error("wrong head"))
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        self.number = self.number.saturating_add(1);
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest.as_bytes());
        let line = self.rest.get(..end.unwrap_or(self.rest.len())).unwrap_or_default();
        self.rest = end.and_then(|end| self.rest.get(end.saturating_add(1)..)).unwrap_or_default();
        Some(if end.is_some() { line.strip_suffix('\r').unwrap_or(line) } else { line })
    }
}

/// The head of both texts.
#[derive(Clone, Debug)]
pub(crate) struct Head<'t> {
    pub(crate) source: &'t str,
    pub(crate) date: &'t str,
    /// The numbers of services and actions that must follow. They reveal a truncated text.
    counts: (usize, usize),
}

impl<'t> Head<'t> {
    /// Reads the head of a text of form `kind`, version 1.
    pub(crate) fn read(lines: &mut Lines<'t>, kind: &'static str) -> Result<Self, DataError> {
        if lines.labelled("iam-catalog")?.strip_prefix(kind) != Some(" 1") {
            return Err(lines.error("another kind or version of text"));
        }
        let source = lines.labelled("source")?;
        let date = lines.labelled("date")?;
        let (services, actions) =
            lines.labelled("counts")?.split_once(' ').ok_or_else(|| lines.error("two counts expected"))?;
        let number = |text: &str| text.parse().map_err(|_| lines.error("not a count"));
        Ok(Self { source, date, counts: (number(services)?, number(actions)?) })
    }

    /// Writes the head of a text of form `kind`.
    pub(crate) fn write(&self, f: &mut fmt::Formatter<'_>, kind: &str) -> fmt::Result {
        let (services, actions) = self.counts;
        writeln!(
            f,
            "iam-catalog {kind} 1\nsource {}\ndate {}\ncounts {services} {actions}",
            self.source, self.date
        )
    }

    /// Compares the numbers of services and actions with those of the head.
    pub(crate) fn check(&self, lines: &Lines<'_>, services: usize, actions: usize) -> Result<(), DataError> {
        if self.counts == (services, actions) {
            Ok(())
        } else {
            Err(lines.error("number of services or actions differs from the head"))
        }
    }
}
