//! Templates of CloudFormation and SAM: their functions resolved as far as the template tells.
//!
//! What is known only when the template is deployed becomes the character [`UNKNOWN`] in the text, and is listed. Nothing is left out: of a choice
//! (`Fn::If`), both sides are written where a list can hold both, and else the value is unknown. Choices and the defaults of parameters are
//! listed too, because what is deployed may be another.

mod functions;
mod loops;

use std::collections::BTreeMap;

use iam_json::{Kind, Span, Value, json_text, quoted};

use crate::extracted::{Note, UnknownKind};
use crate::find;
use crate::origin::{Coding, OriginMap, Weaver, narrow};

pub(crate) use loops::Resource;
use loops::Turn;

/// The character that stands for what is known only when a template is deployed: the last one of the private use area of Unicode's first plane.
pub const UNKNOWN: &str = "\u{F8FF}";

/// Whether a list of texts or statements can stand in the place of a member.
pub(crate) fn may_be_list(name: &str) -> bool {
    LISTS.contains(&name) || name.contains(':')
}

/// Members in whose place a list of texts or statements can stand. Keys of conditions are others.
const LISTS: [&str; 9] = [
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Statement",
    "AWS",
    "Service",
    "Federated",
    "CanonicalUser",
];

/// Choices inside of choices are followed up to this depth.
const CHOICES: usize = 8;

/// A text, with the places of its parts in the template.
pub(crate) type Parts = Vec<(String, Span)>;

/// What a function gives.
pub(crate) enum Resolved<'d> {
    /// A text. Parts that are not known are [`UNKNOWN`].
    Text(Parts),
    /// A value that may have functions in it.
    Value(Value<'d>),
    /// Both sides of a choice.
    Either(Value<'d>, Value<'d>),
}

/// Whether an object is a template: its resources have types of AWS.
pub(crate) fn is_template(value: Value<'_>) -> bool {
    let resources = value.member("Resources").filter(|own| own.kind() == Kind::Object);
    let is_marked = value.member("AWSTemplateFormatVersion").is_some();
    resources.is_some_and(|own| {
        is_marked
            || own.members().take(64).any(|resource| {
                let kind = resource.value.member("Type").and_then(Value::as_string);
                kind.is_some_and(|own| own.starts_with("AWS::"))
            })
    })
}

/// A template.
pub(crate) struct Template<'d> {
    /// The types and the defaults of parameters.
    parameters: BTreeMap<String, (String, Option<Value<'d>>)>,
    mappings: Option<Value<'d>>,
    notes: Vec<Note>,
    weaver: Weaver,
    /// The text of the template, and where it begins.
    source: (&'d str, u32),
    /// The turns of the loops around.
    turns: Vec<Turn>,
    /// The number of turns so far.
    turned: usize,
    /// Whether what is written is in a policy.
    is_in_policy: bool,
    /// The most bytes that the resolved text may have.
    most: usize,
    depth: usize,
}

impl<'d> Template<'d> {
    pub(crate) fn new(root: Value<'d>, most: usize, depth: usize) -> Self {
        let parameter = |own: iam_json::Member<'d>| {
            let kind = own.value.member("Type").map(Value::string).unwrap_or_default();
            let default = own.value.member("Default");
            let default = default.filter(|own| matches!(own.kind(), Kind::String | Kind::Number));
            (own.key.string().into_owned(), (kind.into_owned(), default))
        };
        let parameters =
            root.member("Parameters").into_iter().flat_map(Value::members).map(parameter).collect();
        let mappings = root.member("Mappings");
        Self {
            parameters,
            mappings,
            notes: Vec::new(),
            weaver: Weaver::default(),
            source: (root.raw(), root.span().start),
            turns: Vec::new(),
            turned: 0,
            is_in_policy: false,
            most,
            depth,
        }
    }

    /// A value of the template with its functions resolved, in the given turns of loops, as a JSON text with its map. `None` if that is longer or deeper than allowed.
    pub(crate) fn resolve(
        &mut self,
        value: Value<'d>,
        turns: Vec<Turn>,
        outer: &OriginMap,
    ) -> Option<(String, OriginMap, Vec<Note>)> {
        self.weaver = Weaver::default();
        self.notes.clear();
        self.turns = turns;
        self.is_in_policy = false;
        self.value(value, false, 0)?;
        self.made(value);
        let place = |own: Note| Note { span: outer.span(own.span), ..own };
        let notes = std::mem::take(&mut self.notes).into_iter().map(place).collect();
        self.most = self.most.saturating_sub(self.weaver.len());
        let (text, origin) = std::mem::take(&mut self.weaver).finish(outer, Coding::Values);
        Some((text, origin, notes))
    }

    /// Notes what decides whether a resource is deployed, which was written.
    fn made(&mut self, resource: Value<'d>) {
        let condition = resource.member("Condition").and_then(|own| Some((own.as_string()?, own.span())));
        let condition = condition.map(|(name, span)| (format!("Condition {}", quoted(&name)), span));
        let open: Vec<(String, Span)> =
            condition.into_iter().chain(self.turns.iter().filter_map(Turn::open)).collect();
        let written = Some(Span::new(0, narrow(self.weaver.len())));
        let note = |(what, span)| Note { written, ..Note::new(what, span, UnknownKind::Whole) };
        self.notes.extend(open.into_iter().map(note));
    }

    /// Writes a value. `may_list` says whether a list of texts can stand in its place.
    fn value(&mut self, value: Value<'d>, may_list: bool, depth: usize) -> Option<()> {
        if depth > self.depth || self.weaver.len() > self.most {
            return None;
        }
        let span = value.span();
        let since = self.begun();
        match self.function(value) {
            Some(Resolved::Text(parts)) => self.text(&parts, span),
            Some(Resolved::Value(inner)) => self.value(inner, may_list, depth.saturating_add(1))?,
            Some(Resolved::Either(one, other)) => {
                self.either(value, [one, other], may_list, depth)?;
            }
            None => self.plain(value, depth)?,
        }
        self.ended(since);
        Some(())
    }

    /// The number of notes, and of bytes that are written.
    fn begun(&self) -> (usize, usize) {
        (self.notes.len(), self.weaver.len())
    }

    /// Gives the notes since then the place of what was written since then.
    fn ended(&mut self, (notes, start): (usize, usize)) {
        let written = Span::new(narrow(start), narrow(self.weaver.len()));
        let fresh = self.notes.iter_mut().skip(notes);
        fresh.for_each(|own| own.written = own.written.or(Some(written)));
    }

    /// Notes a choice, and those in its sides that are choices themselves.
    fn choices(&mut self, value: Value<'d>, depth: usize) {
        let Some((depth, (one, other))) = depth.checked_sub(1).zip(functions::choice(value)) else { return };
        let name = functions::condition(value);
        self.notes.push(Note::new(name, value.span(), UnknownKind::Choice));
        self.choices(one, depth);
        self.choices(other, depth);
    }

    fn plain(&mut self, value: Value<'d>, depth: usize) -> Option<()> {
        let span = value.span();
        let (start, end) = (
            Span::new(span.start, span.start.saturating_add(1)),
            Span::new(span.end.saturating_sub(1), span.end),
        );
        match value.kind() {
            Kind::Object => {
                self.weaver.push("{", start);
                let was_in_policy = self.is_in_policy;
                self.is_in_policy |= find::is_meant_as_policy(value) || find::is_statements(value);
                let done = self.members(value, &mut true, depth);
                self.is_in_policy = was_in_policy;
                done?;
                self.weaver.push("}", end);
            }
            Kind::Array => {
                self.weaver.push("[", start);
                let items: Vec<Value<'d>> = value.items().collect();
                self.items(&items, depth)?;
                self.weaver.push("]", end);
            }
            Kind::String => match self.turned(&value.string(), span) {
                Some(parts) => self.text(&parts, span),
                None => self.weaver.push(value.raw(), span),
            },
            Kind::Null | Kind::True | Kind::False | Kind::Number => self.weaver.push(value.raw(), span),
        }
        Some(())
    }

    /// The members of an object. Loops are members for each of their values.
    fn members(&mut self, value: Value<'d>, is_first: &mut bool, depth: usize) -> Option<()> {
        if depth > self.depth || self.weaver.len() > self.most {
            return None;
        }
        for member in value.members() {
            if Self::is_nothing(member.value) {
                continue;
            }
            let name = member.key.string();
            let since = self.begun();
            if name.starts_with(loops::EACH)
                && let Some((turns, body)) = self.each(member.value)
            {
                // How many members there are is not known.
                if turns.iter().any(|own| own.value.is_none()) {
                    let what = name.replacen(loops::EACH, "Fn::ForEach ", 1);
                    self.notes.push(Note::new(what, member.key.span(), UnknownKind::Choice));
                }
                for turn in turns {
                    self.begin(turn)?;
                    let done = self.members(body, is_first, depth.saturating_add(1));
                    self.turns.pop();
                    done?;
                }
                self.ended(since);
                continue;
            }
            if !std::mem::take(is_first) {
                self.weaver.add(", ");
            }
            self.key(member.key);
            self.ended(since);
            self.weaver.add(": ");
            self.value(member.value, may_be_list(&name), depth.saturating_add(1))?;
        }
        Some(())
    }

    /// The elements of a list. Of a choice, both sides become elements.
    fn items(&mut self, items: &[Value<'d>], depth: usize) -> Option<()> {
        let mut is_first = true;
        for item in items {
            let mut since = None;
            for own in Self::sides(*item, CHOICES) {
                if !std::mem::take(&mut is_first) {
                    self.weaver.add(", ");
                }
                if since.is_none() {
                    since = Some(self.begun());
                    self.choices(*item, CHOICES);
                }
                self.value(own, false, depth.saturating_add(1))?;
            }
            if let Some(since) = since {
                self.ended(since);
            }
        }
        Some(())
    }

    /// What stands for an element of a list: nothing, the element, or both sides of a choice.
    fn sides(item: Value<'d>, depth: usize) -> Vec<Value<'d>> {
        let Some(depth) = depth.checked_sub(1) else { return vec![item] };
        match functions::choice(item) {
            Some((one, other)) => {
                let mut sides = Self::sides(one, depth);
                sides.extend(Self::sides(other, depth));
                sides
            }
            None if Self::is_nothing(item) => Vec::new(),
            None => vec![item],
        }
    }

    /// A choice where one value must stand: both sides in a list where a list can stand, or where policies are looked for, and unknown if not.
    fn either(
        &mut self,
        value: Value<'d>,
        [one, other]: [Value<'d>; 2],
        may_list: bool,
        depth: usize,
    ) -> Option<()> {
        let span = value.span();
        let mut sides = Self::sides(one, CHOICES);
        sides.extend(Self::sides(other, CHOICES));
        let is_list = sides.iter().any(|own| own.kind() == Kind::Array);
        let mut flat: Vec<Value<'d>> = Vec::new();
        for side in sides {
            if side.kind() == Kind::Array { flat.extend(side.items()) } else { flat.push(side) }
        }
        let is_object = |own: &Value<'_>| own.kind() == Kind::Object && functions::called(*own).is_none();
        if let [alone] = flat.as_slice() {
            self.choices(value, CHOICES);
            return self.value(*alone, may_list, depth.saturating_add(1));
        }
        let may_list = may_list || is_list || (!self.is_in_policy && flat.iter().any(is_object));
        if may_list && !flat.is_empty() {
            self.choices(value, CHOICES);
            return self.list(&flat, span, depth);
        }
        let parts = self.unknown(functions::condition(value), span);
        self.text(&parts, span);
        Some(())
    }

    fn list(&mut self, items: &[Value<'d>], span: Span, depth: usize) -> Option<()> {
        self.weaver.stand_at(span.start);
        self.weaver.add("[");
        self.items(items, depth)?;
        self.weaver.stand_at(span.end);
        self.weaver.add("]");
        Some(())
    }

    fn text(&mut self, parts: &[(String, Span)], span: Span) {
        self.weaver.stand_at(span.start);
        self.weaver.add("\"");
        for (text, from) in parts {
            if text == UNKNOWN {
                self.weaver.push_one(UNKNOWN, *from);
                continue;
            }
            let json = json_text(text);
            let inner = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
            let written = self.written(*from);
            if written == inner {
                self.weaver.push(inner, *from);
            } else if written == json {
                let (start, end) = (from.start.saturating_add(1), from.end.saturating_sub(1));
                self.weaver.push(inner, Span::new(start, end));
            } else {
                self.weaver.push_one(inner, *from);
            }
        }
        self.weaver.stand_at(span.end);
        self.weaver.add("\"");
    }

    /// What the template says in a place.
    fn written(&self, span: Span) -> &'d str {
        let (text, start) = self.source;
        let at = |offset: u32| offset.checked_sub(start).map(|own| own as usize);
        at(span.start).zip(at(span.end)).and_then(|(start, end)| text.get(start..end)).unwrap_or_default()
    }

    /// Whether a value is `AWS::NoValue`, which removes the member.
    fn is_nothing(value: Value<'_>) -> bool {
        functions::called(value).is_some_and(|(name, argument)| {
            name == "Ref" && argument.as_string().is_some_and(|own| own == "AWS::NoValue")
        })
    }

    /// Notes something that is not known, and gives what stands for it.
    fn unknown(&mut self, what: String, span: Span) -> Parts {
        self.notes.push(Note::new(what, span, UnknownKind::Value));
        vec![(UNKNOWN.to_owned(), span)]
    }

    /// Notes that the default of a parameter stands in a place.
    fn default_of(&mut self, name: &str, span: Span) {
        let what = format!("the default of parameter {}", quoted(name));
        self.notes.push(Note::new(what, span, UnknownKind::Default));
    }

    /// The literal text of a value, as a pattern of a policy would have it.
    fn literal(&mut self, value: Value<'_>) -> Option<Parts> {
        if !matches!(value.kind(), Kind::String | Kind::Number) {
            return None;
        }
        let text = value.string();
        Some(self.turned(&text, value.span()).unwrap_or_else(|| vec![(text.into_owned(), value.span())]))
    }

    /// The entry of a mapping for two keys.
    fn mapped(&self, map: &str, first: &str, second: &str) -> Option<Value<'d>> {
        self.mappings?.member(map)?.member(first)?.member(second)
    }
}

/// The name of a resource, with its type.
pub(crate) fn owner(id: &str, resource: Value<'_>) -> Option<(String, String)> {
    let kind = find::member(resource, "Type")?.as_string()?.into_owned();
    Some((format!("{kind} {id}"), kind))
}
