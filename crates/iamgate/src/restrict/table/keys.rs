//! Keys and secrets.

use super::{Element, Names, PLAIN, Row};

pub(super) const KEY: Row = Row {
    services: &["kms"],
    element: Element::Any,
    needs: Some(
        "a key always has a policy, and one that only denies would lock everybody out of it for ever",
    ),
    fetch: "aws kms get-key-policy --key-id {name} --policy-name default --query Policy --output text",
    beside: &["the aliases of the key have no policy; requests that use the key name the key"],
    source: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
    ..PLAIN
};

pub(super) const SECRET: Row = Row {
    services: &["secretsmanager"],
    element: Element::Any,
    fetch: "aws secretsmanager get-resource-policy --secret-id {arn} --query ResourcePolicy --output text",
    source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html",
    ..PLAIN
};

pub(super) const PAYMENT_KEY: Row = Row {
    services: &["payment-cryptography"],
    names: Names::Besides(&[
        "payment-cryptography:DeleteResourcePolicy",
        "payment-cryptography:GetResourcePolicy",
        "payment-cryptography:PutResourcePolicy",
    ]),
    element: Element::Any,
    fetch: "aws payment-cryptography get-resource-policy --resource-arn {arn} --query Policy --output text",
    beside: &[
        "replicas of the key in other Regions have no policy: only policies of the role keep sessions out of them",
    ],
    source: "https://docs.aws.amazon.com/payment-cryptography/latest/userguide/security_iam_resource-based-policies.html",
    ..PLAIN
};
