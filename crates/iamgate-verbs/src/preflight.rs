//! `iamgate preflight`: whether policies allow the installation of DoiT's support roles.

use std::sync::Arc;

use iamgate::StepCheck;
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::PreflightArgs;
use crate::dates::DataDates;
use crate::given::Given;
use crate::json;
use crate::load;
use crate::trouble::Trouble;
use crate::world::{DUMP_BYTES, World};

/// The placeholder for the account in the policy on DoiT's help page.
const PLACEHOLDER: &str = "CUSTOMER_AWS_ACCOUNT_ID";

/// The answer to the question whether policies allow the installation of DoiT's roles.
#[derive(Debug)]
#[non_exhaustive]
pub struct PreflightAnswer {
    /// The calls of the installation, and whether each is allowed.
    pub steps: Vec<StepCheck>,
    /// The days of the data.
    pub dates: DataDates,
}

/// Decides every call of an installation under the given policies.
///
/// # Errors
/// A policy or the steps cannot be read.
pub fn preflight(args: &PreflightArgs, world: &dyn World) -> Result<PreflightAnswer, Trouble> {
    let details = world.built_in().details()?;
    let installation = load::installation(world, args.steps.as_deref(), &args.account)?;
    let policy = |path: &String| policy(world, path, &args.account);
    let policies: Vec<Arc<Policy>> = args.policies.iter().map(policy).collect::<Result<_, _>>()?;
    let steps = installation.check(&policies, &args.account, details);
    Ok(PreflightAnswer { steps, dates: DataDates::default().with_details(details) })
}

fn policy(world: &dyn World, path: &str, account: &str) -> Result<Arc<Policy>, Trouble> {
    let limits = Limits::default();
    let mut file = world.read(path, DUMP_BYTES, "one document")?;
    file.text = file.text.replace(PLACEHOLDER, account);
    let given = Given::of(file, PolicyKind::Identity)?;
    given.policy(PolicyKind::Identity, Mode::Deployed, &limits).map(Arc::new)
}

impl Answer for PreflightAnswer {
    fn to_json(&self) -> String {
        json::indented(&PreflightJson::new(&self.steps, &self.dates))
    }

    fn exit(&self) -> Exit {
        Exit::when(self.steps.iter().all(|step| step.decision.is_allowed()))
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PreflightJson {
    schema: AnswerSchema,
    version: u32,
    data: DataDates,
    suffices: bool,
    steps: Vec<StepJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct StepJson {
    action: String,
    resource: String,
    why: String,
    decision: &'static str,
    reasons: Vec<String>,
}

impl PreflightJson {
    fn new(checks: &[StepCheck], dates: &DataDates) -> Self {
        let step = |check: &StepCheck| StepJson {
            action: check.step.action.as_str().to_owned(),
            resource: check.step.resource.to_string(),
            why: check.step.why.to_string(),
            decision: check.decision.name(),
            reasons: check.reasons.clone(),
        };
        Self {
            schema: AnswerSchema::Preflight,
            version: 1,
            data: dates.clone(),
            suffices: checks.iter().all(|check| check.decision.is_allowed()),
            steps: checks.iter().map(step).collect(),
        }
    }
}
