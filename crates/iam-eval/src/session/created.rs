//! Sessions that STS creates, and the requests that must be allowed first.

use std::sync::Arc;

use iam_policy::Policy;

use super::opening::{Caller, Opening, Operation};
use super::{ReservedKeys, Tags, reserved};
use crate::combine::Decision;
use crate::context::Context;
use crate::layers::Layers;
use crate::request::{Action, Principal, Request, ResourceKind};

const TAG_SESSION: &str = "sts:TagSession";
const SET_SOURCE_IDENTITY: &str = "sts:SetSourceIdentity";

/// A session that STS would create.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// The principal of requests that are made with the session.
    pub principal: Principal,
    /// The session's ARN.
    pub arn: Box<str>,
    /// The duration of the session in seconds.
    pub duration_seconds: i64,
    /// Its principal tags. Of a session tag, a role tag and an inherited tag with the same key, one remains (rules 6.8, 6.9).
    pub principal_tags: Tags,
    /// The keys of its transitive tags.
    pub transitive_tag_keys: Vec<Box<str>>,
    /// Its source identity.
    pub source_identity: Option<Box<str>>,
    /// The inline session policy. It is fixed for the life of the session (rule 6.13).
    pub policy: Option<Arc<Policy>>,
    /// The ARNs of the managed session policies. AWS reads the policies anew at each request of the session (rule 6.13).
    pub policy_arns: Vec<Box<str>>,
    pub(super) context: Context,
    pub(super) trust_context: Context,
    pub(super) opened: Opening,
    /// Whether the call passes or inherits tags.
    pub(super) passes_tags: bool,
}

/// The decisions on a call to STS.
///
/// The call is one request. The tags and the source identity that it passes need further requests (rules 2.8, 6.6).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authorization {
    /// Every request with its decision. The call is the first.
    pub decisions: Vec<(Request, Decision)>,
}

impl Authorization {
    /// Whether STS creates the session: every request is certainly allowed.
    pub fn is_allowed(&self) -> bool {
        !self.decisions.is_empty() && self.missing().next().is_none()
    }

    /// The requests that are not allowed. One such request makes the whole call fail.
    pub fn missing(&self) -> impl Iterator<Item = &(Request, Decision)> {
        self.decisions.iter().filter(|(_, decision)| !decision.is_allowed())
    }
}

impl Session {
    /// The condition keys that AWS sets in every request of the session (rules 6.1, 6.2).
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// The condition keys that a trust policy sees while the call is authorized (rules 6.3, 6.4, 6.10, 6.11).
    ///
    /// Keys of the caller and of the network that [`Opening::call`] does not state are unknown.
    pub const fn trust_context(&self) -> &Context {
        &self.trust_context
    }

    /// Whether session policies were passed.
    ///
    /// Without them, a role session has all permissions of the role, and a federated user has only the permissions that resource policies
    /// grant (rule 6.14). Set [`Layers::session`] to `None` if the result is false, and to all session policies if it is true.
    pub const fn has_session_policies(&self) -> bool {
        self.policy.is_some() || !self.policy_arns.is_empty()
    }

    /// A request of the session. `further` are the keys that describe the request itself.
    ///
    /// # Errors
    /// The names of those keys that only AWS may set. A caller that could set them could choose its own tags.
    ///
    /// # Examples
    /// ```
    /// use iam_eval::session::{Claim, Opening, Parameters, Role, SessionLimits, Token};
    /// use iam_eval::{Action, Context, ContextValue};
    /// use iam_policy::value::Instant;
    ///
    /// let role = Role::new("arn:aws:iam::111122223333:role/app", "AROAEXAMPLE");
    /// let provider = "arn:aws:iam::111122223333:oidc-provider/idp.example.com";
    /// let now = Instant::from_epoch_seconds(1_767_225_600);
    /// let token = Token::default().with("sub", Claim::One("ana".into()));
    /// let opening = Opening::web_identity(role, Parameters::named("ana"), provider, token, now);
    /// let session = opening.open(&SessionLimits::default()).unwrap();
    ///
    /// let action = || Action::new("s3:GetObject").unwrap();
    /// let region = Context::new().with("aws:RequestedRegion", ContextValue::single("eu-central-1"));
    /// assert!(session.request(action(), "arn:aws:s3:::b/k", &region).is_ok());
    /// let forged = Context::new().with("AWS:UserId", ContextValue::single("admin"));
    /// let refused = session.request(action(), "arn:aws:s3:::b/k", &forged).unwrap_err();
    /// assert_eq!(refused.to_string(), "AWS sets `AWS:UserId` in requests of a session, and nobody else may");
    /// ```
    pub fn request(
        &self,
        action: Action,
        resource: impl Into<Box<str>>,
        further: &Context,
    ) -> Result<Request, ReservedKeys> {
        let keys: Vec<Box<str>> = further
            .iter()
            .map(|(key, _)| key)
            .filter(|key| self.context.value(key).is_some() || reserved::in_requests(key))
            .map(Into::into)
            .collect();
        if !keys.is_empty() {
            return Err(ReservedKeys { keys });
        }
        let mut context = self.context.clone();
        for (key, value) in further.iter() {
            context.set(key, value.clone());
        }
        Ok(Request::new(self.principal.clone(), action, resource).with_context(context))
    }

    /// The requests that must be allowed before STS creates the session (rules 2.8, 6.6, 6.11).
    ///
    /// They are the call, `sts:TagSession` if tags are passed or inherited, and `sts:SetSourceIdentity` if there is a source identity.
    /// Their resource is the role, or the federated user.
    pub fn authorization_requests(&self) -> Vec<Request> {
        let mut actions = vec![self.opened.operation.action()];
        if self.passes_tags {
            actions.push(TAG_SESSION);
        }
        if self.source_identity.is_some() {
            actions.push(SET_SOURCE_IDENTITY);
        }
        let (resource, kind) = match &self.opened.role {
            Some(role) => (&role.arn, ResourceKind::IamRoleTrust),
            None => (&self.arn, ResourceKind::Generic),
        };
        actions
            .into_iter()
            .filter_map(Action::new)
            .map(|action| {
                Request::new(self.opened.caller.principal(), action, resource.clone())
                    .owned_by(self.opened.account())
                    .on(kind)
                    .with_context(self.trust_context.clone())
            })
            .collect()
    }

    /// Decides all requests of [`Session::authorization_requests`].
    ///
    /// `layers` must have the trust policy as resource policy, the RCPs of the role's account, and all other policies of the caller. A web
    /// identity has no policies of its own, and those layers are not asked for it (rule 5.52).
    pub fn authorize(&self, layers: &Layers) -> Authorization {
        let decide = |request: Request| {
            let mut decision = layers.decide(&request);
            if decision.is_allowed() && self.needs_both_sides(&request) {
                let own = Layers { resource: None, ..layers.clone() };
                decision = own.decide(&request.clone().on(ResourceKind::Generic));
            }
            (request, decision)
        };
        Authorization { decisions: self.authorization_requests().into_iter().map(decide).collect() }
    }

    /// Whether the calling role needs the permission too, even if the trust policy alone would be enough.
    ///
    /// In role chaining, a source identity does (rule 6.11).
    fn needs_both_sides(&self, request: &Request) -> bool {
        request.action.as_str() == SET_SOURCE_IDENTITY
            && self.opened.operation == Operation::AssumeRole
            && matches!(self.opened.caller, Caller::AssumedRole { .. })
            && request.principal.account() == request.resource_account.as_deref()
    }
}
