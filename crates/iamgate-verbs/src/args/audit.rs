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
    /// The public key of the broker: the decision records have to be a chain that is signed with it
    #[cfg(feature = "record")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "PUBLIC-KEY", num_args = 1.., requires = "record"))]
    #[serde(default)]
    pub record_key: Vec<String>,
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
    /// The public keys of CloudTrail: the output of `aws cloudtrail list-public-keys`. With them, digest files among the records are validated
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE", num_args = 1..))]
    #[serde(default)]
    pub keys: Vec<String>,
    /// The name of the trail, if the digest files are of several
    #[cfg_attr(feature = "clap", arg(long, value_name = "NAME"))]
    pub trail: Option<String>,
    /// Which calls the trail records: the output of `aws cloudtrail get-event-selectors`
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub selectors: Option<String>,
    /// Also judge each call under another profile, its name or its path: would it have allowed what the sessions did?
    #[cfg_attr(feature = "clap", arg(long, value_name = "PROFILE"))]
    pub profile: Option<String>,
    /// Also judge each call with the managed policies of another folder: those that AWS has now. With --profile, under that profile; without it, under that of the sessions
    #[cfg_attr(feature = "clap", arg(long, value_name = "FOLDER"))]
    pub managed_now: Option<String>,
    /// Also write the smallest profile that allows what the sessions used and nothing beyond their own profile, as far as that is proven
    #[cfg_attr(feature = "clap", arg(long))]
    #[serde(default)]
    pub used: bool,
    /// Allow each used action only on the resources on which it was used; without it, reads are allowed on every resource
    #[cfg_attr(feature = "clap", arg(long, requires = "used"))]
    #[serde(default)]
    pub used_resources: bool,
    /// Write the profile also if there are fewer than 20 sessions with calls, or 14 days, or not everything is known of the sessions
    #[cfg_attr(feature = "clap", arg(long, requires = "used"))]
    #[serde(default)]
    pub used_anyway: bool,
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
