//! `iamgate diff`: what became possible, what no longer is, and that nothing else did.

use std::collections::BTreeSet;

use iam_analysis::{ClassAnswer, Verdict, VerdictKind};
use iam_eval::{Decision, Layers, Request};
use iam_policy::PolicyKind;
use iam_testkit::Source;
use iamgate_verbs::{DiffArgs, ReadMode, diff};

use super::bench::{Bench, Tally, allows, contradicted, identity, read};
use super::draw::{Drawer, document};
use super::fault::{Fault, planted};
use super::sample::{Pool, reading};

/// The requests that are put to the claims of one case.
const SAMPLES: usize = 40;

pub(crate) const FAULTS: &[Fault] =
    &[Fault::DenyUnconditional, Fault::AllowLost, Fault::NotActionIgnored, Fault::AllowUnconditional];

pub(crate) fn case(bench: &Bench, source: &mut Source<'_>, fault: Option<Fault>) -> Result<Tally, String> {
    let mut drawer = Drawer::new(source);
    let own = drawer.statements(3);
    let other = drawer.changed(&own);
    let (old, new) = (document(&own), document(&other));
    let asked = [&old, &new].map(|text| planted(text, PolicyKind::Managed, fault));
    let ([Some(asked_old), Some(asked_new)], Some(old_read), Some(new_read)) =
        (asked, read(&old, PolicyKind::Managed), read(&new, PolicyKind::Managed))
    else {
        return Ok(Tally::refused());
    };
    let world = bench.world([("old.json", asked_old), ("new.json", asked_new)]);
    let args = DiffArgs {
        old: "old.json".to_owned(),
        new: "new.json".to_owned(),
        kind: None,
        owner: None,
        role: None,
        managed: None,
        closed: source.chance(30),
        mode: ReadMode::Deployed,
    };
    let Ok(answer) = diff(&args, &world) else { return Ok(Tally::refused()) };
    let (catalog, _) = bench.built_in.actions().map_err(|error| error.to_string())?;
    let details = bench.built_in.details().map_err(|error| error.to_string())?;
    let pool = Pool::new([&*old_read, &*new_read], catalog, details);
    let (old_layers, new_layers) = (identity([old_read.clone()]), identity([new_read.clone()]));
    let documents = [old.as_str(), new.as_str()];
    let mut tally = Tally::default();
    let mut sides = Vec::new();
    let gained: Vec<ClassAnswer> = answer.gained().map(|own| own.answer.clone()).collect();
    let lost: Vec<ClassAnswer> = answer.lost().map(|own| own.answer.clone()).collect();
    for (answers, allowing, other, says) in [
        (&gained, &new_layers, &old_layers, "newly possible"),
        (&lost, &old_layers, &new_layers, "no longer possible"),
    ] {
        tally.verdicts(answers.iter().map(|own| &own.verdict));
        replayed(answers, allowing, other, says, &documents)?;
        sides.push(Side { listed: Listed::new(answers), allowing, other, says });
    }
    for _ in 0..SAMPLES {
        for request in pool.requests(source) {
            tally.tried();
            let known = catalog.action(request.action.as_str()).is_some();
            if answer.is_closed && !known {
                continue;
            }
            let under = reading(source);
            for side in &sides {
                let may = |layers: &Layers| layers.decide_under(&request, under) == Decision::Allowed;
                if may(side.allowing) && !may(side.other) && !side.listed.has(&request, known) {
                    let claim =
                        format!("diff: not {}: {} under {under:?}", side.says, request.action.as_str());
                    return Err(contradicted(&claim, &documents, &request));
                }
            }
        }
    }
    Ok(tally)
}

struct Side<'c> {
    listed: Listed,
    allowing: &'c Layers,
    other: &'c Layers,
    says: &'static str,
}

/// The actions of answers, and whether there are answers about names that no catalogue has.
pub(crate) struct Listed {
    names: BTreeSet<String>,
    open: bool,
}

impl Listed {
    pub(crate) fn new(answers: &[ClassAnswer]) -> Self {
        let names = answers.iter().flat_map(|own| &own.actions).map(|name| name.to_ascii_lowercase());
        Self { names: names.collect(), open: answers.iter().any(|own| own.actions.is_empty()) }
    }

    /// Whether an answer is about the action of a request. Of names that no catalogue has, one stands for all.
    pub(crate) fn has(&self, request: &Request, is_known: bool) -> bool {
        if is_known { self.names.contains(&request.action.as_str().to_ascii_lowercase()) } else { self.open }
    }
}

/// Every request that shows something shows it again.
pub(crate) fn replayed(
    answers: &[ClassAnswer],
    allowing: &Layers,
    other: &Layers,
    says: &str,
    documents: &[&str],
) -> Result<(), String> {
    for answer in answers.iter().filter(|own| own.verdict.kind() == VerdictKind::Fails) {
        let Verdict::Fails(witness) = &answer.verdict else { continue };
        let request = &witness.request;
        let is_example = request.action.as_str().eq_ignore_ascii_case(&answer.example);
        if !is_example || !allows(allowing, request) || allows(other, request) {
            return Err(contradicted(
                &format!("{says}: {}, and its request does not show it", answer.example),
                documents,
                request,
            ));
        }
    }
    Ok(())
}
