//! Whether a resource policy gives access to anybody outside a set of accounts and organizations.
//!
//! A request from outside is allowed if one Allow statement applies and no Deny statement does. So each Allow statement is asked about
//! together with all Denies, for every kind of caller ([`CallerKind`]), and the answers together are the answer for the policy. Within a
//! kind, the names of the callers are a part of the space of the analysis, so a proof is about all of them.
//!
//! Services of AWS are another question: they call for somebody. [`ServiceAccess`] tells the statements that let a service act for accounts
//! outside.

pub(crate) mod named;
mod strangers;
mod variant;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;

use iam_analysis::{
    ActsFor, Analysis, CallerKind, Callers, ClassAnswer, Doubt, Fact, Inside, ProofBudget, Question, Space,
    Verdict, VerdictKind,
};
use iam_catalog::Lookup;
use iam_eval::{ContextValue, Layers, Principal};
use iam_policy::{Effect, Partition, Policy};

use crate::proof::{make_real, space};
use named::Service;
pub use strangers::strangers;
pub(crate) use variant::variables;

/// The answer to the question whether a resource policy lets somebody in from outside.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outsiders {
    /// The Allow statements that let somebody in, or of which it is not known.
    pub let_in: Vec<Outsider>,
    /// The Allow statements that let a service act for accounts outside, or of which it is not known.
    pub services: Vec<ServiceAccess>,
    /// The Allow statements that name everyone, and yet let nobody in from outside.
    pub held: Vec<Held>,
    /// The partitions that the answer is about: those that the policy names, or `aws`.
    pub partitions: Vec<Partition>,
    /// The ARNs without an account, such as those of buckets, for which services may act. They are taken for resources inside.
    pub own_resources: Vec<Box<str>>,
}

/// A statement that lets callers in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outsider {
    /// The number of the statement, counted from 0.
    pub statement: usize,
    /// The kinds of callers. Empty if the policy does not say whom it names.
    pub kinds: Vec<CallerKind>,
    /// Groups of actions that callers of the first kind may do, or for which the answer is not known.
    pub answers: Vec<ClassAnswer>,
}

/// A statement that lets a service act for accounts outside (the confused deputy problem).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServiceAccess {
    /// The number of the statement, counted from 0.
    pub statement: usize,
    /// The service. `None` if the statement names everyone.
    pub service: Option<Box<str>>,
    /// Groups of actions that it may do, or for which the answer is not known.
    pub answers: Vec<ClassAnswer>,
}

/// A statement that names everyone, and lets nobody in from outside.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Held {
    /// The number of the statement, counted from 0.
    pub statement: usize,
    /// The condition keys without whose test somebody would be let in. Empty if no single test or only a Deny does it.
    pub keys: Vec<Box<str>>,
}

impl ServiceAccess {
    /// Whether every request that shows it is one of a service that the statement names.
    fn is_only_of(&self, named: &BTreeSet<Service>) -> bool {
        self.answers.iter().all(|answer| {
            let Verdict::Fails(witness) = &answer.verdict else { return false };
            let Principal::AwsService { service } = &witness.request.principal else { return false };
            named.contains(&Service::Named(service.clone()))
        })
    }
}

impl Outsiders {
    /// The verdict on the claim that nobody is let in from outside. Services do not count.
    pub fn verdict(&self) -> VerdictKind {
        VerdictKind::together(self.answers().map(|answer| answer.verdict.kind()))
    }

    /// The verdict on the claim that no service may act for accounts outside.
    pub fn verdict_on_services(&self) -> VerdictKind {
        let answers = self.services.iter().flat_map(|service| &service.answers);
        VerdictKind::together(answers.map(|answer| answer.verdict.kind()))
    }

    /// Whether the evaluator judges a request of the proof differently. That is a defect of this program, not an answer.
    pub fn is_defect(&self) -> bool {
        let services = self.services.iter().flat_map(|service| &service.answers);
        self.answers().chain(services).any(|answer| answer.verdict.is_defect())
    }

    fn answers(&self) -> impl Iterator<Item = &ClassAnswer> {
        self.let_in.iter().flat_map(|outsider| &outsider.answers)
    }
}

/// The maximum number of steps of all questions.
const ALL: ProofBudget = ProofBudget::ALL;

/// The maximum number of steps of one question: a statement, a kind of callers and a partition.
const BUDGET: ProofBudget = ProofBudget::steps(1 << 20);

/// Looks for everybody outside to whom a resource policy gives access.
///
/// The callers are IAM users, role sessions, federated users and root users of every account that is not inside, in or out of any
/// organization that is not inside, and callers without credentials. Their own policies may allow everything. No other policy is
/// considered.
///
/// # Examples
/// ```
/// use iamgate::iam_analysis::{Inside, VerdictKind};
/// use iamgate::{Details, Limits, Mode, Policy, PolicyKind, outsiders};
/// use iamgate::iam_policy::account_id;
/// use std::sync::Arc;
///
/// let text = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",
///     "Condition": {"StringEquals": {"aws:PrincipalAccount": ["111122223333", "444455556666"]}}}}"#;
/// let policy = Arc::new(Policy::parse(text, PolicyKind::Resource, Mode::Strict, &Limits::default())?);
/// let details = Details::embedded()?;
/// let mut inside = Inside::of(account_id!("111122223333"));
/// assert_eq!(outsiders(&policy, &inside, &details).verdict(), VerdictKind::Fails);
/// inside.accounts.push(account_id!("444455556666"));
/// assert_eq!(outsiders(&policy, &inside, &details).verdict(), VerdictKind::Holds);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn outsiders(policy: &Arc<Policy>, inside: &Inside, details: &dyn Lookup) -> Outsiders {
    let asked = Asked {
        policy,
        inside,
        details,
        facts: &[],
        partitions: named::partitions(policy),
        left: Cell::new(ALL),
        spaces: RefCell::default(),
    };
    let own_resources = named::own_resources(policy);
    let (mut let_in, mut services, mut held) = (Vec::new(), Vec::new(), Vec::new());
    for (statement, own) in policy.statements.iter().enumerate() {
        if own.effect.value != Effect::Allow {
            continue;
        }
        let alone = variant::alone(policy, statement);
        let outsider = asked.let_in(statement, &alone).or_else(|| asked.unidentified(statement, &alone));
        if outsider.is_none() && named::is_for_everyone(own) {
            held.push(Held { statement, keys: asked.holding(&alone) });
        }
        let is_public =
            outsider.as_ref().is_some_and(|outsider| outsider.kinds.len() == CallerKind::PEOPLE.len());
        let_in.extend(outsider);
        let all = named::services(own);
        for service in all.iter().filter(|service| !(is_public && **service == Service::Any)) {
            let access = asked.service(statement, &alone, service, &own_resources);
            // A service that the statement names is not told again as one of all.
            services.extend(access.filter(|own| *service != Service::Any || !own.is_only_of(&all)));
        }
    }
    let own_resources = own_resources.into_iter().map(Into::into).collect();
    Outsiders { let_in, services, held, partitions: asked.partitions, own_resources }
}

/// The spaces of requests that are looked at, one after the other: what is known of the resource.
pub(crate) fn spaces(policy: &Policy, inside: &Inside, details: &dyn Lookup) -> Vec<Space> {
    let conditions = policy.statements.iter().flat_map(|statement| &statement.conditions);
    let mut whole = space(conditions, details);
    // A condition key has a prefix and a colon (rule 1.19), so that no request has another one.
    let variables = variant::variables(policy);
    for name in variables.iter().filter(|name| !name.contains(':')) {
        whole.set_fact(name, Fact::Absent);
    }
    let mut spaces = vec![whole];
    let mut split = |key: &str, values: &[&str]| {
        if !variant::tests(policy, key) && !variables.iter().any(|name| name.eq_ignore_ascii_case(key)) {
            return;
        }
        let facts = values.iter().map(|value| Fact::Value(ContextValue::single(*value)));
        let facts: Vec<Fact> = facts.chain([Fact::Absent]).collect();
        let with = |space: &Space, fact: &Fact| {
            let mut space = space.clone();
            space.set_fact(key, fact.clone());
            space
        };
        spaces = spaces.iter().flat_map(|space| facts.iter().map(|fact| with(space, fact))).collect();
    };
    split("aws:ResourceAccount", &[inside.owner.as_str()]);
    let organizations: Vec<&str> = inside.organizations.iter().map(|id| &**id).collect();
    // Of an owner without organizations it is not known whether it is in one.
    if !organizations.is_empty() {
        split("aws:ResourceOrgID", &organizations);
    }
    spaces
}

/// A question about all callers outside.
struct Asked<'q> {
    policy: &'q Arc<Policy>,
    inside: &'q Inside,
    details: &'q dyn Lookup,
    /// What else is known of the requests.
    facts: &'q [(Box<str>, Fact)],
    partitions: Vec<Partition>,
    /// What is left of the steps.
    left: Cell<ProofBudget>,
    /// The spaces of the policy that was asked about last.
    spaces: RefCell<Option<(Arc<Policy>, Vec<Space>)>>,
}

impl Asked<'_> {
    /// The callers that a statement lets in together with all Denies.
    fn let_in(&self, statement: usize, alone: &Arc<Policy>) -> Option<Outsider> {
        let mut found = Outsider { statement, kinds: Vec::new(), answers: Vec::new() };
        for kind in CallerKind::PEOPLE {
            let answers = self.answers(alone, kind);
            if answers.is_empty() {
                continue;
            }
            // A request that shows it is worth more than a doubt.
            let is_shown = |answers: &[ClassAnswer]| {
                VerdictKind::together(answers.iter().map(|a| a.verdict.kind())) == VerdictKind::Fails
            };
            if found.kinds.is_empty() || (is_shown(&answers) && !is_shown(&found.answers)) {
                found.answers = answers;
                found.kinds.insert(0, kind);
            } else {
                found.kinds.push(kind);
            }
        }
        (!found.kinds.is_empty()).then_some(found)
    }

    fn answers(&self, alone: &Arc<Policy>, kind: CallerKind) -> Vec<ClassAnswer> {
        let callers = |partition: &Partition| Callers::of(kind, partition, self.inside);
        self.partitions.iter().flat_map(|partition| self.ask(alone, &callers(partition))).collect()
    }

    /// The answers that are not proven, with requests of the whole policy.
    fn ask(&self, alone: &Arc<Policy>, callers: &Callers) -> Vec<ClassAnswer> {
        let layers = |policy: &Arc<Policy>| {
            let everything = Arc::new(Policy::everything());
            let mut layers = Layers::new();
            layers.resource = Some(Arc::clone(policy));
            layers.identity.push(Arc::clone(&everything));
            // Federated users have the permissions that a session policy gives them, and no others (rule 6.14).
            layers.session = (callers.kind() == CallerKind::FederatedUser).then(|| vec![everything]);
            layers
        };
        let (own, whole) = (layers(alone), layers(self.policy));
        // What needs no permission is not asked for (rule 5.55).
        let nothing = Layers::new();
        let question = Question::new(&own).beyond(&nothing);
        let real = Question::new(&whole).beyond(&nothing);
        for space in self.spaces_of(alone) {
            let space = space.with_callers(callers.clone());
            let mut analysis = Analysis::new(space).within(BUDGET).in_all(self.left.get());
            let mut answers = analysis.by_action(&question);
            self.left.set(analysis.left());
            answers.retain(|answer| answer.verdict != Verdict::Holds);
            for answer in &mut answers {
                make_real(answer, &real, self.details);
            }
            if !answers.is_empty() {
                return answers;
            }
        }
        Vec::new()
    }

    /// As [`spaces`]. Most questions are about the same policy as the one before.
    fn spaces_of(&self, policy: &Arc<Policy>) -> Vec<Space> {
        let mut last = self.spaces.borrow_mut();
        match &*last {
            Some((own, spaces)) if Arc::ptr_eq(own, policy) => spaces.clone(),
            _ => {
                let mut spaces = spaces(policy, self.inside, self.details);
                for space in &mut spaces {
                    for (key, fact) in self.facts {
                        space.set_fact(key, fact.clone());
                    }
                }
                *last = Some((Arc::clone(policy), spaces.clone()));
                spaces
            }
        }
    }

    /// The keys without whose tests a statement would let somebody in.
    fn holding(&self, alone: &Arc<Policy>) -> Vec<Box<str>> {
        let mut keys: Vec<Box<str>> = Vec::new();
        for (key, without) in variant::without_each_key(alone) {
            let lets_in = |kind: CallerKind| !self.answers(&without, kind).is_empty();
            if CallerKind::PEOPLE.into_iter().any(lets_in) {
                keys.push(key);
            }
        }
        keys
    }

    /// The doubt about those of whom the policy does not say who they are, if somebody would be let in should they be outside.
    fn unidentified(&self, statement: usize, alone: &Arc<Policy>) -> Option<Outsider> {
        let named = named::unidentified(alone)?;
        let example = self.as_stranger(alone)?;
        Some(Outsider { statement, kinds: Vec::new(), answers: vec![doubtful(example, named)] })
    }

    /// What would be allowed if those of whom the policy does not say who they are were an account outside.
    fn as_stranger(&self, alone: &Policy) -> Option<ClassAnswer> {
        let replaced = variant::with_stranger(alone, &named::stranger(self.inside));
        let (inside, details, partitions) = (self.inside, self.details, self.partitions.clone());
        let asked = Asked {
            policy: &replaced,
            inside,
            details,
            facts: self.facts,
            partitions,
            left: self.left.clone(),
            spaces: RefCell::default(),
        };
        let found =
            CallerKind::PEOPLE.iter().find_map(|kind| asked.answers(&replaced, *kind).into_iter().next());
        self.left.set(asked.left.get());
        found
    }

    /// What a statement lets a service do for accounts outside.
    fn service(
        &self,
        statement: usize,
        alone: &Arc<Policy>,
        service: &Service,
        own_resources: &[&str],
    ) -> Option<ServiceAccess> {
        let name = service.name();
        if let Service::Identity(_) = service {
            let answers = vec![doubtful(self.as_stranger(&variant::with_identity(alone, name))?, name)];
            return Some(ServiceAccess { statement, service: Some(name.into()), answers });
        }
        for partition in &self.partitions {
            for acts_for in [ActsFor::InAccount, ActsFor::Elsewhere] {
                let callers = match service {
                    Service::Any => Callers::any_service(acts_for, partition, self.inside),
                    Service::Named(_) | Service::Identity(_) => {
                        Callers::service(name, acts_for, partition, self.inside)
                    }
                };
                let callers = callers.not_for(own_resources);
                let answers = self.ask(alone, &callers);
                if !answers.is_empty() {
                    let service = (*service != Service::Any).then(|| name.into());
                    return Some(ServiceAccess { statement, service, answers });
                }
            }
        }
        None
    }
}

/// The answer that it is not known, because of somebody of whom it is not known who it is.
pub(crate) fn doubtful(mut answer: ClassAnswer, named: &str) -> ClassAnswer {
    let doubt = Doubt::Unidentified { named: named.into(), action: answer.example.clone() };
    answer.verdict = Verdict::Unknown(vec![doubt]);
    answer
}
