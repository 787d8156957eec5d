//! The search for a text that is in some languages and outside others.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::machine::{Machine, State};
use super::relate::{are_disjoint, is_within};
use super::{Class, Glob, Token, Union};
use crate::budget::{Meter, OutOfSteps};

/// Searches for a text that is in every union of `inside` and not in `outside`.
///
/// The search is exact: `None` means that there is no such text. It first tries some texts of the smallest union. It then removes what
/// comparing two globs at a time decides. Last, it searches an automaton of the remaining globs, shortest texts first.
///
/// # Errors
/// The steps ran out.
pub(crate) fn find(
    inside: &[&Union],
    outside: &[&Union],
    meter: &Meter,
) -> Result<Option<String>, OutOfSteps> {
    let Some((first, smallest)) = inside.iter().enumerate().min_by_key(|(_, union)| union.globs.len()) else {
        let any = Union::new(vec![Glob::any()]);
        return find(&[&any], outside, meter);
    };
    let fits = |text: &str| {
        inside.iter().all(|union| union.matches(text)) && !outside.iter().any(|union| union.matches(text))
    };
    for glob in smallest.globs.iter().take(SAMPLED) {
        for filler in FILLERS {
            meter.spend(inside.len().saturating_add(outside.len()))?;
            let text = instance(glob, filler);
            if fits(&text) {
                return Ok(Some(text));
            }
        }
    }
    for glob in &smallest.globs {
        let others = inside.iter().enumerate().filter(|(at, _)| *at != first).map(|(_, union)| *union);
        if let Some(text) = find_in(glob, others, outside, meter)? {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// The number of globs of a union that are tried by example.
const SAMPLED: usize = 16;

/// The replacements of a run in example texts.
const FILLERS: [&str; 3] = ["x", "", "zz9"];

/// A text that a glob matches.
fn instance(glob: &Glob, filler: &str) -> String {
    let mut text = String::new();
    for token in &glob.tokens {
        match token {
            Token::One(c) | Token::Letter(c) | Token::Lowered(c) => text.push(*c),
            Token::Of(class) => text.push(member(*class, 'x')),
            Token::Run(class) => text.extend(filler.chars().map(|c| member(*class, c))),
        }
    }
    text
}

/// The character, or one of the class that is as readable.
const fn member(class: Class, c: char) -> char {
    if class.contains(c) {
        return c;
    }
    match class {
        Class::Id => 'X',
        Class::Digit => '9',
        Class::Any
        | Class::Field
        | Class::Segment
        | Class::Name
        | Class::Plain
        | Class::Tag
        | Class::Word => c,
    }
}

/// As [`find`], within one glob.
fn find_in<'u>(
    glob: &'u Glob,
    others: impl Iterator<Item = &'u Union>,
    outside: &[&'u Union],
    meter: &Meter,
) -> Result<Option<String>, OutOfSteps> {
    if let Some(text) = glob.as_literal() {
        meter.spend(1)?;
        let fits = others.into_iter().all(|union| union.matches(&text))
            && !outside.iter().any(|union| union.matches(&text));
        return Ok(fits.then_some(text));
    }
    let mut inside: Vec<Vec<&Glob>> = vec![vec![glob]];
    for union in others {
        meter.spend(union.globs.len())?;
        // A union that contains the glob demands nothing. A glob that is disjoint from it offers nothing.
        if union.globs.iter().any(|other| is_within(glob, other)) {
            continue;
        }
        let left: Vec<&Glob> = union.globs.iter().filter(|other| !are_disjoint(glob, other)).collect();
        if left.is_empty() {
            return Ok(None);
        }
        inside.push(left);
    }
    let mut forbidden = Vec::new();
    for other in outside.iter().flat_map(|union| &union.globs) {
        meter.spend(1)?;
        if is_within(glob, other) {
            return Ok(None);
        }
        if !are_disjoint(glob, other) {
            forbidden.push(other);
        }
    }
    let unions = inside.len();
    let machine = Machine::new(inside.into_iter().chain([forbidden]));
    search(&machine, unions, meter)
}

/// The shortest text that each of the first `unions` matches and the union after them does not.
pub(super) fn search(machine: &Machine, unions: usize, meter: &Meter) -> Result<Option<String>, OutOfSteps> {
    let start = machine.start();
    let mut seen: FxHashMap<State, u32> = FxHashMap::default();
    // How each state was reached. States still to be visited are at its end.
    let mut origins: Vec<(u32, char)> = vec![(0, ' ')];
    let mut open: VecDeque<(State, u32)> = VecDeque::from([(start.clone(), 0)]);
    seen.insert(start, 0);
    while let Some((state, number)) = open.pop_front() {
        let inside = |union| machine.part(&state, union);
        let forbidden = machine.part(&state, unions);
        if (0..unions).all(|union| machine.is_end(inside(union))) && !machine.is_end(forbidden) {
            return Ok(Some(text_of(&origins, number)));
        }
        for c in machine.alphabet(&state) {
            meter.spend(state.len().saturating_add(1))?;
            let next = machine.step(&state, c);
            let is_dead = (0..unions).any(|union| machine.part(&next, union).is_empty());
            if is_dead || machine.is_everything(machine.part(&next, unions)) || seen.contains_key(&next) {
                continue;
            }
            // INVARIANT (numbers): a state costs a step, and the steps of a question fit into `u32`.
            let own = u32::try_from(origins.len()).unwrap_or(u32::MAX);
            origins.push((number, c));
            seen.insert(next.clone(), own);
            open.push_back((next, own));
        }
    }
    Ok(None)
}

fn text_of(origins: &[(u32, char)], last: u32) -> String {
    let mut letters = Vec::new();
    let mut at = last;
    while at != 0 {
        let Some((before, c)) = origins.get(at as usize) else { break };
        letters.push(*c);
        at = *before;
    }
    letters.into_iter().rev().collect()
}

/// The form of a request's resource: an ARN with six fields, of which partition and service are not empty (rule 3.1).
pub(crate) fn arn_form() -> Glob {
    let segment = |least: usize| {
        let mut tokens = vec![Token::Of(Class::Segment); least];
        tokens.push(Token::Run(Class::Segment));
        tokens
    };
    let mut tokens: Vec<Token> = "arn".chars().map(Token::One).collect();
    for least in [1, 1, 0, 0] {
        tokens.push(Token::One(':'));
        tokens.extend(segment(least));
    }
    tokens.extend([Token::One(':'), Token::Of(Class::Any), Token::Run(Class::Any)]);
    Glob::new(tokens)
}
