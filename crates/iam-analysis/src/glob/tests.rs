use super::find::{arn_form, find, search};
use super::machine::Machine;
use super::relate::{are_disjoint, is_within, meet, overlap};
use super::*;
use crate::budget::{Meter, ProofBudget};
use iam_policy::Syntax;
use iam_testkit::Source;

fn glob(text: &str) -> Glob {
    of(text, Compared::Text(LetterCase::Sensitive))
}

fn of(text: &str, compared: Compared) -> Glob {
    let pattern = Pattern::parse(text, Syntax::new(true, false)).unwrap();
    let Replaced::Exact(glob) = Glob::of(&pattern, compared, |_| Bound::Free) else { panic!("{text}") };
    glob
}

/// Every text of up to `most` of these letters.
fn all(most: usize, letters: &[char]) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut from = 0;
    for _ in 0..most {
        let longer: Vec<String> =
            found[from..].iter().flat_map(|t| letters.iter().map(move |c| format!("{t}{c}"))).collect();
        from = found.len();
        found.extend(longer);
    }
    found
}

/// A union of some of the patterns.
fn union(source: &mut Source<'_>, patterns: &[String], most: usize) -> Union {
    let count = source.between(1, most);
    Union::new((0..count).map(|_| glob(source.choose(patterns).unwrap())).collect())
}

fn within(inside: &[&Union], outside: &[&Union]) -> Option<String> {
    find(inside, outside, &Meter::new(ProofBudget::DEFAULT)).unwrap()
}

#[test]
fn globs_match_as_patterns_do() {
    let texts = all(5, &['a', 'B', ':']);
    for pattern in all(4, &['a', 'b', '*', '?']) {
        for (case, compared) in
            [LetterCase::Sensitive, LetterCase::Ascii].map(|case| (case, Compared::Text(case)))
        {
            let (glob, pattern) =
                (of(&pattern, compared), Pattern::parse(&pattern, Syntax::new(true, false)).unwrap());
            for text in &texts {
                let expected = iam_eval::matches(&pattern, text, case);
                assert_eq!(glob.matches(text), expected, "{pattern:?} {text} {case:?}");
            }
        }
    }
}

/// Globs, and whether the machine of one glob agrees with them on every short text.
#[test]
fn machines_match_as_globs_do() {
    let patterns = all(4, &['a', 'b', '*', '?']);
    let texts = all(5, &['a', 'b', 'x']);
    for pattern in &patterns {
        let glob = glob(pattern);
        let machine = Machine::new([[&glob]]);
        for text in &texts {
            let state = text.chars().fold(machine.start(), |state, c| machine.step(&state, c));
            assert_eq!(machine.is_end(&state), glob.matches(text), "{pattern} {text}");
            if machine.is_everything(&state) {
                assert!(texts.iter().all(|more| glob.matches(&format!("{text}{more}"))), "{pattern} {text}");
            }
        }
    }
}

/// What a union has reached is told apart from its neighbours, whose first place stands behind its last one.
#[test]
fn the_unions_of_a_machine_are_told_apart() {
    let texts = ["", "*", "a", "a*", "*a", "?"];
    for (first, second) in texts.iter().flat_map(|first| texts.map(|second| (*first, second))) {
        let globs = [glob(first), glob(second)];
        let machine = Machine::new(globs.iter().map(|own| [own]));
        for text in all(2, &['a', 'b']) {
            let state = text.chars().fold(machine.start(), |state, c| machine.step(&state, c));
            for (union, own) in globs.iter().enumerate() {
                let alone = Machine::new([[own]]);
                let only = text.chars().fold(alone.start(), |state, c| alone.step(&state, c));
                let (part, whole) = (machine.part(&state, union), alone.part(&only, 0));
                let case = format!("{union} of {first:?} and {second:?}: {text:?}");
                assert_eq!(part.len(), whole.len(), "{case}");
                assert_eq!(machine.is_end(part), own.matches(&text), "{case}");
                assert_eq!(machine.is_everything(part), alone.is_everything(whole), "{case}");
                assert_eq!(whole, &*only, "{case}");
            }
        }
    }
}

#[test]
fn arn_globs_keep_to_their_fields() {
    let arn = |text: &str| of(text, Compared::Arn);
    assert!(arn("arn:aws:s3:::b/*").matches("arn:aws:s3:::b/x:y"));
    assert!(!arn("arn:aws:*:::b").matches("arn:aws:s3:x:::b"));
    assert!(arn("a*:*:*:*:*:*").matches("arn:aws:s3:::b"));
    assert!(!arn("arn:aws:*:*:*:x").matches("arn:aws:s3:::b:x"));
    assert!(arn("arn:a?s:*:*:*:x").matches("arn:aws:s3:::x"));
    assert!(!arn("arn:aw?:s3:::x").matches("arn:aw::s3:::x"));
    let pattern = |text| Pattern::parse(text, Syntax::new(true, false)).unwrap();
    for (nothing, as_what) in
        [("arn:aws:*", Replaced::Unreadable), ("x:aws:s3:::b", Replaced::Null), ("*", Replaced::Unreadable)]
    {
        assert_eq!(Glob::of(&pattern(nothing), Compared::Arn, |_| Bound::Free), as_what, "{nothing}");
    }
    for (text, is_arn) in
        [("arn:::::", true), ("arn:a:b:c:d:e:f", true), ("arn:a:b:c:d", false), ("x:::::", false)]
    {
        assert_eq!(Glob::arns().matches(text), is_arn, "{text}");
    }
}

/// The letters that are one letter in lower case are those of Unicode up to U+FFFF.
#[test]
#[expect(clippy::disallowed_methods, reason = "what is tested is that our table is that of Unicode")]
fn letters_in_lower_case_are_those_of_unicode() {
    for c in '\0'..='\u{FFFF}' {
        let mut lower = c.to_lowercase();
        let lower = lower.next().filter(|own| *own <= '\u{FF}' && lower.next().is_none());
        if let Some(lower) = lower {
            let own = raised(lower).into_iter().flatten().chain([lower]);
            assert!(own.into_iter().any(|one| one == c), "{c:?}");
            assert_eq!(lowered(c), lower, "{c:?}");
        } else {
            assert_eq!(lowered(c), c, "{c:?}");
        }
        assert!(raised(c).into_iter().flatten().all(|own| lowered(own) == c), "{c:?}");
    }
}

/// Each relation of two globs agrees with their texts. Texts of seven characters distinguish these patterns; `x` is in none of the
/// patterns.
#[test]
fn relations_are_those_of_the_texts() {
    let patterns: Vec<Glob> = all(4, &['a', 'b', '*', '?']).iter().map(|p| glob(p)).collect();
    let texts = all(7, &['a', 'b', 'x']);
    // The texts of each pattern as bits, 64 texts in a word.
    let word = |pattern: &Glob, texts: &[String]| {
        texts.iter().fold(0_u64, |word, text| word << 1 | u64::from(pattern.matches(text)))
    };
    let matched: Vec<Vec<u64>> =
        patterns.iter().map(|p| texts.chunks(64).map(|texts| word(p, texts)).collect()).collect();
    let (mut within, mut disjoint, mut seen_disjoint) = (0, 0, 0);
    for (a, of_a) in patterns.iter().zip(&matched) {
        for (b, of_b) in patterns.iter().zip(&matched) {
            let none_shared = of_a.iter().zip(of_b).all(|(x, y)| x & y == 0);
            let all_shared = of_a.iter().zip(of_b).all(|(x, y)| x & !y == 0);
            assert_eq!(is_within(a, b), all_shared, "{a:?} within {b:?}");
            assert_eq!(overlap(a, b), !none_shared, "{a:?} and {b:?}");
            within += usize::from(all_shared);
            disjoint += usize::from(none_shared);
            if are_disjoint(a, b) {
                seen_disjoint += 1;
                assert!(none_shared, "{a:?} and {b:?}");
            }
        }
    }
    assert!(within > 5_000 && disjoint > 5_000, "{within} {disjoint}");
    // Most disjoint pairs are recognized at once. The search depends on this for its speed.
    assert!(seen_disjoint * 10 > disjoint * 6, "{seen_disjoint} of {disjoint}");
}

/// The same for longer patterns. The automaton looks for a text that distinguishes them.
#[test]
fn relations_of_longer_globs_are_those_of_the_automaton() {
    let (mut within, mut only_read, mut shared) = (0, 0, 0);
    for seed in 0..10_000 {
        let mut source = Source::seeded(seed);
        let mut text = |letters: &[char]| -> String {
            let count = source.between(1, 12);
            (0..count).map(|_| *source.choose(letters).unwrap()).collect()
        };
        let (inner, outer) = (text(&['a', 'b', '*', '?', '*']), text(&['a', '?', '?', '*']));
        let case = if seed % 2 == 0 { LetterCase::Sensitive } else { LetterCase::Ascii };
        let (inner, outer) = (of(&inner, Compared::Text(case)), of(&outer, Compared::Text(case)));
        let apart = search(&Machine::new([vec![&inner], vec![&outer]]), 1, &Meter::new(ProofBudget::DEFAULT))
            .unwrap();
        assert_eq!(is_within(&inner, &outer), apart.is_none(), "{inner:?} within {outer:?}: {apart:?}");
        let common =
            search(&Machine::new([vec![&inner], vec![&outer], vec![]]), 2, &Meter::new(ProofBudget::DEFAULT))
                .unwrap();
        assert_eq!(overlap(&inner, &outer), common.is_some(), "{inner:?} and {outer:?}: {common:?}");
        within += usize::from(apart.is_none());
        shared += usize::from(common.is_some() && apart.is_some());
        only_read +=
            usize::from(apart.is_none() && !super::relate::is_seen_within(&inner.tokens, &outer.tokens));
    }
    assert!(within > 500 && only_read > 50 && shared > 500, "{within} {only_read} {shared}");
}

/// What is within what, at a glance.
#[test]
fn some_globs_are_within_others() {
    for (inner, outer, expected) in [
        ("ab", "a*", true),
        ("ab", "?b", true),
        ("ab", "?", false),
        ("ab", "?c*", false),
        ("a*", "?*", true),
        ("a*", "*a", false),
        ("*", "?*", false),
        ("*a", "*a*", true),
        ("*ab", "*b", true),
        ("*b", "*ab", false),
        ("*a*", "*a?*", false),
        ("*a?b*", "*?b*", true),
        ("", "*", true),
        ("", "?", false),
    ] {
        assert_eq!(is_within(&glob(inner), &glob(outer)), expected, "{inner:?} within {outer:?}");
    }
}

/// Patterns in lower case meet in the texts that both match, in any case.
#[test]
fn globs_in_lower_case_meet_in_what_both_match() {
    let patterns: Vec<Glob> =
        all(3, &['k', '\u{e9}', '*', '?']).iter().map(|own| of(own, Compared::Lowered)).collect();
    let texts = all(3, &['K', '\u{212A}', '\u{c9}', 'x']);
    for (a, b) in patterns.iter().flat_map(|a| patterns.iter().map(move |b| (a, b))) {
        let both = Union::new(meet(a, b, 64).unwrap());
        for text in &texts {
            assert_eq!(both.matches(text), a.matches(text) && b.matches(text), "{a:?} {b:?} {text}");
        }
    }
}

/// A random glob: fields with wildcards of one class each, of which the last may match any character; and plain texts with any wildcards.
fn any_glob(source: &mut Source<'_>) -> Glob {
    let mut tokens = Vec::new();
    let fields = source.between(1, 2);
    for field in 0..fields {
        if field > 0 {
            tokens.push(Token::One(':'));
        }
        let narrow = [Class::Field, Class::Name, Class::Segment, Class::Word, Class::Id, Class::Digit];
        let is_last = field == fields.saturating_sub(1);
        let class = match () {
            // Runs of tags have colons, so they have no other runs beside them.
            () if fields == 1 && source.chance(20) => Class::Tag,
            () if is_last && source.chance(25) => Class::Any,
            () => *source.pick(&narrow),
        };
        for _ in 0..source.between(0, 3) {
            tokens.push(match source.below(6) {
                0 if class == Class::Any => Token::One(':'),
                0 | 1 => Token::One(*source.pick(&['a', 'A', '_'])),
                // Letters without case occur together with wildcards that match both cases.
                2 if matches!(class, Class::Any | Class::Field | Class::Word | Class::Tag) => {
                    Token::Letter('a')
                }
                2 | 3 => Token::Of(class),
                _ => Token::Run(class),
            });
        }
    }
    Glob::new(tokens)
}

/// ARN fields and action names have fewer characters than texts. The relations of their globs must hold for these characters too.
#[test]
fn globs_of_every_class_keep_to_their_characters() {
    // One character of each kind: a small letter, a capital, outside segments, outside names, outside fields, in every class.
    let texts = all(5, &['a', 'A', '_', '/', ':', '1']);
    let mut source = Source::seeded(9);
    let (mut withins, mut disjoints, mut meets, mut found, mut none) = (0, 0, 0, 0, 0);
    for _ in 0..6_000 {
        let (a, b, c) = (any_glob(&mut source), any_glob(&mut source), any_glob(&mut source));
        let of = |glob: &Glob| texts.iter().map(|t| glob.matches(t)).collect::<Vec<bool>>();
        let (of_a, of_b) = (of(&a), of(&b));
        let pairs = || of_a.iter().zip(&of_b).map(|(one, other)| (*one, *other));
        if is_within(&a, &b) {
            withins += 1;
            assert!(pairs().all(|(one, other)| !one || other), "{a:?} within {b:?}");
        }
        if are_disjoint(&a, &b) {
            disjoints += 1;
            assert!(!pairs().any(|(one, other)| one && other), "{a:?} and {b:?}");
        }
        if let Some(both) = meet(&a, &b, 64) {
            meets += 1;
            let both = of_union(&Union::new(both), &texts);
            assert!(
                pairs().zip(both).all(|((one, other), both)| (one && other) == both),
                "{a:?} meets {b:?}"
            );
        }
        let fits = |text: &str| a.matches(text) && b.matches(text) && !c.matches(text);
        let [one, two, not] = [&a, &b, &c].map(|glob| Union::new(vec![glob.clone()]));
        if let Some(text) = within(&[&one, &two], &[&not]) {
            found += 1;
            assert!(fits(&text), "{text}: {a:?} {b:?} {c:?}");
        } else {
            none += 1;
            let missed = texts.iter().find(|text| fits(text));
            assert_eq!(missed, None, "{a:?} {b:?} {c:?}");
        }
    }
    for count in [withins, disjoints, meets, found, none] {
        assert!(count > 200, "{withins} {disjoints} {meets} {found} {none}");
    }
}

fn of_union(union: &Union, texts: &[String]) -> Vec<bool> {
    texts.iter().map(|t| union.matches(t)).collect()
}

/// Three unions at a time, on every text of up to six letters. One letter stands for all other characters.
#[test]
fn a_text_is_found_if_there_is_one() {
    let patterns = all(4, &['a', 'b', '*', '?']);
    let texts = all(6, &['a', 'b', 'x']);
    let mut source = Source::seeded(1);
    let (mut found, mut none) = (0, 0);
    for _ in 0..3_000 {
        let (p, q, n) = (
            union(&mut source, &patterns, 2),
            union(&mut source, &patterns, 2),
            union(&mut source, &patterns, 4),
        );
        if let Some(text) = within(&[&p, &q], &[&n]) {
            found += 1;
            assert!(p.matches(&text) && q.matches(&text) && !n.matches(&text), "{text}: {p:?} {q:?} {n:?}");
        } else {
            none += 1;
            let missed = texts.iter().find(|t| p.matches(t) && q.matches(t) && !n.matches(t));
            assert_eq!(missed, None, "{p:?} {q:?} {n:?}");
        }
    }
    assert!(found > 500 && none > 500, "{found} {none}");
}

#[test]
fn known_texts_are_found_or_not() {
    let one = |text: &str| Union::new(vec![glob(text)]);
    let form = Union::new(vec![arn_form()]);
    assert_eq!(within(&[&one("a*"), &one("*b")], &[&one("a*b")]), None);
    assert_eq!(within(&[&one("a*"), &one("*ab")], &[&one("ab")]).as_deref(), Some("aab"));
    assert_eq!(within(&[], &[&one("*")]), None);
    let of_class = |class| Union::new(vec![Glob::new(vec![Token::Run(class)])]);
    assert_eq!(within(&[], &[&of_class(Class::Field)]).as_deref(), Some(":"));
    assert!(within(&[&of_class(Class::Field)], &[&of_class(Class::Name)]).is_some());
    assert!(within(&[&of_class(Class::Name)], &[&of_class(Class::Segment)]).is_some());
    assert_eq!(within(&[&form, &one("*")], &[&one("arn:*:*:*:*:*")]), None);
    let text = within(&[&form, &one("arn:aws:s3:::b*")], &[&one("arn:aws:s3:::b/*")]).unwrap();
    assert!(text.starts_with("arn:aws:s3:::b"), "{text}");
    let ends = within(&[&form], &[&one("arn:*x"), &one("arn:*9")]).unwrap();
    assert!(form.matches(&ends) && !ends.ends_with(['x', '9']), "{ends}");
}

#[test]
fn hostile_globs_end_within_the_budget() {
    let many = "*a".repeat(64);
    let one = |text: &str| Union::new(vec![glob(text)]);
    // Whether each of the last 20 characters was an `a` makes a million states.
    let window = one(&format!("*a{}b", "?".repeat(20)));
    let meter = Meter::new(ProofBudget::steps(200_000));
    assert!(find(&[&one(&many)], &[&one(&format!("{many}a"))], &meter).is_ok());
    let halves = [one(&format!("*a{}b", "?".repeat(10))), one(&format!("{}*", "?".repeat(40)))];
    let answer = find(&[&halves[0], &halves[1]], &[&window, &one("*x*"), &one("*a*a*")], &meter);
    assert!(matches!(&answer, Err(_) | Ok(Some(_))), "{answer:?}");
    let hopeless = find(&[&window, &one(&format!("*a{}", "?".repeat(20)))], &[&one("*a*")], &meter);
    assert!(matches!(hopeless, Err(_) | Ok(None)), "{hopeless:?}");
}

#[test]
fn globs_meet_in_what_both_match() {
    let patterns: Vec<Glob> = all(4, &['a', 'b', '*', '?']).iter().map(|p| glob(p)).collect();
    let texts = all(5, &['a', 'b', 'x']);
    let mut source = Source::seeded(3);
    let mut several = 0;
    for _ in 0..20_000 {
        let (a, b) = (source.choose(&patterns).unwrap(), source.choose(&patterns).unwrap());
        let both = Union::new(meet(a, b, 64).unwrap());
        several += usize::from(both.globs.len() > 1);
        for text in &texts {
            assert_eq!(both.matches(text), a.matches(text) && b.matches(text), "{a:?} {b:?} {text}");
        }
    }
    assert!(several > 500, "{several}");
    assert_eq!(
        meet(&glob(&format!("{}*", "*a".repeat(30))), &glob(&format!("{}*", "*b".repeat(30))), 16),
        None
    );
}

/// Every pair of tokens, on characters of every kind: what one takes that the other takes, what both take, and what none takes.
#[test]
fn tokens_relate_as_their_characters_do() {
    const CHARS: &str = "aAkKzZ09-_.+=,@:/ \u{1}~å\u{c5}é\u{c9}ß\u{1E9E}ÿ\u{178}\u{212A}\u{212B}σ*?";
    const CLASSES: [Class; 9] = [
        Class::Any,
        Class::Field,
        Class::Segment,
        Class::Name,
        Class::Plain,
        Class::Word,
        Class::Id,
        Class::Digit,
        Class::Tag,
    ];
    let mut tokens: Vec<Token> = CHARS.chars().map(Token::One).collect();
    tokens.extend("akz".chars().map(Token::Letter));
    tokens.extend("akzåéßÿ".chars().map(Token::Lowered));
    tokens.extend(CLASSES.map(Token::Of));
    let is_class = |token: Token| matches!(token, Token::Of(_));
    let is_lowered = |token: Token| matches!(token, Token::Lowered(_));
    let set = |glob: &Glob| -> Vec<bool> { CHARS.chars().map(|c| glob.matches(&c.to_string())).collect() };
    for a in &tokens {
        for b in &tokens {
            let [one, other] = [a, b].map(|token| Glob::new(vec![*token]));
            let (of_one, of_other) = (set(&one), set(&other));
            let both: Vec<bool> = of_one.iter().zip(&of_other).map(|(x, y)| *x && *y).collect();
            let is_in = both == of_one;
            // Of all letters that are one letter in lower case, only wide classes are told to have them.
            if !is_lowered(*a) || is_lowered(*b) {
                assert!(is_within(&one, &other) || !is_in || is_class(*a), "{a:?} within {b:?}");
            }
            assert!(!is_within(&one, &other) || is_in, "{a:?} within {b:?}");
            let run = |token: Token| match token {
                Token::Of(class) => Glob::new(vec![Token::Run(class)]),
                Token::One(_) | Token::Letter(_) | Token::Lowered(_) | Token::Run(_) => {
                    Glob::new(vec![token])
                }
            };
            assert!(!is_within(&one, &run(*b)) || is_in, "{a:?} within a run of {b:?}");
            if matches!(a, Token::One(_) | Token::Letter(_)) && is_class(*b) {
                assert_eq!(is_within(&one, &run(*b)), is_in, "{a:?} within a run of {b:?}");
            }
            let is_apart = !both.contains(&true);
            assert_eq!(are_disjoint(&one, &other), is_apart, "{a:?} and {b:?}");
            assert_eq!(overlap(&one, &other), !is_apart, "{a:?} and {b:?}");
            match meet(&one, &other, 8) {
                Some(globs) => assert_eq!(set_of(&globs, CHARS), both, "{a:?} meets {b:?}"),
                // A set that is in neither class has no token.
                None => assert!(is_class(*a) && is_class(*b), "{a:?} meets {b:?}"),
            }
        }
        if let Token::Of(class) = a {
            let of = |c: char| class.contains(c) || class.contains(c.to_ascii_uppercase());
            for c in CHARS.chars() {
                assert_eq!(class.contains_some_case(c), of(c), "{class:?} {c:?}");
            }
        }
    }
    // A union of too many globs is none.
    assert_eq!(meet(&glob("*a*b*"), &glob("*c*d*"), 1), None);
    assert!(meet(&glob("*a*"), &glob("*b*"), 2).is_some_and(|both| both.len() == 2));
}

fn set_of(globs: &[Glob], chars: &str) -> Vec<bool> {
    chars.chars().map(|c| globs.iter().any(|glob| glob.matches(&c.to_string()))).collect()
}

/// What is found is readable where the globs leave a choice.
#[test]
fn found_texts_are_readable() {
    let first = |tokens: &[Token]| within(&[&Union::new(vec![Glob::new(tokens.to_vec())])], &[]);
    assert_eq!(first(&[Token::Of(Class::Id)]).as_deref(), Some("X"));
    assert_eq!(first(&[Token::Of(Class::Digit), Token::Run(Class::Digit)]).as_deref(), Some("99"));
    assert_eq!(first(&[Token::One('b'), Token::Run(Class::Word)]).as_deref(), Some("bx"));
    assert_eq!(first(&[Token::Letter('q'), Token::Lowered('é')]).as_deref(), Some("qé"));
    // If the likely text is excluded, an empty run is tried, and then a longer one.
    let any = Union::new(vec![glob("a*")]);
    assert_eq!(within(&[&any], &[&Union::new(vec![glob("ax")])]).as_deref(), Some("a"));
    let both = Union::new(vec![glob("ax"), glob("a")]);
    assert_eq!(within(&[&any], &[&both]).as_deref(), Some("azz9"));
}

#[test]
fn a_field_after_any_character_has_not_every_text() {
    // Each token is read alike, but for the class of the run: a run of a field has no colon.
    let inner = Glob::new(vec![Token::Of(Class::Any), Token::Run(Class::Any)]);
    for outer in [
        vec![Token::Of(Class::Any), Token::Run(Class::Field)],
        vec![Token::Of(Class::Field), Token::Run(Class::Any)],
    ] {
        assert!(!is_within(&inner, &Glob::new(outer.clone())), "{outer:?}");
    }
    assert!(is_within(&inner, &inner));
}
