//! Statements: whether a statement applies to a request.

use iam_policy::{
    ActionElement, ActionPattern, Effect, Pattern, Policy, PolicyKind, PrincipalElement, ResourceElement,
    ResourcePattern, Statement,
};

use crate::condition;
use crate::context::ContextValue;
use crate::glob::{Comparison, LetterCase, compare, matches, matches_within};
use crate::layers::Layer;
use crate::meter::{Evidence, Meter};
use crate::principal::{Caller, Grant, Naming};
use crate::reading::{Point, Readings};
use crate::request::{Principal, Request, ResourceKind};
use crate::truth::{Certainty, Outcomes};

/// The parts of a request that statements are compared with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'r> {
    pub(crate) request: &'r Request,
    pub(crate) caller: Caller<'r>,
    pub(crate) meter: &'r Meter,
    pub(crate) readings: Readings,
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
        Evidence { context: &self.request.context, meter: self.meter, readings: self.readings }
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
        let Naming { grant, is_certain } = self.naming(statement, policy, layer);
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
        let certainty = Certainty::of(statement.effect.value, outcomes);
        Finding { certainty: if is_certain { certainty } else { certainty.min(Certainty::Maybe) }, grant }
    }

    /// How strongly the statement names the principal.
    pub(crate) fn naming(self, statement: &Statement, policy: &Policy, layer: Layer) -> Naming {
        self.caller.naming_of(statement, policy, layer, self.request.resource_kind)
    }

    /// The names that the statement's `NotPrincipal` lacks: with them, the principal would be exempt (rule 5.7). Empty if it is, if no names exempt
    /// it, and for other statements.
    pub(crate) fn unlisted(self, statement: &Statement) -> impl Iterator<Item = &'r str> {
        let names = match &statement.principal {
            Some(PrincipalElement::NotPrincipal(principals)) => self.caller.unlisted(principals.entries()),
            Some(PrincipalElement::Principal(_)) | None => None,
        };
        names.into_iter().flatten().flatten()
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
            Some(ResourceElement::NotResource(patterns)) => {
                let null = self.readings.choose(
                    Point::NullNotResource,
                    || Outcomes::INDETERMINATE,
                    || Outcomes::FALSE,
                );
                patterns
                    .iter()
                    .fold(Outcomes::FALSE, |any, p| any.or(self.resource_pattern(&p.value, null)))
                    .not()
            }
        }
    }

    /// Whether a pattern matches the resource. `null` is the outcome if a variable in the pattern has no value.
    pub(crate) fn resource_pattern(self, pattern: &ResourcePattern, null: Outcomes) -> Outcomes {
        if !self.meter.spend(1) {
            Outcomes::FALSE
        } else if pattern.is_any() {
            Outcomes::TRUE
        } else if pattern.has_early_variable() {
            self.readings.choose(Point::VariableInArn, || self.whole_pattern(pattern, null), || null)
        } else {
            self.whole_pattern(pattern, null)
        }
    }

    /// As [`Subject::resource_pattern`], if variables are replaced wherever they stand.
    fn whole_pattern(self, pattern: &ResourcePattern, null: Outcomes) -> Outcomes {
        let completed = pattern.pattern();
        let Some(written) = pattern.written() else { return self.resource_text(completed, null) };
        self.readings.choose(
            Point::IncompleteArn,
            // An incomplete ARN with a variable is not completed, and matches nothing (rule 3.7).
            || {
                if completed.has_variables() {
                    self.text(completed, null, Comparison::Never)
                } else {
                    self.resource_text(completed, null)
                }
            },
            || self.resource_text(written, null),
        )
    }

    fn resource_text(self, pattern: &Pattern, null: Outcomes) -> Outcomes {
        // Only `*` matches a request without a resource (rule 3.6). Whether the entry is null still matters to `NotResource`.
        let is_without = &*self.request.resource == "*";
        let comparison = if is_without { Comparison::Never } else { Comparison::Text(LetterCase::Sensitive) };
        self.text(pattern, null, comparison)
    }

    fn text(self, pattern: &Pattern, null: Outcomes, comparison: Comparison) -> Outcomes {
        compare(pattern, &self.request.resource, comparison, self.evidence(), null)
    }
}

/// Whether a pattern matches the name of an action, ignoring ASCII case (rules 2.1 to 2.4).
pub fn action_matches(pattern: &ActionPattern, action: &str) -> bool {
    pattern.is_any() || matches(pattern.pattern(), action, LetterCase::Ascii)
}

/// How strongly a statement of a policy in a layer names a principal, under some readings (rule 5.2).
///
/// [`Grant::Direct`] if the policy's statements name no principals. `has_boundary` says whether a permissions boundary limits the
/// principal. The other names of a service principal are taken for unknown, because they are keys of a request.
pub fn naming_of(
    statement: &Statement,
    policy: &Policy,
    layer: Layer,
    principal: &Principal,
    has_boundary: bool,
    resource: ResourceKind,
    readings: impl Into<Readings>,
) -> Naming {
    let caller =
        Caller { principal, has_boundary, names: Some(&ContextValue::Unknown), readings: readings.into() };
    caller.naming_of(statement, policy, layer, resource)
}

impl Caller<'_> {
    /// How strongly the statement names the principal (rule 5.2).
    ///
    /// A statement without a principal element in a layer that needs one is in the wrong layer. As an Allow it names nobody, as a Deny
    /// everybody.
    fn naming_of(
        self,
        statement: &Statement,
        policy: &Policy,
        layer: Layer,
        resource: ResourceKind,
    ) -> Naming {
        let effect = statement.effect.value;
        match &statement.principal {
            Some(element) => {
                // Trust policies are recognized by their kind or by their layer.
                let is_trust = layer == Layer::Resource
                    && (policy.kind == PolicyKind::Trust || resource == ResourceKind::IamRoleTrust);
                self.naming(element, effect, is_trust)
            }
            None if layer.names_principals() && effect == Effect::Allow => Naming::certain(Grant::None),
            None => Naming::certain(Grant::Direct),
        }
    }
}

/// Whether a statement allows.
pub(crate) const fn allows(statement: &Statement) -> bool {
    matches!(statement.effect.value, Effect::Allow)
}
