//! What was found in a text.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

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
    /// What is known only when the template is deployed. The text has the character U+F8FF for each value, and all sides of each choice.
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

    /// Lists what is not known in the text, given all of what is around it: each character that stands for something has the place of that, and
    /// choices and defaults are those that were written in the text or around it. `whole` is the map of the text in which the notes have their places.
    pub(crate) fn list_unknown(&mut self, all: &[Note], whole: &OriginMap) {
        let mut rest: BTreeMap<(u32, u32), VecDeque<&Note>> = BTreeMap::new();
        for own in all.iter().filter(|own| own.kind == UnknownKind::Value) {
            rest.entry((own.span.start, own.span.end)).or_default().push_back(own);
        }
        for (at, mark) in self.text.match_indices(UNKNOWN) {
            let end = at.saturating_add(mark.len());
            let place = Span::new(narrow(at), narrow(end));
            let span = self.origin.span(place);
            let Some(found) = rest.get_mut(&(span.start, span.end)) else { continue };
            // Values that are written several times were noted each time; the last one stays, in case that they were noted once.
            let own = if found.len() > 1 { found.pop_front() } else { found.front().copied() };
            self.unknown.extend(own.map(|own| own.placed(own.kind, place)));
        }
        let end = narrow(self.text.len());
        let around = self.origin.in_whole(Span::new(0, end), whole);
        let kind_here = |own: &Note, written: Span| {
            let is_around = written.start <= around.start && around.end <= written.end;
            let is_inside = around.start <= written.start && written.end <= around.end;
            match own.kind {
                UnknownKind::Value => None,
                UnknownKind::Choice if is_inside && !(is_around && self.origin.is_part()) => Some(own.kind),
                // A choice between whole policies is none in them.
                UnknownKind::Choice | UnknownKind::Whole => is_around.then_some(UnknownKind::Whole),
                UnknownKind::Default => {
                    (written.start < around.end && around.start < written.end).then_some(own.kind)
                }
            }
        };
        let mut seen = BTreeSet::new();
        let mut more: Vec<Unknown> = Vec::new();
        for own in all {
            let Some(written) = own.written else { continue };
            let Some(kind) = kind_here(own, written) else { continue };
            if kind == UnknownKind::Whole {
                let is_said = self.unknown.iter().chain(&more).any(|one| one.what == own.what);
                more.extend((!is_said).then(|| own.placed(kind, Span::new(0, end))));
                continue;
            }
            let place = self.origin.out_of_whole(written, whole);
            let place = Span::new(place.start.min(end), place.end.min(end));
            if seen.insert((own.what.as_str(), own.span.start, own.span.end, place.start, place.end)) {
                more.push(own.placed(kind, place));
            }
        }
        self.unknown.append(&mut more);
        self.unknown.sort_by_key(|own| (own.place.start, Reverse(own.place.end)));
    }

    /// Whether all that it says is certain, so that it decides as the policy that is deployed. Whether it is deployed may be open.
    pub fn is_known(&self) -> bool {
        self.unknown.iter().all(|own| own.kind == UnknownKind::Whole)
    }

    /// Whether it is certain that it is deployed, with what it says or something else.
    pub fn is_deployed(&self) -> bool {
        !self.unknown.iter().any(|own| own.kind == UnknownKind::Whole)
    }

    /// Whether it has parts of which only some are deployed.
    pub fn has_choices(&self) -> bool {
        self.unknown.iter().any(|own| own.kind == UnknownKind::Choice)
    }
}

/// What is noted while a text is written.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) what: String,
    /// Its place in the text that was read.
    pub(crate) span: Span,
    pub(crate) kind: UnknownKind,
    /// The place of what it is about in the text that was written.
    pub(crate) written: Option<Span>,
}

impl Note {
    pub(crate) const fn new(what: String, span: Span, kind: UnknownKind) -> Self {
        Self { what, span, kind, written: None }
    }

    fn placed(&self, kind: UnknownKind, place: Span) -> Unknown {
        Unknown { what: self.what.clone(), span: self.span, kind, place }
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
    /// In what way it is not known.
    pub kind: UnknownKind,
    /// The place in [`Extracted::text`] of what it is about.
    pub place: Span,
}

/// In what way a part of a policy is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownKind {
    /// A value, for which the character U+F8FF stands.
    Value,
    /// A choice: all sides are in the text, and only one of them is deployed.
    Choice,
    /// The default of a parameter, which stands in the text and may be replaced.
    Default,
    /// Whether the policy is deployed at all: another, or none, may be in its place.
    Whole,
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
