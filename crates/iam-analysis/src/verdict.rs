//! Answers: a proof, a request that shows the contrary, or why it is not known.

use iam_eval::Request;

/// The answer to a question about all requests.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "an answer is never collapsed to yes or no")]
pub enum Verdict {
    /// Proven for every request in question.
    Holds,
    /// This request shows the contrary. The evaluator has said so of it.
    Fails(Box<Witness>),
    /// Neither was shown.
    Unknown(Vec<Doubt>),
}

impl Verdict {
    /// The word for it: `holds`, `fails` or `unknown`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails(_) => "fails",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// A request that proves something about policies.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Witness {
    /// The request.
    pub request: Request,
}

/// Why an answer is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "a new reason must be worded by whoever shows reasons")]
pub enum Doubt {
    /// The budget ran out on this action, or before any action was looked at.
    OutOfSteps {
        /// An action.
        action: Option<Box<str>>,
    },
    /// A condition key is compared as text and as another type, and no value was found that does both.
    MixedTypes {
        /// The key.
        key: Box<str>,
        /// An action.
        action: Box<str>,
    },
    /// Variables tie keys to each other, and no values were found for them.
    Variables {
        /// Their keys.
        keys: Vec<Box<str>>,
        /// An action.
        action: Box<str>,
    },
    /// A request was found that the evaluator judges in another way: a defect of this program.
    Defect {
        /// The request, as it would be written down.
        request: Box<str>,
    },
}
