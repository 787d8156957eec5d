//! Why a token, a set of keys or a rule is refused.

use std::fmt;

/// Why a token, a set of keys or a rule is refused.
///
/// Each has a stable code, what is wrong, and how to mend it. The value is `Copy` and holds no text from outside, so that no error can show a
/// part of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenError {
    /// The token is longer than the rules of its issuer allow.
    TooLarge,
    /// The token has not three parts.
    NotThreeParts,
    /// A part of the token is not base64url without padding, or not in its one canonical form.
    Encoding,
    /// Header or claims are not one JSON object in UTF-8 within the limits.
    Json,
    /// An object in the token has two members with one name.
    DuplicateMember,
    /// The header demands something that this verifier does not do: `crit`, `b64`, `zip`, `cty`, `enc`.
    UnsupportedHeader,
    /// The header brings or names its own key: `jwk`, `jku`, `x5u`.
    KeyInToken,
    /// The header's `typ` is not that of a JWT.
    WrongType,
    /// The algorithm is `none` or uses a shared secret.
    ForbiddenAlgorithm,
    /// The algorithm is not one that the issuer's rules allow.
    AlgorithmNotAllowed,
    /// The token comes from no issuer of the verifier.
    UnknownIssuer,
    /// The keys are those of another issuer.
    KeysOfAnotherIssuer,
    /// The token names no key and the set has several.
    KeyIdMissing,
    /// The set has no key with the token's key id.
    UnknownKey,
    /// The key is not for the token's algorithm.
    KeyNotForAlgorithm,
    /// The signature is wrong.
    BadSignature,
    /// A required claim is missing.
    ClaimMissing(&'static str),
    /// A claim has the wrong form.
    ClaimForm(&'static str),
    /// The token is for another audience.
    WrongAudience,
    /// The token has several audiences, and nothing says which party it was issued to.
    SeveralAudiences,
    /// The token was issued to another party.
    WrongAuthorizedParty,
    /// The token has expired.
    Expired,
    /// The token is not valid yet.
    NotYetValid,
    /// The token was issued in the future.
    IssuedInTheFuture,
    /// The token's times contradict each other.
    TimesContradict,
    /// The token is valid for longer than the issuer's rules allow.
    LivesTooLong,
    /// The issuer has not verified the e-mail address.
    EmailNotVerified,
    /// The engineer is in none of the required groups.
    NotInGroup,
    /// The engineer did not sign in by one of the required methods.
    MethodMissing,
    /// The token was used before.
    UsedBefore,
    /// It cannot be known whether the token was used before.
    UseNotKnown,
    /// The set of keys is too large.
    KeysTooLarge,
    /// The set of keys is not JSON of the right form.
    KeysForm,
    /// The set of keys has two keys with one id.
    KeyIdTwice,
    /// The set of keys has no key that can verify a token.
    NoUsableKey,
    /// A rule about an issuer is not acceptable.
    Rule(&'static str),
    /// The token could not be signed.
    NotSigned,
}

use TokenError as E;

impl TokenError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        self.entry().0
    }

    /// How to mend it.
    pub const fn help(self) -> &'static str {
        self.entry().2
    }

    /// Whether newer keys of the issuer might verify the token, so that a fetch is worth while (see [`JwksCache`](crate::JwksCache)).
    pub const fn is_about_keys(self) -> bool {
        matches!(self, E::UnknownKey | E::KeyIdMissing)
    }

    /// Code, what is wrong, and help.
    const fn entry(self) -> (&'static str, &'static str, &'static str) {
        match self {
            E::TooLarge => (
                "TOKEN_TOO_LARGE",
                "the token is longer than allowed",
                "ask the issuer for fewer claims, or allow more bytes in the issuer's rules",
            ),
            E::NotThreeParts => (
                "TOKEN_PARTS",
                "the token has not three parts",
                "pass a signed token in its compact form: header.claims.signature",
            ),
            E::Encoding => (
                "TOKEN_ENCODING",
                "a part of the token is not canonical base64url",
                "pass the token exactly as issued, without padding, white space or line ends",
            ),
            E::Json => (
                "TOKEN_JSON",
                "header or claims are no JSON object",
                "pass a JSON web token; its header and its claims are JSON objects in UTF-8",
            ),
            E::DuplicateMember => (
                "TOKEN_DUPLICATE_MEMBER",
                "an object in the token has two members with one name",
                "have the issuer write each member once: readers differ in which of two they take",
            ),
            E::UnsupportedHeader => (
                "TOKEN_HEADER",
                "the header demands an extension (crit, b64, zip, cty or enc)",
                "have the issuer sign plain JSON web tokens without extensions",
            ),
            E::KeyInToken => (
                "TOKEN_BRINGS_KEY",
                "the header brings or names its own key (jwk, jku or x5u)",
                "have the issuer name its key by kid: only keys of the issuer's known set count",
            ),
            E::WrongType => (
                "TOKEN_TYPE",
                "the header's typ is not JWT",
                "pass the ID token, not an access token or a logout token",
            ),
            E::ForbiddenAlgorithm => (
                "TOKEN_ALGORITHM_FORBIDDEN",
                "the algorithm is none or uses a shared secret",
                "have the issuer sign with a private key, such as RS256 or ES256",
            ),
            E::AlgorithmNotAllowed => (
                "TOKEN_ALGORITHM",
                "the algorithm is not one of the issuer's",
                "allow the algorithm in the issuer's rules, if the issuer is meant to use it",
            ),
            E::UnknownIssuer => (
                "TOKEN_ISSUER",
                "the token comes from no known issuer",
                "sign in at a configured issuer; iss is compared character by character",
            ),
            E::KeysOfAnotherIssuer => (
                "TOKEN_KEYS_OF_ANOTHER_ISSUER",
                "the keys given are those of another issuer",
                "pass the keys of the issuer that the token names",
            ),
            E::KeyIdMissing => (
                "TOKEN_KEY_ID_MISSING",
                "the token names no key, and the issuer has several",
                "have the issuer write kid into the header",
            ),
            E::UnknownKey => (
                "TOKEN_KEY_UNKNOWN",
                "the issuer has no key with the token's kid",
                "fetch the issuer's keys again once; if that does not help, sign in again",
            ),
            E::KeyNotForAlgorithm => (
                "TOKEN_KEY_ALGORITHM",
                "the key is not for the token's algorithm",
                "have the issuer sign with the algorithm that its key names and has the form for",
            ),
            E::BadSignature => (
                "TOKEN_SIGNATURE",
                "the signature is wrong",
                "sign in again; a token that was changed on its way cannot be used",
            ),
            E::ClaimMissing(claim) => (
                "TOKEN_CLAIM_MISSING",
                claim,
                "have the issuer write the claim, or pass the token that has it (an ID token)",
            ),
            E::ClaimForm(claim) => (
                "TOKEN_CLAIM_FORM",
                claim,
                "have the issuer write texts as texts, times as whole seconds, and lists as lists of texts, within the limits",
            ),
            E::WrongAudience => (
                "TOKEN_AUDIENCE",
                "the token is for another audience",
                "ask the issuer for a token with the audience that the rules name",
            ),
            E::SeveralAudiences => (
                "TOKEN_AUDIENCES",
                "the token has several audiences and no known authorized party",
                "ask for a token with one audience, or name the authorized party in the rules",
            ),
            E::WrongAuthorizedParty => (
                "TOKEN_AUTHORIZED_PARTY",
                "azp is not the party that the rules name",
                "sign in through the client that the rules name",
            ),
            E::Expired => ("TOKEN_EXPIRED", "the token has expired", "sign in again"),
            E::NotYetValid => (
                "TOKEN_NOT_YET_VALID",
                "the token is not valid yet",
                "compare the clocks of issuer and verifier, or wait",
            ),
            E::IssuedInTheFuture => (
                "TOKEN_ISSUED_IN_THE_FUTURE",
                "the token was issued in the future",
                "compare the clocks of issuer and verifier",
            ),
            E::TimesContradict => (
                "TOKEN_TIMES",
                "the token ends before it begins",
                "have the issuer write iat and nbf that lie before exp",
            ),
            E::LivesTooLong => (
                "TOKEN_LIFETIME",
                "the token is valid for longer than allowed",
                "have the issuer issue shorter tokens, or allow a longer lifetime in its rules",
            ),
            E::EmailNotVerified => (
                "TOKEN_EMAIL_NOT_VERIFIED",
                "the issuer has not verified the e-mail address",
                "verify the address at the issuer; email_verified has to be true",
            ),
            E::NotInGroup => (
                "TOKEN_GROUP",
                "the engineer is in none of the required groups",
                "ask for membership of a group that the rules name",
            ),
            E::MethodMissing => (
                "TOKEN_METHOD",
                "the engineer did not sign in by a required method",
                "sign in with a second factor or another method (amr) that the rules name",
            ),
            E::UsedBefore => (
                "TOKEN_USED_BEFORE",
                "the token was used before",
                "sign in again: each token opens one session",
            ),
            E::UseNotKnown => (
                "TOKEN_USE_NOT_KNOWN",
                "it cannot be known whether the token was used before",
                "try again later; the operator looks at the store of used tokens, which is full or fails",
            ),
            E::KeysTooLarge => (
                "KEYS_TOO_LARGE",
                "the set of keys is too large",
                "check the address of the keys; a set has at most 64 keys and 131,072 bytes",
            ),
            E::KeysForm => (
                "KEYS_FORM",
                "the set of keys is no JSON object with a list of keys",
                "check the address of the keys (jwks_uri); no member may occur twice",
            ),
            E::KeyIdTwice => (
                "KEYS_ID_TWICE",
                "the set has two keys with one kid",
                "have the issuer give each key its own kid",
            ),
            E::NoUsableKey => (
                "KEYS_NONE_USABLE",
                "the set has no key that can verify a token",
                "have the issuer publish a public key of a supported kind, such as EC P-256 or RSA of 2,048 bits",
            ),
            E::Rule(what) => ("TOKEN_RULE", what, "correct the configuration of the issuer"),
            E::NotSigned => (
                "TOKEN_NOT_SIGNED",
                "the token could not be signed",
                "check that the key fits the algorithm, and that the signing service answers",
            ),
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, found, help) = self.entry();
        if matches!(self, Self::ClaimMissing(_)) {
            return write!(f, "{code}: the token has no claim {found}; {help}");
        }
        if matches!(self, Self::ClaimForm(_)) {
            return write!(f, "{code}: the claim {found} has the wrong form; {help}");
        }
        write!(f, "{code}: {found}; {help}")
    }
}

impl std::error::Error for TokenError {}
