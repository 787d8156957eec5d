//! Resources of templates, plans and states.

use iam_json::{Document, Kind, Span, Value};

use crate::extracted::{Left, Unknown};
use crate::find;
use crate::origin::narrow;
use crate::scan::{Here, Scan};
use crate::table::HOLDERS;
use crate::template::{self, Template, UNKNOWN};
use crate::trail::{Step, Trail};

/// Parts of a plan of Terraform that say again what `planned_values` says, or what was before.
const NOT_PLANNED: [&str; 6] =
    ["resource_changes", "resource_drift", "prior_state", "configuration", "output_changes", "checks"];

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
            for instance in instances.items().filter_map(|own| own.member("attributes")) {
                self.members_of(instance, Here { owner: &owner, of: &kind, ..here });
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
            let unknown = find::at(change, "change.after_unknown").into_iter().flat_map(Value::members);
            for member in unknown.filter(|own| own.value.kind() == Kind::True) {
                let name = member.key.string();
                let is_policy = |row: &&crate::table::Holder| {
                    !row.of.is_empty()
                        && kind.starts_with(row.of)
                        && row.path.last().is_some_and(|own| *own == name)
                };
                if HOLDERS.iter().any(|row| is_policy(&row)) {
                    let why = "it is known only after the plan is applied";
                    self.left.push(Left { name: format!("{address}: {name}"), why });
                }
            }
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
        for member in root.member("Resources").into_iter().flat_map(Value::members) {
            let id = member.key.string();
            let Some((owner, kind)) = template::owner(&id, member.value) else {
                if id.starts_with("Fn::") {
                    self.left.push(Left {
                        name: id.into_owned(),
                        why: "what it makes is known only when it is deployed",
                    });
                }
                continue;
            };
            let Some((text, origin, unknown)) = template.resolve(member.value, here.origin) else {
                self.left.push(Left { name: owner, why: "its functions make more text than is read" });
                continue;
            };
            let Ok(document) = Document::parse(&text, limits.json()) else { continue };
            let before = self.documents.len();
            let trail = Trail { up: Some(here.trail), step: Step::Name(id), outer: Some(root) };
            self.visit(
                document.root(),
                Here { trail: &trail, origin: &origin, owner: &owner, of: &kind, ..here },
            );
            for own in self.documents.iter_mut().skip(before) {
                let place = own.origin.span(Span::new(0, narrow(own.text.len())));
                let is_in = |one: &&Unknown| place.start <= one.span.start && one.span.end <= place.end;
                own.unknown = unknown.iter().filter(is_in).cloned().collect();
            }
        }
    }
}
