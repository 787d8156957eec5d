//! STS: sessions are opened, by tokens and by other sessions.

mod parameters;
mod refused;
mod web_identity;

use std::sync::Arc;

use iam_eval::session::{Caller, Opening, Parameters, Role, Session, SessionLimits};
use iam_eval::{Context, ContextValue, Layers};
use iam_policy::value::Instant;
use iam_policy::{Limits, Mode, Policy, PolicyKind};
use iamgate::RoleSnapshot;
use serde_json::{Value, json};

use crate::call::{draft, foreign};
use crate::cloud::{Cloud, Draft, Origin};
use crate::error::ApiError;
use crate::live::{Credentials, IdentityOf, Live, layers, rcp_of};
use crate::misdeed::{Misdeed, WIDE};
use crate::operation::{STS, Spec};
use crate::random::Random;
use crate::record::Decided;
use crate::setup::{Account, CloudSetup, ProgramKey};

pub use web_identity::WebIdentityCall;

/// A call of `AssumeRole` with the credentials of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoleCall {
    /// The ARN of the role.
    pub role_arn: Box<str>,
    /// The other parameters.
    pub parameters: Parameters,
}

impl RoleCall {
    /// A call for a session of this name.
    pub fn new(role_arn: &str, session_name: &str) -> Self {
        Self { role_arn: role_arn.into(), parameters: Parameters::named(session_name) }
    }
}

/// A session that STS has opened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Granted {
    /// The credentials.
    pub credentials: Credentials,
    /// The ARN of the session.
    pub arn: Box<str>,
    /// The unique id of the role, a colon, and the session's name.
    pub assumed_role_id: Box<str>,
    /// How much of the quota for policies and tags the call used, in percent. `None` if it passed neither.
    pub packed_policy_size: Option<usize>,
    /// The provider, the audience and the subject of a token. `None` if there was no token.
    pub web_identity: Option<[Box<str>; 3]>,
    /// The source identity.
    pub source_identity: Option<Box<str>>,
    /// The id of the request.
    pub request_id: Box<str>,
    /// The id of its event.
    pub event_id: Box<str>,
}

/// Who calls: the answer of `GetCallerIdentity`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallerIdentity {
    /// The unique id.
    pub user_id: Box<str>,
    /// The account.
    pub account: Box<str>,
    /// The ARN.
    pub arn: Box<str>,
    /// The id of the request.
    pub request_id: Box<str>,
}

/// A call of STS that is refused.
struct Refused {
    /// The code and the message in the record and in the answer.
    code: &'static str,
    message: String,
    decided: Vec<Decided>,
}

impl Refused {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), decided: Vec::new() }
    }
}

/// A session that STS would open.
struct Opened {
    session: Session,
    decided: Vec<Decided>,
    policies: Option<Vec<Arc<Policy>>>,
}

impl Cloud {
    /// Opens a session with another session: role chaining. It lasts at most one hour.
    ///
    /// # Errors
    /// The credentials are not good, or STS refuses the call. Refusals are recorded.
    pub fn assume_role(
        &mut self,
        credentials: &Credentials,
        call: &RoleCall,
        origin: &Origin,
    ) -> Result<Granted, ApiError> {
        let live = self.live(credentials, origin)?;
        let setup = Arc::clone(&self.setup);
        let found = setup.role(&call.role_arn);
        let opened = match found {
            Some((account, role)) => self.chain(&live, account, role, call, origin),
            None => Err(Refused::new("AccessDenied", denied(&live, &call.role_arn, ""))),
        };
        let request_id = self.request_id(&STS);
        let spec = spec("AssumeRole", call, &live);
        let target = found.map_or(&*live.account, |(account, _)| &*account.id);
        let shared = (target != &*live.account).then(|| self.random.uuid());
        match (opened, found) {
            (Ok(opened), Some((account, role))) => {
                let overlooked = opened.decided.iter().any(|own| !own.decision.is_allowed());
                let decided = opened.decided.clone();
                let new = self.grant(opened, account, role, &call.parameters, None, origin);
                let mut event_id = Box::default();
                for recipient in [&*live.account, target] {
                    let is_own = recipient == &*live.account;
                    let mut own = draft(&live, &spec, origin, &origin.region, &request_id);
                    own.response = response(&new, &call.parameters, None);
                    (own.recipient, own.shared, own.is_overlooked) =
                        (recipient, shared.as_deref(), overlooked);
                    own.decided.clone_from(&decided);
                    if !is_own {
                        own.identity = foreign(&live);
                    }
                    let id = self.write(own);
                    if is_own {
                        event_id = id;
                    }
                    if shared.is_none() {
                        break;
                    }
                }
                if overlooked {
                    self.plant_at(&event_id);
                }
                Ok(self.keep(new, &call.parameters, None, &request_id, event_id))
            }
            (Err(refused), _) => {
                let mut own = draft(&live, &spec, origin, &origin.region, &request_id);
                own.error = Some((refused.code, &refused.message));
                (own.parameters, own.resources, own.decided) = (Value::Null, Vec::new(), refused.decided);
                self.write(own);
                Err(ApiError::new(refused.code, refused.message).with_id(&request_id))
            }
            (Ok(_), None) => Err(ApiError::new("InternalFailure", "a session without a role")),
        }
    }

    /// Says who calls, and records it. It needs no permission.
    ///
    /// # Errors
    /// The credentials are not good.
    pub fn caller_identity(
        &mut self,
        credentials: &Credentials,
        origin: &Origin,
    ) -> Result<CallerIdentity, ApiError> {
        let live = self.live(credentials, origin)?;
        let request_id = self.request_id(&STS);
        let spec = Spec::read(&STS, "GetCallerIdentity", Vec::new(), Value::Null);
        self.write(draft(&live, &spec, origin, &origin.region, &request_id));
        Ok(CallerIdentity {
            user_id: live.principal_id.clone(),
            account: live.account.clone(),
            arn: live.session.arn.clone(),
            request_id: request_id.into(),
        })
    }

    fn chain(
        &mut self,
        live: &Live,
        account: &Account,
        role: &RoleSnapshot,
        call: &RoleCall,
        origin: &Origin,
    ) -> Result<Opened, Refused> {
        let caller = Caller::AssumedRole {
            arn: live.session.arn.clone(),
            role_arn: Some(live.role_arn.clone()),
            principal_tags: live.session.principal_tags.clone(),
            transitive_tags: live.transitive_tags(),
            source_identity: live.session.source_identity.clone(),
        };
        let mut opening = Opening::assume_role(sts_role(role), call.parameters.clone(), caller, origin.at);
        opening.call = context(&self.setup, origin)
            .with("aws:TokenIssueTime", ContextValue::single(live.created.to_string()))
            .with("aws:userid", ContextValue::single(&*live.principal_id));
        if let Some(organization) = &self.setup.organization {
            opening.call.set("aws:PrincipalOrgID", ContextValue::single(&**organization));
        }
        let session = opening.open(&SessionLimits::default()).map_err(|refusals| refused::of(&refusals))?;
        let mut layers = live.layers(&self.setup, &account.id);
        layers.resource = role.trust().cloned();
        let (decided, is_allowed) = authorized(&session, &layers);
        if !is_allowed && !self.does(Misdeed::RoleChained) {
            return Err(Refused {
                decided,
                ..Refused::new("AccessDenied", denied(live, &call.role_arn, ""))
            });
        }
        let policies = session_policies(account, role, &session)?;
        Ok(Opened { session, decided, policies })
    }

    /// Makes credentials of a session.
    fn grant(
        &mut self,
        opened: Opened,
        account: &Account,
        role: &RoleSnapshot,
        parameters: &Parameters,
        provider: Option<&str>,
        origin: &Origin,
    ) -> Live {
        let Opened { session, policies, .. } = opened;
        let role_id = role_id(role);
        let principal_id = format!("{role_id}:{}", parameters.name);
        let access_key_id = self.random.id("ASIA", 16);
        let expiration = origin.seconds().saturating_add(session.duration_seconds);
        let credentials = Credentials {
            access_key_id: access_key_id.as_str().into(),
            secret_access_key: self.random.alphanumeric(40).into(),
            session_token: format!("IQoJb3JpZ2luX2Vj{}=", self.random.alphanumeric(347)).into(),
            expiration: Instant::from_epoch_seconds(expiration),
        };
        let identity = IdentityOf {
            session: &session,
            account: &account.id,
            role_arn: role.arn().as_str(),
            role_name: role.name(),
            role_id: &role_id,
            principal_id: &principal_id,
            access_key_id: &access_key_id,
            created: origin.at,
            provider,
        };
        let key = ProgramKey {
            role: role.arn().as_str().into(),
            resource: None,
            owner: account.id.clone(),
            arns: session.policy_arns.clone(),
            policy: policies.as_ref().and_then(|_| parameters.policy.clone()),
        };
        let (setup, arn) = (Arc::clone(&self.setup), role.arn().as_str());
        let program = setup.programs().of(&key, || layers(&setup, arn, policies.as_deref(), &account.id));
        Live {
            identity: identity.json(),
            credentials,
            account: account.id.clone(),
            role_arn: arn.into(),
            principal_id: principal_id.into(),
            created: origin.at,
            key,
            program,
            policies,
            forward_key: self.random.id("ASIA", 16).into(),
            session,
        }
    }

    /// Keeps a session, and says what STS answers.
    fn keep(
        &mut self,
        live: Live,
        parameters: &Parameters,
        web_identity: Option<[Box<str>; 3]>,
        request_id: &str,
        event_id: Box<str>,
    ) -> Granted {
        let granted = Granted {
            credentials: live.credentials.clone(),
            arn: live.session.arn.clone(),
            assumed_role_id: live.principal_id.clone(),
            packed_policy_size: parameters::packed(parameters),
            web_identity,
            source_identity: live.session.source_identity.clone(),
            request_id: request_id.into(),
            event_id,
        };
        self.sessions.insert(live.credentials.access_key_id.clone(), live);
        granted
    }
}

/// What a call is in the record.
fn spec(name: &'static str, call: &RoleCall, live: &Live) -> Spec {
    let mut parameters = parameters::json(&call.role_arn, &call.parameters);
    parameters::add_tags(&mut parameters, &call.parameters.tags, &call.parameters.transitive_tag_keys);
    parameters::add_inherited(&mut parameters, &live.transitive_tags());
    Spec::read(&STS, name, Vec::new(), parameters).naming(vec![role_resource(&call.role_arn)])
}

fn role_resource(arn: &str) -> Value {
    let account = arn.split(':').nth(4).unwrap_or_default();
    json!({"accountId": account, "type": "AWS::IAM::Role", "ARN": arn})
}

/// The answer of STS as a record has it: without the secret.
fn response(new: &Live, parameters: &Parameters, token: Option<&[Box<str>; 3]>) -> Value {
    let mut own = json!({
        "credentials": {"accessKeyId": new.credentials.access_key_id, "sessionToken": new.credentials.session_token,
            "expiration": new.credentials.expiration.to_string()},
        "assumedRoleUser": {"assumedRoleId": new.principal_id, "arn": new.session.arn},
        "sessionTokenSize": new.credentials.session_token.len(), "sessionTokenUtilization": 24
    });
    let Value::Object(members) = &mut own else { return own };
    if let Some([provider, audience, subject]) = token {
        members.insert("provider".to_owned(), json!(provider));
        members.insert("audience".to_owned(), json!(audience));
        members.insert("subjectFromWebIdentityToken".to_owned(), json!(subject));
    }
    if let Some(packed) = parameters::packed(parameters) {
        members.insert("packedPolicySize".to_owned(), json!(packed));
    }
    if let Some(identity) = &new.session.source_identity {
        members.insert("sourceIdentity".to_owned(), json!(identity));
    }
    own
}

fn denied(live: &Live, role_arn: &str, why: &str) -> String {
    format!(
        "User: {} is not authorized to perform: sts:AssumeRole on resource: {role_arn}{why}",
        live.session.arn
    )
}

/// The decisions on a call, and whether all allow it.
fn authorized(session: &Session, layers: &Layers) -> (Vec<Decided>, bool) {
    let answer = session.authorize(layers);
    let is_allowed = answer.is_allowed();
    let each = answer.decisions.into_iter().map(|(request, decision)| Decided {
        action: request.action.as_str().into(),
        resource: request.resource,
        decision,
    });
    (each.collect(), is_allowed)
}

/// The role as STS sees it.
fn sts_role(role: &RoleSnapshot) -> Role {
    let mut own = Role::new(role.arn().as_str(), role_id(role));
    own.max_session_duration = role.max_session_duration().unwrap_or(3_600);
    own.tags = role.tags().clone();
    own
}

/// The unique id of a role: its own, or one made of its ARN.
fn role_id(role: &RoleSnapshot) -> String {
    role.id().map_or_else(|| Random::of_text(role.arn().as_str()).id("AROA", 17), str::to_owned)
}

/// What AWS knows about a call of STS beside its parameters.
fn context(setup: &CloudSetup, origin: &Origin) -> Context {
    let mut context = Context::new()
        .with("aws:SourceIp", ContextValue::single(&*origin.source_ip))
        .with("aws:UserAgent", ContextValue::single(&*origin.user_agent))
        .with("aws:RequestedRegion", ContextValue::single(&*origin.region))
        .with("aws:ViaAWSService", ContextValue::single("false"));
    if let Some(organization) = &setup.organization {
        context.set("aws:ResourceOrgID", ContextValue::single(&**organization));
    }
    context
}

/// The documents of the session policies. `None` if none were passed.
fn session_policies(
    account: &Account,
    role: &RoleSnapshot,
    session: &Session,
) -> Result<Option<Vec<Arc<Policy>>>, Refused> {
    if !session.has_session_policies() {
        return Ok(None);
    }
    let mut policies: Vec<Arc<Policy>> = session.policy.iter().cloned().collect();
    for arn in &session.policy_arns {
        let found = role.deployed(arn).or_else(|| account.managed.policy(arn));
        let found = found.ok_or_else(|| {
            Refused::new(
                "MalformedPolicyDocument",
                format!("Policy {arn} does not exist or is not attachable."),
            )
        })?;
        policies.push(Arc::clone(found.policy()));
    }
    Ok(Some(policies))
}

/// The policy that allows everything, which misdeeds put in place of another one.
fn wide() -> Option<Arc<Policy>> {
    Policy::parse(WIDE, PolicyKind::Session, Mode::Deployed, &Limits::default()).ok().map(Arc::new)
}
