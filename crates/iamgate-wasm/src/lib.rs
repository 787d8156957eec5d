//! iamgate as a WebAssembly module: a question in JSON and the texts it is about in, the program's answer in JSON out.
//!
//! There is no logic here: a verb is [`iamgate_verbs::ask`]. What is kept between questions is what is built in, read once. Names and
//! levels of actions come with the module; their details, twice as large, are given with [`Module::load_details`] when a verb needs them.
#![forbid(unsafe_code)]

use iamgate::iam_policy::value::Instant;
use iamgate_verbs::{BuiltIn, Texts, VERBS, ask, refused, texts};
use wasm_bindgen::prelude::wasm_bindgen;

/// The engine and what is built in.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Module {
    built_in: BuiltIn,
}

#[wasm_bindgen]
impl Module {
    /// An engine that has not read anything yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the details of the catalogue: the text of the file `details.txt` of this release. The answer is empty, or says what is wrong.
    /// The text is kept for the life of the module.
    pub fn load_details(&self, text: String) -> String {
        match self.built_in.load_details(text.leak()) {
            Ok(()) => String::new(),
            Err(trouble) => refused(&trouble, "iamgate/details"),
        }
    }

    /// The answer of a verb, as the program prints it with `--format json`. `question` is an object whose members are the flags of the
    /// program, `files` one of texts by path, `seconds` the time since 1970.
    pub fn ask(&self, verb: &str, question: &str, files: &str, seconds: f64) -> String {
        let schema = VERBS.iter().find(|(name, _)| *name == verb).map_or("iamgate", |(_, schema)| schema);
        match texts(files) {
            Ok(files) => ask(verb, question, &Texts::new(files, &self.built_in, instant(seconds))),
            Err(trouble) => refused(&trouble, schema),
        }
    }

    /// The names of the verbs, a line each.
    pub fn verbs(&self) -> String {
        VERBS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("\n")
    }

    /// The version of iamgate, and the day of its catalogue.
    pub fn version(&self) -> String {
        let date = self.built_in.catalog().map(|catalog| catalog.date()).unwrap_or_default();
        format!("{} {date}", env!("CARGO_PKG_VERSION"))
    }

    /// Stops as a bug would: for tests that a bug leaves no dead module behind.
    #[doc(hidden)]
    #[expect(clippy::panic, reason = "that is what it is for")]
    pub fn break_down(&self) {
        panic!("asked to");
    }
}

/// A time, in whole seconds.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a number outside of what fits becomes the nearest that does"
)]
fn instant(seconds: f64) -> Instant {
    Instant::from_epoch_seconds(seconds as i64)
}
