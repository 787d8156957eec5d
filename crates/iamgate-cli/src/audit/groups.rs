//! The calls of a session by verdict.

use std::collections::BTreeMap;

use iamgate_audit::{CallKind, CallVerdict, Calls};
use iamgate_verbs::AuditedSession;

/// The calls with one verdict, of the session itself or of services in its name.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) verdict: CallVerdict,
    pub(super) by_service: bool,
    pub(super) count: u64,
    pub(super) kinds: Vec<(&'a CallKind, &'a Calls)>,
}

/// The calls of a session: first its own, then those of services, each with the worst verdict first.
pub(super) fn groups<'a>(session: &AuditedSession<'a>) -> Vec<Group<'a>> {
    let mut all: BTreeMap<(bool, CallVerdict), Group<'a>> = BTreeMap::new();
    for (kind, calls) in &session.report.calls {
        let (verdict, by_service) = (kind.verdict.without_reason(), kind.by_service);
        let new = || Group { verdict, by_service, count: 0, kinds: Vec::new() };
        let group = all.entry((by_service, verdict)).or_insert_with(new);
        group.count = group.count.saturating_add(calls.count);
        group.kinds.push((kind, calls));
    }
    all.into_values().collect()
}
