//! Findings on AWS IAM policies, each with its place.
//!
//! [`lint`] finds what IAM Access Analyzer's policy checks find, by their names and levels, and a few things more. It looks at the document
//! as it is written, so that a document which cannot be read has findings too. [`rules`] lists every rule with the reason for it, a policy
//! that fails and one that passes. [`Fixes`] has the changes that mend a finding, where it says what is meant.
//!
//! ```
//! use iam_catalog::Sections;
//! use iam_json::Document;
//! use iam_lint::{Settings, lint};
//! use iam_policy::{Limits, Mode, Policy, PolicyKind};
//!
//! let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObjects", "Resource": "*"}}"#;
//! let sections = Sections::embedded()?;
//! let mut settings = Settings::new(PolicyKind::Identity);
//! settings.sections = Some(&sections);
//!
//! let document = Document::parse(text, &Limits::default()).unwrap();
//! let read = Policy::parse(text, PolicyKind::Identity, Mode::Strict, &Limits::default());
//! let problems = read.map_or_else(|report| report.into_problems(), |policy| policy.findings);
//! let findings = lint(document.root(), problems, &settings);
//! assert_eq!(findings[0].code.name(), "INVALID_ACTION");
//! assert_eq!(findings[0].place.pointer, "/Statement/Action");
//! # Ok::<(), iam_catalog::DataError>(())
//! ```
//!
//! # Cost
//! Linear in the document for most rules; the rules on redundant values compare the values of a list with the patterns in it.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

mod data;
mod find;
mod fix;
mod glob;
mod reading;
mod rule;
mod table;
mod view;

use iam_catalog::Sections;
use iam_json::{Problem, Value};
use iam_policy::{Limits, PolicyKind};

pub use fix::{Fix, Fixes, Mending, mending};
pub use reading::{addressed, shown};
pub use rule::{Class, Example, Rule};
pub use table::{rule, rules};

/// The codes of all rules.
pub mod code {
    pub use crate::table::*;
}

/// What is known beside the document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings<'s> {
    /// The kind of the policy.
    pub kind: PolicyKind,
    /// Whether the kind is a guess from the content. A guess cannot tell a policy of a VPC endpoint from that of a bucket.
    pub is_guessed: bool,
    /// The quotas of AWS.
    pub limits: Limits,
    /// The catalogue. Without it, rules that need it find nothing.
    pub sections: Option<&'s Sections<'static>>,
}

impl Settings<'_> {
    /// Settings for a policy of this kind, without a catalogue.
    pub fn new(kind: PolicyKind) -> Self {
        Self { kind, is_guessed: false, limits: Limits::default(), sections: None }
    }
}

/// The number of findings of one code that one document has at most.
const MOST_OF_A_CODE: usize = 100;

/// The findings on a policy: those of reading it, by the names and levels of IAM Access Analyzer, and those of the rules. In the order of
/// the text.
///
/// `read` are the problems that reading the same policy found.
pub fn lint(policy: Value<'_>, read: Vec<Problem>, settings: &Settings<'_>) -> Vec<Problem> {
    let is_refused = read.iter().any(Problem::is_refusal);
    let mut found: Vec<Problem> = read.into_iter().map(|problem| shown(problem, settings.kind)).collect();
    let doc = view::Doc::of(policy);
    let facts = settings.sections.map(find::facts::Facts::new);
    if let Some(facts) = &facts {
        find::arns::complete(&doc, facts, &mut found);
        find::variables::sift(&doc, facts, &mut found);
    }
    reading::in_their_place(&doc, settings.kind, facts.as_ref(), &mut found);
    found.extend(some_of_each(find::all(&doc, settings)));
    for problem in
        found.iter_mut().filter(|own| is_refused && own.code == code::RESOURCE_POLICY_ADMITS_EVERYONE)
    {
        problem.found.push_str("; the policy is not read, so it is not known whether a Deny limits it");
    }
    let mut found = reading::without_repeats(&doc, found);
    find::placeholders::fill_in(policy.document().text(), &mut found);
    for problem in &mut found {
        addressed(problem, settings.kind);
    }
    found
}

/// The findings of the rules, but of each code only the first of very many. The last one that is kept says how many more there are.
fn some_of_each(all: Vec<Problem>) -> Vec<Problem> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for problem in &all {
        let count = counts.entry(problem.code.name()).or_default();
        *count = count.saturating_add(1);
    }
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut kept = Vec::new();
    for mut problem in all {
        let name = problem.code.name();
        let number = seen.entry(name).or_default();
        *number = number.saturating_add(1);
        let more = counts.get(name).copied().unwrap_or_default().saturating_sub(MOST_OF_A_CODE);
        if *number == MOST_OF_A_CODE && more > 0 {
            problem.found = format!("{}; {more} more places have this code", problem.found);
        }
        if *number <= MOST_OF_A_CODE {
            kept.push(problem);
        }
    }
    kept
}
