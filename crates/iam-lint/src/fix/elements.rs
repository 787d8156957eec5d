//! Elements of the document and of statements: names, versions, effects, Sids and principals.

use std::collections::BTreeSet;

use iam_catalog::nearest;
use iam_json::{Change, Kind, json_text, quoted};
use iam_policy::Statement;

use super::{Fix, Site, Spot, meant, member, written};

const ROOT: [&str; 3] = ["Version", "Id", "Statement"];
const PRINCIPALS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];
const CURRENT: &str = "2012-10-17";

/// A member that stands in its object twice, with the same value.
pub(super) fn twice(site: &Site<'_, '_>) -> Option<Fix> {
    let key = site.spot.key?;
    let name = key.string();
    let mut same = site.spot.parent.members().filter(|own| own.key.string() == name);
    let first = same.next()?;
    let later = same.next().filter(|own| own.value.raw() == first.value.raw())?;
    let spot = Spot { parent: site.spot.parent, key: Some(later.key), value: later.value };
    Fix::new(true, format!("leave the second {} out", quoted(&name)), vec![spot.removed()])
}

pub(super) fn element(site: &Site<'_, '_>) -> Option<Fix> {
    let is_root = site.spot.parent.span() == site.doc.root.span();
    if !is_root && !site.doc.statements.iter().any(|own| own.value.span() == site.spot.parent.span()) {
        return None;
    }
    renamed(site, if is_root { &ROOT } else { &Statement::ELEMENTS })
}

pub(super) fn principal_kind(site: &Site<'_, '_>) -> Option<Fix> {
    let name = site.spot.key?.string();
    let is_cased = PRINCIPALS.iter().any(|own| own.eq_ignore_ascii_case(&name));
    is_cased.then(|| renamed(site, &PRINCIPALS))?
}

/// Another name for a member. A name that differs in its case can only mean the one.
fn renamed(site: &Site<'_, '_>, names: &[&'static str]) -> Option<Fix> {
    let key = site.spot.key?;
    let name = key.string();
    let cased = names.iter().find(|own| own.eq_ignore_ascii_case(&name)).copied();
    let near = || meant(&name, nearest(&name, names.iter().copied(), |own| *own), |own| *own);
    let meant = cased.or_else(near)?;
    if let Some(other) = member(site.spot.parent, meant) {
        let says = format!("leave {} out: {meant} says the same", quoted(&name));
        return (other.value.raw() == site.spot.value.raw())
            .then(|| Fix::new(true, says, vec![site.spot.removed()]))?;
    }
    Fix::new(cased.is_some(), format!("write {}", quoted(meant)), vec![written(key, meant)])
}

/// A principal in place of a map of principals.
pub(super) fn principal_map(site: &Site<'_, '_>) -> Option<Fix> {
    let is_element = site.spot.key.is_some_and(|key| matches!(&*key.string(), "Principal" | "NotPrincipal"));
    let text = site.text().filter(|_| is_element)?;
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let kind = if is_account || (text.starts_with("arn:") && text.contains(":iam:")) {
        "AWS"
    } else if text.ends_with(".amazonaws.com") {
        "Service"
    } else {
        return None;
    };
    let json = format!("{{{}: {}}}", json_text(kind), json_text(&text));
    let says = format!("write it as a principal of the kind {kind}");
    Fix::new(false, says, vec![Change::Write { span: site.spot.value.span(), json }])
}

/// A number where a text belongs.
pub(super) fn text_of_number(site: &Site<'_, '_>) -> Option<Fix> {
    let raw = site.spot.value.raw();
    let is_sid = site.spot.key.is_some_and(|key| matches!(&*key.string(), "Sid" | "Id"));
    (is_sid && raw.bytes().all(|byte| byte.is_ascii_digit())).then(|| site.write(true, raw))?
}

/// The version 2012-10-17. It makes variables of what older versions take for plain text.
pub(super) fn version(site: &Site<'_, '_>) -> Option<Fix> {
    let root = site.doc.root;
    let is_safe = !root.raw().contains("${") && !root.raw().contains('\\');
    let says = format!("write \"Version\": \"{CURRENT}\"");
    let change = if let Some(own) = member(root, "Version") {
        written(own.value, CURRENT)
    } else {
        let first = root.members().next()?;
        let beside = Spot { parent: root, key: Some(first.key), value: first.value }.span();
        Change::Add { beside, before: true, name: Some("Version".to_owned()), json: json_text(CURRENT) }
    };
    Fix::new(is_safe, says, vec![change])
}

pub(super) fn effect(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text()?;
    let cased = ["Allow", "Deny"].into_iter().find(|own| own.eq_ignore_ascii_case(&text));
    let near = || meant(&text, nearest(&text, ["Allow", "Deny"], |own| *own), |own| *own);
    site.write(cased.is_some(), cased.or_else(near)?)
}

pub(super) fn leave_out(site: &Site<'_, '_>) -> Option<Fix> {
    let key = site.spot.key.filter(|_| site.spot.others() > 0)?;
    Fix::new(true, format!("leave {} out", quoted(&key.string())), vec![site.spot.removed()])
}

/// A Sid of letters and digits that no other statement has.
pub(super) fn sid(site: &Site<'_, '_>) -> Option<Fix> {
    let own = site.statement().and_then(|statement| member(statement.value, "Sid"))?;
    let place = own.value.span();
    let is_strict = site.problem.code.name() == "UNSUPPORTED_SID";
    // Each statement before this one that has the same Sid has had its turn.
    let sids: Vec<_> = site.doc.statements.iter().filter_map(|other| member(other.value, "Sid")).collect();
    let mut taken: BTreeSet<String> = sids
        .iter()
        .filter(|other| other.value.span() != place)
        .map(|other| other.value.string().into_owned())
        .collect();
    let text = own.value.as_string()?;
    let plain: String = if is_strict {
        text.chars().filter(char::is_ascii_alphanumeric).collect()
    } else {
        text.clone().into_owned()
    };
    if plain.is_empty() {
        return Fix::new(true, "leave the Sid out", vec![own.removed()]);
    }
    let before =
        sids.iter().filter(|other| other.value.span().start < place.start && other.value.string() == text);
    let mut number = if is_strict { 1 } else { before.count().saturating_add(1) };
    taken.remove("");
    let mut new = if number > 1 { format!("{plain}{number}") } else { plain.clone() };
    while taken.contains(&new) {
        number = number.saturating_add(1);
        new = format!("{plain}{number}");
    }
    Fix::new(true, format!("write {}", quoted(&new)), vec![written(own.value, &new)])
}

/// A principal where none belongs. Everybody is what the policy is about without it.
pub(super) fn principal(site: &Site<'_, '_>) -> Option<Fix> {
    let statement = site.statement()?;
    let own = member(statement.value, "Principal")?;
    let principals = statement.principals.as_ref().filter(|own| !own.is_not)?;
    let is_all = principals.is_everyone
        || matches!(principals.entries.as_slice(), [one] if one.kind == "AWS" && one.name.text == "*");
    (own.others() > 0).then(|| Fix::new(is_all, "leave Principal out", vec![own.removed()]))?
}

/// A resource where the policy itself says about which it is.
pub(super) fn resource(site: &Site<'_, '_>) -> Option<Fix> {
    let own = member(site.statement()?.value, "Resource").filter(|own| own.others() > 0)?;
    let is_all = own.value.kind() == Kind::String && own.value.string() == "*";
    Fix::new(is_all, "leave Resource out", vec![own.removed()])
}
