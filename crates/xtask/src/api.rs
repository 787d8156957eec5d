//! The public items of each library crate, in `crates/NAME/API.txt`. So a change of the public API is a change of a file in the repository.
//!
//! The items come from the expanded source of the compiler, which `syn` parses. Rustdoc's JSON would need a toolchain whose format `public-api`
//! supports; every toolchain gives the source text. `RUSTC_BOOTSTRAP` allows the compiler flag on a stable toolchain.

mod list;
mod print;

use std::fs;
use std::path::Path;
use std::process::Command;

use super::readmes::CRATES;
use super::{Outcome, structure};

pub(crate) fn run(check: bool) -> Outcome {
    let root = structure::root()?;
    let mut wrong = Vec::new();
    let mut items = 0;
    for name in CRATES {
        let listing = match listing(&root, name) {
            Ok(listing) => listing,
            Err(why) => {
                wrong.push(why);
                continue;
            }
        };
        items += listing.lines().count() - 1;
        let path = root.join("crates").join(name).join("API.txt");
        if !check {
            fs::write(&path, listing).map_err(|e| format!("{}: {e}", path.display()))?;
            continue;
        }
        let committed = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        if committed != listing {
            wrong.push(format!(
                "{}: the API differs; if that is meant, run `cargo xtask api`\n{}",
                path.display(),
                differences(&committed, &listing)
            ));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }
    let crates = CRATES.len();
    let done = if check { "as listed" } else { "listed" };
    Ok(format!("api: {items} public items of {crates} crates, {done}"))
}

/// The text of a crate's `API.txt`, with all features of the crate.
fn listing(root: &Path, name: &str) -> Result<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(["rustc", "--quiet", "--lib", "--all-features", "--package", name, "--", "-Zunpretty=expanded"])
        .current_dir(root)
        .env("RUSTC_BOOTSTRAP", "1")
        .output()
        .map_err(|e| format!("cargo rustc: {e}"))?;
    if !output.status.success() {
        return Err(format!("{name} does not compile:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    let expanded = String::from_utf8(output.stdout).map_err(|e| format!("{name}: {e}"))?;
    let syntax = syn::parse_file(&expanded).map_err(|e| format!("{name}, expanded: {e}"))?;
    let lines = list::of(&name.replace('-', "_"), syntax.items)?;
    if lines.is_empty() {
        return Err(format!("{name}: the compiler printed no public item"));
    }
    Ok(format!(
        "Public items of {name}, with all its features; written by `cargo xtask api`. Types are as the source names them.\n{}\n",
        lines.join("\n")
    ))
}

/// The lines that were added and the lines that were removed.
fn differences(before: &str, after: &str) -> String {
    let only = |mark: char, a: &str, b: &str| {
        let other: std::collections::BTreeSet<&str> = b.lines().collect();
        a.lines()
            .filter(|line| !other.contains(line))
            .map(|line| format!("{mark} {line}"))
            .collect::<Vec<_>>()
    };
    [only('-', before, after), only('+', after, before)].concat().join("\n")
}

#[cfg(test)]
mod tests {
    use super::differences;

    #[test]
    fn a_changed_line_is_shown_as_it_was_and_as_it_is() {
        assert_eq!(differences("head\na\nb", "head\na\nc"), "- b\n+ c");
    }
}
