//! `iamgate record`: signed decision records.

use std::fmt::Write as _;

use iamgate_verbs::words::plural;
use iamgate_verbs::{AnswerSchema, CheckRecordsAnswer, Exit};

use crate::args::Record;
use crate::disk::Disk;
use crate::screen::{BAD, DIM, GOOD, Screen, paint};
use crate::tame::shown;
use crate::trouble::{answered, exit};

pub(crate) fn run(args: &Record, disk: &Disk, screen: &mut Screen) -> Exit {
    match args {
        Record::Verify(own) => {
            let answer = iamgate_verbs::check_records(&own.args, disk);
            answered(answer, AnswerSchema::RecordCheck, own.format, screen, |answer, screen| {
                screen.data(&human(answer));
            })
        }
        Record::Sign(own) => {
            let line = iamgate_verbs::sign_record(own, disk).map(|line| {
                screen.data(&line);
                Exit::Yes
            });
            exit(line, screen)
        }
    }
}

fn human(answer: &CheckRecordsAnswer) -> String {
    let report = &answer.report;
    let records = plural(report.records, "record", "records");
    let mut text = String::new();
    if report.is_intact() {
        let keys = plural(report.keys.len(), "key", "keys");
        let _ = writeln!(text, "{}: {records}, signed by {keys}.", paint(GOOD, "Intact"));
        for key in &report.keys {
            let _ = writeln!(text, "  {}", paint(DIM, key));
        }
    } else {
        let faults = plural(report.faults.len(), "fault", "faults");
        let _ = writeln!(text, "{}: {faults} in {records}.", paint(BAD, "Not intact"));
        for fault in &report.faults {
            let _ = writeln!(text, "  {}\n    {}", shown(&fault.to_string()), paint(DIM, fault.code.help()));
        }
    }
    match (report.head, report.expected_at) {
        (Some(_), Some(line)) => {
            let _ = writeln!(text, "The head that you gave is line {line} of {}.", report.records);
        }
        (Some(head), None) if !answer.has_head && report.is_intact() => {
            let _ = writeln!(
                text,
                "Head: {head}. Whether lines were cut off the end was not checked; keep this head elsewhere, and give it with --head next time."
            );
        }
        _ => {}
    }
    text
}
