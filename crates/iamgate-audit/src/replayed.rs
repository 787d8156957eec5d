//! What sessions did, judged again under another profile.
//!
//! A call is judged under the same role and with the same constants of its session: name, tags, source identity. What is then known rests on the
//! records that were read, and says nothing about what engineers will need.
//!
//! Where a record does not tell enough, the two profiles are held against each other: if the other one allows whatever the old one allows of that
//! action on that resource, for every value of what is unknown, a call that succeeded stays allowed.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_trail::{Event, Outcome, Stated};
use iamgate::{Profile, RoleSnapshot};

use crate::answer::Says;
use crate::data::Tables;
use crate::judge::{ActionAnswer, Judge, Judged};
use crate::ledger::{EventPlace, is_by_service};
use crate::memory::Memory;
use crate::planned::PlannedSession;
use crate::promise::Promise;
use crate::refine::keeps;
use crate::verdict::EventVerdict;

/// The number of groups of calls that are kept.
const MOST: usize = 10_000;

/// How a call would end under another profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Change {
    /// It succeeded, and the other profile denies it.
    Denied,
    /// It hangs on what the record does not tell.
    NotKnown,
    /// AWS denied it and so did the plan, and with the other profile the policies of the session allow it.
    Allowed,
}

impl Change {
    /// The name in JSON, such as `would_be_denied`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Denied => "would_be_denied",
            Self::NotKnown => "not_known",
            Self::Allowed => "would_be_allowed",
        }
    }
}

/// What calls have in common that would end otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ChangeKind {
    /// How they would end.
    pub change: Change,
    /// The actions that make the difference.
    pub actions: Vec<Box<str>>,
    /// The event's source, such as `s3.amazonaws.com`.
    pub source: Box<str>,
    /// The event's name.
    pub name: Box<str>,
    /// Whether a service made the calls in the session's name. It is then not known that AWS asked the session's policies.
    pub by_service: bool,
}

/// Calls that would end otherwise in the same way.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChangedCalls {
    /// How many.
    pub count: u64,
    /// In how many sessions.
    pub sessions: usize,
    /// The first one in time: the witness.
    pub first: EventPlace,
    /// The name of its session.
    pub session: Box<str>,
    /// What the policies with the other profile say about it. Where that is certain, and it is not known whether the old profile denied the call,
    /// what hangs on something with the old profile.
    pub answers: Vec<ActionAnswer>,
}

/// What sessions did, judged under another profile.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReplayReport {
    /// Calls that would end otherwise, by kind.
    pub changes: BTreeMap<ChangeKind, ChangedCalls>,
    /// Calls of kinds beyond those that are kept: nothing is said about them.
    pub beyond: u64,
    /// Calls that would end the same.
    pub same: u64,
    /// Calls of which it is not known who decided, or what.
    pub undecided: u64,
}

impl ReplayReport {
    /// The number of calls that the sessions made themselves and that would end so.
    pub fn count(&self, change: Change) -> u64 {
        let own = self.changes.iter().filter(|(kind, _)| kind.change == change && !kind.by_service);
        own.map(|(_, calls)| calls.count).fold(0, u64::saturating_add)
    }

    /// Whether something is not known: of a call whose record does not tell enough, of a service's call, or of calls beyond those that are kept.
    pub fn is_open(&self) -> bool {
        let is_open = |kind: &ChangeKind| {
            kind.change == Change::NotKnown || (kind.change == Change::Denied && kind.by_service)
        };
        self.beyond > 0 || self.changes.keys().any(is_open)
    }
}

/// Judges the calls of sessions under another profile.
#[derive(Debug)]
pub(crate) struct Replay {
    /// By the number of the session.
    sessions: Vec<Session>,
    groups: BTreeMap<ChangeKind, Group>,
    beyond: u64,
    same: u64,
    undecided: u64,
}

#[derive(Debug)]
struct Session {
    name: Box<str>,
    before: Promise,
    after: Judge,
    /// Whether the other profile keeps what the old one allows.
    kept: Memory<bool>,
}

#[derive(Debug)]
struct Group {
    calls: ChangedCalls,
    sessions: Numbers,
}

impl Replay {
    pub(crate) fn new<'s>(
        sessions: impl Iterator<Item = &'s PlannedSession>,
        role: &RoleSnapshot,
        profile: &Profile,
        tables: &Arc<Tables>,
    ) -> Self {
        let session = |own: &PlannedSession| Session {
            name: own.name.clone(),
            before: own.promise.clone(),
            after: Judge::with(Arc::clone(tables), own.promise.under(role, profile)),
            kept: Memory::default(),
        };
        let sessions = sessions.map(session).collect();
        Self { sessions, groups: BTreeMap::new(), beyond: 0, same: 0, undecided: 0 }
    }

    /// Takes a call of a session. `before` is the verdict by its plan, and `explain` says what the plan says about it.
    pub(crate) fn note(
        &mut self,
        number: usize,
        event: &Event<'_>,
        place: impl FnOnce() -> EventPlace,
        before: EventVerdict,
        explain: impl FnOnce() -> Judged,
    ) {
        let Some(session) = self.sessions.get_mut(number) else { return };
        let found = match session.found(event, before, explain) {
            Found::Undecided => {
                self.undecided = self.undecided.saturating_add(1);
                return;
            }
            Found::Same => {
                self.same = self.same.saturating_add(1);
                return;
            }
            Found::Otherwise(change, judged) => (change, judged),
        };
        let (change, Judged { answers, .. }) = found;
        let text = |own: Option<&str>| own.unwrap_or_default().into();
        let kind = ChangeKind {
            change,
            actions: deciding(change, &answers),
            source: text(event.event_source.as_deref()),
            name: text(event.event_name.as_deref()),
            by_service: is_by_service(event),
        };
        let place = place();
        let has_room = self.groups.len() < MOST;
        match self.groups.get_mut(&kind) {
            Some(group) => {
                group.calls.count = group.calls.count.saturating_add(1);
                group.sessions.insert(number);
                // The earliest is shown, so that the order of the files does not matter.
                if place < group.calls.first {
                    group.calls.first = place;
                    group.calls.session = session.name.clone();
                    group.calls.answers = answers;
                }
            }
            None if !has_room => self.beyond = self.beyond.saturating_add(1),
            None => {
                let mut sessions = Numbers::default();
                sessions.insert(number);
                let session = session.name.clone();
                let calls = ChangedCalls { count: 1, sessions: 0, first: place, session, answers };
                self.groups.insert(kind, Group { calls, sessions });
            }
        }
    }

    pub(crate) fn into_report(self) -> ReplayReport {
        let told = |(kind, Group { calls, sessions }): (ChangeKind, Group)| {
            (kind, ChangedCalls { sessions: sessions.count(), ..calls })
        };
        ReplayReport {
            changes: self.groups.into_iter().map(told).collect(),
            beyond: self.beyond,
            same: self.same,
            undecided: self.undecided,
        }
    }
}

/// What is found of one call.
enum Found {
    /// Policies of the session did not decide about it, or it is not known about what.
    Undecided,
    Same,
    Otherwise(Change, Judged),
}

/// What follows of the verdicts under both profiles.
enum Follows {
    Same,
    Change(Change),
    /// The call ends the same if the second promise allows whatever the first one allows of it. Otherwise it is not known.
    SameIf([Side; 2]),
}

#[derive(Clone, Copy)]
enum Side {
    Before,
    After,
}

impl Session {
    fn found(&mut self, event: &Event<'_>, before: EventVerdict, explain: impl FnOnce() -> Judged) -> Found {
        if matches!(before, EventVerdict::CannotBeJudged(_) | EventVerdict::NotADecision(_)) {
            return Found::Undecided;
        }
        let after = self.after.verdict(event);
        let has_succeeded = Outcome::of(event) == Outcome::Succeeded;
        match follows(has_succeeded, before, after) {
            Follows::Same => Found::Same,
            // It hangs on what the old profile says.
            Follows::Change(Change::NotKnown) if after == EventVerdict::RefusedByOthers => {
                let mut judged = explain();
                judged.answers.retain(|own| own.answer.says == Says::Depends);
                Found::Otherwise(Change::NotKnown, judged)
            }
            Follows::Change(change) => Found::Otherwise(change, self.after.judge(event)),
            Follows::SameIf(sides) => {
                let judged = self.after.judge(event);
                if self.is_kept(event, &judged, sides) {
                    Found::Same
                } else {
                    Found::Otherwise(Change::NotKnown, judged)
                }
            }
        }
    }

    /// Whether one of the promises allows whatever the other allows of everything that a call may have needed.
    fn is_kept(&mut self, event: &Event<'_>, judged: &Judged, sides: [Side; 2]) -> bool {
        let after = self.after.promise();
        let stated = after.known(Stated::of(event, &after.principal));
        let pair = sides.map(|side| match side {
            Side::Before => &self.before,
            Side::After => after,
        });
        let details = &self.after.tables().details;
        let needs_proof = judged.answers.iter().filter(|own| match sides {
            // What the other profile allows for certain is kept.
            [_, Side::After] => own.answer.says != Says::Allowed,
            [_, Side::Before] => own.answer.says != Says::Denied,
        });
        let mut each = needs_proof.map(|own| {
            let found = self.kept.answer(&pair, &own.action, &own.on, &stated, |about, stated| {
                keeps(pair, details, &about.action, &own.on, stated, &about.keys)
            });
            found == Some(true)
        });
        each.all(|own| own)
    }
}

/// What follows of the verdicts on a call under both profiles.
fn follows(has_succeeded: bool, before: EventVerdict, after: EventVerdict) -> Follows {
    use EventVerdict as V;
    match (before, after) {
        // What was refused by others stays refused by them.
        (V::RefusedByOthers, _)
        | (_, V::AsPlanned)
        | (V::Outside, V::Outside)
        | (V::DeniedAsPlanned | V::NotProven, V::DeniedAsPlanned) => Follows::Same,
        (_, V::Outside) => Follows::Change(Change::Denied),
        (V::DeniedAsPlanned, V::RefusedByOthers) => Follows::Change(Change::Allowed),
        // It was allowed, so it still is if the new one allows whatever the old one allows.
        (V::AsPlanned | V::NotProven, V::NotProven) if has_succeeded => {
            Follows::SameIf([Side::Before, Side::After])
        }
        // It was denied, by the plan or by others, so it still is if the new one allows nothing else.
        (V::NotProven, V::NotProven) => Follows::SameIf([Side::After, Side::Before]),
        (_, _) => Follows::Change(Change::NotKnown),
    }
}

/// The actions that make the difference, each once.
fn deciding(change: Change, answers: &[ActionAnswer]) -> Vec<Box<str>> {
    let is_one = |own: &&ActionAnswer| match change {
        Change::Denied => own.answer.says == Says::Denied,
        Change::NotKnown => own.answer.says != Says::Allowed,
        Change::Allowed => true,
    };
    let mut actions: Vec<Box<str>> = answers.iter().filter(is_one).map(|own| own.action.clone()).collect();
    if actions.is_empty() {
        actions = answers.iter().map(|own| own.action.clone()).collect();
    }
    actions.sort_unstable();
    actions.dedup();
    actions
}

/// Numbers, each with one bit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers(Vec<u64>);

impl Numbers {
    pub(crate) fn insert(&mut self, number: usize) {
        let (at, bit) = (number >> 6, 1_u64 << (number & 63));
        if self.0.len() <= at {
            self.0.resize(at.saturating_add(1), 0);
        }
        if let Some(own) = self.0.get_mut(at) {
            *own |= bit;
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.0.iter().map(|own| own.count_ones() as usize).fold(0, usize::saturating_add)
    }
}
