//! Problems as text for people: what was found, where, with an excerpt of the text, and what would be right.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level as Severity, Origin, Renderer, Snippet};
use iamgate::File;
use iamgate::iam_json::visible;
use iamgate::iam_policy::{Level, Position, Problem, Span};

use crate::display::{shown, terminal};
use crate::screen::{BAD, HEAD, paint};

/// The maximum number of columns. Longer lines, such as minified policies, are cut around the place.
const WIDTH: usize = 130;

/// The text of a problem in a document.
pub(crate) fn problem(source: &File, problem: &Problem) -> String {
    let severity = match problem.level {
        Level::Error => Severity::ERROR,
        Level::SecurityWarning => Severity::WARNING.with_name("security warning"),
        Level::Warning => Severity::WARNING,
        Level::Suggestion => Severity::INFO.with_name("suggestion"),
    };
    let mut marks = vec![Mark::primary(problem.place.span, &problem.found)];
    let known = Some((problem.place.span.start as usize, problem.position.line as usize));
    marks.extend(problem.related.as_ref().map(|related| Mark::secondary(related.span, related.label)));
    let title = severity.primary_title(problem.code.summary()).id(problem.code.name());
    let group = match snippet(source, &marks, known) {
        Some(snippet) => title.element(snippet),
        None => title
            .element(origin(source, problem.position))
            .element(Severity::NOTE.message(shown(&problem.found))),
    };
    render(group.element(Severity::HELP.message(shown(&problem.help))))
}

/// The text of a problem in an input that has no text to show.
pub(crate) fn without_place(name: &str, code: &str, found: &str, help: &str) -> String {
    let name = if name.is_empty() { String::new() } else { format!("{}: ", visible(name)) };
    format!(
        "{}{}\n  = {} {help}\n\n",
        paint(BAD, &format!("error[{code}]")),
        paint(HEAD, &format!(": {name}{}", visible(found))),
        paint(HEAD, "help:"),
        help = visible(help),
    )
}

/// A place in a document, with a comment on it.
#[derive(Debug)]
pub(crate) struct Mark {
    span: Span,
    label: String,
    is_primary: bool,
}

impl Mark {
    pub(crate) fn primary(span: Span, label: &str) -> Self {
        Self { span, label: shown(label), is_primary: true }
    }

    pub(crate) fn secondary(span: Span, label: &str) -> Self {
        Self { span, label: shown(label), is_primary: false }
    }
}

/// An excerpt of a document with marks. In a minified document only the first mark is shown.
pub(crate) fn excerpt(title: &str, source: &File, marks: &[Mark]) -> Option<String> {
    let lines = Lines::of(&source.text, marks, None)?;
    let is_long = source.text.get(lines.range())?.lines().any(|line| line.chars().count() > WIDTH);
    let marks = if is_long { marks.get(..1)? } else { marks };
    let title = Severity::NOTE.no_name().secondary_title(shown(title));
    Some(render(title.element(snippet(source, marks, None)?)))
}

fn render(group: Group<'_>) -> String {
    let mut text = Renderer::styled().term_width(WIDTH).render(&[group]);
    text.push_str("\n\n");
    text
}

fn origin(source: &File, position: Position) -> Origin<'static> {
    Origin::path(shown(&source.name)).line(position.line as usize).char_column(position.column as usize)
}

/// The lines that contain the marks. `None` if a mark lies outside the text.
fn snippet<'s>(
    source: &File,
    marks: &'s [Mark],
    known: Option<(usize, usize)>,
) -> Option<Snippet<'s, Annotation<'s>>> {
    let lines = Lines::of(&source.text, marks, known)?;
    let text = source.text.get(lines.range())?;
    let place = |mark: &Mark| {
        let start = (mark.span.start as usize).saturating_sub(lines.start);
        let end = (mark.span.end as usize).saturating_sub(lines.start);
        // For a long place, such as a whole statement, the first line is enough.
        let first = text.get(start..end).and_then(|place| place.lines().next()).unwrap_or_default();
        (start, start.saturating_add(first.len()))
    };
    let mut places: Vec<(usize, usize)> = marks.iter().map(place).collect();
    let mut ends: Vec<&mut usize> = places.iter_mut().flat_map(|(start, end)| [start, end]).collect();
    let text = terminal::excerpt(text, &mut ends);
    let annotations = marks.iter().zip(places).map(|(mark, (start, end))| {
        let kind = if mark.is_primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        kind.span(start..end).label(mark.label.as_str())
    });
    let annotations: Vec<Annotation<'s>> = annotations.collect();
    Some(Snippet::source(text).line_start(lines.number).path(shown(&source.name)).annotations(annotations))
}

/// Whole lines of a text.
struct Lines {
    start: usize,
    end: usize,
    /// The number of the first line, counted from 1.
    number: usize,
}

impl Lines {
    /// `known` is an offset of which the number of the line is known, so that the lines before it need not be counted.
    fn of(text: &str, marks: &[Mark], known: Option<(usize, usize)>) -> Option<Self> {
        let first = marks.iter().map(|mark| mark.span.start as usize).min()?;
        let last = marks.iter().map(|mark| mark.span.start as usize).max()?;
        if marks.iter().any(|mark| mark.span.end as usize > text.len()) {
            return None;
        }
        let before = text.get(..first)?;
        let start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let rest = text.get(last..)?;
        let end = rest.find('\n').map_or(text.len(), |at| last.saturating_add(at).saturating_add(1));
        let ends = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count();
        let (at, line) = known.unwrap_or((0, 1));
        let number = match text.get(at..first) {
            Some(between) => line.saturating_add(ends(between)),
            None => line.saturating_sub(ends(text.get(first..at)?)),
        };
        Some(Self { start, end, number })
    }

    const fn range(&self) -> std::ops::Range<usize> {
        self.start..self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(text: &str, needle: &str) -> Mark {
        let start = text.find(needle).unwrap();
        let offset = |at: usize| u32::try_from(at).unwrap();
        Mark::primary(Span::new(offset(start), offset(start.saturating_add(needle.len()))), "here")
    }

    fn shown(text: &str, needles: &[&str]) -> String {
        let source = File { name: "a.json".into(), text: text.into() };
        let marks: Vec<Mark> = needles.iter().map(|needle| mark(text, needle)).collect();
        let report = excerpt("title", &source, &marks).unwrap();
        anstream::adapter::strip_str(&report).to_string()
    }

    #[test]
    fn the_place_is_marked_in_its_line() {
        let text = shown("{\r\n  \"é\": 1, \"b\": 2\r\n}", &["\"b\""]);
        assert!(text.contains("a.json:2:11"), "{text}");
        assert!(text.contains("2 |   \"é\": 1, \"b\": 2\n  |           ^^^ here"), "{text}");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("[{}\"here\"{}]", "\"é\", ".repeat(20_000), ", 1".repeat(20_000));
        let text = shown(&line, &["\"here\""]);
        assert!(text.contains("\"here\"") && text.contains("^^^^^^ here"), "{text}");
        assert!(text.contains("a.json:1:100002"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH + 20), "{text}");
    }

    #[test]
    fn of_a_long_place_the_first_line_is_shown() {
        let text = shown("{\n \"a\": {\n  }\n}", &["{\n  }"]);
        assert!(text.contains("2 |  \"a\": {\n  |       ^ here"), "{text}");
    }

    #[test]
    fn several_places_are_shown_together() {
        let text = shown("{\n \"a\": 1,\n \"b\": 2\n}", &["\"b\"", "\"a\""]);
        assert!(text.contains("2 |  \"a\": 1,") && text.contains("3 |  \"b\": 2"), "{text}");
    }

    #[test]
    fn a_place_outside_of_the_text_has_no_excerpt() {
        let source = File { name: String::new(), text: "ab".into() };
        assert!(excerpt("title", &source, &[Mark::primary(Span::new(1, 9), "")]).is_none());
    }
}
