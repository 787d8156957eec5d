//! One token: whether it opens a session, by each request of the call.

use iam_eval::Context;
use iam_eval::session::{Authorization, Opening, Parameters, Refusals, SessionLimits, Token};
use iam_policy::value::Instant;

use super::trial::{layers, sts_role};
use crate::snapshot::RoleSnapshot;

/// What becomes of one token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenAnswer {
    /// The provider: its ARN, or the domain of a built-in provider.
    pub provider: Box<str>,
    /// The claims as they were read.
    pub token: Token,
    /// Each request with its decision; the reasons if STS refuses the call before it looks at a policy.
    pub result: Result<Authorization, Refusals>,
}

impl TokenAnswer {
    /// Whether the token opens a session.
    pub fn is_admitted(&self) -> bool {
        self.result.as_ref().is_ok_and(Authorization::is_allowed)
    }
}

/// Tries one token as `plan` does: STS's own checks of its form, and then every request of the call.
///
/// `session_name` is the name of the session, and `call` has other known facts about the call. Keys that nothing is known of leave the
/// answer open if they matter.
pub fn try_token(
    role: &RoleSnapshot,
    provider: &str,
    token: Token,
    session_name: &str,
    now: Instant,
    call: &Context,
) -> TokenAnswer {
    let parameters = Parameters::named(session_name);
    let mut opening = Opening::web_identity(sts_role(role), parameters, provider, token.clone(), now);
    opening.call = call.clone();
    let result = opening.open(&SessionLimits::default()).map(|session| session.authorize(&layers(role)));
    TokenAnswer { provider: provider.into(), token, result }
}
