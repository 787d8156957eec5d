//! A trial: a token that a trust policy judges as STS would ask it.

use iam_eval::session::{Authorization, Opening, Parameters, Role, SessionLimits, Token};
use iam_eval::{Context, Layers};
use iam_policy::value::Instant;

use crate::proof::control_levels;
use crate::snapshot::RoleSnapshot;

/// A session tag in a token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tagged<'t> {
    pub(super) key: &'t str,
    pub(super) value: &'t str,
    pub(super) transitive: bool,
}

/// The unique id of a role that does not give its own.
const NO_ID: &str = "AROAUNKNOWN";

/// The maximum session duration of a role that does not give its own: the default of IAM.
const NO_MAXIMUM: i64 = 3_600;

/// The role as STS sees it.
pub(crate) fn sts_role(role: &RoleSnapshot) -> Role {
    let mut own = Role::new(role.arn().as_str(), role.id().unwrap_or(NO_ID));
    own.max_session_duration = role.max_session_duration().unwrap_or(NO_MAXIMUM);
    own.tags = role.tags().clone();
    own
}

/// The layers that apply to a call of STS: the trust policy and the resource control policies.
pub(crate) fn layers(role: &RoleSnapshot) -> Layers {
    let mut layers = Layers::new();
    layers.resource = role.trust().cloned();
    layers.rcp = role.rcp().map(control_levels);
    layers
}

/// A trust policy, and a call of STS that lacks only its token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before<'b> {
    pub(super) role: &'b RoleSnapshot,
    /// The ARN of the provider.
    pub(super) provider: &'b str,
    pub(super) now: Instant,
    /// Other known facts about the call.
    pub(super) call: &'b Context,
}

impl Before<'_> {
    /// The trust policy's answer to a token; `None` if STS refuses the call before it looks at a policy.
    pub(super) fn tried(self, token: Token) -> Option<Authorization> {
        let (role, name) = (sts_role(self.role), Parameters::named("trial"));
        let mut opening = Opening::web_identity(role, name, self.provider, token, self.now);
        opening.call = self.call.clone();
        Some(opening.open(&SessionLimits::default()).ok()?.authorize(&layers(self.role)))
    }
}

/// Other spellings of a tag key among the values of `sts:TransitiveTagKeys` in the trust policy.
pub(super) fn spellings(role: &RoleSnapshot, key: &str) -> Vec<String> {
    let statements = role.trust().into_iter().flat_map(|trust| &trust.statements);
    let conditions = statements.flat_map(|statement| &statement.conditions);
    let transitive = conditions
        .filter(|condition| condition.key.value.as_str().eq_ignore_ascii_case("sts:TransitiveTagKeys"));
    let mut found: Vec<String> = transitive
        .flat_map(|condition| condition.values.texts())
        .filter(|text| text.eq_ignore_ascii_case(key) && *text != key)
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}
