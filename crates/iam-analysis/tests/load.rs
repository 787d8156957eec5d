//! What an answer says that lacks steps: which policy was too large, and how large.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_analysis::{
    ActionNames, Actions, Analysis, Doubt, ProofBudget, Question, QuestionLoad, Reach, Space, Verdict,
};
use iam_eval::{Layer, Layers};
use iam_policy::{Limits, Mode, Policy, PolicyKind};

const LARGE: &str = r#"{"Version": "2012-10-17", "Statement": [
{"Sid": "Few", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a"},
{"Sid": "Many", "Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::bucket/*", "arn:aws:s3:::other/*"],
 "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["red", "blue"]}}},
{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}
]}"#;
/// The bytes of all its patterns and values, and 16 for each statement: what its preparation costs.
const LARGE_PREPARED: u64 = 83 + 3 * 16;

const SMALL: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#;

fn policy(text: &str, kind: PolicyKind) -> Arc<Policy> {
    Arc::new(Policy::parse(text, kind, Mode::Deployed, &Limits::default()).unwrap())
}

fn identity(policies: &[&Arc<Policy>]) -> Layers {
    let mut layers = Layers::new();
    layers.identity.extend(policies.iter().map(|policy| Arc::clone(policy)));
    layers
}

fn load(verdict: &Verdict) -> QuestionLoad {
    let Verdict::Unknown(doubts) = verdict else { panic!("{verdict:?}") };
    let [Doubt::OutOfSteps { load, .. }] = doubts.as_slice() else { panic!("{doubts:?}") };
    (**load).clone()
}

/// Asks a question for which there are no steps at all.
fn without_steps(layers: &Layers, named: &[(&Arc<Policy>, &str)]) -> QuestionLoad {
    let named = named.iter().map(|(policy, name)| (Arc::clone(policy), *name));
    let mut analysis = Analysis::new(Space::new()).called(named).in_all(ProofBudget::steps(0));
    load(&analysis.never(&Question::new(layers)))
}

#[test]
fn the_largest_policy_is_described_with_its_largest_statement() {
    let (large, small) = (policy(LARGE, PolicyKind::Managed), policy(SMALL, PolicyKind::Managed));
    let found = without_steps(&identity(&[&small, &large]), &[(&large, "large"), (&small, "small")]);
    assert_eq!((found.action.clone(), found.steps, found.is_all, found.policies), (None, 0, true, 2));
    let largest = found.largest.as_ref().unwrap();
    assert_eq!((largest.place.layer, largest.place.index), (Layer::Identity, 1));
    assert_eq!(largest.name.as_deref(), Some("large"));
    assert_eq!((largest.statements, largest.bytes), (3, 83));
    assert_eq!((largest.statement, largest.sid.as_deref(), largest.line), (2, Some("Many"), 3));
    assert_eq!(largest.parts, 5);
    assert_eq!(
        found.to_string(),
        "the largest of 2 policies, `large`, has 3 statements about it, with 83 bytes to compare; the largest is `Many` in line 3, \
         with 5 patterns and values; write fewer or shorter ones, or ask about a part of them"
    );
}

#[test]
fn of_policies_alike_the_first_is_named_and_of_statements_too() {
    let [one, other] = [(); 2].map(|()| policy(SMALL, PolicyKind::Managed));
    let found = without_steps(&identity(&[&one, &other]), &[]);
    assert_eq!(found.largest.unwrap().place.index, 0);
    let twice = SMALL
        .replace(r#"[{"Effect""#, r#"[{"Effect": "Allow", "Action": "ec2:", "Resource": "*"}, {"Effect""#);
    let found =
        without_steps(&identity(&[&policy(&twice.replace("ec2:", "s3:*"), PolicyKind::Managed)]), &[]);
    assert_eq!(found.largest.unwrap().statement, 1);
}

/// The others may be made for the question: nobody can make them shorter.
#[test]
fn a_policy_with_a_name_is_named_before_a_larger_one_without() {
    let (large, small) = (policy(LARGE, PolicyKind::Managed), policy(SMALL, PolicyKind::Managed));
    let layers = identity(&[&large, &small]);
    let found = without_steps(&layers, &[(&small, "small")]);
    assert_eq!(found.largest.unwrap().name.as_deref(), Some("small"));
    let found = without_steps(&layers, &[]);
    let largest = found.largest.clone().unwrap();
    assert_eq!((largest.name.as_deref(), largest.bytes), (None, 83));
    assert!(found.to_string().starts_with("the largest of 2 policies, policy 1 of "), "{found}");
}

#[test]
fn a_policy_without_a_name_is_told_by_its_layer() {
    let text = SMALL.replace(r#""Resource""#, r#""Principal": "*", "Resource""#);
    let mut layers = Layers::new();
    layers.resource = Some(policy(&text, PolicyKind::Resource));
    let found = without_steps(&layers, &[]);
    let start = format!("{}, has 1 statement about it, with ", Layer::Resource.description());
    assert!(found.to_string().starts_with(&start), "{found}");
    let one = without_steps(&identity(&[&policy(SMALL, PolicyKind::Managed)]), &[]);
    let start = format!(
        "policy 1 of {}, has 1 statement about it, with 5 bytes to compare; ",
        Layer::Identity.description()
    );
    assert!(one.to_string().starts_with(&start), "{one}");
    assert!(
        one.to_string().contains("the largest is statement 1 in line 1, with 2 patterns and values;"),
        "{one}"
    );
    assert_eq!(without_steps(&Layers::new(), &[]).to_string(), "ask about less at once");
}

/// The canonical text of a policy that was built has one line.
#[test]
fn a_policy_that_was_built_has_one_line() {
    let made = Arc::new(Policy::everything());
    assert_eq!(without_steps(&identity(&[&made]), &[]).largest.unwrap().line, 1);
}

#[test]
fn only_the_statements_about_the_action_count() {
    let large = policy(LARGE, PolicyKind::Managed);
    let whole = without_steps(&identity(&[&large, &large]), &[]);
    let about = |action: &str| {
        let found = whole.clone().written(&large, "as written", action);
        assert_eq!(found.policies, 1);
        let largest = found.largest.clone().unwrap();
        assert_eq!(largest.name.as_deref(), Some("as written"));
        (largest.statements, largest.bytes, largest.statement, largest.parts, found.to_string())
    };
    let (statements, bytes, statement, parts, text) = about("s3:GetObject");
    assert_eq!((statements, bytes, statement, parts), (2, 62, 2, 4), "{text}");
    let (statements, bytes, statement, parts, text) = about("ec2:RunInstances");
    assert_eq!((statements, bytes, statement, parts), (1, 1, 3, 1), "{text}");
    assert!(text.contains("has 1 statement about it, with 1 bytes"), "{text}");
    assert!(text.contains("the largest is statement 3 in line 5, with 1 pattern or value;"), "{text}");
}

#[test]
fn the_steps_are_those_of_the_question_or_what_is_left_of_all() {
    let large = policy(LARGE, PolicyKind::Managed);
    let layers = identity(&[&large]);
    let question = Question::new(&layers);
    let ask = |own: u64, all: Option<u64>| {
        let mut analysis = Analysis::new(Space::new()).within(ProofBudget::steps(own));
        if let Some(all) = all {
            analysis = analysis.in_all(ProofBudget::steps(all));
        }
        let found = load(&analysis.never(&question));
        (found.steps, found.is_all)
    };
    assert_eq!(ask(1, None), (1, false));
    assert_eq!(ask(2, Some(LARGE_PREPARED + 1)), (1, true));
    assert_eq!(ask(1, Some(LARGE_PREPARED + 1)), (1, false));
    assert_eq!(ask(5, Some(3)), (0, true));
}

#[test]
fn preparing_a_policy_costs_its_bytes_once() {
    let large = policy(LARGE, PolicyKind::Managed);
    let layers = identity(&[&large]);
    let question = Question::new(&layers);
    let mut analysis =
        Analysis::new(Space::new()).within(ProofBudget::steps(0)).in_all(ProofBudget::steps(1_000));
    assert_eq!(analysis.left().count(), 1_000);
    let _ = analysis.never(&question);
    assert_eq!(analysis.left().count(), 1_000 - LARGE_PREPARED);
    let _ = analysis.never(&question);
    assert_eq!(analysis.left().count(), 1_000 - LARGE_PREPARED);
    // What a question spends is taken from the steps of all.
    let mut analysis = Analysis::new(Space::new()).in_all(ProofBudget::steps(100_000));
    let _ = analysis.never(&question);
    let first = analysis.left().count();
    assert!(first < 100_000 - LARGE_PREPARED, "{first}");
    let _ = analysis.never(&question);
    assert!(analysis.left().count() < first);
}

/// Each question that runs out of its own steps names its own policy.
#[test]
fn a_question_names_what_it_spent_its_own_steps_on() {
    let (large, small) = (policy(LARGE, PolicyKind::Managed), policy(SMALL, PolicyKind::Managed));
    let (one, other) = (identity(&[&large]), identity(&[&small]));
    let mut analysis = Analysis::new(Space::new()).within(ProofBudget::steps(1));
    assert_eq!(load(&analysis.never(&Question::new(&one))).largest.unwrap().bytes, 83);
    assert_eq!(load(&analysis.never(&Question::new(&other))).largest.unwrap().bytes, 5);
}

/// So does one whose policies cost the last steps of all, and one that has no steps of its own.
#[test]
fn a_question_names_what_its_preparation_cost() {
    let (large, small) = (policy(LARGE, PolicyKind::Managed), policy(SMALL, PolicyKind::Managed));
    let (one, other) = (identity(&[&small]), identity(&[&large]));
    let mut analysis =
        Analysis::new(Space::new()).within(ProofBudget::steps(1)).in_all(ProofBudget::steps(LARGE_PREPARED));
    let first = load(&analysis.never(&Question::new(&one)));
    assert_eq!((first.largest.unwrap().bytes, first.is_all), (5, false));
    let second = load(&analysis.never(&Question::new(&other)));
    assert_eq!((second.largest.unwrap().bytes, second.is_all, analysis.left().count()), (83, true, 0));
    let mut analysis = Analysis::new(Space::new()).within(ProofBudget::steps(0));
    for (layers, bytes) in [(&one, 5), (&other, 83)] {
        assert_eq!(load(&analysis.never(&Question::new(layers))).largest.unwrap().bytes, bytes);
        let answers = analysis.by_action(&Question::new(layers));
        assert_eq!(load(&answers.first().unwrap().verdict).largest.unwrap().bytes, bytes);
    }
}

/// Once the steps of all questions are used up, the answers name what they were used up by, and not what was asked last.
#[test]
fn questions_after_the_last_step_name_what_took_it() {
    let (large, small) = (policy(LARGE, PolicyKind::Managed), policy(SMALL, PolicyKind::Managed));
    let (one, other) = (identity(&[&large]), identity(&[&small]));
    let mut analysis = Analysis::new(Space::new()).in_all(ProofBudget::steps(LARGE_PREPARED + 2));
    let first = load(&analysis.never(&Question::new(&one)));
    assert_eq!(first.largest.as_ref().unwrap().bytes, 83);
    assert_eq!(analysis.left().count(), 0);
    assert_eq!(load(&analysis.never(&Question::new(&other))), first);
    assert_eq!(load(&analysis.by_action(&Question::new(&other)).first().unwrap().verdict), first);
}

/// The actions that are looked at after the steps ran out say so, each with what took the steps.
#[test]
fn reach_is_not_known_where_the_steps_of_all_ran_out() {
    let large = policy(LARGE, PolicyKind::Managed);
    let layers = identity(&[&large]);
    let names = ActionNames::new(["s3:GetObject", "s3:PutObject"]);
    let all = |steps: u64| {
        let mut analysis =
            Analysis::with_names(Space::new(), names.clone()).in_all(ProofBudget::steps(steps));
        let reaches = analysis.reach(&Question::new(&layers).about(Actions::Listed));
        (reaches, analysis.left().count())
    };
    let (reaches, left) = all(100_000);
    assert!(reaches.iter().all(|reach| reach.reach != Reach::Unknown), "{reaches:?}");
    // With each number of steps, what is told is what is known with more steps, or not known.
    let enough = 100_000 - left;
    for steps in 0..enough {
        let (fewer, _) = all(steps);
        assert!(!fewer.is_empty());
        for reach in fewer {
            match reach.reach {
                Reach::Unknown => {
                    let [Doubt::OutOfSteps { load, .. }] = reach.doubts.as_slice() else {
                        panic!("{reach:?}")
                    };
                    assert!(load.is_all, "{steps}: {load:?}");
                    assert!(load.largest.as_ref().is_some_and(|own| own.bytes >= 48), "{steps}: {load:?}");
                }
                Reach::Always => panic!("{steps}: {reach:?}"),
                Reach::Limited { by_resource, by_condition } => {
                    assert!(by_resource && by_condition || reach.refused.is_none(), "{steps}: {reach:?}");
                    assert!(reach.doubts.is_empty() && reach.allowed.is_some(), "{steps}: {reach:?}");
                }
            }
        }
    }
}
