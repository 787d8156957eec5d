//! `iamgate audit`: sessions held against their plans.

mod groups;
mod human;
mod markdown;
mod sarif;
mod summary;

use iamgate_verbs::{Answer as _, AnswerSchema, Exit};

use crate::args::{Audit, AuditFormat};
use crate::disk::Disk;
use crate::screen::Screen;
use crate::trouble::show;

pub(crate) fn run(args: &Audit, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::audit(&args.args, disk);
    match (&answer, args.format) {
        (Ok(answer), AuditFormat::Human) => screen.data(&human::report(answer)),
        (Ok(answer), AuditFormat::Json) => screen.json(&answer.to_json()),
        (Ok(answer), AuditFormat::Jsonl) => screen.json(&answer.to_json_lines()),
        (Ok(answer), AuditFormat::Markdown) => screen.data(&markdown::report(answer)),
        (Ok(answer), AuditFormat::Sarif) => screen.json(&sarif::report(answer)),
        (Err(trouble), AuditFormat::Human | AuditFormat::Markdown) => show(trouble, screen),
        (Err(trouble), AuditFormat::Json) => screen.json(&trouble.refused(Some(AnswerSchema::Audit))),
        (Err(trouble), AuditFormat::Jsonl) => screen.json(&trouble.refused_lines(AnswerSchema::Audit)),
        (Err(trouble), AuditFormat::Sarif) => screen.json(&sarif::refused(trouble)),
    }
    answer.map_or_else(|trouble| Exit::from(&trouble), |answer| answer.exit())
}
