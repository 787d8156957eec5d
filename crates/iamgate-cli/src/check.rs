//! `iamgate check`: findings on policy documents.

pub(crate) mod files;
mod github;
mod human;
mod mend;
mod rules;
mod sarif;

use iamgate_verbs::{Answer as _, Exit, check};

use crate::args::{Check, CheckFormat};
use crate::disk::Disk;
use crate::screen::Screen;
use crate::trouble;

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
    let (mended, failed) = match mend::write(args, disk) {
        Ok(result) => result,
        Err(trouble) => return trouble::exit(Err(trouble), screen),
    };
    let mut answer = check(&args.args, disk);
    answer.mended = mended;
    answer.unread.extend(failed);
    screen.data(&match args.format {
        CheckFormat::Human => human::report(&answer) + &mend::open(&answer),
        CheckFormat::Json => answer.to_json(),
        CheckFormat::Jsonl => answer.to_json_lines(),
        CheckFormat::Sarif => sarif::report(&answer),
        CheckFormat::Github => github::report(&answer),
    });
    for trouble in &answer.unread {
        trouble::show(trouble, screen);
    }
    if matches!(args.format, CheckFormat::Human) {
        screen.aside(&human::notes(&answer.notes));
    }
    screen.aside(&mend::said(&answer.mended, "mended"));
    if !answer.others.is_empty() {
        screen.aside(&human::others(&answer.others));
    }
    answer.exit()
}
