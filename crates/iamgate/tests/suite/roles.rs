//! Roles under profiles: the real one, also with policies that customers may have attached.

use super::support::{folder, managed};
use iamgate::iam_policy::Limits;
use iamgate::{File, Profile, RoleSnapshot};
use serde_json::Value;

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const PROFILES: [&str; 5] =
    ["standard", "standard-quota", "standard-no-logs", "narrow", "diagnostics"];

/// The policies that are attached to the role besides its own.
pub(crate) const ATTACHED: [&str; 4] =
    ["", "AdministratorAccess", "PowerUserAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"];

fn profile_file(name: &str) -> File {
    let name = format!("{name}.json");
    folder("doit/profiles").into_iter().find(|f| f.name == name).unwrap()
}

fn read(file: &File) -> Profile {
    Profile::load(file, ACCOUNT, &managed(), &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn profile(name: &str) -> Profile {
    read(&profile_file(name))
}

/// A profile with its file changed.
pub(crate) fn edited(name: &str, change: impl FnOnce(&mut Value)) -> Profile {
    let mut file = profile_file(name);
    let mut json: Value = serde_json::from_str(&file.text).unwrap();
    change(&mut json);
    file.text = json.to_string();
    read(&file)
}

/// A profile whose inline policy has another statement besides its own.
pub(crate) fn widened(name: &str, statement: &str) -> Profile {
    edited(name, |json| {
        let statements = json["Policy"]["Statement"].as_array_mut().unwrap();
        statements.push(serde_json::from_str(statement).unwrap());
        json["budget"] = 100_000.into();
    })
}

/// A profile whose inline policy has these statements instead of its own, and that promises little.
pub(crate) fn unguarded(name: &str, statements: &str) -> Profile {
    edited(name, |json| {
        json["Policy"]["Statement"] = serde_json::from_str(&format!("[{statements}]")).unwrap();
        json["never_allowed"] = Value::Array(Vec::new());
        json["always_denied"] = Value::Array(Vec::new());
    })
}

/// The real role with other files. A file of the same name is replaced, and one without a text is left out.
pub(crate) fn role_with(more: &[(&str, &str)]) -> RoleSnapshot {
    let mut files = folder("doit/support-gateway");
    for (name, text) in more {
        files.retain(|file| file.name != *name);
        if !text.is_empty() {
            files.push(File { name: (*name).to_owned(), text: (*text).to_owned() });
        }
    }
    RoleSnapshot::from_folder(&files, &managed(), &Limits::default())
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The text of a file of the real role.
pub(crate) fn role_file(name: &str) -> String {
    folder("doit/support-gateway").into_iter().find(|file| file.name == name).unwrap().text
}

/// The text of a policy with these statements.
pub(crate) fn policy_text(statements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
}

/// The real role, with a policy that customers may have attached.
pub(crate) fn role(more: &str) -> RoleSnapshot {
    let statement = match more {
        "" => return role_with(&[]),
        "AdministratorAccess" => r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
        "PowerUserAccess" => {
            r#"{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
               {"Effect": "Allow", "Resource": "*", "Action": ["account:GetAccountInformation", "account:GetPrimaryEmail",
                "account:ListRegions", "iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:ListRoles",
                "organizations:DescribeOrganization"]}"#
        }
        arn => {
            let policy = managed().resolve(arn, "test").unwrap().policy().to_json();
            return role_with(&[("managed/more.json", &policy)]);
        }
    };
    role_with(&[("managed/more.json", &policy_text(statement))])
}
