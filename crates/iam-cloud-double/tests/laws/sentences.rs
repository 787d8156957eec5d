//! The laws.

use iam_cloud_double::{DigestFile, Entry, Scenario, StagedSession, TrailRecord};
use iam_eval::Decision;
use iam_trail::Event;
use iamgate_audit::{EventVerdict, SessionReason, SessionVerdict};
use serde_json::Value;

use crate::auditor::{Audited, Auditor, Evidence, Failure, Log, words_of};
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
pub(crate) type Checked = Result<u64, Failure>;

/// Honest sessions that were audited, and one of them that is audited otherwise.
pub(crate) struct Trial<'t> {
    auditor: &'t Auditor,
    scenario: &'t Scenario,
    /// With everything that an audit can have.
    honest: Audited,
    /// The session that is audited alone.
    session: &'t StagedSession,
    /// What an audit of that session gets: the same files.
    pub(crate) own: Evidence,
    dice: Dice,
}

const fn law(id: &'static str, says: &'static str, check: fn(&mut Trial<'_>) -> Checked) -> Law {
    Law { id, says, check }
}

/// Every law of honest sessions and of what may happen to their records. But for the first two, they are about a session that is drawn.
pub(crate) const LAWS: &[Law] = &[
    law("H1", "an honest session is complete, and nobody's session is found", complete),
    law(
        "H2",
        "what was done is as planned or not proven, and what was denied is denied as planned or not proven",
        as_decided,
    ),
    law(
        "H3",
        "without digest files an honest session is complete by the records at hand, and no better",
        not_validated,
    ),
    law("H4", "a session is judged among others as it is alone", alone),
    law(
        "L1",
        "without a record, a session is not better than incomplete, and the verdicts on its other events stay",
        record_dropped,
    ),
    law("L2", "without a log file, a session is not better than incomplete", log_lost),
    law("L3", "without a digest file, a session whose records it may be about is not complete", digest_lost),
    law("L4", "with another byte in a log file, a session is not better than incomplete", log_changed),
    law(
        "L5",
        "with another byte in a digest file, a session whose records it may be about is not complete",
        digest_changed,
    ),
    law(
        "B1",
        "with another letter in its recorded policy, name or tag, with digest files or without, a session is broken",
        opening_changed,
    ),
    law("O1", "the order of files does not matter", shuffled),
    law("O2", "the split into files, and the order of records in them, do not matter", resplit),
    law("O3", "copies of files do not matter", copied),
    law(
        "K1",
        "without a member of a record, the verdict stays, or the call is not proven or cannot be judged",
        less_known,
    ),
];

impl<'t> Trial<'t> {
    pub(crate) fn new(auditor: &'t Auditor, scenario: &'t Scenario, seed: u64) -> Result<Self, Failure> {
        let mut dice = Dice::new(seed);
        let evidence = auditor.evidence(scenario)?;
        let honest = auditor.audit(&evidence)?;
        let place = dice.below(scenario.sessions.len());
        let session = scenario.sessions.get(place).ok_or("no session")?;
        let plans = evidence.plans.get(place).cloned().into_iter().collect();
        let own = Evidence { plans, ..evidence };
        Ok(Self { auditor, scenario, honest, session, own, dice })
    }

    /// Puts the sessions to a law.
    pub(crate) fn check(&mut self, law: &Law) -> Checked {
        (law.check)(self)
    }

    fn name(&self) -> &'t str {
        self.session.parameters.role_session_name()
    }

    fn without_digests(&self) -> Evidence {
        Evidence { digests: Vec::new(), ..self.own.clone() }
    }

    /// Audits the session, and demands that it is not better than a verdict.
    pub(crate) fn is_as_bad_as(&self, evidence: &Evidence, verdict: SessionVerdict) -> Checked {
        let audited = self.auditor.audit(evidence)?;
        if audited.session(self.name())?.verdict >= verdict { Ok(1) } else { Err(audited.told().into()) }
    }

    /// The same, of a file: if it has a record of the session, the session is incomplete; otherwise the file is told.
    pub(crate) fn is_missed(&self, evidence: &Evidence, json: &str) -> Checked {
        if json.contains(self.name()) {
            return self.is_as_bad_as(evidence, SessionVerdict::Incomplete);
        }
        let audited = self.auditor.audit(evidence)?;
        if audited.faults > 0 { Ok(1) } else { Err(audited.told().into()) }
    }

    /// The same, of a digest file: if it names a log file with a record of the session, the session is incomplete; otherwise it is told. Without the
    /// last one of a Region the files are as they were an hour before: its records may be on their way, so that the session is provisional. The next
    /// digest file has the signature of the last one, which is therefore not shown either.
    fn is_seen(&self, evidence: &Evidence, digest: &DigestFile) -> Checked {
        let is_named = |own: &&Log| digest.json.contains(&*own.name);
        let logs = self.own.logs.iter().filter(is_named).map(|own| own.json.as_str()).collect::<String>();
        let is_later = |own: &DigestFile| own.region == digest.region && own.end > digest.end;
        if evidence.digests.iter().any(is_later) {
            return self.is_missed(evidence, &logs);
        }
        let audited = self.auditor.audit(evidence)?;
        let is_open = audited.session(self.name())?.verdict >= SessionVerdict::Provisional;
        let is_told = !logs.contains(self.name()) && audited.faults > 0;
        if is_open || is_told { Ok(1) } else { Err(audited.told().into()) }
    }

    /// The entries of the log that are in files of the account.
    pub(crate) fn entries(&self) -> Vec<&'t Entry> {
        let account = self.session.granted.arn.split(':').nth(4).unwrap_or_default();
        let is_there = |own: &&Entry| own.delivered.is_some() && *own.record.recipient_account_id == *account;
        self.scenario.cloud.log().iter().filter(is_there).collect()
    }

    /// One of them, drawn.
    fn entry(&mut self) -> Result<&'t Entry, Failure> {
        let entries = self.entries();
        Ok(self.dice.pick(&entries).ok_or("no record")?)
    }

    /// Demands the same report, with the names of files if they matter.
    fn is_same(&self, old: &Evidence, new: &Evidence, with_files: bool) -> Checked {
        let words = |evidence| Ok::<_, Failure>(self.auditor.audit(evidence)?.words(with_files));
        let (old, new) = (words(old)?, words(new)?);
        if old == new { Ok(1) } else { Err(format!("{old}\n{new}").into()) }
    }
}

fn complete(trial: &mut Trial<'_>) -> Checked {
    let report = &trial.honest.report;
    let is_complete = report
        .sessions
        .iter()
        .all(|own| own.verdict == SessionVerdict::Complete && own.contradicted.is_empty());
    let is_alone = report.unplanned.is_empty() && report.copies == 0;
    if is_complete && is_alone && report.verdict() == SessionVerdict::Complete {
        Ok(u64::try_from(report.sessions.len())?)
    } else {
        Err(trial.honest.told().into())
    }
}

fn not_validated(trial: &mut Trial<'_>) -> Checked {
    let audited = trial.auditor.audit(&trial.without_digests())?;
    let own = audited.session(trial.name())?;
    let is_one = |own: &SessionReason| matches!(own, SessionReason::NotValidated);
    let is_so = own.verdict == SessionVerdict::CompleteNotValidated && own.reasons.iter().all(is_one);
    if is_so { Ok(1) } else { Err(audited.told().into()) }
}

fn alone(trial: &mut Trial<'_>) -> Checked {
    let audited = trial.auditor.audit(&trial.own)?;
    let (one, other) = (audited.session(trial.name())?, trial.honest.session(trial.name())?);
    let (one, other) = (words_of(one), words_of(other));
    let mut verdicts = audited.verdicts.iter();
    if one == other && verdicts.all(|(id, verdict)| trial.honest.verdicts.get(id) == Some(verdict)) {
        Ok(1)
    } else {
        Err(format!("{one}\n{other}").into())
    }
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
    let entry = trial.entry()?;
    let mut evidence = trial.own.clone();
    if !changes::drop_record(&mut evidence, &entry.record) {
        return Err("the record is in no file".into());
    }
    let audited = trial.auditor.audit(&evidence)?;
    let is_same = |id: &str, verdict| trial.honest.verdicts.get(id) == Some(verdict);
    let is_there = audited.verdicts.contains_key(&entry.record.event_id);
    let is_own = entry.record.to_json().contains(trial.name());
    let is_worse = audited.session(trial.name())?.verdict >= SessionVerdict::Incomplete;
    if (is_worse || (!is_own && audited.faults > 0))
        && !is_there
        && audited.verdicts.iter().all(|(id, verdict)| is_same(id, verdict))
    {
        Ok(1)
    } else {
        Err(format!("{} without {}", audited.told(), entry.record.to_json()).into())
    }
}

fn log_lost(trial: &mut Trial<'_>) -> Checked {
    let mut evidence = trial.own.clone();
    let lost = evidence.logs.remove(trial.dice.below(evidence.logs.len()));
    trial.is_missed(&evidence, &lost.json)
}

fn digest_lost(trial: &mut Trial<'_>) -> Checked {
    let mut evidence = trial.own.clone();
    let digest = evidence.digests.remove(trial.dice.below(evidence.digests.len()));
    trial.is_seen(&evidence, &digest)
}

fn log_changed(trial: &mut Trial<'_>) -> Checked {
    let mut evidence = trial.own.clone();
    let place = trial.dice.below(evidence.logs.len());
    let log = evidence.logs.get_mut(place).ok_or("no log file")?;
    let before = log.json.clone();
    log.json = changes::change_byte(&before, &mut trial.dice).ok_or("no byte")?;
    trial.is_missed(&evidence, &before)
}

fn digest_changed(trial: &mut Trial<'_>) -> Checked {
    let mut evidence = trial.own.clone();
    let place = trial.dice.below(evidence.digests.len());
    let digest = evidence.digests.get_mut(place).ok_or("no digest file")?;
    digest.json = changes::change_byte(&digest.json, &mut trial.dice).ok_or("no byte")?;
    let digest = digest.clone();
    trial.is_seen(&evidence, &digest)
}

fn opening_changed(trial: &mut Trial<'_>) -> Checked {
    let mut held = 0_u64;
    for text in OPENING {
        let place = trial.dice.below(opening_text(trial, text)?.chars().count());
        held = held.saturating_add(opening_letter(trial, text, place)?);
    }
    Ok(held)
}

/// Where the record of a session's opening has texts: the policy, the name, and a tag.
pub(crate) const OPENING: [&str; 3] = ["/policy", "/roleSessionName", "/principalTags/DoitEnvironment"];

/// A text of the record of the session's opening.
pub(crate) fn opening_text<'t>(trial: &Trial<'t>, text: &str) -> Result<&'t str, Failure> {
    let parameters = &opening(trial)?.request_parameters;
    Ok(parameters.pointer(text).and_then(Value::as_str).ok_or(text.to_owned())?)
}

fn opening<'t>(trial: &Trial<'t>) -> Result<&'t TrailRecord, Failure> {
    let id = &trial.session.granted.event_id;
    let entry = trial.scenario.cloud.log().iter().find(|own| own.record.event_id == *id);
    Ok(&entry.ok_or("no record of the opening")?.record)
}

/// Changes a letter of a text in the record of the session's opening.
pub(crate) fn opening_letter(trial: &mut Trial<'_>, text: &str, place: usize) -> Checked {
    let (old, before) = (opening(trial)?, opening_text(trial, text)?);
    let after = changes::change_letter(before, place, &mut trial.dice);
    let mut new = old.clone();
    *new.request_parameters.pointer_mut(text).ok_or(text.to_owned())? = Value::String(after.clone());
    for mut evidence in [trial.without_digests(), trial.own.clone()] {
        if !changes::replace_record(&mut evidence, old, &new) {
            return Err("the record is in no file".into());
        }
        let audited = trial.auditor.audit(&evidence)?;
        // With another name, it is another session, which nobody planned.
        let is_other = audited.report.unplanned.iter().any(|own| *own.name == *after);
        if audited.session(trial.name())?.verdict != SessionVerdict::Broken && !is_other {
            return Err(format!("{after:?} for {before:?}: {}", audited.told()).into());
        }
    }
    Ok(2)
}

fn shuffled(trial: &mut Trial<'_>) -> Checked {
    let mut evidence = trial.own.clone();
    trial.dice.shuffle(&mut evidence.logs);
    trial.dice.shuffle(&mut evidence.digests);
    trial.is_same(&trial.own, &evidence, true)
}

fn resplit(trial: &mut Trial<'_>) -> Checked {
    // Digest files do not name the new files.
    let old = trial.without_digests();
    let logs = changes::resplit(&old.logs, &mut trial.dice)?;
    let new = Evidence { logs, ..old.clone() };
    trial.is_same(&old, &new, false)
}

fn copied(trial: &mut Trial<'_>) -> Checked {
    let mut evidence = trial.own.clone();
    for _ in 0..3 {
        evidence.logs.extend(trial.dice.pick(&trial.own.logs).cloned());
    }
    trial.dice.shuffle(&mut evidence.logs);
    evidence.digests.extend(trial.dice.pick(&trial.own.digests).cloned());
    trial.is_same(&trial.own, &evidence, true)
}

/// Members without which a record says something else, and not less: it is about another outcome, or another way.
const TELLING: [&str; 3] = ["/errorCode", "/errorMessage", "/userIdentity/invokedBy"];

fn less_known(trial: &mut Trial<'_>) -> Checked {
    let entry = trial.entry()?;
    let plan = trial.own.plans.first().ok_or("no plan")?;
    let mut judge = trial.auditor.judge(plan);
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
