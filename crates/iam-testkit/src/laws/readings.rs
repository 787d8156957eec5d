//! Laws about the readings that the rules leave open (part 8 of the rules).

use super::{Breach, Checked, Held, Trial};
use crate::engine::Answer;
use crate::format::Decision;
use crate::readings::{POINTS, Readings};

/// The decision under readings. `None` if the engine has one reading.
fn under(trial: &Trial<'_, '_>, readings: &Readings) -> Result<Option<Decision>, Box<Breach>> {
    let skipped = || Answer::Skipped("has one reading".to_owned());
    let answer = trial.engine.judge_under(trial.case, readings).unwrap_or_else(skipped);
    Ok(trial.settle(trial.case, answer)?.map(|verdict| verdict.decision))
}

fn wrong(expected: String, actual: String) -> Checked {
    Err(Box::new(Breach { changed: None, expected, actual }))
}

/// Whether two decisions are the same to whoever asks.
const fn same(one: Decision, other: Decision) -> bool {
    use Decision::{Allowed, Depends, ExplicitDeny, ImplicitDeny};
    matches!(
        (one, other),
        (Allowed, Allowed) | (Depends, Depends) | (ExplicitDeny | ImplicitDeny, ExplicitDeny | ImplicitDeny)
    )
}

pub(super) fn covered(trial: &mut Trial<'_, '_>) -> Checked {
    let readings = Readings::draw(trial.source);
    let Some(first) = under(trial, &Readings::Other(Vec::new()))? else { return Ok(Held::Idle) };
    if first != trial.verdict.decision {
        return wrong(
            trial.verdict.decision.name().to_owned(),
            format!("{} under the first reading", first.name()),
        );
    }
    let (Some(open), Some(one)) = (under(trial, &Readings::Open)?, under(trial, &readings)?) else {
        return Ok(Held::Idle);
    };
    let agrees = match open {
        Decision::Depends => return Ok(Held::Idle),
        // What is denied under every reading may be denied by a Deny under some.
        Decision::ImplicitDeny => same(one, open),
        Decision::Allowed | Decision::ExplicitDeny => one == open,
    };
    if agrees {
        return Ok(Held::True);
    }
    wrong(format!("{}, as under every reading", open.name()), format!("{} under {readings:?}", one.name()))
}

pub(super) fn differing(trial: &mut Trial<'_, '_>) -> Checked {
    // One decision for each point: a part of the cases is enough.
    if !trial.source.chance(25) {
        return Ok(Held::Idle);
    }
    let Some(found) = trial.engine.differing(trial.case) else { return Ok(Held::Idle) };
    let mut expected = Vec::new();
    for point in POINTS {
        let Some(other) = under(trial, &Readings::Other(vec![point]))? else { return Ok(Held::Idle) };
        if !same(other, trial.verdict.decision) {
            expected.push((point, other));
        }
    }
    if found == expected { Ok(Held::True) } else { wrong(format!("{expected:?}"), format!("{found:?}")) }
}
