//! What the tests share: the findings on a text.

use iam_catalog::Sections;
use iam_json::{Document, Problem};
use iam_lint::{Settings, lint, shown};
use iam_policy::{Limits, Mode, Policy, PolicyKind};

/// The findings on a policy, as the program shows them.
pub(crate) fn findings(
    text: &str,
    kind: PolicyKind,
    is_guessed: bool,
    sections: &Sections<'static>,
) -> Vec<Problem> {
    let limits = Limits::default();
    let mut settings = Settings::new(kind);
    settings.sections = Some(sections);
    settings.is_guessed = is_guessed;
    let read = match Policy::parse(text, kind, Mode::Strict, &limits) {
        Ok(policy) => policy.findings,
        Err(report) => report.into_problems(),
    };
    match Document::parse(text, &limits) {
        Ok(document) => lint(document.root(), read, &settings),
        Err(_) => read.into_iter().map(|problem| shown(problem, kind)).collect(),
    }
}
