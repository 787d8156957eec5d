//! The laws.

use iam_cloud_double::{Entry, Misdeed, Scenario, Stage};
use iam_eval::Decision;
use iam_trail::Event;
use iamgate_audit::{EventVerdict, Judge, SessionReason, SessionVerdict};
use serde_json::Value;

use crate::auditor::{Audited, Auditor, Evidence, Failure, SETTLING};
use crate::changes;
use crate::dice::Dice;

/// A law of audits.
pub(crate) struct Law {
    /// The name: a letter for the subject, and a number.
    pub(crate) id: &'static str,
    /// What the law says.
    pub(crate) says: &'static str,
    check: fn(&mut Trial<'_>) -> Checked,
}

/// How often a law held on a trial. The error says how it was broken.
type Checked = Result<u64, Failure>;

/// Honest sessions that were audited, and what is needed to audit them otherwise.
pub(crate) struct Trial<'t> {
    auditor: &'t Auditor,
    scenario: &'t Scenario,
    evidence: Evidence,
    /// With everything that an audit can have.
    honest: Audited,
    dice: Dice,
}

/// Every law of honest sessions and of what may happen to their records.
pub(crate) const LAWS: &[Law] = &[
    Law {
        id: "H1",
        says: "an honest session with everything that an audit can have is complete, and nobody's session is found",
        check: complete,
    },
    Law {
        id: "H2",
        says: "without digest files it is complete by the records at hand, and no better",
        check: not_validated,
    },
    Law {
        id: "H3",
        says: "what was allowed and done is as planned or not proven, what was denied is denied as planned or not proven",
        check: as_decided,
    },
    Law {
        id: "L1",
        says: "without a record, digest files leave no session better than incomplete, and the verdicts on other events stay",
        check: record_dropped,
    },
    Law {
        id: "L2",
        says: "without a log file, digest files leave no session better than incomplete",
        check: log_lost,
    },
    Law {
        id: "L3",
        says: "without a digest file, no session is complete whose records it may be about",
        check: digest_lost,
    },
    Law {
        id: "L4",
        says: "with another byte in a log file, no session is better than incomplete",
        check: log_changed,
    },
    Law {
        id: "L5",
        says: "with another byte in a digest file, no session is complete whose records it may be about",
        check: digest_changed,
    },
    Law {
        id: "B1",
        says: "with another letter in the recorded policy, name or tags, with digest files or without, something is broken",
        check: opening_changed,
    },
    Law { id: "O1", says: "the order of files does not matter", check: files_shuffled },
    Law {
        id: "O2",
        says: "the split into files, and the order of records in them, do not matter",
        check: resplit,
    },
    Law { id: "O3", says: "copies of files do not matter", check: copied },
    Law {
        id: "K1",
        says: "without a member of a record, the verdict on the event stays, or is not proven, or it cannot be judged",
        check: less_known,
    },
];

impl<'t> Trial<'t> {
    pub(crate) fn new(auditor: &'t Auditor, scenario: &'t Scenario, seed: u64) -> Result<Self, Failure> {
        let evidence = auditor.evidence(scenario)?;
        let honest = auditor.audit(&evidence)?;
        Ok(Self { auditor, scenario, evidence, honest, dice: Dice::new(seed) })
    }

    /// Puts the sessions to a law.
    pub(crate) fn check(&mut self, law: &Law) -> Checked {
        (law.check)(self)
    }

    /// The number of sessions.
    fn sessions(&self) -> u64 {
        self.evidence.plans.len().try_into().unwrap_or_default()
    }

    fn without_digests(&self) -> Evidence {
        Evidence { digests: Vec::new(), ..self.evidence.clone() }
    }

    /// Audits, and demands that no session is better than incomplete.
    fn is_incomplete(&self, evidence: &Evidence) -> Checked {
        let audited = self.auditor.audit(evidence)?;
        if audited.is_all_as_bad_as(SessionVerdict::Incomplete) { Ok(1) } else { Err(audited.told().into()) }
    }

    /// An entry of the log that is in a file of the account, drawn.
    fn entry(&mut self) -> Option<&'t Entry> {
        let account = self.evidence.plans.first()?.role.account().to_owned();
        let is_there =
            |own: &&Entry| own.delivered.is_some() && *own.record.recipient_account_id == *account.as_str();
        let entries: Vec<&Entry> = self.scenario.cloud.log().iter().filter(is_there).collect();
        self.dice.pick(&entries).copied()
    }

    /// Demands that no session is complete of which a record may be in the log files of a digest file.
    fn is_seen(&self, evidence: &Evidence, from: i64, to: i64) -> Checked {
        let audited = self.auditor.audit(evidence)?;
        let mut held = 0_u64;
        for own in &self.scenario.sessions {
            let (begin, end) =
                (own.opened.epoch_seconds(), own.granted.credentials.expiration.epoch_seconds());
            if from >= end.saturating_add(SETTLING) || to <= begin {
                continue;
            }
            if audited.session(own.parameters.role_session_name())?.verdict == SessionVerdict::Complete {
                return Err(audited.told().into());
            }
            held = held.saturating_add(1);
        }
        Ok(held)
    }
}

fn complete(trial: &mut Trial<'_>) -> Checked {
    let report = &trial.honest.report;
    let is_complete = report
        .sessions
        .iter()
        .all(|own| own.verdict == SessionVerdict::Complete && own.contradicted.is_empty());
    let is_alone =
        report.unplanned.is_empty() && report.copies == 0 && report.verdict() == SessionVerdict::Complete;
    if is_complete && is_alone { Ok(trial.sessions()) } else { Err(trial.honest.told().into()) }
}

fn not_validated(trial: &mut Trial<'_>) -> Checked {
    let audited = trial.auditor.audit(&trial.without_digests())?;
    let is_one = |own: &SessionReason| matches!(own, SessionReason::NotValidated { .. });
    let is_so = audited
        .report
        .sessions
        .iter()
        .all(|own| own.verdict == SessionVerdict::CompleteNotValidated && own.reasons.iter().all(is_one));
    if is_so { Ok(trial.sessions()) } else { Err(audited.told().into()) }
}

fn as_decided(trial: &mut Trial<'_>) -> Checked {
    let mut held = 0_u64;
    for entry in trial.scenario.cloud.log() {
        let Some(verdict) = trial.honest.verdicts.get(&entry.record.event_id) else { continue };
        let is_denied = entry.decided.iter().any(|own| own.decision != Decision::Allowed);
        let is_so = match verdict {
            EventVerdict::AsPlanned => !is_denied,
            EventVerdict::DeniedAsPlanned => is_denied,
            EventVerdict::NotProven => true,
            EventVerdict::NotADecision(_) => entry.decided.is_empty(),
            EventVerdict::RefusedByOthers | EventVerdict::Outside | EventVerdict::CannotBeJudged(_) | _ => {
                false
            }
        };
        if !is_so {
            return Err(format!("{verdict:?} on {:?}: {}", entry.decided, entry.record.to_json()).into());
        }
        held = held.saturating_add(1);
    }
    Ok(held)
}

fn record_dropped(trial: &mut Trial<'_>) -> Checked {
    let Some(entry) = trial.entry() else { return Ok(0) };
    let mut evidence = trial.evidence.clone();
    if !changes::drop_record(&mut evidence, &entry.record) {
        return Err("the record is in no file".into());
    }
    let audited = trial.auditor.audit(&evidence)?;
    let mut others = trial.honest.verdicts.clone();
    others.remove(&entry.record.event_id);
    if audited.is_all_as_bad_as(SessionVerdict::Incomplete) && audited.verdicts == others {
        Ok(1)
    } else {
        Err(format!("{} without {}", audited.told(), entry.record.to_json()).into())
    }
}

fn log_lost(trial: &mut Trial<'_>) -> Checked {
    let mut evidence = trial.evidence.clone();
    evidence.logs.remove(trial.dice.below(evidence.logs.len()));
    trial.is_incomplete(&evidence)
}

/// The time of the log files of a digest file.
const HOUR: i64 = 3_600;

fn digest_lost(trial: &mut Trial<'_>) -> Checked {
    let mut evidence = trial.evidence.clone();
    let digest = evidence.digests.remove(trial.dice.below(evidence.digests.len()));
    trial.is_seen(&evidence, digest.end.saturating_sub(HOUR), digest.end)
}

fn log_changed(trial: &mut Trial<'_>) -> Checked {
    let mut evidence = trial.evidence.clone();
    let place = trial.dice.below(evidence.logs.len());
    let Some(log) = evidence.logs.get_mut(place) else { return Ok(0) };
    let Some(other) = changes::change_byte(&log.json, &mut trial.dice) else { return Ok(0) };
    log.json = other;
    trial.is_incomplete(&evidence)
}

fn digest_changed(trial: &mut Trial<'_>) -> Checked {
    let mut evidence = trial.evidence.clone();
    let place = trial.dice.below(evidence.digests.len());
    let Some(digest) = evidence.digests.get_mut(place) else { return Ok(0) };
    let Some(other) = changes::change_byte(&digest.json, &mut trial.dice) else { return Ok(0) };
    digest.json = other;
    let end = digest.end;
    trial.is_seen(&evidence, end.saturating_sub(HOUR), end)
}

fn opening_changed(trial: &mut Trial<'_>) -> Checked {
    let session = trial.dice.pick(&trial.scenario.sessions).ok_or("no session")?;
    let texts = [("policy", ""), ("roleSessionName", ""), ("principalTags", "DoitEnvironment")];
    let mut held = 0_u64;
    for (name, tag) in texts {
        held = held.saturating_add(opening_letter(trial, &session.granted.event_id, name, tag, None)?);
    }
    Ok(held)
}

/// Changes a letter of a text in the record of a session's opening: the one at a place, or any.
pub(crate) fn opening_letter(
    trial: &mut Trial<'_>,
    event_id: &str,
    name: &str,
    tag: &str,
    place: Option<usize>,
) -> Checked {
    let entry = trial.scenario.cloud.log().iter().find(|own| *own.record.event_id == *event_id);
    let old = &entry.ok_or("no record of the opening")?.record;
    let mut new = old.clone();
    let own = new.request_parameters.get_mut(name).ok_or(name.to_owned())?;
    let own = if tag.is_empty() { own } else { own.get_mut(tag).ok_or(tag.to_owned())? };
    let text = own.as_str().ok_or("no text")?;
    let place = place.unwrap_or_else(|| trial.dice.below(text.chars().count()));
    let other = changes::change_letter(text, place, &mut trial.dice);
    let words = format!("{other:?} for {text:?}");
    *own = Value::String(other);
    for mut evidence in [trial.without_digests(), trial.evidence.clone()] {
        if !changes::replace_record(&mut evidence, old, &new) {
            return Err("the record is in no file".into());
        }
        let audited = trial.auditor.audit(&evidence)?;
        if audited.report.verdict() != SessionVerdict::Broken {
            return Err(format!("{words}: {}", audited.told()).into());
        }
    }
    Ok(2)
}

/// Audits, and demands the same report.
fn same(trial: &Trial<'_>, evidence: &Evidence, with_files: bool) -> Checked {
    let (honest, other) = (trial.honest.words(with_files), trial.auditor.audit(evidence)?.words(with_files));
    if honest == other {
        return Ok(1);
    }
    let differ = honest.lines().zip(other.lines()).find(|(one, other)| one != other);
    Err(differ.map_or_else(|| "more".into(), |(one, other)| format!("{one}\n{other}").into()))
}

fn files_shuffled(trial: &mut Trial<'_>) -> Checked {
    let mut evidence = trial.evidence.clone();
    trial.dice.shuffle(&mut evidence.logs);
    trial.dice.shuffle(&mut evidence.digests);
    trial.dice.shuffle(&mut evidence.plans);
    let mut other = trial.auditor.audit(&evidence)?;
    let place = |name: &str| trial.evidence.plans.iter().position(|own| *own.name == *name);
    other.report.sessions.sort_by_key(|own| place(&own.planned.name));
    if trial.honest.words(true) == other.words(true) { Ok(1) } else { Err(other.words(true).into()) }
}

fn resplit(trial: &mut Trial<'_>) -> Checked {
    // Digest files do not name the new files.
    let old = trial.without_digests();
    let logs = changes::resplit(&old.logs, &mut trial.dice)?;
    let new = Evidence { logs, ..old.clone() };
    let (old, new) = (trial.auditor.audit(&old)?, trial.auditor.audit(&new)?);
    if old.words(false) == new.words(false) { Ok(1) } else { Err(new.words(false).into()) }
}

fn copied(trial: &mut Trial<'_>) -> Checked {
    let mut evidence = trial.evidence.clone();
    let old = evidence.logs.clone();
    for _ in 0..3 {
        evidence.logs.extend(trial.dice.pick(&old).cloned());
    }
    trial.dice.shuffle(&mut evidence.logs);
    evidence.digests.extend(trial.dice.pick(&trial.evidence.digests).cloned());
    same(trial, &evidence, true)
}

/// Members without which a record says something else, and not less: it is about another outcome, or another way.
const TELLING: [&str; 3] = ["/errorCode", "/errorMessage", "/userIdentity/invokedBy"];

fn less_known(trial: &mut Trial<'_>) -> Checked {
    let Some(entry) = trial.entry() else { return Ok(0) };
    let Some(plan) = trial.dice.pick(&trial.evidence.plans) else { return Ok(0) };
    let mut judge = Judge::new(plan.promise.clone())?;
    let json = entry.record.to_json();
    let record: Value = serde_json::from_str(&json)?;
    let before = judge.judge(&Event::read(&json)?).verdict;
    let mut held = 0_u64;
    for member in changes::members(&record).iter().filter(|own| !TELLING.contains(&own.as_str())) {
        let json = changes::without(&record, member).to_string();
        let after = judge.judge(&Event::read(&json)?).verdict;
        let is_less = matches!(after, EventVerdict::NotProven | EventVerdict::CannotBeJudged(_));
        if after != before && !is_less {
            return Err(format!("{before:?} becomes {after:?} without {member} of {record}").into());
        }
        held = held.saturating_add(1);
    }
    Ok(held)
}

/// What an audit must say of a misdeed.
pub(crate) fn misdeed(auditor: &Auditor, stage: &Stage, misdeed: Misdeed, seed: u64) -> Checked {
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
    // What is incomplete for one reason is so for every session; the others are as they would be.
    if report.verdict() >= worst && is_told {
        Ok(1)
    } else {
        Err(format!("{:?}: {}", scenario.planted, audited.told()).into())
    }
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
        Misdeed::DigestLost => (SessionVerdict::CompleteNotValidated, &["NOT_VALIDATED"]),
        _ => (SessionVerdict::Broken, &["NO_SUCH_MISDEED"]),
    }
}
