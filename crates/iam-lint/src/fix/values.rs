//! Values of conditions.

use iam_catalog::nearest;
use iam_json::{Change, Kind, json_text};
use iam_policy::Operator;
use iam_policy::value::{Instant, IpRange};

use super::{Fix, Site, meant, written};
use crate::data::regions;
use crate::find::addresses::first_address;

/// Numbers and booleans beside texts, as texts. They are compared alike (rule 1.16).
pub(super) fn as_texts(site: &Site<'_, '_>) -> Option<Fix> {
    let is_plain = |kind: Kind| matches!(kind, Kind::String | Kind::Number | Kind::True | Kind::False);
    let list = site.cond()?.1.value;
    if !list.items().all(|own| is_plain(own.kind())) {
        return None;
    }
    let others = list.items().filter(|own| own.kind() != Kind::String);
    let changes = others.map(|own| written(own, own.raw())).collect();
    Fix::new(true, "write all of them as strings", changes)
}

/// The one bound that decides. Long numbers are left alone: here they would not be compared exactly.
pub(super) fn bound(site: &Site<'_, '_>) -> Option<Fix> {
    let cond = site.cond()?.1;
    let is_most = matches!(cond.operator()?, Operator::NumericLessThan | Operator::NumericLessThanEquals);
    let mut best: Option<(f64, &str)> = None;
    for value in &cond.values {
        let text = &*value.text;
        let is_short =
            text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
        let number: f64 = text.parse().ok().filter(|_| is_short)?;
        let is_better = best.is_none_or(|(other, _)| if is_most { number > other } else { number < other });
        if is_better {
            best = Some((number, text));
        }
    }
    let (_, text) = best?;
    let change = Change::Write { span: cond.value.span(), json: json_text(text) };
    Fix::new(true, format!("keep {text} alone"), vec![change])
}

/// A word for yes or no. Any word but `true` counts as false (rule 4.15).
pub(super) fn boolean(site: &Site<'_, '_>) -> Option<Fix> {
    let is = |words: &[&str], text: &str| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    let text = site.spot.value.string();
    if is(&["off", "no", "0", "n", "f"], &text) {
        return site.write(true, "false");
    }
    is(&["on", "yes", "1", "y", "t"], &text).then(|| site.write(false, "true"))?
}

/// Seconds since 1970 as a date.
pub(super) fn date(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.spot.value.string();
    let instant = Instant::parse(&text)?;
    let date = instant.to_string();
    (Instant::parse(&date) == Some(instant) && date.contains('T')).then(|| site.write(true, &date))?
}

/// The first address of a range. AWS takes no IPv6 address for one of a range that is written in another way (rule 4.24).
pub(super) fn range(site: &Site<'_, '_>) -> Option<Fix> {
    let range = IpRange::parse(&site.spot.value.string())?;
    // Of an address in the range of all of them, nobody knows which is meant.
    if range.prefix() == 0 {
        return None;
    }
    site.write(range.address().is_ipv4(), &first_address(&range)?)
}

/// A range for an address with wildcards at its end.
pub(super) fn wildcard_range(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site
        .text()
        .filter(|_| site.cond().is_some_and(|(_, cond)| super::conditions::is_of_addresses(cond)))?;
    let parts: Vec<&str> = text.split('.').collect();
    let fixed = parts.iter().take_while(|part| part.parse::<u8>().is_ok()).count();
    let is_rest = parts.iter().skip(fixed).all(|part| *part == "*");
    if fixed == 0 || fixed > 3 || !is_rest || parts.len() > 4 {
        return None;
    }
    let mut numbers: Vec<&str> = parts.into_iter().take(fixed).collect();
    numbers.resize(4, "0");
    site.write(false, &format!("{}/{}", numbers.join("."), fixed.saturating_mul(8)))
}

pub(super) fn region(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text()?;
    let near = meant(&text, nearest(&text, regions(), |own| *own), |own| *own)?;
    site.write(false, near)
}

/// The hyphen of an identifier.
pub(super) fn identifier(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text()?;
    let prefix = if site.problem.code.name() == "INVALID_VPCE_FORMAT" { "vpce" } else { "vpc" };
    let rest = text.strip_prefix(prefix)?.trim_start_matches(['-', '_', ':']);
    let is_id = matches!(rest.len(), 8 | 17) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_id.then(|| site.write(false, &format!("{prefix}-{rest}")))?
}

/// The domain behind the name of a service.
pub(super) fn service_principal(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text()?;
    let is_via = site.cond().is_some_and(|(_, cond)| cond.is("kms:ViaService"));
    let name = text.to_ascii_lowercase();
    let bare = name.strip_suffix(".amazonaws.com").unwrap_or(&name);
    let is_known = site.facts.is_some_and(|facts| facts.sections.has_service(bare));
    let new = format!("{bare}.amazonaws.com");
    (is_known && !is_via && new != text).then(|| site.write(false, &new))?
}
