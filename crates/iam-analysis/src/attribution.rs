//! Which statements decide about each action: the Allows that make it possible, and the Denies that leave them nothing.
//!
//! The answers of [`Analysis::never`] say what layers allow together; an attribution says which statements it comes from. It looks at the
//! statements of each layer for themselves, and at one thing exactly: whether the Denies that always apply leave an Allow any resource.

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
/// Actions are grouped: those that the same statements are about are one [`AttributedClass`].
///
/// A statement belongs to a class if its `Action` or `NotAction` is about these actions and its conditions can be met. A Deny is conditional
/// if it depends on a condition key. Facts of the space decide conditions: one that is met is as if it were not there, and a statement with
/// one that is not met belongs to no class. Layers whose statements name principals (resource policies, VPC endpoint policies, resource
/// control policies) are left out.
#[derive(Debug)]
pub struct Attribution<'a> {
    model: &'a Model,
    meter: Meter,
    statements: Vec<Attributed>,
    classes: Vec<Class>,
    /// The class of each action, by its place.
    class_of: Vec<u32>,
    /// Whether some Denies leave an Allow any resource.
    lives: RefCell<FxHashMap<(u32, Box<[u32]>), bool>>,
}

/// A statement and what it does for the actions that it is about.
#[derive(Debug)]
struct Attributed {
    at: StatementRef,
    does: Does,
}

#[derive(Debug)]
enum Does {
    /// Nothing: no request of the space meets its conditions, or it is about no resource.
    Nothing,
    /// It allows, if its conditions are met.
    Allow(Extent),
    /// It always denies.
    Deny(Extent),
    /// It denies if its conditions are met.
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

/// The actions that the same statements are about, and these statements.
///
/// What is asked about a layer is empty if there is no such layer.
#[derive(Clone, Copy, Debug)]
pub struct AttributedClass<'a> {
    of: &'a Attribution<'a>,
    class: &'a Class,
}

impl Analysis {
    /// Attributes the actions of the list of the analysis to the statements of some layers. Without a list there are no classes.
    ///
    /// # Cost
    /// Each pattern of an action is matched once with the names of its service, as for any question about these policies. Whether an Allow is
    /// alive is found out when it is asked for, once for each Allow and each combination of Denies. All of it has one budget; once its steps
    /// have run out, what is not known to be dead counts as alive.
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
        // Each policy, and the number of its first statement.
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
                    (None, _) => Does::Nothing,
                    (Some(_), Effect::Allow) => Does::Allow(self.model.extent(statement)),
                    (Some(literals), Effect::Deny) if literals.iter().any(is_key) => Does::DenyIf,
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
        // The class of each combination, and one more than its number.
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

    /// The statements that are about an action.
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

    /// The class of the action at a place of the list (see [`ActionNames::place`]); `None` if there is no such place.
    ///
    /// [`ActionNames::place`]: crate::ActionNames::place
    pub fn class(&'a self, place: usize) -> Option<AttributedClass<'a>> {
        let class = self.classes.get(self.class_number(place)?)?;
        Some(AttributedClass { of: self, class })
    }

    /// The number of that class in the order of [`Self::classes`], from 0.
    pub fn class_number(&self, place: usize) -> Option<usize> {
        self.class_of.get(place).map(|class| *class as usize)
    }

    fn place(&self, statement: u32) -> Option<StatementRef> {
        self.statements.get(statement as usize).map(|statement| statement.at)
    }

    /// The statements of a list that are of a layer.
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

    /// The parts of an Allow: one for each pattern of its resources; one without a literal if it is about everything.
    fn parts(&self, allow: u32) -> Vec<Option<Literal>> {
        match self.extent(allow) {
            Some(Extent::Everything) => vec![None],
            Some(Extent::Any(literals)) => literals.iter().copied().map(Some).collect(),
            None => Vec::new(),
        }
    }

    /// Whether some Denies leave anything of a part of an Allow: a resource, or a request without one.
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
        // A pattern, and its opposite: what its variables are does not matter then.
        if literals.windows(2).any(|two| matches!(two, [a, b] if a.atom == b.atom)) {
            return false;
        }
        let theory = Theory { model: self.model, meter: &self.meter };
        // Nothing is left only if that is certain.
        !matches!(theory.value(Dimension::Resource, None, &literals), Ok(Answer::None))
    }

    /// The fewest of some Denies that leave nothing of a part, preferring the first; the Denies together leave nothing of it.
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
    /// The places of its actions in the list, ascending.
    pub fn places(self) -> impl Iterator<Item = usize> + 'a {
        self.class.places.iter().map(|place| *place as usize)
    }

    /// The Allow statements of a layer, alive or not.
    pub fn allowing(self, layer: Layer) -> impl Iterator<Item = StatementRef> + 'a {
        self.of.in_layer(&self.class.allows, layer).filter_map(|own| self.of.place(own))
    }

    /// The Deny statements of a layer that always apply, to the resources that they name.
    pub fn denying(self, layer: Layer) -> impl Iterator<Item = StatementRef> + 'a {
        self.of.in_layer(&self.class.denies, layer).filter_map(|own| self.of.place(own))
    }

    /// The conditional Deny statements of a layer.
    pub fn denying_conditionally(self, layer: Layer) -> impl Iterator<Item = StatementRef> + 'a {
        self.of.in_layer(&self.class.conditional, layer).filter_map(|own| self.of.place(own))
    }

    /// The Allow statements of a layer that are alive: the Denies of the layers `beside` that always apply leave them a resource, or a
    /// request without one.
    ///
    /// Exact but for patterns with variables whose value is not a fact: of those an Allow is dead only if it is for all values.
    pub fn alive(self, layer: Layer, beside: &[Layer]) -> Vec<StatementRef> {
        let denies = self.denies(beside);
        let allows = self.of.in_layer(&self.class.allows, layer);
        allows.filter(|own| self.of.lives(*own, &denies)).filter_map(|own| self.of.place(own)).collect()
    }

    /// The Denies of the layers `beside` that leave an Allow statement of the class nothing; none if it is alive.
    ///
    /// One that leaves it nothing alone, if there is one. Otherwise for each of its resource patterns the Denies that take it: one if one
    /// does, else some of which none can be spared. The first in the order of `beside` are preferred.
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

    /// Whether the Denies of a layer that always apply leave no resource at all, and no request without one.
    pub fn is_denied_everywhere(self, layer: Layer) -> bool {
        !self.of.is_left(None, &self.denies(&[layer]))
    }

    /// The Denies of some layers that always apply, layer by layer.
    fn denies(self, layers: &[Layer]) -> Vec<u32> {
        layers.iter().flat_map(|layer| self.of.in_layer(&self.class.denies, *layer)).collect()
    }
}
