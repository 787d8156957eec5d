//! The questions: arguments of a command line with the feature `clap`, members of a JSON object with serde. A member with a default may be left
//! out. An unknown member is refused.

#[cfg(feature = "audit")]
mod audit;
mod gate;
mod policies;
mod profiles;
mod proofs;
mod question;
#[cfg(feature = "record")]
mod record;

#[cfg(feature = "clap")]
use clap::{Args, ValueEnum};
use iamgate::iam_policy::Mode;
use serde::Deserialize;

#[cfg(feature = "audit")]
pub use audit::AuditArgs;
pub use gate::{PlanArgs, PreflightArgs, RestrictArgs, RolesArgs, TrustArgs};
pub use policies::{CheckArgs, DiffArgs, FailOn, ShrinkArgs};
pub use profiles::{BuildProfileArgs, ProfilesArgs, ReviewProfilesArgs};
pub use proofs::{EffectiveArgs, Granting, NoPublicArgs, NotGrantedArgs, ReadOnlyArgs};
pub use question::{CouldArgs, PolicyFlags, QuestionArgs, RequestFlags, ResourceKindFlag, WhyArgs};
#[cfg(feature = "record")]
pub use record::{CheckRecordsArgs, SignRecordArgs};

/// A role and a session profile.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct PreviewArgs {
    /// The role: a folder, a file, or `-`
    #[cfg_attr(feature = "clap", arg(value_name = "ROLE"))]
    pub snapshot: String,
    /// Which session
    #[cfg_attr(feature = "clap", command(flatten))]
    #[serde(default)]
    pub session: SessionFlags,
    /// A tag that the session has, as KEY=VALUE; KEY alone if it has none of that key. Tags that are not said may have any value, or be absent
    #[cfg_attr(feature = "clap", arg(long, value_name = "KEY=VALUE"))]
    #[serde(default)]
    pub for_tag: Vec<String>,
    /// Say what changed since another state of the role: a folder or a file
    #[cfg_attr(feature = "clap", arg(long, value_name = "ROLE", group = "before"))]
    pub before_role: Option<String>,
    /// Say what changed since another profile
    #[cfg_attr(feature = "clap", arg(long, value_name = "NAME", group = "before"))]
    pub before_profile: Option<String>,
    /// Say what changed since another catalogue of actions
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE", group = "before"))]
    pub before_catalogue: Option<String>,
}

impl PreviewArgs {
    /// Whether it asks what changed since another state.
    pub const fn compares(&self) -> bool {
        self.before_role.is_some() || self.before_profile.is_some() || self.before_catalogue.is_some()
    }
}

/// Which session of a role.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct SessionFlags {
    /// The session profile
    #[cfg_attr(feature = "clap", arg(long, value_name = "NAME", default_value = STANDARD))]
    #[serde(default = "standard")]
    pub profile: String,
    /// A folder of profiles, in place of those that are built in
    #[cfg_attr(feature = "clap", arg(long, value_name = "DIR"))]
    pub profiles: Option<String>,
    /// A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
    #[cfg_attr(feature = "clap", arg(long, value_name = "DIR"))]
    pub managed: Option<String>,
    /// The account that the profile is filled in for, if not the role's
    #[cfg_attr(feature = "clap", arg(long, value_name = "ACCOUNT"))]
    pub account: Option<String>,
    /// The role's name or ARN, if the file has several
    #[cfg_attr(feature = "clap", arg(long, value_name = "NAME"))]
    pub role: Option<String>,
}

/// The default profile.
const STANDARD: &str = "standard";

fn standard() -> String {
    STANDARD.to_owned()
}

impl Default for SessionFlags {
    fn default() -> Self {
        Self { profile: standard(), profiles: None, managed: None, account: None, role: None }
    }
}

/// How policies are read.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum ReadMode {
    /// What AWS or Access Analyzer refuses is refused.
    Strict,
    /// Only what has no defined meaning is refused.
    Deployed,
}

impl ReadMode {
    const fn strict() -> Self {
        Self::Strict
    }

    const fn deployed() -> Self {
        Self::Deployed
    }
}

impl From<ReadMode> for Mode {
    fn from(mode: ReadMode) -> Self {
        match mode {
            ReadMode::Strict => Self::Strict,
            ReadMode::Deployed => Self::Deployed,
        }
    }
}
