//! Sessions held against their plans, event by event.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use iam_trail::{Event, Outcome};
use iamgate::iam_policy::value::Instant;
use iamgate::{Profile, RoleArn, RoleSnapshot, SessionArn};

use crate::coverage::{Coverage, RegionState};
use crate::data::{DataProblem, Tables};
use crate::issued::{Issued, opened, provider};
use crate::judge::Judge;
use crate::ledger::{EventPlace, Ledger};
use crate::planned::PlannedSession;
use crate::replayed::Replay;
use crate::report::{AuditReport, SessionReason, SessionReport, SessionVerdict, UnplannedSession};
use crate::seen::{Before, Seen};
use crate::used::Used;
use crate::verdict::EventVerdict;

/// The number of sessions that no plan knows of which each is told.
const MOST_UNPLANNED: usize = 10_000;

/// The number of kinds of sessions that share answers: the others have their own.
const MOST_KINDS: usize = 64;

/// The number of events that are remembered, so that copies are told. A table of 2^20 places of 25 bytes has room for them: 26 MB.
const MOST_REMEMBERED: usize = 917_504;

/// Holds the sessions of a role against their plans.
///
/// Events may come in any order, from any number of files, and more than once.
#[derive(Debug)]
pub struct Audit {
    role: RoleArn,
    providers: Vec<Box<str>>,
    sessions: Vec<(PlannedSession, Judge, Ledger)>,
    by_name: HashMap<Box<str>, usize>,
    unplanned: BTreeMap<(Box<str>, Box<str>), UnplannedSession>,
    unplanned_beyond: u64,
    refused_openings: u64,
    of_others: u64,
    events: u64,
    copies: u64,
    /// Events with the id of another one.
    other_copies: u64,
    findings: u64,
    seen: Seen,
    /// The file of the last event.
    file: Arc<str>,
    tables: Arc<Tables>,
    replay: Option<Replay>,
    used: Option<Used>,
}

/// Whose an event is.
enum Whose {
    /// A planned session's, by its number.
    Planned(usize),
    /// A session's that no plan knows, opened by this provider.
    Unplanned { name: Box<str>, provider: Box<str> },
    /// Another session's of the role.
    Other,
    /// Nobody's of the role.
    Nobody,
}

impl Audit {
    /// An audit of the sessions of a role that tokens of these providers open. `providers` are ARNs.
    ///
    /// # Errors
    /// Never in a released version, because tests read the embedded texts.
    pub fn new(
        role: &RoleArn,
        providers: impl IntoIterator<Item = Box<str>>,
        plans: impl IntoIterator<Item = PlannedSession>,
    ) -> Result<Self, DataProblem> {
        Ok(Self::with(&Arc::new(Tables::embedded()?), role, providers, plans))
    }

    /// The same with tables that it shares with others.
    pub fn with(
        tables: &Arc<Tables>,
        role: &RoleArn,
        providers: impl IntoIterator<Item = Box<str>>,
        plans: impl IntoIterator<Item = PlannedSession>,
    ) -> Self {
        let mut sessions: Vec<(PlannedSession, Judge, Ledger)> = Vec::new();
        let mut by_name = HashMap::new();
        // The first session of each kind, whose answers the others share.
        let mut firsts: Vec<usize> = Vec::new();
        for plan in plans {
            by_name.entry(plan.name.clone()).or_insert(sessions.len());
            let mut known = firsts.iter().filter_map(|first| sessions.get(*first));
            let shared = known.find_map(|(_, judge, _)| judge.beside(plan.promise.clone()));
            let judge = shared.unwrap_or_else(|| {
                if firsts.len() < MOST_KINDS {
                    firsts.push(sessions.len());
                }
                Judge::with(Arc::clone(tables), plan.promise.clone())
            });
            let ledger = Ledger::of(&plan);
            sessions.push((plan, judge, ledger));
        }
        Self {
            role: role.clone(),
            providers: providers.into_iter().collect(),
            sessions,
            by_name,
            unplanned: BTreeMap::new(),
            unplanned_beyond: 0,
            refused_openings: 0,
            of_others: 0,
            events: 0,
            copies: 0,
            other_copies: 0,
            findings: 0,
            seen: Seen::new(MOST_REMEMBERED),
            file: Arc::default(),
            tables: Arc::clone(tables),
            replay: None,
            used: None,
        }
    }

    /// The same audit, which also judges each call under another profile of the same role.
    #[must_use]
    pub fn replaying(mut self, role: &RoleSnapshot, profile: &Profile) -> Self {
        let sessions = self.sessions.iter().map(|(own, ..)| own);
        self.replay = Some(Replay::new(sessions, role, profile, &self.tables));
        self
    }

    /// The same audit, which also collects what calls that succeeded used.
    ///
    /// # Cost
    /// Each call that succeeded is judged with its reasons, some microseconds.
    #[must_use]
    pub fn collecting(mut self) -> Self {
        self.used = Some(Used::default());
        self
    }

    /// Notes that something was not read, so that no session can be complete.
    pub const fn note_unread(&mut self) {
        self.findings = self.findings.saturating_add(1);
    }

    /// Takes an event from a file. Says the verdict if it is a call of a planned session.
    pub fn take(&mut self, event: &Event<'_>, file: &str) -> Option<EventVerdict> {
        self.events = self.events.saturating_add(1);
        if *self.file != *file {
            self.file = file.into();
        }
        let file = Arc::clone(&self.file);
        if let Some((role, name)) = opened(event) {
            if *role == *self.role.as_str() {
                self.take_opening(event, &name, &file);
            }
            return None;
        }
        if self.is_refused_opening(event) {
            self.refused_openings = self.refused_openings.saturating_add(1);
            return None;
        }
        match self.whose(event) {
            Whose::Planned(number) => {
                let (_, judge, _) = self.sessions.get_mut(number)?;
                let verdict = judge.verdict(event);
                if !self.is_new(event, &(number, verdict, told(event))) {
                    return None;
                }
                let (_, judge, ledger) = self.sessions.get_mut(number)?;
                ledger.note(event, &file, verdict, || judge.judge(event));
                let place = || EventPlace::of(event, &file);
                if let Some(replay) = &mut self.replay {
                    replay.note(number, event, place, verdict, || judge.judge(event));
                }
                if let Some(used) = &mut self.used {
                    used.note(number, event, place, verdict, || judge.judge(event));
                }
                Some(verdict)
            }
            Whose::Unplanned { name, provider } => {
                if self.is_new(event, &(&name, &provider)) {
                    self.note_unplanned(name, provider, EventPlace::of(event, &file));
                }
                None
            }
            Whose::Other => {
                if self.is_new(event, &"another session") {
                    self.of_others = self.of_others.saturating_add(1);
                }
                None
            }
            Whose::Nobody => None,
        }
    }

    /// Whether an event is there for the first time, by its id and everything that is told of it.
    fn is_new(&mut self, event: &Event<'_>, says: &impl Hash) -> bool {
        match self.seen.note(event.event_id.as_deref().unwrap_or_default(), says) {
            Before::Nothing => true,
            Before::Same => {
                self.copies = self.copies.saturating_add(1);
                false
            }
            // It may be this one that CloudTrail wrote.
            Before::Other => {
                self.other_copies = self.other_copies.saturating_add(1);
                true
            }
        }
    }

    fn take_opening(&mut self, event: &Event<'_>, name: &str, file: &Arc<str>) {
        let place = EventPlace::of(event, file);
        if let Some(number) = self.by_name.get(name).copied() {
            let Some((plan, ..)) = self.sessions.get(number) else { return };
            let issued = Issued::of(event, plan);
            if self.is_new(event, &(number, &issued))
                && let Some((_, _, ledger)) = self.sessions.get_mut(number)
            {
                ledger.opened(issued, place);
            }
            return;
        }
        match provider(event).filter(|own| self.providers.contains(own)) {
            Some(own) => {
                if self.is_new(event, &(name, &own)) {
                    self.note_unplanned(name.into(), own, place);
                }
            }
            None => {
                if self.is_new(event, &"another opening") {
                    self.of_others = self.of_others.saturating_add(1);
                }
            }
        }
    }

    /// Whether an event is a call of STS by a provider of ours for the role that failed.
    fn is_refused_opening(&self, event: &Event<'_>) -> bool {
        event.event_name.as_deref() == Some("AssumeRoleWithWebIdentity")
            && Outcome::of(event) != Outcome::Succeeded
            && provider(event).is_some_and(|own| self.providers.contains(&own))
    }

    fn whose(&self, event: &Event<'_>) -> Whose {
        let Some(identity) = &event.user_identity else { return Whose::Nobody };
        if identity.identity_type.as_deref() != Some("AssumedRole") {
            return Whose::Nobody;
        }
        let Some(arn) = identity.arn.as_deref() else { return Whose::Nobody };
        // The ARN of a session has the name of the role without its path.
        let (role, account) = (self.role.role_name(), self.role.account());
        let Ok(session) = arn.parse::<SessionArn>() else { return Whose::Nobody };
        if session.role_name() != role.as_str() || session.account() != account {
            return Whose::Nobody;
        }
        let name = session.session_name();
        if let Some(number) = self.by_name.get(name) {
            return Whose::Planned(*number);
        }
        let federation =
            identity.session_context.as_ref().and_then(|own| own.web_id_federation_data.as_ref());
        match federation.and_then(|own| own.federated_provider.as_deref()) {
            Some(own) if self.providers.iter().any(|ours| **ours == *own) => {
                Whose::Unplanned { name: name.into(), provider: own.into() }
            }
            Some(_) | None => Whose::Other,
        }
    }

    fn note_unplanned(&mut self, name: Box<str>, provider: Box<str>, place: EventPlace) {
        let key = (name.clone(), provider.clone());
        if self.unplanned.len() >= MOST_UNPLANNED && !self.unplanned.contains_key(&key) {
            self.unplanned_beyond = self.unplanned_beyond.saturating_add(1);
            return;
        }
        let (first, last) = (place.clone(), place.clone());
        let own =
            self.unplanned.entry(key).or_insert(UnplannedSession { name, provider, events: 0, first, last });
        own.events = own.events.saturating_add(1);
        own.first = own.first.clone().min(place.clone());
        own.last = own.last.clone().max(place);
    }

    /// What is to be said, by the events that were taken and what is known of the records.
    pub fn finish(self, coverage: &Coverage) -> AuditReport {
        let unread =
            Unread { findings: self.findings, other_copies: self.other_copies, is_full: self.seen.is_full };
        let report = |(planned, _, ledger): (PlannedSession, Judge, Ledger)| {
            let mut reasons = broken(&ledger);
            reasons.extend(missing(&ledger, unread));
            reasons.extend(unrecorded(coverage));
            reasons.extend(unproven(&planned, &ledger, coverage));
            reasons.sort_by_key(|own| std::cmp::Reverse(own.verdict()));
            let verdict = reasons.first().map_or(SessionVerdict::Complete, SessionReason::verdict);
            let (issued, mut contradicted) = (ledger.issued.clone(), ledger.contradicted.clone());
            contradicted.sort_unstable();
            let timeline = ledger.timeline.clone();
            let calls = ledger.into_calls();
            SessionReport { planned, verdict, reasons, issued, calls, contradicted, timeline }
        };
        AuditReport {
            sessions: self.sessions.into_iter().map(report).collect(),
            unplanned: self.unplanned.into_values().collect(),
            unplanned_beyond: self.unplanned_beyond,
            refused_openings: self.refused_openings,
            of_others: self.of_others,
            events: self.events,
            copies: self.copies,
            replay: self.replay.map(Replay::into_report),
            used: self.used,
        }
    }
}

/// What was not as planned.
fn broken(ledger: &Ledger) -> Vec<SessionReason> {
    let mut reasons = Vec::new();
    // What services do in the session's name is told apart.
    let outside = ledger.count(|own, by_service| own == EventVerdict::Outside && !by_service);
    if outside > 0 {
        reasons.push(SessionReason::Outside { calls: outside });
    }
    let mismatches = ledger.issued.iter().flat_map(|(own, _)| &own.mismatches);
    reasons.extend(mismatches.cloned().map(SessionReason::IssuedOtherwise));
    if ledger.issued.len() > 1 {
        reasons.push(SessionReason::IssuedAgain { times: ledger.issued.len() });
    }
    reasons.extend(ledger.other_keys().into_iter().map(|key| SessionReason::AnotherKey { key }));
    reasons
        .extend(ledger.other_beginnings().into_iter().map(|time| SessionReason::AnotherBeginning { time }));
    if ledger.is_late() {
        reasons.push(SessionReason::AfterTheEnd);
    }
    reasons
}

/// What is not known because of the records as a whole.
#[derive(Clone, Copy, Debug)]
struct Unread {
    findings: u64,
    other_copies: u64,
    is_full: bool,
}

/// What is known to be missing.
fn missing(ledger: &Ledger, unread: Unread) -> Vec<SessionReason> {
    let mut reasons = Vec::new();
    if ledger.issued.is_empty() {
        reasons.push(SessionReason::NotIssued);
    }
    let untold = ledger.issued.iter().flat_map(|(own, _)| &own.untold);
    reasons.extend(untold.copied().map(SessionReason::Untold));
    let calls = ledger.count(|own, _| matches!(own, EventVerdict::CannotBeJudged(_)));
    if calls > 0 {
        reasons.push(SessionReason::NotJudged { calls });
    }
    if ledger.beyond > 0 {
        reasons.push(SessionReason::TooManyKinds);
    }
    if unread.findings > 0 {
        reasons.push(SessionReason::NotRead { findings: unread.findings });
    }
    if unread.other_copies > 0 {
        reasons.push(SessionReason::OneIdTwice { events: unread.other_copies });
    }
    if unread.is_full {
        reasons.push(SessionReason::CopiesNotTold);
    }
    reasons
}

/// Which calls leave no record.
fn unrecorded(coverage: &Coverage) -> Vec<SessionReason> {
    let mut reasons = Vec::new();
    let Some(selectors) = &coverage.selectors else { return vec![SessionReason::SelectorsNotTold] };
    if !selectors.has_reads() {
        reasons.push(SessionReason::NoReads);
    }
    if !selectors.has_writes() {
        reasons.push(SessionReason::NoWrites);
    }
    let left_out = selectors.left_out();
    reasons.extend(left_out.into_iter().map(|own| SessionReason::LeftOut { source: own.into() }));
    let missing = selectors.other_data_types().count();
    if missing > 0 {
        let has = selectors.data_types().map(Into::into).collect();
        reasons.push(SessionReason::NoDataEvents { has, missing });
    }
    reasons
}

/// What is not known about the records.
fn unproven(plan: &PlannedSession, ledger: &Ledger, coverage: &Coverage) -> Vec<SessionReason> {
    let mut reasons = Vec::new();
    let begin = ledger.issued.first().and_then(|(own, _)| own.time).unwrap_or(plan.planned);
    let last = ledger.issued.iter().filter_map(|(own, _)| own.expiration).max();
    let end = last.unwrap_or_else(|| {
        Instant::from_epoch_seconds(begin.epoch_seconds().saturating_add(plan.duration_seconds))
    });
    let settled = Coverage::settled(end);
    let mut is_whole = coverage.digests.is_some();
    for region in coverage.all_regions(&ledger.regions) {
        let state = coverage.region(region, begin, settled);
        is_whole &= state == RegionState::Whole;
        let region = region.into();
        reasons.extend(match state {
            RegionState::Whole | RegionState::NotValidated => None,
            RegionState::EndsEarly(until) => Some(SessionReason::DigestsEndEarly { region, until }),
            RegionState::Gap => Some(SessionReason::DigestGap { region }),
        });
    }
    if !is_whole {
        match coverage.has_settled(end) {
            Some(true) => {}
            Some(false) => reasons.push(SessionReason::NotSettled),
            None => reasons.push(SessionReason::NotKnownUntilWhen),
        }
    }
    match &coverage.digests {
        None => reasons.push(SessionReason::NotValidated),
        Some(digests) => {
            let files = digests.damaged_between(begin, settled);
            if files > 0 {
                reasons.push(SessionReason::DamagedFiles { files });
            }
            let files = ledger.files.iter().filter(|own| digests.not_shown.contains(&***own)).count();
            if files > 0 {
                reasons.push(SessionReason::FilesNotShown { files });
            }
            if ledger.has_more_files {
                reasons.push(SessionReason::TooManyFiles);
            }
        }
    }
    if coverage.regions.is_none() {
        reasons.push(SessionReason::RegionsNotTold);
    }
    reasons
}

/// Everything of a call that is told, beside the verdict.
fn told<'e>(event: &'e Event<'_>) -> [Option<&'e str>; 7] {
    let identity = event.user_identity.as_ref();
    let attributes = identity.and_then(|own| own.session_context.as_ref()?.attributes.as_ref());
    [
        event.event_source.as_deref(),
        event.event_name.as_deref(),
        event.event_time.as_deref(),
        event.aws_region.as_deref(),
        identity.and_then(|own| own.access_key_id.as_deref()),
        identity.and_then(|own| own.invoked_by.as_deref()),
        attributes.and_then(|own| own.creation_date.as_deref()),
    ]
}
