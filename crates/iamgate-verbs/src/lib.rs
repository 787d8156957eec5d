//! The verbs of iamgate: each takes a question and the texts it is about, and returns an answer.
//!
//! The program `iamgate` and the WebAssembly module ask the same questions and must get the same answers, byte for byte; so each verb is
//! written once, here. Call [`ask()`] with a verb, a question in JSON and a [`World`], or the function of a verb, such as [`explain`], with a
//! question as a struct. A question that cannot be answered gives a [`Trouble`]; its JSON has code, file, place and help for each error.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use iamgate::iam_policy::value::Instant;
//! use iamgate_verbs::{BuiltIn, Texts, ask};
//!
//! let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
//! let files = BTreeMap::from([("policy.json".to_owned(), policy.to_owned())]);
//! let built_in = BuiltIn::complete();
//! let world = Texts::new(files, &built_in, Instant::from_epoch_seconds(1_795_000_000));
//!
//! let answer = ask("check", r#"{"paths": ["policy.json"]}"#, &world);
//! assert!(answer.contains("\"schema\": \"iamgate/check\""));
//! let answer = ask("check", r#"{"path": []}"#, &world);
//! assert!(answer.contains("INVALID_QUESTION"));
//! ```
//!
//! - A **question** is a plain struct. With the feature `clap` it is the arguments of a command line; with serde it is the members of a JSON
//!   object.
//! - A **world** has the files: a disk for the program, and a list of texts ([`Texts`]) for the module.
//! - An **answer** has JSON and an exit code ([`Answer`]). The program and the page show people the same answer in their own form.
//! - [`batch`] answers streams of questions on several cores, [`words`] has the words of sentences, and [`json`] the layout of JSON.
#![forbid(unsafe_code)]

mod answer;
mod args;
mod ask;
#[cfg(feature = "audit")]
mod audit;
pub mod batch;
mod check;
mod could;
mod dates;
mod diff;
mod documents;
mod effective;
mod given;
pub mod json;
mod later;
mod load;
mod names;
mod plan;
mod preflight;
mod premise;
mod preview;
mod profiles;
mod prove;
mod question;
#[cfg(feature = "record")]
mod record;
mod restrict;
mod roles;
#[cfg(feature = "schema")]
pub mod schema;
mod shrink;
mod sorted;
mod trouble;
mod trust;
mod why;
mod witness;
mod word;
pub mod words;
mod world;

pub use answer::{Answer, AnswerSchema, Exit};
#[cfg(feature = "audit")]
pub use args::AuditArgs;
pub use args::{
    BuildProfileArgs, CheckArgs, CouldArgs, DiffArgs, EffectiveArgs, FailOn, Granting, NoPublicArgs,
    NotGrantedArgs, PlanArgs, PolicyFlags, PreflightArgs, PreviewArgs, ProfilesArgs, QuestionArgs, ReadMode,
    ReadOnlyArgs, RequestFlags, ResourceKindFlag, RestrictArgs, ReviewProfilesArgs, RolesArgs, SessionFlags,
    ShrinkArgs, TrustArgs, WhyArgs,
};
#[cfg(feature = "record")]
pub use args::{CheckRecordsArgs, SignRecordArgs};
pub use ask::{VERBS, ask};
#[cfg(feature = "audit")]
pub use audit::{AuditAnswer, AuditedSession, FileFinding, audit};
pub use check::{
    Acceptance, Assertion, Baseline, CheckAnswer, CheckSettings, Checked, Choice, Codes, Files, Finding,
    Hidden, Hiding, LeftFix, Mended, Note, Notice, PathSettings, PlacedFix, check, check_with, mend,
    mend_with,
};
pub use could::{CouldAnswer, could};
pub use dates::DataDates;
pub use diff::{DiffAnswer, DiffPart, PartState, diff};
pub use documents::{DocumentsAnswer, documents};
pub use effective::{EffectiveAnswer, effective};
pub use iam_document::decode;
pub use load::{Origins, no_trail_files};
pub use names::{NameKind, UnknownName};
pub use plan::{PlanAnswer, ReplayAnswer, plan, replay};
pub use preflight::{PreflightAnswer, preflight};
pub use preview::{ChangesAnswer, PreviewAnswer, Previewed, changes};
pub use profiles::{
    BuildProfileAnswer, Built, ProfilesAnswer, ReviewProfilesAnswer, ReviewedPolicy, ReviewedProfile,
    build_profile, profiles, review_profiles,
};
pub use prove::{NoPublicAnswer, NotGrantedAnswer, ReadOnlyAnswer, no_public, not_granted, read_only};
pub use question::{Case, CaseSources, Depth, OpenPoints, QuestionAnswer, Sentence, TraceJson, explain};
#[cfg(feature = "record")]
pub use record::{CheckRecordsAnswer, check_records, sign_record};
pub use restrict::{RestrictAnswer, restrict};
pub use roles::{RolesAnswer, roles};
pub use shrink::{Added, ShrinkAnswer, shrink};
pub use trouble::{ErrorJson, Trouble};
pub use trust::{TrustAnswer, trust};
pub use why::{Documents, Explained, Said, Standing, WhyAnswer, why};
pub use witness::{AnswerJson, DoubtJson, RequestJson};
pub use world::{Both, BuiltIn, DUMP_BYTES, Target, Texts, World};
