//! The dependencies that each crate may have, in this workspace and outside.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The crates of the workspace that a crate may use in its library and programs (not in its tests).
const ARROWS: &[(&str, &[&str])] = &[
    ("iam-json", &[]),
    ("iam-policy", &["iam-json"]),
    ("iam-document", &["iam-json", "iam-policy"]),
    ("iam-catalog", &[]),
    ("iam-denial", &["iam-json", "iam-policy"]),
    ("iam-lint", &["iam-catalog", "iam-json", "iam-policy"]),
    ("iam-reference", &[]),
    ("iam-eval", &["iam-json", "iam-policy"]),
    ("iam-analysis", &["iam-eval", "iam-json", "iam-policy"]),
    ("iam-trail", &["iam-catalog", "iam-denial", "iam-eval", "iam-policy"]),
    ("iamgate-token", &["iam-json?"]),
    ("iamgate-record", &["iam-json"]),
    ("iamgate", &["iam-analysis", "iam-catalog", "iam-eval", "iam-json", "iam-policy", "iamgate-token"]),
    ("iamgate-audit", &["iam-denial", "iam-trail", "iamgate"]),
    ("iam-cloud-double", &["iam-eval", "iam-json", "iam-policy", "iamgate", "iamgate-token"]),
    ("iam-testkit", &["iam-json", "iam-policy"]),
    ("iam-engines", &["iam-analysis", "iam-eval", "iam-json", "iam-policy", "iam-reference?", "iam-testkit"]),
    (
        "iam-harness",
        &[
            "iam-analysis",
            "iam-catalog",
            "iam-engines",
            "iam-eval",
            "iam-json",
            "iam-policy",
            "iam-testkit",
            "iamgate",
            "iamgate-verbs",
        ],
    ),
    (
        "iamgate-verbs",
        &[
            "iam-denial",
            "iam-document",
            "iam-trail?",
            "iamgate",
            "iamgate-audit?",
            "iamgate-record?",
            "iam-lint",
        ],
    ),
    ("iamgate-cli", &["iam-engines", "iam-testkit", "iamgate", "iamgate-audit", "iamgate-verbs", "iam-lint"]),
    ("iamgate-hook", &["iamgate-cli"]),
    ("iamgate-wasm", &["iamgate", "iamgate-verbs"]),
];

/// Foreign crates that library crates may use. With `?`, only as an optional dependency. Each has a line in `CONTRIBUTING.md`.
const FOREIGN: &[(&str, &[&str])] = &[
    ("iam-json", &["serde?"]),
    ("iam-policy", &["serde?"]),
    ("iam-document", &["hcl-edit?", "saphyr-parser"]),
    ("iam-catalog", &["memchr"]),
    ("iam-denial", &[]),
    ("iam-lint", &[]),
    ("iam-reference", &[]),
    ("iam-eval", &[]),
    ("iam-analysis", &["rustc-hash"]),
    ("iam-trail", &["flate2?", "memchr", "rsa?", "serde", "serde_json", "sha2?"]),
    ("iamgate-token", &["base64?", "jsonwebtoken?", "sha2?"]),
    ("iamgate-record", &["base64", "ed25519-dalek", "p256", "sha2"]),
    ("iamgate", &["sha2"]),
    ("iamgate-audit", &["serde", "serde_json"]),
    ("iam-testkit", &["proptest?"]),
    ("iam-engines", &[]),
    ("iam-harness", &["mimalloc?"]),
    ("iamgate-verbs", &["clap?", "schemars?", "serde", "serde_json", "sha2"]),
    ("iamgate-wasm", &["wasm-bindgen"]),
];

/// Packages whose dependencies need no line: chores and measurements, which are not shipped.
const UNLISTED: &[&str] = &["xtask", "iamgate-benches"];

/// Packages that commands without `--workspace` or `--package` leave out.
const NOT_BY_DEFAULT: &[&str] = &["iam-cloud-double", "iamgate-benches"];

/// A dependency that is not for tests.
#[derive(Debug, PartialEq, Eq)]
struct Use {
    by: String,
    of: String,
    optional: bool,
    own: bool,
}

pub(super) fn check(root: &Path) -> Result<Vec<String>, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("cargo metadata: {e}"))?;
    let metadata = serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata: {e}"))?;
    let (names, uses) = read(&metadata)?;
    let page =
        fs::read_to_string(root.join("CONTRIBUTING.md")).map_err(|e| format!("CONTRIBUTING.md: {e}"))?;
    let mut wrong = arrows(&names, &uses);
    wrong.extend(by_default(&metadata));
    wrong.extend(listed(&uses, &rows(&page)));
    Ok(wrong)
}

/// The packages of the workspace, and their dependencies.
fn read(metadata: &Value) -> Result<(BTreeSet<String>, Vec<Use>), String> {
    let packages = metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let names: BTreeSet<String> = packages.iter().map(|p| text(&p["name"])).collect();
    let mut uses = Vec::new();
    for package in packages {
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            // `kind` is null for normal dependencies.
            if dependency["kind"] == "dev" {
                continue;
            }
            let of = text(&dependency["name"]);
            uses.push(Use {
                by: text(&package["name"]),
                own: names.contains(&of),
                of,
                optional: dependency["optional"] == true,
            });
        }
    }
    Ok((names, uses))
}

fn arrows(names: &BTreeSet<String>, uses: &[Use]) -> Vec<String> {
    let mut wrong = Vec::new();
    for Use { by, of, optional, own } in uses {
        let table = if *own { ARROWS } else { FOREIGN };
        let Some((_, allowed)) = table.iter().find(|(name, _)| name == by) else { continue };
        let may = |name: &&str| name == of || (*optional && name.strip_suffix('?') == Some(of));
        if !allowed.iter().any(may) {
            wrong.push(format!("{by} must not use {of}: see the arrows in ARCHITECTURE.md"));
        }
    }
    for (name, _) in ARROWS {
        if !names.contains(*name) {
            wrong.push(format!("the crate {name} is in the table of arrows and not in the workspace"));
        }
    }
    for name in names {
        if !UNLISTED.contains(&name.as_str()) && !ARROWS.iter().any(|(known, _)| known == name) {
            wrong.push(format!("the crate {name} is not in the table of arrows"));
        }
    }
    wrong
}

/// Checks that every package is a default member, but for those that are left out on purpose.
fn by_default(metadata: &Value) -> Vec<String> {
    let all = |list: &Value| list.as_array().cloned().unwrap_or_default();
    let members = all(&metadata["workspace_default_members"]);
    let mut wrong = Vec::new();
    for package in all(&metadata["packages"]) {
        let name = package["name"].as_str().unwrap_or_default();
        match (members.contains(&package["id"]), NOT_BY_DEFAULT.contains(&name)) {
            (false, false) => wrong.push(format!("{name} is not one of the default members in Cargo.toml")),
            (true, true) => {
                wrong.push(format!("{name} must not be one of the default members in Cargo.toml"));
            }
            (true, false) | (false, true) => {}
        }
    }
    wrong
}

/// The table of dependencies in `CONTRIBUTING.md`: the foreign crates that each crate uses.
fn rows(page: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut rows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let table = page.lines().skip_while(|line| !line.starts_with("| Crate | Uses ")).skip(2);
    for row in table.take_while(|line| line.starts_with('|')) {
        let mut cells = row.split('|').skip(1).map(|cell| cell.split('`').skip(1).step_by(2));
        let crates: Vec<&str> = cells.next().into_iter().flatten().collect();
        let uses: Vec<&str> = cells.next().into_iter().flatten().collect();
        for name in crates {
            rows.entry(name).or_default().extend(&uses);
        }
    }
    rows
}

/// Checks that every foreign dependency has a line, and that every line has a dependency.
fn listed(uses: &[Use], rows: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    let mut wrong = Vec::new();
    for Use { by, of, own, .. } in uses {
        let listed = rows.get(by.as_str()).is_some_and(|uses| uses.contains(of.as_str()));
        if !own && !listed && !UNLISTED.contains(&by.as_str()) {
            wrong.push(format!("CONTRIBUTING.md does not say why {by} uses {of}"));
        }
    }
    for (name, listed) in rows {
        for of in listed {
            if !uses.iter().any(|u| u.by == *name && u.of == *of) {
                wrong.push(format!("CONTRIBUTING.md says that {name} uses {of}, which it does not"));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::{ARROWS, UNLISTED, Use, arrows, by_default, listed, read, rows};
    use serde_json::json;
    use std::collections::BTreeSet;

    const PAGE: &str = "## Dependencies\n\n| Crate | Uses | Why |\n| --- | --- | --- |\n| `iam-eval`, `iam-policy` | – | small |\n\
         | `iamgate` | `sha2` | `x` |\n\nMore.";

    fn names() -> BTreeSet<String> {
        ARROWS.iter().map(|(name, _)| *name).chain(UNLISTED.iter().copied()).map(str::to_owned).collect()
    }

    fn a_use(by: &str, of: &str, optional: bool) -> Use {
        Use { by: by.to_owned(), of: of.to_owned(), optional, own: names().contains(of) }
    }

    #[test]
    fn an_arrow_that_is_not_in_the_table_is_refused() {
        let refused = |by, of, optional| !arrows(&names(), &[a_use(by, of, optional)]).is_empty();
        assert!(refused("iam-reference", "iam-policy", false));
        assert!(refused("iam-testkit", "iam-eval", false));
        assert!(refused("iam-harness", "iamgate-cli", false));
        assert!(!refused("iam-harness", "iam-engines", false));
        // The kit is for tests. No shipped library contains a part of it, and the program contains no second engine.
        for product in ["iam-policy", "iam-eval", "iam-analysis", "iamgate", "iamgate-verbs", "iamgate-wasm"]
        {
            for kit in ["iam-testkit", "iam-engines", "iam-harness", "iam-reference", "iam-cloud-double"] {
                assert!(refused(product, kit, false) && refused(product, kit, true), "{product} {kit}");
            }
        }
        assert!(!refused("iam-engines", "iam-reference", true));
        assert!(refused("iam-engines", "iam-reference", false));
        assert!(refused("iamgate-cli", "iam-reference", true));
        assert!(refused("iam-eval", "regex", false));
        assert!(refused("iam-testkit", "proptest", false));
        assert!(!refused("iam-testkit", "proptest", true));
        assert!(refused("iam-policy", "serde", false) && !refused("iam-policy", "serde", true));
        assert!(!refused("xtask", "serde", false));
        // Verified tokens are types without cryptography, until the verifier is asked for; and the verifier knows no policies.
        assert!(!refused("iamgate", "iamgate-token", false));
        for foreign in ["jsonwebtoken", "base64", "sha2", "iam-json"] {
            assert!(refused("iamgate-token", foreign, false) && !refused("iamgate-token", foreign, true));
        }
        for own in ["iamgate", "iam-policy", "iam-eval"] {
            assert!(refused("iamgate-token", own, true));
        }
        assert!(refused("iamgate", "jsonwebtoken", true) && refused("iamgate-wasm", "iamgate-token", true));
    }

    #[test]
    fn a_crate_outside_the_table_is_refused_and_so_is_a_row_without_a_crate() {
        assert_eq!(arrows(&names(), &[]), Vec::<String>::new());
        let mut more = names();
        more.insert("iam-new".to_owned());
        assert_eq!(arrows(&more, &[]), ["the crate iam-new is not in the table of arrows"]);
        let mut fewer = names();
        fewer.remove("iam-eval");
        assert_eq!(arrows(&fewer, &[]).len(), 1);
    }

    #[test]
    fn a_dependency_without_a_line_is_refused_and_so_is_a_line_without_one() {
        let rows = rows(PAGE);
        assert_eq!(rows.len(), 3);
        let sha2 = || a_use("iamgate", "sha2", false);
        assert_eq!(listed(&[sha2(), a_use("iamgate", "iam-eval", false)], &rows), Vec::<String>::new());
        assert_eq!(
            listed(&[sha2(), a_use("iam-eval", "serde", false)], &rows),
            ["CONTRIBUTING.md does not say why iam-eval uses serde"]
        );
        assert_eq!(
            listed(&[a_use("xtask", "serde", false)], &rows),
            ["CONTRIBUTING.md says that iamgate uses sha2, which it does not"]
        );
    }

    #[test]
    fn only_dependencies_of_tests_are_left_out() {
        let metadata = json!({"packages": [{"name": "a", "dependencies": [
            {"name": "a", "kind": null, "optional": false},
            {"name": "b", "kind": "build", "optional": true},
            {"name": "c", "kind": "dev", "optional": false},
        ]}]});
        let (_, uses) = read(&metadata).expect("packages");
        let found: Vec<_> = uses.iter().map(|u| (u.of.as_str(), u.optional, u.own)).collect();
        assert_eq!(found, [("a", false, true), ("b", true, false)]);
    }
    #[test]
    fn a_package_that_is_built_by_default_or_not_against_the_list_is_told() {
        let of = |members: &[&str]| {
            let packages = ["iam-eval", "iam-cloud-double"].map(|name| json!({"name": name, "id": name}));
            by_default(&json!({"packages": packages, "workspace_default_members": members}))
        };
        assert_eq!(of(&["iam-eval"]), Vec::<String>::new());
        assert_eq!(of(&[]).len(), 1);
        assert_eq!(of(&["iam-eval", "iam-cloud-double"]).len(), 1);
    }
}
