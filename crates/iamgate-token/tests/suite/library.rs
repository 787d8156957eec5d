//! What the library of signatures accepts if it is asked in its own way, and this crate refuses. A new version of the library that closes one
//! of these gaps breaks a test here, and nothing else.

use jsonwebtoken::{DecodingKey, Validation, decode};
use serde_json::{Value, json};

use crate::world::*;

fn library_accepts(header: &Value, claims: &str) -> bool {
    let jwk: Value = serde_json::from_str(&key("es", ES256).public_jwk()).expect("a key");
    let part = |name: &str| jwk[name].as_str().expect("a text").to_owned();
    let own = DecodingKey::from_ec_components(&part("x"), &part("y")).expect("a key");
    let mut validation = Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.set_audience(&[CLIENT]);
    validation.set_issuer(&[ISSUER]);
    let text = signed(&header.to_string(), claims, &key("es", ES256));
    assert!(engineer(&text).is_err(), "this crate accepts {claims}");
    decode::<Value>(&text, &own, &validation).is_ok()
}

/// The library has the time of the machine, so these tokens are valid then.
fn current(changes: &Value) -> Value {
    let now = i64::try_from(jsonwebtoken::get_current_timestamp()).expect("a time");
    with(with(claims(), &json!({"iat": now, "nbf": now, "exp": now + 600})), changes)
}

#[test]
fn what_the_library_does_not_check() {
    let accepts = |changes: Value| library_accepts(&header(), &current(&changes).to_string());
    let later = jsonwebtoken::get_current_timestamp() + 3_600;
    assert!(accepts(json!({"nbf": later})), "nbf is not looked at by default");
    assert!(accepts(json!({"iat": later})), "iat is never looked at");
    assert!(accepts(json!({"aud": null})), "a missing audience is good by default");
    assert!(accepts(json!({"iss": null})), "a missing issuer is good by default");
    assert!(accepts(json!({"aud": [CLIENT, "other"]})), "one of several audiences is enough");
    assert!(accepts(json!({"azp": "other"})), "azp is not known");
    assert!(accepts(json!({"exp": 99_999_999_999_u64})), "a lifetime has no bound");
    assert!(accepts(json!({"email_verified": "no"})), "other claims are not known");
    let mut twice = current(&json!({})).to_string();
    twice.insert_str(1, "\"email\":\"root@doit.com\",");
    assert!(library_accepts(&header(), &twice), "the last of two members counts");
    let header =
        |changes: Value| library_accepts(&with(header(), &changes), &current(&json!({})).to_string());
    assert!(header(json!({"typ": "at+jwt"})), "the type is not looked at");
    assert!(
        header(json!({"jku": "https://evil.example.com"})),
        "a foreign key is not looked at, and not used either"
    );
    assert!(header(json!({"kid": "another"})), "which key is used is the caller's affair");
}
