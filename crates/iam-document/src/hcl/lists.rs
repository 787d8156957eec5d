//! Lists, choices, and blocks that may be made or not.

use std::rc::Rc;

use hcl_edit::Span as _;
use hcl_edit::expr::{Array, Conditional, Expression};
use hcl_edit::structure::{Block, Body};
use iam_json::{Span, quoted};

use super::place;
use super::write::{SAME_LIST, Writer, alone, content, ends};

/// An element of a list, and the choices of whose sides it is a part, from the outermost on.
#[derive(Clone)]
pub(super) struct Item<'s> {
    value: &'s Expression,
    choices: Rc<[&'s Conditional]>,
}

/// The elements of a list.
#[derive(Default)]
pub(super) struct Gathered<'s> {
    pub(super) items: Vec<Item<'s>>,
    /// The choices around.
    choices: Vec<&'s Conditional>,
    /// Whether lists in the list are parts of it.
    is_flat: bool,
}

impl<'s> Gathered<'s> {
    fn push(&mut self, value: &'s Expression) {
        self.items.push(Item { value, choices: self.choices.as_slice().into() });
    }
}

/// A block in another.
#[derive(Clone, Copy)]
pub(super) struct Part<'s> {
    pub(super) span: Span,
    pub(super) body: &'s Body,
    /// The name of a dynamic block that may be made or not; empty if it is made.
    open: &'s str,
}

impl Part<'_> {
    /// What decides whether the block is made, and the place of that. `None` if it is made.
    pub(super) fn may_be(&self) -> Option<(String, Span)> {
        (!self.open.is_empty()).then(|| (format!("dynamic \"{}\"", self.open), self.span))
    }
}

/// How often a block is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeats {
    Never,
    Often,
    /// That is known only when it is deployed.
    Open,
}

impl<'c, 's: 'c> Writer<'c, 's> {
    pub(super) fn array(&mut self, array: &'s Array, span: Span, depth: usize) -> Option<()> {
        let mut list = Gathered::default();
        for item in array {
            self.sides(item, &mut list, depth)?;
        }
        self.list(&list.items, span, depth)
    }

    pub(super) fn list(&mut self, items: &[Item<'s>], span: Span, depth: usize) -> Option<()> {
        let (open, close) = ends(span);
        self.weaver.push_one("[", open);
        // The choices of which elements are written, and where these begin.
        let mut choices: Vec<(&Conditional, usize)> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let own = &item.choices;
            let same = choices.iter().zip(own.iter()).take_while(|((one, _), two)| std::ptr::eq(*one, **two));
            let same = same.count();
            while choices.len() > same {
                self.end_of_choice(choices.pop());
            }
            if at > 0 {
                self.weaver.add(", ");
            }
            let start = self.weaver.len();
            choices.extend(own.iter().skip(same).map(|own| (*own, start)));
            self.value(item.value, false, depth)?;
        }
        while !choices.is_empty() {
            self.end_of_choice(choices.pop());
        }
        self.weaver.push_one("]", close);
        Some(())
    }

    fn end_of_choice(&mut self, choice: Option<(&Conditional, usize)>) {
        let Some((own, start)) = choice else { return };
        let what = self.condition(own);
        self.choice(what, place(own.span()), start);
    }

    /// What a choice depends on, for a message.
    pub(super) fn condition(&self, own: &Conditional) -> String {
        format!("the condition {}", self.shown(place(own.cond_expr.span())))
    }

    /// What stands for an element of a list: itself, or both sides of a choice.
    fn sides(&mut self, item: &'s Expression, list: &mut Gathered<'s>, depth: usize) -> Option<()> {
        self.check(depth)?;
        let item = alone(item);
        if let Expression::Conditional(own) = item {
            self.chosen(own, list, depth, Self::sides)
        } else {
            list.push(item);
            Some(())
        }
    }

    /// Gathers the sides of a choice, or the one that is taken.
    fn chosen(
        &mut self,
        own: &'s Conditional,
        list: &mut Gathered<'s>,
        depth: usize,
        gather: impl Fn(&mut Self, &'s Expression, &mut Gathered<'s>, usize) -> Option<()>,
    ) -> Option<()> {
        let depth = depth.saturating_add(1);
        match self.decided(&own.cond_expr, depth) {
            Some(true) => gather(self, &own.true_expr, list, depth),
            Some(false) => gather(self, &own.false_expr, list, depth),
            None => {
                list.choices.push(own);
                gather(self, &own.true_expr, list, depth)?;
                gather(self, &own.false_expr, list, depth)?;
                list.choices.pop();
                Some(())
            }
        }
    }

    /// Whether a condition holds, if the code tells.
    pub(super) fn decided(&self, condition: &'s Expression, depth: usize) -> Option<bool> {
        self.check(depth)?;
        let condition = alone(condition);
        match condition.as_bool() {
            Some(own) => Some(own),
            None => self.named(condition).and_then(|(_, own)| self.decided(own, depth.saturating_add(1))),
        }
    }

    /// The elements of a list that functions make of others. An element that is no list stands for those that are not known.
    pub(super) fn elements(
        &mut self,
        value: &'s Expression,
        list: &mut Gathered<'s>,
        depth: usize,
    ) -> Option<()> {
        self.check(depth)?;
        self.steps = self.steps.saturating_add(1);
        if self.steps > self.most || list.items.len() > self.most {
            return None;
        }
        let value = alone(value);
        let depth = depth.saturating_add(1);
        if let Expression::Array(own) = value {
            for item in own {
                if list.is_flat { self.elements(item, list, depth) } else { self.sides(item, list, depth) }?;
            }
        } else if let Expression::Conditional(own) = value {
            self.chosen(own, list, depth, Self::elements)?;
        } else if let Expression::FuncCall(own) = value {
            match (own.name.name.as_str(), own.args.get(0)) {
                ("concat", _) => {
                    for argument in &own.args {
                        self.elements(argument, list, depth)?;
                    }
                }
                ("flatten", Some(lists)) => {
                    let was_flat = std::mem::replace(&mut list.is_flat, true);
                    let done = self.elements(lists, list, depth);
                    list.is_flat = was_flat;
                    done?;
                }
                (name, Some(inner)) if SAME_LIST.contains(&name) => self.elements(inner, list, depth)?,
                _ => list.push(value),
            }
        } else if let Some(own) = self.local(value) {
            self.elements(own, list, depth)?;
        } else {
            list.push(value);
        }
        Some(())
    }

    /// A choice: both sides in a list where a list can stand, or where a policy stands, and else not known.
    pub(super) fn either(
        &mut self,
        own: &'s Conditional,
        span: Span,
        may_list: bool,
        depth: usize,
    ) -> Option<()> {
        let mut list = Gathered::default();
        self.chosen(own, &mut list, depth, Self::sides)?;
        list.items.retain(|own| !own.value.is_null());
        if let [only] = list.items.as_slice() {
            let start = self.weaver.len();
            self.value(only.value, may_list, depth)?;
            only.choices.iter().for_each(|own| self.end_of_choice(Some((*own, start))));
            return Some(());
        }
        let is_list = |own: &Item<'_>| matches!(own.value, Expression::Array(_));
        if may_list || list.items.iter().any(is_list) {
            let mut all = Gathered::default();
            for side in list.items {
                all.choices = side.choices.to_vec();
                self.elements(side.value, &mut all, depth)?;
            }
            return self.list(&all.items, span, depth);
        }
        if !self.is_encoded && !list.items.is_empty() {
            return self.list(&list.items, span, depth);
        }
        self.not_known(span);
        Some(())
    }

    /// The name of a block, and what is in it. Of a dynamic block, the content is that. `None` if it is never made.
    pub(super) fn part(&self, block: &'s Block) -> Option<(&'s str, Part<'s>)> {
        let (name, body) = content(block)?;
        let is_dynamic = block.has_ident("dynamic") && !block.labels.is_empty();
        let each = block.body.get_attribute("for_each").filter(|_| is_dynamic).map(|own| &own.value);
        let open = match each.map_or(Repeats::Open, |own| self.length(own, 0)) {
            Repeats::Never => return None,
            Repeats::Open if is_dynamic => name,
            Repeats::Often | Repeats::Open => "",
        };
        Some((name, Part { span: place(block.span()), body, open }))
    }

    /// Notes the dynamic blocks that may be made or not, of those that were written since the text had this many bytes.
    pub(super) fn dynamic(&mut self, parts: &[Part<'s>], start: usize) {
        for (what, span) in parts.iter().filter_map(Part::may_be) {
            self.choice(what, span, start);
        }
    }

    /// Notes what decides whether a block is made, or whether it is what it says, of one that was written since the text had this many bytes.
    pub(super) fn made(&mut self, block: &'s Block, start: usize) {
        if let ("variable", [name]) = (block.ident.as_str(), block.labels.as_slice()) {
            let what = format!("the default of variable {}", quoted(name.as_str()));
            return self.choice(what, place(block.span()), start);
        }
        for (what, span) in self.open(block) {
            self.choice(what, span, start);
        }
    }

    /// What decides whether a block is made, and the place of that; empty if it is known.
    pub(super) fn open(&self, block: &'s Block) -> Vec<(String, Span)> {
        let open = self.repeats(block).filter(|(.., repeats)| *repeats == Repeats::Open);
        open.map(|(name, own, _)| {
            let span = place(own.span());
            (format!("{name} = {}", self.shown(span)), span)
        })
        .collect()
    }

    /// Whether a block is never made.
    pub(super) fn is_never(&self, block: &'s Block) -> bool {
        self.repeats(block).any(|(.., repeats)| repeats == Repeats::Never)
    }

    /// The attributes of a block that say how often it is made.
    fn repeats(&self, block: &'s Block) -> impl Iterator<Item = (&'static str, &'s Expression, Repeats)> {
        ["count", "for_each"].into_iter().filter_map(|name| {
            let own = &block.body.get_attribute(name)?.value;
            Some((name, own, self.length(own, 0)))
        })
    }

    /// How often a block is made, given a number, a list or a map.
    fn length(&self, list: &'s Expression, depth: usize) -> Repeats {
        let of = |is_empty: bool| if is_empty { Repeats::Never } else { Repeats::Often };
        let list = alone(list);
        let depth = depth.saturating_add(1);
        if self.check(depth).is_none() {
            return Repeats::Open;
        }
        if let Expression::Array(own) = list {
            return of(own.is_empty());
        }
        if let Expression::Object(own) = list {
            return of(own.is_empty());
        }
        if let Expression::Number(own) = list {
            return of(own.value().as_u64() == Some(0));
        }
        if let Expression::Conditional(own) = list {
            return match self.decided(&own.cond_expr, depth) {
                Some(true) => self.length(&own.true_expr, depth),
                Some(false) => self.length(&own.false_expr, depth),
                None => match (self.length(&own.true_expr, depth), self.length(&own.false_expr, depth)) {
                    (one, other) if one == other => one,
                    _ => Repeats::Open,
                },
            };
        }
        if let Expression::FuncCall(own) = list {
            let is_same = ["tolist", "toset"].contains(&own.name.name.as_str());
            return match own.args.get(0).filter(|_| is_same) {
                Some(inner) => self.length(inner, depth),
                None => Repeats::Open,
            };
        }
        match self.named(list) {
            Some((_, own)) => self.length(own, depth),
            None => Repeats::Open,
        }
    }
}
