//! Generated cases in which the decision depends on many parts.
//!
//! A case that is drawn blindly is nearly always denied for a trivial reason. [`case`] draws the request first, and then aims each
//! statement at it: the statement applies (*hit*), fails to apply by one character, value or key (*near miss*), or is arbitrary. The keys,
//! operators and values of a condition fit each other. AWS would accept every case. [`hostile`] draws the opposite: texts that no reader
//! should accept.
//!
//! [`crate::Census`] counts what was drawn. A test checks that the shares are large enough.

mod condition;
mod crowd;
mod hostile;
mod policy;
mod pool;
mod request;
mod text;

use std::collections::BTreeMap;

pub(crate) use condition::{FAMILIES, Family, Sample, is_for_sessions, test_of};
pub use crowd::crowd;
pub use hostile::hostile;
pub(crate) use policy::{Aim, covering, levels, statement};
pub(crate) use pool::absent_key;
pub(crate) use text::{glob, swap_case};

use crate::case::{Case, Layer};
use crate::source::Source;

/// Draws a decision case.
pub fn case(source: &mut Source<'_>) -> Case {
    let mut case = Case { request: request::request(source), policies: BTreeMap::new() };
    let plan = source.below(100);
    // A larger chance of a hit allows more requests. A Deny that hits is added last.
    let hit = if plan < 75 { 97 } else { 45 };
    for (layer, percent) in layers(&case, source) {
        if source.chance(percent) {
            let levels = policy::levels(source, &case, layer, hit);
            case.policies.insert(layer, levels);
        }
    }
    if (46..75).contains(&plan) {
        deny_somewhere(source, &mut case);
    }
    if source.chance(9) {
        request::forget(source, &mut case);
    }
    case
}

/// The layers, each with the percentage of cases that have it.
fn layers(case: &Case, source: &mut Source<'_>) -> [(Layer, usize); 8] {
    use crate::case::{Caller, ResourceKind};
    let own_policy = case.request.resource_kind != ResourceKind::Generic
        || case.is_cross_account()
        || case.request.principal.account().is_none();
    let is_federated = matches!(case.request.principal, Caller::FederatedUser { .. });
    let simple = source.chance(35);
    let of = |percent: usize| if simple { percent.checked_div(4).unwrap_or(0) } else { percent };
    [
        (Layer::Identity, 97),
        (Layer::Boundary, of(26)),
        (Layer::Session, if is_federated { 92 } else { of(40) }),
        (Layer::Scope, of(14)),
        (Layer::Resource, if own_policy { 97 } else { of(50) }),
        (Layer::VpcEndpoint, of(16)),
        (Layer::Scp, of(28)),
        (Layer::Rcp, of(22)),
    ]
}

/// Adds a Deny that applies to one of the documents that apply to the request.
fn deny_somewhere(source: &mut Source<'_>, case: &mut Case) {
    let bearing: Vec<Layer> =
        case.documents().map(|(layer, _)| layer).filter(|layer| case.bears(*layer)).collect();
    let Some(layer) = source.choose(&bearing).copied() else { return };
    let variables = source.chance(90);
    let deny = statement(source, case, layer, false, Aim::Hit, variables);
    let fitting: Vec<usize> = case
        .documents()
        .enumerate()
        .filter(|(_, (l, d))| *l == layer && d.variables == variables)
        .map(|(i, _)| i)
        .collect();
    let document = source.choose(&fitting).and_then(|number| case.document_mut(*number));
    if let Some(document) = document {
        let position = source.below(document.statements.len().saturating_add(1));
        document.statements.insert(position.min(document.statements.len()), deny);
    }
}
