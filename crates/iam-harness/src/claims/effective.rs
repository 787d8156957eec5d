//! `iamgate effective`: a role under a profile as one policy.

use iam_analysis::Verdict;
use iam_eval::{ContextValue, Decision, Layers};
use iam_policy::PolicyKind;
use iam_testkit::Source;
use iamgate_verbs::{EffectiveArgs, effective};

use super::bench::{Bench, Tally, allows, contradicted, identity, read};
use super::fault::Fault;
use super::roles::{Session, flags};
use super::sample::{Pool, reading};

/// The requests that are put to the claims of one case.
const SAMPLES: usize = 60;

pub(crate) const FAULTS: &[Fault] = &[
    Fault::DenyUnconditional,
    Fault::AllowLost,
    Fault::NotActionIgnored,
    Fault::AllowUnconditional,
    Fault::BoundaryInvented,
];

pub(crate) fn case(bench: &Bench, source: &mut Source<'_>, fault: Option<Fault>) -> Result<Tally, String> {
    let Some(mut session) = Session::draw(source, fault, false) else { return Ok(Tally::refused()) };
    let known: &[&str] = if source.chance(30) { &["aws:PrincipalTag/team=a"] } else { &[] };
    let absent: &[&str] = if source.chance(20) { &["aws:RequestTag/team"] } else { &[] };
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let args = EffectiveArgs {
        snapshot: "role".to_owned(),
        session: flags(),
        context: owned(known),
        absent: owned(absent),
    };
    let world = bench.world(std::mem::take(&mut session.files));
    let Ok(answer) = effective(&args, &world) else { return Ok(Tally::refused()) };
    let (catalog, _) = bench.built_in.actions().map_err(|error| error.to_string())?;
    let details = bench.built_in.details().map_err(|error| error.to_string())?;
    let effective = &answer.effective;
    let text = effective.policy.to_string();
    let Some(one) = read(&text, PolicyKind::Managed) else {
        return Err(format!("effective: a policy that cannot be read again\n{text}"));
    };
    let own = identity([one.clone()]);
    let mut documents = session.told();
    documents.push(&text);
    let mut tally = Tally::default();
    tally.verdicts([&effective.within]);
    tally.verdicts([&effective.covers]);
    let sides: [(&Verdict, &Layers, &Layers, &str); 2] = [
        (&effective.within, &own, &session.layers, "effective: allows nothing else"),
        (&effective.covers, &session.layers, &own, "effective: allows all of it"),
    ];
    for (verdict, allowing, other, says) in sides {
        if let Verdict::Fails(witness) = verdict
            && (!allows(allowing, &witness.request) || allows(other, &witness.request))
        {
            return Err(contradicted(
                &format!("{says}: no, and its request does not show it"),
                &documents,
                &witness.request,
            ));
        }
    }
    let policies = session.layers.policies().map(|(_, policy)| &**policy).chain([&*one]);
    let mut pool = Pool::new(policies, catalog, details);
    if !known.is_empty() {
        pool.know("aws:PrincipalTag/team", Some(ContextValue::single("a")));
    }
    if !absent.is_empty() {
        pool.know("aws:RequestTag/team", None);
    }
    for _ in 0..SAMPLES {
        for request in pool.requests(source) {
            tally.tried();
            let under = reading(source);
            let may = |layers: &Layers| layers.decide_under(&request, under) == Decision::Allowed;
            for (verdict, allowing, other, says) in sides {
                let is_claimed = *verdict == Verdict::Holds
                    || (verdict.holds_at_first() && under == iam_eval::Reading::FIRST);
                if is_claimed && may(allowing) && !may(other) {
                    return Err(contradicted(says, &documents, &request));
                }
            }
        }
    }
    Ok(tally)
}
