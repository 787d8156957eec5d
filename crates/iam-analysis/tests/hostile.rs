//! Policies that were written to make questions dear: the answer comes within the budget, and is never a wrong one.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_analysis::{Analysis, Doubt, ProofBudget, Question, Space, Verdict};
use iam_eval::Layers;
use iam_policy::{Limits, Mode, Policy, PolicyKind};

fn layers(statements: &[String]) -> Layers {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    let mut limits = Limits::default();
    limits.document_bytes = 16 << 20;
    let policy = Policy::parse(&text, PolicyKind::Managed, Mode::Deployed, &limits).unwrap();
    let mut layers = Layers::new();
    layers.identity.push(Arc::new(policy));
    layers
}

fn statement(effect: &str, action: &str, resource: &str, condition: &str) -> String {
    format!(r#"{{"Effect": "{effect}", "Action": "{action}", "{resource}, "Condition": {{{condition}}}}}"#)
}

fn allow(action: &str, resource: &str) -> String {
    statement("Allow", action, &format!(r#"Resource": "{resource}""#), "")
}

/// Asks both ways, whether anything is allowed, and for one policy; whatever is found has been judged by the evaluator.
fn ask(a: &Layers, b: &Layers) -> Vec<Verdict> {
    let mut analysis = Analysis::new(Space::new());
    let verdicts = vec![
        analysis.never(&Question::new(a).beyond(b)),
        analysis.never(&Question::new(b).beyond(a)),
        analysis.never(&Question::new(a)),
    ];
    for verdict in &verdicts {
        if let Verdict::Unknown(doubts) = verdict {
            assert!(doubts.iter().all(|d| matches!(d, Doubt::OutOfSteps { .. })), "{doubts:?}");
        }
    }
    verdicts
}

#[test]
fn globs_of_63_and_64_stars() {
    let stars = |piece: &str| format!("arn:aws:s3:::{}", format!("*{piece}").repeat(63));
    let a = layers(&[allow("s3:*", &stars("a"))]);
    let b = layers(&[allow("s3:*", &stars("b")), allow("s3:*", &stars("ab")), allow("s3:*", &stars("ba"))]);
    let verdicts = ask(&a, &b);
    assert!(!matches!(verdicts.as_slice(), [Verdict::Holds, ..] | [_, Verdict::Holds, _]), "{verdicts:?}");
    assert!(matches!(verdicts.last(), Some(Verdict::Fails(_))), "{verdicts:?}");
    // The same texts, one star more.
    let within = ask(&a, &layers(&[allow("s3:*", &format!("{}*", stars("a")))]));
    assert_eq!(within.first(), Some(&Verdict::Holds));
}

/// Whether an `a` stood at one of the last 24 places is a state each.
#[test]
fn globs_whose_machines_are_large() {
    let behind = |count: usize, last: &str| format!("arn:aws:s3:::*a{}{last}", "?".repeat(count));
    let a = layers(&[allow("s3:*", "arn:aws:s3:::*")]);
    let b = layers(
        &(0..24)
            .map(|n| allow("s3:*", &behind(n, if n.is_multiple_of(2) { "a*" } else { "b" })))
            .collect::<Vec<_>>(),
    );
    let verdicts = ask(&a, &b);
    assert!(matches!(verdicts.first(), Some(Verdict::Fails(_) | Verdict::Unknown(_))), "{verdicts:?}");
}

#[test]
fn a_thousand_statements_of_overlapping_globs() {
    let statements = |shift: usize| -> Vec<String> {
        (0..1_000)
            .map(|n| {
                let n = n + shift;
                let (effect, key) = (if n.is_multiple_of(7) { "Deny" } else { "Allow" }, n % 13);
                let (left, right) = (n % 37, n % 41);
                let condition = format!(r#""StringLike": {{"aws:PrincipalTag/k{key}": "*{left}*{right}*"}}"#);
                statement(
                    effect,
                    &format!("s{}:*a{left}*b{right}*", n % 3),
                    &format!(r#"Resource": "arn:aws:s3:::*{left}*{right}*""#),
                    &condition,
                )
            })
            .collect()
    };
    let (a, b) = (layers(&statements(0)), layers(&statements(1)));
    // The second has one Deny less, and one Allow more.
    let verdicts = ask(&a, &b);
    assert!(
        matches!(verdicts.as_slice(), [Verdict::Holds, Verdict::Fails(_), Verdict::Fails(_)]),
        "{verdicts:?}"
    );
}

/// Every statement forbids what the one before it lets through.
#[test]
fn negations_within_negations() {
    let mut statements = vec![allow("*", "*")];
    for n in 0..200 {
        let condition = format!(
            r#""ForAnyValue:StringNotLike": {{"aws:TagKeys": ["*{n}*", "*x{n}"]}}, "StringNotEqualsIfExists": {{"aws:PrincipalTag/k{}": "v{n}"}}"#,
            n % 40
        );
        statements.push(format!(
            r#"{{"Effect": "Deny", "NotAction": ["s3:*{n}*", "ec2:*"], "NotResource": "arn:aws:s3:::*{n}*", "Condition": {{{condition}}}}}"#
        ));
    }
    let a = layers(&statements);
    let verdicts = ask(&a, &layers(&[allow("ec2:*", "*")]));
    assert!(matches!(verdicts.last(), Some(Verdict::Fails(_))), "{verdicts:?}");
    assert_ne!(verdicts.first(), Some(&Verdict::Holds));
}

/// Clauses that depend on each other: every combination of 40 tags is tried, or the steps run out.
#[test]
fn conditions_that_exclude_each_other() {
    let mut statements = vec![allow("s3:*", "*")];
    // No colouring of a complete graph of 8 with 7 colours.
    for (one, other) in (0..8).flat_map(|one| (0..one).map(move |other| (one, other))) {
        for colour in 0..7 {
            let both = format!(
                r#""StringEquals": {{"aws:PrincipalTag/k{one}": "{colour}", "aws:PrincipalTag/k{other}": "{colour}"}}"#
            );
            statements.push(statement("Deny", "s3:*", r#"Resource": "*""#, &both));
        }
    }
    for one in 0..8 {
        let none = format!(
            r#""StringNotEquals": {{"aws:PrincipalTag/k{one}": ["0", "1", "2", "3", "4", "5", "6"]}}"#
        );
        statements.push(statement("Deny", "s3:*", r#"Resource": "*""#, &none));
    }
    let a = layers(&statements);
    let mut analysis = Analysis::new(Space::new());
    // One action needs no permission.
    let nothing = Layers::new();
    let question = Question::new(&a).beyond(&nothing);
    let verdict = analysis.never(&question);
    assert!(matches!(&verdict, Verdict::Holds | Verdict::Unknown(_)), "{verdict:?}");
    // With fewer steps it is not known, and not said to be.
    let mut analysis = Analysis::new(Space::new()).within(ProofBudget::steps(10_000));
    assert!(matches!(analysis.never(&question), Verdict::Unknown(_)));
}
