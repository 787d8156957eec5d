//! The list of a corpus's refused documents: `cargo xtask corpus [FOLDER [FOLDER of managed policies]]`.
//!
//! The list in the repository is `crates/iam-policy/tests/corpus/REFUSED.tsv`. The documents are not in the repository. Without a folder, the
//! folder in the environment variable `IAMGATE_CORPUS` is read. Rows of managed policies stay unchanged if no folder of them is named. The last
//! column is the verdict of a review. It is kept if the codes of the row are the same, and is `unreviewed` for a new row, which a test refuses.
//! With `--check` the lists are compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use iam_policy::{Code, Limits, Mode, Policy, PolicyKind};

use super::{Outcome, structure};

/// The environment variable that names the folder of the corpus.
pub(crate) const FOLDER: &str = "IAMGATE_CORPUS";

const LIST: &str = "crates/iam-policy/tests/corpus/REFUSED.tsv";

pub(crate) fn run(check: bool) -> Outcome {
    let mut folders: Vec<PathBuf> =
        std::env::args().skip(2).filter(|a| a != "--check").map(PathBuf::from).collect();
    if folders.is_empty() {
        folders.extend(std::env::var_os(FOLDER).map(PathBuf::from));
    }
    let [corpus, managed @ ..] = folders.as_slice() else {
        return Err(format!(
            "name the folder of the corpus, or set {FOLDER}; then the folder of managed policies"
        ));
    };
    let mut files = Vec::new();
    structure::files(corpus, "json", &mut files)?;
    for folder in managed {
        structure::files(folder, "json", &mut files)?;
    }
    files.sort();
    let mut refused: Vec<String> = Vec::new();
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for file in &files {
        let text = fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
        let kind = kind_of(file);
        let [total, strict_refused, deployed_refused] = counts.entry(kind.name()).or_default();
        *total += 1;
        for (mode, name, count) in
            [(Mode::Strict, "strict", strict_refused), (Mode::Deployed, "deployed", deployed_refused)]
        {
            match Policy::parse(&text, kind, mode, &Limits::default()) {
                Ok(policy) => {
                    let again = Policy::parse(&policy.to_json(), kind, mode, &Limits::default());
                    if again.as_ref() != Ok(&policy) {
                        return Err(format!(
                            "{}: does not survive print and re-read in mode {name}",
                            file.display()
                        ));
                    }
                }
                Err(report) => {
                    *count += 1;
                    let codes: Vec<&str> = report.refusals().into_iter().map(Code::name).collect();
                    let id = [file.parent(), Some(file.as_path())]
                        .map(|p| p.and_then(Path::file_name).unwrap_or_default().to_string_lossy());
                    refused.push(format!("{}\t{}\t{name}\t{}", id.join("/"), kind.name(), codes.join(",")));
                }
            }
        }
    }
    if files.is_empty() {
        return Err(format!("{} has no documents", corpus.display()));
    }
    let path = structure::root()?.join(LIST);
    let committed = fs::read_to_string(&path).map_err(|e| format!("{LIST}: {e}"))?;
    let verdicts: BTreeMap<&str, &str> = committed.lines().filter_map(|row| row.rsplit_once('\t')).collect();
    if managed.is_empty() {
        let kept = verdicts.keys().filter(|row| row.starts_with("policies/"));
        refused.extend(kept.map(|row| (*row).to_owned()));
    }
    refused.sort();
    let rows = refused
        .iter()
        .map(|row| format!("{row}\t{}\n", verdicts.get(row.as_str()).copied().unwrap_or("unreviewed")));
    let list = format!("file\tkind\tmode\tcodes\tverdict\n{}", rows.collect::<String>());
    if check {
        if committed != list {
            return Err(format!("{LIST} differs from what is refused now"));
        }
    } else {
        fs::write(&path, list).map_err(|e| format!("{LIST}: {e}"))?;
    }
    let mut said = format!("{} documents", files.len());
    for (kind, [total, strict, deployed]) in counts {
        let _ =
            write!(said, "\n  {kind:12} {total:5} read, refused: {strict:4} strict, {deployed:4} deployed");
    }
    Ok(said)
}

/// The kind of the policies in a folder.
fn kind_of(file: &Path) -> PolicyKind {
    let folder =
        file.parent().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    match folder.as_str() {
        "boundary" => PolicyKind::Boundary,
        "policies" => PolicyKind::Managed,
        "rcp" => PolicyKind::Rcp,
        "resource" => PolicyKind::Resource,
        "scp" => PolicyKind::Scp,
        "vpc-endpoint" => PolicyKind::VpcEndpoint,
        trust if trust.starts_with("trust") => PolicyKind::Trust,
        _ => PolicyKind::Identity,
    }
}
