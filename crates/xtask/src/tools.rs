//! Programs that long chores need and cargo does not install, and the scores that chores write.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a command and shows its output.
pub(crate) fn run(root: &Path, words: &[&str]) -> Result<(), String> {
    let status = command(root, words)?.status().map_err(|e| format!("{}: {e}", words.join(" ")))?;
    if status.success() { Ok(()) } else { Err(format!("failed: {}", words.join(" "))) }
}

/// A command in the folder of the workspace. The environment that cargo sets for this program is removed, because it would mislead another
/// cargo.
pub(crate) fn command(root: &Path, words: &[&str]) -> Result<Command, String> {
    let (program, arguments) = words.split_first().ok_or("an empty command")?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text == "CARGO" || text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    Ok(command)
}

/// Installs a program if it is missing, and says so. `probe` succeeds if it is installed.
pub(crate) fn need(root: &Path, probe: &[&str], install: &[&str]) -> Result<(), String> {
    if has(root, probe) {
        return Ok(());
    }
    println!("`{}` does not work, so this is run: {}", probe.join(" "), install.join(" "));
    run(root, install)
}

/// Whether a command can be run.
pub(crate) fn has(root: &Path, probe: &[&str]) -> bool {
    let silent = |mut c: Command| c.stdout(Stdio::null()).stderr(Stdio::null()).status();
    command(root, probe).is_ok_and(|c| silent(c).is_ok_and(|status| status.success()))
}

/// Installs packages from PyPI in a folder with a Python of its own, unless they are there. Needs Python 3 with `venv`.
pub(crate) fn python(root: &Path, folder: &str, packages: &[&str]) -> Result<(), String> {
    let mark = root.join(folder).join("installed.txt");
    let wanted = packages.join("\n");
    if fs::read_to_string(&mark).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    println!("{} from PyPI: into {folder}", packages.join(" and "));
    run(root, &["python3", "-m", "venv", folder])?;
    let program = format!("{folder}/bin/pip");
    let pip = [&*program, "install", "--quiet", "--disable-pip-version-check"];
    run(root, &[&pip[..], packages].concat())?;
    fs::write(&mark, wanted).map_err(|e| format!("{}: {e}", mark.display()))
}

/// Writes one line to `target/score/NAME.txt`.
pub(crate) fn score(root: &Path, name: &str, line: &str) -> Result<(), String> {
    let folder = root.join("target/score");
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let path = folder.join(name).with_extension("txt");
    fs::write(&path, format!("{line}\n")).map_err(|e| format!("{}: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{has, need};
    use std::path::Path;

    #[test]
    fn what_is_missing_is_installed_and_what_is_there_is_not() {
        let here = Path::new(".");
        assert!(has(here, &["cargo", "--version"]));
        assert!(!has(here, &["cargo", "no-such-program"]));
        assert_eq!(need(here, &["cargo", "--version"], &["cargo", "no-such-program"]), Ok(()));
        assert!(need(here, &["cargo", "no-such-program"], &["cargo", "no-such-program"]).is_err());
    }
}
