//! The call of STS.

use std::fmt;

use iam_json::Json;
use iam_policy::value::Instant;
use iamgate_token::StsToken;

use super::asked::Asked;
use super::name;
use crate::managed::beyond_partition;

/// The parameters of `AssumeRoleWithWebIdentity`, without the token. They can be shown and recorded. [`StsCall`] is the call itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StsParameters {
    pub(super) role_arn: Box<str>,
    pub(super) role_session_name: Box<str>,
    pub(super) duration_seconds: i64,
    pub(super) policy: Box<str>,
    pub(super) policy_arns: Vec<Box<str>>,
}

impl StsParameters {
    /// The parameters for a role, a profile and a request of this id.
    pub(super) fn of(asked: &Asked<'_>, id: &str) -> Self {
        let (role, profile) = (asked.role, asked.profile);
        let arns = profile.managed().iter().map(|managed| {
            format!("arn:{}:{}", role.partition(), beyond_partition(managed.found().arn())).into()
        });
        let inline = profile.policies().iter().find(|named| named.is_inline());
        Self {
            role_arn: role.arn().as_str().into(),
            role_session_name: name::name(asked.engineer, asked.case, id).into(),
            duration_seconds: asked.duration_seconds,
            policy: inline.map(|named| named.policy().to_json()).unwrap_or_default().into(),
            policy_arns: arns.collect(),
        }
    }

    /// `RoleArn`
    pub fn role_arn(&self) -> &str {
        &self.role_arn
    }

    /// `RoleSessionName`: engineer, case and a serial, with plus signs between them.
    pub fn role_session_name(&self) -> &str {
        &self.role_session_name
    }

    /// `DurationSeconds`
    pub const fn duration_seconds(&self) -> i64 {
        self.duration_seconds
    }

    /// `Policy`: the inline session policy in its shortest form.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// `PolicyArns`, with the partition of the role.
    pub fn policy_arns(&self) -> impl ExactSizeIterator<Item = &str> {
        self.policy_arns.iter().map(|arn| &**arn)
    }

    /// The characters of the inline policy and of the ARNs, as STS counts them. In other partitions the ARNs are longer.
    pub fn characters(&self) -> usize {
        let arns = self.policy_arns.iter().map(|arn| arn.chars().count());
        arns.fold(self.policy.chars().count(), usize::saturating_add)
    }

    /// The parameters in canonical JSON, without the token, in the form of `aws sts assume-role-with-web-identity --cli-input-json`.
    pub fn to_json(&self) -> String {
        self.json().to_string()
    }

    pub(super) fn json(&self) -> Json {
        Json::object([
            ("RoleArn", Json::text(&*self.role_arn)),
            ("RoleSessionName", Json::text(&*self.role_session_name)),
            ("DurationSeconds", Json::Number(self.duration_seconds)),
            ("Policy", Json::text(&*self.policy)),
            ("PolicyArns", Json::list(&self.policy_arns, |arn| Json::object([("arn", Json::text(&**arn))]))),
        ])
    }
}

/// A call of `AssumeRoleWithWebIdentity`, ready to be sent, once.
///
/// Only [`Plan::into_call`](super::Plan::into_call) makes this value. It has the token, which is a credential: `Debug` does not show it, and
/// there is no `Clone`.
/// ```compile_fail,E0451
/// # fn of(parameters: iamgate::StsParameters, token: Box<str>) -> iamgate::StsCall {
/// iamgate::StsCall { parameters, token }
/// # }
/// ```
/// ```compile_fail,E0599
/// # fn of(call: iamgate::StsCall) -> [iamgate::StsCall; 2] {
/// [call.clone(), call]
/// # }
/// ```
pub struct StsCall {
    parameters: StsParameters,
    token: Box<str>,
}

impl StsCall {
    pub(super) fn new(parameters: StsParameters, token: StsToken) -> Self {
        Self { parameters, token: token.into_text() }
    }

    /// All parameters but the token.
    pub const fn parameters(&self) -> &StsParameters {
        &self.parameters
    }

    /// All parameters: those that can be shown, and `WebIdentityToken`. The call is used up.
    pub fn into_parts(self) -> (StsParameters, Box<str>) {
        (self.parameters, self.token)
    }
}

impl fmt::Debug for StsCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StsCall").field("parameters", &self.parameters).finish_non_exhaustive()
    }
}

/// Why a plan gives no call. The plan is used up: make another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotSent {
    /// The plan has expired.
    Expired {
        /// The time at which it expired.
        at: Instant,
    },
    /// The time is before the time for which the plan was made.
    TooEarly {
        /// The time of the plan.
        planned: Instant,
    },
    /// The token is not the one for which the plan was made.
    AnotherToken,
}

impl NotSent {
    /// The stable code of the reason.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired { .. } => "PLAN_EXPIRED",
            Self::TooEarly { .. } => "PLAN_TOO_EARLY",
            Self::AnotherToken => "PLAN_OF_ANOTHER_TOKEN",
        }
    }
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.code())?;
        match self {
            Self::Expired { at } => write!(f, "the plan expired at {at}; make another one"),
            Self::TooEarly { planned } => {
                write!(f, "the plan is of {planned}, which is later than now; check the clocks")
            }
            Self::AnotherToken => f.write_str("the plan was made for another token; make one for this token"),
        }
    }
}

impl std::error::Error for NotSent {}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters() -> StsParameters {
        StsParameters {
            role_arn: "arn:aws:iam::111122223333:role/own".into(),
            role_session_name: "ana+4711+serial".into(),
            duration_seconds: 900,
            policy: "{\"ä\": 1}".into(),
            policy_arns: vec!["arn:aws:iam::aws:policy/A".into(), "arn:aws:iam::aws:policy/Bc".into()],
        }
    }

    #[test]
    fn policies_and_arns_are_counted_in_characters() {
        let own = parameters();
        assert_eq!(own.characters(), 8_usize.saturating_add(25).saturating_add(26));
        assert_eq!(StsParameters { policy: "".into(), policy_arns: Vec::new(), ..own }.characters(), 0);
    }

    #[test]
    fn a_call_is_shown_without_its_token() {
        let call = StsCall { parameters: parameters(), token: "eyJ.own.token".into() };
        let shown = format!("{call:?}");
        assert!(
            shown.starts_with("StsCall { parameters: StsParameters {") && shown.contains("ana+4711+serial")
        );
        assert!(!shown.contains("own.token"), "{shown}");
    }

    #[test]
    fn a_plan_that_gives_no_call_says_why_and_what_to_do() {
        let at = Instant::from_epoch_seconds(0);
        for (own, code, words) in [
            (NotSent::Expired { at }, "PLAN_EXPIRED", "expired at 1970-01-01T00:00:00Z; make another one"),
            (NotSent::TooEarly { planned: at }, "PLAN_TOO_EARLY", "of 1970-01-01T00:00:00Z, which is later"),
            (NotSent::AnotherToken, "PLAN_OF_ANOTHER_TOKEN", "made for another token"),
        ] {
            let told = own.to_string();
            assert!(told.starts_with(&format!("{code}: ")) && told.contains(words), "{told}");
        }
    }
}
