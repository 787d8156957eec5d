//! The tables from which the requests behind events are known.

use std::fmt;

use iam_trail::{ActionMapping, ResourceRules, RuleError};
use iamgate::iam_catalog::{DataError, Sections};

/// The tables that say which actions and resources are behind an event. They are the same for every session.
#[derive(Debug)]
pub struct Tables {
    pub(crate) mapping: ActionMapping<'static>,
    pub(crate) rules: ResourceRules,
    pub(crate) details: Sections<'static>,
}

impl Tables {
    /// The tables inside the program.
    ///
    /// # Errors
    /// Never in a released version, because tests read the embedded texts.
    pub fn embedded() -> Result<Self, DataProblem> {
        Ok(Self {
            mapping: ActionMapping::embedded()?,
            rules: ResourceRules::embedded()?,
            details: Sections::embedded()?,
        })
    }

    /// The mapping from events to actions.
    pub const fn mapping(&self) -> &ActionMapping<'static> {
        &self.mapping
    }
}

/// A table that cannot be read. Tests read those inside the program.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DataProblem {
    /// The catalogue, or the table of operations.
    Catalog(DataError),
    /// The rules for resources.
    Rules(RuleError),
}

impl fmt::Display for DataProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Catalog(error) => error.fmt(f),
            Self::Rules(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DataProblem {}

impl From<DataError> for DataProblem {
    fn from(error: DataError) -> Self {
        Self::Catalog(error)
    }
}

impl From<RuleError> for DataProblem {
    fn from(error: RuleError) -> Self {
        Self::Rules(error)
    }
}
