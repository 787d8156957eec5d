//! The claims of a token.

use iam_eval::session::{Claim, Token};
use iam_json::{Document, Json, Kind, Value};
use iam_policy::Limits;

use crate::input::{File, InputError};

/// The claims of a verified token.
///
/// # Examples
/// ```
/// use iamgate::iam_policy::Limits;
/// use iamgate::{Claims, File};
///
/// let text = r#"{"sub": "ana@doit.com", "iss": "https://support.cre.doit-intl.com"}"#;
/// let claims = Claims::from_json(&File { name: "token".into(), text: text.into() }, &Limits::default())?;
/// assert_eq!(claims.issuer(), Some("support.cre.doit-intl.com"));
/// assert!(claims.to_json().starts_with(r#"{"iss":"#));
/// # Ok::<(), iamgate::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    pub(super) token: Token,
    pub(super) json: Json,
}

impl Claims {
    /// Reads the claims of a decoded token, which are a JSON object.
    ///
    /// # Errors
    /// The text is not JSON, is not an object, or has a member twice. An error in a single claim is not an error here; it is a refusal of the
    /// plan.
    pub fn from_json(file: &File, limits: &Limits) -> Result<Self, InputError> {
        let document =
            Document::parse(&file.text, limits).map_err(|report| InputError::document(&file.name, report))?;
        Self::from_value(&file.name, document.root(), limits)
    }

    /// Reads claims that are a value inside a larger document. `name` names the claims in errors.
    ///
    /// Places refer to the larger document.
    ///
    /// # Errors
    /// As [`Claims::from_json`], for the value alone.
    pub fn from_value(name: &str, value: Value<'_>, limits: &Limits) -> Result<Self, InputError> {
        let value = value.within(limits).map_err(|report| InputError::document(name, report))?;
        if value.kind() != Kind::Object {
            let found = format!("{} in place of claims", value.kind().name());
            let help = "pass the claims of the token, decoded: one JSON object";
            return Err(InputError::other(name, "INVALID_CLAIMS", found, help));
        }
        Ok(Self { token: Token::from_json(value), json: Json::read(value) })
    }

    /// The claims as canonical JSON.
    pub fn to_json(&self) -> String {
        self.json.to_string()
    }

    /// The issuer that the claims name, without `https://`. `None` if they name none. Whether the token really comes from it is for the token's
    /// verifier to check.
    pub fn issuer(&self) -> Option<&str> {
        match self.token.claim("iss") {
            Some(Claim::One(issuer)) => Some(issuer.strip_prefix("https://").unwrap_or(issuer)),
            Some(Claim::Many(_)) | None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_written_canonically_and_name_their_issuer() {
        let read = |text: &str| {
            let file = File { name: "claims".into(), text: text.to_owned() };
            Claims::from_json(&file, &Limits::default()).unwrap()
        };
        let own = read(r#"{ "sub": "ana",  "iss": "https://login.example.com" }"#);
        assert_eq!(own.to_json(), r#"{"iss":"https://login.example.com","sub":"ana"}"#);
        assert_eq!(own.issuer(), Some("login.example.com"));
        assert_eq!(read(r#"{"iss": ["a"]}"#).issuer(), None);
        assert_eq!(read(r#"{"iss": "a"}"#).issuer(), Some("a"));
    }
}
