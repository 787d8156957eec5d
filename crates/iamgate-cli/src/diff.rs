//! `iamgate diff`: what one policy allows that another does not.

use std::fmt::Write as _;
use std::sync::Arc;

use iamgate::iam_analysis::{ActionNames, Actions, Analysis, ClassAnswer, Question, Verdict};
use iamgate::iam_eval::Layers;
use iamgate::iam_policy::Policy;
use iamgate::make_real;
use serde::Serialize;

use crate::args::{AnswerFormat, Diff};
use crate::exit::Exit;
use crate::load;
use crate::prove::{AnswerJson, exit, is_defect, policy, refuse, verdict};
use crate::screen::{BAD, GOOD, SOSO, Screen, json, paint, plural};
use crate::trouble::Trouble;
use crate::witness;

pub(crate) fn run(args: &Diff, screen: &mut Screen) -> Exit {
    match show(args, screen) {
        Ok(exit) => exit,
        Err(trouble) => refuse(&trouble, "iamgate/diff", args.format, screen),
    }
}

fn show(args: &Diff, screen: &mut Screen) -> Result<Exit, Trouble> {
    let catalog = load::catalog()?;
    let details = load::details()?;
    let (old, new) = (policy(&args.old, args.mode.into())?, policy(&args.new, args.mode.into())?);
    let conditions = old.statements.iter().chain(&new.statements).flat_map(|s| &s.conditions);
    let space = iamgate::space(conditions, &details);
    let full: Vec<String> = catalog.actions().map(|action| action.to_string()).collect();
    let names = ActionNames::new(full.iter().map(String::as_str));
    let mut analysis = Analysis::with_names(space, names);
    let layers = |policy: Arc<Policy>| {
        let mut layers = Layers::new();
        layers.identity.push(policy);
        layers
    };
    let (old, new) = (layers(old), layers(new));
    let mut beyond = |allowed: &Layers, others: &Layers| {
        let mut answers = Vec::new();
        // What the catalogue lists is said by name; of all other names one stands for many.
        let axes = if args.closed { vec![Actions::Listed] } else { vec![Actions::Listed, Actions::Unlisted] };
        for actions in axes {
            let question = Question::new(allowed).beyond(others).about(actions);
            let mut found = analysis.by_action(&question);
            found.retain(|answer| answer.verdict != Verdict::Holds);
            for answer in &mut found {
                make_real(answer, &question, &details);
            }
            answers.extend(found);
        }
        answers
    };
    let (gained, lost) = (beyond(&new, &old), beyond(&old, &new));
    screen.data(&match args.format {
        AnswerFormat::Human => human(&gained, &lost, verdict(&gained), args.closed),
        AnswerFormat::Json => json(&DiffJson {
            schema: "iamgate/diff",
            version: 1,
            verdict: verdict(&gained),
            actions: if args.closed { "closed" } else { "open" },
            gained: gained.iter().map(AnswerJson::new).collect(),
            lost: lost.iter().map(AnswerJson::new).collect(),
        }),
    });
    Ok(exit(verdict(&gained), is_defect(&gained) || is_defect(&lost)))
}

#[derive(Debug, Serialize)]
struct DiffJson {
    schema: &'static str,
    version: u32,
    /// Whether the new policy allows nothing that the old one does not.
    verdict: &'static str,
    actions: &'static str,
    gained: Vec<AnswerJson>,
    lost: Vec<AnswerJson>,
}

fn human(gained: &[ClassAnswer], lost: &[ClassAnswer], verdict: &str, closed: bool) -> String {
    let mut text = match (verdict, lost.is_empty()) {
        ("holds", true) => format!("{}: both allow the same.\n", paint(GOOD, "No difference")),
        ("holds", false) => format!(
            "{}: the new policy allows nothing that the old one does not.\n",
            paint(GOOD, "No new access")
        ),
        ("fails", _) => {
            format!("{}: the new policy allows what the old one does not.\n", paint(BAD, "New access"))
        }
        _ => {
            format!("{} whether the new policy allows what the old one does not.\n", paint(SOSO, "Not known"))
        }
    };
    for (title, sign, answers) in [("Becomes possible", "+", gained), ("Is no longer possible", "-", lost)] {
        if answers.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{title}:");
        for answer in answers {
            side(answer, sign, &mut text);
        }
    }
    if closed {
        text.push_str("\nOnly actions of the catalogue were compared.\n");
    }
    text
}

/// How many actions of a group are named.
const NAMED: usize = 4;

pub(crate) fn side(answer: &ClassAnswer, sign: &str, text: &mut String) {
    let names = if answer.actions.is_empty() {
        format!("names that the catalogue does not know, such as {}", answer.example)
    } else {
        let named: Vec<&str> = answer.actions.iter().take(NAMED).map(|name| &**name).collect();
        let left = answer.actions.len().saturating_sub(NAMED);
        let more = if left > 0 { format!(" and {}", plural(left, "more", "more")) } else { String::new() };
        format!("{}{more}", named.join(", "))
    };
    let _ = writeln!(text, "  {sign} {names}");
    match &answer.verdict {
        Verdict::Holds => {}
        Verdict::Fails(witness) => text.push_str(&witness::lines(&witness.request, "      ")),
        Verdict::Unknown(doubts) => {
            for doubt in doubts {
                let _ = writeln!(text, "      not known: {}", witness::doubt(doubt));
            }
        }
    }
}
