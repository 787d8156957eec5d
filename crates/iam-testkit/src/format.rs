//! The three vector formats, read strictly.
//!
//! A file is a JSON array of cases of one format; [`read`] tells which by the members of its first case. An unknown member, a missing
//! one, a duplicate or a word that the format does not have is a problem with its place, so that a typing error in a vector cannot
//! make a test pass. Two members go beyond the format of the original vectors: `request.unknown`, a list of condition keys whose
//! value is not known, and `policies.vpc_endpoint`, a list of policies.

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
    /// Policy texts to accept or refuse.
    Documents(Vec<DocumentCase<'d>>),
    /// Calls that create a session, or are refused.
    Sessions(Vec<SessionCase<'d>>),
}

/// What every case says about itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct About<'d> {
    /// Its name; unique over all files.
    pub id: Cow<'d, str>,
    /// What it is about, in one line.
    pub about: Cow<'d, str>,
    /// The documentation page that it follows.
    pub source: Cow<'d, str>,
    /// How sure the expectation is.
    pub certainty: Certainty,
    /// Why it is expected.
    pub why: Cow<'d, str>,
}

/// How sure an expectation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// AWS was seen to answer so.
    Observed,
    /// The page named as source settles it.
    Documented,
    /// A recommended choice: an engine that chooses otherwise should do so knowingly.
    Judgement,
}

/// A request, the policies it meets, and the decision.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DecisionCase<'d> {
    /// Its name, source and reason.
    pub about: About<'d>,
    /// The part of the rules that it belongs to.
    pub section: Cow<'d, str>,
    /// The request and the policies.
    pub question: Question<'d>,
    /// The decision that must come out.
    pub expect: Decision,
    /// Whether refusing to load a policy of the case conforms too.
    pub or_reject: bool,
}

/// A decision as the format names it.
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
    /// Its name, source and reason.
    pub about: About<'d>,
    /// What kind of policy the text is read as.
    pub kind: PolicyKind,
    /// The raw text: it may be broken JSON.
    pub text: Cow<'d, str>,
    /// Whether a strict reader accepts it.
    pub accepted: bool,
}

/// A call that creates a session, and what must come of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionCase<'d> {
    /// Its name, source and reason.
    pub about: About<'d>,
    /// The whole case.
    pub case: Value<'d>,
    /// `AssumeRoleWithWebIdentity`, `AssumeRole` or `GetFederationToken`.
    pub operation: Cow<'d, str>,
    /// The role, or null.
    pub role: Value<'d>,
    /// The parameters of the call.
    pub request: Value<'d>,
    /// Who calls, or null.
    pub caller: Value<'d>,
    /// The identity provider, or null.
    pub provider: Value<'d>,
    /// The verified claims of the token, or null.
    pub token: Value<'d>,
    /// What must come of it; nothing means that the call must be refused.
    pub expect: Option<SessionExpectation<'d>>,
}

/// What must be true of a session. What is not said is not compared.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SessionExpectation<'d> {
    /// How long the session lasts.
    pub duration_seconds: Option<u64>,
    /// The ARN of the session.
    pub session_arn: Option<Cow<'d, str>>,
    /// All principal tags, keys without case.
    pub principal_tags: Option<Vec<(Cow<'d, str>, Held)>>,
    /// All keys of transitive tags, as a set, without case.
    pub transitive_tag_keys: Option<Vec<Cow<'d, str>>>,
    /// Condition keys that have this value in the session.
    pub context: Vec<(Cow<'d, str>, Held)>,
    /// Condition keys that have this value while the trust policy is evaluated.
    pub trust_context: Vec<(Cow<'d, str>, Held)>,
    /// Condition keys that the session has.
    pub present: Vec<Cow<'d, str>>,
    /// Condition keys that the session does not have.
    pub absent: Vec<Cow<'d, str>>,
}

/// The value of a condition key: one text, or a list. A list of one value is not that value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// A single-valued key. Numbers and booleans as their text.
    One(String),
    /// A multivalued key. Order does not matter.
    Many(Vec<String>),
}

impl Decision {
    /// The format's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicit_deny",
            Self::ImplicitDeny => "implicit_deny",
            Self::Depends => "depends",
        }
    }

    /// The decision of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Allowed, Self::ExplicitDeny, Self::ImplicitDeny, Self::Depends]
            .into_iter()
            .find(|decision| decision.name() == name)
    }
}

impl Cases<'_> {
    /// How many there are.
    pub const fn len(&self) -> usize {
        match self {
            Self::Decisions(cases) => cases.len(),
            Self::Documents(cases) => cases.len(),
            Self::Sessions(cases) => cases.len(),
        }
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Their ids, in order.
    pub fn ids(&self) -> Vec<&str> {
        match self {
            Self::Decisions(cases) => cases.iter().map(|c| &*c.about.id).collect(),
            Self::Documents(cases) => cases.iter().map(|c| &*c.about.id).collect(),
            Self::Sessions(cases) => cases.iter().map(|c| &*c.about.id).collect(),
        }
    }
}

/// Bounds on a vector file: as those of a policy, but 64 MiB long.
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
/// `MISSING_MEMBER`, `UNKNOWN_MEMBER` and `INVALID_MEMBER`, all of the file, in the order of the text; an id that occurs twice and a
/// file without cases are `INVALID_MEMBER` too.
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
