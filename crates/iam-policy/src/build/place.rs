//! The places of a policy's parts in its own canonical text.

use crate::action::ActionElement;
use crate::condition::{Condition, Values};
use crate::policy::{Policy, Statement};
use crate::principal::{PrincipalElement, Principals};
use crate::print;
use crate::resource::ResourceElement;
use iam_json::{Span, Spanned};

/// Gives every part of a policy its place in the canonical text, and returns the text.
pub(super) fn place(policy: &mut Policy) -> String {
    let (text, spans) = print::with_places(policy);
    let mut places = Places(spans.into_iter());
    if let Some(id) = &mut policy.id {
        places.give(id);
    }
    for statement in &mut policy.statements {
        places.statement(statement);
    }
    text
}

/// The places of the parts, in the order in which they are printed.
struct Places(std::vec::IntoIter<Span>);

impl Places {
    fn next(&mut self) -> Span {
        // INVARIANT (places): printing notes one place for each part.
        self.0.next().unwrap_or_default()
    }

    fn give<T>(&mut self, part: &mut Spanned<T>) {
        part.span = self.next();
    }

    fn all<T>(&mut self, parts: &mut [Spanned<T>]) {
        for part in parts {
            self.give(part);
        }
    }

    fn statement(&mut self, statement: &mut Statement) {
        self.give(&mut statement.place);
        if let Some(sid) = &mut statement.sid {
            self.give(sid);
        }
        self.give(&mut statement.effect);
        match &mut statement.principal {
            Some(PrincipalElement::Principal(own) | PrincipalElement::NotPrincipal(own)) => {
                self.principals(own);
            }
            None => {}
        }
        let (ActionElement::Action(actions) | ActionElement::NotAction(actions)) = &mut statement.action;
        self.all(actions);
        match &mut statement.resource {
            Some(ResourceElement::Resource(list) | ResourceElement::NotResource(list)) => self.all(list),
            None => {}
        }
        for group in statement.conditions.chunk_by_mut(|a, b| a.test == b.test) {
            let test = self.next();
            for condition in group {
                condition.test.span = test;
                self.condition(condition);
            }
        }
    }

    fn principals(&mut self, principals: &mut Principals) {
        match principals {
            Principals::Everyone(place) => self.give(place),
            Principals::Entries(entries) => {
                for key in print::principal_keys(entries) {
                    entries
                        .iter_mut()
                        .filter(|entry| entry.value.key() == key)
                        .for_each(|entry| self.give(entry));
                }
            }
        }
    }

    fn condition(&mut self, condition: &mut Condition) {
        self.give(&mut condition.key);
        match &mut condition.values {
            Values::String(values) | Values::Arn(values) => self.all(values),
            Values::Numeric(values) => self.all(values),
            Values::Date(values) => self.all(values),
            Values::Bool(values) => self.all(values),
            Values::Binary(values) => self.all(values),
            Values::Ip(values) => self.all(values),
            Values::Null(values) => self.all(values),
        }
    }
}
