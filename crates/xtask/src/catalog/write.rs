//! The two texts. Writing to a `String` cannot fail, so the results of `writeln!` are ignored.

use super::classes::Reasons;
use super::source::{ActionResource, GlobalKey, Service, Source};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Names in the order of the catalogue, which ignores ASCII case. Names that differ only in case are an error.
fn folded<V>(map: &BTreeMap<String, V>) -> Result<Vec<(&str, &V)>, String> {
    let mut entries: Vec<(&str, &V)> = map.iter().map(|(name, value)| (name.as_str(), value)).collect();
    entries.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    match entries.windows(2).find(|pair| pair[0].0.eq_ignore_ascii_case(pair[1].0)) {
        Some(pair) => Err(format!("{} and {} differ only in case", pair[0].0, pair[1].0)),
        None => Ok(entries),
    }
}

fn head(source: &Source, kind: &str) -> String {
    let catalogue = &source.catalogue;
    let origin = catalogue.source.split(" (").next().unwrap_or_default();
    let date = catalogue.updated_at.split('T').next().unwrap_or_default();
    let services = catalogue.services.len();
    let actions: usize = catalogue.services.values().map(|service| service.actions.len()).sum();
    format!("iam-catalog {kind} 1\nsource {origin}\ndate {date}\ncounts {services} {actions}\n")
}

/// Names, access levels and sensitivity.
pub(super) fn actions(source: &Source, reasons: &Reasons) -> Result<String, String> {
    let mut classes: BTreeMap<&str, (String, String)> = BTreeMap::new();
    for ((action, class), reason) in reasons {
        let (letters, narrow) = classes.entry(action).or_default();
        letters.push(class.letter());
        if let Some(pattern) = &reason.only_on {
            if !narrow.is_empty() {
                return Err(format!("{action}: two classes that hold only for some resources"));
            }
            *narrow = format!(" {}={pattern}", class.letter());
        }
    }
    let mut text = head(source, "actions");
    for (prefix, service) in &source.catalogue.services {
        _ = writeln!(text, "@{prefix} {} {}", if service.rcp { "rcp" } else { "-" }, service.name);
        for (name, action) in folded(&service.actions)? {
            let full = format!("{prefix}:{name}");
            text.push(level(&action.level).ok_or_else(|| format!("{full}: unknown level {}", action.level))?);
            text.push_str(name);
            if let Some((letters, narrow)) = classes.get(full.as_str()) {
                text.push(' ');
                text.push_str(letters);
                text.push_str(narrow);
            }
            text.push('\n');
        }
    }
    Ok(text)
}

fn level(name: &str) -> Option<char> {
    Some(match name {
        "List" => 'L',
        "Read" => 'R',
        "Write" => 'W',
        "Tagging" => 'T',
        "Permissions management" => 'P',
        _ => return None,
    })
}

/// Resource types and condition keys.
pub(super) fn details(source: &Source) -> Result<String, String> {
    let mut text = head(source, "details");
    let globals: BTreeMap<String, &GlobalKey> =
        source.globals.iter().map(|global| (global.key.clone(), global)).collect();
    if globals.len() != source.globals.len() {
        return Err("a global key stands twice".into());
    }
    for (name, global) in folded(&globals)? {
        let letter =
            key_letter(&global.key_type, global.multivalued).ok_or_else(|| format!("{name}: type"))?;
        _ = writeln!(text, "g{letter}{name}");
    }
    for (prefix, service) in &source.catalogue.services {
        _ = writeln!(text, "@{prefix}");
        one_service(service, &mut text).map_err(|why| format!("{prefix}: {why}"))?;
    }
    Ok(text)
}

fn one_service(service: &Service, text: &mut String) -> Result<(), String> {
    let keys = folded(&service.condition_keys)?;
    let types = folded(&service.resource_types)?;
    let number = |entries: &[&str], name: &str| entries.iter().position(|entry| *entry == name);
    let key_names: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
    let type_names: Vec<&str> = types.iter().map(|(name, _)| *name).collect();
    let key_list = |names: &[String]| -> Result<String, String> {
        let mut numbers = Vec::new();
        for name in names {
            numbers.push(number(&key_names, name).ok_or_else(|| format!("untyped key {name}"))?);
        }
        numbers.sort_unstable();
        Ok(numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(","))
    };
    let resource = |resource: &ActionResource| -> Result<String, String> {
        let name = &resource.resource_type;
        let at = number(&type_names, name).ok_or_else(|| format!("unknown resource type {name}"))?;
        let keys = key_list(&resource.condition_keys)?;
        let colon = if keys.is_empty() { "" } else { ":" };
        Ok(format!("{at}{}{colon}{keys}", if resource.required { "!" } else { "" }))
    };

    for (name, key_type) in &keys {
        let (base, multivalued) = match key_type.strip_prefix("ArrayOf") {
            Some(base) => (base, true),
            None => (key_type.as_str(), false),
        };
        let letter =
            key_letter(base, multivalued).ok_or_else(|| format!("{name}: unknown type {key_type}"))?;
        _ = writeln!(text, "k{letter}{name}");
    }
    for (name, resource_type) in &types {
        _ = writeln!(text, "t{name}\t{}\t{}", resource_type.arn, key_list(&resource_type.condition_keys)?);
    }
    for (name, action) in folded(&service.actions)? {
        let resources: Result<Vec<String>, String> = action.resources.iter().map(resource).collect();
        _ = writeln!(text, "a{name}\t{}\t{}", key_list(&action.condition_keys)?, resources?.join(";"));
    }
    Ok(())
}

fn key_letter(name: &str, multivalued: bool) -> Option<char> {
    let letter = match name {
        "String" => 's',
        "ARN" => 'a',
        "Bool" => 'b',
        "Numeric" => 'n',
        "Date" => 'd',
        "IPAddress" => 'i',
        _ => return None,
    };
    Some(if multivalued { letter.to_ascii_uppercase() } else { letter })
}
