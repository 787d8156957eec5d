//! Members of JSON values by path.

use iam_json::{Kind, Value};

/// The value at a path of member names with dots between them; the letters' case does not count, because AWS Config writes small letters.
pub(crate) fn at<'d>(value: Value<'d>, path: &str) -> Option<Value<'d>> {
    path.split('.').try_fold(value, |value, name| member(value, name))
}

/// The first member of this name, in any case.
pub(crate) fn member<'d>(value: Value<'d>, name: &str) -> Option<Value<'d>> {
    value.members().find(|member| is_named(member.key, name)).map(|member| member.value)
}

/// Whether the name of a member is this one, in any case.
pub(crate) fn is_named(key: Value<'_>, name: &str) -> bool {
    let raw = key.raw();
    // Names with escapes are not those that AWS writes.
    raw.len() == name.len().saturating_add(2)
        && raw.get(1..raw.len().saturating_sub(1)).is_some_and(|own| own.eq_ignore_ascii_case(name))
}

/// Whether a value is an object or array that says what a policy says: it has statements.
pub(crate) fn is_policy(value: Value<'_>) -> bool {
    value.members().any(|own| own.key.string() == "Statement" && is_statements(own.value))
}

/// Whether a value is a statement or a list of statements.
pub(crate) fn is_statements(value: Value<'_>) -> bool {
    match value.kind() {
        Kind::Object => is_statement(value),
        Kind::Array => value.items().next().is_some() && value.items().all(is_statement),
        Kind::Null | Kind::True | Kind::False | Kind::Number | Kind::String => false,
    }
}

fn is_statement(value: Value<'_>) -> bool {
    let has = |name: &str| value.member(name).is_some();
    has("Effect")
        && ["Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal"]
            .iter()
            .any(|n| has(n))
}

/// Whether the outermost object of a text is meant as a policy: it has a member that is named like a policy's statements, in any case, or a
/// version of the language.
pub(crate) fn is_meant_as_policy(root: Value<'_>) -> bool {
    root.members().any(|own| {
        is_named(own.key, "Statement")
            || (is_named(own.key, "Version") && ["2012-10-17", "2008-10-17"].contains(&&*own.value.string()))
    })
}
