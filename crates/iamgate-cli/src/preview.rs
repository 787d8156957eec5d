//! `iamgate preview`: a role under a session profile.

mod built_in;
mod human;
mod json;
mod load;
mod markdown;
mod words;

use iamgate::iam_catalog::Catalog;

use crate::args::{Preview as Args, PreviewFormat};
use crate::exit::Exit;
use crate::screen::{Screen, json as to_json};
use crate::trouble::Trouble;

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
    let (snapshot, profile) = load::load(args)?;
    let preview = iamgate::preview(&snapshot, &profile, &catalog);
    let text = match args.format {
        PreviewFormat::Human => human::render(&preview, args.full),
        PreviewFormat::Json => to_json(&json::Preview::new(&preview)),
        PreviewFormat::Markdown => markdown::render(&preview),
    };
    screen.data(&text);
    Ok(if preview.keeps_promise() { Exit::Yes } else { Exit::No })
}
