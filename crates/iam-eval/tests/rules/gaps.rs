//! What other tests do not reach: an ambiguous key without a list, and the words for what was decided.

use crate::support::{many, one, outcome};
use iam_eval::{Certainty, Context, Decision, Layer, Outcomes};

/// Rules 4.5 and 4.11: without a list the key is still one that cannot be compared if it is there in two spellings.
#[test]
fn an_empty_list_of_values() {
    let single = Context::new().with("x:k", one("a"));
    let several = Context::new().with("x:k", many(&["a", "b"]));
    for (operator, of_one) in [
        ("StringEquals", Outcomes::FALSE),
        ("StringNotEquals", Outcomes::TRUE),
        ("StringEqualsIfExists", Outcomes::FALSE),
        ("ForAnyValue:StringNotEquals", Outcomes::FALSE),
        ("ForAllValues:StringNotEquals", Outcomes::FALSE),
    ] {
        let condition = format!(r#"{{"{operator}": {{"x:k": []}}}}"#);
        assert_eq!(outcome(&condition, &single), of_one, "{operator}");
        // Without set operator, several values never match (rule 4.9).
        assert_eq!(outcome(&condition, &several), Outcomes::FALSE, "{operator}");
    }
}

#[test]
fn open_is_what_an_unknown_value_decides() {
    let open = [
        Outcomes::OPEN,
        Outcomes::TRUE.either(Outcomes::INDETERMINATE),
        Outcomes::FALSE.either(Outcomes::INDETERMINATE),
        Outcomes::OPEN.either(Outcomes::INDETERMINATE),
    ];
    for outcomes in open {
        assert!(outcomes.is_open(), "{outcomes}");
        assert_eq!(outcomes.to_string(), "open");
    }
    for (outcomes, word) in
        [(Outcomes::TRUE, "true"), (Outcomes::FALSE, "false"), (Outcomes::INDETERMINATE, "indeterminate")]
    {
        assert!(!outcomes.is_open(), "{word}");
        assert_eq!(outcomes.to_string(), word);
    }
}

#[test]
fn what_is_known_is_always_or_never() {
    assert_eq!((Certainty::known(true), Certainty::known(false)), (Certainty::Always, Certainty::Never));
}

/// The names are those of the vectors, each decision its own.
#[test]
fn decisions_have_the_names_of_the_vectors() {
    let decisions = [Decision::Allowed, Decision::ExplicitDeny, Decision::ImplicitDeny, Decision::Depends];
    assert_eq!(decisions.map(Decision::name), ["allowed", "explicit_deny", "implicit_deny", "depends"]);
    assert_eq!(decisions.map(Decision::is_allowed), [true, false, false, false]);
}

/// Names of layers are those of requests in JSON; words and names are of one layer each.
#[test]
fn layers_have_the_names_of_the_vectors() {
    let layers = [
        (Layer::Identity, "identity", "the identity policies"),
        (Layer::Boundary, "boundary", "the permissions boundary"),
        (Layer::Session, "session", "the session policies"),
        (Layer::Scope, "scope", "the scope-down policies"),
        (Layer::Resource, "resource", "the resource-based policy"),
        (Layer::VpcEndpoint, "vpc_endpoint", "the VPC endpoint policy"),
        (Layer::Scp, "scp", "the service control policies"),
        (Layer::Rcp, "rcp", "the resource control policies"),
    ];
    for (layer, name, words) in layers {
        assert_eq!((layer.name(), layer.description()), (name, words));
    }
}

/// Rule 4.9: a condition that a program builds with values of another operator compares nothing, so that a Deny with it applies.
#[test]
fn values_of_another_operator_are_not_compared() {
    use std::sync::Arc;

    use iam_eval::Layers;
    use iam_policy::{Limits, Mode, Policy, PolicyKind, Spanned, Values};

    let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"x:k": "a"}}}]}"#;
    let mut policy = Policy::parse(text, PolicyKind::Identity, Mode::Strict, &Limits::default()).unwrap();
    let place = policy.statements[1].conditions[0].key.span;
    policy.statements[1].conditions[0].values = Values::Null(vec![Spanned::new(false, place)]);
    let mut layers = Layers::new();
    layers.identity = vec![Arc::new(policy)];
    let request =
        crate::support::request(crate::support::user()).with_context(Context::new().with("x:k", one("b")));
    assert_eq!(layers.decide(&request), Decision::ExplicitDeny);
}
