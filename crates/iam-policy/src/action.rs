//! Actions: the patterns of `Action` and `NotAction` (part 2 of the rules).

use crate::pattern::{Pattern, Syntax};
use crate::span::Spanned;

/// `Action` or `NotAction`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "rule 1.12: one of the two")]
pub enum ActionElement {
    /// The statement is about actions that match one of the patterns; an empty list matches nothing.
    Action(Vec<Spanned<ActionPattern>>),
    /// The statement is about actions that match none of the patterns.
    NotAction(Vec<Spanned<ActionPattern>>),
}

impl ActionElement {
    /// The patterns.
    pub fn patterns(&self) -> &[Spanned<ActionPattern>] {
        match self {
            Self::Action(patterns) | Self::NotAction(patterns) => patterns,
        }
    }

    /// Whether it is `NotAction`.
    pub const fn is_not(&self) -> bool {
        matches!(self, Self::NotAction(_))
    }
}

/// `*`, or a service prefix, a colon and a name, with wildcards. ASCII case does not matter; variables are plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionPattern {
    pattern: Pattern,
}

impl ActionPattern {
    /// Reads a pattern. A wildcard in the service prefix is accepted here; see [`ActionPattern::service`].
    pub fn parse(text: &str) -> Option<Self> {
        if text != "*" {
            let (service, name) = text.split_once(':')?;
            let service_byte = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'*' | b'?');
            if service.is_empty() || name.is_empty() || !service.bytes().all(service_byte) {
                return None;
            }
            // A second colon only inside a variable, which is plain text here and matches no action.
            if name.contains(':') && !name.contains("${") {
                return None;
            }
            // Names of actions have neither white space nor control characters; a pattern with one is a slip of the pen.
            if name.bytes().any(|b| b <= b' ') {
                return None;
            }
        }
        // Without variables, splitting cannot fail.
        Some(Self { pattern: Pattern::parse(text, Syntax::new(true, false)).ok()? })
    }

    /// The pattern as a whole. The colon is one character of it: no action has a second one, so `*` cannot cross it unseen.
    pub const fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        self.pattern.text()
    }

    /// The service prefix, or nothing for `*`. It may have wildcards in deployed documents.
    pub fn service(&self) -> Option<&str> {
        self.text().split_once(':').map(|(service, _)| service)
    }

    /// The name behind the colon, or nothing for `*`.
    pub fn name(&self) -> Option<&str> {
        self.text().split_once(':').map(|(_, name)| name)
    }

    /// Whether the prefix has a wildcard (rule 2.4).
    pub fn has_wildcard_service(&self) -> bool {
        self.service().is_some_and(|service| service.contains(['*', '?']))
    }

    /// Whether it matches every action: `*`, and `*:*` (rule 2.4).
    pub fn is_any(&self) -> bool {
        self.pattern.is_any() || matches!(self.text().split_once(':'), Some(("*", "*")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for text in ["*", "s3:GetObject", "S3:get*", "execute-api:*", "s3:?", "*:*", "s3*:Get*"] {
            assert!(ActionPattern::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "s3",
            ":",
            "s3:",
            ":GetObject",
            "s3:Get:Object",
            "s3 :Get",
            "s3:Get Object",
            "s3:\tGet",
            "**",
            "?",
            "s3;Get",
        ] {
            assert!(ActionPattern::parse(text).is_none(), "{text}");
        }
    }
}
