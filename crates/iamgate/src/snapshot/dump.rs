//! A role in the output of `aws iam get-account-authorization-details`.
//!
//! AWS sometimes adds members to this output. Members that are not needed here are ignored. A needed member that is missing is an error.

use std::sync::Arc;

use iam_json::{Document, Form, Kind, Value};
use iam_json::{json_text, quoted};
use iam_policy::{Limits, Mode, Policy, PolicyKind, RoleArn, code};

use super::folder::{VERSIONS, is_version, tags as tags_of, taken};
use super::{AccountRole, NamedVersion, RoleSnapshot, role_arn, role_name, source};
use crate::input::{File, InputError};
use crate::managed::{ManagedPolicies, ManagedPolicy, NamedPolicy, hex_sha256, policy_name};
use crate::near::nearest;

/// What an output has of a managed policy.
enum Own<'d> {
    /// The document of its default version, and the id of the version.
    Document(Value<'d>, Option<Box<str>>),
    /// Only the id of its default version.
    Version(Box<str>),
}

struct Dump<'d> {
    file: &'d File,
    root: Value<'d>,
    limits: &'d Limits,
    form: Form,
    /// The pinned policies whose documents stand for those that the output lacks.
    taken: Vec<ManagedPolicy>,
}

pub(super) fn read(
    file: &File,
    role: Option<&str>,
    managed: &ManagedPolicies,
    limits: &Limits,
) -> Result<RoleSnapshot, InputError> {
    let document = document(file, limits)?;
    let mut dump = Dump::new(file, &document, limits);
    let role = dump.role(role)?;
    dump.snapshot(role, managed)
}

/// Every role in an output.
pub(super) fn roles(file: &File, limits: &Limits) -> Result<Vec<AccountRole>, InputError> {
    let document = document(file, limits)?;
    let mut dump = Dump::new(file, &document, limits);
    let mut roles = Vec::new();
    for role in dump.roles()?.items() {
        let (name, arn) = dump.name_and_arn(role)?;
        roles.push(AccountRole { name, arn });
    }
    Ok(roles)
}

/// A role in an output, as the files of a folder.
pub(super) fn files(file: &File, role: &str, limits: &Limits) -> Result<Vec<File>, InputError> {
    let document = document(file, limits)?;
    let mut dump = Dump::new(file, &document, limits);
    let role = dump.role(Some(role))?;
    dump.files(role)
}

fn document<'d>(file: &'d File, limits: &Limits) -> Result<Document<'d>, InputError> {
    let read = Document::parse(&file.text, limits).and_then(Document::refuse_duplicates);
    read.map_err(|report| InputError::document(&file.name, report))
}

impl<'d> Dump<'d> {
    fn new(file: &'d File, document: &'d Document<'d>, limits: &'d Limits) -> Self {
        Self {
            file,
            root: document.root(),
            limits,
            form: Form::new(document, limits.document_bytes),
            taken: Vec::new(),
        }
    }

    fn roles(&mut self) -> Result<Value<'d>, InputError> {
        if self.flag(self.root, "IsTruncated")? {
            let help = "run `aws iam get-account-authorization-details` without --max-items, so that it fetches every page";
            return Err(InputError::other(&self.file.name, "TRUNCATED_OUTPUT", "IsTruncated is true", help));
        }
        let roles = self.need(self.root, "RoleDetailList")?;
        if roles.kind() != Kind::Array {
            return Err(self.wrong(roles, "a list of roles"));
        }
        Ok(roles)
    }

    fn role(&mut self, wanted: Option<&str>) -> Result<Value<'d>, InputError> {
        let roles = self.roles()?;
        let name = |role: &Value<'d>| role.member("RoleName").map(Value::string).unwrap_or_default();
        let matching: Vec<Value<'d>> =
            roles.items().filter(|role| wanted.is_none_or(|wanted| name(role) == wanted)).collect();
        let [role] = matching.as_slice() else {
            let names: Vec<String> = roles.items().take(8).map(|role| name(&role).into_owned()).collect();
            let found = match wanted {
                Some(wanted) => format!("{} roles of the name {}", matching.len(), quoted(wanted)),
                None => format!("{} roles", matching.len()),
            };
            let all: Vec<String> = roles.items().map(|role| name(&role).into_owned()).collect();
            let near = wanted.map(|wanted| nearest(wanted, &all, |name| name.as_str())).unwrap_or_default();
            let help = if near.is_empty() {
                format!("name one with --role, such as {}", names.join(", "))
            } else {
                let near: Vec<String> = near.into_iter().map(|name| quoted(name)).collect();
                format!("did you mean {}?", near.join(" or "))
            };
            return Err(InputError::other(&self.file.name, "ROLE_NOT_FOUND", found, help));
        };
        Ok(*role)
    }

    /// The files that a folder of the role would have. A managed policy is written with its document if the output has it, and otherwise as an
    /// ARN.
    fn files(&mut self, role: Value<'d>) -> Result<Vec<File>, InputError> {
        let (name, arn) = self.name_and_arn(role)?;
        let mut members = vec![("RoleName", json_text(&name)), ("Arn", json_text(arn.as_str()))];
        let others = ["MaxSessionDuration", "Tags"];
        members.extend(others.iter().filter_map(|own| Some((*own, role.member(own)?.raw().to_owned()))));
        let members: Vec<String> =
            members.iter().map(|(name, value)| format!("  \"{name}\": {value}")).collect();
        let mut files: Vec<File> = Vec::new();
        // An AWS managed policy may have the name of a policy of the account. Neither replaces the other.
        let mut add = |name: String, text: String| {
            let taken = |name: &str| files.iter().any(|file| file.name == name);
            let stem = name.strip_suffix(".json").unwrap_or(&name).to_owned();
            let others = (2_u32..).map(|number| format!("{stem}-{number}.json"));
            let free = std::iter::once(name).chain(others).find(|name| !taken(name));
            files.push(File { name: free.unwrap_or_default(), text });
        };
        add("role.json".to_owned(), format!("{{\n{}\n}}\n", members.join(",\n")));
        if let Some(document) = role.member("AssumeRolePolicyDocument") {
            add("trust.json".to_owned(), self.text(document)?);
        }
        for inline in self.list(role, "RolePolicyList")? {
            let name = self.need_text(inline, "PolicyName")?;
            let document = self.need(inline, "PolicyDocument")?;
            add(format!("inline/{name}.json"), self.text(document)?);
        }
        let (mut arns, mut versions) = (Vec::new(), Vec::new());
        for attached in self.list(role, "AttachedManagedPolicies")? {
            let arn = self.need_text(attached, "PolicyArn")?;
            let own = self.own(&arn)?;
            if let Some(Own::Document(document, _)) = own {
                let name = policy_name(&arn);
                add(format!("managed/{name}.json"), self.text(document)?);
                continue;
            }
            if let Some(Own::Version(version)) = own {
                versions.push(format!("{}: {}", json_text(&arn), json_text(&version)));
            }
            arns.push(json_text(&arn));
        }
        if !versions.is_empty() {
            add(VERSIONS.to_owned(), format!("{{{}}}\n", versions.join(", ")));
        }
        if !arns.is_empty() {
            add("managed-arns.json".to_owned(), format!("[{}]\n", arns.join(", ")));
        }
        if let Some(boundary) = role.member("PermissionsBoundary") {
            let arn = self.need_text(boundary, "PermissionsBoundaryArn")?;
            let Some(Own::Document(document, _)) = self.own(&arn)? else {
                let found = format!("no document of the permissions boundary {}", quoted(&arn));
                let help = "run the command with --filter Role LocalManagedPolicy AWSManagedPolicy";
                return Err(InputError::other(&self.file.name, "POLICY_NOT_FOUND", found, help));
            };
            add("boundary.json".to_owned(), self.text(document)?);
        }
        Ok(files)
    }

    /// The text of a document, which is a URL-encoded text or an object in the output.
    fn text(&mut self, document: Value<'d>) -> Result<String, InputError> {
        let text =
            if document.kind() == Kind::String { self.decoded(document)? } else { dedented(document.raw()) };
        Ok(format!("{}\n", text.trim_end_matches('\n')))
    }

    fn snapshot(&mut self, role: Value<'d>, managed: &ManagedPolicies) -> Result<RoleSnapshot, InputError> {
        let (name, arn) = self.name_and_arn(role)?;
        let trust = match role.member("AssumeRolePolicyDocument") {
            Some(document) => Some(self.policy(document, PolicyKind::Trust)?),
            None => None,
        };
        let mut policies = Vec::new();
        for inline in self.list(role, "RolePolicyList")? {
            let name = self.need_text(inline, "PolicyName")?;
            let document = self.need(inline, "PolicyDocument")?;
            policies.push(NamedPolicy { name, policy: self.policy(document, PolicyKind::Identity)? });
        }
        for attached in self.list(role, "AttachedManagedPolicies")? {
            let arn = self.need_text(attached, "PolicyArn")?;
            policies.push(self.attached(&arn, PolicyKind::Managed, managed)?);
        }
        let boundary = match role.member("PermissionsBoundary") {
            Some(boundary) => {
                let arn = self.need_text(boundary, "PermissionsBoundaryArn")?;
                Some(self.attached(&arn, PolicyKind::Boundary, managed)?)
            }
            None => None,
        };
        let max_session_duration = match role.member("MaxSessionDuration") {
            Some(seconds) => Some(self.form.integer(seconds).ok_or_else(|| self.refusal())?),
            None => None,
        };
        let mut snapshot = RoleSnapshot::named(name, arn);
        if let Some(tags) = role.member("Tags") {
            snapshot.tags = tags_of(&mut self.form, tags).ok_or_else(|| self.refusal())?;
        }
        if let Some(id) = role.member("RoleId") {
            snapshot.id = Some(self.form.text(id, "a string").ok_or_else(|| self.refusal())?);
        }
        (snapshot.deployed, snapshot.versions) = self.deployed(managed)?;
        let sources = vec![source(self.file)];
        RoleSnapshot { max_session_duration, trust, policies, boundary, sources, ..snapshot }
            .with_policies(&self.file.name)
    }

    /// A managed policy, from the output or from the pinned AWS managed policies.
    fn attached(
        &mut self,
        arn: &str,
        kind: PolicyKind,
        managed: &ManagedPolicies,
    ) -> Result<NamedPolicy, InputError> {
        let name: Box<str> = policy_name(arn).into();
        let policy = if let Some(Own::Document(document, _)) = self.own(arn)? {
            self.policy(document, kind)?
        } else {
            let found = managed.resolve(arn, &self.file.name)?;
            self.taken.push(found.clone());
            Arc::clone(&found.policy)
        };
        Ok(NamedPolicy { name, policy })
    }

    /// What the output has of a managed policy; `None` if it has nothing.
    fn own(&mut self, arn: &str) -> Result<Option<Own<'d>>, InputError> {
        let is_own = |p: &Value<'d>| p.member("Arn").is_some_and(|v| v.string() == arn);
        match self.list(self.root, "Policies")?.find(is_own) {
            Some(own) => self.default_version(own).map(Some),
            None => Ok(None),
        }
    }

    /// The AWS managed policies that are pinned too, as the account has them: those with a document, and the versions of the others.
    fn deployed(
        &mut self,
        managed: &ManagedPolicies,
    ) -> Result<(Vec<ManagedPolicy>, Vec<NamedVersion>), InputError> {
        let (mut found, mut versions) = (Vec::new(), Vec::new());
        for own in self.list(self.root, "Policies")? {
            let arn = self.need_text(own, "Arn")?;
            if managed.policy(&arn).is_none() {
                continue;
            }
            match self.default_version(own)? {
                Own::Version(version) => {
                    let taken = taken(&arn, self.taken.iter());
                    versions.push(NamedVersion { arn, version, taken });
                }
                Own::Document(document, version) => {
                    let version = match version {
                        Some(version) => version,
                        None => self.need_text(own, "DefaultVersionId")?,
                    };
                    let policy = self.policy(document, PolicyKind::Managed)?;
                    let sha256 = hex_sha256(policy.to_json().as_bytes()).into();
                    found.push(ManagedPolicy { arn, version, date: None, sha256, policy });
                }
            }
        }
        Ok((found, versions))
    }

    /// The default version of a managed policy: the one that is marked, or the one that `DefaultVersionId` names.
    fn default_version(&mut self, own: Value<'d>) -> Result<Own<'d>, InputError> {
        let named = match own.member("DefaultVersionId") {
            Some(id) => Some(self.form.text(id, "a version, such as v188").ok_or_else(|| self.refusal())?),
            None => None,
        };
        let mut default = None;
        for version in self.list(own, "PolicyVersionList")? {
            if self.flag(version, "IsDefaultVersion")? {
                default.get_or_insert(version);
            }
        }
        if default.is_none() {
            let is_named = |version: &Value<'d>| {
                let id = version.member("VersionId").map(Value::string);
                id.is_some_and(|id| named.as_deref() == Some(&*id))
            };
            default = self.list(own, "PolicyVersionList")?.find(is_named);
        }
        let id = match default.and_then(|version| version.member("VersionId")) {
            Some(id) => Some(self.form.text(id, "a version, such as v188").ok_or_else(|| self.refusal())?),
            None => None,
        };
        if let Some(document) = default.and_then(|version| version.member("Document")) {
            return Ok(Own::Document(document, id));
        }
        if let Some(version) = id.or(named).filter(|id| is_version(id)) {
            return Ok(Own::Version(version));
        }
        let help = "run the command with --filter Role LocalManagedPolicy AWSManagedPolicy";
        self.form.report(code::MISSING_MEMBER, own, "no version with IsDefaultVersion", help);
        Err(self.refusal())
    }

    fn policy(&mut self, document: Value<'d>, kind: PolicyKind) -> Result<Arc<Policy>, InputError> {
        if document.kind() != Kind::String {
            let read = Policy::from_value(document, kind, Mode::Deployed, self.limits, self.form.lines());
            return read.map(Arc::new).map_err(|report| InputError::document(&self.file.name, report));
        }
        let text = self.decoded(document)?;
        match Policy::parse(&text, kind, Mode::Deployed, self.limits) {
            Ok(policy) => Ok(Arc::new(policy)),
            Err(report) => Err(InputError::encoded(
                &format!("{} at {}", self.file.name, document.pointer()),
                text,
                report,
            )),
        }
    }

    /// The decoded text of a document that is a text.
    fn decoded(&mut self, document: Value<'d>) -> Result<String, InputError> {
        percent_decoded(&document.string()).ok_or_else(|| {
            self.form.report(
                code::INVALID_MEMBER,
                document,
                "a text that is not URL-encoded UTF-8",
                "pass the output as the AWS CLI prints it",
            );
            self.refusal()
        })
    }

    fn need(&mut self, object: Value<'d>, name: &str) -> Result<Value<'d>, InputError> {
        object.member(name).ok_or_else(|| {
            let help =
                format!("add {name}; is this the output of `aws iam get-account-authorization-details`?");
            self.form.report(code::MISSING_MEMBER, object, format!("no member {}", quoted(name)), help);
            self.refusal()
        })
    }

    fn need_text(&mut self, object: Value<'d>, name: &str) -> Result<Box<str>, InputError> {
        let value = self.need(object, name)?;
        self.form.text(value, "a string").ok_or_else(|| self.refusal())
    }

    fn name_and_arn(&mut self, role: Value<'d>) -> Result<(Box<str>, RoleArn), InputError> {
        let (name, arn) = (self.need(role, "RoleName")?, self.need(role, "Arn")?);
        let arn = role_arn(&mut self.form, arn).ok_or_else(|| self.refusal())?;
        let name = role_name(&mut self.form, name, role.member("Path"), &arn);
        name.map(|name| (name, arn)).ok_or_else(|| self.refusal())
    }

    /// The elements of a list; empty if the list is missing. Any other value in its place is an error, because it could hide policies.
    fn list(
        &mut self,
        object: Value<'d>,
        name: &str,
    ) -> Result<impl Iterator<Item = Value<'d>> + use<'d>, InputError> {
        let list = object.member(name);
        match list.filter(|list| list.kind() != Kind::Array) {
            Some(other) => Err(self.wrong(other, "a list")),
            None => Ok(list.into_iter().flat_map(Value::items)),
        }
    }

    /// The value of a boolean member; false if it is missing.
    fn flag(&mut self, object: Value<'d>, name: &str) -> Result<bool, InputError> {
        match object.member(name).map(|flag| (flag, flag.kind())) {
            Some((_, Kind::True)) => Ok(true),
            Some((_, Kind::False)) | None => Ok(false),
            Some((other, _)) => Err(self.wrong(other, "true or false")),
        }
    }

    /// The error for a value of the wrong kind.
    fn wrong(&mut self, value: Value<'d>, help: &str) -> InputError {
        self.form.report(code::INVALID_MEMBER, value, value.kind().name(), help);
        self.refusal()
    }

    fn refusal(&mut self) -> InputError {
        match self.form.finish::<()>(None) {
            Err(report) => InputError::document(&self.file.name, report),
            Ok(()) => InputError::other(
                &self.file.name,
                "INVALID_MEMBER",
                "a value of the wrong form",
                "pass the output as AWS prints it",
            ),
        }
    }
}

/// A part of a JSON text, without the indentation it had in the whole text.
fn dedented(text: &str) -> String {
    let spaces = |line: &str| line.len().saturating_sub(line.trim_start_matches(' ').len());
    let least = text.lines().skip(1).map(spaces).min().unwrap_or_default();
    let mut lines = text.lines();
    let mut own = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        own.push('\n');
        own.push_str(line.get(least..).unwrap_or_default());
    }
    own
}

/// The decoded form of a URL-encoded text (RFC 3986); `None` if the encoding is wrong.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let value = digits
                .into_iter()
                .try_fold(0u32, |value, digit| Some((value << 4) | char::from(digit).to_digit(16)?))?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
