//! The vectors that are built in are those of the folder, and every one of them is well-formed.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use iam_testkit::{format, vectors};

/// A row of the list that could not be read would be a vector that nobody looks at.
#[test]
fn every_row_of_what_is_pending_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let text = fs::read_to_string(folder.join("PENDING.tsv")).unwrap();
    let mut rows = text.lines();
    assert_eq!(rows.next(), Some("vector\tanswered\texpected\ttheme\tmissing"));
    let read = vectors::pending().map(|p| [p.id, p.answered, p.expected, p.theme, p.missing].join("\t"));
    assert_eq!(read.collect::<Vec<_>>(), rows.collect::<Vec<_>>());
}

#[test]
fn an_answer_is_compared_up_to_a_colon() {
    for row in vectors::pending() {
        assert!(row.is_answered(row.answered));
        assert!(row.is_answered(&format!("{}: because", row.answered)));
        assert!(!row.is_answered(&format!("{}s", row.answered)));
        assert!(!row.is_answered("another answer"));
    }
}

/// The `.json` files below a folder, as paths relative to it.
fn listing(folder: &Path, prefix: &str, into: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            listing(&path, &format!("{name}/"), into)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            into.push(name);
        }
    }
    Ok(())
}

#[test]
fn the_list_of_files_is_the_listing_of_the_folder() {
    let mut found = Vec::new();
    listing(&Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance"), "", &mut found).unwrap();
    found.sort();
    let listed: Vec<&str> = vectors::FILES.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, found);
}

#[test]
fn every_file_reads_strictly_and_ids_are_unique_over_all_files() {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for (name, text) in vectors::FILES {
        let document = format::open(text).unwrap_or_else(|report| panic!("{name}: {report}"));
        let cases = format::read(&document).unwrap_or_else(|report| panic!("{name}: {report}"));
        assert!(!cases.is_empty(), "{name}");
        for id in cases.ids() {
            if let Some(other) = owners.insert(id.to_owned(), name) {
                panic!("{id} is in {other} and in {name}");
            }
        }
    }
}
