//! `iamgate prove`: statements about every request.

mod granted;
mod public;
mod read_only;

use iamgate::iam_analysis::{ClassAnswer, VerdictKind};
use iamgate::iam_json::quoted;
use serde::Serialize;

use crate::trouble::Trouble;

pub use granted::{NotGrantedAnswer, not_granted};
pub use public::{NoPublicAnswer, no_public};
#[cfg(feature = "schema")]
pub(crate) use {granted::GrantedJson, public::PublicJson, read_only::ProofJson};

pub(crate) use granted::{Asking, allowed};
pub(crate) use read_only::ClaimJson;
pub use read_only::{ReadOnlyAnswer, read_only};

/// The key and the value of `--context KEY=VALUE`.
pub(crate) fn key_and_value(text: &str) -> Result<(&str, &str), Trouble> {
    text.split_once('=').filter(|(key, _)| key.contains(':')).ok_or_else(|| {
        let help = "give --context KEY=VALUE, such as aws:PrincipalTag/DoitEnvironment=111122223333";
        Trouble::usage(format!("--context {} is no key and value", quoted(text)), help)
    })
}

/// The verdict of all answers together.
pub(crate) fn verdict(answers: &[ClassAnswer]) -> VerdictKind {
    VerdictKind::together(answers.iter().map(|answer| answer.verdict.kind()))
}

/// What `iamgate prove` was asked.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "kebab-case")]
enum Asked {
    ReadOnly,
    NotGranted,
    NoPublic,
}
