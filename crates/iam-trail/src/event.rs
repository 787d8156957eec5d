//! One record of CloudTrail, with the members that a verdict rests on.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::json::{self, RawJson};

/// A record of CloudTrail: one call of an API, or another event. Members that the record lacks are `None`.
///
/// Texts borrow from the JSON where it has no escapes. The members whose form depends on the service are kept as JSON, and read when they are
/// asked for.
///
/// # Source
/// CloudTrail User Guide, "CloudTrail record contents for management, data, and network activity events".
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Event<'a> {
    /// The version of the format, such as `1.11`.
    #[serde(borrow)]
    pub event_version: Option<Text<'a>>,
    /// Who made the request.
    #[serde(borrow)]
    pub user_identity: Option<UserIdentity<'a>>,
    /// When the request ended, in UTC, such as `2026-11-30T09:15:02Z`.
    #[serde(borrow)]
    pub event_time: Option<Text<'a>>,
    /// The service, such as `s3.amazonaws.com`.
    #[serde(borrow)]
    pub event_source: Option<Text<'a>>,
    /// The operation, which is not always the name of an IAM action.
    #[serde(borrow)]
    pub event_name: Option<Text<'a>>,
    /// The Region that the request was made to.
    #[serde(borrow)]
    pub aws_region: Option<Text<'a>>,
    /// The address, or the domain name of the service that made the request.
    #[serde(borrow, rename = "sourceIPAddress")]
    pub source_ip_address: Option<Text<'a>>,
    /// The program that made the request.
    #[serde(borrow)]
    pub user_agent: Option<Text<'a>>,
    /// The error with which the request ended. A request without one succeeded.
    #[serde(borrow)]
    pub error_code: Option<Text<'a>>,
    /// What the error says.
    #[serde(borrow)]
    pub error_message: Option<Text<'a>>,
    /// The parameters of the request: an object, or a text with one.
    #[serde(borrow)]
    pub request_parameters: Option<RawJson<'a>>,
    /// What the response had, where the service records it.
    #[serde(borrow)]
    pub response_elements: Option<RawJson<'a>>,
    /// What belongs to neither.
    #[serde(borrow)]
    pub additional_event_data: Option<RawJson<'a>>,
    /// The id of the request.
    #[serde(borrow, rename = "requestID")]
    pub request_id: Option<Text<'a>>,
    /// The id of the event. Copies of one event have one id.
    #[serde(borrow, rename = "eventID")]
    pub event_id: Option<Text<'a>>,
    /// The type, such as `AwsApiCall`.
    #[serde(borrow)]
    pub event_type: Option<Text<'a>>,
    /// The version of the service's API.
    #[serde(borrow)]
    pub api_version: Option<Text<'a>>,
    /// Whether it is a management event.
    pub management_event: Option<Flag>,
    /// Whether the operation only reads, as CloudTrail sees it.
    pub read_only: Option<Flag>,
    /// The resources that the record names.
    #[serde(borrow)]
    pub resources: Option<Vec<RecordedResource<'a>>>,
    /// The account in whose trail the record stands.
    #[serde(borrow)]
    pub recipient_account_id: Option<Text<'a>>,
    /// What a service event has.
    #[serde(borrow)]
    pub service_event_details: Option<RawJson<'a>>,
    /// The id that the copies of one event in several accounts share.
    #[serde(borrow, rename = "sharedEventID")]
    pub shared_event_id: Option<Text<'a>>,
    /// The VPC endpoint that the request passed.
    #[serde(borrow)]
    pub vpc_endpoint_id: Option<Text<'a>>,
    /// The account that owns the VPC endpoint.
    #[serde(borrow)]
    pub vpc_endpoint_account_id: Option<Text<'a>>,
    /// The category, such as `Management` or `Data`.
    #[serde(borrow)]
    pub event_category: Option<Text<'a>>,
    /// Whether the credentials are of a session of the console.
    pub session_credential_from_console: Option<Flag>,
    /// The connection.
    #[serde(borrow)]
    pub tls_details: Option<TlsDetails<'a>>,
}

/// Who made a request, as a record says it.
///
/// # Source
/// CloudTrail User Guide, "CloudTrail userIdentity element".
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserIdentity<'a> {
    /// The type, such as `AssumedRole`.
    #[serde(borrow, rename = "type")]
    pub identity_type: Option<Text<'a>>,
    /// The unique id; for a session of a role, the role's id, a colon and the session's name.
    #[serde(borrow)]
    pub principal_id: Option<Text<'a>>,
    /// The ARN of the principal.
    #[serde(borrow)]
    pub arn: Option<Text<'a>>,
    /// The account that owns the principal.
    #[serde(borrow)]
    pub account_id: Option<Text<'a>>,
    /// The access key that signed the request.
    #[serde(borrow)]
    pub access_key_id: Option<Text<'a>>,
    /// The name of the user.
    #[serde(borrow)]
    pub user_name: Option<Text<'a>>,
    /// The service that made the request for the principal, or for itself.
    #[serde(borrow)]
    pub invoked_by: Option<Text<'a>>,
    /// The provider of a web identity or of SAML.
    #[serde(borrow)]
    pub identity_provider: Option<Text<'a>>,
    /// The session, if temporary credentials signed the request.
    #[serde(borrow)]
    pub session_context: Option<SessionContext<'a>>,
}

/// The session whose credentials signed a request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SessionContext<'a> {
    /// Whose session it is. Without members where there is none.
    #[serde(borrow)]
    pub session_issuer: Option<SessionIssuer<'a>>,
    /// The provider that vouched for the person, for sessions of a web identity.
    #[serde(borrow)]
    pub web_id_federation_data: Option<WebIdFederationData<'a>>,
    /// When it began, and whether with MFA.
    #[serde(borrow)]
    pub attributes: Option<SessionAttributes<'a>>,
    /// The source identity that was set when the session was opened.
    #[serde(borrow)]
    pub source_identity: Option<Text<'a>>,
    /// The version of the instance metadata service that gave the credentials.
    #[serde(borrow)]
    pub ec2_role_delivery: Option<Text<'a>>,
}

/// Whose session it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SessionIssuer<'a> {
    /// The type, such as `Role`.
    #[serde(borrow, rename = "type")]
    pub issuer_type: Option<Text<'a>>,
    /// The unique id of the role.
    #[serde(borrow)]
    pub principal_id: Option<Text<'a>>,
    /// The ARN of the role, with its path.
    #[serde(borrow)]
    pub arn: Option<Text<'a>>,
    /// The account of the role.
    #[serde(borrow)]
    pub account_id: Option<Text<'a>>,
    /// The name of the role.
    #[serde(borrow)]
    pub user_name: Option<Text<'a>>,
}

/// The provider that vouched for the person behind a session.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WebIdFederationData<'a> {
    /// The ARN of the provider, or its name.
    #[serde(borrow)]
    pub federated_provider: Option<Text<'a>>,
    /// What the provider says of the person: keys of conditions with values.
    #[serde(borrow)]
    pub attributes: Option<RawJson<'a>>,
}

/// When a session began, and whether with MFA.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SessionAttributes<'a> {
    /// When the credentials were issued.
    #[serde(borrow)]
    pub creation_date: Option<Text<'a>>,
    /// Whether with MFA.
    pub mfa_authenticated: Option<Flag>,
}

/// A resource that a record names.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct RecordedResource<'a> {
    /// The ARN.
    #[serde(borrow, rename = "ARN", alias = "arn")]
    pub arn: Option<Text<'a>>,
    /// The beginning of its ARN, where the record names more than one resource.
    #[serde(borrow, rename = "ARNPrefix")]
    pub arn_prefix: Option<Text<'a>>,
    /// The account that owns it.
    #[serde(borrow, rename = "accountId")]
    pub account_id: Option<Text<'a>>,
    /// The type, such as `AWS::S3::Object`.
    #[serde(borrow, rename = "type")]
    pub resource_type: Option<Text<'a>>,
}

/// The connection over which a request came.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TlsDetails<'a> {
    /// The version of TLS, such as `TLSv1.3`.
    #[serde(borrow)]
    pub tls_version: Option<Text<'a>>,
    /// The cipher suite.
    #[serde(borrow)]
    pub cipher_suite: Option<Text<'a>>,
    /// The name of the host that the client asked for.
    #[serde(borrow)]
    pub client_provided_host_header: Option<Text<'a>>,
}

/// A text of a record. It borrows from the JSON where that has no escapes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text)))
            }
        }
        deserializer.deserialize_str(Read)
    }
}

/// True or false. Records have it as a value and as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flag(pub bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Flag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true or false")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Flag(value))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                match text {
                    "true" => Ok(Flag(true)),
                    "false" => Ok(Flag(false)),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl<'a> Event<'a> {
    /// Reads a record.
    ///
    /// # Errors
    /// The text is not an object in JSON, a member is there twice, or has a value of another type.
    pub fn read(json: &'a str) -> Result<Self, serde_json::Error> {
        json::read(json)
    }
}
