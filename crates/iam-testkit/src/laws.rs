//! Laws: properties that every engine must have for every policy and every request.
//!
//! A law gets a generated case and the engine's verdict on it. It changes the case in a way with a known consequence, and asks the engine
//! again. Most laws follow from rules, with the numbers of `SEMANTICS.md` of the crate `iam-eval`. Some hold for any evaluator. [`Run`]
//! tests an engine with laws.

mod conditions;
mod denials;
mod exceptions;
mod order;
mod patterns;
mod readings;
mod run;
mod sessions;
mod spelling;
mod table;
mod unknown;

pub use run::{Broken, Report, Run, Tally};
pub(crate) use run::{side_by_side, vector};

use crate::case::{Case, Spelling, document_text};
use crate::engine::{Answer, Engine};
use crate::format::Decision;
use crate::source::Source;
use crate::verdict::Verdict;

/// A law.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Law {
    /// The name: a letter for the subject, and a number.
    pub id: &'static str,
    /// What the law says, in one sentence.
    pub says: &'static str,
    /// The rules that the law follows from. Empty if it holds for any evaluator.
    pub rules: &'static [&'static str],
    check: Check,
}

type Check = fn(&mut Trial<'_, '_>) -> Checked;

/// Whether a law held. The error says how it was broken.
pub(crate) type Checked = Result<Held, Box<Breach>>;

/// How a law held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// The consequence was as the law says.
    True,
    /// The law says nothing about the case.
    Idle,
}

/// How a law was broken.
#[derive(Clone, Debug)]
pub(crate) struct Breach {
    /// The case with the wrong answer. `None` if it is the generated case.
    pub(crate) changed: Option<Case>,
    /// What was expected.
    pub(crate) expected: String,
    /// The actual answer.
    pub(crate) actual: String,
}

/// One case with one engine.
pub(crate) struct Trial<'t, 'b> {
    pub(crate) engine: &'t dyn Engine,
    pub(crate) case: &'t Case,
    /// The engine's verdict on the case.
    pub(crate) verdict: &'t Verdict,
    pub(crate) source: &'t mut Source<'b>,
}

impl Trial<'_, '_> {
    /// The verdict on a changed case. A refusal breaks the law, because the case is as valid as the generated one.
    pub(crate) fn judge(&self, case: &Case) -> Result<Option<Verdict>, Box<Breach>> {
        self.settle(case, self.engine.judge(case))
    }

    pub(crate) fn settle(&self, case: &Case, answer: Answer) -> Result<Option<Verdict>, Box<Breach>> {
        match answer {
            Answer::Decided(verdict) => Ok(Some(verdict)),
            Answer::Skipped(_) => Ok(None),
            // A law may make a document longer than AWS stores. An engine may refuse such a document.
            Answer::Refused(_) if longest_document(case) > SMALLEST_QUOTA => Ok(None),
            Answer::Refused(reason) => Err(Box::new(Breach {
                changed: (case != self.case).then(|| case.clone()),
                expected: "a verdict".to_owned(),
                actual: format!("refused: {reason}"),
            })),
        }
    }

    /// Checks that `holds` is true of the decision on the changed case.
    pub(crate) fn expect(&self, case: &Case, expected: &str, holds: impl Fn(Decision) -> bool) -> Checked {
        let Some(verdict) = self.judge(case)? else { return Ok(Held::Idle) };
        if holds(verdict.decision) { Ok(Held::True) } else { Err(breach(case, expected, &verdict)) }
    }

    /// Checks that the changed case has the same decision as the generated one.
    pub(crate) fn expect_same(&self, case: &Case) -> Checked {
        let before = self.verdict.decision;
        self.expect(case, &format!("{}, as before", before.name()), |after| after == before)
    }

    /// Checks that the changed case has the same verdict, statements included.
    pub(crate) fn expect_same_statements(&self, case: &Case) -> Checked {
        let Some(verdict) = self.judge(case)? else { return Ok(Held::Idle) };
        if self.verdict.differs(&verdict) {
            Err(breach(case, &format!("as before: {}", self.verdict), &verdict))
        } else {
            Ok(Held::True)
        }
    }
}

/// AWS's smallest quota on a document: session policies, trust policies and inline policies of users (part 1b of the rules).
const SMALLEST_QUOTA: usize = 2_048;

fn longest_document(case: &Case) -> usize {
    let length = |(layer, document)| document_text(document, layer, Spelling::default()).chars().count();
    case.documents().map(length).max().unwrap_or(0)
}

pub(crate) fn breach(case: &Case, expected: &str, verdict: &Verdict) -> Box<Breach> {
    Box::new(Breach {
        changed: Some(case.clone()),
        expected: expected.to_owned(),
        actual: verdict.to_string(),
    })
}

const fn law(id: &'static str, rules: &'static [&'static str], says: &'static str, check: Check) -> Law {
    Law { id, says, rules, check }
}

/// Every law.
pub static ALL: &[Law] = &[
    law(
        "D1",
        &["5.15", "5.25", "5.55"],
        "where no statement is about the request it is denied implicitly, but for what the root user has and what needs no permission",
        denials::silence,
    ),
    law(
        "D2",
        &["5.10"],
        "a Deny that is about everything wins in every layer that bears on the request, at every place",
        denials::plain_deny,
    ),
    law(
        "D3",
        &["5.10"],
        "a Deny more only denies: the decision stays or becomes an explicit denial",
        denials::deny_more,
    ),
    law(
        "D4",
        &["5.14"],
        "an Allow more only allows: the decision stays, or an implicit denial is allowed",
        denials::allow_more,
    ),
    law(
        "D5",
        &["5.2", "5.6", "5.20", "5.21", "5.22", "5.23", "5.30", "5.55"],
        "the decision follows from the statements that apply by the table of layers",
        table::from_statements,
    ),
    law(
        "N1",
        &["4.22", "5.14"],
        "the order of levels, policies, statements, values and context keys does not matter, but for ARNs that cannot be read",
        order::shuffled,
    ),
    law("N2", &["5.14"], "repeating levels, policies, statements or values does not matter", order::repeated),
    law("N3", &[], "asked again, and after other questions, an engine answers the same", order::asked_again),
    law(
        "M1",
        &["2.5", "3.9"],
        "a statement about several actions and resources is as many statements about one each",
        order::split,
    ),
    law(
        "M2",
        &["2.2", "3.3"],
        "an Allow of a pattern allows what an Allow of a text that it matches allows",
        patterns::widened,
    ),
    law(
        "S1",
        &["6.14"],
        "a session never exceeds the role: what is allowed with a session policy is allowed without",
        sessions::only_shrinks,
    ),
    law(
        "S2",
        &["5.14", "7.18"],
        "several session policies are one policy with all their statements",
        sessions::union,
    ),
    law(
        "S3",
        &["5.22"],
        "role and session policy intersect: what both allow and nothing denies is allowed",
        sessions::intersection,
    ),
    law(
        "S4",
        &["6.14"],
        "no session policy is not the same as session policies that allow nothing",
        sessions::absent_is_not_empty,
    ),
    law(
        "S5",
        &["5.10"],
        "a Deny of the session policy wins over every grant of the resource policy",
        sessions::deny_wins,
    ),
    law(
        "S6",
        &["5.22"],
        "boundary and session policy limit alike and may change places",
        sessions::boundary_is_alike,
    ),
    law(
        "S7",
        &["5.22"],
        "a session policy narrowed by another as boundary allows what both allow: narrowing composes",
        sessions::composes,
    ),
    law(
        "E1",
        &["5.20"],
        "exception 5.20: a resource policy that names the session ARN grants within the account what session policy and boundary do not",
        exceptions::session_arn,
    ),
    law(
        "E2",
        &["5.24"],
        "exception 5.24: a resource policy with Principal * and aws:PrincipalArn does so too",
        exceptions::principal_arn_key,
    ),
    law(
        "E3",
        &["5.21"],
        "a resource policy that names the role ARN stays limited by session policy and boundary",
        exceptions::role_arn,
    ),
    law(
        "E4",
        &["5.31"],
        "across accounts no grant of the resource replaces the session policy",
        exceptions::across_accounts,
    ),
    law(
        "E5",
        &["5.55"],
        "exception 5.55: a signed caller is told its identity, whatever policies but those of the endpoint say",
        exceptions::identity_is_told,
    ),
    law(
        "O1",
        &["4.2", "4.7", "4.25"],
        "on a single value that can be read a negated operator is the opposite; IfExists adds the absent key",
        conditions::negation,
    ),
    law(
        "O2",
        &["4.10", "4.13"],
        "of values that can be read, ForAllValues of a negated operator is the opposite of ForAnyValue of its positive",
        conditions::sets,
    ),
    law(
        "O3",
        &["4.23"],
        "less and greater are opposites, with and without equal, for numbers and dates",
        conditions::ordering,
    ),
    law("O4", &["4.2"], "a list of values is each of them: or, for negated operators nor", conditions::lists),
    law("O5", &["4.1"], "a condition holds where each of its tests does", conditions::conjunction),
    law(
        "O6",
        &["4.7", "4.8"],
        "an absent key, and a list without values, are as the table of absent keys says",
        conditions::absent,
    ),
    law(
        "O7",
        &["4.9", "4.22"],
        "a value that cannot be read matches nothing; negated, it is true for numbers and dates and false for addresses and ARNs",
        conditions::unreadable,
    ),
    law(
        "O8",
        &["4.9"],
        "without set operator a multivalued key matches nothing, negated or not, with and without IfExists",
        conditions::lists_without_set_operator,
    ),
    law(
        "G1",
        &["2.2", "3.2", "3.3"],
        "a pattern matches as its definition says, in resources and under StringLike",
        patterns::glob,
    ),
    law("G2", &["3.22", "3.28"], "what replaces a variable is plain text", patterns::substituted),
    law("C1", &[], "a key that no policy mentions does not matter, whatever it holds", unknown::unmentioned),
    law(
        "C2",
        &["2.1", "4.4", "3.21"],
        "the case of actions and condition keys does not matter",
        spelling::keys_and_actions,
    ),
    law(
        "C3",
        &["3.2"],
        "the case of resources does: a literal in another case is another resource",
        spelling::resources,
    ),
    law(
        "C4",
        &["4.5"],
        "a key in two spellings has one of the values: the decision is that of both, or depends",
        spelling::either_value,
    ),
    law(
        "R1",
        &["1.14", "1.16"],
        "a list of one is that one, a bare number is its text, a single statement is a list of it",
        spelling::forms,
    ),
    law("R2", &[], "printed and read again, policies mean the same", spelling::reprinted),
    law(
        "U1",
        &["7.44"],
        "an unknown key never contradicts: what is decided stays so for every value",
        unknown::never_contradicts,
    ),
    law(
        "P1",
        &[],
        "the decision under any one reading is that of all readings together, unless that depends",
        readings::covered,
    ),
    law(
        "P2",
        &[],
        "the points that differ are those whose other answer alone allows what was denied, or denies what was allowed",
        readings::differing,
    ),
    law(
        "X1",
        &[],
        "an explanation has the same decision, and the statements that it names bring that about",
        order::explained,
    ),
];
