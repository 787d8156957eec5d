//! The two lists of sensitive actions.

use std::collections::{BTreeMap, BTreeSet};

use super::classes::Class;
use super::source::Catalogue;

/// The letters of the classes, by action name in lower case, and what the lists say of each action.
#[derive(Default)]
pub(super) struct Classes {
    letters: BTreeMap<String, BTreeSet<char>>,
    reasons: Vec<Listed>,
}

/// An entry of a list that has a counterpart among the classes of `data/classes.tsv`.
struct Listed {
    action: String,
    class: Class,
    reason: String,
    source: &'static str,
}

const PRIMEHARBOR: &str = "primeharbor/sensitive_iam_actions 26785799a2d0";
const SUPPLEMENT: &str = "supplement.txt";

impl Classes {
    fn add(&mut self, action: &str, letter: char) -> Result<(), String> {
        if self.letters.entry(action.to_ascii_lowercase()).or_default().insert(letter) {
            Ok(())
        } else {
            Err(format!("{action} stands twice in a class of sensitive actions"))
        }
    }

    /// The letters of an action's classes, in a fixed order.
    pub(super) fn letters(&self, action: &str) -> String {
        let classes = self.letters.get(&action.to_ascii_lowercase());
        "cdexkar".chars().filter(|letter| classes.is_some_and(|set| set.contains(letter))).collect()
    }

    /// Every listed action.
    pub(super) fn actions(&self) -> impl Iterator<Item = &str> {
        self.letters.keys().map(String::as_str)
    }

    /// The class, the reason and the source of each entry, for the actions that exist.
    pub(super) fn reasons(&self, catalogue: &Catalogue) -> Vec<(String, Class, String, &'static str)> {
        let known: BTreeMap<String, String> = catalogue
            .services
            .iter()
            .flat_map(|(prefix, service)| service.actions.keys().map(move |name| format!("{prefix}:{name}")))
            .map(|action| (action.to_ascii_lowercase(), action))
            .collect();
        let of = |listed: &Listed| {
            let action = known.get(&listed.action.to_ascii_lowercase())?;
            Some((action.clone(), listed.class, listed.reason.clone(), listed.source))
        };
        self.reasons.iter().filter_map(of).collect()
    }
}

/// Reads the class list: the subset of YAML that it uses (`Class:`, `  Actions:`, `  - action`).
pub(super) fn read_classes(text: &str, classes: &mut Classes) -> Result<(), String> {
    let mut letter = None;
    for (number, line) in text.lines().enumerate() {
        if line.is_empty() || line == "  Actions:" {
            continue;
        }
        if let Some(action) = line.strip_prefix("  - ") {
            let letter = letter.ok_or("primeharbor-actions.yaml: an action outside a class")?;
            classes.add(action, letter)?;
            let class = match letter {
                'c' => (Class::Credentials, "listed as CredentialExposure"),
                'd' => (Class::StoredData, "listed as DataAccess"),
                _ => continue,
            };
            classes.reasons.push(Listed {
                action: action.to_owned(),
                class: class.0,
                reason: class.1.to_owned(),
                source: PRIMEHARBOR,
            });
            continue;
        }
        letter = Some(match line {
            "CredentialExposure:" => 'c',
            "DataAccess:" => 'd',
            "PrivEsc:" => 'e',
            "ResourceExposure:" => 'x',
            _ => return Err(format!("primeharbor-actions.yaml:{}: unexpected line", number + 1)),
        });
    }
    Ok(())
}

/// Reads our own list: `# -- heading`, then `action # reason`. An action without a reason has the heading as its reason.
pub(super) fn read_supplement(text: &str, classes: &mut Classes) -> Result<(), String> {
    let mut under = None;
    for (number, line) in text.lines().enumerate() {
        if let Some(heading) = line.strip_prefix("# -- ") {
            let (letter, class) = match heading {
                "hand out credentials / keys / tokens" => ('k', Class::Credentials),
                "return text that often contains secrets" => ('k', Class::SecretText),
                "labelled Read/List but act, run code or cost money" => ('a', Class::Acts),
                "return customer data" => ('r', Class::StoredData),
                _ => return Err(format!("supplement.txt:{}: unknown heading", number + 1)),
            };
            under = Some((letter, class, heading));
            continue;
        }
        let (action, reason) = line.split_once('#').unwrap_or((line, ""));
        let (action, reason) = (action.trim_end_matches(' '), reason.trim_matches(' '));
        if !action.is_empty() {
            let (letter, class, heading) =
                under.ok_or("supplement.txt: an action before the first heading")?;
            classes.add(action, letter)?;
            let reason = if reason.is_empty() {
                format!("listed among those that {heading}")
            } else {
                reason.to_owned()
            };
            classes.reasons.push(Listed { action: action.to_owned(), class, reason, source: SUPPLEMENT });
        }
    }
    Ok(())
}
