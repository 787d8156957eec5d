//! The order in which the layers decide (part 5).

use crate::json::Json;
use crate::principal::Strength;
use crate::reading::{Point, Reading};
use crate::request::{Context, Request, contexts, only};
use crate::statement::{Said, statements};
use crate::{Decision, Layer, Place, Verdict};

/// Rule 4.5: the decision of every context that the request may have, if they agree. A statement that applies in some of them perhaps
/// applies.
pub(crate) fn verdict(request: &Json, policies: &Json, reading: &Reading) -> Result<Verdict, String> {
    let contexts = contexts(request)?.into_iter();
    let verdicts = contexts.map(|context| verdict_in(context, request, policies, reading));
    let mut verdicts = verdicts.collect::<Result<Vec<Verdict>, _>>()?.into_iter();
    let first = verdicts.next().ok_or("a request without context")?;
    Ok(verdicts.fold(first, |one, other| {
        let both: Vec<Place> =
            one.applying.iter().copied().filter(|place| other.applying.contains(place)).collect();
        let mut some = [one.applying, one.perhaps, other.applying, other.perhaps].concat();
        some.retain(|place| !both.contains(place));
        some.sort();
        some.dedup();
        let denials = [Decision::ExplicitDeny, Decision::ImplicitDeny];
        let decision = match (one.decision, other.decision) {
            (one, other) if one == other => one,
            // As in rule 7.44: what is not allowed either way is denied, although a Deny may apply.
            (one, other) if denials.contains(&one) && denials.contains(&other) => Decision::ImplicitDeny,
            _ => Decision::Depends,
        };
        Verdict { decision, applying: both, perhaps: some }
    }))
}

/// A layer that is asked: for each of its levels, the number of policies.
struct Asked {
    layer: Layer,
    levels: Vec<usize>,
}

/// Rules 5.10, 5.13, 5.15, 5.40, 5.41, 5.43, 5.52, 5.55, 7.44. Policies of layers that are not asked are read all the same.
fn verdict_in<'a>(
    context: Context<'a>,
    request: &'a Json,
    policies: &'a Json,
    reading: &'a Reading,
) -> Result<Verdict, String> {
    only(policies, "identity boundary session scope resource vpc_endpoint scp rcp")?;
    let member = |name: &str| policies.get(name).filter(|member| **member != Json::Null);
    let request = Request::read(request, member("boundary").is_some(), context, reading)?;
    // The layers that are asked, and the statements of these layers that may apply.
    let (mut layers, mut said) = (Vec::new(), Vec::new());
    let (has_account, linked) = (request.account.is_some(), request.service_linked);
    // Rule 5.41: whether RCPs apply to the action and the resource.
    let excluded = request.action.eq_ignore_ascii_case("kms:RetireGrant")
        || request.resource == "*" && reading.is_other(Point::RcpWithoutResource);
    for (layer, name, bears) in [
        (Layer::Identity, "identity", has_account),
        (Layer::Boundary, "boundary", has_account),
        (Layer::Session, "session", has_account),
        (Layer::Scope, "scope", has_account),
        (Layer::Resource, "resource", true),
        (Layer::VpcEndpoint, "vpc_endpoint", true),
        (Layer::Scp, "scp", has_account && !linked),
        (Layer::Rcp, "rcp", !linked && !excluded),
    ] {
        let bears = bears && (layer == Layer::VpcEndpoint || !request.needs_no_permission());
        let Some(member) = member(name) else { continue };
        let levels = match layer {
            Layer::Scope | Layer::Scp | Layer::Rcp => {
                member.array()?.iter().map(Json::array).collect::<Result<_, _>>()?
            }
            Layer::Resource => vec![std::slice::from_ref(member)],
            // A boundary may be given without a list.
            Layer::Boundary => vec![member.one_or_more()],
            Layer::Identity | Layer::Session | Layer::VpcEndpoint => vec![member.array()?],
        };
        for (level, policies) in levels.iter().enumerate() {
            for (policy, json) in policies.iter().enumerate() {
                let statements = statements(json, Place { layer, level, policy, statement: 0 }, &request)?;
                said.extend(statements.into_iter().filter(|_| bears));
            }
        }
        if bears {
            layers.push(Asked { layer, levels: levels.iter().map(|level| level.len()).collect() });
        }
    }
    let grants = |certain| grants(&request, &layers, &said, certain);
    let decision = if said.iter().any(|s| s.deny && s.certain) {
        Decision::ExplicitDeny
    } else if !grants(false) {
        Decision::ImplicitDeny
    } else if grants(true) && !said.iter().any(|s| s.deny) {
        Decision::Allowed
    } else {
        Decision::Depends
    };
    let places = |certain| said.iter().filter(|s| s.certain == certain).map(|s| s.place).collect();
    Ok(Verdict { decision, applying: places(true), perhaps: places(false) })
}

/// Rules 5.11 to 5.55 without the Denies. If `certain`, Allows that only may apply do not count.
fn grants(request: &Request<'_>, layers: &[Asked], said: &[Said], certain: bool) -> bool {
    let counting: Vec<&Said> = said.iter().filter(|s| !s.deny && (s.certain || !certain)).collect();
    let allowing = |layer: Layer| counting.iter().filter(move |s| s.place.layer == layer);
    // Rules 5.11, 5.12, 5.14, 7.37: whether every level of the layer has an Allow. `None` if there is no such layer. In the other answer
    // for several session policies, each of these must have one.
    let each = request.reading.is_other(Point::SessionPolicies);
    let allows = |layer: Layer| {
        let Asked { levels, .. } = layers.iter().find(|asked| asked.layer == layer)?;
        let of_level = |level| allowing(layer).filter(move |s| s.place.level == level);
        let each_of =
            |level, policies| (0..policies).all(|policy| of_level(level).any(|s| s.place.policy == policy));
        let level = |(level, policies): (usize, &usize)| {
            of_level(level).next().is_some()
                && (layer != Layer::Session || !each || each_of(level, *policies))
        };
        Some(!levels.is_empty() && levels.iter().enumerate().all(level))
    };
    // Rules 5.11, 5.12, 5.16, 5.34, 5.42, and the endpoint: no grant overrides these layers.
    let blocked =
        [Layer::Scope, Layer::VpcEndpoint, Layer::Scp, Layer::Rcp].map(allows).contains(&Some(false));
    // Rule 5.25. Part 5c: a federated user without session policy has none of the IAM user's permissions.
    let own = |layer: Layer, without: bool| request.who == "root" || allows(layer).unwrap_or(without);
    // Rule 6.19: whom the root user federates needs no identity policy.
    let of_root = request.behind.is_some_and(|user| user.ends_with(":root"));
    let (identity, boundary) = (of_root || own(Layer::Identity, false), own(Layer::Boundary, true));
    let session = own(Layer::Session, request.who != "federated_user");
    let own_side = identity && boundary && session;
    // Rules 5.13, 5.20 to 5.24, 5.30 to 5.34, 5.52, 5.55.
    match allowing(Layer::Resource).map(|s| s.strength).max() {
        _ if blocked => false,
        _ if request.needs_no_permission() => true,
        _ if request.crosses_partitions() => false,
        Some(_) if request.account.is_none() => true,
        Some(_) if !request.is_same_account() => own_side,
        Some(Strength::Direct) => true,
        Some(Strength::Limited) => boundary && session,
        Some(Strength::Account) => own_side,
        None => own_side && request.kind == "generic" && request.is_same_account(),
    }
}
