//! All rules, by subject.

mod actions;
mod control;
mod document;
mod grants;
mod keys;
mod meaning;
mod principals;
mod resources;
mod trust;
mod values;
mod variables;

use crate::rule::Rule;

pub use actions::*;
pub use control::*;
pub use document::*;
pub use grants::*;
pub use keys::*;
pub use meaning::*;
pub use principals::*;
pub use resources::*;
pub use trust::*;
pub use values::*;
pub use variables::*;

const SUBJECTS: [&[Rule]; 11] = [
    document::RULES,
    actions::RULES,
    resources::RULES,
    variables::RULES,
    principals::RULES,
    trust::RULES,
    control::RULES,
    keys::RULES,
    values::RULES,
    grants::RULES,
    meaning::RULES,
];

/// Every rule, by subject.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    SUBJECTS.into_iter().flatten()
}

/// The rule with this code. `None` if there is none.
pub fn rule(name: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.name() == name)
}
