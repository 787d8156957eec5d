//! Events that were there before.
//!
//! CloudTrail may deliver an event more than once, and people copy files. Only the events of the sessions are remembered: 16 bytes of its id
//! and 4 of what it says for each, and what a table needs beside.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What was there before of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nothing.
    Nothing,
    /// The event. Another copy of it adds nothing.
    Same,
    /// An event with the id that says something else. CloudTrail gives an id to one event only, so one of the two is not its record.
    Other,
}

/// The ids of events, with what they say.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The id in two halves, as a number of 16 bytes would take room for 8 more.
    prints: HashMap<[u64; 2], u32>,
    most: usize,
    /// Whether an event was not remembered, so that copies of it count again.
    pub(crate) is_full: bool,
}

impl Seen {
    /// Remembers up to so many events.
    pub(crate) fn new(most: usize) -> Self {
        Self { prints: HashMap::new(), most, is_full: false }
    }

    /// What was there before of an event, by its id and everything that is told of it. An event without an id is always new.
    ///
    /// Of two events with one id, the first is remembered.
    pub(crate) fn note(&mut self, id: &str, says: &impl Hash) -> Before {
        if id.is_empty() {
            return Before::Nothing;
        }
        let has_room = self.prints.len() < self.most;
        match self.prints.entry(number(id)) {
            Entry::Occupied(own) if *own.get() == print(says) => Before::Same,
            Entry::Occupied(_) => Before::Other,
            Entry::Vacant(own) => {
                if has_room {
                    own.insert(print(says));
                } else {
                    self.is_full = true;
                }
                Before::Nothing
            }
        }
    }
}

/// 32 bits of a hash.
fn print(says: &impl Hash) -> u32 {
    let mut hasher = DefaultHasher::new();
    says.hash(&mut hasher);
    let [a, b, c, d, ..] = hasher.finish().to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// The number of a UUID. Other texts have one by their hashes.
fn number(id: &str) -> [u64; 2] {
    let (mut number, mut digits) = (0_u128, 0_u32);
    for byte in id.bytes().filter(|byte| *byte != b'-') {
        let Some(digit) = char::from(byte).to_digit(16) else { return hash(id) };
        number = number << 4 | u128::from(digit);
        digits = digits.saturating_add(1);
    }
    if digits != 32 {
        return hash(id);
    }
    let half = |own: u128| u64::try_from(own & u128::from(u64::MAX)).unwrap_or_default();
    [half(number >> 64), half(number)]
}

fn hash(id: &str) -> [u64; 2] {
    [0_u8, 1].map(|salt| {
        let mut hasher = DefaultHasher::new();
        (salt, id).hash(&mut hasher);
        hasher.finish()
    })
}
