//! The rules of `check`, listed and explained.

use std::fmt::Write as _;

use iam_lint::{Class, Rule, rule, rules};
use iamgate::iam_json::quoted;
use iamgate::nearest;
use iamgate_verbs::Trouble;

/// Every rule on a line: level, code, what is wrong.
pub(super) fn list() -> String {
    let width = rules().map(|rule| rule.name().len()).max().unwrap_or_default();
    let mut out = String::new();
    for rule in rules() {
        let _ = writeln!(out, "{:16}  {:width$}  {}", rule.level().name(), rule.name(), rule.code.summary());
    }
    out
}

/// What a rule finds, why it matters, how to mend it, and two policies.
pub(super) fn explain(code: &str) -> Result<String, Trouble> {
    let wanted = code.to_ascii_uppercase();
    let Some(rule) = rule(&wanted) else {
        let near = nearest(&wanted, rules(), |rule| rule.name());
        let help = match near.first() {
            Some(rule) => format!("did you mean {}?", rule.name()),
            None => "iamgate check --list-rules has all of them".to_owned(),
        };
        return Err(Trouble::input("", "UNKNOWN_CODE", format!("no rule {}", quoted(code)), help));
    };
    Ok(text(rule))
}

fn text(rule: &Rule) -> String {
    let origin = rule.aws_page().unwrap_or_else(|| "an own rule, not one of IAM Access Analyzer".to_owned());
    let needs = match rule.class {
        Class::Document => String::new(),
        Class::List | Class::Catalogue | Class::Analysis => format!("Needs {}.\n", rule.class.description()),
    };
    format!(
        "{} {}: {}\n\n{}.\n{}.\n{needs}{origin}\n\nA policy of kind {} with it:\n{}\n\nMended:\n{}\n",
        rule.level().name(),
        rule.name(),
        rule.code.summary(),
        rule.why,
        rule.mend,
        rule.failing.kind,
        rule.failing.excerpt(),
        rule.passing.excerpt(),
    )
}
