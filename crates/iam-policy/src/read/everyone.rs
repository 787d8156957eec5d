//! Statements of trust policies that let every AWS account assume the role (rule 1.27).

use super::{Path, Reader, opening};
use crate::arn::ArnFields;
use crate::code;
use crate::condition::{Condition, Values};
use crate::operator::{Operator, Quantifier};
use crate::policy::PolicyKind;
use crate::principal::{NamedPrincipal, PrincipalElement};
use iam_json::Value;

/// Keys whose values the caller's account, organization or network decides, and a secret that the caller must know. Callers cannot choose
/// them, other than tags and names, which are made in the caller's own account.
const OF_CALLERS: [&str; 18] = [
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:SourceAccount",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceVpcArn",
    "aws:userid",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:VpcSourceIp",
    "sts:ExternalId",
];

/// Keys that hold ARNs: the account in the ARN has to be fixed.
const ARNS: [&str; 2] = ["aws:PrincipalArn", "aws:SourceArn"];

impl Reader<'_> {
    /// Reports an Allow statement of a trust policy that names `{"AWS": "*"}` and does not test who calls.
    pub(super) fn everyone(
        &mut self,
        principal: &PrincipalElement,
        conditions: &[Condition],
        statement: Value<'_>,
        path: &Path<'_>,
    ) {
        let names_everyone =
            || principal.principals().entries().iter().any(|entry| entry.value == NamedPrincipal::Aws);
        if self.kind != PolicyKind::Trust || !names_everyone() || conditions.iter().any(narrows) {
            return;
        }
        let help = "name the accounts or roles, or test aws:PrincipalOrgID, aws:PrincipalAccount, aws:PrincipalArn or sts:ExternalId with \
                    StringEquals or ArnLike";
        let code = code::TRUST_POLICY_ADMITS_EVERY_ACCOUNT;
        self.report(code, path, opening(statement), "{\"AWS\": \"*\"} without a test of the caller", help);
    }
}

/// Whether a condition keeps the callers of some accounts out.
fn narrows(condition: &Condition) -> bool {
    let test = condition.test.value;
    let name = condition.key.value.as_str();
    let is_one_of = |keys: &[&str]| keys.iter().any(|key| key.eq_ignore_ascii_case(name));
    let (is_key, is_arn) = (is_one_of(&OF_CALLERS), is_one_of(&ARNS));
    let compares = matches!(
        test.operator,
        Operator::StringEquals
            | Operator::StringEqualsIgnoreCase
            | Operator::StringLike
            | Operator::ArnEquals
            | Operator::ArnLike
            | Operator::IpAddress
    );
    // With ForAllValues the test is true if the key is absent (rule 4.7).
    if !compares || test.if_exists || test.quantifier == Some(Quantifier::ForAllValues) {
        return false;
    }
    match &condition.values {
        Values::String(patterns) | Values::Arn(patterns) => {
            let is_fixed =
                |text: &str| !text.is_empty() && !text.starts_with(['*', '?']) && !text.contains("${");
            let has_account = |text: &str| {
                ArnFields::split(text)
                    .is_some_and(|arn| !arn.account.is_empty() && !arn.account.contains(['*', '?', '$']))
            };
            (is_key && patterns.iter().all(|pattern| is_fixed(pattern.value.text())))
                || (is_arn && patterns.iter().all(|pattern| has_account(pattern.value.text())))
        }
        Values::Ip(ranges) => is_key && ranges.iter().all(|range| !range.value.text().ends_with("/0")),
        Values::Numeric(_) | Values::Date(_) | Values::Bool(_) | Values::Binary(_) | Values::Null(_) => false,
    }
}
