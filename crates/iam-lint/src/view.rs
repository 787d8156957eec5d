//! A policy document as its author wrote it, also if it cannot be read: statements with their elements, and the places of all of them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use iam_json::{Kind, Span, Value};
use iam_policy::{Effect, Family, Operator, Quantifier, Test};

/// A text of the document with its value.
#[derive(Clone, Debug)]
pub(crate) struct Text<'d> {
    pub(crate) text: Cow<'d, str>,
    pub(crate) value: Value<'d>,
}

/// An element that is a string or a list of strings.
#[derive(Clone, Debug)]
pub(crate) struct List<'d> {
    /// Whether the name of the element begins with `Not`.
    pub(crate) is_not: bool,
    pub(crate) texts: Vec<Text<'d>>,
    pub(crate) value: Value<'d>,
}

/// A principal: the kind, such as `AWS`, and the name.
#[derive(Clone, Debug)]
pub(crate) struct Principal<'d> {
    pub(crate) kind: Cow<'d, str>,
    pub(crate) name: Text<'d>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug)]
pub(crate) struct Principals<'d> {
    pub(crate) is_not: bool,
    /// Whether the element is the text `*`.
    pub(crate) is_everyone: bool,
    pub(crate) entries: Vec<Principal<'d>>,
    pub(crate) value: Value<'d>,
}

/// A test of one key by one operator.
#[derive(Clone, Debug)]
pub(crate) struct Cond<'d> {
    /// The operator as written.
    pub(crate) operator: Text<'d>,
    /// The operator, if there is one of this name.
    pub(crate) test: Option<Test>,
    pub(crate) key: Text<'d>,
    pub(crate) values: Vec<Text<'d>>,
    pub(crate) value: Value<'d>,
}

impl Cond<'_> {
    /// Whether the key has this name. Case does not matter.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.key.text.eq_ignore_ascii_case(name)
    }

    /// Whether the key has one of these names. A name that ends with `/` stands for all tags.
    pub(crate) fn is_one_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| {
            if name.ends_with('/') {
                let head = self.key.text.get(..name.len());
                head.is_some_and(|head| head.eq_ignore_ascii_case(name))
            } else {
                self.is(name)
            }
        })
    }

    pub(crate) fn operator(&self) -> Option<Operator> {
        self.test.map(|test| test.operator)
    }

    pub(crate) fn family(&self) -> Option<Family> {
        self.operator().map(Operator::family)
    }

    pub(crate) fn quantifier(&self) -> Option<Quantifier> {
        self.test.and_then(|test| test.quantifier)
    }

    /// Whether the operator takes wildcards in its values.
    pub(crate) fn is_like(&self) -> bool {
        match self.operator() {
            Some(Operator::StringLike | Operator::StringNotLike) => true,
            _ => self.family() == Some(Family::Arn),
        }
    }

    pub(crate) fn is_negated(&self) -> bool {
        self.operator().is_some_and(Operator::is_negated)
    }

    /// Whether the test is true of a request without the key (rule 4.7).
    pub(crate) fn holds_without_key(&self) -> bool {
        let Some(test) = self.test else { return false };
        if test.operator == Operator::Null {
            return self.is_word("true");
        }
        match test.quantifier {
            Some(Quantifier::ForAllValues) => true,
            Some(Quantifier::ForAnyValue) => test.if_exists,
            None => test.if_exists || test.operator.is_negated(),
        }
    }

    /// Whether the only value is this word.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        !self.values.is_empty() && self.values.iter().all(|value| value.text.eq_ignore_ascii_case(word))
    }
}

/// A statement. Elements that are not there, or are no such element, are `None`.
#[derive(Clone, Debug)]
pub(crate) struct Statement<'d> {
    pub(crate) value: Value<'d>,
    pub(crate) effect: Option<Effect>,
    pub(crate) actions: Option<List<'d>>,
    pub(crate) resources: Option<List<'d>>,
    pub(crate) principals: Option<Principals<'d>>,
    pub(crate) conditions: Vec<Cond<'d>>,
}

impl<'d> Statement<'d> {
    pub(crate) fn allows(&self) -> bool {
        self.effect == Some(Effect::Allow)
    }

    pub(crate) fn denies(&self) -> bool {
        self.effect == Some(Effect::Deny)
    }

    /// The patterns of `Action`. None for `NotAction`.
    pub(crate) fn action_texts(&self) -> &[Text<'d>] {
        self.actions.as_ref().filter(|list| !list.is_not).map_or(&[], |list| &list.texts)
    }

    /// The patterns of `Resource`. None for `NotResource`.
    pub(crate) fn resource_texts(&self) -> &[Text<'d>] {
        self.resources.as_ref().filter(|list| !list.is_not).map_or(&[], |list| &list.texts)
    }

    /// The entries of `Principal`. None for `NotPrincipal`.
    pub(crate) fn principal_entries(&self) -> &[Principal<'d>] {
        self.principals.as_ref().filter(|own| !own.is_not).map_or(&[], |own| &own.entries)
    }

    /// The names of service principals.
    pub(crate) fn service_principals(&self) -> impl Iterator<Item = &Text<'d>> {
        self.principal_entries().iter().filter(|entry| entry.kind == "Service").map(|entry| &entry.name)
    }

    /// Whether the statement tests a key of these names, with any operator.
    pub(crate) fn tests(&self, names: &[&str]) -> bool {
        self.conditions.iter().any(|cond| cond.is_one_of(names))
    }
}

/// A policy document.
#[derive(Clone, Debug)]
pub(crate) struct Doc<'d> {
    pub(crate) root: Value<'d>,
    /// Whether the document has variables: its version is 2012-10-17.
    pub(crate) has_variables: bool,
    pub(crate) statements: Vec<Statement<'d>>,
}

impl<'d> Doc<'d> {
    pub(crate) fn of(root: Value<'d>) -> Self {
        let version = root.member("Version").and_then(Value::as_string);
        let statements = match root.member("Statement") {
            Some(list) if list.kind() == Kind::Array => list.items().map(statement).collect(),
            Some(one) => vec![statement(one)],
            None => Vec::new(),
        };
        Self { root, has_variables: version.is_some_and(|version| version == "2012-10-17"), statements }
    }

    /// The texts of resources and of condition values by their places, with their statements.
    pub(crate) fn texts(&self) -> BTreeMap<(u32, u32), (&Statement<'d>, &Text<'d>)> {
        let mut all = BTreeMap::new();
        for own in &self.statements {
            let resources = own.resources.as_ref().map_or(&[][..], |list| &list.texts);
            for text in resources.iter().chain(own.conditions.iter().flat_map(|cond| &cond.values)) {
                let place = text.value.span();
                all.insert((place.start, place.end), (own, text));
            }
        }
        all
    }
}

/// The brace or bracket that begins a value.
pub(crate) fn opening(value: Value<'_>) -> Span {
    let span = value.span();
    Span::new(span.start, span.start.saturating_add(1).min(span.end))
}

fn statement(value: Value<'_>) -> Statement<'_> {
    let mut own = Statement {
        value,
        effect: None,
        actions: None,
        resources: None,
        principals: None,
        conditions: Vec::new(),
    };
    for member in value.members() {
        match &*member.key.string() {
            "Effect" => {
                own.effect = match member.value.as_string().as_deref() {
                    Some("Allow") => Some(Effect::Allow),
                    Some("Deny") => Some(Effect::Deny),
                    _ => None,
                }
            }
            "Action" => own.actions = Some(list(member.value, false)),
            "NotAction" if own.actions.is_none() => own.actions = Some(list(member.value, true)),
            "Resource" => own.resources = Some(list(member.value, false)),
            "NotResource" if own.resources.is_none() => own.resources = Some(list(member.value, true)),
            "Principal" => own.principals = Some(principals(member.value, false)),
            "NotPrincipal" if own.principals.is_none() => {
                own.principals = Some(principals(member.value, true));
            }
            "Condition" => own.conditions = conditions(member.value),
            _ => {}
        }
    }
    own
}

fn list(value: Value<'_>, is_not: bool) -> List<'_> {
    List { is_not, texts: texts(value, false), value }
}

/// The strings of a string or a list. With `all`, numbers and booleans count too.
fn texts(value: Value<'_>, all: bool) -> Vec<Text<'_>> {
    let one = |value: Value<'_>| match value.kind() {
        Kind::String => true,
        Kind::Number | Kind::True | Kind::False => all,
        Kind::Null | Kind::Array | Kind::Object => false,
    };
    let single = (value.kind() != Kind::Array).then_some(value);
    let values = single.into_iter().chain(value.items());
    values.filter(|value| one(*value)).map(|value| Text { text: value.string(), value }).collect()
}

fn principals(value: Value<'_>, is_not: bool) -> Principals<'_> {
    let is_everyone = value.as_string().is_some_and(|text| text == "*");
    let mut entries = Vec::new();
    for member in value.members() {
        let kind = member.key.string();
        for name in texts(member.value, false) {
            entries.push(Principal { kind: kind.clone(), name });
        }
    }
    Principals { is_not, is_everyone, entries, value }
}

fn conditions(block: Value<'_>) -> Vec<Cond<'_>> {
    let mut all = Vec::new();
    for operator in block.members() {
        let name = operator.key.string();
        let test = Test::parse(&name).ok();
        for member in operator.value.members() {
            all.push(Cond {
                operator: Text { text: name.clone(), value: operator.key },
                test,
                key: Text { text: member.key.string(), value: member.key },
                values: texts(member.value, true),
                value: member.value,
            });
        }
    }
    all
}
