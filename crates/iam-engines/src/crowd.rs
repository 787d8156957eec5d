//! Comparison of the index with a scan over all statements, on large sets of policies.

use std::sync::Arc;

use iam_eval::{Layers, Program};
use iam_policy::{Limits, Mode, Policy};
use iam_testkit::case::{Case, Spelling, document_text};
use iam_testkit::{Source, generate};

use crate::convert;

/// The amount of work in such a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Crowds {
    /// The number of requests.
    pub requests: u64,
    /// The number of statements in the policies of each request, summed over the requests.
    pub statements: u64,
    /// The number of statements that applied, summed over the requests.
    pub applying: u64,
    /// The number of policies that were replaced in a program.
    pub replaced: u64,
}

impl Crowds {
    /// Adds the numbers of another comparison.
    pub fn add(&mut self, others: &Self) {
        self.requests = self.requests.saturating_add(others.requests);
        self.statements = self.statements.saturating_add(others.statements);
        self.applying = self.applying.saturating_add(others.applying);
        self.replaced = self.replaced.saturating_add(others.replaced);
    }
}

/// Compares a program with its layers on the requests of one crowd of a seed.
///
/// Verdict, statements and cost must agree, also after policies have been replaced.
///
/// # Errors
/// The difference, with the case.
pub fn crowd(seed: u64, number: u64) -> Result<Crowds, String> {
    let mut source = Source::of_case(seed, number);
    let size = 4_usize.saturating_add(source.below(60));
    let cases = generate::crowd(&mut source, size);
    let Some(first) = cases.first() else { return Ok(Crowds::default()) };
    let layers = layers(first)?;
    let mut program = layers.compile();
    let mut crowds = compare(&cases, &program, &layers)?;
    // Each policy of a layer moves to the place of the one before it. The index must forget the old policy and add the new one.
    let all: Vec<_> = layers.policies().map(|(place, policy)| (place, policy.clone())).collect();
    for pair in all.windows(2) {
        if let [(place, _), (other, policy)] = pair
            && place.layer == other.layer
            && source.chance(50)
        {
            program.replace(*place, policy.clone()).ok_or("a policy that is there cannot be replaced")?;
            crowds.replaced = crowds.replaced.saturating_add(1);
        }
    }
    let changed = program.layers().clone();
    crowds.add(&compare(&cases, &program, &changed)?);
    Ok(crowds)
}

fn compare(cases: &[Case], program: &Program, layers: &Layers) -> Result<Crowds, String> {
    let count: usize = layers.policies().map(|(_, policy)| policy.statements.len()).sum();
    let mut crowds = Crowds::default();
    for case in cases {
        let request = convert::request(case)?;
        let (indexed, scanned) = (program.applying(&request), layers.applying(&request));
        let decided = [program.decide(&request), layers.decide(&request)];
        if indexed != scanned || decided != [scanned.0, scanned.0] {
            let (one, other) = (convert::verdict(indexed), convert::verdict(scanned));
            return Err(format!(
                "with index {one}\nwithout {other}\ndecided {decided:?}\n{}",
                case.to_json()
            ));
        }
        crowds.requests = crowds.requests.saturating_add(1);
        crowds.statements = crowds.statements.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        let applying = u64::try_from(scanned.1.len()).unwrap_or(u64::MAX);
        crowds.applying = crowds.applying.saturating_add(applying);
    }
    Ok(crowds)
}

fn layers(case: &Case) -> Result<Layers, String> {
    let mut limits = Limits::default();
    limits.document_bytes = usize::MAX;
    limits.statements = usize::MAX;
    let kind = convert::kind(case.request.resource_kind);
    convert::layers(case, |document, layer| {
        let kind = Layers::kind_of(convert::engine_layer(layer), kind);
        let text = document_text(document, layer, Spelling::default());
        let read = Policy::parse(&text, kind, Mode::Deployed, &limits);
        read.map(Arc::new).map_err(|report| format!("{report}\n{text}"))
    })
}
