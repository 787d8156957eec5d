//! The analysis beside counting: every answer about a small world is what enumeration says.

use iam_analysis::Verdict;
use iam_engines::{Answers, SmallQuestion};
use iam_testkit::Source;

#[test]
fn answers_are_those_of_enumeration() {
    let answers = Answers::of(20_261_126, 0..1_200).unwrap();
    // No answer by default: each kind is there, and few are left open.
    assert!(answers.holds > 300 && answers.fails > 500 && answers.by_readings > 3, "{answers:?}");
    assert!(answers.by_variables + answers.by_types < 20, "{answers:?}");
    assert_eq!(answers.refused, 0);
}

/// The hunt for false proofs: nothing that is proven has a request against it, under any reading.
#[test]
fn no_proof_is_false_under_any_reading() {
    let answers = Answers::hunted(20_261_201, 0..4_000).unwrap();
    assert!(answers.holds > 1_000 && answers.by_readings > 15, "{answers:?}");
    assert_eq!(answers.refused, 0);
}

#[test]
fn one_policy_decides_like_its_layers() {
    let (mut exact, mut less) = (0, 0);
    for number in 0..1_000 {
        let question = SmallQuestion::draw(&mut Source::of_case(7, number)).unwrap();
        let effective = match question.check_effective() {
            Ok(effective) => effective,
            // A managed policy cannot say what only STS takes.
            Err(why) if why.starts_with("INVALID_ARN_IN_CONDITION") => {
                less += 1;
                continue;
            }
            Err(why) => panic!("{number}: {}\n{why}", question.texts.join("\n")),
        };
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
    assert!(exact > 800 && less > 5, "{exact} {less}");
}
