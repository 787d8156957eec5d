//! Statements that are in a policy already.

use std::collections::BTreeSet;

use iam_policy::{NamedPrincipal, PrincipalElement, Principals, Sid, Statement, sid};

/// The `Sid` of the statement.
pub(super) const SID: Sid = sid!("NoDoitSessions");

/// A `Sid` that no statement has: a policy may not have one twice.
pub(super) fn free_sid(statements: &[Statement]) -> Sid {
    let is_free = |sid: &Sid| {
        statements.iter().all(|own| own.sid.as_ref().is_none_or(|own| *own.value != *sid.as_str()))
    };
    let numbered = (2_u32..).filter_map(|number| format!("{SID}{number}").parse().ok());
    std::iter::once(SID).chain(numbered).find(is_free).unwrap_or(SID)
}

/// Whether two statements say the same, apart from their `Sid`. Neither the order of patterns nor the form of `Principal` matters.
pub(super) fn is_same(a: &Statement, b: &Statement) -> bool {
    let is_everyone = |statement: &Statement| match &statement.principal {
        Some(PrincipalElement::Principal(Principals::Everyone(_))) => true,
        Some(PrincipalElement::Principal(Principals::Entries(some))) => {
            some.iter().any(|own| own.value == NamedPrincipal::Aws)
        }
        Some(PrincipalElement::NotPrincipal(_)) | None => false,
    };
    let actions = |statement: &Statement| -> BTreeSet<String> {
        let patterns = statement.action.patterns().iter();
        patterns.map(|own| own.value.pattern().text().to_ascii_lowercase()).collect()
    };
    let resources = |statement: &Statement| -> Option<(bool, BTreeSet<String>)> {
        let element = statement.resource.as_ref()?;
        Some((element.is_not(), element.patterns().iter().map(|own| own.value.text().to_owned()).collect()))
    };
    a.effect == b.effect
        && is_everyone(a) == is_everyone(b)
        && (is_everyone(a) || a.principal == b.principal)
        && a.action.is_not() == b.action.is_not()
        && actions(a) == actions(b)
        && resources(a) == resources(b)
        && a.conditions == b.conditions
}

#[cfg(test)]
mod tests {
    use iam_policy::{Limits, Mode, Policy, PolicyKind};

    use super::is_same;

    #[test]
    fn principals_are_compared() {
        let read = |principal: &str| {
            let text = format!(
                r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Principal": {principal}, "Action": "*", "Resource": "*"}}}}"#
            );
            Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &Limits::default()).unwrap()
        };
        let same = |one: &str, other: &str| {
            let (one, other) = (read(one), read(other));
            one.statements.iter().zip(&other.statements).all(|(one, other)| is_same(one, other))
        };
        let (one, other) = (r#"{"AWS": "111122223333"}"#, r#"{"AWS": "444455556666"}"#);
        assert!(same(one, one) && same(r#""*""#, r#"{"AWS": "*"}"#));
        assert!(!same(one, other) && !same(one, r#""*""#));
    }
}
