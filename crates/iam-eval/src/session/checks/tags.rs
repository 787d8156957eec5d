//! Session tags, and the resulting tags of a session (rules 6.7 to 6.9).

use std::collections::BTreeSet;

use iam_json::quoted;

use super::{Checks, Passed};
use crate::session::refusal::RefusalCode;
use crate::session::{Caller, Opening, Tags};

/// The principal tags of the new session, and the keys of the transitive ones.
pub(super) fn merged(opening: &Opening, passed: &Passed) -> (Tags, Vec<Box<str>>) {
    let inherited = opening.caller.inherited_tags();
    let mut principal = match (&opening.role, &opening.caller) {
        (Some(role), _) => role.tags.clone(),
        // A federated user has the tags of its IAM user.
        (None, Caller::IamUser { tags, .. }) => tags.clone(),
        (None, _) => Tags::new(),
    };
    for (key, value) in inherited.iter().chain(passed.tags.iter()) {
        principal.set(key, value);
    }
    let mut transitive: Vec<Box<str>> = Vec::new();
    for key in inherited.iter().map(|(key, _)| key).chain(passed.transitive.iter().map(|key| &**key)) {
        if !transitive.iter().any(|known| known.eq_ignore_ascii_case(key)) {
            transitive.push(key.into());
        }
    }
    (principal, transitive)
}

impl Checks<'_> {
    pub(super) fn tags(&mut self, passed: &Passed) {
        let most = self.limits.tags;
        if passed.tags.len() > most {
            let found = format!("{} tags", passed.tags.len());
            self.refuse(RefusalCode::TooManyTags, found, format!("at most {most}"));
        }
        let inherited = self.opening.caller.inherited_tags();
        let mut seen = BTreeSet::new();
        for (key, value) in passed.tags.iter() {
            self.tag(key, value);
            if !seen.insert(key.to_ascii_lowercase()) {
                let help = "keep one; tag keys of sessions ignore case";
                self.refuse(RefusalCode::TagTwice, quoted(key), help);
            }
            if inherited.value(key).is_some() {
                let help = "leave it out: the calling session passes it on";
                self.refuse(RefusalCode::TagInherited, quoted(key), help);
            }
        }
        let most = self.limits.transitive_tag_keys;
        if passed.transitive.len() > most {
            let found = format!("{} keys", passed.transitive.len());
            self.refuse(RefusalCode::TooManyTransitiveKeys, found, format!("at most {most}"));
        }
        for key in passed.transitive.iter().filter(|key| passed.tags.value(key).is_none()) {
            let help = "pass the tag, or leave the key out";
            self.refuse(RefusalCode::TransitiveKeyWithoutTag, quoted(key), help);
        }
    }

    fn tag(&mut self, key: &str, value: &str) {
        self.length(RefusalCode::TagKeyLength, key, 1..=self.limits.tag_key);
        self.length(RefusalCode::TagValueLength, value, 0..=self.limits.tag_value);
        for text in [key, value].into_iter().filter(|text| !text.chars().all(is_tag_character)) {
            let help = "letters, digits, spaces and _ . : / = + - @";
            self.refuse(RefusalCode::TagCharacters, quoted(text), help);
        }
        for text in [key, value].into_iter().filter(|text| is_reserved(text)) {
            self.refuse(RefusalCode::TagReserved, quoted(text), "the prefix belongs to AWS");
        }
    }
}

fn is_tag_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@')
}

fn is_reserved(text: &str) -> bool {
    text.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("aws:"))
}
