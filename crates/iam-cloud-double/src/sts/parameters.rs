//! The parameters of calls of STS, as records have them.

use iam_eval::session::{Parameters, Tags};
use serde_json::{Map, Value, json};

/// The parameters without tags, of which each call has its own.
pub(super) fn json(role_arn: &str, parameters: &Parameters) -> Value {
    let mut own = Map::new();
    let mut put = |name: &str, value: Value| own.insert(name.to_owned(), value);
    put("roleArn", json!(role_arn));
    put("roleSessionName", json!(parameters.name));
    if let Some(seconds) = parameters.duration_seconds {
        put("durationSeconds", json!(seconds));
    }
    if let Some(policy) = &parameters.policy {
        put("policy", json!(policy));
    }
    if !parameters.policy_arns.is_empty() {
        let arns = parameters.policy_arns.iter().map(|arn| json!({"arn": arn}));
        put("policyArns", Value::Array(arns.collect()));
    }
    if let Some(identity) = &parameters.source_identity {
        put("sourceIdentity", json!(identity));
    }
    if let Some(id) = &parameters.external_id {
        put("externalId", json!(id));
    }
    Value::Object(own)
}

/// Adds the tags that the call passes.
pub(super) fn add_tags<K: AsRef<str>>(parameters: &mut Value, tags: &Tags, transitive: &[K]) {
    let Value::Object(members) = parameters else { return };
    if !tags.is_empty() {
        members.insert("principalTags".to_owned(), object(tags));
    }
    if !transitive.is_empty() {
        let keys = transitive.iter().map(|key| json!(key.as_ref()));
        members.insert("transitiveTagKeys".to_owned(), Value::Array(keys.collect()));
    }
}

/// Adds the tags that the session inherits.
pub(super) fn add_inherited(parameters: &mut Value, tags: &Tags) {
    if let (Value::Object(members), false) = (parameters, tags.is_empty()) {
        members.insert("incomingTransitiveTags".to_owned(), object(tags));
    }
}

fn object(tags: &Tags) -> Value {
    Value::Object(tags.iter().map(|(key, value)| (key.to_owned(), json!(value))).collect())
}

/// How much of the quota for policies and tags a call uses, in percent: a number of the right size, since how AWS packs is not known.
pub(super) fn packed(parameters: &Parameters) -> Option<usize> {
    let policy = parameters.policy.as_deref().map_or(0, |own| own.chars().count());
    let arns: usize = parameters.policy_arns.iter().map(|own| own.chars().count()).sum();
    let tags: usize = parameters.tags.iter().map(|(key, value)| key.len().saturating_add(value.len())).sum();
    let all = policy.saturating_add(arns).saturating_add(tags);
    (all > 0).then(|| all.saturating_mul(100).div_ceil(4_096).clamp(1, 99))
}
