//! The profiles and pinned AWS managed policies inside the program.

macro_rules! files {
    ($folder:literal: $($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../../../policies/", $folder, "/", $name))),)*]
    };
}

/// Profiles by file name.
pub(super) const PROFILES: &[(&str, &str)] = files!("doit/profiles": "diagnostics.json" "narrow.json" "standard-no-logs.json" "standard-quota.json" "standard.json");

/// DoiT's identity providers.
pub(super) const PROVIDERS: (&str, &str) =
    ("identity-providers.json", include_str!("../../../../policies/doit/identity-providers.json"));

/// What an installation calls.
pub(super) const INSTALLATION: (&str, &str) =
    ("installation.json", include_str!("../../../../policies/doit/installation.json"));

/// AWS managed policies by file name, with their manifest.
pub(super) const MANAGED: &[(&str, &str)] = files!("aws-managed":
    "AWSBillingReadOnlyAccess.json" "AWSCloudShellFullAccess.json" "AWSPartnerLedSupportReadOnlyAccess.json" "AWSSupportAccess.json"
    "AmazonOpenSearchIngestionReadOnlyAccess.json" "AmazonRDSPerformanceInsightsReadOnly.json" "CloudWatchReadOnlyAccess.json"
    "MANIFEST.json" "ReadOnlyAccess.json" "SecurityAudit.json" "ViewOnlyAccess.json");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folders_is_built_in() {
        for (folder, files) in [("doit/profiles", PROFILES), ("aws-managed", MANAGED)] {
            let path = format!("{}/../../policies/{folder}", env!("CARGO_MANIFEST_DIR"));
            let mut found: Vec<String> = std::fs::read_dir(path)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .filter(|name| std::path::Path::new(name).extension().is_some_and(|e| e == "json"))
                .collect();
            found.sort();
            assert_eq!(found, files.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "{folder}");
        }
    }
}
