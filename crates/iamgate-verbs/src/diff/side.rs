//! What is compared: a policy, a role, or several policies by name.

use std::collections::BTreeSet;
use std::sync::Arc;

use iamgate::iam_json::Document;
use iamgate::iam_policy::{Effect, Limits, Policy, PolicyKind, Statement};
use iamgate::{ComparedKind, ManagedPolicies, RoleSnapshot};

use crate::args::DiffArgs;
use crate::check::infer;
use crate::given::{self, Given};
use crate::load::{self, OfOutput};
use crate::trouble::Trouble;
use crate::world::{DUMP_BYTES, World};

/// One of the two sides of a comparison.
pub(super) enum Side {
    /// A policy.
    Policy(Box<Text>),
    /// A role with its permissions.
    Role(Box<RoleSnapshot>),
    /// A role of which only the trust policy is known.
    Trust(Box<RoleSnapshot>),
    /// Policies by name.
    Set(Vec<(String, Text)>),
}

/// A policy that is not read yet.
pub(crate) struct Text {
    given: Given,
    kind: PolicyKind,
    /// Whether its surroundings say the kind, or the question does. Otherwise it was inferred.
    is_told: bool,
}

impl Text {
    /// A policy with its kind: the one that is asked for, the one that its surroundings say, or the most probable one.
    pub(crate) fn as_asked(given: Given, asked: Option<PolicyKind>) -> Self {
        let told = asked.or(given.told());
        let kind = told.unwrap_or_else(|| inferred(given.json()));
        Self { given, kind, is_told: told.is_some() }
    }

    /// Reads the one policy in a file.
    ///
    /// # Errors
    /// The file cannot be read, or has none, or several that can be of the kind.
    pub(crate) fn in_file(world: &dyn World, path: &str, asked: Option<PolicyKind>) -> Result<Self, Trouble> {
        let file = world.read(path, DUMP_BYTES, "one document")?;
        let mut all = Given::each_in(&file)?;
        match (all.pop(), all.is_empty()) {
            (None, _) => Err(given::nothing(&file, &given::found(&file)?)),
            (Some(one), true) => Ok(Self::as_asked(one, asked)),
            (Some(_), false) => {
                let kind = asked.unwrap_or(PolicyKind::Managed);
                Given::of(file, kind).map(|own| Self::as_asked(own, asked))
            }
        }
    }

    /// Its kind.
    pub(crate) const fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// Whether its kind is known and not inferred.
    pub(crate) const fn is_told(&self) -> bool {
        self.is_told
    }

    /// Reads the policy as one of a kind.
    ///
    /// # Errors
    /// The policy is refused.
    pub(crate) fn policy(&self, kind: PolicyKind, mode: crate::ReadMode) -> Result<Arc<Policy>, Trouble> {
        let kind = if ComparedKind::of(kind) == ComparedKind::Identity { PolicyKind::Managed } else { kind };
        self.given.policy(kind, mode.into(), &Limits::default()).map(Arc::new)
    }
}

/// How documents of a kind with these statements are compared.
///
/// Policies of principals that only deny limit what others allow, as service control policies do, unless it is said what they are.
pub(crate) fn compared<'s>(
    kind: PolicyKind,
    is_told: bool,
    statements: impl Iterator<Item = &'s Statement>,
) -> ComparedKind {
    let compared = ComparedKind::of(kind);
    let mut statements = statements.peekable();
    let only_denies = statements.peek().is_some() && statements.all(|own| own.effect.value == Effect::Deny);
    if compared == ComparedKind::Identity && only_denies && !is_told { ComparedKind::Scp } else { compared }
}

/// The most probable kind of a policy.
fn inferred(json: &str) -> PolicyKind {
    let Ok(document) = Document::parse(json, &Limits::default()) else { return PolicyKind::Identity };
    let kind = infer::kind(document.root());
    if kind == PolicyKind::Resource && infer::is_about_keys(document.root()) { PolicyKind::Kms } else { kind }
}

/// Reads one side.
///
/// # Errors
/// It cannot be read, or has no policy.
pub(super) fn side(
    world: &dyn World,
    path: &str,
    args: &DiffArgs,
    managed: &ManagedPolicies,
) -> Result<Side, Trouble> {
    if world.is_folder(path) {
        let targets = world.targets(path)?;
        let folder = path.trim_end_matches('/');
        let inside =
            |full: &str| full.strip_prefix(folder).unwrap_or(full).trim_start_matches('/').to_owned();
        if targets.iter().any(|own| inside(&own.path) == "role.json") {
            return load::folder_of_role(world, path, managed).map(|own| Side::Role(Box::new(own)));
        }
        let mut set = Vec::new();
        for target in &targets {
            let file = world.read(&target.path, DUMP_BYTES, "one document")?;
            set.extend(named(&inside(&target.path), Given::each_in(&file)?, args));
        }
        if set.is_empty() {
            let help = "name a folder with policies, or with role.json and the policies of a role";
            return Err(Trouble::input(path, "NO_POLICIES", "no policies in the folder", help));
        }
        return Ok(Side::Set(set));
    }
    let file = world.read(path, DUMP_BYTES, "one document")?;
    match load::role_of_output(&file, args.role.as_deref(), managed)? {
        Some(OfOutput::Whole(role)) => return Ok(Side::Role(role)),
        Some(OfOutput::Trust(role)) => return Ok(Side::Trust(role)),
        None => {}
    }
    let mut all = Given::each_in(&file)?;
    match (all.pop(), all.is_empty()) {
        (None, _) => Err(given::nothing(&file, &given::found(&file)?)),
        (Some(one), true) => Ok(Side::Policy(Box::new(Text::as_asked(one, args.kind)))),
        (Some(last), false) => {
            all.push(last);
            Ok(Side::Set(named("", all, args)))
        }
    }
}

/// The policies of a file by name.
fn named(file: &str, all: Vec<Given>, args: &DiffArgs) -> Vec<(String, Text)> {
    let is_one = all.len() == 1;
    let name = |own: &Given| match (file, own.name()) {
        ("", name) => name.to_owned(),
        (file, _) if is_one => file.to_owned(),
        (file, name) => format!("{file}: {name}"),
    };
    all.into_iter().map(|own| (name(&own), Text::as_asked(own, args.kind))).collect()
}

/// The kind as which two policies are read.
///
/// # Errors
/// They are of different kinds.
pub(super) fn one_kind(old: (&str, &Text), new: (&str, &Text)) -> Result<PolicyKind, Trouble> {
    let ((old_name, old), (new_name, new)) = (old, new);
    if ComparedKind::of(old.kind) == ComparedKind::of(new.kind) {
        return Ok(old.kind);
    }
    // What was inferred gives way to what is said, if a document of its looks can be one of that kind.
    let gives_way = |inferred: PolicyKind, told: PolicyKind| match inferred {
        PolicyKind::Identity => !told.names_principals(),
        PolicyKind::Resource | PolicyKind::Kms | PolicyKind::Trust => told.names_principals(),
        PolicyKind::Managed
        | PolicyKind::AwsManaged
        | PolicyKind::Boundary
        | PolicyKind::Session
        | PolicyKind::Scp
        | PolicyKind::Rcp
        | PolicyKind::VpcEndpoint => false,
    };
    match (old.is_told, new.is_told) {
        (true, false) if gives_way(new.kind, old.kind) => Ok(old.kind),
        (false, true) if gives_way(old.kind, new.kind) => Ok(new.kind),
        // A key policy whose actions are not only those of KMS looks like that of another resource.
        (false, false) if is_key_and_resource(old.kind, new.kind) => Ok(PolicyKind::Resource),
        (true | false, true | false) => {
            Err(unlike((old_name, ComparedKind::of(old.kind)), (new_name, ComparedKind::of(new.kind))))
        }
    }
}

const fn is_key_and_resource(old: PolicyKind, new: PolicyKind) -> bool {
    matches!((old, new), (PolicyKind::Kms, PolicyKind::Resource) | (PolicyKind::Resource, PolicyKind::Kms))
}

/// The trouble of two sides that cannot be compared.
pub(super) fn unlike(old: (&str, ComparedKind), new: (&str, ComparedKind)) -> Trouble {
    let found = format!("{} is {}, and {} is {}", old.0, old.1.description(), new.0, new.1.description());
    Trouble::usage(found, "give two documents of one kind; --kind says which it is if they look unlike")
}

impl Side {
    /// What the side is, for messages.
    pub(super) fn kind(&self) -> Option<ComparedKind> {
        match self {
            Self::Policy(own) => Some(ComparedKind::of(own.kind)),
            Self::Role(_) => Some(ComparedKind::Role),
            Self::Trust(_) => Some(ComparedKind::Trust),
            Self::Set(_) => None,
        }
    }
}

/// The names of two sets, each once.
pub(super) fn names(old: &[(String, Text)], new: &[(String, Text)]) -> BTreeSet<String> {
    old.iter().chain(new).map(|(name, _)| name.clone()).collect()
}
