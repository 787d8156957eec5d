//! Reads the messages with which AWS denies access.
//!
//! The IAM User Guide, "Troubleshoot access denied error messages", gives their forms: the principal, `is not authorized to perform:`, the
//! action, `on resource:`, the resource, and `because no ... policy allows the ... action` or `with an explicit deny in a ... policy`.

use serde::Serialize;

use super::MESSAGE_BYTES;
use crate::trouble::Trouble;
use crate::world::World;

/// What AWS says when it denies access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Denied {
    /// Who was denied, if the message says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The action.
    pub action: String,
    /// The resource, if the message says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The layer that AWS names, as answers name layers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<&'static str>,
    /// Whether AWS says that a statement denies it; else no statement allows it, or nothing is said.
    pub explicit: bool,
}

/// The kinds of policies as AWS's messages name them, and as answers name them.
const KINDS: &[(&str, &str)] = &[
    ("service control policy", "scp"),
    ("resource control policy", "rcp"),
    ("permissions boundary", "boundary"),
    ("session policy", "session"),
    ("vpc endpoint policy", "vpc_endpoint"),
    ("resource-based policy", "resource"),
    ("identity-based policy", "identity"),
];

/// Reads a message from a text. The text may have other output around the message.
pub(super) fn read(path: &str, world: &dyn World) -> Result<Denied, Trouble> {
    let text = world.read(path, MESSAGE_BYTES, "a message")?.text;
    parse(&text).ok_or_else(|| {
        let help = "give the text with `is not authorized to perform: SERVICE:ACTION`, as AWS prints it";
        Trouble::input(path, "NO_ACCESS_DENIED_MESSAGE", "no message that access is denied", help)
    })
}

fn parse(text: &str) -> Option<Denied> {
    let flat = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    let (before, after) = split(&flat, "not authorized to perform")?;
    let after = after.trim_start_matches([':', ' ']);
    let action = word(after);
    let resource = split(after, "on resource").map(|(_, rest)| word(rest.trim_start_matches([':', ' '])));
    let principal = split(before, "user:").map(|(_, rest)| word(rest.trim_start_matches(' ')));
    let folded = after.to_ascii_lowercase();
    let explicit = folded.contains("explicit deny");
    let named = KINDS.iter().find(|(name, _)| folded.contains(name));
    Some(Denied {
        principal: principal.filter(|who| who.starts_with("arn:")),
        action,
        resource: resource.filter(|on| !on.is_empty()),
        layer: named.map(|(_, layer)| *layer),
        explicit,
    })
}

/// The texts before and after some words, ignoring case.
fn split<'t>(text: &'t str, words: &str) -> Option<(&'t str, &'t str)> {
    let at = text.to_ascii_lowercase().find(words)?;
    let (before, rest) = text.split_at_checked(at)?;
    Some((before, rest.get(words.len()..)?))
}

/// The first word, without punctuation around it.
fn word(text: &str) -> String {
    let marks = ['"', '\'', '`', ',', ';', '.'];
    text.split(' ').next().unwrap_or_default().trim_matches(marks).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Option<String>, Option<&'static str>, bool) {
        let said = parse(text).unwrap();
        (said.action, said.resource, said.layer, said.explicit)
    }

    #[test]
    fn messages_of_aws_are_taken_apart() {
        let whole = "An error occurred (AccessDenied) when calling the GetObject operation: User: \
                     arn:aws:sts::111122223333:assumed-role/DoiT-Support-Gateway/ana is not authorized to perform: s3:GetObject on \
                     resource: \"arn:aws:s3:::payroll/x\" because no session policy allows the s3:GetObject action";
        let resource = Some("arn:aws:s3:::payroll/x".to_owned());
        assert_eq!(read(whole), ("s3:GetObject".to_owned(), resource, Some("session"), false));
        assert_eq!(parse(whole).unwrap().principal.unwrap().rsplit('/').next(), Some("ana"));
        let denied =
            "is not authorized to perform: kms:Decrypt with an explicit deny in a service control policy";
        assert_eq!(read(denied), ("kms:Decrypt".to_owned(), None, Some("scp"), true));
        let plain = "You are not authorized to perform: ec2:StopInstances";
        assert_eq!(read(plain), ("ec2:StopInstances".to_owned(), None, None, false));
    }

    #[test]
    fn another_text_is_none() {
        for text in ["", "Access Denied", "not authorized", "\u{130}not authorised to perform: x"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(parse("İİİ not authorized to perform").is_some_and(|said| said.action.is_empty()));
    }
}
