//! The command line: the questions of [`iamgate_verbs`], and the formats of their answers.

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum, value_parser};
use clap_complete::Shell;
use iamgate_verbs::{
    AuditArgs, BuildProfileArgs, CheckArgs, CheckRecordsArgs, CouldArgs, DiffArgs, EffectiveArgs,
    NoPublicArgs, NotGrantedArgs, PlanArgs, PreflightArgs, PreviewArgs, ProfilesArgs, QuestionArgs,
    ReadOnlyArgs, RestrictArgs, ReviewProfilesArgs, RolesArgs, ShrinkArgs, SignRecordArgs, TrustArgs,
    WhyArgs,
};

mod help;

use help::{
    AUDIT_HELP, BUILD_HELP, CHECK_HELP, COULD_HELP, DIFF_HELP, EFFECTIVE_HELP, EXIT_CODES, PLAN_HELP,
    PREFLIGHT_HELP, PREVIEW_HELP, PROFILES_HELP, PROVE_HELP, QUESTION_HELP, RECORD_SIGN_HELP,
    RECORD_VERIFY_HELP, RESTRICT_HELP, REVIEW_HELP, ROLES_HELP, SHRINK_HELP, TRUST_HELP, WHY_HELP,
};

/// Reads, checks and evaluates AWS IAM policies: what would this request get, and why?
#[derive(Debug, Parser)]
#[command(name = "iamgate", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Whether output is coloured; NO_COLOR and CLICOLOR_FORCE are honoured
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Follow symbolic links that leave the folder they are in; without it they are refused
    #[arg(long, global = true)]
    pub(crate) follow_links: bool,
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
    /// Check a file of signed decision records, or sign one
    #[command(subcommand)]
    Record(Record),
    /// Hold what sessions did, by the records of CloudTrail, against their plans
    #[command(after_help = AUDIT_HELP)]
    Audit(Audit),
    /// Say whom the trust policy of a role lets in
    #[command(after_help = TRUST_HELP)]
    Trust(Plain<TrustArgs>),
    /// List the roles of an account, or print one of them as the files of a folder
    #[command(after_help = ROLES_HELP)]
    Roles(Plain<RolesArgs>),
    /// Say whether policies suffice to install DoiT's support roles
    #[command(after_help = PREFLIGHT_HELP)]
    Preflight(Plain<PreflightArgs>),
    /// Write a statement for a resource's policy that keeps DoiT's sessions out
    #[command(after_help = RESTRICT_HELP)]
    Restrict(Plain<RestrictArgs>),
    /// List the session profiles, and whether each keeps its own promise; or write a guard, or review managed policies
    #[command(after_help = PROFILES_HELP)]
    Profiles(Profiles),
    /// Prove that something is never allowed, for every request
    #[command(subcommand, after_help = PROVE_HELP)]
    Prove(Prove),
    /// Write what a role and a session profile allow together as one policy
    #[command(after_help = EFFECTIVE_HELP)]
    Effective(Plain<EffectiveArgs>),
    /// Write a shorter policy that allows the same
    #[command(after_help = SHRINK_HELP)]
    Shrink(Plain<ShrinkArgs>),
    /// Say what one policy allows that another does not
    #[command(after_help = DIFF_HELP)]
    Diff(Plain<DiffArgs>),
    /// Say whether a session of a role could do something
    #[command(after_help = COULD_HELP)]
    Could(Plain<CouldArgs>),
    /// Explain messages that access is denied: what AWS says, and what the policies at hand say to it
    #[command(after_help = WHY_HELP)]
    Why(Plain<WhyArgs>),
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
    Conformance(Plain<ConformanceArgs>),
    /// Print a completion script for a shell
    Completions {
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page (roff)
    Man,
}

/// A question whose answer is for people or for programs.
#[derive(Debug, Args)]
pub(crate) struct Plain<A: Args> {
    #[command(flatten)]
    pub(crate) args: A,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(crate) format: AnswerFormat,
}

/// Sessions that are held against their plans.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    pub(crate) args: AuditArgs,
    /// With --used: write the profile to a file; one that exists is overwritten only if it has this very profile
    #[arg(long, value_name = "FILE", requires = "used")]
    pub(crate) write: Option<String>,
    /// Draw when the sessions made their calls, as SVG; a file that exists is overwritten only if it is such a picture
    #[arg(long, value_name = "FILE")]
    pub(crate) timeline: Option<String>,
    /// How the answer is printed: jsonl has a line for each session, kind of call and finding, markdown is for a ticket
    #[arg(long, value_enum, default_value_t = AuditFormat::Human)]
    pub(crate) format: AuditFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum AuditFormat {
    Human,
    Json,
    Jsonl,
    Markdown,
    Sarif,
}

/// A role and a session profile.
#[derive(Debug, Args)]
pub(crate) struct Preview {
    #[command(flatten)]
    pub(crate) args: PreviewArgs,
    /// Every service and every action, not only the first ones
    #[arg(long)]
    pub(crate) full: bool,
    /// How the preview is printed
    #[arg(long, value_enum, default_value_t = PreviewFormat::Human)]
    pub(crate) format: PreviewFormat,
}

/// The session profiles.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Profiles {
    #[command(flatten)]
    pub(crate) list: Plain<ProfilesArgs>,
    #[command(subcommand)]
    pub(crate) verb: Option<ProfilesVerb>,
}

/// What is to be done with profiles, besides listing them.
#[derive(Debug, Subcommand)]
pub(crate) enum ProfilesVerb {
    /// Write the guard of a profile from its promise, or say by how much it cannot fit
    #[command(after_help = BUILD_HELP)]
    Build(BuildProfile),
    /// Say what new versions of managed policies add, and whether the promises hold with them
    #[command(after_help = REVIEW_HELP)]
    Review(Plain<ReviewProfilesArgs>),
}

/// A profile whose guard is written.
#[derive(Debug, Args)]
pub(crate) struct BuildProfile {
    #[command(flatten)]
    pub(crate) args: BuildProfileArgs,
    /// Write the profile with the guard to a file; one that exists is overwritten only if it has this very profile
    #[arg(long, value_name = "FILE")]
    pub(crate) write: Option<String>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(crate) format: AnswerFormat,
}

/// What is to be done with decision records.
#[derive(Debug, Subcommand)]
pub(crate) enum Record {
    /// Say whether a file of signed records is intact, and where it is not
    #[command(after_help = RECORD_VERIFY_HELP)]
    Verify(Plain<CheckRecordsArgs>),
    /// Sign a record with a key in a file, and print its line
    #[command(after_help = RECORD_SIGN_HELP)]
    Sign(SignRecordArgs),
}

/// What is to be proven.
#[derive(Debug, Subcommand)]
pub(crate) enum Prove {
    /// No session of a role under a profile can do anything that the profile does not promise
    ReadOnly(Plain<ReadOnlyArgs>),
    /// Policies never allow some actions
    NotGranted(Plain<NotGrantedArgs>),
    /// A resource policy lets nobody in from outside
    NoPublic(Plain<NoPublicArgs>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PreviewFormat {
    Human,
    Json,
    Markdown,
}

/// A session that is asked for.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) args: PlanArgs,
    /// How the plan is printed: for people, as decision record, or as the parameters of the call of STS
    #[arg(long, value_enum, default_value_t = PlanFormat::Human)]
    pub(crate) format: PlanFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    Human,
    Json,
    Sts,
}

/// A request and the policies it meets, or a stream of them.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("question").required(true).args(["case", "batch", "action"]))]
pub(crate) struct Question {
    #[command(flatten)]
    pub(crate) args: QuestionArgs,
    /// Answer a case per line of this file, or of `-`: one line of JSON out for each line in, in order. With policies
    /// given by flags a line holds only a request
    #[arg(long, value_name = "FILE", conflicts_with_all = REQUEST_FLAGS)]
    pub(crate) batch: Option<String>,
    /// On how many cores the lines are answered; all by default
    #[arg(long, value_name = "N", requires = "batch", value_parser = value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human, conflicts_with = "batch")]
    pub(crate) format: AnswerFormat,
}

/// The flags that can replace a request. The flags of policies can also be given with a stream.
const REQUEST_FLAGS: [&str; 10] = [
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
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    Human,
    Json,
}

/// Documents to look for mistakes in.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) args: CheckArgs,
    /// How findings are printed: json has those of IAM Access Analyzer's form, jsonl the same per file
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub(crate) format: CheckFormat,
    /// The configuration; without it, iamgate.toml is looked for from the first path upwards
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub(crate) config: Option<String>,
    /// Look for no configuration
    #[arg(long)]
    pub(crate) isolated: bool,
    /// Report only findings that are not in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<String>,
    /// Write the findings to this file, as baseline for later runs; one that exists is overwritten only if it is a baseline
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    pub(crate) write_baseline: Option<String>,
    #[command(flatten)]
    pub(crate) mends: Mends,
    /// List the rules with their levels and whether they have fixes, and check nothing
    #[arg(long)]
    pub(crate) list_rules: bool,
    /// Say what a code means, with an example, and check nothing
    #[arg(long, value_name = "CODE")]
    pub(crate) explain: Option<String>,
}

/// What is to be done about findings that can be mended.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("mends").multiple(true)))]
pub(crate) struct Mends {
    /// Mend what can be mended so that the policies decide as before, and write the files
    #[arg(long, group = "mends")]
    pub(crate) fix: bool,
    /// Show as a unified diff what would be mended, and write nothing; with the baseline's findings, and in no other format
    #[arg(long, group = "mends", conflicts_with_all = ["format", "baseline", "write_baseline"])]
    pub(crate) diff: bool,
    /// With --fix or --diff: mend also what makes the policies decide as the findings say
    #[arg(long = "unsafe", requires = "mends")]
    pub(crate) all: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum CheckFormat {
    Human,
    Json,
    Jsonl,
    Sarif,
    Github,
    Gitlab,
    Junit,
}

/// Test vectors to run.
#[derive(Debug, Args)]
pub(crate) struct ConformanceArgs {
    /// Vector files, or `-`
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<String>,
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
