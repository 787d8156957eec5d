//! A small profile, and small managed policies of its own.

use std::fmt::Write as _;

use iamgate::iam_policy::Limits;
use iamgate::{File, ManagedPolicies, Profile, RoleSnapshot};
use sha2::{Digest as _, Sha256};

use super::roles::ACCOUNT;

pub(crate) const ARN: &str = "arn:aws:iam::aws:policy/SmallReads";

/// What the first version of the policy allows.
pub(crate) const READS: &str = r#""sqs:Get*", "sqs:List*", "sqs:ReceiveMessage", "secretsmanager:Get*", "secretsmanager:List*", "secretsmanager:Describe*""#;

pub(crate) fn file(name: &str, text: &str) -> File {
    File { name: name.to_owned(), text: text.to_owned() }
}

pub(crate) fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The text of a policy that allows these actions.
pub(crate) fn allowing(actions: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": [{actions}], "Resource": "*"}}]}}"#
    )
}

/// Managed policies of one policy, which allows these actions.
pub(crate) fn managed(version: &str, actions: &str) -> ManagedPolicies {
    let text = allowing(actions);
    let manifest = format!(
        r#"{{"policies": [{{"arn": "{ARN}", "file": "SmallReads.json", "version_id": "{version}", "sha256": "{}"}}]}}"#,
        hash(&text)
    );
    let files = [file("MANIFEST.json", &manifest), file("SmallReads.json", &text)];
    ManagedPolicies::load(&files, &Limits::default()).unwrap()
}

/// The statement that denies sessions of another account.
pub(crate) const TAGGED: &str = r#"{
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalTag/DoitEnvironment": "{{account}}"}}
      }"#;

pub(crate) const GUARD: &str = r#"{
        "Effect": "Deny",
        "Action": [
          "secretsmanager:GetSecretValue",
          "sqs:Receive*"
        ],
        "Resource": "*"
      }"#;

/// The text of a profile with these statements, which pins the first version of the policy.
pub(crate) fn profile_text(statements: &str) -> String {
    let sha256 = hash(&allowing(READS));
    format!(
        r#"{{
  "schema": "iamgate/profile", "version": 1, "name": "small", "about": "A test.",
  "parameters": ["account"],
  "PolicyArns": ["{ARN}"],
  "Policy": {{
    "Version": "2012-10-17",
    "Statement": [
      {statements}
    ]
  }},
  "levels": ["List", "Read"],
  "exceptions": [],
  "future": ["*:Describe*", "*:Get*", "*:List*"],
  "never_allowed": ["Credentials", "StoredData"],
  "always_denied": [],
  "kept": [],
  "budget": 2048,
  "tag": {{"key": "DoitEnvironment", "value": "{{{{account}}}}", "transitive": true}},
  "pins": {{"{ARN}": {{"version": "v1", "sha256": "{sha256}"}}}},
  "refuse": ["MANAGED_POLICY_CHANGED"]
}}
"#
    )
}

pub(crate) fn load(text: &str, managed: &ManagedPolicies) -> Profile {
    Profile::load(&file("small.json", text), ACCOUNT, managed, &Limits::default()).unwrap()
}

/// The trust policy and the name of the real role, with these further files.
pub(crate) fn role(more: &[(&str, &str)], managed: &ManagedPolicies) -> RoleSnapshot {
    let mut files = super::support::folder("doit/support-gateway");
    files.retain(|own| own.name == "role.json" || own.name == "trust.json");
    files.extend(more.iter().map(|(name, text)| file(name, text)));
    RoleSnapshot::from_folder(&files, managed, &Limits::default()).unwrap()
}
