//! The token that STS gets.

use std::fmt;

/// A verified token for AWS STS.
///
/// Only `TokenVerifier` makes this value: from a token of an issuer for STS, or from one that the program's own issuer has just signed, which
/// is verified in the same way. The text is a credential. `Debug` does not show it, there is no `Clone` and no serialization, and only
/// [`into_text`](Self::into_text) gives it away.
pub struct StsToken {
    pub(crate) text: Box<str>,
    pub(crate) claims: Box<str>,
    pub(crate) issuer: Box<str>,
    pub(crate) audience: Box<str>,
    pub(crate) subject: Box<str>,
    pub(crate) id: Option<Box<str>>,
    pub(crate) issued_at: i64,
    pub(crate) not_before: Option<i64>,
    pub(crate) expires_at: i64,
    pub(crate) verified_at: i64,
    pub(crate) sha256: [u8; 32],
}

impl StsToken {
    /// The text of the token, for the parameter `WebIdentityToken` of the one call that it is for.
    pub fn into_text(self) -> Box<str> {
        self.text
    }

    /// The claims as the token has them: a JSON object without repeated members.
    ///
    /// They are no credential, since the signature is missing. They may hold personal data.
    pub fn claims(&self) -> &str {
        &self.claims
    }

    /// The claim `iss`, as the token has it: with `https://`.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The claim `aud`: the one audience of the token.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The claim `sub`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The claim `jti`, the token's own id. `None` if the token has none.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The claim `iat`, in seconds since 1970.
    pub const fn issued_at(&self) -> i64 {
        self.issued_at
    }

    /// The claim `nbf`, in seconds since 1970. `None` if the token has none.
    pub const fn not_before(&self) -> Option<i64> {
        self.not_before
    }

    /// The claim `exp`, in seconds since 1970, without leeway.
    pub const fn expires_at(&self) -> i64 {
        self.expires_at
    }

    /// The time at which the token was verified, in seconds since 1970.
    pub const fn verified_at(&self) -> i64 {
        self.verified_at
    }

    /// The SHA-256 of the token's text. It identifies the token in records and is no secret.
    pub const fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }
}

impl fmt::Debug for StsToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StsToken")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
