//! ARNs of resources: their fields.

use std::collections::BTreeSet;

use iam_catalog::nearest;
use iam_policy::PolicyKind;

use super::{Fix, Site, meant};
use crate::data::PARTITIONS;
use crate::find::arns::{Fields, head, is_form, near_regions, with_empty_field};

/// One field of an ARN written anew.
pub(super) fn field(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text()?;
    let mut own = Fields::of(&text)?;
    let (near, digits);
    match site.problem.code.name() {
        "INVALID_PARTITION" => {
            let names = PARTITIONS.iter().map(|(name, _)| *name);
            own.partition = meant(own.partition, nearest(own.partition, names, |own| *own), |own| *own)?;
        }
        "INVALID_ARN_SERVICE_CASE" => {
            near = own.service.to_ascii_lowercase();
            own.service = &near;
        }
        "INVALID_ARN_REGION" => {
            own.region = meant(own.region, near_regions(own.partition, own.region), |own| *own)?;
        }
        "ARN_REGION_NOT_ALLOWED" => own.region = "",
        "MISSING_ARN_REGION" => own.region = "*",
        "ARN_ACCOUNT_NOT_ALLOWED" => own.account = "",
        "MISSING_ARN_ACCOUNT" => own.account = "*",
        "INVALID_ARN_ACCOUNT" => {
            digits = own.account.replace(['-', ' '], "");
            if digits.len() != 12 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            own.account = &digits;
        }
        "INVALID_ARN_RESOURCE" => {
            let facts = site.facts?;
            let written = head(own.resource);
            let forms: Vec<&str> =
                facts.all_arns(own.service).iter().filter_map(|arn| arn.splitn(6, ':').nth(5)).collect();
            let heads: BTreeSet<&str> =
                forms.iter().map(|form| head(form)).filter(|own| !own.is_empty()).collect();
            let type_ = meant(written, nearest(written, heads, |own| *own), |own| *own)?;
            let rest = own.resource.get(written.len()..)?.strip_prefix(['/', ':'])?;
            let separators = forms.iter().filter_map(|form| form.strip_prefix(type_)?.chars().next());
            let resources = separators.map(|separator| format!("{type_}{separator}{rest}"));
            near = { resources }.find(|resource| is_form(facts, &Fields { resource, ..own }))?;
            own.resource = &near;
        }
        _ => return None,
    }
    let new = joined(&own);
    (new != text).then(|| site.write(false, &new))?
}

/// The service of an ARN.
pub(super) fn service(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text()?;
    let mut own = Fields::of(&text)?;
    let facts = site.facts?;
    own.service =
        meant(own.service, facts.near(own.service, facts.sections.services(), |own| *own), |own| *own)?;
    site.write(false, &joined(&own))
}

/// What an ARN begins with.
pub(super) fn prefix(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text()?;
    if let Some(rest) = text.get(..4).filter(|head| head.eq_ignore_ascii_case("arn:")).and(text.get(4..)) {
        return (!text.starts_with("arn:")).then(|| site.write(false, &format!("arn:{rest}")))?;
    }
    let new = match text.split(':').next()? {
        first if PARTITIONS.iter().any(|(name, _)| *name == first) => format!("arn:{text}"),
        first if site.facts?.sections.has_service(first) => format!("arn:aws:{text}"),
        _ => return None,
    };
    let own = Fields::of(&new)?;
    is_form(site.facts?, &own).then(|| site.write(false, &new))?
}

/// The fields that an ARN lacks. In an identity policy, they are read as `*` (rule 3.7). A service whose ARNs have neither a Region nor an
/// account leaves both of them empty.
pub(super) fn fields(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text().filter(|text| !text.contains("${"))?;
    let parts: Vec<&str> = text.split(':').collect();
    let [_, _, service, rest @ ..] = parts.as_slice() else { return None };
    let forms = site.facts.map(|facts| facts.own_arns(service)).unwrap_or_default();
    let is_bare = |form: &&str| form.split(':').skip(3).take(2).all(str::is_empty);
    let named: Vec<&str> = rest.iter().copied().filter(|own| !own.is_empty()).collect();
    if let ([resource], true) = (named.as_slice(), forms.iter().any(is_bare)) {
        let head: Vec<&str> = parts.iter().take(3).copied().collect();
        let new = format!("{}:::{resource}", head.join(":"));
        let is_right =
            site.facts.is_some_and(|facts| Fields::of(&new).is_some_and(|own| is_form(facts, &own)));
        if *resource != "*" && is_right {
            return site.write(false, &new);
        }
    }
    if let Some(new) = site.facts.and_then(|facts| with_empty_field(facts, &text)) {
        return site.write(false, &new);
    }
    let completes =
        matches!(site.settings.kind, PolicyKind::Identity | PolicyKind::Managed | PolicyKind::AwsManaged);
    if !completes || parts.len() > 5 {
        return None;
    }
    let mut whole = parts;
    whole.resize(6, "*");
    site.write(true, &whole.join(":"))
}

fn joined(own: &Fields<'_>) -> String {
    format!("arn:{}:{}:{}:{}:{}", own.partition, own.service, own.region, own.account, own.resource)
}
