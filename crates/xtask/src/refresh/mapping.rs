//! Which actions authorise an operation.
//!
//! Most operations need the action of their own name. `source/prefixes.tsv` has the services whose prefix in IAM is another word than in the
//! models, and `source/operations.tsv` the operations that need other actions.

use std::collections::{BTreeMap, BTreeSet};

use super::models::Metadata;
use crate::catalog::source::Catalogue;

pub(super) struct Mapping<'c> {
    catalogue: &'c Catalogue,
    /// The actions of each service by their names in lower case.
    names: BTreeMap<&'c str, BTreeMap<String, &'c str>>,
    prefixes: BTreeMap<String, String>,
    operations: BTreeMap<(String, String), Vec<String>>,
}

/// The names of a model's service: those it goes by, and the prefixes that its actions may have.
pub(super) struct Names<'c> {
    own: Vec<String>,
    prefixes: Vec<&'c str>,
}

impl<'c> Mapping<'c> {
    /// Reads both tables.
    pub(super) fn new(catalogue: &'c Catalogue, prefixes: &str, operations: &str) -> Result<Self, String> {
        let names = catalogue.services.iter().map(|(prefix, service)| {
            let names = service.actions.keys().map(|name| (name.to_ascii_lowercase(), name.as_str()));
            (prefix.as_str(), names.collect())
        });
        let mut mapping = Self {
            catalogue,
            names: names.collect(),
            prefixes: BTreeMap::new(),
            operations: BTreeMap::new(),
        };
        for (number, [service, prefix]) in rows("prefixes.tsv", prefixes)? {
            if mapping.prefixes.insert(service.to_owned(), prefix.to_owned()).is_some() {
                return Err(format!("prefixes.tsv:{number}: {service} stands twice"));
            }
        }
        for (number, [service, operation, actions, _source]) in rows("operations.tsv", operations)? {
            let actions: Vec<String> = actions.split(',').map(str::to_owned).collect();
            let key = (service.to_owned(), operation.to_ascii_lowercase());
            if mapping.operations.insert(key, actions).is_some() {
                return Err(format!("operations.tsv:{number}: {service} {operation} stands twice"));
            }
        }
        Ok(mapping)
    }

    /// The prefixes that a service's operations may have, the likeliest first: that with the most actions of the operations' names.
    pub(super) fn names(
        &self,
        service: &str,
        metadata: &Metadata,
        operations: &BTreeSet<String>,
    ) -> Names<'c> {
        let own = names_of(service, metadata);
        let mut found: Vec<&'c str> = Vec::new();
        for name in &own {
            let listed = self.prefixes.get(name).map(String::as_str);
            for prefix in [listed, Some(name), name.rsplit('.').next()].into_iter().flatten() {
                if let Some((prefix, _)) = self.names.get_key_value(prefix)
                    && !found.contains(prefix)
                {
                    found.push(prefix);
                }
            }
        }
        let share =
            |prefix: &&str| operations.iter().filter(|name| self.names[*prefix].contains_key(*name)).count();
        found.sort_by_key(|prefix| std::cmp::Reverse(share(prefix)));
        Names { own, prefixes: found }
    }

    /// The known actions that authorise an operation of a model. Empty if none is known.
    ///
    /// If an operation needs several actions together, those that have an operation of their own do not stand for its output: `CopyObject`
    /// needs `s3:GetObject` and does not return an object.
    pub(super) fn actions(
        &self,
        names: &Names<'c>,
        operation: &str,
        operations: &BTreeSet<String>,
    ) -> Vec<String> {
        let operation = operation.to_ascii_lowercase();
        let listed = names.prefixes.iter().copied().chain(names.own.iter().map(String::as_str));
        for name in listed {
            if let Some(actions) = self.operations.get(&(name.to_owned(), operation.clone())) {
                let known: Vec<&String> =
                    actions.iter().filter(|action| self.spelling(action).is_some()).collect();
                let has_own = |action: &str| {
                    let name = action.split_once(':').map_or(action, |(_, name)| name);
                    operations.contains(&name.to_ascii_lowercase())
                };
                let mut chosen: Vec<&String> =
                    known.iter().copied().filter(|action| known.len() == 1 || !has_own(action)).collect();
                if chosen.is_empty() {
                    chosen = known.iter().copied().filter(|action| !self.is_read(action)).collect();
                }
                if chosen.is_empty() {
                    chosen = known;
                }
                return chosen.into_iter().cloned().collect();
            }
        }
        let same =
            names.prefixes.iter().find_map(|prefix| Some((prefix, self.names.get(prefix)?.get(&operation)?)));
        same.map(|(prefix, name)| format!("{prefix}:{name}")).into_iter().collect()
    }

    fn spelling(&self, action: &str) -> Option<&'c str> {
        let (prefix, name) = action.split_once(':')?;
        self.names.get(prefix)?.get(&name.to_ascii_lowercase()).copied()
    }

    /// Whether AWS labels the action Read or List.
    pub(super) fn is_read(&self, action: &str) -> bool {
        let level = action.split_once(':').and_then(|(prefix, name)| {
            Some(self.catalogue.services.get(prefix)?.actions.get(name)?.level.as_str())
        });
        matches!(level, Some("Read" | "List"))
    }

    /// Every action that AWS labels Read or List, of the services that some model has, and that no operation needs.
    pub(super) fn without_operation(&self, with_model: &BTreeSet<String>) -> BTreeSet<String> {
        let modelled: BTreeSet<&str> =
            with_model.iter().filter_map(|action| action.split(':').next()).collect();
        let services =
            self.catalogue.services.iter().filter(|(prefix, _)| modelled.contains(prefix.as_str()));
        let actions = services
            .flat_map(|(prefix, service)| service.actions.keys().map(move |name| format!("{prefix}:{name}")));
        actions.filter(|action| !with_model.contains(action)).collect()
    }
}

/// The names by which a model's service goes, the one that signatures use first.
fn names_of(service: &str, metadata: &Metadata) -> Vec<String> {
    let id = metadata.service_id.as_deref().unwrap_or_default().to_ascii_lowercase();
    let names = [
        metadata.signing_name.clone(),
        metadata.endpoint_prefix.clone(),
        Some(service.to_owned()),
        Some(id.replace(' ', "-")),
        Some(id.replace(' ', "")),
    ];
    let mut known: Vec<String> = Vec::new();
    for name in names.into_iter().flatten().filter(|name| !name.is_empty()) {
        if !known.contains(&name) {
            known.push(name);
        }
    }
    known
}

/// The rows of a table with their line numbers. Lines that begin with `#` are comments.
pub(super) fn rows<'t, const N: usize>(
    file: &str,
    text: &'t str,
) -> Result<Vec<(usize, [&'t str; N])>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
    let row = |(number, line): (usize, &'t str)| {
        let cells: Vec<&str> = line.split('\t').collect();
        let cells = cells.try_into().map_err(|_| format!("{file}:{}: {N} columns expected", number + 1))?;
        Ok((number + 1, cells))
    };
    lines.map(row).collect()
}
