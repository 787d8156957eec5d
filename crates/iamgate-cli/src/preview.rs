//! `iamgate preview`: a role under a session profile.

mod built_in;
mod human;
mod json;
pub(crate) mod load;
mod markdown;
mod tame;
mod words;

use iamgate::iam_catalog::Catalog;

use crate::args::{Preview as Args, PreviewFormat};
use crate::exit::Exit;
use crate::screen::{Screen, json as to_json};
use crate::trouble::Trouble;

/// Columns to wrap text to: those of the terminal as far as the environment says, within reason.
fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.unwrap_or(100).clamp(60, 140)
}

pub(crate) fn run(args: &Args, screen: &mut Screen) -> Exit {
    match show(args, screen) {
        Ok(exit) => exit,
        Err(trouble) => {
            trouble.show(screen);
            Exit::Unanswered
        }
    }
}

fn show(args: &Args, screen: &mut Screen) -> Result<Exit, Trouble> {
    let catalog = Catalog::embedded()
        .map_err(|error| Trouble::input("", "CATALOGUE", error.to_string(), "this is a bug in iamgate"))?;
    let (Some(mut snapshot), profile, origins) = load::load(Some(&args.snapshot), &args.session)? else {
        return Ok(Exit::Unanswered);
    };
    // JSON escapes what it must and says the rest as it is.
    let for_people = args.format != PreviewFormat::Json;
    if for_people {
        tame::snapshot(&mut snapshot);
    }
    let mut preview = iamgate::preview(&snapshot, &profile, &catalog);
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
