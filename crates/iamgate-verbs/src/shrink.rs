//! `iamgate shrink`: a shorter policy, and what it changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use iamgate::iam_analysis::{ActionNames, Analysis, ClassAnswer, Fitted, Verdict, VerdictKind, Widening};
use iamgate::iam_catalog::{AccessLevel, Catalog, SensitivityClass};
use iamgate::iam_eval::action_matches;
use iamgate::iam_policy::{Effect, Limits, Policy};
use iamgate::{ComparedKind, Comparing, Smaller};
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::ShrinkArgs;
use crate::dates::DataDates;
use crate::diff::{Text, compared};
use crate::json;
use crate::sorted::members;
use crate::trouble::Trouble;
use crate::witness::{AnswerJson, DoubtJson, is_defect};
use crate::word::Word;
use crate::world::World;

/// A shorter policy.
#[derive(Debug)]
#[non_exhaustive]
pub struct ShrinkAnswer {
    /// What kind of policy it is.
    pub kind: ComparedKind,
    /// The shorter policy.
    pub policy: Arc<Policy>,
    /// The number of characters of the given policy and of this policy in canonical JSON.
    pub characters: (usize, usize),
    /// Whether the policy fits into the number of characters that was asked for.
    pub fits: bool,
    /// Whether the policy is proven to allow, for every request, what the given policy allows.
    pub covers: Verdict,
    /// What the policy allows beyond the given one. Empty if both are proven equal.
    pub adds: Vec<ClassAnswer>,
    /// Why there may be a shorter policy that allows the same, as a sentence without a full stop. `None` if everything was tried.
    pub unfinished: Option<String>,
    /// What the proof rests on, as sentences. Empty for policies of principals.
    pub premises: Vec<String>,
    /// The added actions of the catalogue, those of sensitive classes first.
    pub added: Vec<Added>,
    /// Whether it was asked for a policy that may allow more.
    pub may_add: bool,
    /// The maximum number of characters that was asked for.
    pub most: usize,
    /// The days of the data.
    pub dates: DataDates,
}

/// Added actions of one access level and of the same sensitive classes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Added {
    /// The sensitive classes; none for harmless actions.
    pub classes: Vec<SensitivityClass>,
    /// The access level.
    pub level: AccessLevel,
    /// The full names.
    pub actions: Vec<String>,
}

/// The actions that a shorter policy adds, grouped: sensitive ones first, then those that change something.
fn added(fitted: &Fitted, catalog: &Catalog<'_>) -> Vec<Added> {
    let names: BTreeSet<String> =
        fitted.adds.iter().flat_map(|own| &own.actions).map(|name| name.to_ascii_lowercase()).collect();
    let mut groups: Vec<Added> = Vec::new();
    for action in catalog.actions() {
        let name = action.to_string();
        if !names.contains(&name.to_ascii_lowercase()) {
            continue;
        }
        let classes: Vec<SensitivityClass> = action.sensitivity.classes().collect();
        match groups.iter_mut().find(|own| own.classes == classes && own.level == action.level) {
            Some(own) => own.actions.push(name),
            None => groups.push(Added { classes, level: action.level, actions: vec![name] }),
        }
    }
    let is_harmless = |own: &Added| matches!(own.level, AccessLevel::List | AccessLevel::Read);
    groups.sort_by_key(|own| (own.classes.is_empty(), is_harmless(own), own.level));
    groups
}

/// Writes a shorter policy that allows the same, or, if it was asked for, a little more.
///
/// # Errors
/// The policy cannot be read.
pub fn shrink(args: &ShrinkArgs, world: &dyn World) -> Result<ShrinkAnswer, Trouble> {
    let text = Text::in_file(world, &args.policy, args.kind)?;
    let policy = text.policy(text.kind(), args.mode)?;
    let kind = compared(text.kind(), text.is_told(), policy.statements.iter());
    if kind == ComparedKind::Identity {
        of_principal(args, &policy, world)
    } else {
        document(args, &policy, kind, world)
    }
}

/// A shorter document of a kind that is not about what a principal may do by itself.
fn document(
    args: &ShrinkArgs,
    policy: &Arc<Policy>,
    kind: ComparedKind,
    world: &dyn World,
) -> Result<ShrinkAnswer, Trouble> {
    if args.may_add {
        let help = "leave --may-add out: only policies of principals may allow more when they are shortened";
        return Err(Trouble::usage(format!("--may-add for {}", kind.description()), help));
    }
    let (catalog, names) = world.built_in().actions()?;
    let details = world.built_in().details()?;
    let owner = args.owner.as_deref().map(crate::diff::account).transpose()?;
    let about = Comparing::new(kind, names, details, world.now()).owned_by(owner);
    let shorter = iamgate::smaller(policy, &about);
    let Smaller { policy, characters, unfinished, premises, .. } = shorter.or_given(policy);
    let most = args.fit.unwrap_or_else(|| quota(kind));
    Ok(ShrinkAnswer {
        kind,
        policy,
        characters,
        fits: characters.1 <= most,
        covers: Verdict::Holds,
        adds: Vec::new(),
        unfinished: unfinished.map(Into::into),
        premises: premises.iter().map(ToString::to_string).collect(),
        added: Vec::new(),
        may_add: false,
        most,
        dates: DataDates::default().with_catalogue(catalog).with_details(details),
    })
}

/// AWS's quota of characters.
fn quota(kind: ComparedKind) -> usize {
    let limits = Limits::default();
    match kind {
        ComparedKind::Identity | ComparedKind::Role => SESSION,
        ComparedKind::Trust => limits.default_trust_policy_characters,
        ComparedKind::Scp => limits.scp_characters,
        ComparedKind::Rcp => limits.rcp_characters,
        ComparedKind::Key => limits.key_policy_bytes,
        ComparedKind::VpcEndpoint | ComparedKind::Resource => limits.endpoint_policy_characters,
    }
}

/// The maximum number of characters of the session policies of a session.
const SESSION: usize = 2048;

/// A shorter policy of a principal.
fn of_principal(args: &ShrinkArgs, policy: &Arc<Policy>, world: &dyn World) -> Result<ShrinkAnswer, Trouble> {
    let (catalog, names) = world.built_in().actions()?;
    let details = world.built_in().details()?;
    let space = iamgate::space(policy.statements.iter().flat_map(|s| &s.conditions), details);
    let full: Vec<String> = catalog.actions().map(|action| action.to_string()).collect();
    // A wildcard includes no action of a level that the policy does not have.
    let allows = |action: &str| {
        let allowing = policy.statements.iter().filter(|s| s.effect.value == Effect::Allow);
        let mut elements = allowing.map(|s| &s.action);
        elements.any(|e| e.patterns().iter().any(|p| action_matches(&p.value, action)) != e.is_not())
    };
    let own: BTreeSet<AccessLevel> = catalog
        .actions()
        .zip(&full)
        .filter(|(_, name)| allows(name))
        .map(|(action, _)| action.level)
        .collect();
    let others = catalog.actions().zip(&full).filter(|(action, _)| !own.contains(&action.level));
    let barred = ActionNames::new(others.map(|(_, name)| name.as_str()));
    let widening = if args.may_add { Widening::IfNeeded } else { Widening::Never };
    let most = args.fit.unwrap_or(SESSION);
    let fitted = Analysis::fit(&space, policy, names, &barred, most, widening)
        .map_err(|error| Trouble::part(&args.policy, &error))?;
    let dates = DataDates::default().with_catalogue(catalog).with_details(details);
    let added = added(&fitted, catalog);
    Ok(ShrinkAnswer {
        kind: ComparedKind::Identity,
        policy: fitted.policy,
        characters: fitted.characters,
        fits: fitted.fits,
        covers: fitted.covers,
        adds: fitted.adds,
        unfinished: fitted.unfinished.map(|own| own.to_string()),
        premises: Vec::new(),
        added,
        may_add: args.may_add,
        most,
        dates,
    })
}

impl ShrinkAnswer {
    /// Whether the shorter policy allows exactly what the given one allows.
    pub fn is_equal(&self) -> bool {
        self.covers == Verdict::Holds && self.adds.is_empty()
    }
}

impl Answer for ShrinkAnswer {
    fn to_json(&self) -> String {
        json::indented(&ShrinkJson {
            schema: AnswerSchema::Shrink,
            version: 1,
            data: self.dates.clone(),
            kind: Word(self.kind),
            characters_before: self.characters.0,
            characters: self.characters.1,
            fits: self.fits,
            equal: self.is_equal(),
            covers: Word(self.covers.kind()),
            covers_doubts: DoubtJson::list(&self.covers),
            unfinished: self.unfinished.clone(),
            policy: Arc::clone(&self.policy),
            added: self.added.iter().map(AddedJson::new).collect(),
            adds: self.adds.iter().map(AnswerJson::new).collect(),
            premises: self.premises.clone(),
        })
    }

    fn exit(&self) -> Exit {
        let exit = if self.fits && self.covers == Verdict::Holds {
            Exit::when(self.is_equal())
        } else {
            Exit::Unanswered
        };
        exit.unless_defect(self.covers.is_defect() || is_defect(&self.adds))
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ShrinkJson {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    kind: Word<ComparedKind>,
    characters_before: usize,
    characters: usize,
    fits: bool,
    equal: bool,
    /// Whether it allows all that the given policy allows.
    covers: Word<VerdictKind>,
    /// Why that is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    covers_doubts: Vec<DoubtJson>,
    /// Why there may be a shorter policy that allows the same. Left out if everything was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    unfinished: Option<String>,
    #[serde(serialize_with = "members")]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    policy: Arc<Policy>,
    /// The added actions of the catalogue by level, those of sensitive classes first. Empty unless `may_add`.
    added: Vec<AddedJson>,
    /// What it allows beyond that.
    adds: Vec<AnswerJson>,
    /// What the proof rests on. Left out for policies of principals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    premises: Vec<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AddedJson {
    classes: Vec<Word<SensitivityClass>>,
    level: Word<AccessLevel>,
    actions: Vec<String>,
}

impl AddedJson {
    fn new(added: &Added) -> Self {
        let classes = added.classes.iter().map(|class| Word(*class)).collect();
        Self { classes, level: Word(added.level), actions: added.actions.clone() }
    }
}
