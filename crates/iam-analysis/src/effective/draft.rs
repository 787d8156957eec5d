//! Statements under construction, and their text.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use iam_eval::ContextValue;
use iam_json::json_text;
use iam_policy::{
    ActionElement, Condition, Effect, Pattern, Piece, ResourceElement, Spanned, Statement, Test,
    Values as Typed, Version,
};

use super::{Conditions, Origin};
use crate::space::{Fact, Space};
use crate::typed::holds_in;

/// A statement of the policy that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) effect: Effect,
    pub(super) actions: List,
    pub(super) resources: List,
    pub(super) conditions: Conditions,
    /// The statements from which the draft was made.
    pub(super) origins: Vec<Origin>,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`, in the syntax of version 2012-10-17.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct List {
    pub(super) is_not: bool,
    pub(super) patterns: BTreeSet<Box<str>>,
}

/// The values that a key is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Values {
    pub(super) test: Test,
    /// The key as it is first written.
    pub(super) key: Box<str>,
    /// The texts in order, each once, in the syntax of version 2012-10-17.
    pub(super) texts: BTreeSet<Box<str>>,
}

impl List {
    pub(super) fn is_any(&self) -> bool {
        !self.is_not && self.patterns.contains("*")
    }
}

impl Draft {
    /// The statement with the facts of the space put in. `None` if it then never applies.
    pub(super) fn of(statement: &Statement, version: Version, space: &Space, origin: Origin) -> Option<Self> {
        let effect = statement.effect.value;
        let (ActionElement::Action(actions) | ActionElement::NotAction(actions)) = &statement.action;
        let actions = List {
            is_not: statement.action.is_not(),
            patterns: actions.iter().map(|p| p.value.text().into()).collect(),
        };
        let resources = match &statement.resource {
            None => List { is_not: false, patterns: BTreeSet::from(["*".into()]) },
            Some(element) => {
                let (ResourceElement::Resource(list) | ResourceElement::NotResource(list)) = element;
                let is_not = matches!(element, ResourceElement::NotResource(_));
                let mut patterns = BTreeSet::new();
                for pattern in list {
                    match filled(pattern.value.pattern(), true, version, space) {
                        Some(text) if !pattern.value.is_null() => {
                            patterns.insert(text);
                        }
                        // An Allow with a null entry in `NotResource` does not apply (rule 3.27).
                        _ if is_not && effect == Effect::Allow => return None,
                        _ => {}
                    }
                }
                if patterns.is_empty() {
                    if !is_not {
                        return None;
                    }
                    List { is_not: false, patterns: BTreeSet::from(["*".into()]) }
                } else {
                    List { is_not, patterns }
                }
            }
        };
        let mut conditions = Conditions::new();
        for condition in &statement.conditions {
            match decided(condition, effect, space) {
                Some(true) => continue,
                Some(false) => return None,
                None => {}
            }
            let texts = texts(condition, version, space);
            let id =
                (condition.test.value.to_string(), condition.key.value.as_str().to_ascii_lowercase().into());
            let key = condition.key.value.as_str().into();
            conditions.insert(id, Values { test: condition.test.value, key, texts });
        }
        Some(Self { effect, actions, resources, conditions, origins: vec![origin] })
    }

    /// The statement as JSON. If `pretty`, it has line breaks.
    pub(super) fn json(&self, pretty: bool) -> String {
        let (newline, indent) = if pretty { ("\n", "      ") } else { ("", "") };
        let list = |texts: &BTreeSet<Box<str>>, depth: &str| -> String {
            let quoted: Vec<String> = texts.iter().map(|text| json_text(text)).collect();
            match quoted.as_slice() {
                [one] => one.clone(),
                _ if pretty => format!("[\n{depth}  {}\n{depth}]", quoted.join(&format!(",\n{depth}  "))),
                _ => format!("[{}]", quoted.join(",")),
            }
        };
        let colon = if pretty { ": " } else { ":" };
        let mut members = vec![format!("\"Effect\"{colon}\"{}\"", self.effect.name())];
        for (name, element) in [("Action", &self.actions), ("Resource", &self.resources)] {
            let not = if element.is_not { "Not" } else { "" };
            members.push(format!("\"{not}{name}\"{colon}{}", list(&element.patterns, indent)));
        }
        if !self.conditions.is_empty() {
            members.push(format!("\"Condition\"{colon}{}", self.condition_json(pretty, &list)));
        }
        let mut text = String::from("{");
        let separator = if pretty { ",\n      " } else { "," };
        let _ = write!(text, "{newline}{indent}{}{newline}", members.join(separator));
        text.push_str(if pretty { "    }" } else { "}" });
        text
    }

    fn condition_json(&self, pretty: bool, list: &dyn Fn(&BTreeSet<Box<str>>, &str) -> String) -> String {
        let mut blocks: Vec<String> = Vec::new();
        let mut operators: Vec<&str> =
            self.conditions.keys().map(|(operator, _)| operator.as_str()).collect();
        operators.dedup();
        for operator in operators {
            let own = self.conditions.iter().filter(|((name, _), _)| name == operator);
            let keys: Vec<String> = own
                .map(|(_, values)| {
                    let colon = if pretty { ": " } else { ":" };
                    // An empty list is written as a list.
                    let texts = if values.texts.is_empty() {
                        "[]".to_owned()
                    } else {
                        list(&values.texts, "          ")
                    };
                    format!("{}{colon}{texts}", json_text(&values.key))
                })
                .collect();
            blocks.push(if pretty {
                format!("\"{operator}\": {{\n          {}\n        }}", keys.join(",\n          "))
            } else {
                format!("\"{operator}\":{{{}}}", keys.join(","))
            });
        }
        if pretty {
            format!("{{\n        {}\n      }}", blocks.join(",\n        "))
        } else {
            format!("{{{}}}", blocks.join(","))
        }
    }
}

/// A document with these statements.
pub(super) fn document(drafts: &[Draft], pretty: bool) -> String {
    // A policy needs a statement. This one allows nothing.
    const NOTHING: &str = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    let mut statements: Vec<String> = drafts.iter().map(|draft| draft.json(pretty)).collect();
    if statements.is_empty() {
        statements.push(NOTHING.to_owned());
    }
    if pretty {
        let list = statements.join(",\n    ");
        format!("{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {list}\n  ]\n}}\n")
    } else {
        format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
    }
}

/// The result of a condition that facts decide. `None` if they do not decide it.
fn decided(condition: &Condition, effect: Effect, space: &Space) -> Option<bool> {
    space.fact(condition.key.value.as_str())?;
    let has_free = match &condition.values {
        Typed::String(values) | Typed::Arn(values) => {
            values.iter().flat_map(|v| v.value.variables()).any(|v| space.fact(v.key).is_none())
        }
        Typed::Bool(values) => values.iter().any(|v| matches!(v.value, iam_policy::Flag::Variable(_))),
        Typed::Numeric(_) | Typed::Date(_) | Typed::Binary(_) | Typed::Ip(_) | Typed::Null(_) => false,
    };
    (!has_free).then(|| holds_in(condition, effect, &space.known()))
}

/// The values of a condition, with facts in place of variables. Null values are removed (rule 3.26).
fn texts(condition: &Condition, version: Version, space: &Space) -> BTreeSet<Box<str>> {
    use iam_policy::Operator::{StringLike, StringNotLike};
    let has_wildcards = matches!(condition.test.value.operator, StringLike | StringNotLike)
        || matches!(condition.values, Typed::Arn(_));
    let patterns = |values: &[Spanned<Pattern>]| {
        values.iter().filter_map(|v| filled(&v.value, has_wildcards, version, space)).collect::<BTreeSet<_>>()
    };
    match &condition.values {
        Typed::String(values) | Typed::Arn(values) => patterns(values),
        Typed::Numeric(_)
        | Typed::Date(_)
        | Typed::Bool(_)
        | Typed::Binary(_)
        | Typed::Ip(_)
        | Typed::Null(_) => condition.values.texts().into_iter().map(Into::into).collect(),
    }
}

/// A pattern in the syntax of version 2012-10-17, with facts in place of variables. `None` for a null entry.
///
/// `wildcards` says whether wildcards have a meaning at its place.
fn filled(pattern: &Pattern, wildcards: bool, version: Version, space: &Space) -> Option<Box<str>> {
    if version.has_variables() && !pattern.has_variables() {
        return Some(pattern.text().into());
    }
    let mut text = String::new();
    for piece in pattern.pieces() {
        match piece {
            Piece::Text(plain) => escape(plain, wildcards, &mut text),
            Piece::AnyRun => text.push('*'),
            Piece::AnyOne => text.push('?'),
            Piece::Variable(variable) => {
                let value = match space.fact(variable.key) {
                    Some(Fact::Value(ContextValue::Single(value))) => Some(&**value),
                    Some(_) => Some(variable.default?),
                    None => None,
                };
                match (value, variable.default) {
                    (Some(value), _) => escape(value, wildcards, &mut text),
                    (None, None) => {
                        let _ = write!(text, "${{{}}}", variable.key);
                    }
                    (None, Some(default)) => {
                        let _ = write!(text, "${{{}, '{default}'}}", variable.key);
                    }
                }
            }
        }
    }
    Some(text.into())
}

/// Writes text that stands for itself. `${` always begins a variable, and wildcards are escaped if they have a meaning.
pub(super) fn escape(plain: &str, wildcards: bool, text: &mut String) {
    let mut rest = plain.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '*' | '?' if wildcards => {
                let _ = write!(text, "${{{c}}}");
            }
            '$' if rest.peek() == Some(&'{') => text.push_str("${$}"),
            c => text.push(c),
        }
    }
}
