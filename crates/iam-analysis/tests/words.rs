//! The words of answers.
#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_analysis::{
    ActionNames, Analysis, CallerKind, Doubt, ProofBudget, Question, QuestionLoad, ResourcePolicies, Space,
    Verdict,
};
use iam_eval::{Action, Layers, Point, Principal, Request};
use iam_policy::{ActionPattern, Mode, Policy, PolicyKind};

fn request() -> Box<Request> {
    let action = Action::new("s3:GetObject").expect("an action");
    Box::new(Request::new(Principal::Anonymous, action, "*"))
}

fn readings() -> Doubt {
    Doubt::Readings { points: vec![Point::LetterCase], request: request() }
}

fn unasked() -> Doubt {
    Doubt::Unasked { about: "x".into() }
}

#[test]
fn kinds_are_written_by_their_names() {
    assert_eq!(format!("{:>8}|", Verdict::Holds), "   holds|");
    assert_eq!(Verdict::Unknown(Vec::new()).to_string(), "unknown");
    for kind in CallerKind::PEOPLE {
        assert_eq!(kind.to_string(), kind.name());
        assert!(!kind.name().is_empty());
    }
    let policies = [ResourcePolicies::Given, ResourcePolicies::NoneNamesTheSession, ResourcePolicies::Any];
    let mut names = policies.map(|policies| policies.to_string());
    names.sort();
    assert!(names.iter().all(|name| !name.is_empty()));
    assert!(names.windows(2).all(|pair| pair.first() != pair.last()), "{names:?}");
}

/// Only if every doubt is about readings is the claim proven under the first one.
#[test]
fn a_claim_holds_at_first_where_only_other_readings_are_in_doubt() {
    for (verdict, holds) in [
        (Verdict::Holds, true),
        (Verdict::Unknown(vec![readings()]), true),
        (Verdict::Unknown(vec![readings(), readings()]), true),
        (Verdict::Unknown(vec![readings(), unasked()]), false),
        (Verdict::Unknown(vec![unasked()]), false),
        (Verdict::Unknown(Vec::new()), false),
    ] {
        assert_eq!(verdict.holds_at_first(), holds, "{verdict:?}");
    }
}

#[test]
fn a_doubt_says_where_the_steps_ran_out() {
    let says = |action: Option<&str>, own: Option<&str>| {
        let mut load = QuestionLoad::default();
        load.action = own.map(Into::into);
        let doubt = Doubt::OutOfSteps { action: action.map(Into::into), load: Box::new(load) };
        doubt.to_string().split(": ").next().unwrap_or_default().to_owned()
    };
    let (get, put) = (Some("s3 Get"), Some("s3 Put"));
    assert_eq!(says(None, None), "the steps ran out before any action was looked at");
    assert_eq!(says(get, get), "the steps ran out on s3 Get");
    assert_eq!(says(get, None), "the steps ran out before s3 Get");
    assert_eq!(says(get, put), "the steps ran out before s3 Get, on s3 Put");
    assert_eq!(says(None, put), "the steps ran out on s3 Put");
}

#[test]
fn a_budget_tells_its_steps() {
    assert_eq!(ProofBudget::steps(7).count(), 7);
    assert_eq!(ProofBudget::default().count(), 1 << 24);
}

#[test]
fn lists_of_names_have_each_action_once() {
    let given = [
        "S3:GetObject",
        "s3:PutObject",
        "none",
        "s3:",
        ":x",
        "s3:*",
        "s3:a b",
        "a b:c",
        "a:b:c",
        "s3:getobject",
        "ec2:Run",
    ];
    let names = ActionNames::new(given);
    assert_eq!((names.len(), names.given(), names.is_empty()), (3, given.len(), false));
    assert!(ActionNames::new(["none"]).is_empty());
    let places: Vec<Option<usize>> = (0..given.len()).map(|number| names.place(number)).collect();
    let expected = [Some(1), Some(2), None, None, None, None, None, None, None, Some(1), Some(0)];
    assert_eq!(places, expected);
    assert_eq!(names.name(1), Some("S3:GetObject"));
    assert!(names.contains("s3:GETOBJECT") && !names.contains("s3:Get"));
    assert_eq!(names.first_from("S3:", 0), Some("S3:GetObject"));
    assert_eq!(names.first_from("s3:", 1), Some("s3:PutObject"));
    assert_eq!(names.first_from("s3:", 2), None);

    let patterns = ["s3:*".parse::<ActionPattern>().expect("a pattern")];
    let matching = names.matching(&patterns);
    assert_eq!(
        (matching.len(), matching.is_empty(), matching.contains(0), matching.contains(1)),
        (2, false, false, true)
    );
    assert!(names.matching(&[]).is_empty());
    assert_eq!(names.matching(&[]).len(), 0);
    let selected = names.select(|number| number == 0 || number == 9 || number == 10);
    assert_eq!((selected.len(), selected.contains(2)), (2, false));
}

/// A question may be about the names of one list that another list has too.
#[test]
fn a_question_is_about_the_names_that_both_lists_have() {
    let mut layers = Layers::new();
    layers.identity.push(Arc::new(Policy::everything()));
    let names = ActionNames::new(["s3:a", "s3:b", "s3:c"]);
    let mut analysis = Analysis::with_names(Space::new(), names);
    let among = |own: &[&str]| iam_analysis::Actions::Among(ActionNames::new(own.iter().copied()));
    let mut actions = |own: &[&str]| -> Vec<String> {
        let question = Question::new(&layers).about(among(own));
        let answers = analysis.by_action(&question);
        answers.iter().flat_map(|answer| &answer.actions).map(ToString::to_string).collect()
    };
    assert_eq!(actions(&["s3:B", "s3:c", "s3:d"]), ["s3:b", "s3:c"]);
    assert!(actions(&["s3:d"]).is_empty());
    assert!(actions(&[]).is_empty());
}

/// Two policies with so many different statements that not every pair of them stands in one table: actions that the same statements match are
/// one class, and no others.
#[test]
fn actions_are_alike_if_the_same_statements_match_them() {
    const COUNT: usize = 300;
    // The names of some letters, each with the number or with the one before.
    let statement = |letters: &[(&str, usize)], number: usize| {
        let names = letters.iter().map(|(letter, before)| {
            let number = number.saturating_add(COUNT).saturating_sub(*before).checked_rem(COUNT);
            format!(r#""s3:{letter}{:03}""#, number.unwrap_or_default())
        });
        let actions: Vec<String> = names.collect();
        format!(
            r#"{{"Effect": "Allow", "Action": [{}], "Resource": "arn:aws:s3:::{number}"}}"#,
            actions.join(", ")
        )
    };
    let policy = |letters: &[(&str, usize)]| {
        let statements: Vec<String> = (0..COUNT).map(|number| statement(letters, number)).collect();
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "));
        let limits = iam_policy::Limits::default();
        Arc::new(Policy::parse(&text, PolicyKind::Managed, Mode::Deployed, &limits).expect("a policy"))
    };
    let mut layers = Layers::new();
    layers
        .identity
        .extend([policy(&[("a", 0), ("c", 0), ("d", 0)]), policy(&[("a", 0), ("b", 0), ("c", 0), ("d", 1)])]);
    let given: Vec<String> = ["a", "b", "c", "d"]
        .iter()
        .flat_map(|letter| (0..COUNT).map(move |number| format!("s3:{letter}{number:03}")))
        .collect();
    let names = ActionNames::new(given.iter().map(String::as_str));
    let answers = Analysis::with_names(Space::new(), names)
        .by_action(&Question::new(&layers).beyond(&Layers::new()).about(iam_analysis::Actions::Listed));
    let mut classes: Vec<Vec<String>> =
        answers.iter().map(|answer| answer.actions.iter().map(ToString::to_string).collect()).collect();
    classes.sort();
    let both = (0..COUNT).map(|number| vec![format!("s3:a{number:03}"), format!("s3:c{number:03}")]);
    let one =
        ["b", "d"].into_iter().flat_map(|letter| (0..COUNT).map(move |n| vec![format!("s3:{letter}{n:03}")]));
    let expected: Vec<Vec<String>> = both.chain(one).collect();
    assert_eq!(classes, expected);
}
