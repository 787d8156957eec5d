//! A role in an output, as the files of a folder.
//!
//! The folder loses nothing that a plan from the output would know: the snapshots of both have the same hash, and a test holds that.

use iam_json::{Kind, Value, json_text, quoted};
use iam_policy::code;

use super::super::folder::{BOUNDARY_ARN, DOCUMENTS, VERSIONS};
use super::super::is_of_aws;
use super::{Dump, Own};
use crate::input::{File, InputError};
use crate::managed::policy_name;

/// Files of which no two have the same name.
#[derive(Default)]
struct Files(Vec<File>);

impl Files {
    /// Adds a file. An AWS managed policy may have the name of a policy of the account. Neither replaces the other.
    fn add(&mut self, name: String, text: String) {
        let taken = |name: &str| self.0.iter().any(|file| file.name == name);
        let stem = name.strip_suffix(".json").unwrap_or(&name).to_owned();
        let others = (2_u32..).map(|number| format!("{stem}-{number}.json"));
        let free = std::iter::once(name).chain(others).find(|name| !taken(name));
        self.0.push(File { name: free.unwrap_or_default(), text });
    }
}

impl<'d> Dump<'d> {
    /// The files that a folder of the role would have. A managed policy of the account is written with its document. One of AWS's is written as
    /// an ARN, and beside it the document or the version that the output has, also of those that are not policies of the role: a profile may
    /// pass them.
    pub(super) fn files(&mut self, role: Value<'d>) -> Result<Vec<File>, InputError> {
        let (name, arn) = self.name_and_arn(role)?;
        self.inner_arns(role, &arn)?;
        let mut files = Files::default();
        let mut members = vec![("RoleName", json_text(&name)), ("Arn", json_text(arn.as_str()))];
        let others = ["Path", "RoleId", "MaxSessionDuration", "Tags"];
        members.extend(others.iter().filter_map(|own| Some((*own, role.member(own)?.raw().to_owned()))));
        let members: Vec<String> =
            members.iter().map(|(name, value)| format!("  \"{name}\": {value}")).collect();
        files.add("role.json".to_owned(), format!("{{\n{}\n}}\n", members.join(",\n")));
        if let Some(document) = role.member("AssumeRolePolicyDocument") {
            files.add("trust.json".to_owned(), self.text(document)?);
        }
        for inline in self.list(role, "RolePolicyList")? {
            let name = self.policy_name_of(inline)?;
            let document = self.need(inline, "PolicyDocument")?;
            files.add(format!("inline/{name}.json"), self.text(document)?);
        }
        let mut arns = Vec::new();
        for attached in self.list(role, "AttachedManagedPolicies")? {
            let arn = self.need_text(attached, "PolicyArn")?;
            match self.own(&arn)? {
                Some(Own::Document(document, _)) if !is_of_aws(&arn) => {
                    files.add(format!("managed/{}.json", policy_name(&arn)), self.text(document)?);
                }
                Some(_) | None => arns.push(json_text(&arn)),
            }
        }
        self.of_aws(&mut files)?;
        if !arns.is_empty() {
            files.add("managed-arns.json".to_owned(), format!("[{}]\n", arns.join(", ")));
        }
        if let Some(boundary) = role.member("PermissionsBoundary") {
            let arn = self.need_text(boundary, "PermissionsBoundaryArn")?;
            match self.own(&arn)? {
                _ if is_of_aws(&arn) => files.add(BOUNDARY_ARN.to_owned(), format!("{}\n", json_text(&arn))),
                Some(Own::Document(document, _)) => {
                    files.add("boundary.json".to_owned(), self.text(document)?);
                }
                Some(Own::Version(_)) | None => {
                    let found = format!("no document of the permissions boundary {}", quoted(&arn));
                    let help = "run the command with --filter Role LocalManagedPolicy AWSManagedPolicy";
                    return Err(InputError::other(&self.file.name, "POLICY_NOT_FOUND", found, help));
                }
            }
        }
        Ok(files.0)
    }

    /// Writes AWS's own policies, as far as the output has them.
    fn of_aws(&mut self, files: &mut Files) -> Result<(), InputError> {
        let mut versions = Vec::new();
        for own in self.list(self.root, "Policies")? {
            let arn = self.need_text(own, "Arn")?;
            if !is_of_aws(&arn) {
                continue;
            }
            match self.default_version(own)? {
                Own::Version(version) => {
                    versions.push(format!("{}: {}", json_text(&arn), json_text(&version)));
                }
                Own::Document(document, version) => {
                    let version = self.version_of(own, version)?;
                    let text = format!(
                        "{{\n  \"Arn\": {},\n  \"VersionId\": {},\n  \"Document\": {}\n}}\n",
                        json_text(&arn),
                        json_text(&version),
                        self.text(document)?.trim_end()
                    );
                    files.add(format!("{DOCUMENTS}{}.json", policy_name(&arn)), text);
                }
            }
        }
        if !versions.is_empty() {
            files.add(VERSIONS.to_owned(), format!("{{{}}}\n", versions.join(", ")));
        }
        Ok(())
    }

    /// The name of an inline policy. It becomes the name of a file, so that it must be what IAM accepts.
    pub(super) fn policy_name_of(&mut self, inline: Value<'d>) -> Result<Box<str>, InputError> {
        let value = self.need(inline, "PolicyName")?;
        let name = self.form.text(value, "a string").ok_or_else(|| self.refusal())?;
        if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)) {
            return Ok(name);
        }
        let help = "a name of letters, digits and _+=,.@- (IAM API Reference, PutRolePolicy)";
        self.form.report(code::INVALID_MEMBER, value, quoted(&name), help);
        Err(self.refusal())
    }

    /// The text of a document, which is a URL-encoded text or an object in the output.
    fn text(&mut self, document: Value<'d>) -> Result<String, InputError> {
        let text =
            if document.kind() == Kind::String { self.decoded(document)? } else { dedented(document.raw()) };
        Ok(format!("{}\n", text.trim_end_matches('\n')))
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
