//! A role as a folder of files.

use iam_eval::session::Tags;
use iam_json::quoted;
use iam_json::{Document, Form, Kind, Value};
use iam_policy::{Limits, PolicyKind, code};
use std::collections::BTreeMap;

use super::cut::refuse_cut;
use super::{NamedVersion, RoleSnapshot, check_attached, deployed, is_of_aws, role_arn, role_name, source};
use crate::input::{File, InputError};
use crate::managed::{ManagedPolicies, ManagedPolicy, NamedPolicy, beyond_partition, policy_name};

const ROLE: &str = "role.json";
const ARNS: &str = "managed-arns.json";
pub(super) const VERSIONS: &str = "managed-versions.json";

/// The folder of AWS managed policies as the account has them.
pub(super) const DOCUMENTS: &str = "aws-managed/";
/// The file with the ARN of a permissions boundary that is an AWS managed policy.
pub(super) const BOUNDARY_ARN: &str = "boundary-arn.json";

pub(super) fn read(
    files: &[File],
    managed: &ManagedPolicies,
    limits: &Limits,
) -> Result<RoleSnapshot, InputError> {
    let mut sorted: Vec<&File> = files.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    for file in &sorted {
        refuse_cut(file, limits)?;
    }
    let Some(role) = sorted.iter().find(|f| f.name == ROLE) else {
        let help = "a role snapshot has role.json with RoleName and Arn beside its policies";
        return Err(InputError::other(ROLE, "FILE_NOT_FOUND", "no role.json in the folder", help));
    };
    let mut snapshot = parse(role, limits, self::role)?;
    snapshot.sources = sorted.iter().map(|file| source(file)).collect();
    let mut folder = Folder { managed, limits, shown: Vec::new(), taken: Vec::new(), snapshot };
    // What the account has comes first: the other files name it.
    for file in sorted.iter().filter(|file| inner(file, DOCUMENTS).is_some()) {
        folder.document(file)?;
    }
    let mut controls: BTreeMap<(PolicyKind, &str), Vec<NamedPolicy>> = BTreeMap::new();
    for file in sorted {
        if let Some((kind, level, name)) = control(&file.name) {
            let policy = NamedPolicy::new(name, deployed(file, kind, limits)?);
            controls.entry((kind, level)).or_default().push(policy);
        } else {
            folder.file(file)?;
        }
    }
    let mut snapshot = folder.finish();
    for ((kind, _), policies) in controls {
        let levels = if kind == PolicyKind::Scp { &mut snapshot.scp } else { &mut snapshot.rcp };
        levels.get_or_insert_default().push(policies);
    }
    snapshot.with_policies("")
}

/// The name of a file in a folder, without its ending.
fn inner<'f>(file: &'f File, folder: &str) -> Option<&'f str> {
    file.name.strip_prefix(folder).and_then(|name| name.strip_suffix(".json"))
}

/// A role of which some files have been read.
struct Folder<'f> {
    managed: &'f ManagedPolicies,
    limits: &'f Limits,
    /// AWS managed policies as the account has them, with the text of each document.
    shown: Vec<(ManagedPolicy, File)>,
    /// The pinned policies whose documents stand for those that the folder lacks.
    taken: Vec<&'f ManagedPolicy>,
    snapshot: RoleSnapshot,
}

impl Folder<'_> {
    fn file(&mut self, file: &File) -> Result<(), InputError> {
        let limits = self.limits;
        if let Some(name) = inner(file, "inline/") {
            let policy = deployed(file, PolicyKind::Identity, limits)?;
            self.snapshot.policies.push(NamedPolicy::new(name, policy));
        } else if let Some(name) = inner(file, "managed/") {
            let policy = deployed(file, PolicyKind::Managed, limits)?;
            self.snapshot.policies.push(NamedPolicy::new(name, policy));
        } else if let Some(name) = inner(file, "resources/") {
            let policy = deployed(file, PolicyKind::Resource, limits)?;
            self.snapshot.resources.push(NamedPolicy::new(name, policy));
        } else if file.name == "trust.json" {
            let policy = deployed(file, PolicyKind::Trust, limits)?;
            self.snapshot.trust = Some(NamedPolicy::new("trust", policy));
        } else if file.name == "boundary.json" || file.name == BOUNDARY_ARN {
            if self.snapshot.boundary.is_some() {
                let found = "a document and an ARN of the permissions boundary";
                let help = "a role has one boundary: leave one of the files out";
                return Err(InputError::other(&file.name, "UNEXPECTED_FILE", found, help));
            }
            self.snapshot.boundary = Some(if file.name == BOUNDARY_ARN {
                let arn = parse(file, limits, |form, root| form.text(root, "the ARN of a policy"))?;
                self.attached(&arn, PolicyKind::Boundary, &file.name)?
            } else {
                NamedPolicy::new("boundary", deployed(file, PolicyKind::Boundary, limits)?)
            });
        } else if file.name == ARNS {
            for arn in parse(file, limits, |form, root| form.texts(Some(root), "a list of policy ARNs"))? {
                let policy = self.attached(&arn, PolicyKind::Managed, ARNS)?;
                self.snapshot.policies.push(policy);
            }
        } else if file.name == VERSIONS {
            self.snapshot.versions = parse(file, limits, versions)?;
        } else if file.name != ROLE && inner(file, DOCUMENTS).is_none() {
            let help = "a role snapshot has role.json, trust.json, boundary.json or boundary-arn.json, managed-arns.json, \
                        managed-versions.json, inline/*.json, managed/*.json, aws-managed/*.json, scp/LEVEL/*.json, rcp/LEVEL/*.json and \
                        resources/*.json";
            return Err(InputError::other(
                &file.name,
                "UNEXPECTED_FILE",
                format!("{} in the folder of a role", quoted(&file.name)),
                help,
            ));
        }
        Ok(())
    }

    /// A managed policy of the role: as the account has it, or else as it is pinned.
    fn attached(&mut self, arn: &str, kind: PolicyKind, file: &str) -> Result<NamedPolicy, InputError> {
        // For a text that is no ARN, the nearest known ARN is told below.
        if !beyond_partition(arn).is_empty() {
            check_attached(&self.snapshot.arn, arn, file)?;
        }
        let is_own = |own: &&(ManagedPolicy, File)| beyond_partition(own.0.arn()) == beyond_partition(arn);
        if let Some((_, document)) = self.shown.iter().find(is_own) {
            return Ok(NamedPolicy::new(policy_name(arn), deployed(document, kind, self.limits)?));
        }
        let found = self.managed.resolve(arn, file)?;
        self.taken.push(found);
        Ok(found.named().clone())
    }

    /// Reads an AWS managed policy as the account has it.
    fn document(&mut self, file: &File) -> Result<(), InputError> {
        let (arn, version, text) = parse(file, self.limits, shown)?;
        if self.shown.iter().any(|(own, _)| beyond_partition(own.arn()) == beyond_partition(&arn)) {
            let found = format!("a second document of {}", quoted(&arn));
            return Err(InputError::other(&file.name, "DUPLICATE_POLICY", found, "leave one of the two out"));
        }
        let document = File { name: file.name.clone(), text };
        let policy = deployed(&document, PolicyKind::Managed, self.limits)?;
        self.shown.push((ManagedPolicy::deployed(arn, version, policy), document));
        Ok(())
    }

    fn finish(self) -> RoleSnapshot {
        let mut snapshot = self.snapshot;
        for own in &mut snapshot.versions {
            own.taken = taken(&own.arn, self.taken.iter().copied());
        }
        // An account has many policies. Those that are pinned are those to which a profile can refer.
        let pinned = |own: &ManagedPolicy| self.managed.policy(own.arn()).is_some();
        snapshot.deployed = self.shown.into_iter().map(|(own, _)| own).filter(pinned).collect();
        snapshot.versions.retain(|own| self.managed.policy(own.arn()).is_some());
        snapshot
    }
}

/// The ARN, the version and the document's text of an AWS managed policy.
fn shown(form: &mut Form, root: Value<'_>) -> Option<(Box<str>, Box<str>, String)> {
    let [arn, version, document] = form.members(root, ["Arn", "VersionId", "Document"], 3)?;
    let (arn_value, version_value, document) = (arn?, version?, document?);
    let arn = form.text(arn_value, "the ARN of an AWS managed policy")?;
    if !is_of_aws(&arn) {
        let help = "an ARN such as arn:aws:iam::aws:policy/ReadOnlyAccess; the account's own policies belong into managed/";
        form.report(code::INVALID_MEMBER, arn_value, quoted(&arn), help);
        return None;
    }
    let version = form.text(version_value, "a version, such as v188")?;
    if !is_version(&version) {
        form.report(code::INVALID_MEMBER, version_value, quoted(&version), "a version, such as v188");
        return None;
    }
    Some((arn, version, document.raw().to_owned()))
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
    let names = ["RoleName", "Arn", "Path", "MaxSessionDuration", "Tags", "RoleId"];
    let [name, arn, path, duration, tags, id] = form.members(root, names, 2)?;
    let arn = role_arn(form, arn?)?;
    let mut role = RoleSnapshot::named(role_name(form, name?, path, &arn)?, arn);
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
