//! The WebAssembly module: `cargo xtask module`.
//!
//! Builds `iamgate-wasm` for the web, makes its JavaScript with wasm-bindgen (as a library, so that its version is the crate's), and makes it
//! smaller with wasm-opt of the npm package binaryen. All files that the npm package ships are written to `crates/iamgate-wasm/npm/dist`. The
//! same sources give the same bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use super::{Outcome, structure, tools};

/// The target of modules for the web.
const TARGET: &str = "wasm32-unknown-unknown";
/// The folder of the JavaScript side.
pub(crate) const FOLDER: &str = "crates/iamgate-wasm";
/// The generated files that the npm package ships.
const DIST: &str = "crates/iamgate-wasm/npm/dist";
/// Debian's toolchain, for machines on which rustup cannot fetch the target.
const DEBIAN: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    packages(&root)?;
    build(&root)
}

/// Installs the npm packages that build and test the module, if they are missing.
pub(crate) fn packages(root: &Path) -> Result<(), String> {
    let folder = root.join(FOLDER);
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).map_err(|e| format!("{}: {e}", lock.display()))?;
    let mark = folder.join("node_modules/.installed");
    if fs::read(&mark).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    println!("npm packages of {FOLDER}/package-lock.json go into {FOLDER}/node_modules");
    tools::run(&folder, &["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"])?;
    fs::write(&mark, wanted).map_err(|e| format!("{}: {e}", mark.display()))
}

/// Builds the module and its files.
pub(crate) fn build(root: &Path) -> Outcome {
    let built = compile(root)?;
    let dist = root.join(DIST);
    let _ = fs::remove_dir_all(&dist);
    fs::create_dir_all(&dist).map_err(|e| format!("{}: {e}", dist.display()))?;
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&built).out_name("iamgate").typescript(true).omit_default_module_path(true);
    bindgen.web(true).map_err(|e| format!("wasm-bindgen: {e:#}"))?;
    bindgen.reset_state_function(true).remove_name_section(true).remove_producers_section(true);
    bindgen.generate(&dist).map_err(|e| format!("wasm-bindgen: {e:#}"))?;
    let raw = format!("{DIST}/iamgate_bg.wasm");
    let optimised = format!("{DIST}/iamgate.wasm");
    let program = format!("{FOLDER}/node_modules/.bin/wasm-opt");
    let features = [
        "--enable-bulk-memory",
        "--enable-nontrapping-float-to-int",
        "--enable-sign-ext",
        "--enable-mutable-globals",
    ];
    let words = [&[&*program, "-Oz"], &features[..], &[&*raw, "-o", &*optimised]].concat();
    tools::run(root, &words)?;
    remove(&root.join(raw))?;
    remove(&dist.join("iamgate_bg.wasm.d.ts"))?;
    let npm = root.join(FOLDER).join("npm");
    let copies = [
        ("crates/iam-catalog/data", "details.txt", &dist),
        (".", "LICENSE-MIT", &npm),
        (".", "LICENSE-APACHE", &npm),
    ];
    for (from, name, to) in copies {
        fs::copy(root.join(from).join(name), to.join(name)).map_err(|e| format!("{from}/{name}: {e}"))?;
    }
    let bytes = fs::metadata(root.join(&optimised)).map_err(|e| format!("{optimised}: {e}"))?.len();
    Ok(format!("module: {DIST}, {bytes} bytes"))
}

fn remove(path: &Path) -> Result<(), String> {
    fs::remove_file(path).map_err(|e| format!("{}: {e}", path.display()))
}

/// The module as rustc makes it. It must not contain paths of the machine.
fn compile(root: &Path) -> Result<PathBuf, String> {
    let target = target(root);
    let folder = target.to_string_lossy().into_owned();
    let profile =
        ["--package", "iamgate-wasm", "--profile", "module", "--target", TARGET, "--target-dir", &folder];
    let build = [&["build", "--quiet", "--locked"], &profile[..]].concat();
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let remap = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    let mut flags = vec![remap(root, "iamgate"), remap(&home, "cargo")];
    // If the sources of the standard library are installed, its places have their paths. Otherwise they have the commit of the compiler.
    let asked = |words: &[&str]| -> Option<String> {
        let output = tools::command(root, words).ok()?.output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let sysroot = asked(&["rustc", "--print", "sysroot"]);
    let version = asked(&["rustc", "-vV"]).unwrap_or_default();
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: "));
    if let (Some(sysroot), Some(commit)) = (sysroot, commit) {
        let library = Path::new(sysroot.trim_end()).join("lib/rustlib/src/rust");
        flags.push(remap(&library, &format!("/rustc/{commit}")));
    }
    let mut command = if add_target(root, TARGET) {
        tools::command(root, &[&["cargo"], &build[..]].concat())?
    } else {
        debian(root, &build)?
    };
    let status = command.env("RUSTFLAGS", flags.join(" ")).status().map_err(|e| format!("cargo: {e}"))?;
    if !status.success() {
        return Err(format!("failed: cargo {}", build.join(" ")));
    }
    Ok(target.join(TARGET).join("module/iamgate_wasm.wasm"))
}

/// The folder that this program was built into.
pub(crate) fn target(root: &Path) -> PathBuf {
    let own = std::env::current_exe().ok();
    own.and_then(|own| Some(own.parent()?.parent()?.to_path_buf())).unwrap_or_else(|| root.join("target"))
}

/// Whether the toolchain has the library of a target, which rustup adds if it can.
pub(crate) fn add_target(root: &Path, target: &str) -> bool {
    if has_target(root, target) {
        return true;
    }
    println!("the target {target} is not there, so this is run: rustup target add {target}");
    tools::run(root, &["rustup", "target", "add", target]).is_ok() && has_target(root, target)
}

fn has_target(root: &Path, target: &str) -> bool {
    let words = ["rustc", "--print", "target-libdir", "--target", target];
    let output = tools::command(root, &words).ok().and_then(|mut command| command.output().ok());
    let path = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    Path::new(path.trim_end()).is_dir()
}

/// A build with Debian's compiler, which has the library of the target only as sources.
fn debian(root: &Path, build: &[&str]) -> Result<Command, String> {
    println!("rustup could not add it, so Debian's packages build it: {}", DEBIAN.join(", "));
    apt(root, &["/usr/bin/wasm-ld-19", "--version"], &DEBIAN)?;
    let words = [&["/usr/bin/cargo"], build, &["-Zbuild-std=std,panic_abort"]].concat();
    let mut command = tools::command(root, &words)?;
    command.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", "/usr/bin/rustc");
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "/usr/bin/wasm-ld-19");
    Ok(command)
}

/// Installs packages of Debian, if `probe` does not work.
pub(crate) fn apt(root: &Path, probe: &[&str], packages: &[&str]) -> Result<(), String> {
    if tools::has(root, probe) {
        return Ok(());
    }
    println!("`{}` does not work, so apt-get installs {}", probe.join(" "), packages.join(", "));
    tools::run(root, &["apt-get", "update", "-qq"])?;
    tools::run(root, &[&["apt-get", "install", "--yes", "-qq"], packages].concat())
}
