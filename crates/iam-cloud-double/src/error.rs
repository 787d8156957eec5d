//! How a call fails.

use std::fmt;

/// An answer of AWS that is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// The code as a client gets it, such as `AccessDenied`. CloudTrail may have another.
    pub code: Box<str>,
    /// The message.
    pub message: Box<str>,
    /// The status of HTTP.
    pub status: u16,
    /// The id of the request; empty if the call was refused before it got one.
    pub request_id: Box<str>,
}

impl ApiError {
    pub(crate) fn new(code: &str, message: impl Into<Box<str>>) -> Self {
        let status = if is_denial(code) { 403 } else { 400 };
        Self { code: code.into(), message: message.into(), status, request_id: Box::default() }
    }

    pub(crate) fn with_id(mut self, id: &str) -> Self {
        self.request_id = id.into();
        self
    }

    /// Whether access was denied.
    pub fn is_denial(&self) -> bool {
        is_denial(&self.code)
    }
}

fn is_denial(code: &str) -> bool {
    let name = code.rsplit('.').next().unwrap_or_default();
    matches!(name.strip_suffix("Exception").unwrap_or(name), "AccessDenied" | "UnauthorizedOperation")
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ApiError {}
