//! `iamgate preflight`: whether policies suffice to install DoiT's support roles.

use std::fmt::Write as _;
use std::sync::Arc;

use iamgate::StepCheck;
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};
use serde::Serialize;

use crate::args::{AnswerFormat, Preflight};
use crate::exit::Exit;
use crate::input::{self, Source};
use crate::load;
use crate::prove::refuse;
use crate::screen::{BAD, DIM, GOOD, SOSO, Screen, json, paint, plural};
use crate::tame::shown;
use crate::trouble::Trouble;

/// What stands for the account in the policy of DoiT's page.
const PLACEHOLDER: &str = "CUSTOMER_AWS_ACCOUNT_ID";

pub(crate) fn run(args: &Preflight, screen: &mut Screen) -> Exit {
    match show(args, screen) {
        Ok(exit) => exit,
        Err(trouble) => refuse(&trouble, "iamgate/preflight", args.format, screen),
    }
}

fn show(args: &Preflight, screen: &mut Screen) -> Result<Exit, Trouble> {
    let details = load::details()?;
    let installation = load::installation(args.steps.as_deref(), &args.account)?;
    let policies: Vec<Arc<Policy>> =
        args.policies.iter().map(|path| policy(path, &args.account)).collect::<Result<_, _>>()?;
    let steps = installation.check(&policies, &args.account, &details);
    screen.data(&match args.format {
        AnswerFormat::Human => human(&steps),
        AnswerFormat::Json => json(&PreflightJson::new(&steps)),
    });
    Ok(if steps.iter().all(|step| step.decision.is_allowed()) { Exit::Yes } else { Exit::No })
}

fn policy(path: &str, account: &str) -> Result<Arc<Policy>, Trouble> {
    let limits = Limits::default();
    let Source { name, text } = input::read(path, limits.document_bytes, "one document")?;
    let text = text.replace(PLACEHOLDER, account);
    match Policy::parse(&text, PolicyKind::Identity, Mode::Deployed, &limits) {
        Ok(policy) => Ok(Arc::new(policy)),
        Err(report) => Err(Trouble::document(Source { name, text }, report)),
    }
}

fn human(steps: &[StepCheck<'_>]) -> String {
    let missing: Vec<&StepCheck<'_>> = steps.iter().filter(|step| !step.decision.is_allowed()).collect();
    let calls = plural(steps.len(), "call", "calls");
    if missing.is_empty() {
        return format!("{}: all {calls} of the installation are allowed.\n", paint(GOOD, "Enough"));
    }
    let mut text = format!(
        "{}: {} of {calls} of the installation are not allowed.\n",
        paint(BAD, "Not enough"),
        missing.len()
    );
    for check in missing {
        let style = if check.decision == iamgate::iam_eval::Decision::Depends { SOSO } else { BAD };
        let on =
            if &*check.step.resource == "*" { String::new() } else { format!(" on {}", check.step.resource) };
        let _ = writeln!(
            text,
            "\n{}{on}  {}",
            paint(style, check.step.action.as_str()),
            paint(DIM, &check.step.why)
        );
        for (key, value) in &check.step.context {
            let _ = writeln!(text, "  with {key} = {value}");
        }
        for reason in &check.reasons {
            let _ = writeln!(text, "  {}", shown(reason));
        }
    }
    text
}

#[derive(Serialize)]
struct PreflightJson {
    schema: &'static str,
    version: u32,
    suffices: bool,
    steps: Vec<StepJson>,
}

#[derive(Serialize)]
struct StepJson {
    action: String,
    resource: String,
    why: String,
    decision: &'static str,
    reasons: Vec<String>,
}

impl PreflightJson {
    fn new(checks: &[StepCheck<'_>]) -> Self {
        let step = |check: &StepCheck<'_>| StepJson {
            action: check.step.action.as_str().to_owned(),
            resource: check.step.resource.to_string(),
            why: check.step.why.to_string(),
            decision: check.decision.name(),
            reasons: check.reasons.clone(),
        };
        Self {
            schema: "iamgate/preflight",
            version: 1,
            suffices: checks.iter().all(|check| check.decision.is_allowed()),
            steps: checks.iter().map(step).collect(),
        }
    }
}
