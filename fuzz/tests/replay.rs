//! Runs every committed find and every seed through its target, on any toolchain, and checks that the lists of targets agree.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use iamgate_fuzz::seeds;
use iamgate_fuzz::targets::{TARGETS, Target};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The paths in a folder, sorted.
fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// Names of the entries of a folder, without `.rs`.
fn names(folder: &str) -> BTreeSet<String> {
    let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
    listing(&here(folder)).into_iter().map(name).collect()
}

#[test]
fn every_target_has_its_files_and_every_file_its_target() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(targets.len(), TARGETS.len(), "a target stands twice in the table");
    assert_eq!(names("fuzz_targets"), targets, "fuzz_targets/ and the table of targets");
    assert_eq!(names("src/targets"), targets, "src/targets/ and the table of targets");
    let strangers: Vec<String> = names("finds").difference(&targets).cloned().collect();
    assert!(strangers.is_empty(), "folders in finds/ without a target: {strangers:?}");
    let manifest = fs::read_to_string(here("Cargo.toml")).unwrap();
    for target in &targets {
        let glue = fs::read_to_string(here("fuzz_targets").join(format!("{target}.rs"))).unwrap();
        assert!(
            glue.contains(&format!("targets::{target}(data)")),
            "the glue of {target} calls another function"
        );
        let entry = format!("name = \"{target}\"\npath = \"fuzz_targets/{target}.rs\"");
        assert!(manifest.contains(&entry), "Cargo.toml does not list {target}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), targets.len(), "programs in Cargo.toml");
}

/// Runs inputs through their targets, and reports all that fail.
fn replay(inputs: impl Iterator<Item = (&'static str, Target, String, Vec<u8>)>) {
    let fails = |(name, target, input, data): (&str, Target, String, Vec<u8>)| {
        let panicked = catch_unwind(|| target(&data)).is_err();
        panicked.then(|| format!("{name}: {input}"))
    };
    let failed: Vec<String> = inputs.filter_map(fails).collect();
    assert!(
        failed.is_empty(),
        "{} inputs fail; what each does stands above:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

#[test]
fn finds_stay_fixed() {
    replay(TARGETS.iter().flat_map(|(name, target)| {
        let folder = here("finds").join(name);
        let finds = if folder.exists() { listing(&folder) } else { Vec::new() };
        finds.into_iter().map(|find| (*name, *target, find.display().to_string(), fs::read(&find).unwrap()))
    }));
}

#[test]
fn seeds_pass() {
    replay(TARGETS.iter().flat_map(|(name, target)| {
        let seeds = seeds::of(name);
        assert!((1..=seeds::MOST).contains(&seeds.len()), "{name}: {} seeds", seeds.len());
        seeds.into_iter().enumerate().map(|(index, seed)| (*name, *target, format!("seed {index}"), seed))
    }));
}
