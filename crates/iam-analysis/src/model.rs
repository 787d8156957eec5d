//! Policies as clauses over shared atoms.

use std::sync::{Arc, OnceLock};

use iam_eval::{Context, ContextValue, LetterCase};
use iam_policy::{
    Condition, Effect, Flag, Operator, Pattern, Policy, Quantifier, ResourceElement, ResourcePattern,
    Spanned, Values, Variable,
};
use rustc_hash::FxHashMap;

use crate::actions::{ActionNames, ActionTable};
use crate::atom::{Atom, AtomId, Language, Leaf, Leaves, Literal, Many, TiesId, Typed, TypedId, UnionId};
use crate::glob::{Bound, Compared, Glob, Replaced, Union};
use crate::space::{Fact, Space};
use crate::typed::holds_in;

/// A statement without its actions. It applies if all of its literals hold.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    /// The literals, sorted. `None` if the statement never applies.
    pub(crate) literals: Option<Box<[Literal]>>,
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
    atom_ids: FxHashMap<Atom, AtomId>,
    union_ids: FxHashMap<Union, UnionId>,
    typed_ids: FxHashMap<String, TypedId>,
    ties_ids: FxHashMap<String, TiesId>,
    key_ids: FxHashMap<Box<str>, u32>,
}

/// The result of reading a test: a constant or an atom.
enum Tested {
    Constant(bool),
    Literal(Literal),
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
        let mut reader = Reader { model: self, quantified: Vec::new(), free: Vec::new() };
        let clauses: Vec<Clause> =
            policy.statements.iter().map(|statement| reader.clause(statement)).collect();
        let Reader { mut quantified, mut free, .. } = reader;
        quantified.sort_unstable();
        quantified.dedup();
        free.sort_unstable();
        free.dedup();
        let live = |effect: Effect| {
            let statements = policy.statements.iter().zip(&clauses).enumerate();
            let live = statements.filter(|(_, (s, c))| s.effect.value == effect && c.literals.is_some());
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
        });
        self.policies.insert(address, Arc::clone(&modelled));
        modelled
    }

    /// The resources that a statement matches, pattern by pattern.
    pub(crate) fn extent(&mut self, statement: &iam_policy::Statement) -> Extent {
        let effect = statement.effect.value;
        let mut reader = Reader { model: self, quantified: Vec::new(), free: Vec::new() };
        let tested: Vec<Tested> = match &statement.resource {
            None => return Extent::Everything,
            Some(ResourceElement::Resource(patterns)) => {
                patterns.iter().map(|p| reader.resources(std::slice::from_ref(p), false, effect)).collect()
            }
            Some(ResourceElement::NotResource(patterns)) => vec![reader.resources(patterns, true, effect)],
        };
        let mut literals = Vec::new();
        for test in tested {
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
        let atom = self.intern(Atom::Action(Leaf::Text { holds: inside, fails: outside, variables: None }));
        Literal { atom, holds }
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

    /// The number of a list of patterns with variables, together with the way of comparison.
    fn ties(&mut self, mut patterns: Vec<&str>, compared: Option<Compared>) -> TiesId {
        patterns.sort_unstable();
        patterns.dedup();
        let next = TiesId(number(self.ties_ids.len()));
        *self.ties_ids.entry(format!("{compared:?} {}", patterns.join("\n"))).or_insert(next)
    }

    fn typed(&mut self, condition: &Condition, effect: Effect) -> TypedId {
        let mut texts = condition.values.texts();
        texts.sort_unstable();
        texts.dedup();
        let operator = condition.test.value.operator.name();
        let id = format!("{operator} {} {}", effect.name(), texts.join("\n"));
        if let Some(found) = self.typed_ids.get(&id) {
            return *found;
        }
        let number = TypedId(number(self.leaves.typed.len()));
        self.leaves.typed.push(Typed::new(condition, effect));
        self.typed_ids.insert(id, number);
        number
    }
}

/// INVARIANT (numbers): policies have fewer of these things than bytes.
pub(crate) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Reads the statements of one policy.
struct Reader<'m> {
    model: &'m mut Model,
    quantified: Vec<u32>,
    free: Vec<Box<str>>,
}

/// A list of patterns as globs: those that match for every value of the free variables, and those that match for some value.
struct Bounds {
    certain: Vec<Glob>,
    possible: Vec<Glob>,
    /// The number of the patterns with free variables. `None` if there are none.
    ties: Option<TiesId>,
    /// Whether a variable has no value.
    has_null: bool,
}

impl Reader<'_> {
    fn clause(&mut self, statement: &iam_policy::Statement) -> Clause {
        let effect = statement.effect.value;
        let mut literals = Vec::new();
        let tested = std::iter::once(self.resource(statement.resource.as_ref(), effect));
        let mut tested: Vec<Tested> = tested.collect();
        for condition in &statement.conditions {
            tested.push(self.condition(condition, effect));
        }
        for test in tested {
            match test {
                Tested::Constant(true) => {}
                Tested::Constant(false) => return Clause { literals: None },
                Tested::Literal(literal) => literals.push(literal),
            }
        }
        literals.sort_unstable();
        literals.dedup();
        // An atom and its negation contradict each other.
        let contradicts = literals.windows(2).any(|two| matches!(two, [a, b] if a.atom == b.atom));
        Clause { literals: (!contradicts).then(|| literals.into()) }
    }

    fn bounds<'p>(&mut self, patterns: impl Iterator<Item = &'p Pattern>, compared: Compared) -> Bounds {
        let mut bounds = Bounds { certain: Vec::new(), possible: Vec::new(), ties: None, has_null: false };
        let mut tied = Vec::new();
        for pattern in patterns {
            let (space, free) = (&self.model.space, &mut self.free);
            match Glob::of(pattern, compared, |variable| bound(space, free, variable)) {
                Replaced::Exact(glob) => {
                    bounds.possible.push(glob.clone());
                    bounds.certain.push(glob);
                }
                Replaced::Null => bounds.has_null = true,
                Replaced::Within(glob) => {
                    tied.push(pattern.text());
                    bounds.possible.push(glob);
                }
            }
        }
        if !tied.is_empty() {
            bounds.ties = Some(self.model.ties(tied, Some(compared)));
        }
        bounds
    }

    /// The predicate that one of the patterns matches a text.
    fn leaf(&mut self, bounds: Bounds) -> Leaf {
        let variables = bounds.ties;
        let possible = Union::new(bounds.possible);
        let certain = Union::new(bounds.certain);
        if certain.is_any() {
            return Leaf::Constant(true);
        }
        if possible.globs.is_empty() {
            return Leaf::Constant(false);
        }
        let holds = Language { union: self.model.union(possible), inside: true };
        let fails = Language { union: self.model.union(certain), inside: false };
        Leaf::Text { holds, fails, variables }
    }

    fn resource(&mut self, element: Option<&ResourceElement>, effect: Effect) -> Tested {
        let Some(element) = element else { return Tested::Constant(true) };
        self.resources(element.patterns(), element.is_not(), effect)
    }

    fn resources(&mut self, patterns: &[Spanned<ResourcePattern>], is_not: bool, effect: Effect) -> Tested {
        if patterns.iter().any(|p| p.value.is_any()) {
            return Tested::Constant(!is_not);
        }
        let matchable = patterns.iter().map(|p| p.value.pattern());
        let bounds = self.bounds(matchable, Compared::Text(LetterCase::Sensitive));
        let has_null = bounds.has_null;
        // A null entry leaves open what is excluded, so an Allow does not apply (rule 3.27).
        let fails_closed = is_not && effect == Effect::Allow;
        if fails_closed && has_null {
            return Tested::Constant(false);
        }
        let ties = bounds.ties;
        let mut text = self.leaf(bounds);
        let mut without = Leaf::Constant(false);
        // If a variable is null, the patterns count as matching.
        if let Some(ties) = ties.filter(|_| fails_closed) {
            without = Leaf::Free(ties);
            if let Leaf::Text { fails, variables, .. } = text {
                let holds = Language { union: self.model.union(Union::new(vec![Glob::any()])), inside: true };
                text = Leaf::Text { holds, fails, variables };
            }
        }
        if let (Leaf::Constant(value), Leaf::Constant(other)) = (text, without)
            && value == other
        {
            return Tested::Constant(value != is_not);
        }
        let atom = self.model.intern(Atom::Resource { text, without });
        Tested::Literal(Literal { atom, holds: !is_not })
    }

    fn condition(&mut self, condition: &Condition, effect: Effect) -> Tested {
        let name = condition.key.value.as_str();
        let test = condition.test.value;
        let compared = match (&condition.values, test.operator) {
            (Values::Arn(_), _) => Some(Compared::Arn),
            (Values::String(_), Operator::StringEqualsIgnoreCase | Operator::StringNotEqualsIgnoreCase) => {
                Some(Compared::Text(LetterCase::Ascii))
            }
            (Values::String(_), _) => Some(Compared::Text(LetterCase::Sensitive)),
            _ => None,
        };
        let bounds = match (&condition.values, compared) {
            (Values::String(values) | Values::Arn(values), Some(compared)) if !values.is_empty() => {
                Some(self.bounds(values.iter().map(|v| &v.value), compared))
            }
            _ => None,
        };
        let flags: &[Spanned<Flag>] = if let Values::Bool(flags) = &condition.values { flags } else { &[] };
        let has_flag_variables = self.flag_variables(flags);
        let is_exact = bounds.as_ref().is_none_or(|b| b.ties.is_none()) && !has_flag_variables;
        let in_context = |context: &Context| holds_in(condition, effect, context);
        let fact = self.model.space.fact(name).cloned();
        if let Some(fact) = fact
            && is_exact
        {
            return Tested::Constant(match fact {
                Fact::Absent | Fact::Value(_) => in_context(&self.model.space.known()),
            });
        }
        let key = self.model.key(name);
        let absent = in_context(&Context::new());
        let is_null = test.operator == Operator::Null;
        let (single, many_leaf) = if condition.values.is_empty() || is_null {
            let one = in_context(&Context::new().with(name, ContextValue::single("x")));
            let several = in_context(&Context::new().with(name, ContextValue::multiple(["x"])));
            (Leaf::Constant(one), Leaf::Constant(several))
        } else if let Some(bounds) = bounds {
            let positive = self.leaf(bounds);
            let leaf = if test.operator.is_negated() { opposite(positive) } else { positive };
            (leaf, leaf)
        } else if has_flag_variables {
            let free = Leaf::Free(self.model.ties(condition.values.texts(), None));
            (free, free)
        } else {
            let leaf = Leaf::Typed(self.model.typed(&plain(condition), effect));
            (leaf, leaf)
        };
        let multiple = match (test.quantifier, many_leaf) {
            // For `Null` and for empty lists, the evaluator has decided.
            (None, Leaf::Constant(value)) if condition.values.is_empty() || is_null => Many::Constant(value),
            // No comparison can be made (rule 7.1).
            (None, _) => Many::Constant(effect == Effect::Deny),
            (Some(_), _) if is_null => {
                Many::Constant(in_context(&Context::new().with(name, ContextValue::multiple(["x"]))))
            }
            (Some(Quantifier::ForAllValues), leaf) => Many::Every(leaf),
            (Some(Quantifier::ForAnyValue), leaf) => Many::Some(leaf),
        };
        if test.quantifier.is_some() && self.model.space.shape(&name.to_ascii_lowercase()).is_none() {
            self.quantified.push(key);
        }
        let atom = Atom::Key { key, absent, single, multiple };
        if let Atom::Key {
            absent, single: Leaf::Constant(single), multiple: Many::Constant(multiple), ..
        } = atom
            && absent == single
            && single == multiple
        {
            return Tested::Constant(absent);
        }
        Tested::Literal(Literal { atom: self.model.intern(atom), holds: true })
    }

    fn flag_variables(&mut self, flags: &[Spanned<Flag>]) -> bool {
        let mut has = false;
        for flag in flags {
            if let Flag::Variable(pattern) = &flag.value {
                has = true;
                self.free.extend(pattern.variables().map(|v| v.key.to_ascii_lowercase().into()));
            }
        }
        has
    }
}

/// The replacement of a variable: the value of its key, if the value is known.
fn bound<'v>(space: &'v Space, free: &mut Vec<Box<str>>, variable: Variable<'v>) -> Bound<'v> {
    match space.fact(variable.key) {
        Some(Fact::Value(ContextValue::Single(value))) => Bound::Value(value),
        // A key with several values counts as having no value (rule 3.23).
        Some(Fact::Absent | Fact::Value(_)) => variable.default.map_or(Bound::Null, Bound::Value),
        None => {
            free.push(variable.key.to_ascii_lowercase().into());
            Bound::Free
        }
    }
}

/// The same test without its set operator, on one value.
fn plain(condition: &Condition) -> Condition {
    let mut plain = condition.clone();
    plain.test.value.quantifier = None;
    plain
}

const fn opposite(leaf: Leaf) -> Leaf {
    match leaf {
        Leaf::Constant(value) => Leaf::Constant(!value),
        Leaf::Text { holds, fails, variables } => Leaf::Text { holds: fails, fails: holds, variables },
        Leaf::Typed(_) | Leaf::Free(_) => leaf,
    }
}
