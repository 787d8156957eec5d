//! Tests of resource tags on actions that know no tags.

use iam_json::quoted;

use super::{Run, service_of};
use crate::code;
use crate::glob::like;
use crate::view::{Cond, Statement};

impl Run<'_, '_> {
    pub(super) fn tags(&mut self, statement: &Statement<'_>) {
        let Some(actions) = &statement.actions else { return };
        // Only a test that fails without the tag makes the statement do nothing for such actions.
        let tested = |cond: &&Cond<'_>| {
            cond.is_one_of(&["aws:ResourceTag/"]) && cond.test.is_some() && !cond.holds_without_key()
        };
        let Some(cond) = statement.conditions.iter().find(tested) else { return };
        if actions.is_not {
            let code = if statement.denies() {
                code::DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
            } else {
                code::ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
            };
            let found = format!("NotAction with {}", quoted(&cond.key.text));
            self.at(code, &cond.key, found, "list the actions under Action");
            return;
        }
        let Some(facts) = &self.facts else { return };
        let code = if statement.denies() {
            code::DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
        } else {
            code::ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
        };
        let tag = cond.key.text.split_once('/').map_or("", |(_, tag)| tag);
        let in_request = format!("aws:RequestTag/{tag}");
        let in_vain = if statement.denies() {
            "move it into a statement without the tag"
        } else {
            "by AWS's tables requests for it never have the tag, so it is not allowed: name the resources that are meant instead"
        };
        let mut without = Vec::new();
        for text in &actions.texts {
            let Some((service, name)) =
                service_of(&text.text).zip(text.text.split_once(':').map(|(_, name)| name))
            else {
                continue;
            };
            let mut matched =
                facts.sections.actions(&service).filter(|action| like(name, action.name())).peekable();
            let exists = matched.peek().is_some();
            let knows =
                matched.any(|action| action.condition_keys().iter().any(|key| key.matches(&cond.key.text)));
            // What is made has no tags yet: the request brings them.
            let brought: Vec<bool> = facts
                .sections
                .actions(&service)
                .filter(|action| like(name, action.name()))
                .map(|action| action.condition_keys().iter().any(|key| key.matches(&in_request)))
                .collect();
            // The guide gives the tag of the resource to requests that make it with the tag, too.
            let is_allowed = !statement.denies() && brought.contains(&true);
            let brings = !brought.contains(&false);
            if exists && !knows && !is_allowed {
                without.push((text, brings));
            }
        }
        for (text, brings) in without {
            let help = if brings {
                format!(
                    "move it into a statement that tests {in_request} in place of the tag of the resource"
                )
            } else {
                in_vain.to_owned()
            };
            let found = format!("{} with {}", quoted(&text.text), quoted(&cond.key.text));
            self.at(code, text, found, help);
        }
    }
}
