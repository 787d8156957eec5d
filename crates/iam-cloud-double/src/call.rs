//! Calls of services with the credentials of a session.

use iam_eval::Decision;
use serde_json::{Value, json};

use crate::cloud::{Cloud, Draft, Origin};
use crate::error::ApiError;
use crate::live::{Credentials, Live, message};
use crate::misdeed::Misdeed;
use crate::operation::{At, ServiceCall, Spec};
use crate::record::Decided;

/// A call that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Done {
    /// The id of the request.
    pub request_id: Box<str>,
    /// The id of its event.
    pub event_id: Box<str>,
}

/// How a call ended.
pub(crate) struct Judged {
    pub(crate) decided: Vec<Decided>,
    /// The message of a denial.
    pub(crate) denial: Option<String>,
}

impl Cloud {
    /// Makes a call of a service, and records it.
    ///
    /// # Errors
    /// The credentials are not good, a policy denies the call, the service has too many of them, or it was only asked whether it would do it
    /// (`DryRunOperation`). A call with credentials that are not good is not recorded.
    pub fn call(
        &mut self,
        credentials: &Credentials,
        call: &ServiceCall,
        origin: &Origin,
    ) -> Result<Done, ApiError> {
        let live = self.live(credentials, origin)?;
        let (service, setup) = (call.service(), std::sync::Arc::clone(&self.setup));
        let region = service.home.unwrap_or(&origin.region);
        let owner = call.bucket().and_then(|bucket| setup.owner_of_bucket(bucket)).unwrap_or(&live.account);
        let role = if let ServiceCall::GetRole { role } = call {
            let named = |account: &'_ crate::setup::Account| {
                account
                    .roles
                    .iter()
                    .find(|own| own.name() == &**role)
                    .map(|own| own.arn().as_str().to_owned())
            };
            setup.account(&live.account).and_then(named)
        } else {
            None
        };
        let spec =
            call.spec(At { account: &live.account, region, owner: Some(owner), role: role.as_deref() });
        let request_id = self.request_id(service);
        let (code, text) = service.throttled;
        if self.random.one_in(setup.throttled_one_in) {
            let draft =
                Draft { error: Some((code, text)), ..draft(&live, &spec, origin, region, &request_id) };
            self.write(Draft {
                parameters: Value::Null,
                response: Value::Null,
                resources: Vec::new(),
                ..draft
            });
            return Err(ApiError::new(service.throttled_code(), text).with_id(&request_id));
        }
        let mut judged = judge(&live, &spec, origin, region, None, &setup);
        let mut overlooked = false;
        if judged.denial.is_some() && self.overlooks(call, &spec) {
            (judged.denial, overlooked) = (None, true);
        }
        let owners = [&*live.account, owner];
        let owners = owners.get(..if owner == &*live.account { 1 } else { 2 }).unwrap_or_default();
        let shared = (owners.len() > 1).then(|| self.random.uuid());
        let dry = ("DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
        let error: Option<(&str, String)> = match &judged.denial {
            Some(text) => Some((service.denied.0, self.told(&spec, text))),
            None if spec.is_dry => Some(("Client.DryRunOperation", dry.1.to_owned())),
            None => None,
        };
        let mut event_id = Box::default();
        for (at, recipient) in owners.iter().enumerate() {
            let mut own = draft(&live, &spec, origin, region, &request_id);
            own.error = error.as_ref().map(|(code, text)| (*code, text.as_str()));
            if error.is_some() {
                own.response = Value::Null;
            }
            if judged.denial.is_some() {
                if !service.keeps_parameters {
                    own.parameters = Value::Null;
                }
                own.resources.retain(|_| service.keeps_parameters);
            }
            if at > 0 {
                own.identity = foreign(&live);
            }
            own.decided.clone_from(&judged.decided);
            (own.recipient, own.shared, own.is_overlooked) = (recipient, shared.as_deref(), overlooked);
            let id = self.write(own);
            if at == 0 {
                event_id = id;
            }
        }
        if overlooked {
            self.plant_at(&event_id);
        }
        match (judged.denial, spec.is_dry) {
            (Some(_), _) => {
                let text = error.map(|(_, text)| text).unwrap_or_default();
                Err(ApiError::new(service.denied.1, text).with_id(&request_id))
            }
            (None, true) => Err(ApiError::new(dry.0, dry.1).with_id(&request_id)),
            (None, false) => {
                self.forward(call, &live, origin);
                Ok(Done { request_id: request_id.into(), event_id })
            }
        }
    }

    /// The session of these credentials, if they are good.
    pub(crate) fn live(&self, credentials: &Credentials, origin: &Origin) -> Result<Live, ApiError> {
        let known =
            self.sessions.get(&credentials.access_key_id).filter(|own| own.credentials == *credentials);
        let live = known.ok_or_else(|| {
            ApiError::new("InvalidClientTokenId", "The security token included in the request is invalid.")
        })?;
        if origin.at >= live.credentials.expiration {
            return Err(ApiError::new(
                "ExpiredToken",
                "The security token included in the request is expired",
            ));
        }
        Ok(live.clone())
    }

    /// Whether a misdeed lets a denied call through.
    fn overlooks(&mut self, call: &ServiceCall, spec: &Spec) -> bool {
        if call.reads_a_secret() {
            return self.does(Misdeed::SecretRead);
        }
        !spec.is_read && !spec.is_dry && self.does(Misdeed::DeniedWriteDone)
    }

    /// The message of a denial as the service words it.
    pub(crate) fn told(&mut self, spec: &Spec, text: &str) -> String {
        if spec.service.host != "ec2" {
            return text.to_owned();
        }
        let before = "You are not authorized to perform this operation. ";
        if spec.is_read {
            return format!("{before}{text}");
        }
        format!("{before}{text}. Encoded authorization failure message: {}", self.random.alphanumeric(300))
    }

    /// The call that a service makes in the session's name: with its own access key, its name as address, and without source identity.
    fn forward(&mut self, call: &ServiceCall, live: &Live, origin: &Origin) {
        let is_one = matches!(call, ServiceCall::DescribeStacks { stack: Some(_) });
        if !is_one || !self.random.one_in(Some(3)) {
            return;
        }
        let via = "cloudformation.amazonaws.com";
        let setup = std::sync::Arc::clone(&self.setup);
        let inner = ServiceCall::DescribeInstances { instances: Vec::new() };
        let region = &*origin.region;
        let spec = inner.spec(At { account: &live.account, region, owner: None, role: None });
        let request_id = self.request_id(spec.service);
        let judged = judge(live, &spec, origin, region, Some(via), &setup);
        let error = judged.denial.map(|text| self.told(&spec, &text));
        let mut own = draft(live, &spec, origin, region, &request_id);
        own.error = error.as_ref().map(|text| (spec.service.denied.0, text.as_str()));
        (own.via, own.decided, own.identity) = (Some(via), judged.decided, forwarded(live, via));
        self.write(own);
    }
}

/// Decides every request of a call, up to the first that is not allowed.
fn judge(
    live: &Live,
    spec: &Spec,
    origin: &Origin,
    region: &str,
    via: Option<&str>,
    setup: &crate::setup::CloudSetup,
) -> Judged {
    let mut decided = Vec::new();
    for asked in &spec.asked {
        let answer = live.decide(setup, asked, origin, region, via);
        let (action, resource) = (asked.action.into(), asked.resource.as_str().into());
        decided.push(Decided { action, resource, decision: answer.decision });
        if answer.decision != Decision::Allowed {
            let denial = message(&live.session.arn, asked, &answer.why.unwrap_or_default());
            return Judged { decided, denial: Some(denial) };
        }
    }
    Judged { decided, denial: None }
}

/// A record of a call as it is if the call succeeds.
pub(crate) fn draft<'d>(
    live: &'d Live,
    spec: &'d Spec,
    origin: &'d Origin,
    region: &'d str,
    request_id: &'d str,
) -> Draft<'d> {
    let host = if spec.service.home.is_some() {
        format!("{}.amazonaws.com", spec.service.host)
    } else {
        format!("{}.{region}.amazonaws.com", spec.service.host)
    };
    Draft {
        identity: live.identity.clone(),
        origin,
        service: spec.service,
        name: spec.name,
        region,
        host,
        error: None,
        parameters: spec.parameters.clone(),
        response: spec.response.clone(),
        resources: spec.resources.clone(),
        request_id,
        is_read: spec.is_read,
        is_data: spec.is_data,
        via: None,
        recipient: &live.account,
        shared: None,
        decided: Vec::new(),
        is_overlooked: false,
    }
}

/// The caller as the trail of another account has it.
pub(crate) fn foreign(live: &Live) -> Value {
    json!({"type": "AWSAccount", "principalId": live.principal_id, "accountId": live.account})
}

/// The caller of a call that a service makes in its name.
fn forwarded(live: &Live, via: &str) -> Value {
    let mut identity = live.identity.clone();
    if let Value::Object(members) = &mut identity {
        members.insert("accessKeyId".to_owned(), json!(live.forward_key));
        members.insert("invokedBy".to_owned(), json!(via));
        if let Some(Value::Object(context)) = members.get_mut("sessionContext") {
            context.remove("sourceIdentity");
        }
    }
    identity
}
