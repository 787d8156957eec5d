//! Checks whether somebody's policies allow the installation of DoiT's support roles, and says why each missing permission is missing.

use std::sync::Arc;

use iam_catalog::Details;
use iam_eval::{
    Action, Context, ContextValue, Decision, Layers, Principal, Request, ResourceKind, action_matches,
};
use iam_json::quoted;
use iam_json::{Form, Kind, Value};
use iam_policy::{Effect, IamResource, Limits, Policy, ResourceElement, Statement, code};

use crate::filled;
use crate::input::{File, InputError};
use crate::schema::DocumentSchema;

/// The calls of an installation.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use iamgate::built_in;
/// use iamgate::iam_catalog::Details;
/// use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};
///
/// let account = "111122223333";
/// let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}"#;
/// let mine = Policy::parse(text, PolicyKind::Identity, Mode::Deployed, &Limits::default())?;
/// let checks = built_in::installation(account)?.check(&[Arc::new(mine)], account, &Details::embedded()?);
/// for check in checks.iter().filter(|check| !check.decision.is_allowed()) {
///     println!("{}: {}", check.step.action.as_str(), check.reasons.join("; "));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Installation {
    /// Its steps, in order.
    pub steps: Vec<Step>,
}

/// A call of an installation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Step {
    /// The action.
    pub action: Action,
    /// The resource: an ARN, or `*` for an action that has none.
    pub resource: Box<str>,
    /// The purpose of the call.
    pub why: Box<str>,
    /// Known condition keys of the call, with their values.
    pub context: Vec<(Box<str>, Box<str>)>,
}

/// A step with its decision.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StepCheck {
    /// The step.
    pub step: Step,
    /// The decision of the policies.
    pub decision: Decision,
    /// The reasons why it is not allowed, as sentences without a full stop. Empty if it is allowed.
    pub reasons: Vec<String>,
}

impl Installation {
    /// Reads the steps of an installation into an account. `policies/doit/installation.json` has such steps.
    ///
    /// # Errors
    /// `account` is not an account id, or a member is missing, unknown or wrong.
    pub fn load(file: &File, account: &str, limits: &Limits) -> Result<Self, InputError> {
        filled::read(file, account, limits, steps).map(|steps| Self { steps })
    }

    /// Decides every step under the policies of the installer.
    ///
    /// A condition key that the step does not give is unknown. So a policy with conditions may leave a step undecided.
    pub fn check(&self, policies: &[Arc<Policy>], account: &str, details: &Details<'_>) -> Vec<StepCheck> {
        let mut layers = Layers::new();
        layers.identity = policies.to_vec();
        let principal = Principal::IamUser {
            arn: IamResource::User("installer").arn("aws", account).into(),
            account: account.into(),
        };
        let mut context = Context::new();
        for key in policies.iter().flat_map(|policy| policy.asked_keys()) {
            if context.value(key).is_none() {
                context.set(key, ContextValue::Unknown);
            }
        }
        let check = |step: &Step| {
            let Step { action, resource, .. } = step;
            let mut context = context.clone();
            for (key, value) in &step.context {
                context.set(key.clone(), ContextValue::single(value.clone()));
            }
            // Only the installer's own policies are asked here.
            let request = Request::new(principal.clone(), action.clone(), resource.clone())
                .on(ResourceKind::Generic)
                .owned_by(account)
                .with_context(context);
            let decision = layers.decide(&request);
            let reasons =
                if decision.is_allowed() { Vec::new() } else { reasons(step, decision, policies, details) };
            StepCheck { step: step.clone(), decision, reasons }
        };
        self.steps.iter().map(check).collect()
    }
}

/// The reasons why a step is not allowed.
fn reasons(step: &Step, decision: Decision, policies: &[Arc<Policy>], details: &Details<'_>) -> Vec<String> {
    let name = step.action.as_str();
    let is_about = |statement: &Statement| {
        let named = statement.action.patterns().iter().any(|pattern| action_matches(&pattern.value, name));
        named != statement.action.is_not()
    };
    let wanted = if decision == Decision::ExplicitDeny { Effect::Deny } else { Effect::Allow };
    let mut reasons = Vec::new();
    for (at, policy) in policies.iter().enumerate() {
        for (number, statement) in policy.statements.iter().enumerate() {
            if statement.effect.value != wanted || !is_about(statement) {
                continue;
            }
            let sid = statement.sid.as_ref().map(|sid| format!(" ({})", sid.value)).unwrap_or_default();
            let place =
                format!("statement {}{sid} of policy {}", number.saturating_add(1), at.saturating_add(1));
            if wanted == Effect::Deny {
                reasons.push(format!("{place} denies it"));
            } else if let Some(resources) = too_narrow(statement, &step.resource) {
                let takes_none =
                    details.action(name).is_some_and(|action| action.resources().next().is_none());
                reasons.push(if takes_none {
                    format!("{place} allows it on {resources}, but the action takes no resource: only \"*\" grants it")
                } else {
                    format!("{place} allows it on {resources}, and not on {}", step.resource)
                });
            } else {
                // What a variable stands for is a condition, too.
                let mut keys: Vec<&str> = Vec::new();
                for key in statement.asked_keys() {
                    if !keys.contains(&key) {
                        keys.push(key);
                    }
                }
                reasons.push(format!("{place} allows it under conditions on {}", keys.join(", ")));
            }
        }
    }
    if reasons.is_empty() {
        reasons.push("no statement allows it".to_owned());
    }
    reasons
}

/// The resources of a statement, described for people; `None` if the statement includes this resource.
fn too_narrow(statement: &Statement, resource: &str) -> Option<String> {
    let (patterns, is_not) = match &statement.resource {
        Some(ResourceElement::Resource(patterns)) => (patterns, false),
        Some(ResourceElement::NotResource(patterns)) => (patterns, true),
        None => return None,
    };
    // Only `*` matches a request without a resource (rule 3.6).
    let matches = |pattern: &iam_policy::Pattern| {
        pattern.is_any()
            || (resource != "*" && iam_eval::matches(pattern, resource, iam_eval::LetterCase::Sensitive))
    };
    if patterns.iter().any(|pattern| matches(pattern.value.pattern())) != is_not {
        return None;
    }
    let texts: Vec<String> =
        patterns.iter().map(|pattern| pattern.value.pattern().text().to_owned()).collect();
    Some(if is_not { format!("all but {}", texts.join(", ")) } else { texts.join(", ") })
}

fn steps(form: &mut Form, root: Value<'_>) -> Option<Vec<Step>> {
    let [schema, version, steps, ..] =
        form.members(root, ["schema", "version", "steps", "parameters", "about"], 3)?;
    DocumentSchema::Installation.expect(form, root, schema, version)?;
    let list = steps?;
    if list.kind() != Kind::Array || list.items().next().is_none() {
        form.report(code::INVALID_MEMBER, list, list.kind().name(), "a list of at least one step");
    }
    list.items().map(|item| step(form, item)).collect()
}

fn step(form: &mut Form, item: Value<'_>) -> Option<Step> {
    let [action, resource, why, context] = form.members(item, ["action", "resource", "why", "context"], 3)?;
    let mut known = Vec::new();
    for member in context.into_iter().flat_map(Value::members) {
        known.push((member.key.string().into(), form.text(member.value, "the value of a condition key")?));
    }
    let action = action?;
    let name = form.text(action, "an action, such as iam:CreateRole")?;
    let Some(name) = Action::new(&name) else {
        form.report(code::INVALID_MEMBER, action, quoted(&name), "an action, such as iam:CreateRole");
        return None;
    };
    Some(Step {
        action: name,
        resource: form.text(resource?, "an ARN, or *")?,
        why: form.text(why?, "what it is for")?,
        context: known,
    })
}
