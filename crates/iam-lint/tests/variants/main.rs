//! Forms of the same mistakes, and forms that are no mistakes.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod arns;
#[path = "../common/mod.rs"]
mod common;
mod conditions;
mod grants;
mod helps;
mod limits;
mod principals;
mod roles;

use iam_catalog::Sections;
use iam_policy::PolicyKind;

use common::findings;

/// The findings of IAM Access Analyzer on a statement, with their help.
#[track_caller]
fn codes(kind: &str, statement: &str) -> Vec<(&'static str, String)> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let sections = Sections::embedded().unwrap();
    let found = findings(&text, PolicyKind::from_name(kind).unwrap(), false, &sections);
    found.into_iter().map(|problem| (problem.code.name(), problem.help)).collect()
}

#[track_caller]
fn has(kind: &str, statement: &str, code: &str) {
    let found = codes(kind, statement);
    assert!(found.iter().any(|(name, _)| *name == code), "{code} is not in {found:?} of {statement}");
}

#[track_caller]
fn clean(kind: &str, statement: &str) {
    let found = codes(kind, statement);
    assert!(found.is_empty(), "{found:?} in {statement}");
}

fn on(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#)
}

fn tested(effect: &str, test: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::backups", "Condition": {{{test}}}}}"#
    )
}

/// The help of the first finding with a code.
#[track_caller]
fn help_of(kind: &str, statement: &str, code: &str) -> String {
    let found = codes(kind, statement);
    found.into_iter().find(|(own, _)| *own == code).unwrap_or_else(|| panic!("{code} in {statement}")).1
}

/// What a finding with a code says was found.
#[track_caller]
fn found_of(kind: &str, statement: &str, code: &str) -> String {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let sections = Sections::embedded().unwrap();
    let found = findings(&text, PolicyKind::from_name(kind).unwrap(), false, &sections);
    found
        .into_iter()
        .find(|own| own.code.name() == code)
        .unwrap_or_else(|| panic!("{code}: {statement}"))
        .found
}

#[track_caller]
fn has_not(kind: &str, statement: &str, code: &str) {
    let found = codes(kind, statement);
    assert!(!found.iter().any(|(name, _)| *name == code), "{code} is in {found:?} of {statement}");
}
