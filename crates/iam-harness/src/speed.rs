//! The cost of a decision, natively and in WebAssembly: every action of the catalogue with two policies of AWS.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use iam_catalog::Catalog;
use iam_eval::{Action, Context, ContextValue, Layers, Request};
use iam_policy::{Limits, Mode, Policy, PolicyKind};

/// The role's policy and the session's policy.
const POLICIES: [&str; 2] = [
    include_str!("../../../policies/aws-managed/SecurityAudit.json"),
    include_str!("../../../policies/aws-managed/ReadOnlyAccess.json"),
];

/// How often all requests are decided. The fastest round counts.
const ROUNDS: usize = 20;

/// Measures the nanoseconds of a decision.
pub(crate) fn run() -> Result<String, String> {
    let catalog = Catalog::embedded().map_err(|error| error.to_string())?;
    let read = |text: &str| {
        let policy = Policy::parse(text, PolicyKind::Managed, Mode::Deployed, &Limits::default());
        policy.map(Arc::new).map_err(|report| report.to_string())
    };
    let [role, session] = POLICIES.map(read);
    let mut layers = Layers::new();
    layers.identity.push(role?);
    layers.session = Some(vec![session?]);
    let program = layers.compile();
    let account = "111122223333";
    let principal = iam_engines::session("aws", "Role");
    let request = |name: &str| {
        let mut context = Context::new();
        context.set("aws:PrincipalTag/DoitEnvironment", ContextValue::single(account));
        let resource = format!("arn:aws:{}:eu-west-1:{account}:thing/one", name.split(':').next()?);
        Some(Request::new(principal.clone(), Action::new(name)?, resource).with_context(context))
    };
    let requests: Vec<Request> = catalog.actions().filter_map(|a| request(&a.to_string())).collect();
    let mut best = f64::MAX;
    let mut allowed = 0_usize;
    for _ in 0..ROUNDS {
        let began = now();
        allowed = requests.iter().filter(|request| black_box(program.decide(request)).is_allowed()).count();
        best = best.min(now().duration_since(began).as_secs_f64());
    }
    let count = u32::try_from(requests.len()).map_or(f64::MAX, f64::from);
    Ok(format!(
        "{:.0} ns a decision, {} requests, {allowed} of them allowed",
        best * 1e9 / count,
        requests.len()
    ))
}

#[expect(clippy::disallowed_methods, reason = "a measurement")]
fn now() -> Instant {
    Instant::now()
}
