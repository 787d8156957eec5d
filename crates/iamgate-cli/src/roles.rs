//! `iamgate roles`: the roles of an account, and the files of one of them.

use std::fmt::Write as _;

use iamgate::iam_json::visible_json;
use iamgate_verbs::{AnswerSchema, Exit, RolesAnswer, RolesArgs};

use crate::args::Plain;
use crate::disk::Disk;
use crate::display::shown;
use crate::screen::{DIM, HEAD, Screen, paint};
use crate::trouble::answered;

pub(crate) fn run(args: &Plain<RolesArgs>, disk: &Disk, screen: &mut Screen) -> Exit {
    let answer = iamgate_verbs::roles(&args.args, disk);
    answered(answer, AnswerSchema::Roles, args.format, screen, |answer, screen| screen.data(&human(answer)))
}

fn human(answer: &RolesAnswer) -> String {
    let mut text = String::new();
    let Some(files) = &answer.files else {
        for role in &answer.roles {
            let _ = writeln!(text, "{}  {}", shown(&role.name), paint(DIM, &shown(role.arn.as_str())));
        }
        return text;
    };
    for file in files {
        let _ = writeln!(text, "{}\n{}", paint(HEAD, &shown(&file.name)), visible_json(&file.text));
    }
    text
}
