//! The verbs of iamgate: a question with the texts it is about in, an answer out.
//!
//! The program `iamgate` and the WebAssembly module ask the same questions, and must get the same answers, byte for byte. So a verb is
//! written once, here: its question is a plain struct (arguments of a command line with the feature `clap`, members of a JSON object with
//! serde), files come from a [`World`], which is a disk for the program and a list of texts for the module, and the answer knows its JSON
//! and its exit code. What is shown to people is the program's, or the page's, and is made from the same answer.
#![forbid(unsafe_code)]

mod answer;
mod args;
mod ask;
pub mod batch;
mod check;
mod could;
mod diff;
mod documents;
mod effective;
mod load;
mod plan;
mod preflight;
mod preview;
mod profiles;
mod prove;
mod question;
mod restrict;
mod roles;
#[cfg(feature = "schema")]
pub mod schema;
mod shrink;
mod trouble;
mod trust;
mod witness;
mod word;
mod words;
mod world;

pub use answer::{Answer, Exit, json, json_line, refused};
pub use args::{
    CheckArgs, CouldArgs, DiffArgs, EffectiveArgs, FailOn, Granting, NoPublicArgs, NotGrantedArgs, PlanArgs,
    PolicyFlags, PreflightArgs, PreviewArgs, ProfilesArgs, QuestionArgs, ReadMode, ReadOnlyArgs,
    RequestFlags, ResourceKindFlag, RestrictArgs, RolesArgs, SessionFlags, ShrinkArgs, TrustArgs,
};
pub use ask::{VERBS, ask, texts};
pub use check::{CheckAnswer, Checked, Finding, check, findings, link};
pub use could::{CouldAnswer, Denied, could};
pub use diff::{DiffAnswer, diff};
pub use documents::{DocumentsAnswer, documents};
pub use effective::{EffectiveAnswer, effective};
pub use load::Origins;
pub use plan::{PlanAnswer, ReplayAnswer, plan, replay};
pub use preflight::{PreflightAnswer, preflight};
pub use preview::{ChangesAnswer, PreviewAnswer, Previewed, answer, cause, changes, how, notable};
pub use profiles::{ProfilesAnswer, profiles};
pub use prove::{
    NoPublicAnswer, NotGrantedAnswer, ReadOnlyAnswer, no_public, not_granted, read_only, verdict,
};
pub use question::{Case, CaseSources, Depth, QuestionAnswer, Sentence, TraceJson, layer_name, layers, near};
pub use question::{bounds, explain, is_plural, statement_name};
pub use restrict::{RestrictAnswer, restrict};
pub use roles::{RolesAnswer, roles};
pub use shrink::{ShrinkAnswer, shrink};
pub use trouble::{ErrorJson, Trouble, message};
pub use trust::{TrustAnswer, trust};
pub use witness::{AnswerJson, RequestJson};
pub use words::{first, list, number, plural};
pub use world::{BuiltIn, DUMP_BYTES, Target, Texts, World};
