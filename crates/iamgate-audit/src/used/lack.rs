//! What is missing before a profile should be written from what was used.

use std::fmt;

use crate::report::{AuditReport, SessionVerdict};

use super::Used;

/// The number of sessions with calls below which no profile is written unless somebody insists.
pub const LEAST_SESSIONS: usize = 20;

/// The number of days from the first call to the last one below which no profile is written unless somebody insists.
pub const LEAST_DAYS: i64 = 14;

/// A reason not to write a profile from what was used: too little is known of what engineers need.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lack {
    /// There are fewer sessions with calls than [`LEAST_SESSIONS`].
    FewSessions {
        /// How many there are.
        sessions: usize,
    },
    /// The calls are of fewer days than [`LEAST_DAYS`].
    FewDays {
        /// How many there are.
        days: i64,
    },
    /// Sessions are provisional, incomplete or broken: of what they did, not all is known, or not all was as planned.
    NotComplete {
        /// How many of them.
        sessions: usize,
    },
    /// It is not known what calls needed, so that the profile may deny them.
    NotJudged {
        /// How many calls.
        calls: u64,
    },
    /// Calls succeeded that the old profile denies. The new one denies them too.
    Outside {
        /// How many calls.
        calls: u64,
    },
}

impl Lack {
    /// The code in JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::FewSessions { .. } => "FEW_SESSIONS",
            Self::FewDays { .. } => "FEW_DAYS",
            Self::NotComplete { .. } => "SESSIONS_NOT_COMPLETE",
            Self::NotJudged { .. } => "NOT_JUDGED",
            Self::Outside { .. } => "OUTSIDE_THE_PLAN",
        }
    }
}

/// The reason as a sentence without its full stop.
impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FewSessions { sessions } => {
                write!(f, "sessions with calls: {sessions}, and at least {LEAST_SESSIONS} are asked for")
            }
            Self::FewDays { days } => {
                write!(
                    f,
                    "days from the first call to the last: {days}, and at least {LEAST_DAYS} are asked for"
                )
            }
            Self::NotComplete { sessions } => {
                write!(f, "sessions of which not everything is known, or not as planned: {sessions}")
            }
            Self::NotJudged { calls } => write!(f, "calls of which nobody knows what they needed: {calls}"),
            Self::Outside { calls } => {
                write!(f, "calls that succeeded and that the old profile denies: {calls}")
            }
        }
    }
}

impl Used {
    /// What is missing before a profile should be written. Empty if enough is known.
    pub fn lacks(&self, report: &AuditReport) -> Vec<Lack> {
        let is_open = |own: SessionVerdict| match own {
            SessionVerdict::Complete | SessionVerdict::CompleteNotValidated => false,
            SessionVerdict::Provisional | SessionVerdict::Incomplete | SessionVerdict::Broken => true,
        };
        let open = report.sessions.iter().filter(|own| is_open(own.verdict)).count();
        let (days, calls, outside) = (self.days(), self.not_judged, self.outside);
        [
            (self.sessions < LEAST_SESSIONS).then_some(Lack::FewSessions { sessions: self.sessions }),
            (days < LEAST_DAYS).then_some(Lack::FewDays { days }),
            (open > 0).then_some(Lack::NotComplete { sessions: open }),
            (calls > 0).then_some(Lack::NotJudged { calls }),
            (outside > 0).then_some(Lack::Outside { calls: outside }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
