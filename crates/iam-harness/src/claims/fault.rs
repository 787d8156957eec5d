//! Faults that are planted on purpose: what a claim is made from is not what it is about.
//!
//! A verb is asked about a changed document, and its answer is taken for one about the document as it was. So the comparison itself stays as it
//! is, and must find each fault.

use iam_policy::{ActionElement, ActionPattern, Effect, Limits, Mode, Policy, PolicyKind, ResourceElement};

/// A fault in what a claim is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Deny statements lose their conditions.
    DenyUnconditional,
    /// Deny statements apply to every resource.
    DenyEverywhere,
    /// The last Allow statement is about an action that nobody asks for.
    AllowLost,
    /// `NotAction` is `Action`.
    NotActionIgnored,
    /// Allow statements lose their conditions.
    AllowUnconditional,
    /// The account of a caller is not tied to its other names: its key has another name.
    AccountUntied,
    /// What a policy asks of session tags, it asks of a key that calls do not have.
    TagsIgnored,
    /// Tokens without the claim `sub` are none: a statement that asks for the absence of `sub` asks for something else.
    SubjectAlwaysThere,
    /// One action of the table of a restriction is not denied.
    ActionNotDenied,
    /// The statement of a restriction is not added.
    StatementNotAdded,
    /// The role is asked about with a boundary that it does not have.
    BoundaryInvented,
    /// The first exception of a profile has no bounds.
    ExceptionUnbounded,
}

impl Fault {
    /// The name of the fault.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DenyUnconditional => "deny-unconditional",
            Self::DenyEverywhere => "deny-everywhere",
            Self::AllowLost => "allow-lost",
            Self::NotActionIgnored => "not-action-ignored",
            Self::AllowUnconditional => "allow-unconditional",
            Self::AccountUntied => "account-untied",
            Self::TagsIgnored => "tags-ignored",
            Self::SubjectAlwaysThere => "subject-always-there",
            Self::ActionNotDenied => "action-not-denied",
            Self::StatementNotAdded => "statement-not-added",
            Self::BoundaryInvented => "boundary-invented",
            Self::ExceptionUnbounded => "exception-unbounded",
        }
    }
}

/// The policy from which a claim is made: with the fault, if it is one of policies. `None` if the fault leaves no policy.
pub(crate) fn planted(text: &str, kind: PolicyKind, fault: Option<Fault>) -> Option<String> {
    let Some(fault) = fault else { return Some(text.to_owned()) };
    let mut policy = Policy::parse(text, kind, Mode::Deployed, &Limits::default()).ok()?;
    match fault {
        Fault::DenyUnconditional | Fault::AllowUnconditional => {
            let effect = if fault == Fault::DenyUnconditional { Effect::Deny } else { Effect::Allow };
            for own in policy.statements.iter_mut().filter(|own| own.effect.value == effect) {
                own.conditions.clear();
            }
        }
        Fault::DenyEverywhere => {
            for own in policy.statements.iter_mut().filter(|own| own.effect.value == Effect::Deny) {
                own.resource = own.resource.as_ref().map(|_| ResourceElement::any());
            }
        }
        Fault::AllowLost => {
            let mut allows = policy.statements.iter_mut().filter(|own| own.effect.value == Effect::Allow);
            allows.next_back()?.action = ActionPattern::parse("nothing:Nothing")?.into();
        }
        Fault::NotActionIgnored => {
            for own in &mut policy.statements {
                if let ActionElement::NotAction(list) = &own.action {
                    own.action = ActionElement::Action(list.clone());
                }
            }
        }
        Fault::AccountUntied => {
            return Some(policy.to_string().replace("aws:PrincipalAccount", "aws:PrincipalHome"));
        }
        Fault::TagsIgnored => {
            return Some(policy.to_string().replace("aws:TagKeys", "aws:SourceVpc"));
        }
        Fault::SubjectAlwaysThere => {
            return Some(policy.to_string().replace(":sub\"", ":azp\""));
        }
        Fault::ActionNotDenied
        | Fault::StatementNotAdded
        | Fault::BoundaryInvented
        | Fault::ExceptionUnbounded => return Some(text.to_owned()),
    }
    Some(policy.to_string())
}
