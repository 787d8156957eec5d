//! The intersection of two statements, as one statement.

use std::collections::BTreeSet;

use iam_eval::LetterCase;
use iam_policy::value::IpRange;
use iam_policy::{Effect, Family, Operator, Pattern, Quantifier, Syntax, Test};

use super::draft::{Block, Draft, Element, List, Tests, Values, escape};
use crate::glob::relate::{are_disjoint, is_within, meet};
use crate::glob::{Bound, Compared, Glob, Replaced, Token};

/// The maximum number of globs in the intersection of two globs.
const MOST: usize = 16;

/// The Allow of everything that both statements allow. `None` if they have nothing in common.
///
/// # Errors
/// Why the intersection is not one statement.
pub(super) fn statements(a: &Draft, b: &Draft) -> Result<Option<Draft>, &'static str> {
    let Some(actions) = lists(&a.actions, &b.actions)? else { return Ok(None) };
    let Some(resources) = lists(&a.resources, &b.resources)? else { return Ok(None) };
    let Some(tests) = tests(a.conditions.tests(), b.conditions.tests())? else { return Ok(None) };
    let conditions = Block::new(tests).map_err(|_| "a condition of both cannot be written")?;
    let mut origins: Vec<_> = a.origins.iter().chain(&b.origins).copied().collect();
    origins.sort_unstable();
    origins.dedup();
    Ok(Some(Draft { effect: Effect::Allow, actions, resources, conditions, origins }))
}

fn lists<P: Element>(a: &List<P>, b: &List<P>) -> Result<Option<List<P>>, &'static str> {
    if a.is_any() {
        return Ok(Some(b.clone()));
    }
    if b.is_any() || a == b {
        return Ok(Some(a.clone()));
    }
    let texts = match (a.is_not, b.is_not) {
        (true, true) => {
            let patterns = a.patterns.iter().chain(&b.patterns).map(|(text, p)| (text.clone(), p.clone()));
            return Ok(Some(List { is_not: true, patterns: patterns.collect() }));
        }
        (false, false) => met(&globs(a), &globs(b), P::COMPARED)?,
        (false, true) => without(&globs(a), &globs(b))?,
        (true, false) => without(&globs(b), &globs(a))?,
    };
    if texts.is_empty() {
        return Ok(None);
    }
    List::read(false, texts).map(Some).map_err(|_| "what two patterns have in common is not a pattern")
}

/// A pattern with the glob of what it matches.
struct Read<'t> {
    text: &'t str,
    /// The texts that the pattern matches for some values of its variables.
    glob: Glob,
    /// Whether the glob is wider than the pattern.
    has_variables: bool,
}

impl<'t> Read<'t> {
    /// `None` if the pattern never matches.
    fn of(text: &'t str, pattern: &Pattern, compared: Compared) -> Option<Self> {
        let (glob, has_variables) = match Glob::of(pattern, compared, |_| Bound::Free) {
            Replaced::Exact(glob) => (glob, false),
            Replaced::Within(glob) | Replaced::Loose(glob) => (glob, true),
            Replaced::Null | Replaced::Unreadable => return None,
        };
        Some(Self { text, glob, has_variables })
    }
}

fn globs<P: Element>(list: &List<P>) -> Vec<Read<'_>> {
    list.patterns.iter().filter_map(|(text, own)| Read::of(text, own.pattern(), P::COMPARED)).collect()
}

/// The patterns of a condition with wildcards. `None` if a text is not a pattern.
fn values_globs(values: &Values, compared: Compared) -> Option<Vec<Read<'_>>> {
    let mut globs = Vec::new();
    for text in &values.texts {
        let pattern = Pattern::parse(text, Syntax::new(true, true)).ok()?;
        globs.extend(Read::of(text, &pattern, compared));
    }
    Some(globs)
}

/// The texts that a pattern of one list and a pattern of the other both match, for every pair.
fn met(a: &[Read<'_>], b: &[Read<'_>], compared: Compared) -> Result<BTreeSet<Box<str>>, &'static str> {
    let mut patterns: BTreeSet<Box<str>> = BTreeSet::new();
    for x in a {
        for y in b {
            if x.text == y.text || is_within(&x.glob, &y.glob) && !y.has_variables {
                patterns.insert(x.text.into());
            } else if is_within(&y.glob, &x.glob) && !x.has_variables {
                patterns.insert(y.text.into());
            } else if are_disjoint(&x.glob, &y.glob) {
                // They have nothing in common.
            } else if x.has_variables || y.has_variables {
                return Err("patterns with policy variables overlap");
            } else {
                let both = meet(&x.glob, &y.glob, MOST).ok_or("patterns overlap in too many ways")?;
                let both = both.iter().map(text);
                // No action has a second colon.
                let is_action = compared == Compared::Text(LetterCase::Ascii);
                let met = both.filter(|text| !is_action || text.matches(':').count() < 2);
                patterns.extend(met.map(Box::from));
            }
        }
    }
    Ok(patterns)
}

/// The patterns that match nothing of the other list.
fn without(of: &[Read<'_>], excluded: &[Read<'_>]) -> Result<BTreeSet<Box<str>>, &'static str> {
    // A variable without value leaves open what is excluded, and the statement does not apply (rule 3.27).
    if excluded.iter().any(|pattern| pattern.has_variables) {
        return Err(
            "a NotResource with policy variables limits the other statement by more than its resources",
        );
    }
    let mut patterns = BTreeSet::new();
    for pattern in of {
        let is_gone = |other: &Read<'_>| is_within(&pattern.glob, &other.glob);
        if excluded.iter().any(is_gone) {
            continue;
        }
        if !excluded.iter().all(|other| are_disjoint(&pattern.glob, &other.glob)) {
            return Err("a part of a pattern is excluded by NotAction or NotResource");
        }
        patterns.insert(pattern.text.into());
    }
    Ok(patterns)
}

/// A glob as a pattern.
fn text(glob: &Glob) -> String {
    let mut written = String::new();
    let mut plain = String::new();
    for token in &glob.tokens {
        match token {
            Token::One(c) | Token::Letter(c) | Token::Lowered(c) => plain.push(*c),
            Token::Of(_) | Token::Run(_) => {
                escape(&plain, true, &mut written);
                plain.clear();
                written.push(if token.is_run() { '*' } else { '?' });
            }
        }
    }
    escape(&plain, true, &mut written);
    written
}

/// The tests of both statements. `None` if they exclude each other.
fn tests(a: &Tests, b: &Tests) -> Result<Option<Tests>, &'static str> {
    let mut all = a.clone();
    for (id, values) in b {
        let Some(own) = all.get(id) else {
            all.insert(id.clone(), values.clone());
            continue;
        };
        if own.texts == values.texts {
            continue;
        }
        match merged(own, values) {
            Some(Merged::Never) => return Ok(None),
            Some(Merged::As(both)) => {
                all.insert(id.clone(), both);
            }
            Some(Merged::Absent) => {
                let test = Test::new(None, Operator::Null, false);
                let absent = Values { test, key: own.key.clone(), texts: BTreeSet::from(["true".into()]) };
                let null = (test.to_string(), id.1.clone());
                if all.get(&null).is_some_and(|other| other.texts != absent.texts) {
                    return Ok(None);
                }
                all.remove(id);
                all.insert(null, absent);
            }
            None => {
                let other =
                    respelled(values).ok_or("two conditions on a key cannot stand in one statement")?;
                let id = (other.test.to_string(), id.1.clone());
                if all.get(&id).is_some_and(|known| known.texts != other.texts) {
                    return Err("three conditions on a key cannot stand in one statement");
                }
                all.insert(id, other);
            }
        }
    }
    Ok(Some(all))
}

/// Two lists of values of one test, combined into one.
enum Merged {
    As(Values),
    /// No request satisfies both tests.
    Never,
    /// Only requests without the key satisfy both tests.
    Absent,
}

/// Combines the lists. `None` if one list of the same test cannot express both.
fn merged(a: &Values, b: &Values) -> Option<Merged> {
    let Test { quantifier, operator, if_exists, .. } = a.test;
    // One text in each of two lists need not be a text in both.
    if quantifier == Some(Quantifier::ForAnyValue) {
        return None;
    }
    let as_list = |texts: BTreeSet<Box<str>>| Merged::As(Values { texts, ..a.clone() });
    if operator.is_negated() {
        return Some(as_list(a.texts.union(&b.texts).cloned().collect()));
    }
    let has_variables = |values: &Values| values.texts.iter().any(|text| text.contains("${"));
    let of_globs = |compared| met(&values_globs(a, compared)?, &values_globs(b, compared)?, compared).ok();
    let both = match operator.family() {
        Family::String | Family::Arn if has_variables(a) || has_variables(b) => return None,
        Family::String if matches!(operator, Operator::StringEquals) => {
            a.texts.intersection(&b.texts).cloned().collect()
        }
        // Whether letters beyond ASCII have case is open (rule 4.16).
        Family::String
            if matches!(operator, Operator::StringEqualsIgnoreCase)
                && !a.texts.iter().chain(&b.texts).all(|text| text.is_ascii()) =>
        {
            return None;
        }
        Family::String if matches!(operator, Operator::StringEqualsIgnoreCase) => {
            let has = |text: &str| b.texts.iter().any(|other| other.eq_ignore_ascii_case(text));
            a.texts.iter().filter(|text| has(text)).cloned().collect()
        }
        Family::String => of_globs(Compared::Text(LetterCase::Sensitive))?,
        Family::Arn => of_globs(Compared::Arn)?,
        Family::Bool | Family::Null => a.texts.intersection(&b.texts).cloned().collect(),
        Family::Ip => narrower_ranges(&a.texts, &b.texts)?,
        Family::Numeric | Family::Date | Family::Binary => return None,
    };
    if !both.is_empty() {
        return Some(as_list(both));
    }
    match (quantifier, if_exists) {
        (None, false) => Some(Merged::Never),
        (None, true) => Some(Merged::Absent),
        // A set of empty texts only also passes (rule 4.8). An empty list says that.
        (Some(_), _) => Some(as_list(both)),
    }
}

/// The narrower range of each pair. `None` if a pair overlaps without one range being within the other.
fn narrower_ranges(a: &BTreeSet<Box<str>>, b: &BTreeSet<Box<str>>) -> Option<BTreeSet<Box<str>>> {
    let mut both = BTreeSet::new();
    for x in a {
        for y in b {
            let (first, second) = (IpRange::parse(x)?, IpRange::parse(y)?);
            if first.prefix() >= second.prefix() && second.contains(first.address()) {
                both.insert(x.clone());
            } else if second.prefix() >= first.prefix() && first.contains(second.address()) {
                both.insert(y.clone());
            }
        }
    }
    Some(both)
}

/// The same test with another operator. `None` if there is none.
fn respelled(values: &Values) -> Option<Values> {
    let mut other = values.clone();
    other.test.operator = match values.test.operator {
        Operator::StringEquals => Operator::StringLike,
        Operator::StringNotEquals => Operator::StringNotLike,
        Operator::ArnEquals => Operator::ArnLike,
        Operator::ArnLike => Operator::ArnEquals,
        Operator::ArnNotEquals => Operator::ArnNotLike,
        Operator::ArnNotLike => Operator::ArnNotEquals,
        Operator::StringLike | Operator::StringNotLike => {
            if values.texts.iter().any(|text| text.contains(['*', '?'])) {
                return None;
            }
            if values.test.operator == Operator::StringLike {
                Operator::StringEquals
            } else {
                Operator::StringNotEquals
            }
        }
        Operator::StringEqualsIgnoreCase
        | Operator::StringNotEqualsIgnoreCase
        | Operator::NumericEquals
        | Operator::NumericNotEquals
        | Operator::NumericLessThan
        | Operator::NumericLessThanEquals
        | Operator::NumericGreaterThan
        | Operator::NumericGreaterThanEquals
        | Operator::DateEquals
        | Operator::DateNotEquals
        | Operator::DateLessThan
        | Operator::DateLessThanEquals
        | Operator::DateGreaterThan
        | Operator::DateGreaterThanEquals
        | Operator::Bool
        | Operator::BinaryEquals
        | Operator::IpAddress
        | Operator::NotIpAddress
        | Operator::Null => return None,
    };
    if matches!(values.test.operator, Operator::StringEquals | Operator::StringNotEquals) {
        // Stars of a plain text would become wildcards here, so they are escaped. Variables stay variables.
        let escaped = |text: &str| -> Box<str> {
            let mut out = String::new();
            let mut rest = text.chars().peekable();
            let mut in_variable = false;
            while let Some(c) = rest.next() {
                in_variable |= c == '$' && rest.peek() == Some(&'{');
                match c {
                    '*' | '?' if !in_variable => {
                        out.push_str("${");
                        out.push(c);
                        out.push('}');
                    }
                    c => out.push(c),
                }
                in_variable &= c != '}';
            }
            out.into()
        };
        other.texts = values.texts.iter().map(|text| escaped(text)).collect();
    }
    Some(other)
}
