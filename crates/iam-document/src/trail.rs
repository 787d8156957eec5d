//! The way from the outermost value of a text to a value in it.

use std::borrow::Cow;

use iam_json::{Value, escape_pointer};

use crate::find;
use crate::table::{HOLDERS, Holder};

/// The objects around a value are looked at up to this many, for names.
const OBJECTS: usize = 4;

/// The members of an object are looked at up to this many, for names.
const MEMBERS: usize = 64;

/// A step of the way, and the steps before it.
#[derive(Clone, Debug)]
pub(crate) struct Trail<'t> {
    pub(crate) up: Option<&'t Trail<'t>>,
    pub(crate) step: Step<'t>,
    /// The object or array that the step leads into.
    pub(crate) outer: Option<Value<'t>>,
}

/// A step from a value to one in it.
#[derive(Clone, Debug)]
pub(crate) enum Step<'t> {
    Start,
    Name(Cow<'t, str>),
    Index(usize),
}

impl<'t> Trail<'t> {
    /// The way that leads nowhere yet.
    pub(crate) const START: Trail<'static> = Trail { up: None, step: Step::Start, outer: None };

    fn steps(&self) -> impl Iterator<Item = &Trail<'t>> {
        std::iter::successors(Some(self), |trail| trail.up)
    }

    /// The names of the members on the way, the innermost one first.
    fn names(&self) -> impl Iterator<Item = &str> {
        self.steps().filter_map(|trail| match &trail.step {
            Step::Name(name) => Some(&**name),
            Step::Start | Step::Index(_) => None,
        })
    }

    /// Whether the way consists of the places in lists alone.
    pub(crate) fn is_at_top(&self) -> bool {
        self.names().next().is_none()
    }

    /// The name of the member that the way ends at.
    pub(crate) fn name(&self) -> Option<&str> {
        match &self.step {
            Step::Name(name) => Some(name),
            Step::Start | Step::Index(_) => None,
        }
    }

    /// The place in the innermost list.
    pub(crate) fn index(&self) -> Option<usize> {
        self.steps().find_map(|trail| match trail.step {
            Step::Index(index) => Some(index),
            Step::Start | Step::Name(_) => None,
        })
    }

    /// The way as a JSON pointer. Texts in texts have one way.
    pub(crate) fn pointer(&self) -> String {
        let steps: Vec<&Trail<'_>> = self.steps().collect();
        let mut pointer = String::new();
        for trail in steps.into_iter().rev() {
            match &trail.step {
                Step::Start => {}
                Step::Name(name) => {
                    pointer.push('/');
                    pointer.push_str(&escape_pointer(name));
                }
                Step::Index(index) => pointer.push_str(&format!("/{index}")),
            }
        }
        pointer
    }

    /// The member at a path of names, of the nearest object around that has it.
    pub(crate) fn nearest(&self, path: &str) -> Option<Value<'t>> {
        let objects = self.steps().filter(|trail| trail.name().is_some()).filter_map(|trail| trail.outer);
        objects.take(OBJECTS).find_map(|object| nearby(object, path))
    }

    /// The row of the table for a member that holds a policy, and the name of the policy. `None` if the member is none.
    pub(crate) fn holder(&self, of: &str) -> Option<(&'static Holder, String)> {
        let name = match &self.step {
            Step::Name(name) => name,
            // A list of policies is held by its member.
            Step::Index(_) => self.names().next()?,
            Step::Start => return None,
        };
        let rows =
            HOLDERS.iter().filter(|row| row.path.last().is_some_and(|own| own.eq_ignore_ascii_case(name)));
        rows.filter(|row| row.of.is_empty() || of.starts_with(row.of)).find_map(|row| {
            let mut names = self.names();
            let is_own = row
                .path
                .iter()
                .rev()
                .all(|own| names.next().is_some_and(|name| own.eq_ignore_ascii_case(name)));
            if is_own { Some((row, self.filled(row.name)?)) } else { None }
        })
    }

    /// A sentence with the members that it names in braces. `None` if one is not there.
    pub(crate) fn filled(&self, sentence: &str) -> Option<String> {
        filled(sentence, |path| self.nearest(path))
    }
}

/// A sentence with the values of the members that it names in braces. `None` if one is not there.
pub(crate) fn filled<'d>(sentence: &str, member: impl Fn(&str) -> Option<Value<'d>>) -> Option<String> {
    let mut text = String::new();
    let mut rest = sentence;
    while let Some((before, behind)) = rest.split_once('{') {
        let (path, behind) = behind.split_once('}')?;
        text.push_str(before);
        text.push_str(&member(path)?.as_string()?);
        rest = behind;
    }
    text.push_str(rest);
    Some(text)
}

fn nearby<'d>(object: Value<'d>, path: &str) -> Option<Value<'d>> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let own = object.members().take(MEMBERS).find(|own| find::is_named(own.key, first))?.value;
    rest.map_or(Some(own), |rest| nearby(own, rest))
}
