//! A message that has been taken apart.

use iam_json::{Span, Spanned};

use crate::policy_type::PolicyType;
use crate::resource::Resource;
use crate::who::Who;

/// What one message says. What it does not say is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Denial {
    /// The form of the message.
    pub form: Form,
    /// The bytes of the text from which it was read.
    pub span: Span,
    /// Who was denied.
    pub who: Option<Who>,
    /// The action that was asked for, as the message writes it, such as `SNS:ListTopics`.
    pub action: Option<Spanned<String>>,
    /// The action whose Allow is missing, if the message names one. It may be another one than was asked for: `ec2:CreateVpcEndpoint` can fail
    /// because of `vpce:AllowMultiRegion`.
    pub missing: Option<Spanned<String>>,
    /// The resource.
    pub resource: Option<Resource>,
    /// Whether a statement denies it, or none allows it.
    pub cause: Cause,
    /// The type of policy that AWS names.
    pub layer: Option<NamedLayer>,
    /// The policy that AWS names: its ARN or its id.
    pub policy: Option<Spanned<String>>,
    /// The statements that AWS names by their `Sid`.
    pub statements: Vec<Spanned<String>>,
    /// The authorization ID, with which `GetRequestAuthorizationDetails` tells more.
    pub authorization_id: Option<Spanned<String>>,
    /// The place of an encoded message, which `sts:DecodeAuthorizationMessage` decodes. Its text is not repeated.
    pub encoded: Option<Span>,
    /// The operation of the API, such as `CreateVpcEndpoint`.
    pub operation: Option<Spanned<String>>,
    /// The service: the source of an event such as `s3.amazonaws.com`, or as an SDK names it, such as `EC2`.
    pub service: Option<Spanned<String>>,
    /// The code of the error, such as `AccessDenied`.
    pub code: Option<Spanned<String>>,
    /// The id of the request.
    pub request_id: Option<Spanned<String>>,
    /// Condition keys of the request with their values, from decoded messages and authorization details.
    pub context: Vec<(String, Vec<String>)>,
}

impl Denial {
    pub(crate) fn new(form: Form, span: Span) -> Self {
        Self {
            form,
            span,
            who: None,
            action: None,
            missing: None,
            resource: None,
            cause: Cause::Unknown,
            layer: None,
            policy: None,
            statements: Vec::new(),
            authorization_id: None,
            encoded: None,
            operation: None,
            service: None,
            code: None,
            request_id: None,
            context: Vec::new(),
        }
    }
}

/// The form of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Form {
    /// `... is not authorized to perform: ACTION ...`
    Classic,
    /// `You are not authorized to perform this operation.`, of EC2, without a sentence that names the action.
    Operation,
    /// `Access Denied`, of S3 and others, or only the code of an error.
    Bare,
    /// `User is not authorized to access this resource`, of API Gateway.
    Resource,
    /// `The ciphertext refers to a customer master key that does not exist, ... or you are not allowed to access`, of KMS.
    Ciphertext,
    /// `Cross-account pass role is not allowed.`
    CrossAccountPassRole,
    /// The decoded text of an encoded message.
    Decoded,
    /// An evaluation of `GetRequestAuthorizationDetails`.
    AuthorizationDetails,
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 8] = [
        Self::Classic,
        Self::Operation,
        Self::Bare,
        Self::Resource,
        Self::Ciphertext,
        Self::CrossAccountPassRole,
        Self::Decoded,
        Self::AuthorizationDetails,
    ];

    /// The name in JSON output, such as `authorization_details`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Operation => "operation",
            Self::Bare => "bare",
            Self::Resource => "resource",
            Self::Ciphertext => "ciphertext",
            Self::CrossAccountPassRole => "cross_account_pass_role",
            Self::Decoded => "decoded",
            Self::AuthorizationDetails => "authorization_details",
        }
    }
}

/// Why AWS says that it denied access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// A Deny statement applies.
    ExplicitDeny,
    /// No statement allows it.
    NotAllowed,
    /// The message of KMS: the resource does not exist, or no resource-based policy allows it, or one denies it.
    OneOfThree,
    /// The message does not say.
    Unknown,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 4] = [Self::ExplicitDeny, Self::NotAllowed, Self::OneOfThree, Self::Unknown];

    /// The name in JSON output, such as `explicit_deny`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExplicitDeny => "explicit_deny",
            Self::NotAllowed => "not_allowed",
            Self::OneOfThree => "one_of_three",
            Self::Unknown => "unknown",
        }
    }
}

/// The type of policy that a message names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedLayer {
    /// The type. `None` if it is named in words that are not known here.
    pub policy_type: Option<PolicyType>,
    /// The words.
    pub words: Spanned<String>,
}
