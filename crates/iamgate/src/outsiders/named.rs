//! Whom and what a policy names.

use std::collections::BTreeSet;

use iam_analysis::{Inside, covers};
use iam_eval::LetterCase;
use iam_policy::{
    AccountId, ArnFields, Effect, NamedPrincipal as Entry, Partition, Pattern, Policy, PrincipalElement,
    Principals, ResourceElement, Statement, Syntax, account_id,
};

/// A service that a statement may let in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    /// One that the statement names.
    Named(Box<str>),
    /// An origin access identity of CloudFront.
    Identity(Box<str>),
    /// Any, because the statement names everyone.
    Any,
}

impl Service {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Named(name) | Self::Identity(name) => name,
            Self::Any => "other.amazonaws.com",
        }
    }
}

fn entries(statement: &Statement) -> impl Iterator<Item = &Entry> {
    let entries = statement.principal.iter().flat_map(|element| element.principals().entries());
    entries.map(|entry| &entry.value)
}

/// Whether a statement names everyone: by `*`, or as everyone but some.
pub(crate) fn is_for_everyone(statement: &Statement) -> bool {
    match &statement.principal {
        Some(PrincipalElement::Principal(Principals::Everyone(_)) | PrincipalElement::NotPrincipal(_)) => {
            true
        }
        Some(PrincipalElement::Principal(Principals::Entries(_))) => {
            entries(statement).any(|entry| matches!(entry, Entry::Aws))
        }
        None => false,
    }
}

/// The services that a statement may let in.
pub(crate) fn services(statement: &Statement) -> BTreeSet<Service> {
    let mut found = BTreeSet::new();
    if is_for_everyone(statement) {
        found.insert(Service::Any);
        // The names of services that its conditions ask for.
        for condition in &statement.conditions {
            if condition.key.value.as_str().to_ascii_lowercase().starts_with("aws:principalservicename") {
                let names = condition.values.texts();
                let plain = names.into_iter().filter(|name| !name.contains(['*', '?', '$']));
                found.extend(plain.map(|name| Service::Named(name.into())));
            }
        }
    }
    if let Some(PrincipalElement::Principal(_)) = &statement.principal {
        for entry in entries(statement) {
            if let Entry::Service(name) = entry {
                found.insert(Service::Named(name.clone()));
            }
            if let Entry::User(arn) = entry
                && ArnFields::account_of(arn).is_none()
            {
                found.insert(Service::Identity(arn.clone()));
            }
        }
    }
    found
}

/// The first of those whom a policy names without saying who they are.
pub(crate) fn unidentified(policy: &Policy) -> Option<&str> {
    let named = |statement| entries(statement).find(|entry| is_unidentified(entry)).map(Entry::text);
    policy.statements.iter().find_map(named)
}

/// Whether an entry does not say who it is: an account by its canonical id, or those whom a provider knows.
pub(crate) const fn is_unidentified(entry: &Entry) -> bool {
    matches!(entry, Entry::CanonicalUser(_) | Entry::Federated(_))
}

/// The partitions that a policy names, or `aws`.
pub(crate) fn partitions(policy: &Policy) -> Vec<Partition> {
    let mut texts: Vec<&str> = Vec::new();
    for statement in &policy.statements {
        texts.extend(entries(statement).map(Entry::text));
        texts.extend(statement.conditions.iter().flat_map(|condition| condition.values.texts()));
        let patterns = statement.resource.iter().flat_map(ResourceElement::patterns);
        texts.extend(patterns.map(|pattern| pattern.value.pattern().text()));
    }
    let mut found = BTreeSet::new();
    for name in texts.into_iter().filter_map(ArnFields::partition_of) {
        if let Ok(partition) = name.parse() {
            found.insert(partition);
        } else if !name.contains('$') && !matches_plain_partition(name) {
            // A pattern of other partitions.
            found.extend(Partition::KNOWN);
        }
    }
    if found.is_empty() {
        found.insert(Partition::AWS);
    }
    found.into_iter().collect()
}

/// Whether a pattern matches the partition `aws`, so that it does not set other partitions apart.
fn matches_plain_partition(name: &str) -> bool {
    let pattern = |text: &str| Pattern::parse(text, Syntax::new(true, false));
    match (pattern(name), pattern(Partition::AWS.as_str())) {
        (Ok(name), Ok(plain)) => covers(&name, &plain, LetterCase::Sensitive),
        (Err(_), _) | (_, Err(_)) => false,
    }
}

/// The ARNs without an account that a policy gives as whole sources of requests of services.
pub(crate) fn own_resources(policy: &Policy) -> Vec<&str> {
    let allows = policy.statements.iter().filter(|statement| statement.effect.value == Effect::Allow);
    let conditions = allows.flat_map(|statement| &statement.conditions);
    let of_sources = conditions.filter(|c| c.key.value.as_str().eq_ignore_ascii_case("aws:SourceArn"));
    let is_whole = |text: &&str| {
        !text.contains(['*', '?', '$'])
            && ArnFields::split(text).is_some_and(|fields| fields.account.is_empty())
    };
    let mut found: Vec<&str> = of_sources.flat_map(|c| c.values.texts()).filter(is_whole).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// An account that is not inside. If all that are tried are, one of them.
pub(crate) fn stranger(inside: &Inside) -> AccountId {
    let strangers = [account_id!("999999999999"), account_id!("888888888888"), account_id!("777777777777")];
    let is_inside = |account: &AccountId| inside.owner == *account || inside.accounts.contains(account);
    strangers.into_iter().find(|account| !is_inside(account)).unwrap_or(account_id!("666666666666"))
}

#[cfg(test)]
mod tests {
    use iam_analysis::Inside;
    use iam_policy::{Limits, Mode, Partition, Policy, PolicyKind, account_id};

    use super::{Service, is_for_everyone, own_resources, partitions, services, stranger, unidentified};

    fn policy(statements: &str) -> Policy {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap()
    }

    fn of(effect: &str, principal: &str, conditions: &str) -> String {
        format!(
            r#"{{"Effect": "{effect}", {principal}, "Action": "s3:GetObject", "Resource": "*", "Condition": {{{conditions}}}}}"#
        )
    }

    #[test]
    fn everyone_is_a_wildcard_or_an_exception() {
        let cloudtrail = Service::Named("cloudtrail.amazonaws.com".into());
        for (effect, principal, wanted, found) in [
            ("Allow", r#""Principal": "*""#, true, vec![Service::Any]),
            ("Allow", r#""Principal": {"AWS": ["111122223333", "*"]}"#, true, vec![Service::Any]),
            ("Deny", r#""NotPrincipal": {"AWS": "111122223333"}"#, true, vec![Service::Any]),
            ("Allow", r#""Principal": {"AWS": "111122223333"}"#, false, vec![]),
            ("Allow", r#""Principal": {"Service": "cloudtrail.amazonaws.com"}"#, false, vec![cloudtrail]),
        ] {
            let policy = policy(&of(effect, principal, ""));
            for statement in &policy.statements {
                assert_eq!(is_for_everyone(statement), wanted, "{principal}");
                assert_eq!(services(statement).into_iter().collect::<Vec<_>>(), found, "{principal}");
            }
        }
    }

    #[test]
    fn the_first_that_is_not_identified_is_told() {
        let id = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
        let known = of("Allow", r#""Principal": {"AWS": "111122223333"}"#, "");
        assert_eq!(unidentified(&policy(&known)), None);
        let canonical = of("Deny", &format!(r#""Principal": {{"CanonicalUser": "{id}"}}"#), "");
        assert_eq!(unidentified(&policy(&format!("{known}, {canonical}"))), Some(id));
    }

    #[test]
    fn partitions_are_those_that_are_told_apart() {
        let (plain, china) = (vec![Partition::AWS], vec!["aws-cn".parse().unwrap()]);
        let mut every = Partition::KNOWN.to_vec();
        every.sort();
        for (partition, wanted) in [
            ("aws", &plain),
            ("aws-cn", &china),
            // Other partitions than `aws`, but no one of them.
            ("aws-*", &every),
            // These match `aws`, too, so that a policy of `aws` may have them.
            ("*", &plain),
            ("aws*", &plain),
            ("${aws:PrincipalTag/p}", &plain),
        ] {
            let condition = format!(
                r#""StringLike": {{"aws:PrincipalArn": "arn:{partition}:iam::111122223333:role/a"}}"#
            );
            let policy = policy(&of("Allow", r#""Principal": "*""#, &condition));
            assert_eq!(&partitions(&policy), wanted, "{partition}");
        }
    }

    #[test]
    fn own_resources_are_whole_sources_without_an_account() {
        let any = r#""Principal": "*""#;
        let sources = r#""ArnLike": {"AWS:SourceArn": ["arn:aws:s3:::own", "arn:aws:s3:::some*", "arn:aws:sns:us-east-1:111122223333:t", "arn:aws:s3:::own"], "aws:PrincipalArn": "arn:aws:s3:::caller"}"#;
        let denied = r#""ArnLike": {"aws:SourceArn": "arn:aws:s3:::denied"}"#;
        let policy = policy(&format!("{}, {}", of("Allow", any, sources), of("Deny", any, denied)));
        assert_eq!(own_resources(&policy), ["arn:aws:s3:::own"]);
    }

    #[test]
    fn a_stranger_is_not_inside() {
        let (nines, eights) = (account_id!("999999999999"), account_id!("888888888888"));
        assert_eq!(stranger(&Inside::of(account_id!("111122223333"))), nines);
        assert_eq!(stranger(&Inside::of(nines)), eights);
        let mut inside = Inside::of(account_id!("111122223333"));
        inside.accounts.push(nines);
        assert_eq!(stranger(&inside), eights);
        inside.accounts.push(eights);
        assert_eq!(stranger(&inside), account_id!("777777777777"));
    }
}
