//! Requests and layers as JSON: the members `request` and `policies` of the case format (`FORMAT.md` of the test kit), both ways.
//!
//! [`read_case`] and [`Wire`] read, [`case_json`] and its neighbours write; what is written is read back as it was. Reading is strict: an
//! unknown member, a value of the wrong kind or a policy that is refused is a problem with its place.
//!
//! Beyond the format of the given vectors: `request.unknown` lists condition keys whose value is not known; `policies.vpc_endpoint` holds
//! the policies of the VPC endpoint; `policies.boundary` may be one policy in place of a list; without `request.resource_kind` the kind
//! of the resource follows from action and resource (rule 5.54).

mod answer;
mod layers;
mod request;
mod write;

use iam_json::{Document, Form, Value};
use iam_policy::{Limits, Mode, Problem, Report};

pub use answer::{Parts, ReadCase, decide, read_case};
pub use write::{case_json, context_json, layers_json, request_json, value_json};

use crate::layers::Layers;
use crate::request::{Request, ResourceKind};

/// Bounds on a request and its layers; at a bound accepted, one more is refused with `INVALID_MEMBER`.
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
    /// Levels of SCPs or RCPs. Default 7: root, five levels of organizational units, account.
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

/// Reads values of a document, and collects what is wrong with them.
#[derive(Debug)]
pub struct Wire<'w> {
    mode: Mode,
    limits: &'w WireLimits,
    pub(crate) form: Form,
    findings: Vec<Problem>,
}

impl<'w> Wire<'w> {
    /// A reader for values of `document`; policies are read in `mode`.
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

    /// Reads the layers of a request on a resource of that kind.
    ///
    /// # Errors
    /// As [`Wire::request`], and the problems of the policies.
    pub fn layers(&mut self, value: Value<'_>, resource: ResourceKind) -> Result<Layers, Report> {
        let read = self.read_layers(value, resource);
        self.form.finish(read)
    }

    /// What is worth knowing about the policies that were read.
    pub fn into_findings(self) -> Vec<Problem> {
        self.findings
    }
}
