//! The progress of a stream, for a person who waits.
#![expect(clippy::disallowed_methods, reason = "a person wants to know how long it takes")]

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// A line on stderr that is rewritten. It is shown only if stderr is a terminal and the answers go elsewhere.
#[derive(Debug)]
pub(super) struct Progress {
    shown: Option<Shown>,
}

#[derive(Debug)]
struct Shown {
    start: Instant,
    last: Instant,
    /// The number of bytes of the stream, if it is known, and the number of those that are done.
    bytes: Option<u64>,
    done: u64,
    is_there: bool,
}

impl Progress {
    pub(super) fn new(bytes: Option<u64>) -> Self {
        let is_watched = io::stderr().is_terminal() && !io::stdout().is_terminal();
        let now = Instant::now();
        let shown = Shown { start: now, last: now, bytes, done: 0, is_there: false };
        Self { shown: is_watched.then_some(shown) }
    }

    /// Records that `lines` more lines and `bytes` more bytes are done.
    pub(super) fn note(&mut self, lines: u64, bytes: usize) {
        let Some(shown) = &mut self.shown else { return };
        shown.done = shown.done.saturating_add(bytes as u64);
        if shown.last.elapsed() < Duration::from_millis(200) {
            return;
        }
        shown.last = Instant::now();
        shown.is_there = true;
        let text = line(lines, shown.start.elapsed(), shown.done, shown.bytes);
        // If stderr is closed, there is nowhere to show it.
        let _ = write!(io::stderr(), "\r{text}\x1b[K");
    }

    /// Removes the line.
    pub(super) fn end(&self) {
        if self.shown.as_ref().is_some_and(|shown| shown.is_there) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(lines: u64, time: Duration, done: u64, of: Option<u64>) -> String {
    let a_second =
        lines.saturating_mul(1_000).checked_div(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    let percent = of.and_then(|of| done.saturating_mul(100).checked_div(of)).map(|p| p.min(100));
    let percent = percent.map(|percent| format!("{percent} %, ")).unwrap_or_default();
    format!("{percent}{lines} lines, {} a second", a_second.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_told() {
        let time = Duration::from_millis(500);
        assert_eq!(line(1_000, time, 50, Some(200)), "25 %, 1000 lines, 2000 a second");
        assert_eq!(line(1_000, time, 50, None), "1000 lines, 2000 a second");
        assert_eq!(line(0, Duration::ZERO, 0, Some(0)), "0 lines, 0 a second");
    }
}
