//! What the program reads beside policies: roles, profiles, AWS managed policies and what else is built in.

mod built_in;

use std::fs;
use std::path::{Path, PathBuf};

use iamgate::iam_catalog::{Catalog, Details};
use iamgate::iam_policy::{Limits, quoted};
use iamgate::{
    File, IdentityProviders, InputError, InputErrorKind, Installation, ManagedPolicies, Profile, RoleSnapshot,
};

use crate::args::SessionFlags;
use crate::input::{self, Source, unreadable};
use crate::trouble::Trouble;

/// The account that a profile is filled in for if there is no role: the one that AWS's examples have.
const NO_ACCOUNT: &str = "111122223333";

/// An account of thousands of roles prints some ten megabytes.
const DUMP_BYTES: usize = 256 << 20;

/// Where profiles and AWS managed policies were read from; nothing means that they are built in.
#[derive(Debug)]
pub(crate) struct Origins {
    pub(crate) profiles: Option<String>,
    pub(crate) managed: Option<String>,
}

impl Origins {
    /// The folders named by flags. None is ever searched for: a folder that somebody else wrote must not bring its own promise.
    fn of(args: &SessionFlags) -> Self {
        Self { profiles: args.profiles.clone(), managed: args.managed.clone() }
    }

    /// Both in a sentence.
    pub(crate) fn sentence(&self) -> String {
        let name = |folder: &Option<String>| folder.clone().unwrap_or_else(|| "built in".to_owned());
        let (profiles, managed) = (name(&self.profiles), name(&self.managed));
        if self.profiles.is_none() && self.managed.is_none() {
            "Profiles and AWS managed policies: built in.".to_owned()
        } else {
            format!("Profiles: {profiles}. AWS managed policies: {managed}.")
        }
    }
}

/// The catalogue that is built in: names and levels.
pub(crate) fn catalog() -> Result<Catalog<'static>, Trouble> {
    Catalog::embedded().map_err(Trouble::bug)
}

/// Resource types and condition keys of its actions.
pub(crate) fn details() -> Result<Details<'static>, Trouble> {
    Details::embedded().map_err(Trouble::bug)
}

/// A role, unless any role is meant, and a profile.
pub(crate) fn load(
    role: Option<&str>,
    args: &SessionFlags,
) -> Result<(Option<RoleSnapshot>, Profile, Origins), Trouble> {
    let origins = Origins::of(args);
    let limits = Limits::default();
    let managed = managed(origins.managed.as_deref(), &limits)?;
    let snapshot = role.map(|role| snapshot(role, args, &managed, &limits)).transpose()?;
    let profiles = profile_files(origins.profiles.as_deref(), &limits)?;
    let wanted = format!("{}.json", args.profile);
    let Some(file) = profiles.iter().find(|f| f.name == wanted) else {
        let names: Vec<&str> = profiles.iter().filter_map(|f| f.name.strip_suffix(".json")).collect();
        let found = format!("no profile `{}`", args.profile);
        return Err(Trouble::input(
            "",
            "PROFILE_NOT_FOUND",
            found,
            format!("the profiles are {}", names.join(", ")),
        ));
    };
    let own = snapshot.as_ref().map_or(NO_ACCOUNT, RoleSnapshot::account);
    let account = args.account.as_deref().unwrap_or(own);
    let profile =
        Profile::load(file, account, &managed, &limits).map_err(|error| trouble(error, &profiles))?;
    Ok((snapshot, profile, origins))
}

fn managed(folder: Option<&str>, limits: &Limits) -> Result<ManagedPolicies, Trouble> {
    let files = match folder {
        Some(folder) => folder_files(folder, limits)?,
        None => built_in(built_in::MANAGED),
    };
    ManagedPolicies::load(&files, limits).map_err(|error| trouble(error, &files))
}

fn profile_files(folder: Option<&str>, limits: &Limits) -> Result<Vec<File>, Trouble> {
    match folder {
        Some(folder) => folder_files(folder, limits),
        None => Ok(built_in(built_in::PROFILES)),
    }
}

/// Every profile of a folder, or every one that is built in, for the account of AWS's examples.
pub(crate) fn profiles(folder: Option<&str>, managed: Option<&str>) -> Result<Vec<Profile>, Trouble> {
    let limits = Limits::default();
    let managed = self::managed(managed, &limits)?;
    let files = profile_files(folder, &limits)?;
    let read = |file: &File| {
        Profile::load(file, NO_ACCOUNT, &managed, &limits).map_err(|error| trouble(error, &files))
    };
    files.iter().map(read).collect()
}

/// The identity providers of a file, or DoiT's, for an account.
pub(crate) fn providers(file: Option<&str>, account: &str) -> Result<IdentityProviders, Trouble> {
    let limits = Limits::default();
    let file = one(file, built_in::PROVIDERS, &limits)?;
    IdentityProviders::load(&file, account, &limits)
        .map_err(|error| trouble(error, std::slice::from_ref(&file)))
}

/// The steps of a file, or of an installation of DoiT's roles, for an account.
pub(crate) fn installation(file: Option<&str>, account: &str) -> Result<Installation, Trouble> {
    let limits = Limits::default();
    let file = one(file, built_in::INSTALLATION, &limits)?;
    Installation::load(&file, account, &limits).map_err(|error| trouble(error, std::slice::from_ref(&file)))
}

/// A file that is named, or what is built in in its place.
fn one(path: Option<&str>, own: (&str, &str), limits: &Limits) -> Result<File, Trouble> {
    let Some(path) = path else { return Ok(File { name: own.0.to_owned(), text: own.1.to_owned() }) };
    let Source { name, text } = input::read(path, limits.document_bytes, "one document")?;
    Ok(File { name, text })
}

fn snapshot(
    path: &str,
    args: &SessionFlags,
    managed: &ManagedPolicies,
    limits: &Limits,
) -> Result<RoleSnapshot, Trouble> {
    if Path::new(path).is_dir() {
        let files = folder_files(path, limits)?;
        let snapshot =
            RoleSnapshot::from_folder(&files, managed, limits).map_err(|error| trouble(error, &files))?;
        // A wish that is not met is no wish to be ignored.
        if let Some(wanted) = args.role.as_deref().filter(|wanted| **wanted != *snapshot.name) {
            let found = format!("the role is {} and not {}", quoted(&snapshot.name), quoted(wanted));
            return Err(Trouble::input(path, "ROLE_NOT_FOUND", found, "leave --role out for a folder"));
        }
        return Ok(snapshot);
    }
    let Source { name, text } = input::read(path, DUMP_BYTES, "the output of a command")?;
    let file = File { name, text };
    let mut wide = *limits;
    wide.document_bytes = DUMP_BYTES;
    let read = RoleSnapshot::from_account_details(&file, args.role.as_deref(), managed, &wide);
    read.map_err(|error| trouble(error, std::slice::from_ref(&file)))
}

/// A trouble with the text that its places are in.
pub(crate) fn trouble(error: InputError, files: &[File]) -> Trouble {
    match error.kind {
        InputErrorKind::Document(report) => {
            let own = || files.iter().find(|f| f.name == error.file).map(|f| f.text.clone());
            let text = error.text.or_else(own).unwrap_or_default();
            Trouble::document(Source { name: error.file, text }, report)
        }
        InputErrorKind::Other { code, found, help } => Trouble::input(&error.file, code, found, help),
        _ => Trouble::input(&error.file, "INVALID_INPUT", error.to_string(), "see the message"),
    }
}

fn built_in(files: &[(&str, &str)]) -> Vec<File> {
    files.iter().map(|(name, text)| File { name: (*name).to_owned(), text: (*text).to_owned() }).collect()
}

/// Every file `*.json` of a folder and of the folders in it, named relative to it.
fn folder_files(folder: &str, limits: &Limits) -> Result<Vec<File>, Trouble> {
    let mut paths = Vec::new();
    walk(Path::new(folder), &mut paths)?;
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let shown = path.display().to_string();
        let source = input::read(&shown, limits.document_bytes, "one document")?;
        let relative = path.strip_prefix(folder).unwrap_or(&path);
        let parts: Vec<String> =
            relative.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
        files.push(File { name: parts.join("/"), text: source.text });
    }
    if files.is_empty() {
        return Err(Trouble::input(
            folder,
            "NO_POLICIES",
            "0 JSON files in the folder",
            "name a folder with documents",
        ));
    }
    Ok(files)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Trouble> {
    let shown = folder.display().to_string();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(&shown, &error))? {
        let entry = entry.map_err(|error| unreadable(&shown, &error))?;
        let path = entry.path();
        // Links to folders are not followed: they may lead back here.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    Ok(())
}
