//! The two lists of sensitive actions that were made by hand.

use std::collections::{BTreeMap, BTreeSet};

use super::classes::Class;
use super::source::Catalogue;

/// What the lists say of each action.
#[derive(Default)]
pub(crate) struct Lists {
    entries: Vec<Listed>,
    /// The classes of each list, by action name in lower case.
    seen: BTreeSet<(String, &'static str)>,
}

/// An entry of a list.
struct Listed {
    action: String,
    class: Class,
    reason: String,
    source: &'static str,
}

const PRIMEHARBOR: &str = "primeharbor/sensitive_iam_actions 26785799a2d0";
const SUPPLEMENT: &str = "supplement.txt";

/// The actions of a catalogue by their names in lower case.
fn by_folded(catalogue: &Catalogue) -> BTreeMap<String, String> {
    let services = catalogue.services.iter();
    let actions = services
        .flat_map(|(prefix, service)| service.actions.keys().map(move |name| format!("{prefix}:{name}")));
    actions.map(|action| (action.to_ascii_lowercase(), action)).collect()
}

impl Lists {
    fn add(&mut self, heading: &'static str, listed: Listed) -> Result<(), String> {
        if !self.seen.insert((listed.action.to_ascii_lowercase(), heading)) {
            return Err(format!("{} stands twice in a class of sensitive actions", listed.action));
        }
        self.entries.push(listed);
        Ok(())
    }

    /// Refuses a listed action that does not exist and is not among the withdrawn ones, whose names are given in lower case.
    pub(super) fn exist(&self, catalogue: &Catalogue, withdrawn: &BTreeSet<String>) -> Result<(), String> {
        let known = by_folded(catalogue);
        let names: BTreeSet<&str> = self.seen.iter().map(|(action, _)| action.as_str()).collect();
        let missing: Vec<&str> = names
            .into_iter()
            .filter(|action| !known.contains_key(*action) && !withdrawn.contains(*action))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("sensitive actions that do not exist: {missing:?}"))
        }
    }

    /// The class, the reason and the source of each entry, for the actions that exist.
    pub(super) fn reasons(&self, catalogue: &Catalogue) -> Vec<(String, Class, String, &'static str)> {
        let known = by_folded(catalogue);
        let of = |listed: &Listed| {
            let action = known.get(&listed.action.to_ascii_lowercase())?;
            Some((action.clone(), listed.class, listed.reason.clone(), listed.source))
        };
        self.entries.iter().filter_map(of).collect()
    }
}

/// Reads the class list: the subset of YAML that it uses (`Class:`, `  Actions:`, `  - action`).
pub(super) fn read_classes(text: &str, lists: &mut Lists) -> Result<(), String> {
    let mut under: Option<(Class, &'static str)> = None;
    for (number, line) in text.lines().enumerate() {
        if line.is_empty() || line == "  Actions:" {
            continue;
        }
        if let Some(action) = line.strip_prefix("  - ") {
            let (class, heading) = under.ok_or("primeharbor-actions.yaml: an action outside a class")?;
            let reason = format!("listed as {heading}");
            let listed = Listed { action: action.to_owned(), class, reason, source: PRIMEHARBOR };
            lists.add(heading, listed)?;
            continue;
        }
        under = Some(match line {
            "CredentialExposure:" => (Class::Credentials, "CredentialExposure"),
            "DataAccess:" => (Class::StoredData, "DataAccess"),
            "PrivEsc:" => (Class::PrivilegeEscalation, "PrivEsc"),
            "ResourceExposure:" => (Class::ResourceExposure, "ResourceExposure"),
            _ => return Err(format!("primeharbor-actions.yaml:{}: unexpected line", number + 1)),
        });
    }
    Ok(())
}

/// Reads our own list: `# -- heading`, then `action # reason`. An action without a reason has the heading as its reason.
pub(super) fn read_supplement(text: &str, lists: &mut Lists) -> Result<(), String> {
    let headings = [
        ("hand out credentials / keys / tokens", Class::Credentials),
        ("return text that often contains secrets", Class::SecretText),
        ("labelled Read/List but act, run code or cost money", Class::Acts),
        ("return customer data", Class::StoredData),
    ];
    let mut under = None;
    for (number, line) in text.lines().enumerate() {
        if let Some(heading) = line.strip_prefix("# -- ") {
            let known = headings.into_iter().find(|(known, _)| *known == heading);
            under = Some(known.ok_or_else(|| format!("supplement.txt:{}: unknown heading", number + 1))?);
            continue;
        }
        let (action, reason) = line.split_once('#').unwrap_or((line, ""));
        let (action, reason) = (action.trim_end_matches(' '), reason.trim_matches(' '));
        if !action.is_empty() {
            let (heading, class) = under.ok_or("supplement.txt: an action before the first heading")?;
            let reason = if reason.is_empty() {
                format!("listed among those that {heading}")
            } else {
                reason.to_owned()
            };
            lists.add(heading, Listed { action: action.to_owned(), class, reason, source: SUPPLEMENT })?;
        }
    }
    Ok(())
}
