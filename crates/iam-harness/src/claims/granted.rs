//! `iamgate prove not-granted`: some actions, on some resources, are never allowed.

use iam_analysis::VerdictKind;
use iam_eval::{Decision, Layers};
use iam_policy::PolicyKind;
use iam_testkit::Source;
use iamgate_verbs::{NotGrantedArgs, not_granted};

use super::bench::{Bench, Tally, contradicted, identity, read};
use super::diff::replayed;
use super::draw::{Drawer, document, listed};
use super::fault::{Fault, planted};
use super::sample::{Pool, reading};

/// The requests that are put to the claim of one case.
const SAMPLES: usize = 60;

pub(crate) const FAULTS: &[Fault] = &[
    Fault::DenyUnconditional,
    Fault::DenyEverywhere,
    Fault::AllowLost,
    Fault::NotActionIgnored,
    Fault::AllowUnconditional,
];

pub(crate) fn case(bench: &Bench, source: &mut Source<'_>, fault: Option<Fault>) -> Result<Tally, String> {
    let mut drawer = Drawer::new(source);
    let own = drawer.statements(4);
    let text = document(&own);
    let mut actions = drawer.actions();
    actions.retain(|text| *text != "*" || own.len() > 2);
    if actions.is_empty() {
        actions.push("s3:GetObject");
    }
    let mut resources = if drawer.source.chance(40) { drawer.resources() } else { Vec::new() };
    resources.retain(|text| !text.contains("${"));
    let (Some(asked), Some(policy)) =
        (planted(&text, PolicyKind::Managed, fault), read(&text, PolicyKind::Managed))
    else {
        return Ok(Tally::refused());
    };
    let world = bench.world([("policy.json", asked)]);
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let args = NotGrantedArgs {
        policies: vec!["policy.json".to_owned()],
        action: owned(&actions),
        resource: owned(&resources),
    };
    let Ok(answer) = not_granted(&args, &world) else { return Ok(Tally::refused()) };
    let (catalog, _) = bench.built_in.actions().map_err(|error| error.to_string())?;
    let details = bench.built_in.details().map_err(|error| error.to_string())?;
    // Only requests of the question can be allowed.
    let mut layers = identity([policy.clone()]);
    let on = if resources.is_empty() { "\"*\"".to_owned() } else { listed(&resources) };
    let bound = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":[{}],"Resource":[{on}]}}]}}"#,
        listed(&actions)
    );
    layers.boundary = Some(vec![read(&bound, PolicyKind::Boundary).ok_or("a question that cannot be read")?]);
    let documents = [text.as_str(), bound.as_str()];
    let mut tally = Tally::default();
    let kind = tally.verdicts(answer.answers.iter().map(|own| &own.verdict));
    if !answer.asks_for_identity {
        replayed(&answer.answers, &layers, &Layers::new(), "not-granted", &documents)?;
    }
    if kind != VerdictKind::Holds {
        return Ok(tally);
    }
    let mut pool = Pool::new([&*policy], catalog, details);
    pool.ask(&args.action, &args.resource);
    for _ in 0..SAMPLES {
        for request in pool.requests(source) {
            tally.tried();
            if layers.decide_under(&request, reading(source)) == Decision::Allowed
                && !request.needs_no_permission()
            {
                return Err(contradicted("prove not-granted: proven", &documents, &request));
            }
        }
    }
    Ok(tally)
}
