//! Requests that look for the bounds of policies: their own values, changed by a character, in another case, absent, or in other numbers.
//!
//! The requests are those of which the verbs speak: a key has the number and the type of values that AWS documents. Nothing here knows how the
//! analysis works.

use std::collections::BTreeMap;

use iam_catalog::{Catalog, Details, KeyType, Service};
use iam_eval::{
    Action, Context, ContextValue, Point, Principal, Reading, Request, ResourceKind, action_matches,
};
use iam_policy::value::{Decimal, parse_address};
use iam_policy::{ActionPattern, ArnFields, Condition, Effect, Policy, Statement, Values};
use iam_testkit::Source;

/// The account of all roles.
pub(crate) const ACCOUNT: &str = "111122223333";

/// The services whose actions stand for those that a pattern of all services matches.
const SERVICES: [&str; 6] = ["s3", "iam", "kms", "sts", "logs", "support"];

/// The number of values of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Number {
    One,
    Many,
    Either,
}

/// A condition key of the policies.
struct Key {
    name: String,
    number: Number,
    /// The type of the values, if they have one.
    of: Option<KeyType>,
    texts: Vec<String>,
    /// Whether a request always has this value, or never has one.
    #[expect(clippy::option_option, reason = "no fact, the fact that the key is absent, or its value")]
    fact: Option<Option<ContextValue>>,
}

/// What requests are made of.
pub(crate) struct Pool<'p> {
    statements: Vec<&'p Statement>,
    catalog: &'p Catalog<'p>,
    keys: Vec<Key>,
    /// Action and resource patterns that are asked about besides those of the statements.
    actions: Vec<String>,
    resources: Vec<String>,
    expanded: BTreeMap<String, Vec<String>>,
    pub(crate) principal: Option<Principal>,
}

impl<'p> Pool<'p> {
    pub(crate) fn new(
        policies: impl IntoIterator<Item = &'p Policy>,
        catalog: &'p Catalog<'p>,
        details: &Details<'_>,
    ) -> Self {
        let statements: Vec<&Statement> = policies.into_iter().flat_map(|own| &own.statements).collect();
        let mut pool = Self {
            statements,
            catalog,
            keys: Vec::new(),
            actions: Vec::new(),
            resources: Vec::new(),
            expanded: BTreeMap::new(),
            principal: None,
        };
        for statement in pool.statements.clone() {
            for condition in &statement.conditions {
                let has_set = condition.test.value.quantifier.is_some();
                let texts = condition.values.texts();
                let texts = if matches!(condition.values, Values::Null(_)) { Vec::new() } else { texts };
                pool.key(condition.key.value.as_str(), &texts, has_set, details);
                for text in &texts {
                    pool.variables(text, details);
                }
            }
            for pattern in statement.action.patterns() {
                pool.expand(pattern.value.text());
            }
            for pattern in statement.resource.iter().flat_map(iam_policy::ResourceElement::patterns) {
                pool.variables(pattern.value.text(), details);
            }
        }
        pool
    }

    /// Sets the value that a key has in every request; `None` if it is absent in all.
    pub(crate) fn know(&mut self, name: &str, value: Option<ContextValue>) {
        if let Some(key) = self.keys.iter_mut().find(|key| key.name.eq_ignore_ascii_case(name)) {
            key.fact = Some(value);
        }
    }

    fn variables(&mut self, text: &str, details: &Details<'_>) {
        for part in text.split("${").skip(1) {
            let name = part.split(['}', ',']).next().unwrap_or_default();
            if name.contains(':') {
                self.key(name, &["a", "ab"], false, details);
            }
        }
    }

    fn key(&mut self, name: &str, texts: &[&str], has_set: bool, details: &Details<'_>) {
        let own = texts.iter().map(|text| (*text).to_owned());
        if let Some(known) = self.keys.iter_mut().find(|key| key.name.eq_ignore_ascii_case(name)) {
            known.texts.extend(own);
            if has_set && known.of.is_none() {
                known.number = Number::Either;
            }
            return;
        }
        let said = details.condition_key(name);
        let number = match said {
            Some(key) if key.multivalued => Number::Many,
            None if has_set => Number::Either,
            Some(_) | None => Number::One,
        };
        let of = said.map(|key| key.key_type);
        self.keys.push(Key { name: name.to_owned(), number, of, texts: own.collect(), fact: None });
    }

    /// A request near the bounds of the policies, and sometimes those beside it. None if nothing was drawn.
    pub(crate) fn requests(&self, source: &mut Source<'_>) -> Vec<Request> {
        let Some(request) = self.request(source) else { return Vec::new() };
        let more = if source.chance(20) { self.beside(&request, source) } else { Vec::new() };
        std::iter::once(request).chain(more).collect()
    }

    fn request(&self, source: &mut Source<'_>) -> Option<Request> {
        let aimed = self.aimed(source);
        let mut context = Context::new();
        self.fill(source, aimed, &mut context, |_| true);
        let action = self.action(source, aimed)?;
        let resource = self.resource(source, aimed, &context);
        // Nothing is allowed from one partition to another (rule 5.34).
        let is_of_another = ArnFields::split(&resource).is_some_and(|fields| fields.partition != "aws");
        if self.principal.is_some() && is_of_another {
            return None;
        }
        Some(self.asked(action, &resource).with_context(context))
    }

    /// A statement that a request is meant to match; mostly one that allows.
    pub(crate) fn aimed(&self, source: &mut Source<'_>) -> Option<&'p Statement> {
        let allows: Vec<&Statement> =
            self.statements.iter().copied().filter(|own| own.effect.value == Effect::Allow).collect();
        if source.chance(75) {
            source.choose(&allows).copied()
        } else {
            source.choose(&self.statements).copied()
        }
    }

    /// Sets the keys of the policies that may be set, mostly so that the tests of a statement are passed.
    pub(crate) fn fill(
        &self,
        source: &mut Source<'_>,
        aimed: Option<&Statement>,
        context: &mut Context,
        may_be_set: impl Fn(&str) -> bool,
    ) {
        for key in self.keys.iter().filter(|key| may_be_set(&key.name)) {
            let test = aimed.and_then(|own| {
                own.conditions.iter().find(|test| test.key.value.as_str().eq_ignore_ascii_case(&key.name))
            });
            if let Some(value) = key.value(source, test, context) {
                context.set(key.name.as_str(), value);
            }
        }
    }

    fn asked(&self, action: Action, resource: &str) -> Request {
        let principal = self.principal.clone().unwrap_or_else(|| {
            let partition = ArnFields::split(resource).map_or("aws", |fields| fields.partition);
            iam_engines::session(if partition.is_empty() { "aws" } else { partition }, "r")
        });
        let account = principal.account().unwrap_or(ACCOUNT).to_owned();
        Request::new(principal, action, resource).on(ResourceKind::Generic).owned_by(account)
    }

    pub(crate) fn action(&self, source: &mut Source<'_>, aimed: Option<&Statement>) -> Option<Action> {
        let mut patterns: Vec<&str> = self.actions.iter().map(String::as_str).collect();
        let is_asked = !patterns.is_empty() && source.chance(50);
        if !is_asked && let Some(aimed) = aimed.filter(|own| !own.action.is_not()) {
            patterns = aimed.action.patterns().iter().map(|own| own.value.text()).collect();
        }
        if patterns.is_empty() || source.chance(12) {
            let all = self.statements.iter().flat_map(|own| own.action.patterns());
            patterns.extend(all.map(|own| own.value.text()));
            patterns.extend(["s3:GetObject", "iam:CreateUser", "ec2:DescribeInstances", "zz:Y"]);
        }
        let pattern = *source.choose(&patterns)?;
        // The names that a pattern matches are mostly of the catalogue.
        if pattern.contains(['*', '?'])
            && source.chance(75)
            && let Some(name) = self.names(pattern).get(source.below(self.names(pattern).len()))
        {
            return Action::new(name);
        }
        let text = filled(source, pattern, &Context::new(), &["", "x", "GetObject", "List"]);
        let text = if text.contains(':') { text } else { "s3:GetObject".to_owned() };
        Action::new(&if source.chance(5) { swapped(&text) } else { text })
    }

    /// Names of the catalogue that a pattern matches.
    fn names(&self, pattern: &str) -> &[String] {
        self.expanded.get(pattern).map_or(&[], Vec::as_slice)
    }

    fn expand(&mut self, pattern: &str) {
        if self.expanded.contains_key(pattern) || !pattern.contains(['*', '?']) {
            return;
        }
        let Some(own) = ActionPattern::parse(pattern) else { return };
        let prefix = pattern.split_once(':').map_or("*", |(prefix, _)| prefix).to_ascii_lowercase();
        let some = if prefix.contains(['*', '?']) {
            SERVICES.iter().filter_map(|name| self.catalog.service(name)).collect()
        } else {
            self.catalog.service(&prefix).into_iter().collect::<Vec<_>>()
        };
        let names = some.into_iter().flat_map(Service::actions).map(|action| action.to_string());
        let names = names.filter(|name| action_matches(&own, name)).collect();
        self.expanded.insert(pattern.to_owned(), names);
    }

    /// Asks about these actions and resources besides those of the statements.
    pub(crate) fn ask(&mut self, actions: &[String], resources: &[String]) {
        for pattern in actions {
            self.expand(pattern);
        }
        self.actions.extend_from_slice(actions);
        self.resources.extend_from_slice(resources);
    }

    pub(crate) fn resource(
        &self,
        source: &mut Source<'_>,
        aimed: Option<&Statement>,
        context: &Context,
    ) -> String {
        let mut patterns: Vec<&str> = self.resources.iter().map(String::as_str).collect();
        let is_asked = !patterns.is_empty() && source.chance(50);
        if !is_asked
            && let Some(element) = aimed.and_then(|own| own.resource.as_ref()).filter(|own| !own.is_not())
        {
            patterns = element.patterns().iter().map(|own| own.value.text()).collect();
        }
        if patterns.is_empty() || source.chance(25) {
            let all = self
                .statements
                .iter()
                .flat_map(|own| own.resource.iter().flat_map(iam_policy::ResourceElement::patterns));
            patterns.extend(all.map(|own| own.value.text()));
        }
        let pattern = source.choose(&patterns).copied().unwrap_or("*");
        if pattern == "*" {
            return (*source.pick(&["*", "arn:aws:s3:::a", "arn:aws:s3:::zz/y", "arn:aws-cn:s3:::a"]))
                .to_owned();
        }
        let text = filled(source, pattern, context, &["", "a", "x", "a/b", ":", "ab"]);
        let text = if source.chance(25) { near(source, &text) } else { text };
        if Request::is_resource(&text) { text } else { "*".to_owned() }
    }

    /// Requests that differ from this one in one property: each key absent or with another value, and another spelling of the action.
    fn beside(&self, request: &Request, source: &mut Source<'_>) -> Vec<Request> {
        let mut found = Vec::new();
        for key in self.keys.iter().filter(|key| key.fact.is_none()) {
            let mut without = request.clone();
            without.context = Context::new();
            for (other, value) in
                request.context.iter().filter(|(other, _)| !other.eq_ignore_ascii_case(&key.name))
            {
                without.context.set(other, value.clone());
            }
            let mut other = without.clone();
            found.push(without);
            if let Some(value) = key.value(source, None, &request.context) {
                other.context.set(key.name.as_str(), value);
                found.push(other);
            }
        }
        let mut other = request.clone();
        let resource = near(source, &request.resource);
        let is_near = |text: &str| ArnFields::split(text).is_none_or(|fields| fields.partition == "aws");
        if self.principal.is_some() && Request::is_resource(&resource) && is_near(&resource) {
            other.resource = resource.into();
            found.push(other);
        } else if self.principal.is_none() && Request::is_resource(&resource) {
            let again = self.asked(request.action.clone(), &resource);
            found.push(again.with_context(request.context.clone()));
        }
        found
    }
}

impl Key {
    /// A value; `None` if the key is absent. `test` is the test that it is meant to pass, mostly.
    fn value(
        &self,
        source: &mut Source<'_>,
        test: Option<&Condition>,
        context: &Context,
    ) -> Option<ContextValue> {
        if let Some(fact) = &self.fact {
            return fact.clone();
        }
        if source.chance(if test.is_some() { 12 } else { 30 }) {
            return None;
        }
        let is_many = match self.number {
            Number::One => false,
            Number::Many => true,
            Number::Either => source.chance(50),
        };
        let texts: Vec<&str> = match test {
            Some(test) if source.chance(60) && !matches!(test.values, Values::Null(_)) => test.values.texts(),
            Some(_) | None => self.texts.iter().map(String::as_str).collect(),
        };
        let mut one = || self.text(source, &texts, context);
        if !is_many {
            return one().map(ContextValue::single);
        }
        let mut values: Vec<String> = one().into_iter().collect();
        if source.chance(30) {
            values.extend(self.text(source, &texts, context));
        }
        Some(ContextValue::multiple(values)).filter(|own| *own != ContextValue::multiple::<&str>([]))
    }

    fn text(&self, source: &mut Source<'_>, texts: &[&str], context: &Context) -> Option<String> {
        let own = source.choose(texts).copied().unwrap_or("z");
        let is_global = self.name.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("aws:"));
        let wanted: Vec<String> = match self.of {
            Some(KeyType::Bool) => return Some((*source.pick(&["true", "false"])).to_owned()),
            Some(KeyType::Numeric) => ["", "0", ".5", "1"]
                .map(|more| format!("{own}{more}"))
                .into_iter()
                .chain(["-1", "0"].map(str::to_owned))
                .collect(),
            Some(KeyType::IpAddress) => {
                let base = own.split('/').next().unwrap_or(own).to_owned();
                let others = [
                    "10.1.0.0",
                    "10.255.255.255",
                    "9.255.255.255",
                    "11.0.0.0",
                    "2001:db8::1",
                    "::ffff:10.0.0.1",
                ];
                others.map(str::to_owned).into_iter().chain([base]).collect()
            }
            Some(KeyType::Date | KeyType::String | KeyType::Arn) | None => {
                let text = filled(source, own, context, &["", "x", "a", "/b"]);
                vec![if source.chance(30) { near(source, &text) } else { text }]
            }
        };
        let wanted: Vec<String> = wanted
            .into_iter()
            .filter(|text| match self.of {
                Some(KeyType::Numeric) => Decimal::parse(text).is_some(),
                Some(KeyType::IpAddress) => parse_address(text).is_some(),
                Some(KeyType::Arn) if is_global => ArnFields::split(text).is_some(),
                Some(KeyType::Arn | KeyType::Bool | KeyType::Date | KeyType::String) | None => true,
            })
            .collect();
        source.choose(&wanted).cloned()
    }
}

/// A reading of the rules, in half of all draws the first.
pub(crate) fn reading(source: &mut Source<'_>) -> Reading {
    match source.below(6) {
        0 => Reading::with_other(Point::ALL),
        1 => Reading::with_other(Point::ALL.into_iter().filter(|_| source.chance(50))),
        2 => Reading::with_other(source.choose(&Point::ALL).copied()),
        _ => Reading::FIRST,
    }
}

/// A text that differs in a character, in case, or altogether.
pub(crate) fn near(source: &mut Source<'_>, text: &str) -> String {
    let mut own = text.to_owned();
    match source.below(7) {
        0 => own.push(*source.pick(&['x', 'a', '/', '*', '?'])),
        1 => {
            own.pop();
        }
        2 => own = swapped(text),
        3 => own.clear(),
        4 => own.insert(0, *source.pick(&['x', 'a', ' '])),
        5 => own = text.replacen("111122223333", "222222222222", 1),
        _ => own = own.chars().map(|c| if c == 'a' { 'b' } else { c }).collect(),
    }
    own
}

/// The same letters in the other case.
fn swapped(text: &str) -> String {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(swap).collect()
}

/// A text that a pattern matches. `runs` are texts in place of `*`; variables have the values of the context.
pub(crate) fn filled(source: &mut Source<'_>, pattern: &str, context: &Context, runs: &[&str]) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if let Some((name, behind)) = rest.strip_prefix("${").and_then(|rest| rest.split_once('}')) {
            let (name, default) = name.split_once(',').unwrap_or((name, ""));
            match (name, context.value(name)) {
                ("*" | "?" | "$", _) => text.push_str(name),
                (_, Some(ContextValue::Single(value))) => text.push_str(value),
                (_, _) => text.push_str(default.trim_matches([' ', '\''])),
            }
            rest = behind;
            continue;
        }
        match c {
            '*' => text.push_str(source.choose(runs).copied().unwrap_or_default()),
            '?' => text.push(*source.pick(&['a', 'x', '/', '1'])),
            c => text.push(c),
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    text
}
