//! What a gate remembers: the proof and the counts of a role under a profile.
//!
//! They depend on the content of role, profile, catalogue and details and on the premises, and on nothing else of a request. The key is the
//! content's hash, so that a changed role is another key. Catalogue, details and premises are those of the gate.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Refusal, Summary};
use crate::later::AddedLater;
use crate::proof::Proof;

/// The most roles that a gate remembers. A proof that holds has some kilobytes; one that fails may have hundreds.
const MOST: usize = 256;

/// What is known of a role under a profile.
#[derive(Debug)]
pub(super) struct Known {
    /// The promise of the profile.
    pub(super) proof: Proof,
    /// What breaks it.
    pub(super) refusals: Vec<Refusal>,
    pub(super) later: AddedLater,
    pub(super) summary: Summary,
}

/// The hashes of a role and a profile, and the account for which the profile is filled in. The hash of a profile is the same in every account.
type Key = [Box<str>; 3];

/// A key with what is known for it.
type Entry = (Key, Arc<Known>);

/// The last roles that were judged. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    known: Arc<Mutex<VecDeque<Entry>>>,
}

impl Memory {
    /// What is known for a key: remembered, or found now.
    pub(super) fn known(&self, key: [&str; 3], find: impl FnOnce() -> Known) -> Arc<Known> {
        let key: Key = key.map(Into::into);
        let is_own = |(own, _): &Entry| *own == key;
        // A thread that panicked while it held the lock has left whole entries.
        let remembered = {
            let mut own = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let at = own.iter().position(is_own);
            // What is used stays longest.
            at.and_then(|at| own.remove(at)).inspect(|entry| own.push_back(entry.clone()))
        };
        if let Some((_, known)) = remembered {
            return known;
        }
        // Others may ask in the meantime. Two threads then find the same.
        let found = Arc::new(find());
        let mut own = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        own.retain(|entry| !is_own(entry));
        if own.len() >= MOST {
            own.pop_front();
        }
        own.push_back((key, Arc::clone(&found)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(services: usize) -> Known {
        Known {
            proof: Proof { claims: Vec::new() },
            refusals: Vec::new(),
            later: AddedLater::default(),
            summary: Summary { levels: Vec::new(), services, data: 0, credentials: 0 },
        }
    }

    #[test]
    fn what_is_known_is_found_once_and_the_oldest_is_forgotten() {
        let memory = Memory::default();
        let ask = |role: usize| {
            let mut is_new = false;
            let own = memory.known([&role.to_string(), "p", "1"], || {
                is_new = true;
                known(role)
            });
            assert_eq!(own.summary.services, role);
            is_new
        };
        for role in 0..MOST {
            assert!(ask(role));
        }
        assert!(!ask(0) && !ask(MOST - 1));
        // The first was used, so that the second is the oldest.
        assert!(ask(MOST) && !ask(0) && ask(1));
        assert_eq!(memory.known.lock().unwrap().len(), MOST);
        // Profile and account are parts of the key.
        assert_eq!(memory.known(["0", "other", "1"], || known(7)).summary.services, 7);
        assert_eq!(memory.known(["0", "p", "2"], || known(8)).summary.services, 8);
    }
}
