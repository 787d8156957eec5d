//! Texts that share the memory of the document they were read from.

use std::fmt;
use std::sync::Arc;

use iam_json::Span;

/// A text: a range of a source. Many texts share one source.
#[derive(Clone)]
pub(crate) struct Text {
    source: Arc<str>,
    range: Span,
}

impl Text {
    /// A text with a source of its own.
    ///
    /// INVARIANT (offsets): texts are parts of documents, which have at most `u32::MAX` bytes. A longer text becomes empty.
    pub(crate) fn own(text: &str) -> Self {
        let end = u32::try_from(text.len()).unwrap_or_default();
        Self { source: text.into(), range: Span::new(0, end) }
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        self.range.of(&self.source)
    }

    pub(crate) const fn len(&self) -> usize {
        self.range.end.saturating_sub(self.range.start) as usize
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

/// The text of a policy. The texts of the policy's parts are ranges of it.
#[derive(Debug)]
pub(crate) struct Source {
    text: Arc<str>,
    /// The offset of the policy in the larger document.
    start: u32,
}

impl Source {
    /// The source for the policy at `span` of a document.
    pub(crate) fn of(text: &str, span: Span) -> Self {
        Self { text: text.into(), start: span.start }
    }

    /// Makes a text that was read at `span` of the larger document.
    ///
    /// A string without escapes equals the text between its quotation marks, and shares it. A string with escapes gets a source of its own.
    pub(crate) fn text(&self, text: &str, span: Span) -> Text {
        let [start, end] = [span.start.checked_add(1), span.end.checked_sub(1)]
            .map(|offset| offset.and_then(|offset| offset.checked_sub(self.start)).unwrap_or_default());
        let shared = Text { source: Arc::clone(&self.text), range: Span::new(start, end) };
        if shared.as_str().len() == text.len() { shared } else { Text::own(text) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_there_as_it_is_read_is_shared() {
        let document = r#"  ["abc", "a\nc", 123, "\u00e9"]"#;
        let source = Source::of(document.trim_start(), Span::new(2, 33));
        let at = |raw: &str| {
            let start = u32::try_from(document.find(raw).unwrap()).unwrap();
            Span::new(start, start + u32::try_from(raw.len()).unwrap())
        };
        for (raw, text, is_shared) in [
            ("\"abc\"", "abc", true),
            ("\"a\\nc\"", "a\nc", false),
            ("123", "123", false),
            ("\"\\u00e9\"", "\u{e9}", false),
        ] {
            let read = source.text(text, at(raw));
            assert_eq!(read.as_str(), text);
            assert_eq!(Arc::ptr_eq(&read.source, &source.text), is_shared, "{raw}");
        }
        // A span outside the source has no text to share.
        assert_eq!(source.text("abc", Span::new(0, 5)).as_str(), "abc");
        assert_eq!(source.text("abc", Span::new(90, 95)).as_str(), "abc");
    }
}
