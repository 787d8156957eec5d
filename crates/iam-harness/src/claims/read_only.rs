//! `iamgate prove read-only`: each part of the promise of a profile.

use std::sync::Arc;

use iam_analysis::{ResourcePolicies, Verdict, VerdictKind};
use iam_catalog::{CatalogAction, SensitivityClass};
use iam_eval::{Decision, Layers, Reading, Request, action_matches};
use iam_policy::{ActionPattern, PolicyKind};
use iam_testkit::Source;
use iamgate::Claim;
use iamgate_verbs::{Granting, ReadOnlyArgs, read_only};

use super::bench::{Bench, Tally, contradicted, identity, read};
use super::draw::listed;
use super::fault::Fault;
use super::preview::principal;
use super::roles::{Promise, Session, flags, role_arn};
use super::sample::{Pool, reading};

/// The requests that are put to the claims of one case.
const SAMPLES: usize = 60;

pub(crate) const FAULTS: &[Fault] = &[
    Fault::DenyUnconditional,
    Fault::DenyEverywhere,
    Fault::AllowLost,
    Fault::NotActionIgnored,
    Fault::AllowUnconditional,
    Fault::ExceptionUnbounded,
];

pub(crate) fn case(bench: &Bench, source: &mut Source<'_>, fault: Option<Fault>) -> Result<Tally, String> {
    let Some(mut session) = Session::draw(source, fault, true) else { return Ok(Tally::refused()) };
    let any_role = source.chance(25);
    if any_role {
        session.layers.identity = identity([Arc::new(iam_policy::Policy::everything())]).identity;
        session.layers.boundary = None;
    }
    let resource_policies = *source.pick(&[Granting::NotTheSession, Granting::None, Granting::Any]);
    let args = ReadOnlyArgs {
        snapshot: (!any_role).then(|| "role".to_owned()),
        any_role,
        session: flags(),
        resource_policies,
        context: Vec::new(),
    };
    let world = bench.world(std::mem::take(&mut session.files));
    let Ok(answer) = read_only(&args, &world) else { return Ok(Tally::refused()) };
    let (catalog, _) = bench.built_in.actions().map_err(|error| error.to_string())?;
    let details = bench.built_in.details().map_err(|error| error.to_string())?;
    let documents = session.told();
    let mut tally = Tally::default();
    let claims = &answer.proof.claims;
    let promise = &session.promise;
    let parts = Part::all(promise);
    if parts.len() != claims.len() {
        return Err(format!("read-only: {} parts, and {} claims", parts.len(), claims.len()));
    }
    let judge = Judge::new(promise)?;
    let role = if any_role { role_arn().replace("role/r", "role/any") } else { role_arn() };
    let mut granted = Vec::new();
    for claim in claims {
        let layers = granting(&session.layers, claim.resource_policies, &role)?;
        tally.verdicts(claim.broken.iter().map(|own| &own.verdict));
        for own in &claim.broken {
            if let Verdict::Fails(witness) = &own.verdict
                && layers.decide(&witness.request) != Decision::Allowed
            {
                return Err(contradicted(&told(claim), &documents, &witness.request));
            }
        }
        granted.push(layers);
    }
    let policies = session.layers.policies().map(|(_, policy)| &**policy);
    let mut pool = Pool::new(policies, catalog, details);
    pool.principal = principal(&role);
    for _ in 0..SAMPLES {
        for request in pool.requests(source) {
            tally.tried();
            let under = reading(source);
            let action = catalog.action(request.action.as_str());
            for ((claim, part), layers) in claims.iter().zip(&parts).zip(&granted) {
                if claim.verdict() == VerdictKind::Holds
                    && layers.decide_under(&request, under) == Decision::Allowed
                    && judge.is_broken(part, action, &request, under)
                {
                    return Err(contradicted(&told(claim), &documents, &request));
                }
            }
        }
    }
    Ok(tally)
}

fn told(claim: &Claim) -> String {
    format!("prove read-only: {} ({:?})", claim.says, claim.resource_policies)
}

/// The session under the widest resource policy that an assumption leaves.
fn granting(layers: &Layers, assumed: ResourcePolicies, role: &str) -> Result<Layers, String> {
    let mut layers = layers.clone();
    let named = match assumed {
        ResourcePolicies::Given => return Ok(layers),
        ResourcePolicies::NoneNamesTheSession => role.to_owned(),
        ResourcePolicies::Any => {
            let session = role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/");
            format!("{session}/session")
        }
    };
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{named}"}},"Action":"*","Resource":"*"}}]}}"#
    );
    layers.resource = Some(read(&text, PolicyKind::Resource).ok_or("a resource policy that cannot be read")?);
    Ok(layers)
}

/// A part of a promise, in the order of the claims.
enum Part {
    Levels,
    Future,
    Never(Option<SensitivityClass>),
    Kept,
    Always,
}

impl Part {
    fn all(promise: &Promise) -> Vec<Self> {
        let mut parts = vec![Self::Levels, Self::Future];
        parts.extend(promise.never.iter().map(|name| Self::Never(SensitivityClass::from_name(name))));
        parts.push(Self::Kept);
        parts.extend((!promise.always.is_empty()).then_some(Self::Always));
        parts
    }
}

/// What a promise says of one request, as its page has it.
struct Judge<'p> {
    promise: &'p Promise,
    exceptions: Option<Layers>,
}

impl<'p> Judge<'p> {
    fn new(promise: &'p Promise) -> Result<Self, String> {
        let statement = |(actions, resources): &(Vec<&str>, Vec<&str>)| {
            let on = if resources.is_empty() { "\"*\"".to_owned() } else { listed(resources) };
            format!(r#"{{"Effect":"Allow","Action":[{}],"Resource":[{on}]}}"#, listed(actions))
        };
        let statements: Vec<String> = promise.exceptions.iter().map(statement).collect();
        let exceptions = if statements.is_empty() {
            None
        } else {
            let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
            Some(identity([read(&text, PolicyKind::Managed).ok_or("exceptions that cannot be read")?]))
        };
        Ok(Self { promise, exceptions })
    }

    fn is_broken(
        &self,
        part: &Part,
        action: Option<CatalogAction<'_>>,
        request: &Request,
        under: Reading,
    ) -> bool {
        let name = request.action.as_str();
        let matches = |patterns: &[&str]| {
            patterns
                .iter()
                .filter_map(|text| ActionPattern::parse(text))
                .any(|own| action_matches(&own, name))
        };
        // What needs no permission is no part of a promise, unless it is to be denied always (rule 5.55).
        if request.needs_no_permission() && !matches!(part, Part::Always) {
            return false;
        }
        let is_excepted = || {
            self.exceptions.as_ref().is_some_and(|own| own.decide_under(request, under) == Decision::Allowed)
        };
        let promise = self.promise;
        match (part, action) {
            (Part::Levels, Some(action)) => !promise.levels.contains(&action.level.name()) && !is_excepted(),
            (Part::Future, None) => !matches(&promise.future) && !is_excepted(),
            (Part::Never(Some(class)), Some(action)) => action.is_everywhere(*class),
            (Part::Kept, Some(action)) => {
                let mut classes = action.sensitivity.classes();
                classes.any(|class| action.is_everywhere(class)) && !matches(&promise.kept) && !is_excepted()
            }
            (Part::Always, Some(_)) => matches(&promise.always),
            (Part::Levels | Part::Never(_) | Part::Kept | Part::Always, None)
            | (Part::Future | Part::Never(None), Some(_)) => false,
        }
    }
}
