//! A role as a folder of files.

use std::sync::Arc;

use iam_policy::json::{Document, Form, Value};
use iam_policy::{Limits, PolicyKind, quoted};

use super::{RoleSnapshot, deployed};
use crate::input::{File, InputError};
use crate::managed::{ManagedPolicies, NamedPolicy};

const ROLE: &str = "role.json";
const ARNS: &str = "managed-arns.json";

pub(super) fn read(
    files: &[File],
    managed: &ManagedPolicies,
    limits: &Limits,
) -> Result<RoleSnapshot, InputError> {
    let mut sorted: Vec<&File> = files.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let Some(role) = sorted.iter().find(|f| f.name == ROLE) else {
        let help = "a role snapshot has role.json with RoleName and Arn beside its policies";
        return Err(InputError::other(ROLE, "FILE_NOT_FOUND", "no role.json in the folder", help));
    };
    let mut snapshot = parse(role, limits, self::role)?;
    for file in sorted {
        let inner = |folder: &str| file.name.strip_prefix(folder).and_then(|name| name.strip_suffix(".json"));
        if let Some(name) = inner("inline/").or_else(|| inner("managed/")) {
            let kind =
                if file.name.starts_with("inline/") { PolicyKind::Identity } else { PolicyKind::Managed };
            snapshot.policies.push(NamedPolicy { name: name.into(), policy: deployed(file, kind, limits)? });
        } else if file.name == "trust.json" {
            snapshot.trust = Some(deployed(file, PolicyKind::Trust, limits)?);
        } else if file.name == "boundary.json" {
            snapshot.boundary = Some(NamedPolicy {
                name: "boundary".into(),
                policy: deployed(file, PolicyKind::Boundary, limits)?,
            });
        } else if file.name == ARNS {
            for arn in parse(file, limits, |form, root| form.texts(Some(root), "a list of policy ARNs"))? {
                let found = managed.resolve(&arn, ARNS)?;
                let name = arn.rsplit('/').next().unwrap_or_default().into();
                snapshot.policies.push(NamedPolicy { name, policy: Arc::clone(&found.policy) });
            }
        } else if file.name != ROLE {
            let help = "a role snapshot has role.json, trust.json, boundary.json, managed-arns.json, inline/*.json and managed/*.json";
            return Err(InputError::other(
                &file.name,
                "UNEXPECTED_FILE",
                format!("{} in the folder of a role", quoted(&file.name)),
                help,
            ));
        }
    }
    snapshot.with_policies("")
}

/// A file of a fixed form.
fn parse<T>(
    file: &File,
    limits: &Limits,
    read: impl FnOnce(&mut Form, Value<'_>) -> Option<T>,
) -> Result<T, InputError> {
    let refuse = |report| InputError::document(&file.name, report);
    let document =
        Document::parse(&file.text, limits).and_then(Document::refuse_duplicates).map_err(refuse)?;
    let mut form = Form::new(&document, limits.pattern_bytes);
    let value = read(&mut form, document.root());
    form.finish(value).map_err(refuse)
}

fn role(form: &mut Form, root: Value<'_>) -> Option<RoleSnapshot> {
    let [name, arn, duration, _] =
        form.members(root, ["RoleName", "Arn", "MaxSessionDuration", "Tags"], 2)?;
    Some(RoleSnapshot {
        name: form.text(name?, "the role's name")?,
        arn: form.text(arn?, "the role's ARN")?,
        max_session_duration: match duration {
            Some(duration) => Some(form.integer(duration)?),
            None => None,
        },
        trust: None,
        policies: Vec::new(),
        boundary: None,
    })
}
