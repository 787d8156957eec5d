//! Templates of CloudFormation and SAM: their functions resolved as far as the template tells.
//!
//! What is known only when the template is deployed becomes the character [`UNKNOWN`] in the text, and is listed. Nothing is left out: of a choice
//! (`Fn::If`), both sides are written where a list can hold both, and else the value is unknown.

mod functions;

use std::collections::BTreeMap;

use iam_json::{Kind, Span, Value, push_json_text};

use crate::extracted::Unknown;
use crate::find;
use crate::origin::{Coding, OriginMap, Weaver};

/// The character that stands for what is known only when a template is deployed: the last one of the private use area of Unicode's first plane.
pub const UNKNOWN: &str = "\u{F8FF}";

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
    resources.is_some_and(|own| {
        own.members().take(64).any(|resource| {
            let kind = resource.value.member("Type").and_then(Value::as_string);
            kind.is_some_and(|own| own.starts_with("AWS::"))
        })
    })
}

/// A template.
pub(crate) struct Template<'d> {
    parameters: BTreeMap<String, Option<Value<'d>>>,
    mappings: Option<Value<'d>>,
    unknown: Vec<(String, Span)>,
    weaver: Weaver,
    /// The most bytes that the resolved text may have.
    most: usize,
    depth: usize,
}

impl<'d> Template<'d> {
    pub(crate) fn new(root: Value<'d>, most: usize, depth: usize) -> Self {
        let parameter = |own: iam_json::Member<'d>| {
            // The default of another type is a list, or the name of a parameter that is stored elsewhere.
            let kind = own.value.member("Type").map(Value::string).unwrap_or_default();
            let default = own.value.member("Default").filter(|_| kind == "String" || kind == "Number");
            (
                own.key.string().into_owned(),
                default.filter(|own| matches!(own.kind(), Kind::String | Kind::Number)),
            )
        };
        let parameters =
            root.member("Parameters").into_iter().flat_map(Value::members).map(parameter).collect();
        let mappings = root.member("Mappings");
        Self { parameters, mappings, unknown: Vec::new(), weaver: Weaver::default(), most, depth }
    }

    /// A value of the template with its functions resolved, as a JSON text with its map. `None` if that is longer or deeper than allowed.
    pub(crate) fn resolve(
        &mut self,
        value: Value<'d>,
        outer: &OriginMap,
    ) -> Option<(String, OriginMap, Vec<Unknown>)> {
        self.weaver = Weaver::default();
        self.unknown.clear();
        self.value(value, false, 0)?;
        let place = |(what, span): (String, Span)| Unknown { what, span: outer.span(span) };
        let unknown = std::mem::take(&mut self.unknown).into_iter().map(place).collect();
        self.most = self.most.saturating_sub(self.weaver.len());
        let (text, origin) = std::mem::take(&mut self.weaver).finish(outer, Coding::Values);
        Some((text, origin, unknown))
    }

    /// Writes a value. `may_list` says whether a list of texts can stand in its place.
    fn value(&mut self, value: Value<'d>, may_list: bool, depth: usize) -> Option<()> {
        if depth > self.depth || self.weaver.len() > self.most {
            return None;
        }
        let span = value.span();
        match self.function(value) {
            Some(Resolved::Text(parts)) => self.text(&parts, span),
            Some(Resolved::Value(inner)) => self.value(inner, may_list, depth.saturating_add(1))?,
            Some(Resolved::Either(one, other)) => self.either(one, other, span, may_list, depth)?,
            None => self.plain(value, depth)?,
        }
        Some(())
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
                let mut is_first = true;
                for member in value.members() {
                    if Self::is_nothing(member.value) {
                        continue;
                    }
                    if !std::mem::take(&mut is_first) {
                        self.weaver.add(", ");
                    }
                    self.weaver.push(member.key.raw(), member.key.span());
                    self.weaver.add(": ");
                    let name = member.key.string();
                    let may_list = LISTS.contains(&&*name) || name.contains(':');
                    self.value(member.value, may_list, depth.saturating_add(1))?;
                }
                self.weaver.push("}", end);
            }
            Kind::Array => {
                self.weaver.push("[", start);
                let items: Vec<Value<'d>> = value.items().collect();
                self.items(&items, depth)?;
                self.weaver.push("]", end);
            }
            Kind::Null | Kind::True | Kind::False | Kind::Number | Kind::String => {
                self.weaver.push(value.raw(), span);
            }
        }
        Some(())
    }

    /// The elements of a list. Of a choice, both sides become elements.
    fn items(&mut self, items: &[Value<'d>], depth: usize) -> Option<()> {
        let mut is_first = true;
        for item in items {
            for own in Self::sides(*item, CHOICES) {
                if !std::mem::take(&mut is_first) {
                    self.weaver.add(", ");
                }
                self.value(own, false, depth.saturating_add(1))?;
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

    /// A choice where one value must stand: both sides in a list where a list can stand, and unknown if not.
    fn either(
        &mut self,
        one: Value<'d>,
        other: Value<'d>,
        span: Span,
        may_list: bool,
        depth: usize,
    ) -> Option<()> {
        let mut sides = Self::sides(one, CHOICES);
        sides.extend(Self::sides(other, CHOICES));
        let mut flat: Vec<Value<'d>> = Vec::new();
        for side in sides {
            if side.kind() == Kind::Array { flat.extend(side.items()) } else { flat.push(side) }
        }
        if let [alone] = flat.as_slice() {
            return self.value(*alone, may_list, depth.saturating_add(1));
        }
        if may_list && !flat.is_empty() {
            return self.list(&flat, span, depth);
        }
        let parts = self.unknown("Fn::If".to_owned(), span);
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
            let mut json = String::new();
            push_json_text(&mut json, text);
            self.weaver.push_one(json.get(1..json.len().saturating_sub(1)).unwrap_or_default(), *from);
        }
        self.weaver.stand_at(span.end);
        self.weaver.add("\"");
    }

    /// Whether a value is `AWS::NoValue`, which removes the member.
    fn is_nothing(value: Value<'_>) -> bool {
        functions::called(value).is_some_and(|(name, argument)| {
            name == "Ref" && argument.as_string().is_some_and(|own| own == "AWS::NoValue")
        })
    }

    /// Notes something that is not known, and gives what stands for it.
    fn unknown(&mut self, what: String, span: Span) -> Parts {
        self.unknown.push((what, span));
        vec![(UNKNOWN.to_owned(), span)]
    }

    /// The literal text of a value, as a pattern of a policy would have it.
    fn literal(value: Value<'_>) -> Option<Parts> {
        matches!(value.kind(), Kind::String | Kind::Number)
            .then(|| vec![(value.string().into_owned(), value.span())])
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
