//! `iamgate audit`: what sessions did, by the records of CloudTrail, held against their plans.

mod json;
mod lines;
mod points;
mod records;
mod replayed;
mod timeline;
mod trail;
mod used;
pub mod words;

use iamgate::iam_eval::StatementRef;
use iamgate::iam_json::quoted;
use iamgate::{DecidingStatement, DecisionRecord, IdentityProviders, Profile, RoleSnapshot, described};
use iamgate_audit::{
    Answer as Says, Audit, AuditCode, AuditReport, EventVerdict, PlannedSession, SessionReport,
    SessionVerdict,
};

use crate::answer::{Answer, Exit};
use crate::args::{AuditArgs, SessionFlags};
use crate::load;
use crate::trouble::Trouble;
use crate::world::World;

pub use points::{AuditPoint, PointPlace};
pub use replayed::Replayed;
pub use used::{Unwritten, UsedAnswer};

/// The number of findings that are kept.
const MOST_FINDINGS: usize = 1_000;

/// The answer: what is to be said of every session.
#[derive(Debug)]
#[non_exhaustive]
pub struct AuditAnswer {
    /// What is said of the sessions.
    pub report: AuditReport,
    /// What was not read, and decision records that cannot be used.
    pub findings: Vec<FileFinding>,
    /// How many there are of them.
    pub findings_count: u64,
    /// The number of files with records of CloudTrail.
    pub files: usize,
    /// The number of decision records of sessions that were refused. Nothing should have been opened for them.
    pub refused: usize,
    /// Whether the signatures of all decision records were verified.
    has_signatures: bool,
    /// What the sessions did, judged under another profile, if it was asked for.
    pub replayed: Option<Replayed>,
    /// A profile for what the sessions used, if it was asked for.
    pub used: Option<UsedAnswer>,
    role: RoleSnapshot,
    /// The profile of each session.
    profiles: Vec<Profile>,
    /// The decision record of each session.
    records: Vec<RecordPlace>,
}

/// Where a decision record is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordPlace {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
}

/// A session with the names of statements.
#[derive(Clone, Copy, Debug)]
pub struct AuditedSession<'a> {
    /// What is said of it.
    pub report: &'a SessionReport,
    /// Where its decision record is.
    pub record: &'a RecordPlace,
    role: &'a RoleSnapshot,
    profile: &'a Profile,
}

/// Something in a file that was not read, or cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileFinding {
    /// The code.
    pub code: &'static str,
    /// The file.
    pub file: String,
    /// Where it is, in words.
    pub place: String,
    /// What is wrong.
    pub says: String,
    /// What to do.
    pub help: String,
}

/// Holds sessions against their plans.
///
/// # Errors
/// The role, a record of a decision or a file cannot be read, or there is not one event. What is wrong within a file of events is a finding.
pub fn audit(args: &AuditArgs, world: &dyn World) -> Result<AuditAnswer, Trouble> {
    let inputs = std::iter::once(&args.snapshot).chain(&args.record).chain(&args.events).chain(&args.profile);
    if inputs.filter(|path| *path == "-").count() > 1 {
        let help = "standard input can be read once: name files for the others";
        return Err(Trouble::usage("`-` twice", help));
    }
    let flags = |profile: &str| SessionFlags {
        profile: profile.to_owned(),
        profiles: args.profiles.clone(),
        managed: args.managed.clone(),
        ..SessionFlags::default()
    };
    let (role, ..) = load::role(world, &args.snapshot, &flags(&SessionFlags::default().profile))?;
    let providers = load::providers(world, args.providers.as_deref(), role.account())?;
    let mut plans = Plans::default();
    let mut findings = Findings::default();
    for line in records::lines(args, world)? {
        let record = line.read()?;
        let name = record.profile().unwrap_or_default().into_owned();
        let (_, profile, _) = load::role(world, &args.snapshot, &flags(&name))?;
        if let Err(finding) = plans.add(world, &record, &role, profile, &providers, line.place.clone())? {
            findings.push(finding);
        }
    }
    let Plans { sessions, profiles, records, refused } = plans;
    let planned = profiles.iter().map(|own| own.name().to_owned()).collect();
    let other = replayed::profile(args, world, role.account(), &planned)?;
    let arns = providers.providers().iter().map(|own| own.arn(role.partition(), role.account()).into());
    let mut audit = Audit::new(role.arn(), arns, sessions).map_err(Trouble::bug)?;
    if let Some(other) = &other {
        audit = audit.replaying(&role, other);
    }
    if args.used {
        audit = audit.collecting();
    }
    let mut coverage = trail::told(args, world)?;
    let files = trail::read(args, world, &mut audit, &mut findings)?;
    coverage.digests = files.digests(args, role.account(), &mut findings)?;
    trail::check(&coverage, args)?;
    let files = files.count();
    let mut report = audit.finish(&coverage);
    if report.events == 0 {
        let help = "name the files that CloudTrail delivers, or the output of `aws cloudtrail lookup-events`";
        return Err(Trouble::input(&args.events.join(", "), "NO_EVENTS", "not one event", help));
    }
    let replayed = other.zip(report.replay.take()).map(|(profile, report)| Replayed {
        profile,
        managed: args.managed_now.clone(),
        report,
    });
    let collected = report.used.take();
    let used = collected.map(|own| UsedAnswer::new(args, world, own, &report, &profiles)).transpose()?;
    let Findings { kept, count } = findings;
    Ok(AuditAnswer {
        report,
        findings: kept,
        findings_count: count,
        files,
        refused,
        has_signatures: records::are_verified(args),
        replayed,
        used,
        role,
        profiles,
        records,
    })
}

/// Sessions that were planned.
#[derive(Default)]
struct Plans {
    sessions: Vec<PlannedSession>,
    profiles: Vec<Profile>,
    records: Vec<RecordPlace>,
    refused: usize,
}

impl Plans {
    /// Adds the session of a record. The inner error says why the record cannot be used.
    fn add(
        &mut self,
        world: &dyn World,
        record: &DecisionRecord<'_>,
        role: &RoleSnapshot,
        profile: Profile,
        providers: &IdentityProviders,
        place: RecordPlace,
    ) -> Result<Result<(), FileFinding>, Trouble> {
        let finding = |code: AuditCode, says: String| {
            Ok(Err(FileFinding {
                code: code.name,
                file: place.file.clone(),
                place: format!("line {}", place.line),
                says,
                help: code.next.to_owned(),
            }))
        };
        if !record.is_planned() {
            self.refused = self.refused.saturating_add(1);
            return Ok(Ok(()));
        }
        let replay = record.replay(world.built_in().gate()?, role, &profile, providers);
        if let Some(first) = replay.differences.first() {
            let says = format!(
                "the decision made again differs from the record at {}{}",
                if first.pointer.is_empty() { "its layout" } else { &first.pointer },
                match replay.differences.len() {
                    0 | 1 => String::new(),
                    more => format!(", and at {} more places", more.saturating_sub(1)),
                }
            );
            return finding(AuditCode::RECORD_DIFFERS, says);
        }
        let Ok(judgement) = &replay.outcome else {
            return finding(AuditCode::PLAN_REFUSED, "the session is refused".to_owned());
        };
        let Some(session) = PlannedSession::of(record, judgement, role, &profile, providers) else {
            let says = format!("the provider {} is not known", quoted(record.provider()));
            return finding(AuditCode::UNKNOWN_PROVIDER, says);
        };
        if self.sessions.iter().any(|own| own.name == session.name) {
            let says = format!("the session {} has a record already", quoted(&session.name));
            return finding(AuditCode::RECORD_TWICE, says);
        }
        self.sessions.push(session);
        self.profiles.push(profile);
        self.records.push(place);
        Ok(Ok(()))
    }
}

impl FileFinding {
    /// A finding about a file as a whole.
    fn of(code: AuditCode, file: impl Into<String>, says: impl Into<String>) -> Self {
        let (place, help) = (String::new(), code.next.to_owned());
        Self { code: code.name, file: file.into(), place, says: says.into(), help }
    }
}

#[derive(Debug, Default)]
struct Findings {
    kept: Vec<FileFinding>,
    count: u64,
}

impl Findings {
    fn push(&mut self, finding: FileFinding) {
        self.count = self.count.saturating_add(1);
        if self.kept.len() < MOST_FINDINGS {
            self.kept.push(finding);
        }
    }
}

impl AuditAnswer {
    /// The role.
    pub const fn role(&self) -> &RoleSnapshot {
        &self.role
    }

    /// The sessions, in the order of their records.
    pub fn sessions(&self) -> impl Iterator<Item = AuditedSession<'_>> {
        let each = self.report.sessions.iter().zip(&self.profiles).zip(&self.records);
        each.map(|((report, profile), record)| AuditedSession { report, record, role: &self.role, profile })
    }

    /// What all verdicts take for true.
    pub fn premises(&self) -> [&'static str; 5] {
        [
            "the policies of the role, of its boundary and of the organization were those of the snapshot",
            "the managed session policies were in the versions that the plan pins",
            "no policy of a resource names a session itself or everyone",
            if self.has_signatures {
                "the decision records are all that were signed with the key"
            } else {
                "the decision records are those that the broker wrote: nobody has verified their signatures"
            },
            "the records of CloudTrail are those that it wrote, as far as no digest file shows it",
        ]
    }
}

impl AuditedSession<'_> {
    /// The profile under which it was planned.
    pub const fn profile(&self) -> &Profile {
        self.profile
    }

    /// The statements that an answer names, described for people.
    pub fn statements(&self, answer: &Says) -> Vec<DecidingStatement> {
        let all: Vec<StatementRef> = answer.deciding.clone();
        described(self.role, self.profile, all)
    }

    /// The number of calls that the session made itself with a verdict.
    pub fn count(&self, is: impl Fn(EventVerdict) -> bool) -> u64 {
        let own = self.report.calls.iter().filter(|(kind, _)| !kind.by_service && is(kind.verdict));
        own.map(|(_, calls)| calls.count).fold(0, u64::saturating_add)
    }

    /// The number of calls that services made in its name.
    pub fn count_by_services(&self) -> u64 {
        let own = self.report.calls.iter().filter(|(kind, _)| kind.by_service);
        own.map(|(_, calls)| calls.count).fold(0, u64::saturating_add)
    }
}

impl Answer for AuditAnswer {
    fn to_json(&self) -> String {
        crate::json::indented(&json::AuditJson::new(self))
    }

    /// The worst of all that was asked for.
    fn exit(&self) -> Exit {
        let replayed = self.replayed.as_ref().map_or(Exit::Yes, Replayed::exit);
        let used = self.used.as_ref().map_or(Exit::Yes, UsedAnswer::exit);
        worst([self.exit_of_sessions(), replayed, used])
    }
}

impl AuditAnswer {
    /// Whether every session is complete. What is not known to be complete, and a call that is not proven, depends.
    fn exit_of_sessions(&self) -> Exit {
        match self.report.verdict() {
            SessionVerdict::Broken => Exit::No,
            SessionVerdict::Provisional | SessionVerdict::Incomplete => Exit::Depends,
            SessionVerdict::Complete | SessionVerdict::CompleteNotValidated | _ => {
                let is_open = |own: AuditedSession<'_>| own.count(|is| is == EventVerdict::NotProven) > 0;
                if self.findings_count > 0 || self.sessions().any(is_open) {
                    Exit::Depends
                } else {
                    Exit::Yes
                }
            }
        }
    }
}

/// What is to be said of several answers together: a defect, else a no, else that it depends.
fn worst(each: [Exit; 3]) -> Exit {
    let order = [Exit::Bug, Exit::No, Exit::Unanswered, Exit::Depends];
    order.into_iter().find(|own| each.contains(own)).unwrap_or(Exit::Yes)
}
