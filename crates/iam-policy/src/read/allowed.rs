//! The actions that a kind of policy may name (rules 1.23, 1.24).

use super::{Path, Reader};
use crate::action::{ActionElement, ActionPattern};
use crate::code;
use crate::policy::{Effect, PolicyKind};
use crate::rcp::RCP_SERVICES;
use iam_json::quoted;
use iam_json::{Code, Kind, Spanned, Value};

impl Reader<'_> {
    /// Checks what customers may write in a resource control policy (rule 1.23).
    pub(super) fn rcp(
        &mut self,
        effect: Option<&Spanned<Effect>>,
        action: Option<&ActionElement>,
        written: Option<Value<'_>>,
        full_access: bool,
        path: &Path<'_>,
    ) {
        // Only the AWS managed policy RCPFullAWSAccess may allow, and it allows everything.
        let is_managed = full_access && effect.is_some_and(|e| e.value == Effect::Allow);
        if self.kind != PolicyKind::Rcp || is_managed {
            return;
        }
        if let Some(effect) = effect
            && effect.value == Effect::Allow
        {
            let help = "leave the statement out: RCPFullAWSAccess, which is always attached, allows; to keep others out, write a Deny with the opposite tests, such as StringNotEquals in place of StringEquals";
            self.report(code::RCP_SYNTAX_ERROR_ALLOW, &path.member("Effect"), effect.span, "`Allow`", help);
        }
        // `NotAction` is reported elsewhere, as a whole.
        self.each_action(action, written, path, |pattern| {
            if pattern.is_any() {
                let help = "name a service that supports resource control policies, such as s3:*";
                let found = format!("{} is not accepted as the action of an RCP", quoted(pattern.text()));
                return Some((code::RCP_SYNTAX_ERROR_ACTION, found, help));
            }
            // A wildcard in the prefix is reported elsewhere.
            let service = pattern.service().filter(|service| !service.contains(['*', '?']))?;
            let is_supported = RCP_SERVICES.iter().any(|known| known.eq_ignore_ascii_case(service));
            let help = "leave it out: no resource control policy applies to this service";
            (!is_supported).then(|| {
                let found = format!("{}: AWS has no RCP for {service}", quoted(pattern.text()));
                (code::RCP_UNSUPPORTED_SERVICE, found, help)
            })
        });
    }

    /// Checks the names of actions that a trust policy may not have (rule 1.24).
    ///
    /// IAM compares them with case when it stores the policy, although it ignores case when it evaluates the policy.
    pub(super) fn trust_actions(
        &mut self,
        action: Option<&ActionElement>,
        written: Option<Value<'_>>,
        path: &Path<'_>,
    ) {
        const NAMES: [&str; 5] = [
            "sts:AssumeRole",
            "sts:AssumeRoleWithSAML",
            "sts:AssumeRoleWithWebIdentity",
            "sts:SetSourceIdentity",
            "sts:TagSession",
        ];
        if self.kind != PolicyKind::Trust {
            return;
        }
        self.each_action(action, written, path, |pattern| {
            let text = pattern.text();
            let has_other_case = |known: &&str| known.eq_ignore_ascii_case(text) && *known != text;
            let has_other_prefix = || {
                pattern
                    .service()
                    .is_some_and(|service| service != "sts" && service.eq_ignore_ascii_case("sts"))
            };
            let help = if text.eq_ignore_ascii_case("sts:*") {
                "name the calls, such as sts:AssumeRole"
            } else if NAMES.iter().any(has_other_case) || has_other_prefix() {
                "write the name in its own letter case, such as sts:AssumeRole"
            } else {
                return None;
            };
            Some((code::UNSUPPORTED_ACTION_IN_TRUST_POLICY, quoted(pattern.text()), help))
        });
    }

    /// Reports what `check` says about each pattern of `Action`, at its place.
    fn each_action(
        &mut self,
        action: Option<&ActionElement>,
        written: Option<Value<'_>>,
        path: &Path<'_>,
        check: impl Fn(&ActionPattern) -> Option<(Code, String, &'static str)>,
    ) {
        let Some(ActionElement::Action(patterns)) = action else { return };
        let path = path.member("Action");
        let is_list = written.is_some_and(|value| value.kind() == Kind::Array);
        for (i, pattern) in patterns.iter().enumerate() {
            let Some((code, found, help)) = check(&pattern.value) else { continue };
            let item = path.item(i);
            let path = if is_list { &item } else { &path };
            self.report(code, path, pattern.span, found, help);
        }
    }
}
