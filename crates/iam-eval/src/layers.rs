//! The policies that a request meets, by layer.

use std::fmt;
use std::sync::Arc;

use iam_policy::{Effect, Policy, PolicyKind};

/// All policies that apply to a request, by layer.
///
/// Policies are shared: many `Layers` may have the same one.
///
/// `None` means that the layer does not exist for the request. An empty list means that the layer exists and allows nothing. For example,
/// without session policies (`None`) a session has all permissions of its role; with an empty list of session policies it has none (rule
/// 6.14).
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use iam_eval::{Action, Decision, Layers, Principal, Request};
/// use iam_policy::{Limits, Mode, Policy, PolicyKind};
///
/// let read = |text, kind| Policy::parse(text, kind, Mode::Strict, &Limits::default()).map(Arc::new);
/// let everything = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
/// let reads = r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
///
/// let mut layers = Layers::new();
/// layers.identity = vec![read(everything, PolicyKind::Identity)?];
/// layers.boundary = Some(vec![read(reads, PolicyKind::Boundary)?]);
///
/// let ana = Principal::from_arn("arn:aws:iam::111122223333:user/ana").unwrap();
/// let asks = |action| Request::new(ana.clone(), Action::new(action).unwrap(), "arn:aws:s3:::bucket/key");
/// assert_eq!(layers.decide(&asks("s3:GetObject")), Decision::Allowed);
/// assert_eq!(layers.decide(&asks("s3:PutObject")), Decision::ImplicitDeny);
/// # Ok::<(), iam_policy::Report>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Layers {
    /// All identity policies of the principal. For a federated user, those of the IAM user.
    pub identity: Vec<Arc<Policy>>,
    /// The permissions boundary.
    pub boundary: Option<Vec<Arc<Policy>>>,
    /// All session policies that were passed, inline and managed. A session has their union (rule 7.18).
    pub session: Option<Vec<Arc<Policy>>>,
    /// The scope-down policies of `sts:GetScopedCredentials`, one level for each call of the chain. Each level must allow, whatever else grants
    /// (rule 5.16).
    pub scope: Option<Vec<Vec<Arc<Policy>>>>,
    /// The policy of the resource, such as a bucket policy, trust policy or key policy.
    pub resource: Option<Arc<Policy>>,
    /// The policy of the VPC endpoint that the request passes. It limits every principal, as a boundary does.
    pub vpc_endpoint: Option<Vec<Arc<Policy>>>,
    /// Service control policies of the principal's account, level by level from the root to the account (rule 5.43).
    pub scp: Option<Vec<Vec<Arc<Policy>>>>,
    /// Resource control policies of the resource's account, level by level.
    pub rcp: Option<Vec<Vec<Arc<Policy>>>>,
}

/// A layer: one kind of policy in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Identity policies.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
    /// The scope-down policies of scoped credentials.
    Scope,
    /// The resource-based policy.
    Resource,
    /// The VPC endpoint policy.
    VpcEndpoint,
    /// Service control policies.
    Scp,
    /// Resource control policies.
    Rcp,
}

impl Layer {
    /// Every layer, in the order in which traces list them.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Boundary,
        Self::Session,
        Self::Scope,
        Self::Resource,
        Self::VpcEndpoint,
        Self::Scp,
        Self::Rcp,
    ];

    /// The name in test vectors and in JSON output, such as `vpc_endpoint`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::Scope => "scope",
            Self::Resource => "resource",
            Self::VpcEndpoint => "vpc_endpoint",
            Self::Scp => "scp",
            Self::Rcp => "rcp",
        }
    }

    /// The layer in words, such as `the session policy`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Identity => "the identity policies",
            Self::Boundary => "the permissions boundary",
            Self::Session => "the session policies",
            Self::Scope => "the scope-down policies",
            Self::Resource => "the resource-based policy",
            Self::VpcEndpoint => "the VPC endpoint policy",
            Self::Scp => "the service control policies",
            Self::Rcp => "the resource control policies",
        }
    }
}

impl Layer {
    /// Whether statements of the layer name principals (rule 1.13).
    pub const fn names_principals(self) -> bool {
        match self {
            Self::Resource | Self::VpcEndpoint | Self::Rcp => true,
            Self::Identity | Self::Boundary | Self::Session | Self::Scope | Self::Scp => false,
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The place of a policy among the layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct PolicyRef {
    /// The layer of the policy.
    pub layer: Layer,
    /// The level, counted from the root, in layers that have levels. Otherwise 0.
    pub level: usize,
    /// The index of the policy in its layer or level.
    pub index: usize,
}

impl Layers {
    /// Layers without any policy.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the policy RCPFullAWSAccess at the end of each level of resource control policies that has no policy that allows.
    ///
    /// AWS attaches it to the root, every organizational unit and every account, and nobody can detach it. The policies that people have as
    /// files only deny. Returns the places of the added policies.
    ///
    /// # Source
    /// Organizations User Guide, `orgs_manage_policies_rcps` (rule 1.23).
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    /// use iam_eval::{Action, Decision, Layers, Principal, Request};
    /// use iam_policy::{Limits, Mode, Policy, PolicyKind};
    ///
    /// let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "*"}}"#;
    /// let mut layers = Layers::new();
    /// layers.identity.push(Arc::new(Policy::everything()));
    /// layers.rcp = Some(vec![vec![Arc::new(Policy::parse(text, PolicyKind::Rcp, Mode::Strict, &Limits::default())?)]]);
    /// let ana = Principal::from_arn("arn:aws:iam::111122223333:user/ana").unwrap();
    /// let request = Request::new(ana, Action::new("s3:GetObject").unwrap(), "arn:aws:s3:::bucket/key");
    /// assert_eq!(layers.decide(&request), Decision::ImplicitDeny);
    /// assert_eq!(layers.attach_rcp_full_access().len(), 1);
    /// assert_eq!(layers.decide(&request), Decision::Allowed);
    /// # Ok::<(), iam_policy::Report>(())
    /// ```
    pub fn attach_rcp_full_access(&mut self) -> Vec<PolicyRef> {
        let mut added = Vec::new();
        for (number, level) in self.rcp.iter_mut().flatten().enumerate() {
            let mut statements = level.iter().flat_map(|policy| &policy.statements);
            if !statements.any(|statement| statement.effect.value == Effect::Allow) {
                added.push(PolicyRef { layer: Layer::Rcp, level: number, index: level.len() });
                level.push(Arc::new(Policy::rcp_full_access()));
            }
        }
        added
    }

    /// The layers of control policies, each with a level that has no policy that allows. Nothing passes such a level.
    ///
    /// AWS attaches FullAWSAccess beside every service control policy until somebody detaches it.
    pub fn levels_without_allow(&self) -> Vec<(Layer, usize)> {
        let of = |layer, levels: Option<&Vec<Vec<Arc<Policy>>>>| -> Vec<(Layer, usize)> {
            let is_silent = |level: &Vec<Arc<Policy>>| {
                !level.iter().flat_map(|policy| &policy.statements).any(|s| s.effect.value == Effect::Allow)
            };
            let levels = levels.into_iter().flatten().enumerate();
            levels.filter(|(_, level)| is_silent(level)).map(|(number, _)| (layer, number)).collect()
        };
        let mut levels = of(Layer::Scp, self.scp.as_ref());
        levels.extend(of(Layer::Rcp, self.rcp.as_ref()));
        levels
    }

    /// Every policy and its place, in the order of [`Layer::ALL`].
    pub fn policies(&self) -> impl Iterator<Item = (PolicyRef, &Arc<Policy>)> {
        fn flat(layer: Layer, policies: &[Arc<Policy>]) -> impl Iterator<Item = (PolicyRef, &Arc<Policy>)> {
            policies.iter().enumerate().map(move |(index, p)| (PolicyRef { layer, level: 0, index }, p))
        }
        fn levels(
            layer: Layer,
            levels: Option<&Vec<Vec<Arc<Policy>>>>,
        ) -> impl Iterator<Item = (PolicyRef, &Arc<Policy>)> {
            levels.into_iter().flatten().enumerate().flat_map(move |(level, policies)| {
                policies.iter().enumerate().map(move |(index, p)| (PolicyRef { layer, level, index }, p))
            })
        }
        flat(Layer::Identity, &self.identity)
            .chain(flat(Layer::Boundary, self.boundary.as_deref().unwrap_or_default()))
            .chain(flat(Layer::Session, self.session.as_deref().unwrap_or_default()))
            .chain(levels(Layer::Scope, self.scope.as_ref()))
            .chain(flat(Layer::Resource, self.resource.as_slice()))
            .chain(flat(Layer::VpcEndpoint, self.vpc_endpoint.as_deref().unwrap_or_default()))
            .chain(levels(Layer::Scp, self.scp.as_ref()))
            .chain(levels(Layer::Rcp, self.rcp.as_ref()))
    }

    /// The policy at a place. `None` if there is none.
    pub fn policy(&self, place: PolicyRef) -> Option<&Arc<Policy>> {
        self.policies().find(|(p, _)| *p == place).map(|(_, policy)| policy)
    }

    pub(crate) fn policy_mut(&mut self, place: PolicyRef) -> Option<&mut Arc<Policy>> {
        let flat = match place.layer {
            Layer::Identity => Some(&mut self.identity),
            Layer::Boundary => self.boundary.as_mut(),
            Layer::Session => self.session.as_mut(),
            Layer::VpcEndpoint => self.vpc_endpoint.as_mut(),
            Layer::Scope => return self.scope.as_mut()?.get_mut(place.level)?.get_mut(place.index),
            Layer::Scp => return self.scp.as_mut()?.get_mut(place.level)?.get_mut(place.index),
            Layer::Rcp => return self.rcp.as_mut()?.get_mut(place.level)?.get_mut(place.index),
            Layer::Resource if place.index == 0 && place.level == 0 => return self.resource.as_mut(),
            Layer::Resource => None,
        };
        flat?.get_mut(place.index).filter(|_| place.level == 0)
    }

    /// The kind of policy that belongs into a layer.
    ///
    /// The kind of the resource decides it for the resource policy.
    pub const fn kind_of(layer: Layer, resource: crate::ResourceKind) -> PolicyKind {
        match layer {
            Layer::Identity => PolicyKind::Identity,
            Layer::Boundary => PolicyKind::Boundary,
            Layer::Session | Layer::Scope => PolicyKind::Session,
            Layer::Resource => match resource {
                crate::ResourceKind::Generic => PolicyKind::Resource,
                crate::ResourceKind::IamRoleTrust => PolicyKind::Trust,
                crate::ResourceKind::KmsKey => PolicyKind::Kms,
            },
            Layer::VpcEndpoint => PolicyKind::VpcEndpoint,
            Layer::Scp => PolicyKind::Scp,
            Layer::Rcp => PolicyKind::Rcp,
        }
    }
}

#[cfg(test)]
mod tests {
    use iam_policy::{Limits, Mode};

    use super::*;

    #[test]
    fn a_policy_is_found_at_its_own_place_alone() {
        let policy = |kind: PolicyKind| {
            let principal = if kind == PolicyKind::Resource { r#""Principal": "*", "# } else { "" };
            let text = format!(
                r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {principal}"Action": "*", "Resource": "*"}}}}"#
            );
            Arc::new(Policy::parse(&text, kind, Mode::Deployed, &Limits::default()).expect("a policy"))
        };
        let mut layers = Layers::new();
        layers.identity = vec![policy(PolicyKind::Identity), policy(PolicyKind::Identity)];
        layers.boundary = Some(vec![policy(PolicyKind::Boundary)]);
        layers.session = Some(vec![policy(PolicyKind::Session)]);
        layers.resource = Some(policy(PolicyKind::Resource));
        layers.scp = Some(vec![vec![policy(PolicyKind::Scp)], vec![policy(PolicyKind::Scp)]]);
        let places: Vec<PolicyRef> = layers.policies().map(|(place, _)| place).collect();
        assert_eq!(places.len(), 7);
        for layer in Layer::ALL {
            for (level, index) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let place = PolicyRef { layer, level, index };
                let own = layers.policy(place).map(Arc::as_ptr);
                assert_eq!(own.is_some(), places.contains(&place), "{place:?}");
                assert_eq!(layers.policy_mut(place).map(|own| Arc::as_ptr(own)), own, "{place:?}");
            }
        }
    }
}
