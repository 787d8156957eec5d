//! What sessions did, judged under another profile.

use std::collections::BTreeSet;

use iamgate::iam_policy::Limits;
use iamgate::{DecidingStatement, Profile, RoleSnapshot, described};
use iamgate_audit::{Answer as Says, Change, ChangeKind, ChangedCalls, ReplayReport};
use serde::Serialize;

use super::json::{AnswerJson, PlaceJson};
use crate::answer::Exit;
use crate::args::AuditArgs;
use crate::load;
use crate::trouble::Trouble;
use crate::world::World;

/// What sessions did, judged under another profile.
#[derive(Debug)]
#[non_exhaustive]
pub struct Replayed {
    /// The other profile.
    pub profile: Profile,
    /// The folder of the managed policies, if it is not that of the sessions.
    pub managed: Option<String>,
    /// Which calls would end otherwise.
    pub report: ReplayReport,
}

/// The profile that the question names, with the managed policies that it names. `planned` has the names of the profiles of the sessions.
pub(super) fn profile(
    args: &AuditArgs,
    world: &dyn World,
    account: &str,
    planned: &BTreeSet<String>,
) -> Result<Option<Profile>, Trouble> {
    let name = match (&args.profile, &args.managed_now, planned.len()) {
        (None, None, _) | (None, Some(_), 0) => return Ok(None),
        (Some(name), ..) => Some(name),
        (None, Some(_), 1) => planned.first(),
        (None, Some(_), _) => None,
    };
    let Some(name) = name else {
        let names: Vec<&str> = planned.iter().map(String::as_str).collect();
        let found = format!("the sessions were planned under several profiles: {}", names.join(", "));
        return Err(Trouble::usage(
            found,
            "name with --profile the one under which they are judged, and audit them one profile at a time",
        ));
    };
    let managed = args.managed_now.as_deref().or(args.managed.as_deref());
    let managed = load::managed(world, managed, &Limits::default())?;
    let file = load::named_profile(world, name, args.profiles.as_deref())?;
    load::profile(&file, account, &managed).map(Some)
}

impl Replayed {
    /// On what the answer rests, as a sentence without its full stop.
    pub fn basis(&self) -> String {
        let own = &self.report;
        let changed = own.changes.values().map(|calls| calls.count).fold(0, u64::saturating_add);
        let calls = own.same.saturating_add(changed).saturating_add(own.beyond);
        let managed =
            if self.managed.is_some() { ", with the managed policies of the other folder" } else { "" };
        format!(
            "by these records of {calls} decided calls, and under the same role{managed}; which calls engineers will need is not known"
        )
    }

    /// The statements that an answer names, described for people.
    pub fn statements(&self, role: &RoleSnapshot, answer: &Says) -> Vec<DecidingStatement> {
        described(role, &self.profile, answer.deciding.iter().copied())
    }

    /// Whether the other profile would have allowed everything that succeeded.
    pub(super) fn exit(&self) -> Exit {
        if self.report.count(Change::Denied) > 0 {
            Exit::No
        } else if self.report.is_open() {
            Exit::Depends
        } else {
            Exit::Yes
        }
    }
}

/// What sessions did, judged under another profile.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct ReplayedJson<'a> {
    /// The name of the other profile.
    profile: &'a str,
    sha256: &'a str,
    /// On what the answer rests.
    basis: String,
    /// Calls that succeeded, made by the sessions themselves, and that the other profile denies.
    would_be_denied: u64,
    /// Calls of which it is not known.
    not_known: u64,
    /// Calls that the plan denied, and that the policies with the other profile allow.
    would_be_allowed: u64,
    /// Calls that end the same.
    same: u64,
    /// Calls of which it is not known who decided, or what.
    undecided: u64,
    /// Calls of kinds beyond those that are kept: nothing is said about them.
    beyond: u64,
    /// The calls that would end otherwise, by kind.
    changes: Vec<ChangeJson<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ChangeJson<'a> {
    /// `would_be_denied`, `not_known` or `would_be_allowed`
    change: &'static str,
    /// The actions that make the difference.
    actions: &'a [Box<str>],
    source: &'a str,
    name: &'a str,
    /// Whether a service made the calls in the session's name. It is then not known that AWS asked the session's policies.
    by_service: bool,
    count: u64,
    /// In how many sessions.
    sessions: usize,
    /// The first one: the witness.
    first: PlaceJson<'a>,
    /// The name of its session.
    session: &'a str,
    /// What the policies with the other profile say about it. Where that is certain, and it is not known whether the old profile denied the call,
    /// what hangs on something with the old profile.
    answers: Vec<AnswerJson<'a>>,
}

impl<'a> ReplayedJson<'a> {
    pub(super) fn new(own: &'a Replayed, role: &RoleSnapshot) -> Self {
        let report = &own.report;
        let change = |(kind, calls): (&'a ChangeKind, &'a ChangedCalls)| ChangeJson {
            change: kind.change.name(),
            actions: &kind.actions,
            source: &kind.source,
            name: &kind.name,
            by_service: kind.by_service,
            count: calls.count,
            sessions: calls.sessions,
            first: PlaceJson::new(&calls.first),
            session: &calls.session,
            answers: calls
                .answers
                .iter()
                .map(|answer| AnswerJson::new(answer, &own.statements(role, &answer.answer)))
                .collect(),
        };
        Self {
            profile: own.profile.name(),
            sha256: own.profile.sha256(),
            basis: own.basis(),
            would_be_denied: report.count(Change::Denied),
            not_known: report.count(Change::NotKnown),
            would_be_allowed: report.count(Change::Allowed),
            same: report.same,
            undecided: report.undecided,
            beyond: report.beyond,
            changes: report.changes.iter().map(change).collect(),
        }
    }
}
