//! An accepted policy reads back from its canonical text as an equal policy, in both modes. Printing that policy gives the same text.

use iam_policy::{Mode, Policy};

use crate::input;

pub fn policies_read_back(data: &[u8]) {
    let Some((kind, text)) = input::kind_and_text(data) else { return };
    let limits = input::limits();
    for mode in [Mode::Strict, Mode::Deployed] {
        let Ok(policy) = Policy::parse(text, kind, mode, &limits) else { continue };
        let printed = policy.to_json();
        let again = Policy::parse(&printed, kind, mode, &limits)
            .unwrap_or_else(|report| panic!("{mode:?}: {printed} does not read back: {report}"));
        assert_eq!(again, policy, "{mode:?}: {printed}");
        assert_eq!(again.to_json(), printed, "{mode:?}: printed twice");
        let theirs = serde_json::from_str::<serde_json::Value>(&printed);
        assert!(theirs.is_ok(), "{mode:?}: serde_json refuses {printed}");
    }
}
