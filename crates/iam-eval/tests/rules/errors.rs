//! What can go wrong is an error that `?` carries, and what people print has words.

use std::error::Error;
use std::fmt::Display;

use iam_eval::session::{Refusal, RefusalCode, Refusals, ReservedKeys};
use iam_eval::{Certainty, Change, Decision, Grant, Layer, NotAsked, Outcomes, Reason, ResourceKind};

/// Holds at compile time.
const fn is_error<T: Error + Display + Send + Sync + 'static>() {}

/// Holds at compile time.
const fn is_shown<T: Display>() {}

const _: () = {
    is_error::<Refusal>();
    is_error::<Refusals>();
    is_error::<ReservedKeys>();
    is_shown::<RefusalCode>();
    is_shown::<Change>();
    is_shown::<Layer>();
    is_shown::<NotAsked>();
};

#[test]
fn words_are_those_of_the_json() {
    let reason = Reason::NotGranted { missing: vec![Layer::VpcEndpoint] };
    assert_eq!(format!("{reason} {}", reason.layers()[0]), "not_granted vpc_endpoint");
    let words =
        [Outcomes::FALSE, Outcomes::INDETERMINATE, Outcomes::TRUE, Outcomes::OPEN].map(|o| o.to_string());
    assert_eq!(words, ["false", "indeterminate", "true", "open"]);
    assert_eq!(Outcomes::TRUE.either(Outcomes::INDETERMINATE).to_string(), "open");
    let words = [Certainty::Never, Certainty::Maybe, Certainty::Always].map(|c| c.to_string());
    assert_eq!(words, ["never", "maybe", "always"]);
    let words = [Grant::None, Grant::Account, Grant::Limited, Grant::Direct].map(|g| g.to_string());
    assert_eq!(words, ["none", "account", "limited", "direct"]);
    let words = [Decision::Allowed, Decision::ExplicitDeny, Decision::ImplicitDeny, Decision::Depends];
    assert_eq!(words.map(|d| d.to_string()), ["allowed", "explicit_deny", "implicit_deny", "depends"]);
    assert_eq!(ResourceKind::ALL.map(|k| k.to_string()), ["generic", "iam_role_trust", "kms_key"]);
}
