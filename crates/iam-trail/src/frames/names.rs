//! The names of CloudTrail's members, for exports that write them in lower case.
//!
//! # Source
//! CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element"; for the columns, "CloudTrail Lake SQL schema" and
//! Athena User Guide, "Query AWS CloudTrail logs".

use super::records::Members;

/// The column of CloudTrail Lake that has the whole record as a text.
pub(super) const WHOLE: &str = "eventJson";

/// What a verdict rests on: rows without one of these say less than the record does.
pub(super) const NEEDED: [&str; 8] = [
    "eventID",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "userIdentity",
    "requestParameters",
    "errorCode",
];

/// The members of a record.
const TOP: [&str; 32] = [
    "eventVersion",
    "eventID",
    "eventTime",
    "eventSource",
    "eventName",
    "eventType",
    "eventCategory",
    "eventContext",
    "awsRegion",
    "userIdentity",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestID",
    "apiVersion",
    "managementEvent",
    "readOnly",
    "recipientAccountId",
    "serviceEventDetails",
    "sharedEventID",
    "vpcEndpointId",
    "vpcEndpointAccountId",
    "addendum",
    "sessionCredentialFromConsole",
    "edgeDeviceDetails",
    "insightDetails",
    "tlsDetails",
    "resources",
];

/// The members of what lies in a record: who made the request, the resources, the connection.
const INNER: [&str; 33] = [
    "type",
    "principalId",
    "arn",
    "ARNPrefix",
    "accountId",
    "accessKeyId",
    "userName",
    "invokedBy",
    "identityProvider",
    "credentialId",
    "sessionContext",
    "sessionIssuer",
    "webIdFederationData",
    "federatedProvider",
    "attributes",
    "creationDate",
    "mfaAuthenticated",
    "sourceIdentity",
    "ec2RoleDelivery",
    "ec2IssuedInVpc",
    "assumedRoot",
    "inScopeOf",
    "sourceArn",
    "sourceAccount",
    "issuerType",
    "credentialsIssuedTo",
    "onBehalfOf",
    "userId",
    "identityStoreArn",
    "tlsVersion",
    "cipherSuite",
    "clientProvidedHostHeader",
    "keyExchange",
];

/// The name of a member of a record in CloudTrail's letter case, from any letter case.
pub(super) fn top(name: &str) -> Option<&'static str> {
    TOP.into_iter().find(|own| own.eq_ignore_ascii_case(name))
}

/// Whether a name, as it is, is one that only records have at the top.
pub(super) fn is_own(name: &str) -> bool {
    // The events of EventBridge have `resources` too, and so have many other documents.
    name == "eventVersion" || (name != "resources" && TOP.contains(&name))
}

/// Whether a name is one of a record, and written in lower case.
pub(super) fn is_lower(name: &str) -> bool {
    top(name).is_some_and(|own| own != name) && !name.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Whether CloudTrail has an object or a list there, so that a text must hold one.
pub(super) fn is_nested(own: &str) -> bool {
    matches!(
        own,
        "userIdentity"
            | "requestParameters"
            | "responseElements"
            | "additionalEventData"
            | "serviceEventDetails"
            | "resources"
            | "tlsDetails"
            | "addendum"
            | "edgeDeviceDetails"
            | "insightDetails"
            | "eventContext"
    )
}

/// Writes a value of a record's member, with the names in it in CloudTrail's letter case where they are CloudTrail's.
pub(super) fn write(out: &mut String, own: &str, json: &str) {
    if matches!(own, "userIdentity" | "resources" | "tlsDetails") {
        inner(out, own, json, 64);
    } else {
        out.push_str(json);
    }
}

fn inner(out: &mut String, parent: &str, json: &str, depth: u32) {
    let Some(depth) = depth.checked_sub(1) else {
        out.push_str(json);
        return;
    };
    if let Ok(members) = Members::read(json) {
        let mut first = '{';
        for (name, value) in members.iter() {
            out.push(first);
            first = ',';
            let own = INNER.into_iter().find(|own| own.eq_ignore_ascii_case(name));
            quoted(out, own.unwrap_or(name));
            out.push(':');
            // The names of attributes that a provider vouched for are data.
            if parent == "webIdFederationData" && own == Some("attributes") {
                out.push_str(value);
            } else {
                inner(out, own.unwrap_or(name), value, depth);
            }
        }
        out.push_str(if first == '{' { "{}" } else { "}" });
    } else if let Ok(values) = serde_json::from_str::<Vec<&serde_json::value::RawValue>>(json) {
        let mut first = '[';
        for value in &values {
            out.push(first);
            first = ',';
            inner(out, parent, value.get(), depth);
        }
        out.push_str(if first == '[' { "[]" } else { "]" });
    } else {
        out.push_str(json);
    }
}

/// Writes a text in JSON.
pub(super) fn quoted(out: &mut String, text: &str) {
    out.push_str(&serde_json::Value::from(text).to_string());
}
