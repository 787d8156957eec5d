//! Who a role's trust policy admits: the tokens of identity providers, and callers with credentials of AWS.
//!
//! The answers are about all tokens and all callers. A question ([`iam_analysis`]) looks for a call that the policies allow and that is not
//! as it should be: a token of another audience, of another subject, with another tag, of another owner. If there is none, that is proven.
//! What is found is made a call of STS ([`iam_eval::session::Opening`]) and judged as `plan` judges the token of a session, so that no
//! caller is shown who does not get in.
//!
//! Before it asks a policy, STS checks signature, issuer and expiry of a token, and whether the provider is registered with its audience.
//! So every token in question has a valid signature and an audience. Which audiences are registered is not known here: all are in question.

mod admitted;
mod asked;
mod caller;
mod callers;
mod combined;
mod doit;
mod findings;
mod keys;
mod one;
mod providers;
mod shared;
mod tokens;
mod trial;

use iam_catalog::Details;
use iam_eval::Context;
use iam_policy::value::Instant;

pub use admitted::{Admitted, TrustCaller};
pub use caller::{TrustDoubt, TrustDoubtKind, TrustPlace, TrustVerdict, TrustedCaller};
pub use callers::CallerTrust;
pub use combined::TrustWays;
pub use doit::{ProviderTrust, Trial};
pub(crate) use keys::space_of_calls;
pub use one::{TokenAnswer, provider_of, try_token};
pub use providers::{IdentityProvider, IdentityProviders};
pub use tokens::{KeyTrust, TokenTrust};
pub(crate) use trial::{layers, sts_role};

use crate::finding::Finding;
use crate::outsiders::variables;
use crate::profile::SessionTag;
use crate::snapshot::RoleSnapshot;
use asked::About;

/// What a trust policy admits.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TrustReport {
    /// The principals of its Allow statements.
    pub admits: Vec<Admitted>,
    /// DoiT's providers, and what becomes of their tokens.
    pub providers: Vec<ProviderTrust>,
    /// Every identity provider that the policy names, and what it asks of its callers.
    pub tokens: Vec<TokenTrust>,
    /// The callers with credentials of AWS and the services that its statements are about.
    pub callers: Vec<CallerTrust>,
    /// Findings that are worth knowing.
    pub findings: Vec<Finding>,
    /// What the answers rest on, as sentences.
    pub premises: Vec<Box<str>>,
}

/// Whether anybody opens sessions besides tokens of DoiT's providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OthersAdmitted {
    /// Proven: nobody.
    Nobody,
    /// Somebody does.
    Somebody,
    /// Neither is known.
    NotKnown,
}

impl OthersAdmitted {
    /// Every answer.
    pub const ALL: &'static [Self] = &[Self::Nobody, Self::Somebody, Self::NotKnown];

    /// The name of the answer: `nobody`, `somebody` or `not known`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Somebody => "somebody",
            Self::NotKnown => "not known",
        }
    }
}

impl std::fmt::Display for OthersAdmitted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

impl TrustReport {
    /// Whether the token of every provider of DoiT's is admitted as it is sent.
    pub fn admits_doit(&self) -> bool {
        !self.providers.is_empty() && self.providers.iter().all(ProviderTrust::is_admitted)
    }

    /// Whether anybody opens sessions besides tokens of DoiT's providers.
    pub fn others(&self) -> OthersAdmitted {
        let tokens = self.tokens.iter().filter(|own| !own.is_doit).map(|own| &own.admitted);
        let verdicts = tokens.chain(self.callers.iter().map(|own| &own.verdict));
        let mut all = OthersAdmitted::Nobody;
        for verdict in verdicts {
            match verdict {
                TrustVerdict::Possible(_) => return OthersAdmitted::Somebody,
                TrustVerdict::Unknown(_) => all = OthersAdmitted::NotKnown,
                TrustVerdict::Never => {}
            }
        }
        all
    }

    /// Whether it is proven that of DoiT's providers only the tokens that the profile describes open sessions: of the provider's audience and
    /// subject, with the session tag. A token without audience does not count.
    pub fn is_pinned(&self) -> bool {
        self.providers
            .iter()
            .flat_map(|own| &own.trials)
            .all(|own| !own.is_of_profile || own.verdict.is_never())
    }

    /// Whether a question found a call that the evaluator judges differently. That is a defect of this program, not an answer.
    pub fn is_defect(&self) -> bool {
        self.verdicts().any(|verdict| match verdict {
            TrustVerdict::Unknown(doubts) => doubts
                .iter()
                .any(|doubt| matches!(doubt.why, TrustDoubtKind::Open(iam_analysis::Doubt::Defect { .. }))),
            TrustVerdict::Never | TrustVerdict::Possible(_) => false,
        })
    }

    /// Every answer of the report.
    pub fn verdicts(&self) -> impl Iterator<Item = &TrustVerdict> {
        let trials = self.providers.iter().flat_map(|own| &own.trials).map(|own| &own.verdict);
        let tokens = self.tokens.iter().flat_map(|own| {
            let keys = own.keys.iter().map(|key| &key.other);
            std::iter::once(&own.admitted).chain(keys).chain(&own.strangers)
        });
        let callers = self.callers.iter().flat_map(|own| [&own.verdict, &own.stranger]);
        trials.chain(tokens).chain(callers)
    }
}

/// Says who the trust policy of a role admits.
///
/// `tag` is the session tag that DoiT's tokens have. `call` has other known facts about the call, such as `aws:SourceIp`; every other fact
/// of the call is in question, too. The calls are made at `now` or later. A role without a trust policy admits nobody.
///
/// # Examples
/// ```
/// use iamgate::iam_catalog::Details;
/// use iamgate::iam_eval::Context;
/// use iamgate::iam_policy::value::Instant;
/// use iamgate::{OthersAdmitted, built_in, trust};
///
/// let managed = built_in::managed()?;
/// let role = built_in::support_gateway(&managed)?;
/// let profile = built_in::profile("standard", role.account(), &managed)?;
/// let providers = built_in::providers(role.account())?;
/// let now = Instant::from_epoch_seconds(1_795_000_000);
/// let details = Details::embedded()?;
/// let report = trust(&role, &providers, profile.tag(), now, &Context::new(), &details);
/// assert!(report.admits_doit());
/// assert_eq!(report.others(), OthersAdmitted::Nobody);
/// for finding in &report.findings {
///     println!("{finding}");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn trust(
    role: &RoleSnapshot,
    providers: &IdentityProviders,
    tag: Option<&SessionTag>,
    now: Instant,
    call: &Context,
    details: &Details<'_>,
) -> TrustReport {
    let (call, ignored) = keys::stated(role, now, call);
    let about = About { role, trust: role.trust(), details, now, call: &call, tag: tag.map(SessionTag::key) };
    let mut report = TrustReport {
        admits: admitted::of(role, providers),
        providers: Vec::new(),
        tokens: Vec::new(),
        callers: callers::of(about),
        findings: Vec::new(),
        premises: premises(role, now, &call, &ignored),
    };
    for provider in providers.providers() {
        let (own, findings) = doit::of(about, provider, tag);
        report.providers.push(own);
        report.findings.extend(findings);
    }
    for named in admitted::providers(role) {
        let is_doit = providers.of_arn(&named.provider, role.partition(), role.account()).is_some();
        report.tokens.push(tokens::of(about, &named, is_doit));
    }
    let others = findings::of(&report);
    report.findings.splice(0..0, others);
    report
}

/// Whether a policy that decides about calls of STS asks for their time. If none does, the answers of [`trust`] are the same at any time, except
/// that their premises tell it.
pub(crate) fn asks_for_time(role: &RoleSnapshot) -> bool {
    let conditions = keys::policies(role).flat_map(|own| &own.statements).flat_map(|own| &own.conditions);
    let tested = conditions.map(|own| own.key.value.as_str());
    let mut mentioned = tested.chain(keys::policies(role).flat_map(variables));
    mentioned.any(|key| OF_TIME.iter().any(|own| own.eq_ignore_ascii_case(key)))
}

/// The keys that follow from the time of a call.
const OF_TIME: [&str; 2] = ["aws:CurrentTime", "aws:EpochTime"];

/// What the answers rest on.
fn premises(role: &RoleSnapshot, now: Instant, call: &Context, ignored: &[Box<str>]) -> Vec<Box<str>> {
    let mut premises: Vec<Box<str>> = vec![
        "STS checks signature, issuer and expiry of a token, and that the provider is registered with its audience".into(),
        "which audiences the providers are registered with is not known: every audience is in question".into(),
        format!("calls from {now} on").into(),
    ];
    if role.rcp().is_none() {
        premises.push("no resource control policy is known, and none is counted on".into());
    } else {
        premises.push("the resource control policies are those given".into());
    }
    for (key, value) in call.iter() {
        if let Some(value) = iam_eval::wire::value_json(value) {
            premises.push(format!("{key} is {value}").into());
        }
    }
    premises.extend(
        ignored
            .iter()
            .map(|key| format!("{key} follows from the call, and what was said of it does not count").into()),
    );
    premises.push("callers with credentials of AWS may do in their own account what they want".into());
    premises
}
