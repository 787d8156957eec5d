//! Questions about one request.

#[cfg(feature = "clap")]
use clap::{Args, ValueEnum};
use serde::Deserialize;

use super::{ReadMode, SessionFlags};

/// A request and the policies it meets.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct QuestionArgs {
    /// A case file, or `-`
    #[cfg_attr(feature = "clap", arg(value_name = "CASE", conflicts_with_all = FLAGS))]
    pub case: Option<String>,
    /// How policies are read: strict refuses what AWS or Access Analyzer refuses, deployed only what has no defined meaning
    #[cfg_attr(feature = "clap", arg(long, value_enum, default_value_t = ReadMode::Deployed))]
    #[serde(default = "ReadMode::deployed")]
    pub mode: ReadMode,
    /// Answer `depends` if evidence about AWS leaves a point open that would change the answer
    #[cfg_attr(feature = "clap", arg(long))]
    #[serde(default)]
    pub strict_readings: bool,
    /// The request
    #[cfg_attr(feature = "clap", command(flatten))]
    #[serde(default)]
    pub request: RequestFlags,
    /// The policies
    #[cfg_attr(feature = "clap", command(flatten))]
    #[serde(default)]
    pub policies: PolicyFlags,
}

/// The flags that can replace a case: those of the request, then those of policies.
#[cfg(feature = "clap")]
const FLAGS: [&str; 18] = [
    "action",
    "principal",
    "role_arn",
    "user_arn",
    "resource",
    "resource_account",
    "resource_kind",
    "context",
    "unknown",
    "service_linked",
    "identity",
    "boundary",
    "session",
    "scope",
    "resource_policy",
    "vpc_endpoint",
    "scp",
    "rcp",
];

/// Something that a session of a role could do.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct CouldArgs {
    /// The role: a folder, a file, or `-`
    #[cfg_attr(feature = "clap", arg(value_name = "ROLE"))]
    pub snapshot: String,
    /// Which session
    #[cfg_attr(feature = "clap", command(flatten))]
    #[serde(default)]
    pub session: SessionFlags,
    /// The action, such as s3:GetObject
    #[cfg_attr(feature = "clap", arg(long, required_unless_present = "message"))]
    pub action: Option<String>,
    /// The resource's ARN; `*` if not given, for an action that has none
    #[cfg_attr(feature = "clap", arg(long, value_name = "ARN"))]
    pub resource: Option<String>,
    /// Messages are explained by the verb `why`. This member only says so
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE", hide = true))]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub message: Option<String>,
    /// The policy of the resource
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub resource_policy: Option<String>,
    /// A tag that the session has, as KEY=VALUE; KEY alone if it has none of that key
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY=VALUE"))]
    #[serde(default)]
    pub for_tag: Vec<String>,
    /// What is known of the request, such as aws:SourceIp=192.0.2.1
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY=VALUE"))]
    #[serde(default)]
    pub context: Vec<String>,
    /// A condition key that the request does not have
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY"))]
    #[serde(default)]
    pub absent: Vec<String>,
}

/// Messages with which AWS denied access.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct WhyArgs {
    /// The role that was denied, or of which somebody got no session: a folder, a file, or `-`. Without it, the messages are only taken apart
    #[cfg_attr(feature = "clap", arg(value_name = "ROLE"))]
    pub snapshot: Option<String>,
    /// Which session
    #[cfg_attr(feature = "clap", command(flatten))]
    #[serde(default)]
    pub session: SessionFlags,
    /// What AWS printed: the text itself, a file, or `-`. Errors of programs, events of CloudTrail and details of denials are read as they are
    #[cfg_attr(feature = "clap", arg(long, value_name = "TEXT|FILE|-"))]
    pub message: String,
    /// The policy of the resource
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub resource_policy: Option<String>,
    /// A tag that the session has, as KEY=VALUE; KEY alone if it has none of that key
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY=VALUE"))]
    #[serde(default)]
    pub for_tag: Vec<String>,
    /// What is known of the request, such as aws:SourceIp=192.0.2.1
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY=VALUE"))]
    #[serde(default)]
    pub context: Vec<String>,
    /// A condition key that the request does not have
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY"))]
    #[serde(default)]
    pub absent: Vec<String>,
}

/// A request.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[cfg_attr(feature = "clap", command(next_help_heading = "Request"))]
#[serde(deny_unknown_fields, default)]
pub struct RequestFlags {
    /// The action, such as s3:GetObject
    #[cfg_attr(feature = "clap", arg(long, requires = "principal", requires = "resource"))]
    pub action: Option<String>,
    /// Who asks: ARN of a user, role session, federated user, root user or identity provider; a service's
    /// name; or `anonymous`
    #[cfg_attr(feature = "clap", arg(long, value_name = "ARN", requires = "action"))]
    pub principal: Option<String>,
    /// The ARN of the role of a session, if the role has a path
    #[cfg_attr(feature = "clap", arg(long, value_name = "ARN", requires = "action"))]
    pub role_arn: Option<String>,
    /// The ARN of the user who made a federated user
    #[cfg_attr(feature = "clap", arg(long, value_name = "ARN", requires = "action"))]
    pub user_arn: Option<String>,
    /// The role is service-linked
    #[cfg_attr(feature = "clap", arg(long, requires = "action"))]
    pub service_linked: bool,
    /// The resource's ARN, or `*` for an action that has none
    #[cfg_attr(feature = "clap", arg(long, value_name = "ARN", requires = "action"))]
    pub resource: Option<String>,
    /// The account that owns the resource
    #[cfg_attr(feature = "clap", arg(long, value_name = "ACCOUNT", requires = "action"))]
    pub resource_account: Option<String>,
    /// What the resource is, if that is not to be recognised
    #[cfg_attr(feature = "clap", arg(long, value_enum, value_name = "KIND", requires = "action"))]
    pub resource_kind: Option<ResourceKindFlag>,
    /// A condition key and its value. KEY=[...] is a list in JSON and makes the key multivalued
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY=VALUE", requires = "action"))]
    pub context: Vec<String>,
    /// A condition key whose value is not known
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY", requires = "action"))]
    pub unknown: Vec<String>,
}

/// What a resource is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(ValueEnum))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "`ResourceKind` explains them")]
pub enum ResourceKindFlag {
    Generic,
    IamRoleTrust,
    KmsKey,
}

/// Policies, layer by layer.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[cfg_attr(feature = "clap", command(next_help_heading = "Policies"))]
#[serde(deny_unknown_fields, default)]
pub struct PolicyFlags {
    /// The principal's identity policies
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE", num_args = 1..))]
    pub identity: Vec<String>,
    /// The permissions boundary
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub boundary: Option<String>,
    /// The session policies
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE", num_args = 1..))]
    pub session: Vec<String>,
    /// A scope-down policy of sts:GetScopedCredentials; repeat for each call of the chain
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub scope: Vec<String>,
    /// The policy of the resource
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub resource_policy: Option<String>,
    /// The policies of the VPC endpoint
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE", num_args = 1..))]
    pub vpc_endpoint: Vec<String>,
    /// One level of service control policies; repeat from the root down to the account
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE[,FILE...]"))]
    pub scp: Vec<String>,
    /// One level of resource control policies; repeat from the root down to the account
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE[,FILE...]"))]
    pub rcp: Vec<String>,
}

impl PolicyFlags {
    /// The paths that the flags name, layer by layer.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let single = [&self.boundary, &self.resource_policy].into_iter().flatten();
        let lists = [&self.identity, &self.session, &self.scope, &self.vpc_endpoint, &self.scp, &self.rcp];
        single.chain(lists.into_iter().flatten()).flat_map(|paths| paths.split(','))
    }
}
