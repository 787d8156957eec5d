//! The rules of `check`, listed and explained.

use std::fmt::Write as _;

use iam_lint::{Class, Mending, Rule, rule, rules};
use iamgate::iam_json::quoted;
use iamgate::nearest;
use iamgate_verbs::Trouble;

/// Every rule on a line: level, code, whether `--fix` mends it, what is wrong.
pub(super) fn list() -> String {
    let width = rules().map(|rule| rule.name().len()).max().unwrap_or_default();
    let mut out = String::new();
    for rule in rules() {
        let mending = rule.mending().name();
        let _ = writeln!(
            out,
            "{:16}  {:width$}  {mending:18}  {}",
            rule.level().name(),
            rule.name(),
            rule.code.summary()
        );
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
    let mends = match rule.mending() {
        Mending::Never => "",
        Mending::Safe => "--fix mends it.\n",
        Mending::Unsafe => "--fix --unsafe mends it where one thing alone can be meant.\n",
        Mending::Either => {
            "--fix mends it where the policy then decides as before; --fix --unsafe also otherwise.\n"
        }
    };
    let needs = match rule.class {
        Class::Document => String::new(),
        Class::List | Class::Catalogue => format!("Needs {}.\n", rule.class.description()),
    };
    format!(
        "{} {}: {}\n\n{}.\n{}.\n{mends}{needs}{origin}\n\nA policy of kind {} with it:\n{}\n\nMended:\n{}\n",
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
