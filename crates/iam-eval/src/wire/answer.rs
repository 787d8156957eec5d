//! Whole cases: a request with its policies, and the decision.

use iam_json::{Document, Kind, Value};
use iam_policy::{Mode, Problem, Report, code};

use super::{Wire, WireLimits};
use crate::combine::Decision;
use crate::layers::Layers;
use crate::request::Request;

/// The parts of a case, not yet read.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Parts<'d> {
    /// The caller's name for the case, a string or a number. `None` if there is none.
    pub id: Option<Value<'d>>,
    /// The value to read with [`Wire::request`].
    pub request: Value<'d>,
    /// The value to read with [`Wire::layers`].
    pub policies: Value<'d>,
}

impl Wire<'_> {
    /// Finds the parts of a case.
    ///
    /// The members with which vectors describe themselves are permitted and ignored.
    ///
    /// # Errors
    /// `MISSING_MEMBER`, `UNKNOWN_MEMBER`, `INVALID_MEMBER`.
    pub fn parts<'d>(&mut self, value: Value<'d>) -> Result<Parts<'d>, Report> {
        const ID: &str = "a string or a number";
        const NAMES: [&str; 10] = [
            "request",
            "policies",
            "id",
            "section",
            "about",
            "source",
            "certainty",
            "expect",
            "or_reject",
            "why",
        ];
        let read = self.form.members(value, NAMES, 2).and_then(|[request, policies, id, ..]| {
            if let Some(id) = id.filter(|id| !matches!(id.kind(), Kind::String | Kind::Number)) {
                self.form.report(code::INVALID_MEMBER, id, id.kind().name(), ID);
            }
            Some(Parts { id, request: request?, policies: policies? })
        });
        self.form.finish(read)
    }

    /// Finds the request of a case whose policies are given elsewhere.
    ///
    /// # Errors
    /// As [`Wire::parts`]. The member `policies` is refused.
    pub fn lone_request<'d>(&mut self, value: Value<'d>) -> Result<Value<'d>, Report> {
        let read = self.form.members(value, ["request", "id"], 1).and_then(|[request, _]| request);
        self.form.finish(read)
    }
}

/// A case that has been read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReadCase {
    /// The request.
    pub request: Request,
    /// The policies that it meets.
    pub layers: Layers,
    /// Problems of the policies that did not refuse them.
    pub findings: Vec<Problem>,
}

/// Reads a case: an object with the members `request` and `policies`. Policies are read in `mode`.
///
/// # Errors
/// Every problem, with its place in the text: the text is not JSON or not a case, or a policy is refused.
///
/// # Limits
/// [`WireLimits`].
///
/// # Examples
/// ```
/// use iam_eval::{Decision, wire};
/// use iam_policy::Mode;
///
/// let text = r#"{
///     "request": {
///         "principal": {"type": "iam_user", "arn": "arn:aws:iam::111122223333:user/ana", "account": "111122223333"},
///         "action": "sts:AssumeRole",
///         "resource": "arn:aws:iam::111122223333:role/app"
///     },
///     "policies": {"identity": [{"Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}]}
/// }"#;
/// let case = wire::read_case(text, Mode::Strict, &wire::WireLimits::default())?;
/// // The role's trust policy would have to take part (rule 5.54).
/// assert_eq!(case.layers.decide(&case.request), Decision::ImplicitDeny);
/// # Ok::<(), iam_policy::Report>(())
/// ```
pub fn read_case(text: &str, mode: Mode, limits: &WireLimits) -> Result<ReadCase, Report> {
    let mut bounds = limits.policy;
    bounds.document_bytes = limits.case_bytes;
    let document = Document::parse(text, &bounds)?.refuse_duplicates()?;
    let mut wire = Wire::new(&document, mode, limits);
    let parts = wire.parts(document.root())?;
    let request = wire.request(parts.request)?;
    let layers = wire.layers(parts.policies, request.resource_kind)?;
    Ok(ReadCase { request, layers, findings: wire.into_findings() })
}

/// Reads the members `request` and `policies` of a case, and decides.
///
/// The members are read where they are. Places in a report refer to their document.
///
/// # Errors
/// As [`Wire::request`] and [`Wire::layers`]. Also if a member nests too deeply, or an object in it has two members with the same name.
pub fn decide(
    request: Value<'_>,
    policies: Value<'_>,
    mode: Mode,
    limits: &WireLimits,
) -> Result<Decision, Report> {
    let case = case_of(request, policies, mode, limits)?;
    Ok(case.layers.decide(&case.request))
}

/// Reads the members `request` and `policies` of a case.
///
/// The members are read where they are. Places in a report refer to their document.
///
/// # Errors
/// As [`decide`].
pub fn case_of(
    request: Value<'_>,
    policies: Value<'_>,
    mode: Mode,
    limits: &WireLimits,
) -> Result<ReadCase, Report> {
    let mut bounds = limits.policy;
    bounds.document_bytes = usize::MAX;
    let request = request.within(&bounds)?;
    let request = Wire::new(request.document(), mode, limits).request(request)?;
    let policies = policies.within(&bounds)?;
    let mut wire = Wire::new(policies.document(), mode, limits);
    let layers = wire.layers(policies, request.resource_kind)?;
    Ok(ReadCase { request, layers, findings: wire.into_findings() })
}
