//! A profile for what sessions used.

use std::fmt;
use std::sync::Arc;

use iamgate::Profile;
use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_policy::Policy;
use iamgate_audit::{AuditReport, Lack, NotWritten, Resources, Used, UsedAction, UsedProfile, Writing};
use serde::Serialize;

use super::json::PlaceJson;
use crate::answer::Exit;
use crate::args::AuditArgs;
use crate::sorted::members;
use crate::trouble::Trouble;
use crate::witness::DoubtJson;
use crate::word::Word;
use crate::world::World;

/// A profile for what sessions used.
#[derive(Debug)]
#[non_exhaustive]
pub struct UsedAnswer {
    /// What they used.
    pub used: Used,
    /// What is missing before a profile should be written.
    pub lacks: Vec<Lack>,
    /// The profile, or why there is none.
    pub outcome: Result<Box<UsedProfile>, Unwritten>,
}

/// Why there is no profile.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unwritten {
    /// Too little is known, and nobody insists.
    TooLittle,
    /// The sessions had several profiles, with these names.
    SeveralProfiles(Vec<String>),
    /// It cannot be written, or it is not proven.
    Not(NotWritten),
}

impl Unwritten {
    /// The code in JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLittle => "TOO_LITTLE",
            Self::SeveralProfiles(_) => "SEVERAL_PROFILES",
            Self::Not(own) => own.code(),
        }
    }

    /// What to do.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::TooLittle => "give the records of more sessions, or insist with --used-anyway",
            Self::SeveralProfiles(_) => "give the decision records of sessions of one profile",
            Self::Not(NotWritten::NothingUsed) => "give the events of the sessions",
            Self::Not(NotWritten::TooLong { .. }) => {
                "give the sessions of one kind of work, so that fewer actions are used"
            }
            Self::Not(_) => "keep the old profile",
        }
    }
}

/// The reason as a sentence without its full stop.
impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLittle => f.write_str("too little is known of what engineers need"),
            Self::SeveralProfiles(names) => {
                write!(f, "the sessions have several profiles: {}", names.join(", "))
            }
            Self::Not(own) => own.fmt(f),
        }
    }
}

impl UsedAnswer {
    pub(super) fn new(
        args: &AuditArgs,
        world: &dyn World,
        used: Used,
        report: &AuditReport,
        profiles: &[Profile],
    ) -> Result<Self, Trouble> {
        let lacks = used.lacks(report);
        let outcome = outcome(args, world, &used, &lacks, profiles)?;
        Ok(Self { used, lacks, outcome })
    }

    /// Whether there is a profile. Why there is none may be that too little is known.
    pub(super) fn exit(&self) -> Exit {
        match &self.outcome {
            Ok(_) => Exit::Yes,
            Err(Unwritten::Not(NotWritten::NotProven(proof))) => {
                Exit::Depends.unless_defect(proof.is_defect())
            }
            Err(_) => Exit::Depends,
        }
    }
}

fn outcome(
    args: &AuditArgs,
    world: &dyn World,
    used: &Used,
    lacks: &[Lack],
    profiles: &[Profile],
) -> Result<Result<Box<UsedProfile>, Unwritten>, Trouble> {
    let Some((profile, others)) = profiles.split_first() else {
        return Ok(Err(Unwritten::Not(NotWritten::NothingUsed)));
    };
    if others.iter().any(|own| own.sha256() != profile.sha256()) {
        let mut names: Vec<String> = profiles.iter().map(|own| own.name().to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        return Ok(Err(Unwritten::SeveralProfiles(names)));
    }
    if !lacks.is_empty() && !args.used_anyway {
        return Ok(Err(Unwritten::TooLittle));
    }
    let resources = if args.used_resources { Resources::Used } else { Resources::AllForReads };
    let (catalog, details) = (world.built_in().catalog()?, world.built_in().details()?);
    let written = used.profile(&Writing { profile, catalog, details, resources });
    Ok(written.map(Box::new).map_err(Unwritten::Not))
}

/// What sessions used, and a profile for it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct UsedJson<'a> {
    /// The calls that succeeded and that the plan may allow.
    calls: u64,
    /// The sessions with such calls.
    sessions: usize,
    /// The days from the first call to the last one.
    days: i64,
    first: Option<String>,
    last: Option<String>,
    /// The actions that were used.
    actions: Vec<ActionJson<'a>>,
    /// What is missing before a profile should be written.
    lacks: Vec<LackJson>,
    /// The profile. `null` if there is none.
    profile: Option<ProfileJson<'a>>,
    /// Why there is none.
    unwritten: Option<UnwrittenJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ActionJson<'a> {
    action: &'a str,
    calls: u64,
    /// Whether some call needed it for certain. Otherwise it may have been needed.
    certain: bool,
    first: PlaceJson<'a>,
    /// Resources on which it was used, up to 16.
    resources: Vec<&'a str>,
    /// Whether it was used on others too, or on some that the records do not tell.
    other_resources: bool,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct LackJson {
    code: &'static str,
    says: String,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProfileJson<'a> {
    name: &'a str,
    sha256: &'a str,
    /// The text of its file.
    text: &'a str,
    /// The characters that STS counts, and their maximum.
    characters: usize,
    budget: usize,
    /// The used actions, each with the resources on which it is allowed. `null` stands for those on which the old profile allows it.
    actions: Vec<AllowedJson<'a>>,
    /// Actions that are not allowed on some resources only, because the records do not tell all on which they were used, or these are more than 16.
    untold: &'a [Box<str>],
    /// Actions of the catalogue that were not used, and that wildcards allow so that it fits.
    added: &'a [Box<str>],
    /// Whether it is proven to allow nothing beyond the old profile.
    within: Word<VerdictKind>,
    /// The same, whatever policies of resources grant.
    closed: Word<VerdictKind>,
    /// Why that is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    closed_doubts: Vec<DoubtJson>,
    /// Whether its promise is proven.
    promise: Word<VerdictKind>,
    /// What the proofs take for true.
    premises: Vec<&'static str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AllowedJson<'a> {
    action: &'a str,
    resources: Option<&'a [Box<str>]>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct UnwrittenJson {
    code: &'static str,
    says: String,
    help: &'static str,
    /// The inline policy that is too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<PolicyJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
struct PolicyJson(
    #[serde(serialize_with = "members")]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    Arc<Policy>,
);

impl<'a> UsedJson<'a> {
    pub(super) fn new(own: &'a UsedAnswer) -> Self {
        let used = &own.used;
        Self {
            calls: used.calls,
            sessions: used.sessions,
            days: used.days(),
            first: used.times.map(|(first, _)| first.to_string()),
            last: used.times.map(|(_, last)| last.to_string()),
            actions: used.actions.iter().map(|(name, own)| ActionJson::new(name, own)).collect(),
            lacks: own.lacks.iter().map(|own| LackJson { code: own.code(), says: own.to_string() }).collect(),
            profile: own.outcome.as_deref().ok().map(ProfileJson::new),
            unwritten: own.outcome.as_ref().err().map(UnwrittenJson::new),
        }
    }
}

impl<'a> ActionJson<'a> {
    fn new(action: &'a str, own: &'a UsedAction) -> Self {
        Self {
            action,
            calls: own.calls,
            certain: own.is_certain,
            first: PlaceJson::new(&own.first),
            resources: own.resources.iter().map(|own| &**own).collect(),
            other_resources: own.has_others,
        }
    }
}

impl<'a> ProfileJson<'a> {
    fn new(own: &'a UsedProfile) -> Self {
        let (profile, proof) = (&own.profile, &own.proof);
        Self {
            name: profile.name(),
            sha256: profile.sha256(),
            text: &own.text,
            characters: profile.characters(),
            budget: profile.budget(),
            actions: own
                .actions
                .iter()
                .map(|(action, own)| AllowedJson { action, resources: own.as_deref() })
                .collect(),
            untold: &own.untold,
            added: &own.added,
            within: Word(proof.within.kind()),
            closed: Word(proof.closed.kind()),
            closed_doubts: DoubtJson::list(&proof.closed),
            promise: Word(proof.promise.verdict()),
            premises: proof.premises(),
        }
    }
}

impl UnwrittenJson {
    fn new(own: &Unwritten) -> Self {
        let policy = match own {
            Unwritten::Not(NotWritten::TooLong { policy, .. }) => Some(PolicyJson(Arc::clone(policy))),
            Unwritten::Not(_) | Unwritten::TooLittle | Unwritten::SeveralProfiles(_) => None,
        };
        Self { code: own.code(), says: own.to_string(), help: own.help(), policy }
    }
}
