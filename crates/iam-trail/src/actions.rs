//! The actions of IAM behind an event.
//!
//! The facts about operations are in [`iam_catalog::Operations`]. Here is what the record adds: whether it is a request that IAM decided at all,
//! and which of the parameters it had that make further actions needed.

use iam_catalog::{
    ActionName, Catalog, Choice, DataError, DecidedBy, Group, NameRule, Operations, Resolved, Unresolved,
    When,
};

use crate::event::{Event, Text};
use crate::parameters::Recorded;

/// From events to the actions that authorise them.
///
/// # Examples
/// ```
/// use iam_trail::{ActionMapping, Authorization, Event};
///
/// let mapping = ActionMapping::embedded()?;
/// let json = r#"{"eventType": "AwsApiCall", "eventSource": "s3.amazonaws.com", "eventName": "ListObjects",
///     "requestParameters": {"bucketName": "logs"}}"#;
/// let event = Event::read(json)?;
/// let Authorization::Policies(asked) = mapping.authorization(&event) else { panic!("a request") };
/// let group = asked.groups().next().expect("an action");
/// let actions: Vec<String> = group.actions().map(|action| action.to_string()).collect();
/// assert_eq!((actions, group.is_certain), (vec!["s3:ListBucket".to_owned()], true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ActionMapping<'t> {
    catalog: Catalog<'t>,
    operations: Operations<'t>,
}

/// Who decided whether a request is allowed, and about which actions.
#[derive(Clone, Debug)]
pub enum Authorization<'e, 't> {
    /// The policies of the caller, and the others that apply to the request.
    Policies(Asked<'e, 't>),
    /// The trust policy of the role alone: the caller had no credentials of AWS.
    TrustPolicy(Asked<'e, 't>),
    /// It is no decision of IAM.
    NoDecision(NoDecision<'t>),
    /// Nobody knows.
    Unknown(Unknown<'e>),
}

/// Why an event is no decision of IAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDecision<'t> {
    /// A sign-in to the console.
    SignIn,
    /// Something that a service did by itself.
    ServiceEvent,
    /// An unusual rate of calls or errors, which CloudTrail Insights found.
    Insight,
    /// A request that passed a VPC endpoint, as its owner sees it. The policy of the endpoint decided, and the request has another event.
    NetworkActivity,
    /// An operation that everybody may call. The source of that.
    NoPermissionNeeded(&'t str),
}

/// An event whose actions nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown<'e> {
    /// What is unknown.
    pub reason: UnknownReason,
    /// The event's source. Empty if the record has none.
    pub source: &'e str,
    /// The event's name. Empty if the record has none.
    pub name: &'e str,
}

/// What is unknown about an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnknownReason {
    /// The record has no source or no name.
    NoName,
    /// The type of the event is none of those that CloudTrail documents.
    EventType,
    /// The service.
    Service,
    /// The operation: the service is known.
    Operation,
    /// An operation or action of a console that no page describes.
    ConsoleInternal,
}

/// The actions that a request was decided about.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'e, 't> {
    resolved: Resolved<'t>,
    parameters: Recorded<'e>,
}

/// Actions of which one or more are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedGroup<'t> {
    group: Group<'t>,
    /// Which of the actions the parameters choose.
    chosen: Option<usize>,
    /// Whether any one of the actions is enough. Otherwise those that the request is about are needed, one or more, and the record does not say
    /// which. It is `true` if there is one action.
    pub is_any_enough: bool,
    /// Whether the group is needed. Otherwise it may be.
    pub is_certain: bool,
}

impl ActionMapping<'static> {
    /// The mapping by the data inside `iam-catalog`.
    ///
    /// # Errors
    /// Never in a released version, because a test reads the embedded texts.
    pub fn embedded() -> Result<Self, DataError> {
        Ok(Self::new(Catalog::embedded()?, Operations::embedded()?))
    }
}

impl<'t> ActionMapping<'t> {
    /// A mapping by other data.
    pub const fn new(catalog: Catalog<'t>, operations: Operations<'t>) -> Self {
        Self { catalog, operations }
    }

    /// The catalogue of actions.
    pub const fn catalog(&self) -> &Catalog<'t> {
        &self.catalog
    }

    /// The table of operations.
    pub const fn operations(&self) -> &Operations<'t> {
        &self.operations
    }

    /// The actions behind an event, or why there are none.
    ///
    /// # Cost
    /// `O(log n)` comparisons of names. Nothing is allocated, but for parameters that are in a text.
    ///
    /// # Source
    /// CloudTrail User Guide, "CloudTrail record contents" (`eventType`, `eventCategory`); [`Operations`].
    pub fn authorization<'e>(&self, event: &'e Event<'_>) -> Authorization<'e, 't> {
        let text = |own: &'e Option<Text<'_>>| own.as_ref().map_or("", Text::as_str);
        let (source, name) = (text(&event.event_source), text(&event.event_name));
        let unknown = |reason| Authorization::Unknown(Unknown { reason, source, name });
        let is_sign_in = match (text(&event.event_category), text(&event.event_type)) {
            ("Insight", _) | (_, "AwsCloudTrailInsight") => {
                return Authorization::NoDecision(NoDecision::Insight);
            }
            ("NetworkActivity", _) | (_, "AwsVpceEvent") => {
                return Authorization::NoDecision(NoDecision::NetworkActivity);
            }
            (_, "AwsServiceEvent") => return Authorization::NoDecision(NoDecision::ServiceEvent),
            (_, "AwsConsoleAction") => return unknown(UnknownReason::ConsoleInternal),
            (_, "AwsConsoleSignIn") => true,
            // Records before version 1.02 have no type.
            (_, "AwsApiCall" | "") => source == "signin.amazonaws.com" && name == "ConsoleLogin",
            (_, _) => return unknown(UnknownReason::EventType),
        };
        if source.is_empty() || name.is_empty() {
            return unknown(UnknownReason::NoName);
        }
        let resolved = match self.operations.resolve(&self.catalog, source, name) {
            Ok(resolved) => resolved,
            Err(_) if is_sign_in => return Authorization::NoDecision(NoDecision::SignIn),
            Err(Unresolved::Service) => return unknown(UnknownReason::Service),
            Err(Unresolved::Operation) => return unknown(UnknownReason::Operation),
        };
        let asked = Asked { resolved, parameters: Recorded(event.request_parameters) };
        match (resolved.needed.decided_by(), resolved.rule) {
            (_, NameRule::OwnName | NameRule::Verb) if is_sign_in => {
                Authorization::NoDecision(NoDecision::SignIn)
            }
            (DecidedBy::NoPolicy, _) if is_sign_in => Authorization::NoDecision(NoDecision::SignIn),
            (DecidedBy::NoPolicy, _) => {
                Authorization::NoDecision(NoDecision::NoPermissionNeeded(resolved.needed.source()))
            }
            (DecidedBy::Unknown, _) => unknown(UnknownReason::ConsoleInternal),
            (DecidedBy::TrustPolicy, _) => Authorization::TrustPolicy(asked),
            (DecidedBy::Policies, _) => Authorization::Policies(asked),
        }
    }

    /// Known names near those of an event whose service or operation is unknown, the nearest first: up to three prefixes of services, or names of
    /// operations such as `s3:ListObjects`.
    ///
    /// # Cost
    /// That of a comparison with every service, or with every operation of the service.
    pub fn nearest(&self, unknown: &Unknown<'_>) -> Vec<String> {
        match unknown.reason {
            UnknownReason::Service | UnknownReason::Operation => {
                self.operations.nearest(&self.catalog, unknown.source, unknown.name)
            }
            UnknownReason::NoName | UnknownReason::EventType | UnknownReason::ConsoleInternal => Vec::new(),
        }
    }
}

impl<'t> Asked<'_, 't> {
    /// How the actions follow from the event's names.
    pub const fn resolved(&self) -> &Resolved<'t> {
        &self.resolved
    }

    /// The groups of actions, all of which are needed, as far as the record says which parameters the request had.
    ///
    /// A group that only other parameters make needed is left out.
    pub fn groups(&self) -> impl Iterator<Item = AskedGroup<'t>> + '_ {
        self.resolved.needed.groups().filter_map(|group| self.group(group))
    }

    fn group(&self, group: Group<'t>) -> Option<AskedGroup<'t>> {
        let is_certain = match group.when {
            When::Always => true,
            When::With(parameters) => match self.parameters.has(&parameters.names()) {
                Some(false) => return None,
                Some(true) => true,
                None => false,
            },
            When::Perhaps(Some(parameters)) if self.parameters.has(&parameters.names()) == Some(false) => {
                return None;
            }
            When::Perhaps(_) => false,
        };
        let chosen = match group.choice {
            Choice::ByParameter(name) => self.parameters.has(&std::iter::once(name)).map(usize::from),
            Choice::AnyOne | Choice::Fitting => None,
        };
        let is_any_enough = chosen.is_some() || group.choice == Choice::AnyOne;
        Some(AskedGroup { group, chosen, is_any_enough, is_certain })
    }
}

impl<'t> AskedGroup<'t> {
    /// The actions, at least one.
    pub fn actions(&self) -> impl Iterator<Item = ActionName<'t>> + Clone + use<'t> {
        let (from, most) = self.chosen.map_or((0, usize::MAX), |place| (place, 1));
        self.group.actions().skip(from).take(most)
    }
}
