//! The analysis beside Z3: `cargo xtask z3 [QUESTIONS] [SEED]`.
//!
//! The questions are drawn and answered by `iam-harness ask`. `crates/iam-harness/z3/questions.py` puts them to Z3, with the rules encoded
//! once more. Its Python environment is in `target/z3`, and is made from PyPI at the first run.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Outcome, structure, tools};

/// The package that is installed. Another version may time out on other questions.
const PACKAGE: &str = "z3-solver==5.4.1.0";

/// The default number of questions that are drawn. About half of them are of the kind that is asked.
const QUESTIONS: &str = "5000";

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    let mut arguments: Vec<String> = std::env::args().skip(2).collect();
    if arguments.is_empty() {
        arguments.push(QUESTIONS.to_owned());
    }
    let folder = root.join("target/z3");
    let python = environment(&folder)?;
    let questions = folder.join("questions.jsonl");
    let file = |path: &Path| File::create(path).map_err(|e| format!("{}: {e}", path.display()));
    done(
        Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--profile", "long", "--package", "iam-harness", "--features", "long"])
            .args(["--", "ask"])
            .args(&arguments)
            .current_dir(&root)
            .stdout(file(&questions)?),
    )?;
    let asked = File::open(&questions).map_err(|e| format!("{}: {e}", questions.display()))?;
    let script = root.join("crates/iam-harness/z3/questions.py");
    let output = Command::new(&python)
        .arg(script)
        .stdin(asked)
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|e| format!("{}: {e}", python.display()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("the analysis and Z3 disagree, or no question was answered:\n{said}"));
    }
    let text = format!("iam-harness ask {}\n{said}", arguments.join(" "));
    tools::score(&root, "z3", &text)?;
    Ok(format!("z3: {text}"))
}

/// The Python of an environment that has Z3.
fn environment(folder: &Path) -> Result<PathBuf, String> {
    let python = folder.join("venv/bin/python");
    let marker = folder.join("package.txt");
    if python.exists() && fs::read_to_string(&marker).is_ok_and(|own| own == PACKAGE) {
        return Ok(python);
    }
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    println!("z3: pip install {PACKAGE}, into {}", folder.display());
    done(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder.join("venv")))?;
    done(Command::new(&python).args(["-m", "pip", "install", "--quiet", PACKAGE]))?;
    fs::write(&marker, PACKAGE).map_err(|e| format!("{}: {e}", marker.display()))?;
    Ok(python)
}

fn done(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|e| format!("{command:?}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed")) }
}
