//! A token is good once.

use iamgate_token::{RecentTokens, Seen, SeenTokens, TokenError};
use serde_json::{Value, json};

use crate::world::*;

fn ask(seen: &mut dyn SeenTokens, text: &str, now: i64) -> Result<(), TokenError> {
    verifier().engineer(text)?.verify(&all_keys(), seen, now).map(|_| ())
}

#[test]
fn a_token_is_good_once() {
    let mut seen = RecentTokens::new(10);
    let text = token(&claims());
    assert_eq!(ask(&mut seen, &text, NOW), Ok(()));
    assert_eq!(ask(&mut seen, &text, NOW), Err(TokenError::UsedBefore));
    // Up to the last second in which it is valid, with leeway; then it has expired.
    assert_eq!(ask(&mut seen, &text, NOW + 659), Err(TokenError::UsedBefore));
    assert_eq!(ask(&mut seen, &text, NOW + 660), Err(TokenError::Expired));
    // Another token with the same id, and the same claims with another signature.
    let again = |changes: Value| token(&with(claims(), &changes));
    assert_eq!(ask(&mut seen, &again(json!({"sub": "other"})), NOW), Err(TokenError::UsedBefore));
    assert_eq!(ask(&mut seen, &again(json!({"jti": "token-2"})), NOW), Ok(()));
    let no_id = || again(json!({"jti": null}));
    let (first, second) = (no_id(), no_id());
    assert_ne!(first, second, "ECDSA signs with chance");
    assert_eq!(ask(&mut seen, &first, NOW), Ok(()));
    assert_eq!(ask(&mut seen, &second, NOW), Err(TokenError::UsedBefore));
    assert_eq!(seen.len(), 3);
}

#[test]
fn a_refused_token_is_not_kept() {
    let mut seen = RecentTokens::new(10);
    for changes in [
        json!({"aud": "other"}),
        json!({"exp": 1, "iat": 0}),
        json!({"amr": []}),
        json!({"email": 1}),
        json!({"jti": 1}),
    ] {
        assert!(ask(&mut seen, &token(&with(claims(), &changes)), NOW).is_err());
    }
    let stranger = signed(&header().to_string(), &claims().to_string(), &key("es", ES256_OTHER));
    assert!(ask(&mut seen, &stranger, NOW).is_err());
    assert!(seen.is_empty());
    assert_eq!(ask(&mut seen, &token(&claims()), NOW), Ok(()));
}

#[test]
fn a_full_store_forgets_only_what_has_expired() {
    let mut seen = RecentTokens::new(2);
    assert_eq!(seen.keep([1; 32], 100, 0), Seen::Never);
    assert_eq!(seen.keep([2; 32], 200, 0), Seen::Never);
    assert_eq!(seen.keep([3; 32], 300, 99), Seen::NotKnown);
    assert_eq!(seen.keep([3; 32], 300, 100), Seen::Never);
    assert_eq!(seen.keep([2; 32], 200, 100), Seen::Before);
    // The clock is set back: what was forgotten is not taken for new.
    assert_eq!(seen.keep([1; 32], 100, 0), Seen::NotKnown);
    assert_eq!(RecentTokens::new(0).keep([1; 32], 100, 0), Seen::NotKnown);
}

#[test]
fn a_store_that_fails_refuses() {
    struct Fails;
    impl SeenTokens for Fails {
        fn keep(&mut self, _: [u8; 32], _: i64, _: i64) -> Seen {
            Seen::NotKnown
        }
    }
    assert_eq!(ask(&mut Fails, &token(&claims()), NOW), Err(TokenError::UseNotKnown));
}
