//! Printing: canonical JSON that reads back as an equal policy.

use iam_json::push_json_text as string;

use crate::condition::Condition;
use crate::policy::{Policy, Statement};
use crate::principal::{Principal, PrincipalElement, Principals};

pub(crate) fn policy(policy: &Policy) -> String {
    let mut out = String::from("{");
    if let Some(version) = policy.version.text() {
        member(&mut out, "Version");
        string(&mut out, version);
    }
    if let Some(id) = &policy.id {
        member(&mut out, "Id");
        string(&mut out, &id.value);
    }
    member(&mut out, "Statement");
    out.push('[');
    separated(&mut out, &policy.statements, statement);
    out.push_str("]}");
    out
}

fn statement(out: &mut String, statement: &Statement) {
    out.push('{');
    if let Some(sid) = &statement.sid {
        member(out, "Sid");
        string(out, &sid.value);
    }
    member(out, "Effect");
    string(out, statement.effect.value.name());
    if let Some(element) = &statement.principal {
        member(
            out,
            match element {
                PrincipalElement::Principal(_) => "Principal",
                PrincipalElement::NotPrincipal(_) => "NotPrincipal",
            },
        );
        principals(out, element.principals());
    }
    member(out, if statement.action.is_not() { "NotAction" } else { "Action" });
    list(out, statement.action.patterns().iter().map(|p| p.value.text()));
    if let Some(element) = &statement.resource {
        member(out, if element.is_not() { "NotResource" } else { "Resource" });
        list(out, element.patterns().iter().map(|p| p.value.text()));
    }
    if !statement.conditions.is_empty() {
        member(out, "Condition");
        conditions(out, &statement.conditions);
    }
    out.push('}');
}

/// Entries of one kind stand together, in the order in which the kinds first appear.
fn principals(out: &mut String, principals: &Principals) {
    let Principals::Entries(entries) = principals else {
        string(out, "*");
        return;
    };
    out.push('{');
    let mut keys: Vec<&str> = Vec::new();
    for entry in entries {
        let key = entry.value.key();
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    for key in keys {
        member(out, key);
        list(out, entries.iter().map(|e| &e.value).filter(|e| e.key() == key).map(Principal::text));
    }
    out.push('}');
}

/// The tests of one operator stand together, as they were read.
fn conditions(out: &mut String, conditions: &[Condition]) {
    out.push('{');
    for group in conditions.chunk_by(|a, b| a.test == b.test) {
        if let Some(first) = group.first() {
            member(out, &first.test.value.to_string());
            out.push('{');
            for condition in group {
                member(out, condition.key.value.as_str());
                list(out, condition.values.texts().into_iter());
            }
            out.push('}');
        }
    }
    out.push('}');
}

/// One value as itself, others as an array.
fn list<'t>(out: &mut String, texts: impl Iterator<Item = &'t str>) {
    let texts: Vec<&str> = texts.collect();
    if let [one] = texts.as_slice() {
        string(out, one);
        return;
    }
    out.push('[');
    separated(out, &texts, |out, text| string(out, text));
    out.push(']');
}

fn separated<T>(out: &mut String, items: &[T], mut print: impl FnMut(&mut String, &T)) {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        print(out, item);
    }
}

/// Begins a member of the object that is being printed.
fn member(out: &mut String, name: &str) {
    if !out.ends_with('{') {
        out.push(',');
    }
    string(out, name);
    out.push(':');
}
