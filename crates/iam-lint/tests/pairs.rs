//! Pairs of policies that were not written for this crate: `CODE.bad.json` has the finding, and `CODE.good.json` has none of
//! IAM Access Analyzer's.
//!
//! The environment variable `IAMGATE_LINT_PAIRS` names the folder; without it the test says so and passes. `INDEX.tsv` there has a line for
//! each code: code, level, class, split, kind, policy type, resource type, other codes that will do, and whether the code is disputed.

mod common;

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use iam_catalog::Sections;
use iam_policy::PolicyKind;

use common::findings;

const FOLDER: &str = "IAMGATE_LINT_PAIRS";

#[test]
fn pairs_have_their_findings() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        let said = format!("no pairs: {} looked at no documents; set {FOLDER} to their folder\n", file!());
        std::io::stderr().write_all(said.as_bytes()).unwrap();
        return;
    };
    let sections = Sections::embedded().unwrap();
    let index = fs::read_to_string(folder.join("INDEX.tsv")).unwrap();
    let (mut wrong, mut right) = (Vec::new(), 0_usize);
    for line in index.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [code, level, _, _, kind, _, _, also, disputed, ..] = columns[..] else { panic!("{line}") };
        let kind = PolicyKind::from_name(kind).unwrap();
        let read = |which: &str| fs::read_to_string(folder.join(format!("{code}.{which}.json"))).unwrap();
        let (bad, good) = (read("bad"), read("good"));
        let before = wrong.len();
        let found = findings(&bad, kind, false, &sections);
        let names: Vec<&str> = found.iter().map(|problem| problem.code.name()).collect();
        let own = found.iter().find(|problem| problem.code.name() == code);
        let is_other = || also.split(',').any(|also| names.contains(&also.trim_matches(' ')));
        match own {
            Some(problem) if problem.level.name() != level && disputed != "yes" => {
                wrong.push(format!("{code}: level {}", problem.level.name()));
            }
            None if !is_other() && disputed != "yes" => {
                wrong.push(format!("{code}: found {}", names.join(", ")));
            }
            _ => {}
        }
        let mut clean = findings(&good, kind, false, &sections);
        clean.retain(|problem| iam_lint::rule(problem.code.name()).is_some_and(|rule| rule.is_aws));
        if !clean.is_empty() {
            let said: Vec<String> = clean.iter().map(ToString::to_string).collect();
            wrong.push(format!("{code}: the good one has {}", said.join("; ")));
        }
        if wrong.len() == before {
            right += 1;
        }
    }
    assert!(wrong.is_empty(), "{right} right, {} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
