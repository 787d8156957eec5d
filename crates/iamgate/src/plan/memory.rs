//! What a gate remembers: answers that depend on content alone, by the hash of everything that they depend on.
//!
//! A key is made from the kind of the answer and from all its inputs, so that a changed input is another key. There is one memory for all
//! kinds of answers, with one bound: at most [`MOST`] answers and about [`MOST_BYTES`] bytes. What was used least recently is forgotten first.

mod weight;

use std::any::Any;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use iam_json::Json;

pub(super) use weight::Weight;

use crate::content;

/// The most answers that a gate remembers. A role has three of them under each profile.
const MOST: usize = 768;

/// The most memory of all answers in bytes, as [`Weight`] estimates it. An answer that is larger than this is not remembered.
const MOST_BYTES: usize = 64 << 20;

/// An answer that can be remembered.
pub(super) trait Answer: Any + Send + Sync {
    /// The kind, which is a part of the key.
    const KIND: &'static str;

    /// Adds the memory that it keeps.
    fn weigh(&self, weight: &mut Weight);
}

struct Entry {
    key: Box<str>,
    answer: Arc<dyn Any + Send + Sync>,
    bytes: usize,
}

/// The last answers. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Memory {
    kept: Arc<Mutex<Kept>>,
}

/// The answers, the one that was used last at the end, and the sum of their bytes.
#[derive(Default)]
struct Kept {
    entries: VecDeque<Entry>,
    bytes: usize,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

impl Memory {
    /// What each answer weighs, the one that was used last at the end.
    #[cfg(test)]
    pub(super) fn weights(&self) -> Vec<usize> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).entries.iter().map(|own| own.bytes).collect()
    }

    /// The answer to a question with these inputs: remembered, or found now.
    ///
    /// `inputs` are all that `find` looks at, besides what is the same for all questions to this memory.
    pub(super) fn answer<A: Answer>(&self, inputs: &Json, find: impl FnOnce() -> A) -> Arc<A> {
        let key = content::of_json(A::KIND, inputs);
        // A thread that panicked while it held the lock has left whole entries.
        let remembered = self.kept.lock().unwrap_or_else(PoisonError::into_inner).used(&key);
        if let Some(answer) = remembered.and_then(|answer| answer.downcast().ok()) {
            return answer;
        }
        // Others may ask in the meantime. Two threads then find the same.
        let found = Arc::new(find());
        let mut weight = Weight::default();
        found.weigh(&mut weight);
        let entry = Entry { key, answer: Arc::<A>::clone(&found), bytes: weight.bytes() };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).keep(entry);
        found
    }
}

impl Kept {
    /// The answer for a key, which is then the last that is forgotten.
    fn used(&mut self, key: &str) -> Option<Arc<dyn Any + Send + Sync>> {
        let at = self.entries.iter().position(|own| *own.key == *key)?;
        let entry = self.entries.remove(at)?;
        let answer = Arc::clone(&entry.answer);
        self.entries.push_back(entry);
        Some(answer)
    }

    fn keep(&mut self, entry: Entry) {
        if let Some(at) = self.entries.iter().position(|own| own.key == entry.key) {
            let own = self.entries.remove(at);
            self.forgotten(own);
        }
        if entry.bytes > MOST_BYTES {
            return;
        }
        while self.entries.len() >= MOST || self.bytes.saturating_add(entry.bytes) > MOST_BYTES {
            let Some(first) = self.entries.pop_front() else { break };
            self.forgotten(Some(first));
        }
        self.bytes = self.bytes.saturating_add(entry.bytes);
        self.entries.push_back(entry);
    }

    fn forgotten(&mut self, entry: Option<Entry>) {
        self.bytes = self.bytes.saturating_sub(entry.map_or(0, |own| own.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer of this many bytes.
    struct Sized(usize);

    impl Answer for Sized {
        const KIND: &'static str = "test";

        fn weigh(&self, weight: &mut Weight) {
            weight.add(self.0);
        }
    }

    /// Another kind of answer.
    struct Other;

    impl Answer for Other {
        const KIND: &'static str = "other test";

        fn weigh(&self, _: &mut Weight) {}
    }

    /// Whether the memory had to find the answer.
    fn is_new(memory: &Memory, number: usize, bytes: usize) -> bool {
        let mut is_new = false;
        memory.answer(&Json::count(number), || {
            is_new = true;
            Sized(bytes)
        });
        is_new
    }

    fn sizes(memory: &Memory) -> (usize, usize) {
        let kept = memory.kept.lock().unwrap();
        assert_eq!(kept.bytes, kept.entries.iter().map(|own| own.bytes).sum::<usize>());
        (kept.entries.len(), kept.bytes)
    }

    #[test]
    fn an_answer_is_found_once_and_the_one_used_least_recently_is_forgotten() {
        let memory = Memory::default();
        for number in 0..MOST {
            assert!(is_new(&memory, number, 1));
        }
        assert!(!is_new(&memory, 0, 1) && !is_new(&memory, MOST - 1, 1));
        // The first was used, so that the second is the oldest.
        assert!(is_new(&memory, MOST, 1) && !is_new(&memory, 0, 1) && is_new(&memory, 1, 1));
        assert_eq!(sizes(&memory).0, MOST);
        // A clone has the same answers, and another kind of answer has others.
        assert!(!is_new(&memory.clone(), 1, 1));
        let mut is_other = false;
        memory.answer(&Json::count(1), || {
            is_other = true;
            Other
        });
        assert!(is_other);
    }

    #[test]
    fn memory_is_bounded_whatever_the_answers_weigh() {
        let memory = Memory::default();
        let mebibyte = 1 << 20;
        for number in 0..200 {
            assert!(is_new(&memory, number, mebibyte));
            assert!(sizes(&memory).1 <= MOST_BYTES);
        }
        let (count, _) = sizes(&memory);
        assert!((60..=64).contains(&count), "{count}");
        // The newest are there, and the oldest are not.
        assert!(!is_new(&memory, 199, mebibyte) && is_new(&memory, 0, mebibyte));
        // Half of the memory for one answer, and what is too large is never kept and takes nobody's place.
        assert!(is_new(&memory, 1_000, MOST_BYTES / 2) && !is_new(&memory, 1_000, MOST_BYTES / 2));
        let before = sizes(&memory);
        assert!(is_new(&memory, 1_001, MOST_BYTES + 1) && is_new(&memory, 1_001, MOST_BYTES + 1));
        assert_eq!(sizes(&memory), before);
    }

    #[test]
    fn the_memory_is_filled_to_its_last_byte() {
        // What an answer weighs besides its own bytes.
        let part = Weight::default().bytes();
        let memory = Memory::default();
        let half = MOST_BYTES / 2;
        assert!(is_new(&memory, 0, half - part) && is_new(&memory, 1, half - part));
        assert_eq!(sizes(&memory), (2, MOST_BYTES));
        assert!(!is_new(&memory, 0, half - part) && !is_new(&memory, 1, half - part));
        // One byte more takes the place of one of them, and an answer alone may have all.
        assert!(is_new(&memory, 2, half - part + 1) && is_new(&memory, 3, MOST_BYTES - part));
        assert_eq!(sizes(&memory), (1, MOST_BYTES));
        assert!(!is_new(&memory, 3, MOST_BYTES - part));
    }
}
