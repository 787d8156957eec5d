//! AWS IAM policies before all requests at once: proof, witness, difference, residual.
//!
//! A [`Question`] is whether there is a request that some layers allow and others do not; [`Analysis::never`] answers it, and
//! [`Analysis::by_action`] for each group of actions. [`Analysis::reach`] says how far each action is allowed, [`Analysis::effective`] writes
//! layers as one policy, [`Analysis::fit`] a shorter one. It is a decision procedure for the language of policies in plain Rust, which runs
//! natively and as WebAssembly; no solver stands behind it.
//!
//! # What an answer means
//!
//! - [`Verdict::Fails`] has a request. The evaluator, [`iam_eval`], has said of that very request that the first layers allow it and the others do
//!   not. This is true whatever the analysis may have got wrong.
//! - [`Verdict::Holds`] says that the evaluator would say so of no request of the space. It rests on the search being complete and on the
//!   request space below. Keys are taken as independent of each other and as free, which is more than AWS ever sends, so that a proof stays one.
//! - [`Verdict::Unknown`] has the reasons. It is never to be read as either of the others.
//!
//! The evaluator is this project's reading of AWS's rules; nothing here proves that AWS behaves like it.
//!
//! # The request space
//!
//! - **Actions**: [`Actions::Open`] is every name `prefix:name`, prefix of `a` to `z`, digits and hyphens, name of these and `.` and `_`, without
//!   case; a proof over them holds for what AWS adds tomorrow. The others are closed worlds: a proof over a list says nothing of other names.
//! - **Resources**: `*`, or texts `arn:partition:service:region:account:rest` of which the first four fields are of `a` to `z`, digits and
//!   hyphens, region and account perhaps empty, and the rest is not. [`Space::with_any_resource`] takes any text.
//! - **Condition keys**: each absent, or with a value of its [`KeyShape`]: one text, or a set of texts that is not empty, perhaps all of one type.
//!   Unsaid, the global keys have the shapes of AWS's table; another key has one text, or that or a set if a policy in question puts a set
//!   operator before it. A request that carries a key in two spellings (rule 4.5) is not in the space.
//! - **Facts** ([`Space::set_fact`]) fix keys in every request.
//! - **The principal**: statements of resource-based policies are asked about one principal, within its own account; everybody else is another
//!   question. What unknown resource policies may add is [`ResourcePolicies`]; with [`ResourcePolicies::Any`] only explicit denies count.
//!
//! # What is exact
//!
//! | Test | How it is decided |
//! | --- | --- |
//! | actions, resources, string and ARN operators | as languages, by an automaton over the globs that matter: exact |
//! | numbers, dates, addresses, binary, `Bool` | at and beside every value: exact |
//! | `Null`, `IfExists`, absent keys | absence is a value of its own: exact |
//! | `ForAllValues`, `ForAnyValue` | each "some" needs one value within what holds of all: exact |
//! | a key compared as text and as another type | exact where the text is one of finitely many; else what is found counts, and nothing found is unknown |
//! | policy variables whose key is not a fact | between what matches for every value and what matches for some: a proof is one, a request is replayed; what neither decides is tried with values, and else unknown |
//!
//! Leaf conditions of typed operators are decided by [`iam_eval::condition_outcomes`]; there is no second semantics of them.
//!
//! # Cost
//!
//! A [`Budget`] counts steps, the same on every machine; running out is unknown. Policies are read into a form for questions once, and what a
//! question has learned is kept ([`Analysis::forget`]); answers and steps do not depend on what was asked before.
#![forbid(unsafe_code)]

mod access;
mod actions;
mod analysis;
mod atom;
mod attribution;
mod budget;
mod classes;
mod effective;
mod glob;
mod granted;
mod model;
mod patterns;
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
pub use attribution::{AttributedClass, Attribution};
pub use budget::Budget;
pub use classes::Actions;
pub use effective::{Dead, Effective, Fitted, LeftOut, Origin, TooMany};
pub use patterns::{covers, overlap};
pub use reach::{ActionReach, Reach};
pub use space::{Fact, KeyShape, KeyText, KeyValues, Space};
pub use verdict::{Doubt, Verdict, VerdictKind, Witness};
