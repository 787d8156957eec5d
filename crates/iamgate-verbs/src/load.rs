//! Inputs of verbs besides policies: roles, profiles, AWS managed policies, and built-in content.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use iamgate::iam_json::quoted;
use iamgate::iam_policy::value::Instant;
use iamgate::iam_policy::{
    ArnError, ArnFields, IamResource, Limits, Mode, NamedPrincipal, Policy, PolicyKind,
};
use iamgate::{
    File, IdentityProviders, InputError, InputErrorKind, Installation, ManagedPolicies, Profile,
    RoleSnapshot, built_in, nearest,
};

use crate::args::SessionFlags;
use crate::dates::DataDates;
use crate::given::{self, Given, RoleGiven};
use crate::trouble::Trouble;
use crate::world::{DUMP, DUMP_BYTES, World};

/// The account for which a profile is filled in if there is no role. AWS's examples use it.
pub(crate) const NO_ACCOUNT: &str = "111122223333";

/// The origins of profiles and AWS managed policies; `None` for those that are built in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origins {
    /// The folder of the profiles.
    pub profiles: Option<String>,
    /// The folder of the AWS managed policies.
    pub managed: Option<String>,
}

/// What a question about a session names: the role, unless any role is meant, and the profile.
pub(crate) struct Loaded {
    pub(crate) role: Option<RoleSnapshot>,
    pub(crate) profile: Profile,
    pub(crate) origins: Origins,
    /// The day of the managed policies.
    pub(crate) dates: DataDates,
}

impl Origins {
    /// The folders that flags name. No folder is searched for: a folder that somebody else wrote must not bring its own promise.
    fn of(args: &SessionFlags) -> Self {
        Self { profiles: args.profiles.clone(), managed: args.managed.clone() }
    }

    /// A sentence that names both.
    pub fn sentence(&self) -> String {
        let name = |folder: &Option<String>| folder.clone().unwrap_or_else(|| "built in".to_owned());
        let (profiles, managed) = (name(&self.profiles), name(&self.managed));
        if self.profiles.is_none() && self.managed.is_none() {
            "Profiles and AWS managed policies: built in.".to_owned()
        } else {
            format!("Profiles: {profiles}. AWS managed policies: {managed}.")
        }
    }
}

/// Loads a role, unless any role is meant, and a profile.
pub(crate) fn load(world: &dyn World, role: Option<&str>, args: &SessionFlags) -> Result<Loaded, Trouble> {
    let origins = Origins::of(args);
    let limits = Limits::default();
    let managed = managed(world, origins.managed.as_deref(), &limits)?;
    let snapshot = role.map(|role| snapshot(world, role, args, &managed, &limits)).transpose()?;
    let profiles = profile_files(world, origins.profiles.as_deref(), &limits)?;
    let file = find(&profiles, &args.profile)?;
    let own = snapshot.as_ref().map_or(NO_ACCOUNT, RoleSnapshot::account);
    let account = args.account.as_deref().unwrap_or(own);
    let profile =
        Profile::load(file, account, &managed, &limits).map_err(|error| trouble(error, &profiles))?;
    let dates = DataDates::default().with_managed(&managed);
    Ok(Loaded { role: snapshot, profile, origins, dates })
}

/// The file of the profile with this name.
fn find<'f>(profiles: &'f [File], name: &str) -> Result<&'f File, Trouble> {
    let wanted = format!("{name}.json");
    profiles.iter().find(|file| file.name == wanted).ok_or_else(|| {
        let names: Vec<&str> = profiles.iter().filter_map(|f| f.name.strip_suffix(".json")).collect();
        let near = nearest(name, &names, |own| own).into_iter().map(|own| quoted(own));
        let near: Vec<String> = near.collect();
        let meant =
            if near.is_empty() { String::new() } else { format!("did you mean {}? ", near.join(" or ")) };
        let help = format!("{meant}the profiles are {}", names.join(", "));
        Trouble::input("", "PROFILE_NOT_FOUND", format!("no profile `{name}`"), help)
    })
}

/// The file of a profile that is named, or whose path is given: a text with a slash or with the ending of a file, or `-`.
pub(crate) fn named_profile(world: &dyn World, profile: &str, folder: Option<&str>) -> Result<File, Trouble> {
    let limits = Limits::default();
    let has_ending = Path::new(profile).extension().is_some_and(|own| own.eq_ignore_ascii_case("json"));
    if profile == "-" || profile.contains(['/', '\\']) || has_ending {
        return world.read(profile, limits.document_bytes, "one profile");
    }
    find(&profile_files(world, folder, &limits)?, profile).cloned()
}

/// The files of the profiles of a folder, or of those that are built in.
pub(crate) fn all_profiles(world: &dyn World, folder: Option<&str>) -> Result<Vec<File>, Trouble> {
    profile_files(world, folder, &Limits::default())
}

/// Reads a profile from a file, for an account.
pub(crate) fn profile(file: &File, account: &str, managed: &ManagedPolicies) -> Result<Profile, Trouble> {
    let read = Profile::load(file, account, managed, &Limits::default());
    read.map_err(|error| trouble(error, std::slice::from_ref(file)))
}

/// Loads a role and a profile, with the day of the managed policies.
pub(crate) fn role(
    world: &dyn World,
    role: &str,
    args: &SessionFlags,
) -> Result<(RoleSnapshot, Profile, DataDates), Trouble> {
    match load(world, Some(role), args)? {
        Loaded { role: Some(role), profile, dates, .. } => Ok((role, profile, dates)),
        Loaded { role: None, .. } => Err(Trouble::bug("a role that was named was not read")),
    }
}

/// The AWS managed policies of a folder, or those that are built in.
pub(crate) fn managed<'w>(
    world: &'w dyn World,
    folder: Option<&str>,
    limits: &Limits,
) -> Result<Cow<'w, ManagedPolicies>, Trouble> {
    let Some(folder) = folder else { return world.built_in().managed().map(Cow::Borrowed) };
    let files = world.folder(folder, limits.document_bytes)?;
    ManagedPolicies::load(&files, limits).map(Cow::Owned).map_err(|error| trouble(error, &files))
}

fn profile_files(world: &dyn World, folder: Option<&str>, limits: &Limits) -> Result<Vec<File>, Trouble> {
    match folder {
        Some(folder) => world.folder(folder, limits.document_bytes),
        None => Ok(built_in::files(built_in::PROFILES)),
    }
}

/// Reads the file of a profile.
pub(crate) fn profile_file(world: &dyn World, args: &SessionFlags) -> Result<File, Trouble> {
    let files = profile_files(world, args.profiles.as_deref(), &Limits::default())?;
    let wanted = format!("{}.json", args.profile);
    files.into_iter().find(|file| file.name == wanted).ok_or_else(|| Trouble::bug("a profile that was read"))
}

/// Loads every profile of a folder, or every built-in profile, for the account of AWS's examples. Also the day of the managed policies.
pub(crate) fn profiles(
    world: &dyn World,
    folder: Option<&str>,
    managed: Option<&str>,
) -> Result<(Vec<Profile>, DataDates), Trouble> {
    let limits = Limits::default();
    let managed = self::managed(world, managed, &limits)?;
    let files = profile_files(world, folder, &limits)?;
    let read = |file: &File| {
        Profile::load(file, NO_ACCOUNT, &managed, &limits).map_err(|error| trouble(error, &files))
    };
    let profiles = files.iter().map(read).collect::<Result<_, _>>()?;
    Ok((profiles, DataDates::default().with_managed(&managed)))
}

/// Reads the identity providers of a file, or DoiT's, for an account.
pub(crate) fn providers(
    world: &dyn World,
    file: Option<&str>,
    account: &str,
) -> Result<IdentityProviders, Trouble> {
    let limits = Limits::default();
    let file = one(world, file, built_in::PROVIDERS, &limits)?;
    IdentityProviders::load(&file, account, &limits)
        .map_err(|error| trouble(error, std::slice::from_ref(&file)))
}

/// Reads the steps of a file, or of an installation of DoiT's roles, for an account.
pub(crate) fn installation(
    world: &dyn World,
    file: Option<&str>,
    account: &str,
) -> Result<Installation, Trouble> {
    let limits = Limits::default();
    let file = one(world, file, built_in::INSTALLATION, &limits)?;
    Installation::load(&file, account, &limits).map_err(|error| trouble(error, std::slice::from_ref(&file)))
}

/// Reads the named file, or returns the built-in file if none is named.
fn one(world: &dyn World, path: Option<&str>, own: (&str, &str), limits: &Limits) -> Result<File, Trouble> {
    let Some(path) = path else { return Ok(built_in::file(own)) };
    world.read(path, limits.document_bytes, "one document")
}

/// Reads a role from the files of a folder.
pub(crate) fn folder_of_role(
    world: &dyn World,
    path: &str,
    managed: &ManagedPolicies,
) -> Result<RoleSnapshot, Trouble> {
    let limits = Limits::default();
    let mut files = world.folder(path, limits.document_bytes)?;
    for file in &mut files {
        // PowerShell writes one. It says nothing.
        if let Some(text) = file.text.strip_prefix('\u{FEFF}') {
            file.text = text.to_owned();
        }
    }
    RoleSnapshot::from_folder(&files, managed, &limits).map_err(|error| trouble(error, &files))
}

fn snapshot(
    world: &dyn World,
    path: &str,
    args: &SessionFlags,
    managed: &ManagedPolicies,
    limits: &Limits,
) -> Result<RoleSnapshot, Trouble> {
    if world.is_folder(path) {
        let snapshot = folder_of_role(world, path, managed)?;
        // A role that was asked for and is not the one in the folder is an error, not ignored.
        if let Some(wanted) =
            args.role.as_deref().filter(|own| **own != *snapshot.name() && **own != *snapshot.arn().as_str())
        {
            let found = format!("the role is {} and not {}", quoted(snapshot.name()), quoted(wanted));
            return Err(Trouble::input(path, "ROLE_NOT_FOUND", found, "leave --role out for a folder"));
        }
        return Ok(snapshot);
    }
    let file = world.read(path, DUMP_BYTES, DUMP)?;
    let accounts = given::accounts(&file)?;
    if accounts.is_empty() {
        return Err(no_role(&file));
    }
    let own = given::role(&file, accounts, args.role.as_deref())?;
    if own.has_permissions {
        of_output(&file, &own, managed, limits)
    } else {
        Err(given::no_permissions(path))
    }
}

/// A role of an output.
pub(crate) enum OfOutput {
    /// With its permissions.
    Whole(Box<RoleSnapshot>),
    /// Only its trust policy is known.
    Trust(Box<RoleSnapshot>),
}

/// The role in a file that is an output, by name if it has several. `None` if the file has no role.
///
/// # Errors
/// There is no such role, or it cannot be read.
pub(crate) fn role_of_output(
    file: &File,
    wanted: Option<&str>,
    managed: &ManagedPolicies,
) -> Result<Option<OfOutput>, Trouble> {
    let limits = Limits::default();
    let accounts = given::accounts(file)?;
    if accounts.is_empty() {
        return Ok(None);
    }
    let own = given::role(file, accounts, wanted)?;
    if own.has_permissions {
        return Ok(Some(OfOutput::Whole(Box::new(of_output(file, &own, managed, &limits)?))));
    }
    let read = RoleSnapshot::trust_from_output(&own.file, own.role.as_deref(), &wide(&limits));
    let role = read.map_err(|error| placed(error, file, &own))?;
    Ok(Some(OfOutput::Trust(Box::new(role))))
}

/// Reads a role with its permissions from an output.
fn of_output(
    file: &File,
    own: &RoleGiven,
    managed: &ManagedPolicies,
    limits: &Limits,
) -> Result<RoleSnapshot, Trouble> {
    let read = RoleSnapshot::from_account_details(&own.file, own.role.as_deref(), managed, &wide(limits));
    read.map_err(|error| placed(error, file, own))
}

/// The limits with the length of outputs.
fn wide(limits: &Limits) -> Limits {
    let mut wide = *limits;
    wide.document_bytes = DUMP_BYTES;
    wide
}

/// The trouble of an output in a file, with the places of the file.
pub(crate) fn placed(error: InputError, file: &File, own: &RoleGiven) -> Trouble {
    given::placed_in(trouble(error, std::slice::from_ref(&own.file)), &own.file, file, &own.origin)
}

/// The trouble of a file without a role: what it is instead.
pub(crate) fn no_role(file: &File) -> Trouble {
    let found = match given::found(file) {
        Ok(found) => found,
        Err(trouble) => return trouble,
    };
    let said = if found.is_bare() {
        "a policy, and no role".to_owned()
    } else {
        format!("{}, and no role", found.said)
    };
    let help = "give the output of `aws iam get-account-authorization-details --filter Role LocalManagedPolicy`, or a folder with role.json, trust.json and policies";
    Trouble::input(&file.name, "ROLE_NOT_FOUND", said, help)
}

/// A role whose trust policy is asked about, with the profile.
pub(crate) struct Trusting {
    pub(crate) role: RoleSnapshot,
    pub(crate) profile: Profile,
    /// Whether a trust policy alone was given.
    pub(crate) is_alone: bool,
}

/// Loads a role of which only the trust policy matters: a role, or a trust policy alone.
pub(crate) fn trusting(world: &dyn World, path: &str, args: &SessionFlags) -> Result<Trusting, Trouble> {
    let limits = Limits::default();
    if !world.is_folder(path) {
        let file = world.read(path, DUMP_BYTES, "the output of a command, or a trust policy")?;
        let accounts = given::accounts(&file)?;
        if accounts.is_empty() {
            let role = alone(&Given::of(file, PolicyKind::Trust)?.source, args)?;
            let args = SessionFlags { account: Some(role.account().to_owned()), ..args.clone() };
            let profile = load(world, None, &args)?.profile;
            return Ok(Trusting { role, profile, is_alone: true });
        }
        let own = given::role(&file, accounts, args.role.as_deref())?;
        let role = if own.has_permissions {
            let managed = managed(world, args.managed.as_deref(), &limits)?;
            of_output(&file, &own, &managed, &limits)?
        } else {
            RoleSnapshot::trust_from_output(&own.file, own.role.as_deref(), &wide(&limits))
                .map_err(|error| placed(error, &file, &own))?
        };
        let account = args.account.clone().unwrap_or_else(|| role.account().to_owned());
        let args = SessionFlags { account: Some(account), ..args.clone() };
        let profile = load(world, None, &args)?.profile;
        return Ok(Trusting { role, profile, is_alone: false });
    }
    let (role, profile, _) = self::role(world, path, args)?;
    Ok(Trusting { role, profile, is_alone: false })
}

/// A role with this trust policy, in the account that a flag names; else in that of the identity providers, if they are of one account.
fn alone(file: &File, args: &SessionFlags) -> Result<RoleSnapshot, Trouble> {
    let limits = Limits::default();
    let policy = parse(file.clone(), PolicyKind::Trust, Mode::Deployed, &limits)?;
    let entries = policy.statements.iter().flat_map(|own| &own.principal);
    let providers = entries.flat_map(|element| element.principals().entries()).filter_map(|entry| {
        if let NamedPrincipal::Federated(arn) = &entry.value { ArnFields::split(arn) } else { None }
    });
    let mut owners: Vec<(&str, &str)> = providers.map(|arn| (arn.partition, arn.account)).collect();
    owners.sort_unstable();
    owners.dedup();
    let (partition, found) = match owners.as_slice() {
        [(partition, account)] => (*partition, *account),
        [] | [..] => ("aws", NO_ACCOUNT),
    };
    let account = args.account.as_deref().unwrap_or(found);
    let name = args.role.as_deref().unwrap_or("Role");
    let text = IamResource::Role(name).arn(partition, account);
    let arn = text.parse().map_err(|error: ArnError| {
        let help = "--account takes twelve digits, and --role a role's name";
        Trouble::usage(format!("{} is no role: {error}", quoted(&text)), help)
    })?;
    let read = RoleSnapshot::from_trust_policy(file, arn, &limits);
    read.map_err(|error| trouble(error, std::slice::from_ref(file)))
}

/// The trouble of an error, with the text in which its positions are.
pub(crate) fn trouble(error: InputError, files: &[File]) -> Trouble {
    match error.kind {
        InputErrorKind::Document(report) => {
            let own = || files.iter().find(|f| f.name == error.file).map(|f| f.text.clone());
            let text = error.text.or_else(own).unwrap_or_default();
            Trouble::document(File { name: error.file, text }, report)
        }
        InputErrorKind::Other { code, found, help } => Trouble::input(&error.file, code, found, help),
        _ => Trouble::input(&error.file, "INVALID_INPUT", error.to_string(), "see the message"),
    }
}

/// The files of a folder that must have files.
pub(crate) fn not_empty(folder: &str, files: Vec<File>) -> Result<Vec<File>, Trouble> {
    if files.is_empty() {
        let help = "name a folder with documents";
        return Err(Trouble::input(folder, "NO_POLICIES", "0 JSON files in the folder", help));
    }
    Ok(files)
}

/// Reads the policy in a file.
pub(crate) fn policy(
    world: &dyn World,
    path: &str,
    kind: PolicyKind,
    mode: Mode,
) -> Result<Arc<Policy>, Trouble> {
    Given::read(world, path, kind)?.policy(kind, mode, &Limits::default()).map(Arc::new)
}

/// Reads a policy from a text.
pub(crate) fn parse(
    file: File,
    kind: PolicyKind,
    mode: Mode,
    limits: &Limits,
) -> Result<Arc<Policy>, Trouble> {
    match Policy::parse(&file.text, kind, mode, limits) {
        Ok(policy) => Ok(Arc::new(policy)),
        Err(report) => Err(Trouble::document(file, report)),
    }
}

/// The time that a flag gives, or the current time.
pub(crate) fn time(world: &dyn World, at: Option<&str>) -> Result<Instant, Trouble> {
    let Some(text) = at else { return Ok(world.now()) };
    Instant::parse(text).ok_or_else(|| {
        let help = "give a time such as 2026-11-26T12:00:00Z, or seconds since 1970";
        Trouble::usage(format!("--at {} is no time", quoted(text)), help)
    })
}

/// The trouble of a folder without records of CloudTrail.
pub fn no_trail_files(path: &str) -> Trouble {
    let help = "name a file or a folder with records of CloudTrail, such as AWSLogs/ACCOUNT/CloudTrail (.json.gz, .json or .jsonl)";
    Trouble::input(path, "NO_EVENTS", "no files with records of CloudTrail", help)
}
