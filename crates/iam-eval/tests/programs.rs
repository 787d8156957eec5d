//! Programs: that they decide as their layers do is a run of the harness; here is what they cost, and what can be done with them.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_eval::{
    Action, Budget, Compiler, Context, ContextValue, Decision, Layer, Layers, PolicyRef, Principal, Program,
    Reason, Request,
};
use iam_policy::{Limits, Mode, Policy, PolicyKind};

fn parse(text: &str) -> Arc<Policy> {
    let mut limits = Limits::default();
    limits.document_bytes = usize::MAX;
    Arc::new(Policy::parse(text, PolicyKind::Identity, Mode::Deployed, &limits).unwrap())
}

fn policy(statements: &str) -> Arc<Policy> {
    parse(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#))
}

fn layers(policies: Vec<Arc<Policy>>) -> Layers {
    let mut layers = Layers::new();
    layers.identity = policies;
    layers
}

fn request(action: &str, resource: &str) -> Request {
    let ana = Principal::from_arn("arn:aws:iam::111122223333:user/ana").unwrap();
    Request::new(ana, Action::new(action).unwrap(), resource)
}

/// The decision and its steps; the scan says the same.
#[track_caller]
fn decided(layers: &Layers, program: &Program, request: &Request) -> (Decision, u64) {
    let metered = program.decide_within(request, Budget::DEFAULT);
    assert_eq!(metered.decision, layers.decide(request));
    assert_eq!(program.applying(request), layers.applying(request));
    assert!(!metered.ran_out);
    (metered.decision, metered.steps)
}

/// Statements about one bucket each, all with the same actions.
fn buckets(from: usize, to: usize, effect: &str, actions: &str) -> Arc<Policy> {
    let statement = |n: usize| {
        format!(
            r#"{{"Effect": "{effect}", "Action": {actions}, "Resource": ["arn:aws:s3:::bucket-{n}", "arn:*:s3:*:*:bucket-{n}/*"]}}"#
        )
    };
    policy(&(from..to).map(statement).collect::<Vec<_>>().join(","))
}

const PROGRAMS_ARE_SHARED: fn() = || {
    const fn shared<T: Send + Sync + Clone>() {}
    shared::<Program>();
    shared::<Layers>();
};

#[test]
fn steps_hang_on_what_matches_and_not_on_how_many_there_are() {
    PROGRAMS_ARE_SHARED();
    for actions in [r#""s3:GetObject""#, r#"["s3:*", "s3:Get*"]"#, r#""*""#] {
        for policies in [1, 100] {
            let of = |n: usize| buckets(n * 20, n * 20 + 20, "Allow", actions);
            let layers = layers((0..policies).map(of).collect());
            let program = layers.compile();
            let key = |bucket: &str| request("s3:GetObject", &format!("arn:aws:s3:::{bucket}/key"));
            let (decision, steps) = decided(&layers, &program, &key("bucket-19"));
            assert_eq!(decision, Decision::Allowed);
            assert!(steps < 60, "{actions}, {policies}: {steps}");
            let (decision, steps) = decided(&layers, &program, &key("elsewhere"));
            assert_eq!((decision, steps), (Decision::ImplicitDeny, 0));
            // A star before the last field takes in colons: the bucket then follows a later one.
            let (decision, steps) =
                decided(&layers, &program, &request("s3:GetObject", "arn:aws:s3::a:b:bucket-7/key"));
            assert_eq!(decision, Decision::Allowed);
            assert!(steps < 60, "{actions}, {policies}: {steps}");
        }
    }
}

#[test]
fn what_not_action_leaves_out_is_found_among_many() {
    let names: Vec<String> = (0..2_000).map(|n| format!(r#""svc{}:Name{n}""#, n % 10)).collect();
    let all_but = policy(&format!(
        r#"{{"Effect": "Deny", "NotAction": [{}, "ec2:Describe*"], "Resource": "*"}}, {{"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
        names.join(",")
    ));
    let layers = layers(vec![all_but]);
    let program = layers.compile();
    for (action, expected) in [
        ("svc3:Name1003", Decision::Allowed),
        ("SVC3:NAME1003", Decision::Allowed),
        ("ec2:DescribeHosts", Decision::Allowed),
        ("ec2:RunInstances", Decision::ExplicitDeny),
        ("svc3:Name1004", Decision::ExplicitDeny),
    ] {
        let (decision, steps) = decided(&layers, &program, &request(action, "*"));
        assert_eq!(decision, expected, "{action}");
        assert!(steps < 12, "{action}: {steps}");
    }
}

#[test]
fn a_variable_that_a_request_has_twice_takes_either_value() {
    let many = buckets(0, 50, "Deny", r#""s3:GetObject""#);
    let named = policy(
        r#"{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"},
           {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::other"]}"#,
    );
    let mut context = Context::new();
    context.add("aws:username", ContextValue::single("ana"));
    context.add("AWS:username", ContextValue::single("bo"));
    for copies in [1, 50] {
        let layers = layers([vec![many.clone()], vec![named.clone(); copies]].concat());
        let program = layers.compile();
        for (resource, expected) in [
            ("arn:aws:s3:::other", Decision::Allowed),
            ("arn:aws:s3:::home/ana/x", Decision::Depends),
            ("arn:aws:s3:::home/eva/x", Decision::ImplicitDeny),
        ] {
            let twice = request("s3:GetObject", resource).with_context(context.clone());
            let decision = decided(&layers, &program, &twice).0;
            // The Deny and the Allow cover the same objects, so that no value allows them.
            assert!(
                decision == expected || !decision.is_allowed() && expected == Decision::Depends,
                "{resource}"
            );
        }
        assert_eq!(
            decided(&layers, &program, &request("s3:GetObject", "arn:aws:s3:::other")).0,
            Decision::Allowed
        );
    }
}

#[test]
fn a_policy_is_replaced_alone() {
    for count in [3, 60] {
        let mut layers =
            layers((0..count).map(|n| buckets(n * 10, n * 10 + 10, "Allow", r#""s3:Get*""#)).collect());
        layers.scp = Some(vec![vec![policy(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#)]]);
        let mut program = layers.compile();
        let before = program.clone();
        let key = |n: usize| request("s3:GetObject", &format!("arn:aws:s3:::bucket-{n}/key"));
        let places: Vec<PolicyRef> = layers.policies().map(|(place, _)| place).collect();
        let place =
            |layer, index| places.iter().copied().find(|p| (p.layer, p.index) == (layer, index)).unwrap();
        let second = place(Layer::Identity, 1);
        // Again and again: numbers and room are used again, and what is gone is forgotten.
        let mut sizes = Vec::new();
        for round in 0..300 {
            let other = buckets(1_000 + round % 10, 1_030, "Deny", r#""s3:Get*""#);
            let old = program.replace(second, other.clone()).unwrap();
            assert_ne!(old, other);
            layers.identity.get_mut(1).map(|slot| *slot = other).unwrap();
            assert_eq!(*program.layers(), layers);
            sizes.push(program.index_bytes());
            for n in [5, 12, 1_000, 1_005, 1_011, 1_012] {
                decided(&layers, &program, &key(n));
            }
        }
        assert!(sizes.iter().max() <= sizes.get(1).map(|size| size + 1_000).as_ref(), "{sizes:?}");
        assert_eq!(before.decide(&key(12)), Decision::Allowed, "a copy stays as it was");
        assert_eq!(program.decide(&key(12)), Decision::ImplicitDeny);
        assert_eq!(program.decide(&key(1_011)), Decision::ExplicitDeny);
        let scp = place(Layer::Scp, 0);
        program.replace(scp, policy(r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#)).unwrap();
        assert_eq!(program.decide(&key(5)), Decision::ExplicitDeny);
        // Where nothing stands nothing is put.
        let mut nowhere = second;
        nowhere.index = count;
        assert!(program.replace(nowhere, buckets(0, 1, "Allow", r#""*""#)).is_none());
        nowhere.layer = Layer::Boundary;
        assert!(program.replace(nowhere, buckets(0, 1, "Allow", r#""*""#)).is_none());
    }
}

#[test]
fn what_programs_have_in_common_is_compiled_once() {
    let shared = policy(
        &(0..900)
            .map(|n| format!(r#"{{"Effect": "Allow", "Action": "a:N{n}", "Resource": "*"}}"#))
            .collect::<Vec<_>>()
            .join(","),
    );
    let mut compiler = Compiler::new();
    let roles: Vec<Program> = (0..100)
        .map(|n| compiler.compile(&layers(vec![shared.clone(), buckets(n, n + 1, "Allow", r#""s3:*""#)])))
        .collect();
    assert_eq!(Arc::strong_count(&shared), 1 + 100 + 1, "the layers of each, and one index");
    for (n, role) in roles.iter().enumerate() {
        let own = request("s3:GetObject", &format!("arn:aws:s3:::bucket-{n}/key"));
        assert_eq!(role.decide(&own), Decision::Allowed);
        assert_eq!(role.decide(&request("a:N899", "*")), Decision::Allowed);
    }
    drop(roles);
    compiler.forget_unused();
    assert_eq!(Arc::strong_count(&shared), 1);
}

/// Patterns whose every star is tried at every place.
fn hostile(effect: &str) -> Arc<Policy> {
    let pattern = format!(r#""arn:aws:s3:::{}b*""#, "*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?".repeat(60));
    let list = vec![pattern; 40].join(",");
    policy(&format!(r#"{{"Effect": "{effect}", "Action": "s3:*", "Resource": [{list}]}}"#))
}

#[test]
fn running_out_of_steps_is_a_denial() {
    let allow = policy(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let deny = policy(r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}"#);
    let long = request("s3:GetObject", &format!("arn:aws:s3:::{}", "a".repeat(20_000)));
    let budget = Budget::steps(100_000);
    for hard in [hostile("Allow"), hostile("Deny")] {
        let program = layers(vec![allow.clone(), hard.clone()]).compile();
        let metered = program.decide_within(&long, budget);
        if hard == hostile("Deny") {
            assert!(metered.ran_out && metered.steps == 100_000);
            assert_eq!(metered.decision, Decision::ImplicitDeny);
        } else {
            // The Allow that applies is found first, and is enough.
            assert_eq!((metered.decision, metered.ran_out), (Decision::Allowed, false));
        }
        let denied = layers(vec![deny.clone(), hard.clone()]).compile().decide_within(&long, budget);
        assert_eq!(denied.decision, Decision::ExplicitDeny);
        // Alone, and by the scan as by the index.
        let alone = layers(vec![hard]);
        assert_eq!(alone.decide(&long), Decision::ImplicitDeny);
        assert_eq!(alone.compile().applying(&long).0, Decision::ImplicitDeny);
    }
    // What allows is known before the Deny of another layer is asked: that it is not known to apply must not matter.
    let deny = hostile("Deny").to_json().replace(r#""Effect":"Deny""#, r#""Effect":"Deny","Principal":"*""#);
    let mut limits = Limits::default();
    limits.document_bytes = usize::MAX;
    let deny = Policy::parse(&deny, PolicyKind::Resource, Mode::Deployed, &limits).unwrap();
    let mut guarded = layers(vec![allow.clone()]);
    guarded.resource = Some(Arc::new(deny));
    let metered = guarded.compile().decide_within(&long, budget);
    assert_eq!((metered.decision, metered.ran_out), (Decision::ImplicitDeny, true));
    // With the default budget too, and the explanation says why.
    let mut both = layers(vec![allow, hostile("Deny")]);
    let more = (0..60).map(|_| hostile("Deny"));
    both.identity.extend(more);
    assert_eq!(both.decide(&long), Decision::ImplicitDeny);
    let program = both.compile();
    assert_eq!(program.decide(&long), Decision::ImplicitDeny);
    let trace = program.explain(&long);
    assert_eq!((trace.decision, trace.reason), (Decision::ImplicitDeny, Reason::OverBudget));
    assert!(trace.flips.is_empty() && trace.deciding.is_empty());
}

/// The law on steps: at most the product of what there is to read and what there is to compare it with.
#[test]
fn steps_are_bounded_by_the_product_of_the_lengths() {
    for length in [10, 100, 1_000] {
        for policies in [1, 5] {
            let layers = layers(vec![hostile("Deny"); policies]);
            let request = request("s3:GetObject", &format!("arn:aws:s3:::{}", "a".repeat(length)));
            let metered = layers.compile().decide_within(&request, Budget::DEFAULT);
            let bytes = layers.policies().map(|(_, policy)| policy.size.bytes as u64).sum::<u64>();
            assert!(metered.steps <= bytes * (length as u64 + 40), "{length}, {policies}: {metered:?}");
            assert!(!metered.ran_out);
        }
    }
}

/// Whatever the steps run out on, the answer is the right one or a denial, and the program says which.
#[test]
fn running_out_anywhere_only_denies() {
    let policy = policy(
        r#"{"Effect": "Allow", "Action": ["s3:Get*", "s3:*Object"], "Resource": ["arn:aws:s3:::a*", "arn:aws:s3:::*b"],
            "Condition": {"StringLike": {"aws:PrincipalTag/t": ["x*", "*y*", "z"]}, "NumericLessThan": {"s3:max-keys": ["1", "2", "9"]},
            "ForAnyValue:StringEquals": {"aws:TagKeys": ["p", "q"]}}},
           {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::*", "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}}"#,
    );
    let layers = layers(vec![policy]);
    let asked = |address: &str| {
        let context = Context::new()
            .with("aws:PrincipalTag/t", ContextValue::single("why"))
            .with("s3:max-keys", ContextValue::single("5"))
            .with("aws:TagKeys", ContextValue::multiple(["o", "q"]))
            .with("aws:SourceIp", ContextValue::single(address));
        request("s3:GetObject", "arn:aws:s3:::bucket-b").with_context(context)
    };
    for (address, wanted) in [("203.0.113.1", Decision::Allowed), ("192.0.2.7", Decision::ExplicitDeny)] {
        let (program, request) = (layers.compile(), asked(address));
        let whole = program.decide_within(&request, Budget::DEFAULT);
        assert_eq!((whole.decision, whole.ran_out), (wanted, false));
        let mut denials = 0;
        for steps in 0..=whole.steps {
            let metered = program.decide_within(&request, Budget::steps(steps));
            if metered.ran_out {
                denials += 1;
                assert!(!metered.decision.is_allowed(), "{steps}: {metered:?}");
            } else {
                assert_eq!(metered.decision, wanted, "{steps}");
            }
        }
        assert!(denials > 2, "{denials} of {}", whole.steps);
    }
}

#[test]
fn values_of_variables_are_paid_for() {
    let steps = |condition: &str, value: usize| {
        let statement =
            format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}"#);
        let layers = layers(vec![policy(&statement)]);
        let context = iam_eval::Context::new()
            .with("x:k", iam_eval::ContextValue::single("arn:aws:iam::111122223333:role/a"))
            .with("x:v", iam_eval::ContextValue::single("v".repeat(value)));
        let request = request("s3:GetObject", "arn:aws:s3:::b").with_context(context);
        decided(&layers, &layers.compile(), &request).1
    };
    // The comparison ends at an early field or character, but the value is looked at.
    for condition in [
        r#""ArnLike": {"x:k": "arn:xyz:iam::111122223333:role/${x:v}"}"#,
        r#""StringEqualsIgnoreCase": {"x:k": "xyz${x:v}"}"#,
    ] {
        let (short, long) = (steps(condition, 1), steps(condition, 64_000));
        assert!(long >= short + 1_000, "{condition}: {short} {long}");
    }
}

/// What can be seen at once takes no steps for the bytes of the texts.
#[test]
fn quick_comparisons_are_not_paid_for_by_the_byte() {
    let steps = |condition: &str, value: ContextValue| {
        let statement =
            format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}"#);
        let layers = layers(vec![policy(&statement)]);
        let context =
            Context::new().with("x:k", ContextValue::single("ab".repeat(32_000))).with("x:v", value);
        let request = request("s3:GetObject", "arn:aws:s3:::b").with_context(context);
        decided(&layers, &layers.compile(), &request).1
    };
    for condition in [
        // The end differs, so that no star is tried.
        r#""StringLike": {"x:k": "*a*b*c"}"#,
        r#""StringLike": {"x:k": "*${x:v}*ba"}"#,
        // No letter is beyond ASCII, so that no text is lower-cased.
        r#""StringEqualsIgnoreCase": {"x:k": "${x:v}xyz"}"#,
        r#""StringEqualsIgnoreCase": {"x:k": "xyz${x:v}"}"#,
    ] {
        for value in [ContextValue::single("v"), ContextValue::Unknown] {
            let steps = steps(condition, value);
            assert!(steps < 2_000, "{condition}: {steps}");
        }
    }
}
