//! The claims of a token whose signature is right.

use std::borrow::Cow;

use iam_json::{Kind, Value};

use crate::error::TokenError;
use crate::issuer::{EngineerIssuer, NameClaim, OneOf, Rules};

/// The latest time that a claim may have: the end of the year 9999.
const LATEST: i64 = 253_402_300_799;

/// The longest text of a claim that names somebody, in bytes (OpenID Connect Core 2: a subject has at most 255 characters of ASCII).
const MOST_NAME: usize = 255;

/// The largest number of values of a list.
const MOST_VALUES: usize = 1_024;

/// The claims of a token.
#[derive(Clone, Copy)]
pub(crate) struct Claims<'d>(pub(crate) Value<'d>);

/// The times of a token, in seconds since 1970.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) issued_at: i64,
    pub(crate) not_before: Option<i64>,
    pub(crate) expires_at: i64,
}

impl<'d> Claims<'d> {
    fn value(self, name: &str) -> Option<Value<'d>> {
        self.0.member(name)
    }

    /// A text that names somebody or something: neither empty nor long, without control characters. `None` if there is none.
    pub(crate) fn text(self, name: &'static str) -> Result<Option<Cow<'d, str>>, TokenError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        match value.as_string() {
            Some(text) if is_name(&text) => Ok(Some(text)),
            _ => Err(TokenError::ClaimForm(name)),
        }
    }

    pub(crate) fn required(self, name: &'static str) -> Result<Cow<'d, str>, TokenError> {
        self.text(name)?.ok_or(TokenError::ClaimMissing(name))
    }

    /// A text, or a list of texts. `None` if there is none. `shown` names the claim in errors.
    fn texts(self, name: &str, shown: &'static str) -> Result<Option<Vec<Box<str>>>, TokenError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        if let Some(text) = value.as_string() {
            return Ok(Some(vec![Box::from(text)]));
        }
        if value.kind() != Kind::Array || value.items().count() > MOST_VALUES {
            return Err(TokenError::ClaimForm(shown));
        }
        let texts: Option<Vec<Box<str>>> =
            value.items().map(|item| item.as_string().map(Box::from)).collect();
        texts.map(Some).ok_or(TokenError::ClaimForm(shown))
    }

    /// A time in whole seconds. `None` if there is none.
    fn time(self, name: &'static str) -> Result<Option<i64>, TokenError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let seconds = if value.kind() == Kind::Number { value.raw().parse().ok() } else { None };
        seconds.filter(|time| (0..=LATEST).contains(time)).map(Some).ok_or(TokenError::ClaimForm(name))
    }

    /// The times, if the token is valid now.
    ///
    /// With leeway, a token is valid for `leeway` seconds longer on both sides. `exp` is the first second in which it is no longer valid.
    pub(crate) fn times(self, rules: &Rules, now: i64) -> Result<Times, TokenError> {
        let expires_at = self.time("exp")?.ok_or(TokenError::ClaimMissing("exp"))?;
        let issued_at = self.time("iat")?.ok_or(TokenError::ClaimMissing("iat"))?;
        let not_before = self.time("nbf")?;
        if issued_at >= expires_at || not_before.is_some_and(|begin| begin >= expires_at) {
            return Err(TokenError::TimesContradict);
        }
        if expires_at.saturating_sub(issued_at) > rules.most_lifetime {
            return Err(TokenError::LivesTooLong);
        }
        if now >= expires_at.saturating_add(rules.leeway) {
            return Err(TokenError::Expired);
        }
        let latest = now.saturating_add(rules.leeway);
        if issued_at > latest {
            return Err(TokenError::IssuedInTheFuture);
        }
        if not_before.is_some_and(|begin| begin > latest) {
            return Err(TokenError::NotYetValid);
        }
        Ok(Times { issued_at, not_before, expires_at })
    }

    /// Checks that the token is for this audience, and was issued to the right party.
    ///
    /// OpenID Connect Core 3.1.3.7: with several audiences, `azp` says to whom the token was issued.
    pub(crate) fn is_for(self, audience: &str, party: Option<&str>) -> Result<(), TokenError> {
        let audiences = self.texts("aud", "aud")?.ok_or(TokenError::ClaimMissing("aud"))?;
        if !audiences.iter().any(|own| **own == *audience) {
            return Err(TokenError::WrongAudience);
        }
        let named = self.text("azp")?;
        if audiences.len() > 1 && (named.is_none() || party.is_none()) {
            return Err(TokenError::SeveralAudiences);
        }
        match (named, party) {
            (None, Some(_)) => Err(TokenError::ClaimMissing("azp")),
            (Some(named), expected) if *named != *expected.unwrap_or(audience) => {
                Err(TokenError::WrongAuthorizedParty)
            }
            _ => Ok(()),
        }
    }

    /// The values of a list, if at least one is among those required.
    pub(crate) fn one_of(
        self,
        required: Option<&OneOf>,
        shown: &'static str,
        lacking: TokenError,
    ) -> Result<Vec<Box<str>>, TokenError> {
        let Some(OneOf { claim, values }) = required else { return Ok(Vec::new()) };
        let own = self.texts(claim, shown)?.ok_or(TokenError::ClaimMissing(shown))?;
        if own.iter().any(|value| values.contains(value)) { Ok(own) } else { Err(lacking) }
    }

    /// The methods of authentication, if at least one is among those required. Without a rule, those that the token has.
    pub(crate) fn methods(self, required: Option<&OneOf>) -> Result<Vec<Box<str>>, TokenError> {
        match required {
            Some(_) => self.one_of(required, "amr", TokenError::MethodMissing),
            None => Ok(self.texts("amr", "amr")?.unwrap_or_default()),
        }
    }

    /// The name of the engineer.
    pub(crate) fn name(self, issuer: &EngineerIssuer) -> Result<Cow<'d, str>, TokenError> {
        match &issuer.name {
            NameClaim::Subject => self.required("sub"),
            NameClaim::VerifiedEmail => {
                let verified = self.value("email_verified").ok_or(TokenError::EmailNotVerified)?;
                match verified.kind() {
                    Kind::True => self.required("email"),
                    Kind::False => Err(TokenError::EmailNotVerified),
                    Kind::Null | Kind::Number | Kind::String | Kind::Array | Kind::Object => {
                        Err(TokenError::ClaimForm("email_verified"))
                    }
                }
            }
            NameClaim::Other(claim) => {
                let value = self.value(claim).ok_or(TokenError::ClaimMissing("with the engineer's name"))?;
                let name = value.as_string().filter(|name| is_name(name));
                name.ok_or(TokenError::ClaimForm("with the engineer's name"))
            }
        }
    }
}

/// Whether a text can name somebody: it is neither empty nor long, and nothing in it is a control or hidden character.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= MOST_NAME && !text.chars().any(iam_json::is_hidden)
}
