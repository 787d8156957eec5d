//! The phrases of messages, found once and sorted by place.

use crate::flow::Flow;
use crate::policy_type::PolicyType;

/// What a phrase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// `not authorized to perform`
    NotAuthorized,
    /// `not authorized to access this resource`
    NotAccess,
    /// `You are not authorized to perform this operation`
    Lead,
    /// The message of KMS about a ciphertext.
    Ciphertext,
    /// `Cross-account pass role is not allowed`
    PassRole,
    /// `Access Denied`
    AccessDenied,
    /// `The request was denied due to`, in events of VPC endpoints.
    DueTo,
    /// `User:`
    User,
    /// `on resource`
    OnResource,
    /// `on the resource associated with this ciphertext`
    OnCiphertext,
    /// `on the specified resource`
    OnSpecified,
    /// `on arn:`, which some services write without `resource`.
    OnArn,
    /// `because no`
    BecauseNo,
    /// `because the resource does not exist`
    BecauseThree,
    /// `with an explicit deny`
    ExplicitDeny,
    /// `Encoded authorization failure message`
    Encoded,
    /// `authorization id`
    AuthorizationId,
    /// `authorization-details/` in an address.
    AuthorizationDetails,
    /// `Go to https:`
    GoTo,
    /// `when calling the`
    Calling,
    /// `operation error`
    OperationError,
    /// `api error`
    ApiError,
    /// `An error occurred`
    AnError,
    /// `Error:`
    Error,
    /// `request id:`
    RequestId,
    /// `status code:`
    StatusCode,
    /// `(Service:`
    Service,
    /// `<Error>`
    XmlError,
    /// `<Code>`
    XmlCode,
    /// `<RequestId>`
    XmlRequestId,
    /// `API:`, as CloudFormation writes it.
    Api,
}

const PHRASES: &[(&str, Kind)] = &[
    ("not authorized to perform", Kind::NotAuthorized),
    ("not authorized to access this resource", Kind::NotAccess),
    ("you are not authorized to perform this operation", Kind::Lead),
    ("the ciphertext refers to a customer master key that does not exist", Kind::Ciphertext),
    ("the ciphertext refers to a kms key that does not exist", Kind::Ciphertext),
    ("cross-account pass role is not allowed", Kind::PassRole),
    ("access denied", Kind::AccessDenied),
    ("request was denied due to", Kind::DueTo),
    ("user:", Kind::User),
    ("on resource", Kind::OnResource),
    ("on the resource associated with this ciphertext", Kind::OnCiphertext),
    ("on the specified resource", Kind::OnSpecified),
    ("on arn:", Kind::OnArn),
    ("because no", Kind::BecauseNo),
    ("because the resource does not exist", Kind::BecauseThree),
    ("with an explicit deny", Kind::ExplicitDeny),
    ("encoded authorization failure message", Kind::Encoded),
    ("authorization id:", Kind::AuthorizationId),
    ("authorization-details/", Kind::AuthorizationDetails),
    ("go to https:", Kind::GoTo),
    ("when calling the", Kind::Calling),
    ("operation error", Kind::OperationError),
    ("api error", Kind::ApiError),
    ("an error occurred", Kind::AnError),
    ("error:", Kind::Error),
    ("request id:", Kind::RequestId),
    ("requestid:", Kind::RequestId),
    ("\"requestid\":", Kind::RequestId),
    ("status code:", Kind::StatusCode),
    ("statuscode:", Kind::StatusCode),
    ("(service:", Kind::Service),
    ("<error>", Kind::XmlError),
    ("<code>", Kind::XmlCode),
    ("<requestid>", Kind::XmlRequestId),
    ("api:", Kind::Api),
];

impl Kind {
    /// Whether the phrase ends a value before it.
    pub(crate) const fn ends_value(self) -> bool {
        self.is_reason()
            || matches!(
                self,
                Self::OnResource
                    | Self::OnCiphertext
                    | Self::OnSpecified
                    | Self::OnArn
                    | Self::Encoded
                    | Self::AuthorizationId
                    | Self::GoTo
                    | Self::RequestId
                    | Self::StatusCode
                    | Self::Service
            )
    }

    /// Whether the phrase says why access is denied.
    pub(crate) const fn is_reason(self) -> bool {
        matches!(self, Self::BecauseNo | Self::BecauseThree | Self::ExplicitDeny)
    }

    /// Whether a new error begins with the phrase.
    pub(crate) const fn begins_error(self) -> bool {
        matches!(
            self,
            Self::AnError | Self::OperationError | Self::Error | Self::XmlError | Self::Api | Self::Lead
        )
    }
}

/// A phrase at its place in the running text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    /// The byte after it.
    pub(crate) end: usize,
}

/// The phrases of a text, in order.
#[derive(Debug)]
pub(crate) struct Marks(Vec<Mark>);

impl Marks {
    pub(crate) fn of(flow: &Flow) -> Self {
        let mut marks: Vec<Mark> = Vec::new();
        for (phrase, kind) in PHRASES {
            marks.extend(flow.places(phrase).map(|(start, end)| Mark { kind: *kind, start, end }));
        }
        marks.sort_by_key(|mark| (mark.start, mark.end, mark.kind));
        Self(marks)
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[Mark] {
        &self.0
    }

    /// Those that begin in a range.
    pub(crate) fn within(&self, start: usize, end: usize) -> &[Mark] {
        let from = self.0.partition_point(|mark| mark.start < start);
        let to = self.0.partition_point(|mark| mark.start < end);
        self.0.get(from..to.max(from)).unwrap_or_default()
    }

    /// The first of some kind that begins in a range.
    pub(crate) fn first(&self, start: usize, end: usize, is: impl Fn(Kind) -> bool) -> Option<Mark> {
        self.within(start, end).iter().find(|mark| is(mark.kind)).copied()
    }

    /// The mark of some kind that begins at a byte.
    pub(crate) fn at(&self, start: usize, is: impl Fn(Kind) -> bool) -> Option<Mark> {
        self.first(start, start.saturating_add(1), is)
    }
}

/// The type of policy that stands at a byte, and the byte after its name.
pub(crate) fn policy_type(flow: &Flow, start: usize) -> Option<(PolicyType, usize)> {
    PolicyType::all_words().iter().find_map(|(words, own)| Some((*own, flow.phrase_at(start, words)?)))
}
