//! Functions, and repositories of images and packages.

use super::{Element, Names, PLAIN, Row};

pub(super) const REPOSITORY: Row = Row {
    services: &["ecr"],
    element: Element::Absent,
    fetch: "aws ecr get-repository-policy --repository-name {name} --query policyText --output text",
    source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
    ..PLAIN
};

pub(super) const PUBLIC_REPOSITORY: Row = Row {
    services: &["ecr-public"],
    element: Element::Absent,
    fetch: "aws ecr-public get-repository-policy --repository-name {name} --query policyText --output text",
    beside: &["everybody may pull from a public repository without signing in, which no policy changes"],
    source: "https://docs.aws.amazon.com/AmazonECR/latest/public/public-repository-policies.html",
    ..PLAIN
};

pub(super) const FUNCTION: Row = Row {
    services: &["lambda"],
    inside: &["{arn}:*"],
    fetch: "aws lambda get-resource-policy --resource-arn {arn} --query Policy --output text",
    beside: &[
        "versions and aliases of the function can have policies of their own; put the statement into those as well",
    ],
    source: "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
    ..PLAIN
};

pub(super) const FUNCTION_VERSION: Row = Row {
    services: &["lambda"],
    inside: &["{arn}/durable-execution/*"],
    fetch: "aws lambda get-resource-policy --resource-arn {arn} --query Policy --output text",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
    ..PLAIN
};

pub(super) const ARTIFACT_DOMAIN: Row = Row {
    services: &["codeartifact"],
    names: Names::Whole,
    element: Element::Any,
    fetch: "aws codeartifact get-domain-permissions-policy --domain {name} --query policy.document --output text",
    beside: &["each repository of the domain has its own policy"],
    source: "https://docs.aws.amazon.com/codeartifact/latest/ug/domain-policies.html",
    ..PLAIN
};

pub(super) const ARTIFACT_REPOSITORY: Row = Row {
    services: &["codeartifact"],
    names: Names::Whole,
    element: Element::Any,
    inside: &["{head}:package/{name}/{part}/*"],
    fetch: "aws codeartifact get-repository-permissions-policy --domain {name} --repository {part} --query policy.document --output text",
    source: "https://docs.aws.amazon.com/codeartifact/latest/ug/repo-policies.html",
    ..PLAIN
};
