//! An issuer with test keys, and tokens that are good but for one thing.

use base64::Engine as _;
use iamgate_token::{
    Algorithm, EngineerIssuer, FileKey, KeySet, NameClaim, RecentTokens, Rules, StsIssuer, StsToken,
    TokenError, TokenSigner as _, TokenVerifier, VerifiedEngineer,
};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://login.example.com";
pub(crate) const OTHER: &str = "https://other.example.com";
pub(crate) const CLIENT: &str = "support-broker";
pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const NOW: i64 = 1_795_000_000;

pub(crate) const RS256: (Algorithm, &[u8]) = (Algorithm::Rs256, include_bytes!("../keys/rsa2048.der"));
pub(crate) const ES256: (Algorithm, &[u8]) = (Algorithm::Es256, include_bytes!("../keys/es256.der"));
pub(crate) const ES256_OTHER: (Algorithm, &[u8]) =
    (Algorithm::Es256, include_bytes!("../keys/es256-other.der"));
pub(crate) const ES384: (Algorithm, &[u8]) = (Algorithm::Es384, include_bytes!("../keys/es384.der"));
pub(crate) const EDDSA: (Algorithm, &[u8]) = (Algorithm::EdDsa, include_bytes!("../keys/ed25519.der"));

/// A key under an id. The bytes are those of another algorithm of the same kind if `as_algorithm` says so.
pub(crate) fn key(id: &str, (algorithm, der): (Algorithm, &[u8])) -> FileKey {
    FileKey::from_der(id, algorithm, der).expect("a test key")
}

/// The keys that the issuer publishes, under these ids.
pub(crate) fn jwks(keys: &[(&str, (Algorithm, &[u8]))]) -> Value {
    let keys: Vec<Value> = keys
        .iter()
        .map(|(id, own)| serde_json::from_str(&key(id, *own).public_jwk()).expect("a public key"))
        .collect();
    json!({ "keys": keys })
}

pub(crate) fn all_keys() -> KeySet {
    let keys = [("rs", RS256), ("es", ES256), ("es384", ES384), ("ed", EDDSA)];
    KeySet::parse(ISSUER, &jwks(&keys).to_string()).expect("a set of keys")
}

pub(crate) fn rules(issuer: &str) -> Rules {
    let algorithms = [Algorithm::Rs256, Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa];
    Rules::new(issuer, &algorithms).expect("rules")
}

pub(crate) fn engineers() -> EngineerIssuer {
    let issuer = EngineerIssuer::new(rules(ISSUER), CLIENT).expect("an issuer");
    issuer
        .named_by(NameClaim::VerifiedEmail)
        .in_one_of("groups", &["support", "sre"])
        .with_one_method_of(&["mfa", "hwk"])
}

pub(crate) fn verifier_of(issuer: EngineerIssuer) -> TokenVerifier {
    let algorithms = [Algorithm::Rs256, Algorithm::Es256, Algorithm::Es384];
    let sts = StsIssuer::new(Rules::new(ISSUER, &algorithms).expect("rules")).expect("an issuer");
    let verifier = TokenVerifier::new().with_engineers(issuer).expect("engineers");
    verifier.with_sts(sts).expect("tokens for STS")
}

pub(crate) fn verifier() -> TokenVerifier {
    verifier_of(engineers())
}

pub(crate) fn header() -> Value {
    json!({"alg": "ES256", "kid": "es", "typ": "JWT"})
}

pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": CLIENT, "sub": "00u1a2b3", "jti": "token-1",
        "iat": NOW - 10, "nbf": NOW - 10, "exp": NOW + 600,
        "email": "ana@doit.com", "email_verified": true,
        "groups": ["everybody", "support"], "amr": ["pwd", "mfa"],
    })
}

pub(crate) fn sts_claims() -> Value {
    json!({
        "iss": ISSUER, "aud": ACCOUNT, "sub": "6f1c", "jti": "session-1",
        "iat": NOW - 1, "nbf": NOW - 1, "exp": NOW + 119,
        "https://aws.amazon.com/tags": {"principal_tags": {"Case": ["4711"]}, "transitive_tag_keys": []},
    })
}

/// The same object with some members replaced; `null` removes one.
pub(crate) fn with(base: Value, changes: &Value) -> Value {
    let Value::Object(mut members) = base else { panic!("no object") };
    for (name, value) in changes.as_object().expect("an object") {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    Value::Object(members)
}

/// A token of these texts, signed with a key whatever the header says.
pub(crate) fn signed(header: &str, claims: &str, key: &FileKey) -> String {
    let message = format!("{}.{}", base64(header.as_bytes()), base64(claims.as_bytes()));
    let signature = key.sign(message.as_bytes()).expect("a signature");
    format!("{message}.{}", base64(&signature))
}

/// A token with these claims under the key `es`.
pub(crate) fn token(claims: &Value) -> String {
    signed(&header().to_string(), &claims.to_string(), &key("es", ES256))
}

pub(crate) fn engineer(text: &str) -> Result<VerifiedEngineer, TokenError> {
    engineer_by(&verifier(), text, NOW)
}

pub(crate) fn engineer_by(
    verifier: &TokenVerifier,
    text: &str,
    now: i64,
) -> Result<VerifiedEngineer, TokenError> {
    verifier.engineer(text)?.verify(&all_keys(), &mut RecentTokens::new(10), now)
}

pub(crate) fn sts(text: &str) -> Result<StsToken, TokenError> {
    verifier().sts(text)?.verify(ACCOUNT, &all_keys(), &mut RecentTokens::new(10), NOW)
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
