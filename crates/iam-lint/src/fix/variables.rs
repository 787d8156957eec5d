//! Variables that are written wrongly.

use super::{Fix, Site};
use crate::find::{self, Run};
use crate::view::Statement;

/// The form for templates.
pub(super) fn escaped(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text()?;
    site.write(false, &text.replace("$${", "${").replace("&{", "${"))
}

pub(super) fn unknown(site: &Site<'_, '_>) -> Option<Fix> {
    let statement = site.statement()?;
    each(site, |name| {
        let facts = site.facts?;
        if facts.key(name, &Run::services(statement)).is_some() || facts.is_key_anywhere(name) {
            return Some(name.to_owned());
        }
        find::variables::meant(facts, name).map(str::to_owned)
    })
}

pub(super) fn spaces(site: &Site<'_, '_>) -> Option<Fix> {
    each(site, |name| {
        let name = name.trim_matches(' ');
        (!name.contains(' ') && !name.is_empty()).then(|| name.to_owned())
    })
}

/// The default of a variable, in quotation marks.
pub(super) fn quotes(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text()?;
    let new = rewritten(&text, |inner| {
        let Some((name, default)) = inner.split_once(',') else { return Some(inner.to_owned()) };
        let default = default.trim_matches([' ', '\'', '"']);
        (!default.contains(['\'', '"', ','])).then(|| format!("{name}, '{default}'"))
    })?;
    (new != text).then(|| site.write(false, &new))?
}

/// The brace that closes a variable, behind the name of a known key.
pub(super) fn brace(site: &Site<'_, '_>) -> Option<Fix> {
    let text = site.text()?;
    let (start, _) = text.match_indices("${").last()?;
    let (head, inner) = text.split_at_checked(start.saturating_add(2))?;
    let end =
        inner.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-'))).unwrap_or(inner.len());
    let (name, rest) = inner.split_at_checked(end)?;
    let services = site.statement().map(|own: &Statement<'_>| Run::services(own))?;
    site.facts?.key(name, &services)?;
    (!rest.contains('}')).then(|| site.write(false, &format!("{head}{name}}}{rest}")))?
}

/// The text with the name of each variable written anew.
fn each(site: &Site<'_, '_>, write: impl Fn(&str) -> Option<String>) -> Option<Fix> {
    let text = site.text()?;
    let new = rewritten(&text, |inner| {
        let (name, default) = inner.split_at_checked(inner.find(',').unwrap_or(inner.len()))?;
        if matches!(name, "*" | "?" | "$") {
            return Some(inner.to_owned());
        }
        Some(format!("{}{default}", write(name)?))
    })?;
    (new != text).then(|| site.write(false, &new))?
}

/// The text with the inside of each variable written anew. `None` if one of them cannot be, or is not closed.
fn rewritten(text: &str, write: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut parts = text.split("${");
    let mut new = parts.next()?.to_owned();
    for part in parts {
        let (inner, rest) = part.split_once('}')?;
        new.push_str("${");
        new.push_str(&write(inner)?);
        new.push('}');
        new.push_str(rest);
    }
    Some(new)
}
