//! Tokens for STS that the program's own issuer signs.

use iamgate_token::{Algorithm, FileKey, KeySet, NewStsToken, RecentTokens, TokenError, TokenSigner};
use serde_json::{Value, json};

use crate::world::*;

fn new() -> NewStsToken {
    NewStsToken::new(ISSUER, ACCOUNT, "6f1c", "session-1", NOW)
        .with_tag("Case", "4711", false)
        .with_tag("DoitEnvironment", ACCOUNT, true)
        .with_source_identity("session-1")
}

fn mint(
    new: &NewStsToken,
    signer: &dyn TokenSigner,
    keys: &KeySet,
) -> Result<iamgate_token::StsToken, TokenError> {
    verifier().mint(new, signer, keys, &mut RecentTokens::new(1), NOW)
}

#[test]
fn a_minted_token_is_verified_as_any_other() {
    for (id, own) in [("es", ES256), ("rs", RS256), ("es384", ES384)] {
        let token = mint(&new(), &key(id, own), &all_keys()).expect("a token");
        assert_eq!((token.issued_at(), token.not_before(), token.expires_at()), (NOW, Some(NOW), NOW + 120));
        let claims: Value = serde_json::from_str(token.claims()).expect("claims");
        assert_eq!(
            claims,
            json!({
                "iss": ISSUER, "aud": ACCOUNT, "sub": "6f1c", "jti": "session-1",
                "iat": NOW, "nbf": NOW, "exp": NOW + 120,
                "https://aws.amazon.com/tags": {
                    "principal_tags": {"Case": ["4711"], "DoitEnvironment": [ACCOUNT]},
                    "transitive_tag_keys": ["DoitEnvironment"],
                },
                "https://aws.amazon.com/source_identity": "session-1",
            })
        );
        assert!(sts(&token.into_text()).is_ok());
    }
}

#[test]
fn what_is_not_published_or_breaks_the_rules_is_not_minted() {
    let code = |answer: Result<iamgate_token::StsToken, TokenError>| answer.err().map(TokenError::code);
    let es = key("es", ES256);
    assert_eq!(code(mint(&new(), &key("next", ES256), &all_keys())), Some("TOKEN_KEY_UNKNOWN"));
    assert_eq!(code(mint(&new(), &key("es", ES256_OTHER), &all_keys())), Some("TOKEN_SIGNATURE"));
    assert_eq!(code(mint(&new(), &key("ed", EDDSA), &all_keys())), Some("TOKEN_ALGORITHM"));
    assert_eq!(code(mint(&new().valid_for(3_601), &es, &all_keys())), Some("TOKEN_LIFETIME"));
    assert_eq!(code(mint(&new().valid_for(0), &es, &all_keys())), Some("TOKEN_TIMES"));
    assert_eq!(code(mint(&new().valid_for(i64::MAX), &es, &all_keys())), Some("TOKEN_TIMES"));
    assert_eq!(code(mint(&new().with_tag("Case", "2", false), &es, &all_keys())), Some("TOKEN_CLAIM_FORM"));
    let other = NewStsToken::new(OTHER, ACCOUNT, "6f1c", "session-1", NOW);
    assert_eq!(code(mint(&other, &es, &all_keys())), Some("TOKEN_ISSUER"));
    let none = NewStsToken::new(ISSUER, ACCOUNT, "", "session-1", NOW);
    assert_eq!(code(mint(&none, &es, &all_keys())), Some("TOKEN_CLAIM_FORM"));
}

#[test]
fn a_service_that_signs_gives_the_same_token() {
    let es = key("es", ES256);
    let unsigned = new().unsigned(Algorithm::Es256, "es").expect("a token");
    let signature = es.sign(unsigned.message()).expect("a signature");
    assert!(sts(&unsigned.signed(&signature)).is_ok());
    assert_eq!(sts(&unsigned.signed(&[])).err(), Some(TokenError::BadSignature));
    // ECDSA in DER, as services give it, is not the form of tokens.
    let der: Vec<u8> = [0x30, 70, 2, 33, 0]
        .iter()
        .chain(&signature[..32])
        .chain(&[2, 33, 0])
        .chain(&signature[32..])
        .copied()
        .collect();
    assert_eq!(sts(&unsigned.signed(&der)).err(), Some(TokenError::BadSignature));
}

#[test]
fn a_key_is_not_shown_and_not_taken_for_another() {
    let shown = format!("{:?}", key("es", ES256));
    assert_eq!(shown, r#"FileKey { id: "es", algorithm: Es256, .. }"#);
    assert!(!key("es", ES256).public_jwk().contains("\"d\""));
    for (algorithm, der) in [
        (Algorithm::Es384, ES256.1),
        (Algorithm::Es256, ES384.1),
        (Algorithm::Rs256, ES256.1),
        (Algorithm::EdDsa, ES256.1),
        (Algorithm::Es256, b"".as_slice()),
    ] {
        assert_eq!(
            FileKey::from_der("k", algorithm, der).err(),
            Some(TokenError::NotSigned),
            "{algorithm:?}"
        );
    }
}
