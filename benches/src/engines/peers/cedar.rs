//! cedar-policy, with equivalent policies: one for each statement, with the patterns as `like` on texts of the context.

use std::collections::HashMap;
use std::fmt::Write;
use std::str::FromStr;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, RestrictedExpression,
};
use serde_json::Value as Json;

use crate::engines::Ready;
use crate::work::{Ask, CONDITIONS, Value, Work};

/// `CONDITIONS` in Cedar.
const TESTS: &str = r#"["red", "blue"].contains(context.team)
    && (context.address.isInRange(ip("10.0.0.0/8")) || context.address.isInRange(ip("192.168.0.0/16")))
    && context.now < datetime("2030-01-01T00:00:00Z")
    && ["team", "cost", "owner"].containsAll(context.tag_keys)"#;

/// The one condition of ReadOnlyAccess, and its equivalent in Cedar.
const MODE: (&str, &str) = (
    r#"{"StringEquals":{"s3express:SessionMode":"ReadOnly"}}"#,
    r#"context has session_mode && context.session_mode == "ReadOnly""#,
);

struct Cedar {
    authorizer: Authorizer,
    sides: Vec<PolicySet>,
    entities: Entities,
    asks: Vec<Request>,
}

impl Ready for Cedar {
    fn allows(&self, ask: usize) -> bool {
        self.sides.iter().all(|side| {
            let response = self.authorizer.is_authorized(&self.asks[ask], side, &self.entities);
            response.decision() == Decision::Allow
        })
    }
}

pub(super) fn prepare(work: &Work) -> Option<Box<dyn Ready>> {
    if work.alone.is_some() {
        return None;
    }
    let mut sides = vec![policies(&work.identity)?];
    if !work.session.is_empty() {
        sides.push(policies(&work.session)?);
    }
    Some(Box::new(Cedar {
        authorizer: Authorizer::new(),
        sides,
        entities: Entities::empty(),
        asks: work.asks.iter().map(request).collect(),
    }))
}

/// The statements as Cedar policies. `None` if a statement has conditions that are not translated, or a `?`, which `like` does not have.
fn policies(texts: &[String]) -> Option<PolicySet> {
    if texts.iter().any(|text| text.contains('?')) {
        return None;
    }
    let read = |text: &str| -> Json { serde_json::from_str(text).expect("it is JSON") };
    let translated = [(read(CONDITIONS), TESTS), (read(MODE.0), MODE.1), (Json::Null, "true")];
    let mut out = String::new();
    for text in texts {
        for statement in many(&read(text)["Statement"]) {
            let effect = if statement["Effect"] == "Allow" { "permit" } else { "forbid" };
            let actions = any("action", many(&statement["Action"]), true);
            let resources = any("resource", many(&statement["Resource"]), false);
            let tests = translated.iter().find(|(conditions, _)| *conditions == statement["Condition"])?.1;
            let _ = writeln!(
                out,
                "{effect}(principal, action, resource) when {{ ({actions}) && ({resources}) && {tests} }};"
            );
        }
    }
    Some(PolicySet::from_str(&out).expect("the translation is Cedar"))
}

/// One value or a list of them.
fn many(value: &Json) -> &[Json] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// A test of a text of the context against patterns. Names of actions are compared in lower case.
fn any(name: &str, patterns: &[Json], fold: bool) -> String {
    let test = |pattern: &Json| {
        let pattern = pattern.as_str().expect("a pattern");
        let pattern = if fold { pattern.to_ascii_lowercase() } else { pattern.to_owned() };
        let operator = if pattern.contains('*') { "like" } else { "==" };
        format!("context.{name} {operator} \"{pattern}\"")
    };
    patterns.iter().map(test).collect::<Vec<_>>().join(" || ")
}

fn request(ask: &Ask) -> Request {
    let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
    let mut context = HashMap::from([
        ("action".to_owned(), text(&ask.action.to_ascii_lowercase())),
        ("resource".to_owned(), text(&ask.resource)),
    ]);
    for (key, value) in &ask.context {
        let (name, value) = match (*key, value) {
            ("aws:PrincipalTag/team", Value::One(value)) => ("team", text(value)),
            ("aws:SourceIp", Value::One(value)) => ("address", RestrictedExpression::new_ip(*value)),
            ("aws:CurrentTime", Value::One(value)) => ("now", RestrictedExpression::new_datetime(*value)),
            ("aws:TagKeys", Value::Many(values)) => {
                ("tag_keys", RestrictedExpression::new_set(values.iter().map(|value| text(value))))
            }
            _ => continue,
        };
        context.insert(name.to_owned(), value);
    }
    let context = Context::from_pairs(context).expect("values of a context");
    let entity = |text: &str| EntityUid::from_str(text).expect("a name");
    Request::new(entity("User::\"ana\""), entity("Action::\"ask\""), entity("Thing::\"it\""), context, None)
        .expect("a request")
}
