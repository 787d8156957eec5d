//! The analysis beside counting: every answer about a small world is what enumeration says.

use iam_harness::Answers;

#[test]
fn answers_are_those_of_enumeration() {
    let answers = Answers::of(20_261_126, 0..1_200).unwrap();
    // No answer by default: each kind is there, and few are left open.
    assert!(answers.holds > 400 && answers.fails > 500, "{answers:?}");
    assert!(answers.by_variables + answers.by_types < 20, "{answers:?}");
    assert_eq!(answers.refused, 0);
}
