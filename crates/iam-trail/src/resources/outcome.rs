//! What is known of the resources of a request.

use super::arn::ArnPattern;

/// The resources on which AWS decided about one action of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resources<'c> {
    /// The catalogue lists no resource type for the action: the resource is `*`.
    NoResource,
    /// The request named resources.
    Known {
        /// The ARNs, each once. AWS decides on each of them.
        arns: Vec<RequestResource<'c>>,
        /// The types of which the request may have needed more that the record does not tell.
        untold: Vec<Untold<'c>>,
    },
    /// The request named none of the resources that the action supports. The service chooses on what it then asks: on `*`, or on a form of an
    /// ARN with stars (`db:*`), which the record does not tell. Here are the forms, with all that a parameter would fill unknown.
    Unnamed(Vec<RequestResource<'c>>),
    /// The record does not tell.
    Unknown(UnknownResource),
}

/// A resource on which AWS decided.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestResource<'c> {
    /// The ARN.
    pub arn: ArnPattern,
    /// The resource type of the catalogue, such as `bucket`.
    pub resource_type: &'c str,
    /// From where it is known.
    pub origin: Origin,
}

/// From where a resource is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The `resources` of the record.
    Record,
    /// A parameter has the ARN, or parameters fill its form as they are.
    Parameter,
    /// A rule made it of parameters, of the caller, or of the form alone.
    Rule,
}

impl Origin {
    /// The name in JSON output, such as `record`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Parameter => "parameter",
            Self::Rule => "rule",
        }
    }
}

/// A resource type of which the request may have needed a resource that the record does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Untold<'c> {
    /// The resource type of the catalogue. `None` if a parameter has a resource that is of none of the action's types.
    pub resource_type: Option<&'c str>,
    /// Why.
    pub reason: UnknownResource,
}

/// Why the resource of a request is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum UnknownResource {
    /// The catalogue does not have the action.
    UnknownAction,
    /// The request failed, and its parameters are `null` or not there.
    NoParameters,
    /// The parameters were left out, because they were too large.
    Omitted,
    /// The parameters are not an object, or are nested too deep.
    Malformed,
    /// There is no rule for the operation.
    NoRule,
    /// The parameter that names the resource is not there.
    Missing,
    /// A parameter has another form than a resource of the action.
    Form,
    /// A parameter was replaced by stars or by `HIDDEN_DUE_TO_SECURITY_REASONS`.
    Redacted,
    /// A parameter has an alias, which does not tell what it stands for.
    Alias,
    /// Two parameters of one name contradict each other.
    Ambiguous,
    /// More than 1,000 resources.
    TooMany,
}

impl UnknownResource {
    /// Every reason.
    pub const ALL: [Self; 11] = [
        Self::UnknownAction,
        Self::NoParameters,
        Self::Omitted,
        Self::Malformed,
        Self::NoRule,
        Self::Missing,
        Self::Form,
        Self::Redacted,
        Self::Alias,
        Self::Ambiguous,
        Self::TooMany,
    ];

    /// The name in JSON output, such as `no_parameters`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownAction => "unknown_action",
            Self::NoParameters => "no_parameters",
            Self::Omitted => "omitted",
            Self::Malformed => "malformed",
            Self::NoRule => "no_rule",
            Self::Missing => "missing",
            Self::Form => "form",
            Self::Redacted => "redacted",
            Self::Alias => "alias",
            Self::Ambiguous => "ambiguous",
            Self::TooMany => "too_many",
        }
    }
}
