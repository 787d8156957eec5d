//! What a refresh would write: new texts of files, from packages and the committed data. Nothing here reads or writes a disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::committed::{Committed, MANAGED, OPERATIONS, PACKAGES, PREFIXES, SOURCE, UNMATCHED};
use super::mapping::Mapping;
use super::packages::{self, Found};
use super::report::{self, Side};
use super::{iam_data, managed, models};
use crate::catalog::data;
use crate::catalog::outputs::Outputs;
use crate::catalog::source::{self, Catalogue, GlobalKeys, Source, Texts, WITHDRAWN};
use crate::pins::{self, Manifest};

/// A part of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Catalogue,
    Keys,
    Policies,
    Outputs,
}

impl Part {
    pub(super) const ALL: [Self; 4] = [Self::Catalogue, Self::Keys, Self::Policies, Self::Outputs];

    const fn name(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue",
            Self::Keys => "keys",
            Self::Policies => "policies",
            Self::Outputs => "outputs",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// The packages of a refresh.
pub(super) struct Packages {
    pub(super) iam_data_npm: Found,
    pub(super) iam_data_pypi: Found,
    pub(super) managed_npm: Found,
    pub(super) managed_pypi: Found,
    pub(super) models: Found,
}

impl Packages {
    /// The newest of each in a folder.
    pub(super) fn find(folder: &Path) -> Result<Self, String> {
        Ok(Self {
            iam_data_npm: packages::IAM_DATA_NPM.find(folder)?,
            iam_data_pypi: packages::IAM_DATA_PYPI.find(folder)?,
            managed_npm: packages::MANAGED_NPM.find(folder)?,
            managed_pypi: packages::MANAGED_PYPI.find(folder)?,
            models: packages::MODELS.find(folder)?,
        })
    }
}

/// What would be written, and what is to be said.
pub(super) struct Plan {
    pub(super) report: String,
    /// The new texts by path from the root of the workspace. Files that would not change are not here.
    pub(super) files: BTreeMap<PathBuf, String>,
}

/// The work in progress: new texts, and rows of `packages.tsv`.
struct Draft<'p> {
    source: Texts,
    manifest: Manifest,
    documents: BTreeMap<String, String>,
    used: Vec<(Part, &'p Found, String)>,
    said: Vec<String>,
}

/// Compares the packages with the committed data.
pub(super) fn plan(
    packages: &Packages,
    committed: &Committed,
    parts: &BTreeSet<Part>,
) -> Result<Plan, String> {
    let before = Source::read(&committed.source)?;
    let mut draft = Draft {
        source: committed.source.clone(),
        manifest: committed.manifest.clone(),
        documents: committed.documents.clone(),
        used: Vec::new(),
        said: Vec::new(),
    };
    let mut catalogue = before.catalogue.clone();
    if parts.contains(&Part::Catalogue) {
        catalogue = draft.catalogue(packages, catalogue)?;
    }
    if parts.contains(&Part::Keys) {
        draft.keys(packages)?;
    }
    if parts.contains(&Part::Policies) {
        draft.policies(packages)?;
    }
    if parts.contains(&Part::Outputs) {
        draft.outputs(packages, &catalogue, &before.outputs)?;
    }
    draft.packages()?;
    let after = Source::read(&draft.source)?;
    data(&after)?;

    let side = |source: &'_ Source, documents: &BTreeMap<String, String>, manifest: &Manifest| {
        Side::new(source, documents, manifest)
    };
    let report = report::report(
        &side(&before, &committed.documents, &committed.manifest)?,
        &side(&after, &draft.documents, &draft.manifest)?,
    );
    draft.said.push(report);
    let report = draft.said.join("\n");
    Ok(Plan { report, files: draft.files(committed)? })
}

impl<'p> Draft<'p> {
    /// The newer of the two packages' catalogues, if it is newer than the committed one.
    fn catalogue(&mut self, packages: &'p Packages, committed: Catalogue) -> Result<Catalogue, String> {
        let both = [&packages.iam_data_npm, &packages.iam_data_pypi];
        let npm = iam_data::catalogue(both[0], &mut self.said)?;
        let pypi = iam_data::catalogue(both[1], &mut self.said)?;
        let (older, newer, found) =
            if npm.updated_at < pypi.updated_at { (npm, pypi, both[1]) } else { (pypi, npm, both[0]) };
        self.said.push(format!(
            "Catalogue: {} of {}, {} of {}; the newer counts",
            newer.source, newer.updated_at, older.source, older.updated_at
        ));
        self.said.extend(iam_data::differences(&older, &newer).into_iter().map(|line| format!("  {line}")));
        if newer.updated_at <= committed.updated_at {
            self.said.push(format!("  not newer than {}: it stays", committed.source));
            return Ok(committed);
        }
        let new = iam_data::levels(&newer);
        let mut withdrawn = source::withdrawn(self.text(WITHDRAWN)?)?;
        for action in iam_data::levels(&committed).into_keys().filter(|action| !new.contains_key(action)) {
            withdrawn.insert(action, newer.source.clone());
        }
        withdrawn.retain(|action, _| !new.contains_key(action));
        let mut text = "# Actions that AWS has withdrawn, and the first catalogue without each.\n".to_owned();
        for (action, since) in &withdrawn {
            _ = writeln!(text, "{action}\t{since}");
        }
        self.source.insert(WITHDRAWN.into(), text);
        self.source.insert("aws-catalogue.json".into(), source::pretty(&newer, "")?);
        let day = iam_data::day(found)?;
        self.used.push((Part::Catalogue, found, day));
        Ok(newer)
    }

    /// Adds the global condition keys that are not known yet. The committed type of a key stays, because somebody looked it up.
    fn keys(&mut self, packages: &'p Packages) -> Result<(), String> {
        const FILE: &str = "global-condition-keys.json";
        let mut keys: GlobalKeys =
            serde_json::from_str(self.text(FILE)?).map_err(|e| format!("{FILE}: {e}"))?;
        let found = &packages.iam_data_npm;
        let listed = iam_data::global_keys(found)?;
        let mut added = Vec::new();
        for key in &listed {
            match keys.keys.iter().find(|known| known.key.eq_ignore_ascii_case(&key.key)) {
                None => added.push(key.clone()),
                Some(known) if (&known.key_type, known.multivalued) != (&key.key_type, key.multivalued) => {
                    self.said.push(format!(
                        "Global key {}: {} here, {} in {}; it stays",
                        known.key,
                        known.key_type,
                        key.key_type,
                        found.title()
                    ));
                }
                Some(_) => {}
            }
        }
        for known in keys
            .keys
            .iter()
            .filter(|known| !listed.iter().any(|key| key.key.eq_ignore_ascii_case(&known.key)))
        {
            self.said.push(format!("Global key {}: not in {}; it stays", known.key, found.title()));
        }
        if !added.is_empty() {
            let names: Vec<&str> = added.iter().map(|key| key.key.as_str()).collect();
            self.said.push(format!("Global keys added: {}", names.join(", ")));
            keys.keys.extend(added);
            self.source.insert(FILE.into(), source::pretty(&keys, " ")?);
            let day = iam_data::day(found)?;
            self.used.push((Part::Keys, found, day));
        }
        Ok(())
    }

    /// Replaces the pinned policies of which a package has a newer version.
    fn policies(&mut self, packages: &'p Packages) -> Result<(), String> {
        let both = [&packages.managed_npm, &packages.managed_pypi];
        let [npm, pypi] = [managed::of_npm(both[0])?, managed::of_pypi(both[1])?];
        self.said.push(format!("Managed policies: {} and {}", both[0].title(), both[1].title()));
        let told = managed::differences(&self.manifest, &npm, &pypi);
        self.said.extend(told.into_iter().map(|line| format!("  {line}")));
        let mut days: BTreeMap<String, String> = BTreeMap::new();
        for pin in &mut self.manifest.policies {
            let Some(version) = managed::newer(&pin.arn, &pin.version_id, [&npm, &pypi]) else { continue };
            let text = managed::text(&version.document)?;
            pin.version_id.clone_from(&version.id);
            pin.date.clone_from(&version.date);
            pin.bytes = text.len();
            pin.sha256 = format!("{:x}", Sha256::digest(&text));
            self.documents.insert(pin.file.clone(), text);
            let day = version.date.split('T').next().unwrap_or_default().to_owned();
            let newest = days.entry(version.source.clone()).or_default();
            *newest = day.max(std::mem::take(newest));
        }
        for (title, day) in days {
            if !self.manifest.source.split(", ").any(|source| source == title) {
                self.manifest.source = format!("{}, {title}", self.manifest.source);
            }
            self.used.extend(
                both.iter()
                    .filter(|found| found.title() == title)
                    .map(|found| (Part::Policies, *found, day.clone())),
            );
        }
        Ok(())
    }

    /// What operations return, unless the models are older than the committed ones.
    fn outputs(
        &mut self,
        packages: &'p Packages,
        catalogue: &Catalogue,
        committed: &Outputs,
    ) -> Result<(), String> {
        let found = &packages.models;
        let known = committed.source.split(' ').nth(1).unwrap_or_default();
        if models::is_older(found, known) {
            self.said.push(format!(
                "Outputs: {} is older than {}: they stay",
                found.title(),
                committed.source
            ));
            return Ok(());
        }
        let mapping = Mapping::new(catalogue, self.text(PREFIXES)?, self.text(OPERATIONS)?)?;
        let read = models::read(found, &mapping)?;
        self.said.push(format!(
            "Outputs: {}, {} operations, {} of them without a known action; {} actions with a model",
            found.title(),
            read.operations,
            read.without_action.len(),
            read.with_model.len()
        ));
        let missing = mapping.without_operation(&read.with_model);
        let mut text = format!(
            "# What has no counterpart. Operations of {}: no action of the catalogue is known to authorise them.\n\
             # Actions of {}, of services with a model: no operation is known to need them.\n",
            found.title(),
            catalogue.source
        );
        for name in &read.without_action {
            _ = writeln!(text, "operation\t{name}");
        }
        for name in &missing {
            _ = writeln!(text, "action\t{name}");
        }
        let day = found.archive.day.clone().unwrap_or_default();
        let outputs = Outputs { source: found.title(), date: day.clone(), rows: read.outputs };
        let written = outputs.write();
        if self.text("outputs.tsv")? != written || self.text(UNMATCHED)? != text {
            self.used.push((Part::Outputs, found, day));
        }
        self.source.insert("outputs.tsv".into(), written);
        self.source.insert(UNMATCHED.into(), text);
        Ok(())
    }

    /// Writes into `packages.tsv` the packages that something new comes from. Older rows of the same part and package go.
    fn packages(&mut self) -> Result<(), String> {
        const HEAD: &str = "# Packages that the data comes from: part, package, registry, version, day of the data, licence, SHA-256.\n";
        let mut rows: BTreeMap<(String, String), String> = BTreeMap::new();
        for (number, line) in
            self.text(PACKAGES)?.lines().enumerate().filter(|(_, line)| !line.starts_with('#'))
        {
            let mut cells = line.split('\t').map(str::to_owned);
            let (Some(part), Some(package)) = (cells.next(), cells.next()) else {
                return Err(format!("{PACKAGES}:{}: seven columns expected", number + 1));
            };
            rows.insert((part, package), line.to_owned());
        }
        for (part, found, day) in &self.used {
            let (name, package) = (part.name(), found.package.name);
            if *part == Part::Catalogue {
                rows.retain(|(part, _), _| part != name);
            }
            let row = [
                name,
                package,
                found.registry(),
                &found.version,
                day,
                found.licence(),
                &found.archive.sha256,
            ];
            rows.insert((name.to_owned(), package.to_owned()), row.join("\t"));
        }
        let mut text = HEAD.to_owned();
        for row in rows.values() {
            text.push_str(row);
            text.push('\n');
        }
        self.source.insert(PACKAGES.into(), text);
        Ok(())
    }

    fn text(&self, name: &str) -> Result<&str, String> {
        self.source.get(name).map(String::as_str).ok_or_else(|| format!("{SOURCE}/{name}: no such file"))
    }

    /// The files that change.
    fn files(self, committed: &Committed) -> Result<BTreeMap<PathBuf, String>, String> {
        let mut files = BTreeMap::new();
        for (name, text) in self.source {
            if committed.text(&name)? != text {
                files.insert(Path::new(SOURCE).join(name), text);
            }
        }
        for (name, text) in self.documents {
            if committed.documents.get(&name) != Some(&text) {
                files.insert(Path::new(MANAGED).join(name), text);
            }
        }
        let manifest = pins::written(&self.manifest)?;
        if pins::written(&committed.manifest)? != manifest {
            files.insert(Path::new(MANAGED).join("MANIFEST.json"), manifest);
        }
        Ok(files)
    }
}
