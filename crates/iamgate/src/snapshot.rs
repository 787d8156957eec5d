//! Role snapshots: trust policy, permissions and boundary of a role, in the formats that AWS tools print.

mod content;
mod cut;
mod dump;
mod folder;

use std::sync::Arc;

use iam_eval::session::Tags;
use iam_json::{Form, Value, quoted, visible};
use iam_policy::{ArnFields, Limits, Mode, Policy, PolicyKind, RoleArn};

use crate::input::{File, InputError};
use crate::managed::{ManagedPolicies, ManagedPolicy, NamedPolicy, beyond_partition, hex_sha256};

/// A role as it is deployed in an account. Nothing in it can be changed after it was read.
///
/// # Examples
/// ```
/// use iamgate::iam_policy::Limits;
/// use iamgate::{File, RoleSnapshot, built_in};
///
/// let file = |name: &str, text: &str| File { name: name.into(), text: text.into() };
/// let role = RoleSnapshot::from_folder(
///     &[
///         file("role.json", r#"{"RoleName": "Support", "Arn": "arn:aws:iam::111122223333:role/Support"}"#),
///         file("managed-arns.json", r#"["arn:aws:iam::aws:policy/SecurityAudit"]"#),
///     ],
///     &built_in::managed()?,
///     &Limits::default(),
/// )?;
/// assert_eq!((role.account(), role.policies().len()), ("111122223333", 1));
/// # Ok::<(), iamgate::InputError>(())
/// ```
///
/// A snapshot that was read is not another role's later, and has no other policies:
/// ```compile_fail,E0616
/// # let managed = iamgate::built_in::managed().unwrap();
/// let mut role = iamgate::built_in::support_gateway(&managed).unwrap();
/// role.arn = "arn:aws:iam::111122223333:role/Other".parse().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct RoleSnapshot {
    name: Box<str>,
    arn: RoleArn,
    id: Option<Box<str>>,
    max_session_duration: Option<i64>,
    tags: Tags,
    trust: Option<NamedPolicy>,
    policies: Vec<NamedPolicy>,
    boundary: Option<NamedPolicy>,
    scp: Option<Vec<Vec<NamedPolicy>>>,
    rcp: Option<Vec<Vec<NamedPolicy>>>,
    resources: Vec<NamedPolicy>,
    deployed: Vec<ManagedPolicy>,
    versions: Vec<NamedVersion>,
    /// ARN and version of the pinned documents that stand for documents of the role which the snapshot lacks.
    taken: Vec<(Box<str>, Box<str>)>,
    sources: Vec<(Box<str>, Box<str>)>,
    sha256: Box<str>,
    in_order: Box<str>,
}

/// The version of an AWS managed policy that an account has. Its document is not in the snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedVersion {
    arn: Box<str>,
    version: Box<str>,
    taken: Option<Box<str>>,
}

impl NamedVersion {
    /// The ARN of the policy.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The version, such as `v188`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The version of the pinned document that stands for it among the policies of the role; `None` if it is not a policy of the role.
    pub fn taken(&self) -> Option<&str> {
        self.taken.as_deref()
    }
}

/// A role of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountRole {
    /// Its name.
    pub name: Box<str>,
    /// Its ARN.
    pub arn: RoleArn,
}

/// The roles in the output of `aws iam get-account-authorization-details`, in its order. The maximum length of the output is
/// `limits.document_bytes`.
///
/// # Errors
/// The output is not JSON of that form, or it is only a part (`IsTruncated`).
pub fn account_roles(file: &File, limits: &Limits) -> Result<Vec<AccountRole>, InputError> {
    dump::roles(file, limits)
}

/// A role in the output of `aws iam get-account-authorization-details`, by name or ARN, as the files of a folder that [`RoleSnapshot::from_folder`] reads.
/// Managed policies are written as the account has them.
///
/// # Errors
/// As for [`account_roles`]. Also if there is no such role, or a document is missing.
pub fn role_files(file: &File, role: &str, limits: &Limits) -> Result<Vec<File>, InputError> {
    dump::files(file, role, limits)
}

/// The maximum number of statements of a role. AWS's quotas allow about two thousand of the shortest ones; real roles have tens. Each statement
/// is matched with every action.
const MOST_STATEMENTS: usize = 1_000;

impl RoleSnapshot {
    /// Reads a role from the files of a folder.
    ///
    /// The files of the role are `role.json` (`RoleName`, `Arn`, optionally `Path`, `RoleId`, `MaxSessionDuration` and `Tags`), `trust.json`, `inline/NAME.json`,
    /// `managed/NAME.json` (customer managed policies), `managed-arns.json` (a list of ARNs), `aws-managed/NAME.json` (AWS managed policies as
    /// the account has them: `Arn`, `VersionId` and `Document`), `managed-versions.json` (an object of ARNs: the versions of others that the
    /// account has) and `boundary.json`, or `boundary-arn.json` for an AWS managed policy. Other files hold what is known besides the role: `scp/LEVEL/NAME.json`, `rcp/LEVEL/NAME.json` and `resources/NAME.json`. Levels are sorted by name, from the root
    /// to the account.
    ///
    /// # Errors
    /// A file has another name, a document cannot be evaluated, an ARN is not known, there is no policy at all, or there are more than 1,000
    /// statements in all.
    pub fn from_folder(
        files: &[File],
        managed: &ManagedPolicies,
        limits: &Limits,
    ) -> Result<Self, InputError> {
        folder::read(files, managed, limits)
    }

    /// A role of which only the trust policy is known, as the document alone.
    ///
    /// It has no policies, so that nothing can be said about its sessions, and no tags.
    ///
    /// # Errors
    /// The document cannot be evaluated.
    pub fn from_trust_policy(file: &File, arn: RoleArn, limits: &Limits) -> Result<Self, InputError> {
        let trust = deployed(file, PolicyKind::Trust, limits)?;
        let mut own = Self::named(arn.name().into(), arn).trusting(trust);
        own.sources.push(source(file));
        Ok(own.hashed())
    }

    /// Reads a role of which the trust policy is known and the permissions are not, as `aws iam get-role` prints it.
    ///
    /// The role is one of the list `RoleDetailList` of the text; `role` is its name or ARN, or `None` if there is only one. It has no policies, so that nothing can be said
    /// about its sessions.
    ///
    /// # Errors
    /// The text is not JSON of that form, the role is not in it, or its trust policy cannot be evaluated.
    pub fn trust_from_output(file: &File, role: Option<&str>, limits: &Limits) -> Result<Self, InputError> {
        dump::trusting(file, role, limits)
    }

    /// The same role with another trust policy, for questions about a part of it. It keeps the hash of the whole.
    pub(crate) fn trusting(mut self, trust: Arc<Policy>) -> Self {
        self.trust = Some(NamedPolicy::new("trust", trust));
        self
    }

    /// Reads one role from the output of `aws iam get-account-authorization-details`.
    ///
    /// The role is named by its name or its ARN. Documents in the output may be URL-encoded texts or objects. The maximum length of the whole output is `limits.document_bytes`.
    ///
    /// # Errors
    /// As for [`RoleSnapshot::from_folder`]. Also if the output is only a part (`IsTruncated`), or the role is not in it.
    pub fn from_account_details(
        file: &File,
        role: Option<&str>,
        managed: &ManagedPolicies,
        limits: &Limits,
    ) -> Result<Self, InputError> {
        dump::read(file, role, managed, limits)
    }

    /// A role with a name and an ARN, and nothing else.
    pub(crate) fn named(name: Box<str>, arn: RoleArn) -> Self {
        Self {
            name,
            arn,
            id: None,
            max_session_duration: None,
            tags: Tags::new(),
            trust: None,
            policies: Vec::new(),
            boundary: None,
            scp: None,
            rcp: None,
            resources: Vec::new(),
            deployed: Vec::new(),
            versions: Vec::new(),
            taken: Vec::new(),
            sources: Vec::new(),
            sha256: Box::default(),
            in_order: Box::default(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its ARN.
    pub const fn arn(&self) -> &RoleArn {
        &self.arn
    }

    /// Its unique id, such as `AROA…`; `None` if the snapshot does not give it.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Its maximum session duration in seconds; `None` if the snapshot does not give it.
    pub const fn max_session_duration(&self) -> Option<i64> {
        self.max_session_duration
    }

    /// Its tags.
    pub const fn tags(&self) -> &Tags {
        &self.tags
    }

    /// Its trust policy; `None` if the snapshot does not have it.
    pub fn trust(&self) -> Option<&Arc<Policy>> {
        self.trust.as_ref().map(NamedPolicy::policy)
    }

    /// Its inline and managed policies.
    pub fn policies(&self) -> &[NamedPolicy] {
        &self.policies
    }

    /// Its permissions boundary.
    pub const fn boundary(&self) -> Option<&NamedPolicy> {
        self.boundary.as_ref()
    }

    /// Service control policies by level, from the root to the account; `None` if they are not known.
    pub fn scp(&self) -> Option<&[Vec<NamedPolicy>]> {
        self.scp.as_deref()
    }

    /// Resource control policies by level, from the root to the account; `None` if they are not known.
    pub fn rcp(&self) -> Option<&[Vec<NamedPolicy>]> {
        self.rcp.as_deref()
    }

    /// The known policies of resources. There may be many others.
    pub fn resources(&self) -> &[NamedPolicy] {
        &self.resources
    }

    /// AWS managed policies as the account has them, as far as the snapshot shows them. Their hashes are those of the shortest text.
    pub fn deployed_policies(&self) -> &[ManagedPolicy] {
        &self.deployed
    }

    /// Versions of AWS managed policies that the account has, as far as the snapshot names them without their documents.
    pub fn versions(&self) -> &[NamedVersion] {
        &self.versions
    }

    /// The texts that it was read from: name and SHA-256, sorted by name.
    pub fn sources(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.sources.iter().map(|(name, sha256)| (&**name, &**sha256))
    }

    /// The hash of its content: of every value above except the sources, with each document of each policy, also of those that came from the
    /// pinned AWS managed policies.
    ///
    /// # Shape
    /// SHA-256 in lower-case hexadecimal, over canonical JSON. The layout of the texts does not matter.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The hash of its content, of the order of its documents and of the lines of their statements. Order and lines decide nothing, but examples
    /// and lists follow the one, and answers that are not known name the other.
    pub(crate) fn sha256_in_order(&self) -> &str {
        &self.in_order
    }

    /// The trust policy with its hash.
    pub(crate) const fn named_trust(&self) -> Option<&NamedPolicy> {
        self.trust.as_ref()
    }

    /// The role with names and Sids that are safe to show: characters that could control a terminal or change the direction of text become
    /// visible. The policies decide the same, and the hash is another one if a name has changed.
    #[must_use]
    pub fn visible(&self) -> Self {
        let mut own = self.clone();
        own.name = visible(&self.name).into();
        own.policies = self.policies.iter().map(NamedPolicy::visible).collect();
        own.boundary = self.boundary.as_ref().map(NamedPolicy::visible);
        own.hashed()
    }

    /// The AWS managed policy with this ARN as the account has it; `None` if the snapshot does not show it.
    pub fn deployed(&self, arn: &str) -> Option<&ManagedPolicy> {
        self.deployed.iter().find(|own| beyond_partition(own.arn()) == beyond_partition(arn))
    }

    /// The version of the AWS managed policy with this ARN that the account has; `None` if the snapshot names none without a document.
    pub fn version(&self, arn: &str) -> Option<&NamedVersion> {
        self.versions.iter().find(|own| beyond_partition(&own.arn) == beyond_partition(arn))
    }

    /// ARN and version of the pinned documents that stand for AWS managed policies of the role, because the snapshot does not show the
    /// account's.
    pub fn taken(&self) -> impl Iterator<Item = (&str, &str)> {
        self.taken.iter().map(|(arn, version)| (&**arn, &**version))
    }

    /// The partition of the role, such as `aws` or `aws-cn`.
    pub fn partition(&self) -> &str {
        self.arn.partition()
    }

    /// The account that owns the role.
    pub fn account(&self) -> &str {
        self.arn.arn().account()
    }

    /// The snapshot itself, if it has at least one policy and no more statements than the maximum. Only then can it be previewed.
    fn with_policies(self, file: &str) -> Result<Self, InputError> {
        let statements =
            self.policies.iter().fold(0usize, |sum, p| sum.saturating_add(p.policy().statements.len()));
        if statements > MOST_STATEMENTS {
            let found = format!("{statements} statements in {} policies", self.policies.len());
            let help = format!("at most {MOST_STATEMENTS} are read for one role");
            return Err(InputError::other(file, "TOO_MANY_STATEMENTS", found, help));
        }
        if self.policies.is_empty() {
            let help = "a role has inline policies or managed policies; check that the snapshot is complete";
            return Err(InputError::other(file, "NO_POLICIES", "0 policies found", help));
        }
        Ok(self.hashed())
    }
}

mod code {
    //! What only snapshots of roles have.

    iam_json::codes! {
        INVALID_ROLE_ARN Error Error "IAM API Reference, CreateRole" "not the ARN of a role"
        DEFAULT_VERSION Error Error "IAM API Reference, ManagedPolicyDetail" "the output contradicts itself about the default version of a policy"
        DUPLICATE_POLICY Error Error "IAM API Reference, GetAccountAuthorizationDetails" "two policies have the same ARN"
        POLICY_ARN_MISMATCH Error Error "IAM API Reference, AttachedPolicy" "the name of a policy contradicts its ARN"
        ROLE_NAME_MISMATCH Error Error "IAM API Reference, Role" "the name or path of the role contradicts its ARN"
    }
}

/// The ARN of a role.
fn role_arn(form: &mut Form, value: Value<'_>) -> Option<RoleArn> {
    let text = form.text(value, "the role's ARN")?;
    match text.parse::<RoleArn>() {
        Ok(arn) => Some(arn),
        Err(error) => {
            let help = "write it like arn:aws:iam::111122223333:role/path/Name";
            form.report(code::INVALID_ROLE_ARN, value, error.to_string(), help);
            None
        }
    }
}

/// The name of a role. The path, which may be left out, and the name must be those of the ARN.
fn role_name(form: &mut Form, name: Value<'_>, path: Option<Value<'_>>, arn: &RoleArn) -> Option<Box<str>> {
    let text = form.text(name, "the role's name")?;
    let is_own = |form: &mut Form, value, text: &str, own: &str| {
        if text != own {
            let found = format!("{}, and the ARN has {}", quoted(text), quoted(own));
            let help = "give name, path and ARN of one role, as `aws iam get-role` prints them";
            form.report(code::ROLE_NAME_MISMATCH, value, found, help);
        }
        text == own
    };
    if !is_own(form, name, &text, arn.name()) {
        return None;
    }
    if let Some(path) = path {
        let text = form.text(path, "the role's path")?;
        if !is_own(form, path, &text, arn.path()) {
            return None;
        }
    }
    Some(text)
}

/// Whether an ARN is that of one of AWS's own managed policies.
fn is_of_aws(arn: &str) -> bool {
    ArnFields::split(arn).is_some_and(|fields| (fields.service, fields.account) == ("iam", "aws"))
}

/// Checks that a managed policy can be attached to a role: it is AWS's own, or of the role's account, and of the role's partition.
fn check_attached(role: &RoleArn, arn: &str, file: &str) -> Result<(), InputError> {
    let (account, partition) = (role.account(), role.partition());
    let wrong = match ArnFields::split(arn) {
        Some(own) if own.service == "iam" && own.region.is_empty() && own.resource.starts_with("policy/") => {
            if own.account != "aws" && own.account != account.as_str() {
                format!("{} of another account than the role {}", quoted(arn), quoted(role.as_str()))
            } else if own.partition != partition {
                format!("{} of another partition than the role {}", quoted(arn), quoted(role.as_str()))
            } else {
                return Ok(());
            }
        }
        Some(_) | None => format!("{}, which is no ARN of a managed policy", quoted(arn)),
    };
    let help =
        format!("write arn:{partition}:iam::aws:policy/NAME, or arn:{partition}:iam::{account}:policy/NAME");
    Err(InputError::other(file, "INVALID_POLICY_ARN", wrong, help))
}

/// ARN and version of managed policies, each once.
fn named<'p>(policies: impl Iterator<Item = &'p ManagedPolicy>) -> Vec<(Box<str>, Box<str>)> {
    let mut all: Vec<(Box<str>, Box<str>)> =
        policies.map(|own| (own.arn().into(), own.version().into())).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Name and hash of a text.
fn source(file: &File) -> (Box<str>, Box<str>) {
    (file.name.as_str().into(), hex_sha256(file.text.as_bytes()).into())
}

/// Reads a document that AWS has accepted.
fn deployed(file: &File, kind: PolicyKind, limits: &Limits) -> Result<Arc<Policy>, InputError> {
    Policy::parse(&file.text, kind, Mode::Deployed, limits)
        .map(Arc::new)
        .map_err(|report| InputError::document(&file.name, report))
}
