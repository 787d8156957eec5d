//! The hunt for false proofs before planted faults: each must be found, or a hunt that finds nothing says little.
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first surprise"
)]

use iam_analysis::{Doubt, Verdict};
use iam_engines::{Answers, Sides, SmallQuestion};
use iam_eval::{ContextValue, Point, Request};
use iam_testkit::Source;

const SEED: u64 = 20_261_202;

/// The number of the first question of which the hunt finds the proof false. `None` if there is none below `most`.
fn found(sides: Sides, most: u64) -> Option<u64> {
    (0..most).find(|number| {
        let answers = Answers::hunted_between(sides, SEED, *number..number + 1);
        answers.is_err_and(|why| why.contains("it does not hold under"))
    })
}

fn prover(about: &'static str, prover: fn(&SmallQuestion) -> Verdict) -> Sides {
    let mut sides = Sides::default();
    sides.about = Some(about);
    sides.prover = prover;
    sides
}

fn evaluator(about: Option<&'static str>, taken: fn(&mut Request)) -> Sides {
    let mut sides = Sides::default();
    sides.about = about;
    sides.taken = taken;
    sides
}

/// The analysis, asked about other texts of the policies. If one of them is refused, nothing is proven.
fn misreading(question: &SmallQuestion, misread: impl Fn(&str) -> String) -> Verdict {
    let texts = question.texts.iter().map(|text| misread(text)).collect();
    question.with_texts(texts).map_or(Verdict::Unknown(Vec::new()), |question| question.answer())
}

/// The analysis without the other answer of a point: what holds but for that answer counts as proven.
fn ignoring(point: Point, question: &SmallQuestion) -> Verdict {
    match question.answer() {
        Verdict::Unknown(doubts)
            if doubts
                .iter()
                .all(|own| matches!(own, Doubt::Readings { points, .. } if *points == [point])) =>
        {
            Verdict::Holds
        }
        other @ (Verdict::Holds | Verdict::Fails(_) | Verdict::Unknown(_)) => other,
    }
}

/// A policy in which each test of a list of values is replaced: operator and values.
fn retested(text: &str, change: impl Fn(&str, Vec<&str>) -> Option<(String, Vec<String>)>) -> String {
    const BETWEEN: &str = "\":{\"k:";
    let mut written = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(BETWEEN) {
        let (head, operator) = before.rsplit_once('"').unwrap();
        let (key, tail) = behind.split_once("\":").unwrap();
        let list = tail.strip_prefix('[').and_then(|tail| tail.split_once(']'));
        let changed = list.and_then(|(values, tail)| {
            let values = values.trim_matches('"').split("\",\"").collect();
            change(operator, values).map(|(operator, values)| (operator, values.join("\",\""), tail))
        });
        if let Some((operator, values, tail)) = changed {
            written.push_str(&format!("{head}\"{operator}{BETWEEN}{key}\":[\"{values}\"]"));
            rest = tail;
        } else {
            written.push_str(&format!("{before}{BETWEEN}{key}\":"));
            rest = tail;
        }
    }
    written + rest
}

/// Every way to write a text in ASCII letters of either case.
fn in_any_ascii_case(text: &str) -> Vec<String> {
    text.chars().fold(vec![String::new()], |all, c| {
        let mut both = vec![c.to_ascii_lowercase(), c.to_ascii_uppercase()];
        both.dedup();
        all.iter().flat_map(|start| both.iter().map(move |c| format!("{start}{c}"))).collect()
    })
}

fn folds_ascii_only(question: &SmallQuestion) -> Verdict {
    misreading(question, |text| {
        retested(text, |operator, values| {
            let exact = operator.replace("EqualsIgnoreCase", "Equals");
            let is_plain = values.iter().all(|value| !value.contains("${"));
            (exact != operator && is_plain)
                .then(|| (exact, values.into_iter().flat_map(in_any_ascii_case).collect()))
        })
    })
}

/// A Deny with a test of numbers, dates or addresses applies whatever the value is, so also if nobody can read it.
fn denies_whatever_the_value(question: &SmallQuestion) -> Verdict {
    misreading(question, |text| {
        let own = text.strip_prefix(HEAD).unwrap().strip_suffix(TAIL).unwrap();
        let statements = own.split(BETWEEN_STATEMENTS).map(|statement| {
            if !statement.starts_with("{\"Effect\":\"Deny\"") && !statement.starts_with(":\"Deny\"") {
                return statement.to_owned();
            }
            retested(statement, |operator, _| {
                let is_typed = ["Numeric", "Date", "IpAddress"].iter().any(|own| operator.contains(own));
                is_typed.then(|| ("StringLike".to_owned(), vec!["*".to_owned()]))
            })
        });
        let statements: Vec<String> = statements.collect();
        format!("{HEAD}{}{TAIL}", statements.join(BETWEEN_STATEMENTS))
    })
}

const HEAD: &str = "{\"Version\":\"2012-10-17\",\"Statement\":[";
const TAIL: &str = "]}";
const BETWEEN_STATEMENTS: &str = ",{\"Effect\"";

/// Keys of the small world with one value.
const SINGLE: [&str; 4] = ["k:s", "k:t", "k:n", "k:b"];
/// Keys of the small world that may have several values.
const LISTS: [&str; 4] = ["k:m", "k:e", "k:d", "k:c"];

fn faults() -> Vec<(&'static str, Sides)> {
    vec![
        ("a Deny applies whatever number or address it tests", prover("k:n", denies_whatever_the_value)),
        ("only ASCII letters are lower-cased", prover("k:c", folds_ascii_only)),
        (
            "every value can be read",
            prover("k:n", |question| {
                let mut typed = question.clone();
                typed.is_typed = true;
                typed.answer()
            }),
        ),
        (
            "an ARN with a variable before its fifth colon matches nothing",
            prover("k:v", |question| {
                misreading(question, |text| {
                    let text = text.replace("arn:p:${k:v}:::a", "arn:p:none:::none");
                    text.replace("arn:p:s:${k:v, 'r'}:*:a*", "arn:p:none:::none")
                })
            }),
        ),
        (
            "an address that is IPv4-mapped is an IPv6 address",
            evaluator(None, |request| {
                if let Some(ContextValue::Single(text)) = request.context.value("k:i")
                    && text.starts_with("::ffff:")
                {
                    request.context.set("k:i", ContextValue::single("2001:db9::1"));
                }
            }),
        ),
        (
            "a list of one value is that value under an operator without set operator",
            evaluator(Some("k:e"), |request| {
                for key in LISTS {
                    if let Some(ContextValue::Multiple(values)) = request.context.value(key)
                        && let [value] = &**values
                    {
                        let value = ContextValue::single(&**value);
                        request.context.set(key, value);
                    }
                }
            }),
        ),
        (
            "an absent key is an empty text",
            evaluator(None, |request| {
                for key in SINGLE {
                    if request.context.value(key).is_none() {
                        request.context.set(key, ContextValue::single(""));
                    }
                }
            }),
        ),
    ]
}

#[test]
fn the_hunt_finds_every_planted_fault() {
    const MOST: u64 = 3_000;
    let numbers: Vec<_> = faults().into_iter().map(|(name, sides)| (name, found(sides, MOST))).collect();
    assert!(numbers.iter().all(|(_, number)| number.is_some()), "{numbers:#?}");
}

/// A prover that knows only the first answer of a point proves what the other answer refutes.
#[test]
fn the_hunt_finds_a_prover_that_ignores_an_open_point() {
    const MOST: u64 = 5_000;
    let provers = [
        ("k:i", Point::DeadNetwork, prover("k:i", |q| ignoring(Point::DeadNetwork, q))),
        ("k:i", Point::UnreadableAddress, prover("k:i", |q| ignoring(Point::UnreadableAddress, q))),
        ("k:r", Point::UnreadableArn, prover("k:r", |q| ignoring(Point::UnreadableArn, q))),
        ("k:r", Point::UnreadablePattern, prover("k:r", |q| ignoring(Point::UnreadablePattern, q))),
        ("k:v", Point::IncompleteArn, prover("k:v", |q| ignoring(Point::IncompleteArn, q))),
        ("k:v", Point::NullNotResource, prover("k:v", |q| ignoring(Point::NullNotResource, q))),
        ("k:c", Point::LetterCase, prover("k:c", |q| ignoring(Point::LetterCase, q))),
        ("k:d", Point::Milliseconds, prover("k:d", |q| ignoring(Point::Milliseconds, q))),
    ];
    for (key, point, sides) in provers {
        // Only where the fault changes the answer is there something to find.
        let is_changed = |number: &u64| {
            let question = SmallQuestion::draw_about(Some(key), &mut Source::of_case(SEED, *number));
            question.is_some_and(|question| question.answer() != (sides.prover)(&question))
        };
        let is_found = |number: u64| {
            let answers = Answers::hunted_between(sides, SEED, number..number + 1);
            answers.is_err_and(|why| why.contains("it does not hold under"))
        };
        assert!((0..MOST).filter(is_changed).any(is_found), "{point}");
    }
}
