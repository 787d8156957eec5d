//! Findings about access that session policies do not limit.

mod versions;

use std::sync::Arc;

use iam_analysis::{ActionNames, Actions, Analysis, ProofBudget, Question, ResourcePolicies, Verdict};
use iam_catalog::{Catalog, CatalogAction, Details, SensitivityClass};
use iam_eval::{Layers, Principal, Request};
use iam_json::quoted;

use super::asked::Asked;
use crate::finding::{Finding, FindingCode};
use crate::profile::Profile;
use crate::proof::{exceptions, make_real, space, without_class};

/// The inputs in which findings are looked for.
pub(super) struct Escapes<'e> {
    pub(super) asked: &'e Asked<'e>,
    /// The profile with the managed policies as the account has them.
    pub(super) profile: &'e Profile,
    /// The layers of the session under that profile.
    pub(super) layers: &'e Layers,
    /// Whether the promise is proven for that profile.
    pub(super) is_proven: bool,
    pub(super) principal: &'e Principal,
    pub(super) catalog: &'e Catalog<'e>,
    pub(super) details: &'e Details<'e>,
}

/// An action that may be possible.
struct Possible {
    action: Box<str>,
    /// A request that is allowed; `None` if it is not known whether one is.
    request: Option<Request>,
}

impl Possible {
    fn words(&self) -> String {
        match &self.request {
            Some(request) => format!("{} on {}", self.action, quoted(&request.resource)),
            None => format!("{}, as far as is known", self.action),
        }
    }

    fn show(self, finding: Finding, layers: &Layers) -> Finding {
        match self.request {
            Some(request) => finding.shown_by(request, layers),
            None => finding,
        }
    }
}

impl Escapes<'_> {
    pub(super) fn find(&self) -> Vec<Finding> {
        let full: Vec<String> = self.catalog.actions().map(|action| action.to_string()).collect();
        let names = ActionNames::new(full.iter().map(String::as_str));
        let mut found = Vec::new();
        self.versions(&mut found);
        self.hops(&names, &mut found);
        self.credentials(&names, &mut found);
        self.resources(&mut found);
        found
    }

    /// The possible actions of a question: one for each group of actions, with a request if one is known to be allowed.
    fn possible(&self, names: Option<&ActionNames>, question: &Question<'_>) -> Vec<Possible> {
        let policies =
            question.allowed_by.policies().chain(question.beyond.into_iter().flat_map(Layers::policies));
        let conditions = policies.flat_map(|(_, policy)| &policy.statements).flat_map(|s| &s.conditions);
        let space = space(conditions, self.details);
        let mut analysis = match names {
            Some(names) => Analysis::with_names(space, names.clone()).in_all(ProofBudget::ALL),
            None => Analysis::new(space).in_all(ProofBudget::ALL),
        };
        let mut answers = analysis.by_action(question);
        for answer in &mut answers {
            make_real(answer, question, self.details);
        }
        let possible = answers.into_iter().filter_map(|answer| match answer.verdict {
            Verdict::Fails(witness) => {
                let request = self.spelt(witness.request, question);
                Some(Possible { action: request.action.as_str().into(), request: Some(request) })
            }
            Verdict::Unknown(_) => Some(Possible { action: answer.example, request: None }),
            Verdict::Holds => None,
        });
        possible.collect()
    }

    /// The request with its action in the catalogue's spelling. Names of actions have no case, and names from open questions are in lower case.
    fn spelt(&self, request: Request, question: &Question<'_>) -> Request {
        let name = self.catalog.action(request.action.as_str()).map(|action| action.to_string());
        let Some(action) = name.as_deref().and_then(iam_eval::Action::new) else { return request };
        let mut spelt = request.clone();
        spelt.action = action;
        if question.is_shown_by(&spelt) { spelt } else { request }
    }

    /// Finds ways to other sessions, to which the session policies do not apply.
    fn hops(&self, names: &ActionNames, found: &mut Vec<Finding>) {
        let help = "deny it in the profile, unless it is an exception of the promise";
        let says = "the session can take on another role";
        let chains = |action: CatalogAction<'_>| action.service == "sts" && action.name.starts_with("Assume");
        self.within_the_session(
            names,
            &chains,
            (FindingCode::RoleChaining, says, help),
            &Layers::new(),
            found,
        );
        let says = "the session can hand a role to a service, which acts with it";
        let passes = |action: CatalogAction<'_>| action.service == "iam" && action.name == "PassRole";
        self.within_the_session(names, &passes, (FindingCode::PassRole, says, help), &Layers::new(), found);
    }

    /// Finds reads that return credentials.
    fn credentials(&self, names: &ActionNames, found: &mut Vec<Finding>) {
        let hands_out =
            |action: CatalogAction<'_>| action.sensitivity.contains(SensitivityClass::Credentials);
        let says = "the session can have credentials handed out";
        let told = (FindingCode::CredentialsHandedOut, says, "deny it in the profile");
        let actions: Vec<CatalogAction<'_>> = self.catalog.actions().collect();
        let harmless = without_class(&actions, SensitivityClass::Credentials);
        self.within_the_session(names, &hands_out, told, &harmless, found);
    }

    /// Finds which of some actions the session may do. An action beyond the exceptions of the promise is reported first; if there is none, the
    /// permitted actions are reported. What `harmless` allows is not reported.
    fn within_the_session(
        &self,
        names: &ActionNames,
        wanted: &dyn Fn(CatalogAction<'_>) -> bool,
        (code, says, help): (FindingCode, &str, &str),
        harmless: &Layers,
        found: &mut Vec<Finding>,
    ) {
        let actions: Vec<CatalogAction<'_>> = self.catalog.actions().collect();
        let question = Question::new(self.layers)
            .asked_by(self.principal)
            .assuming(ResourcePolicies::NoneNamesTheSession)
            .about(Actions::Of(
                names.select(|number| actions.get(number).is_some_and(|action| wanted(*action))),
            ));
        let tell = |possible: Possible| {
            let says = format!("{says}: {}", possible.words());
            let layers = match &possible.request {
                Some(request) => super::checks::replayable(self.layers, request),
                None => Layers::new(),
            };
            possible.show(Finding::new(code, says, help), &layers)
        };
        let mut exceptions = exceptions(self.profile);
        exceptions.identity.extend(harmless.identity.iter().cloned());
        let beyond = self.possible(Some(names), &question.clone().beyond(&exceptions));
        if beyond.is_empty() {
            let all = self.possible(Some(names), &question.clone().beyond(harmless));
            found.extend(all.into_iter().map(|possible| tell(possible).permitted()));
        } else {
            found.extend(beyond.into_iter().map(tell));
        }
    }

    /// Finds what resource policies grant the session although its session policies do not allow it. No exception permits that, because
    /// exceptions are about the session policies.
    fn resources(&self, found: &mut Vec<Finding>) {
        let resources = self.asked.role.resources();
        if resources.is_empty() {
            let session = self.principal.arn().unwrap_or_default();
            let finding = Finding::new(
                FindingCode::ResourcePoliciesUnknown,
                format!(
                    "no policies of resources are known; one that names {session}, or * with aws:PrincipalArn, can grant what no Deny holds back"
                ),
                "put the policies of buckets, keys, queues and secrets into the snapshot, as resources/NAME.json",
            );
            // What such a policy could grant if no Deny applies.
            let write = iam_eval::Action::new("s3:PutObject").map_or(Actions::Unlisted, Actions::One);
            let question = Question::new(self.layers)
                .asked_by(self.principal)
                .assuming(ResourcePolicies::Any)
                .about(write);
            let shown = self.possible(None, &question).into_iter().find_map(|possible| possible.request);
            found.push(match shown {
                Some(request) => {
                    let layers = super::checks::replayable(self.layers, &request);
                    finding.shown_by(request, &layers)
                }
                None => finding,
            });
        }
        // What the session policies allow together, whatever the role allows: a resource policy may grant it (rule 5.21).
        let mut promised = Layers::new();
        promised.identity.extend(self.layers.session.iter().flatten().cloned());
        for named in resources {
            let mut with = self.layers.clone();
            with.resource = Some(Arc::clone(named.policy()));
            let question = Question::new(&with).beyond(&promised).asked_by(self.principal);
            for possible in self.possible(None, &question) {
                let says = format!(
                    "the resource policy {} grants the session what its session policies do not: {}",
                    quoted(named.name()),
                    possible.words()
                );
                let help = "name the role and not its session in that policy, or add a Deny for sessions with the tag";
                let finding = Finding::new(FindingCode::ResourcePolicyReachesSession, says, help);
                found.push(possible.show(finding, &with));
            }
        }
    }
}
