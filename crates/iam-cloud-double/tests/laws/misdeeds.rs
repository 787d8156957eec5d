//! What an audit must say of misdeeds.

use iam_cloud_double::{Misdeed, Stage};
use iamgate_audit::{SessionReason, SessionVerdict};

use crate::auditor::Auditor;
use crate::sentences::Checked;

/// Does a misdeed, and demands that an audit tells it. 0 if it could not be done.
pub(crate) fn told(auditor: &Auditor, stage: &Stage, misdeed: Misdeed, seed: u64) -> Checked {
    let scenario = stage.misdeed(seed, misdeed)?;
    if scenario.planted.is_none() {
        return Ok(0);
    }
    let audited = auditor.audit(&auditor.evidence(&scenario)?)?;
    let (worst, codes) = expected(misdeed);
    let report = &audited.report;
    let reasons = || report.sessions.iter().flat_map(|own| &own.reasons).map(SessionReason::code);
    let is_told = match codes {
        [] => !report.unplanned.is_empty(),
        codes => reasons().any(|own| codes.contains(&own)),
    };
    // What was done to files of another time than that of the sessions is told of the files alone.
    let is_elsewhere =
        is_about_files(misdeed) && report.verdict() == SessionVerdict::Complete && audited.faults > 0;
    if (report.verdict() >= worst && is_told) || is_elsewhere {
        Ok(1)
    } else {
        Err(format!("{:?}: {}", scenario.planted, audited.told()).into())
    }
}

const fn is_about_files(misdeed: Misdeed) -> bool {
    matches!(misdeed, Misdeed::EventDropped | Misdeed::FileLetter | Misdeed::FileLost | Misdeed::DigestLost)
}

/// The best verdict that is right for a misdeed, and the reasons of which one must be given: none for a session that nobody planned.
const fn expected(misdeed: Misdeed) -> (SessionVerdict, &'static [&'static str]) {
    match misdeed {
        Misdeed::DeniedWriteDone
        | Misdeed::SecretRead
        | Misdeed::RoleChained
        | Misdeed::PolicyWidenedUnseen => (SessionVerdict::Broken, &["OUTSIDE_THE_PLAN"]),
        Misdeed::PolicyWidened | Misdeed::PolicyLetter | Misdeed::TagLetter => {
            (SessionVerdict::Broken, &["ISSUED_OTHERWISE"])
        }
        Misdeed::SessionUnplanned | Misdeed::NameLetter => (SessionVerdict::Broken, &[]),
        Misdeed::OpeningUnrecorded => (SessionVerdict::Incomplete, &["NO_RECORD_OF_ISSUANCE"]),
        Misdeed::EventDropped | Misdeed::FileLetter | Misdeed::FileLost => {
            (SessionVerdict::Incomplete, &["DAMAGED_FILES"])
        }
        Misdeed::DigestLost => (SessionVerdict::Incomplete, &["DIGEST_GAP"]),
        _ => (SessionVerdict::Broken, &["NO_SUCH_MISDEED"]),
    }
}
