//! The findings on one document: those of reading it, and those of the rules.

use iam_lint::{Settings, lint, shown};
use iamgate::iam_json::Document;
use iamgate::iam_policy::{PolicyKind, Problem};

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
    let mut settings = Settings::new(kind);
    settings.is_guessed = is_guessed;
    settings.sections = built_in.sections().ok().flatten();
    lint(document.root(), read, &settings)
}
