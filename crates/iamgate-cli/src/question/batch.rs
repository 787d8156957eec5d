//! A stream of cases, one per line: a line of JSON out for every line in, in order.
//!
//! Memory is bounded by the longest line that is read, whatever the length of the stream: buffers are used again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read as _, Write};

use iamgate::iam_eval::wire::{Wire, WireLimits};
use iamgate::iam_eval::{Layers, ResourceKind};
use iamgate::iam_policy::json::{self, Document, Kind, Value};
use iamgate::iam_policy::{Code, Limits, Mode, Problem, Report};
use serde::Serialize;

use super::Depth;
use super::case::{Case, Sources, bounds};
use super::json::TraceJson;
use super::sentence::Sentence;
use crate::exit::Exit;
use crate::input;
use crate::screen::Screen;
use crate::trouble::{self, Trouble};

/// Bytes of one line; the 100 largest policies that AWS stores fit.
const LINE_BYTES: usize = 4 << 20;

pub(super) fn run(path: &str, mode: Mode, depth: Depth, screen: &mut Screen) -> Exit {
    let opened: io::Result<Box<dyn BufRead>> = if path == "-" {
        Ok(Box::new(io::stdin().lock()))
    } else {
        File::open(path)
            .and_then(
                |file| if file.metadata()?.is_dir() { Err(ErrorKind::IsADirectory.into()) } else { Ok(file) },
            )
            .map(|file| Box::new(BufReader::with_capacity(1 << 16, file)) as Box<dyn BufRead>)
    };
    let name = if path == "-" { input::STDIN } else { path };
    let mut lines = match opened {
        Ok(lines) => lines,
        Err(error) => {
            input::unreadable(name, &error).show(screen);
            return Exit::Unanswered;
        }
    };
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut batch = Batch::new(mode, depth);
    let ended = batch.run(&mut *lines, &mut out).and_then(|()| Ok(out.flush()?));
    drop(out);
    match ended {
        Ok(()) if batch.answered == 0 && batch.broken == 0 => {
            Trouble::input(name, "EMPTY_DOCUMENT", "no case in the stream", "one case per line").show(screen);
            Exit::Unanswered
        }
        Ok(()) if batch.broken == 0 => Exit::Yes,
        Ok(()) => {
            let total = batch.broken.saturating_add(batch.answered);
            let broken = batch.broken;
            screen
                .aside(&format!("{broken} of {total} lines could not be answered; their results say why\n"));
            Exit::Unanswered
        }
        // The reader has seen enough; the lines that are left get no answer.
        Err(Stop::Writing(error)) if error.kind() == ErrorKind::BrokenPipe => Exit::Unanswered,
        Err(Stop::Writing(error)) => {
            screen.lose(&error);
            Exit::Unanswered
        }
        Err(Stop::Reading(error)) => {
            input::unreadable(name, &error).show(screen);
            Exit::Unanswered
        }
    }
}

/// Why a stream ended before its end.
enum Stop {
    Reading(io::Error),
    Writing(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Writing(error)
    }
}

struct Batch {
    mode: Mode,
    depth: Depth,
    limits: WireLimits,
    bounds: Limits,
    /// The policies of the line before: streams repeat them.
    remembered: Option<Remembered>,
    line: u64,
    answered: u64,
    broken: u64,
}

/// Policies that have been read, with their text.
struct Remembered {
    text: String,
    resource: ResourceKind,
    layers: Layers,
}

/// Why a line could not be answered.
#[derive(Serialize)]
struct Broken {
    code: &'static str,
    /// Counted from 1 in the stream.
    line: u64,
    /// Counted from 1 in the line.
    column: u32,
    message: String,
    help: String,
}

impl Batch {
    fn new(mode: Mode, depth: Depth) -> Self {
        Self {
            mode,
            depth,
            limits: WireLimits::default(),
            bounds: bounds(LINE_BYTES),
            remembered: None,
            line: 0,
            answered: 0,
            broken: 0,
        }
    }

    fn run(&mut self, lines: &mut dyn BufRead, out: &mut dyn Write) -> Result<(), Stop> {
        let mut buffer = Vec::new();
        while let Some(is_whole) = next_line(lines, &mut buffer).map_err(Stop::Reading)? {
            self.line = self.line.saturating_add(1);
            if !is_whole {
                let found = format!("more than {LINE_BYTES} bytes");
                let help = format!("at most {LINE_BYTES} bytes are read as one line");
                self.refuse(out, None, Code::DocumentTooLarge, 1, found, help)?;
            } else if buffer.iter().any(|byte| !byte.is_ascii_whitespace()) {
                self.line(&buffer, out)?;
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8], out: &mut dyn Write) -> io::Result<()> {
        let document =
            json::text_of(line).and_then(|text| Document::parse(text, &self.bounds)?.refuse_duplicates());
        match document {
            Ok(document) => self.case(&document, out),
            Err(report) => self.report(out, None, report),
        }
    }

    fn case(&mut self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        let id = document.root().member("id").filter(|id| matches!(id.kind(), Kind::String | Kind::Number));
        let id = id.map(Value::raw);
        let limits = self.limits;
        let mut wire = Wire::new(document, self.mode, &limits);
        let read =
            wire.parts(document.root()).and_then(|parts| Ok((wire.request(parts.request)?, parts.policies)));
        let (request, policies) = match read {
            Ok(read) => read,
            Err(report) => return self.report(out, id, report),
        };
        if self.depth == Depth::Trace {
            return match wire.layers(policies, request.resource_kind) {
                Ok(layers) => {
                    let case = Case { request, layers, sources: Sources::Many(BTreeMap::new()), findings: 0 };
                    self.trace(&case, id, out)
                }
                Err(report) => self.report(out, id, report),
            };
        }
        let resource = request.resource_kind;
        let known = self.remembered.take().filter(|r| r.resource == resource && r.text == policies.raw());
        let remembered = match known {
            Some(known) => known,
            None => match wire.layers(policies, resource) {
                Ok(layers) => Remembered { text: policies.raw().to_owned(), resource, layers },
                Err(report) => return self.report(out, id, report),
            },
        };
        let decision = remembered.layers.decide(&request);
        self.remembered = Some(remembered);
        self.answered = self.answered.saturating_add(1);
        writeln!(out, r#"{{"id":{},"decision":"{}"}}"#, id.unwrap_or("null"), decision.name())
    }

    fn trace(&mut self, case: &Case, id: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
        let trace = case.layers.explain(&case.request);
        self.answered = self.answered.saturating_add(1);
        let summary = serde_json::to_string(&Sentence::new(&trace, case).text())?;
        let (id, decision) = (id.unwrap_or("null"), trace.decision.name());
        write!(out, r#"{{"id":{id},"decision":"{decision}","summary":{summary},"trace":"#)?;
        serde_json::to_writer(&mut *out, &TraceJson::new(&trace, case))?;
        writeln!(out, "}}")
    }

    fn report(&mut self, out: &mut dyn Write, id: Option<&str>, report: Report) -> io::Result<()> {
        match report.into_problems().into_iter().find(Problem::is_refusal) {
            Some(problem) => {
                let message = trouble::message(&problem);
                self.refuse(out, id, problem.code, problem.position.column, message, problem.help)
            }
            // A report always holds a refusal.
            None => self.refuse(out, id, Code::InvalidMember, 1, String::new(), String::new()),
        }
    }

    fn refuse(
        &mut self,
        out: &mut dyn Write,
        id: Option<&str>,
        code: Code,
        column: u32,
        message: String,
        help: String,
    ) -> io::Result<()> {
        self.broken = self.broken.saturating_add(1);
        let error = Broken { code: code.name(), line: self.line, column, message, help };
        write!(out, r#"{{"id":{},"error":"#, id.unwrap_or("null"))?;
        serde_json::to_writer(&mut *out, &error)?;
        writeln!(out, "}}")
    }
}

/// Reads a line into the buffer, without its end: whether all of it is there, or nothing at the end of the stream. What goes beyond
/// the bound is passed over.
fn next_line(mut lines: &mut dyn BufRead, buffer: &mut Vec<u8>) -> io::Result<Option<bool>> {
    buffer.clear();
    let most = (LINE_BYTES as u64).saturating_add(1);
    (&mut lines).take(most).read_until(b'\n', buffer)?;
    if buffer.pop_if(|last| *last == b'\n').is_some() {
        return Ok(Some(true));
    }
    if buffer.len() > LINE_BYTES {
        lines.skip_until(b'\n')?;
        return Ok(Some(false));
    }
    Ok((!buffer.is_empty()).then_some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8], chunk: usize) -> Vec<Option<usize>> {
        let mut reader = BufReader::with_capacity(chunk, text);
        let mut buffer = Vec::new();
        let mut found = Vec::new();
        while let Some(is_whole) = next_line(&mut reader, &mut buffer).unwrap() {
            found.push(is_whole.then_some(buffer.len()));
        }
        found
    }

    #[test]
    fn lines_end_at_line_feeds_and_at_the_end_of_the_stream() {
        for chunk in [1, 2, 3, 100] {
            assert_eq!(lines(b"ab\n\nc", chunk), [Some(2), Some(0), Some(1)]);
            assert_eq!(lines(b"ab\n", chunk), [Some(2)]);
            assert_eq!(lines(b"", chunk), []);
        }
    }

    #[test]
    fn a_line_at_the_bound_is_read_and_a_longer_one_is_passed_over() {
        let text = [&vec![b'x'; LINE_BYTES][..], b"\n", &vec![b'x'; LINE_BYTES + 1], b"\nab\n"].concat();
        assert_eq!(lines(&text, 1 << 16), [Some(LINE_BYTES), None, Some(2)]);
    }
}
