//! What a plan is asked for, and whether a verified token asks.

use std::borrow::Cow;

use iam_eval::Context;
use iam_eval::session::{Claim, Token};
use iam_json::Json;
use iam_policy::Limits;
use iam_policy::value::Instant;
use iamgate_token::{StsToken, VerifiedEngineer};

use super::Claims;
use crate::content;
use crate::input::{File, InputError};
use crate::managed::hexadecimal;
use crate::profile::Profile;
use crate::snapshot::RoleSnapshot;
use crate::trust::IdentityProviders;

/// The session that a caller asks for. [`Gate`](super::Gate) has an example.
///
/// Who asks and with which token are values that only a token's verifier makes, so that a request cannot be made of unverified claims:
/// ```compile_fail,E0308
/// # fn of<'r>(given: iamgate::SessionRequest<'r>, claims: &'r iamgate::Claims) -> iamgate::SessionRequest<'r> {
/// iamgate::SessionRequest { token: claims, ..given }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SessionRequest<'r> {
    /// The role.
    pub role: &'r RoleSnapshot,
    /// The profile, filled in for the role's account.
    pub profile: &'r Profile,
    /// The identity providers whose tokens may open sessions.
    pub providers: &'r IdentityProviders,
    /// Who works with the session. The name is part of the session's name, so that the customer sees it in CloudTrail.
    pub engineer: &'r VerifiedEngineer,
    /// The token that STS gets. The trust policy judges its claims.
    pub token: &'r StsToken,
    /// The support case that the session is for. It is part of the session's name.
    pub case: &'r str,
    /// The duration of the session in seconds: from 900 to the role's maximum.
    pub duration_seconds: i64,
    /// The time of the call.
    pub now: Instant,
    /// Other known facts about the call, such as `aws:SourceIp`. A trust policy that tests a key which is not given here does not admit the
    /// token.
    pub call: &'r Context,
}

/// A session that somebody wants to try out: the claims of a token that nobody verified, or of no token at all.
///
/// A rehearsal is judged as a [`SessionRequest`] is. It gives a [`Judgement`](super::Judgement), from which no call of STS can be made, and a
/// record which says that nothing was verified.
#[derive(Clone, Debug)]
pub struct Rehearsal<'r> {
    /// The role.
    pub role: &'r RoleSnapshot,
    /// The profile, filled in for the role's account.
    pub profile: &'r Profile,
    /// The identity providers whose tokens may open sessions.
    pub providers: &'r IdentityProviders,
    /// The provider of the token, by its issuer or its ARN.
    pub provider: &'r str,
    /// The claims.
    pub claims: &'r Claims,
    /// Who would work with the session.
    pub engineer: &'r str,
    /// The support case that the session would be for.
    pub case: &'r str,
    /// The duration of the session in seconds: from 900 to the role's maximum.
    pub duration_seconds: i64,
    /// The time of the call.
    pub now: Instant,
    /// Other known facts about the call, such as `aws:SourceIp`.
    pub call: &'r Context,
}

/// A request or a rehearsal.
pub(super) struct Asked<'r> {
    pub(super) role: &'r RoleSnapshot,
    pub(super) profile: &'r Profile,
    pub(super) providers: &'r IdentityProviders,
    pub(super) provider: &'r str,
    pub(super) claims: Cow<'r, Claims>,
    pub(super) engineer: &'r str,
    pub(super) case: &'r str,
    pub(super) duration_seconds: i64,
    pub(super) now: Instant,
    pub(super) call: &'r Context,
    /// Why the claims of the token could not be read. Its verifier has read them in another way then.
    pub(super) unreadable: Option<InputError>,
    /// The tokens; `None` if nothing was verified.
    pub(super) verified: Option<Cow<'r, Verified>>,
}

/// What the tokens of a request said. A record has it, so that the decision can be made again; a plan is never made from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verified {
    /// The SHA-256 of the token for STS, in hexadecimal.
    pub(super) token: Box<str>,
    /// The claim `exp` of the token for STS.
    pub(super) expires: i64,
    /// The claim `iss` of the token for STS, with `https://`.
    pub(super) issuer: Box<str>,
    pub(super) engineer: VerifiedPerson,
}

/// What the engineer's token said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VerifiedPerson {
    pub(super) name: Box<str>,
    pub(super) issuer: Box<str>,
    pub(super) subject: Box<str>,
    /// The SHA-256 of the token, in hexadecimal.
    pub(super) token: Box<str>,
    pub(super) expires: i64,
}

impl Verified {
    fn of(engineer: &VerifiedEngineer, token: &StsToken) -> Self {
        Self {
            token: hexadecimal(token.sha256()).into(),
            expires: token.expires_at(),
            issuer: token.issuer().into(),
            engineer: VerifiedPerson {
                name: engineer.name().into(),
                issuer: engineer.issuer().into(),
                subject: engineer.subject().into(),
                token: hexadecimal(engineer.sha256()).into(),
                expires: engineer.expires_at(),
            },
        }
    }

    /// Issuer and expiry of the token for STS, as its claims have them.
    pub(super) fn follow(&mut self, claims: &Claims) {
        if let Some(Claim::One(issuer)) = claims.token.claim("iss") {
            self.issuer.clone_from(issuer);
        }
        if let Some(Claim::One(expires)) = claims.token.claim("exp")
            && let Ok(expires) = expires.parse()
        {
            self.expires = expires;
        }
    }

    /// The provider of the token, as a request names it: without `https://`.
    pub(super) fn provider(&self) -> &str {
        self.issuer.strip_prefix("https://").unwrap_or(&self.issuer)
    }
}

impl<'r> Asked<'r> {
    pub(super) fn request(own: &SessionRequest<'r>) -> Self {
        let file = File { name: "token".to_owned(), text: own.token.claims().to_owned() };
        let (claims, unreadable) = match Claims::from_json(&file, &Limits::default()) {
            Ok(claims) => (claims, None),
            Err(error) => (Claims { token: Token::default(), json: Json::Null }, Some(error)),
        };
        let issuer = own.token.issuer();
        Self {
            role: own.role,
            profile: own.profile,
            providers: own.providers,
            provider: issuer.strip_prefix("https://").unwrap_or(issuer),
            claims: Cow::Owned(claims),
            engineer: own.engineer.name(),
            case: own.case,
            duration_seconds: own.duration_seconds,
            now: own.now,
            call: own.call,
            unreadable,
            verified: Some(Cow::Owned(Verified::of(own.engineer, own.token))),
        }
    }

    pub(super) fn rehearsal(own: &Rehearsal<'r>) -> Self {
        Self {
            role: own.role,
            profile: own.profile,
            providers: own.providers,
            provider: own.provider,
            claims: Cow::Borrowed(own.claims),
            engineer: own.engineer,
            case: own.case,
            duration_seconds: own.duration_seconds,
            now: own.now,
            call: own.call,
            unreadable: None,
            verified: None,
        }
    }

    /// The time from which no call is made: after five minutes, or when a token expires.
    pub(super) fn expires(&self) -> Instant {
        let end = self.now.epoch_seconds().saturating_add(super::LIFETIME);
        let tokens = self.verified.iter().flat_map(|own| [own.expires, own.engineer.expires]);
        Instant::from_epoch_seconds(tokens.fold(end, i64::min))
    }

    /// The hash of the token's text or, if there is no verified token, of the claims.
    fn token_sha256(&self) -> Box<str> {
        match &self.verified {
            Some(own) => own.token.clone(),
            None => content::of_json("claims", &self.claims.json),
        }
    }

    /// The id: the hash of everything that makes this session another one than the next of the same engineer and case. Two requests with
    /// different tokens, or at different times, have different ids.
    pub(super) fn id(&self) -> Box<str> {
        let engineer = self.verified.as_ref().map(|own| Json::text(&*own.engineer.token));
        let members = Json::object([
            ("role", Json::text(self.role.arn().as_str())),
            ("profile", Json::text(self.profile.sha256())),
            ("provider", Json::text(self.provider)),
            ("token", Json::text(self.token_sha256())),
            ("engineer", Json::text(self.engineer)),
            ("engineer_token", engineer.unwrap_or(Json::Null)),
            ("case", Json::text(self.case)),
            ("duration_seconds", Json::Number(self.duration_seconds)),
            ("time", Json::text(self.now.to_string())),
            ("context", iam_eval::wire::context_json(self.call)),
            ("unknown", iam_eval::wire::unknown_json(self.call)),
        ]);
        content::of_json("plan", &members)
    }

    /// What is known of the tokens, as it stands in a record. `null` if nothing was verified.
    pub(super) fn json(&self) -> Json {
        Json::maybe(self.verified.as_ref(), |own| {
            Json::object([
                ("sha256", Json::text(&*own.token)),
                ("issuer", Json::text(&*own.issuer)),
                ("expires", Json::Number(own.expires)),
                (
                    "engineer",
                    Json::object([
                        ("name", Json::text(&*own.engineer.name)),
                        ("issuer", Json::text(&*own.engineer.issuer)),
                        ("subject", Json::text(&*own.engineer.subject)),
                        ("sha256", Json::text(&*own.engineer.token)),
                        ("expires", Json::Number(own.engineer.expires)),
                    ]),
                ),
            ])
        })
    }
}
