//! Decision records: what was decided, from which inputs, and why. Version 1.

use iam_analysis::Fact;
use iam_eval::wire;
use iam_json::{Json, Value};

use super::asked::Asked;
use super::{Gate, Judged, Pinned};
use crate::finding::{Example, Finding};
use crate::managed::{ManagedPolicy, hex_sha256};
use crate::schema::DocumentSchema;

/// What the record of a rehearsal says of itself.
const REHEARSAL: &str = "nothing was verified: neither the token nor who asks; no call can be made from this";

/// The record of a decision.
///
/// Its only time is the one that the caller passed, and it has no property of the machine. The same inputs give the same bytes.
pub(super) fn of(gate: &Gate, asked: &Asked<'_>, judged: &Judged) -> Json {
    let is_planned = judged.refusals.is_empty() && judged.session.is_some();
    let profile = asked.profile;
    let hash =
        |name: &str, sha256: &str| Json::object([("name", Json::text(name)), ("sha256", Json::text(sha256))]);
    let version = |policy: &ManagedPolicy| {
        Json::object([
            ("arn", Json::text(policy.arn())),
            ("version", Json::text(policy.version())),
            ("sha256", Json::text(policy.sha256())),
        ])
    };
    let managed = Json::list(profile.managed(), |managed| version(managed.found()));
    let claims = asked.claims.json.to_string();
    let inputs = Json::object([
        ("role", Json::list(asked.role.sources(), |(name, sha256)| hash(name, sha256))),
        ("role_content", Json::text(asked.role.sha256())),
        ("catalogue", Json::text(&*gate.catalog_sha256)),
        ("details", Json::text(&*gate.details_sha256)),
        // Without a verified token there is nothing to send.
        ("verified_token", asked.json()),
        (
            "profile",
            Json::object([
                ("name", Json::text(profile.name())),
                ("sha256", Json::text(profile.sha256())),
                ("account", Json::text(profile.account())),
            ]),
        ),
        ("managed_policies", managed),
        ("identity_providers", Json::text(asked.providers.sha256())),
        ("claims", Json::text(hex_sha256(claims.as_bytes()))),
    ]);
    let request = Json::object([
        ("engineer", Json::text(asked.engineer)),
        ("case", Json::text(asked.case)),
        ("provider", Json::text(asked.provider)),
        ("claims", asked.claims.json.clone()),
        ("duration_seconds", Json::Number(asked.duration_seconds)),
        ("time", Json::text(asked.now.to_string())),
        ("context", wire::context_json(asked.call)),
    ]);
    let facts = gate.premises.facts.iter().filter_map(|(key, fact)| {
        let value = match fact {
            Fact::Absent => Json::Null,
            Fact::Value(value) => wire::value_json(value)?,
        };
        Some((key.to_string(), value))
    });
    let judged_policies = super::judged_versions(asked).zip(super::reviewed(asked));
    let premises = Json::object([
        ("resource_policies", Json::text(gate.premises.resource_policies.name())),
        ("keys", Json::Object(facts.collect())),
        // AWS reads these policies anew at each request: the decision holds for these versions (rule 6.13).
        (
            "managed_session_policies",
            Json::list(judged_policies, |(policy, is_reviewed)| {
                let Json::Object(mut members) = version(policy) else { return Json::Null };
                members.insert("reviewed".to_owned(), Json::Bool(is_reviewed));
                Json::Object(members)
            }),
        ),
        // What AWS may add to these services later is counted and not proven.
        (
            "added_later",
            Json::object([
                ("services", Json::count(judged.known.later.services.len())),
                (
                    "credentials",
                    Json::list(&judged.known.later.credentials, |service| Json::text(&**service)),
                ),
            ]),
        ),
    ]);
    let call = if is_planned { judged.call.json() } else { Json::Null };
    let tags = judged.session.as_ref().map(|session| {
        let tags = session.principal_tags.iter().map(|(key, value)| (key.to_owned(), Json::text(value)));
        Json::object([
            ("principal_tags", Json::Object(tags.collect())),
            ("transitive_tag_keys", Json::list(&session.transitive_tag_keys, |key| Json::text(&**key))),
        ])
    });
    let plan = Json::object([
        ("id", Json::text(&*judged.id)),
        ("expires", Json::maybe(judged.expires, |at| Json::text(at.to_string()))),
        ("rehearsal", Json::Bool(asked.verified.is_none())),
        ("says", Json::maybe(asked.verified.is_none().then_some(REHEARSAL), Json::text)),
    ]);
    let pins = Json::object([
        ("profile", Pinned::json(gate.pins.profile(profile.sha256()))),
        ("catalogue", Pinned::json(gate.pins.catalog(&gate.catalog_sha256))),
        ("details", Pinned::json(gate.pins.details(&gate.details_sha256))),
    ]);
    let quotas = Json::list(&judged.quotas, |quota| {
        Json::object([
            ("name", Json::text(quota.name)),
            ("used", Json::count(quota.used)),
            ("most", Json::count(quota.most)),
        ])
    });
    let levels = judged
        .known
        .summary
        .levels
        .iter()
        .map(|(level, count)| (level.name().to_owned(), Json::count(*count)));
    let access = Json::object([
        ("levels", Json::Object(levels.collect())),
        ("services", Json::count(judged.known.summary.services)),
        ("data", Json::count(judged.known.summary.data)),
    ]);
    let claims = judged.known.proof.claims.iter();
    let proof = Json::list(claims, |claim| {
        Json::object([("says", Json::text(&*claim.says)), ("verdict", Json::text(claim.verdict().name()))])
    });
    Json::object([
        ("schema", Json::text(DocumentSchema::DecisionRecord.name())),
        ("version", Json::Number(1)),
        ("engine", Json::text(concat!("iamgate ", env!("CARGO_PKG_VERSION")))),
        (
            "catalogue",
            Json::object([
                ("date", Json::text(gate.catalog.date())),
                ("source", Json::text(gate.catalog.source())),
                ("actions", Json::count(gate.catalog.actions().len())),
            ]),
        ),
        ("plan", plan),
        ("pins", pins),
        ("inputs", inputs),
        ("request", request),
        ("premises", premises),
        ("verdict", Json::text(if is_planned { "planned" } else { "refused" })),
        ("refusals", Json::list(&judged.refusals, super::Refusal::json)),
        ("findings", Json::list(&judged.findings, finding)),
        ("call", call),
        ("tags", tags.unwrap_or(Json::Null)),
        ("quotas", quotas),
        ("access", access),
        ("proof", proof),
    ])
}

/// The names of the members in which a record and a record that was read differ, sorted.
pub(super) fn differing(record: &Json, read: Value<'_>) -> Vec<String> {
    let Json::Object(members) = record else { return Vec::new() };
    let is_same = |name: &str, value: Value<'_>| members.get(name).is_some_and(|own| own.is_same(value));
    let mut names: Vec<String> = read
        .members()
        .map(|member| (member.key.string(), member.value))
        .filter(|(name, value)| !is_same(name, *value))
        .map(|(name, _)| name.into_owned())
        .collect();
    names.extend(members.keys().filter(|name| read.member(name).is_none()).cloned());
    names.sort_unstable();
    names
}

fn finding(finding: &Finding) -> Json {
    let (request, caller) = match &finding.example {
        Some(Example::Request(shown)) => (wire::request_json(&shown.request), Json::Null),
        Some(Example::Caller(caller)) => (Json::Null, Json::text(caller)),
        None => (Json::Null, Json::Null),
    };
    Json::object([
        ("code", Json::text(finding.code.name())),
        ("says", Json::text(&finding.says)),
        ("help", Json::text(&finding.help)),
        ("request", request),
        ("caller", caller),
        ("permitted", Json::Bool(finding.is_permitted)),
    ])
}
