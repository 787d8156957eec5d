//! Questions and their answers.

use std::sync::Arc;

use iam_eval::{ContextValue, Layers, Principal, Reading, Request, ResourceKind};
use iam_policy::{ArnFields, Policy};

use crate::access::{Access, ResourcePolicies, Setting};
use crate::actions::ActionNames;
use crate::atom::{Atom, Dimension, Literal};
use crate::budget::{Meter, ProofBudget};
use crate::classes::{ActionClass, Actions, classes};
use crate::load::QuestionLoad;
use crate::model::{Model, Modelled, View};
use crate::posed::{Judge, Posed, is_shown, reading};
use crate::request::{nobody, request};
use crate::search::{Assignment, Gap, Goals, Memo, Outcome, Search};
use crate::space::{Fact, KeyShape, KeyValues, Space};
use crate::verdict::{Doubt, Verdict, Witness};

/// Answers questions about all requests of a space.
///
/// It keeps what it has learned about each policy, so that further questions take less time. Answers do not depend on earlier questions, unless
/// these have used up a [budget for all of them](Self::in_all).
#[derive(Debug)]
pub struct Analysis {
    pub(crate) model: Model,
    memo: Memo,
    pub(crate) budget: ProofBudget,
    /// What all questions together may still spend.
    all: Meter,
    /// What policies are called in answers.
    called: Vec<(Arc<Policy>, Box<str>)>,
    /// What the steps were spent on that ran out.
    spent_on: Option<Box<QuestionLoad>>,
}

/// A question: is there a request that some layers allow and other layers do not?
///
/// # Examples
/// Can the role ever use IAM? The other layers allow everything but that.
/// ```
/// use std::sync::Arc;
/// use iam_analysis::{Analysis, Question, Space, Verdict};
/// use iam_eval::Layers;
/// use iam_policy::{ActionElement, Effect, IdentityStatement, Policy, ResourceElement};
///
/// let layers = |policy| {
///     let mut layers = Layers::new();
///     layers.identity.push(Arc::new(policy));
///     layers
/// };
/// let role = layers(Policy::allowing(["s3:*".parse()?, "iam:Get*".parse()?]));
/// let all_but_iam = ActionElement::all_but(["iam:*".parse()?]);
/// let rest = layers(Policy::managed([IdentityStatement::new(Effect::Allow, all_but_iam, ResourceElement::any())]));
///
/// let mut analysis = Analysis::new(Space::new());
/// match analysis.never(&Question::new(&role).beyond(&rest)) {
///     Verdict::Holds => println!("never, under every reading of AWS's rules"),
///     Verdict::Fails(witness) => println!("it can: {}", witness.request.action.as_str()),
///     Verdict::Unknown(doubts) => doubts.iter().for_each(|doubt| println!("not known: {doubt}")),
/// }
/// # assert!(matches!(analysis.never(&Question::new(&role).beyond(&rest)), Verdict::Fails(_)));
/// # Ok::<(), iam_policy::BuildError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Question<'q> {
    /// The layers that must allow the request.
    pub allowed_by: &'q Layers,
    /// The layers that must not allow the request. `None` asks only whether the request is allowed.
    pub beyond: Option<&'q Layers>,
    /// The principal that makes the request. `None` is an unspecified role session in the partition of the resource, with free keys.
    pub principal: Option<&'q Principal>,
    /// The kind of the resource, as far as the rules differ.
    pub resource: ResourceKind,
    /// The assumption about resource-based policies that are not given. It concerns `allowed_by` only.
    pub resource_policies: ResourcePolicies,
    /// The account that owns the resource. `None` if it is the principal's own.
    pub owner: Option<&'q str>,
    /// The actions that the question is about.
    pub actions: Actions,
}

impl<'q> Question<'q> {
    /// Asks whether some layers allow any request, with any action name.
    pub const fn new(allowed_by: &'q Layers) -> Self {
        Self {
            allowed_by,
            beyond: None,
            principal: None,
            resource: ResourceKind::Generic,
            resource_policies: ResourcePolicies::Given,
            owner: None,
            actions: Actions::Open,
        }
    }

    /// The question about requests that `layers` do not allow.
    #[must_use]
    pub const fn beyond(mut self, layers: &'q Layers) -> Self {
        self.beyond = Some(layers);
        self
    }

    /// The question about some actions.
    #[must_use]
    pub fn about(mut self, actions: Actions) -> Self {
        self.actions = actions;
        self
    }

    /// The question about one principal.
    #[must_use]
    pub const fn asked_by(mut self, principal: &'q Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    /// The question about resources of an account.
    #[must_use]
    pub const fn owned_by(mut self, account: &'q str) -> Self {
        self.owner = Some(account);
        self
    }

    /// Whether a request answers the question with yes: the evaluator allows it by `allowed_by`, and not by `beyond`.
    pub fn is_shown_by(&self, request: &Request) -> bool {
        is_shown(self, request, Reading::FIRST)
    }

    /// As [`Self::is_shown_by`], under a reading of the rules.
    pub fn is_shown_under(&self, request: &Request, reading: Reading) -> bool {
        is_shown(self, request, reading)
    }

    /// The question under another assumption about resource policies.
    #[must_use]
    pub const fn assuming(mut self, policies: ResourcePolicies) -> Self {
        self.resource_policies = policies;
        self
    }
}

/// The answer to a question for one class of actions.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClassAnswer {
    /// One of the actions.
    pub example: Box<str>,
    /// All actions of the class. Empty if the class has open names.
    pub actions: Vec<Box<str>>,
    /// The places of the actions in the list of the analysis: see [`ActionNames::place`].
    pub places: Vec<usize>,
    /// The answer for each of the actions. The request of a witness has the action `example`.
    pub verdict: Verdict,
}

impl ClassAnswer {
    /// The answer that it is not known, for reasons that lie outside of an analysis. `example` may be a pattern.
    pub fn unknown(example: &str, doubts: Vec<Doubt>) -> Self {
        let verdict = Verdict::Unknown(doubts);
        Self { example: example.into(), actions: Vec::new(), places: Vec::new(), verdict }
    }
}

impl Analysis {
    /// An analysis of the requests of a space. It has no list of actions.
    pub fn new(space: Space) -> Self {
        Self::of(Model::new(space, None))
    }

    /// An analysis of the requests of a space, with a list of actions.
    pub fn with_names(space: Space, names: ActionNames) -> Self {
        Self::of(Model::new(space, Some(names)))
    }

    fn of(model: Model) -> Self {
        let all = Meter::new(ProofBudget::steps(u64::MAX));
        Self {
            model,
            memo: Memo::default(),
            budget: ProofBudget::DEFAULT,
            all,
            called: Vec::new(),
            spent_on: None,
        }
    }

    /// The analysis with another budget for each question.
    #[must_use]
    pub const fn within(mut self, budget: ProofBudget) -> Self {
        self.budget = budget;
        self
    }

    /// The analysis with a budget for all questions together. Without one, only each question has a budget.
    ///
    /// Each byte of a policy that is prepared costs a step of it too. When it is used up, the answers to further questions are unknown:
    /// [`Doubt::OutOfSteps`].
    #[must_use]
    pub fn in_all(mut self, budget: ProofBudget) -> Self {
        self.all = Meter::new(budget);
        self
    }

    /// The analysis with names for policies. An answer that is unknown because the steps ran out names the policy that was too large.
    #[must_use]
    pub fn called<N: Into<Box<str>>>(mut self, names: impl IntoIterator<Item = (Arc<Policy>, N)>) -> Self {
        self.called.extend(names.into_iter().map(|(policy, name)| (policy, name.into())));
        self
    }

    /// What is left of the budget for all questions.
    pub const fn left(&self) -> ProofBudget {
        ProofBudget::steps(self.all.left())
    }

    /// Forgets the policies that it has prepared. What their parts have in common with those of other policies is kept.
    pub(crate) fn release(&mut self) {
        self.model.release();
    }

    /// Forgets the results of searches. Prepared policies are kept.
    pub fn forget(&mut self) {
        self.memo = Memo::default();
    }

    /// Tries to prove that no request is allowed by the first layers of the question and not by the others.
    ///
    /// [`Verdict::Holds`]: there is no such request. [`Verdict::Fails`]: here is one.
    ///
    /// [`Verdict::Holds`] is a proof that there is no such request under any reading of the rules. [`Verdict::Fails`] has one under the first
    /// reading, by which decisions are made. If there is one under another reading only, the answer is unknown: [`Doubt::Readings`].
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    /// use iam_analysis::{Analysis, Question, Space, Verdict};
    /// use iam_eval::Layers;
    /// use iam_policy::{Limits, Mode, Policy, PolicyKind};
    ///
    /// let layers = |action: &str| {
    ///     let text = format!(r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}}}"#);
    ///     let mut layers = Layers::new();
    ///     layers.identity.push(Arc::new(Policy::parse(&text, PolicyKind::Identity, Mode::Strict, &Limits::default())?));
    ///     Ok::<_, iam_policy::Report>(layers)
    /// };
    /// let (narrow, wide) = (layers("s3:Get*")?, layers("s3:*")?);
    /// let mut analysis = Analysis::new(Space::new());
    /// assert_eq!(analysis.never(&Question::new(&narrow).beyond(&wide)), Verdict::Holds);
    /// let Verdict::Fails(witness) = analysis.never(&Question::new(&wide).beyond(&narrow)) else { panic!() };
    /// assert_eq!(wide.decide(&witness.request), iam_eval::Decision::Allowed);
    /// # Ok::<(), iam_policy::Report>(())
    /// ```
    pub fn never(&mut self, question: &Question<'_>) -> Verdict {
        if self.all.left() == 0 {
            return self.out_of_steps(question);
        }
        self.spent_on = None;
        let posed = self.pose(question);
        self.never_about(&posed, &question.actions)
    }

    /// As [`Analysis::never`], about some actions.
    pub(crate) fn never_about(&mut self, posed: &Posed<'_>, actions: &Actions) -> Verdict {
        self.metered(|this, meter| this.never_with(posed, actions, meter))
    }

    /// Runs a question with its budget, as far as the budget for all questions allows it.
    fn metered<T>(&mut self, ask: impl FnOnce(&mut Self, &Meter) -> T) -> T {
        let meter = self.all.part(self.budget);
        let answer = ask(self, &meter);
        self.all.settle(&meter, self.budget);
        answer
    }

    /// As [`Analysis::never_about`], with the steps of a meter.
    pub(crate) fn never_with(&mut self, posed: &Posed<'_>, actions: &Actions, meter: &Meter) -> Verdict {
        let mut doubts = Vec::new();
        let mut witness = None;
        self.answer_about(posed, actions, meter, |answer| match answer.verdict {
            Verdict::Holds => true,
            Verdict::Unknown(more) => {
                doubts.extend(more);
                true
            }
            Verdict::Fails(found) => {
                witness = Some(found);
                false
            }
        });
        match witness {
            Some(witness) => Verdict::Fails(witness),
            None if doubts.is_empty() => Verdict::Holds,
            None => Verdict::Unknown(doubts),
        }
    }

    /// The answer for every class of actions in question, sorted by example.
    ///
    /// Classes for which the answer holds trivially are left out.
    pub fn by_action(&mut self, question: &Question<'_>) -> Vec<ClassAnswer> {
        let mut answers = Vec::new();
        self.answer(question, |answer| {
            answers.push(answer);
            true
        });
        answers.sort_by(|a, b| a.example.cmp(&b.example));
        answers
    }

    fn answer(&mut self, question: &Question<'_>, mut each: impl FnMut(ClassAnswer) -> bool) {
        if self.all.left() == 0 {
            each(self.undecided(question));
            return;
        }
        self.spent_on = None;
        let posed = self.pose(question);
        self.metered(|this, meter| this.answer_about(&posed, &question.actions, meter, each));
    }

    /// Calls `each` with the answers for some actions, until it returns false.
    fn answer_about(
        &mut self,
        posed: &Posed<'_>,
        actions: &Actions,
        meter: &Meter,
        mut each: impl FnMut(ClassAnswer) -> bool,
    ) {
        let Ok(classes) = classes(&mut self.model, actions, &posed.policies, &posed.allowed, meter) else {
            each(self.undecided(posed.question));
            return;
        };
        // Classes that are open because of variables come last. Example values are tried only if nothing else has shown anything.
        let mut tied = Vec::new();
        for class in classes {
            let Some(verdict) = self.class(posed, &class, meter) else { continue };
            let told = self.told(actions, &class, verdict);
            if is_tied(&told.verdict) {
                tied.push((class, told));
            } else if !each(told) {
                return;
            }
        }
        let mut narrowed = Narrowed::new(posed);
        for (class, mut told) in tied {
            if let Some(witness) = narrowed.witness(self, posed, &class, actions, meter) {
                told.verdict = Verdict::Fails(witness);
                told.example = example(&class, &told.verdict);
            }
            if !each(told) {
                return;
            }
        }
    }

    /// Whether the statements that match an action distinguish resources, and whether they have conditions.
    pub(crate) fn bearing(&mut self, posed: &Posed<'_>, action: &str) -> (bool, bool) {
        let Some(action) = iam_eval::Action::new(action) else { return (false, false) };
        let meter = Meter::new(self.budget);
        let one = Actions::One(action);
        let Ok(classes) = classes(&mut self.model, &one, &posed.policies, &posed.allowed, &meter) else {
            return (true, true);
        };
        let mut bearing = (false, false);
        for goals in classes.iter().flat_map(|class| posed.cases(class, View::First)) {
            let clauses = goals.one_of.iter().flatten().chain(&goals.none_of);
            // What is given is no statement's doing.
            let own = |literal: &&Literal| posed.given.iter().all(|given| given.atom != literal.atom);
            for literal in clauses.flat_map(|clause| clause.iter()).filter(own) {
                match self.model.atom(literal.atom).map(Atom::dimension) {
                    Some(Dimension::Resource) => bearing.0 = true,
                    Some(Dimension::Key(_) | Dimension::Tuple(_)) => bearing.1 = true,
                    Some(Dimension::Action | Dimension::Point(_)) | None => {}
                }
            }
        }
        bearing
    }

    fn told(&self, actions: &Actions, class: &ActionClass, verdict: Verdict) -> ClassAnswer {
        let own = if let Actions::Among(own) = actions { Some(own) } else { None };
        let names = self.model.names.as_ref().or(own);
        let places: Vec<usize> = class.members.iter().map(|at| *at as usize).collect();
        let actions = places.iter().filter_map(|at| names?.name(*at)).map(Into::into).collect();
        ClassAnswer { example: example(class, &verdict), actions, places, verdict }
    }

    pub(crate) fn pose<'q>(&mut self, question: &'q Question<'q>) -> Posed<'q> {
        // Which principal it is does not matter to questions about all callers: their names are a part of the space.
        let callers = self.model.space.callers().filter(|_| question.principal.is_none()).cloned();
        let principal = match (question.principal, &callers) {
            (Some(principal), _) => principal.clone(),
            (None, Some(callers)) => callers.any(),
            (None, None) => nobody("aws"),
        };
        let resource = question.resource;
        let policies = question.resource_policies;
        let owner = callers.as_ref().map_or(question.owner, |callers| Some(callers.owner()));
        let setting =
            Setting { principal: &principal, resource, policies, owner, callers: callers.as_deref() };
        let allowed = Access::new(&mut self.model, question.allowed_by, &setting);
        let given = Setting { policies: ResourcePolicies::Given, ..setting };
        let beyond = question.beyond.map(|layers| Access::new(&mut self.model, layers, &given));
        let prepared = self.model.take_prepared();
        // Without enough steps, none are left.
        let _ = self.all.spend(prepared);
        let mut policies = allowed.policies();
        for policy in beyond.iter().flat_map(Access::policies) {
            if !policies.iter().any(|known| Arc::ptr_eq(known, &policy)) {
                policies.push(policy);
            }
        }
        let mut quantified: Vec<u32> = policies.iter().flat_map(|p| p.quantified.iter().copied()).collect();
        quantified.sort_unstable();
        let mut free: Vec<Box<str>> = policies.iter().flat_map(|p| p.free.iter().cloned()).collect();
        free.sort_unstable();
        free.dedup();
        let is_exact = free.is_empty() && !policies.iter().any(|policy| policy.is_loose);
        let depends = |policy: &Arc<Modelled>| policy.clauses.iter().any(|clause| clause.ways.is_some());
        let has_points = allowed.has_points()
            || beyond.as_ref().is_some_and(Access::has_points)
            || policies.iter().any(depends);
        let is_beyond = policies.iter().any(|policy| policy.is_beyond);
        let judge = Judge::new(question);
        // A text that is no ARN lies in no other partition, so the tie holds for ARNs only.
        let own = question.principal.and_then(Principal::arn).and_then(ArnFields::partition_of);
        let own = own.filter(|_| !self.model.space.takes_any_resource());
        let partition = callers.as_ref().map(|callers| callers.partition()).or(own);
        let mut given = self.model.known_tuples();
        given.extend(partition.map(|partition| self.model.in_partition(partition)));
        Posed {
            question,
            policies,
            allowed,
            beyond,
            quantified,
            free,
            is_exact,
            has_points,
            is_beyond,
            judge,
            callers,
            given,
        }
    }

    /// The answer for one class. `None` if it holds trivially.
    fn class(&mut self, posed: &Posed<'_>, class: &ActionClass, meter: &Meter) -> Option<Verdict> {
        let mut is_trivial = true;
        for view in [View::First, View::Every] {
            if view == View::Every && posed.is_beyond {
                let action = class.example.as_str();
                let load = Box::new(self.load_of(posed.question, Some(action)));
                let doubt = Doubt::OutOfSteps { action: Some(action.into()), load };
                return Some(Verdict::Unknown(vec![doubt]));
            }
            let mut cases = posed.cases(class, view);
            if view == View::Every {
                cases.retain_mut(|goals| self.leaves_the_first_reading(goals));
            }
            if cases.is_empty() {
                // Without points that matter, there is one reading.
                if !posed.has_points {
                    break;
                }
                continue;
            }
            is_trivial = false;
            let verdict = self.verdict(posed, class, &cases, meter);
            if verdict != Verdict::Holds || !posed.has_points {
                return Some(verdict);
            }
        }
        (!is_trivial).then_some(Verdict::Holds)
    }

    /// Demands another reading than the first. False if the goals are about no points, so that there is none.
    fn leaves_the_first_reading(&self, goals: &mut Goals<'_>) -> bool {
        let clauses = goals.one_of.iter().flatten().chain(&goals.none_of);
        let literals = clauses.flat_map(|clause| clause.iter());
        let is_point = |literal: &&Literal| matches!(self.model.atom(literal.atom), Some(Atom::Other(_)));
        let mut first: Vec<Literal> =
            literals.filter(is_point).map(|literal| Literal { holds: false, ..*literal }).collect();
        first.sort_unstable();
        first.dedup();
        let has_points = !first.is_empty();
        if has_points {
            goals.none_of.push(first.into());
        }
        has_points
    }

    /// The answer to some cases of one class.
    fn verdict(
        &mut self,
        posed: &Posed<'_>,
        class: &ActionClass,
        cases: &[Goals<'_>],
        meter: &Meter,
    ) -> Verdict {
        let mut gaps: Vec<Gap> = Vec::new();
        for goals in cases {
            match self.search(posed, class, goals, meter) {
                Ok(Outcome::None) => {}
                Ok(Outcome::Open(more)) => gaps.extend(more),
                Ok(Outcome::Found(assignment)) => {
                    let request = request(&self.model, posed, class, &assignment);
                    let reading = posed.simplest(&request, reading(&assignment));
                    let request = self.plainest(posed, request, reading);
                    if reading == Reading::FIRST {
                        return Verdict::Fails(Box::new(Witness { request }));
                    }
                    let points = reading.others().collect();
                    return Verdict::Unknown(vec![Doubt::Readings { points, request: Box::new(request) }]);
                }
                Err(request) => return Verdict::Unknown(vec![Doubt::Defect { request }]),
            }
        }
        gaps.sort_unstable();
        gaps.dedup();
        let doubts: Vec<Doubt> = gaps.into_iter().map(|gap| self.doubt(posed, class, gap)).collect();
        if doubts.is_empty() { Verdict::Holds } else { Verdict::Unknown(doubts) }
    }

    /// Searches for a request of one case.
    ///
    /// The error is an exact request that the evaluator judges differently.
    fn search(
        &mut self,
        posed: &Posed<'_>,
        class: &ActionClass,
        goals: &Goals<'_>,
        meter: &Meter,
    ) -> Result<Outcome, Box<Request>> {
        let model = &self.model;
        let shape = |dimension: Dimension| match dimension {
            Dimension::Action | Dimension::Resource | Dimension::Tuple(_) | Dimension::Point(_) => None,
            Dimension::Key(key) => model.keys.get(key as usize).map(|key_info| {
                model.space.shape(&key_info.folded).unwrap_or_else(|| {
                    let is_quantified = posed.quantified.binary_search(&key).is_ok();
                    KeyShape::of(if is_quantified { KeyValues::Either } else { KeyValues::Single })
                })
            }),
        };
        let mut defect = None;
        let accept = |assignment: &Assignment| {
            let request = request(model, posed, class, assignment);
            if posed.is_shown_under(&request, reading(assignment)) {
                return true;
            }
            if posed.is_exact && defect.is_none() {
                defect = Some(Box::new(request));
            }
            false
        };
        let outcome = Search::new(model, &mut self.memo, meter).run(goals, shape, accept);
        defect.map_or(Ok(outcome), Err)
    }

    /// The answer if no step was left.
    fn out_of_steps(&mut self, question: &Question<'_>) -> Verdict {
        Verdict::Unknown(vec![Doubt::OutOfSteps { action: None, load: self.load(question, None) }])
    }

    /// The answer about every action if no step was left.
    fn undecided(&mut self, question: &Question<'_>) -> ClassAnswer {
        let load = self.load(question, None);
        ClassAnswer::unknown("*", vec![Doubt::OutOfSteps { action: None, load }])
    }

    /// What the steps were spent on: the first question that ran out of them. Those after it get none.
    fn load(&mut self, question: &Question<'_>, action: Option<&str>) -> Box<QuestionLoad> {
        let known = self.spent_on.take();
        let load = known.unwrap_or_else(|| Box::new(self.load_of(question, action)));
        self.spent_on = Some(load.clone());
        load
    }

    /// What a question is about.
    fn load_of(&self, question: &Question<'_>, action: Option<&str>) -> QuestionLoad {
        let (own, left) = (self.budget.count(), self.all.left());
        QuestionLoad::of(question, action, &self.called, own.min(left), left < own)
    }

    fn doubt(&mut self, posed: &Posed<'_>, class: &ActionClass, gap: Gap) -> Doubt {
        let action: Box<str> = class.example.as_str().into();
        match gap {
            Gap::OutOfSteps => {
                let load = self.load(posed.question, Some(&action));
                Doubt::OutOfSteps { action: Some(action), load }
            }
            Gap::Variables if posed.free.is_empty() => Doubt::Characters { action },
            Gap::Variables => Doubt::Variables { keys: posed.free.clone(), action },
            Gap::Mixed(
                Dimension::Action | Dimension::Resource | Dimension::Tuple(_) | Dimension::Point(_),
            ) => Doubt::MixedTypes { key: "Resource".into(), action },
            Gap::Mixed(Dimension::Key(key)) => {
                let key = self.model.keys.get(key as usize).map_or_else(Box::default, |key| key.name.clone());
                Doubt::MixedTypes { key, action }
            }
        }
    }
}

/// The action that stands for a class. A pattern with a wildcard in the middle tells names of an open class apart, so that not every one of them
/// shows what the request of a witness does.
fn example(class: &ActionClass, verdict: &Verdict) -> Box<str> {
    match verdict {
        Verdict::Fails(witness) if class.open.is_some() => witness.request.action.as_str().into(),
        Verdict::Fails(_) | Verdict::Holds | Verdict::Unknown(_) => class.example.as_str().into(),
    }
}

/// Whether the answer is open because of variables.
fn is_tied(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Unknown(doubts) if doubts.iter().any(|d| matches!(d, Doubt::Variables { .. })))
}

/// The same question asked exactly, with example values for the free variables.
struct Narrowed {
    sets: Vec<crate::values::Assigned>,
    analyses: Vec<Analysis>,
}

impl Narrowed {
    fn new(posed: &Posed<'_>) -> Self {
        let policies = posed.policies.iter().map(|p| &*p.policy);
        let sets = match &posed.callers {
            Some(callers) => crate::values::sets_of_callers(&posed.free, callers, policies),
            None => crate::values::sets(&posed.free, policies),
        };
        Self { sets, analyses: Vec::new() }
    }

    /// A request for one of the sets of example values. `None` if none is found.
    fn witness(
        &mut self,
        of: &Analysis,
        posed: &Posed<'_>,
        class: &ActionClass,
        actions: &Actions,
        meter: &Meter,
    ) -> Option<Box<Witness>> {
        let actions = match class.open {
            None => Actions::One(class.example.clone()),
            Some(_) => actions.clone(),
        };
        let question = posed.question.clone().about(actions);
        for (at, facts) in self.sets.iter().enumerate() {
            if self.analyses.len() <= at {
                let mut space = of.model.space.clone();
                for (key, value) in facts {
                    let value = value.as_deref().map(ContextValue::single);
                    space.set_fact(key, value.map_or(Fact::Absent, Fact::Value));
                }
                self.analyses.push(Analysis::new(space));
            }
            let narrowed = self.analyses.get_mut(at)?;
            let posed = narrowed.pose(&question);
            if let Verdict::Fails(witness) = narrowed.never_with(&posed, &question.actions, meter) {
                return Some(witness);
            }
        }
        None
    }
}
