//! `iamgate preflight`: whether policies allow the installation of DoiT's support roles.

use std::fmt::Write as _;

use iamgate::StepCheck;
use iamgate_verbs::words::plural;
use iamgate_verbs::{AnswerSchema, Exit, PreflightArgs};

use crate::args::Plain;
use crate::disk::Disk;
use crate::display::shown;
use crate::screen::{BAD, DIM, GOOD, SOSO, Screen, days, paint};
use crate::trouble::answered;

pub(crate) fn run(args: &Plain<PreflightArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::preflight(&args.args, disk);
    answered(answer, AnswerSchema::Preflight, args.format, screen, |answer, screen| {
        screen.data(&(human(&answer.steps) + &days(&answer.dates)));
    })
}

fn human(steps: &[StepCheck]) -> String {
    let missing: Vec<&StepCheck> = steps.iter().filter(|step| !step.decision.is_allowed()).collect();
    let calls = plural(steps.len(), "call", "calls");
    if missing.is_empty() {
        return format!("{}: all {calls} of the installation are allowed.\n", paint(GOOD, "Enough"));
    }
    let mut text = format!(
        "{}: {} of {calls} of the installation are not allowed.\n",
        paint(BAD, "Not enough"),
        missing.len()
    );
    for check in missing {
        let style = if check.decision == iamgate::iam_eval::Decision::Depends { SOSO } else { BAD };
        let on = if &*check.step.resource == "*" {
            String::new()
        } else {
            format!(" on {}", shown(&check.step.resource))
        };
        let _ = writeln!(
            text,
            "\n{}{on}  {}",
            paint(style, &shown(check.step.action.as_str())),
            paint(DIM, &shown(&check.step.why))
        );
        for (key, value) in &check.step.context {
            let _ = writeln!(text, "  with {} = {}", shown(key), shown(value));
        }
        for reason in &check.reasons {
            let _ = writeln!(text, "  {}", shown(reason));
        }
    }
    text
}
