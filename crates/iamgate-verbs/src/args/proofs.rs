//! Questions about every request.

#[cfg(feature = "clap")]
use clap::{ArgGroup, Args, ValueEnum};
use serde::Deserialize;

use super::SessionFlags;

/// The promise of a profile.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[cfg_attr(feature = "clap", command(group = ArgGroup::new("of").required(true).args(["snapshot", "any_role"])))]
#[serde(deny_unknown_fields)]
pub struct ReadOnlyArgs {
    /// The role: a folder, a file, or `-`
    #[cfg_attr(feature = "clap", arg(value_name = "ROLE"))]
    pub snapshot: Option<String>,
    /// Whatever the role allows
    #[cfg_attr(feature = "clap", arg(long))]
    #[serde(default)]
    pub any_role: bool,
    /// Which session
    #[cfg_attr(feature = "clap", command(flatten))]
    #[serde(default)]
    pub session: SessionFlags,
    /// What is assumed of resource policies that are not given: that there are none, that none names the session itself or everyone, or
    /// nothing, so that only a Deny keeps an action out
    #[cfg_attr(
        feature = "clap",
        arg(long, value_enum, value_name = "WHICH", default_value_t = Granting::NotTheSession)
    )]
    #[serde(default)]
    pub resource_policies: Granting,
    /// A condition key that every request has with this value, such as aws:PrincipalTag/DoitEnvironment=111122223333
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY=VALUE"))]
    #[serde(default)]
    pub context: Vec<String>,
}

/// Resource policies that a proof has to reckon with.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(ValueEnum))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the flag explains them, and clap would print it again")]
pub enum Granting {
    None,
    #[default]
    NotTheSession,
    Any,
}

/// Who may be let in.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct NoPublicArgs {
    /// A resource-based policy, or `-`
    #[cfg_attr(feature = "clap", arg(value_name = "POLICY"))]
    pub policy: String,
    /// The account that owns the resource
    #[cfg_attr(feature = "clap", arg(long, value_name = "ACCOUNT"))]
    pub owner: String,
    /// Another account that belongs in
    #[cfg_attr(feature = "clap", arg(long, value_name = "ACCOUNT"))]
    #[serde(default)]
    pub trust: Vec<String>,
    /// An organization that belongs in, such as o-exampleorgid
    #[cfg_attr(feature = "clap", arg(long, value_name = "ORGANIZATION"))]
    #[serde(default)]
    pub organization: Vec<String>,
}

/// Actions that must not be granted.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct NotGrantedArgs {
    /// Identity policies, which are taken together; or `-`
    #[cfg_attr(feature = "clap", arg(required = true, value_name = "POLICY"))]
    pub policies: Vec<String>,
    /// An action, or a pattern of actions
    #[cfg_attr(feature = "clap", arg(long, required = true, value_name = "ACTION"))]
    pub action: Vec<String>,
    /// A pattern of resources; any if not given
    #[cfg_attr(feature = "clap", arg(long, value_name = "ARN"))]
    #[serde(default)]
    pub resource: Vec<String>,
}

/// A session as one policy.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct EffectiveArgs {
    /// The role: a folder, a file, or `-`
    #[cfg_attr(feature = "clap", arg(value_name = "ROLE"))]
    pub snapshot: String,
    /// Which session
    #[cfg_attr(feature = "clap", command(flatten))]
    #[serde(default)]
    pub session: SessionFlags,
    /// A condition key that every request has with this value
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY=VALUE"))]
    #[serde(default)]
    pub context: Vec<String>,
    /// A condition key that no request has
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY"))]
    #[serde(default)]
    pub absent: Vec<String>,
}
