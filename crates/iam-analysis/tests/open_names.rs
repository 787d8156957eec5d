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
