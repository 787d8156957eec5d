//! The requests of one call to STS as one request, so that a single question covers them.
//!
//! A call that passes tags or a source identity is allowed only if `sts:TagSession` and `sts:SetSourceIdentity` are, too (rule 6.6). All of
//! these requests have the same principal and the same keys. So a trust policy is written anew for the call alone: an Allow statement for
//! each way to allow all its requests, with the conditions of all statements together, and a Deny statement for each that denies one of
//! them. Whether there are tags and a source identity is a condition, too.

use std::sync::Arc;

use iam_eval::{
    Grant, Layer, LetterCase, Principal, Reading, ResourceKind, action_matches, matches, naming_of,
};
use iam_policy::{
    ActionElement, ActionPattern, Condition, Conditions, Effect, Policy, PolicyKind, ResourceElement,
    Statement,
};

use crate::snapshot::RoleSnapshot;

pub(super) const TAG_SESSION: &str = "sts:TagSession";
pub(super) const SET_SOURCE_IDENTITY: &str = "sts:SetSourceIdentity";

/// The maximum number of statements. Trust policies of AWS's quota stay far below it.
const MOST: usize = 4_096;

/// A kind of call: which further requests it makes, and what its keys are like then.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) passes_tags: bool,
    pub(super) has_identity: bool,
    pub(super) conditions: Vec<Condition>,
}

/// The callers of the call.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asker<'a> {
    /// One principal.
    One(&'a Principal),
    /// Callers whom the question itself tells apart. Where the requests are allowed by statements that name different callers, those of the
    /// call itself count. So the policy may admit more callers than there are, and a caller that was found has to be tried.
    Any,
}

/// The numbers of Allow statements that make too many ways to allow a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustWays {
    /// Those that allow the call itself.
    pub calls: usize,
    /// Those that allow `sts:TagSession`.
    pub tagging: usize,
    /// Those that allow `sts:SetSourceIdentity`.
    pub identifying: usize,
}

/// Writes what is too large, and what to do.
impl std::fmt::Display for TrustWays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { calls, tagging, identifying } = self;
        write!(
            f,
            "{calls} Allow statements of the trust policy for the call, {tagging} for {TAG_SESSION} and {identifying} for {SET_SOURCE_IDENTITY} make more \
             than {MOST} ways to allow it; allow all these actions in the same statements"
        )
    }
}

/// The trust policy of a role, and the Denies of its resource control policies, for one call.
///
/// # Errors
/// It is too large.
pub(super) fn combined(
    role: &RoleSnapshot,
    call: &str,
    asker: Asker<'_>,
    cases: &[Case],
) -> Result<Arc<Policy>, TrustWays> {
    let none = TrustWays { calls: 0, tagging: 0, identifying: 0 };
    let trust: &Policy = role.trust().ok_or(none)?;
    let only: ActionElement = ActionPattern::parse(call).ok_or(none)?.into();
    let own: Vec<&Statement> = trust.statements.iter().filter(|own| names(own, trust, asker)).collect();
    let allowing = |action: &str| -> Vec<&Statement> {
        let allow = |own: &&&Statement| own.effect.value == Effect::Allow && is_about(own, action);
        own.iter().filter(allow).copied().collect()
    };
    let (calls, tagging, identifying) =
        (allowing(call), allowing(TAG_SESSION), allowing(SET_SOURCE_IDENTITY));
    let mut statements = Vec::new();
    for first in &calls {
        for case in cases {
            // A statement that allows both requests is the least that has to be met.
            let with = |needed: bool, action: &str, all: &[&'_ Statement]| -> Vec<Vec<Condition>> {
                if !needed || is_about(first, action) {
                    return vec![Vec::new()];
                }
                all.iter().map(|other| other.conditions.clone()).collect()
            };
            for tags in with(case.passes_tags, TAG_SESSION, &tagging) {
                for identity in with(case.has_identity, SET_SOURCE_IDENTITY, &identifying) {
                    if statements.len() >= MOST {
                        return Err(TrustWays {
                            calls: calls.len(),
                            tagging: tagging.len(),
                            identifying: identifying.len(),
                        });
                    }
                    let more = tags.iter().chain(&identity).chain(&case.conditions);
                    statements.push(changed(first, &only, more));
                }
            }
        }
    }
    let levels = role.rcp().into_iter().flatten().flatten().map(|named| &**named.policy());
    let controls = levels.flat_map(|policy| policy.statements.iter().map(move |own| (own, policy)));
    let denies = own.iter().map(|own| (*own, trust)).chain(
        controls.filter(|(own, policy)| names(own, policy, asker) && concerns(own, role.arn().as_str())),
    );
    for (deny, _) in denies.filter(|(own, _)| own.effect.value == Effect::Deny) {
        if is_about(deny, call) {
            statements.push(changed(deny, &only, &[]));
            continue;
        }
        for (action, key) in [(TAG_SESSION, "aws:TagKeys"), (SET_SOURCE_IDENTITY, "sts:SourceIdentity")] {
            if is_about(deny, action) {
                statements.push(changed(deny, &only, &test("Null", key, &["false"])));
            }
        }
    }
    let mut whole = trust.clone();
    whole.kind = PolicyKind::Trust;
    whole.statements = statements;
    Ok(Arc::new(whole))
}

/// One condition. Empty if it is not well formed, which no caller's is.
pub(super) fn test<T: AsRef<str>>(operator: &str, key: &str, values: &[T]) -> Vec<Condition> {
    // A `$` in a value is not the beginning of a variable.
    let plain = values.iter().map(|value| value.as_ref().replace("${", "${$}{"));
    let read = Conditions::parse(operator, key, plain);
    read.map(|own| own.iter().cloned().collect()).unwrap_or_default()
}

/// Whether a statement is about an action.
pub(super) fn is_about(statement: &Statement, action: &str) -> bool {
    let mut patterns = statement.action.patterns().iter();
    patterns.any(|pattern| action_matches(&pattern.value, action)) != statement.action.is_not()
}

/// Whether a statement of a trust policy or of a resource control policy may name the caller.
fn names(statement: &Statement, policy: &Policy, asker: Asker<'_>) -> bool {
    let Asker::One(principal) = asker else { return true };
    let layer = if policy.kind == PolicyKind::Rcp { Layer::Rcp } else { Layer::Resource };
    let naming =
        naming_of(statement, policy, layer, principal, false, ResourceKind::IamRoleTrust, Reading::FIRST);
    naming.grant != Grant::None
}

/// Whether a statement is about a resource. A pattern with variables is taken not to match, so that its Deny is left out.
fn concerns(statement: &Statement, arn: &str) -> bool {
    let Some(element) = &statement.resource else { return true };
    let is_one = |element: &ResourceElement| {
        let mut patterns = element.patterns().iter().map(|pattern| pattern.value.pattern());
        patterns.any(|own| !own.has_variables() && matches(own, arn, LetterCase::Sensitive))
    };
    let has_variables = element.patterns().iter().any(|pattern| pattern.value.pattern().has_variables());
    if element.is_not() { !has_variables && !is_one(element) } else { is_one(element) }
}

/// The statement for one action, with more conditions.
fn changed<'c>(
    statement: &Statement,
    action: &ActionElement,
    more: impl IntoIterator<Item = &'c Condition>,
) -> Statement {
    let mut own = statement.clone();
    own.action = action.clone();
    own.resource = None;
    for condition in more {
        if !own.conditions.contains(condition) {
            own.conditions.push(condition.clone());
        }
    }
    own
}
