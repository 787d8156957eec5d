//! Callers that open a session: what a question finds, as a call that STS would accept, tried against the policies.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_analysis::{Doubt, VerdictKind};
use iam_eval::session::{Claim, Opening, Parameters, ProviderClaim, Refusals, SessionLimits, Token};
use iam_eval::{Action, Context, ContextValue, Decision, Layers, Principal, Request, ResourceKind, wire};
use iam_json::{Json, Position, quoted};
use iam_policy::value::Instant;
use iam_policy::{Policy, Statement};

use super::combined::{SET_SOURCE_IDENTITY, TAG_SESSION, TrustWays};
use super::keys::{Keys, Kind, text};
use super::trial::{layers, sts_role};
use crate::snapshot::RoleSnapshot;

/// The answer to the question whether a caller can open a session.
#[derive(Clone, Debug)]
pub enum TrustVerdict {
    /// Proven: none can.
    Never,
    /// This one can: STS accepts the call, and the policies allow all its requests.
    Possible(Box<TrustedCaller>),
    /// Neither is known, for these reasons.
    Unknown(Vec<TrustDoubt>),
}

/// A reason why it is not known whether a caller can open a session.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TrustDoubt {
    /// The Allow statement of the trust policy that could not be decided. `None` if the reason is about all of them.
    pub statement: Option<TrustPlace>,
    /// The reason.
    pub why: TrustDoubtKind,
}

/// The kind of a [`TrustDoubt`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TrustDoubtKind {
    /// The question is open.
    Open(Doubt),
    /// A caller was found that STS would refuse, or the policies do not admit. So the question has callers that there are none of.
    NotReal {
        /// Why it is none.
        why: Box<str>,
    },
    /// The statements cannot be put together: too many ways to allow the call and its further requests.
    TooLarge(TrustWays),
}

/// A statement of a trust policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustPlace {
    /// Its number, from 1.
    pub number: usize,
    /// Its `Sid`.
    pub sid: Option<Box<str>>,
    /// Where it begins in the text of the policy.
    pub position: Position,
}

impl TrustPlace {
    /// The statement of a trust policy that begins where `own` does.
    pub(super) fn of(trust: &Policy, own: &Statement) -> Option<Self> {
        let place = own.place.span.start;
        let number = trust.statements.iter().position(|known| known.place.span.start == place)?;
        let sid = own.sid.as_ref().map(|sid| sid.value.clone()).filter(|sid| !sid.is_empty());
        Some(Self { number: number.saturating_add(1), sid, position: trust.position(place) })
    }
}

/// Writes its `Sid`, or its number, and its line.
impl std::fmt::Display for TrustPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.sid {
            Some(sid) => write!(f, "statement {}", quoted(sid))?,
            None => write!(f, "statement {}", self.number)?,
        }
        write!(f, " of the trust policy (line {})", self.position.line)
    }
}

/// Writes a sentence without a full stop.
impl std::fmt::Display for TrustDoubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(statement) = &self.statement {
            write!(f, "{statement}: ")?;
        }
        self.why.fmt(f)
    }
}

impl std::fmt::Display for TrustDoubtKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open(doubt) => doubt.fmt(f),
            Self::NotReal { why } => write!(f, "only a call was found that cannot be made: {why}"),
            Self::TooLarge(ways) => ways.fmt(f),
        }
    }
}

/// A call that opens a session.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TrustedCaller {
    /// The call with its token. `None` for callers with an assertion or with credentials of AWS.
    pub opening: Option<Box<Opening>>,
    /// The requests of the call. Each of them is allowed.
    pub requests: Vec<Request>,
    /// The policies that they meet.
    pub layers: Layers,
}

impl TrustVerdict {
    /// Whether it is proven that no caller opens a session.
    pub const fn is_never(&self) -> bool {
        matches!(self, Self::Never)
    }

    /// The verdict on the claim that no caller opens a session.
    pub const fn kind(&self) -> VerdictKind {
        match self {
            Self::Never => VerdictKind::Holds,
            Self::Possible(_) => VerdictKind::Fails,
            Self::Unknown(_) => VerdictKind::Unknown,
        }
    }

    /// The answer for these callers and others together.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown(mut own), Self::Unknown(more)) => {
                own.extend(more);
                Self::Unknown(own)
            }
            (own @ Self::Possible(_), _) | (own, Self::Never) | (_, own) => own,
        }
    }

    /// The caller that opens a session; `None` if none is known.
    pub fn caller(&self) -> Option<&TrustedCaller> {
        match self {
            Self::Possible(caller) => Some(caller),
            Self::Never | Self::Unknown(_) => None,
        }
    }

    /// Whether a caller opens a session; `None` if it is not known.
    pub const fn is_possible(&self) -> Option<bool> {
        match self {
            Self::Never => Some(false),
            Self::Possible(_) => Some(true),
            Self::Unknown(_) => None,
        }
    }
}

impl TrustedCaller {
    /// The claims of the token as `iamgate trust --claims` reads them; for other callers, the requests as `iamgate eval` reads them.
    pub fn to_json(&self) -> Json {
        match self.token() {
            Some(token) => claims(token),
            None => Json::list(&self.requests, wire::request_json),
        }
    }

    /// The token. `None` for callers without one.
    pub fn token(&self) -> Option<&Token> {
        match self.opening.as_deref().map(|opening| &opening.caller) {
            Some(iam_eval::session::Caller::Provider { token, .. }) => Some(token),
            Some(_) | None => None,
        }
    }

    /// The name of the session that it asks for; `None` if any name does.
    pub fn session_name(&self) -> Option<String> {
        self.requests.first().and_then(|own| text(&own.context, "sts:RoleSessionName"))
    }

    /// The keys of the call that no claim decides, each with its value; without those that are absent.
    pub fn call(&self) -> Vec<(&str, &ContextValue)> {
        let Some(opening) = &self.opening else { return Vec::new() };
        let is_there =
            |value: &ContextValue| !matches!(value, ContextValue::Multiple(values) if values.is_empty());
        opening.call.iter().filter(|(_, value)| is_there(value)).collect()
    }
}

/// Writes the call in one line: the claims of its token, or who makes it, and the keys that matter.
impl std::fmt::Display for TrustedCaller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let keys: Vec<(&str, &ContextValue)> = match (self.token(), self.requests.first()) {
            (Some(token), _) => {
                write!(f, "{}", claims(token))?;
                if let Some(name) = self.session_name().filter(|name| name != USUAL_NAME) {
                    write!(f, ", with sts:RoleSessionName {}", Json::text(name))?;
                }
                self.call()
            }
            (None, Some(request)) => {
                let actions: Vec<&str> = self.requests.iter().map(|own| own.action.as_str()).collect();
                let who = match &request.principal {
                    Principal::AwsService { service } => service,
                    Principal::WebIdentity { provider } | Principal::Saml { provider } => provider,
                    other @ (Principal::IamUser { .. }
                    | Principal::AssumedRole { .. }
                    | Principal::FederatedUser { .. }
                    | Principal::Root { .. }
                    | Principal::Anonymous) => other.arn().unwrap_or_default(),
                };
                write!(f, "{who} by {}", actions.join(" and "))?;
                request.context.iter().filter(|(key, _)| !is_usual(key)).collect()
            }
            (None, None) => Vec::new(),
        };
        for (key, value) in keys {
            if let Some(value) = wire::value_json(value) {
                write!(f, ", with {key} {value}")?;
            }
        }
        Ok(())
    }
}

/// The name of a session if nothing is asked of it.
pub(super) const USUAL_NAME: &str = "session";

/// Whether a key only says again who the caller is.
fn is_usual(key: &str) -> bool {
    [
        "aws:PrincipalArn",
        "aws:PrincipalAccount",
        "aws:PrincipalType",
        "aws:PrincipalIsAWSService",
        "aws:userid",
    ]
    .iter()
    .any(|usual| usual.eq_ignore_ascii_case(key))
}

/// Claims as JSON, as a decoded token has them.
pub(super) fn claims(token: &Token) -> Json {
    let many = |texts: &[Box<str>]| Json::list(texts, |text| Json::text(&**text));
    let value = |claim: &Claim| match claim {
        Claim::One(text) => Json::text(&**text),
        Claim::Many(texts) => many(texts),
    };
    let mut members: BTreeMap<String, Json> =
        token.claims.iter().map(|(name, claim)| (name.to_string(), value(claim))).collect();
    let list = |value: &str| Json::list([value], Json::text);
    let tags = token.tags().iter().map(|(key, value)| (key.to_owned(), list(value))).collect();
    let transitive: Vec<Box<str>> = token.transitive_tag_keys().map(Into::into).collect();
    if !token.tags().is_empty() || !transitive.is_empty() {
        let own = Json::object([
            ("principal_tags", Json::Object(tags)),
            ("transitive_tag_keys", many(&transitive)),
        ]);
        members.insert("https://aws.amazon.com/tags".to_owned(), own);
    }
    Json::Object(members)
}

/// What is tried.
pub(super) struct Trial<'t> {
    pub(super) role: &'t RoleSnapshot,
    pub(super) keys: &'t Keys<'t>,
    /// The call, such as `sts:AssumeRole`.
    pub(super) action: &'static str,
    /// The claims of a token, for which a question had no value.
    pub(super) usual: &'t Token,
    /// Whether the token has an audience.
    pub(super) has_audience: bool,
    pub(super) now: Instant,
}

impl Trial<'_> {
    /// The call that a request of a question describes, if the policies admit it, and it is not `like` those that are not in question.
    pub(super) fn tried(
        &self,
        found: &Request,
        like: &dyn Fn(&TrustedCaller) -> bool,
    ) -> Result<Box<TrustedCaller>, Box<str>> {
        let own = |result: Result<Box<TrustedCaller>, Box<str>>| {
            result.and_then(|own| if like(&own) { Err("it is like those that may".into()) } else { Ok(own) })
        };
        match self.keys.kind {
            Kind::Token { provider } => {
                // The usual spelling of tags first, if it does as well.
                let with = |is_usual| own(self.token(provider, &found.context, is_usual));
                with(true).or_else(|_| with(false))
            }
            Kind::Assertion { .. } | Kind::Aws => own(self.requests(found)),
        }
    }

    fn token(
        &self,
        provider: &str,
        context: &Context,
        is_usual: bool,
    ) -> Result<Box<TrustedCaller>, Box<str>> {
        let mut opening = self.opening(provider, context, is_usual);
        let time = text(context, "aws:CurrentTime").or_else(|| text(context, "aws:EpochTime"));
        if let Some(time) = time.and_then(|text| instant(&text)) {
            opening.now = time;
        }
        let layers = layers(self.role);
        let refused = |refusals: Refusals| -> Box<str> { refusals.to_string().into() };
        let session = opening.clone().open(&SessionLimits::default()).map_err(refused)?;
        let authorization = session.authorize(&layers);
        if !authorization.is_allowed() {
            let missing: Vec<&str> =
                authorization.missing().map(|(request, _)| request.action.as_str()).collect();
            return Err(format!("{} is not allowed", missing.join(" and ")).into());
        }
        let requests = authorization.decisions.into_iter().map(|(request, _)| request).collect();
        Ok(Box::new(TrustedCaller { opening: Some(Box::new(opening)), requests, layers }))
    }

    /// The call whose token gives these keys.
    fn opening(&self, provider: &str, context: &Context, is_usual: bool) -> Opening {
        let issuer = self.keys.issuer();
        let key = |name: &str| context.value(&format!("{issuer}:{name}"));
        let mut token = Token::default();
        let mut claim = |name: &str, value: Option<&ContextValue>| {
            let usual =
                || self.usual.claims.iter().find(|(own, _)| **own == *name).map(|(_, own)| own.clone());
            if let Some(claim) = value.and_then(claim_of).or_else(usual) {
                token.claims.push((name.into(), claim));
            }
        };
        claim("sub", key("sub"));
        if self.has_audience {
            match (key("aud"), key("oaud")) {
                (one, None) => {
                    claim("aud", one);
                    // Only Cognito's key may have several values. STS takes such a token if it has an authorized party.
                    if matches!(one, Some(ContextValue::Multiple(_))) {
                        claim("azp", Some(&ContextValue::single("x")));
                    }
                }
                (None, Some(own @ ContextValue::Single(_))) => claim("aud", Some(own)),
                (own, Some(original)) => {
                    claim("aud", Some(original));
                    let azp = own.cloned().unwrap_or_else(|| ContextValue::single("x"));
                    claim("azp", Some(&azp));
                }
            }
        }
        for name in ["amr", "email"] {
            claim(name, key(name));
        }
        for own in ProviderClaim::of(issuer) {
            claim(own.claim, key(own.key));
        }
        if let Some(identity) = text(context, "sts:SourceIdentity") {
            claim("https://aws.amazon.com/source_identity", Some(&ContextValue::single(identity)));
        }
        if text(context, "sts:RoleAuthorizedByIdp").as_deref() == Some("true") {
            let role = ContextValue::single(self.role.arn().as_str());
            claim("https://aws.amazon.com/roles", Some(&role));
        }
        let transitive = match context.value("sts:TransitiveTagKeys") {
            Some(ContextValue::Multiple(keys)) => keys.to_vec(),
            Some(ContextValue::Single(one)) => vec![one.clone()],
            Some(ContextValue::Unknown | ContextValue::Twice(_)) | None => Vec::new(),
        };
        for (key, value) in self.keys.passed_tags(context, is_usual) {
            token = token.with_tag(key, value, false);
        }
        let token = token.with_transitive(transitive);
        let name = text(context, "sts:RoleSessionName").unwrap_or_else(|| USUAL_NAME.to_owned());
        let mut opening =
            Opening::web_identity(sts_role(self.role), Parameters::named(name), provider, token, self.now);
        opening.call = self.keys.of_call(context);
        opening
    }

    /// The requests of a call without a token. The policies of the caller's own account allow everything.
    fn requests(&self, found: &Request) -> Result<Box<TrustedCaller>, Box<str>> {
        let mut layers = layers(self.role);
        layers.identity.push(Arc::new(Policy::everything()));
        let mut actions = vec![self.action];
        let has = |key: &str| found.context.value(key).is_some();
        actions.extend(has("aws:TagKeys").then_some(TAG_SESSION));
        actions.extend(has("sts:SourceIdentity").then_some(SET_SOURCE_IDENTITY));
        let of = |action: &&str| {
            let request =
                Request::new(found.principal.clone(), Action::new(action)?, self.role.arn().as_str());
            let context = found.context.clone();
            Some(request.owned_by(self.role.account()).on(ResourceKind::IamRoleTrust).with_context(context))
        };
        let requests: Vec<Request> = actions.iter().filter_map(of).collect();
        for request in &requests {
            if layers.decide(request) != Decision::Allowed {
                return Err(format!("{} is not allowed", request.action.as_str()).into());
            }
        }
        Ok(Box::new(TrustedCaller { opening: None, requests, layers }))
    }
}

/// The time that a key of a request tells. The number of seconds is a whole one, so that one with a fraction stands for the next.
fn instant(text: &str) -> Option<Instant> {
    let next = || {
        let (whole, _) = text.split_once('.')?;
        Some(Instant::from_epoch_seconds(Instant::parse(whole)?.epoch_seconds().saturating_add(1)))
    };
    Instant::parse(text).or_else(next)
}

/// The claim that gives a key this value. A list of one would be one value, so it is written twice.
fn claim_of(value: &ContextValue) -> Option<Claim> {
    match value {
        ContextValue::Single(text) => Some(Claim::One(text.clone())),
        ContextValue::Multiple(texts) => match &**texts {
            [one] => Some(Claim::Many(vec![one.clone(), one.clone()])),
            _ => Some(Claim::Many(texts.to_vec())),
        },
        ContextValue::Unknown | ContextValue::Twice(_) => None,
    }
}
