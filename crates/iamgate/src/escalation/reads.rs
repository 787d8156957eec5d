//! Reads of data and credentials that nothing limits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use iam_catalog::{Classes, Lookup, SensitivityClass};
use iam_eval::{Action, Layers, Principal, Request};
use iam_policy::{
    AccountId, ActionElement, Effect, Grantees, Partition, Policy, ResourceElement, ResourceStatement,
    Statement, role_name,
};

use super::{Allowing, NAMES, targets};
use crate::proof::{named, plain_session, session_principal};

/// The actions of a kind that an Allow statement allows on resources that no policy names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnlimitedReads {
    /// The number of the identity policy, counted from 0.
    pub policy: usize,
    /// The number of the statement in it, counted from 0.
    pub statement: usize,
    /// Those that return credentials, sorted.
    pub credentials: Vec<Box<str>>,
    /// Those that return what is stored, sorted.
    pub data: Vec<Box<str>>,
}

/// The reads of data and credentials that the statements of identity policies allow on resources that no policy names, in requests without any
/// condition key but those of the principal. One entry for each Allow statement that allows some, in order.
///
/// The resource of a request is one of some type that AWS lists for the action, with names of its own, in the account of the principal. What
/// the resource's own policy says is left to the principal's policies, as key policies and trust policies do that name the account.
pub fn unlimited_reads(layers: &Layers, classes: &Classes<'_>, details: &dyn Lookup) -> Vec<UnlimitedReads> {
    let mut all = Vec::new();
    let reads = Reads::of(classes);
    for (policy, own) in layers.identity.iter().enumerate() {
        let allows = own.statements.iter().enumerate().filter(|(_, own)| own.effect.value == Effect::Allow);
        for (statement, allow) in allows {
            let alone = alone(layers, own, allow);
            let mut found = UnlimitedReads { policy, statement, credentials: Vec::new(), data: Vec::new() };
            add(&mut found, &alone, &reads, details);
            if !found.credentials.is_empty() || !found.data.is_empty() {
                all.push(found);
            }
        }
    }
    all
}

/// The layers with one Allow statement of the identity policies, and all Denies.
fn alone(layers: &Layers, policy: &Arc<Policy>, allow: &Statement) -> Layers {
    let mut alone = layers.clone();
    for own in &mut alone.identity {
        let denies = own.statements.iter().filter(|own| own.effect.value == Effect::Deny).cloned().collect();
        *own = Arc::new(own.with_only(denies));
    }
    alone.identity.push(Arc::new(policy.with_only(vec![allow.clone()])));
    alone
}

/// The actions that return credentials or what is stored, by service.
struct Reads<'c> {
    by_service: BTreeMap<&'c str, BTreeSet<(String, SensitivityClass)>>,
}

impl<'c> Reads<'c> {
    fn of(classes: &'c Classes<'_>) -> Self {
        let mut by_service: BTreeMap<&str, BTreeSet<(String, SensitivityClass)>> = BTreeMap::new();
        for (service, name, reason) in classes.iter() {
            if [SensitivityClass::Credentials, SensitivityClass::StoredData].contains(&reason.class) {
                by_service.entry(service).or_default().insert((format!("{service}:{name}"), reason.class));
            }
        }
        Self { by_service }
    }

    /// Those that some Allow statement names.
    fn named<'r>(
        &'r self,
        allowing: &'r Allowing<'_>,
    ) -> impl Iterator<Item = &'r (String, SensitivityClass)> {
        let services = self.by_service.iter().filter(|(service, _)| allowing.names_some_of(service));
        services.flat_map(|(_, own)| own).filter(|(action, _)| allowing.names(action))
    }
}

/// Adds the actions that the layers allow.
fn add(found: &mut UnlimitedReads, layers: &Layers, reads: &Reads<'_>, details: &dyn Lookup) {
    let allowing = Allowing::of(layers, |_| true);
    let mut named = reads.named(&allowing).peekable();
    if named.peek().is_none() {
        return;
    }
    let callers: Vec<Caller> =
        targets(layers).iter().map(|(partition, account)| Caller::new(layers, partition, account)).collect();
    for (action, class) in named {
        // What has no resource is a read of nothing in particular.
        if details.has_resources(action) && callers.iter().any(|own| own.is_allowed(action, details)) {
            let is_credentials = *class == SensitivityClass::Credentials;
            let list = if is_credentials { &mut found.credentials } else { &mut found.data };
            list.push(action.as_str().into());
        }
    }
}

/// A principal in an account, and the layers that decide its requests for resources of the account.
struct Caller {
    layers: Layers,
    principal: Principal,
    partition: String,
    account: String,
}

impl Caller {
    fn new(layers: &Layers, partition: &str, account: &str) -> Self {
        let ids = partition.parse::<Partition>().ok().zip(AccountId::new(account));
        let principal = ids.as_ref().map_or_else(
            || session_principal(None),
            |(partition, account)| plain_session(partition, *account, &role_name!("any")),
        );
        let mut layers = layers.clone();
        if let (None, Some((_, account))) = (&layers.resource, ids) {
            let all = ResourceStatement::allow(
                Grantees::from(account),
                ActionElement::any(),
                ResourceElement::any(),
            );
            layers.resource = Some(Arc::new(Policy::resource([all])));
        }
        Self { layers, principal, partition: partition.to_owned(), account: account.to_owned() }
    }

    /// Whether requests for the action on resources of some type, of any name, are allowed.
    fn is_allowed(&self, name: &str, details: &dyn Lookup) -> bool {
        let (Some(action), Some(known)) = (Action::new(name), details.action(name)) else { return false };
        let is_allowed = |form: &str, name: &str| {
            let resource = named(form, &self.partition, &self.account, name);
            let mut request = Request::new(self.principal.clone(), action.clone(), resource);
            request.resource_account = Some(self.account.as_str().into());
            self.layers.decide(&request).is_allowed()
        };
        let mut forms = known.resources().flat_map(|own| own.resource_type().arns());
        forms.any(|form| NAMES.iter().all(|name| is_allowed(form, name)))
    }
}
