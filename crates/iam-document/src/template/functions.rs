//! The functions of CloudFormation.

use iam_json::{Kind, Span, Value, quoted};

use super::{Parts, Resolved, Template, UNKNOWN};

/// Values of pseudo parameters that are the same for nearly every deployment. Others are not known.
const PSEUDO: [(&str, &str); 2] = [("AWS::Partition", "aws"), ("AWS::URLSuffix", "amazonaws.com")];

/// Texts inside of texts are resolved up to this depth.
const DEPTH: usize = 24;

/// The function that an object calls, and its argument. `None` if the object is no call.
pub(super) fn called(value: Value<'_>) -> Option<(String, Value<'_>)> {
    let mut members = value.members();
    let (only, other) = (members.next()?, members.next());
    let name = only.key.as_string()?;
    let is_call = name == "Ref" || name.starts_with("Fn::");
    (other.is_none() && is_call).then(|| (name.into_owned(), only.value))
}

/// Both sides of a choice; `None` if a value is none.
pub(super) fn choice(value: Value<'_>) -> Option<(Value<'_>, Value<'_>)> {
    let (name, argument) = called(value)?;
    let mut items = argument.items().skip(1);
    let (one, other) = (items.next()?, items.next()?);
    (name == "Fn::If").then_some((one, other))
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
                None => Resolved::Text(self.unknown("Fn::Select".to_owned(), value.span())),
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
        list.items().nth(index)
    }

    fn found_in_map(&mut self, items: &[Value<'d>]) -> Option<Value<'d>> {
        let [map, first, second, ..] = items else { return None };
        let key = |own: &Value<'d>, template: &mut Self| {
            let text = template.quietly(*own);
            (!text.contains(UNKNOWN)).then_some(text)
        };
        let (map, first, second) = (key(map, self)?, key(first, self)?, key(second, self)?);
        self.mapped(&map, &first, &second)
    }

    /// The text of a value, without a note of what is not known in it.
    fn quietly(&mut self, value: Value<'d>) -> String {
        let notes = self.unknown.len();
        let parts = self.texts(value, DEPTH);
        self.unknown.truncate(notes);
        parts.into_iter().map(|(text, _)| text).collect()
    }

    /// The text that a value stands for, in parts.
    fn texts(&mut self, value: Value<'d>, depth: usize) -> Parts {
        if let Some(literal) = Self::literal(value) {
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
            ("Fn::Join", [between, list]) if list.kind() == Kind::Array => {
                let between = between.string().into_owned();
                let mut parts = Parts::new();
                for (at, item) in list.items().enumerate() {
                    if at > 0 && !between.is_empty() {
                        parts.push((between.clone(), span));
                    }
                    parts.extend(self.texts(item, depth));
                }
                parts
            }
            ("Fn::Select", [index, list]) => match Self::selected(*index, *list) {
                Some(own) => self.texts(own, depth),
                None => self.unknown(name, span),
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
        match self.parameters.get(name) {
            // A default is what is deployed unless somebody says otherwise. An empty one is always replaced.
            Some(Some(default)) if !default.string().is_empty() => {
                vec![(default.string().into_owned(), span)]
            }
            _ => self.unknown(format!("Ref {}", quoted(name)), span),
        }
    }

    /// A text with `${name}` for references. `${!name}` stands for itself without the mark.
    fn substituted(&mut self, text: Value<'d>, variables: Option<Value<'d>>, depth: usize) -> Parts {
        let Some(whole) = text.as_string() else { return self.unknown("Fn::Sub".to_owned(), text.span()) };
        let span = text.span();
        // Offsets in the text are offsets in the template, unless it has escapes.
        let is_plain = text.raw().len() == whole.len().saturating_add(2);
        let place = |from: usize, to: usize| {
            let at =
                |offset: usize| span.start.saturating_add(1).saturating_add(crate::origin::narrow(offset));
            if is_plain { Span::new(at(from), at(to)) } else { span }
        };
        let mut parts = Parts::new();
        let mut at = 0_usize;
        while let Some(rest) = whole.get(at..).filter(|rest| !rest.is_empty()) {
            let Some((before, behind)) = rest.split_once("${") else {
                parts.push((rest.to_owned(), place(at, whole.len())));
                break;
            };
            let start = at.saturating_add(before.len());
            if !before.is_empty() {
                parts.push((before.to_owned(), place(at, start)));
            }
            let Some((name, _)) = behind.split_once('}') else {
                parts.push((
                    rest.get(before.len()..).unwrap_or_default().to_owned(),
                    place(start, whole.len()),
                ));
                break;
            };
            let end = start.saturating_add(name.len()).saturating_add(3);
            let here = place(start, end);
            if let Some(literal) = name.strip_prefix('!') {
                parts.push((format!("${{{literal}}}"), here));
            } else {
                let own = variables.and_then(|own| own.member(name));
                let found = match own {
                    Some(own) => self.texts(own, depth),
                    None if name.contains('.') => self.unknown(format!("Fn::GetAtt {}", quoted(name)), here),
                    None => self.reference(name, here),
                };
                parts.extend(found.into_iter().map(|(text, _)| (text, here)));
            }
            at = end;
        }
        if parts.is_empty() { vec![(String::new(), span)] } else { parts }
    }
}
