//! The library crates as packages: packed as for a registry, unpacked outside the repository, built and tested there.
//!
//! Only this chore finds files that are in the repository and not in a package: a file that `include_str!` reaches with `../..`, or a page that
//! is a doctest. A separate project depends only on the packages, and compiles the examples of `README.md` and `docs/`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::readmes::CRATES;
use super::{Outcome, structure};

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    let packed = root.join("target/packed");
    pack(&root, &packed)?;
    // The folder is outside the workspace, so no settings of the workspace apply.
    let outside = std::env::temp_dir().join("iamgate-packages");
    let _ = fs::remove_dir_all(&outside);
    fs::create_dir_all(&outside).map_err(|e| format!("{}: {e}", outside.display()))?;
    let mut patches = String::new();
    for name in CRATES {
        let version = version(&root)?;
        let archive = packed.join(format!("package/{name}-{version}.crate"));
        command(Command::new("tar").arg("xzmf").arg(&archive).arg("-C").arg(&outside))?;
        let folder = outside.join(format!("{name}-{version}"));
        let _ = writeln!(patches, "{name} = {{ path = \"{}\" }}", folder.display());
    }
    let project = project(&root, &outside, &patches)?;
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        // The workspace's own target directory, so that foreign crates are built once for both.
        command.args(arguments).current_dir(&project).env("CARGO_TARGET_DIR", root.join("target"));
        self::command(&mut command)
    };
    cargo(&["check", "--quiet"])?;
    cargo(&["test", "--quiet", "--package", "outside"])?;
    fs::remove_dir_all(&outside).map_err(|e| format!("{}: {e}", outside.display()))?;
    Ok(format!(
        "packages: {} crates packed, unpacked and built outside the repository; the examples of README.md and docs/ run on them",
        CRATES.len()
    ))
}

fn pack(root: &Path, packed: &PathBuf) -> Result<(), String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["package", "--no-verify", "--allow-dirty", "--quiet", "--target-dir"]).arg(packed);
    for name in CRATES {
        command.args(["--package", name]);
    }
    self::command(command.current_dir(root))
}

/// A project that depends on the packages, and has the examples of `README.md` and `docs/` as its documentation.
fn project(root: &Path, outside: &Path, patches: &str) -> Result<PathBuf, String> {
    let project = outside.join("outside");
    let write = |path: &str, text: &str| {
        let path = project.join(path);
        let folder = path.parent().unwrap_or(&project);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .map_err(|e| format!("{}: {e}", path.display()))
    };
    let mut dependencies = String::new();
    for name in CRATES {
        let version = version(root)?;
        let features = features(&outside.join(format!("{name}-{version}/Cargo.toml")))?;
        let _ = writeln!(dependencies, "{name} = {{ version = \"{version}\", features = [{features}] }}");
    }
    write(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"outside\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
             [workspace]\n\n[dependencies]\n{dependencies}\n[patch.crates-io]\n{patches}"
        ),
    )?;
    let mut source = String::from("//! What a user of the packages writes: the examples of the pages.\n");
    for page in pages(root)? {
        let text = fs::read_to_string(&page).map_err(|e| format!("{}: {e}", page.display()))?;
        let stem =
            page.file_stem().unwrap_or_default().to_string_lossy().replace('-', "_").to_ascii_lowercase();
        write(&format!("pages/{stem}.md"), &text)?;
        let _ = writeln!(source, "#[doc = include_str!(\"../pages/{stem}.md\")]\npub mod {stem} {{}}");
    }
    write("src/lib.rs", &source)?;
    Ok(project)
}

/// The features of a package, each in quotation marks.
fn features(manifest: &Path) -> Result<String, String> {
    let text = fs::read_to_string(manifest).map_err(|e| format!("{}: {e}", manifest.display()))?;
    let table = text
        .lines()
        .skip_while(|line| *line != "[features]")
        .skip(1)
        .take_while(|line| !line.starts_with('['));
    let names = table.filter_map(|line| line.split_once(" = ")).map(|(name, _)| format!("\"{name}\""));
    Ok(names.collect::<Vec<_>>().join(", "))
}

/// The pages whose examples a user would copy.
fn pages(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut pages = vec![root.join("README.md")];
    structure::files(&root.join("docs"), "md", &mut pages)?;
    pages.sort();
    Ok(pages)
}

/// The version that all crates share.
fn version(root: &Path) -> Result<String, String> {
    let path = root.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let line = text
        .lines()
        .skip_while(|line| *line != "[workspace.package]")
        .find(|line| line.starts_with("version"));
    let version = line.and_then(|line| line.split('"').nth(1)).map(str::to_owned);
    version.ok_or_else(|| format!("{}: no version of the workspace", path.display()))
}

fn command(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|e| format!("{command:?}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed")) }
}
