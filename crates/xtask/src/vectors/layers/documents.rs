//! A combination as a request and policies.

use serde_json::{Value, json};

use super::{Case, Grant, Kind, Layer, Truth, Who};
use crate::vectors::format::{Certainty, Policies, Request, Vector, policy};

const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/idp.example.com";
const SERVICE: &str = "cloudtrail.amazonaws.com";

/// The vector of a combination.
pub(super) fn vector(case: &Case, (expect, rules, why): Truth, certainty: Certainty) -> Vector {
    let (action, resource, kind) = match case.kind {
        Kind::Generic => ("s3:GetObject", "arn:aws:s3:::data-a/report.csv", "generic"),
        Kind::Trust if case.who == Who::WebIdentity => {
            ("sts:AssumeRoleWithWebIdentity", "arn:aws:iam::111122223333:role/ops", "iam_role_trust")
        }
        Kind::Trust => ("sts:AssumeRole", "arn:aws:iam::111122223333:role/ops", "iam_role_trust"),
        Kind::Kms => ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1234", "kms_key"),
    };
    let who = match case.who {
        Who::User => "user",
        Who::Role => "role",
        Who::ServiceLinkedRole => "service-linked-role",
        Who::Federated => "federated-user",
        Who::Root => "root",
        Who::Service => "service",
        Who::Anonymous => "anonymous",
        Who::WebIdentity => "web-identity",
    };
    let place = match (case.who, case.cross) {
        (Who::Service | Who::Anonymous | Who::WebIdentity, _) => "no-account",
        (_, true) => "cross-account",
        (_, false) => "same-account",
    };
    let kind_name = match case.kind {
        Kind::Generic => "generic",
        Kind::Trust => "trust",
        Kind::Kms => "kms",
    };
    let name = case.name();
    Vector {
        id: format!("layers/{who}/{place}/{kind_name}/{name}"),
        section: "evaluation.layers",
        about: format!(
            "{} ({}), {kind_name}: {}",
            who.replace('-', " "),
            place.replace('-', " "),
            name.replace('+', ", ")
        ),
        source: rules.into(),
        certainty,
        or_reject: false,
        request: Request { principal: principal(case), action, resource, kind, context: json!({}) },
        policies: Policies {
            identity: if case.has_identity() { documents(case.identity, action, false) } else { Vec::new() },
            resource: resource_policy(case, action, resource),
            boundary: layer(case.boundary, action, false),
            session: layer(case.session, action, false),
            scp: levels(case.scp, action, false),
            rcp: levels(case.rcp, action, true),
            vpc_endpoint: layer(case.endpoint, action, true),
        },
        expect,
        why: why.into(),
    }
}

/// The account of the caller.
fn account(case: &Case) -> &'static str {
    if case.cross { "444455556666" } else { "111122223333" }
}

fn principal(case: &Case) -> Value {
    let account = account(case);
    match case.who {
        Who::User => json!({ "type": "iam_user", "account": account, "arn": named(case, "user") }),
        Who::Role => json!({
            "type": "assumed_role", "account": account, "arn": named(case, "session"), "role_arn": named(case, "role"),
        }),
        Who::ServiceLinkedRole => json!({
            "type": "assumed_role", "account": account, "service_linked": true,
            "arn": "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForSupport/x",
            "role_arn": "arn:aws:iam::111122223333:role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport",
        }),
        Who::Federated => json!({
            "type": "federated_user", "account": account, "arn": named(case, "federated"), "user_arn": named(case, "user"),
        }),
        Who::Root => json!({ "type": "root", "account": account, "arn": named(case, "root") }),
        Who::Service => json!({ "type": "aws_service", "service": SERVICE }),
        Who::Anonymous => json!({ "type": "anonymous" }),
        Who::WebIdentity => json!({ "type": "web_identity", "provider": PROVIDER }),
    }
}

/// An ARN in the caller's account.
fn named(case: &Case, what: &str) -> String {
    let account = account(case);
    match what {
        "session" => format!("arn:aws:sts::{account}:assumed-role/app/s1"),
        "federated" => format!("arn:aws:sts::{account}:federated-user/kiosk"),
        // The path is in the role's ARN and not in the session's (rule 5.4).
        "role" => format!("arn:aws:iam::{account}:role/svc/app"),
        "user" => format!("arn:aws:iam::{account}:user/ana"),
        _ => format!("arn:aws:iam::{account}:root"),
    }
}

/// The resource policy, with a principal entry of the wanted strength (rule 5.2).
fn resource_policy(case: &Case, action: &str, resource: &str) -> Option<Value> {
    let entry = |grant| match (grant, case.who) {
        (Grant::Direct, Who::User) | (Grant::Limited, Who::Federated) => {
            json!({ "AWS": named(case, "user") })
        }
        (Grant::Direct, Who::Federated) => json!({ "AWS": named(case, "federated") }),
        (Grant::Direct, Who::Service) => json!({ "Service": SERVICE }),
        (Grant::Direct, Who::WebIdentity) => json!({ "Federated": PROVIDER }),
        (Grant::Direct, Who::Root | Who::Anonymous) => json!("*"),
        (Grant::Direct, _) => json!({ "AWS": named(case, "session") }),
        (Grant::Limited, _) => json!({ "AWS": named(case, "role") }),
        (Grant::Account, _) => json!({ "AWS": named(case, "root") }),
        // Another principal.
        _ => match case.who {
            Who::WebIdentity => {
                json!({ "Federated": "arn:aws:iam::111122223333:oidc-provider/other.example.com" })
            }
            Who::Service => json!({ "Service": "config.amazonaws.com" }),
            _ => json!({ "AWS": "arn:aws:iam::777788889999:user/zoe" }),
        },
    };
    let (effect, principal) = match (case.resource, case.kind) {
        (Grant::Absent, _) => return None,
        // A trust policy cannot use `*`.
        (Grant::Deny, Kind::Trust) => {
            let grant = match case.who {
                Who::Role => Grant::Limited,
                _ => Grant::Direct,
            };
            ("Deny", entry(grant))
        }
        (Grant::Deny, _) => ("Deny", json!("*")),
        (grant, _) => ("Allow", entry(grant)),
    };
    let mut statement = json!({ "Effect": effect, "Principal": principal, "Action": action });
    if case.kind != Kind::Trust {
        let pattern = if case.kind == Kind::Kms { "*" } else { resource };
        statement["Resource"] = json!(pattern);
    }
    Some(policy(&[statement]))
}

/// One policy that allows, denies (together with an Allow for everything), or is about something else.
fn documents(layer: Layer, action: &str, with_principal: bool) -> Vec<Value> {
    let statement = |effect: &str, action: &str| {
        let mut statement = json!({ "Effect": effect, "Action": action, "Resource": "*" });
        if with_principal {
            statement["Principal"] = json!("*");
        }
        statement
    };
    match layer {
        Layer::Absent => Vec::new(),
        Layer::Silent => vec![policy(&[statement("Allow", "sqs:SendMessage")])],
        Layer::Allow => vec![policy(&[statement("Allow", action)])],
        Layer::Deny => vec![policy(&[statement("Allow", "*"), statement("Deny", action)])],
    }
}

/// The policies of a boundary, a session or an endpoint.
fn layer(layer: Layer, action: &str, with_principal: bool) -> Option<Value> {
    (layer != Layer::Absent).then(|| json!(documents(layer, action, with_principal)))
}

/// Two levels of SCPs or RCPs; the first allows everything.
fn levels(layer: Layer, action: &str, rcp: bool) -> Option<Value> {
    let statement = |effect: &str, action: &str| {
        let mut statement = json!({ "Effect": effect, "Action": action, "Resource": "*" });
        if rcp {
            statement["Principal"] = json!("*");
        }
        policy(&[statement])
    };
    let full = statement("Allow", "*");
    let account = match (layer, rcp) {
        (Layer::Absent, _) => return None,
        // An RCP that allows cannot be written, so a level without a result has no policy.
        (Layer::Silent, true) => json!([]),
        (Layer::Silent, false) => json!([statement("Allow", "sqs:*")]),
        (Layer::Allow, true) => json!([full]),
        (Layer::Allow, false) => json!([statement("Allow", action)]),
        (Layer::Deny, _) => json!([full, statement("Deny", action)]),
    };
    Some(json!([[full], account]))
}
