//! What every family of claims needs: built-in content, texts as files, and answers as numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_analysis::{Doubt, Verdict, VerdictKind};
use iam_eval::{Decision, Layers, Request, wire};
use iam_policy::value::Instant;
use iam_policy::{Limits, Mode, Policy, PolicyKind};
use iamgate_verbs::{BuiltIn, Texts};

/// The time of all questions.
pub(crate) const NOW: i64 = 1_795_000_000;

/// Built-in content, which a thread reads once.
pub(crate) struct Bench {
    pub(crate) built_in: BuiltIn,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { built_in: BuiltIn::complete() }
    }

    /// A world with these files.
    pub(crate) fn world(&self, files: impl IntoIterator<Item = (&'static str, String)>) -> Texts<'_> {
        let files = files.into_iter().map(|(path, text)| (path.to_owned(), text)).collect();
        Texts::new(files, &self.built_in, Instant::from_epoch_seconds(NOW))
    }
}

/// The answers of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Claims that hold, and that no request contradicted.
    pub(crate) held: u64,
    /// Claims that fail, with a request that the evaluator decides as the claim says.
    pub(crate) failed: u64,
    /// Claims that are open, by reason.
    pub(crate) unknown: BTreeMap<&'static str, u64>,
    /// Requests, tokens and callers that were put to claims.
    pub(crate) tried: u64,
    /// Questions that a verb refuses, such as those with a policy that AWS does not permit.
    pub(crate) refused: u64,
}

impl Tally {
    pub(crate) fn claims(&self) -> u64 {
        self.unknown.values().fold(self.held.saturating_add(self.failed), |sum, own| sum.saturating_add(*own))
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.held = self.held.saturating_add(other.held);
        self.failed = self.failed.saturating_add(other.failed);
        self.tried = self.tried.saturating_add(other.tried);
        self.refused = self.refused.saturating_add(other.refused);
        for (why, count) in &other.unknown {
            self.open(why, *count);
        }
    }

    fn open(&mut self, why: &'static str, count: u64) {
        let own = self.unknown.entry(why).or_default();
        *own = own.saturating_add(count);
    }

    pub(crate) fn refused() -> Self {
        Self { refused: 1, ..Self::default() }
    }

    /// Counts a claim.
    pub(crate) fn claim(&mut self, kind: VerdictKind, why: &'static str) {
        match kind {
            VerdictKind::Holds => self.held = self.held.saturating_add(1),
            VerdictKind::Fails => self.failed = self.failed.saturating_add(1),
            VerdictKind::Unknown => self.open(why, 1),
        }
    }

    pub(crate) fn tried(&mut self) {
        self.tried = self.tried.saturating_add(1);
    }

    /// Counts the claim that some verdicts are the answers to.
    pub(crate) fn verdicts<'v>(
        &mut self,
        verdicts: impl IntoIterator<Item = &'v Verdict> + Clone,
    ) -> VerdictKind {
        let kind = VerdictKind::together(verdicts.clone().into_iter().map(Verdict::kind));
        self.claim(kind, verdicts.into_iter().find_map(why).unwrap_or("no reason"));
        kind
    }
}

/// The first reason why a verdict is open.
fn why(verdict: &Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Holds | Verdict::Fails(_) => None,
        Verdict::Unknown(doubts) => Some(doubts.first().map_or("no reason", doubt)),
    }
}

/// The reason of a doubt in a word.
pub(crate) const fn doubt(doubt: &Doubt) -> &'static str {
    match doubt {
        Doubt::OutOfSteps { .. } => "steps",
        Doubt::MixedTypes { .. } => "mixed types",
        Doubt::Variables { .. } => "variables",
        Doubt::Characters { .. } => "characters",
        Doubt::Unidentified { .. } => "unidentified",
        Doubt::Unasked { .. } => "unasked",
        Doubt::Readings { .. } => "readings",
        Doubt::Defect { .. } => "defect",
    }
}

/// A policy of a text. `None` if it is refused.
pub(crate) fn read(text: &str, kind: PolicyKind) -> Option<Arc<Policy>> {
    Policy::parse(text, kind, Mode::Deployed, &Limits::default()).ok().map(Arc::new)
}

/// Layers with identity policies only.
pub(crate) fn identity(policies: impl IntoIterator<Item = Arc<Policy>>) -> Layers {
    let mut layers = Layers::new();
    layers.identity.extend(policies);
    layers
}

pub(crate) fn allows(layers: &Layers, request: &Request) -> bool {
    layers.decide(request) == Decision::Allowed
}

/// The error that a claim is contradicted.
pub(crate) fn contradicted(claim: &str, documents: &[&str], request: &Request) -> String {
    format!("{claim}\n{}\n{}", documents.join("\n"), wire::request_json(request))
}
