//! Values and statements that say what others say.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use iam_json::{Code, Kind, quoted};

use super::Run;
use crate::code;
use crate::glob::Glob;
use crate::view::{List, Statement};

/// Longer lists are not compared: each value would be held against each pattern.
const MOST_COMPARISONS: usize = 250_000;

/// A value with wildcards: its place in the list, and its text before the first of them.
struct Wild<'t> {
    at: usize,
    fixed: &'t str,
    glob: Glob<'t>,
}

impl Run<'_, '_> {
    pub(super) fn redundant_values(&mut self, statement: &Statement<'_>) {
        if let Some(list) = &statement.actions {
            self.included(list, code::REDUNDANT_ACTION, true);
        }
        if let Some(list) = &statement.resources {
            self.included(list, code::REDUNDANT_RESOURCE, false);
        }
    }

    /// Reports the values of a list that another value includes. Values are compared within their service, and with patterns only.
    fn included(&mut self, list: &List<'_>, code: Code, folds: bool) {
        let is_wild = |text: &str| text.bytes().any(|byte| matches!(byte, b'*' | b'?'));
        let wild: Vec<usize> =
            (0..).zip(&list.texts).filter(|(_, text)| is_wild(&text.text)).map(|(at, _)| at).collect();
        if list.texts.len() < 2 || wild.len().saturating_mul(list.texts.len()) > MOST_COMPARISONS {
            return;
        }
        let folded: Vec<Cow<'_, str>> = list.texts.iter().map(|text| folded(&text.text, folds)).collect();
        let mut seen: HashSet<&str> = HashSet::with_capacity(folded.len());
        let mut patterns: Vec<(&str, Wild<'_>)> = Vec::new();
        let mut everywhere: Vec<Wild<'_>> = Vec::new();
        for (at, text) in wild.into_iter().filter_map(|at| Some((at, folded.get(at)?))) {
            let group = group(text);
            let pattern = Wild { at, fixed: fixed(text), glob: Glob::of(text) };
            if group.contains(['*', '?', '$']) {
                everywhere.push(pattern);
            } else {
                patterns.push((group, pattern));
            }
        }
        // Lists are mostly sorted already, and those of one group stand together.
        patterns.sort_by_key(|(group, _)| *group);
        let (mut last, mut of_last): (&str, &[(&str, Wild<'_>)]) = ("", &[]);
        let mut found = Vec::new();
        for (at, (text, value)) in folded.iter().zip(&list.texts).enumerate() {
            if !seen.insert(&**text) {
                found.push((value, "it stands earlier in the list".to_owned()));
                continue;
            }
            let own_group = group(text);
            if own_group != last {
                let from = patterns.partition_point(|(group, _)| *group < own_group);
                let behind = patterns.get(from..).unwrap_or_default();
                let end = behind.partition_point(|(group, _)| *group == own_group);
                (last, of_last) = (own_group, behind.get(..end).unwrap_or_default());
            }
            let near = of_last.iter().map(|(_, own)| own).chain(&everywhere);
            // What stands before the first wildcard of a pattern stands at the beginning of all that it includes.
            let mut near = near.filter(|own| own.at != at && text.starts_with(own.fixed)).peekable();
            if near.peek().is_none() {
                continue;
            }
            let own = Glob::of(text);
            // Of two patterns that include each other, the first stays.
            let includes = |other: &&Wild<'_>| {
                other.glob.includes(&own) && (other.at < at || !own.includes(&other.glob))
            };
            if let Some(other) = near.find(includes)
                && let Some(outer) = list.texts.get(other.at)
            {
                found.push((value, format!("{} includes it", quoted(&outer.text))));
            }
        }
        for (value, help) in found {
            self.at(code, value, quoted(&value.text), help);
        }
    }

    /// Reports statements that equal an earlier one but for the Sid.
    pub(super) fn redundant_statements(&mut self) {
        let doc = self.doc;
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let objects = doc.statements.iter().enumerate().filter(|(_, own)| own.value.kind() == Kind::Object);
        let mut alike: BTreeMap<[usize; 4], usize> = BTreeMap::new();
        for (_, statement) in objects.clone() {
            let number = alike.entry(lengths(statement)).or_default();
            *number = number.saturating_add(1);
        }
        // Only statements with the same lengths can say the same.
        let alike = objects.filter(|(_, own)| alike.get(&lengths(own)).is_some_and(|number| *number > 1));
        for (at, statement) in alike {
            let form = form(statement);
            if let Some(first) = seen.get(&form) {
                let number = first.saturating_add(1);
                let help = format!("leave it out: statement {number} says the same");
                self.opening(
                    code::REDUNDANT_STATEMENT,
                    statement.value,
                    "the same statement again".to_owned(),
                    help,
                );
            } else {
                seen.insert(form, at);
            }
        }
    }
}

/// The text, in lower case if asked for.
fn folded(text: &str, folds: bool) -> Cow<'_, str> {
    if folds && text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// The text before the first wildcard or variable.
fn fixed(text: &str) -> &str {
    text.split(['*', '?', '$']).next().unwrap_or_default()
}

/// What two values must share to include each other, unless one has wildcards there: the prefix of an action, the service of an ARN.
fn group(text: &str) -> &str {
    if text.starts_with("arn:") {
        let mut colons = text.match_indices(':').map(|(at, _)| at);
        let end = colons.nth(2).unwrap_or(text.len());
        return text.get(..end).unwrap_or(text);
    }
    text.split(':').next().unwrap_or(text)
}

/// Numbers that are equal for statements that say the same: of actions and their characters, of resources, of conditions.
fn lengths(statement: &Statement<'_>) -> [usize; 4] {
    let texts = |list: &Option<List<'_>>| list.as_ref().map_or(0, |list| list.texts.len());
    let actions = statement.actions.iter().flat_map(|list| &list.texts);
    let characters = actions.map(|text| text.text.len()).sum();
    [texts(&statement.actions), characters, texts(&statement.resources), statement.conditions.len()]
}

/// A text that is equal for statements that say the same, whatever their Sid and the order of their lists.
fn form(statement: &Statement<'_>) -> String {
    let list = |list: &Option<List<'_>>, folds: bool| {
        list.as_ref().map_or_else(String::new, |list| {
            let mut texts: Vec<String> = list
                .texts
                .iter()
                .map(
                    |text| {
                        if folds { text.text.to_ascii_lowercase() } else { text.text.clone().into_owned() }
                    },
                )
                .collect();
            texts.sort_unstable();
            format!("{} {texts:?}", list.is_not)
        })
    };
    let mut principals: Vec<String> = Vec::new();
    if let Some(own) = &statement.principals {
        principals.push(format!("{} {}", own.is_not, own.is_everyone));
        principals.extend(own.entries.iter().map(|entry| format!("{} {}", entry.kind, entry.name.text)));
        principals.sort_unstable();
    }
    let mut conditions: Vec<String> = statement
        .conditions
        .iter()
        .map(|cond| {
            let mut values: Vec<&str> = cond.values.iter().map(|value| &*value.text).collect();
            values.sort_unstable();
            format!("{} {} {values:?}", cond.operator.text, cond.key.text.to_ascii_lowercase())
        })
        .collect();
    conditions.sort_unstable();
    format!(
        "{:?} {} {} {principals:?} {conditions:?}",
        statement.effect,
        list(&statement.actions, true),
        list(&statement.resources, false)
    )
}
