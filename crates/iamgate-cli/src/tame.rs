//! Makes names from documents safe to show: characters that could control a terminal or change the direction of text become visible.

use std::sync::Arc;

use iamgate::iam_json::{is_hidden, visible};
use iamgate::{NamedPolicy, Preview, RoleSnapshot};

/// Makes the names of a role safe to show: its own, those of its policies, and their Sids.
pub(crate) fn snapshot(snapshot: &mut RoleSnapshot) {
    name(&mut snapshot.name);
    for policy in snapshot.policies.iter_mut().chain(&mut snapshot.boundary) {
        named(policy);
    }
}

/// Makes the patterns that a preview quotes safe to show.
pub(crate) fn preview(preview: &mut Preview<'_>) {
    let trust = preview.trust.iter_mut().flat_map(|t| t.principals.iter_mut().chain(&mut t.actions));
    for text in trust.chain(&mut preview.open_ended) {
        if text.contains(is_hidden) {
            *text = shown(text);
        }
    }
}

/// A text of a document in a form that is safe to show.
pub(crate) fn shown(text: &str) -> String {
    visible(text).into_owned()
}

fn named(policy: &mut NamedPolicy) {
    name(&mut policy.name);
    let harmed =
        |s: &iamgate::iam_policy::Statement| s.sid.as_ref().is_some_and(|s| s.value.contains(is_hidden));
    if policy.policy.statements.iter().any(harmed) {
        for statement in &mut Arc::make_mut(&mut policy.policy).statements {
            if let Some(sid) = &mut statement.sid {
                name(&mut sid.value);
            }
        }
    }
}

fn name(text: &mut Box<str>) {
    if text.contains(is_hidden) {
        *text = shown(text).into();
    }
}
