//! `iamgate could`: whether a session of a role under a profile could do something.
//!
//! Properties of the request that are not given are unknown. The answer may then be "it depends", with the keys that matter. So may the policy
//! of a resource that must take part: a key policy, a trust policy, or the policy of another account's resource. In `iamgate eval`, by
//! contrast, what is not given is absent.

mod message;

use std::collections::BTreeMap;
use std::sync::Arc;

use iamgate::iam_eval::{Action, Context, ContextValue, Layer, Layers, Principal, Request, ResourceKind};
use iamgate::iam_json::{quoted, visible};
use iamgate::iam_policy::{ArnFields, IamResource, Limits, Mode, Policy, RoleArn};
use iamgate::{File, NamedPolicy, session_layers, session_principal};
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

pub use message::Denied;

/// The maximum length of a message in bytes.
const MESSAGE_BYTES: usize = 1 << 16;

/// The answer to the question whether a session could do something.
#[derive(Debug)]
#[non_exhaustive]
pub struct CouldAnswer {
    /// The request and the policies.
    pub question: QuestionAnswer,
    /// The message of AWS; `None` if none was given.
    pub message: Option<Denied>,
    /// The days of the data.
    pub dates: DataDates,
}

/// Asks whether a session of a role under a profile could do something.
///
/// # Errors
/// The role, the profile, a policy or the message cannot be read, the message is about somebody else, or the request is invalid.
pub fn could(args: &CouldArgs, world: &dyn World) -> Result<CouldAnswer, Trouble> {
    if args.message.is_some() && (args.action.is_some() || args.resource.is_some()) {
        let help = "a message says action and resource: give the one or the other";
        return Err(Trouble::usage("a message beside an action or a resource", help));
    }
    let (role, profile, dates) = load::role(world, &args.snapshot, &args.session)?;
    let message = args.message.as_deref().map(|path| message::read(path, world)).transpose()?;
    let said = message.as_ref();
    if let Some(who) = said.and_then(|said| said.principal.as_deref())
        && !is_session_of(who, role.arn())
    {
        let found = format!("the message is about `{}`, and the role is `{}`", visible(who), role.arn());
        let help = "name the role of the message, or ask with --action and --resource";
        return Err(Trouble::input(
            args.message.as_deref().unwrap_or_default(),
            "OTHER_PRINCIPAL",
            found,
            help,
        ));
    }
    let action = args.action.as_deref().or(said.map(|said| said.action.as_str())).unwrap_or_default();
    let resource = args.resource.as_deref().or(said.and_then(|said| said.resource.as_deref()));
    let resource = resource.unwrap_or("*");
    let Some(action) = Action::new(action) else {
        let help = "service prefix, colon, name, without wildcards, such as s3:GetObject";
        return Err(Trouble::usage(format!("{} is no action", quoted(action)), help));
    };
    if resource != "*" && !resource.starts_with("arn:") {
        let help = "an ARN such as arn:aws:s3:::bucket/key, or `*` for an action that has no resource";
        return Err(Trouble::usage(format!("{} is no ARN", quoted(resource)), help));
    }
    let mut layers = session_layers(Some(&role), &profile);
    let kind = ResourceKind::of(&action, resource);
    let mut sources = BTreeMap::new();
    if let Some(path) = &args.resource_policy {
        let limits = Limits::default();
        let kind = Layers::kind_of(Layer::Resource, kind);
        let given = Given::read(world, path, kind)?;
        layers.resource = Some(Arc::new(given.policy(kind, Mode::Deployed, &limits)?));
        sources.insert((Layer::Resource, 0, 0), given.source);
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
    let principal = session_principal(Some(&role));
    let context = context(args, &principal, &layers)?;
    let mut request = Request::new(principal, action, resource).with_context(context);
    // If the ARN of a resource has no account, the account is taken to be the role's own. Resources of other accounts must admit the session.
    let owner = ArnFields::account_of(resource).unwrap_or(role.account());
    request.resource_account = Some(owner.into());
    let case = Case { request, layers, sources: CaseSources::Many(sources), findings: 0, unknown: None };
    let case = if args.resource_policy.is_none() { case.without_resource_policy() } else { case };
    let mut unknown = names::of_request(world, &case)?;
    let policies: Vec<&Policy> = case.layers.policies().map(|(_, policy)| &**policy).collect();
    let tags = args.for_tag.iter().map(|tag| tag.split_once('=').map_or(tag.as_str(), |(key, _)| key));
    let own = profile.tag().map(iamgate::SessionTag::key);
    unknown.extend(names::tags(&policies, own, tags));
    unknown.extend(names::of_keys(world, &policies, args.absent.iter().map(String::as_str)));
    Ok(CouldAnswer { question: QuestionAnswer::new(case, Depth::Trace, unknown), message, dates })
}

/// Whether a text is the ARN of a session of a role. Such an ARN does not contain the role's path.
fn is_session_of(who: &str, role: &RoleArn) -> bool {
    ArnFields::split(who).is_some_and(|fields| {
        (fields.partition, fields.account) == (role.partition(), role.account().as_str())
            && matches!(fields.iam(), Some(IamResource::AssumedRole { role: name, .. }) if name == role.name())
    })
}

/// A policy that is shown by name only. Its text is somewhere else.
fn file(name: &str) -> File {
    File { name: name.to_owned(), text: String::new() }
}

/// The known keys of the request. Every other key that a policy tests is unknown.
fn context(args: &CouldArgs, principal: &Principal, layers: &Layers) -> Result<Context, Trouble> {
    let mut context = principal.keys();
    let mut absent: Vec<String> = args.absent.clone();
    for tag in &args.for_tag {
        match tag.split_once('=') {
            Some((key, value)) => context.set(format!("aws:PrincipalTag/{key}"), ContextValue::single(value)),
            None => absent.push(format!("aws:PrincipalTag/{tag}")),
        }
    }
    for text in &args.context {
        let (key, value) = key_and_value(text)?;
        context.set(key, ContextValue::single(value));
    }
    let conditions = layers.policies().flat_map(|(_, policy)| &policy.statements).flat_map(|s| &s.conditions);
    let keys: Vec<String> = conditions.map(|condition| condition.key.value.as_str().to_owned()).collect();
    for key in keys {
        let is_absent = absent.iter().any(|own| own.eq_ignore_ascii_case(&key));
        if !is_absent && context.value(&key).is_none() {
            context.set(key, ContextValue::Unknown);
        }
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
            message: self.message.as_ref(),
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
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'t Denied>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RequestSaid<'t> {
    action: &'t str,
    resource: &'t str,
}
