//! AWS managed policies: pinned copies, verified when they are loaded.

use std::collections::BTreeMap;
use std::sync::Arc;

use iam_json::{Document, Form, Json, Value, is_hidden, quoted, visible};
use iam_policy::value::Instant;
use iam_policy::{ArnFields, Limits, Mode, Policy, PolicyKind, Statement};
use sha2::{Digest as _, Sha256};

use crate::content;
use crate::input::{File, InputError};
use iam_catalog::nearest;

/// Pinned AWS managed policies by ARN.
///
/// # Examples
/// ```
/// use iamgate::iam_policy::Limits;
/// use iamgate::{ManagedPolicies, built_in};
///
/// let mut files = built_in::files(built_in::MANAGED);
/// assert!(ManagedPolicies::load(&files, &Limits::default()).is_ok());
/// // A document that is not the one that was reviewed is refused.
/// files[0].text.push('\n');
/// let error = ManagedPolicies::load(&files, &Limits::default()).err().expect("another hash");
/// assert!(error.to_string().contains("HASH_MISMATCH"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct ManagedPolicies {
    by_arn: BTreeMap<String, ManagedPolicy>,
}

/// A policy and the name by which people know it. Neither can be changed.
#[derive(Clone, Debug)]
pub struct NamedPolicy {
    name: Box<str>,
    policy: Arc<Policy>,
    sha256: Arc<str>,
}

impl NamedPolicy {
    /// The name of the policy that a profile itself contains. Its other policies are AWS managed policies, and AWS has none of this name.
    pub const INLINE: &'static str = "inline";

    /// A policy with a name.
    pub fn new(name: &str, policy: Arc<Policy>) -> Self {
        let sha256 = content::of_policy(&policy);
        Self { name: name.into(), policy, sha256: sha256.into() }
    }

    /// The name. For a managed policy, the last part of its ARN.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The document.
    pub const fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// The hash of the document's content, whatever its layout: SHA-256 in lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Whether this is the policy that a profile itself contains.
    pub fn is_inline(&self) -> bool {
        &*self.name == Self::INLINE
    }

    /// The same document under a name and with Sids that are safe to show.
    pub(crate) fn visible(&self) -> Self {
        let harmed = |own: &Statement| own.sid.as_ref().is_some_and(|sid| sid.value.contains(is_hidden));
        let mut policy = Arc::clone(&self.policy);
        if policy.statements.iter().any(harmed) {
            for sid in Arc::make_mut(&mut policy).statements.iter_mut().filter_map(|own| own.sid.as_mut()) {
                sid.value = visible(&sid.value).into();
            }
        }
        Self::new(&visible(&self.name), policy)
    }
}

/// An AWS managed policy in one version: a pinned one, or one that an account has. Nothing in it can be changed.
#[derive(Clone, Debug)]
pub struct ManagedPolicy {
    arn: Box<str>,
    version: Box<str>,
    date: Option<Box<str>>,
    sha256: Box<str>,
    named: NamedPolicy,
}

impl ManagedPolicy {
    /// A version that an account has. Its hash is that of the shortest text.
    pub(crate) fn deployed(arn: Box<str>, version: Box<str>, policy: Arc<Policy>) -> Self {
        let sha256 = hex_sha256(policy.to_json().as_bytes()).into();
        let named = NamedPolicy::new(policy_name(&arn), policy);
        Self { arn, version, date: None, sha256, named }
    }

    /// Its ARN in the partition `aws`, or as an account has it.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Its name: the last part of its ARN.
    pub fn name(&self) -> &str {
        policy_name(&self.arn)
    }

    /// Its version, such as `v188`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The day on which AWS made the version, as `YYYY-MM-DD`. `None` if it is not known.
    pub fn date(&self) -> Option<&str> {
        self.date.as_deref()
    }

    /// SHA-256 of the file from which it was read or, for a version of an account, of the shortest text. In lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The hash of the document's content, whatever its layout.
    pub fn content_sha256(&self) -> &str {
        self.named.sha256()
    }

    /// The document.
    pub const fn policy(&self) -> &Arc<Policy> {
        self.named.policy()
    }

    /// The document with the name of the policy.
    pub const fn named(&self) -> &NamedPolicy {
        &self.named
    }

    /// Whether both have the same document, regardless of its layout.
    pub fn is_same(&self, other: &Self) -> bool {
        self.content_sha256() == other.content_sha256()
    }

    /// What it says, as canonical JSON.
    pub(crate) fn json(&self) -> Json {
        Json::object([
            ("arn", Json::text(self.arn())),
            ("version", Json::text(self.version())),
            ("sha256", Json::text(self.sha256())),
            ("content", Json::text(self.content_sha256())),
        ])
    }
}

/// The part of a managed policy's ARN that is the same in all partitions.
pub(crate) fn beyond_partition(arn: &str) -> &str {
    ArnFields::beyond_partition(arn).unwrap_or_default()
}

/// The name of a managed policy: the last part of its ARN.
pub(crate) fn policy_name(arn: &str) -> &str {
    ArnFields::split(arn).map_or(arn, |fields| fields.name())
}

/// The name of the manifest among the files.
const MANIFEST: &str = "MANIFEST.json";

impl ManagedPolicies {
    /// Reads `MANIFEST.json` and the files it names, and verifies each file's hash.
    ///
    /// # Errors
    /// The manifest or a document cannot be read, a file is missing, or a file has another hash.
    pub fn load(files: &[File], limits: &Limits) -> Result<Self, InputError> {
        let Some(manifest) = files.iter().find(|f| f.name == MANIFEST) else {
            let help = "name a folder with MANIFEST.json, such as policies/aws-managed";
            return Err(InputError::other(
                MANIFEST,
                "FILE_NOT_FOUND",
                "no manifest of AWS managed policies",
                help,
            ));
        };
        let refuse = |report| InputError::document(MANIFEST, report);
        let document =
            Document::parse(&manifest.text, limits).and_then(Document::refuse_duplicates).map_err(refuse)?;
        let mut form = Form::new(&document, limits.pattern_bytes);
        let read = entries(&mut form, document.root());
        let mut store = Self::default();
        for entry in form.finish(read).map_err(refuse)? {
            let managed = entry.load(files, limits)?;
            store.by_arn.insert(managed.arn.to_string(), managed);
        }
        Ok(store)
    }

    /// The policy with this ARN, in any partition; `None` if it is not pinned. AWS managed policies are the same in all partitions that have
    /// them.
    pub fn policy(&self, arn: &str) -> Option<&ManagedPolicy> {
        self.by_arn.get(&format!("arn:aws:{}", beyond_partition(arn)))
    }

    /// The day of the newest of the policies, as `YYYY-MM-DD`. `None` if the manifest has no days.
    pub fn date(&self) -> Option<&str> {
        self.iter().filter_map(|managed| managed.date.as_deref()).max()
    }

    /// The policies in the order of their ARNs.
    pub fn iter(&self) -> impl Iterator<Item = &ManagedPolicy> {
        self.by_arn.values()
    }

    /// Up to three known ARNs whose policies have names near that of an ARN.
    fn near(&self, arn: &str) -> Vec<&str> {
        nearest(policy_name(arn), self.by_arn.keys().map(String::as_str), |known| policy_name(known))
    }

    /// The policy with an ARN that `file` names.
    ///
    /// # Errors
    /// No pinned policy has this ARN. An unknown ARN is never treated as an empty policy.
    pub fn resolve(&self, arn: &str, file: &str) -> Result<&ManagedPolicy, InputError> {
        self.policy(arn).ok_or_else(|| {
            let near = self.near(arn);
            let help = if near.is_empty() {
                "add its document and a line in MANIFEST.json, or name another folder with --managed"
                    .to_owned()
            } else {
                format!("there is {}", near.join(", "))
            };
            InputError::other(file, "UNRESOLVED_POLICY_ARN", format!("no document of {}", quoted(arn)), help)
        })
    }
}

struct Entry {
    arn: Box<str>,
    file: Box<str>,
    version: Box<str>,
    sha256: Box<str>,
    date: Option<Box<str>>,
}

fn entries(form: &mut Form, root: Value<'_>) -> Option<Vec<Entry>> {
    let [policies, ..] = form.members(root, ["policies", "schema", "version", "source"], 1)?;
    policies?.items().map(|item| entry(form, item)).collect()
}

fn entry(form: &mut Form, item: Value<'_>) -> Option<Entry> {
    let names = ["arn", "file", "version_id", "sha256", "date", "bytes"];
    let [arn, file, version, sha256, date, ..] = form.members(item, names, 4)?;
    let mut text = |value: Option<Value<'_>>| form.text(value?, "a string");
    let date = match date {
        Some(date) => Some(text(Some(date))?),
        None => None,
    };
    Some(Entry { arn: text(arn)?, file: text(file)?, version: text(version)?, sha256: text(sha256)?, date })
}

impl Entry {
    fn load(self, files: &[File], limits: &Limits) -> Result<ManagedPolicy, InputError> {
        let Some(file) = files.iter().find(|f| *f.name == *self.file) else {
            let found = format!("{} is in the manifest and not in the folder", quoted(&self.file));
            return Err(InputError::other(MANIFEST, "FILE_NOT_FOUND", found, "restore the file"));
        };
        let actual = hex_sha256(file.text.as_bytes());
        if actual != *self.sha256 {
            let found = format!("SHA-256 {actual} instead of {}", self.sha256);
            let help =
                "the file is not the one that was reviewed: restore it, or review it and pin the new hash";
            return Err(InputError::other(&file.name, "HASH_MISMATCH", found, help));
        }
        let date = self.date.as_deref().map(day).transpose()?;
        // AWS wrote and accepted the document, so the quotas of customers do not apply.
        let policy = Policy::parse(&file.text, PolicyKind::AwsManaged, Mode::Deployed, limits)
            .map_err(|report| InputError::document(&file.name, report))?;
        let named = NamedPolicy::new(policy_name(&self.arn), Arc::new(policy));
        Ok(ManagedPolicy { arn: self.arn, version: self.version, sha256: self.sha256, date, named })
    }
}

/// The day of an instant of the manifest.
fn day(text: &str) -> Result<Box<str>, InputError> {
    let instant = Instant::parse(text).ok_or_else(|| {
        let help = "write an instant such as 2026-08-17T15:27:26Z";
        InputError::other(MANIFEST, "INVALID_DATE", format!("{} is no date", quoted(text)), help)
    })?;
    let written = instant.to_string();
    Ok(written.split('T').next().unwrap_or_default().into())
}

/// The SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The SHA-256 of some bytes, in lower-case hexadecimal.
pub(crate) fn hex_sha256(bytes: &[u8]) -> String {
    hexadecimal(&sha256(bytes))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xF])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_policies_is_that_of_the_newest() {
        let days = |dates: &[&str]| {
            let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
            let sha256 = hexadecimal(&Sha256::digest(text.as_bytes()));
            let entry = |(number, date): (usize, &&str)| {
                let arn = format!("arn:aws:iam::aws:policy/P{number}");
                format!(
                    r#"{{"arn": "{arn}", "file": "a.json", "version_id": "v1", "sha256": "{sha256}"{date}}}"#
                )
            };
            let entries: Vec<String> = dates.iter().enumerate().map(entry).collect();
            let manifest = format!(r#"{{"policies": [{}]}}"#, entries.join(","));
            let file = |name: &str, text: &str| File { name: name.to_owned(), text: text.to_owned() };
            ManagedPolicies::load(&[file("a.json", text), file(MANIFEST, &manifest)], &Limits::default())
                .map(|store| store.date().map(str::to_owned))
                .map_err(|error| error.to_string())
        };
        let (old, new) = (r#", "date": "2025-12-31T23:59:59.000Z""#, r#", "date": "2026-01-02""#);
        assert_eq!(days(&[old, new, ""]), Ok(Some("2026-01-02".to_owned())));
        assert_eq!(days(&[old]), Ok(Some("2025-12-31".to_owned())));
        assert_eq!(days(&["", ""]), Ok(None));
        let refused = days(&[r#", "date": "last week""#]).unwrap_err();
        assert!(refused.contains("INVALID_DATE: `last week` is no date"), "{refused}");
    }

    #[test]
    fn a_misspelt_arn_names_its_neighbours() {
        let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
        let sha256 = hexadecimal(&Sha256::digest(text.as_bytes()));
        let arn = "arn:aws:iam::aws:policy/SecurityAudit";
        let manifest = |sha256: &str| {
            format!(
                r#"{{"policies": [{{"arn": "{arn}", "file": "a.json", "version_id": "v1", "sha256": "{sha256}"}}]}}"#
            )
        };
        let file = |name: &str, text: String| File { name: name.to_owned(), text };
        let load = |sha256: &str| {
            let files = [file("a.json", text.to_owned()), file(MANIFEST, manifest(sha256))];
            ManagedPolicies::load(&files, &Limits::default())
        };
        let store = load(&sha256).unwrap();
        assert!(store.resolve("arn:aws-cn:iam::aws:policy/SecurityAudit", "f").is_ok());
        let refused = |arn: &str| store.resolve(arn, "f").unwrap_err().to_string();
        assert!(refused("arn:aws:iam::aws:policy/SecurityAudti").ends_with(&format!("there is {arn}")));
        assert!(!refused("arn:aws:iam::aws:policy/Unrelated").contains(arn));

        let wrong = "0".repeat(64);
        let error = load(&wrong).unwrap_err().to_string();
        assert!(
            error.starts_with("a.json: HASH_MISMATCH") && error.contains(&sha256) && error.contains(&wrong),
            "{error}"
        );
    }
}
