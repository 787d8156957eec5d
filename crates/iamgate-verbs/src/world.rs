//! Where a verb finds what its question names: files, what is built in, and the time.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use iamgate::iam_analysis::ActionNames;
use iamgate::iam_catalog::{Catalog, Details};
use iamgate::iam_policy::value::Instant;
use iamgate::{File, ManagedPolicies, action_names};

use crate::load;
use crate::trouble::Trouble;

/// The most bytes of the output of `aws iam get-account-authorization-details`: an account of thousands of roles prints some ten megabytes.
pub const DUMP_BYTES: usize = 256 << 20;

/// A file to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its path.
    pub path: String,
    /// Whether the user named this very file; others may turn out to be something else than a policy.
    pub is_named: bool,
}

/// Where a verb finds what its question names.
pub trait World {
    /// The text of a file. More than `most` bytes are refused; `what` says what would be read, as in "one policy".
    ///
    /// # Errors
    /// The file is not there, too large, or not text.
    fn read(&self, path: &str, most: usize, what: &str) -> Result<File, Trouble>;

    /// Whether a path is a folder.
    fn is_folder(&self, path: &str) -> bool;

    /// Every file `*.json` of a folder and of the folders in it, sorted, named relative to it with `/`.
    ///
    /// # Errors
    /// The folder is not there, or a file in it cannot be read; no more than `most` bytes of each are.
    fn folder(&self, path: &str, most: usize) -> Result<Vec<File>, Trouble>;

    /// The files that a path means: a file, the files of a folder, those that a glob matches.
    ///
    /// # Errors
    /// There are none.
    fn targets(&self, path: &str) -> Result<Vec<Target>, Trouble>;

    /// What is built in.
    fn built_in(&self) -> &BuiltIn;

    /// The time of the question.
    fn now(&self) -> Instant;
}

/// What is built in: the catalogue of actions and its details, and AWS managed policies. Each is read once, when it is first asked for.
#[derive(Debug, Default)]
pub struct BuiltIn {
    catalog: OnceCell<Arc<Catalog<'static>>>,
    names: OnceCell<ActionNames>,
    details: OnceCell<Arc<Details<'static>>>,
    managed: OnceCell<ManagedPolicies>,
    embeds_details: Option<EmbeddedDetails>,
}

/// Reads the details that a program has inside.
type EmbeddedDetails = fn() -> Result<Details<'static>, Trouble>;

impl BuiltIn {
    /// With the details of the catalogue, which make a program a megabyte larger.
    pub fn complete() -> Self {
        Self { embeds_details: Some(|| Details::embedded().map_err(Trouble::bug)), ..Self::default() }
    }

    /// Takes the details of the catalogue from a text. What is there already stays.
    ///
    /// # Errors
    /// The text has another form.
    pub fn load_details(&self, text: &'static str) -> Result<(), Trouble> {
        if self.details.get().is_none() {
            let help = "give the file details.txt of this very release";
            let read = Details::parse(text).map_err(|error| {
                Trouble::input("details.txt", "INVALID_CATALOGUE", error.to_string(), help)
            })?;
            self.details.get_or_init(|| Arc::new(read));
        }
        Ok(())
    }

    /// Names and levels of the actions.
    ///
    /// # Errors
    /// Never, but by a bug.
    pub fn catalog(&self) -> Result<&Arc<Catalog<'static>>, Trouble> {
        if let Some(catalog) = self.catalog.get() {
            return Ok(catalog);
        }
        let catalog = Catalog::embedded().map_err(Trouble::bug)?;
        Ok(self.catalog.get_or_init(|| Arc::new(catalog)))
    }

    /// The catalogue and its names.
    ///
    /// # Errors
    /// Never, but by a bug.
    pub fn actions(&self) -> Result<(&Catalog<'static>, &ActionNames), Trouble> {
        let catalog = self.catalog()?;
        Ok((catalog, self.names.get_or_init(|| action_names(catalog))))
    }

    /// Resource types and condition keys of the actions.
    ///
    /// # Errors
    /// They are not loaded.
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

    /// The AWS managed policies that are built in.
    ///
    /// # Errors
    /// Never, but by a bug.
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
    /// The texts, and the time of the question.
    pub const fn new(files: BTreeMap<String, String>, built_in: &'b BuiltIn, now: Instant) -> Self {
        Self { files, built_in, now }
    }

    /// The files of a folder: path and text, the path relative to it.
    fn inside(&self, path: &str) -> impl Iterator<Item = (&str, &str)> {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.iter().filter_map(move |(name, text)| {
            let relative = name.strip_prefix(&folder)?;
            let is_json = Path::new(relative).extension().is_some_and(|extension| extension == "json");
            is_json.then_some((relative, text.as_str()))
        })
    }
}

/// A text that is not too long.
fn bounded(name: &str, text: &str, most: usize, what: &str) -> Result<File, Trouble> {
    if text.len() > most {
        let found = format!("{} bytes", text.len());
        let help = format!("at most {most} bytes are read as {what}");
        return Err(Trouble::input(name, "DOCUMENT_TOO_LARGE", found, help));
    }
    Ok(File { name: name.to_owned(), text: text.to_owned() })
}

impl World for Texts<'_> {
    fn read(&self, path: &str, most: usize, what: &str) -> Result<File, Trouble> {
        let Some(text) = self.files.get(path) else {
            let names: Vec<&String> = self.files.keys().collect();
            let help = format!("the files given are: {}", crate::words::first(&names, 8));
            return Err(Trouble::input(path, "FILE_NOT_FOUND", "no such file", help));
        };
        bounded(path, text, most, what)
    }

    fn is_folder(&self, path: &str) -> bool {
        !self.files.contains_key(path) && self.inside(path).next().is_some()
    }

    fn folder(&self, path: &str, most: usize) -> Result<Vec<File>, Trouble> {
        self.inside(path)
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
        Ok(self.inside(path).map(target).collect())
    }

    fn built_in(&self) -> &BuiltIn {
        self.built_in
    }

    fn now(&self) -> Instant {
        self.now
    }
}
