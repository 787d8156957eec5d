//! `iamgate preview`: a role under a session profile.

mod changed;
mod human;
mod markdown;

use iamgate_verbs::{Answer as _, Exit, Previewed, Trouble};

use crate::args::{Preview as Args, PreviewFormat};
use crate::disk::Disk;
use crate::screen::Screen;
use crate::trouble::{exit, warn};

/// The number of columns to which text is wrapped: that of the terminal if the environment gives it, within limits.
fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.unwrap_or(100).clamp(60, 140)
}

pub(crate) fn run(args: &Args, disk: &Disk, screen: &mut Screen) -> Exit {
    exit(show(args, disk, screen), screen)
}

fn show(args: &Args, disk: &Disk, screen: &mut Screen) -> Result<Exit, Trouble> {
    let previewed = Previewed::read(&args.args, disk)?;
    if args.format != PreviewFormat::Json {
        warn(&previewed.unknown, screen);
    }
    if args.args.compares() {
        let answer = iamgate_verbs::changes(&args.args, &previewed, disk)?;
        screen.data(&match args.format {
            PreviewFormat::Human => changed::human(&answer, args.full),
            PreviewFormat::Json => answer.to_json(),
            PreviewFormat::Markdown => changed::table(&answer),
        });
        return Ok(answer.exit());
    }
    let answer = previewed.preview(disk)?;
    screen.data(&match args.format {
        PreviewFormat::Human => human::render(&answer, args.full, width()),
        PreviewFormat::Json => answer.to_json(),
        PreviewFormat::Markdown => markdown::render(&answer),
    });
    Ok(answer.exit())
}
