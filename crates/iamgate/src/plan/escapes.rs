//! What a session policy does not hold back, and what changed since somebody looked.

use std::sync::Arc;

use iam_analysis::{ActionNames, Actions, Analysis, Question, ResourcePolicies, Verdict};
use iam_catalog::{Action, Catalog, Details, SensitivityClass};
use iam_eval::{Layers, Principal, Request};
use iam_policy::{ActionPattern, Condition, quoted};

use crate::finding::{Finding, FindingCode};
use crate::profile::Profile;
use crate::proof::{make_real, space};
use crate::snapshot::RoleSnapshot;

/// What findings are looked for in.
pub(super) struct Escapes<'e> {
    pub(super) role: &'e RoleSnapshot,
    pub(super) profile: &'e Profile,
    pub(super) layers: &'e Layers,
    pub(super) principal: &'e Principal,
    pub(super) catalog: &'e Catalog<'e>,
    pub(super) details: &'e Details<'e>,
}

/// Something that a session may do.
struct Possible {
    action: Box<str>,
    /// Nothing if it is not known whether it may.
    request: Option<Request>,
}

impl Possible {
    fn words(&self) -> String {
        match &self.request {
            Some(request) => format!("{} on {}", self.action, quoted(&request.resource)),
            None => format!("{}, as far as is known", self.action),
        }
    }

    fn show(self, finding: Finding) -> Finding {
        match self.request {
            Some(request) => finding.shown_by(request),
            None => finding,
        }
    }
}

impl Escapes<'_> {
    pub(super) fn find(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        self.managed(&mut found);
        self.hops(&mut found);
        self.credentials(&mut found);
        self.resources(&mut found);
        found
    }

    fn analysis(&self, layers: &Layers) -> (Analysis, ActionNames) {
        let full: Vec<String> = self.catalog.actions().map(|action| action.to_string()).collect();
        let names = ActionNames::new(full.iter().map(String::as_str));
        let conditions: Vec<&Condition> = layers
            .policies()
            .flat_map(|(_, policy)| &policy.statements)
            .flat_map(|s| &s.conditions)
            .collect();
        (Analysis::with_names(space(conditions, self.details), names.clone()), names)
    }

    /// What the session may do of some actions: one for each group of them, with a request unless it is not known.
    fn possible(&self, layers: &Layers, beyond: Option<&Layers>, actions: Actions) -> Vec<Possible> {
        let policies = match beyond {
            Some(_) => ResourcePolicies::Given,
            None => ResourcePolicies::NoneNamesTheSession,
        };
        let (mut analysis, _) = self.analysis(layers);
        let mut question = Question::new(layers).asked_by(self.principal).assuming(policies).about(actions);
        question.beyond = beyond;
        let mut answers = analysis.by_action(&question);
        for answer in &mut answers {
            make_real(answer, &question, self.details);
        }
        let possible = answers.into_iter().filter_map(|answer| match answer.verdict {
            Verdict::Fails(witness) => {
                let request = self.spelt(witness.request, &question);
                Some(Possible { action: request.action.as_str().into(), request: Some(request) })
            }
            Verdict::Unknown(_) => Some(Possible { action: answer.example, request: None }),
            Verdict::Holds => None,
        });
        possible.collect()
    }

    /// The request with the action spelt as the catalogue has it: names have no case, and open ones are found in small letters.
    fn spelt(&self, request: Request, question: &Question<'_>) -> Request {
        let name = self.catalog.action(request.action.as_str()).map(|action| action.to_string());
        let Some(action) = name.as_deref().and_then(iam_eval::Action::new) else { return request };
        let mut spelt = request.clone();
        spelt.action = action;
        if question.is_shown_by(&spelt) { spelt } else { request }
    }

    /// Managed policies that are not those that were looked at.
    fn managed(&self, found: &mut Vec<Finding>) {
        for managed in &self.profile.managed {
            let own = &managed.found;
            let arn = &own.arn;
            match &managed.pinned {
                None => found.push(Finding::new(
                    FindingCode::ManagedPolicyNotPinned,
                    format!("the profile does not say which version of {arn} was reviewed"),
                    format!(
                        r#"add to its pins: "{arn}": {{"version": "{}", "sha256": "{}"}}"#,
                        own.version, own.sha256
                    ),
                )),
                Some((version, sha256)) if (version, sha256) != (&own.version, &own.sha256) => {
                    found.push(Finding::new(
                        FindingCode::ManagedPolicyChanged,
                        format!(
                            "the profile was reviewed with {} of {arn}, and its document here is {} with SHA-256 {}",
                            quoted(version),
                            own.version,
                            own.sha256
                        ),
                        "review the new version, and pin it in the profile",
                    ));
                }
                Some(_) => {}
            }
            let name = |arn: &str| arn.splitn(3, ':').nth(2).unwrap_or_default().to_owned();
            let Some(deployed) = self.role.deployed.iter().find(|other| name(&other.arn) == name(arn)) else {
                continue;
            };
            if deployed.policy.to_json() == own.policy.to_json() {
                continue;
            }
            let of = |policy| {
                let mut layers = Layers::new();
                layers.identity.push(Arc::clone(policy));
                layers
            };
            let (new, old) = (of(&deployed.policy), of(&own.policy));
            let says = format!(
                "the account has {} of {arn}, and the document here is {}: what STS takes is the account's",
                deployed.version, own.version
            );
            let finding = Finding::new(
                FindingCode::ManagedPolicyChanged,
                says,
                "pin the account's version, and review it",
            );
            let more = self.possible(&new, Some(&old), Actions::Open).into_iter().next();
            found.push(more.map_or(finding.clone(), |more| more.show(finding)));
        }
    }

    /// Ways to other sessions, which the session policies do not bind.
    fn hops(&self, found: &mut Vec<Finding>) {
        let hops = [
            ("sts:AssumeRole*", FindingCode::RoleChaining, "the session can take on another role"),
            (
                "iam:PassRole",
                FindingCode::PassRole,
                "the session can hand a role to a service, which acts with it",
            ),
        ];
        let (_, names) = self.analysis(self.layers);
        for (pattern, code, says) in hops {
            let Some(pattern) = ActionPattern::parse(pattern) else { continue };
            let actions = Actions::Of(names.matching(std::slice::from_ref(&pattern)));
            for possible in self.possible(self.layers, None, actions) {
                let says = format!("{says}: {}", possible.words());
                let help = "deny it in the profile, unless it is an exception of the promise";
                found.push(possible.show(Finding::new(code, says, help)));
            }
        }
    }

    /// Reads that hand out credentials.
    fn credentials(&self, found: &mut Vec<Finding>) {
        let (_, names) = self.analysis(self.layers);
        let actions: Vec<Action<'_>> = self.catalog.actions().collect();
        let hands_out = |number: usize| {
            actions
                .get(number)
                .is_some_and(|action| action.sensitivity.contains(SensitivityClass::CredentialExposure))
        };
        for possible in self.possible(self.layers, None, Actions::Of(names.select(hands_out))) {
            let says = format!("the session can have credentials handed out: {}", possible.words());
            let help = "deny it in the profile";
            found.push(possible.show(Finding::new(FindingCode::CredentialsHandedOut, says, help)));
        }
    }

    /// What policies of resources grant the session although its session policies do not.
    fn resources(&self, found: &mut Vec<Finding>) {
        if self.role.resources.is_empty() {
            let session = self.principal.arn().unwrap_or_default();
            found.push(Finding::new(
                FindingCode::ResourcePoliciesUnknown,
                format!(
                    "no policies of resources are known; one that names {session}, or * with aws:PrincipalArn, can grant what no Deny holds back"
                ),
                "put the policies of buckets, keys, queues and secrets into the snapshot, as resources/NAME.json",
            ));
        }
        for named in &self.role.resources {
            let mut with = self.layers.clone();
            with.resource = Some(Arc::clone(&named.policy));
            for possible in self.possible(&with, Some(self.layers), Actions::Open).into_iter().take(1) {
                let says = format!(
                    "the resource policy {} grants the session what its own policies do not: {}",
                    quoted(&named.name),
                    possible.words()
                );
                let help = "name the role and not its session in that policy, or add a Deny for sessions with the tag";
                found.push(possible.show(Finding::new(
                    FindingCode::ResourcePolicyReachesSession,
                    says,
                    help,
                )));
            }
        }
    }
}
