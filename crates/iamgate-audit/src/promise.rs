//! The measure by which events are judged.

use std::collections::BTreeSet;
use std::sync::Arc;

use iam_trail::Stated;
use iamgate::iam_eval::session::Session;
use iamgate::iam_policy::NamedPrincipal;
use iamgate::{
    ActionElement, ContextValue, Grantees, Layers, Policy, Principal, Profile, ResourceElement,
    ResourcePolicies, ResourceStatement, RoleArn, RoleSnapshot, SessionName, session_layers,
    session_principal,
};

/// What a session can do by its plan: the policies that apply to each of its requests, and what is known of all of them.
///
/// The layers that the snapshot of the role does not have (the policies of resources and of endpoints, and, without them in the snapshot, those of
/// the organization) may deny more. That is no fault of the session: see [`EventVerdict::RefusedByOthers`](crate::EventVerdict::RefusedByOthers).
#[derive(Clone, Debug)]
pub struct Promise {
    /// The policies of the plan.
    pub(crate) layers: Layers,
    /// The same, with a resource-based policy that grants the role everything.
    pub(crate) granted: Layers,
    pub(crate) principal: Principal,
    /// What is known of every request: keys of the principal and of the session.
    constant: Stated,
    /// Whether a session has no tag besides those that are known.
    has_known_tags: bool,
    pub(crate) assumed: ResourcePolicies,
}

const TAG: &str = "aws:PrincipalTag/";

fn is_tag(key: &str) -> bool {
    key.get(..TAG.len()).is_some_and(|own| own.eq_ignore_ascii_case(TAG))
}

impl Promise {
    /// The promise of every session of this role that a plan opens under this profile. Of its tags, that of the profile is known.
    pub fn of(role: &RoleSnapshot, profile: &Profile) -> Self {
        let promise =
            Self::new(session_layers(Some(role), profile), session_principal(Some(role)), role.arn());
        match profile.tag() {
            Some(tag) => promise.tagged(tag.key(), tag.value()),
            None => promise,
        }
    }

    /// The promise of one session: its name and its tags are known.
    pub fn of_session(role: &RoleSnapshot, profile: &Profile, session: &Session) -> Self {
        let layers = session_layers(Some(role), profile);
        let mut promise = Self::new(layers, session.principal.clone(), role.arn());
        for (key, value) in session.principal_tags.iter() {
            promise = promise.tagged(key, value);
        }
        promise.constant = match &session.source_identity {
            Some(own) => promise.constant.with("aws:SourceIdentity", ContextValue::single(&**own)),
            None => promise.constant.without("aws:SourceIdentity"),
        };
        promise.has_known_tags = true;
        promise.without_other_tags()
    }

    /// The promise of the same session, of the same role, under another profile. The session has the tag of that profile.
    #[must_use]
    pub fn under(&self, role: &RoleSnapshot, profile: &Profile) -> Self {
        let other = Self::new(session_layers(Some(role), profile), self.principal.clone(), role.arn());
        let mut own = Self { layers: other.layers, granted: other.granted, ..self.clone() };
        if let Some(tag) = profile.tag() {
            own = own.tagged(tag.key(), tag.value());
        }
        own.without_other_tags()
    }

    /// The same promise, if all tags of the session are known: it has no other tag for which a policy asks.
    fn without_other_tags(mut self) -> Self {
        if !self.has_known_tags {
            return self;
        }
        let policies = self.layers.policies();
        let asked: BTreeSet<Box<str>> = policies
            .flat_map(|(_, policy)| policy.asked_keys())
            .filter(|own| is_tag(own))
            .map(Into::into)
            .collect();
        for key in asked {
            if !self.is_constant(&key) {
                self.constant = self.constant.without(&key);
            }
        }
        self
    }

    /// The promise of these layers, for a session of this role.
    ///
    /// A policy of the resource does not belong to a promise, and is left out.
    pub fn of_layers(layers: Layers, role: &RoleArn, session: &SessionName) -> Self {
        Self::new(layers, Principal::assumed_role(&role.session(session), role), role)
    }

    fn new(mut layers: Layers, principal: Principal, role: &RoleArn) -> Self {
        layers.resource = None;
        let mut granted = layers.clone();
        granted.resource = Some(Arc::new(grant(role)));
        let assumed = ResourcePolicies::NoneNamesTheSession;
        let mut constant = Stated::default();
        for (key, value) in principal.keys().iter() {
            constant = constant.with(key, value.clone());
        }
        Self { layers, granted, principal, constant, has_known_tags: false, assumed }
    }

    /// The same promise, for a session of which a principal tag is known.
    #[must_use]
    pub fn tagged(mut self, key: &str, value: &str) -> Self {
        self.constant = self.constant.with(&format!("{TAG}{key}"), ContextValue::single(value));
        self
    }

    /// The same promise under another assumption about resource-based policies. By default none of them names the session itself or everyone;
    /// they may name the role, and then grant what its boundary and the session policies allow (rule 5.21).
    #[must_use]
    pub const fn assuming(mut self, assumed: ResourcePolicies) -> Self {
        self.assumed = assumed;
        self
    }

    /// What is assumed about resource-based policies.
    pub const fn assumed(&self) -> ResourcePolicies {
        self.assumed
    }

    /// The policies of the plan.
    pub const fn layers(&self) -> &Layers {
        &self.layers
    }

    /// The principal of the requests.
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Whether the answers about requests of the one are those about requests of the other, wherever the condition keys have the same values for which
    /// statements ask: the policies are the same, and so is the role, and no policy tells its sessions apart by their ARNs.
    pub(crate) fn is_answered_like(&self, other: &Self) -> bool {
        let (Principal::AssumedRole { arn, .. }, mut principal) = (&self.principal, other.principal.clone())
        else {
            return self.principal == other.principal
                && self.layers == other.layers
                && self.assumed == other.assumed;
        };
        if let Principal::AssumedRole { arn: own, .. } = &mut principal {
            own.clone_from(arn);
        }
        let by_layer = self.layers.policies().filter(|(own, _)| own.layer.names_principals());
        let mut elements =
            by_layer.flat_map(|(_, policy)| &policy.statements).filter_map(|own| own.principal.as_ref());
        self.principal == principal
            && self.assumed == other.assumed
            && self.layers == other.layers
            && elements
                .all(|own| own.principals().entries().iter().all(|entry| entry.value == NamedPrincipal::Aws))
    }

    /// What is known of a request: what its record states, and what is known of all requests of the session.
    pub(crate) fn known(&self, mut stated: Stated) -> Stated {
        for (key, value) in self.constant.iter() {
            stated = match value {
                Some(value) => stated.with(key, value.clone()),
                None => stated.without(key),
            };
        }
        stated
    }

    /// Whether a key has the same value in every request of the session, or none of them has it.
    pub(crate) fn is_constant(&self, key: &str) -> bool {
        self.constant.value(key) != Some(ContextValue::Unknown)
    }

    /// What is known of all requests of the session, as something that is stated of each.
    pub(crate) const fn constant(&self) -> &Stated {
        &self.constant
    }
}

/// A resource-based policy that grants the role everything.
fn grant(role: &RoleArn) -> Policy {
    // Whom everyone is granted, the role is.
    let whom = Grantees::aws(role.as_str()).unwrap_or_else(|_| Grantees::everyone());
    Policy::resource([ResourceStatement::allow(whom, ActionElement::any(), ResourceElement::any())])
}
