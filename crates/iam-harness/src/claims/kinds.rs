//! `iamgate diff` on policies of resources, trust policies and service control policies: what became possible, to whom, and that nothing else did.

use std::sync::Arc;

use iam_analysis::{CallerKind, Verdict};
use iam_engines::CallerQuestion;
use iam_eval::session::SessionLimits;
use iam_eval::{Action, Decision, Layers, Principal, Request, ResourceKind};
use iam_policy::{
    AccountId, Effect, Policy, PolicyKind, PrincipalElement, Principals, RoleArn, Span, Spanned,
};
use iam_testkit::Source;
use iamgate::{Asker, Changed};
use iamgate_verbs::{DiffAnswer, DiffArgs, ReadMode, diff};

use super::bench::{Bench, Tally, allows, contradicted, read};
use super::callers::{Crowd, request};
use super::calls::{self, Texts};
use super::diff::Listed;
use super::draw::{Drawer, document};
use super::fault::{Fault, planted};
use super::roles::role_arn;
use super::sample::{ACCOUNT, Pool, reading};

/// The requests that are put to the claims of one case.
const SAMPLES: usize = 80;

pub(crate) const RESOURCE_FAULTS: &[Fault] =
    &[Fault::DenyUnconditional, Fault::AllowLost, Fault::AccountUntied, Fault::AllowUnconditional];
/// That a subject is always there changes no answer here: what both documents lack is no difference. The family `trust` finds that fault.
pub(crate) const TRUST_FAULTS: &[Fault] =
    &[Fault::DenyUnconditional, Fault::AllowLost, Fault::TagsIgnored, Fault::AllowUnconditional];
/// Resource control policies deny, and name everyone.
pub(crate) const RCP_FAULTS: &[Fault] = &[Fault::DenyUnconditional];
pub(crate) const SCP_FAULTS: &[Fault] =
    &[Fault::DenyUnconditional, Fault::DenyEverywhere, Fault::NotActionIgnored, Fault::AllowUnconditional];

/// Two documents, as they were drawn.
struct Drawn {
    texts: [String; 2],
    policies: [Arc<Policy>; 2],
}

impl Drawn {
    /// The texts and policies. `None` if one is refused.
    fn new(texts: [String; 2], kind: PolicyKind) -> Option<Self> {
        let [old, new] = &texts;
        let policies = [read(old, kind)?, read(new, kind)?];
        Some(Self { texts, policies })
    }

    /// A policy and one like it, with statements of another.
    fn changed(own: &str, other: &str, kind: PolicyKind, source: &mut Source<'_>) -> Option<Self> {
        let (policy, more) = (read(own, kind)?, read(other, kind)?);
        let mut all = policy.statements.clone();
        for _ in 0..source.between(1, 2) {
            let at = source.below(all.len().max(1));
            let taken = source.choose(&more.statements).cloned();
            match source.below(7) {
                0 if all.len() > 1 => {
                    all.remove(at.min(all.len().saturating_sub(1)));
                }
                1 => {
                    if let Some(one) = all.get_mut(at) {
                        one.conditions.pop();
                    }
                }
                2 => {
                    if let (Some(one), Some(taken)) = (all.get_mut(at), taken) {
                        one.principal = taken.principal;
                    }
                }
                3 => {
                    if let (Some(one), Some(taken)) = (all.get_mut(at), taken) {
                        one.conditions = taken.conditions;
                    }
                }
                4 => {
                    if let (Some(one), Some(taken)) = (all.get_mut(at), taken) {
                        one.action = taken.action;
                    }
                }
                5 => all.reverse(),
                _ => all.extend(taken),
            }
        }
        let mut changed = (*policy).clone();
        changed.statements = all;
        Self::new([own.to_owned(), changed.to_string()], kind)
    }

    /// The answer about the documents, or about those with the fault. `None` if they are refused.
    fn answer(
        &self,
        bench: &Bench,
        kind: PolicyKind,
        owner: Option<&str>,
        fault: Option<Fault>,
    ) -> Option<DiffAnswer> {
        let [old, new] = &self.texts;
        let (old, new) = (planted(old, kind, fault)?, planted(new, kind, fault)?);
        let args = DiffArgs {
            old: "old.json".to_owned(),
            new: "new.json".to_owned(),
            kind: Some(kind),
            owner: owner.map(str::to_owned),
            role: None,
            managed: None,
            closed: false,
            mode: ReadMode::Deployed,
        };
        diff(&args, &bench.world([("old.json", old), ("new.json", new)])).ok()
    }

    fn documents(&self) -> [&str; 2] {
        let [old, new] = &self.texts;
        [old, new]
    }
}

/// A judge of requests by the documents, for one kind of callers.
type Judge<'j> = &'j dyn Fn(&Arc<Policy>, Option<&Asker>) -> Layers;

/// What an answer claims.
struct Claims<'c> {
    drawn: &'c Drawn,
    sides: [Vec<&'c Changed>; 2],
}

impl<'c> Claims<'c> {
    /// The claims of an answer, whose requests show again what they show.
    fn new(
        drawn: &'c Drawn,
        answer: &'c DiffAnswer,
        judge: Judge<'_>,
        tally: &mut Tally,
    ) -> Result<Self, String> {
        let sides = [answer.gained().collect::<Vec<_>>(), answer.lost().collect()];
        let [old, new] = &drawn.policies;
        for (side, (by, not_by)) in sides.iter().zip([(new, old), (old, new)]) {
            tally.verdicts(side.iter().map(|own| &own.answer.verdict));
            for changed in side {
                let Verdict::Fails(witness) = &changed.answer.verdict else { continue };
                let asker = changed.askers.first();
                let own = &witness.request;
                if !allows(&judge(by, asker), own) || allows(&judge(not_by, asker), own) {
                    let claim = format!("diff: a difference for {asker:?} that its request does not show");
                    return Err(contradicted(&claim, &drawn.documents(), own));
                }
            }
        }
        Ok(Self { drawn, sides })
    }

    /// Puts a request of some callers to the claims.
    fn tried(
        &self,
        request: &Request,
        asker: Option<&Asker>,
        is_known: bool,
        judge: Judge<'_>,
        source: &mut Source<'_>,
    ) -> Result<(), String> {
        let under = reading(source);
        let [old, new] = &self.drawn.policies;
        let may =
            |policy: &Arc<Policy>| judge(policy, asker).decide_under(request, under) == Decision::Allowed;
        let (before, after) = (may(old), may(new));
        let side = match (before, after) {
            (false, true) => &self.sides[0],
            (true, false) => &self.sides[1],
            (true, true) | (false, false) => return Ok(()),
        };
        let is_told = |changed: &&&Changed| {
            let is_one = |own: &Asker| match (own, asker) {
                (Asker::Service(None), Some(Asker::Service(_))) | (Asker::Unidentified(_), _) => true,
                (own, asker) => Some(own) == asker,
            };
            let answer = std::slice::from_ref(&changed.answer);
            (asker.is_none() || changed.askers.iter().any(is_one))
                && Listed::new(answer).has(request, is_known)
        };
        if side.iter().find(is_told).is_some() {
            return Ok(());
        }
        let claim = format!("diff: was {before}, is {after} for {asker:?} under {under:?}, and is not told");
        Err(contradicted(&claim, &self.drawn.documents(), request))
    }
}

/// The layers of callers of a resource.
fn of_resource(policy: &Arc<Policy>, asker: Option<&Asker>) -> Layers {
    let mut layers = of_callers(asker);
    layers.resource = Some(Arc::clone(policy));
    layers
}

/// The layers of callers, without a resource policy.
fn of_callers(asker: Option<&Asker>) -> Layers {
    let everything = Arc::new(Policy::everything());
    let mut layers = Layers::new();
    let (kind, may_everything) = match asker {
        Some(Asker::Own { kind, may_everything, .. }) => (Some(*kind), *may_everything),
        Some(Asker::Outside(kind)) => (Some(*kind), true),
        Some(Asker::Service(_) | Asker::Provider(_) | Asker::Unidentified(_)) | None => (None, true),
    };
    if may_everything {
        layers.identity.push(Arc::clone(&everything));
    }
    layers.session = (kind == Some(CallerKind::FederatedUser)).then(|| vec![everything]);
    layers
}

/// A resource policy that allows everything to everyone.
fn for_everyone() -> Option<Arc<Policy>> {
    let statement = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    read(&format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#), PolicyKind::Resource)
}

/// A document as a resource control policy: it denies, and names everyone.
fn as_rcp(text: &str) -> Option<String> {
    let mut policy = (*read(text, PolicyKind::Resource)?).clone();
    for statement in &mut policy.statements {
        statement.effect.value = Effect::Deny;
        statement.principal =
            Some(PrincipalElement::Principal(Principals::Everyone(Spanned::new((), Span::new(0, 0)))));
    }
    Some(policy.to_string())
}

/// Who asks in a request: a caller of another account, or twice one of the owner's.
fn askers(principal: &Principal, kind: CallerKind, owner: AccountId) -> Vec<Asker> {
    match principal {
        Principal::AwsService { service } => vec![Asker::Service(Some(service.clone()))],
        Principal::WebIdentity { provider } | Principal::Saml { provider } => {
            vec![Asker::Provider(provider.clone())]
        }
        Principal::Anonymous
        | Principal::IamUser { .. }
        | Principal::AssumedRole { .. }
        | Principal::FederatedUser { .. }
        | Principal::Root { .. } => {
            if principal.account() != Some(owner.as_str()) {
                return vec![Asker::Outside(kind)];
            }
            let own = |may_everything| Asker::Own { kind, account: owner, may_everything };
            if kind == CallerKind::Root { vec![own(true)] } else { vec![own(true), own(false)] }
        }
    }
}

pub(crate) fn resource(
    bench: &Bench,
    source: &mut Source<'_>,
    fault: Option<Fault>,
) -> Result<Tally, String> {
    among_callers(bench, source, fault, PolicyKind::Resource, &of_resource)
}

pub(crate) fn key(bench: &Bench, source: &mut Source<'_>, fault: Option<Fault>) -> Result<Tally, String> {
    among_callers(bench, source, fault, PolicyKind::Kms, &of_resource)
}

pub(crate) fn endpoint(
    bench: &Bench,
    source: &mut Source<'_>,
    fault: Option<Fault>,
) -> Result<Tally, String> {
    let everyone = for_everyone().ok_or("no policy for everyone")?;
    let judge = |policy: &Arc<Policy>, asker: Option<&Asker>| {
        let mut layers = of_callers(asker);
        layers.resource = Some(Arc::clone(&everyone));
        layers.vpc_endpoint = Some(vec![Arc::clone(policy)]);
        layers
    };
    among_callers(bench, source, fault, PolicyKind::VpcEndpoint, &judge)
}

pub(crate) fn rcp(bench: &Bench, source: &mut Source<'_>, fault: Option<Fault>) -> Result<Tally, String> {
    let everyone = for_everyone().ok_or("no policy for everyone")?;
    let full = Arc::new(Policy::rcp_full_access());
    let judge = |policy: &Arc<Policy>, asker: Option<&Asker>| {
        let mut layers = of_callers(asker);
        layers.resource = Some(Arc::clone(&everyone));
        layers.rcp = Some(vec![vec![Arc::clone(policy), Arc::clone(&full)]]);
        layers
    };
    among_callers(bench, source, fault, PolicyKind::Rcp, &judge)
}

/// Documents that distinguish callers, of a kind.
fn among_callers(
    bench: &Bench,
    source: &mut Source<'_>,
    fault: Option<Fault>,
    kind: PolicyKind,
    judge: Judge<'_>,
) -> Result<Tally, String> {
    let (Some(question), Some(other)) = (CallerQuestion::draw(source), CallerQuestion::draw(source)) else {
        return Ok(Tally::refused());
    };
    let texts = question.resource_policy().zip(other.resource_policy());
    let Some((own, other)) = texts else { return Ok(Tally::refused()) };
    let as_kind = |text: &str| if kind == PolicyKind::Rcp { as_rcp(text) } else { Some(text.to_owned()) };
    let Some((own, other)) = as_kind(own).zip(as_kind(other)) else { return Ok(Tally::refused()) };
    let owner = question.inside.owner;
    let Some(drawn) = Drawn::changed(&own, &other, kind, source) else { return Ok(Tally::refused()) };
    let Some(answer) = drawn.answer(bench, kind, Some(owner.as_str()), fault) else {
        return Ok(Tally::refused());
    };
    let (catalog, _) = bench.built_in.actions().map_err(|error| error.to_string())?;
    let details = bench.built_in.details().map_err(|error| error.to_string())?;
    let on = if kind == PolicyKind::Kms { ResourceKind::KmsKey } else { ResourceKind::Generic };
    let only_limits = matches!(kind, PolicyKind::VpcEndpoint | PolicyKind::Rcp);
    let mut tally = Tally::default();
    let claims = Claims::new(&drawn, &answer, judge, &mut tally)?;
    let both = || drawn.policies.iter().map(|own| &**own);
    let (pool, crowd) = (Pool::new(both(), catalog, details), Crowd::new(both()));
    for _ in 0..SAMPLES {
        let kind = if source.chance(40) { question.kind } else { *source.pick(&CallerKind::ALL) };
        let account =
            if source.chance(35) { Some(owner.as_str().to_owned()) } else { crowd.account(source, |_| true) };
        let Some(account) = account else { continue };
        let Some(caller) = crowd.caller(source, kind, &account, |_| true) else { continue };
        let Some(request) = request(&pool, source, kind, caller, owner.as_str()) else { continue };
        let request = request.on(on);
        tally.tried();
        let is_known = catalog.action(request.action.as_str()).is_some();
        // Beside a policy that only limits, the own policies of every caller allow everything.
        let is_asked = |own: &Asker| !only_limits || !matches!(own, Asker::Own { may_everything: false, .. });
        for asker in askers(&request.principal, kind, owner).iter().filter(|own| is_asked(own)) {
            claims.tried(&request, Some(asker), is_known, judge, source)?;
        }
    }
    Ok(tally)
}

pub(crate) fn trust(bench: &Bench, source: &mut Source<'_>, fault: Option<Fault>) -> Result<Tally, String> {
    let kind = PolicyKind::Trust;
    let is_about_tokens = source.chance(50);
    let mut draw = || if is_about_tokens { crate::tokens::policy(source) } else { calls::policy(source) };
    let (own, other) = (draw(), draw());
    let Some(drawn) = Drawn::changed(&own, &other, kind, source) else { return Ok(Tally::refused()) };
    let Some(answer) = drawn.answer(bench, kind, Some(ACCOUNT), fault) else { return Ok(Tally::refused()) };
    let mut tally = Tally::default();
    let claims = Claims::new(&drawn, &answer, &of_resource, &mut tally)?;
    let role: RoleArn = role_arn().parse().map_err(|_| "no role")?;
    let owner = role.account();
    let [old, new] = &drawn.policies;
    let mut both = (**old).clone();
    both.statements.extend(new.statements.iter().cloned());
    let texts = Texts::new(&both);
    let entries = both.statements.iter().flat_map(|own| &own.principal);
    let names = entries.flat_map(|own| own.principals().entries()).map(|entry| entry.value.text());
    let providers: Vec<&str> = names.filter(|own| own.contains("oidc-provider/")).collect();
    for _ in 0..SAMPLES {
        let mut requests: Vec<(Request, CallerKind)> = Vec::new();
        if is_about_tokens && source.chance(80) {
            let Some(provider) = source.choose(&providers).copied() else { continue };
            let opening = calls::token(&role, provider, &texts, source);
            let Ok(session) = opening.open(&SessionLimits::default()) else { continue };
            for action in ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"] {
                let principal = Principal::WebIdentity { provider: provider.into() };
                let Some(action) = Action::new(action) else { continue };
                let own = Request::new(principal, action, role.as_str()).on(ResourceKind::IamRoleTrust);
                let own = own.owned_by(owner.as_str()).with_context(session.trust_context().clone());
                requests.push((own, CallerKind::Session));
            }
        } else if let Some(call) = calls::caller(&role, &both, &texts, source) {
            requests.extend(call.requests.into_iter().map(|own| (own, call.kind)));
        }
        for (request, kind) in requests {
            tally.tried();
            for asker in askers(&request.principal, kind, owner) {
                claims.tried(&request, Some(&asker), true, &of_resource, source)?;
            }
        }
    }
    Ok(tally)
}

pub(crate) fn scp(bench: &Bench, source: &mut Source<'_>, fault: Option<Fault>) -> Result<Tally, String> {
    let kind = PolicyKind::Scp;
    let mut drawer = Drawer::new(source);
    let mut own = drawer.statements(3);
    if drawer.source.chance(60) {
        for statement in &mut own {
            statement.allow = false;
        }
    }
    let other = drawer.changed(&own);
    let Some(drawn) = Drawn::new([document(&own), document(&other)], kind) else {
        return Ok(Tally::refused());
    };
    let Some(answer) = drawn.answer(bench, kind, None, fault) else { return Ok(Tally::refused()) };
    let (catalog, _) = bench.built_in.actions().map_err(|error| error.to_string())?;
    let details = bench.built_in.details().map_err(|error| error.to_string())?;
    let only_deny = own.iter().chain(&other).all(|statement| !statement.allow);
    let judge = |policy: &Arc<Policy>, _: Option<&Asker>| {
        let everything = Arc::new(Policy::everything());
        let mut layers = Layers::new();
        let mut level = vec![Arc::clone(policy)];
        level.extend(only_deny.then(|| Arc::clone(&everything)));
        layers.identity.push(everything);
        layers.scp = Some(vec![level]);
        layers
    };
    let mut tally = Tally::default();
    let claims = Claims::new(&drawn, &answer, &judge, &mut tally)?;
    let pool = Pool::new(drawn.policies.iter().map(|own| &**own), catalog, details);
    for _ in 0..SAMPLES {
        for request in pool.requests(source) {
            tally.tried();
            let is_known = catalog.action(request.action.as_str()).is_some();
            claims.tried(&request, None, is_known, &judge, source)?;
        }
    }
    Ok(tally)
}
