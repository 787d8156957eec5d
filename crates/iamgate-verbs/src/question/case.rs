//! A request with its policies, and the texts from which these were read.

use std::collections::BTreeMap;
use std::sync::Arc;

use iamgate::File;
use iamgate::iam_eval::wire::{self, ReadCase, WireLimits};
use iamgate::iam_eval::{
    Decision, Layer, Layers, PolicyRef, Reason, Request, ResourceKind, StatementRef, Trace,
};
use iamgate::iam_json::visible;
use iamgate::iam_policy::{
    ActionElement, Effect, Grantees, Limits, Mode, Policy, Problem, ResourceElement, ResourceStatement,
};

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
    /// The layer whose policy is not known although the decision depends on it; `None` if there is no such layer.
    pub unknown: Option<Layer>,
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
                let (sources, findings) = (CaseSources::One(source), worth(&findings));
                Ok(Self { request, layers, sources, findings, unknown: None })
            }
            Err(report) => Err(Trouble::document(source, report)),
        }
    }

    /// The case if the policy of the resource is not known.
    ///
    /// The decision depends on that policy if the policy must take part and a policy is possible with which the request is not denied.
    #[must_use]
    pub(crate) fn without_resource_policy(mut self) -> Self {
        let is_needed = self.request.resource_kind != ResourceKind::Generic
            || self.request.resource_account.as_deref() != self.request.principal.account();
        let best = self.with_most_open_policy().decide(&self.request);
        self.unknown =
            (is_needed && matches!(best, Decision::Allowed | Decision::Depends)).then_some(Layer::Resource);
        self
    }

    /// The layers with a policy of the resource that allows everyone everything.
    fn with_most_open_policy(&self) -> Layers {
        let all = (ActionElement::any(), ResourceElement::any());
        let open = ResourceStatement::new(Effect::Allow, Grantees::everyone(), all.0, all.1);
        let mut layers = self.layers.clone();
        layers.resource = Some(Arc::new(Policy::resource([open])));
        layers
    }

    /// The decision.
    pub fn decision(&self) -> Decision {
        if self.unknown.is_some() { Decision::Depends } else { self.layers.decide(&self.request) }
    }

    /// The decision with its reasons.
    pub fn trace(&self) -> Trace<'_> {
        let mut trace = self.layers.explain(&self.request);
        if self.unknown.is_some() {
            trace.decision = Decision::Depends;
            trace.reason = Reason::Unknown;
            // Under the most open policy, exactly the other unknown keys matter that can matter under any policy.
            trace.keys = self.with_most_open_policy().explain(&self.request).keys;
        }
        trace
    }

    /// The name of a layer in a sentence, such as `the key policy`.
    pub const fn layer_name(&self, layer: Layer) -> &'static str {
        match (layer, self.request.resource_kind) {
            (Layer::Resource, ResourceKind::IamRoleTrust) => "the role's trust policy",
            (Layer::Resource, ResourceKind::KmsKey) => "the key policy",
            (layer, _) => layer.description(),
        }
    }

    /// The Sid of a statement in backticks, or its number counted from 1.
    pub fn statement_name(&self, statement: StatementRef) -> String {
        let policy = self.layers.policy(statement.policy);
        let sid = policy.and_then(|policy| policy.statements.get(statement.index)?.sid.as_ref());
        match sid {
            Some(sid) if !sid.value.is_empty() => format!("`{}`", visible(&sid.value)),
            Some(_) | None => format!("statement {}", statement.index.saturating_add(1)),
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
pub(crate) fn bounds(bytes: usize) -> Limits {
    let mut limits = Limits::default();
    limits.document_bytes = bytes;
    limits
}

/// The number of findings that are more serious than a suggestion.
pub(crate) fn worth(findings: &[Problem]) -> usize {
    findings.iter().filter(|finding| finding.level > iamgate::iam_policy::Level::Suggestion).count()
}
