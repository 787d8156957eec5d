//! `iamgate shrink`: a shorter policy, and what it changes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use iamgate::iam_analysis::{ActionNames, Analysis, Fitted, Verdict};
use iamgate::iam_catalog::AccessLevel;
use iamgate::iam_eval::action_matches;
use iamgate::iam_policy::Effect;
use serde::Serialize;
use serde_json::Value;

use crate::args::{AnswerFormat, Shrink};
use crate::diff::side;
use crate::exit::Exit;
use crate::load;
use crate::prove::{AnswerJson, policy, refuse};
use crate::screen::{BAD, GOOD, SOSO, Screen, json, paint, plural};
use crate::trouble::Trouble;

pub(crate) fn run(args: &Shrink, screen: &mut Screen) -> Exit {
    match show(args, screen) {
        Ok(exit) => exit,
        Err(trouble) => refuse(&trouble, "iamgate/shrink", args.format, screen),
    }
}

fn show(args: &Shrink, screen: &mut Screen) -> Result<Exit, Trouble> {
    let catalog = load::catalog()?;
    let details = load::details()?;
    let policy = policy(&args.policy, args.mode.into())?;
    let space = iamgate::space(policy.statements.iter().flat_map(|s| &s.conditions), &details);
    let full: Vec<String> = catalog.actions().map(|action| action.to_string()).collect();
    let names = ActionNames::new(full.iter().map(String::as_str));
    // A wildcard takes in no action of a level that the policy does not have.
    let allows = |action: &str| {
        let allowing = policy.statements.iter().filter(|s| s.effect.value == Effect::Allow);
        let mut elements = allowing.map(|s| &s.action);
        elements.any(|e| e.patterns().iter().any(|p| action_matches(&p.value, action)) != e.is_not())
    };
    let own: BTreeSet<AccessLevel> = catalog
        .actions()
        .zip(&full)
        .filter(|(_, name)| allows(name))
        .map(|(action, _)| action.level)
        .collect();
    let others = catalog.actions().zip(&full).filter(|(action, _)| !own.contains(&action.level));
    let barred = ActionNames::new(others.map(|(_, name)| name.as_str()));
    let Some(fitted) = Analysis::fit(&space, &policy, &names, &barred, args.fit) else {
        return Err(Trouble::bug("the shorter policy cannot be read"));
    };
    match args.format {
        AnswerFormat::Human => {
            screen.data(&format!("{}\n", fitted.text));
            screen.aside(&notes(&fitted, args.fit));
        }
        AnswerFormat::Json => screen.data(&json(&ShrinkJson {
            schema: "iamgate/shrink",
            version: 1,
            characters_before: fitted.characters.0,
            characters: fitted.characters.1,
            fits: fitted.fits,
            equal: is_equal(&fitted),
            covers: fitted.covers.name(),
            // The text is JSON that was read back.
            policy: serde_json::from_str(&fitted.text).unwrap_or(Value::Null),
            adds: fitted.adds.iter().map(AnswerJson::new).collect(),
        })),
    }
    Ok(if !fitted.fits || fitted.covers != Verdict::Holds {
        Exit::Unanswered
    } else if is_equal(&fitted) {
        Exit::Yes
    } else {
        Exit::No
    })
}

fn is_equal(fitted: &Fitted) -> bool {
    fitted.covers == Verdict::Holds && fitted.adds.is_empty()
}

#[derive(Debug, Serialize)]
struct ShrinkJson {
    schema: &'static str,
    version: u32,
    characters_before: usize,
    characters: usize,
    fits: bool,
    equal: bool,
    /// Whether it allows all that the given policy allows.
    covers: &'static str,
    policy: Value,
    /// What it allows beyond that.
    adds: Vec<AnswerJson>,
}

/// How many groups of added actions are shown.
const SHOWN: usize = 20;

fn notes(fitted: &Fitted, most: usize) -> String {
    let (before, after) = fitted.characters;
    let mut text = String::from("\n");
    let size = format!("{after} of {most} characters, before {before}");
    let _ = if !fitted.fits {
        writeln!(text, "{}: {size}.", paint(BAD, "Too long"))
    } else if is_equal(fitted) {
        writeln!(text, "{}: {size}; it allows the same, by every request.", paint(GOOD, "Equal"))
    } else {
        writeln!(text, "{}: {size}; it allows all that the policy does, and more.", paint(SOSO, "Wider"))
    };
    match &fitted.covers {
        Verdict::Holds => {}
        Verdict::Fails(_) | Verdict::Unknown(_) => {
            text.push_str("It is not proven to allow all that the policy does.\n");
        }
    }
    if !fitted.adds.is_empty() {
        let listed: usize = fitted.adds.iter().map(|answer| answer.actions.len()).sum();
        let _ = writeln!(text, "\nAdded, {} of the catalogue among it:", plural(listed, "action", "actions"));
        fitted.adds.iter().take(SHOWN).for_each(|answer| side(answer, "+", &mut text));
        let left = fitted.adds.len().saturating_sub(SHOWN);
        if left > 0 {
            let _ = writeln!(text, "  and {}", plural(left, "group more", "groups more"));
        }
    }
    text
}
