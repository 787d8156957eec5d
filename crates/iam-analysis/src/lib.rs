//! Questions about AWS IAM policies that cover every request: proofs, counterexamples, differences, effective policies.
//!
//! A [`Question`] asks whether some layers of policies allow a request that other layers do not. [`Analysis::never`] answers it with a
//! [`Verdict`]: a proof that there is no such request, a request that shows the contrary, or the reasons why neither was found. There are
//! no errors besides: a question that is too large is [`Verdict::Unknown`].
//!
//! ```
//! use iam_analysis::{Analysis, Question, Space, Verdict};
//! use iam_eval::{Decision, Layers};
//! use iam_policy::Policy;
//! use std::sync::Arc;
//!
//! let layers = |policy| {
//!     let mut layers = Layers::new();
//!     layers.identity.push(Arc::new(policy));
//!     layers
//! };
//! let narrow = layers(Policy::allowing(["s3:Get*".parse()?]));
//! let wide = layers(Policy::allowing(["s3:*".parse()?]));
//!
//! let mut analysis = Analysis::new(Space::new());
//! assert_eq!(analysis.never(&Question::new(&narrow).beyond(&wide)), Verdict::Holds);
//! if let Verdict::Fails(witness) = analysis.never(&Question::new(&wide).beyond(&narrow)) {
//!     assert_eq!(wide.decide(&witness.request), Decision::Allowed);
//! }
//! # Ok::<(), iam_policy::BuildError>(())
//! ```
//!
//! Other entry points: [`Analysis::by_action`] answers a question for each group of actions, [`Analysis::reach`] says how far each action
//! is allowed, [`Analysis::effective`] writes layers as one policy, and [`Analysis::fit`] writes a shorter policy. The crate is a decision
//! procedure for the policy language in plain Rust. It needs no external solver, and also runs as WebAssembly.
//!
//! # What an answer means
//!
//! - [`Verdict::Fails`] has a request. The evaluator, [`iam_eval`], has confirmed that the first layers allow this request and the others
//!   do not. This is true even if the analysis has a defect.
//! - [`Verdict::Holds`] says that the evaluator would confirm no request of the space, under any reading of AWS's rules. This depends on the
//!   search being complete and on the request space below. The analysis takes keys as free and as independent of each other. AWS sends
//!   fewer combinations than that, so a proof stays valid.
//! - [`Verdict::Unknown`] has the reasons. Never read it as one of the other verdicts. If a claim holds under the first reading, by which
//!   decisions are made, and another reading has a request against it, the reason is [`Doubt::Readings`]: it has the points at which the
//!   readings differ, and the request. [`Verdict::holds_at_first`] tells this answer from the others.
//!
//! The evaluator is this project's reading of AWS's rules. At some points the evidence about AWS leaves two answers open
//! ([`iam_eval::Point`]), and a proof holds whichever they are. Nothing here proves that AWS behaves so at all other points.
//!
//! # The request space
//!
//! - **Actions**: [`Actions::Open`] is every name `prefix:name`. A prefix has `a` to `z`, digits and hyphens; a name also has `.` and `_`;
//!   case does not matter. A proof over open names also holds for actions that AWS adds later. The other variants are closed worlds: a
//!   proof over a list says nothing about other names. `sts:GetCallerIdentity` needs no permission (rule 5.55): a question without
//!   [`Question::beyond`] finds it allowed by all layers.
//! - **Resources**: `*`, or texts `arn:partition:service:region:account:rest`. The first four fields have `a` to `z`, digits and hyphens.
//!   Region and account may be empty; the rest may not. [`Space::with_any_resource`] allows any text.
//! - **Condition keys**: each key is absent or has a value of its [`KeyShape`]: one text, or a set of texts that is not empty, perhaps all
//!   of one type. By default, global keys have one value or several as in AWS's table, and those with an ARN always have the six fields of
//!   one ([`KeyText::Arn`]); other values may be texts that cannot be read as what the policy compares them with. Another key has one text; if a policy in question puts a set
//!   operator before it, it has one text or a set. A request with a key in two spellings (rule 4.5) is not in the space.
//! - **Facts** ([`Space::set_fact`]) fix the values of keys in every request.
//! - **The principal**: statements of resource-based policies are asked about one principal in its own account, or about all callers of a
//!   kind who are outside ([`Space::with_callers`]): their account, names, unique id, tags and organization are free, and the keys that AWS
//!   sets for a caller agree with each other. Their requests have every key of the caller that AWS documents, and no other. [`ResourcePolicies`] says what unknown resource policies may add; with [`ResourcePolicies::Any`] only explicit denies
//!   count.
//!
//! # What is exact
//!
//! | Test | How it is decided |
//! | --- | --- |
//! | actions, resources, string and ARN operators | as languages, by an automaton over the globs that matter: exact. A value that is no ARN is looked for apart (rule 4.22) |
//! | numbers, dates, addresses, binary | with values at and beside every value of the policies, and one that cannot be read: exact |
//! | `Bool` | as the language of `true` in any case, and of all other texts: exact |
//! | `Null`, `IfExists`, absent keys | absence is a value of its own: exact |
//! | `ForAllValues`, `ForAnyValue` | each "some" needs one value that also satisfies every "all"; a set of empty texts only is tried first (rule 4.8): exact |
//! | several values without set operator | never matches (rule 4.9): exact |
//! | keys of a caller in question, and `Principal` | as languages of one text, of which each key is a part ([`Callers`]): exact, but for typed operators and variables |
//! | points at which readings differ | the answer to each point is one more thing that the search chooses, the same for all policies of the question: exact |
//! | letters above U+00FF without case, characters above U+FFFF | a proof counts, and a request is replayed; otherwise unknown |
//! | a key compared as text and as another type | exact if the text is one of finitely many; otherwise a value that is found counts, and finding none is unknown |
//! | policy variables whose key is not a fact | between what matches for every value and what matches for some value: a proof counts, a request is replayed; the rest is tried with example values, and is otherwise unknown |
//!
//! [`iam_eval::condition_outcomes`] decides the conditions of typed operators, so their semantics exist only once.
//!
//! # Cost
//!
//! A [`ProofBudget`] counts steps, which are the same on every machine. If the steps run out, the answer is unknown. Each policy is prepared
//! once, and what a question has learned is kept until [`Analysis::forget`]. Answers and steps do not depend on earlier questions.
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
mod load;
mod model;
mod patterns;
mod posed;
mod reach;
mod read;
mod request;
mod search;
mod space;
mod theory;
mod typed;
mod values;
mod verdict;
mod who;

pub use access::ResourcePolicies;
pub use actions::{ActionNames, ActionSet};
pub use analysis::{Analysis, ClassAnswer, Question};
pub use attribution::{AttributedClass, Attribution};
pub use budget::ProofBudget;
pub use classes::Actions;
pub use effective::{Dead, Effective, EffectiveError, Fitted, LeftOut, Origin, Unfinished, Widening};
pub use load::{LargestPolicy, QuestionLoad};
pub use patterns::{covers, overlap, remains};
pub use reach::{ActionReach, Reach};
pub use space::{Fact, KeyShape, KeyText, KeyValues, Space};
pub use verdict::{Doubt, Verdict, VerdictKind, Witness};
pub use who::{ActsFor, CallerKind, Callers, Inside};
