//! A resource with everything that belongs to it, and what a statement in its policy has to name.

use iam_analysis::overlap;
use iam_catalog::Details;
use iam_eval::{LetterCase, ResourceKind, action_matches};
use iam_policy::{
    ActionElement, ActionPattern, Arn, Conditions, Effect, Grantees, IdentityStatement, Pattern,
    ResourceElement, ResourcePattern, ResourceStatement, Syntax,
};

use super::kind::Named;
use super::table::{Element, Names, Row};
use super::words::RestrictedKind;

/// A resource that can be restricted.
pub(super) struct Thing {
    pub(super) kind: RestrictedKind,
    /// The kind of the resource that has the policy.
    pub(super) holder: RestrictedKind,
    /// The actions that the policy can name.
    pub(super) actions: Vec<ActionPattern>,
    /// Every ARN that belongs to the resource.
    pub(super) belongs: Vec<ResourcePattern>,
    /// The command that prints the policy.
    pub(super) fetch: String,
    row: Row,
}

impl Thing {
    /// The resource of an ARN whose name keeps AWS's rules.
    pub(super) fn new(arn: &Arn, named: &Named<'_>, details: &Details<'_>) -> Self {
        let row = named.kind.row();
        let belongs = belongs(arn, named, &row);
        let actions = match row.names {
            Names::All => row.services.first().copied().and_then(ActionPattern::all_of).into_iter().collect(),
            Names::Listed(some) => some.iter().copied().filter_map(ActionPattern::parse).collect(),
            Names::Whole => whole(details, &row, &belongs, &[]),
            Names::Besides(others) => whole(details, &row, &belongs, others),
        };
        // The policy is the holder's.
        let holder = named.holder.row();
        let whole = if named.holder == named.kind { arn.as_str() } else { holder_of(arn, named) };
        let fetch = fill(holder.fetch, whole, arn, named);
        Self { kind: named.kind, holder: named.holder, actions, belongs, fetch, row }
    }

    /// What the resource is for the decision rules.
    pub(super) fn resource(&self) -> ResourceKind {
        if self.kind == RestrictedKind::Key { ResourceKind::KmsKey } else { ResourceKind::Generic }
    }

    /// Why the existing policy has to be given.
    pub(super) const fn needs_policy(&self) -> Option<&'static str> {
        self.holder.row().needs
    }

    /// What has a policy of its own, or none.
    pub(super) fn beside(&self) -> &'static [&'static str] {
        if self.kind == RestrictedKind::Object { self.holder.row().beside } else { self.row.beside }
    }

    /// The AWS page about such policies.
    pub(super) const fn source(&self) -> &'static str {
        self.holder.row().source
    }

    /// The statement for the policy of the resource.
    pub(super) fn statement(&self, conditions: Conditions) -> ResourceStatement {
        let actions: ActionElement = self.actions.iter().cloned().collect();
        let named: ResourceElement = self.belongs.iter().cloned().collect();
        let deny = |on| ResourceStatement::deny(Grantees::everyone(), actions.clone(), on);
        match self.row.element {
            Element::Own => deny(named),
            Element::Any => deny(ResourceElement::any()),
            Element::Absent => deny(ResourceElement::any()).without_resource(),
        }
        .when(conditions)
    }

    /// A statement that allows everybody all that the claim is about: these actions on every ARN that belongs to the resource.
    pub(super) fn scope(&self, actions: &[ActionPattern]) -> ResourceStatement {
        let on = self.belongs.iter().cloned().collect();
        ResourceStatement::new(Effect::Allow, Grantees::everyone(), actions.iter().cloned().collect(), on)
    }

    /// Every action of the services that have actions on the resource.
    pub(super) fn all_actions(&self) -> Vec<ActionPattern> {
        self.row.services.iter().copied().filter_map(ActionPattern::all_of).collect()
    }

    /// The actions of the catalogue on the resource that the policy cannot name, sorted.
    pub(super) fn left(&self, details: &Details<'_>) -> Vec<Box<str>> {
        let mut names = catalogued(details, self.row.services, &self.belongs);
        names.retain(|name| !self.actions.iter().any(|pattern| action_matches(pattern, name)));
        names.into_iter().map(Into::into).collect()
    }

    /// The statement for a policy of the role that denies some actions on the resource.
    pub(super) fn in_role(&self, actions: &[Box<str>]) -> Option<IdentityStatement> {
        let mut named = actions.iter().filter_map(|name| ActionPattern::parse(name)).peekable();
        named.peek()?;
        Some(IdentityStatement::deny(named.collect(), self.belongs.iter().cloned().collect()))
    }
}

/// The actions of the first service on a resource by their whole names, without some.
fn whole(
    details: &Details<'_>,
    row: &Row,
    belongs: &[ResourcePattern],
    without: &[&str],
) -> Vec<ActionPattern> {
    let first = row.services.get(..1).unwrap_or_default();
    let own = catalogued(details, first, belongs);
    own.iter()
        .filter(|name| !without.contains(&name.as_str()))
        .filter_map(|name| ActionPattern::parse(name))
        .collect()
}

/// Every ARN that belongs to a resource.
fn belongs(arn: &Arn, named: &Named<'_>, row: &Row) -> Vec<ResourcePattern> {
    let itself = row.itself.then(|| ResourcePattern::from(arn));
    // Only names without `*`, `?` and `$` are filled in; only objects may have others, and nothing is inside of them.
    let inside = row.inside.iter().filter_map(|text| fill(text, arn.as_str(), arn, named).parse().ok());
    itself.into_iter().chain(inside).collect()
}

/// The ARN of the resource that has the policy of a part.
fn holder_of<'a>(arn: &'a Arn, named: &Named<'_>) -> &'a str {
    let text = arn.as_str();
    let end = text.find(named.name).map(|at| at.saturating_add(named.name.len()));
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

fn fill(text: &str, whole: &str, arn: &Arn, named: &Named<'_>) -> String {
    let fields = arn.fields();
    let head = format!("arn:{}:{}:{}:{}", fields.partition, fields.service, fields.region, fields.account);
    let part = match (named.kind, named.name) {
        // Rules of the default bus are below `rule/`, those of others below `rule/BUS/`.
        (RestrictedKind::EventBus, "default") => String::new(),
        (RestrictedKind::EventBus, name) => format!("{name}/"),
        _ => named.part.unwrap_or_default().to_owned(),
    };
    text.replace("{arn}", whole)
        .replace("{head}", &head)
        .replace("{name}", named.name)
        .replace("{part}", &part)
        .replace("{first}", part.split('/').next().unwrap_or_default())
        .replace("{last}", part.rsplit_once('/').map_or(&*part, |(_, last)| last))
        .replace("{account}", arn.account())
}

/// The actions of services that the catalogue lists for a resource type with such ARNs, sorted.
fn catalogued(details: &Details<'_>, services: &[&str], belongs: &[ResourcePattern]) -> Vec<String> {
    let own = |action: &iam_catalog::ActionDetails<'_, '_>| {
        action.resources().any(|resource| {
            resource.resource_type().arns().filter_map(template).any(|template| {
                belongs.iter().any(|own| overlap(own.pattern(), &template, LetterCase::Sensitive))
            })
        })
    };
    let mut names: Vec<String> = services
        .iter()
        .flat_map(|service| {
            details.actions(service).filter(own).map(move |a| format!("{service}:{}", a.name()))
        })
        .collect();
    names.sort_unstable();
    names
}

/// An ARN of the catalogue as a pattern, with `*` for each `${...}`.
pub(super) fn template(arn: &str) -> Option<Pattern> {
    let mut text = String::new();
    let mut rest = arn;
    while let Some((before, after)) = rest.split_once("${") {
        text.push_str(before);
        text.push('*');
        rest = after.split_once('}').map_or("", |(_, behind)| behind);
    }
    text.push_str(rest);
    Pattern::parse(&text, Syntax::new(true, false)).ok()
}
