//! `iamgate profiles`: what sessions there are.

use std::fmt::Write as _;

use iamgate::{Premises, Profile, prove_read_only};
use serde::Serialize;

use crate::args::{AnswerFormat, Profiles};
use crate::exit::Exit;
use crate::load;
use crate::prove::refuse;
use crate::screen::{BAD, DIM, GOOD, HEAD, SOSO, Screen, json, paint};
use crate::trouble::Trouble;

pub(crate) fn run(args: &Profiles, screen: &mut Screen) -> Exit {
    let shown = judged(args);
    let profiles = match shown {
        Ok(profiles) => profiles,
        Err(trouble) => return refuse(&trouble, "iamgate/profiles", args.format, screen),
    };
    screen.data(&match args.format {
        AnswerFormat::Human => human(&profiles),
        AnswerFormat::Json => json(&ProfilesJson::new(&profiles)),
    });
    if profiles.iter().all(|(_, verdict)| *verdict == "holds") { Exit::Yes } else { Exit::No }
}

/// The profiles, and whether the promise of each holds for any role.
fn judged(args: &Profiles) -> Result<Vec<(Profile, &'static str)>, Trouble> {
    let (catalog, details) = (load::catalog()?, load::details()?);
    let profiles = load::profiles(args.folder.as_deref(), args.managed.as_deref())?;
    let judge = |profile: Profile| {
        let proof = prove_read_only(None, &profile, &catalog, &details, &Premises::default());
        let verdict = proof.map_or("unknown", |proof| proof.verdict());
        (profile, verdict)
    };
    Ok(profiles.into_iter().map(judge).collect())
}

fn human(profiles: &[(Profile, &'static str)]) -> String {
    let mut text = String::new();
    for (profile, verdict) in profiles {
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
        let promise = match *verdict {
            "holds" => paint(GOOD, "Its promise is proven for the sessions of any role."),
            "fails" => paint(BAD, "Its promise is broken: see `iamgate prove read-only --any-role`."),
            _ => paint(
                SOSO,
                "It is not known whether its promise holds: see `iamgate prove read-only --any-role`.",
            ),
        };
        let _ = writeln!(text, "  {promise}");
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
    /// Whether the promise holds for any role: `holds`, `fails` or `unknown`.
    promise: &'static str,
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
    fn new(profiles: &[(Profile, &'static str)]) -> Self {
        let profiles = profiles.iter().map(|(profile, promise)| ProfileJson {
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
            promise,
        });
        Self { schema: "iamgate/profiles", version: 1, profiles: profiles.collect() }
    }
}
