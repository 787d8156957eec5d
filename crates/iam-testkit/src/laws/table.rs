//! The law of the table of layers: the decision that follows from the statements that apply (rules 5.2, 5.10 to 5.34 and 5.55).

use super::{Breach, Checked, Trial};
use crate::case::{Caller, Case, Layer, Principals, ResourceKind, partition};
use crate::format::{Decision, Held};
use crate::verdict::StatementPlace;

/// How strongly a resource policy grants.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Grant {
    None,
    Account,
    Limited,
    Direct,
}

pub(super) fn from_statements(trial: &mut Trial<'_, '_>) -> Checked {
    let Some(statements) = trial.verdict.statements.as_ref().filter(|s| s.perhaps.is_empty()) else {
        return Ok(super::Held::Idle);
    };
    let expected = decision(trial.case, &statements.applying);
    if expected == trial.verdict.decision {
        return Ok(super::Held::True);
    }
    let expected = format!("{} by the table of layers", expected.name());
    Err(Box::new(Breach { changed: None, expected, actual: trial.verdict.to_string() }))
}

fn decision(case: &Case, applying: &[StatementPlace]) -> Decision {
    let allows_at = |layer: Layer, level: usize| {
        applying
            .iter()
            .any(|p| p.layer == layer && p.level == level && statement(case, *p).is_some_and(|s| s.allow))
    };
    if applying.iter().any(|place| statement(case, *place).is_some_and(|s| !s.allow)) {
        return Decision::ExplicitDeny;
    }
    // A layer that does not exist or does not apply limits nothing.
    let limits = |layer: Layer| case.policies.contains_key(&layer) && case.bears(layer);
    let every_level = |layer: Layer| {
        let levels = case.policies.get(&layer).map_or(0, Vec::len);
        !limits(layer) || (levels > 0 && (0..levels).all(|level| allows_at(layer, level)))
    };
    let guards = every_level(Layer::Scope)
        && every_level(Layer::Scp)
        && every_level(Layer::Rcp)
        && (!limits(Layer::VpcEndpoint) || allows_at(Layer::VpcEndpoint, 0));
    let granted = applying
        .iter()
        .filter(|place| place.layer == Layer::Resource)
        .filter_map(|place| Some(strength(case, &statement(case, *place)?.principal)))
        .max()
        .unwrap_or(Grant::None);
    let principal = &case.request.principal;
    let is_root = matches!(principal, Caller::Root { .. });
    let needs_session = matches!(principal, Caller::FederatedUser { .. });
    // Rule 6.19.
    let of_root = matches!(principal, Caller::FederatedUser { user_arn, .. } if user_arn.ends_with(":root"));
    let identity = is_root || of_root || allows_at(Layer::Identity, 0);
    let boundary = is_root || !limits(Layer::Boundary) || allows_at(Layer::Boundary, 0);
    let session =
        is_root || if limits(Layer::Session) { allows_at(Layer::Session, 0) } else { !needs_session };
    let own = identity && boundary && session;
    let generic = case.request.resource_kind == ResourceKind::Generic;
    let allowed = if case.needs_no_permission() {
        true
    } else if principal.account().is_none() {
        granted > Grant::None
    } else if case.is_cross_partition() {
        false
    } else if case.is_cross_account() {
        own && granted > Grant::None
    } else {
        match granted {
            Grant::Direct => true,
            Grant::Limited => boundary && session,
            Grant::Account => own,
            Grant::None => own && generic,
        }
    };
    if guards && allowed { Decision::Allowed } else { Decision::ImplicitDeny }
}

fn statement(case: &Case, place: StatementPlace) -> Option<&crate::case::Statement> {
    case.policies.get(&place.layer)?.get(place.level)?.get(place.policy)?.statements.get(place.statement)
}

/// Whether the request lists this name of the service that makes it (rule 5.2).
fn is_listed(case: &Case, name: &str) -> bool {
    let mut context = case.request.context.iter();
    let held = context.find(|(key, _)| key.eq_ignore_ascii_case("aws:PrincipalServiceNamesList"));
    match held {
        Some((_, Held::One(one))) => one == name,
        Some((_, Held::Many(names))) => names.iter().any(|listed| listed == name),
        None => false,
    }
}

fn strength(case: &Case, principals: &Principals) -> Grant {
    let Principals::Listed { names, .. } = principals else { return Grant::Direct };
    let of = |(kind, name): &(&str, crate::case::Text)| match (&case.request.principal, *kind) {
        (Caller::AwsService { service }, "Service") if name == service || is_listed(case, name) => {
            Grant::Direct
        }
        // Rule 5.6.
        (Caller::AwsService { .. }, "AWS") if name == "*" => Grant::Direct,
        (Caller::WebIdentity { provider } | Caller::Saml { provider }, "Federated") if name == provider => {
            Grant::Direct
        }
        (Caller::AwsService { .. } | Caller::WebIdentity { .. } | Caller::Saml { .. }, _) => Grant::None,
        (_, "AWS") if name == "*" => Grant::Direct,
        (
            Caller::IamUser { arn, .. } | Caller::AssumedRole { arn, .. } | Caller::FederatedUser { arn, .. },
            "AWS",
        ) if name == arn => Grant::Direct,
        (Caller::AssumedRole { role_arn: arn, .. } | Caller::FederatedUser { user_arn: arn, .. }, "AWS")
            if name == arn && !arn.ends_with(":root") =>
        {
            Grant::Limited
        }
        (caller, "AWS") => {
            // The same number in another partition is another account (rule 7.46).
            let here = caller.arn().and_then(|arn| partition(arn)).unwrap_or("aws");
            let own = |account: &crate::case::Text| {
                name == account || *name == format!("arn:{here}:iam::{account}:root")
            };
            if caller.account().is_some_and(own) { Grant::Account } else { Grant::None }
        }
        _ => Grant::None,
    };
    names.iter().map(of).max().unwrap_or(Grant::None)
}
