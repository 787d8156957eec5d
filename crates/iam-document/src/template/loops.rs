//! `Fn::ForEach`: members for each value of a collection.

use iam_json::{Kind, Span, Value, json_text, quoted};

use super::{Parts, Template, UNKNOWN};
use crate::extracted::{Note, UnknownKind};

/// What the names of loops begin with.
pub(super) const EACH: &str = "Fn::ForEach::";

/// The most resources of a template, and the most turns of its loops.
const MOST: usize = 50_000;

/// A turn of a loop.
#[derive(Clone)]
pub(crate) struct Turn {
    name: String,
    /// The place of the collection.
    span: Span,
    /// `None` if it is known only when the template is deployed.
    pub(super) value: Option<String>,
    /// The note about the defaults of parameters that the value is from; empty if it is from none.
    default: String,
}

/// A resource of a template: its name, and the turns of the loops that it is in.
pub(crate) struct Resource<'d> {
    pub(crate) id: String,
    pub(crate) value: Value<'d>,
    pub(crate) turns: Vec<Turn>,
}

impl Turn {
    /// What decides whether the turn is made; `None` if it is always made.
    pub(super) fn open(&self) -> Option<(String, Span)> {
        let what = match (&self.value, self.default.as_str()) {
            (None, _) => format!("Fn::ForEach {}", quoted(&self.name)),
            (Some(_), "") => return None,
            (Some(_), default) => default.to_owned(),
        };
        Some((what, self.span))
    }
}

impl<'d> Template<'d> {
    /// The resources of a template, those of loops once for each value. `None` if there are more than are read.
    pub(crate) fn resources(&mut self, resources: Value<'d>) -> Option<Vec<Resource<'d>>> {
        let mut found = Vec::new();
        self.turns.clear();
        self.collect(resources, &mut found)?;
        Some(found)
    }

    /// Begins a turn of a loop. `None` if there were too many.
    pub(super) fn begin(&mut self, turn: Turn) -> Option<()> {
        self.turned = self.turned.saturating_add(1);
        self.turns.push(turn);
        (self.turned <= MOST).then_some(())
    }

    fn collect(&mut self, members: Value<'d>, found: &mut Vec<Resource<'d>>) -> Option<()> {
        for member in members.members() {
            let name = member.key.string();
            if name.starts_with(EACH)
                && let Some((turns, body)) = self.each(member.value)
            {
                for turn in turns {
                    self.begin(turn)?;
                    let done = self.collect(body, found);
                    self.turns.pop();
                    done?;
                }
                continue;
            }
            if found.len() >= MOST {
                return None;
            }
            let parts = self.turned(&name, member.key.span());
            // Of what is not known, the name of the loop stays.
            let known = |parts: Parts| {
                let text: String = parts.into_iter().map(|(text, _)| text).collect();
                (!text.contains(UNKNOWN)).then_some(text)
            };
            let id = parts.and_then(known).unwrap_or_else(|| name.into_owned());
            found.push(Resource { id, value: member.value, turns: self.turns.clone() });
        }
        Some(())
    }

    /// The turns and the body of a loop. One value that is not known stands for a collection that is not known.
    pub(super) fn each(&mut self, argument: Value<'d>) -> Option<(Vec<Turn>, Value<'d>)> {
        let items: Vec<Value<'d>> = argument.items().collect();
        let [identifier, collection, body] = items.as_slice() else { return None };
        let identifier = identifier.as_string()?.into_owned();
        let body = Some(*body).filter(|own| own.kind() == Kind::Object)?;
        let notes = self.notes.len();
        let values = self.collection(*collection);
        let defaults: Vec<&str> = self.notes.iter().skip(notes).map(|own| own.what.as_str()).collect();
        let default = defaults.join(", ");
        let span = collection.span();
        let turn = |value| Turn { name: identifier.clone(), span, value, default: default.clone() };
        Some((values.into_iter().map(turn).collect(), body))
    }

    fn collection(&mut self, collection: Value<'d>) -> Vec<Option<String>> {
        let unknown = vec![None];
        let list = match super::functions::called(collection) {
            Some((name, argument)) if name == "Ref" => {
                return match self.listed(argument) {
                    Some(own) => own.into_iter().map(Some).collect(),
                    None => unknown,
                };
            }
            Some((name, argument)) if name == "Fn::FindInMap" => {
                let items: Vec<Value<'d>> = argument.items().collect();
                match self.found_in_map(&items) {
                    Some(own) => own,
                    None => return unknown,
                }
            }
            Some(_) => return unknown,
            None => collection,
        };
        if list.kind() != Kind::Array {
            return unknown;
        }
        let mut values = Vec::new();
        for item in list.items() {
            let is_list = super::functions::called(item)
                .filter(|(name, _)| name == "Ref")
                .and_then(|(_, argument)| self.listed(argument));
            match is_list {
                Some(own) => values.extend(own.into_iter().map(Some)),
                None => values.push(Some(self.quietly(item)).filter(|own| !own.contains(UNKNOWN))),
            }
        }
        values
    }

    /// The values of a parameter that is a list, given its name.
    pub(super) fn listed(&mut self, name: Value<'d>) -> Option<Vec<String>> {
        let own = name.string();
        let (kind, default) = self.parameters.get(&*own)?;
        let is_list = kind == "CommaDelimitedList" || kind == "List<Number>";
        let text = default.filter(|_| is_list)?.string();
        if text.trim_ascii().is_empty() {
            return None;
        }
        self.default_of(&own, name.span());
        Some(text.split(',').map(|own| own.trim_ascii().to_owned()).collect())
    }

    /// What a name stands for in the loops around.
    pub(super) fn turn(&mut self, name: &str, span: Span) -> Option<Parts> {
        let turn = self.turns.iter().rev().find(|own| own.name == name)?.clone();
        Some(match turn.value {
            Some(value) => {
                if !turn.default.is_empty() {
                    self.notes.push(Note::new(turn.default, span, UnknownKind::Default));
                }
                vec![(value, span)]
            }
            None => self.unknown(format!("Ref {}", quoted(name)), span),
        })
    }

    /// A text with `${name}` and `&{name}` replaced, where the name is that of a loop. `None` if the text has none.
    pub(super) fn turned(&mut self, text: &str, span: Span) -> Option<Parts> {
        if self.turns.is_empty() {
            return None;
        }
        let mut parts = Parts::new();
        let mut rest = text;
        let mut start = 0_usize;
        while let Some(at) =
            rest.get(start..).and_then(|own| own.find('{')).map(|at| at.saturating_add(start))
        {
            start = at.saturating_add(1);
            let before = rest.get(..at).unwrap_or_default();
            let Some((name, behind)) = rest.get(start..).and_then(|own| own.split_once('}')) else { break };
            let (literal, is_plain) = match (before.strip_suffix('$'), before.strip_suffix('&')) {
                (Some(literal), _) => (literal, false),
                (None, Some(literal)) => (literal, true),
                (None, None) => continue,
            };
            let Some(own) = self.turn(name, span) else { continue };
            if !literal.is_empty() {
                parts.push((literal.to_owned(), span));
            }
            let plain = |(text, span): (String, Span)| {
                let text = if is_plain && text != UNKNOWN {
                    text.chars().filter(char::is_ascii_alphanumeric).collect()
                } else {
                    text
                };
                (text, span)
            };
            parts.extend(own.into_iter().map(plain));
            rest = behind;
            start = 0;
        }
        if parts.is_empty() {
            return None;
        }
        if !rest.is_empty() {
            parts.push((rest.to_owned(), span));
        }
        Some(parts)
    }

    /// Writes the name of a member.
    pub(super) fn key(&mut self, key: Value<'d>) {
        let span = key.span();
        match self.turned(&key.string(), span) {
            None => self.weaver.push(key.raw(), span),
            Some(parts) if parts.iter().any(|(text, _)| text == UNKNOWN) => self.text(&parts, span),
            Some(parts) => {
                let text: String = parts.into_iter().map(|(text, _)| text).collect();
                self.weaver.push_one(&json_text(&text), span);
            }
        }
    }
}
