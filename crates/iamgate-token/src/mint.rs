//! Tokens for STS that the program's own issuer signs.

use iam_json::Json;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::jwk::EllipticCurve;

use crate::error::TokenError;
use crate::issuer::Algorithm;
use crate::keys::{base64url, foreign};

/// A key that signs tokens: in a file ([`FileKey`]), or in a service that never gives it away.
pub trait TokenSigner {
    /// The id of the key, as the issuer publishes it.
    fn key_id(&self) -> &str;

    /// The algorithm of the signatures.
    fn algorithm(&self) -> Algorithm;

    /// Signs a message. The result has the form of RFC 7518: for ECDSA, R and S one after the other, not DER.
    ///
    /// # Errors
    /// [`TokenError::NotSigned`].
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, TokenError>;
}

/// The claims of a token for STS that is to be signed.
///
/// The subject is recorded in the customer's CloudTrail: an opaque id is better than a name or an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStsToken {
    pub(crate) issuer: Box<str>,
    pub(crate) audience: Box<str>,
    subject: Box<str>,
    id: Box<str>,
    issued_at: i64,
    lifetime: i64,
    tags: Vec<(Box<str>, Box<str>)>,
    transitive: Vec<Box<str>>,
    source_identity: Option<Box<str>>,
}

/// A token without its signature.
///
/// It is no credential: nobody accepts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedToken {
    text: String,
}

impl UnsignedToken {
    /// The bytes to sign.
    pub fn message(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The text of the token with this signature. It is a credential.
    pub fn signed(&self, signature: &[u8]) -> String {
        format!("{}.{}", self.text, base64url(signature))
    }
}

impl NewStsToken {
    /// A token of an issuer for an audience. `id` becomes `jti` and is never used again; `issued_at` is in seconds since 1970.
    ///
    /// The token is valid for 120 seconds.
    pub fn new(issuer: &str, audience: &str, subject: &str, id: &str, issued_at: i64) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            subject: subject.into(),
            id: id.into(),
            issued_at,
            lifetime: 120,
            tags: Vec::new(),
            transitive: Vec::new(),
            source_identity: None,
        }
    }

    /// The same token, valid for so many seconds.
    #[must_use]
    pub const fn valid_for(mut self, seconds: i64) -> Self {
        self.lifetime = seconds;
        self
    }

    /// The same token with one more session tag. A transitive tag is passed on to every session that is created from this one.
    #[must_use]
    pub fn with_tag(mut self, key: &str, value: &str, transitive: bool) -> Self {
        self.tags.push((key.into(), value.into()));
        if transitive {
            self.transitive.push(key.into());
        }
        self
    }

    /// The same token with a source identity, which STS takes only if the role's trust policy allows `sts:SetSourceIdentity`.
    #[must_use]
    pub fn with_source_identity(mut self, identity: &str) -> Self {
        self.source_identity = Some(identity.into());
        self
    }

    /// Header and claims, ready to be signed with a key.
    ///
    /// # Errors
    /// [`TokenError::ClaimForm`] if a tag occurs twice, [`TokenError::TimesContradict`] if the lifetime is not positive.
    pub fn unsigned(&self, algorithm: Algorithm, key_id: &str) -> Result<UnsignedToken, TokenError> {
        let expires_at = self.issued_at.checked_add(self.lifetime).filter(|end| *end > self.issued_at);
        let expires_at = expires_at.ok_or(TokenError::TimesContradict)?;
        let header = Json::object([
            ("alg", Json::text(algorithm.name())),
            ("kid", Json::text(key_id)),
            ("typ", Json::text("JWT")),
        ]);
        let mut claims = vec![
            ("iss", Json::text(&*self.issuer)),
            ("aud", Json::text(&*self.audience)),
            ("sub", Json::text(&*self.subject)),
            ("jti", Json::text(&*self.id)),
            ("iat", Json::Number(self.issued_at)),
            ("nbf", Json::Number(self.issued_at)),
            ("exp", Json::Number(expires_at)),
        ];
        if !self.tags.is_empty() {
            let principal = self
                .tags
                .iter()
                .map(|(key, value)| (String::from(&**key), Json::List(vec![Json::text(&**value)])));
            let principal: std::collections::BTreeMap<_, _> = principal.collect();
            if principal.len() != self.tags.len() {
                return Err(TokenError::ClaimForm("https://aws.amazon.com/tags"));
            }
            let transitive = Json::list(&self.transitive, |key| Json::text(&**key));
            let tags = [("principal_tags", Json::Object(principal)), ("transitive_tag_keys", transitive)];
            claims.push(("https://aws.amazon.com/tags", Json::object(tags)));
        }
        if let Some(identity) = &self.source_identity {
            claims.push(("https://aws.amazon.com/source_identity", Json::text(&**identity)));
        }
        let claims = Json::Object(claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
        let part = |json: Json| base64url(json.to_string().as_bytes());
        Ok(UnsignedToken { text: format!("{}.{}", part(header), part(claims)) })
    }
}

/// A private key that the program has read from a file.
///
/// `Debug` does not show it.
pub struct FileKey {
    id: Box<str>,
    algorithm: Algorithm,
    key: EncodingKey,
    public: Json,
}

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileKey")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

impl FileKey {
    /// A private key in DER: PKCS #1 for RSA, PKCS #8 for the others.
    ///
    /// OpenSSL writes the first with `openssl rsa -traditional -outform DER`, the second with `openssl pkcs8 -topk8 -nocrypt -outform DER`.
    ///
    /// # Errors
    /// [`TokenError::NotSigned`] if the key cannot be read, or is not for the algorithm.
    pub fn from_der(id: &str, algorithm: Algorithm, der: &[u8]) -> Result<Self, TokenError> {
        let utils = &DEFAULT_PROVIDER.key_utils;
        let refused = |_| TokenError::NotSigned;
        let (kind, curve, parts, key) = match algorithm {
            Algorithm::Es256 | Algorithm::Es384 => {
                let (_, x, y) =
                    (utils.ec_pub_components_from_private_key)(der, foreign(algorithm)).map_err(refused)?;
                let curve = if algorithm == Algorithm::Es256 { "P-256" } else { "P-384" };
                ("EC", Some(curve), [("x", x), ("y", y)], EncodingKey::from_ec_der(der))
            }
            Algorithm::EdDsa => {
                let x = (utils.ed_pub_components_from_private_key)(der, &EllipticCurve::Ed25519)
                    .map_err(refused)?;
                ("OKP", Some("Ed25519"), [("x", x), ("", Vec::new())], EncodingKey::from_ed_der(der))
            }
            Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512
            | Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512 => {
                let (n, e) = (utils.rsa_pub_components_from_private_key)(der).map_err(refused)?;
                ("RSA", None, [("n", n), ("e", e)], EncodingKey::from_rsa_der(der))
            }
        };
        let text = |text: &str| Json::text(text);
        let mut public = vec![
            ("kty", text(kind)),
            ("kid", text(id)),
            ("use", text("sig")),
            ("alg", text(algorithm.name())),
        ];
        public.extend(curve.map(|curve| ("crv", text(curve))));
        let parts = parts.iter().filter(|(name, _)| !name.is_empty());
        public.extend(parts.map(|(name, bytes)| (*name, text(&base64url(bytes)))));
        let public = public.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Ok(Self { id: id.into(), algorithm, key, public: Json::Object(public) })
    }

    /// The public key as a JWK: one JSON object, as the issuer publishes it in its list of keys.
    pub fn public_jwk(&self) -> String {
        self.public.to_string()
    }
}

impl TokenSigner for FileKey {
    fn key_id(&self) -> &str {
        &self.id
    }

    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        let signer = (DEFAULT_PROVIDER.signer_factory)(&foreign(self.algorithm), &self.key)
            .map_err(|_| TokenError::NotSigned)?;
        signer.try_sign(message).map_err(|_| TokenError::NotSigned)
    }
}
