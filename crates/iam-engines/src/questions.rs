//! Questions that are small enough to enumerate all requests: comparison of the analysis with counting.
//!
//! The policies of such a question use few actions, short resources and few keys, with values from short lists. If the analysis says that a
//! question fails, its witness is checked. If it says that a question holds, every request of the small world is checked.

use std::sync::Arc;

use iam_analysis::{
    ActionNames, Actions, Analysis, Doubt, Effective, KeyShape, KeyText, KeyValues, Question, Space, Verdict,
};
use iam_eval::{Action, Context, ContextValue, Decision, Layers, Principal, Request};
use iam_policy::{Limits, Mode, Policy, PolicyKind};
use iam_testkit::Source;

/// A question: is there a request that the layers of `allowed` allow and those of `beyond` do not?
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SmallQuestion {
    /// The policies of the first layers: identity policies, and sometimes a boundary and session policies.
    pub allowed: Layers,
    /// The identity policy of the second layers.
    pub beyond: Layers,
    /// The texts of all policies, identity policies first.
    pub texts: Vec<String>,
    /// The keys that the policies use.
    pub keys: Vec<&'static SmallKey>,
    /// Whether action names are open. Otherwise they are the four of the small world.
    pub is_open: bool,
}

/// A condition key of the small world.
#[derive(Debug)]
#[non_exhaustive]
pub struct SmallKey {
    /// The name of the key.
    pub name: &'static str,
    /// The number of values of the key. [`KeyValues::Either`] is not set in the space: the analysis derives it from the policies.
    pub values: KeyValues,
    operators: &'static [&'static str],
    texts: &'static [&'static str],
    seen: &'static [&'static str],
}

const ACTIONS: [&str; 4] = ["s:a", "s:b", "s:ab", "t:a"];
const ACTION_PATTERNS: [&str; 10] = ["*", "s:*", "s:a", "s:a*", "s:*b", "s:?", "t:*", "*:a", "s:A", "u:x*"];
const RESOURCE_PATTERNS: [&str; 18] = [
    "*",
    "arn:p:s:::*",
    "arn:p:s:::a",
    "arn:p:s:::a*",
    "arn:p:s:::*b",
    "arn:p:s:::?",
    "arn:p:s:::a*b*",
    "arn:p:s:::??",
    "arn:p:s:::*a*",
    "arn:p:s:::ab",
    "arn:p:*:::a",
    "arn:*b",
    "arn:p:s:::b?*",
    "arn:p:s:::${k:v}",
    "arn:p:s:::${k:v}*",
    "arn:p:s:::${k:v, 'a'}",
    "arn:p:s:::a${k:v}",
    "arn:?:s:*:*:a",
];

/// Texts of up to two letters, and some of three. One of the letters occurs in no pattern and stands for all others.
fn letters() -> Vec<String> {
    let mut found = vec![String::new()];
    let mut last = found.clone();
    for _ in 0..2 {
        last = last.iter().flat_map(|t| ["a", "b", "x"].map(|c| format!("{t}{c}"))).collect();
        found.extend(last.iter().cloned());
    }
    found.extend(["aab", "axb", "abx", "bab"].map(Into::into));
    found
}

const TEXT_OPERATORS: [&str; 6] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
];
const TEXTS: [&str; 14] =
    ["a", "b", "ab", "A", "a*", "*b", "?", "*", "", "*a*", "??*", "${k:v}", "a${k:v}", "${k:v, 'b'}"];
const TEXTS_SEEN: [&str; 9] = ["", "a", "b", "x", "A", "ab", "aa", "xb", "aB"];

const KEYS: [SmallKey; 9] = [
    SmallKey {
        name: "k:s",
        values: KeyValues::Single,
        operators: &TEXT_OPERATORS,
        texts: &TEXTS,
        seen: &TEXTS_SEEN,
    },
    SmallKey {
        name: "k:t",
        values: KeyValues::Single,
        operators: &TEXT_OPERATORS,
        texts: &TEXTS,
        seen: &TEXTS_SEEN,
    },
    SmallKey {
        name: "k:m",
        values: KeyValues::Multiple,
        operators: &TEXT_OPERATORS,
        texts: &TEXTS,
        seen: &TEXTS_SEEN,
    },
    SmallKey {
        name: "k:e",
        values: KeyValues::Either,
        operators: &TEXT_OPERATORS,
        texts: &TEXTS,
        seen: &TEXTS_SEEN,
    },
    SmallKey {
        name: "k:n",
        values: KeyValues::Single,
        operators: &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        texts: &["0", "1", "1.5", "-1", "01", "2"],
        seen: &["-2", "-1", "-0.5", "0", "0.5", "1", "1.25", "1.5", "1.75", "2", "3", "x", ""],
    },
    SmallKey {
        name: "k:d",
        values: KeyValues::Multiple,
        operators: &["DateEquals", "DateNotEquals", "DateLessThan", "DateGreaterThanEquals"],
        texts: &["2024-01-01T00:00:00Z", "2024-01-02", "1704067200"],
        seen: &[
            "2023-05-05",
            "2024-01-01T00:00:00Z",
            "2024-01-01T12:00:00Z",
            "2024-01-02",
            "2025-01",
            "x",
            "",
        ],
    },
    SmallKey {
        name: "k:i",
        values: KeyValues::Single,
        operators: &["IpAddress", "NotIpAddress"],
        texts: &["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "::/0", "0.0.0.0/0", "2001:db8::/32"],
        seen: &["10.0.0.1", "10.1.0.1", "10.1.2.3", "11.0.0.0", "9.9.9.9", "::1", "2001:db8::1", "x"],
    },
    SmallKey {
        name: "k:b",
        values: KeyValues::Single,
        operators: &["Bool", "StringEquals", "StringNotEquals"],
        texts: &["true", "false"],
        seen: &["true", "false", "True", "x", ""],
    },
    SmallKey {
        name: "k:r",
        values: KeyValues::Single,
        operators: &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike"],
        texts: &["arn:p:s:::a*", "arn:p:*:::a", "arn:*:*:*:*:*", "arn:p:s:?::b", "arn:p:s:::${k:v}"],
        seen: &[
            "arn:p:s:::a",
            "arn:p:s:::ab",
            "arn:p:t:::a",
            "arn:p:s:r::b",
            "arn:p:s:::x",
            "arn:p:s",
            "x",
            "",
        ],
    },
];
const VARIABLE: SmallKey = SmallKey {
    name: "k:v",
    values: KeyValues::Single,
    operators: &["StringEquals", "StringLike", "Null"],
    texts: &["a", "b", "*"],
    seen: &["", "a", "b", "x", "ab"],
};

impl SmallQuestion {
    /// Draws a question. `None` if one of its policies is refused.
    pub fn draw(source: &mut Source<'_>) -> Option<Self> {
        let has_variables = source.chance(30);
        let mut keys: Vec<&'static SmallKey> = Vec::new();
        for _ in 0..source.between(0, 2) {
            let key = source.pick(&KEYS);
            if !keys.iter().any(|known| known.name == key.name) {
                keys.push(key);
            }
        }
        let mut layers = [Layers::new(), Layers::new()];
        let mut texts = Vec::new();
        // Sometimes the second layers are the first ones with a change, so that they have much in common.
        let same = source.chance(30);
        let statements: Vec<String> =
            (0..source.between(1, 3)).map(|_| statement(source, &keys, has_variables)).collect();
        let mut other: Vec<String> = if same { statements.clone() } else { Vec::new() };
        if !same || source.chance(70) {
            other.extend((0..source.between(1, 2)).map(|_| statement(source, &keys, has_variables)));
        }
        for (layers, statements) in layers.iter_mut().zip([statements, other]) {
            let text = document(&statements);
            layers.identity.push(parse(&text, PolicyKind::Identity)?);
            texts.push(text);
        }
        let [mut allowed, beyond] = layers;
        if source.chance(20) {
            let text = document(&[statement(source, &keys, false), statement(source, &keys, false)]);
            allowed.session = Some(vec![parse(&text, PolicyKind::Session)?]);
            texts.push(text);
        }
        if has_variables {
            keys.push(&VARIABLE);
        }
        Some(Self { allowed, beyond, texts, keys, is_open: source.chance(50) })
    }

    /// The answer of the analysis.
    pub fn answer(&self) -> Verdict {
        let mut analysis = Analysis::new(self.space());
        let names = ActionNames::new(ACTIONS);
        let actions = if self.is_open { Actions::Open } else { Actions::Among(names) };
        analysis.never(&Question::new(&self.allowed).beyond(&self.beyond).about(actions))
    }

    /// The answer of the analysis for all action names.
    pub fn answer_openly(&self) -> Verdict {
        let mut analysis = Analysis::new(self.space());
        analysis.never(&Question::new(&self.allowed).beyond(&self.beyond))
    }

    /// A request of the small world that answers the question with yes. `None` if there is none.
    pub fn counterexample(&self) -> Option<Request> {
        self.request(|request| {
            self.allowed.decide(request) == Decision::Allowed
                && self.beyond.decide(request) != Decision::Allowed
        })
    }

    /// Writes the first layers as one policy, and checks it with every request of the small world.
    ///
    /// # Errors
    /// A request that the policy and the layers decide differently, or a request that the policy allows and should not.
    pub fn check_effective(&self) -> Result<Effective, String> {
        let effective = Analysis::effective(&self.space(), &self.allowed).map_err(|e| e.to_string())?;
        let mut own = Layers::new();
        own.identity.push(Arc::clone(&effective.policy));
        let is_exact = effective.is_exact();
        let differs = self.request(|request| {
            let (one, all) = (own.decide(request), self.allowed.decide(request));
            let (one, all) = (one == Decision::Allowed, all == Decision::Allowed);
            if is_exact { one != all } else { one && !all }
        });
        match differs {
            Some(request) => Err(format!("{:#}\n{request:?}", effective.policy)),
            None => Ok(effective),
        }
    }

    fn space(&self) -> Space {
        let mut space = Space::new();
        for key in &self.keys {
            if key.values != KeyValues::Either {
                space.set_shape(key.name, KeyShape { values: key.values, text: KeyText::Any, always: false });
            }
        }
        space
    }

    /// The first request of the small world for which `is_wanted` is true.
    fn request(&self, is_wanted: impl Fn(&Request) -> bool) -> Option<Request> {
        let seen: Vec<(&str, Vec<Option<ContextValue>>)> =
            self.keys.iter().map(|key| (key.name, key.contexts())).collect();
        let mut resources: Vec<String> = vec!["*".into()];
        resources.extend(letters().iter().filter(|t| !t.is_empty()).map(|t| format!("arn:p:s:::{t}")));
        resources.extend(["arn:p:t:::a", "arn:q:s:::a", "arn:p:s:r:1:a", "arn:p:s:::a:b"].map(Into::into));
        let mut contexts = vec![Context::new()];
        for (name, values) in &seen {
            let longer = |context: &Context| {
                let with = |value: &Option<ContextValue>| match value {
                    Some(value) => context.clone().with(*name, value.clone()),
                    None => context.clone(),
                };
                values.iter().map(with).collect::<Vec<_>>()
            };
            contexts = contexts.iter().flat_map(longer).collect();
        }
        let actions: &[&str] =
            if self.is_open { &["s:a", "s:b", "s:ab", "t:a", "u:xx", "zz:y"] } else { &ACTIONS };
        for action in actions.iter().filter_map(|name| Action::new(name)) {
            for resource in &resources {
                let partition = if resource.starts_with("arn:q:") { "q" } else { "p" };
                let mut request = Request::new(session(partition), action.clone(), resource.as_str())
                    .owned_by("111122223333");
                for context in &contexts {
                    request.context.clone_from(context);
                    if is_wanted(&request) {
                        return Some(request);
                    }
                }
            }
        }
        None
    }
}

impl SmallKey {
    /// The possible values of the key: absent, each single value, and sets of values.
    fn contexts(&self) -> Vec<Option<ContextValue>> {
        let mut found = vec![None];
        if self.values != KeyValues::Multiple {
            found.extend(self.seen.iter().map(|text| Some(ContextValue::single(*text))));
        }
        if self.values != KeyValues::Single {
            found.extend(self.seen.iter().map(|text| Some(ContextValue::multiple([*text]))));
            for (at, one) in self.seen.iter().enumerate() {
                let others = self.seen.iter().skip(at.saturating_add(1)).step_by(2);
                found.extend(others.map(|other| Some(ContextValue::multiple([*one, *other]))));
            }
        }
        found
    }
}

fn session(partition: &str) -> Principal {
    crate::session(partition, "r")
}

fn parse(text: &str, kind: PolicyKind) -> Option<Arc<Policy>> {
    Policy::parse(text, kind, Mode::Deployed, &Limits::default()).ok().map(Arc::new)
}

fn document(statements: &[String]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn statement(source: &mut Source<'_>, keys: &[&'static SmallKey], has_variables: bool) -> String {
    let effect = if source.chance(30) { "Deny" } else { "Allow" };
    let action = list(source, &ACTION_PATTERNS, 2, true);
    let action_name = if source.chance(12) { "NotAction" } else { "Action" };
    let resource = list(source, &RESOURCE_PATTERNS, 2, has_variables);
    let resource_name = if source.chance(15) { "NotResource" } else { "Resource" };
    let mut blocks: Vec<String> = Vec::new();
    let variable = if has_variables && source.chance(20) { Some(&VARIABLE) } else { None };
    for key in keys.iter().copied().chain(variable) {
        if source.chance(65) {
            blocks.push(condition(source, key, has_variables));
        }
    }
    blocks.sort();
    blocks.dedup_by(|a, b| a.split_once(':').map(|(op, _)| op) == b.split_once(':').map(|(op, _)| op));
    let condition =
        if blocks.is_empty() { String::new() } else { format!(r#","Condition":{{{}}}"#, blocks.join(",")) };
    format!(r#"{{"Effect":"{effect}","{action_name}":[{action}],"{resource_name}":[{resource}]{condition}}}"#)
}

fn list(source: &mut Source<'_>, texts: &[&str], most: usize, has_variables: bool) -> String {
    let fitting: Vec<&str> = texts.iter().copied().filter(|t| has_variables || !t.contains("${")).collect();
    let picked = (0..source.between(1, most)).filter_map(|_| source.choose(&fitting).copied());
    picked.map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(",")
}

fn condition(source: &mut Source<'_>, key: &SmallKey, has_variables: bool) -> String {
    if source.chance(12) {
        let value = source.chance(50);
        return format!(r#""Null":{{"{}":"{value}"}}"#, key.name);
    }
    let operator = source.choose(key.operators).copied().unwrap_or("StringEquals");
    if operator == "Null" {
        return format!(r#""Null":{{"{}":"true"}}"#, key.name);
    }
    let quantifier = if key.values == KeyValues::Single {
        if source.chance(8) { "ForAnyValue:" } else { "" }
    } else {
        ["ForAllValues:", "ForAnyValue:", "ForAnyValue:", ""].get(source.below(4)).copied().unwrap_or("")
    };
    let suffix = if source.chance(15) { "IfExists" } else { "" };
    let most = if operator == "Bool" { 1 } else { 3 };
    let values = list(source, key.texts, most, has_variables);
    format!(r#""{quantifier}{operator}{suffix}":{{"{}":[{values}]}}"#, key.name)
}

/// A hash of the answers to the questions of these numbers, with their witnesses.
///
/// It is the same on every machine.
pub fn answers_digest(seed: u64, numbers: std::ops::Range<u64>) -> u64 {
    let drawn = numbers.filter_map(|number| SmallQuestion::draw(&mut Source::of_case(seed, number)));
    // FNV-1a.
    drawn.map(|question| format!("{:?}", question.answer())).fold(0xCBF2_9CE4_8422_2325, |hash, text| {
        text.bytes()
            .fold(hash, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
    })
}

/// The counts of answers to many questions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answers {
    /// Answers [`Verdict::Holds`]. None of them has a counterexample.
    pub holds: u64,
    /// Answers [`Verdict::Fails`]. Each has a witness.
    pub fails: u64,
    /// Answers [`Verdict::Unknown`] because of variables.
    pub by_variables: u64,
    /// Answers [`Verdict::Unknown`] because of mixed types.
    pub by_types: u64,
    /// Questions with a refused policy.
    pub refused: u64,
}

impl Answers {
    /// Answers the questions of these numbers, checks the answers and counts them.
    ///
    /// # Errors
    /// The first wrong answer.
    pub fn of(seed: u64, numbers: std::ops::Range<u64>) -> Result<Self, String> {
        let mut answers = Self::default();
        for number in numbers {
            let Some(question) = SmallQuestion::draw(&mut Source::of_case(seed, number)) else {
                answers.refused = answers.refused.saturating_add(1);
                continue;
            };
            let verdict = question.answer();
            let wrong = |why: &str| {
                Err(format!(
                    "question {number} of seed {seed}: {why}\n{}\n{verdict:#?}",
                    question.texts.join("\n")
                ))
            };
            let slot = match &verdict {
                Verdict::Fails(_) => &mut answers.fails,
                Verdict::Holds => {
                    if let Some(request) = question.counterexample() {
                        return wrong(&format!("it does not hold for {request:?}"));
                    }
                    &mut answers.holds
                }
                Verdict::Unknown(doubts) => {
                    if verdict.is_defect() {
                        return wrong("the evaluator says otherwise");
                    }
                    if doubts.iter().any(|d| matches!(d, Doubt::Variables { .. })) {
                        &mut answers.by_variables
                    } else {
                        &mut answers.by_types
                    }
                }
            };
            *slot = slot.saturating_add(1);
        }
        Ok(answers)
    }

    /// Adds the counts of another run.
    pub const fn add(&mut self, other: &Self) {
        self.holds = self.holds.saturating_add(other.holds);
        self.fails = self.fails.saturating_add(other.fails);
        self.by_variables = self.by_variables.saturating_add(other.by_variables);
        self.by_types = self.by_types.saturating_add(other.by_types);
        self.refused = self.refused.saturating_add(other.refused);
    }
}
