//! Public and private keys, and signatures under others.

use iamgate_record::{FaultCode, FileKey, PublicKey, RecordError, Signer as _, verify};

use crate::world::*;

#[test]
fn a_public_key_is_read_from_pem_and_jwk() {
    for (private, public_pem) in
        [(ED25519, include_str!("../keys/ed25519.pub.pem")), (P256, include_str!("../keys/p256.pub.pem"))]
    {
        let own = public(private);
        assert_eq!(PublicKey::read(public_pem).as_ref(), Ok(&own));
        assert_eq!(PublicKey::read(&format!("\n{}\r\n", public_pem.trim_ascii())).as_ref(), Ok(&own));
        assert_eq!(PublicKey::read(&own.jwk()).as_ref(), Ok(&own));
        assert_eq!(own.id().len(), 43);
    }
}

#[test]
fn the_id_is_the_thumbprint() {
    // RFC 8037, appendix A.3.
    let jwk = r#"{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    assert_eq!(PublicKey::read(jwk).expect("a key").id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn what_is_no_public_key_is_refused() {
    for private in [
        ED25519,
        P256,
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"AA"}"#,
    ] {
        assert_eq!(PublicKey::read(private), Err(RecordError::PrivateKey));
    }
    let zero = "A".repeat(43);
    for text in [
        "",
        "{}",
        "x",
        include_str!("../keys/rsa.pub.pem"),
        include_str!("../keys/p384.pub.pem"),
        r#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#,
        r#"{"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        r#"{"kty":"EC","crv":"P-256","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","y":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        r#"{"kty":"OKP","kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        // A point of small order, under which every message has a signature.
        &format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{zero}"}}"#),
        &" ".repeat(20_000),
    ] {
        assert_eq!(PublicKey::read(text), Err(RecordError::NotAPublicKey), "{text:.80}");
    }
    for text in ["", "x", include_str!("../keys/ed25519.pub.pem"), &"x".repeat(20_000)] {
        assert_eq!(FileKey::from_pem(text).err(), Some(RecordError::NotAPrivateKey));
    }
    assert!(!format!("{:?}", key(ED25519)).contains("SigningKey"));
}

#[test]
fn a_chain_under_another_key_is_told() {
    let text = chain(OTHER, 2).concat();
    let report = check(&text);
    assert_eq!(
        faults(&report),
        [(1, "/signer/key", FaultCode::AnotherKey), (2, "/signer/key", FaultCode::AnotherKey)]
    );
    assert!(report.keys.is_empty());
    assert!(!verify(&text, &[], None, None).is_intact(), "without a key nothing is intact");
    // The forger writes the name of the trusted key beside the own signature.
    let forged = text.replace(public(OTHER).id(), public(ED25519).id());
    assert_eq!(faults(&check(&forged))[0], (1, "/signature", FaultCode::BadSignature));
    let algorithm = chain(ED25519, 1).concat().replace("\"Ed25519\"", "\"ES256\"");
    assert_eq!(faults(&check(&algorithm)), [(1, "/signer/algorithm", FaultCode::BadSignature)]);
}

#[test]
fn the_other_signature_of_ecdsa_does_not_count() {
    use base64::Engine as _;
    let line = chain(P256, 1).concat();
    let value: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let old = value["signature"].as_str().expect("a signature");
    let own = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let bytes = own.decode(old).expect("bytes");
    let signature = p256::ecdsa::Signature::from_slice(&bytes).expect("a signature");
    let (r, s) = signature.split_scalars();
    let other = p256::ecdsa::Signature::from_scalars(r.to_bytes(), (-*s).to_bytes()).expect("a signature");
    let changed = line.replace(old, &own.encode(other.to_bytes()));
    let report = verify(&changed, &[public(P256)], None, None);
    assert_eq!(faults(&report), [(1, "/signature", FaultCode::BadSignature)]);
    assert_eq!(key(P256).public_key().algorithm(), "ES256");
}
