//! Premises in answers.

use iamgate::{FindingCode, Premise};
use serde::Serialize;

use crate::word::Word;

/// What an answer takes for true and does not show.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PremiseJson {
    /// A profile that has the code in `refuse` opens no session under the premise.
    code: Word<FindingCode>,
    /// A clause that can follow "if".
    says: String,
}

impl PremiseJson {
    pub(crate) fn new(premise: &Premise) -> Self {
        Self { code: Word(premise.code()), says: premise.to_string() }
    }
}
