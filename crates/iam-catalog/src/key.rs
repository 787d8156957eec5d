//! Condition keys and their types.

use crate::fold;
use std::fmt;

/// The type of a condition key's values. It decides which operators fit.
///
/// `aws:EpochTime` is a [`KeyType::Date`]. Numeric operators also accept it.
///
/// # Source
///
/// Service Authorization Reference, "The condition keys table"; IAM User Guide, global condition keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// Text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// An integer or decimal number.
    Numeric,
    /// An instant.
    Date,
    /// An IPv4 or IPv6 address or range.
    IpAddress,
}

impl KeyType {
    /// The type's name as AWS writes it: `String`, `ARN`, `Bool`, `Numeric`, `Date` or `IPAddress`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Arn => "ARN",
            Self::Bool => "Bool",
            Self::Numeric => "Numeric",
            Self::Date => "Date",
            Self::IpAddress => "IPAddress",
        }
    }

    /// The letter of the type in a key's line, for a key with one value.
    pub(crate) const fn letter(self) -> char {
        match self {
            Self::String => 's',
            Self::Arn => 'a',
            Self::Bool => 'b',
            Self::Numeric => 'n',
            Self::Date => 'd',
            Self::IpAddress => 'i',
        }
    }

    /// The type, and whether the key is multivalued, from the letter of a key's line. Upper case means multivalued.
    fn from_letter(letter: u8) -> Option<(Self, bool)> {
        let all = [Self::String, Self::Arn, Self::Bool, Self::Numeric, Self::Date, Self::IpAddress];
        let key_type = all.into_iter().find(|own| own.letter() == char::from(letter.to_ascii_lowercase()))?;
        Some((key_type, letter.is_ascii_uppercase()))
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A condition key, or a family of keys.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConditionKey<'t> {
    /// The name as AWS spells it. A family has one `${...}` in its name, which stands for one or more characters, such as
    /// `aws:PrincipalTag/${TagKey}`. A few have `<key>` or `tag-key` in its place.
    pub name: &'t str,
    /// The type of each value.
    pub key_type: KeyType,
    /// Whether a request can have several values for the key. Operators then need `ForAllValues` or `ForAnyValue`.
    pub multivalued: bool,
    /// Whether the key is a global key and not a service's own.
    ///
    /// Global keys begin with `aws:`, or describe the session of a service, such as `ec2:SourceInstanceArn`.
    pub global: bool,
}

impl<'t> ConditionKey<'t> {
    /// Reads a type letter and a name.
    pub(crate) fn read(text: &'t str, global: bool) -> Option<Self> {
        let (letter, name) = text.split_at_checked(1)?;
        let (key_type, multivalued) = KeyType::from_letter(*letter.as_bytes().first()?)?;
        let key = Self { name, key_type, multivalued, global };
        let one_family = match key.affixes() {
            Some((prefix, suffix)) => !prefix.is_empty() && !suffix.contains("${"),
            // One byte is sought first, which is quicker than two.
            None => !name.contains('$') || !name.contains("${"),
        };
        (name.contains(':') && one_family).then_some(key)
    }

    /// Whether `name` is this key or a member of this family, ignoring ASCII case (rule 4.4).
    pub fn matches(&self, name: &str) -> bool {
        match self.affixes() {
            None => self.name.eq_ignore_ascii_case(name),
            Some((prefix, suffix)) => fold::strip_prefix(name, prefix)
                .and_then(|rest| fold::strip_suffix(rest, suffix))
                .is_some_and(|middle| !middle.is_empty()),
        }
    }

    /// Whether the key is a family of keys.
    pub fn is_family(&self) -> bool {
        self.affixes().is_some()
    }

    /// The texts before and after the `${...}` of a family. `None` for a single key.
    ///
    /// In a few names of AWS's tables the part that varies is written `<key>` or `tag-key`.
    fn affixes(&self) -> Option<(&'t str, &'t str)> {
        if let Some(prefix) = self.name.strip_suffix("<key>").or_else(|| self.name.strip_suffix("tag-key")) {
            return prefix.ends_with('/').then_some((prefix, ""));
        }
        // One byte is sought, which is quicker than two: names have no other `$`.
        let (prefix, rest) = self.name.split_once('$')?;
        let (_, suffix) = rest.strip_prefix('{')?.split_once('}')?;
        Some((prefix, suffix))
    }

    /// The number of fixed characters in a family's name. Of two matching families, the one with more counts.
    pub(crate) fn fixed(&self) -> usize {
        self.affixes().map_or(self.name.len(), |(prefix, suffix)| prefix.len().saturating_add(suffix.len()))
    }
}

/// The key with this name. Otherwise the family with the longest fixed text that matches it. `None` if there is neither.
///
/// `keys` must be sorted without ASCII case.
pub(crate) fn find<'t>(keys: &[ConditionKey<'t>], name: &str) -> Option<ConditionKey<'t>> {
    let exact = keys.binary_search_by(|key| fold::compare(key.name, name)).ok();
    if let Some(key) = exact.and_then(|at| keys.get(at)) {
        return Some(*key);
    }
    keys.iter().filter(|key| key.is_family() && key.matches(name)).max_by_key(|key| key.fixed()).copied()
}

#[cfg(test)]
mod tests {
    use super::{ConditionKey, KeyType, find};

    fn key(text: &str) -> ConditionKey<'_> {
        ConditionKey::read(text, false).expect("well formed")
    }

    #[test]
    fn letters_give_type_and_number_of_values() {
        assert_eq!((key("saws:x").key_type, key("saws:x").multivalued), (KeyType::String, false));
        assert_eq!((key("Aaws:x").key_type, key("Aaws:x").multivalued), (KeyType::Arn, true));
        for malformed in ["", "s", "zaws:x", "snocolon", "sa:${x", "s${x}:y", "sa:${x}/${y}", "éa:x"] {
            assert!(ConditionKey::read(malformed, false).is_none(), "{malformed}");
        }
    }

    #[test]
    fn families_match_one_or_more_characters() {
        let tag = key("saws:ResourceTag/${TagKey}");
        assert!(tag.matches("aws:resourcetag/Cost:Centre/${x}"));
        assert!(!tag.matches("aws:ResourceTag/") && !tag.matches("aws:ResourceTags/a") && !tag.matches(""));
        let value = key("scodebuild:environment.environmentVariables/${name}.value");
        assert!(value.matches("codebuild:Environment.environmentVariables/A.B.Value"));
        assert!(!value.matches("codebuild:environment.environmentVariables/.value"));
        assert!(!value.matches("codebuild:environment.environmentVariables/a"));
        assert!(key("saws:userid").matches("AWS:UserId"));
        let object = key("ss3:ExistingObjectTag/<key>");
        assert!(object.is_family() && object.matches("s3:existingobjecttag/team"));
        assert!(
            !object.matches("s3:ExistingObjectTag/")
                && key("sssm:resourceTag/tag-key").matches("ssm:resourceTag/a")
        );
    }

    #[test]
    fn a_key_beats_a_family_and_a_long_family_a_short_one() {
        let keys = [key("sm:M/${a}"), key("Sm:M/${a}/Matcher"), key("nm:M/exact")];
        assert_eq!(find(&keys, "m:m/k").map(|key| key.name), Some("m:M/${a}"));
        assert_eq!(find(&keys, "m:m/k/matcher").map(|key| key.name), Some("m:M/${a}/Matcher"));
        assert_eq!(find(&keys, "m:m/EXACT").map(|key| key.name), Some("m:M/exact"));
        assert_eq!(find(&keys, "m:M/${a}").map(|key| key.name), Some("m:M/${a}"));
        assert_eq!(find(&keys, "m:N"), None);
    }
}
