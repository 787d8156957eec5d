//! `decide` and `explain` agree on a case, and give the same result again, through either entry. Its policies, printed and read back, give the
//! same decision. A case that strict reading accepts is decided the same in deployed mode.

use iam_eval::session;
use iam_eval::wire::{self, Wire, WireLimits};
use iam_eval::{Decision, Layers};
use iam_policy::value::Instant;
use iam_policy::{Mode, Policy};

use crate::input::{self, with_policies};

pub fn decide_is_explained(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    let strict = decide(text, Mode::Strict);
    let deployed = decide(text, Mode::Deployed);
    assert!(strict.is_none() || strict == deployed, "strict {strict:?}, deployed {deployed:?}: {text}");
}

fn decide(text: &str, mode: Mode) -> Option<Decision> {
    let document = input::document(text)?;
    let mut limits = WireLimits::default();
    limits.policy = input::limits();
    let mut wire = Wire::new(&document, mode, &limits);
    // The other input format at this entry reads or refuses, without a panic.
    let _ = session::wire::opening(document.root(), Instant::from_epoch_seconds(0));
    let parts = wire.parts(document.root()).ok()?;
    let request = wire.request(parts.request).ok()?;
    let layers = wire.layers(parts.policies, request.resource_kind).ok()?;
    let decision = layers.decide(&request);
    assert_eq!(layers.decide(&request), decision, "not the same again: {text}");
    assert_eq!(wire::decide(parts.request, parts.policies, mode, &limits), Ok(decision), "{text}");
    let trace = layers.explain(&request);
    assert_eq!(trace.decision, decision, "explained otherwise: {text}");
    for at in &trace.deciding {
        let policy = layers.policy(at.policy).unwrap_or_else(|| panic!("no policy at {at:?}: {text}"));
        assert!(at.index < policy.statements.len(), "no statement at {at:?}: {text}");
    }
    let unknown = request.context.iter().any(|(_, value)| *value == iam_eval::ContextValue::Unknown);
    assert!(unknown || decision != Decision::Depends, "depends on nothing: {text}");
    let printed: Layers = with_policies(&layers, |policy| {
        Policy::parse(&policy.to_json(), policy.kind, mode, &limits.policy)
            .unwrap_or_else(|report| panic!("{} does not read back: {report}", policy.to_json()))
    });
    assert_eq!(printed, layers, "{text}");
    assert_eq!(printed.decide(&request), decision, "decides otherwise once printed: {text}");
    Some(decision)
}
