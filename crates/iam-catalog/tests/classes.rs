//! The classes of actions against the outputs and lists that they were made from, read here a second time and with coarser rules.

#![expect(clippy::expect_used, reason = "test helpers stop at the first surprise")]

use iam_catalog::{AccessLevel, Catalog, Classes, SensitivityClass};
use std::collections::BTreeSet;

fn classes() -> Classes<'static> {
    Classes::embedded().expect("the embedded text")
}

fn catalog() -> Catalog<'static> {
    Catalog::embedded().expect("the embedded text")
}

/// The rows of a table below `source/`.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// The last name of a path.
fn last(path: &str) -> String {
    let name = path.rsplit('.').next().unwrap_or_default();
    name.split(['[', '{']).next().unwrap_or_default().to_ascii_lowercase()
}

/// Whether a name speaks of a key, a token, a password or a signed URL. This knows less than the rules of the chore, and guesses more.
fn suspicious(name: &str) -> bool {
    let parts = [
        "secret",
        "password",
        "passphrase",
        "token",
        "credential",
        "accesskey",
        "privatekey",
        "apikey",
        "presharedkey",
        "streamkey",
        "authkey",
        "presigned",
        "signedurl",
        "jwt",
        "keymaterial",
        "activationcode",
        "authcode",
    ];
    parts.iter().any(|part| name.contains(part))
}

/// Whether a name ends like one that only refers to a secret, or describes it.
fn refers(name: &str) -> bool {
    let ends = [
        "arn",
        "arns",
        "id",
        "ids",
        "name",
        "type",
        "types",
        "status",
        "algorithm",
        "version",
        "mode",
        "method",
        "source",
        "provider",
        "vendor",
        "location",
        "claim",
        "domain",
        "domains",
        "endpoint",
        "url",
        "uri",
        "prefix",
        "parameter",
        "rotation",
        "action",
        "expression",
        "role",
        "policy",
        "xpath",
        "field",
        "header",
        "format",
        "alias",
        "stage",
        "stages",
        "standard",
        "capability",
        "capabilities",
        "scheme",
        "key",
        "uid",
        "reference",
        "link",
        "username",
        "generation",
        "generationconfig",
        "manager",
        "duration",
        "at",
        "label",
        "strategy",
        "issuer",
        "behavior",
        "state",
        "expiry",
        "spec",
        "length",
        "owner",
    ];
    ends.iter().any(|end| name.ends_with(end))
}

#[test]
fn no_output_with_a_key_a_token_a_password_or_a_signed_url_is_unclassed() {
    let (classes, catalog) = (classes(), catalog());
    let harmless: BTreeSet<String> = rows(include_str!("../source/rulings.tsv"))
        .filter(|row| row.get(1) == Some(&"harmless"))
        .filter_map(|row| row.first().map(|subject| subject.to_ascii_lowercase()))
        .collect();
    let (mut seen, mut unclassed) = (0, Vec::new());
    for row in rows(include_str!("../source/outputs.tsv")) {
        let [action, _, path, marks] = row.as_slice() else { panic!("four columns: {row:?}") };
        let name = last(path);
        let own = format!("{} {name}", action.to_ascii_lowercase());
        let service = action.split(':').next().unwrap_or_default();
        let decided = [own, format!("{service}:* {name}"), format!("* {name}")]
            .iter()
            .any(|subject| harmless.contains(subject));
        let reference = refers(&name)
            && !["accesskey", "privatekey", "apikey", "presharedkey", "streamkey", "authkey"]
                .iter()
                .any(|end| name.ends_with(end))
            && !(name.contains("signed") && (name.ends_with("url") || name.ends_with("uri")));
        let url = marks.contains('u') && ["url", "uri", "link"].iter().any(|end| name.ends_with(end));
        if catalog.action(action).is_none() || decided || !(url || suspicious(&name) && !reference) {
            continue;
        }
        seen += 1;
        let opens = [SensitivityClass::Credentials, SensitivityClass::SecretText, SensitivityClass::SignsUrl];
        if !opens.iter().any(|class| classes.has(action, *class)) {
            unclassed.push(format!("{action} {path}"));
        }
    }
    assert!(seen > 450, "{seen} suspicious members were looked at");
    assert!(unclassed.is_empty(), "{} of {seen}: {unclassed:#?}", unclassed.len());
}

#[test]
fn actions_that_hand_out_something_have_their_class() {
    let classes = classes();
    let known = [
        (
            SensitivityClass::Credentials,
            &[
                "ssm:GetAccessToken",
                "codepipeline:GetJobDetails",
                "codepipeline:GetThirdPartyJobDetails",
                "cloudwatch:GetSpaceCredentials",
                "cloudwatch:GetSpaceCredentialsForOrganization",
                "license-manager:GetAccessToken",
                "acm:GetAcmeExternalAccountBindingCredentials",
                "apigateway:GET",
                "mediapackage:DescribeChannel",
                "ec2:DescribeVpnConnections",
                "directconnect:DescribeVirtualInterfaces",
                "cognito-idp:DescribeIdentityProvider",
                "cognito-idp:AssociateSoftwareToken",
                "workspaces-web:GetIdentityProvider",
                "amplify:GetApp",
                "sts:AssumeRole",
                "iam:CreateAccessKey",
                "secretsmanager:GetSecretValue",
            ][..],
        ),
        (
            SensitivityClass::SecretText,
            &[
                "amplify:ListWebHooks",
                "lambda:GetFunctionConfiguration",
                "lambda:ListFunctions",
                "ecs:DescribeTaskDefinition",
                "codebuild:BatchGetProjects",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetConsoleOutput",
            ],
        ),
        (
            SensitivityClass::StoredData,
            &[
                "s3:GetObject",
                "s3-outposts:GetObject",
                "glacier:GetJobOutput",
                "omics:GetReadSet",
                "dynamodb:SearchVectors",
                "dynamodb:ReadDataForReplication",
                "bedrock:AgenticRetrieveStream",
                "bedrock:GetAgentMemory",
                "bedrock-mantle:GetFile",
            ],
        ),
        (
            SensitivityClass::Acts,
            &[
                "config:DeliverConfigSnapshot",
                "logs:StopQuery",
                "xray:CancelTraceRetrieval",
                "iam:GenerateCredentialReport",
                "agent-registry:InvokeRegistryMcp",
            ],
        ),
        (
            SensitivityClass::SignsUrl,
            &[
                "gameliftstreams:GetStreamUrl",
                "bedrock:GetDocumentContent",
                "lambda:GetFunction",
                "workdocs:GetDocumentVersion",
            ],
        ),
    ];
    for (class, actions) in known {
        for action in actions {
            assert!(classes.has(action, class), "{action} is {class}");
        }
    }
    for action in [
        "ec2:DescribeVpcs",
        "s3:ListBucket",
        "iam:ListRoles",
        "wafv2:GetIPSet",
        "ses:GetIdentityDkimAttributes",
    ] {
        assert_eq!(classes.action(action).len(), 0, "{action}");
    }
}

#[test]
fn every_class_is_that_of_a_known_action_and_only_reads_act() {
    let catalog = catalog();
    for (prefix, name, reason) in classes().iter() {
        let action = catalog.action(&format!("{prefix}:{name}")).expect("a known action");
        assert_eq!((action.service, action.name), (prefix, name));
        let reads = matches!(action.level, AccessLevel::Read | AccessLevel::List);
        assert!(reads || reason.class != SensitivityClass::Acts || reason.reviewed, "{prefix}:{name}");
    }
}

#[test]
fn the_catalogue_has_the_same_classes() {
    let classes = classes();
    let mut rows = 0;
    for action in catalog().actions() {
        let name = action.to_string();
        let reasons: Vec<SensitivityClass> = classes.action(&name).map(|reason| reason.class).collect();
        assert_eq!(action.sensitivity.classes().collect::<Vec<_>>(), reasons, "{name}");
        rows += reasons.len();
    }
    assert_eq!(rows, classes.iter().len());
}

#[test]
fn a_shortened_text_is_refused_wherever_it_ends() {
    let text = include_str!("../data/classes.tsv");
    for end in (0..text.len() - 200).step_by(997) {
        assert!(text.get(..end).is_some_and(|text| Classes::parse(text).is_err()), "{end}");
    }
}
