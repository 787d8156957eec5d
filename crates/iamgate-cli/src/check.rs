//! `iamgate check`: findings on policy documents.

mod baseline;
mod config;
pub(crate) mod files;
mod github;
mod gitlab;
mod human;
mod junit;
mod mend;
pub(crate) mod place;
mod rules;
mod sarif;

use iamgate_verbs::{Answer as _, CheckAnswer, Exit, Trouble, check_with};

use crate::args::{Check, CheckFormat};
use crate::disk::Disk;
use crate::screen::Screen;
use crate::trouble;

use place::Base;

pub(crate) fn run(args: &Check, disk: &Disk, screen: &mut Screen) -> Exit {
    if args.list_rules {
        screen.data(&rules::list());
        return Exit::Yes;
    }
    if let Some(code) = &args.explain {
        let shown = rules::explain(code).map(|text| {
            screen.data(&text);
            Exit::Yes
        });
        return trouble::exit(shown, screen);
    }
    if args.mends.diff {
        return mend::diff(args, disk, screen);
    }
    let answer = disk.reading_ahead(|| answer(args, disk, screen)).unwrap_or_else(CheckAnswer::refused);
    screen.data(&match args.format {
        CheckFormat::Human => human::report(&answer) + &mend::open(&answer, args.mends.fix),
        CheckFormat::Json => answer.to_json(),
        CheckFormat::Jsonl => answer.to_json_lines(),
        CheckFormat::Sarif => sarif::report(&answer),
        CheckFormat::Github => github::report(&answer),
        CheckFormat::Gitlab => gitlab::report(&answer),
        CheckFormat::Junit => junit::report(&answer),
    });
    for trouble in &answer.unread {
        trouble::show(trouble, screen);
    }
    screen.aside(&human::notices(&answer));
    if matches!(args.format, CheckFormat::Human) {
        screen.aside(&human::notes(&answer.notes));
    }
    screen.aside(&mend::said(&answer.mended, "mended"));
    if !answer.others.is_empty() {
        screen.aside(&human::others(&answer.others));
    }
    answer.exit()
}

/// The findings under the configuration, without those of the baseline. Mends files and writes the baseline if that is asked for.
///
/// # Errors
/// The configuration or the baseline cannot be used, and nothing was mended.
fn answer(args: &Check, disk: &Disk, screen: &mut Screen) -> Result<CheckAnswer, Trouble> {
    let config = config::load(args, disk)?;
    let baseline = args.baseline.clone().or(config.baseline);
    let known = match (&args.write_baseline, &baseline) {
        (None, Some(path)) => Some((baseline::read(path, disk)?, Base::of_file(path)?)),
        (Some(_), _) | (None, None) => None,
    };
    let place = args.write_baseline.as_deref().map(|path| baseline::Place::of(path, disk)).transpose()?;
    let (mended, failed) = mend::fixed(args, &config.settings, disk)?;
    let mut answer = check_with(&args.args, &config.settings, disk);
    if let Some((known, base)) = known {
        answer.hide_known(&known, &|file| base.name(file));
    }
    if let Some(place) = place {
        match place.write(&answer, &args.args) {
            Ok((known, said)) => {
                screen.aside(&said);
                answer.hide_known(&known, &|file| place.name(file));
            }
            Err(trouble) => answer.unread.push(trouble),
        }
    }
    answer.mended = mended;
    answer.unread.extend(failed);
    Ok(answer)
}
