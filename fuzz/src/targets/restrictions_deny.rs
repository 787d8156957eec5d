//! A restriction denies sessions with the tag, and changes nothing for others, for every policy that the resource has.

use std::sync::Arc;

use iam_analysis::Verdict;
use iam_policy::{Mode, Policy, PolicyKind};
use iamgate::{SessionTag, restrict};

use crate::input;

pub fn restrictions_deny(data: &[u8]) {
    const ACCOUNT: &str = "111122223333";
    let Some(text) = input::text(data) else { return };
    let (arn, policy) = text.split_once('\n').unwrap_or((text, ""));
    let policy =
        Policy::parse(policy, PolicyKind::Resource, Mode::Deployed, &input::limits()).ok().map(Arc::new);
    let Ok(made) = restrict(arn, ACCOUNT, policy.as_ref(), &SessionTag::new("DoitEnvironment", ACCOUNT))
    else {
        return;
    };
    assert!(!matches!(made.denies, Verdict::Fails(_)), "{made:#?}");
    for (who, verdict) in &made.unchanged {
        assert!(!matches!(verdict, Verdict::Fails(_)), "{who}: {made:#?}");
    }
    let count = policy.map_or(0, |policy| policy.statements.len());
    assert_eq!(made.policy.statements.len(), count + 1);
}
