//! `iamgate shrink`: a shorter policy that allows the same, or at least as much.

use iam_analysis::VerdictKind;
use iam_eval::{Decision, Layers};
use iam_policy::PolicyKind;
use iam_testkit::Source;
use iamgate_verbs::{ReadMode, ShrinkArgs, shrink};

use super::bench::{Bench, Tally, allows, contradicted, identity, read};
use super::diff::{Listed, replayed};
use super::draw::{Drawer, document};
use super::fault::{Fault, planted};
use super::sample::{Pool, reading};

/// The requests that are put to the claims of one case.
const SAMPLES: usize = 60;

pub(crate) const FAULTS: &[Fault] =
    &[Fault::DenyUnconditional, Fault::AllowLost, Fault::NotActionIgnored, Fault::AllowUnconditional];

pub(crate) fn case(bench: &Bench, source: &mut Source<'_>, fault: Option<Fault>) -> Result<Tally, String> {
    let mut drawer = Drawer::new(source);
    let mut own = drawer.statements(4);
    // Statements that can be put together.
    let more = drawer.changed(&own);
    own.extend(more);
    let text = document(&own);
    let (Some(asked), Some(policy)) =
        (planted(&text, PolicyKind::Managed, fault), read(&text, PolicyKind::Managed))
    else {
        return Ok(Tally::refused());
    };
    let may_add = source.chance(40);
    let fit = if may_add { *source.pick(&[150, 250, 400, 2048]) } else { 2048 };
    let args = ShrinkArgs {
        policy: "policy.json".to_owned(),
        fit: Some(fit),
        kind: None,
        owner: None,
        may_add,
        mode: ReadMode::Deployed,
    };
    let Ok(answer) = shrink(&args, &bench.world([("policy.json", asked)])) else {
        return Ok(Tally::refused());
    };
    let (catalog, _) = bench.built_in.actions().map_err(|error| error.to_string())?;
    let details = bench.built_in.details().map_err(|error| error.to_string())?;
    let fitted = &answer;
    // A reader of the answer has the text of the policy.
    let short = fitted.policy.to_string();
    let Some(shorter) = read(&short, PolicyKind::Managed) else {
        return Err(format!("shrink: a policy that cannot be read again\n{text}\n{short}"));
    };
    let documents = [text.as_str(), short.as_str()];
    let (given, shorter_layers) = (identity([policy.clone()]), identity([shorter.clone()]));
    let mut tally = Tally::default();
    let covers = tally.verdicts([&fitted.covers]);
    let adds = tally.verdicts(fitted.adds.iter().map(|own| &own.verdict));
    if !may_add && adds != VerdictKind::Holds {
        return Err(format!("shrink: may not add and adds\n{text}\n{short}"));
    }
    replayed(&fitted.adds, &shorter_layers, &given, "shrink: adds", &documents)?;
    let adds = Listed::new(&fitted.adds);
    let pool = Pool::new([&*policy, &*shorter], catalog, details);
    for _ in 0..SAMPLES {
        for request in pool.requests(source) {
            tally.tried();
            let under = reading(source);
            let may = |layers: &Layers| layers.decide_under(&request, under) == Decision::Allowed;
            let (before, after) = (may(&given), may(&shorter_layers));
            if before && !after && covers == VerdictKind::Holds {
                return Err(contradicted("shrink: allows all that was allowed", &documents, &request));
            }
            let known = catalog.action(request.action.as_str()).is_some();
            if after && !before && !adds.has(&request, known) {
                return Err(contradicted("shrink: adds nothing", &documents, &request));
            }
        }
    }
    if let iam_analysis::Verdict::Fails(witness) = &fitted.covers
        && (!allows(&given, &witness.request) || allows(&shorter_layers, &witness.request))
    {
        return Err(contradicted(
            "shrink: does not cover, and its request does not show it",
            &documents,
            &witness.request,
        ));
    }
    Ok(tally)
}
