//! The analysis beside counting: every answer about a small world is what enumeration says.

use iam_analysis::Verdict;
use iam_engines::{Answers, SmallQuestion};
use iam_testkit::Source;

#[test]
fn answers_are_those_of_enumeration() {
    let answers = Answers::of(20_261_126, 0..1_200).unwrap();
    // No answer by default: each kind is there, and few are left open.
    assert!(answers.holds > 400 && answers.fails > 500, "{answers:?}");
    assert!(answers.by_variables + answers.by_types < 20, "{answers:?}");
    assert_eq!(answers.refused, 0);
}

#[test]
fn one_policy_decides_like_its_layers() {
    let (mut exact, mut less) = (0, 0);
    for number in 0..1_500 {
        let question = SmallQuestion::draw(&mut Source::of_case(7, number)).unwrap();
        let effective = question
            .check_effective()
            .unwrap_or_else(|e| panic!("{number}: {}\n{e}", question.texts.join("\n")));
        if effective.is_exact() {
            exact += 1;
        } else {
            // The policy lists what it leaves out, or a verdict is unknown because of variables.
            let is_open = matches!(effective.covers, Verdict::Unknown(_))
                || matches!(effective.within, Verdict::Unknown(_));
            assert!(
                !effective.left_out.is_empty() || is_open,
                "{number}: {}\n{}",
                question.texts.join("\n"),
                effective.policy
            );
            assert!(
                !matches!(effective.within, Verdict::Fails(_)),
                "{number}: {}\n{effective:#?}",
                question.texts.join("\n")
            );
            less += 1;
        }
    }
    assert!(exact > 1_350 && less > 5, "{exact} {less}");
}
