//! The decision whether one dimension, the resource or one condition key, has a value that satisfies some literals.
//!
//! It is exact with one exception: a key that is compared as text and as a number, date, address or bytes, if its text is not one of
//! finitely many. In that case a value that is found counts, and finding none leaves the answer open.

mod tuple;

use iam_eval::ContextValue;

use crate::atom::{Atom, Dimension, Leaf, Literal, Many, Sets, Typed};
use crate::budget::{Meter, OutOfSteps};
use crate::glob::find::{arn_form, find};
use crate::glob::{Glob, Token, Union};
use crate::model::Model;
use crate::space::{Fact, KeyShape, KeyText, KeyValues};
use crate::typed::candidates;

/// A value of a dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// The name of the action after its prefix.
    Action(String),
    Resource(String),
    /// The request has no resource: `*`.
    NoResource,
    /// Whether the reading has the other answer at a point.
    Other(bool),
    Absent,
    Single(String),
    Multiple(Vec<String>),
    /// A text of a tuple, and the keys of it that the request lacks.
    Tuple(String, Vec<usize>),
}

/// The answer to the question for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer<T> {
    Some(T),
    None,
    /// The key is compared as text and as another type, and no value was found.
    Mixed,
}

impl<T> Answer<T> {
    fn or_none(found: Option<T>) -> Self {
        found.map_or(Self::None, Self::Some)
    }
}

/// The data that the theory needs besides the literals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Theory<'m> {
    pub(crate) model: &'m Model,
    pub(crate) meter: &'m Meter,
}

/// A leaf, and the value it must have.
pub(crate) type Wanted = (Leaf, bool);

impl Theory<'_> {
    /// A value for which all literals hold. All of them must be about this dimension.
    pub(crate) fn value(
        self,
        dimension: Dimension,
        shape: Option<KeyShape>,
        literals: &[Literal],
    ) -> Result<Answer<Value>, OutOfSteps> {
        self.meter.spend(literals.len().saturating_add(1))?;
        match (dimension, shape) {
            (Dimension::Action, _) => self.action(literals),
            (Dimension::Resource, _) => self.resource(literals),
            (Dimension::Tuple(number), _) => self.tuple(number, literals),
            (Dimension::Key(key), Some(shape)) => self.key(key, shape, literals),
            (Dimension::Key(key), None) => self.key(key, KeyShape::of(KeyValues::Either), literals),
            // The search never assigns an atom and its negation.
            (Dimension::Point(_), _) => Ok(Answer::Some(Value::Other(literals.iter().any(|l| l.holds)))),
        }
    }

    fn action(self, literals: &[Literal]) -> Result<Answer<Value>, OutOfSteps> {
        let leaf = |literal: &Literal| match self.model.atom(literal.atom) {
            Some(Atom::Action(leaf)) => Some((*leaf, literal.holds)),
            Some(Atom::Resource { .. } | Atom::Key { .. } | Atom::Tied { .. } | Atom::Other(_)) | None => {
                None
            }
        };
        let wanted: Vec<Wanted> = literals.iter().filter_map(leaf).collect();
        Ok(match self.text(&wanted, KeyText::Any, &[], &[])? {
            Answer::Some(name) => Answer::Some(Value::Action(name)),
            Answer::None => Answer::None,
            Answer::Mixed => Answer::Mixed,
        })
    }

    fn resource(self, literals: &[Literal]) -> Result<Answer<Value>, OutOfSteps> {
        let mut texts = Vec::new();
        let mut without = Vec::new();
        for literal in literals {
            if let Some(Atom::Resource { text, without: leaf }) = self.model.atom(literal.atom) {
                texts.push((*text, literal.holds));
                without.push((*leaf, literal.holds));
            }
        }
        if without.iter().all(|(leaf, holds)| self.model.leaves.can_be(*leaf, *holds, "*")) {
            return Ok(Answer::Some(Value::NoResource));
        }
        let form =
            Union::new(vec![if self.model.space.takes_any_resource() { Glob::any() } else { arn_form() }]);
        // The text `*` is the resource of a request without resource, which has been tried.
        let star = Union::new(vec![Glob::literal("*")]);
        Ok(match self.text(&texts, KeyText::Any, &[&form], &[&star])? {
            Answer::Some(text) => Answer::Some(Value::Resource(text)),
            Answer::None => Answer::None,
            Answer::Mixed => Answer::Mixed,
        })
    }

    fn key(self, key: u32, shape: KeyShape, literals: &[Literal]) -> Result<Answer<Value>, OutOfSteps> {
        let mut atoms = Vec::new();
        for literal in literals {
            if let Some(Atom::Key { absent, single, multiple, .. }) = self.model.atom(literal.atom) {
                atoms.push((*absent, *single, *multiple, literal.holds));
            }
        }
        let name = self.model.keys.get(key as usize).map_or("", |key| &*key.folded);
        if let Some(fact) = self.model.space.fact(name) {
            return Ok(self.known(fact, &atoms));
        }
        if !shape.always && atoms.iter().all(|(absent, _, _, holds)| absent == holds) {
            return Ok(Answer::Some(Value::Absent));
        }
        let mut is_mixed = false;
        if shape.values != KeyValues::Multiple {
            let wanted: Vec<Wanted> = atoms.iter().map(|(_, leaf, _, holds)| (*leaf, *holds)).collect();
            match self.text(&wanted, shape.text, &[], &[])? {
                Answer::Some(text) => return Ok(Answer::Some(Value::Single(text))),
                Answer::None => {}
                Answer::Mixed => is_mixed = true,
            }
        }
        if shape.values != KeyValues::Single {
            let wanted: Vec<(Sets, bool)> = atoms.iter().map(|(_, _, many, holds)| (*many, *holds)).collect();
            match self.set(&wanted, shape.text)? {
                Answer::Some(texts) => return Ok(Answer::Some(Value::Multiple(texts))),
                Answer::None => {}
                Answer::Mixed => is_mixed = true,
            }
        }
        Ok(if is_mixed { Answer::Mixed } else { Answer::None })
    }

    /// Whether the only possible value of a key satisfies the literals.
    fn known(self, fact: &Fact, atoms: &[(bool, Leaf, Sets, bool)]) -> Answer<Value> {
        let leaves = &self.model.leaves;
        let (fits, value) = match fact {
            Fact::Absent => (atoms.iter().all(|(absent, _, _, holds)| absent == holds), Value::Absent),
            Fact::Value(ContextValue::Single(text)) => {
                let fits = atoms.iter().all(|(_, leaf, _, holds)| leaves.can_be(*leaf, *holds, text));
                (fits, Value::Single(text.to_string()))
            }
            Fact::Value(ContextValue::Multiple(texts)) => {
                let fits = atoms.iter().all(|(_, _, many, holds)| self.can_be(*many, *holds, texts));
                (fits, Value::Multiple(texts.iter().map(ToString::to_string).collect()))
            }
            // These are not facts: see `Space::set_fact`.
            Fact::Value(ContextValue::Unknown | ContextValue::Twice(_)) => (false, Value::Absent),
        };
        Answer::or_none(fits.then_some(value))
    }

    /// Whether a predicate on sets can have this value on a set.
    fn can_be<T: AsRef<str>>(self, sets: Sets, holds: bool, texts: &[T]) -> bool {
        let leaves = &self.model.leaves;
        if let Some(value) = sets.blank
            && texts.iter().all(|text| text.as_ref().is_empty())
        {
            return value == holds;
        }
        match (sets.of, holds) {
            (Many::Constant(value), _) => value == holds,
            (Many::Every(leaf), true) => texts.iter().all(|t| leaves.can_be(leaf, true, t.as_ref())),
            (Many::Every(leaf), false) => texts.iter().any(|t| leaves.can_be(leaf, false, t.as_ref())),
            (Many::Some(leaf), true) => texts.iter().any(|t| leaves.can_be(leaf, true, t.as_ref())),
            (Many::Some(leaf), false) => texts.iter().all(|t| leaves.can_be(leaf, false, t.as_ref())),
        }
    }

    /// A set of texts that is not empty.
    ///
    /// Predicates that must hold for all texts are one conjunction. Each predicate that must hold for some text needs exactly one text that
    /// also satisfies the conjunction.
    fn set(self, wanted: &[(Sets, bool)], text: KeyText) -> Result<Answer<Vec<String>>, OutOfSteps> {
        if text == KeyText::Any && wanted.iter().all(|(sets, holds)| self.can_be(*sets, *holds, &[""])) {
            return Ok(Answer::Some(vec![String::new()]));
        }
        let mut of_all: Vec<Wanted> = Vec::new();
        let mut of_one: Vec<Wanted> = Vec::new();
        for (sets, holds) in wanted {
            match (sets.of, *holds) {
                (Many::Constant(value), holds) => {
                    if value != holds {
                        return Ok(Answer::None);
                    }
                }
                (Many::Every(leaf), true) => of_all.push((leaf, true)),
                (Many::Some(leaf), false) => of_all.push((leaf, false)),
                (Many::Every(leaf), false) => of_one.push((leaf, false)),
                (Many::Some(leaf), true) => of_one.push((leaf, true)),
            }
        }
        let mut texts: Vec<String> = Vec::new();
        for one in of_one {
            if texts.iter().any(|text| self.model.leaves.can_be(one.0, one.1, text)) {
                continue;
            }
            of_all.push(one);
            match self.text(&of_all, text, &[], &[])? {
                Answer::Some(found) => texts.push(found),
                Answer::None => return Ok(Answer::None),
                Answer::Mixed => return Ok(Answer::Mixed),
            }
            of_all.pop();
        }
        // A set of empty texts only was handled above.
        if texts.iter().all(String::is_empty) {
            let empty = Union::new(vec![Glob::literal("")]);
            match self.text(&of_all, text, &[], &[&empty])? {
                Answer::Some(found) => texts.push(found),
                Answer::None => return Ok(Answer::None),
                Answer::Mixed => return Ok(Answer::Mixed),
            }
        }
        Ok(Answer::Some(texts))
    }

    /// A text of a type for which the leaves have the wanted values, and which is in some unions and outside others.
    pub(crate) fn text(
        self,
        wanted: &[Wanted],
        text: KeyText,
        within: &[&Union],
        beyond: &[&Union],
    ) -> Result<Answer<String>, OutOfSteps> {
        if let Some((form, never)) = text.form() {
            let (within, beyond) = ([within, &[&form]].concat(), [beyond, &[&never]].concat());
            return self.text(wanted, KeyText::Any, &within, &beyond);
        }
        let rule = |(leaf, holds): &Wanted| match leaf {
            Leaf::Text { beyond_arns: Some(value), .. } => Some(value == holds),
            Leaf::Text { beyond_arns: None, .. } | Leaf::Constant(_) | Leaf::Typed(_) | Leaf::Free(_) => None,
        };
        let has_rule = wanted.iter().any(|one| rule(one).is_some());
        if text != KeyText::Arn && !has_rule {
            return self.plain_text(wanted, text, within, beyond);
        }
        let arns = Union::new(vec![Glob::arns()]);
        let found = self.plain_text(wanted, text, &[within, &[&arns]].concat(), beyond)?;
        if text == KeyText::Arn
            || matches!(found, Answer::Some(_))
            || wanted.iter().any(|one| rule(one) == Some(false))
        {
            return Ok(found);
        }
        // The text is no ARN.
        let others: Vec<Wanted> = wanted.iter().copied().filter(|one| rule(one).is_none()).collect();
        let other = self.plain_text(&others, text, within, &[beyond, &[&arns]].concat())?;
        // Where no text is none of them, what is open among the ARNs stays open.
        Ok(if matches!(other, Answer::None) { found } else { other })
    }

    /// As [`Self::text`], for texts of which it is known whether they are ARNs.
    fn plain_text(
        self,
        wanted: &[Wanted],
        text: KeyText,
        within: &[&Union],
        beyond: &[&Union],
    ) -> Result<Answer<String>, OutOfSteps> {
        let leaves = &self.model.leaves;
        let mut inside: Vec<&Union> = within.to_vec();
        let mut outside: Vec<&Union> = beyond.to_vec();
        let mut typed: Vec<(&Typed, bool)> = Vec::new();
        for (leaf, holds) in wanted {
            match leaf {
                Leaf::Constant(value) if value != holds => return Ok(Answer::None),
                Leaf::Constant(_) | Leaf::Free(_) => {}
                Leaf::Text { holds: yes, fails: no, .. } => {
                    let language = if *holds { yes } else { no };
                    let Some(union) = leaves.union(language.union) else { continue };
                    if language.inside { inside.push(union) } else { outside.push(union) }
                }
                Leaf::Typed(id) => typed.extend(leaves.typed(*id).map(|test| (test, *holds))),
            }
        }
        let is_free = matches!(text, KeyText::Any | KeyText::Arn);
        if typed.is_empty() && is_free {
            return find(&inside, &outside, self.meter).map(Answer::or_none);
        }
        let fits = |candidate: &str| {
            text.contains(candidate)
                && inside.iter().all(|union| union.matches(candidate))
                && !outside.iter().any(|union| union.matches(candidate))
                && typed.iter().all(|(test, holds)| test.holds(candidate) == *holds)
        };
        for candidate in candidates(typed.iter().map(|(test, _)| *test)) {
            self.meter.spend(typed.len().saturating_add(inside.len()))?;
            if fits(&candidate) {
                return Ok(Answer::Some(candidate.into()));
            }
        }
        let has_text = inside.len().saturating_add(outside.len()) > 0;
        if has_text {
            // The same numbers in other notations, which texts tell apart.
            for candidate in candidates(typed.iter().map(|(test, _)| *test)) {
                self.meter.spend(typed.len().saturating_add(inside.len()))?;
                if let Some(other) = notations(&candidate).into_iter().find(|other| fits(other)) {
                    return Ok(Answer::Some(other));
                }
            }
        }
        if !has_text && is_one_family(text, &typed) {
            return Ok(Answer::None);
        }
        // If the texts are finitely many, all are tried.
        if let Some(finite) = inside.iter().find_map(|union| listed(union)) {
            return Ok(Answer::or_none(finite.into_iter().find(|candidate| fits(candidate))));
        }
        // `Bool` distinguishes the texts that are `true` without case, and all others.
        let words = Union::new(vec![Glob::new("true".chars().map(Token::Letter).collect())]);
        let is_bool = is_free && typed.iter().all(|(test, _)| test.is_bool());
        if is_bool {
            let holds = |word: &str| typed.iter().all(|(test, holds)| test.holds(word) == *holds);
            return match (holds("true"), holds("x")) {
                (false, false) => Ok(Answer::None),
                (true, true) => find(&inside, &outside, self.meter).map(Answer::or_none),
                (is_true, _) => {
                    let side = if is_true { &mut inside } else { &mut outside };
                    side.push(&words);
                    find(&inside, &outside, self.meter).map(Answer::or_none)
                }
            };
        }
        Ok(match find(&inside, &outside, self.meter)? {
            None => Answer::None,
            Some(found) if fits(&found) => Answer::Some(found),
            Some(_) if text == KeyText::Bool => Answer::None,
            Some(_) => Answer::Mixed,
        })
    }
}

/// Other texts that are read as the same number.
fn notations(text: &str) -> [String; 2] {
    [format!("{text}.0"), format!("0{text}")]
}

/// Whether all comparisons are of one type, so that no values besides the candidates are needed.
fn is_one_family(text: KeyText, typed: &[(&Typed, bool)]) -> bool {
    let mut families = typed.iter().map(|(test, _)| test.condition.test.value.operator.family());
    let Some(first) = families.next() else { return true };
    let own = match text {
        KeyText::Any | KeyText::SessionName | KeyText::TagKey | KeyText::TagValue => None,
        KeyText::Bool => Some(iam_policy::Family::Bool),
        KeyText::Number => Some(iam_policy::Family::Numeric),
        KeyText::Date => Some(iam_policy::Family::Date),
        KeyText::Ip => Some(iam_policy::Family::Ip),
        KeyText::Arn => Some(iam_policy::Family::Arn),
    };
    own.is_none_or(|own| own == first) && families.all(|family| family == first)
}

/// All texts of a union that has finitely many. `None` if it has infinitely many.
fn listed(union: &Union) -> Option<Vec<String>> {
    union.globs.iter().map(Glob::as_literal).collect()
}
