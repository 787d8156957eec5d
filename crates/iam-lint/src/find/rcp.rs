//! Resource control policies: tests that services, or one's own principals, fail.

use iam_json::quoted;
use iam_policy::PolicyKind;

use super::Run;
use crate::code;
use crate::data::{OF_PRINCIPALS, SOURCES};
use crate::view::{Cond, Statement};

const IS_SERVICE: &str = "aws:PrincipalIsAWSService";

impl Run<'_, '_> {
    pub(super) fn rcp(&mut self, statement: &Statement<'_>) {
        if self.kind() != PolicyKind::Rcp || !statement.denies() {
            return;
        }
        let says =
            |word: &str| statement.conditions.iter().any(|cond| cond.is(IS_SERVICE) && cond.is_word(word));
        let own = |names: &[&str]| true_without(statement, names).cloned();
        // A statement with a test of the source that fails without one is about calls of services. To leave these out would empty it.
        let is_of_services = statement.conditions.iter().any(|cond| {
            let wants_none = cond.operator() == Some(iam_policy::Operator::Null) && cond.is_word("true");
            cond.is_one_of(&SOURCES) && !wants_none && !cond.holds_without_key()
        });
        let is_open = !says("false")
            && !says("true")
            && !is_of_services
            && !statement.conditions.iter().any(is_of_others);
        let is_both = is_of_all(statement);
        let help = |word: &str| {
            if is_both {
                "test the keys of principals and those of the source in two statements, with \"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"} beside the first and \"true\" beside the others".to_owned()
            } else {
                format!("add \"BoolIfExists\": {{\"aws:PrincipalIsAWSService\": \"{word}\"}}")
            }
        };
        if let Some(cond) = own(&OF_PRINCIPALS).filter(|_| is_open) {
            self.at(
                code::RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY,
                &cond.key,
                format!(
                    "{}: AWS services do not have this key, so this Deny also stops them",
                    quoted(&cond.key.text)
                ),
                help("false"),
            );
        }
        let Some(cond) = own(&SOURCES) else { return };
        // A test that asks for a source, or for the name of a service, is false of users and roles.
        let leaves_users_out = statement.conditions.iter().any(|cond| {
            cond.is_one_of(&OF_SERVICE_CALLS) && cond.test.is_some() && !cond.holds_without_key()
        });
        if !says("true") && !says("false") && !leaves_users_out {
            self.at(
                code::RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY,
                &cond.key,
                format!(
                    "{}: users and roles do not have this key, so this Deny also stops them",
                    quoted(&cond.key.text)
                ),
                help("true"),
            );
        }
        let asks = statement.conditions.iter().any(|own| {
            own.operator() == Some(iam_policy::Operator::Null)
                && own.is_one_of(&["aws:SourceAccount", "aws:SourceArn"])
                && own.is_word("false")
        });
        if !asks {
            let help = match asked_for_org(statement) {
                Some(own) => format!(
                    "write \"Null\": {{\"aws:SourceAccount\": \"false\"}} in place of the Null test of {own}, which leaves out the calls for accounts in no organization"
                ),
                None => "add \"Null\": {\"aws:SourceAccount\": \"false\"}, or services that call without a source are denied"
                    .to_owned(),
            };
            self.at(
                code::RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK,
                &cond.key,
                quoted(&cond.key.text),
                help,
            );
        }
    }
}

/// Keys that only calls of services have.
const OF_SERVICE_CALLS: [&str; 6] = [
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];

/// Whether a test is false of calls of services: it asks for a property of users and roles, or for the absence of the name of a service.
fn is_of_others(cond: &Cond<'_>) -> bool {
    let is_null = cond.operator() == Some(iam_policy::Operator::Null);
    (cond.is_one_of(&OF_PRINCIPALS) && cond.test.is_some() && !cond.holds_without_key())
        || (cond.is_one_of(&["aws:PrincipalServiceName", "aws:PrincipalServiceNamesList"])
            && is_null
            && cond.is_word("true"))
}

/// The key of the source's organization, if a test asks for it alone: accounts in no organization do not have it.
pub(crate) fn asked_for_org<'s>(statement: &'s Statement<'_>) -> Option<&'s str> {
    let keys = ["aws:SourceOrgID", "aws:SourceOrgPaths"];
    let mut asked = statement.conditions.iter().filter(|own| {
        own.operator() == Some(iam_policy::Operator::Null) && own.is_one_of(&keys) && own.is_word("false")
    });
    asked.next().map(|own| &*own.key.text)
}

/// A test of one of these keys that is true without the key, and so denies those who have none.
fn true_without<'s, 'd>(statement: &'s Statement<'d>, names: &[&str]) -> Option<&'s Cond<'d>> {
    let mut tests = statement.conditions.iter().filter(|cond| cond.is_one_of(names));
    tests.find(|cond| cond.operator() != Some(iam_policy::Operator::Null) && cond.holds_without_key())
}

/// Whether a statement is about services and about others at once.
pub(crate) fn is_of_all(statement: &Statement<'_>) -> bool {
    true_without(statement, &OF_PRINCIPALS).is_some() && true_without(statement, &SOURCES).is_some()
}
