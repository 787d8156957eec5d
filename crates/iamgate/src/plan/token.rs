//! What the claims of a token say of themselves: issuer, times, and whose they are.
//!
//! STS checks issuer and times too, and the verifier of a token has done so before. The gate does it again, for the time of the plan: a plan for
//! a token that STS will refuse is of no use, and a rehearsal has had no verifier.

use iam_eval::session::Claim;
use iam_json::quoted;
use iam_policy::{ArnFields, IamResource};

use super::Refusal;
use super::asked::Asked;
use crate::finding::{Finding, FindingCode};

/// How far the clocks of issuer and broker may differ, in seconds.
const LEEWAY: i64 = 60;

/// The claims that STS wants in a token besides those that it reads into keys (IAM User Guide, "Create an OpenID Connect (OIDC) identity
/// provider").
const WANTED: [&str; 3] = ["iss", "iat", "exp"];

/// Claims that may name the person for whom the token is.
const PERSONS: [&str; 4] = ["sub", "email", "preferred_username", "https://aws.amazon.com/source_identity"];

/// Refuses claims that contradict the request.
pub(super) fn check(asked: &Asked<'_>, refusals: &mut Vec<Refusal>) {
    let now = asked.now.epoch_seconds();
    refusals.extend(asked.unreadable.clone().map(Refusal::Claims));
    let mut refuse = |code, found: String, wanted| refusals.push(Refusal::Token { code, found, wanted });
    if let Some(issuer) = one(asked, "iss") {
        let own = issuer.strip_prefix("https://");
        let arn = ArnFields::split(asked.provider).and_then(|fields| fields.iam());
        let provider = if let Some(IamResource::OidcProvider(own)) = arn { own } else { asked.provider };
        if own != Some(provider) {
            let found =
                format!("the token is of {}, and the provider is {}", quoted(issuer), quoted(provider));
            refuse(
                "TOKEN_ISSUER",
                found,
                "name the provider whose token it is; its claim iss is https:// and the provider",
            );
        }
    }
    for (name, code) in
        [("exp", "TOKEN_EXPIRED"), ("nbf", "TOKEN_NOT_YET_VALID"), ("iat", "TOKEN_NOT_YET_VALID")]
    {
        match time(asked, name) {
            Some(Err(text)) => {
                let found = format!("{} as {name}", quoted(&text));
                refuse("TOKEN_TIME", found, "seconds since 1970, as a number");
            }
            Some(Ok(seconds)) if name == "exp" && seconds <= now => {
                refuse(code, format!("the token expired at {}", shown(seconds)), "get a new token");
            }
            Some(Ok(seconds)) if name != "exp" && seconds > now.saturating_add(LEEWAY) => {
                let found = format!("the token is valid from {} ({name})", shown(seconds));
                refuse(code, found, "wait, or check the clocks of issuer and broker");
            }
            Some(Ok(_)) | None => {}
        }
    }
    if let Some(own) = &asked.verified
        && own.engineer.expires <= now
    {
        let found = format!("the engineer's sign-in expired at {}", shown(own.engineer.expires));
        refuse("ENGINEER_EXPIRED", found, "let the engineer sign in again");
    }
}

/// Finds claims that are missing, or that name another person than the engineer.
pub(super) fn findings(asked: &Asked<'_>, found: &mut Vec<Finding>) {
    let token = &asked.claims.token;
    let missing: Vec<&str> = WANTED.into_iter().filter(|name| token.claim(name).is_none()).collect();
    if !missing.is_empty() {
        let says = format!("the claims have no {}, without which STS takes no token", missing.join(", no "));
        let help = "try the claims of a real token";
        found.push(Finding::new(FindingCode::TokenClaimMissing, says, help));
    }
    // A subject may be an opaque id. A text with an at sign names a person.
    let names = PERSONS.into_iter().filter_map(|name| Some((name, one(asked, name)?)));
    let others = names.filter(|(_, text)| text.contains('@') && *text != asked.engineer);
    let others: Vec<String> = others.map(|(name, text)| format!("{} ({name})", quoted(text))).collect();
    if !others.is_empty() {
        let says = format!(
            "the token is for {}, and the session is of {}",
            others.join(", "),
            quoted(asked.engineer)
        );
        let help = "ask in the name of the person for whom the token was issued";
        found.push(Finding::new(FindingCode::TokenOfAnotherPerson, says, help));
    }
}

fn one<'a>(asked: &'a Asked<'_>, name: &str) -> Option<&'a str> {
    match asked.claims.token.claim(name) {
        Some(Claim::One(text)) => Some(text),
        Some(Claim::Many(_)) | None => None,
    }
}

/// The seconds of a claim, rounded down; the text if it is no time. `None` if the claim is missing.
fn time(asked: &Asked<'_>, name: &str) -> Option<Result<i64, String>> {
    match asked.claims.token.claim(name)? {
        Claim::One(text) => Some(seconds(text).ok_or_else(|| text.to_string())),
        Claim::Many(texts) => Some(Err(texts.join(", "))),
    }
}

/// The whole seconds of a number in JSON, whatever its notation. `None` if it is no number, negative, or later than the year 9999.
fn seconds(text: &str) -> Option<i64> {
    let number: f64 = text.parse().ok()?;
    let is_time = number.is_finite()
        && (0.0..=LAST).contains(&number)
        && text.starts_with(|c: char| c.is_ascii_digit());
    let floor = number.floor();
    is_time.then(|| format!("{floor:.0}").parse().ok()).flatten()
}

/// The last second of the year 9999.
const LAST: f64 = 253_402_300_799.0;

fn shown(seconds: i64) -> String {
    iam_policy::value::Instant::from_epoch_seconds(seconds).to_string()
}

#[cfg(test)]
mod tests {
    use super::{seconds, shown};

    #[test]
    fn times_are_numbers_of_json() {
        for (text, wanted) in [
            ("1", Some(1)),
            ("1795000000", Some(1_795_000_000)),
            ("1795000000.9", Some(1_795_000_000)),
            ("1.795e9", Some(1_795_000_000)),
            ("9999999999", Some(9_999_999_999)),
            ("253402300799", Some(253_402_300_799)),
            ("253402300800", None),
            ("1e12", None),
            ("-1", None),
            ("+1", None),
            (".5", None),
            ("1e300", None),
            ("NaN", None),
            ("inf", None),
            ("tomorrow", None),
            ("true", None),
            ("", None),
        ] {
            assert_eq!(seconds(text), wanted, "{text}");
        }
        assert_eq!(shown(0), "1970-01-01T00:00:00Z");
    }
}
