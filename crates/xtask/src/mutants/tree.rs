//! A copy of the workspace in which each mutant stands behind a switch, and its test programs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::listed::Mutant;
use super::switched::{Switch, switched};
use crate::tools;

/// The crate with the switches. `MUTANT` has the number of the mutant that is on. With `MUTANT_REACHED`, the numbers of the switches that are
/// asked are appended to that file, each once.
const SWITCHES: &str = r#"#![forbid(unsafe_code)]
use std::io::Write as _;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

static ON: LazyLock<usize> =
    LazyLock::new(|| std::env::var("MUTANT").ok().and_then(|number| number.parse().ok()).unwrap_or(usize::MAX));
static REACHED: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("MUTANT_REACHED").ok());
static SEEN: [AtomicBool; 32_768] = [const { AtomicBool::new(false) }; 32_768];

pub fn is_on(number: usize) -> bool {
    if let Some(file) = REACHED.as_ref() {
        if !SEEN[number].swap(true, Ordering::Relaxed) {
            let mut file = std::fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
            file.write_all(format!("{number}\n").as_bytes()).unwrap();
        }
    }
    *ON == number
}
"#;

/// The name of that crate.
const OWN: &str = "mutant-switch";

/// The copy.
pub(super) struct Tree {
    root: PathBuf,
    /// The texts of the files as they are, and the mutants of each that have a switch.
    files: BTreeMap<String, (String, BTreeSet<usize>)>,
    /// The names of the functions that stay constant, because constants need them.
    constant: BTreeSet<String>,
}

/// The mutants that cannot be switched, by what is in the way.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// No switch can be written.
    pub(super) unwritten: Vec<usize>,
    /// The code with the switch does not compile.
    pub(super) uncompiled: Vec<usize>,
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default, rename = "message")]
    diagnostic: Option<Diagnostic>,
    #[serde(default)]
    executable: Option<PathBuf>,
    #[serde(default)]
    manifest_path: Option<PathBuf>,
    #[serde(default)]
    profile: Profile,
}

#[derive(Default, Deserialize)]
struct Profile {
    /// Whether it is a test program, and no program that tests call.
    #[serde(default)]
    test: bool,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    message: String,
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    byte_start: usize,
    byte_end: usize,
}

/// A test program, and the folder of its package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) package: PathBuf,
}

impl Tree {
    /// Copies the files that git knows, and puts the mutants in. `packages` are those whose tests run, and must compile too.
    pub(super) fn new(root: &Path, mutants: &[Mutant], packages: &[&str]) -> Result<(Self, Left), String> {
        let tree = root.join("target/mutants/tree");
        let listed = tools::command(root, &["git", "ls-files"])?.output().map_err(|e| format!("git: {e}"))?;
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let mut made = Self { root: tree, files: BTreeMap::new(), constant: BTreeSet::new() };
        let read = |name: &str| fs::read_to_string(root.join(name)).map_err(|e| format!("{name}: {e}"));
        for (id, mutant) in mutants.iter().enumerate() {
            if !made.files.contains_key(&mutant.file) {
                made.files.insert(mutant.file.clone(), (read(&mutant.file)?, BTreeSet::new()));
            }
            if let Some((_, ids)) = made.files.get_mut(&mutant.file) {
                ids.insert(id);
            }
        }
        let changed: BTreeSet<String> = made.files.keys().filter_map(|file| package(file)).collect();
        for name in listed.lines() {
            let is_source = package(name)
                .is_some_and(|own| changed.contains(&own) && name.starts_with(&format!("crates/{own}/src/")));
            let is_rust = Path::new(name).extension().is_some_and(|own| own == "rs");
            if is_source && is_rust && !made.files.contains_key(name) {
                made.files.insert(name.to_owned(), (read(name)?, BTreeSet::new()));
            }
        }
        let names: BTreeSet<&str> = listed.lines().collect();
        remove_others(&made.root, "crates", &names)?;
        // Each file is written once, and only if it differs, so that what stays the same is not built again.
        for name in listed.lines().filter(|name| !made.files.contains_key(*name)) {
            let Ok(bytes) = fs::read(root.join(name)) else { continue };
            let has_switches = package(name)
                .is_some_and(|own| changed.contains(&own) && name == format!("crates/{own}/Cargo.toml"));
            let bytes = match name {
                "Cargo.toml" => workspace(&String::from_utf8_lossy(&bytes)).into_bytes(),
                _ if has_switches => with_switches(&String::from_utf8_lossy(&bytes)).into_bytes(),
                _ => bytes,
            };
            write(&made.root.join(name), &bytes)?;
        }
        write(&made.root.join("crates/mutant-switch/src/lib.rs"), SWITCHES.as_bytes())?;
        let manifest = "[package]\nname = \"mutant-switch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";
        write(&made.root.join("crates/mutant-switch/Cargo.toml"), manifest.as_bytes())?;
        let memory = root.join("target/mutants/compiled.tsv");
        let mut left = Left { uncompiled: made.remember(&memory, mutants), ..Left::default() };
        made.compile(mutants, packages, &mut left)?;
        made.note(&memory, mutants, &left)?;
        Ok((made, left))
    }

    /// Takes out the mutants that do not compile, until the rest does.
    fn compile(&mut self, mutants: &[Mutant], packages: &[&str], left: &mut Left) -> Result<(), String> {
        // The tests may need features of the crates.
        let mut are_tests_left = true;
        let mut words = vec!["cargo", "check", "--lib", "--message-format=json", "--keep-going"];
        words.extend(packages.iter().flat_map(|package| ["--package", package]));
        for round in 1..60 {
            let mut places = BTreeMap::new();
            for (file, (text, ids)) in &self.files {
                let own: Vec<(usize, &Mutant)> =
                    ids.iter().filter_map(|id| Some((*id, mutants.get(*id)?))).collect();
                let with = switched(text, &own, &self.constant).map_err(|e| format!("{file}: {e}"))?;
                if round == 1 {
                    left.unwritten.extend(&with.left);
                }
                let path = self.root.join(file);
                if fs::read_to_string(&path).ok().as_ref() != Some(&with.text) {
                    write(&path, with.text.as_bytes())?;
                }
                places.insert(file.clone(), with.places);
            }
            let output =
                tools::command(&self.root, &words)?.output().map_err(|e| format!("cargo check: {e}"))?;
            if output.status.success() && !std::mem::take(&mut are_tests_left) {
                return Ok(());
            }
            if output.status.success() {
                words.push("--tests");
                continue;
            }
            let messages = messages(&output.stdout);
            let constants = self.constant.len();
            self.constant.extend(messages.iter().filter_map(constant));
            if self.constant.len() > constants {
                println!("mutants: round {round}: {} functions stay constant", self.constant.len());
                continue;
            }
            let taken = blamed(&messages, &places);
            println!("mutants: round {round}: {} mutants do not compile", taken.len());
            if taken.is_empty() {
                return Err(format!("cargo check: {}", String::from_utf8_lossy(&output.stderr)));
            }
            for (file, id) in taken {
                if let Some((_, ids)) = self.files.get_mut(&file) {
                    ids.remove(&id);
                    left.uncompiled.push(id);
                }
            }
        }
        Err("mutants: the rest does not compile after 60 rounds".into())
    }

    /// What the last run found out about files that are the same: the functions that stay constant, and the mutants that do not compile. These
    /// are taken out.
    fn remember(&mut self, memory: &Path, mutants: &[Mutant]) -> Vec<usize> {
        let noted = fs::read_to_string(memory).unwrap_or_default();
        let known: BTreeSet<&str> = noted.lines().collect();
        let constants = noted.lines().filter_map(|line| line.strip_prefix("constant\t"));
        self.constant.extend(constants.map(str::to_owned));
        let mut uncompiled = Vec::new();
        for (text, ids) in self.files.values_mut() {
            ids.retain(|id| {
                let name = mutants.get(*id).map(|mutant| mutant.name.as_str()).unwrap_or_default();
                let is_left = !known.contains(line(text, name).as_str());
                if !is_left {
                    uncompiled.push(*id);
                }
                is_left
            });
        }
        uncompiled
    }

    /// Writes what was found out, for the next run.
    fn note(&self, memory: &Path, mutants: &[Mutant], left: &Left) -> Result<(), String> {
        let mut lines: BTreeSet<String> =
            self.constant.iter().map(|name| format!("constant\t{name}")).collect();
        for mutant in left.uncompiled.iter().filter_map(|id| mutants.get(*id)) {
            if let Some((text, _)) = self.files.get(&mutant.file) {
                lines.insert(line(text, &mutant.name));
            }
        }
        // What was noted of files that this run does not have is kept.
        let before = fs::read_to_string(memory).unwrap_or_default();
        lines.extend(before.lines().map(str::to_owned));
        let text: String = lines.into_iter().map(|line| line + "\n").collect();
        fs::write(memory, text).map_err(|e| format!("{}: {e}", memory.display()))
    }

    /// Builds the test programs of packages.
    pub(super) fn programs(&self, packages: &[&str]) -> Result<Vec<Program>, String> {
        let mut words = vec!["cargo", "test", "--no-run", "--lib", "--tests", "--message-format=json"];
        words.extend(packages.iter().flat_map(|package| ["--package", package]));
        let mut command = tools::command(&self.root, &words)?;
        let output = command.output().map_err(|e| format!("cargo test: {e}"))?;
        if !output.status.success() {
            let found = messages(&output.stdout);
            let errors = found.iter().filter_map(|m| m.diagnostic.as_ref()).filter(|m| m.level == "error");
            let errors: Vec<&str> = errors.map(|error| error.message.as_str()).collect();
            return Err(format!(
                "cargo test --no-run: {errors:?} {}",
                String::from_utf8_lossy(&output.stderr)
            ));
        }
        let mut programs = BTreeSet::new();
        let built = messages(&output.stdout).into_iter().filter(|m| m.reason == "compiler-artifact");
        for message in built.filter(|m| m.profile.test) {
            if let (Some(path), Some(manifest)) = (message.executable, message.manifest_path) {
                let package = manifest.parent().unwrap_or(&self.root).to_owned();
                programs.insert(Program { path, package });
            }
        }
        Ok(programs.into_iter().collect())
    }

    /// The folder of the copy.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }
}

/// The mutants that errors are about: the innermost whose own code has the place, else those of the innermost expression around it.
fn blamed(messages: &[Message], switches: &BTreeMap<String, Vec<Switch>>) -> BTreeSet<(String, usize)> {
    let mut blamed = BTreeSet::new();
    for error in messages.iter().filter_map(|m| m.diagnostic.as_ref()).filter(|m| m.level == "error") {
        let mut found = false;
        for span in &error.spans {
            let Some(places) = switches.get(&span.file_name) else { continue };
            let around =
                |range: &std::ops::Range<usize>| range.start <= span.byte_start && span.byte_end <= range.end;
            let own = places.iter().filter(|place| around(&place.own)).min_by_key(|p| p.own.len());
            if let Some(own) = own {
                blamed.insert((span.file_name.clone(), own.id));
                found = true;
                continue;
            }
            let whole = places.iter().filter(|place| around(&place.whole)).min_by_key(|p| p.whole.len());
            for place in places.iter().filter(|place| whole.is_some_and(|w| w.whole == place.whole)) {
                blamed.insert((span.file_name.clone(), place.id));
                found = true;
            }
        }
        // A match needs an arm that another mutant takes out. The error is about its head, and the arms stand behind that.
        if error.message.starts_with("non-exhaustive patterns") {
            for span in &error.spans {
                let places = switches.get(&span.file_name).into_iter().flatten();
                let arms = places.filter(|p| p.own.is_empty() && p.whole.start >= span.byte_start);
                if let Some(arm) = arms.min_by_key(|place| place.whole.start) {
                    found = true;
                    blamed.insert((span.file_name.clone(), arm.id));
                }
            }
        }
        if !found && !error.spans.is_empty() && !error.message.starts_with("aborting") {
            println!("mutants: no switch at {}: {}", error.spans[0].file_name, error.message);
        }
    }
    blamed
}

/// The name of a function that an error wants to be constant.
fn constant(message: &Message) -> Option<String> {
    let error = message.diagnostic.as_ref().filter(|message| message.level == "error")?;
    let rest = error.message.strip_prefix("cannot call non-const ")?;
    let name = rest.split('`').nth(1)?.split("::").last()?.split('<').next()?;
    (name != "is_on").then(|| name.to_owned())
}

fn messages(lines: &[u8]) -> Vec<Message> {
    let lines = String::from_utf8_lossy(lines);
    lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The name of the package of a file.
pub(super) fn package(file: &str) -> Option<String> {
    Some(file.strip_prefix("crates/")?.split('/').next()?.to_owned())
}

/// A mutant that does not compile, with the text of its file.
fn line(text: &str, mutant: &str) -> String {
    super::progress::hash(text, std::iter::once(mutant))
}

/// The manifest of a package whose code asks switches.
fn with_switches(manifest: &str) -> String {
    let with = "[dependencies]\nmutant-switch = { path = \"../mutant-switch\" }\n";
    if manifest.contains("\n[dependencies]\n") {
        manifest.replacen("[dependencies]\n", with, 1)
    } else {
        format!("{manifest}\n{with}")
    }
}

/// The manifest of the workspace without lints, which are not about code with switches.
fn workspace(text: &str) -> String {
    let mut kept = true;
    let mut out = String::new();
    for line in text.lines() {
        if line.starts_with('[') {
            kept = !line.starts_with("[workspace.lints");
        }
        if kept {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.push_str("\n[workspace.lints.rust]\nwarnings = \"allow\"\n");
    out
}

/// Takes away files of an earlier copy that the workspace does not have any more: `cargo` finds test programs by their files.
fn remove_others(root: &Path, folder: &str, names: &BTreeSet<&str>) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_others(root, &name, names)?;
        } else if !names.contains(&*name) && package(&name).as_deref() != Some(OWN) {
            fs::remove_file(entry.path()).map_err(|e| format!("{name}: {e}"))?;
        }
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let folder = path.parent().ok_or("a file without a folder")?;
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    fs::write(path, bytes).map_err(|e| format!("{}: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_workspace_lost_goes_from_the_copy() {
        let root = std::env::temp_dir().join(format!("iamgate-copy-{}", std::process::id()));
        let names = ["crates/a/tests/kept.rs", "crates/a/tests/gone.rs", "crates/mutant-switch/src/lib.rs"];
        for name in names {
            write(&root.join(name), b"x").expect("a file");
        }
        remove_others(&root, "crates", &BTreeSet::from([names[0]])).expect("files go");
        let left: Vec<bool> = names.iter().map(|name| root.join(name).exists()).collect();
        fs::remove_dir_all(&root).expect("a folder");
        assert_eq!(left, [true, false, true]);
    }

    #[test]
    fn lints_are_off_and_the_rest_stays() {
        let text = "[workspace]\na = 1\n[workspace.lints.rust]\nb = \"deny\"\n[workspace.lints.clippy]\nc = 1\n[profile.dev]\nd = 1\n";
        assert_eq!(
            workspace(text),
            "[workspace]\na = 1\n[profile.dev]\nd = 1\n\n[workspace.lints.rust]\nwarnings = \"allow\"\n"
        );
    }
}
