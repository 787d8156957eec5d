//! Session policies (rules 1b, 6.13, 7.19).

use std::sync::Arc;

use iam_json::quoted;
use iam_policy::{ArnFields, IamResource, Mode, Policy, PolicyKind};

use super::Checks;
use crate::session::refusal::RefusalCode;

impl Checks<'_> {
    /// The inline session policy. `None` if there is none, or if it is refused.
    pub(super) fn policies(&mut self) -> Option<Arc<Policy>> {
        let parameters = &self.opening.parameters;
        let (arns, most) = (&parameters.policy_arns, self.limits.policy_arns);
        if arns.len() > most {
            let found = format!("{} ARNs", arns.len());
            self.refuse(RefusalCode::TooManyPolicyArns, found, format!("at most {most}"));
        }
        for arn in arns {
            self.policy_arn(arn);
        }
        let inline = parameters.policy.as_deref();
        let characters = inline.unwrap_or_default().chars().count();
        let with_arns = arns.iter().fold(characters, |sum, arn| sum.saturating_add(arn.chars().count()));
        let most = self.limits.policy_characters;
        if with_arns > most {
            let found = format!("{characters} characters inline, {with_arns} with the ARNs");
            let help = format!("at most {most} characters, white space counted");
            self.refuse(RefusalCode::SessionPolicyTooLong, found, help);
        }
        self.inline_policy(inline?)
    }

    fn inline_policy(&mut self, text: &str) -> Option<Arc<Policy>> {
        // The length was checked before, together with the ARNs.
        let mut limits = self.limits.policy;
        limits.session_policy_characters = usize::MAX;
        match Policy::parse(text, PolicyKind::Session, Mode::Strict, &limits) {
            Ok(policy) => Some(Arc::new(policy)),
            Err(report) => {
                for problem in report.problems().iter().filter(|p| p.is_refusal()) {
                    let found = format!("{} at {}: {}", problem.code, problem.position, problem.found);
                    self.refuse(RefusalCode::SessionPolicyRefused, found, problem.help.clone());
                }
                None
            }
        }
    }

    fn policy_arn(&mut self, arn: &str) {
        let fields = ArnFields::split(arn).filter(|fields| fields.region.is_empty());
        let Some((fields, IamResource::Policy(name))) =
            fields.and_then(|fields| Some((fields, fields.iam()?)))
        else {
            return self.not_a_policy(arn);
        };
        if name.is_empty() || name.ends_with('/') {
            return self.not_a_policy(arn);
        }
        let ArnFields { partition, account, .. } = fields;
        let (own_partition, own_account) = (self.opening.partition(), self.opening.account());
        // AWS managed policies exist in every account of the partition.
        if partition != own_partition || (account != "aws" && account != own_account) {
            let help = format!(
                "a policy of account {} in {}, or an AWS managed one",
                quoted(own_account),
                quoted(own_partition)
            );
            self.refuse(RefusalCode::PolicyArnOfOtherAccount, quoted(arn), help);
        }
    }

    fn not_a_policy(&mut self, arn: &str) {
        let help = "write it like arn:aws:iam::aws:policy/ReadOnlyAccess";
        self.refuse(RefusalCode::InvalidPolicyArn, quoted(arn), help);
    }
}
