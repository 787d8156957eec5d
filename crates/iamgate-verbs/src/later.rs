//! What AWS may add later, as a premise in answers.

use iamgate::AddedLater;
use serde::Serialize;

/// The services to which AWS may add actions that a session may then do: counted, not proven.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct AddedLaterJson {
    /// The number of services with a wildcard that allows names which the catalogue does not have.
    services: usize,
    /// The services in which such a name may look like that of an action that hands out credentials.
    credentials: Vec<String>,
}

impl AddedLaterJson {
    pub(crate) fn new(later: &AddedLater) -> Self {
        Self {
            services: later.services.len(),
            credentials: later.credentials.iter().map(ToString::to_string).collect(),
        }
    }
}
