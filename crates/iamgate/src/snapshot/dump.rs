//! A role in the output of `aws iam get-account-authorization-details`.
//!
//! AWS sometimes adds members to this output. Members that are not needed here are ignored. A needed member that is missing is an error.

mod files;

use std::collections::BTreeSet;
use std::sync::Arc;

use iam_json::quoted;
use iam_json::{Document, Form, Kind, Value};
use iam_policy::{ArnFields, Limits, Mode, Policy, PolicyKind, RoleArn, code};

use super::cut::{self, cut};
use super::folder::{is_version, tags as tags_of, taken};
use super::{
    AccountRole, NamedVersion, RoleSnapshot, check_attached, code as own_code, is_of_aws, role_arn,
    role_name, source,
};
use crate::input::{File, InputError};
use crate::managed::{ManagedPolicies, ManagedPolicy, NamedPolicy, beyond_partition, policy_name};
use iam_catalog::nearest;

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

/// A role in an output, with its trust policy and without its permissions.
pub(super) fn trusting(file: &File, role: Option<&str>, limits: &Limits) -> Result<RoleSnapshot, InputError> {
    let document = document(file, limits)?;
    let mut dump = Dump::new(file, &document, limits);
    let role = dump.role(role)?;
    let (name, arn) = dump.name_and_arn(role)?;
    let mut snapshot = dump.known(role, RoleSnapshot::named(name, arn))?;
    snapshot.trust = dump.trust(role)?;
    snapshot.sources = vec![source(file)];
    Ok(snapshot.hashed())
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
        self.flag(self.root, "IsTruncated")?;
        self.whole(self.root)?;
        let roles = self.need(self.root, "RoleDetailList")?;
        if roles.kind() != Kind::Array {
            return Err(self.wrong(roles, "a list of roles"));
        }
        Ok(roles)
    }

    /// Refuses an object that says that it is only a part.
    fn whole(&self, output: Value<'d>) -> Result<(), InputError> {
        cut(output).map_or(Ok(()), |found| Err(cut::error(&self.file.name, output, &found)))
    }

    fn role(&mut self, wanted: Option<&str>) -> Result<Value<'d>, InputError> {
        let roles = self.roles()?;
        let name = |role: &Value<'d>| role.member("RoleName").map(Value::string).unwrap_or_default();
        let arn = |role: &Value<'d>| role.member("Arn").map(Value::string).unwrap_or_default();
        let matching: Vec<Value<'d>> = roles
            .items()
            .filter(|role| wanted.is_none_or(|own| name(role) == own || arn(role) == own))
            .collect();
        let [role] = matching.as_slice() else {
            let names: Vec<String> = roles.items().take(8).map(|role| name(&role).into_owned()).collect();
            let found = match wanted {
                Some(wanted) if wanted.starts_with("arn:") => {
                    format!("{} roles with the ARN {}", matching.len(), quoted(wanted))
                }
                Some(wanted) => format!("{} roles of the name {}", matching.len(), quoted(wanted)),
                None => format!("{} roles", matching.len()),
            };
            let all: Vec<String> = roles.items().map(|role| name(&role).into_owned()).collect();
            let near = wanted.map(|wanted| nearest(wanted, &all, |name| name.as_str())).unwrap_or_default();
            let help = if let (Some(_), [_, ..]) = (wanted, matching.as_slice()) {
                let arns: Vec<String> = matching.iter().take(8).map(|role| quoted(&arn(role))).collect();
                format!("name one by its ARN: {}", arns.join(", "))
            } else if near.is_empty() {
                format!("name one with --role, such as {}", names.join(", "))
            } else {
                let near: Vec<String> = near.into_iter().map(|name| quoted(name)).collect();
                format!("did you mean {}?", near.join(" or "))
            };
            return Err(InputError::other(&self.file.name, "ROLE_NOT_FOUND", found, help));
        };
        Ok(*role)
    }

    fn snapshot(&mut self, role: Value<'d>, managed: &ManagedPolicies) -> Result<RoleSnapshot, InputError> {
        let (name, arn) = self.name_and_arn(role)?;
        self.inner_arns(role, &arn)?;
        let trust = self.trust(role)?;
        let mut policies = Vec::new();
        for inline in self.list(role, "RolePolicyList")? {
            let name = self.policy_name_of(inline)?;
            let document = self.need(inline, "PolicyDocument")?;
            policies.push(NamedPolicy::new(&name, self.policy(document, PolicyKind::Identity)?));
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
        let mut snapshot = self.known(role, RoleSnapshot::named(name, arn))?;
        (snapshot.deployed, snapshot.versions) = self.deployed(managed)?;
        snapshot.taken = super::named(self.taken.iter());
        let sources = vec![source(self.file)];
        RoleSnapshot { trust, policies, boundary, sources, ..snapshot }.with_policies(&self.file.name)
    }

    /// The trust policy of a role; `None` if the output has none.
    fn trust(&mut self, role: Value<'d>) -> Result<Option<NamedPolicy>, InputError> {
        let document = role.member("AssumeRolePolicyDocument");
        let read = |document| Ok(NamedPolicy::new("trust", self.policy(document, PolicyKind::Trust)?));
        document.map(read).transpose()
    }

    /// The role with what is known of it besides policies.
    fn known(&mut self, role: Value<'d>, mut snapshot: RoleSnapshot) -> Result<RoleSnapshot, InputError> {
        if let Some(seconds) = role.member("MaxSessionDuration") {
            snapshot.max_session_duration = Some(self.form.integer(seconds).ok_or_else(|| self.refusal())?);
        }
        if let Some(tags) = role.member("Tags") {
            snapshot.tags = tags_of(&mut self.form, tags).ok_or_else(|| self.refusal())?;
        }
        if let Some(id) = role.member("RoleId") {
            snapshot.id = Some(self.form.text(id, "a string").ok_or_else(|| self.refusal())?);
        }
        Ok(snapshot)
    }

    /// A managed policy, from the output or from the pinned AWS managed policies.
    fn attached(
        &mut self,
        arn: &str,
        kind: PolicyKind,
        managed: &ManagedPolicies,
    ) -> Result<NamedPolicy, InputError> {
        if let Some(Own::Document(document, _)) = self.own(arn)? {
            return Ok(NamedPolicy::new(policy_name(arn), self.policy(document, kind)?));
        }
        let found = managed.resolve(arn, &self.file.name)?;
        self.taken.push(found.clone());
        Ok(found.named().clone())
    }

    /// The error for a second policy of an ARN.
    fn second(&mut self, other: Value<'d>, arn: &str) -> InputError {
        let help = "an account has one policy of an ARN: join outputs of one time only, and each policy once";
        self.form.report(own_code::DUPLICATE_POLICY, other, format!("a second policy {}", quoted(arn)), help);
        self.refusal()
    }

    /// What the output has of a managed policy; `None` if it has nothing.
    fn own(&mut self, arn: &str) -> Result<Option<Own<'d>>, InputError> {
        let is_own = |p: &Value<'d>| p.member("Arn").is_some_and(|v| v.string() == arn);
        let mut found = self.list(self.root, "Policies")?.filter(is_own);
        let (own, other) = (found.next(), found.next());
        if let Some(other) = other {
            return Err(self.second(other, arn));
        }
        own.map(|own| self.default_version(own)).transpose()
    }

    /// The AWS managed policies that are pinned too, as the account has them: those with a document, and the versions of the others.
    fn deployed(
        &mut self,
        managed: &ManagedPolicies,
    ) -> Result<(Vec<ManagedPolicy>, Vec<NamedVersion>), InputError> {
        let (mut found, mut versions) = (Vec::new(), Vec::new());
        let mut seen: BTreeSet<Box<str>> = BTreeSet::new();
        for own in self.list(self.root, "Policies")? {
            let arn = self.need_text(own, "Arn")?;
            if !is_of_aws(&arn) {
                continue;
            }
            if !seen.insert(beyond_partition(&arn).into()) {
                return Err(self.second(own, &arn));
            }
            // Those that nobody has pinned are read too: a folder of the role has them, and is refused if they cannot be read.
            match self.default_version(own)? {
                Own::Version(version) => {
                    let taken = taken(&arn, self.taken.iter());
                    versions.push(NamedVersion { arn, version, taken });
                }
                Own::Document(document, version) => {
                    let version = self.version_of(own, version)?;
                    let policy = self.policy(document, PolicyKind::Managed)?;
                    found.push(ManagedPolicy::deployed(arn, version, policy));
                }
            }
        }
        found.retain(|own: &ManagedPolicy| managed.policy(own.arn()).is_some());
        versions.retain(|own: &NamedVersion| managed.policy(own.arn()).is_some());
        Ok((found, versions))
    }

    /// The id of a version with a document.
    fn version_of(&mut self, own: Value<'d>, version: Option<Box<str>>) -> Result<Box<str>, InputError> {
        match version {
            Some(version) => Ok(version),
            None => self.need_text(own, "DefaultVersionId"),
        }
    }

    /// The default version of a managed policy: the one that is marked, or the one that `DefaultVersionId` names. A policy has one default
    /// version. An output that marks two, or marks another than it names, says nothing about what the account enforces.
    fn default_version(&mut self, own: Value<'d>) -> Result<Own<'d>, InputError> {
        self.whole(own)?;
        let named = match own.member("DefaultVersionId") {
            Some(id) => Some(self.version_id(id)?),
            None => None,
        };
        let (mut marked, mut default, mut ids) = (None, None, Vec::new());
        for version in self.list(own, "PolicyVersionList")? {
            let id = match version.member("VersionId") {
                Some(id) => Some(self.version_id(id)?),
                None => None,
            };
            if id.as_ref().is_some_and(|id| ids.contains(id)) {
                return Err(self.contradiction(version, "a second version of this id"));
            }
            if self.flag(version, "IsDefaultVersion")? {
                if marked.replace(version).is_some() {
                    return Err(self.contradiction(version, "a second version with IsDefaultVersion"));
                }
                if named.is_some() && id.is_some() && named != id {
                    return Err(self.contradiction(
                        version,
                        "another version with IsDefaultVersion than DefaultVersionId",
                    ));
                }
                default = Some((version, id.clone()));
            } else if id.is_some() && id == named {
                if version.member("IsDefaultVersion").is_some() {
                    return Err(self.contradiction(
                        version,
                        "IsDefaultVersion is false for the version of DefaultVersionId",
                    ));
                }
                default.get_or_insert((version, id.clone()));
            }
            ids.extend(id);
        }
        let (version, id) = default.map_or((None, None), |(version, id)| (Some(version), id));
        if let Some(document) = version.and_then(|version| version.member("Document")) {
            return Ok(Own::Document(document, id.or(named)));
        }
        if let Some(version) = id.or(named) {
            return Ok(Own::Version(version));
        }
        let help = "run the command with --filter Role LocalManagedPolicy AWSManagedPolicy";
        self.form.report(code::MISSING_MEMBER, own, "no version with IsDefaultVersion", help);
        Err(self.refusal())
    }

    fn version_id(&mut self, id: Value<'d>) -> Result<Box<str>, InputError> {
        let help = "a version, such as v188";
        let text = self.form.text(id, help).ok_or_else(|| self.refusal())?;
        if is_version(&text) {
            return Ok(text);
        }
        self.form.report(code::INVALID_MEMBER, id, quoted(&text), help);
        Err(self.refusal())
    }

    fn contradiction(&mut self, version: Value<'d>, found: &str) -> InputError {
        let help = "a policy has one default version: take the output of `aws iam get-account-authorization-details` unchanged";
        self.form.report(own_code::DEFAULT_VERSION, version, found, help);
        self.refusal()
    }

    /// Refuses a role that has the policies or instance profiles of another account.
    fn inner_arns(&mut self, role: Value<'d>, arn: &RoleArn) -> Result<(), InputError> {
        self.whole(role)?;
        for attached in self.list(role, "AttachedManagedPolicies")? {
            let policy = self.need_text(attached, "PolicyArn")?;
            check_attached(arn, &policy, &self.file.name)?;
            if let Some(name) = attached.member("PolicyName")
                && *name.string() != *policy_name(&policy)
            {
                let found = format!("{}, and its ARN is {}", quoted(&name.string()), quoted(&policy));
                self.form.report(
                    own_code::POLICY_ARN_MISMATCH,
                    name,
                    found,
                    "give name and ARN of one policy",
                );
                return Err(self.refusal());
            }
        }
        if let Some(boundary) = role.member("PermissionsBoundary") {
            let policy = self.need_text(boundary, "PermissionsBoundaryArn")?;
            check_attached(arn, &policy, &self.file.name)?;
        }
        for profile in self.list(role, "InstanceProfileList")? {
            let Some(own) = profile.member("Arn") else { continue };
            let text = own.string();
            let fields = ArnFields::split(&text);
            if fields.is_none_or(|fields| {
                (fields.partition, fields.account) != (arn.partition(), arn.account().as_str())
            }) {
                let found = format!("{} as an instance profile of {}", quoted(&text), quoted(arn.as_str()));
                let help = "a role is in the instance profiles of its own account";
                self.form.report(own_code::ROLE_NAME_MISMATCH, own, found, help);
                return Err(self.refusal());
            }
        }
        Ok(())
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
