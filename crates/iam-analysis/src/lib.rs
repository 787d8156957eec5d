//! AWS IAM policies before all requests at once: proof, witness, difference, residual.
#![forbid(unsafe_code)]

mod access;
mod actions;
mod analysis;
mod atom;
mod budget;
mod classes;
mod effective;
mod glob;
mod granted;
mod model;
mod reach;
mod search;
mod space;
mod theory;
mod typed;
mod values;
mod verdict;

pub use access::ResourcePolicies;
pub use actions::{ActionNames, ActionSet};
pub use analysis::{Analysis, ClassAnswer, Question};
pub use budget::Budget;
pub use classes::Actions;
pub use effective::{Dead, Effective, Fitted, LeftOut, Origin, TooMany};
pub use reach::{ActionReach, Reach};
pub use space::{Fact, KeyShape, KeyText, KeyValues, Space};
pub use verdict::{Doubt, Verdict, Witness};
