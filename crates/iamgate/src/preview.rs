//! The preview: what DoiT could do with a role under a session profile, for each action.

mod role;

use std::collections::{BTreeMap, BTreeSet};

use iam_analysis::{ActionNames, ActionReach, Fact, Reach};
use iam_catalog::{AccessLevel, Catalog, CatalogAction, SensitivityClass};
use iam_eval::StatementRef;
use iam_policy::Problem;

use crate::access::{Access, Cause, Fate, action_names};
use crate::deciding::DecidingStatement;
use crate::profile::Profile;
use crate::snapshot::RoleSnapshot;

/// The actions that a role and a profile make possible together.
///
/// An action survives if role, boundary and session together allow some request for it; that is proven for each action. What the role or the
/// session makes possible alone is counted statement by statement.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Preview<'c> {
    /// The role's name.
    pub role: Box<str>,
    /// The role's ARN.
    pub role_arn: Box<str>,
    /// The profile's name.
    pub profile: Box<str>,
    /// The characters of the session policies, and their maximum.
    pub characters: (usize, usize),
    /// The date of the catalogue.
    pub catalog_date: &'c str,
    /// The numbers of actions and services in the catalogue.
    pub catalog_size: (usize, usize),
    /// Counts by level, in the order of [`AccessLevel::ALL`].
    pub levels: Vec<LevelCounts>,
    /// Services with at least one action that survives, in order.
    pub services: Vec<ServiceRow<'c>>,
    /// The cells of the matrix of services and levels that are not empty, with their deciding statements.
    pub cells: Vec<Cell<'c>>,
    /// The number of List and Read actions that survive and do more than read: they start, stop or deliver something
    /// ([`SensitivityClass::Acts`]).
    pub acting: usize,
    /// The actions that survive and are neither List nor Read, in order.
    pub not_read: Vec<Survivor<'c>>,
    /// The actions that survive although the profile promises that they do not, in order. Some may be reads.
    pub outside: Vec<Outside<'c>>,
    /// The reasons why actions of the role do not survive, most frequent first.
    pub removed: Vec<Removal>,
    /// Allow statements of the role that Deny statements make ineffective, entirely or for some actions.
    pub shadowed: Vec<Shadowed>,
    /// Patterns of the role that include any action that AWS adds to a service.
    pub open_ended: Vec<String>,
    /// Who may assume the role.
    pub trust: Option<Trust>,
    /// Findings about the documents of role, boundary and trust policy: name of the policy, and the finding.
    pub findings: Vec<(Box<str>, Problem)>,
    /// How far role, boundary and session allow the surviving actions, with a request that is allowed and one that is not.
    pub reaches: Vec<ActionReach>,
}

/// The numbers of actions of one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LevelCounts {
    /// The level.
    pub level: AccessLevel,
    /// Actions that the role alone makes possible.
    pub role: usize,
    /// Actions that the session policies alone make possible.
    pub session: usize,
    /// Actions that both together make possible: those that survive.
    pub both: usize,
}

/// The actions that survive in one service, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceRow<'c> {
    /// The service prefix.
    pub service: &'c str,
    /// List actions.
    pub list: usize,
    /// Read actions.
    pub read: usize,
    /// List and Read actions that return data or credentials.
    pub data: usize,
    /// List and Read actions that return credentials.
    pub credentials: usize,
    /// Write actions.
    pub write: usize,
    /// Tagging actions.
    pub tagging: usize,
    /// Permissions management actions.
    pub permissions: usize,
}

/// The actions of one level that survive in one service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cell<'c> {
    /// The service prefix.
    pub service: &'c str,
    /// The level.
    pub level: AccessLevel,
    /// The actions.
    pub actions: Vec<CatalogAction<'c>>,
    /// The names of those that return credentials, without the prefix of the service. An action that does so only on some resources counts
    /// unless the session policies deny it on these.
    pub credentials: Vec<&'c str>,
    /// The role's statements that allow them.
    pub role: Vec<DecidingStatement>,
    /// The session's statements that allow them.
    pub session: Vec<DecidingStatement>,
}

/// An action that survives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Survivor<'c> {
    /// The action.
    pub action: CatalogAction<'c>,
    /// The role's statements that allow it.
    pub role: Vec<DecidingStatement>,
    /// The session's statements that allow it.
    pub session: Vec<DecidingStatement>,
    /// Deny statements with a condition that may still deny it.
    pub may_be_denied_by: Vec<DecidingStatement>,
    /// Why the profile permits it; `None` if it does not.
    pub why: Option<Box<str>>,
    /// How far it is allowed.
    pub reach: Reach,
}

/// An action that the profile promises to exclude.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outside<'c> {
    /// The action.
    pub action: CatalogAction<'c>,
    /// The part of the promise that it breaks.
    pub breaks: String,
    /// The role's statements that allow it. Empty if only the session policies are at fault.
    pub role: Vec<DecidingStatement>,
    /// The session's statements that allow it.
    pub session: Vec<DecidingStatement>,
}

/// A reason why actions of the role do not survive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Removal {
    /// The reason.
    pub cause: Cause,
    /// The number of these actions by level, in the order of [`AccessLevel::ALL`].
    pub counts: Vec<usize>,
    /// Examples of these actions, with the most sensitive levels first.
    pub examples: Vec<String>,
}

impl Removal {
    /// The number of these actions at all levels.
    pub fn total(&self) -> usize {
        self.counts.iter().fold(0, |sum, n| sum.saturating_add(*n))
    }
}

/// An Allow statement that Deny statements make ineffective.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shadowed {
    /// The statement.
    pub allow: DecidingStatement,
    /// The Deny statements without condition that cover it, alone or together.
    pub denies: Vec<DecidingStatement>,
    /// The actions of the catalogue for which they cover it.
    pub actions: Vec<String>,
    /// Whether the statement allows no other action.
    pub entirely: bool,
}

/// Who may assume a role.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trust {
    /// The principals of its Allow statements.
    pub principals: Vec<String>,
    /// The actions of its Allow statements.
    pub actions: Vec<String>,
    /// Whether an Allow statement includes `sts:TagSession`. Without it no session can be tagged.
    pub tags_sessions: bool,
}

impl Preview<'_> {
    /// Whether no action survives that the profile promises to exclude, and the session policies fit their budget.
    pub fn keeps_promise(&self) -> bool {
        let (characters, budget) = self.characters;
        self.outside.is_empty() && characters <= budget
    }

    /// The number of List and Read actions that survive.
    pub fn reads(&self) -> usize {
        self.levels.iter().filter(|l| l.level.is_read_only()).fold(0, |sum, l| sum.saturating_add(l.both))
    }
}

/// Previews a role under a profile.
///
/// # Cost
/// Every pattern is matched with the actions of its service. This takes some milliseconds for the policies of a real role.
///
/// # Examples
/// ```
/// use iamgate::iam_catalog::Catalog;
/// use iamgate::{built_in, preview};
///
/// let managed = built_in::managed()?;
/// let role = built_in::support_gateway(&managed)?;
/// let profile = built_in::profile("standard", role.account(), &managed)?;
/// let catalog = Catalog::embedded()?;
/// let preview = preview(&role, &profile, &catalog);
/// assert!(preview.keeps_promise());
/// for counts in &preview.levels {
///     println!("{}: {} of the role's {} actions", counts.level, counts.both, counts.role);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn preview<'c>(snapshot: &RoleSnapshot, profile: &Profile, catalog: &'c Catalog<'c>) -> Preview<'c> {
    preview_knowing(snapshot, profile, (catalog, &action_names(catalog)), &[])
}

/// Previews a role under a profile, for requests about which some condition keys are known.
///
/// So it shows what is possible for sessions with a tag, or without it. `names` are the names of the catalogue, as [`action_names`] lists them.
pub fn preview_knowing<'c>(
    snapshot: &RoleSnapshot,
    profile: &Profile,
    (catalog, names): (&'c Catalog<'c>, &ActionNames),
    facts: &[(Box<str>, Fact)],
) -> Preview<'c> {
    let access = Access::new(snapshot, profile, names, facts);
    let mut preview = Preview {
        role: snapshot.name().into(),
        role_arn: snapshot.arn().as_str().into(),
        profile: profile.name().into(),
        characters: (profile.characters(), profile.budget()),
        catalog_date: catalog.date(),
        catalog_size: (catalog.actions().len(), catalog.services().len()),
        levels: Vec::new(),
        services: Vec::new(),
        cells: Vec::new(),
        acting: 0,
        not_read: Vec::new(),
        outside: Vec::new(),
        removed: Vec::new(),
        shadowed: role::shadowed(&access, catalog),
        open_ended: role::open_ended(snapshot.policies()),
        trust: snapshot.trust().map(|policy| role::trust(policy)),
        findings: role::findings(snapshot),
        reaches: access.reaches.clone(),
    };
    let mut counts = Counts::default();
    let mut cells: BTreeMap<(&str, AccessLevel), Deciding<'c>> = BTreeMap::new();
    // The reasons, by the number of their fate. Several fates may have the same reason.
    let mut removed: BTreeMap<u32, (&Fate, Numbered<'c>)> = BTreeMap::new();
    for (index, action) in catalog.actions().enumerate() {
        let Some((number, fate)) = access.fate(index) else { continue };
        counts.add(&access, action, fate);
        if fate.cause.is_some() {
            let (_, actions) = removed.entry(number).or_insert_with(|| (fate, Vec::new()));
            actions.push((index, action));
        }
        if let Some(breaks) = access.breach(action, index, fate) {
            let [role, session] = [&fate.role, &fate.session].map(|own| access.describe(own.iter().copied()));
            preview.outside.push(Outside { action, breaks, role, session });
        }
        let Some(survival) = &fate.survival else { continue };
        let is_credential = access.has_class(action, SensitivityClass::Credentials);
        let acts = action.level.is_read_only() && access.has_class(action, SensitivityClass::Acts);
        preview.acting = preview.acting.saturating_add(usize::from(acts));
        let cell = cells.entry((action.service, action.level)).or_default();
        cell.actions.push(action);
        cell.credentials.extend(is_credential.then_some(action.name));
        if cell.fates.insert(number) {
            cell.role.extend(&survival.role);
            cell.session.extend(&survival.session);
        }
        if !action.level.is_read_only() {
            let described = |own: &Vec<StatementRef>| access.describe(own.iter().copied());
            preview.not_read.push(Survivor {
                action,
                role: described(&survival.role),
                session: described(&survival.session),
                may_be_denied_by: described(&survival.may_be_denied_by),
                why: profile.exception(&action.to_string()).map(|e| e.why().into()),
                reach: access.reach(index).map_or(Reach::Unknown, |reach| reach.reach),
            });
        }
    }
    (preview.levels, preview.services) = (counts.levels, counts.services);
    preview.cells = cells
        .into_iter()
        .map(|((service, level), own)| Cell {
            service,
            level,
            actions: own.actions,
            credentials: own.credentials,
            role: access.describe(own.role),
            session: access.describe(own.session),
        })
        .collect();
    let mut causes: BTreeMap<Cause, Numbered<'c>> = BTreeMap::new();
    for (fate, actions) in removed.into_values() {
        if let Some(cause) = &fate.cause {
            causes.entry(cause.clone()).or_default().extend(actions);
        }
    }
    preview.removed = causes.into_iter().map(|(cause, actions)| removal(cause, actions)).collect();
    preview.removed.sort_by_key(|r| std::cmp::Reverse(r.total()));
    preview
}

/// The numbers of actions, by level and by service.
pub(crate) struct Counts<'c> {
    pub(crate) levels: Vec<LevelCounts>,
    pub(crate) services: Vec<ServiceRow<'c>>,
}

impl Default for Counts<'_> {
    fn default() -> Self {
        let levels = AccessLevel::ALL.map(|level| LevelCounts { level, role: 0, session: 0, both: 0 });
        Self { levels: levels.to_vec(), services: Vec::new() }
    }
}

impl<'c> Counts<'c> {
    /// The numbers of a preview, without the rest of it.
    pub(crate) fn of(
        snapshot: &RoleSnapshot,
        profile: &Profile,
        (catalog, names): (&'c Catalog<'c>, &ActionNames),
    ) -> Self {
        let access = Access::new(snapshot, profile, names, &[]);
        let mut counts = Self::default();
        for (index, action) in catalog.actions().enumerate() {
            if let Some((_, fate)) = access.fate(index) {
                counts.add(&access, action, fate);
            }
        }
        counts
    }

    fn add(&mut self, access: &Access<'_>, action: CatalogAction<'c>, fate: &Fate) {
        if let Some(counts) = self.levels.iter_mut().find(|l| l.level == action.level) {
            counts.role = counts.role.saturating_add(usize::from(fate.in_role()));
            counts.session = counts.session.saturating_add(usize::from(fate.in_session()));
            counts.both = counts.both.saturating_add(usize::from(fate.survival.is_some()));
        }
        if fate.survival.is_some() {
            let is_credential = access.has_class(action, SensitivityClass::Credentials);
            count_service(&mut self.services, action, is_credential);
        }
    }
}

/// Actions with their numbers in the catalogue.
type Numbered<'c> = Vec<(usize, CatalogAction<'c>)>;

/// The surviving actions of a cell, their fates, and the statements of role and session that allow them.
#[derive(Default)]
struct Deciding<'c> {
    actions: Vec<CatalogAction<'c>>,
    credentials: Vec<&'c str>,
    fates: BTreeSet<u32>,
    role: BTreeSet<StatementRef>,
    session: BTreeSet<StatementRef>,
}

fn count_service<'c>(services: &mut Vec<ServiceRow<'c>>, action: CatalogAction<'c>, is_credential: bool) {
    if services.last().is_none_or(|row| row.service != action.service) {
        let service = action.service;
        services.push(ServiceRow {
            service,
            list: 0,
            read: 0,
            data: 0,
            credentials: 0,
            write: 0,
            tagging: 0,
            permissions: 0,
        });
    }
    let Some(row) = services.last_mut() else { return };
    let cell = match action.level {
        AccessLevel::List => &mut row.list,
        AccessLevel::Read => &mut row.read,
        AccessLevel::Write => &mut row.write,
        AccessLevel::Tagging => &mut row.tagging,
        AccessLevel::PermissionsManagement => &mut row.permissions,
    };
    *cell = cell.saturating_add(1);
    let sensitive = action.sensitivity.reads_data() || is_credential;
    row.data = row.data.saturating_add(usize::from(action.level.is_read_only() && sensitive));
    let credentials = action.level.is_read_only() && is_credential;
    row.credentials = row.credentials.saturating_add(usize::from(credentials));
}

fn removal(cause: Cause, mut numbered: Numbered<'_>) -> Removal {
    const EXAMPLES: usize = 12;
    numbered.sort_unstable_by_key(|(number, _)| *number);
    let mut actions: Vec<CatalogAction<'_>> = numbered.into_iter().map(|(_, action)| action).collect();
    let counts = AccessLevel::ALL.map(|level| actions.iter().filter(|a| a.level == level).count()).to_vec();
    // Actions that change something come before reads. Among the reads, those of data and credentials come first.
    actions.sort_by_key(|a| (a.level.is_read_only(), a.sensitivity.is_empty()));
    Removal { cause, counts, examples: actions.iter().take(EXAMPLES).map(ToString::to_string).collect() }
}
