//! The picture in the README: what the program prints for the real role, as SVG.

use std::fs;
use std::process::Command;

use super::{Outcome, structure};

const PICTURE: &str = "crates/iamgate-cli/preview.svg";
const ARGUMENTS: &[&str] =
    &["--color", "always", "preview", "policies/doit/support-gateway", "--profile", "standard"];

pub(crate) fn run(check: bool) -> Outcome {
    let root = structure::root()?;
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "iamgate-cli", "--"])
        .args(ARGUMENTS)
        .env("COLUMNS", "110")
        .current_dir(&root)
        .output()
        .map_err(|e| format!("iamgate: {e}"))?;
    let printed = String::from_utf8(output.stdout).map_err(|e| format!("iamgate: {e}"))?;
    if printed.lines().count() < 10 {
        return Err(format!(
            "iamgate printed too little:\n{printed}{}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    let screen = format!("$ iamgate preview policies/doit/support-gateway --profile standard\n{printed}");
    let picture = anstyle_svg::Term::new().render_svg(&screen);
    let path = root.join(PICTURE);
    if check {
        return match fs::read_to_string(&path) {
            Ok(old) if old == picture => Ok(format!("{PICTURE} is up to date")),
            Ok(_) => Err(format!("{PICTURE} differs from what the program prints: run cargo xtask picture")),
            Err(e) => Err(format!("{PICTURE}: {e}")),
        };
    }
    fs::write(&path, picture).map_err(|e| format!("{PICTURE}: {e}"))?;
    Ok(format!("{PICTURE} written"))
}
