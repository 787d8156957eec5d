//! The content of this crate: session profiles, DoiT's identity providers, the calls of an installation, pinned AWS managed policies, and the
//! role that DoiT asks customers for.
//!
//! The functions here read the texts inside the crate. To read other content, call [`Profile::load`], [`IdentityProviders::load`],
//! [`Installation::load`] and [`ManagedPolicies::load`].
//!
//! ```
//! use iamgate::built_in;
//!
//! let managed = built_in::managed()?;
//! let profile = built_in::profile("standard", "111122223333", &managed)?;
//! assert!(profile.characters() <= profile.budget());
//! # Ok::<(), iamgate::InputError>(())
//! ```

use iam_json::quoted;
use iam_policy::Limits;

use crate::input::{File, InputError};
use crate::managed::ManagedPolicies;
use crate::preflight::Installation;
use crate::profile::Profile;
use crate::snapshot::RoleSnapshot;
use crate::trust::IdentityProviders;

mod pins;

pub use pins::{CATALOG_SHA256, DETAILS_SHA256, PROFILES_SHA256};

macro_rules! files {
    ($folder:literal: $($name:literal)*) => {
        &[$(($name, include_str!(concat!("../content/", $folder, "/", $name))),)*]
    };
}

/// The session profiles: file name and text of each, sorted by name.
pub const PROFILES: &[(&str, &str)] = files!("profiles": "diagnostics.json" "narrow.json" "standard-no-logs.json" "standard-quota.json"
    "standard.json");

/// DoiT's identity providers: file name and text.
pub const PROVIDERS: (&str, &str) =
    ("identity-providers.json", include_str!("../content/identity-providers.json"));

/// The calls of an installation of DoiT's roles: file name and text.
pub const INSTALLATION: (&str, &str) = ("installation.json", include_str!("../content/installation.json"));

/// The pinned AWS managed policies and their manifest: file name and text of each, sorted by name.
pub const MANAGED: &[(&str, &str)] = files!("aws-managed":
    "AWSBillingReadOnlyAccess.json" "AWSCloudShellFullAccess.json" "AWSPartnerLedSupportReadOnlyAccess.json" "AWSSupportAccess.json"
    "AmazonOpenSearchIngestionReadOnlyAccess.json" "AmazonRDSPerformanceInsightsReadOnly.json" "CloudWatchReadOnlyAccess.json"
    "MANIFEST.json" "ReadOnlyAccess.json" "SecurityAudit.json" "ViewOnlyAccess.json");

/// The role `DoiT-Support-Gateway` in the account 123456789012, as customers have it: file name and text of each file of its folder.
pub const SUPPORT_GATEWAY: &[(&str, &str)] =
    files!("support-gateway": "inline/inline.json" "managed-arns.json" "role.json" "trust.json");

/// The files of one of the lists above, as the `load` functions take them.
pub fn files(list: &[(&str, &str)]) -> Vec<File> {
    list.iter().map(|file| self::file(*file)).collect()
}

/// One of the files above, as the `load` functions take it.
pub fn file((name, text): (&str, &str)) -> File {
    File { name: name.to_owned(), text: text.to_owned() }
}

/// The names of the built-in profiles, sorted.
pub fn profile_names() -> impl Iterator<Item = &'static str> {
    PROFILES.iter().map(|(file, _)| file.strip_suffix(".json").unwrap_or(file))
}

/// The built-in profile of this name, filled in for the role's account.
///
/// # Errors
/// There is no such profile, or `account` is not an account id, or `managed` lacks an ARN of the profile. [`managed()`] has all of them.
pub fn profile(name: &str, account: &str, managed: &ManagedPolicies) -> Result<Profile, InputError> {
    let own = PROFILES.iter().find(|(file, _)| file.strip_suffix(".json") == Some(name));
    let Some(own) = own else {
        let help = format!("the profiles are {}", profile_names().collect::<Vec<_>>().join(", "));
        return Err(InputError::other("", "PROFILE_NOT_FOUND", format!("no profile {}", quoted(name)), help));
    };
    Profile::load(&file(*own), account, managed, &Limits::default())
}

/// Every built-in profile, filled in for the role's account, in the order of [`PROFILES`].
///
/// # Errors
/// As [`profile()`].
pub fn profiles(account: &str, managed: &ManagedPolicies) -> Result<Vec<Profile>, InputError> {
    profile_names().map(|name| profile(name, account, managed)).collect()
}

/// DoiT's identity providers, for the role's account.
///
/// # Errors
/// `account` is not an account id.
pub fn providers(account: &str) -> Result<IdentityProviders, InputError> {
    IdentityProviders::load(&file(PROVIDERS), account, &Limits::default())
}

/// The calls that an installation of DoiT's roles makes in an account.
///
/// # Errors
/// `account` is not an account id.
pub fn installation(account: &str) -> Result<Installation, InputError> {
    Installation::load(&file(INSTALLATION), account, &Limits::default())
}

/// The pinned AWS managed policies.
///
/// # Errors
/// Never in a released version, because a test reads them. The error is returned so that callers need not panic.
pub fn managed() -> Result<ManagedPolicies, InputError> {
    ManagedPolicies::load(&files(MANAGED), &Limits::default())
}

/// The role `DoiT-Support-Gateway` in the account 123456789012, as customers have it.
///
/// # Errors
/// `managed` lacks an ARN of the role. [`managed()`] has all of them.
pub fn support_gateway(managed: &ManagedPolicies) -> Result<RoleSnapshot, InputError> {
    RoleSnapshot::from_folder(&files(SUPPORT_GATEWAY), managed, &Limits::default())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const ACCOUNT: &str = "111122223333";

    #[test]
    fn every_file_of_the_folders_is_built_in() {
        for (folder, files) in
            [("profiles", PROFILES), ("aws-managed", MANAGED), ("support-gateway", SUPPORT_GATEWAY)]
        {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("content").join(folder);
            let mut found = Vec::new();
            let mut folders = vec![root.clone()];
            while let Some(inner) = folders.pop() {
                for path in std::fs::read_dir(inner).unwrap().map(|entry| entry.unwrap().path()) {
                    if path.is_dir() {
                        folders.push(path);
                    } else if path.extension().is_some_and(|e| e == "json") {
                        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
                        found.push(name.replace('\\', "/"));
                    }
                }
            }
            found.sort();
            assert_eq!(found, files.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "{folder}");
        }
    }

    #[test]
    fn all_that_is_built_in_can_be_read() {
        let managed = managed().unwrap();
        assert_eq!(profiles(ACCOUNT, &managed).unwrap().len(), PROFILES.len());
        assert!(!providers(ACCOUNT).unwrap().providers().is_empty());
        assert!(!installation(ACCOUNT).unwrap().steps.is_empty());
        assert_eq!(support_gateway(&managed).unwrap().name(), "DoiT-Support-Gateway");
    }

    #[test]
    fn what_is_not_built_in_is_said() {
        let managed = managed().unwrap();
        let said = profile("other", ACCOUNT, &managed).unwrap_err().to_string();
        assert_eq!(
            said,
            "PROFILE_NOT_FOUND: no profile `other`; the profiles are diagnostics, narrow, standard-no-logs, standard-quota, standard"
        );
        assert!(profile("standard", "1", &managed).unwrap_err().to_string().contains("INVALID_ACCOUNT"));
    }
}
