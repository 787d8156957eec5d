//! Events that were there before.
//!
//! CloudTrail may deliver an event more than once, and people copy files. Only the events of the sessions are remembered, each with 16 bytes
//! of its id and what a set needs beside.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The ids of events.
#[derive(Debug)]
pub(crate) struct Seen {
    ids: HashSet<u128>,
    most: usize,
    /// Whether an event was not remembered, so that copies of it count again.
    pub(crate) is_full: bool,
}

impl Seen {
    /// Remembers up to so many events.
    pub(crate) fn new(most: usize) -> Self {
        Self { ids: HashSet::new(), most, is_full: false }
    }

    /// Whether an event is there for the first time. An event without an id always is.
    pub(crate) fn is_new(&mut self, id: &str) -> bool {
        if id.is_empty() {
            return true;
        }
        let id = number(id);
        if self.ids.contains(&id) {
            return false;
        }
        if self.ids.len() >= self.most {
            self.is_full = true;
        } else {
            self.ids.insert(id);
        }
        true
    }
}

/// The number of a UUID. Other texts have one by their hashes.
fn number(id: &str) -> u128 {
    let (mut number, mut digits) = (0_u128, 0_u32);
    for byte in id.bytes().filter(|byte| *byte != b'-') {
        let Some(digit) = char::from(byte).to_digit(16) else { return hash(id) };
        number = number << 4 | u128::from(digit);
        digits = digits.saturating_add(1);
    }
    if digits == 32 { number } else { hash(id) }
}

fn hash(id: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, id).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}
