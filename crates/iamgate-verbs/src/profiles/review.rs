//! `iamgate profiles review`: what new versions of managed policies add, and whether the promises hold with them.

use std::collections::{BTreeMap, BTreeSet};

use iamgate::iam_analysis::VerdictKind;
use iamgate::iam_catalog::{AccessLevel, Classes, SensitivityClass};
use iamgate::iam_eval::action_matches;
use iamgate::iam_policy::{ActionPattern, Limits};
use iamgate::{
    AddedLater, ManagedPolicies, ManagedPolicy, PolicyReview, Premises, Profile, Proof, ReviewedAction,
    prove_read_only, review,
};
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::ReviewProfilesArgs;
use crate::dates::DataDates;
use crate::json;
use crate::later::AddedLaterJson;
use crate::load;
use crate::prove::ClaimJson;
use crate::trouble::Trouble;
use crate::word::Word;
use crate::world::World;

/// What new versions of managed policies add, and what becomes of the promises.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReviewProfilesAnswer {
    /// Each managed policy of the profiles, sorted by ARN.
    pub policies: Vec<ReviewedPolicy>,
    /// Each profile with the new versions.
    pub profiles: Vec<ReviewedProfile>,
    /// The days of the data.
    pub dates: DataDates,
}

/// A managed policy in two versions.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReviewedPolicy {
    /// The old version; `None` if its document is not known.
    pub old: Option<ManagedPolicy>,
    /// The new version.
    pub new: ManagedPolicy,
    /// What the new version adds. `None` if the document of the old one is not known.
    pub review: Option<PolicyReview<'static>>,
}

/// A profile with the new versions.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReviewedProfile {
    /// The profile.
    pub profile: Profile,
    /// Actions that the new versions add or widen, and that the guard of the profile does not deny.
    pub reaching: Vec<Box<str>>,
    /// ARNs of which the profile pins a version that is not the old one here.
    pub other_pins: Vec<Box<str>>,
    /// Its promise with the new versions, for any role.
    pub proof: Proof,
    /// What AWS may add later: counted, not proven.
    pub later: AddedLater,
}

/// Compares versions of managed policies, and proves the promises anew.
///
/// # Errors
/// The profiles or the managed policies cannot be read, or the new ones lack an ARN of a profile.
pub fn review_profiles(
    args: &ReviewProfilesArgs,
    world: &dyn World,
) -> Result<ReviewProfilesAnswer, Trouble> {
    let (catalog, details) = (world.built_in().catalog()?, world.built_in().details()?);
    let classes = Classes::embedded().map_err(Trouble::bug)?;
    let limits = Limits::default();
    let new = load::managed(world, Some(&args.managed), &limits)?;
    let old = load::managed(world, args.before.as_deref(), &limits)?;
    let files = match &args.profile {
        Some(profile) => vec![load::named_profile(world, profile, args.profiles.as_deref())?],
        None => load::all_profiles(world, args.profiles.as_deref())?,
    };
    let profiles = files.iter().map(|file| load::profile(file, load::NO_ACCOUNT, &new));
    let profiles: Vec<Profile> = profiles.collect::<Result<_, _>>()?;
    let mut policies: BTreeMap<Box<str>, ReviewedPolicy> = BTreeMap::new();
    for found in profiles.iter().flat_map(|profile| &profile.managed).map(|managed| &managed.found) {
        policies.entry(found.arn.clone()).or_insert_with(|| {
            let old = old.policy(&found.arn).cloned();
            let review =
                old.as_ref().map(|old| review(&old.policy, &found.policy, catalog, details, &classes));
            ReviewedPolicy { old, new: found.clone(), review }
        });
    }
    let judge = |profile: Profile| {
        let own = profile.managed.iter().filter_map(|managed| policies.get(&managed.found.arn));
        ReviewedProfile {
            reaching: reaching(&profile, own),
            other_pins: other_pins(&profile, &old),
            proof: prove_read_only(None, &profile, catalog, details, &Premises::default()),
            later: AddedLater::of(&profile),
            profile,
        }
    };
    let profiles = profiles.into_iter().map(judge).collect();
    let dates = DataDates::default().with_managed(&new).with_catalogue(catalog).with_details(details);
    Ok(ReviewProfilesAnswer { policies: policies.into_values().collect(), profiles, dates })
}

/// What policies add that the inline policy does not deny for every request.
fn reaching<'p>(profile: &Profile, policies: impl Iterator<Item = &'p ReviewedPolicy>) -> Vec<Box<str>> {
    let denied: Vec<&ActionPattern> = profile.denied_always().collect();
    let is_denied = |action: &str| denied.iter().any(|pattern| action_matches(pattern, action));
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for review in policies.filter_map(|own| own.review.as_ref()) {
        found.extend(review.added.iter().chain(&review.wider).map(|own| &*own.action));
    }
    found.into_iter().filter(|action| !is_denied(action)).map(Into::into).collect()
}

/// The ARNs of which a profile pins another document than the old one.
fn other_pins(profile: &Profile, old: &ManagedPolicies) -> Vec<Box<str>> {
    let pinned = profile.managed.iter().filter_map(|own| Some((&own.found.arn, own.pinned.as_ref()?)));
    let is_other = |arn: &str, (version, sha256): &(Box<str>, Box<str>)| {
        old.policy(arn).is_none_or(|old| (&old.version, &old.sha256) != (version, sha256))
    };
    pinned.filter(|(arn, pin)| is_other(arn, pin)).map(|(arn, _)| arn.clone()).collect()
}

impl ReviewProfilesAnswer {
    /// Whether every promise is proven with the new versions.
    pub fn holds(&self) -> bool {
        self.profiles.iter().all(|own| own.proof.verdict() == VerdictKind::Holds)
    }
}

impl ReviewedPolicy {
    /// Whether both versions have the same document.
    pub fn is_same(&self) -> bool {
        self.old.as_ref().is_some_and(|old| old.is_same(&self.new))
    }
}

impl ReviewedProfile {
    /// The member `pins` of the profile for the new versions.
    pub fn pins(&self) -> String {
        json::indented(&Pins::new(&self.profile))
    }
}

impl Answer for ReviewProfilesAnswer {
    fn to_json(&self) -> String {
        json::indented(&ReviewJson {
            schema: AnswerSchema::ProfileReview,
            version: 1,
            data: self.dates.clone(),
            policies: self.policies.iter().map(PolicyJson::new).collect(),
            profiles: self.profiles.iter().map(ProfileReviewJson::new).collect(),
        })
    }

    fn exit(&self) -> Exit {
        Exit::when(self.holds()).unless_defect(self.profiles.iter().any(|own| own.proof.is_defect()))
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ReviewJson {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    policies: Vec<PolicyJson>,
    profiles: Vec<ProfileReviewJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PolicyJson {
    arn: String,
    /// `null` if the document of the old version is not known.
    old: Option<Pin>,
    new: Pin,
    /// Whether both have the same document.
    same: bool,
    /// Actions that only the new version allows.
    added: Vec<AddedJson>,
    /// Actions that the new version allows in more cases.
    wider: Vec<AddedJson>,
    /// Actions that only the old version allows.
    removed: Vec<String>,
    /// Actions that the old version allows in more cases.
    narrower: Vec<String>,
    /// New names that the catalogue does not have.
    unknown: Vec<String>,
    /// New patterns, which also allow names that AWS may add.
    wildcards: Vec<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AddedJson {
    action: String,
    level: Word<AccessLevel>,
    classes: Vec<EvidenceJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EvidenceJson {
    class: Word<SensitivityClass>,
    evidence: String,
    source: String,
    /// Whether a person looked at it.
    reviewed: bool,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProfileReviewJson {
    name: String,
    /// Whether the promise holds with the new versions, for any role.
    promise: Word<VerdictKind>,
    claims: Vec<ClaimJson>,
    /// Actions that are new and that the guard of the profile does not deny.
    reaching: Vec<String>,
    /// ARNs of which the profile pins another document than the old one here.
    other_pins: Vec<String>,
    added_later: AddedLaterJson,
    /// The pins of the new versions, as the profile has them.
    pins: Pins,
}

/// A version of a policy.
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Pin {
    version: String,
    sha256: String,
}

/// Versions by ARN.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
struct Pins(BTreeMap<String, Pin>);

impl Pins {
    fn new(profile: &Profile) -> Self {
        let pin = |own: &ManagedPolicy| (own.arn.to_string(), Pin::new(own));
        Self(profile.managed.iter().map(|managed| pin(&managed.found)).collect())
    }
}

impl Pin {
    fn new(own: &ManagedPolicy) -> Self {
        Self { version: own.version.to_string(), sha256: own.sha256.to_string() }
    }
}

impl PolicyJson {
    fn new(own: &ReviewedPolicy) -> Self {
        let none = PolicyReview::default();
        let review = own.review.as_ref().unwrap_or(&none);
        let added = |list: &[ReviewedAction<'static>]| list.iter().map(AddedJson::new).collect();
        let names =
            |list: &[ReviewedAction<'static>]| list.iter().map(|own| own.action.to_string()).collect();
        let texts = |list: &[Box<str>]| list.iter().map(ToString::to_string).collect();
        Self {
            arn: own.new.arn.to_string(),
            old: own.old.as_ref().map(Pin::new),
            new: Pin::new(&own.new),
            same: own.is_same(),
            added: added(&review.added),
            wider: added(&review.wider),
            removed: names(&review.removed),
            narrower: names(&review.narrower),
            unknown: texts(&review.unknown),
            wildcards: texts(&review.wildcards),
        }
    }
}

impl AddedJson {
    fn new(own: &ReviewedAction<'static>) -> Self {
        let classes = own.classes.iter().map(|reason| EvidenceJson {
            class: Word(reason.class),
            evidence: reason.evidence.to_owned(),
            source: reason.source.to_owned(),
            reviewed: reason.reviewed,
        });
        Self { action: own.action.to_string(), level: Word(own.level), classes: classes.collect() }
    }
}

impl ProfileReviewJson {
    fn new(own: &ReviewedProfile) -> Self {
        let texts = |list: &[Box<str>]| list.iter().map(ToString::to_string).collect();
        Self {
            name: own.profile.name.to_string(),
            promise: Word(own.proof.verdict()),
            claims: own.proof.claims.iter().map(ClaimJson::new).collect(),
            reaching: texts(&own.reaching),
            other_pins: texts(&own.other_pins),
            added_later: AddedLaterJson::new(&own.later),
            pins: Pins::new(&own.profile),
        }
    }
}
