//! The records of CloudTrail as the double writes them.

use iam_eval::Decision;
use serde::Serialize;
use serde_json::Value;

/// A record.
///
/// # Source
/// CloudTrail User Guide, "CloudTrail record contents", version 1.11; the order of the members is that of records of 2026.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TrailRecord {
    /// The version of the form.
    pub event_version: &'static str,
    /// Who made the call.
    pub user_identity: Value,
    /// When, to the second.
    pub event_time: Box<str>,
    /// The service, such as `s3.amazonaws.com`.
    pub event_source: Box<str>,
    /// The operation as CloudTrail calls it, such as `ListFunctions20150331`.
    pub event_name: Box<str>,
    /// The Region whose files have the record.
    pub aws_region: Box<str>,
    /// The address, or the name of the service that made the call.
    #[serde(rename = "sourceIPAddress")]
    pub source_ip_address: Box<str>,
    /// The agent.
    pub user_agent: Box<str>,
    /// The code of an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<Box<str>>,
    /// The message of an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<Box<str>>,
    /// The parameters. `null` if the service leaves them out.
    pub request_parameters: Value,
    /// What the answer had. `null` for operations that only read, and for errors.
    pub response_elements: Value,
    /// What only some services have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_event_data: Option<Value>,
    /// The id of the request.
    #[serde(rename = "requestID")]
    pub request_id: Box<str>,
    /// The id of the event.
    #[serde(rename = "eventID")]
    pub event_id: Box<str>,
    /// Whether CloudTrail takes the operation for one that only reads.
    pub read_only: bool,
    /// The resources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Value>,
    /// The type: `AwsApiCall`.
    pub event_type: &'static str,
    /// The version of the service's API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<&'static str>,
    /// Whether it is a management event.
    pub management_event: bool,
    /// The account whose trail has the record.
    pub recipient_account_id: Box<str>,
    /// The id that copies in several accounts share.
    #[serde(rename = "sharedEventID", skip_serializing_if = "Option::is_none")]
    pub shared_event_id: Option<Box<str>>,
    /// `Management` or `Data`.
    pub event_category: &'static str,
    /// The connection. A call that a service made has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_details: Option<Value>,
}

impl TrailRecord {
    /// The record as one JSON object without line breaks.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A request that the engine decided.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decided {
    /// The action of IAM.
    pub action: Box<str>,
    /// The resource: an ARN or `*`.
    pub resource: Box<str>,
    /// The decision. A call is done only if all are allowed.
    pub decision: Decision,
}

/// A record, with what the double knows about it and the record may not say.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// The record.
    pub record: TrailRecord,
    /// What was decided, in order, up to the first request that is not allowed. Empty if no policy was asked.
    pub decided: Vec<Decided>,
    /// The time, in seconds since 1970, at which CloudTrail delivers it. `None` if the trail does not record such events.
    pub delivered: Option<i64>,
    /// Whether the call was done although a policy denies it: a misdeed.
    pub is_overlooked: bool,
}
