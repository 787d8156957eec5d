//! The hashes under which patterns are filed, and the hashes that a request looks up.
//!
//! A pattern is filed under a text that every match must have at a known place. For an action pattern it is the whole name, or the text
//! before its first wildcard. For a resource pattern it is the text after the fifth colon. A request therefore finds every pattern that can
//! match it. It also finds others, so each pattern found is compared: the index narrows the search and never decides.

use std::ops::ControlFlow;

use iam_policy::{ARN_FIELDS, ActionPattern, FoldedHash, Pattern, Piece, ResourceElement};

/// A number under which something is filed. Its bits depend on all parts that it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(u64);

impl Key {
    /// The key of patterns that may match actions of every service.
    pub(super) const EVERY_SERVICE: Self = Self(0x510E_527F_ADE6_82D1);

    pub(super) const fn of_number(number: u64) -> Self {
        let mixed = (number ^ (number >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(mixed ^ (mixed >> 29))
    }

    /// The key of a text for one purpose.
    const fn of(hash: FoldedHash, purpose: u64) -> Self {
        Self::of_number(hash.number() ^ purpose)
    }

    /// The key of this key and a finer one together.
    pub(super) const fn and(self, finer: u64) -> Self {
        Self::of_number(self.0 ^ finer.rotate_left(29))
    }

    pub(super) const fn number(self) -> u64 {
        self.0
    }
}

/// The purposes for which a text is filed.
const WHOLE: u64 = 0x1F83_D9AB_FB41_BD6B;
const PREFIX: u64 = 0x9B05_688C_2B3E_6C1F;
const SERVICE: u64 = 0x5BE0_CD19_137E_2179;

/// The number of bytes of a prefix that count. A longer prefix is filed under its beginning. Lengths are bits of a number.
pub(super) const LONGEST: usize = 62;
/// The bit for whole names in a set of lengths.
pub(super) const WHOLE_NAMES: usize = 63;

/// How a pattern of actions is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filing {
    /// In a service. `length` is the length of the name before its first wildcard, or [`WHOLE_NAMES`].
    Service { service: Key, length: usize, key: Key },
    /// Under every service: the pattern has a wildcard before its colon.
    EveryService,
}

impl Filing {
    /// Files a pattern. `last` caches the service of the pattern before, because lists are ordered by service.
    pub(super) fn of<'p>(pattern: &'p ActionPattern, last: &mut Service<'p>) -> Self {
        let pattern = pattern.pattern();
        let whole = pattern.as_literal();
        let first = pattern.as_prefix().or_else(|| match pattern.piece(0) {
            Some(Piece::Text(text)) => Some(text),
            Some(Piece::AnyRun | Piece::AnyOne | Piece::Variable(_)) | None => None,
        });
        let Some((service, name)) = whole.or(first).and_then(|text| text.split_once(':')) else {
            return Self::EveryService;
        };
        if last.name != service {
            *last = Service { name: service, hash: FoldedHash::of(service).and(b':'), set: None };
        }
        let service = last.hash;
        let (length, taken, purpose) = match whole {
            Some(_) => (WHOLE_NAMES, name.len(), WHOLE),
            None => (name.len().min(LONGEST), name.len().min(LONGEST), PREFIX),
        };
        let hash = name.bytes().take(taken).fold(service, FoldedHash::and);
        Self::Service { service: Key::of(service, SERVICE), length, key: Key::of(hash, purpose) }
    }

    pub(super) const fn key(self) -> Key {
        match self {
            Self::Service { key, .. } => key,
            Self::EveryService => Key::EVERY_SERVICE,
        }
    }
}

/// A service with its hash and its set of lengths.
#[derive(Clone, Copy, Debug)]
pub(super) struct Service<'p> {
    pub(super) name: &'p str,
    pub(super) hash: FoldedHash,
    /// The index of the set of lengths of the service.
    pub(super) set: Option<u32>,
}

impl Service<'_> {
    pub(super) const NONE: Self = Self { name: "", hash: FoldedHash::EMPTY, set: None };
}

/// The keys that an action looks up.
#[derive(Clone, Debug)]
pub(crate) struct ActionKeys {
    pub(super) service: Key,
    pub(super) whole: Key,
    /// The keys of the name's beginnings, by length.
    pub(super) prefixes: Box<[Key]>,
}

impl ActionKeys {
    pub(crate) fn of(service: &str, name: &str) -> Self {
        let service = FoldedHash::of(service).and(b':');
        let whole = name.bytes().fold(service, FoldedHash::and);
        let mut hash = service;
        let behind = name.bytes().take(LONGEST).map(|byte| {
            hash = hash.and(byte);
            hash
        });
        let prefixes = std::iter::once(service).chain(behind).map(|hash| Key::of(hash, PREFIX)).collect();
        Self { service: Key::of(service, SERVICE), whole: Key::of(whole, WHOLE), prefixes }
    }
}

/// The keys of a statement's resources, each with its length. `None` if a pattern has no text at a known place.
pub(super) fn resource_keys(element: Option<&ResourceElement>) -> Option<Vec<(u64, usize)>> {
    let Some(ResourceElement::Resource(patterns)) = element else { return None };
    let patterns = patterns.iter().map(|p| p.value.pattern());
    let mut keys = Vec::new();
    for pattern in patterns {
        let key = resource_key(pattern)?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Some(keys)
}

/// The hash and length of the plain text after the fifth colon of a pattern.
///
/// The five colons of the pattern stand for themselves. A wildcard in the first fields may match further colons, so the last of the five
/// matches the fifth colon of a text or a later one.
fn resource_key(pattern: &Pattern) -> Option<(u64, usize)> {
    let mut colons = ARN_FIELDS.saturating_sub(1);
    for piece in pattern.pieces() {
        let Piece::Text(text) = piece else { continue };
        let mut rest = text;
        while colons > 0 {
            let Some((_, behind)) = rest.split_once(':') else { break };
            rest = behind;
            colons = colons.saturating_sub(1);
        }
        if colons == 0 {
            let length = rest.len().min(LONGEST);
            let hash = rest.bytes().take(length).fold(FoldedHash::EMPTY, FoldedHash::and);
            return (length > 0).then_some((hash.number(), length));
        }
    }
    None
}

/// Calls `look` with the keys of a resource for the lengths in the set.
#[inline]
pub(super) fn probe_resource<B>(
    resource: &str,
    lengths: u64,
    mut look: impl FnMut(u64) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let mut rest = resource.as_bytes();
    let mut colons = 0_usize;
    while let Some(at) = rest.iter().position(|b| *b == b':') {
        rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
        colons = colons.saturating_add(1);
        if colons < ARN_FIELDS.saturating_sub(1) {
            continue;
        }
        let mut hash = FoldedHash::EMPTY;
        let mut left = lengths >> 1;
        for byte in rest {
            if left == 0 {
                break;
            }
            hash = hash.and(*byte);
            if left & 1 == 1 {
                look(hash.number())?;
            }
            left >>= 1;
        }
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests {
    use iam_policy::Syntax;

    use super::*;

    fn key(text: &str) -> Option<(u64, usize)> {
        resource_key(&Pattern::parse(text, Syntax::new(true, true)).unwrap())
    }

    #[test]
    fn resources_are_filed_under_what_follows_the_fifth_colon() {
        let of = |text: &str| Some((FoldedHash::of(text).number(), text.len()));
        assert_eq!(key("arn:aws:s3:::bucket"), of("bucket"));
        assert_eq!(key("arn:aws:s3:::bucket/*"), of("bucket/"));
        assert_eq!(key("arn:*:s3:::bucket/*"), of("bucket/"));
        assert_eq!(key("arn:aws:logs:*:*:log-group:a:*"), of("log-group:a:"));
        assert_eq!(key("arn:aws:s3:::b${aws:username}"), of("b"));
        assert_eq!(key(&format!("arn:aws:s3:::{}", "b".repeat(100))), of(&"b".repeat(LONGEST)));
        for none in ["*", "arn:aws:s3:::*", "arn:aws:s3*", "arn:aws:s3:::${aws:username}", "bucket"] {
            assert_eq!(key(none), None, "{none}");
        }
    }

    #[test]
    fn a_resource_is_looked_up_behind_each_colon_from_the_fifth() {
        let mut found = Vec::new();
        let flow: ControlFlow<()> = probe_resource("arn:aws:s3::x:ab:c", 0b110, |key| {
            found.push(key);
            ControlFlow::Continue(())
        });
        assert!(flow.is_continue());
        let of = |text| FoldedHash::of(text).number();
        assert_eq!(found, [of("a"), of("ab"), of("c")]);
    }

    /// Numbers that differ in few bits, wherever these are, have keys that differ in the bits by which they are filed.
    #[test]
    fn keys_are_spread() {
        let spread = |number: &dyn Fn(u64) -> u64| {
            let slots = (0..256).map(|n| (Key::of_number(number(n)).number() >> 32) & 255);
            slots.collect::<std::collections::BTreeSet<_>>().len()
        };
        for shift in [0, 16, 32, 40, 56] {
            let count = spread(&|n| n << shift);
            assert!(count > 100, "{shift}: {count}");
        }
        assert!(spread(&|n| (u64::MAX << 32) | n) > 100);
        let keys: Vec<u64> = (0..4_096).map(|n| Key::of_number(n).number()).collect();
        for bit in 0..64 {
            let count = keys.iter().filter(|key| *key >> bit & 1 == 1).count();
            assert!((1_638..2_458).contains(&count), "{bit}: {count}");
        }
    }

    #[test]
    fn a_key_depends_on_both_of_its_parts() {
        for own in [0, 1, u64::MAX] {
            let finer: std::collections::BTreeSet<_> = (0..64).map(|bit| Key(own).and(1 << bit)).collect();
            assert_eq!(finer.len(), 64);
        }
        let of = |text: &str, purpose| Key::of(FoldedHash::of(text), purpose);
        assert_eq!(of("s3", WHOLE), of("S3", WHOLE));
        for purpose in [0, WHOLE, u64::MAX] {
            assert_ne!(of("s3", purpose), of("s4", purpose));
        }
        assert!(of("s3", WHOLE) != of("s3", PREFIX) && of("s3", WHOLE) != of("s4", WHOLE));
    }
}
