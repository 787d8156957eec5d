//! `iamgate profiles`: the session profiles.

mod build;
mod review;

use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_catalog::AccessLevel;
use iamgate::{FindingCode, Premises, Profile, prove_read_only};
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::ProfilesArgs;
use crate::dates::DataDates;
use crate::json;
use crate::load;
use crate::trouble::Trouble;
use crate::word::Word;
use crate::world::World;

pub use build::{BuildProfileAnswer, Built, build_profile};
pub use review::{ReviewProfilesAnswer, ReviewedPolicy, ReviewedProfile, review_profiles};
#[cfg(feature = "schema")]
pub(crate) use {build::GuardJson, review::ReviewJson};

/// The profiles, and whether the promise of each holds for any role.
#[derive(Debug)]
#[non_exhaustive]
pub struct ProfilesAnswer {
    /// Each profile, and whether its promise holds for any role.
    pub profiles: Vec<(Profile, VerdictKind)>,
    /// The days of the data.
    pub dates: DataDates,
    /// Whether a proof contradicts the evaluator.
    has_defect: bool,
}

/// Lists the session profiles.
///
/// # Errors
/// A profile cannot be read.
pub fn profiles(args: &ProfilesArgs, world: &dyn World) -> Result<ProfilesAnswer, Trouble> {
    let (catalog, details) = (world.built_in().catalog()?, world.built_in().details()?);
    let (profiles, dates) = load::profiles(world, args.folder.as_deref(), args.managed.as_deref())?;
    let mut has_defect = false;
    let judge = |profile: Profile| {
        let proof = prove_read_only(None, &profile, catalog, details, &Premises::default());
        has_defect |= proof.is_defect();
        (profile, proof.verdict())
    };
    let profiles = profiles.into_iter().map(judge).collect();
    Ok(ProfilesAnswer { profiles, dates: dates.with_catalogue(catalog).with_details(details), has_defect })
}

impl Answer for ProfilesAnswer {
    fn to_json(&self) -> String {
        json::indented(&ProfilesJson::new(&self.profiles, &self.dates))
    }

    fn exit(&self) -> Exit {
        let hold = self.profiles.iter().all(|(_, verdict)| *verdict == VerdictKind::Holds);
        Exit::when(hold).unless_defect(self.has_defect)
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ProfilesJson {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    profiles: Vec<ProfileJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProfileJson {
    name: String,
    about: String,
    characters: usize,
    budget: usize,
    levels: Vec<Word<AccessLevel>>,
    managed_policies: Vec<ManagedJson>,
    exceptions: Vec<ExceptionJson>,
    refuse: Vec<Word<FindingCode>>,
    sha256: String,
    /// Whether the promise holds for any role: `holds`, `fails` or `unknown`.
    promise: Word<VerdictKind>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ManagedJson {
    arn: String,
    version: String,
    sha256: String,
    is_pinned: bool,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ExceptionJson {
    actions: Vec<String>,
    why: String,
}

impl ProfilesJson {
    fn new(profiles: &[(Profile, VerdictKind)], dates: &DataDates) -> Self {
        let profiles = profiles.iter().map(|(profile, promise)| ProfileJson {
            name: profile.name().to_string(),
            about: profile.about().to_string(),
            characters: profile.characters(),
            budget: profile.budget(),
            levels: profile.levels().iter().map(|level| Word(*level)).collect(),
            managed_policies: profile
                .managed()
                .iter()
                .map(|managed| ManagedJson {
                    arn: managed.found().arn().to_string(),
                    version: managed.found().version().to_string(),
                    sha256: managed.found().sha256().to_string(),
                    is_pinned: managed.pinned().is_some(),
                })
                .collect(),
            exceptions: profile
                .exceptions()
                .iter()
                .map(|exception| ExceptionJson {
                    actions: exception.actions().iter().map(|action| action.text().to_owned()).collect(),
                    why: exception.why().to_string(),
                })
                .collect(),
            refuse: profile.refuse().iter().map(|code| Word(*code)).collect(),
            sha256: profile.sha256().to_string(),
            promise: Word(*promise),
        });
        Self { schema: AnswerSchema::Profiles, version: 1, data: dates.clone(), profiles: profiles.collect() }
    }
}
