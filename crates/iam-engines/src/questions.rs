//! Questions that are small enough to enumerate all requests: comparison of the analysis with counting.
//!
//! The policies of such a question use few actions, short resources and few keys, with values from short lists. If the analysis says that a
//! question fails, its witness is checked. If it says that a question holds, every request of the small world is checked.

use std::sync::Arc;

use iam_analysis::{
    ActionNames, Actions, Analysis, Effective, Fact, KeyShape, KeyText, KeyValues, Question, Space, Verdict,
};
use iam_eval::{
    Action, Context, ContextValue, Decision, Layers, Point, Principal, Reading, Readings, Request,
};
use iam_policy::value::{Decimal, Instant, parse_address};
use iam_policy::{ArnFields, Limits, Mode, Policy, PolicyKind};
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
    /// Whether keys that are compared as numbers, dates, addresses, ARNs and truth values have values of these types only.
    pub is_typed: bool,
    /// Keys with a known value.
    pub facts: Vec<(&'static str, Option<ContextValue>)>,
}

/// A condition key of the small world.
#[derive(Debug)]
#[non_exhaustive]
pub struct SmallKey {
    /// The name of the key.
    pub name: &'static str,
    /// The number of values of the key. [`KeyValues::Either`] is not set in the space: the analysis derives it from the policies.
    pub values: KeyValues,
    text: KeyText,
    operators: &'static [&'static str],
    texts: &'static [&'static str],
    seen: &'static [&'static str],
}

const ACTIONS: [&str; 4] = ["s:a", "s:b", "s:ab", "t:a"];
const ACTION_PATTERNS: [&str; 10] = ["*", "s:*", "s:a", "s:a*", "s:*b", "s:?", "t:*", "*:a", "s:A", "u:x*"];
const RESOURCE_PATTERNS: [&str; 24] = [
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
    "arn:p:s",
    "arn:p:s*",
    "arn:p:?:*a",
    "arn:p:${k:v}:::a",
    "arn:p:s:${k:v, 'r'}:*:a*",
    "arn:p:${k:v}",
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

const KEYS: [SmallKey; 10] = [
    SmallKey {
        name: "k:s",
        values: KeyValues::Single,
        text: KeyText::Any,
        operators: &TEXT_OPERATORS,
        texts: &TEXTS,
        seen: &TEXTS_SEEN,
    },
    SmallKey {
        name: "k:t",
        values: KeyValues::Single,
        text: KeyText::Any,
        operators: &TEXT_OPERATORS,
        texts: &TEXTS,
        seen: &TEXTS_SEEN,
    },
    SmallKey {
        name: "k:m",
        values: KeyValues::Multiple,
        text: KeyText::Any,
        operators: &TEXT_OPERATORS,
        texts: &TEXTS,
        seen: &TEXTS_SEEN,
    },
    SmallKey {
        name: "k:e",
        values: KeyValues::Either,
        text: KeyText::Any,
        operators: &TEXT_OPERATORS,
        texts: &TEXTS,
        seen: &TEXTS_SEEN,
    },
    SmallKey {
        name: "k:n",
        values: KeyValues::Single,
        text: KeyText::Number,
        operators: &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        texts: &["0", "1", "1.5", "-1", "01", "2", "1e0"],
        seen: &[
            "-2", "-1", "-0.5", "0", "0.5", "1", "1.25", "1.5", "1.75", "2", "3", "x", "", "1.", "2e0", "NaN",
        ],
    },
    SmallKey {
        name: "k:d",
        values: KeyValues::Multiple,
        text: KeyText::Date,
        operators: &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        texts: &["2024-01-01T00:00:00Z", "2024-01-02", "1704067200"],
        seen: &[
            "2023-05-05",
            "2023-12-31T23:59:59.9996Z",
            "2024-01-01T00:00:00Z",
            "2024-01-01T00:00:00.0004Z",
            "2024-01-01T00:00:00.001Z",
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
        text: KeyText::Ip,
        operators: &["IpAddress", "NotIpAddress"],
        texts: &[
            "10.0.0.0/8",
            "10.1.0.0/16",
            "10.1.2.3",
            "::/0",
            "0.0.0.0/0",
            "2001:db8::/32",
            "2001:db8::5/32",
            "::ffff:10.0.0.0/104",
            "::fffe:0:0/95",
        ],
        seen: &[
            "10.0.0.1",
            "10.1.0.1",
            "10.1.2.3",
            "11.0.0.0",
            "9.9.9.9",
            "::1",
            "2001:db8::1",
            "x",
            "::ffff:10.0.0.1",
            "::fffe:0:1",
            "::192.0.2.1",
            "",
        ],
    },
    SmallKey {
        name: "k:b",
        values: KeyValues::Single,
        text: KeyText::Bool,
        operators: &["Bool", "StringEquals", "StringNotEquals"],
        texts: &["true", "false"],
        seen: &["true", "false", "True", "TRUE", "yes", "x", ""],
    },
    SmallKey {
        name: "k:c",
        values: KeyValues::Either,
        text: KeyText::Any,
        operators: &["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringEquals", "StringLike"],
        texts: &["k", "K", "\u{e9}", "\u{c9}b", "ak", "k?", "\u{212A}"],
        seen: &[
            "",
            "k",
            "K",
            "\u{212A}",
            "\u{e9}",
            "\u{c9}",
            "\u{e9}B",
            "a\u{212A}",
            "A\u{212A}",
            "k\u{1F600}",
            "x",
        ],
    },
    SmallKey {
        name: "k:r",
        values: KeyValues::Single,
        text: KeyText::Arn,
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
/// Patterns that only session policies can have.
const UNREADABLE: SmallKey = SmallKey {
    name: "k:u",
    values: KeyValues::Single,
    text: KeyText::Any,
    operators: &["ArnLike", "ArnNotLike", "ArnEquals"],
    texts: &["x", "arn:p:s:::a", "arn:p:s:::a*", "arn:p:s", "arn:p:s:::b"],
    seen: &["arn:p:s:::a", "arn:p:s:::ab", "arn:p:s:::b", "arn:p:t:::a", "arn:p:s", "x", ""],
};
const VARIABLE: SmallKey = SmallKey {
    name: "k:v",
    values: KeyValues::Single,
    text: KeyText::Any,
    operators: &["StringEquals", "StringLike", "Null"],
    texts: &["a", "b", "*"],
    seen: &["", "a", "b", "x", "ab"],
};

impl SmallQuestion {
    /// Draws a question. `None` if one of its policies is refused.
    pub fn draw(source: &mut Source<'_>) -> Option<Self> {
        Self::draw_about(None, source)
    }

    /// Draws a question whose policies may use this key: `k:v` for variables. `None` if one of its policies is refused.
    pub fn draw_about(key: Option<&str>, source: &mut Source<'_>) -> Option<Self> {
        let has_variables = source.chance(30) || key == Some(VARIABLE.name);
        let mut keys: Vec<&'static SmallKey> = KEYS.iter().filter(|own| key == Some(own.name)).collect();
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
            if source.chance(30) {
                keys.push(&UNREADABLE);
            }
            let mut session = Vec::new();
            for _ in 0..if source.chance(40) { 2 } else { 1 } {
                let text = document(&[statement(source, &keys, false), statement(source, &keys, false)]);
                session.push(parse(&text, PolicyKind::Session)?);
                texts.push(text);
            }
            allowed.session = Some(session);
        }
        if has_variables {
            keys.push(&VARIABLE);
        }
        let is_open = source.chance(50);
        let mut question =
            Self { allowed, beyond, texts, keys, is_open, is_typed: source.chance(25), facts: Vec::new() };
        let facts: Vec<_> = question.keys.iter().filter(|_| source.chance(12)).copied().collect();
        for key in facts {
            let value = source.choose(&question.contexts(key)).cloned()?;
            question.facts.push((key.name, value));
        }
        Some(question)
    }

    /// The same question with other texts for its policies, in the order of [`Self::texts`]: what a prover is asked that misreads policies.
    /// `None` if a text is refused.
    pub fn with_texts(&self, texts: Vec<String>) -> Option<Self> {
        let [first, second, session @ ..] = texts.as_slice() else { return None };
        let mut question = self.clone();
        question.allowed.identity = vec![parse(first, PolicyKind::Identity)?];
        question.beyond.identity = vec![parse(second, PolicyKind::Identity)?];
        if question.allowed.session.is_some() {
            let read = session.iter().map(|text| parse(text, PolicyKind::Session));
            question.allowed.session = Some(read.collect::<Option<_>>()?);
        }
        question.texts = texts;
        Some(question)
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

    /// A request of the small world that answers the question with yes under some reading, with that reading. `None` if none was found.
    ///
    /// Readings with one other answer are tried, some with several, and the one with every other answer.
    pub fn counterexample_under_a_reading(&self, source: &mut Source<'_>) -> Option<(Reading, Request)> {
        let mut readings: Vec<Reading> = Point::ALL.map(|point| Reading::with_other([point])).into();
        readings.push(Reading::with_other(Point::ALL));
        readings.extend((0..6).map(|_| {
            let points: Vec<Point> = Point::ALL.into_iter().filter(|_| source.chance(50)).collect();
            Reading::with_other(points)
        }));
        let question = Question::new(&self.allowed).beyond(&self.beyond);
        let mut left = 400_u32;
        let mut found = None;
        self.request(|request| {
            if left == 0 || !self.is_open_to(request) {
                return false;
            }
            left = left.saturating_sub(1);
            found = readings.iter().copied().find(|reading| question.is_shown_under(request, *reading));
            found.is_some()
        })
        .and_then(|request| Some((found?, request)))
    }

    /// A random request of the small world that answers the question with yes under some reading. `None` if none of `count` does.
    ///
    /// The readings are the first one, those with one other answer, the one with every other answer, and random ones.
    ///
    /// `taken` changes a request into what the evaluator takes it for: nothing, unless the evaluator has a fault.
    pub fn sampled_counterexample(
        &self,
        source: &mut Source<'_>,
        count: u32,
        taken: impl Fn(&mut Request),
    ) -> Option<(Reading, Request)> {
        let seen: Vec<(&str, Vec<Option<ContextValue>>)> =
            self.keys.iter().map(|key| (key.name, self.contexts(key))).collect();
        let (actions, resources) = (self.actions(), resources());
        let question = Question::new(&self.allowed).beyond(&self.beyond);
        // The first reading, those with one other answer, and the one with all of them.
        let mut few = vec![Reading::FIRST, Reading::with_other(Point::ALL)];
        few.extend(Point::ALL.map(|point| Reading::with_other([point])));
        for _ in 0..count {
            let action = source.choose(actions).and_then(|name| Action::new(name))?;
            let resource = source.choose(&resources)?;
            let mut request = request_on(action, resource);
            for (name, values) in &seen {
                if let Some(Some(value)) = source.choose(values) {
                    request.context.set(*name, value.clone());
                }
            }
            let drawn = request.clone();
            taken(&mut request);
            let one = match source.below(4) {
                // Whatever the evaluator says about all readings together.
                0 => Some(Reading::with_other(Point::ALL.into_iter().filter(|_| source.chance(50)))),
                _ if self.is_open_to(&request) => None,
                _ => continue,
            };
            let mut readings =
                one.into_iter().chain(if one.is_none() { few.as_slice() } else { &[] }.iter().copied());
            if let Some(reading) = readings.find(|reading| question.is_shown_under(&request, *reading)) {
                return Some((reading, drawn));
            }
        }
        None
    }

    /// Whether some reading may answer the question with yes for this request.
    fn is_open_to(&self, request: &Request) -> bool {
        let decide = |layers: &Layers| layers.decide_under(request, Readings::OPEN);
        matches!(decide(&self.allowed), Decision::Allowed | Decision::Depends)
            && decide(&self.beyond) != Decision::Allowed
    }

    const fn actions(&self) -> &'static [&'static str] {
        if self.is_open { &["s:a", "s:b", "s:ab", "t:a", "u:xx", "zz:y"] } else { &ACTIONS }
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
            let text = if self.is_typed { key.text } else { KeyText::Any };
            if key.values != KeyValues::Either {
                space.set_shape(key.name, KeyShape { values: key.values, text, always: false });
            }
        }
        for (key, value) in &self.facts {
            space.set_fact(key, value.clone().map_or(Fact::Absent, Fact::Value));
        }
        space
    }

    /// The number of values of a key in requests of the space: the shape of some keys follows from the policies.
    pub fn values_of(&self, key: &SmallKey) -> KeyValues {
        /// Whether a policy's text has a set operator before a key: `"ForAnyValue:StringLike":{"key":`.
        fn is_quantified(text: &str, key: &str) -> bool {
            text.split("\"For").skip(1).any(|rest| {
                rest.split_once(":{\"").is_some_and(|(_, behind)| behind.starts_with(&format!("{key}\"")))
            })
        }
        match key.values {
            KeyValues::Either if !self.texts.iter().any(|text| is_quantified(text, key.name)) => {
                KeyValues::Single
            }
            KeyValues::Single | KeyValues::Multiple | KeyValues::Either => key.values,
        }
    }

    /// The possible values of a key: absent, each single value, and sets of values.
    fn contexts(&self, key: &SmallKey) -> Vec<Option<ContextValue>> {
        if let Some((_, value)) = self.facts.iter().find(|(name, _)| *name == key.name) {
            return vec![value.clone()];
        }
        let is_possible = |text: &&&str| !self.is_typed || is_of(key.text, text);
        let seen: Vec<&str> = key.seen.iter().filter(is_possible).copied().collect();
        let values = self.values_of(key);
        let mut found = vec![None];
        if values != KeyValues::Multiple {
            found.extend(seen.iter().map(|text| Some(ContextValue::single(*text))));
        }
        if values != KeyValues::Single {
            found.extend(seen.iter().map(|text| Some(ContextValue::multiple([*text]))));
            for (at, one) in seen.iter().enumerate() {
                let others = seen.iter().skip(at.saturating_add(1)).step_by(2);
                found.extend(others.map(|other| Some(ContextValue::multiple([*one, *other]))));
            }
        }
        found
    }

    /// The first request of the small world for which `is_wanted` is true.
    fn request(&self, mut is_wanted: impl FnMut(&Request) -> bool) -> Option<Request> {
        let seen: Vec<(&str, Vec<Option<ContextValue>>)> =
            self.keys.iter().map(|key| (key.name, self.contexts(key))).collect();
        let resources = resources();
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
        for action in self.actions().iter().filter_map(|name| Action::new(name)) {
            for resource in &resources {
                let mut request = request_on(action.clone(), resource);
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

/// Whether a text is of a type.
fn is_of(text: KeyText, value: &str) -> bool {
    match text {
        // No question of these laws has keys of a session's name or tags.
        KeyText::Any | KeyText::SessionName | KeyText::TagKey | KeyText::TagValue => true,
        KeyText::Bool => matches!(value, "true" | "false"),
        KeyText::Number => Decimal::parse(value).is_some(),
        KeyText::Date => Instant::parse(value).is_some(),
        KeyText::Ip => parse_address(value).is_some(),
        KeyText::Arn => ArnFields::split(value).is_some(),
    }
}

/// The resources of the small world.
fn resources() -> Vec<String> {
    let mut resources: Vec<String> = vec!["*".into()];
    resources.extend(letters().iter().filter(|t| !t.is_empty()).map(|t| format!("arn:p:s:::{t}")));
    resources.extend(["arn:p:t:::a", "arn:q:s:::a", "arn:p:s:r:1:a", "arn:p:s:::a:b"].map(Into::into));
    resources
}

fn request_on(action: Action, resource: &str) -> Request {
    let partition = if resource.starts_with("arn:q:") { "q" } else { "p" };
    Request::new(session(partition), action, resource).owned_by("111122223333")
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
