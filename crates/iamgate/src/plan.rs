//! Plans: the call that is passed to STS, or the reasons why no session may be opened.
//!
//! A [`Plan`] is the only value from which a call of STS can be made. It exists only if the tokens are verified, the profile and the catalogue are
//! pinned, the profile's promise is proven for the sessions of the role, the trust policy admits the token, and STS would accept the call. Both a plan and a refusal come with a decision record. The record is
//! canonical JSON: the same inputs always give the same bytes.

mod asked;
mod call;
mod checks;
mod claims;
mod escapes;
mod known;
mod memory;
mod name;
mod pins;
mod record;
mod refusal;
#[cfg(test)]
mod tests;
mod token;

use std::sync::Arc;

use iam_analysis::ActionNames;
use iam_catalog::{AccessLevel, Catalog, DataError, Details};
use iam_eval::session::{Opening, Parameters, Session, SessionLimits};
use iam_json::Json;
use iam_policy::value::Instant;
use iamgate_token::StsToken;

pub use asked::{Rehearsal, SessionRequest};
pub use call::{NotSent, StsCall, StsParameters};
pub use claims::Claims;
pub use pins::Pins;
pub use record::{DecisionRecord, Difference, DifferenceKind, Replay};
pub use refusal::{PinnedKind, Refusal};

use asked::Asked;
use known::{Known, UnderProfile};
use memory::Memory;
use pins::Pinned;

use crate::access::action_names;
use crate::content::{catalog_sha256, details_sha256};
use crate::finding::Finding;
use crate::later::AddedLater;
use crate::managed::ManagedPolicy;
use crate::premise::Premise;
use crate::profile::Profile;
use crate::proof::Premises;
use crate::trust;

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

/// A session that may be opened, for one token, for a few minutes, once.
///
/// Only [`Gate::plan`] makes this value. [`Plan::into_call`] uses it up, and is the only way to a call of STS.
/// ```compile_fail,E0451
/// # fn of(given: iamgate::Plan, judgement: iamgate::Judgement) -> iamgate::Plan {
/// iamgate::Plan { judgement, ..given }
/// # }
/// ```
/// ```compile_fail,E0599
/// # fn of(plan: iamgate::Plan) -> [iamgate::Plan; 2] {
/// [plan.clone(), plan]
/// # }
/// ```
/// ```compile_fail,E0382
/// # use iamgate::{NotSent, Plan, StsCall, iam_policy::value::Instant, iamgate_token::StsToken};
/// # fn of(plan: Plan, tokens: [StsToken; 2], now: Instant) -> [Result<StsCall, NotSent>; 2] {
/// tokens.map(|token| plan.into_call(token, now))
/// # }
/// ```
#[derive(Debug)]
pub struct Plan {
    judgement: Judgement,
    /// The SHA-256 of the token's text.
    token: [u8; 32],
    planned: Instant,
    expires: Instant,
}

/// What was judged of a session that may be opened, and what it makes possible. It has no call of STS: a [`Plan`] has.
/// ```compile_fail,E0599
/// # use iamgate::{Judgement, iam_policy::value::Instant, iamgate_token::StsToken};
/// # fn of(rehearsed: Judgement, token: StsToken, now: Instant) {
/// rehearsed.into_call(token, now);
/// # }
/// ```
#[derive(Debug)]
pub struct Judgement {
    id: Box<str>,
    parameters: StsParameters,
    session: Session,
    managed: Vec<ManagedPolicy>,
    quotas: Vec<Quota>,
    known: Arc<Known>,
    findings: Vec<Finding>,
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
    /// What the proof takes for true and does not show.
    pub premises: Vec<Premise>,
    /// The decision record.
    pub record: String,
    /// The members of `record`.
    members: Json,
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
    /// What was judged, and what the session makes possible.
    pub const fn judgement(&self) -> &Judgement {
        &self.judgement
    }

    /// The time from which the plan gives no call: five minutes after the time of the request, or when a token expires before.
    pub const fn expires(&self) -> Instant {
        self.expires
    }

    /// The call of STS with the token for which the plan was made.
    ///
    /// The plan is used up, also by an error: whoever has a new token, or is too late, asks the gate again.
    ///
    /// # Errors
    /// The token is another one, the plan has expired, or `now` is more than a minute before the time of the plan.
    pub fn into_call(self, token: StsToken, now: Instant) -> Result<StsCall, NotSent> {
        if now >= self.expires {
            return Err(NotSent::Expired { at: self.expires });
        }
        if now.epoch_seconds() < self.planned.epoch_seconds().saturating_sub(CLOCKS) {
            return Err(NotSent::TooEarly { planned: self.planned });
        }
        if *token.sha256() != self.token {
            return Err(NotSent::AnotherToken);
        }
        Ok(StsCall::new(self.judgement.parameters, token))
    }

    /// The decision record: canonical JSON on one line, without the line end.
    pub fn record(&self) -> &str {
        self.judgement.record()
    }
}

/// How far a clock may be behind the one that planned, in seconds.
const CLOCKS: i64 = 60;

/// The time for which a plan is good, in seconds.
const LIFETIME: i64 = 300;

impl Judgement {
    /// The id of the session that was asked for: the hash of who asks, with which token, for what and when. The serial in the session's name is
    /// made from it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The parameters of the call of STS, without the token.
    pub const fn parameters(&self) -> &StsParameters {
        &self.parameters
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
    pub fn summary(&self) -> &Summary {
        &self.known.summary
    }

    /// Findings that are worth knowing and did not refuse the session.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What the proof takes for true and does not show.
    pub fn premises(&self) -> &[Premise] {
        &self.known.proof.premises
    }

    /// The services to which AWS may add actions that the session may then do. It is a premise of the plan, counted and not proven.
    pub fn added_later(&self) -> &AddedLater {
        &self.known.later
    }

    /// The decision record: canonical JSON on one line, without the line end.
    pub fn record(&self) -> &str {
        &self.record
    }

    /// The members of the record.
    const fn members(&self) -> &Json {
        &self.members
    }
}

/// A judge of sessions: catalogue, limits, premises, and the content that it accepts.
///
/// A gate owns its data and a clone shares them. A server can keep one for its whole life and use it from many threads.
///
/// What depends on content alone is found once and then remembered: the proof under a profile, whom the trust policy admits, and what session
/// policies do not hold. So a role that has not changed is planned in about a millisecond, whoever asks. The memory is bounded: at most 768
/// answers, three for each role under each profile, and about 64 MiB. If the trust policy asks for the time or for keys of the call, each time
/// and each call is a question of its own.
///
/// # Examples
/// A broker plans with tokens that a `TokenVerifier` of `iamgate-token` has verified:
/// ```
/// use iamgate::iamgate_token::{StsToken, VerifiedEngineer};
/// use iamgate::{Context, Gate, NotSent, Refused, RoleSnapshot, SessionRequest, StsCall, built_in};
/// use iamgate::iam_policy::value::Instant;
///
/// fn open(
///     gate: &Gate,
///     role: &RoleSnapshot,
///     engineer: &VerifiedEngineer,
///     token: StsToken,
///     now: Instant,
/// ) -> Result<StsCall, Box<dyn std::error::Error>> {
///     let managed = built_in::managed()?;
///     let plan = gate.plan(&SessionRequest {
///         role,
///         profile: &built_in::profile("standard", role.account(), &managed)?,
///         providers: &built_in::providers(role.account())?,
///         engineer,
///         token: &token,
///         case: "4711",
///         duration_seconds: 3_600,
///         now,
///         call: &Context::new(),
///     })?;
///     println!("{}", plan.record());
///     Ok(plan.into_call(token, now)?)
/// }
/// ```
///
/// A rehearsal needs no token, and gives no call:
/// ```
/// use iamgate::iam_eval::Context;
/// use iamgate::iam_policy::{Limits, value::Instant};
/// use iamgate::{Claims, File, Gate, Rehearsal, built_in};
///
/// let managed = built_in::managed()?;
/// let role = built_in::support_gateway(&managed)?;
/// let profile = built_in::profile("standard", role.account(), &managed)?;
/// let providers = built_in::providers(role.account())?;
/// let text = r#"{"iss": "https://support.cre.doit-intl.com", "aud": "123456789012", "sub": "ana@doit.com",
///     "https://aws.amazon.com/tags": {"principal_tags": {"DoitEnvironment": ["123456789012"]},
///                                     "transitive_tag_keys": ["DoitEnvironment"]}}"#;
/// let claims = Claims::from_json(&File { name: "token".into(), text: text.into() }, &Limits::default())?;
///
/// let gate = Gate::embedded()?;
/// let call = Context::new();
/// let mut asked = Rehearsal {
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
/// let rehearsed = gate.rehearse(&asked)?;
/// assert!(rehearsed.parameters().role_session_name().starts_with("ana@doit.com+4711+"));
///
/// asked.case = "";
/// let refused = gate.rehearse(&asked).err().ok_or("a session without a case")?;
/// assert_eq!(refused.refusals[0].code(), "SESSION_NAME");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Gate {
    catalog: Arc<Catalog<'static>>,
    details: Arc<Details<'static>>,
    /// The names of the catalogue.
    names: ActionNames,
    catalog_sha256: Arc<str>,
    details_sha256: Arc<str>,
    limits: SessionLimits,
    premises: Premises,
    pins: Pins,
    memory: Memory,
}

/// The findings and results on the way to a plan.
struct Judged {
    id: Box<str>,
    refusals: Vec<Refusal>,
    findings: Vec<Finding>,
    call: StsParameters,
    session: Option<Session>,
    known: Arc<Known>,
    quotas: Vec<Quota>,
    /// The time at which the plan expires; `None` for a rehearsal.
    expires: Option<Instant>,
}

impl Gate {
    /// A gate with a catalogue, the limits of STS, and the premise that no resource policy names sessions. It accepts the built-in content.
    ///
    /// Catalogue and details are taken by value or shared. The text of a catalogue that is not the embedded one must live as long as the
    /// program; [`String::leak`] makes it so. Their content is hashed, which takes about as long as reading them.
    pub fn new(catalog: impl Into<Arc<Catalog<'static>>>, details: impl Into<Arc<Details<'static>>>) -> Self {
        let (catalog, details) = (catalog.into(), details.into());
        Self {
            catalog_sha256: catalog_sha256(&catalog).into(),
            details_sha256: details_sha256(&details).into(),
            names: action_names(&catalog),
            catalog,
            details,
            limits: SessionLimits::default(),
            premises: Premises::default(),
            pins: Pins::built_in(),
            memory: Memory::default(),
        }
    }

    /// A gate with the embedded catalogue. Reading the catalogue takes about 16 ms.
    ///
    /// # Errors
    /// Never in a released version, because tests read the embedded texts. The error is returned so that callers need not panic.
    pub fn embedded() -> Result<Self, DataError> {
        Ok(Self::new(Catalog::embedded()?, Details::embedded()?))
    }

    /// The same gate under other premises.
    #[must_use]
    pub fn assuming(mut self, premises: Premises) -> Self {
        // What is remembered follows from the premises.
        if self.premises != premises {
            self.premises = premises;
            self.memory = Memory::default();
        }
        self
    }

    /// The same gate, which accepts this content.
    #[must_use]
    pub fn pinning(mut self, pins: Pins) -> Self {
        self.pins = pins;
        self
    }

    /// The content that the gate accepts.
    pub const fn pins(&self) -> &Pins {
        &self.pins
    }

    /// Judges a session and makes its plan.
    ///
    /// # Errors
    /// Every reason against the session, with the record of the refusal.
    pub fn plan(&self, asked: &SessionRequest<'_>) -> Result<Plan, Box<Refused>> {
        let own = Asked::request(asked);
        let expires = own.expires();
        let judgement = self.judgement(&own)?;
        Ok(Plan { judgement, token: *asked.token.sha256(), planned: asked.now, expires })
    }

    /// Judges a session of which nothing was verified.
    ///
    /// # Errors
    /// Every reason against the session, with the record of the refusal.
    pub fn rehearse(&self, asked: &Rehearsal<'_>) -> Result<Judgement, Box<Refused>> {
        self.judgement(&Asked::rehearsal(asked))
    }

    fn judgement(&self, asked: &Asked<'_>) -> Result<Judgement, Box<Refused>> {
        let judged = self.judge(asked);
        let members = record::of(self, asked, &judged);
        let record = members.to_string();
        let Judged { id, refusals, findings, call, session, known, quotas, .. } = judged;
        match session {
            Some(session) if refusals.is_empty() => {
                let managed = judged_versions(asked).cloned().collect();
                let parameters = call;
                Ok(Judgement { id, parameters, session, managed, quotas, known, findings, record, members })
            }
            _ => {
                let premises = known.proof.premises.clone();
                Err(Box::new(Refused { refusals, findings, premises, record, members }))
            }
        }
    }

    /// Refuses content that is not pinned.
    fn check_pins(&self, profile: &Profile, refusals: &mut Vec<Refusal>) {
        let (catalog, details) = (&*self.catalog_sha256, &*self.details_sha256);
        let pinned = [
            (PinnedKind::Profile, self.pins.profile(profile.sha256()), profile.name(), profile.sha256()),
            (PinnedKind::Catalogue, self.pins.catalog(catalog), self.catalog.date(), catalog),
            (PinnedKind::Details, self.pins.details(details), self.details.date(), details),
        ];
        for (kind, _, name, sha256) in pinned.into_iter().filter(|(_, pinned, ..)| pinned.is_none()) {
            refusals.push(Refusal::NotPinned { kind, name: name.into(), sha256: sha256.into() });
        }
    }

    fn judge(&self, asked: &Asked<'_>) -> Judged {
        let id = asked.id();
        let call = StsParameters::of(asked, &id);
        let mut refusals = Vec::new();
        self.check_pins(asked.profile, &mut refusals);
        checks::account(asked, &mut refusals);
        name::check(asked.engineer, asked.case, &mut refusals);
        token::check(asked, &mut refusals);
        let session = self.opened(asked, &call, &mut refusals);
        let (characters, budget) = (call.characters(), asked.profile.budget());
        if characters > budget {
            refusals.push(Refusal::OverBudget { characters, budget });
        }
        checks::tags(asked, &mut refusals);
        if let Some(session) = &session {
            checks::admitted(asked, session, &mut refusals);
        }
        let profile = asked.profile;
        let under = UnderProfile::of(asked.role, profile);
        let known = self.known(&under);
        refusals.extend(known.refusals.iter().cloned());
        if known.summary.services == 0 {
            refusals.push(Refusal::AllowsNothing);
        }
        let mut findings = self.trust_findings(asked).0.clone();
        token::findings(asked, &mut findings);
        if let Some(session) = &session {
            findings.extend(self.escapes(&under, &known, &session.principal));
        }
        let is_refused =
            |finding: &Finding| profile.refuse().contains(&finding.code) && !finding.is_permitted;
        let (refused, told) = findings.into_iter().partition(is_refused);
        refusals.extend(Vec::into_iter(refused).map(Refusal::Finding));
        let is_refused = |premise: &&Premise| profile.refuse().contains(&premise.code());
        refusals.extend(
            known.proof.premises.iter().filter(is_refused).map(|own| Refusal::Finding(own.finding())),
        );
        let quotas = self.quotas(&call, asked);
        let expires = asked.verified.is_some().then(|| asked.expires());
        Judged { id, refusals, findings: told, call, session, known, quotas, expires }
    }

    /// The session that STS would create.
    fn opened(
        &self,
        asked: &Asked<'_>,
        call: &StsParameters,
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

    fn quotas(&self, call: &StsParameters, asked: &Asked<'_>) -> Vec<Quota> {
        let limits = &self.limits;
        let seconds = |seconds: i64| usize::try_from(seconds).unwrap_or_default();
        let maximum = asked.role.max_session_duration().unwrap_or(limits.duration_default);
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
fn reviewed(asked: &Asked<'_>) -> impl Iterator<Item = bool> {
    let (role, profile) = (asked.role, asked.profile);
    profile.managed().iter().map(|managed| managed.is_reviewed(role.deployed(managed.found().arn())))
}

/// The managed session policies that were judged: as the role's account has them, or else as the profile has them.
fn judged_versions<'r>(asked: &Asked<'r>) -> impl Iterator<Item = &'r ManagedPolicy> {
    let (role, profile) = (asked.role, asked.profile);
    profile.managed().iter().map(|managed| role.deployed(managed.found().arn()).unwrap_or(managed.found()))
}
