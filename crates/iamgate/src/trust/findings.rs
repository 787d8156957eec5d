//! Findings about everybody whom the trust policy admits besides the tokens of DoiT's providers.

use iam_json::quoted;

use super::admitted::{Admitted, TrustCaller};
use super::caller::TrustVerdict;
use super::callers::CallerTrust;
use super::{TokenTrust, TrustReport};
use crate::finding::{Finding, FindingCode};

/// The findings, in the order of the statements.
pub(super) fn of(report: &TrustReport) -> Vec<Finding> {
    let mut findings = Vec::new();
    for admitted in &report.admits {
        findings.extend(of_entry(report, admitted));
    }
    for own in &report.tokens {
        findings.extend(of_strangers(own));
    }
    findings
}

/// The finding about an entry of a statement. `None` if it is DoiT's, or if it is proven that nobody gets in by it.
fn of_entry(report: &TrustReport, admitted: &Admitted) -> Option<Finding> {
    let (number, _) = admitted.statement;
    let name = quoted(&admitted.principal);
    let under = if admitted.conditions.is_empty() {
        "without condition".to_owned()
    } else {
        format!("if {}", admitted.conditions.join(" and "))
    };
    let (code, says, help) = match admitted.caller {
        TrustCaller::Doit => return None,
        TrustCaller::Everybody => (
            FindingCode::TrustWildcardPrincipal,
            format!("statement {number} admits {name}, {under}"),
            "name the identity providers",
        ),
        TrustCaller::OtherProvider => (
            FindingCode::TrustForeignProvider,
            format!("statement {number} admits {name}, which is none of DoiT's, {under}"),
            "take it out if nobody knows what it is for",
        ),
        TrustCaller::Aws | TrustCaller::Service => (
            FindingCode::TrustOtherPrincipal,
            format!(
                "statement {number} admits {name}, {under}; its sessions have no session policy of DoiT's"
            ),
            "take it out if nobody knows what it is for",
        ),
    };
    let verdicts = by(report, admitted);
    if !verdicts.is_empty() && verdicts.iter().all(|(verdict, _)| verdict.is_never()) {
        return None;
    }
    let finding = Finding::new(code, says, help);
    let shown = verdicts.iter().find_map(|(verdict, kind)| Some((verdict.caller()?, kind)));
    Some(match shown {
        Some((caller, kind)) => finding.admitting(format!("{kind}: {caller}")),
        None => finding,
    })
}

/// The answers about those whom an entry names, each with who they are.
fn by<'r>(report: &'r TrustReport, admitted: &Admitted) -> Vec<(&'r TrustVerdict, String)> {
    let of_statement = |own: &&CallerTrust| own.statement == admitted.statement.0;
    let callers = report.callers.iter().filter(of_statement);
    let (is_everybody, is_service) =
        (admitted.caller == TrustCaller::Everybody, admitted.caller == TrustCaller::Service);
    let mut found = Vec::new();
    match admitted.caller {
        TrustCaller::Doit => {}
        TrustCaller::OtherProvider => {
            let own = report.tokens.iter().filter(|own| own.provider == admitted.principal);
            found.extend(own.map(|own| (&own.admitted, format!("a caller of {}", own.issuer))));
        }
        TrustCaller::Aws | TrustCaller::Service | TrustCaller::Everybody => {
            for own in callers {
                let is_own = match &own.service {
                    Some(service) => is_service && *service == admitted.principal,
                    None => !is_service,
                };
                if is_own {
                    // Somebody whom no policy names tells more.
                    let verdict =
                        if is_everybody && !own.stranger.is_never() { &own.stranger } else { &own.verdict };
                    found.push((verdict, format!("one of the {}", own.kind.description())));
                }
            }
        }
    }
    found
}

fn of_strangers(own: &TokenTrust) -> Option<Finding> {
    let issuer = quoted(&own.issuer);
    let help = "ask for the owner with StringEquals, or with StringLike and the whole name of the owner before the first wildcard";
    match own.strangers.as_ref()? {
        TrustVerdict::Never => None,
        TrustVerdict::Possible(caller) => {
            let says = format!(
                "{issuer} has tokens for everybody, and tokens of owners that the trust policy does not name are admitted"
            );
            Some(Finding::new(FindingCode::TrustStrangersAdmitted, says, help).admitting(caller.to_string()))
        }
        TrustVerdict::Unknown(doubts) => {
            let doubts: Vec<String> = doubts.iter().map(ToString::to_string).collect();
            let says = format!(
                "whether tokens of {issuer} are admitted that belong to none of the owners whom the trust policy names is neither proven nor disproven: {}",
                doubts.join("; ")
            );
            Some(Finding::new(FindingCode::TrustNotKnown, says, help))
        }
    }
}
