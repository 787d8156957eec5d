//! `AssumeRoleWithWebIdentity`.

use std::sync::Arc;

use iam_eval::Layers;
use iam_eval::session::{Opening, Parameters, SessionLimits, Token};
use iam_json::Document;
use iam_policy::Limits;
use iamgate::{RoleSnapshot, StsCall};
use iamgate_token::{Seen, SeenTokens, StsToken, TokenError};
use serde_json::{Value, json};

use super::{
    Account, ApiError, Cloud, Draft, Granted, Live, Misdeed, Opened, Origin, Refused, STS, WIDE, authorized,
    context, parameters, rcp_of, refused, response, role_resource, session_policies, sts_role, wide,
};
use crate::enforced::Enforced;
use crate::misdeed::another_letter;
use crate::setup::Provider;

/// A call of `AssumeRoleWithWebIdentity`. It needs no credentials.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebIdentityCall {
    /// The ARN of the role.
    pub role_arn: Box<str>,
    /// The token.
    pub token: Box<str>,
    /// The other parameters. Tags and source identity are those of the token.
    pub parameters: Parameters,
}

impl std::fmt::Debug for WebIdentityCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebIdentityCall")
            .field("role_arn", &self.role_arn)
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

impl WebIdentityCall {
    /// A call for a session of this name.
    pub fn new(role_arn: &str, session_name: &str, token: &str) -> Self {
        let parameters = Parameters::named(session_name);
        Self { role_arn: role_arn.into(), token: token.into(), parameters }
    }

    /// The call that a plan has given.
    pub fn planned(call: StsCall) -> Self {
        let (planned, token) = call.into_parts();
        let mut parameters = Parameters::named(planned.role_session_name());
        parameters.duration_seconds = Some(planned.duration_seconds());
        parameters.policy = Some(planned.policy()).filter(|own| !own.is_empty()).map(Into::into);
        parameters.policy_arns = planned.policy_arns().map(Into::into).collect();
        Self { role_arn: planned.role_arn().into(), token, parameters }
    }
}

/// STS takes a token as often as it comes while it is good.
struct Forgetful;

impl SeenTokens for Forgetful {
    fn keep(&mut self, _token: [u8; 32], _until: i64, _now: i64) -> Seen {
        Seen::Never
    }
}

/// A token whose signature is good.
struct Verified<'p> {
    provider: &'p Provider,
    token: StsToken,
    claims: Token,
}

impl Cloud {
    /// Opens a session with a token of an identity provider.
    ///
    /// # Errors
    /// STS refuses the call. Refusals are recorded if the account of the role exists.
    pub fn assume_role_with_web_identity(
        &mut self,
        call: &WebIdentityCall,
        origin: &Origin,
    ) -> Result<Granted, ApiError> {
        let request_id = self.request_id(&STS);
        let setup = Arc::clone(&self.setup);
        let account = setup.account(call.role_arn.split(':').nth(4).unwrap_or_default());
        let Some(account) = account else {
            return Err(ApiError::new("AccessDenied", NOT_AUTHORIZED).with_id(&request_id));
        };
        let mut call = call.clone();
        if self.misdeed == Some(Misdeed::PolicyWidened) && self.does(Misdeed::PolicyWidened) {
            call.parameters.policy = Some(WIDE.into());
        }
        let verified = verify(account, &call.token, origin);
        let identity = verified.as_ref().map_or_else(|_| json!({"type": "Unknown"}), Verified::identity);
        let mut recorded = parameters::json(&call.role_arn, &call.parameters);
        let role = account.roles.iter().find(|role| role.arn().as_str() == &*call.role_arn);
        let opened = match (verified, role) {
            (Ok(verified), Some(role)) => {
                let transitive: Vec<&str> = verified.claims.transitive_tag_keys().collect();
                parameters::add_tags(&mut recorded, verified.claims.tags(), &transitive);
                self.open(&verified, account, role, &call, origin).map(|opened| (opened, verified, role))
            }
            (Ok(_), None) => Err(Refused::new("AccessDenied", NOT_AUTHORIZED)),
            (Err(refused), _) => Err(refused),
        };
        let draft = Draft {
            identity,
            origin,
            service: &STS,
            name: "AssumeRoleWithWebIdentity",
            region: &origin.region,
            host: format!("sts.{}.amazonaws.com", origin.region),
            error: None,
            parameters: recorded,
            response: Value::Null,
            resources: vec![role_resource(&call.role_arn)],
            request_id: &request_id,
            is_read: true,
            is_data: false,
            via: None,
            recipient: &account.id,
            shared: None,
            decided: Vec::new(),
            is_overlooked: false,
        };
        match opened {
            Ok((opened, verified, role)) => {
                let words = verified.words();
                let decided = opened.decided.clone();
                let provider = verified.provider.arn();
                let mut new = self.grant(opened, account, role, &call.parameters, Some(provider), origin);
                let identity = new.session.source_identity.clone();
                let response = response(&new, &call.parameters, Some(&words));
                let mut own = Draft { response, decided, ..draft };
                if let (Value::Object(members), Some(identity)) = (&mut own.parameters, identity) {
                    members.insert("sourceIdentity".to_owned(), json!(identity));
                }
                let is_planted = self.distort(&mut new, &mut own.parameters);
                let event_id = self.write(own);
                if is_planted
                    || self.planted.as_ref().is_some_and(|own| own.misdeed == Misdeed::PolicyWidened)
                {
                    self.plant_at(&event_id);
                }
                if self.does(Misdeed::OpeningUnrecorded) {
                    self.plant_at(&event_id);
                    self.unrecord();
                }
                Ok(self.keep(new, &call.parameters, Some(words), &request_id, event_id))
            }
            Err(refused) => {
                let error = Some((refused.code, &*refused.message));
                self.write(Draft { error, decided: refused.decided, ..draft });
                Err(ApiError::new(refused.code, refused.message).with_id(&request_id))
            }
        }
    }

    fn open(
        &self,
        verified: &Verified<'_>,
        account: &Account,
        role: &RoleSnapshot,
        call: &WebIdentityCall,
        origin: &Origin,
    ) -> Result<Opened, Refused> {
        let (arn, claims) = (verified.provider.arn(), verified.claims.clone());
        let mut opening =
            Opening::web_identity(sts_role(role), call.parameters.clone(), arn, claims, origin.at);
        opening.call = context(&self.setup, origin);
        let session = opening.open(&SessionLimits::default()).map_err(|refusals| refused::of(&refusals))?;
        let mut layers = Layers::new();
        layers.resource = role.trust().cloned();
        layers.rcp = rcp_of(&self.setup, account, role, &account.id);
        let (decided, is_allowed) = authorized(&session, &layers);
        if !is_allowed {
            return Err(Refused { decided, ..Refused::new("AccessDenied", NOT_AUTHORIZED) });
        }
        let policies = session_policies(account, role, &session)?;
        Ok(Opened { session, decided, policies })
    }

    /// Does the misdeeds that are about the session's opening. Says whether one was done.
    fn distort(&mut self, new: &mut Live, parameters: &mut Value) -> bool {
        if self.does(Misdeed::PolicyWidenedUnseen) {
            new.policies = wide().map(|own| vec![own]);
            new.key.policy = Some(WIDE.into());
            new.key.arns = Vec::new();
            let layers = new.layers(&self.setup, &new.account);
            new.program = Arc::new(Enforced::new(&layers));
            return true;
        }
        let Value::Object(members) = parameters else { return false };
        let (misdeed, value) = if self.misdeed == Some(Misdeed::PolicyLetter) {
            (Misdeed::PolicyLetter, members.get_mut("policy"))
        } else if self.misdeed == Some(Misdeed::NameLetter) {
            (Misdeed::NameLetter, members.get_mut("roleSessionName"))
        } else if self.misdeed == Some(Misdeed::TagLetter) {
            let tags = members.get_mut("principalTags").and_then(Value::as_object_mut);
            (Misdeed::TagLetter, tags.and_then(|tags| tags.values_mut().next()))
        } else {
            return false;
        };
        let Some(Value::String(text)) = value else { return false };
        let length = u64::try_from(text.len()).unwrap_or_default();
        let place = usize::try_from(self.random.below(length)).unwrap_or_default();
        let Some(other) = another_letter(text, place).or_else(|| another_letter(text, 0)) else {
            return false;
        };
        if !self.does(misdeed) {
            return false;
        }
        *text = other;
        true
    }

    /// Takes the last record out of the trail.
    fn unrecord(&mut self) {
        if let Some(entry) = self.log.last_mut() {
            entry.delivered = None;
        }
        self.trails.forget(self.log.len().saturating_sub(1));
    }
}

const NOT_AUTHORIZED: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

/// Verifies a token against the providers of an account.
fn verify<'p>(account: &'p Account, text: &str, origin: &Origin) -> Result<Verified<'p>, Refused> {
    let mut wrong = None;
    for provider in &account.providers {
        for audience in provider.audiences() {
            let token = provider
                .verifier()
                .sts(text)
                .and_then(|token| token.verify(audience, provider.keys(), &mut Forgetful, origin.seconds()));
            match token {
                Ok(token) => return Verified::new(provider, token),
                // Another provider may know it.
                Err(TokenError::UnknownIssuer) => {}
                Err(error) => wrong = Some(error),
            }
        }
    }
    Err(match wrong {
        Some(TokenError::Expired) => Refused::new("ExpiredTokenException", "Token expired"),
        Some(TokenError::WrongAudience | TokenError::SeveralAudiences) => {
            Refused::new("InvalidIdentityToken", "Incorrect token audience")
        }
        Some(error) => Refused::new("InvalidIdentityToken", format!("Couldn't verify the token: {error}")),
        None => Refused::new("InvalidIdentityToken", "No OpenIDConnect provider found in your account"),
    })
}

impl<'p> Verified<'p> {
    fn new(provider: &'p Provider, token: StsToken) -> Result<Self, Refused> {
        let document = Document::parse(token.claims(), &Limits::default())
            .map_err(|_| Refused::new("InvalidIdentityToken", "The claims of the token could not be read"))?;
        let claims = Token::from_json(document.root());
        drop(document);
        Ok(Self { provider, token, claims })
    }

    /// The caller as records have it.
    fn identity(&self) -> Value {
        let [provider, audience, subject] = self.words();
        json!({"type": "WebIdentityUser", "principalId": format!("{provider}:{audience}:{subject}"), "userName": subject,
            "identityProvider": provider})
    }

    /// Provider, audience and subject.
    fn words(&self) -> [Box<str>; 3] {
        [self.provider.arn(), self.token.audience(), self.token.subject()].map(Into::into)
    }
}
