//! Everything that is to be looked at, one by one, whatever it is about.

use std::collections::BTreeSet;

use iam_trail::TrailCode;
use iamgate_audit::{AuditCode, CallKind, Calls, CodeKind, EventPlace, SessionReason, UnplannedSession};

use super::words;
use super::{AuditAnswer, AuditedSession, FileFinding, RecordPlace};
use crate::fingerprint::fingerprint;
use crate::words::plural;

/// Something that is to be looked at: a reason against a session, a call, a session without a plan, or what was not read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AuditPoint<'a> {
    /// The code.
    pub code: &'static str,
    /// How bad it is.
    pub kind: CodeKind,
    /// What the code says of anything, as a clause.
    pub summary: &'static str,
    /// Why that matters, as a sentence without its full stop. Empty if nothing is said.
    pub why: &'static str,
    /// What is to be done, as a clause.
    pub next: &'a str,
    /// The name of the session. `None` for what is about a file.
    pub session: Option<&'a str>,
    /// What is so here, as a clause. It may have texts from outside.
    pub says: String,
    /// Where it shows.
    pub places: Vec<PointPlace<'a>>,
    /// A text that no other point has, and that stays when files are cut or named otherwise.
    pub fingerprint: String,
}

/// Where something shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PointPlace<'a> {
    /// An event in a file.
    Event(&'a EventPlace),
    /// A decision record.
    Record(&'a RecordPlace),
    /// A file.
    File(&'a str),
}

impl PointPlace<'_> {
    /// The file.
    pub fn file(&self) -> &str {
        match self {
            Self::Event(own) => &own.file,
            Self::Record(own) => &own.file,
            Self::File(own) => own,
        }
    }
}

impl AuditAnswer {
    /// Everything that is to be looked at: sessions without a plan, then session by session, then files. `name` says how a file is called, however
    /// its path was given.
    pub fn points(&self, name: &dyn Fn(&str) -> String) -> Vec<AuditPoint<'_>> {
        let mut points: Vec<AuditPoint<'_>> = self.report.unplanned.iter().map(unplanned).collect();
        if self.report.unplanned_beyond > 0 {
            let says = format!("{} events of more such sessions", self.report.unplanned_beyond);
            points.push(point(AuditCode::UNPLANNED_SESSION, "", says, Vec::new(), &["more"]));
        }
        for session in self.sessions() {
            points.extend(session.points());
        }
        points.extend(self.findings.iter().map(|own| own.point(name)));
        let more = self.findings_count.saturating_sub(self.findings.len() as u64);
        if more > 0 {
            let says = format!("{more} more findings about files");
            points.push(point(AuditCode::NOT_READ, "", says, Vec::new(), &["more"]));
        }
        points
    }
}

fn unplanned(own: &UnplannedSession) -> AuditPoint<'_> {
    let says = format!(
        "no record plans the session {}, by {}: {} between {} and {}",
        own.name,
        own.provider,
        plural(usize::try_from(own.events).unwrap_or(usize::MAX), "event", "events"),
        own.first.time,
        own.last.time
    );
    let places = vec![PointPlace::Event(&own.first), PointPlace::Event(&own.last)];
    point(AuditCode::UNPLANNED_SESSION, &own.name, says, places, &[&own.provider])
}

/// A point about a session, or about none if its name is empty. Its fingerprint rests on the code, the session and `parts`.
fn point<'a>(
    code: AuditCode,
    session: &'a str,
    says: String,
    mut places: Vec<PointPlace<'a>>,
    parts: &[&str],
) -> AuditPoint<'a> {
    places.dedup();
    let all: Vec<String> = [code.name, session].iter().chain(parts).map(|own| (*own).to_owned()).collect();
    AuditPoint {
        code: code.name,
        kind: code.kind,
        summary: code.summary,
        why: code.why,
        next: code.next,
        session: (!session.is_empty()).then_some(session),
        says,
        places,
        fingerprint: fingerprint(&all),
    }
}

impl<'a> AuditedSession<'a> {
    /// Everything that is to be looked at, the worst first.
    pub fn points(&self) -> Vec<AuditPoint<'a>> {
        let report = self.report;
        let reasons = report.reasons.iter().filter(|own| !has_calls(own)).map(|own| self.reason(own));
        let mut points: Vec<AuditPoint<'a>> = reasons.collect();
        for (kind, calls) in &report.calls {
            points.extend(kind.about().map(|code| self.calls(code, kind, calls)));
        }
        for place in &report.contradicted {
            let says = "AWS denied the call by a policy of the plan, which by the plan allows it".to_owned();
            let places = vec![PointPlace::Event(place)];
            points.push(point(AuditCode::CONTRADICTED, self.name(), says, places, &[&place.event_id]));
        }
        points.sort_by_key(|own| own.kind);
        points
    }

    fn name(&self) -> &'a str {
        &self.report.planned.name
    }

    fn reason(&self, own: &SessionReason) -> AuditPoint<'a> {
        let issued = || self.report.issued.iter().map(|(_, place)| PointPlace::Event(place));
        let (mut places, part) = match own {
            SessionReason::IssuedOtherwise(own) => (issued().collect(), own.parameter.name().to_owned()),
            SessionReason::Untold(parameter) => (issued().collect(), parameter.name().to_owned()),
            SessionReason::IssuedAgain { .. } => (issued().collect(), String::new()),
            SessionReason::AnotherKey { key } => (Vec::new(), key.to_string()),
            SessionReason::AnotherBeginning { time } => (Vec::new(), time.to_string()),
            SessionReason::DigestGap { region } | SessionReason::DigestsEndEarly { region, .. } => {
                (Vec::new(), region.to_string())
            }
            SessionReason::LeftOut { source } => (Vec::new(), source.to_string()),
            SessionReason::Outside { .. }
            | SessionReason::AfterTheEnd
            | SessionReason::NotIssued
            | SessionReason::NotJudged { .. }
            | SessionReason::TooManyKinds
            | SessionReason::DamagedFiles { .. }
            | SessionReason::FilesNotShown { .. }
            | SessionReason::TooManyFiles
            | SessionReason::NotRead { .. }
            | SessionReason::OneIdTwice { .. }
            | SessionReason::CopiesNotTold
            | SessionReason::NoDataEvents { .. }
            | SessionReason::NoReads
            | SessionReason::NoWrites
            | SessionReason::NotValidated
            | SessionReason::RegionsNotTold
            | SessionReason::SelectorsNotTold
            | SessionReason::NotKnownUntilWhen
            | SessionReason::NotSettled
            | _ => (Vec::new(), String::new()),
        };
        if places.is_empty() {
            places.push(PointPlace::Record(self.record));
        }
        point(own.about(), self.name(), own.to_string(), places, &[&part])
    }

    fn calls(&self, code: AuditCode, kind: &'a CallKind, calls: &'a Calls) -> AuditPoint<'a> {
        let answers: BTreeSet<String> = calls.answers.iter().map(|own| self.says(own)).collect();
        let mut says = format!("{}: {}", words::event_verdict(kind.verdict), words::calls(kind, calls));
        for own in answers {
            says.push_str("; ");
            says.push_str(&own);
        }
        let places = vec![PointPlace::Event(&calls.first), PointPlace::Event(&calls.last)];
        let (by, reason) = (kind.by_service.to_string(), kind.verdict.reason().unwrap_or_default());
        let parts = [&kind.source, &kind.name, &*by, reason, &calls.first.event_id];
        point(code, self.name(), says, places, &parts)
    }
}

/// Whether the calls that a reason counts are points themselves.
const fn has_calls(reason: &SessionReason) -> bool {
    matches!(reason, SessionReason::Outside { .. } | SessionReason::NotJudged { .. })
}

impl FileFinding {
    /// What its code says of any file, and why that matters.
    fn about(&self) -> (&'static str, &'static str) {
        if let Some(own) = AuditCode::of(self.code) {
            return (own.summary, own.why);
        }
        let of_file = TrailCode::ALL.iter().find(|own| own.name() == self.code);
        (of_file.map_or(AuditCode::NOT_READ.summary, |own| own.summary()), AuditCode::NOT_READ.why)
    }

    fn point(&self, name: &dyn Fn(&str) -> String) -> AuditPoint<'_> {
        let parts = [self.code.to_owned(), name(&self.file), self.place.clone(), self.says.clone()];
        let (summary, why) = self.about();
        AuditPoint {
            code: self.code,
            kind: CodeKind::Open,
            summary,
            why,
            next: &self.help,
            session: None,
            says: words::finding(self),
            places: vec![PointPlace::File(&self.file)],
            fingerprint: fingerprint(&parts),
        }
    }
}
