//! Accepted names keep their text, and their parts are parts of it. The names are action patterns, actions, principals, operators and condition
//! keys.

use iam_eval::{Action, action_matches};
use iam_policy::{ActionPattern, ConditionKey, NamedPrincipal, Test, is_account};

use crate::input;

pub fn names_keep_their_text(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    if let Some(pattern) = ActionPattern::parse(text) {
        assert_eq!((pattern.text(), pattern.pattern().text()), (text, text));
        let parts = pattern.service().zip(pattern.name()).map(|(service, name)| format!("{service}:{name}"));
        assert_eq!(parts.as_deref().unwrap_or("*"), text);
        assert!(!pattern.pattern().has_variables(), "{text:?}");
        assert_eq!(pattern.has_wildcard_service(), pattern.service().is_some_and(|s| s.contains(['*', '?'])));
    }
    if let Some(action) = Action::new(text) {
        assert_eq!(action.as_str(), text);
        assert!(ActionPattern::parse("*").is_some_and(|any| action_matches(&any, text)), "{text:?}");
        // The name of an action is a pattern of that action in any ASCII case, if the name may stand in a policy.
        if let Some(own) = ActionPattern::parse(text) {
            for spelled in [text.to_ascii_lowercase(), text.to_ascii_uppercase()] {
                assert!(action_matches(&own, &spelled), "{text:?} {spelled:?}");
            }
        }
    }
    let principals = [
        NamedPrincipal::parse_aws(text),
        NamedPrincipal::parse_service(text),
        NamedPrincipal::parse_federated(text),
        NamedPrincipal::parse_canonical(text),
    ];
    for principal in principals.into_iter().flatten() {
        assert_eq!(principal.text(), text);
        assert!(principal.account().is_none_or(|account| text.contains(account)), "{text:?}");
    }
    assert_eq!(is_account(text), text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()), "{text:?}");
    if let Ok(test) = Test::parse(text) {
        assert!(test.is_valid() && test.to_string().eq_ignore_ascii_case(text), "{text:?}");
        assert_eq!(Test::parse(&test.to_string()), Ok(test));
    }
    assert_eq!(ConditionKey::new(text), ConditionKey::new(&text.to_ascii_uppercase()));
}
