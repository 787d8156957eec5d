//! Policies as they are enforced, and which of them the message of a denial names.

use std::sync::Arc;

use iam_eval::{Decision, Layer, Layers, Program, Reason, Request};
use iam_policy::Policy;

/// Policies that are enforced together.
#[derive(Clone, Debug)]
pub(crate) struct Enforced {
    program: Program,
    /// Each layer as if it were the only one. `None` if a policy of the resource takes part, which may stand in for others.
    alone: Option<Vec<(Layer, Program)>>,
}

/// The order in which a message looks for the layer that it names.
///
/// # Source
/// IAM User Guide, "Troubleshoot access denied error messages", and "Policy evaluation logic".
const ORDER: [(Layer, &str, &str); 8] = [
    (Layer::Rcp, "a", "resource control policy"),
    (Layer::Scp, "a", "service control policy"),
    (Layer::VpcEndpoint, "a", "VPC endpoint policy"),
    (Layer::Identity, "an", "identity-based policy"),
    (Layer::Boundary, "a", "permissions boundary"),
    (Layer::Session, "a", "session policy"),
    (Layer::Scope, "a", "session policy"),
    (Layer::Resource, "a", "resource-based policy"),
];

impl Enforced {
    pub(crate) fn new(layers: &Layers) -> Self {
        let alone = layers.resource.is_none().then(|| alone(layers));
        Self { program: layers.compile(), alone }
    }

    pub(crate) fn decide(&self, request: &Request) -> Decision {
        self.program.decide(request)
    }

    /// What a message says about the reason of a denial. Empty if it names no policy.
    pub(crate) fn why(&self, request: &Request, action: &str) -> String {
        let (denied, missing) = match &self.alone {
            Some(alone) => reason(alone, request),
            // A trace has the reason, and takes a hundred times as long.
            None => match self.program.explain(request).reason {
                Reason::Denied { by } => (by, Vec::new()),
                Reason::NotGranted { missing } => (Vec::new(), missing),
                Reason::Granted { .. }
                | Reason::FederatedWithoutSession
                | Reason::OtherPartition
                | Reason::Unknown
                | Reason::OverBudget => return String::new(),
            },
        };
        let first = |layers: &[Layer]| ORDER.iter().find(|(layer, ..)| layers.contains(layer));
        if let Some((_, article, name)) = first(&denied) {
            return format!(" with an explicit deny in {article} {name}");
        }
        let because = |(_, _, name): &(_, _, &str)| format!(" because no {name} allows the {action} action");
        first(&missing).map(because).unwrap_or_default()
    }
}

/// The layers that deny explicitly, and those that do not allow.
fn reason(alone: &[(Layer, Program)], request: &Request) -> (Vec<Layer>, Vec<Layer>) {
    let (mut denied, mut missing) = (Vec::new(), Vec::new());
    for (layer, program) in alone {
        match program.decide(request) {
            Decision::Allowed => {}
            Decision::ExplicitDeny => denied.push(*layer),
            Decision::ImplicitDeny | Decision::Depends => missing.push(*layer),
        }
    }
    (denied, missing)
}

/// Each layer that there is, below an identity policy that allows everything.
fn alone(layers: &Layers) -> Vec<(Layer, Program)> {
    let everything = || {
        let mut own = Layers::new();
        own.identity.push(Arc::new(Policy::everything()));
        own
    };
    let mut alone = Vec::new();
    for layer in Layer::ALL {
        let mut own = everything();
        let is_there = match layer {
            Layer::Identity => {
                own.identity.clone_from(&layers.identity);
                true
            }
            Layer::Boundary => take(&mut own.boundary, layers.boundary.as_ref()),
            Layer::Session => take(&mut own.session, layers.session.as_ref()),
            Layer::Scope => take(&mut own.scope, layers.scope.as_ref()),
            Layer::Resource => false,
            Layer::VpcEndpoint => take(&mut own.vpc_endpoint, layers.vpc_endpoint.as_ref()),
            Layer::Scp => take(&mut own.scp, layers.scp.as_ref()),
            Layer::Rcp => take(&mut own.rcp, layers.rcp.as_ref()),
        };
        if is_there {
            alone.push((layer, own.compile()));
        }
    }
    alone
}

fn take<T: Clone>(own: &mut Option<T>, from: Option<&T>) -> bool {
    *own = from.cloned();
    own.is_some()
}

#[cfg(test)]
mod tests {
    use iam_eval::{Action, Principal};
    use iam_policy::{Limits, Mode, PolicyKind};

    use super::*;

    fn policy(kind: PolicyKind, statements: &[(&str, &str)]) -> Arc<Policy> {
        let each = statements.iter().map(|(effect, action)| {
            format!(r#"{{"Effect": "{effect}", "Action": "{action}", "Resource": "*"}}"#)
        });
        let text =
            format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, each.collect::<Vec<_>>().join(", "));
        Arc::new(Policy::parse(&text, kind, Mode::Strict, &Limits::default()).unwrap())
    }

    #[test]
    fn messages_name_the_layer_that_a_trace_names() {
        let (identity, all) = (PolicyKind::Identity, ("Allow", "*"));
        let mut layers = Layers::new();
        layers.identity =
            vec![policy(identity, &[("Allow", "s3:*"), ("Allow", "ec2:*"), ("Deny", "ec2:Stop*")])];
        layers.boundary = Some(vec![policy(PolicyKind::Boundary, &[all, ("Deny", "s3:Put*")])]);
        layers.session =
            Some(vec![policy(PolicyKind::Session, &[("Allow", "s3:Get*"), ("Allow", "s3:Put*")])]);
        let scp = |statements: &[_]| vec![policy(PolicyKind::Scp, statements)];
        layers.scp = Some(vec![scp(&[all]), scp(&[all, ("Deny", "ec2:Run*")])]);
        let enforced = Enforced::new(&layers);
        let session = "arn:aws:sts::111122223333:assumed-role/reader/ana".parse().unwrap();
        let role = "arn:aws:iam::111122223333:role/reader".parse().unwrap();
        let mut said = Vec::new();
        for name in [
            "s3:GetObject",
            "s3:PutObject",
            "s3:ListBucket",
            "ec2:StopInstances",
            "ec2:RunInstances",
            "iam:GetRole",
        ] {
            let request = Request::new(
                Principal::assumed_role(&session, &role),
                Action::new(name).unwrap(),
                "arn:aws:x:::y",
            );
            let traced = match layers.explain(&request).reason {
                Reason::Denied { by } => (by, Vec::new()),
                Reason::NotGranted { missing } => (Vec::new(), missing),
                Reason::Granted { .. }
                | Reason::FederatedWithoutSession
                | Reason::OtherPartition
                | Reason::Unknown
                | Reason::OverBudget => {
                    assert_eq!(name, "s3:GetObject");
                    continue;
                }
            };
            let (denied, missing) = reason(enforced.alone.as_deref().unwrap(), &request);
            // A trace of a denial does not say what would be missing too.
            assert_eq!(
                if denied.is_empty() { (denied, missing) } else { (denied, Vec::new()) },
                traced,
                "{name}"
            );
            said.push(enforced.why(&request, name));
        }
        assert_eq!(
            said,
            [
                " with an explicit deny in a permissions boundary",
                " because no session policy allows the s3:ListBucket action",
                " with an explicit deny in an identity-based policy",
                " with an explicit deny in a service control policy",
                " because no identity-based policy allows the iam:GetRole action",
            ]
        );
    }
}
