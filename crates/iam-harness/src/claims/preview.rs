//! `iamgate preview`: which actions are never possible, which are for every request, and that no others than the listed ones change anything.

use std::collections::BTreeMap;

use iam_analysis::{Reach, VerdictKind};
use iam_eval::{ContextValue, Principal, Request};
use iam_testkit::Source;
use iamgate::RoleArn;
use iamgate_verbs::{PreviewArgs, Previewed};

use super::bench::{Bench, Tally, allows, contradicted};
use super::fault::Fault;
use super::roles::{Session, flags, role_arn};
use super::sample::Pool;

/// The requests that are put to the claims of one case.
const SAMPLES: usize = 60;

pub(crate) const FAULTS: &[Fault] = &[
    Fault::DenyUnconditional,
    Fault::DenyEverywhere,
    Fault::AllowLost,
    Fault::NotActionIgnored,
    Fault::AllowUnconditional,
    Fault::BoundaryInvented,
];

/// A session of a role.
pub(crate) fn principal(arn: &str) -> Option<Principal> {
    let role: RoleArn = arn.parse().ok()?;
    let session = arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/");
    Some(Principal::assumed_role(&format!("{session}/session").parse().ok()?, &role))
}

pub(crate) fn case(bench: &Bench, source: &mut Source<'_>, fault: Option<Fault>) -> Result<Tally, String> {
    let has_promise = source.chance(50);
    let Some(mut session) = Session::draw(source, fault, has_promise) else { return Ok(Tally::refused()) };
    let tag = match source.below(4) {
        0 => Some(("team=a", Some(ContextValue::single("a")))),
        1 => Some(("team", None)),
        _ => None,
    };
    let args = PreviewArgs {
        snapshot: "role".to_owned(),
        session: flags(),
        for_tag: tag.iter().map(|(text, _)| (*text).to_owned()).collect(),
        before_role: None,
        before_profile: None,
        before_catalogue: None,
    };
    let world = bench.world(std::mem::take(&mut session.files));
    let Ok(previewed) = Previewed::read(&args, &world) else { return Ok(Tally::refused()) };
    let answer = previewed.preview(&world).map_err(|error| error.to_string())?;
    let (catalog, _) = bench.built_in.actions().map_err(|error| error.to_string())?;
    let details = bench.built_in.details().map_err(|error| error.to_string())?;
    let preview = &answer.preview;
    let documents = session.told();
    let layers = &session.layers;
    let mut tally = Tally::default();
    // The claim that all other actions are never possible, and one for each group of those that are.
    tally.claim(VerdictKind::Holds, "");
    let mut reach_of: BTreeMap<String, Reach> = BTreeMap::new();
    for group in &preview.reaches {
        let kind = match group.reach {
            Reach::Always => VerdictKind::Holds,
            Reach::Limited { .. } => VerdictKind::Fails,
            Reach::Unknown => VerdictKind::Unknown,
        };
        tally.claim(kind, "reach");
        let shown: [(Option<&Request>, bool); 2] =
            [(group.allowed.as_ref(), true), (group.refused.as_ref(), false)];
        for (request, is_allowed) in shown {
            if let Some(request) = request
                && allows(layers, request) != is_allowed
            {
                return Err(contradicted(
                    &format!("preview: an example is not {is_allowed}"),
                    &documents,
                    request,
                ));
            }
        }
        reach_of.extend(group.actions.iter().map(|name| (name.to_ascii_lowercase(), group.reach)));
    }
    let not_read =
        |name: &str| preview.not_read.iter().any(|own| own.action.to_string().eq_ignore_ascii_case(name));
    let mut pool = Pool::new(layers.policies().map(|(_, policy)| &**policy), catalog, details);
    pool.principal = principal(&role_arn());
    if let Some((_, value)) = tag {
        pool.know("aws:PrincipalTag/team", value);
    }
    for _ in 0..SAMPLES {
        for request in pool.requests(source) {
            let name = request.action.as_str();
            let Some(action) = catalog.action(name) else { continue };
            tally.tried();
            let is_allowed = allows(layers, &request);
            let reach = reach_of.get(&name.to_ascii_lowercase());
            let wrong = match reach {
                None => is_allowed.then_some("is never possible"),
                Some(Reach::Always) => (!is_allowed).then_some("is possible for every request"),
                Some(Reach::Limited { .. } | Reach::Unknown) => None,
            };
            let changes = is_allowed && !action.level.is_read_only() && !not_read(name);
            let wrong = wrong.or(changes.then_some("is not among those that change something"));
            if let Some(says) = wrong {
                return Err(contradicted(&format!("preview: {name} {says}"), &documents, &request));
            }
        }
    }
    Ok(tally)
}
