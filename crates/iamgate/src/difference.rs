//! The difference between two documents of one kind: what one allows and the other does not, over every request and every caller.
//!
//! A document that names principals is asked about once for each kind of caller ([`CallerKind`]) and each account that may own the resource, so
//! that what differs may also be who gets in. A control policy is asked about beneath policies that allow everything: what differs is what it
//! lets through. Each difference has a request that the evaluator decides so; that there is no other is proven.

mod apart;
mod beyond;
mod extent;
mod stand_in;
mod views;

use std::collections::BTreeSet;
use std::sync::Arc;

use iam_analysis::{
    ActionNames, Actions, Analysis, CallerKind, ClassAnswer, Doubt, ProofBudget, Question, Verdict,
    VerdictKind,
};
use iam_catalog::Details;
use iam_eval::{Layer, Layers};
use iam_policy::value::Instant;
use iam_policy::{AccountId, Policy, PolicyKind};

use crate::proof::make_real;
use crate::snapshot::RoleSnapshot;
pub use extent::{Extent, HowFar};
use views::View;

/// A kind of documents that can be compared with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ComparedKind {
    /// Policies of principals: inline, managed, session policies and boundaries.
    Identity,
    /// Policies of resources besides keys and roles.
    Resource,
    /// Policies of KMS keys.
    Key,
    /// Trust policies.
    Trust,
    /// Service control policies.
    Scp,
    /// Resource control policies.
    Rcp,
    /// Policies of VPC endpoints.
    VpcEndpoint,
    /// Roles: their policies within their boundary.
    Role,
}

impl ComparedKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Identity,
        Self::Resource,
        Self::Key,
        Self::Trust,
        Self::Scp,
        Self::Rcp,
        Self::VpcEndpoint,
        Self::Role,
    ];

    /// The kind of comparison for policies of a kind.
    pub const fn of(kind: PolicyKind) -> Self {
        match kind {
            PolicyKind::Identity
            | PolicyKind::Managed
            | PolicyKind::AwsManaged
            | PolicyKind::Boundary
            | PolicyKind::Session => Self::Identity,
            PolicyKind::Resource => Self::Resource,
            PolicyKind::Kms => Self::Key,
            PolicyKind::Trust => Self::Trust,
            PolicyKind::Scp => Self::Scp,
            PolicyKind::Rcp => Self::Rcp,
            PolicyKind::VpcEndpoint => Self::VpcEndpoint,
        }
    }

    /// The name: `identity`, `resource`, `kms`, `trust`, `scp`, `rcp`, `vpc_endpoint` or `role`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Resource => "resource",
            Self::Key => "kms",
            Self::Trust => "trust",
            Self::Scp => "scp",
            Self::Rcp => "rcp",
            Self::VpcEndpoint => "vpc_endpoint",
            Self::Role => "role",
        }
    }

    /// One of them in words, with its article.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Identity => "an identity policy",
            Self::Resource => "a resource-based policy",
            Self::Key => "a key policy",
            Self::Trust => "a trust policy",
            Self::Scp => "a service control policy",
            Self::Rcp => "a resource control policy",
            Self::VpcEndpoint => "a VPC endpoint policy",
            Self::Role => "a role",
        }
    }
}

impl std::fmt::Display for ComparedKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// How documents are compared.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Comparing<'c> {
    /// The kind of the documents.
    pub kind: ComparedKind,
    /// The account that owns the resource. `None` if the documents have to say.
    pub owner: Option<AccountId>,
    /// Whether only actions of the list are compared, and not every name.
    pub is_closed: bool,
    /// The actions that are told by name.
    pub names: &'c ActionNames,
    /// The resource types and keys of the actions.
    pub details: &'c Details<'c>,
    /// The time of calls of STS, for trust policies that ask for it in two ways.
    pub now: Instant,
    /// Whether it is told how far each action that differs was and is allowed.
    pub tells_extents: bool,
    /// The steps of all questions.
    pub budget: ProofBudget,
    /// What the old and the new document are called, for answers that are open because one is too large.
    pub called: [Box<str>; 2],
}

impl<'c> Comparing<'c> {
    /// A comparison of documents of a kind, of every action name, whoever owns the resource.
    pub fn new(kind: ComparedKind, names: &'c ActionNames, details: &'c Details<'c>, now: Instant) -> Self {
        let budget = ProofBudget::ALL;
        let called = ["the old document", "the new document"].map(Into::into);
        Self { kind, owner: None, is_closed: false, names, details, now, tells_extents: true, budget, called }
    }

    /// The comparison for resources of an account.
    #[must_use]
    pub fn owned_by(mut self, owner: Option<AccountId>) -> Self {
        self.owner = owner;
        self
    }

    /// The comparison of actions of the list only.
    #[must_use]
    pub fn closed(mut self, is_closed: bool) -> Self {
        self.is_closed = is_closed;
        self
    }

    /// The comparison with the steps that another one left.
    fn with_left(mut self, found: &PolicyDifference) -> Self {
        self.budget = found.left.unwrap_or(ProofBudget::steps(0));
        self
    }

    /// Only whether the documents differ.
    #[must_use]
    pub fn briefly(mut self) -> Self {
        self.tells_extents = false;
        self
    }
}

/// What differs between two documents.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PolicyDifference {
    /// What only the new document allows, or of which that is not known.
    pub gained: Vec<Changed>,
    /// What only the old document allows, or of which that is not known.
    pub lost: Vec<Changed>,
    /// What the answer rests on, as sentences.
    pub premises: Vec<Box<str>>,
    /// The steps that are left.
    pub left: Option<ProofBudget>,
}

/// A group of actions that one document allows somebody and the other does not.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Changed {
    /// Who asks. The request of the answer is one of the first. Empty if the documents name no principals.
    pub askers: Vec<Asker>,
    /// The actions, and a request that shows it.
    pub answer: ClassAnswer,
    /// How far the old document allows the example to the first of the askers.
    pub before: Extent,
    /// How far the new document allows it.
    pub after: Extent,
}

impl Changed {
    /// A doubt about every action.
    fn unknown(doubt: Doubt, asker: Option<Asker>) -> Self {
        Self {
            askers: asker.into_iter().collect(),
            answer: ClassAnswer::unknown("*", vec![doubt]),
            before: Extent::unknown(),
            after: Extent::unknown(),
        }
    }
}

/// Callers who are asked about together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Callers of a kind who do not belong to the account that owns the resource. Their own policies allow everything.
    Outside(CallerKind),
    /// A service, or all that no document names.
    Service(Option<Box<str>>),
    /// Callers of a kind of the account that owns the resource.
    Own {
        /// Their kind.
        kind: CallerKind,
        /// The account.
        account: AccountId,
        /// Whether their own policies allow everything. Otherwise they have none.
        may_everything: bool,
    },
    /// Those whom an identity provider knows.
    Provider(Box<str>),
    /// Those of whom a document does not say who they are.
    Unidentified(Box<str>),
}

/// Writes the callers in words.
impl std::fmt::Display for Asker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Outside(CallerKind::Anonymous) => f.write_str(CallerKind::Anonymous.description()),
            Self::Outside(kind) => write!(f, "{} of other accounts", kind.description()),
            Self::Service(Some(name)) => write!(f, "the service {name}"),
            Self::Service(None) => f.write_str("services of AWS"),
            Self::Own { kind, account, may_everything: true } => {
                write!(f, "{} of the owner {account} whose own policies allow it", kind.description())
            }
            Self::Own { kind, account, may_everything: false } => {
                write!(f, "{} of the owner {account} without policies of their own", kind.description())
            }
            Self::Provider(provider) => write!(f, "callers with a token of {provider}"),
            Self::Unidentified(name) => write!(f, "{name}"),
        }
    }
}

impl PolicyDifference {
    /// Adds that it is not known, because the comparison does not reach something.
    fn doubt(&mut self, about: &str) {
        for list in [&mut self.gained, &mut self.lost] {
            list.push(Changed::unknown(Doubt::Unasked { about: about.into() }, None));
        }
    }

    /// Adds what Deny statements deny beside other policies, where it is not told that the documents alone differ.
    fn denied_otherwise(&mut self, beneath: Self) {
        for (list, more) in [(&mut self.gained, beneath.gained), (&mut self.lost, beneath.lost)] {
            let shown: Vec<&ClassAnswer> = list.iter().map(|own| &own.answer).collect();
            let shown: Vec<&ClassAnswer> =
                shown.into_iter().filter(|own| matches!(own.verdict, Verdict::Fails(_))).collect();
            let places: BTreeSet<_> = shown.iter().flat_map(|own| own.places.iter().copied()).collect();
            let examples: BTreeSet<Box<str>> = shown.iter().map(|own| own.example.clone()).collect();
            for mut own in more {
                let answer = &mut own.answer;
                let is_shown = if answer.places.is_empty() {
                    examples.contains(&answer.example)
                } else {
                    answer.places.iter().all(|place| places.contains(place))
                };
                if is_shown || list.iter().any(|known| is_same(&known.answer, answer)) {
                    continue;
                }
                if matches!(answer.verdict, Verdict::Fails(_)) {
                    let about = format!(
                        "other policies of the principal, beside which the Deny statements differ, as on {}",
                        answer.example
                    );
                    answer.verdict = Verdict::Unknown(vec![Doubt::Unasked { about: about.into() }]);
                }
                list.push(own);
            }
        }
        self.left = beneath.left;
    }

    /// The verdict on the claim that the new document allows nothing that the old one does not.
    pub fn verdict(&self) -> VerdictKind {
        VerdictKind::together(self.gained.iter().map(|own| own.answer.verdict.kind()))
    }

    /// Whether it is proven that both allow the same.
    pub const fn is_none(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty()
    }

    /// Whether the evaluator judges a request otherwise than the proof. That is a defect of this program, not an answer.
    pub fn is_defect(&self) -> bool {
        self.gained.iter().chain(&self.lost).any(|own| own.answer.verdict.is_defect())
    }
}

/// The maximum number of groups of actions in each direction of which it is told how far they were and are allowed.
const TOLD: usize = 48;

/// What differs between two documents of one kind.
///
/// # Examples
/// ```
/// use iamgate::iam_analysis::{ActionNames, VerdictKind};
/// use iamgate::iam_policy::value::Instant;
/// use iamgate::{ComparedKind, Comparing, Details, Limits, Mode, Policy, PolicyKind, difference};
/// use std::sync::Arc;
///
/// let read = |who: &str| {
///     let text = format!(r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {{"AWS": "{who}"}},
///         "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}}}"#);
///     Policy::parse(&text, PolicyKind::Resource, Mode::Strict, &Limits::default()).map(Arc::new)
/// };
/// let (names, details) = (ActionNames::new(["s3:GetObject"]), Details::embedded()?);
/// let about = Comparing::new(ComparedKind::Resource, &names, &details, Instant::from_epoch_seconds(0));
/// let (role, account) = (read("arn:aws:iam::111122223333:role/a")?, read("111122223333")?);
/// assert_eq!(difference(&account, &role, &about).verdict(), VerdictKind::Fails);
/// let same = difference(&role, &role, &about);
/// assert!(same.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn difference(old: &Arc<Policy>, new: &Arc<Policy>, about: &Comparing<'_>) -> PolicyDifference {
    let (views, premises) = views::of(old, new, about);
    let described = [old, new].map(|policy| vec![(Layer::Identity, vec![Arc::clone(policy)])]);
    let mut found = compared(&views, &described, about);
    found.premises = premises;
    let rest = about.clone().with_left(&found);
    stand_in::add(&mut found, old, new, &rest);
    for reason in views::beyond(old, new, about) {
        found.doubt(&reason);
    }
    if let Some(beneath) = views::beneath(old, new, about) {
        let rest = about.clone().with_left(&found).briefly();
        found.denied_otherwise(compared(&[beneath], &described, &rest));
    }
    found
}

/// What differs between what two roles may do: their policies, within their boundaries and the control policies that are known of them.
///
/// Their trust policies are not looked at: compare them by [`difference`].
pub fn difference_of_roles(
    old: &RoleSnapshot,
    new: &RoleSnapshot,
    about: &Comparing<'_>,
) -> PolicyDifference {
    let (views, premises) = views::of_roles(old, new, about);
    let described = [old, new].map(extent::of_role);
    let mut found = compared(&views, &described, about);
    found.premises = premises;
    found
}

/// The policies of some layers, for words.
type Described = Vec<(Layer, Vec<Arc<Policy>>)>;

/// Asks every view in both directions.
fn compared(views: &[View], described: &[Described; 2], about: &Comparing<'_>) -> PolicyDifference {
    let mut found = PolicyDifference::default();
    let mut left = about.budget;
    for view in views {
        let names = view.actions.as_ref().unwrap_or(about.names);
        let analysis = Analysis::with_names(view.space.clone(), names.clone()).in_all(left);
        let mut analysis = analysis.called(view.called.iter().cloned());
        for is_gain in [true, false] {
            let [old, new] = &view.layers;
            let (allowed, others) = if is_gain { (new, old) } else { (old, new) };
            let list = if is_gain { &mut found.gained } else { &mut found.lost };
            for actions in view.axes(about) {
                let question = view.question(allowed).beyond(others).about(actions);
                for mut answer in analysis.by_action(&question) {
                    if answer.verdict == Verdict::Holds {
                        continue;
                    }
                    if let Some(known) = list.iter_mut().find(|own| is_same(&own.answer, &answer)) {
                        known.askers.extend(view.asker.clone().filter(|own| !known.askers.contains(own)));
                        continue;
                    }
                    make_real(&mut answer, &question, about.details);
                    let mut own = Changed {
                        askers: view.asker.iter().cloned().collect(),
                        answer,
                        before: Extent::unknown(),
                        after: Extent::unknown(),
                    };
                    if about.tells_extents && list.len() < TOLD {
                        extent::tell(&mut own, is_gain, view, &mut analysis, described);
                    }
                    list.push(own);
                }
            }
        }
        left = analysis.left();
    }
    for list in [&mut found.gained, &mut found.lost] {
        list.sort_by(|a, b| a.answer.example.cmp(&b.answer.example));
    }
    found.left = Some(left);
    found
}

/// Whether two answers are about the same actions and say the same.
fn is_same(one: &ClassAnswer, other: &ClassAnswer) -> bool {
    one.places == other.places
        && one.verdict.kind() == other.verdict.kind()
        && (!one.places.is_empty() || one.example == other.example)
}

impl View {
    /// The actions that are asked about: those of the list by name, and one name for all others.
    fn axes(&self, about: &Comparing<'_>) -> Vec<Actions> {
        if about.is_closed || self.actions.is_some() {
            vec![Actions::Listed]
        } else {
            vec![Actions::Listed, Actions::Unlisted]
        }
    }

    /// The question whether some layers allow a request of this view.
    fn question<'q>(&'q self, layers: &'q Layers) -> Question<'q> {
        let mut question = Question::new(layers);
        question.principal = self.principal.as_ref();
        question.owner = self.owner.as_ref().map(AccountId::as_str);
        question.resource = self.resource;
        question
    }
}
