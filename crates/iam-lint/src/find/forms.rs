//! What the last part of an ARN is meant to be, where no form of its service has it.

use std::collections::BTreeSet;

use super::arns::{Fields, head, is_form};
use super::facts::{Facts, is_of_any_service};
use super::guess::is_close;
use crate::data::IDENTIFIERS;
use crate::glob::like;
use crate::view::Statement;

/// The most forms, and the most types, that a help names.
const MOST: usize = 3;

/// The last part that must be meant: with the slash or the type at its beginning that it lacks. `None` if that is not clear.
pub(crate) fn meant(facts: &Facts<'_>, statement: &Statement<'_>, fields: &Fields<'_>) -> Option<String> {
    let written = fields.resource;
    let is_right = |resource: &str| is_form(facts, &Fields { resource, ..*fields });
    let begins = |form: &&&str| form.starts_with('/') && head(form.trim_start_matches('/')) == head(written);
    let of_service = last_parts(facts.all_arns(fields.service), fields.service);
    let slashed = format!("/{written}");
    if !head(written).is_empty() && of_service.iter().any(|form| begins(&form)) && is_right(&slashed) {
        return Some(slashed);
    }
    if written.contains(['/', ':', '*', '?', '$']) || written.is_empty() {
        return None;
    }
    let typed = |form: &&str| {
        let (type_, name) = form.split_once("${")?;
        let is_only =
            type_.ends_with(['/', ':']) && name.split_once('}').is_some_and(|(_, rest)| rest.is_empty());
        (is_only && !head(type_).is_empty()).then(|| type_.to_owned())
    };
    let types = |forms: &[&str]| -> BTreeSet<String> { forms.iter().filter_map(typed).collect() };
    let by_id = written.split_once('-').and_then(|(id, _)| {
        let own = IDENTIFIERS.iter().filter(|(service, ..)| *service == fields.service);
        own.filter(|(_, prefix, _)| *prefix == id).map(|(_, _, type_)| format!("{type_}/")).next()
    });
    let of_actions = last_parts(&of_actions(facts, statement), fields.service);
    let all = types(&of_service);
    let type_ = by_id.filter(|own| all.contains(own)).or_else(|| {
        let own = types(&of_actions);
        own.first().filter(|_| own.len() == 1 && of_actions.len() == 1).cloned()
    })?;
    let whole = format!("{type_}{written}");
    // The separator alone may lack.
    (!written.starts_with(head(&type_)) && is_right(&whole)).then_some(whole)
}

/// What to write in place of a last part that no form has.
pub(crate) fn help(facts: &Facts<'_>, statement: &Statement<'_>, fields: &Fields<'_>) -> String {
    if let Some(own) = meant(facts, statement, fields) {
        return format!("did you mean {}?", iam_json::quoted(&own));
    }
    let own = of_actions(facts, statement);
    let (of_actions, of_service) =
        (last_parts(&own, fields.service), last_parts(facts.all_arns(fields.service), fields.service));
    // Actions of which all are about resources of other services.
    if of_actions.is_empty() && !own.is_empty() {
        let all: BTreeSet<String> = own.iter().map(|form| plain(form)).collect();
        return format!("the actions are about resources such as {}", some(all));
    }
    let written = head(fields.resource);
    for forms in [&of_actions, &of_service] {
        let heads: BTreeSet<&str> =
            forms.iter().map(|form| head(form)).filter(|own| !own.is_empty()).collect();
        let near = facts.near(written, heads, |own| *own);
        if let Some(near) = near.iter().find(|own| is_close(written, own)) {
            let near = forms.iter().copied().filter(|form| head(form) == *near);
            if let Some(form) = near.min_by_key(|form| shape(form, fields.resource)) {
                return format!("write a form such as {}", plain(form));
            }
        }
    }
    // A form that begins with a name.
    let bare = |forms: &[&'static str]| {
        let bare = forms.iter().copied().filter(|form| head(form).is_empty());
        bare.min_by_key(|form| shape(form, fields.resource))
    };
    if let Some(form) = bare(&of_actions) {
        return format!("write a form such as {}", plain(form));
    }
    if !of_actions.is_empty() {
        let mut forms = of_actions;
        forms.sort_by_key(|form| shape(form, fields.resource));
        let few: Vec<String> = forms.iter().take(MOST).map(|form| plain(form)).collect();
        return match few.split_last() {
            Some((last, others)) if !others.is_empty() => {
                format!("write a form such as {} or {last}", others.join(", "))
            }
            _ => format!("write a form such as {}", few.concat()),
        };
    }
    if let Some(form) = bare(&of_service) {
        return format!("write a form such as {}", plain(form));
    }
    let types: BTreeSet<String> = of_service.iter().map(|form| head(form).to_owned()).collect();
    let what = if written.is_empty() {
        "such form".to_owned()
    } else {
        format!("type {}", iam_json::quoted(written))
    };
    format!(
        "the tables built in, of {}, know no {what} of {}; what they know is such as {}",
        facts.sections.date(),
        fields.service,
        some(types)
    )
}

/// Forms of ARNs that the actions of a statement are about, those most like a text that is no ARN first. `None` if there are none.
pub(crate) fn of_no_arn(facts: &Facts<'_>, statement: &Statement<'_>, text: &str) -> Option<Vec<String>> {
    const MOST: usize = 2;
    let mut all = of_actions(facts, statement);
    if all.is_empty() {
        let whole = statement.action_texts().iter().filter_map(|own| own.text.split_once(':'));
        let whole = whole.filter(|(_, name)| name.chars().all(|c| c == '*'));
        all = whole.flat_map(|(service, _)| facts.own_arns(&service.to_ascii_lowercase())).collect();
    }
    let rest = |form: &&str| form.splitn(6, ':').nth(5).unwrap_or_default().to_owned();
    all.retain(|form| !rest(form).is_empty() && !is_of_any_service(form));
    let is_own = |form: &&str| {
        let field = form.split(':').nth(2).unwrap_or_default();
        let mut prefixes = statement.action_texts().iter().filter_map(|own| own.text.split_once(':'));
        prefixes.any(|(prefix, _)| prefix.eq_ignore_ascii_case(field))
    };
    if all.iter().any(&is_own) {
        all.retain(is_own);
    }
    all.sort_by_key(|form| shape(&rest(form), text));
    let nearest = all.first().map(|form| shape(&rest(form), text));
    all.retain(|form| Some(shape(&rest(form), text)) == nearest);
    let few: Vec<String> = all.iter().take(MOST).map(|form| plain(form)).collect();
    (!few.is_empty()).then_some(few)
}

/// Whether a statement has an action of a service that is about no resource.
pub(crate) fn is_about_none(facts: &Facts<'_>, statement: &Statement<'_>, service: &str) -> bool {
    statement.action_texts().iter().filter_map(|text| text.text.split_once(':')).any(|(prefix, name)| {
        prefix.eq_ignore_ascii_case(service)
            && facts
                .sections
                .actions(prefix)
                .any(|own| like(name, own.name()) && own.resources().next().is_none())
    })
}

/// The forms of the types of the actions of a statement, of those that are no whole services.
fn of_actions(facts: &Facts<'_>, statement: &Statement<'_>) -> Vec<&'static str> {
    let mut own: Vec<&'static str> = Vec::new();
    for text in statement.action_texts() {
        let Some((prefix, name)) = text.text.split_once(':') else { continue };
        if name.chars().all(|c| c == '*') {
            continue;
        }
        for action in facts.sections.actions(prefix).filter(|action| like(name, action.name())) {
            for form in action.resources().flat_map(|own| own.resource_type().arns().collect::<Vec<_>>()) {
                if !own.contains(&form) {
                    own.push(form);
                }
            }
        }
    }
    own
}

/// The last parts of those forms that have a service field.
fn last_parts(forms: &[&'static str], service: &str) -> Vec<&'static str> {
    let own = forms.iter().filter(|form| form.split(':').nth(2) == Some(service));
    own.filter_map(|form| form.splitn(6, ':').nth(5)).collect()
}

/// How unlike the slashes and the parts of two texts are.
fn shape(form: &str, written: &str) -> (usize, usize) {
    let slashes = |text: &str| text.matches('/').count();
    let parts = |text: &str| text.split(['/', ':']).count();
    (slashes(form).abs_diff(slashes(written)), parts(form).abs_diff(parts(written)))
}

/// Some of the names, the first ones.
fn some(names: BTreeSet<String>) -> String {
    names.into_iter().filter(|name| !name.is_empty()).take(MOST).collect::<Vec<_>>().join(", ")
}

/// A form without its braces, for people: `table/TableName`.
pub(crate) fn plain(form: &str) -> String {
    form.replace("${Partition}", "aws").replace("${", "").replace('}', "")
}
