//! `iamgate plan`: the call of STS for a session, or the reasons why there is none.

mod human;

pub(crate) use human::findings;
use iamgate_verbs::words::first;
use iamgate_verbs::{Answer as _, Exit, Trouble};

use crate::args::{Plan as Args, PlanFormat};
use crate::disk::Disk;
use crate::screen::{BAD, GOOD, Screen, paint};
use crate::tame::shown;
use crate::trouble::exit;

/// The most places of differences that are named.
const PLACES: usize = 20;

pub(crate) fn run(args: &Args, disk: &Disk, screen: &mut Screen) -> Exit {
    exit(show(args, disk, screen), screen)
}

fn show(args: &Args, disk: &Disk, screen: &mut Screen) -> Result<Exit, Trouble> {
    if let Some(path) = &args.args.replay {
        return replay(args, path, disk, screen);
    }
    let answer = iamgate_verbs::plan(&args.args, disk)?;
    let request = answer.request();
    match (&answer.outcome, args.format) {
        (_, PlanFormat::Json) => screen.data(&answer.to_json()),
        (Ok(plan), PlanFormat::Human) => screen.data(&human::plan(&request, plan)),
        (Ok(plan), PlanFormat::Sts) => screen.data(&format!("{}\n", plan.parameters().to_json())),
        (Err(refused), PlanFormat::Human) => screen.data(&human::refused(&request, refused)),
        // There is no call, so stdout gets nothing that could be taken for one.
        (Err(refused), PlanFormat::Sts) => screen.aside(&human::refused(&request, refused)),
    }
    Ok(answer.exit())
}

fn replay(args: &Args, path: &str, disk: &Disk, screen: &mut Screen) -> Result<Exit, Trouble> {
    let answer = iamgate_verbs::replay(&args.args, path, disk)?;
    let verified = if answer.has_verified {
        " That tokens were verified is what the record says: a signed chain shows who said it (`iamgate record verify`)."
    } else {
        ""
    };
    screen.data(&if answer.differences.is_empty() {
        format!("{}: the same decision, byte for byte.{verified}\n", paint(GOOD, "Replayed"))
    } else {
        let places: Vec<String> = answer.differences.iter().map(|own| shown(&own.to_string())).collect();
        format!(
            "{}: other inputs, another engine or another catalogue make another decision, or the record was changed. The records differ in {}.\n",
            paint(BAD, "Not the same"),
            first(&places, PLACES)
        )
    });
    Ok(answer.exit())
}
