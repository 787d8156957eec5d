//! The verifier: the only place where [`VerifiedEngineer`] and [`StsToken`] are made.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::claims::Claims;
use crate::engineer::VerifiedEngineer;
use crate::error::TokenError;
use crate::issuer::{EngineerIssuer, Rules, StsIssuer};
use crate::jws::{self, Parts};
use crate::keys::KeySet;
use crate::mint::{NewStsToken, TokenSigner};
use crate::seen::{Seen, SeenTokens};
use crate::sts::StsToken;

/// The issuers whose tokens are good.
///
/// Issuers of engineers' tokens and issuers of tokens for STS are kept apart: a token of one kind is never taken for one of the other, even if
/// both come from the same issuer with the same keys, since they have different audiences.
///
/// A token is verified in two steps, because the program fetches the keys between them: [`engineer`](Self::engineer) or [`sts`](Self::sts) takes
/// the token apart and says whose keys are needed; `verify` does the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenVerifier {
    engineers: Vec<EngineerIssuer>,
    sts: Vec<StsIssuer>,
}

/// A token of an engineer that was taken apart and not yet verified.
pub struct EngineerToken<'t> {
    parts: Parts<'t>,
    issuer: &'t EngineerIssuer,
}

/// A token for STS that was taken apart and not yet verified.
pub struct UnverifiedStsToken<'t> {
    parts: Parts<'t>,
    issuer: &'t StsIssuer,
}

impl TokenVerifier {
    /// A verifier without issuers. It refuses every token.
    pub const fn new() -> Self {
        Self { engineers: Vec::new(), sts: Vec::new() }
    }

    /// The same verifier with one more issuer of engineers' tokens.
    ///
    /// # Errors
    /// [`TokenError::Rule`] if the issuer is there already.
    pub fn with_engineers(mut self, issuer: EngineerIssuer) -> Result<Self, TokenError> {
        if self.engineers.iter().any(|own| own.rules.issuer == issuer.rules.issuer) {
            return Err(TokenError::Rule("an issuer of engineers' tokens is there twice"));
        }
        self.engineers.push(issuer);
        Ok(self)
    }

    /// The same verifier with one more issuer of tokens for STS.
    ///
    /// # Errors
    /// [`TokenError::Rule`] if the issuer is there already.
    pub fn with_sts(mut self, issuer: StsIssuer) -> Result<Self, TokenError> {
        if self.sts.iter().any(|own| own.rules.issuer == issuer.rules.issuer) {
            return Err(TokenError::Rule("an issuer of tokens for STS is there twice"));
        }
        self.sts.push(issuer);
        Ok(self)
    }

    /// Takes the token of an engineer apart, and finds its issuer. Nothing is verified yet.
    ///
    /// # Errors
    /// The form of the token, its header, or its issuer is not acceptable.
    pub fn engineer<'t>(&'t self, text: &'t str) -> Result<EngineerToken<'t>, TokenError> {
        let (parts, issuer) = take_apart(text, &self.engineers, |own| &own.rules)?;
        Ok(EngineerToken { parts, issuer })
    }

    /// Takes a token for STS apart, and finds its issuer. Nothing is verified yet.
    ///
    /// # Errors
    /// As [`engineer`](Self::engineer).
    pub fn sts<'t>(&'t self, text: &'t str) -> Result<UnverifiedStsToken<'t>, TokenError> {
        let (parts, issuer) = take_apart(text, &self.sts, |own| &own.rules)?;
        Ok(UnverifiedStsToken { parts, issuer })
    }

    /// Signs a token for STS and verifies it: as if somebody else had signed it, with the keys that the issuer publishes.
    ///
    /// So a token whose key is not published, or that breaks the issuer's rules, never reaches STS. A program whose key is in a service (KMS)
    /// signs [`NewStsToken::unsigned`] itself and passes the text to [`sts`](Self::sts).
    ///
    /// # Errors
    /// The token is not acceptable, or could not be signed.
    pub fn mint(
        &self,
        new: &NewStsToken,
        signer: &dyn TokenSigner,
        keys: &KeySet,
        seen: &mut dyn SeenTokens,
        now: i64,
    ) -> Result<StsToken, TokenError> {
        let unsigned = new.unsigned(signer.algorithm(), signer.key_id())?;
        let signature = signer.sign(unsigned.message())?;
        self.sts(&unsigned.signed(&signature))?.verify(&new.audience, keys, seen, now)
    }
}

/// Takes a token apart and finds its issuer among those known.
fn take_apart<'t, T>(
    text: &'t str,
    issuers: &'t [T],
    rules: impl Fn(&T) -> &Rules,
) -> Result<(Parts<'t>, &'t T), TokenError> {
    let most = issuers.iter().map(|own| rules(own).most_bytes).max().unwrap_or_default();
    if text.len() > most {
        return Err(TokenError::TooLarge);
    }
    let parts = Parts::of(text)?;
    let document = jws::object(&parts.claims)?;
    let name = Claims(document.root()).required("iss")?;
    let issuer = issuers.iter().find(|own| *rules(own).issuer == *name).ok_or(TokenError::UnknownIssuer)?;
    let own = rules(issuer);
    if text.len() > own.most_bytes {
        return Err(TokenError::TooLarge);
    }
    if !own.algorithms.contains(&parts.header.algorithm) {
        return Err(TokenError::AlgorithmNotAllowed);
    }
    drop(document);
    Ok((parts, issuer))
}

/// Verifies the signature of a token with the keys of its issuer.
fn signed(parts: &Parts<'_>, rules: &Rules, keys: &KeySet) -> Result<(), TokenError> {
    if keys.issuer() != &*rules.issuer {
        return Err(TokenError::KeysOfAnotherIssuer);
    }
    keys.verify(parts)
}

/// Keeps a token whose checks have all passed, so that it is good only once.
fn first_use(
    parts: &Parts<'_>,
    rules: &Rules,
    claims: Claims<'_>,
    expires_at: i64,
    seen: &mut dyn SeenTokens,
    now: i64,
) -> Result<Option<Box<str>>, TokenError> {
    let id = claims.text("jti")?.map(Box::<str>::from);
    let mut hash = Sha256::new();
    // The signature is left out: there may be several for one text (ECDSA).
    let (kind, own): (&[u8], &str) = match &id {
        Some(id) => (b"id\0", id),
        None => (b"signed\0", parts.signed),
    };
    hash.update(kind);
    hash.update(sha256(&rules.issuer));
    hash.update(own.as_bytes());
    match seen.keep(hash.finalize().into(), expires_at.saturating_add(rules.leeway), now) {
        Seen::Never => Ok(id),
        Seen::Before => Err(TokenError::UsedBefore),
        Seen::NotKnown => Err(TokenError::UseNotKnown),
    }
}

fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

impl EngineerToken<'_> {
    /// The issuer that the token names, which is one of the verifier's.
    pub fn issuer(&self) -> &str {
        &self.issuer.rules.issuer
    }

    /// The key that the token names; `None` if it names none.
    pub fn key_id(&self) -> Option<&str> {
        self.parts.header.key_id.as_deref()
    }

    /// Verifies the token.
    ///
    /// `now` is in seconds since 1970. A token that passes every other check is kept in `seen`, and is not good a second time.
    ///
    /// # Errors
    /// The first check that failed.
    pub fn verify(
        self,
        keys: &KeySet,
        seen: &mut dyn SeenTokens,
        now: i64,
    ) -> Result<VerifiedEngineer, TokenError> {
        let Self { parts, issuer } = self;
        let rules = &issuer.rules;
        signed(&parts, rules, keys)?;
        let document = jws::object(&parts.claims)?;
        let claims = Claims(document.root());
        let times = claims.times(rules, now)?;
        claims.is_for(&issuer.audience, issuer.party.as_deref())?;
        let subject = claims.required("sub")?.into();
        let name = claims.name(issuer)?.into();
        let groups = claims.one_of(issuer.groups.as_ref(), "with groups", TokenError::NotInGroup)?;
        let methods = claims.methods(issuer.methods.as_ref())?;
        let id = first_use(&parts, rules, claims, times.expires_at, seen, now)?;
        Ok(VerifiedEngineer {
            issuer: rules.issuer.clone(),
            subject,
            name,
            audience: issuer.audience.clone(),
            groups,
            methods,
            id,
            issued_at: times.issued_at,
            expires_at: times.expires_at,
            verified_at: now,
            sha256: sha256(parts.text),
        })
    }
}

impl UnverifiedStsToken<'_> {
    /// The issuer that the token names, which is one of the verifier's.
    pub fn issuer(&self) -> &str {
        &self.issuer.rules.issuer
    }

    /// The key that the token names; `None` if it names none.
    pub fn key_id(&self) -> Option<&str> {
        self.parts.header.key_id.as_deref()
    }

    /// Verifies the token. `audience` is what the identity provider in the customer's account expects.
    ///
    /// `now` is in seconds since 1970. A token that passes every other check is kept in `seen`, and is not good a second time. STS gives tokens no
    /// leeway that a caller could rely on, so a token that is only good with leeway after its `exp` is refused.
    ///
    /// # Errors
    /// The first check that failed.
    pub fn verify(
        self,
        audience: &str,
        keys: &KeySet,
        seen: &mut dyn SeenTokens,
        now: i64,
    ) -> Result<StsToken, TokenError> {
        let Self { parts, issuer } = self;
        let rules = &issuer.rules;
        signed(&parts, rules, keys)?;
        let document = jws::object(&parts.claims)?;
        let claims = Claims(document.root());
        let times = claims.times(rules, now)?;
        if now >= times.expires_at {
            return Err(TokenError::Expired);
        }
        claims.is_for(audience, None)?;
        let subject = claims.required("sub")?.into();
        let id = first_use(&parts, rules, claims, times.expires_at, seen, now)?;
        drop(document);
        Ok(StsToken {
            text: parts.text.into(),
            issuer: rules.issuer.clone(),
            audience: audience.into(),
            subject,
            id,
            issued_at: times.issued_at,
            not_before: times.not_before,
            expires_at: times.expires_at,
            verified_at: now,
            sha256: sha256(parts.text),
            claims: parts.claims.into(),
        })
    }
}

impl fmt::Debug for EngineerToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineerToken").field("issuer", &self.issuer()).finish_non_exhaustive()
    }
}

impl fmt::Debug for UnverifiedStsToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedStsToken").field("issuer", &self.issuer()).finish_non_exhaustive()
    }
}
