//! Globs and the variables in them.

use crate::request::Found;
use crate::statement::Scope;

/// One element of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Char(char),
    One,       // `?`
    Many,      // `*`
    Unknown,   // An unknown variable, read as `*`: what does not match so, matches for no value.
    Ambiguous, // Rule 4.5: an ambiguous variable. Whether the other tokens match says nothing then.
}

/// A text of a policy, with its variables replaced by the values in the request.
pub(crate) struct Pattern {
    pub(crate) tokens: Vec<Token>,
    pub(crate) has_variables: bool,
    pub(crate) null: bool,   // Rule 3.25: a variable has no value.
    pub(crate) filled: bool, // Rules 3.25, 3.26, 4.5: the outcome if the tokens match.
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
    /// Rules 1.6, 1.7, 3.20 to 3.30, 4.5: reads a text, with wildcards if `glob`. `negated` says that the outcome will be negated.
    pub(crate) fn read(text: &str, glob: bool, negated: bool, scope: Scope<'_>) -> Result<Pattern, String> {
        let mut pattern = Pattern { tokens: Vec::new(), has_variables: false, null: false, filled: true };
        let mut rest = text;
        while let (true, Some((before, after))) = (scope.variables, rest.split_once("${")) {
            pattern.add(before, glob);
            let (key, default, after) = variable(after).ok_or("a variable cannot be read")?;
            rest = after;
            let special = ["*", "?", "$"].contains(&key);
            pattern.has_variables |= !special;
            match scope.request.find(key) {
                _ if special => pattern.add(key, false),
                Found::Known(value) => {
                    let single = value.and_then(|value| value.scalar().ok()).or(default);
                    pattern.add(single.unwrap_or_default(), false);
                    pattern.null |= single.is_none();
                    pattern.filled &= single.is_some();
                }
                Found::Ambiguous => {
                    pattern.tokens.push(Token::Ambiguous);
                    pattern.filled &= scope.deny != negated;
                }
                Found::Unknown => {
                    pattern.tokens.push(Token::Unknown);
                    pattern.null |= default.is_none() && !scope.leaning;
                    pattern.filled &= scope.leaning != negated;
                }
            }
        }
        pattern.add(rest, glob);
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

    /// The outcome of a comparison in which the tokens matched or not.
    pub(crate) fn outcome(&self, matched: bool) -> bool {
        self.filled && (matched || self.tokens.contains(&Token::Ambiguous))
    }

    /// Rules 4.21, 4.22, 3.31: compares six fields, each as a glob of its own. A text that is not an ARN of six fields matches nothing. An
    /// unknown variable may contain colons, so the fields are then not separated. `None` if the pattern is not an ARN pattern.
    pub(crate) fn covers_arn(&self, text: &str) -> Option<bool> {
        let fields: Vec<&[Token]> = self.tokens.splitn(6, |token| *token == Token::Char(':')).collect();
        if fields.len() < 6 && !self.has_variables {
            return None;
        }
        let as_text = self.tokens.contains(&Token::Unknown) && covers(&self.tokens, text, false);
        let six = fields.len() == 6 && text.starts_with("arn:") && text.splitn(6, ':').count() == 6;
        Some(as_text || six && fields.iter().zip(text.splitn(6, ':')).all(|(f, t)| covers(f, t, false)))
    }
}

/// Rules 2.2, 3.2, 3.3: whether the pattern matches the whole text. If `fold`, ASCII letters are compared without case.
pub(crate) fn covers(mut pattern: &[Token], text: &str, fold: bool) -> bool {
    let same = |a: char, b: char| a == b || fold && a.eq_ignore_ascii_case(&b);
    let mut text = text.chars();
    while let [Token::Char(wanted), rest @ ..] = pattern {
        if !text.next().is_some_and(|c| same(*wanted, c)) {
            return false;
        }
        pattern = rest;
    }
    // Row by row: whether the tokens so far match the text up to each position.
    let mut row: Vec<_> = std::iter::once((true, None)).chain(text.map(|c| (false, Some(c)))).collect();
    for token in pattern {
        let (mut before, mut any) = (false, false);
        for (covered, c) in &mut row {
            any |= *covered;
            let now = match token {
                Token::Many | Token::Unknown => any,
                Token::One | Token::Ambiguous => before,
                Token::Char(wanted) => before && c.is_some_and(|c| same(*wanted, c)),
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
        let mut read = Pattern { tokens: vec![], has_variables: false, null: false, filled: true };
        read.add(pattern, true);
        covers(&read.tokens, text, false)
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
