//! Requests and layers as JSON: reading and writing the members `request` and `policies` of a case.
//!
//! `FORMAT.md` of the test kit defines the case format. [`read_case`] and [`Wire`] read; [`case_json`] and the functions beside it write. A
//! case that was written reads back as it was. Reading is strict: an unknown member, a value of the wrong type or a refused policy is a
//! problem with its place.
//!
//! There are four additions to the format of the given vectors:
//!
//! - `request.unknown` lists condition keys whose values are not known.
//! - `policies.vpc_endpoint` has the policies of the VPC endpoint.
//! - `policies.boundary` may be one policy in place of a list.
//! - Without `request.resource_kind`, the kind of the resource follows from action and resource (rule 5.54).

mod answer;
mod layers;
mod request;
mod write;

use iam_json::{Document, Form, Value};
use iam_policy::{Limits, Mode, Problem, Report};

pub use answer::{Parts, ReadCase, case_of, decide, read_case};
pub use write::{case_json, context_json, layers_json, request_json, unknown_json, value_json};

use crate::layers::Layers;
use crate::request::{Request, ResourceKind};

/// Bounds on a request and its layers.
///
/// Input at a bound is accepted; input beyond it is refused with `INVALID_MEMBER`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WireLimits {
    /// Bytes of a whole case. Default 16 MiB.
    pub case_bytes: usize,
    /// Keys of the context. Default 1,024.
    pub context_keys: usize,
    /// Values of one key. Default 4,096.
    pub context_values: usize,
    /// Bytes of one value, of the action, or of the resource. Default 65,536.
    pub value_bytes: usize,
    /// Policies of one layer or level. Default 100.
    pub policies: usize,
    /// Levels of SCPs or RCPs. Default 7: the root, five levels of organizational units, and the account.
    pub levels: usize,
    /// Bounds on each policy.
    pub policy: Limits,
}

impl Default for WireLimits {
    fn default() -> Self {
        Self {
            case_bytes: 16 << 20,
            context_keys: 1_024,
            context_values: 4_096,
            value_bytes: 65_536,
            policies: 100,
            levels: 7,
            policy: Limits::default(),
        }
    }
}

/// Reads values of a document, and collects the findings on its policies.
#[derive(Debug)]
pub struct Wire<'w> {
    mode: Mode,
    limits: &'w WireLimits,
    pub(crate) form: Form,
    findings: Vec<Problem>,
}

impl<'w> Wire<'w> {
    /// A reader for values of `document`. It reads policies in `mode`.
    pub fn new(document: &Document<'_>, mode: Mode, limits: &'w WireLimits) -> Self {
        Self { mode, limits, form: Form::new(document, limits.value_bytes), findings: Vec::new() }
    }

    /// Reads a request.
    ///
    /// # Errors
    /// `MISSING_MEMBER`, `UNKNOWN_MEMBER`, `INVALID_MEMBER`.
    pub fn request(&mut self, value: Value<'_>) -> Result<Request, Report> {
        let read = self.read_request(value);
        self.form.finish(read)
    }

    /// Reads the layers of a request.
    ///
    /// `resource` is the kind of its resource, which decides the kind of the resource policy.
    ///
    /// # Errors
    /// As [`Wire::request`]. The problems of the policies are reported too.
    pub fn layers(&mut self, value: Value<'_>, resource: ResourceKind) -> Result<Layers, Report> {
        let read = self.read_layers(value, resource);
        self.form.finish(read)
    }

    /// The findings on the policies that were read.
    pub fn into_findings(self) -> Vec<Problem> {
        self.findings
    }
}
