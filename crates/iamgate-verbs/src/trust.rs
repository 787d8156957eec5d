//! `iamgate trust`: who a role's trust policy admits.

use iamgate::{
    Admitted, Example, Finding, FindingCode, Profile, ProviderTrust, RoleSnapshot, Trial, TrustCaller,
    TrustReport,
};
use serde::Serialize;

use crate::answer::{Answer, AnswerSchema, Exit};
use crate::args::TrustArgs;
use crate::json;
use crate::load;
use crate::plan::context;
use crate::trouble::Trouble;
use crate::word::Word;
use crate::world::World;

/// The answer to the question who a trust policy admits.
#[derive(Debug)]
#[non_exhaustive]
pub struct TrustAnswer {
    /// The role.
    pub role: RoleSnapshot,
    /// The report on its trust policy.
    pub report: TrustReport,
    profile: Profile,
}

/// Says who the trust policy of a role admits.
///
/// # Errors
/// The role cannot be read, or has no trust policy.
pub fn trust(args: &TrustArgs, world: &dyn World) -> Result<TrustAnswer, Trouble> {
    let now = load::time(world, args.at.as_deref())?;
    let (role, profile, _) = load::role(world, &args.snapshot, &args.session)?;
    if role.trust().is_none() {
        let help = "add trust.json, or the member AssumeRolePolicyDocument";
        return Err(Trouble::input(&args.snapshot, "NO_TRUST_POLICY", "the role has no trust policy", help));
    }
    let providers = load::providers(world, args.providers.as_deref(), role.account())?;
    let report = iamgate::trust(&role, &providers, profile.tag(), now, &context(&args.context)?);
    Ok(TrustAnswer { role, report, profile })
}

impl Answer for TrustAnswer {
    fn to_json(&self) -> String {
        json::indented(&TrustJson::new(&self.role, &self.report))
    }

    fn exit(&self) -> Exit {
        let is_refused =
            self.report.findings.iter().any(|finding| self.profile.refuse().contains(&finding.code));
        Exit::when(self.report.admits_doit() && !is_refused)
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct TrustJson {
    schema: AnswerSchema,
    version: u32,
    role: String,
    admits_doit: bool,
    admits: Vec<AdmittedJson>,
    providers: Vec<ProviderJson>,
    findings: Vec<FindingJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AdmittedJson {
    principal: String,
    caller: Word<TrustCaller>,
    statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    actions: Vec<String>,
    conditions: Vec<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProviderJson {
    issuer: String,
    arn: String,
    admitted: bool,
    decisions: Vec<DecisionJson>,
    trials: Vec<TrialJson>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DecisionJson {
    action: String,
    decision: &'static str,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TrialJson {
    token: &'static str,
    admitted: Option<bool>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FindingJson {
    code: Word<FindingCode>,
    says: String,
    help: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    admitted: Option<String>,
    summary: &'static str,
}

impl TrustJson {
    fn new(role: &RoleSnapshot, report: &TrustReport) -> Self {
        Self {
            schema: AnswerSchema::Trust,
            version: 1,
            role: role.arn().to_string(),
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
        caller: Word(own.caller),
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
        issuer: own.provider.issuer().to_string(),
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
        code: Word(own.code),
        says: own.says.clone(),
        help: own.help.clone(),
        admitted: match &own.example {
            Some(Example::Caller(caller)) => Some(caller.clone()),
            Some(Example::Request(_)) | None => None,
        },
        summary: own.code.summary(),
    }
}
