//! awsim-iam-policy.

use std::collections::HashMap;

use awsim_iam_policy::{
    AuthzRequest, ContextValue, Decision, EvalContext, PolicyDocument, evaluate, parse_value,
};

use crate::engines::Ready;
use crate::work::{ACCOUNT, USER, Value, Work};

struct Awsim {
    identity: Vec<PolicyDocument>,
    session: Option<PolicyDocument>,
    asks: Vec<(String, String, HashMap<String, ContextValue>)>,
}

impl Ready for Awsim {
    fn allows(&self, ask: usize) -> bool {
        let (action, resource, context) = &self.asks[ask];
        let request = AuthzRequest {
            principal_arn: USER,
            principal_account: ACCOUNT,
            action,
            resource_arn: resource,
            context,
        };
        let policies = EvalContext {
            identity_policies: &self.identity,
            session_policy: self.session.as_ref(),
            ..EvalContext::default()
        };
        evaluate(&request, &policies) == Decision::Allow
    }
}

/// Reads a policy again: `awsim_iam_policy::parse` would keep every text that it has read.
pub fn read(text: &str) -> Result<PolicyDocument, String> {
    let value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    parse_value(&value).map_err(|e| e.to_string())
}

pub(super) fn prepare(work: &Work) -> Option<Box<dyn Ready>> {
    if work.alone.is_some() {
        return None;
    }
    let read = |text: &String| read(text).unwrap_or_else(|e| panic!("{}: {e}", work.name));
    let asks = work.asks.iter().map(|ask| {
        let context = ask.context.iter().map(|(key, value)| {
            let value = match value {
                Value::One(value) => ContextValue::String((*value).to_owned()),
                Value::Many(values) => {
                    ContextValue::StringList(values.iter().map(|v| (*v).to_owned()).collect())
                }
            };
            ((*key).to_owned(), value)
        });
        (ask.action.clone(), ask.resource.clone(), context.collect())
    });
    Some(Box::new(Awsim {
        identity: work.identity.iter().map(read).collect(),
        session: session(work.session.iter().map(read)),
        asks: asks.collect(),
    }))
}

/// One session policy with the statements of several, which has the same meaning. The engine takes only one.
fn session(policies: impl Iterator<Item = PolicyDocument>) -> Option<PolicyDocument> {
    policies.reduce(|mut all, policy| {
        all.statements.extend(policy.statements);
        all
    })
}
