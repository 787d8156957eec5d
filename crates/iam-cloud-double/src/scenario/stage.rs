//! What scenarios share: a gate, a role, a profile, an issuer with a key that everybody knows, and what exists in the cloud.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_eval::Context;
use iam_policy::value::Instant;
use iam_policy::{Limits, Mode, Policy, PolicyKind, Report};
use iamgate::iam_catalog::DataError;
use iamgate::{
    File, Gate, IdentityProviders, InputError, NotSent, Profile, Refused, RoleSnapshot, SessionRequest,
    StsCall, StsParameters, built_in,
};
use iamgate_token::{
    Algorithm, EngineerIssuer, FileKey, KeySet, NameClaim, NewStsToken, RecentTokens, Rules, StsIssuer,
    StsToken, TokenError, TokenSigner, TokenVerifier, VerifiedEngineer,
};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::DecodePrivateKey as _;
use serde_json::json;

use crate::error::ApiError;
use crate::random::Random;
use crate::setup::{Account, CloudSetup, Provider};
use crate::sts::WebIdentityCall;

/// The account of the role.
const ACCOUNT: &str = "123456789012";
/// Another account, which has a bucket.
const PARTNER: &str = "210987654321";
/// A role that nobody should assume.
pub(super) const DEPLOYER: &str = "arn:aws:iam::123456789012:role/ops/Deployer";
const LOGIN: (&str, &str) = ("https://login.example.com", "support-broker");
const ISSUER: &str = "support.cre.doit-intl.com";
const TAG: &str = "DoitEnvironment";

/// Makes scenarios. They share what does not change, so that one takes a fraction of a millisecond.
#[derive(Debug)]
pub struct Stage {
    gate: Gate,
    role: RoleSnapshot,
    profile: Profile,
    providers: IdentityProviders,
    verifier: TokenVerifier,
    login: (SteadyKey, KeySet),
    issuer: (SteadyKey, KeySet),
    setup: Arc<CloudSetup>,
    sessions: u16,
}

/// Why there is no scenario.
#[derive(Debug)]
#[non_exhaustive]
pub enum StageError {
    /// Built-in content could not be read.
    Content(String),
    /// A token was not accepted.
    Token(TokenError),
    /// The gate refused the session.
    Refused(Box<Refused>),
    /// The plan gave no call.
    NotSent(NotSent),
    /// STS refused the call.
    Call(ApiError),
}

impl fmt::Display for StageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content(error) => f.write_str(error),
            Self::Token(error) => error.fmt(f),
            Self::Refused(error) => error.fmt(f),
            Self::NotSent(error) => error.fmt(f),
            Self::Call(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StageError {}

impl From<InputError> for StageError {
    fn from(error: InputError) -> Self {
        Self::Content(error.to_string())
    }
}

impl From<Report> for StageError {
    fn from(error: Report) -> Self {
        Self::Content(error.to_string())
    }
}

impl From<DataError> for StageError {
    fn from(error: DataError) -> Self {
        Self::Content(error.to_string())
    }
}

impl From<TokenError> for StageError {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl From<NotSent> for StageError {
    fn from(error: NotSent) -> Self {
        Self::NotSent(error)
    }
}

impl From<ApiError> for StageError {
    fn from(error: ApiError) -> Self {
        Self::Call(error)
    }
}

/// A plan, used up for its call.
pub(super) struct Planned {
    pub(super) decision: String,
    pub(super) parameters: StsParameters,
    pub(super) tags: Vec<(Box<str>, Box<str>)>,
    pub(super) call: StsCall,
}

impl Stage {
    /// A stage whose trails record data events, with or without digests.
    ///
    /// # Errors
    /// Never if the built-in content is as it was released.
    pub fn new(digests: bool) -> Result<Self, StageError> {
        let managed = built_in::managed()?;
        let role = built_in::support_gateway(&managed)?;
        let profile = built_in::profile("standard", ACCOUNT, &managed)?;
        let login = key("login", include_bytes!("../../keys/login.der"), LOGIN.0)?;
        let url = format!("https://{ISSUER}");
        let issuer = key("issuer", include_bytes!("../../keys/issuer.der"), &url)?;
        let algorithms = [Algorithm::Es256];
        let engineers = EngineerIssuer::new(Rules::new(LOGIN.0, &algorithms)?, LOGIN.1)?;
        let verifier = TokenVerifier::new()
            .with_engineers(engineers.named_by(NameClaim::VerifiedEmail))?
            .with_sts(StsIssuer::new(Rules::new(&url, &algorithms)?)?)?;
        let jwks = format!("{{\"keys\": [{}]}}", issuer.0.public);
        let mut account = Account::new(ACCOUNT);
        account.providers.push(Provider::new(ACCOUNT, ISSUER, &[ACCOUNT], &jwks)?);
        account.roles = vec![role.clone(), deployer()?];
        account.managed = managed;
        account.buckets = ["payroll", "logs-of-the-shop", "assets"].map(Into::into).into();
        let mut setup = CloudSetup::new().with_account(account).with_account(partner()?);
        (setup.digests, setup.data_events, setup.throttled_one_in) = (digests, true, Some(60));
        Ok(Self {
            gate: Gate::embedded()?,
            providers: built_in::providers(ACCOUNT)?,
            setup: Arc::new(setup),
            role,
            profile,
            verifier,
            login,
            issuer,
            sessions: 1,
        })
    }

    /// The same stage with so many sessions in each scenario, at about the same time. At least one.
    #[must_use]
    pub fn with_sessions(self, sessions: u16) -> Self {
        Self { sessions: sessions.max(1), ..self }
    }

    pub(super) const fn sessions(&self) -> u16 {
        self.sessions
    }

    /// The role of every session.
    pub const fn role(&self) -> &RoleSnapshot {
        &self.role
    }

    /// The profile of every session.
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What exists in the cloud of every session.
    pub fn setup(&self) -> Arc<CloudSetup> {
        Arc::clone(&self.setup)
    }

    /// Plans a session with verified tokens.
    pub(super) fn plan(&self, random: &mut Random, now: i64) -> Result<Planned, StageError> {
        let people = ["ana@doit.com", "ben@doit.com", "chloe@doit.com"];
        let person = random.pick(&people).copied().unwrap_or_default();
        let engineer = self.engineer(person, &random.uuid(), now)?;
        let token = self.token(random, now)?;
        let asked = SessionRequest {
            role: &self.role,
            profile: &self.profile,
            providers: &self.providers,
            engineer: &engineer,
            token: &token,
            case: &random.between(1_000, 99_999).to_string(),
            duration_seconds: 3_600,
            now: Instant::from_epoch_seconds(now),
            call: &Context::new(),
        };
        let plan = self.gate.plan(&asked).map_err(StageError::Refused)?;
        let decision = plan.record().to_owned();
        let call = plan.into_call(token, Instant::from_epoch_seconds(now))?;
        let tags = vec![(TAG.into(), ACCOUNT.into())];
        Ok(Planned { decision, parameters: call.parameters().clone(), tags, call })
    }

    /// A call of STS with a good token of the issuer, which nobody planned, without session policies.
    pub(super) fn unplanned(&self, random: &mut Random, now: i64) -> Result<WebIdentityCall, StageError> {
        let token = self.token(random, now)?.into_text();
        let name = format!("mallory@doit.com+{}", random.between(1_000, 99_999));
        Ok(WebIdentityCall::new(self.role.arn().as_str(), &name, &token))
    }

    fn token(&self, random: &mut Random, now: i64) -> Result<StsToken, StageError> {
        let (subject, id) = (random.uuid(), random.uuid());
        let new = NewStsToken::new(&format!("https://{ISSUER}"), ACCOUNT, &subject, &id, now)
            .with_tag(TAG, ACCOUNT, true);
        let (key, keys) = &self.issuer;
        Ok(self.verifier.mint(&new, key, keys, &mut RecentTokens::new(1), now)?)
    }

    fn engineer(&self, person: &str, id: &str, now: i64) -> Result<VerifiedEngineer, StageError> {
        let (key, keys) = &self.login;
        let part = |text: String| URL_SAFE_NO_PAD.encode(text);
        let header = json!({"alg": "ES256", "kid": key.key_id(), "typ": "JWT"});
        let claims = json!({"iss": LOGIN.0, "aud": LOGIN.1, "sub": person, "jti": id, "iat": now, "exp": now.saturating_add(600),
            "email": person, "email_verified": true});
        let message = format!("{}.{}", part(header.to_string()), part(claims.to_string()));
        let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes())?);
        let text = format!("{message}.{signature}");
        Ok(self.verifier.engineer(&text)?.verify(keys, &mut RecentTokens::new(1), now)?)
    }
}

/// A private key that everybody knows, and the set of keys that its issuer publishes.
fn key(id: &str, der: &[u8], issuer: &str) -> Result<(SteadyKey, KeySet), TokenError> {
    let public = FileKey::from_der(id, Algorithm::Es256, der)?.public_jwk();
    let key = SigningKey::from_pkcs8_der(der).map_err(|_| TokenError::NotSigned)?;
    let keys = KeySet::parse(issuer, &format!("{{\"keys\": [{public}]}}"))?;
    Ok((SteadyKey { id: id.into(), public, key }, keys))
}

/// A key whose signatures are not drawn at random (RFC 6979): they are part of a token, and its hash is part of the session's name.
struct SteadyKey {
    id: Box<str>,
    public: String,
    key: SigningKey,
}

impl fmt::Debug for SteadyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SteadyKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl TokenSigner for SteadyKey {
    fn key_id(&self) -> &str {
        &self.id
    }

    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        let signature: Signature = self.key.try_sign(message).map_err(|_| TokenError::NotSigned)?;
        Ok(signature.to_bytes().to_vec())
    }
}

/// A role with every permission, which trusts its account.
fn deployer() -> Result<RoleSnapshot, InputError> {
    let file = |name: &str, json: serde_json::Value| File { name: name.into(), text: json.to_string() };
    let (allow, version) = ("Allow", "2012-10-17");
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    let trust = json!({"Effect": allow, "Principal": {"AWS": root}, "Action": "sts:AssumeRole"});
    let all = json!({"Effect": allow, "Action": "*", "Resource": "*"});
    let files = [
        file("role.json", json!({"RoleName": "Deployer", "Arn": DEPLOYER})),
        file("trust.json", json!({"Version": version, "Statement": [trust]})),
        file("inline/all.json", json!({"Version": version, "Statement": [all]})),
    ];
    RoleSnapshot::from_folder(&files, &built_in::managed()?, &Limits::default())
}

/// An account that shares the policy of its bucket.
fn partner() -> Result<Account, Report> {
    let statement = json!({"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
        "Action": "s3:GetBucketPolicy", "Resource": "arn:aws:s3:::partner-reports"});
    let text = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let policy = Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &Limits::default())?;
    let mut account = Account::new(PARTNER);
    account.buckets.insert("partner-reports".into());
    account.resources.insert("arn:aws:s3:::partner-reports".into(), Arc::new(policy));
    Ok(account)
}
