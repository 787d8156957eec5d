//! The three vector formats, and their strict reader.
//!
//! A file is a JSON array of cases in one format. [`read`] recognizes the format by the members of the first case. An unknown member, a
//! missing member, a duplicate or an unknown word is a problem with its place, so that a typing error in a vector cannot make a test pass.
//! Two members extend the format of the original vectors: `request.unknown` lists condition keys whose values are not known, and
//! `policies.vpc_endpoint` is a list of policies.

mod decision;
mod document;
mod members;
mod session;

use std::borrow::Cow;

use iam_json::{Document, Kind, Value};
use iam_policy::{Limits, PolicyKind, Report, code};

use crate::engine::Question;
use members::Reader;

/// The cases of a file.
#[derive(Clone, Debug)]
pub enum Cases<'d> {
    /// Requests with their decisions.
    Decisions(Vec<DecisionCase<'d>>),
    /// Policy texts that must be accepted or refused.
    Documents(Vec<DocumentCase<'d>>),
    /// Calls that create a session or are refused.
    Sessions(Vec<SessionCase<'d>>),
}

/// The members with which every case describes itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct About<'d> {
    /// The name, which is unique over all files.
    pub id: Cow<'d, str>,
    /// The subject of the case, in one line.
    pub about: Cow<'d, str>,
    /// The documentation page that the expectation follows.
    pub source: Cow<'d, str>,
    /// How certain the expectation is.
    pub certainty: Certainty,
    /// Why the decision is expected.
    pub why: Cow<'d, str>,
}

/// How certain an expectation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// AWS has been observed to answer so.
    Observed,
    /// The named page states it.
    Documented,
    /// A recommended choice. An engine that chooses otherwise should do so deliberately.
    Judgement,
}

/// A request with its policies, and the expected decision.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DecisionCase<'d> {
    /// The case's description of itself.
    pub about: About<'d>,
    /// The part of the rules that the case tests.
    pub section: Cow<'d, str>,
    /// The request and the policies.
    pub question: Question<'d>,
    /// The expected decision.
    pub expect: Decision,
    /// Whether an engine also conforms if it refuses to read a policy of the case.
    pub or_reject: bool,
}

/// A decision, as the format names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// `allowed`
    Allowed,
    /// `explicit_deny`
    ExplicitDeny,
    /// `implicit_deny`
    ImplicitDeny,
    /// `depends`: only for requests with unknown keys.
    Depends,
}

/// A policy text, and whether it must be accepted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DocumentCase<'d> {
    /// The case's description of itself.
    pub about: About<'d>,
    /// The kind of policy that the text is read as.
    pub kind: PolicyKind,
    /// The text, which may be malformed JSON.
    pub text: Cow<'d, str>,
    /// Whether a strict reader accepts the text.
    pub accepted: bool,
}

/// A call that creates a session, and its expected result.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionCase<'d> {
    /// The case's description of itself.
    pub about: About<'d>,
    /// The whole case.
    pub case: Value<'d>,
    /// `AssumeRoleWithWebIdentity`, `AssumeRole` or `GetFederationToken`.
    pub operation: Cow<'d, str>,
    /// The role, or null.
    pub role: Value<'d>,
    /// The parameters of the call.
    pub request: Value<'d>,
    /// The caller, or null.
    pub caller: Value<'d>,
    /// The identity provider, or null.
    pub provider: Value<'d>,
    /// The verified claims of the token, or null.
    pub token: Value<'d>,
    /// The expected session. `None` if the call must be refused.
    pub expect: Option<SessionExpectation<'d>>,
}

/// Expected properties of a session. A property that is `None` or empty is not compared.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SessionExpectation<'d> {
    /// The duration of the session in seconds.
    pub duration_seconds: Option<u64>,
    /// The ARN of the session.
    pub session_arn: Option<Cow<'d, str>>,
    /// All principal tags. Their keys are compared without case.
    pub principal_tags: Option<Vec<(Cow<'d, str>, Held)>>,
    /// The keys of all transitive tags, as a set. They are compared without case.
    pub transitive_tag_keys: Option<Vec<Cow<'d, str>>>,
    /// Condition keys with their expected values in the session.
    pub context: Vec<(Cow<'d, str>, Held)>,
    /// Condition keys with their expected values for the trust policy.
    pub trust_context: Vec<(Cow<'d, str>, Held)>,
    /// Condition keys that the session must have.
    pub present: Vec<Cow<'d, str>>,
    /// Condition keys that the session must not have.
    pub absent: Vec<Cow<'d, str>>,
}

/// The value of a condition key: one text, or a list of texts.
///
/// A list of one text differs from the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// The value of a single-valued key. Numbers and booleans are texts.
    One(String),
    /// The values of a multivalued key. Their order does not matter.
    Many(Vec<String>),
}

impl Decision {
    /// The word of the format, such as `explicit_deny`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicit_deny",
            Self::ImplicitDeny => "implicit_deny",
            Self::Depends => "depends",
        }
    }

    /// The decision with this name. `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Allowed, Self::ExplicitDeny, Self::ImplicitDeny, Self::Depends]
            .into_iter()
            .find(|decision| decision.name() == name)
    }
}

impl Cases<'_> {
    /// The number of cases.
    pub const fn len(&self) -> usize {
        match self {
            Self::Decisions(cases) => cases.len(),
            Self::Documents(cases) => cases.len(),
            Self::Sessions(cases) => cases.len(),
        }
    }

    /// Whether there are no cases.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The ids of the cases, in order.
    pub fn ids(&self) -> Vec<&str> {
        match self {
            Self::Decisions(cases) => cases.iter().map(|c| &*c.about.id).collect(),
            Self::Documents(cases) => cases.iter().map(|c| &*c.about.id).collect(),
            Self::Sessions(cases) => cases.iter().map(|c| &*c.about.id).collect(),
        }
    }
}

/// The bounds on a vector file: those of a policy, with 64 MiB as the maximum length.
pub fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.document_bytes = 64 << 20;
    limits
}

/// Reads the JSON of a vector file.
///
/// # Errors
/// Those of [`Document::parse`] and [`Document::refuse_duplicates`].
///
/// # Limits
/// Those of [`limits`].
pub fn open(text: &str) -> Result<Document<'_>, Report> {
    Document::parse(text, &limits())?.refuse_duplicates()
}

/// Reads the cases of a vector file.
///
/// # Errors
/// `MISSING_MEMBER`, `UNKNOWN_MEMBER` and `INVALID_MEMBER`, for all problems of the file in the order of the text. An id that occurs twice
/// and a file without cases are `INVALID_MEMBER` too.
pub fn read<'d>(document: &'d Document<'d>) -> Result<Cases<'d>, Report> {
    const FORMATS: &str = "decisions have `policies`, documents have `text`, sessions have `operation`";
    let mut reader = Reader::new(document);
    let root = document.root();
    let first = (root.kind() == Kind::Array).then(|| root.items().next()).flatten();
    let Some(first) = first else {
        let found = if root.kind() == Kind::Array { "an empty array" } else { root.kind().name() };
        reader.report(code::INVALID_MEMBER, root, found, "a vector file is an array of cases");
        return Err(reader.into_report());
    };
    let cases = if first.member("policies").is_some() {
        Cases::Decisions(root.items().filter_map(|case| decision::read(&mut reader, case)).collect())
    } else if first.member("text").is_some() {
        Cases::Documents(root.items().filter_map(|case| document::read(&mut reader, case)).collect())
    } else if first.member("operation").is_some() {
        Cases::Sessions(root.items().filter_map(|case| session::read(&mut reader, case)).collect())
    } else {
        reader.report(code::MISSING_MEMBER, first, "a case of no known format", FORMATS);
        return Err(reader.into_report());
    };
    reader.finish(cases)
}
