//! Policies compiled for many requests. The time of a decision barely depends on the number of policies.

mod group;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use iam_policy::Policy;

use crate::by_spelling;
use crate::combine::Decision;
use crate::decide::{applies, outline};
use crate::layers::{Layer, Layers, PolicyRef};
use crate::meter::{Budget, Meter};
use crate::principal::{Caller, Grant};
use crate::reading::Readings;
use crate::request::Request;
use crate::statement::Subject;
use crate::tally::Said;
use crate::trace::{Applying, StatementRef, Trace};
use crate::truth::Certainty;
use group::{Group, Place, Side};

/// Compiles layers, and reuses compiled policies: a policy in many layers is compiled and stored once.
///
/// A policy is recognized by the [`Arc`] that holds it.
#[derive(Debug, Default)]
pub struct Compiler {
    /// The compiled policies by the address of the policy. The group keeps the policy alive, so the address stays valid.
    groups: BTreeMap<usize, Arc<Group>>,
}

/// Layers with an index of their statements.
///
/// A program decides every request as [`Layers`] do, at a lower cost.
///
/// A program changes only through [`Program::replace`]. Threads can share it, and copies share the compiled policies.
#[derive(Clone, Debug)]
pub struct Program {
    layers: Layers,
    /// The levels of each layer, in the order of [`Layer::ALL`]. `None` for a layer that does not exist.
    levels: [Option<Vec<Level>>; Layer::ALL.len()],
}

/// A decision with its cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metered {
    /// The decision.
    pub decision: Decision,
    /// The number of steps it took.
    pub steps: u64,
    /// Whether the budget ran out. If so, the decision is a denial, whatever the policies say.
    pub ran_out: bool,
}

/// The policies of one level of a layer.
#[derive(Clone, Debug)]
enum Level {
    /// Few policies. Each has its own index, which other programs share.
    Apart(Vec<Arc<Group>>),
    /// Many policies with one joint index.
    Joint(Arc<Group>),
}

/// The maximum number of policies of a level with an index each. IAM attaches up to 20 managed policies to a role, and up to 10 to a
/// session.
const APART: usize = 32;

impl Compiler {
    /// A compiler that has compiled nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Compiles layers to a program.
    ///
    /// # Cost
    /// Linear in the number of patterns of the policies that are compiled for the first time.
    pub fn compile(&mut self, layers: &Layers) -> Program {
        let mut level = |policies: &[Arc<Policy>]| self.level(policies);
        let mut levels = |policies: &Option<Vec<Vec<Arc<Policy>>>>| {
            policies.as_ref().map(|levels| levels.iter().map(|l| level(l)).collect())
        };
        let (scope, scp, rcp) = (levels(&layers.scope), levels(&layers.scp), levels(&layers.rcp));
        let mut flat = |policies: Option<&[Arc<Policy>]>| policies.map(|policies| vec![level(policies)]);
        Program {
            levels: [
                flat(Some(&layers.identity)),
                flat(layers.boundary.as_deref()),
                flat(layers.session.as_deref()),
                scope,
                flat(Some(layers.resource.as_slice())),
                flat(layers.vpc_endpoint.as_deref()),
                scp,
                rcp,
            ],
            layers: layers.clone(),
        }
    }

    /// Removes the compiled policies that no program uses any more.
    pub fn forget_unused(&mut self) {
        self.groups.retain(|_, group| Arc::strong_count(group) > 1);
    }

    fn level(&mut self, policies: &[Arc<Policy>]) -> Level {
        if policies.len() > APART {
            Level::Joint(Arc::new(Group::new(policies.to_vec())))
        } else {
            Level::Apart(policies.iter().map(|policy| self.group(policy)).collect())
        }
    }

    fn group(&mut self, policy: &Arc<Policy>) -> Arc<Group> {
        let address = Arc::as_ptr(policy).addr();
        self.groups.entry(address).or_insert_with(|| Arc::new(Group::new(vec![policy.clone()]))).clone()
    }
}

impl Layers {
    /// Compiles the layers to a program.
    ///
    /// To share compiled policies between programs, use [`Compiler::compile`].
    pub fn compile(&self) -> Program {
        Compiler::new().compile(self)
    }
}

impl Program {
    /// The layers that were compiled.
    pub const fn layers(&self) -> &Layers {
        &self.layers
    }

    /// The decision on a request, as [`Layers::decide`] makes it.
    ///
    /// # Cost
    /// A few look-ups for each policy of a level, or for the level as a whole if it has more than 32 policies; then the work on the
    /// statements found. At most [`Budget::DEFAULT`] steps. No allocation, no lock, no recursion.
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    /// use iam_eval::{Action, Decision, Layers, Principal, Request};
    /// use iam_policy::{Limits, Mode, Policy, PolicyKind};
    ///
    /// let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
    /// let mut layers = Layers::new();
    /// layers.identity.push(Arc::new(Policy::parse(text, PolicyKind::Identity, Mode::Strict, &Limits::default())?));
    /// let program = layers.compile();
    ///
    /// let ana = Principal::from_arn("arn:aws:iam::111122223333:user/ana").unwrap();
    /// let request = Request::new(ana, Action::new("s3:GetObject").unwrap(), "arn:aws:s3:::bucket/key");
    /// assert_eq!(program.decide(&request), Decision::Allowed);
    /// # Ok::<(), iam_policy::Report>(())
    /// ```
    pub fn decide(&self, request: &Request) -> Decision {
        self.decide_within(request, Budget::DEFAULT).decision
    }

    /// The decision on a request and its cost, within a budget.
    pub fn decide_within(&self, request: &Request, budget: Budget) -> Metered {
        let meter = Meter::new(budget);
        let decision = by_spelling::decision(&self.layers, request, &meter, |one| self.decision(one, &meter));
        Metered { decision, steps: meter.spent_of(budget), ran_out: meter.is_spent() }
    }

    /// The decision on a request under one reading or several, as [`Layers::decide_under`] makes it.
    ///
    /// # Cost
    /// As [`Program::decide`] under [`crate::Reading::FIRST`], otherwise as [`Layers::decide_under`].
    pub fn decide_under(&self, request: &Request, readings: impl Into<Readings>) -> Decision {
        let readings = readings.into();
        if readings.is_first() { self.decide(request) } else { self.layers.decide_under(request, readings) }
    }

    fn decision(&self, request: &Request, meter: &Meter) -> Decision {
        let caller = Caller::of(request, self.layers.boundary.is_some(), Readings::FIRST);
        let subject = Subject { request, caller, meter, readings: Readings::FIRST };
        let mut tally = outline(request, self.layers.session.is_none());
        let bare = tally.needs_no_permission;
        for ((layer, said), levels) in Layer::ALL.iter().zip(&mut tally.said).zip(&self.levels) {
            if let Some(levels) = levels
                && applies(*layer, request, bare)
            {
                *said = say(*layer, levels, subject);
                // No other statement can change the decision any more.
                if said.denies == Certainty::Always {
                    return Decision::ExplicitDeny;
                }
            }
        }
        tally.is_spent = meter.is_spent();
        tally.decision()
    }

    /// The decision on a request, and the statements that apply to it, as [`Layers::applying`] lists them.
    ///
    /// # Cost
    /// As [`Program::decide`] without an early end, plus one list.
    pub fn applying(&self, request: &Request) -> (Decision, Vec<Applying>) {
        let meter = Meter::new(Budget::DEFAULT);
        by_spelling::applying(&self.layers, request, &meter, |one| self.applying_to(one, &meter))
    }

    fn applying_to(&self, request: &Request, meter: &Meter) -> (Decision, Vec<Applying>) {
        let caller = Caller::of(request, self.layers.boundary.is_some(), Readings::FIRST);
        let subject = Subject { request, caller, meter, readings: Readings::FIRST };
        let mut tally = outline(request, self.layers.session.is_none());
        let bare = tally.needs_no_permission;
        let mut applying = Vec::new();
        for ((&layer, said), levels) in Layer::ALL.iter().zip(&mut tally.said).zip(&self.levels) {
            if let Some(levels) = levels
                && applies(layer, request, bare)
            {
                let mut noted = Said::EMPTY;
                for (number, level) in levels.iter().enumerate() {
                    noted = noted.and_level(level.note(layer, number, subject, &mut applying));
                }
                *said = if levels.is_empty() { Said::SILENT } else { noted };
            }
        }
        applying.sort_unstable_by_key(|applying| applying.at);
        applying.dedup();
        tally.is_spent = meter.is_spent();
        (tally.decision(), applying)
    }

    /// The decision on a request and its reasons. All statements of all layers are explained.
    ///
    /// # Cost
    /// As [`Layers::explain`].
    pub fn explain(&self, request: &Request) -> Trace<'_> {
        self.layers.explain(request)
    }

    /// Replaces the policy at a place, and returns the policy that was there.
    ///
    /// `None` if there was no policy at this place; the program is then unchanged.
    ///
    /// # Cost
    /// Linear in the number of patterns of both policies and the number of statements of the level. For a level with more than 32 policies
    /// whose index is shared with a copy of the program, the index is copied first.
    pub fn replace(&mut self, place: PolicyRef, policy: Arc<Policy>) -> Option<Arc<Policy>> {
        let at = Layer::ALL.into_iter().position(|layer| layer == place.layer)?;
        let level = self.levels.get_mut(at)?.as_mut()?.get_mut(place.level)?;
        let slot = self.layers.policy_mut(place)?;
        match level {
            Level::Apart(groups) => {
                *groups.get_mut(place.index)? = Arc::new(Group::new(vec![policy.clone()]));
            }
            Level::Joint(group) => {
                Arc::make_mut(group).replace(place.index, policy.clone())?;
            }
        }
        Some(std::mem::replace(slot, policy))
    }

    /// The bytes of memory that the indexes take, without the policies.
    ///
    /// What programs share is counted in each of them.
    pub fn index_bytes(&self) -> usize {
        let levels = self.levels.iter().flatten().flatten();
        levels.flat_map(Level::groups).map(|group| group.bytes()).sum()
    }
}

/// What a layer says, as far as the decision needs it.
///
/// A Deny that certainly applies ends the search. In a level, so does an Allow that no other Allow can exceed in strength.
fn say(layer: Layer, levels: &[Level], subject: Subject<'_>) -> Said {
    let mut said = Said::EMPTY;
    for level in levels {
        let mut own = Said::SILENT;
        let denied = level.groups().iter().try_for_each(|group| {
            group.findings(Side::Deny, layer, subject, |_, statement, finding| {
                own = own.or_statement(statement, finding);
                stop_if(finding.certainty == Certainty::Always)
            })
        });
        if denied.is_continue() {
            let _ = level.groups().iter().try_for_each(|group| {
                group.findings(Side::Allow, layer, subject, |_, statement, finding| {
                    own = own.or_statement(statement, finding);
                    let is_strongest = layer != Layer::Resource || finding.grant == Grant::Direct;
                    stop_if(finding.certainty == Certainty::Always && is_strongest)
                })
            });
        }
        said = said.and_level(own);
        if said.denies == Certainty::Always {
            return said;
        }
    }
    // A list without levels is a layer that allows nothing. It is not an absent layer.
    if levels.is_empty() { Said::SILENT } else { said }
}

const fn stop_if(condition: bool) -> ControlFlow<()> {
    if condition { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

impl Level {
    fn groups(&self) -> &[Arc<Group>] {
        match self {
            Self::Apart(groups) => groups,
            Self::Joint(group) => std::slice::from_ref(group),
        }
    }

    /// Notes every statement that applies. A statement that is found through several keys is noted several times.
    fn note(&self, layer: Layer, level: usize, subject: Subject<'_>, applying: &mut Vec<Applying>) -> Said {
        let mut said = Said::SILENT;
        for (first, group) in self.groups().iter().enumerate() {
            for side in [Side::Deny, Side::Allow] {
                let _: ControlFlow<()> =
                    group.findings(side, layer, subject, |number, statement, finding| {
                        said = said.or_statement(statement, finding);
                        if let Some(Place { policy, statement }) = group.place(number) {
                            // A policy with an index of its own is the only one of its group.
                            let index = first.saturating_add(policy as usize);
                            let policy = PolicyRef { layer, level, index };
                            let at = StatementRef { policy, index: statement as usize };
                            applying.push(Applying { at, certainty: finding.certainty });
                        }
                        ControlFlow::Continue(())
                    });
            }
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use iam_policy::{Limits, Mode, PolicyKind};

    use super::*;
    use crate::context::{Context, ContextValue};
    use crate::request::{Action, Principal};

    const ROLE: &str = "arn:aws:iam::111122223333:role/ops";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/ops/eva";

    fn policy(kind: PolicyKind, statements: &str) -> Arc<Policy> {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        Arc::new(Policy::parse(&text, kind, Mode::Deployed, &Limits::default()).expect("a policy"))
    }

    /// The policy of an identity that allows so many actions, each by its name.
    fn actions(count: usize) -> Arc<Policy> {
        let names: Vec<String> = (0..count).map(|number| format!(r#""s3:Get{number}""#)).collect();
        let statement =
            format!(r#"{{"Effect": "Allow", "Action": [{}], "Resource": "*"}}"#, names.join(", "));
        policy(PolicyKind::Identity, &statement)
    }

    fn with(policies: Vec<Arc<Policy>>) -> Layers {
        let mut layers = Layers::new();
        layers.identity = policies;
        layers
    }

    fn request() -> Request {
        let (session, role) = (SESSION.parse().expect("a session"), ROLE.parse().expect("a role"));
        let principal = Principal::assumed_role(&session, &role);
        Request::new(principal, Action::new("s3:Get0").expect("an action"), "arn:aws:s3:::b/a")
    }

    /// An index takes a few words for each pattern.
    #[test]
    fn the_memory_of_the_indexes_follows_the_patterns() {
        let bytes = |count| with(vec![actions(count)]).compile().index_bytes();
        let (few, many) = (bytes(100), bytes(1_000));
        assert!(
            (100 * 16..100 * 64).contains(&few) && (1_000 * 16..1_000 * 64).contains(&many),
            "{few} {many}"
        );
        let twice = with(vec![actions(1_000), actions(1_000)]).compile().index_bytes();
        assert_eq!(twice, 2 * many);
        // A few statements without many patterns take room for their places.
        let statement = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
        let own = policy(PolicyKind::Identity, &vec![statement; 200].join(", "));
        assert!(with(vec![own]).compile().index_bytes() >= 200 * size_of::<group::Place>());
    }

    #[test]
    fn policies_that_no_program_uses_are_forgotten() {
        let (first, second) = (actions(1), actions(2));
        let mut compiler = Compiler::new();
        let program = compiler.compile(&with(vec![first.clone()]));
        drop(compiler.compile(&with(vec![second])));
        assert_eq!(compiler.groups.len(), 2);
        compiler.forget_unused();
        assert_eq!(compiler.groups.keys().copied().collect::<Vec<_>>(), [Arc::as_ptr(&first).addr()]);
        drop(program);
        compiler.forget_unused();
        assert!(compiler.groups.is_empty());
    }

    #[test]
    fn many_policies_of_a_level_have_one_index() {
        for (count, is_joint) in [(APART - 1, false), (APART, false), (APART + 1, true), (APART + 2, true)] {
            let own = Compiler::new().level(&vec![actions(1); count]);
            assert_eq!(matches!(own, Level::Joint(_)), is_joint, "{count}");
            assert_eq!(own.groups().len(), if is_joint { 1 } else { count });
        }
    }

    /// An Allow that no other one exceeds ends the search.
    #[test]
    fn the_strongest_allow_ends_the_search() {
        let steps = |layers: &Layers| {
            let metered = layers.compile().decide_within(&request(), Budget::DEFAULT);
            assert!(metered.decision.is_allowed());
            metered.steps
        };
        let allow = r#"{"Effect": "Allow", "Action": "s3:Get0", "Resource": "arn:aws:s3:::b/*"}"#;
        let own = |count| with(vec![policy(PolicyKind::Identity, &vec![allow; count].join(", "))]);
        assert_eq!(steps(&own(1)), steps(&own(5)));
        let granting = |name: &str, count| {
            let statement = format!(
                r#"{{"Effect": "Allow", "Principal": {{"AWS": "{name}"}}, "Action": "s3:Get0", "Resource": "arn:aws:s3:::b/*"}}"#
            );
            let mut layers = own(1);
            layers.resource = Some(policy(PolicyKind::Resource, &vec![&*statement; count].join(", ")));
            layers
        };
        assert_eq!(steps(&granting(SESSION, 1)), steps(&granting(SESSION, 5)));
        // Another statement may name the session itself.
        assert!(steps(&granting(ROLE, 1)) < steps(&granting(ROLE, 5)));
    }

    /// Wherever the steps end, nothing is allowed that needed more of them.
    #[test]
    fn steps_that_end_within_a_condition_allow_nothing() {
        for condition in [
            r#"{"ArnNotLike": {"x:arn": ["arn:aws:iam::1:x", "arn:aws:iam::2:x", "arn:aws:iam::3:x"]}}"#,
            r#"{"ArnLike": {"x:arn": ["arn:aws:iam::1:x", "arn:aws:iam::2:x", "arn:aws:*::*:*"]}}"#,
            r#"{"StringNotLike": {"x:arn": ["a", "b", "c*d"]}}"#,
            r#"{"StringLike": {"x:arn": ["a", "b", "arn:*"]}}"#,
        ] {
            let allow = format!(
                r#"{{"Effect": "Allow", "Action": "s3:Get0", "Resource": "*", "Condition": {condition}}}"#
            );
            let program = with(vec![policy(PolicyKind::Identity, &allow)]).compile();
            let mut request = request();
            request.context = Context::new().with("x:arn", ContextValue::single(ROLE));
            let whole = program.decide_within(&request, Budget::DEFAULT);
            assert!(whole.decision.is_allowed() && !whole.ran_out, "{condition}");
            for steps in 0..whole.steps {
                let metered = program.decide_within(&request, Budget::steps(steps));
                assert!(metered.ran_out && !metered.decision.is_allowed(), "{condition} {steps}");
            }
        }
    }
}
