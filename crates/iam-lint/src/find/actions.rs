//! Actions that do not exist, and actions whose keys or resources the statement does not have.

use std::collections::{BTreeMap, BTreeSet};

use iam_catalog::{Choice, DecidedBy, Needed, When};
use iam_json::quoted;
use iam_policy::PolicyKind;

use super::facts::{Facts, needed as needed_for};
use super::guess::{beginnings, is_close, is_same_thing};
use super::{Run, service_of};
use crate::code;
use crate::data::{OTHER_NAMES, RENAMED, RETIRED, SET_BY};
use crate::glob::like;
use crate::view::{Cond, List, Statement, Text};

impl Run<'_, '_> {
    pub(super) fn actions(&mut self, statement: &Statement<'_>) {
        if let Some(list) = &statement.actions {
            for text in &list.texts {
                self.scp_wildcard(text);
            }
            self.unknown_actions(statement, list);
        }
        for cond in &statement.conditions {
            self.actions_of_key(statement, cond);
        }
    }

    /// Reports actions that there are not. Those of one service of which nobody knows what is meant are one finding.
    fn unknown_actions(&mut self, statement: &Statement<'_>, list: &List<'_>) {
        let unknown: Vec<(&Text<'_>, Unknown)> = match &self.facts {
            Some(facts) => {
                let of = |text| Some((text, unknown(facts, statement, text)?));
                list.texts.iter().filter_map(of).collect()
            }
            None => return,
        };
        let excludes_nothing = list.is_not && unknown.len() == list.texts.len();
        let prefix = |text: &Text<'_>| text.text.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let is_one_of_many = |own: &Unknown| {
            own.code == code::INVALID_SERVICE_IN_ACTION && (own.suggested.is_none() || own.is_gone)
        };
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (text, _) in unknown.iter().filter(|(_, own)| is_one_of_many(own)) {
            let count = seen.entry(prefix(text)).or_default();
            *count = count.saturating_add(1);
        }
        for (text, mut own) in unknown {
            if is_one_of_many(&own) {
                match seen.remove(&prefix(text)) {
                    None => continue,
                    Some(0 | 1) => {}
                    Some(count) => {
                        own.found = format!("{}; {count} entries of the list have it", own.found);
                    }
                }
            }
            let mut help = own.superseded(list).unwrap_or(own.help);
            if excludes_nothing {
                let does = if statement.denies() { "denies" } else { "allows" };
                help =
                    format!("no entry excludes anything, so that the statement {does} every action; {help}");
            } else if list.is_not {
                help = format!("the entry excludes nothing; {help}");
            }
            self.at(own.code, text, own.found, help);
        }
    }

    fn scp_wildcard(&mut self, text: &Text<'_>) {
        let before_end = text.text.trim_end_matches('*');
        if self.kind() == PolicyKind::Scp && before_end.contains(['*', '?']) && text.text.contains(':') {
            let help = "nothing has to be changed: Organizations accepts it since September 2025; the reference of Access Analyzer's checks has it as an error";
            self.at(code::SCP_SYNTAX_ERROR_ACTION_WILDCARD, text, quoted(&text.text), help);
        }
    }

    /// Actions that never have the key of a test in their requests.
    fn actions_of_key(&mut self, statement: &Statement<'_>, cond: &Cond<'_>) {
        let texts = statement.action_texts();
        for (key, action, only) in SET_BY {
            if !cond.is_one_of(&[key]) || texts.is_empty() {
                continue;
            }
            // What the call itself has, the permission may be allowed for in another statement. A test that is true without the key asks for
            // no such call.
            let elsewhere = self.doc.statements.iter().filter(|own| !only.is_empty() && own.allows());
            let mut all = elsewhere.flat_map(Statement::action_texts).chain(texts);
            let lacks = !all.any(|text| like(&text.text, action));
            let is_about = only.is_empty()
                || (statement.allows()
                    && !cond.holds_without_key()
                    && texts.iter().all(|text| like_call(&text.text)));
            if lacks && is_about {
                let help = format!("add {action} to the actions, or leave the key out");
                let found = format!("{} without {action}", quoted(&cond.key.text));
                self.at(code::MISSING_ACTION_FOR_CONDITION_KEY, &cond.key, found, help);
                return;
            }
        }
        let Some(facts) = &self.facts else { return };
        let name = &*cond.key.text;
        let is_own = name.split_once(':').is_some_and(|(prefix, _)| {
            !prefix.eq_ignore_ascii_case("aws") && facts.sections.has_service(prefix)
        });
        // IfExists says that the author expects requests without the key.
        if !is_own || cond.test.is_none_or(|test| test.if_exists) || facts.sections.global_key(name).is_some()
        {
            return;
        }
        let lacks = |text: &&Text<'_>| {
            let all = facts.actions_of(&text.text);
            !all.is_empty() && !all.iter().any(|(action, own)| facts.has_key(action, own, name))
        };
        let lacking: Vec<&Text<'_>> = texts.iter().filter(lacks).collect();
        // Of a key that the tables give to no action, they do not say which requests have it.
        let is_given = service_of(name).is_some_and(|service| {
            let mut actions = facts.sections.actions(&service);
            actions.any(|action| action.condition_keys().iter().any(|key| key.matches(name)))
        });
        if !is_given {
            return;
        }
        let outcome = cond.holds_without_key();
        for text in lacking {
            let mend = if outcome && statement.allows() {
                "so that it does not limit the action: test a key that the action has, or leave the action out".to_owned()
            } else {
                format!("move it into a statement without {}", quoted(name))
            };
            let joint = if outcome && statement.allows() { "," } else { ":" };
            let help = format!(
                "AWS's tables do not give it the key, and without it this test is {outcome}{joint} {mend}"
            );
            let found = format!("{} with the key {}", quoted(&text.text), quoted(name));
            self.at(code::UNSUPPORTED_ACTION_FOR_CONDITION_KEY, text, found, help);
        }
    }
}

/// Whether a text is one of the calls that assume roles.
fn like_call(text: &str) -> bool {
    text.get(..14).is_some_and(|head| head.eq_ignore_ascii_case("sts:AssumeRole"))
}

/// An action, or a pattern of actions, that the catalogue does not have.
pub(crate) struct Unknown {
    code: iam_json::Code,
    found: String,
    help: String,
    /// Whether AWS has renamed or retired the service.
    is_gone: bool,
    /// What may be meant.
    suggested: Option<String>,
    /// What must be meant, if one name alone is near.
    pub(crate) meant: Option<String>,
}

impl Unknown {
    /// What to do if the list has what may be meant.
    pub(crate) fn superseded(&self, list: &List<'_>) -> Option<String> {
        let suggested = self.suggested.as_ref()?;
        let is_same = |text: &&Text<'_>| text.text.eq_ignore_ascii_case(suggested);
        if list.texts.iter().any(|text| is_same(&text)) {
            return Some(format!("leave it out: {suggested} is already there"));
        }
        let wider = list.texts.iter().find(|text| like(&text.text, suggested))?;
        Some(format!("leave it out: {} already includes {suggested}", wider.text))
    }
}

/// The prefix of the service and the name of an action, or of a pattern of actions of one service. `None` of what is written otherwise. Byte by
/// byte, which for short texts is quicker than searches.
fn service_and_name(text: &str) -> Option<(&str, &str)> {
    let colon = text.bytes().position(|byte| byte == b':')?;
    let (prefix, name) = (text.get(..colon)?, text.get(colon.saturating_add(1)..)?);
    let is_service = !prefix.bytes().any(|byte| matches!(byte, b'*' | b'?' | b'$' | b' '));
    let is_name = !name.bytes().any(|byte| matches!(byte, b':' | b' '));
    (is_service && is_name && !prefix.is_empty() && !name.is_empty()).then_some((prefix, name))
}

/// Services of the catalogue that have the name of a retired one and a number behind it.
fn successors<'f>(facts: &Facts<'f>, retired: &str) -> Vec<&'f str> {
    let is_next = |service: &&str| {
        let rest = service.get(retired.len()..).unwrap_or_default();
        let number = rest.trim_start_matches('-').trim_start_matches('v');
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    facts.sections.services_beginning(retired).filter(is_next).collect()
}

/// What is said about an action, or a pattern of actions, that the catalogue does not have.
pub(crate) fn unknown(facts: &Facts<'_>, statement: &Statement<'_>, text: &Text<'_>) -> Option<Unknown> {
    let text = &*text.text;
    let (prefix, name) = service_and_name(text)?;
    let sections = facts.sections;
    let head_end = name.bytes().position(|byte| matches!(byte, b'*' | b'?')).unwrap_or(name.len());
    let head = name.get(..head_end).unwrap_or_default();
    let is_there = |own: &str| if head == name { own.len() == name.len() } else { like(name, own) };
    if sections.action_names_beginning(prefix, head).any(is_there) {
        return None;
    }
    let date = sections.date();
    if !sections.has_service(prefix) {
        let is_retired = RETIRED.iter().any(|own| own.eq_ignore_ascii_case(prefix));
        let is_every = name.bytes().all(|byte| matches!(byte, b'*' | b'?'));
        let others = OTHER_NAMES.iter().filter(|(own, _)| own.eq_ignore_ascii_case(prefix));
        let others: Vec<&str> = others.map(|(_, service)| *service).collect();
        let is_other_name = !others.is_empty();
        let renamed = RENAMED.iter().find(|(own, _)| own.eq_ignore_ascii_case(prefix)).map(|(_, new)| *new);
        let near = if is_retired {
            successors(facts, prefix)
        } else if let Some(new) = renamed {
            vec![new]
        } else if is_other_name {
            others
        } else {
            let mut near = facts.near(prefix, sections.services(), |service| *service);
            near.retain(|service| is_close(prefix, service));
            near
        };
        let has = |service: &&&str| sections.action_names(service).iter().any(|own| like(name, own));
        let fitting: Vec<&&str> = near.iter().filter(has).filter(|_| !(is_retired && is_every)).collect();
        let of = |service: &&&str| format!("{service}:{name}");
        let suggested = fitting.first().map(of);
        let meant = suggested.clone().filter(|_| fitting.len() == 1);
        let help = match (&suggested, near.first()) {
            (Some(own), _) if is_retired => {
                format!("AWS has retired the service; did you mean {own}?")
            }
            (Some(own), _) if renamed.is_some() => format!("AWS has renamed the service: write {own}"),
            (None, Some(service)) if renamed.is_some() => {
                format!("AWS has renamed the service: its prefix is {service}")
            }
            (Some(_), _) if is_other_name => {
                let all: Vec<String> = fitting.iter().map(of).collect();
                format!("did you mean {}?", all.join(" or "))
            }
            (Some(own), _) => format!("did you mean {own}?"),
            (None, Some(service)) if is_retired => {
                format!("leave it out: AWS has retired the service, after which came {service}")
            }
            (None, None) if is_retired => "leave it out: AWS has retired the service".to_owned(),
            (None, Some(service)) => format!("a service of a like name is {service}"),
            (None, None) => "write the prefix as the Service Authorization Reference has it".to_owned(),
        };
        let found = format!("{}, a service that the catalogue of {date} does not have", quoted(prefix));
        let (code, is_gone) = (code::INVALID_SERVICE_IN_ACTION, is_retired || renamed.is_some());
        return Some(Unknown { code, found, help, is_gone, suggested, meant });
    }
    let names = sections.action_names(prefix);
    if name.contains(['*', '?']) {
        let found = format!("{}: no action of the catalogue of {date} matches it", quoted(text));
        let heads: BTreeSet<&str> = names.iter().flat_map(|own| beginnings(own)).collect();
        let rest = name.get(head.len()..).unwrap_or_default();
        let mut near = facts.near(head, heads, |own| *own);
        near.retain(|own| {
            let pattern = format!("{own}{rest}");
            is_same_thing(head, own, &facts.words(prefix)) && names.iter().any(|name| like(&pattern, name))
        });
        let suggested = near.first().map(|own| format!("{prefix}:{own}{rest}"));
        let meant = suggested.clone().filter(|_| near.len() == 1);
        let help = match &suggested {
            Some(own) => format!("did you mean {own}?"),
            None => "take the names from the service's table".to_owned(),
        };
        let code = code::ACTION_PATTERN_MATCHES_NOTHING;
        return Some(Unknown { code, found, help, is_gone: false, suggested, meant });
    }
    let found = format!("{}, which the catalogue of {date} does not have", quoted(text));
    let needed = needed_for(prefix, name).filter(|own| own.decided_by() != DecidedBy::Unknown);
    let granting = needed.and_then(|own| own.only_action()).map(|own| own.to_string());
    let mut near = facts.near(name, names, |own| **own);
    near.retain(|own| is_same_thing(name, own, &facts.words(prefix)));
    let near_action = near.first().map(|own| format!("{prefix}:{own}"));
    // An action without resources is not meant where the statement names some.
    let names_resources = statement.resource_texts().iter().all(|own| own.text.starts_with("arn:"))
        && !statement.resource_texts().is_empty();
    let is_about_none =
        |action: &str| facts.sections.action(action).is_some_and(|own| own.resources().next().is_none());
    let (suggested, meant, help) = match (needed, granting, near_action) {
        (_, Some(one), Some(near)) if names_resources && is_about_none(&one) && !is_about_none(&near) => {
            let help =
                format!("did you mean {near}? {one}, which grants the operation, is about no resource");
            (Some(near), None, help)
        }
        (_, Some(one), _) => {
            let help = format!("it is an operation and no action; {one} grants it");
            (Some(one.clone()), Some(one), help)
        }
        (Some(needed), None, _) => (None, None, needs(&needed)),
        (None, None, Some(own)) => {
            let help = format!("did you mean {own}?");
            (Some(own.clone()), Some(own).filter(|_| near.len() == 1), help)
        }
        (None, None, None) => (None, None, "take the name from the service's table".to_owned()),
    };
    Some(Unknown { code: code::INVALID_ACTION, found, help, is_gone: false, suggested, meant })
}

/// What is said about an operation that is no action, and that no one action grants.
fn needs(needed: &Needed<'_>) -> String {
    if needed.decided_by() == DecidedBy::NoPolicy {
        return "leave it out: it is an operation and no action, and needs no permission".to_owned();
    }
    let mut groups: Vec<(usize, String)> = Vec::new();
    for group in needed.groups().filter(|group| group.when == When::Always) {
        let names: Vec<String> = group.actions().map(|action| action.to_string()).collect();
        let text = match (&names[..], group.choice) {
            ([one], _) => one.clone(),
            (all, Choice::AnyOne | Choice::ByParameter(_)) => all.join(" or "),
            (all, Choice::Fitting) => format!("one or more of {}", all.join(", ")),
        };
        groups.push((names.len(), text));
    }
    // Those of one name first, which reads without doubt.
    groups.sort_by_key(|(count, _)| *count);
    let groups: Vec<String> = groups.into_iter().map(|(_, text)| text).collect();
    format!("it is an operation and no action; what it does needs {}", groups.join(" and "))
}
