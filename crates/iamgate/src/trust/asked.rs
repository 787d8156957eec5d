//! Questions about all callers of one kind: can one that is not like this open a session?

use std::sync::Arc;

use iam_analysis::{Actions, Analysis, CallerKind, Callers, Doubt, ProofBudget, Question, Verdict};
use iam_catalog::Details;
use iam_eval::session::{Claim, Token};
use iam_eval::{Action, Context, Layers, Principal, Reading, ResourceKind, condition_outcomes};
use iam_policy::value::Instant;
use iam_policy::{
    Condition, Effect, NamedPrincipal, Policy, PrincipalElement, Principals, Spanned, Statement,
};

use super::caller::{Trial, TrustDoubt, TrustDoubtKind, TrustPlace, TrustVerdict, TrustedCaller};
use super::combined::{Asker, TrustWays, combined};
use super::keys::{Keys, Kind};
use crate::snapshot::RoleSnapshot;

/// The maximum number of steps of one question.
const BUDGET: ProofBudget = ProofBudget::steps(1 << 19);

/// The maximum number of questions about single statements, for the callers of one provider.
const LOCATING: usize = 64;

pub(super) const WITH_TOKEN: &str = "sts:AssumeRoleWithWebIdentity";
pub(super) const WITH_ASSERTION: &str = "sts:AssumeRoleWithSAML";
pub(super) const WITH_CREDENTIALS: &str = "sts:AssumeRole";

/// What every question about a role has in common.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) role: &'a RoleSnapshot,
    /// The trust policy as it was written. That of `role` may be a part of it.
    pub(super) trust: Option<&'a Arc<Policy>>,
    pub(super) details: &'a Details<'a>,
    pub(super) now: Instant,
    /// What else is known of the call.
    pub(super) call: &'a Context,
    /// The key of a session tag that matters, whether a policy mentions it or not.
    pub(super) tag: Option<&'a str>,
}

/// The callers of one provider, or all callers with credentials, prepared for several questions.
pub(super) struct Asked<'a> {
    about: About<'a>,
    pub(super) keys: Keys<'a>,
    action: &'static str,
    principal: Option<Principal>,
    /// Claims that a token has if nothing is asked of them.
    usual: Token,
    has_audience: bool,
    /// The trust policy for calls that can certainly be made, and for all. They are the same if no policy asks for transitive
    /// tags or for the time in two ways.
    policies: Result<Vec<Arc<Policy>>, TrustWays>,
    analysis: Analysis,
    /// How many more questions may be asked to find the statements that could not be decided.
    left: usize,
}

impl<'a> Asked<'a> {
    /// The tokens of an OIDC provider. `has_audience` says that they have one, as STS asks for.
    pub(super) fn tokens(about: About<'a>, provider: &'a str, usual: Token, has_audience: bool) -> Self {
        let principal = Principal::WebIdentity { provider: provider.into() };
        let keys = Keys::new(Kind::Token { provider }, about.role, about.tag, about.now, about.call);
        Self::federated(about, keys, principal, WITH_TOKEN, usual, has_audience)
    }

    /// The assertions of a SAML provider.
    pub(super) fn assertions(about: About<'a>, provider: &'a str) -> Self {
        let principal = Principal::Saml { provider: provider.into() };
        let keys = Keys::new(Kind::Assertion { provider }, about.role, about.tag, about.now, about.call);
        Self::federated(about, keys, principal, WITH_ASSERTION, Token::default(), true)
    }

    fn federated(
        about: About<'a>,
        keys: Keys<'a>,
        principal: Principal,
        action: &'static str,
        usual: Token,
        has_audience: bool,
    ) -> Self {
        let policies = prepared(about.role, &keys, action, Asker::One(&principal), false);
        let space = keys.space(about.role, about.details, has_audience);
        let analysis = Analysis::new(space).within(BUDGET);
        let principal = Some(principal);
        Self { about, keys, action, principal, usual, has_audience, policies, analysis, left: LOCATING }
    }

    /// Some callers with credentials of AWS. `role` has the statements that they are asked about.
    pub(super) fn callers(about: About<'a>, callers: Callers) -> Self {
        let keys = Keys::new(Kind::Aws, about.role, about.tag, about.now, about.call);
        let is_service = callers.kind() == CallerKind::Service;
        let policies = prepared(about.role, &keys, WITH_CREDENTIALS, Asker::Any, is_service);
        let space = keys.space(about.role, about.details, true).with_callers(callers);
        let analysis = Analysis::new(space).within(BUDGET);
        let (principal, usual) = (None, Token::default());
        Self {
            about,
            keys,
            action: WITH_CREDENTIALS,
            principal,
            usual,
            has_audience: true,
            policies,
            analysis,
            left: LOCATING,
        }
    }

    /// Whether a caller of whom none of these lists of conditions is true can open a session.
    pub(super) fn beyond(&mut self, lists: &[Vec<Condition>]) -> TrustVerdict {
        let policies = match &self.policies {
            Ok(policies) => policies.clone(),
            Err(ways) => return unknown(vec![TrustDoubtKind::TooLarge(*ways)]),
        };
        let mut last = TrustVerdict::Never;
        for policy in policies {
            last = self.of_policy(Arc::clone(&policy), lists);
            match last {
                TrustVerdict::Possible(_) => break,
                TrustVerdict::Unknown(doubts) => {
                    last = TrustVerdict::Unknown(self.located(&policy, lists, doubts));
                }
                TrustVerdict::Never => {}
            }
        }
        last
    }

    /// The doubts about a policy with the statements that they are about: those that by themselves cannot be decided either.
    fn located(
        &mut self,
        policy: &Policy,
        lists: &[Vec<Condition>],
        doubts: Vec<TrustDoubt>,
    ) -> Vec<TrustDoubt> {
        let Some(trust) = self.about.trust else { return doubts };
        // Every trust policy was read from a text, so that the places of its statements tell them apart.
        let is_allow = |own: &&Statement| own.effect.value == Effect::Allow;
        let mut starts: Vec<u32> =
            policy.statements.iter().filter(is_allow).map(|own| own.place.span.start).collect();
        starts.dedup();
        let mut located = Vec::new();
        let is_one = starts.len() == 1;
        for start in starts {
            let Some(first) =
                policy.statements.iter().find(|own| is_allow(own) && own.place.span.start == start)
            else {
                continue;
            };
            let statement = TrustPlace::of(trust, first);
            if is_one {
                let with = |own: TrustDoubt| TrustDoubt { statement: statement.clone(), ..own };
                return doubts.into_iter().map(with).collect();
            }
            let Some(left) = self.left.checked_sub(1) else { break };
            self.left = left;
            let mut alone = policy.clone();
            alone.statements.retain(|own| !is_allow(&own) || own.place.span.start == start);
            if let TrustVerdict::Unknown(own) = self.of_policy(Arc::new(alone), lists) {
                let with = |own: TrustDoubt| TrustDoubt { statement: statement.clone(), ..own };
                located.extend(own.into_iter().map(with));
            }
        }
        // Statements that can be decided one by one may be too many together.
        if located.is_empty() { doubts } else { located }
    }

    fn of_policy(&mut self, policy: Arc<Policy>, lists: &[Vec<Condition>]) -> TrustVerdict {
        if !policy.statements.iter().any(|own| own.effect.value == Effect::Allow) {
            return TrustVerdict::Never;
        }
        let Some(action) = Action::new(self.action) else { return unknown(Vec::new()) };
        let everything = Arc::new(Policy::everything());
        let mut layers = Layers::new();
        layers.identity.push(Arc::clone(&everything));
        let mut beyond = layers.clone();
        beyond.resource = Some(self.like(&policy, lists));
        layers.resource = Some(policy);
        let mut question =
            Question::new(&layers).about(Actions::One(action)).owned_by(self.about.role.account());
        question.resource = ResourceKind::IamRoleTrust;
        question.principal = self.principal.as_ref();
        if !lists.is_empty() {
            question = question.beyond(&beyond);
        }
        match self.analysis.never(&question) {
            Verdict::Holds => TrustVerdict::Never,
            Verdict::Unknown(doubts) => {
                unknown(doubts.into_iter().map(|doubt| TrustDoubtKind::Open(self.written(doubt))).collect())
            }
            Verdict::Fails(witness) => {
                let trial = Trial {
                    role: self.about.role,
                    keys: &self.keys,
                    action: self.action,
                    usual: &self.usual,
                    has_audience: self.has_audience,
                    now: self.about.now,
                };
                let is_like = |caller: &TrustedCaller| {
                    let context = caller.requests.first().map(|request| &request.context);
                    context.is_none_or(|context| {
                        lists.iter().any(|list| list.iter().all(|own| holds(own, context)))
                    })
                };
                match trial.tried(&witness.request, &is_like) {
                    Ok(caller) => TrustVerdict::Possible(caller),
                    Err(why) => unknown(vec![TrustDoubtKind::NotReal { why }]),
                }
            }
        }
    }

    /// The doubt with the trust policy as it was written. Questions are about another form of it.
    fn written(&self, doubt: Doubt) -> Doubt {
        match (doubt, self.about.trust) {
            (Doubt::OutOfSteps { action, load }, Some(trust)) => {
                let load = Box::new(load.written(trust, "trust policy", self.action));
                Doubt::OutOfSteps { action, load }
            }
            (other, _) => other,
        }
    }

    /// Whether any caller can open a session.
    pub(super) fn any(&mut self) -> TrustVerdict {
        self.beyond(&[])
    }

    /// A policy that allows the callers of whom one of the lists is true.
    fn like(&self, policy: &Policy, lists: &[Vec<Condition>]) -> Arc<Policy> {
        let Some(first) = policy.statements.iter().find(|own| own.effect.value == Effect::Allow) else {
            return Arc::new(policy.clone());
        };
        let element = PrincipalElement::Principal(match self.keys.kind {
            Kind::Token { provider } | Kind::Assertion { provider } => {
                Principals::Entries(vec![Spanned::placeless(NamedPrincipal::Federated(provider.into()))])
            }
            Kind::Aws => Principals::Everyone(Spanned::placeless(())),
        });
        let with = |conditions: &Vec<Condition>| {
            let mut own: Statement = first.clone();
            own.principal = Some(element.clone());
            own.conditions.clone_from(conditions);
            own
        };
        let mut whole = policy.clone();
        whole.statements = lists.iter().map(with).collect();
        Arc::new(whole)
    }
}

/// An answer that is not known.
fn unknown(whys: Vec<TrustDoubtKind>) -> TrustVerdict {
    let doubt = |why| TrustDoubt { statement: None, why };
    TrustVerdict::Unknown(whys.into_iter().map(doubt).collect())
}

/// Whether a condition is true of a call.
fn holds(condition: &Condition, context: &Context) -> bool {
    condition_outcomes(condition, context, Reading::FIRST).may_be_true()
}

/// The trust policy for the calls of one kind.
///
/// # Errors
/// It is too large.
fn prepared(
    role: &RoleSnapshot,
    keys: &Keys<'_>,
    action: &str,
    asker: Asker<'_>,
    is_plain: bool,
) -> Result<Vec<Arc<Policy>>, TrustWays> {
    let mut policies = Vec::new();
    if role.trust().is_none() {
        return Ok(policies);
    }
    // Keys that are tied to others, so that there may be cases of which there are no calls.
    let is_tied = ["sts:TransitiveTagKeys", "aws:EpochTime"].iter().any(|key| keys.mentions(key));
    let forms: &[bool] = if is_tied { &[true, false] } else { &[false] };
    for is_narrow in forms {
        let mut cases = keys.cases(*is_narrow);
        if is_plain {
            cases.retain(|case| !case.passes_tags && !case.has_identity);
        }
        policies.push(combined(role, action, asker, &cases)?);
    }
    Ok(policies)
}

/// A token with this subject and audience.
pub(super) fn usual(subject: &str, audience: &str) -> Token {
    let one = |text: &str| Claim::One(text.into());
    Token::default().with("sub", one(subject)).with("aud", one(audience))
}
