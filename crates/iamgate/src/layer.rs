//! Which actions are possible through the policies of one layer: some resource and some context may allow them.
//!
//! Action by action and statement by statement. An action is possible through a layer if an Allow statement of the layer can match it and
//! is alive: the Denies without condition do not cover every resource the statement can match. That over-approximates what is allowed:
//! the resources and conditions of two layers are not intersected, nor those of an Allow and a conditional Deny.

use std::collections::HashMap;
use std::fmt;

use iam_analysis::ActionNames;
use iam_eval::Layer as LayerKind;
use iam_policy::{Effect, Policy, Position, ResourceElement, ResourcePattern, Statement};

use crate::cover::covers;
use crate::managed::NamedPolicy;

/// A statement of one of the policies of a [`Layer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct StatementId {
    /// Index of the policy.
    pub policy: usize,
    /// Index of the statement in it.
    pub statement: usize,
}

/// A statement as people find it. Displays as `policy/Sid`, or `policy#number` if it has no Sid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct DecidingStatement {
    /// The layer of its policy: [`LayerKind::Identity`] is the role.
    pub layer: LayerKind,
    /// The policy's name.
    pub policy: Box<str>,
    /// Its Sid, unless it is empty.
    pub sid: Option<Box<str>>,
    /// Which statement of the policy it is, counted from 1.
    pub number: usize,
    /// Where it begins in the document.
    pub position: Position,
}

impl fmt::Display for DecidingStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sid {
            Some(sid) => write!(f, "{}/{sid}", self.policy),
            None => write!(f, "{}#{}", self.policy, self.number),
        }
    }
}

/// Policies of one kind, and which actions their statements match.
#[derive(Clone, Debug)]
pub struct Layer<'p> {
    kind: LayerKind,
    policies: &'p [NamedPolicy],
    /// The class of each action, in the order of the catalogue.
    class_of: Vec<u32>,
    classes: Vec<Class>,
}

/// Actions that the same statements match.
#[derive(Clone, Debug, Default)]
struct Class {
    allows: Vec<StatementId>,
    /// Deny statements without condition.
    denies: Vec<StatementId>,
    /// Deny statements with a condition.
    conditional_denies: Vec<StatementId>,
}

impl<'p> Layer<'p> {
    /// Matches every statement with every action of a catalogue, whose names are those of [`Catalog::actions`] in their order.
    ///
    /// [`Catalog::actions`]: iam_catalog::Catalog::actions
    pub fn new(kind: LayerKind, policies: &'p [NamedPolicy], names: &ActionNames) -> Self {
        let mut class_at = vec![0_u32; names.len()];
        let mut classes = vec![Class::default()];
        for (policy, named) in policies.iter().enumerate() {
            for (statement, element) in named.policy.statements.iter().enumerate() {
                let id = StatementId { policy, statement };
                // Each class splits into the actions that the statement matches, and the others.
                let mut split: HashMap<u32, u32> = HashMap::new();
                for place in names.of_element(&element.action) {
                    let Some(class) = class_at.get_mut(place) else { continue };
                    *class = *split.entry(*class).or_insert_with(|| {
                        let mut own = classes.get(*class as usize).cloned().unwrap_or_default();
                        match (element.effect.value, element.conditions.is_empty()) {
                            (Effect::Allow, _) => own.allows.push(id),
                            (Effect::Deny, true) => own.denies.push(id),
                            (Effect::Deny, false) => own.conditional_denies.push(id),
                        }
                        classes.push(own);
                        u32::try_from(classes.len().saturating_sub(1)).unwrap_or(u32::MAX)
                    });
                }
            }
        }
        let class = |number| names.place(number).and_then(|place| class_at.get(place)).copied();
        let class_of = (0..names.given()).map(|number| class(number).unwrap_or_default()).collect();
        Self { kind, policies, class_of, classes }
    }

    /// The actions that the same statements match have the same number.
    pub(crate) fn class(&self, action: usize) -> u32 {
        self.class_of.get(action).copied().unwrap_or_default()
    }

    fn statements(&self, action: usize) -> Option<&Class> {
        self.classes.get(self.class(action) as usize)
    }

    /// What kind of layer it is.
    pub const fn kind(&self) -> LayerKind {
        self.kind
    }

    /// The statement of an id.
    pub fn statement(&self, id: StatementId) -> Option<&'p Statement> {
        self.policies.get(id.policy)?.policy.statements.get(id.statement)
    }

    /// The policy of an id.
    pub fn policy(&self, id: StatementId) -> Option<&'p NamedPolicy> {
        self.policies.get(id.policy)
    }

    /// A statement as people find it; nothing for an id of another layer.
    pub fn describe(&self, id: StatementId) -> Option<DecidingStatement> {
        let (named, statement) = (self.policy(id)?, self.statement(id)?);
        Some(DecidingStatement {
            layer: self.kind,
            policy: named.name.clone(),
            sid: statement.sid.as_ref().map(|sid| sid.value.clone()).filter(|sid| !sid.is_empty()),
            number: id.statement.saturating_add(1),
            position: named.policy.position_of(statement.place.span),
        })
    }

    /// The policies.
    pub fn documents(&self) -> impl Iterator<Item = &'p Policy> + use<'p> {
        self.policies.iter().map(|named| &*named.policy)
    }

    /// The Allow statements that match an action, alive or not.
    pub fn allows(&self, action: usize) -> &[StatementId] {
        self.statements(action).map(|class| class.allows.as_slice()).unwrap_or_default()
    }

    /// The Deny statements without condition that match an action.
    pub fn denies(&self, action: usize) -> &[StatementId] {
        self.statements(action).map(|class| class.denies.as_slice()).unwrap_or_default()
    }

    /// The Deny statements with a condition that match an action.
    pub fn conditional_denies(&self, action: usize) -> &[StatementId] {
        self.statements(action).map(|class| class.conditional_denies.as_slice()).unwrap_or_default()
    }

    /// The Allow statements that are alive beside the Denies of these layers.
    pub fn alive(&self, action: usize, beside: &[&Self]) -> Vec<StatementId> {
        let alive = |id: &&StatementId| match self.statement(**id) {
            Some(allow) => can_match(allow) && killers(allow, action, beside).is_empty(),
            None => false,
        };
        self.allows(action).iter().filter(alive).copied().collect()
    }

    /// Whether an action is denied for every resource, without condition.
    pub fn denies_everywhere(&self, action: usize) -> bool {
        let everywhere = |id: &StatementId| self.statement(*id).is_some_and(denies_everything);
        self.denies(action).iter().any(everywhere)
    }
}

/// The Denies without condition that leave an Allow statement no resource for an action: one that covers all of it if there is such a
/// one, else one for each of its resource patterns. Each comes with the index of its layer in `beside`. Empty if the statement lives.
pub(crate) fn killers(allow: &Statement, action: usize, beside: &[&Layer<'_>]) -> Vec<(usize, StatementId)> {
    let denies = || {
        beside.iter().enumerate().flat_map(|(index, layer)| {
            let found =
                layer.denies(action).iter().filter_map(|id| Some((index, *id, layer.statement(*id)?)));
            found.collect::<Vec<_>>()
        })
    };
    let inner: &[_] = match &allow.resource {
        Some(ResourceElement::Resource(patterns)) => patterns,
        Some(ResourceElement::NotResource(_)) | None => &[],
    };
    let patterns = || inner.iter().map(|p| &p.value).filter(|p| !p.is_null());
    let covers_all = |deny: &Statement| {
        denies_everything(deny)
            || (patterns().next().is_some() && patterns().all(|p| covers_pattern(deny, p)))
    };
    if let Some((index, id, _)) = denies().find(|(_, _, deny)| covers_all(deny)) {
        return vec![(index, id)];
    }
    let mut found = Vec::new();
    for pattern in patterns() {
        let Some((index, id, _)) = denies().find(|(_, _, deny)| covers_pattern(deny, pattern)) else {
            return Vec::new();
        };
        if !found.contains(&(index, id)) {
            found.push((index, id));
        }
    }
    found
}

/// Whether an Allow statement can match any resource at all.
pub(crate) fn can_match(allow: &Statement) -> bool {
    match &allow.resource {
        None => true,
        Some(ResourceElement::Resource(patterns)) => patterns.iter().any(|p| !p.value.is_null()),
        // Rule 3.27: with a null entry the statement does not apply.
        Some(ResourceElement::NotResource(patterns)) => {
            patterns.iter().all(|p| !p.value.is_null() && !p.value.is_any())
        }
    }
}

/// Whether a statement is about every resource, also about requests without one.
fn denies_everything(deny: &Statement) -> bool {
    match &deny.resource {
        Some(ResourceElement::Resource(patterns)) => patterns.iter().any(|p| p.value.is_any()),
        Some(ResourceElement::NotResource(_)) | None => false,
    }
}

/// Whether a statement is about every resource that a pattern can match. A yes is certain; of a `NotResource` it is always no.
fn covers_pattern(deny: &Statement, inner: &ResourcePattern) -> bool {
    let Some(ResourceElement::Resource(outer)) = &deny.resource else { return false };
    // `*` also matches requests without a resource, which no ARN pattern matches (rule 3.6).
    let covered = |outer: &ResourcePattern| {
        outer.is_any() || (!inner.is_any() && !outer.is_null() && covers(outer.pattern(), inner.pattern()))
    };
    outer.iter().any(|p| covered(&p.value))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use iam_policy::{Limits, Mode, PolicyKind};

    use super::*;

    /// The Denies that leave the first statement nothing, as their numbers.
    fn killed_by(statements: &str) -> Vec<usize> {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        let read = Policy::parse(&text, PolicyKind::Identity, Mode::Strict, &Limits::default()).unwrap();
        let policies = [NamedPolicy { name: "p".into(), policy: Arc::new(read) }];
        let layer = Layer::new(LayerKind::Identity, &policies, &ActionNames::new(["s3:GetObject"]));
        let found = killers(&policies[0].policy.statements[0], 0, &[&layer]);
        assert_eq!(layer.alive(0, &[&layer]).is_empty(), !found.is_empty());
        found.into_iter().map(|(_, id)| layer.describe(id).unwrap().number).collect()
    }

    fn statement(effect: &str, resources: &str, rest: &str) -> String {
        format!(r#"{{"Effect": "{effect}", "Action": "s3:GetObject", {resources}{rest}}}"#)
    }

    #[test]
    fn denies_cover_an_allow_alone_or_together() {
        let allow = statement("Allow", r#""Resource": ["arn:aws:s3:::a/x*", "arn:aws:s3:::b/*"]"#, "");
        let deny =
            |resource: &str| statement("Deny", &format!(r#""Resource": "arn:aws:s3:::{resource}""#), "");
        let case = |denies: &[String]| killed_by(&[std::slice::from_ref(&allow), denies].concat().join(","));
        assert_eq!(case(&[deny("a/*")]), []);
        assert_eq!(case(&[deny("a/*"), deny("b/*")]), [2, 3]);
        assert_eq!(case(&[deny("a/*"), deny("b/*"), deny("*")]), [4], "one that is enough comes first");
        let condition = r#", "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#;
        assert_eq!(case(&[statement("Deny", r#""Resource": "*""#, condition)]), []);
        assert_eq!(case(&[statement("Deny", r#""NotResource": "arn:aws:s3:::c/*""#, "")]), []);
    }

    #[test]
    fn no_arn_covers_a_request_without_a_resource() {
        let allow = statement("Allow", r#""Resource": "*""#, "");
        let case = |resource: &str| {
            killed_by(&format!("{allow},{}", statement("Deny", &format!(r#""Resource": "{resource}""#), "")))
        };
        assert_eq!(case("arn:aws:s3:::*"), []);
        assert_eq!(case("*"), [2]);
    }
}
