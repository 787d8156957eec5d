//! Session profiles: the policies that are passed to STS, and the promise that they must keep.

mod content;
mod read;

use std::sync::Arc;

use iam_catalog::{AccessLevel, SensitivityClass};
use iam_policy::{ActionPattern, ResourcePattern};

use crate::finding::FindingCode;
use crate::later::denying;
use crate::managed::{ManagedPolicy, NamedPolicy};
use crate::snapshot::RoleSnapshot;

/// A profile with its parameters filled in. `policies/doit/profiles/README.md` describes the format.
///
/// Nothing in it can be changed after it was read, and [`Profile::sha256`] is the hash of what it says.
///
/// # Examples
/// ```
/// use iamgate::iam_policy::Limits;
/// use iamgate::{Profile, built_in};
///
/// let managed = built_in::managed()?;
/// let own = built_in::profile("narrow", "111122223333", &managed)?;
/// // A file of one's own is read in the same way.
/// let (name, text) = built_in::PROFILES[1];
/// let read = Profile::load(&built_in::file((name, text)), "111122223333", &managed, &Limits::default())?;
/// assert_eq!((own.name(), own.sha256()), (read.name(), read.sha256()));
/// # Ok::<(), iamgate::InputError>(())
/// ```
///
/// A profile that was read cannot be weakened:
/// ```compile_fail,E0616
/// # let managed = iamgate::built_in::managed().unwrap();
/// let mut profile = iamgate::built_in::profile("standard", "111122223333", &managed).unwrap();
/// profile.never_allowed.clear();
/// ```
/// ```compile_fail,E0594
/// # let managed = iamgate::built_in::managed().unwrap();
/// let mut profile = iamgate::built_in::profile("standard", "111122223333", &managed).unwrap();
/// profile.levels()[0] = iamgate::AccessLevel::Write;
/// ```
#[derive(Clone, Debug)]
pub struct Profile {
    name: Box<str>,
    about: Box<str>,
    policies: Vec<NamedPolicy>,
    levels: Vec<AccessLevel>,
    exceptions: Vec<Exception>,
    future: Vec<ActionPattern>,
    never_allowed: Vec<SensitivityClass>,
    always_denied: Vec<ActionPattern>,
    kept: Vec<Kept>,
    guard: GuardWishes,
    characters: usize,
    budget: usize,
    tag: Option<SessionTag>,
    managed: Vec<ManagedArn>,
    refuse: Vec<FindingCode>,
    account: Box<str>,
    sha256: Box<str>,
}

/// The tag that a session must carry in its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionTag {
    key: Box<str>,
    value: Box<str>,
    transitive: bool,
}

impl SessionTag {
    /// A transitive tag with this key and value.
    pub fn new(key: impl Into<Box<str>>, value: impl Into<Box<str>>) -> Self {
        Self { key: key.into(), value: value.into(), transitive: true }
    }

    /// Its key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Its value, filled in.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether it must be passed on to every session that is made from this one.
    pub const fn is_transitive(&self) -> bool {
        self.transitive
    }
}

/// A managed policy of a profile: the policy that was found, and the one that the profile pins.
#[derive(Clone, Debug)]
pub struct ManagedArn {
    found: ManagedPolicy,
    pinned: Option<(Box<str>, Box<str>)>,
}

impl ManagedArn {
    /// The policy that was found for the ARN.
    pub const fn found(&self) -> &ManagedPolicy {
        &self.found
    }

    /// The version and the SHA-256 of the file that were reviewed; `None` if the profile does not give them.
    pub fn pinned(&self) -> Option<(&str, &str)> {
        self.pinned.as_ref().map(|(version, sha256)| (&**version, &**sha256))
    }

    /// Whether the profile pins the document that is judged: the one that was found or, if it is given, the one that an account has.
    ///
    /// The hash of an account's document is that of its shortest text, so that it is compared with the found document and not with the pin.
    pub fn is_reviewed(&self, deployed: Option<&ManagedPolicy>) -> bool {
        let is_pinned =
            self.pinned().is_some_and(|pinned| pinned == (self.found.version(), self.found.sha256()));
        is_pinned && deployed.is_none_or(|other| other.is_same(&self.found))
    }
}

/// Actions that a profile permits beyond its levels.
#[derive(Clone, Debug)]
pub struct Exception {
    actions: Vec<ActionPattern>,
    resources: Vec<ResourcePattern>,
    why: Box<str>,
}

impl Exception {
    /// The actions.
    pub fn actions(&self) -> &[ActionPattern] {
        &self.actions
    }

    /// ARN patterns within which the session must stay. Empty: any resource.
    pub fn resources(&self) -> &[ResourcePattern] {
        &self.resources
    }

    /// Why the profile permits them, written for the customer.
    pub fn why(&self) -> &str {
        &self.why
    }
}

/// What the guard of a profile must leave, and what it may take ([`guard`](crate::guard())). It is no part of the promise.
#[derive(Clone, Debug, Default)]
pub struct GuardWishes {
    needed: Vec<ActionPattern>,
    seldom: Vec<ActionPattern>,
    budget: Option<usize>,
}

impl GuardWishes {
    /// Actions that engineers need. The guard denies none of them, except those that the promise rules out.
    pub fn needed(&self) -> &[ActionPattern] {
        &self.needed
    }

    /// Actions that engineers need so seldom that denying them costs next to nothing, such as those of services that AWS has closed.
    pub fn seldom(&self) -> &[ActionPattern] {
        &self.seldom
    }

    /// The most characters with the guard, if fewer than the profile may have. It leaves room for the longer ARNs of other partitions.
    pub const fn budget(&self) -> Option<usize> {
        self.budget
    }
}

/// Sensitive actions that a session may have although they return data or act.
#[derive(Clone, Debug)]
pub struct Kept {
    actions: Vec<ActionPattern>,
    why: Box<str>,
}

impl Kept {
    /// The actions.
    pub fn actions(&self) -> &[ActionPattern] {
        &self.actions
    }

    /// Why the profile keeps them, written for the customer.
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl Profile {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its purpose.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// The session policies. A session may do what at least one of them allows.
    pub fn policies(&self) -> &[NamedPolicy] {
        &self.policies
    }

    /// Access levels that a session may have.
    pub fn levels(&self) -> &[AccessLevel] {
        &self.levels
    }

    /// Actions that a session may do beyond these levels.
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    /// Names that an action may have if the catalogue does not know it.
    pub fn future(&self) -> &[ActionPattern] {
        &self.future
    }

    /// Classes of which no action may be allowed to a session.
    pub fn never_allowed(&self) -> &[SensitivityClass] {
        &self.never_allowed
    }

    /// Actions that must be denied without condition.
    pub fn always_denied(&self) -> &[ActionPattern] {
        &self.always_denied
    }

    /// The sensitive actions that a session may have, with the reason for each.
    pub fn kept(&self) -> &[Kept] {
        &self.kept
    }

    /// What the guard of the profile must leave, and what it may take.
    pub const fn guard(&self) -> &GuardWishes {
        &self.guard
    }

    /// The characters of the inline policy in its shortest form and of the ARNs, as STS counts them.
    pub const fn characters(&self) -> usize {
        self.characters
    }

    /// The maximum of [`Profile::characters`].
    pub const fn budget(&self) -> usize {
        self.budget
    }

    /// The tag that every session has, if the profile has one.
    pub const fn tag(&self) -> Option<&SessionTag> {
        self.tag.as_ref()
    }

    /// The managed policies among the policies, in the order in which they are passed to STS.
    pub fn managed(&self) -> &[ManagedArn] {
        &self.managed
    }

    /// Findings with which the profile refuses a session. Other findings are only reported.
    pub fn refuse(&self) -> &[FindingCode] {
        &self.refuse
    }

    /// The account for which it is filled in.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The hash of its content: of every value above, and of the documents of its managed policies. It is the same in every account, because
    /// the account is hashed as the parameter that it fills in.
    ///
    /// # Shape
    /// SHA-256 in lower-case hexadecimal, over canonical JSON. The layout of the file does not matter.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The patterns that its inline policy denies for every request: on all resources and without a condition.
    pub fn denied_always(&self) -> impl Iterator<Item = &ActionPattern> {
        self.policies.iter().filter(|named| named.is_inline()).flat_map(|named| denying(named.policy()))
    }

    /// The first exception that names an action.
    pub fn exception(&self, action: &str) -> Option<&Exception> {
        self.exceptions_for(action).next()
    }

    /// The first of the sensitive actions that it keeps which names an action.
    pub fn kept_for(&self, action: &str) -> Option<&Kept> {
        self.kept.iter().find(|kept| kept.actions.iter().any(|p| iam_eval::action_matches(p, action)))
    }

    /// The exceptions that name an action.
    pub fn exceptions_for(&self, action: &str) -> impl Iterator<Item = &Exception> {
        self.exceptions.iter().filter(move |e| e.actions.iter().any(|p| iam_eval::action_matches(p, action)))
    }

    /// A profile of another budget, also for its guard. Its hash is another one, so that nobody's pins accept it unseen.
    #[must_use]
    pub fn with_budget(mut self, characters: usize) -> Self {
        self.budget = characters;
        self.guard.budget = None;
        self.hashed()
    }

    /// The profile with the managed policies of a role's account, as far as its snapshot shows them. STS uses those. `None` if they are the
    /// same documents.
    pub(crate) fn as_deployed(&self, role: &RoleSnapshot) -> Option<Self> {
        let mut own: Option<Self> = None;
        for managed in &self.managed {
            let found = &managed.found;
            let Some(deployed) = role.deployed(found.arn()).filter(|other| !other.is_same(found)) else {
                continue;
            };
            let at = self.policies.iter().position(|named| Arc::ptr_eq(named.policy(), found.policy()));
            let policies = &mut own.get_or_insert_with(|| self.clone()).policies;
            if let Some(named) = at.and_then(|at| policies.get_mut(at)) {
                *named = NamedPolicy::new(named.name(), Arc::clone(deployed.policy()));
            }
        }
        own.map(Self::hashed)
    }
}
