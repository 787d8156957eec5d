//! The world of a verb: the files that its question names, built-in content, and the time.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use iamgate::iam_analysis::ActionNames;
use iamgate::iam_catalog::{Catalog, Classes, DataError, Details, Sections};
use iamgate::iam_policy::value::Instant;
use iamgate::{File, Gate, ManagedPolicies, action_names};

use crate::ask::texts;
use crate::load;
use crate::trouble::Trouble;

/// The maximum length in bytes of the output of `aws iam get-account-authorization-details`. An account of thousands of roles has some ten
/// megabytes. Reading it takes about eleven times as much memory.
pub const DUMP_BYTES: usize = 32 << 20;

/// What that output is called when it is too large.
pub(crate) const DUMP: &str =
    "the output of a command (`--filter Role LocalManagedPolicy` of the command leaves out users and groups)";

/// A file to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its path.
    pub path: String,
    /// Whether the user named this very file. Files that were found in another way may turn out not to be policies.
    pub is_named: bool,
}

impl Target {
    /// Whether a file of a folder is looked at: its name says that it is JSON or YAML.
    pub fn is_read(path: &Path) -> bool {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        ENDINGS.iter().any(|own| ending == *own)
    }
}

impl Target {
    /// Whether a file of a folder is taken for one with records of CloudTrail: its name says that it is JSON, compressed or not.
    pub fn has_records(name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        RECORDS.iter().any(|own| name.ends_with(own))
    }
}

/// The endings of files with records of CloudTrail.
const RECORDS: [&str; 6] = [".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz"];

/// The endings of files in which policies are looked for. `tfstate` is JSON.
const ENDINGS: [&str; 10] =
    ["json", "jsonc", "ndjson", "jsonl", "yaml", "yml", "template", "tfstate", "tf", "tofu"];

/// The source of everything that a question names.
pub trait World {
    /// The text of a file. A file of more than `most` bytes is refused. `what` says what should be in it, such as "one policy".
    ///
    /// # Errors
    /// The file does not exist, is too large, or is not text.
    fn read(&self, path: &str, most: usize, what: &str) -> Result<File, Trouble>;

    /// Whether a path is a folder.
    fn is_folder(&self, path: &str) -> bool;

    /// Every file `*.json` of a folder and of the folders in it, sorted. Names are relative to the folder, with `/`.
    ///
    /// # Errors
    /// The folder does not exist, or a file in it cannot be read or has more than `most` bytes.
    fn folder(&self, path: &str, most: usize) -> Result<Vec<File>, Trouble>;

    /// The files that a path stands for: a file, the files of a folder, or the files that match a glob.
    ///
    /// # Errors
    /// There are no such files.
    fn targets(&self, path: &str) -> Result<Vec<Target>, Trouble>;

    /// The files with the records of CloudTrail that a path stands for: a file, or those of a folder and of the folders in it, sorted.
    ///
    /// # Errors
    /// There are no such files.
    fn trail_files(&self, path: &str) -> Result<Vec<String>, Trouble>;

    /// Reads a file in pieces, whatever its length. `each` says whether to go on.
    ///
    /// # Errors
    /// The file does not exist, or cannot be read.
    fn stream(&self, path: &str, each: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), Trouble>;

    /// The same text for all ways to write the path of a file. Only its last names must be those of the file and its folders.
    fn place(&self, path: &str) -> String {
        let mut names: Vec<&str> = Vec::new();
        for name in path.split('/').filter(|name| !matches!(*name, "" | ".")) {
            if name == ".." && names.last().is_some_and(|last| *last != "..") {
                names.pop();
            } else {
                names.push(name);
            }
        }
        format!("{}{}", if path.starts_with('/') { "/" } else { "" }, names.join("/"))
    }

    /// The built-in content.
    fn built_in(&self) -> &BuiltIn;

    /// The time of the question.
    fn now(&self) -> Instant;
}

/// The built-in content: the catalogue of actions and its details, and AWS managed policies. Each is read once, at its first use.
#[derive(Debug, Default)]
pub struct BuiltIn {
    catalog: OnceLock<Arc<Catalog<'static>>>,
    names: OnceLock<ActionNames>,
    details: OnceLock<Arc<Details<'static>>>,
    sections: OnceLock<Result<Sections<'static>, DataError>>,
    classes: OnceLock<Result<Classes<'static>, DataError>>,
    managed: OnceLock<ManagedPolicies>,
    gate: OnceLock<Gate>,
    embeds_details: Option<EmbeddedDetails>,
    embeds_sections: Option<EmbeddedSections>,
    both: Option<Both>,
}

/// A function that does two things side by side, in any order.
pub type Both = fn(&mut (dyn FnMut() + Send), &mut dyn FnMut());

/// A function that reads the details embedded in a program.
type EmbeddedDetails = fn() -> Result<Details<'static>, Trouble>;

/// A function that finds the services in the details embedded in a program.
type EmbeddedSections = fn() -> Result<Sections<'static>, DataError>;

impl BuiltIn {
    /// The content with the details of the catalogue, which make a program one megabyte larger.
    pub fn complete() -> Self {
        Self {
            embeds_details: Some(|| Details::embedded().map_err(Trouble::bug)),
            embeds_sections: Some(Sections::embedded),
            ..Self::default()
        }
    }

    /// The same content for questions whose parts are asked side by side by this function, such as one that begins a thread. Without it they are
    /// asked one after the other.
    #[must_use]
    pub fn side_by_side(self, both: Both) -> Self {
        Self { both: Some(both), ..self }
    }

    /// Answers two questions, side by side if they are worth it.
    pub(crate) fn both<A: Send, B>(
        &self,
        are_long: bool,
        one: impl Fn() -> A + Sync,
        other: impl Fn() -> B,
    ) -> (A, B) {
        let Some(both) = self.both.filter(|_| are_long) else { return (one(), other()) };
        let (mut first, mut second) = (None, None);
        both(&mut || first = Some(one()), &mut || second = Some(other()));
        (first.unwrap_or_else(one), second.unwrap_or_else(other))
    }

    /// Reads the details of the catalogue from a text. Details that are already there stay.
    ///
    /// # Errors
    /// The text does not have the form of details.
    pub fn load_details(&self, text: &'static str) -> Result<(), Trouble> {
        if self.details.get().is_none() {
            let help = "give the file details.txt of this very release";
            let read = Details::parse(text).map_err(|error| {
                Trouble::input("details.txt", "INVALID_CATALOGUE", error.to_string(), help)
            })?;
            self.details.get_or_init(|| Arc::new(read));
            if let Ok(sections) = Sections::parse(text) {
                self.sections.get_or_init(|| Ok(sections));
            }
        }
        Ok(())
    }

    /// The catalogue: names and levels of the actions.
    ///
    /// # Errors
    /// Only if there is a bug.
    pub fn catalog(&self) -> Result<&Arc<Catalog<'static>>, Trouble> {
        if let Some(catalog) = self.catalog.get() {
            return Ok(catalog);
        }
        let catalog = Catalog::embedded().map_err(Trouble::bug)?;
        Ok(self.catalog.get_or_init(|| Arc::new(catalog)))
    }

    /// The day of the catalogue or its details, as `YYYY-MM-DD`, if a question read either of them.
    pub fn date_of_read_data(&self) -> Option<&'static str> {
        let names = self.catalog.get().map(|catalog| catalog.date());
        names.or_else(|| self.details.get().map(|details| details.date()))
    }

    /// The catalogue and its names.
    ///
    /// # Errors
    /// Only if there is a bug.
    pub fn actions(&self) -> Result<(&Catalog<'static>, &ActionNames), Trouble> {
        let catalog = self.catalog()?;
        Ok((catalog, self.names.get_or_init(|| action_names(catalog))))
    }

    /// The details: resource types and condition keys of the actions.
    ///
    /// # Errors
    /// The details are not loaded.
    pub fn details(&self) -> Result<&Arc<Details<'static>>, Trouble> {
        if let Some(details) = self.details.get() {
            return Ok(details);
        }
        let Some(read) = self.embeds_details else {
            let help =
                "load the file details.txt first: it says which resources and condition keys an action has";
            return Err(Trouble::input("", "DETAILS_NOT_LOADED", "the details of the catalogue", help));
        };
        let details = read()?;
        Ok(self.details.get_or_init(|| Arc::new(details)))
    }

    /// The details of single services, for questions about few of them. `None` if the details are not loaded.
    ///
    /// # Errors
    /// Only if there is a bug.
    pub fn sections(&self) -> Result<Option<&Sections<'static>>, Trouble> {
        let own = match (self.sections.get(), self.embeds_sections) {
            (None, Some(read)) => Some(self.sections.get_or_init(read)),
            (own, _) => own,
        };
        own.map(Result::as_ref).transpose().map_err(Trouble::bug)
    }

    /// The classes of sensitive actions.
    ///
    /// # Errors
    /// Only if there is a bug.
    pub fn classes(&self) -> Result<&Classes<'static>, Trouble> {
        self.classes.get_or_init(Classes::embedded).as_ref().map_err(Trouble::bug)
    }

    /// A gate with the catalogue and the details. It accepts the built-in content.
    ///
    /// # Errors
    /// The details are not loaded.
    pub fn gate(&self) -> Result<&Gate, Trouble> {
        if let Some(gate) = self.gate.get() {
            return Ok(gate);
        }
        let gate = Gate::new(Arc::clone(self.catalog()?), Arc::clone(self.details()?));
        Ok(self.gate.get_or_init(|| gate))
    }

    /// The AWS managed policies that are built in.
    ///
    /// # Errors
    /// Only if there is a bug.
    pub fn managed(&self) -> Result<&ManagedPolicies, Trouble> {
        if let Some(managed) = self.managed.get() {
            return Ok(managed);
        }
        let managed = iamgate::built_in::managed()
            .map_err(|error| load::trouble(error, &iamgate::built_in::files(iamgate::built_in::MANAGED)))?;
        Ok(self.managed.get_or_init(|| managed))
    }
}

/// A world of texts by path, with `/` between folders.
#[derive(Debug)]
pub struct Texts<'b> {
    files: BTreeMap<String, String>,
    built_in: &'b BuiltIn,
    now: Instant,
}

impl<'b> Texts<'b> {
    /// A world of these texts at this time.
    pub const fn new(files: BTreeMap<String, String>, built_in: &'b BuiltIn, now: Instant) -> Self {
        Self { files, built_in, now }
    }

    /// Texts by path, from a JSON object.
    ///
    /// # Errors
    /// The JSON is not an object of texts, or has a path twice.
    pub fn files(json: &str) -> Result<BTreeMap<String, String>, Trouble> {
        texts(json)
    }

    /// The files of a folder: path relative to the folder, and text.
    fn inside(&self, path: &str) -> impl Iterator<Item = (&str, &str)> {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.iter().filter_map(move |(name, text)| Some((name.strip_prefix(&folder)?, text.as_str())))
    }

    /// The files `*.json` of a folder.
    fn json_inside(&self, path: &str) -> impl Iterator<Item = (&str, &str)> {
        let is_json = |name: &str| Path::new(name).extension().is_some_and(|extension| extension == "json");
        self.inside(path).filter(move |(name, _)| is_json(name))
    }
}

/// The file of a text, if the text is not too long.
fn bounded(name: &str, text: &str, most: usize, what: &str) -> Result<File, Trouble> {
    if text.len() > most {
        let found = format!("{} bytes", text.len());
        let help = format!("at most {most} bytes are read as {what}");
        return Err(Trouble::input(name, "DOCUMENT_TOO_LARGE", found, help));
    }
    Ok(File { name: name.to_owned(), text: text.to_owned() })
}

impl World for Texts<'_> {
    fn trail_files(&self, path: &str) -> Result<Vec<String>, Trouble> {
        if self.files.contains_key(path) {
            return Ok(vec![path.to_owned()]);
        }
        let folder = path.trim_end_matches('/');
        let names = self.inside(path).filter(|(name, _)| Target::has_records(name));
        let names: Vec<String> = names.map(|(name, _)| format!("{folder}/{name}")).collect();
        if names.is_empty() {
            return Err(load::no_trail_files(path));
        }
        Ok(names)
    }

    fn stream(&self, path: &str, each: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), Trouble> {
        let file = self.read(path, usize::MAX, "records of CloudTrail")?;
        each(file.text.as_bytes());
        Ok(())
    }

    fn read(&self, path: &str, most: usize, what: &str) -> Result<File, Trouble> {
        let Some(text) = self.files.get(path) else {
            let names: Vec<&String> = self.files.keys().collect();
            let help = format!("the files given are: {}", crate::words::first(&names, 8));
            return Err(Trouble::input(path, "FILE_NOT_FOUND", "no such file", help));
        };
        bounded(path, text, most, what)
    }

    fn is_folder(&self, path: &str) -> bool {
        !self.files.contains_key(path) && self.inside(path).any(|(name, _)| Target::is_read(Path::new(name)))
    }

    fn folder(&self, path: &str, most: usize) -> Result<Vec<File>, Trouble> {
        self.json_inside(path)
            .map(|(name, text)| bounded(name, text, most, "one document"))
            .collect::<Result<Vec<_>, _>>()
            .and_then(|files| load::not_empty(path, files))
    }

    fn targets(&self, path: &str) -> Result<Vec<Target>, Trouble> {
        if !self.is_folder(path) {
            return Ok(vec![Target { path: path.to_owned(), is_named: true }]);
        }
        let folder = path.trim_end_matches('/');
        let target = |(name, _): (&str, &str)| Target { path: format!("{folder}/{name}"), is_named: false };
        Ok(self.inside(path).filter(|(name, _)| Target::is_read(Path::new(name))).map(target).collect())
    }

    fn built_in(&self) -> &BuiltIn {
        self.built_in
    }

    fn now(&self) -> Instant {
        self.now
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn both_questions_are_answered_once_whatever_does_them() {
        let neither: Both = |_, _| {};
        let only_second: Both = |_, second| second();
        let in_turn: Both = |first, second| {
            first();
            second();
        };
        let worlds = [neither, only_second, in_turn].map(|both| BuiltIn::default().side_by_side(both));
        for built_in in worlds.iter().chain(&[BuiltIn::default()]) {
            for are_long in [false, true] {
                let asked = AtomicUsize::new(0);
                let count = |answer| {
                    asked.fetch_add(1, Ordering::Relaxed);
                    answer
                };
                assert_eq!(built_in.both(are_long, || count("one"), || count("other")), ("one", "other"));
                assert_eq!(asked.into_inner(), 2);
            }
        }
    }
}
