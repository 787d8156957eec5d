//! Good and bad tokens, one thing wrong in each, and the code that it gets.

use iamgate_token::{
    Algorithm, EngineerIssuer, KeySet, NameClaim, RecentTokens, Rules, StsIssuer, TokenError, TokenVerifier,
};
use serde_json::{Value, json};

use crate::world::*;

#[track_caller]
fn refused(text: &str, code: &str) {
    let error = engineer(text).expect_err(code);
    assert_eq!(error.code(), code, "{error}");
    for part in text.split('.').filter(|part| part.len() > 8) {
        assert!(!format!("{error} {error:?}").contains(part), "the error shows a part of the token");
    }
}

/// The good token with these claims changed is refused with this code.
#[track_caller]
fn claims_refused(changes: Value, code: &str) {
    refused(&token(&with(claims(), &changes)), code);
}

#[track_caller]
fn header_refused(changes: Value, code: &str) {
    let header = with(header(), &changes);
    refused(&signed(&header.to_string(), &claims().to_string(), &key("es", ES256)), code);
}

#[test]
fn a_good_token_says_who_asks() {
    let text = token(&claims());
    let engineer = engineer(&text).expect("a good token");
    assert_eq!(engineer.issuer(), ISSUER);
    assert_eq!(engineer.subject(), "00u1a2b3");
    assert_eq!(engineer.name(), "ana@doit.com");
    assert_eq!(engineer.audience(), CLIENT);
    assert_eq!(engineer.groups().collect::<Vec<_>>(), ["everybody", "support"]);
    assert_eq!(engineer.methods().collect::<Vec<_>>(), ["pwd", "mfa"]);
    assert_eq!(engineer.id(), Some("token-1"));
    assert_eq!(
        (engineer.issued_at(), engineer.expires_at(), engineer.verified_at()),
        (NOW - 10, NOW + 600, NOW)
    );
    assert_ne!(engineer.sha256(), &[0; 32]);
}

#[test]
fn each_algorithm_of_the_issuer_is_good_under_its_own_key() {
    for (id, own) in [("rs", RS256), ("es", ES256), ("es384", ES384), ("ed", EDDSA)] {
        let header = json!({"alg": own.0.name(), "kid": id});
        let text = signed(&header.to_string(), &claims().to_string(), &key(id, own));
        assert!(engineer(&text).is_ok(), "{}", own.0.name());
    }
}

#[test]
fn the_form_of_a_token() {
    let good = token(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    refused("", "TOKEN_PARTS");
    refused("x", "TOKEN_PARTS");
    refused(&parts[..2].join("."), "TOKEN_PARTS");
    refused(&format!("{good}.{}", parts[2]), "TOKEN_PARTS");
    refused(&format!("{good}.."), "TOKEN_PARTS");
    refused(&format!("{}.{}.", parts[0], parts[1]), "TOKEN_SIGNATURE");
    for (before, after) in
        [(" ", ""), ("", " "), ("", "\n"), ("", "="), ("", "\u{e9}"), ("", "\0"), ("Bearer ", "")]
    {
        refused(&format!("{before}{good}{after}"), "TOKEN_ENCODING");
    }
    refused(&good.replace('-', "+").replace('_', "/").replacen('.', ".+", 1), "TOKEN_ENCODING");
    let most = "a".repeat(16_385);
    refused(&most, "TOKEN_TOO_LARGE");
    claims_refused(json!({"pad": "x".repeat(16_384)}), "TOKEN_TOO_LARGE");
    let raw = |header: &[u8], claims: &[u8]| format!("{}.{}.{}", base64(header), base64(claims), parts[2]);
    let header = header().to_string();
    for claims in
        [&b""[..], b"[]", b"null", b"\"iss\"", b"{", b"{} {}", b"\xff", b"{\"a\":\"\xff\"}", b"{\"a\":NaN}"]
    {
        refused(&raw(header.as_bytes(), claims), "TOKEN_JSON");
        refused(&raw(claims, b"{}"), "TOKEN_JSON");
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
    refused(&raw(header.as_bytes(), deep.as_bytes()), "TOKEN_JSON");
}

#[test]
fn a_member_may_not_occur_twice() {
    let own = key("es", ES256);
    let claims = claims().to_string();
    let twice = |extra: &str| format!("{{{extra},{}", &claims[1..]);
    for extra in [
        r#""iss":"https://login.example.com""#,
        r#""sub":"root""#,
        r#""\u0073ub":"root""#,
        r#""exp":9999999999"#,
        r#""x":{"a":1,"a":2}"#,
    ] {
        refused(&signed(&header().to_string(), &twice(extra), &own), "TOKEN_DUPLICATE_MEMBER");
    }
    let header = r#"{"alg":"ES256","kid":"es","alg":"none"}"#;
    refused(&signed(header, &claims, &own), "TOKEN_DUPLICATE_MEMBER");
}

#[test]
fn the_algorithm_is_that_of_issuer_and_key() {
    for name in ["none", "None", "NONE", "nOnE", "HS256", "hs256", "HS384", "HS512"] {
        header_refused(json!({"alg": name}), "TOKEN_ALGORITHM_FORBIDDEN");
    }
    for alg in [json!(null), json!(1), json!(["ES256"]), json!({})] {
        header_refused(json!({"alg": alg}), "TOKEN_ALGORITHM_FORBIDDEN");
    }
    for name in ["", "es256", "ES256 ", "ES512", "ES256K", "RS1", "Ed25519", "PS256", "RS512"] {
        header_refused(json!({"alg": name}), "TOKEN_ALGORITHM");
    }
    // Allowed by the issuer, and not what the key is for.
    header_refused(json!({"alg": "RS256"}), "TOKEN_KEY_ALGORITHM");
    header_refused(json!({"alg": "ES384"}), "TOKEN_KEY_ALGORITHM");
    header_refused(json!({"alg": "EdDSA"}), "TOKEN_KEY_ALGORITHM");
    header_refused(json!({"kid": "rs"}), "TOKEN_KEY_ALGORITHM");
}

#[test]
fn a_public_key_is_no_shared_secret() {
    // The classic attack: HS256 with the text of the public key as the secret.
    let secret = key("rs", RS256).public_jwk();
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    let attack = jsonwebtoken::encode(
        &header,
        &claims(),
        &jsonwebtoken::EncodingKey::from_secret(secret.as_bytes()).expect("a secret"),
    );
    refused(&attack.expect("a token"), "TOKEN_ALGORITHM_FORBIDDEN");
}

#[test]
fn the_header_demands_nothing_and_brings_no_key() {
    for demand in [
        json!({"crit": ["exp"]}),
        json!({"crit": []}),
        json!({"b64": false}),
        json!({"zip": "DEF"}),
        json!({"cty": "JWT"}),
        json!({"enc": "A128GCM"}),
    ] {
        header_refused(demand, "TOKEN_HEADER");
    }
    let own: Value = serde_json::from_str(&key("es", ES256_OTHER).public_jwk()).expect("a key");
    for brings in [
        json!({"jwk": own}),
        json!({"jku": "https://evil.example.com"}),
        json!({"x5u": "https://evil.example.com"}),
    ] {
        header_refused(brings, "TOKEN_BRINGS_KEY");
    }
    for kind in [json!("at+jwt"), json!("logout+jwt"), json!("JWE"), json!(""), json!(1), json!(["JWT"])] {
        header_refused(json!({"typ": kind}), "TOKEN_TYPE");
    }
    for good in [
        json!({"typ": null}),
        json!({"typ": "jwt"}),
        json!({"typ": "application/jwt"}),
        json!({"x5t": "abc", "ver": 1}),
    ] {
        let header = with(header(), &good);
        assert!(
            engineer(&signed(&header.to_string(), &claims().to_string(), &key("es", ES256))).is_ok(),
            "{good}"
        );
    }
}

#[test]
fn the_key_is_the_one_that_the_token_names() {
    header_refused(json!({"kid": null}), "TOKEN_KEY_ID_MISSING");
    for id in [json!("other"), json!("ES"), json!("es "), json!(""), json!(1), json!("x".repeat(256))] {
        header_refused(json!({"kid": id}), "TOKEN_KEY_UNKNOWN");
    }
    let stranger = signed(&header().to_string(), &claims().to_string(), &key("es", ES256_OTHER));
    refused(&stranger, "TOKEN_SIGNATURE");
    // With one key, a token without a key id is good, and one with another id is not.
    let one = KeySet::parse(ISSUER, &jwks(&[("es", ES256)]).to_string()).expect("keys");
    let verifier = verifier();
    let ask = |changes: Value| {
        let header = with(header(), &changes);
        let text = signed(&header.to_string(), &claims().to_string(), &key("es", ES256));
        let token = verifier.engineer(&text)?;
        assert_eq!(token.issuer(), ISSUER);
        token.verify(&one, &mut RecentTokens::new(1), NOW).map(|_| ())
    };
    assert_eq!(ask(json!({"kid": null})), Ok(()));
    assert_eq!(ask(json!({"kid": "rs"})), Err(TokenError::UnknownKey));
    let of_another = KeySet::parse(OTHER, &jwks(&[("es", ES256)]).to_string()).expect("keys");
    let text = token(&claims());
    let answer =
        verifier.engineer(&text).expect("a token").verify(&of_another, &mut RecentTokens::new(1), NOW);
    assert_eq!(answer.err(), Some(TokenError::KeysOfAnotherIssuer));
}

#[test]
fn the_issuer_is_known_by_its_exact_text() {
    for issuer in [
        "https://login.example.com/",
        "http://login.example.com",
        "login.example.com",
        "https://LOGIN.example.com",
        OTHER,
    ] {
        claims_refused(json!({"iss": issuer}), "TOKEN_ISSUER");
    }
    claims_refused(json!({"iss": null}), "TOKEN_CLAIM_MISSING");
    for issuer in [json!(1), json!([ISSUER]), json!(""), json!({"0": ISSUER})] {
        claims_refused(json!({"iss": issuer}), "TOKEN_CLAIM_FORM");
    }
    let nobody = TokenVerifier::new();
    assert!(nobody.engineer(&token(&claims())).is_err());
}

#[test]
fn the_times_have_leeway_and_no_more() {
    let at = |name: &str, time: i64| engineer(&token(&with(claims(), &json!({ name: time })))).map(|_| ());
    let valid = |iat: i64, exp: i64| {
        engineer(&token(&with(claims(), &json!({"iat": iat, "nbf": null, "exp": exp})))).map(|_| ())
    };
    assert_eq!(valid(NOW - 600, NOW - 59), Ok(()));
    assert_eq!(valid(NOW - 600, NOW - 60), Err(TokenError::Expired));
    assert_eq!(valid(NOW - 600, NOW - 61), Err(TokenError::Expired));
    assert_eq!(valid(1, 2), Err(TokenError::Expired));
    assert_eq!(valid(NOW + 60, NOW + 120), Ok(()));
    assert_eq!(valid(NOW + 61, NOW + 120), Err(TokenError::IssuedInTheFuture));
    assert_eq!(valid(NOW, NOW), Err(TokenError::TimesContradict));
    assert_eq!(valid(NOW - 100, NOW + 3_500), Ok(()));
    assert_eq!(valid(NOW - 100, NOW + 3_501), Err(TokenError::LivesTooLong));
    assert_eq!(at("nbf", NOW + 60), Ok(()));
    assert_eq!(at("nbf", NOW + 61), Err(TokenError::NotYetValid));
    assert_eq!(at("nbf", NOW + 600), Err(TokenError::TimesContradict));
    assert_eq!(at("exp", 9_999_999_999), Err(TokenError::LivesTooLong));
    claims_refused(json!({"exp": null}), "TOKEN_CLAIM_MISSING");
    claims_refused(json!({"iat": null}), "TOKEN_CLAIM_MISSING");
    for name in ["exp", "iat", "nbf"] {
        for time in [
            json!("1795000300"),
            json!(1_795_000_300.5),
            json!(-1),
            json!(253_402_300_800_i64),
            json!(1e300),
            json!(true),
            json!([]),
        ] {
            claims_refused(json!({ name: time }), "TOKEN_CLAIM_FORM");
        }
        // In JSON, `1.795e9` is a whole number too; here it is not.
        let (own, other) = (claims()[name].to_string(), "1.795e9");
        let text = claims().to_string().replace(&format!("\"{name}\":{own}"), &format!("\"{name}\":{other}"));
        refused(&signed(&header().to_string(), &text, &key("es", ES256)), "TOKEN_CLAIM_FORM");
    }
    // No time of any clock overflows.
    for now in [i64::MIN, -1, 0, i64::MAX] {
        assert!(engineer_by(&verifier(), &token(&claims()), now).is_err());
    }
}

#[test]
fn leeway_and_lifetime_are_rules_with_bounds() {
    for leeway in [-1, 301, i64::MAX] {
        assert_eq!(
            rules(ISSUER).with_leeway(leeway).map(|_| ()).map_err(TokenError::code),
            Err("TOKEN_RULE")
        );
    }
    for lifetime in [-1, 0, 86_401] {
        assert!(rules(ISSUER).with_most_lifetime(lifetime).is_err());
    }
    for bytes in [0, 65_537] {
        assert!(rules(ISSUER).with_most_bytes(bytes).is_err());
    }
    assert!(Rules::new("", &[Algorithm::Es256]).is_err());
    assert!(Rules::new(ISSUER, &[]).is_err());
    assert!(EngineerIssuer::new(rules(ISSUER), "").is_err());
    let none = rules(ISSUER).with_leeway(0).expect("no leeway");
    let verifier = verifier_of(EngineerIssuer::new(none, CLIENT).expect("an issuer"));
    let ends = token(&with(claims(), &json!({"exp": NOW})));
    assert_eq!(engineer_by(&verifier, &ends, NOW).err(), Some(TokenError::Expired));
    assert!(engineer_by(&verifier, &ends, NOW - 1).is_ok());
    assert!(
        TokenVerifier::new().with_engineers(engineers()).and_then(|v| v.with_engineers(engineers())).is_err()
    );
}

#[test]
fn the_audience_is_ours_and_the_party_known() {
    for audience in [
        json!("other"),
        json!(""),
        json!([]),
        json!(["other"]),
        json!("Support-broker"),
        json!("support-broker "),
    ] {
        claims_refused(json!({"aud": audience}), "TOKEN_AUDIENCE");
    }
    claims_refused(json!({"aud": null}), "TOKEN_CLAIM_MISSING");
    for audience in [json!(1), json!({"0": CLIENT}), json!([CLIENT, 1]), json!([[CLIENT]])] {
        claims_refused(json!({"aud": audience}), "TOKEN_CLAIM_FORM");
    }
    assert!(engineer(&token(&with(claims(), &json!({"aud": [CLIENT]})))).is_ok());
    assert!(engineer(&token(&with(claims(), &json!({"azp": CLIENT})))).is_ok());
    claims_refused(json!({"aud": [CLIENT, "other"]}), "TOKEN_AUDIENCES");
    claims_refused(json!({"aud": [CLIENT, "other"], "azp": CLIENT}), "TOKEN_AUDIENCES");
    claims_refused(json!({"azp": "other"}), "TOKEN_AUTHORIZED_PARTY");
    let party = verifier_of(engineers().issued_to("web-client"));
    let ask = |changes: Value| {
        engineer_by(&party, &token(&with(claims(), &changes)), NOW).map(|_| ()).map_err(TokenError::code)
    };
    assert_eq!(ask(json!({"azp": "web-client"})), Ok(()));
    assert_eq!(ask(json!({"azp": "web-client", "aud": [CLIENT, "web-client"]})), Ok(()));
    assert_eq!(ask(json!({"azp": CLIENT})), Err("TOKEN_AUTHORIZED_PARTY"));
    assert_eq!(ask(json!({})), Err("TOKEN_CLAIM_MISSING"));
    assert_eq!(ask(json!({"aud": [CLIENT, "web-client"]})), Err("TOKEN_AUDIENCES"));
    assert_eq!(ask(json!({"azp": ["web-client"]})), Err("TOKEN_CLAIM_FORM"));
}

#[test]
fn who_the_engineer_is() {
    claims_refused(json!({"sub": null}), "TOKEN_CLAIM_MISSING");
    for subject in
        [json!(1), json!(""), json!("a\u{202e}b"), json!("a\nb"), json!("x".repeat(256)), json!(["a"])]
    {
        claims_refused(json!({"sub": subject}), "TOKEN_CLAIM_FORM");
    }
    claims_refused(json!({"email": null}), "TOKEN_CLAIM_MISSING");
    claims_refused(json!({"email": ["ana@doit.com"]}), "TOKEN_CLAIM_FORM");
    claims_refused(json!({"email_verified": null}), "TOKEN_EMAIL_NOT_VERIFIED");
    claims_refused(json!({"email_verified": false}), "TOKEN_EMAIL_NOT_VERIFIED");
    for verified in [json!("true"), json!(1), json!("false"), json!([true])] {
        claims_refused(json!({"email_verified": verified}), "TOKEN_CLAIM_FORM");
    }
    let plain = EngineerIssuer::new(rules(ISSUER), CLIENT).expect("an issuer");
    let name = |issuer: EngineerIssuer, changes: Value| {
        let engineer = engineer_by(&verifier_of(issuer), &token(&with(claims(), &changes)), NOW);
        engineer.map(|engineer| engineer.name().to_owned()).map_err(TokenError::code)
    };
    assert_eq!(name(plain.clone(), json!({"email": null})), Ok("00u1a2b3".to_owned()));
    let other = plain.named_by(NameClaim::Other("login".into()));
    assert_eq!(name(other.clone(), json!({"login": "ana"})), Ok("ana".to_owned()));
    assert_eq!(name(other.clone(), json!({})), Err("TOKEN_CLAIM_MISSING"));
    assert_eq!(name(other, json!({"login": ["ana"]})), Err("TOKEN_CLAIM_FORM"));
}

#[test]
fn groups_and_methods_are_required() {
    claims_refused(json!({"groups": null}), "TOKEN_CLAIM_MISSING");
    for groups in [json!([]), json!(["everybody"]), json!(["Support"]), json!("sup"), json!(["support,sre"])]
    {
        claims_refused(json!({ "groups": groups }), "TOKEN_GROUP");
    }
    for groups in [json!({"support": true}), json!(["support", 1]), json!(true)] {
        claims_refused(json!({ "groups": groups }), "TOKEN_CLAIM_FORM");
    }
    claims_refused(json!({"groups": vec!["support"; 1_025]}), "TOKEN_CLAIM_FORM");
    assert!(engineer(&token(&with(claims(), &json!({"groups": "sre"})))).is_ok());
    claims_refused(json!({"amr": null}), "TOKEN_CLAIM_MISSING");
    claims_refused(json!({"amr": ["pwd"]}), "TOKEN_METHOD");
    claims_refused(json!({"amr": []}), "TOKEN_METHOD");
    claims_refused(json!({"amr": {"mfa": 1}}), "TOKEN_CLAIM_FORM");
    let nobody = verifier_of(engineers().in_one_of("groups", &[]));
    assert_eq!(engineer_by(&nobody, &token(&claims()), NOW).err(), Some(TokenError::NotInGroup));
}

#[test]
fn a_good_token_for_sts_is_kept_secret() {
    let text = token(&sts_claims());
    let own = sts(&text).expect("a good token");
    assert_eq!(
        (own.issuer(), own.audience(), own.subject(), own.id()),
        (ISSUER, ACCOUNT, "6f1c", Some("session-1"))
    );
    assert_eq!((own.issued_at(), own.not_before(), own.expires_at()), (NOW - 1, Some(NOW - 1), NOW + 119));
    assert_eq!(serde_json::from_str::<Value>(own.claims()).expect("claims"), sts_claims());
    for part in text.split('.') {
        assert!(!format!("{own:?} {own:#?}").contains(part));
    }
    assert_eq!(&*own.into_text(), text);
}

#[test]
fn tokens_of_the_two_kinds_are_not_exchanged() {
    assert_eq!(engineer(&token(&sts_claims())).err(), Some(TokenError::WrongAudience));
    assert_eq!(sts(&token(&claims())).err(), Some(TokenError::WrongAudience));
    let code = |changes: Value| sts(&token(&with(sts_claims(), &changes))).err().map(TokenError::code);
    assert_eq!(code(json!({})), None);
    assert_eq!(code(json!({"aud": [ACCOUNT]})), None);
    assert_eq!(code(json!({"aud": [ACCOUNT, CLIENT]})), Some("TOKEN_AUDIENCES"));
    assert_eq!(code(json!({"aud": "210987654321"})), Some("TOKEN_AUDIENCE"));
    assert_eq!(code(json!({"azp": "web"})), Some("TOKEN_AUTHORIZED_PARTY"));
    assert_eq!(code(json!({"sub": null})), Some("TOKEN_CLAIM_MISSING"));
    assert_eq!(code(json!({"jti": 7})), Some("TOKEN_CLAIM_FORM"));
    // STS gives no leeway that could be relied on.
    assert_eq!(code(json!({"exp": NOW})), Some("TOKEN_EXPIRED"));
    assert_eq!(code(json!({"exp": NOW + 1})), None);
    let header = json!({"alg": "EdDSA", "kid": "ed"});
    let text = signed(&header.to_string(), &sts_claims().to_string(), &key("ed", EDDSA));
    assert_eq!(sts(&text).err(), Some(TokenError::AlgorithmNotAllowed));
    for algorithm in [Algorithm::EdDsa, Algorithm::Ps256] {
        assert!(StsIssuer::new(Rules::new(ISSUER, &[algorithm]).expect("rules")).is_err());
    }
    assert!(StsIssuer::new(rules("http://login.example.com")).is_err());
}
