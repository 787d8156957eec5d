//! Bounds of tokens and keys: at the bound all is well, and one more is refused.

use iamgate_token::{
    Algorithm, EngineerIssuer, KeySet, NewStsToken, RecentTokens, Rules, StsIssuer, TokenError, TokenVerifier,
};
use serde_json::{Value, json};

use crate::world::*;

fn public(id: &str, own: (Algorithm, &[u8])) -> Value {
    serde_json::from_str(&key(id, own).public_jwk()).expect("a key")
}

/// The issuer of engineers' tokens, with tokens of at most so many bytes.
fn issuer(name: &str, most_bytes: usize) -> EngineerIssuer {
    let rules = rules(name).with_most_bytes(most_bytes).expect("a bound");
    EngineerIssuer::new(rules, CLIENT).expect("an issuer")
}

#[test]
fn a_token_is_as_long_as_its_own_issuer_allows() {
    let text = token(&claims());
    for (most, wanted) in [
        (text.len() + 1, None),
        (text.len(), None),
        (text.len() - 1, Some(TokenError::TooLarge)),
        (10, Some(TokenError::TooLarge)),
    ] {
        let alone = TokenVerifier::new().with_engineers(issuer(ISSUER, most)).expect("an issuer");
        assert_eq!(alone.engineer(&text).err(), wanted, "{most} bytes");
        // Another issuer may issue longer tokens, or shorter ones.
        for other in [65_536, 1] {
            let both = alone.clone().with_engineers(issuer(OTHER, other)).expect("two issuers");
            assert_eq!(both.engineer(&text).err(), wanted, "{most} bytes beside {other}");
        }
    }
}

#[test]
fn a_claim_has_at_most_1024_values() {
    let groups = |count: usize| token(&with(claims(), &json!({"groups": vec!["support"; count]})));
    assert_eq!(engineer(&groups(1_024)).expect("a good token").groups().count(), 1_024);
    assert_eq!(engineer(&groups(1_025)).err(), Some(TokenError::ClaimForm("with groups")));
}

#[test]
fn a_key_id_has_at_most_255_bytes() {
    let (longest, longer) = ("x".repeat(255), "x".repeat(256));
    let set = json!({"keys": [public(&longest, ES256), public(&longer, RS256)]});
    let keys = KeySet::parse(ISSUER, &set.to_string()).expect("keys");
    assert!(keys.has(Some(&longest)) && !keys.has(Some(&longer)));
    let text = |id: &str| {
        let header = with(header(), &json!({ "kid": id }));
        signed(&header.to_string(), &claims().to_string(), &key("es", ES256))
    };
    let (verifier, text, too_long) = (verifier(), text(&longest), text(&longer));
    let token = verifier.engineer(&text).expect("a token");
    assert_eq!(token.key_id(), Some(&*longest));
    assert!(token.verify(&keys, &mut RecentTokens::new(1), NOW).is_ok());
    // No set has such a key, so that none is fetched for it.
    assert_eq!(verifier.engineer(&too_long).err(), Some(TokenError::UnknownKey));
}

#[test]
fn a_set_of_keys_has_at_most_131072_bytes() {
    let set = jwks(&[("es", ES256)]).to_string();
    let padded = |length: usize| format!("{set}{}", " ".repeat(length - set.len()));
    let keys = KeySet::parse(ISSUER, &padded(131_072)).expect("keys");
    assert!(keys.len() == 1 && !keys.is_empty());
    assert_eq!(KeySet::parse(ISSUER, &padded(131_073)).err(), Some(TokenError::KeysTooLarge));
}

#[test]
fn a_modulus_has_from_256_to_1024_bytes_and_begins_with_none_that_is_zero() {
    let used = |first: u8, length: usize| {
        let modulus: Vec<u8> = [first].into_iter().chain(std::iter::repeat(0xa5)).take(length).collect();
        let set = json!({"keys": [with(public("rs", RS256), &json!({"n": base64(&modulus)}))]});
        match KeySet::parse(ISSUER, &set.to_string()) {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error, TokenError::NoUsableKey);
                false
            }
        }
    };
    assert!(used(0xc1, 256) && used(0xc1, 1_024));
    for length in [0, 1, 255, 1_025] {
        assert!(!used(0xc1, length), "{length} bytes");
    }
    for length in [1, 255, 256, 257, 1_024] {
        assert!(!used(0, length), "{length} bytes of which the first is zero");
    }
}

#[test]
fn a_new_token_has_a_time_in_which_it_is_valid() {
    let unsigned = |seconds: i64| {
        let new = NewStsToken::new(ISSUER, ACCOUNT, "6f1c", "session-1", NOW).valid_for(seconds);
        new.unsigned(Algorithm::Es256, "es").map(|_| ())
    };
    assert_eq!(unsigned(1), Ok(()));
    for seconds in [0, -1, i64::MIN, i64::MAX] {
        assert_eq!(unsigned(seconds), Err(TokenError::TimesContradict), "{seconds}");
    }
}

#[test]
fn an_issuer_of_tokens_for_sts_is_there_once() {
    let issuer = |name: &str| {
        StsIssuer::new(Rules::new(name, &[Algorithm::Es256]).expect("rules")).expect("an issuer")
    };
    let one = TokenVerifier::new().with_sts(issuer(ISSUER)).expect("an issuer");
    let both = one.clone().with_sts(issuer(OTHER)).expect("two issuers");
    for twice in [one.with_sts(issuer(ISSUER)), both.clone().with_sts(issuer(OTHER))] {
        assert_eq!(twice, Err(TokenError::Rule("an issuer of tokens for STS is there twice")));
    }
    for name in [ISSUER, OTHER] {
        let text = token(&with(sts_claims(), &json!({ "iss": name })));
        assert_eq!(both.sts(&text).expect("a token").issuer(), name);
    }
}
