//! Findings as JUnit XML: a suite for each file, and in it a case for each finding, or for each document without any.
//!
//! # Source
//! The schema of the Jenkins xUnit plug-in (`junit-10.xsd`), which others read too.

use std::fmt::Write as _;

use iamgate_verbs::words::message;
use iamgate_verbs::{CheckAnswer, Checked, Trouble};

use super::place::own;
use crate::display::xml::text;

/// A case, as its element, and how it ended.
struct Case {
    xml: String,
    end: End,
}

#[derive(PartialEq, Eq)]
enum End {
    Passed,
    Failed,
    Broke,
}

pub(super) fn report(outcome: &CheckAnswer) -> String {
    let mut suites: Vec<(String, Vec<Case>)> = Vec::new();
    for checked in &outcome.checked {
        let file = own(&checked.source.name);
        let cases = cases(outcome, checked, &file);
        match suites.last_mut().filter(|(name, _)| *name == file) {
            Some((_, known)) => known.extend(cases),
            None => suites.push((file, cases)),
        }
    }
    for error in outcome.unread.iter().flat_map(Trouble::to_json) {
        let file = error.file.map_or_else(|| "iamgate".to_owned(), |file| own(&file));
        let said = format!("{}; {}", error.message, error.help);
        let xml = case(&error.code, &file, Some(("error", &error.code, &said)));
        suites.push((file, vec![Case { xml, end: End::Broke }]));
    }
    for notice in outcome.failures() {
        let line = notice.line.map(|line| format!(" at {line}")).unwrap_or_default();
        let name = format!("{}{line}", notice.code);
        let file = own(&notice.file);
        let xml = case(&name, &file, Some(("failure", notice.code, &notice.said())));
        let failed = Case { xml, end: End::Failed };
        match suites.last_mut().filter(|(name, _)| *name == file) {
            Some((_, cases)) => cases.push(failed),
            None => suites.push((file, vec![failed])),
        }
    }
    let all = |end: &End| suites.iter().flat_map(|(_, cases)| cases).filter(|own| own.end == *end).count();
    let tests: usize = suites.iter().map(|(_, cases)| cases.len()).sum();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let (failures, errors) = (all(&End::Failed), all(&End::Broke));
    let _ = writeln!(
        out,
        "<testsuites name=\"iamgate check\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">"
    );
    for (name, cases) in &suites {
        let count = |end: &End| cases.iter().filter(|own| own.end == *end).count();
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
            text(name),
            cases.len(),
            count(&End::Failed),
            count(&End::Broke)
        );
        for own in cases {
            out.push_str(&own.xml);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn cases(outcome: &CheckAnswer, checked: &Checked, file: &str) -> Vec<Case> {
    let document = &checked.document.name;
    let of = if document.is_empty() { String::new() } else { format!("{document}: ") };
    if checked.problems.is_empty() {
        let name = if document.is_empty() { "policy" } else { document };
        let end = if checked.is_accepted { End::Passed } else { End::Broke };
        return vec![Case { xml: case(name, file, None), end }];
    }
    let of_problem = |problem: &iamgate::iam_policy::Problem| {
        let level = problem.level.name();
        let name = format!("{of}{} at {}", problem.code.name(), problem.position);
        let said = format!("{}; {}", message(problem), problem.help);
        let (element, end) = match (outcome.fails_on(problem.level), checked.is_accepted) {
            (false, _) => ("system-out", End::Passed),
            (true, true) => ("failure", End::Failed),
            (true, false) => ("error", End::Broke),
        };
        Case { xml: case(&name, file, Some((element, level, &said))), end }
    };
    checked.problems.iter().map(of_problem).collect()
}

/// A case with what came of it: the name of the element, its type, and what is said.
fn case(name: &str, file: &str, came: Option<(&str, &str, &str)>) -> String {
    let start = format!("    <testcase name=\"{}\" classname=\"{}\"", text(name), text(file));
    match came {
        None => format!("{start}/>\n"),
        Some(("system-out", kind, said)) => {
            format!(
                "{start}>\n      <system-out>{}: {}</system-out>\n    </testcase>\n",
                text(kind),
                text(said)
            )
        }
        Some((element, kind, said)) => format!(
            "{start}>\n      <{element} type=\"{}\" message=\"{}\"/>\n    </testcase>\n",
            text(kind),
            text(said)
        ),
    }
}
