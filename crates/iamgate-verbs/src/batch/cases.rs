//! Cases, one per line. Each line of input gets a line of JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use iamgate::iam_catalog::Catalog;
use iamgate::iam_eval::wire::{Wire, WireLimits};
use iamgate::iam_eval::{Layers, Program, Request, ResourceKind};
use iamgate::iam_json::{self, Document, Kind, Value};
use iamgate::iam_policy::{Code, Limits, Mode, Problem, Report, code};
use serde::Serialize;

use super::{Chunk, LINE_BYTES};
use crate::args::QuestionArgs;
use crate::names;
use crate::question::{Case, CaseSources, Depth, Sentence, TraceJson, bounds, layers};
use crate::trouble::Trouble;
use crate::words::message;
use crate::world::World;

/// The answers to the lines of a chunk.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct LineAnswers {
    /// A line of JSON for each line that is not blank: `{"id": …, "decision": …}`, or `{"id": …, "error": …}`. The `id` is that of the case.
    pub text: Vec<u8>,
    /// The number of lines that were answered.
    pub answered: u64,
    /// The number of lines that could not be answered. Their `error` says why.
    pub broken: u64,
    /// The number of bytes of the chunk.
    pub bytes: usize,
}

impl LineAnswers {
    /// The number of lines, without blank ones.
    pub const fn lines(&self) -> u64 {
        self.answered.saturating_add(self.broken)
    }

    /// Adds the counts of `others`, but not their text and bytes.
    pub fn count(&mut self, others: &Self) {
        self.answered = self.answered.saturating_add(others.answered);
        self.broken = self.broken.saturating_add(others.broken);
    }
}

/// Policies that are given once for all lines, compiled for each kind of resource. A resource policy is a different kind of document for each.
#[derive(Clone, Debug)]
pub struct GivenPolicies {
    generic: Option<Arc<Program>>,
    trust: Option<Arc<Program>>,
    key: Option<Arc<Program>>,
}

impl GivenPolicies {
    /// Reads the policies that flags name; `None` if they name none. If policies are given, a line has only a request.
    ///
    /// # Errors
    /// A policy cannot be read. A resource policy must be valid for at least one kind of resource.
    pub fn read(args: &QuestionArgs, world: &dyn World) -> Result<Option<Self>, Trouble> {
        let flags = &args.policies;
        if flags.paths().next().is_none() {
            return Ok(None);
        }
        let read = |kind| layers(args, kind, world).map(|layers| Arc::new(layers.compile()));
        let generic = read(ResourceKind::Generic);
        if flags.resource_policy.is_none() {
            let all = Some(generic?);
            return Ok(Some(Self { generic: all.clone(), trust: all.clone(), key: all }));
        }
        let (trust, key) = (read(ResourceKind::IamRoleTrust).ok(), read(ResourceKind::KmsKey).ok());
        match generic {
            Err(trouble) if trust.is_none() && key.is_none() => Err(trouble),
            generic => Ok(Some(Self { generic: generic.ok(), trust, key })),
        }
    }

    const fn program(&self, kind: ResourceKind) -> Option<&Arc<Program>> {
        match kind {
            ResourceKind::Generic => self.generic.as_ref(),
            ResourceKind::IamRoleTrust => self.trust.as_ref(),
            ResourceKind::KmsKey => self.key.as_ref(),
        }
    }
}

/// Answers cases line by line. It keeps the policies of the previous line, because streams repeat them.
#[derive(Debug)]
pub struct Cases {
    mode: Mode,
    depth: Depth,
    limits: WireLimits,
    bounds: Limits,
    given: Option<GivenPolicies>,
    /// The policies of the previous line.
    remembered: Option<Remembered>,
    line: u64,
    out: LineAnswers,
    names: Option<Names>,
}

/// Which actions of lines the catalogue has.
#[derive(Debug)]
struct Names {
    catalog: Arc<Catalog<'static>>,
    /// For each action that was met: the member of the answer, which is empty if the action is known.
    met: BTreeMap<Box<str>, Box<str>>,
}

/// The maximum number of actions that are remembered.
const MOST_NAMES: usize = 4_096;

impl Names {
    /// The member `unknown_names` for an action, with a comma before it; empty if the action is known.
    fn told(&mut self, action: &str) -> &str {
        if !self.met.contains_key(action) {
            if self.met.len() >= MOST_NAMES {
                self.met.clear();
            }
            let unknown = names::action(&self.catalog, action);
            let text = unknown.and_then(|name| serde_json::to_string(&[name]).ok());
            let member = text.map(|text| format!(r#","unknown_names":{text}"#)).unwrap_or_default();
            self.met.insert(action.into(), member.into());
        }
        self.met.get(action).map_or("", |member| member)
    }
}

/// Policies that have been read, with their text.
#[derive(Debug)]
struct Remembered {
    text: String,
    resource: ResourceKind,
    layers: Layers,
    /// The compiled policies. They are compiled at their second use, because compiling does not pay for one request.
    program: Option<Program>,
}

/// The reason why a line could not be answered.
#[derive(Serialize)]
struct Broken {
    code: &'static str,
    /// The number of the line in the stream, counted from 1.
    line: u64,
    /// The column in the line, counted from 1.
    column: u32,
    message: String,
    help: String,
}

impl Cases {
    /// A worker that reads policies in this mode and answers at this depth. If policies are given, a line has only a request.
    pub fn new(mode: Mode, depth: Depth, given: Option<&GivenPolicies>) -> Self {
        Self {
            mode,
            depth,
            limits: WireLimits::default(),
            bounds: bounds(LINE_BYTES),
            given: given.cloned(),
            remembered: None,
            line: 0,
            out: LineAnswers::default(),
            names: None,
        }
    }

    /// The same, with the actions told that a catalogue does not have.
    #[must_use]
    pub fn with_catalog(mut self, catalog: &Arc<Catalog<'static>>) -> Self {
        self.names = Some(Names { catalog: Arc::clone(catalog), met: BTreeMap::new() });
        self
    }

    /// The answers to the lines of a chunk. Blank lines have none.
    pub fn answer(&mut self, chunk: &Chunk) -> LineAnswers {
        for (number, line) in chunk.lines() {
            self.line = number;
            // Writing to memory cannot fail.
            let _ = match line {
                Some(line) if line.iter().all(u8::is_ascii_whitespace) => Ok(()),
                Some(line) => self.line(line),
                None => {
                    let found = format!("more than {LINE_BYTES} bytes");
                    let help = format!("at most {LINE_BYTES} bytes are read as one line");
                    self.refuse(None, code::DOCUMENT_TOO_LARGE, 1, found, help)
                }
            };
        }
        self.out.bytes = chunk.bytes();
        std::mem::take(&mut self.out)
    }

    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let document =
            iam_json::text_of(line).and_then(|text| Document::parse(text, &self.bounds)?.refuse_duplicates());
        match document {
            Ok(document) => self.case(&document),
            Err(report) => self.report(None, report),
        }
    }

    fn case(&mut self, document: &Document<'_>) -> io::Result<()> {
        let id = document.root().member("id").filter(|id| matches!(id.kind(), Kind::String | Kind::Number));
        let id = id.map(Value::raw);
        let limits = self.limits;
        let mut wire = Wire::new(document, self.mode, &limits);
        if self.given.is_some() {
            let read = wire.lone_request(document.root()).and_then(|request| wire.request(request));
            return match read {
                Ok(request) => self.of_given(request, id),
                Err(report) => self.report(id, report),
            };
        }
        let read =
            wire.parts(document.root()).and_then(|parts| Ok((wire.request(parts.request)?, parts.policies)));
        let (request, policies) = match read {
            Ok(read) => read,
            Err(report) => return self.report(id, report),
        };
        if self.depth == Depth::Trace {
            return match wire.layers(policies, request.resource_kind) {
                Ok(layers) => self.trace(request, layers, id),
                Err(report) => self.report(id, report),
            };
        }
        let resource = request.resource_kind;
        let known = self.remembered.take().filter(|r| r.resource == resource && r.text == policies.raw());
        let remembered = match known {
            Some(known) => {
                Remembered { program: known.program.or_else(|| Some(known.layers.compile())), ..known }
            }
            None => match wire.layers(policies, resource) {
                Ok(layers) => Remembered { text: policies.raw().to_owned(), resource, layers, program: None },
                Err(report) => return self.report(id, report),
            },
        };
        let decision = match &remembered.program {
            Some(program) => program.decide(&request),
            None => remembered.layers.decide(&request),
        };
        self.remembered = Some(remembered);
        self.decided(id, &request, decision.name())
    }

    /// Answers a request under the policies of the flags.
    fn of_given(&mut self, request: Request, id: Option<&str>) -> io::Result<()> {
        let program = self.given.as_ref().and_then(|given| given.program(request.resource_kind)).cloned();
        let Some(program) = program else {
            let found = "a request on another kind of resource than the policy of --resource-policy is for";
            let help = "ask such requests with a resource policy of that kind";
            return self.refuse(id, code::INVALID_MEMBER, 1, found.to_owned(), help.to_owned());
        };
        if self.depth == Depth::Trace {
            return self.trace(request, program.layers().clone(), id);
        }
        let decision = program.decide(&request);
        self.decided(id, &request, decision.name())
    }

    fn decided(&mut self, id: Option<&str>, request: &Request, decision: &str) -> io::Result<()> {
        self.out.answered = self.out.answered.saturating_add(1);
        let unknown = self.names.as_mut().map_or("", |names| names.told(request.action.as_str()));
        for part in [r#"{"id":"#, id.unwrap_or("null"), r#","decision":""#, decision, "\"", unknown, "}\n"] {
            self.out.text.write_all(part.as_bytes())?;
        }
        Ok(())
    }

    fn trace(&mut self, request: Request, layers: Layers, id: Option<&str>) -> io::Result<()> {
        let sources = CaseSources::Many(BTreeMap::new());
        let case = Case { request, layers, sources, findings: 0, unknown: None };
        let trace = case.layers.explain(&case.request);
        self.out.answered = self.out.answered.saturating_add(1);
        let summary = serde_json::to_string(&Sentence::new(&trace, &case).text())?;
        let (id, decision) = (id.unwrap_or("null"), trace.decision.name());
        let unknown = self.names.as_mut().map_or("", |names| names.told(case.request.action.as_str()));
        let out = &mut self.out.text;
        write!(out, r#"{{"id":{id},"decision":"{decision}"{unknown},"summary":{summary},"trace":"#)?;
        serde_json::to_writer(&mut *out, &TraceJson::new(&trace, &case))?;
        writeln!(out, "}}")
    }

    fn report(&mut self, id: Option<&str>, report: Report) -> io::Result<()> {
        match report.into_problems().into_iter().find(Problem::is_refusal) {
            Some(problem) => {
                let message = message(&problem);
                self.refuse(id, problem.code, problem.position.column, message, problem.help)
            }
            // A report always has a problem.
            None => self.refuse(id, code::INVALID_MEMBER, 1, String::new(), String::new()),
        }
    }

    fn refuse(
        &mut self,
        id: Option<&str>,
        code: Code,
        column: u32,
        message: String,
        help: String,
    ) -> io::Result<()> {
        self.out.broken = self.out.broken.saturating_add(1);
        let error = Broken { code: code.name(), line: self.line, column, message, help };
        let out = &mut self.out.text;
        write!(out, r#"{{"id":{},"error":"#, id.unwrap_or("null"))?;
        serde_json::to_writer(&mut *out, &error)?;
        writeln!(out, "}}")
    }
}
