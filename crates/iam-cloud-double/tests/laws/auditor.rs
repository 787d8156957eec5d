//! Audits of what a scenario delivers.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use iam_cloud_double::{DigestFile, Scenario, Stage};
use iam_policy::value::Instant;
use iam_trail::digest::{self, ChainReport, GivenLog, LogHash, PublicKeys};
use iam_trail::{Item, Limits, Reader, Selectors};
use iamgate::{DecisionRecord, File, Gate, IdentityProviders, Profile, RoleSnapshot, built_in};
use iamgate_audit::{
    Audit, AuditReport, Coverage, Digests, EventVerdict, Judge, PlannedSession, SessionReport, Tables,
};
use serde_json::json;

/// Why something could not be done.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// A log file under a name.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(crate) name: Box<str>,
    pub(crate) json: String,
}

/// What an audit of an account gets.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    pub(crate) plans: Vec<PlannedSession>,
    pub(crate) logs: Vec<Log>,
    pub(crate) digests: Vec<DigestFile>,
    /// When the files were fetched.
    pub(crate) fetched: Instant,
}

/// What an audit says.
#[derive(Debug)]
pub(crate) struct Audited {
    pub(crate) report: AuditReport,
    /// The verdict on each event of a planned session, by the id of the event.
    pub(crate) verdicts: BTreeMap<Box<str>, EventVerdict>,
    /// The number of log files that are missing or changed, and of places where chains of digest files break, whatever session they are about.
    pub(crate) faults: usize,
}

/// Makes audits of the sessions of a stage.
#[derive(Debug)]
pub(crate) struct Auditor {
    gate: Gate,
    role: RoleSnapshot,
    profile: Profile,
    providers: IdentityProviders,
    keys: PublicKeys,
    regions: Vec<Box<str>>,
    tables: Arc<Tables>,
}

impl Auditor {
    pub(crate) fn new(stage: &Stage) -> Result<Self, Failure> {
        let (role, profile, setup) = (stage.role().clone(), stage.profile().clone(), stage.setup());
        let listed = setup.digest_keys().into_iter().map(|own| {
            json!({"Fingerprint": own.fingerprint, "Value": STANDARD.encode(own.der), "ValidityStartTime": 0,
                "ValidityEndTime": 4_000_000_000_u64})
        });
        let keys = json!({"PublicKeyList": listed.collect::<Vec<_>>()}).to_string();
        Ok(Self {
            gate: Gate::embedded()?,
            providers: built_in::providers(role.account())?,
            keys: PublicKeys::read(keys.as_bytes())?,
            regions: setup.regions.clone(),
            tables: Arc::new(Tables::embedded()?),
            role,
            profile,
        })
    }

    /// What the audit of the role's account gets.
    pub(crate) fn evidence(&self, scenario: &Scenario) -> Result<Evidence, Failure> {
        let plans = scenario.sessions.iter().map(|own| self.plan(&own.decision));
        let account = self.role.account();
        let files = scenario.delivery.files.iter().filter(|own| *own.account == *account);
        let logs = files.map(|own| Log { name: own.key.clone(), json: own.json.clone() }).collect();
        let digests = scenario.delivery.digests.iter().filter(|own| *own.account == *account);
        Ok(Evidence {
            plans: plans.collect::<Result<_, _>>()?,
            logs,
            digests: digests.cloned().collect(),
            fetched: scenario.fetched,
        })
    }

    /// The session of a decision record.
    fn plan(&self, decision: &str) -> Result<PlannedSession, Failure> {
        let file = File { name: "record".into(), text: decision.to_owned() };
        let record = DecisionRecord::read(&file)?;
        let replay = record.replay(&self.gate, &self.role, &self.profile, &self.providers);
        if let Some(first) = replay.differences.first() {
            return Err(format!("the record differs at {}", first.pointer).into());
        }
        let judgement = replay.outcome.map_err(|_| "the session is refused")?;
        let planned = PlannedSession::of(&record, &judgement, &self.role, &self.profile, &self.providers);
        Ok(planned.ok_or("the provider is not known")?)
    }

    /// A judge of the events of a session.
    pub(crate) fn judge(&self, plan: &PlannedSession) -> Judge {
        Judge::with(Arc::clone(&self.tables), plan.promise.clone())
    }

    /// Holds the sessions against their plans. Trail and Regions are known: it has everything.
    pub(crate) fn audit(&self, evidence: &Evidence) -> Result<Audited, Failure> {
        let account = self.role.account();
        let providers =
            self.providers.providers().iter().map(|own| own.arn(self.role.partition(), account).into());
        let mut audit = Audit::with(&self.tables, self.role.arn(), providers, evidence.plans.clone());
        let mut verdicts = BTreeMap::new();
        for log in &evidence.logs {
            let mut reader = Reader::new(Limits::default());
            let mut each = |item: Item<'_>| match item {
                Item::Record { event, .. } => {
                    let verdict = audit.take(&event, &log.name);
                    if let (Some(verdict), Some(id)) = (verdict, event.event_id.as_deref()) {
                        verdicts.insert(id.into(), verdict);
                    }
                }
                Item::Finding(own) if !own.code.hides_records() => {}
                Item::Finding(_) => audit.note_unread(),
                _ => {}
            };
            reader.feed(log.json.as_bytes(), &mut each);
            reader.finish(&mut each);
        }
        let (coverage, breaks) = self.coverage(evidence)?;
        let damaged = coverage.digests.as_ref().map_or(0, |own| own.damaged.len());
        Ok(Audited { report: audit.finish(&coverage), verdicts, faults: damaged.saturating_add(breaks) })
    }

    /// What is known of the records by the digest files, and the number of places where their chains break.
    fn coverage(&self, evidence: &Evidence) -> Result<(Coverage, usize), Failure> {
        let mut coverage = Coverage::default();
        coverage.until = Some(evidence.fetched);
        coverage.regions = Some(self.regions.iter().cloned().collect());
        coverage.selectors = Some(Selectors::everything("trail"));
        if evidence.digests.is_empty() {
            return Ok((coverage, 0));
        }
        // One that cannot be read is one that is not given.
        let read = |own: &DigestFile| digest::DigestFile::read(own.json.as_bytes()).ok();
        let signed = |own: &DigestFile| Some(read(own)?.with_signature(&own.signature));
        let chain = ChainReport::validate(evidence.digests.iter().filter_map(signed), &self.keys);
        let mut given = Vec::new();
        for log in &evidence.logs {
            let mut hash = LogHash::new(Limits::default());
            hash.update(log.json.as_bytes());
            given.push(GivenLog::new(&*log.name, hash.finish()?));
        }
        let logs = chain.log_files(&given);
        let names: Vec<Box<str>> = evidence.logs.iter().map(|own| own.name.clone()).collect();
        coverage.digests = Some(Digests::of(&chain, &logs, &names, self.role.account(), None)?);
        Ok((coverage, chain.streams.iter().map(|own| own.breaks.len()).sum()))
    }
}

impl Audited {
    pub(crate) fn session(&self, name: &str) -> Result<&SessionReport, Failure> {
        Ok(self.report.sessions.iter().find(|own| *own.planned.name == *name).ok_or("no such session")?)
    }

    /// The verdict on each session and the codes of its reasons, for messages.
    pub(crate) fn told(&self) -> String {
        let mut text = format!("{} unplanned", self.report.unplanned.len());
        for own in &self.report.sessions {
            text.push_str(&format!("; {}: {}", own.planned.name, own.verdict.name()));
            own.reasons.iter().for_each(|reason| text.push_str(&format!(", {}: {reason}", reason.code())));
        }
        text
    }

    /// The whole report, but for counts of events and copies, and with the names of the files only if they matter.
    pub(crate) fn words(&self, with_files: bool) -> String {
        let mut report = self.report.clone();
        if !with_files {
            for own in &mut report.sessions {
                let places = own.issued.iter_mut().map(|(_, place)| place);
                let calls = own.calls.values_mut().flat_map(|own| [&mut own.first, &mut own.last]);
                places.chain(calls).chain(&mut own.contradicted).for_each(|place| place.file = "".into());
            }
            for own in &mut report.unplanned {
                (own.first.file, own.last.file) = ("".into(), "".into());
            }
        }
        let sessions: Vec<String> = report.sessions.iter().map(words_of).collect();
        let rest = (&report.unplanned, report.unplanned_beyond, report.refused_openings, report.of_others);
        format!("{sessions:#?}\n{rest:?} {:?}", self.verdicts)
    }
}

/// What is said of a session, but for the plan.
pub(crate) fn words_of(own: &SessionReport) -> String {
    let parts = (own.verdict, &own.reasons, &own.issued, &own.calls, &own.contradicted);
    format!("{}: {parts:?}", own.planned.name)
}
