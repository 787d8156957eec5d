//! The file of a profile that was written for what was used.

use iamgate::iam_analysis::overlap;
use iamgate::iam_catalog::Catalog;
use iamgate::iam_eval::LetterCase;
use iamgate::{ActionPattern, DocumentSchema, Policy, Profile, ResourcePattern};
use serde::Serialize;
use serde_json::value::RawValue;

use super::Used;

/// The members of a profile, in the order in which people read them.
#[derive(Serialize)]
struct Members<'p> {
    schema: &'static str,
    version: u32,
    name: String,
    about: String,
    parameters: &'static [&'static str],
    #[serde(rename = "PolicyArns")]
    policy_arns: [&'static str; 0],
    #[serde(rename = "Policy")]
    policy: Box<RawValue>,
    levels: Vec<&'static str>,
    exceptions: Vec<Exception<'p>>,
    future: Vec<&'p str>,
    never_allowed: Vec<&'static str>,
    always_denied: Vec<&'p str>,
    kept: Vec<Kept<'p>>,
    budget: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<Tag<'p>>,
    refuse: Vec<&'static str>,
}

#[derive(Serialize)]
struct Exception<'p> {
    actions: Vec<&'p str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<&'p str>,
    why: &'p str,
}

#[derive(Serialize)]
struct Kept<'p> {
    actions: Vec<&'p str>,
    why: &'p str,
}

#[derive(Serialize)]
struct Tag<'p> {
    key: &'p str,
    value: &'p str,
    transitive: bool,
}

/// The text of a profile with this inline policy and the promise of the old profile, as far as it is about what the policy allows. The account
/// is the parameter that it was in the old profile.
pub(super) fn text(
    old: &Profile,
    policy: &Policy,
    used: &Used,
    allowed: &[ActionPattern],
    catalog: &Catalog<'_>,
) -> Result<String, serde_json::Error> {
    let kept = old.kept().iter().map(|own| Kept { actions: about(own.actions(), allowed), why: own.why() });
    let exceptions = old.exceptions().iter().map(|own| Exception {
        actions: about(own.actions(), allowed),
        resources: own.resources().iter().map(ResourcePattern::text).collect(),
        why: own.why(),
    });
    let has_unlisted = allowed.iter().any(|own| catalog.action(own.text()).is_none());
    let future = if has_unlisted { old.future() } else { &[] };
    let mut members = Members {
        schema: DocumentSchema::Profile.name(),
        version: 1,
        name: format!("{}-used", old.name()),
        about: told(old, used),
        parameters: &[],
        policy_arns: [],
        policy: RawValue::from_string(format!("{policy:#}").replace('\n', "\n  "))?,
        levels: old.levels().iter().map(|own| own.name()).collect(),
        exceptions: exceptions.filter(|own| !own.actions.is_empty()).collect(),
        future: future.iter().map(ActionPattern::text).collect(),
        never_allowed: old.never_allowed().iter().map(|own| own.name()).collect(),
        always_denied: old.always_denied().iter().map(ActionPattern::text).collect(),
        kept: kept.filter(|own| !own.actions.is_empty()).collect(),
        budget: old.budget(),
        tag: old.tag().map(|own| Tag { key: own.key(), value: own.value(), transitive: own.is_transitive() }),
        refuse: old.refuse().iter().map(|own| own.name()).collect(),
    };
    let text = serde_json::to_string_pretty(&members)?;
    if !text.contains(old.account()) {
        return Ok(text + "\n");
    }
    members.parameters = &["account"];
    Ok(serde_json::to_string_pretty(&members)?.replace(old.account(), "{{account}}") + "\n")
}

/// The patterns that are about something that is allowed.
fn about<'p>(patterns: &'p [ActionPattern], allowed: &[ActionPattern]) -> Vec<&'p str> {
    let is_about = |own: &&ActionPattern| {
        allowed.iter().any(|one| overlap(own.pattern(), one.pattern(), LetterCase::Ascii))
    };
    patterns.iter().filter(is_about).map(ActionPattern::text).collect()
}

/// What the profile is, in a sentence.
fn told(old: &Profile, used: &Used) -> String {
    let time = used.times.map_or_else(String::new, |(first, last)| format!(", from {first} to {last}"));
    format!(
        "What sessions of {} used by their records: {} in {}{time}. It allows nothing that {} does not.",
        old.name(),
        counted(used.calls, "call"),
        counted(used.sessions as u64, "session"),
        old.name(),
    )
}

fn counted(number: u64, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}
