//! The CloudFormation template installs the role of the snapshots, and its trust policy and permissions have their intended effect.

use std::sync::Arc;

use super::roles::{ACCOUNT, profile};
use super::support::{folder, managed};
use iamgate::iam_catalog::Details;
use iamgate::iam_eval::Context;
use iamgate::iam_policy::value::Instant;
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};
use iamgate::{IdentityProviders, RoleSnapshot, session_layers, trust};
use serde_json::{Map, Value, json};

/// The resources of the template.
fn resources() -> Map<String, Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/doit/cloudformation.yaml");
    let template: Value = serde_norway::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    template["Resources"].as_object().unwrap().clone()
}

/// A value with its functions evaluated like CloudFormation does it.
fn evaluated(value: &Value, resources: &Map<String, Value>) -> Value {
    let text = |text: &str| Value::from(text.replace("${AWS::AccountId}", ACCOUNT));
    match value {
        Value::Object(members) if members.len() == 1 && members.contains_key("Fn::Sub") => {
            let subbed = text(members["Fn::Sub"].as_str().unwrap());
            assert!(!subbed.as_str().unwrap().contains("${"), "{subbed}");
            subbed
        }
        Value::Object(members) if members.len() == 1 && members.contains_key("Ref") => {
            match members["Ref"].as_str().unwrap() {
                "AWS::AccountId" => json!(ACCOUNT),
                // The value of Ref for a provider is its ARN.
                name => {
                    let url = resources[name]["Properties"]["Url"].as_str().unwrap();
                    let issuer = url.strip_prefix("https://").unwrap();
                    json!(format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"))
                }
            }
        }
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), evaluated(value, resources))).collect()
        }
        Value::Array(items) => items.iter().map(|item| evaluated(item, resources)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// The properties of a resource.
fn properties(name: &str) -> Value {
    let resources = resources();
    evaluated(&resources[name]["Properties"], &resources)
}

fn policy(document: &Value, kind: PolicyKind) -> Arc<Policy> {
    Arc::new(Policy::parse(&document.to_string(), kind, Mode::Strict, &Limits::default()).unwrap())
}

/// The role of the template, as a snapshot.
fn installed() -> RoleSnapshot {
    let mut role =
        RoleSnapshot::from_folder(&folder("doit/support-gateway"), &managed(), &Limits::default()).unwrap();
    let own = properties("SupportGateway");
    role.trust = Some(policy(&own["AssumeRolePolicyDocument"], PolicyKind::Trust));
    role
}

#[test]
fn the_template_installs_what_the_snapshots_show() {
    for (resource, name) in
        [("SupportGateway", "support-gateway"), ("SupportDiagnostics", "support-diagnostics")]
    {
        let own = properties(resource);
        let files = folder(&format!("doit/{name}"));
        let file = |name: &str| -> Value {
            serde_json::from_str(&files.iter().find(|f| f.name == name).unwrap().text).unwrap()
        };
        let role = file("role.json");
        assert_eq!(own["RoleName"], role["RoleName"]);
        assert_eq!(own["MaxSessionDuration"], role["MaxSessionDuration"]);
        assert_eq!(own["Tags"], role["Tags"]);
        assert_eq!(own["AssumeRolePolicyDocument"], file("trust.json"));
        assert_eq!(own["ManagedPolicyArns"], file("managed-arns.json"));
        for inline in own["Policies"].as_array().into_iter().flatten() {
            assert_eq!(inline["PolicyDocument"], file("inline/inline.json"));
        }
    }
    assert!(properties("SupportGateway")["Policies"][0]["PolicyDocument"]["Statement"].is_array());
}

#[test]
fn its_trust_policy_admits_the_providers_that_it_creates() {
    let file = folder("doit").into_iter().find(|f| f.name == "identity-providers.json").unwrap();
    let providers = IdentityProviders::load(&file, ACCOUNT, &Limits::default()).unwrap();
    let created: Vec<(Value, Value)> = ["SupportProvider", "FirebaseProvider"]
        .map(|name| (properties(name)["Url"].clone(), properties(name)["ClientIdList"][0].clone()))
        .to_vec();
    let known: Vec<(Value, Value)> = providers
        .providers
        .iter()
        .map(|own| (json!(format!("https://{}", own.issuer)), json!(&*own.audience)))
        .collect();
    assert_eq!(created, known);
    let profile = profile("standard");
    let report = trust(
        &installed(),
        &providers,
        profile.tag.as_ref(),
        Instant::from_epoch_seconds(1_795_000_000),
        &Context::new(),
        &Details::embedded().unwrap(),
    );
    assert!(report.admits_doit(), "{report:#?}");
    // Only an AWS service may assume the other role.
    let diagnostics = properties("SupportDiagnostics");
    assert_eq!(
        diagnostics["AssumeRolePolicyDocument"]["Statement"][0]["Principal"],
        json!({"Service": "ts.amazonaws.com"})
    );
}

#[test]
fn its_permissions_are_read() {
    let own = properties("SupportGateway");
    let inline = policy(&own["Policies"][0]["PolicyDocument"], PolicyKind::Identity);
    // IAM's quota of inline policies of a role (part 1b of the rules).
    assert!(inline.to_json().len() <= 10_240);
    let layers = session_layers(Some(&installed()), &profile("standard"));
    assert_eq!(layers.identity.len(), 10);
}
