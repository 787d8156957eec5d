//! Boundary vectors: order, spelling, case, wildcards and addresses, each answer written by hand.

mod addresses;
mod arns;
mod flags;
mod orders;
mod strings;

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::cells::{Case, vector};
use super::format::{Certainty, Vector};
use super::rules::Answer;

/// AWS was seen to answer so.
const O: Certainty = Certainty::Observed;
/// A page says it.
const D: Certainty = Certainty::Documented;
/// A judgement call of the rules.
const J: Certainty = Certainty::Judgement;

/// One boundary case, for any operator.
struct Boundary<'a> {
    name: &'a str,
    /// The operator as the policy spells it.
    operator: &'a str,
    negated: bool,
    key: &'a str,
    policy: Value,
    context: Option<Value>,
    rules: &'a str,
    certainty: Certainty,
    or_reject: bool,
    why: String,
    /// Whether the condition stands in an Allow and in a Deny. Otherwise in an Allow if the operator is positive, and else in a Deny.
    is_twofold: bool,
}

impl Boundary<'_> {
    fn vectors(self, answer: Answer) -> Vec<Vector> {
        let effects: &[(&str, bool)] = match (self.is_twofold, self.negated) {
            (true, _) => &[("-allow", false), ("-deny", true)],
            (false, false) => &[("", false)],
            (false, true) => &[("", true)],
        };
        let condition = json!({ self.operator: { self.key: self.policy } });
        let context = self.context.map_or(json!({}), |value| json!({ self.key: value }));
        // A set operator or IfExists stays in the case's name, because the table counts by operator.
        let bare = self.operator.rsplit(':').next().unwrap_or(self.operator);
        let bare = bare.strip_suffix("IfExists").unwrap_or(bare);
        effects
            .iter()
            .map(|(suffix, deny)| {
                let case = Case {
                    id: format!("boundaries/{bare}/{}{suffix}", self.name),
                    about: format!("{}: {}", self.operator, self.name.replace('-', " ")),
                    rules: self.rules.into(),
                    certainty: self.certainty,
                    or_reject: self.or_reject,
                    why: self.why.clone(),
                };
                vector(case, *deny, answer, &condition, context.clone())
            })
            .collect()
    }
}

/// All boundary vectors.
pub(super) fn all() -> Vec<Vector> {
    let mut vectors = Vec::new();
    vectors.extend(strings::all());
    vectors.extend(orders::all());
    vectors.extend(flags::all());
    vectors.extend(addresses::all());
    vectors.extend(arns::all());
    vectors
}

/// The six ordering operators of a family, and the answer of each for below, equal and above (rule 4.6).
const ORDERED: [(&str, bool, [Ordering; 2]); 6] = [
    ("Equals", false, [Ordering::Equal, Ordering::Equal]),
    ("NotEquals", true, [Ordering::Less, Ordering::Greater]),
    ("LessThan", false, [Ordering::Less, Ordering::Less]),
    ("LessThanEquals", false, [Ordering::Less, Ordering::Equal]),
    ("GreaterThan", false, [Ordering::Greater, Ordering::Greater]),
    ("GreaterThanEquals", false, [Ordering::Greater, Ordering::Equal]),
];
