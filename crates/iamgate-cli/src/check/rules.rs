//! The rules of `check`, listed and explained.

use std::fmt::Write as _;

use iam_lint::{Class, Mending, Rule, rule, rules};
use iamgate::iam_json::quoted;
use iamgate::iam_policy::{Code, Mode};
use iamgate_verbs::{Codes, Finding, Trouble};

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
    for (code, ..) in Codes::OWN {
        let level = code.level(Mode::Strict).name();
        let _ = writeln!(out, "{level:16}  {:width$}  {}", code.name(), code.summary());
    }
    out
}

/// What a rule finds, why it matters, how to mend it, and two policies.
pub(super) fn explain(code: &str) -> Result<String, Trouble> {
    let wanted = match Codes::find(code) {
        Ok(wanted) => wanted,
        Err(help) => {
            return Err(Trouble::input("", "UNKNOWN_CODE", format!("no rule {}", quoted(code)), help));
        }
    };
    Ok(rule(wanted.name()).map_or_else(|| without_rule(wanted), text))
}

/// A code of reading, or one of `check` itself.
fn without_rule(code: Code) -> String {
    let level = code.level(Mode::Strict).name();
    let own = Codes::OWN.iter().find(|(own, ..)| *own == code);
    let more = match own {
        Some((_, why, mend)) => format!("{why}.\n{mend}."),
        None => format!(
            "A problem of reading; in documents that AWS has accepted: {}.",
            code.level(Mode::Deployed).name()
        ),
    };
    format!("{level} {}: {}\n\n{more}\n{}\n", code.name(), code.summary(), Finding::link(code.name()))
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
        Class::List | Class::Catalogue | Class::Analysis => format!("Needs {}.\n", rule.class.description()),
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
