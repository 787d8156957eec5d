//! The formula over statements that says what layers of policies allow.

use std::sync::Arc;

use iam_eval::{
    Action, Decision, Grant, Layer, Layers, Point, Principal, Reading, Request, ResourceKind, naming_of,
};
use iam_policy::{NamedPrincipal, Policy, PrincipalElement, Statement};

use crate::atom::{Atom, Language, Leaf, Literal, Many, Sets, TiedTo};
use crate::glob::{Glob, Union};
use crate::model::{Model, Modelled, View};
use crate::who::names::Whom;
use crate::who::{CALLER, Callers};

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
    pub(crate) statements: Vec<Named>,
}

/// A statement that names the principal, or does if some literals hold.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) number: usize,
    /// Under the first reading. `None` if the statement does not name the principal.
    first: Option<Box<[Literal]>>,
    /// Under any reading: one of these must hold. `None` if the reading does not matter.
    ways: Option<Box<[Box<[Literal]>]>>,
}

impl Named {
    fn always(number: usize) -> Self {
        Self { number, first: Some(Box::default()), ways: None }
    }

    pub(crate) fn ways(&self, view: View) -> impl Iterator<Item = &[Literal]> {
        let (first, every) = match (view, &self.ways) {
            (View::Every, Some(ways)) => (None, Some(&**ways)),
            (View::First, _) | (View::Every, None) => (self.first.as_deref(), None),
        };
        first.into_iter().chain(every.unwrap_or_default().iter().map(|way| &**way))
    }
}

/// Statements of one layer, or of one level of a layer: one of them must apply, or none may.
#[derive(Clone, Debug)]
pub(crate) struct Goal {
    pub(crate) layer: Layer,
    pub(crate) parts: Vec<Part>,
    /// The goal is about readings in which this literal does not hold. It holds in the first reading.
    pub(crate) unless: Option<Literal>,
    /// The callers who need no statement: the goal is met for them.
    pub(crate) met_for: Option<Literal>,
}

impl Goal {
    const fn new(layer: Layer, parts: Vec<Part>) -> Self {
        Self { layer, parts, unless: None, met_for: None }
    }
}

/// The condition under which a request is allowed.
///
/// No Deny may apply, and one of the ways must be open. A way is open if a statement of each of its goals applies.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) ways: Vec<Vec<Goal>>,
    pub(crate) denies: Vec<Goal>,
    /// Whether RCPs are among the layers. RCPs do not apply to every action (rule 5.41).
    pub(crate) has_rcp: bool,
    /// That RCPs do not bear on requests without a resource, and that the request has no resource. `None` if there are no RCPs.
    pub(crate) without: Option<[Literal; 2]>,
    /// Whether the principal signs its requests. If so, one action needs no permission (rule 5.55).
    pub(crate) is_signed: bool,
    /// The goals for the action that needs no permission. `None` if it is never allowed.
    pub(crate) bare: Option<Vec<Goal>>,
}

/// The action that needs no permission.
pub(crate) const NEEDS_NOTHING: &str = "sts:GetCallerIdentity";

/// The principal, and the assumptions about everything that the layers do not say.
#[derive(Clone, Debug)]
pub(crate) struct Setting<'q> {
    pub(crate) principal: &'q Principal,
    pub(crate) resource: ResourceKind,
    pub(crate) policies: ResourcePolicies,
    /// The account that owns the resource. `None` if it is the principal's.
    pub(crate) owner: Option<&'q str>,
    /// All callers that are asked about, if `principal` is only one of them.
    pub(crate) callers: Option<&'q Callers>,
}

impl Access {
    /// What the layers allow the principal in its own account, or on a resource of another account.
    pub(crate) fn new(model: &mut Model, layers: &Layers, setting: &Setting<'_>) -> Self {
        let mut builder = Builder { model: &mut *model, layers, setting, denies: Vec::new() };
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
        let bare = needs_nothing(setting).then(|| always.clone());
        let scp = layers.scp.as_deref().filter(|_| has_account && !service_linked);
        let rcp = layers.rcp.as_deref().filter(|_| !service_linked);
        let scope = layers.scope.as_deref().filter(|_| has_account);
        for (levels, layer) in [(scope, Layer::Scope), (scp, Layer::Scp), (rcp, Layer::Rcp)] {
            match levels {
                // A list without levels is a layer that allows nothing.
                Some([]) => always.push(Goal::new(layer, Vec::new())),
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
            if let Some(policies) = layers.session.as_deref().filter(|policies| policies.len() > 1) {
                limits.extend(builder.each(policies));
            }
            if is_federated && layers.session.is_none() {
                limits.push(Goal::new(Layer::Session, Vec::new()));
            }
            let mut identity = builder.layer(&layers.identity, Layer::Identity);
            identity.met_for = builder.with_every_permission();
            own.push(identity);
            if setting.principal.has_every_permission() {
                own = Vec::new();
            }
            if is_root {
                limits = Vec::new();
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
        // A goal without statements is never met. The exceptions are goals that some requests need not meet.
        let is_open = |goal: &Goal| !goal.parts.is_empty() || goal.is_exceptional();
        ways.retain(|goals| goals.iter().all(is_open));
        let denies = builder.denies;
        let without = rcp.map(|_| {
            let (text, without) = (Leaf::Constant(false), Leaf::Constant(true));
            let atom = model.intern(Atom::Resource { text, without });
            [model.other(Point::RcpWithoutResource, true), Literal { atom, holds: true }]
        });
        let is_signed = setting.principal.is_signed();
        Self { ways, denies, has_rcp: rcp.is_some(), without, is_signed, bare }
    }

    /// Whether readings matter to more than its statements.
    pub(crate) fn has_points(&self) -> bool {
        let goals = || self.ways.iter().flatten().chain(&self.denies);
        self.without.is_some()
            || goals().any(|goal| goal.unless.is_some())
            || goals().flat_map(|g| &g.parts).flat_map(|p| &p.statements).any(|named| named.ways.is_some())
    }

    /// Every policy in the formula, each once.
    pub(crate) fn policies(&self) -> Vec<Arc<Modelled>> {
        let mut policies: Vec<Arc<Modelled>> = Vec::new();
        let goals = self.ways.iter().flatten().chain(&self.denies).chain(self.bare.iter().flatten());
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
            self.denies.push(Goal::new(layer, parts));
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
        Goal::new(layer, parts)
    }

    /// One goal for each of several session policies, for readings in which each of them must allow (rule 5.14).
    fn each(&mut self, policies: &[Arc<Policy>]) -> Vec<Goal> {
        let unless = Some(self.model.other(Point::SessionPolicies, false));
        let goals = policies.iter().map(|policy| Goal {
            unless,
            ..self.goal(std::slice::from_ref(policy), Layer::Session, Grant::Account)
        });
        goals.collect()
    }

    fn naming(&mut self, policy: &Modelled, statements: &[usize], layer: Layer, least: Grant) -> Vec<Named> {
        if !layer.names_principals() {
            return statements.iter().copied().map(Named::always).collect();
        }
        let named = statements.iter().filter_map(|number| {
            let statement = policy.policy.statements.get(*number)?;
            let mut under = |reading| self.named_under(statement, &policy.policy, layer, least, reading);
            let point = Point::StarAndServices;
            let (first, other) = (under(Reading::FIRST), under(Reading::with_other([point])));
            if first == other {
                return first.map(|first| Named { number: *number, first: Some(first), ways: None });
            }
            let mut with = |literals: &Option<Box<[Literal]>>, is_other: bool| {
                let point = self.model.other(point, is_other);
                literals.as_ref().map(|own| own.iter().copied().chain([point]).collect::<Box<[Literal]>>())
            };
            let ways = with(&first, false).into_iter().chain(with(&other, true)).collect();
            Some(Named { number: *number, first, ways: Some(ways) })
        });
        named.collect()
    }

    /// The literals under which a statement names the principal with at least the strength `least`. `None` if it does not.
    fn named_under(
        &mut self,
        statement: &Statement,
        policy: &Policy,
        layer: Layer,
        least: Grant,
        reading: Reading,
    ) -> Option<Box<[Literal]>> {
        let has_boundary = self.layers.boundary.is_some();
        if let Some(whom) =
            self.setting.callers.zip(statement.principal.as_ref()).and_then(|(callers, element)| {
                callers.named(element, statement.effect.value, has_boundary, least)
            })
        {
            return self.whom(whom);
        }
        let (principal, resource) = (self.setting.principal, self.setting.resource);
        let naming = naming_of(statement, policy, layer, principal, has_boundary, resource, reading);
        if naming.grant < least {
            return None;
        }
        if naming.is_certain {
            return Some(Box::default());
        }
        // A service may have further names, which are the values of a key (rule 5.2).
        let (entries, is_not) = match &statement.principal {
            Some(PrincipalElement::Principal(principals)) => (principals.entries(), false),
            Some(PrincipalElement::NotPrincipal(principals)) => (principals.entries(), true),
            None => return Some(Box::default()),
        };
        let names = entries.iter().filter_map(|entry| {
            if let NamedPrincipal::Service(name) = &entry.value { Some(Glob::literal(name)) } else { None }
        });
        let (name, names) = ("aws:PrincipalServiceNamesList", Union::new(names.collect()));
        let tied = self.model.space.tied(name);
        let names = match tied {
            Some((tuple, place)) => self.model.space.tuple(tuple)?.embedded(place, &names)?,
            None => names,
        };
        let union = self.model.union(names);
        let (holds, fails) = (Language { union, inside: true }, Language { union, inside: false });
        let leaf = Leaf::Text { holds, fails, variables: None, beyond_arns: None };
        let atom = if let Some((tuple, place)) = tied {
            Atom::Tied { tuple, key: TiedTo::Key(place), absent: false, text: leaf }
        } else {
            let key = self.model.key(name);
            let multiple = Sets { blank: None, of: Many::Some(leaf) };
            Atom::Key { key, absent: false, single: leaf, multiple }
        };
        let atom = self.model.intern(atom);
        Some([Literal { atom, holds: !is_not }].into())
    }
}

impl Builder<'_, '_> {
    /// The literal of the callers in question who have every permission of their account. `None` if all or none of them have.
    fn with_every_permission(&mut self) -> Option<Literal> {
        let union = self.setting.callers?.federated_by_root()?;
        self.whom(Whom::Those { union, inside: true })?.first().copied()
    }

    /// The literals under which the caller is one of these. `None` if nobody is.
    fn whom(&mut self, whom: Whom) -> Option<Box<[Literal]>> {
        match whom {
            Whom::All(true) => Some(Box::default()),
            Whom::All(false) => None,
            Whom::Those { union, inside } => {
                let union = self.model.union(union);
                let language = |inside| Language { union, inside };
                let text = Leaf::Text {
                    holds: language(true),
                    fails: language(false),
                    variables: None,
                    beyond_arns: None,
                };
                let atom = Atom::Tied { tuple: CALLER, key: TiedTo::Names, absent: false, text };
                Some([Literal { atom: self.model.intern(atom), holds: inside }].into())
            }
        }
    }
}

impl Goal {
    /// Whether some requests need not meet the goal.
    pub(crate) fn is_exceptional(&self) -> bool {
        self.layer == Layer::Rcp || self.unless.is_some() || self.met_for.is_some()
    }
}

/// Whether the action that needs no permission is allowed where there are no layers.
fn needs_nothing(setting: &Setting<'_>) -> bool {
    let Some(action) = Action::new(NEEDS_NOTHING).filter(|_| setting.principal.is_signed()) else {
        return false;
    };
    let mut request = Request::new(setting.principal.clone(), action, "*").on(setting.resource);
    request.resource_account = setting.owner.or(setting.principal.account()).map(Into::into);
    Layers::new().decide(&request) == Decision::Allowed
}
