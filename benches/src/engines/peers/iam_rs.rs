//! iam-rs.

use iam_rs::{
    Arn, Context, ContextValue, Decision, EvaluationOptions, IAMPolicy, IAMRequest, PolicyEvaluator,
    Principal, PrincipalId,
};

use crate::engines::Ready;
use crate::work::{Ask, USER, Value, Work};

struct IamRs {
    /// The identity policies, and the session policies if there are any.
    sides: Vec<PolicyEvaluator>,
    asks: Vec<IAMRequest>,
}

impl Ready for IamRs {
    fn allows(&self, ask: usize) -> bool {
        let allowed = |side: &PolicyEvaluator| {
            let result = side.evaluate(&self.asks[ask]);
            result.expect("an answer").decision == Decision::Allow
        };
        self.sides.iter().all(allowed)
    }
}

pub(super) fn prepare(work: &Work) -> Option<Box<dyn Ready>> {
    if work.alone.is_some() {
        return None;
    }
    let read = |text: &String| -> IAMPolicy {
        serde_json::from_str(text).unwrap_or_else(|e| panic!("{}: {e}", work.name))
    };
    // By default the engine refuses more than 1,000 statements.
    let options = EvaluationOptions { max_statements: usize::MAX, ..EvaluationOptions::default() };
    let side = |texts: &[String]| {
        PolicyEvaluator::with_policies(texts.iter().map(read).collect()).with_options(options.clone())
    };
    let mut sides = vec![side(&work.identity)];
    if !work.session.is_empty() {
        sides.push(side(&work.session));
    }
    Some(Box::new(IamRs { sides, asks: work.asks.iter().map(request).collect() }))
}

fn request(ask: &Ask) -> IAMRequest {
    let mut context = Context::new();
    for (key, value) in &ask.context {
        let value = match value {
            Value::One(value) => ContextValue::String((*value).to_owned()),
            Value::Many(values) => ContextValue::StringList(values.iter().map(|v| (*v).to_owned()).collect()),
        };
        context.insert((*key).to_owned(), value);
    }
    let resource = Arn::parse(&ask.resource).unwrap_or_else(|e| panic!("{}: {e:?}", ask.resource));
    let principal = Principal::Aws(PrincipalId::String(USER.to_owned()));
    IAMRequest::new_with_context(principal, &*ask.action, resource, context)
}
