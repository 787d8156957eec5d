//! The statements that decide about each action: the Allows that make it possible, and the Denies that leave the Allows nothing.
//!
//! [`Analysis::never`] says what layers allow together. An attribution says which statements the answer comes from. It considers the
//! statements of each layer separately. It decides one thing exactly: whether the Denies that always apply leave an Allow any resource.

use std::cell::RefCell;
use std::sync::Arc;

use iam_eval::{Layer, Layers, StatementRef};
use iam_policy::Effect;
use rustc_hash::FxHashMap;

use crate::actions::ActionTable;
use crate::analysis::Analysis;
use crate::atom::{Dimension, Literal};
use crate::budget::Meter;
use crate::classes::Combinations;
use crate::model::{Extent, Model, Modelled, number};
use crate::theory::{Answer, Theory};

/// The statements of some layers, attributed to the actions of a list.
///
/// Actions that the same statements match are one [`AttributedClass`].
///
/// A statement belongs to a class if its `Action` or `NotAction` matches these actions and its conditions can be met. A Deny is conditional
/// if it depends on a condition key, or applies under some readings only (part 8 of the rules). Facts of the space decide conditions: a condition that is met is ignored, and a statement with a
/// condition that is not met belongs to no class. Layers whose statements name principals are left out: resource policies, VPC endpoint
/// policies and resource control policies.
#[derive(Debug)]
pub struct Attribution<'a> {
    model: &'a Model,
    meter: Meter,
    statements: Vec<Attributed>,
    classes: Vec<Class>,
    /// The class of each action, by the action's place.
    class_of: Vec<u32>,
    /// Whether the Denies leave the Allow any resource, by Allow and Denies.
    lives: RefCell<Lives>,
}

/// Whether an Allow keeps a resource beside some Denies, by the number of the Allow and those of the Denies.
type Lives = FxHashMap<(u32, Box<[u32]>), bool>;

/// A statement, and its effect on the actions that it matches.
#[derive(Debug)]
struct Attributed {
    at: StatementRef,
    does: Does,
}

#[derive(Debug)]
enum Does {
    /// No effect: no request of the space meets its conditions, or it matches no resource.
    Nothing,
    /// It allows if its conditions are met.
    Allow(Extent),
    /// It always denies.
    Deny(Extent),
    /// It denies if its conditions are met, or under some readings.
    DenyIf,
}

/// Statements by their numbers, in the order of layers, policies and statements.
#[derive(Debug, Default)]
struct Class {
    places: Vec<u32>,
    allows: Vec<u32>,
    denies: Vec<u32>,
    conditional: Vec<u32>,
}

/// The actions that the same statements match, with these statements.
///
/// For a layer that does not exist, every list is empty.
#[derive(Clone, Copy, Debug)]
pub struct AttributedClass<'a> {
    of: &'a Attribution<'a>,
    class: &'a Class,
}

impl Analysis {
    /// Attributes the actions of the analysis's list to the statements of some layers.
    ///
    /// Without a list there are no classes.
    ///
    /// # Cost
    /// Each action pattern is matched once with the names of its service, as for any question about these policies. Whether an Allow is
    /// alive is decided on demand, once for each Allow and combination of Denies. All of this has one budget. After its steps have run out,
    /// an Allow that is not known to be dead counts as alive.
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    /// use iam_analysis::{ActionNames, Analysis, Space};
    /// use iam_eval::{Layer, Layers};
    /// use iam_policy::{Limits, Mode, Policy, PolicyKind};
    ///
    /// let text = r#"{"Version": "2012-10-17", "Statement": [
    ///     {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::logs/*"},
    ///     {"Effect": "Deny", "Action": "s3:Put*", "Resource": "arn:aws:s3:::*"}]}"#;
    /// let mut layers = Layers::new();
    /// layers.identity.push(Arc::new(Policy::parse(text, PolicyKind::Identity, Mode::Strict, &Limits::default())?));
    ///
    /// let names = ActionNames::new(["s3:GetObject", "s3:PutObject"]);
    /// let mut analysis = Analysis::with_names(Space::new(), names.clone());
    /// let attribution = analysis.attribution(&layers);
    /// let of = |number| attribution.class(names.place(number)?);
    /// let (get, put) = (of(0).unwrap(), of(1).unwrap());
    /// assert_eq!(get.alive(Layer::Identity, &[Layer::Identity]).len(), 1);
    /// assert!(put.alive(Layer::Identity, &[Layer::Identity]).is_empty());
    /// let allow = put.allowing(Layer::Identity).next().unwrap();
    /// assert_eq!(put.killers(allow, &[Layer::Identity])[0].index, 1);
    /// # Ok::<(), iam_policy::Report>(())
    /// ```
    pub fn attribution(&mut self, layers: &Layers) -> Attribution<'_> {
        let meter = Meter::new(self.budget);
        let mut statements = Vec::new();
        // Each policy, with the number of its first statement.
        let mut policies: Vec<(Arc<Modelled>, usize)> = Vec::new();
        for (place, policy) in layers.policies().filter(|(place, _)| !place.layer.names_principals()) {
            let modelled = self.model.policy(policy);
            policies.push((Arc::clone(&modelled), statements.len()));
            for (index, (statement, clause)) in policy.statements.iter().zip(&modelled.clauses).enumerate() {
                let is_key = |literal: &Literal| {
                    let dimension = self.model.atom(literal.atom).map(crate::atom::Atom::dimension);
                    matches!(dimension, Some(Dimension::Key(_)))
                };
                let does = match (&clause.literals, statement.effect.value) {
                    _ if !clause.is_live() => Does::Nothing,
                    (_, Effect::Allow) => Does::Allow(self.model.extent(statement)),
                    // What a Deny does under some readings only is not certain.
                    (None, Effect::Deny) => Does::DenyIf,
                    (Some(literals), Effect::Deny)
                        if clause.ways.is_some() || literals.iter().any(is_key) =>
                    {
                        Does::DenyIf
                    }
                    (Some(_), Effect::Deny) => Does::Deny(self.model.extent(statement)),
                };
                statements.push(Attributed { at: StatementRef::new(place, index), does });
            }
        }
        let mut attribution = Attribution {
            model: &self.model,
            meter,
            statements,
            classes: Vec::new(),
            class_of: Vec::new(),
            lives: RefCell::default(),
        };
        attribution.classify(&policies);
        attribution
    }
}

impl<'a> Attribution<'a> {
    /// Puts every action of the list into its class.
    fn classify(&mut self, policies: &[(Arc<Modelled>, usize)]) {
        let Some(names) = &self.model.names else { return };
        let tables: Vec<&ActionTable> = policies.iter().map(|(policy, _)| policy.table(names)).collect();
        let mut combinations = Combinations::new(&tables);
        // The class of each combination, plus one.
        let mut found: Vec<u32> = Vec::new();
        self.class_of = Vec::with_capacity(names.len());
        for action in 0..number(names.len()) {
            let combination = combinations.of(action) as usize;
            if combination >= found.len() {
                found.resize(combination.saturating_add(1), 0);
            }
            let Some(slot) = found.get_mut(combination) else { continue };
            if *slot == 0 {
                let class = self.of(action, policies, &tables);
                self.classes.push(class);
                *slot = number(self.classes.len());
            }
            let class = slot.saturating_sub(1);
            self.class_of.push(class);
            if let Some(class) = self.classes.get_mut(class as usize) {
                class.places.push(action);
            }
        }
    }

    /// The statements that match an action.
    fn of(&self, action: u32, policies: &[(Arc<Modelled>, usize)], tables: &[&ActionTable]) -> Class {
        let mut class = Class::default();
        for ((_, first), table) in policies.iter().zip(tables) {
            let Some(bits) = table.statements.get(table.class(action) as usize) else { continue };
            for own in bits.iter().map(|own| first.saturating_add(own)) {
                let list = match self.statements.get(own).map(|statement| &statement.does) {
                    Some(Does::Allow(_)) => &mut class.allows,
                    Some(Does::Deny(_)) => &mut class.denies,
                    Some(Does::DenyIf) => &mut class.conditional,
                    Some(Does::Nothing) | None => continue,
                };
                list.push(number(own));
            }
        }
        class
    }

    /// The classes, in the order of their first actions.
    pub fn classes(&'a self) -> impl Iterator<Item = AttributedClass<'a>> {
        self.classes.iter().map(|class| AttributedClass { of: self, class })
    }

    /// The class of the action at a place of the list (see [`ActionNames::place`]).
    ///
    /// `None` if there is no such place.
    ///
    /// [`ActionNames::place`]: crate::ActionNames::place
    pub fn class(&'a self, place: usize) -> Option<AttributedClass<'a>> {
        let class = self.classes.get(self.class_number(place)?)?;
        Some(AttributedClass { of: self, class })
    }

    /// The number of the class of a place, counted from 0 in the order of [`Self::classes`].
    ///
    /// `None` if there is no such place.
    pub fn class_number(&self, place: usize) -> Option<usize> {
        self.class_of.get(place).map(|class| *class as usize)
    }

    fn place(&self, statement: u32) -> Option<StatementRef> {
        self.statements.get(statement as usize).map(|statement| statement.at)
    }

    /// The statements of a list that belong to a layer.
    fn in_layer(&'a self, list: &'a [u32], layer: Layer) -> impl Iterator<Item = u32> + 'a {
        list.iter().copied().filter(move |own| self.place(*own).is_some_and(|at| at.policy.layer == layer))
    }

    fn extent(&self, statement: u32) -> Option<&Extent> {
        match &self.statements.get(statement as usize)?.does {
            Does::Allow(extent) | Does::Deny(extent) => Some(extent),
            Does::Nothing | Does::DenyIf => None,
        }
    }

    /// Whether some Denies leave an Allow any resource.
    fn lives(&self, allow: u32, denies: &[u32]) -> bool {
        let is_everything = |deny: &u32| matches!(self.extent(*deny), Some(Extent::Everything));
        if denies.iter().any(is_everything) {
            return false;
        }
        let id = (allow, Box::from(denies));
        if let Some(known) = self.lives.borrow().get(&id) {
            return *known;
        }
        let lives = self.parts(allow).iter().any(|part| self.is_left(*part, denies));
        self.lives.borrow_mut().insert(id, lives);
        lives
    }

    /// The parts of an Allow: one for each of its resource patterns, or one without a literal if it matches everything.
    fn parts(&self, allow: u32) -> Vec<Option<Literal>> {
        match self.extent(allow) {
            Some(Extent::Everything) => vec![None],
            Some(Extent::Any(literals)) => literals.iter().copied().map(Some).collect(),
            None => Vec::new(),
        }
    }

    /// Whether some Denies leave anything of a part of an Allow: a resource, or a request without resource.
    fn is_left(&self, part: Option<Literal>, denies: &[u32]) -> bool {
        let mut literals: Vec<Literal> = part.into_iter().collect();
        for deny in denies {
            match self.extent(*deny) {
                Some(Extent::Everything) => return false,
                Some(Extent::Any(own)) => {
                    literals.extend(own.iter().map(|own| Literal { holds: !own.holds, ..*own }));
                }
                None => {}
            }
        }
        literals.sort_unstable();
        literals.dedup();
        // A pattern and its negation contradict each other, whatever the values of its variables.
        if literals.windows(2).any(|two| matches!(two, [a, b] if a.atom == b.atom)) {
            return false;
        }
        let theory = Theory { model: self.model, meter: &self.meter };
        // The part counts as taken only if that is certain.
        !matches!(theory.value(Dimension::Resource, None, &literals), Ok(Answer::None))
    }

    /// The fewest of some Denies that leave nothing of a part. The first ones are preferred.
    ///
    /// All the Denies together must leave nothing of the part.
    fn needed(&self, part: Option<Literal>, denies: &[u32]) -> Vec<u32> {
        if let Some(alone) = denies.iter().find(|deny| !self.is_left(part, std::slice::from_ref(deny))) {
            return vec![*alone];
        }
        let mut needed = denies.to_vec();
        for deny in denies.iter().rev() {
            let without: Vec<u32> = needed.iter().copied().filter(|own| own != deny).collect();
            if !self.is_left(part, &without) {
                needed = without;
            }
        }
        needed
    }
}

impl<'a> AttributedClass<'a> {
    /// The places of the class's actions in the list, in ascending order.
    pub fn places(self) -> impl Iterator<Item = usize> + 'a {
        self.class.places.iter().map(|place| *place as usize)
    }

    /// The Allow statements of a layer, alive or not.
    pub fn allowing(self, layer: Layer) -> impl Iterator<Item = StatementRef> + 'a {
        self.of.in_layer(&self.class.allows, layer).filter_map(|own| self.of.place(own))
    }

    /// The Deny statements of a layer that always apply to the resources they name.
    pub fn denying(self, layer: Layer) -> impl Iterator<Item = StatementRef> + 'a {
        self.of.in_layer(&self.class.denies, layer).filter_map(|own| self.of.place(own))
    }

    /// The conditional Deny statements of a layer.
    pub fn denying_conditionally(self, layer: Layer) -> impl Iterator<Item = StatementRef> + 'a {
        self.of.in_layer(&self.class.conditional, layer).filter_map(|own| self.of.place(own))
    }

    /// The Allow statements of a layer that are alive.
    ///
    /// An Allow is alive if the Denies of the layers `beside` that always apply leave it a resource, or a request without resource. The
    /// result is exact except for patterns with variables whose value is not a fact: with such patterns, an Allow is dead only if it is
    /// dead for all values.
    pub fn alive(self, layer: Layer, beside: &[Layer]) -> Vec<StatementRef> {
        let denies = self.denies(beside);
        let allows = self.of.in_layer(&self.class.allows, layer);
        allows.filter(|own| self.of.lives(*own, &denies)).filter_map(|own| self.of.place(own)).collect()
    }

    /// The Denies of the layers `beside` that leave an Allow statement of the class nothing.
    ///
    /// Empty if the Allow is alive.
    ///
    /// If one Deny alone leaves it nothing, the list has that Deny. Otherwise it has, for each resource pattern of the Allow, one Deny that
    /// takes the pattern, or several of which none can be left out. The first Denies in the order of `beside` are preferred.
    pub fn killers(self, allow: StatementRef, beside: &[Layer]) -> Vec<StatementRef> {
        let known = self.class.allows.iter().find(|own| self.of.place(**own) == Some(allow));
        let Some(allow) = known.copied() else { return Vec::new() };
        let denies = self.denies(beside);
        if self.of.lives(allow, &denies) {
            return Vec::new();
        }
        let alone = denies.iter().find(|deny| !self.of.lives(allow, std::slice::from_ref(deny)));
        let mut killers: Vec<u32> = alone.into_iter().copied().collect();
        if killers.is_empty() {
            for deny in self.of.parts(allow).iter().flat_map(|part| self.of.needed(*part, &denies)) {
                if !killers.contains(&deny) {
                    killers.push(deny);
                }
            }
        }
        killers.into_iter().filter_map(|own| self.of.place(own)).collect()
    }

    /// Whether the Denies of a layer that always apply deny every resource, and requests without resource.
    pub fn is_denied_everywhere(self, layer: Layer) -> bool {
        !self.of.is_left(None, &self.denies(&[layer]))
    }

    /// The Denies of some layers that always apply, layer by layer.
    fn denies(self, layers: &[Layer]) -> Vec<u32> {
        layers.iter().flat_map(|layer| self.of.in_layer(&self.class.denies, *layer)).collect()
    }
}
