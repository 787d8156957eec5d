//! The promise of a profile, proven for every request, or broken by one.
//!
//! A promise has parts (`policies/doit/profiles/README.md`), and each part is a question about all requests. Actions that the catalogue
//! knows are judged by their level; names that it does not know, which AWS may add tomorrow, by the patterns of the profile. What a resource
//! policy may add is the caller's to say.

use std::sync::Arc;

use iam_analysis::{
    ActionNames, Actions, Analysis, Budget, ClassAnswer, Fact, KeyShape, KeyText, KeyValues, Question,
    ResourcePolicies, Space, Verdict, VerdictKind,
};
use iam_catalog::{Action, Catalog, Details, KeyType, SensitivityClass};
use iam_eval::{ContextValue, Layers, Principal};
use iam_policy::{
    ActionPattern, ArnFields, Condition, IamResource, Limits, Mode, Policy, PolicyKind, Report,
};

use crate::managed::NamedPolicy;
use crate::profile::Profile;
use crate::snapshot::RoleSnapshot;

/// What a proof rests on, beside the policies.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Premises {
    /// What is assumed of resource policies.
    pub resource_policies: ResourcePolicies,
    /// Condition keys whose value every request has.
    pub facts: Vec<(Box<str>, Fact)>,
    /// The most steps of each question.
    pub budget: Budget,
}

impl Default for Premises {
    /// No resource policy names the session itself, or everyone; nothing is known of any key.
    fn default() -> Self {
        Self {
            resource_policies: ResourcePolicies::NoneNamesTheSession,
            facts: Vec::new(),
            budget: Budget::DEFAULT,
        }
    }
}

/// A promise and how it stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Proof {
    /// Its parts.
    pub claims: Vec<Claim>,
}

/// A part of a promise.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Claim {
    /// What it says, as a sentence without its point.
    pub says: Box<str>,
    /// How many actions of the catalogue it is about; nothing if it is about names that are not in it.
    pub actions: Option<usize>,
    /// What is assumed of resource policies.
    pub resource_policies: ResourcePolicies,
    /// Actions that break it, or of which it is not known: an answer for each group that the same statements are about.
    pub broken: Vec<ClassAnswer>,
}

impl Claim {
    /// How it stands: whether it holds, fails, or is unknown because nothing breaks it for certain.
    pub fn verdict(&self) -> VerdictKind {
        VerdictKind::together(self.broken.iter().map(|answer| answer.verdict.kind()))
    }

    /// Whether the evaluator judges a request of the proof otherwise: a defect of this program, and no answer.
    pub fn is_defect(&self) -> bool {
        self.broken.iter().any(|answer| answer.verdict.is_defect())
    }
}

impl Proof {
    /// How all claims stand together.
    pub fn verdict(&self) -> VerdictKind {
        VerdictKind::together(self.claims.iter().map(Claim::verdict))
    }

    /// Whether the evaluator judges a request of the proof otherwise: a defect of this program, and no answer.
    pub fn is_defect(&self) -> bool {
        self.claims.iter().any(Claim::is_defect)
    }
}

/// Proves the promise of a profile for the sessions of a role, or of any role if none is given.
///
/// # Errors
/// The patterns of the profile do not make a policy.
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
/// let proof = prove_read_only(Some(&role), &profile, &catalog, &details, &Premises::default())?;
/// assert_eq!(proof.verdict(), VerdictKind::Holds);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn prove_read_only(
    role: Option<&RoleSnapshot>,
    profile: &Profile,
    catalog: &Catalog<'_>,
    details: &Details<'_>,
    premises: &Premises,
) -> Result<Proof, Report> {
    let session = session_layers(role, profile)?;
    let principal = session_principal(role);
    let mut keys: Vec<&Condition> = Vec::new();
    for (_, policy) in session.policies() {
        keys.extend(policy.statements.iter().flat_map(|s| &s.conditions));
    }
    let mut space = space(keys, details);
    for (key, fact) in &premises.facts {
        space.set_fact(key, fact.clone());
    }
    let full: Vec<String> = catalog.actions().map(|action| action.to_string()).collect();
    let names = ActionNames::new(full.iter().map(String::as_str));
    let mut analysis = Analysis::with_names(space, names.clone()).within(premises.budget);
    let actions: Vec<Action<'_>> = catalog.actions().collect();
    let named = |wanted: &dyn Fn(Action<'_>) -> bool| {
        names.select(|number| actions.get(number).is_some_and(|action| wanted(*action)))
    };

    let mut claims = Vec::new();
    let mut claim = |says: String, allowed: &Layers, beyond: Option<&Layers>, actions: Actions, policies| {
        let mut question = Question::new(allowed).asked_by(&principal).assuming(policies);
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
    let assumed = premises.resource_policies;

    let levels: Vec<&str> = profile.levels.iter().map(|level| level.name()).collect();
    let exceptions = exceptions(profile)?;
    let outside = named(&|action| !profile.levels.contains(&action.level));
    claim(
        format!(
            "of the actions that AWS does not call {}, only the exceptions are possible",
            levels.join(" or ")
        ),
        &session,
        Some(&exceptions),
        Actions::Of(outside),
        assumed,
    );
    let future = future(profile)?;
    let says = "of actions that the catalogue does not know, only those are possible whose names the profile foresees";
    claim(says.to_owned(), &session, Some(&future), Actions::Unlisted, assumed);
    for class in &profile.never_allowed {
        let sensitive = named(&|action| action.sensitivity.contains(*class));
        let says = format!("no action of the class {} is possible", SensitivityClass::name(*class));
        claim(says, &session, None, Actions::Of(sensitive), assumed);
    }
    if !profile.always_denied.is_empty() {
        // Of these a Deny keeps out what any resource policy may grant.
        let always = names.matching(&profile.always_denied);
        let says = "whatever a resource policy grants, the actions that are always denied are not possible"
            .to_owned();
        claim(says, &session, None, Actions::Of(always), ResourcePolicies::Any);
    }
    Ok(Proof { claims })
}

/// Puts a resource that the action has in the place of a made-up one, if the request then still shows the same.
pub fn make_real(answer: &mut ClassAnswer, question: &Question<'_>, details: &Details<'_>) {
    let Verdict::Fails(witness) = &mut answer.verdict else { return };
    let Some(action) = details.action(witness.request.action.as_str()) else { return };
    let account = witness.request.principal.account().unwrap_or("111122223333").to_owned();
    let partition = witness.request.principal.arn().and_then(|arn| arn.split(':').nth(1)).unwrap_or("aws");
    let partition = partition.to_owned();
    for arn in action.resources().flat_map(|resource| resource.resource_type().arns()) {
        let mut real = witness.request.clone();
        real.resource = filled(arn, &partition, &account).into();
        if question.is_shown_by(&real) {
            witness.request = real;
            return;
        }
    }
}

/// An ARN of the catalogue with something in the place of each `${...}`.
fn filled(arn: &str, partition: &str, account: &str) -> String {
    let mut text = String::new();
    let mut rest = arn;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(match name {
            "Partition" => partition,
            "Region" => "us-east-1",
            "Account" => account,
            _ => "example",
        });
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// The layers of a session: the role's, and the policies of the profile.
///
/// # Errors
/// None in fact: the policy that stands for any role is read like any other.
pub fn session_layers(role: Option<&RoleSnapshot>, profile: &Profile) -> Result<Layers, Report> {
    if let Some(role) = role {
        return Ok(layers_of_role(role, profile));
    }
    let mut layers = Layers::new();
    layers.session = Some(profile.policies.iter().map(|named| Arc::clone(&named.policy)).collect());
    // Any role allows at most everything.
    layers.identity.push(everything()?);
    Ok(layers)
}

/// The layers of a session of a role.
pub(crate) fn layers_of_role(role: &RoleSnapshot, profile: &Profile) -> Layers {
    let mut layers = Layers::new();
    layers.session = Some(profile.policies.iter().map(|named| Arc::clone(&named.policy)).collect());
    layers.identity = role.policies.iter().map(|named| Arc::clone(&named.policy)).collect();
    layers.boundary = role.boundary.as_ref().map(|named| vec![Arc::clone(&named.policy)]);
    layers.scp = role.scp.as_ref().map(|levels| control_levels(levels));
    layers.rcp = role.rcp.as_ref().map(|levels| control_levels(levels));
    layers
}

/// Control policies by level, as layers have them.
pub(crate) fn control_levels(levels: &[Vec<NamedPolicy>]) -> Vec<Vec<Arc<Policy>>> {
    levels.iter().map(|level| level.iter().map(|named| Arc::clone(&named.policy)).collect()).collect()
}

/// A session of a role, or of one that has any name.
pub fn session_principal(role: Option<&RoleSnapshot>) -> Principal {
    match role.and_then(|role| Some((role, ArnFields::split(&role.arn)?))) {
        Some((role, arn)) => session_of(&role.arn, &arn),
        None => plain_session("aws", "111122223333", "any"),
    }
}

/// A session of the role of that ARN.
pub(crate) fn session_of(role_arn: &str, arn: &ArnFields<'_>) -> Principal {
    let session = IamResource::AssumedRole { role: arn.name(), session: "session" };
    Principal::AssumedRole {
        arn: session.arn(arn.partition, arn.account).into(),
        role_arn: role_arn.into(),
        account: arn.account.into(),
        service_linked: false,
    }
}

/// A session of a role without a path.
pub(crate) fn plain_session(partition: &str, account: &str, name: &str) -> Principal {
    Principal::AssumedRole {
        arn: IamResource::AssumedRole { role: name, session: "session" }.arn(partition, account).into(),
        role_arn: IamResource::Role(name).arn(partition, account).into(),
        account: account.into(),
        service_linked: false,
    }
}

/// The space of requests with the condition keys typed as the catalogue has them; keys that it does not know stay as they are.
pub fn space<'c>(conditions: impl IntoIterator<Item = &'c Condition>, details: &Details<'_>) -> Space {
    let mut space = Space::new();
    for condition in conditions {
        let name = condition.key.value.as_str();
        let Some(key) = details.condition_key(name) else { continue };
        let values = if key.multivalued { KeyValues::Multiple } else { KeyValues::Single };
        let text = match key.key_type {
            KeyType::Bool => KeyText::Bool,
            KeyType::Numeric => KeyText::Number,
            KeyType::IpAddress => KeyText::Ip,
            // `aws:EpochTime` is a date that numbers compare too.
            KeyType::Date | KeyType::String | KeyType::Arn => KeyText::Any,
        };
        space.set_shape(name, KeyShape { values, text, always: false });
    }
    space
}

/// What the exceptions of a profile permit, as a policy.
pub(crate) fn exceptions(profile: &Profile) -> Result<Layers, Report> {
    let all = profile.exceptions.iter().flat_map(|exception| {
        exception.actions.iter().map(|action| (action, exception.resources.as_slice()))
    });
    layers_of(&all.collect::<Vec<_>>())
}

/// What a profile permits of actions that the catalogue does not know.
fn future(profile: &Profile) -> Result<Layers, Report> {
    let mut layers = exceptions(profile)?;
    let patterns: Vec<(&ActionPattern, &[iam_policy::Pattern])> =
        profile.future.iter().map(|pattern| (pattern, &[][..])).collect();
    layers.identity.extend(layers_of(&patterns)?.identity);
    Ok(layers)
}

pub(crate) fn everything() -> Result<Arc<Policy>, Report> {
    parse(r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#)
}

/// A policy that allows these actions, each on these resources or on all.
fn layers_of(permitted: &[(&ActionPattern, &[iam_policy::Pattern])]) -> Result<Layers, Report> {
    let text = |text: &str| iam_json::json_text(text);
    let statements: Vec<String> = permitted
        .iter()
        .map(|(action, resources)| {
            let list: Vec<String> = resources.iter().map(|pattern| text(pattern.text())).collect();
            let resource =
                if list.is_empty() { r#""*""#.to_owned() } else { format!("[{}]", list.join(",")) };
            format!(r#"{{"Effect":"Allow","Action":{},"Resource":{resource}}}"#, text(action.text()))
        })
        .collect();
    let mut layers = Layers::new();
    if !statements.is_empty() {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
        layers.identity.push(parse(&text)?);
    }
    Ok(layers)
}

fn parse(text: &str) -> Result<Arc<Policy>, Report> {
    Policy::parse(text, PolicyKind::Managed, Mode::Deployed, &Limits::default()).map(Arc::new)
}

impl Premises {
    /// The same, with a condition key that every request has.
    #[must_use]
    pub fn knowing(mut self, key: &str, value: ContextValue) -> Self {
        self.facts.push((key.into(), Fact::Value(value)));
        self
    }
}
