//! The engine and the reference give the same verdict on the text of a case, if both accept it. The reference validates less, and refuses what
//! it need not read. So only verdicts are compared.

use iam_engines::{Compiled, Reference};
use iam_policy::Mode;
use iam_testkit::{Answer, Engine};

use crate::input;

pub fn engines_agree_on_texts(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    let (engine, reference) = (Compiled::new(Mode::Deployed).judge_text(text), Reference.judge_text(text));
    if let (Answer::Decided(one), Answer::Decided(other)) = (engine, reference) {
        assert!(!one.differs(&other), "the engine says {one}\nthe reference says {other}\n{text}");
    }
}
