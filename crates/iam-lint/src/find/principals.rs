//! Principals: variables, services, everyone.

use iam_json::quoted;
use iam_policy::PolicyKind;

use super::arns::Fields;
use super::limits::{ANY_ACCOUNT, ANY_ORG, ANY_PATH, is_of_any_account, leaves_all};
use super::{Run, values::may_be_service};
use crate::code;
use crate::data::{OF_PRINCIPALS, OLD_SOURCES, SOURCES};
use crate::glob::is_fixed;
use crate::view::{Cond, Principal, Statement, Text};

impl Run<'_, '_> {
    pub(super) fn principals(&mut self, statement: &Statement<'_>) {
        let Some(principals) = &statement.principals else { return };
        for entry in &principals.entries {
            if entry.name.text.contains("${") {
                let help = "variables are replaced in resources and condition values only";
                self.at(code::VARIABLE_UNSUPPORTED_IN_ELEMENT, &entry.name, quoted(&entry.name.text), help);
            }
        }
        if principals.is_not {
            return;
        }
        for entry in principals.entries.iter().filter(|entry| entry.kind == "Service") {
            let name = &*entry.name.text;
            if is_fixed(name) && !may_be_service(name, false) {
                let help = "write the name of the service principal, such as lambda.amazonaws.com";
                self.at(code::INVALID_SERVICE_PRINCIPAL_FORMAT, &entry.name, quoted(name), help);
            }
        }
        self.services_that_call(statement);
        let everyone = principals.is_everyone.then_some(principals.value).or_else(|| {
            let mut all =
                principals.entries.iter().filter(|entry| entry.kind == "AWS" && entry.name.text == "*");
            all.next().map(|entry| entry.name.value)
        });
        if let Some(value) = everyone
            && statement.allows()
            && statement.conditions.is_empty()
            && self.is_of_resource()
            && (!self.settings.is_guessed || names_resource(statement))
        {
            let help =
                "name the principals, or test aws:PrincipalOrgID, aws:PrincipalAccount or aws:SourceArn";
            self.on(
                code::RESOURCE_POLICY_ADMITS_EVERYONE,
                value,
                "the statement names everyone, without a condition".to_owned(),
                help,
            );
        }
        // What makes services call is told by its ARN. AWS counts one of any account as public.
        if let Some(value) = everyone
            && statement.allows()
            && self.is_of_resource()
            && (!self.settings.is_guessed || names_resource(statement))
            && let Some(first) = statement.conditions.first()
            && statement.conditions.iter().all(|cond| is_of_any_source(statement, cond))
            && !self.are_others_denied(statement, "")
        {
            let found = format!(
                "the statement names everyone, and {} leaves the account open: resources of all accounts can make services call",
                quoted(&first.key.text)
            );
            let help = "write your account into aws:SourceArn, or test aws:SourceAccount too";
            self.on(code::RESOURCE_POLICY_ADMITS_EVERYONE, value, found, help);
        }
    }

    fn services_that_call(&mut self, statement: &Statement<'_>) {
        // What is none is said elsewhere.
        let is_service = |own: &&Text<'_>| is_fixed(&own.text) && may_be_service(&own.text, false);
        let Some(service) = statement.service_principals().find(is_service) else { return };
        let only_services = statement.principal_entries().iter().all(|entry| entry.kind == "Service");
        if only_services && self.kind() != PolicyKind::Rcp {
            // IAM Roles Anywhere sends what a certificate says as tags of the session.
            let has_tags = service.text == "rolesanywhere.amazonaws.com";
            let tested = |cond: &&Cond<'_>| {
                cond.is_one_of(&OF_PRINCIPALS) && !(has_tags && cond.is_one_of(&["aws:PrincipalTag/"]))
            };
            for cond in statement.conditions.iter().filter(tested) {
                let found = format!("{} with {}", quoted(&cond.key.text), quoted(&service.text));
                let help = "test aws:SourceArn, aws:SourceAccount or aws:SourceOrgID";
                self.at(code::UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL, &cond.key, found, help);
            }
        }
        if !statement.allows()
            || !self.is_of_resource()
            || statement.conditions.iter().any(|cond| is_of_known_owner(statement, cond))
            || self.are_others_denied(statement, &service.text)
        {
            return;
        }
        let old = statement.conditions.iter().find(|cond| cond.is_one_of(&OLD_SOURCES));
        let tested = statement.conditions.iter().find(|cond| cond.is_one_of(&SOURCES));
        let help = match tested {
            Some(cond) => format!(
                "the test of {} leaves other accounts in: write yours into aws:SourceArn or aws:SourceAccount, with ArnLike or StringEquals",
                cond.key.text
            ),
            None => "test aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths".to_owned(),
        };
        if let Some(cond) = old.filter(|_| tested.is_none()) {
            let found = format!("{} with {}", quoted(&cond.key.text), quoted(&service.text));
            self.at(code::RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL, &cond.key, found, help);
        } else {
            let found = format!("{}: the service is let in on behalf of any account", quoted(&service.text));
            self.at(code::RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL, service, found, help);
        }
    }
}

/// Whether a test says on behalf of whom a service calls: a key of the source that is limited, or the ARN of a known account in the encryption
/// context, which the service fills (AWS Key Management Service Developer Guide, `encrypt_context`).
fn is_of_known_owner(statement: &Statement<'_>, cond: &Cond<'_>) -> bool {
    if !statement.asks_for_values(cond) || cond.values.is_empty() {
        return false;
    }
    let names_owners = || !cond.is_like() || cond.values.iter().all(|value| !is_of_any_account(&value.text));
    if cond.is("aws:SourceArn") {
        return names_owners();
    }
    let made_up =
        [("aws:SourceAccount", ANY_ACCOUNT), ("aws:SourceOrgID", ANY_ORG), ("aws:SourceOrgPaths", ANY_PATH)];
    if let Some((_, made_up)) = made_up.iter().find(|(key, _)| cond.is(key)) {
        return !leaves_all(cond, made_up);
    }
    let is_context = cond.key.text.to_ascii_lowercase().starts_with("kms:encryptioncontext:");
    let has_account = |text: &str| {
        Fields::of(text).is_some_and(|fields| fields.account.contains("${") || is_account(fields.account))
    };
    is_context && cond.values.iter().all(|value| has_account(&value.text))
}

/// Whether a test asks for the source of a service's call, and leaves open whose resource it is.
fn is_of_any_source(statement: &Statement<'_>, cond: &Cond<'_>) -> bool {
    cond.is("aws:SourceArn")
        && statement.asks_for_values(cond)
        && cond.is_like()
        && cond.values.iter().any(|value| is_of_any_account(&value.text))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Run<'_, '_> {
    /// Whether a Deny keeps out the calls of a service on behalf of others than some.
    fn are_others_denied(&self, allow: &Statement<'_>, service: &str) -> bool {
        let is_limit = |cond: &Cond<'_>| {
            let is_open = match &*cond.key.text.to_ascii_lowercase() {
                "aws:sourcearn" => {
                    cond.is_like() && cond.values.iter().any(|own| is_of_any_account(&own.text))
                }
                _ => leaves_all(cond, &[]),
            };
            cond.is_one_of(&SOURCES) && cond.is_negated() && !is_open
        };
        // What else the Deny asks for is true of calls of services with a source.
        let is_of_services = |cond: &Cond<'_>| {
            let is_null = cond.operator() == Some(iam_policy::Operator::Null);
            (cond.is("aws:PrincipalIsAWSService") && cond.is_word("true"))
                || (cond.is_one_of(&SOURCES) && is_null && cond.is_word("false"))
        };
        let is_about = |own: &Statement<'_>| {
            let names = |entry: &Principal<'_>| {
                (entry.kind == "AWS" && entry.name.text == "*")
                    || (entry.kind == "Service" && entry.name.text == service)
            };
            own.principals
                .as_ref()
                .is_some_and(|all| !all.is_not && (all.is_everyone || all.entries.iter().any(names)))
        };
        self.doc.statements.iter().filter(|own| own.denies() && is_about(own)).any(|own| {
            own.conditions.iter().any(is_limit)
                && own.conditions.iter().all(|cond| is_limit(cond) || is_of_services(cond))
                && own.is_about_all_of(allow)
        })
    }
}

/// Whether the statement names a resource by its ARN, as policies of VPC endpoints seldom do.
fn names_resource(statement: &Statement<'_>) -> bool {
    statement
        .resource_texts()
        .iter()
        .any(|text| text.text.starts_with("arn:") || text.text.starts_with("execute-api:/"))
}
