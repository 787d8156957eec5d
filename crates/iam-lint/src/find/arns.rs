//! Resources: the fields of their ARNs, and whether the service has resources of this form.

use std::borrow::Cow;

use iam_catalog::nearest;
use iam_json::{Code, Problem, quoted};

use super::facts::{Facts, is_of_any_service};
use super::guess::is_close;
use super::placeholders::{self, filled, placeholder};
use super::{Run, forms};
use crate::code;
use crate::data::{OTHER_NAMES, PARTITIONS, is_region, regions};
use crate::glob::{Glob, is_fixed, variable};
use crate::view::{Doc, Statement, Text};

/// An ARN in its six fields. Colons inside variables and placeholders do not count.
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
                let length = variable(here).map(|(_, length)| length).or_else(|| placeholder(here));
                at = at.saturating_add(length.or_else(|| here.chars().next().map(char::len_utf8))?);
            }
        };
        let (partition, service, region, account) = (next()?, next()?, next()?, next()?);
        Some(Self { partition, service, region, account, resource: rest })
    }

    /// The ARN as one text.
    pub(crate) fn joined(&self) -> String {
        format!("arn:{}:{}:{}:{}:{}", self.partition, self.service, self.region, self.account, self.resource)
    }
}

/// Accounts that are no numbers: AWS's own (IAM User Guide, `reference-arns`), and CloudFront's origin access identities.
const ACCOUNTS: [&str; 3] = ["aws", "aws-managed", "cloudfront"];

impl Run<'_, '_> {
    pub(super) fn resources(&mut self, statement: &Statement<'_>) {
        let Some(list) = &statement.resources else { return };
        for text in &list.texts {
            // What somebody must fill in is one fault, and the rest is judged as if it were.
            let open = filled(&text.text);
            let whole = match open {
                Some((names, whole)) => {
                    self.placeholders(text, names);
                    Cow::Owned(whole)
                }
                None => Cow::Borrowed(&*text.text),
            };
            let Some(fields) = Fields::of(&whole) else { continue };
            self.partition(text, &fields);
            self.region(text, &fields);
            let wrong =
                if fields.service.bytes().any(|byte| byte.is_ascii_uppercase()) && is_fixed(fields.service) {
                    let help = format!("write {}", fields.service.to_ascii_lowercase());
                    self.at(code::INVALID_ARN_SERVICE_CASE, text, quoted(fields.service), help);
                    None
                } else {
                    self.form(statement, text, &fields)
                };
            let account = fields.account;
            let is_account = account.is_empty() || is_digits(account) || ACCOUNTS.contains(&account);
            if is_fixed(account) && !is_account && wrong != Some(code::ARN_ACCOUNT_NOT_ALLOWED) {
                let help = if regions().any(|own| own == account) {
                    "a Region stands where the account belongs: write the twelve digits of the account, or *"
                } else {
                    "write the twelve digits of the account, or *"
                };
                self.at(code::INVALID_ARN_ACCOUNT, text, quoted(account), help);
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
        // A partition that does not exist has no Regions, but it may be a slip for one that does.
        let Some(partition) = partition_of(fields.partition) else { return };
        if region.is_empty() || !is_fixed(region) || is_region(partition, region) {
            return;
        }
        let others = PARTITIONS.iter().find(|(_, own)| own.contains(&region));
        let help = match (near_regions(partition, region).first(), others) {
            (_, Some((other, _))) => format!("{region} is a Region of the partition {other}"),
            (Some(near), None) => format!("did you mean {near}?"),
            (None, None) => {
                "write the code of a Region of this partition, such as eu-central-1, or *".to_owned()
            }
        };
        self.at(code::INVALID_ARN_REGION, text, quoted(region), help);
    }

    /// Whether the service has resources with such a last part, and with such a Region and account. The code if it has not.
    fn form(&mut self, statement: &Statement<'_>, text: &Text<'_>, fields: &Fields<'_>) -> Option<Code> {
        let service = fields.service;
        let facts = self.facts.as_ref()?;
        // Paths of API Gateway and others are not in the tables as a whole. Transforms belong to AWS.
        let is_path = fields.resource.starts_with('/')
            || fields.account == "aws"
            || fields.resource.starts_with("transform/");
        if !is_fixed(service) || service.is_empty() || is_path {
            return None;
        }
        let own = facts.own_arns(service);
        let mut wrong = wrong_form(fields, &own);
        if wrong.is_some() {
            // Other services may have types with ARNs of this one.
            wrong = wrong_form(fields, facts.all_arns(service));
        }
        let (code, found, help) = match wrong? {
            Wrong::NoTypes if facts.has_arn_service(service) => return None,
            Wrong::NoTypes => {
                let others = OTHER_NAMES.iter().filter(|(own, _)| own.eq_ignore_ascii_case(service));
                let mut near: Vec<&str> = others.map(|(_, own)| *own).collect();
                if near.is_empty() {
                    near = facts.near(service, facts.sections.services(), |own| *own);
                    near.retain(|own| is_close(service, own));
                }
                let help = near.first().map_or_else(
                    || "write the service as it stands in ARNs".to_owned(),
                    |near| format!("did you mean {near}?"),
                );
                (code::INVALID_SERVICE, quoted(service), help)
            }
            // Calls about no resource may be decided on an ARN without a last part.
            Wrong::Resource
                if fields.resource.is_empty() && forms::is_about_none(facts, statement, service) =>
            {
                return None;
            }
            Wrong::Resource => {
                (code::INVALID_ARN_RESOURCE, quoted(fields.resource), forms::help(facts, statement, fields))
            }
            Wrong::HasRegion => (
                code::ARN_REGION_NOT_ALLOWED,
                quoted(fields.region),
                "leave the Region out; keep the colons".into(),
            ),
            Wrong::LacksRegion if lacks_account(facts, fields) => (
                code::MISSING_ARN_REGION,
                quoted(&text.text),
                "write the Region and the account, or * for any".into(),
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
        Some(code)
    }
}

/// Whether a text is the number of an account.
fn is_digits(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text may stand as the account of an ARN.
fn may_be_account(text: &str) -> bool {
    text.is_empty() || !is_fixed(text) || is_digits(text) || ACCOUNTS.contains(&text)
}

/// The partition that is meant by a text. `None` if there is none of a like name.
fn partition_of(text: &str) -> Option<&str> {
    let is_known = !is_fixed(text) || PARTITIONS.iter().any(|(name, _)| *name == text);
    let near = || nearest(text, PARTITIONS.iter().map(|(name, _)| *name), |own| *own);
    if is_known { Some(text) } else { near().into_iter().find(|own| is_close(text, own)) }
}

/// Whether an ARN that lacks its Region lacks its account too.
pub(crate) fn lacks_account(facts: &Facts<'_>, fields: &Fields<'_>) -> bool {
    let whole = Fields { region: "*", ..*fields };
    let lacks = |forms: &[&str]| matches!(wrong_form(&whole, forms), Some(Wrong::LacksAccount));
    lacks(&facts.own_arns(fields.service)) || lacks(facts.all_arns(fields.service))
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

/// The ARN that is meant by one that lacks fields.
pub(crate) struct Completed {
    pub(crate) text: String,
    /// The fields in which a star stands for what somebody must say. Empty if the ARN has no such fields.
    pub(crate) open: &'static str,
}

/// The ARN that is meant by one with five fields or fewer: the one that then has a form of its service, with what is written at its end.
pub(crate) fn completed(facts: &Facts<'_>, text: &str) -> Option<Completed> {
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", partition, service, rest @ ..] = parts.as_slice() else { return None };
    if parts.len() > 5 || text.contains("${") || filled(text).is_some() || partition_of(partition).is_none() {
        return None;
    }
    let is_region = |text: &str| text.is_empty() || !is_fixed(text) || is_region(partition, text);
    // The more of what is written stands where it can, the better.
    (0..rest.len()).rev().find_map(|taken| {
        let (fields, names) = rest.split_at_checked(taken)?;
        let resource = names.join(":");
        let is_name = !resource.is_empty() && resource.bytes().any(|byte| byte != b'*' && byte != b':');
        if !is_name
            || is_digits(&resource)
            || (!resource.is_empty() && is_region(&resource) && is_fixed(&resource))
        {
            return None;
        }
        let mut found: Vec<(usize, String, &'static str)> = Vec::new();
        let choices: &[[Option<&str>; 2]] = match fields {
            [] => &[[None, None]],
            [one] => &[[Some(one), None], [None, Some(one)]],
            [region, account] => &[[Some(region), Some(account)]],
            _ => &[],
        };
        for [region, account] in choices {
            if !region.is_none_or(is_region) || !account.is_none_or(may_be_account) {
                continue;
            }
            for (own_region, own_account) in [("", ""), ("*", ""), ("", "*"), ("*", "*")] {
                let stars = [(region, own_region), (account, own_account)];
                // A star is for a field that is not written.
                if stars.iter().any(|(given, star)| given.is_some() && *star == "*") {
                    continue;
                }
                let (region, account) = (region.unwrap_or(own_region), account.unwrap_or(own_account));
                let new = Fields { partition, service, region, account, resource: &resource };
                if is_form(facts, &new) && has_separators(facts, &new) {
                    let open = match (own_region, own_account) {
                        ("*", "*") => "the Region and the account",
                        ("*", _) => "the Region",
                        (_, "*") => "the account",
                        _ => "",
                    };
                    let count = own_region.len().saturating_add(own_account.len());
                    found.push((count, new.joined(), open));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        let (count, text, open) = found.first()?.clone();
        let is_only = found.iter().filter(|(others, ..)| *others == count).count() == 1;
        is_only.then_some(Completed { text, open })
    })
}

/// Whether the service has a form with the separators that the last part of an ARN has. A name alone may stand for any text in the forms.
fn has_separators(facts: &Facts<'_>, fields: &Fields<'_>) -> bool {
    let forms = facts.all_arns(fields.service).iter().filter_map(|form| form.splitn(6, ':').nth(5));
    let has =
        |form: &str| ['/', ':'].iter().all(|own| !fields.resource.contains(*own) || form.contains(*own));
    let resource = Glob::of(fields.resource);
    { forms }.any(|form| has(form) && fits(&resource, fields.resource, form))
}

/// Whether each field that is written may stand where it does, so that the ARN lacks those at its end.
pub(crate) fn lacks_its_end(facts: &Facts<'_>, text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", partition, service, rest @ ..] = parts.as_slice() else { return false };
    let field = |at: usize| rest.get(at).copied().unwrap_or_default();
    let is_partition = !is_fixed(partition) || PARTITIONS.iter().any(|(name, _)| name == partition);
    is_partition
        && (!is_fixed(service) || facts.has_arn_service(service))
        && (field(0).is_empty() || is_wild(field(0)) || is_region(partition, field(0)))
        && (is_wild(field(1)) || may_be_account(field(1)))
}

/// Whether a field is nothing but wildcards.
fn is_wild(field: &str) -> bool {
    field.bytes().all(|byte| matches!(byte, b'*' | b'?'))
}

/// Says what is meant by ARNs that lack a field, where that is clear, and by those that have placeholders.
pub(crate) fn complete(doc: &Doc<'_>, facts: &Facts<'_>, found: &mut [Problem]) {
    let is_own = |problem: &Problem| {
        problem.code == code::MISSING_ARN_FIELD || problem.code == code::INVALID_PARTITION
    };
    if !found.iter().any(is_own) {
        return;
    }
    let texts = doc.texts();
    for problem in found.iter_mut().filter(|own| is_own(own)) {
        let place = problem.place.span;
        let Some((_, text)) = texts.get(&(place.start, place.end)) else { continue };
        if let Some((names, _)) = filled(&text.text) {
            problem.help = placeholders::help(names);
            continue;
        }
        if problem.code == code::INVALID_PARTITION {
            continue;
        }
        match completed(facts, &text.text) {
            Some(own) if own.open.is_empty() => problem.help = format!("did you mean {}?", quoted(&own.text)),
            Some(own) => {
                problem.help = format!("write {}, or {} in place of the star", quoted(&own.text), own.open);
            }
            None if !lacks_its_end(facts, &text.text) => {
                "write all six fields: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE"
                    .clone_into(&mut problem.help);
            }
            None => {}
        }
    }
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
