//! What becomes of each action under a role, its permissions boundary and a session profile, and which statements decide it.

use std::collections::BTreeMap;

use iam_analysis::{ActionNames, ActionReach, ActionSet, Analysis, Fact, Question, Space};
use iam_catalog::{Action, Catalog, SensitivityClass};
use iam_eval::Layer as LayerKind;
use iam_policy::{Pattern, ResourceElement};

use crate::cover::covers;
use crate::layer::{DecidingStatement, Layer, StatementId, killers};
use crate::profile::{Exception, Profile};
use crate::proof::{session_layers, session_principal};
use crate::snapshot::RoleSnapshot;

/// The layers of a session, matched with every action of a catalogue.
///
/// What survives is exact: some request gets it through all layers, or it is not known that none does. What the role or the session make
/// possible alone is told statement by statement: no action that a request can get is missing, and some that are counted no request can
/// get.
#[derive(Clone, Debug)]
pub struct Access<'p> {
    profile: &'p Profile,
    pub(crate) role: Layer<'p>,
    boundary: Option<Layer<'p>>,
    pub(crate) session: Layer<'p>,
    /// How far role, boundary and session allow actions together, exactly.
    pub(crate) reaches: Vec<ActionReach>,
    /// For each action of the catalogue the place among these; nothing if no request is allowed.
    reach_of: Vec<Option<usize>>,
    /// The actions that the session policies promise to deny.
    always_denied: ActionSet,
    names: ActionNames,
    /// What becomes of actions: most have the fate of many others.
    fates: Vec<RawFate>,
    fate_of: Vec<u32>,
}

/// What becomes of one action.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fate {
    /// The role's Allow statements that make it possible within role and boundary.
    pub role: Vec<DecidingStatement>,
    /// The session's Allow statements that make it possible within the session policies alone.
    pub session: Vec<DecidingStatement>,
    /// The Allow statements of both that are alive beside all Denies; nothing if the action does not survive.
    pub survives: Option<Survival>,
    /// What keeps out an action that the role's own statements make possible.
    pub cause: Option<Cause>,
}

impl Fate {
    /// Nothing makes the action possible.
    const fn none() -> Self {
        Self { role: Vec::new(), session: Vec::new(), survives: None, cause: None }
    }
}

/// Why an action survives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Survival {
    /// The role's Allow statements.
    pub role: Vec<DecidingStatement>,
    /// The session's Allow statements.
    pub session: Vec<DecidingStatement>,
    /// Deny statements with a condition that may still stop it.
    pub may_be_denied_by: Vec<DecidingStatement>,
}

/// What keeps an action of the role out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "a new cause must be worded by whoever shows causes")]
pub enum Cause {
    /// No session policy allows it.
    NotAllowed,
    /// Denied without condition, for every resource that one of the layers allows. Usually one statement of the session.
    Denied(Vec<DecidingStatement>),
    /// The permissions boundary does not allow it.
    Boundary,
    /// Role and session allow it on different resources, or under conditions that exclude each other or what is known of the session; or a
    /// control policy of the organization keeps it out.
    Apart,
}

impl Cause {
    /// The word for it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not allowed",
            Self::Denied(_) => "denied",
            Self::Boundary => "boundary",
            Self::Apart => "apart",
        }
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// The fate of an action before its statements are described.
#[derive(Clone, Debug)]
pub(crate) struct RawFate {
    role: Vec<StatementId>,
    session: Vec<StatementId>,
    survives: Option<(Vec<StatementId>, Vec<StatementId>)>,
    pub(crate) cause: Option<Cause>,
}

impl RawFate {
    /// Whether the role, within its boundary, makes the action possible.
    pub(crate) fn in_role(&self) -> bool {
        !self.role.is_empty()
    }

    /// Whether the session policies alone make it possible.
    pub(crate) fn in_session(&self) -> bool {
        !self.session.is_empty()
    }

    /// The statements of role and session that allow it, if it survives.
    pub(crate) fn statements(&self) -> Option<(&[StatementId], &[StatementId])> {
        self.survives.as_ref().map(|(role, session)| (role.as_slice(), session.as_slice()))
    }

    /// Whether it survives.
    pub(crate) fn survives(&self) -> bool {
        self.survives.is_some()
    }
}

impl<'p> Access<'p> {
    /// Matches every statement of a role and a profile with every action.
    ///
    /// # Cost
    /// Every pattern is matched with the actions of its service.
    pub fn new(snapshot: &'p RoleSnapshot, profile: &'p Profile, catalog: &Catalog<'_>) -> Self {
        Self::knowing(snapshot, profile, &action_names(catalog), &[])
    }

    /// The same for the requests in which some condition keys are what is known of them. The names are those of [`action_names`].
    pub fn knowing(
        snapshot: &'p RoleSnapshot,
        profile: &'p Profile,
        names: &ActionNames,
        facts: &[(Box<str>, Fact)],
    ) -> Self {
        let boundary = snapshot.boundary.as_ref().map(std::slice::from_ref);
        let (reaches, reach_of) = reaches(snapshot, profile, names, facts);
        let mut access = Self {
            profile,
            reaches,
            reach_of,
            role: Layer::new(LayerKind::Identity, &snapshot.policies, names),
            boundary: boundary.map(|policies| Layer::new(LayerKind::Boundary, policies, names)),
            session: Layer::new(LayerKind::Session, &profile.policies, names),
            always_denied: names.matching(&profile.always_denied),
            names: names.clone(),
            fates: Vec::new(),
            fate_of: Vec::new(),
        };
        access.decide(names.given());
        access
    }

    /// Finds the fate of every action. Those that the same statements match, and that some request gets or none, share one.
    fn decide(&mut self, actions: usize) {
        let mut known: BTreeMap<_, u32> = BTreeMap::new();
        for action in 0..actions {
            let boundary = self.boundary.as_ref().map(|boundary| boundary.class(action));
            let alike =
                (self.role.class(action), boundary, self.session.class(action), self.reach(action).is_some());
            let next = u32::try_from(self.fates.len()).unwrap_or(u32::MAX);
            let fate = *known.entry(alike).or_insert(next);
            if fate == next {
                let found = self.find(action);
                self.fates.push(found);
            }
            self.fate_of.push(fate);
        }
    }

    /// What becomes of the action at `index` of the catalogue, as [`Catalog::actions`] counts.
    pub fn fate(&self, index: usize) -> Fate {
        let Some((_, raw)) = self.raw_fate(index) else { return Fate::none() };
        let survives = raw.survives.as_ref().map(|(role, session)| Survival {
            role: describe(&self.role, role),
            session: describe(&self.session, session),
            may_be_denied_by: self
                .layers()
                .flat_map(|layer| describe(layer, layer.conditional_denies(index)))
                .collect(),
        });
        Fate {
            role: describe(&self.role, &raw.role),
            session: describe(&self.session, &raw.session),
            survives,
            cause: raw.cause.clone(),
        }
    }

    /// The role, its boundary if it has one, and the session.
    fn layers(&self) -> impl Iterator<Item = &Layer<'p>> {
        std::iter::once(&self.role).chain(&self.boundary).chain([&self.session])
    }

    /// How far an action of the catalogue is allowed; nothing if it never is.
    pub fn reach(&self, action: usize) -> Option<&ActionReach> {
        self.reaches.get(self.reach_of.get(action).copied()??)
    }

    /// The fate of an action, and its number: actions with the same number share it.
    pub(crate) fn raw_fate(&self, action: usize) -> Option<(u32, &RawFate)> {
        let number = *self.fate_of.get(action)?;
        Some((number, self.fates.get(number as usize)?))
    }

    fn find(&self, action: usize) -> RawFate {
        let own: Vec<&Layer<'_>> = std::iter::once(&self.role).chain(&self.boundary).collect();
        let all: Vec<&Layer<'_>> = self.layers().collect();
        let within = |beside: &[&Layer<'_>]| {
            self.boundary.as_ref().is_none_or(|b| !b.alive(action, beside).is_empty())
        };
        let mut role = self.role.alive(action, &own);
        let boundary_blocks = !role.is_empty() && !within(&own);
        if boundary_blocks {
            role.clear();
        }
        let session = self.session.alive(action, &[&self.session]);
        if role.is_empty() {
            let cause = boundary_blocks.then_some(Cause::Boundary);
            return RawFate { role, session, survives: None, cause };
        }
        let alive = (self.role.alive(action, &all), self.session.alive(action, &all));
        if !alive.0.is_empty() && !alive.1.is_empty() && within(&all) {
            if self.reach(action).is_none() {
                return RawFate { role, session, survives: None, cause: Some(Cause::Apart) };
            }
            return RawFate { role, session, survives: Some(alive), cause: None };
        }
        let cause = Some(self.cause(action, &all));
        RawFate { role, session, survives: None, cause }
    }

    /// Why an action of the role does not survive: the Denies behind the first layer that has nothing left.
    fn cause(&self, action: usize, all: &[&Layer<'p>]) -> Cause {
        // What the session takes from the role counts before what the role takes from the session.
        for layer in self.layers().filter(|layer| layer.alive(action, all).is_empty()) {
            let allows = layer.allows(action).iter().filter_map(|id| layer.statement(*id));
            let mut killed = allows.map(|allow| {
                let denies = killers(allow, action, all).into_iter();
                denies.filter_map(|(index, id)| all.get(index)?.describe(id)).collect::<Vec<_>>()
            });
            // A role that denies some of its own statements is not what empties it here: it was alive without the session.
            let of_session = |denies: &Vec<DecidingStatement>| {
                let own = layer.kind() == LayerKind::Session && !denies.is_empty();
                own || denies.iter().any(|deny| deny.layer == LayerKind::Session)
            };
            if let Some(denies) = killed.find(of_session) {
                return Cause::Denied(denies);
            }
        }
        Cause::NotAllowed
    }

    /// The part of the promise that an action breaks. Levels concern what survives. `never_allowed` and `always_denied` concern the
    /// session policies, since a resource policy that names the session asks nothing else (rule 5.20); no exception lifts them.
    pub(crate) fn breach(&self, action: Action<'_>, index: usize, fate: &RawFate) -> Option<String> {
        let promised_denied = self.names.place(index).is_some_and(|place| self.always_denied.contains(place));
        let class = self.profile.never_allowed.iter().find(|class| action.sensitivity.contains(**class));
        if promised_denied && !self.session.denies_everywhere(index) {
            return Some("no session policy denies it everywhere".to_owned());
        }
        if let Some(class) = class.filter(|_| fate.in_session()) {
            return Some(format!("an action of the class {} is allowed", SensitivityClass::name(*class)));
        }
        let (_, session) = fate.survives.as_ref()?;
        if self.profile.levels.contains(&action.level) {
            return None;
        }
        let name = action.to_string();
        if self.profile.exceptions_for(&name).any(|exception| self.within(session, exception)) {
            return None;
        }
        Some(match self.profile.exception(&name) {
            Some(_) => "it is allowed beyond the resources of its exception".to_owned(),
            None => format!("its level is {}", action.level),
        })
    }

    /// Whether statements of the session allow nothing but the resources of an exception.
    fn within(&self, session: &[StatementId], exception: &Exception) -> bool {
        let permitted = |pattern: &Pattern| exception.resources.iter().any(|outer| covers(outer, pattern));
        exception.resources.is_empty()
            || session.iter().filter_map(|id| self.session.statement(*id)).all(|allow| {
                match &allow.resource {
                    Some(ResourceElement::Resource(inner)) => {
                        inner.iter().filter(|p| !p.value.is_null()).all(|p| permitted(p.value.pattern()))
                    }
                    Some(ResourceElement::NotResource(_)) | None => false,
                }
            })
    }
}

/// The names of the actions of a catalogue in its order: whoever makes many previews lists them once.
pub fn action_names(catalog: &Catalog<'_>) -> ActionNames {
    let full: Vec<String> = catalog.actions().map(|action| action.to_string()).collect();
    ActionNames::new(full.iter().map(String::as_str))
}

/// How far a session may go, for each group of actions, and which action is of which group.
fn reaches(
    snapshot: &RoleSnapshot,
    profile: &Profile,
    names: &ActionNames,
    facts: &[(Box<str>, Fact)],
) -> (Vec<ActionReach>, Vec<Option<usize>>) {
    let Ok(layers) = session_layers(Some(snapshot), profile) else { return (Vec::new(), Vec::new()) };
    let principal = session_principal(Some(snapshot));
    let mut space = Space::new();
    for (key, fact) in facts {
        space.set_fact(key, fact.clone());
    }
    let mut analysis = Analysis::with_names(space, names.clone());
    let reaches = analysis.reach(&Question::new(&layers).asked_by(&principal));
    let mut reach_at = vec![None; names.len()];
    for (number, reach) in reaches.iter().enumerate() {
        for place in &reach.places {
            if let Some(slot) = reach_at.get_mut(*place) {
                *slot = Some(number);
            }
        }
    }
    let reach_of = |number| names.place(number).and_then(|place| reach_at.get(place).copied().flatten());
    let reach_of = (0..names.given()).map(reach_of).collect();
    (reaches, reach_of)
}

fn describe(layer: &Layer<'_>, ids: &[StatementId]) -> Vec<DecidingStatement> {
    ids.iter().filter_map(|id| layer.describe(*id)).collect()
}
