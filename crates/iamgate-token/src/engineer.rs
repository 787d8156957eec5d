//! Who asks for a session.

/// The engineer who asks for a session, as a verified token says.
///
/// Only `TokenVerifier` makes this value, from a token that it has verified. It is no longer valid at [`expires_at`](Self::expires_at). It is not
/// `Clone`, so that one sign-in is one value.
#[derive(Debug, PartialEq, Eq)]
pub struct VerifiedEngineer {
    pub(crate) issuer: Box<str>,
    pub(crate) subject: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) audience: Box<str>,
    pub(crate) groups: Vec<Box<str>>,
    pub(crate) methods: Vec<Box<str>>,
    pub(crate) id: Option<Box<str>>,
    pub(crate) issued_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) verified_at: i64,
    pub(crate) sha256: [u8; 32],
}

impl VerifiedEngineer {
    /// The claim `iss`: whose word it is who the engineer is.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The claim `sub`: the issuer's own id of the engineer, which is never given to anybody else.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The name that a session shows: the verified e-mail address, the subject, or another claim, as the issuer's rules say.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The audience that was asked for and found in the claim `aud`.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The groups of the engineer; empty if the issuer's rules name no claim with groups.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().map(|group| &**group)
    }

    /// The claim `amr`: how the engineer signed in, such as `mfa`. Empty if the token has none.
    pub fn methods(&self) -> impl Iterator<Item = &str> {
        self.methods.iter().map(|method| &**method)
    }

    /// The claim `jti`, the token's own id. `None` if the token has none.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The claim `iat`, in seconds since 1970.
    pub const fn issued_at(&self) -> i64 {
        self.issued_at
    }

    /// The claim `exp`, in seconds since 1970, without leeway. What is done in the engineer's name has to be done before.
    pub const fn expires_at(&self) -> i64 {
        self.expires_at
    }

    /// The time at which the token was verified, in seconds since 1970.
    pub const fn verified_at(&self) -> i64 {
        self.verified_at
    }

    /// The SHA-256 of the token's text. It identifies the token in logs and is no secret.
    pub const fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }
}
