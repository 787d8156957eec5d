//! The actions that a question has to consider, grouped by the statements that match them.

use std::sync::Arc;

use iam_eval::Action;
use iam_policy::{ActionElement, ActionPattern, Span, Spanned};
use rustc_hash::FxHashMap;

use crate::access::{Access, Goal, NEEDS_NOTHING};
use crate::actions::{ActionNames, ActionSet, ActionTable, Bits, Open, open_classes};
use crate::atom::Literal;
use crate::budget::{Meter, OutOfSteps};
use crate::model::{Model, Modelled, number};

/// Actions that are alike to every policy of a question.
#[derive(Clone, Debug)]
pub(crate) struct ActionClass {
    /// One of the actions.
    pub(crate) example: Action,
    /// All actions, by their places in the list of names. Empty if names are open.
    pub(crate) members: Vec<u32>,
    /// For each policy of the question, the statements that match all or some of the actions.
    pub(crate) live: Vec<Bits>,
    /// The open part of the names. `None` if there is none.
    pub(crate) open: Option<OpenName>,
    /// Whether RCPs do not apply to the actions (rule 5.41).
    pub(crate) is_beyond_rcp: bool,
    /// Whether the action needs no permission (rule 5.55).
    pub(crate) needs_nothing: bool,
}

/// Names of which some statements match only a part. The name is then one more dimension of the search.
#[derive(Clone, Debug)]
pub(crate) struct OpenName {
    pub(crate) prefix: String,
    /// The literals that hold for every name of the class.
    pub(crate) region: Box<[Literal]>,
    /// The literal that a statement matches the name, for statements that match only a part, by policy and number.
    pub(crate) parts: FxHashMap<(usize, usize), Literal>,
}

/// The actions that a question is about.
#[derive(Clone, Debug)]
pub enum Actions {
    /// Every well-formed name, including names that AWS may add. A proof over these names also holds for later actions.
    Open,
    /// Every well-formed name that is not in the list of the analysis: future actions, and those that the list does not know.
    Unlisted,
    /// The names of the list of the analysis.
    Listed,
    /// The names of the analysis's list that are also in this list.
    Among(ActionNames),
    /// These names of the analysis's list.
    Of(ActionSet),
    /// One action.
    One(Action),
}

/// The name of the only action that RCPs do not apply to.
const BEYOND_RCP: &str = "kms:RetireGrant";

/// The classes of a question. Classes in which nothing is allowed may be left out.
pub(crate) fn classes(
    model: &mut Model,
    actions: &Actions,
    policies: &[Arc<Modelled>],
    allowed: &Access,
    meter: &Meter,
) -> Result<Vec<ActionClass>, OutOfSteps> {
    let names = model.names.clone();
    let found = match (actions, &names) {
        (Actions::One(action), _) => vec![single(policies, action, allowed)],
        (Actions::Listed, Some(names)) => {
            let tables: Vec<&ActionTable> = policies.iter().map(|p| p.table(names)).collect();
            listed(names, policies, &tables, allowed, |_| true, meter)?
        }
        (Actions::Of(some), Some(names)) => {
            let tables: Vec<&ActionTable> = policies.iter().map(|p| p.table(names)).collect();
            listed(names, policies, &tables, allowed, |action| some.contains(action as usize), meter)?
        }
        (Actions::Among(some), Some(names)) => {
            let tables: Vec<&ActionTable> = policies.iter().map(|p| p.table(names)).collect();
            let asked = names.places_of(some);
            listed(names, policies, &tables, allowed, |action| asked.contains(action as usize), meter)?
        }
        (Actions::Among(some), None) => {
            let made: Vec<ActionTable> = policies.iter().map(|p| ActionTable::new(&p.policy, some)).collect();
            listed(some, policies, &made.iter().collect::<Vec<_>>(), allowed, |_| true, meter)?
        }
        (Actions::Listed | Actions::Of(_), None) => Vec::new(),
        (Actions::Open, _) => open(model, policies, None, allowed, meter)?,
        (Actions::Unlisted, names) => open(model, policies, names.as_ref(), allowed, meter)?,
    };
    Ok(found)
}

fn is_beyond_rcp(name: &str) -> bool {
    name.eq_ignore_ascii_case(BEYOND_RCP)
}

fn elements(policies: &[Arc<Modelled>]) -> impl Iterator<Item = (usize, usize, &ActionElement)> {
    policies.iter().enumerate().flat_map(|(at, modelled)| {
        let statements = modelled.policy.statements.iter().enumerate();
        statements.map(move |(number, statement)| (at, number, &statement.action))
    })
}

/// Whether a name is that of the action that needs no permission, and the principal signs its requests.
fn needs_nothing(name: &str, allowed: &Access) -> bool {
    allowed.is_signed && name.eq_ignore_ascii_case(NEEDS_NOTHING)
}

fn single(policies: &[Arc<Modelled>], action: &Action, allowed: &Access) -> ActionClass {
    let name = action.as_str();
    let mut live = vec![Bits::default(); policies.len()];
    for (at, number, element) in elements(policies) {
        let is_listed = element.patterns().iter().any(|p| iam_eval::action_matches(&p.value, name));
        if is_listed != element.is_not()
            && let Some(bits) = live.get_mut(at)
        {
            bits.insert(number);
        }
    }
    ActionClass {
        example: action.clone(),
        members: Vec::new(),
        live,
        open: None,
        is_beyond_rcp: is_beyond_rcp(name),
        needs_nothing: needs_nothing(name, allowed),
    }
}

fn open(
    model: &mut Model,
    policies: &[Arc<Modelled>],
    known: Option<&ActionNames>,
    allowed: &Access,
    meter: &Meter,
) -> Result<Vec<ActionClass>, OutOfSteps> {
    let mut of: Vec<(usize, usize)> = Vec::new();
    let mut all: Vec<&ActionElement> = Vec::new();
    for (at, number, element) in elements(policies) {
        of.push((at, number));
        all.push(element);
    }
    // Actions to which other rules apply are classes of their own.
    let apart = |name: &str| {
        let pattern = ActionPattern::parse(name).map(|pattern| Spanned::new(pattern, Span::new(0, 0)));
        ActionElement::Action(pattern.into_iter().collect())
    };
    let (beyond_rcp, free) = (apart(BEYOND_RCP), apart(NEEDS_NOTHING));
    let own = |all: &mut Vec<_>, element, is_there: bool| {
        let at = is_there.then_some(all.len());
        all.extend(at.map(|_| element));
        at
    };
    let beyond_rcp = own(&mut all, &beyond_rcp, allowed.has_rcp);
    let free = own(&mut all, &free, allowed.is_signed);
    let found = open_classes(&all, known, meter)?;
    let mut classes = Vec::new();
    for class in found {
        // INVARIANT (names): the examples of open classes are well-formed names.
        let Some(example) = Action::new(&class.example) else { continue };
        let mut live = vec![Bits::default(); policies.len()];
        let mut insert = |element: usize| {
            if let Some((at, number)) = of.get(element)
                && let Some(bits) = live.get_mut(*at)
            {
                bits.insert(*number);
            }
        };
        class.elements.iter().for_each(&mut insert);
        let has = |at: Option<usize>| at.is_some_and(|at| class.elements.contains(at));
        let (is_beyond_rcp, needs_nothing) = (has(beyond_rcp), has(free));
        let open = class.open.map(|open| {
            open.parts.iter().for_each(|(element, _)| insert(*element));
            open_name(model, open, &of, &all)
        });
        classes.push(ActionClass { example, members: Vec::new(), live, open, is_beyond_rcp, needs_nothing });
    }
    Ok(classes)
}

/// The statements that match only a part of the names.
fn open_name(model: &mut Model, open: Open, of: &[(usize, usize)], elements: &[&ActionElement]) -> OpenName {
    let mut region: Vec<Literal> = open.inside.into_iter().map(|union| model.name_in(union, true)).collect();
    region.push(model.name_in(open.outside, false));
    let mut parts = FxHashMap::default();
    for (element, union) in open.parts {
        let Some(place) = of.get(element).copied() else { continue };
        let is_not = elements.get(element).is_some_and(|element| element.is_not());
        parts.insert(place, model.name_in(union, !is_not));
    }
    OpenName { prefix: open.prefix, region: region.into(), parts }
}

/// The classes of a list, for the actions that have an Allow statement in each way of `allowed`.
fn listed(
    names: &ActionNames,
    policies: &[Arc<Modelled>],
    tables: &[&ActionTable],
    allowed: &Access,
    is_asked: impl Fn(u32) -> bool,
    meter: &Meter,
) -> Result<Vec<ActionClass>, OutOfSteps> {
    let table_of = |wanted: &Arc<Modelled>| {
        let at = policies.iter().position(|p| Arc::ptr_eq(p, wanted))?;
        tables.get(at).copied()
    };
    let mut candidates = candidates(names, allowed, table_of);
    // No policy has to allow this one.
    let free = names.find(NEEDS_NOTHING).filter(|_| allowed.bare.is_some());
    if let Some(Err(at)) = free.map(|free| candidates.binary_search(&free)) {
        candidates.splice(at..at, free);
    }
    meter.spend(candidates.len())?;
    let needs_nothing_at = names.find(NEEDS_NOTHING).filter(|_| allowed.is_signed);
    let mut combinations = Combinations::new(tables);
    // The class of each combination, plus one.
    let mut found: Vec<u32> = Vec::new();
    let mut classes: Vec<ActionClass> = Vec::new();
    for action in candidates {
        if !is_asked(action) {
            continue;
        }
        let name = || names.name(action as usize).unwrap_or_default();
        let is_beyond_rcp = allowed.has_rcp && is_beyond_rcp(name());
        let needs_nothing = needs_nothing_at == Some(action);
        let is_apart = is_beyond_rcp || needs_nothing;
        let combination = combinations.of(action) as usize;
        if combination >= found.len() {
            found.resize(combination.saturating_add(1), 0);
        }
        let slot = found.get_mut(combination);
        let known = slot.as_ref().and_then(|slot| slot.checked_sub(1)).filter(|_| !is_apart);
        if let Some(class) = known.and_then(|at| classes.get_mut(at as usize)) {
            class.members.push(action);
            continue;
        }
        // INVARIANT (names): a list has action names only.
        let Some(example) = Action::new(name()) else { continue };
        classes.push(class(example, action, tables, is_beyond_rcp, needs_nothing));
        if let (Some(slot), false) = (slot, is_apart) {
            *slot = number(classes.len());
        }
    }
    Ok(classes)
}

/// Numbers the combinations of classes of several tables, one table at a time.
pub(crate) struct Combinations<'t> {
    tables: Vec<(&'t ActionTable, Joined)>,
    next: u32,
}

/// The number of each pair: an earlier combination, and a class of the next table.
enum Joined {
    /// A table by combination and class, `width` classes wide. 0 means no statement.
    Dense {
        width: usize,
        ids: Vec<u32>,
    },
    Sparse(FxHashMap<(u32, u32), u32>),
}

impl<'t> Combinations<'t> {
    /// The maximum number of pairs in a dense table.
    const DENSE: usize = 1 << 16;

    pub(crate) fn new(tables: &[&'t ActionTable]) -> Self {
        let joined = |table: &&'t ActionTable| {
            (*table, Joined::Dense { width: table.statements.len(), ids: Vec::new() })
        };
        Self { tables: tables.iter().map(joined).collect(), next: 0 }
    }

    /// The number of the combination of an action's classes. 0 if no statement of any table matches the action.
    pub(crate) fn of(&mut self, action: u32) -> u32 {
        let mut combination = 0_u32;
        for (table, joined) in &mut self.tables {
            let class = table.class(action);
            let next = &mut self.next;
            combination = joined.id(combination, class, || {
                *next = next.saturating_add(1);
                *next
            });
        }
        combination
    }
}

impl Joined {
    fn id(&mut self, combination: u32, class: u32, fresh: impl FnOnce() -> u32) -> u32 {
        if let Self::Dense { width, ids } = self {
            let at = (combination as usize).saturating_mul(*width).saturating_add(class as usize);
            if at < Combinations::DENSE {
                if at >= ids.len() {
                    ids.resize(at.saturating_add(1), 0);
                }
                let Some(slot) = ids.get_mut(at) else { return 0 };
                if *slot == 0 {
                    *slot = fresh();
                }
                return *slot;
            }
            let known = ids.iter().zip(0_usize..).filter(|(id, _)| **id > 0);
            let pair = |at: usize| {
                let part = |n: Option<usize>| number(n.unwrap_or_default());
                (part(at.checked_div(*width)), part(at.checked_rem(*width)))
            };
            *self = Self::Sparse(known.map(|(id, at)| (pair(at), *id)).collect());
        }
        match self {
            Self::Sparse(ids) => *ids.entry((combination, class)).or_insert_with(fresh),
            Self::Dense { .. } => 0,
        }
    }
}

fn class(
    example: Action,
    action: u32,
    tables: &[&ActionTable],
    is_beyond_rcp: bool,
    needs_nothing: bool,
) -> ActionClass {
    let live = tables.iter().map(|table| {
        let class = table.class(action);
        table.statements.get(class as usize).cloned().unwrap_or_default()
    });
    let live = live.collect();
    ActionClass { example, members: vec![action], live, open: None, is_beyond_rcp, needs_nothing }
}

/// The actions that some way may allow: for each way, the actions of its goal with the fewest.
fn candidates<'t>(
    names: &ActionNames,
    allowed: &Access,
    table_of: impl Fn(&Arc<Modelled>) -> Option<&'t ActionTable>,
) -> Vec<u32> {
    let count = |goal: &Goal| -> usize {
        goal.parts.iter().filter_map(|part| table_of(&part.policy)).map(|table| table.allowed.len()).sum()
    };
    let mut found: Vec<u32> = Vec::new();
    for way in &allowed.ways {
        let bounding = way.iter().filter(|goal| !goal.is_exceptional());
        match bounding.min_by_key(|goal| count(goal)) {
            Some(goal) => {
                for table in goal.parts.iter().filter_map(|part| table_of(&part.policy)) {
                    found.extend_from_slice(&table.allowed);
                }
            }
            None => found.extend(0..number(names.len())),
        }
    }
    if !found.is_sorted() {
        found.sort_unstable();
    }
    found.dedup();
    found
}
