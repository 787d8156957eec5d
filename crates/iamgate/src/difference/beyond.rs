//! What a comparison does not reach.
//!
//! The views of a comparison are finite: some owners, one name for each service, a role without tags. A document that asks for more than they
//! have may differ where none of them looks. Each function here names such a thing, and the comparison then says that it is not known, instead
//! of nothing.

use iam_policy::{Effect, NamedPrincipal as Entry, Policy, PrincipalElement, Statement};

use super::apart::{Apart, differ_about};
use super::{ComparedKind, Comparing};
use crate::outsiders::variables;

/// What the views for two documents do not reach, as the end of a sentence. Nothing where the documents say the same. `has_owner` says whether
/// it is known whose the resource is, and `is_cut` whether the documents name more owners than are looked at.
pub(super) fn beyond(
    [old, new]: [&Policy; 2],
    apart: &Apart,
    about: &Comparing<'_>,
    has_owner: bool,
    is_cut: bool,
) -> Vec<Box<str>> {
    let mut found: Vec<&str> = Vec::new();
    if apart.changed.is_empty() {
        return Vec::new();
    }
    let both = &apart.touched;
    let asks = |begins: &[&str]| {
        let tests = both.statements.iter().flat_map(|own| &own.conditions).map(|own| own.key.value.as_str());
        let names = variables(both);
        let mut all =
            tests.map(str::to_ascii_lowercase).chain(names.iter().map(|own| own.to_ascii_lowercase()));
        all.any(|own| begins.iter().any(|begin| own.starts_with(begin)))
    };
    let of_owner = ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "s3:resourceaccount"];
    let is_of_one = matches!(about.kind, ComparedKind::Resource | ComparedKind::Key | ComparedKind::Trust);
    if is_of_one && !has_owner && (is_cut || asks(&of_owner)) {
        found.push("the resource of another account: --owner says whose it is");
    }
    if is_of_one && asks(&["aws:resourceorgid", "aws:resourceorgpaths"]) {
        found.push("the organization of the resource's owner, which is not known");
    }
    let names_callers = is_of_one || matches!(about.kind, ComparedKind::Rcp | ComparedKind::VpcEndpoint);
    if names_callers
        && (asks(&["aws:principalservicenameslist"])
            || both.statements.iter().any(excludes_service)
            || apart.changed.iter().any(denies_service))
    {
        found.push("a service that calls by several names");
    }
    if about.kind == ComparedKind::Trust {
        if asks(&["aws:resourcetag/", "iam:resourcetag/"]) {
            found.push("the tags of the role, which are not known");
        }
        if asks(&["aws:currenttime"]) && asks(&["aws:epochtime"]) {
            found.push("calls at another time than now, because the documents ask for the time in two ways");
        }
    }
    if about.kind == ComparedKind::Rcp {
        let calls = ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"];
        if calls.iter().any(|call| differ_about(old, new, call)) {
            found.push("calls of STS with tokens and assertions");
        }
    }
    if both.statements.iter().any(asks_of_unidentified) {
        found.push("the accounts of canonical users, which their names do not tell");
    }
    found.into_iter().map(Into::into).collect()
}

/// Whether a statement is for all but a service.
fn excludes_service(statement: &Statement) -> bool {
    matches!(&statement.principal, Some(PrincipalElement::NotPrincipal(_))) && names_service(statement)
}

/// Whether a statement keeps a service out by its name. If both documents have it, it hides nothing.
fn denies_service(statement: &Statement) -> bool {
    statement.effect.value == Effect::Deny && names_service(statement)
}

fn names_service(statement: &Statement) -> bool {
    let entries = statement.principal.iter().flat_map(|element| element.principals().entries());
    entries.map(|entry| &entry.value).any(|entry| matches!(entry, Entry::Service(_)))
}

/// Whether a statement names a canonical user and asks for something about who calls.
fn asks_of_unidentified(statement: &Statement) -> bool {
    let entries = statement.principal.iter().flat_map(|element| element.principals().entries());
    let is_named = entries.map(|entry| &entry.value).any(|entry| matches!(entry, Entry::CanonicalUser(_)));
    let mut keys = statement.conditions.iter().map(|own| own.key.value.as_str().to_ascii_lowercase());
    is_named && keys.any(|key| key.starts_with("aws:principal") || key.starts_with("aws:user"))
}
