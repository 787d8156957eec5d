//! What is said of the sessions.

use std::collections::BTreeMap;
use std::fmt;

use iamgate::iam_json::quoted;
use iamgate::iam_policy::value::Instant;

use crate::code::AuditCode;
use crate::issued::{Issued, Mismatch, Parameter};
use crate::ledger::{CallKind, Calls, EventPlace};
use crate::planned::PlannedSession;
use crate::replayed::ReplayReport;
use crate::timeline::Timeline;
use crate::used::Used;

/// What is said of a session as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SessionVerdict {
    /// It was issued as planned and did nothing outside its plan; a chain of digest files shows that no record is missing, in every Region.
    Complete,
    /// As before, by the records at hand: nothing shows that none is missing.
    CompleteNotValidated,
    /// Records may still be on their way.
    Provisional,
    /// Something is missing: the reasons say what.
    Incomplete,
    /// It was not as planned: the reasons say where.
    Broken,
}

impl SessionVerdict {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::CompleteNotValidated => "complete_not_validated",
            Self::Provisional => "provisional",
            Self::Incomplete => "incomplete",
            Self::Broken => "broken",
        }
    }
}

/// A reason for the verdict on a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionReason {
    /// Calls succeeded that the plan denies.
    Outside {
        /// How many.
        calls: u64,
    },
    /// It was not issued as planned.
    IssuedOtherwise(Mismatch),
    /// It was issued more than once.
    IssuedAgain {
        /// How often.
        times: usize,
    },
    /// Calls were made with an access key that the call of STS did not give.
    AnotherKey {
        /// The access key id.
        key: Box<str>,
    },
    /// Calls belong to a session of this name that began at another time.
    AnotherBeginning {
        /// The time, in seconds since 1970.
        time: i64,
    },
    /// Calls were made after the credentials had ended.
    AfterTheEnd,
    /// There is no record of the call that opened it.
    NotIssued,
    /// The record of the call that opened it does not have this.
    Untold(Parameter),
    /// Calls that cannot be judged.
    NotJudged {
        /// How many.
        calls: u64,
    },
    /// Kinds of calls beyond those that are kept.
    TooManyKinds,
    /// Log files that CloudTrail delivered are missing or were changed.
    DamagedFiles {
        /// How many.
        files: usize,
    },
    /// Records of the session are in files that no digest file shows to be CloudTrail's.
    FilesNotShown {
        /// How many.
        files: usize,
    },
    /// Records of the session are in more files than are kept, so that not all are known to be CloudTrail's.
    TooManyFiles,
    /// Records were not read.
    NotRead {
        /// How many findings say so.
        findings: u64,
    },
    /// Records have the id of another one and say something else. CloudTrail wrote one of the two at most.
    OneIdTwice {
        /// How many.
        events: u64,
    },
    /// There was no room to tell copies of events from others.
    CopiesNotTold,
    /// The trail does not have the events of data, or not all.
    NoDataEvents {
        /// The types of resources whose data events it has.
        has: Vec<Box<str>>,
        /// The number of other types that CloudTrail can record.
        missing: usize,
    },
    /// The trail does not have the calls that only read.
    NoReads,
    /// The trail does not have the calls that do not only read.
    NoWrites,
    /// The trail leaves out the calls of a service.
    LeftOut {
        /// The service, such as `kms.amazonaws.com`.
        source: Box<str>,
    },
    /// A part of the session's time has no digest file of this Region that is shown to be CloudTrail's.
    DigestGap {
        /// The Region.
        region: Box<str>,
    },
    /// The digest files of this Region end before all records of the session were delivered.
    DigestsEndEarly {
        /// The Region.
        region: Box<str>,
        /// When they end.
        until: Instant,
    },
    /// There are no digest files: nothing shows that all records are there.
    NotValidated,
    /// Nobody says which Regions the trail has.
    RegionsNotTold,
    /// Nobody says which calls the trail records.
    SelectorsNotTold,
    /// Nobody says up to when records were asked for.
    NotKnownUntilWhen,
    /// CloudTrail may not yet have delivered all.
    NotSettled,
}

impl SessionReason {
    /// What its code means.
    pub const fn about(&self) -> AuditCode {
        match self {
            Self::Outside { .. } => AuditCode::OUTSIDE_THE_PLAN,
            Self::IssuedOtherwise(_) => AuditCode::ISSUED_OTHERWISE,
            Self::IssuedAgain { .. } => AuditCode::ISSUED_AGAIN,
            Self::AnotherKey { .. } => AuditCode::ANOTHER_ACCESS_KEY,
            Self::AnotherBeginning { .. } => AuditCode::ANOTHER_BEGINNING,
            Self::AfterTheEnd => AuditCode::AFTER_THE_END,
            Self::NotIssued => AuditCode::NO_RECORD_OF_ISSUANCE,
            Self::Untold(_) => AuditCode::ISSUANCE_UNTOLD,
            Self::NotJudged { .. } => AuditCode::NOT_JUDGED,
            Self::TooManyKinds => AuditCode::TOO_MANY_KINDS,
            Self::DamagedFiles { .. } => AuditCode::DAMAGED_FILES,
            Self::FilesNotShown { .. } => AuditCode::FILES_NOT_SHOWN,
            Self::TooManyFiles => AuditCode::TOO_MANY_FILES,
            Self::NotRead { .. } => AuditCode::NOT_READ,
            Self::OneIdTwice { .. } => AuditCode::ONE_ID_TWICE,
            Self::CopiesNotTold => AuditCode::COPIES_NOT_TOLD,
            Self::NoDataEvents { .. } => AuditCode::NO_DATA_EVENTS,
            Self::NoReads => AuditCode::NO_READS,
            Self::NoWrites => AuditCode::NO_WRITES,
            Self::LeftOut { .. } => AuditCode::SOURCE_LEFT_OUT,
            Self::DigestGap { .. } => AuditCode::DIGEST_GAP,
            Self::DigestsEndEarly { .. } => AuditCode::DIGESTS_END_EARLY,
            Self::NotValidated => AuditCode::NOT_VALIDATED,
            Self::RegionsNotTold => AuditCode::REGIONS_NOT_TOLD,
            Self::SelectorsNotTold => AuditCode::SELECTORS_NOT_TOLD,
            Self::NotKnownUntilWhen => AuditCode::NOT_KNOWN_UNTIL_WHEN,
            Self::NotSettled => AuditCode::NOT_SETTLED,
        }
    }

    /// The code in JSON.
    pub const fn code(&self) -> &'static str {
        self.about().name
    }

    /// The verdict that it leads to by itself.
    pub const fn verdict(&self) -> SessionVerdict {
        match self {
            Self::Outside { .. }
            | Self::IssuedOtherwise(_)
            | Self::IssuedAgain { .. }
            | Self::AnotherKey { .. }
            | Self::AnotherBeginning { .. }
            | Self::AfterTheEnd => SessionVerdict::Broken,
            Self::NotIssued
            | Self::Untold(_)
            | Self::NotJudged { .. }
            | Self::TooManyKinds
            | Self::DamagedFiles { .. }
            | Self::NotRead { .. }
            | Self::OneIdTwice { .. }
            | Self::CopiesNotTold
            | Self::NoDataEvents { .. }
            | Self::NoReads
            | Self::NoWrites
            | Self::LeftOut { .. }
            | Self::DigestGap { .. } => SessionVerdict::Incomplete,
            Self::DigestsEndEarly { .. } | Self::NotSettled => SessionVerdict::Provisional,
            Self::FilesNotShown { .. }
            | Self::TooManyFiles
            | Self::NotValidated
            | Self::RegionsNotTold
            | Self::SelectorsNotTold
            | Self::NotKnownUntilWhen => SessionVerdict::CompleteNotValidated,
        }
    }
}

/// The reason as a sentence without its full stop.
impl fmt::Display for SessionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside { calls } => {
                write!(f, "{} succeeded that the plan denies", counted(*calls, "call"))
            }
            Self::IssuedOtherwise(own) => write!(
                f,
                "it was not issued as planned: {} was planned as {} and is recorded as {}",
                own.parameter.name(),
                quoted(&own.planned),
                quoted(&own.recorded)
            ),
            Self::IssuedAgain { times } => write!(f, "a session of this name was issued {times} times"),
            Self::AnotherKey { key } => {
                write!(
                    f,
                    "calls were made with the access key {}, which the call of STS did not give",
                    quoted(key)
                )
            }
            Self::AnotherBeginning { time } => write!(
                f,
                "calls belong to a session of this name that began at {}",
                Instant::from_epoch_seconds(*time)
            ),
            Self::AfterTheEnd => f.write_str("calls were made after the credentials had ended"),
            Self::NotIssued => f.write_str("there is no record of the call of STS that opened it"),
            Self::Untold(parameter) => write!(
                f,
                "the record of the call of STS does not have the {}, so that it is not shown to be as planned",
                parameter.name()
            ),
            Self::NotJudged { calls } => write!(f, "{} cannot be judged", counted(*calls, "call")),
            Self::TooManyKinds => f.write_str("it has more kinds of calls than are kept"),
            Self::DamagedFiles { files } => {
                write!(f, "missing or changed: {}", counted(*files as u64, "log file"))
            }
            Self::FilesNotShown { files } => write!(
                f,
                "no digest file shows that {} with its records is CloudTrail's",
                counted(*files as u64, "file")
            ),
            Self::TooManyFiles => f.write_str("its records are in more files than are kept"),
            Self::NotRead { findings } => {
                write!(f, "not everything was read: see {}", counted(*findings, "finding"))
            }
            Self::OneIdTwice { events } => {
                let records = counted(*events, "record");
                write!(
                    f,
                    "{records} with the id of another one say something else: CloudTrail did not write both"
                )
            }
            Self::CopiesNotTold => f.write_str("too many events to tell copies from others"),
            Self::NoDataEvents { has, missing } => {
                let types = if *missing == 1 { "type" } else { "types" };
                write!(f, "the trail does not have the data events of {missing} {types} of resources")?;
                match has.as_slice() {
                    [] => f.write_str(", so of none"),
                    has => write!(f, "; it has those of {}", has.join(", ")),
                }
            }
            Self::NoReads => f.write_str("the trail does not have the calls that only read"),
            Self::NoWrites => f.write_str("the trail has only calls that read"),
            Self::LeftOut { source } => write!(f, "the trail leaves out the calls of {}", quoted(source)),
            Self::DigestGap { region } => write!(
                f,
                "a part of its time has no digest file of {region} that is shown to be CloudTrail's: records may be missing"
            ),
            Self::DigestsEndEarly { region, until } => write!(
                f,
                "the digest files of {region} end at {until}, before all its records were sure to be delivered"
            ),
            Self::NotValidated => f.write_str("no digest files show that all records are there"),
            Self::RegionsNotTold => f.write_str("nobody says of which Regions the trail has records"),
            Self::SelectorsNotTold => f.write_str("nobody says which calls the trail records"),
            Self::NotKnownUntilWhen => f.write_str("nobody says up to when records were asked for"),
            Self::NotSettled => f.write_str("CloudTrail may not yet have delivered all records"),
        }
    }
}

/// A number of things.
fn counted(number: u64, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

/// What is said of one session.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionReport {
    /// The plan.
    pub planned: PlannedSession,
    /// The verdict.
    pub verdict: SessionVerdict,
    /// Every reason against a better verdict, the worst first.
    pub reasons: Vec<SessionReason>,
    /// The records of the call that opened it.
    pub issued: Vec<(Issued, EventPlace)>,
    /// Its calls, by kind.
    pub calls: BTreeMap<CallKind, Calls>,
    /// Calls that AWS denied by a policy of the plan, which by the plan allows them: a policy is not the one that was planned, or the mapping of
    /// calls to actions is wrong.
    pub contradicted: Vec<EventPlace>,
    /// When it made its calls.
    pub timeline: Timeline,
}

/// A session of the role, by a provider of ours, that no plan knows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnplannedSession {
    /// The name of the session.
    pub name: Box<str>,
    /// The identity provider.
    pub provider: Box<str>,
    /// The number of its records.
    pub events: u64,
    /// The first record.
    pub first: EventPlace,
    /// The last record.
    pub last: EventPlace,
}

/// What is said of all sessions.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AuditReport {
    /// Every planned session.
    pub sessions: Vec<SessionReport>,
    /// Sessions that no plan knows: the worst finding.
    pub unplanned: Vec<UnplannedSession>,
    /// Sessions that no plan knows beyond those that are kept.
    pub unplanned_beyond: u64,
    /// Calls that tried to open a session of the role by a provider of ours, and failed.
    pub refused_openings: u64,
    /// Events of the role's sessions that other providers and callers opened. They are not looked at.
    pub of_others: u64,
    /// Events that were read, copies included.
    pub events: u64,
    /// Copies of events.
    pub copies: u64,
    /// What the sessions did, judged under another profile, if somebody asked for it: [`Audit::replaying`](crate::Audit::replaying).
    pub replay: Option<ReplayReport>,
    /// What the sessions used, if somebody asked for it: [`Audit::collecting`](crate::Audit::collecting).
    pub used: Option<Used>,
}

impl AuditReport {
    /// The worst verdict. A session that no plan knows is [`SessionVerdict::Broken`].
    pub fn verdict(&self) -> SessionVerdict {
        let worst = self.sessions.iter().map(|own| own.verdict).max();
        let unplanned = (!self.unplanned.is_empty()).then_some(SessionVerdict::Broken);
        worst.max(unplanned).unwrap_or(SessionVerdict::Complete)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::CodeKind;

    #[test]
    fn how_bad_a_code_is_agrees_with_the_verdict_of_its_reason() {
        let mismatch = Mismatch { parameter: Parameter::Policy, planned: "".into(), recorded: "".into() };
        for own in [
            SessionReason::Outside { calls: 1 },
            SessionReason::IssuedOtherwise(mismatch),
            SessionReason::IssuedAgain { times: 2 },
            SessionReason::AnotherKey { key: "A".into() },
            SessionReason::AnotherBeginning { time: 0 },
            SessionReason::AfterTheEnd,
            SessionReason::NotIssued,
            SessionReason::Untold(Parameter::Policy),
            SessionReason::NotJudged { calls: 1 },
            SessionReason::TooManyKinds,
            SessionReason::DamagedFiles { files: 1 },
            SessionReason::FilesNotShown { files: 1 },
            SessionReason::TooManyFiles,
            SessionReason::NotRead { findings: 1 },
            SessionReason::OneIdTwice { events: 1 },
            SessionReason::CopiesNotTold,
            SessionReason::NoDataEvents { has: Vec::new(), missing: 1 },
            SessionReason::NoReads,
            SessionReason::NoWrites,
            SessionReason::LeftOut { source: "kms.amazonaws.com".into() },
            SessionReason::DigestGap { region: "us-east-1".into() },
            SessionReason::DigestsEndEarly {
                region: "us-east-1".into(),
                until: Instant::from_epoch_seconds(0),
            },
            SessionReason::NotValidated,
            SessionReason::RegionsNotTold,
            SessionReason::SelectorsNotTold,
            SessionReason::NotKnownUntilWhen,
            SessionReason::NotSettled,
        ] {
            let kind = match own.verdict() {
                SessionVerdict::Broken => CodeKind::Wrong,
                SessionVerdict::Incomplete | SessionVerdict::Provisional => CodeKind::Open,
                SessionVerdict::CompleteNotValidated => CodeKind::Unknown,
                SessionVerdict::Complete => CodeKind::Note,
            };
            assert_eq!(own.about().kind, kind, "{}", own.code());
            assert!(AuditCode::ALL.contains(&own.about()));
        }
    }
}
