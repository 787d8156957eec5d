//! Changes that would change the answer, and missing keys that matter.

use std::fmt::Write as _;

use iamgate::iam_eval::{Change, Decision, Flip, Grant, Lack, Layer, Part, Principal, Trace};
use iamgate::iam_json::visible;

use super::{heading, text};
use iamgate_verbs::Case;
use iamgate_verbs::words::{list, plural};

/// The maximum number of changes that are listed.
const CHANGES: usize = 6;

pub(super) fn write(out: &mut String, trace: &Trace<'_>, case: &Case) {
    changes(out, trace, case);
    keys(out, trace, case);
}

fn changes(out: &mut String, trace: &Trace<'_>, case: &Case) {
    let mut flips: Vec<&Flip> = trace.flips.iter().collect();
    // A statement about other actions is never near. Adding a statement is the same advice.
    flips.retain(|flip| flip.change != Change::Match(Part::Action));
    flips.sort_by_key(|flip| rank(flip.change));
    // Several that have to allow, and none of which suffices alone.
    let is_one_enough = |flip: &&Flip| flip.decision.is_allowed() && flip.layer != Layer::Resource;
    let together = trace.lacks.len() > 1 && !flips.iter().any(is_one_enough);
    if flips.is_empty() && !together {
        return;
    }
    heading(out, "The answer would be");
    if together {
        let all = trace.lacks.iter().map(|lack| lacking(lack.layer, lack.level, case));
        let all = list(all, "and");
        let _ =
            writeln!(out, "  {}  if each of these had a statement that allows it: {all}", Decision::Allowed);
    }
    let shown = flips.iter().take(CHANGES);
    let width = shown.clone().map(|flip| decision(flip.decision).len()).max().unwrap_or_default();
    for flip in shown {
        let _ = writeln!(out, "  {:width$}  if {}", decision(flip.decision), change(flip, trace, case));
    }
    let hidden = flips.len().saturating_sub(CHANGES);
    if hidden > 0 {
        let _ = writeln!(
            out,
            "  and by {}; --format json lists all",
            plural(hidden, "other change", "other changes")
        );
    }
    out.push('\n');
}

const fn rank(change: Change) -> u8 {
    match change {
        Change::Stop => 0,
        Change::Match(Part::Condition(_)) => 1,
        Change::Match(Part::Resource | Part::Principal) | Change::Name => 2,
        Change::AddAllow => 3,
        Change::Match(Part::Action) => 4,
    }
}

const fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::ExplicitDeny => "denied explicitly",
        Decision::ImplicitDeny => "denied",
        Decision::Depends => "depends",
    }
}

fn change(flip: &Flip, trace: &Trace<'_>, case: &Case) -> String {
    let layer = case.layer_name(flip.layer);
    let principal = &case.request.principal;
    let Some(at) = flip.statement else {
        return match (flip.layer, flip.grant.and_then(|grant| principal.named_as(grant)), flip.grant) {
            // Which entry would do is plain unless the weakest does not.
            (Layer::Resource, Some(name), Some(Grant::Limited | Grant::Direct)) => {
                format!("{layer} had a statement that allows it to {}", text(name))
            }
            (Layer::Scp | Layer::Rcp | Layer::Scope, ..) => added(flip.layer, flip.level, trace, case),
            (
                Layer::Identity | Layer::Boundary | Layer::Session | Layer::Resource | Layer::VpcEndpoint,
                ..,
            ) => format!("{layer} had a statement that allows it"),
        };
    };
    let name = case.statement_name(at);
    let statement = case.layers.policy(at.policy).and_then(|policy| policy.statements.get(at.index));
    match (flip.change, statement) {
        (Change::Match(Part::Condition(index)), Some(statement)) => match statement.conditions.get(index) {
            Some(test) => format!(
                "{} {} of {name} in {layer} were met",
                test.test.value,
                visible(test.key.value.as_str())
            ),
            None => format!("a condition of {name} in {layer} were met"),
        },
        (Change::Match(part), Some(statement)) => {
            format!("{} of {name} in {layer} matched", part.element(statement))
        }
        (Change::Name, _) => {
            let own = flip.grant.and_then(|grant| principal.named_as(grant)).unwrap_or_default();
            let only = trace.layers.iter().find(|own| own.layer == flip.layer).map(|own| own.grant);
            let what = match only {
                Some(Grant::Limited) => match principal {
                    Principal::FederatedUser { .. } => "its user",
                    Principal::AssumedRole { .. }
                    | Principal::IamUser { .. }
                    | Principal::Root { .. }
                    | Principal::AwsService { .. }
                    | Principal::Anonymous
                    | Principal::WebIdentity { .. }
                    | Principal::Saml { .. } => "its role",
                },
                Some(Grant::None | Grant::Account | Grant::Direct) | None => "its account",
            };
            format!("{name} in {layer} named {}; it names {what}", text(own))
        }
        (Change::Stop, _) => {
            let mut traces = trace.layers.iter().flat_map(|own| &own.statements);
            let unlisted =
                traces.find(|own| own.at == at).map(|own| own.unlisted.as_slice()).unwrap_or_default();
            let more = if unlisted.is_empty() {
                String::new()
            } else {
                let names = list(unlisted.iter().map(|own| format!("\"{}\"", visible(own))), "and");
                format!(", as it would not with {names} in its NotPrincipal")
            };
            format!("{name} in {layer} did not apply{more}")
        }
        (Change::Match(_), None) | (Change::AddAllow, _) => {
            format!("{layer} had a statement that allows it")
        }
    }
}

/// A layer that lacks an Allow statement, or the level of it. The level is not said if there is only one.
fn lacking(layer: Layer, level: Option<usize>, case: &Case) -> String {
    let name = case.layer_name(layer);
    let count = match layer {
        Layer::Scp => case.layers.scp.as_ref().map(Vec::len),
        Layer::Rcp => case.layers.rcp.as_ref().map(Vec::len),
        Layer::Scope => case.layers.scope.as_ref().map(Vec::len),
        Layer::Identity | Layer::Boundary | Layer::Session | Layer::Resource | Layer::VpcEndpoint => None,
    };
    match (level, count) {
        (Some(level), Some(count)) if count > 1 => format!("level {} of {name}", level.saturating_add(1)),
        (Some(_) | None, Some(_) | None) => name.to_owned(),
    }
}

/// What a level would have to have.
fn added(layer: Layer, level: Option<usize>, trace: &Trace<'_>, case: &Case) -> String {
    let place = lacking(layer, level, case);
    let is_silent = |lack: &Lack| (lack.layer, lack.level) == (layer, level) && lack.is_silent;
    let managed = match layer {
        Layer::Scp => "FullAWSAccess",
        Layer::Rcp => "RCPFullAWSAccess",
        Layer::Identity
        | Layer::Boundary
        | Layer::Session
        | Layer::Scope
        | Layer::Resource
        | Layer::VpcEndpoint => "",
    };
    if !managed.is_empty() && trace.lacks.iter().any(is_silent) {
        return format!(
            "{place} had {managed}, or another policy that allows it; nothing there allows anything"
        );
    }
    format!("{place} had a statement that allows it")
}

fn keys(out: &mut String, trace: &Trace<'_>, case: &Case) {
    if trace.keys.is_empty() {
        return;
    }
    heading(out, "Missing keys that matter");
    let width = trace.keys.iter().map(|key| visible(&key.key).chars().count()).max().unwrap_or_default();
    for key in &trace.keys {
        let state = if key.is_unknown { "is not known" } else { "is absent" };
        let mut names: Vec<String> = key.statements.iter().map(|at| case.statement_name(*at)).collect();
        names.dedup();
        let verb = if names.len() == 1 { "looks" } else { "look" };
        let _ = writeln!(
            out,
            "  {:width$}  {state}; {} {verb} at it",
            visible(&key.key),
            list(names.into_iter(), "and")
        );
    }
    out.push('\n');
}
