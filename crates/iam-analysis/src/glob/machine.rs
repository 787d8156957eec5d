//! An automaton over several globs: the places in the globs that a text has reached.

use super::{Class, Glob, Token, raised};

/// Several unions of globs that read the same text.
///
/// A state is the sorted list of places that have been reached. In each glob, places before the last run that was entered are dropped,
/// because the run leads to everything that they lead to. A glob in which `?` occurs only before the first star has few states. Most globs
/// are such.
#[derive(Debug)]
pub(crate) struct Machine {
    /// The tokens of all globs in sequence. `None` ends each glob.
    tokens: Vec<Option<Token>>,
    /// The number of the glob at each place.
    glob: Vec<u32>,
    /// The place at which each union begins.
    unions: Vec<u32>,
    starts: Vec<u32>,
}

/// The places that have been reached.
pub(crate) type State = Box<[u32]>;

impl Machine {
    pub(crate) fn new<'g, U>(unions: U) -> Self
    where
        U: IntoIterator,
        U::Item: IntoIterator<Item = &'g Glob>,
    {
        let mut machine =
            Self { tokens: Vec::new(), glob: Vec::new(), unions: Vec::new(), starts: Vec::new() };
        let mut number = 0_u32;
        for union in unions {
            machine.unions.push(machine.end());
            for glob in union {
                machine.starts.push(machine.end());
                machine.tokens.extend(glob.tokens.iter().copied().map(Some));
                machine.tokens.push(None);
                machine.glob.resize(machine.tokens.len(), number);
                number = number.saturating_add(1);
            }
        }
        machine
    }

    /// INVARIANT (sizes): patterns are parts of documents, which have fewer than `u32::MAX` bytes.
    fn end(&self) -> u32 {
        u32::try_from(self.tokens.len()).unwrap_or(u32::MAX)
    }

    fn token(&self, place: u32) -> Option<Token> {
        self.tokens.get(place as usize).copied().flatten()
    }

    /// The state before the first character.
    pub(crate) fn start(&self) -> State {
        let mut reached = Vec::with_capacity(self.starts.len());
        for start in &self.starts {
            self.reach(*start, &mut reached);
        }
        self.settle(reached)
    }

    /// The state after one more character.
    pub(crate) fn step(&self, state: &[u32], c: char) -> State {
        let mut reached = Vec::with_capacity(state.len().saturating_add(4));
        for place in state {
            match self.token(*place) {
                Some(token) if token.takes(c) => {
                    let next = if token.is_run() { *place } else { place.saturating_add(1) };
                    self.reach(next, &mut reached);
                }
                Some(_) | None => {}
            }
        }
        self.settle(reached)
    }

    /// Adds a place, and the places that are reached from it without a character, because a run may be empty.
    fn reach(&self, place: u32, reached: &mut Vec<u32>) {
        let mut at = place;
        loop {
            reached.push(at);
            if !self.token(at).is_some_and(Token::is_run) {
                return;
            }
            at = at.saturating_add(1);
        }
    }

    fn settle(&self, mut reached: Vec<u32>) -> State {
        reached.sort_unstable();
        reached.dedup();
        let glob = |place: u32| self.glob.get(place as usize).copied();
        // Backwards: after a run has been seen, the earlier places of its glob are dropped.
        let mut seen_run = None;
        let mut kept = reached.len();
        for index in (0..reached.len()).rev() {
            let Some(place) = reached.get(index).copied() else { continue };
            if seen_run.is_some() && seen_run == glob(place) {
                continue;
            }
            if self.token(place).is_some_and(Token::is_run) {
                seen_run = glob(place);
            }
            kept = kept.saturating_sub(1);
            if let Some(slot) = reached.get_mut(kept) {
                *slot = place;
            }
        }
        reached.drain(..kept);
        reached.into()
    }

    /// The places of a state that belong to one union.
    pub(crate) fn part<'s>(&self, state: &'s [u32], union: usize) -> &'s [u32] {
        let from = self.unions.get(union).copied().unwrap_or(u32::MAX);
        let to = self.unions.get(union.saturating_add(1)).copied().unwrap_or(u32::MAX);
        let (first, last) = (state.partition_point(|p| *p < from), state.partition_point(|p| *p < to));
        state.get(first..last).unwrap_or_default()
    }

    /// Whether some of these places match the text so far.
    pub(crate) fn is_end(&self, places: &[u32]) -> bool {
        places.iter().any(|p| self.token(*p).is_none())
    }

    /// Whether some of these places match every continuation of the text.
    pub(crate) fn is_everything(&self, places: &[u32]) -> bool {
        places.iter().any(|p| {
            self.token(*p) == Some(Token::Run(Class::Any)) && self.token(p.saturating_add(1)).is_none()
        })
    }

    /// The characters that the state distinguishes, and one character for all others that behave alike.
    pub(crate) fn alphabet(&self, state: &[u32]) -> Vec<char> {
        let mut own = Vec::new();
        let (mut wild, mut fields, mut segments, mut names) = (false, false, false, false);
        let mut tuples = false;
        for place in state {
            match self.token(*place) {
                Some(Token::One(c)) => own.push(c),
                Some(Token::Letter(c)) => own.extend([c, c.to_ascii_uppercase()]),
                Some(Token::Lowered(c)) => own.extend(raised(c).into_iter().flatten().chain([c])),
                Some(Token::Of(class) | Token::Run(class)) => {
                    wild = true;
                    match class {
                        Class::Any => {}
                        Class::Field => fields = true,
                        Class::Segment => segments = true,
                        Class::Name => names = true,
                        Class::Plain | Class::Tag | Class::Word | Class::Id | Class::Digit => tuples = true,
                    }
                }
                None => {}
            }
        }
        own.sort_unstable();
        own.dedup();
        if tuples {
            // One character of each group of characters that no class distinguishes.
            let others: Vec<char> = ALIKE.iter().filter_map(|group| first_beside(&own, group)).collect();
            own.extend(others);
        } else if wild {
            // One character for each combination of the classes that occur.
            let mut others: Vec<char> = Vec::new();
            if names || segments {
                others.extend(fresh(&own, |c| Class::Segment.contains(c)));
                others.extend(fresh(&own, |c| Class::Name.contains(c) && !Class::Segment.contains(c)));
                others.extend(fresh(&own, |c| Class::Field.contains(c) && !Class::Name.contains(c)));
            } else {
                others.extend(fresh(&own, |c| Class::Field.contains(c)));
            }
            if fields || segments || names {
                others.extend(Some(':').filter(|colon| own.binary_search(colon).is_err()));
            }
            own.extend(others);
        }
        own
    }
}

/// The characters that every class has or has not together, the most readable first. The last group goes on beyond these.
const ALIKE: [&str; 11] = [
    "9876543210",
    "XYZWVUTSRQPONMLKJIHGFEDCBA",
    "xyzwvutsrqponmlkjihgfedcba",
    "-",
    "._",
    "+=@",
    ",",
    ":",
    "\u{1}",
    "/ ",
    "~^|!#%&()[]{};<>'\"\\`$*?",
];

/// The first character of a group that is not in the sorted list `taken`.
fn first_beside(taken: &[char], group: &str) -> Option<char> {
    let beyond = if group.starts_with('/') { '\u{A1}'..='\u{FFF}' } else { '\u{1}'..='\u{0}' };
    group.chars().chain(beyond).find(|c| taken.binary_search(c).is_err())
}

/// Candidates for such a character, the most readable first.
const READABLE: &str =
    "xyzwvutsrqponmlkjihgfedcba0123456789-_./XYZABCDEFGHIJKLMNOPQRSTUVW+=@,~^|!#%&()[]{};<>'\"\\`$*? ";

/// A character that is not in the sorted list `taken`, and for which `is_fit` is true.
fn fresh(taken: &[char], is_fit: impl Fn(char) -> bool) -> Option<char> {
    let beyond = ('\u{A1}'..='\u{FF}').chain('\u{4E00}'..='\u{9FFF}');
    READABLE.chars().chain(beyond).find(|c| is_fit(*c) && taken.binary_search(c).is_err())
}
