//! A restriction denies sessions with the tag, and changes nothing for others, for every policy that the resource has.

use std::sync::{Arc, LazyLock};

use iam_analysis::Verdict;
use iam_policy::{Mode, Policy, PolicyKind};
use iamgate::{Details, SessionTag, restrict};

use crate::input;

static DETAILS: LazyLock<Details<'static>> =
    LazyLock::new(|| Details::embedded().expect("the details are read"));

pub fn restrictions_deny(data: &[u8]) {
    const ACCOUNT: &str = "111122223333";
    let Some(text) = input::text(data) else { return };
    let (arn, policy) = text.split_once('\n').unwrap_or((text, ""));
    let policy =
        Policy::parse(policy, PolicyKind::Resource, Mode::Deployed, &input::limits()).ok().map(Arc::new);
    let tag = SessionTag::new("DoitEnvironment", ACCOUNT);
    let Ok(made) = restrict(arn, ACCOUNT, policy.as_ref(), &tag, &DETAILS) else { return };
    let denied = made.denied.iter().map(|own| (own.callers, &own.verdict));
    for (who, verdict) in denied.chain(made.unchanged.iter().map(|own| (own.callers, &own.verdict))) {
        assert!(!matches!(verdict, Verdict::Fails(_)) && !verdict.is_defect(), "{who}: {made:#?}");
    }
    let count = policy.map_or(0, |policy| policy.statements.len());
    assert_eq!(made.policy.statements.len(), count + usize::from(made.is_new));
}
