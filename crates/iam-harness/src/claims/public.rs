//! `iamgate prove no-public`: nobody outside some accounts and organizations is let in, and no service acts for somebody outside.

use iam_analysis::{CallerKind, Verdict, VerdictKind};
use iam_engines::CallerQuestion;
use iam_eval::{Decision, Layers};
use iam_policy::{Policy, PolicyKind};
use iam_testkit::Source;
use iamgate_verbs::{NoPublicArgs, no_public};
use std::sync::Arc;

use super::bench::{Bench, Tally, allows, contradicted, read};
use super::callers::{Crowd, request};
use super::fault::{Fault, planted};
use super::sample::{Pool, reading};

/// The callers that are put to the claims of one case.
const SAMPLES: usize = 80;

pub(crate) const FAULTS: &[Fault] =
    &[Fault::DenyUnconditional, Fault::AllowLost, Fault::AccountUntied, Fault::AllowUnconditional];

/// Layers in which only the policy of the resource limits callers of a kind.
pub(crate) fn layers(kind: CallerKind, policy: Option<Arc<Policy>>) -> Layers {
    let everything = Arc::new(Policy::everything());
    let mut layers = Layers::new();
    layers.resource = policy;
    layers.identity.push(Arc::clone(&everything));
    layers.session = (kind == CallerKind::FederatedUser).then(|| vec![everything]);
    layers
}

pub(crate) fn case(bench: &Bench, source: &mut Source<'_>, fault: Option<Fault>) -> Result<Tally, String> {
    let Some(question) = CallerQuestion::draw(source) else { return Ok(Tally::refused()) };
    let Some(text) = question.resource_policy().map(str::to_owned) else { return Ok(Tally::refused()) };
    let (Some(asked), Some(policy)) =
        (planted(&text, PolicyKind::Resource, fault), read(&text, PolicyKind::Resource))
    else {
        return Ok(Tally::refused());
    };
    let inside = &question.inside;
    let args = NoPublicArgs {
        policy: "policy.json".to_owned(),
        owner: inside.owner.as_str().to_owned(),
        trust: inside.accounts.iter().map(|own| own.as_str().to_owned()).collect(),
        organization: inside.organizations.iter().map(|own| (**own).to_owned()).collect(),
    };
    let Ok(answer) = no_public(&args, &bench.world([("policy.json", asked)])) else {
        return Ok(Tally::refused());
    };
    let (catalog, _) = bench.built_in.actions().map_err(|error| error.to_string())?;
    let details = bench.built_in.details().map_err(|error| error.to_string())?;
    let found = &answer.outsiders;
    let documents = [text.as_str()];
    let mut tally = Tally::default();
    let people = || found.let_in.iter().flat_map(|own| &own.answers).map(|own| &own.verdict);
    let services = || found.services.iter().flat_map(|own| &own.answers).map(|own| &own.verdict);
    let on_people = tally.verdicts(people().collect::<Vec<_>>());
    // Services are not told of a statement that lets in callers of every other kind.
    let is_public = found.let_in.iter().any(|own| own.kinds.len() == CallerKind::PEOPLE.len());
    let on_services =
        if is_public { VerdictKind::Unknown } else { tally.verdicts(services().collect::<Vec<_>>()) };
    let is_outside = |account: &str| {
        inside.owner.as_str() != account && !inside.accounts.iter().any(|own| own.as_str() == account)
    };
    for verdict in people().chain(services()) {
        if let Verdict::Fails(witness) = verdict {
            let own = &witness.request;
            let is_federated = matches!(own.principal, iam_eval::Principal::FederatedUser { .. });
            let kind = if is_federated { CallerKind::FederatedUser } else { CallerKind::Session };
            let is_stranger = own.principal.account().is_none_or(is_outside);
            if !allows(&layers(kind, Some(policy.clone())), own) || !is_stranger {
                return Err(contradicted(
                    "prove no-public: a caller is shown, and is not let in",
                    &documents,
                    own,
                ));
            }
        }
    }
    if on_people != VerdictKind::Holds && on_services != VerdictKind::Holds {
        return Ok(tally);
    }
    let (pool, crowd) = (Pool::new([&*policy], catalog, details), Crowd::new([&*policy]));
    let kinds = |kind: CallerKind| {
        if kind == CallerKind::Service {
            on_services == VerdictKind::Holds
        } else {
            on_people == VerdictKind::Holds
        }
    };
    let kinds: Vec<CallerKind> = CallerKind::ALL.into_iter().filter(|kind| kinds(*kind)).collect();
    let is_strange = |id: &str| !inside.organizations.iter().any(|own| **own == *id);
    for _ in 0..SAMPLES {
        // Callers of the kind that the policy was drawn for are the most interesting.
        let Some(kind) = source.choose(&kinds).copied() else { break };
        let kind = if kinds.contains(&question.kind) && source.chance(60) { question.kind } else { kind };
        let Some(account) = crowd.account(source, is_outside) else { continue };
        let Some(caller) = crowd.caller(source, kind, &account, is_strange) else { continue };
        // The sources of services that belong to nobody are taken for resources inside.
        let is_own = caller.1.value("aws:SourceArn").is_some_and(|value| {
            found.own_resources.iter().any(|own| *value == iam_eval::ContextValue::single(own.clone()))
        });
        if kind == CallerKind::Service && is_own {
            continue;
        }
        let Some(request) = request(&pool, source, kind, caller, inside.owner.as_str()) else { continue };
        tally.tried();
        if layers(kind, Some(policy.clone())).decide_under(&request, reading(source)) == Decision::Allowed
            && !request.needs_no_permission()
        {
            return Err(contradicted(
                &format!("prove no-public: none of the {} is let in", kind.description()),
                &documents,
                &request,
            ));
        }
    }
    Ok(tally)
}
