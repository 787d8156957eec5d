//! A role as a folder of files.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_eval::session::Tags;
use iam_json::quoted;
use iam_json::{Document, Form, Kind, Value};
use iam_policy::{Limits, PolicyKind, code};

use super::{NamedVersion, RoleSnapshot, deployed, role_arn, role_name, source};
use crate::input::{File, InputError};
use crate::managed::{ManagedPolicies, ManagedPolicy, NamedPolicy, beyond_partition, policy_name};

const ROLE: &str = "role.json";
const ARNS: &str = "managed-arns.json";
pub(super) const VERSIONS: &str = "managed-versions.json";

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
    snapshot.sources = sorted.iter().map(|file| source(file)).collect();
    let mut attached: Vec<&ManagedPolicy> = Vec::new();
    let mut controls: BTreeMap<(PolicyKind, &str), Vec<NamedPolicy>> = BTreeMap::new();
    for file in sorted {
        let inner = |folder: &str| file.name.strip_prefix(folder).and_then(|name| name.strip_suffix(".json"));
        if let Some(name) = inner("inline/").or_else(|| inner("managed/")) {
            let kind =
                if file.name.starts_with("inline/") { PolicyKind::Identity } else { PolicyKind::Managed };
            snapshot.policies.push(NamedPolicy::new(name, deployed(file, kind, limits)?));
        } else if file.name == "trust.json" {
            snapshot.trust = Some(NamedPolicy::new("trust", deployed(file, PolicyKind::Trust, limits)?));
        } else if file.name == "boundary.json" {
            let policy = deployed(file, PolicyKind::Boundary, limits)?;
            snapshot.boundary = Some(NamedPolicy::new("boundary", policy));
        } else if file.name == ARNS {
            for arn in parse(file, limits, |form, root| form.texts(Some(root), "a list of policy ARNs"))? {
                let found = managed.resolve(&arn, ARNS)?;
                attached.push(found);
                snapshot.policies.push(found.named().clone());
            }
        } else if file.name == VERSIONS {
            snapshot.versions = parse(file, limits, versions)?;
        } else if let Some(name) = inner("resources/") {
            let policy = deployed(file, PolicyKind::Resource, limits)?;
            snapshot.resources.push(NamedPolicy::new(name, policy));
        } else if let Some((kind, level, name)) = control(&file.name) {
            let policy = deployed(file, kind, limits)?;
            controls.entry((kind, level)).or_default().push(NamedPolicy::new(name, policy));
        } else if file.name != ROLE {
            let help = "a role snapshot has role.json, trust.json, boundary.json, managed-arns.json, managed-versions.json, inline/*.json, \
                        managed/*.json, scp/LEVEL/*.json, rcp/LEVEL/*.json and resources/*.json";
            return Err(InputError::other(
                &file.name,
                "UNEXPECTED_FILE",
                format!("{} in the folder of a role", quoted(&file.name)),
                help,
            ));
        }
    }
    for own in &mut snapshot.versions {
        own.taken = taken(&own.arn, attached.iter().copied());
    }
    for ((kind, _), policies) in controls {
        let levels = if kind == PolicyKind::Scp { &mut snapshot.scp } else { &mut snapshot.rcp };
        levels.get_or_insert_default().push(policies);
    }
    snapshot.with_policies("")
}

/// The kind, level and name of a control policy of the organization; `None` if the file is not one.
fn control(name: &str) -> Option<(PolicyKind, &str, &str)> {
    let (folder, rest) = name.split_once('/')?;
    let kind = match folder {
        "scp" => PolicyKind::Scp,
        "rcp" => PolicyKind::Rcp,
        _ => return None,
    };
    let (level, name) = rest.split_once('/')?;
    Some((kind, level, name.strip_suffix(".json").filter(|name| !name.contains('/'))?))
}

/// Reads a file of a fixed form.
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
    let [name, arn, duration, tags, id] =
        form.members(root, ["RoleName", "Arn", "MaxSessionDuration", "Tags", "RoleId"], 2)?;
    let arn = role_arn(form, arn?)?;
    let mut role = RoleSnapshot::named(role_name(form, name?, None, &arn)?, arn);
    if let Some(duration) = duration {
        role.max_session_duration = Some(form.integer(duration)?);
    }
    if let Some(id) = id {
        role.id = Some(form.text(id, "the role's unique id")?);
    }
    if let Some(tags) = tags {
        role.tags = self::tags(form, tags)?;
    }
    Some(role)
}

/// Versions by ARN.
fn versions(form: &mut Form, root: Value<'_>) -> Option<Vec<NamedVersion>> {
    let help = "an object of ARNs of managed policies, each with a version such as v188";
    if root.kind() != Kind::Object {
        form.report(code::INVALID_MEMBER, root, root.kind().name(), help);
        return None;
    }
    let mut versions = Vec::new();
    for member in root.members() {
        let arn = member.key.string();
        let version = form.text(member.value, help)?;
        if beyond_partition(&arn).is_empty() || !is_version(&version) {
            form.report(
                code::INVALID_MEMBER,
                member.value,
                format!("{} of {}", quoted(&version), quoted(&arn)),
                help,
            );
            return None;
        }
        versions.push(NamedVersion { arn: arn.into(), version, taken: None });
    }
    Some(versions)
}

/// Whether a text is the id of a version (IAM API Reference, `PolicyVersion`: `v[1-9][0-9]*` and a suffix that AWS uses itself).
pub(super) fn is_version(text: &str) -> bool {
    text.strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit() && first != '0'))
}

/// The version of the document that was taken for a policy; `None` if none was.
pub(super) fn taken<'p>(
    arn: &str,
    mut attached: impl Iterator<Item = &'p ManagedPolicy>,
) -> Option<Box<str>> {
    let own = attached.find(|policy| beyond_partition(policy.arn()) == beyond_partition(arn));
    own.map(|policy| policy.version().into())
}

/// Tags as AWS prints them: a list of objects with `Key` and `Value`.
pub(super) fn tags(form: &mut Form, list: Value<'_>) -> Option<Tags> {
    if list.kind() != Kind::Array {
        form.report(code::INVALID_MEMBER, list, list.kind().name(), "a list of objects with Key and Value");
        return None;
    }
    let mut tags = Tags::new();
    for tag in list.items() {
        let [key, value] = form.members(tag, ["Key", "Value"], 2)?;
        tags.push(form.text(key?, "a tag key")?, form.text(value?, "a tag value")?);
    }
    Some(tags)
}
