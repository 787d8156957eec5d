//! Tables that cannot be read.

use std::fmt;

use iam_trail::RuleError;
use iamgate::iam_catalog::DataError;

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
