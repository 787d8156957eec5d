//! Statements: the elements they may have, and the elements that exclude each other (rules 1.9 to 1.13, 1.22 to 1.26).

use std::borrow::Cow;

use super::{Path, Reader, Reported, opening};
use crate::action::ActionElement;
use crate::arn::{ArnFields, IamResource};
use crate::code;
use crate::condition::Condition;
use crate::policy::{Effect, PolicyKind, Statement};
use crate::principal::{NamedPrincipal, PrincipalElement};
use crate::resource::ResourceElement;
use iam_json::quoted;
use iam_json::{Kind, Value};
use iam_json::{Span, Spanned};

impl Reader<'_> {
    pub(super) fn statements(&mut self, value: Value<'_>, path: &Path<'_>) -> Option<Vec<Statement>> {
        let read = match value.kind() {
            Kind::Object => self.statement(value, path).map(|s| vec![s]),
            Kind::Array => {
                let count = value.items().count();
                if count == 0 {
                    self.report(
                        code::EMPTY_ARRAY_STATEMENT,
                        path,
                        value.span(),
                        "an empty list",
                        "a policy has at least one statement",
                    );
                }
                if count > self.limits.statements {
                    let help = format!("at most {} are read", self.limits.statements);
                    self.report(
                        code::TOO_MANY_STATEMENTS,
                        path,
                        opening(value),
                        format!("{count} statements"),
                        help,
                    );
                    return None;
                }
                let read: Vec<_> =
                    value.items().enumerate().map(|(i, v)| self.statement(v, &path.item(i))).collect();
                read.into_iter().collect()
            }
            Kind::Null | Kind::True | Kind::False | Kind::Number | Kind::String => {
                self.report(
                    code::DATA_TYPE_MISMATCH,
                    path,
                    value.span(),
                    value.kind().name(),
                    "a statement or a list of statements",
                );
                None
            }
        };
        self.unique_sids(value, path);
        read
    }

    fn statement(&mut self, value: Value<'_>, path: &Path<'_>) -> Option<Statement> {
        if value.kind() != Kind::Object {
            self.report(
                code::DATA_TYPE_MISMATCH,
                path,
                value.span(),
                value.kind().name(),
                "a statement is an object",
            );
            return None;
        }
        let [sid, effect, principal, not_principal, action, not_action, resource, not_resource, condition] =
            self.members(value, path, Statement::ELEMENTS, "a statement");
        let sid = sid.map(|sid| self.sid(sid, path));
        let effect = self.effect(effect, value, path);
        let pair = |a: Option<Value<'_>>, b: Option<Value<'_>>| a.is_some() && b.is_some();
        for (both, names) in [
            (pair(principal, not_principal), "Principal and NotPrincipal"),
            (pair(action, not_action), "Action and NotAction"),
            (pair(resource, not_resource), "Resource and NotResource"),
        ] {
            if both {
                self.report(
                    code::UNSUPPORTED_ELEMENT_COMBINATION,
                    path,
                    opening(value),
                    names,
                    "keep one of the two",
                );
            }
        }
        let has_not_principal =
            self.kind.names_principals() && principal.is_none() && not_principal.is_some();
        let excepted = not_principal.map(Value::span);
        let principal = self.principal_element(principal, not_principal, value, path);
        let actions = action;
        let action = self.action_element(action, not_action, value, path);
        let resource = self.resource_element(resource, not_resource, value, path);
        let conditions = match condition {
            Some(condition) => {
                self.conditions(condition, &path.member("Condition"), effect.as_ref().map(|e| e.value))
            }
            None => Some(Vec::new()),
        };
        // Whether or not its principals can be read.
        if has_not_principal && effect.as_ref().is_some_and(|effect| effect.value == Effect::Allow) {
            let help = "list under Principal whom you mean; whom you want to keep out, a Deny statement names. This one lets in all others, also from outside the account and without credentials";
            let (path, span) = (path.member("NotPrincipal"), excepted.unwrap_or_else(|| opening(value)));
            self.report(
                code::ALLOW_WITH_NOT_PRINCIPAL,
                &path,
                span,
                "everyone but those who are named is let in",
                help,
            );
        }
        if let (Ok(Some(principal)), Some(action)) = (&principal, &action) {
            self.federated_actions(principal, action, value, path);
            self.gateway(principal, action, path);
        }
        self.trust_actions(action.as_ref(), actions, path);
        let full_access = is_full_access(action.as_ref(), resource.as_ref().ok(), conditions.as_deref());
        self.rcp(effect.as_ref(), action.as_ref(), actions, full_access, path);
        if let (Some(Effect::Allow), Ok(Some(principal)), Some(action), Some(conditions)) =
            (effect.as_ref().map(|e| e.value), &principal, &action, &conditions)
        {
            self.tenancy(principal, action, conditions, value, path);
            self.everyone(principal, conditions, value, path);
        }
        Some(Statement {
            place: Spanned::new((), value.span()),
            sid: match sid {
                Some(sid) => Some(sid?),
                None => None,
            },
            effect: effect?,
            principal: principal.ok()?,
            action: action?,
            resource: resource.ok()?,
            conditions: conditions?,
        })
    }

    fn sid(&mut self, value: Value<'_>, path: &Path<'_>) -> Option<Spanned<Box<str>>> {
        let path = path.member("Sid");
        let text = self.string(value, &path, "Sid is a string")?;
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric());
        if text.is_empty() {
            self.report(
                code::EMPTY_SID_VALUE,
                &path,
                value.span(),
                "an empty text",
                "leave it out, or say what the statement is for",
            );
        } else if !plain && self.has_iam_sids() {
            self.report(code::UNSUPPORTED_SID, &path, value.span(), quoted(&text), "use A-Z, a-z and 0-9");
        }
        Some(Spanned::new(text.into(), value.span()))
    }

    /// Whether IAM's rules for `Sid` apply. Services that store resource-based policies allow more characters (rule 1.9).
    const fn has_iam_sids(&self) -> bool {
        match self.kind {
            PolicyKind::Identity
            | PolicyKind::Managed
            | PolicyKind::AwsManaged
            | PolicyKind::Boundary
            | PolicyKind::Session
            | PolicyKind::Scp
            | PolicyKind::Rcp => true,
            PolicyKind::Resource | PolicyKind::Trust | PolicyKind::Kms | PolicyKind::VpcEndpoint => false,
        }
    }

    fn unique_sids(&mut self, statements: Value<'_>, path: &Path<'_>) {
        let mut sids: Vec<(Cow<'_, str>, usize, Span)> = statements
            .items()
            .enumerate()
            .filter_map(|(i, statement)| {
                let sid = statement.member("Sid")?;
                Some((sid.as_string().filter(|text| !text.is_empty())?, i, sid.span()))
            })
            .collect();
        sids.sort_unstable();
        let code =
            if self.has_iam_sids() { code::UNIQUE_SIDS_REQUIRED } else { code::UNIQUE_SIDS_RECOMMENDED };
        for same in sids.chunk_by(|(one, ..), (other, ..)| one == other) {
            let Some(((_, _, earliest), others)) = same.split_first() else { continue };
            for (second, index, later) in others {
                let item = path.item(*index);
                self.report(
                    code,
                    &item.member("Sid"),
                    *later,
                    quoted(second),
                    "give each statement a Sid of its own",
                );
                let lines = self.lines;
                if let Some(problem) = self.problems.pop() {
                    self.problems.push(problem.with_related(*earliest, "the first one is here", lines));
                }
            }
        }
    }

    fn effect(
        &mut self,
        value: Option<Value<'_>>,
        statement: Value<'_>,
        path: &Path<'_>,
    ) -> Option<Spanned<Effect>> {
        const HELP: &str = "write Allow or Deny: the effect is case-sensitive";
        let Some(value) = value else {
            self.report(
                code::MISSING_EFFECT,
                path,
                opening(statement),
                "a statement without Effect",
                "add Effect: Allow or Deny",
            );
            return None;
        };
        let path = path.member("Effect");
        let text = self.string(value, &path, HELP)?;
        match &*text {
            "Allow" => Some(Spanned::new(Effect::Allow, value.span())),
            "Deny" => Some(Spanned::new(Effect::Deny, value.span())),
            other => {
                self.report(code::INVALID_EFFECT, &path, value.span(), quoted(other), HELP);
                None
            }
        }
    }

    /// Checks that the providers can authenticate the calls that the statement allows (rule 1.24).
    fn federated_actions(
        &mut self,
        principal: &PrincipalElement,
        action: &ActionElement,
        value: Value<'_>,
        path: &Path<'_>,
    ) {
        if self.kind != PolicyKind::Trust || action.is_not() {
            return;
        }
        let mut providers = principal.principals().entries().iter().filter_map(|entry| match &entry.value {
            NamedPrincipal::Federated(name) => {
                let resource = ArnFields::split(name).and_then(|fields| fields.iam());
                Some(matches!(resource, Some(IamResource::SamlProvider(_))))
            }
            NamedPrincipal::Aws
            | NamedPrincipal::Account { .. }
            | NamedPrincipal::User(_)
            | NamedPrincipal::Role(_)
            | NamedPrincipal::Session(_)
            | NamedPrincipal::FederatedUser(_)
            | NamedPrincipal::Deleted(_)
            | NamedPrincipal::Service(_)
            | NamedPrincipal::CanonicalUser(_) => None,
        });
        let Some(first) = providers.next() else { return };
        if providers.any(|saml| saml != first) {
            return;
        }
        let (wrong, right) = if first {
            ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")
        } else {
            ("sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
        };
        if action.patterns().iter().any(|p| p.value.text().eq_ignore_ascii_case(wrong)) {
            let help = format!("this kind of provider authenticates {right}");
            self.report(code::MISMATCHED_ACTION_FOR_PRINCIPAL, path, opening(value), wrong, help);
        }
    }

    fn resource_element(
        &mut self,
        resource: Option<Value<'_>>,
        not_resource: Option<Value<'_>>,
        statement: Value<'_>,
        path: &Path<'_>,
    ) -> Result<Option<ResourceElement>, Reported> {
        if self.kind == PolicyKind::Trust {
            let mut read = Ok(None);
            for (name, value) in [("Resource", resource), ("NotResource", not_resource)] {
                let Some(value) = value else { continue };
                let help = "leave it out: a trust policy is about the role it belongs to";
                self.report(
                    code::ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE,
                    &path.member(name),
                    value.span(),
                    "a resource element",
                    help,
                );
                read = Err(Reported);
            }
            return read;
        }
        let not_resource = not_resource.map(|value| {
            let path = path.member("NotResource");
            self.no_empty_list(value, &path)?;
            self.resources(value, &path)
        });
        match (resource, not_resource) {
            (Some(value), _) => {
                let patterns = self.resources(value, &path.member("Resource")).ok_or(Reported)?;
                Ok(Some(ResourceElement::Resource(patterns)))
            }
            (None, Some(patterns)) => Ok(Some(ResourceElement::NotResource(patterns.ok_or(Reported)?))),
            (None, None) => match self.kind {
                PolicyKind::Resource | PolicyKind::Trust | PolicyKind::Kms => Ok(None),
                PolicyKind::Identity
                | PolicyKind::Managed
                | PolicyKind::AwsManaged
                | PolicyKind::Boundary
                | PolicyKind::Session
                | PolicyKind::Scp
                | PolicyKind::Rcp
                | PolicyKind::VpcEndpoint => {
                    let found = "a statement without Resource";
                    let help = "add Resource: an ARN, a list of ARNs, or \"*\"";
                    self.report(code::MISSING_RESOURCE, path, opening(statement), found, help);
                    Err(Reported)
                }
            },
        }
    }

    fn action_element(
        &mut self,
        action: Option<Value<'_>>,
        not_action: Option<Value<'_>>,
        statement: Value<'_>,
        path: &Path<'_>,
    ) -> Option<ActionElement> {
        let not_action = not_action.map(|value| {
            let path = path.member("NotAction");
            if self.kind == PolicyKind::Rcp {
                let help = "list what is denied under Action";
                self.report(code::RCP_SYNTAX_ERROR_NOTACTION, &path, value.span(), "NotAction", help);
            }
            self.no_empty_list(value, &path)?;
            self.actions(value, &path)
        });
        match (action, not_action) {
            (Some(value), _) => Some(ActionElement::Action(self.actions(value, &path.member("Action"))?)),
            (None, Some(patterns)) => Some(ActionElement::NotAction(patterns?)),
            (None, None) => {
                let found = "a statement without Action";
                let help = "add Action: a name such as s3:GetObject, or a list of names";
                self.report(code::MISSING_ACTION, path, opening(statement), found, help);
                None
            }
        }
    }

    /// Refuses an empty list under a `Not...` element: it could mean everything or nothing (rule 1.14).
    fn no_empty_list(&mut self, value: Value<'_>, path: &Path<'_>) -> Option<()> {
        if value.kind() == Kind::Array && value.items().next().is_none() {
            self.empty_not_list(value, path);
            return None;
        }
        Some(())
    }

    pub(super) fn empty_not_list(&mut self, value: Value<'_>, path: &Path<'_>) {
        let help = "AWS does not say whether this means everything or nothing; write which one you mean";
        self.report(code::EMPTY_ARRAY_NOT_ELEMENT, path, value.span(), "an empty list", help);
    }
}

/// Whether a statement applies to every action on every resource without a condition.
fn is_full_access(
    action: Option<&ActionElement>,
    resource: Option<&Option<ResourceElement>>,
    conditions: Option<&[Condition]>,
) -> bool {
    let every_action =
        matches!(action, Some(ActionElement::Action(list)) if list.iter().any(|p| p.value.text() == "*"));
    let every_resource = matches!(resource, Some(Some(ResourceElement::Resource(list))) if list.iter().any(|p| p.value.is_any()));
    every_action && every_resource && conditions.is_some_and(<[Condition]>::is_empty)
}
