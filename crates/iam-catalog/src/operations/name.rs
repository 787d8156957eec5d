//! From the names of CloudTrail to those of IAM.

use super::needed::Needed;

/// The source of the rule that an operation needs the action of its own name.
pub(super) const OWN_NAME: &str = "Service Authorization Reference: the action has the name of the operation";

/// The source of the rule for API Gateway.
pub(super) const VERBS: &str = "Service Authorization Reference, Amazon API Gateway Management: the action is the HTTP verb; API references";

/// What an operation needs, and how that was found.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved<'t> {
    /// What it needs.
    pub needed: Needed<'t>,
    /// How the actions follow from the name.
    pub rule: NameRule,
    /// Whether the service has another name in CloudTrail than its prefix.
    pub has_other_prefix: bool,
    /// Whether a version at the end of the name was left out.
    pub is_without_version: bool,
}

/// How actions follow from the name of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameRule {
    /// It needs the action of its own name, and perhaps others.
    OwnName,
    /// The table has it: it needs other actions, or none.
    Table,
    /// It needs the action of its HTTP verb.
    Verb,
}

/// Why nobody knows which actions an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unresolved {
    /// The service is unknown.
    Service,
    /// The service is known, and does not have the operation.
    Operation,
}

/// The name of an event's source without the domain.
pub(super) fn without_domain(source: &str) -> &str {
    let global = source.strip_suffix(".amazonaws.com");
    global.or_else(|| source.strip_suffix(".amazonaws.com.cn")).unwrap_or(source)
}

/// An operation without the version that some services write behind it: `20150331`, `20150331v2`, `2020_05_31`, `v2`. `None` if it has none.
///
/// `Ipv4` and `Ipv6` are no versions.
pub(super) fn without_version(operation: &str) -> Option<&str> {
    let is_digit = |c: char| c.is_ascii_digit();
    let numbered = operation.trim_end_matches(is_digit);
    let unnumbered = numbered.strip_suffix('v').filter(|_| numbered.len() < operation.len());
    let unnumbered = unnumbered.filter(|own| !own.ends_with(['p', 'P']));
    let name = without_date(unnumbered.unwrap_or(operation)).or(unnumbered)?;
    (!name.is_empty()).then_some(name)
}

/// A name without eight digits, or four, two and two with `_` between them, at the end.
fn without_date(name: &str) -> Option<&str> {
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let date = name.get(bare.len()..)?;
    let mut parts = date.split('_').map(str::len);
    let lengths = (parts.next(), parts.next(), parts.next(), parts.next());
    matches!(lengths, (Some(8), None, None, None) | (Some(4), Some(2), Some(2), None)).then_some(bare)
}

/// The HTTP verb of an operation of API Gateway.
pub(super) fn verb(operation: &str) -> Option<&'static str> {
    const VERBS: [(&str, &str); 10] = [
        ("Create", "POST"),
        ("Delete", "DELETE"),
        ("Flush", "DELETE"),
        ("Generate", "POST"),
        ("Get", "GET"),
        ("Import", "POST"),
        ("Put", "PUT"),
        ("Reset", "DELETE"),
        ("Test", "POST"),
        ("Update", "PATCH"),
    ];
    let has = |own: &&(&str, &str)| {
        operation.split_at_checked(own.0.len()).is_some_and(|(head, rest)| {
            head.eq_ignore_ascii_case(own.0) && rest.starts_with(|c: char| c.is_ascii_uppercase())
        })
    };
    VERBS.iter().find(has).map(|(_, verb)| *verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_left_out() {
        for (operation, name) in [
            ("CreateFunction20150331", Some("CreateFunction")),
            ("GetFunctionConfiguration20150331v2", Some("GetFunctionConfiguration")),
            ("CreateFunction2020_05_31", Some("CreateFunction")),
            ("GetThingv2", Some("GetThing")),
            ("ListObjectsV2", None),
            ("AssignIpv6", None),
            ("Get2020", None),
            ("Get2020_5_31", None),
            ("Get020150331", None),
            ("20150331", None),
            ("v2", None),
            ("", None),
        ] {
            assert_eq!(without_version(operation), name, "{operation}");
        }
    }

    #[test]
    fn verbs_are_whole_words() {
        for (operation, wanted) in [
            ("GetRestApis", Some("GET")),
            ("CreateApi", Some("POST")),
            ("ImportApiKeys", Some("POST")),
            ("TestInvokeMethod", Some("POST")),
            ("GenerateClientCertificate", Some("POST")),
            ("PutMethod", Some("PUT")),
            ("UpdateStage", Some("PATCH")),
            ("FlushStageCache", Some("DELETE")),
            ("Getaway", None),
            ("Get", None),
            ("TagResource", None),
        ] {
            assert_eq!(verb(operation), wanted, "{operation}");
        }
    }
}
