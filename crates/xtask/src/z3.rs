//! The analysis beside Z3: `cargo xtask z3 [QUESTIONS] [SEED] [FAMILY]`.
//!
//! The questions of each family are drawn and answered by `iam-harness ask`. `crates/iam-harness/z3/questions.py` puts them to Z3, with the
//! rules encoded once more. Its Python environment is in `target/z3`, and is made from PyPI at the first run.
//!
//! Then a few hundred questions are answered with a fault that is planted on purpose. If Z3 agrees with all of them, the comparison is blind,
//! and the chore fails.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::{Outcome, structure, tools};

/// The package that is installed. Another version may time out on other questions.
const PACKAGE: &str = "z3-solver==5.4.1.0";

/// The default number of cases that are drawn for a family. About half of those about identities are of the kind that is asked; a trust
/// policy is asked one question or more.
const QUESTIONS: &str = "5000";

/// The families of questions, each with the faults that are planted.
const FAMILIES: [(&str, &[&str]); 4] =
    [("identity", &[]), ("callers", &["untied", "untagged"]), ("services", &[]), ("tokens", &["untied"])];

/// The number of cases with a planted fault.
const FAULTY: &str = "400";

pub(crate) fn run(_check: bool) -> Outcome {
    let root = structure::root()?;
    let arguments: Vec<String> = std::env::args().skip(2).collect();
    let word = |at: usize, otherwise: &str| arguments.get(at).map_or(otherwise, |own| own).to_owned();
    let (cases, seed, only) = (word(0, QUESTIONS), word(1, "1"), arguments.get(2));
    if only.is_some_and(|only| FAMILIES.iter().all(|(family, _)| family != only)) {
        return Err("the families are identity, callers, services and tokens".to_owned());
    }
    let chore = Chore::prepared(&root)?;
    for (family, faults) in FAMILIES.into_iter().filter(|(family, _)| only.is_none_or(|only| only == family))
    {
        let (output, mut text) = chore.put(&[&cases, &seed, family])?;
        if !output.status.success() {
            return Err(format!("the analysis and Z3 disagree, or no question was answered:\n{text}"));
        }
        for fault in faults {
            let (output, told) = chore.put(&[FAULTY, &seed, family, fault])?;
            let last = told.lines().last().unwrap_or_default();
            if output.status.success() || !last.contains("disagree") {
                return Err(format!("{family}: Z3 does not find the planted fault `{fault}`:\n{told}"));
            }
            let _ = writeln!(text, "with the planted fault `{fault}`: {last}");
        }
        println!("z3: {text}");
        write(&chore.folder.join(family).with_extension("txt"), &text)?;
    }
    // A family that was not asked now keeps what was said of it before.
    let said = FAMILIES
        .iter()
        .filter_map(|(family, _)| fs::read_to_string(chore.folder.join(family).with_extension("txt")).ok());
    let text = said.collect::<String>();
    tools::score(&root, "z3", text.trim_end())?;
    Ok("z3: no disagreement".to_owned())
}

/// What putting questions needs.
struct Chore {
    root: PathBuf,
    folder: PathBuf,
    python: PathBuf,
    harness: PathBuf,
}

impl Chore {
    /// Builds the harness and the Python environment.
    fn prepared(root: &Path) -> Result<Self, String> {
        let folder = root.join("target/z3");
        let python = environment(&folder)?;
        done(
            Command::new(env!("CARGO"))
                .args([
                    "build",
                    "--quiet",
                    "--profile",
                    "long",
                    "--package",
                    "iam-harness",
                    "--features",
                    "long",
                ])
                .current_dir(root),
        )?;
        let harness = root.join("target/long/iam-harness");
        Ok(Self { root: root.to_owned(), folder, python, harness })
    }

    /// Puts the questions that `iam-harness ask` draws for these arguments: how Z3 ended, and what it says.
    fn put(&self, arguments: &[&str]) -> Result<(Output, String), String> {
        let questions = self.folder.join("questions.jsonl");
        let file =
            |result: std::io::Result<File>| result.map_err(|e| format!("{}: {e}", questions.display()));
        done(Command::new(&self.harness).arg("ask").args(arguments).stdout(file(File::create(&questions))?))?;
        let output = Command::new(&self.python)
            .arg(self.root.join("crates/iam-harness/z3/questions.py"))
            .arg("--evaluator")
            .arg(&self.harness)
            .stdin(file(File::open(&questions))?)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|e| format!("{}: {e}", self.python.display()))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok((output, format!("iam-harness ask {}\n{said}", arguments.join(" "))))
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
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
    write(&marker, PACKAGE)?;
    Ok(python)
}

fn done(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|e| format!("{command:?}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed")) }
}
