//! Plans: the call that is passed to STS, or the reasons why no session may be opened.
//!
//! A [`Plan`] is the only value from which a call of STS can be made. It exists only if the profile's promise is proven for the sessions of the
//! role, the trust policy admits the token, and STS would accept the call. Both a plan and a refusal come with a decision record. The record is
//! canonical JSON: the same inputs always give the same bytes.

mod call;
mod checks;
mod claims;
mod escapes;
mod record;
mod refusal;

use std::borrow::Cow;
use std::sync::Arc;

use iam_analysis::{Verdict, VerdictKind};
use iam_catalog::{AccessLevel, Catalog, DataError, Details};
use iam_eval::session::{Opening, Parameters, Session, SessionLimits};
use iam_eval::{Context, Layers};
use iam_json::{Json, Value};
use iam_policy::value::Instant;

pub use call::StsCall;
pub use claims::Claims;
pub use refusal::Refusal;

use crate::finding::{Finding, Shown};
use crate::later::AddedLater;
use crate::managed::ManagedPolicy;
use crate::preview::preview;
use crate::profile::Profile;
use crate::proof::{Premises, Proof, prove_read_only, session_layers};
use crate::snapshot::RoleSnapshot;
use crate::trust::{self, IdentityProviders};

/// The session that a caller asks for. [`Gate`] has an example.
#[derive(Clone, Debug)]
pub struct SessionRequest<'r> {
    /// The role.
    pub role: &'r RoleSnapshot,
    /// The profile, filled in for the role's account.
    pub profile: &'r Profile,
    /// The identity providers whose tokens may open sessions.
    pub providers: &'r IdentityProviders,
    /// The provider of the token, by its issuer or its ARN.
    pub provider: &'r str,
    /// The claims of the token. The caller has verified the token's signature, issuer and expiry.
    pub claims: &'r Claims,
    /// Who works with the session. It is part of the session's name, so that the customer sees it in CloudTrail.
    pub engineer: &'r str,
    /// The support case that the session is for. It is part of the session's name.
    pub case: &'r str,
    /// The duration of the session in seconds: from 900 to the role's maximum.
    pub duration_seconds: i64,
    /// The time of the call.
    pub now: Instant,
    /// Other known facts about the call, such as `aws:SourceIp`. A trust policy that tests a key which is not given here does not admit the
    /// token.
    pub call: &'r Context,
}

/// How much of a quota is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// The name of the quota.
    pub name: &'static str,
    /// How much of it is used.
    pub used: usize,
    /// The maximum.
    pub most: usize,
}

/// The extent of what a session makes possible, in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// The number of actions of the catalogue by access level, in the order of [`AccessLevel::ALL`].
    pub levels: Vec<(AccessLevel, usize)>,
    /// The number of services with at least one action.
    pub services: usize,
    /// The number of List and Read actions that return data or credentials.
    pub data: usize,
    /// The number of List and Read actions that return credentials. They are counted in `data` too.
    pub credentials: usize,
}

/// A session that may be opened. Only a plan gives a call of STS.
#[derive(Clone, Debug)]
pub struct Plan {
    call: StsCall,
    session: Session,
    managed: Vec<ManagedPolicy>,
    quotas: Vec<Quota>,
    summary: Summary,
    findings: Vec<Finding>,
    later: AddedLater,
    record: String,
    /// The members of `record`.
    members: Json,
}

/// A session that may not be opened, with every reason against it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Refused {
    /// The reasons; at least one.
    pub refusals: Vec<Refusal>,
    /// Findings that refuse nothing but are worth knowing.
    pub findings: Vec<Finding>,
    /// The decision record.
    pub record: String,
    /// The members of `record`.
    members: Json,
}

impl Refused {
    /// The names of the members in which a record that was read differs from this one; see [`Plan::differing`].
    pub fn differing(&self, record: Value<'_>) -> Vec<String> {
        record::differing(&self.members, record)
    }
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
    /// The call of STS without the token. The broker adds the token.
    pub const fn call(&self) -> &StsCall {
        &self.call
    }

    /// The session that STS creates if it is called so.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// How much of each quota of STS the call uses.
    pub fn quotas(&self) -> &[Quota] {
        &self.quotas
    }

    /// The managed session policies with the versions that were judged.
    ///
    /// AWS reads a managed session policy anew at each request, so that a later version changes what a living session may do (rule 6.13). The
    /// plan holds for these versions. The inline session policy cannot change.
    pub fn managed(&self) -> &[ManagedPolicy] {
        &self.managed
    }

    /// What the session makes possible, in numbers.
    pub const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Findings that are worth knowing and did not refuse the session.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The services to which AWS may add actions that the session may then do. It is a premise of the plan, counted and not proven.
    pub const fn added_later(&self) -> &AddedLater {
        &self.later
    }

    /// The decision record: canonical JSON on one line, without the line end.
    pub fn record(&self) -> &str {
        &self.record
    }

    /// The names of the members in which a record that was read differs from this one, sorted.
    ///
    /// Layout does not count, and neither does the order of members, except inside the policies of a witness.
    pub fn differing(&self, record: Value<'_>) -> Vec<String> {
        record::differing(&self.members, record)
    }
}

/// A judge of sessions: catalogue, limits and premises.
///
/// A gate owns its data and a clone shares them. A server can keep one for its whole life and use it from many threads.
///
/// # Examples
/// ```
/// use iamgate::iam_eval::Context;
/// use iamgate::iam_policy::{Limits, value::Instant};
/// use iamgate::{Claims, File, Gate, SessionRequest, built_in};
///
/// let managed = built_in::managed()?;
/// let role = built_in::support_gateway(&managed)?;
/// let profile = built_in::profile("standard", role.account(), &managed)?;
/// let providers = built_in::providers(role.account())?;
/// // Whoever calls has verified signature, issuer and expiry of the token.
/// let text = r#"{"iss": "https://support.cre.doit-intl.com", "aud": "123456789012", "sub": "ana@doit.com",
///     "https://aws.amazon.com/tags": {"principal_tags": {"DoitEnvironment": ["123456789012"]},
///                                     "transitive_tag_keys": ["DoitEnvironment"]}}"#;
/// let claims = Claims::from_json(&File { name: "token".into(), text: text.into() }, &Limits::default())?;
///
/// let gate = Gate::embedded()?;
/// let call = Context::new();
/// let mut asked = SessionRequest {
///     role: &role,
///     profile: &profile,
///     providers: &providers,
///     provider: claims.issuer().ok_or("the token has no issuer")?,
///     claims: &claims,
///     engineer: "ana@doit.com",
///     case: "4711",
///     duration_seconds: 3_600,
///     now: Instant::from_epoch_seconds(1_795_000_000),
///     call: &call,
/// };
/// let plan = gate.plan(&asked)?;
/// assert_eq!(plan.call().role_session_name(), "ana@doit.com+4711");
///
/// asked.case = "";
/// let refused = gate.plan(&asked).err().ok_or("a session without a case")?;
/// assert_eq!(refused.refusals[0].code(), "SESSION_NAME");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Gate {
    catalog: Arc<Catalog<'static>>,
    details: Arc<Details<'static>>,
    limits: SessionLimits,
    premises: Premises,
}

/// The findings and results on the way to a plan.
struct Judged {
    refusals: Vec<Refusal>,
    findings: Vec<Finding>,
    call: StsCall,
    session: Option<Session>,
    proof: Proof,
    later: AddedLater,
    summary: Summary,
    quotas: Vec<Quota>,
}

impl Gate {
    /// A gate with a catalogue, the limits of STS, and the premise that no resource policy names sessions.
    ///
    /// Catalogue and details are taken by value or shared. The text of a catalogue that is not the embedded one must live as long as the
    /// program; [`String::leak`] makes it so.
    pub fn new(catalog: impl Into<Arc<Catalog<'static>>>, details: impl Into<Arc<Details<'static>>>) -> Self {
        Self {
            catalog: catalog.into(),
            details: details.into(),
            limits: SessionLimits::default(),
            premises: Premises::default(),
        }
    }

    /// A gate with the embedded catalogue. Reading the catalogue takes about 12 ms.
    ///
    /// # Errors
    /// Never in a released version, because tests read the embedded texts. The error is returned so that callers need not panic.
    pub fn embedded() -> Result<Self, DataError> {
        Ok(Self::new(Catalog::embedded()?, Details::embedded()?))
    }

    /// The same gate under other premises.
    #[must_use]
    pub fn assuming(mut self, premises: Premises) -> Self {
        self.premises = premises;
        self
    }

    /// Judges a session and makes its plan.
    ///
    /// # Errors
    /// Every reason against the session, with the record of the refusal.
    pub fn plan(&self, asked: &SessionRequest<'_>) -> Result<Plan, Box<Refused>> {
        let judged = self.judge(asked);
        let members = record::of(self, asked, &judged);
        let record = members.to_string();
        let Judged { refusals, findings, call, session, later, summary, quotas, .. } = judged;
        match session {
            Some(session) if refusals.is_empty() => {
                let managed = judged_versions(asked).cloned().collect();
                Ok(Plan { call, session, managed, quotas, summary, findings, later, record, members })
            }
            _ => Err(Box::new(Refused { refusals, findings, record, members })),
        }
    }

    fn judge(&self, asked: &SessionRequest<'_>) -> Judged {
        let call = StsCall::of(asked);
        let mut refusals = Vec::new();
        checks::name(asked, &mut refusals);
        let session = self.opened(asked, &call, &mut refusals);
        let (characters, budget) = (call.characters(), asked.profile.budget);
        if characters > budget {
            refusals.push(Refusal::OverBudget { characters, budget });
        }
        checks::tags(asked, &mut refusals);
        if let Some(session) = &session {
            checks::admitted(asked, session, &mut refusals);
        }
        let profile = as_deployed(asked.profile, asked.role);
        let layers = session_layers(Some(asked.role), &profile);
        let proof = self.promise(asked.role, &profile, &layers, &mut refusals);
        let later = AddedLater::of(&profile);
        let summary = self.summary(asked.role, &profile);
        if summary.services == 0 {
            refusals.push(Refusal::AllowsNothing);
        }
        let report = trust::trust(
            asked.role,
            asked.providers,
            profile.tag.as_ref(),
            asked.now,
            asked.call,
            &self.details,
        );
        let mut findings = report.findings;
        if let Some(session) = &session {
            let principal = &session.principal;
            let escapes = escapes::Escapes {
                asked,
                profile: &profile,
                layers: &layers,
                is_proven: proof.verdict() == VerdictKind::Holds,
                principal,
                catalog: &self.catalog,
                details: &self.details,
            };
            findings.extend(escapes.find());
        }
        let is_refused = |finding: &Finding| profile.refuse.contains(&finding.code) && !finding.is_permitted;
        let (refused, told) = findings.into_iter().partition(is_refused);
        refusals.extend(Vec::into_iter(refused).map(Refusal::Finding));
        let quotas = self.quotas(&call, asked);
        Judged { refusals, findings: told, call, session, proof, later, summary, quotas }
    }

    /// The extent of what role and profile make possible, in numbers.
    fn summary(&self, role: &RoleSnapshot, profile: &Profile) -> Summary {
        let own = preview(role, profile, &self.catalog);
        Summary {
            levels: own.levels.iter().map(|own| (own.level, own.both)).collect(),
            services: own.services.len(),
            data: own.services.iter().fold(0, |sum, service| sum.saturating_add(service.data)),
            credentials: own.services.iter().fold(0, |sum, service| sum.saturating_add(service.credentials)),
        }
    }

    /// The session that STS would create.
    fn opened(
        &self,
        asked: &SessionRequest<'_>,
        call: &StsCall,
        refusals: &mut Vec<Refusal>,
    ) -> Option<Session> {
        let Some(arn) = checks::provider_arn(asked) else {
            refusals.push(Refusal::UnknownProvider { provider: asked.provider.into() });
            return None;
        };
        let mut parameters = Parameters::named(call.role_session_name.clone());
        parameters.duration_seconds = Some(call.duration_seconds);
        parameters.policy = Some(call.policy.clone());
        parameters.policy_arns.clone_from(&call.policy_arns);
        let role = trust::sts_role(asked.role);
        let mut opening = Opening::web_identity(role, parameters, arn, asked.claims.token.clone(), asked.now);
        opening.call = asked.call.clone();
        match opening.open(&self.limits) {
            Ok(session) => Some(session),
            Err(reasons) => {
                refusals.extend(reasons.into_iter().map(Refusal::Sts));
                None
            }
        }
    }

    /// Proves the promise of the profile.
    fn promise(
        &self,
        role: &RoleSnapshot,
        profile: &Profile,
        layers: &Layers,
        refusals: &mut Vec<Refusal>,
    ) -> Proof {
        let proof = prove_read_only(Some(role), profile, &self.catalog, &self.details, &self.premises);
        for claim in &proof.claims {
            for answer in &claim.broken {
                refusals.push(match &answer.verdict {
                    Verdict::Fails(witness) => {
                        let request = witness.request.clone();
                        let layers = checks::replayable(layers, &request);
                        let shown = Box::new(Shown { request, layers });
                        Refusal::NotReadOnly { claim: claim.says.clone(), shown }
                    }
                    Verdict::Holds => continue,
                    Verdict::Unknown(doubts) => {
                        let action = answer.example.clone();
                        Refusal::NotKnown { claim: claim.says.clone(), action, doubts: doubts.clone() }
                    }
                });
            }
        }
        proof
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

/// Whether the profile pins each managed session policy that was judged.
fn reviewed(asked: &SessionRequest<'_>) -> impl Iterator<Item = bool> {
    let (role, profile) = (asked.role, asked.profile);
    profile.managed.iter().map(|managed| managed.is_reviewed(role.deployed(&managed.found.arn)))
}

/// The managed session policies that were judged: as the role's account has them, or else as the profile has them.
fn judged_versions<'r>(asked: &SessionRequest<'r>) -> impl Iterator<Item = &'r ManagedPolicy> {
    let (role, profile) = (asked.role, asked.profile);
    profile.managed.iter().map(|managed| role.deployed(&managed.found.arn).unwrap_or(&managed.found))
}

/// The profile with the managed policies of the role's account, as far as the snapshot shows them. STS uses those.
fn as_deployed<'p>(profile: &'p Profile, role: &RoleSnapshot) -> Cow<'p, Profile> {
    let mut own = Cow::Borrowed(profile);
    for managed in &profile.managed {
        let found = &managed.found;
        let Some(deployed) = role.deployed(&found.arn).filter(|other| !other.is_same(found)) else {
            continue;
        };
        let at = own.policies.iter().position(|named| Arc::ptr_eq(&named.policy, &found.policy));
        if let Some(named) = at.and_then(|at| own.to_mut().policies.get_mut(at)) {
            named.policy = Arc::clone(&deployed.policy);
        }
    }
    own
}
