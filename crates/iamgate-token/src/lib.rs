//! Verified tokens: who asks for a session, and the token that STS gets.
//!
//! There are two kinds of tokens, and a type for each. A [`VerifiedEngineer`] says who asks for a session; it comes from the sign-in of the
//! engineer. An [`StsToken`] is what AWS STS gets in `AssumeRoleWithWebIdentity`. Neither has a constructor: only `TokenVerifier` makes them,
//! and only from a token whose signature, issuer, audience and times are right. So a function that takes one of them needs no further check.
//!
//! The verifier is behind the feature `verify`, because it needs cryptography (aws-lc-rs, through jsonwebtoken). Without the feature this crate
//! has the two types and no dependencies, and builds for WebAssembly.
#![cfg_attr(feature = "verify", doc = "```")]
#![cfg_attr(not(feature = "verify"), doc = "```ignore")]
//! use iamgate_token::{
//!     Algorithm, EngineerIssuer, KeySet, NameClaim, RecentTokens, Rules, TokenError, TokenVerifier,
//! };
//!
//! let rules = Rules::new("https://login.example.com", &[Algorithm::Es256, Algorithm::Rs256])?;
//! let issuer = EngineerIssuer::new(rules, "support-broker")?
//!     .named_by(NameClaim::VerifiedEmail)
//!     .in_one_of("groups", &["cloud-support"])
//!     .with_one_method_of(&["mfa", "hwk"]);
//! let verifier = TokenVerifier::new().with_engineers(issuer)?;
//!
//! // The program reads the issuer's `jwks_uri`; this crate opens no connection.
//! let jwks = r#"{"keys": [{"kty": "EC", "crv": "P-256", "kid": "2026-12", "use": "sig", "alg": "ES256",
//!     "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}"#;
//! let keys = KeySet::parse("https://login.example.com", jwks)?;
//! let (mut seen, now) = (RecentTokens::new(100_000), 1_795_000_000);
//!
//! let answer = verifier.engineer("not.a.token").and_then(|token| token.verify(&keys, &mut seen, now));
//! assert_eq!(answer.err().map(TokenError::code), Some("TOKEN_ENCODING"));
//! # Ok::<(), TokenError>(())
//! ```
//!
//! # How do I
//!
//! All but the two types need the feature `verify`.
//!
//! | Task | Where |
//! | --- | --- |
//! | say whose tokens are good | `EngineerIssuer`, `StsIssuer`, `Rules` |
//! | verify the token of an engineer | `TokenVerifier::engineer`, then `EngineerToken::verify` |
//! | verify a token for STS | `TokenVerifier::sts`, then `UnverifiedStsToken::verify` |
//! | make a token for STS with my own key | `NewStsToken`, `TokenVerifier::mint`, `TokenSigner` |
//! | keep an issuer's keys fresh | `JwksCache`, which says when to fetch |
//! | refuse a token that was used before | `SeenTokens`, `RecentTokens` |
//!
//! # What is checked
//!
//! The form (three parts of base64url, JSON objects without repeated members, size and depth), the header (`alg` of the issuer's list and of the
//! key, never `none` and never a shared secret; `kid`; `typ`; no `crit` and no key inside the token), the signature, and then the claims: exact
//! `iss`, `aud`, `azp`, `sub`, `exp`, `nbf`, `iat`, the lifetime, groups, methods of authentication, and that the token was not used before.
//! An [RFC 7519] token that lacks `exp`, `iat`, `sub` or `aud` is refused, although that document makes them optional.
//!
//! Not checked here: whether the engineer's account was closed after the token was issued, and the `nonce` of a login, which belongs to the login.
//!
//! An error has a code, what is wrong and how to mend it. It holds no part of the token, by its type.
//!
//! [RFC 7519]: https://www.rfc-editor.org/rfc/rfc7519
#![forbid(unsafe_code)]

mod engineer;
mod sts;

#[cfg(feature = "verify")]
mod cache;
#[cfg(feature = "verify")]
mod claims;
#[cfg(feature = "verify")]
mod error;
#[cfg(feature = "verify")]
mod issuer;
#[cfg(feature = "verify")]
mod jws;
#[cfg(feature = "verify")]
mod keys;
#[cfg(feature = "verify")]
mod mint;
#[cfg(feature = "verify")]
mod seen;
#[cfg(feature = "verify")]
mod verifier;

pub use engineer::VerifiedEngineer;
pub use sts::StsToken;

#[cfg(feature = "verify")]
pub use cache::{FetchTicket, JwksCache, KeysToUse};
#[cfg(feature = "verify")]
pub use error::TokenError;
#[cfg(feature = "verify")]
pub use issuer::{Algorithm, EngineerIssuer, NameClaim, Rules, StsIssuer};
#[cfg(feature = "verify")]
pub use keys::{KeySet, SkippedKey};
#[cfg(feature = "verify")]
pub use mint::{FileKey, NewStsToken, TokenSigner, UnsignedToken};
#[cfg(feature = "verify")]
pub use seen::{RecentTokens, Seen, SeenTokens};
#[cfg(feature = "verify")]
pub use verifier::{EngineerToken, TokenVerifier, UnverifiedStsToken};
