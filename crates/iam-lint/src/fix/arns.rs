//! ARNs of resources: their fields.

use std::collections::BTreeSet;

use iam_catalog::nearest;
use iam_policy::PolicyKind;

use super::{Fix, Site, meant};
use crate::data::PARTITIONS;
use crate::find::arns::{Fields, completed, head, is_form, lacks_account, lacks_its_end, near_regions};
use crate::find::facts::Facts;
use crate::find::forms;
use crate::find::guess::is_close;
use crate::find::placeholders::filled;

/// One field of an ARN written anew.
pub(super) fn field(site: &Site<'_, '_>) -> Option<Fix> {
    // A placeholder is filled in by somebody who knows what belongs there.
    let text = site.text().filter(|text| filled(text).is_none())?;
    let mut own = Fields::of(&text)?;
    let (near, new, digits);
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
        "MISSING_ARN_REGION" => {
            if lacks_account(site.facts?, &own) {
                own.account = "*";
            }
            own.region = "*";
        }
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
            if let Some(resource) = forms::meant(facts, site.statement()?, &own) {
                return site.write(false, &Fields { resource: &resource, ..own }.joined());
            }
            let written = head(own.resource);
            let forms: Vec<&str> =
                facts.all_arns(own.service).iter().filter_map(|arn| arn.splitn(6, ':').nth(5)).collect();
            let heads: BTreeSet<&str> =
                forms.iter().map(|form| head(form)).filter(|own| !own.is_empty()).collect();
            let mut near = nearest(written, heads, |own| *own);
            near.retain(|own| is_close(written, own));
            let type_ = meant(written, near, |own| *own)?;
            let rest = own.resource.get(written.len()..)?.strip_prefix(['/', ':'])?;
            let separators = forms.iter().filter_map(|form| form.strip_prefix(type_)?.chars().next());
            let resources = separators.map(|separator| format!("{type_}{separator}{rest}"));
            new = { resources }.find(|resource| is_form(facts, &Fields { resource, ..own }))?;
            own.resource = &new;
        }
        _ => return None,
    }
    let new = own.joined();
    (new != text).then(|| site.write(false, &new))?
}

/// The service of an ARN.
pub(super) fn service(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text()?;
    let mut own = Fields::of(&text)?;
    let facts = site.facts?;
    let mut near = facts.near(own.service, facts.sections.services(), |own| *own);
    near.retain(|near| is_close(own.service, near));
    own.service = meant(own.service, near, |own| *own)?;
    site.write(false, &own.joined())
}

/// What an ARN begins with.
pub(super) fn prefix(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text()?;
    if let Some(rest) = text.get(..4).filter(|head| head.eq_ignore_ascii_case("arn:")).and(text.get(4..)) {
        return (!text.starts_with("arn:")).then(|| site.write(false, &format!("arn:{rest}")))?;
    }
    site.write(false, &prefixed(site.facts?, &text)?)
}

/// The ARN that is meant by a text that lacks the beginning of one.
pub(crate) fn prefixed(facts: &Facts<'_>, text: &str) -> Option<String> {
    let new = match text.split(':').next()? {
        first if PARTITIONS.iter().any(|(name, _)| *name == first) => format!("arn:{text}"),
        first if facts.sections.has_service(first) => format!("arn:aws:{text}"),
        _ => return None,
    };
    let own = Fields::of(&new)?;
    is_form(facts, &own).then_some(new)
}

/// The fields that an ARN lacks. In an identity policy, those at its end are read as `*` (rule 3.7).
pub(super) fn fields(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text().filter(|text| !text.contains("${"))?;
    let facts = site.facts?;
    if let Some(own) = completed(facts, &text) {
        return site.write(false, &own.text);
    }
    let completes =
        matches!(site.settings.kind, PolicyKind::Identity | PolicyKind::Managed | PolicyKind::AwsManaged);
    let mut whole: Vec<&str> = text.split(':').collect();
    if !completes || whole.len() > 5 || !lacks_its_end(facts, &text) {
        return None;
    }
    whole.resize(6, "*");
    site.write(true, &whole.join(":"))
}
