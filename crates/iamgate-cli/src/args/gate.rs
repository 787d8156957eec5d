//! What is asked before a session, and about it.

use clap::{ArgGroup, Args, ValueEnum};

use super::{AnswerFormat, SessionFlags};

pub(super) const PLAN_HELP: &str = "Examples:
  iamgate plan policies/doit/support-gateway --claims policies/doit/example-claims.json --engineer ana@doit.com --case 4711
  iamgate plan ROLE --claims claims.json --engineer ana --case 4711 --format sts > call.json
  iamgate plan ROLE --replay record.json

The claims are those of the token, decoded, one JSON object; signature, issuer and expiry are for the caller to verify. A plan exists only if \
the promise of the profile is proven for the sessions of this role, the trust policy admits the token, and STS would take the call.

--format json prints the decision record: canonical JSON with the hash of every input. --replay makes the decision of a record again, and \
says whether it is the same, byte for byte.

Exit codes: 0 planned, or the same decision; 1 refused, or another decision; 2 no answer.";

/// A session that is asked for.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["claims", "replay"]))]
pub(crate) struct Plan {
    /// The role: a folder, a file, or `-`
    #[arg(value_name = "ROLE")]
    pub(crate) snapshot: String,
    #[command(flatten)]
    pub(crate) session: SessionFlags,
    /// The claims of the verified token, or `-`
    #[arg(long, value_name = "FILE", requires = "engineer", requires = "case")]
    pub(crate) claims: Option<String>,
    /// The identity provider of the token: its issuer or its ARN; the claim `iss` if not given
    #[arg(long, value_name = "ISSUER")]
    pub(crate) provider: Option<String>,
    /// Who works with the session; part of its name
    #[arg(long, value_name = "NAME")]
    pub(crate) engineer: Option<String>,
    /// The support case that it is for; part of its name
    #[arg(long, value_name = "CASE")]
    pub(crate) case: Option<String>,
    /// How long it lasts
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub(crate) duration: i64,
    /// The time of the call, such as 2026-11-26T12:00:00Z; now if not given
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// What else is known of the call, such as aws:SourceIp=192.0.2.1; a trust policy that asks for what is not known does not admit the token
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) context: Vec<String>,
    /// A list of identity providers, in place of DoiT's
    #[arg(long, value_name = "FILE")]
    pub(crate) providers: Option<String>,
    /// A decision record, whose decision is to be made again
    #[arg(long, value_name = "RECORD", conflicts_with_all = ["claims", "provider", "engineer", "case", "duration", "at", "context"])]
    pub(crate) replay: Option<String>,
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

pub(super) const TRUST_HELP: &str = "Examples:
  iamgate trust policies/doit/support-gateway
  iamgate trust account.json --role DoiT-Support-Gateway --format json

Tokens as DoiT's identity providers send them, and tokens that differ in one thing each, are put to the trust policy as STS would put them. \
Each finding names a caller that shows it.

Exit codes: 0 DoiT's tokens are admitted and nobody is whom the profile refuses, 1 otherwise, 2 no answer.";

/// A role whose trust policy is looked at.
#[derive(Debug, Args)]
pub(crate) struct Trust {
    /// The role: a folder, a file, or `-`
    #[arg(value_name = "ROLE")]
    pub(crate) snapshot: String,
    #[command(flatten)]
    pub(crate) session: SessionFlags,
    /// What else is known of the call, such as aws:SourceIp=192.0.2.1; a trust policy that asks for what is not known does not admit the token
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) context: Vec<String>,
    /// A list of identity providers, in place of DoiT's
    #[arg(long, value_name = "FILE")]
    pub(crate) providers: Option<String>,
    /// The time of the call, such as 2026-11-26T12:00:00Z; now if not given
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(crate) format: AnswerFormat,
}

pub(super) const PREFLIGHT_HELP: &str = "Examples:
  iamgate preflight policies/doit/installer-permissions.json --account 111122223333
  iamgate preflight mine.json team.json --account 111122223333

Every call of an installation is put to the policies, which are taken together. The placeholder CUSTOMER_AWS_ACCOUNT_ID in them stands for the \
account.

Exit codes: 0 every step is allowed, 1 some are not, 2 no answer.";

/// Policies of somebody who installs.
#[derive(Debug, Args)]
pub(crate) struct Preflight {
    /// Identity policies, or `-`
    #[arg(required = true, value_name = "POLICY")]
    pub(crate) policies: Vec<String>,
    /// The account into which the roles are installed
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: String,
    /// The steps of another installation
    #[arg(long, value_name = "FILE")]
    pub(crate) steps: Option<String>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(crate) format: AnswerFormat,
}

pub(super) const RESTRICT_HELP: &str = "Examples:
  iamgate restrict arn:aws:s3:::payroll --account 111122223333
  iamgate restrict arn:aws:sqs:eu-west-1:111122223333:orders
  iamgate restrict arn:aws:s3:::payroll --account 111122223333 --policy bucket-policy.json > new.json

Prints the policy for the resource: the one given and the statement, or the statement alone. Proven for every request: it denies each \
session that has the tag, and changes nothing for anybody without it. Buckets and objects of S3, keys of KMS, secrets, queues of SQS, topics of SNS, \
tables of DynamoDB and repositories of ECR have such policies.

Exit codes: 0 written and proven, 1 not proven, 2 no answer.";

/// A resource that DoiT shall not touch.
#[derive(Debug, Args)]
pub(crate) struct Restrict {
    /// The resource
    #[arg(value_name = "RESOURCE-ARN")]
    pub(crate) resource: String,
    /// The account that owns it, if its ARN does not say
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// The policy that it has, or `-`
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<String>,
    /// The key of the tag that DoiT's sessions have
    #[arg(long, value_name = "KEY", default_value = "DoitEnvironment")]
    pub(crate) tag: String,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(crate) format: AnswerFormat,
}

/// The profiles there are.
#[derive(Debug, Args)]
pub(crate) struct Profiles {
    /// A folder of profiles, in place of those that are built in
    #[arg(long = "profiles", value_name = "DIR")]
    pub(crate) folder: Option<String>,
    /// A folder of AWS managed policies with MANIFEST.json, in place of those that are built in
    #[arg(long, value_name = "DIR")]
    pub(crate) managed: Option<String>,
    /// How the list is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(crate) format: AnswerFormat,
}
