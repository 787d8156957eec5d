//! Statements: whether a statement applies to a request.

use iam_policy::{
    ActionElement, ActionPattern, Effect, Policy, PolicyKind, ResourceElement, ResourcePattern, Statement,
};

use crate::condition;
use crate::glob::{Comparison, LetterCase, compare, matches, matches_within};
use crate::layers::Layer;
use crate::meter::{Evidence, Meter};
use crate::principal::{Caller, Grant};
use crate::request::{Principal, Request, ResourceKind};
use crate::truth::{Certainty, Outcomes};

/// The parts of a request that statements are compared with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'r> {
    pub(crate) request: &'r Request,
    pub(crate) caller: Caller<'r>,
    pub(crate) meter: &'r Meter,
}

/// What a statement says about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) certainty: Certainty,
    /// How strongly the statement names the principal. [`Grant::Direct`] if its policy names none.
    pub(crate) grant: Grant,
}

/// The finding of a statement that does not apply.
const SILENT: Finding = Finding { certainty: Certainty::Never, grant: Grant::None };

impl<'r> Subject<'r> {
    pub(crate) const fn evidence(self) -> Evidence<'r> {
        Evidence { context: &self.request.context, meter: self.meter }
    }

    /// The finding of a statement, computed with as little work as possible.
    pub(crate) fn finding(self, statement: &Statement, policy: &Policy, layer: Layer) -> Finding {
        if self.action(&statement.action) { self.beyond_action(statement, policy, layer) } else { SILENT }
    }

    /// The finding of a statement whose action is known to match.
    pub(crate) fn beyond_action(self, statement: &Statement, policy: &Policy, layer: Layer) -> Finding {
        if !self.meter.spend(1) {
            return SILENT;
        }
        let grant = self.grant(statement, policy, layer);
        if grant == Grant::None {
            return SILENT;
        }
        let mut outcomes = self.resource(statement);
        for test in &statement.conditions {
            if outcomes == Outcomes::FALSE {
                return SILENT;
            }
            outcomes = outcomes.and(condition::outcomes(test, self.evidence()));
        }
        Finding { certainty: Certainty::of(statement.effect.value, outcomes), grant }
    }

    /// How strongly the statement names the principal.
    pub(crate) fn grant(self, statement: &Statement, policy: &Policy, layer: Layer) -> Grant {
        self.caller.grant_of(statement, policy, layer, self.request.resource_kind)
    }

    /// Whether the statement's actions match (part 2 of the rules).
    pub(crate) fn action(self, element: &ActionElement) -> bool {
        element.patterns().iter().any(|pattern| self.action_pattern(&pattern.value)) != element.is_not()
    }

    pub(crate) fn action_pattern(self, pattern: &ActionPattern) -> bool {
        let action = self.request.action.as_str();
        self.meter.spend(1) && matches_within(pattern.pattern(), action, LetterCase::Ascii, self.meter)
    }

    /// Whether the statement's resources match (part 3 of the rules).
    pub(crate) fn resource(self, statement: &Statement) -> Outcomes {
        match &statement.resource {
            // The statement applies to the resource that the policy is attached to (rule 1.12).
            None => Outcomes::TRUE,
            Some(ResourceElement::Resource(patterns)) => {
                let mut any = Outcomes::FALSE;
                for pattern in patterns {
                    any = any.or(self.resource_pattern(&pattern.value, Outcomes::FALSE));
                    if any == Outcomes::TRUE {
                        break;
                    }
                }
                any
            }
            // A null entry leaves open what is excluded: a Deny then applies, and an Allow does not (rule 3.27).
            Some(ResourceElement::NotResource(patterns)) => patterns
                .iter()
                .fold(Outcomes::FALSE, |any, p| {
                    any.or(self.resource_pattern(&p.value, Outcomes::INDETERMINATE))
                })
                .not(),
        }
    }

    /// Whether a pattern matches the resource. `null` is the outcome if a variable in the pattern has no value.
    pub(crate) fn resource_pattern(self, pattern: &ResourcePattern, null: Outcomes) -> Outcomes {
        let resource = &*self.request.resource;
        if !self.meter.spend(1) {
            Outcomes::FALSE
        } else if pattern.is_any() {
            Outcomes::TRUE
        } else if pattern.is_null() {
            null
        } else if resource == "*" {
            // Only `*` matches a request without a resource (rule 3.6). Whether the entry is null still matters to `NotResource`.
            compare(pattern.pattern(), resource, Comparison::Never, self.evidence(), null)
        } else {
            compare(
                pattern.pattern(),
                resource,
                Comparison::Text(LetterCase::Sensitive),
                self.evidence(),
                null,
            )
        }
    }
}

/// Whether a pattern matches the name of an action, ignoring ASCII case (rules 2.1 to 2.4).
pub fn action_matches(pattern: &ActionPattern, action: &str) -> bool {
    pattern.is_any() || matches(pattern.pattern(), action, LetterCase::Ascii)
}

/// How strongly a statement of a policy in a layer names a principal (rule 5.2).
///
/// [`Grant::Direct`] if the policy's statements name no principals. `has_boundary` says whether a permissions boundary limits the
/// principal.
pub fn grant_of(
    statement: &Statement,
    policy: &Policy,
    layer: Layer,
    principal: &Principal,
    has_boundary: bool,
    resource: ResourceKind,
) -> Grant {
    Caller { principal, has_boundary }.grant_of(statement, policy, layer, resource)
}

impl Caller<'_> {
    /// How strongly the statement names the principal (rule 5.2).
    ///
    /// A statement without a principal element in a layer that needs one is in the wrong layer. As an Allow it names nobody, as a Deny
    /// everybody.
    fn grant_of(self, statement: &Statement, policy: &Policy, layer: Layer, resource: ResourceKind) -> Grant {
        let effect = statement.effect.value;
        match &statement.principal {
            Some(element) => {
                // Trust policies are recognized by their kind or by their layer.
                let is_trust = layer == Layer::Resource
                    && (policy.kind == PolicyKind::Trust || resource == ResourceKind::IamRoleTrust);
                self.grant(element, effect, is_trust)
            }
            None if layer.names_principals() && effect == Effect::Allow => Grant::None,
            None => Grant::Direct,
        }
    }
}

/// Whether a statement allows.
pub(crate) const fn allows(statement: &Statement) -> bool {
    matches!(statement.effect.value, Effect::Allow)
}
