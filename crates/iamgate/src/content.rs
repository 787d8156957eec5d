//! Content hashes: what is hashed is what is evaluated.
//!
//! A value of this crate is hashed after it was read, from its own fields, and cannot be changed afterwards. So a hash never speaks of another
//! document than the one that is judged. Each kind of value has a label of its own in front of its canonical JSON, so that two values of
//! different kinds never have the same hash.

use std::fmt;

use iam_catalog::{Catalog, Details};
use iam_json::Json;
use iam_policy::Policy;
use sha2::{Digest as _, Sha256};

use crate::managed::{NamedPolicy, hexadecimal};

/// The hash of a value of a kind: SHA-256 in lower-case hexadecimal over the label, a line feed and canonical JSON.
pub(crate) fn of_json(kind: &str, json: &Json) -> Box<str> {
    of_display(kind, json)
}

/// The hash of a text of a kind.
pub(crate) fn of_display(kind: &str, text: &impl fmt::Display) -> Box<str> {
    let mut hasher = Hasher::of(kind);
    // A hasher takes every text.
    let _ = fmt::write(&mut hasher, format_args!("{text}"));
    hasher.hex()
}

/// The hash of a document: that of its shortest text.
pub(crate) fn of_policy(policy: &Policy) -> Box<str> {
    of_display("policy", &policy.to_json())
}

/// The hash of a catalogue: of each service and each action with its level and classes.
///
/// It takes about as long as reading the catalogue. A [`Gate`](crate::Gate) computes it once.
pub fn catalog_sha256(catalog: &Catalog<'_>) -> Box<str> {
    of_display("catalogue", catalog)
}

/// The hash of details: of each condition key, resource type and action with its resources and keys.
pub fn details_sha256(details: &Details<'_>) -> Box<str> {
    of_display("details", details)
}

/// A named policy as canonical JSON.
pub(crate) fn policy(named: &NamedPolicy) -> Json {
    Json::object([("name", Json::text(named.name())), ("sha256", Json::text(named.sha256()))])
}

/// A named policy as canonical JSON, with the line of each statement in its text. Answers name lines, which the content does not show.
pub(crate) fn placed(named: &NamedPolicy) -> Json {
    let own = named.policy();
    let line = |own_start: u32| Json::count(own.position(own_start).line as usize);
    let lines = Json::list(&own.statements, |statement| line(statement.place.span.start));
    Json::List(vec![policy(named), Json::Bool(own.size.bytes > 0), lines])
}

struct Hasher(Sha256);

impl Hasher {
    fn of(kind: &str) -> Self {
        let mut own = Sha256::new();
        own.update(b"iamgate ");
        own.update(kind.as_bytes());
        own.update(b" 1\n");
        Self(own)
    }

    fn hex(self) -> Box<str> {
        hexadecimal(&self.0.finalize()).into()
    }
}

impl fmt::Write for Hasher {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
