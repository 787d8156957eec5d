//! Decision records: what was decided, from which inputs, and why. Version 1.
//!
//! A record is canonical JSON ([`Json`]): members sorted by name, no white space, one spelling of each text. [`read`] reads the inputs back
//! that stand in it, and [`differences`] compares it with the record of the same decision, made again.

mod differences;
mod premises;
mod read;

use iam_eval::wire;
use iam_json::Json;

pub use differences::{Difference, DifferenceKind};
pub use read::{DecisionRecord, Replay};

use super::asked::Asked;
use super::{Gate, Judged, Pinned};
use crate::content;
use crate::finding::{Example, Finding};
use crate::managed::{ManagedPolicy, NamedPolicy, hex_sha256};
use crate::premise::Premise;
use crate::schema::DocumentSchema;
use crate::snapshot::RoleSnapshot;

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
        ("role_policies", role_policies(asked.role)),
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
        ("unknown", wire::unknown_json(asked.call)),
    ]);
    let judged_policies = super::judged_versions(asked).zip(super::reviewed(asked));
    let premises = Json::object([
        ("resource_policies", Json::text(gate.premises.resource_policies.name())),
        ("keys", premises::keys(&gate.premises.facts)),
        ("steps", premises::steps(gate.premises.budget)),
        // AWS reads these policies anew at each request: the decision holds for these versions (rule 6.13).
        (
            "managed_session_policies",
            Json::list(judged_policies, |(policy, is_reviewed)| {
                let Json::Object(mut members) = version(policy) else { return Json::Null };
                members.insert("reviewed".to_owned(), Json::Bool(is_reviewed));
                Json::Object(members)
            }),
        ),
        // What the proof takes for true, in words.
        ("stated", Json::list(&judged.known.proof.premises, Premise::json)),
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
    let pins = Json::object([
        ("profile", Pinned::json(gate.pins.profile(profile.sha256()))),
        ("catalogue", Pinned::json(gate.pins.catalog(&gate.catalog_sha256))),
        ("details", Pinned::json(gate.pins.details(&gate.details_sha256))),
    ]);
    let plan = Json::object([
        ("id", Json::text(&*judged.id)),
        // The decision follows from these members, and from nothing else: a change of one of them is told here.
        ("inputs_sha256", Json::text(of_inputs([&inputs, &request, &premises, &pins]))),
        ("expires", Json::maybe(judged.expires, |at| Json::text(at.to_string()))),
        ("rehearsal", Json::Bool(asked.verified.is_none())),
        ("says", Json::maybe(asked.verified.is_none().then_some(REHEARSAL), Json::text)),
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

/// The hash of everything that a decision is made from.
fn of_inputs([inputs, request, premises, pins]: [&Json; 4]) -> Box<str> {
    let own = [("inputs", inputs), ("request", request), ("premises", premises), ("pins", pins)];
    content::of_json("inputs of a decision", &Json::object(own.map(|(name, own)| (name, own.clone()))))
}

/// Every document of the role by its hash, and where it applies.
fn role_policies(role: &RoleSnapshot) -> Json {
    let list = |layer: &'static str, policies: &[NamedPolicy]| {
        let of = move |own: &NamedPolicy| {
            Json::object([
                ("layer", Json::text(layer)),
                ("name", Json::text(own.name())),
                ("sha256", Json::text(own.sha256())),
            ])
        };
        policies.iter().map(of).collect::<Vec<Json>>()
    };
    let levels = |layer, levels: Option<&[Vec<NamedPolicy>]>| {
        levels.into_iter().flatten().flat_map(|level| list(layer, level)).collect::<Vec<Json>>()
    };
    let trust = role.named_trust().map(|trust| {
        Json::object([
            ("layer", Json::text("trust")),
            ("name", Json::text("")),
            ("sha256", Json::text(trust.sha256())),
        ])
    });
    let own = list("identity", role.policies());
    let boundary = role.boundary().map(std::slice::from_ref).unwrap_or_default();
    let others = [
        list("boundary", boundary),
        levels("scp", role.scp()),
        levels("rcp", role.rcp()),
        list("resource", role.resources()),
    ];
    Json::List(trust.into_iter().chain(own).chain(others.into_iter().flatten()).collect())
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
