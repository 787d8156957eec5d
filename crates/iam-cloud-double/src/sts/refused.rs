//! The answers of STS to calls that it refuses before it asks a policy.

use iam_eval::session::{RefusalCode, Refusals};

use super::Refused;

/// The first refusal, in the words of STS where they are known.
///
/// # Source
/// STS API Reference, `AssumeRole` and `AssumeRoleWithWebIdentity` (errors).
pub(super) fn of(refusals: &Refusals) -> Refused {
    let Some(first) = refusals.iter().next() else {
        return Refused::new("ValidationError", "Request is not valid");
    };
    let (code, text) = if first.code == RefusalCode::DurationExceedsRole {
        let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        ("ValidationError", text.to_owned())
    } else if first.code == RefusalCode::DurationExceedsChaining {
        let text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
        ("ValidationError", text.to_owned())
    } else {
        let known = CODES.iter().find(|(own, _)| *own == first.code);
        (known.map_or("ValidationError", |(_, code)| code), first.to_string())
    };
    Refused::new(code, text)
}

/// The codes of refusals that are no mere fault in a parameter.
const CODES: [(RefusalCode, &str); 5] = [
    (RefusalCode::SessionPolicyRefused, "MalformedPolicyDocument"),
    (RefusalCode::ClaimMissing, "InvalidIdentityToken"),
    (RefusalCode::ClaimInvalid, "InvalidIdentityToken"),
    (RefusalCode::TagsNotInToken, "InvalidIdentityToken"),
    (RefusalCode::CallerNotAllowed, "AccessDenied"),
];
