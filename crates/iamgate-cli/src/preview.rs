//! `iamgate preview`: a role under a session profile.

mod changed;
mod human;
mod json;
mod markdown;
mod words;

use iamgate::iam_analysis::Fact;
use iamgate::iam_eval::ContextValue;
use iamgate::iam_policy::quoted;

use crate::args::{Preview as Args, PreviewFormat};
use crate::exit::Exit;
use crate::load;
use crate::screen::{Screen, json as to_json};
use crate::tame;
use crate::trouble::{Trouble, exit};

/// Columns to wrap text to: those of the terminal as far as the environment says, within reason.
fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.unwrap_or(100).clamp(60, 140)
}

/// What is known of the session's tags.
fn facts(tags: &[String]) -> Result<Vec<(Box<str>, Fact)>, Trouble> {
    let fact = |text: &String| {
        let (key, fact) = match text.split_once('=') {
            Some((key, value)) => (key, Fact::Value(ContextValue::single(value))),
            None => (text.as_str(), Fact::Absent),
        };
        if key.is_empty() || key.contains(':') && key.starts_with("aws:") {
            let help = "name the tag itself, such as --for-tag DoitEnvironment=111122223333";
            return Err(Trouble::usage(format!("--for-tag {} is no tag", quoted(text)), help));
        }
        Ok((format!("aws:PrincipalTag/{key}").into(), fact))
    };
    tags.iter().map(fact).collect()
}

pub(crate) fn run(args: &Args, screen: &mut Screen) -> Exit {
    exit(show(args, screen), screen)
}

fn show(args: &Args, screen: &mut Screen) -> Result<Exit, Trouble> {
    let catalog = load::catalog()?;
    let (Some(mut snapshot), profile, origins) = load::load(Some(&args.snapshot), &args.session)? else {
        return Ok(Exit::Unanswered);
    };
    // JSON escapes what it must and says the rest as it is.
    let for_people = args.format != PreviewFormat::Json;
    if for_people {
        tame::snapshot(&mut snapshot);
    }
    let facts = facts(&args.for_tag)?;
    let mut preview = iamgate::preview_knowing(&snapshot, &profile, &catalog, &facts);
    if args.before_role.is_some() || args.before_profile.is_some() || args.before_catalogue.is_some() {
        return changed::show(args, (&snapshot, &profile), (&preview, &catalog), &facts, screen);
    }
    if for_people {
        tame::preview(&mut preview);
    }
    let text = match args.format {
        PreviewFormat::Human => human::render(&preview, &origins, args.full, width()),
        PreviewFormat::Json => to_json(&json::Preview::new(&preview, &origins)),
        PreviewFormat::Markdown => markdown::render(&preview),
    };
    screen.data(&text);
    Ok(if preview.keeps_promise() { Exit::Yes } else { Exit::No })
}
