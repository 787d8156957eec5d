//! Every rule: its failing example has the finding at its place, and its mended one does not.

mod common;

use iam_catalog::Sections;
use iam_policy::PolicyKind;

use common::findings;

#[test]
fn every_rule_finds_its_failing_example_and_not_the_mended_one() {
    let sections = Sections::embedded().unwrap();
    let mut wrong = Vec::new();
    // Findings of the analysis come from programs that have it.
    for rule in iam_lint::rules().filter(|rule| rule.class != iam_lint::Class::Analysis) {
        let kind = PolicyKind::from_name(rule.failing.kind).unwrap();
        let text = rule.failing.document();
        let found = findings(&text, kind, false, &sections);
        let own: Vec<_> = found.iter().filter(|problem| problem.code.name() == rule.name()).collect();
        let codes = |found: &[iam_json::Problem]| {
            found
                .iter()
                .map(|p| {
                    format!(
                        "{}@{}",
                        p.code.name(),
                        p.place.span.of(&text).chars().take(60).collect::<String>()
                    )
                })
                .collect::<Vec<_>>()
                .join(", ")
        };
        if own.is_empty() {
            wrong.push(format!("{}: not found, but {}", rule.name(), codes(&found)));
        } else if !own
            .iter()
            .any(|problem| rule.failing.at.is_empty() || problem.place.span.of(&text) == rule.failing.at)
        {
            wrong.push(format!("{}: elsewhere: {}", rule.name(), codes(&found)));
        }
        if own.iter().any(|problem| problem.level != rule.level()) {
            wrong.push(format!("{}: another level", rule.name()));
        }
        let mended = rule.passing.document();
        let found = findings(&mended, kind, false, &sections);
        if found.iter().any(|problem| problem.code.name() == rule.name()) {
            wrong.push(format!("{}: found in the mended example", rule.name()));
        }
        let errors: Vec<_> = found.iter().filter(|problem| problem.level == iam_json::Level::Error).collect();
        if !errors.is_empty() {
            wrong.push(format!(
                "{}: the mended example has errors: {}",
                rule.name(),
                errors.iter().map(|p| format!("{p}")).collect::<Vec<_>>().join("; ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn names_are_unique_and_all_of_access_analyzer_are_there() {
    let mut names: Vec<&str> = iam_lint::rules().map(iam_lint::Rule::name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|two| two[0] != two[1]));
    assert_eq!(iam_lint::rules().filter(|rule| rule.is_aws).count(), 153);
    for rule in iam_lint::rules() {
        for text in [rule.code.summary(), rule.why, rule.mend] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{}: {text}", rule.name());
        }
        assert_eq!(rule.aws_page().is_some(), rule.is_aws);
    }
}
