//! Statements under construction.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::str::FromStr;

use iam_eval::{ContextValue, LetterCase, Reading};
use iam_policy::{
    ActionElement, ActionPattern, BuildError, Condition, ConditionKey, Conditions, Effect, IdentityStatement,
    Pattern, Piece, Policy, ResourceElement, ResourcePattern, Spanned, Statement, Test, Values as Typed,
    Version,
};

use super::Origin;
use crate::glob::Compared;
use crate::space::{Fact, Space};
use crate::typed::holds_in;

/// A statement of the policy that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) effect: Effect,
    pub(super) actions: List<ActionPattern>,
    pub(super) resources: List<ResourcePattern>,
    pub(super) conditions: Block,
    /// The statements from which the draft was made.
    pub(super) origins: Vec<Origin>,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`, in the syntax of version 2012-10-17.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct List<P> {
    pub(super) is_not: bool,
    /// The patterns by their texts.
    pub(super) patterns: BTreeMap<Box<str>, P>,
}

/// A pattern of a list.
pub(super) trait Element: Clone + PartialEq + FromStr<Err = BuildError> {
    /// How the pattern is compared with texts.
    const COMPARED: Compared;

    fn pattern(&self) -> &Pattern;
}

impl Element for ActionPattern {
    const COMPARED: Compared = Compared::Text(LetterCase::Ascii);

    fn pattern(&self) -> &Pattern {
        self.pattern()
    }
}

impl Element for ResourcePattern {
    const COMPARED: Compared = Compared::Text(LetterCase::Sensitive);

    fn pattern(&self) -> &Pattern {
        self.pattern()
    }
}

/// The tests of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    tests: Tests,
    conditions: Conditions,
}

/// The values of each test, by the name of the test and the key in lower case.
pub(super) type Tests = BTreeMap<(String, Box<str>), Values>;

/// The values that a key is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Values {
    pub(super) test: Test,
    /// The key as it is first written.
    pub(super) key: Box<str>,
    /// The texts in order, each once, in the syntax of version 2012-10-17.
    pub(super) texts: BTreeSet<Box<str>>,
}

impl<P: Element> List<P> {
    /// The list of these patterns.
    ///
    /// # Errors
    /// A text is not a pattern, or exceeds a limit of patterns.
    pub(super) fn read<T: Into<Box<str>>>(
        is_not: bool,
        texts: impl IntoIterator<Item = T>,
    ) -> Result<Self, BuildError> {
        let read = |text: T| {
            let text: Box<str> = text.into();
            let pattern = text.parse()?;
            Ok((text, pattern))
        };
        let patterns = texts.into_iter().map(read).collect::<Result<_, BuildError>>()?;
        Ok(Self { is_not, patterns })
    }

    pub(super) fn is_any(&self) -> bool {
        !self.is_not && self.patterns.contains_key("*")
    }
}

impl Block {
    /// The tests as conditions of a statement.
    ///
    /// # Errors
    /// An operator cannot compare one of its values.
    pub(super) fn new(tests: Tests) -> Result<Self, BuildError> {
        let mut conditions = Conditions::none();
        for Values { test, key, texts } in tests.values() {
            let values = Typed::parse(test.operator, texts)?;
            conditions = conditions.and(Conditions::new(*test, &ConditionKey::new(key), values)?)?;
        }
        Ok(Self { tests, conditions })
    }

    pub(super) const fn tests(&self) -> &Tests {
        &self.tests
    }
}

impl Draft {
    /// The number of bytes of its patterns, keys and values.
    pub(super) fn length(&self) -> usize {
        let actions = self.actions.patterns.keys();
        let patterns = actions.chain(self.resources.patterns.keys()).map(|text| text.len());
        let tests = self.conditions.tests.values().flat_map(|own| own.texts.iter().chain([&own.key]));
        patterns.chain(tests.map(|text| text.len())).fold(0, usize::saturating_add)
    }

    /// The statement with the facts of the space put in. `None` if it then never applies.
    ///
    /// # Errors
    /// A pattern with facts in place of variables exceeds a limit of patterns, or an operator cannot compare it.
    pub(super) fn of(
        statement: &Statement,
        version: Version,
        space: &Space,
        origin: Origin,
    ) -> Result<Option<Self>, BuildError> {
        let effect = statement.effect.value;
        let actions = statement.action.patterns().iter().map(|p| p.value.text());
        let actions = List::read(statement.action.is_not(), actions)?;
        let any = || List::read(false, ["*"]);
        let resources = match &statement.resource {
            None => any()?,
            Some(element) => {
                let is_not = element.is_not();
                let has_free = |own: &Pattern| own.variables().any(|v| space.fact(v.key).is_none());
                let mut patterns = BTreeSet::new();
                for pattern in element.patterns() {
                    // As written: reading completes it again (rule 3.7).
                    let written = pattern.value.written();
                    match filled(written.unwrap_or(pattern.value.pattern()), true, version, space) {
                        // An incomplete ARN with a variable matches nothing, but the variable may keep `NotResource` from applying.
                        Some(_)
                            if written
                                .is_some_and(|own| own.has_variables() && !(is_not && has_free(own))) => {}
                        Some(text) => {
                            patterns.insert(text);
                        }
                        // An Allow with a null entry in `NotResource` does not apply (rule 3.27).
                        _ if is_not && effect == Effect::Allow => return Ok(None),
                        _ => {}
                    }
                }
                match (patterns.is_empty(), is_not) {
                    (false, _) => List::read(is_not, patterns)?,
                    (true, true) => any()?,
                    (true, false) => return Ok(None),
                }
            }
        };
        let mut tests = Tests::new();
        for condition in &statement.conditions {
            match decided(condition, effect, space) {
                Some(true) => continue,
                Some(false) => return Ok(None),
                None => {}
            }
            let texts = texts(condition, version, space);
            let id =
                (condition.test.value.to_string(), condition.key.value.as_str().to_ascii_lowercase().into());
            let key = condition.key.value.as_str().into();
            tests.insert(id, Values { test: condition.test.value, key, texts });
        }
        let conditions = Block::new(tests)?;
        Ok(Some(Self { effect, actions, resources, conditions, origins: vec![origin] }))
    }

    fn statement(&self) -> IdentityStatement {
        let actions = self.actions.patterns.values().cloned();
        let actions = if self.actions.is_not { ActionElement::all_but(actions) } else { actions.collect() };
        let resources = self.resources.patterns.values().cloned();
        let resources =
            if self.resources.is_not { ResourceElement::all_but(resources) } else { resources.collect() };
        IdentityStatement::new(self.effect, actions, resources).when(self.conditions.conditions.clone())
    }
}

/// A policy of these statements. Without any statement, it denies everything.
pub(super) fn policy<'d>(drafts: impl IntoIterator<Item = &'d Draft>) -> Policy {
    let mut statements: Vec<IdentityStatement> = drafts.into_iter().map(Draft::statement).collect();
    if statements.is_empty() {
        statements.push(IdentityStatement::deny(ActionElement::any(), ResourceElement::any()));
    }
    Policy::managed(statements)
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
    (!has_free).then(|| holds_in(condition, effect, &space.known(), Reading::FIRST))
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
                    Some(Fact::Absent) => Some(variable.default?),
                    // A key with several values has no value as a variable (rule 3.23).
                    Some(Fact::Value(_)) => return None,
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
