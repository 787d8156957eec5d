//! Conditions: one test as a predicate on the values of its key.

use iam_eval::{Context, ContextValue, LetterCase, Point, Reading, Readings, condition_outcomes};
use iam_policy::value::IpRange;
use iam_policy::{Condition, Effect, Flag, Operator, Pattern, Quantifier, Spanned, Values};

use super::{Answers, Reader, Tested, is_first};
use crate::atom::{Atom, Leaf, Literal, Many, Sets};
use crate::glob::Compared;
use crate::space::{Fact, KeyText, KeyValues};
use crate::typed::holds_in;

/// The points that concern the comparison of one text by the evaluator.
const OF_TEXTS: [Point; 5] = [
    Point::UnreadableNumber,
    Point::UnreadableAddress,
    Point::DeadNetwork,
    Point::Milliseconds,
    Point::BoolVariable,
];

impl Reader<'_> {
    pub(super) fn condition(&mut self, condition: &Condition, effect: Effect) -> Answers {
        let points = self.points(condition);
        self.answers(&points, |reader, reading| reader.condition_under(condition, effect, reading))
    }

    /// The points that may matter to a condition.
    fn points(&self, condition: &Condition) -> Vec<Point> {
        let name = condition.key.value.as_str();
        let test = condition.test.value;
        let mut points = Vec::new();
        if let Some(fact) = self.model.space.fact(name) {
            if self.is_told(condition) {
                return points;
            }
            if matches!(fact, Fact::Value(_)) {
                points.push(Point::QuestionMark);
            }
        }
        let shape = self.model.space.shape(&name.to_ascii_lowercase());
        let may_have_several = shape.is_none_or(|shape| shape.values != KeyValues::Single);
        let is_set = test.quantifier == Some(Quantifier::ForAllValues) || test.operator == Operator::Null;
        if may_have_several && is_set {
            points.push(Point::EmptyTextList);
        }
        // What is known may be of another type than the values of the key.
        let has_fact = self.model.space.fact(name).is_some();
        let is_text = |text: KeyText| !has_fact && shape.is_some_and(|shape| shape.text == text);
        let is_negated = test.operator.is_negated();
        match &condition.values {
            Values::String(values) => {
                if lowers(test.operator) {
                    points.push(Point::LetterCase);
                }
                points.extend(list_variable(values));
            }
            Values::Arn(values) => {
                if is_negated && !is_text(KeyText::Arn) {
                    points.push(Point::UnreadableArn);
                }
                let may_be_unreadable = |v: &Spanned<Pattern>| {
                    v.value.has_variables() || iam_policy::count_fields(&v.value) < iam_policy::ARN_FIELDS
                };
                if values.iter().any(may_be_unreadable) {
                    points.push(Point::UnreadablePattern);
                }
                points.extend(list_variable(values));
            }
            Values::Numeric(_) if is_negated && !is_text(KeyText::Number) => {
                points.push(Point::UnreadableNumber);
            }
            Values::Date(_) => {
                points.push(Point::Milliseconds);
                if is_negated && !is_text(KeyText::Date) {
                    points.push(Point::UnreadableNumber);
                }
            }
            Values::Ip(values) => {
                if is_negated && !is_text(KeyText::Ip) {
                    points.push(Point::UnreadableAddress);
                }
                if values.iter().filter_map(|v| v.value.value()).any(IpRange::is_dead) {
                    points.push(Point::DeadNetwork);
                }
            }
            Values::Bool(flags) if flags.iter().any(|f| matches!(f.value, Flag::Variable(_))) => {
                points.push(Point::BoolVariable);
            }
            Values::Numeric(_) | Values::Bool(_) | Values::Binary(_) | Values::Null(_) => {}
        }
        points
    }

    /// Whether no point matters to a test of a key that is known: the evaluator knows, unless the test has variables, which may be free.
    fn is_told(&self, condition: &Condition) -> bool {
        !has_variables(condition)
            && !condition_outcomes(condition, &self.model.space.known(), Readings::OPEN).is_open()
    }

    fn condition_under(&mut self, condition: &Condition, effect: Effect, reading: Reading) -> Tested {
        let name = condition.key.value.as_str();
        let test = condition.test.value;
        let is_negated = test.operator.is_negated();
        let in_context = |context: &Context| holds_in(condition, effect, context, reading);
        let shape = self.model.space.shape(&name.to_ascii_lowercase());
        let fact = self.model.space.fact(name);
        let has_fact = fact.is_some();
        let is_arn = !has_fact && shape.is_some_and(|shape| shape.text == KeyText::Arn);
        let has_no_values = condition.values.is_empty() || test.operator == Operator::Null;
        let leaf = match &condition.values {
            _ if has_no_values => None,
            Values::Arn(values) => Some(self.arns(values, is_negated, effect, reading, is_arn)),
            Values::String(values) => {
                let compared = if !lowers(test.operator) {
                    Compared::Text(LetterCase::Sensitive)
                } else if is_first(reading, Point::LetterCase) {
                    Compared::Lowered
                } else {
                    Compared::Text(LetterCase::Ascii)
                };
                let bounds = self.bounds(values.iter().map(|v| &v.value), compared, reading);
                let positive = self.leaf(bounds);
                Some(if is_negated { opposite(positive) } else { positive })
            }
            Values::Bool(flags) if self.flag_variables(flags) && is_first(reading, Point::BoolVariable) => {
                Some(Leaf::Free(self.model.ties(condition.values.texts(), None)))
            }
            Values::Numeric(_)
            | Values::Date(_)
            | Values::Bool(_)
            | Values::Binary(_)
            | Values::Ip(_)
            | Values::Null(_) => {
                let others = reading.others().filter(|point| OF_TEXTS.contains(point));
                Some(Leaf::Typed(self.model.typed(&plain(condition), Reading::with_other(others))))
            }
        };
        let is_exact = match leaf {
            Some(Leaf::Text { variables, .. }) => variables.is_none(),
            Some(Leaf::Free(_)) => false,
            Some(Leaf::Constant(_) | Leaf::Typed(_)) | None => true,
        };
        if has_fact && is_exact {
            return Tested::Constant(in_context(&self.model.space.known()));
        }
        let key = self.model.key(name);
        let absent = in_context(&Context::new());
        let with = |value: ContextValue| in_context(&Context::new().with(name, value));
        let single = leaf.unwrap_or_else(|| Leaf::Constant(with(ContextValue::single("x"))));
        let multiple = match (test.quantifier, leaf) {
            // The evaluator decides for `Null` and for empty lists.
            (_, None) => {
                let several = with(ContextValue::multiple(["x"]));
                let blank = with(ContextValue::multiple([""]));
                Sets { blank: (blank != several).then_some(blank), of: Many::Constant(several) }
            }
            // Without set operator, several values never match (rule 4.9).
            (None, Some(_)) => Sets { blank: None, of: Many::Constant(false) },
            (Some(Quantifier::ForAllValues), Some(leaf)) => {
                Sets { blank: is_first(reading, Point::EmptyTextList).then_some(true), of: Many::Every(leaf) }
            }
            (Some(Quantifier::ForAnyValue), Some(leaf)) => Sets { blank: None, of: Many::Some(leaf) },
        };
        if test.quantifier.is_some() && shape.is_none() {
            self.quantified.push(key);
        }
        if let (Leaf::Constant(single), Sets { blank: None, of: Many::Constant(multiple) }) =
            (single, multiple)
            && absent == single
            && single == multiple
        {
            return Tested::Constant(absent);
        }
        if let Some((tuple, place)) = self.model.space.tied(name) {
            return self.tied(tuple, place, absent, single, multiple);
        }
        let atom = Atom::Key { key, absent, single, multiple };
        Tested::Literal(Literal { atom: self.model.intern(atom), holds: true })
    }

    fn flag_variables(&mut self, flags: &[Spanned<Flag>]) -> bool {
        let mut has = false;
        for flag in flags {
            if let Flag::Variable(pattern) = &flag.value {
                has = true;
                self.free.extend(pattern.variables().map(|v| v.key.to_ascii_lowercase().into()));
            }
        }
        has
    }
}

const fn lowers(operator: Operator) -> bool {
    matches!(operator, Operator::StringEqualsIgnoreCase | Operator::StringNotEqualsIgnoreCase)
}

/// The point about variables of keys with several values, if a variable has a default.
fn list_variable(values: &[Spanned<Pattern>]) -> Option<Point> {
    let mut variables = values.iter().flat_map(|v| v.value.variables());
    variables.any(|variable| variable.default.is_some()).then_some(Point::ListVariable)
}

fn has_variables(condition: &Condition) -> bool {
    match &condition.values {
        Values::String(values) | Values::Arn(values) => values.iter().any(|v| v.value.has_variables()),
        Values::Bool(flags) => flags.iter().any(|f| matches!(f.value, Flag::Variable(_))),
        Values::Numeric(_) | Values::Date(_) | Values::Binary(_) | Values::Ip(_) | Values::Null(_) => false,
    }
}

/// The same test without its set operator, on one value.
fn plain(condition: &Condition) -> Condition {
    let mut plain = condition.clone();
    plain.test.value.quantifier = None;
    plain
}

pub(super) const fn opposite(leaf: Leaf) -> Leaf {
    match leaf {
        Leaf::Constant(value) => Leaf::Constant(!value),
        Leaf::Text { holds, fails, variables, beyond_arns } => {
            Leaf::Text { holds: fails, fails: holds, variables, beyond_arns }
        }
        Leaf::Typed(_) | Leaf::Free(_) => leaf,
    }
}
