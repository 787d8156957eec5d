//! The search for policies in JSON values.

use std::collections::BTreeMap;

use iam_json::{Document, Kind, Value};
use iam_policy::PolicyKind;

use crate::encoded;
use crate::extracted::{Extracted, Left};
use crate::find;
use crate::origin::{Coding, OriginMap, Weaver};
use crate::syntax::Syntax;
use crate::table::{As, HOLDERS, Holder};
use crate::template::UNKNOWN;
use crate::trail::{Step, Trail};
use crate::yaml;

/// Characters of a customer managed policy, white space not counted. A longer one is AWS's own.
const MANAGED_CHARACTERS: usize = 6_144;

/// Members in which a policy must be, whatever its members are.
const ALWAYS: [&str; 4] = ["AssumeRolePolicyDocument", "assume_role_policy", "PolicyDocument", "Document"];

/// What the types of SAM begin with.
const SAM: &str = "AWS::Serverless::";

/// The types of policies of an organization that decide about requests.
const CONTROL: [(&str, PolicyKind); 2] =
    [("SERVICE_CONTROL_POLICY", PolicyKind::Scp), ("RESOURCE_CONTROL_POLICY", PolicyKind::Rcp)];

/// The type of a policy of an organization, as far as it stands beside it.
fn organizations_type(here: Here<'_>) -> Option<String> {
    let own = here.trail.nearest("PolicySummary.Type").or_else(|| here.trail.nearest("Type"))?;
    own.as_string().map(Into::into)
}

/// What was found so far.
pub(crate) struct Scan<'s> {
    pub(crate) syntax: &'s Syntax<'s>,
    pub(crate) documents: Vec<Extracted>,
    pub(crate) left: Vec<Left>,
    /// Versions of managed policies that are not in force.
    pub(crate) older: usize,
    /// Whether there were more documents than are read.
    pub(crate) is_full: bool,
}

/// Where a value is.
#[derive(Clone, Copy)]
pub(crate) struct Here<'t> {
    pub(crate) trail: &'t Trail<'t>,
    pub(crate) origin: &'t OriginMap,
    /// Texts that may still be inside each other.
    pub(crate) layers: usize,
    /// The resource of a template or plan; empty if there is none.
    pub(crate) owner: &'t str,
    /// The type of the resource.
    pub(crate) of: &'t str,
}

impl Scan<'_> {
    /// Looks for policies in a value.
    pub(crate) fn visit(&mut self, value: Value<'_>, here: Here<'_>) {
        match value.kind() {
            Kind::Object => self.object(value, here),
            Kind::Array => self.array(value, here),
            Kind::String => self.string(value, here),
            Kind::Null | Kind::True | Kind::False | Kind::Number => {}
        }
    }

    fn object(&mut self, value: Value<'_>, here: Here<'_>) {
        if here.owner.is_empty() && self.resource(value, here) {
            return;
        }
        if let Some((row, name)) = here.trail.holder(here.of) {
            let last = row.path.last().copied().unwrap_or_default();
            let is_direct = here.trail.name().is_some();
            let is_other = matches!(row.kind, As::NotIam) || Self::is_of_management(row, here);
            if find::is_meant_as_policy(value)
                || (is_direct && (is_other || (ALWAYS.contains(&last) && !holds_another(value))))
            {
                return self.found(value, here, row, &name);
            }
        } else if (find::is_policy(value) && !Self::holds_statements(here))
            || (here.trail.is_at_top() && find::is_meant_as_policy(value))
        {
            let (text, origin) = verbatim(value, here.origin);
            return self.add(&Self::plain_name(here), None, text, origin, here);
        }
        if find::is_statements(value) && (here.trail.is_at_top() || here.trail.holder(here.of).is_some()) {
            return self.statements(value, here, "statement");
        }
        if let Some((row, _)) = here.trail.holder(here.of).filter(|_| here.of.starts_with(SAM))
            && row.path.last() == Some(&"Policies")
        {
            return self.templates(value, here);
        }
        self.members_of(value, here);
    }

    /// Whether the statements of an object are a policy of the resource, so that the object is none.
    fn holds_statements(here: Here<'_>) -> bool {
        HOLDERS.iter().any(|row| row.path == ["Statement"] && here.of.starts_with(row.of))
    }

    /// Policy templates of SAM, each with its parameters.
    fn templates(&mut self, value: Value<'_>, here: Here<'_>) {
        for member in value.members() {
            let name = labelled(here.owner, &format!("policy template {}", member.key.string()));
            self.left.push(Left { name, why: "SAM makes it when it is deployed" });
        }
    }

    pub(crate) fn members_of(&mut self, value: Value<'_>, here: Here<'_>) {
        for member in value.members() {
            let trail =
                Trail { up: Some(here.trail), step: Step::Name(member.key.string()), outer: Some(value) };
            self.visit(member.value, Here { trail: &trail, ..here });
        }
    }

    fn array(&mut self, value: Value<'_>, here: Here<'_>) {
        let is_held = here.trail.holder(here.of).is_some();
        if find::is_statements(value) && (is_held || here.trail.is_at_top()) {
            return self.statements(value, here, "statements");
        }
        for (index, item) in value.items().enumerate() {
            let trail = Trail { up: Some(here.trail), step: Step::Index(index), outer: Some(value) };
            self.visit(item, Here { trail: &trail, ..here });
        }
    }

    fn string(&mut self, value: Value<'_>, here: Here<'_>) {
        let held = here.trail.holder(here.of);
        let raw = value.raw();
        let start = raw.get(1..).unwrap_or_default().trim_start();
        let is_json = start.starts_with(['{', '[', '%', '\\']);
        let here =
            if here.trail.name() == Some("TemplateBody") { Here { owner: "", of: "", ..here } } else { here };
        if !is_json && here.trail.name() == Some("TemplateBody") {
            return self.yaml(value, here);
        }
        if !is_json && held.is_none() {
            return;
        }
        let (content, origin) = encoded::content(value, here.origin);
        if content.trim_ascii() == UNKNOWN && !here.owner.is_empty() {
            // Names of policies stand beside policies in a list.
            if let Some((_, name)) = held.filter(|(row, _)| row.path.last() != Some(&"Policies")) {
                let why = "it is made elsewhere, or known only when it is deployed";
                self.left.push(Left { name: labelled(here.owner, &name), why });
            }
            return;
        }
        let nested = self.syntax.nested(&content, &origin, here.layers);
        let Some((text, origin)) = nested else {
            // A text in the place of a policy is refused as one.
            let is_always =
                held.as_ref().is_some_and(|(row, _)| row.path.last().is_some_and(|own| ALWAYS.contains(own)));
            if let Some((row, name)) = held.filter(|_| is_always && !content.trim_ascii().is_empty()) {
                self.held(content, origin, here, row, &name);
            }
            return;
        };
        let limits = self.syntax.limits.json();
        let Ok(document) = Document::parse(&text, limits) else {
            if let Some((_, name)) =
                held.as_ref().filter(|_| text.contains(UNKNOWN) && !here.owner.is_empty())
            {
                let why = "what is not known makes parts of its syntax";
                return self.left.push(Left { name: labelled(here.owner, name), why });
            }
            if let Some((row, name)) = held {
                self.held(text, origin, here, row, &name);
            }
            return;
        };
        let layers = here.layers.saturating_sub(1);
        self.visit(document.root(), Here { origin: &origin, layers, ..here });
    }

    /// A template of YAML in a string.
    fn yaml(&mut self, value: Value<'_>, here: Here<'_>) {
        let (content, origin) = encoded::content(value, here.origin);
        let Ok(read) = yaml::read(&content, &origin, self.syntax.limits) else { return };
        for (text, origin) in read {
            if let Ok(document) = Document::parse(&text, self.syntax.limits.json()) {
                self.visit(document.root(), Here { origin: &origin, ..here });
            }
        }
    }

    /// A policy in a member of the table.
    fn found(&mut self, value: Value<'_>, here: Here<'_>, row: &Holder, name: &str) {
        let (text, origin) = verbatim(value, here.origin);
        self.held(text, origin, here, row, name);
    }

    fn held(&mut self, text: String, origin: OriginMap, here: Here<'_>, row: &Holder, name: &str) {
        if row.path.contains(&"PolicyVersionList")
            && here.trail.nearest("IsDefaultVersion").is_some_and(|flag| flag.kind() == Kind::False)
        {
            self.older = self.older.saturating_add(1);
            return;
        }
        let mut name = name.to_owned();
        if here.owner.is_empty()
            && here.trail.name().is_none()
            && let Some(index) = here.trail.index()
        {
            name = format!("{name} {}", index.saturating_add(1));
        }
        let kind = match row.kind {
            As::Kind(kind) => Some(kind),
            As::Inferred => None,
            As::Managed => Some(Self::managed(&text, here)),
            As::NotIam => {
                return self
                    .left
                    .push(Left { name: labelled(here.owner, &name), why: "it is no policy of IAM" });
            }
            As::Organizations => {
                if Self::is_of_management(row, here) {
                    let why = "it is a policy of management, not of IAM";
                    return self.left.push(Left { name: labelled(here.owner, &name), why });
                }
                let own = organizations_type(here);
                let control =
                    CONTROL.iter().find(|(name, _)| own.as_deref() == Some(name)).map(|(_, kind)| *kind);
                // Terraform and CloudFormation take a policy without a type for a service control policy.
                control.or_else(|| (!here.of.is_empty()).then_some(PolicyKind::Scp))
            }
        };
        self.add(&name, kind, text, origin, here);
    }

    /// Whether a policy of an organization is one that manages something, such as tags.
    fn is_of_management(row: &Holder, here: Here<'_>) -> bool {
        matches!(row.kind, As::Organizations)
            && organizations_type(here).is_some_and(|own| !CONTROL.iter().any(|(name, _)| *name == own))
    }

    fn managed(text: &str, here: Here<'_>) -> PolicyKind {
        let arn = here.trail.nearest("Arn").map(Value::string);
        let is_own = |arn: &str| iam_policy::ArnFields::split(arn).is_some_and(|own| own.account == "aws");
        let is_aws = arn.as_ref().map_or_else(
            || text.chars().filter(|c| !c.is_whitespace()).count() > MANAGED_CHARACTERS,
            |arn| is_own(arn),
        );
        if is_aws { PolicyKind::AwsManaged } else { PolicyKind::Managed }
    }

    /// Statements without a policy around them.
    fn statements(&mut self, value: Value<'_>, here: Here<'_>, name: &str) {
        let held = here.trail.holder(here.of);
        let mut weaver = Weaver::default();
        let span = value.span();
        weaver.stand_at(span.start);
        weaver.add("{\"Version\": \"2012-10-17\", \"Statement\": ");
        weaver.push(value.raw(), span);
        weaver.add("}");
        let (text, origin) = weaver.finish(here.origin, Coding::Values);
        let name = held.as_ref().map_or(name, |(_, own)| own.as_str());
        let kind =
            held.as_ref().and_then(|(row, _)| if let As::Kind(kind) = row.kind { Some(kind) } else { None });
        self.add(&format!("{name} without a policy around"), kind, text, origin, here);
    }

    fn plain_name(here: Here<'_>) -> String {
        match here.trail.step {
            Step::Start => String::new(),
            Step::Index(index) if here.trail.is_at_top() => format!("policy {}", index.saturating_add(1)),
            Step::Index(_) | Step::Name(_) => format!("policy at {}", here.trail.pointer()),
        }
    }

    fn add(&mut self, name: &str, kind: Option<PolicyKind>, text: String, origin: OriginMap, here: Here<'_>) {
        if self.documents.len() >= self.syntax.limits.documents {
            self.is_full = true;
            return;
        }
        let role = here.trail.filled("{RoleName}").filter(|own| !own.contains(UNKNOWN)).unwrap_or_default();
        let name = labelled(here.owner, name);
        self.documents.push(Extracted { name, kind, text, origin, unknown: Vec::new(), role });
    }

    /// Names that several documents have get the number of each among them. Lines would move.
    pub(crate) fn tell_apart(&mut self) {
        let mut names: Vec<String> = self.documents.iter().map(|own| own.name.clone()).collect();
        names.sort_unstable();
        let is_twice = |name: &str| {
            let at = names.partition_point(|own| own.as_str() < name);
            names.get(at.saturating_add(1)).is_some_and(|own| own == name)
        };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for own in &mut self.documents {
            if is_twice(&own.name) {
                let number = counts.entry(own.name.clone()).or_default();
                *number = number.saturating_add(1);
                let name = if own.name.is_empty() { "policy" } else { &format!("{},", own.name) };
                own.name = format!("{name} number {number}");
            }
        }
    }
}

/// Whether an object has a policy in a member, so that it is none itself.
fn holds_another(value: Value<'_>) -> bool {
    value.members().any(|own| ALWAYS.iter().any(|name| find::is_named(own.key, name)))
}

/// The name of a policy of a resource. What is not known in it is three dots.
fn labelled(owner: &str, name: &str) -> String {
    let name = &name.replace(UNKNOWN, "…");
    match (owner.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (false, true) => owner.to_owned(),
        (false, false) => format!("{owner}: {name}"),
    }
}

/// A value's own text, and where it is from.
pub(crate) fn verbatim(value: Value<'_>, outer: &OriginMap) -> (String, OriginMap) {
    (value.raw().to_owned(), outer.part(value.span().start))
}
