//! The condition keys of a request, as far as its record states them.

use iam_eval::{Context, ContextValue, Principal};
use iam_policy::value::{Instant, parse_address};

use crate::caller::Way;
use crate::event::{Event, SessionContext};

/// What a record states about the condition keys of its request.
///
/// Every key that is not stated is unknown: the request may have had it, with any value. A verdict that holds for what is stated holds
/// whatever the others were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    keys: Vec<(Box<str>, Word)>,
}

/// What is stated about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Absent,
    Value(ContextValue),
}

impl Stated {
    /// Adds a key with its value, in place of what was stated about it. It is how a caller adds what it knows from elsewhere: the tags of a
    /// session from the record of the call that opened it, for example.
    #[must_use]
    pub fn with(mut self, key: &str, value: ContextValue) -> Self {
        self.put(key, if value == ContextValue::Unknown { None } else { Some(Word::Value(value)) });
        self
    }

    /// Adds that the request did not have a key.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.put(key, Some(Word::Absent));
        self
    }

    /// The value of a key: `None` if the request did not have it.
    ///
    /// Keys are compared without ASCII case (rule 4.5). A key about which nothing is stated is [`ContextValue::Unknown`].
    pub fn value(&self, key: &str) -> Option<ContextValue> {
        match self.keys.iter().find(|(own, _)| own.eq_ignore_ascii_case(key)) {
            Some((_, Word::Absent)) => None,
            Some((_, Word::Value(value))) => Some(value.clone()),
            None => Some(ContextValue::Unknown),
        }
    }

    /// The context in which policies are asked: what is stated, and each other of these keys unknown.
    ///
    /// `asked` must have every key that some of the policies ask for, in conditions and in variables. A key that is not among them is
    /// taken as absent by whoever decides.
    pub fn context<'k>(&self, asked: impl IntoIterator<Item = &'k str>) -> Context {
        let mut context = Context::new();
        for key in asked {
            if let Some(value) = self.value(key).filter(|_| context.value(key).is_none()) {
                context.set(key, value);
            }
        }
        context
    }

    /// The keys about which something is stated, with their values, in the order in which they were added. `None` is an absent key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&ContextValue>)> {
        self.keys.iter().map(|(key, word)| match word {
            Word::Absent => (&**key, None),
            Word::Value(value) => (&**key, Some(value)),
        })
    }

    fn put(&mut self, key: &str, word: Option<Word>) {
        self.keys.retain(|(own, _)| !own.eq_ignore_ascii_case(key));
        self.keys.extend(word.map(|word| (key.into(), word)));
    }

    fn set(&mut self, key: &str, value: &str) {
        self.put(key, Some(Word::Value(ContextValue::single(value))));
    }

    fn absent(&mut self, key: &str) {
        self.put(key, Some(Word::Absent));
    }

    /// What the record of an event states about the request of this principal.
    ///
    /// Stated are the keys of the principal and of its session, where the request came from and on which way, when, and to which Region. Keys
    /// that belong to one service are not stated, nor the tags of principal, request and resource, nor what is known of organizations.
    /// `aws:CurrentTime` is the time of the record, which is when the request ended, to the second: a condition that changes within the seconds
    /// before it is not decided by this.
    ///
    /// # Source
    /// IAM User Guide, "AWS global condition context keys"; CloudTrail User Guide, "CloudTrail record contents"; rules 4b and 6.1.
    pub fn of(event: &Event<'_>, principal: &Principal) -> Self {
        let mut own = Self::default();
        for (key, value) in principal.keys().iter() {
            own.put(key, Some(Word::Value(value.clone())));
        }
        own.of_principal(event, principal);
        let way = Way::of(event);
        own.of_way(event, &way);
        own.of_time(event);
        if let Some(region) = text(event.aws_region.as_deref()) {
            own.set("aws:RequestedRegion", region);
        }
        let encrypted = event.tls_details.as_ref().and_then(|tls| text(tls.tls_version.as_deref()));
        if encrypted.is_some() {
            own.set("aws:SecureTransport", "true");
        }
        own
    }

    /// The keys of the principal that its type does not tell.
    fn of_principal(&mut self, event: &Event<'_>, principal: &Principal) {
        let identity = event.user_identity.as_ref();
        match principal {
            Principal::AssumedRole { .. } => {
                if let Some(id) = identity.and_then(|own| text(own.principal_id.as_deref())) {
                    self.set("aws:userid", id);
                }
                self.absent("aws:username");
            }
            Principal::IamUser { .. } => {
                if let Some(id) = identity.and_then(|own| text(own.principal_id.as_deref())) {
                    self.set("aws:userid", id);
                }
            }
            Principal::Root { .. } => self.absent("aws:username"),
            Principal::AwsService { .. }
            | Principal::FederatedUser { .. }
            | Principal::Anonymous
            | Principal::WebIdentity { .. }
            | Principal::Saml { .. } => return,
        }
        match identity.and_then(|own| own.session_context.as_ref()) {
            Some(session) => self.of_session(event, principal, session),
            // Keys that do not end have no session.
            None if matches!(principal, Principal::IamUser { .. }) && is_lasting(event) => {
                for key in ["aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"] {
                    self.absent(key);
                }
            }
            None => {}
        }
    }

    /// The keys of a session.
    fn of_session(&mut self, event: &Event<'_>, principal: &Principal, session: &SessionContext<'_>) {
        let attributes = session.attributes.as_ref();
        if let Some(issued) = attributes.and_then(|own| text(own.creation_date.as_deref())) {
            self.set("aws:TokenIssueTime", issued);
        }
        let federation = session.web_id_federation_data.as_ref();
        let provider = federation.and_then(|own| text(own.federated_provider.as_deref()));
        let with_mfa = attributes.and_then(|own| own.mfa_authenticated).map(|own| own.0);
        match (provider, with_mfa) {
            // A federated person has no MFA that AWS knows of.
            (Some(_), _) => {
                self.absent("aws:MultiFactorAuthPresent");
                self.absent("aws:MultiFactorAuthAge");
            }
            (None, Some(true)) => self.set("aws:MultiFactorAuthPresent", "true"),
            // The record says `false`, too, where the request has no such key.
            (None, Some(false)) => self.absent("aws:MultiFactorAuthAge"),
            (None, None) => {}
        }
        if let Some(provider) = provider {
            self.set("aws:FederatedProvider", provider);
        } else if federation.is_some() && matches!(principal, Principal::AssumedRole { .. }) {
            self.absent("aws:FederatedProvider");
        }
        match text(session.source_identity.as_deref()) {
            Some(identity) => self.set("aws:SourceIdentity", identity),
            // What services do for a principal has no source identity in its record.
            None if Way::of(event) == Way::Direct => self.absent("aws:SourceIdentity"),
            None => {}
        }
    }

    /// Where the request came from, and which services are between.
    fn of_way(&mut self, event: &Event<'_>, way: &Way<'_>) {
        match way {
            Way::Direct => {
                self.set("aws:ViaAWSService", "false");
                for key in ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"] {
                    self.absent(key);
                }
                self.of_address(event);
                self.of_agent(event);
            }
            // Which services are between, and whether the first one acts for the principal, the record does not say.
            Way::Service(_) | Way::Aws | Way::Unknown => {}
        }
    }

    fn of_address(&mut self, event: &Event<'_>) {
        let Some(address) = text(event.source_ip_address.as_deref()) else { return };
        let Some(parsed) = parse_address(address) else { return };
        if let Some(endpoint) = text(event.vpc_endpoint_id.as_deref()) {
            self.set("aws:SourceVpce", endpoint);
            self.set("aws:VpcSourceIp", address);
            self.absent("aws:SourceIp");
        } else if is_public(parsed) {
            self.set("aws:SourceIp", address);
            for key in ["aws:SourceVpce", "aws:SourceVpc", "aws:SourceVpcArn", "aws:VpcSourceIp"] {
                self.absent(key);
            }
        }
        // A private address came over an endpoint of a VPC that the record does not name.
    }

    /// The agent, if the record has it as the request had it: without brackets, which stand for a part, and not the name of a service, which
    /// stands for the console.
    fn of_agent(&mut self, event: &Event<'_>) {
        let Some(agent) = text(event.user_agent.as_deref()) else { return };
        let is_replaced = agent.starts_with('[')
            || agent.ends_with(".amazonaws.com")
            || agent == "AWS Internal"
            || agent.len() >= LONGEST_AGENT;
        if !is_replaced {
            self.set("aws:UserAgent", agent);
        }
    }

    fn of_time(&mut self, event: &Event<'_>) {
        let Some(time) = text(event.event_time.as_deref()) else { return };
        let Some(instant) = Instant::parse(time) else { return };
        self.set("aws:CurrentTime", time);
        self.set("aws:EpochTime", &instant.epoch_seconds().to_string());
    }
}

/// CloudTrail cuts what is longer: the bytes of the longest agent in a record.
const LONGEST_AGENT: usize = 1000;

/// A text that says something. Where a service hides a value, it writes so.
fn text(value: Option<&str>) -> Option<&str> {
    value.filter(|own| !own.is_empty() && *own != "HIDDEN_DUE_TO_SECURITY_REASONS" && *own != "***")
}

/// Whether the access key is one that does not end, by its prefix.
///
/// Source: IAM User Guide, "IAM identifiers", unique ID prefixes.
fn is_lasting(event: &Event<'_>) -> bool {
    let key = event.user_identity.as_ref().and_then(|own| own.access_key_id.as_deref());
    key.is_some_and(|own| own.starts_with("AKIA"))
}

/// Whether an address is one of the internet, which no request over an endpoint of a VPC has.
fn is_public(address: std::net::IpAddr) -> bool {
    match address {
        std::net::IpAddr::V4(own) => {
            let [first, second, ..] = own.octets();
            let is_shared = first == 100 && (64..128).contains(&second);
            !(own.is_private()
                || own.is_loopback()
                || own.is_link_local()
                || own.is_unspecified()
                || is_shared)
        }
        // A VPC has public addresses of IPv6.
        std::net::IpAddr::V6(_) => false,
    }
}
