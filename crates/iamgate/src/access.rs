//! The fate of each action under a role, its permissions boundary and a session profile, and the statements that decide it.

use std::collections::BTreeMap;

use iam_analysis::{
    ActionNames, ActionReach, ActionSet, Analysis, AttributedClass, Attribution, Fact, ProofBudget, Question,
    Space, covers,
};
use iam_catalog::{Catalog, CatalogAction, SensitivityClass};
use iam_eval::{Layer, LetterCase, StatementRef, action_matches};
use iam_policy::{ActionElement, Effect, Pattern, ResourceElement, ResourcePattern, Statement};

use crate::deciding::{DecidingStatement, Documents};
use crate::profile::{Exception, Profile};
use crate::proof::{called, layers_of_role, session_principal};
use crate::snapshot::RoleSnapshot;

/// The fate of every action of a catalogue in the sessions of a role.
///
/// Survival is exact: an action survives if some request for it passes all layers, or if it is not known that none does. What the role or the
/// session makes possible alone is counted statement by statement, by an [`Attribution`]. That count lacks no action that a request can get. It
/// may include actions that no request can get, because it does not intersect the resources and conditions of two layers.
#[derive(Clone, Debug)]
pub(crate) struct Access<'p> {
    profile: &'p Profile,
    documents: Documents<'p>,
    /// How far role, boundary and session together allow actions. This is exact.
    pub(crate) reaches: Vec<ActionReach>,
    /// For each action of the catalogue, its index in `reaches`; `None` if no request for it is allowed.
    reach_of: Vec<Option<usize>>,
    /// The actions that the session policies promise to deny.
    always_denied: ActionSet,
    names: ActionNames,
    /// The fates of actions. Most actions share their fate with many others.
    fates: Vec<Fate>,
    fate_of: Vec<Option<u32>>,
    /// The Allow statements of the role that its Deny statements make ineffective, entirely or for some actions.
    pub(crate) shadows: Vec<Shadow>,
}

/// The reason why an action of the role does not survive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// No session policy allows it.
    NotAllowed,
    /// It is denied in every request, for every resource that one of the layers allows. Usually one statement of the session does that.
    Denied(Vec<DecidingStatement>),
    /// The permissions boundary does not allow it.
    Boundary,
    /// Role and session allow it on different resources, or under conditions that exclude each other or the known facts about the session. Or a
    /// control policy of the organization does not allow it.
    Apart,
}

impl Cause {
    /// The name of the cause.
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

/// The fate of an action.
#[derive(Clone, Debug)]
pub(crate) struct Fate {
    /// The role's Allow statements that make the action possible within role and boundary.
    pub(crate) role: Vec<StatementRef>,
    /// The session's Allow statements that make the action possible within the session policies alone.
    pub(crate) session: Vec<StatementRef>,
    /// The statements that let the action survive; `None` if it does not survive.
    pub(crate) survival: Option<Survival>,
    /// The reason why the action does not survive although the role's own statements make it possible.
    pub(crate) cause: Option<Cause>,
    /// Whether the session policies deny the action in every request, on every resource.
    is_denied_everywhere: bool,
}

/// The statements that let an action survive: those that still allow something after all Deny statements.
#[derive(Clone, Debug)]
pub(crate) struct Survival {
    /// The role's Allow statements.
    pub(crate) role: Vec<StatementRef>,
    /// The session's Allow statements.
    pub(crate) session: Vec<StatementRef>,
    /// Deny statements with a condition that may still deny the action.
    pub(crate) may_be_denied_by: Vec<StatementRef>,
}

/// An Allow statement of the role that Deny statements of the role make ineffective.
#[derive(Clone, Debug)]
pub(crate) struct Shadow {
    pub(crate) allow: StatementRef,
    pub(crate) denies: Vec<StatementRef>,
    /// The numbers of the actions for which they do so, in the order of the catalogue.
    pub(crate) actions: Vec<usize>,
    /// Whether the statement allows no other action.
    pub(crate) is_entire: bool,
}

impl Fate {
    /// Whether the role, within its boundary, makes the action possible.
    pub(crate) const fn in_role(&self) -> bool {
        !self.role.is_empty()
    }

    /// Whether the session policies alone make it possible.
    pub(crate) const fn in_session(&self) -> bool {
        !self.session.is_empty()
    }
}

impl<'p> Access<'p> {
    /// The fate of every action, for requests about which some condition keys are known. The names are those of [`action_names`].
    ///
    /// # Cost
    /// Every pattern of an action is matched with the names of its service. Each group of actions takes one or two questions about all
    /// requests.
    pub(crate) fn new(
        snapshot: &'p RoleSnapshot,
        profile: &'p Profile,
        names: &ActionNames,
        facts: &[(Box<str>, Fact)],
    ) -> Self {
        let mut space = Space::new();
        for (key, fact) in facts {
            space.set_fact(key, fact.clone());
        }
        let layers = layers_of_role(snapshot, profile);
        let principal = session_principal(Some(snapshot));
        let mut analysis = Analysis::with_names(space, names.clone())
            .in_all(ProofBudget::ALL)
            .called(called(Some(snapshot), profile));
        let reaches = analysis.reach(&Question::new(&layers).asked_by(&principal));
        let reach_of = reach_of(&reaches, names);
        let attribution = analysis.attribution(&layers);
        let mut access = Self {
            profile,
            documents: Documents::new(snapshot, profile),
            reaches,
            reach_of,
            always_denied: names.matching(profile.always_denied()),
            names: names.clone(),
            fates: Vec::new(),
            fate_of: Vec::new(),
            shadows: shadows(&attribution, names),
        };
        let finder = Finder::new(access.documents, snapshot.boundary().is_some());
        access.decide(&attribution, &finder);
        access
    }

    /// Finds the fate of every action.
    ///
    /// Actions share a fate if the same statements are about them, and if for all or none of them a request is allowed.
    fn decide(&mut self, attribution: &Attribution<'_>, finder: &Finder<'_>) {
        let mut known: BTreeMap<(usize, bool), u32> = BTreeMap::new();
        for action in 0..self.names.given() {
            let place = self.names.place(action);
            let class =
                place.and_then(|place| Some((attribution.class_number(place)?, attribution.class(place)?)));
            let is_reached = self.reach(action).is_some();
            let fate = class.map(|(number, class)| {
                let next = u32::try_from(self.fates.len()).unwrap_or(u32::MAX);
                let fate = *known.entry((number, is_reached)).or_insert(next);
                if fate == next {
                    self.fates.push(finder.find(class, is_reached));
                }
                fate
            });
            self.fate_of.push(fate);
        }
    }

    /// Describes statements by policy and Sid.
    pub(crate) fn describe(
        &self,
        statements: impl IntoIterator<Item = StatementRef>,
    ) -> Vec<DecidingStatement> {
        self.documents.describe(statements)
    }

    /// How far an action of the catalogue is allowed; `None` if it is never allowed.
    pub(crate) fn reach(&self, action: usize) -> Option<&ActionReach> {
        self.reaches.get(self.reach_of.get(action).copied()??)
    }

    /// The fate of the action with this number, as [`Catalog::actions`] counts, and the number of the fate. Many actions share a fate.
    pub(crate) fn fate(&self, action: usize) -> Option<(u32, &Fate)> {
        let number = self.fate_of.get(action).copied()??;
        Some((number, self.fates.get(number as usize)?))
    }

    /// The part of the promise that an action breaks; `None` if it breaks none.
    ///
    /// The levels apply to actions that survive. `never_allowed` and `always_denied` apply to the session policies, because the session
    /// policies are all that limits a resource policy that names the session (rule 5.20). No exception lifts these two.
    pub(crate) fn breach(&self, action: CatalogAction<'_>, index: usize, fate: &Fate) -> Option<String> {
        let promised_denied = self.names.place(index).is_some_and(|place| self.always_denied.contains(place));
        let has_class = |class: &SensitivityClass| self.has_class(action, *class);
        let class = self.profile.never_allowed().iter().find(|class| has_class(class));
        if promised_denied && !fate.is_denied_everywhere {
            return Some("no session policy denies it everywhere".to_owned());
        }
        if let Some(class) = class.filter(|_| fate.in_session()) {
            return Some(format!("an action of the class {} is allowed", SensitivityClass::name(*class)));
        }
        let name = action.to_string();
        let is_excepted = |session: &[StatementRef]| {
            self.profile.exceptions_for(&name).any(|exception| self.within(session, exception))
        };
        let survival = fate.survival.as_ref()?;
        if let Some(class) = action.sensitivity.classes().find(has_class)
            && self.profile.kept_for(&name).is_none()
            && !is_excepted(&survival.session)
        {
            return Some(match self.profile.exception(&name) {
                Some(_) => "it is allowed beyond the resources of its exception".to_owned(),
                None => format!("the profile does not keep it, and it is of the class {class}"),
            });
        }
        if self.profile.levels().contains(&action.level) {
            return None;
        }
        if is_excepted(&survival.session) {
            return None;
        }
        Some(match self.profile.exception(&name) {
            Some(_) => "it is allowed beyond the resources of its exception".to_owned(),
            None => format!("its level is {}", action.level),
        })
    }

    /// Whether an action has a class in the session: on every resource, or on some that the session policies do not deny it on.
    pub(crate) fn has_class(&self, action: CatalogAction<'_>, class: SensitivityClass) -> bool {
        let on_some =
            |(own, arns): (SensitivityClass, &str)| own == class && !self.is_denied_on(action, arns);
        action.is_everywhere(class) || action.only_on.is_some_and(on_some)
    }

    /// Whether a statement of the session policies denies an action on all these ARNs, without a condition.
    fn is_denied_on(&self, action: CatalogAction<'_>, arns: &str) -> bool {
        let Ok(arns) = arns.parse::<ResourcePattern>() else { return false };
        let name = action.to_string();
        let denies = |statement: &Statement| {
            let patterns = statement.resource.iter().filter(|element| !element.is_not());
            statement.effect.value == Effect::Deny
                && statement.conditions.is_empty()
                && matches!(statement.action, ActionElement::Action(_))
                && statement.action.patterns().iter().any(|own| action_matches(&own.value, &name))
                && patterns
                    .flat_map(ResourceElement::patterns)
                    .any(|own| covers(own.value.pattern(), arns.pattern(), LetterCase::Sensitive))
        };
        self.profile.policies().iter().any(|named| named.policy().statements.iter().any(denies))
    }

    /// Whether these statements of the session allow nothing outside the resources of an exception.
    fn within(&self, session: &[StatementRef], exception: &Exception) -> bool {
        let permitted = |pattern: &Pattern| {
            exception.resources().iter().any(|outer| covers(outer.pattern(), pattern, LetterCase::Sensitive))
        };
        exception.resources().is_empty()
            || session.iter().filter_map(|at| self.documents.statement(*at)).all(|allow| {
                match &allow.resource {
                    Some(ResourceElement::Resource(inner)) => {
                        inner.iter().all(|p| permitted(p.value.pattern()))
                    }
                    Some(ResourceElement::NotResource(_)) | None => false,
                }
            })
    }
}

/// Finds the fate of the actions of a class.
struct Finder<'p> {
    documents: Documents<'p>,
    /// The layers of the role, and of its boundary if it has one.
    own: Vec<Layer>,
    /// Those layers and the session.
    all: Vec<Layer>,
}

impl<'p> Finder<'p> {
    fn new(documents: Documents<'p>, has_boundary: bool) -> Self {
        let own: Vec<Layer> =
            std::iter::once(Layer::Identity).chain(has_boundary.then_some(Layer::Boundary)).collect();
        let all = own.iter().copied().chain([Layer::Session]).collect();
        Self { documents, own, all }
    }

    fn find(&self, class: AttributedClass<'_>, is_reached: bool) -> Fate {
        let within = |beside: &[Layer]| {
            !self.own.contains(&Layer::Boundary) || !class.alive(Layer::Boundary, beside).is_empty()
        };
        let mut fate = Fate {
            role: class.alive(Layer::Identity, &self.own),
            session: class.alive(Layer::Session, &[Layer::Session]),
            survival: None,
            cause: None,
            is_denied_everywhere: class.is_denied_everywhere(Layer::Session),
        };
        if fate.in_role() && !within(&self.own) {
            fate.role.clear();
            fate.cause = Some(Cause::Boundary);
        }
        if !fate.in_role() {
            return fate;
        }
        let role = class.alive(Layer::Identity, &self.all);
        let session = class.alive(Layer::Session, &self.all);
        if role.is_empty() || session.is_empty() || !within(&self.all) {
            fate.cause = Some(self.cause(class));
        } else if is_reached {
            let may_be_denied_by =
                self.all.iter().flat_map(|layer| class.denying_conditionally(*layer)).collect();
            fate.survival = Some(Survival { role, session, may_be_denied_by });
        } else {
            fate.cause = Some(Cause::Apart);
        }
        fate
    }

    /// The reason why an action of the role does not survive: the Deny statements that apply to the first layer in which no statement still
    /// allows the action.
    fn cause(&self, class: AttributedClass<'_>) -> Cause {
        // Denies of the session that act on the role come before Denies of the role that act on the session.
        for layer in self.all.iter().filter(|layer| class.alive(**layer, &self.all).is_empty()) {
            let mut killed = class.allowing(*layer).map(|allow| class.killers(allow, &self.all));
            // If the role denies some of its own statements, that is not the reason here: without the session, the role still allowed the
            // action.
            let of_session = |denies: &Vec<StatementRef>| {
                let own = *layer == Layer::Session && !denies.is_empty();
                own || denies.iter().any(|deny| deny.policy.layer == Layer::Session)
            };
            if let Some(denies) = killed.find(of_session) {
                return Cause::Denied(self.documents.describe(denies));
            }
        }
        Cause::NotAllowed
    }
}

/// The names of the actions of a catalogue, in its order. A program that makes many previews lists them once.
pub fn action_names(catalog: &Catalog<'_>) -> ActionNames {
    let full: Vec<String> = catalog.actions().map(|action| action.to_string()).collect();
    ActionNames::new(full.iter().map(String::as_str))
}

/// For each action of the catalogue, the index of its group; `None` if no request for it is allowed.
fn reach_of(reaches: &[ActionReach], names: &ActionNames) -> Vec<Option<usize>> {
    let mut reach_at = vec![None; names.len()];
    for (number, reach) in reaches.iter().enumerate() {
        for place in &reach.places {
            if let Some(slot) = reach_at.get_mut(*place) {
                *slot = Some(number);
            }
        }
    }
    let of = |number| names.place(number).and_then(|place| reach_at.get(place).copied().flatten());
    (0..names.given()).map(of).collect()
}

/// The Allow statements of the role that Deny statements of the role make ineffective, entirely or for some actions.
fn shadows(attribution: &Attribution<'_>, names: &ActionNames) -> Vec<Shadow> {
    let role = [Layer::Identity];
    // The ineffective Allow statements of each class, with the Deny statements that make them so.
    let dead: Vec<Vec<(StatementRef, Vec<StatementRef>)>> = attribution
        .classes()
        .map(|class| {
            let killed = class.allowing(Layer::Identity).map(|allow| (allow, class.killers(allow, &role)));
            killed.filter(|(_, denies)| !denies.is_empty()).collect()
        })
        .collect();
    let mut found: BTreeMap<(StatementRef, Vec<StatementRef>), Vec<usize>> = BTreeMap::new();
    // The statements that still allow something.
    let mut living: BTreeMap<StatementRef, bool> = BTreeMap::new();
    for (class, dead) in attribution.classes().zip(&dead) {
        for allow in class.allowing(Layer::Identity) {
            let is_dead = dead.iter().any(|(own, _)| *own == allow);
            let lives = living.entry(allow).or_default();
            *lives = *lives || !is_dead;
        }
    }
    for action in 0..names.given() {
        let class = names.place(action).and_then(|place| attribution.class_number(place));
        for (allow, denies) in class.and_then(|class| dead.get(class)).into_iter().flatten() {
            found.entry((*allow, denies.clone())).or_default().push(action);
        }
    }
    let shadow = |((allow, denies), actions)| Shadow {
        allow,
        denies,
        actions,
        is_entire: living.get(&allow) == Some(&false),
    };
    found.into_iter().map(shadow).collect()
}
