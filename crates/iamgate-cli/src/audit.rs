//! `iamgate audit`: sessions held against their plans.

mod file;
mod groups;
mod human;
mod markdown;
mod picture;
mod replayed;
mod sarif;
mod summary;
mod used;

use iamgate_verbs::{Answer as _, AnswerSchema, Exit};

use crate::args::{Audit, AuditFormat};
use crate::disk::Disk;
use crate::screen::Screen;
use crate::trouble::show;

use file::PictureFile;

pub(crate) fn run(args: &Audit, disk: &Disk, screen: &mut Screen) -> Exit {
    let file = args.timeline.as_deref().map(PictureFile::of).transpose();
    let mut written = None;
    let (file, answer) = match file {
        Ok(file) => (file, iamgate_verbs::audit(&args.args, disk)),
        Err(trouble) => (None, Err(trouble)),
    };
    let answer = answer.and_then(|answer| {
        if let (Some(path), Some(own)) = (&args.write, &answer.used) {
            written = Some(used::write(path, own, disk)?);
        }
        Ok(answer)
    });
    match (&answer, args.format) {
        (Ok(answer), AuditFormat::Human) => {
            screen.data(&human::report(answer));
            if let Some(own) = &answer.replayed {
                screen.data(&replayed::human(own, answer.role()));
            }
            if let Some(own) = &answer.used {
                screen.data(&used::human(own, args.write.is_some()));
            }
        }
        (Ok(answer), AuditFormat::Json) => screen.json(&answer.to_json()),
        (Ok(answer), AuditFormat::Jsonl) => screen.json(&answer.to_json_lines()),
        (Ok(answer), AuditFormat::Markdown) => screen.data(&markdown::report(answer)),
        (Ok(answer), AuditFormat::Sarif) => screen.json(&sarif::report(answer)),
        (Err(trouble), AuditFormat::Human | AuditFormat::Markdown) => show(trouble, screen),
        (Err(trouble), AuditFormat::Json) => screen.json(&trouble.refused(Some(AnswerSchema::Audit))),
        (Err(trouble), AuditFormat::Jsonl) => screen.json(&trouble.refused_lines(AnswerSchema::Audit)),
        (Err(trouble), AuditFormat::Sarif) => screen.json(&sarif::refused(trouble)),
    }
    if let Some(said) = written {
        screen.aside(&said);
    }
    let answer = match answer {
        Ok(answer) => answer,
        Err(trouble) => return Exit::from(&trouble),
    };
    match file.map(|file| file.write(&picture::svg(&answer))).transpose() {
        Ok(said) => {
            screen.aside(&said.unwrap_or_default());
            answer.exit()
        }
        Err(trouble) => {
            show(&trouble, screen);
            Exit::from(&trouble)
        }
    }
}
