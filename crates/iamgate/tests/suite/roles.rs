//! Roles under profiles: the real one, also with policies that customers may have attached.

use std::sync::Arc;

use super::support::{folder, managed};
use iamgate::iam_policy::{Limits, Mode, Policy, PolicyKind};
use iamgate::{NamedPolicy, Profile, RoleSnapshot};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const PROFILES: [&str; 5] =
    ["standard", "standard-quota", "standard-no-logs", "narrow", "diagnostics"];

/// The policies that are attached to the role besides its own.
pub(crate) const ATTACHED: [&str; 4] =
    ["", "AdministratorAccess", "PowerUserAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"];

pub(crate) fn profile(name: &str) -> Profile {
    let name = format!("{name}.json");
    let file = folder("doit/profiles").into_iter().find(|f| f.name == name).unwrap();
    Profile::load(&file, ACCOUNT, &managed(), &Limits::default()).unwrap()
}

/// The real role, with a policy that customers may have attached.
pub(crate) fn role(more: &str) -> RoleSnapshot {
    let limits = Limits::default();
    let mut role = RoleSnapshot::from_folder(&folder("doit/support-gateway"), &managed(), &limits).unwrap();
    let statement = match more {
        "" => return role,
        "AdministratorAccess" => r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
        "PowerUserAccess" => {
            r#"{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
               {"Effect": "Allow", "Resource": "*", "Action": ["account:GetAccountInformation", "account:GetPrimaryEmail",
                "account:ListRegions", "iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:ListRoles",
                "organizations:DescribeOrganization"]}"#
        }
        arn => {
            let policy = managed().resolve(arn, "test").unwrap().policy.clone();
            role.policies.push(NamedPolicy::new("more", policy));
            return role;
        }
    };
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let policy = Policy::parse(&text, PolicyKind::Managed, Mode::Strict, &limits).unwrap();
    role.policies.push(NamedPolicy::new("more", Arc::new(policy)));
    role
}
