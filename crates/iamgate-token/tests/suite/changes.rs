//! A token that was changed anywhere is refused.

use iamgate_token::{Algorithm, RecentTokens};
use proptest::prelude::*;
use serde_json::json;

use crate::world::*;

fn tokens() -> Vec<String> {
    [("rs", RS256), ("es", ES256), ("es384", ES384), ("ed", EDDSA)]
        .into_iter()
        .map(|(id, own): (&str, (Algorithm, &[u8]))| {
            let header = json!({"alg": own.0.name(), "kid": id});
            signed(&header.to_string(), &claims().to_string(), &key(id, own))
        })
        .collect()
}

fn is_good(text: &str) -> bool {
    let verifier = verifier();
    verifier
        .engineer(text)
        .is_ok_and(|token| token.verify(&all_keys(), &mut RecentTokens::new(1), NOW).is_ok())
}

/// Every character, replaced by the next letter of base64url, and the last bit of every character flipped.
#[test]
fn no_character_of_a_token_can_be_changed() {
    for text in tokens() {
        assert!(is_good(&text));
        for at in 0..text.len() {
            for flip in [1_u8, 2, 32] {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= flip;
                let Ok(changed) = String::from_utf8(bytes) else { continue };
                assert!(!is_good(&changed), "byte {at} of {}", text.len());
            }
            assert!(!is_good(&format!("{}{}", &text[..at], &text[at + 1..])), "without byte {at}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn one_byte_changed_is_refused(which in 0_usize..4, at in any::<prop::sample::Index>(), by in "[A-Za-z0-9_.=-]") {
        let text = &tokens_once()[which];
        let at = at.index(text.len());
        prop_assume!(text[at..=at] != *by);
        let changed = format!("{}{by}{}", &text[..at], &text[at + 1..]);
        prop_assert!(!is_good(&changed));
    }

    #[test]
    fn no_text_makes_the_verifier_panic(text in "\\PC{0,200}|[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,80}") {
        prop_assert!(!is_good(&text));
    }

    /// Signed JSON of any shape.
    #[test]
    fn no_signed_claims_make_the_verifier_panic(name in "iss|aud|sub|exp|iat|nbf|azp|amr|groups|email|email_verified|jti", value in values()) {
        let text = token(&with(claims(), &json!({ name: value })));
        let _ = is_good(&text);
    }
}

fn tokens_once() -> &'static [String] {
    static TOKENS: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    TOKENS.get_or_init(tokens)
}

fn values() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        any::<f64>().prop_map(|value| json!(value)),
        "\\PC{0,20}".prop_map(|value| json!(value)),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|list| json!(list)),
            prop::collection::vec(("\\PC{0,4}", inner), 0..4)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}
