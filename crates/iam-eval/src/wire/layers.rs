//! The member `policies`.

use std::sync::Arc;

use iam_json::{Kind, Value};
use iam_policy::{Policy, PolicyKind, Problem, code};

use super::Wire;
use crate::layers::{Layer, Layers};
use crate::request::ResourceKind;

impl Wire<'_> {
    pub(super) fn read_layers(&mut self, value: Value<'_>, resource: ResourceKind) -> Option<Layers> {
        let names = ["identity", "resource", "boundary", "session", "scope", "vpc_endpoint", "scp", "rcp"];
        let found =
            self.form.members(value, names, 0)?.map(|member| member.filter(|v| v.kind() != Kind::Null));
        let [identity, own, boundary, session, scope, vpc_endpoint, scp, rcp] = found;
        let mut complete = true;
        let mut list = |wire: &mut Self, value: Option<Value<'_>>, layer: Layer| match value {
            None => None,
            Some(value) => {
                let kind = Layers::kind_of(layer, resource);
                let policies = if layer == Layer::Boundary && value.kind() == Kind::Object {
                    // A principal has one boundary, so it may be given without a list.
                    wire.policy(value, kind).map(|policy| vec![policy])
                } else {
                    wire.policies(value, kind)
                };
                complete &= policies.is_some();
                policies
            }
        };
        let mut layers = Layers::new();
        layers.identity = list(self, identity, Layer::Identity).unwrap_or_default();
        layers.boundary = list(self, boundary, Layer::Boundary);
        layers.session = list(self, session, Layer::Session);
        layers.vpc_endpoint = list(self, vpc_endpoint, Layer::VpcEndpoint);
        if let Some(value) = own {
            layers.resource = self.policy(value, Layers::kind_of(Layer::Resource, resource));
            complete &= layers.resource.is_some();
        }
        for (value, layer, slot) in [
            (scope, Layer::Scope, &mut layers.scope),
            (scp, Layer::Scp, &mut layers.scp),
            (rcp, Layer::Rcp, &mut layers.rcp),
        ] {
            if let Some(value) = value {
                *slot = self.levels(value, Layers::kind_of(layer, resource));
                complete &= slot.is_some();
            }
        }
        complete.then_some(layers)
    }

    fn levels(&mut self, value: Value<'_>, kind: PolicyKind) -> Option<Vec<Vec<Arc<Policy>>>> {
        if value.kind() != Kind::Array {
            self.form.report(
                code::INVALID_MEMBER,
                value,
                value.kind().name(),
                "a list of levels, each a list of policies; or null",
            );
            return None;
        }
        // A session may be scoped down again and again; an organization has few levels.
        let most = if kind == PolicyKind::Session { self.limits.policies } else { self.limits.levels };
        self.count(value, most, "levels")?;
        let levels: Vec<_> = value.items().map(|level| self.policies(level, kind)).collect();
        levels.into_iter().collect()
    }

    fn policies(&mut self, value: Value<'_>, kind: PolicyKind) -> Option<Vec<Arc<Policy>>> {
        if value.kind() != Kind::Array {
            self.form.report(code::INVALID_MEMBER, value, value.kind().name(), "a list of policies");
            return None;
        }
        self.count(value, self.limits.policies, "policies")?;
        let policies: Vec<_> = value.items().map(|policy| self.policy(policy, kind)).collect();
        policies.into_iter().collect()
    }

    fn count(&mut self, value: Value<'_>, most: usize, what: &str) -> Option<()> {
        let count = value.items().count();
        if count > most {
            self.form.report(
                code::INVALID_MEMBER,
                value,
                format!("{count} {what}"),
                format!("at most {most} are read"),
            );
            return None;
        }
        Some(())
    }

    fn policy(&mut self, value: Value<'_>, kind: PolicyKind) -> Option<Arc<Policy>> {
        match Policy::from_value(value, kind, self.mode, &self.limits.policy, self.form.lines()) {
            Ok(policy) => {
                self.findings.extend(policy.findings.iter().cloned());
                Some(Arc::new(policy))
            }
            Err(report) => {
                self.form.extend(report.into_problems().into_iter().filter(Problem::is_refusal));
                None
            }
        }
    }
}
