//! What operations return, from the service models of `botocore`: the members of each output that may hold something to protect.
//!
//! The net is wide on purpose: `catalog/classes.rs` decides what each member means. A row of the result is an action, the operation that it
//! authorises, the path of a member in the output, and marks.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Deserialize;

use super::mapping::Mapping;
use super::packages::{Found, compare};
use crate::catalog::outputs::{Member, Output, is_held, is_noted, is_paging};

#[derive(Deserialize)]
struct Model {
    metadata: Metadata,
    operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

/// The names by which a service goes.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) signing_name: Option<String>,
    pub(super) endpoint_prefix: Option<String>,
    pub(super) service_id: Option<String>,
}

#[derive(Deserialize)]
struct Operation {
    output: Option<Reference>,
}

#[derive(Deserialize)]
struct Reference {
    shape: String,
    #[serde(default)]
    streaming: bool,
    #[serde(default)]
    documentation: String,
}

#[derive(Deserialize)]
struct Shape {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    members: BTreeMap<String, Reference>,
    member: Option<Reference>,
    key: Option<Reference>,
    value: Option<Reference>,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    streaming: bool,
    #[serde(default)]
    eventstream: bool,
    #[serde(default)]
    documentation: String,
}

/// What the models say.
pub(super) struct Read {
    pub(super) outputs: Vec<Output>,
    /// Operations that no action of the catalogue is known to authorise, as `model:Operation`.
    pub(super) without_action: BTreeSet<String>,
    /// The actions that some operation needs.
    pub(super) with_model: BTreeSet<String>,
    pub(super) operations: usize,
}

/// Reads every model. Of several versions of a service's model, the newest counts.
pub(super) fn read(found: &Found, mapping: &Mapping<'_>) -> Result<Read, String> {
    let archive = &found.archive;
    let mut newest: BTreeMap<&str, &str> = BTreeMap::new();
    for name in archive.names().filter(|name| name.ends_with("/service-2.json.gz")) {
        let service = name.split('/').nth(2).unwrap_or_default();
        // Versions are days, so that their texts have their order.
        newest.entry(service).and_modify(|known| *known = name.max(known)).or_insert(name);
    }
    if newest.is_empty() {
        return Err(format!("{}: no service models in it", found.title()));
    }
    let mut read = Read {
        outputs: Vec::new(),
        without_action: BTreeSet::new(),
        with_model: BTreeSet::new(),
        operations: 0,
    };
    let mut rows: BTreeMap<(String, String), Output> = BTreeMap::new();
    for (service, file) in newest {
        let model: Model = archive.json(file)?;
        let operations: BTreeSet<String> =
            model.operations.keys().map(|name| name.to_ascii_lowercase()).collect();
        let names = mapping.names(service, &model.metadata, &operations);
        for (name, operation) in &model.operations {
            read.operations += 1;
            let actions = mapping.actions(&names, name, &operations);
            if actions.is_empty() {
                read.without_action.insert(format!("{service}:{name}"));
            }
            let members = match &operation.output {
                Some(output) => {
                    model.members(output).map_err(|why| archive.wrong(file, format!("{name}: {why}")))?
                }
                None => Vec::new(),
            };
            for action in actions {
                let reads = mapping.is_read(&action);
                for member in members.iter().filter(|member| reads || is_noted(member)) {
                    // Of several members with the same last names, the first in the order of depth stands for all, and one of the service's
                    // own model counts before one of another service that shares the action.
                    let row = Output {
                        action: action.clone(),
                        operation: format!("{service}:{name}"),
                        member: member.clone(),
                    };
                    let own = action.split(':').next() == Some(service);
                    match rows.entry((action.clone(), member.last_names())) {
                        Entry::Vacant(place) => _ = place.insert(row),
                        Entry::Occupied(mut place) => {
                            if own && !place.get().operation.starts_with(&format!("{service}:")) {
                                place.insert(row);
                            }
                        }
                    }
                }
                read.with_model.insert(action);
            }
        }
    }
    read.outputs = rows.into_values().collect();
    Ok(read)
}

impl Model {
    fn shape(&self, reference: &Reference) -> Result<&Shape, String> {
        self.shapes.get(&reference.shape).ok_or_else(|| format!("no shape {}", reference.shape))
    }

    /// The members of an output that may hold something to protect, the less deep ones first. Each shape is entered once by each name,
    /// because the name of a list or map may say what its items are.
    fn members(&self, output: &Reference) -> Result<Vec<Member>, String> {
        let mut found = Vec::new();
        let mut entered: BTreeSet<(&str, String)> = BTreeSet::new();
        let mut waiting = VecDeque::from([(output, String::new(), false)]);
        while let Some((reference, path, sensitive)) = waiting.pop_front() {
            let by = Member { path: path.clone(), marks: String::new() }.name().to_owned();
            if !entered.insert((&reference.shape, by)) {
                continue;
            }
            let shape = self.shape(reference)?;
            let named = shape.members.iter().map(|(name, member)| {
                (member, if path.is_empty() { name.clone() } else { format!("{path}.{name}") })
            });
            let unnamed = [(&shape.member, "[]"), (&shape.key, "{key}"), (&shape.value, "{}")];
            let unnamed =
                unnamed.into_iter().filter_map(|(one, sign)| Some((one.as_ref()?, format!("{path}{sign}"))));
            for (below, path) in named.chain(unnamed) {
                let inner = self.shape(below)?;
                if ["structure", "list", "map"].contains(&inner.kind.as_str()) {
                    if inner.eventstream {
                        found.push(Member { path: path.clone(), marks: "t".into() });
                    }
                    // What lies in something sensitive is sensitive.
                    waiting.push_back((below, path, sensitive || inner.sensitive));
                    continue;
                }
                let member = Member { marks: inner.marks(below, sensitive), path };
                let text = ["string", "blob"].contains(&inner.kind.as_str());
                // The keys of a map are names.
                if text
                    && !member.is_key()
                    && !is_paging(member.name())
                    && (!member.marks.is_empty() || is_noted(&member) || is_held(&member))
                {
                    found.push(member);
                }
            }
        }
        Ok(found)
    }
}

impl Shape {
    /// `s` for a member that AWS marks as sensitive, `b` for bytes, `t` for a stream, `u` for one whose description speaks of a signed URL.
    fn marks(&self, reference: &Reference, inside: bool) -> String {
        let text = format!("{} {}", reference.documentation, self.documentation).to_ascii_lowercase();
        let signed = ["presigned", "pre-signed", "signed url"].iter().any(|word| text.contains(word));
        let marks = [
            ('s', self.sensitive || inside),
            ('b', self.kind == "blob"),
            ('t', self.streaming || reference.streaming),
            ('u', signed && self.kind == "string"),
        ];
        marks.into_iter().filter_map(|(mark, is)| is.then_some(mark)).collect()
    }
}

/// Whether the models of a package are older than the committed ones.
pub(super) fn is_older(found: &Found, committed: &str) -> bool {
    compare(&found.version, committed) == std::cmp::Ordering::Less
}
