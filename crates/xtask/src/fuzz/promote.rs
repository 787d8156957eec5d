//! Turns a find into a file of the repository, and a policy or case also into a vector with blanks.

use std::fs;
use std::path::{Path, PathBuf};

use iam_policy::{Code, Limits, Mode, Policy, PolicyKind};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Outcome, folder, listing, nightly, targets, tools};

/// The text that a person has to replace.
const BLANK: &str = "FILL IN";

/// Targets whose inputs are a letter for the kind of policy, and a policy.
const DOCUMENTS: &[&str] = &["deployed_accepts_strict", "policies_read_back", "problems_have_places"];

pub(crate) fn run(_check: bool) -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(2).collect();
    let (target, file, name) = match arguments.as_slice() {
        [target, file] => (target, Path::new(file), None),
        [target, file, name] => (target, Path::new(file), Some(name.as_str())),
        _ => return Err("cargo xtask promote TARGET FILE [NAME]".into()),
    };
    let folder = folder()?;
    if !targets(&folder)?.contains(target) {
        return Err(format!("there is no target {target}"));
    }
    let file = fs::canonicalize(file).map_err(|e| format!("{}: {e}", file.display()))?;
    tools()?;
    let small = minimised(&folder, target, &file)?;
    let bytes = fs::read(&small).map_err(|e| format!("{}: {e}", small.display()))?;
    let finds = folder.join("finds").join(target);
    fs::create_dir_all(&finds).map_err(|e| format!("{}: {e}", finds.display()))?;
    let kept = finds.join(name.map_or_else(|| short_hash(&bytes), str::to_owned));
    fs::write(&kept, &bytes).map_err(|e| format!("{}: {e}", kept.display()))?;
    let said = format!("{}: {} bytes", kept.display(), bytes.len());
    let Some(vector) = std::str::from_utf8(&bytes).ok().and_then(|text| vector(target, text)) else {
        return Ok(format!("{said}\nit is neither a policy nor a case: no vector"));
    };
    let vector = serde_json::to_string_pretty(&vector).map_err(|e| e.to_string())?;
    Ok(format!(
        "{said}\na vector for crates/iam-testkit/conformance, once its blanks are filled in:\n{vector}"
    ))
}

/// The smallest input that libFuzzer makes of a find in one minute, or the find itself.
fn minimised(folder: &Path, target: &str, file: &Path) -> Result<PathBuf, String> {
    let artifacts = folder.join("artifacts").join(target);
    let before = listing(&artifacts);
    let mut command = nightly(folder, "tmin");
    command.args(["-s", "none", "--runs", "100000", target]).arg(file).args([
        "--",
        "-max_total_time=60",
        "-timeout=10",
    ]);
    let output = command.output().map_err(|e| format!("cargo fuzz tmin: {e}"))?;
    let made = listing(&artifacts).into_iter().filter(|path| !before.contains(path));
    let smallest = made.min_by_key(|path| fs::metadata(path).map_or(u64::MAX, |about| about.len()));
    if smallest.is_none() && !output.status.success() {
        println!("not made smaller:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(smallest.unwrap_or_else(|| file.to_owned()))
}

fn short_hash(bytes: &[u8]) -> String {
    let mut name = format!("{:x}", Sha256::digest(bytes));
    name.truncate(12);
    name
}

/// A vector of the test kit's format made of an input.
fn vector(target: &str, text: &str) -> Option<Value> {
    let (id, source) = (format!("fuzz/{target}/{BLANK}"), format!("{BLANK}: the page that settles it"));
    if DOCUMENTS.contains(&target) {
        let (kind, text) = text.split_at_checked(1)?;
        // The order of `iamgate_fuzz::input::kind_and_text`.
        let index = usize::from(kind.bytes().next()?.wrapping_sub(b'a')) % PolicyKind::ALL.len();
        let kind = PolicyKind::ALL.get(index)?;
        let now = match Policy::parse(text, *kind, Mode::Strict, &Limits::default()) {
            Ok(_) => "accepted".to_owned(),
            Err(report) => report.refusals().into_iter().map(Code::name).collect::<Vec<_>>().join(", "),
        };
        return Some(json!({
            "id": id, "kind": kind.name(), "about": BLANK, "source": source, "certainty": format!("{BLANK}: documented or judgement"),
            "text": text, "expect": format!("{BLANK}: accept or reject (now {now})"), "why": BLANK,
        }));
    }
    let case: Value = serde_json::from_str(text).ok()?;
    let (request, policies) = (case.get("request")?, case.get("policies")?);
    Some(json!({
        "id": id, "section": BLANK, "about": BLANK, "source": source, "certainty": format!("{BLANK}: documented or judgement"),
        "request": request, "policies": policies, "expect": {"decision": BLANK}, "why": BLANK,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_becomes_a_document_vector_of_its_kind() {
        let vector = vector("policies_read_back", "d{\"Statement\":[]}").unwrap();
        assert_eq!(vector["kind"], "session");
        assert_eq!(vector["text"], "{\"Statement\":[]}");
        assert!(vector["expect"].as_str().unwrap().starts_with(BLANK), "{vector}");
    }

    #[test]
    fn a_case_becomes_a_decision_vector_and_other_texts_none() {
        let vector_of = |text| vector("decide_is_explained", text);
        let case = vector_of(r#"{"request": {"action": "s3:GetObject"}, "policies": {}, "id": 1}"#).unwrap();
        assert_eq!(
            (&case["request"]["action"], &case["expect"]["decision"]),
            (&json!("s3:GetObject"), &json!(BLANK))
        );
        assert!(vector_of("{}").is_none() && vector_of("x").is_none());
    }
}
