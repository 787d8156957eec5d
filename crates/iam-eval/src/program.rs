//! Policies made ready for many requests: compiled once, asked in a time that hardly hangs on how many there are.

mod group;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use iam_policy::Policy;

use crate::combine::Decision;
use crate::decide::{applies, outline};
use crate::layers::{Layer, Layers, PolicyRef};
use crate::meter::{Budget, Meter};
use crate::principal::{Caller, Grant};
use crate::request::Request;
use crate::statement::Subject;
use crate::tally::Said;
use crate::trace::{Applying, StatementRef, Trace};
use crate::truth::Certainty;
use group::{Group, Place, Side};

/// Compiles layers, and keeps what it has compiled: a policy that many sets of layers hold is compiled and stored once.
///
/// A policy is known again by the [`Arc`] that holds it.
#[derive(Debug, Default)]
pub struct Compiler {
    /// By the address of the policy, which the group keeps alive.
    groups: BTreeMap<usize, Arc<Group>>,
}

/// Layers with an index over their statements. It does not change but by [`Program::replace`], can be shared between threads, and
/// copies share what is compiled.
///
/// It decides every request as [`Layers`] do, and differs only in cost.
#[derive(Clone, Debug)]
pub struct Program {
    layers: Layers,
    /// The levels of each layer, in the order of [`Layer::ALL`]; nothing for a layer that does not exist.
    levels: [Option<Vec<Level>>; Layer::ALL.len()],
}

/// A decision with its cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metered {
    /// The decision.
    pub decision: Decision,
    /// The steps it took.
    pub steps: u64,
    /// Whether the budget did not suffice: the decision is then a denial, whatever the policies say.
    pub ran_out: bool,
}

/// The policies of one level of a layer.
#[derive(Clone, Debug)]
enum Level {
    /// Few policies: each with an index of its own, which other programs share.
    Apart(Vec<Arc<Group>>),
    /// Many policies with one index over all of them.
    Joint(Arc<Group>),
}

/// Up to here policies of a level are asked one by one. IAM attaches up to 20 managed policies to a role, and up to 10 to a session.
const APART: usize = 32;

impl Compiler {
    /// A compiler that has compiled nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The program of layers.
    ///
    /// # Cost
    /// Linear in the patterns of the policies that are compiled for the first time.
    pub fn compile(&mut self, layers: &Layers) -> Program {
        let mut level = |policies: &[Arc<Policy>]| self.level(policies);
        let mut levels = |policies: &Option<Vec<Vec<Arc<Policy>>>>| {
            policies.as_ref().map(|levels| levels.iter().map(|l| level(l)).collect())
        };
        let (scp, rcp) = (levels(&layers.scp), levels(&layers.rcp));
        let mut flat = |policies: Option<&[Arc<Policy>]>| policies.map(|policies| vec![level(policies)]);
        Program {
            levels: [
                flat(Some(&layers.identity)),
                flat(layers.boundary.as_deref()),
                flat(layers.session.as_deref()),
                flat(Some(layers.resource.as_slice())),
                flat(layers.vpc_endpoint.as_deref()),
                scp,
                rcp,
            ],
            layers: layers.clone(),
        }
    }

    /// Forgets the policies that no program holds any more.
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
    /// The program of these layers. [`Compiler::compile`] shares what several programs have in common.
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
    /// A few lookups for each policy of a level, or one for all if they are many; then the statements that are found. No allocation,
    /// no lock, no recursion; at most [`Budget::DEFAULT`] steps.
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
        let decision = self.decision(request, &meter);
        Metered { decision, steps: meter.spent_of(budget), ran_out: meter.is_spent() }
    }

    fn decision(&self, request: &Request, meter: &Meter) -> Decision {
        let caller = Caller { principal: &request.principal, has_boundary: self.layers.boundary.is_some() };
        let subject = Subject { request, caller, meter };
        let mut tally = outline(request, self.layers.session.is_none());
        for ((layer, said), levels) in Layer::ALL.iter().zip(&mut tally.said).zip(&self.levels) {
            if let Some(levels) = levels
                && applies(*layer, request)
            {
                *said = say(*layer, levels, subject);
                // Nothing else can matter any more.
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
    /// As [`Program::decide`], all layers to the end, and one list.
    pub fn applying(&self, request: &Request) -> (Decision, Vec<Applying>) {
        let meter = Meter::new(Budget::DEFAULT);
        let caller = Caller { principal: &request.principal, has_boundary: self.layers.boundary.is_some() };
        let subject = Subject { request, caller, meter: &meter };
        let mut tally = outline(request, self.layers.session.is_none());
        let mut applying = Vec::new();
        for ((&layer, said), levels) in Layer::ALL.iter().zip(&mut tally.said).zip(&self.levels) {
            if let Some(levels) = levels
                && applies(layer, request)
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

    /// The decision on a request and its reasons, over all statements of all layers.
    ///
    /// # Cost
    /// As [`Layers::explain`].
    pub fn explain(&self, request: &Request) -> Trace<'_> {
        self.layers.explain(request)
    }

    /// Puts another policy in the place of one, and returns the one that stood there; nothing, and nothing changes, if none did.
    ///
    /// # Cost
    /// Linear in the patterns of both policies and the number of statements of the level. If a copy of the program shares the index
    /// of a level with more than 32 policies, that index is copied first.
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

    /// Bytes of memory that the indexes take, without the policies. What programs share is counted in each.
    pub fn index_bytes(&self) -> usize {
        let levels = self.levels.iter().flatten().flatten();
        levels.flat_map(Level::groups).map(|group| group.bytes()).sum()
    }
}

/// What a layer says: no more than the decision needs. A Deny that certainly applies is the last word; so is an Allow of the greatest
/// strength among the Allows of its level.
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
    // No level at all is a layer that allows nothing, not one that does not exist.
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

    /// Notes every statement that applies; one that is found in several ways several times.
    fn note(&self, layer: Layer, level: usize, subject: Subject<'_>, applying: &mut Vec<Applying>) -> Said {
        let mut said = Said::SILENT;
        for (first, group) in self.groups().iter().enumerate() {
            for side in [Side::Deny, Side::Allow] {
                let _: ControlFlow<()> =
                    group.findings(side, layer, subject, |number, statement, finding| {
                        said = said.or_statement(statement, finding);
                        if let Some(Place { policy, statement }) = group.place(number) {
                            // Of policies that stand apart, each is the first and only one of its group.
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
