//! Condition values that have no sense for their key.

use iam_catalog::nearest;
use iam_json::quoted;
use iam_policy::{Family, Operator};

use super::Run;
use crate::code;
use crate::data::{KMS_KEYS, NAMES_OF_SERVICES, is_region, regions};
use crate::glob::{Glob, is_fixed};
use crate::reading::compares_text;
use crate::view::Cond;

impl Run<'_, '_> {
    pub(super) fn values(&mut self, cond: &Cond<'_>) {
        let Some(operator) = cond.operator() else { return };
        self.epoch(cond);
        self.bounds(cond, operator);
        if !compares_text(operator) {
            return;
        }
        if cond.is_one_of(&["aws:RequestedRegion", "ec2:Region"]) {
            self.region_values(cond);
        }
        for (key, prefix, code) in [
            ("aws:SourceVpc", "vpc-", code::INVALID_VPC_FORMAT),
            ("aws:SourceVpce", "vpce-", code::INVALID_VPCE_FORMAT),
        ] {
            if !cond.is(key) {
                continue;
            }
            for value in cond.values.iter().filter(|value| is_fixed(&value.text)) {
                let rest = value.text.strip_prefix(prefix).unwrap_or_default();
                let is_id =
                    matches!(rest.len(), 8 | 17) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
                if !is_id {
                    let help = format!("write {prefix} and 8 or 17 letters and digits");
                    self.at(code, value, quoted(&value.text), help);
                }
            }
        }
        if cond.is_one_of(&KMS_KEYS) {
            for value in cond.values.iter().filter(|value| !may_be_key(&value.text)) {
                let help = "write the ARN of the key: arn:aws:kms:REGION:ACCOUNT:key/ID";
                self.at(code::INVALID_KMS_KEY_VALUE, value, quoted(&value.text), help);
            }
        }
        let is_via = cond.is("kms:ViaService");
        if is_via || cond.is_one_of(&NAMES_OF_SERVICES) {
            for value in cond.values.iter().filter(|value| !may_be_service(&value.text, is_via)) {
                let help = match unknown_region(&value.text).filter(|_| is_via) {
                    Some(region) => match nearest(region, regions(), |own| *own).first() {
                        Some(near) => format!("there is no Region {region}; did you mean {near}?"),
                        None => format!("there is no Region {region}"),
                    },
                    None if is_via => {
                        "write the service with its Region, such as s3.eu-west-1.amazonaws.com".to_owned()
                    }
                    None => {
                        "write the name of the service principal, such as lambda.amazonaws.com".to_owned()
                    }
                };
                self.at(code::INVALID_SERVICE_PRINCIPAL_FORMAT, value, quoted(&value.text), help);
            }
        }
    }

    fn region_values(&mut self, cond: &Cond<'_>) {
        for value in cond.values.iter().filter(|value| is_fixed(&value.text)) {
            if is_region("*", &value.text) {
                continue;
            }
            let help = match nearest(&value.text, regions(), |own| *own).first() {
                Some(near) => format!("did you mean {near}?"),
                None => "write the code of a Region, such as eu-central-1".to_owned(),
            };
            self.at(code::INVALID_REGION, value, quoted(&value.text), help);
        }
    }

    /// Dates that are written as seconds since 1970.
    fn epoch(&mut self, cond: &Cond<'_>) {
        if cond.family() != Some(Family::Date) || cond.is("aws:EpochTime") {
            return;
        }
        for value in &cond.values {
            let digits = value.text.strip_prefix(['+', '-']).unwrap_or(&value.text);
            // Four digits are a year.
            if digits.len() > 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                let help = "write a date such as 2026-03-01T12:00:00Z";
                self.at(code::INVALID_DATE_VALUE, value, quoted(&value.text), help);
            }
        }
    }

    /// Several bounds under a numeric comparison.
    fn bounds(&mut self, cond: &Cond<'_>, operator: Operator) {
        let most = if matches!(operator, Operator::NumericLessThan | Operator::NumericLessThanEquals) {
            "greatest"
        } else if matches!(operator, Operator::NumericGreaterThan | Operator::NumericGreaterThanEquals) {
            "least"
        } else {
            return;
        };
        if cond.values.len() > 1 {
            let found = format!("{} values under {}", cond.values.len(), quoted(&cond.operator.text));
            let help = format!("keep the {most} of them");
            self.on(code::REDUNDANT_CONDITION_VALUE_NUM, cond.value, found, help);
        }
    }
}

/// The Region in the name of a service, if it has the form of one and there is none of this name.
fn unknown_region(text: &str) -> Option<&str> {
    let labels: Vec<&str> = text.split('.').collect();
    let [_, region, domain @ ..] = labels.as_slice() else { return None };
    let parts: Vec<&str> = region.split('-').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_form = parts.len() > 2 && parts.last().is_some_and(is_number);
    (is_form && domain.first() == Some(&"amazonaws") && !is_region("*", region)).then_some(*region)
}

/// Whether a text may be the ARN of a KMS key.
fn may_be_key(text: &str) -> bool {
    text.is_empty() || Glob::of(text).overlaps(&Glob::of("arn:*:kms:*:*:key/*"))
}

/// Whether a text may be the name of a service principal. With `via`, it has a Region.
pub(super) fn may_be_service(text: &str, via: bool) -> bool {
    let forms = [
        "*.amazonaws.com",
        "*.amazonaws.com.cn",
        "*.amazonaws.eu",
        "*.aws.internal",
        "*.api.aws",
        "*.aws.dev",
    ];
    let pattern = Glob::of(text);
    let is_name = text.bytes().all(|byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_' | b'*' | b'?')
    });
    let may_be = forms.iter().any(|form| pattern.overlaps(&Glob::of(form)));
    if text.contains("${") {
        return may_be;
    }
    if !is_name || !may_be {
        return false;
    }
    if !via || text.contains(['*', '?']) {
        return true;
    }
    let labels: Vec<&str> = text.split('.').collect();
    labels.iter().any(|label| is_region("*", label))
}
