//! Sessions that exist, and the requests that are made with them.

use std::fmt;
use std::sync::Arc;

use iam_eval::session::{Session, Tags};
use iam_eval::{Action, Context, ContextValue, Decision, Layers, Request};
use iam_policy::value::Instant;
use iam_policy::{Limits, Mode, Policy, PolicyKind};
use iamgate::RoleSnapshot;
use serde_json::{Value, json};

use crate::cloud::Origin;
use crate::enforced::Enforced;
use crate::operation::Asked;
use crate::setup::{Account, CloudSetup, ProgramKey};

/// Temporary credentials. They are good for nothing but the double.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// The id of the access key: `ASIA` and sixteen characters.
    pub access_key_id: Box<str>,
    /// The secret key.
    pub secret_access_key: Box<str>,
    /// The session token.
    pub session_token: Box<str>,
    /// From when on they are no longer good.
    pub expiration: Instant,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("expiration", &self.expiration)
            .finish_non_exhaustive()
    }
}

/// A session that exists.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) session: Session,
    pub(crate) credentials: Credentials,
    pub(crate) account: Box<str>,
    pub(crate) role_arn: Box<str>,
    /// `AROA…:name`
    pub(crate) principal_id: Box<str>,
    /// The `userIdentity` of its records.
    pub(crate) identity: Value,
    pub(crate) created: Instant,
    pub(crate) key: ProgramKey,
    /// The compiled layers for what the session's account owns, without policies of resources.
    pub(crate) program: Arc<Enforced>,
    /// The session policies that are enforced. `None` if none were passed.
    pub(crate) policies: Option<Vec<Arc<Policy>>>,
    /// The access key with which services call in the session's name.
    pub(crate) forward_key: Box<str>,
}

/// What was decided, and what a message says about a denial.
pub(crate) struct Answer {
    pub(crate) decision: Decision,
    pub(crate) why: Option<String>,
}

impl Live {
    /// The tags that a session inherits which is opened with this one.
    pub(crate) fn transitive_tags(&self) -> Tags {
        let keys = &self.session.transitive_tag_keys;
        let is_one = |key: &str| keys.iter().any(|own| own.eq_ignore_ascii_case(key));
        self.session.principal_tags.iter().filter(|(key, _)| is_one(key)).collect()
    }

    /// The layers that meet a request of the session, without the policy of the resource.
    pub(crate) fn layers(&self, setup: &CloudSetup, owner: &str) -> Layers {
        layers(setup, &self.role_arn, self.policies.as_deref(), owner)
    }

    /// The compiled layers that meet a request on a resource of this owner.
    fn program(&self, setup: &CloudSetup, asked: &Asked, owner: &str) -> Arc<Enforced> {
        let own = setup.account(owner).and_then(|account| account.resources.get(asked.resource.as_str()));
        let is_key = asked.action.starts_with("kms:");
        let resource = match own {
            Some(_) => Some(asked.resource.as_str()),
            None if is_key => Some("key"),
            None => None,
        };
        if resource.is_none() && owner == &*self.account {
            return Arc::clone(&self.program);
        }
        let key = ProgramKey { resource: resource.map(Into::into), owner: owner.into(), ..self.key.clone() };
        setup.programs().of(&key, || {
            let mut layers = self.layers(setup, owner);
            layers.resource = own.cloned().or_else(|| is_key.then(|| default_key_policy(owner)).flatten());
            layers
        })
    }

    /// Decides a request. `via` is the service that makes it in the session's name.
    pub(crate) fn decide(
        &self,
        setup: &CloudSetup,
        asked: &Asked,
        origin: &Origin,
        region: &str,
        via: Option<&str>,
    ) -> Answer {
        let owner = asked.owner.as_deref().unwrap_or(&self.account);
        let Some(action) = Action::new(asked.action) else {
            return Answer { decision: Decision::ImplicitDeny, why: None };
        };
        let mut request = Request::new(self.session.principal.clone(), action, asked.resource.as_str());
        let mut context = self.session.context().clone();
        keys(&mut context, setup, origin, region, owner, via);
        request.context = context;
        let request = request.owned_by(owner);
        let program = self.program(setup, asked, owner);
        let decision = program.decide(&request);
        let why = (!decision.is_allowed()).then(|| program.why(&request, asked.action));
        Answer { decision, why }
    }
}

/// The layers that meet a request of a session of this role, without the policy of the resource.
pub(crate) fn layers(
    setup: &CloudSetup,
    role_arn: &str,
    policies: Option<&[Arc<Policy>]>,
    owner: &str,
) -> Layers {
    let mut layers = Layers::new();
    if let Some((account, role)) = setup.role(role_arn) {
        layers = of_role(role);
        layers.rcp = rcp_of(setup, account, role, owner);
    }
    layers.session = policies.map(<[_]>::to_vec);
    layers
}

/// The policies of a role itself.
fn of_role(role: &RoleSnapshot) -> Layers {
    let mut layers = Layers::new();
    layers.identity = role.policies().iter().map(|own| Arc::clone(own.policy())).collect();
    layers.boundary = role.boundary().map(|own| vec![Arc::clone(own.policy())]);
    layers.scp = role.scp().map(|levels| {
        levels.iter().map(|level| level.iter().map(|own| Arc::clone(own.policy())).collect()).collect()
    });
    layers
}

/// The resource control policies of the account that owns the resource.
pub(crate) fn rcp_of(
    setup: &CloudSetup,
    account: &Account,
    role: &RoleSnapshot,
    owner: &str,
) -> Option<Vec<Vec<Arc<Policy>>>> {
    if owner != &*account.id {
        return setup.account(owner).and_then(|own| own.rcp.clone());
    }
    let of_role = || {
        let levels = role.rcp()?.iter();
        Some(levels.map(|level| level.iter().map(|own| Arc::clone(own.policy())).collect()).collect())
    };
    account.rcp.clone().or_else(of_role)
}

/// The condition keys that AWS sets beside those of the session.
fn keys(
    context: &mut Context,
    setup: &CloudSetup,
    origin: &Origin,
    region: &str,
    owner: &str,
    via: Option<&str>,
) {
    let mut set = |key: &str, value: &str| context.set(key, ContextValue::single(value));
    set("aws:CurrentTime", &origin.at.to_string());
    set("aws:EpochTime", &origin.seconds().to_string());
    set("aws:SecureTransport", "true");
    set("aws:RequestedRegion", region);
    set("aws:PrincipalIsAWSService", "false");
    set("aws:ViaAWSService", if via.is_some() { "true" } else { "false" });
    set("aws:ResourceAccount", owner);
    if let Some(organization) = &setup.organization {
        set("aws:PrincipalOrgID", organization);
        set("aws:ResourceOrgID", organization);
    }
    if let Some(service) = via {
        set("aws:CalledViaFirst", service);
        set("aws:CalledViaLast", service);
        context.set("aws:CalledVia", ContextValue::multiple([service]));
    } else {
        set("aws:SourceIp", &origin.source_ip);
        set("aws:UserAgent", &origin.user_agent);
    }
}

/// The policy that a key of KMS has unless somebody writes another one.
///
/// # Source
/// KMS Developer Guide, "Default key policy": the account may give permissions by its own policies.
fn default_key_policy(account: &str) -> Option<Arc<Policy>> {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{account}:root"}},"Action":"kms:*","Resource":"*"}}]}}"#
    );
    Policy::parse(&text, PolicyKind::Kms, Mode::Deployed, &Limits::default()).ok().map(Arc::new)
}

/// The message of a denial, without what is special for a service.
pub(crate) fn message(who: &str, asked: &Asked, why: &str) -> String {
    let on = asked.shown.as_deref().map(|own| format!(" on resource: {own}")).unwrap_or_default();
    format!("User: {who} is not authorized to perform: {}{on}{why}", asked.action)
}

/// The `userIdentity` of a session's records.
pub(crate) struct IdentityOf<'i> {
    pub(crate) session: &'i Session,
    pub(crate) account: &'i str,
    pub(crate) role_arn: &'i str,
    pub(crate) role_name: &'i str,
    pub(crate) role_id: &'i str,
    pub(crate) principal_id: &'i str,
    pub(crate) access_key_id: &'i str,
    pub(crate) created: Instant,
    pub(crate) provider: Option<&'i str>,
}

impl IdentityOf<'_> {
    pub(crate) fn json(&self) -> Value {
        let issuer = json!({"type": "Role", "principalId": self.role_id, "arn": self.role_arn, "accountId": self.account,
            "userName": self.role_name});
        let attributes = json!({"creationDate": self.created.to_string(), "mfaAuthenticated": "false"});
        let mut context = json!({"sessionIssuer": issuer, "attributes": attributes});
        if let Value::Object(members) = &mut context {
            if let Some(provider) = self.provider {
                let federation = json!({"federatedProvider": provider, "attributes": {}});
                members.insert("webIdFederationData".to_owned(), federation);
            }
            if let Some(identity) = &self.session.source_identity {
                members.insert("sourceIdentity".to_owned(), json!(identity));
            }
        }
        json!({"type": "AssumedRole", "principalId": self.principal_id, "arn": self.session.arn, "accountId": self.account,
            "accessKeyId": self.access_key_id, "sessionContext": context})
    }
}
