//! What is known of one session by its records.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use iam_trail::{Event, Outcome, Way};
use iamgate::iam_policy::value::Instant;

use crate::issued::{CLOCKS, Issued};
use crate::judge::{ActionAnswer, Judged};
use crate::planned::PlannedSession;
use crate::timeline::Timeline;
use crate::verdict::EventVerdict;

/// The number of groups of calls, of examples, and of other things of which a session may have many.
const MOST: usize = 1_000;

/// The number of files with records of one session that are remembered: those of 12 hours in 17 Regions are about 2,500.
const MOST_FILES: usize = 10_000;

/// A place of an event: the file, as the caller names it, and the id of the event. Ordered by time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct EventPlace {
    /// When the request ended, as the record has it.
    pub time: Box<str>,
    /// The id of the event.
    pub event_id: Box<str>,
    /// The file.
    pub file: Arc<str>,
}

impl EventPlace {
    /// The place of an event in a file.
    pub(crate) fn of(event: &Event<'_>, file: &Arc<str>) -> Self {
        let (time, event_id) = (text(event.event_time.as_deref()), text(event.event_id.as_deref()));
        Self { time: time.into(), event_id: event_id.into(), file: Arc::clone(file) }
    }

    /// How an event in a file compares with this one.
    fn compare(&self, event: &Event<'_>, file: &str) -> Ordering {
        let own = (text(event.event_time.as_deref()), text(event.event_id.as_deref()), file);
        own.cmp(&(&*self.time, &*self.event_id, &*self.file))
    }
}

fn text(own: Option<&str>) -> &str {
    own.unwrap_or_default()
}

/// What calls have in common that are told as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct CallKind {
    /// The verdict.
    pub verdict: EventVerdict,
    /// The event's source, such as `s3.amazonaws.com`.
    pub source: Box<str>,
    /// The event's name.
    pub name: Box<str>,
    /// Whether a service made the call in the session's name.
    pub by_service: bool,
}

/// Calls that are told as one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Calls {
    /// How many.
    pub count: u64,
    /// The first one in time.
    pub first: EventPlace,
    /// The last one in time.
    pub last: EventPlace,
    /// What the plan says about the first one.
    pub answers: Vec<ActionAnswer>,
    /// What AWS said of the first one that it denied: the error's message.
    pub message: Option<Box<str>>,
}

/// The calls of an operation with one verdict.
#[derive(Clone, Debug)]
struct Own {
    verdict: EventVerdict,
    by_service: bool,
    calls: Calls,
}

/// What is known of one session by its records.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    pub(crate) issued: Vec<(Issued, EventPlace)>,
    /// By source and name.
    calls: HashMap<Box<str>, HashMap<Box<str>, Vec<Own>>>,
    /// The number of kinds of calls.
    kinds: usize,
    /// Calls of kinds beyond those that are kept.
    pub(crate) beyond: u64,
    /// Access keys of calls that the session made itself, but for those of the console.
    pub(crate) keys: BTreeSet<Box<str>>,
    /// The principal ids, `AROA…:NAME`.
    pub(crate) principal_ids: BTreeSet<Box<str>>,
    /// When sessions with this name began, in seconds, as calls say it.
    pub(crate) created: BTreeSet<i64>,
    pub(crate) regions: BTreeSet<Box<str>>,
    /// The files with records of the session.
    pub(crate) files: BTreeSet<Arc<str>>,
    /// Whether there are more of them.
    pub(crate) has_more_files: bool,
    /// When the first and the last call ended, in seconds.
    pub(crate) times: Option<(i64, i64)>,
    /// Calls of which AWS names a policy of the plan, which by the plan allows them.
    pub(crate) contradicted: Vec<EventPlace>,
    pub(crate) timeline: Timeline,
}

impl Ledger {
    /// A ledger without records of the session of a plan.
    pub(crate) fn of(plan: &PlannedSession) -> Self {
        Self {
            issued: Vec::new(),
            calls: HashMap::new(),
            kinds: 0,
            beyond: 0,
            keys: BTreeSet::new(),
            principal_ids: BTreeSet::new(),
            created: BTreeSet::new(),
            regions: BTreeSet::new(),
            files: BTreeSet::new(),
            has_more_files: false,
            times: None,
            contradicted: Vec::new(),
            timeline: Timeline::of(plan),
        }
    }

    /// Notes a call of the session. `explain` says what the plan says about it, for calls that are shown.
    pub(crate) fn note(
        &mut self,
        event: &Event<'_>,
        file: &Arc<str>,
        verdict: EventVerdict,
        explain: impl FnOnce() -> Judged,
    ) {
        self.note_file(file);
        let by_service = is_by_service(event);
        let identity = event.user_identity.as_ref();
        // A session of the console may have keys of its own.
        let is_of_console = event.session_credential_from_console.is_some_and(|own| own.0);
        if !by_service && !is_of_console {
            add(&mut self.keys, identity.and_then(|own| own.access_key_id.as_deref()));
        }
        add(&mut self.principal_ids, identity.and_then(|own| own.principal_id.as_deref()));
        add(&mut self.regions, event.aws_region.as_deref());
        let attributes = identity.and_then(|own| own.session_context.as_ref()?.attributes.as_ref());
        let created = attributes.and_then(|own| own.creation_date.as_deref()).and_then(Instant::parse);
        if let Some(created) = created.filter(|_| self.created.len() < MOST) {
            self.created.insert(created.epoch_seconds());
        }
        let time = event.event_time.as_deref().and_then(Instant::parse);
        let source = text(event.event_source.as_deref());
        self.timeline.note(source, time, verdict.without_reason(), by_service);
        if let Some(time) = time {
            let time = time.epoch_seconds();
            let (first, last) = self.times.unwrap_or((time, time));
            self.times = Some((first.min(time), last.max(time)));
        }
        self.note_kind(event, file, (verdict, by_service), explain);
    }

    fn note_kind(
        &mut self,
        event: &Event<'_>,
        file: &Arc<str>,
        (verdict, by_service): (EventVerdict, bool),
        explain: impl FnOnce() -> Judged,
    ) {
        let (source, name) = (text(event.event_source.as_deref()), text(event.event_name.as_deref()));
        let known = self.calls.get_mut(source).and_then(|own| own.get_mut(name));
        let known = known.and_then(|own| {
            own.iter_mut().find(|own| own.verdict == verdict && own.by_service == by_service)
        });
        let mut judged = None;
        if verdict == EventVerdict::RefusedByOthers {
            let own = explain();
            if own.contradicts.is_some() && self.contradicted.len() < MOST {
                self.contradicted.push(EventPlace::of(event, file));
            }
            judged = Some(own);
        } else if known.as_ref().is_none_or(|own| own.calls.first.compare(event, file) == Ordering::Less) {
            judged = Some(explain());
        }
        let message = || -> Option<Box<str>> {
            (Outcome::of(event) == Outcome::Denied).then(|| text(event.error_message.as_deref()).into())
        };
        if let Some(Own { calls, .. }) = known {
            calls.count = calls.count.saturating_add(1);
            // The earliest is shown, so that the order of the files does not matter.
            if calls.first.compare(event, file) == Ordering::Less {
                (calls.first, calls.message) = (EventPlace::of(event, file), message());
                calls.answers = judged.map(|own| own.answers).unwrap_or_default();
            }
            if calls.last.compare(event, file) == Ordering::Greater {
                calls.last = EventPlace::of(event, file);
            }
            return;
        }
        if self.kinds >= MOST {
            self.beyond = self.beyond.saturating_add(1);
            return;
        }
        self.kinds = self.kinds.saturating_add(1);
        let first = EventPlace::of(event, file);
        let answers = judged.map(|own| own.answers).unwrap_or_default();
        let calls = Calls { count: 1, last: first.clone(), first, answers, message: message() };
        let of_source = self.calls.entry(source.into()).or_default();
        of_source.entry(name.into()).or_default().push(Own { verdict, by_service, calls });
    }

    /// The calls by kind, in a stable order.
    pub(crate) fn into_calls(self) -> BTreeMap<CallKind, Calls> {
        let mut all = BTreeMap::new();
        let by_source: BTreeMap<_, _> = self.calls.into_iter().collect();
        for (source, by_name) in by_source {
            let by_name: BTreeMap<_, _> = by_name.into_iter().collect();
            for (name, own) in by_name {
                for Own { verdict, by_service, calls } in own {
                    let kind = CallKind { verdict, source: source.clone(), name: name.clone(), by_service };
                    all.insert(kind, calls);
                }
            }
        }
        all
    }

    /// Notes a record of the call that opened the session.
    pub(crate) fn opened(&mut self, issued: Issued, place: EventPlace) {
        self.note_file(&place.file);
        if self.issued.len() < MOST {
            self.issued.push((issued, place));
            self.issued.sort_by(|(_, one), (_, other)| one.cmp(other));
        }
    }

    fn note_file(&mut self, file: &Arc<str>) {
        if self.files.contains(file) {
            return;
        }
        if self.files.len() < MOST_FILES {
            self.files.insert(Arc::clone(file));
        } else {
            self.has_more_files = true;
        }
    }

    /// The access keys of calls that are not those of the credentials that the call of STS gave.
    pub(crate) fn other_keys(&self) -> Vec<Box<str>> {
        let given: BTreeSet<&str> =
            self.issued.iter().filter_map(|(own, _)| own.access_key.as_deref()).collect();
        if given.is_empty() {
            return Vec::new();
        }
        self.keys.iter().filter(|own| !given.contains(&***own)).cloned().collect()
    }

    /// The times at which sessions of this name began that are not that of the call of STS.
    pub(crate) fn other_beginnings(&self) -> Vec<i64> {
        let given: Vec<i64> =
            self.issued.iter().filter_map(|(own, _)| Some(own.time?.epoch_seconds())).collect();
        if given.is_empty() {
            return Vec::new();
        }
        // The creation time is up to a second off the event.
        let is_near = |one: i64| given.iter().any(|own| own.abs_diff(one) <= 2);
        self.created.iter().copied().filter(|own| !is_near(*own)).collect()
    }

    /// Whether the last call ended after the credentials, by more than clocks may differ and a request may take.
    pub(crate) fn is_late(&self) -> bool {
        let ends = self.issued.iter().filter_map(|(own, _)| own.expiration);
        let Some(end) = ends.max() else { return false };
        self.times
            .is_some_and(|(_, last)| last > end.epoch_seconds().saturating_add(CLOCKS).saturating_add(900))
    }

    /// The number of calls with a verdict that some have. `is` also gets whether a service made them.
    pub(crate) fn count(&self, is: impl Fn(EventVerdict, bool) -> bool) -> u64 {
        let all = self.calls.values().flat_map(HashMap::values).flatten();
        all.filter(|own| is(own.verdict, own.by_service))
            .map(|own| own.calls.count)
            .fold(0, u64::saturating_add)
    }
}

/// Whether a service made a call in a session's name.
pub(crate) fn is_by_service(event: &Event<'_>) -> bool {
    matches!(Way::of(event), Way::Service(_) | Way::Aws)
}

fn add(set: &mut BTreeSet<Box<str>>, text: Option<&str>) {
    if let Some(text) = text.filter(|own| !own.is_empty() && set.len() < MOST && !set.contains(*own)) {
        set.insert(text.into());
    }
}
