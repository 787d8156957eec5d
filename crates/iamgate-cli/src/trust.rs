//! `iamgate trust`: whom a trust policy lets in.

use std::fmt::Write as _;

use iamgate::iam_eval::session::Authorization;
use iamgate::iam_policy::quoted;
use iamgate::{
    Admitted, Caller, Example, Finding, FindingCode, ProviderTrust, RoleSnapshot, Trial, TrustReport,
};
use serde::Serialize;

use crate::args::{AnswerFormat, Trust};
use crate::exit::Exit;
use crate::load;
use crate::plan::{context, findings, time};
use crate::prove::refuse;
use crate::screen::{BAD, GOOD, HEAD, SOSO, Screen, json, paint};
use crate::tame::shown;
use crate::trouble::Trouble;

pub(crate) fn run(args: &Trust, screen: &mut Screen) -> Exit {
    match show(args, screen) {
        Ok(exit) => exit,
        Err(trouble) => refuse(&trouble, "iamgate/trust", args.format, screen),
    }
}

fn show(args: &Trust, screen: &mut Screen) -> Result<Exit, Trouble> {
    let now = time(args.at.as_deref())?;
    let (role, profile, _) = load::load(Some(&args.snapshot), &args.session)?;
    let Some(role) = role else { return Ok(Exit::Unanswered) };
    if role.trust.is_none() {
        let help = "add trust.json, or the member AssumeRolePolicyDocument";
        return Err(Trouble::input(&args.snapshot, "NO_TRUST_POLICY", "the role has no trust policy", help));
    }
    let providers = load::providers(args.providers.as_deref(), role.account())?;
    let report = iamgate::trust(&role, &providers, profile.tag.as_ref(), now, &context(&args.context)?);
    screen.data(&match args.format {
        AnswerFormat::Human => human(&role, &report),
        AnswerFormat::Json => json(&TrustJson::new(&role, &report)),
    });
    let is_refused = report.findings.iter().any(|finding| profile.refuse.contains(&finding.code));
    Ok(if report.admits_doit() && !is_refused { Exit::Yes } else { Exit::No })
}

fn human(role: &RoleSnapshot, report: &TrustReport) -> String {
    let name = quoted(&role.name);
    let mut text = if report.admits_doit() {
        format!("{} to {name}: tokens of DoiT's identity providers open sessions.\n", paint(GOOD, "Admitted"))
    } else {
        format!(
            "{} to {name}: not every token of DoiT's identity providers opens a session.\n",
            paint(BAD, "Not admitted")
        )
    };
    for provider in &report.providers {
        let _ = writeln!(text, "\n{}", paint(HEAD, &format!("A token of {}", provider.provider.issuer)));
        line("as it is sent", Some(provider.is_admitted()), true, &mut text);
        for trial in &provider.trials {
            line(trial.differs, trial.admitted, false, &mut text);
        }
        for (request, decision) in provider.authorization.iter().flat_map(Authorization::missing) {
            let _ = writeln!(text, "  {} is {}", request.action.as_str(), decision.name());
        }
    }
    let others: Vec<&Admitted> = report.admits.iter().filter(|own| own.caller != Caller::Doit).collect();
    if others.is_empty() {
        text.push_str("\nNobody else is named.\n");
    } else {
        let _ = writeln!(text, "\n{}", paint(HEAD, "Who else is named"));
        for own in others {
            let _ = writeln!(
                text,
                "  {} ({}), by {}",
                quoted(&own.principal),
                own.caller.name(),
                shown(&own.actions.join(", "))
            );
        }
    }
    findings(&report.findings, &mut text);
    text
}

/// A token and what becomes of it. `wanted` says what is good.
fn line(differs: &str, admitted: Option<bool>, wanted: bool, text: &mut String) {
    let (style, word) = match admitted {
        Some(true) => (if wanted { GOOD } else { SOSO }, "admitted"),
        Some(false) => (if wanted { BAD } else { GOOD }, "refused"),
        None => (SOSO, "depends"),
    };
    let _ = writeln!(text, "  {}  {differs}", paint(style, &format!("{word:<8}")));
}

#[derive(Serialize)]
struct TrustJson {
    schema: &'static str,
    version: u32,
    role: String,
    admits_doit: bool,
    admits: Vec<AdmittedJson>,
    providers: Vec<ProviderJson>,
    findings: Vec<FindingJson>,
}

#[derive(Serialize)]
struct AdmittedJson {
    principal: String,
    caller: &'static str,
    statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    actions: Vec<String>,
    conditions: Vec<String>,
}

#[derive(Serialize)]
struct ProviderJson {
    issuer: String,
    arn: String,
    admitted: bool,
    decisions: Vec<DecisionJson>,
    trials: Vec<TrialJson>,
}

#[derive(Serialize)]
struct DecisionJson {
    action: String,
    decision: &'static str,
}

#[derive(Serialize)]
struct TrialJson {
    token: &'static str,
    admitted: Option<bool>,
}

#[derive(Serialize)]
struct FindingJson {
    code: &'static str,
    says: String,
    help: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    admitted: Option<String>,
    summary: &'static str,
}

impl TrustJson {
    fn new(role: &RoleSnapshot, report: &TrustReport) -> Self {
        Self {
            schema: "iamgate/trust",
            version: 1,
            role: role.arn.to_string(),
            admits_doit: report.admits_doit(),
            admits: report.admits.iter().map(admitted).collect(),
            providers: report.providers.iter().map(provider).collect(),
            findings: report.findings.iter().map(finding).collect(),
        }
    }
}

fn admitted(own: &Admitted) -> AdmittedJson {
    let (statement, sid) = &own.statement;
    AdmittedJson {
        principal: own.principal.to_string(),
        caller: own.caller.name(),
        statement: *statement,
        sid: sid.as_ref().map(ToString::to_string),
        actions: own.actions.iter().map(ToString::to_string).collect(),
        conditions: own.conditions.iter().map(ToString::to_string).collect(),
    }
}

fn provider(own: &ProviderTrust) -> ProviderJson {
    let decisions = own.authorization.iter().flat_map(|own| &own.decisions);
    let decision = |(request, decision): &(iamgate::iam_eval::Request, iamgate::iam_eval::Decision)| {
        DecisionJson { action: request.action.as_str().to_owned(), decision: decision.name() }
    };
    ProviderJson {
        issuer: own.provider.issuer.to_string(),
        arn: own.arn.to_string(),
        admitted: own.is_admitted(),
        decisions: decisions.map(decision).collect(),
        trials: own
            .trials
            .iter()
            .map(|Trial { differs, admitted, .. }| TrialJson { token: differs, admitted: *admitted })
            .collect(),
    }
}

fn finding(own: &Finding) -> FindingJson {
    FindingJson {
        code: FindingCode::name(own.code),
        says: own.says.clone(),
        help: own.help.clone(),
        admitted: match &own.example {
            Some(Example::Caller(caller)) => Some(caller.clone()),
            Some(Example::Request(_)) | None => None,
        },
        summary: own.code.summary(),
    }
}
