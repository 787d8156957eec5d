//! The README of each library crate: the documentation in its `lib.rs`, as a page that needs no rustdoc.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::{Outcome, structure};

/// The crates that others use.
pub(crate) const CRATES: &[&str] = &[
    "iam-analysis",
    "iam-catalog",
    "iam-denial",
    "iam-document",
    "iam-eval",
    "iam-json",
    "iam-lint",
    "iam-policy",
    "iam-reference",
    "iam-testkit",
    "iam-trail",
    "iamgate-audit",
    "iamgate",
    "iamgate-record",
    "iamgate-token",
    "iamgate-verbs",
];

pub(crate) fn run(check: bool) -> Outcome {
    let root = structure::root()?;
    let mut drifted = Vec::new();
    for name in CRATES {
        let folder = root.join("crates").join(name);
        let source = read(&folder.join("src/lib.rs"))?;
        let page = page(name, &source);
        let path = folder.join("README.md");
        if !check {
            fs::write(&path, page).map_err(|e| format!("{}: {e}", path.display()))?;
        } else if read(&path)? != page {
            drifted.push(format!("{} differs from src/lib.rs: run cargo xtask readmes", path.display()));
        }
    }
    if drifted.is_empty() { Ok(format!("readmes: {} crates", CRATES.len())) } else { Err(drifted.join("\n")) }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

/// The documentation of a crate as a page. Links to items become their names, headings go one level down, and the hidden lines of examples are
/// left out.
fn page(name: &str, source: &str) -> String {
    let mut out = format!("# {name}\n\n");
    let mut in_code = false;
    let documentation = source.lines().map_while(|line| line.strip_prefix("//!"));
    for line in documentation.map(|line| line.strip_prefix(' ').unwrap_or(line)) {
        if let Some(language) = line.strip_prefix("```") {
            in_code = !in_code;
            let language = if in_code && language.is_empty() { "rust" } else { language };
            let _ = writeln!(out, "```{language}");
        } else if in_code {
            if line != "#" && !line.starts_with("# ") {
                let _ = writeln!(out, "{line}");
            }
        } else {
            let heading = if line.starts_with('#') { "#" } else { "" };
            let _ = writeln!(out, "{heading}{}", without_links(line));
        }
    }
    out.push_str("\nLicence: MIT or Apache-2.0, at your choice.\n");
    out
}

/// A line in which links to items are replaced by their texts. These are links without a target, and links to a path of Rust.
fn without_links(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let Some((text, behind)) = after.split_once(']') else {
            out.push('[');
            rest = after;
            continue;
        };
        let target = behind.strip_prefix('(').and_then(|target| target.split_once(')'));
        match target {
            Some((target, behind)) if target.contains('/') || target.contains('.') => {
                let _ = write!(out, "[{text}]({target})");
                rest = behind;
            }
            Some((_, behind)) => {
                out.push_str(text);
                rest = behind;
            }
            None if text.starts_with('`') => {
                out.push_str(text);
                rest = behind;
            }
            None => {
                let _ = write!(out, "[{text}]");
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{page, without_links};

    #[test]
    fn a_page_needs_no_rustdoc() {
        let source = "//! Reads [`Thing`]s.\n//!\n//! # Limits\n//!\n//! ```\n//! # use x;\n//! let a = [1];\n//! # Ok(())\n//! ```\nmod a;\n";
        let expected = "# x\n\nReads `Thing`s.\n\n## Limits\n\n```rust\nlet a = [1];\n```\n\nLicence: MIT or Apache-2.0, at your choice.\n";
        assert_eq!(page("x", source), expected);
    }

    #[test]
    fn links_to_pages_stay() {
        for (line, expected) in [
            ("see [`a`](crate::b) and [c](https://d.example/e)", "see `a` and [c](https://d.example/e)"),
            ("[hidden](is_hidden) [`x`] [0] [open", "hidden `x` [0] [open"),
        ] {
            assert_eq!(without_links(line), expected);
        }
    }
}
