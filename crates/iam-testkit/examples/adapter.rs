//! An adapter: an engine as a process that answers questions on its standard input. See `iam_testkit::process`.
//!
//! The engine here is a toy. It knows Allow and Deny statements of identity policies, `*` at the end of an action, and nothing else;
//! whatever it does not know it skips, so that it is never wrong. Put it beside another engine with
//! `iam-harness diff 1000 -- target/debug/examples/adapter`.

use std::io;

use iam_json::{Kind, Value};
use iam_testkit::format::Decision;
use iam_testkit::process::serve;
use iam_testkit::{Answer, Engine, Question};

struct Toy;

impl Engine for Toy {
    fn name(&self) -> &'static str {
        "toy"
    }

    fn decide(&self, question: &Question<'_>) -> Answer {
        match decide(question) {
            Some(decision) => decision.into(),
            None => Answer::Skipped("only actions in identity policies".to_owned()),
        }
    }
}

fn decide(question: &Question<'_>) -> Option<Decision> {
    let action = question.request.member("action")?.as_string()?;
    let account = question.request.member("principal")?.member("account")?.as_string()?;
    let owner = question.request.member("resource_account")?.as_string()?;
    let is_plain = question.request.member("resource_kind")?.as_string()? == "generic";
    let is_user = question.request.member("principal")?.member("type")?.as_string()? == "iam_user";
    let only_identity = question.policies.members().all(|member| member.key.string() == "identity");
    let partition = question.request.member("resource")?.as_string()?.starts_with("arn:aws:");
    if account != owner || !is_plain || !is_user || !only_identity || !partition {
        return None;
    }
    let mut allowed = false;
    let mut denied = false;
    for statement in
        question.policies.member("identity")?.items().filter_map(|p| p.member("Statement")).flat_map(some)
    {
        let patterns = statement.member("Action")?;
        let everywhere =
            statement.member("Resource").is_some_and(|r| some(r).iter().any(|r| r.string() == "*"));
        if !everywhere || statement.member("Condition").is_some() {
            return None;
        }
        for pattern in some(patterns) {
            if matches(&pattern.string(), &action)? {
                match &*statement.member("Effect")?.as_string()? {
                    "Allow" => allowed = true,
                    _ => denied = true,
                }
            }
        }
    }
    Some(match (denied, allowed) {
        (true, _) => Decision::ExplicitDeny,
        (false, true) => Decision::Allowed,
        (false, false) => Decision::ImplicitDeny,
    })
}

/// A list, or the one value that stands for it.
fn some(value: Value<'_>) -> Vec<Value<'_>> {
    if value.kind() == Kind::Array { value.items().collect() } else { vec![value] }
}

/// Whether the pattern matches. `None` if it has a wildcard other than a star at its end.
fn matches(pattern: &str, action: &str) -> Option<bool> {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    match pattern.split_once(['*', '?']) {
        None => Some(pattern == action),
        Some((start, "")) if pattern.ends_with('*') => Some(action.starts_with(start)),
        Some(_) => None,
    }
}

fn main() -> io::Result<()> {
    serve(&Toy, io::stdin().lock(), io::stdout().lock())
}
