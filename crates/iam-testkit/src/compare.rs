//! Comparison of sessions with expectations.

use crate::engine::Session;
use crate::format::{Held, SessionExpectation};

/// The differences, expected and actual, each as a text of the form `key = value`. `None` if there are none.
pub(crate) fn session(expected: &SessionExpectation<'_>, actual: &Session) -> Option<(String, String)> {
    let mut differences = Differences::default();
    if let Some(wanted) = expected.duration_seconds {
        differences.compare("duration_seconds", &wanted.to_string(), &actual.duration_seconds.to_string());
    }
    if let Some(wanted) = &expected.session_arn {
        differences.compare("session_arn", wanted, &actual.session_arn);
    }
    if let Some(wanted) = &expected.principal_tags {
        let wanted = wanted.iter().map(|(key, value)| (&**key, show(value)));
        let held = actual.principal_tags.iter().map(|(key, value)| (&**key, format!("{value:?}")));
        differences.compare("principal_tags", &folded(wanted), &folded(held));
    }
    if let Some(wanted) = &expected.transitive_tag_keys {
        let wanted = wanted.iter().map(|key| (&**key, String::new()));
        let held = actual.transitive_tag_keys.iter().map(|key| (&**key, String::new()));
        differences.compare("transitive_tag_keys", &folded(wanted), &folded(held));
    }
    for (key, wanted) in &expected.context {
        differences.compare(key, &show(wanted), &value(&actual.context, key));
    }
    for (key, wanted) in &expected.trust_context {
        let name = format!("{key} (trust)");
        differences.compare(&name, &show(wanted), &value(&actual.trust_context, key));
    }
    for key in &expected.present {
        if find(&actual.context, key).is_none() {
            differences.add(key, "present", "absent");
        }
    }
    for key in &expected.absent {
        differences.compare(key, "absent", &value(&actual.context, key));
    }
    differences.into_sentences()
}

#[derive(Default)]
struct Differences {
    expected: Vec<String>,
    actual: Vec<String>,
}

impl Differences {
    fn compare(&mut self, name: &str, expected: &str, actual: &str) {
        if expected != actual {
            self.add(name, expected, actual);
        }
    }

    fn add(&mut self, name: &str, expected: &str, actual: &str) {
        self.expected.push(format!("{name} = {expected}"));
        self.actual.push(format!("{name} = {actual}"));
    }

    fn into_sentences(self) -> Option<(String, String)> {
        (!self.expected.is_empty()).then(|| (self.expected.join(", "), self.actual.join(", ")))
    }
}

fn find<'s>(context: &'s [(String, Held)], key: &str) -> Option<&'s Held> {
    context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
}

fn value(context: &[(String, Held)], key: &str) -> String {
    find(context, key).map_or_else(|| "absent".to_owned(), show)
}

/// A text that is equal for equal values. Lists are sorted.
fn show(value: &Held) -> String {
    match value {
        Held::One(text) => format!("{text:?}"),
        Held::Many(texts) => {
            let mut sorted = texts.clone();
            sorted.sort();
            format!("{sorted:?}")
        }
    }
}

/// A text that is equal for equal sets of pairs. Keys are compared without case.
fn folded<'s>(pairs: impl Iterator<Item = (&'s str, String)>) -> String {
    let mut pairs: Vec<String> = pairs
        .map(|(key, value)| match (key.to_ascii_lowercase(), value) {
            (key, value) if value.is_empty() => key,
            (key, value) => format!("{key}: {value}"),
        })
        .collect();
    pairs.sort();
    format!("{{{}}}", pairs.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actual() -> Session {
        Session {
            duration_seconds: 3600,
            principal_tags: vec![("Team".into(), "a".into()), ("env".into(), "b".into())],
            transitive_tag_keys: vec!["B".into(), "a".into()],
            context: vec![
                ("aws:TagKeys".into(), Held::Many(vec!["y".into(), "x".into()])),
                ("aws:userid".into(), Held::One("u".into())),
            ],
            ..Session::default()
        }
    }

    #[test]
    fn keys_ignore_case_and_sets_ignore_order() {
        let expected = SessionExpectation {
            duration_seconds: Some(3600),
            principal_tags: Some(vec![
                ("ENV".into(), Held::One("b".into())),
                ("team".into(), Held::One("a".into())),
            ]),
            transitive_tag_keys: Some(vec!["A".into(), "b".into()]),
            context: vec![("AWS:tagkeys".into(), Held::Many(vec!["x".into(), "y".into()]))],
            present: vec!["AWS:UserId".into()],
            absent: vec!["aws:username".into()],
            ..SessionExpectation::default()
        };
        assert_eq!(session(&expected, &actual()), None);
    }

    #[test]
    fn a_list_of_one_value_is_not_that_value() {
        let expected = SessionExpectation {
            context: vec![("aws:userid".into(), Held::Many(vec!["u".into()]))],
            ..SessionExpectation::default()
        };
        let (wanted, found) = session(&expected, &actual()).unwrap();
        assert_eq!((wanted.as_str(), found.as_str()), (r#"aws:userid = ["u"]"#, r#"aws:userid = "u""#));
    }

    #[test]
    fn every_kind_of_difference_is_told() {
        let differing = [
            SessionExpectation { duration_seconds: Some(1), ..SessionExpectation::default() },
            SessionExpectation { session_arn: Some("arn".into()), ..SessionExpectation::default() },
            SessionExpectation { principal_tags: Some(Vec::new()), ..SessionExpectation::default() },
            SessionExpectation {
                transitive_tag_keys: Some(vec!["a".into()]),
                ..SessionExpectation::default()
            },
            SessionExpectation {
                trust_context: vec![("aws:userid".into(), Held::One("u".into()))],
                ..SessionExpectation::default()
            },
            SessionExpectation { present: vec!["aws:username".into()], ..SessionExpectation::default() },
            SessionExpectation { absent: vec!["aws:userid".into()], ..SessionExpectation::default() },
        ];
        for expected in differing {
            assert!(session(&expected, &actual()).is_some(), "{expected:?}");
        }
    }
}
