//! `iamgate profiles build`: the guard of a profile, written from its promise.

use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_catalog::{AccessLevel, SensitivityClass};
use iamgate::iam_eval::session::SessionLimits;
use iamgate::iam_json::quoted;
use iamgate::iam_policy::{ActionPattern, Limits};
use iamgate::{
    AddedLater, File, Guard, GuardChanges, GuardError, GuardPattern, GuardReason, GuardRequest, Premises,
    Profile, Proof, RefusedAction, RoleSnapshot, built_in, guard, guarded_text, prove_read_only,
};
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::BuildProfileArgs;
use crate::dates::DataDates;
use crate::json;
use crate::later::AddedLaterJson;
use crate::load;
use crate::names::{self, UnknownName};
use crate::prove::ClaimJson;
use crate::trouble::Trouble;
use crate::word::Word;
use crate::world::World;

/// The guard of a profile, or the reason why there is none.
#[derive(Debug)]
#[non_exhaustive]
pub struct BuildProfileAnswer {
    /// The profile as it was, with the budget that was asked for.
    pub profile: Profile,
    /// The role whose actions are dearest; `None` if all actions are equally dear.
    pub role: Option<RoleSnapshot>,
    /// The guard or, if there is none, a conflict or by how much the shortest guard is too long.
    pub outcome: Result<Built, GuardError>,
    /// The actions to keep that the catalogue does not have.
    pub unknown: Vec<UnknownName>,
    /// The days of the data.
    pub dates: DataDates,
}

/// A guard, and the profile with it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Built {
    /// The guard.
    pub guard: Guard,
    /// The text of the profile's file with it.
    pub text: String,
    /// The promise of that profile, for any role.
    pub proof: Proof,
    /// What AWS may add later: counted, not proven.
    pub later: AddedLater,
}

/// Writes the guard of a profile.
///
/// # Errors
/// The profile, its managed policies or the role cannot be read, or the profile needs no guard.
pub fn build_profile(args: &BuildProfileArgs, world: &dyn World) -> Result<BuildProfileAnswer, Trouble> {
    let (catalog, details) = (world.built_in().catalog()?, world.built_in().details()?);
    if args.any_role && args.role.is_some() {
        return Err(Trouble::usage("a role and any_role", "give one of the two"));
    }
    let managed = load::managed(world, args.managed.as_deref(), &Limits::default())?;
    let file = load::named_profile(world, &args.profile, args.profiles.as_deref())?;
    let role = match (&args.role, args.any_role) {
        (_, true) => None,
        (Some(path), false) => Some(load::folder_of_role(world, path, &managed)?),
        (None, false) => Some(support_role(world)?),
    };
    let account = role.as_ref().map_or(load::NO_ACCOUNT, RoleSnapshot::account);
    let mut profile = load::profile(&file, account, &managed)?;
    if let Some(budget) = args.budget {
        let most = SessionLimits::default().policy_characters;
        if budget > most {
            return Err(Trouble::usage(
                format!("a budget of {budget}"),
                format!("STS takes {most} characters"),
            ));
        }
        profile = profile.with_budget(budget);
    }
    let keep = args.keep.iter().map(|text| pattern(text)).collect::<Result<Vec<_>, _>>()?;
    let request = GuardRequest { profile: &profile, role: role.as_ref(), keep: &keep };
    let outcome = match guard(&request, catalog) {
        Ok(guard) => {
            let text = guarded_text(&file, &profile, &guard)
                .map_err(|error| load::trouble(error, std::slice::from_ref(&file)))?;
            // The promise is proven for the text that is handed out.
            let written = File { name: file.name.clone(), text };
            let new = load::profile(&written, account, &managed)?;
            let proof = prove_read_only(None, &new, catalog, details, &Premises::default());
            Ok(Built { guard, text: written.text, proof, later: AddedLater::of(&new) })
        }
        Err(GuardError::NothingToDeny) => {
            let found = GuardError::NothingToDeny.to_string();
            return Err(Trouble::input(&file.name, "NO_GUARD_NEEDED", found, "leave the profile as it is"));
        }
        Err(GuardError::Policy(error)) => return Err(Trouble::part(&file.name, &error)),
        Err(error) => Err(error),
    };
    let unknown = names::actions(catalog, args.keep.iter().map(String::as_str));
    let dates = DataDates::default().with_managed(&managed).with_catalogue(catalog).with_details(details);
    Ok(BuildProfileAnswer { profile, role, outcome, unknown, dates })
}

/// DoiT's support role. Its policies are those that are built in, whatever folder of managed policies is named.
fn support_role(world: &dyn World) -> Result<RoleSnapshot, Trouble> {
    built_in::support_gateway(world.built_in().managed()?).map_err(Trouble::bug)
}

fn pattern(text: &str) -> Result<ActionPattern, Trouble> {
    ActionPattern::parse(text).ok_or_else(|| {
        let help = "give an action or a pattern of actions, such as ec2:Describe*";
        Trouble::usage(format!("--keep {}", quoted(text)), help)
    })
}

impl BuildProfileAnswer {
    /// Whether there is a guard, and the promise is proven for the profile with it.
    pub fn is_proven(&self) -> bool {
        self.outcome.as_ref().is_ok_and(|built| built.proof.verdict() == VerdictKind::Holds)
    }
}

impl Answer for BuildProfileAnswer {
    fn to_json(&self) -> String {
        json::indented(&GuardJson::new(self))
    }

    fn exit(&self) -> Exit {
        match &self.outcome {
            Ok(built) => Exit::from(built.proof.verdict()).unless_defect(built.proof.is_defect()),
            Err(_) => Exit::No,
        }
    }

    fn unknown_names(&self) -> &[UnknownName] {
        &self.unknown
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct GuardJson {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    profile: String,
    /// The role whose actions are dearest. Left out if all actions are equally dear.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    outcome: Outcome,
    /// Names that were given and that are not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown_names: Vec<UnknownName>,
    budget: usize,
    /// The characters of inline policy and ARNs. Left out in a conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    characters: Option<usize>,
    /// The patterns of the guard or, if it is too long, of the shortest one, the longest pattern first.
    patterns: Vec<PatternJson>,
    /// Actions that the profile refuses, and that must not be denied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conflicts: Vec<RefusedJson>,
    /// The profile with the guard. Left out if there is no guard.
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<WrittenJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct WrittenJson {
    /// Statements of their own for actions that are refused only on some resources.
    narrow: Vec<NarrowJson>,
    changes: ChangesJson,
    /// Whether the promise of the profile with this guard holds for any role.
    promise: Word<VerdictKind>,
    claims: Vec<ClaimJson>,
    added_later: AddedLaterJson,
    /// The text of the profile's file with this guard.
    text: String,
}

/// The Deny of an action on some resources.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct NarrowJson {
    action: String,
    class: Word<SensitivityClass>,
    resource: String,
}

/// Whether there is a guard.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Written,
    TooLong,
    Conflict,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PatternJson {
    pattern: String,
    refused: Vec<RefusedJson>,
    /// Harmless actions that the role has.
    lost: Vec<String>,
    /// Other harmless actions.
    lost_elsewhere: Vec<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RefusedJson {
    action: String,
    reasons: Vec<ReasonJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ReasonJson {
    kind: ReasonKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Word<SensitivityClass>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<Word<AccessLevel>>,
}

/// Why the profile refuses an action.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "kebab-case")]
enum ReasonKind {
    NeverAllowed,
    NotKept,
    Level,
    AlwaysDenied,
    NotInCatalogue,
    Other,
}

/// What the guard denies otherwise than the one that the profile had.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ChangesJson {
    gained: Vec<String>,
    gained_elsewhere: Vec<String>,
    lost: Vec<String>,
    lost_elsewhere: Vec<String>,
    refused_newly: Vec<String>,
    no_longer_refused: Vec<String>,
}

fn texts(list: &[Box<str>]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

impl GuardJson {
    fn new(answer: &BuildProfileAnswer) -> Self {
        let (mut characters, mut conflicts, mut written) = (None, Vec::new(), None);
        let mut patterns: &[GuardPattern] = &[];
        let outcome = match &answer.outcome {
            Ok(built) => {
                (characters, patterns) = (Some(built.guard.characters), &built.guard.patterns);
                written = Some(WrittenJson::new(built));
                Outcome::Written
            }
            Err(GuardError::TooLong { characters: found, patterns: own, .. }) => {
                (characters, patterns) = (Some(*found), own);
                Outcome::TooLong
            }
            Err(GuardError::Conflict { actions }) => {
                conflicts = actions.iter().map(RefusedJson::new).collect();
                Outcome::Conflict
            }
            Err(_) => Outcome::TooLong,
        };
        Self {
            schema: AnswerSchema::ProfileGuard,
            version: 1,
            data: answer.dates.clone(),
            profile: answer.profile.name().to_string(),
            role: answer.role.as_ref().map(|role| role.arn().to_string()),
            outcome,
            unknown_names: answer.unknown.clone(),
            budget: answer.profile.budget(),
            characters,
            patterns: patterns.iter().map(PatternJson::new).collect(),
            conflicts,
            written,
        }
    }
}

impl WrittenJson {
    fn new(built: &Built) -> Self {
        let GuardChanges {
            gained,
            gained_elsewhere,
            lost,
            lost_elsewhere,
            refused_newly,
            no_longer_refused,
            ..
        } = &built.guard.changes;
        let narrow = built.guard.narrow.iter().map(|own| NarrowJson {
            action: own.action.text().to_owned(),
            class: Word(own.class),
            resource: own.resource.text().to_owned(),
        });
        Self {
            narrow: narrow.collect(),
            changes: ChangesJson {
                gained: texts(gained),
                gained_elsewhere: texts(gained_elsewhere),
                lost: texts(lost),
                lost_elsewhere: texts(lost_elsewhere),
                refused_newly: texts(refused_newly),
                no_longer_refused: texts(no_longer_refused),
            },
            promise: Word(built.proof.verdict()),
            claims: built.proof.claims.iter().map(ClaimJson::new).collect(),
            added_later: AddedLaterJson::new(&built.later),
            text: built.text.clone(),
        }
    }
}

impl PatternJson {
    fn new(own: &GuardPattern) -> Self {
        Self {
            pattern: own.pattern.text().to_owned(),
            refused: own.refused.iter().map(RefusedJson::new).collect(),
            lost: texts(&own.lost),
            lost_elsewhere: texts(&own.lost_elsewhere),
        }
    }
}

impl RefusedJson {
    fn new(own: &RefusedAction) -> Self {
        Self {
            action: own.action.to_string(),
            reasons: own.reasons.iter().copied().map(ReasonJson::new).collect(),
        }
    }
}

impl ReasonJson {
    const fn new(reason: GuardReason) -> Self {
        let (kind, class, level) = match reason {
            GuardReason::NeverAllowed(class) => (ReasonKind::NeverAllowed, Some(Word(class)), None),
            GuardReason::NotKept(class) => (ReasonKind::NotKept, Some(Word(class)), None),
            GuardReason::Level(level) => (ReasonKind::Level, None, Some(Word(level))),
            GuardReason::AlwaysDenied => (ReasonKind::AlwaysDenied, None, None),
            GuardReason::NotInCatalogue => (ReasonKind::NotInCatalogue, None, None),
            _ => (ReasonKind::Other, None, None),
        };
        Self { kind, class, level }
    }
}
