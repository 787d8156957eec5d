//! The engine before every law, on 2,000 cases each; `cargo xtask laws` runs as many as there is time for.
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first surprise"
)]

use iam_engines::Compiled;
use iam_policy::Mode;
use iam_testkit::laws::{self, Run};

const CASES: u64 = 2_000;

/// Of 100 cases, a law must have something to say about this many; else it is not tested by them.
const LEAST: u64 = 10;

macro_rules! laws {
    ($($name:ident: $id:literal,)*) => {
        const TESTED: &[&str] = &[$($id),*];
        $(#[test]
        fn $name() {
            check($id);
        })*
    };
}

laws! {
    silence_denies: "D1",
    a_deny_of_everything_wins: "D2",
    a_deny_more_only_denies: "D3",
    an_allow_more_only_allows: "D4",
    the_table_of_layers: "D5",
    order: "N1",
    repetition: "N2",
    asking_again: "N3",
    splitting: "M1",
    widening: "M2",
    a_session_only_shrinks: "S1",
    session_policies_add_up: "S2",
    role_and_session_intersect: "S3",
    absent_is_not_empty: "S4",
    a_deny_of_the_session_wins: "S5",
    boundary_and_session_are_alike: "S6",
    narrowing_composes: "S7",
    exception_for_session_arns: "E1",
    exception_for_the_key_of_the_principal: "E2",
    no_exception_for_role_arns: "E3",
    no_exception_across_accounts: "E4",
    callers_are_told_their_identity: "E5",
    negation: "O1",
    sets: "O2",
    orders_of_numbers_and_dates: "O3",
    lists_of_values: "O4",
    conjunction: "O5",
    absent_keys: "O6",
    unreadable_values: "O7",
    lists_without_set_operator: "O8",
    patterns: "G1",
    variables: "G2",
    unmentioned_keys: "C1",
    case_of_keys_and_actions: "C2",
    case_of_resources: "C3",
    keys_in_two_spellings: "C4",
    forms: "R1",
    printing: "R2",
    unknown_keys: "U1",
    one_reading_of_all: "P1",
    points_that_differ: "P2",
    explanations: "X1",
}

#[track_caller]
fn check(id: &str) {
    let law = laws::ALL.iter().find(|law| law.id == id).expect("the law exists");
    for (mode, seed) in [(Mode::Deployed, 1), (Mode::Strict, 2)] {
        let report = Run::new(seed, CASES / 2).of(law, &Compiled::new(mode));
        if let Some(broken) = report.broken {
            panic!("{broken}");
        }
        let tally = &report.laws[0];
        assert_eq!(tally.held + tally.idle, CASES / 2);
        assert!(tally.held * 100 >= LEAST * CASES / 2, "{tally:?}");
    }
}

#[test]
fn every_law_is_tested() {
    assert_eq!(laws::ALL.iter().map(|law| law.id).collect::<Vec<_>>(), TESTED);
}
