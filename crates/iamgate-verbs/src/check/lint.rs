//! The findings on one document: those of reading it, and those of the rules.

use std::borrow::Cow;

use iam_document::{Extracted, UnknownKind};
use iam_lint::{Fixes, Settings, lint, shown};
use iamgate::iam_json::{Change, Document};
use iamgate::iam_policy::{PolicyKind, Problem};

use super::file::{readable, stand_in};
use super::mend::OwnFix;
use crate::world::BuiltIn;

/// The findings on a document, in the order of the text. `read` are the problems of reading it as a policy of this kind.
///
/// Without the details of the catalogue, which the WebAssembly module loads apart, the rules that need them find nothing.
pub(super) fn findings(
    document: Option<&Document<'_>>,
    read: Vec<Problem>,
    kind: PolicyKind,
    is_guessed: bool,
    built_in: &BuiltIn,
) -> Vec<Problem> {
    let Some(document) = document else {
        return read.into_iter().map(|problem| shown(problem, kind)).collect();
    };
    lint(document.root(), read, &settings(kind, is_guessed, built_in))
}

fn settings(kind: PolicyKind, is_guessed: bool, built_in: &BuiltIn) -> Settings<'_> {
    let mut settings = Settings::new(kind);
    settings.is_guessed = is_guessed;
    settings.sections = built_in.sections().ok().flatten();
    settings
}

/// Codes whose fixes change the version.
const VERSIONS: [&str; 3] = ["INVALID_VERSION", "MISSING_VERSION", "VARIABLE_UNSUPPORTED_IN_VERSION"];

/// What mends each of the findings that [`findings`] made of a document. Nothing mends one about what is not known, or about a document of which
/// only some parts are deployed.
pub(super) fn fixes(
    document: Option<&Document<'_>>,
    found: &[Problem],
    extracted: &Extracted,
    kind: PolicyKind,
    is_guessed: bool,
    built_in: &BuiltIn,
) -> Vec<Option<OwnFix>> {
    let Some(document) = document.filter(|_| !extracted.has_choices()) else {
        return found.iter().map(|_| None).collect();
    };
    let settings = settings(kind, is_guessed, built_in);
    let fixes = Fixes::new(document.root(), &settings);
    let (text, stand_in) = if extracted.is_known() {
        (Cow::Borrowed(extracted.text.as_str()), "")
    } else {
        (readable(extracted), stand_in(&extracted.text))
    };
    let is_known = |change: &Change| {
        let written = match change {
            Change::Write { json, .. } | Change::Add { json, .. } => json,
            Change::Remove { .. } => "",
        };
        let (start, end) = (change.span().start, change.span().end);
        let is_default = extracted
            .unknown
            .iter()
            .any(|own| own.kind == UnknownKind::Default && own.place.start < end && start < own.place.end);
        extracted.is_known()
            || !(is_default || written.contains(stand_in) || change.span().of(&text).contains(stand_in))
    };
    // What is known only later may have variables, which the version decides about.
    let is_whole = |problem: &Problem| extracted.is_known() || !VERSIONS.contains(&problem.code.name());
    let of = |problem: &Problem| {
        let fix = fixes.of(problem).filter(|fix| fix.changes.iter().all(is_known)).map(OwnFix::of);
        fix.map(|fix| if is_whole(problem) { fix } else { fix.unsafely() })
    };
    found.iter().map(of).collect()
}
