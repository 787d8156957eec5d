//! All well-formed action names, grouped by the statements that match them.
//!
//! An action name has a service prefix and a name proper, and every action pattern has a pattern for each. So prefixes are grouped first,
//! by the patterns that match them, and then the names within each group of prefixes. For patterns that are plain texts, or plain texts
//! with a star at the end, each group has a member among the texts and their direct neighbours. Only the few patterns with a wildcard
//! elsewhere need a search, and only in the groups that they can match a part of.

use std::collections::{BTreeMap, VecDeque};

use iam_policy::{ActionElement, ActionPattern};
use rustc_hash::FxHashSet;

use super::{ActionNames, Bits};
use crate::budget::{Meter, OutOfSteps};
use crate::glob::find::find;
use crate::glob::relate::are_disjoint;
use crate::glob::{Class, Glob, Token, Union};

/// Actions that the same statements match, except for the part that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenClass {
    /// An action of the class, in lower case. It belongs to the class even if a part is open.
    pub(crate) example: String,
    /// The numbers of the elements that match. An open element is here if it matches the names that its part does not list.
    pub(crate) elements: Bits,
    /// The names that only some elements match. `None` if every element matches all names of the class or none.
    pub(crate) open: Option<Open>,
}

/// A class in which some elements match only a part of the names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    /// The service prefix of the actions.
    pub(crate) prefix: String,
    /// The names of the class: those in every union of `inside`, and not in `outside`.
    pub(crate) inside: Vec<Union>,
    pub(crate) outside: Union,
    /// The names that an open element matches, by the number of the element.
    pub(crate) parts: Vec<(usize, Union)>,
}

/// A pattern of prefixes or names, with the number of its element.
type Numbered = (Shape, usize);

/// A part of a pattern, in lower case.
#[derive(Clone, Debug)]
enum Shape {
    /// A plain text, or a plain text with a star at the end.
    Plain { text: String, open: bool },
    /// Anything else.
    Other(Glob),
}

/// A plain pattern: its text, whether it has a star at the end, and its number.
type Plain<'s> = (&'s str, bool, usize);

/// Groups all names that are not in `known` by the elements that match them.
///
/// # Errors
/// The steps ran out.
pub(crate) fn open_classes(
    elements: &[&ActionElement],
    known: Option<&ActionNames>,
    meter: &Meter,
) -> Result<Vec<OpenClass>, OutOfSteps> {
    // Elements that match every action match in each group.
    let mut always = vec![false; elements.len()];
    let mut prefixes: Vec<Numbered> = Vec::new();
    let mut behind: Vec<Vec<Numbered>> = Vec::new();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for ((number, element), always) in elements.iter().enumerate().zip(&mut always) {
        for pattern in element.patterns() {
            meter.spend(1)?;
            if pattern.value.is_any() {
                *always = true;
            }
            let Some((prefix, name)) = parts(&pattern.value) else { continue };
            let at = *numbers.entry(prefix.to_owned()).or_insert_with(|| {
                behind.push(Vec::new());
                prefixes.push((Shape::of(prefix), prefixes.len()));
                prefixes.len().saturating_sub(1)
            });
            if let Some(list) = behind.get_mut(at) {
                list.push((Shape::of(name), number));
            }
        }
    }
    let mut found: FxHashSet<Bits> = FxHashSet::default();
    let mut classes = Vec::new();
    for prefix in groups(&prefixes, Class::Segment, meter)? {
        let names = prefix.numbers.iter().filter_map(|at| behind.get(*at)).flatten();
        let (plain, other) = sorted(names);
        let prefix = prefix.example;
        let service = known.map(|known| known.service(&prefix));
        let mut is_known = |name: &str| service.as_ref().is_some_and(|service| service.contains(name));
        let listed: Vec<Glob> = if other.is_empty() {
            Vec::new()
        } else {
            plain.iter().filter(|(_, open, _)| !open).map(|(text, _, _)| Glob::literal(text)).collect()
        };
        for group in plain_groups(plain, Class::Name, &mut is_known, meter)? {
            let mut matched = Bits::default();
            group.numbers.iter().for_each(|number| matched.insert(*number));
            let mut open = None;
            meter.spend(other.len().saturating_add(1))?;
            match &group.region {
                None => {
                    let more = other.iter().filter(|(glob, _)| glob.matches(&group.example));
                    more.for_each(|(_, number)| matched.insert(*number));
                }
                Some(_) if other.is_empty() => {}
                Some(region) => {
                    let within = begins(&region.start);
                    let relevant = other.iter().filter(|(glob, _)| !are_disjoint(glob, &within));
                    let mut parts: BTreeMap<usize, Vec<Glob>> = BTreeMap::new();
                    for (glob, number) in relevant.filter(|(_, number)| !matched.contains(*number)) {
                        parts.entry(*number).or_default().push((*glob).clone());
                    }
                    parts.retain(|number, _| always.get(*number) == Some(&false));
                    if !parts.is_empty() {
                        let letters = Glob::new(vec![Token::Of(Class::Name), Token::Run(Class::Name)]);
                        let mut outside: Vec<Glob> = region.beyond.iter().map(|text| begins(text)).collect();
                        outside.extend(listed.iter().filter(|glob| !are_disjoint(glob, &within)).cloned());
                        let own = service.iter().flat_map(|service| service.beginning(&region.start));
                        outside.extend(own.map(Glob::literal));
                        open = Some(Open {
                            prefix: prefix.clone(),
                            inside: vec![Union::new(vec![within]), Union::new(vec![letters])],
                            outside: Union::new(outside),
                            parts: parts.into_iter().map(|(n, globs)| (n, Union::new(globs))).collect(),
                        });
                    }
                }
            }
            let mut bits = Bits::default();
            for ((number, element), always) in elements.iter().enumerate().zip(&always) {
                if (*always || matched.contains(number)) != element.is_not() {
                    bits.insert(number);
                }
            }
            if open.is_some() || found.insert(bits.clone()) {
                let example = format!("{prefix}:{}", group.example);
                classes.push(OpenClass { example, elements: bits, open });
            }
        }
    }
    Ok(classes)
}

/// The texts that begin with a text.
fn begins(text: &str) -> Glob {
    let mut tokens: Vec<Token> = text.chars().map(Token::One).collect();
    tokens.push(Token::Run(Class::Any));
    Glob::new(tokens)
}

/// The prefix and the name of a pattern, neither empty. `None` for `*` and for patterns that match no well-formed name.
fn parts(pattern: &ActionPattern) -> Option<(&str, &str)> {
    pattern.text().split_once(':').filter(|(prefix, name)| !prefix.is_empty() && !name.is_empty())
}

impl Shape {
    /// The shape of a part of a pattern. No part has a colon, so wildcards cannot cross one.
    fn of(text: &str) -> Self {
        let (start, open) = text.strip_suffix('*').map_or((text, false), |start| (start, true));
        if !start.contains(['*', '?']) {
            return Self::Plain { text: start.to_ascii_lowercase(), open };
        }
        let token = |c: char| match c {
            '*' => Token::Run(Class::Any),
            '?' => Token::Of(Class::Any),
            c => Token::One(c.to_ascii_lowercase()),
        };
        Self::Other(Glob::new(text.chars().map(token).collect()))
    }
}

/// Groups the prefixes.
///
/// For patterns whose wildcard is not at the end, every choice of matching patterns is tried. No policy of AWS has such a wildcard before
/// the colon.
fn groups(globs: &[Numbered], class: Class, meter: &Meter) -> Result<Vec<Group>, OutOfSteps> {
    let (plain, other) = sorted(globs);
    let listed: Vec<Union> = plain
        .iter()
        .filter(|(_, open, _)| !open)
        .map(|(t, _, _)| Union::new(vec![Glob::literal(t)]))
        .collect();
    let other: Vec<(Union, usize)> =
        other.into_iter().map(|(glob, n)| (Union::new(vec![glob.clone()]), n)).collect();
    let letters = Union::new(vec![Glob::new(vec![Token::Of(class), Token::Run(class)])]);
    let mut refined = Vec::new();
    for group in plain_groups(plain, class, &mut |_| false, meter)? {
        let Some(region) = &group.region else {
            let matched = other.iter().filter(|(glob, _)| glob.matches(&group.example));
            let numbers = group.numbers.iter().copied().chain(matched.map(|(_, n)| *n)).collect();
            refined.push(Group { numbers, ..group });
            continue;
        };
        let inside = Union::new(vec![begins(&region.start)]);
        let outside = Union::new(region.beyond.iter().map(|text| begins(text)).collect());
        // The choices so far: for each, which of the first patterns match.
        let mut choices: Vec<Vec<bool>> = vec![Vec::new()];
        while let Some(choice) = choices.pop() {
            let chosen = |wanted: bool| other.iter().zip(&choice).filter(move |(_, own)| **own == wanted);
            let mut within: Vec<&Union> = chosen(true).map(|((union, _), _)| union).collect();
            within.extend([&inside, &letters]);
            let mut without: Vec<&Union> = chosen(false).map(|((union, _), _)| union).collect();
            without.push(&outside);
            without.extend(&listed);
            let Some(example) = find(&within, &without, meter)? else { continue };
            if choice.len() == other.len() {
                let matched = chosen(true).map(|((_, number), _)| *number);
                let numbers = group.numbers.iter().copied().chain(matched).collect();
                refined.push(Group { example, numbers, region: None });
            } else {
                choices.extend([false, true].map(|next| choice.iter().copied().chain([next]).collect()));
            }
        }
    }
    Ok(refined)
}

/// Separates plain patterns from all other globs.
fn sorted<'s>(shapes: impl IntoIterator<Item = &'s Numbered>) -> (Vec<Plain<'s>>, Vec<(&'s Glob, usize)>) {
    let mut plain = Vec::new();
    let mut other = Vec::new();
    for (shape, number) in shapes {
        match shape {
            Shape::Plain { text, open } => plain.push((text.as_str(), *open, *number)),
            Shape::Other(glob) => other.push((glob, *number)),
        }
    }
    (plain, other)
}

/// A group of texts that the same plain patterns match.
struct Group {
    example: String,
    numbers: Vec<usize>,
    /// The texts of the group. `None` if the example is the only one.
    region: Option<Region>,
}

/// The texts that begin with `start` and with none of `beyond`.
struct Region {
    start: String,
    beyond: Vec<String>,
}

/// Groups all texts by the plain patterns that match them.
///
/// A pattern matches a text if it is the text, or if it has a star and the text begins with it. So each group has a member of one of two
/// kinds: a listed text, or a text that begins with a listed text and continues as no other listed text does.
fn plain_groups(
    mut shapes: Vec<Plain<'_>>,
    class: Class,
    is_known: &mut impl FnMut(&str) -> bool,
    meter: &Meter,
) -> Result<Vec<Group>, OutOfSteps> {
    shapes.sort_unstable();
    let starts: FxHashSet<&str> =
        shapes.iter().filter(|(_, open, _)| *open).map(|(text, _, _)| *text).collect();
    let texts: FxHashSet<&str> =
        shapes.iter().filter(|(_, open, _)| !open).map(|(text, _, _)| *text).collect();
    let all: Vec<&str> =
        shapes.chunk_by(|(a, _, _), (b, _, _)| a == b).filter_map(|same| Some(same.first()?.0)).collect();
    let mut within = |start: &str, numbers: Vec<usize>| {
        let is_taken = |text: &str| texts.contains(text) || is_known(text);
        let example = beside(start, class, |text| starts.contains(text), is_taken, meter)?;
        // The longer texts that begin with this text follow it in order.
        let from = all.partition_point(|text| *text <= start);
        let longer = all.iter().skip(from).take_while(|text| text.starts_with(start));
        let beyond = longer.filter(|text| starts.contains(**text)).map(|text| (*text).to_owned()).collect();
        let region = Some(Region { start: start.to_owned(), beyond });
        Ok(example.map(|example| Group { example, numbers, region }))
    };
    let mut found: Vec<Group> = Vec::new();
    if !starts.contains("") {
        found.extend(within("", Vec::new())?);
    }
    // The patterns with a star whose text is a prefix of the current text.
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut listed: Vec<(&str, Vec<usize>)> = Vec::new();
    for same in shapes.chunk_by(|(a, _, _), (b, _, _)| a == b) {
        let Some((text, _, _)) = same.first() else { continue };
        meter.spend(same.len())?;
        open.retain(|(start, _)| text.starts_with(start));
        let begun = open.len();
        open.extend(same.iter().filter(|(_, is_open, _)| *is_open).map(|(_, _, number)| (*text, *number)));
        if !text.chars().all(|c| class.contains(c)) {
            continue;
        }
        let numbers: Vec<usize> = open.iter().map(|(_, number)| *number).collect();
        if open.len() > begun {
            found.extend(within(text, numbers.clone())?);
        }
        if !text.is_empty() {
            let exact = same.iter().filter(|(_, is_open, _)| !is_open).map(|(_, _, number)| *number);
            listed.push((text, numbers.into_iter().chain(exact).collect()));
        }
    }
    for (text, numbers) in listed.into_iter().filter(|(text, _)| !is_known(text)) {
        found.push(Group { example: text.to_owned(), numbers, region: None });
    }
    Ok(found)
}

/// The shortest longer text that begins with `start` and belongs to no other group.
///
/// It begins with no longer text for which `is_start` is true, and `is_taken` is false for it.
fn beside(
    start: &str,
    class: Class,
    is_start: impl Fn(&str) -> bool,
    mut is_taken: impl FnMut(&str) -> bool,
    meter: &Meter,
) -> Result<Option<String>, OutOfSteps> {
    let mut open = VecDeque::from([start.to_owned()]);
    while let Some(text) = open.pop_front() {
        for c in LETTERS.chars().filter(|c| class.contains(*c)) {
            meter.spend(1)?;
            let mut longer = text.clone();
            longer.push(c);
            if is_start(&longer) {
                continue;
            }
            if !is_taken(&longer) {
                return Ok(Some(longer));
            }
            open.push_back(longer);
        }
    }
    Ok(None)
}

/// All characters of action names.
const LETTERS: &str = "xyzwvutsrqponmlkjihgfedcba0123456789-_.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::ProofBudget;
    use iam_policy::Spanned;
    use iam_testkit::Source;

    fn element(is_not: bool, patterns: &[&str]) -> ActionElement {
        let patterns = patterns
            .iter()
            .map(|p| Spanned::new(ActionPattern::parse(p).unwrap(), iam_policy::Span::new(0, 0)))
            .collect();
        if is_not { ActionElement::NotAction(patterns) } else { ActionElement::Action(patterns) }
    }

    fn matches(element: &ActionElement, name: &str) -> bool {
        element.patterns().iter().any(|p| iam_eval::action_matches(&p.value, name)) != element.is_not()
    }

    fn bits(elements: &[ActionElement], name: &str) -> Bits {
        let mut bits = Bits::default();
        for (number, _) in elements.iter().enumerate().filter(|(_, e)| matches(e, name)) {
            bits.insert(number);
        }
        bits
    }

    /// Whether a class has a name.
    fn has(class: &OpenClass, elements: &[ActionElement], name: &str) -> bool {
        let Some(open) = &class.open else { return class.elements == bits(elements, name) };
        let Some((prefix, rest)) = name.split_once(':') else { return false };
        let mut own = class.elements.clone();
        for (number, part) in &open.parts {
            if part.matches(rest) {
                own = flipped(&own, *number);
            }
        }
        // Prefixes that no pattern tells apart stand for each other.
        let is_alike =
            bits(elements, &format!("{}:{rest}", open.prefix)) == bits(elements, &format!("{prefix}:{rest}"));
        is_alike
            && open.inside.iter().all(|union| union.matches(rest))
            && !open.outside.matches(rest)
            && own == bits(elements, name)
    }

    fn flipped(bits: &Bits, number: usize) -> Bits {
        let mut other = Bits::default();
        let all = bits.iter().chain([number]).filter(|n| *n != number || !bits.contains(number));
        all.for_each(|n| other.insert(n));
        other
    }

    #[track_caller]
    fn check(elements: &[ActionElement], names: &[String], known: Option<&ActionNames>) -> usize {
        let borrowed: Vec<&ActionElement> = elements.iter().collect();
        let classes = open_classes(&borrowed, known, &Meter::new(ProofBudget::DEFAULT)).unwrap();
        for class in &classes {
            assert!(has(class, elements, &class.example), "{class:?} {elements:?}");
            assert!(known.is_none_or(|known| !known.contains(&class.example)), "{}", class.example);
            assert!(iam_eval::Action::new(&class.example).is_some(), "{}", class.example);
        }
        for name in names.iter().filter(|name| known.is_none_or(|known| !known.contains(name))) {
            assert!(classes.iter().any(|class| has(class, elements, name)), "{name} {elements:?}");
        }
        classes.len()
    }

    /// Every name of up to four letters, with each of three prefixes.
    fn names() -> Vec<String> {
        let mut tails = vec![String::new()];
        let mut last = tails.clone();
        for _ in 0..4 {
            last = last.iter().flat_map(|t| ["a", "b", "q"].map(|c| format!("{t}{c}"))).collect();
            tails.extend(last.iter().cloned());
        }
        tails.retain(|t| !t.is_empty());
        ["s", "sa", "t"].iter().flat_map(|s| tails.iter().map(move |t| format!("{s}:{t}"))).collect()
    }

    #[test]
    fn every_name_has_its_class() {
        let names = names();
        let patterns = [
            "*", "s:*", "s:a", "s:ab", "s:a*", "s:ab*", "s:*b", "s:a*b", "s:?", "s:a?", "s:b*a*", "t:a",
            "t:b*", "*:a*", "*:ab", "s*:b", "s?:a*", "t:*ab*", "s:aab*", "t:AB", "*:*",
        ];
        let known = ActionNames::new(["s:a", "s:ab", "t:a", "t:ab", "s:b", "sa:a", "s:aab"]);
        let mut source = Source::seeded(7);
        let mut most = 0;
        for _ in 0..2_000 {
            let elements: Vec<ActionElement> = (0..source.between(1, 4))
                .map(|_| {
                    let list: Vec<&str> = (0..source.below(4)).map(|_| *source.pick(&patterns)).collect();
                    element(source.chance(25) && !list.is_empty(), &list)
                })
                .collect();
            most = most.max(check(&elements, &names, None));
            check(&elements, &names, Some(&known));
        }
        assert!(most > 8, "{most}");
    }

    #[test]
    fn tables_tell_what_patterns_match() {
        let names = names();
        let list = ActionNames::new(names.iter().map(String::as_str));
        assert_eq!(list.len(), names.len());
        for (is_not, patterns) in [
            (false, vec!["S:A*", "t:*b"]),
            (true, vec!["s:a?", "*:b"]),
            (false, vec!["*"]),
            (false, vec!["sa:?"]),
        ] {
            let element = element(is_not, &patterns);
            let matched: Vec<usize> = list.of_element(&element);
            for at in 0..list.len() {
                assert_eq!(
                    matched.contains(&at),
                    matches(&element, list.name(at).unwrap()),
                    "{patterns:?} {at}"
                );
            }
        }
    }
}
