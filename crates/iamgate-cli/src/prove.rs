//! `iamgate prove`: statements about every request.

mod granted;
mod public;
mod read_only;

use iamgate_verbs::{AnswerSchema, Exit};
pub(crate) use read_only::{line as claim_line, premises};

use crate::args::Prove;
use crate::disk::Disk;
use crate::screen::Screen;
use crate::trouble::answered;

const SCHEMA: AnswerSchema = AnswerSchema::Prove;

pub(crate) fn run(args: &Prove, disk: &Disk, screen: &mut Screen) -> Exit {
    match args {
        Prove::ReadOnly(own) => {
            answered(iamgate_verbs::read_only(&own.args, disk), SCHEMA, own.format, screen, read_only::show)
        }
        Prove::NoPublic(own) => {
            answered(iamgate_verbs::no_public(&own.args, disk), SCHEMA, own.format, screen, public::show)
        }
        Prove::NotGranted(own) => {
            answered(iamgate_verbs::not_granted(&own.args, disk), SCHEMA, own.format, screen, granted::show)
        }
    }
}
