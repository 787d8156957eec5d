//! Resources of templates, plans and states.

use std::collections::BTreeSet;

use iam_json::{Document, Kind, Value};

use crate::extracted::Left;
use crate::find;
use crate::scan::{Here, Scan};
use crate::table::HOLDERS;
use crate::template::{self, Resource, Template, UNKNOWN};
use crate::trail::{Step, Trail};

/// Parts of a plan of Terraform that say again what `planned_values` says, or what was before.
const NOT_PLANNED: [&str; 6] =
    ["resource_changes", "resource_drift", "prior_state", "configuration", "output_changes", "checks"];

/// What the names of the common parts of resources begin with here, which no resource has.
const GLOBALS: &str = "Globals ";

/// The common parts of SAM's resources, for the types that a template has. They belong to each resource of the type.
fn globals<'d>(root: Value<'d>, resources: &[Resource<'d>]) -> Vec<Resource<'d>> {
    let kinds: BTreeSet<String> = resources
        .iter()
        .filter_map(|own| Some(own.value.member("Type")?.as_string()?.into_owned()))
        .collect();
    let globals = root.member("Globals").into_iter().flat_map(Value::members);
    let named = globals.map(|own| (format!("AWS::Serverless::{}", own.key.string()), own.value));
    let used = named.filter(|(kind, _)| kinds.contains(kind));
    used.map(|(kind, value)| Resource { id: format!("{GLOBALS}{kind}"), value, turns: Vec::new() }).collect()
}

/// Whether the members on a way hold a policy of a resource.
fn is_held(kind: &str, names: &[String]) -> bool {
    let rows = HOLDERS.iter().filter(|row| !row.of.is_empty() && kind.starts_with(row.of));
    rows.into_iter().any(|row| {
        let last = names.iter().rev().take(row.path.len());
        row.path.len() <= names.len() && row.path.iter().rev().zip(last).all(|(own, name)| own == name)
            // All of the blocks may be unknown together.
            || row.path.len() > 1 && names.len() == 1 && row.path.first().is_some_and(|own| names.first().is_some_and(|name| own == name))
    })
}

impl Scan<'_> {
    /// Looks for policies in an object that is a template, a plan, or a resource of a plan or state. Whether it is one.
    pub(crate) fn resource(&mut self, value: Value<'_>, here: Here<'_>) -> bool {
        if template::is_template(value) {
            self.template(value, here);
            return true;
        }
        if value.member("planned_values").is_some() && value.member("format_version").is_some() {
            self.plan(value, here);
            return true;
        }
        let text = |name: &str| value.member(name).and_then(Value::as_string);
        let Some(kind) = text("type").filter(|own| own.starts_with("aws_")) else { return false };
        if text("mode").is_some_and(|mode| mode == "data") {
            return true;
        }
        if let (Some(address), Some(values)) = (text("address"), value.member("values")) {
            self.members_of(values, Here { owner: &address, of: &kind, ..here });
            return true;
        }
        if let (Some(name), Some(instances)) = (text("name"), value.member("instances")) {
            let module = text("module").map(|module| format!("{module}.")).unwrap_or_default();
            let owner = format!("{module}{kind}.{name}");
            for instance in instances.items() {
                let Some(values) = instance.member("attributes") else { continue };
                // An instance of `count` has a number, and one of `for_each` a text.
                let key = instance.member("index_key").filter(|own| own.kind() != Kind::Null);
                let owner = key.map_or_else(|| owner.clone(), |own| format!("{owner}[{}]", own.raw()));
                self.members_of(values, Here { owner: &owner, of: &kind, ..here });
            }
            return true;
        }
        false
    }

    fn plan(&mut self, value: Value<'_>, here: Here<'_>) {
        for member in value.members().filter(|own| !NOT_PLANNED.contains(&&*own.key.string())) {
            let trail =
                Trail { up: Some(here.trail), step: Step::Name(member.key.string()), outer: Some(value) };
            self.visit(member.value, Here { trail: &trail, ..here });
        }
        for change in value.member("resource_changes").into_iter().flat_map(Value::items) {
            let text = |name: &str| change.member(name).and_then(Value::as_string);
            let (Some(kind), Some(address)) = (text("type"), text("address")) else { continue };
            // A data source is read, and has no policy of its own.
            if text("mode").is_some_and(|mode| mode == "data") {
                continue;
            }
            if let Some(unknown) = find::at(change, "change.after_unknown") {
                self.unknown_after(unknown, &mut Vec::new(), &kind, &address);
            }
        }
    }

    /// Notes the policies of a resource of which a plan says that they are known only after it is applied.
    fn unknown_after(&mut self, unknown: Value<'_>, names: &mut Vec<String>, kind: &str, address: &str) {
        let why = "it is known only after the plan is applied";
        match unknown.kind() {
            Kind::Object => {
                for member in unknown.members() {
                    names.push(member.key.string().into_owned());
                    self.unknown_after(member.value, names, kind, address);
                    names.pop();
                }
            }
            Kind::Array => {
                unknown.items().for_each(|item| self.unknown_after(item, names, kind, address));
            }
            Kind::True if is_held(kind, names) => {
                self.left.push(Left { name: format!("{address}: {}", names.join(".")), why });
            }
            Kind::True | Kind::False | Kind::Null | Kind::Number | Kind::String => {}
        }
    }

    fn template(&mut self, root: Value<'_>, here: Here<'_>) {
        let text = root.raw();
        if text.contains(UNKNOWN) {
            let why = "it has the character U+F8FF, which stands here for what is not known";
            return self.left.push(Left { name: "the template".to_owned(), why });
        }
        let limits = self.syntax.limits;
        let most = text.len().saturating_mul(16).saturating_add(1 << 20).min(limits.document_bytes);
        let mut template = Template::new(root, most, limits.depth);
        let Some(mut resources) =
            root.member("Resources").map_or(Some(Vec::new()), |own| template.resources(own))
        else {
            let why = "its loops make more resources than are read";
            return self.left.push(Left { name: "the template".to_owned(), why });
        };
        let globals = globals(root, &resources);
        resources.splice(0..0, globals);
        for Resource { id, value, turns } in resources {
            let owned = id.strip_prefix(GLOBALS).map(|kind| (format!("{kind} Globals"), kind.to_owned()));
            let Some((owner, kind)) = owned.or_else(|| template::owner(&id, value)) else {
                if id.starts_with("Fn::") {
                    let why = "what it makes is known only when it is deployed";
                    self.left.push(Left { name: id, why });
                }
                continue;
            };
            let Some((text, origin, notes)) = template.resolve(value, turns, here.origin) else {
                self.left.push(Left { name: owner, why: "its functions make more text than is read" });
                continue;
            };
            let Ok(document) = Document::parse(&text, limits.json()) else { continue };
            let before = self.documents.len();
            let trail = Trail { up: Some(here.trail), step: Step::Name(id.into()), outer: Some(root) };
            self.visit(
                document.root(),
                Here { trail: &trail, origin: &origin, owner: &owner, of: &kind, ..here },
            );
            for own in self.documents.iter_mut().skip(before) {
                own.list_unknown(&notes, &origin);
            }
        }
    }
}
