//! No plan, no session: what is passed to STS, or why nothing is.
//!
//! A [`Plan`] is the only value from which a call of STS can be made. It exists only if the promise of the profile is proven for the sessions of
//! the role, the trust policy admits the token, and STS would take the call. Both a plan and a refusal come with a decision record: canonical
//! JSON from which anybody with the same inputs gets the same bytes again.

mod escapes;
mod record;
mod refusal;

use std::sync::Arc;

use iam_analysis::Verdict;
use iam_catalog::{AccessLevel, Catalog, Details};
use iam_eval::session::{Claim, Opening, Parameters, Session, SessionLimits, Token};
use iam_eval::{Decision, Layers, Principal, Request};
use iam_policy::json::{Document, Kind};
use iam_policy::value::Instant;
use iam_policy::{Limits, Mode, Policy, PolicyKind, Report, json_text, quoted};

pub use refusal::Refusal;

use crate::finding::{Example, Finding, FindingCode};
use crate::input::{File, InputError};
use crate::json::Json;
use crate::preview::preview;
use crate::profile::Profile;
use crate::proof::{Premises, Proof, prove_read_only, session_layers};
use crate::snapshot::RoleSnapshot;
use crate::trust::{self, IdentityProviders, TrustReport};

/// What a session is asked for.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the broker builds it, and must say everything")]
pub struct SessionRequest<'r> {
    /// The role.
    pub role: &'r RoleSnapshot,
    /// The profile, filled in for the role's account.
    pub profile: &'r Profile,
    /// The identity providers whose tokens may open sessions.
    pub providers: &'r IdentityProviders,
    /// The provider of the token: its issuer, or its ARN.
    pub provider: &'r str,
    /// The claims of the token. Signature, issuer and expiry have been verified by the caller.
    pub claims: &'r Claims,
    /// Who works with the session: part of its name, so that the customer sees it in CloudTrail.
    pub engineer: &'r str,
    /// The support case that it is for: part of its name.
    pub case: &'r str,
    /// How long it shall last, in seconds: 900 to the role's maximum.
    pub duration_seconds: i64,
    /// The time of the call.
    pub now: Instant,
}

/// The claims of a verified token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    token: Token,
    json: Json,
}

impl Claims {
    /// Reads the claims of a token, decoded: an object.
    ///
    /// # Errors
    /// It is not JSON, has a member twice, or is no object. What is wrong with single claims is a refusal of the plan.
    pub fn from_json(file: &File, limits: &Limits) -> Result<Self, InputError> {
        let refuse = |report| InputError::document(&file.name, report);
        let document =
            Document::parse(&file.text, limits).and_then(Document::refuse_duplicates).map_err(refuse)?;
        if document.root().kind() != Kind::Object {
            let found = format!("{} in place of claims", document.root().kind().name());
            let help = "pass the claims of the token, decoded: one JSON object";
            return Err(InputError::other(&file.name, "INVALID_CLAIMS", found, help));
        }
        Ok(Self { token: Token::from_json(document.root()), json: Json::read(document.root()) })
    }

    /// The claims as canonical JSON.
    pub fn to_json(&self) -> String {
        self.json.to_string()
    }

    /// The issuer that the claims name, without `https://`; whether it is the token's is for its verifier to say.
    pub fn issuer(&self) -> Option<&str> {
        match self.token.claim("iss") {
            Some(Claim::One(issuer)) => Some(issuer.strip_prefix("https://").unwrap_or(issuer)),
            Some(Claim::Many(_)) | None => None,
        }
    }
}

/// A call of `AssumeRoleWithWebIdentity`, complete but for the token itself. It comes from a [`Plan`] and cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StsCall {
    role_arn: Box<str>,
    role_session_name: Box<str>,
    duration_seconds: i64,
    policy: Box<str>,
    policy_arns: Vec<Box<str>>,
}

/// How much of a quota is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// What is counted.
    pub name: &'static str,
    /// How much there is.
    pub used: usize,
    /// The most there may be.
    pub most: usize,
}

/// What a session makes possible, in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Actions of the catalogue by access level, in the order of [`AccessLevel::ALL`].
    pub levels: Vec<(AccessLevel, usize)>,
    /// Services with at least one action.
    pub services: usize,
    /// List and Read actions that return data or credentials.
    pub data: usize,
}

/// A session that may be opened. There is no other way to a call of STS.
#[derive(Clone, Debug)]
pub struct Plan {
    call: StsCall,
    session: Session,
    quotas: Vec<Quota>,
    summary: Summary,
    findings: Vec<Finding>,
    record: String,
}

/// A session that may not be opened, and everything that speaks against it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Refused {
    /// Why: at least one reason.
    pub refusals: Vec<Refusal>,
    /// What else is worth knowing.
    pub findings: Vec<Finding>,
    /// The decision record.
    pub record: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, refusal) in self.refusals.iter().enumerate() {
            let new = if at == 0 { "" } else { "\n" };
            write!(f, "{new}{}: {refusal}", refusal.code())?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}

impl Plan {
    /// The call of STS. The token is the broker's to add.
    pub const fn call(&self) -> &StsCall {
        &self.call
    }

    /// The session that STS then creates.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// How much of each quota of STS it uses.
    pub fn quotas(&self) -> &[Quota] {
        &self.quotas
    }

    /// What it makes possible.
    pub const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// What is worth knowing, and was no reason to refuse it.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The decision record: canonical JSON, one line without its end.
    pub fn record(&self) -> &str {
        &self.record
    }
}

/// What sessions are judged with.
#[derive(Clone, Debug)]
pub struct Gate<'c> {
    catalog: &'c Catalog<'c>,
    details: &'c Details<'c>,
    limits: SessionLimits,
    premises: Premises,
}

/// What is found on the way to a plan.
struct Judged {
    refusals: Vec<Refusal>,
    findings: Vec<Finding>,
    call: StsCall,
    session: Option<Session>,
    proof: Option<Proof>,
    summary: Summary,
    quotas: Vec<Quota>,
}

impl<'c> Gate<'c> {
    /// A gate with a catalogue, the limits of STS, and no resource policy that names sessions.
    pub fn new(catalog: &'c Catalog<'c>, details: &'c Details<'c>) -> Self {
        Self { catalog, details, limits: SessionLimits::default(), premises: Premises::default() }
    }

    /// The same under other premises.
    #[must_use]
    pub fn assuming(mut self, premises: Premises) -> Self {
        self.premises = premises;
        self
    }

    /// Judges a session, and makes the plan of it.
    ///
    /// # Errors
    /// Everything that speaks against the session, with a record of it.
    pub fn plan(&self, asked: &SessionRequest<'_>) -> Result<Plan, Box<Refused>> {
        let judged = self.judge(asked);
        let record = record::of(self, asked, &judged).to_string();
        let Judged { refusals, findings, call, session, summary, quotas, .. } = judged;
        match session {
            Some(session) if refusals.is_empty() => {
                Ok(Plan { call, session, quotas, summary, findings, record })
            }
            _ => Err(Box::new(Refused { refusals, findings, record })),
        }
    }

    fn judge(&self, asked: &SessionRequest<'_>) -> Judged {
        let call = call(asked);
        let mut refusals = Vec::new();
        name(asked, &mut refusals);
        let session = self.opened(asked, &call, &mut refusals);
        let profile = asked.profile;
        let characters = call.characters();
        if characters > profile.budget {
            refusals.push(Refusal::OverBudget { characters, budget: profile.budget });
        }
        tags(asked, &mut refusals);
        if let Some(session) = &session {
            admitted(asked, session, &mut refusals);
        }
        let proof = self.promise(asked, &mut refusals);
        let own = preview(asked.role, profile, self.catalog);
        let levels: Vec<(AccessLevel, usize)> = own.levels.iter().map(|own| (own.level, own.both)).collect();
        let data = own.services.iter().fold(0_usize, |sum, service| sum.saturating_add(service.data));
        let summary = Summary { services: own.services.len(), levels, data };
        if summary.services == 0 {
            refusals.push(Refusal::AllowsNothing);
        }
        let mut findings = Vec::new();
        for finding in self.findings(asked, session.as_ref()) {
            let is_exception = matches!(&finding.example, Some(Example::Request(request))
                if finding.code != FindingCode::ManagedPolicyChanged
                    && profile.exception(request.action.as_str()).is_some());
            if profile.refuse.contains(&finding.code) && !is_exception {
                refusals.push(Refusal::Finding(finding));
            } else {
                findings.push(finding);
            }
        }
        let quotas = self.quotas(&call, asked);
        Judged { refusals, findings, call, session, proof, summary, quotas }
    }

    /// The session that STS would create.
    fn opened(
        &self,
        asked: &SessionRequest<'_>,
        call: &StsCall,
        refusals: &mut Vec<Refusal>,
    ) -> Option<Session> {
        let Some(arn) = provider_arn(asked) else {
            refusals.push(Refusal::UnknownProvider { provider: asked.provider.into() });
            return None;
        };
        let mut parameters = Parameters::named(call.role_session_name.clone());
        parameters.duration_seconds = Some(call.duration_seconds);
        parameters.policy = Some(call.policy.clone());
        parameters.policy_arns.clone_from(&call.policy_arns);
        let role = trust::sts_role(asked.role);
        let opening = Opening::web_identity(role, parameters, arn, asked.claims.token.clone(), asked.now);
        match opening.open(&self.limits) {
            Ok(session) => Some(session),
            Err(reasons) => {
                refusals.extend(reasons.into_iter().map(Refusal::Sts));
                None
            }
        }
    }

    /// The promise of the profile, proven.
    fn promise(&self, asked: &SessionRequest<'_>, refusals: &mut Vec<Refusal>) -> Option<Proof> {
        let (role, profile) = (asked.role, asked.profile);
        let read = |report: Report| Refusal::NotKnown {
            claim: "the patterns of the profile make a policy".into(),
            action: report.to_string().into(),
        };
        let proven = prove_read_only(Some(role), profile, self.catalog, self.details, &self.premises);
        let (proof, layers) = match (proven, session_layers(Some(role), profile)) {
            (Ok(proof), Ok(layers)) => (proof, layers),
            (Err(report), _) | (_, Err(report)) => {
                refusals.push(read(report));
                return None;
            }
        };
        for claim in &proof.claims {
            for answer in &claim.broken {
                refusals.push(match &answer.verdict {
                    Verdict::Fails(witness) => Refusal::NotReadOnly {
                        claim: claim.says.clone(),
                        witness: Box::new(witness.request.clone()),
                        layers: Box::new(replayable(&layers, &witness.request)),
                    },
                    Verdict::Holds => continue,
                    Verdict::Unknown(_) => {
                        Refusal::NotKnown { claim: claim.says.clone(), action: answer.example.clone() }
                    }
                });
            }
        }
        Some(proof)
    }

    /// What the trust policy lets in, and what the session policies let out.
    fn findings(&self, asked: &SessionRequest<'_>, session: Option<&Session>) -> Vec<Finding> {
        let report: TrustReport =
            trust::trust(asked.role, asked.providers, asked.profile.tag.as_ref(), asked.now);
        let mut findings = report.findings;
        let layers = session_layers(Some(asked.role), asked.profile);
        if let (Some(session), Ok(layers)) = (session, layers) {
            let escapes = escapes::Escapes {
                role: asked.role,
                profile: asked.profile,
                layers: &layers,
                principal: &session.principal,
                catalog: self.catalog,
                details: self.details,
            };
            findings.extend(escapes.find());
        }
        findings
    }

    fn quotas(&self, call: &StsCall, asked: &SessionRequest<'_>) -> Vec<Quota> {
        let limits = &self.limits;
        let seconds = |seconds: i64| usize::try_from(seconds).unwrap_or_default();
        let maximum = asked.role.max_session_duration.unwrap_or(limits.duration_default);
        let token = &asked.claims.token;
        let (tags, transitive) = (token.tags().len(), token.transitive_tag_keys().count());
        [
            ("session policy characters", call.characters(), limits.policy_characters),
            ("managed session policies", call.policy_arns.len(), limits.policy_arns),
            ("session name characters", call.role_session_name.chars().count(), limits.name_most),
            ("session tags", tags, limits.tags),
            ("transitive tag keys", transitive, limits.transitive_tag_keys),
            ("seconds", seconds(call.duration_seconds), seconds(maximum)),
        ]
        .map(|(name, used, most)| Quota { name, used, most })
        .to_vec()
    }
}

/// The call, made of role, profile and request.
fn call(asked: &SessionRequest<'_>) -> StsCall {
    let (role, profile) = (asked.role, asked.profile);
    let arns = profile.managed.iter().map(|managed| {
        let (_, rest) = managed.found.arn.split_once("arn:aws:").unwrap_or_default();
        format!("arn:{}:{rest}", role.partition()).into()
    });
    let inline = profile.policies.iter().find(|named| &*named.name == "inline");
    StsCall {
        role_arn: role.arn.clone(),
        role_session_name: format!("{}+{}", asked.engineer, asked.case).into(),
        duration_seconds: asked.duration_seconds,
        policy: inline.map(|named| named.policy.to_json()).unwrap_or_default().into(),
        policy_arns: arns.collect(),
    }
}

/// Layers that allow a request which the session may make: those of the session, and the policy of the resource that grants it if none of
/// them does. A resource policy that nobody knows may name the role, and at worst the session itself (rules 5.20, 5.21).
fn replayable(layers: &Layers, request: &Request) -> Layers {
    if layers.decide(request) == Decision::Allowed {
        return layers.clone();
    }
    let names = match &request.principal {
        Principal::AssumedRole { arn, role_arn, .. } => [role_arn, arn],
        Principal::IamUser { .. }
        | Principal::FederatedUser { .. }
        | Principal::Root { .. }
        | Principal::AwsService { .. }
        | Principal::Anonymous
        | Principal::WebIdentity { .. }
        | Principal::Saml { .. } => return layers.clone(),
    };
    for name in names {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":{}}},"Action":{},"Resource":{}}}]}}"#,
            json_text(name),
            json_text(request.action.as_str()),
            json_text(&request.resource)
        );
        let policy = Policy::parse(&text, PolicyKind::Resource, Mode::Deployed, &Limits::default());
        let Ok(policy) = policy else { break };
        let mut with = layers.clone();
        with.resource = Some(Arc::new(policy));
        if with.decide(request) == Decision::Allowed {
            return with;
        }
    }
    layers.clone()
}

/// The ARN of the token's provider in the role's account, if it is one of those that are known.
fn provider_arn(asked: &SessionRequest<'_>) -> Option<String> {
    let role = asked.role;
    let arns = asked.providers.providers.iter().map(|own| (own, own.arn(role.partition(), role.account())));
    let mut named = arns.filter(|(own, arn)| *own.issuer == *asked.provider || arn == asked.provider);
    named.next().map(|(_, arn)| arn)
}

/// Whether the name of the session, engineer and case with a plus sign between them, tells both: the case is what stands behind the last one.
fn name(asked: &SessionRequest<'_>, refusals: &mut Vec<Refusal>) {
    let mut refuse = |found: String, wanted| refusals.push(Refusal::Name { found, wanted });
    if asked.engineer.is_empty() {
        refuse(
            "no engineer is named".to_owned(),
            "the customer must see in CloudTrail who works with the session",
        );
    }
    if asked.case.is_empty() {
        refuse("no support case is named".to_owned(), "a session is for a case");
    }
    if asked.case.contains('+') {
        refuse(
            format!("{} as case", quoted(asked.case)),
            "what stands behind the last plus sign is the case: it has none itself",
        );
    }
}

/// Whether the token has the tag of the profile.
fn tags(asked: &SessionRequest<'_>, refusals: &mut Vec<Refusal>) {
    let Some(tag) = &asked.profile.tag else { return };
    let token = &asked.claims.token;
    let wanted = format!("the broker must put {} = {} into the token", quoted(&tag.key), quoted(&tag.value));
    let found = match token.tags().value(&tag.key) {
        None => Some(format!("the token has no tag {}", quoted(&tag.key))),
        Some(other) if *other != *tag.value => {
            Some(format!("the token has the tag {} = {}", quoted(&tag.key), quoted(other)))
        }
        Some(_) => None,
    };
    if let Some(found) = found {
        refusals.push(Refusal::Tag { found, wanted });
        return;
    }
    if tag.transitive && !token.transitive_tag_keys().any(|key| *key == *tag.key) {
        let others: Vec<String> = token.transitive_tag_keys().map(quoted).collect();
        let found = if others.is_empty() {
            format!("the tag {} is not transitive", quoted(&tag.key))
        } else {
            format!("the transitive tag keys are {}, and their case counts", others.join(", "))
        };
        let wanted = format!("put {} among transitive_tag_keys", quoted(&tag.key));
        refusals.push(Refusal::Tag { found, wanted });
    }
}

/// Whether the trust policy admits the token.
fn admitted(asked: &SessionRequest<'_>, session: &Session, refusals: &mut Vec<Refusal>) {
    if asked.role.trust.is_none() {
        refusals.push(Refusal::NoTrustPolicy);
        return;
    }
    let layers: Layers = trust::layers(asked.role);
    let authorization = session.authorize(&layers);
    if !authorization.is_allowed() {
        refusals.push(Refusal::NotAdmitted { missing: authorization.missing().cloned().collect() });
    }
}

impl StsCall {
    /// `RoleArn`
    pub fn role_arn(&self) -> &str {
        &self.role_arn
    }

    /// `RoleSessionName`
    pub fn role_session_name(&self) -> &str {
        &self.role_session_name
    }

    /// `DurationSeconds`
    pub const fn duration_seconds(&self) -> i64 {
        self.duration_seconds
    }

    /// `Policy`: the inline session policy, as short as can be.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// `PolicyArns`, in the role's partition.
    pub fn policy_arns(&self) -> impl ExactSizeIterator<Item = &str> {
        self.policy_arns.iter().map(|arn| &**arn)
    }

    /// Characters of the inline policy and of the ARNs, as STS counts them: in another partition ARNs are longer.
    fn characters(&self) -> usize {
        let arns = self.policy_arns.iter().map(|arn| arn.chars().count());
        arns.fold(self.policy.chars().count(), usize::saturating_add)
    }

    /// The parameters as `aws sts assume-role-with-web-identity --cli-input-json` takes them, with the token left out: canonical JSON.
    pub fn to_json(&self) -> String {
        self.json().to_string()
    }

    fn json(&self) -> Json {
        Json::object([
            ("RoleArn", Json::text(&*self.role_arn)),
            ("RoleSessionName", Json::text(&*self.role_session_name)),
            ("DurationSeconds", Json::Number(self.duration_seconds)),
            ("Policy", Json::text(&*self.policy)),
            ("PolicyArns", Json::list(&self.policy_arns, |arn| Json::object([("arn", Json::text(&**arn))]))),
        ])
    }
}
