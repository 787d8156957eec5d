//! The document vectors: strict mode accepts and refuses what they say.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;

use iam_policy::{Limits, Mode, Policy, PolicyKind};
use serde_json::Value;

/// The list of vectors that are not answered as expected yet: the id is the first field.
const PENDING: &str = include_str!("../../iam-testkit/conformance/PENDING.tsv");

const FILES: [(&str, &str); 6] = [
    ("aws/documents-2.json", include_str!("../../iam-testkit/conformance/aws/documents-2.json")),
    ("aws/documents.json", include_str!("../../iam-testkit/conformance/aws/documents.json")),
    (
        "aws/observed-documents.json",
        include_str!("../../iam-testkit/conformance/aws/observed-documents.json"),
    ),
    (
        "aws/observed-more-documents.json",
        include_str!("../../iam-testkit/conformance/aws/observed-more-documents.json"),
    ),
    ("more-documents.json", include_str!("../../iam-testkit/conformance/more-documents.json")),
    ("defect-documents.json", include_str!("../../iam-testkit/conformance/defect-documents.json")),
];

fn text<'v>(vector: &'v Value, member: &str) -> &'v str {
    vector.get(member).and_then(Value::as_str).unwrap()
}

#[test]
fn strict_mode_answers_every_vector() {
    let pending: BTreeSet<&str> = PENDING.lines().skip(1).filter_map(|row| row.split('\t').next()).collect();
    let mut failed = Vec::new();
    let (mut accepted, mut refused) = (0, 0);
    for (file, content) in FILES {
        for vector in serde_json::from_str::<Vec<Value>>(content).unwrap() {
            let id = text(&vector, "id");
            let kind = PolicyKind::from_name(text(&vector, "kind")).unwrap();
            let read = Policy::parse(text(&vector, "text"), kind, Mode::Strict, &Limits::default());
            let expected = match text(&vector, "expect") {
                "accept" => true,
                "reject" => false,
                other => no_verdict(other),
            };
            accepted += usize::from(expected);
            refused += usize::from(!expected);
            match (read.is_ok() == expected, pending.contains(id)) {
                (true, false) | (false, true) => continue,
                (true, true) => {
                    failed.push(format!("{file} {id}: as expected, and PENDING.tsv lists it"));
                    continue;
                }
                (false, false) => {}
            }
            let said = read.map_or_else(|report| report.to_string(), |_| "accepted".into());
            failed.push(format!("{file} {id}: expected {}: {said}", text(&vector, "expect")));
        }
    }
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
    assert!(accepted > 400 && refused > 800, "{accepted} to accept, {refused} to refuse");
}

#[expect(clippy::panic, reason = "a test stops at the first surprise")]
fn no_verdict(verdict: &str) -> bool {
    panic!("{verdict} is no verdict");
}

/// Rule 3.11: the short form of API Gateway stands for an ARN of any API, in the policy of an API alone.
#[test]
fn the_short_form_of_api_gateway_is_an_arn_of_the_api() {
    let text = |resource: &str, element: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "{element}": "{resource}"}}}}"#
        )
    };
    for element in ["Resource", "NotResource"] {
        for (short, full) in [
            ("execute-api:/*", "arn:*:execute-api:*:*:??????????/*"),
            ("execute-api:/prod/GET/pets", "arn:*:execute-api:*:*:??????????/prod/GET/pets"),
            (
                "execute-api:/prod/GET/${aws:userid}",
                "arn:*:execute-api:*:*:??????????/prod/GET/${aws:userid}",
            ),
        ] {
            for mode in [Mode::Deployed, Mode::Strict] {
                let read = |kind| Policy::parse(&text(short, element), kind, mode, &Limits::default());
                let policy = read(PolicyKind::Resource).unwrap();
                let resource = policy.statements[0].resource.as_ref().unwrap();
                let pattern = &resource.patterns()[0].value;
                assert_eq!(pattern.pattern().text(), full);
                assert_eq!((pattern.text(), pattern.written()), (short, None));
                assert!(pattern.is_of_this_api() && !pattern.has_early_variable());
                let again =
                    Policy::parse(&policy.to_string(), PolicyKind::Resource, mode, &Limits::default());
                assert_eq!(
                    again.unwrap().statements[0].resource.as_ref().unwrap().patterns()[0].value,
                    *pattern
                );
                for kind in [PolicyKind::Kms, PolicyKind::VpcEndpoint, PolicyKind::Rcp] {
                    assert!(read(kind).unwrap_err().to_string().contains("INVALID_ARN_PREFIX"), "{kind:?}");
                }
            }
        }
    }
    for other in ["execute-api:", "execute-api:x", "Execute-Api:/x", "execute-api", "apigateway:/x"] {
        let read =
            Policy::parse(&text(other, "Resource"), PolicyKind::Resource, Mode::Deployed, &Limits::default());
        assert!(read.unwrap_err().to_string().contains("INVALID_ARN_PREFIX"), "{other}");
    }
}
