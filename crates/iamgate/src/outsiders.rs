//! Whether a resource policy gives access to anybody outside a set of accounts and organizations.

use std::sync::Arc;

use iam_analysis::{Actions, Analysis, ClassAnswer, Fact, Question, Verdict};
use iam_catalog::Details;
use iam_eval::{Layers, Principal};
use iam_policy::{
    AccountId, ActionElement, ArnFields, ConditionKey, Conditions, IamResource, IdentityStatement,
    NamedPrincipal as Entry, Partition, Pattern, Policy, Quantifier, ResourceElement, account_id, role_name,
};

use crate::proof::{make_real, plain_session, space};

/// The accounts and organizations that may have access.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Insiders {
    /// Accounts, by their ids. The owner of the resource is always included.
    pub accounts: Vec<Box<str>>,
    /// Organizations, such as `o-exampleorgid`.
    pub organizations: Vec<Box<str>>,
}

/// An outsider, and what the policy allows it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outsider {
    /// Who it is, described for people.
    pub who: Box<str>,
    /// Groups of actions that it may do, or for which the answer is not known.
    pub answers: Vec<ClassAnswer>,
}

/// An account that no policy names.
const STRANGER: AccountId = account_id!("999999999999");

/// Looks for outsiders to whom a resource policy gives access.
///
/// The outsiders are a role session of an account that nobody names; each user, role, session and account outside that the policy names; and a
/// caller without credentials. Their own policies allow them everything.
///
/// Service principals do not count as outsiders. Keys such as `aws:SourceArn` limit for whom a service may act.
pub fn outsiders(
    policy: &Arc<Policy>,
    owner: &str,
    insiders: &Insiders,
    details: &Details<'_>,
) -> Vec<Outsider> {
    let is_inside = |account: &str| account == owner || insiders.accounts.iter().any(|own| **own == *account);
    let mut found: Vec<(Box<str>, Principal)> =
        vec![("a caller without credentials".into(), Principal::Anonymous)];
    let mut accounts = vec![STRANGER];
    for element in policy.statements.iter().filter_map(|s| s.principal.as_ref()) {
        for entry in element.principals().entries() {
            let text = entry.value.text();
            if let Entry::Account { .. } = &entry.value {
                accounts.extend(entry.value.account().and_then(AccountId::new));
            }
            found.extend(named(text).map(|principal| (text.into(), principal)));
        }
    }
    accounts.sort_unstable();
    accounts.dedup();
    for account in accounts {
        let who = format!("a role of account {account}");
        found.push((who.into(), plain_session(&Partition::AWS, account, &role_name!("outside"))));
    }
    found.retain(|(_, principal)| !principal.account().is_some_and(is_inside));

    let mut layers = Layers::new();
    layers.resource = Some(Arc::clone(policy));
    layers.identity.push(Arc::new(Policy::everything()));
    if !insiders.organizations.is_empty() {
        layers.boundary = Some(vec![Arc::new(of_no_organization(&insiders.organizations))]);
    }
    // What needs no permission is not asked for (rule 5.55).
    let nothing = Layers::new();
    let mut told = Vec::new();
    for (who, principal) in found {
        let mut space = space(policy.statements.iter().flat_map(|s| &s.conditions), details);
        for (key, value) in principal.keys().iter() {
            space.set_fact(key, Fact::Value(value.clone()));
        }
        if principal.arn().is_none() {
            for key in ["aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"] {
                space.set_fact(key, Fact::Absent);
            }
        }
        let question =
            Question::new(&layers).beyond(&nothing).asked_by(&principal).owned_by(owner).about(Actions::Open);
        let mut answers = Analysis::new(space).by_action(&question);
        answers.retain(|answer| answer.verdict != Verdict::Holds);
        for answer in &mut answers {
            make_real(answer, &question, details);
        }
        if !answers.is_empty() {
            told.push(Outsider { who, answers });
        }
    }
    told
}

/// The user, the session, or a session of the role that a policy names with this text; `None` if it names none of these.
fn named(text: &str) -> Option<Principal> {
    let fields = ArnFields::split(text)?;
    let (partition, account) = (fields.partition, fields.account);
    let (session, role) = match fields.iam() {
        Some(IamResource::User(_)) => {
            return Some(Principal::IamUser { arn: text.into(), account: account.into() });
        }
        // The path of the role is not in the ARN of a session.
        Some(IamResource::AssumedRole { role, .. }) => {
            (text.to_owned(), IamResource::Role(role).arn(partition, account))
        }
        Some(IamResource::Role(_)) => {
            let session = IamResource::AssumedRole { role: fields.name(), session: "session" };
            (session.arn(partition, account), text.to_owned())
        }
        _ => return None,
    };
    Some(Principal::AssumedRole {
        arn: session.into(),
        role_arn: role.into(),
        account: account.into(),
        service_linked: false,
    })
}

/// A policy that allows everything, except to members of these organizations.
fn of_no_organization(organizations: &[Box<str>]) -> Policy {
    let all = || (ActionElement::any(), ResourceElement::any());
    let deny = |conditions| IdentityStatement::deny(all().0, all().1).when(conditions);
    let ids = Conditions::equals(None, &ConditionKey::new("aws:PrincipalOrgID"), organizations);
    let below = organizations.iter().map(|id| Pattern::beginning_with(&format!("{id}/")));
    let paths = ConditionKey::new("aws:PrincipalOrgPaths");
    let paths = Conditions::like(Some(Quantifier::ForAnyValue), &paths, below);
    Policy::managed([IdentityStatement::allow(all().0, all().1), deny(ids), deny(paths)])
}
