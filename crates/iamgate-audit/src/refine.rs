//! An answer for every value of what is unknown, by the analysis.

use std::sync::Arc;

use iam_trail::Stated;
use iamgate::iam_analysis::{Actions, ProofBudget};
use iamgate::iam_catalog::Lookup;
use iamgate::iam_eval::Readings;
use iamgate::{
    Action, ActionElement, Analysis, Condition, ContextValue, Decision, Doubt, Fact, IdentityStatement,
    Layers, Policy, Question, Request, ResourceElement, ResourcePattern, ResourcePolicies, Space, Verdict,
    space,
};

use crate::answer::{Answer, Missing, Says};
use crate::promise::Promise;
use crate::targets::On;

/// The steps of one question. One that needs more is rare, and its event is not proven.
const STEPS: ProofBudget = ProofBudget::DEFAULT;

/// What the plan says about an action on a resource of which not all is known, with what is stated about keys.
///
/// Two questions are asked: whether the plan allows a request of that kind, and whether there is one that it does not allow. Both cover every
/// resource that is open and every value of each key that is not stated. A denial also holds under every reading of the rules that the evidence leaves
/// open; an Allow holds under the first one, by which plans are made.
pub(crate) fn refined(
    promise: &Promise,
    details: &dyn Lookup,
    action: &Action,
    on: &On,
    stated: &Stated,
    keys: &[Box<str>],
) -> Answer {
    let Some(scope) = scope(on) else { return Answer::new(Says::Depends) };
    let mut analysis = Analysis::new(space_of(promise, details, stated, keys)).within(STEPS);
    let mut inside = promise.layers.clone();
    inside.scope = Some(vec![vec![Arc::clone(&scope)]]);
    let possible = Question::new(&inside).about(Actions::One(action.clone())).asked_by(&promise.principal);
    let granted = possible.clone().assuming(promise.assumed);
    let allows = analysis.never(&granted);
    if allows == Verdict::Holds {
        return Answer::new(Says::Denied);
    }
    let mut everything = Layers::new();
    everything.identity.push(Arc::new(Policy::everything()));
    everything.scope = Some(vec![vec![scope]]);
    let refused = Question::new(&everything)
        .about(Actions::One(action.clone()))
        .asked_by(&promise.principal)
        .beyond(&promise.layers);
    let denies = analysis.never(&refused);
    if denies.holds_at_first() {
        return Answer::new(Says::Allowed);
    }
    let mut answer = Answer::new(Says::Depends);
    if promise.assumed != ResourcePolicies::Given && analysis.never(&possible) == Verdict::Holds {
        answer.missing.push(Missing::ResourcePolicy);
    }
    for doubt in [&allows, &denies].into_iter().filter_map(doubts).flatten() {
        let missing =
            if matches!(doubt, Doubt::Readings { .. }) { Missing::Reading } else { Missing::Undecided };
        if !answer.missing.contains(&missing) {
            answer.missing.push(missing);
        }
    }
    let request = |verdict: Verdict| match verdict {
        Verdict::Fails(witness) => Some(witness.request),
        Verdict::Holds | Verdict::Unknown(_) => None,
    };
    answer.examples = Some(Box::new((request(allows), request(denies))));
    answer
}

fn doubts(verdict: &Verdict) -> Option<&Vec<Doubt>> {
    if let Verdict::Unknown(doubts) = verdict { Some(doubts) } else { None }
}

/// A policy that allows the resources that are open, to be put above the others. `None` if it cannot be written.
fn scope(on: &On) -> Option<Arc<Policy>> {
    let resources = match on {
        On::Anything => ResourceElement::any(),
        On::Exactly(arn) => {
            let mut text = String::new();
            crate::targets::escape(arn, &mut text);
            text.parse::<ResourcePattern>().ok()?.into()
        }
        On::Matching(patterns) => {
            let patterns: Result<Vec<ResourcePattern>, _> = patterns.iter().map(|own| own.parse()).collect();
            patterns.ok()?.into_iter().collect()
        }
    };
    Some(Arc::new(Policy::managed([IdentityStatement::allow(ActionElement::any(), resources)])))
}

/// The requests with what is stated about the keys that matter.
fn space_of(promise: &Promise, details: &dyn Lookup, stated: &Stated, keys: &[Box<str>]) -> Space {
    let policies = promise.layers.policies();
    let conditions: Vec<&Condition> = policies
        .flat_map(|(_, policy)| &policy.statements)
        .flat_map(|statement| &statement.conditions)
        .collect();
    let mut space = space(conditions, details);
    for key in keys {
        match stated.value(key) {
            None => space.set_fact(key, Fact::Absent),
            Some(ContextValue::Unknown) => {}
            Some(value) => space.set_fact(key, Fact::Value(value)),
        }
    }
    space
}

/// What the engine says about a request for every value of its unknown keys: denied under every reading and whatever a policy of the resource grants,
/// as far as that is assumed; allowed under the first reading. It may say that it depends where [`refined`] knows better.
pub(crate) fn decided(promise: &Promise, request: &Request) -> Says {
    let under = |layers: &Layers| layers.decide_under(request, Readings::OPEN);
    if promise.layers.decide(request) == Decision::Allowed {
        return Says::Allowed;
    }
    let least = match promise.assumed {
        ResourcePolicies::Given => under(&promise.layers),
        ResourcePolicies::NoneNamesTheSession => under(&promise.granted),
        // Only a Deny withstands whatever a policy of the resource grants.
        ResourcePolicies::Any => match under(&promise.layers) {
            Decision::ImplicitDeny => Decision::Depends,
            other @ (Decision::Allowed | Decision::ExplicitDeny | Decision::Depends) => other,
        },
    };
    match least {
        Decision::ExplicitDeny | Decision::ImplicitDeny => Says::Denied,
        Decision::Allowed | Decision::Depends => Says::Depends,
    }
}
