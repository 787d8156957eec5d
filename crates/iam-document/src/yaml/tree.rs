//! The nodes of a YAML text.

use std::collections::{BTreeMap, BTreeSet};

use iam_json::{Report, Span, quoted};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::places::Places;
use super::refusal;
use crate::code;
use crate::limits::Limits;

/// A YAML text that has been read.
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    /// The root of each document.
    pub(super) roots: Vec<usize>,
}

/// A value.
pub(super) struct Node {
    pub(super) content: Content,
    /// The name of its tag, without `!`.
    pub(super) tag: Option<String>,
    pub(super) span: Span,
    /// The closing bracket of a list or mapping, where the text has one.
    pub(super) end: Span,
}

/// The content of a value. Values in it are numbers of nodes.
pub(super) enum Content {
    Scalar(String, ScalarStyle),
    Sequence(Vec<usize>),
    Mapping(Vec<(usize, usize)>),
    Alias(usize),
}

/// A list or mapping that is open.
struct Open {
    node: usize,
    /// The key whose value comes next.
    key: Option<usize>,
}

impl Tree {
    pub(super) fn read(text: &str, limits: &Limits) -> Result<Self, Report> {
        if text.len() > limits.document_bytes {
            let found = format!("{} bytes", text.len());
            return Err(refusal(
                code::DOCUMENT_TOO_LARGE,
                text,
                Span::default(),
                found,
                "give a smaller text",
            ));
        }
        let places = Places::of(text);
        let mut tree = Self { nodes: Vec::new(), roots: Vec::new() };
        let (mut open, mut anchors) = (Vec::<Open>::new(), BTreeMap::new());
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| {
                let at = places.byte(error.marker().index());
                let help = "correct the YAML, or give JSON";
                refusal(code::YAML_SYNTAX_ERROR, text, Span::new(at, at), quoted(error.info()), help)
            })?;
            let span = Span::new(places.byte(span.start.index()), places.byte(span.end.index()));
            let span = if let Event::Scalar(_, style, ..) = &event {
                without_rest(text, span, *style)
            } else {
                span
            };
            let (content, anchor, tag) = match event {
                Event::Scalar(value, style, anchor, tag) => {
                    (Content::Scalar(value.into_owned(), style), anchor, tag)
                }
                Event::SequenceStart(anchor, tag) => (Content::Sequence(Vec::new()), anchor, tag),
                Event::MappingStart(anchor, tag) => (Content::Mapping(Vec::new()), anchor, tag),
                Event::Alias(anchor) => {
                    (Content::Alias(anchors.get(&anchor).copied().unwrap_or(usize::MAX)), 0, None)
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    if let Some(node) = open.pop().and_then(|own| tree.nodes.get_mut(own.node)) {
                        node.end = span;
                    }
                    continue;
                }
                Event::Nothing
                | Event::StreamStart
                | Event::StreamEnd
                | Event::DocumentStart(_)
                | Event::DocumentEnd => continue,
            };
            let number = tree.nodes.len();
            if anchor > 0 {
                anchors.insert(anchor, number);
            }
            let is_open = matches!(content, Content::Sequence(_) | Content::Mapping(_));
            tree.nodes.push(Node { content, tag: tag.map(|tag| name(&tag)), span, end: Span::default() });
            tree.place(number, open.last_mut());
            if is_open {
                if open.len() >= limits.depth {
                    let found = format!("more than {} arrays and objects inside each other", limits.depth);
                    return Err(refusal(code::NESTING_TOO_DEEP, text, span, found, "policies need 6"));
                }
                open.push(Open { node: number, key: None });
            }
        }
        Ok(tree)
    }

    /// Puts a node into what is open, or makes it the root of a document.
    fn place(&mut self, number: usize, open: Option<&mut Open>) {
        let Some(open) = open else { return self.roots.push(number) };
        match self.nodes.get_mut(open.node).map(|node| &mut node.content) {
            Some(Content::Sequence(items)) => items.push(number),
            Some(Content::Mapping(members)) => match open.key.take() {
                Some(key) => members.push((key, number)),
                None => open.key = Some(number),
            },
            Some(Content::Scalar(..) | Content::Alias(_)) | None => {}
        }
    }

    /// The places of the nodes that aliases name.
    pub(super) fn shared(&self) -> impl Iterator<Item = Span> + '_ {
        let named: BTreeSet<usize> = self
            .nodes
            .iter()
            .filter_map(|node| if let Content::Alias(target) = node.content { Some(target) } else { None })
            .collect();
        named.into_iter().filter_map(|number| self.nodes.get(number)).map(|node| {
            let end = node.end.end.max(node.span.end);
            Span::new(node.span.start, end)
        })
    }

    pub(super) fn content(&self, number: usize) -> Option<&Content> {
        self.nodes.get(number).map(|node| &node.content)
    }

    /// The members of a mapping, with those of the mappings that `<<` names and the mapping does not have itself.
    pub(super) fn merged(&self, members: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let is_merge = |(key, _): &&(usize, usize)| self.text(*key) == Some("<<");
        let mut merged: Vec<(usize, usize)> =
            members.iter().filter(|member| !is_merge(member)).copied().collect();
        let mut names: BTreeSet<&str> = merged.iter().filter_map(|(key, _)| self.text(*key)).collect();
        for (_, value) in members.iter().filter(is_merge) {
            let lists = match self.resolved(*value) {
                Some(Content::Sequence(items)) => items.clone(),
                _ => vec![*value],
            };
            for list in lists {
                let Some(Content::Mapping(others)) = self.resolved(list) else { continue };
                // A mapping that is merged has its own `<<`, which is not followed: nobody needs it, and it could go round in circles.
                let new =
                    others.iter().filter(|(key, _)| self.text(*key).is_some_and(|own| names.insert(own)));
                merged.extend(new);
            }
        }
        merged
    }

    /// The content of a node, or of the node that it stands for.
    fn resolved(&self, number: usize) -> Option<&Content> {
        match self.content(number)? {
            Content::Alias(target) => self.content(*target),
            own @ (Content::Scalar(..) | Content::Sequence(_) | Content::Mapping(_)) => Some(own),
        }
    }

    fn text(&self, number: usize) -> Option<&str> {
        match self.content(number)? {
            Content::Scalar(text, _) => Some(text),
            Content::Sequence(_) | Content::Mapping(_) | Content::Alias(_) => None,
        }
    }
}

/// The place of a scalar. That of the parser goes on behind a closing quotation mark, over blanks and a comment.
fn without_rest(text: &str, span: Span, style: ScalarStyle) -> Span {
    let (quote, has_escapes) = match style {
        ScalarStyle::SingleQuoted => (b'\'', false),
        ScalarStyle::DoubleQuoted => (b'"', true),
        ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => return span,
    };
    let bytes = span.of(text).as_bytes();
    let Some(open) = bytes.iter().position(|byte| *byte == quote) else { return span };
    let mut at = open.saturating_add(1);
    while let Some(byte) = bytes.get(at) {
        let next = bytes.get(at.saturating_add(1));
        // Two single quotation marks are one of the text.
        let is_pair = if has_escapes { *byte == b'\\' } else { *byte == quote && next == Some(&quote) };
        if *byte == quote && !is_pair {
            let length = u32::try_from(at.saturating_add(1)).unwrap_or(u32::MAX);
            return Span::new(span.start, span.start.saturating_add(length));
        }
        at = at.saturating_add(if is_pair { 2 } else { 1 });
    }
    span
}

/// The name of a tag: `Sub` for `!Sub`, `str` for `!!str`.
fn name(tag: &Tag) -> String {
    tag.suffix.clone()
}
