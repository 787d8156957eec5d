//! Policies as clauses over shared atoms.

use std::sync::{Arc, OnceLock};

use iam_eval::{Point, Reading};
use iam_policy::{Condition, Effect, Policy, ResourceElement};
use rustc_hash::FxHashMap;

use crate::actions::{ActionNames, ActionTable};
use crate::atom::{Atom, AtomId, Language, Leaf, Leaves, Literal, TiedTo, TiesId, Typed, TypedId, UnionId};
use crate::glob::{Class, Compared, Glob, Token, Union};
use crate::read::{Answers, Reader, Tested};
use crate::space::Space;

/// A statement without its actions.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    /// Under the first reading, the statement applies if all of these literals hold. They are sorted. `None` if it never applies.
    pub(crate) literals: Option<Box<[Literal]>>,
    /// Under any reading, the statement applies if all literals of one of these ways hold. Some of the literals are about the reading.
    /// `None` if the reading does not matter.
    pub(crate) ways: Option<Box<[Box<[Literal]>]>>,
}

/// The readings under which a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// The first reading.
    First,
    /// All readings at once: the search chooses one.
    Every,
}

impl Clause {
    /// The ways in which the statement applies.
    pub(crate) fn ways(&self, view: View) -> impl Iterator<Item = &[Literal]> {
        let (first, every) = match (view, &self.ways) {
            (View::Every, Some(ways)) => (None, Some(&**ways)),
            (View::First, _) | (View::Every, None) => (self.literals.as_deref(), None),
        };
        first.into_iter().chain(every.unwrap_or_default().iter().map(|way| &**way))
    }

    /// Whether the statement may apply under some reading.
    pub(crate) fn is_live(&self) -> bool {
        self.ways(View::Every).next().is_some()
    }
}

/// The resources that a statement matches.
#[derive(Clone, Debug)]
pub(crate) enum Extent {
    /// All resources, and requests without a resource.
    Everything,
    /// Resources for which one of these literals holds: one for each pattern of `Resource`, or one for all of `NotResource`.
    Any(Box<[Literal]>),
}

/// A policy as clauses.
#[derive(Debug)]
pub(crate) struct Modelled {
    pub(crate) policy: Arc<Policy>,
    /// One clause for each statement.
    pub(crate) clauses: Vec<Clause>,
    /// The actions of the list that its statements match. It is computed on first use.
    table: OnceLock<ActionTable>,
    /// The numbers of its Allow statements that may apply, and of its Deny statements.
    pub(crate) allows: Vec<usize>,
    pub(crate) denies: Vec<usize>,
    /// Keys of unknown shape that the policy puts a set operator before.
    pub(crate) quantified: Vec<u32>,
    /// The keys of variables that stay free.
    pub(crate) free: Vec<Box<str>>,
    /// Whether a pattern has characters for which its glob is too wide.
    pub(crate) is_loose: bool,
    /// Whether a statement depends on more points of the rules than are told apart.
    pub(crate) is_beyond: bool,
}

impl Modelled {
    /// The actions of the model's list that its statements match.
    pub(crate) fn table(&self, names: &ActionNames) -> &ActionTable {
        self.table.get_or_init(|| ActionTable::new(&self.policy, names))
    }
}

/// A condition key of a model.
#[derive(Debug)]
pub(crate) struct Key {
    /// The name as it was first written.
    pub(crate) name: Box<str>,
    pub(crate) folded: Box<str>,
}

/// The parts that all questions share: a space, an optional list of actions, and policies, each prepared once.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) space: Space,
    pub(crate) names: Option<ActionNames>,
    pub(crate) leaves: Leaves,
    pub(crate) atoms: Vec<Atom>,
    pub(crate) keys: Vec<Key>,
    policies: FxHashMap<usize, Arc<Modelled>>,
    /// The bytes of the policies that were prepared since this was last asked.
    prepared: usize,
    atom_ids: FxHashMap<Atom, AtomId>,
    union_ids: FxHashMap<Union, UnionId>,
    typed_ids: FxHashMap<String, TypedId>,
    ties_ids: FxHashMap<String, TiesId>,
    key_ids: FxHashMap<Box<str>, u32>,
}

impl Model {
    pub(crate) fn new(space: Space, names: Option<ActionNames>) -> Self {
        Self {
            space,
            names,
            leaves: Leaves::default(),
            atoms: Vec::new(),
            keys: Vec::new(),
            policies: FxHashMap::default(),
            prepared: 0,
            atom_ids: FxHashMap::default(),
            union_ids: FxHashMap::default(),
            typed_ids: FxHashMap::default(),
            ties_ids: FxHashMap::default(),
            key_ids: FxHashMap::default(),
        }
    }

    pub(crate) fn atom(&self, id: AtomId) -> Option<&Atom> {
        self.atoms.get(id.0 as usize)
    }

    /// The clauses of a policy. They are made on first use.
    ///
    /// Policies are distinguished by their address. The model keeps them alive, so an address stays valid.
    pub(crate) fn policy(&mut self, policy: &Arc<Policy>) -> Arc<Modelled> {
        let address = Arc::as_ptr(policy).addr();
        if let Some(found) = self.policies.get(&address) {
            return Arc::clone(found);
        }
        self.prepared = self.prepared.saturating_add(policy.statements.iter().map(length).sum());
        let mut reader = Reader::new(self);
        let clauses: Vec<Clause> =
            policy.statements.iter().map(|statement| reader.clause(statement)).collect();
        let Reader { mut quantified, mut free, is_loose, is_beyond, .. } = reader;
        quantified.sort_unstable();
        quantified.dedup();
        free.sort_unstable();
        free.dedup();
        let live = |effect: Effect| {
            let statements = policy.statements.iter().zip(&clauses).enumerate();
            let live = statements.filter(|(_, (s, c))| s.effect.value == effect && c.is_live());
            live.map(|(number, _)| number).collect()
        };
        let (allows, denies) = (live(Effect::Allow), live(Effect::Deny));
        let modelled = Arc::new(Modelled {
            policy: Arc::clone(policy),
            clauses,
            table: OnceLock::new(),
            allows,
            denies,
            quantified,
            free,
            is_loose,
            is_beyond,
        });
        self.policies.insert(address, Arc::clone(&modelled));
        modelled
    }

    /// The bytes of the policies that were prepared since the last call.
    pub(crate) const fn take_prepared(&mut self) -> usize {
        std::mem::replace(&mut self.prepared, 0)
    }

    /// Forgets the policies, and with them their addresses. Atoms stay.
    pub(crate) fn release(&mut self) {
        self.policies.clear();
    }

    /// The resources that a statement matches under some reading, pattern by pattern.
    pub(crate) fn extent(&mut self, statement: &iam_policy::Statement) -> Extent {
        let effect = statement.effect.value;
        let mut reader = Reader::new(self);
        let tested: Vec<Answers> = match &statement.resource {
            None => return Extent::Everything,
            Some(ResourceElement::Resource(patterns)) => {
                patterns.iter().map(|p| reader.resources(std::slice::from_ref(p), false, effect)).collect()
            }
            Some(ResourceElement::NotResource(patterns)) => vec![reader.resources(patterns, true, effect)],
        };
        let mut literals = Vec::new();
        for (_, test) in tested.into_iter().flatten() {
            match test {
                Tested::Constant(true) => return Extent::Everything,
                Tested::Constant(false) => {}
                Tested::Literal(literal) => literals.push(literal),
            }
        }
        Extent::Any(literals.into())
    }

    /// The number of a key.
    pub(crate) fn key(&mut self, name: &str) -> u32 {
        let folded: Box<str> = name.to_ascii_lowercase().into();
        if let Some(found) = self.key_ids.get(&folded) {
            return *found;
        }
        let id = number(self.keys.len());
        self.keys.push(Key { name: name.into(), folded: folded.clone() });
        self.key_ids.insert(folded, id);
        id
    }

    pub(crate) fn union(&mut self, union: Union) -> UnionId {
        if let Some(found) = self.union_ids.get(&union) {
            return *found;
        }
        let id = UnionId(number(self.leaves.unions.len()));
        self.leaves.unions.push(union.clone());
        self.union_ids.insert(union, id);
        id
    }

    /// The literal that the name of the action is in a union, or is not.
    pub(crate) fn name_in(&mut self, union: Union, holds: bool) -> Literal {
        let union = self.union(union);
        let (inside, outside) = (Language { union, inside: true }, Language { union, inside: false });
        let atom = self.intern(Atom::Action(Leaf::Text {
            holds: inside,
            fails: outside,
            variables: None,
            beyond_arns: None,
        }));
        Literal { atom, holds }
    }

    /// The literal that the resource is in a partition, or that there is no resource.
    pub(crate) fn in_partition(&mut self, partition: &str) -> Literal {
        let start = format!("arn:{partition}:");
        let tokens = start.chars().map(Token::One).chain([Token::Run(Class::Any)]);
        let union = self.union(Union::new(vec![Glob::new(tokens.collect())]));
        let (holds, fails) = (Language { union, inside: true }, Language { union, inside: false });
        let text = Leaf::Text { holds, fails, variables: None, beyond_arns: None };
        let atom = self.intern(Atom::Resource { text, without: Leaf::Constant(true) });
        Literal { atom, holds: true }
    }

    /// A literal about each tuple of which a key has a known value. It holds for every text of the tuple, so that a search looks for one that has
    /// the value, whether or not a policy asks for the key.
    pub(crate) fn known_tuples(&mut self) -> Vec<Literal> {
        let atoms = self.space.known_tuples().map(|tuple| Atom::Tied {
            tuple,
            key: TiedTo::Names,
            absent: true,
            text: Leaf::Constant(true),
        });
        let atoms: Vec<Atom> = atoms.collect();
        atoms.into_iter().map(|atom| Literal { atom: self.intern(atom), holds: true }).collect()
    }

    pub(crate) fn intern(&mut self, atom: Atom) -> AtomId {
        if let Some(found) = self.atom_ids.get(&atom) {
            return *found;
        }
        let id = AtomId(number(self.atoms.len()));
        self.atoms.push(atom.clone());
        self.atom_ids.insert(atom, id);
        id
    }

    /// The literal that a reading has the other answer at a point, or that it has the first.
    pub(crate) fn other(&mut self, point: Point, holds: bool) -> Literal {
        Literal { atom: self.intern(Atom::Other(point)), holds }
    }

    /// The number of a list of patterns with variables, together with the way of comparison.
    pub(crate) fn ties(&mut self, mut patterns: Vec<&str>, compared: Option<Compared>) -> TiesId {
        patterns.sort_unstable();
        patterns.dedup();
        let next = TiesId(number(self.ties_ids.len()));
        *self.ties_ids.entry(format!("{compared:?} {}", patterns.join("\n"))).or_insert(next)
    }

    /// The number of a test on one text under a reading. Points that do not concern the test must have their first answer.
    pub(crate) fn typed(&mut self, condition: &Condition, reading: Reading) -> TypedId {
        let mut texts = condition.values.texts();
        texts.sort_unstable();
        texts.dedup();
        let operator = condition.test.value.operator.name();
        let id = format!("{operator} {reading:?} {}", texts.join("\n"));
        if let Some(found) = self.typed_ids.get(&id) {
            return *found;
        }
        let number = TypedId(number(self.leaves.typed.len()));
        self.leaves.typed.push(Typed::new(condition, reading));
        self.typed_ids.insert(id, number);
        number
    }
}

/// The bytes of the patterns and values of a statement, and some for itself.
fn length(statement: &iam_policy::Statement) -> usize {
    crate::load::length(statement).saturating_add(16)
}

/// INVARIANT (numbers): policies have fewer of these things than bytes.
pub(crate) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
