//! The preview: what DoiT could do with a role under a session profile, action by action.

use std::collections::BTreeMap;

use iam_catalog::{AccessLevel, Action, Catalog, SensitivityClass};
use iam_policy::{PrincipalElement, Problem};

use crate::access::{Layer, StatementId};
use crate::profile::Profile;
use crate::snapshot::RoleSnapshot;

/// What a role and a profile make possible together. Every number counts actions of the catalogue that some resource and some context
/// may allow.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Preview<'c> {
    /// The role's name.
    pub role: Box<str>,
    /// The role's ARN.
    pub role_arn: Box<str>,
    /// The profile's name.
    pub profile: Box<str>,
    /// Characters of the session policies, and the most there may be.
    pub characters: (usize, usize),
    /// The day of the catalogue.
    pub catalog_date: &'c str,
    /// How many actions and services the catalogue has.
    pub catalog_size: (usize, usize),
    /// Counts by level, in the order of [`AccessLevel::ALL`].
    pub levels: Vec<LevelCounts>,
    /// Services with at least one action that survives, in order.
    pub services: Vec<ServiceRow<'c>>,
    /// The actions that survive and are neither List nor Read, in order.
    pub not_read: Vec<Survivor<'c>>,
    /// The actions that survive although the profile promises that they do not, in order; some may be reads.
    pub outside: Vec<Outside<'c>>,
    /// What keeps actions of the role out of the session, most first.
    pub removed: Vec<Removal>,
    /// Allow statements of the role that Deny statements leave nothing, in whole or for some actions.
    pub shadowed: Vec<Shadowed>,
    /// Patterns of the role that take in whatever AWS adds to a service.
    pub open_ended: Vec<String>,
    /// Who may assume the role.
    pub trust: Option<Trust>,
    /// What is worth knowing about the role's documents: policy and finding.
    pub findings: Vec<(Box<str>, Problem)>,
}

/// Actions of one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LevelCounts {
    /// The level.
    pub level: AccessLevel,
    /// Possible through the role alone.
    pub role: usize,
    /// Possible through the session policies alone.
    pub session: usize,
    /// Possible through both: what survives.
    pub both: usize,
}

/// What survives in one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceRow<'c> {
    /// The service prefix.
    pub service: &'c str,
    /// List actions.
    pub list: usize,
    /// Read actions.
    pub read: usize,
    /// Those of the List and Read actions that return data or credentials.
    pub data: usize,
    /// Write actions.
    pub write: usize,
    /// Tagging actions.
    pub tagging: usize,
    /// Permissions management actions.
    pub permissions: usize,
}

/// An action that survives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Survivor<'c> {
    /// The action.
    pub action: Action<'c>,
    /// The role's statements that allow it.
    pub role: Vec<String>,
    /// The session's statements that allow it.
    pub session: Vec<String>,
    /// Deny statements with a condition that may still stop it.
    pub may_be_denied_by: Vec<String>,
    /// Why the profile permits it, if it does.
    pub why: Option<Box<str>>,
}

/// An action that the profile promises to keep out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outside<'c> {
    /// The action.
    pub action: Action<'c>,
    /// Which part of the promise it breaks.
    pub breaks: String,
    /// The role's statements that allow it; none if only the session's side is at fault.
    pub role: Vec<String>,
    /// The session's statements that allow it.
    pub session: Vec<String>,
}

/// Why actions of the role do not survive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Removal {
    /// What keeps them out.
    pub cause: Cause,
    /// How many by level, in the order of [`AccessLevel::ALL`].
    pub counts: Vec<usize>,
    /// Some of them, most sensitive levels first.
    pub examples: Vec<String>,
}

impl Removal {
    /// How many in all.
    pub fn total(&self) -> usize {
        self.counts.iter().fold(0, |sum, n| sum.saturating_add(*n))
    }
}

/// What keeps an action out of the session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "a new cause must be worded by whoever shows causes")]
pub enum Cause {
    /// No session policy allows it.
    NotAllowed,
    /// A session policy denies it, for every resource that the role allows.
    Denied(String),
    /// The permissions boundary does not allow it.
    Boundary,
}

/// An Allow statement that Denies leave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shadowed {
    /// The statement.
    pub allow: String,
    /// The Deny that covers it.
    pub deny: String,
    /// The actions of the catalogue for which it does.
    pub actions: Vec<String>,
    /// Whether the statement allows nothing else.
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
}

impl Preview<'_> {
    /// Whether nothing survives that the profile promises to keep out, and the session policies fit their budget.
    pub fn keeps_promise(&self) -> bool {
        let (characters, budget) = self.characters;
        self.outside.is_empty() && characters <= budget
    }

    /// How many actions survive at List or Read level.
    pub fn reads(&self) -> usize {
        self.levels.iter().filter(|l| l.level.is_read_only()).fold(0, |sum, l| sum.saturating_add(l.both))
    }
}

/// The three layers and what they make of each action.
struct Access<'p, 'c> {
    catalog: &'c Catalog<'c>,
    profile: &'p Profile,
    role: Layer<'p>,
    boundary: Option<Layer<'p>>,
    session: Layer<'p>,
}

/// What becomes of one action.
struct Fate {
    role: Vec<StatementId>,
    session: Vec<StatementId>,
    survives: Option<(Vec<StatementId>, Vec<StatementId>)>,
    /// What keeps a possible action of the role out.
    cause: Option<Cause>,
}

/// Previews a role under a profile.
///
/// # Cost
/// Every pattern is matched with the actions of its service: some milliseconds for the policies of a real role.
pub fn preview<'c>(snapshot: &RoleSnapshot, profile: &Profile, catalog: &'c Catalog<'c>) -> Preview<'c> {
    let access = Access {
        catalog,
        profile,
        role: Layer::new(&snapshot.policies, catalog),
        boundary: snapshot.boundary.as_ref().map(|b| Layer::new(std::slice::from_ref(b), catalog)),
        session: Layer::new(&profile.policies, catalog),
    };
    let mut preview = Preview {
        role: snapshot.name.clone(),
        role_arn: snapshot.arn.clone(),
        profile: profile.name.clone(),
        characters: (profile.characters, profile.budget),
        catalog_date: catalog.date(),
        catalog_size: (catalog.actions().len(), catalog.services().len()),
        levels: AccessLevel::ALL.map(|level| LevelCounts { level, role: 0, session: 0, both: 0 }).to_vec(),
        services: Vec::new(),
        not_read: Vec::new(),
        outside: Vec::new(),
        removed: Vec::new(),
        shadowed: access.shadowed(),
        open_ended: access.open_ended(),
        trust: snapshot.trust.as_deref().map(trust),
        findings: snapshot
            .policies
            .iter()
            .flat_map(|p| p.policy.findings.iter().map(|f| (p.name.clone(), f.clone())))
            .collect(),
    };
    let mut removed: BTreeMap<Cause, Vec<Action<'c>>> = BTreeMap::new();
    for (index, action) in catalog.actions().enumerate() {
        let fate = access.fate(index);
        if let Some(counts) = preview.levels.iter_mut().find(|l| l.level == action.level) {
            counts.role = counts.role.saturating_add(usize::from(!fate.role.is_empty()));
            counts.session = counts.session.saturating_add(usize::from(!fate.session.is_empty()));
            counts.both = counts.both.saturating_add(usize::from(fate.survives.is_some()));
        }
        if let Some(cause) = fate.cause.clone() {
            removed.entry(cause).or_default().push(action);
        }
        preview.outside.extend(access.outside(action, index, &fate));
        if let Some((role, session)) = &fate.survives {
            count_service(&mut preview.services, action);
            if !action.level.is_read_only() {
                preview.not_read.push(access.survivor(action, index, role, session));
            }
        }
    }
    preview.removed = removed.into_iter().map(|(cause, actions)| removal(cause, actions)).collect();
    preview.removed.sort_by_key(|r| std::cmp::Reverse(r.total()));
    preview
}

fn count_service<'c>(services: &mut Vec<ServiceRow<'c>>, action: Action<'c>) {
    if services.last().is_none_or(|row| row.service != action.service) {
        let service = action.service;
        services.push(ServiceRow {
            service,
            list: 0,
            read: 0,
            data: 0,
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
    let sensitive = action.sensitivity.reads_data() || action.sensitivity.exposes_credentials();
    row.data = row.data.saturating_add(usize::from(action.level.is_read_only() && sensitive));
}

fn removal(cause: Cause, mut actions: Vec<Action<'_>>) -> Removal {
    const EXAMPLES: usize = 12;
    let counts = AccessLevel::ALL.map(|level| actions.iter().filter(|a| a.level == level).count()).to_vec();
    // What would have changed something is worth more room than what would have read; of the reads, those of data and credentials.
    actions.sort_by_key(|a| (a.level.is_read_only(), a.sensitivity.is_empty()));
    Removal { cause, counts, examples: actions.iter().take(EXAMPLES).map(ToString::to_string).collect() }
}

fn trust(policy: &iam_policy::Policy) -> Trust {
    let allows = || policy.statements.iter().filter(|s| s.effect.value == iam_policy::Effect::Allow);
    let principals =
        allows().filter_map(|s| s.principal.as_ref()).flat_map(|element| match element.principals() {
            iam_policy::Principals::Everyone(_) => vec!["*".to_owned()],
            iam_policy::Principals::Entries(entries) => {
                let not = if matches!(element, PrincipalElement::NotPrincipal(_)) { "not " } else { "" };
                entries.iter().map(|e| format!("{not}{}", e.value.text())).collect()
            }
        });
    let mut actions: Vec<String> =
        allows().flat_map(|s| s.action.patterns()).map(|p| p.value.text().to_owned()).collect();
    actions.sort();
    actions.dedup();
    Trust { principals: principals.collect(), actions }
}

impl<'c> Access<'_, 'c> {
    fn fate(&self, action: usize) -> Fate {
        let own: Vec<&Layer<'_>> = std::iter::once(&self.role).chain(&self.boundary).collect();
        let all: Vec<&Layer<'_>> = own.iter().copied().chain([&self.session]).collect();
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
            return Fate { role, session, survives: None, cause };
        }
        let alive = (self.role.alive(action, &all), self.session.alive(action, &all));
        if !alive.0.is_empty() && !alive.1.is_empty() && within(&all) {
            return Fate { role, session, survives: Some(alive), cause: None };
        }
        let killer = role
            .iter()
            .filter_map(|id| self.role.statement(*id))
            .chain(self.session.allows(action).iter().filter_map(|id| self.session.statement(*id)))
            .find_map(|allow| self.session.killer(allow, action, &[&self.session]));
        let cause = match killer {
            Some((_, deny)) => Cause::Denied(self.session.name(deny)),
            None => Cause::NotAllowed,
        };
        Fate { role, session, survives: None, cause: Some(cause) }
    }

    fn names(layer: &Layer<'_>, ids: &[StatementId]) -> Vec<String> {
        ids.iter().map(|id| layer.name(*id)).collect()
    }

    fn survivor(
        &self,
        action: Action<'c>,
        index: usize,
        role: &[StatementId],
        session: &[StatementId],
    ) -> Survivor<'c> {
        let denies =
            [&self.role, &self.session].into_iter().flat_map(|l| Self::names(l, l.conditional_denies(index)));
        Survivor {
            action,
            role: Self::names(&self.role, role),
            session: Self::names(&self.session, session),
            may_be_denied_by: denies.collect(),
            why: self.profile.exception(&action.to_string()).map(|e| e.why.clone()),
        }
    }

    /// The part of the promise that an action breaks. Levels and exceptions concern what survives; `never_allowed` and `always_denied`
    /// concern the session policies, since a resource policy that names the session asks nothing else (rule 5.20).
    fn outside(&self, action: Action<'c>, index: usize, fate: &Fate) -> Option<Outside<'c>> {
        let name = action.to_string();
        let promised_denied = self.profile.always_denied.iter().any(|p| iam_eval::action_matches(p, &name));
        let class = self.profile.never_allowed.iter().find(|class| action.sensitivity.contains(**class));
        let excepted = self.profile.exception(&name).is_some();
        let breaks = if promised_denied && !self.session.denies_everywhere(index) && !excepted {
            "no session policy denies it everywhere".to_owned()
        } else if let Some(class) = class.filter(|_| !fate.session.is_empty() && !excepted) {
            format!("an action of the class {} is allowed", SensitivityClass::name(*class))
        } else if fate.survives.is_some() && !self.profile.levels.contains(&action.level) && !excepted {
            format!("its level is {}", action.level)
        } else {
            return None;
        };
        Some(Outside {
            action,
            breaks,
            role: Self::names(&self.role, &fate.role),
            session: Self::names(&self.session, &fate.session),
        })
    }

    fn shadowed(&self) -> Vec<Shadowed> {
        let mut by_pair: BTreeMap<(StatementId, StatementId), Vec<String>> = BTreeMap::new();
        let mut reach: BTreeMap<StatementId, usize> = BTreeMap::new();
        for (index, action) in self.catalog.actions().enumerate() {
            for allow in self.role.allows(index) {
                let count = reach.entry(*allow).or_default();
                *count = count.saturating_add(1);
                let Some(statement) = self.role.statement(*allow) else { continue };
                if let Some((_, deny)) = self.role.killer(statement, index, &[&self.role]) {
                    by_pair.entry((*allow, deny)).or_default().push(action.to_string());
                }
            }
        }
        let shadowed = by_pair.into_iter().map(|((allow, deny), actions)| Shadowed {
            allow: self.role.name(allow),
            deny: self.role.name(deny),
            entirely: reach.get(&allow) == Some(&actions.len()),
            actions,
        });
        shadowed.collect()
    }

    /// Patterns of Allow statements that end in a bare `*` behind the service or are `*`.
    fn open_ended(&self) -> Vec<String> {
        let statements = self.role.documents().flat_map(|policy| &policy.statements);
        let allows = statements.filter(|s| s.effect.value == iam_policy::Effect::Allow);
        let patterns =
            allows.flat_map(|s| s.action.patterns().iter().map(move |p| (s.action.is_not(), &p.value)));
        let mut found: Vec<String> = patterns
            .filter_map(|(not, pattern)| match (not, pattern.is_any() || pattern.name() == Some("*")) {
                (true, _) => Some(format!("NotAction {}", pattern.text())),
                (false, true) => Some(pattern.text().to_owned()),
                (false, false) => None,
            })
            .collect();
        found.sort();
        found.dedup();
        found
    }
}
