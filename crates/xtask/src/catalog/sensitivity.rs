//! The two lists of sensitive actions.

use std::collections::{BTreeMap, BTreeSet};

/// The letters of the classes, by action name in lower case.
#[derive(Default)]
pub(super) struct Classes(BTreeMap<String, BTreeSet<char>>);

/// Actions of the class list that AWS has withdrawn.
const WITHDRAWN: [&str; 4] = [
    "deeplens:AssociateServiceRoleToAccount",
    "sso:DeletePermissionsPolicy",
    "sso:UpdateDirectoryAssociation",
    "workmail:ResetUserPassword",
];

impl Classes {
    fn add(&mut self, action: &str, letter: char) -> Result<(), String> {
        if self.0.entry(action.to_ascii_lowercase()).or_default().insert(letter) {
            Ok(())
        } else {
            Err(format!("{action} stands twice in a class of sensitive actions"))
        }
    }

    /// The letters of an action's classes, in a fixed order.
    pub(super) fn letters(&self, action: &str) -> String {
        let classes = self.0.get(&action.to_ascii_lowercase());
        "cdexkar".chars().filter(|letter| classes.is_some_and(|set| set.contains(letter))).collect()
    }

    /// Every listed action.
    pub(super) fn actions(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
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
            if !WITHDRAWN.contains(&action) {
                classes.add(action, letter)?;
            }
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

/// Reads our own list: `# -- heading`, then `action # reason`.
pub(super) fn read_supplement(text: &str, classes: &mut Classes) -> Result<(), String> {
    let mut letter = None;
    for (number, line) in text.lines().enumerate() {
        if let Some(heading) = line.strip_prefix("# -- ") {
            letter = Some(match heading {
                "hand out credentials / keys / tokens" => 'k',
                "labelled Read/List but act, run code or cost money" => 'a',
                "return customer data" => 'r',
                _ => return Err(format!("supplement.txt:{}: unknown heading", number + 1)),
            });
            continue;
        }
        let action = line.split('#').next().unwrap_or_default().trim_end_matches(' ');
        if !action.is_empty() {
            classes.add(action, letter.ok_or("supplement.txt: an action before the first heading")?)?;
        }
    }
    Ok(())
}
