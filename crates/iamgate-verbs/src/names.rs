//! Names that were given and that AWS's tables or the policies in question do not have, with the nearest that they have.
//!
//! A name that nobody knows is not refused: AWS may have added it yesterday, and a question about a text has an answer. But the answer says
//! so, because it is otherwise about nothing.

use std::collections::BTreeSet;
use std::fmt;

use iamgate::iam_catalog::{Catalog, Details, Service};
use iamgate::iam_eval::action_matches;
use iamgate::iam_json::quoted;
use iamgate::iam_policy::{ActionPattern, ArnFields, Policy};
use iamgate::nearest;
use serde::Serialize;

use crate::question::Case;
use crate::trouble::Trouble;
use crate::world::World;

/// The kind of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NameKind {
    /// An action, or a pattern of actions.
    Action,
    /// A service prefix.
    Service,
    /// A condition key.
    ConditionKey,
    /// The key of a session tag.
    Tag,
}

/// A name that is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct UnknownName {
    /// What it is a name of.
    pub kind: NameKind,
    /// The name, as it was given.
    pub name: String,
    /// Up to three known names that somebody may have meant, the nearest first.
    pub near: Vec<String>,
    /// Where the name is not known, as one sentence without a full stop.
    pub says: String,
}

/// Writes the sentence with the nearest names.
impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)?;
        if self.near.is_empty() {
            return Ok(());
        }
        f.write_str("; near it: ")?;
        for (at, name) in self.near.iter().enumerate() {
            write!(f, "{}{}", if at == 0 { "" } else { " or " }, quoted(name))?;
        }
        Ok(())
    }
}

/// The actions, or patterns of actions, that the catalogue does not have. Each is told once.
pub(crate) fn actions<'t>(
    catalog: &Catalog<'_>,
    texts: impl IntoIterator<Item = &'t str>,
) -> Vec<UnknownName> {
    let mut unknown: Vec<UnknownName> = Vec::new();
    for text in texts {
        if !unknown.iter().any(|known| known.name == text) {
            unknown.extend(action(catalog, text));
        }
    }
    unknown
}

/// An action, or a pattern of actions, unless the catalogue has it. Case does not matter.
pub(crate) fn action(catalog: &Catalog<'_>, text: &str) -> Option<UnknownName> {
    let (prefix, name) = text.split_once(':')?;
    if prefix.contains(['*', '?']) {
        let pattern = ActionPattern::parse(text)?;
        let is_known = catalog.actions().any(|action| action_matches(&pattern, &action.to_string()));
        return (!is_known).then(|| unknown_action(catalog, text, Vec::new()));
    }
    let Some(service) = catalog.service(prefix) else {
        let services = nearest(prefix, catalog.services(), |service| service.prefix());
        // The nearest service that has the action comes first.
        let (having, others): (Vec<_>, Vec<_>) =
            services.into_iter().partition(|service| service.action(name).is_some());
        let having =
            having.iter().filter_map(|service| service.action(name)).map(|action| action.to_string());
        let others = others.iter().map(|service| format!("{}:{name}", service.prefix()));
        let near: Vec<String> = having.chain(others).collect();
        let says = format!("the catalogue of {} has no service {}", catalog.date(), quoted(prefix));
        return Some(UnknownName { kind: NameKind::Service, name: text.to_owned(), near, says });
    };
    if !name.contains(['*', '?']) {
        if service.action(name).is_some() {
            return None;
        }
        let near = nearest(name, service.actions(), |action| action.name);
        let near = near.iter().map(ToString::to_string).collect();
        return Some(unknown_action(catalog, text, near));
    }
    let pattern = ActionPattern::parse(text)?;
    if service.actions().any(|action| action_matches(&pattern, &action.to_string())) {
        return None;
    }
    Some(unknown_action(catalog, text, near_patterns(&service, name)))
}

fn unknown_action(catalog: &Catalog<'_>, text: &str, near: Vec<String>) -> UnknownName {
    let what = if text.contains(['*', '?']) { "no action that matches" } else { "no action" };
    let says = format!("the catalogue of {} has {what} {}", catalog.date(), quoted(text));
    UnknownName { kind: NameKind::Action, name: text.to_owned(), near, says }
}

/// Patterns like one that matches nothing: with the nearest beginning that actions have, if the pattern is a beginning and a star.
fn near_patterns(service: &Service<'_, '_>, name: &str) -> Vec<String> {
    let Some(head) = name.strip_suffix('*').filter(|head| !head.contains(['*', '?'])) else {
        return Vec::new();
    };
    let heads: BTreeSet<&str> =
        service.actions().filter_map(|action| action.name.get(..head.len())).collect();
    nearest(head, heads, |head| *head)
        .into_iter()
        .map(|head| format!("{}:{head}*", service.prefix()))
        .collect()
}

/// The service of an ARN, unless the catalogue has it, as the prefix of actions or in the ARN of a resource type.
pub(crate) fn service_of(
    catalog: &Catalog<'_>,
    details: Option<&Details<'_>>,
    arn: &str,
) -> Option<UnknownName> {
    let service = ArnFields::split(arn)?.service;
    if service.is_empty() || service.contains(['*', '?', '$']) || catalog.service(service).is_some() {
        return None;
    }
    // Some ARNs have another name than actions have: `arn:aws:elasticloadbalancing` and `es`, for instance, or `aoss`.
    let is_in_arns = details.is_some_and(|details| {
        let services = catalog.services();
        let mut types = services.flat_map(|own| details.resource_types(own.prefix()));
        types.any(|own| own.arns().filter_map(ArnFields::split).any(|fields| fields.service == service))
    });
    if is_in_arns || details.is_none() {
        return None;
    }
    let near = nearest(service, catalog.services(), |own| own.prefix());
    Some(UnknownName {
        kind: NameKind::Service,
        name: arn.to_owned(),
        near: near.iter().map(|own| own.prefix().to_owned()).collect(),
        says: format!(
            "the catalogue of {} has no resources of a service {}",
            catalog.date(),
            quoted(service)
        ),
    })
}

/// The condition keys of a request that neither the details have nor a policy tests. Keys of identity providers have names that customers
/// choose, and are left out.
pub(crate) fn keys<'t>(
    details: &Details<'_>,
    policies: &[&Policy],
    given: impl IntoIterator<Item = &'t str>,
) -> Vec<UnknownName> {
    let tested = tested(policies);
    let mut unknown = Vec::new();
    for key in given {
        let prefix = key.split_once(':').map_or("", |(prefix, _)| prefix);
        let is_known = prefix.contains(['.', '/'])
            || tested.iter().any(|own| own.eq_ignore_ascii_case(key))
            || details.condition_key(key).is_some();
        if is_known {
            continue;
        }
        let known = details.condition_keys().map(|own| own.name).filter(|name| !name.contains('$'));
        let near = nearest(key, tested.iter().map(String::as_str).chain(known), |name| *name);
        unknown.push(UnknownName {
            kind: NameKind::ConditionKey,
            name: key.to_owned(),
            near: near.into_iter().map(str::to_owned).collect(),
            says: format!(
                "AWS's tables of {} have no condition key {}, and no policy tests it",
                details.date(),
                quoted(key)
            ),
        });
    }
    unknown
}

/// The keys of session tags that no policy tests.
pub(crate) fn tags<'t>(
    policies: &[&Policy],
    own: Option<&str>,
    given: impl IntoIterator<Item = &'t str>,
) -> Vec<UnknownName> {
    let tested = tested(policies);
    let tag = |key: &str| -> Option<String> {
        let is_tag = key.get(..TAG.len()).is_some_and(|head| head.eq_ignore_ascii_case(TAG));
        key.get(TAG.len()..).filter(|_| is_tag).map(str::to_owned)
    };
    let known: BTreeSet<String> =
        tested.iter().filter_map(|key| tag(key)).chain(own.map(str::to_owned)).collect();
    let mut unknown = Vec::new();
    for key in given {
        if known.iter().any(|own| own.eq_ignore_ascii_case(key)) {
            continue;
        }
        unknown.push(UnknownName {
            kind: NameKind::Tag,
            name: key.to_owned(),
            near: nearest(key, &known, |name| name.as_str()).into_iter().cloned().collect(),
            says: format!(
                "no policy of the session tests the tag {}, so that it changes nothing",
                quoted(key)
            ),
        });
    }
    unknown
}

/// The family of the tags of a principal.
const TAG: &str = "aws:PrincipalTag/";

/// The condition keys that policies test, or put into their texts by variables.
fn tested(policies: &[&Policy]) -> BTreeSet<String> {
    policies.iter().flat_map(|policy| policy.asked_keys()).map(str::to_owned).collect()
}

/// The action, the service and the condition keys of a request that are not known.
pub(crate) fn of_request(world: &dyn World, case: &Case) -> Result<Vec<UnknownName>, Trouble> {
    let built_in = world.built_in();
    let catalog = built_in.catalog()?;
    let request = &case.request;
    let mut unknown: Vec<UnknownName> = action(catalog, request.action.as_str()).into_iter().collect();
    if catalog.service(ArnFields::split(&request.resource).map_or("", |fields| fields.service)).is_none() {
        // The details are read only if there is a question about them.
        let details = built_in.details().ok();
        unknown.extend(service_of(catalog, details.map(|own| &**own), &request.resource));
    }
    let policies: Vec<&Policy> = case.layers.policies().map(|(_, policy)| &**policy).collect();
    let own = request.principal.keys();
    let given = request.context.iter().map(|(key, _)| key);
    unknown.extend(of_keys(world, &policies, given.filter(|key| own.value(key).is_none())));
    Ok(unknown)
}

/// The condition keys that are not known. None are told if the details of the catalogue are not there.
pub(crate) fn of_keys<'t>(
    world: &dyn World,
    policies: &[&Policy],
    given: impl IntoIterator<Item = &'t str>,
) -> Vec<UnknownName> {
    let tested = tested(policies);
    let is_open = |key: &&str| !tested.iter().any(|own| own.eq_ignore_ascii_case(key));
    let open: Vec<&str> = given.into_iter().filter(is_open).collect();
    if open.is_empty() {
        return Vec::new();
    }
    world.built_in().details().map_or_else(|_| Vec::new(), |details| keys(details, policies, open))
}
