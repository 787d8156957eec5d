//! What is to be looked at as SARIF 2.1.0: a result for each point, with the file of its event.

use std::collections::BTreeMap;

use iamgate_audit::{AuditCode, CodeKind};
use iamgate_verbs::{AuditAnswer, AuditPoint, PointPlace, Trouble};
use serde_json::{Value, json};

use crate::check::place::own;
use crate::sarif::{Rule, Run, artifact, fingerprints, troubles};

pub(super) fn report(answer: &AuditAnswer) -> String {
    let points = answer.points(&own);
    let by_code: BTreeMap<&str, &AuditPoint<'_>> = points.iter().map(|own| (own.code, own)).collect();
    let order: Vec<&str> = by_code.keys().copied().collect();
    let rules = by_code.values().map(|own| rule(own)).collect();
    let results = points.iter().map(|own| result(own, &order)).collect();
    Run { rules, results, notifications: Vec::new(), is_successful: true }.report()
}

/// No answer, and why.
pub(super) fn refused(trouble: &Trouble) -> String {
    Run { notifications: troubles(trouble).collect(), ..Run::default() }.report()
}

fn rule(point: &AuditPoint<'_>) -> Value {
    let AuditPoint { code: id, summary, why, next: mend, .. } = point;
    Rule { id, summary, why, mend, link: AuditCode::link(id), level: severity(point.kind) }.to_json()
}

const fn severity(kind: CodeKind) -> &'static str {
    match kind {
        CodeKind::Wrong => "error",
        CodeKind::Open => "warning",
        CodeKind::Unknown | CodeKind::Note | _ => "note",
    }
}

fn result(point: &AuditPoint<'_>, order: &[&str]) -> Value {
    let session = point.session.map_or_else(String::new, |own| format!("session {own}: "));
    let mut places = point.places.iter().map(|place| location(place, point));
    let first: Vec<Value> = places.next().into_iter().collect();
    let related: Vec<Value> = places.collect();
    let mut result = json!({
        "ruleId": point.code,
        "ruleIndex": order.binary_search(&point.code).unwrap_or_default(),
        "level": severity(point.kind),
        "message": { "text": format!("{session}{}; {}", point.says, point.next) },
        "locations": first,
        "partialFingerprints": fingerprints(&point.fingerprint),
    });
    if let (false, Some(result)) = (related.is_empty(), result.as_object_mut()) {
        result.insert("relatedLocations".to_owned(), json!(related));
    }
    result
}

/// A file, and the event in it. An event has no line: the files of CloudTrail have one, and are compressed.
fn location(place: &PointPlace<'_>, point: &AuditPoint<'_>) -> Value {
    let mut physical = json!({ "artifactLocation": artifact(place.file()) });
    let session = point.session.unwrap_or_default();
    match place {
        PointPlace::Event(event) => {
            let logical = format!("{session}#{}", event.event_id);
            json!({
                "physicalLocation": physical,
                "logicalLocations": [{ "fullyQualifiedName": logical, "name": event.event_id }],
                "message": { "text": format!("event {} at {}", event.event_id, event.time) },
            })
        }
        PointPlace::Record(record) => {
            if let Some(physical) = physical.as_object_mut() {
                physical.insert("region".to_owned(), json!({ "startLine": record.line }));
            }
            json!({
                "physicalLocation": physical,
                "logicalLocations": [{ "fullyQualifiedName": session }],
                "message": { "text": "the decision record" },
            })
        }
        PointPlace::File(_) | _ => json!({ "physicalLocation": physical }),
    }
}
