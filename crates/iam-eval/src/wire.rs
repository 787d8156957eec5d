//! Requests and layers as JSON: the members `request` and `policies` of the case format (`FORMAT.md` of the test kit).
//!
//! Reading is strict: an unknown member, a value of the wrong kind or a policy that is refused is a problem with its place. Two
//! members go beyond the format of the vectors: `request.unknown` lists condition keys whose value is not known, and
//! `policies.vpc_endpoint` holds the policies of the VPC endpoint.

mod answer;
mod layers;
mod request;

use std::sync::Arc;

use iam_policy::json::{Document, Kind, Value};
use iam_policy::{Code, Limits, LineIndex, Mode, Place, Problem, Report, Span, quoted};

pub use answer::{Parts, decide};

use crate::layers::Layers;
use crate::request::{Request, ResourceKind};

/// Bounds on a request and its layers; at a bound accepted, one more is refused with `INVALID_MEMBER`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WireLimits {
    /// Keys of the context. Default 1,024.
    pub context_keys: usize,
    /// Values of one key. Default 4,096.
    pub context_values: usize,
    /// Bytes of one value, of the action, or of the resource. Default 65,536.
    pub value_bytes: usize,
    /// Policies of one layer or level. Default 100.
    pub policies: usize,
    /// Levels of SCPs or RCPs. Default 7: root, five levels of organizational units, account.
    pub levels: usize,
    /// Bounds on each policy.
    pub policy: Limits,
}

impl Default for WireLimits {
    fn default() -> Self {
        Self {
            context_keys: 1_024,
            context_values: 4_096,
            value_bytes: 65_536,
            policies: 100,
            levels: 7,
            policy: Limits::default(),
        }
    }
}

/// Reads values of a document, and collects what is wrong with them.
#[derive(Debug)]
pub struct Wire<'w> {
    mode: Mode,
    limits: &'w WireLimits,
    lines: Arc<LineIndex>,
    problems: Vec<Problem>,
    findings: Vec<Problem>,
}

impl<'w> Wire<'w> {
    /// A reader for values of `document`; policies are read in `mode`.
    pub fn new(document: &Document<'_>, mode: Mode, limits: &'w WireLimits) -> Self {
        Self { mode, limits, lines: Arc::new(document.lines()), problems: Vec::new(), findings: Vec::new() }
    }

    /// Reads a request.
    ///
    /// # Errors
    /// `MISSING_MEMBER`, `UNKNOWN_MEMBER`, `INVALID_MEMBER`.
    pub fn request(&mut self, value: Value<'_>) -> Result<Request, Report> {
        let read = self.read_request(value);
        self.finish(read)
    }

    /// Reads the layers of a request on a resource of that kind.
    ///
    /// # Errors
    /// As [`Wire::request`], and the problems of the policies.
    pub fn layers(&mut self, value: Value<'_>, resource: ResourceKind) -> Result<Layers, Report> {
        let read = self.read_layers(value, resource);
        self.finish(read)
    }

    /// What is worth knowing about the policies that were read.
    pub fn into_findings(self) -> Vec<Problem> {
        self.findings
    }

    pub(crate) fn finish<T>(&mut self, read: Option<T>) -> Result<T, Report> {
        let problems = std::mem::take(&mut self.problems);
        match read {
            Some(value) if problems.is_empty() => Ok(value),
            _ => Err(Report::from_iter(problems)),
        }
    }

    pub(crate) fn report(
        &mut self,
        code: Code,
        value: Value<'_>,
        found: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report_at(code, value.pointer(), value.span(), found.into(), help.into());
    }

    fn report_at(&mut self, code: Code, pointer: String, span: Span, found: String, help: String) {
        self.problems.push(Problem::refusal(code, Place::new(pointer, span), found, help, &self.lines));
    }

    /// The members of an object by name, all others reported; `required` of them must be there.
    pub(crate) fn members<'d, const N: usize>(
        &mut self,
        object: Value<'d>,
        names: [&str; N],
        required: usize,
    ) -> Option<[Option<Value<'d>>; N]> {
        if object.kind() != Kind::Object {
            let help = format!("an object with {}", names.join(", "));
            self.report(Code::InvalidMember, object, object.kind().name(), help);
            return None;
        }
        let mut found = [None; N];
        for member in object.members() {
            let name = member.key.string();
            if let Some((_, slot)) = names.iter().zip(found.iter_mut()).find(|(known, _)| **known == name) {
                slot.get_or_insert(member.value);
            } else {
                let help = format!("the members are {}", names.join(", "));
                self.report_at(
                    Code::UnknownMember,
                    member.value.pointer(),
                    member.key.span(),
                    quoted(&name),
                    help,
                );
            }
        }
        let mut complete = true;
        for (name, value) in names.iter().zip(found).take(required) {
            if value.is_none() {
                let span = object.span();
                let span = Span::new(span.start, span.start.saturating_add(1));
                self.report_at(
                    Code::MissingMember,
                    object.pointer(),
                    span,
                    format!("no member {}", quoted(name)),
                    format!("add {name}"),
                );
                complete = false;
            }
        }
        complete.then_some(found)
    }

    pub(crate) fn text(&mut self, value: Value<'_>, help: &str) -> Option<Box<str>> {
        match value.as_string() {
            Some(text) if text.len() <= self.limits.value_bytes => Some(text.into()),
            Some(text) => {
                let most = self.limits.value_bytes;
                self.report(
                    Code::InvalidMember,
                    value,
                    format!("{} bytes", text.len()),
                    format!("at most {most} bytes are read"),
                );
                None
            }
            None => {
                self.report(Code::InvalidMember, value, value.kind().name(), help);
                None
            }
        }
    }
}
