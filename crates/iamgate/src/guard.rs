//! Guards: the Deny statement of a profile, written from its promise.
//!
//! A profile passes managed policies of AWS, and these allow more than the profile promises. The guard is the statement of its inline policy
//! that denies the rest. STS takes 2,048 characters, so the guard uses patterns, and a pattern also denies harmless actions: that is its
//! price. [`guard`] finds patterns that deny everything that the profile refuses, fit the budget, and cost few harmless actions.
//!
//! Each service is solved apart. For a price of one character, the cheapest patterns of a service are found exactly, by dynamic programming over
//! what they must deny, if that is not too much. The price of a character is then the lowest one at which all services together fit.

mod candidates;
mod changes;
mod cover;
mod narrow;
mod reason;
#[cfg(test)]
mod tests;
mod text;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use iam_analysis::ActionNames;
use iam_catalog::Catalog;
use iam_policy::{
    ActionElement, ActionPattern, BuildError, Effect, IdentityStatement, Policy, PolicyKind, ResourceElement,
    Size, Statement,
};

use crate::later::is_unconditional_deny;
use crate::managed::NamedPolicy;
use crate::profile::Profile;
use crate::snapshot::RoleSnapshot;
pub use changes::GuardChanges;
use cover::{Cover, Service};
pub use narrow::NarrowDeny;
pub use reason::GuardReason;
pub use text::guarded_text;

/// What a guard is written for.
#[derive(Clone, Copy, Debug)]
pub struct GuardRequest<'r> {
    /// The profile. Its promise says what must be denied: actions outside its levels, classes that it never allows, sensitive actions that it does
    /// not keep, and actions that are always denied. Its own guard does not count.
    pub profile: &'r Profile,
    /// The role whose sessions the profile is for. An action that this role lacks costs a tenth of one that it has. What the profile
    /// seldom needs ([`Profile::guard`]) costs next to nothing.
    pub role: Option<&'r RoleSnapshot>,
    /// Actions that must not be denied, besides the exceptions of the profile and what it needs ([`Profile::guard`]).
    pub keep: &'r [ActionPattern],
}

/// The guard of a profile.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Guard {
    /// The patterns of the Deny statement, sorted.
    pub patterns: Vec<GuardPattern>,
    /// Statements of their own for actions that are refused only on some resources.
    pub narrow: Vec<NarrowDeny>,
    /// The inline policy with this guard instead of the old one.
    pub policy: Arc<Policy>,
    /// The characters of the inline policy in its shortest form and of the ARNs, as STS counts them.
    pub characters: usize,
    /// The maximum of `characters`.
    pub budget: usize,
    /// What is denied otherwise than by the guard that the profile has.
    pub changes: GuardChanges,
}

/// A pattern of a guard, and what it denies of all that the session policies would allow without a guard.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GuardPattern {
    /// The pattern.
    pub pattern: ActionPattern,
    /// The actions that the profile refuses.
    pub refused: Vec<RefusedAction>,
    /// Harmless actions that the role has.
    pub lost: Vec<Box<str>>,
    /// Harmless actions that the role lacks or, without a role, all harmless actions.
    pub lost_elsewhere: Vec<Box<str>>,
}

/// An action that a profile refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedAction {
    /// The action.
    pub action: Box<str>,
    /// Every reason; at least one.
    pub reasons: Vec<GuardReason>,
}

/// Why there is no guard.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum GuardError {
    /// Actions must be denied, and must not be denied.
    Conflict {
        /// The actions; at least one.
        actions: Vec<RefusedAction>,
    },
    /// Even the shortest guard that was found is too long.
    TooLong {
        /// The characters that STS would count with it.
        characters: usize,
        /// Their maximum.
        budget: usize,
        /// Its patterns, the longest first. What one of them refuses has to be kept, or the service has to go.
        patterns: Vec<GuardPattern>,
    },
    /// The session policies allow nothing that the profile refuses.
    NothingToDeny,
    /// The inline policy cannot be written.
    Policy(BuildError),
}

impl fmt::Display for GuardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict { actions } => {
                f.write_str("the profile refuses what must not be denied: ")?;
                for (at, own) in actions.iter().enumerate() {
                    write!(f, "{}{}", if at == 0 { "" } else { ", " }, own.action)?;
                }
                Ok(())
            }
            Self::TooLong { characters, budget, .. } => {
                let beyond = characters.saturating_sub(*budget);
                write!(
                    f,
                    "the shortest guard gives {characters} characters, {beyond} more than the budget of {budget}"
                )
            }
            Self::NothingToDeny => f.write_str("the session policies allow nothing that the profile refuses"),
            Self::Policy(error) => write!(f, "the inline policy cannot be written: {error}"),
        }
    }
}

impl std::error::Error for GuardError {}

/// Writes the guard of a profile.
///
/// The guard is no proof. Whoever uses it puts it into the profile and proves the promise ([`prove_read_only`](crate::prove_read_only)).
///
/// # Errors
/// An exception or `keep` names an action that the profile refuses, there is nothing to deny, or no guard fits the budget.
///
/// # Cost
/// Seconds in a debug build, for policies of the size of ReadOnlyAccess.
///
/// # Examples
/// ```
/// use iamgate::iam_catalog::Catalog;
/// use iamgate::{GuardRequest, built_in, guard};
///
/// let managed = built_in::managed()?;
/// let profile = built_in::profile("narrow", "111122223333", &managed)?;
/// let written = guard(&GuardRequest { profile: &profile, role: None, keep: &[] }, &Catalog::embedded()?)?;
/// assert!(written.characters <= written.budget);
/// let refuses = |action: &str| written.patterns.iter().flat_map(|own| &own.refused).any(|own| &*own.action == action);
/// assert!(refuses("ssm:GetParameter"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn guard(request: &GuardRequest<'_>, catalog: &Catalog<'_>) -> Result<Guard, GuardError> {
    let task = Task::new(request, catalog)?;
    if task.services.is_empty() {
        return Err(GuardError::NothingToDeny);
    }
    let frame = task.frame()?;
    let budget = budget(request.profile);
    let room = budget.saturating_sub(frame);
    let covers = cover::fitting(&task.services, room);
    let texts: BTreeSet<&str> = covers.iter().flat_map(Cover::patterns).collect();
    let mut patterns: Vec<GuardPattern> = texts.into_iter().filter_map(|text| task.told(text)).collect();
    let policy = task.policy(patterns.iter().map(|own| own.pattern.clone()))?;
    let characters = task.characters(&policy);
    if characters > budget {
        patterns.sort_by_key(|own| std::cmp::Reverse(own.pattern.text().len()));
        return Err(GuardError::TooLong { characters, budget, patterns });
    }
    let changes = task.changes(&patterns);
    Ok(Guard { patterns, narrow: task.narrow, policy: Arc::new(policy), characters, budget, changes })
}

/// The most characters that a profile may have with its guard.
fn budget(profile: &Profile) -> usize {
    profile.guard().budget().map_or(profile.budget(), |own| own.min(profile.budget()))
}

/// The sets of actions that a guard is written from, by their places in the list of names.
struct Task<'r> {
    profile: &'r Profile,
    names: ActionNames,
    /// What the session policies allow somewhere without a guard.
    allowed: BTreeSet<usize>,
    /// What must be denied, and why.
    refused: BTreeMap<usize, Vec<GuardReason>>,
    /// Names and patterns that a policy allows, and that neither the catalogue nor the profile knows, in full.
    unknown: Vec<String>,
    /// What has a class.
    sensitive: BTreeSet<usize>,
    /// What the role allows somewhere.
    own: BTreeSet<usize>,
    /// What is refused only on some resources.
    narrow: Vec<NarrowDeny>,
    services: Vec<Service>,
}

impl<'r> Task<'r> {
    fn new(request: &GuardRequest<'r>, catalog: &Catalog<'_>) -> Result<Self, GuardError> {
        let profile = request.profile;
        let full: Vec<String> = catalog.actions().map(|action| action.to_string()).collect();
        let names = ActionNames::new(full.iter().map(String::as_str));
        let allowed = allowed_by(&names, profile.policies());
        let own = request.role.map(|role| allowed_by(&names, role.policies())).unwrap_or_default();
        let mut refused = BTreeMap::new();
        let (mut sensitive, mut narrow) = (BTreeSet::new(), Vec::new());
        let always = names.matching(profile.always_denied());
        for (number, (action, name)) in catalog.actions().zip(&full).enumerate() {
            let Some(place) = names.place(number) else { continue };
            let reasons = reason::reasons(profile, action, name, always.contains(place));
            let is_possible = allowed.contains(&place);
            // What is always denied is denied although nothing allows it here: a resource policy may.
            if always.contains(place) || is_possible && !reasons.is_empty() {
                refused.insert(place, reasons);
            } else if is_possible && let Some(own) = NarrowDeny::of(profile, action, name) {
                narrow.push(own);
            }
            if !action.sensitivity.is_empty() {
                sensitive.insert(place);
            }
        }
        let mut keep: Vec<ActionPattern> = request.keep.to_vec();
        keep.extend(profile.exceptions().iter().flat_map(|exception| exception.actions().iter().cloned()));
        let keep = names.matching(&keep);
        let in_conflict = refused.iter().filter(|(place, _)| keep.contains(**place));
        let actions: Vec<RefusedAction> = in_conflict
            .filter_map(|(place, reasons)| {
                Some(RefusedAction { action: names.name(*place)?.into(), reasons: reasons.clone() })
            })
            .collect();
        if !actions.is_empty() {
            return Err(GuardError::Conflict { actions });
        }
        let needed = names.matching(profile.guard().needed());
        let seldom = names.matching(profile.guard().seldom());
        let is_kept = |place: usize| keep.contains(place) || needed.contains(place);
        let unknown = unknown::unknown(profile, &names, &is_kept);
        let services = Vec::new();
        let mut task = Self { profile, names, allowed, refused, unknown, sensitive, own, narrow, services };
        let price = |place: usize| {
            let own = task.own.contains(&place);
            let price = match (seldom.contains(place), own) {
                (true, true) => 2,
                (true, false) => 1,
                (false, true) => 50,
                (false, false) => 5,
            };
            (!is_kept(place)).then_some(price)
        };
        task.services = task.services(&price);
        Ok(task)
    }

    /// What each service with something to deny has, and which patterns may deny it.
    fn services(&self, price: &dyn Fn(usize) -> Option<u64>) -> Vec<Service> {
        let mut names: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
        for place in self.places() {
            let Some((service, name)) = self.names.name(place).and_then(|full| full.split_once(':')) else {
                continue;
            };
            names.entry(service).or_default().push((place, name));
        }
        let mut unknown: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (service, name) in self.unknown.iter().filter_map(|full| full.split_once(':')) {
            names.entry(service).or_default();
            unknown.entry(service).or_default().push(name);
        }
        let mut services = Vec::new();
        for (service, own) in names {
            let unknown = unknown.remove(service).unwrap_or_default();
            let mut built = Service::new(service);
            for (place, name) in own {
                if self.refused.contains_key(&place) {
                    built.refuse(name);
                } else if let Some(price) = price(place) {
                    built.price(name, price);
                } else {
                    built.keep(name);
                }
            }
            for name in unknown {
                built.refuse(name);
            }
            if built.has_task() {
                let given = self.profile.always_denied().iter();
                built.offer(given.filter(|p| p.service() == Some(service)).filter_map(ActionPattern::name));
                services.push(built);
            }
        }
        services
    }

    /// The characters without any pattern.
    fn frame(&self) -> Result<usize, GuardError> {
        // A list of one is written without brackets, and a list of two has a comma. One character more than that
        // is kept free: without it the guards of the built-in profiles would change.
        let two = ["a:b", "a:c"].into_iter().filter_map(ActionPattern::parse);
        let all = self.characters(&self.policy(two)?);
        Ok(all.saturating_sub(cover::characters("a:b").saturating_mul(2)).saturating_add(1))
    }

    /// The inline policy with a guard of these patterns.
    fn policy(&self, patterns: impl Iterator<Item = ActionPattern>) -> Result<Policy, GuardError> {
        let element: ActionElement = patterns.collect();
        let inline = self.profile.policies().iter().filter(|named| named.is_inline());
        let mut statements: Vec<Statement> =
            inline.flat_map(|named| named.policy().statements.iter()).cloned().collect();
        // The statement stays where it is, with its Sid. The policy is then that of the written profile.
        let at = if let Some(at) = statements.iter().position(is_unconditional_deny) {
            let mut seen = 0_usize;
            statements.retain(|statement| {
                seen = seen.saturating_add(usize::from(is_unconditional_deny(statement)));
                seen <= 1 || !is_unconditional_deny(statement)
            });
            if let Some(old) = statements.get_mut(at) {
                old.action = element;
            }
            at
        } else {
            let is_deny = |statement: &Statement| statement.effect.value == Effect::Deny;
            let at = statements.iter().position(is_deny).unwrap_or(statements.len());
            statements.insert(at, IdentityStatement::deny(element, ResourceElement::any()).into());
            at
        };
        let narrow = narrow::missing(&self.narrow, &statements).map(NarrowDeny::statement);
        let narrow: Vec<Statement> = narrow.collect();
        let behind = at.saturating_add(1);
        statements.splice(behind..behind, narrow);
        Policy::new(PolicyKind::Session, statements).map_err(GuardError::Policy)
    }

    fn characters(&self, inline: &Policy) -> usize {
        let arns = self.profile.managed().iter().map(|managed| managed.found().arn().chars().count());
        Size::of(&inline.to_json()).characters.saturating_add(arns.fold(0, usize::saturating_add))
    }

    /// A pattern with what it denies.
    fn told(&self, text: &str) -> Option<GuardPattern> {
        let pattern = ActionPattern::parse(text)?;
        let denied = self.names.matching(std::slice::from_ref(&pattern));
        let denies = |place: &usize| denied.contains(*place);
        let mut refused: Vec<RefusedAction> = self
            .refused
            .iter()
            .filter(|(place, _)| denies(place))
            .filter_map(|(place, reasons)| {
                Some(RefusedAction { action: self.names.name(*place)?.into(), reasons: reasons.clone() })
            })
            .collect();
        let unknown = self.unknown.iter().filter(|name| iam_eval::action_matches(&pattern, name));
        refused.extend(unknown.map(|name| RefusedAction {
            action: name.as_str().into(),
            reasons: vec![GuardReason::NotInCatalogue],
        }));
        let harmless =
            self.allowed.iter().copied().filter(|place| denies(place) && !self.refused.contains_key(place));
        let (lost, lost_elsewhere) = harmless.partition(|place| self.own.contains(place));
        let (lost, lost_elsewhere) = (self.named(lost), self.named(lost_elsewhere));
        Some(GuardPattern { pattern, refused, lost, lost_elsewhere })
    }

    /// What a guard may have to do with: what is allowed, and what must be denied.
    fn places(&self) -> BTreeSet<usize> {
        self.allowed.iter().chain(self.refused.keys()).copied().collect()
    }

    /// The names at some places.
    fn named(&self, places: Vec<usize>) -> Vec<Box<str>> {
        places.into_iter().filter_map(|place| self.names.name(place)).map(Into::into).collect()
    }
}

/// The places of the actions that a statement of the policies allows somewhere.
pub(crate) fn allowed_by(names: &ActionNames, policies: &[NamedPolicy]) -> BTreeSet<usize> {
    let statements = policies.iter().flat_map(|named| &named.policy().statements);
    let allows = statements.filter(|statement| statement.effect.value == Effect::Allow);
    allows.flat_map(|statement| names.of_element(&statement.action)).collect()
}
