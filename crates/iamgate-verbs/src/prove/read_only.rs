//! `iamgate prove read-only`: the promise of a profile.

use iamgate::iam_analysis::{ResourcePolicies, VerdictKind};
use iamgate::iam_eval::ContextValue;
use iamgate::iam_policy::Policy;
use iamgate::{AddedLater, Claim, Premises, Profile, Proof, RoleSnapshot, prove_read_only, session_layers};
use serde::Serialize;

use super::{Asked, key_and_value};
use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::{Granting, ReadOnlyArgs};
use crate::dates::DataDates;
use crate::json;
use crate::later::AddedLaterJson;
use crate::load::{self, Loaded, Origins};
use crate::names::{self, UnknownName};
use crate::premise::PremiseJson;
use crate::trouble::Trouble;
use crate::witness::AnswerJson;
use crate::word::Word;
use crate::world::World;

/// The answer to the question whether the promise of a profile holds.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReadOnlyAnswer {
    /// The role; `None` if the claim is about any role.
    pub role: Option<RoleSnapshot>,
    /// The profile.
    pub profile: Profile,
    /// The origins of profiles and managed policies.
    pub origins: Origins,
    /// The premises of the proof.
    pub premises: Premises,
    /// The proof, part by part.
    pub proof: Proof,
    /// What AWS may add later: counted, not proven.
    pub later: AddedLater,
    /// The date of the catalogue, and its number of actions.
    pub catalogue: (&'static str, usize),
    /// The days of the data.
    pub dates: DataDates,
    unknown: Vec<UnknownName>,
}

/// Proves the promise of a profile, or finds requests that break it.
///
/// # Errors
/// The role or the profile cannot be read.
pub fn read_only(args: &ReadOnlyArgs, world: &dyn World) -> Result<ReadOnlyAnswer, Trouble> {
    let (catalog, details) = (world.built_in().catalog()?, world.built_in().details()?);
    if args.snapshot.is_some() == args.any_role {
        return Err(Trouble::usage("of which role", "give a role, or any_role"));
    }
    let Loaded { role, profile, origins, dates } =
        load::load(world, args.snapshot.as_deref(), &args.session)?;
    let mut premises = Premises::default();
    premises.resource_policies = match args.resource_policies {
        Granting::None => ResourcePolicies::Given,
        Granting::NotTheSession => ResourcePolicies::NoneNamesTheSession,
        Granting::Any => ResourcePolicies::Any,
    };
    for text in &args.context {
        let (key, value) = key_and_value(text)?;
        premises = premises.knowing(key, ContextValue::single(value));
    }
    let proof = prove_read_only(role.as_ref(), &profile, catalog, details, &premises);
    let catalogue = (catalog.date(), catalog.actions().len());
    let later = AddedLater::of(&profile);
    let dates = dates.with_catalogue(catalog).with_details(details);
    let layers = session_layers(role.as_ref(), &profile);
    let policies: Vec<&Policy> = layers.policies().map(|(_, policy)| &**policy).collect();
    let keys = args.context.iter().filter_map(|text| text.split_once('=').map(|(key, _)| key));
    let unknown = names::keys(details, &policies, keys);
    Ok(ReadOnlyAnswer { role, profile, origins, premises, proof, later, catalogue, dates, unknown })
}

impl Answer for ReadOnlyAnswer {
    fn to_json(&self) -> String {
        json::indented(&ProofJson {
            schema: AnswerSchema::Prove,
            version: 1,
            data: self.dates.clone(),
            question: Asked::ReadOnly,
            verdict: Word(self.proof.verdict()),
            role: self.role.as_ref().map(|role| role.arn().to_string()),
            profile: self.profile.name().to_string(),
            unknown_names: self.unknown.clone(),
            resource_policies: Word(self.premises.resource_policies),
            catalogue: self.catalogue.0.to_owned(),
            premises: self.proof.premises.iter().map(PremiseJson::new).collect(),
            claims: self.proof.claims.iter().map(ClaimJson::new).collect(),
            added_later: AddedLaterJson::new(&self.later),
        })
    }

    fn exit(&self) -> Exit {
        Exit::from(self.proof.verdict()).unless_defect(self.proof.is_defect())
    }

    fn unknown_names(&self) -> &[UnknownName] {
        &self.unknown
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ProofJson {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    question: Asked,
    verdict: Word<VerdictKind>,
    /// The role. Left out if the claim is about any role.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    profile: String,
    /// Names that were given and that are not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown_names: Vec<UnknownName>,
    resource_policies: Word<ResourcePolicies>,
    catalogue: String,
    premises: Vec<PremiseJson>,
    claims: Vec<ClaimJson>,
    added_later: AddedLaterJson,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ClaimJson {
    says: String,
    verdict: Word<VerdictKind>,
    /// The number of actions of the catalogue. Left out if the claim is about all other names.
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<usize>,
    resource_policies: Word<ResourcePolicies>,
    broken: Vec<AnswerJson>,
}

impl ClaimJson {
    pub(crate) fn new(claim: &Claim) -> Self {
        Self {
            says: claim.says.to_string(),
            verdict: Word(claim.verdict()),
            actions: claim.actions,
            resource_policies: Word(claim.resource_policies),
            broken: claim.broken.iter().map(AnswerJson::new).collect(),
        }
    }
}
