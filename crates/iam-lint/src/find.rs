//! The rules: each looks at one subject of every statement.

pub(crate) mod actions;
pub(crate) mod addresses;
pub(crate) mod arns;
pub(crate) mod facts;
pub(crate) mod guess;
pub(crate) mod keys;
pub(crate) mod limits;
mod principals;
pub(crate) mod rcp;
mod redundant;
mod roles;
mod service;
mod sizes;
mod tags;
pub(crate) mod trust;
pub(crate) mod types;
mod values;
mod variables;
pub(crate) mod wildcards;

use iam_json::{Code, Mode, Place, Problem, Span, Value};
use iam_policy::PolicyKind;

use self::facts::Facts;
use crate::Settings;
use crate::view::{Doc, Text};

/// A walk over one document.
pub(crate) struct Run<'a, 'd> {
    pub(crate) doc: &'a Doc<'d>,
    pub(crate) settings: &'a Settings<'a>,
    /// The catalogue. `None` if there is none.
    pub(crate) facts: Option<Facts<'a>>,
    found: Vec<Problem>,
}

/// Every finding of the rules.
pub(crate) fn all(doc: &Doc<'_>, settings: &Settings<'_>) -> Vec<Problem> {
    let facts = settings.sections.map(Facts::new);
    let mut run = Run { doc, settings, facts, found: Vec::new() };
    run.sizes();
    run.redundant_statements();
    run.roles_anywhere();
    for statement in &doc.statements {
        run.actions(statement);
        run.resources(statement);
        run.redundant_values(statement);
        run.principals(statement);
        run.trust(statement);
        run.grants_of_roles(statement);
        run.of_one_service(statement);
        run.variables(statement);
        run.tags(statement);
        run.rcp(statement);
        for cond in &statement.conditions {
            run.key(statement, cond);
            run.types(statement, cond);
            run.values(cond);
            run.addresses(cond);
            run.wildcards(statement, cond);
        }
    }
    run.found
}

impl Run<'_, '_> {
    pub(crate) fn kind(&self) -> PolicyKind {
        self.settings.kind
    }

    /// Whether the policy is attached to principals, and grants to them or bounds what they may do.
    pub(crate) fn is_of_identities(&self) -> bool {
        match self.kind() {
            PolicyKind::Identity
            | PolicyKind::Managed
            | PolicyKind::AwsManaged
            | PolicyKind::Boundary
            | PolicyKind::Session => true,
            PolicyKind::Resource
            | PolicyKind::Trust
            | PolicyKind::Kms
            | PolicyKind::Scp
            | PolicyKind::Rcp
            | PolicyKind::VpcEndpoint => false,
        }
    }

    /// Whether the policy belongs to one resource other than a role.
    pub(crate) fn is_of_resource(&self) -> bool {
        matches!(self.kind(), PolicyKind::Resource | PolicyKind::Kms)
    }

    /// Reports a finding on a text.
    pub(crate) fn at(&mut self, code: Code, text: &Text<'_>, found: String, help: impl Into<String>) {
        self.report(code, text.value, text.value.span(), found, help.into());
    }

    /// Reports a finding on a value.
    pub(crate) fn on(&mut self, code: Code, value: Value<'_>, found: String, help: impl Into<String>) {
        self.report(code, value, value.span(), found, help.into());
    }

    /// Reports a finding on a whole value at its first character.
    pub(crate) fn opening(&mut self, code: Code, value: Value<'_>, found: String, help: impl Into<String>) {
        self.report(code, value, crate::view::opening(value), found, help.into());
    }

    fn report(&mut self, code: Code, value: Value<'_>, span: Span, found: String, help: String) {
        let document = value.document();
        let place = Place::new(value.pointer_at(span.start), span);
        self.found.push(Problem::new(Mode::Strict, code, place, found, help, document.lines()));
    }
}

/// The prefix of an action, in lower case, unless it has wildcards.
pub(crate) fn service_of(action: &str) -> Option<String> {
    let (prefix, _) = action.split_once(':')?;
    (!prefix.contains(['*', '?']) && !prefix.is_empty()).then(|| prefix.to_ascii_lowercase())
}
