//! The changes that an explanation names change the decision as it says. A statement that would have to stop applying is removed. The one
//! element that does not match is made to match. (Elements that name principals, and Allows that would have to be added, have no single form to
//! try.)

use iam_eval::wire::{Wire, WireLimits};
use iam_eval::{Change, Flip, Layers, Part, Request};
use iam_policy::{ActionElement, ActionPattern, Mode, Span, Spanned, Statement};

use crate::input;

pub fn flips_come_true(data: &[u8]) {
    let Some(document) = input::text(data).and_then(input::document) else { return };
    let limits = WireLimits::default();
    let mut wire = Wire::new(&document, Mode::Deployed, &limits);
    let Ok(parts) = wire.parts(document.root()) else { return };
    let Ok(request) = wire.request(parts.request) else { return };
    let Ok(layers) = wire.layers(parts.policies, request.resource_kind) else { return };
    let trace = layers.explain(&request);
    for flip in &trace.flips {
        assert_ne!(flip.decision, trace.decision, "no change: {flip:?}: {}", document.text());
        try_out(&layers, &request, flip, document.text());
    }
}

fn try_out(layers: &Layers, request: &Request, flip: &Flip, text: &str) {
    let Some(at) = flip.statement else { return };
    if flip.change == Change::Match(Part::Principal) {
        return;
    }
    let Some(mut policy) = layers.policy(at.policy).map(|policy| (**policy).clone()) else {
        panic!("no policy of {flip:?}: {text}")
    };
    match flip.change {
        Change::Stop => drop(policy.statements.remove(at.index)),
        Change::Match(part) => make_match(&mut policy.statements[at.index], part),
        Change::AddAllow | Change::Name => return,
    }
    let changed = input::with_policy(layers, at.policy, &policy);
    assert_eq!(changed.decide(request), flip.decision, "{flip:?}: {text}");
}

fn make_match(statement: &mut Statement, part: Part) {
    match part {
        Part::Action => {
            let any = ActionPattern::parse("*").map(|any| Spanned::new(any, Span::new(0, 0)));
            statement.action = ActionElement::Action(any.into_iter().collect());
        }
        // The resource is then the one to which the policy is attached, so any will do.
        Part::Resource => statement.resource = None,
        Part::Condition(index) => drop(statement.conditions.remove(index)),
        Part::Principal => {}
    }
}
