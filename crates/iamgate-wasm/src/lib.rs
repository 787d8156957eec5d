//! iamgate as a WebAssembly module: it takes a question in JSON and the texts it is about, and returns the program's answer in JSON.
//!
//! There is no logic here: a verb is [`iamgate_verbs::ask`]. Only built-in content is kept between questions; it is read once. The names and
//! levels of actions come with the module. Their details are twice as large; call [`Module::load_details`] with them when a verb needs them.
#![forbid(unsafe_code)]

use iamgate::iam_policy::value::Instant;
use iamgate_verbs::{AnswerSchema, BuiltIn, Texts, VERBS, ask};
use wasm_bindgen::prelude::wasm_bindgen;

/// The engine with its built-in content.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Module {
    built_in: BuiltIn,
}

#[wasm_bindgen]
impl Module {
    /// An engine that has read nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the details of the catalogue: the text of the file `details.txt` of this release.
    ///
    /// The result is empty, or an error message. The text is kept for the life of the module.
    pub fn load_details(&self, text: String) -> String {
        match self.built_in.load_details(text.leak()) {
            Ok(()) => String::new(),
            Err(trouble) => trouble.refused(Some(AnswerSchema::Details)),
        }
    }

    /// The answer of a verb, as the program prints it with `--format json`.
    ///
    /// `question` is an object whose members are the flags of the program. `files` is an object of texts by path. `seconds` is the time since
    /// 1970.
    pub fn ask(&self, verb: &str, question: &str, files: &str, seconds: f64) -> String {
        let schema = VERBS.iter().find(|(name, _)| *name == verb).map(|(_, schema)| *schema);
        match Texts::files(files) {
            Ok(files) => ask(verb, question, &Texts::new(files, &self.built_in, instant(seconds))),
            Err(trouble) => trouble.refused(schema),
        }
    }

    /// The names of the verbs, one per line.
    pub fn verbs(&self) -> String {
        VERBS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("\n")
    }

    /// The version of iamgate, and the date of its catalogue.
    pub fn version(&self) -> String {
        let date = self.built_in.catalog().map(|catalog| catalog.date()).unwrap_or_default();
        format!("{} {date}", env!("CARGO_PKG_VERSION"))
    }

    /// Stops as a bug would stop it. Tests use it to show that the package recovers from a bug.
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
