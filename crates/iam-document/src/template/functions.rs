//! The functions of CloudFormation.

use iam_json::{Kind, Span, Value, json_text, quoted};

use super::loops::EACH;
use super::{Parts, Resolved, Template, UNKNOWN};
use crate::encoded;
use crate::extracted::UnknownKind;
use crate::origin::{OriginMap, narrow};

/// Values of pseudo parameters that are the same for nearly every deployment. Others are not known.
const PSEUDO: [(&str, &str); 2] = [("AWS::Partition", "aws"), ("AWS::URLSuffix", "amazonaws.com")];

/// Texts inside of texts are resolved up to this depth.
const DEPTH: usize = 24;

/// The function that an object calls, and its argument. `None` if the object is no call.
pub(super) fn called(value: Value<'_>) -> Option<(String, Value<'_>)> {
    let mut members = value.members();
    let (only, other) = (members.next()?, members.next());
    let name = only.key.as_string()?;
    let is_call = name == "Ref" || (name.starts_with("Fn::") && !name.starts_with(EACH));
    (other.is_none() && is_call).then(|| (name.into_owned(), only.value))
}

/// Both sides of a choice; `None` if a value is none.
pub(super) fn choice(value: Value<'_>) -> Option<(Value<'_>, Value<'_>)> {
    let (name, argument) = called(value)?;
    let mut items = argument.items().skip(1);
    let (one, other) = (items.next()?, items.next()?);
    (name == "Fn::If").then_some((one, other))
}

/// A choice with the name of its condition.
pub(super) fn condition(value: Value<'_>) -> String {
    let name = called(value).and_then(|(_, argument)| argument.items().next()?.as_string());
    name.map_or_else(|| "Fn::If".to_owned(), |own| format!("Fn::If {}", quoted(&own)))
}

impl<'d> Template<'d> {
    /// What the function in a value gives. `None` if the value has none.
    pub(super) fn function(&mut self, value: Value<'d>) -> Option<Resolved<'d>> {
        let (name, argument) = called(value)?;
        let items: Vec<Value<'d>> = argument.items().collect();
        Some(match (name.as_str(), items.as_slice()) {
            ("Fn::If", [_, one, other]) => Resolved::Either(*one, *other),
            ("Fn::Select", [index, list]) => match Self::selected(*index, *list) {
                Some(own) => Resolved::Value(own),
                None => Resolved::Text(self.texts(value, DEPTH)),
            },
            ("Fn::FindInMap", _) => match self.found_in_map(&items) {
                Some(own) => Resolved::Value(own),
                None => Resolved::Text(self.unknown("Fn::FindInMap".to_owned(), value.span())),
            },
            ("Fn::ToJsonString", _) => Resolved::Value(argument),
            _ => Resolved::Text(self.texts(value, DEPTH)),
        })
    }

    fn selected(index: Value<'d>, list: Value<'d>) -> Option<Value<'d>> {
        let index: usize = index.string().parse().ok()?;
        let item = list.items().nth(index)?;
        // What is removed from the list, or is a choice of several elements, moves those behind it.
        let is_one = |own: Value<'_>| !Self::is_nothing(own) && choice(own).is_none();
        list.items().take(index.saturating_add(1)).all(is_one).then_some(item)
    }

    pub(super) fn found_in_map(&mut self, items: &[Value<'d>]) -> Option<Value<'d>> {
        let [map, first, second, more @ ..] = items else { return None };
        let key = |own: &Value<'d>, template: &mut Self| {
            let text = template.quietly(*own);
            (!text.contains(UNKNOWN)).then_some(text)
        };
        let (map, first, second) = (key(map, self)?, key(first, self)?, key(second, self)?);
        let default = || more.first()?.member("DefaultValue");
        self.mapped(&map, &first, &second).or_else(default)
    }

    /// A part of a text that `Fn::Split` divides, or an element of a parameter that is a list. `None` if it is not known.
    fn part(&mut self, index: Value<'d>, list: Value<'d>, span: Span) -> Option<Parts> {
        let index: usize = index.string().parse().ok()?;
        let (name, argument) = called(list)?;
        let items: Vec<Value<'d>> = argument.items().collect();
        let text = match (name.as_str(), items.as_slice()) {
            ("Fn::Split", [at, text]) => {
                let text = self.quietly(*text);
                let at = at.as_string().filter(|own| !own.is_empty() && !text.contains(UNKNOWN))?;
                text.split(&*at).nth(index)?.to_owned()
            }
            ("Ref", _) => self.listed(argument)?.into_iter().nth(index)?,
            _ => return None,
        };
        Some(vec![(text, span)])
    }

    /// The text of a value, without a note of what is not known in it. Defaults are noted.
    pub(super) fn quietly(&mut self, value: Value<'d>) -> String {
        let notes = self.notes.len();
        let parts = self.texts(value, DEPTH);
        let fresh = self.notes.split_off(notes);
        self.notes.extend(fresh.into_iter().filter(|own| own.kind == UnknownKind::Default));
        parts.into_iter().map(|(text, _)| text).collect()
    }

    /// The text that a value stands for, in parts.
    fn texts(&mut self, value: Value<'d>, depth: usize) -> Parts {
        if let Some(literal) = self.literal(value) {
            return literal;
        }
        let span = value.span();
        let Some((name, argument)) = called(value) else {
            return self.unknown(format!("{} in the place of a text", value.kind().name()), span);
        };
        let Some(depth) = depth.checked_sub(1) else { return self.unknown(name, span) };
        let items: Vec<Value<'d>> = argument.items().collect();
        match (name.as_str(), items.as_slice()) {
            ("Ref", _) => self.reference(&argument.string(), span),
            ("Fn::Sub", [text, variables]) => self.substituted(*text, Some(*variables), depth),
            ("Fn::Sub", [text]) => self.substituted(*text, None, depth),
            ("Fn::Sub", []) => self.substituted(argument, None, depth),
            ("Fn::Join", [between, list]) if list.kind() == Kind::Array && between.kind() == Kind::String => {
                let between = between.string().into_owned();
                let mut parts = Parts::new();
                for (at, item) in list.items().filter(|own| !Self::is_nothing(*own)).enumerate() {
                    if at > 0 && !between.is_empty() {
                        parts.push((between.clone(), span));
                    }
                    parts.extend(self.texts(item, depth));
                }
                parts
            }
            ("Fn::Select", [index, list]) => match Self::selected(*index, *list) {
                Some(own) => self.texts(own, depth),
                None => match self.part(*index, *list, span) {
                    Some(own) => own,
                    None => self.unknown(name, span),
                },
            },
            ("Fn::FindInMap", _) => match self.found_in_map(&items) {
                Some(own) => self.texts(own, depth),
                None => self.unknown(name, span),
            },
            ("Fn::GetAtt", _) => {
                let path: Vec<String> = items.iter().map(|own| own.string().into_owned()).collect();
                let path = if path.is_empty() { argument.string().into_owned() } else { path.join(".") };
                self.unknown(format!("{name} {}", quoted(&path)), span)
            }
            _ => self.unknown(name, span),
        }
    }

    /// What a name stands for: a parameter with a default, a pseudo parameter, or a resource.
    fn reference(&mut self, name: &str, span: Span) -> Parts {
        if let Some((_, value)) = PSEUDO.iter().find(|(own, _)| *own == name) {
            return vec![((*value).to_owned(), span)];
        }
        if let Some(parts) = self.turn(name, span) {
            return parts;
        }
        match self.parameters.get(name) {
            // A default is what is deployed unless somebody says otherwise. An empty one is always replaced. That of another type is a list, or
            // the name of a parameter that is stored elsewhere.
            Some((kind, Some(default)))
                if (kind == "String" || kind == "Number") && !default.string().is_empty() =>
            {
                let default = default.string().into_owned();
                self.default_of(name, span);
                vec![(default, span)]
            }
            _ => self.unknown(format!("Ref {}", quoted(name)), span),
        }
    }

    /// A text with `${name}` for references. `${!name}` stands for itself without the mark.
    fn substituted(&mut self, text: Value<'d>, variables: Option<Value<'d>>, depth: usize) -> Parts {
        if text.kind() != Kind::String {
            return self.unknown("Fn::Sub".to_owned(), text.span());
        }
        let span = text.span();
        // Escapes move what stands behind them.
        let (whole, map) = encoded::content(text, &OriginMap::default());
        let place = |from: usize, to: usize| map.span(Span::new(narrow(from), narrow(to)));
        let mut parts = Parts::new();
        let mut at = 0_usize;
        while let Some(rest) = whole.get(at..).filter(|rest| !rest.is_empty()) {
            let Some((before, behind)) = rest.split_once("${") else {
                self.characters(rest, at, &place, &mut parts);
                break;
            };
            let start = at.saturating_add(before.len());
            self.characters(before, at, &place, &mut parts);
            let Some((name, _)) = behind.split_once('}') else {
                parts.push((
                    rest.get(before.len()..).unwrap_or_default().to_owned(),
                    place(start, whole.len()),
                ));
                break;
            };
            let end = start.saturating_add(name.len()).saturating_add(3);
            let here = place(start, end);
            if let Some(literal) = name.trim_start().strip_prefix('!') {
                parts.push((format!("${{{literal}}}"), here));
            } else {
                let name = name.trim_ascii();
                let own = variables.and_then(|own| own.member(name));
                let notes = self.notes.len();
                let found = match own {
                    Some(own) => self.texts(own, depth),
                    None if name.contains('.') => self.unknown(format!("Fn::GetAtt {}", quoted(name)), here),
                    None => self.reference(name, here),
                };
                self.notes.iter_mut().skip(notes).for_each(|own| own.span = here);
                parts.extend(found.into_iter().map(|(text, _)| (text, here)));
            }
            at = end;
        }
        if parts.is_empty() { vec![(String::new(), span)] } else { parts }
    }

    /// Adds a text of a template, whose characters may be written with other escapes than here: then each has a place of its own.
    fn characters(&self, text: &str, start: usize, place: &impl Fn(usize, usize) -> Span, parts: &mut Parts) {
        if text.is_empty() {
            return;
        }
        let whole = place(start, start.saturating_add(text.len()));
        let json = json_text(text);
        if Some(self.written(whole)) == json.get(1..json.len().saturating_sub(1)) {
            return parts.push((text.to_owned(), whole));
        }
        for (at, own) in text.char_indices() {
            let at = start.saturating_add(at);
            parts.push((own.to_string(), place(at, at.saturating_add(own.len_utf8()))));
        }
    }
}
