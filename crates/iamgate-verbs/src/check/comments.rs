//! The comments of a text, where its format has some.

use std::path::Path;

use iamgate::iam_policy::Span;

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Comment {
    /// Its bytes, with the characters that begin and end it.
    pub(super) span: Span,
    /// Whether nothing is before it on its line.
    pub(super) is_alone: bool,
}

/// The comments of a file: those of YAML if its name or its first character says so, or else those of JSON with comments.
///
/// # Cost
/// Linear in the length of the text.
pub(super) fn of(text: &str, name: &str) -> Vec<Comment> {
    let ending = Path::new(name).extension().unwrap_or_default().to_ascii_lowercase();
    let first = text.trim_start_matches('\u{feff}').trim_start().chars().next();
    let is_json = matches!(first, Some('{' | '[' | '/' | '"')) && ending != "yaml" && ending != "yml";
    if is_json { of_json(text) } else { of_yaml(text) }
}

/// Comments begin with `//` and end with the line, or stand between `/*` and `*/`. There are none in strings.
fn of_json(text: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut characters = text.char_indices().peekable();
    let (mut in_string, mut is_escaped, mut is_alone) = (false, false, true);
    while let Some((at, c)) = characters.next() {
        if in_string {
            in_string = is_escaped || c != '"';
            is_escaped = c == '\\' && !is_escaped;
            continue;
        }
        let next = characters.peek().map(|(_, next)| *next);
        let rest = text.get(at..).unwrap_or_default();
        let length = match (c, next) {
            ('/', Some('/')) => rest.find('\n').unwrap_or(rest.len()),
            ('/', Some('*')) => rest
                .get(2..)
                .and_then(|inside| inside.find("*/"))
                .map_or(rest.len(), |end| end.saturating_add(4)),
            _ => {
                in_string = c == '"';
                is_alone = c == '\n' || (is_alone && c.is_whitespace());
                continue;
            }
        };
        let end = at.saturating_add(length);
        found.push(Comment { span: span(at, end), is_alone });
        while characters.next_if(|(own, _)| *own < end).is_some() {}
    }
    found
}

/// Comments begin with `#` at the start of a line or after a blank, outside of quotes and of block scalars (YAML 1.2.2, section 6.6).
fn of_yaml(text: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut quote = None;
    // The column of the key or dash whose block scalar goes on.
    let mut block: Option<usize> = None;
    let mut start = 0_usize;
    for line in text.split_inclusive('\n') {
        let own = line.trim_end();
        let indent = own.len().saturating_sub(own.trim_start_matches(' ').len());
        if block.is_some_and(|column| own.is_empty() || indent > column) {
            start = start.saturating_add(line.len());
            continue;
        }
        block = None;
        let mut content = own.len();
        let mut before = ' ';
        for (at, c) in own.char_indices() {
            match (quote, c) {
                (None, '#') if before.is_whitespace() => {
                    let is_alone =
                        own.get(..at).is_some_and(|head| head.trim_matches([' ', '\t']).is_empty());
                    let place = span(start.saturating_add(at), start.saturating_add(own.len()));
                    found.push(Comment { span: place, is_alone });
                    content = at;
                    break;
                }
                // Within a word, a quote is an apostrophe.
                (None, '"' | '\'') if before.is_whitespace() || "[{,:-(".contains(before) => quote = Some(c),
                (Some('"'), '"') if before != '\\' => quote = None,
                // Two single quotes in a text are one: it ends and begins again.
                (Some('\''), '\'') => quote = None,
                (None, '\'') if before == '\'' => quote = Some(c),
                _ => {}
            }
            // A backslash that is escaped itself escapes nothing.
            before = if before == '\\' && c == '\\' { ' ' } else { c };
        }
        if quote.is_none() {
            block = block_scalar(own.get(..content).unwrap_or_default().trim_end());
        }
        start = start.saturating_add(line.len());
    }
    found
}

/// The column of the key or dash of a block scalar that begins at the end of a line. `None` if none does.
fn block_scalar(line: &str) -> Option<usize> {
    let (before, word) = line.rsplit_once([' ', '\t']).unwrap_or(("", line));
    let is_header = word.strip_prefix(['|', '>']).is_some_and(|rest| {
        rest.len() <= 2 && rest.chars().all(|c| c == '+' || c == '-' || c.is_ascii_digit())
    });
    if !is_header {
        return None;
    }
    let before = before.trim_end();
    let mut column = before.len().saturating_sub(before.trim_start_matches(' ').len());
    while let Some(rest) = before.get(column..).and_then(|rest| rest.strip_prefix("- ")) {
        let blanks = rest.len().saturating_sub(rest.trim_start_matches(' ').len());
        column = column.saturating_add(blanks).saturating_add(2);
    }
    Some(column)
}

fn span(start: usize, end: usize) -> Span {
    let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(narrow(start), narrow(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn found(name: &str, text: &str, expected: &[(&str, bool)]) {
        let comments = of(text, name);
        let seen: Vec<(&str, bool)> = comments.iter().map(|own| (own.span.of(text), own.is_alone)).collect();
        assert_eq!(seen, expected, "{text}");
    }

    #[test]
    fn json_has_comments_outside_of_strings() {
        found(
            "a.jsonc",
            "{\"a\": \"// no\", // one\n /* two */ \"b\": 1}",
            &[("// one", false), ("/* two */", true)],
        );
        found("a.json", r#"{"a": "x\"// no", "b\\": "/* no */"}"#, &[]);
        found("a.json", "{} /* open", &[("/* open", false)]);
        found("a.json", "// a\r\n{}\n", &[("// a\r", true)]);
    }

    #[test]
    fn yaml_has_comments_outside_of_quotes_and_blocks() {
        found(
            "a.yaml",
            "# one\na: 'it''s # no' # two\nb: it's # three\n",
            &[("# one", true), ("# two", false), ("# three", false)],
        );
        found("a.yaml", "a: \"x \\\" # no\\\\\" # yes\nb: c#no\n", &[("# yes", false)]);
        found("a.yaml", "a: \"x\n  # no\n  \" # yes\n", &[("# yes", false)]);
        found("a.yaml", "a:\n  b: |\n    # no\n\n    # no\n  # yes\n  c: 1\n", &[("# yes", true)]);
        found(
            "a.yaml",
            "- a: >-\n    # no\n  b: 1 # yes\n- |\n  # no\n- c # yes\n",
            &[("# yes", false), ("# yes", false)],
        );
        found("a.template", "{\"a\": 1} // yes", &[("// yes", false)]);
        found("<stdin>", "Statement: [] # yes", &[("# yes", false)]);
        found("a.yaml", "{a: 1} # yes", &[("# yes", false)]);
    }
}
