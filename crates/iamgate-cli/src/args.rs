//! The command line.

mod gate;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum, value_parser};
use clap_complete::Shell;
use iamgate::iam_policy::{Level, Mode, PolicyKind};

use gate::{PLAN_HELP, PREFLIGHT_HELP, RESTRICT_HELP, TRUST_HELP};
pub(crate) use gate::{Plan, PlanFormat, Preflight, Profiles, Restrict, Trust};

const EXIT_CODES: &str = "Exit codes:
  0   yes: allowed, nothing to report, all passed
  1   no: denied, findings, failures
  2   no answer: wrong usage, input that cannot be read or used, nothing found
  3   it depends on a condition key whose value is not known
  70  a bug in iamgate

Data goes to stdout, everything else to stderr; `-` is stdin. iamgate never uses the network.";

/// Reads, checks and evaluates AWS IAM policies: what would this request get, and why?
#[derive(Debug, Parser)]
#[command(name = "iamgate", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Whether output is coloured; NO_COLOR and CLICOLOR_FORCE are honoured
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Show what DoiT could do with a role under a session profile
    #[command(after_help = PREVIEW_HELP)]
    Preview(Preview),
    /// Plan a session: the exact call of STS, or why there is none
    #[command(after_help = PLAN_HELP)]
    Plan(Plan),
    /// Say whom the trust policy of a role lets in
    #[command(after_help = TRUST_HELP)]
    Trust(Trust),
    /// Say whether policies suffice to install DoiT's support roles
    #[command(after_help = PREFLIGHT_HELP)]
    Preflight(Preflight),
    /// Write a statement for a resource's policy that keeps DoiT's sessions out
    #[command(after_help = RESTRICT_HELP)]
    Restrict(Restrict),
    /// List the session profiles, and whether each keeps its own promise
    Profiles(Profiles),
    /// Prove that something is never allowed, for every request
    #[command(subcommand, after_help = PROVE_HELP)]
    Prove(Prove),
    /// Write what a role and a session profile allow together as one policy
    #[command(after_help = EFFECTIVE_HELP)]
    Effective(Effective),
    /// Write a shorter policy that allows the same, or little more
    #[command(after_help = SHRINK_HELP)]
    Shrink(Shrink),
    /// Say what one policy allows that another does not
    #[command(after_help = DIFF_HELP)]
    Diff(Diff),
    /// Say whether a request is allowed
    #[command(after_help = QUESTION_HELP)]
    Eval(Question),
    /// Say whether a request is allowed and why, statement by statement
    #[command(after_help = QUESTION_HELP)]
    Explain(Question),
    /// Look for mistakes in policy documents
    #[command(after_help = CHECK_HELP)]
    Check(Check),
    /// Put the engine to test vectors: those that are built in, or the files named
    Conformance(Conformance),
    /// Print a completion script for a shell
    Completions {
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page (roff)
    Man,
}

const PREVIEW_HELP: &str = "Examples:
  iamgate preview policies/doit/support-gateway --profile standard
  aws iam get-account-authorization-details > account.json
  iamgate preview account.json --role DoiT-Support-Gateway --profile narrow --format markdown
  iamgate preview ROLE --for-tag DoitEnvironment=999999999999
  iamgate preview ROLE --profile standard --before-profile narrow

ROLE is a folder (role.json, trust.json, inline/*.json, managed-arns.json, managed/*.json, boundary.json), or the output of \
`aws iam get-account-authorization-details`. Profiles and AWS managed policies \
are built in; --profiles and --managed name other folders, and the last line of the preview says so.

An action counts as possible under both if some request gets it through role, boundary and session: that is proven, action by action. \
What the role or the session allow alone is counted statement by statement, and is an upper bound.

With --before-..., only what changed is printed: actions that became possible, that no longer are, and that are in another way.

Exit codes: 0 the profile's promise holds, 1 something survives that it keeps out, 2 no answer. With --before-...: 0 nothing became possible, 1 \
something did.";

/// A role and a session profile.
#[derive(Debug, Args)]
pub(crate) struct Preview {
    /// The role: a folder, a file, or `-`
    #[arg(value_name = "ROLE")]
    pub(crate) snapshot: String,
    #[command(flatten)]
    pub(crate) session: SessionFlags,
    /// A tag that the session has, as KEY=VALUE; KEY alone if it has none of that key. Tags that are not said may have any value, or be absent
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) for_tag: Vec<String>,
    /// Say what changed since another state of the role: a folder or a file
    #[arg(long, value_name = "ROLE", group = "before")]
    pub(crate) before_role: Option<String>,
    /// Say what changed since another profile
    #[arg(long, value_name = "NAME", group = "before")]
    pub(crate) before_profile: Option<String>,
    /// Say what changed since another catalogue of actions
    #[arg(long, value_name = "FILE", group = "before")]
    pub(crate) before_catalogue: Option<String>,
    /// Every service and every action, not only the first ones
    #[arg(long)]
    pub(crate) full: bool,
    /// How the preview is printed
    #[arg(long, value_enum, default_value_t = PreviewFormat::Human)]
    pub(crate) format: PreviewFormat,
}

/// Which session of a role.
#[derive(Clone, Debug, Args)]
pub(crate) struct SessionFlags {
    /// The session profile
    #[arg(long, value_name = "NAME", default_value = "standard")]
    pub(crate) profile: String,
    /// A folder of profiles, in place of those that are built in
    #[arg(long, value_name = "DIR")]
    pub(crate) profiles: Option<String>,
    /// A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
    #[arg(long, value_name = "DIR")]
    pub(crate) managed: Option<String>,
    /// The account that the profile is filled in for, if not the role's
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// The role's name, if the file has several
    #[arg(long, value_name = "NAME")]
    pub(crate) role: Option<String>,
}

const PROVE_HELP: &str = "Examples:
  iamgate prove read-only policies/doit/support-gateway --profile standard
  iamgate prove read-only --any-role --profile narrow
  iamgate prove not-granted policy.json --action s3:PutObject --action 'kms:*'
  iamgate prove no-public bucket.json --owner 111122223333 --organization o-exampleorgid

A proof is about every request: any resource, any value of any condition key, and any name that AWS may give an action tomorrow. What \
is not proven is shown by one request, which `iamgate explain` takes as it is printed with --format json.

Exit codes: 0 proven, 1 broken by a request, 2 not known, or no answer.";

/// What is to be proven.
#[derive(Debug, Subcommand)]
pub(crate) enum Prove {
    /// No session of a role under a profile can do anything that the profile does not promise
    ReadOnly(ReadOnly),
    /// Policies never allow some actions
    NotGranted(NotGranted),
    /// A resource policy lets nobody in from outside
    NoPublic(NoPublic),
}

/// The promise of a profile.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("of").required(true).args(["snapshot", "any_role"]))]
pub(crate) struct ReadOnly {
    /// The role: a folder, a file, or `-`
    #[arg(value_name = "ROLE")]
    pub(crate) snapshot: Option<String>,
    /// Whatever the role allows
    #[arg(long)]
    pub(crate) any_role: bool,
    #[command(flatten)]
    pub(crate) session: SessionFlags,
    /// What is assumed of resource policies that are not given: that there are none, that none names the session itself or everyone, or
    /// nothing, so that only a Deny keeps an action out
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = Granting::NotTheSession)]
    pub(crate) resource_policies: Granting,
    /// A condition key that every request has with this value, such as aws:PrincipalTag/DoitEnvironment=111122223333
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) context: Vec<String>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(crate) format: AnswerFormat,
}

/// Who may be let in.
#[derive(Debug, Args)]
pub(crate) struct NoPublic {
    /// A resource-based policy, or `-`
    #[arg(value_name = "POLICY")]
    pub(crate) policy: String,
    /// The account that owns the resource
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) owner: String,
    /// Another account that belongs in
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) trust: Vec<String>,
    /// An organization that belongs in, such as o-exampleorgid
    #[arg(long, value_name = "ORGANIZATION")]
    pub(crate) organization: Vec<String>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(crate) format: AnswerFormat,
}

/// Resource policies that a proof has to reckon with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Granting {
    None,
    NotTheSession,
    Any,
}

/// Actions that must not be granted.
#[derive(Debug, Args)]
pub(crate) struct NotGranted {
    /// Identity policies, which are taken together; or `-`
    #[arg(required = true, value_name = "POLICY")]
    pub(crate) policies: Vec<String>,
    /// An action, or a pattern of actions
    #[arg(long, required = true, value_name = "ACTION")]
    pub(crate) action: Vec<String>,
    /// A pattern of resources; any if not given
    #[arg(long, value_name = "ARN")]
    pub(crate) resource: Vec<String>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(crate) format: AnswerFormat,
}

const EFFECTIVE_HELP: &str = "Examples:
  iamgate effective policies/doit/support-gateway --profile narrow
  iamgate effective policies/doit/support-gateway --context aws:PrincipalTag/DoitEnvironment=123456789012

Prints one identity policy that allows what the role, its boundary and the session policies allow together. What is known of condition \
keys is put in; what is left is \"allowed only if\". The policy is compared with the layers in both directions, for every request, and \
stderr says whether it is exactly equal.

Exit codes: 0 exactly equal, 1 it allows less, 2 not known, or no answer.";

/// A session as one policy.
#[derive(Debug, Args)]
pub(crate) struct Effective {
    /// The role: a folder, a file, or `-`
    #[arg(value_name = "ROLE")]
    pub(crate) snapshot: String,
    #[command(flatten)]
    pub(crate) session: SessionFlags,
    /// A condition key that every request has with this value
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) context: Vec<String>,
    /// A condition key that no request has
    #[arg(long, value_name = "KEY")]
    pub(crate) absent: Vec<String>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(crate) format: AnswerFormat,
}

const SHRINK_HELP: &str = "Examples:
  iamgate shrink policy.json --fit 2048
  iamgate shrink policy.json --fit 6144 --format json

Prints a policy of at most that many characters that allows all that the given one allows. It is equal if that can be; else stderr says \
what it adds. Both are proven, for every request. Resources, conditions and Denies are never changed.

Exit codes: 0 it fits and is equal, 1 it fits and adds something, 2 it does not fit, or no answer.";

/// A policy that is too long.
#[derive(Debug, Args)]
pub(crate) struct Shrink {
    /// An identity policy, or `-`
    #[arg(value_name = "POLICY")]
    pub(crate) policy: String,
    /// The most characters, white space included: 2048 for the session policies of a session, 6144 for a managed policy
    #[arg(long, value_name = "CHARACTERS", default_value_t = 2048)]
    pub(crate) fit: usize,
    /// How policies are read: strict refuses what AWS or Access Analyzer refuses, deployed only what has no defined meaning
    #[arg(long, value_enum, default_value_t = ReadMode::Deployed)]
    pub(crate) mode: ReadMode,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(crate) format: AnswerFormat,
}

const DIFF_HELP: &str = "Examples:
  iamgate diff old.json new.json
  iamgate diff old.json new.json --closed

Says what NEW allows that OLD does not, and the reverse, over every request. Each answer has a request that shows it.

Exit codes: 0 NEW allows nothing that OLD does not, 1 it does, 2 not known, or no answer.";

/// Two policies side by side.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The identity policy before, or `-`
    #[arg(value_name = "OLD")]
    pub(crate) old: String,
    /// The identity policy after
    #[arg(value_name = "NEW")]
    pub(crate) new: String,
    /// Only actions of the catalogue, not every name that an action may get
    #[arg(long)]
    pub(crate) closed: bool,
    /// How policies are read: strict refuses what AWS or Access Analyzer refuses, deployed only what has no defined meaning
    #[arg(long, value_enum, default_value_t = ReadMode::Deployed)]
    pub(crate) mode: ReadMode,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(crate) format: AnswerFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PreviewFormat {
    Human,
    Json,
    Markdown,
}

const QUESTION_HELP: &str = "Examples:
  iamgate explain case.json
  iamgate eval --principal arn:aws:sts::111122223333:assumed-role/Support/ana --action s3:GetObject \\
    --resource arn:aws:s3:::bucket/key --identity role.json --session session.json
  iamgate eval --batch cases.jsonl
  iamgate eval --batch requests.jsonl --identity role.json --session session.json

A case file holds one object with the members `request` and `policies`, as test vectors do.

Nothing is derived from the principal: give aws:PrincipalArn and the like with --context. A key that is neither given nor named \
by --unknown is absent. Without --resource-account, the account in the resource's ARN owns it, or else the principal's own. Trust \
and key policies are recognised: a role with an action sts:AssumeRole*, a key of KMS.

Exit codes: 0 allowed, 1 denied, 2 no answer, 3 depends on an unknown key. With --batch: 0 if every line was answered, else 2.";

/// A request and the policies it meets.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("question").required(true).args(["case", "batch", "action"]))]
pub(crate) struct Question {
    /// A case file, or `-`
    #[arg(value_name = "CASE", conflicts_with_all = FLAGS)]
    pub(crate) case: Option<String>,
    /// Answer a case per line of this file, or of `-`: one line of JSON out for each line in, in order. With policies
    /// given by flags a line holds only a request
    #[arg(long, value_name = "FILE", conflicts_with_all = REQUEST_FLAGS)]
    pub(crate) batch: Option<String>,
    /// On how many cores the lines are answered; all by default
    #[arg(long, value_name = "N", requires = "batch", value_parser = value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// How policies are read: strict refuses what AWS or Access Analyzer refuses, deployed only what has no defined meaning
    #[arg(long, value_enum, default_value_t = ReadMode::Deployed)]
    pub(crate) mode: ReadMode,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human, conflicts_with = "batch")]
    pub(crate) format: AnswerFormat,
    #[command(flatten)]
    pub(crate) request: RequestFlags,
    #[command(flatten)]
    pub(crate) policies: PolicyFlags,
}

/// The flags that stand in place of a case.
const FLAGS: [&str; 17] = [
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
    "resource_policy",
    "vpc_endpoint",
    "scp",
    "rcp",
];

/// Those of them that stand in place of a request; those of policies can stand before a stream.
const REQUEST_FLAGS: [&str; 10] = {
    let [a, b, c, d, e, f, g, h, i, j, ..] = FLAGS;
    [a, b, c, d, e, f, g, h, i, j]
};

#[derive(Debug, Args)]
#[command(next_help_heading = "Request")]
pub(crate) struct RequestFlags {
    /// The action, such as s3:GetObject
    #[arg(long, requires = "principal", requires = "resource")]
    pub(crate) action: Option<String>,
    /// Who asks: ARN of a user, role session, federated user, root user or identity provider; a service's
    /// name; or `anonymous`
    #[arg(long, value_name = "ARN", requires = "action")]
    pub(crate) principal: Option<String>,
    /// The ARN of the role of a session, if the role has a path
    #[arg(long, value_name = "ARN", requires = "action")]
    pub(crate) role_arn: Option<String>,
    /// The ARN of the user who made a federated user
    #[arg(long, value_name = "ARN", requires = "action")]
    pub(crate) user_arn: Option<String>,
    /// The role is service-linked
    #[arg(long, requires = "action")]
    pub(crate) service_linked: bool,
    /// The resource's ARN, or `*` for an action that has none
    #[arg(long, value_name = "ARN", requires = "action")]
    pub(crate) resource: Option<String>,
    /// The account that owns the resource
    #[arg(long, value_name = "ACCOUNT", requires = "action")]
    pub(crate) resource_account: Option<String>,
    /// What the resource is, if that is not to be recognised
    #[arg(long, value_enum, value_name = "KIND", requires = "action")]
    pub(crate) resource_kind: Option<Kind>,
    /// A condition key and its value. KEY=[...] is a list in JSON and makes the key multivalued
    #[arg(long, value_name = "KEY=VALUE", requires = "action")]
    pub(crate) context: Vec<String>,
    /// A condition key whose value is not known
    #[arg(long, value_name = "KEY", requires = "action")]
    pub(crate) unknown: Vec<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Policies")]
pub(crate) struct PolicyFlags {
    /// The principal's identity policies
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) identity: Vec<String>,
    /// The permissions boundary
    #[arg(long, value_name = "FILE")]
    pub(crate) boundary: Option<String>,
    /// The session policies
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) session: Vec<String>,
    /// The policy of the resource
    #[arg(long, value_name = "FILE")]
    pub(crate) resource_policy: Option<String>,
    /// The policies of the VPC endpoint
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) vpc_endpoint: Vec<String>,
    /// One level of service control policies; repeat from the root down to the account
    #[arg(long, value_name = "FILE[,FILE...]")]
    pub(crate) scp: Vec<String>,
    /// One level of resource control policies; repeat from the root down to the account
    #[arg(long, value_name = "FILE[,FILE...]")]
    pub(crate) rcp: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Kind {
    Generic,
    IamRoleTrust,
    KmsKey,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    Human,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ReadMode {
    Strict,
    Deployed,
}

impl From<ReadMode> for Mode {
    fn from(mode: ReadMode) -> Self {
        match mode {
            ReadMode::Strict => Self::Strict,
            ReadMode::Deployed => Self::Deployed,
        }
    }
}

const CHECK_HELP: &str = "Examples:
  iamgate check policy.json
  iamgate check 'policies/**/*.json' --format github
  iamgate check --kind session - < policy.json

In a folder, every file *.json counts, except hidden ones, those that .gitignore names, and JSON that is plainly something else \
(without Statement and Version). A file that is named is always checked.

Without --kind, a policy that names principals is taken for a trust policy if it has no Resource and is about sts:AssumeRole*, or \
else for a resource policy; one that names none is taken for an identity policy.

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 a document was refused or could not be read, or none was found.";

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files, folders, globs such as 'policies/**/*.json', or `-`
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// What kind of policy the documents are
    #[arg(long, value_parser = kinds())]
    pub(crate) kind: Option<PolicyKind>,
    /// How documents are read: strict refuses what AWS or Access Analyzer refuses, deployed only what has no defined meaning
    #[arg(long, value_enum, default_value_t = ReadMode::Strict)]
    pub(crate) mode: ReadMode,
    /// The least serious finding that makes the exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::SecurityWarning, value_name = "LEVEL")]
    pub(crate) fail_on: FailOn,
    /// How findings are printed: json has those of IAM Access Analyzer's form, jsonl the same per file
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub(crate) format: CheckFormat,
}

fn kinds() -> impl TypedValueParser<Value = PolicyKind> {
    let names = PolicyKind::ALL.map(PolicyKind::name);
    PossibleValuesParser::new(names).try_map(|name| PolicyKind::from_name(&name).ok_or("no such kind"))
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FailOn {
    Error,
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

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum CheckFormat {
    Human,
    Json,
    Jsonl,
    Sarif,
    Github,
}

#[derive(Debug, Args)]
pub(crate) struct Conformance {
    /// Vector files, or `-`
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// How the score is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(crate) format: AnswerFormat,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
