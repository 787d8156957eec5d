//! Reads of data and credentials that nothing limits.

use std::collections::BTreeSet;

use iam_catalog::{Classes, Lookup, SensitivityClass};
use iam_eval::{Action, Layers, Request};
use iam_policy::{Effect, ResourceElement, Statement};

use super::{Allowing, targets};
use crate::proof::{filled, session_principal};

/// The actions of a kind that are allowed on resources that no policy names, without a condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnlimitedReads {
    /// Those that return credentials, sorted.
    pub credentials: Vec<Box<str>>,
    /// Those that return what is stored, sorted.
    pub data: Vec<Box<str>>,
}

/// The reads of data and credentials that the layers allow on resources that no policy names, in requests without any condition key but those of
/// the principal.
///
/// The resource of a request is one of some type that AWS lists for the action, with a name of its own.
pub fn unlimited_reads(layers: &Layers, classes: &Classes<'_>, details: &dyn Lookup) -> UnlimitedReads {
    let (allowing, plain) = (Allowing::of(layers, |_| true), Allowing::of(layers, is_plain));
    let only_allow = only_allow(layers);
    let targets = targets(layers);
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut found = UnlimitedReads::default();
    for (service, name, reason) in classes.iter() {
        let list = if reason.class == SensitivityClass::Credentials {
            &mut found.credentials
        } else if reason.class == SensitivityClass::StoredData {
            &mut found.data
        } else {
            continue;
        };
        let action = format!("{service}:{name}");
        if !allowing.names(&action) || !seen.insert(format!("{action} {}", reason.class.name())) {
            continue;
        }
        // What has no resource is a read of nothing in particular.
        if !details.has_resources(&action) {
            continue;
        }
        let is_open =
            |(partition, account): &(String, String)| allows(layers, details, &action, partition, account);
        let is_allowed = (only_allow && plain.names(&action)) || targets.iter().any(is_open);
        if is_allowed {
            list.push(action.into());
        }
    }
    found
}

/// Whether a request for the action on a resource with a name of its own is allowed.
fn allows(layers: &Layers, details: &dyn Lookup, name: &str, partition: &str, account: &str) -> bool {
    let Some(action) = Action::new(name) else { return false };
    let Some(known) = details.action(name) else { return false };
    let forms = known.resources().flat_map(|own| own.resource_type().arns());
    let mut resources = forms.map(|form| filled(form, partition, account));
    resources.any(|resource| {
        let request = Request::new(session_principal(None), action.clone(), resource);
        layers.decide(&request).is_allowed()
    })
}

/// Whether a statement has no condition and every resource, so that its actions are allowed wherever no Deny is.
fn is_plain(own: &Statement) -> bool {
    let is_any = |element: &ResourceElement| {
        !element.is_not() && element.patterns().iter().any(|pattern| pattern.value.is_any())
    };
    own.conditions.is_empty() && !own.action.is_not() && own.resource.as_ref().is_some_and(is_any)
}

/// Whether the layers have nothing but Allow statements of identity-based policies.
fn only_allow(layers: &Layers) -> bool {
    let mut statements = layers.identity.iter().flat_map(|policy| &policy.statements);
    layers.policies().count() == layers.identity.len()
        && statements.all(|own| own.effect.value == Effect::Allow)
}
