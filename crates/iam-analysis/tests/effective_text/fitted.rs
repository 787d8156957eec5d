//! A policy that has to fit into a number of characters.

use iam_analysis::{ActionNames, Fitted, Verdict, Widening};

use super::*;

fn fit(statements: &[String], names: &[&str], barred: &[&str], most: usize, widening: Widening) -> Fitted {
    let names = ActionNames::new(names.iter().copied());
    let barred = ActionNames::new(barred.iter().copied());
    Analysis::fit(&Space::new(), &policy(statements), &names, &barred, most, widening).unwrap()
}

/// The actions of a policy that allows them on every resource, with more characters permitted than it has or not.
fn actions(list: &[&str]) -> String {
    let quoted: Vec<String> = list.iter().map(|name| format!("\"{name}\"")).collect();
    match &quoted[..] {
        [one] => act(&format!(r#""Action":{one}"#)),
        several => act(&format!(r#""Action":[{}]"#, several.join(","))),
    }
}

/// The characters of a policy of one statement.
fn length(statement: &str) -> usize {
    policy(&[statement.to_owned()]).to_json().chars().count()
}

/// The given actions become the wanted ones if no more characters are permitted than those have.
fn becomes(given: &[&str], names: &[&str], barred: &[&str], wanted: &[&str]) {
    let wanted = actions(wanted);
    let fitted = fit(&[actions(given)], names, barred, length(&wanted), Widening::IfNeeded);
    assert_eq!(texts(&fitted.policy), std::slice::from_ref(&wanted), "{given:?} of {names:?}");
    assert!(fitted.fits, "{wanted}");
    assert_eq!(fitted.characters, (length(&actions(given)), length(&wanted)), "{wanted}");
    assert_eq!(fitted.covers, Verdict::Holds, "{wanted}");
}

/// The given actions stay, although they are too long.
fn stays(given: &[&str], names: &[&str], barred: &[&str]) {
    let fitted = fit(&[actions(given)], names, barred, 1, Widening::IfNeeded);
    assert_eq!(texts(&fitted.policy), [actions(given)], "{given:?} of {names:?}");
    assert!(!fitted.fits && fitted.adds.is_empty(), "{given:?} of {names:?}");
}

#[test]
fn a_policy_that_fits_is_not_made_wider() {
    let given = [actions(&["x:GetA", "x:GetB"])];
    let names = ["x:GetA", "x:GetB", "x:GetC"];
    let fitted = fit(&given, &names, &[], 6_144, Widening::IfNeeded);
    assert_eq!(texts(&fitted.policy), given);
    assert!(fitted.fits && fitted.adds.is_empty() && fitted.unfinished.is_none());
    // Nor is one that does not fit and must not be made wider.
    let fitted = fit(&given, &names, &[], 1, Widening::Never);
    assert_eq!(texts(&fitted.policy), given);
    assert!(!fitted.fits && fitted.adds.is_empty() && fitted.unfinished.is_none());
    assert_eq!(fitted.covers, Verdict::Holds);
    let fitted = fit(&given, &names, &[], 1, Widening::IfNeeded);
    assert_eq!(texts(&fitted.policy), [actions(&["x:*"])]);
    assert!(!fitted.fits && !fitted.adds.is_empty());
}

/// A wildcard stands behind a whole word, as people write them, unless the policy is too long with it.
#[test]
fn wildcards_stand_behind_words() {
    let given = ["x:ListBags", "x:ListBuckets"];
    let names = ["x:ListBags", "x:ListBuckets", "x:PutBag"];
    becomes(&given, &names, &[], &["x:List*"]);
    becomes(&given, &names, &[], &["x:L*"]);
    becomes(&given, &names, &[], &["x:*"]);
    // The name of the service is a word too.
    becomes(&["x:bags", "x:buckets"], &["x:bags", "x:buckets", "y:a"], &[], &["x:*"]);
}

#[test]
fn no_wildcard_matches_a_barred_action() {
    let names = ["x:GetA", "x:GetB", "x:GetSecret", "x:PutC"];
    stays(&["x:GetA", "x:GetB"], &names, &["x:GetSecret"]);
    stays(&["x:GetA", "x:GetB"], &names, &["X:GETSECRET"]);
    // An action that the policy has anyway may be matched.
    becomes(&["x:GetA", "x:GetB", "x:GetSecret"], &names, &["x:GetSecret"], &["x:Get*"]);
    becomes(&["x:GetA", "x:GetB", "x:GetSecret"], &names, &["x:GetSecret", "x:PutC"], &["x:G*"]);
}

#[test]
fn names_outside_the_list_and_wildcards_stay() {
    becomes(
        &["x:GetA", "x:GetB", "x:Lis*", "y:Unknown"],
        &["x:GetA", "x:GetB", "x:PutC"],
        &[],
        &["x:Get*", "x:Lis*", "y:Unknown"],
    );
}

/// Each wanted name is written once, and no other name.
#[test]
fn a_name_that_begins_like_others_is_told_from_them() {
    becomes(
        &["x:Get", "x:GetA", "x:PutX", "y:A", "y:B"],
        &["x:Get", "x:GetA", "x:GetB", "x:GetC", "x:PutX", "y:A", "y:B"],
        &[],
        &["x:Get", "x:GetA", "x:PutX", "y:*"],
    );
    becomes(
        &["x:GetA", "x:GetB", "y:A", "y:B"],
        &["x:Get", "x:GetA", "x:GetB", "x:GetC", "y:A", "y:B"],
        &[],
        &["x:GetA", "x:GetB", "y:*"],
    );
}

/// If a wildcard that adds actions costs as much as the names, the names stay.
#[test]
fn of_two_equal_costs_the_one_that_adds_nothing_is_taken() {
    becomes(
        &["x:GetA", "x:GetB", "y:GoA", "y:GoB"],
        &["x:GetA", "x:GetB", "x:GetC", "x:GetD", "y:GoA", "y:GoB", "y:GoC"],
        &[],
        &["x:GetA", "x:GetB", "y:*"],
    );
}

#[test]
fn a_policy_that_does_not_become_shorter_stays_as_it_is_written() {
    stays(&["x:geta"], &["x:GetA", "x:GetB"], &[]);
}

/// A wildcard in these would deny more, or allow less.
#[test]
fn denies_and_excluded_actions_are_not_made_wider() {
    let given =
        [act(r#""NotAction":["x:GetA","x:GetB"]"#), deny(r#""Action":["x:PutA","x:PutB"],"Resource":"*""#)];
    let names = ["x:GetA", "x:GetB", "x:PutA", "x:PutB", "x:Zed"];
    let fitted = fit(&given, &names, &[], 1, Widening::IfNeeded);
    assert_eq!(texts(&fitted.policy), given);
    assert!(!fitted.fits && fitted.adds.is_empty());
    assert_eq!(fitted.covers, Verdict::Holds);
}

/// Beside other policies, a Deny matters even if this policy allows nothing of it.
#[test]
fn denies_become_fewer_and_none_is_lost() {
    let denied = |action: &str| deny(&format!(r#""Action":{action},"Resource":"*""#));
    let given = [
        act(r#""Action":"x:*""#),
        denied(r#""x:PutA""#),
        denied(r#""x:PutB""#),
        denied(r#""z:Gone""#),
        denied(r#"["z:Gone"]"#),
    ];
    for widening in [Widening::Never, Widening::IfNeeded] {
        let fitted = fit(&given, &["x:PutA", "x:PutB"], &[], 6_144, widening);
        assert_eq!(
            texts(&fitted.policy),
            [act(r#""Action":"x:*""#), denied(r#"["x:PutA","x:PutB","z:Gone"]"#)]
        );
        assert!(fitted.adds.is_empty() && fitted.unfinished.is_none());
        assert_eq!(fitted.covers, Verdict::Holds);
    }
}
