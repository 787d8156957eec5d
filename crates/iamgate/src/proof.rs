//! The proof that a profile keeps its promise for every request, or a request that breaks it.
//!
//! A promise has parts (`policies/doit/profiles/README.md`). Each part is a question about all requests. Actions of the catalogue are judged by
//! their level. Names that are not in the catalogue, because AWS may add them tomorrow, are judged by the patterns of the profile. The caller
//! says what is assumed about resource policies.

use std::collections::BTreeSet;
use std::sync::Arc;

use iam_analysis::{
    ActionNames, Actions, Analysis, ClassAnswer, Fact, KeyShape, KeyText, KeyValues, ProofBudget, Question,
    ResourcePolicies, Space, Verdict, VerdictKind,
};
use iam_catalog::{Catalog, CatalogAction, Details, KeyType, Lookup, SensitivityClass};
use iam_eval::{Action, ContextValue, Layer, Layers, Principal, Request};
use iam_policy::{
    AccountId, ActionPattern, ArnFields, Condition, IdentityStatement, Partition, Policy, ResourceElement,
    RoleArn, RoleName, account_id, role_name, session_name,
};

use crate::access::action_names;
use crate::later::AddedLater;
use crate::managed::NamedPolicy;
use crate::premise::Premise;
use crate::profile::Profile;
use crate::snapshot::RoleSnapshot;

/// The premises of a proof, besides the policies.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Premises {
    /// The assumption about resource policies.
    pub resource_policies: ResourcePolicies,
    /// Condition keys that have a known value in every request.
    pub facts: Vec<(Box<str>, Fact)>,
    /// The maximum number of steps for each question.
    pub budget: ProofBudget,
}

impl Default for Premises {
    /// The premises that no resource policy names the session itself or everyone, and that no key is known.
    fn default() -> Self {
        Self {
            resource_policies: ResourcePolicies::NoneNamesTheSession,
            facts: Vec::new(),
            budget: ProofBudget::DEFAULT,
        }
    }
}

/// The parts of a promise with the answer to each, and what the answers take for true.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Proof {
    /// Its parts.
    pub claims: Vec<Claim>,
    /// What the answers take for true and do not show.
    pub premises: Vec<Premise>,
}

/// A part of a promise, with its answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Claim {
    /// The part as a sentence, without its full stop.
    pub says: Box<str>,
    /// The number of actions of the catalogue that it is about. `None` if it is about names that are not in the catalogue.
    pub actions: Option<usize>,
    /// The assumption about resource policies.
    pub resource_policies: ResourcePolicies,
    /// Actions that break it, or for which the answer is not known: one answer for each group of actions that the same statements are about.
    pub broken: Vec<ClassAnswer>,
}

impl Claim {
    /// The answer: it holds, it fails, or it is unknown because no action is certain to break it.
    pub fn verdict(&self) -> VerdictKind {
        VerdictKind::together(self.broken.iter().map(|answer| answer.verdict.kind()))
    }

    /// Whether the evaluator judges a request of the proof differently. That is a defect of this program, not an answer.
    pub fn is_defect(&self) -> bool {
        self.broken.iter().any(|answer| answer.verdict.is_defect())
    }
}

impl Proof {
    /// The answer for all claims together.
    pub fn verdict(&self) -> VerdictKind {
        VerdictKind::together(self.claims.iter().map(Claim::verdict))
    }

    /// Whether the evaluator judges a request of the proof differently. That is a defect of this program, not an answer.
    pub fn is_defect(&self) -> bool {
        self.claims.iter().any(Claim::is_defect)
    }
}

/// Proves the promise of a profile for the sessions of a role, or of any role if `role` is `None`.
///
/// # Examples
/// ```
/// use iamgate::iam_analysis::VerdictKind;
/// use iamgate::iam_catalog::{Catalog, Details};
/// use iamgate::{Premises, built_in, prove_read_only};
///
/// let managed = built_in::managed()?;
/// let role = built_in::support_gateway(&managed)?;
/// let profile = built_in::profile("narrow", role.account(), &managed)?;
/// let (catalog, details) = (Catalog::embedded()?, Details::embedded()?);
/// let proof = prove_read_only(Some(&role), &profile, &catalog, &details, &Premises::default());
/// assert_eq!(proof.verdict(), VerdictKind::Holds);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn prove_read_only(
    role: Option<&RoleSnapshot>,
    profile: &Profile,
    catalog: &Catalog<'_>,
    details: &Details<'_>,
    premises: &Premises,
) -> Proof {
    let names = action_names(catalog);
    prove(role, profile, (catalog, &names, details), premises, &AddedLater::of(profile))
}

/// As [`prove_read_only`], with the names of the catalogue, and what AWS may add later.
pub(crate) fn prove(
    role: Option<&RoleSnapshot>,
    profile: &Profile,
    (catalog, names, details): (&Catalog<'_>, &ActionNames, &Details<'_>),
    premises: &Premises,
    later: &AddedLater,
) -> Proof {
    let session = session_layers(role, profile);
    let mut keys: Vec<&Condition> = Vec::new();
    for (_, policy) in session.policies() {
        keys.extend(policy.statements.iter().flat_map(|s| &s.conditions));
    }
    let mut space = space(keys, details);
    for (key, fact) in &premises.facts {
        space.set_fact(key, fact.clone());
    }
    let analysis = Analysis::with_names(space, names.clone())
        .within(premises.budget)
        .in_all(ProofBudget::ALL)
        .called(called(role, profile));
    let actions = catalog.actions().collect();
    let principal = session_principal(role);
    let (assumed, names) = (premises.resource_policies, names.clone());
    let mut prover = Prover { profile, details, principal, assumed, names, actions, analysis };
    let claims = prover.claims(&session);
    let mut stated = Premise::asked(premises.resource_policies, &premises.facts);
    if let Some(role) = role {
        stated.extend(Premise::of_documents(role, profile));
    }
    if VerdictKind::together(claims.iter().map(Claim::verdict)) == VerdictKind::Holds {
        stated.extend(prover.limits(&session));
    }
    stated.extend(Premise::of_actions(catalog, later));
    Proof { claims, premises: stated }
}

/// What the questions of a promise have in common.
struct Prover<'p> {
    profile: &'p Profile,
    details: &'p Details<'p>,
    principal: Principal,
    assumed: ResourcePolicies,
    names: ActionNames,
    actions: Vec<CatalogAction<'p>>,
    analysis: Analysis,
}

impl Prover<'_> {
    /// The layers above the role without which the promise is not proven.
    ///
    /// If the promise holds without all of them, none is needed. Otherwise each is left out by itself; if none is needed by itself, all are
    /// needed together.
    fn limits(&mut self, session: &Layers) -> Vec<Premise> {
        let present: Vec<Layer> = [
            (Layer::Boundary, session.boundary.is_some()),
            (Layer::Scp, session.scp.is_some()),
            (Layer::Rcp, session.rcp.is_some()),
        ]
        .into_iter()
        .filter_map(|(layer, is_present)| is_present.then_some(layer))
        .collect();
        if present.is_empty() {
            return Vec::new();
        }
        let Err(without) = self.holds_without(session, &present) else { return Vec::new() };
        let alone = |layer: &Layer| Some((*layer, self.holds_without(session, &[*layer]).err()?));
        let alone: Vec<_> = present.iter().filter_map(alone).collect();
        let needed = if alone.is_empty() {
            present.into_iter().map(|layer| (layer, without.clone())).collect()
        } else {
            alone
        };
        needed.into_iter().map(|(layer, without)| Premise::Limit { layer, without }).collect()
    }

    /// Whether the promise holds if these layers do not exist. The error is an action that breaks it, if one is known.
    fn holds_without(&mut self, session: &Layers, layers: &[Layer]) -> Result<(), Option<Box<str>>> {
        let mut rest = session.clone();
        let is_left_out = |layer| layers.contains(&layer);
        if is_left_out(Layer::Boundary) {
            rest.boundary = None;
        }
        if is_left_out(Layer::Scp) {
            rest.scp = None;
        }
        if is_left_out(Layer::Rcp) {
            rest.rcp = None;
        }
        let claims = self.claims(&rest);
        let broken: Vec<&ClassAnswer> = claims.iter().flat_map(|claim| &claim.broken).collect();
        let fails = broken.iter().find(|answer| answer.verdict.kind() == VerdictKind::Fails);
        if broken.is_empty() { Ok(()) } else { Err(fails.map(|answer| answer.example.clone())) }
    }

    /// The parts of the promise, for sessions in these layers.
    fn claims(&mut self, session: &Layers) -> Vec<Claim> {
        let Self { profile, details, principal, assumed, names, actions, analysis } = self;
        let assumed = *assumed;
        let named = |wanted: &dyn Fn(CatalogAction<'_>) -> bool| {
            names.select(|number| actions.get(number).is_some_and(|action| wanted(*action)))
        };

        let mut claims = Vec::new();
        let mut claim =
            |says: String, allowed: &Layers, beyond: Option<&Layers>, actions: Actions, policies| {
                let mut question = Question::new(allowed).asked_by(principal).assuming(policies);
                question.beyond = beyond;
                let count = if let Actions::Of(some) = &actions { Some(some.len()) } else { None };
                let question = question.about(actions);
                let mut broken = analysis.by_action(&question);
                broken.retain(|answer| answer.verdict != Verdict::Holds);
                for answer in &mut broken {
                    make_real(answer, &question, details);
                }
                claims.push(Claim { says: says.into(), actions: count, resource_policies: policies, broken });
            };

        let levels: Vec<&str> = profile.levels().iter().map(|level| level.name()).collect();
        let exceptions = exceptions(profile);
        let outside = named(&|action| !profile.levels().contains(&action.level));
        // Rule 5.55: AWS asks for no permission for this action, so no policy is the reason that it is possible.
        let needs_nothing = actions.iter().any(|action| {
            !profile.levels().contains(&action.level) && action.to_string() == "sts:GetCallerIdentity"
        });
        let beside = if needs_nothing {
            ", and sts:GetCallerIdentity, for which AWS asks for no permission,"
        } else {
            ""
        };
        claim(
            format!(
                "of the actions that AWS does not call {}, only the exceptions{beside} are possible",
                levels.join(" or ")
            ),
            session,
            Some(&exceptions),
            Actions::Of(outside),
            assumed,
        );
        let future = future(profile);
        let says = "of actions that the catalogue does not know, only those are possible whose names the profile foresees";
        claim(says.to_owned(), session, Some(&future), Actions::Unlisted, assumed);
        for class in profile.never_allowed() {
            let sensitive = named(&|action| action.sensitivity.contains(*class));
            let says = format!("no action of the class {} is possible", SensitivityClass::name(*class));
            let elsewhere = without_class(actions, *class);
            let beyond = (!elsewhere.identity.is_empty()).then_some(&elsewhere);
            claim(says, session, beyond, Actions::Of(sensitive), assumed);
        }
        let kept: Vec<ActionPattern> =
            profile.kept().iter().flat_map(super::profile::Kept::actions).cloned().collect();
        let kept = names.matching(&kept);
        let not_kept = names.select(|number| {
            let is_kept = names.place(number).is_some_and(|place| kept.contains(place));
            !is_kept && actions.get(number).is_some_and(|action| !action.sensitivity.is_empty())
        });
        let is_harmless_elsewhere = |action: &CatalogAction<'_>| {
            !action.sensitivity.classes().any(|class| action.is_everywhere(class))
        };
        let mut exceptions = exceptions;
        exceptions.identity.extend(permitting(elsewhere(actions, &is_harmless_elsewhere)));
        let says =
            "of the sensitive actions, only those that the profile keeps and the exceptions are possible";
        claim(says.to_owned(), session, Some(&exceptions), Actions::Of(not_kept), assumed);
        if !profile.always_denied().is_empty() {
            // For these actions, a Deny must also stop what any resource policy may grant.
            let always = names.matching(profile.always_denied());
            let says =
                "whatever a resource policy grants, the actions that are always denied are not possible"
                    .to_owned();
            claim(says, session, None, Actions::Of(always), ResourcePolicies::Any);
        }
        claims
    }
}

/// Replaces an invented resource by one that the action supports, and writes the action as AWS does, if the request then still shows the same.
pub fn make_real(answer: &mut ClassAnswer, question: &Question<'_>, details: &dyn Lookup) {
    let is_example = |request: &Request| request.action.as_str().eq_ignore_ascii_case(&answer.example);
    let Verdict::Fails(witness) = &mut answer.verdict else { return };
    let is_example = is_example(&witness.request);
    witness.request = make_request_real(witness.request.clone(), question, details);
    if is_example {
        answer.example = witness.request.action.as_str().into();
    }
}

/// A request that shows the same with the action as AWS writes it, and with a resource that the action supports, as far as there is one.
pub(crate) fn make_request_real(request: Request, question: &Question<'_>, details: &dyn Lookup) -> Request {
    let Some(known) = details.action(request.action.as_str()) else { return request };
    let written = request.action.as_str().split_once(':').and_then(|(service, _)| {
        let mut named = request.clone();
        named.action = Action::new(&format!("{}:{}", service.to_ascii_lowercase(), known.name()))?;
        question.is_shown_by(&named).then_some(named)
    });
    let request = written.unwrap_or(request);
    let owner = request.resource_account.as_deref().or(request.principal.account());
    let account = owner.unwrap_or("111122223333");
    let partition =
        request.principal.arn().and_then(ArnFields::split).map_or("aws", |fields| fields.partition);
    let mut arns = known.resources().flat_map(|resource| resource.resource_type().arns());
    let real = arns.find_map(|arn| {
        let mut real = request.clone();
        real.resource = filled(arn, partition, account).into();
        question.is_shown_by(&real).then_some(real)
    });
    real.unwrap_or(request)
}

/// An ARN of the catalogue with each `${...}` filled in.
pub(crate) fn filled(arn: &str, partition: &str, account: &str) -> String {
    named(arn, partition, account, "example")
}

/// An ARN of the catalogue with each `${...}` filled in, names with this one.
pub(crate) fn named(arn: &str, partition: &str, account: &str, own_name: &str) -> String {
    let mut text = String::with_capacity(arn.len().saturating_add(32));
    let mut rest = arn;
    // One byte is sought, which is quicker than two: forms have no other `$`.
    while let Some((before, after)) = rest.split_once('$') {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        let name = name.strip_prefix('{').unwrap_or(name);
        text.push_str(before);
        text.push_str(match name {
            "Partition" => partition,
            "Region" => "us-east-1",
            "Account" => account,
            _ => own_name,
        });
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// The layers of a session: those of the role, and the policies of the profile.
pub fn session_layers(role: Option<&RoleSnapshot>, profile: &Profile) -> Layers {
    if let Some(role) = role {
        return layers_of_role(role, profile);
    }
    let mut layers = Layers::new();
    layers.session = Some(profile.policies().iter().map(|named| Arc::clone(named.policy())).collect());
    // A role can allow at most everything.
    layers.identity.push(Arc::new(Policy::everything()));
    layers
}

/// The policies of a role and a profile, each with what answers call it.
pub(crate) fn called(role: Option<&RoleSnapshot>, profile: &Profile) -> Vec<(Arc<Policy>, String)> {
    let named = |layer: Layer| {
        move |own: &NamedPolicy| (Arc::clone(own.policy()), format!("{} {}", layer.name(), own.name()))
    };
    let mut all: Vec<_> = profile.policies().iter().map(named(Layer::Session)).collect();
    if let Some(role) = role {
        let controls = |levels: Option<&[Vec<NamedPolicy>]>, layer| -> Vec<(Arc<Policy>, String)> {
            levels.into_iter().flatten().flatten().map(named(layer)).collect()
        };
        all.extend(role.policies().iter().map(named(Layer::Identity)));
        all.extend(role.boundary().map(named(Layer::Boundary)));
        all.extend(controls(role.scp(), Layer::Scp));
        all.extend(controls(role.rcp(), Layer::Rcp));
    }
    all
}

/// The layers of a session of this role.
pub(crate) fn layers_of_role(role: &RoleSnapshot, profile: &Profile) -> Layers {
    let mut layers = layers_without_session(role);
    layers.session = Some(profile.policies().iter().map(|named| Arc::clone(named.policy())).collect());
    layers
}

/// The layers of a session of this role that has no session policies.
pub(crate) fn layers_without_session(role: &RoleSnapshot) -> Layers {
    let mut layers = Layers::new();
    layers.identity = role.policies().iter().map(|named| Arc::clone(named.policy())).collect();
    layers.boundary = role.boundary().map(|named| vec![Arc::clone(named.policy())]);
    layers.scp = role.scp().map(control_levels);
    layers.rcp = role.rcp().map(control_levels);
    layers.attach_rcp_full_access();
    layers
}

/// Control policies by level, in the form that layers take.
pub(crate) fn control_levels(levels: &[Vec<NamedPolicy>]) -> Vec<Vec<Arc<Policy>>> {
    levels.iter().map(|level| level.iter().map(|named| Arc::clone(named.policy())).collect()).collect()
}

/// The principal of a session of this role, or of a role with any name if `role` is `None`.
pub fn session_principal(role: Option<&RoleSnapshot>) -> Principal {
    match role {
        Some(role) => session_of(role.arn()),
        None => plain_session(&Partition::AWS, account_id!("111122223333"), &role_name!("any")),
    }
}

/// The principal of a session of this role.
pub(crate) fn session_of(role: &RoleArn) -> Principal {
    let session = role.session(&session_name!("session"));
    Principal::assumed_role(&session, role)
}

/// The principal of a session of a role without a path.
pub(crate) fn plain_session(partition: &Partition, account: AccountId, name: &RoleName) -> Principal {
    session_of(&RoleArn::new(partition, account, name))
}

/// The space of requests, with condition keys typed as in the catalogue. Keys that the catalogue does not have are left as they are.
pub fn space<'c>(conditions: impl IntoIterator<Item = &'c Condition>, details: &dyn Lookup) -> Space {
    let mut space = Space::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for condition in conditions {
        let name = condition.key.value.as_str();
        if !seen.insert(name) {
            continue;
        }
        let Some(key) = details.condition_key(name) else { continue };
        let values = if key.multivalued { KeyValues::Multiple } else { KeyValues::Single };
        let text = match key.key_type {
            KeyType::Bool => KeyText::Bool,
            KeyType::Numeric => KeyText::Number,
            KeyType::IpAddress => KeyText::Ip,
            // AWS itself sets these. Keys of services may have what the caller says.
            KeyType::Arn if name.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:")) => {
                KeyText::Arn
            }
            // `aws:EpochTime` is a date that numeric operators also compare.
            KeyType::Date | KeyType::String | KeyType::Arn => KeyText::Any,
        };
        space.set_shape(name, KeyShape { values, text, always: false });
    }
    space
}

/// The exceptions of a profile as layers with one policy.
pub(crate) fn exceptions(profile: &Profile) -> Layers {
    let mut layers = Layers::new();
    layers.identity.extend(permitting(exception_statements(profile)));
    layers
}

/// What a profile permits for actions that the catalogue does not have.
fn future(profile: &Profile) -> Layers {
    let mut layers = exceptions(profile);
    let statements = profile.future().iter().map(|pattern| statement(pattern, ResourceElement::any()));
    layers.identity.extend(permitting(statements));
    layers
}

fn exception_statements(profile: &Profile) -> impl Iterator<Item = IdentityStatement> {
    profile.exceptions().iter().flat_map(|exception| {
        let resources = || match exception.resources() {
            [] => ResourceElement::any(),
            some => some.iter().cloned().collect(),
        };
        exception.actions().iter().map(move |action| statement(action, resources()))
    })
}

fn statement(action: &ActionPattern, resources: ResourceElement) -> IdentityStatement {
    IdentityStatement::allow(action.clone().into(), resources)
}

/// Layers that allow the actions which have a class only on some resources, on all others. Empty if there is no such action.
pub(crate) fn without_class(actions: &[CatalogAction<'_>], class: SensitivityClass) -> Layers {
    let is_narrow = |action: &CatalogAction<'_>| action.only_on.is_some_and(|(own, _)| own == class);
    let mut layers = Layers::new();
    layers.identity.extend(permitting(elsewhere(actions, &is_narrow)));
    layers
}

/// Statements that allow some of the actions that have a class only on some resources, on all others.
fn elsewhere<'a>(
    actions: &'a [CatalogAction<'_>],
    wanted: &'a dyn Fn(&CatalogAction<'_>) -> bool,
) -> impl Iterator<Item = IdentityStatement> {
    actions.iter().filter(|action| wanted(action)).filter_map(|action| {
        let (_, pattern) = action.only_on?;
        let resources = ResourceElement::all_but([pattern.parse().ok()?]);
        Some(statement(&ActionPattern::parse(&action.to_string())?, resources))
    })
}

/// A policy of these statements; `None` if there are none.
fn permitting(statements: impl Iterator<Item = IdentityStatement>) -> Option<Arc<Policy>> {
    let mut statements = statements.peekable();
    statements.peek()?;
    Some(Arc::new(Policy::managed(statements)))
}

impl Premises {
    /// The same premises, with a condition key that has this value in every request.
    #[must_use]
    pub fn knowing(mut self, key: &str, value: ContextValue) -> Self {
        self.facts.push((key.into(), Fact::Value(value)));
        self
    }
}
