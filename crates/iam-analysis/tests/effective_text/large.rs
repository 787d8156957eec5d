//! Policies at which the work ends before it is finished.

use iam_analysis::{ActionNames, EffectiveError, Fitted, Unfinished, Verdict, Widening};
use iam_policy::{ActionPattern, Conditions, Effect, IdentityStatement, ResourceElement, ResourcePattern};

use super::*;

/// Statements that allow an action each.
fn one_action_each(count: usize) -> Vec<String> {
    (0..count).map(|number| act(&format!(r#""Action":"a:N{number}""#))).collect()
}

#[test]
fn the_number_of_combinations_has_a_bound() {
    let square =
        |own: usize| Analysis::effective(&Space::new(), &layers(&one_action_each(64), &one_action_each(own)));
    let effective = square(64).unwrap();
    assert_eq!(effective.policy.statements.len(), 1);
    assert!(effective.is_exact());
    let error = square(65).unwrap_err();
    assert!(matches!(error, EffectiveError::TooMany { first: 64, second: 65, .. }), "{error}");
    assert_eq!(
        error.to_string(),
        "the 65 Allow statements of the permissions boundary and 64 of the layers before them make more than 4096 combinations"
    );
}

#[test]
fn superfluous_ones_among_many_statements_are_not_looked_for() {
    let apart =
        |number: usize| allow(&format!(r#""Action":"a:N{number}","Resource":"arn:aws:s3:::b{number}""#));
    let wide = allow(r#""Action":"a:N0","Resource":"*""#);
    let of = |count: usize| {
        let mut statements: Vec<String> = (0..count).map(apart).collect();
        statements.push(wide.clone());
        Analysis::effective(&Space::new(), &alone(&policy(&statements))).unwrap()
    };
    let few = of(3);
    assert_eq!((few.policy.statements.len(), few.unfinished), (3, None));
    let many = of(160);
    assert!(many.is_exact());
    // The first one, which the last one covers, is merged with it all the same.
    assert_eq!(many.policy.statements.len(), 160);
    let more = of(161);
    assert!(more.is_exact());
    let unfinished = more.unfinished.unwrap();
    assert_eq!(unfinished, Unfinished::ManyStatements { statements: 161, most: 160 });
    assert_eq!(
        unfinished.to_string(),
        "superfluous statements were not looked for, because there are 161, and at most 160 that allow and 160 that deny are compared; \
         divide the policy, and ask about each part"
    );
}

/// Each byte that is read costs a step.
#[test]
fn the_size_of_a_policy_for_which_the_steps_do_not_suffice_is_told() {
    let key = format!("aws:PrincipalTag/{}", "k".repeat(8_500_000));
    let conditions = Conditions::parse("Null", &key, ["true"]).unwrap();
    let (action, resource) = ("s3:GetObject", "arn:aws:s3:::b/*");
    let statement =
        IdentityStatement::allow(action.parse().unwrap(), resource.parse().unwrap()).when(conditions);
    let effective =
        Analysis::effective(&Space::new(), &alone(&Arc::new(Policy::managed([statement])))).unwrap();
    assert!(effective.is_exact());
    let characters = [action, resource, &key, "true"].map(str::len).iter().sum();
    assert_eq!(effective.unfinished, Some(Unfinished::OutOfSteps { statements: 1, characters }));
    let told = Unfinished::OutOfSteps { statements: 2, characters: 345 }.to_string();
    assert!(
        told.starts_with("the steps ran out while superfluous statements were looked for among 2 with 345 "),
        "{told}"
    );
}

/// A policy with two statements that can be merged, and a Deny with a value of so many bytes.
fn given(action: &str, bytes: usize) -> Arc<Policy> {
    let allow = |resource: &str| {
        IdentityStatement::allow(action.parse().unwrap(), ResourceElement::from_iter([resource_of(resource)]))
    };
    let long = "AAAA".repeat(bytes.div_ceil(4));
    let denied: ActionPattern = "z:Never".parse().unwrap();
    let deny = IdentityStatement::new(Effect::Deny, denied.into(), ResourceElement::any())
        .when(Conditions::parse("BinaryEquals", "z:Long", [long]).unwrap());
    Arc::new(Policy::managed([allow("arn:aws:s3:::a/*"), allow("arn:aws:s3:::b/*"), deny]))
}

fn resource_of(text: &str) -> ResourcePattern {
    text.parse().unwrap()
}

fn fit(policy: &Arc<Policy>, names: &ActionNames, most: usize, widening: Widening) -> Fitted {
    Analysis::fit(&Space::new(), policy, names, &ActionNames::new([]), most, widening).unwrap()
}

/// Each byte of a policy that is prepared costs a step, and all questions together have 2^25.
const STEPS: usize = 1 << 25;

#[test]
fn a_shorter_policy_that_is_not_proven_equal_is_not_the_answer() {
    let own = given("s3:GetObject", STEPS.div_ceil(2));
    let length = own.to_json().chars().count();
    for (most, fits) in [(length, true), (length.saturating_sub(1), false)] {
        let fitted = fit(&own, &ActionNames::new(["s3:GetObject"]), most, Widening::Never);
        assert!(Arc::ptr_eq(&fitted.policy, &own));
        assert_eq!((fitted.characters, fitted.fits), ((length, length), fits));
        assert_eq!(fitted.covers, Verdict::Holds);
        assert!(fitted.adds.is_empty());
        let Some(unfinished @ Unfinished::NotProven(doubts)) = &fitted.unfinished else { panic!("proven") };
        let told =
            format!("a shorter policy was written, and is not proven to allow the same: {}", doubts[0]);
        assert_eq!(unfinished.to_string(), told);
    }
    assert_eq!(
        Unfinished::NotProven(Vec::new()).to_string(),
        "a shorter policy was written, and is not proven to allow the same"
    );
}

/// The steps suffice to prove that it allows no less, and not that it allows no more.
#[test]
fn a_shorter_policy_that_may_allow_more_is_not_the_answer() {
    let names: Vec<String> = (0..60_000).map(|number| format!("s3:N{number}")).collect();
    let names = ActionNames::new(names.iter().map(String::as_str));
    // The given policy and the shorter one are prepared, and the Denies of both.
    let own = given("s3:*", STEPS.saturating_sub(30_000).div_euclid(4));
    let fitted = fit(&own, &names, 1, Widening::Never);
    assert!(Arc::ptr_eq(&fitted.policy, &own));
    assert!(matches!(fitted.unfinished, Some(Unfinished::NotProven(_))));
}

/// What the Allows allow is proven, and what the Denies deny is not.
#[test]
fn a_policy_covers_another_one_only_if_its_denies_are_proven_equal() {
    let own = given("s3:GetObject", STEPS.div_euclid(3));
    let fitted = fit(&own, &ActionNames::new(["s3:GetObject"]), usize::MAX, Widening::IfNeeded);
    assert_eq!(fitted.policy.statements.len(), 2);
    assert!(matches!(fitted.covers, Verdict::Unknown(_)), "{:?}", fitted.covers);
}
