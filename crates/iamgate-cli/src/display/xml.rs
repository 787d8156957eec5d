//! Texts from outside in XML.

use iamgate::iam_json::visible;

/// A text from outside as the content of an element, or as the value of an attribute between double quotes.
///
/// # Shape
/// Hidden characters are escapes such as `\u{1b}`, ends of lines too, so that the result has only characters that XML 1.0 allows.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_text_stays_in_its_place() {
        assert_eq!(text("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&apos;");
        assert_eq!(text("]]>\u{0}\u{1b}\n\u{ffff}"), "]]&gt;\\u{0}\\u{1b}\\u{a}\u{fffd}");
    }
}
