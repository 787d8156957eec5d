//! What was found in a text.

use std::collections::{BTreeMap, VecDeque};

use iam_json::{LineIndex, Problem, Span};
use iam_policy::PolicyKind;

use crate::origin::{OriginMap, narrow};
use crate::template::UNKNOWN;

/// A policy that was found in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extracted {
    /// What it is in the text, such as `trust policy of role X`; empty if the text is the policy.
    pub name: String,
    /// Its kind, if the text tells.
    pub kind: Option<PolicyKind>,
    /// The policy as a JSON text.
    pub text: String,
    /// Where its characters stand in the text that was read.
    pub origin: OriginMap,
    /// What is known only when the template is deployed. The text has the character U+F8FF for each.
    pub unknown: Vec<Unknown>,
    /// The name of the role that it belongs to; empty if that is not known.
    pub role: String,
}

impl Extracted {
    /// A problem of the policy's text with its places in the text that was read, given the lines of that text.
    #[must_use]
    pub fn in_original(&self, problem: Problem, lines: &LineIndex) -> Problem {
        self.origin.problem(problem, lines)
    }

    /// Lists what is not known in the text, given all of what is around it: each character that stands for something has the place of that.
    pub(crate) fn list_unknown(&mut self, all: &[Unknown]) {
        let mut rest: BTreeMap<(u32, u32), VecDeque<&Unknown>> = BTreeMap::new();
        for own in all {
            rest.entry((own.span.start, own.span.end)).or_default().push_back(own);
        }
        for (at, mark) in self.text.match_indices(UNKNOWN) {
            let end = at.saturating_add(mark.len());
            let span = self.origin.span(Span::new(narrow(at), narrow(end)));
            let Some(found) = rest.get_mut(&(span.start, span.end)) else { continue };
            // Values that are written several times were noted each time; the last one stays, in case that they were noted once.
            let own = if found.len() > 1 { found.pop_front() } else { found.front().copied() };
            self.unknown.extend(own.cloned());
        }
    }
}

/// A part of a policy that is known only when the template is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unknown {
    /// What it is, such as `Ref Bucket`.
    pub what: String,
    /// Its place in the text that was read.
    pub span: Span,
}

/// A policy that was found and is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Left {
    /// What it is.
    pub name: String,
    /// Why it is not read.
    pub why: &'static str,
}

/// What was found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// What the text is, as a phrase, such as `output of aws iam get-role`; empty if the text is a policy.
    pub said: String,
    /// What is not in it, and which command gives it; empty if nothing is missing.
    pub missing: String,
    /// The policies, in the order of the text.
    pub documents: Vec<Extracted>,
    /// Policies that are not read.
    pub left: Vec<Left>,
    /// What AWS would not read if the text were given to it as a policy, such as comments. Places are in the text.
    pub problems: Vec<Problem>,
}

impl Found {
    /// Whether the text is one policy, and nothing is around it.
    pub fn is_bare(&self) -> bool {
        self.said.is_empty() && self.documents.len() == 1
    }
}
