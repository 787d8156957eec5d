//! Resources: the fields of their ARNs, and whether the service has resources of this form.

use std::collections::BTreeSet;

use iam_catalog::nearest;
use iam_json::{Problem, quoted};

use super::Run;
use super::facts::{Facts, is_of_any_service};
use super::guess::is_close;
use crate::code;
use crate::data::{PARTITIONS, is_region, regions};
use crate::glob::{Glob, is_fixed, like, variable};
use crate::view::{Doc, Statement, Text};

/// An ARN in its six fields. Colons inside variables do not count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'t> {
    pub(crate) partition: &'t str,
    pub(crate) service: &'t str,
    pub(crate) region: &'t str,
    pub(crate) account: &'t str,
    pub(crate) resource: &'t str,
}

impl<'t> Fields<'t> {
    /// The fields of a text. `None` if it has fewer than six, or does not begin with `arn:`.
    pub(crate) fn of(text: &'t str) -> Option<Self> {
        let mut rest = text.strip_prefix("arn:")?;
        let mut next = || {
            let mut at = 0_usize;
            loop {
                let here = rest.get(at..)?;
                if here.starts_with(':') {
                    let field = rest.get(..at)?;
                    rest = here.get(1..)?;
                    return Some(field);
                }
                let length = variable(here).map(|(_, length)| length);
                at = at.saturating_add(length.or_else(|| here.chars().next().map(char::len_utf8))?);
            }
        };
        let (partition, service, region, account) = (next()?, next()?, next()?, next()?);
        Some(Self { partition, service, region, account, resource: rest })
    }
}

/// Accounts that are no numbers: AWS's own (IAM User Guide, `reference-arns`), and CloudFront's origin access identities.
const ACCOUNTS: [&str; 3] = ["aws", "aws-managed", "cloudfront"];

impl Run<'_, '_> {
    pub(super) fn resources(&mut self, statement: &Statement<'_>) {
        let Some(list) = &statement.resources else { return };
        for text in &list.texts {
            let Some(fields) = Fields::of(&text.text) else { continue };
            self.partition(text, &fields);
            self.region(text, &fields);
            let account = fields.account;
            let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            if is_fixed(account) && !account.is_empty() && !is_account && !ACCOUNTS.contains(&account) {
                let help = "write the twelve digits of the account, or *";
                self.at(code::INVALID_ARN_ACCOUNT, text, quoted(account), help);
            }
            if fields.service.bytes().any(|byte| byte.is_ascii_uppercase()) && is_fixed(fields.service) {
                let help = format!("write {}", fields.service.to_ascii_lowercase());
                self.at(code::INVALID_ARN_SERVICE_CASE, text, quoted(fields.service), help);
            } else {
                self.form(statement, text, &fields);
            }
        }
    }

    fn partition(&mut self, text: &Text<'_>, fields: &Fields<'_>) {
        let partition = fields.partition;
        if is_fixed(partition) && !PARTITIONS.iter().any(|(name, _)| *name == partition) {
            let names: Vec<&str> = PARTITIONS.iter().map(|(name, _)| *name).collect();
            let help = format!("the partitions are {}", names.join(", "));
            self.at(code::INVALID_PARTITION, text, quoted(partition), help);
        }
    }

    fn region(&mut self, text: &Text<'_>, fields: &Fields<'_>) {
        let region = fields.region;
        if region.is_empty() || !is_fixed(region) || is_region(fields.partition, region) {
            return;
        }
        let partition = fields.partition;
        let is_unknown = is_fixed(partition) && !PARTITIONS.iter().any(|(name, _)| *name == partition);
        let others = PARTITIONS.iter().find(|(_, own)| own.contains(&region));
        let help = match (near_regions(partition, region).first(), others) {
            _ if is_unknown => {
                format!("the partition {} does not exist, and so has no Regions", quoted(partition))
            }
            (_, Some((other, _))) => format!("{region} is a Region of the partition {other}"),
            (Some(near), None) => format!("did you mean {near}?"),
            (None, None) => {
                "write the code of a Region of this partition, such as eu-central-1, or *".to_owned()
            }
        };
        self.at(code::INVALID_ARN_REGION, text, quoted(region), help);
    }

    /// Whether the service has resources with such a last part, and with such a Region and account.
    fn form(&mut self, statement: &Statement<'_>, text: &Text<'_>, fields: &Fields<'_>) {
        let service = fields.service;
        let Some(facts) = &self.facts else { return };
        // Paths of API Gateway and others are not in the tables as a whole. Transforms belong to AWS.
        let is_path = fields.resource.starts_with('/')
            || fields.account == "aws"
            || fields.resource.starts_with("transform/");
        if !is_fixed(service) || service.is_empty() || is_path {
            return;
        }
        let own = facts.own_arns(service);
        let mut wrong = wrong_form(fields, &own);
        if wrong.is_some() {
            // Other services may have types with ARNs of this one.
            wrong = wrong_form(fields, facts.all_arns(service));
        }
        let Some(wrong) = wrong else {
            return;
        };
        let (code, found, help) = match wrong {
            Wrong::NoTypes if facts.has_arn_service(service) => return,
            Wrong::NoTypes => {
                let near = facts.near(service, facts.sections.services(), |own| *own);
                let help = near.iter().find(|own| is_close(service, own)).map_or_else(
                    || "write the service as it stands in ARNs".to_owned(),
                    |near| format!("did you mean {near}?"),
                );
                (code::INVALID_SERVICE, quoted(service), help)
            }
            Wrong::Resource => {
                let form = suggestion(facts, statement, fields);
                (
                    code::INVALID_ARN_RESOURCE,
                    quoted(fields.resource),
                    format!("write a form such as {}", plain(form)),
                )
            }
            Wrong::HasRegion => (
                code::ARN_REGION_NOT_ALLOWED,
                quoted(fields.region),
                "leave the Region out; keep the colons".into(),
            ),
            Wrong::LacksRegion => {
                (code::MISSING_ARN_REGION, quoted(&text.text), "write the Region, or * for any".into())
            }
            Wrong::HasAccount => (
                code::ARN_ACCOUNT_NOT_ALLOWED,
                quoted(fields.account),
                "leave the account out; keep the colons".into(),
            ),
            Wrong::LacksAccount => {
                (code::MISSING_ARN_ACCOUNT, quoted(&text.text), "write the account, or * for any".into())
            }
        };
        self.at(code, text, found, help);
    }
}

/// The Regions of a partition that may be meant by a text that is no Region. None if it is one of another partition, or if there is no such
/// partition.
pub(crate) fn near_regions(partition: &str, region: &str) -> Vec<&'static str> {
    if regions().any(|own| own == region) {
        return Vec::new();
    }
    let own = PARTITIONS.iter().filter(|(name, _)| *name == partition || !is_fixed(partition));
    let mut near = nearest(region, own.flat_map(|(_, regions)| regions.iter().copied()), |own| *own);
    near.retain(|own| is_close(region, own));
    near
}

/// The ARN that is meant by one with five fields: with one empty field more, at the only place where it then has a form of its service.
pub(crate) fn with_empty_field(facts: &Facts<'_>, text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() != 5 || text.contains("${") {
        return None;
    }
    let mut whole = BTreeSet::new();
    for place in [3, 4] {
        let mut parts = parts.clone();
        parts.insert(place, "");
        let new = parts.join(":");
        let Some(fields) = Fields::of(&new) else { continue };
        let is_region = !is_fixed(fields.region)
            || fields.region.is_empty()
            || is_region(fields.partition, fields.region);
        let is_account = fields.account.is_empty()
            || fields.account == "*"
            || ACCOUNTS.contains(&fields.account)
            || (fields.account.len() == 12 && fields.account.bytes().all(|byte| byte.is_ascii_digit()));
        let names_resource = !fields.resource.is_empty() && fields.resource != "*";
        if is_region && is_account && names_resource && is_form(facts, &fields) {
            whole.insert(new);
        }
    }
    let mut whole = whole.into_iter();
    let only = whole.next()?;
    whole.next().is_none().then_some(only)
}

/// Says what is meant by ARNs that lack a field, where that is clear.
pub(crate) fn complete(doc: &Doc<'_>, facts: &Facts<'_>, found: &mut [Problem]) {
    for problem in found.iter_mut().filter(|own| own.code == code::MISSING_ARN_FIELD) {
        let lists = doc.statements.iter().filter_map(|own| own.resources.as_ref());
        let mut texts = lists.flat_map(|list| &list.texts);
        let Some(text) = texts.find(|text| text.value.span() == problem.place.span) else { continue };
        if let Some(whole) = with_empty_field(facts, &text.text) {
            problem.help = format!("did you mean {}?", quoted(&whole));
        }
    }
}

/// The form of ARN that is nearest to what is written: one of the types of the statement's actions, or else of the service.
fn suggestion(facts: &Facts<'_>, statement: &Statement<'_>, fields: &Fields<'_>) -> &'static str {
    let sections = facts.sections;
    let mut own = Vec::new();
    for text in statement.action_texts() {
        let Some((prefix, name)) = text.text.split_once(':') else { continue };
        let is_all = name.chars().all(|c| c == '*');
        for action in sections.actions(prefix).filter(|action| !is_all && like(name, action.name())) {
            own.extend(action.resources().flat_map(|own| own.resource_type().arns().collect::<Vec<_>>()));
        }
    }
    let last = |arns: &[&'static str]| -> Vec<&'static str> {
        let of_service = arns.iter().filter(|arn| arn.split(':').nth(2) == Some(fields.service));
        of_service.filter_map(|arn| arn.splitn(6, ':').nth(5)).collect()
    };
    let (of_actions, of_service) = (last(&own), last(facts.all_arns(fields.service)));
    let written = head(fields.resource);
    for forms in [of_actions, of_service] {
        let heads = forms.iter().copied().filter(|form| !head(form).is_empty());
        // Forms with as many slashes, and of about as many parts.
        let slashes = |text: &str| text.matches('/').count();
        let parts = |text: &str| text.split(['/', ':']).count();
        let shape = |form: &str| {
            (slashes(form).abs_diff(slashes(fields.resource)), parts(form).abs_diff(parts(fields.resource)))
        };
        let heads: BTreeSet<&str> = heads.map(head).collect();
        if let Some(near) = facts.near(written, heads, |own| *own).first() {
            let near = forms.iter().copied().filter(|form| head(form) == *near);
            if let Some(form) = near.min_by_key(|form| shape(form)) {
                return form;
            }
        }
        // A form that begins with a name, or else any.
        let distance = |form: &&'static str| (!head(form).is_empty(), shape(form));
        if let Some(form) = forms.iter().copied().min_by_key(distance) {
            return form;
        }
    }
    "*"
}

/// Whether the service has resources of this form.
pub(crate) fn is_form(facts: &Facts<'_>, fields: &Fields<'_>) -> bool {
    wrong_form(fields, &facts.own_arns(fields.service)).is_none()
        || wrong_form(fields, facts.all_arns(fields.service)).is_none()
}

/// The text before the first separator.
pub(crate) fn head(text: &str) -> &str {
    text.split(['/', ':', '*', '$']).next().unwrap_or_default()
}

/// A form without its braces, for people: `table/TableName`.
fn plain(form: &str) -> String {
    form.replace("${", "").replace('}', "")
}

/// What no form of ARN allows.
enum Wrong {
    NoTypes,
    Resource,
    HasRegion,
    LacksRegion,
    HasAccount,
    LacksAccount,
}

fn wrong_form(fields: &Fields<'_>, forms: &[&str]) -> Option<Wrong> {
    if forms.is_empty() {
        return Some(Wrong::NoTypes);
    }
    let resource = Glob::of(fields.resource);
    let mut fitting = Vec::new();
    for form in forms {
        let mut parts = form.splitn(6, ':').skip(3);
        let [Some(region), Some(account), Some(rest)] = [parts.next(), parts.next(), parts.next()] else {
            continue;
        };
        if is_shared(fields) || is_of_any_service(form) || fits(&resource, fields.resource, rest) {
            fitting.push((region, account));
        }
    }
    let own = |field: &str| !field.is_empty();
    let any =
        |wanted: &dyn Fn(&str, &str) -> bool| fitting.iter().any(|(region, account)| wanted(region, account));
    if fitting.is_empty() {
        return Some(Wrong::Resource);
    }
    // A wildcard or a variable may stand for an empty field.
    let (region, account) = (fields.region, fields.account);
    if own(region) && is_fixed(region) && !any(&|region, _| own(region)) {
        return Some(Wrong::HasRegion);
    }
    if region.is_empty() && !any(&|region, _| !own(region)) {
        return Some(Wrong::LacksRegion);
    }
    if own(account) && is_fixed(account) && !any(&|_, account| own(account)) {
        return Some(Wrong::HasAccount);
    }
    let is_lacking = account.is_empty() && !any(&|_, account| !own(account));
    (is_lacking && !may_be_aws(fields)).then_some(Wrong::LacksAccount)
}

/// Whether resources of this kind may belong to AWS, and then have no account in their ARN: documents and automations of Systems Manager,
/// for instance.
fn may_be_aws(fields: &Fields<'_>) -> bool {
    match fields.service {
        "ssm" => matches!(
            head(fields.resource),
            "document" | "automation-definition" | "parameter" | "patchbaseline"
        ),
        "securityhub" => head(fields.resource) == "product",
        _ => fields
            .resource
            .split(['/', ':'])
            .any(|part| part.starts_with("AWS") || part.starts_with("Amazon")),
    }
}

/// Whether the resource is the account itself, which is no type of IAM's table.
fn is_shared(fields: &Fields<'_>) -> bool {
    matches!(fields.service, "iam" | "sts") && fields.resource == "root"
}

/// Whether a resource pattern and a form may name the same resource.
fn fits(resource: &Glob<'_>, text: &str, form: &str) -> bool {
    // A form that begins with a name, such as that of buckets and queues, has no colon in the name.
    if form.starts_with("${") {
        let name = text.split('/').next().unwrap_or_default();
        let has_colon = name.split("${").next().unwrap_or_default().contains(':');
        if has_colon && !form.contains("}:") {
            return false;
        }
    }
    Glob::of_template(form).overlaps(resource)
}
