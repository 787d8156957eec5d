//! Keys that are tied to each other, as parts of one text.
//!
//! The keys of a caller are not independent: the account in `aws:PrincipalArn` is `aws:PrincipalAccount`, and the end of a user's ARN is
//! `aws:username`. What can be chosen freely are the *fields*: account, path, name, unique id. The value of every key is put together from
//! fields and fixed texts, in one order. So all fields together are one text, with a [`SEPARATOR`] between them, and a pattern on a key is
//! a pattern on this text ([`Tuple::embedded`]): the pattern is cut wherever a field may end. Several tests of tied keys are then several
//! languages of one text, of which the search for texts decides exactly whether they have a text in common. No value that is found
//! contradicts another one.

use crate::glob::class::SEPARATOR;
use crate::glob::relate::both;
use crate::glob::{Class, Glob, Token, Union};

/// A part of the value of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Text(Box<str>),
    /// The field of this number.
    Field(usize),
}

/// A key whose values are put together from the fields of a tuple.
#[derive(Clone, Debug)]
pub(crate) struct TiedKey {
    /// The name as AWS writes it. A text without a colon, such as `session`, is a part of the principal that is no key.
    pub(crate) name: &'static str,
    /// The numbers of its fields ascend.
    pub(crate) parts: Vec<Part>,
    /// Whether the key is a list of one value.
    pub(crate) is_list: bool,
    /// Whether a request that has the tuple may lack the key.
    pub(crate) may_lack: bool,
}

/// Keys that are tied to each other.
#[derive(Clone, Debug)]
pub(crate) struct Tuple {
    /// The characters of each field.
    pub(crate) fields: Vec<Class>,
    /// The possible texts: those of the first union are looked at first, because they look most like AWS's.
    pub(crate) forms: Vec<Union>,
    /// The texts that are not in question.
    pub(crate) never: Vec<Glob>,
    pub(crate) keys: Vec<TiedKey>,
    /// Whether a request may lack the tuple.
    pub(crate) may_lack: bool,
}

/// A field of a tuple as a pattern.
pub(crate) enum Shape<'t> {
    Any,
    Text(&'t str),
}

/// The maximum number of ways to cut one pattern.
const MOST_CUTS: usize = 2_048;

impl TiedKey {
    pub(crate) fn new(name: &'static str, parts: &[&str]) -> Self {
        Self { name, parts: parts.iter().map(|text| part(text)).collect(), is_list: false, may_lack: false }
    }

    pub(crate) fn list(mut self) -> Self {
        self.is_list = true;
        self
    }

    pub(crate) fn optional(mut self) -> Self {
        self.may_lack = true;
        self
    }
}

/// The digit `2` stands for the field of number 2. Every other text is fixed.
fn part(text: &str) -> Part {
    match text.parse() {
        Ok(number) if text.len() == 1 => Part::Field(number),
        _ => Part::Text(text.into()),
    }
}

impl Tuple {
    /// The number of a key or of a part of the principal, ignoring case.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.keys.iter().position(|key| key.name.eq_ignore_ascii_case(name))
    }

    /// The value of a key in a text of the tuple.
    pub(crate) fn value(&self, key: usize, text: &str) -> String {
        let fields: Vec<&str> = text.split(SEPARATOR).collect();
        let parts = self.keys.get(key).map(|key| key.parts.as_slice()).unwrap_or_default();
        let part = |part: &Part| match part {
            Part::Text(text) => text.to_string(),
            Part::Field(number) => fields.get(*number).copied().unwrap_or_default().to_owned(),
        };
        parts.iter().map(part).collect()
    }

    /// The glob of the texts with these fields.
    pub(crate) fn glob<'t>(&self, shapes: impl IntoIterator<Item = Shape<'t>>) -> Glob {
        let mut shapes = shapes.into_iter();
        let fields = self.fields.iter().map(|class| match shapes.next() {
            None | Some(Shape::Any) => vec![Token::Run(*class)],
            Some(Shape::Text(text)) => text.chars().map(Token::One).collect(),
        });
        joined(fields)
    }

    /// The texts of the tuple for which a key is in a union. `None` if there are too many ways to cut a pattern.
    pub(crate) fn embedded(&self, key: usize, union: &Union) -> Option<Union> {
        let parts = &self.keys.get(key)?.parts;
        let mut globs = Vec::new();
        for glob in &union.globs {
            let cutter = Cutter { tokens: &glob.tokens, parts, fields: &self.fields };
            globs.extend(cutter.cuts()?.into_iter().map(|cut| self.cut(cut)));
        }
        Some(Union::new(globs))
    }

    fn cut(&self, cut: Cut) -> Glob {
        let mut cut = cut.into_iter().peekable();
        joined(self.fields.iter().enumerate().map(|(number, class)| {
            match cut.next_if(|(field, _)| *field == number) {
                Some((_, tokens)) => tokens,
                None => vec![Token::Run(*class)],
            }
        }))
    }
}

fn joined(fields: impl Iterator<Item = Vec<Token>>) -> Glob {
    let mut tokens = Vec::new();
    for (number, field) in fields.enumerate() {
        if number > 0 {
            tokens.push(Token::One(SEPARATOR));
        }
        tokens.extend(field);
    }
    Glob::new(tokens)
}

/// The tokens of some fields, by their numbers.
type Cut = Vec<(usize, Vec<Token>)>;

/// Cuts a pattern on a key into patterns on its parts.
struct Cutter<'g> {
    tokens: &'g [Token],
    parts: &'g [Part],
    fields: &'g [Class],
}

impl Cutter<'_> {
    /// Every way to cut the pattern. `None` if there are too many.
    fn cuts(&self) -> Option<Vec<Cut>> {
        let mut found: Vec<Cut> = Vec::new();
        // The place in the pattern, the number of the next part, and the fields so far.
        let mut open: Vec<(usize, usize, Cut)> = vec![(0, 0, Vec::new())];
        while let Some((at, next, cut)) = open.pop() {
            // Besides these there is the one at hand.
            if found.len().saturating_add(open.len()) >= MOST_CUTS {
                return None;
            }
            let behind = next.saturating_add(1);
            match self.parts.get(next) {
                None => {
                    if self.tokens.get(at..).unwrap_or_default().iter().all(|token| token.is_run()) {
                        found.push(cut);
                    }
                }
                Some(Part::Text(text)) => {
                    open.extend(self.read(at, text).into_iter().map(|at| (at, behind, cut.clone())));
                }
                Some(Part::Field(number)) => {
                    let class = self.fields.get(*number).copied().unwrap_or(Class::Plain);
                    let is_last = behind == self.parts.len();
                    for (at, tokens) in self.field(at, class, is_last) {
                        let mut longer = cut.clone();
                        longer.push((*number, tokens));
                        open.push((at, behind, longer));
                    }
                }
            }
        }
        Some(found)
    }

    /// The places in the pattern after it has matched a text.
    fn read(&self, at: usize, text: &str) -> Vec<usize> {
        let mut places = vec![at];
        for c in text.chars() {
            let mut next: Vec<usize> = Vec::new();
            for place in places {
                let mut place = place;
                // A run may be empty.
                while let Some(token) = self.tokens.get(place) {
                    if token.takes(c) {
                        next.push(if token.is_run() { place } else { place.saturating_add(1) });
                    }
                    if !token.is_run() {
                        break;
                    }
                    place = place.saturating_add(1);
                }
            }
            next.sort_unstable();
            next.dedup();
            places = next;
        }
        places
    }

    /// The tokens that a field may have from a place on, each with the place behind them. A run may go on behind the field.
    fn field(&self, at: usize, class: Class, is_last: bool) -> Vec<(usize, Vec<Token>)> {
        let mut ways = Vec::new();
        let mut tokens = Vec::new();
        let mut place = at;
        loop {
            let token = self.tokens.get(place).copied();
            let fitting = token.and_then(|token| fit(token, class));
            match (token, fitting) {
                (None, _) => {
                    ways.push((place, tokens));
                    return ways;
                }
                (Some(own), Some(fitting)) if own.is_run() => {
                    tokens.push(fitting);
                    if !is_last {
                        ways.push((place, tokens.clone()));
                    }
                }
                (Some(_), fitting) => {
                    if !is_last {
                        ways.push((place, tokens.clone()));
                    }
                    let Some(fitting) = fitting else { return ways };
                    tokens.push(fitting);
                }
            }
            place = place.saturating_add(1);
        }
    }
}

/// The token for the characters of a class that a token matches.
///
/// INVARIANT (fields): runs of [`Class::Field`] occur before the fifth colon of ARN patterns only, where the fields are of narrower classes.
fn fit(token: Token, class: Class) -> Option<Token> {
    match token {
        Token::One(_) | Token::Letter(_) | Token::Lowered(_) => both(token, Token::Of(class)),
        Token::Of(own) => Some(Token::Of(if class.covers(own) { own } else { class })),
        Token::Run(own) => Some(Token::Run(if class.covers(own) { own } else { class })),
    }
}

/// A tuple with these fields. Each form has the tokens of each field.
pub(crate) fn of(fields: Vec<Class>, forms: Vec<Vec<Vec<Vec<Token>>>>, keys: Vec<TiedKey>) -> Tuple {
    let union = |forms: Vec<Vec<Vec<Token>>>| {
        Union::new(forms.into_iter().map(|form| joined(form.into_iter())).collect())
    };
    let forms = forms.into_iter().map(union).collect();
    Tuple { fields, forms, never: Vec::new(), keys, may_lack: false }
}

impl Tuple {
    /// The field of accounts.
    pub(crate) fn account_field(&self) -> Option<usize> {
        self.fields.iter().position(|class| *class == Class::Digit)
    }

    /// The glob of the texts of which one field is this text.
    pub(crate) fn with_field(&self, field: usize, text: &str) -> Glob {
        let shape = |number| if number == field { Shape::Text(text) } else { Shape::Any };
        self.glob((0..self.fields.len()).map(shape))
    }
}

#[cfg(test)]
mod tests {
    use iam_testkit::Source;

    use super::*;
    use crate::budget::{Meter, ProofBudget};
    use crate::glob::find::find;

    /// A tuple as that of users, with short texts.
    fn small() -> Tuple {
        let text = |text: &str| text.chars().map(Token::One).collect::<Vec<_>>();
        let digits = || vec![Token::Of(Class::Digit); 2];
        let name = || vec![Token::Of(Class::Word), Token::Run(Class::Word)];
        let path = vec![Token::Run(Class::Plain), Token::One('/')];
        let forms = vec![vec![digits(), text(""), name()], vec![digits(), path, name()]];
        let keys = vec![
            TiedKey::new("t:Arn", &["a:", "0", ":u/", "1", "2"]),
            TiedKey::new("t:Name", &["2"]),
            TiedKey::new("t:Id", &["0", ":", "2"]),
        ];
        of(vec![Class::Digit, Class::Plain, Class::Word], vec![forms], keys)
    }

    fn texts() -> Vec<String> {
        let mut texts = Vec::new();
        for digits in ["11", "12", "21"] {
            for path in ["", "a/", "b/a/", "/", "b:u/", "u/"] {
                for name in ["a", "b", "aa", "ab", "ba", "bab"] {
                    texts.push(format!("{digits}\u{1}{path}\u{1}{name}"));
                }
            }
        }
        texts
    }

    /// A pattern that is near a value of a key, with letters without case now and then.
    fn pattern(source: &mut Source<'_>, tuple: &Tuple, key: usize, texts: &[String]) -> Glob {
        let value = source.choose(texts).map(|text| tuple.value(key, text)).unwrap_or_default();
        let mut tokens = Vec::new();
        let without_case = source.chance(20);
        for c in value.chars() {
            match source.below(12) {
                0 | 1 => tokens.push(Token::Run(Class::Any)),
                2 => tokens.push(Token::Of(Class::Any)),
                3 => tokens.extend([Token::Run(Class::Any), Token::One(c)]),
                4 => {}
                5 => tokens.push(Token::One(*source.pick(&['a', 'b', '/', '1', ':']))),
                _ if without_case && c.is_ascii_alphabetic() => tokens.push(Token::Letter(c)),
                _ => tokens.push(Token::One(c)),
            }
        }
        Glob::new(tokens)
    }

    #[test]
    fn a_pattern_on_a_key_is_a_pattern_on_the_tuple() {
        let (tuple, texts) = (small(), texts());
        assert!(texts.iter().all(|text| tuple.forms.iter().any(|form| form.matches(text))));
        let mut source = Source::seeded(5);
        let (mut yes, mut no) = (0, 0);
        for _ in 0..4_000 {
            let key = source.below(3);
            let glob = pattern(&mut source, &tuple, key, &texts);
            let embedded = tuple.embedded(key, &Union::new(vec![glob.clone()])).unwrap();
            for text in &texts {
                let matches = glob.matches(&tuple.value(key, text));
                assert_eq!(embedded.matches(text), matches, "{glob:?} on {text:?}: {embedded:?}");
                if matches { yes += 1 } else { no += 1 }
            }
        }
        assert!(yes > 20_000 && no > 20_000, "{yes} {no}");
    }

    /// Two fields side by side share the characters of a pattern in one way more than there are characters.
    #[test]
    fn a_pattern_is_cut_in_so_many_ways_and_no_more() {
        let parts = [Part::Field(0), Part::Field(1)];
        for (characters, ways) in [
            (0, Some(1)),
            (2, Some(3)),
            (MOST_CUTS - 1, Some(MOST_CUTS)),
            (MOST_CUTS, None),
            (MOST_CUTS + 1, None),
        ] {
            let tokens = vec![Token::One('a'); characters];
            let cutter = Cutter { tokens: &tokens, parts: &parts, fields: &[Class::Word, Class::Word] };
            assert_eq!(cutter.cuts().map(|cuts| cuts.len()), ways, "{characters}");
        }
    }

    /// The search finds a text if there is one, for tests of several keys at a time.
    #[test]
    fn several_keys_have_a_common_text_or_not() {
        let (tuple, texts) = (small(), texts());
        let mut source = Source::seeded(6);
        let (mut found, mut none, mut open) = (0, 0, 0);
        for _ in 0..4_000 {
            let mut drawn = Vec::new();
            // The patterns are near one text, so that it often fits them all.
            let near: Vec<String> = source.choose(&texts).cloned().into_iter().collect();
            for inside in [true, true, true, false] {
                let key = source.below(3);
                let glob = pattern(&mut source, &tuple, key, &near);
                let embedded = tuple.embedded(key, &Union::new(vec![glob.clone()])).unwrap();
                drawn.push((key, glob, embedded, inside));
            }
            let of = |wanted: bool| {
                drawn.iter().filter(move |(_, _, _, inside)| *inside == wanted).map(|(_, _, u, _)| u)
            };
            let inside: Vec<&Union> = of(true).chain(tuple.forms.first()).collect();
            let outside: Vec<&Union> = of(false).collect();
            let fits = |text: &str| {
                drawn.iter().all(|(key, glob, _, inside)| glob.matches(&tuple.value(*key, text)) == *inside)
            };
            match find(&inside, &outside, &Meter::new(ProofBudget::steps(1 << 18))) {
                Ok(Some(text)) => {
                    found += 1;
                    assert!(fits(&text), "{text:?}: {drawn:?}");
                }
                Ok(None) => {
                    none += 1;
                    assert_eq!(texts.iter().find(|text| fits(text)), None, "{drawn:?}");
                }
                Err(_) => open += 1,
            }
        }
        assert!(found > 500 && none > 500 && open < 40, "{found} {none} {open}");
    }
}
