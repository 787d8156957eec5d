//! A role read from the output of `get-account-authorization-details` is the same role after it is written again as such an output with
//! URL-encoded documents, and after it is written as the files of a folder, by the gate or here. It has every policy that the output lists.

use iam_policy::{Limits, Policy, PolicyKind};
use iamgate::{File, ManagedPolicies, RoleSnapshot, role_files};
use serde_json::{Value, json};

use crate::input;

pub fn snapshots_read_back(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    let read = |text: String| {
        let file = File { name: "details.json".into(), text };
        RoleSnapshot::from_account_details(&file, None, &ManagedPolicies::default(), &limits())
    };
    let Ok(role) = read(text.to_owned()) else { return };
    complete(&role, text);
    let again = read(output(&role).to_string()).unwrap_or_else(|error| panic!("{}: {error}", output(&role)));
    same(&role, &again, true);
    let folder = RoleSnapshot::from_folder(&folder(&role), &ManagedPolicies::default(), &limits())
        .unwrap_or_else(|error| panic!("as a folder: {error}"));
    same(&role, &folder, false);
    let file = File { name: "details.json".into(), text: text.to_owned() };
    let files = role_files(&file, role.name(), &limits()).unwrap_or_else(|error| panic!("as files: {error}"));
    let written = RoleSnapshot::from_folder(&files, &ManagedPolicies::default(), &limits())
        .unwrap_or_else(|error| panic!("as files: {error}"));
    let policies = |role: &RoleSnapshot| {
        let mut all: Vec<String> = role.policies().iter().map(|p| p.policy().to_json()).collect();
        all.sort();
        all
    };
    assert_eq!(policies(&role), policies(&written));
    assert_eq!(role.sha256(), written.sha256());
}

/// Checks that nothing in the text is left out. If no name is given, the text has one role.
fn complete(role: &RoleSnapshot, text: &str) {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return };
    let written = &value["RoleDetailList"][0];
    let count = |name: &str| written[name].as_array().map_or(0, Vec::len);
    assert_eq!(role.policies().len(), count("RolePolicyList") + count("AttachedManagedPolicies"), "{text}");
    assert_eq!(role.trust().is_some(), written.get("AssumeRolePolicyDocument").is_some(), "{text}");
    assert_eq!(role.boundary().is_some(), written.get("PermissionsBoundary").is_some(), "{text}");
}

fn limits() -> Limits {
    let mut limits = input::limits();
    limits.pattern_bytes = 1 << 20;
    limits
}

fn same(a: &RoleSnapshot, b: &RoleSnapshot, names: bool) {
    assert_eq!((a.name(), a.arn(), a.max_session_duration()), (b.name(), b.arn(), b.max_session_duration()));
    assert_eq!((a.trust(), a.account()), (b.trust(), b.account()));
    let policies = |role: &RoleSnapshot| -> Vec<_> {
        let name = |name: &str| if names { name.to_owned() } else { String::new() };
        role.policies().iter().map(|p| (name(p.name()), p.policy().clone())).collect()
    };
    assert_eq!(policies(a), policies(b));
    assert_eq!(a.boundary().map(|b| b.policy()), b.boundary().map(|b| b.policy()));
}

fn encoded(policy: &Policy) -> String {
    policy.to_json().bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn output(role: &RoleSnapshot) -> Value {
    let (inline, managed): (Vec<_>, Vec<_>) =
        role.policies().iter().partition(|p| p.policy().kind == PolicyKind::Identity);
    let (partition, account) = (role.partition(), role.account());
    let arn = |index: usize, name: &str| format!("arn:{partition}:iam::{account}:policy/{index}/{name}");
    let edge_arn = format!("arn:{partition}:iam::{account}:policy/edge");
    let own = |arn: &str, policy: &Policy| json!({"Arn": arn, "PolicyVersionList": [{"IsDefaultVersion": true, "Document": encoded(policy)}]});
    let edge = role.boundary().map(|b| own(&edge_arn, b.policy()));
    let mut written = json!({
        "RoleName": role.name(), "Arn": role.arn().as_str(),
        "RolePolicyList": inline.iter().map(|p| json!({"PolicyName": p.name(), "PolicyDocument": encoded(p.policy())})).collect::<Vec<_>>(),
        "AttachedManagedPolicies": managed.iter().enumerate().map(|(i, p)| json!({"PolicyArn": arn(i, p.name())})).collect::<Vec<_>>(),
    });
    let optional = [
        ("AssumeRolePolicyDocument", role.trust().map(|trust| json!(encoded(trust)))),
        ("MaxSessionDuration", role.max_session_duration().map(|seconds| json!(seconds))),
        ("PermissionsBoundary", edge.as_ref().map(|_| json!({"PermissionsBoundaryArn": edge_arn}))),
    ];
    for (name, value) in optional {
        value.map(|value| written[name] = value);
    }
    let policies = managed
        .iter()
        .enumerate()
        .map(|(i, p)| own(&arn(i, p.name()), p.policy()))
        .chain(edge)
        .collect::<Vec<_>>();
    json!({"RoleDetailList": [written], "Policies": policies})
}

fn folder(role: &RoleSnapshot) -> Vec<File> {
    let mut about = json!({"RoleName": role.name(), "Arn": role.arn().as_str()});
    role.max_session_duration().map(|seconds| about["MaxSessionDuration"] = json!(seconds));
    let mut files = vec![File { name: "role.json".into(), text: about.to_string() }];
    for (i, one) in role.policies().iter().enumerate() {
        let kind = if one.policy().kind == PolicyKind::Identity { "inline" } else { "managed" };
        files.push(File { name: format!("{kind}/{i:04}.json"), text: one.policy().to_json() });
    }
    let rest = [("trust.json", role.trust()), ("boundary.json", role.boundary().map(|b| b.policy()))];
    files.extend(
        rest.into_iter().filter_map(|(name, p)| Some(File { name: name.into(), text: p?.to_json() })),
    );
    files
}
