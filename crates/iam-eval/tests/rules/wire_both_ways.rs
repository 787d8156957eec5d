//! What is written is read back as it was, and decides the same: requests and policies of every kind, with every member.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use iam_eval::wire::{self, ReadCase, WireLimits};
use iam_eval::{Action, Context, ContextValue, Layers, Principal, Request, ResourceKind};
use iam_policy::Mode;
use iam_testkit::format::{Cases, open, read};
use iam_testkit::{Source, generate, vectors};

fn parse(text: &str) -> Result<ReadCase, String> {
    wire::read_case(text, Mode::Deployed, &WireLimits::default())
        .map_err(|report| format!("{report}\n{text}"))
}

/// Writes, reads and compares; the text that was written.
#[track_caller]
fn both_ways(request: &Request, layers: &Layers) -> String {
    let text = wire::case_json(request, layers).to_string();
    let again = parse(&text).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!((&again.request, &again.layers), (request, layers), "{text}");
    assert_eq!(again.layers.decide(&again.request), layers.decide(request), "{text}");
    assert_eq!(wire::case_json(&again.request, &again.layers).to_string(), text);
    text
}

#[test]
fn generated_cases() {
    // What must have been met: layers, states of keys, forms.
    let mut met = [0_usize; 10];
    for number in 0..3_000 {
        let case = generate::case(&mut Source::of_case(17, number));
        let ReadCase { request, mut layers, .. } =
            parse(&case.to_json()).unwrap_or_else(|why| panic!("{why}"));
        // The generator draws one boundary, and never a layer that is there and empty.
        if let Some(boundary) = &mut layers.boundary {
            match number % 3 {
                0 => boundary.push(Arc::clone(&boundary[0])),
                1 => boundary.clear(),
                _ => {}
            }
        }
        let text = both_ways(&request, &layers);
        let values = || request.context.iter().map(|(_, value)| value);
        let is_there = [
            layers.boundary.as_ref().is_some_and(|list| list.len() > 1),
            layers.boundary.as_ref().is_some_and(Vec::is_empty),
            layers.vpc_endpoint.is_some(),
            layers.session.as_ref().is_some_and(|list| list.len() > 1),
            layers.scp.as_ref().is_some_and(|levels| levels.len() > 1),
            layers.rcp.is_some(),
            layers.resource.is_some() && request.resource_kind != ResourceKind::Generic,
            values().any(|value| *value == ContextValue::Unknown),
            values().any(|value| matches!(value, ContextValue::Twice(_))),
            text.contains("\"service_linked\":true"),
        ];
        for (count, is_there) in met.iter_mut().zip(is_there) {
            *count += usize::from(is_there);
        }
    }
    assert!(met.iter().all(|count| *count > 20), "{met:?}");
}

#[test]
fn vectors_of_decisions() {
    let mut count = 0;
    for (name, text) in vectors::FILES {
        let document = open(text).unwrap_or_else(|report| panic!("{name}: {report}"));
        let Cases::Decisions(cases) = read(&document).unwrap_or_else(|report| panic!("{name}: {report}"))
        else {
            continue;
        };
        for case in cases {
            let (request, policies) = (case.question.request.raw(), case.question.policies.raw());
            // Some vectors hold a policy that a reader may refuse.
            let read = parse(&format!(r#"{{"request": {request}, "policies": {policies}}}"#));
            if let Ok(ReadCase { request, layers, .. }) = read {
                both_ways(&request, &layers);
                count += 1;
            } else {
                assert!(case.or_reject, "{}", case.about.id);
            }
        }
    }
    assert!(count > 7_000, "{count}");
}

fn ana() -> Principal {
    Principal::from_arn("arn:aws:iam::111122223333:user/ana").unwrap()
}

#[test]
fn the_kind_is_written_where_it_does_not_follow() {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";
    let decrypt = || Action::new("kms:Decrypt").unwrap();
    let kind = |request: &Request| {
        both_ways(request, &Layers::new())
            .split_once("\"resource_kind\":\"")
            .map(|(_, rest)| rest.chars().take(3).collect::<String>())
    };
    let request = Request::new(ana(), decrypt(), key);
    assert_eq!(kind(&request).as_deref(), Some("kms"));
    assert_eq!(kind(&request.on(ResourceKind::Generic)).as_deref(), Some("gen"));
    assert_eq!(kind(&Request::new(ana(), decrypt(), "*")), None);
    assert_eq!(kind(&Request::new(ana(), decrypt(), "*").on(ResourceKind::KmsKey)).as_deref(), Some("kms"));
}

#[test]
fn keys_that_a_request_has_twice_stay_so() {
    let request =
        |context| Request::new(ana(), Action::new("s3:GetObject").unwrap(), "*").with_context(context);
    let mut context = Context::new();
    for (key, value) in [
        ("AWS:SourceIp", "1"),
        ("aws:sourceip", "2"),
        ("x:Y", "3"),
        ("x:y", "3"),
        ("X:Z", "4"),
        ("x:\u{e9}", "5"),
    ] {
        context.add(key, ContextValue::single(value));
    }
    assert_eq!(
        context.iter().map(|(key, _)| key).collect::<Vec<_>>(),
        ["AWS:SourceIp", "x:Y", "X:Z", "x:\u{e9}"]
    );
    let text = both_ways(&request(context), &Layers::new());
    assert!(
        text.contains(r#""AWS:SourceIp":"1","X:Z":"4","aws:sourceip":"2","x:Y":"3","x:y":"3""#),
        "{text}"
    );
}
