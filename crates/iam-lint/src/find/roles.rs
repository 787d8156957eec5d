//! Roles that may be passed to services, and service-linked roles that may be created.

use iam_json::{Code, quoted};
use iam_policy::PolicyKind;

use super::Run;
use super::limits::{ANY_SERVICE, leaves_all};
use crate::code;
use crate::glob::{Glob, is_fixed, like};
use crate::view::{Cond, List, Statement, Text};

/// An action that is risky on many roles.
struct Risk {
    action: &'static str,
    /// The key that limits it to a service.
    limit: &'static str,
    /// By the form of the actions (named, by wildcard, by NotAction) and of the resources (by wildcard, by NotResource).
    codes: [[Code; 2]; 3],
    help: &'static str,
    /// All roles that it is about, behind the partition of an ARN.
    roles: &'static str,
}

const PASS: Risk = Risk {
    action: "iam:PassRole",
    limit: "iam:PassedToService",
    codes: [
        [code::PASS_ROLE_WITH_STAR_IN_RESOURCE, code::PASS_ROLE_WITH_NOT_RESOURCE],
        [
            code::PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE,
            code::PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE,
        ],
        [
            code::PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION,
            code::PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE,
        ],
    ],
    help: "name the roles that may be passed, or test iam:PassedToService",
    roles: "iam::*:role/*",
};

const CREATE: Risk = Risk {
    action: "iam:CreateServiceLinkedRole",
    limit: "iam:AWSServiceName",
    codes: [
        [code::CREATE_SLR_WITH_STAR_IN_RESOURCE, code::CREATE_SLR_WITH_NOT_RESOURCE],
        [
            code::CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE,
            code::CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE,
        ],
        [
            code::CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION,
            code::CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE,
        ],
    ],
    help: "name the service in the ARN, or test iam:AWSServiceName",
    roles: "iam::*:role/aws-service-role/*",
};

impl Run<'_, '_> {
    pub(super) fn grants_of_roles(&mut self, statement: &Statement<'_>) {
        // A boundary and a control policy grant nothing.
        if !statement.allows() || !self.is_of_identities() || self.kind() == PolicyKind::Boundary {
            return;
        }
        let (Some(actions), Some(resources)) = (&statement.actions, &statement.resources) else { return };
        for risk in [&PASS, &CREATE] {
            let Some((form, action)) = form_of_actions(actions, risk.action) else { continue };
            let is_limited = statement
                .conditions
                .iter()
                .any(|cond| cond.is(risk.limit) && statement.limits(cond, &ANY_SERVICE));
            let is_nothing = resources.is_not && resources.texts.iter().any(|text| text.text == "*");
            let is_open = |text: &&Text<'_>| {
                (resources.is_not || is_open(&text.text, risk)) && !self.is_denied(risk, text, resources)
            };
            let Some(resource) = resources.texts.iter().find(is_open) else { continue };
            if (is_limited && !resources.is_not) || is_nothing {
                continue;
            }
            let codes = risk.codes.get(form).copied().unwrap_or(risk.codes[0]);
            let [by_wildcard, by_not] = codes;
            let grants = |on: String| match form {
                2 => format!("NotAction does not exclude {}: it is allowed on {on}", risk.action),
                _ => format!("{} on {on}", quoted(&action.text)),
            };
            let found = grants(quoted(&resource.text));
            if resources.is_not {
                let found = grants(format!("everything but {}", quoted(&resource.text)));
                if form == 1 {
                    self.at(by_not, action, found, risk.help);
                } else {
                    self.on(by_not, resources.value, found, risk.help);
                }
            } else if form == 1 {
                self.at(by_wildcard, action, found, risk.help);
            } else {
                self.at(by_wildcard, resource, found, risk.help);
            }
        }
    }

    /// Whether a Deny of the document is about the action on all that one resource of an Allow is about: without conditions, or for all services
    /// but some. What is passed on all roles but some has to be listed all the same.
    fn is_denied(&self, risk: &Risk, resource: &Text<'_>, resources: &List<'_>) -> bool {
        let allowed = Glob::of(&resource.text);
        let roles = format!("arn:{}:{}", partition(&resource.text), risk.roles);
        let is_of_other_services = |own: &Statement<'_>| {
            let is_limit =
                |cond: &Cond<'_>| cond.is(risk.limit) && cond.is_negated() && !leaves_all(cond, &ANY_SERVICE);
            own.conditions.is_empty() || (!resources.is_not && own.conditions.iter().all(is_limit))
        };
        self.doc.statements.iter().filter(|own| own.denies() && is_of_other_services(own)).any(|own| {
            let Some(actions) = own.actions.as_ref() else { return false };
            actions.texts.iter().any(|text| like(&text.text, risk.action)) != actions.is_not
                && own.resource_texts().iter().any(|text| {
                    let denied = Glob::of(&text.text);
                    denied.includes(&Glob::of(&roles)) || (!resources.is_not && denied.includes(&allowed))
                })
        })
    }
}

/// How the actions include one: by its name (0), by a wildcard (1), or because NotAction leaves it in (2); with the pattern that says so.
fn form_of_actions<'l, 'd>(actions: &'l List<'d>, action: &str) -> Option<(usize, &'l Text<'d>)> {
    let matching = actions.texts.iter().find(|text| like(&text.text, action));
    if actions.is_not {
        return if matching.is_some() { None } else { actions.texts.first().map(|text| (2, text)) };
    }
    let by_name = actions.texts.iter().find(|text| text.text.eq_ignore_ascii_case(action));
    by_name.map(|text| (0, text)).or(matching.map(|text| (1, text)))
}

/// Whether a resource pattern stands for many roles.
fn is_open(text: &str, risk: &Risk) -> bool {
    let glob = Glob::of(text);
    if risk.action == PASS.action {
        return is_open_for_roles(text, &glob);
    }
    let partition = partition(text);
    let role = |service: &str| {
        format!(
            "arn:{partition}:iam::111122223333:role/aws-service-role/{service}.amazonaws.com/AWSServiceRoleFor{service}"
        )
    };
    glob.matches(&role("qz1")) && glob.matches(&role("xj2"))
}

/// The partition that a pattern of ARNs names; `aws` if it names none.
fn partition(text: &str) -> &str {
    let named = text.strip_prefix("arn:").and_then(|rest| rest.split(':').next());
    named.filter(|own| !own.is_empty() && is_fixed(own)).unwrap_or("aws")
}

/// Whether a pattern stands for many roles that do not have the name of a service.
fn is_open_for_roles(text: &str, glob: &Glob<'_>) -> bool {
    if glob.matches(&format!("arn:{}:iam::111122223333:role/qz1", partition(text))) {
        return true;
    }
    // Roles that begin alike are many, unless the beginning says for which service they are.
    let Some((_, name)) = text.split_once(":role/") else { return false };
    let fixed = name.split(['*', '?', '$']).next().unwrap_or_default();
    if fixed.len() == name.len() || name.contains("${") || !text.starts_with("arn:") {
        return false;
    }
    let last = fixed.rsplit('/').next().unwrap_or_default();
    last.is_empty() && !fixed.contains("service-role/") && !fixed.contains("aws-reserved/") && fixed.len() < 4
}
