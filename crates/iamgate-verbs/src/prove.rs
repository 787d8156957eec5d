//! `iamgate prove`: what is never allowed, for every request.

mod granted;
mod public;
mod read_only;

use iamgate::iam_analysis::{ClassAnswer, Verdict};
use iamgate::iam_json::quoted;

use crate::trouble::Trouble;

pub use granted::{NotGrantedAnswer, not_granted};
pub use public::{NoPublicAnswer, no_public};
#[cfg(feature = "schema")]
pub(crate) use {granted::GrantedJson, public::PublicJson, read_only::ProofJson};

pub use read_only::{ReadOnlyAnswer, read_only};

/// The parts of `--context KEY=VALUE`.
pub(crate) fn key_and_value(text: &str) -> Result<(&str, &str), Trouble> {
    text.split_once('=').filter(|(key, _)| key.contains(':')).ok_or_else(|| {
        let help = "give --context KEY=VALUE, such as aws:PrincipalTag/DoitEnvironment=111122223333";
        Trouble::usage(format!("--context {} is no key and value", quoted(text)), help)
    })
}

/// What answers that do not hold come to together.
pub fn verdict(answers: &[ClassAnswer]) -> &'static str {
    if answers.iter().any(|answer| matches!(answer.verdict, Verdict::Fails(_))) {
        "fails"
    } else if answers.is_empty() {
        "holds"
    } else {
        "unknown"
    }
}
