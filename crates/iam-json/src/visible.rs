//! Texts from outside, made safe to show. This module has the only list of characters that could mislead a reader or control a terminal.

use std::borrow::Cow;

use crate::write::push_json_escape;

/// Returns whether a character could control a terminal, change the direction of the text around it, or be invisible.
///
/// # Shape
/// True for control characters (Unicode category Cc), the line and paragraph separators, and format characters without a glyph of their
/// own. The latter are the soft hyphen; direction marks, overrides and isolates; zero-width characters; the byte order mark; interlinear
/// annotations; invisible operators; and tags.
///
/// # Source
/// Unicode Standard Annex #9 (directional formatting characters); Unicode Technical Report #36, section 3 (bidirectional and invisible
/// text).
pub fn is_hidden(c: char) -> bool {
    // Nearly all characters of policies.
    if matches!(c, ' '..='~') {
        return false;
    }
    c.is_control()
        || matches!(
            c,
            '\u{AD}'
                | '\u{34F}'
                | '\u{61C}'
                | '\u{115F}'
                | '\u{1160}'
                | '\u{17B4}'
                | '\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// The text with each [hidden](is_hidden) character as an escape such as `\u{202e}`.
///
/// The result has one line.
///
/// # Examples
/// ```
/// assert_eq!(iam_json::visible("a\u{202e}b\n"), r"a\u{202e}b\u{a}");
/// assert_eq!(iam_json::visible("été"), "été");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.contains(is_hidden) { Cow::Owned(escaped(text.chars())) } else { Cow::Borrowed(text) }
}

/// JSON with the same content in which each [hidden](is_hidden) character of a text is an escape such as `\u202e`.
///
/// The layout stays: outside of texts JSON has no hidden characters but line feeds, carriage returns and tabs.
///
/// # Examples
/// ```
/// assert_eq!(iam_json::visible_json("{\n\"a\": \"b\u{202e}\u{e0041}\"}"), "{\n\"a\": \"b\\u202e\\udb40\\udc41\"}");
/// ```
pub fn visible_json(json: &str) -> Cow<'_, str> {
    let is_harmful = |c: char| is_hidden(c) && !matches!(c, '\n' | '\r' | '\t');
    if !json.contains(is_harmful) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_harmful(c) { push_json_escape(&mut out, c) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// Quotes a value of a document for a message: in backticks, with hidden characters as escapes, cut at 64 characters.
///
/// # Examples
/// ```
/// assert_eq!(iam_json::quoted("s3:Get\u{7}"), r"`s3:Get\u{7}`");
/// assert_eq!(iam_json::quoted(&"x".repeat(65)), format!("`{}…`", "x".repeat(64)));
/// ```
pub fn quoted(text: &str) -> String {
    const MOST: usize = 64;
    let mut out = String::from("`");
    out.push_str(&escaped(text.chars().take(MOST)));
    if text.chars().nth(MOST).is_some() {
        out.push('…');
    }
    out.push('`');
    out
}

fn escaped(text: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for c in text {
        if is_hidden(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_misleads_is_seen_and_everything_else_stays() {
        for hidden in [
            '\0',
            '\n',
            '\u{1b}',
            '\u{7f}',
            '\u{9b}',
            '\u{202e}',
            '\u{2066}',
            '\u{feff}',
            '\u{e0041}',
            '\u{200b}',
        ] {
            let text = format!("a{hidden}b");
            let shown = visible(&text);
            assert!(shown.is_ascii() && shown.starts_with(r"a\u{") && shown.ends_with("}b"), "{shown}");
            assert!(!quoted(&text).contains(hidden));
        }
        for plain in ["", "a b", "café", "日本語", "\u{1f600}", "e\u{301}"] {
            assert!(matches!(visible(plain), Cow::Borrowed(text) if text == plain));
        }
    }
}
