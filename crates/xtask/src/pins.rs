//! The pinned AWS managed policies. `policies/aws-managed/MANIFEST.json` gives the size and hash of each. It has every managed policy that the
//! roles and profiles in `policies/doit` name.

#[cfg(test)]
mod profiles;

use super::Outcome;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) schema: String,
    pub(crate) version: u32,
    pub(crate) source: String,
    pub(crate) policies: Vec<Pin>,
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pin {
    pub(crate) arn: String,
    pub(crate) file: String,
    pub(crate) version_id: String,
    pub(crate) date: String,
    pub(crate) sha256: String,
    pub(crate) bytes: usize,
}

fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

/// Writes sizes and hashes into the manifest, or with `check` compares them.
pub(crate) fn run(check: bool) -> Outcome {
    let folder = policies().join("aws-managed");
    let path = folder.join("MANIFEST.json");
    let committed = text(&path)?;
    let mut manifest: Manifest =
        serde_json::from_str(&committed).map_err(|e| format!("MANIFEST.json: {e}"))?;
    for pin in &mut manifest.policies {
        if pin.arn.rsplit('/').next() != pin.file.strip_suffix(".json") {
            return Err(format!("{}: the file is not named as the policy", pin.file));
        }
        let document = text(&folder.join(&pin.file))?;
        serde_json::from_str::<Value>(&document).map_err(|e| format!("{}: {e}", pin.file))?;
        pin.bytes = document.len();
        pin.sha256 = format!("{:x}", Sha256::digest(&document));
    }
    if !manifest.policies.is_sorted_by(|a, b| a.arn < b.arn) {
        return Err("MANIFEST.json: sorted by ARN, each once".into());
    }
    every_file_is_pinned(&folder, &manifest)?;
    every_use_is_pinned(&manifest)?;

    let written = written(&manifest)?;
    if !check {
        fs::write(&path, &written).map_err(|e| format!("MANIFEST.json: {e}"))?;
    } else if written != committed {
        return Err(
            "a managed policy differs from MANIFEST.json: if it was meant, run `cargo xtask pins`".into()
        );
    }
    Ok(format!(
        "pins: {} managed policies, {}",
        manifest.policies.len(),
        if check { "as pinned" } else { "written" }
    ))
}

/// The text of a manifest.
pub(crate) fn written(manifest: &Manifest) -> Result<String, String> {
    serde_json::to_string_pretty(manifest).map(|text| text + "\n").map_err(|e| e.to_string())
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn every_file_is_pinned(folder: &Path, manifest: &Manifest) -> Result<(), String> {
    let pinned: BTreeSet<&str> = manifest.policies.iter().map(|pin| pin.file.as_str()).collect();
    for entry in fs::read_dir(folder).map_err(|e| e.to_string())? {
        let name = entry.map_err(|e| e.to_string())?.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".json") && name != "MANIFEST.json" && !pinned.contains(&*name) {
            return Err(format!("{name} is not in MANIFEST.json"));
        }
    }
    Ok(())
}

fn every_use_is_pinned(manifest: &Manifest) -> Result<(), String> {
    let doit = policies().join("doit");
    let mut lists = Vec::new();
    for entry in fs::read_dir(&doit).map_err(|e| e.to_string())? {
        let list = entry.map_err(|e| e.to_string())?.path().join("managed-arns.json");
        if list.is_file() {
            lists.push((json(&list)?, list));
        }
    }
    for entry in fs::read_dir(doit.join("profiles")).map_err(|e| e.to_string())? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            lists.push((json(&path)?["PolicyArns"].take(), path));
        }
    }
    if lists.is_empty() {
        return Err("no role and no profile found under policies/doit".into());
    }
    for (list, path) in &lists {
        let arns = list.as_array().ok_or_else(|| format!("{}: a list of ARNs expected", path.display()))?;
        for arn in arns {
            if !manifest.policies.iter().any(|pin| Some(pin.arn.as_str()) == arn.as_str()) {
                return Err(format!("{}: {arn} is not pinned", path.display()));
            }
        }
    }
    Ok(())
}

fn json(path: &Path) -> Result<Value, String> {
    serde_json::from_str(&text(path)?).map_err(|e| format!("{}: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{json, policies};

    #[test]
    fn managed_policies_are_as_pinned() {
        super::run(true).expect("no drift");
    }

    /// The requests of an example carry its policy, so that they are complete; both must be the same.
    #[test]
    fn requests_of_an_example_carry_its_policy() {
        let folders = std::fs::read_dir(policies().join("examples")).expect("examples");
        let folders: Vec<_> =
            folders.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect();
        assert!(folders.len() >= 5);
        for folder in folders {
            let policy = json(&folder.join("policy.json")).expect("a policy");
            let requests = json(&folder.join("requests.json")).expect("requests");
            let requests = requests.as_array().expect("a list");
            assert!(requests.len() >= 2, "{}", folder.display());
            let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
            for request in requests {
                assert_eq!(request["policies"]["resource"], policy, "{}", request["id"]);
                assert!(request["id"].as_str().expect("an id").starts_with(&format!("examples/{name}/")));
            }
        }
    }
}
