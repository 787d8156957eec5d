//! The vectors that are built in are those of the folder, and every one of them is well-formed.
#![expect(clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use iam_testkit::format::{self, Cases};
use iam_testkit::vectors;

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
fn every_row_of_what_is_not_followed_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let text = fs::read_to_string(folder.join("NOT_FOLLOWED.tsv")).unwrap();
    let mut rows = text.lines();
    assert_eq!(rows.next(), Some("vector\tanswered\texpected\treason"));
    let read = vectors::not_followed().map(|row| [row.id, row.answered, row.expected, row.reason].join("\t"));
    assert_eq!(read.collect::<Vec<_>>(), rows.collect::<Vec<_>>());
    let listed: Vec<_> = vectors::not_followed().map(|row| (row.id, row.reason)).collect();
    assert_eq!(vectors::differences(), listed);
}

/// What every vector expects, in one word.
fn expectations() -> BTreeMap<String, &'static str> {
    let mut all = BTreeMap::new();
    for (_, text) in vectors::FILES {
        let document = format::open(text).unwrap_or_else(|report| panic!("{report}"));
        match format::read(&document).unwrap_or_else(|report| panic!("{report}")) {
            Cases::Decisions(cases) => {
                all.extend(cases.iter().map(|case| (case.about.id.to_string(), case.expect.name())));
            }
            Cases::Documents(cases) => {
                let word = |accepted| if accepted { "accept" } else { "reject" };
                all.extend(cases.iter().map(|case| (case.about.id.to_string(), word(case.accepted))));
            }
            Cases::Sessions(cases) => {
                let word = |is_ok| if is_ok { "ok" } else { "rejected" };
                all.extend(cases.iter().map(|case| (case.about.id.to_string(), word(case.expect.is_some()))));
            }
        }
    }
    all
}

/// Whether a text is one that a pattern with stars stands for.
fn is_alike(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => text
            .strip_prefix(head)
            .is_some_and(|tail| (0..=tail.len()).any(|at| tail.get(at..).is_some_and(|t| is_alike(rest, t)))),
    }
}

/// A row names one vector, or a family of generated ones with their number: `operators/*/disjoint/deny (52)`.
#[test]
fn every_vector_that_was_turned_expects_what_the_list_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let text = fs::read_to_string(folder.join("TURNED.tsv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("vector\tbefore\tnow\tobservation\trule"));
    let rows: Vec<&str> = lines.collect();
    assert!(rows.is_sorted(), "the rows are sorted");
    let expectations = expectations();
    for row in rows {
        let [vector, before, now, observation, rule] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("five fields: {row}");
        };
        assert!(before != now && !observation.is_empty() && !rule.is_empty(), "{row}");
        match vector.strip_suffix(')').and_then(|v| v.rsplit_once(" (")) {
            None => assert_eq!(expectations.get(vector), Some(&now), "{row}"),
            Some((family, count)) => {
                let is_one = |(id, expected): &(&String, &&str)| **expected == now && is_alike(family, id);
                let found = expectations.iter().filter(is_one).count();
                assert!(found >= count.parse().unwrap(), "{row}: {found}");
            }
        }
    }
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
