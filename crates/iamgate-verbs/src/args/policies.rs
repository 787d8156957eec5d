//! Questions about policies.

#[cfg(feature = "clap")]
use clap::{Args, ValueEnum};
use iamgate::iam_policy::{Level, PolicyKind};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::ReadMode;

/// Documents to look for mistakes in.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct CheckArgs {
    /// Files, folders, globs such as 'policies/**/*.json', or `-`
    #[cfg_attr(feature = "clap", arg(required_unless_present_any = ["list_rules", "explain"], value_name = "PATH"))]
    pub paths: Vec<String>,
    /// What kind of policy the documents are
    #[cfg_attr(feature = "clap", arg(long, value_parser = kinds()))]
    #[serde(default, deserialize_with = "kind")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub kind: Option<PolicyKind>,
    /// How documents are read: strict refuses what AWS or Access Analyzer refuses, deployed only what has no defined meaning
    #[cfg_attr(feature = "clap", arg(long, value_enum, default_value_t = ReadMode::Strict))]
    #[serde(default = "ReadMode::strict")]
    pub mode: ReadMode,
    /// Leave out files that have no policy, also those that are named; finding none is no error
    #[cfg_attr(feature = "clap", arg(long))]
    #[serde(default)]
    pub skip_others: bool,
    /// The least serious finding that makes the exit code 1; security-warning if nothing says otherwise
    #[cfg_attr(feature = "clap", arg(long, value_enum, value_name = "LEVEL"))]
    #[serde(default)]
    pub fail_on: Option<FailOn>,
    /// Report only findings of these codes, whatever the configuration selects and ignores; ALL for all
    #[cfg_attr(feature = "clap", arg(long, value_name = "CODE", value_delimiter = ','))]
    #[serde(default)]
    pub select: Vec<String>,
    /// Do not report findings of these codes
    #[cfg_attr(feature = "clap", arg(long, value_name = "CODE", value_delimiter = ','))]
    #[serde(default)]
    pub ignore: Vec<String>,
}

#[cfg(feature = "clap")]
fn kinds() -> impl clap::builder::TypedValueParser<Value = PolicyKind> {
    use clap::builder::{PossibleValuesParser, TypedValueParser as _};
    let names = PolicyKind::ALL.map(PolicyKind::name);
    PossibleValuesParser::new(names).try_map(|name| PolicyKind::from_name(&name).ok_or("no such kind"))
}

fn kind<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PolicyKind>, D::Error> {
    let Some(name) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let names = || PolicyKind::ALL.map(PolicyKind::name).join(", ");
    let unknown = || D::Error::custom(format!("no kind of policy `{name}`; there are {}", names()));
    PolicyKind::from_name(&name).map(Some).ok_or_else(unknown)
}

/// How serious a finding is.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(ValueEnum))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the levels are those of Access Analyzer")]
pub enum FailOn {
    Error,
    #[default]
    SecurityWarning,
    Warning,
    Suggestion,
}

impl From<FailOn> for Level {
    fn from(level: FailOn) -> Self {
        match level {
            FailOn::Error => Self::Error,
            FailOn::SecurityWarning => Self::SecurityWarning,
            FailOn::Warning => Self::Warning,
            FailOn::Suggestion => Self::Suggestion,
        }
    }
}

/// Two documents of one kind side by side.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct DiffArgs {
    /// The document before: a policy of whatever kind, a role (a folder or an output), a folder of policies, or `-`
    #[cfg_attr(feature = "clap", arg(value_name = "OLD"))]
    pub old: String,
    /// The document after
    #[cfg_attr(feature = "clap", arg(value_name = "NEW"))]
    pub new: String,
    /// What kind of policies they are, if they do not say: they look alike to those of principals (scp), or of resources (rcp, vpc_endpoint)
    #[cfg_attr(feature = "clap", arg(long, value_parser = kinds()))]
    #[serde(default, deserialize_with = "kind")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub kind: Option<PolicyKind>,
    /// The account that owns the resource, or the role whose trust policy it is
    #[cfg_attr(feature = "clap", arg(long, value_name = "ACCOUNT"))]
    #[serde(default)]
    pub owner: Option<String>,
    /// The role's name or ARN, if an output has several
    #[cfg_attr(feature = "clap", arg(long, value_name = "NAME"))]
    #[serde(default)]
    pub role: Option<String>,
    /// A folder of AWS managed policies with MANIFEST.json, for roles that have them
    #[cfg_attr(feature = "clap", arg(long, value_name = "DIR"))]
    #[serde(default)]
    pub managed: Option<String>,
    /// Only actions of the catalogue, not every name that an action may get
    #[cfg_attr(feature = "clap", arg(long))]
    #[serde(default)]
    pub closed: bool,
    /// How policies are read: strict refuses what AWS or Access Analyzer refuses, deployed only what has no defined meaning
    #[cfg_attr(feature = "clap", arg(long, value_enum, default_value_t = ReadMode::Deployed))]
    #[serde(default = "ReadMode::deployed")]
    pub mode: ReadMode,
}

/// A policy that is too long.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "clap", derive(Args))]
#[serde(deny_unknown_fields)]
pub struct ShrinkArgs {
    /// A policy of whatever kind, or `-`
    #[cfg_attr(feature = "clap", arg(value_name = "POLICY"))]
    pub policy: String,
    /// What kind of policy it is, if it does not say: scp looks like a policy of principals; rcp and vpc_endpoint, like one of resources
    #[cfg_attr(feature = "clap", arg(long, value_parser = kinds()))]
    #[serde(default, deserialize_with = "kind")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub kind: Option<PolicyKind>,
    /// The account that owns the resource, or the role whose trust policy it is
    #[cfg_attr(feature = "clap", arg(long, value_name = "ACCOUNT"))]
    #[serde(default)]
    pub owner: Option<String>,
    /// The most characters, white space included: 2048 for the session policies of a session, 6144 for a managed policy. If not given, 2048 for
    /// policies of principals, and for the others AWS's quota of the kind
    #[cfg_attr(feature = "clap", arg(long, value_name = "CHARACTERS"))]
    #[serde(default)]
    pub fit: Option<usize>,
    /// Let the shorter policy of a principal allow more than the given one, if it does not fit otherwise, and list what is added
    #[cfg_attr(feature = "clap", arg(long))]
    #[serde(default)]
    pub may_add: bool,
    /// How policies are read: strict refuses what AWS or Access Analyzer refuses, deployed only what has no defined meaning
    #[cfg_attr(feature = "clap", arg(long, value_enum, default_value_t = ReadMode::Deployed))]
    #[serde(default = "ReadMode::deployed")]
    pub mode: ReadMode,
}
