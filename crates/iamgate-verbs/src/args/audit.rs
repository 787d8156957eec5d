//! Questions about what sessions did.

#[cfg(feature = "clap")]
use clap::Args;
use serde::Deserialize;

/// Sessions that are held against their plans.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct AuditArgs {
    /// The role: a folder, a file, or `-`
    #[cfg_attr(feature = "clap", arg(value_name = "ROLE"))]
    pub snapshot: String,
    /// A file with the decision records of sessions, one in each line; a session of DoiT without one is a finding
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE", num_args = 1..))]
    #[serde(default)]
    pub record: Vec<String>,
    /// Records of CloudTrail: files, folders, or `-`
    #[cfg_attr(feature = "clap", arg(long, value_name = "PATH", num_args = 1.., required = true))]
    pub events: Vec<String>,
    /// The time up to which the records were asked for, such as 2026-11-26T12:00:00Z
    #[cfg_attr(feature = "clap", arg(long, value_name = "TIME"))]
    pub until: Option<String>,
    /// The Regions of which the trail has records
    #[cfg_attr(feature = "clap", arg(long, value_name = "REGION", num_args = 1.., value_delimiter = ','))]
    #[serde(default)]
    pub region: Vec<String>,
    /// The folder of the profiles, in place of the built-in ones
    #[cfg_attr(feature = "clap", arg(long, value_name = "FOLDER"))]
    pub profiles: Option<String>,
    /// The folder of the AWS managed policies, in place of the built-in ones
    #[cfg_attr(feature = "clap", arg(long, value_name = "FOLDER"))]
    pub managed: Option<String>,
    /// A list of identity providers, in place of DoiT's
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub providers: Option<String>,
}
