//! Where the characters of an extracted text stand in the original.

use std::sync::Arc;

use iam_json::{Document, Edit, LineIndex, Problem, Span, json_text};

/// Maps places of an extracted text to places of the text that it was found in.
///
/// A policy may be a string in a JSON text in a YAML text. Each of these layers has its own map, and a place goes through all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginMap {
    /// From the extracted text outwards.
    layers: Vec<Layer>,
    /// Places of the original that stand for others too: what aliases of YAML name.
    shared: Arc<[Span]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Layer {
    /// The text is a part of the outer one, from this byte on.
    Part(u32),
    /// The text was made of pieces of the outer one.
    Runs(Arc<[Run]>, Coding),
}

impl Layer {
    /// The place in the outer text.
    fn out(&self, span: Span) -> Span {
        match self {
            Self::Part(start) => {
                Span::new(span.start.saturating_add(*start), span.end.saturating_add(*start))
            }
            Self::Runs(runs, _) => of_runs(runs, span),
        }
    }
}

/// How the outer text writes what a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// In a JSON string.
    JsonString,
    /// With the escapes of URLs.
    Url,
    /// As YAML.
    Yaml,
    /// Values are those of the outer text, and between them are other characters.
    Values,
    /// As code of Terraform, of which no edits are made.
    Code,
}

/// A piece of a text and what stands for it in the outer text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    at: u32,
    length: u32,
    from: Span,
    /// Whether both are the same bytes. Else the piece stands for the outer bytes as a whole.
    is_same: bool,
}

impl OriginMap {
    /// The map of a part of a text, from the byte `start` on, where `self` is the map of the whole.
    #[must_use]
    pub(crate) fn part(&self, start: u32) -> Self {
        self.inside(Layer::Part(start))
    }

    fn inside(&self, layer: Layer) -> Self {
        let mut layers = Vec::with_capacity(self.layers.len().saturating_add(1));
        match (layer, self.layers.first()) {
            (Layer::Part(start), Some(Layer::Part(outer))) => {
                layers.push(Layer::Part(outer.saturating_add(start)));
                layers.extend(self.layers.iter().skip(1).cloned());
            }
            (layer, _) => {
                layers.push(layer);
                layers.extend(self.layers.iter().cloned());
            }
        }
        Self { layers, shared: Arc::clone(&self.shared) }
    }

    /// The place in the original of a place in the text.
    ///
    /// A character that the original writes with an escape stands for the whole escape. Characters that the original does not have stand where
    /// they were added.
    pub fn span(&self, span: Span) -> Span {
        self.layers.iter().fold(span, |span, layer| layer.out(span))
    }

    /// Whether the text is a part of the outer one, word for word.
    pub(crate) fn is_part(&self) -> bool {
        matches!(self.layers.first(), Some(Layer::Part(_)))
    }

    /// The layers of this map that are inside of the text that has the map `whole`.
    fn inside_of(&self, whole: &Self) -> &[Layer] {
        let count = self.layers.len().saturating_sub(whole.layers.len());
        self.layers.get(..count).unwrap_or_default()
    }

    /// The place of a part of the text in the text around it that has the map `whole`.
    pub(crate) fn in_whole(&self, span: Span, whole: &Self) -> Span {
        self.inside_of(whole).iter().fold(span, |span, layer| layer.out(span))
    }

    /// The place in the text of a part of the text around it that has the map `whole`.
    pub(crate) fn out_of_whole(&self, span: Span, whole: &Self) -> Span {
        self.inside_of(whole).iter().rev().fold(span, |span, layer| match layer {
            Layer::Part(start) => {
                Span::new(span.start.saturating_sub(*start), span.end.saturating_sub(*start))
            }
            Layer::Runs(runs, _) => into_runs(runs, span),
        })
    }

    /// A problem of the text with its places in the original, given the lines of the original.
    #[must_use]
    pub fn problem(&self, mut problem: Problem, lines: &LineIndex) -> Problem {
        problem.place.span = self.span(problem.place.span);
        problem.position = lines.position(problem.place.span.start);
        if let Some(related) = &mut problem.related {
            related.span = self.span(related.span);
            related.position = lines.position(related.span.start);
        }
        problem
    }

    /// The map, with places of the outer text that stand for others too.
    pub(crate) fn sharing(mut self, outer: &Self, spans: impl Iterator<Item = Span>) -> Self {
        self.shared = self.shared.iter().copied().chain(spans.map(|span| outer.span(span))).collect();
        self
    }

    /// Whether a place of the original stands for others too, in whole or in part, or lies in one that does.
    pub(crate) fn is_shared(&self, place: Span) -> bool {
        self.shared.iter().any(|own| own.start <= place.end && place.start <= own.end)
    }

    /// How the layers write the text, from the text outwards, without those of which it is simply a part.
    pub(crate) fn codings(&self) -> impl Iterator<Item = Coding> {
        self.layers.iter().filter_map(|layer| match layer {
            Layer::Part(_) => None,
            Layer::Runs(_, coding) => Some(*coding),
        })
    }

    /// An edit of the text as an edit of the original. It is exact if every layer writes what is added as it writes any text.
    pub(crate) fn edit(&self, edit: &Edit) -> Option<Edit> {
        let mut text = edit.text.clone();
        for coding in self.codings() {
            text = match coding {
                Coding::JsonString => inner(&text),
                Coding::Url => url_encoded(&text),
                // The text stands in a string of the JSON that the YAML was made into.
                Coding::Yaml => one_line(&decoded(&text)?),
                Coding::Values => text,
                Coding::Code => return None,
            };
        }
        Some(Edit::new(self.span(edit.span), text))
    }

    /// The byte of the original from which on the text is the very same, so that changes of the text can be made in the original. `None` if
    /// the original writes it in another way.
    pub fn verbatim_from(&self) -> Option<u32> {
        match self.layers.as_slice() {
            [] => Some(0),
            [Layer::Part(start)] => Some(*start),
            [..] => None,
        }
    }
}

/// A text as it stands in a JSON string.
fn inner(text: &str) -> String {
    let json = json_text(text);
    json.get(1..json.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

/// The text of the inside of a JSON string.
fn decoded(inner: &str) -> Option<String> {
    let json = format!("\"{inner}\"");
    let document = Document::parse(&json, iam_json::Limits::default()).ok()?;
    document.root().as_string().map(std::borrow::Cow::into_owned)
}

/// A text without line feeds. In JSON, a space says the same.
fn one_line(text: &str) -> String {
    text.lines().map(|line| line.trim_matches([' ', '\t', '\r'])).collect::<Vec<_>>().join(" ")
}

/// A text with the escapes of URLs (RFC 3986).
fn url_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len().saturating_mul(3));
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn of_runs(runs: &[Run], span: Span) -> Span {
    let at = |offset: u32| runs.get(runs.partition_point(|run| run.at <= offset).saturating_sub(1));
    let start = at(span.start).map_or(0, |run| {
        let into = span.start.saturating_sub(run.at);
        if run.is_same { run.from.start.saturating_add(into).min(run.from.end) } else { run.from.start }
    });
    if span.end <= span.start {
        return Span::new(start, start);
    }
    let end = at(span.end.saturating_sub(1)).map_or(0, |run| {
        let into = span.end.saturating_sub(run.at);
        if run.is_same { run.from.start.saturating_add(into).min(run.from.end) } else { run.from.end }
    });
    Span::new(start, end.max(start))
}

/// The place in a text of a part of the outer text. Pieces are in the order of the outer text.
fn into_runs(runs: &[Run], span: Span) -> Span {
    let end_of = |run: &Run| run.at.saturating_add(run.length);
    let into = |run: &Run, offset: u32| {
        run.at.saturating_add(offset.saturating_sub(run.from.start)).min(end_of(run))
    };
    let first = runs.get(runs.partition_point(|run| run.from.end <= span.start));
    let start = first.map_or(u32::MAX, |run| if run.is_same { into(run, span.start) } else { run.at });
    let last = runs.get(runs.partition_point(|run| run.from.start < span.end).saturating_sub(1));
    let end = last.map_or(0, |run| if run.is_same { into(run, span.end) } else { end_of(run) });
    Span::new(start, end.max(start))
}

/// Makes a text of pieces of another, and remembers where they are from.
#[derive(Debug, Default)]
pub(crate) struct Weaver {
    text: String,
    runs: Vec<Run>,
    /// The end of the last piece, where added characters stand.
    last: u32,
}

impl Weaver {
    /// Adds a text that the other one has at these bytes.
    pub(crate) fn push(&mut self, text: &str, from: Span) {
        self.run(text, from, true);
    }

    /// Adds a text that is written in another way at these bytes.
    pub(crate) fn push_one(&mut self, text: &str, from: Span) {
        self.run(text, from, false);
    }

    fn run(&mut self, text: &str, from: Span, is_same: bool) {
        if text.is_empty() {
            return;
        }
        let (at, length) = (narrow(self.text.len()), narrow(text.len()));
        self.text.push_str(text);
        self.last = from.end;
        if let Some(run) =
            self.runs.last_mut().filter(|run| is_same && run.is_same && run.from.end == from.start)
        {
            run.length = run.length.saturating_add(length);
            run.from.end = from.end;
            return;
        }
        self.runs.push(Run { at, length, from, is_same });
    }

    /// Adds characters that the other text does not have.
    pub(crate) fn add(&mut self, text: &str) {
        self.push_one(text, Span::new(self.last, self.last));
    }

    /// Moves the place at which added characters stand.
    pub(crate) fn stand_at(&mut self, offset: u32) {
        self.last = offset;
    }

    /// The number of bytes so far.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// The text, and its map to the original, given that of the other text and how that writes it.
    pub(crate) fn finish(self, outer: &OriginMap, coding: Coding) -> (String, OriginMap) {
        let origin = outer.inside(Layer::Runs(self.runs.into(), coding));
        (self.text, origin)
    }
}

/// An offset. Texts are shorter than 4 GiB, because readers refuse longer ones.
pub(crate) fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_goes_through_every_layer() {
        // `ab"c` is written `xx"ab\"c"` outside, and that stands from byte 10 on in the original.
        let whole = OriginMap::default().part(10);
        let mut weaver = Weaver::default();
        weaver.push("ab", Span::new(3, 5));
        weaver.push_one("\"", Span::new(5, 7));
        weaver.push("c", Span::new(7, 8));
        let (text, origin) = weaver.finish(&whole, Coding::JsonString);
        assert_eq!(text, "ab\"c");
        assert_eq!(origin.span(Span::new(0, 2)), Span::new(13, 15));
        assert_eq!(origin.span(Span::new(2, 3)), Span::new(15, 17));
        assert_eq!(origin.span(Span::new(1, 4)), Span::new(14, 18));
        assert_eq!(origin.part(1).span(Span::new(2, 3)), Span::new(17, 18));
        assert_eq!((whole.part(5).verbatim_from(), origin.verbatim_from()), (Some(15), None));
    }

    #[test]
    fn added_characters_stand_where_they_were_added() {
        let mut weaver = Weaver::default();
        weaver.add("[");
        weaver.push("abc", Span::new(4, 7));
        weaver.add("]");
        let (text, origin) = weaver.finish(&OriginMap::default(), Coding::Values);
        assert_eq!(text, "[abc]");
        assert_eq!(origin.span(Span::new(0, 5)), Span::new(0, 7));
        assert_eq!(origin.span(Span::new(4, 5)), Span::new(7, 7));
        assert_eq!(origin.span(Span::new(9, 9)), Span::new(7, 7));
    }
}
