//! The formula over statements that says what layers of policies allow.

use std::sync::Arc;

use iam_eval::{Grant, Layer, Layers, Principal, Readings, ResourceKind, naming_of};
use iam_policy::Policy;

use crate::model::{Model, Modelled};

/// The assumption about resource-based policies that are not given.
///
/// They may grant requests that the principal's own policies do not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourcePolicies {
    /// There are no resource-based policies except the given ones.
    Given,
    /// There may be any policies that name neither the session itself nor everyone (`*`).
    ///
    /// They grant what the boundary and the session policies allow, whatever the identity policies say (rule 5.21).
    NoneNamesTheSession,
    /// There may be any policies: every request that is not denied may be allowed (rules 5.20, 5.24).
    Any,
}

impl ResourcePolicies {
    /// Every assumption, starting with the narrowest.
    pub const ALL: &'static [Self] = &[Self::Given, Self::NoneNamesTheSession, Self::Any];

    /// The name that `--resource-policies` takes: `none`, `not-the-session` or `any`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Given => "none",
            Self::NoneNamesTheSession => "not-the-session",
            Self::Any => "any",
        }
    }
}

impl std::fmt::Display for ResourcePolicies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// Statements of one policy.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) policy: Arc<Modelled>,
    pub(crate) statements: Vec<usize>,
}

/// Statements of one layer, or of one level of a layer: one of them must apply, or none may.
#[derive(Clone, Debug)]
pub(crate) struct Goal {
    pub(crate) layer: Layer,
    pub(crate) parts: Vec<Part>,
}

/// The condition under which a request is allowed.
///
/// No Deny may apply, and one of the ways must be open. A way is open if a statement of each of its goals applies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    pub(crate) ways: Vec<Vec<Goal>>,
    pub(crate) denies: Vec<Goal>,
    /// Whether RCPs are among the layers. RCPs do not apply to every action (rule 5.41).
    pub(crate) has_rcp: bool,
}

/// The principal, and the assumptions about everything that the layers do not say.
#[derive(Clone, Debug)]
pub(crate) struct Setting<'q> {
    pub(crate) principal: &'q Principal,
    pub(crate) resource: ResourceKind,
    pub(crate) policies: ResourcePolicies,
    /// The account that owns the resource. `None` if it is the principal's.
    pub(crate) owner: Option<&'q str>,
}

impl Access {
    /// What the layers allow the principal in its own account, or on a resource of another account.
    pub(crate) fn new(model: &mut Model, layers: &Layers, setting: &Setting<'_>) -> Self {
        let mut builder = Builder { model, layers, setting, denies: Vec::new() };
        let has_account = setting.principal.account().is_some();
        let is_root = matches!(setting.principal, Principal::Root { .. });
        let is_federated = matches!(setting.principal, Principal::FederatedUser { .. });
        let service_linked = matches!(setting.principal, Principal::AssumedRole { service_linked: true, .. });

        let resource: Vec<Arc<Policy>> = layers.resource.iter().cloned().collect();
        let granted = |builder: &mut Builder<'_, '_>, least| builder.goal(&resource, Layer::Resource, least);
        let by_resource =
            [Grant::Direct, Grant::Limited, Grant::Account].map(|least| granted(&mut builder, least));
        builder.deny(&resource, Layer::Resource);

        // The layers that limit every way.
        let mut always: Vec<Goal> = Vec::new();
        if let Some(policies) = &layers.vpc_endpoint {
            always.push(builder.layer(policies, Layer::VpcEndpoint));
        }
        let scp = layers.scp.as_deref().filter(|_| has_account && !service_linked);
        let rcp = layers.rcp.as_deref().filter(|_| !service_linked);
        for (levels, layer) in [(scp, Layer::Scp), (rcp, Layer::Rcp)] {
            match levels {
                // A list without levels is a layer that allows nothing.
                Some([]) => always.push(Goal { layer, parts: Vec::new() }),
                Some(levels) => {
                    for policies in levels {
                        always.push(builder.layer(policies, layer));
                    }
                }
                None => {}
            }
        }
        // The layers that limit the principal, and those of its own policies that allow.
        let mut limits: Vec<Goal> = Vec::new();
        let mut own: Vec<Goal> = Vec::new();
        if has_account {
            for (policies, layer) in [(&layers.boundary, Layer::Boundary), (&layers.session, Layer::Session)]
            {
                if let Some(policies) = policies {
                    limits.push(builder.layer(policies, layer));
                }
            }
            if is_federated && layers.session.is_none() {
                limits.push(Goal { layer: Layer::Session, parts: Vec::new() });
            }
            own.push(builder.layer(&layers.identity, Layer::Identity));
            if is_root {
                (limits, own) = (Vec::new(), Vec::new());
            }
        }
        let [direct, limited, account] = by_resource;
        let needs_resource = setting.resource != ResourceKind::Generic;
        let with = |goals: &[&[Goal]]| -> Vec<Goal> { goals.iter().flat_map(|g| g.to_vec()).collect() };
        let is_cross = setting.owner.is_some_and(|owner| setting.principal.account() != Some(owner));
        let mut ways = Vec::new();
        if has_account && is_cross {
            // Both accounts must allow (rule 5.30).
            ways.push(with(&[&[account], &own, &limits, &always]));
            if setting.policies != ResourcePolicies::Given {
                ways.push(with(&[&own, &limits, &always]));
            }
        } else if has_account {
            ways.push(with(&[&[direct], &always]));
            ways.push(with(&[&[limited], &limits, &always]));
            let mut last = with(&[&own, &limits, &always]);
            if needs_resource {
                last.insert(0, account);
            }
            ways.push(last);
            match setting.policies {
                ResourcePolicies::Given => {}
                ResourcePolicies::NoneNamesTheSession => ways.push(with(&[&limits, &always])),
                ResourcePolicies::Any => ways.push(with(&[&always])),
            }
        } else {
            ways.push(with(&[&[account], &always]));
            if setting.policies != ResourcePolicies::Given {
                ways.push(with(&[&always]));
            }
        }
        // A goal without statements is never met. The exception are RCPs, because some actions need not meet their goal.
        let is_open = |goal: &Goal| !goal.parts.is_empty() || goal.layer == Layer::Rcp;
        ways.retain(|goals| goals.iter().all(is_open));
        Self { ways, denies: builder.denies, has_rcp: rcp.is_some() }
    }

    /// Every policy in the formula, each once.
    pub(crate) fn policies(&self) -> Vec<Arc<Modelled>> {
        let mut policies: Vec<Arc<Modelled>> = Vec::new();
        let goals = self.ways.iter().flatten().chain(&self.denies);
        for part in goals.flat_map(|goal| &goal.parts) {
            if !policies.iter().any(|known| Arc::ptr_eq(known, &part.policy)) {
                policies.push(Arc::clone(&part.policy));
            }
        }
        policies
    }
}

struct Builder<'m, 'q> {
    model: &'m mut Model,
    layers: &'q Layers,
    setting: &'q Setting<'q>,
    denies: Vec<Goal>,
}

impl Builder<'_, '_> {
    /// The Allow statements of a layer. Its Deny statements are added to the denies.
    fn layer(&mut self, policies: &[Arc<Policy>], layer: Layer) -> Goal {
        self.deny(policies, layer);
        self.goal(policies, layer, Grant::Account)
    }

    fn deny(&mut self, policies: &[Arc<Policy>], layer: Layer) {
        let mut parts = Vec::new();
        for policy in policies {
            let policy = self.model.policy(policy);
            let statements = self.naming(&policy, &policy.denies, layer, Grant::Account);
            if !statements.is_empty() {
                parts.push(Part { policy, statements });
            }
        }
        if !parts.is_empty() {
            self.denies.push(Goal { layer, parts });
        }
    }

    /// The Allow statements that name the principal with at least the strength `least`.
    fn goal(&mut self, policies: &[Arc<Policy>], layer: Layer, least: Grant) -> Goal {
        let parts = policies.iter().map(|policy| {
            let policy = self.model.policy(policy);
            let statements = self.naming(&policy, &policy.allows, layer, least);
            Part { policy, statements }
        });
        let parts = parts.filter(|part| !part.statements.is_empty()).collect();
        Goal { layer, parts }
    }

    fn naming(&self, policy: &Modelled, statements: &[usize], layer: Layer, least: Grant) -> Vec<usize> {
        if !layer.names_principals() {
            return statements.to_vec();
        }
        let has_boundary = self.layers.boundary.is_some();
        let names = |number: &usize| {
            let Some(statement) = policy.policy.statements.get(*number) else { return false };
            let (principal, resource) = (self.setting.principal, self.setting.resource);
            naming_of(statement, &policy.policy, layer, principal, has_boundary, resource, Readings::FIRST)
                .grant
                >= least
        };
        statements.iter().copied().filter(names).collect()
    }
}
