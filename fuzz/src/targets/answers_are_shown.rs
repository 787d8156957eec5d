//! The analysis contradicts neither itself nor the evaluator, for every question that the bytes choose. Layers as one policy decide like the
//! layers.

use iam_analysis::{Analysis, Question, Space, Verdict};
use iam_engines::SmallQuestion;
use iam_testkit::Source;

pub fn answers_are_shown(data: &[u8]) {
    let Some(question) = SmallQuestion::draw(&mut Source::of_bytes(data)) else { return };
    let verdict = question.answer();
    assert!(!verdict.is_defect(), "{verdict:?}\n{}", question.texts.join("\n"));
    // Layers allow what they allow.
    let own = Question::new(&question.allowed).beyond(&question.allowed);
    let own = Analysis::new(Space::new()).never(&own);
    assert!(!matches!(own, Verdict::Fails(_)) && !own.is_defect(), "{own:?}\n{}", question.texts.join("\n"));
    if let Ok(effective) = Analysis::effective(&Space::new(), &question.allowed) {
        assert!(
            !matches!(effective.within, Verdict::Fails(_)),
            "{}\n{effective:?}",
            question.texts.join("\n")
        );
    }
}
