//! Whether a tuple of tied keys has a text that satisfies some literals.

use iam_eval::ContextValue;

use super::{Answer, Theory, Value, Wanted};
use crate::atom::{Atom, Leaf, Literal, TiedTo};
use crate::budget::OutOfSteps;
use crate::glob::{Glob, Union};
use crate::space::{Fact, KeyText};
use crate::who::tuple::Tuple;

/// A test of a tuple: what it is about, its value without the key, its value for a text, and the value that is wanted.
type Test = (TiedTo, bool, Leaf, bool);

/// The maximum number of keys that a request may have or lack, each by itself.
const MOST_OPTIONAL: u32 = 6;

impl Theory<'_> {
    /// A text of a tuple for which all literals hold, or the absence of the whole tuple.
    pub(super) fn tuple(self, number: u8, literals: &[Literal]) -> Result<Answer<Value>, OutOfSteps> {
        let Some(tuple) = self.model.space.tuple(number) else { return Ok(Answer::None) };
        let mut tests: Vec<Test> = Vec::new();
        for literal in literals {
            if let Some(Atom::Tied { key, absent, text, .. }) = self.model.atom(literal.atom) {
                tests.push((*key, *absent, *text, literal.holds));
            }
        }
        let (mut within, mut is_there, mut is_absent) = (Vec::new(), false, Vec::new());
        for (place, key) in tuple.keys.iter().enumerate().filter(|(_, key)| key.name.contains(':')) {
            match self.model.space.own_fact(key.name) {
                None => {}
                Some(Fact::Absent) => is_absent.push(place),
                Some(Fact::Value(value)) => {
                    is_there = true;
                    let text = match value {
                        ContextValue::Single(text) => Some(text),
                        ContextValue::Multiple(texts) => texts.first().filter(|_| texts.len() == 1),
                        ContextValue::Unknown | ContextValue::Twice(_) => None,
                    };
                    let union =
                        text.and_then(|text| tuple.embedded(place, &Union::new(vec![Glob::literal(text)])));
                    within.push(union.unwrap_or_else(|| Union::new(Vec::new())));
                }
            }
        }
        let fits_without = tests.iter().all(|(_, absent, _, holds)| absent == holds);
        if tuple.may_lack && !is_there && fits_without {
            return Ok(Answer::Some(Value::Absent));
        }
        if is_absent.iter().any(|place| tuple.keys.get(*place).is_some_and(|key| !key.may_lack)) {
            return Ok(Answer::None);
        }
        self.present(tuple, &tests, &within, &is_absent)
    }

    /// As [`Self::tuple`], for requests that have the tuple.
    fn present(
        self,
        tuple: &Tuple,
        tests: &[Test],
        within: &[Union],
        is_absent: &[usize],
    ) -> Result<Answer<Value>, OutOfSteps> {
        let may_lack = |place: &usize| tuple.keys.get(*place).is_some_and(|key| key.may_lack);
        let mut optional: Vec<usize> = tests
            .iter()
            .filter_map(|(key, ..)| if let TiedTo::Key(place) = key { Some(*place) } else { None })
            .filter(may_lack)
            .collect();
        optional.sort_unstable();
        optional.dedup();
        let count = u32::try_from(optional.len()).unwrap_or(u32::MAX).min(MOST_OPTIONAL);
        let never = Union::new(tuple.never.clone());
        let mut is_mixed = false;
        // First the requests that have every key.
        for choice in 0..1_u32.checked_shl(count).unwrap_or(1) {
            let is_lacking = |place: usize| {
                let at = optional.iter().position(|own| *own == place);
                let bit = at.and_then(|at| 1_u32.checked_shl(u32::try_from(at).ok()?));
                is_absent.contains(&place) || bit.is_some_and(|bit| choice & bit != 0)
            };
            let without = |key: &TiedTo| matches!(key, TiedTo::Key(place) if is_lacking(*place));
            if tests.iter().any(|(key, absent, _, holds)| without(key) && absent != holds) {
                continue;
            }
            let wanted: Vec<Wanted> = tests
                .iter()
                .filter(|(key, ..)| !without(key))
                .map(|(_, _, leaf, holds)| (*leaf, *holds))
                .collect();
            for form in &tuple.forms {
                let inside: Vec<&Union> = within.iter().chain([form]).collect();
                match self.text(&wanted, KeyText::Any, &inside, &[&never])? {
                    Answer::Some(text) => {
                        let keys = 0..tuple.keys.len();
                        let lacks = keys.filter(|place| {
                            is_lacking(*place) || may_lack(place) && !optional.contains(place)
                        });
                        return Ok(Answer::Some(Value::Tuple(text, lacks.collect())));
                    }
                    Answer::None => {}
                    Answer::Mixed => is_mixed = true,
                }
            }
        }
        Ok(if is_mixed { Answer::Mixed } else { Answer::None })
    }
}
