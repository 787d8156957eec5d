//! Policies that differ from a given one in a statement.

use std::sync::Arc;

use super::named::is_unidentified;
use iam_policy::{
    AccountId, Effect, NamedPrincipal as Entry, Policy, PrincipalElement, Principals, Span, Spanned,
    Statement,
};

/// The policy with one of its Allow statements, and all Denies. The Allow statement comes first.
pub(super) fn alone(policy: &Policy, statement: usize) -> Arc<Policy> {
    let mut alone = policy.clone();
    let own = policy.statements.get(statement).cloned();
    let denies = policy.statements.iter().filter(|other| other.effect.value == Effect::Deny);
    alone.statements = own.into_iter().chain(denies.cloned()).collect();
    Arc::new(alone)
}

/// The policy in which those of whom it does not say who they are, are an account.
///
/// A Deny that names them does not name the account. So whoever else they may be is not denied.
pub(super) fn with_stranger(policy: &Policy, account: &AccountId) -> Arc<Policy> {
    let mut changed = policy.clone();
    for statement in &mut changed.statements {
        let is_allow = statement.effect.value == Effect::Allow;
        let (principals, is_replaced) = match &mut statement.principal {
            Some(PrincipalElement::Principal(principals)) => (principals, is_allow),
            Some(PrincipalElement::NotPrincipal(principals)) => (principals, !is_allow),
            None => continue,
        };
        if let Principals::Entries(entries) = principals {
            let count = entries.len();
            entries.retain(|entry| !is_unidentified(&entry.value));
            if is_replaced && entries.len() < count {
                entries.push(Spanned::new(Entry::Account { text: account.as_str().into() }, Span::new(0, 0)));
            }
        }
    }
    Arc::new(changed)
}

/// The policy in which the first statement names an identity as one of whom it is not known who it is.
pub(super) fn with_identity(policy: &Policy, name: &str) -> Policy {
    let mut changed = policy.clone();
    if let Some(own) = changed.statements.first_mut() {
        let entry = Spanned::new(Entry::Federated(name.into()), Span::new(0, 0));
        own.principal = Some(PrincipalElement::Principal(Principals::Entries(vec![entry])));
    }
    changed
}

/// For each key that the first statement tests, the policy in which it does not.
pub(super) fn without_each_key(policy: &Policy) -> Vec<(Box<str>, Arc<Policy>)> {
    let Some(own) = policy.statements.first() else { return Vec::new() };
    let mut keys: Vec<&str> = own.conditions.iter().map(|condition| condition.key.value.as_str()).collect();
    keys.sort_unstable_by_key(|key| key.to_ascii_lowercase());
    keys.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
    let without = |key: &str| {
        let mut changed = policy.clone();
        if let Some(own) = changed.statements.first_mut() {
            own.conditions.retain(|condition| !condition.key.value.as_str().eq_ignore_ascii_case(key));
        }
        Arc::new(changed)
    };
    keys.into_iter().map(|key| (key.into(), without(key))).collect()
}

/// Whether a policy tests a key.
pub(super) fn tests(policy: &Policy, key: &str) -> bool {
    let mut conditions = policy.statements.iter().flat_map(|statement| &statement.conditions);
    conditions.any(|condition| condition.key.value.as_str().eq_ignore_ascii_case(key))
}

/// The keys of the variables of a policy.
pub(crate) fn variables(policy: &Policy) -> Vec<&str> {
    let mut keys: Vec<&str> =
        policy.statements.iter().flat_map(Statement::variables).map(|own| own.key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use iam_policy::{Limits, Mode, PolicyKind, account_id};

    use super::*;

    fn policy(effect: &str, principal: &str) -> Policy {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}", {principal}, "Action": "s3:GetObject", "Resource": "*", "Condition": {{"StringEquals": {{"aws:PrincipalTag/Team": "a"}}}}}}}}"#
        );
        Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap()
    }

    /// An Allow may let the stranger in, and no Deny keeps it out.
    #[test]
    fn a_stranger_stands_for_whom_an_allow_does_not_identify() {
        let id = r#""CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be""#;
        let (known, stranger) = ("111122223333", "999999999999");
        for (effect, element, unknown, wanted) in [
            ("Allow", "Principal", true, vec![known, stranger]),
            ("Allow", "Principal", false, vec![known]),
            ("Deny", "Principal", true, vec![known]),
            ("Deny", "Principal", false, vec![known]),
            ("Deny", "NotPrincipal", true, vec![known, stranger]),
            ("Deny", "NotPrincipal", false, vec![known]),
        ] {
            let more = if unknown { format!(", {id}") } else { String::new() };
            let policy = policy(effect, &format!(r#""{element}": {{"AWS": "{known}"{more}}}"#));
            let changed = with_stranger(&policy, &account_id!("999999999999"));
            let elements = changed.statements.iter().filter_map(|own| own.principal.as_ref());
            let entries = elements.flat_map(|own| own.principals().entries());
            let texts: Vec<&str> = entries.map(|own| own.value.text()).collect();
            assert_eq!(texts, wanted, "{effect} {element} {unknown}");
        }
    }

    #[test]
    fn keys_have_no_case() {
        let policy = policy("Allow", r#""Principal": "*""#);
        assert!(tests(&policy, "AWS:PrincipalTag/team"));
        assert!(!tests(&policy, "aws:PrincipalTag/other"));
    }
}
