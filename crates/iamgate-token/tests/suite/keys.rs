//! Sets of keys: which keys are used, and which sets are refused.

use iamgate_token::{Algorithm, FileKey, KeySet, TokenError};
use serde_json::{Value, json};

use crate::world::*;

fn code(keys: &Value) -> Result<usize, &'static str> {
    KeySet::parse(ISSUER, &keys.to_string()).map(|keys| keys.len()).map_err(TokenError::code)
}

fn public(id: &str, own: (Algorithm, &[u8])) -> Value {
    serde_json::from_str(&key(id, own).public_jwk()).expect("a key")
}

#[test]
fn a_set_is_an_object_with_keys() {
    for text in
        ["", "[]", "{}", "null", "{\"keys\":{}}", "{\"keys\":[", "<html>", "{\"keys\":[],\"keys\":[]}"]
    {
        assert_eq!(KeySet::parse(ISSUER, text).err(), Some(TokenError::KeysForm), "{text}");
    }
    assert_eq!(code(&json!({"keys": []})), Err("KEYS_NONE_USABLE"));
    assert_eq!(code(&jwks(&[("a", ES256), ("a", RS256)])), Err("KEYS_ID_TWICE"));
    assert_eq!(code(&jwks(&[("a", ES256), ("b", RS256)])), Ok(2));
    let many: Vec<Value> = (0..65).map(|at| public(&format!("k{at}"), ES256)).collect();
    assert_eq!(code(&json!({"keys": many[..64]})), Ok(64));
    assert_eq!(code(&json!({ "keys": many })), Err("KEYS_TOO_LARGE"));
    assert_eq!(code(&json!({"keys": [], "pad": "x".repeat(131_072)})), Err("KEYS_TOO_LARGE"));
}

#[test]
fn keys_that_cannot_verify_are_skipped() {
    let skipped = |key: Value| {
        let keys =
            KeySet::parse(ISSUER, &json!({"keys": [key, public("good", EDDSA)]}).to_string()).expect("keys");
        assert_eq!(keys.len(), 1);
        assert!(keys.has(Some("good")) && keys.has(None) && !keys.has(Some("a")));
        let [skipped] = keys.skipped() else { panic!("one key is skipped") };
        assert_eq!(skipped.at, 0);
        skipped.why
    };
    let es = |changes: Value| with(public("a", ES256), &changes);
    let rs = |changes: Value| with(public("a", RS256), &changes);
    assert_eq!(skipped(json!(1)), "it is no object");
    assert_eq!(
        skipped(json!({"kty": "oct", "kid": "a", "k": "c2VjcmV0", "alg": "HS256"})),
        "it is a shared secret"
    );
    assert_eq!(skipped(es(json!({"use": "enc"}))), "it is not for signatures");
    assert_eq!(skipped(es(json!({"key_ops": ["sign"]}))), "its operations do not include verify");
    assert_eq!(skipped(es(json!({"key_ops": "verify"}))), "its operations do not include verify");
    assert_eq!(
        skipped(es(json!({"d": "AAAA"}))),
        "its private half is in the set, so anybody can sign with it"
    );
    assert_eq!(
        skipped(rs(json!({"p": "AAAA"}))),
        "its private half is in the set, so anybody can sign with it"
    );
    for alg in ["RS256", "ES384", "HS256", "none", "ES256K"] {
        assert_eq!(
            skipped(es(json!({ "alg": alg }))),
            "its algorithm is not supported, or is not one for its kind"
        );
    }
    for changes in [
        json!({"kty": "EC2"}),
        json!({"crv": "P-521"}),
        json!({"crv": null}),
        json!({"kty": null}),
        json!({"kty": "OKP"}),
    ] {
        assert_eq!(skipped(es(changes)), "its kind or curve is not supported");
    }
    assert_eq!(skipped(es(json!({"x": "AAAA"}))), "its coordinates have the wrong length");
    assert_eq!(skipped(es(json!({"x": null}))), "a part of the key is missing");
    assert_eq!(skipped(es(json!({"x": "A+/="}))), "a part of the key is not base64url");
    assert_eq!(skipped(es(json!({"kid": 1}))), "a member that should be a text is none");
    assert_eq!(skipped(es(json!({"kid": "x".repeat(256)}))), "its id is too long");
    for exponent in ["AQ", "Aw", "AQAA", "", "AQAAAAE"] {
        let why = "its exponent is not an odd number above 65,536 of at most 32 bits";
        assert_eq!(skipped(rs(json!({ "e": exponent }))), why, "{exponent}");
    }
    assert_eq!(skipped(rs(json!({"n": "AAAA"}))), "its modulus is not of 2,048 to 8,192 bits");
}

#[test]
fn a_weak_key_is_no_key() {
    let weak = FileKey::from_der("weak", Algorithm::Rs256, include_bytes!("../keys/rsa1024.der"));
    if let Ok(weak) = weak {
        assert_eq!(
            code(&json!({"keys": [serde_json::from_str::<Value>(&weak.public_jwk()).expect("a key")]})),
            Err("KEYS_NONE_USABLE")
        );
    }
}

#[test]
fn a_point_that_is_not_on_the_curve_verifies_nothing() {
    let off = with(public("es", ES256), &json!({"y": base64(&[7; 32])}));
    let keys = KeySet::parse(ISSUER, &json!({ "keys": [off] }).to_string()).expect("keys");
    let (verifier, text) = (verifier(), token(&claims()));
    let token = verifier.engineer(&text).expect("a token");
    let answer = token.verify(&keys, &mut iamgate_token::RecentTokens::new(1), NOW);
    assert_eq!(answer.err(), Some(TokenError::BadSignature));
}

#[test]
fn a_key_with_an_algorithm_is_for_no_other() {
    // The same RSA key would verify RS384, if it did not name RS256.
    let text = |algorithm: Algorithm| {
        let header = json!({"alg": algorithm.name(), "kid": "rs"});
        signed(&header.to_string(), &claims().to_string(), &key("rs", (algorithm, RS256.1)))
    };
    let every = iamgate_token::Rules::new(ISSUER, &Algorithm::ALL).expect("rules");
    let verifier = verifier_of(iamgate_token::EngineerIssuer::new(every, CLIENT).expect("an issuer"));
    let named = KeySet::parse(ISSUER, &jwks(&[("rs", RS256)]).to_string()).expect("keys");
    let free = json!({"keys": [with(public("rs", RS256), &json!({"alg": null}))]});
    let free = KeySet::parse(ISSUER, &free.to_string()).expect("keys");
    let ask = |keys: &KeySet, text: &str| {
        let token = verifier.engineer(text).expect("a token");
        token.verify(keys, &mut iamgate_token::RecentTokens::new(1), NOW).map(|_| ())
    };
    for algorithm in
        [Algorithm::Rs384, Algorithm::Rs512, Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512]
    {
        assert_eq!(ask(&named, &text(algorithm)), Err(TokenError::KeyNotForAlgorithm));
        assert_eq!(ask(&free, &text(algorithm)), Ok(()), "{}", algorithm.name());
    }
}
