//! Texts from outside in Markdown: nothing in them is markup, a link, a mention, or the end of a cell of a table.

use iamgate::iam_json::visible;

/// A text from outside as a code span.
///
/// # Shape
/// It is on one line. The fence is longer than any run of backticks in the text. `|` stays, so that this is not for tables: see [`cell`].
///
/// # Source
/// CommonMark 0.31, section 6.1.
pub(crate) fn code(text: &str) -> String {
    let text = visible(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.saturating_add(1));
    // A space at both ends is taken away again, and keeps backticks of the text away from the fence.
    let blank = text.chars().all(|c| c == ' ');
    let pad = if !blank && (text.starts_with(['`', ' ']) || text.ends_with(['`', ' '])) { " " } else { "" };
    if text.is_empty() { "` `".to_owned() } else { format!("{fence}{pad}{text}{pad}{fence}") }
}

/// A text from outside as a code span in a table.
///
/// # Source
/// GitHub Flavored Markdown, section 4.10: `\|` is a `|` that does not end a cell, in code spans too.
pub(crate) fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A sentence with texts from outside in it. Each word that could be markup, a link or a mention becomes a code span.
pub(crate) fn text(text: &str) -> String {
    let words = text.split(' ').enumerate().map(|(at, word)| {
        let plain = word.trim_end_matches(['.', ',', ';', ':', ')']);
        let (word, end) = word.split_at(plain.len());
        let (start, word) = word.strip_prefix('(').map_or(("", word), |rest| ("(", rest));
        let is_plain = is_plain(word) && (at > 0 || !starts_a_block(word, end));
        let word = if is_plain { word.to_owned() } else { cell(unquoted(word)) };
        format!("{start}{word}{end}")
    });
    words.collect::<Vec<_>>().join(" ")
}

fn is_plain(word: &str) -> bool {
    // The names of actions have colons, and `\u{…}` comes from hidden characters.
    word.chars().all(|c| c.is_alphanumeric() || "'%/:,.()-+=".contains(c))
        && !word.contains("//")
        && !word.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."))
        && !word.starts_with(':')
}

/// A word without the backticks of [`quoted`](iamgate::iam_json::quoted) around it, which are those of a code span.
fn unquoted(word: &str) -> &str {
    let own = word.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
    own.filter(|own| !own.is_empty() && !own.contains('`')).unwrap_or(word)
}

/// Whether a word at the start of a line, with what follows it, could make a list or a heading of it.
fn starts_a_block(word: &str, end: &str) -> bool {
    let is_number = !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
    let is_mark = word.chars().all(|c| c.is_ascii_digit() || "-+=.)".contains(c));
    is_mark && (!is_number || end.starts_with(['.', ')']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_does_not_leave_its_code_span() {
        for (text, seen) in [
            ("a", "`a`"),
            ("a`b", "``a`b``"),
            ("`a", "`` `a ``"),
            ("a``", "``` a`` ```"),
            ("", "` `"),
            ("<b>\n", r"`<b>\u{a}`"),
            ("a|b", "`a|b`"),
        ] {
            assert_eq!(code(text), seen);
        }
        assert_eq!(cell("a|b"), r"`a\|b`");
    }

    #[test]
    fn words_that_could_be_markup_become_code() {
        for (given, seen) in [
            ("the role a_b, and 4,202 actions.", "the role `a_b`, and 4,202 actions."),
            ("<script>alert(1)</script>", "`<script>alert(1)</script>`"),
            ("[a](https://x.example)", "`[a](https://x.example`)"),
            ("see https://x.example (www.x.example)", "see `https://x.example` (`www.x.example`)"),
            (
                "by @org/team #12 :tada: s3:GetObject s3:*",
                "by `@org/team` `#12` `:tada`: s3:GetObject `s3:*`",
            ),
            ("1. no list", "`1`. no list"),
            ("1) no list", "`1`) no list"),
            ("2 calls, 1) 3.", "2 calls, 1) 3."),
            ("under `a_b`, `c` and ``d``", "under `a_b`, `c` and ``` ``d`` ```"),
            ("- no list", "`-` no list"),
            ("a\nb\u{202e}c", r"`a\u{a}b\u{202e}c`"),
        ] {
            assert_eq!(text(given), seen);
        }
    }
}
