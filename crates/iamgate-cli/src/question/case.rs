//! A request with its policies, and where their texts are.

use std::collections::BTreeMap;

use iamgate::iam_eval::wire::{Wire, WireLimits};
use iamgate::iam_eval::{Layer, Layers, PolicyRef, Request};
use iamgate::iam_policy::json::Document;
use iamgate::iam_policy::{Limits, Mode, Problem};

use crate::input::{self, Source};
use crate::trouble::Trouble;

/// Bytes of a case file.
const CASE_BYTES: usize = 16 << 20;

/// A request with its policies.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) request: Request,
    pub(crate) layers: Layers,
    pub(crate) sources: Sources,
    /// How many things are worth knowing about the policies.
    pub(crate) findings: usize,
}

/// The texts of the policies of a case.
#[derive(Debug)]
pub(crate) enum Sources {
    /// All policies are in one file.
    One(Source),
    /// Each policy is in a file of its own, by layer, level and index.
    Many(BTreeMap<(Layer, usize, usize), Source>),
}

impl Case {
    /// Reads a case file.
    pub(crate) fn from_file(path: &str, mode: Mode) -> Result<Self, Trouble> {
        let source = input::read(path, CASE_BYTES, "one case")?;
        let limits = WireLimits::default();
        let read = Document::parse(&source.text, &bounds(CASE_BYTES)).and_then(Document::refuse_duplicates);
        let read = read.and_then(|document| {
            let mut wire = Wire::new(&document, mode, &limits);
            let parts = wire.parts(document.root())?;
            let request = wire.request(parts.request)?;
            let layers = wire.layers(parts.policies, request.resource_kind)?;
            Ok((request, layers, wire.into_findings()))
        });
        match read {
            Ok((request, layers, findings)) => {
                Ok(Self { request, layers, sources: Sources::One(source), findings: worth(&findings) })
            }
            Err(report) => Err(Trouble::document(source, report)),
        }
    }

    /// The text that a policy was read from.
    pub(crate) fn source(&self, policy: PolicyRef) -> Option<&Source> {
        match &self.sources {
            Sources::One(source) => Some(source),
            Sources::Many(sources) => sources.get(&(policy.layer, policy.level, policy.index)),
        }
    }
}

/// The bounds of the JSON around policies.
pub(super) fn bounds(bytes: usize) -> Limits {
    let mut limits = Limits::default();
    limits.document_bytes = bytes;
    limits
}

/// How many findings are more than a suggestion.
pub(super) fn worth(findings: &[Problem]) -> usize {
    findings.iter().filter(|finding| finding.level > iamgate::iam_policy::Level::Suggestion).count()
}
