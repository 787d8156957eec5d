//! Answers about names that no list has.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_analysis::{Actions, Analysis, Question, Space, Verdict};
use iam_eval::Layers;
use iam_policy::{Limits, Mode, Policy, PolicyKind};

fn layers(action: &str) -> Layers {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}}}"#
    );
    let mut layers = Layers::new();
    let policy = Policy::parse(&text, PolicyKind::Managed, Mode::Deployed, &Limits::default()).unwrap();
    layers.identity.push(Arc::new(policy));
    layers
}

/// A pattern with a wildcard in the middle matches some names of a service and not others. The one that an answer gives is one that it is
/// true of.
#[test]
fn the_example_of_an_answer_is_the_action_of_its_request() {
    for (allowed, beyond) in
        [("s3:Li?tBucket", "sqs:*"), ("s3:*Object", "s3:Get*"), ("dynamodb:*", "dynamodb:Batch*x")]
    {
        let (allowed_by, others) = (layers(allowed), layers(beyond));
        let question = Question::new(&allowed_by).beyond(&others).about(Actions::Open);
        let answers = Analysis::new(Space::new()).by_action(&question);
        let shown: Vec<_> = answers
            .iter()
            .filter_map(
                |own| if let Verdict::Fails(witness) = &own.verdict { Some((own, witness)) } else { None },
            )
            .collect();
        assert!(!shown.is_empty(), "{allowed}");
        for (answer, witness) in shown {
            assert_eq!(*answer.example, *witness.request.action.as_str(), "{allowed} beyond {beyond}");
            assert!(question.is_shown_by(&witness.request));
        }
    }
}

/// Statements of effect, element and patterns, about every resource.
fn statements(all: &[(&str, &str, &[String])]) -> Layers {
    let one = |(effect, element, patterns): &(&str, &str, &[String])| {
        format!(r#"{{"Effect": "{effect}", "{element}": {patterns:?}, "Resource": "*"}}"#)
    };
    let all: Vec<String> = all.iter().map(one).collect();
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, all.join(", "));
    let mut limits = Limits::default();
    limits.document_bytes = 1 << 20;
    let policy = Policy::parse(&text, PolicyKind::Managed, Mode::Deployed, &limits).unwrap();
    let mut layers = Layers::new();
    layers.identity.push(Arc::new(policy));
    layers
}

fn never(layers: &Layers) -> Verdict {
    let nothing = Layers::new();
    Analysis::new(Space::new()).never(&Question::new(layers).beyond(&nothing).about(Actions::Open))
}

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

/// Of the names that a pattern with a wildcard in the middle matches, those that are listed belong to what lists them.
#[test]
fn listed_names_are_not_among_those_of_a_pattern() {
    let names: Vec<String> = LETTERS.chars().map(|c| format!("s3:a{c}b")).collect();
    let allow = ["s3:a?b".to_owned()];
    assert_eq!(
        never(&statements(&[("Allow", "Action", &allow), ("Deny", "Action", &names)])),
        Verdict::Holds
    );
    let (some, last) = names.split_at(names.len() - 1);
    let verdict = never(&statements(&[("Allow", "Action", &allow), ("Deny", "Action", some)]));
    let Verdict::Fails(witness) = verdict else { panic!("{verdict:?}") };
    assert_eq!([witness.request.action.as_str()], [last[0].as_str()]);
}

/// The names that begin with a text belong to the patterns that say so, and not to those of all other names.
#[test]
fn names_with_a_listed_beginning_are_apart_from_all_others() {
    let begins: Vec<String> = LETTERS.chars().filter(|c| *c != 'q').map(|c| format!("s3:{c}*")).collect();
    let allow = ["s3:a*x".to_owned()];
    assert_eq!(
        never(&statements(&[("Allow", "Action", &allow), ("Deny", "Action", &begins)])),
        Verdict::Holds
    );
    // An example of all names but one is not that one.
    let (all, one) = (["s3:*".to_owned()], ["s3:x".to_owned(), "s3:z".to_owned()]);
    let verdict = never(&statements(&[("Allow", "Action", &all), ("Deny", "Action", &one)]));
    let Verdict::Fails(witness) = verdict else { panic!("{verdict:?}") };
    assert!(!one.iter().any(|name| name == witness.request.action.as_str()), "{:?}", witness.request);
}

/// A pattern with a wildcard in the middle of the service matches names of services that other patterns name.
#[test]
fn a_wildcard_in_the_service_matches_named_services() {
    let (allow, but) = (["s?:get".to_owned()], ["s3:*".to_owned()]);
    let verdict = never(&statements(&[("Allow", "Action", &allow), ("Deny", "NotAction", &but)]));
    let Verdict::Fails(witness) = verdict else { panic!("{verdict:?}") };
    assert_eq!(witness.request.action.as_str(), "s3:get");
}
