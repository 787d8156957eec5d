//! `iamgate could`: whether a session of a role under a profile could do something.
//!
//! Properties of the request that are not given are unknown. The answer may then be "it depends", with the keys that matter. So may the policy
//! of a resource that must take part: a key policy, a trust policy, or the policy of another account's resource. In `iamgate eval`, by
//! contrast, what is not given is absent.

use std::collections::BTreeMap;
use std::sync::Arc;

use iamgate::iam_eval::{Action, Context, ContextValue, Layer, Layers, Principal, Request, ResourceKind};
use iamgate::iam_json::quoted;
use iamgate::iam_policy::{ArnFields, Limits, Mode, Policy};
use iamgate::{File, NamedPolicy, Profile, RoleSnapshot, session_layers, session_principal};
use serde::Serialize;

use crate::answer::{Answer, Exit};
use crate::args::CouldArgs;
use crate::dates::DataDates;
use crate::given::Given;
use crate::json;
use crate::load;
use crate::names::{self, UnknownName};
use crate::prove::key_and_value;
use crate::question::{Case, CaseSources, Depth, ExplanationJson, QuestionAnswer};
use crate::trouble::Trouble;
use crate::world::World;

/// The answer to the question whether a session could do something.
#[derive(Debug)]
#[non_exhaustive]
pub struct CouldAnswer {
    /// The request and the policies.
    pub question: QuestionAnswer,
    /// The days of the data.
    pub dates: DataDates,
}

/// What is asked of a session, and what is known of the request.
pub(crate) struct Asked<'a> {
    pub(crate) role: &'a RoleSnapshot,
    pub(crate) profile: &'a Profile,
    pub(crate) principal: Principal,
    pub(crate) action: Action,
    pub(crate) resource: &'a str,
    pub(crate) resource_policy: Option<&'a str>,
    pub(crate) for_tag: &'a [String],
    pub(crate) context: &'a [String],
    pub(crate) absent: &'a [String],
    /// Keys of which AWS told the values. What is given goes before it.
    pub(crate) told: &'a [(String, Vec<String>)],
    /// Whether the path of the caller's role is known, and so `aws:PrincipalArn`.
    pub(crate) knows_path: bool,
}

/// Asks whether a session of a role under a profile could do something.
///
/// # Errors
/// The role, the profile or a policy cannot be read, or the request is invalid.
pub fn could(args: &CouldArgs, world: &dyn World) -> Result<CouldAnswer, Trouble> {
    if args.message.is_some() {
        let help = "ask `iamgate why ROLE --message TEXT|FILE|-`: it says what AWS said, and what the documents of the role say to it";
        return Err(Trouble::usage("messages are explained by the verb `why`", help));
    }
    let (role, profile, dates) = load::role(world, &args.snapshot, &args.session)?;
    let asked = Asked {
        role: &role,
        profile: &profile,
        principal: session_principal(Some(&role)),
        action: action(args.action.as_deref().unwrap_or_default())?,
        resource: args.resource.as_deref().unwrap_or("*"),
        resource_policy: args.resource_policy.as_deref(),
        for_tag: &args.for_tag,
        context: &args.context,
        absent: &args.absent,
        told: &[],
        knows_path: true,
    };
    let (case, unknown) = case(&asked, world)?;
    Ok(CouldAnswer { question: QuestionAnswer::new(case, Depth::Trace, unknown), dates })
}

/// Reads the name of an action.
fn action(text: &str) -> Result<Action, Trouble> {
    Action::new(text).ok_or_else(|| {
        let help = "service prefix, colon, name, without wildcards, such as s3:GetObject";
        Trouble::usage(format!("{} is no action", quoted(text)), help)
    })
}

/// The request of a session with the policies that it meets, and the names in the question that are not known.
pub(crate) fn case(asked: &Asked<'_>, world: &dyn World) -> Result<(Case, Vec<UnknownName>), Trouble> {
    case_under(asked, session_layers(Some(asked.role), asked.profile), world)
}

/// The same for a caller that meets these layers of the role.
pub(crate) fn case_under(
    asked: &Asked<'_>,
    mut layers: Layers,
    world: &dyn World,
) -> Result<(Case, Vec<UnknownName>), Trouble> {
    let Asked { role, profile, resource, .. } = *asked;
    if resource != "*" && !resource.starts_with("arn:") {
        let help = "an ARN such as arn:aws:s3:::bucket/key, or `*` for an action that has no resource";
        return Err(Trouble::usage(format!("{} is no ARN", quoted(resource)), help));
    }
    let kind = ResourceKind::of(&asked.action, resource);
    let mut sources = BTreeMap::new();
    if let Some(path) = asked.resource_policy {
        let limits = Limits::default();
        let kind = Layers::kind_of(Layer::Resource, kind);
        let given = Given::read(world, path, kind)?;
        layers.resource = Some(Arc::new(given.policy(kind, Mode::Deployed, &limits)?));
        sources.insert((Layer::Resource, 0, 0), given.source);
    } else if kind == ResourceKind::IamRoleTrust && resource == role.arn().as_str() {
        layers.resource = layers.resource.or_else(|| role.trust().cloned());
        sources.insert((Layer::Resource, 0, 0), file("trust"));
    }
    let mut named = |layer: Layer, level: usize, policies: &[NamedPolicy]| {
        for (index, policy) in policies.iter().enumerate() {
            sources.insert((layer, level, index), file(policy.name()));
        }
    };
    named(Layer::Identity, 0, role.policies());
    named(Layer::Boundary, 0, role.boundary().map(std::slice::from_ref).unwrap_or_default());
    named(Layer::Session, 0, profile.policies());
    for (layer, levels) in [(Layer::Scp, role.scp()), (Layer::Rcp, role.rcp())] {
        for (level, policies) in levels.into_iter().flatten().enumerate() {
            named(layer, level, policies);
        }
    }
    let context = context(asked, &layers)?;
    let mut request =
        Request::new(asked.principal.clone(), asked.action.clone(), resource).with_context(context);
    // If the ARN of a resource has no account, the account is taken to be the role's own. Resources of other accounts must admit the session.
    let owner = ArnFields::account_of(resource).unwrap_or(role.account());
    request.resource_account = Some(owner.into());
    let case = Case { request, layers, sources: CaseSources::Many(sources), findings: 0, unknown: None };
    let case = if case.layers.resource.is_none() { case.without_resource_policy() } else { case };
    let mut unknown = names::of_request(world, &case)?;
    let policies: Vec<&Policy> = case.layers.policies().map(|(_, policy)| &**policy).collect();
    let tags = asked.for_tag.iter().map(|tag| tag.split_once('=').map_or(tag.as_str(), |(key, _)| key));
    let own = profile.tag().map(iamgate::SessionTag::key);
    unknown.extend(names::tags(&policies, own, tags));
    unknown.extend(names::of_keys(world, &policies, asked.absent.iter().map(String::as_str)));
    Ok((case, unknown))
}

/// A policy that is shown by name only. Its text is somewhere else.
fn file(name: &str) -> File {
    File { name: name.to_owned(), text: String::new() }
}

/// The known keys of the request. Every other key that a policy tests is unknown.
fn context(asked: &Asked<'_>, layers: &Layers) -> Result<Context, Trouble> {
    let mut context = asked.principal.keys();
    if !asked.knows_path {
        context.set("aws:PrincipalArn", ContextValue::Unknown);
    }
    let mut absent: Vec<String> = asked.absent.to_vec();
    for tag in asked.for_tag {
        match tag.split_once('=') {
            Some((key, value)) => context.set(format!("aws:PrincipalTag/{key}"), ContextValue::single(value)),
            None => absent.push(format!("aws:PrincipalTag/{tag}")),
        }
    }
    for text in asked.context {
        let (key, value) = key_and_value(text)?;
        context.set(key, ContextValue::single(value));
    }
    for key in layers.policies().flat_map(|(_, policy)| policy.asked_keys()) {
        let is_absent = absent.iter().any(|own| own.eq_ignore_ascii_case(key));
        if is_absent || context.value(key).is_some() {
            continue;
        }
        let told =
            asked.told.iter().find(|(own, values)| own.eq_ignore_ascii_case(key) && !values.is_empty());
        let value = match told.map(|(_, values)| values.as_slice()) {
            Some([one]) => ContextValue::single(one.as_str()),
            Some(several) => ContextValue::multiple(several.iter().map(String::as_str)),
            None => ContextValue::Unknown,
        };
        context.set(key, value);
    }
    Ok(context)
}

impl Answer for CouldAnswer {
    fn to_json(&self) -> String {
        let trace = self.question.trace();
        json::indented(&CouldJson {
            explanation: ExplanationJson::new(&trace, &self.question, &self.question.open_points()),
            data: &self.dates,
            request: RequestSaid {
                action: self.question.case.request.action.as_str(),
                resource: &self.question.case.request.resource,
            },
        })
    }

    fn exit(&self) -> Exit {
        self.question.exit()
    }

    fn unknown_names(&self) -> &[UnknownName] {
        self.question.unknown_names()
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct CouldJson<'t> {
    #[serde(flatten)]
    explanation: ExplanationJson<'t>,
    data: &'t DataDates,
    request: RequestSaid<'t>,
}

/// The request that was asked about.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct RequestSaid<'t> {
    pub(crate) action: &'t str,
    pub(crate) resource: &'t str,
}
