//! A request with its policies, and the texts from which these were read.

use std::collections::BTreeMap;

use iamgate::File;
use iamgate::iam_eval::wire::{self, ReadCase, WireLimits};
use iamgate::iam_eval::{Layer, Layers, PolicyRef, Request};
use iamgate::iam_policy::{Limits, Mode, Problem};

use crate::trouble::Trouble;
use crate::world::World;

/// A request with its policies.
#[derive(Debug)]
pub struct Case {
    /// The request.
    pub request: Request,
    /// The policies.
    pub layers: Layers,
    /// The texts from which the policies were read.
    pub sources: CaseSources,
    /// The number of notable findings about the policies.
    pub findings: usize,
}

/// The texts of the policies of a case.
#[derive(Debug)]
pub enum CaseSources {
    /// All policies are in one file.
    One(File),
    /// Each policy is in a file of its own, by layer, level and index.
    Many(BTreeMap<(Layer, usize, usize), File>),
}

impl Case {
    /// Reads a case file.
    ///
    /// # Errors
    /// The file is not a case, or a policy in it cannot be evaluated.
    pub fn from_file(path: &str, mode: Mode, world: &dyn World) -> Result<Self, Trouble> {
        let limits = WireLimits::default();
        let source = world.read(path, limits.case_bytes, "one case")?;
        match wire::read_case(&source.text, mode, &limits) {
            Ok(ReadCase { request, layers, findings, .. }) => {
                Ok(Self { request, layers, sources: CaseSources::One(source), findings: worth(&findings) })
            }
            Err(report) => Err(Trouble::document(source, report)),
        }
    }

    /// The text from which a policy was read.
    pub fn source(&self, policy: PolicyRef) -> Option<&File> {
        match &self.sources {
            CaseSources::One(source) => Some(source),
            CaseSources::Many(sources) => sources.get(&(policy.layer, policy.level, policy.index)),
        }
    }
}

/// The limits of the JSON around policies.
pub fn bounds(bytes: usize) -> Limits {
    let mut limits = Limits::default();
    limits.document_bytes = bytes;
    limits
}

/// The number of findings that are more serious than a suggestion.
pub(crate) fn worth(findings: &[Problem]) -> usize {
    findings.iter().filter(|finding| finding.level > iamgate::iam_policy::Level::Suggestion).count()
}
