//! What sessions used: the actions and resources of their calls that succeeded.
//!
//! Of each call, the groups of actions are kept that it needed, as the mapping has them: of one group every action may have been needed, of another
//! one any action was enough. Actions and groups come from the catalogue and the table of operations, and of each action only some resources are
//! kept, so that the memory is bounded whatever the records are.

mod draft;
mod lack;
mod layout;
mod proof;
mod text;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use iam_trail::{Event, Outcome};
use iamgate::iam_policy::value::Instant;

use crate::answer::Says;
use crate::judge::{ActionAnswer, Judged};
use crate::ledger::EventPlace;
use crate::replayed::Numbers;
use crate::targets::On;
use crate::verdict::EventVerdict;
pub use lack::{LEAST_DAYS, LEAST_SESSIONS, Lack};
pub use proof::UsedProof;
pub use written::{NotWritten, Resources, UsedProfile, Writing};

/// The number of resources of one action that are kept. An action that was used on more of them is not narrowed to them.
pub(crate) const MOST_RESOURCES: usize = 16;

/// What sessions used.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Used {
    /// The actions of calls that succeeded, in order.
    pub actions: BTreeMap<Box<str>, UsedAction>,
    /// The number of calls that succeeded, and that the plan may allow.
    pub calls: u64,
    /// The number of sessions with such calls.
    pub sessions: usize,
    /// Calls that succeeded although the plan denies them. What they used is not kept.
    pub outside: u64,
    /// Calls of which it is not known what they needed.
    pub not_judged: u64,
    /// When the first and the last call ended.
    pub times: Option<(Instant, Instant)>,
    /// The groups of actions that calls needed. For each action of a group, whether the plan allowed it by itself in every one of these calls.
    pub(crate) groups: BTreeMap<Group, Vec<bool>>,
    numbers: Numbers,
}

/// An action that was used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsedAction {
    /// The number of calls.
    pub calls: u64,
    /// Whether some call needed it for certain. Otherwise it may have been needed.
    pub is_certain: bool,
    /// The first call in time.
    pub first: EventPlace,
    /// Resources on which it was used, as far as they are known and not too many.
    pub resources: BTreeSet<Box<str>>,
    /// Whether it was used on resources that are not among them.
    pub has_others: bool,
}

/// Actions that a call needed: all that it was about, or any one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Group {
    /// In the order of the mapping.
    pub(crate) actions: Vec<Box<str>>,
    pub(crate) is_any_enough: bool,
}

impl Used {
    /// Takes a call of a session. `explain` says what the plan says about it.
    pub(crate) fn note(
        &mut self,
        number: usize,
        event: &Event<'_>,
        place: impl FnOnce() -> EventPlace,
        verdict: EventVerdict,
        explain: impl FnOnce() -> Judged,
    ) {
        match verdict {
            EventVerdict::AsPlanned | EventVerdict::NotProven => {}
            EventVerdict::Outside => {
                self.outside = self.outside.saturating_add(1);
                return;
            }
            EventVerdict::CannotBeJudged(_) => {
                self.not_judged = self.not_judged.saturating_add(1);
                return;
            }
            EventVerdict::DeniedAsPlanned | EventVerdict::RefusedByOthers | EventVerdict::NotADecision(_) => {
                return;
            }
        }
        if Outcome::of(event) != Outcome::Succeeded {
            return;
        }
        self.calls = self.calls.saturating_add(1);
        self.numbers.insert(number);
        self.sessions = self.numbers.count();
        if let Some(time) = event.event_time.as_deref().and_then(Instant::parse) {
            let (first, last) = self.times.unwrap_or((time, time));
            self.times = Some((first.min(time), last.max(time)));
        }
        let judged = explain();
        self.note_groups(&judged.answers);
        self.note_actions(&judged.answers, &place());
    }

    fn note_groups(&mut self, answers: &[ActionAnswer]) {
        for of_group in answers.chunk_by(|one, other| one.group == other.group) {
            let Some(first) = of_group.first() else { continue };
            let mut group = Group { actions: Vec::new(), is_any_enough: first.is_any_enough };
            let mut alone = Vec::new();
            for of_action in of_group.chunk_by(|one, other| one.action == other.action) {
                let Some(one) = of_action.first() else { continue };
                group.actions.push(one.action.clone());
                alone.push(of_action.iter().all(|own| own.answer.says == Says::Allowed));
            }
            match self.groups.get_mut(&group) {
                Some(known) => known.iter_mut().zip(alone).for_each(|(own, new)| *own &= new),
                None => drop(self.groups.insert(group, alone)),
            }
        }
    }

    fn note_actions(&mut self, answers: &[ActionAnswer], place: &EventPlace) {
        let mut counted: BTreeSet<&str> = BTreeSet::new();
        for own in answers {
            let action = self.actions.entry(own.action.clone()).or_insert_with(|| UsedAction {
                calls: 0,
                is_certain: false,
                first: place.clone(),
                resources: BTreeSet::new(),
                has_others: false,
            });
            if counted.insert(&own.action) {
                action.calls = action.calls.saturating_add(1);
            }
            action.is_certain |= own.is_certain;
            if *place < action.first {
                action.first = place.clone();
            }
            match &own.on {
                On::Exactly(arn) if action.resources.contains(arn) => {}
                On::Exactly(arn) if action.resources.len() < MOST_RESOURCES => {
                    action.resources.insert(arn.clone());
                }
                On::Exactly(_) | On::Matching(_) | On::Anything => action.has_others = true,
            }
        }
    }

    /// The number of days from the first call to the last one, of 24 hours each.
    pub fn days(&self) -> i64 {
        let Some((first, last)) = self.times else { return 0 };
        let seconds = last.epoch_seconds().saturating_sub(first.epoch_seconds());
        seconds.checked_div(86_400).unwrap_or_default()
    }
}
