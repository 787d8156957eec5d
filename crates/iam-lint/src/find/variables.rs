//! Variables whose names are no condition keys, and those in the escaped forms of templates.

use iam_json::{Mode, Problem, quoted};
use iam_policy::code as read;

use super::Run;
use super::arns::Fields;
use super::facts::Facts;
use super::placeholders::{self, open};
use crate::code;
use crate::data::is_of_other_policies;
use crate::view::{Doc, Statement, Text};

impl Run<'_, '_> {
    pub(super) fn variables(&mut self, statement: &Statement<'_>) {
        let resources = statement.resources.as_ref().map_or(&[][..], |list| &list.texts);
        let values = statement.conditions.iter().flat_map(|cond| &cond.values);
        let texts: Vec<&Text<'_>> =
            resources.iter().chain(values).filter(|text| text.text.contains('{')).collect();
        for text in texts {
            if text.text.contains("$${") || text.text.contains("&{") {
                let help = "write ${…}: the escaped form belongs into the template";
                self.at(code::ESCAPED_VARIABLE, text, quoted(&text.text), help);
                continue;
            }
            if !self.doc.has_variables {
                continue;
            }
            let services = Self::services(statement);
            let Some(facts) = &self.facts else { continue };
            let unknown = names(&text.text).find(|name| is_unknown(facts, &services, name));
            if let Some(name) = unknown {
                let help = help(facts, &services, name, &text.text);
                self.at(code::UNKNOWN_VARIABLE, text, quoted(name), help);
            }
        }
    }
}

/// Whether a variable has the name of no condition key.
fn is_unknown(facts: &Facts<'_>, services: &[String], name: &str) -> bool {
    let prefix = name.split(':').next().unwrap_or_default();
    let is_provider = prefix.contains('.') || prefix.eq_ignore_ascii_case("saml");
    let is_known = is_of_other_policies(name) || (is_provider && name.contains(':'));
    !is_known && facts.key(name, services).is_none() && !facts.is_key_anywhere(name)
}

/// The key that must be meant by the name of a variable that is none.
pub(crate) fn meant(facts: &Facts<'_>, name: &str) -> Option<&'static str> {
    let sections = facts.sections;
    let is_global = |prefix: &str| prefix.eq_ignore_ascii_case("aws");
    let mut near = match name.split_once(':') {
        Some((_, rest)) if rest.starts_with(':') => return None,
        Some((prefix, _)) if is_global(prefix) => facts.near(name, sections.global_keys(), |key| key.name),
        Some((prefix, _)) => facts.near(name, sections.keys_of(prefix), |key| key.name),
        // The prefix alone lacks, or stands before another mark.
        None => {
            let rest =
                name.strip_prefix("aws").map_or(name, |rest| rest.trim_start_matches(['.', '_', '-', '/']));
            sections.global_key(&format!("aws:{rest}")).into_iter().collect()
        }
    };
    near.retain(|key| !key.name.contains(['$', '{']) && !key.name.ends_with('/'));
    crate::fix::meant(name, near, |key| key.name).map(|key| key.name)
}

/// What to do about a variable that has the name of no condition key.
fn help(facts: &Facts<'_>, services: &[String], name: &str, text: &str) -> String {
    if let Some(near) = meant(facts, name) {
        return format!("did you mean ${{{near}}}?");
    }
    let is_prefix = |prefix: &str| prefix.eq_ignore_ascii_case("aws") || facts.sections.has_service(prefix);
    let is_key = |name: &str| {
        name.split_once(':').is_some_and(|(prefix, rest)| is_prefix(prefix) && !rest.starts_with(':'))
    };
    if is_key(name) {
        return "write the name of a condition key, such as aws:username".to_owned();
    }
    let all = open(text, |own| {
        let is_name = !matches!(own, "*" | "?" | "$" | "");
        is_name && is_unknown(facts, services, own) && !is_key(own)
    });
    format!(
        "{}: a variable of a policy has the name of a condition key, such as aws:username",
        placeholders::help(all)
    )
}

/// Whether a text has variables, and none of them has the name of a condition key: what is meant is a template.
fn is_of_template(facts: &Facts<'_>, services: &[String], text: &str) -> bool {
    names(text).next().is_some() && names(text).all(|name| is_unknown(facts, services, name))
}

/// Tells the variables of templates from those of policies: the former are a finding of their own, whatever the version and the place.
pub(crate) fn sift(doc: &Doc<'_>, facts: &Facts<'_>, found: &mut Vec<Problem>) {
    let is_version = |own: &Problem| own.code == code::VARIABLE_UNSUPPORTED_IN_VERSION;
    let is_own = |own: &Problem| is_version(own) || own.code == read::VARIABLE_BEFORE_RESOURCE_FIELD;
    if !found.iter().any(is_own) {
        return;
    }
    let texts = doc.texts();
    found.retain_mut(|problem| {
        if !is_own(problem) {
            return true;
        }
        let place = problem.place.span;
        let Some((statement, text)) = texts.get(&(place.start, place.end)) else { return true };
        let services = Run::services(statement);
        if is_version(problem) {
            let name = names(&text.text).next().filter(|_| is_of_template(facts, &services, &text.text));
            if let Some(name) = name {
                problem.code = code::UNKNOWN_VARIABLE;
                problem.level = problem.code.level(Mode::Strict);
                problem.found = quoted(name);
                problem.help = help(facts, &services, name, &text.text);
            }
            return true;
        }
        let Some(fields) = Fields::of(&text.text) else { return true };
        let early = [fields.partition, fields.service, fields.region, fields.account];
        let mut early = early.iter().filter(|field| field.contains("${"));
        !early.all(|field| is_of_template(facts, &services, field))
    });
}

/// The names of the variables of a text. Those of single characters are left out.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| {
        let inner = rest.split('}').next().filter(|inner| inner.len() < rest.len())?;
        let name = inner.split(',').next().unwrap_or_default();
        (!matches!(name, "*" | "?" | "$" | "")).then_some(name)
    })
}
