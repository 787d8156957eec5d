//! Findings about access that session policies do not limit.

mod versions;

use std::sync::Arc;

use iam_analysis::{ActionNames, Actions, Analysis, ProofBudget, Question, ResourcePolicies, Space, Verdict};
use iam_catalog::{Catalog, CatalogAction, Details, SensitivityClass};
use iam_eval::{Layers, Principal, Request};
use iam_json::quoted;
use iam_policy::{Policy, PrincipalElement};

use super::memory::{Answer, Weight};
use crate::finding::{Finding, FindingCode};
use crate::managed::NamedPolicy;
use crate::profile::Profile;
use crate::proof::{exceptions, make_real, space, without_class};
use crate::snapshot::RoleSnapshot;

/// The inputs in which findings are looked for.
pub(super) struct Escapes<'e> {
    pub(super) role: &'e RoleSnapshot,
    /// The profile with the managed policies as the account has them.
    pub(super) profile: &'e Profile,
    /// The layers of the session under that profile.
    pub(super) layers: &'e Layers,
    /// Whether the promise is proven for that profile.
    pub(super) is_proven: bool,
    pub(super) principal: &'e Principal,
    pub(super) catalog: &'e Catalog<'e>,
    /// The names of the catalogue.
    pub(super) names: &'e ActionNames,
    pub(super) details: &'e Details<'e>,
}

/// What several questions about the layers of the session share.
struct Asked<'a> {
    analysis: Analysis,
    actions: Vec<CatalogAction<'a>>,
}

/// What was found for the sessions of a role, whatever they are called.
pub(super) struct Found {
    /// The layers of the sessions.
    layers: Layers,
    escapes: Vec<Escape>,
}

/// A finding, and the request that shows it.
struct Escape {
    finding: Finding,
    shown: Option<(Request, Under)>,
}

/// The policies that a request meets.
enum Under {
    /// Those of the session, and the policy of a resource if the request needs one.
    Session,
    /// These, and the session asks.
    Policies(Layers),
    /// These, whoever asks.
    Documents(Layers),
}

impl Found {
    /// The findings for a session of the same role.
    pub(super) fn of(&self, principal: &Principal) -> Vec<Finding> {
        self.escapes.iter().map(|own| self.told(own, principal)).collect()
    }

    fn told(&self, own: &Escape, principal: &Principal) -> Finding {
        let finding = own.finding.clone();
        let Some((request, under)) = &own.shown else { return finding };
        let mut request = request.clone();
        match under {
            Under::Session => {
                request.principal = principal.clone();
                let layers = super::checks::replayable(&self.layers, &request);
                finding.shown_by(request, &layers)
            }
            Under::Policies(layers) => {
                request.principal = principal.clone();
                finding.shown_by(request, layers)
            }
            Under::Documents(layers) => finding.shown_by(request, layers),
        }
    }
}

impl Answer for Found {
    const KIND: &'static str = "escapes";

    fn weigh(&self, weight: &mut Weight) {
        weight.layers(&self.layers);
        for own in &self.escapes {
            weight.finding(&own.finding);
            if let Some((request, under)) = &own.shown {
                weight.request(request);
                match under {
                    Under::Session => {}
                    Under::Policies(layers) | Under::Documents(layers) => weight.layers(layers),
                }
            }
        }
    }
}

/// Whether a policy that bears on the sessions of a role names this session. No policy tells two sessions of a role apart that it does not name:
/// principals are compared as whole texts (rule 5.3), and the key `aws:userid`, which has the name, is in question for every session.
pub(super) fn names(role: &RoleSnapshot, principal: &Principal) -> bool {
    let Some(arn) = principal.arn() else { return true };
    let rcp = role.rcp().into_iter().flatten().flatten();
    let policies = role.resources().iter().chain(rcp).map(|named| &**named.policy());
    let elements = policies.flat_map(|own| &own.statements).filter_map(|own| own.principal.as_ref());
    let mut entries = elements.map(PrincipalElement::principals).flat_map(iam_policy::Principals::entries);
    entries.any(|entry| entry.value.text().eq_ignore_ascii_case(arn))
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

    fn show(self, finding: Finding, under: Under) -> Escape {
        Escape { finding, shown: self.request.map(|request| (request, under)) }
    }
}

impl From<Finding> for Escape {
    /// A finding without a request.
    fn from(finding: Finding) -> Self {
        Self { finding, shown: None }
    }
}

impl Escapes<'_> {
    pub(super) fn find(&self) -> Found {
        let mut found = Vec::new();
        self.versions(&mut found);
        // What lies beyond are statements without conditions.
        let space = self.space(&[self.layers]);
        let analysis = Analysis::with_names(space, self.names.clone()).in_all(ProofBudget::ALL);
        let mut asked = Asked { analysis, actions: self.catalog.actions().collect() };
        self.hops(&mut asked, &mut found);
        self.credentials(&mut asked, &mut found);
        self.unknown_resources(&mut asked, &mut found);
        self.resources(&mut found);
        Found { layers: self.layers.clone(), escapes: found }
    }

    /// The space of the requests that these layers decide about.
    fn space(&self, layers: &[&Layers]) -> Space {
        let policies = layers.iter().flat_map(|own| own.policies());
        let conditions = policies.flat_map(|(_, policy)| &policy.statements).flat_map(|s| &s.conditions);
        space(conditions, self.details)
    }

    /// The possible actions of a question: one for each group of actions, with a request if one is known to be allowed.
    fn possible(&self, analysis: &mut Analysis, question: &Question<'_>) -> Vec<Possible> {
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
    fn hops(&self, asked: &mut Asked<'_>, found: &mut Vec<Escape>) {
        let help = "deny it in the profile, unless it is an exception of the promise";
        let says = "the session can take on another role";
        let chains = |action: CatalogAction<'_>| action.service == "sts" && action.name.starts_with("Assume");
        let told = (FindingCode::RoleChaining, says, help);
        self.within_the_session(asked, &chains, told, &Layers::new(), found);
        let says = "the session can hand a role to a service, which acts with it";
        let passes = |action: CatalogAction<'_>| action.service == "iam" && action.name == "PassRole";
        let told = (FindingCode::PassRole, says, help);
        self.within_the_session(asked, &passes, told, &Layers::new(), found);
    }

    /// Finds reads that return credentials.
    fn credentials(&self, asked: &mut Asked<'_>, found: &mut Vec<Escape>) {
        let hands_out =
            |action: CatalogAction<'_>| action.sensitivity.contains(SensitivityClass::Credentials);
        let says = "the session can have credentials handed out";
        let told = (FindingCode::CredentialsHandedOut, says, "deny it in the profile");
        let harmless = without_class(&asked.actions, SensitivityClass::Credentials);
        self.within_the_session(asked, &hands_out, told, &harmless, found);
    }

    /// Finds which of some actions the session may do. An action beyond the exceptions of the promise is reported first; if there is none, the
    /// permitted actions are reported. What `harmless` allows is not reported.
    fn within_the_session(
        &self,
        asked: &mut Asked<'_>,
        wanted: &dyn Fn(CatalogAction<'_>) -> bool,
        (code, says, help): (FindingCode, &str, &str),
        harmless: &Layers,
        found: &mut Vec<Escape>,
    ) {
        let Asked { analysis, actions } = asked;
        let wanted = self.names.select(|number| actions.get(number).is_some_and(|action| wanted(*action)));
        let question = Question::new(self.layers)
            .asked_by(self.principal)
            .assuming(ResourcePolicies::NoneNamesTheSession)
            .about(Actions::Of(wanted));
        let tell = |possible: Possible| {
            let says = format!("{says}: {}", possible.words());
            possible.show(Finding::new(code, says, help), Under::Session)
        };
        // Mostly nothing is possible, and then nothing is beyond the exceptions.
        let all = self.possible(analysis, &question.clone().beyond(harmless));
        if all.is_empty() {
            return;
        }
        let mut exceptions = exceptions(self.profile);
        exceptions.identity.extend(harmless.identity.iter().cloned());
        let beyond = self.possible(analysis, &question.clone().beyond(&exceptions));
        if beyond.is_empty() {
            let permitted = |own: Escape| Escape { finding: own.finding.permitted(), ..own };
            found.extend(all.into_iter().map(tell).map(permitted));
        } else {
            found.extend(beyond.into_iter().map(tell));
        }
    }

    /// Finds that no policies of resources are known, with a request that such a policy could grant if no Deny applies.
    fn unknown_resources(&self, asked: &mut Asked<'_>, found: &mut Vec<Escape>) {
        if !self.role.resources().is_empty() {
            return;
        }
        let finding = Finding::new(
            FindingCode::ResourcePoliciesUnknown,
            "no policies of resources are known; one that names the session, or * with aws:PrincipalArn, can grant what no Deny holds back",
            "put the policies of buckets, keys, queues and secrets into the snapshot, as resources/NAME.json",
        );
        let write = iam_eval::Action::new("s3:PutObject").map_or(Actions::Unlisted, Actions::One);
        let question =
            Question::new(self.layers).asked_by(self.principal).assuming(ResourcePolicies::Any).about(write);
        let possible = self.possible(&mut asked.analysis, &question);
        let shown = possible.into_iter().find_map(|possible| possible.request);
        found.push(Escape { finding, shown: shown.map(|request| (request, Under::Session)) });
    }

    /// Finds what resource policies grant the session although its session policies do not allow it. No exception permits that, because
    /// exceptions are about the session policies.
    fn resources(&self, found: &mut Vec<Escape>) {
        let with = |policy: &Arc<Policy>| {
            let mut with = self.layers.clone();
            with.resource = Some(Arc::clone(policy));
            with
        };
        let all: Vec<(&NamedPolicy, Layers)> =
            self.role.resources().iter().map(|named| (named, with(named.policy()))).collect();
        // What the session policies allow together, whatever the role allows: a resource policy may grant it (rule 5.21).
        let mut promised = Layers::new();
        promised.identity.extend(self.layers.session.iter().flatten().cloned());
        let every: Vec<&Layers> = all.iter().map(|(_, layers)| layers).chain([&promised]).collect();
        let mut analysis = Analysis::new(self.space(&every)).in_all(ProofBudget::ALL);
        for (named, layers) in &all {
            let question = Question::new(layers).beyond(&promised).asked_by(self.principal);
            for possible in self.possible(&mut analysis, &question) {
                let says = format!(
                    "the resource policy {} grants the session what its session policies do not: {}",
                    quoted(named.name()),
                    possible.words()
                );
                let help = "name the role and not its session in that policy, or add a Deny for sessions with the tag";
                let finding = Finding::new(FindingCode::ResourcePolicyReachesSession, says, help);
                found.push(possible.show(finding, Under::Policies(layers.clone())));
            }
        }
    }
}
