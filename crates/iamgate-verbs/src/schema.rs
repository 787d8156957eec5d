//! JSON Schemas of questions and answers, generated from the types that are read and written.

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::args::{
    BuildProfileArgs, CheckArgs, CouldArgs, DiffArgs, EffectiveArgs, NoPublicArgs, NotGrantedArgs, PlanArgs,
    PreflightArgs, PreviewArgs, ProfilesArgs, QuestionArgs, ReadOnlyArgs, RestrictArgs, ReviewProfilesArgs,
    RolesArgs, ShrinkArgs, TrustArgs, WhyArgs,
};

use crate::trouble::Refused;

type Add = fn(&mut SchemaGenerator) -> Schema;

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// The schemas of questions: an object with a member for each verb.
pub fn questions() -> Value {
    let all: &[(&str, Add)] = &[
        ("changes", of::<PreviewArgs>),
        ("check", of::<CheckArgs>),
        ("could", of::<CouldArgs>),
        ("diff", of::<DiffArgs>),
        ("documents", of::<PreviewArgs>),
        ("effective", of::<EffectiveArgs>),
        ("eval", of::<QuestionArgs>),
        ("explain", of::<QuestionArgs>),
        ("no-public", of::<NoPublicArgs>),
        ("not-granted", of::<NotGrantedArgs>),
        ("plan", of::<PlanArgs>),
        ("preflight", of::<PreflightArgs>),
        ("preview", of::<PreviewArgs>),
        ("profiles", of::<ProfilesArgs>),
        ("profiles-build", of::<BuildProfileArgs>),
        ("profiles-review", of::<ReviewProfilesArgs>),
        ("read-only", of::<ReadOnlyArgs>),
        ("restrict", of::<RestrictArgs>),
        ("roles", of::<RolesArgs>),
        ("shrink", of::<ShrinkArgs>),
        ("trust", of::<TrustArgs>),
        ("why", of::<WhyArgs>),
    ];
    document("Questions", "What each verb is asked.", all, SchemaSettings::draft2020_12().for_deserialize())
}

/// The schemas of answers: an object with a member for each verb, and `refused` for a question that could not be answered.
pub fn answers() -> Value {
    let all: &[(&str, Add)] = &[
        ("changes", of::<crate::preview::ChangesJson>),
        ("check", of::<crate::check::Report<'static>>),
        ("could", of::<crate::could::CouldJson<'static>>),
        ("diff", of::<crate::diff::DiffJson>),
        ("documents", of::<crate::documents::DocumentsJson<'static>>),
        ("effective", of::<crate::effective::EffectiveJson>),
        ("eval", of::<crate::question::QuestionJson<'static>>),
        ("explain", of::<crate::question::ExplanationJson<'static>>),
        ("no-public", of::<crate::prove::PublicJson>),
        ("not-granted", of::<crate::prove::GrantedJson>),
        ("plan", of::<DecisionRecord>),
        ("preflight", of::<crate::preflight::PreflightJson>),
        ("preview", of::<crate::preview::PreviewJson<'static>>),
        ("profiles", of::<crate::profiles::ProfilesJson>),
        ("profiles-build", of::<crate::profiles::GuardJson>),
        ("profiles-review", of::<crate::profiles::ReviewJson>),
        ("read-only", of::<crate::prove::ProofJson>),
        ("restrict", of::<crate::restrict::RestrictionJson>),
        ("roles", of::<crate::roles::RolesJson>),
        ("shrink", of::<crate::shrink::ShrinkJson>),
        ("trust", of::<crate::trust::TrustJson>),
        ("why", of::<crate::why::WhyJson<'static>>),
        ("refused", of::<Refused>),
    ];
    document("Answers", "What each verb answers.", all, SchemaSettings::draft2020_12().for_serialize())
}

fn document(title: &str, about: &str, all: &[(&str, Add)], settings: SchemaSettings) -> Value {
    let mut generator = settings.into_generator();
    let mut members = Map::new();
    for (verb, add) in all {
        members.insert((*verb).to_owned(), add(&mut generator).to_value());
    }
    let required: Vec<&String> = members.keys().collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": about,
        "type": "object",
        "required": required,
        "properties": members,
        "additionalProperties": false,
        "$defs": generator.take_definitions(true),
    })
}

/// A decision record: canonical JSON, with the hash of every input.
#[derive(Serialize, JsonSchema)]
struct DecisionRecord {
    schema: String,
    version: u32,
    engine: String,
    catalogue: RecordCatalogue,
    /// Names and hashes of the inputs.
    inputs: Map<String, Value>,
    /// What was asked for.
    request: Map<String, Value>,
    premises: Map<String, Value>,
    verdict: RecordVerdict,
    refusals: Vec<RecordRefusal>,
    findings: Vec<RecordFinding>,
    /// The parameters of `AssumeRoleWithWebIdentity`. `null` if the session is refused.
    call: Option<Map<String, Value>>,
    tags: Option<Map<String, Value>>,
    quotas: Vec<RecordQuota>,
    access: Map<String, Value>,
    proof: Vec<RecordClaim>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "the gate writes the record; this says its form")]
enum RecordVerdict {
    Planned,
    Refused,
}

#[derive(Serialize, JsonSchema)]
struct RecordCatalogue {
    date: String,
    source: String,
    actions: usize,
}

#[derive(Serialize, JsonSchema)]
struct RecordRefusal {
    code: String,
    says: String,
    /// Why something is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<crate::witness::DoubtJson>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Serialize, JsonSchema)]
struct RecordFinding {
    code: String,
    says: String,
    help: String,
    request: Option<Map<String, Value>>,
    caller: Option<String>,
    permitted: bool,
}

#[derive(Serialize, JsonSchema)]
struct RecordQuota {
    name: String,
    used: usize,
    most: usize,
}

#[derive(Serialize, JsonSchema)]
struct RecordClaim {
    says: String,
    verdict: String,
}
