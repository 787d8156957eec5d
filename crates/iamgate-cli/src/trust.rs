//! `iamgate trust`: who a role's trust policy admits.

use std::fmt::Write as _;

use iamgate::iam_eval::session::Authorization;
use iamgate::iam_json::quoted;
use iamgate::{Admitted, TrustCaller};
use iamgate_verbs::{AnswerSchema, Exit, TrustAnswer, TrustArgs};

use crate::args::Plain;
use crate::disk::Disk;
use crate::display::shown;
use crate::plan::findings;
use crate::screen::{BAD, GOOD, HEAD, SOSO, Screen, paint};
use crate::trouble::answered;

pub(crate) fn run(args: &Plain<TrustArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::trust(&args.args, disk);
    answered(answer, AnswerSchema::Trust, args.format, screen, |answer, screen| screen.data(&human(answer)))
}

fn human(answer: &TrustAnswer) -> String {
    let (role, report) = (&answer.role, &answer.report);
    let name = quoted(&role.name);
    let mut text = if report.admits_doit() {
        format!("{} to {name}: tokens of DoiT's identity providers open sessions.\n", paint(GOOD, "Admitted"))
    } else {
        format!(
            "{} to {name}: not every token of DoiT's identity providers opens a session.\n",
            paint(BAD, "Not admitted")
        )
    };
    for provider in &report.providers {
        let _ =
            writeln!(text, "\n{}", paint(HEAD, &shown(&format!("A token of {}", provider.provider.issuer))));
        line("as it is sent", Some(provider.is_admitted()), true, &mut text);
        for trial in &provider.trials {
            line(trial.differs, trial.admitted, false, &mut text);
        }
        for (request, decision) in provider.authorization.iter().flat_map(Authorization::missing) {
            let _ = writeln!(text, "  {} is {}", shown(request.action.as_str()), decision.name());
        }
    }
    let others: Vec<&Admitted> = report.admits.iter().filter(|own| own.caller != TrustCaller::Doit).collect();
    if others.is_empty() {
        text.push_str("\nNobody else is named.\n");
    } else {
        let _ = writeln!(text, "\n{}", paint(HEAD, "Who else is named"));
        for own in others {
            let _ = writeln!(
                text,
                "  {} ({}), by {}",
                quoted(&own.principal),
                own.caller.name(),
                shown(&own.actions.join(", "))
            );
        }
    }
    findings(&report.findings, &mut text);
    text
}

/// Writes a token and its result. `wanted` is the good result.
fn line(differs: &str, admitted: Option<bool>, wanted: bool, text: &mut String) {
    let (style, word) = match admitted {
        Some(true) => (if wanted { GOOD } else { SOSO }, "admitted"),
        Some(false) => (if wanted { BAD } else { GOOD }, "refused"),
        None => (SOSO, "depends"),
    };
    let _ = writeln!(text, "  {}  {}", paint(style, &format!("{word:<8}")), shown(differs));
}
