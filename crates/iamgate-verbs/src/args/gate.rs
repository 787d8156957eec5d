//! Questions before a session, and about it.

#[cfg(feature = "clap")]
use clap::{ArgGroup, Args};
use serde::Deserialize;

use super::SessionFlags;

/// A session that is asked for.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[cfg_attr(feature = "clap", command(group = ArgGroup::new("what").required(true).args(["claims", "replay"])))]
#[serde(deny_unknown_fields)]
pub struct PlanArgs {
    /// The role: a folder, a file, or `-`
    #[cfg_attr(feature = "clap", arg(value_name = "ROLE"))]
    pub snapshot: String,
    /// Which session
    #[cfg_attr(feature = "clap", command(flatten))]
    #[serde(default)]
    pub session: SessionFlags,
    /// The claims of the verified token, or `-`
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE", requires = "engineer", requires = "case"))]
    pub claims: Option<String>,
    /// The identity provider of the token: its issuer or its ARN; the claim `iss` if not given
    #[cfg_attr(feature = "clap", arg(long, value_name = "ISSUER"))]
    pub provider: Option<String>,
    /// Who works with the session; part of its name
    #[cfg_attr(feature = "clap", arg(long, value_name = "NAME"))]
    pub engineer: Option<String>,
    /// The support case that it is for; part of its name
    #[cfg_attr(feature = "clap", arg(long, value_name = "CASE"))]
    pub case: Option<String>,
    /// How long it lasts
    #[cfg_attr(feature = "clap", arg(long, value_name = "SECONDS", default_value_t = HOUR))]
    #[serde(default = "hour")]
    pub duration: i64,
    /// The time of the call, such as 2026-11-26T12:00:00Z; now if not given
    #[cfg_attr(feature = "clap", arg(long, value_name = "TIME"))]
    pub at: Option<String>,
    /// What else is known of the call, such as aws:SourceIp=192.0.2.1; a trust policy that asks for what is not known does not admit the token
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY=VALUE"))]
    #[serde(default)]
    pub context: Vec<String>,
    /// A list of identity providers, in place of DoiT's
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub providers: Option<String>,
    /// A decision record, whose decision is to be made again
    #[cfg_attr(
        feature = "clap",
        arg(long, value_name = "RECORD", conflicts_with_all = ["claims", "provider", "engineer", "case", "duration", "at", "context"])
    )]
    pub replay: Option<String>,
}

/// The default duration of a session, in seconds.
const HOUR: i64 = 3600;

const fn hour() -> i64 {
    HOUR
}

/// A role whose trust policy is looked at.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct TrustArgs {
    /// The role: a folder, a file, or `-`; or a trust policy alone
    #[cfg_attr(feature = "clap", arg(value_name = "ROLE"))]
    pub snapshot: String,
    /// Which session
    #[cfg_attr(feature = "clap", command(flatten))]
    #[serde(default)]
    pub session: SessionFlags,
    /// What else is known of the call, such as aws:SourceIp=192.0.2.1; what is not known may be anything
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY=VALUE"))]
    #[serde(default)]
    pub context: Vec<String>,
    /// A list of identity providers, in place of DoiT's
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub providers: Option<String>,
    /// The time of the call, such as 2026-11-26T12:00:00Z; now if not given
    #[cfg_attr(feature = "clap", arg(long, value_name = "TIME"))]
    pub at: Option<String>,
    /// The claims of one token, or `-`: the answer is about this token
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub claims: Option<String>,
    /// The identity provider of the token: its issuer or its ARN; the claim `iss` if not given
    #[cfg_attr(feature = "clap", arg(long, value_name = "ISSUER", requires = "claims"))]
    pub provider: Option<String>,
    /// The name of the session that the token asks for; `session` if not given
    #[cfg_attr(feature = "clap", arg(long, value_name = "NAME", requires = "claims"))]
    pub session_name: Option<String>,
}

/// The roles of an account.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct RolesArgs {
    /// The output of `aws iam get-account-authorization-details`, or `-`
    #[cfg_attr(feature = "clap", arg(value_name = "FILE"))]
    pub file: String,
    /// Print one role as the files of a folder
    #[cfg_attr(feature = "clap", arg(long, value_name = "NAME"))]
    pub role: Option<String>,
}

/// Policies of somebody who installs.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct PreflightArgs {
    /// Identity policies, or `-`
    #[cfg_attr(feature = "clap", arg(required = true, value_name = "POLICY"))]
    pub policies: Vec<String>,
    /// The account into which the roles are installed
    #[cfg_attr(feature = "clap", arg(long, value_name = "ACCOUNT"))]
    pub account: String,
    /// The steps of another installation
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub steps: Option<String>,
}

/// A resource that DoiT shall not touch.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct RestrictArgs {
    /// The resource
    #[cfg_attr(feature = "clap", arg(value_name = "RESOURCE-ARN"))]
    pub resource: String,
    /// The account that owns it, if its ARN does not say
    #[cfg_attr(feature = "clap", arg(long, value_name = "ACCOUNT"))]
    pub account: Option<String>,
    /// The policy that it has, or `-`
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub policy: Option<String>,
    /// The key of the tag that DoiT's sessions have
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY", default_value = TAG))]
    #[serde(default = "tag")]
    pub tag: String,
}

/// The tag that DoiT's sessions have.
const TAG: &str = "DoitEnvironment";

fn tag() -> String {
    TAG.to_owned()
}
