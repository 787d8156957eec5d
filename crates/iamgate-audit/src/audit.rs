//! Sessions held against their plans, event by event.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use iam_trail::{Event, Outcome};
use iamgate::iam_policy::value::Instant;
use iamgate::{RoleArn, SessionArn};

use crate::coverage::{Coverage, Logged};
use crate::data::{DataProblem, Tables};
use crate::issued::{opened, provider};
use crate::judge::Judge;
use crate::ledger::{EventPlace, Ledger};
use crate::planned::PlannedSession;
use crate::report::{AuditReport, SessionReason, SessionReport, SessionVerdict, UnplannedSession};
use crate::seen::Seen;
use crate::verdict::EventVerdict;

/// The number of sessions that no plan knows of which each is told.
const MOST_UNPLANNED: usize = 10_000;

/// The number of events that are remembered, so that copies are told: with about 34 bytes each, some 36 MiB.
const MOST_REMEMBERED: usize = 1 << 20;

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
    findings: u64,
    seen: Seen,
    /// The file of the last event.
    file: Arc<str>,
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
        let tables = Arc::new(Tables::embedded()?);
        let mut sessions = Vec::new();
        let mut by_name = HashMap::new();
        for plan in plans {
            by_name.entry(plan.name.clone()).or_insert(sessions.len());
            let judge = Judge::with(Arc::clone(&tables), plan.promise.clone());
            let ledger = Ledger::of(&plan);
            sessions.push((plan, judge, ledger));
        }
        Ok(Self {
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
            findings: 0,
            seen: Seen::new(MOST_REMEMBERED),
            file: Arc::default(),
        })
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
        let whose = self.whose(event);
        if matches!(whose, Whose::Nobody) {
            return None;
        }
        if !self.is_new(event) {
            return None;
        }
        match whose {
            Whose::Planned(number) => {
                let (_, judge, ledger) = self.sessions.get_mut(number)?;
                let verdict = judge.verdict(event);
                ledger.note(event, &file, verdict, || judge.judge(event));
                Some(verdict)
            }
            Whose::Unplanned { name, provider } => {
                self.note_unplanned(name, provider, EventPlace::of(event, &file));
                None
            }
            Whose::Other => {
                self.of_others = self.of_others.saturating_add(1);
                None
            }
            Whose::Nobody => None,
        }
    }

    fn is_new(&mut self, event: &Event<'_>) -> bool {
        let is_new = self.seen.is_new(event.event_id.as_deref().unwrap_or_default());
        if !is_new {
            self.copies = self.copies.saturating_add(1);
        }
        is_new
    }

    fn take_opening(&mut self, event: &Event<'_>, name: &str, file: &Arc<str>) {
        if !self.is_new(event) {
            return;
        }
        if let Some((plan, _, ledger)) = self.by_name.get(name).and_then(|own| self.sessions.get_mut(*own)) {
            ledger.opened(event, plan, EventPlace::of(event, file));
            return;
        }
        match provider(event) {
            Some(own) if self.providers.contains(&own) => {
                self.note_unplanned(name.into(), own, EventPlace::of(event, file));
            }
            Some(_) | None => self.of_others = self.of_others.saturating_add(1),
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
        let (findings, is_full) = (self.findings, self.seen.is_full);
        let report = |(planned, _, ledger): (PlannedSession, Judge, Ledger)| {
            let mut reasons = broken(&ledger);
            reasons.extend(missing(&ledger, coverage, findings, is_full));
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

/// What is known to be missing.
fn missing(ledger: &Ledger, coverage: &Coverage, findings: u64, is_full: bool) -> Vec<SessionReason> {
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
    if !coverage.damaged.is_empty() {
        reasons.push(SessionReason::DamagedFiles { files: coverage.damaged.len() });
    }
    if findings > 0 {
        reasons.push(SessionReason::NotRead { findings });
    }
    if is_full {
        reasons.push(SessionReason::CopiesNotTold);
    }
    if coverage.has_data_events == Logged::No {
        reasons.push(SessionReason::NoDataEvents);
    }
    if coverage.has_reads == Logged::No {
        reasons.push(SessionReason::NoReads);
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
    match coverage.has_settled(end) {
        Some(true) => {}
        Some(false) => reasons.push(SessionReason::NotSettled),
        None => reasons.push(SessionReason::NotKnownUntilWhen),
    }
    match &coverage.regions {
        None => {
            reasons.push(SessionReason::RegionsNotTold);
            if coverage.validated.is_empty() {
                reasons.push(SessionReason::NotValidated { region: None });
            }
        }
        Some(regions) => {
            let seen = ledger.regions.iter().filter(|own| !regions.contains(own));
            let all = regions.iter().chain(seen);
            let open = all.filter(|region| !coverage.is_validated(region, begin, end));
            reasons.extend(open.map(|own| SessionReason::NotValidated { region: Some(own.clone()) }));
        }
    }
    if coverage.has_data_events == Logged::Unknown {
        reasons.push(SessionReason::DataEventsNotTold);
    }
    if coverage.has_reads == Logged::Unknown {
        reasons.push(SessionReason::ReadsNotTold);
    }
    reasons
}
