//! Output: data goes to stdout, everything else to stderr.

use std::io::{self, ErrorKind, IsTerminal as _, Write};

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Effects, Style};

use iamgate::iam_json::visible_json;
use iamgate_verbs::{DataDates, Exit};

use crate::display::terminal::harmless;

/// Both streams, with colour if it is wanted.
#[derive(Debug)]
pub(crate) struct Screen {
    choice: ColorChoice,
    closed: bool,
    /// Whether data could not be written although its reader is still there.
    lost: bool,
}

impl Screen {
    pub(crate) fn new(choice: ColorChoice) -> Self {
        Self { choice, closed: false, lost: false }
    }

    /// Writes JSON to stdout as [data](Self::data). Its hidden characters become escapes, and its content stays.
    pub(crate) fn json(&mut self, text: &str) {
        self.data(&visible_json(text));
    }

    /// Writes data to stdout. If the reader has closed the pipe, nothing more is written, and the exit code stays that of the answer.
    pub(crate) fn data(&mut self, text: &str) {
        if self.closed {
            return;
        }
        let (text, mut out) = (harmless(text), io::stdout());
        let choice = match self.choice {
            ColorChoice::Auto => AutoStream::choice(&out),
            given @ (ColorChoice::AlwaysAnsi | ColorChoice::Always | ColorChoice::Never) => given,
        };
        let written = if choice == ColorChoice::Never {
            // The stream would write each piece between two styles alone.
            out.write_all(strip_str(&text).to_string().as_bytes()).and_then(|()| out.flush())
        } else {
            let mut out = AutoStream::new(out, choice);
            out.write_all(text.as_bytes()).and_then(|()| out.flush())
        };
        self.ended(written);
    }

    /// Writes data whose every byte counts, such as a patch. On a terminal it is as harmless as [data](Self::data).
    pub(crate) fn raw(&mut self, text: &str) {
        let mut out = io::stdout();
        if out.is_terminal() {
            return self.data(text);
        }
        if !self.closed {
            let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            self.ended(written);
        }
    }

    fn ended(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            self.closed = true;
            if error.kind() != ErrorKind::BrokenPipe {
                self.lose(&error);
            }
        }
    }

    /// Records and reports that stdout cannot be written although its reader is still there.
    pub(crate) fn lose(&mut self, error: &io::Error) {
        self.lost = true;
        self.aside(&format!("error[WRITE_FAILED]: cannot write to stdout: {error}\n"));
    }

    /// The exit code after all output is written.
    pub(crate) const fn exit(&self, exit: Exit) -> Exit {
        if self.lost { Exit::Unanswered } else { exit }
    }

    /// Writes text that is not data to stderr.
    pub(crate) fn aside(&mut self, text: &str) {
        // If stderr is closed, there is nowhere to write it.
        let _ = AutoStream::new(io::stderr(), self.choice).write_all(harmless(text).as_bytes());
    }
}

/// The colour of a yes.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().effects(Effects::BOLD);
/// The colour of a no.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
/// The colour of something that needs attention.
pub(crate) const SOSO: Style = AnsiColor::Yellow.on_default().effects(Effects::BOLD);
/// Headings.
pub(crate) const HEAD: Style = Style::new().effects(Effects::BOLD);
/// The style of less important text.
pub(crate) const DIM: Style = Style::new().effects(Effects::DIMMED);

/// A text in a style. If no colour is wanted, the stream removes the style.
pub(crate) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The days of the data on which an answer rests, as a last, dim line after an empty one.
pub(crate) fn days(dates: &DataDates) -> String {
    format!("\n{}\n", paint(DIM, &dates.sentence()))
}

/// JSON without white space, laid out for people. Its members keep their order.
pub(crate) fn indented(json: &str) -> String {
    let mut text = String::new();
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let line = |depth: usize, text: &mut String| {
        text.push('\n');
        text.push_str(&"  ".repeat(depth));
    };
    let mut characters = json.chars().peekable();
    while let Some(c) = characters.next() {
        if in_text {
            in_text = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            text.push(c);
            continue;
        }
        match c {
            '{' | '[' => {
                text.push(c);
                if characters.peek().is_some_and(|next| !matches!(next, '}' | ']')) {
                    depth = depth.saturating_add(1);
                    line(depth, &mut text);
                }
            }
            '}' | ']' => {
                if !text.ends_with(['{', '[']) {
                    depth = depth.saturating_sub(1);
                    line(depth, &mut text);
                }
                text.push(c);
            }
            ',' => {
                text.push(c);
                line(depth, &mut text);
            }
            ':' => text.push_str(": "),
            _ => {
                in_text = c == '"';
                text.push(c);
            }
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn json_is_laid_out_and_says_the_same() {
        let json = r#"{"a":["x","y,:{}\"\\"],"b":{},"c":[],"d":{"e":1}}"#;
        let shown = indented(json);
        assert_eq!(shown.lines().count(), 11, "{shown}");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&shown), read(json));
    }
}
