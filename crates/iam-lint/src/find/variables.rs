//! Variables whose names are no condition keys, and those in the escaped forms of templates.

use iam_json::quoted;

use super::Run;
use crate::code;
use crate::view::{Statement, Text};

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
            let unknown = names(&text.text).find(|name| {
                let prefix = name.split(':').next().unwrap_or_default();
                let is_provider = prefix.contains('.') || prefix.eq_ignore_ascii_case("saml");
                !(is_provider && name.contains(':'))
                    && facts.key(name, &services).is_none()
                    && !facts.is_key_anywhere(name)
            });
            if let Some(name) = unknown {
                let help = "write the name of a condition key, such as aws:username";
                self.at(code::UNKNOWN_VARIABLE, text, quoted(name), help);
            }
        }
    }
}

/// The names of the variables of a text. Those of single characters are left out.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| {
        let inner = rest.split('}').next().filter(|inner| inner.len() < rest.len())?;
        let name = inner.split(',').next().unwrap_or_default();
        (!matches!(name, "*" | "?" | "$" | "")).then_some(name)
    })
}
