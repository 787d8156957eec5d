//! Whose tokens are good, and which of them.

use crate::error::TokenError;

/// An algorithm of signatures with a private key.
///
/// There is no variant for `none` and none for shared secrets (HS256 and the like), so that no rule can allow them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSA with PKCS #1 1.5 and SHA-256.
    Rs256,
    /// RSA with PKCS #1 1.5 and SHA-384.
    Rs384,
    /// RSA with PKCS #1 1.5 and SHA-512.
    Rs512,
    /// RSA-PSS with SHA-256.
    Ps256,
    /// RSA-PSS with SHA-384.
    Ps384,
    /// RSA-PSS with SHA-512.
    Ps512,
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// ECDSA over P-384 with SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 9] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];

    /// The name in the header of a token (RFC 7518, RFC 8037).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm with this name, in exactly this spelling. `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }

    /// Whether AWS STS takes tokens that are signed so. (It also takes ES512, which this crate does not have.)
    pub const fn is_for_sts(self) -> bool {
        matches!(self, Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Es256 | Self::Es384)
    }
}

/// The rules for every token of one issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    pub(crate) issuer: Box<str>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) leeway: i64,
    pub(crate) most_lifetime: i64,
    pub(crate) most_bytes: usize,
}

/// The largest leeway that a rule may grant, in seconds.
const MOST_LEEWAY: i64 = 300;

/// The longest lifetime that a rule may allow: a day.
const MOST_LIFETIME: i64 = 86_400;

/// The largest token that a rule may allow. STS takes at most 20,000 characters.
const MOST_BYTES: usize = 65_536;

impl Rules {
    /// Rules for an issuer: the exact text of `iss`, and the algorithms that it signs with.
    ///
    /// The leeway is 60 seconds, the longest lifetime an hour, the largest token 16,384 bytes.
    ///
    /// # Errors
    /// [`TokenError::Rule`] if a text is empty or no algorithm is named.
    pub fn new(issuer: &str, algorithms: &[Algorithm]) -> Result<Self, TokenError> {
        if issuer.is_empty() {
            return Err(TokenError::Rule("the issuer is empty"));
        }
        if algorithms.is_empty() {
            return Err(TokenError::Rule("the issuer has no algorithm"));
        }
        Ok(Self {
            issuer: issuer.into(),
            algorithms: algorithms.to_vec(),
            leeway: 60,
            most_lifetime: 3_600,
            most_bytes: 16_384,
        })
    }

    /// The same rules with this leeway for the clocks of issuer and verifier, in seconds: from 0 to 300.
    ///
    /// # Errors
    /// [`TokenError::Rule`] if it is outside these bounds.
    pub fn with_leeway(mut self, seconds: i64) -> Result<Self, TokenError> {
        if !(0..=MOST_LEEWAY).contains(&seconds) {
            return Err(TokenError::Rule("the leeway is not from 0 to 300 seconds"));
        }
        self.leeway = seconds;
        Ok(self)
    }

    /// The same rules with this longest time from `iat` to `exp`, in seconds: from 1 to 86,400.
    ///
    /// # Errors
    /// [`TokenError::Rule`] if it is outside these bounds.
    pub fn with_most_lifetime(mut self, seconds: i64) -> Result<Self, TokenError> {
        if !(1..=MOST_LIFETIME).contains(&seconds) {
            return Err(TokenError::Rule("the lifetime is not from 1 to 86,400 seconds"));
        }
        self.most_lifetime = seconds;
        Ok(self)
    }

    /// The same rules with this size of the largest token, in bytes: from 1 to 65,536.
    ///
    /// # Errors
    /// [`TokenError::Rule`] if it is outside these bounds.
    pub fn with_most_bytes(mut self, bytes: usize) -> Result<Self, TokenError> {
        if !(1..=MOST_BYTES).contains(&bytes) {
            return Err(TokenError::Rule("the size is not from 1 to 65,536 bytes"));
        }
        self.most_bytes = bytes;
        Ok(self)
    }
}

/// The claim that names an engineer in sessions and records.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameClaim {
    /// `sub`.
    Subject,
    /// `email`, if `email_verified` is `true`.
    VerifiedEmail,
    /// Another claim, such as `preferred_username`. It is right only if engineers cannot choose its value at the issuer.
    Other(Box<str>),
}

/// A list of values of which a token must have at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OneOf {
    pub(crate) claim: Box<str>,
    pub(crate) values: Vec<Box<str>>,
}

impl OneOf {
    fn new(claim: &str, values: &[&str]) -> Self {
        Self { claim: claim.into(), values: values.iter().map(|value| Box::from(*value)).collect() }
    }
}

/// An issuer of engineers' tokens, and which of its tokens are good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineerIssuer {
    pub(crate) rules: Rules,
    pub(crate) audience: Box<str>,
    pub(crate) party: Option<Box<str>>,
    pub(crate) name: NameClaim,
    pub(crate) groups: Option<OneOf>,
    pub(crate) methods: Option<OneOf>,
}

impl EngineerIssuer {
    /// Tokens of an issuer for one audience: the client id under which the program is registered there. Engineers are named by `sub`.
    ///
    /// # Errors
    /// [`TokenError::Rule`] if the audience is empty.
    pub fn new(rules: Rules, audience: &str) -> Result<Self, TokenError> {
        if audience.is_empty() {
            return Err(TokenError::Rule("the audience is empty"));
        }
        let name = NameClaim::Subject;
        Ok(Self { rules, audience: audience.into(), party: None, name, groups: None, methods: None })
    }

    /// Tokens that were issued to this party only (`azp`).
    ///
    /// Without this rule, a token with `azp` is good only if it names the audience, and a token with several audiences is not good.
    #[must_use]
    pub fn issued_to(mut self, party: &str) -> Self {
        self.party = Some(party.into());
        self
    }

    /// Engineers are named by this claim.
    #[must_use]
    pub fn named_by(mut self, name: NameClaim) -> Self {
        self.name = name;
        self
    }

    /// Only engineers in at least one of these groups. `claim` is the claim with the groups. An empty list admits nobody.
    #[must_use]
    pub fn in_one_of(mut self, claim: &str, groups: &[&str]) -> Self {
        self.groups = Some(OneOf::new(claim, groups));
        self
    }

    /// Only engineers that signed in by at least one of these methods (`amr`, RFC 8176). An empty list admits nobody.
    #[must_use]
    pub fn with_one_method_of(mut self, methods: &[&str]) -> Self {
        self.methods = Some(OneOf::new("amr", methods));
        self
    }
}

/// An issuer of tokens for STS: one that is an identity provider of the customer's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StsIssuer {
    pub(crate) rules: Rules,
}

impl StsIssuer {
    /// Tokens of an issuer for STS. The audience is given at each use, since it differs between customers.
    ///
    /// # Errors
    /// [`TokenError::Rule`] if the issuer does not begin with `https://`, or an algorithm is not one of those that STS takes: RS256, RS384,
    /// RS512, ES256, ES384 (and ES512, which this crate does not have).
    pub fn new(rules: Rules) -> Result<Self, TokenError> {
        if !rules.issuer.starts_with("https://") {
            return Err(TokenError::Rule("an issuer for STS begins with https://"));
        }
        if !rules.algorithms.iter().all(|algorithm| algorithm.is_for_sts()) {
            return Err(TokenError::Rule("an issuer for STS has an algorithm that STS does not take"));
        }
        Ok(Self { rules })
    }
}
