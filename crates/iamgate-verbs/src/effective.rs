//! `iamgate effective`: a role under a session profile as one policy.

use std::sync::Arc;

use iamgate::iam_analysis::{Analysis, Effective, EffectiveError, Fact, Origin, Verdict, VerdictKind};
use iamgate::iam_eval::{ContextValue, Layer};
use iamgate::iam_json::quoted;
use iamgate::iam_policy::Policy;
use iamgate::{Profile, RoleSnapshot, session_layers};
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::EffectiveArgs;
use crate::dates::DataDates;
use crate::json;
use crate::load::{self, Loaded};
use crate::names::{self, UnknownName};
use crate::prove::key_and_value;
use crate::sorted::members;
use crate::trouble::Trouble;
use crate::witness::{DoubtJson, RequestJson};
use crate::word::Word;
use crate::world::World;

/// Role and session as one policy.
#[derive(Debug)]
#[non_exhaustive]
pub struct EffectiveAnswer {
    /// The policy, and how it compares with role and session.
    pub effective: Effective,
    /// The days of the data.
    pub dates: DataDates,
    role: Option<RoleSnapshot>,
    profile: Profile,
    unknown: Vec<UnknownName>,
}

/// Writes one policy that allows what a role and a session profile allow together.
///
/// # Errors
/// The role or the profile cannot be read, or they have too many statements.
pub fn effective(args: &EffectiveArgs, world: &dyn World) -> Result<EffectiveAnswer, Trouble> {
    let details = world.built_in().details()?;
    let Loaded { role, profile, dates, .. } = load::load(world, Some(&args.snapshot), &args.session)?;
    let layers = session_layers(role.as_ref(), &profile);
    let policies: Vec<_> = layers.policies().map(|(_, policy)| policy).collect();
    let conditions = policies.iter().flat_map(|p| &p.statements).flat_map(|s| &s.conditions);
    let mut space = iamgate::space(conditions, details);
    for text in &args.context {
        let (key, value) = key_and_value(text)?;
        space.set_fact(key, Fact::Value(ContextValue::single(value)));
    }
    for key in &args.absent {
        space.set_fact(key, Fact::Absent);
    }
    let effective = Analysis::effective(&space, &layers).map_err(|error| match error {
        EffectiveError::Part(error) => Trouble::part(&args.snapshot, &error),
        other @ EffectiveError::TooMany { .. } => Trouble::input(
            &args.snapshot,
            "TOO_MANY_STATEMENTS",
            other.to_string(),
            "use a profile with fewer statements",
        ),
    })?;
    let policies: Vec<&Policy> = policies.into_iter().map(|policy| &**policy).collect();
    let known = args.context.iter().filter_map(|text| text.split_once('=').map(|(key, _)| key));
    let keys = known.chain(args.absent.iter().map(String::as_str));
    let unknown = names::keys(details, &policies, keys);
    Ok(EffectiveAnswer { effective, dates: dates.with_details(details), role, profile, unknown })
}

impl EffectiveAnswer {
    /// The name of a statement of the layers.
    pub fn name_of(&self, origin: Origin) -> String {
        let number = origin.policy.saturating_sub(1);
        let named = match origin.layer {
            Layer::Identity => self.role.as_ref().and_then(|role| role.policies().get(number)),
            Layer::Boundary => self.role.as_ref().and_then(|role| role.boundary()),
            Layer::Session => self.profile.policies().get(number),
            Layer::Scope | Layer::Resource | Layer::VpcEndpoint | Layer::Scp | Layer::Rcp => None,
        };
        let name = named.map_or("?", |named| named.name());
        let statement = named.and_then(|n| n.policy().statements.get(origin.statement.saturating_sub(1)));
        let sid = statement.and_then(|s| s.sid.as_ref()).filter(|sid| !sid.value.is_empty());
        let called = sid.map_or_else(|| format!("statement {}", origin.statement), |sid| quoted(&sid.value));
        format!("{} {} {called}", origin.layer.name(), quoted(name))
    }

    /// The names of statements of the layers, as a list in a sentence.
    pub fn list(&self, origins: &[Origin]) -> String {
        origins.iter().map(|origin| self.name_of(*origin)).collect::<Vec<_>>().join(", ")
    }
}

impl Answer for EffectiveAnswer {
    fn to_json(&self) -> String {
        let effective = &self.effective;
        let requests = [&effective.within, &effective.covers].map(|verdict| match verdict {
            Verdict::Fails(found) => Some(RequestJson::new(&found.request)),
            Verdict::Holds | Verdict::Unknown(_) => None,
        });
        let [too_much, missing] = requests;
        json::indented(&EffectiveJson {
            schema: AnswerSchema::Effective,
            version: 1,
            data: self.dates.clone(),
            exact: effective.is_exact(),
            unknown_names: self.unknown.clone(),
            within: Word(effective.within.kind()),
            covers: Word(effective.covers.kind()),
            within_doubts: DoubtJson::list(&effective.within),
            covers_doubts: DoubtJson::list(&effective.covers),
            unfinished: effective.unfinished.as_ref().map(ToString::to_string),
            too_much,
            missing,
            policy: Arc::clone(&effective.policy),
            left_out: effective
                .left_out
                .iter()
                .map(|left| NoteJson { statements: self.list(&left.statements), why: left.why.to_string() })
                .collect(),
            dead: effective
                .dead
                .iter()
                .map(|dead| NoteJson {
                    statements: self.name_of(dead.allow),
                    why: self.list(&dead.shadowed_by),
                })
                .collect(),
        })
    }

    fn exit(&self) -> Exit {
        let Effective { within, covers, .. } = &self.effective;
        // The policy is equal to the layers as decisions are made. Under which other readings it is not, the answer says.
        let exit = if within.holds_at_first() && covers.holds_at_first() {
            Exit::Yes
        } else if covers.kind() == VerdictKind::Fails {
            Exit::No
        } else {
            Exit::Unanswered
        };
        exit.unless_defect(within.is_defect() || covers.is_defect())
    }

    fn unknown_names(&self) -> &[UnknownName] {
        &self.unknown
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct EffectiveJson {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    exact: bool,
    /// Names that were given and that are not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown_names: Vec<UnknownName>,
    within: Word<VerdictKind>,
    covers: Word<VerdictKind>,
    /// Why it is not known whether the policy allows more than the layers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    within_doubts: Vec<DoubtJson>,
    /// Why it is not known whether the policy allows all that the layers do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    covers_doubts: Vec<DoubtJson>,
    /// Why the policy may have more statements than it needs. Left out if everything was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    unfinished: Option<String>,
    /// A request that the policy allows and the layers do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    too_much: Option<RequestJson>,
    /// A request that the layers allow and the policy does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<RequestJson>,
    #[serde(serialize_with = "members")]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    policy: Arc<Policy>,
    left_out: Vec<NoteJson>,
    dead: Vec<NoteJson>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct NoteJson {
    statements: String,
    why: String,
}
