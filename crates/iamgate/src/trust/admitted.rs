//! The principals of a trust policy's Allow statements.

use std::sync::Arc;

use iam_eval::{Action, Decision, Request, action_matches};
use iam_json::quoted;
use iam_policy::{
    AccountId, Effect, NamedPrincipal as Entry, Policy, PrincipalElement, Principals, RoleArn, Statement,
    account_id, role_name,
};

use super::providers::IdentityProviders;
use super::trial;
use crate::finding::{Finding, FindingCode};
use crate::proof::session_of;
use crate::snapshot::RoleSnapshot;

/// A principal that a statement of a trust policy admits, under its conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Admitted {
    /// The principal, as the policy names it.
    pub principal: Box<str>,
    /// The kind of caller.
    pub caller: TrustCaller,
    /// The number of the statement, counted from 1, and its `Sid`.
    pub statement: (usize, Option<Box<str>>),
    /// The calls it may make: the action patterns of the statement.
    pub actions: Vec<Box<str>>,
    /// The conditions of the statement: operator, key and values.
    pub conditions: Vec<Box<str>>,
}

/// The kinds of callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustCaller {
    /// One of DoiT's identity providers.
    Doit,
    /// Another identity provider.
    OtherProvider,
    /// A principal of AWS: an account, a role, a user.
    Aws,
    /// A service of AWS.
    Service,
    /// Everybody, or everybody with exceptions.
    Everybody,
}

impl TrustCaller {
    /// Every kind.
    pub const ALL: &'static [Self] =
        &[Self::Doit, Self::OtherProvider, Self::Aws, Self::Service, Self::Everybody];

    /// The name of the kind.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Doit => "doit",
            Self::OtherProvider => "other provider",
            Self::Aws => "aws principal",
            Self::Service => "service",
            Self::Everybody => "everybody",
        }
    }
}

impl std::fmt::Display for TrustCaller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// The calls that open a session.
const CALLS: [&str; 3] = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

fn opens(statement: &Statement) -> bool {
    let named =
        |call: &str| statement.action.patterns().iter().any(|pattern| action_matches(&pattern.value, call));
    statement.effect.value == Effect::Allow
        && CALLS.iter().any(|call| named(call) != statement.action.is_not())
}

/// The principals that a role's trust policy admits, in the order of its statements.
pub(super) fn of(role: &RoleSnapshot, providers: &IdentityProviders) -> Vec<Admitted> {
    let mut found = Vec::new();
    let statements = role.trust().into_iter().flat_map(|trust| &trust.statements).enumerate();
    for (number, statement) in statements.filter(|(_, statement)| opens(statement)) {
        let Some(element) = &statement.principal else { continue };
        let mut admit = |principal: String, caller: TrustCaller| {
            found.push(Admitted {
                principal: principal.into(),
                caller,
                statement: (number.saturating_add(1), statement.sid.as_ref().map(|sid| sid.value.clone())),
                actions: statement.action.patterns().iter().map(|p| p.value.text().into()).collect(),
                conditions: conditions(statement),
            });
        };
        if let PrincipalElement::NotPrincipal(others) = element {
            let texts: Vec<&str> = others.entries().iter().map(|entry| entry.value.text()).collect();
            admit(format!("everybody but {}", texts.join(", ")), TrustCaller::Everybody);
            continue;
        }
        match element.principals() {
            Principals::Everyone(_) => admit("*".to_owned(), TrustCaller::Everybody),
            Principals::Entries(entries) => {
                for entry in entries {
                    admit(entry.value.text().to_owned(), caller(&entry.value, role, providers));
                }
            }
        }
    }
    found
}

fn caller(entry: &Entry, role: &RoleSnapshot, providers: &IdentityProviders) -> TrustCaller {
    match entry {
        Entry::Aws => TrustCaller::Everybody,
        Entry::Federated(arn) if providers.of_arn(arn, role.partition(), role.account()).is_some() => {
            TrustCaller::Doit
        }
        Entry::Federated(_) => TrustCaller::OtherProvider,
        Entry::Service(_) => TrustCaller::Service,
        Entry::Account { .. }
        | Entry::User(_)
        | Entry::Role(_)
        | Entry::Session(_)
        | Entry::FederatedUser(_)
        | Entry::CanonicalUser(_)
        | Entry::Deleted(_) => TrustCaller::Aws,
    }
}

fn conditions(statement: &Statement) -> Vec<Box<str>> {
    statement
        .conditions
        .iter()
        .map(|condition| {
            let values: Vec<String> = condition.values.texts().iter().map(|text| quoted(text)).collect();
            let (test, key) = (&condition.test.value, condition.key.value.as_str());
            format!("{test} {key} {}", values.join(", ")).into()
        })
        .collect()
}

/// An account that no policy names.
const STRANGER: AccountId = account_id!("999999999999");

/// Adds the findings about the principals themselves.
pub(super) fn findings(role: &RoleSnapshot, admits: &[Admitted], findings: &mut Vec<Finding>) {
    for admitted in admits {
        let (number, _) = admitted.statement;
        let name = quoted(&admitted.principal);
        let under = if admitted.conditions.is_empty() {
            "without condition".to_owned()
        } else {
            format!("if {}", admitted.conditions.join(" and "))
        };
        let found = match admitted.caller {
            TrustCaller::Doit => continue,
            TrustCaller::Everybody => Finding::new(
                FindingCode::TrustWildcardPrincipal,
                format!("statement {number} admits {name}, {under}"),
                "name the identity providers",
            ),
            TrustCaller::OtherProvider => Finding::new(
                FindingCode::TrustForeignProvider,
                format!("statement {number} admits {name}, which is none of DoiT's, {under}"),
                "take it out if nobody knows what it is for",
            ),
            TrustCaller::Aws | TrustCaller::Service => Finding::new(
                FindingCode::TrustOtherPrincipal,
                format!(
                    "statement {number} admits {name}, {under}; its sessions have no session policy of DoiT's"
                ),
                "take it out if nobody knows what it is for",
            ),
        };
        let is_open = admitted.caller == TrustCaller::Everybody && admits_a_stranger(role);
        findings.push(if is_open {
            found.admitting(format!("a role of account {STRANGER} that may call sts:AssumeRole"))
        } else {
            found
        });
    }
}

/// Whether a role of an account that nobody names may assume the role.
fn admits_a_stranger(role: &RoleSnapshot) -> bool {
    // The stranger's own account allows the call, so only the trust policy decides.
    let Some(action) = Action::new("sts:AssumeRole") else { return false };
    let mut layers = trial::layers(role);
    layers.identity.push(Arc::new(Policy::everything()));
    let stranger = RoleArn::new(&role.arn().own_partition(), STRANGER, &role_name!("any"));
    let principal = session_of(&stranger);
    let context = principal.keys();
    let request =
        Request::new(principal, action, role.arn().as_str()).owned_by(role.account()).with_context(context);
    layers.decide(&request) == Decision::Allowed
}
