//! What tokens and errors say about themselves.

use iamgate_token::{RecentTokens, TokenError};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::world::*;

#[test]
fn a_verified_token_is_known_by_its_hash_and_the_time_of_its_verification() {
    let hash = |text: &str| -> [u8; 32] { Sha256::digest(text.as_bytes()).into() };
    let text = token(&claims());
    assert_eq!(engineer(&text).expect("a good token").sha256(), &hash(&text));
    let text = token(&sts_claims());
    let own = sts(&text).expect("a good token");
    assert_eq!((own.sha256(), own.verified_at()), (&hash(&text), NOW));
    let shown =
        format!("StsToken {{ issuer: {ISSUER:?}, audience: {ACCOUNT:?}, expires_at: {}, .. }}", NOW + 119);
    assert_eq!(format!("{own:?}"), shown);
}

#[test]
fn a_token_that_was_taken_apart_says_whose_keys_it_needs() {
    let verifier = verifier();
    let header = |changes| with(header(), &changes).to_string();
    for (header, id) in [
        (header(json!({})), Some("es")),
        (header(json!({"kid": "next"})), Some("next")),
        (header(json!({"kid": null})), None),
    ] {
        let text = signed(&header, &claims().to_string(), &key("es", ES256));
        let token = verifier.engineer(&text).expect("a token");
        assert_eq!((token.issuer(), token.key_id()), (ISSUER, id));
        assert_eq!(format!("{token:?}"), format!("EngineerToken {{ issuer: {ISSUER:?}, .. }}"));
        let text = signed(&header, &sts_claims().to_string(), &key("es", ES256));
        let token = verifier.sts(&text).expect("a token");
        assert_eq!((token.issuer(), token.key_id()), (ISSUER, id));
        assert_eq!(format!("{token:?}"), format!("UnverifiedStsToken {{ issuer: {ISSUER:?}, .. }}"));
    }
}

#[test]
fn an_error_says_its_code_what_is_wrong_and_how_to_mend_it() {
    let error = TokenError::Expired;
    assert_eq!((error.code(), error.help()), ("TOKEN_EXPIRED", "sign in again"));
    assert_eq!(error.to_string(), "TOKEN_EXPIRED: the token has expired; sign in again");
    for (error, begin) in [
        (TokenError::ClaimMissing("sub"), "TOKEN_CLAIM_MISSING: the token has no claim sub; "),
        (TokenError::ClaimForm("aud"), "TOKEN_CLAIM_FORM: the claim aud has the wrong form; "),
        (TokenError::Rule("the issuer is empty"), "TOKEN_RULE: the issuer is empty; "),
    ] {
        assert_eq!(error.to_string(), format!("{begin}{}", error.help()));
    }
}

#[test]
fn newer_keys_are_worth_while_only_where_no_key_was_found() {
    for error in [TokenError::UnknownKey, TokenError::KeyIdMissing] {
        assert!(error.is_about_keys(), "{error}");
    }
    for error in [
        TokenError::BadSignature,
        TokenError::KeyNotForAlgorithm,
        TokenError::KeysOfAnotherIssuer,
        TokenError::UnknownIssuer,
        TokenError::Expired,
    ] {
        assert!(!error.is_about_keys(), "{error}");
    }
}

#[test]
fn a_store_with_a_token_is_not_empty() {
    let mut seen = RecentTokens::new(1);
    assert!(seen.is_empty());
    let (verifier, text) = (verifier(), token(&claims()));
    let token = verifier.engineer(&text).expect("a token");
    assert!(token.verify(&all_keys(), &mut seen, NOW).is_ok());
    assert!(!seen.is_empty() && seen.len() == 1);
}
