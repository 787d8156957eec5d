//! Questions about session profiles.

#[cfg(feature = "clap")]
use clap::Args;
use serde::Deserialize;

/// The profiles there are.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct ProfilesArgs {
    /// A folder of profiles, in place of those that are built in
    #[cfg_attr(feature = "clap", arg(long = "profiles", value_name = "DIR"))]
    #[serde(rename = "profiles")]
    pub folder: Option<String>,
    /// A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
    #[cfg_attr(feature = "clap", arg(long, value_name = "DIR"))]
    pub managed: Option<String>,
}

/// A profile whose guard is written.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct BuildProfileArgs {
    /// The profile: its name, or the path of its file
    #[cfg_attr(feature = "clap", arg(value_name = "PROFILE"))]
    pub profile: String,
    /// A folder of profiles, in place of those that are built in
    #[cfg_attr(feature = "clap", arg(long, value_name = "DIR"))]
    pub profiles: Option<String>,
    /// A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
    #[cfg_attr(feature = "clap", arg(long, value_name = "DIR"))]
    pub managed: Option<String>,
    /// The role, a folder: an action that it has is ten times as dear as another; DoiT's support role if not given
    #[cfg_attr(feature = "clap", arg(long, value_name = "DIR", conflicts_with = "any_role"))]
    pub role: Option<String>,
    /// Whatever the role allows: all actions are equally dear
    #[cfg_attr(feature = "clap", arg(long))]
    #[serde(default)]
    pub any_role: bool,
    /// Actions that must not be denied, such as ec2:Describe*
    #[cfg_attr(feature = "clap", arg(long, value_name = "PATTERN"))]
    #[serde(default)]
    pub keep: Vec<String>,
    /// How many characters inline policy and ARNs may have, if not what the profile says
    #[cfg_attr(feature = "clap", arg(long, value_name = "CHARACTERS"))]
    pub budget: Option<usize>,
}

/// Versions of managed policies that are compared.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct ReviewProfilesArgs {
    /// The profile: its name, or the path of its file; all profiles if not given
    #[cfg_attr(feature = "clap", arg(value_name = "PROFILE"))]
    pub profile: Option<String>,
    /// The folder of the new versions, with MANIFEST.json
    #[cfg_attr(feature = "clap", arg(long, value_name = "DIR"))]
    pub managed: String,
    /// The folder of the versions that they are compared with, in place of those that are built in
    #[cfg_attr(feature = "clap", arg(long, value_name = "DIR"))]
    pub before: Option<String>,
    /// A folder of profiles, in place of those that are built in
    #[cfg_attr(feature = "clap", arg(long, value_name = "DIR"))]
    pub profiles: Option<String>,
}
