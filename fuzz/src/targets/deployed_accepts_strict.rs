//! What strict reading accepts, deployed reading accepts with the same meaning. What quotas accept, wider quotas accept.

use iam_policy::{Limits, Mode, Policy};

use crate::input;

pub fn deployed_accepts_strict(data: &[u8]) {
    let Some((kind, text)) = input::kind_and_text(data) else { return };
    let wide = input::limits();
    let strict = Policy::parse(text, kind, Mode::Strict, &wide);
    if let Ok(strict) = &strict {
        let deployed = Policy::parse(text, kind, Mode::Deployed, &wide)
            .unwrap_or_else(|report| panic!("strict accepts, deployed refuses {text:?}: {report}"));
        assert_eq!(&deployed, strict, "another meaning in deployed mode: {text:?}");
        assert_eq!(deployed.size, strict.size, "{text:?}");
        assert!(!strict.findings.iter().any(iam_policy::Problem::is_refusal), "{text:?}");
    }
    for mode in [Mode::Strict, Mode::Deployed] {
        let narrow = Policy::parse(text, kind, mode, &Limits::default());
        let wide = Policy::parse(text, kind, mode, &wide);
        if let Ok(policy) = narrow {
            assert_eq!(Ok(policy), wide, "{mode:?}: {text:?}");
        }
    }
}
