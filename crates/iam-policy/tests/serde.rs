//! What the feature `serde` writes and reads.
#![cfg(feature = "serde")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[expect(
    dead_code,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "shared with other tests"
)]
mod support;

use iam_policy::{
    AccountId, Arn, Effect, Level, Limits, Mode, Partition, Policy, PolicyKind, RoleArn, RoleName,
    SessionArn, SessionName,
};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use support::{json_text, policies};

/// A value is written as that string, and read from it.
fn is_text<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T, text: &str) {
    assert_eq!(serde_json::to_value(value).unwrap(), serde_json::json!(text));
    assert_eq!(&serde_json::from_value::<T>(serde_json::json!(text)).unwrap(), value);
    assert_eq!(
        &serde_json::from_reader::<_, T>(serde_json::to_string(value).unwrap().as_bytes()).unwrap(),
        value
    );
    for other in [serde_json::json!("no such, thing"), serde_json::json!(1), serde_json::Value::Null] {
        assert!(serde_json::from_value::<T>(other).is_err());
    }
}

#[test]
fn names_and_arns_are_strings() {
    let (role, session) =
        ("arn:aws:iam::111122223333:role/p/R", "arn:aws:sts::111122223333:assumed-role/R/ana");
    is_text(&role.parse::<Arn>().unwrap(), role);
    is_text(&role.parse::<RoleArn>().unwrap(), role);
    is_text(&session.parse::<SessionArn>().unwrap(), session);
    is_text(&"111122223333".parse::<AccountId>().unwrap(), "111122223333");
    is_text(&Partition::AWS_CN, "aws-cn");
    is_text(&"R".parse::<RoleName>().unwrap(), "R");
    is_text(&"ana".parse::<SessionName>().unwrap(), "ana");
    is_text(&Effect::Deny, "Deny");
    is_text(&Mode::Deployed, "deployed");
    is_text(&PolicyKind::VpcEndpoint, "vpc_endpoint");
    is_text(&Level::SecurityWarning, "SECURITY_WARNING");
    let wrong = serde_json::from_str::<RoleArn>("\"R\"").unwrap_err().to_string();
    assert!(wrong.starts_with("the ARN `R` must begin with `arn:`"), "{wrong}");
}

proptest! {
    #[test]
    fn policies_are_what_they_print((kind, policy) in policies()) {
        let text = json_text(&policy, false);
        let mut limits = Limits::default();
        limits.document_bytes = usize::MAX;
        let policy = Policy::parse(&text, kind, Mode::Deployed, &limits).unwrap();
        let printed: serde_json::Value = serde_json::from_str(&policy.to_json()).unwrap();
        prop_assert_eq!(serde_json::to_value(&policy).unwrap(), printed);
        // Members in the order of the grammar.
        let written = serde_json::to_string(&policy).unwrap();
        let again = Policy::parse(&written, kind, Mode::Deployed, &limits).unwrap();
        prop_assert_eq!(again.to_json(), policy.to_json());
    }
}
