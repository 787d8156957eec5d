//! A profile for what was used: the most readable and the strictest one that fits, and its proofs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use iamgate::iam_analysis::{ActionNames, Widening};
use iamgate::iam_catalog::{Catalog, Details};
use iamgate::iam_eval::action_matches;
use iamgate::iam_policy::{BuildError, Size};
use iamgate::{
    ActionPattern, Analysis, Effect, File, InputError, Limits, ManagedPolicies, Policy, Profile, Statement,
    action_names, space,
};

use super::Used;
use super::draft::{Allowed, Draft, is_any};
use super::layout::{Closing, Layout, patterns, policy};
use super::proof::{Pair, Possible, UsedProof};
use super::text::text;

/// For what a profile is written.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'w> {
    /// The profile of the sessions. The new one allows nothing beyond it.
    pub profile: &'w Profile,
    /// The actions.
    pub catalog: &'w Catalog<'static>,
    /// Their resource types and condition keys.
    pub details: &'w Details<'static>,
    /// On which resources used actions are allowed.
    pub resources: Resources,
}

/// On which resources used actions are allowed, where the old profile allows them on every one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resources {
    /// Those that only list or read, on every one. Others, on those on which they were used.
    #[default]
    AllForReads,
    /// Every action on those on which it was used.
    Used,
}

/// A profile that was written for what was used.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UsedProfile {
    /// The profile, as it is read from its file.
    pub profile: Profile,
    /// The text of its file.
    pub text: String,
    /// Its actions, each with the resources on which it is allowed. `None` stands for those on which the old profile allows it.
    pub actions: BTreeMap<Box<str>, Option<Vec<Box<str>>>>,
    /// Actions that are not allowed on some resources only, because the records do not tell all on which they were used, or these are more than 16.
    pub untold: Vec<Box<str>>,
    /// Actions of the catalogue that were not used, and that wildcards allow so that it fits.
    pub added: Vec<Box<str>>,
    /// What is proven of it.
    pub proof: UsedProof,
}

/// Why no profile is written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NotWritten {
    /// Nothing was used that the old profile allows.
    NothingUsed,
    /// Even the shortest one that was found is too long for STS.
    TooLong {
        /// Its characters.
        characters: usize,
        /// Their maximum.
        budget: usize,
        /// Its inline policy.
        policy: Arc<Policy>,
    },
    /// A proof does not close.
    NotProven(Box<UsedProof>),
    /// A statement cannot be written.
    Policy(BuildError),
    /// What was written cannot be read.
    Profile(InputError),
    /// The text cannot be written.
    Text(Arc<serde_json::Error>),
}

impl NotWritten {
    /// The code in JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NothingUsed => "NOTHING_USED",
            Self::TooLong { .. } => "TOO_LONG",
            Self::NotProven(_) => "NOT_PROVEN",
            Self::Policy(_) | Self::Profile(_) | Self::Text(_) => "NOT_WRITABLE",
        }
    }
}

/// The reason as a sentence without its full stop.
impl fmt::Display for NotWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingUsed => f.write_str("no call succeeded that the old profile allows"),
            Self::TooLong { characters, budget, .. } => {
                write!(f, "the shortest profile has {characters} characters, and STS takes {budget}")
            }
            Self::NotProven(proof) => proof.fmt(f),
            Self::Policy(error) => write!(f, "a statement cannot be written: {error}"),
            Self::Profile(error) => write!(f, "what was written cannot be read: {error}"),
            Self::Text(error) => write!(f, "the text cannot be written: {error}"),
        }
    }
}

impl std::error::Error for NotWritten {}

impl From<BuildError> for NotWritten {
    fn from(error: BuildError) -> Self {
        Self::Policy(error)
    }
}

/// From the most readable and strictest to the shortest.
const FORMS: [(Layout, Closing); 4] = [
    (Layout::ByService, Closing::Everything),
    (Layout::Together, Closing::Everything),
    (Layout::ByService, Closing::Promised),
    (Layout::Together, Closing::Promised),
];

impl Used {
    /// The smallest profile that allows what was used and nothing beyond the profile of the sessions, as far as it is proven.
    ///
    /// # Errors
    /// Nothing was used, no such profile fits into what STS takes, or a proof does not close.
    ///
    /// # Cost
    /// Some questions to the analysis for each used action, and a proof of the promise: seconds for policies of the size of ReadOnlyAccess.
    pub fn profile(&self, writing: &Writing<'_>) -> Result<UsedProfile, NotWritten> {
        let Writing { profile: old, catalog, details, resources } = *writing;
        let mut possible = Possible::new(old, details);
        let mut is_possible: BTreeSet<&str> = BTreeSet::new();
        let draft = Draft::of(self, old, resources, (catalog, details), |own| {
            let is_so = possible.ask(own);
            if let Some((own, _)) = self.actions.get_key_value(own).filter(|_| is_so) {
                is_possible.insert(own);
            }
            is_so
        });
        if draft.allows.is_empty() {
            return Err(NotWritten::NothingUsed);
        }
        let mut best: Option<NotWritten> = None;
        let budget = old.budget();
        for (layout, closing) in FORMS {
            let form = Form { draft: &draft, allows: &draft.allows, is_possible: &is_possible };
            let policy = policy(&draft.allows, old, layout, closing)?;
            let characters = Size::of(&policy.to_json()).characters;
            if characters > budget {
                let policy = Arc::new(policy);
                best.get_or_insert(NotWritten::TooLong { characters, budget, policy: Arc::clone(&policy) });
                if let Some(NotWritten::TooLong { characters: least, policy: own, .. }) = &mut best
                    && characters < *least
                {
                    (*least, *own) = (characters, policy);
                }
                continue;
            }
            return self.proven(writing, &form, &policy);
        }
        let Some(allows) = widened(&draft, writing)? else {
            return Err(best.unwrap_or(NotWritten::NothingUsed));
        };
        let form = Form { draft: &draft, allows: &allows, is_possible: &is_possible };
        let policy = policy(&allows, old, Layout::Together, Closing::Promised)?;
        match self.proven(writing, &form, &policy) {
            // Wildcards that allow too much are none.
            Err(NotWritten::NotProven(_)) => Err(best.unwrap_or(NotWritten::NothingUsed)),
            other => other,
        }
    }

    /// The profile with this inline policy, if all is proven of what is read from its file.
    fn proven(
        &self,
        writing: &Writing<'_>,
        form: &Form<'_>,
        policy: &Policy,
    ) -> Result<UsedProfile, NotWritten> {
        let Writing { profile: old, catalog, details, .. } = *writing;
        let allowed: Vec<ActionPattern> = form.allows.iter().flat_map(patterns).collect();
        let text =
            text(old, policy, self, &allowed, catalog).map_err(|own| NotWritten::Text(Arc::new(own)))?;
        let file = File { name: format!("{}-used.json", old.name()), text };
        let new = Profile::load(&file, old.account(), &ManagedPolicies::default(), &Limits::default())
            .map_err(NotWritten::Profile)?;
        let pair = Pair::new(old, &new, details);
        let is_possible = |own: &str| form.is_possible.contains(own);
        let proof = pair.proof(self, form.draft, is_possible, (catalog, details));
        if !proof.is_proven() {
            return Err(NotWritten::NotProven(Box::new(proof)));
        }
        let is_added = |own: &String| {
            !form.draft.actions.contains_key(own.as_str())
                && allowed.iter().any(|one| action_matches(one, own))
        };
        let added = catalog.actions().map(|own| own.to_string()).filter(is_added).map(Into::into).collect();
        let texts = |own: &iamgate::ResourceElement| {
            own.patterns().iter().map(|one| one.value.text().into()).collect()
        };
        let actions =
            form.draft.actions.iter().map(|(name, on)| (name.clone(), on.as_ref().map(texts))).collect();
        let untold = form.draft.untold.clone();
        Ok(UsedProfile { profile: new, text: file.text, actions, untold, added, proof })
    }
}

/// What a policy was written from.
struct Form<'f> {
    draft: &'f Draft,
    allows: &'f [Allowed],
    is_possible: &'f BTreeSet<&'f str>,
}

/// What is allowed with wildcards in place of actions, so that it fits. A wildcard matches no action of the catalogue that the old profile does
/// not allow everywhere. `None` if it does not fit with them either.
fn widened(draft: &Draft, writing: &Writing<'_>) -> Result<Option<Vec<Allowed>>, BuildError> {
    let Writing { profile: old, catalog, details, .. } = *writing;
    let Some(plain) = draft.allows.iter().position(Allowed::is_plain) else { return Ok(None) };
    let Some(own) = draft.allows.get(plain) else { return Ok(None) };
    let given = Arc::new(Policy::allowing(patterns(own)));
    let names = action_names(catalog);
    let barred = barred(old, &names);
    let length = |allows: &[Allowed]| {
        let own = policy(allows, old, Layout::Together, Closing::Promised)?;
        Ok::<usize, BuildError>(Size::of(&own.to_json()).characters)
    };
    let mut most = old.budget();
    // With wildcards, more of what the old profile denies has to be denied. Then there is less room.
    for _ in 0..4 {
        let space = space([], details);
        let fitted = Analysis::fit(&space, &given, &names, &barred, most, Widening::IfNeeded)?;
        let statements = fitted.policy.statements.iter().filter(|own| own.effect.value == Effect::Allow);
        let texts = statements.flat_map(|own| own.action.patterns()).map(|own| own.value.text().into());
        let mut allows = draft.allows.clone();
        if let Some(own) = allows.get_mut(plain) {
            own.actions = texts.collect();
        }
        let beyond = length(&allows)?.saturating_sub(old.budget());
        if beyond == 0 {
            return Ok(Some(allows));
        }
        let (_, reached) = fitted.characters;
        let Some(less) = most.min(reached).checked_sub(beyond) else { return Ok(None) };
        most = less;
    }
    Ok(None)
}

/// The actions of the catalogue that a profile does not allow everywhere and always, apart from what it denies of all actions alike.
fn barred(profile: &Profile, names: &ActionNames) -> ActionNames {
    let statements = profile.policies().iter().flat_map(|own| &own.policy().statements);
    let of_all =
        |own: &Statement| !own.action.is_not() && own.action.patterns().iter().any(|own| own.value.is_any());
    let (mut open, mut denied) = (BTreeSet::new(), BTreeSet::new());
    for statement in statements {
        match statement.effect.value {
            Effect::Allow if is_plain(statement) => open.extend(names.of_element(&statement.action)),
            Effect::Allow => {}
            Effect::Deny if of_all(statement) => {}
            Effect::Deny => denied.extend(names.of_element(&statement.action)),
        }
    }
    let is_open = |place: &usize| open.contains(place) && !denied.contains(place);
    let barred = (0..names.len()).filter(|place| !is_open(place));
    ActionNames::new(barred.filter_map(|place| names.name(place)))
}

/// Whether a statement is about every resource, without a condition.
fn is_plain(statement: &Statement) -> bool {
    statement.conditions.is_empty() && statement.resource.as_ref().is_none_or(is_any)
}
