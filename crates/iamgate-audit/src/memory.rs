//! Answers that were given, by everything from which they follow.
//!
//! Sessions ask for few things, and often, and those of one role under one profile ask for the same. An answer hangs on the action, on the resource if a statement about the action names any, and on the
//! stated values of the keys for which these statements ask. Nothing else is looked at, so that nothing else is part of the key. The memory is
//! bounded: it is emptied when it is full.

use std::collections::HashMap;

use iam_trail::Stated;

use crate::about::About;
use crate::promise::Promise;
use crate::targets::On;

/// The number of answers that are remembered.
const MOST: usize = 65_536;

/// Answers about actions on resources, remembered.
#[derive(Debug)]
pub(crate) struct Memory<T> {
    actions: HashMap<Box<str>, Known<T>>,
    answers: usize,
}

/// The answers about one action.
#[derive(Debug)]
struct Known<T> {
    about: About,
    answers: HashMap<Box<str>, T>,
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self { actions: HashMap::new(), answers: 0 }
    }
}

impl<T: Clone> Memory<T> {
    /// The answer about an action on a resource, with what is known of the request. `find` finds it, by what the policies of the promises look at
    /// and what is known of that. `None` if no action has that name.
    pub(crate) fn answer(
        &mut self,
        promises: &[&Promise],
        action: &str,
        on: &On,
        stated: &Stated,
        find: impl FnOnce(&About, &Stated) -> T,
    ) -> Option<T> {
        if !self.actions.contains_key(action) {
            let about = About::new(promises, action)?;
            self.actions.insert(action.into(), Known { about, answers: HashMap::new() });
        }
        let Known { about, answers } = self.actions.get_mut(action)?;
        let stated = about.moments.known(stated);
        let key = about.key(on, &stated);
        if let Some(known) = answers.get(key.as_str()) {
            return Some(known.clone());
        }
        let answer = find(about, &stated);
        if self.answers >= MOST {
            self.actions.clear();
            self.answers = 0;
            return Some(answer);
        }
        answers.insert(key.into(), answer.clone());
        self.answers = self.answers.saturating_add(1);
        Some(answer)
    }
}
