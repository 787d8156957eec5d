//! `iamgate profiles`: what sessions there are.

use std::fmt::Write as _;

use iamgate::Profile;
use serde::Serialize;

use crate::args::{AnswerFormat, Profiles};
use crate::exit::Exit;
use crate::preview::load;
use crate::prove::refuse;
use crate::screen::{DIM, HEAD, Screen, json, paint};

pub(crate) fn run(args: &Profiles, screen: &mut Screen) -> Exit {
    let profiles = match load::profiles(args.folder.as_deref(), args.managed.as_deref()) {
        Ok(profiles) => profiles,
        Err(trouble) => return refuse(&trouble, "iamgate/profiles", args.format, screen),
    };
    screen.data(&match args.format {
        AnswerFormat::Human => human(&profiles),
        AnswerFormat::Json => json(&ProfilesJson::new(&profiles)),
    });
    Exit::Yes
}

fn human(profiles: &[Profile]) -> String {
    let mut text = String::new();
    for profile in profiles {
        let size = format!("{} of {} characters", profile.characters, profile.budget);
        let _ = writeln!(text, "{}  {}", paint(HEAD, &profile.name), paint(DIM, &size));
        let _ = writeln!(text, "  {}", profile.about);
        let policies: Vec<String> = profile
            .managed
            .iter()
            .map(|managed| {
                let name = managed.found.arn.rsplit('/').next().unwrap_or_default();
                format!("{name} {}", managed.found.version)
            })
            .collect();
        let _ = writeln!(text, "  {}", paint(DIM, &format!("{} and an inline policy", policies.join(", "))));
    }
    text
}

#[derive(Serialize)]
struct ProfilesJson {
    schema: &'static str,
    version: u32,
    profiles: Vec<ProfileJson>,
}

#[derive(Serialize)]
struct ProfileJson {
    name: String,
    about: String,
    characters: usize,
    budget: usize,
    levels: Vec<&'static str>,
    managed_policies: Vec<ManagedJson>,
    exceptions: Vec<ExceptionJson>,
    refuse: Vec<&'static str>,
    sha256: String,
}

#[derive(Serialize)]
struct ManagedJson {
    arn: String,
    version: String,
    sha256: String,
    is_pinned: bool,
}

#[derive(Serialize)]
struct ExceptionJson {
    actions: Vec<String>,
    why: String,
}

impl ProfilesJson {
    fn new(profiles: &[Profile]) -> Self {
        let profiles = profiles.iter().map(|profile| ProfileJson {
            name: profile.name.to_string(),
            about: profile.about.to_string(),
            characters: profile.characters,
            budget: profile.budget,
            levels: profile.levels.iter().map(|level| level.name()).collect(),
            managed_policies: profile
                .managed
                .iter()
                .map(|managed| ManagedJson {
                    arn: managed.found.arn.to_string(),
                    version: managed.found.version.to_string(),
                    sha256: managed.found.sha256.to_string(),
                    is_pinned: managed.pinned.is_some(),
                })
                .collect(),
            exceptions: profile
                .exceptions
                .iter()
                .map(|exception| ExceptionJson {
                    actions: exception.actions.iter().map(|action| action.text().to_owned()).collect(),
                    why: exception.why.to_string(),
                })
                .collect(),
            refuse: profile.refuse.iter().map(|code| code.name()).collect(),
            sha256: profile.sha256.to_string(),
        });
        Self { schema: "iamgate/profiles", version: 1, profiles: profiles.collect() }
    }
}
