//! Principals: variables, services, everyone.

use iam_json::quoted;
use iam_policy::PolicyKind;

use super::{Run, values::may_be_service};
use crate::code;
use crate::data::{OF_PRINCIPALS, OLD_SOURCES, SOURCES};
use crate::glob::is_fixed;
use crate::view::{Cond, Statement, Text};

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
        if !statement.allows() || !self.is_of_resource() || statement.tests(&SOURCES) {
            return;
        }
        let old = statement.conditions.iter().find(|cond| cond.is_one_of(&OLD_SOURCES));
        let help = "test aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths";
        if let Some(cond) = old {
            let found = format!("{} with {}", quoted(&cond.key.text), quoted(&service.text));
            self.at(code::RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL, &cond.key, found, help);
        } else {
            let found = format!("{}: the service is let in on behalf of any account", quoted(&service.text));
            self.at(code::RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL, service, found, help);
        }
    }
}

/// Whether the statement names a resource by its ARN, as policies of VPC endpoints seldom do.
fn names_resource(statement: &Statement<'_>) -> bool {
    statement
        .resource_texts()
        .iter()
        .any(|text| text.text.starts_with("arn:") || text.text.starts_with("execute-api:/"))
}
