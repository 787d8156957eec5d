//! The cells: every operator form, presence and effect, one vector each.

use serde_json::{Value, json};

use super::format::{Certainty, Policies, Request, Vector, policy};
use super::operators::{OPERATORS, Operator};
use super::rules::{Answer, Derivation, Form, Pick, Presence, Quantifier, decision, derive};

/// The part of the id that says which statement has the condition.
pub(super) const EFFECTS: [(&str, bool); 2] = [("allow", false), ("deny", true)];

/// The parts of a condition vector besides its condition.
pub(super) struct Case {
    pub(super) id: String,
    pub(super) about: String,
    pub(super) rules: String,
    pub(super) certainty: Certainty,
    pub(super) or_reject: bool,
    pub(super) why: String,
}

/// A vector whose answer depends on one condition: an Allow with it, or a Deny with it and an Allow for everything.
pub(super) fn vector(case: Case, deny: bool, answer: Answer, condition: &Value, context: Value) -> Vector {
    let effect = if deny { "Deny" } else { "Allow" };
    let conditional =
        json!({ "Effect": effect, "Action": "s3:GetObject", "Resource": "*", "Condition": condition });
    let open = json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" });
    let statements = if deny { vec![open, conditional] } else { vec![conditional] };
    let applies = match (deny, answer) {
        (false, Answer::True) => "An Allow applies.",
        (false, Answer::False) => "An Allow does not apply.",
        (false, Answer::Indeterminate) => "An Allow applies only when its condition is true (rule 4.22).",
        (true, Answer::True) => "A Deny applies.",
        (true, Answer::False) => "A Deny does not apply.",
        (true, Answer::Indeterminate) => "A Deny applies unless its condition is false (rule 4.22).",
    };
    Vector {
        id: case.id,
        section: "conditions.operators",
        about: case.about,
        source: case.rules,
        certainty: case.certainty,
        or_reject: case.or_reject,
        request: Request { context, ..Request::default() },
        policies: Policies { identity: vec![policy(&statements)], ..Policies::default() },
        expect: decision(deny, answer),
        why: format!("{} {applies}", case.why),
    }
}

/// All vectors of the cells.
pub(super) fn all() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for operator in OPERATORS {
        for quantifier in Quantifier::ALL {
            for if_exists in [false, true] {
                let form = Form { operator, quantifier, if_exists };
                for presence in Presence::ALL.into_iter().filter(|p| p.is_legal(quantifier, operator)) {
                    vectors.extend(EFFECTS.map(|effect| cell(&form, presence, effect)));
                }
            }
        }
    }
    vectors.extend(null());
    vectors
}

/// One cell.
fn cell(form: &Form<'_>, presence: Presence, (effect, deny): (&str, bool)) -> Vector {
    let Derivation { answer, rules, certainty, why } = derive(form, presence);
    let spelling = form.spelling();
    let case = Case {
        id: format!("operators/{spelling}/{}/{effect}", presence.name()),
        about: format!("{spelling}, {}", presence.name().replace('-', " ")),
        rules: rules.into(),
        certainty,
        or_reject: false,
        why,
    };
    let key = form.operator.key;
    let values = match form.operator.policy {
        [one] => json!(one),
        several => json!(several),
    };
    vector(case, deny, answer, &json!({ spelling: { key: values } }), context(form.operator, presence))
}

/// The request's context for a presence.
fn context(operator: &Operator, presence: Presence) -> Value {
    let (multivalued, picks) = presence.picks();
    let values: Vec<&str> = picks
        .iter()
        .map(|pick| match pick {
            Pick::Inside(n) => operator.inside[*n].0,
            Pick::Outside(n) => operator.outside[*n].0,
            Pick::Empty => "",
            Pick::Wrong => operator.wrong.0,
        })
        .collect();
    match (multivalued, values.as_slice()) {
        (true, list) => json!({ operator.key: list }),
        (false, [one]) => json!({ operator.key: one }),
        (false, _) => json!({}),
    }
}

/// The presences that have a meaning for Null, and whether the key then has a value (rules 4.7, 4.8).
pub(super) const NULL_PRESENCES: [(&str, Option<&str>, bool); 8] = [
    ("absent", None, false),
    ("empty-list", Some("[]"), false),
    ("one-inside", Some("\"blue\""), true),
    ("list-of-one-inside", Some("[\"blue\"]"), true),
    ("all-inside", Some("[\"blue\", \"green\"]"), true),
    ("empty-string", Some("\"\""), true),
    ("empty-string-in-list", Some("[\"\"]"), false),
    ("empty-string-beside-another", Some("[\"\", \"blue\"]"), true),
];

/// The cells of Null, which takes neither IfExists nor a set operator.
fn null() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for asked in [true, false] {
        for (name, value, present) in NULL_PRESENCES {
            for (effect, deny) in EFFECTS {
                let (rules, certainty) = match name {
                    "empty-string" => ("rules 4.7, 4.8", Certainty::Observed),
                    "empty-list" | "empty-string-in-list" | "empty-string-beside-another" => {
                        ("rules 4.7, 4.8", Certainty::Documented)
                    }
                    _ => ("rule 4.7", Certainty::Documented),
                };
                let case = Case {
                    id: format!("operators/Null-{asked}/{name}/{effect}"),
                    about: format!("Null {asked}, {}", name.replace('-', " ")),
                    rules: rules.into(),
                    certainty,
                    or_reject: false,
                    why: format!("The key {} a value.", if present { "has" } else { "is without" }),
                };
                let context = value.map_or(json!({}), |text| {
                    let value: Value = serde_json::from_str(text).expect("the table holds JSON");
                    json!({ "app:names": value })
                });
                let condition = json!({ "Null": { "app:names": asked.to_string() } });
                vectors.push(vector(case, deny, Answer::of(present != asked), &condition, context));
            }
        }
    }
    vectors
}
