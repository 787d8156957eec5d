//! Globs and the variables in them.

use crate::reading::{Point, Reading};
use crate::request::Found;
use crate::statement::Scope;

/// One element of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Char(char),
    One,     // `?`
    Many,    // `*`
    Unknown, // An unknown variable, read as `*`: what does not match so, matches for no value.
}

/// A text of a policy, with its variables replaced by the values in the request.
#[derive(Default)]
pub(crate) struct Pattern {
    pub(crate) tokens: Vec<Token>,
    pub(crate) colons: usize,        // Those outside of variables.
    pub(crate) first: Option<usize>, // The colons before the first variable, if there is one.
    pub(crate) null: bool,           // Rule 3.25: a variable has no value.
    pub(crate) perhaps_null: bool,   // An unknown variable may have none.
}

/// Rules 1.21, 3.21, 7.47: reads `key}` or `key, 'default'}`, and returns the rest too. `None` for any other text.
fn variable(text: &str) -> Option<(&str, Option<&str>, &str)> {
    let (key, rest) = text.split_at_checked(text.find(['}', ','])?)?;
    if key.is_empty() || key.contains(char::is_whitespace) || key.contains("${") {
        return None;
    }
    if let Some(rest) = rest.strip_prefix('}') {
        return Some((key, None, rest));
    }
    let (default, rest) = rest.strip_prefix(", '")?.split_once("'}")?;
    if ["*", "?", "$"].contains(&key) {
        return None;
    }
    Some((key, Some(default), rest))
}

impl Pattern {
    /// Rules 1.6, 1.7, 3.20 to 3.30: reads a text, with wildcards if `glob`.
    pub(crate) fn read(text: &str, glob: bool, scope: Scope<'_>) -> Result<Pattern, String> {
        let keeps_default = scope.request.reading.is_other(Point::ListVariable);
        let mut pattern = Pattern::default();
        let mut rest = text;
        while let (true, Some((before, after))) = (scope.variables, rest.split_once("${")) {
            pattern.add(before, glob);
            pattern.colons = pattern.colons.saturating_add(before.matches(':').count());
            let (key, default, after) = variable(after).ok_or("a variable cannot be read")?;
            rest = after;
            if ["*", "?", "$"].contains(&key) {
                pattern.add(key, false);
                continue;
            }
            pattern.first = pattern.first.or(Some(pattern.colons));
            let value = match scope.request.find(key) {
                Found::Unknown => {
                    pattern.tokens.push(Token::Unknown);
                    pattern.perhaps_null |= default.is_none() || !keeps_default;
                    continue;
                }
                Found::Known(None) => default,
                Found::Known(Some(value)) => value.scalar().ok().or(default.filter(|_| keeps_default)),
            };
            pattern.add(value.unwrap_or_default(), false);
            pattern.null |= value.is_none();
        }
        pattern.add(rest, glob);
        pattern.colons = pattern.colons.saturating_add(rest.matches(':').count());
        Ok(pattern)
    }

    /// Rules 2.2, 3.3: `*` and `?` are wildcards. No other character is special.
    fn add(&mut self, text: &str, glob: bool) {
        self.tokens.extend(text.chars().map(|c| match c {
            '*' if glob => Token::Many,
            '?' if glob => Token::One,
            plain => Token::Char(plain),
        }));
    }

    pub(crate) fn has_unknown(&self) -> bool {
        self.tokens.contains(&Token::Unknown)
    }

    /// Rules 3.25, 3.26, 7.44: the outcome of a comparison in which the tokens matched or not. A null pattern matches nothing. `negated`
    /// says that the outcome will be negated.
    pub(crate) fn outcome(&self, matched: bool, negated: bool, scope: Scope<'_>) -> bool {
        matched && !self.null && (!self.has_unknown() || scope.leaning != negated)
    }

    /// Rules 4.21, 3.31: compares six fields, each as a glob of its own. An unknown variable may contain colons, so the fields are then not
    /// separated.
    pub(crate) fn covers_arn(&self, text: &str, reading: &Reading) -> bool {
        if self.has_unknown() {
            return covers(&self.tokens, text, reading);
        }
        let fields = self.tokens.splitn(6, |token| *token == Token::Char(':'));
        fields.zip(text.splitn(6, ':')).all(|(field, text)| covers(field, text, reading))
    }

    /// Rule 4.22: whether the pattern has the six fields of an ARN. What an unknown variable adds does not count.
    pub(crate) fn has_six_fields(&self) -> bool {
        self.tokens.splitn(6, |token| *token == Token::Char(':')).count() == 6
    }

    /// The tokens with each text between unknown variables changed by `change`. The pattern has no wildcards.
    pub(crate) fn map(&self, change: impl Fn(&str) -> String) -> Vec<Token> {
        let mut mapped = Vec::new();
        for part in self.tokens.split_inclusive(|token| *token == Token::Unknown) {
            let text =
                part.iter().filter_map(|token| if let Token::Char(c) = token { Some(*c) } else { None });
            mapped.extend(change(&text.collect::<String>()).chars().map(Token::Char));
            mapped.extend(part.last().filter(|token| **token == Token::Unknown));
        }
        mapped
    }
}

/// Rules 2.2, 3.2, 3.3: whether the pattern matches the whole text. `?` is one UTF-16 unit, or one character in the other reading.
pub(crate) fn covers(pattern: &[Token], text: &str, reading: &Reading) -> bool {
    let units = |c: char| -> Vec<u32> {
        if reading.is_other(Point::QuestionMark) {
            return vec![u32::from(c)];
        }
        c.encode_utf16(&mut [0; 2]).iter().copied().map(u32::from).collect()
    };
    // Each token as one or more steps: a wanted unit, or `None` for a wildcard.
    let steps = pattern.iter().flat_map(|token| match token {
        Token::Char(c) => units(*c).into_iter().map(|unit| (*token, Some(unit))).collect(),
        Token::One | Token::Many | Token::Unknown => vec![(*token, None)],
    });
    // Row by row: whether the steps so far match the text up to each position.
    let mut row: Vec<(bool, Option<u32>)> = vec![(true, None)];
    row.extend(text.chars().flat_map(units).map(|unit| (false, Some(unit))));
    for (token, wanted) in steps {
        let (mut before, mut any) = (false, false);
        for (covered, unit) in &mut row {
            any |= *covered;
            let now = match token {
                Token::Many | Token::Unknown => any,
                Token::One => before,
                Token::Char(_) => before && *unit == wanted,
            };
            before = std::mem::replace(covered, now);
        }
    }
    row.last().is_some_and(|(covered, _)| *covered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(pattern: &str, text: &str) -> bool {
        let mut read = Pattern::default();
        read.add(pattern, true);
        covers(&read.tokens, text, &Reading::default())
    }

    #[test]
    fn globs_are_anchored() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("a*", "a"),
            ("*a*b", "xaybb"),
            ("?\u{e9}*", "\u{e9}\u{e9}"),
            ("**?", "x"),
            ("a*?c", "abbc"),
            ("??", "\u{10400}"),
            ("\u{10400}?", "\u{10400}x"),
        ] {
            assert!(glob(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("?", ""),
            ("a", "ab"),
            ("*a", "ab"),
            ("a?", "a"),
            ("a*?c", "ac"),
            ("A", "a"),
            ("*?*?", "x"),
            ("?", "\u{10400}"),
            ("a[b]", "ab"),
        ] {
            assert!(!glob(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn variables_have_one_form() {
        assert_eq!(variable("aws:x}/y"), Some(("aws:x", None, "/y")));
        assert_eq!(variable("aws:x, 'a }b'}"), Some(("aws:x", Some("a }b"), "")));
        for bad in [
            "",
            "}",
            "aws:x",
            "aws: x}",
            "aws:x,'a'}",
            "aws:x, a}",
            "aws:x, 'a}",
            "aws:x, 'a' }",
            ", 'a'}",
            "a${b}",
            "*, 'a'}",
        ] {
            assert_eq!(variable(bad), None, "{bad:?}");
        }
    }
}
