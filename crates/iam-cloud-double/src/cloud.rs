//! The cloud: what exists, who has a session, and what was recorded.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_policy::value::Instant;
use serde_json::{Value, json};

use crate::live::{Credentials, Live};
use crate::misdeed::{Misdeed, Planted};
use crate::operation::Service;
use crate::random::Random;
use crate::record::{Decided, Entry, TrailRecord};
use crate::setup::CloudSetup;
use crate::trail::Trails;

/// From where a call comes, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// When.
    pub at: Instant,
    /// The Region whose endpoint is called.
    pub region: Box<str>,
    /// The address of the caller.
    pub source_ip: Box<str>,
    /// The agent.
    pub user_agent: Box<str>,
}

impl Origin {
    /// A call at this time to the endpoint of a Region, by AWS CLI from an address for documentation.
    pub fn new(at: Instant, region: &str) -> Self {
        Self {
            at,
            region: region.into(),
            source_ip: "203.0.113.10".into(),
            user_agent:
                "aws-cli/2.31.4 md/awscrt#0.28.1 ua/2.1 os/linux#6.8 md/arch#x86_64 lang/python#3.13.7".into(),
        }
    }

    /// The same origin at another time.
    #[must_use]
    pub fn at(&self, at: Instant) -> Self {
        Self { at, ..self.clone() }
    }

    pub(crate) const fn seconds(&self) -> i64 {
        self.at.epoch_seconds()
    }
}

/// A cloud. The same setup, seed and calls always give the same answers and the same bytes.
///
/// It has no clock: each call says when it is made. Calls need not come in the order of time.
#[derive(Clone, Debug)]
pub struct Cloud {
    pub(crate) setup: Arc<CloudSetup>,
    pub(crate) random: Random,
    pub(crate) sessions: BTreeMap<Box<str>, Live>,
    pub(crate) log: Vec<Entry>,
    pub(crate) trails: Trails,
    pub(crate) misdeed: Option<Misdeed>,
    pub(crate) planted: Option<Planted>,
}

/// What becomes a record.
pub(crate) struct Draft<'d> {
    pub(crate) identity: Value,
    pub(crate) origin: &'d Origin,
    pub(crate) service: &'d Service,
    pub(crate) name: &'d str,
    pub(crate) region: &'d str,
    pub(crate) host: String,
    pub(crate) error: Option<(&'d str, &'d str)>,
    pub(crate) parameters: Value,
    pub(crate) response: Value,
    pub(crate) resources: Vec<Value>,
    pub(crate) request_id: &'d str,
    pub(crate) is_read: bool,
    pub(crate) is_data: bool,
    /// The service that makes the call in the caller's name.
    pub(crate) via: Option<&'d str>,
    pub(crate) recipient: &'d str,
    pub(crate) shared: Option<&'d str>,
    pub(crate) decided: Vec<Decided>,
    pub(crate) is_overlooked: bool,
}

impl Cloud {
    /// A cloud in which nobody has called yet. The hours of its digests begin at `start`.
    pub fn new(setup: Arc<CloudSetup>, seed: u64, start: Instant) -> Self {
        let trails = Trails::new(start.epoch_seconds());
        Self {
            setup,
            random: Random::new(seed),
            sessions: BTreeMap::new(),
            log: Vec::new(),
            trails,
            misdeed: None,
            planted: None,
        }
    }

    /// What exists.
    pub fn setup(&self) -> &CloudSetup {
        &self.setup
    }

    /// Every record, in the order of the calls, also of those that no trail records.
    pub fn log(&self) -> &[Entry] {
        &self.log
    }

    /// Has the cloud do this misdeed at its first occasion.
    pub const fn commit(&mut self, misdeed: Misdeed) {
        self.misdeed = Some(misdeed);
    }

    /// The misdeed that was done.
    pub const fn planted(&self) -> Option<&Planted> {
        self.planted.as_ref()
    }

    /// The credentials with this access key, as STS gave them. For whoever verifies signatures.
    pub fn credentials(&self, access_key_id: &str) -> Option<&Credentials> {
        self.sessions.get(access_key_id).map(|live| &live.credentials)
    }

    /// Whether this misdeed is to be done now. It is done once.
    pub(crate) fn does(&mut self, misdeed: Misdeed) -> bool {
        let does = self.misdeed == Some(misdeed) && self.planted.is_none();
        if does {
            self.planted = Some(Planted { misdeed, at: Box::default() });
        }
        does
    }

    /// Says which event the misdeed is about.
    pub(crate) fn plant_at(&mut self, at: &str) {
        if let Some(planted) = &mut self.planted {
            planted.at = at.into();
        }
    }

    /// Writes a record and says which id its event has.
    pub(crate) fn write(&mut self, draft: Draft<'_>) -> Box<str> {
        let origin = draft.origin;
        let is_s3 = draft.service.host == "s3";
        let (source_ip, agent) = match draft.via {
            Some(service) => (service.into(), service.into()),
            // S3 puts the agent in brackets.
            None if is_s3 => (origin.source_ip.clone(), format!("[{}]", origin.user_agent).into()),
            None => (origin.source_ip.clone(), origin.user_agent.clone()),
        };
        let tls = json!({"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": draft.host});
        let additional = is_s3.then(|| {
            json!({"SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256", "AuthenticationMethod": "AuthHeader",
                "bytesTransferredIn": 0, "bytesTransferredOut": self.random.between(100, 9_000),
                "x-amz-id-2": format!("{}=", self.random.alphanumeric(75))})
        });
        let event_id: Box<str> = self.random.uuid().into();
        let record = TrailRecord {
            event_version: "1.11",
            user_identity: draft.identity,
            event_time: origin.at.to_string().into(),
            event_source: draft.service.source.into(),
            event_name: draft.name.into(),
            aws_region: draft.region.into(),
            source_ip_address: source_ip,
            user_agent: agent,
            error_code: draft.error.map(|(code, _)| code.into()),
            error_message: draft.error.map(|(_, message)| message.into()),
            request_parameters: draft.parameters,
            response_elements: draft.response,
            additional_event_data: additional,
            request_id: draft.request_id.into(),
            event_id: event_id.clone(),
            read_only: draft.is_read,
            resources: draft.resources,
            event_type: "AwsApiCall",
            api_version: draft.service.api_version,
            management_event: !draft.is_data,
            recipient_account_id: draft.recipient.into(),
            shared_event_id: draft.shared.map(Into::into),
            event_category: if draft.is_data { "Data" } else { "Management" },
            tls_details: draft.via.is_none().then_some(tls),
        };
        // CloudTrail delivers within about five minutes on average, and promises nothing.
        let delivered = origin.seconds().saturating_add(self.random.between(60, 900));
        let is_recorded = !draft.is_data || self.setup.data_events;
        let delivered = is_recorded.then_some(delivered);
        if let Some(delivered) = delivered {
            self.trails.expect(delivered, self.log.len());
        }
        let (decided, is_overlooked) = (draft.decided, draft.is_overlooked);
        self.log.push(Entry { record, decided, delivered, is_overlooked });
        event_id
    }

    /// An id of a request, in the form of the service.
    pub(crate) fn request_id(&mut self, service: &Service) -> String {
        if service.host == "s3" { self.random.capitals(16) } else { self.random.uuid() }
    }
}
