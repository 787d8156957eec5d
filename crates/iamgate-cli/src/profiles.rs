//! `iamgate profiles`: the session profiles.

mod build;
mod review;

use std::fmt::Write as _;

use iamgate::Profile;
use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_policy::ArnFields;
use iamgate_verbs::{AnswerSchema, Exit};

use crate::args::{Profiles, ProfilesVerb};
use crate::disk::Disk;
use crate::display::shown;
use crate::screen::{BAD, DIM, GOOD, HEAD, SOSO, Screen, days, paint};
use crate::trouble::answered;

pub(crate) use build::write;

pub(crate) fn run(args: &Profiles, disk: &Disk, screen: &mut Screen) -> Exit {
    match &args.verb {
        Some(ProfilesVerb::Build(own)) => build::run(own, disk, screen),
        Some(ProfilesVerb::Review(own)) => review::run(own, disk, screen),
        None => {
            let answer = iamgate_verbs::profiles(&args.list.args, disk);
            answered(answer, AnswerSchema::Profiles, args.list.format, screen, |answer, screen| {
                screen.data(&(human(&answer.profiles) + &days(&answer.dates)));
            })
        }
    }
}

fn human(profiles: &[(Profile, VerdictKind)]) -> String {
    let mut text = String::new();
    for (profile, verdict) in profiles {
        let size = format!("{} of {} characters", profile.characters(), profile.budget());
        let _ = writeln!(text, "{}  {}", paint(HEAD, &shown(profile.name())), paint(DIM, &size));
        let _ = writeln!(text, "  {}", shown(profile.about()));
        let policies: Vec<String> = profile
            .managed()
            .iter()
            .map(|managed| {
                let name = ArnFields::split(managed.found().arn()).map_or("", |fields| fields.name());
                format!("{name} {}", managed.found().version())
            })
            .collect();
        let _ = writeln!(
            text,
            "  {}",
            paint(DIM, &shown(&format!("{} and an inline policy", policies.join(", "))))
        );
        let promise = match verdict {
            VerdictKind::Holds => paint(GOOD, "Its promise is proven for the sessions of any role."),
            VerdictKind::Fails => {
                paint(BAD, "Its promise is broken: see `iamgate prove read-only --any-role`.")
            }
            VerdictKind::Unknown => paint(
                SOSO,
                "It is not known whether its promise holds: see `iamgate prove read-only --any-role`.",
            ),
        };
        let _ = writeln!(text, "  {promise}");
    }
    text
}
