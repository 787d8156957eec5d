//! Questions with the answers of the analysis, a line of JSON each: input for another solver.

use iam_analysis::{ActsFor, KeyValues, Verdict};
use iam_engines::{CallerQuestion, Fault, SmallQuestion};
use iam_testkit::Source;

use crate::pairs::now;
use crate::tokens::Tokens;

/// The families of questions: what they are about.
#[derive(Clone, Copy)]
pub(crate) enum Family {
    /// Identity policies of one principal.
    Identity,
    /// Resource policies, and all callers of a kind. Some answers are given with a planted fault.
    Callers(Option<Fault>),
    /// Resource policies, and services of every name.
    Services,
    /// Trust policies, and all tokens. The answers may be given with a planted fault.
    Tokens { is_faulty: bool },
}

impl Family {
    /// The family of these words: its name, and the name of a fault.
    pub(crate) fn parse(words: &[&str]) -> Option<Self> {
        match words {
            [] | ["identity"] => Some(Self::Identity),
            ["callers"] => Some(Self::Callers(None)),
            ["callers", fault] => Some(Self::Callers(Some(Fault::parse(fault)?))),
            ["services"] => Some(Self::Services),
            ["tokens"] => Some(Self::Tokens { is_faulty: false }),
            ["tokens", "untied"] => Some(Self::Tokens { is_faulty: true }),
            _ => None,
        }
    }
}

/// Draws questions of a family and answers them. Questions with a policy that is refused are left out.
pub(crate) fn ask(family: Family, cases: u64, seed: u64) -> Result<String, String> {
    let mut lines = Vec::new();
    let tokens = Tokens::new()?;
    for number in 0..cases {
        let source = &mut Source::of_case(seed, number);
        let own: Vec<String> = match family {
            Family::Identity => identity(source).into_iter().collect(),
            Family::Callers(fault) => {
                let drawn = CallerQuestion::draw(source);
                drawn.and_then(|own| callers("callers", &own, fault)).into_iter().collect()
            }
            Family::Services => {
                let drawn = CallerQuestion::draw_any_service(source);
                drawn.and_then(|own| callers("services", &own, None)).into_iter().collect()
            }
            Family::Tokens { is_faulty } => tokens.lines(source, is_faulty),
        };
        lines.extend(own.iter().map(|own| format!("{{\"id\":{number},{own}}}")));
    }
    Ok(lines.join("\n"))
}

/// The members of an answer, with the time it took. The other solver decides under the first reading.
fn answered(answer: impl FnOnce() -> Verdict) -> String {
    let begun = now();
    let verdict = answer();
    let taken = begun.elapsed().as_nanos();
    let name = if verdict.holds_at_first() { "holds" } else { verdict.name() };
    format!(r#""verdict":"{name}","is_defect":{},"nanoseconds":{taken}"#, verdict.is_defect())
}

fn identity(source: &mut Source<'_>) -> Option<String> {
    let question = SmallQuestion::draw(source)?;
    let [a, b] = question.texts.as_slice() else { return None };
    // The other solver knows neither facts nor types of keys.
    if question.is_typed || !question.facts.is_empty() {
        return None;
    }
    let kinds: Vec<String> = question
        .keys
        .iter()
        .map(|key| {
            let values = match question.values_of(key) {
                KeyValues::Multiple => "multiple",
                KeyValues::Either => "either",
                KeyValues::Single => "single",
            };
            format!("\"{}\":\"{values}\"", key.name)
        })
        .collect();
    let answer = answered(|| question.answer_openly());
    Some(format!(r#""family":"identity","a":{a},"b":{b},"kinds":{{{}}},{answer}"#, kinds.join(",")))
}

fn callers(family: &str, question: &CallerQuestion, fault: Option<Fault>) -> Option<String> {
    let asked = match fault {
        Some(fault) => question.clone().with_fault(fault)?,
        None => question.clone(),
    };
    let answer = answered(|| asked.answer());
    let list = |texts: &mut dyn Iterator<Item = &str>| {
        let quoted: Vec<String> = texts.map(|text| format!("\"{text}\"")).collect();
        format!("[{}]", quoted.join(","))
    };
    let inside = &question.inside;
    let accounts =
        list(&mut std::iter::once(&inside.owner).chain(&inside.accounts).map(iam_policy::AccountId::as_str));
    let organizations = list(&mut inside.organizations.iter().map(|own| &**own));
    let service = question.service.map_or_else(
        || "null".to_owned(),
        |(name, acts_for)| {
            let has_account = acts_for == ActsFor::InAccount;
            let name = name.map_or_else(|| "null".to_owned(), |name| format!("\"{name}\""));
            format!(r#"{{"name":{name},"for_account":{has_account}}}"#)
        },
    );
    Some(format!(
        r#""family":"{family}","kind":"{}","service":{service},"owner":"{}","accounts":{accounts},"organizations":{organizations},"allowed":{},"beyond":{},"turns":{},{answer}"#,
        question.kind,
        inside.owner,
        question.allowed,
        question.beyond,
        question.turns_on_more_than_names()
    ))
}
